"""The project that the SQL scripts ask: tables of all four kinds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from delta_log import DeltaTableWriter, schema_of

DEFINITIONS = '''
    """A shop: orders (Delta), items (Parquet), prices (CSV), vendors (functions)."""

    import polars as pl
    from neuralake import Column, CsvTable, DeltaTable, ParquetTable, table

    orders = DeltaTable("data/orders", description="What was ordered.", owner="sales")
    types = DeltaTable("data/types", description="One column a type.")
    deleted = DeltaTable("data/deleted", description="Some rows are deleted by vectors.")
    evolved = DeltaTable("data/evolved", description="A column was added, another widened.")
    scratch = DeltaTable("data/scratch", description="For rows that scripts insert.")
    strange = DeltaTable("data/strange", description="Names that want quotes.")
    items = ParquetTable("data/items", description="Lines of orders.", hive=True)
    prices = CsvTable(
        "data/prices.csv",
        description="Prices by product.",
        columns=[
            Column("product", "string"),
            Column("price", "decimal(8, 2)"),
            Column("since", "date"),
        ],
    )


    @table(description="Who sells a product.", columns=[
        Column("product", "string"), Column("vendor", "string"), Column("rating", "int32"),
    ])
    def vendors() -> pl.DataFrame:
        return pl.DataFrame({
            "product": ["bolt", "nut", "gear"],
            "vendor": ["Acme", "Acme", None],
            "rating": pl.Series([4, 5, None], dtype=pl.Int32),
        })


    @table(description="Regions, whose columns nobody declared.")
    def regions() -> pl.LazyFrame:
        return pl.LazyFrame({"region": ["north", "south", "west"], "manager": ["Ann", "Bo", "Cy"]})


    @table(description="Fails.")
    def broken() -> pl.DataFrame:
        print("counting")
        raise ValueError("the vendors are closed")
'''

CATALOG = """
    from neuralake import Catalog, ModuleDatabase

    catalog = Catalog({"shop": ModuleDatabase("lake.shop"), "store": ModuleDatabase("lake.store")})
