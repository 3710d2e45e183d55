"""Definitions as JSON values, exactly as the code gives them.

A value that JSON cannot hold becomes ``{"$python": "<type>"}``, which the checks then refuse by
name: nothing is dropped and nothing raises.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from neuralake.definitions import Column, CsvTable, DeltaTable, ParquetTable, TableDefinition
from neuralake.function_table import FunctionTable
from neuralake.place import Place

Json = Any
ShortPath = Callable[[str], str]


def encode_place(place: Place, short: ShortPath) -> Json:
    """Encode a place, its file shortened by ``short``."""
    return {"file": short(place.file), "line": place.line}


def encode_table(name: str, definition: TableDefinition, short: ShortPath) -> Json:
    """Encode one table under ``name``."""
    table = {
        "name": name,
        "kind": _kind(definition),
        "description": _text(definition.description),
        "owner": plain(definition.owner),
        "tags": plain(definition.tags),
        "deprecation": plain(definition.deprecated),
        "columns": _columns(definition.columns, short),
        "key": plain(definition.key),
        "partition_by": plain(definition.partition_by),
        "properties": plain(definition.properties),
        "place": encode_place(definition.place, short),
    }
    match definition:
        case FunctionTable():
            table["function"] = {"module": definition.place.module, "name": name}
        case ParquetTable():
            hive = definition.hive
            table["uri"] = plain(definition.uri)
            table["hive_partitioning"] = bool(definition.partition_by) if hive is None else hive
        case CsvTable():
            table["uri"] = plain(definition.uri)
            table["csv"] = {
                "delimiter": plain(definition.delimiter),
                "header": plain(definition.header),
                "null_values": plain(definition.null_values),
            }
        case DeltaTable():
            table["uri"] = plain(definition.uri)
    return table


def _kind(definition: TableDefinition) -> str:
    match definition:
        case DeltaTable():
            return "delta"
        case ParquetTable():
            return "parquet"
        case CsvTable():
            return "csv"
        case FunctionTable():
            return "function"
    return type(definition).__name__


def _columns(columns: Any, short: ShortPath) -> Json:
    if isinstance(columns, str | Mapping) or not hasattr(columns, "__iter__"):
        return plain(columns)
    return [_column(column, short) for column in columns]


def _column(column: Any, short: ShortPath) -> Json:
    if not isinstance(column, Column):
        return plain(column)
    return {
        "name": plain(column.name),
        "type": plain(column.type),
        "description": _text(column.description),
        "unit": plain(column.unit),
        "nullable": plain(column.nullable),
        "tags": plain(column.tags),
        "place": encode_place(column.place, short),
    }


def _text(value: Any) -> Json:
    return plain(inspect.cleandoc(value) if isinstance(value, str) else value)


def plain(value: Any) -> Json:
    """Turn ``value`` into what JSON can hold; see the module's docstring for the rest."""
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Json:
    match value:
        case float() if not math.isfinite(value):
            return {"$python": "float that is not finite"}
        case str() if not _is_unicode(value):
            return {"$python": "str with lone surrogates"}
        case None | bool() | int() | float() | str():
            return value
        case Path():
            return str(value)
    return {"$python": type(value).__name__}


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
