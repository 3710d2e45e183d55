"""Appending 1,000 rows with a warm writer: data file, commit and both folders synced."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from harness import BINARY, ROOT, Contender, Row

ROWS = 1000
APPENDS = 200
VERSIONS = (10, 500, 5000)


def rows(work: Path, full: bool) -> list[Row]:
    del full
    program = str(BINARY.parent / "append_rows")
    python = str(ROOT / ".venv/bin/python")
    peer = str(ROOT / "bench/peers/append_rows.py")
    made: list[Row] = []
    for versions in VERSIONS:
        folder = work / f"append-{versions}"
        shutil.rmtree(folder, ignore_errors=True)
        ours, theirs = folder / "ours", folder / "theirs"
        for table in (ours, theirs):
            table.mkdir(parents=True)
            subprocess.run([program, "make", str(table), str(versions)], check=True)
        # What one append of ours writes, for the bare program to write the same.
        probe = [program, "ours", str(ours), str(ROWS), "1"]
        told = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)
        sizes = [str(told["data_bytes"]), str(told["log_bytes"])]
        count = str(APPENDS)
        made.append(
            Row(
                name=f"append.{versions}",
                title=f"append {ROWS:,} rows to a table of {versions:,} versions, p50, warm writer",
                target="at most the bare program + 2 ms, at every version; ahead of deltalake",
                contenders=[
                    Contender("neuralake", [program, "ours", str(ours), str(ROWS), count]),
                    Contender(
                        "same bytes, same syncs",
                        ["/bin/sh", "-c", f"rm -rf {folder}/bare && mkdir {folder}/bare && "
                         f"exec {program} bare {folder}/bare {' '.join(sizes)} {count}"],
                    ),
                    Contender("deltalake (no sync)", [python, peer, str(theirs), str(ROWS), count]),
                ],
            )
        )  # fmt: skip
    return made
