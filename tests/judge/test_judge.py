"""Tables of other engines, with the rows and refusals that any correct reader must give.

The judge and its tables lie beside the checkout and are not part of it: in `../shared/judge`, or
where `NEURALAKE_JUDGE` says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
CASES_LEAST = 500


def judge_folder() -> Path:
    return Path(os.environ.get("NEURALAKE_JUDGE", ROOT.parent / "shared/judge"))


def test_reads_what_other_engines_wrote_and_refuses_what_cannot_be_read(tmp_path: Path) -> None:
    script = judge_folder() / "delta/judge.py"
    if not script.is_file():
        pytest.skip(f"no judge at {script}: NEURALAKE_JUDGE can name its folder")
    report = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, str(script), "--binary", BINARY, "--report", str(report)],
        capture_output=True,
        text=True,
    )
    assert report.is_file(), done.stdout + done.stderr
    said = json.loads(report.read_text())
    failed = {case["id"]: case["reason"] for case in said["cases"] if case["status"] == "failed"}
    assert failed == {}
    assert said["passed"] >= CASES_LEAST
