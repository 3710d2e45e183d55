"""A write-ahead log that cannot be read: pushes wait for an operator, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

from lake import Lake, wait_for


def test_without_its_log_ingest_stays_away_and_says_what_to_do(tmp_path: Path) -> None:
    with Lake(tmp_path / "project", str(tmp_path / "events")) as lake:
        assert lake.push(5) == 200
        lake.all_are_there_once()
        lake.stop()
        folder = lake.folder / ".neuralake/ingest"
        damaged = folder / "keys-0000000000000001-0000000000000002"
        damaged.write_text("garbage")
        lake.lines.clear()
        lake.start(processes=("serve",))
        wait_for("the last try", lambda: lake.said(r"ingest +\|.*the others go on"))
        told = lake.said("is damaged")
        assert told is not None
        assert str(folder) in told
        assert damaged.name in told
        assert "move the folder away" in told
        assert lake.count() == (5, 5)
        assert lake.push(1) == 503
        lake.stop()
        damaged.unlink()
        lake.lines.clear()
        lake.start()
        assert lake.push(1) == 200
        lake.all_are_there_once()
