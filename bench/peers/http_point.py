"""Serve one Delta table over HTTP, ask it point queries from 16 connections, print the rate.

The load comes from `http_load`, a process of its own and the same for every contender. The server
is started here, answers once before anything is counted, and is ended afterwards. `roapi` holds the
table in memory, which is its default; `roapi-files` reads the files at each statement.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

CONNECTIONS = 16
SECONDS = 10
START_S = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_neuralake(table: str, binary: str, work: Path) -> tuple[subprocess.Popen[str], int]:
    (work / "tables.py").write_text(
        "from neuralake import Catalog, DeltaTable, ModuleDatabase\n"
        f"events = DeltaTable({table!r})\n"
    )
    (work / "lake.py").write_text(
        "from neuralake import Catalog, ModuleDatabase\n"
        'catalog = Catalog({"lake": ModuleDatabase("tables")})\n'
    )
    (work / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    server = subprocess.Popen(
        [binary, "serve", "--project", str(work), "--port", "0", "--pg-port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "NEURALAKE_CATALOG__PYTHON": sys.executable},
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
    if found is None:
        raise SystemExit(f"neuralake did not start: {line}")
    return server, int(found.group(1))


def start_roapi(
    table: str, binary: str, work: Path, in_memory: bool
) -> tuple[subprocess.Popen[str], int]:
    port = free_port()
    option = "" if in_memory else ",use_memory_table=false"
    log = (work / "roapi.log").open("w")
    server = subprocess.Popen(
        [
            binary,
            "--addr-http",
            f"127.0.0.1:{port}",
            "--addr-postgres",
            f"127.0.0.1:{free_port()}",
            "--addr-flight-sql",
            f"127.0.0.1:{free_port()}",
            "--table",
            f"events={table},format=delta{option}",
        ],
        stdout=log,
        stderr=log,
        text=True,
    )
    return server, port


def wait_for_answer(port: int, target: str, body: str) -> None:
    """Ask until the first answer comes: the table is loaded by then."""
    end = time.monotonic() + START_S
    url = f"http://127.0.0.1:{port}{target}"
    while True:
        try:
            with urllib.request.urlopen(url, data=body.encode(), timeout=60) as answer:
                answer.read()
                return
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > end:
                raise SystemExit(f"no answer in {START_S} s: {error}") from error
            time.sleep(0.05)


def main() -> None:
    name, load, table, rows, binary, kind = sys.argv[1:7]
    # A literal is what every contender takes; the text differs with every key.
    key = "{key}" if kind == "random" else "777"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if name == "neuralake":
            server, port = start_neuralake(table, binary, work)
            target, place = "/api/v1/sql", "lake.events"
        else:
            server, port = start_roapi(table, binary, work, name == "roapi")
            target, place = "/api/sql", "events"
        sql = f"SELECT id, name, amount, day FROM {place} WHERE id = {key}"
        try:
            wait_for_answer(port, target, sql.replace("{key}", "777"))
            done = subprocess.run(
                [
                    load,
                    "127.0.0.1",
                    str(port),
                    target,
                    str(CONNECTIONS),
                    str(SECONDS),
                    rows,
                    "1",
                    sql,
                    "Accept: application/json",
                ],
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                raise SystemExit(done.stderr)
            measured = json.loads(done.stdout)
            status = Path(f"/proc/{server.pid}/status").read_text()
            peak = int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
    if measured["failures"]:
        raise SystemExit(f"{measured['failures']} answers were wrong: {done.stderr}")
    notes = {"p50_ms": measured["p50_ms"], "p99_ms": measured["p99_ms"], "server_peak_mib": peak}
    print(json.dumps({"value": measured["rate"], "unit": "req/s", **notes}))


if __name__ == "__main__":
    main()
