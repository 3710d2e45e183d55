"""Flights as events: pushed or produced in time order, with freshness measured on the way."""

from __future__ import annotations

import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import polars as pl
from ask import Client

BATCH_ROWS = 500
PROGRESS_S = 2.0
FRESH_S = 5.0
ARRIVAL_S = 60.0


class Freshness:
    """How long an acknowledged event takes until a query sees it, sampled while events arrive."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.samples: list[float] = []
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, float]] = []
        self._visible = 0
        self._error = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def acknowledged(self, rows: int) -> None:
        with self._lock:
            self._waiting.append((rows, time.monotonic()))

    def _look(self) -> None:
        rows = self.client.sql("SELECT count(*) AS n FROM aviation.flights")
        now = time.monotonic()
        with self._lock:
            self._visible = int(rows[0]["n"])
            seen = [at for rows_then, at in self._waiting if rows_then <= self._visible]
            self._waiting = self._waiting[len(seen) :]
        self.samples += [now - at for at in seen]

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            try:
                self._look()
            except RuntimeError as error:
                self._error = str(error)  # at first: the table is made by the first flush

    def visible(self) -> int:
        return self._visible

    def wait_for(self, rows: int, say: Callable[[str], None]) -> None:
        limit = time.monotonic() + ARRIVAL_S
        while self._visible < rows and time.monotonic() < limit:
            time.sleep(0.05)
        self._stop.set()
        self._thread.join()
        if self._visible != rows:
            told = "" if self._visible else f"; {self._error}"
            raise RuntimeError(
                f"{self._visible:,} rows are visible, {rows:,} were acknowledged{told}"
            )
        say(f"all {rows:,} flights are visible")

    def summary(self) -> str:
        ordered = sorted(self.samples)
        p99 = ordered[int(len(ordered) * 0.99)]
        return (
            f"freshness, from acknowledgement to the answer of a query: median "
            f"{statistics.median(ordered):.2f} s, p99 {p99:.2f} s, worst {ordered[-1]:.2f} s "
            f"over {len(ordered)} batches"
        )

    def too_old(self) -> bool:
        return sorted(self.samples)[int(len(self.samples) * 0.99)] > FRESH_S


def batches(events: pl.DataFrame, speed: float) -> Iterator[pl.DataFrame]:
    """Up to `BATCH_ROWS` events at a time, each when its hour has come on the sped-up clock."""
    start = time.monotonic()
    times = events["time_hour"].dt.epoch("s").to_list()
    for offset in range(0, events.height, BATCH_ROWS):
        if speed > 0:
            due = start + (times[offset] - times[0]) / speed
            time.sleep(max(0.0, due - time.monotonic()))
        yield events.slice(offset, BATCH_ROWS)


class Progress:
    def __init__(self, total: int, freshness: Freshness, say: Callable[[str], None]) -> None:
        self.total, self.freshness, self.say = total, freshness, say
        self.started = self.last = time.monotonic()

    def step(self, sent: int, when: object) -> None:
        now = time.monotonic()
        if now - self.last < PROGRESS_S and sent < self.total:
            return
        self.last = now
        rate = sent / (now - self.started)
        recent = self.freshness.samples[-20:]
        fresh = f", fresh within {max(recent):.2f} s" if recent else ""
        self.say(
            f"  {sent:>9,} of {self.total:,} sent ({rate:,.0f}/s, {when:%d %b}), "
            f"{self.freshness.visible():,} visible{fresh}"
        )


def push(
    events: pl.DataFrame,
    client: Client,
    speed: float,
    freshness: Freshness,
    say: Callable[[str], None],
) -> None:
    """Through HTTP, one batch a request, each under its own Idempotency-Key."""
    progress = Progress(events.height, freshness, say)
    sent = 0
    for batch in batches(events, speed):
        client.push("aviation.flights", lines_of(batch), f"demo-{sent}")
        sent += batch.height
        freshness.acknowledged(sent)
        progress.step(sent, batch["time_hour"][-1])


def produce(
    events: pl.DataFrame,
    brokers: str,
    speed: float,
    freshness: Freshness,
    say: Callable[[str], None],
) -> None:
    """Through a Kafka topic, by the reference client's own tool."""
    command = ["kcat", "-P", "-b", brokers, "-t", "flights", "-X", "acks=all", "-X", "linger.ms=5"]
    producer = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    assert producer.stdin is not None
    progress = Progress(events.height, freshness, say)
    sent = 0
    for batch in batches(events, speed):
        producer.stdin.write(lines_of(batch))
        producer.stdin.flush()
        sent += batch.height
        freshness.acknowledged(sent)
        progress.step(sent, batch["time_hour"][-1])
    producer.stdin.close()
    if producer.wait(timeout=60) != 0:
        raise RuntimeError(f"kcat exited with {producer.returncode}")


def lines_of(batch: pl.DataFrame) -> str:
    """One JSON object a line; instants as ISO 8601 in UTC."""
    return batch.with_columns(pl.col("time_hour").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_ndjson()
