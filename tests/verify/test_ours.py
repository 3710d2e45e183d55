"""Tables that this binary writes break no rule of the protocol."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from checker import findings, ok, run, verify

STRUCT = pa.struct([("x", pa.int64()), ("y", pa.struct([("z", pa.string())]))])
EVERYTHING = pa.table(
    {
        "tiny": pa.array([1, None, -128], pa.int8()),
        "short": pa.array([1, None, -32768], pa.int16()),
        "int": pa.array([1, None, 2**31 - 1], pa.int32()),
        "long": pa.array([-(2**63), None, 2**63 - 1], pa.int64()),
        "float": pa.array([1.1, None, -0.0], pa.float32()),
        "double": pa.array([0.1, None, 1e308]),
        "nan": pa.array([math.nan, 1.5, None]),
        "nan_float": pa.array([math.nan, 1.5, None], pa.float32()),
        "infinite": pa.array([math.inf, -math.inf, 0.0]),
        "zero": pa.array([0.0, -0.0, None]),
        "flag": pa.array([True, False, None]),
        "text": pa.array(["a" * 31 + "é" + "b" * 20, None, "z"]),
        "last_text": pa.array(["\U0010ffff" * 40, "\ud7ff" * 40, "x" * 32]),
        "emoji": pa.array(["😀" * 50, "", None]),
        "control": pa.array(['\x00\x01"\\', "\x7f", None]),
        "raw": pa.array([b"\xff" * 50, b"", None]),
        "price": pa.array([Decimal("-99999999.99"), None, Decimal("0.01")], pa.decimal128(10, 2)),
        "wide": pa.array([Decimal("-" + "9" * 38), Decimal("9" * 38), None], pa.decimal128(38, 0)),
        "day": pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31), None]),
        "far_day": pa.array([-800_000, 3_000_000, None], pa.int32()).cast(pa.date32()),
        "at": pa.array([-1, 1_700_000_000_123_456, None], pa.timestamp("us", "UTC")),
        "far_at": pa.array([-(10**17), 10**18, None], pa.timestamp("us", "UTC")),
        "list": pa.array([[1, None], [], None], pa.list_(pa.int64())),
        "map": pa.array([[("a", 1)], [], None], pa.map_(pa.string(), pa.int64())),
        "struct": pa.array([{"x": 1, "y": {"z": "q"}}, None, {"x": None, "y": None}], STRUCT),
        "structs": pa.array([[{"k": 1}], None, []], pa.list_(pa.struct([("k", pa.int32())]))),
        "nothing": pa.array([None, None, None], pa.string()),
    }
)
PARTITIONED = pa.table(
    {
        "id": pa.array(range(6), pa.int64()),
        "day": pa.array([dt.date(2024, 1, 1), None, dt.date(2024, 1, 1), None, None, None]),
        "place": ["a/b c%=ü", None, "x:y?z#", "back\\slash", "it's", "ends ."],
        "at": pa.array([0, 1, -1, None, 10**15, 10**6], pa.timestamp("us", "UTC")),
        "price": pa.array([Decimal("1.50")] * 5 + [None], pa.decimal128(10, 2)),
        "flag": [True, False, None, True, True, True],
        "ratio": [1.5, math.nan, None, math.inf, -0.0, 1e-7],
    }
)
NTZ = pa.table({"id": [1, 2], "t": pa.array([-1, 1_700_000_000_123_456], pa.timestamp("us"))})
PARTITION_BY = ("--partition-by", "day,place,at,price,flag,ratio")


def write(table: Path, rows: pa.Table, *arguments: object) -> None:
    path = table.parent / f"{table.name}.parquet"
    pq.write_table(rows, path)
    ok("table", "write", table, path, *arguments)


def everything(table: Path) -> None:
    write(table, EVERYTHING)
    write(table, EVERYTHING.slice(1))


def partitions(table: Path) -> None:
    write(table, PARTITIONED, *PARTITION_BY)
    write(table, PARTITIONED)


def local_times(table: Path) -> None:
    write(table, NTZ)
    write(table, NTZ)


def replaced(table: Path) -> None:
    write(table, PARTITIONED)
    write(
        table, EVERYTHING.select(["long", "text"]),
        "--mode", "overwrite", "--schema-mode", "overwrite",
    )  # fmt: skip
    write(table, pa.table({"long": [1], "new": ["q"]}), "--schema-mode", "merge")


def many_commits(table: Path) -> None:
    for first in range(23):
        rows = pa.table({"id": pa.array([first, first + 1], pa.int64()), "name": ["x", None]})
        write(table, rows, "--transaction", f"job={first}")


def compacted(table: Path) -> None:
    everything(table)
    everything(table)
    many = table.with_name("many")
    many_commits(many)
    ok("compact", table, many, "--once")
    assert json.loads(ok("table", "show", table, "--json"))["numFiles"] == 1
    ok("vacuum", many, "--once")
    assert findings(many) == []


def compacted_partitions(table: Path) -> None:
    partitions(table)
    ok("compact", table, "--once")


def inserted(table: Path) -> None:
    ok(
        "table", "create", table, "--partition-by", "day",
        "--schema", "id BIGINT NOT NULL, day DATE, name STRING, price DECIMAL(10,2), "
        "at TIMESTAMP, place STRUCT<x: INT, y: STRING>, tags ARRAY<STRING>",
    )  # fmt: skip
    for statement in (
        "SELECT i, DATE '2024-01-01' + CAST(i % 3 AS INT), 'n' || i, i / 7, "
        "TIMESTAMPTZ '2024-01-01 00:00:00Z' + to_microseconds(i), {'x': i, 'y': 'v'}, ['t' || i] "
        "FROM range(1000) r(i)",
        "VALUES (1, NULL, NULL, NULL, NULL, NULL, NULL)",
    ):
        ok("sql", "--table", f"t={table}", "-c", f"INSERT INTO lake.t {statement}")


def with_property(text: str) -> Callable[[Path], None]:
    def make(table: Path) -> None:
        write(table, EVERYTHING, "--property", text)
        everything(table)
        ok("compact", table, "--once")

    make.__name__ = text
    return make


PROPERTIES = [
    "delta.appendOnly=true",
    "delta.enableChangeDataFeed=true",
    "delta.checkpoint.writeStatsAsStruct=true",
    "delta.checkpoint.writeStatsAsJson=false",
    "delta.dataSkippingNumIndexedCols=3",
    "delta.dataSkippingStatsColumns=long,struct.y",
    "delta.columnMapping.mode=name",
    "delta.columnMapping.mode=id",
    "delta.enableInCommitTimestamps=true",
    "delta.enableDeletionVectors=true",
    "delta.enableTypeWidening=true",
    "delta.checkpointInterval=2",
    "delta.checkpointPolicy=v2",
]
WAYS = [
    everything, partitions, local_times, replaced, many_commits, compacted, compacted_partitions,
    inserted, *map(with_property, PROPERTIES),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
def test_what_we_write_breaks_no_rule(way: Callable[[Path], None], tmp_path: Path) -> None:
    table = tmp_path / "t"
    way(table)
    assert findings(table) == []
    version = verify(table)["version"]
    ok("table", "checkpoint", table)
    answer = verify(table)
    assert answer["findings"] == []
    assert (answer["version"], answer["checkpoints"] > 0) == (version, True)
    for older in range(version):
        assert findings(table, "--version", older) == []


def test_the_log_may_begin_with_our_checkpoint(tmp_path: Path) -> None:
    table = tmp_path / "t"
    many_commits(table)
    for version in range(20):
        (table / "_delta_log" / f"{version:020d}.json").unlink()
    (table / "_delta_log" / f"{10:020d}.checkpoint.parquet").unlink()
    assert findings(table) == []
    assert verify(table)["files"] == 23


def test_a_property_whose_feature_cannot_be_written_makes_no_table(tmp_path: Path) -> None:
    done = run(
        "table", "create", tmp_path / "t",
        "--schema", "id BIGINT", "--property", "delta.enableRowTracking=true",
    )  # fmt: skip
    assert done.returncode == 1
    assert "writer features that are not supported: rowTracking" in done.stderr
    assert not (tmp_path / "t").exists()
