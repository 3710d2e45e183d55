"""The processes of the demo: Neuralake itself, and the servers that it may stand on."""

from __future__ import annotations

import json
import os
import shutil
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

ROOT = Path(__file__).resolve().parent.parent
SERVICE = str(ROOT / "scripts/service")
READY_S = 60.0


def free_port(wanted: int) -> int:
    """`wanted` when nobody listens there, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port")


class Service:
    """A real server, by the project's own script."""

    def __init__(self, name: str, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.name, self.folder = name, folder
        command = [SERVICE, "start", name, "--folder", str(folder)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        self.state = json.loads(done.stdout)
        os.environ.update(self.state["env"])

    def stop(self) -> None:
        subprocess.run([SERVICE, "stop", self.name, "--folder", str(self.folder)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class S3Server(Service):
    def __init__(self, folder: Path) -> None:
        super().__init__("versitygw", folder)
        self.endpoint = self.state["env"]["AWS_ENDPOINT_URL"]
        self.bucket = self.state["env"].get("NEURALAKE_TEST_BUCKET", "lake")


class KafkaBroker(Service):
    def __init__(self, folder: Path) -> None:
        super().__init__("kafka", folder)
        self.brokers = f"127.0.0.1:{self.state['port']}"


class House:
    """`neuralake up` on one project."""

    def __init__(self, binary: Path, project: Path, say: Callable[[str], None]) -> None:
        self.binary, self.project, self.say = str(binary), project, say
        self.package = binary.parents[1] / "python"
        self.port, self.pg_port = free_port(8080), free_port(5433)
        self.env = {
            **os.environ,
            "PYTHONPATH": str(self.package),
            "NEURALAKE_CATALOG__PYTHON": sys.executable,
            "NEURALAKE_SERVE__PORT": str(self.port),
            "NEURALAKE_SERVE__PG_PORT": str(self.pg_port),
        }
        self.process: subprocess.Popen[str] | None = None
        self.log: list[str] = []

    def run(self, *arguments: str) -> str:
        command = [self.binary, *arguments]
        done = subprocess.run(
            command, cwd=self.project, env=self.env, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"neuralake {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def write_table(self, uri: str, file: Path) -> None:
        self.run("table", "write", uri, str(file))
        self.say(f"wrote {file.name} to the Delta table {uri}")

    def start(self) -> None:
        self.say(self.run("catalog", "build").strip())
        self.process = subprocess.Popen(
            [self.binary, "up"],
            cwd=self.project,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._keep_lines, daemon=True).start()
        limit = time.monotonic() + READY_S
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("neuralake up is not ready:\n  " + "\n  ".join(self.log[-12:]))
            time.sleep(0.05)
        self.say(f"serving at http://127.0.0.1:{self.port}, Postgres at {self.pg_port}")

    def _keep_lines(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(line.rstrip())
            if line.startswith(("compact", "vacuum")):
                self.say("  " + line.rstrip())

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def addresses(self) -> str:
        http = f"http://127.0.0.1:{self.port}"
        return (
            f"HTTP      {http}/api/v1/sql   {http}/openapi.json   {http}/metrics\n"
            f"pages     {http}/catalog/\n"
            f"Postgres  psql -h 127.0.0.1 -p {self.pg_port} -d neuralake"
        )

    def wait(self) -> None:
        assert self.process is not None
        self.process.wait()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
