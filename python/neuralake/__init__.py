"""Neuralake: tables as code, for a lakehouse in one binary.

Definitions (``Catalog``, ``DeltaTable`` and the rest) are plain data: importing them reads nothing.
"""

from __future__ import annotations

from neuralake.catalog import Catalog
from neuralake.database import ModuleDatabase
from neuralake.definitions import Column, CsvTable, DeltaTable, ParquetTable, TableDefinition
from neuralake.errors import NeuralakeError
from neuralake.function_table import FunctionTable, table

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
    "table",
]
