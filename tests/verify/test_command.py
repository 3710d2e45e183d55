"""What `neuralake table verify` prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from checker import findings, ok, rules, run, verify


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = tmp_path / "rows.parquet"
    for first in range(12):
        pq.write_table(pa.table({"id": [first, first + 1], "name": ["a", None]}), rows)
        ok("table", "write", tmp_path / "t", rows)
    return tmp_path / "t"


def test_a_sound_table_is_told_in_one_line(table: Path) -> None:
    line = "verified version 11: 12 files, 12 commits, 1 checkpoint; 0 problems\n"
    assert ok("table", "verify", table) == line
    assert ok("table", "verify", table, "--deep") == line
    assert ok("table", "verify", table, "--shallow") == line
    assert ok("table", "verify", table, "--version", "3") == (
        "verified version 3: 4 files, 4 commits, 0 checkpoints; 0 problems\n"
    )


def test_each_finding_is_a_line_before_the_last(table: Path) -> None:
    gone = next(table.glob("*.parquet"))
    gone.unlink()
    done = run("table", "verify", table)
    assert done.returncode == 1
    [finding, last] = done.stdout.splitlines()
    assert finding.startswith("error file.missing version ") and gone.name in finding
    assert last.endswith("; 1 problem")
    [found] = verify(table)["findings"]
    assert found["rule"] == "file.missing"
    assert found["severity"] == "error"
    assert found["file"] == gone.name
    assert found["row"] is None


def test_rows_are_read_unless_that_is_not_wanted(table: Path) -> None:
    file = next(table.glob("*.parquet"))
    file.write_bytes(b"x" * file.stat().st_size)
    assert findings(table, "--shallow") == []
    assert rules(table) == {"file.read"}


def test_turned_bits_of_our_pages_are_found(table: Path) -> None:
    file = next(table.glob("*.parquet"))
    sound = file.read_bytes()
    group = pq.ParquetFile(file).metadata.row_group(0)
    for number in range(group.num_columns):
        chunk = group.column(number)
        start = chunk.dictionary_page_offset or chunk.data_page_offset
        end = start + chunk.total_compressed_size
        for at in range(end - 8, end):  # of the last page, behind its header
            turned = bytearray(sound)
            turned[at] ^= 1
            file.write_bytes(turned)
            assert rules(table) == {"file.read"}, (number, at)
            assert rules(table, "--shallow") == set()
    file.write_bytes(sound)
    assert rules(table) == set()


def test_a_commit_that_was_changed_is_found_by_the_checkpoint(table: Path) -> None:
    log = table / "_delta_log" / f"{4:020d}.json"
    log.write_text(log.read_text().replace('"size":', '"size":1'))
    assert rules(table, "--shallow") == {"checkpoint.fields", "file.size"}


def test_what_makes_no_sense_is_wrong_usage(table: Path, tmp_path: Path) -> None:
    assert run("table", "verify", table, "--deep", "--shallow").returncode == 2
    assert run("table", "verify").returncode == 2
    done = run("table", "verify", tmp_path / "nowhere")
    assert done.returncode == 1
    assert "no Delta table is there" in done.stderr
    done = run("table", "verify", table, "--version", "99")
    assert (done.returncode, done.stdout) == (1, "")
    assert "version 99 does not exist; the newest is 11" in done.stderr


def test_every_file_of_a_table_may_be_nonsense(table: Path) -> None:
    """Whatever a byte is changed to, the command ends by itself."""
    paths = sorted(path for path in table.rglob("*") if path.is_file())
    assert len(paths) > 20
    for number, path in enumerate(paths):
        right = path.read_bytes()
        wrong = bytearray(right)
        wrong[(number * 7919) % len(wrong)] ^= 0xFF
        for bytes_ in (bytes(wrong), right[: len(right) // 2], b""):
            path.write_bytes(bytes_)
            assert run("table", "verify", table).returncode in (0, 1), path
        path.write_bytes(right)
    assert findings(table) == []