"""

STORE = '''
    """A second database."""

    from neuralake import CsvTable, Column

    stock = CsvTable(
        "data/stock.csv", columns=[Column("product", "string"), Column("left", "int64")]
    )
    STOCK = [Column("product", "string", nullable=False), Column("left", "int64", nullable=False)]
    swapped = CsvTable("data/swapped.csv", columns=STOCK)
    headless = CsvTable("data/headless.csv", columns=STOCK)
    told = CsvTable("data/headless.csv", columns=STOCK, header=False)
    quoted = CsvTable("data/quoted.csv", columns=STOCK, delimiter=";")
    gaps = CsvTable("data/gaps.csv", columns=STOCK)
    wordy = CsvTable("data/wordy.csv", columns=STOCK)
'''


def write_project(folder: Path) -> Path:
    """Write definitions and data."""
    package = folder / "lake"
    package.mkdir(parents=True)
    (folder / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    (package / "__init__.py").write_text(dedent(CATALOG).lstrip())
    (package / "shop.py").write_text(dedent(DEFINITIONS).lstrip())
    (package / "store.py").write_text(dedent(STORE).lstrip())
    data = folder / "data"
    data.mkdir()
    (data / "prices.csv").write_text(
        "product,price,since\nbolt,0.25,2024-01-01\nnut,0.10,2024-01-01\ngear,12.00,2024-02-01\n"
    )
    (data / "stock.csv").write_text("product,left\nbolt,1000\nnut,\n")
    (data / "swapped.csv").write_text("left,product\n1000,bolt\n")
    (data / "headless.csv").write_text("bolt,1000\nnut,3\n")
    (data / "quoted.csv").write_text('\ufeff"PRODUCT";"left"\r\n"a;b";7\r\n')
    (data / "wordy.csv").write_text("product,left\nbolt,1000\nnut,some\n")
    (data / "gaps.csv").write_text("product,left\nbolt,1000\nnut,\n")
    _orders(data / "orders")
    _types(data / "types")
    _deleted(data / "deleted")
    _evolved(data / "evolved")
    _scratch(data / "scratch")
    _strange(data / "strange")
    _items(data / "items")
    return folder


def _utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _order_rows(rows: list[tuple[int, str | None, str, str]]) -> pa.Table:
    return pa.table(
        {
            "id": pa.array([row[0] for row in rows], pa.int64()),
            "customer": pa.array([row[1] for row in rows], pa.string()),
            "amount": pa.array([Decimal(row[2]) for row in rows], pa.decimal128(10, 2)),
            "placed": pa.array([_utc(row[3]) for row in rows], pa.timestamp("us", "UTC")),
        }
    )


def _orders(folder: Path) -> None:
    table = DeltaTableWriter(
        folder,
        schema_of(
            id="long",
            customer="string",
            amount="decimal(10,2)",
            placed="timestamp",
            region="string",
        ),
        partitions=("region",),
    )
    table.create("2024-01-01T00:00:00+00:00")
    north = _order_rows(
        [(1, "Ann", "10.00", "2024-01-01T08:00:00"), (2, None, "5.50", "2024-01-01T09:30:00")]
    )
    south = _order_rows([(3, "Bo", "7.25", "2024-01-02T10:00:00")])
    west = _order_rows([(4, "Cy", "100.00", "2024-01-03T11:00:00")])
    first = table.file(north, {"region": "north"})
    table.commit("2024-01-02T00:00:00+00:00", [first])
    table.commit("2024-01-03T00:00:00+00:00", [table.file(south, {"region": "south"})])
    remove = {
        "remove": {
            "path": first["add"]["path"],
            "deletionTimestamp": 1_704_326_400_000,
            "dataChange": True,
            "partitionValues": {"region": "north"},
            "size": first["add"]["size"],
        }
    }
    changed = _order_rows([(1, "Ann", "11.00", "2024-01-01T08:00:00")])
    table.commit(
        "2024-01-04T00:00:00+00:00",
        [remove, table.file(changed, {"region": "north"}), table.file(west, {"region": "west"})],
    )


def _types(folder: Path) -> None:
    point: dict[str, Any] = schema_of(x="integer", y="string")
    table = DeltaTableWriter(
        folder,
        schema_of(
            id="integer",
            flag="boolean",
            tiny="byte",
            small="short",
            whole="integer",
            big="long",
            real="float",
            double="double",
            exact="decimal(38,10)",
            text="string",
            bytes="binary",
            day="date",
            instant="timestamp",
            local="timestamp_ntz",
            list={"type": "array", "elementType": "integer", "containsNull": True},
            point=point,
            counts={
                "type": "map",
                "keyType": "string",
                "valueType": "integer",
                "valueContainsNull": True,
            },
        ),
    )
    table.create("2024-01-01T00:00:00+00:00", ("timestampNtz",))
    columns = {
        "id": pa.array([1, 2, 3], pa.int32()),
        "flag": pa.array([True, False, None]),
        "tiny": pa.array([127, -128, None], pa.int8()),
        "small": pa.array([32767, -32768, None], pa.int16()),
        "whole": pa.array([2147483647, -2147483648, None], pa.int32()),
        "big": pa.array([9223372036854775807, -9223372036854775808, None], pa.int64()),
        "real": pa.array([1.5, -0.25, None], pa.float32()),
        "double": pa.array([0.1, 1e300, None], pa.float64()),
        "exact": pa.array(
            [Decimal("1234567890123456789012345678.0123456789"), Decimal("-0.5"), None],
            pa.decimal128(38, 10),
        ),
        "text": pa.array(['häuser, "quoted"', "", None]),
        "bytes": pa.array([b"\x00\xff", b"", None], pa.binary()),
        "day": pa.array([dt.date(2024, 2, 29), dt.date(1582, 10, 4), None], pa.date32()),
        "instant": pa.array(
            [_utc("2024-02-29T12:34:56.789012"), _utc("1969-12-31T23:59:59"), None],
            pa.timestamp("us", "UTC"),
        ),
        "local": pa.array(
            [dt.datetime(2024, 2, 29, 12, 34, 56), dt.datetime(9999, 12, 31), None],
            pa.timestamp("us"),
        ),
        "list": pa.array([[1, None, 3], [], None], pa.list_(pa.int32())),
        "point": pa.array(
            [{"x": 1, "y": "a"}, {"x": None, "y": None}, None],
            pa.struct([("x", pa.int32()), ("y", pa.string())]),
        ),
        "counts": pa.array([[("a", 1), ("b", None)], [], None], pa.map_(pa.string(), pa.int32())),
    }
    table.commit("2024-01-02T00:00:00+00:00", [table.file(pa.table(columns))])


def _deleted(folder: Path) -> None:
    table = DeltaTableWriter(folder, schema_of(n="long"))
    table.create("2024-01-01T00:00:00+00:00", ("deletionVectors",))
    numbers = pa.table({"n": pa.array(range(1000), pa.int64())})
    more = pa.table({"n": pa.array(range(1000, 1010), pa.int64())})
    table.commit(
        "2024-01-02T00:00:00+00:00",
        [table.file(numbers, deleted=range(0, 1000, 2)), table.file(more, deleted=[0, 9])],
    )


def _evolved(folder: Path) -> None:
    table = DeltaTableWriter(folder, schema_of(id="integer", name="string", score="double"))
    table.create("2024-01-01T00:00:00+00:00")
    old = pa.table({"id": pa.array([1, 2], pa.int32()), "name": ["one", "two"]})
    new = pa.table(
        {"score": pa.array([0.5, None], pa.float64()), "id": pa.array([3, 4], pa.int32())}
    )
    table.commit("2024-01-02T00:00:00+00:00", [table.file(old)])
    table.commit("2024-01-03T00:00:00+00:00", [table.file(new, statistics=False)])


def _scratch(folder: Path) -> None:
    table = DeltaTableWriter(
        folder,
        schema_of(id="long", name="string", amount="decimal(10,2)", day="date", at="timestamp"),
    )
    table.create("2024-01-01T00:00:00+00:00")


def _strange(folder: Path) -> None:
    columns = {"select": "long", "Two Words": "string", 'quo"te': "string", "größe": "long"}
    table = DeltaTableWriter(folder, schema_of(**columns))
    table.create("2024-01-01T00:00:00+00:00")
    rows = pa.table(
        {
            "select": pa.array([1, 2], pa.int64()),
            "Two Words": ["a", "it's"],
            'quo"te': ["q", None],
            "größe": pa.array([10, 20], pa.int64()),
        }
    )
    table.commit("2024-01-02T00:00:00+00:00", [table.file(rows)])


def _items(folder: Path) -> None:
    lines = {
        "north": [(1, "bolt", 40), (1, "nut", 10)],
        "south": [(3, "gear", 1)],
        "west": [(4, "bolt", 400), (4, "belt", 1)],
    }
    for region, rows in lines.items():
        target = folder / f"region={region}"
        target.mkdir(parents=True)
        columns = {
            "order_id": pa.array([row[0] for row in rows], pa.int64()),
            "product": [row[1] for row in rows],
            "quantity": pa.array([row[2] for row in rows], pa.int32()),
        }
        pq.write_table(pa.table(columns), target / "lines.parquet")
