"""A copy of the package without its native module says what it can do and what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "neuralake"
IMPORT = "from neuralake import Catalog, open_table; "
ASK = IMPORT + "open_table('/nowhere').version()"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGE, tmp_path / "neuralake", ignore=shutil.ignore_patterns("_native*"))
    return tmp_path / "neuralake"


def run(copy: Path, program: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(copy.parent)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=env, capture_output=True, text=True, cwd=copy.parent)


def test_definitions_need_no_native_module(copy: Path) -> None:
    assert run(copy, IMPORT).returncode == 0


def test_data_does_and_it_is_said_where_and_how(copy: Path) -> None:
    last = run(copy, ASK).stderr.splitlines()[-1]
    assert f"unsupported: the package at {copy} has no native module: " in last
    assert "cannot import name" not in last
    assert "install the wheel, or put build/<preset>/python" in last


def test_one_that_does_not_load_is_told_with_its_reason(copy: Path) -> None:
    # As one for another Python: there, and not found.
    (copy / "_native.cpython-27-x86_64-linux-gnu.so").write_bytes(b"")
    last = run(copy, ASK).stderr.splitlines()[-1]
    assert "or none that loads here (cannot import name '_native'" in last
