"""Broken tables: an error names file, version and table in one line; no answer is partial."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Cli


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve versions of a file each, a checkpoint at the tenth."""
    folder = tmp_path_factory.mktemp("sound")
    cli, rows = Cli(), folder / "rows.parquet"
    for first in range(0, 1200, 100):
        ids = pa.array(range(first, first + 100), pa.int64())
        pq.write_table(pa.table({"id": ids, "text": [f"row {i}" for i in ids]}), rows)
        cli.ok("write", folder / "t", rows)
    return folder / "t"


@pytest.fixture
def table(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "t"))


def log(table: Path, name: str) -> Path:
    return table / "_delta_log" / name


def commit(table: Path, version: int) -> Path:
    return log(table, f"{version:020d}.json")


def checkpoint(table: Path) -> Path:
    return log(table, f"{10:020d}.checkpoint.parquet")


def cut(path: Path, keep: float = 0.5) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])


def assert_refused(cli: Cli, table: Path, tmp_path: Path, *named: str) -> None:
    out = tmp_path / "out.parquet"
    line = cli.refused("scan", table, "--output", out)
    assert not out.exists()
    for text in (*named, str(table)):
        assert text in line, line


def count(cli: Cli, table: Path, tmp_path: Path) -> int:
    cli.ok("scan", table, "--output", tmp_path / "out.parquet")
    return int(pq.read_table(tmp_path / "out.parquet").num_rows)


def damage_nothing(path: Path) -> None:
    path.write_bytes(b"")


def damage_text(path: Path) -> None:
    path.write_text('{"add":{"path":7}}\n')


def damage_garbage(path: Path) -> None:
    path.write_bytes(b"\x00\xff" * 40)


@pytest.mark.parametrize("damage", [cut, damage_nothing, damage_text, damage_garbage])
def test_a_broken_commit(cli: Cli, table: Path, tmp_path: Path, damage: object) -> None:
    damage(commit(table, 11))  # type: ignore[operator]
    assert_refused(cli, table, tmp_path, f"{11:020d}.json")


def test_a_commit_that_is_missing_in_the_middle(cli: Cli, table: Path, tmp_path: Path) -> None:
    checkpoint(table).unlink()
    log(table, "_last_checkpoint").unlink()
    commit(table, 5).unlink()
    assert_refused(cli, table, tmp_path, f"{5:020d}.json")


@pytest.mark.parametrize("damage", [cut, damage_nothing, damage_garbage])
def test_a_broken_checkpoint_is_done_without_when_the_commits_are_there(
    cli: Cli, table: Path, tmp_path: Path, damage: object
) -> None:
    damage(checkpoint(table))  # type: ignore[operator]
    assert count(cli, table, tmp_path) == 1200


@pytest.mark.parametrize("damage", [cut, damage_nothing, damage_garbage])
def test_a_broken_checkpoint_that_is_all_there_is(
    cli: Cli, table: Path, tmp_path: Path, damage: object
) -> None:
    for version in range(10):
        commit(table, version).unlink()
    damage(checkpoint(table))  # type: ignore[operator]
    assert_refused(cli, table, tmp_path, f"{10:020d}.checkpoint.parquet")


@pytest.mark.parametrize("damage", [cut, damage_nothing, damage_garbage])
def test_a_broken_pointer_to_the_checkpoint_changes_nothing(
    cli: Cli, table: Path, tmp_path: Path, damage: object
) -> None:
    damage(log(table, "_last_checkpoint"))  # type: ignore[operator]
    assert count(cli, table, tmp_path) == 1200


def data_file(table: Path) -> Path:
    added = [json.loads(line) for line in commit(table, 7).read_text().splitlines()]
    return table / next(line["add"]["path"] for line in added if "add" in line)


@pytest.mark.parametrize("damage", [cut, damage_nothing, damage_garbage, Path.unlink])
def test_a_broken_data_file(cli: Cli, table: Path, tmp_path: Path, damage: object) -> None:
    path = data_file(table)
    damage(path)  # type: ignore[operator]
    assert_refused(cli, table, tmp_path, path.name, "version 11")


def test_a_data_file_with_flipped_bytes(cli: Cli, table: Path, tmp_path: Path) -> None:
    path = data_file(table)
    data = bytearray(path.read_bytes())
    for at in range(40, 400):
        data[at] ^= 0x5A
    path.write_bytes(data)
    assert_refused(cli, table, tmp_path, path.name, "version 11")


def with_protocol(table: Path, protocol: dict[str, object]) -> None:
    lines = [json.dumps({"commitInfo": {}}), json.dumps({"protocol": protocol})]
    commit(table, 12).write_text("\n".join(lines) + "\n")


def test_unknown_features_are_refused_by_name_for_reading_and_writing_apart(
    cli: Cli, table: Path, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("id,text\n1,x\n")
    with_protocol(
        table,
        {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": [],
            "writerFeatures": ["appendOnly", "writesFromMars"],
        },
    )
    assert count(cli, table, tmp_path) == 1200
    line = cli.refused("write", table, rows)
    assert "writer features" in line
    assert "writesFromMars" in line
    assert "appendOnly" not in line
    with_protocol(
        table,
        {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": ["readsFromMars", "deletionVectors"],
            "writerFeatures": ["readsFromMars", "deletionVectors"],
        },
    )
    line = cli.refused("scan", table, "--output", tmp_path / "no.parquet")
    assert "reader features that are not supported: readsFromMars" in line
    assert "readsFromMars" in cli.refused("show", table)
