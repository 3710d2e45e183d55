"""A checkpoint that is cut off: the whole answer or an error that names it, never a part."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY") or str(ROOT / "build/dev/bin/neuralake")
COMMITS = 12
NAME = "00000000000000000011.checkpoint.parquet"


def neuralake(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True)


def counted(table: Path, neighbour: Path | None = None) -> subprocess.CompletedProcess[str]:
    tables = [f"--table=t={table}"] + ([f"--table=n={neighbour}"] if neighbour else [])
    query = "SELECT count(*) AS n FROM lake." + ("n" if neighbour else "t")
    return neuralake("sql", *tables, "--format=csv", "-c", query)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "flights"
    for i in range(COMMITS):
        write_deltalake(str(path), pa.table({"id": [i]}), mode="append")
    DeltaTable(str(path)).create_checkpoint()
    return path


@pytest.fixture
def checkpoint(table: Path) -> Path:
    return table / "_delta_log" / NAME


@pytest.mark.parametrize("kept", [0, 0.5, 0.99])
def test_the_commits_answer_in_its_place_while_they_are_there(
    table: Path, checkpoint: Path, kept: float
) -> None:
    os.truncate(checkpoint, int(checkpoint.stat().st_size * kept))
    assert counted(table).stdout == f"n\n{COMMITS}\n"


@pytest.mark.parametrize("kept", [0, 0.5, 0.99])
def test_an_error_names_file_version_and_table_when_nothing_stands_in(
    table: Path, checkpoint: Path, kept: float, tmp_path: Path
) -> None:
    whole = checkpoint.read_bytes()
    for commit in table.glob("_delta_log/0000000000000000000?.json"):
        commit.unlink()
    assert counted(table).stdout == f"n\n{COMMITS}\n"
    checkpoint.write_bytes(whole[: int(len(whole) * kept)])

    asked = counted(table)
    assert asked.returncode == 1
    assert asked.stdout == ""
    # The file's name is the version's.
    assert f"table {table}" in asked.stderr
    assert f"_delta_log/{NAME}: " in asked.stderr
    shown = neuralake("table", "show", str(table), "--json")
    assert shown.returncode == 1
    assert json.loads(shown.stderr)["error"]["kind"] == "corruption"

    # Other tables of the same process are asked as before, and this one once it is put right.
    neighbour = tmp_path / "planes"
    write_deltalake(str(neighbour), pa.table({"id": [1, 2]}))
    assert counted(table, neighbour).stdout == "n\n2\n"
    checkpoint.write_bytes(whole)
    assert counted(table).stdout == f"n\n{COMMITS}\n"


def test_a_checkpoint_that_cannot_be_written_is_told_and_the_commit_stands(tmp_path: Path) -> None:
    path = tmp_path / "flights"
    for i in range(10):
        write_deltalake(str(path), pa.table({"id": [i]}), mode="append")
    # No file can take the place of a folder.
    (path / "_delta_log" / "00000000000000000010.checkpoint.parquet" / "in the way").mkdir(
        parents=True
    )
    rows = tmp_path / "rows.csv"
    rows.write_text("id\n10\n")
    written = neuralake("table", "write", str(path), str(rows))
    assert written.returncode == 0, written.stderr
    assert "delta: no checkpoint reason=" in written.stderr
    assert str(path) in written.stderr
    assert counted(path).stdout == "n\n11\n"
