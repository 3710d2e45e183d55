"""Delta tables by their location, without a catalog."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import deltalake
import polars as pl
import pytest

import neuralake
from neuralake import NeuralakeError


@pytest.fixture
def table(tmp_path: Path) -> Path:
    uri = tmp_path / "flights"
    frame = pl.DataFrame({"id": [1, 2], "month": [1, 2], "carrier": ["AA", None]})
    deltalake.write_deltalake(
        uri,
        frame.to_arrow(),
        partition_by=["month"],
        description="Flights",
        configuration={"delta.appendOnly": "true"},
    )
    deltalake.write_deltalake(uri, frame.to_arrow(), mode="append")
    return uri


def test_a_table_of_another_writer_is_described(table: Path) -> None:
    detail = neuralake.open_table(table).detail()
    assert detail.version == 1
    assert detail.num_records == 4
    assert detail.num_files == 4
    assert detail.description == "Flights"
    assert [(c.name, c.type) for c in detail.columns] == [
        ("id", "int64"),
        ("month", "int64"),
        ("carrier", "string"),
    ]
    assert list(detail.partition_columns) == ["month"]
    assert detail.properties == {"delta.appendOnly": "true"}
    assert abs(detail.time - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=10)


def test_earlier_versions_are_found_by_number_and_time(table: Path) -> None:
    opened = neuralake.open_table(table)
    assert opened.detail(version=0).num_records == 2
    assert opened.detail(timestamp=opened.detail(version=0).time).version == 0
    with pytest.raises(NeuralakeError) as refused:
        opened.detail(version=7)
    assert refused.value.kind == "not_found"
    assert "7" in refused.value.message


def test_the_newest_version_is_seen_without_opening_again(table: Path) -> None:
    opened = neuralake.open_table(str(table))
    assert opened.version() == 1
    more = pl.DataFrame({"id": [3], "month": [1], "carrier": ["DL"]})
    deltalake.write_deltalake(table, more.to_arrow(), mode="append")
    assert opened.version() == 2


def test_history_is_newest_first(table: Path) -> None:
    history = neuralake.open_table(table).history()
    assert [entry.version for entry in history] == [1, 0]
    assert history[0].operation == "WRITE"
    assert neuralake.open_table(table).history(1) == history[:1]


def test_where_no_table_is_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(NeuralakeError) as refused:
        neuralake.open_table(tmp_path / "none").version()
    assert refused.value.kind == "not_found"
    assert str(tmp_path / "none") in refused.value.message
    with pytest.raises(NeuralakeError, match="unknown scheme"):
        neuralake.open_table("gopher://lake/flights")


@pytest.mark.parametrize("name", ["delete", "update", "merge", "optimize", "restore"])
def test_what_is_not_there_refuses_by_name(table: Path, name: str) -> None:
    with pytest.raises(NeuralakeError, match=f"{name} is not in this release") as refused:
        getattr(neuralake.open_table(table), name)("id = 1")
    assert refused.value.kind == "unsupported"
