"""What the command line says: usage, counts, reports, errors by the name that the user knows."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import BINARY, Cli


def neuralake(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def table(cli: Cli, tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text("id,text\n1,a\n2,b\n3,c\n")
    cli.ok("write", tmp_path / "t", tmp_path / "rows.csv")
    return tmp_path / "t"


@pytest.mark.parametrize("words", [("flights",), ("table", "flights"), ("flights", "show")])
def test_help_for_what_is_no_subcommand_is_wrong_usage(words: tuple[str, ...]) -> None:
    done = neuralake(*words, "--help")
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no subcommand flights; it has " in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_help_for_what_is_one_is_help() -> None:
    for words in ((), ("table",), ("table", "show"), ("table", "show", "flights")):
        done = neuralake(*words, "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout


def test_one_of_something_is_no_plural(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "row.csv").write_text("id\n1\n")
    assert "1 row in 1 file, " in cli.ok("write", tmp_path / "t", tmp_path / "row.csv")
    assert "with 1 column\n" in cli.ok("create", tmp_path / "u", "--schema", "id int")


def test_a_scan_gives_at_most_so_many_rows(cli: Cli, table: Path) -> None:
    assert cli.ok("scan", table, "--limit", "2", "--format", "csv").count("\n") == 3
    where = ["--where", "id > 1 OR id = 1 -- all", "--limit", "9"]
    assert cli.ok("scan", table, *where, "--format", "csv").count("\n") == 4
    assert "--limit" in cli.refused("scan", table, "--limit", "-1", code=2)


def test_a_written_file_is_told_with_its_rows(cli: Cli, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    assert cli.ok("scan", table, "--output", out) == f"wrote 3 rows to {out}\n"
    assert cli.json("scan", table, "--output", out, "--limit", "1") == {
        "rows": 1,
        "output": str(out),
    }
    assert pq.read_table(out).num_rows == 1


@pytest.mark.parametrize("name", ["out.parquet", "out.arrow", "out.csv", "out.jsonl", "out.json"])
def test_a_written_file_can_be_written_into_a_table(
    cli: Cli, table: Path, tmp_path: Path, name: str
) -> None:
    cli.ok("scan", table, "--output", tmp_path / name)
    cli.ok("write", tmp_path / "copy", tmp_path / name)
    csv = ("--format", "csv")
    assert cli.ok("scan", tmp_path / "copy", *csv) == cli.ok("scan", table, *csv)


def test_an_error_of_a_scan_names_the_table_once_and_by_its_location(
    cli: Cli, table: Path, tmp_path: Path
) -> None:
    line = cli.refused("scan", table, "--version", "9")
    assert "lake.t" not in line
    assert line.count(str(table)) == 1
    assert "version 9 does not exist; the newest is 0" in line
    line = cli.refused("scan", tmp_path / "nowhere")
    assert "lake.t" not in line
    assert f"table {tmp_path}/nowhere: no Delta table is there" in line


def test_a_time_before_the_table_is_told_as_a_time(cli: Cli, table: Path) -> None:
    line = cli.refused("show", table, "--timestamp", "2001-02-03")
    assert "at or before 2001-02-03T00:00:00" in line
    assert "the first that is left, 0, is of 20" in line
    assert "since 1970" not in line


def test_an_option_that_does_nothing_is_not_shown_but_refused_by_its_reason(
    cli: Cli, table: Path, tmp_path: Path
) -> None:
    assert "--replace-where" not in neuralake("table", "write", "--help").stdout
    assert "replace-where" not in neuralake("completion", "bash").stdout
    rows = tmp_path / "rows.csv"
    assert "is not in this release" in cli.refused("write", table, rows, "--replace-where", "id=1")


def test_made_up_rows_are_counted_on_a_terminal_while_they_come(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [BINARY, "gen", "telemetry", "--rows", "3000000", "--output", tmp_path / "r.parquet"]
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE) as process:
        os.close(theirs)
        told = os.read(ours, 4096)
        process.communicate()
    os.close(ours)
    assert b" rows, " in told
    assert process.returncode == 0


def test_errors_as_json_keep_their_codes(cli: Cli, tmp_path: Path) -> None:
    done = cli.run("scan", tmp_path / "nowhere", "--json")
    assert done.returncode == 1
    assert json.loads(done.stderr)["error"]["kind"] == "not_found"


# Over the numbers of a cross product for which nobody waits.
ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


def wait_until_at_work(process: subprocess.Popen[str]) -> None:
    """Wait until a process has had a second of processor time."""
    while process.poll() is None:
        user_ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11]
        if int(user_ticks) > os.sysconf("SC_CLK_TCK"):
            return
        time.sleep(0.01)
    pytest.fail(f"it ended by itself: {process.communicate()}")


@pytest.mark.parametrize("what", ["sql", "scan"])
def test_ctrl_c_ends_a_statement_cleanly(table: Path, what: str) -> None:
    asked = {
        "sql": ["sql", "--table", f"t={table}", "-c", ENDLESS],
        "scan": ["table", "scan", str(table), "--where", f"id < ({ENDLESS})"],
    }
    process = subprocess.Popen(
        [BINARY, *asked[what]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_until_at_work(process)
    process.send_signal(signal.SIGINT)
    out, complaint = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert complaint.endswith("the statement was cancelled\n")
    assert len(complaint.splitlines()) == 1


def test_a_count_or_version_below_zero_is_wrong_usage(cli: Cli, table: Path) -> None:
    assert "--limit" in cli.refused("history", table, "--limit", "-1", code=2)
    assert "--from" in cli.refused("changes", table, "--from", "-1", code=2)
    assert "--to" in cli.refused("changes", table, "--from", "0", "--to", "-1", code=2)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM lake.t VERSION AS OF -1",
        "SELECT * FROM lake.t AT (VERSION => -1)",
        "SELECT * FROM lake.t t VERSION AS OF -1 WHERE id = 1",
    ],
)
def test_a_version_below_zero_is_named_with_those_that_there_are(
    table: Path, statement: str
) -> None:
    done = neuralake("sql", "--table", f"t={table}", "-c", statement)
    assert done.returncode == 1
    assert "version -1 does not exist; they begin at 0 and the newest is 0" in done.stderr


def test_discover_tells_a_place_that_is_none_from_an_empty_one(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert f"there is no folder {tmp_path}/none" in cli.refused("discover", tmp_path / "none")
    assert f"{file} is a file" in cli.refused("discover", file)
    (tmp_path / "empty").mkdir()
    assert cli.ok("discover", tmp_path / "empty") == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-c", "SELECT 1", "--format", "bad"], "--format"),
        (["-c", "SELECT 1", "-f", "x.sql"], "--command"),
        (["-c", ""], "the statement is empty"),
        (["-c", "SELECT 1", "--param", "a"], "--param takes name=value, not a"),
        ([], "no statement: give one with -c or -f, or pipe it in"),
    ],
)
def test_a_statement_that_is_not_given_well_is_wrong_usage(
    table: Path, words: list[str], says: str
) -> None:
    command = [BINARY, "sql", "--table", f"t={table}", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_statement_may_be_piped_in_and_is_not_waited_for_on_a_terminal(table: Path) -> None:
    command = [BINARY, "sql", "--table", f"t={table}", "--format", "csv"]
    piped = subprocess.run(command, input="SELECT 7 AS n", capture_output=True, text=True)
    assert (piped.returncode, piped.stdout) == (0, "n\n7\n")
    keyboard, terminal = pty.openpty()
    done = subprocess.run(command, stdin=terminal, capture_output=True, text=True, timeout=30)
    os.close(keyboard)
    os.close(terminal)
    assert done.returncode == 2
    assert "no statement" in done.stderr


def test_a_format_that_is_none_is_wrong_usage_of_a_scan(cli: Cli, table: Path) -> None:
    assert "--format" in cli.refused("scan", table, "--format", "bad", code=2)
