"""Makes the modules of this folder importable, and tables that other engines wrote."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

sys.path.insert(0, str(Path(__file__).parent))

SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("day", pa.date32()),
        ("name", pa.string()),
        ("price", pa.float64()),
        ("at", pa.timestamp("us", "UTC")),
        ("tags", pa.list_(pa.string())),
        ("place", pa.struct([("x", pa.int32()), ("y", pa.float32())])),
    ]
)


def batch(start: int, count: int) -> pa.Table:
    """Rows of all kinds of value, a few of them null."""
    ids = range(start, start + count)
    noon = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
    columns = {
        "id": list(ids),
        "day": [None if i % 7 == 0 else dt.date(2024, 5, 1 + i % 3) for i in ids],
        "name": [None if i % 5 == 0 else f"n{i}é" for i in ids],
        "price": [None if i % 11 == 0 else i / 3 for i in ids],
        "at": [noon + dt.timedelta(microseconds=i) for i in ids],
        "tags": [None if i % 4 == 0 else [f"t{i % 3}", None] for i in ids],
        "place": [None if i % 9 == 0 else {"x": i, "y": i / 2} for i in ids],
    }
    return pa.table(columns, schema=SCHEMA)


@pytest.fixture
def appends(tmp_path: Path) -> Path:
    """A table that deltalake wrote in twenty appends."""
    table = tmp_path / "appends"
    for i in range(20):
        write_deltalake(table, batch(i * 10, 10), mode="append")
    return table


@pytest.fixture
def partitioned(tmp_path: Path) -> Path:
    """The same, by day: four partitions, one of them null."""
    table = tmp_path / "partitioned"
    for i in range(8):
        write_deltalake(table, batch(i * 10, 10), mode="append", partition_by=["day"])
    return table
