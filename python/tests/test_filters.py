"""Filters as data."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from neuralake.errors import NeuralakeError
from neuralake.filters import filtered, to_expression
from neuralake.frames import select

FRAME = pl.DataFrame(
    {
        "n": [1, 2, 3, None],
        "s": ["ab", "bc", "a.c", None],
        "l": [[1, 2], [2], [], None],
    }
)


def kept(filters: Any) -> list[int | None]:
    expression = to_expression(filters)
    frame = FRAME if expression is None else FRAME.filter(expression)
    return frame["n"].to_list()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (None, [1, 2, 3, None]),
        ([], [1, 2, 3, None]),
        ([("n", "=", 2)], [2]),
        ([("n", "==", 2)], [2]),
        (("n", "=", 2), [2]),
        ([("n", "!=", 2)], [1, 3]),
        ([("n", "<", 2)], [1]),
        ([("n", "<=", 2)], [1, 2]),
        ([("n", ">", 2)], [3]),
        ([("n", ">=", 2)], [2, 3]),
        ([("n", ">", 1), ("n", "<", 3)], [2]),
        ([[("n", "=", 1)], [("n", ">", 1), ("s", "=", "bc")]], [1, 2]),
        ([("n", "in", [1, 3])], [1, 3]),
        ([("n", "not in", (1, 3))], [2]),
        ([("n", "NOT  IN", {1, 3})], [2]),
        ([("s", "contains", "b")], [1, 2]),
        ([("s", "contains", ".")], [3]),
        ([("s", "starts with", "a")], [1, 3]),
        ([("l", "includes", 2)], [1, 2]),
        ([("l", "includes any", [1, 7])], [1]),
        ([("l", "includes all", [1, 2])], [1]),
        ([("l", "includes any", [])], []),
        ([("l", "includes all", [])], [1, 2, 3]),
        ([("n", "is null")], [None]),
        ([("n", "is not null", None)], [1, 2, 3]),
        (pl.col("n") > 2, [3]),
    ],
)
def test_a_filter_keeps_its_rows(filters: Any, expected: list[int | None]) -> None:
    assert kept(filters) == expected


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ([("n", "~", 1)], "unknown operator '~'"),
        ([("n", "=", None)], "use 'is null'"),
        ([("n", "in", "ab")], "a list belongs where 'ab' is"),
        ("n = 1", "filters must be a list"),
        ([("n",)], r"filter \('n',\): it has 1 part; a filter is \(column, operator, value\)"),
        ([("n", "=")], r"filter \('n', '='\): it has no value; a filter is"),
        (("n", "="), r"filter \('n', '='\): it has no value"),
        ([("n", "~")], r"filter \('n', '~'\): unknown operator '~'; known are =, !=, <"),
        ([("n", "=", 1), ("n", "=", 1, 2)], r"filter \('n', '=', 1, 2\): it has 4 parts"),
        ([[("n", "=", 1)], [(1, "=", 1)]], r"filter \(1, '=', 1\): its column must be a text"),
        ([("n", 2, 1)], r"filter \('n', 2, 1\): its operator must be a text, not 2"),
        ([("n", "=", object())], r"filter \('n', '=', <object .*cannot create expression"),
        ([[]], "filters must be a list of"),
        ([1], "filters must be a list of"),
    ],
)
def test_a_wrong_filter_is_refused(filters: Any, says: str) -> None:
    with pytest.raises(NeuralakeError, match=says) as refused:
        to_expression(filters)
    assert refused.value.kind == "invalid"


FLIGHTS = pl.LazyFrame(
    schema={"month": pl.Int32, "day": pl.Date, "carrier": pl.String, "tags": pl.List(pl.Int64)}
)


@pytest.mark.parametrize(
    ("filters", "kind", "says"),
    [
        (
            [("mnth", "=", 1)],
            "not_found",
            "filter ('mnth', '=', 1): flights has no column mnth; it has month, day, carrier, tags",
        ),
        ([[("month", "=", 1)], [("mnth", "is null")]], "not_found", "filter ('mnth', 'is null')"),
        ([("*", "=", 1)], "not_found", "flights has no column *"),
        (
            [("month", "=", "May")],
            "invalid",
            "filter ('month', '=', 'May'): column month of flights is Int32, and '=' needs a value "
            "that compares with it",
        ),
        ([("month", "in", [1, "May"])], "invalid", "filter ('month', 'in', [1, 'May'])"),
        ([("day", ">", "2024-05-01")], "invalid", "column day of flights is Date"),
        ([("month", "contains", "5")], "invalid", "'contains' needs a column of text"),
        ([("carrier", "includes", "AA")], "invalid", "'includes' needs a column of lists"),
        ([("tags", "includes", "AA")], "invalid", "column tags of flights is List(Int64)"),
        ([("month", "=", 2**200)], "invalid", "filter ('month', '=', 16069"),
    ],
)
def test_a_filter_that_does_not_fit_the_table_is_told_before_anything_is_read(
    filters: Any, kind: str, says: str
) -> None:
    with pytest.raises(NeuralakeError) as refused:
        filtered(FLIGHTS, filters, "flights")
    assert refused.value.kind == kind
    assert says in refused.value.message
    assert len(refused.value.message.splitlines()) == 1


def test_one_name_in_place_of_a_list_of_columns_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"a list of names, not 'carrier'; write \['carrier'\]"):
        select(FLIGHTS, "carrier", "flights")


@pytest.mark.parametrize(
    ("columns", "says"), [([], "columns is empty"), (["day", "day"], "columns has day twice")]
)
def test_columns_that_make_no_frame_are_refused(columns: list[str], says: str) -> None:
    with pytest.raises(NeuralakeError, match=says) as refused:
        select(FLIGHTS, columns, "flights")
    assert refused.value.kind == "invalid"


def test_columns_may_come_from_anything_that_is_walked_once() -> None:
    wanted = select(FLIGHTS, (name for name in ("day", "month")), "flights")  # type: ignore[arg-type]
    assert wanted.collect_schema().names() == ["day", "month"]
