"""Side-by-side measuring: contenders take turns in children with limits, medians are compared.

A row names the work, how often to repeat it, and its contenders. A contender is a command whose
child prints one JSON object on its last line: `{"value": 1.23, "unit": "s"}`, measured inside the
child, so that start-up and imports do not count unless the row wants them to. Machines are shared
and noisy: only medians and ratios are printed, and peak memory as the kernel counted it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = ROOT / "build/release/bin/neuralake"
MEMORY_MAX = 8 << 30
SECONDS_MAX = 300.0


@dataclass
class Contender:
    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


@dataclass
class Row:
    """One line of the benchmark: the first contender is ours."""

    name: str
    title: str
    target: str
    contenders: list[Contender]
    repeat: int = 5
    higher_is_better: bool = False
    seconds_max: float = SECONDS_MAX
    memory_max: int = MEMORY_MAX


@dataclass
class Sample:
    value: float
    unit: str
    peak_bytes: int
    notes: dict[str, object]


class DidNotFinishError(Exception):
    """The child passed its time or memory limit, or failed; the text says which."""


def run_child(contender: Contender, seconds_max: float, memory_max: int) -> Sample:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (memory_max, memory_max))

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            contender.command,
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **contender.env},
            preexec_fn=limit,  # noqa: PLW1509 - no threads here
            start_new_session=True,
        )
        deadline = time.monotonic() + seconds_max
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                child.returncode = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() > deadline:
                os.killpg(child.pid, signal.SIGKILL)
                os.wait4(child.pid, 0)
                child.returncode = -9
                raise DidNotFinishError(f"more than {seconds_max:.0f} s")
            time.sleep(0.005)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            tail = err.read().decode(errors="replace").strip().splitlines()[-1:]
            raise DidNotFinishError(f"exit {child.returncode}: {' '.join(tail)[:120]}")
        last = out.read().decode().strip().splitlines()[-1]
    answer = json.loads(last)
    notes = {key: value for key, value in answer.items() if key not in ("value", "unit")}
    return Sample(float(answer["value"]), answer["unit"], usage.ru_maxrss * 1024, notes)


def measure(row: Row, say: Callable[[str], None]) -> dict[str, object]:
    """Let the contenders take turns; return medians, ratios to ours, and peaks."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in row.contenders}
    out: dict[str, str] = {}
    for turn in range(row.repeat):
        for contender in row.contenders:
            if contender.name in out:
                continue
            say(f"{row.name}: turn {turn + 1} of {row.repeat}, {contender.name}")
            try:
                samples[contender.name].append(
                    run_child(contender, row.seconds_max, row.memory_max)
                )
            except DidNotFinishError as error:
                out[contender.name] = str(error)
    results: list[dict[str, object]] = []
    ours: float | None = None
    for contender in row.contenders:
        taken = samples[contender.name]
        if contender.name in out or not taken:
            reason = out.get(contender.name, "no sample")
            results.append({"name": contender.name, "did_not_finish": reason})
            continue
        value = statistics.median(sample.value for sample in taken)
        if ours is None and contender is row.contenders[0]:
            ours = value
        results.append(
            {
                "name": contender.name,
                "median": value,
                "unit": taken[0].unit,
                "ratio": None if ours is None else value / ours,
                "peak_bytes": max(sample.peak_bytes for sample in taken),
                "notes": taken[-1].notes,
            }
        )
    return {"row": row.name, "title": row.title, "target": row.target, "results": results}


def format_value(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1000:.2f} ms" if value < 1 else f"{value:.2f} s"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


def render(result: dict[str, object]) -> str:
    lines = [f"{result['row']}: {result['title']}", f"  to reach: {result['target']}"]
    entries = result["results"]
    assert isinstance(entries, list)
    for entry in entries:
        if "did_not_finish" in entry:
            lines.append(f"  {entry['name']:<28} did not finish ({entry['did_not_finish']})")
            continue
        ratio = "" if entry["ratio"] is None else f"{entry['ratio']:8.2f} x ours"
        peak = f"{entry['peak_bytes'] / 2**20:8.0f} MiB peak"
        notes = "  ".join(f"{key} {value}" for key, value in entry["notes"].items())
        value = format_value(entry["median"], entry["unit"])
        lines.append(f"  {entry['name']:<28} {value:>14} {ratio} {peak}  {notes}".rstrip())
    return "\n".join(lines)
