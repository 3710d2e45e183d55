"""psycopg 3: text and binary, parameters, prepared statements, cursors of the server, pipelines."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import psycopg
import pytest
from big_table import FOUR_KINDS
from psycopg import errors, rows


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_values_of_every_type_arrive(connection: psycopg.Connection, binary: bool) -> None:
    cursor = connection.cursor(binary=binary, row_factory=rows.dict_row)
    row = cursor.execute("SELECT * FROM shop.types WHERE id = %s", [1]).fetchone()
    assert row is not None
    assert row.pop("text") == 'häuser, "quoted"'
    assert row == {
        "id": 1,
        "flag": True,
        "tiny": 127,
        "small": 32767,
        "whole": 2147483647,
        "big": 9223372036854775807,
        "real": 1.5,
        "double": 0.1,
        "exact": Decimal("1234567890123456789012345678.0123456789"),
        "bytes": b"\x00\xff",
        "day": dt.date(2024, 2, 29),
        "instant": dt.datetime(2024, 2, 29, 12, 34, 56, 789012, dt.UTC),
        "local": dt.datetime(2024, 2, 29, 12, 34, 56),
        "list": [1, None, 3],
        "point": {"x": 1, "y": "a"},
        "counts": {"a": 1, "b": None},
    }
    nothing = cursor.execute("SELECT * FROM shop.types WHERE id = 3").fetchone()
    assert nothing is not None
    assert [name for name, value in nothing.items() if value is not None] == ["id"]


PARAMETERS = [
    (True, "BOOLEAN"),
    (7, "BIGINT"),
    (2**40, "BIGINT"),
    (1.25, "DOUBLE"),
    (Decimal("12.50"), "DECIMAL(10, 2)"),
    ("it's ß", "TEXT"),
    (b"\x00\x01", "BYTEA"),
    (dt.date(2024, 2, 29), "DATE"),
    (dt.datetime(2024, 2, 29, 1, 2, 3), "TIMESTAMP"),
    (dt.datetime(2024, 2, 29, 1, 2, 3, tzinfo=dt.UTC), "TIMESTAMPTZ"),
    ([1, 2, None], "BIGINT[]"),
    (["a", 'b"c', None, "it's", "C:\\dir", "x, y]"], "TEXT[]"),
    (None, "BIGINT"),
]

# They come back as texts.
TEXTS = [
    (uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"), "UUID"),
    (dt.timedelta(days=3, seconds=5, microseconds=7), "INTERVAL"),
    (dt.time(23, 59, 58, 123456), "TIME"),
]


@pytest.mark.parametrize("marker", ["%s", "%t", "%b"])
@pytest.mark.parametrize(("value", "kind"), PARAMETERS, ids=[kind for _, kind in PARAMETERS])
def test_parameters_come_back(
    connection: psycopg.Connection, value: object, kind: str, marker: str
) -> None:
    answer = connection.execute(f"SELECT CAST({marker} AS {kind})", [value]).fetchone()
    assert answer == (value,)


@pytest.mark.parametrize("marker", ["%s", "%t", "%b"])
@pytest.mark.parametrize(("value", "kind"), TEXTS, ids=[kind for _, kind in TEXTS])
def test_parameters_whose_type_is_none_of_answers_arrive(
    connection: psycopg.Connection, value: object, kind: str, marker: str
) -> None:
    written = str(value).replace(",", "")
    answer = connection.execute(
        f"SELECT CAST({marker} AS {kind}) = CAST('{written}' AS {kind})", [value]
    ).fetchone()
    assert answer == (True,)


def test_four_kinds_are_joined_with_a_parameter(connection: psycopg.Connection) -> None:
    found = connection.execute(FOUR_KINDS.format(parameter="%s"), [40]).fetchall()
    assert found == [
        (1, "north", "bolt", Decimal("0.25"), "Acme"),
        (4, "west", "bolt", Decimal("0.25"), "Acme"),
    ]
    listed = connection.execute(
        "SELECT id FROM shop.orders WHERE id = ANY(%s) ORDER BY id", [[1, 4, 9]]
    ).fetchall()
    assert listed == [(1,), (4,)]
    for condition, expected in (("= ANY(%s)", [(1,)]), ("<> ALL(%s)", [(3,), (4,)])):
        chosen = connection.execute(
            f"SELECT id FROM shop.orders WHERE customer {condition} AND id < 5 ORDER BY id",
            [["Ann", "Zoe"]],
        ).fetchall()
        assert chosen == expected


def test_prepared_statements_are_reused(connection: psycopg.Connection) -> None:
    for number, name in [(1, "Ann"), (3, "Bo"), (4, "Cy")]:
        answer = connection.execute(
            "SELECT customer FROM shop.orders WHERE id = %s", [number], prepare=True
        ).fetchone()
        assert answer == (name,)
    connection.execute("DEALLOCATE ALL")
    assert connection.execute("SELECT 1", prepare=True).fetchone() == (1,)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_a_cursor_of_the_server_gives_rows_in_parts(address: str, binary: bool) -> None:
    with psycopg.connect(address) as connection:
        connection.execute("SET row_limit = 0")
        with connection.cursor("numbers", binary=binary) as cursor:
            cursor.itersize = 1000
            cursor.execute("SELECT n, n * 2 FROM store.big WHERE n < %s ORDER BY n", [12_345])
            assert cursor.fetchone() == (0, 0)
            assert cursor.fetchmany(3) == [(1, 2), (2, 4), (3, 6)]
            rest = list(cursor)
            assert len(rest) == 12_341
            assert rest[-1] == (12_344, 24_688)
            assert cursor.fetchall() == []
        # Two cursors at once, with another statement in between.
        with connection.cursor("a") as a, connection.cursor("b") as b:
            a.execute("SELECT n FROM store.big ORDER BY n")
            b.execute("SELECT n FROM store.big ORDER BY n DESC")
            assert (a.fetchone(), b.fetchone()) == ((0,), (1_999_999,))
            assert connection.execute("SELECT 42").fetchone() == (42,)
            assert (a.fetchone(), b.fetchone()) == ((1,), (1_999_998,))


def test_a_cursor_gives_as_many_rows_as_are_asked_for_however_long(address: str) -> None:
    long_rows = """
        SELECT n, (SELECT string_agg('xxxxxxxxxx', '') FROM store.big WHERE n < 32000) AS text
        FROM store.big WHERE n < 6 ORDER BY n"""
    with psycopg.connect(address) as connection, connection.cursor("long") as cursor:
        cursor.execute(long_rows)
        for n in range(6):
            row = cursor.fetchone()
            assert row is not None
            assert (row[0], len(row[1])) == (n, 320_000)
        assert cursor.fetchone() is None


def test_a_cursor_may_outlive_its_transaction(connection: psycopg.Connection) -> None:
    with connection.cursor("kept", withhold=True) as cursor:
        cursor.execute("SELECT n FROM store.big ORDER BY n")
        assert cursor.fetchmany(2) == [(0,), (1,)]
        connection.execute("SELECT 1")
        assert cursor.fetchone() == (2,)
    with pytest.raises(psycopg.Error, match="WITH HOLD"):
        connection.execute("DECLARE c CURSOR FOR SELECT 1")
    with pytest.raises(psycopg.Error, match='cursor "c" does not exist'):
        connection.execute("FETCH 1 FROM c")


def test_pipelines_answer_in_order(connection: psycopg.Connection) -> None:
    with connection.pipeline() as pipeline:
        cursors = [connection.execute("SELECT %s::BIGINT", [number]) for number in range(50)]
        pipeline.sync()
        assert [cursor.fetchone() for cursor in cursors] == [(number,) for number in range(50)]
    with pytest.raises(errors.Error), connection.pipeline():
        connection.execute("SELECT nope")
        connection.execute("SELECT 1")
    assert connection.execute("SELECT 2").fetchone() == (2,)


def test_errors_have_their_sqlstate_and_place(connection: psycopg.Connection) -> None:
    with pytest.raises(errors.UndefinedTable) as missing:
        connection.execute("SELECT * FROM shop.nowhere")
    assert missing.value.diag.statement_position == "15"
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute("COPY shop.orders TO '/tmp/x.csv'")
    with pytest.raises(errors.SyntaxError):
        connection.execute("SELEC 1")


def sqlstate(connection: psycopg.Connection, statement: str | bytes) -> str:
    with pytest.raises(psycopg.Error) as failed:
        connection.execute(statement)
    assert failed.value.sqlstate is not None
    return failed.value.sqlstate


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 'abc'::INTEGER", errors.InvalidTextRepresentation),
        ("SELECT 'out of range'::INTEGER", errors.InvalidTextRepresentation),
        ("SELECT 300::TINYINT", errors.NumericValueOutOfRange),
        ("SELECT '99999999999'::INTEGER", errors.NumericValueOutOfRange),
        ("SELECT 9223372036854775807 + 1", errors.NumericValueOutOfRange),
        ("SELECT 'yesterday-ish'::DATE", errors.InvalidDatetimeFormat),
        ("SELECT '2024-02-31'::DATE", errors.DatetimeFieldOverflow),
        ("SELECT 'soon'::TIMESTAMP", errors.InvalidDatetimeFormat),
        ("SELECT 'a while'::INTERVAL", errors.InvalidDatetimeFormat),
        ("SELECT nowhere FROM shop.orders", errors.UndefinedColumn),
        ("SELECT o.nowhere FROM shop.orders o", errors.UndefinedColumn),
        ("SELECT no_such_function(1)", errors.UndefinedFunction),
        ("SELECT abs('a', 'b')", errors.UndefinedFunction),
        ("SELECT * FROM nowhere.orders", errors.UndefinedTable),
        ("SELECT x.id FROM shop.orders o", errors.UndefinedTable),
        ("SELECT id FROM shop.orders a, shop.orders b", errors.AmbiguousColumn),
        ("SELECT id, count(*) FROM shop.orders", errors.GroupingError),
        ("SELECT id FROM shop.orders WHERE count(*) > 1", errors.GroupingError),
        ("SELECT 1::no_such_type", errors.UndefinedObject),
    ],
)
def test_a_failure_has_the_class_that_drivers_know(
    connection: psycopg.Connection, statement: str, expected: type[psycopg.Error]
) -> None:
    with pytest.raises(expected):
        connection.execute(statement)


def test_a_parameter_that_is_no_value_of_its_type_has_the_class_that_drivers_know(
    connection: psycopg.Connection,
) -> None:
    with pytest.raises(errors.InvalidTextRepresentation):
        connection.execute("SELECT %s::INTEGER + 1", ["abc"])


def test_what_was_not_prepared_or_declared_has_its_sqlstate(
    connection: psycopg.Connection,
) -> None:
    assert sqlstate(connection, "DEALLOCATE nothing") == "26000"
    assert sqlstate(connection, "FETCH 1 FROM nothing") == "34000"
    assert sqlstate(connection, "CLOSE nothing") == "34000"
    unknown = connection.pgconn.exec_prepared(b"nothing", [])
    assert unknown.error_field(psycopg.pq.DiagnosticField.SQLSTATE) == b"26000"
    assert b'prepared statement "nothing" does not exist' in unknown.error_message
    unknown = connection.pgconn.describe_portal(b"nothing")
    assert unknown.error_field(psycopg.pq.DiagnosticField.SQLSTATE) == b"34000"
    # One failure's state is not the next one's.
    assert sqlstate(connection, "SELEC 1") == "42601"


def test_text_that_is_no_utf8_has_its_sqlstate(connection: psycopg.Connection) -> None:
    assert sqlstate(connection, b"SELECT 'a\xff'") == "22021"
    for sql, parameter in [(b"SELECT 'a\xff', $1::TEXT", b"a"), (b"SELECT $1::TEXT", b"a\xc3(")]:
        answer = connection.pgconn.exec_params(sql, [parameter])
        assert answer.error_field(psycopg.pq.DiagnosticField.SQLSTATE) == b"22021"
        assert b'invalid byte sequence for encoding "UTF8"' in answer.error_message
    assert connection.execute("SELECT 'ä'").fetchone() == ("ä",)


def test_the_server_tells_who_it_is_and_who_asks(connection: psycopg.Connection) -> None:
    answer = connection.execute("SELECT version(), current_user, current_database()").fetchone()
    assert answer is not None
    assert answer[0].startswith("PostgreSQL 15")
    assert answer[1:] == ("neuralake", "neuralake")
    with_rows = connection.execute("SELECT current_user, id FROM shop.orders LIMIT 1").fetchone()
    assert with_rows is not None
    told = connection.execute("SELECT version() FROM shop.orders LIMIT 1").fetchone()
    assert told is not None


def test_a_failed_transaction_takes_nothing_more(address: str) -> None:
    with psycopg.connect(address) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT nope")
        with pytest.raises(errors.InFailedSqlTransaction):
            connection.execute("SELECT 1")
        connection.rollback()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_extended_protocol_tells_of_a_failed_transaction(address: str) -> None:
    with psycopg.connect(address) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT nope")
        with pytest.raises(errors.InFailedSqlTransaction):
            connection.execute("SELECT %s", [1])
        connection.rollback()


def test_a_failure_goes_back_to_its_savepoint_alone(address: str) -> None:
    with psycopg.connect(address) as connection:
        with pytest.raises(psycopg.Error), connection.transaction():
            connection.execute("SELECT nope")
        assert connection.execute("SELECT %s", [1]).fetchone() == (1,)
        with connection.transaction():
            with pytest.raises(psycopg.Error), connection.transaction():
                connection.execute("SELECT nope")
            assert connection.execute("SELECT %s", [2]).fetchone() == (2,)
        connection.execute("SAVEPOINT a")
        connection.execute("RELEASE SAVEPOINT a")
        with pytest.raises(errors.InvalidSavepointSpecification):
            connection.execute("ROLLBACK TO SAVEPOINT a")


def test_binary_infinities_are_beyond_all_dates(connection: psycopg.Connection) -> None:
    class Infinite:
        pass

    class InfiniteDumper(psycopg.adapt.Dumper):
        format = psycopg.pq.Format.BINARY
        oid = psycopg.postgres.types["timestamp"].oid

        def dump(self, obj: object) -> bytes:
            return b"\x7f" + b"\xff" * 7

    connection.adapters.register_dumper(Infinite, InfiniteDumper)
    answer = connection.execute("SELECT %b::timestamp > '9999-01-01'", [Infinite()]).fetchone()
    assert answer == (True,)


def test_a_change_commits_by_itself(connection: psycopg.Connection, address: str) -> None:
    cursor = connection.execute(
        "INSERT INTO shop.scratch (id, name) VALUES (%s, %s), (2, 'two')", [1, "one"]
    )
    assert cursor.rowcount == 2
    with (
        psycopg.connect(address) as other,
        pytest.raises(errors.FeatureNotSupported, match=r"INSERT inside BEGIN .* autocommit"),
    ):
        other.execute("INSERT INTO shop.scratch (id) VALUES (3)")
    with (
        psycopg.connect(address) as other,
        pytest.raises(errors.InsufficientPrivilege, match=r"^function read_csv is not allowed"),
    ):
        other.execute("SELECT * FROM read_csv('/etc/passwd')")
    answer = connection.execute("SELECT count(*) FROM shop.scratch").fetchone()
    assert answer == (2,)


def test_the_catalog_of_the_system_is_there(connection: psycopg.Connection) -> None:
    tables = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY 1",
        ["shop"],
    ).fetchall()
    assert ("orders",) in tables
    columns = connection.execute(
        "SELECT column_name, data_type, ordinal_position FROM information_schema.columns "
        "WHERE table_schema = 'shop' AND table_name = 'orders' ORDER BY ordinal_position"
    ).fetchall()
    assert columns[0] == ("id", "bigint", 1)
    assert ("amount", "numeric", 3) in columns
    found = psycopg.types.TypeInfo.fetch(connection, "int4")
    assert found is not None
    assert (found.oid, found.array_oid) == (23, 1007)


def test_an_answer_over_the_limit_says_that_it_was_cut(connection: psycopg.Connection) -> None:
    told: list[str] = []
    connection.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
    answer = connection.execute("SELECT n FROM store.big").fetchall()
    assert len(answer) == 10_000
    assert "cut at its limit of 10000 rows" in told[0]
