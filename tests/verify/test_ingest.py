"""A table that events were pushed into, compacted and vacuumed beside it, breaks no rule."""

from __future__ import annotations

import sys
from pathlib import Path

from checker import ROOT, findings, ok, verify

sys.path.insert(0, str(ROOT / "tests/faults"))

from lake import Lake


def test_what_was_pushed_breaks_no_rule(tmp_path: Path) -> None:
    table = tmp_path / "events"
    with Lake(tmp_path / "project", str(table), env={"FLUSH_INTERVAL": "50ms"}) as lake:
        for _ in range(30):
            assert lake.push(20, "é" * 40) == 200
        lake.all_are_there_once()
        ok("compact", table, "--once")
        assert lake.push(5) == 200
        lake.all_are_there_once()
    assert findings(table) == []
    answer = verify(table)
    assert answer["commits"] > 1
    ok("vacuum", table, "--once")
    ok("table", "checkpoint", table)
    assert findings(table) == []
