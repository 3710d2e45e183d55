"""Delta tables that rows of the benchmark share the making of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl


def append_runs(
    table: Path, rows: int, files: int, columns: Callable[[pl.Series], pl.DataFrame], **write: Any
) -> Path:
    """A table of `files` commits, each with the next run of the numbers below `rows`.

    `columns` makes the rows of some numbers; `write` goes to deltalake. A table that is there
    already, from an earlier run, is left as it is.
    """
    if not (table / f"_delta_log/{files - 1:020d}.json").exists():
        step = rows // files
        for first in range(0, rows, step):
            numbers = pl.int_range(first, first + step, eager=True)
            columns(numbers).write_delta(table, mode="append", delta_write_options=write)
    return table
