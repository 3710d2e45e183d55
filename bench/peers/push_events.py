"""Pushes events into an ingest process of its own and prints one figure.

usage: push_events.py BINARY PROJECT socket|http acknowledge COUNT
           p50 of one event at a time, in seconds
       push_events.py BINARY PROJECT socket|http rows COUNT
           rows a second, until the table has them

By `http` the way goes through `neuralake serve`; by `socket` straight to the ingest process.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/crash"))

from push import Connection

TABLE = "lake.events"
Connect = Callable[[], Any]
BODY_ROWS = 500
SENDERS = 4


def event(number: int) -> str:
    return (
        f'{{"at":"2026-01-01T00:00:{number % 60:02d}.{number % 1000:03d}Z",'
        f'"device":{number % 5000},"number":{number},"kind":"reading-{number % 7}",'
        f'"value":{(number * 37 % 10007) / 7:.4f},"ok":{"true" if number % 3 else "false"}}}\n'
    )


class HttpConnection:
    """The same push over HTTP, on one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def push(self, table: str, body: bytes, key: str = "") -> None:
        headers = {"Content-Type": "application/x-ndjson"}
        if key:
            headers["Idempotency-Key"] = key
        path = "/api/v1/ingest/" + table.replace(".", "/")
        self.connection.request("POST", path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise SystemExit(f"{response.status}: {text.decode(errors='replace')}")


def acknowledge(connect: Connect, _: Path, count: int) -> dict[str, object]:
    connection = connect()
    connection.push(TABLE, event(0).encode())
    times = []
    for number in range(count):
        body = event(number).encode()
        began = time.perf_counter()
        connection.push(TABLE, body, f"key-{number}")
        times.append(time.perf_counter() - began)
    times.sort()
    p99 = round(times[int(count * 0.99)] * 1000, 2)
    return {"value": statistics.median(times), "unit": "s", "p99_ms": p99}


def committed(socket: Path) -> int:
    text = Connection(socket).metrics()
    found = re.search(r'committed_rows_total\{table="lake\.events"\} (\S+)', text)
    return int(float(found.group(1))) if found else 0


def rows(connect: Connect, socket: Path, count: int) -> dict[str, object]:
    """Bodies are made beforehand: the senders share the two cores with the process."""
    bodies = [
        "".join(event(first + i) for i in range(BODY_ROWS)).encode()
        for first in range(0, count, BODY_ROWS)
    ]
    total = len(bodies) * BODY_ROWS
    lock = threading.Lock()

    def send() -> None:
        connection = connect()
        while True:
            with lock:
                if not bodies:
                    return
                body = bodies.pop()
            connection.push(TABLE, body)

    began = time.perf_counter()
    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    acknowledged = time.perf_counter() - began
    while committed(socket) < total:
        time.sleep(0.02)
    took = time.perf_counter() - began
    return {
        "value": total / took,
        "unit": "rows/s",
        "acknowledged_rows_s": round(total / acknowledged),
    }


class Started(NamedTuple):
    child: subprocess.Popen[str]
    said: str  # the line by which it said that it is ready


def start(binary: str, command: str, project: Path, ready: str) -> Started:
    child = subprocess.Popen(
        [binary, command, "--project", str(project)],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "NEURALAKE_SERVE__PORT": "0",
            "NEURALAKE_SERVE__PG_PORT": "0",
            "NEURALAKE_SERVE__SITE": "false",
        },
    )
    assert child.stdout is not None
    said = child.stdout.readline()
    if ready not in said:
        raise SystemExit(f"{command} does not start")
    return Started(child, said)


def main() -> None:
    binary, project, way, what = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    count = int(sys.argv[5])
    for folder in ("data", ".neuralake/ingest"):
        shutil.rmtree(project / folder, ignore_errors=True)
    processes = []
    try:
        processes.append(start(binary, "ingest", project, "ready"))
        socket = project / ".neuralake/ingest/ingest.sock"

        connect: Connect = lambda: Connection(socket, timeout_s=60)  # noqa: E731
        if way == "http":
            processes.append(start(binary, "serve", project, "serving"))
            found = re.search(r"http://127\.0\.0\.1:(\d+)", processes[1].said)
            assert found is not None, processes[1].said
            port = int(found.group(1))
            connect = lambda: HttpConnection(port)  # noqa: E731
        print(json.dumps({"acknowledge": acknowledge, "rows": rows}[what](connect, socket, count)))
    finally:
        for process in processes:
            process.child.send_signal(signal.SIGTERM)
        for process in processes:
            process.child.wait(30)


if __name__ == "__main__":
    main()
