"""What the tests of clients ask: a table too big to end soon, and a join over four kinds."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from delta_log import DeltaTableWriter, schema_of

# Rows enough that no statement over them ends by itself while a test looks.
BIG_ROWS = 2_000_000


DEFINITIONS = """
from neuralake import DeltaTable, ParquetTable

big = DeltaTable("data/big")
changing = DeltaTable("data/changing")
files = ParquetTable("data/files")
"""


def write_big(folder: Path) -> None:
    """Write a Delta table of many rows and one of none, and their definitions."""
    numbers = pl.DataFrame({"n": range(BIG_ROWS)}, schema={"n": pl.Int64})
    table = DeltaTableWriter(folder / "data/big", schema_of(n="long"))
    table.create("2024-01-01T00:00:00+00:00")
    table.commit("2024-01-02T00:00:00+00:00", [table.file(numbers.to_arrow(), statistics=False)])
    changing = DeltaTableWriter(folder / "data/changing", schema_of(n="long"))
    changing.create("2024-01-01T00:00:00+00:00")
    with (folder / "lake/store.py").open("a") as module:
        module.write(DEFINITIONS)
    (folder / "data/files").mkdir()
    numbers.write_parquet(folder / "data/files/numbers.parquet", row_group_size=BIG_ROWS)


FOUR_KINDS = """
    SELECT o.id, o.region, i.product, p.price, v.vendor
    FROM shop.orders o
    JOIN shop.items i ON i.order_id = o.id
    JOIN shop.prices p ON p.product = i.product
    LEFT JOIN shop.vendors v ON v.product = i.product
    WHERE i.quantity >= {parameter}
    ORDER BY o.id, i.product
"""
