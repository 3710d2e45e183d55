"""Many clients at once: every one gets its own answer."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor

import polars as pl
from lake import ROWS, Server, flights, until

CLIENTS = 64
REQUESTS = 25


def ask(server: Server, client: int, wanted: dict[int, int], count: int) -> int:
    """Ask a mix of statements on one connection; returns how many answers were right."""
    rng = random.Random(client)
    connection = server.connect()
    right = 0
    for number in range(REQUESTS):
        key = rng.randrange(ROWS)
        if number % 5 == 4:
            sql, expected = "SELECT count(*) AS n FROM aviation.flights", [{"n": count}]
        else:
            sql = f"SELECT id, delay FROM aviation.flights WHERE id = {key}"
            expected = [{"id": key, "delay": wanted[key]}]
        answer = server.ask("POST", "/api/v1/sql", json.dumps({"sql": sql}), {}, connection)
        right += answer.status == 200 and answer.json()["rows"] == expected
    connection.close()
    return right


def test_64_clients_at_once_get_their_own_answers(server: Server) -> None:
    rows = flights().select("id", pl.col("delay"))
    wanted = dict(zip(rows["id"].to_list(), rows["delay"].to_list(), strict=True))
    with ThreadPoolExecutor(CLIENTS) as pool:
        right = pool.map(lambda client: ask(server, client, wanted, ROWS), range(CLIENTS))
        assert list(right) == [REQUESTS] * CLIENTS
    until(
        lambda: server.metric("neuralake_statements_running") == 0, "no statement is left running"
    )
    until(
        lambda: server.metric("neuralake_connections", protocol="http") == 1,
        "all their connections are closed",
    )
