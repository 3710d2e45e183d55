"""Filters as plain data: ``("month", "=", 1)``; a list means and, a list of lists or of ands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl

from neuralake.errors import NeuralakeError

Filter = tuple[str, str, Any] | Sequence[Any]
Filters = Sequence[Filter] | Sequence[Sequence[Filter]] | pl.Expr


def _one_of(column: pl.Expr, value: Any) -> pl.Expr:
    return column.is_in(list(value))


def _includes_any(column: pl.Expr, value: Any) -> pl.Expr:
    tests = [column.list.contains(item) for item in value]
    return pl.any_horizontal(*tests) if tests else pl.lit(False)


def _includes_all(column: pl.Expr, value: Any) -> pl.Expr:
    tests = [column.list.contains(item) for item in value]
    return pl.all_horizontal(*tests) if tests else column.is_not_null()


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

_OF_LISTS = ("in", "not in", "includes any", "includes all")
_FORM = "a filter is (column, operator, value), or (column, 'is null')"
_SHOWN_MAX = 200  # characters of a filter in a message


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


def filtered(frame: pl.LazyFrame, filters: Filters | None, name: str) -> pl.LazyFrame:
    """Keep the rows of ``frame`` that ``filters`` let through.

    Every filter is tried on the schema first, so that a mistake is told here and by the filter,
    not by what ``collect`` runs into. An expression is Polars' own to check.

    Parameters
    ----------
    frame
        The table.
    filters
        See ``to_expression``.
    name
        Of the table, for the message.

    Raises
    ------
    NeuralakeError
        ``not_found``: a column that the table does not have; ``invalid``: not a filter, or an
        operator or a value that the type of the column does not go with.
    """
    predicate = to_expression(filters)
    if predicate is None:
        return frame
    if not isinstance(filters, pl.Expr):
        schema = frame.collect_schema()
        for one in (one for group in _groups(filters) for one in group):
            _check(one, schema, name)
    return frame.filter(predicate)


def _check(one: Filter, schema: pl.Schema, name: str) -> None:
    column, operator = one[:2]
    if column not in schema:
        there = ", ".join(schema.names())
        raise NeuralakeError(
            "not_found", f"filter {_shown(one)}: {name} has no column {column}; it has {there}"
        )
    try:
        pl.DataFrame(schema={column: schema[column]}).filter(_one(*one))
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise NeuralakeError(
            "invalid",
            f"filter {_shown(one)}: column {column} of {name} is {schema[column]}, and "
            f"{_needs(operator)} ({_first_line(error)}); give that, or a Polars expression that "
            "casts",
        ) from error


def _needs(operator: str) -> str:
    name = _spelled(operator)
    if name in ("contains", "starts with"):
        return f"'{name}' needs a column of text"
    if name.startswith("includes"):
        return f"'{name}' needs a column of lists and values of their type"
    return f"'{name}' needs a value that compares with it"


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0]


def _shown(one: Any) -> str:
    text = repr(tuple(one) if isinstance(one, list) else one)
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"


def _groups(filters: Any) -> list[list[Filter]]:
    if _is_filter(filters):
        return [[filters]]
    if not isinstance(filters, list | tuple):
        raise NeuralakeError("invalid", f"filters must be a list, not {filters!r}; {_FORM}")
    if not filters:
        return []
    if all(_is_filter(one) for one in filters):
        return [list(filters)]
    if all(_is_group(group) for group in filters):
        return [list(group) for group in filters]
    raise NeuralakeError("invalid", _mistake(filters))


def _mistake(filters: Sequence[Any]) -> str:
    """Tell which part of ``filters`` is no filter, and why."""
    if len(filters) > 1 and all(isinstance(part, str) for part in filters[:2]):
        return f"filter {_shown(filters)}: {_wrong_parts(filters)}; {_FORM}"
    lists = [one for one in filters if isinstance(one, list | tuple) and not _is_filter(one)]
    for one in lists:
        if one and isinstance(one[0], str):
            return f"filter {_shown(one)}: {_wrong_parts(one)}; {_FORM}"
    for group in lists:
        for one in group:
            if isinstance(one, list | tuple) and not _is_filter(one):
                return f"filter {_shown(one)}: {_wrong_parts(one)}; {_FORM}"
    return (
        f"filters must be a list of filters or a list of such lists, not {_shown(filters)}; {_FORM}"
    )


def _wrong_parts(one: Sequence[Any]) -> str:
    for part, what in zip(one, ("column", "operator"), strict=False):
        if not isinstance(part, str):
            return f"its {what} must be a text, not {part!r}"
    if len(one) == 2 and _spelled(one[1]) in _OPERATORS:
        return "it has no value"
    if len(one) == 2:
        return _unknown(one[1])
    return f"it has {len(one)} part{'' if len(one) == 1 else 's'}"


def _unknown(operator: str) -> str:
    return f"unknown operator {operator!r}; known are {', '.join([*_OPERATORS, *_NULL_TESTS])}"


def _spelled(operator: str) -> str:
    name = " ".join(operator.lower().split())
    return "=" if name == "==" else name


def _is_filter(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) in (2, 3)
        and all(isinstance(part, str) for part in value[:2])
        and (len(value) == 3 or _spelled(value[1]) in _NULL_TESTS)
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
    name = _spelled(operator)
    if name in _NULL_TESTS:
        return _NULL_TESTS[name](pl.col(column))
    shown = f"filter {_shown((column, operator, value))}"
    build = _OPERATORS.get(name)
    if build is None:
        raise NeuralakeError("invalid", f"{shown}: {_unknown(operator)}")
    if value is None:
        raise NeuralakeError(
            "invalid",
            f"{shown}: {column} {operator} None is true of no row; use 'is null' or 'is not null'",
        )
    if name in _OF_LISTS and (isinstance(value, str) or not isinstance(value, Iterable)):
        raise NeuralakeError(
            "invalid", f"{shown}: a list belongs where {value!r} is; write [{value!r}]"
        )
    try:
        return build(pl.col(column), value)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise NeuralakeError("invalid", f"{shown}: {_first_line(error)}") from error
