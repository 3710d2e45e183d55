"""Answers in every format, read back by other programs and compared with the rows themselves."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake import ROWS, Server, flights
from polars.testing import assert_frame_equal

SQL = "SELECT * FROM aviation.flights ORDER BY id"
MEDIA = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}


@pytest.fixture(scope="module")
def wanted() -> pl.DataFrame:
    return flights()


def from_json_row(row: dict[str, object]) -> dict[str, object]:
    """A row of a JSON answer as Python values: what is exact only as text comes as text."""
    big = row["big"]
    beyond = int(str(big)) > 2**53
    assert isinstance(big, str) == beyond, "an integer beyond 2^53 must be a string"
    assert isinstance(row["price"], str), "a decimal must be a string"
    return {
        **row,
        "big": int(str(big)),
        "price": Decimal(str(row["price"])),
        "day": date.fromisoformat(str(row["day"])),
        "at": datetime.fromisoformat(str(row["at"])).astimezone(UTC),
    }


def read(kind: str, body: bytes) -> pl.DataFrame:
    """Read an answer with a reader that is not ours."""
    schema = flights().schema
    if kind == "arrow":
        return pl.DataFrame(pl.from_arrow(pa.ipc.open_stream(body).read_all()))
    if kind == "parquet":
        return pl.DataFrame(pl.from_arrow(pq.read_table(io.BytesIO(body))))
    if kind == "csv":
        return pl.read_csv(body, schema_overrides={**schema, "at": pl.String}).with_columns(
            pl.col("at").str.to_datetime(time_zone="UTC")
        )
    rows = json.loads(body)["rows"] if kind == "json" else map(json.loads, body.splitlines())
    return pl.DataFrame([from_json_row(row) for row in rows], schema=schema, orient="row")


@pytest.mark.parametrize("kind", list(MEDIA))
def test_every_row_and_type_comes_back(server: Server, wanted: pl.DataFrame, kind: str) -> None:
    answer = server.sql(SQL, limit=ROWS, format=kind)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(MEDIA[kind])
    got = read(kind, answer.body)
    assert_frame_equal(got, wanted, check_dtypes=kind != "csv")


@pytest.mark.parametrize("kind", list(MEDIA))
def test_accept_chooses_the_format(server: Server, kind: str) -> None:
    answer = server.ask("POST", "/api/v1/sql", "SELECT 1 AS n", {"Accept": MEDIA[kind]})
    assert answer.headers["Content-Type"].startswith(MEDIA[kind])


def test_an_explicit_format_wins_over_accept(server: Server) -> None:
    body = json.dumps({"sql": "SELECT 1 AS n", "format": "csv"})
    answer = server.ask("POST", "/api/v1/sql", body, {"Accept": "application/json"})
    assert answer.body == b"n\r\n1\r\n"


@pytest.mark.parametrize("kind", list(MEDIA))
def test_an_empty_answer_keeps_its_columns(server: Server, kind: str) -> None:
    sql = "SELECT id, carrier FROM aviation.flights WHERE id < 0"
    body = server.sql(sql, format=kind).body
    if kind == "json":
        assert [column["name"] for column in json.loads(body)["columns"]] == ["id", "carrier"]
        assert json.loads(body)["rows"] == []
    elif kind == "csv":
        assert body == b"id,carrier\r\n"
    elif kind == "ndjson":
        assert body == b""
    elif kind == "arrow":
        assert pa.ipc.open_stream(body).read_all().column_names == ["id", "carrier"]
    else:
        assert pq.read_table(io.BytesIO(body)).num_rows == 0


def test_numbers_that_json_has_no_name_for(server: Server) -> None:
    sql = "SELECT 'nan'::DOUBLE AS a, 'inf'::DOUBLE AS b, 1e300 AS c, -0.0::DOUBLE AS d"
    row = server.rows(sql)[0]
    assert row["a"] == "NaN"
    assert row["b"] == "Infinity"
    assert row["c"] == 1e300


def test_nested_values(server: Server) -> None:
    sql = "SELECT [1, NULL, 3] AS list, {'a': 1, 'b': 'x\"y'} AS struct"
    assert server.rows(sql) == [{"list": [1, None, 3], "struct": {"a": 1, "b": 'x"y'}}]


def test_two_columns_of_one_name_stay_apart(server: Server) -> None:
    assert server.rows("SELECT 1 AS n, 2 AS n") == [{"n": 1, "n_2": 2}]


def test_text_survives_whatever_it_holds(server: Server) -> None:
    text = 'a"b\\c\n\t\u0001 é 航 😀, end'
    assert server.rows("SELECT $1 AS t", params=[text]) == [{"t": text}]
    csv = server.sql("SELECT $1 AS t", params=[text], format="csv").body
    assert pl.read_csv(csv)["t"].to_list() == [text]
