"""A cancelled statement is gone soon, whatever it was at; the session goes on."""

from __future__ import annotations

import json
import threading
import time
import urllib.request

import psycopg
import pytest
from psycopg import errors
from surfaces import Server

# How long a test waits. None of the statements ends by itself in that time; how long a cancelled
# one takes is measured by `make bench ARGS=cancel`.
PATIENCE_S = 30.0

HASHES = "md5(" * 20 + "n::VARCHAR" + ")" * 20
STATEMENTS = {
    "scan": f"SELECT count(*) FROM store.big, range(100) WHERE {HASHES} = 'x'",
    "scan of files": f"SELECT count(*) FROM store.files, range(100) WHERE {HASHES} = 'x'",
    "join": "SELECT count(*) FROM store.big a JOIN store.big b ON a.n % 1000 = b.n % 1000",
    "aggregate": "SELECT count(*) FROM (SELECT n * r.range AS k, count(*) FROM store.big, "
    "range(10000) r GROUP BY k)",
    "sort": "SELECT max(x) FROM (SELECT n * r.range AS x FROM store.big, range(20) r "
    "ORDER BY hash(x) LIMIT 30000000)",
    "rows": "SELECT a.n FROM store.big a, store.big b",
}


# So long a statement has run, its plan is made and its rows are on the way.
UNDER_WAY_MS = 300


def running(server: Server) -> list[str]:
    """The texts of the statements that are under way, by the HTTP surface."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/v1/queries") as answer:
        queries = json.load(answer)["running"]
    return [
        query["sql"]
        for query in queries
        if query["state"] == "running" and query["elapsed_ms"] > UNDER_WAY_MS
    ]


def wait_for(condition, what: str) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, what


@pytest.mark.parametrize("kind", STATEMENTS)
def test_a_cancelled_statement_is_gone(server: Server, address: str, kind: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET row_limit = 0")
        failure: list[BaseException] = []
        ended = threading.Event()

        def run() -> None:
            try:
                connection.execute(STATEMENTS[kind])
            except psycopg.Error as error:
                failure.append(error)
            ended.set()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            wait_for(lambda: STATEMENTS[kind] in running(server), "it does not run")
        finally:
            connection.cancel_safe(timeout=PATIENCE_S)
        assert ended.wait(PATIENCE_S)
        thread.join()
        assert isinstance(failure[0], errors.QueryCanceled), failure
        wait_for(lambda: STATEMENTS[kind] not in running(server), "it still runs")
        assert connection.execute("SELECT 1").fetchone() == (1,)


def sent_rows(server: Server, statement: str) -> int | None:
    """The rows of `statement` so far when they wait for the client to read; else nothing."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/v1/queries") as answer:
        queries = json.load(answer)["running"]
    rows = [q["rows"] for q in queries if q["sql"] == statement and q["state"] == "sending"]
    return rows[0] if rows else None


ROWS = f"SELECT n, '{'x' * 100}' AS {{name}} FROM store.big"


# So often in a row the count of rows is seen to stand still.
LOOKS = 200


@pytest.mark.parametrize("way", ["simple", "extended", "fetch"])
def test_a_cancel_finds_a_statement_whose_rows_wait_for_the_client(
    server: Server, address: str, way: str
) -> None:
    statement = ROWS.format(name=way)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET row_limit = 0")
        if way == "fetch":
            connection.execute(f"DECLARE c CURSOR WITH HOLD FOR {statement}")
            connection.pgconn.send_query(b"FETCH ALL FROM c")
        elif way == "extended":
            connection.pgconn.send_query_params(statement.encode(), None)
        else:
            connection.pgconn.send_query(statement.encode())
        connection.pgconn.flush()
        seen: list[int | None] = []

        def waits() -> bool:
            seen.append(sent_rows(server, statement))
            return seen[-1] is not None and seen[-LOOKS:] == [seen[-1]] * LOOKS

        # Nothing is read, so that the server stands in a write once its buffers are full.
        wait_for(waits, "its rows do not wait")
        connection.cancel_safe(timeout=PATIENCE_S)
        answer = connection.pgconn.get_result()
        assert answer is not None
        assert answer.error_field(psycopg.pq.DiagnosticField.SQLSTATE) == b"57014"
        assert connection.pgconn.get_result() is None
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_key_that_is_not_the_sessions_cancels_nothing(address: str) -> None:
    with psycopg.connect(address) as one, psycopg.connect(address) as other:
        one.cancel_safe()
        assert other.execute("SELECT 1").fetchone() == (1,)
        assert one.execute("SELECT 1").fetchone() == (1,)


def test_a_client_that_goes_away_ends_its_statement(server: Server, address: str) -> None:
    statement = "SELECT count(*) + 1 FROM store.big a JOIN store.big b ON a.n % 1000 = b.n % 1000"
    connection = psycopg.connect(address, autocommit=True)
    connection.pgconn.send_query(statement.encode())
    connection.pgconn.flush()
    wait_for(lambda: statement in running(server), "it does not run")
    connection.close()
    wait_for(lambda: statement not in running(server), "it still runs")


def test_a_statement_past_its_time_ends(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET statement_timeout = '300ms'")
        with pytest.raises(errors.QueryCanceled, match="300 ms"):
            connection.execute(STATEMENTS["join"])
        connection.execute("RESET statement_timeout")
        assert connection.execute("SELECT 1").fetchone() == (1,)
