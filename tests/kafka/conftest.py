"""A real broker for the tests of this folder, and the processes of `tests/crash`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SERVICE = str(ROOT / "scripts/service")
sys.path[:0] = [str(HERE), str(HERE.parent / "crash")]


class Broker:
    """A broker whose data outlive it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.pid = 0
        self.start()

    def start(self) -> None:
        command = [SERVICE, "start", "kafka", "--folder", str(self.folder)]
        if self.port:
            command += ["--port", str(self.port)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        self.pid, self.port = said["pid"], said["port"]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        subprocess.run([SERVICE, "stop", "kafka", "--folder", str(self.folder)], check=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def topic(self, name: str, partitions: int, alter: bool = False) -> None:
        """Make a topic, or give it more partitions."""
        from producer import Producer

        admin = Producer(self.address)
        (admin.grow if alter else admin.create)(name, partitions)
        admin.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    made = Broker(tmp_path_factory.mktemp("kafka"))
    yield made
    made.stop()
