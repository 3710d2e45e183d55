"""Tables of ours and theirs, and the engines that read them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, QueryBuilder
from values import rows_of, rows_of_arrow

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
SPARK_PYTHON = ROOT / ".venv-spark/bin/python"
SPARK_JARS = ROOT / "deps/services/delta-spark"


class Neuralake:
    """Ours, by its command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: object) -> str:
        return self.command("table", *arguments)

    def command(self, *arguments: object) -> str:
        command = [BINARY, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def write(self, table: Path, rows: pa.Table, *arguments: object) -> None:
        path = self.folder / "rows.parquet"
        pq.write_table(rows, path)
        self.run("write", table, path, *arguments)

    def read(self, table: Path, *arguments: object) -> list[str]:
        path = self.folder / "answer.parquet"
        self.run("scan", table, *arguments, "--output", path)
        return rows_of_arrow(pq.read_table(path))


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Neuralake:
    return Neuralake(tmp_path_factory.mktemp("files"))


class Spark:
    """One session for all tests: starting it takes longer than what they ask."""

    def __init__(self, warehouse: Path) -> None:
        self.process = subprocess.Popen(
            [str(SPARK_PYTHON), "spark_worker.py", str(SPARK_JARS), str(warehouse)],
            cwd=Path(__file__).parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TZ": "UTC", "SPARK_LOCAL_IP": "127.0.0.1"},
        )
        assert "ready" in self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"Spark ended with {self.process.wait()}"
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def sql(self, text: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"sql": text}) + "\n")
        self.process.stdin.flush()
        answer = self._answer()
        assert "error" not in answer, f"{text}: {answer['error']}"
        return answer

    def read(self, table: Path) -> list[str]:
        answer = self.sql(f"SELECT * FROM delta.`{table}`")
        return rows_of(answer["columns"], answer["rows"])

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    if not SPARK_PYTHON.exists():
        pytest.skip("no Spark: `scripts/setup spark` installs it")
    session = Spark(tmp_path_factory.mktemp("warehouse"))
    yield session
    session.stop()


def read_deltalake(table: Path) -> list[str]:
    opened = DeltaTable(table)
    if "deletionVectors" not in (opened.protocol().reader_features or []):
        return rows_of_arrow(pa.table(opened.to_pyarrow_table()))
    # Of its two readers, this one knows deletion vectors.
    read = QueryBuilder().register("t", opened).execute("SELECT * FROM t")
    return rows_of_arrow(pa.table(read.read_all()))


def read_polars(table: Path) -> list[str]:
    return rows_of_arrow(pl.read_delta(str(table)).to_arrow())


def read_duckdb(table: Path) -> list[str]:
    import duckdb_extension_delta

    folder = Path(duckdb_extension_delta.__file__).parent
    connection = duckdb.connect()
    connection.execute(f"LOAD '{next(folder.rglob('delta.duckdb_extension'))}'")
    connection.execute("SET TimeZone = 'UTC'")
    return rows_of_arrow(
        connection.execute(f"SELECT * FROM delta_scan('{table}')").to_arrow_table()
    )


READERS = {"deltalake": read_deltalake, "polars": read_polars, "duckdb": read_duckdb}


@pytest.fixture(params=["deltalake", "duckdb", "polars", "spark"])
def reader(request: pytest.FixtureRequest) -> Any:
    """Each engine in turn, as a function from a table to its canonical rows."""
    if request.param == "spark":
        return request.getfixturevalue("spark").read
    return READERS[request.param]
