"""Pushed rows: the server hands them to the ingest process and says what became of them."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from lake import ROOT, Answer, Server, make_project, until

TARGET = "/api/v1/ingest/aviation/events"
# More than the server forwards at once.
PUSHES_AT_ONCE = 40


class Ingest:
    """`neuralake ingest` as a process of its own, beside a server of the same project."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        log = (self.server.project / "ingest.log").open("ab")
        with log:
            return subprocess.Popen(
                [str(self.server.binary), "ingest", "--project", str(self.server.project)],
                stdout=log,
                stderr=log,
                env={**os.environ, "NEURALAKE_INGEST__FLUSH_INTERVAL": "50ms"},
            )

    def wait(self) -> None:
        until(lambda: self.server.metric("neuralake_ingest_up") == 1, "the ingest process answers")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def restart(self) -> None:
        self.process = self._start()
        self.wait()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    server = Server(make_project(tmp_path_factory.mktemp("house")))
    ingest = Ingest(server)
    ingest.wait()
    yield ingest
    ingest.stop()
    assert server.stop() == 0, server.log.read_text()[-4000:]


def push(server: Server, body: str | bytes, kind: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.ask("POST", TARGET, body, {"Content-Type": kind, **named})


def rows_named(server: Server, prefix: str) -> list[dict[str, object]]:
    return server.rows(
        "SELECT n, name FROM aviation.events WHERE name LIKE $1 ORDER BY n", params=[prefix + "%"]
    )


def readiness(server: Server) -> str:
    """What the server says of the ingest process; it takes statements whatever that is."""
    ready = server.get("/ready")
    assert ready.status == 200
    return str(ready.json()["ingest"])


def arrow(rows: pl.DataFrame) -> bytes:
    sink = io.BytesIO()
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    table = table.cast(pa.schema([("n", pa.int64()), ("name", pa.string())]))
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '[{"n": 10, "name": "%-a"}, {"n": 11, "name": "%-b"}]'),
        ("application/x-ndjson", '{"n": 10, "name": "%-a"}\n{"n": 11, "name": "%-b"}\n'),
        ("text/csv", "n,name\n10,%-a\n11,%-b\n"),
        ("application/vnd.apache.arrow.stream", ""),
    ],
)
def test_pushed_rows_are_acknowledged_and_soon_there(house: Ingest, kind: str, body: str) -> None:
    server = house.server
    prefix = kind.rsplit("/", maxsplit=1)[-1]
    data: str | bytes = body.replace("%", prefix)
    if not body:
        frame = pl.DataFrame({"n": [10, 11], "name": [f"{prefix}-a", f"{prefix}-b"]})
        data = arrow(frame)
    answer = push(server, data, kind)
    assert answer.status == 200, answer.body
    told = answer.json()
    assert (told["accepted"], told["rejected"], told["replayed"]) == (2, 0, False)
    assert told["acknowledged"].endswith("Z")
    wanted = [{"n": 10, "name": f"{prefix}-a"}, {"n": 11, "name": f"{prefix}-b"}]
    until(lambda: rows_named(server, prefix) == wanted, "the rows are in the table")


def test_a_repeat_with_its_key_changes_nothing(house: Ingest) -> None:
    server = house.server
    body = '[{"n": 1, "name": "once"}]'
    first = push(server, body, "application/json", Idempotency_Key="key-1").json()
    again = push(server, body, "application/json", Idempotency_Key="key-1").json()
    assert first["replayed"] is False
    assert again == {**first, "replayed": True}
    other = push(server, '[{"n": 2}]', "application/json", Idempotency_Key="key-1")
    assert other.status == 409
    assert "under a key of its own" in other.json()["error"]["message"]
    until(lambda: rows_named(server, "once"), "the row is in the table")
    assert len(rows_named(server, "once")) == 1


def test_a_push_under_two_keys_is_refused(house: Ingest) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", house.server.port, timeout=30)
    body = b'[{"n": 1, "name": "two keys"}]'
    connection.putrequest("POST", TARGET)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(len(body)))
    connection.putheader("Idempotency-Key", "one")
    connection.putheader("idempotency-key", "two")
    connection.endheaders(body)
    response = connection.getresponse()
    assert response.status == 400
    assert "2 Idempotency-Key headers" in json.loads(response.read())["error"]["message"]
    connection.close()


def test_a_row_that_does_not_fit_is_counted_apart_with_its_reason(house: Ingest) -> None:
    body = b'{"n": 5, "name": "fits"}\n{"n": "no \xff number", "name": "does not"}\n'
    told = push(house.server, body, "application/x-ndjson").json()
    assert (told["accepted"], told["rejected"]) == (1, 1)
    [reason] = told["reasons"]
    assert reason["row"] == 1
    assert reason["reason"]
    until(lambda: rows_named(house.server, "fits"), "the row that fits is in the table")


