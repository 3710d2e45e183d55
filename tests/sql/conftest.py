"""Projects and surfaces for the SQL scripts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from project import write_project
from surfaces import BINARY, ENVIRONMENT, Embedded, Http, Postgres, Server, Surface

Opener = Callable[[str, bool], Surface]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that scripts read; its tables are never changed."""
    project = write_project(tmp_path_factory.mktemp("sql") / "project")
    done = subprocess.run(
        [BINARY, "catalog", "build", "--project", str(project)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[Path, Server]]:
    """The servers that run, by their projects."""
    running: dict[Path, Server] = {}
    yield running
    for server in running.values():
        server.stop()


@pytest.fixture
def surface(template: Path, servers: dict[Path, Server], tmp_path: Path) -> Iterator[Opener]:
    """Open a surface by its name; one that will be written to gets a copy of the project."""
    opened: list[Surface] = []
    own: list[Server] = []

    def open_surface(name: str, writes: bool) -> Surface:
        project = template
        if writes:
            project = tmp_path / "project"
            shutil.copytree(template, project)
        if name == "embedded":
            opened.append(Embedded(project))
            return opened[-1]
        if writes:
            own.append(Server(project))
        elif project not in servers:
            servers[project] = Server(project)
        server = own[-1] if writes else servers[project]
        opened.append(Http(server) if name == "http" else Postgres(server))
        return opened[-1]

    yield open_surface
    for one in opened:
        one.close()
    for server in own:
        server.stop()
