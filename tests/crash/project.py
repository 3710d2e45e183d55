"""A project whose ingest process does everything often: small flushes, small log segments."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
TABLE = "lake.events"

SETTINGS = """\
[catalog]
module = "lake:catalog"
python = "{python}"
[ingest]
flush_interval = "60ms"
log_bytes_max = "2MiB"
[compact]
interval = "100ms"
target_bytes = "4MiB"
files_min = 2
[vacuum]
interval = "250ms"
retention = "0ms"
"""

CATALOG = """\
from neuralake import Catalog, ModuleDatabase

catalog = Catalog({"lake": ModuleDatabase("tables")})
"""

TABLES = """\
from neuralake import Column, DeltaTable

events = DeltaTable(
    "{location}",
    columns=[
        Column("client", "int32", nullable=False),
        Column("number", "int64", nullable=False),
        Column("text", "string"),
    ],
    properties={{"delta.checkpointInterval": "5"}},
)
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "python")}


def make(folder: Path, more: str = "", location: str = "data/events") -> Path:
    """A project in `folder`, its manifest built; `more` goes into its settings."""
    folder.mkdir(parents=True)
    settings = SETTINGS.format(python=ROOT / ".venv/bin/python")
    if has_command("vacuum"):
        # Without retention a listing would take files whose commit is on its way for garbage.
        settings += 'full_interval = "0s"\n'
    settings += more
    (folder / "neuralake.toml").write_text(settings)
    (folder / "lake.py").write_text(CATALOG)
    (folder / "tables.py").write_text(TABLES.format(location=location))
    done = subprocess.run(
        [BINARY, "catalog", "build", "--project", str(folder)],
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return folder


def has_command(name: str) -> bool:
    said = subprocess.run([BINARY, "--help"], capture_output=True, text=True).stdout
    return re.search(rf"^  {name}\b", said, re.MULTILINE) is not None


def socket_of(project: Path) -> Path:
    return project / ".neuralake/ingest/ingest.sock"
