"""Tables of other engines, and what we add to them."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from checker import ROOT, findings, ok, rules, run, verify
from deltalake import DeltaTable, write_deltalake
from test_ours import EVERYTHING, NTZ, PARTITIONED

JUDGE = Path(os.environ.get("NEURALAKE_JUDGE", ROOT.parent / "shared/judge")) / "delta"
TABLES_LEAST = 150
AT_ONCE = 2

# Faults that these tables have, and why: rules that are broken by the pattern of a table's name.
FAULTS: dict[str, tuple[set[str], str]] = {
    "*databricks73__*": ({"crc.read"}, "from before checksums had metadata and protocol"),
    "*dbr_8_0_non_generated_columns": (
        {"crc.read", "protocol.missing"},
        "made to have an expression for a column that the protocol does not generate",
    ),
    "*identity_test_written_by_version_5": (
        {"protocol.missing"},
        "made by a writer that does not know the identity column it copies",
    ),
    "*cdc_ict_table": ({"crc.actions", "commit.timestamp"}, "a timestamp was edited by hand"),
    "*err_logs_table_b": ({"log.gap", "file.missing"}, "made without a commit"),
    "*err_logs_table_c": ({"log.gap", "log.start"}, "made without a commit"),
    "*issue_1374": (
        {"last-checkpoint.size", "stats.bound"},
        "an early delta-rs took bytes for actions and the last row group's minimum for the file's",
    ),
    "*latest_not_checkpointed": (
        {"last-checkpoint.size", "file.missing"},
        "an early delta-rs took 1 for the number of actions; a file was left out",
    ),
    "*delete-re-add-same-file-different-transactions": ({"file.missing"}, "made without files"),
    "*table-with-cdf": (
        {"commit.remove-unknown", "file.missing"},
        "made with an invented file",
    ),
    "*kernel__type-widening": (
        {"metadata.type-change", "file.type"},
        "the preview of type widening let a byte become a decimal of four digits",
    ),
    "*v2-classic-checkpoint-json": (
        {"last-checkpoint.size"},
        "the checkpoint was replaced by another one of the same version",
    ),
    "*databricks73__old_*": (
        {"crc.read", "stats.bound", "stats.tight"},
        "days of the Julian calendar, which the file does not tell",
    ),
    "*databricks73__person": (
        {"crc.read", "crc.totals", "commit.first", "commit.line", "checkpoint.*"},
        "made with a letter behind each line of a commit that no reader needs",
    ),
    "*databricks73__pruning__no_stats": ({"crc.read", "stats.json"}, "has null as statistics"),
    "*databricks73__read_timestamps": ({"crc.read", "file.missing"}, "a file was left out"),
    "*checksum_*": ({"crc.read", "crc.actions", "crc.totals"}, "made with a wrong checksum"),
    "*type_widening_unsupported": ({"metadata.type-change"}, "made with an unknown type"),
    "*unsupported_writer_version": (
        {"protocol.versions", "protocol.lists"},
        "made with a writer version that there is not",
    ),
}  # fmt: skip


def name_of(case: dict[str, str]) -> str:
    archive = case["archive"].removeprefix("tables/").removesuffix(".tar.zst")
    return archive.replace("/", "__")


def readable() -> dict[str, dict[str, str]]:
    """A case of each table that can be read in some version."""
    with (JUDGE / "cases.jsonl").open() as lines:
        cases = [json.loads(line) for line in lines]
    return {f"{name_of(case)}": case for case in cases if case["kind"] == "scan"}


def extract(case: dict[str, str], folder: Path) -> Path:
    with (
        pa.CompressedInputStream(pa.OSFile(str(JUDGE / case["archive"]), "r"), "zstd") as file,
        tarfile.open(fileobj=file, mode="r|") as archive,
    ):
        archive.extractall(folder)
    return folder / case["table"]


def forgiven(name: str) -> set[str]:
    return {
        rule
        for pattern, (broken, _) in FAULTS.items()
        if fnmatch.fnmatch(name, pattern)
        for rule in broken
    }


def unexpected(name: str, broken: set[str]) -> set[str]:
    known = forgiven(name)
    return {rule for rule in broken if not any(fnmatch.fnmatch(rule, one) for one in known)}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    if not (JUDGE / "cases.jsonl").is_file():
        pytest.skip(f"no judge at {JUDGE}: NEURALAKE_JUDGE can name its folder")
    folder = tmp_path_factory.mktemp("judge")
    return {name: extract(case, folder / name) for name, case in readable().items()}


def test_tables_of_other_engines_have_no_other_faults_than_these(theirs: dict[str, Path]) -> None:
    assert len(theirs) >= TABLES_LEAST
    with ThreadPoolExecutor(AT_ONCE) as pool:
        broken = dict(zip(theirs, pool.map(rules, theirs.values()), strict=True))
    wrong = {name: unexpected(name, found) for name, found in broken.items()}
    assert {name: found for name, found in wrong.items() if found} == {}
    unbroken = [
        pattern
        for pattern, (listed, _) in FAULTS.items()
        if not any(
            fnmatch.fnmatch(rule, one)
            for name, found in broken.items()
            if fnmatch.fnmatch(name, pattern)
            for rule in found
            for one in listed
        )
    ]
    assert unbroken == [], "no table has these faults: take them off the list"


def test_what_we_add_to_their_tables_breaks_no_rule(
    theirs: dict[str, Path], tmp_path: Path
) -> None:
    def add(name: str) -> tuple[bool, set[str]]:
        """Whether it could be written to, and the rules that were not broken before."""
        copy, rows = tmp_path / name, tmp_path / f"{name}.parquet"
        shutil.copytree(theirs[name], copy)
        before = set(findings(copy))
        written = (
            run("table", "scan", copy, "--limit", "3", "--output", rows).returncode == 0
            and run("table", "write", copy, rows).returncode == 0
        )
        run("table", "checkpoint", copy)
        run("compact", copy, "--once")
        run("table", "checkpoint", copy)
        new = set(findings(copy)) - before
        shutil.rmtree(copy)
        return written, {found.split(" ", 1)[0] for found in new}

    with ThreadPoolExecutor(AT_ONCE) as pool:
        added = dict(zip(theirs, pool.map(add, theirs), strict=True))
    broken = {name: new for name, (_, new) in added.items() if new}
    assert broken == {}
    assert sum(written for written, _ in added.values()) > len(theirs) // 2


def test_tables_of_deltalake_break_no_rule(tmp_path: Path) -> None:
    usable = EVERYTHING.drop_columns(list(FAULTS_OF_DELTALAKE))
    write_deltalake(tmp_path / "types", usable)
    write_deltalake(tmp_path / "types", usable, mode="append")
    write_deltalake(tmp_path / "ntz", NTZ)
    partitioned = PARTITIONED.drop_columns(["ratio"])
    write_deltalake(tmp_path / "parts", partitioned, partition_by=["day", "place"])
    for first in range(5):
        write_deltalake(tmp_path / "many", pa.table({"id": [first], "s": ["x"]}), mode="append")
    many = DeltaTable(tmp_path / "many")
    many.optimize.compact()
    many.delete("id = 2")
    many.update(updates={"s": "'y'"}, predicate="id = 3")
    many.create_checkpoint()
    for table in ("types", "ntz", "parts", "many"):
        DeltaTable(tmp_path / table).create_checkpoint()
        assert findings(tmp_path / table) == [], table


# Its bounds of wide decimals end where a long does, and of numbers they leave NaN out.
FAULTS_OF_DELTALAKE = {"wide": "stats.bound", "nan": "stats.nan", "nan_float": "stats.nan"}


@pytest.mark.parametrize(("column", "rule"), FAULTS_OF_DELTALAKE.items())
def test_faults_of_deltalake_are_found(column: str, rule: str, tmp_path: Path) -> None:
    write_deltalake(tmp_path / "t", EVERYTHING.select([column]))
    assert rules(tmp_path / "t") == {rule}


def test_we_go_on_with_tables_of_deltalake(tmp_path: Path) -> None:
    table = tmp_path / "t"
    write_deltalake(table, PARTITIONED.drop_columns(["ratio"]), partition_by=["day", "place"])
    rows = tmp_path / "rows.parquet"
    ok("table", "scan", table, "--output", rows)
    for _ in range(4):
        ok("table", "write", table, rows)
    ok("table", "checkpoint", table)
    ok("compact", table, "--once")
    write_deltalake(table, PARTITIONED.drop_columns(["ratio"]), mode="append")
    assert findings(table) == []
    assert verify(table)["version"] == 6
