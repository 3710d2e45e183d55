"""versitygw: an S3 gateway over a folder; objects are plain files under `data/<bucket>`."""

from __future__ import annotations

from pathlib import Path

from services.s3 import ACCESS_KEY, REGION, SECRET_KEY, S3Server
from services.server import tool


class Versitygw(S3Server):
    name = "versitygw"

    def prepare(self, folder: Path, port: int) -> None:
        (folder / "data").mkdir(exist_ok=True)

    def command(self, folder: Path, port: int) -> list[str]:
        program = str(tool("versitygw") / "versitygw")
        options = ["--quiet", "--keep-alive", "--region", REGION, "--port", f"127.0.0.1:{port}"]
        return [program, *options, "posix", str(folder / "data")]

    def environment(self, folder: Path, port: int) -> dict[str, str]:
        return {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY}
