"""A full disk: nothing more is acknowledged, what was is kept, and it goes on by itself."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import count
import project
import pytest
from clients import line
from processes import Process
from push import Connection, RefusedError


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_acknowledgements_and_nothing_else(small_disk: Path) -> None:
    folder = project.make(small_disk / "project")
    process = Process("ingest", folder)
    assert process.wait_ready()
    connection = Connection(project.socket_of(folder))
    acknowledged: set[tuple[int, int]] = set()
    sent = 0

    def push() -> None:
        nonlocal sent
        events = [(1, sent + i) for i in range(50)]
        sent += 50
        body = "\n".join(line(*event, os.urandom(200).hex()) for event in events)
        connection.push(project.TABLE, body.encode(), f"key {sent}")
        acknowledged.update(events)

    push()
    with (folder / "filler").open("wb") as filler, pytest.raises(OSError, match="No space"):
        while True:
            filler.write(bytes(1 << 16))
            filler.flush()
    deadline = time.monotonic() + 60
    refused = None
    while refused is None:
        assert time.monotonic() < deadline, "everything was acknowledged on a full disk"
        try:
            push()
        except RefusedError as error:
            refused = error
    assert refused.kind == "resource_exhausted"
    assert "No space left on device" in str(refused)
    (folder / "filler").unlink()
    push()
    assert process.stop() == 0, process.said()
    assert count.check(folder, acknowledged, set()) == []
