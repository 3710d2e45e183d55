"""`neuralake compact` on real tables: the same rows in fewer files, for every engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import batch
from deltalake import DeltaTable, write_deltalake
from lake import BINARY, ROOT, SMALL, live_files, neuralake, newest, ours, rows_by_all, rows_by_us


def test_the_rows_stay_and_the_files_become_few(appends: Path, tmp_path: Path) -> None:
    before = rows_by_all(appends, tmp_path)
    [said] = ours("compact", appends, "--once")
    assert said["filesRemoved"] == 20
    assert said["filesAdded"] == 1
    assert said["table"] == str(appends)
    assert live_files(appends) == 1
    assert rows_by_all(appends, tmp_path) == before


def test_a_second_run_plans_nothing(appends: Path) -> None:
    assert ours("compact", appends, "--once")
    version = newest(appends)
    [said] = ours("compact", appends, "--once")
    assert said["filesRemoved"] == 0
    for how in ("--once", "--dry-run"):
        assert neuralake("compact", appends, how).stdout == f"{appends}: nothing to merge\n"
    assert newest(appends) == version


def due_checkpoint(table: Path) -> Path:
    """The checkpoint that a compaction of the table is to leave behind its commit."""
    assert (newest(table) + 1) % 10 == 0
    return table / f"_delta_log/{newest(table) + 1:020d}.checkpoint.parquet"


def test_it_leaves_a_checkpoint_behind_a_version_that_is_due_for_one(
    appends: Path, tmp_path: Path
) -> None:
    checkpoint = due_checkpoint(appends)
    ours("compact", appends, "--once")
    assert pq.read_table(checkpoint, columns=["add"]).num_rows > 0
    pointer = json.loads((appends / "_delta_log/_last_checkpoint").read_text())
    assert pointer["version"] == newest(appends)
    # From here on the commits before are not needed.
    for commit in (appends / "_delta_log").glob("*.json"):
        if int(commit.stem) < newest(appends):
            commit.unlink()
    assert len(rows_by_all(appends, tmp_path)) == 200


def test_a_checkpoint_that_cannot_be_written_is_told_and_fails_nothing(appends: Path) -> None:
    checkpoint = due_checkpoint(appends)
    checkpoint.mkdir()
    done = neuralake("compact", appends, "--once")
    assert done.returncode == 0
    assert "merged 20 files" in done.stdout
    assert "warning delta: no checkpoint" in done.stderr
    assert checkpoint.name in done.stderr


def test_partitions_stay_apart(partitioned: Path, tmp_path: Path) -> None:
    before = rows_by_all(partitioned, tmp_path)
    [said] = ours("compact", partitioned, "--once")
    assert said["filesAdded"] == 4
    assert said["commits"] == 1
    assert rows_by_all(partitioned, tmp_path) == before
    days = DeltaTable(partitioned).partitions()
    assert len(days) == 4


def test_a_dry_run_changes_nothing(appends: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in appends.rglob("*"))
    done = neuralake("compact", appends, "--dry-run")
    assert "would merge 20 files" in done.stdout
    [said] = ours("compact", appends, "--dry-run")
    assert said["dryRun"] is True
    assert sorted((path, path.stat().st_mtime_ns) for path in appends.rglob("*")) == before


def test_people_get_one_line_a_table(appends: Path, partitioned: Path) -> None:
    ours("compact", partitioned, "--once")
    done = neuralake("compact", appends, partitioned, "--once")
    assert done.returncode == 0
    [line, idle] = done.stdout.splitlines()
    assert idle == f"{partitioned}: nothing to merge"
    assert line.startswith(f"{appends}: merged 20 files (")


def test_the_change_is_one_that_changes_no_data(appends: Path) -> None:
    ours("compact", appends, "--once")
    log = appends / "_delta_log" / f"{newest(appends):020d}.json"
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    changes = [a.get("add") or a.get("remove") for a in actions if "commitInfo" not in a]
    assert {change["dataChange"] for change in changes} == {False}
    assert actions[0]["commitInfo"]["operation"] == "OPTIMIZE"


def test_old_versions_read_the_same(appends: Path, tmp_path: Path) -> None:
    version = newest(appends)
    before = rows_by_us(appends, tmp_path)
    ours("compact", appends, "--once")
    assert rows_by_us(appends, tmp_path, version) == before


def test_a_table_that_fails_is_said_and_the_others_go_on(appends: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(appends, broken)
    (broken / "_delta_log" / f"{3:020d}.json").write_text("{")
    missing = tmp_path / "missing"
    done = neuralake("compact", broken, missing, appends, "--once", "--json")
    assert done.returncode == 1
    first, second = (json.loads(line)["error"] for line in done.stderr.splitlines())
    assert first["kind"] == "corruption"
    assert first["message"].startswith(f"{broken}: ")
    assert second["kind"] == "not_found"
    assert json.loads(done.stdout)["table"] == str(appends)


def test_a_name_that_is_none_says_the_way_out(tmp_path: Path) -> None:
    done = neuralake("compact", "flights", "--once", cwd=tmp_path)
    assert done.returncode == 1
    assert "neuralake.toml" in done.stderr
    assert "flights is a name of a catalog, and there is none here" in done.stderr
    assert "the table of a folder is ./flights" in done.stderr


def test_a_writer_beside_it_never_fails(tmp_path: Path) -> None:
    """Appends of deltalake while compaction runs round after round."""
    table = tmp_path / "t"
    write_deltalake(table, batch(0, 10))
    compaction = subprocess.Popen(
        [BINARY, "compact", str(table), "--json"],
        env={**os.environ, "NEURALAKE_COMPACT__INTERVAL": "100ms"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert compaction.stdout is not None
    merged = 0
    appended = 1
    while appended < 60 or merged < 3:
        write_deltalake(table, batch(appended * 10, 10), mode="append")
        appended += 1
        if appended % 10 == 0:
            merged += json.loads(compaction.stdout.readline())["filesRemoved"] > 0
    compaction.send_signal(signal.SIGTERM)
    assert compaction.wait(timeout=30) == 0
    assert len(rows_by_all(table, tmp_path)) == appended * 10


def test_sigterm_ends_it_cleanly(appends: Path) -> None:
    compaction = subprocess.Popen(
        [BINARY, "compact", str(appends), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert compaction.stdout is not None
    assert json.loads(compaction.stdout.readline())["filesRemoved"] == 20
    started = time.monotonic()
    compaction.send_signal(signal.SIGTERM)
    _, complaint = compaction.communicate(timeout=30)
    assert compaction.returncode == 0
    assert complaint == ""
    assert time.monotonic() - started < 10  # it was waiting for the next minute


@pytest.mark.parametrize("step", ["compact.planned", "compact.after_write", "compact.after_commit"])
def test_killed_at_any_step_it_leaves_the_same_rows(
    partitioned: Path, tmp_path: Path, step: str
) -> None:
    before = rows_by_all(partitioned, tmp_path)
    done = neuralake("compact", partitioned, "--once", env={**SMALL, "NEURALAKE_KILL_POINT": step})
    assert done.returncode == -signal.SIGKILL
    assert rows_by_all(partitioned, tmp_path) == before
    ours("compact", partitioned, "--once", env=SMALL)
    assert live_files(partitioned) == 4
    assert rows_by_all(partitioned, tmp_path) == before
    # What the killed run left behind goes with the next full vacuum, once it is old enough.
    ours(
        "vacuum", partitioned, "--once", "--full", "--retention", "0s", "--allow-shorter-retention"
    )
    assert len(list(partitioned.rglob("*.parquet"))) == 4
    assert rows_by_all(partitioned, tmp_path) == before


def test_killed_at_random_it_leaves_the_same_rows(tmp_path: Path) -> None:
    table = tmp_path / "t"
    for i in range(12):
        write_deltalake(table, batch(i * 2_000, 2_000), mode="append")
    before = rows_by_us(table, tmp_path)
    for turn in range(8):
        copy = tmp_path / f"copy{turn}"
        shutil.copytree(table, copy)
        compaction = subprocess.Popen([BINARY, "compact", str(copy), "--once"])
        try:
            compaction.wait(timeout=0.02 + 0.02 * turn)
        except subprocess.TimeoutExpired:
            compaction.kill()
            compaction.wait()
        assert rows_by_us(copy, tmp_path) == before
        ours("compact", copy, "--once")
        assert live_files(copy) == 1
        assert rows_by_all(copy, tmp_path) == before
        shutil.rmtree(copy)


def test_a_project_has_its_tables_compacted_by_name(tmp_path: Path) -> None:
    project = tmp_path / "project"
    assert neuralake("init", project).returncode == 0
    python = {"NEURALAKE_CATALOG__PYTHON": sys.executable, "PYTHONPATH": str(ROOT / "python")}
    built = neuralake("catalog", "build", "--project", project, env=python)
    assert built.returncode == 0, built.stderr
    # Declared, never written: nothing to do, and no failure.
    [said] = ours("compact", "--once", "--project", project)
    assert said == {"table": "aviation.flights", "dryRun": False, "written": False}
    done = neuralake("compact", "aviation.flights", "--once", "--project", project)
    assert done.returncode == 1
    for i in range(5):
        write_deltalake(project / "data/flights", batch(i * 10, 10), mode="append")
    [said] = ours("compact", "--once", "--project", project)
    assert said["table"] == "aviation.flights"
    wrong = neuralake("compact", "aviation.airlines", "--once", "--project", project)
    assert "is no Delta table" in wrong.stderr
