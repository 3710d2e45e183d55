"""`INSERT INTO` a Delta table by `neuralake sql`: what is written, what is refused, who wins."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))

SCHEMA = pa.schema(
    [
        pa.field("id", pa.int64(), nullable=False),
        pa.field("day", pa.date32()),
        pa.field("name", pa.string()),
        pa.field("price", pa.decimal128(10, 2)),
        pa.field("tags", pa.list_(pa.string())),
    ]
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """An empty table, partitioned by day; `id` may not be null."""
    folder = tmp_path / "t"
    DeltaTable.create(folder, schema=SCHEMA, partition_by=["day"])
    return folder


def sql(table: Path, text: str) -> subprocess.CompletedProcess[str]:
    command = [BINARY, "sql", "--table", f"t={table}", "--json", "--format", "ndjson", "-c", text]
    return subprocess.run(command, capture_output=True, text=True, cwd=table.parent)


def changed(table: Path, text: str) -> None:
    done = sql(table, text)
    assert done.returncode == 0, done.stderr


def refused(table: Path, text: str) -> dict[str, str]:
    """Run a statement that must fail and leave the table as it was."""
    before = state(table)
    done = sql(table, text)
    assert done.returncode != 0, done.stdout
    [line] = done.stderr.splitlines()
    assert state(table) == before
    error: dict[str, str] = json.loads(line)["error"]
    return error


def state(table: Path) -> tuple[int, list[dict[str, object]]]:
    opened = DeltaTable(table)
    return opened.version(), rows(table)


def rows(table: Path) -> list[dict[str, object]]:
    return sorted(
        pa.table(DeltaTable(table).to_pyarrow_table()).to_pylist(), key=lambda row: row["id"]
    )


def commit(table: Path) -> list[dict[str, object]]:
    log = table / "_delta_log" / f"{DeltaTable(table).version():020d}.json"
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_rows_land_in_their_partitions(table: Path) -> None:
    changed(
        table,
        "INSERT INTO lake.t VALUES (1, DATE '2024-05-01', 'a', 1.25, ['x', NULL]), "
        "(2, DATE '2024-05-02', NULL, NULL, NULL), (3, NULL, 'c', 3, [])",
    )
    written = rows(table)
    assert [row["id"] for row in written] == [1, 2, 3]
    assert str(written[0]["price"]) == "1.25"
    assert written[0]["tags"] == ["x", None]
    assert written[2]["day"] is None
    adds = [action["add"] for action in commit(table) if "add" in action]
    assert {add["partitionValues"]["day"] for add in adds} == {"2024-05-01", "2024-05-02", None}
    assert all(json.loads(add["stats"])["numRecords"] == 1 for add in adds)
    [info] = [action["commitInfo"] for action in commit(table) if "commitInfo" in action]
    assert info["operationParameters"]["mode"] == "Append"


def test_columns_left_out_are_null(table: Path) -> None:
    changed(table, "INSERT INTO lake.t (name, id) VALUES ('a', 1)")
    [row] = rows(table)
    assert row == {"id": 1, "day": None, "name": "a", "price": None, "tags": None}


def test_rows_of_a_query_are_cast_to_the_columns(table: Path) -> None:
    changed(
        table,
        "INSERT INTO lake.t (id, name, price) SELECT i, i::VARCHAR, i / 4 FROM range(5000) r(i)",
    )
    written = rows(table)
    assert len(written) == 5000
    assert str(written[3]["price"]) == "0.75"


def test_a_null_where_none_may_be_is_refused(table: Path) -> None:
    error = refused(table, "INSERT INTO lake.t VALUES (NULL, NULL, 'a', NULL, NULL)")
    assert error["kind"] == "invalid"
    assert "id" in error["message"]
    error = refused(table, "INSERT INTO lake.t (name) VALUES ('a')")
    assert error["kind"] == "invalid"
    assert "id" in error["message"]


def test_a_failure_half_way_leaves_the_table_as_it_was(table: Path) -> None:
    changed(table, "INSERT INTO lake.t (id) VALUES (1)")
    error = refused(
        table,
        "INSERT INTO lake.t (id, price) SELECT i, CASE WHEN i < 400000 THEN i ELSE 10000000000 END "
        "FROM range(400001) r(i)",
    )
    assert error["kind"] == "invalid"


def test_a_failure_behind_finished_files_leaves_none_of_them(table: Path) -> None:
    # More days than a writer has open files, and then a value that does not fit.
    error = refused(
        table,
        "INSERT INTO lake.t (id, day, price) SELECT i, DATE '2020-01-01' + (i % 140)::INT, "
        "CASE WHEN i < 10000 THEN i ELSE 10000000000 END FROM range(10001) r(i)",
    )
    assert error["kind"] == "invalid"
    assert list(table.rglob("*.parquet")) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("INSERT INTO lake.t VALUES (1)", "t"),
        ("INSERT INTO lake.t (id, colour) VALUES (1, 'red')", "colour"),
        ("INSERT INTO lake.t (id) VALUES ('one')", "one"),
        ("INSERT INTO lake.t (id) VALUES (1) RETURNING id", "RETURNING"),
        ("INSERT INTO lake.t (id) VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT"),
        ("INSERT INTO lake.trains (id) VALUES (1)", "trains"),
    ],
)
def test_what_cannot_be_is_refused_by_name(table: Path, statement: str, said: str) -> None:
    assert said in refused(table, statement)["message"]


def test_a_query_of_no_rows_makes_no_version(table: Path) -> None:
    version = DeltaTable(table).version()
    changed(table, "INSERT INTO lake.t (id) SELECT 1 WHERE false")
    assert DeltaTable(table).version() == version


def test_a_constraint_is_refused_by_name(table: Path) -> None:
    DeltaTable(table).alter.add_constraint({"positive": "id > 0"})
    error = refused(table, "INSERT INTO lake.t (id) VALUES (1)")
    assert error["kind"] == "unsupported"
    assert "checkConstraints" in error["message"]


@pytest.mark.parametrize(
    ("feature", "metadata"),
    [
        ("invariants", {"delta.invariants": '{"expression":{"expression":"id > 0"}}'}),
        ("generatedColumns", {"delta.generationExpression": "1 + 1"}),
        ("identityColumns", {"delta.identity.start": 1, "delta.identity.step": 1}),
    ],
)
def test_rules_of_columns_are_refused_by_name(
    tmp_path: Path, feature: str, metadata: dict[str, object]
) -> None:
    """Tables as Spark makes them: nobody may write past a rule that is not enforced."""
    table = tmp_path / "ruled"
    log = table / "_delta_log"
    log.mkdir(parents=True)
    field = {"name": "id", "type": "long", "nullable": True, "metadata": metadata}
    actions = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 7, "writerFeatures": [feature]}},
        {
            "metaData": {
                "id": "x",
                "format": {"provider": "parquet", "options": {}},
                "schemaString": json.dumps({"type": "struct", "fields": [field]}),
                "partitionColumns": [],
                "configuration": {},
                "createdTime": 0,
            }
        },
    ]
    (log / f"{0:020d}.json").write_text("".join(json.dumps(action) + "\n" for action in actions))
    done = sql(table, "INSERT INTO lake.t VALUES (1)")
    assert done.returncode == 1
    error = json.loads(done.stderr)["error"]
    assert error["kind"] == "unsupported"
    assert feature in error["message"]
    assert not list(table.glob("*.parquet"))
    assert len(list(log.iterdir())) == 1


def test_concurrent_inserts_all_come_through(table: Path) -> None:
    def insert(number: int) -> None:
        changed(table, f"INSERT INTO lake.t (id, day) VALUES ({number}, DATE '2024-05-01')")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(insert, range(24)))
    assert [row["id"] for row in rows(table)] == list(range(24))
    assert DeltaTable(table).version() == 24


def test_inserts_and_another_engines_appends_all_come_through(table: Path) -> None:
    def ours(number: int) -> None:
        changed(table, f"INSERT INTO lake.t (id) VALUES ({number})")

    def theirs(number: int) -> None:
        write_deltalake(
            table,
            pa.table({"id": [number]}, schema=pa.schema([SCHEMA.field("id")])),
            mode="append",
            schema_mode="merge",
        )

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(ours if number % 2 else theirs, number) for number in range(16)]:
            future.result()
    assert [row["id"] for row in rows(table)] == list(range(16))


def test_a_table_can_be_inserted_into_itself(table: Path) -> None:
    changed(table, "INSERT INTO lake.t (id) VALUES (1), (2)")
    changed(table, "INSERT INTO lake.t (id) SELECT id + 2 FROM lake.t")
    assert [row["id"] for row in rows(table)] == [1, 2, 3, 4]
    assert commit(table)[0]["commitInfo"]["isBlindAppend"] is False  # type: ignore[index]


def test_a_blind_insert_says_so(table: Path) -> None:
    changed(table, "INSERT INTO lake.t (id) VALUES (1)")
    assert commit(table)[0]["commitInfo"]["isBlindAppend"] is True  # type: ignore[index]
