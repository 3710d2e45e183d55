"""The server as a process: where it listens, how it starts and how it ends."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from lake import Server, until


def until_a_count_runs(server: Server) -> None:
    until(
        lambda: any("count" in q["sql"] for q in server.get("/api/v1/queries").json()["running"]),
        "the statement runs",
    )


def test_builds_the_manifest_when_there_is_none(server: Server) -> None:
    assert (server.project / ".neuralake/catalog.json").exists()
    assert len(server.get("/api/v1/tables").json()["tables"]) == 5


def test_tells_where_it_listens(server: Server) -> None:
    assert f"http://127.0.0.1:{server.port}" in server.line
    assert f"postgres://127.0.0.1:{server.pg_port}/" in server.line


def test_says_that_it_is_ready_with_its_catalog(server: Server) -> None:
    for target, word in [("/health", "ok"), ("/ready", "ready")]:
        answer = server.get(target)
        assert answer.status == 200
        assert answer.json()["status"] == word
        assert answer.json()["catalog"]["tables"] == 5


def test_ends_on_sigterm_and_takes_its_address_along(start: Callable[..., Server]) -> None:
    server = start()
    assert server.rows("SELECT 1 AS one") == [{"one": 1}]
    assert server.stop() == 0
    assert not (server.project / ".neuralake/serve.json").exists()


def test_answers_what_runs_before_it_ends(start: Callable[..., Server]) -> None:
    server = start()
    answers: list[list[dict[str, int]]] = []
    slow = (
        "SELECT count(*) AS n FROM aviation.flights a, aviation.flights b "
        "WHERE (a.id + b.id) % 9 = 0 AND a.id < 4000"
    )
    asking = threading.Thread(target=lambda: answers.append(server.rows(slow)))
    asking.start()
    until_a_count_runs(server)
    assert server.stop() == 0
    asking.join()
    assert len(answers) == 1
    assert answers[0][0]["n"] > 0


def test_what_does_not_stop_is_left_and_told(start: Callable[..., Server]) -> None:
    server = start()
    # A disk that does not answer: opening the next commit waits for somebody to write into it.
    os.mkfifo(server.project / "data/events/_delta_log/00000000000000000001.json")

    def ask() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            server.sql("SELECT count(*) AS n FROM aviation.events")

    asking = threading.Thread(target=ask)
    asking.start()
    until_a_count_runs(server)
    assert server.stop() == 1
    asking.join()
    # Whoever looked first waits for the disk, the statement or the watch of the tables; the other
    # waits for that look and stops.
    assert re.search(
        "error serve: a (statement|look at the tables) did not stop; ending without it",
        server.log.read_text(),
    )
    assert not (server.project / ".neuralake/serve.json").exists()


def test_a_taken_port_is_told(server: Server) -> None:
    second = subprocess.run(
        [
            str(server.binary),
            "serve",
            "--project",
            str(server.project),
            "--port",
            str(server.port),
            "--pg-port",
            "0",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{server.port}" in second.stderr
    published = json.loads((server.project / ".neuralake/serve.json").read_text())
    assert published["port"] == server.port


def test_an_address_of_the_network_is_refused(server: Server) -> None:
    done = subprocess.run(
        [str(server.binary), "serve", "--project", str(server.project), "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "loopback" in done.stderr


def test_definitions_with_mistakes_and_no_manifest_are_told(tmp_path: Path, server: Server) -> None:
    (tmp_path / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    (tmp_path / "lake.py").write_text(
        "from neuralake import Catalog, ModuleDatabase\n"
        'catalog = Catalog({"one": ModuleDatabase("tables")})\n'
    )
    (tmp_path / "tables.py").write_text(
        "from neuralake import Column, CsvTable\n"
        'wrong = CsvTable("x.csv", columns=[Column("a", "integr")])\n'
    )
    done = subprocess.run(
        [str(server.binary), "serve", "--project", str(tmp_path), "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "tables.py:2" in done.stderr
    assert "integr" in done.stderr
