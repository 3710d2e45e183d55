"""The three ways in which the demo asks: HTTP, the Postgres protocol, Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import polars as pl

RETRIES_MAX = 200


class Client:
    """A few lines of HTTP; a push that fails is repeated under its own key."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def sql(self, text: str) -> list[dict[str, Any]]:
        body = json.dumps({"sql": text}).encode()
        request = urllib.request.Request(
            f"{self.base}/api/v1/sql", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                rows: list[dict[str, Any]] = json.load(answer)["rows"]
                return rows
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{text}: {error.read().decode()[:500]}") from error
        except OSError as error:
            raise RuntimeError(f"{self.base} does not answer: {error}") from error

    def page(self, path: str) -> str:
        try:
            with urllib.request.urlopen(f"{self.base}{path}", timeout=30) as answer:
                return str(answer.read().decode())
        except OSError as error:
            raise RuntimeError(f"{self.base}{path}: {error}") from error

    def push(self, table: str, lines: str, key: str) -> None:
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": key}
        url = f"{self.base}/api/v1/ingest/{table.replace('.', '/')}"
        for attempt in range(RETRIES_MAX):
            try:
                request = urllib.request.Request(url, lines.encode(), headers)
                with urllib.request.urlopen(request, timeout=30):
                    return
            except urllib.error.HTTPError as error:
                if error.code not in (429, 503):
                    raise RuntimeError(f"push {key}: {error.read().decode()[:500]}") from error
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(min(1.0, 0.01 * 2**attempt))
        raise RuntimeError(f"push {key} was not acknowledged after {RETRIES_MAX} attempts")


def over_postgres(port: int, text: str) -> list[dict[str, Any]]:
    """Ask by psql, as a person would."""
    command = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "demo", "-d", "neuralake"]
    done = subprocess.run(
        [*command, "--no-psqlrc", "--csv", "-c", text], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"psql: {done.stderr.strip()}")
    frame = pl.read_csv(done.stdout.encode(), infer_schema_length=None)
    for name in frame.columns:
        if frame[name].dtype == pl.String and set(frame[name].unique()) <= {"t", "f", None}:
            frame = frame.with_columns(pl.col(name) == "t")
    return frame.to_dicts()


def python_rows(project: Path, package: Path, program: str) -> list[dict[str, Any]]:
    """What `program` leaves in `rows`, a LazyFrame, run as a user of the Python package does."""
    whole = (
        "import json, polars as pl\n"
        "from lake import catalog\n"
        f"{program}"
        "print(json.dumps(rows.collect().to_dicts()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", whole],
        cwd=project,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{package}:{project}"},
    )
    if done.returncode != 0:
        raise RuntimeError(f"python: {done.stderr.strip().splitlines()[-1]}")
    rows: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return rows


LATE_IN_JANUARY = (
    "frame = catalog.db('aviation').table('flights', filters=[('month', '=', 1)],"
    " columns=['month', 'dep_delay'])\n"
    "rows = frame.filter(pl.col('dep_delay') > 60).select(n=pl.len())\n"
)


def over_python(project: Path, package: Path, flights: pl.DataFrame) -> tuple[int, int]:
    """Rows of January with a late departure: our LazyFrame, and Polars on the raw events."""
    [row] = python_rows(project, package, LATE_IN_JANUARY)
    want = flights.filter((pl.col("month") == 1) & (pl.col("dep_delay") > 60)).height
    return int(row["n"]), want
