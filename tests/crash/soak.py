"""Hours of crashes: run after run, each with a seed of its own that brings a failure back.

`make soak ARGS='--minutes 60'`; the first run that goes wrong ends it with 1 and keeps its folder.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import crashes
import project


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--kills", type=int, default=50, help="at random, in each run")
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    arguments = parser.parse_args()
    ends = time.monotonic() + arguments.minutes * 60
    seed = arguments.seed
    kills = 0
    while time.monotonic() < ends:
        folder = Path(tempfile.mkdtemp(prefix="neuralake-soak-"))
        report = crashes.crash(
            project.make(folder / "project"), arguments.kills, seed, crashes.push_steps()
        )
        print(f"seed {seed}: {report.lines()[-1]}", flush=True)
        if report.wrong or report.missed:
            print("\n".join([*report.wrong, *(f"not reached: {step}" for step in report.missed)]))
            print(f"seed {seed}; what is left is in {folder}")
            return 1
        kills += sum(report.hit.values())
        shutil.rmtree(folder)
        seed += 1
    print(f"{kills} kills in {seed - arguments.seed} runs, nothing lost, nothing twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
