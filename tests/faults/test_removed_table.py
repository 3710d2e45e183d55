"""A table's folder is removed under processes that hold the table."""

from __future__ import annotations

import json
import shutil
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from lake import Lake, wait_for

UNDECLARED = """\
from neuralake import Catalog, DeltaTable, ModuleDatabase

events = DeltaTable("{location}")
catalog = Catalog({{"lake": ModuleDatabase("definitions")}})
"""


def shown(lake: Lake) -> dict[str, Any]:
    """The table as a process sees it that knew nothing of it."""
    return dict(json.loads(lake.run("table", "show", lake.location, "--json")))


def wait_for_rows(lake: Lake, rows: int) -> None:
    wait_for(f"{rows} rows, each once", lambda: lake.count() == (rows, rows))


def gauge(lake: Lake, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{lake.port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    [line] = [line for line in lines if line.startswith(name + '{table="lake.events"}')]
    return float(line.split()[-1])


@pytest.fixture
def location(tmp_path: Path) -> Path:
    return tmp_path / "events"


def test_it_is_made_again_and_holds_all_that_came_after(location: Path, tmp_path: Path) -> None:
    with Lake(tmp_path / "project", str(location)) as lake:
        for _ in range(3):
            assert lake.push(20) == 200
            lake.all_are_there_once()
        before = lake.acknowledged
        shutil.rmtree(location)
        # Past the version at which a checkpoint is due.
        for _ in range(12):
            assert lake.push(20) == 200
            wait_for_rows(lake, lake.acknowledged - before)
        assert lake.said(r"ingest +\|.*not in the log any more")
        assert shown(lake)["version"] == 12
        wait_for("a checkpoint", (location / "_delta_log/_last_checkpoint").exists)
        assert shown(lake)["numRecords"] == 240
        assert lake.restarts() == []


def test_rows_wait_for_a_table_that_ingest_cannot_make(location: Path, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "project", str(location))
    (lake.folder / "definitions.py").write_text(UNDECLARED.format(location=location))
    schema = "id BIGINT NOT NULL, body STRING"
    lake.run("table", "create", str(location), "--schema", schema)
    with lake:
        assert lake.push(20) == 200
        lake.all_are_there_once()
        before = lake.acknowledged
        shutil.rmtree(location)
        for _ in range(5):
            assert lake.push(20) == 200
        told = wait_for("a line about the table", lambda: lake.said(r"ingest +\|.*cannot be made"))
        assert "lake.events does not exist" in told
        assert "are kept, and it is tried again" in told
        assert not location.exists()
        assert lake.count() == (-1, -1)
        wait_for("rows that wait", lambda: gauge(lake, "neuralake_ingest_pending_rows") == 100)
        assert gauge(lake, "neuralake_ingest_flush_failures_total") > 0
        lake.run("table", "create", str(location), "--schema", schema)
        wait_for_rows(lake, lake.acknowledged - before)
        assert lake.said(r"ingest +\|.*rows are committed again")
        assert lake.restarts() == []
