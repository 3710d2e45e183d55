"""Start, stop and use real servers on 127.0.0.1, without a container engine.

    scripts/service start NAME [--folder DIR] [--port N]  ready when it returns; prints JSON
    scripts/service stop NAME [--folder DIR]              ends it; its data stay in the folder
    scripts/service status NAME [--folder DIR]            prints the JSON again; 1 when it is down
    scripts/service run NAME[,NAME...] -- COMMAND...      around one command, in a passing folder

The JSON holds `name`, `pid`, `port`, `folder` and `env`, the variables that make clients find the
server; `run` gives them to the command. A server started twice in one folder finds its data again.
Ports are free ones unless given. To add a server: a class like those in `services/`, and a row in
`SERVERS`.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from services.kafka import Kafka
from services.minio import Minio
from services.server import Server, ServiceError
from services.versitygw import Versitygw

SERVERS: dict[str, Server] = {server.name: server for server in (Versitygw(), Minio(), Kafka())}

START_ATTEMPTS_MAX = 3
STOP_TIMEOUT_S = 15.0
POLL_S = 0.02


@dataclasses.dataclass(frozen=True)
class Running:
    """A started server, as its state file tells it."""

    name: str
    pid: int
    born: str  # start time of the process, so that a reused pid is not taken for it
    port: int
    folder: str
    env: dict[str, str]

    def alive(self) -> bool:
        return birth(self.pid) == self.born


def birth(pid: int) -> str:
    """When process `pid` began, in the kernel's words; empty when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def state_file(folder: Path) -> Path:
    return folder / "service.json"


def load(folder: Path) -> Running | None:
    try:
        running = Running(**json.loads(state_file(folder).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return running if running.alive() else None


def launch(server: Server, folder: Path, port: int, bound: bool) -> Running:
    """Start `server` once and wait until it answers; raise with its last lines when it does not.

    With `bound` it ends when this process does, however that ends.
    """
    server.prepare(folder, port)
    leash = ["setpriv", "--pdeathsig", "TERM", "--"] if bound else []
    log_path = folder / f"{server.name}.log"
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [*leash, *server.command(folder, port)],
            cwd=folder,
            env={**os.environ, **server.environment(folder, port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    running = Running(
        server.name, process.pid, birth(process.pid), port, str(folder), server.client_env(port)
    )
    state_file(folder).write_text(json.dumps(dataclasses.asdict(running), indent=2) + "\n")
    try:
        limit = time.monotonic() + server.ready_timeout_s
        while not server.ready(port):
            if process.poll() is not None:
                raise ServiceError(f"{server.name} ended with {process.returncode}{tail(log_path)}")
            if time.monotonic() > limit:
                seconds = server.ready_timeout_s
                raise ServiceError(f"{server.name} is not ready after {seconds} s{tail(log_path)}")
            time.sleep(POLL_S)
        if process.poll() is not None:  # something else answers on this port
            raise ServiceError(f"{server.name} ended with {process.returncode}{tail(log_path)}")
        server.provision(folder, port)
    except BaseException:
        end(running)
        process.wait()
        raise
    return running


def tail(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()[-8:]
    return "".join(f"\n  {line}" for line in lines)


def start(name: str, folder: Path, port: int | None, bound: bool = False) -> Running:
    """The server `name` in `folder`; with `bound` it ends with this process."""
    server = SERVERS[name]
    folder.mkdir(parents=True, exist_ok=True)
    running = load(folder)
    if running is not None:
        if running.name != name or port not in (None, running.port):
            raise ServiceError(f"{running.name} runs already in {folder}, port {running.port}")
        return running
    attempts = START_ATTEMPTS_MAX if port is None else 1
    for attempt in range(1, attempts + 1):
        try:
            return launch(server, folder, port or free_port(), bound)
        except ServiceError:  # a free port can be taken before the server has it
            if attempt == attempts:
                raise
    raise AssertionError


def end(running: Running) -> None:
    """Ask to end, then make it end; returns when the process is gone."""
    for word, patience in ((signal.SIGTERM, STOP_TIMEOUT_S), (signal.SIGKILL, STOP_TIMEOUT_S)):
        if not running.alive():
            break
        os.kill(running.pid, word)
        limit = time.monotonic() + patience
        while running.alive() and time.monotonic() < limit:
            reap(running.pid)
            time.sleep(POLL_S)
    state_file(Path(running.folder)).unlink(missing_ok=True)


def reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


@contextlib.contextmanager
def running_servers(names: list[str]) -> Iterator[dict[str, str]]:
    """The named servers while the block runs; gives the variables of all of them."""
    env: dict[str, str] = {}
    started: list[Running] = []
    root = Path(tempfile.mkdtemp(prefix="neuralake-services-"))
    try:
        for name in names:
            started.append(start(name, root / name, None, bound=True))
            env.update(started[-1].env)
        yield env
    finally:
        for running in reversed(started):
            end(running)
        shutil.rmtree(root, ignore_errors=True)


def run(names: list[str], command: list[str]) -> int:
    # Told to end, it ends its servers first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with running_servers(names) as env:
        return subprocess.run(command, env={**os.environ, **env}).returncode


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/service", description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("start", "stop", "status"):
        one = verbs.add_parser(verb)
        one.add_argument("name", choices=sorted(SERVERS))
        one.add_argument("--folder", type=Path, help="default: build/services/NAME")
        if verb == "start":
            one.add_argument("--port", type=int)
    around = verbs.add_parser("run")
    around.add_argument("names", help="with commas between")
    around.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main() -> int:
    args = arguments()
    if args.verb == "run":
        names = args.names.split(",")
        unknown = [name for name in names if name not in SERVERS]
        if unknown:
            raise ServiceError(f"no server {unknown[0]!r}; there are {', '.join(sorted(SERVERS))}")
        return run(names, args.command[1:] if args.command[:1] == ["--"] else args.command)
    root = Path(__file__).resolve().parent.parent
    folder = (args.folder or root / "build/services" / args.name).resolve()
    if args.verb == "start":
        print(json.dumps(dataclasses.asdict(start(args.name, folder, args.port))))
        return 0
    running = load(folder)
    if args.verb == "status":
        print(json.dumps(dataclasses.asdict(running) if running else {"name": args.name}))
        return 0 if running else 1
    if running:
        end(running)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ServiceError as error:
        print(f"service: {error}", file=sys.stderr)
        sys.exit(1)
