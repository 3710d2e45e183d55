"""Run every test of the project and print one closing line: `N passed, N failed`.

Builds preset `dev` (or, with `--full`, the sanitizer presets too), then runs the C++ unit tests,
the Python tests and the whole-system suites, each as one step whose results are counted from the
report that its runner writes. A step that ends without a report counts as one failure.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/dev"


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures


def count_junit(path: Path, step: str) -> Tally:
    """Count the cases of one JUnit file, as GoogleTest and pytest write it."""
    tally = Tally()
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{step}: {case.get('classname', '')}.{case.get('name', '')}"
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed += 1
            tally.failures.append(name)
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            tally.skipped += 1
            reason = case.find("skipped")
            said = reason.get("message", "") if reason is not None else "disabled"
            print(f"skipped {name}: {said}", flush=True)
        else:
            tally.passed += 1
    return tally


def run_step(name: str, command: list[str], report: Path, env: dict[str, str]) -> Tally:
    started = time.monotonic()
    print(f"--- {name}", flush=True)
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}).returncode
    try:
        tally = count_junit(report, name)
    except (OSError, ElementTree.ParseError):
        tally = Tally(failed=1, failures=[f"{name}: ended with {code} and no report"])
    if code != 0 and tally.failed == 0:
        tally.failed = 1
        tally.failures.append(f"{name}: ended with {code}")
    print(
        f"    {tally.passed} passed, {tally.failed} failed in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return tally


def unit_steps(build: Path, reports: Path, only: str) -> Tally:
    tally = Tally()
    for program in sorted((build / "bin").glob("*_test")):
        if only and only not in program.name:
            continue
        report = reports / f"{build.name}-{program.name}.xml"
        tally.add(
            run_step(
                program.name,
                [str(program), f"--gtest_output=xml:{report}", "--gtest_brief=1"],
                report,
                {},
            )
        )
    return tally


def python_steps(reports: Path, only: str, full: bool) -> Tally:
    """One pytest run a folder: each starts and stops the servers that it needs."""
    tally = Tally()
    python = str(ROOT / ".venv/bin/python")
    folders = [ROOT / "python/tests", *sorted(p for p in (ROOT / "tests").iterdir() if p.is_dir())]
    for folder in folders:
        if not any(folder.glob("test_*.py")) or (only and only not in str(folder)):
            continue
        name = str(folder.relative_to(ROOT))
        report = reports / f"{name.replace('/', '-')}.xml"
        env = {
            "PYTHONPATH": str(ROOT / "python"),
            "NEURALAKE_BINARY": str(BUILD / "bin/neuralake"),
            "NEURALAKE_FULL": "1" if full else "",
        }
        command = [python, "-m", "pytest", "-q", "--tb=short", f"--junitxml={report}", str(folder)]
        tally.add(run_step(name, command, report, env))
    return tally


def build(preset: str) -> Path:
    for command in (["cmake", "--preset", preset], ["cmake", "--build", "--preset", preset]):
        done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
        if done.returncode != 0:
            print(done.stdout[-20000:], done.stderr[-4000:], file=sys.stderr)
            raise SystemExit(f"the build failed: {' '.join(command)}")
    return ROOT / "build" / preset


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="sanitizers and the slow suites too")
    parser.add_argument("--only", default="", help="steps whose name holds this text")
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder)
        print("--- build", flush=True)
        tally.add(unit_steps(build("dev"), reports, arguments.only))
        tally.add(python_steps(reports, arguments.only, arguments.full))
        if arguments.full:
            for preset in ("asan", "tsan"):
                tally.add(unit_steps(build(preset), reports, arguments.only))
    for failure in tally.failures:
        print(f"FAILED {failure}")
    skipped = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{skipped}", flush=True)
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
