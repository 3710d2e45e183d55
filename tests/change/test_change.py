"""`DELETE` and `UPDATE` of a Delta table by `neuralake sql`: what is written, and who reads it."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, QueryBuilder, write_deltalake

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))

VECTORS = {"delta.enableDeletionVectors": "true"}


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, cwd=cwd)


def sql(table: Path, text: str) -> subprocess.CompletedProcess[str]:
    return run("sql", "--table", f"t={table}", "--json", "--format", "json", "-c", text)


def changed(table: Path, text: str) -> int:
    """Run a statement, hold the table against the validator, and return the rows it changed."""
    done = sql(table, text)
    assert done.returncode == 0, done.stderr
    verified = run("table", "verify", str(table))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    return int(json.loads(done.stdout)["rows_changed"])


def refused(table: Path, text: str) -> dict[str, str]:
    """Run a statement that must fail and leave the table and its folder as they were."""
    before = (DeltaTable(table).version(), files(table))
    done = sql(table, text)
    assert done.returncode != 0, done.stdout
    assert (DeltaTable(table).version(), files(table)) == before
    error: dict[str, str] = json.loads(done.stderr)["error"]
    return error


def files(table: Path) -> list[str]:
    return sorted(str(path) for path in table.rglob("*") if "_delta_log" not in path.parts)


def ids(table: Path) -> list[int]:
    """The ids as we and delta-rs read them, who must agree."""
    done = sql(table, "SELECT id FROM lake.t ORDER BY id")
    assert done.returncode == 0, done.stderr
    ours = [row["id"] for row in json.loads(done.stdout)["rows"]]
    assert sorted(rows(table).column("id").to_pylist()) == ours
    return ours


def rows(table: Path) -> pa.Table:
    """The rows as delta-rs reads them, by the one of its readers that knows deletion vectors."""
    read = QueryBuilder().register("t", DeltaTable(table)).execute("SELECT * FROM t")
    return pa.table(read.read_all())


def make(folder: Path, configuration: dict[str, str], rows: int = 100, files: int = 1) -> Path:
    for number in range(files):
        start = number * rows
        write_deltalake(
            folder,
            pa.table(
                {
                    "id": pa.array(range(start, start + rows), pa.int64()),
                    "day": pa.array([f"d{number}"] * rows),
                }
            ),
            mode="append",
            configuration=configuration,
            partition_by=["day"],
        )
    return folder


def actions(table: Path, kind: str) -> list[dict[str, object]]:
    log = table / "_delta_log" / f"{DeltaTable(table).version():020d}.json"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line[kind] for line in lines if kind in line]


def metrics(table: Path) -> dict[str, str]:
    [info] = actions(table, "commitInfo")
    told = info["operationMetrics"]
    assert isinstance(told, dict)
    return told


def test_without_the_property_what_is_left_is_copied(tmp_path: Path) -> None:
    table = make(tmp_path / "t", {})
    assert changed(table, "DELETE FROM lake.t WHERE id % 10 = 3") == 10
    assert ids(table) == [i for i in range(100) if i % 10 != 3]
    [add] = actions(table, "add")
    [remove] = actions(table, "remove")
    assert add["path"] != remove["path"]
    assert "deletionVector" not in add
    assert metrics(table) == {
        "numRemovedFiles": "1",
        "numAddedFiles": "1",
        "numDeletionVectorsAdded": "0",
        "numDeletedRows": "10",
        "numCopiedRows": "90",
    }


def test_with_the_property_rows_are_marked(tmp_path: Path) -> None:
    table = make(tmp_path / "t", VECTORS)
    assert changed(table, "DELETE FROM lake.t WHERE id % 10 = 3") == 10
    [add] = actions(table, "add")
    [remove] = actions(table, "remove")
    assert add["path"] == remove["path"]
    assert add["deletionVector"]["cardinality"] == 10  # type: ignore[index]
    assert "deletionVector" not in remove
    assert changed(table, "DELETE FROM lake.t WHERE id < 20") == 18
    [add] = actions(table, "add")
    [remove] = actions(table, "remove")
    assert add["deletionVector"]["cardinality"] == 28  # type: ignore[index]
    assert remove["deletionVector"]["cardinality"] == 10  # type: ignore[index]
    assert ids(table) == [i for i in range(20, 100) if i % 10 != 3]
    assert metrics(table)["numDeletionVectorsAdded"] == "1"


def test_a_file_without_a_row_left_goes(tmp_path: Path) -> None:
    table = make(tmp_path / "t", VECTORS, files=2)
    assert changed(table, "DELETE FROM lake.t WHERE day = 'd0'") == 100
    assert actions(table, "add") == []
    assert len(actions(table, "remove")) == 1
    assert ids(table) == list(range(100, 200))


def test_a_file_of_which_little_is_left_is_copied(tmp_path: Path) -> None:
    table = make(tmp_path / "t", VECTORS)
    assert changed(table, "DELETE FROM lake.t WHERE id < 50") == 50
    assert changed(table, "DELETE FROM lake.t WHERE id < 90") == 40
    [add] = actions(table, "add")
    assert "deletionVector" not in add
    assert ids(table) == list(range(90, 100))


def test_files_that_cannot_match_are_left_alone(tmp_path: Path) -> None:
    table = make(tmp_path / "t", {}, files=5)
    assert changed(table, "DELETE FROM lake.t WHERE id = 205") == 1
    assert len(actions(table, "remove")) == 1


def test_updated_rows_move_and_the_others_stay(tmp_path: Path) -> None:
    for number, configuration in enumerate([{}, VECTORS]):
        table = make(tmp_path / str(number), configuration)
        assert changed(table, "UPDATE lake.t SET id = id + 1000 WHERE id >= 95") == 5
        assert ids(table) == [*range(95), *range(1095, 1100)]
        assert metrics(table)["numUpdatedRows"] == "5"


def test_rows_move_to_their_partitions(tmp_path: Path) -> None:
    table = make(tmp_path / "t", VECTORS)
    assert changed(table, "UPDATE lake.t SET day = 'late' WHERE id = 7") == 1
    assert [row["id"] for row in rows(table).to_pylist() if row["day"] == "late"] == [7]
    assert [add["partitionValues"] for add in actions(table, "add")] == [
        {"day": "d0"},
        {"day": "late"},
    ]


def test_a_change_of_nothing_makes_no_version(tmp_path: Path) -> None:
    table = make(tmp_path / "t", {})
    assert changed(table, "DELETE FROM lake.t WHERE id > 1000") == 0
    assert changed(table, "UPDATE lake.t SET id = 1 WHERE id > 1000") == 0
    assert DeltaTable(table).version() == 0


def test_the_history_tells_the_condition(tmp_path: Path) -> None:
    table = make(tmp_path / "t", {})
    changed(table, "DELETE FROM lake.t WHERE id = 3 AND day = 'd0'")
    [info] = actions(table, "commitInfo")
    assert info["operation"] == "DELETE"
    [condition] = json.loads(info["operationParameters"]["predicate"])  # type: ignore[index]
    assert "id = 3" in condition
    assert "'d0'" in condition


@pytest.mark.parametrize("configuration", [{}, VECTORS], ids=["copies", "vectors"])
def test_what_fails_leaves_nothing_behind(tmp_path: Path, configuration: dict[str, str]) -> None:
    table = make(tmp_path / "t", configuration)
    error = refused(
        table,
        "UPDATE lake.t AS t SET day = x.day FROM (VALUES (1, 'a'), (1, 'b')) x(id, day) "
        "WHERE t.id = x.id",
    )
    assert error["kind"] == "invalid"
    assert "more than once" in error["message"]


def test_a_null_where_none_may_be_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "t"
    schema = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("day", pa.string())])
    write_deltalake(table, pa.table({"id": [1], "day": ["x"]}, schema=schema))
    error = refused(table, "UPDATE lake.t SET id = NULL")
    assert error["kind"] == "invalid"
    assert "id" in error["message"]


def test_an_append_only_table_keeps_its_rows(tmp_path: Path) -> None:
    table = make(tmp_path / "t", {"delta.appendOnly": "true"})
    for statement in ("DELETE FROM lake.t", "UPDATE lake.t SET id = 1"):
        assert "append-only" in refused(table, statement)["message"]


def test_an_append_beside_a_delete_stays(tmp_path: Path) -> None:
    """Blind appends are in nobody's way; two changes of one file are, and one must begin again."""
    table = make(tmp_path / "t", VECTORS, rows=10)

    def delete(number: int) -> int:
        for _ in range(50):
            done = sql(table, f"DELETE FROM lake.t WHERE id = {number}")
            if done.returncode == 0:
                return int(json.loads(done.stdout)["rows_changed"])
            assert done.returncode == 3, done.stderr
        raise AssertionError("fifty conflicts in a row")

    def insert(number: int) -> int:
        done = sql(table, f"INSERT INTO lake.t VALUES ({100 + number}, 'd0')")
        assert done.returncode == 0, done.stderr
        return int(json.loads(done.stdout)["rows_changed"])

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(delete if i % 2 else insert, i) for i in range(10)]
        assert [future.result() for future in work] == [1] * 10
    assert ids(table) == [0, 2, 4, 6, 8, 100, 102, 104, 106, 108]


