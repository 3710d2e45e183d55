"""Messages of the protocol one by one, where drivers would hide what they bring."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import psycopg
import pytest
import raw
from psycopg import errors
from psycopg.pq import DiagnosticField, PGconn, PGresult
from surfaces import Server

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
    assert field(answer, DiagnosticField.SQLSTATE) == "42703"
    assert place(answer) is None


def value(answer: PGresult, column: int = 0) -> bytes | None:
    """The one row's value, once there was no error."""
    assert not answer.error_message, answer.error_message
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


def failures(answer: list[tuple[bytes, bytes]]) -> list[bytes]:
    return [raw.sqlstate(body) for kind, body in answer if kind == b"E"]


def rows(answer: list[tuple[bytes, bytes]]) -> list[list[bytes | None]]:
    return [raw.values(body) for kind, body in answer if kind == b"D"]


def told(answer: list[tuple[bytes, bytes]]) -> list[list[tuple[bytes, int]]]:
    return [raw.columns(body) for kind, body in answer if kind == b"T"]


def test_no_rows_come_under_a_description_of_others(
    server: Server, overwrite: Callable[..., None]
) -> None:
    run = [raw.bind(b"s", binary=True), raw.EXECUTE]
    overwrite(id=1, n=5)
    with raw.session(server) as session:
        made = session.ask(raw.parse(b"s", "SELECT * FROM store.changing"), raw.describe(b"s"))
        assert told(made) == [[(b"id", 20), (b"n", 20)]]
        assert rows(session.ask(*run)) == [[bytes(7) + b"\1", bytes(7) + b"\5"]]
        overwrite(n=7, id="abc", extra=True)
        refused = session.ask(*run)
        assert failures(refused) == [b"0A000"]
        assert b"cached plan must not change result type" in refused[-1][1]
        assert b"RRevalidateCachedQuery" in refused[-1][1]
        assert rows(refused) == []
        # Who is told anew gets the rows, whether of the statement or of the portal.
        again = session.ask(raw.describe(b"s"), *run)
        assert told(again) == [[(b"n", 20), (b"id", 25), (b"extra", 16)]]
        assert rows(again) == [[bytes(7) + b"\7", b"abc", b"\1"]]
        overwrite(other="x")
        portal = session.ask(raw.bind(b"s"), raw.DESCRIBE_PORTAL, raw.EXECUTE)
        assert (told(portal), rows(portal)) == ([[(b"other", 25)]], [[b"x"]])
        assert rows(session.ask(*run)) == [[b"x"]]
        overwrite(another="x")
        assert failures(session.ask(*run)) == [b"0A000"]


PARAMETERS = {
    16: b"t",
    20: b"9007199254740993",
    21: b"7",
    23: b"7",
    25: b"text",
    700: b"1.5",
    701: b"0.1",
    1043: b"text",
    1082: b"2024-02-29",
    1114: b"2024-02-29 12:00:00",
    1184: b"2024-02-29 12:00:00+00",
    1700: b"12.3456",
    3802: b"{}",
    UUID: b"00000000-0000-0000-0000-000000000001",
}


@pytest.mark.parametrize("oid", PARAMETERS)
def test_a_statement_is_described_by_the_types_of_its_parameters(server: Server, oid: int) -> None:
    with raw.session(server) as session:
        [columns] = told(session.ask(raw.parse(b"s", "SELECT $1 AS x", oid), raw.describe(b"s")))
        assert columns in ([(b"x", oid)], [(b"x", 25)])
        if oid not in (1043, 3802, UUID):
            assert columns == [(b"x", oid)]
        assert rows(session.ask(raw.bind(b"s", PARAMETERS[oid]), raw.EXECUTE)) == [
            [PARAMETERS[oid]]
        ]
        assert rows(session.ask(raw.bind(b"s", None), raw.EXECUTE)) == [[None]]


def test_a_number_is_as_wide_as_its_parameters(server: Server) -> None:
    with raw.session(server) as session:
        made = session.ask(raw.parse(b"s", "SELECT $1 + 1 AS x", 20), raw.describe(b"s"))
        assert told(made) == [[(b"x", 20)]]
        answer = session.ask(raw.bind(b"s", b"4294967296", binary=True), raw.EXECUTE)
        assert rows(answer) == [[b"\0\0\0\1\0\0\0\1"]]


@pytest.mark.parametrize(
    ("column", "list", "found"),
    [
        ("1", "{1,2}", True),
        ("1", '{"1","2"}', True),
        ("2.50::DECIMAL(10,2)", "{1,2.5}", True),
        ("DATE '2024-02-29'", "{2024-02-28}", False),
        ("DATE '2024-02-29'", "{2024-02-29}", True),
        ("true", "{f,t}", True),
        ("1.5::DOUBLE", "{1.5}", True),
        ("'x'", "{y,x}", True),
    ],
)
def test_lists_without_a_type_take_that_of_the_other_side(
    connection: psycopg.Connection, column: str, list: str, found: bool
) -> None:
    sql = f"SELECT v = ANY($1) AS found FROM (VALUES ({column})) t(v)"
    answer = connection.pgconn.exec_params(sql.encode(), [list.encode()])
    assert not answer.error_message, answer.error_message
    assert answer.get_value(0, 0) == (b"t" if found else b"f")


@pytest.mark.parametrize("format", ["%t", "%b"])
def test_arrays_of_numbers_keep_their_digits(connection: psycopg.Connection, format: str) -> None:
    sql = f"SELECT p FROM (VALUES (1.2345::DECIMAL(20,4)), (2.5)) v(p) WHERE p = ANY({format})"

    def found(*numbers: str) -> list[Decimal]:
        asked = [[Decimal(number) for number in numbers]]
        return [row[0] for row in connection.execute(sql, asked).fetchall()]

    assert found("1.2345") == [Decimal("1.2345")]
    assert found("1.234") == []
    assert found("1.2345", "123456789012345678.5") == [Decimal("1.2345")]
    assert found("2.5", "7") == [Decimal("2.5")]
    number = Decimal("0.1234567890123456789")
    assert connection.execute(f"SELECT {format}", [number]).fetchone() == (number,)


def test_only_the_last_statement_of_a_message_may_write(
    connection: psycopg.Connection, overwrite: Callable[..., None]
) -> None:
    def count() -> object:
        answer = connection.execute("SELECT count(*) FROM store.changing").fetchone()
        assert answer is not None
        return answer[0]

    overwrite(id=0)
    insert = "INSERT INTO store.changing VALUES (1)"
    with pytest.raises(errors.FeatureNotSupported, match=r"INSERT before other .* autocommit"):
        connection.execute(f"{insert}; SELECT nope")
    with pytest.raises(psycopg.Error, match="nope"):
        connection.execute(f"SELECT nope; {insert}")
    assert count() == 1
    connection.execute(f"SELECT 1; {insert};")
    connection.execute(f"{insert} -- alone")
    assert count() == 3


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
