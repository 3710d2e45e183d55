"""The rows that a statement returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from neuralake.session import Answer, ScanMetrics

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class SqlResult:
    """The answer to a statement, in the frame one likes; read whole on first use and kept."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._batches = answer.batches()
        # Statements that change something, and those that fail at once, are over here.
        self._first = next(self._batches, None)
        self._frame: pl.DataFrame | None = None

    def pl(self) -> pl.DataFrame:
        """Give the rows as a Polars frame."""
        if self._frame is None:
            parts = [] if self._first is None else [self._first, *self._batches]
            self._frame = pl.concat(parts) if parts else pl.DataFrame(schema=self._answer.schema)
            self._first = None
        return self._frame

    def arrow(self) -> pa.Table:
        """Give the rows as an Arrow table; needs ``pyarrow``."""
        return self.pl().to_arrow(compat_level=pl.CompatLevel.oldest())

    def df(self) -> pd.DataFrame:
        """Give the rows as a pandas frame; needs ``pandas`` and ``pyarrow``."""
        return self.pl().to_pandas()

    def rows(self) -> list[dict[str, Any]]:
        """Give the rows as dictionaries."""
        return self.pl().to_dicts()

    def metrics(self) -> ScanMetrics | None:
        """Tell what was read; ``None`` when the server does not say."""
        self.pl()
        return self._answer.metrics()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the rows to any library of the Arrow C stream interface."""
        return self.pl().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        return repr(self.pl())
