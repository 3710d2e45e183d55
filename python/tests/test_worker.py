"""The process that computes function tables for the engine."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from project import CATALOG, PACKAGE, write_project

FUNCTIONS = """
    import pandas as pd, polars as pl, pyarrow as pa
    from neuralake import DeltaTable, table

    DATA = {"code": ["AA", "DL", "UA"], "size": [3, 2, 1]}
    print("printed at import")

    @table
    def lazy():
        print("printed in a call")
        return pl.LazyFrame(DATA)

    @table
    def eager():
        return pl.DataFrame(DATA)

    @table
    def pandas():
        return pd.DataFrame(DATA)

    @table
    def arrow():
        return pa.table(DATA)

    @table
    def reader():
        return pa.table(DATA).to_reader()

    @table
    def text():
        return "AA"

    @table
    def broken():
        raise ValueError("no carriers today")

    def plain():
        return pl.DataFrame(DATA)

    flights = DeltaTable("data/flights")
    """


class Worker:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def ask(self, function: str, **more: Any) -> tuple[dict[str, Any], pl.DataFrame | None]:
        request = {"module": "lake.aviation", "function": function, **more}
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request).encode() + b"\n")
        stdin.flush()
        head: dict[str, Any] = json.loads(stdout.readline())
        if not head["ok"]:
            return head, None
        # A stream reader must not take more than its own bytes: the next answer follows.
        with pa.ipc.open_stream(pa.PythonFile(stdout)) as reader:
            return head, pl.DataFrame(reader.read_all())

    def rows(self, function: str, **more: Any) -> list[dict[str, Any]]:
        head, frame = self.ask(function, **more)
        assert frame is not None, head
        return frame.to_dicts()


@contextmanager
def running(project: Path) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-m", "neuralake.worker"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Worker(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0
        assert process.stdout is not None
        assert process.stdout.read() == b""
        process.stdout.close()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    write_project(tmp_path, catalog=CATALOG, aviation=FUNCTIONS)
    with running(tmp_path) as one:
        yield one


ROWS = [{"code": "AA", "size": 3}, {"code": "DL", "size": 2}, {"code": "UA", "size": 1}]


@pytest.mark.parametrize("kind", ["lazy", "eager", "pandas", "arrow", "reader"])
def test_any_kind_of_frame_is_served(worker: Worker, kind: str) -> None:
    assert worker.rows(kind) == ROWS


def test_columns_filters_and_limit_are_applied(worker: Worker) -> None:
    assert worker.rows("lazy", columns=["size"], filters=[["code", "in", ["AA", "UA"]]]) == [
        {"size": 3},
        {"size": 1},
    ]
    assert worker.rows("eager", limit=1, columns=["size", "code"]) == [{"size": 3, "code": "AA"}]
    _, schema = worker.ask("lazy", limit=0)
    assert schema is not None
    assert schema.schema == {"code": pl.String, "size": pl.Int64}


def test_a_failure_names_the_line_and_the_next_request_is_served(worker: Worker) -> None:
    head, _ = worker.ask("broken")
    assert head["error"] == "ValueError: no carriers today"
    assert Path(head["file"]).name == "aviation.py"
    assert head["line"] == 34
    assert worker.ask("text")[0]["error"].startswith("lake.aviation.text returned a str")
    assert worker.ask("none")[0]["kind"] == "not_found"
    assert worker.ask("plain")[0]["error"] == "lake.aviation.plain is not a function with @table"
    assert worker.ask("flights")[0]["kind"] == "invalid"
    assert "no column nope" in worker.ask("lazy", columns=["nope"])[0]["error"]
    assert "unknown operator" in worker.ask("lazy", filters=[["code", "~", "A"]])[0]["error"]
    assert worker.rows("lazy") == ROWS


def test_a_changed_module_is_loaded_anew(worker: Worker, tmp_path: Path) -> None:
    assert worker.rows("lazy") == ROWS
    file = tmp_path / "lake/aviation.py"
    file.write_text(file.read_text().replace('"AA"', '"ZZ"'))
    assert worker.rows("lazy")[0] == {"code": "ZZ", "size": 3}
    file.write_text("syntax error here")
    assert "SyntaxError" in worker.ask("lazy")[0]["error"]


def test_a_module_that_changed_after_a_first_failure_is_loaded_anew(
    worker: Worker, tmp_path: Path
) -> None:
    assert worker.ask("broken")[0]["error"] == "ValueError: no carriers today"
    file = tmp_path / "lake/aviation.py"
    mended = file.read_text().replace(
        'raise ValueError("no carriers today")', "return pl.DataFrame(DATA)"
    )
    file.write_text(mended)
    assert worker.rows("broken") == ROWS


def test_a_module_that_changes_while_its_function_runs_is_loaded_anew(
    worker: Worker, tmp_path: Path
) -> None:
    file = tmp_path / "lake/aviation.py"
    edits = """
@table
def edits():
    from pathlib import Path

    file = Path(__file__)
    file.write_text(file.read_text().replace('"AA", "DL"', '"ZZ", "DL"'))
    return pl.DataFrame(DATA)
"""
    file.write_text(file.read_text() + edits)
    assert worker.rows("edits") == ROWS
    assert worker.rows("lazy")[0] == {"code": "ZZ", "size": 3}


def test_a_line_that_is_no_request_is_refused(worker: Worker) -> None:
    assert worker.process.stdin is not None
    assert worker.process.stdout is not None
    worker.process.stdin.write(b"nonsense\n")
    worker.process.stdin.flush()
    assert json.loads(worker.process.stdout.readline())["ok"] is False
    assert worker.rows("lazy") == ROWS


def test_answers_of_arrow_readers_need_no_newer_types() -> None:
    stream = io.BytesIO()
    frame = pl.DataFrame({"a": ["x"]})
    frame.write_ipc_stream(stream, compat_level=pl.CompatLevel.oldest())
    stream.seek(0)
    assert pa.ipc.open_stream(stream).schema.field("a").type == pa.large_string()
