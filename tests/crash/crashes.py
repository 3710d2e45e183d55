"""One run of crashes: clients push, processes are killed, and everything is counted at the end."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import count
from clients import Client
from processes import Process, kill_points
from project import has_command, socket_of

UPKEEP = ("compact", "vacuum")
CLIENTS = 3


@dataclass
class Report:
    """What happened."""

    hit: Counter = field(default_factory=Counter)  # kills by step; `at random` is one
    upkeep_killed: Counter = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)  # steps that were not reached
    absent: list[str] = field(default_factory=list)  # upkeep that this build does not have
    left_out: list[str] = field(default_factory=list)  # steps that this build does not have
    wrong: list[str] = field(default_factory=list)
    rows: int = 0
    letters: int = 0
    retries: int = 0
    repeats: int = 0
    seconds: float = 0.0

    def lines(self) -> list[str]:
        lines = [f"{times:4} {step}" for step, times in sorted(self.hit.items())]
        lines += [f"{times:4} {name}, at random" for name, times in self.upkeep_killed.items()]
        lines += [f"   - {name}: not a command of this build" for name in self.absent]
        lines += [f"   - {step}: this build writes no checkpoints" for step in self.left_out]
        lines.append(
            f"{sum(self.hit.values())} kills of ingest in {self.seconds:.0f} s; {self.rows} events "
            f"and {self.letters} dead letters acknowledged, each found once by "
            f"{', '.join(count.READERS)}; {self.retries} retries, {self.repeats} repeats answered "
            "from memory"
        )
        return lines


class Run:
    def __init__(self, project: Path, seed: int) -> None:
        self.project = project
        self.random = random.Random(seed)
        self.report = Report()
        self.upkeep: dict[str, Process] = {}
        self.beside = [name for name in UPKEEP if has_command(name)]
        self.report.absent = [name for name in UPKEEP if name not in self.beside]
        self.clients = [Client(i, socket_of(project), seed) for i in range(CLIENTS)]

    def named(self, step: str, limit_s: float = 20.0) -> None:
        """Let ingest end itself at `step`."""
        # Not always the first time that it comes by.
        times = self.random.choice((1, 1, 2, 3)) if "table_create" not in step else 1
        process = self.start(f"{step}:{times}")
        if not process.ends_within(limit_s):
            unable = "checkpoint" in step and "checkpoints cannot be written" in process.said()
            (self.report.left_out if unable else self.report.missed).append(step)
            process.kill()
        elif process.was_killed:
            self.report.hit[step] += 1
        else:
            self.report.wrong.append(f"ingest ended by itself: {process.said()}")

    def at_random(self) -> None:
        process = self.start("")
        if process.ends_within(self.random.uniform(0.02, 0.4)):
            self.report.wrong.append(f"ingest ended by itself: {process.said()}")
            return
        process.kill()
        self.report.hit["at random"] += 1

    def start(self, kill_point: str) -> Process:
        process = Process("ingest", self.project, kill_point)
        process.wait_ready()
        self.keep_up()
        return process

    def keep_up(self) -> None:
        """Compaction and vacuum run beside, and are killed as well, once in a while."""
        for name in self.beside:
            if name in self.upkeep and self.random.random() < 0.2:
                self.upkeep[name].kill()
                self.report.upkeep_killed[name] += 1
                del self.upkeep[name]
            if name not in self.upkeep:
                self.upkeep[name] = Process(name, self.project)

    def finish(self) -> Report:
        """Start it once more, let the clients come to an end, and count."""
        process = Process("ingest", self.project)
        assert process.wait_ready(), process.said()
        told = [client.finish() for client in self.clients]
        if process.stop() != 0:
            self.report.wrong.append(f"ingest did not drain: {process.said()}")
        for upkeep in self.upkeep.values():
            if upkeep.stop() != 0:
                self.report.wrong.append(f"{upkeep.command}: {upkeep.said()}")
        rows = {(c.number, n) for c in self.clients for n in c.told.rows}
        letters = {(c.number, n) for c in self.clients for n in c.told.letters}
        self.report.rows, self.report.letters = len(rows), len(letters)
        self.report.retries = sum(t.retries for t in told)
        self.report.repeats = sum(t.repeats for t in told)
        self.report.wrong += [wrong for t in told for wrong in t.wrong]
        self.report.wrong += count.check(self.project, rows, letters)
        return self.report


def crash(project: Path, kills: int, seed: int, steps: list[str]) -> Report:
    """Kill ingest once at each of `steps` and `kills` times at random."""
    began = time.monotonic()
    run = Run(project, seed)
    for client in run.clients:
        client.start()
    plan = [*steps, *([None] * kills)]
    # The first ones want a table that is not there yet.
    first = [step for step in steps if "table_create" in step]
    rest = [step for step in plan if step not in first]
    run.random.shuffle(rest)
    for step in [*first, *rest]:
        if step is None:
            run.at_random()
        else:
            run.named(step)
    report = run.finish()
    report.seconds = time.monotonic() - began
    return report


def push_steps() -> list[str]:
    """The steps that pushed events pass."""
    steps = [step for step in kill_points() if "kafka" not in step]
    return [*steps, "commit.before_put", "commit.after_put"]