def test_changes_of_the_same_rows_all_count(tmp_path: Path) -> None:
    """Who loses begins again on what the winner made."""
    table = make(tmp_path / "t", VECTORS, rows=10)

    def shift(_: int) -> None:
        done = sql(table, "UPDATE lake.t SET id = id + 10 WHERE id % 10 < 5")
        assert done.returncode == 0, done.stderr

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(shift, range(9)))
    assert ids(table) == [5, 6, 7, 8, 9, 90, 91, 92, 93, 94]
    assert DeltaTable(table).version() == 9


@pytest.mark.parametrize("configuration", [{}, VECTORS], ids=["copies", "vectors"])
def test_compaction_beside_changes_brings_no_row_back(
    tmp_path: Path, configuration: dict[str, str]
) -> None:
    """Two writers insert, shift and delete rows of their own, while files are merged all along."""
    table = make(tmp_path / "t", configuration, rows=2)
    ended = Event()

    def write(writer: int) -> set[int]:
        kept: set[int] = set()
        for first in range(1000 * writer, 1000 * writer + 100, 10):
            changed(
                table, f"INSERT INTO lake.t SELECT i, 'd0' FROM range({first}, {first + 4}) r(i)"
            )
            changed(table, f"UPDATE lake.t SET id = id + 5 WHERE id IN ({first}, {first + 1})")
            changed(table, f"DELETE FROM lake.t WHERE id IN ({first + 2}, {first + 5})")
            kept |= {first + 3, first + 6}
        return kept

    def compact() -> int:
        merged = 0
        while not ended.is_set():
            done = run("compact", "--once", "--json", str(table))
            assert done.returncode == 0, done.stderr
            merged += '"filesRemoved":0' not in done.stdout
        return merged

    with ThreadPoolExecutor(3) as pool:
        merged = pool.submit(compact)
        written = [pool.submit(write, writer) for writer in (1, 2)]
        try:
            kept = set[int]().union(*(future.result() for future in written))
        finally:
            ended.set()
        assert merged.result() > 0
    assert ids(table) == sorted({0, 1} | kept)


