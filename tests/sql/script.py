"""Read SQL scripts: statements with what they must answer.

A script is a list of records, separated by blank lines; lines that begin with ``#`` are comments::

    statement ok
    INSERT INTO shop.scratch (id) VALUES (1)

    statement error not_found 14 no table
    SELECT * FROM nowhere

    query IT rows
    SELECT id, customer FROM shop.orders
    ----
    1 | Ann
    2 | NULL

``statement error KIND [POSITION] [TEXT]``: the kind of the error, where it begins in the statement,
and a text that its message holds. ``query TYPES [rows]``: one letter a column (see ``surfaces``),
``rows`` when their order is open. A line ``params [1, "a"]`` before the SQL gives ``$1``, ``$2``.
``(empty)`` stands for the empty text. A script with the line ``# writes`` gets its own project.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Record:
    """One statement and what it must come to."""

    line: int
    sql: str
    params: list[Any] = field(default_factory=list)
    types: str | None = None  # of a query
    rows: list[list[str]] = field(default_factory=list)
    ordered: bool = True
    error: str | None = None
    position: int | None = None
    says: str = ""


@dataclass(frozen=True)
class Script:
    """The records of one file."""

    name: str
    writes: bool
    records: list[Record]


_ERROR = re.compile(r"statement error (\w+)(?: (\d+))?(?: (.+))?$")
_QUERY = re.compile(r"query ([A-Z]+)( rows)?$")


def read_script(path: Path) -> Script:
    """Parse one file; a record that cannot be read fails with its line."""
    text = path.read_text(encoding="utf-8")
    records = []
    block: list[str] = []
    start = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.startswith("#") and not block:
            continue
        if line.strip():
            start = start if block else number
            block.append(line)
        elif block:
            records.append(_record(block, start, path))
            block = []
    return Script(path.stem, "# writes" in text.splitlines(), records)


def _record(block: list[str], line: int, path: Path) -> Record:
    head, *body = block
    params = []
    if body and body[0].startswith("params "):
        params = json.loads(body.pop(0).removeprefix("params "))
    if head == "statement ok":
        return Record(line, "\n".join(body), params)
    if found := _ERROR.match(head):
        kind, position, says = found.groups()
        at = None if position is None else int(position)
        return Record(line, "\n".join(body), params, error=kind, position=at, says=says or "")
    if found := _QUERY.match(head):
        types, rows = found.groups()
        assert "----" in body, f"{path.name}:{line}: a query without ----"
        middle = body.index("----")
        expected = [_cells(row) for row in body[middle + 1 :]]
        for row in expected:
            assert len(row) == len(types), f"{path.name}:{line}: {row} is not of {types}"
        return Record(line, "\n".join(body[:middle]), params, types, expected, ordered=rows is None)
    raise AssertionError(f"{path.name}:{line}: {head!r} is no record")


def _cells(row: str) -> list[str]:
    return ["" if cell == "(empty)" else cell for cell in row.split(" | ")]
