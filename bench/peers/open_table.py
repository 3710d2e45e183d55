"""Open a Delta table cold and count its live files; prints the time as one JSON line.

For neuralake the whole process counts, start-up included; for the others only the opening, after
their imports. That favours the others, and is said here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path


def neuralake(table: str, binary: str) -> int:
    done = subprocess.run(
        [binary, "table", "show", table, "--json"], check=True, capture_output=True, text=True
    )
    return int(json.loads(done.stdout)["numFiles"])


def deltalake(table: str) -> int:
    from deltalake import DeltaTable

    opened = DeltaTable(table)
    return len(opened.file_uris())


def duckdb(table: str) -> int:
    import duckdb as engine
    import duckdb_extension_delta

    connection = engine.connect()
    connection.execute("SET allow_unsigned_extensions=false")
    extension = next(Path(duckdb_extension_delta.__file__).parent.rglob("delta.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    answer = connection.execute(f"SELECT count(*) FROM delta_list_files('{table}')").fetchone()
    assert answer is not None
    return int(answer[0])


def main() -> None:
    name, table = sys.argv[1], sys.argv[2]
    if name == "deltalake":
        import deltalake as _warm

        del _warm
    if name == "duckdb":
        import duckdb as _warm_duckdb

        del _warm_duckdb
    started = time.perf_counter()
    if name == "neuralake":
        files = neuralake(table, sys.argv[3])
    else:
        files = {"deltalake": deltalake, "duckdb": duckdb}[name](table)
    elapsed = time.perf_counter() - started
    print(json.dumps({"value": elapsed, "unit": "s", "files": files}))


main()
