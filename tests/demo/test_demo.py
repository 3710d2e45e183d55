"""`make demo` in a small form: every answer right, fresh, and the exit code says so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY") or str(ROOT / "build/dev/bin/neuralake")
ROWS = 6_000
SPEED = 60_000  # about eight seconds


def demo(work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "demo/run.py"), "--exit", "--work", str(work)]
    command += ["--rows", str(ROWS), "--speed", str(SPEED), *arguments]
    env = {**os.environ, "NEURALAKE_BINARY": BINARY}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=180)


@pytest.mark.parametrize("way", ["push", "kafka", "s3"])
def test_the_demo_streams_asks_and_is_right(way: str, tmp_path: Path) -> None:
    done = demo(tmp_path / "work", *([] if way == "push" else [f"--{way}"]))
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert f"all {ROWS:,} flights are visible" in told
    assert "WRONG" not in told
    # Five questions by two protocols, one by Python, and those on the way.
    assert told.count("as Polars says") >= 5 * 2 + 1 + 3
    for door in ("HTTP", "psql", "Python"):
        assert re.search(rf"asked over {door} in .* as Polars says", told), told
    assert re.search(r"freshness, .* median \d\.\d\d s, p99 \d\.\d\d s", told)
    assert re.search(r"flights at version \d+: 6,000 rows in \d+ files", told)
    assert re.search(r"http://127\.0\.0\.1:\d+/catalog/", told)
    assert re.search(r"psql -h 127\.0\.0\.1 -p \d+", told)


def test_a_wrong_answer_ends_with_an_error(tmp_path: Path) -> None:
    """The judge can find fault: the same demo with one question changed."""
    program = (
        "import dataclasses, sys\n"
        f"sys.path.insert(0, {str(ROOT / 'demo')!r})\n"
        "import questions\n"
        "first = questions.QUESTIONS[0]\n"
        "wrong = first.sql.replace('count(*)', 'count(*) + 1')\n"
        "questions.QUESTIONS[0] = dataclasses.replace(first, sql=wrong)\n"
        "import run\n"
        "sys.exit(run.main())\n"
    )
    command = [sys.executable, "-c", program, "--exit", "--work", str(tmp_path / "work")]
    command += ["--rows", "1000", "--speed", "0"]
    env = {**os.environ, "NEURALAKE_BINARY": BINARY}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert "WRONG" in done.stdout
    assert "2 answers were wrong" in done.stdout
