"""Statements that name a parameter in very many places."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from psycopg.pq import DiagnosticField

NUMERIC_ARRAY = 1231


def ask(connection: psycopg.Connection, places: int) -> psycopg.pq.abc.PGresult:
    sql = "SELECT len([1.5, " + ", ".join(["$1[1]"] * places) + "])"
    return connection.pgconn.exec_params(sql.encode(), [b"{1.25}"], [NUMERIC_ARRAY])


def test_an_array_of_numbers_stands_in_many_places(connection: psycopg.Connection) -> None:
    answer = ask(connection, 10_000)
    assert not answer.error_message, answer.error_message
    assert answer.get_value(0, 0) == b"10001"


def test_too_many_places_are_refused_plainly(connection: psycopg.Connection) -> None:
    answer = ask(connection, 36_000)
    assert answer.error_field(DiagnosticField.SQLSTATE) == b"54000"
    assert b"names parameters in too many places" in answer.error_message
    assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("bytes_", [100, 1_000_000])
def test_a_long_parameter_arrives(connection: psycopg.Connection, bytes_: int) -> None:
    sent = "x" * bytes_
    assert connection.execute("SELECT %s", [sent]).fetchone() == (sent,)
    with pytest.raises(errors.InvalidTextRepresentation):
        connection.execute("SELECT %s::text[], %t::int8[]", [["a" * bytes_], sent])
    numbers = [1] * (bytes_ // 10)
    assert connection.execute("SELECT len(%s::int8[])", [numbers]).fetchone() == (len(numbers),)
