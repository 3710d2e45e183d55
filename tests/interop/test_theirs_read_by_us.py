"""What deltalake and Spark write, read and appended to by us, then read by them again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import Neuralake, Spark, read_deltalake, read_duckdb
from deltalake import write_deltalake
from values import rows_of_arrow

ROWS = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "day": pa.array([dt.date(2024, 1, 1), None, dt.date(2024, 1, 2)]),
        "name": ["a", None, "ü"],
        "at": pa.array([0, None, 1_700_000_000_000_001], pa.timestamp("us", "UTC")),
    }
)


def sorted_rows(*tables: pa.Table) -> list[str]:
    return sorted(row for table in tables for row in rows_of_arrow(table))


@pytest.mark.parametrize("partition_by", [None, ["day"]])
def test_a_table_of_deltalake(
    ours: Neuralake, tmp_path: Path, partition_by: list[str] | None
) -> None:
    table = tmp_path / "t"
    write_deltalake(table, ROWS, partition_by=partition_by)
    assert ours.read(table) == sorted_rows(ROWS)
    ours.write(table, ROWS)
    assert read_deltalake(table) == sorted_rows(ROWS, ROWS)
    assert read_duckdb(table) == sorted_rows(ROWS, ROWS)
    write_deltalake(table, ROWS, mode="append")
    assert ours.read(table) == sorted_rows(ROWS, ROWS, ROWS)


def test_a_checkpoint_of_deltalake(ours: Neuralake, tmp_path: Path) -> None:
    from deltalake import DeltaTable

    table = tmp_path / "t"
    for _ in range(3):
        write_deltalake(table, ROWS, mode="append")
    DeltaTable(table).create_checkpoint()
    for version in range(3):
        (table / f"_delta_log/{version:020d}.json").unlink()
    ours.write(table, ROWS)
    assert ours.read(table) == sorted_rows(ROWS, ROWS, ROWS, ROWS)
    assert read_deltalake(table) == ours.read(table)


@pytest.fixture(scope="module")
def spark_table(spark: Spark, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Partitioned, with deletion vectors, a change data feed and mapped columns."""
    table = tmp_path_factory.mktemp("spark") / "t"
    spark.sql(
        f"CREATE TABLE delta.`{table}` (id BIGINT, `the day` DATE, name STRING) USING DELTA "
        "PARTITIONED BY (`the day`) TBLPROPERTIES ('delta.columnMapping.mode' = 'name', "
        "'delta.enableDeletionVectors' = true, 'delta.enableChangeDataFeed' = true)"
    )
    spark.sql(
        f"INSERT INTO delta.`{table}` VALUES (1, DATE'2024-01-01', 'a'), (2, NULL, 'b'), "
        "(3, DATE'2024-01-01', NULL), (4, DATE'2024-01-01', 'd')"
    )
    spark.sql(f"DELETE FROM delta.`{table}` WHERE id = 1")
    spark.sql(f"UPDATE delta.`{table}` SET name = 'dd' WHERE id = 4")
    return table


def test_a_table_of_spark(ours: Neuralake, spark: Spark, spark_table: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(spark_table, copy)
    assert ours.read(copy) == spark.read(copy)
    more = pa.table(
        {"id": pa.array([9], pa.int64()), "the day": [dt.date(2024, 5, 1)], "name": ["z"]}
    )
    ours.write(copy, more)
    assert ours.read(copy) == spark.read(copy)
    assert len(ours.read(copy)) == 4


def test_the_change_feed_of_spark(ours: Neuralake, spark: Spark, spark_table: Path) -> None:
    import pyarrow.parquet as pq
    from values import canonical, rows_of

    out = ours.folder / "changes.parquet"
    ours.run("changes", spark_table, "--from", 1, "--to", 3, "--output", out)
    changes = pq.read_table(out).drop_columns(["_commit_timestamp"])
    answer = spark.sql(
        "SELECT id, `the day`, name, _change_type, _commit_version "
        f"FROM table_changes('delta.`{spark_table}`', 1, 3)"
    )
    ours_said = rows_of(
        changes.column_names, [[canonical(v) for v in row.values()] for row in changes.to_pylist()]
    )
    assert ours_said == rows_of(answer["columns"], answer["rows"])
    assert len(ours_said) == 7


def test_a_writer_feature_that_we_lack_is_refused_by_name_and_still_read(
    ours: Neuralake, spark: Spark, tmp_path: Path
) -> None:
    import subprocess

    from conftest import BINARY

    table = tmp_path / "t"
    spark.sql(f"CREATE TABLE delta.`{table}` (id BIGINT) USING DELTA")
    spark.sql(f"ALTER TABLE delta.`{table}` ADD CONSTRAINT positive CHECK (id > 0)")
    spark.sql(f"INSERT INTO delta.`{table}` VALUES (1)")
    assert ours.read(table) == [json.dumps([["id", 1]])]
    (tmp_path / "rows.csv").write_text("id\n-1\n")
    done = subprocess.run(
        [BINARY, "table", "write", str(table), str(tmp_path / "rows.csv")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "checkConstraints" in done.stderr
