"""Point queries over HTTP: 16 keep-alive clients, uniformly random keys, no result cache."""

from __future__ import annotations

import subprocess
from pathlib import Path

import polars as pl
from deltalake import WriterProperties
from harness import BINARY, ROOT, Contender, Row
from tables import append_runs

ROWS = 1_000_000
FILES = 20
# Small enough for a point query, and large enough for a scan; the same files serve every contender.
GROUP_ROWS = 10_000


def points_of(numbers: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"id": numbers}).select(
        "id",
        name=pl.format("customer {}", pl.col("id").hash(7) % 100_000),
        carrier=pl.format("C{}", pl.col("id") % 17),
        amount=(pl.col("id").hash(8) % 1_000_000).cast(pl.Float64) / 100,
        quantity=(pl.col("id") % 50).cast(pl.Int32),
        day=pl.date(2020, 1, 1) + pl.duration(days=pl.col("id") // 1000),
        late=pl.col("id") % 3 == 0,
        note=pl.format("note of {}", pl.col("id")),
    )


def make_table(folder: Path) -> Path:
    """A Delta table as batches of an ingest job leave it: each file holds a run of keys."""
    table = folder / f"points-{ROWS}-{FILES}-{GROUP_ROWS}"
    groups = WriterProperties(max_row_group_size=GROUP_ROWS)
    return append_runs(table, ROWS, FILES, points_of, writer_properties=groups)


def build_load(folder: Path) -> Path:
    source = ROOT / "bench/peers/http_load.cc"
    program = folder / "http_load"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["g++", "-std=c++20", "-O2", str(source), "-o", str(program)], check=True)
    return program


def rows(work: Path, full: bool) -> list[Row]:
    del full
    table, load = make_table(work), build_load(work)
    child = [str(ROOT / ".venv/bin/python"), str(ROOT / "bench/peers/http_point.py")]
    roapi = str(ROOT / ".venv-peers/bin/roapi")
    env = {"PYTHONPATH": str(ROOT / "python")}

    def contender(name: str, server: str, binary: str, kind: str) -> Contender:
        command = [*child, server, str(load), str(table), str(ROWS), binary, kind]
        return Contender(name, command, env)

    made = []
    for kind, title in [("random", "keys uniformly random"), ("repeated", "one query repeated")]:
        made.append(
            Row(
                name=f"http.{kind}",
                title=f"POST a point query on {ROWS:,} rows in {FILES} files, 16 clients, {title}",
                target="ahead of roapi in requests a second",
                contenders=[
                    contender("neuralake", "neuralake", str(BINARY), kind),
                    contender("roapi, table in memory", "roapi", roapi, kind),
                    contender("roapi, from the files", "roapi-files", roapi, kind),
                ],
                higher_is_better=True,
            )
        )
    return made
