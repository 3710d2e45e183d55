"""Tables as Polars lazy frames whose columns, filters and limits our scan applies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import polars as pl
from polars.io.plugins import register_io_source

from neuralake import sql_text
from neuralake.errors import NeuralakeError
from neuralake.pushdown import condition_of
from neuralake.session import ScanMetrics, Session

Report = Callable[[ScanMetrics], None]


def relation(table: str, version: int | None, timestamp: dt.datetime | str | None) -> str:
    """Write what stands behind FROM for ``database.table`` at a version or a time.

    Raises
    ------
    NeuralakeError
        ``invalid``: both are given, or the version is below zero.
    """
    quoted = ".".join(sql_text.name(part) for part in table.split("."))
    if version is not None and timestamp is not None:
        raise NeuralakeError("invalid", "give a version or a timestamp, not both")
    if version is not None:
        if version < 0:
            raise NeuralakeError("invalid", f"there is no version {version}")
        return f"{quoted} AT (VERSION => {int(version)})"
    if timestamp is not None:
        return f"{quoted} AT (TIMESTAMP => {_instant(timestamp)})"
    return quoted


def _instant(timestamp: dt.datetime | str) -> str:
    if isinstance(timestamp, str):
        try:
            timestamp = dt.datetime.fromisoformat(timestamp)
        except ValueError as error:
            raise NeuralakeError("invalid", f"{timestamp!r} is not an ISO 8601 time") from error
    return sql_text.instant(timestamp)


def lazy_scan(session: Session, source: str, report: Report) -> pl.LazyFrame:
    """Make a lazy frame over ``source`` (see ``relation``).

    Each collect runs one statement with the columns and the part of the predicate that Polars
    pushes down; Polars applies the whole predicate again to what comes back.
    """
    schema = session.query(f"SELECT * FROM {source} LIMIT 0").schema

    def read(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        if n_rows == 0:
            yield pl.DataFrame(schema=schema)
            return
        # Polars may ask for no column and count the rows, but its frames have rows only by columns.
        names = list(schema.names())
        wanted = names if with_columns is None else with_columns or names[:1]
        answer = session.query(_statement(source, schema, wanted, predicate, n_rows))
        left = n_rows
        for batch in answer.batches():
            frame = batch if predicate is None else batch.filter(predicate)
            frame = frame.select(wanted)
            if left is not None:
                frame = frame.head(left)
                left -= frame.height
            yield frame
            if left == 0:
                break
        metrics = answer.metrics()
        if metrics is not None:
            report(metrics)

    return register_io_source(read, schema=schema, validate_schema=False, is_pure=True)


def _statement(
    source: str,
    schema: pl.Schema,
    wanted: list[str],
    predicate: pl.Expr | None,
    n_rows: int | None,
) -> str:
    needed = list(wanted)
    if predicate is not None:
        needed += [n for n in predicate.meta.root_names() if n not in needed]
    columns = [sql_text.name(column) for column in needed]
    sql = f"SELECT {', '.join(columns)} FROM {source}"
    condition = None if predicate is None else condition_of(predicate, schema)
    if condition is not None:
        sql += f" WHERE {condition.sql}"
    if n_rows is not None and (predicate is None or (condition is not None and condition.exact)):
        sql += f" LIMIT {n_rows}"
    return sql
