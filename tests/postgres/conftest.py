"""A server with tables of all four kinds, for the clients of the Postgres protocol."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/postgres"), str(ROOT / "tests/sql")]

from big_table import write_big  # noqa: E402
from project import write_project  # noqa: E402
from surfaces import BINARY, ENVIRONMENT, Server  # noqa: E402


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the SQL scripts, and a big table."""
    folder = write_project(tmp_path_factory.mktemp("postgres") / "project")
    write_big(folder)
    done = subprocess.run(
        [BINARY, "catalog", "build", "--project", str(folder)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def overwrite(project: Path, tmp_path: Path) -> Callable[..., None]:
    """Give `store.changing` other columns and one row."""

    def write(**row: object) -> None:
        rows = tmp_path / "rows.ndjson"
        rows.write_text(json.dumps(row) + "\n")
        table = str(project / "data/changing")
        modes = ["--mode", "overwrite", "--schema-mode", "overwrite"]
        done = subprocess.run(
            [BINARY, "table", "write", table, str(rows), *modes],
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return write


@pytest.fixture(scope="session")
def server(project: Path) -> Iterator[Server]:
    """``neuralake serve`` on it."""
    running = Server(project)
    yield running
    running.stop()


@pytest.fixture
def address(server: Server) -> str:
    """What psycopg connects to."""
    return f"host=127.0.0.1 port={server.pg_port} user=tester dbname=neuralake"


@pytest.fixture
def connection(address: str) -> Iterator[psycopg.Connection]:
    """A connection whose statements commit by themselves."""
    with psycopg.connect(address, autocommit=True) as opened:
        yield opened
