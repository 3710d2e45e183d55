"""What the S3 servers have in common: a key, a region, one bucket."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from services.server import Server, ServiceError

ACCESS_KEY = "neuralake-test"
SECRET_KEY = "neuralake-test-secret"
REGION = "us-east-1"
BUCKET = "lake"


class S3Server(Server):
    """An S3 server with the bucket `lake`; `NEURALAKE_TEST_BUCKET` tells its name."""

    def provision(self, folder: Path, port: int) -> None:
        command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "10"]
        command += ["--aws-sigv4", f"aws:amz:{REGION}:s3", "--user", f"{ACCESS_KEY}:{SECRET_KEY}"]
        # curl signs the hash of the body only when it is told.
        command += ["--header", f"x-amz-content-sha256: {hashlib.sha256().hexdigest()}"]
        command += ["--request", "PUT", "--output", "/dev/null", "--write-out", "%{http_code}"]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}/{BUCKET}"], capture_output=True, text=True
        )
        if done.stdout not in ("200", "409"):
            raise ServiceError(f"{self.name}: no bucket: {done.stdout} {done.stderr.strip()}")

    def client_env(self, port: int) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
            "NEURALAKE_TEST_BUCKET": BUCKET,
        }
