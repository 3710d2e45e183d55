"""A small lake of real processes, for tests that break what it stands on."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("NEURALAKE_BINARY") or ROOT / "build/dev/bin/neuralake").resolve()
SERVICE = str(ROOT / "scripts/service")
READY_S = 60.0
WAIT_S = 90.0

DEFINITIONS = """\
from neuralake import Catalog, Column, DeltaTable, ModuleDatabase

events = DeltaTable("{location}", key=["id"], columns=[
    Column("id", "int64", nullable=False), Column("body", "string")])
catalog = Catalog({{"lake": ModuleDatabase("definitions")}})
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, holds: Callable[[], Any], limit_s: float = WAIT_S) -> Any:
    """What `holds` gives once it is true."""
    limit = time.monotonic() + limit_s
    while True:
        if found := holds():
            return found
        assert time.monotonic() < limit, f"{what}: not within {limit_s} s"
        time.sleep(0.05)


class Server:
    """A server of `scripts/service` that can be killed, and started again where it was."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.port: int | None = None
        self.start()

    def start(self) -> None:
        command = [SERVICE, "start", self.name, "--folder", str(self.folder)]
        command += [] if self.port is None else ["--port", str(self.port)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        state = json.loads(done.stdout)
        self.pid, self.port = int(state["pid"]), int(state["port"])
        self.env: dict[str, str] = state["env"]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        status = Path(f"/proc/{self.pid}/stat")

        def gone() -> bool:
            try:
                return status.read_text().rpartition(")")[2].split()[0] in "ZX"
            except OSError:
                return True

        wait_for(f"the end of {self.name}", gone)

    def stop(self) -> None:
        subprocess.run([SERVICE, "stop", self.name, "--folder", str(self.folder)], check=False)


class Lake:
    """`neuralake up` on a project with one table, `lake.events`."""

    def __init__(
        self, folder: Path, location: str, settings: str = "", env: dict[str, str] | None = None
    ) -> None:
        self.folder, self.location = folder, location
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "neuralake.toml").write_text(
            '[catalog]\nmodule = "definitions:catalog"\n' + settings
        )
        (folder / "definitions.py").write_text(DEFINITIONS.format(location=location))
        self.port = free_port()
        self.env = {
            **os.environ,
            **(env or {}),
            "PYTHONPATH": str(BINARY.parents[1] / "python"),
            "NEURALAKE_CATALOG__PYTHON": sys.executable,
            "NEURALAKE_SERVE__PORT": str(self.port),
            "NEURALAKE_SERVE__PG_PORT": str(free_port()),
            "NEURALAKE_INGEST__FLUSH_INTERVAL": (env or {}).get("FLUSH_INTERVAL", "200ms"),
        }
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self.acknowledged = 0

    def __enter__(self) -> Lake:
        self.run("catalog", "build")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [BINARY, *arguments], cwd=self.folder, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, processes: tuple[str, ...] = ("serve", "ingest")) -> None:
        """Start all; return when `processes` are there."""
        self.process = subprocess.Popen(
            [BINARY, "up"],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._keep, args=[self.process], daemon=True).start()
        signs = {"serve": r"^\s*serve +\|.*serving", "ingest": r"^\s*ingest +\|.*ready"}
        for name in processes:
            wait_for(name, lambda name=name: self.said(signs[name]), READY_S)

    def _keep(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip())

    def said(self, pattern: str) -> str | None:
        """The first line that matches."""
        return next((line for line in self.lines if re.search(pattern, line)), None)

    def restarts(self) -> list[str]:
        """Lines of the supervisor about children that ended."""
        return [line for line in self.lines if re.search(r"exited with|was ended by signal", line)]

    def push(self, rows: int, body: str = "x", patience_s: float = 10) -> int:
        """Push the next `rows` rows; they count as acknowledged at 200. Gives the status."""
        first = self.acknowledged
        lines = "".join(
            json.dumps({"id": first + i, "body": body}) + "\n" for i in range(rows)
        ).encode()
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": f"from-{first}"}
        url = f"http://127.0.0.1:{self.port}/api/v1/ingest/lake/events"
        try:
            request = urllib.request.Request(url, lines, headers)
            with urllib.request.urlopen(request, timeout=patience_s) as answer:
                self.acknowledged += rows
                return int(answer.status)
        except urllib.error.HTTPError as error:
            self.refusal: str = error.read().decode()
            return error.code

    def count(self) -> tuple[int, int]:
        """Rows, and distinct ids among them; (-1, -1) while the table cannot be asked."""
        body = json.dumps(
            {"sql": "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM lake.events"}
        ).encode()
        url = f"http://127.0.0.1:{self.port}/api/v1/sql"
        headers = {"Content-Type": "application/json"}
        try:
            request = urllib.request.Request(url, body, headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                [row] = json.load(answer)["rows"]
                return int(row["n"]), int(row["ids"])
        except urllib.error.HTTPError as error:
            self.refusal = error.read().decode()
            return (-1, -1)

    def all_are_there_once(self) -> None:
        rows = self.acknowledged
        wait_for(f"{rows} rows, each once", lambda: self.count() == (rows, rows))

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
