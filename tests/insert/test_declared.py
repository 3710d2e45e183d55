"""`INSERT INTO` a table that is declared and of which nothing is stored yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
ENVIRONMENT = {
    **os.environ,
    "NEURALAKE_CATALOG__PYTHON": sys.executable,
    "PYTHONPATH": str(ROOT / "python"),
}

DEFINITIONS = """
from neuralake import Column, DeltaTable

orders = DeltaTable(
    "data/orders",
    description="What was sold.",
    columns=[
        Column("id", "int64", "The number of the order.", nullable=False),
        Column("day", "date"),
        Column("price", "decimal(10,2)"),
    ],
    partition_by=["day"],
    properties={"delta.appendOnly": "true", "delta.columnMapping.mode": "name"},
)
guessed = DeltaTable("data/guessed")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(DEFINITIONS)
    (tmp_path / "lake.py").write_text(
        "from neuralake import Catalog, ModuleDatabase\n"
        'catalog = Catalog({"shop": ModuleDatabase("shop")})\n'
    )
    (tmp_path / "neuralake.toml").write_text('[catalog]\nmodule = "lake:catalog"\n')
    command = [BINARY, "catalog", "build", "--project", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return tmp_path


def sql(project: Path, text: str) -> subprocess.CompletedProcess[str]:
    command = [BINARY, "sql", "--project", str(project), "--json", "--format", "ndjson", "-c", text]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)


def message(project: Path, text: str) -> str:
    done = sql(project, text)
    assert done.returncode != 0, done.stdout
    [line] = done.stderr.splitlines()
    told: str = json.loads(line)["error"]["message"]
    return told


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM shop.orders",
        "DESCRIBE shop.orders",
        "INSERT INTO shop.orders FROM shop.orders",
    ],
)
def test_there_is_nothing_to_read(project: Path, text: str) -> None:
    told = message(project, text)
    assert "table shop.orders: " in told
    assert "no Delta table is there" in told
    assert told.endswith("it is declared, and the first INSERT or pushed event makes it")
    assert not (project / "data").exists()


def test_an_insert_makes_it_as_it_is_declared(project: Path) -> None:
    done = sql(project, "INSERT INTO shop.orders VALUES (1, '2024-02-29', 1.5), (2, NULL, NULL)")
    assert done.returncode == 0, done.stderr
    made = DeltaTable(project / "data/orders")
    assert made.version() == 1
    assert made.metadata().name == "shop.orders"
    assert made.metadata().description == "What was sold."
    assert made.metadata().partition_columns == ["day"]
    assert made.metadata().configuration["delta.appendOnly"] == "true"
    fields = {field.name: field for field in made.schema().fields}
    assert fields["id"].metadata["comment"] == "The number of the order."
    assert not fields["id"].nullable
    answer = sql(project, "SELECT * FROM shop.orders ORDER BY id")
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(row["id"], row["day"], row["price"]) for row in rows] == [
        (1, "2024-02-29", "1.50"),
        (2, None, None),
    ]


def test_inserts_that_come_together_all_land(project: Path) -> None:
    def insert(number: int) -> subprocess.CompletedProcess[str]:
        return sql(project, f"INSERT INTO shop.orders (id) VALUES ({number})")

    with ThreadPoolExecutor(4) as pool:
        for done in pool.map(insert, range(8)):
            assert done.returncode == 0, done.stderr
    answer = sql(project, "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM shop.orders")
    assert json.loads(answer.stdout) == {"n": 8, "ids": 8}


def test_rows_that_do_not_fit_leave_it_without_rows(project: Path) -> None:
    assert "null" in message(project, "INSERT INTO shop.orders (price) VALUES (1)")
    answer = sql(project, "SELECT count(*) AS n FROM shop.orders")
    assert json.loads(answer.stdout) == {"n": 0}


def test_a_definition_that_says_too_little_is_named(project: Path) -> None:
    for text in ("SELECT * FROM shop.guessed", "INSERT INTO shop.guessed VALUES (1)"):
        told = message(project, text)
        assert told.endswith("it cannot be made either: its definition declares no columns"), told
