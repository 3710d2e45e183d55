"""`table changes`: what each version inserted and deleted, by version and by time."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import Cli


@pytest.fixture
def table(cli: Cli, tmp_path: Path) -> Path:
    """Version 1 brings 1 and 2, version 2 puts 3 in their place, 3 adds 4."""
    path = tmp_path / "t"
    cli.ok(
        "create", path, "--schema", "id BIGINT, day STRING", "--partition-by", "day",
        "--property", "delta.enableChangeDataFeed=true",
    )  # fmt: skip
    for text, mode in (("1,a\n2,\n", "append"), ("3,a\n", "overwrite"), ("4,b\n", "append")):
        (tmp_path / "rows.csv").write_text("id,day\n" + text)
        cli.ok("write", path, tmp_path / "rows.csv", "--mode", mode)
    return path


def changes(cli: Cli, table: Path, *arguments: object) -> list[tuple[int, str, int]]:
    out = table.parent / "changes.parquet"
    cli.ok("changes", table, *map(str, arguments), "--output", out)
    read = pq.read_table(out)
    assert read.column_names == [
        "id",
        "day",
        "_change_type",
        "_commit_version",
        "_commit_timestamp",
    ]
    rows = [(r["_commit_version"], r["_change_type"], r["id"]) for r in read.to_pylist()]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    return sorted(rows)


ALL = [
    (1, "insert", 1),
    (1, "insert", 2),
    (2, "delete", 1),
    (2, "delete", 2),
    (2, "insert", 3),
    (3, "insert", 4),
]


def test_both_ends_are_included_and_the_newest_is_the_default(cli: Cli, table: Path) -> None:
    assert changes(cli, table, "--from", 0, "--to", 3) == ALL
    assert changes(cli, table, "--from", 2, "--to", 2) == ALL[2:5]
    assert changes(cli, table, "--from", 3) == ALL[5:]


def test_a_range_can_be_told_by_time(cli: Cli, table: Path) -> None:
    lines = cli.ok("history", table, "--json").splitlines()
    times = {entry["version"]: entry["timestamp"] for entry in map(json.loads, lines)}
    assert changes(cli, table, "--from-timestamp", times[2], "--to-timestamp", times[2]) == ALL[2:5]
    assert changes(cli, table, "--from-timestamp", "2000-01-01") == ALL


def test_what_cannot_be_told_is_refused(cli: Cli, table: Path, tmp_path: Path) -> None:
    assert "range of versions 3 to 1 is empty" in cli.refused(
        "changes", table, "--from", 3, "--to", 1
    )
    assert "version 9" in cli.refused("changes", table, "--from", 1, "--to", 9)
    assert "--from" in cli.refused("changes", table)
    cli.ok("create", tmp_path / "u", "--schema", "id BIGINT")
    line = cli.refused("changes", tmp_path / "u", "--from", 0)
    assert "version 0 did not record its changes" in line
