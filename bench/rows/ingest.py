"""Pushed events: how long an acknowledgement takes, and how many rows a second reach the table."""

from __future__ import annotations

import subprocess
from pathlib import Path

from harness import BINARY, ROOT, Contender, Row

PYTHON = str(ROOT / ".venv/bin/python")
PEERS = ROOT / "bench/peers"

SETTINGS = f"""\
[catalog]
module = "lake:catalog"
python = "{PYTHON}"
"""

CATALOG = """\
from neuralake import Catalog, ModuleDatabase

catalog = Catalog({"lake": ModuleDatabase("tables")})
"""

TABLES = """\
from neuralake import Column, DeltaTable

events = DeltaTable(
    "data/events",
    columns=[
        Column("at", "timestamp", nullable=False),
        Column("device", "int32", nullable=False),
        Column("number", "int64", nullable=False),
        Column("kind", "string"),
        Column("value", "float64"),
        Column("ok", "boolean"),
    ],
)
"""


def make_project(work: Path) -> Path:
    project = work / "ingest"
    project.mkdir(exist_ok=True)
    (project / "neuralake.toml").write_text(SETTINGS)
    (project / "lake.py").write_text(CATALOG)
    (project / "tables.py").write_text(TABLES)
    subprocess.run(
        [str(BINARY), "catalog", "build", "--project", str(project)],
        env={"PYTHONPATH": str(ROOT / "python")},
        check=True,
        capture_output=True,
    )
    return project


def rows(work: Path, full: bool) -> list[Row]:
    project = str(make_project(work))
    ours = [PYTHON, str(PEERS / "push_events.py"), str(BINARY), project]
    bare = [PYTHON, str(PEERS / "bare_fdatasync.py"), project]
    count = str(3_000_000 if full else 1_000_000)
    return [
        Row(
            name="ingest.acknowledge",
            title="one event of 120 bytes pushed and acknowledged, p50 of 2,000",
            target="p50 at most a bare program that syncs the same bytes in the same run + 1 ms",
            contenders=[
                Contender("neuralake, HTTP", [*ours, "http", "acknowledge", "2000"]),
                Contender("neuralake, local socket", [*ours, "socket", "acknowledge", "2000"]),
                Contender("bare fdatasync", [*bare, "2000"]),
            ],
        ),
        Row(
            name="ingest.rows",
            title=f"{int(count):,} events in bodies of 500, 4 senders, until committed to Delta",
            target="50,000 rows/s",
            contenders=[
                Contender("neuralake, HTTP", [*ours, "http", "rows", count]),
                Contender("neuralake, local socket", [*ours, "socket", "rows", count]),
            ],
            higher_is_better=True,
        ),
    ]
