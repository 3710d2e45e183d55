"""What `scripts/service` asks of a server."""

from __future__ import annotations

import os
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class ServiceError(Exception):
    """What failed and what to do about it, in one line, then the server's last words."""


class Server:
    """One kind of server. Everything it keeps lies in the folder that it is given."""

    name = ""
    ready_timeout_s = 20.0

    def prepare(self, folder: Path, port: int) -> None:
        """Write what the server wants to find when it starts."""

    def command(self, folder: Path, port: int) -> list[str]:
        """The server in the foreground, listening on 127.0.0.1:`port`."""
        raise NotImplementedError

    def environment(self, folder: Path, port: int) -> dict[str, str]:
        """Variables for the server itself."""
        return {}

    def ready(self, port: int) -> bool:
        """Whether it takes connections; asked every few milliseconds."""
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def provision(self, folder: Path, port: int) -> None:
        """Make, once it is ready, what clients expect: a bucket, a database."""

    def client_env(self, port: int) -> dict[str, str]:
        """Variables that make clients find it."""
        return {}


def tool(name: str) -> Path:
    """The program or folder that set-up linked as `deps/services/<name>`."""
    path = ROOT / "deps/services" / name
    if path.exists():
        return path
    cache = Path(
        os.environ.get("NEURALAKE_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neuralake"
    )
    found = sorted((cache / "go").glob(f"{name}-*"))
    if found:
        return found[-1]
    group = "full" if name == "minio" else "run"
    raise ServiceError(f"{name} is not installed: run scripts/setup {group}")
