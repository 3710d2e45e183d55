"""What we write, read by deltalake, DuckDB's delta extension, Polars and Spark."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import Neuralake, Spark
from deltalake import DeltaTable
from values import rows_of, rows_of_arrow

Reader = Callable[[Path], list[str]]

TYPES = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "small": pa.array([-1, None, 7], pa.int16()),
        "ratio": pa.array([1.5, None, -0.25], pa.float32()),
        "price": pa.array([Decimal("1.50"), None, Decimal("-0.01")], pa.decimal128(10, 2)),
        "wide": pa.array([Decimal("12345678901234567890.1"), None, None], pa.decimal128(30, 1)),
        "day": pa.array([dt.date(2024, 2, 29), None, dt.date(1969, 12, 31)]),
        "at": pa.array([1_700_000_000_123_456, None, -1], pa.timestamp("us", "UTC")),
        "name": pa.array(["a b", "", None]),
        "raw": pa.array([b"\x00\xff", b"", None]),
        "flag": pa.array([True, False, None]),
        "tags": pa.array([["x", "y"], [], None], pa.list_(pa.string())),
        "place": pa.array(
            [{"lat": 1.5, "lon": None}, None, {"lat": 0.5, "lon": 2.0}],
            pa.struct([("lat", pa.float64()), ("lon", pa.float64())]),
        ),
    }
)
IDS = pa.table({"id": pa.array([1, 2], pa.int64()), "name": ["x", None]})


def numbered(first: int, count: int) -> pa.Table:
    return pa.table({"id": pa.array(range(first, first + count), pa.int64())})


@pytest.fixture(scope="session")
def tables(ours: Neuralake, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One table a way of writing, and what it must hold in `expected`."""
    folder = tmp_path_factory.mktemp("ours")
    made = {name: folder / name for name in EXPECTED}
    ours.write(made["types"], TYPES.slice(0, 2))
    ours.write(made["types"], TYPES.slice(2))
    ours.write(made["overwritten"], IDS)
    ours.write(
        made["overwritten"], numbered(7, 3), "--mode", "overwrite", "--schema-mode", "overwrite"
    )
    ours.write(made["partitions"], PARTITIONED, "--partition-by", "day,place")
    ours.write(made["merged"], numbered(5, 1))
    ours.write(made["merged"], IDS, "--schema-mode", "merge")
    for first in range(12):
        ours.write(made["commits"], numbered(first, 1), "--transaction", f"job={first}")
    for first in range(0, 40, 10):
        ours.write(made["compacted"], numbered(first, 10))
    ours.command("compact", made["compacted"], "--once")
    assert json.loads(ours.run("show", made["compacted"], "--json"))["numFiles"] == 1
    for name, properties in CHANGED.items():
        ours.write(made[name], numbered(0, 40), *properties)
        ours.run("delete", made[name], "--where", "id % 10 = 3")
        ours.run("update", made[name], "--set", "id = id + 100", "--where", "id >= 35")
        ours.run("delete", made[name], "--where", "id = 20")
    ours.write(
        made["properties"], IDS,
        "--property", "delta.appendOnly=true", "--property", "delta.enableChangeDataFeed=true",
    )  # fmt: skip
    return made


