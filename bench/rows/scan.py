"""Scanning: 10 million rows over 200 Parquet files of one Delta table, warm and in process."""

from __future__ import annotations

import json
from pathlib import Path

from harness import ROOT, Contender, Row

FILES = 200
ROWS = 10_000_000
KEYS = 1_000

# One text for every engine that has SQL; `{point}` is a key in the middle of the table.
QUERIES = {
    "count": ("count(*)", "SELECT count(*) FROM t"),
    "sum": ("sum of one column", "SELECT sum(id) FROM t"),
    "group": (
        f"group by {KEYS:,} keys",
        "SELECT k, count(*), sum(price) FROM t GROUP BY k ORDER BY k LIMIT 5",
    ),
    "aggregates": (
        "four aggregates of four columns",
        "SELECT sum(id), avg(price), max(qty), min(name) FROM t",
    ),
    "filter": ("a filter that keeps 0.5 %", "SELECT count(*), sum(price) FROM t WHERE k < 5"),
    "point": ("one row by its sorted key", f"SELECT * FROM t WHERE id = {ROWS // 2 + 7}"),
}


def make_table(folder: Path) -> Path:
    """Files as a compacted table has them: sorted by id, zstd, statistics in the log."""
    import polars as pl

    table = folder / f"scan-{ROWS}-{FILES}"
    log = table / "_delta_log" / f"{0:020d}.json"
    if log.exists():
        return table
    log.parent.mkdir(parents=True, exist_ok=True)
    types = {"id": "long", "k": "integer", "price": "double", "qty": "integer", "name": "string"}
    fields = [{"name": n, "type": t, "nullable": True, "metadata": {}} for n, t in types.items()]
    metadata = {
        "id": "bench-scan",
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps({"type": "struct", "fields": fields}),
        "partitionColumns": [],
        "configuration": {},
        "createdTime": 0,
    }
    actions: list[dict[str, object]] = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": metadata},
    ]
    per_file = ROWS // FILES
    for number in range(FILES):
        ids = pl.int_range(number * per_file, (number + 1) * per_file, eager=True)
        frame = pl.DataFrame({"id": ids}).with_columns(
            k=(pl.col("id").hash(1) % KEYS).cast(pl.Int32),
            price=(pl.col("id").hash(2) % 1_000_000).cast(pl.Float64) / 100,
            qty=(pl.col("id").hash(3) % 50).cast(pl.Int32),
            name=pl.format("name-{}", pl.col("id").hash(4) % 10_000),
        )
        path = table / f"part-{number:05d}.zstd.parquet"
        frame.write_parquet(path, compression="zstd", row_group_size=per_file)
        lows, highs = frame.min().row(0, named=True), frame.max().row(0, named=True)
        stats = {
            "numRecords": per_file,
            "minValues": lows,
            "maxValues": highs,
            "nullCount": dict.fromkeys(types, 0),
        }
        add = {
            "path": path.name,
            "partitionValues": {},
            "size": path.stat().st_size,
            "modificationTime": 1_700_000_000_000 + number,
            "dataChange": True,
            "stats": json.dumps(stats),
        }
        actions.append({"add": add})
    draft = log.with_suffix(".part")
    draft.write_text("".join(json.dumps(action) + "\n" for action in actions))
    draft.rename(log)
    return table


def rows(work: Path, full: bool) -> list[Row]:
    del full
    table = str(make_table(work))
    peer = str(ROOT / "bench/peers/scan_table.py")
    python = str(ROOT / ".venv/bin/python")
    contenders = {
        "neuralake": "neuralake",
        "DuckDB read_parquet": "duckdb",
        "deltalake + DataFusion": "deltalake",
        "polars": "polars",
    }
    return [
        Row(
            name=f"scan.{key}",
            title=f"{title} over {ROWS:,} rows in {FILES} files, warm",
            target="within 5 % of read_parquet; ahead of deltalake + DataFusion and polars",
            contenders=[
                Contender(name, [python, peer, engine, table, sql])
                for name, engine in contenders.items()
            ],
        )
        for key, (title, sql) in QUERIES.items()
    ]
