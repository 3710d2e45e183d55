"""`neuralake gen`: the same bytes by seed, in every format, in bounded memory, bad rows counted."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY") or str(ROOT / "build/dev/bin/neuralake")
ORDERS = "id BIGINT NOT NULL, customer STRING, total decimal(10, 2), at TIMESTAMP NOT NULL"
MEMORY_MAX_KB = 400_000


def gen(*arguments: object, cwd: Path | None = None) -> dict[str, Any]:
    command = [BINARY, "gen", *map(str, arguments), "--json"]
    done = subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def refused(*arguments: object, cwd: Path | None = None, code: int = 2) -> str:
    command = [BINARY, "gen", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == code, done.stdout
    return done.stderr


READERS = {
    "ndjson": pl.read_ndjson,
    "csv": lambda path: pl.read_csv(path, infer_schema_length=None),
    "arrow": pl.read_ipc_stream,
    "parquet": pl.read_parquet,
}


@pytest.mark.parametrize("form", READERS)
def test_a_seed_gives_the_same_bytes_in_every_format(form: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.{form}" for name in ("one", "two", "other")]
    for file, seed in zip(files, (7, 7, 8), strict=True):
        report = gen("telemetry", "--rows", 40_000, "--seed", seed, "--output", file)
        assert report["rows"] == 40_000
        assert report["bytes"] == file.stat().st_size
    assert files[0].read_bytes() == files[1].read_bytes() != files[2].read_bytes()
    frame = READERS[form](files[0])
    assert frame.height == 40_000
    assert frame["event_id"].cast(pl.Int64).to_list() == list(range(40_000))


def test_all_formats_hold_the_same_rows(tmp_path: Path) -> None:
    frames = []
    for form, read in READERS.items():
        file = tmp_path / f"rows.{form}"
        gen("tpch.lineitem", "--rows", 5_000, "--output", file)
        frames.append(read(file).select("l_orderkey", "l_linenumber", "l_shipmode", "l_comment"))
    assert all(frame.cast(frames[0].schema).equals(frames[0]) for frame in frames[1:])


def test_rows_go_to_standard_output_and_the_report_beside_them() -> None:
    command = [BINARY, "gen", "tpch.nation", "--format", "csv", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert pl.read_csv(io.StringIO(done.stdout)).height == 25
    assert json.loads(done.stderr)["rows"] == 25


def test_tables_of_one_scale_fit_each_other(tmp_path: Path) -> None:
    for table in ("orders", "lineitem", "customer"):
        gen(f"tpch.{table}", "--scale", 0.002, "--output", tmp_path / f"{table}.parquet")
    orders = pl.read_parquet(tmp_path / "orders.parquet")
    lines = pl.read_parquet(tmp_path / "lineitem.parquet")
    customers = pl.read_parquet(tmp_path / "customer.parquet")
    assert orders.join(customers, left_on="o_custkey", right_on="c_custkey").height == 3_000
    assert lines.join(orders, left_on="l_orderkey", right_on="o_orderkey").height == lines.height


def test_a_delta_table_is_made_and_appended_to(tmp_path: Path) -> None:
    table = tmp_path / "orders"
    arguments = ("schema", "--schema", ORDERS, "--rows", 20_000, "--output", table)
    first = gen(*arguments)
    second = gen(*arguments, "--seed", 2)
    assert (first["format"], first["rows"], second["rows"]) == ("delta", 20_000, 20_000)
    assert second["version"] > first["version"]
    assert first["version"] == 0, "the table comes with its rows, in one commit"
    show = subprocess.run(
        [BINARY, "table", "show", str(table), "--json"], check=True, capture_output=True, text=True
    )
    assert json.loads(show.stdout)["numRecords"] == 40_000


def test_the_same_seed_twice_does_not_overwrite_files_of_a_table(tmp_path: Path) -> None:
    arguments = ("schema", "--schema", ORDERS, "--rows", 100, "--output", tmp_path / "orders")
    gen(*arguments)
    gen(*arguments)
    scan = [BINARY, "table", "scan", str(tmp_path / "orders"), "--format", "ndjson"]
    rows = subprocess.run(scan, check=True, capture_output=True, text=True).stdout
    assert len(rows.splitlines()) == 200


def test_bad_rows_are_as_many_as_told_and_none_of_them_reads(tmp_path: Path) -> None:
    file = tmp_path / "orders.ndjson"
    report = gen(
        *("schema", "--schema", ORDERS, "--rows", 20_000, "--bad-rows", 0.05, "--output", file)
    )
    bad = report["bad_rows"]
    assert all(bad[kind] > 100 for kind in ("wrong_type", "missing_field", "broken_json"))

    def reads(line: str) -> bool:
        try:
            row = json.loads(line)
        except ValueError:
            return False
        return {"id", "at"} <= row.keys() and "nonsense" not in row.values()

    lines = file.read_text().splitlines()
    assert len(lines) == 20_000
    assert sum(not reads(line) for line in lines) == sum(bad.values())


def test_a_schema_comes_from_a_file_or_from_the_catalog(tmp_path: Path) -> None:
    (tmp_path / "orders.ddl").write_text(ORDERS)
    fields = [{"name": "id", "type": "long", "nullable": False, "metadata": {}}]
    (tmp_path / "orders.json").write_text(json.dumps({"type": "struct", "fields": fields}))
    for name, columns in (
        ("orders.ddl", ["id", "customer", "total", "at"]),
        ("orders.json", ["id"]),
    ):
        rows = tmp_path / "rows.parquet"
        gen("schema", "--schema", tmp_path / name, "--output", rows, "--overwrite")
        assert pl.read_parquet(rows).columns == columns
    (tmp_path / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    (tmp_path / "lake.py").write_text(
        "from neuralake import Catalog, Column, DeltaTable\n"
        "from neuralake import ModuleDatabase\n"
        "orders = DeltaTable('orders', key=['code'], columns=[\n"
        "    Column('code', 'string', nullable=False), Column('total', 'decimal(10, 2)')])\n"
        "catalog = Catalog({'shop': ModuleDatabase('lake')})\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
    env["NEURALAKE_CATALOG__PYTHON"] = sys.executable
    subprocess.run([BINARY, "catalog", "build"], cwd=tmp_path, env=env, check=True)
    gen(*("schema", "--table", "shop.orders", "--output", "orders.parquet"), cwd=tmp_path)
    frame = pl.read_parquet(tmp_path / "orders.parquet")
    assert frame["code"].n_unique() == frame.height == 10_000


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    for output in ("-", str(tmp_path / "rows.parquet")):
        command = [BINARY, "gen", "telemetry", "--rows", "2000000", "--output", output]
        done = subprocess.run(
            [sys.executable, "-c", program, *command], check=True, capture_output=True, text=True
        )
        assert int(done.stdout) < MEMORY_MAX_KB


def test_what_cannot_be_made_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    assert "there are telemetry, schema" in refused("telemtry")
    assert "--bad-rows breaks lines of NDJSON" in refused(
        "telemetry", "--bad-rows", 0.1, "--output", tmp_path / "rows.csv"
    )
    assert "--schema or --table" in refused("schema")
    assert "share of bad rows 2" in refused("telemetry", "--bad-rows", 2)
    assert "-3 rows: 0 to" in refused("telemetry", "--rows", -3)
    few = refused(
        *("tpch.lineitem", "--scale", 0.001, "--rows", 100_000, "--output", tmp_path / "l.csv"),
        code=1,
    )
    assert "there are only" in few
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", READERS)
def test_a_file_that_is_there_is_replaced_only_when_told_to(form: str, tmp_path: Path) -> None:
    file = tmp_path / f"rows.{form}"
    file.write_text("mine")
    said = refused("tpch.nation", "--output", file, code=1)
    assert said == f"neuralake: {file} is there already; --overwrite replaces it\n"
    assert file.read_text() == "mine"
    gen("tpch.nation", "--output", file, "--overwrite")
    assert READERS[form](file).height == 25
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_a_table_is_not_overwritten(tmp_path: Path) -> None:
    said = refused("tpch.nation", "--output", tmp_path / "nation", "--overwrite")
    assert "--overwrite is for files; rows are appended to a Delta table" in said
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_ends_in_no_format_becomes_no_table_by_mistake(tmp_path: Path) -> None:
    for name in ("x.avro", "x.mycsv"):
        said = refused("tpch.nation", "--output", tmp_path / name)
        assert "a file ends in .ndjson, .jsonl, .json, .csv, .arrow or .parquet" in said
        assert "--format delta makes a Delta table of this name" in said
    assert list(tmp_path.iterdir()) == []
    table = tmp_path / "nation.v2"
    assert gen("tpch.nation", "--output", table, "--format", "delta")["version"] == 0
    assert gen("tpch.nation", "--output", table)["version"] == 1, "it is a table by now"
