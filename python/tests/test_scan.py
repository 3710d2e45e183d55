"""Lazy frames over a session: what is asked of it, and that the rows are Polars' own."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest
from neuralake.errors import NeuralakeError
from neuralake.result import SqlResult
from neuralake.scan import lazy_scan, relation
from neuralake.session import Params, ScanMetrics

FRAME = pl.DataFrame(
    {
        "id": list(range(100)),
        "month": [1 + i % 12 for i in range(100)],
        "carrier": ["AA" if i % 3 else None for i in range(100)],
    },
    schema_overrides={"month": pl.Int32},
)


class DuckSession:
    """DuckDB's own Python package as a session, in batches of a few rows."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._connection = duckdb.connect()
        self._one_at_a_time = threading.Lock()  # Polars asks from several threads
        self._connection.register("flights", FRAME.to_arrow(compat_level=pl.CompatLevel.oldest()))

    def query(self, sql: str, params: Params = None) -> DuckAnswer:
        self.asked.append(sql)
        with self._one_at_a_time:
            return DuckAnswer(self._connection.execute(sql, params).pl(), sql)


class DuckAnswer:
    def __init__(self, frame: pl.DataFrame, sql: str) -> None:
        self._frame = frame
        self._sql = sql
        self.schema = frame.schema

    def batches(self) -> Iterator[pl.DataFrame]:
        yield from self._frame.iter_slices(7)

    def metrics(self) -> ScanMetrics:
        return ScanMetrics(3, 1, {"flights": 4}, self._sql)


@pytest.fixture
def session() -> DuckSession:
    return DuckSession()


def frame_of(session: DuckSession, seen: list[ScanMetrics] | None = None) -> pl.LazyFrame:
    report = [] if seen is None else seen
    return lazy_scan(session, '"flights"', report.append)


ASKED: list[tuple[Any, str]] = [
    (
        lambda f: f.filter(pl.col("month") == 1).select("id"),
        'SELECT "id", "month" FROM "flights" WHERE ("month" = CAST(1 AS INTEGER))',
    ),
    (lambda f: f.select("carrier").head(3), 'SELECT "carrier" FROM "flights" LIMIT 3'),
    (
        lambda f: f.filter(pl.col("id").cast(pl.String).str.len_chars() == 1).select("month"),
        'SELECT "id", "month" FROM "flights"',
    ),
    (lambda f: f.select(pl.len()), ""),
    (lambda f: f.with_row_index().select("index"), 'SELECT "id" FROM "flights"'),
    (
        lambda f: f.filter(pl.col("month") == 1).with_row_index().select("index"),
        'SELECT "month" FROM "flights" WHERE ("month" = CAST(1 AS INTEGER))',
    ),
    (lambda f: f.head(3).with_row_index().select("index"), 'SELECT "id" FROM "flights" LIMIT 3'),
    (lambda f: f.filter(pl.col("carrier").is_null()).select(pl.len()), ""),
    (lambda f: f.head(0), ""),
    (lambda f: f.filter(pl.col("month") > 3).head(5), ""),
    (lambda f: f.select("id").tail(2), ""),
    (lambda f: f.group_by("month").len().sort("month"), ""),
    (lambda f: f.select("month", "id").filter(pl.col("id") > 97), ""),
    (lambda f: f.with_columns(x=pl.col("id") * 2).filter(pl.col("x") > 190), ""),
]


@pytest.mark.parametrize(("work", "asked"), ASKED)
def test_a_scan_gives_what_polars_gives_on_the_frame(
    session: DuckSession, work: Any, asked: str
) -> None:
    assert work(frame_of(session)).collect().equals(work(FRAME.lazy()).collect())
    if asked:
        assert session.asked[-1] == asked


def test_a_frame_knows_its_schema_without_rows(session: DuckSession) -> None:
    assert frame_of(session).collect_schema() == FRAME.schema
    assert session.asked == ['SELECT * FROM "flights" LIMIT 0']


def test_what_was_read_is_reported_at_the_end(session: DuckSession) -> None:
    seen: list[ScanMetrics] = []
    frame_of(session, seen).collect()
    [metrics] = seen
    assert metrics.files_skipped == 2


def test_a_frame_joined_with_itself_is_right(session: DuckSession) -> None:
    frame = frame_of(session)
    joined = frame.join(frame, on="id").filter(pl.col("month") == 2).collect()
    expected = FRAME.lazy().join(FRAME.lazy(), on="id").filter(pl.col("month") == 2).collect()
    assert joined.sort("id").equals(expected.sort("id"))


def test_relations_are_quoted_and_may_stand_at_a_version() -> None:
    assert relation("a.b", None, None) == '"a"."b"'
    assert relation('a.b"c', 3, None) == '"a"."b""c" AT (VERSION => 3)'
    at = "AT (TIMESTAMP => TIMESTAMPTZ '2013-01-01 05:00:00+00:00')"
    assert relation("t", None, "2013-01-01T05:00:00") == f'"t" {at}'
    zone = dt.timezone(dt.timedelta(hours=-5))
    assert relation("t", None, dt.datetime(2013, 1, 1, tzinfo=zone)) == f'"t" {at}'
    for version, time in [(1, "2013-01-01"), (-1, None), (None, "yesterday")]:
        with pytest.raises(NeuralakeError):
            relation("t", version, time)


def test_an_answer_comes_in_the_frame_one_likes(session: DuckSession) -> None:
    result = SqlResult(session.query("SELECT id, carrier FROM flights WHERE id < ?", [20]))
    assert result.pl().equals(FRAME.select("id", "carrier").head(20))
    assert result.arrow().num_rows == 20
    assert list(result.df().columns) == ["id", "carrier"]
    assert result.rows()[1] == {"id": 1, "carrier": "AA"}
    assert pl.DataFrame(result).height == 20
    empty = SqlResult(session.query("SELECT id FROM flights WHERE false"))
    assert empty.pl().schema == {"id": pl.Int64}
    assert empty.arrow().num_rows == 0
