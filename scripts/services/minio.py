"""MinIO: a second, independent S3 server, for the slower suite. Run beside us, never linked."""

from __future__ import annotations

from pathlib import Path

from services.s3 import ACCESS_KEY, REGION, SECRET_KEY, S3Server
from services.server import tool


class Minio(S3Server):
    name = "minio"

    def prepare(self, folder: Path, port: int) -> None:
        (folder / "data").mkdir(exist_ok=True)

    def command(self, folder: Path, port: int) -> list[str]:
        program = str(tool("minio") / "minio")
        return [program, "server", "--address", f"127.0.0.1:{port}", str(folder / "data")]

    def environment(self, folder: Path, port: int) -> dict[str, str]:
        return {
            "MINIO_ROOT_USER": ACCESS_KEY,
            "MINIO_ROOT_PASSWORD": SECRET_KEY,
            "MINIO_REGION": REGION,
            "MINIO_BROWSER": "off",
        }
