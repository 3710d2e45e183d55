"""Neuralake: tables as code, for a lakehouse in one binary.

Definitions (``Catalog``, ``DeltaTable`` and the rest) are plain data: importing them reads nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from neuralake.catalog import Catalog
from neuralake.database import ModuleDatabase
from neuralake.definitions import Column, CsvTable, DeltaTable, ParquetTable, TableDefinition
from neuralake.errors import NeuralakeError
from neuralake.function_table import FunctionTable, table

if TYPE_CHECKING:
    from neuralake.delta import Table

__version__ = "0.1.0"

__all__ = [
    "Catalog",
    "Column",
    "CsvTable",
    "DeltaTable",
    "FunctionTable",
    "ModuleDatabase",
    "NeuralakeError",
    "ParquetTable",
    "TableDefinition",
    "open_table",
    "table",
]


def open_table(uri: str | Path) -> Table:
    """Open the Delta table at ``uri`` without a catalog; reads nothing yet."""
    # Polars and the native module are loaded when data is asked for, not with the definitions.
    from neuralake.delta import open_table as open_delta_table

    return open_delta_table(uri)
