"""Statements run by the engine inside this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from neuralake.errors import NeuralakeError
from neuralake.native import native
from neuralake.session import Params, ScanMetrics

_INT64 = range(-(2**63), 2**63)
_DECIMAL_DIGITS_MAX = 38

Parameter = tuple[str, str, bytes | None]


class NativeSession:
    """Runs statements on the tables of one set of definitions.

    Parameters
    ----------
    manifest
        Of the catalog.
    project
        The folder from which relative locations count.
    """

    def __init__(self, manifest: str, project: Path) -> None:
        self._session = native().Session(manifest, str(project), True)

    @staticmethod
    def of_definitions(definitions: str, project: Path) -> NativeSession:
        """Check exported definitions and open them.

        Raises
        ------
        NeuralakeError
            ``invalid``: with every problem, one a line.
        """
        return NativeSession(native().make_manifest(definitions), project)

    def query(self, sql: str, params: Params = None) -> NativeAnswer:
        """Start a statement; see ``Session.query``."""
        return NativeAnswer(self._session.query(sql, _parameters(params)), sql)


class NativeAnswer:
    """A running statement."""

    def __init__(self, answer: Any, sql: str) -> None:
        self._answer = answer
        self._sql = sql
        # Polars knows the Arrow types best: an empty frame of them has its own types.
        self._schema = pl.Schema(answer.schema())

    @property
    def schema(self) -> pl.Schema:
        """Of the rows."""
        return self._schema

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield the rows as they come; stops the statement when it is left early."""
        finished = False
        try:
            while (batch := self._answer.next()) is not None:
                yield pl.DataFrame(batch)
            finished = True
        finally:
            if not finished:
                self._answer.cancel()

    def metrics(self) -> ScanMetrics:
        """What was read."""
        return ScanMetrics(sql=self._sql, **self._answer.metrics())


def _parameters(params: Params) -> list[Parameter]:
    if params is None:
        return []
    if isinstance(params, Mapping):
        return [(str(name), *_parameter(value)) for name, value in params.items()]
    if isinstance(params, Sequence) and not isinstance(params, str | bytes):
        return [("", *_parameter(value)) for value in params]
    raise NeuralakeError("invalid", "params must be a list or a dictionary")


def _parameter(value: Any) -> tuple[str, bytes | None]:  # noqa: PLR0911
    """Write a value as its type and its text."""
    match value:
        case None:
            return "void", None
        case bool():
            return "bool", b"true" if value else b"false"
        case int() if value in _INT64:
            return "int64", str(value).encode()
        case int():
            return f"decimal({_DECIMAL_DIGITS_MAX}, 0)", str(value).encode()
        case float():
            return "float64", repr(value).encode()
        case str():
            return "string", value.encode()
        case bytes():
            return "binary", value
        case Decimal():
            return _decimal(value)
        case dt.datetime():
            return _datetime(value)
        case dt.date():
            return "date", value.isoformat().encode()
    raise NeuralakeError("invalid", f"a {type(value).__name__} cannot be a parameter")


def _decimal(value: Decimal) -> tuple[str, bytes]:
    parts = value.as_tuple()
    if not isinstance(parts.exponent, int):
        raise NeuralakeError("invalid", f"{value} cannot be a parameter")
    scale = max(0, -parts.exponent)
    digits = max(len(parts.digits) + max(0, parts.exponent), scale, 1)
    if digits > _DECIMAL_DIGITS_MAX:
        raise NeuralakeError("invalid", f"{value} has more than {_DECIMAL_DIGITS_MAX} digits")
    return f"decimal({digits}, {scale})", f"{value:f}".encode()


def _datetime(value: dt.datetime) -> tuple[str, bytes]:
    if value.tzinfo is None:
        return "timestamp_ntz", value.isoformat(sep=" ").encode()
    utc = value.astimezone(dt.UTC).replace(tzinfo=None)
    return "timestamp", f"{utc.isoformat(sep='T', timespec='microseconds')}Z".encode()
