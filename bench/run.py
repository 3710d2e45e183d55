"""`make bench`: every row beside its peers, in one run; `ARGS=ROW` runs the rows of that name.

Prints a table a row, writes all figures as JSON to `build/bench.json`, and ends with 0 whether or
not a target was reached: a benchmark measures, it does not judge.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import ROOT, Row, measure, render

ROWS = Path(__file__).resolve().parent / "rows"


def load_rows(work: Path, full: bool, only: list[str]) -> list[Row]:
    """Each file of `rows/` has `rows(work, full)`, which prepares its data below `work`."""
    rows: list[Row] = []
    for path in sorted(ROWS.glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        wanted = not only or any(name.startswith(path.stem) for name in only)
        if wanted:
            print(f"preparing {path.stem} …", file=sys.stderr, flush=True)
            rows += module.rows(work, full)
    return [row for row in rows if not only or any(row.name.startswith(name) for name in only)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help="names of rows; all when none is given")
    parser.add_argument("--full", action="store_true", help="the large sizes")
    parser.add_argument("--repeat", type=int, help="turns of each contender")
    arguments = parser.parse_args()
    started = time.monotonic()
    work = ROOT / "build/bench"
    work.mkdir(parents=True, exist_ok=True)
    results = []
    for row in load_rows(work, arguments.full, arguments.rows):
        if arguments.repeat:
            row.repeat = arguments.repeat
        result = measure(row, lambda text: print(text, file=sys.stderr, flush=True))
        results.append(result)
        print(render(result), flush=True)
    if not results:
        names = ", ".join(path.stem for path in sorted(ROWS.glob("*.py")))
        print(f"no such row; files of rows: {names}", file=sys.stderr)
        return 2
    (ROOT / "build/bench.json").write_text(json.dumps(results, indent=1) + "\n")
    print(f"{len(results)} rows in {time.monotonic() - started:.0f} s; build/bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
