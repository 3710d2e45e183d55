"""A project with every kind of table, and a real server over it."""

from __future__ import annotations

import http.client
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
WAIT_S = 30.0

DEFINITIONS = '''
"""Flights, and what explains them."""
import polars as pl
from neuralake import Column, CsvTable, DeltaTable, ParquetTable, table

flights = DeltaTable(
    "data/flights", description="One row a departure.", owner="ops", tags=["core"], key=["id"],
    columns=[Column("id", "int64", nullable=False), Column("carrier", "string", "two letters"),
             Column("delay", "int32", unit="min"), Column("price", "decimal(20,4)"),
             Column("day", "date"), Column("at", "timestamp"), Column("big", "int64"),
             Column("ratio", "float64"), Column("late", "bool")],
)
events = DeltaTable("data/events", description="Rows that are added while people look.",
                    columns=[Column("n", "int64"), Column("name", "string")])
weather = ParquetTable("data/weather.parquet", description="Temperature by day.")
airlines = CsvTable("data/airlines.csv", description="Names of the carriers.",
                    columns=[Column("carrier", "string"), Column("name", "string")])

@table(columns=[Column("carrier", "string"), Column("fleet", "int64")])
def fleets() -> pl.DataFrame:
    """How many planes a carrier has."""
    return pl.DataFrame({"carrier": ["AA", "B6", "DL", "UA", "EV"], "fleet": [5, 4, 3, 2, 1]})
'''

CATALOG = """
from neuralake import Catalog, ModuleDatabase
catalog = Catalog({"aviation": ModuleDatabase("lake.aviation")})
"""

ROWS = 20_000
CARRIERS = ["AA", "B6", "DL", "UA", "EV"]


def flights() -> pl.DataFrame:
    """The rows of `aviation.flights`: every type that an answer can carry wrongly."""
    number = pl.int_range(0, ROWS, eager=True)
    return pl.DataFrame({"id": number}).select(
        pl.col("id").cast(pl.Int64),
        carrier=pl.when(pl.col("id") % 7 == 0)
        .then(None)
        .otherwise(pl.col("id").map_elements(lambda i: CARRIERS[i % 5], return_dtype=pl.String)),
        delay=(pl.col("id") % 200 - 100).cast(pl.Int32),
        price=(pl.col("id").cast(pl.Decimal(20, 4)) / 8).cast(pl.Decimal(20, 4)),
        day=pl.date(2013, 1, 1) + pl.duration(days=pl.col("id") % 365),
        at=(pl.datetime(2013, 1, 1, time_zone="UTC") + pl.duration(seconds=pl.col("id"))),
        big=(pl.col("id") + 2**53).cast(pl.Int64),
        ratio=(pl.col("id") / 3.0),
        late=pl.when(pl.col("id") % 3 == 0).then(None).otherwise(pl.col("id") % 2 == 0),
    )


def make_project(folder: Path) -> Path:
    """Write data and definitions; the manifest is left to the server."""
    data = folder / "data"
    data.mkdir(parents=True)
    rows = flights()
    for first in range(0, ROWS, ROWS // 4):
        rows.slice(first, ROWS // 4).write_delta(data / "flights", mode="append")
    pl.DataFrame({"n": [1, 2], "name": ["one", "two"]}).write_delta(data / "events")
    days = rows.select("day").unique().sort("day").with_row_index("t").cast({"t": pl.Float64})
    days.write_parquet(data / "weather.parquet")
    names = pl.DataFrame({"carrier": CARRIERS, "name": [f"{code} Air" for code in CARRIERS]})
    names.write_csv(data / "airlines.csv")
    package = folder / "lake"
    package.mkdir()
    (package / "__init__.py").write_text(CATALOG)
    (package / "aviation.py").write_text(DEFINITIONS)
    (folder / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    return folder


def until(condition: Callable[[], Any], what: str, seconds: float = WAIT_S) -> Any:
    """Ask again and again until `condition` gives something true; fail when time is over."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"after {seconds:.0f} s still not: {what}"
        pause.wait(0.02)


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    trailers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """`neuralake serve` as a process of its own."""

    def __init__(
        self, project: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        default = ROOT / "build/dev/bin/neuralake"
        self.binary = Path(os.environ.get("NEURALAKE_BINARY", default))
        assert self.binary.exists(), f"{self.binary} is missing: build first"
        self.project = project
        self.log = project / "serve.log"
        self.process = self._start(arguments, environment or {})
        self.line = self._first_line()
        published = json.loads((project / ".neuralake/serve.json").read_text())
        self.host, self.port, self.pg_port = (
            published["host"],
            published["port"],
            published["pg_port"],
        )

    def _start(
        self, arguments: tuple[str, ...], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [
                    str(self.binary),
                    "serve",
                    "--project",
                    str(self.project),
                    "--port",
                    "0",
                    "--pg-port",
                    "0",
                    *arguments,
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT / "python"),
                    "NEURALAKE_CATALOG__PYTHON": sys.executable,
                    **environment,
                },
            )

    def _first_line(self) -> str:
        """The line that tells the addresses; fails with the log when the server ends before."""
        stdout = self.process.stdout
        assert stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            assert selector.select(START_S), "the server printed no address in time"
        line = stdout.readline().decode()
        assert line.startswith("serving "), self.log.read_text()[-4000:]
        return line

    def connect(self, timeout: float = 60.0) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        connection: http.client.HTTPConnection | None = None,
    ) -> Answer:
        used = connection or self.connect()
        try:
            data = body.encode() if isinstance(body, str) else body
            used.request(method, target, body=data, headers=dict(headers or {}))
            response = used.getresponse()
            read = response.read()
            return Answer(response.status, dict(response.getheaders()), read)
        finally:
            if connection is None:
                used.close()

    def get(self, target: str, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", target, headers=named)

    def sql(self, sql: str, **members: Any) -> Answer:
        return self.ask("POST", "/api/v1/sql", json.dumps({"sql": sql, **members}))

    def rows(self, sql: str, **members: Any) -> list[dict[str, Any]]:
        answer = self.sql(sql, **members)
        assert answer.status == 200, answer.body
        return answer.json()["rows"]

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric over the label sets that hold `labels`; 0 when there is none."""
        total = 0.0
        for line in self.get("/metrics").body.decode().splitlines():
            if not line.startswith((name + "{", name + " ")):
                continue
            held = all(f'{key}="{value}"' in line for key, value in labels.items())
            total += float(line.rsplit(" ", 1)[1]) if held else 0.0
        return total

    def stop(self, seconds: float = 20.0) -> int:
        """End it as an operator does, and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()
