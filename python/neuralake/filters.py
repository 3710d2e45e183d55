"""Filters as plain data: ``("month", "=", 1)``; a list means and, a list of lists or of ands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl

from neuralake.errors import NeuralakeError

Filter = tuple[str, str, Any] | Sequence[Any]
Filters = Sequence[Filter] | Sequence[Sequence[Filter]] | pl.Expr


def _one_of(column: pl.Expr, value: Any) -> pl.Expr:
    return column.is_in(_list(value))


def _includes_any(column: pl.Expr, value: Any) -> pl.Expr:
    return pl.any_horizontal(*[column.list.contains(item) for item in _list(value)])


def _includes_all(column: pl.Expr, value: Any) -> pl.Expr:
    return pl.all_horizontal(*[column.list.contains(item) for item in _list(value)])


# A comparison with a null value is refused: it would be true of no row.
_OPERATORS: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "=": lambda column, value: column == value,
    "!=": lambda column, value: column != value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "in": _one_of,
    "not in": lambda column, value: ~_one_of(column, value),
    "contains": lambda column, value: column.str.contains(str(value), literal=True),
    "starts with": lambda column, value: column.str.starts_with(str(value)),
    "includes": lambda column, value: column.list.contains(value),
    "includes any": _includes_any,
    "includes all": _includes_all,
}
_NULL_TESTS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "is null": lambda column: column.is_null(),
    "is not null": lambda column: column.is_not_null(),
}


def to_expression(filters: Filters | None) -> pl.Expr | None:
    """Turn filters into one Polars expression.

    Parameters
    ----------
    filters
        ``[("month", "=", 1), ("carrier", "in", ["AA", "DL"])]`` for all of them,
        ``[[("month", "=", 1)], [("month", "=", 2)]]`` for any of several lists, or an expression.
        Operators: ``= != < <= > >= in``, ``not in``, ``contains``, ``starts with`` (texts),
        ``includes``, ``includes any``, ``includes all`` (lists), ``is null``, ``is not null``.

    Returns
    -------
    The expression; ``None`` when there is nothing to filter by.

    Raises
    ------
    NeuralakeError
        ``invalid``: an unknown operator, or not a filter.
    """
    if filters is None or isinstance(filters, pl.Expr):
        return filters
    groups = _groups(filters)
    if not groups:
        return None
    return pl.any_horizontal(*[_all(group) for group in groups]) if groups[1:] else _all(groups[0])


def _groups(filters: Any) -> list[list[Filter]]:
    if _is_filter(filters):
        return [[filters]]
    if not isinstance(filters, list | tuple):
        raise NeuralakeError("invalid", f"filters must be a list, not {filters!r}")
    if not filters:
        return []
    if all(_is_filter(one) for one in filters):
        return [list(filters)]
    if all(_is_group(group) for group in filters):
        return [list(group) for group in filters]
    raise NeuralakeError(
        "invalid",
        "filters must be a list of (column, operator, value), or a list of such lists",
    )


def _is_filter(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) in (2, 3)
        and all(isinstance(part, str) for part in value[:2])
        and (len(value) == 3 or value[1] in _NULL_TESTS)
    )


def _is_group(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(_is_filter(one) for one in value)


def _all(group: Iterable[Filter]) -> pl.Expr:
    expressions = [_one(*one) for one in group]
    result = expressions[0]
    for expression in expressions[1:]:
        result = result & expression
    return result


def _one(column: str, operator: str, value: Any = None) -> pl.Expr:
    name = " ".join(operator.lower().split())
    if name in _NULL_TESTS:
        return _NULL_TESTS[name](pl.col(column))
    build = _OPERATORS.get("=" if name == "==" else name)
    if build is None:
        known = ", ".join([*_OPERATORS, *_NULL_TESTS])
        raise NeuralakeError("invalid", f"unknown operator {operator!r}; known are {known}")
    if value is None:
        raise NeuralakeError(
            "invalid", f"{column} {operator} None is true of no row; use 'is null' or 'is not null'"
        )
    return build(pl.col(column), value)


def _list(value: Any) -> list[Any]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise NeuralakeError("invalid", f"a list belongs where {value!r} is")
    return list(value)
