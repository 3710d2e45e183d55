"""An S3 server that vanishes: pushes are acknowledged on, and committed when it is back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import deltalake
import project
import pytest
from clients import line
from processes import Process
from push import Connection

SERVICE = str(project.ROOT / "scripts/service")


class Server:
    """A real S3 server over a folder, at one port also after a kill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.start()

    def start(self) -> None:
        command = [SERVICE, "start", "versitygw", "--folder", str(self.folder)]
        if self.port:
            command += ["--port", str(self.port)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        self.pid, self.port, self.env = said["pid"], said["port"], said["env"]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        command = [SERVICE, "stop", "versitygw", "--folder", str(self.folder)]
        subprocess.run(command, check=True)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server(tmp_path / "s3")
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    yield made
    made.stop()


def until(condition: Callable[[], bool], process: Process, limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, process.said()
        time.sleep(0.1)


def test_rows_wait_in_the_log_while_the_store_is_away(server: Server, tmp_path: Path) -> None:
    folder = project.make(tmp_path / "project", location="s3://lake/events")
    process = Process("ingest", folder)
    assert process.wait_ready()
    connection = Connection(project.socket_of(folder))
    # deltalake reads the gateway's folder: each object is a file in it.
    table = server.folder / "data/lake/events"

    def numbers() -> list[int]:
        if not (table / "_delta_log").exists():
            return []
        return sorted(deltalake.DeltaTable(str(table)).to_pyarrow_table()["number"].to_pylist())

    connection.push(project.TABLE, line(1, 1).encode())
    until(lambda: numbers() == [1], process)
    server.kill()
    connection.push(project.TABLE, line(1, 2).encode())
    until(lambda: "are kept, and it is tried again" in process.said(), process)
    connection.push(project.TABLE, line(1, 3).encode())
    # Also a process that is killed meanwhile brings them back from its log.
    process.kill()
    process = Process("ingest", folder)
    assert process.wait_ready()
    server.start()
    until(lambda: numbers() == [1, 2, 3], process)
    assert process.stop() == 0, process.said()
