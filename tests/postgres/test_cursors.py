"""Cursors and portals that failed: they stay failed, and nothing of them runs again."""

from __future__ import annotations

import urllib.request

import psycopg
import pytest
import raw
from psycopg import errors
from surfaces import Server

FAILING = {
    "before its start": "SELECT nope FROM shop.orders",
    "at its start": "SELECT * FROM shop.broken",
    "under way": "SELECT CASE WHEN n < 3000 THEN n ELSE error('too far') END AS n "
    "FROM store.big ORDER BY n",
}


def states(answer: list[tuple[bytes, bytes]]) -> list[bytes]:
    return [raw.sqlstate(body) for kind, body in answer if kind == b"E"]


@pytest.mark.parametrize("when", FAILING)
@pytest.mark.parametrize("again", ["FETCH 10 FROM", "FETCH ALL FROM", "MOVE 1 FROM"])
def test_a_failed_cursor_has_no_end(connection: psycopg.Connection, when: str, again: str) -> None:
    connection.execute(f"DECLARE c CURSOR WITH HOLD FOR {FAILING[when]}")
    with pytest.raises(psycopg.Error) as failed:
        connection.execute("FETCH ALL FROM c")
    assert failed.value.sqlstate != "55000"
    for _ in range(2):
        with pytest.raises(errors.ObjectNotInPrerequisiteState) as refused:
            connection.execute(f"{again} c")
        assert refused.value.diag.message_primary == 'portal "c" cannot be run'
    connection.execute("CLOSE c")
    assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("when", FAILING)
def test_a_failed_cursor_is_not_described(server: Server, when: str) -> None:
    with raw.session(server) as session:
        declare = f"DECLARE c CURSOR WITH HOLD FOR {FAILING[when]}"
        assert states(session.query(declare)) == []
        fetch = [raw.parse(b"", "FETCH ALL FROM c"), raw.bind(b"")]
        assert states(session.ask(*fetch, raw.EXECUTE)) not in ([], [b"55000"])
        assert states(session.ask(*fetch, raw.DESCRIBE_PORTAL)) == [b"55000"]
        assert states(session.ask(*fetch, raw.EXECUTE)) == [b"55000"]


def test_a_cursor_whose_description_failed_is_failed(server: Server) -> None:
    with raw.session(server) as session:
        declare = f"DECLARE c CURSOR WITH HOLD FOR {FAILING['before its start']}"
        assert states(session.query(declare)) == []
        fetch = [raw.parse(b"", "FETCH ALL FROM c"), raw.bind(b"")]
        assert states(session.ask(*fetch, raw.DESCRIBE_PORTAL)) == [b"42703"]
        assert states(session.ask(*fetch, raw.EXECUTE)) == [b"55000"]


@pytest.mark.parametrize("first", [raw.describe_portal(b"p"), raw.execute(b"p")])
def test_a_portal_that_failed_before_a_savepoint_came_back_is_failed(
    server: Server, first: bytes
) -> None:
    with raw.session(server) as session:
        session.query("BEGIN; SAVEPOINT a")
        made = [raw.parse(b"", FAILING["before its start"]), raw.bind(b"", portal=b"p")]
        assert states(session.ask(*made, first)) == [b"42703"]
        for again in (raw.execute(b"p"), raw.describe_portal(b"p")):
            session.query("ROLLBACK TO a")
            assert states(session.ask(again)) == [b"55000"]


def statements_of_the_engine(server: Server) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    [count] = [line for line in lines if line.startswith("neuralake_engine_statements_total ")]
    return float(count.split()[1])


def test_a_failed_cursor_runs_nothing_again(server: Server, connection: psycopg.Connection) -> None:
    connection.execute(f"DECLARE c CURSOR WITH HOLD FOR {FAILING['at its start']}")
    before = statements_of_the_engine(server)
    with pytest.raises(psycopg.Error, match="the vendors are closed"):
        connection.execute("FETCH 1 FROM c")
    assert statements_of_the_engine(server) == before + 1
    with pytest.raises(errors.ObjectNotInPrerequisiteState):
        connection.execute("FETCH 1 FROM c")
    assert statements_of_the_engine(server) == before + 1
