"""What must be in the tables, and what three readers find there."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from importlib.metadata import files
from pathlib import Path

import deltalake
import duckdb
import pyarrow.parquet as pq
from project import BINARY

Events = Counter  # of (client, number)


def by_deltalake(table: Path, columns: list[str]) -> list[tuple]:
    data = deltalake.DeltaTable(str(table)).to_pyarrow_table(columns=columns)
    return list(zip(*(data[name].to_pylist() for name in columns), strict=True))


def by_duckdb(table: Path, columns: list[str]) -> list[tuple]:
    extension = next(
        path for path in files("duckdb-extension-delta") or [] if path.suffix == ".duckdb_extension"
    )
    with duckdb.connect(config={"allow_unsigned_extensions": "true"}) as connection:
        connection.execute(f"LOAD '{extension.locate()}'")
        sql = f"SELECT {', '.join(columns)} FROM delta_scan('{table}')"
        return connection.execute(sql).fetchall()


def by_us(table: Path, columns: list[str]) -> list[tuple]:
    output = table.parent / f"{table.name}.parquet"
    command = [BINARY, "table", "scan", str(table), "--columns", ",".join(columns)]
    done = subprocess.run([*command, "--output", str(output)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    data = pq.read_table(output)
    return list(zip(*(data[name].to_pylist() for name in columns), strict=True))


READERS: dict[str, Callable[[Path, list[str]], list[tuple]]] = {
    "deltalake": by_deltalake,
    "DuckDB's delta extension": by_duckdb,
    "neuralake": by_us,
}


def differences(expected: set[tuple[int, int]], found: Counter) -> list[str]:
    """Every event that is missing, that is there twice, or that nobody sent."""
    lost = sorted(expected - set(found))
    twice = sorted(event for event, times in found.items() if times > 1)
    unknown = sorted(set(found) - expected)
    said = []
    for name, events in (("lost", lost), ("twice", twice), ("unknown", unknown)):
        if events:
            said.append(f"{len(events)} {name}, the first {events[:3]}")
    return said


def check(project: Path, rows: set[tuple[int, int]], letters: set[tuple[int, int]]) -> list[str]:
    """What is wrong with the tables, by reader; nothing when each event is there once."""
    wrong = []
    events = project / "data/events"
    dead = project / "data/events__dead_letters"
    for reader, read in READERS.items():
        found = Counter(read(events, ["client", "number"]))
        wrong += [f"{reader}: events: {what}" for what in differences(rows, found)]
        if letters:
            payloads = [json.loads(payload) for (payload,) in read(dead, ["payload"])]
            found = Counter(
                (payload["client"], int(payload["number"].removeprefix("no ")))
                for payload in payloads
            )
            wrong += [f"{reader}: dead letters: {what}" for what in differences(letters, found)]
    return wrong
