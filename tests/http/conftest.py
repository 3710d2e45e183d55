"""One project and one server for the tests that change neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lake import Server, make_project


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(make_project(tmp_path_factory.mktemp("lake")))
    yield made
    assert made.stop() == 0, made.log.read_text()[-4000:]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server on a project of its own; `start()` twice uses the same project."""
    started: list[Server] = []

    def run(*arguments: str, **options: object) -> Server:
        project = tmp_path / "lake"
        if not project.exists():
            make_project(project)
        one = Server(project, *arguments, **options)  # type: ignore[arg-type]
        started.append(one)
        return one

    yield run
    for one in started:
        one.stop()
