"""The part of a Polars predicate that our scan can apply itself, as an SQL condition.

The condition may keep more rows than the predicate, never fewer: the whole predicate is applied
again to what comes back. Only comparisons of a column with a literal of the column's own type are
taken, so that no two systems have to agree on a cast.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from neuralake import sql_text

_COMPARISONS = {"Eq": "=", "NotEq": "<>", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">="}
_SWAPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_AND = ("And", "LogicalAnd")
_OR = ("Or", "LogicalOr")
# Longer lists are left to Polars: the text of a statement is limited.
_LIST_MAX = 1000


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on rows.

    Attributes
    ----------
    sql
        A boolean SQL expression.
    exact
        Whether it is true of exactly the rows of the expression it stands for.
    """

    sql: str
    exact: bool


def condition_of(predicate: pl.Expr, schema: Mapping[str, pl.DataType]) -> Condition | None:
    """Find the condition that our scan can apply for ``predicate``.

    Parameters
    ----------
    predicate
        As Polars pushes it into a source.
    schema
        Of the source.

    Returns
    -------
    ``None`` when no part can be applied.
    """
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError):
        return None  # Python functions and the like have no text form.
    return _Translator(schema).condition(tree)


class _Translator:
    def __init__(self, schema: Mapping[str, pl.DataType]) -> None:
        self._schema = schema

    def condition(self, node: Any) -> Condition | None:
        match node:
            case {"BinaryExpr": {"left": left, "op": op, "right": right}} if op in _AND:
                return self._and(self.condition(left), self.condition(right))
            case {"BinaryExpr": {"left": left, "op": op, "right": right}} if op in _OR:
                return self._or(self.condition(left), self.condition(right))
            case {"BinaryExpr": {"left": left, "op": op, "right": right}} if op in _COMPARISONS:
                return self._comparison(left, _COMPARISONS[op], right)
            case {"Function": {"input": inputs, "function": function}}:
                return self._function(inputs, function)
            case {"Column": str(name)} if self._schema.get(name) == pl.Boolean():
                return Condition(sql_text.name(name), exact=True)
        return None

    def _and(self, left: Condition | None, right: Condition | None) -> Condition | None:
        if left is None or right is None:
            kept = left or right
            return Condition(kept.sql, exact=False) if kept else None
        return Condition(f"({left.sql} AND {right.sql})", left.exact and right.exact)

    def _or(self, left: Condition | None, right: Condition | None) -> Condition | None:
        if left is None or right is None:
            return None
        return Condition(f"({left.sql} OR {right.sql})", left.exact and right.exact)

    def _comparison(self, left: Any, op: str, right: Any) -> Condition | None:
        if self._column(right):
            left, right, op = right, left, _SWAPPED[op]
        column = self._column(left)
        value = None if column is None else self._literal(left, right)
        if value is None:
            return None
        return Condition(f"({column} {op} {value})", exact=True)

    def _function(self, inputs: list[Any], function: Any) -> Condition | None:
        match function:
            case {"Boolean": "IsNull" | "IsNotNull" as test}:
                column = self._column(inputs[0])
                words = "IS NULL" if test == "IsNull" else "IS NOT NULL"
                return Condition(f"({column} {words})", exact=True) if column else None
            case {"Boolean": "Not"}:
                inner = self.condition(inputs[0])
                exact = inner is not None and inner.exact
                return Condition(f"(NOT {inner.sql})", exact=True) if inner and exact else None
            case {"Boolean": {"IsBetween": {"closed": closed}}}:
                return self._between(inputs, closed)
            case {"Boolean": {"IsIn": {"nulls_equal": bool(nulls_equal)}}}:
                return self._is_in(inputs, nulls_equal)
            case {"StringExpr": "StartsWith"}:
                return self._starts_with(inputs)
        return None

    def _between(self, inputs: list[Any], closed: str) -> Condition | None:
        lower = ">=" if closed in ("Both", "Left") else ">"
        upper = "<=" if closed in ("Both", "Right") else "<"
        low = self._comparison(inputs[0], lower, inputs[1])
        high = self._comparison(inputs[0], upper, inputs[2])
        return self._and(low, high)

    def _is_in(self, inputs: list[Any], nulls_equal: bool) -> Condition | None:
        column = self._column(inputs[0])
        values = _evaluate(inputs[1])
        if column is None or values is None:
            return None
        dtype = self._schema[inputs[0]["Column"]]
        if isinstance(values.dtype, pl.List) and len(values) == 1:
            values = values[0]
        if values.dtype != dtype or not 0 < len(values) <= _LIST_MAX:
            return None
        texts = [sql_text.literal(value, dtype) for value in values.to_list()]
        if any(text is None for text in texts):
            return None
        condition = f"{column} IN ({', '.join(filter(None, texts))})"
        # The list holds no null. So whether null is in it is false when nulls are equal, not null.
        if nulls_equal:
            condition += f" AND {column} IS NOT NULL"
        return Condition(f"({condition})", exact=True)

    def _starts_with(self, inputs: list[Any]) -> Condition | None:
        column = self._column(inputs[0])
        prefix = _evaluate(inputs[1])
        if column is None or prefix is None or prefix.dtype != pl.String():
            return None
        text = prefix[0]
        if not text or any(sign in text for sign in "%_\\"):
            return None
        pattern = sql_text.text_literal(text + "%")
        return Condition(f"({column} LIKE {pattern})", exact=True) if pattern else None

    def _column(self, node: Any) -> str | None:
        name = node.get("Column") if isinstance(node, dict) else None
        return sql_text.name(name) if isinstance(name, str) and name in self._schema else None

    def _literal(self, column: Any, node: Any) -> str | None:
        dtype = self._schema.get(column["Column"])
        value = _evaluate(node)
        if dtype is None or value is None or len(value) != 1:
            return None
        # Decimals compare by value, whatever their precision.
        decimals = isinstance(dtype, pl.Decimal) and isinstance(value.dtype, pl.Decimal)
        return sql_text.literal(value[0], value.dtype) if decimals or value.dtype == dtype else None


def _evaluate(node: Any) -> pl.Series | None:
    """Compute a literal node with Polars itself, whatever form it is written in."""
    if not (isinstance(node, dict) and "Literal" in node):
        return None
    try:
        expression = pl.Expr.deserialize(io.BytesIO(json.dumps(node).encode()), format="json")
        return pl.select(expression).to_series()
    except (pl.exceptions.PolarsError, ValueError):
        return None
