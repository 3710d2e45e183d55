"""Real S3 servers for the tests of this folder, each in a folder and on a port of its own."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICE = str(ROOT / "scripts/service")
# The second, independent server takes long to build: only the full run has it.
SERVERS = ["versitygw", *(["minio"] if os.environ.get("NEURALAKE_FULL") else [])]


@dataclasses.dataclass
class Service:
    """A started server; `env` makes clients find it."""

    name: str
    folder: Path
    pid: int
    port: int
    env: dict[str, str]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def restart(self) -> None:
        again = start(self.name, self.folder, self.port)
        self.pid = again.pid

    def stop(self) -> None:
        command = [SERVICE, "stop", self.name, "--folder", str(self.folder)]
        subprocess.run(command, check=True)


def start(name: str, folder: Path, port: int | None = None) -> Service:
    command = [SERVICE, "start", name, "--folder", str(folder)]
    if port is not None:
        command += ["--port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return Service(name, folder, said["pid"], said["port"], {**os.environ, **said["env"]})


@pytest.fixture(params=SERVERS)
def s3(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    service = start(request.param, tmp_path / request.param)
    yield service
    service.stop()


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder of the built test programs: that of the program under test."""
    binary = os.environ.get("NEURALAKE_BINARY", ROOT / "build/dev/bin/neuralake")
    return Path(binary).resolve().parent
