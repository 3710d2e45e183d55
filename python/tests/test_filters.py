"""Filters as data."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from neuralake.errors import NeuralakeError
from neuralake.filters import to_expression

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
        ([("n",)], "filters must be a list of"),
        ([[]], "filters must be a list of"),
        ([1], "filters must be a list of"),
    ],
)
def test_a_wrong_filter_is_refused(filters: Any, says: str) -> None:
    with pytest.raises(NeuralakeError, match=says) as refused:
        to_expression(filters)
    assert refused.value.kind == "invalid"
