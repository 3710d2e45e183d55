"""The S3 server goes away under a running writer and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lake import Lake, Server, wait_for


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Server]:
    server = Server("versitygw", tmp_path / "s3")
    yield server
    server.stop()


def test_pushes_go_on_into_the_log_and_every_row_arrives_once(s3: Server, tmp_path: Path) -> None:
    with Lake(tmp_path / "project", "s3://lake/events", env=s3.env) as lake:
        for _ in range(5):
            assert lake.push(20) == 200
        lake.all_are_there_once()

        s3.kill()
        # What was promised is kept without the store: on the disk of the log.
        for _ in range(10):
            assert lake.push(20) == 200
        told = wait_for("a line about the store", lambda: lake.said(r"ingest +\|.*lake\.events"))
        assert "unavailable: table s3://lake/events" in told
        assert "are kept, and it is tried again" in told
        # No wrong answer meanwhile: an error that says what is away.
        assert lake.count() == (-1, -1)
        assert '"kind":"unavailable"' in lake.refusal
        assert lake.push(20) == 200

        s3.start()
        lake.all_are_there_once()
        assert lake.push(20) == 200
        lake.all_are_there_once()
        assert lake.acknowledged == 340
        assert lake.restarts() == []
