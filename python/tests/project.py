"""Small projects on disk, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]


def write_project(folder: Path, **modules: str) -> Path:
    """Write a package `lake`; `catalog` is its `__init__`, other names are modules."""
    package = folder / "lake"
    package.mkdir(parents=True, exist_ok=True)
    (folder / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    for name, text in modules.items():
        file = "__init__" if name == "catalog" else name
        (package / f"{file}.py").write_text(dedent(text).lstrip())
    return folder


CATALOG = """
    from neuralake import Catalog, ModuleDatabase
    catalog = Catalog({"aviation": ModuleDatabase("lake.aviation")})
"""


def export(project: Path, target: str = "lake:catalog") -> dict[str, Any]:
    """Run the export as the command line does."""
    done = subprocess.run(
        [sys.executable, "-m", "neuralake.export", target],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def problems(document: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(p["file"], p["line"], p["subject"]) for p in document["problems"]]


def tables(document: dict[str, Any], database: str = "aviation") -> dict[str, dict[str, Any]]:
    [found] = [d for d in document["databases"] if d["name"] == database]
    return {table["name"]: table for table in found["tables"]}