PARTITIONED = pa.table(
    {
        "id": pa.array(range(6), pa.int64()),
        "day": pa.array([dt.date(2024, 1, 1), None, dt.date(2024, 1, 1), None, None, None]),
        "place": ["a/b c%=ü", None, "x:y?z#", "back\\slash", "it's", "ends ."],
    }
)
VECTORS = ("--property", "delta.enableDeletionVectors=true")
FEED = ("--property", "delta.enableChangeDataFeed=true")
CHANGED = {"vectors": VECTORS, "copies": (), "feed": (*VECTORS, *FEED)}
LEFT = [i for i in range(35) if i % 10 != 3 and i != 20] + list(range(135, 140))
EXPECTED = {
    **{name: pa.table({"id": pa.array(LEFT, pa.int64())}) for name in CHANGED},
    "types": TYPES,
    "overwritten": numbered(7, 3),
    "partitions": PARTITIONED,
    "merged": pa.table({"id": pa.array([5, 1, 2], pa.int64()), "name": [None, "x", None]}),
    "commits": numbered(0, 12),
    "compacted": numbered(0, 40),
    "properties": IDS,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_engine_reads_our_rows(tables: dict[str, Path], name: str, reader: Reader) -> None:
    assert reader(tables[name]) == rows_of_arrow(EXPECTED[name])


def test_spark_reads_the_feed_of_our_changes(tables: dict[str, Path], spark: Spark) -> None:
    told = spark.sql(
        "SELECT _commit_version, _change_type, id FROM "
        f"table_changes_by_path('{tables['feed']}', 1, 3) ORDER BY ALL"
    )
    expected = [(1, "delete", i) for i in (3, 13, 23, 33)]
    expected += [(2, "update_postimage", i) for i in range(135, 140)]
    expected += [(2, "update_preimage", i) for i in range(35, 40)]
    expected += [(3, "delete", 20)]
    assert rows_of(told["columns"], told["rows"]) == rows_of_arrow(
        pa.table(
            {
                "_commit_version": pa.array([row[0] for row in expected], pa.int64()),
                "_change_type": [row[1] for row in expected],
                "id": pa.array([row[2] for row in expected], pa.int64()),
            }
        )
    )


def test_spark_deletes_beside_our_vectors(
    tables: dict[str, Path], ours: Neuralake, spark: Spark, tmp_path: Path
) -> None:
    table = tmp_path / "both"
    shutil.copytree(tables["vectors"], table)
    spark.sql(f"DELETE FROM delta.`{table}` WHERE id < 10")
    ours.run("delete", table, "--where", "id BETWEEN 10 AND 19")
    left = pa.table({"id": pa.array([i for i in LEFT if i >= 20], pa.int64())})
    assert ours.read(table) == rows_of_arrow(left)
    assert spark.read(table) == rows_of_arrow(left)


def test_every_engine_starts_from_our_checkpoint(
    tables: dict[str, Path], tmp_path: Path, reader: Reader
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tables["commits"], copy)
    log = copy / "_delta_log"
    assert json.loads((log / "_last_checkpoint").read_text())["version"] == 10
    for version in range(10):
        (log / f"{version:020d}.json").unlink()
    assert reader(copy) == rows_of_arrow(EXPECTED["commits"])


def test_others_see_our_transactions_and_history(tables: dict[str, Path], spark: Spark) -> None:
    table = tables["commits"]
    opened = DeltaTable(table)
    assert opened.transaction_version("job") == 11
    assert [entry["operation"] for entry in opened.history()] == ["WRITE"] * 12
    history = spark.sql(f"DESCRIBE HISTORY delta.`{table}`")
    at = {
        name: history["columns"].index(name) for name in ("version", "operation", "isBlindAppend")
    }
    newest = history["rows"][0]
    assert (newest[at["version"]], newest[at["operation"]]) == (11, "WRITE")
    assert newest[at["isBlindAppend"]] is True


def test_others_skip_files_by_our_statistics(tables: dict[str, Path], spark: Spark) -> None:
    actions = pa.table(DeltaTable(tables["types"]).get_add_actions(flatten=True)).to_pylist()
    by_rows = {action["num_records"]: action for action in actions}
    first, second = by_rows[2], by_rows[1]
    assert (first["min.id"], first["max.id"], first["null_count.small"]) == (1, 2, 1)
    assert (second["min.day"], second["max.name"]) == (dt.date(1969, 12, 31), None)
    assert second["min.place.lon"] == 2.0
    table = tables["types"]
    answer = spark.sql(
        f"SELECT id FROM delta.`{table}` WHERE day < DATE'1970-01-01' AND price < 0 AND id > 2"
    )
    assert answer["rows"] == [[3]]


def test_others_append_after_us_and_we_read_both(
    tables: dict[str, Path], ours: Neuralake, spark: Spark, tmp_path: Path
) -> None:
    from deltalake import write_deltalake

    copy = tmp_path / "copy"
    shutil.copytree(tables["partitions"], copy)
    write_deltalake(copy, PARTITIONED, mode="append")
    spark.sql(f"INSERT INTO delta.`{copy}` SELECT * FROM delta.`{tables['partitions']}`")
    assert ours.read(copy) == sorted(rows_of_arrow(PARTITIONED) * 3)
