"""`table create`, `table write`, `table checkpoint`: what comes in is what is read again."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Cli

ROWS = pa.table(
    {
        "id": pa.array([1, 2, None], pa.int64()),
        "price": pa.array([Decimal("1.50"), None, Decimal("-0.01")], pa.decimal128(10, 2)),
        "day": pa.array([dt.date(2024, 2, 29), dt.date(1969, 12, 31), None]),
        "at": pa.array([0, 1_700_000_000_123_456, None], pa.timestamp("us", "UTC")),
        "name": pa.array(["a b", "", None]),
        "tags": pa.array([["x", None], [], None], pa.list_(pa.string())),
        "place": pa.array(
            [{"lat": 1.5, "lon": None}, None, {"lat": -0.0, "lon": 2.0}],
            pa.struct([("lat", pa.float64()), ("lon", pa.float64())]),
        ),
    }
)


def read(cli: Cli, table: Path, out: Path, *arguments: str) -> pa.Table:
    cli.ok("scan", table, *arguments, "--output", out)
    return pq.read_table(out)


def test_parquet_comes_back_as_it_was(cli: Cli, tmp_path: Path) -> None:
    pq.write_table(ROWS, tmp_path / "rows.parquet")
    report = cli.json("write", tmp_path / "t", tmp_path / "rows.parquet")
    assert (report["version"], report["rows"], report["files"]) == (0, 3, 1)
    assert report["created"] is True
    assert read(cli, tmp_path / "t", tmp_path / "out.parquet").to_pylist() == ROWS.to_pylist()


@pytest.mark.parametrize("stream", [False, True])
def test_arrow_files_and_streams_are_read(cli: Cli, tmp_path: Path, stream: bool) -> None:
    path = tmp_path / "rows.arrow"
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with make(path, ROWS.schema) as writer:
        writer.write_table(ROWS, max_chunksize=2)
    cli.ok("write", tmp_path / "t", path)
    assert read(cli, tmp_path / "t", tmp_path / "out.parquet").to_pylist() == ROWS.to_pylist()


def test_a_stream_that_was_cut_is_not_read_as_a_whole_one(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "rows.arrow"
    with pa.ipc.new_stream(path, ROWS.schema) as writer:
        writer.write_table(ROWS, max_chunksize=2)
    whole = path.read_bytes()
    for broken, told in ((whole[:-8], "without its end-of-stream mark"), (whole * 2, "follow it")):
        path.write_bytes(broken)
        refused = cli.refused("write", tmp_path / "t", path)
        assert told in refused
        assert str(path) in refused
    assert not (tmp_path / "t" / "_delta_log").exists()


def test_a_csv_file_makes_a_table_of_the_types_that_it_shows(cli: Cli, tmp_path: Path) -> None:
    csv = tmp_path / "rows.csv"
    csv.write_text(
        "id,price,day,at,name,late\n"
        '1,1.5,2024-02-29,2024-02-29T10:00:00Z,"a ""quoted"", text\nof two lines",true\n'
        "2,,,,,false\n"
    )
    cli.ok("write", tmp_path / "t", csv)
    rows = pl.from_arrow(read(cli, tmp_path / "t", tmp_path / "out.parquet"))
    assert rows.schema["id"] == pl.Int64
    assert rows.schema["late"] == pl.Boolean
    assert rows.schema["day"] == pl.Date
    assert rows["name"].to_list() == ['a "quoted", text\nof two lines', None]
    assert rows["at"][0].timestamp() == dt.datetime(2024, 2, 29, 10, tzinfo=dt.UTC).timestamp()


def test_ndjson_and_json_take_the_types_of_the_table(cli: Cli, tmp_path: Path) -> None:
    table = tmp_path / "t"
    cli.ok("create", table, "--schema", "id BIGINT NOT NULL, price decimal(10, 2), at TIMESTAMP")
    (tmp_path / "rows.ndjson").write_text(
        '{"id": 1, "price": "1.50"}\n\n{"id": 2, "at": "2024-01-01T00:00:00+02:00"}\n'
    )
    (tmp_path / "rows.json").write_text('[{"id": 3, "price": 0.25}, {"id": 4}]')
    report = cli.json("write", table, tmp_path / "rows.ndjson", tmp_path / "rows.json")
    assert report["rows"] == 4
    rows = pl.from_arrow(read(cli, table, tmp_path / "out.parquet")).sort("id")
    assert rows["price"].to_list() == [Decimal("1.50"), None, Decimal("0.25"), None]
    assert rows["at"][1] == dt.datetime(2023, 12, 31, 22, tzinfo=dt.UTC)


def test_a_file_of_lines_may_be_called_json(cli: Cli, tmp_path: Path) -> None:
    rows = tmp_path / "rows.json"
    for text, count in [
        ('{"id": 1}\n{"id": 2}\n', 2),
        ('{"id": 1}', 1),
        ('{\n  "id": 1\n}\n', 1),
        ('[\n{"id": 1},\n{"id": 2}\n]\n', 2),
    ]:
        rows.write_text(text)
        assert cli.json("write", tmp_path / "t", rows)["rows"] == count, text


def test_json_without_a_table_keeps_texts_as_texts(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "rows.ndjson").write_text(
        '{"id": 1, "when": "2024-01-01", "in": {"x": [1.5]}}\n{"id": 2, "when": "soon"}\n'
    )
    cli.ok("write", tmp_path / "t", tmp_path / "rows.ndjson")
    rows = pl.from_arrow(read(cli, tmp_path / "t", tmp_path / "out.parquet"))
    assert rows["when"].to_list() == ["2024-01-01", "soon"]
    assert rows["in"].to_list() == [{"x": [1.5]}, None]


def test_a_file_larger_than_a_piece_is_cut_between_rows(cli: Cli, tmp_path: Path) -> None:
    text = "x" * 90
    count = 120_000
    with (tmp_path / "rows.csv").open("w") as out:
        out.write("id,text\n")
        out.writelines(f'{i},"{text}\n{i}"\n' for i in range(count))
    assert cli.json("write", tmp_path / "t", tmp_path / "rows.csv")["rows"] == count
    rows = pl.from_arrow(read(cli, tmp_path / "t", tmp_path / "out.parquet"))
    assert rows["id"].sum() == count * (count - 1) // 2
    assert (rows["text"] == text + "\n" + rows["id"].cast(pl.String)).all()


def test_a_row_that_does_not_fit_is_named_and_nothing_is_written(cli: Cli, tmp_path: Path) -> None:
    table = tmp_path / "t"
    cli.ok("create", table, "--schema", "id BIGINT")
    (tmp_path / "rows.csv").write_text("id\n1\n2\nthree\n")
    line = cli.refused("write", table, tmp_path / "rows.csv")
    assert f"{tmp_path}/rows.csv: row 2: id" in line
    assert "three" in line
    assert cli.json("show", table)["version"] == 0


def test_modes_and_their_exit_codes(cli: Cli, tmp_path: Path) -> None:
    table, rows = tmp_path / "t", tmp_path / "rows.csv"
    rows.write_text("id\n1\n2\n")
    assert cli.json("write", table, rows, "--mode", "error")["version"] == 0
    assert "exists already, at version 0" in cli.refused("write", table, rows, "--mode", "error")
    ignored = cli.json("write", table, rows, "--mode", "ignore")
    assert (ignored["version"], ignored["rows"]) == (0, 0)
    assert cli.json("write", table, rows)["version"] == 1
    assert cli.json("write", table, rows, "--mode", "overwrite")["version"] == 2
    assert cli.json("show", table)["numRecords"] == 2
    assert cli.json("show", table, "--version", "1")["numRecords"] == 4
    assert "not in this release" in cli.refused("write", table, rows, "--replace-where", "id = 1")
    assert "mode 'upsert'" in cli.refused("write", table, rows, "--mode", "upsert")
    assert cli.run("write", table).returncode == 2


def test_schema_modes(cli: Cli, tmp_path: Path) -> None:
    table, wider = tmp_path / "t", tmp_path / "wider.csv"
    cli.ok("create", table, "--schema", "id BIGINT", "--property", "delta.appendOnly=false")
    wider.write_text("id,name\n1,a\n")
    assert "'name', which is no column" in cli.refused("write", table, wider)
    assert cli.json("write", table, wider, "--schema-mode", "merge")["version"] == 1
    (tmp_path / "other.csv").write_text("week\n7\n")
    cli.ok(
        "write", table, tmp_path / "other.csv", "--mode", "overwrite", "--schema-mode", "overwrite"
    )
    out = read(cli, table, tmp_path / "out.parquet")
    assert out.column_names == ["week"]
    assert out.to_pylist() == [{"week": 7}]


def test_partitions_keep_null_and_every_character(cli: Cli, tmp_path: Path) -> None:
    days = ["2024-01-01", None, "a/b c%=ü", "", "x:y?z#"]
    pq.write_table(pa.table({"id": range(5), "day": days}), tmp_path / "rows.parquet")
    report = cli.json("write", tmp_path / "t", tmp_path / "rows.parquet", "--partition-by", "day")
    assert report["files"] == 4  # the empty text is null, as the protocol has it
    out = read(cli, tmp_path / "t", tmp_path / "out.parquet").sort_by("id")
    assert out["day"].to_pylist() == [day or None for day in days]


def test_create_takes_ddl_and_schema_json_and_refuses_twice(cli: Cli, tmp_path: Path) -> None:
    table = tmp_path / "t"
    made = cli.json(
        "create", table, "--schema", "id BIGINT NOT NULL COMMENT 'key', day DATE",
        "--partition-by", "day", "--property", "delta.checkpointInterval=3",
    )  # fmt: skip
    assert made["version"] == 0
    shown = cli.json("show", table)
    assert shown["metadata"]["partitionColumns"] == ["day"]
    assert shown["properties"] == {"delta.checkpointInterval": "3"}
    (tmp_path / "schema.json").write_text(shown["metadata"]["schemaString"])
    cli.ok("create", tmp_path / "u", "--schema", tmp_path / "schema.json")
    again = cli.json("show", tmp_path / "u")["metadata"]["schemaString"]
    assert json.loads(again) == json.loads(shown["metadata"]["schemaString"])
    assert "there is a table already" in cli.refused("create", table, "--schema", "id BIGINT")
    assert "--schema" in cli.refused("create", tmp_path / "v", "--schema", "id NO_SUCH_TYPE")


def test_checkpoints_come_every_ten_versions_and_on_demand(cli: Cli, tmp_path: Path) -> None:
    table, rows = tmp_path / "t", tmp_path / "rows.csv"
    rows.write_text("id\n1\n")
    for _ in range(11):
        cli.ok("write", table, rows)
    log = table / "_delta_log"
    assert json.loads((log / "_last_checkpoint").read_text())["version"] == 10
    assert (log / f"{10:020d}.checkpoint.parquet").exists()
    cli.ok("write", table, rows)
    assert cli.json("checkpoint", table) == {"version": 11, "files": 12}
    for version in range(11):
        (log / f"{version:020d}.json").unlink()
    assert cli.json("show", table)["numRecords"] == 12


def test_what_is_no_file_of_rows_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"PAR1 nothing of the kind PAR1")
    (tmp_path / "rows.csv").write_text("")
    assert "rows.parquet" in cli.refused("write", tmp_path / "t", tmp_path / "rows.parquet")
    assert "is empty" in cli.refused("write", tmp_path / "t", tmp_path / "rows.csv")
    assert "must end in" in cli.refused("write", tmp_path / "t", tmp_path / "rows.xls")
    assert "none.csv" in cli.refused("write", tmp_path / "t", tmp_path / "none.csv")
    assert not (tmp_path / "t").exists()