def test_an_answer_is_json_whatever_it_quotes(house: Ingest) -> None:
    refused = push(house.server, b"n,na\xffme\n1,a\n", "text/csv")
    assert refused.status == 400
    assert "the header names 'na\ufffdme'" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("row", "accepted"),
    [
        ('{"N": 12, "NAME": "case"}', 1),
        ('{"n": 12, "N": 12, "name": "case"}', 0),
        ('{"n": "12", "name": "text"}', 1),
        ('{"n": 12.0, "name": "text"}', 1),
        ('{"n": "1e3", "name": "text"}', 1),
        ('{"n": 12.5, "name": "text"}', 0),
        ('{"n": " 12", "name": "text"}', 0),
        ('{"n": "", "name": "text"}', 0),
        ('{"n": true, "name": "text"}', 0),
        ('{"n": 12, "name": 7}', 0),
    ],
)
def test_what_fits_a_column_is_as_the_reference_says(
    house: Ingest, row: str, accepted: int
) -> None:
    assert push(house.server, row, "application/json").json()["accepted"] == accepted


def test_a_row_in_another_encoding_does_not_fit_though_it_is_the_first(
    tmp_path: Path,
) -> None:
    server = Server(make_project(tmp_path))
    ingest = Ingest(server)
    ingest.wait()
    told = push(server, b"n,name\n1,caf\xe9 au lait\n2,fits\n", "text/csv").json()
    assert (told["accepted"], told["rejected"]) == (1, 1)
    assert "UTF-8" in told["reasons"][0]["reason"]
    until(lambda: rows_named(server, "fits"), "the row that fits is in the table")
    ingest.stop()
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("not json", "application/json", 400),
        ("x", "application/pdf", 415),
        ("n,name\n1,x\n", "text/csv; charset=latin1", 415),
    ],
)
def test_a_body_that_is_no_rows_is_refused(
    house: Ingest, body: str, kind: str, status: int
) -> None:
    answer = push(house.server, body, kind)
    assert answer.status == status, answer.body
    assert answer.json()["error"]["message"]


def test_while_the_process_is_away_nothing_is_taken_and_nothing_is_lost(house: Ingest) -> None:
    server = house.server
    house.stop()
    answer = push(server, '[{"n": 77, "name": "away"}]', "application/json")
    assert answer.status == 503, answer.body
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["error"]["kind"] == "unavailable"
    assert server.metric("neuralake_ingest_up") == 0
    until(lambda: readiness(server) == "away", "the server has seen that it is away")
    house.restart()
    until(lambda: readiness(server) == "ready", "the server has seen that it is back")
    answer = push(server, '[{"n": 78, "name": "away"}]', "application/json")
    assert answer.status == 200, answer.body
    until(lambda: rows_named(server, "away") == [{"n": 78, "name": "away"}], "the row is there")


def test_readiness_is_told_while_pushes_wait_for_a_process_that_stands_still(
    house: Ingest,
) -> None:
    server = house.server
    os.kill(house.process.pid, signal.SIGSTOP)
    with ThreadPoolExecutor(PUSHES_AT_ONCE) as pool:
        try:
            pushes = [
                pool.submit(push, server, f'[{{"n": {n}, "name": "stood"}}]', "application/json")
                for n in range(PUSHES_AT_ONCE)
            ]
            until(lambda: readiness(server) == "away", "the server has seen that it stands still")
            assert not any(each.done() for each in pushes)
        finally:
            os.kill(house.process.pid, signal.SIGCONT)
        until(lambda: readiness(server) == "ready", "the server has seen that it goes on")
        assert [each.result(60).status for each in pushes] == [200] * PUSHES_AT_ONCE


def test_the_metrics_of_the_process_are_served_too(house: Ingest) -> None:
    text = house.server.get("/metrics").body.decode()
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")]
    assert len(names) == len(set(names)), "a metric is declared twice"
    assert any(name.startswith("neuralake_ingest_") for name in names)
    requests = house.server.metric(
        "neuralake_http_requests_total", route="/api/v1/ingest/{db}/{table}", status="200"
    )
    assert requests > 0


def test_up_keeps_serve_and_ingest_together(tmp_path: Path) -> None:
    project = make_project(tmp_path / "together")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "python"),
        "NEURALAKE_CATALOG__PYTHON": sys.executable,
        "NEURALAKE_SERVE__PORT": "0",
        "NEURALAKE_SERVE__PG_PORT": "0",
    }
    binary = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
    log = project / "up.log"
    with log.open("wb") as lines:
        up = subprocess.Popen(
            [binary, "up", "--project", str(project)], env=environment, stdout=lines, stderr=lines
        )
    try:
        published = project / ".neuralake/serve.json"
        until(published.exists, "the server tells its address", 90)
        port = json.loads(published.read_text())["port"]
        answers: list[bytes] = []

        def pushed() -> bool:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                headers = {"Content-Type": "application/json"}
                connection.request("POST", TARGET, '[{"n": 3, "name": "up"}]', headers)
                response = connection.getresponse()
                answers.append(response.read())
                return response.status == 200
            except OSError as error:  # a machine under load may be slow to take a connection
                answers.append(str(error).encode())
                return False
            finally:
                connection.close()

        try:
            until(pushed, "a push is acknowledged", 60)
        except AssertionError as error:
            raise AssertionError(f"{error}: {answers[-1:]}\n{log.read_text()[-4000:]}") from None
    finally:
        up.send_signal(signal.SIGTERM)
        assert up.wait(30) == 0
