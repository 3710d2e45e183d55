"""What a table's function may return, as one kind of frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from neuralake.errors import NeuralakeError


def lazy_frame(value: Any, name: str) -> pl.LazyFrame:
    """Take what a function returned as a Polars lazy frame, without copying where possible.

    Parameters
    ----------
    value
        A Polars lazy or eager frame, a pandas frame, an Arrow table, batch or reader, or anything
        with the Arrow C stream interface.
    name
        Of the table, for the message.

    Raises
    ------
    NeuralakeError
        ``invalid``: something else.
    """
    if isinstance(value, pl.LazyFrame):
        return value
    if isinstance(value, pl.DataFrame):
        return value.lazy()
    if hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__"):
        return pl.DataFrame(value).lazy()
    if type(value).__module__.partition(".")[0] == "pandas":
        frame: pl.DataFrame = pl.from_pandas(value)
        return frame.lazy()
    raise NeuralakeError(
        "invalid",
        f"{name} returned a {type(value).__name__}; a table's function returns a Polars, pandas or "
        "Arrow frame",
    )


def sendable(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give ``frame`` back when all its columns have a type that Arrow and SQL know.

    Raises
    ------
    NeuralakeError
        ``invalid``: a column of Python objects or of 128-bit integers.
    """
    for column, dtype in frame.schema.items():
        if any(leaf in (pl.Object, pl.Int128) for leaf in _leaves(dtype)):
            raise NeuralakeError(
                "invalid", f"{name} returned column {column} as {dtype}, which is no type of SQL"
            )
    return frame


def _leaves(dtype: pl.DataType) -> Iterator[pl.DataType]:
    if isinstance(dtype, pl.List | pl.Array):
        yield from _leaves(dtype.inner)  # type: ignore[arg-type]
    elif isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            yield from _leaves(field.dtype)  # type: ignore[arg-type]
    else:
        yield dtype


def select(frame: pl.LazyFrame, columns: Sequence[str] | None, name: str) -> pl.LazyFrame:
    """Keep ``columns``, in their order; all of them for ``None``.

    Raises
    ------
    TypeError
        One text in place of a list, which would be taken letter by letter.
    NeuralakeError
        ``not_found``: a column that the frame does not have; ``invalid``: none at all, with which
        a Polars frame has no rows either, or one twice.
    """
    if columns is None:
        return frame
    if isinstance(columns, str | bytes):
        raise TypeError(f"columns takes a list of names, not {columns!r}; write [{columns!r}]")
    wanted = list(columns)
    there = frame.collect_schema().names()
    if not wanted:
        raise NeuralakeError(
            "invalid",
            f"columns is empty, and a Polars frame without columns has no rows; leave it out for "
            f"all columns of {name}, and count rows with .select(pl.len())",
        )
    for at, column in enumerate(wanted):
        if column not in there:
            raise NeuralakeError(
                "not_found", f"{name} has no column {column}; it has {', '.join(there)}"
            )
        if column in wanted[:at]:
            raise NeuralakeError("invalid", f"columns has {column} twice; a frame has it once")
    return frame.select(wanted)
