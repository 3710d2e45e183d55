"""Statements on the engine inside this process."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from neuralake.errors import NeuralakeError
from neuralake.native_session import NativeSession
from neuralake.result import SqlResult

NOON = dt.datetime(2013, 1, 1, 12, 30, 5, 123456)
PARAMETERS: list[tuple[Any, str, Any]] = [
    (None, "INTEGER", None),
    (True, "BOOLEAN", True),
    (False, "BOOLEAN", False),
    (7, "BIGINT", 7),
    (-(2**63), "BIGINT", -(2**63)),
    (2**63, "DECIMAL(38,0)", Decimal(2**63)),
    (-(10**37), "DECIMAL(38,0)", Decimal(-(10**37))),
    (1.5, "DOUBLE", 1.5),
    (1e300, "DOUBLE", 1e300),
    (-math.inf, "DOUBLE", -math.inf),
    ("flüge 'x' \N{ROCKET}", "VARCHAR", "flüge 'x' \N{ROCKET}"),
    ("", "VARCHAR", ""),
    (b"\x00\xff$1", "BLOB", b"\x00\xff$1"),
    (b"", "BLOB", b""),
    (Decimal("-12.340"), "DECIMAL(5,3)", Decimal("-12.340")),
    (Decimal("1E3"), "DECIMAL(4,0)", Decimal(1000)),
    (dt.date(2013, 1, 1), "DATE", dt.date(2013, 1, 1)),
    (NOON, "TIMESTAMP", NOON),
    (
        NOON.replace(tzinfo=dt.timezone(dt.timedelta(hours=2))),
        "TIMESTAMP WITH TIME ZONE",
        NOON.replace(hour=10, tzinfo=dt.UTC),
    ),
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> NativeSession:
    folder: Path = tmp_path_factory.mktemp("project")
    definitions = {"format": "neuralake.definitions", "version": 1, "databases": []}
    return NativeSession.of_definitions(json.dumps(definitions), folder)


@pytest.mark.parametrize(("value", "type_name", "back"), PARAMETERS)
def test_a_parameter_of_each_type_arrives(
    session: NativeSession, value: Any, type_name: str, back: Any
) -> None:
    for marker, params in [("$1", [value]), ("$a", {"a": value})]:
        asked = f"SELECT {marker} AS v, typeof({marker}) AS t"
        [row] = SqlResult(session.query(asked, params)).rows()
        assert row == {"v": back, "t": type_name}


def test_not_a_number_arrives(session: NativeSession) -> None:
    [row] = SqlResult(session.query("SELECT isnan($1) AS nan", [math.nan])).rows()
    assert row == {"nan": True}


def test_parameters_stand_where_they_are_numbered_or_named(session: NativeSession) -> None:
    assert SqlResult(session.query("SELECT $2 AS a, $1 AS b", [1, "x"])).rows() == [
        {"a": "x", "b": 1}
    ]
    assert SqlResult(session.query("SELECT $y AS a, $x AS b", {"x": 1, "y": b"z"})).rows() == [
        {"a": b"z", "b": 1}
    ]


@pytest.mark.parametrize("value", [dt.time(12), object(), [1], Decimal("NaN"), 10**38])
def test_what_no_column_holds_is_no_parameter(session: NativeSession, value: Any) -> None:
    with pytest.raises(NeuralakeError) as refused:
        session.query("SELECT $1", [value])
    assert refused.value.kind == "invalid"


# Either would run for a minute and more: one before its first row, one after it.
LONG = [
    "SELECT sum(a.range * b.range) FROM range(200000) a, range(200000) b",
    "SELECT a.range FROM range(200000) a, range(200000) b",
]


@contextmanager
def interrupted_at_work() -> Iterator[None]:
    """Interrupt this process once the engine has taken a second of processor time."""

    def interrupt() -> None:
        until = time.process_time() + 1
        while not over.wait(0.01):
            if time.process_time() > until:
                os.kill(os.getpid(), signal.SIGINT)
                break

    # A shell starts what runs behind it with interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    over = threading.Event()
    watcher = threading.Thread(target=interrupt)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("statement", LONG)
def test_an_interrupt_ends_a_statement(session: NativeSession, statement: str) -> None:
    with pytest.raises(KeyboardInterrupt), interrupted_at_work():
        for _ in session.query(statement).batches():
            pass
    assert SqlResult(session.query("SELECT 1 AS one")).rows() == [{"one": 1}]
