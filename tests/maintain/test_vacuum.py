"""`neuralake vacuum` on real tables: what nobody needs goes, what somebody needs stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from lake import BINARY, live_files, neuralake, newest, ours, rows_by_all, rows_by_us

NOW = ["--retention", "0s", "--allow-shorter-retention"]


def compacted(table: Path) -> int:
    """The version before the compaction."""
    version = newest(table)
    ours("compact", table, "--once")
    return version


def deleted(table: Path, *arguments: str) -> int:
    """How many files a round that must succeed says it deleted."""
    [said] = ours("vacuum", table, "--once", *arguments)
    return int(said["filesDeleted"])


def test_a_round_with_nothing_to_do_says_so(appends: Path) -> None:
    for how in ("--once", "--dry-run"):
        assert neuralake("vacuum", appends, how).stdout == f"{appends}: nothing to delete\n"
        [said] = ours("vacuum", appends, how)
        assert (said["filesDeleted"], said["bytesDeleted"]) == (0, 0)


def test_a_file_that_may_be_committed_yet_outlives_a_retention_of_nothing(appends: Path) -> None:
    (appends / "part-in-flight.parquet").write_bytes(b"written, not committed")
    no_retention = {"NEURALAKE_VACUUM__RETENTION": "0s"}
    for how in ([], ["--retention", "168h"]):
        [said] = ours("vacuum", appends, "--once", "--full", *how, env=no_retention)
        assert said["filesDeleted"] == 0
    assert (appends / "part-in-flight.parquet").exists()
    assert deleted(appends, "--full", *NOW) == 1


def test_young_files_stay_for_readers_of_old_versions(appends: Path, tmp_path: Path) -> None:
    old = compacted(appends)
    before = rows_by_us(appends, tmp_path, old)
    assert deleted(appends) == 0
    assert deleted(appends, "--full") == 0
    assert rows_by_us(appends, tmp_path, old) == before


def test_it_deletes_what_compaction_replaced(appends: Path, tmp_path: Path) -> None:
    compacted(appends)
    before = rows_by_all(appends, tmp_path)
    [said] = ours("vacuum", appends, "--once", *NOW)
    assert said["filesDeleted"] == 20
    assert said["bytesDeleted"] > 0
    assert len(list(appends.glob("*.parquet"))) == live_files(appends) == 1
    assert rows_by_all(appends, tmp_path) == before
    assert deleted(appends, *NOW) == 0


def test_only_a_listing_finds_what_no_commit_names(appends: Path, tmp_path: Path) -> None:
    orphan = appends / "part-orphan.parquet"
    orphan.write_bytes(b"left behind")
    week_ago = time.time() - 8 * 24 * 3600
    os.utime(orphan, (week_ago, week_ago))
    assert deleted(appends) == 0
    assert orphan.exists()
    [said] = ours("vacuum", appends, "--once", "--full")
    assert said["filesDeleted"] == 1
    assert not orphan.exists()
    assert len(rows_by_all(appends, tmp_path)) == 200


def test_a_dry_run_names_the_files_and_keeps_them(appends: Path) -> None:
    compacted(appends)
    before = sorted(appends.rglob("*"))
    [said] = ours("vacuum", appends, "--dry-run", *NOW)
    assert said["dryRun"] is True
    assert sorted(said["files"]) == said["files"]
    assert len(said["files"]) == 20
    assert all((appends / name).exists() for name in said["files"])
    text = neuralake("vacuum", appends, "--dry-run", *NOW).stdout.splitlines()
    assert text[0].startswith(f"{appends}: would delete 20 files (")
    assert sorted(appends.rglob("*")) == before


def test_a_retention_shorter_than_the_tables_is_refused(appends: Path) -> None:
    compacted(appends)
    done = neuralake("vacuum", appends, "--once", "--retention", "1h")
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "1 hours is shorter than the table's 168 hours" in line
    assert "--allow-shorter-retention" in line
    assert len(list(appends.glob("*.parquet"))) == 21


def test_a_retention_that_is_none_is_refused(appends: Path) -> None:
    done = neuralake("vacuum", appends, "--once", "--retention", "soon")
    assert done.returncode == 1
    assert "soon is not a duration" in done.stderr


def test_the_process_goes_round_until_sigterm(appends: Path) -> None:
    vacuum = subprocess.Popen(
        [BINARY, "vacuum", str(appends), "--json", *NOW],
        env={**os.environ, "NEURALAKE_VACUUM__INTERVAL": "100ms"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert vacuum.stdout is not None
    compacted(appends)
    assert json.loads(vacuum.stdout.readline())["filesDeleted"] > 0
    vacuum.send_signal(signal.SIGTERM)
    assert vacuum.wait(timeout=30) == 0
    assert live_files(appends) == 1
