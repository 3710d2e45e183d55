"""A table's location changes in the definitions while events come in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from lake import DEFINITIONS, Lake, wait_for


def rows_at(lake: Lake, location: Path) -> int:
    return int(json.loads(lake.run("table", "show", str(location), "--json"))["numRecords"])


def test_rows_go_where_the_table_is(tmp_path: Path) -> None:
    old, new = tmp_path / "events", tmp_path / "elsewhere"
    with Lake(tmp_path / "project", str(old)) as lake:
        assert lake.push(20) == 200
        lake.all_are_there_once()
        shutil.copytree(old, new)
        (lake.folder / "definitions.py").write_text(DEFINITIONS.format(location=new))
        wait_for("the word of it", lambda: lake.said(r"ingest +\|.*a table is elsewhere now"))
        for _ in range(3):
            wait_for("a push", lambda: lake.push(20) == 200)
        lake.all_are_there_once()
        assert rows_at(lake, old) == 20
        assert rows_at(lake, new) == 80
        assert lake.restarts() == []
