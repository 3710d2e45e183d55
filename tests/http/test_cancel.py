"""Statements that would run for hours are gone when they are told to stop, and so is their slot.

How soon is measured by `make bench ARGS=cancel`.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from lake import Server, until

ROWS = 2_000_000

# None of them ends by itself while a test waits: whoever sees its end sees that it was stopped.
LONG = {
    "scan": "SELECT count(*) FROM big.rows, range(1000000) "
    "WHERE md5(name || id::VARCHAR || range::VARCHAR) = 'x'",
    "join": "SELECT count(*) FROM big.rows a JOIN big.rows b ON a.k = b.k, range(100000) r "
    "WHERE a.id % 3 <> b.id % 5 AND (a.id * b.id + r.range) % 7 = 1",
    "aggregate": "SELECT count(*) FROM (SELECT id * r.range AS g, count(*) "
    "FROM big.rows, range(100000) r GROUP BY g)",
    "sort": "SELECT max(x) FROM (SELECT id * r.range AS x FROM big.rows, range(100000) r "
    "ORDER BY hash(x) LIMIT 30000000)",
}
DEFINITIONS = """
from neuralake import Catalog, ModuleDatabase
catalog = Catalog({"big": ModuleDatabase("tables")})
"""


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over enough rows that none of `LONG` ends."""
    project: Path = tmp_path_factory.mktemp("big")
    number = pl.int_range(0, ROWS, eager=True)
    rows = pl.DataFrame({"id": number}).select(
        "id", k=(pl.col("id") * 7919 % 1000), name=pl.col("id").hash(1).cast(pl.String)
    )
    for first in range(0, ROWS, ROWS // 4):
        rows.slice(first, ROWS // 4).write_delta(project / "rows", mode="append")
    (project / "lake.py").write_text(DEFINITIONS)
    (project / "tables.py").write_text(
        'from neuralake import DeltaTable\nrows = DeltaTable("rows")\n'
    )
    (project / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    server = Server(project)
    yield server
    assert server.stop() == 0, server.log.read_text()[-4000:]


class Asking:
    """A statement on a connection of its own, asked in the background."""

    def __init__(self, server: Server, sql: str) -> None:
        self.connection = server.connect()
        self.status = 0
        self.error: dict[str, object] = {}
        self.sql = sql
        self.thread = threading.Thread(target=self._ask)
        self.thread.start()

    def _ask(self) -> None:
        try:
            self.connection.request("POST", "/api/v1/sql", body=self.sql.encode())
            response = self.connection.getresponse()
            body = response.read()
            self.status = response.status
            self.error = json.loads(body).get("error") or {}
        except (OSError, http.client.HTTPException):
            self.status = -1

    def hang_up(self) -> None:
        """Close the socket under the waiting thread."""
        assert self.connection.sock is not None
        self.connection.sock.shutdown(2)

    def join(self) -> None:
        self.thread.join(30)
        assert not self.thread.is_alive()
        self.connection.close()


def running(server: Server, connection: http.client.HTTPConnection, sql: str) -> list[dict]:
    listed = server.ask("GET", "/api/v1/queries", connection=connection).json()["running"]
    return [query for query in listed if query["sql"] == sql]


def slots(server: Server, connection: http.client.HTTPConnection) -> float:
    """How many steps run or wait, in both lanes."""
    text = server.ask("GET", "/metrics", connection=connection).body.decode()
    names = ("neuralake_statements_running{", "neuralake_statements_waiting{")
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(names))


def wait_until_gone(server: Server, connection: http.client.HTTPConnection, sql: str) -> None:
    """Wait until the statement is off the list and its slot is free."""
    until(
        lambda: not running(server, connection, sql) and slots(server, connection) == 0,
        "the statement is gone",
    )


@pytest.mark.parametrize("after_ms", [150, 700, 1500])  # in different phases of the work
@pytest.mark.parametrize("kind", list(LONG))
def test_a_cancelled_statement_is_gone(big: Server, kind: str, after_ms: int) -> None:
    server = big
    watch = server.connect()
    asking = Asking(server, LONG[kind])
    query = until(
        lambda: [q for q in running(server, watch, LONG[kind]) if q["elapsed_ms"] >= after_ms],
        "the statement runs",
    )[0]
    assert query["state"] == "running"
    cancelled = server.ask("DELETE", f"/api/v1/queries/{query['query_id']}", connection=watch)
    assert cancelled.status == 202
    wait_until_gone(server, watch, LONG[kind])
    asking.join()
    watch.close()
    assert asking.status == 499, asking.error
    assert asking.error["kind"] == "cancelled"


@pytest.mark.parametrize("kind", list(LONG))
def test_a_statement_whose_client_hangs_up_is_gone_too(big: Server, kind: str) -> None:
    watch = big.connect()
    asking = Asking(big, LONG[kind])
    until(
        lambda: [q for q in running(big, watch, LONG[kind]) if q["elapsed_ms"] >= 200],
        "the statement runs",
    )
    asking.hang_up()
    wait_until_gone(big, watch, LONG[kind])
    asking.join()
    watch.close()


def test_a_statement_past_its_time_is_gone_too(big: Server) -> None:
    assert big.sql(LONG["join"], timeout_ms=300).status == 504


def test_short_statements_are_answered_while_long_ones_run(big: Server) -> None:
    watch = big.connect()
    long = [Asking(big, LONG["join"]) for _ in range(3)]
    until(lambda: len(running(big, watch, LONG["join"])) == 3, "three long ones run")
    for number in range(20):
        answer = big.rows(f"SELECT {number} AS n")
        assert answer == [{"n": number}]
    assert len(running(big, watch, LONG["join"])) == 3
    for query in running(big, watch, LONG["join"]):
        big.ask("DELETE", f"/api/v1/queries/{query['query_id']}")
    for asking in long:
        asking.join()
    watch.close()


def test_too_many_statements_are_turned_away_and_none_is_lost(big: Server) -> None:
    small = Server(
        big.project,
        environment={"NEURALAKE_SERVE__WORKERS": "1", "NEURALAKE_SERVE__QUEUE_MAX": "1"},
    )
    try:
        watch = small.connect()
        asked = [Asking(small, LONG["join"]) for _ in range(12)]
        until(lambda: any(one.status == 429 for one in asked), "one is turned away")
        refused = [one for one in asked if one.status == 429]
        assert all(one.error["kind"] == "resource_exhausted" for one in refused)

        def all_answered() -> bool:
            # Those that wait for a slot reach the list one after another.
            for query in running(small, watch, LONG["join"]):
                small.ask("DELETE", f"/api/v1/queries/{query['query_id']}", connection=watch)
            return not any(one.thread.is_alive() for one in asked)

        until(all_answered, "each is answered")
        for one in asked:
            one.join()
        assert {one.status for one in asked} <= {429, 499}
        until(lambda: slots(small, watch) == 0, "all slots are free")
        assert small.rows("SELECT 1 AS n") == [{"n": 1}]
        watch.close()
    finally:
        assert small.stop() == 0
