"""Definitions that are wrong in five ways at once: all told by file and line, nothing changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY") or str(ROOT / "build/dev/bin/neuralake")

GOOD = """\
from neuralake import Catalog, Column, DeltaTable, ModuleDatabase

flights = DeltaTable("tables/flights", columns=[Column("id", "int64")], key=["id"])
catalog = Catalog({"shop": ModuleDatabase("lake")})
"""

BAD = """\
from neuralake import Catalog, Column, DeltaTable, ModuleDatabase, table

flights = DeltaTable("tables/flights", columns=[Column("id", "int46")])
Flights = DeltaTable("tables/more", columns=[Column("id", "int64")])
keyed = DeltaTable("tables/keyed", columns=[Column("id", "int64")], key=["idd"])
away = DeltaTable("s4://lake/away", columns=[Column("id", "int64")])


def rate() -> float:
    raise RuntimeError("no rate today")


RATE = rate()


@table(columns=[Column("id", "int64")])
def rates():
    return RATE


catalog = Catalog({"shop": ModuleDatabase("lake")})
"""


def build(project: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
    env["NEURALAKE_CATALOG__PYTHON"] = sys.executable
    return subprocess.run(
        [BINARY, "catalog", "build"], cwd=project, env=env, capture_output=True, text=True
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    (tmp_path / "lake.py").write_text(GOOD)
    assert build(tmp_path).returncode == 0
    return tmp_path


def test_five_mistakes_are_told_at_once_with_file_and_line(project: Path) -> None:
    before = (project / ".neuralake/catalog.json").read_bytes()
    (project / "lake.py").write_text(BAD)
    done = build(project)
    assert done.returncode == 1
    told = done.stderr.splitlines()
    for line, words in [
        (3, ["unknown type", "int46", "did you mean int16"]),
        (3, ["table Flights is there already, at lake.py:4"]),
        (5, ["key", "idd", "did you mean id"]),
        (6, ["s4://", "did you mean s3://"]),
        (10, ["RuntimeError", "no rate today"]),
    ]:
        assert any(
            one.startswith(f"lake.py:{line}:") and all(word in one for word in words)
            for one in told
        ), f"line {line} {words} is not among\n" + "\n".join(told)
    assert (project / ".neuralake/catalog.json").read_bytes() == before
    # And it goes on once they are put right.
    (project / "lake.py").write_text(GOOD)
    assert build(project).returncode == 0
