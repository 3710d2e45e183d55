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


def value(answer: PGresult, column: int = 0) -> bytes | None:
    """The one row's value, once there was no error."""
    assert answer.error_message == "" or answer.error_message == b"", answer.error_message
    assert answer.ntuples == 1
    return answer.get_value(0, column)


TIMES = "timestamp '2024-01-01 12:00:00'"


@pytest.mark.parametrize("oid", [0, 1114])
def test_a_timestamp_without_zone_passes_over_the_zone_of_its_text(
    connection: psycopg.Connection, oid: int
) -> None:
    sql = f"SELECT t = $1 FROM (SELECT {TIMES} AS t)".encode()
    for text in (b"2024-01-01 12:00:00+01", b"2024-01-01 12:00:00-05:30", b"2024-01-01 12:00:00"):
        assert value(connection.pgconn.exec_params(sql, [text], [oid])) == b"t"
    with_zone = b"SELECT $1 = timestamptz '2024-01-01 11:00:00+00'"
    text = b"2024-01-01 12:00:00+01"
    assert value(connection.pgconn.exec_params(with_zone, [text], [1184])) == b"t"


DATE, TIMESTAMP, TIMESTAMPTZ = 1082, 1114, 1184
INFINITE = {
    DATE: (b"\x7f" + b"\xff" * 3, b"\x80" + b"\0" * 3),
    TIMESTAMP: (b"\x7f" + b"\xff" * 7, b"\x80" + b"\0" * 7),
    TIMESTAMPTZ: (b"\x7f" + b"\xff" * 7, b"\x80" + b"\0" * 7),
}


@pytest.mark.parametrize("oid", INFINITE)
def test_infinities_come_and_go_as_postgres_has_them(
    connection: psycopg.Connection, oid: int
) -> None:
    for text, binary in zip((b"infinity", b"-infinity"), INFINITE[oid], strict=True):
        for sent, format in ((text, 0), (binary, 1)):
            ask = connection.pgconn.exec_params
            assert value(ask(b"SELECT $1", [sent], [oid], [format], 0)) == text
            assert value(ask(b"SELECT $1", [sent], [oid], [format], 1)) == binary


def test_far_times_are_written_as_postgres_writes_them(connection: psycopg.Connection) -> None:
    far = connection.pgconn.exec_(
        b"SELECT date '12000-01-01', timestamp '12000-01-01 00:00:00', "
        b"timestamp '0044-03-15 (BC) 12:00:00', timestamptz '0044-03-15 (BC) 12:00:00+00', "
        b"date '0044-03-15 (BC)', [date 'infinity']"
    )
    assert [value(far, column) for column in range(6)] == [
        b"12000-01-01",
        b"12000-01-01 00:00:00",
        b"0044-03-15 12:00:00 BC",
        b"0044-03-15 12:00:00+00 BC",
        b"0044-03-15 BC",
        b'{"infinity"}',
    ]


@pytest.mark.parametrize("format", [0, 1])
@pytest.mark.parametrize(
    "sql",
    [
        b"SELECT date '5000-01-01 (BC)'",
        b"SELECT date '5880000-01-01'",
        b"SELECT timestamp '5000-01-01 (BC) 00:00:00'",
        b"SELECT [NULL, date '5000-01-01 (BC)']",
    ],
)
def test_times_that_postgres_cannot_hold_are_refused(
    connection: psycopg.Connection, sql: bytes, format: int
) -> None:
    answer = connection.pgconn.exec_params(sql, None, result_format=format)
    assert field(answer, DiagnosticField.SQLSTATE) == "22008"
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_settings_follow_transactions(connection: psycopg.Connection) -> None:
    def timeout() -> object:
        return connection.execute("SHOW statement_timeout").fetchone()

    def name() -> str | None:
        return connection.info.parameter_status("application_name")

    connection.execute("SET application_name = 'before'")
    connection.execute("BEGIN")
    connection.execute("SET LOCAL statement_timeout = 1234")
    assert timeout() == ("1234",)
    connection.execute("COMMIT")
    assert timeout() == ("0",)
    connection.execute("BEGIN")
    connection.execute("SET statement_timeout = 777")
    connection.execute("SET application_name = 'within'")
    assert name() == "within"
    connection.execute("ROLLBACK")
    assert timeout() == ("0",)
    assert name() == "before"
    connection.execute("BEGIN")
    connection.execute("SET statement_timeout = 777")
    connection.execute("SAVEPOINT a")
    connection.execute("SET statement_timeout = 888")
    connection.execute("ROLLBACK TO a")
    assert timeout() == ("777",)
    connection.execute("COMMIT")
    assert timeout() == ("777",)
    with pytest.raises(psycopg.Error):
        connection.execute("SET statement_timeout = 999; SELECT nope")
    assert timeout() == ("777",)
    connection.execute("BEGIN")
    connection.execute("SET statement_timeout = 999")
    with pytest.raises(psycopg.Error):
        connection.execute("SELECT nope")
    connection.execute("COMMIT")
    assert timeout() == ("777",)


def test_a_setting_for_a_transaction_wants_one(connection: psycopg.Connection) -> None:
    warned: list[str | None] = []
    connection.add_notice_handler(lambda notice: warned.append(notice.sqlstate))
    connection.execute("SET LOCAL statement_timeout = 1234")
    assert warned == ["25P01"]
    assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)
    with pytest.raises(psycopg.Error, match="invalid value"):
        connection.execute("SET LOCAL statement_timeout = 'soon'")


def test_settings_are_asked_of_the_session(connection: psycopg.Connection) -> None:
    def setting(call: str, *parameters: object) -> object:
        answer = connection.execute(f"SELECT {call} AS x", parameters).fetchone()
        assert answer is not None
        return answer[0]

    connection.execute("SET application_name = 'it''s mine'")
    assert setting("current_setting('application_name')") == "it's mine"
    assert setting("pg_catalog.current_setting('Application_Name', true)") == "it's mine"
    assert setting("current_setting(%s)", "application_name") == "it's mine"
    assert setting("current_setting('statement_timeout')") == "0"
    assert setting("current_setting('server_version_num')::int") == 150000
    connection.execute("SET my.own = 'x'")
    assert setting("upper(current_setting('my.own'))") == "X"
    assert setting("current_setting('nobody.has', true)") is None
    with pytest.raises(psycopg.Error, match='unrecognized configuration parameter "nope"'):
        setting("current_setting('nope')")
