"""No event is lost and none counted twice, whatever is killed when."""

from __future__ import annotations

import os
from pathlib import Path

import crashes
import project
import pytest

FULL = bool(os.environ.get("NEURALAKE_FULL"))
KILLS = 500 if FULL else 50


def test_every_acknowledged_event_is_there_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project.make(tmp_path / "project")
    report = crashes.crash(folder, KILLS, seed=20, steps=crashes.push_steps())
    with capsys.disabled():
        print("\n" + "\n".join(report.lines()))
    assert report.wrong == []
    assert report.missed == []
    assert sum(report.hit.values()) >= KILLS + len(crashes.push_steps()) - len(report.left_out)
    assert report.rows > 0 and report.letters > 0 and report.repeats > 0
