"""Every SQL script on every surface: embedded, over HTTP, over the Postgres protocol."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from script import Record, Script, read_script
from surfaces import StatementError, Surface, canonical

SCRIPTS = [read_script(path) for path in sorted((Path(__file__).parent / "scripts").glob("*.test"))]
SURFACES = ["embedded", "http", "postgres"]


@pytest.mark.parametrize("name", SURFACES)
@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_script(script: Script, name: str, surface: Callable[[str, bool], Surface]) -> None:
    place = surface(name, script.writes)
    for record in script.records:
        check(place, record, f"{script.name}.test:{record.line} on {name}")


def check(place: Surface, record: Record, where: str) -> None:
    try:
        answer = place.ask(record.sql, record.params)
    except StatementError as error:
        assert record.error is not None, f"{where}: {error.kinds}: {error.message}"
        assert record.error in error.kinds, f"{where}: {error.kinds}: {error.message}"
        assert record.says in error.message, f"{where}: {error.message}"
        if record.position is not None:
            assert error.position == record.position, f"{where}: {error.message}"
        return
    assert record.error is None, f"{where}: it answered {answer}"
    if record.types is None:
        return
    rows = [
        [canonical(letter, value) for letter, value in zip(record.types, row, strict=True)]
        for row in answer
    ]
    expected = record.rows
    if not record.ordered:
        rows, expected = sorted(rows), sorted(expected)
    assert rows == expected, where
