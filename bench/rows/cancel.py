"""A statement that would run for hours: how long after the request to stop it is gone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from harness import BINARY, ROOT, Contender, Row
from tables import append_runs

ROWS = 18_000_000
FILES = 6
KINDS = ("scan", "join", "build", "aggregate", "sort", "pattern")


def rows_of(numbers: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"id": numbers}).select(
        "id", k=pl.col("id") * 7919 % 1000, name=pl.col("id").hash(1).cast(pl.String)
    )


def rows(work: Path, full: bool) -> list[Row]:
    del full
    table = append_runs(work / f"cancel-{ROWS}-{FILES}", ROWS, FILES, rows_of)
    child = [str(ROOT / ".venv/bin/python"), str(ROOT / "bench/peers/cancel_statement.py")]
    env = {"PYTHONPATH": str(ROOT / "python")}
    return [
        Row(
            name=f"cancel.{kind}",
            title=f"stop a {kind} that has run for a while, until it and its slot are gone",
            target="250 ms",
            contenders=[
                Contender(name, [*child, str(BINARY), str(table), kind, protocol], env)
                for name, protocol in (("neuralake, HTTP", "http"), ("neuralake, Postgres", "pg"))
            ],
        )
        for kind in KINDS
    ]
