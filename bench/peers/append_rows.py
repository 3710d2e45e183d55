"""Append rows to a Delta table with deltalake, its table object kept; prints one JSON line.

deltalake does not sync: what is measured is its work without any durability.
"""

from __future__ import annotations

import json
import math
import sys
import time

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake


def rows(count: int, first: int) -> pa.Table:
    names = ["AA", "UA", "DL", "B6", "EV", "MQ", "US"]
    carriers = [names[(first + i * 31) % 7] for i in range(count)]
    numbers = [math.sin(first + i) * 100 for i in range(count)]
    times = [1_700_000_000_000_000 + (first + i) * 1_250_000 for i in range(count)]
    return pa.table(
        {
            "id": pa.array(range(first, first + count), pa.int64()),
            "at": pa.array(times, pa.timestamp("us", "UTC")),
            "carrier": carriers,
            "flight": pa.array([(first + i) * 7919 % 9000 for i in range(count)], pa.int32()),
            "origin": carriers,
            "dest": carriers,
            "dep_delay": numbers,
            "arr_delay": numbers,
            "distance": numbers,
            "cancelled": [i % 50 == 0 for i in range(count)],
        }
    )


def main() -> None:
    folder, count, appends = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    table = DeltaTable(folder)
    seconds = []
    for number in range(appends + 5):
        batch = rows(count, number * count)
        started = time.perf_counter()
        write_deltalake(table, batch, mode="append")
        seconds.append(time.perf_counter() - started)
    taken = sorted(seconds[5:])
    p99 = taken[len(taken) * 99 // 100] * 1000
    said = {"value": taken[len(taken) // 2], "unit": "s", "p99_ms": round(p99, 2)}
    print(json.dumps({**said, "version": table.version()}))


main()
