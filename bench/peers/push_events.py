"""Pushes events into an ingest process of its own and prints one figure.

usage: push_events.py BINARY PROJECT acknowledge COUNT   p50 of one event at a time, in seconds
       push_events.py BINARY PROJECT rows COUNT          rows a second, until the table has them
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/crash"))

from push import Connection

TABLE = "lake.events"
BODY_ROWS = 500
SENDERS = 4


def event(number: int) -> str:
    return (
        f'{{"at":"2026-01-01T00:00:{number % 60:02d}.{number % 1000:03d}Z",'
        f'"device":{number % 5000},"number":{number},"kind":"reading-{number % 7}",'
        f'"value":{(number * 37 % 10007) / 7:.4f},"ok":{"true" if number % 3 else "false"}}}\n'
    )


def acknowledge(socket: Path, count: int) -> dict[str, object]:
    connection = Connection(socket)
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


def rows(socket: Path, count: int) -> dict[str, object]:
    """Bodies are made beforehand: the senders share the two cores with the process."""
    bodies = [
        "".join(event(first + i) for i in range(BODY_ROWS)).encode()
        for first in range(0, count, BODY_ROWS)
    ]
    total = len(bodies) * BODY_ROWS
    lock = threading.Lock()

    def send() -> None:
        connection = Connection(socket, timeout_s=60)
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


def main() -> None:
    binary, project, what, count = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    for folder in ("data", ".neuralake/ingest"):
        shutil.rmtree(project / folder, ignore_errors=True)
    process = subprocess.Popen(
        [binary, "ingest", "--project", str(project)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        socket = project / ".neuralake/ingest/ingest.sock"
        print(json.dumps({"acknowledge": acknowledge, "rows": rows}[what](socket, count)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


if __name__ == "__main__":
    main()
