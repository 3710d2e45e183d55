"""Names and values as SQL text."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import polars as pl

_INTEGERS: dict[pl.DataType, str] = {
    pl.Int8(): "TINYINT",
    pl.Int16(): "SMALLINT",
    pl.Int32(): "INTEGER",
    pl.Int64(): "BIGINT",
    pl.UInt8(): "UTINYINT",
    pl.UInt16(): "USMALLINT",
    pl.UInt32(): "UINTEGER",
    pl.UInt64(): "UBIGINT",
}


def name(text: str) -> str:
    """Quote an identifier."""
    return '"' + text.replace('"', '""') + '"'


def text_literal(text: str) -> str | None:
    """Quote a text; ``None`` for one that SQL text cannot hold."""
    if "\0" in text:
        return None
    return "'" + text.replace("'", "''") + "'"


def literal(value: Any, dtype: pl.DataType) -> str | None:
    """Write ``value`` as a literal of the type ``dtype``.

    Returns
    -------
    ``None`` for null and for types that have no exact counterpart.
    """
    if value is None:
        return None
    if dtype in _INTEGERS:
        return f"CAST({int(value)} AS {_INTEGERS[dtype]})"
    write = _WRITERS.get(dtype.base_type())
    return None if write is None else write(value, dtype)


def _boolean(value: Any, _dtype: Any) -> str:
    return "TRUE" if value else "FALSE"


def _float(value: Any, dtype: Any) -> str | None:
    # Systems disagree about how NaN compares.
    if math.isnan(value):
        return None
    return f"CAST('{float(value)!r}' AS {'DOUBLE' if dtype == pl.Float64() else 'FLOAT'})"


def _binary(value: Any, _dtype: Any) -> str:
    return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'::BLOB"


def _date(value: Any, _dtype: Any) -> str:
    return f"DATE '{value.isoformat()}'"


def _decimal(value: Any, dtype: Any) -> str:
    # As narrow as the value allows, so that the column's type decides the comparison's.
    digits = max(len(value.as_tuple().digits), dtype.scale)
    return f"CAST('{value:f}' AS DECIMAL({digits}, {dtype.scale}))"


def _datetime(value: Any, dtype: Any) -> str | None:
    # Python holds microseconds; a literal in nanoseconds may have lost digits.
    if dtype.time_unit == "ns":
        return None
    if dtype.time_zone is None:
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    return instant(value)


def instant(value: dt.datetime) -> str:
    """Write an instant; one without a zone counts as UTC."""
    utc = value.replace(tzinfo=value.tzinfo or dt.UTC).astimezone(dt.UTC).replace(tzinfo=None)
    return f"TIMESTAMPTZ '{utc.isoformat(sep=' ')}+00:00'"


_WRITERS: dict[Any, Callable[[Any, Any], str | None]] = {
    pl.Boolean: _boolean,
    pl.Float32: _float,
    pl.Float64: _float,
    pl.String: lambda value, _dtype: text_literal(value),
    pl.Binary: _binary,
    pl.Date: _date,
    pl.Decimal: _decimal,
    pl.Datetime: _datetime,
}
