"""Rows of any engine as plain JSON values, so that they can be compared."""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
from decimal import Decimal
from typing import Any


@functools.singledispatch
def canonical(value: Any) -> Any:
    """Times are UTC, maps and structs are objects, binary is hex, decimals keep their digits."""
    if hasattr(value, "asDict"):  # a row of Spark inside a row
        return canonical(value.asDict())
    raise TypeError(f"no canonical form for {type(value)}")


@canonical.register(type(None))
@canonical.register(int)
@canonical.register(str)
def _(value: Any) -> Any:
    return value


@canonical.register
def _(value: float) -> Any:
    return value if math.isfinite(value) else repr(value)


@canonical.register
def _(value: dt.datetime) -> str:
    moment = value if value.tzinfo is None else value.astimezone(dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")


@canonical.register
def _(value: dt.date) -> str:
    return value.isoformat()


@canonical.register
def _(value: Decimal) -> str:
    return format(value, "f")


@canonical.register(bytes)
@canonical.register(bytearray)
def _(value: bytes | bytearray) -> str:
    return value.hex()


@canonical.register
def _(value: dict) -> Any:  # type: ignore[type-arg]
    return {str(key): canonical(item) for key, item in sorted(value.items())}


@canonical.register
def _(value: list) -> Any:  # type: ignore[type-arg]
    return [canonical(item) for item in value]


@canonical.register
def _(value: tuple) -> Any:  # type: ignore[type-arg]
    return canonical(value.asDict()) if hasattr(value, "asDict") else canonical(list(value))


def rows_of(columns: list[str], rows: list[Any]) -> list[str]:
    """Sorted texts of rows whose cells are canonical, the columns in order of their names."""
    order = sorted(range(len(columns)), key=lambda i: columns[i])
    return sorted(
        json.dumps([[columns[i], row[i]] for i in order], ensure_ascii=False) for row in rows
    )


def rows_of_arrow(table: Any) -> list[str]:
    cells = [[canonical(value) for value in row.values()] for row in table.to_pylist()]
    return rows_of(table.column_names, cells)
