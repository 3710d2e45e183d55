"""Opening a table: 300,000 data files in a JSON log without a checkpoint."""

from __future__ import annotations

import json
import random
from pathlib import Path

from harness import BINARY, ROOT, Contender, Row

FILES = 300_000
COMMITS = 5
COLUMNS = 8


def make_table(folder: Path, files: int) -> Path:
    """A log as an ingest job leaves it; the data files are never opened."""
    table = folder / f"snapshot-{files}"
    log = table / "_delta_log"
    if (log / f"{COMMITS:020d}.json").exists():
        return table
    log.mkdir(parents=True, exist_ok=True)
    fields = [
        {"name": f"c{i}", "type": "long", "nullable": True, "metadata": {}} for i in range(COLUMNS)
    ]
    schema = json.dumps({"type": "struct", "fields": fields})
    protocol = {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}
    meta = {
        "metaData": {
            "id": "bench",
            "format": {"provider": "parquet", "options": {}},
            "schemaString": schema,
            "partitionColumns": [],
            "configuration": {},
            "createdTime": 0,
        }
    }
    (log / f"{0:020d}.json").write_text(json.dumps(protocol) + "\n" + json.dumps(meta) + "\n")
    rng = random.Random(1)
    for commit in range(COMMITS):
        with (log / f"{commit + 1:020d}.json").open("w") as out:
            for number in range(files // COMMITS):
                low = rng.randrange(1 << 40)
                stats = {
                    "numRecords": 1000,
                    "minValues": {f"c{i}": low + i for i in range(COLUMNS)},
                    "maxValues": {f"c{i}": low + 1000 + i for i in range(COLUMNS)},
                    "nullCount": {f"c{i}": 0 for i in range(COLUMNS)},
                }
                add = {
                    "path": f"part-{commit:05d}-{number:08d}-{rng.getrandbits(64):016x}.parquet",
                    "partitionValues": {},
                    "size": 123456,
                    "modificationTime": 1_700_000_000_000 + number,
                    "dataChange": True,
                    "stats": json.dumps(stats, separators=(",", ":")),
                }
                out.write(json.dumps({"add": add}, separators=(",", ":")) + "\n")
    return table


def rows(work: Path, full: bool) -> list[Row]:
    del full
    table = make_table(work, FILES)
    peer = str(ROOT / "bench/peers/open_table.py")
    dev = str(ROOT / ".venv/bin/python")
    return [
        Row(
            name="snapshot.json",
            title=f"open a table of {FILES:,} files from its JSON log, cold",
            target="ahead of deltalake and DuckDB's delta extension in time and memory",
            contenders=[
                Contender("neuralake", [dev, peer, "neuralake", str(table), str(BINARY)]),
                Contender("deltalake", [dev, peer, "deltalake", str(table)]),
                Contender("duckdb delta extension", [dev, peer, "duckdb", str(table)]),
            ],
        )
    ]
