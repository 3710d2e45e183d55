"""Run one query on a Delta table again and again in this process; prints the median as JSON.

Every engine has the table opened before: what is measured is the statement, from its text to its
rows in Python. DuckDB gets the list of Parquet files and so does without the log; neuralake looks
for a newer version of the table at each statement, as it does in production. `cpu_ms` is the time
of all threads for one turn: on a busy machine it says more than the clock.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("NEURALAKE_BUILD", ROOT / "build/release"))
WARM = 2
TURNS_MIN = 5
SECONDS = 1.5

Query = Callable[[], list[tuple[object, ...]]]


def neuralake(table: str, sql: str) -> Query:
    sys.path.insert(0, str(ROOT / "python"))
    import neuralake as package

    package.__path__.append(str(BUILD / "python/neuralake"))
    from neuralake.native import native

    definitions = {
        "format": "neuralake.definitions",
        "version": 1,
        "databases": [
            {"name": "lake", "tables": [{"name": "t", "kind": "delta", "uri": table}]},
        ],
    }
    manifest = native().make_manifest(json.dumps(definitions))
    session = native().Session(manifest, "/", False)
    statement = sql.replace("FROM t", "FROM lake.t")

    def run() -> list[tuple[object, ...]]:
        import polars as pl

        answer = session.query(statement, [])
        rows: list[tuple[object, ...]] = []
        while (batch := answer.next()) is not None:
            rows += pl.DataFrame(batch).rows()
        return rows

    return run


def duckdb(table: str, sql: str) -> Query:
    import duckdb as engine

    connection = engine.connect()
    connection.execute("SET enable_object_cache=true")
    connection.execute("SET parquet_metadata_cache=true")
    files = sorted(str(path) for path in Path(table).glob("*.parquet"))
    statement = sql.replace("FROM t", f"FROM read_parquet({files})")
    return lambda: connection.execute(statement).fetchall()


def deltalake(table: str, sql: str) -> Query:
    import pyarrow as pa
    from deltalake import DeltaTable, QueryBuilder

    builder = QueryBuilder().register("t", DeltaTable(table))

    def run() -> list[tuple[object, ...]]:
        answer = pa.table(builder.execute(sql))
        return list(zip(*(column.to_pylist() for column in answer.columns), strict=True))

    return run


def polars(table: str, sql: str) -> Query:
    import polars as pl

    context = pl.SQLContext(t=pl.scan_delta(table))
    return lambda: context.execute(sql, eager=True).rows()


def main() -> None:
    engine, table, sql = sys.argv[1:4]
    run = {"neuralake": neuralake, "duckdb": duckdb, "deltalake": deltalake, "polars": polars}[
        engine
    ](table, sql)
    for _ in range(WARM):
        answer = run()
    times: list[float] = []
    ends = time.perf_counter() + SECONDS
    used = time.process_time()
    while len(times) < TURNS_MIN or time.perf_counter() < ends:
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    used = time.process_time() - used
    print(
        json.dumps(
            {
                "value": statistics.median(times),
                "unit": "s",
                "turns": len(times),
                "cpu_ms": round(used / len(times) * 1000, 2),
                "answer": str(answer[0])[:60],
            }
        )
    )


main()
