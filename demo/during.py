"""Questions while data arrives: each answer is one snapshot, and so some prefix of the events."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from ask import Client, over_postgres, python_rows
from house import House

PAUSE_S = 1.0
BY_CARRIER = (
    "SELECT carrier, count(*) AS flights, CAST(sum(distance) AS BIGINT) AS miles "
    "FROM aviation.flights GROUP BY carrier ORDER BY carrier"
)
BY_CARRIER_PYTHON = (
    "frame = catalog.table('aviation.flights', columns=['carrier', 'distance'])\n"
    "rows = (frame.group_by('carrier')"
    ".agg(flights=pl.len(), miles=pl.col('distance').cast(pl.Int64).sum()).sort('carrier'))\n"
)

Rows = list[dict[str, Any]]


class Asker:
    """Asks the same question by turns over HTTP, psql and Python, and holds each answer against
    Polars on as many of the raw events as the answer counts."""

    def __init__(self, house: House, events: pl.DataFrame, say: Callable[[str], None]) -> None:
        self.house, self.events, self.say = house, events, say
        self.client = Client(house.port)
        self.answers: dict[str, int] = {}
        self.wrong = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _doors(self) -> list[tuple[str, Callable[[], Rows]]]:
        project: Path = self.house.project
        return [
            ("HTTP", lambda: self.client.sql(BY_CARRIER)),
            ("psql", lambda: over_postgres(self.house.pg_port, BY_CARRIER)),
            ("Python", lambda: python_rows(project, self.house.package, BY_CARRIER_PYTHON)),
        ]

    def _run(self) -> None:
        doors = self._doors()
        turn = 0
        # Each door once at least, also when the flights have come faster than it could be asked.
        while not self._stop.wait(PAUSE_S) or turn < len(doors):
            name, ask = doors[turn % len(doors)]
            try:
                began = time.monotonic()
                rows = ask()
                self._judge(name, rows, time.monotonic() - began)
            except RuntimeError as error:
                # The table is made by the first flush; an answer that fails later is wrong.
                if self.answers:
                    self.wrong += 1
                    self.say(f"  asked over {name}: {error}")
                if self._stop.is_set():
                    return
                continue
            turn += 1

    def _judge(self, name: str, rows: Rows, seconds: float) -> None:
        got = [(row["carrier"], int(row["flights"]), int(row["miles"])) for row in rows]
        seen = sum(flights for _, flights, _ in got)
        if not seen:
            return
        want = (
            self.events.head(seen)
            .group_by("carrier")
            .agg(flights=pl.len(), miles=pl.col("distance").cast(pl.Int64).sum())
            .sort("carrier")
            .rows()
        )
        self.answers[name] = self.answers.get(name, 0) + 1
        good = got == want
        self.wrong += not good
        busiest = max(got, key=lambda row: row[1])
        self.say(
            f"  asked over {name} in {seconds * 1000:,.0f} ms: {seen:,} flights so far, most by "
            f"{busiest[0]} ({busiest[1]:,}); "
            + ("as Polars says" if good else f"WRONG, Polars says {json.dumps(want)}")
        )

    def summary(self) -> str:
        counts = ", ".join(f"{count} over {name}" for name, count in self.answers.items())
        return f"asked while flights arrived: {counts or 'nothing, they came too fast'}"
