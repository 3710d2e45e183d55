"""Messages of the protocol one by one, where drivers would hide what they bring."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.pq import DiagnosticField, PGconn, PGresult

UUID = 2950


def field(answer: PGresult, code: DiagnosticField) -> str | None:
    """A field of the error that `answer` is."""
    value = answer.error_field(code)
    return None if value is None else value.decode()


def place(answer: PGresult) -> str | None:
    return field(answer, DiagnosticField.STATEMENT_POSITION)


def described(connection: psycopg.Connection, sql: str, types: list[int]) -> PGresult:
    """What Parse and Describe of a statement answer."""
    pgconn: PGconn = connection.pgconn
    parsed = pgconn.prepare(b"", sql.encode(), types)
    return parsed if parsed.error_message else pgconn.describe_prepared(b"")


@pytest.mark.parametrize(
    ("sql", "types"),
    [
        ("SELECT $1, nope", [UUID]),
        ("/* ä */  SELECT $1, nope, $2", [UUID, UUID]),
        ("SELECT 'ä',\n $1, nope", [1231]),
        ("SELECT c.oid::regclass, current_user,   nope FROM pg_catalog.pg_class c", []),
        ("SELECT relname FROM pg_catalog.pg_class WHERE relname OPERATOR(pg_catalog.~) nope", []),
    ],
)
def test_an_error_points_into_the_text_that_was_sent(
    connection: psycopg.Connection, sql: str, types: list[int]
) -> None:
    wanted = str(sql.index("nope") + 1)
    assert place(described(connection, sql, types)) == wanted
    if not types:
        before = "SELECT 'ä'; "
        answer = connection.pgconn.exec_((before + sql).encode())
        assert place(answer) == str(len(before) + int(wanted))
    else:
        answer = connection.pgconn.exec_params(sql.encode(), [None] * len(types), types)
        assert place(answer) == wanted


def test_an_error_of_a_cursor_points_at_nothing_in_its_fetch(
    connection: psycopg.Connection,
) -> None:
    connection.execute("DECLARE c CURSOR WITH HOLD FOR SELECT 1, 2, 3, nope FROM shop.orders")
    answer = connection.pgconn.exec_(b"FETCH 1 FROM c")
    assert "nope" in (field(answer, DiagnosticField.MESSAGE_PRIMARY) or "")
    assert field(answer, DiagnosticField.SQLSTATE) == "42601"
    assert place(answer) is None
