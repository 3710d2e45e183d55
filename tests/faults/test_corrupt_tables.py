"""A broken table under running processes: each names file, version and table, none gives a part of
the rows, the other table goes on, and this one too once it is put right."""

from __future__ import annotations

import json
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from lake import Lake, wait_for

DEFINITIONS = """\
from neuralake import Catalog, Column, DeltaTable, ModuleDatabase

COLUMNS = [Column("id", "int64", nullable=False), Column("body", "string")]
events = DeltaTable("tables/events", key=["id"], columns=COLUMNS)
planes = DeltaTable("tables/planes", key=["id"], columns=COLUMNS)
catalog = Catalog({"lake": ModuleDatabase("definitions")})
"""
OFTEN = """
[compact]
interval = "200ms"
files_min = 2
[vacuum]
interval = "200ms"
"""
VERSIONS = 12
GARBAGE = b"\x00\xff{" * 40


class House(Lake):
    """Two tables: `events` stays sound, `planes` has twelve rows, a version each, and breaks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, str(folder / "tables/events"), settings=OFTEN)
        (folder / "definitions.py").write_text(DEFINITIONS)
        self.planes = folder / "tables/planes"
        columns = [pa.field("id", pa.int64(), nullable=False), pa.field("body", pa.string())]
        for version in range(VERSIONS):
            rows = pa.table({"id": [version], "body": ["x"]}, schema=pa.schema(columns))
            write_deltalake(self.planes, rows, mode="append")
        self.sound: Path | None = None

    def log(self, version: int, kind: str = "json") -> Path:
        return self.planes / f"_delta_log/{version:020d}.{kind}"

    def damage(self, how: Callable[[House], Path]) -> Path:
        """Break the table, keeping a copy; the file that is to be named."""
        self.sound = self.folder / "sound"
        shutil.copytree(self.planes, self.sound)
        self.broken = how(self)
        return self.broken

    def repair(self) -> None:
        """Put back what is missing, the newest first: until the last one is there, there is a hole,
        and never a table of fewer versions that somebody could take for this one."""
        assert self.sound is not None
        files = sorted((path for path in self.sound.rglob("*") if path.is_file()), reverse=True)
        for file in files:
            path = self.planes / file.relative_to(self.sound)
            if not path.exists():
                draft = path.with_name(f".{path.name}.draft")
                shutil.copy(file, draft)
                draft.rename(path)
        if not (self.sound / self.broken.relative_to(self.planes)).exists():
            self.broken.unlink()

    def post(self, path: str, body: bytes, content: str) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": content}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def ids(self) -> list[int]:
        """The ids of planes, which must be answered."""
        status, answer = self.ask()
        return [row["id"] for row in answer["rows"]] if status == 200 else []

    def ask(self) -> tuple[int, dict[str, Any]]:
        body = json.dumps({"sql": "SELECT id, body FROM lake.planes ORDER BY id"}).encode()
        return self.post("/api/v1/sql", body, "application/json")

    def push_plane(self, number: int) -> tuple[int, dict[str, Any]]:
        body = json.dumps({"id": number, "body": "pushed"}).encode()
        return self.post("/api/v1/ingest/lake/planes", body, "application/json")

    def tells(self, process: str, *words: str) -> str:
        def found() -> str | None:
            lines = [line for line in self.lines if re.match(rf"^\s*{process} +\|", line)]
            return next((line for line in lines if all(word in line for word in words)), None)

        return wait_for(f"a line of {process} with {words}", found)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "project")


def names_it(house: House, answer: tuple[int, dict[str, Any]], *words: str) -> None:
    status, body = answer
    assert status == 500, body
    assert body["error"]["kind"] == "corruption"
    for word in words:
        assert word in body["error"]["message"]
    assert body["error"]["message"].count("table lake.planes: ") <= 1


def all_goes_on(house: House, ids: list[int]) -> None:
    """The sound table takes rows; the other one gives its own once it is whole again."""
    assert house.push(5) == 200
    house.all_are_there_once()
    house.repair()
    wait_for("the rows of planes", lambda: house.ids() == ids)
    assert house.restarts() == []


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def next_commit(house: House, bytes_: Callable[[bytes], bytes]) -> Path:
    newest = DeltaTable(house.planes).version()
    path = house.log(newest + 1)
    draft = path.with_suffix(".draft")
    draft.write_bytes(bytes_(house.log(newest).read_bytes()))
    draft.rename(path)
    return path


@pytest.mark.parametrize(
    "bytes_",
    [lambda text: text[: len(text) // 2], lambda _: GARBAGE, lambda _: b""],
    ids=["cut", "garbage", "empty"],
)
def test_a_commit_that_comes_broken(house: House, bytes_: Callable[[bytes], bytes]) -> None:
    with house:
        house.tells("compact", "lake.planes: merged 12 files")
        assert house.push_plane(99)[0] == 200
        wait_for("the pushed row", lambda: house.ids() == [*range(VERSIONS), 99])
        path = house.damage(lambda it: next_commit(it, bytes_))
        words = (f"table {house.planes}", f"_delta_log/{path.name}")
        for process in ("compact", "vacuum"):
            house.tells(process, "lake.planes: ", *words)
        # A server's clients need not know its folders.
        names_it(house, house.ask(), "table lake.planes", words[1])
        # Known before it broke: what is pushed is kept for it.
        assert house.push_plane(100)[0] == 200
        house.tells("ingest", "lake.planes", *words)
        all_goes_on(house, [*range(VERSIONS), 99, 100])


def missing_commit(house: House) -> Path:
    for path in (house.planes / "_delta_log").glob("*checkpoint*"):
        path.unlink()
    house.log(5).unlink()
    return house.log(5)


def lone_checkpoint(spoil: Callable[[Path], object]) -> Callable[[House], Path]:
    def damage(house: House) -> Path:
        DeltaTable(house.planes).create_checkpoint()
        for version in range(VERSIONS):
            house.log(version).unlink()
        checkpoint = house.log(VERSIONS - 1, "checkpoint.parquet")
        spoil(checkpoint)
        return checkpoint

    return damage


@pytest.mark.parametrize(
    "how",
    [
        missing_commit,
        lone_checkpoint(cut_in_half),
        lone_checkpoint(lambda path: path.write_bytes(GARBAGE)),
    ],
    ids=["missing commit", "cut checkpoint", "garbage checkpoint"],
)
def test_a_log_that_cannot_be_read(house: House, how: Callable[[House], Path]) -> None:
    path = house.damage(how)
    words = (f"table {house.planes}", f"_delta_log/{path.name}")
    with house:
        for process in ("compact", "vacuum"):
            house.tells(process, "lake.planes: ", *words)
        # A server's clients need not know its folders.
        names_it(house, house.ask(), "table lake.planes", words[1])
        # What it takes cannot be known: nothing is acknowledged.
        names_it(house, house.push_plane(100), *words)
        all_goes_on(house, [*range(VERSIONS)])
        assert house.push_plane(100)[0] == 200
        wait_for("the pushed row", lambda: house.ids() == [*range(VERSIONS), 100])


@pytest.mark.parametrize("bytes_", [b"", GARBAGE, b'{"version":99}'], ids=["", "garbage", "wrong"])
def test_a_pointer_to_the_checkpoint_that_is_none(house: House, bytes_: bytes) -> None:
    DeltaTable(house.planes).create_checkpoint()
    (house.planes / "_delta_log/_last_checkpoint").write_bytes(bytes_)
    with house:
        assert house.ids() == [*range(VERSIONS)]
        house.tells("compact", "lake.planes: merged 12 files")
        assert house.push_plane(100)[0] == 200
        wait_for("the pushed row", lambda: house.ids() == [*range(VERSIONS), 100])
        assert house.restarts() == []


def cut_file(house: House) -> Path:
    added = [json.loads(line) for line in house.log(7).read_text().splitlines()]
    path = house.planes / next(line["add"]["path"] for line in added if "add" in line)
    cut_in_half(path)
    return path


def test_a_data_file_that_is_cut_off(house: House) -> None:
    path = house.damage(cut_file)
    with house:
        house.tells("compact", "lake.planes: ", f"{path.name}")
        names_it(house, house.ask(), "lake.planes", "version 11", path.name)
        # Its log is sound: rows still come, and none is dropped by a merge.
        assert house.push_plane(100)[0] == 200
        wait_for("the commit", lambda: DeltaTable(house.planes).version() == VERSIONS)
        assert house.push(5) == 200
        house.all_are_there_once()
        shutil.copy(house.folder / "sound" / path.name, path)
        wait_for("the rows of planes", lambda: house.ids() == [*range(VERSIONS), 100])
        house.tells("compact", "lake.planes: merged 13 files")
        assert house.ids() == [*range(VERSIONS), 100]
        assert house.restarts() == []
