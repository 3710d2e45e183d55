"""A write-ahead log that cannot be read: pushes wait for an operator, and the rest goes on."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from lake import BINARY, Lake, wait_for


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
        doctor = subprocess.run(
            [BINARY, "doctor", "--json"], cwd=lake.folder, env=lake.env, capture_output=True
        )
        checks = {check["check"]: check for check in json.loads(doctor.stdout)["checks"]}
        assert not checks["ingest"]["ok"]
        assert "does not run under" in checks["ingest"]["detail"]
        lake.stop()
        damaged.unlink()
        lake.lines.clear()
        lake.start()
        assert lake.push(1) == 200
        lake.all_are_there_once()


def test_a_log_that_is_removed_under_ingest_is_begun_anew(tmp_path: Path) -> None:
    environment = {"FLUSH_INTERVAL": "1h"}
    with Lake(tmp_path / "project", str(tmp_path / "events"), env=environment) as lake:
        assert lake.push(5) == 200
        shutil.rmtree(lake.folder / ".neuralake/ingest")
        wait_for("the word of it", lambda: lake.said("somebody took the log away"))
        lake.all_are_there_once()
        wait_for("a push", lambda: lake.push(1) == 200)
        assert list((lake.folder / ".neuralake/ingest").iterdir())
        assert lake.restarts() == []
        lake.stop()
        lake.lines.clear()
        lake.start()
        lake.all_are_there_once()