@pytest.mark.parametrize("configuration", [{}, VECTORS], ids=["copies", "vectors"])
@pytest.mark.parametrize(
    "where",
    [
        "WHERE file_row_number = 2",
        "WHERE file_row_number = 2 AND file_index = 0",
        "WHERE file_index = 0 AND file_row_number = 2",
        "WHERE file_row_number = 2 AND id IN (SELECT k FROM lake.s)",
        "USING lake.s s WHERE t.file_row_number < s.more AND t.id = s.k",
        "USING lake.s s WHERE s.k = t.file_row_number AND t.filename <> ''",
    ],
)
def test_a_condition_may_read_where_rows_stand(
    tmp_path: Path, configuration: dict[str, str], where: str
) -> None:
    table = make(tmp_path / "t", configuration, rows=10)
    source = tmp_path / "s"
    write_deltalake(source, pa.table({"k": [2], "v": [7], "more": [1_000_000]}))
    tables = ("--table", f"t={table}", "--table", f"s={source}")
    done = run("sql", *tables, "-c", f"DELETE FROM lake.t AS t {where}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "DELETE 1\n"
    assert ids(table) == [0, 1, 3, 4, 5, 6, 7, 8, 9]
    assert run("table", "verify", str(table)).returncode == 0
    changed(table, "UPDATE lake.t SET id = id + 100 WHERE file_row_number = 1 AND id < 3")
    assert len(ids(table)) == 9


def test_explain_changes_nothing(tmp_path: Path) -> None:
    table = make(tmp_path / "t", {})
    for statement in ("DELETE FROM lake.t WHERE id = 1", "UPDATE lake.t SET id = 1"):
        done = run("sql", "--table", f"t={table}", "-c", f"EXPLAIN {statement}")
        assert done.returncode == 0, done.stderr
        assert f"DELTA_{statement.split()[0]}" in done.stdout
    assert DeltaTable(table).version() == 0


FEED = {"delta.enableChangeDataFeed": "true"}


def feed(table: Path, version: int) -> list[tuple[int, str, str]]:
    """The changes of one version, by id, as delta-rs and we read them, who must agree."""
    output = table.parent / "changes.parquet"
    span = ("--from", str(version), "--to", str(version))
    done = run("table", "changes", str(table), *span, "--output", str(output))
    assert done.returncode == 0, done.stderr
    ours = pq.read_table(output).to_pylist()
    read = DeltaTable(table).load_cdf(starting_version=version, ending_version=version)
    theirs = pa.table(read.read_all()).to_pylist()

    def told(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
        return sorted((row["id"], row["day"], row["_change_type"]) for row in rows)  # type: ignore[type-var]

    assert told(ours) == told(theirs)
    return told(ours)  # type: ignore[return-value]


@pytest.mark.parametrize("vectors", [{}, VECTORS], ids=["copies", "vectors"])
def test_a_feed_tells_what_became_of_each_row(tmp_path: Path, vectors: dict[str, str]) -> None:
    table = make(tmp_path / "t", {**FEED, **vectors}, rows=10, files=2)
    changed(table, "DELETE FROM lake.t WHERE id IN (3, 14)")
    assert feed(table, 2) == [(3, "d0", "delete"), (14, "d1", "delete")]
    changed(table, "UPDATE lake.t SET day = 'd9' WHERE id = 4")
    assert feed(table, 3) == [(4, "d0", "update_preimage"), (4, "d9", "update_postimage")]
    changed(
        table,
        "MERGE INTO lake.t AS t USING (VALUES (5, 'd5'), (6, NULL), (100, 'd0')) s(id, day) "
        "ON t.id = s.id WHEN MATCHED AND s.day IS NULL THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET day = s.day "
        "WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.day)",
    )
    assert feed(table, 4) == [
        (5, "d0", "update_preimage"),
        (5, "d5", "update_postimage"),
        (6, "d0", "delete"),
        (100, "d0", "insert"),
    ]
    assert ids(table) == sorted({*range(20), 100} - {3, 14, 6})


def test_whole_files_tell_their_changes_without_a_feed(tmp_path: Path) -> None:
    table = make(tmp_path / "t", FEED, rows=3, files=2)
    changed(table, "DELETE FROM lake.t WHERE day = 'd0'")
    assert actions(table, "cdc") == []
    assert feed(table, 2) == [(i, "d0", "delete") for i in range(3)]
    changed(
        table,
        "MERGE INTO lake.t AS t USING (SELECT 50 AS id) s ON t.id = s.id "
        "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
    )
    assert actions(table, "cdc") == []
    assert not list((table / "_change_data").rglob("*.parquet"))


def test_a_merge_counts_what_it_did(tmp_path: Path) -> None:
    table = make(tmp_path / "t", VECTORS)
    done = changed(
        table,
        "MERGE INTO lake.t AS t USING (SELECT i AS id FROM range(90, 110) r(i)) s ON t.id = s.id "
        "WHEN MATCHED AND s.id < 95 THEN DELETE WHEN MATCHED THEN UPDATE SET day = 'x' "
        "WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)",
    )
    assert done == 20
    told = metrics(table)
    assert told["numTargetRowsDeleted"] == "5"
    assert told["numTargetRowsUpdated"] == "5"
    assert told["numTargetRowsInserted"] == "10"
    assert ids(table) == [*range(90), *range(95, 110)]


def command(table: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    verb, *rest = arguments
    return run("table", verb, str(table), *rest)


def test_commands_change_rows_and_say_so(tmp_path: Path) -> None:
    table = make(tmp_path / "t", VECTORS, rows=10)
    done = command(table, "delete", "--where", "id < 3 -- the first")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"deleted 3 rows in {table}, now at version 1\n"
    done = command(table, "delete", "--where", "id < 3")
    assert done.stdout == f"no row was deleted: {table} stays at version 1\n"
    done = command(table, "update", "--set", "day=day || '!'", "--set", "id = id + 1", "--all")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"updated 7 rows in {table}, now at version 2\n"
    assert ids(table) == list(range(4, 11))
    source = make(tmp_path / "s", {}, rows=5)
    done = command(
        table, "merge", "--source", str(source), "--on", "t.id = s.id",
        "--when", "MATCHED THEN DELETE", "--when", "NOT MATCHED THEN INSERT *", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"uri": str(table), "version": 3, "rows_changed": 5}
    assert ids(table) == [0, 1, 2, 3, *range(5, 11)]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("delete",), 2, "--where"),
        (("delete", "--where", "id = 1", "--all"), 2, "--where"),
        (("delete", "--where", "colour = 1"), 1, "colour"),
        (("delete", "--where", "id ="), 1, "syntax error"),
        (("delete", "--where", "id = 1) RETURNING (id"), 1, "RETURNING"),
        (("update", "--all"), 2, "--set"),
        (("update", "--set", "day", "--all"), 1, "column=expression"),
        (("update", "--set", "colour=1", "--all"), 1, "colour"),
        (
            ("merge", "--source", "nowhere", "--on", "true", "--when", "MATCHED THEN DELETE"),
            1,
            "no",
        ),
    ],
)
def test_commands_refuse_by_name(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    table = make(tmp_path / "t", {}, rows=3)
    done = command(table, *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stderr
    assert DeltaTable(table).version() == 0
    missing = command(tmp_path / "none", "delete", "--all")
    assert missing.returncode == 1
    assert "none" in missing.stderr
