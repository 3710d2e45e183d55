"""The command line, run as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))


class Cli:
    """Runs `neuralake table …`."""

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [BINARY, "table", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True)

    def ok(self, *arguments: str | Path) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        answer = json.loads(self.ok(*arguments, "--json"))
        assert isinstance(answer, dict)
        return answer

    def refused(self, *arguments: str | Path, code: int = 1) -> str:
        """The one line that a refusal prints."""
        done = self.run(*arguments)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        lines = done.stderr.splitlines()
        assert len(lines) == 1, done.stderr
        return lines[0]


@pytest.fixture
def cli() -> Cli:
    return Cli()
