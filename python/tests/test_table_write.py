"""Writing Delta tables from Python, through the native module."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import deltalake
import polars as pl
import pytest

import neuralake
from neuralake import Column, DeltaTable, NeuralakeError
from neuralake.delta import Table

FRAME = pl.DataFrame({"id": [1, 2], "carrier": ["AA", None], "fare": [1.5, None]})


def test_an_append_creates_the_table_and_the_next_one_adds(tmp_path: Path) -> None:
    table = neuralake.open_table(tmp_path / "t")
    written = table.append(FRAME)
    assert (written.version, written.rows, written.files) == (0, 2, 1)
    assert table.append(FRAME.lazy()).version == 1
    assert table.scan().collect().height == 4
    assert deltalake.DeltaTable(tmp_path / "t").to_pyarrow_table().num_rows == 4
    assert [entry.operation for entry in table.history()] == ["WRITE", "WRITE"]


def test_rows_of_pandas_and_arrow_are_taken(tmp_path: Path) -> None:
    table = neuralake.open_table(tmp_path / "t")
    table.append(FRAME.to_arrow())
    table.append(FRAME.to_pandas())
    assert table.scan(columns=["id"]).collect()["id"].sort().to_list() == [1, 1, 2, 2]


def test_an_overwrite_replaces_and_earlier_versions_stay(tmp_path: Path) -> None:
    table = neuralake.open_table(tmp_path / "t")
    table.append(FRAME)
    table.overwrite(FRAME.head(1))
    assert table.scan().collect().equals(FRAME.head(1))
    assert table.scan(version=0).collect().height == 2
    table.overwrite(pl.DataFrame({"week": [7]}), schema_mode="overwrite")
    assert table.scan().collect().columns == ["week"]


def test_columns_that_are_new_are_refused_or_merged(tmp_path: Path) -> None:
    table = neuralake.open_table(tmp_path / "t")
    table.append(FRAME)
    wider = FRAME.with_columns(day=pl.lit(dt.date(2024, 2, 29)))
    with pytest.raises(NeuralakeError, match="day") as refused:
        table.append(wider)
    assert refused.value.kind == "invalid"
    assert table.version() == 0
    table.append(wider, schema_mode="merge")
    assert table.scan().collect()["day"].to_list().count(None) == 2


def test_a_definition_says_how_its_table_is_made(tmp_path: Path) -> None:
    definition = DeltaTable(
        str(tmp_path / "t"),
        description="Fares",
        columns=[Column("id", "int64", nullable=False), Column("fare", "decimal(10, 2)", "in USD")],
        partition_by=["carrier"],
        properties={"delta.appendOnly": "true"},
    )
    table = Table(str(tmp_path / "t"), definition)
    rows = pl.DataFrame({"carrier": ["AA"], "id": [1], "fare": [Decimal("1.50")]})
    table.append(rows.with_columns(pl.col("fare").cast(pl.Decimal(10, 2))))
    detail = table.detail()
    assert detail.description == "Fares"
    assert [(c.name, c.type, c.nullable) for c in detail.columns] == [
        ("id", "int64", False),
        ("fare", "decimal(10, 2)", True),
        ("carrier", "string", True),
    ]
    assert list(detail.partition_columns) == ["carrier"]
    with pytest.raises(NeuralakeError, match="append-only"):
        table.overwrite(rows.with_columns(pl.col("fare").cast(pl.Decimal(10, 2))))


def test_a_checkpoint_is_where_readers_start(tmp_path: Path) -> None:
    table = neuralake.open_table(tmp_path / "t")
    for _ in range(3):
        table.append(FRAME)
    assert table.checkpoint() == 2
    for version in range(3):
        (tmp_path / f"t/_delta_log/{version:020d}.json").unlink()
    assert neuralake.open_table(tmp_path / "t").detail().num_records == 6


def test_a_vacuum_deletes_what_is_past_its_retention(tmp_path: Path) -> None:
    definition = DeltaTable(
        str(tmp_path / "t"),
        properties={"delta.deletedFileRetentionDuration": "interval 0 hours"},
    )
    table = Table(str(tmp_path / "t"), definition)
    table.append(FRAME)
    table.overwrite(FRAME.head(1))
    assert len(list((tmp_path / "t").glob("*.parquet"))) == 2
    dead = _doomed(table)
    assert (tmp_path / "t" / dead).exists()
    assert table.vacuum(0) == [dead]
    assert not (tmp_path / "t" / dead).exists()
    assert table.scan().collect().equals(FRAME.head(1))


def test_a_full_vacuum_tells_which_files_of_the_log_go(tmp_path: Path) -> None:
    definition = DeltaTable(
        str(tmp_path / "t"),
        properties={
            "delta.deletedFileRetentionDuration": "interval 0 hours",
            "delta.logRetentionDuration": "interval 0 hours",
        },
    )
    table = Table(str(tmp_path / "t"), definition)
    table.append(FRAME)
    table.overwrite(FRAME.head(1))
    table.checkpoint()
    dead = _doomed(table)
    before = [path.relative_to(tmp_path / "t").as_posix() for path in _files(tmp_path / "t")]
    told = table.vacuum(0, dry_run=True, full=True)
    assert told[0] == dead
    assert told[1:] == ["_delta_log/00000000000000000000.json"]
    assert table.vacuum(0, full=True) == told
    after = [path.relative_to(tmp_path / "t").as_posix() for path in _files(tmp_path / "t")]
    assert sorted(told) == sorted(set(before) - set(after))


def _doomed(table: Table) -> str:
    """The one file that a vacuum deletes; a removal is in the past from the next millisecond on."""
    while not (doomed := table.vacuum(0, dry_run=True)):
        pass
    (one,) = doomed
    return one


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


ENDS_A_TABLE = """
import os, sys, threading
uri, *folders = sys.argv[1:]
sys.path.insert(0, os.path.dirname(folders[0]))
import neuralake
neuralake.__path__[:] = folders
from neuralake.definitions import DeltaTable
from neuralake.delta import Table
import polars as pl

pointer = uri + "/_delta_log/_last_checkpoint"
table = Table(uri, DeltaTable(uri, properties={"delta.checkpointInterval": "2"}))
rows = pl.DataFrame({"n": [1]})
table.append(rows)
table.append(rows)
os.mkfifo(pointer)
table.append(rows)  # the checkpoint waits for somebody to open the pipe

ending = threading.Event()
def let_it_go():
    ending.wait()
    open(pointer, "wb").close()

thread = threading.Thread(target=let_it_go)
thread.start()
sys.setswitchinterval(1000)  # nobody else runs unless this thread lets go of the lock
ending.set()
del table
thread.join()
"""


def test_a_table_that_ends_lets_others_run_while_its_checkpoint_is_written(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDS_A_TABLE, str(tmp_path / "t"), *neuralake.__path__],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "t/_delta_log").glob("*.checkpoint.parquet"))


def test_a_vacuum_keeps_what_the_table_keeps(tmp_path: Path) -> None:
    table = neuralake.open_table(tmp_path / "t")
    table.append(FRAME)
    table.overwrite(FRAME.head(1))
    assert table.vacuum() == []
    with pytest.raises(NeuralakeError) as refused:
        table.vacuum(0)
    assert refused.value.kind == "invalid"
    assert table.scan(version=0).collect().height == 2
