"""Start a statement that would run for hours, stop it, print how long it was still there.

Arguments: program, table, kind, protocol (`http` or `pg`). The time runs from the request to stop
to the moment at which the statement is off the list of running ones and no slot is taken. The worst
of the turns stands in the notes.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

# How long the statement of each turn has run when it is stopped.
RUN_MS = {"build": [1500, 1700, 1900, 2100, 2300]}
RUN_MS_OF_OTHERS = [700] * 5
PATIENCE_S = 60.0

STATEMENTS = {
    "scan": "SELECT count(*) FROM lake.rows, range(1000000) "
    "WHERE md5(name || id::VARCHAR || range::VARCHAR) = 'x'",
    "join": "SELECT count(*) FROM lake.rows a JOIN lake.rows b ON a.k = b.k, range(1000) r "
    "WHERE a.id % 3 <> b.id % 5 AND (a.id * b.id + r.range) % 7 = 1",
    # The table of this join is built in what its turns stop.
    "build": "SELECT count(*) FROM lake.rows a JOIN lake.rows b ON a.id = b.id + 1 "
    "WHERE a.name <> b.name",
    "aggregate": "SELECT count(*) FROM (SELECT id * r.range AS g, count(*) "
    "FROM lake.rows, range(100000) r GROUP BY g)",
    "sort": "SELECT max(x) FROM (SELECT id * r.range AS x FROM lake.rows, range(100000) r "
    "ORDER BY hash(x) LIMIT 30000000)",
    # A stretch of these values is near the longest that no interrupt ends.
    "pattern": "SELECT count(*) FROM (SELECT string_agg(md5(id::VARCHAR), '') AS v "
    "FROM lake.rows WHERE id < 5000000 GROUP BY id // 360), range(100000) r "
    "WHERE regexp_matches(v || r.range::VARCHAR, '[0-7].{200}[0-7].{300}z')",
}


class Server:
    def __init__(self, binary: str, table: str, project: Path) -> None:
        (project / "lake.py").write_text(
            "from neuralake import Catalog, ModuleDatabase\n"
            'catalog = Catalog({"lake": ModuleDatabase("tables")})\n'
        )
        (project / "tables.py").write_text(
            f"from neuralake import DeltaTable\nrows = DeltaTable({table!r})\n"
        )
        (project / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
        self.process = subprocess.Popen(
            [binary, "serve", "--project", str(project), "--port", "0", "--pg-port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "NEURALAKE_CATALOG__PYTHON": sys.executable},
        )
        assert self.process.stdout is not None
        if not self.process.stdout.readline().startswith(b"serving "):
            raise SystemExit("neuralake did not start")
        published = json.loads((project / ".neuralake/serve.json").read_text())
        self.base = f"http://127.0.0.1:{published['port']}"
        self.pg = f"host=127.0.0.1 port={published['pg_port']} user=bench dbname=neuralake"

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.base + path) as answer:
            return bytes(answer.read())

    def running(self, sql: str) -> list[dict[str, Any]]:
        queries = json.loads(self.get("/api/v1/queries"))["running"]
        return [query for query in queries if query["sql"] == sql]

    def slots(self) -> float:
        names = ("neuralake_statements_running{", "neuralake_statements_waiting{")
        lines = self.get("/metrics").decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(names))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def until(condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (value := condition()):
        if time.monotonic() > end:
            raise SystemExit(f"not in {PATIENCE_S:.0f} s: {what}")
        time.sleep(0.002)
    return value


def start_http(server: Server, sql: str) -> Callable[[], None]:
    """Ask `sql` aside; the function that is returned stops it."""

    def ask() -> None:
        try:
            urllib.request.urlopen(server.base + "/api/v1/sql", data=sql.encode()).read()
        except urllib.error.HTTPError as error:
            error.read()

    threading.Thread(target=ask, daemon=True).start()

    def stop() -> None:
        query = server.running(sql)[0]["query_id"]
        request = urllib.request.Request(f"{server.base}/api/v1/queries/{query}", method="DELETE")
        urllib.request.urlopen(request).read()

    return stop


def start_pg(server: Server, sql: str) -> Callable[[], None]:
    connection = psycopg.connect(server.pg, autocommit=True)

    def ask() -> None:
        try:
            connection.execute(sql)
        except psycopg.Error:
            connection.close()

    threading.Thread(target=ask, daemon=True).start()
    return lambda: connection.cancel_safe(timeout=PATIENCE_S)


def measure(server: Server, sql: str, protocol: str, run_ms: int) -> float:
    stop = (start_http if protocol == "http" else start_pg)(server, sql)
    until(
        lambda: [q for q in server.running(sql) if q["elapsed_ms"] >= run_ms],
        "the statement runs",
    )
    asked = time.monotonic()
    stop()
    until(lambda: not server.running(sql) and server.slots() == 0, "the statement is gone")
    return time.monotonic() - asked


def main() -> None:
    binary, table, kind, protocol = sys.argv[1:5]
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, table, Path(folder))
        try:
            took = [
                measure(server, STATEMENTS[kind], protocol, run_ms)
                for run_ms in RUN_MS.get(kind, RUN_MS_OF_OTHERS)
            ]
        finally:
            server.stop()
    worst = round(max(took) * 1000)
    print(json.dumps({"value": statistics.median(took), "unit": "s", "worst_ms": worst}))


if __name__ == "__main__":
    main()
