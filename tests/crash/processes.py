"""Processes of a project: started, killed, told to end; what they said is kept for a failure."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from project import BINARY, ROOT, environment

KILL_POINT = "NEURALAKE_KILL_POINT"


def kill_points() -> list[str]:
    """The steps that the sources name, in the order in which an event passes them."""
    names = dict(
        re.findall(
            r"(k\w+) =\s+\"(ingest\.\w+)\"",
            (ROOT / "src/neuralake/ingest/kill_points.h").read_text(),
        )
    )
    rows = (ROOT / "src/neuralake/ingest/kill_points.cc").read_text()
    return [names[name] for name in re.findall(r"\{(k\w+), \"", rows)]


class Process:
    """One subcommand of the binary, running."""

    def __init__(self, command: str, project: Path, kill_point: str = "") -> None:
        self.command = command
        self.log = project / f"{command}.log"
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [BINARY, command, "--project", str(project)],
                stdout=subprocess.PIPE if command == "ingest" else log,
                stderr=log,
                env={**environment(), KILL_POINT: kill_point},
            )

    def wait_ready(self) -> bool:
        """Wait for the line that says so; false when the process ended before it."""
        assert self.child.stdout is not None
        return b"ready" in self.child.stdout.readline()

    def kill(self) -> None:
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def stop(self, limit_s: float = 30.0) -> int:
        """Tell it to end; its exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(limit_s)

    def ends_within(self, limit_s: float) -> bool:
        """Whether the process ends itself."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                return True
            time.sleep(0.005)
        return False

    @property
    def was_killed(self) -> bool:
        return self.child.returncode == -signal.SIGKILL

    def said(self) -> str:
        return self.log.read_text()[-4000:]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
