"""Where statements run: in this process or on a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

Params = Sequence[Any] | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ScanMetrics:
    """What the scans of one statement did.

    Attributes
    ----------
    files_total
        Data files of the tables at their versions.
    files_read
        Of these, files that were opened.
    versions
        The version of each table read, by ``database.table``.
    sql
        The statement.
    """

    files_total: int
    files_read: int
    versions: Mapping[str, int] = field(default_factory=dict)
    sql: str = ""

    @property
    def files_skipped(self) -> int:
        """Files that partition values or statistics ruled out."""
        return self.files_total - self.files_read


class Answer(Protocol):
    """The rows of a running statement; taken once."""

    @property
    def schema(self) -> pl.Schema:
        """Of the rows, known before the first one."""

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield the rows, part by part.

        Raises
        ------
        NeuralakeError
            What the statement failed with; rows before it are then no answer.
        """

    def metrics(self) -> ScanMetrics | None:
        """What was read, after the last row; ``None`` when it is not known."""


class Session(Protocol):
    """Runs statements on one catalog."""

    def query(self, sql: str, params: Params = None) -> Answer:
        """Start a statement.

        Raises
        ------
        NeuralakeError
            It is refused, with its position in the statement.
        """
