"""The condition pushed into our scan never loses a row that the predicate keeps."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest
from neuralake.pushdown import Condition, condition_of
from polars.io.plugins import register_io_source

FRAME = pl.DataFrame(
    {
        "i": [1, 2, 3, None, -5],
        "f": [1.5, float("nan"), -0.0, None, 2.0],
        "s": ["ab", "a'c", "b%", None, ""],
        "t": [True, False, None, True, False],
        "d": [dt.date(2013, 1, day) for day in range(1, 5)] + [None],
        "w": [dt.datetime(2013, 1, day, 3, 4, 5, 678) for day in range(1, 5)] + [None],
        "z": [dt.datetime(2013, 1, day, tzinfo=dt.UTC) for day in range(1, 5)] + [None],
        "m": [Decimal("1.50"), Decimal("-2.25"), None, Decimal("0.00"), Decimal("1.50")],
        "b": [b"\x00\xff", b"", None, b"'", b"x"],
        "n": [1, 2, 3, 4, None],
        "l": [[1], [2, 3], [], None, [1]],
    },
    schema_overrides={"n": pl.Int16, "m": pl.Decimal(10, 2)},
)

NAIVE = dt.datetime(2013, 1, 2, 3, 4, 5, 678)
AWARE = dt.datetime(2013, 1, 2, 5, tzinfo=dt.timezone(dt.timedelta(hours=5)))

EXACT = [
    pl.col("i") == 2,
    pl.col("i") != 2,
    pl.lit(1) < pl.col("i"),
    pl.col("n") >= 3,
    pl.col("i").is_between(1, 2),
    pl.col("i").is_between(1, 3, closed="none"),
    pl.col("i").is_in([1, 3]),
    ~pl.col("i").is_in([1, 3]),
    pl.col("i").is_in([1, 3], nulls_equal=True),
    ~pl.col("i").is_in([1, 3], nulls_equal=True),
    ~(pl.col("i").is_in([1, 3], nulls_equal=True) & pl.col("t")),
    ~pl.col("s").is_in(["ab"], nulls_equal=True) | pl.col("t"),
    ~pl.col("i").is_between(1, 3, closed="left"),
    ~pl.col("i").is_between(1, 3, closed="right"),
    ~pl.col("f").is_between(0.0, 2.0),
    ~pl.col("s").str.starts_with("a"),
    ~(pl.col("f") > 1.0),
    pl.col("f") != 1.5,
    pl.col("f").is_in([0.0, 2.0]),
    pl.col("s").is_in(["ab", "a'c"]),
    pl.col("s") == "a'c",
    pl.col("s") > "a",
    pl.col("s").str.starts_with("a"),
    pl.col("f") > 1.0,
    pl.col("f") <= 0.0,
    pl.col("t"),
    ~pl.col("t"),
    pl.col("t") == True,  # noqa: E712
    pl.col("d") > dt.date(2013, 1, 2),
    pl.col("w") == NAIVE,
    pl.col("z") <= AWARE,
    pl.col("m") == Decimal("1.50"),
    pl.col("m") > Decimal("-3"),
    pl.col("m") < Decimal("0.00001"),
    pl.col("b") == b"\x00\xff",
    pl.col("i").is_null(),
    pl.col("s").is_not_null(),
    (pl.col("i") > 1) & (pl.col("s") != "ab"),
    (pl.col("i") > 2) | pl.col("t"),
    ~((pl.col("i") > 2) | pl.col("t")),
    pl.any_horizontal(pl.col("i") == 1, pl.col("i") == 2),
]
PARTS = [
    (pl.col("i") > 1) & (pl.col("s").str.len_chars() == 2),
    (pl.col("i") > 1) & ~((pl.col("n") > 1) & (pl.col("s").str.len_chars() == 9)),
]
NOTHING = [
    pl.col("s").str.len_chars() == 2,
    (pl.col("i") > 1) | (pl.col("s").str.len_chars() == 2),
    pl.col("i").cast(pl.String) == "2",
    pl.col("i") == pl.col("n"),
    pl.col("l").list.contains(1),
    pl.col("i").is_in([]),
    pl.col("i").is_in([1, None], nulls_equal=True),
    pl.col("i").is_in(list(range(2000))),
    pl.col("i").eq_missing(2),
    pl.col("i").ne_missing(2),
    ~pl.col("t").eq_missing(True),
    pl.col("i") == pl.lit(None, dtype=pl.Int64),
    pl.col("f").is_in([1.5, math.nan]),
    pl.col("f") == math.nan,  # noqa: PLW0177
    pl.col("f") < math.nan,  # noqa: PLW0177
    pl.col("s").str.starts_with("b%"),
    pl.col("d") > NAIVE,
]


def pushed(expression: pl.Expr) -> tuple[Condition | None, pl.DataFrame]:
    """What Polars pushes into a source for ``expression``, as the source sees it."""
    seen: list[pl.Expr | None] = []

    def read(columns: Any, predicate: pl.Expr | None, rows: Any, _size: Any) -> Any:
        seen.append(predicate)
        frame = FRAME if predicate is None else FRAME.filter(predicate)
        yield frame if columns is None else frame.select(columns)

    source = register_io_source(read, schema=FRAME.schema)
    kept = source.filter(expression).collect()
    [predicate] = seen
    return (None if predicate is None else condition_of(predicate, FRAME.schema)), kept


def kept_by(condition: Condition) -> pl.DataFrame:
    table = FRAME.to_arrow(compat_level=pl.CompatLevel.oldest())
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Tokyo'")
        connection.register("t", table)
        rows = connection.sql(
            f"SELECT rowid FROM (SELECT *, row_number() OVER () - 1 AS rowid "
            f"FROM t) WHERE {condition.sql} ORDER BY rowid"
        ).fetchall()
    return FRAME[[row for (row,) in rows]]


@pytest.mark.parametrize("expression", EXACT, ids=str)
def test_a_simple_predicate_is_pushed_whole(expression: pl.Expr) -> None:
    condition, kept = pushed(expression)
    assert condition is not None
    assert condition.exact
    assert kept_by(condition).equals(kept)


@pytest.mark.parametrize("expression", PARTS, ids=str)
def test_of_a_conjunction_the_simple_part_is_pushed(expression: pl.Expr) -> None:
    condition, kept = pushed(expression)
    assert condition is not None
    assert not condition.exact
    assert kept_by(condition).filter(expression).equals(kept)
    assert kept_by(condition).height < FRAME.height


@pytest.mark.parametrize("expression", NOTHING, ids=str)
def test_what_may_differ_is_left_to_polars(expression: pl.Expr) -> None:
    condition, _ = pushed(expression)
    assert condition is None
