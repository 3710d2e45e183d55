"""`neuralake table verify`, as tests ask it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
CLEAN, PROBLEMS = 0, 1


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)


def ok(*arguments: object) -> str:
    done = run(*arguments)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def verify(table: Path, *flags: object) -> dict[str, Any]:
    """The answer of the command; its exit code must fit."""
    done = run("table", "verify", table, "--json", *flags)
    assert done.returncode in (CLEAN, PROBLEMS) and done.stdout, (table, done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode == CLEAN) == (answer["problems"] == 0)
    return answer


def findings(table: Path, *flags: object) -> list[str]:
    return [
        f"{found['rule']} {found['file']}: {found['message']}"
        for found in verify(table, *flags)["findings"]
    ]


def rules(table: Path, *flags: object) -> set[str]:
    return {found["rule"] for found in verify(table, *flags)["findings"]}
