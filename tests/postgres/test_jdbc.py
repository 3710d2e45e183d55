"""The PostgreSQL driver of Java: its questions to the catalog, parameters, parts of an answer."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from big_table import FOUR_KINDS
from surfaces import ROOT, Server

EXPECTED = """
product: PostgreSQL 15
schemas: [information_schema, pg_catalog, public, shop, store]
tables: [orders]
remarks: [What was ordered.]
columns: [id, customer, amount, placed, region]
types: [int8, text, numeric, timestamptz, text]
sizes: [10]
keys: []
indexes: []
imported: []
catalogs: [neuralake]
functions: []
join: [1 bolt 0.25, 4 bolt 0.25]
join: [1 bolt 0.25, 4 bolt 0.25]
join: [1 bolt 0.25, 4 bolt 0.25]
parameters: [t, 1099511627776, 1.25, 12.50, it's ß, 2024-02-29, null]
sum in parts: 76193340
error: 42P01
at most: 3
""".strip().splitlines()
VALUES = (
    "values: true 127 2147483647 9223372036854775807 1.5 0.1 "
    '1234567890123456789012345678.0123456789 häuser, "quoted" 2 2024-02-29 '
    '2024-02-29T12:34:56.789012Z 2024-02-29T12:34:56 [1, null, 3] {"x":1,"y":"a"}'
)


@pytest.fixture(scope="module")
def printed(server: Server) -> list[str]:
    """What the program printed, line by line."""
    [jar] = (Path.home() / ".cache/neuralake/maven").glob("jdbc-*/postgresql-*.jar")
    done = subprocess.run(
        [
            "java",
            "-Dfile.encoding=UTF-8",
            "-Dstdout.encoding=UTF-8",
            "-cp",
            str(jar),
            str(ROOT / "tests/postgres/Jdbc.java"),
            f"jdbc:postgresql://127.0.0.1:{server.pg_port}/neuralake",
            FOUR_KINDS.format(parameter="?"),
        ],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("mode", ["extended", "simple"])
def test_the_driver_works(printed: list[str], mode: str) -> None:
    said = [line.removeprefix(mode + " ") for line in printed if line.startswith(mode + " ")]
    # The simple protocol has no place for the most rows that one wants.
    expected = EXPECTED if mode == "extended" else EXPECTED[:-1]
    shown = [line for line in said if not line.startswith("values")]
    assert shown[: len(expected)] == expected
    assert [line for line in said if line.startswith("values")] == [VALUES, VALUES]
