"""Tables for the tests of this folder, read by every engine at hand."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import duckdb_extension_delta
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
# Small enough that a test writes several files of the target.
SMALL = {"NEURALAKE_COMPACT__TARGET_BYTES": "64KiB", "NEURALAKE_COMPACT__FILES_MIN": "2"}


def neuralake(
    *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [BINARY, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **(env or {})}, cwd=cwd
    )


def ours(*arguments: str | Path, **options: Any) -> list[dict[str, Any]]:
    """Run a command that must succeed and give the objects that it prints."""
    done = neuralake(*arguments, "--json", **options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def plain(value: object) -> object:
    """The value, without the name under which an engine knows UTC."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def canonical(table: pa.Table) -> list[str]:
    """The rows as a multiset: one text a row, sorted; columns by name."""
    names = sorted(table.column_names)
    rows = zip(*(table.column(name).to_pylist() for name in names), strict=True)
    return sorted(repr([plain(value) for value in row]) for row in rows)


def rows_by_us(table: Path, work: Path, version: int | None = None) -> list[str]:
    out = work / "scan.parquet"
    at = [] if version is None else ["--version", str(version)]
    done = neuralake("table", "scan", table, *at, "--output", out)
    assert done.returncode == 0, done.stderr
    return canonical(pq.read_table(out))


def rows_by_deltalake(table: Path) -> list[str]:
    return canonical(pa.table(DeltaTable(table).to_pyarrow_table()))


def rows_by_duckdb(table: Path) -> list[str]:
    connection = duckdb.connect()
    extension = next(Path(duckdb_extension_delta.__file__).parent.rglob("delta.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    return canonical(connection.execute(f"FROM delta_scan('{table}')").to_arrow_table())


def rows_by_all(table: Path, work: Path) -> list[str]:
    """The rows, which every engine must agree on."""
    rows = rows_by_us(table, work)
    assert rows_by_deltalake(table) == rows
    assert rows_by_duckdb(table) == rows
    return rows


def live_files(table: Path) -> int:
    return int(ours("table", "show", table)[0]["numFiles"])


def newest(table: Path) -> int:
    return int(ours("table", "show", table)[0]["version"])
