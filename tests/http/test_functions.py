"""Functions behind tables that go wrong in every way: each is told, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lake import Server, until

DEFINITIONS = """
import os, sys, time
import polars as pl
from neuralake import Column, table

N = [Column("n", "int64")]


@table(columns=N)
def good():
    return pl.DataFrame({"n": [1, 2, 3]})


@table(columns=N)
def raises():
    return pl.DataFrame({"n": [1]})["m"]


@table
def raises_undeclared():
    raise ValueError("no rows today")


@table(columns=N)
def sleeps():
    open("sleeps", "w").close()
    time.sleep(1000)


@table
def spins():
    while True:
        pass


@table(columns=N)
def wrong_type():
    return pl.DataFrame({"n": ["one"]})


@table(columns=N)
def wrong_column():
    return pl.DataFrame({"m": [1]})


@table(columns=N)
def no_frame():
    return {"n": [1]}


@table
def no_type():
    return pl.DataFrame({"n": pl.Series([object()], dtype=pl.Object)})


@table(columns=N)
def prints():
    print("to standard output")
    os.write(1, b"by its number")
    return pl.DataFrame({"n": [7]})


@table(columns=N)
def forks():
    if os.fork() == 0:
        raise ValueError("in the child")
    return pl.DataFrame({"n": [8]})


@table(columns=N)
def exits():
    sys.exit(3)


@table(columns=N)
def leaves():
    os._exit(3)


@table(columns=N)
def aborts():
    os.abort()


@table(columns=N)
def grows():
    held = []
    while True:
        held.append(b"x" * 10_000_000)
"""
CATALOG = """
from neuralake import Catalog, ModuleDatabase
catalog = Catalog({"odd": ModuleDatabase("odd")})
"""


def line_of(text: str) -> int:
    """Where, in the module of the functions, `text` first stands."""
    return DEFINITIONS[: DEFINITIONS.index(text)].count("\n") + 1


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project: Path = tmp_path_factory.mktemp("odd")
    (project / "lake.py").write_text(CATALOG)
    (project / "odd.py").write_text(DEFINITIONS)
    (project / "neuralake.toml").write_text(
        '[catalog]\nmodule = "lake:catalog"\n[engine]\nfunction_memory_bytes = "512MiB"\n'
    )
    server = Server(project)
    yield server
    assert server.stop() == 0, server.log.read_text()[-4000:]


@pytest.mark.parametrize(
    ("function", "status", "line", "words"),
    [
        ("raises", 400, 'return pl.DataFrame({"n": [1]})["m"]', "ColumnNotFoundError"),
        ("raises_undeclared", 400, 'raise ValueError("no rows', "ValueError: no rows today"),
        ("wrong_type", 400, "def wrong_type", "returned column n as"),
        ("wrong_column", 400, "def wrong_column", "has no column n; it has m"),
        ("no_frame", 400, "def no_frame", "returned a dict"),
        ("no_type", 400, "def no_type", "returned column n as Object"),
        ("exits", 400, "sys.exit(3)", "SystemExit: 3"),
        ("leaves", 503, "def leaves", "its process ended with 3"),
        ("aborts", 503, "def aborts", "its process was ended by signal 6"),
        ("grows", 429, "def grows", "more than the 512 MiB of engine.function_memory_bytes"),
    ],
)
def test_a_failure_names_the_function_and_its_line(
    odd: Server, function: str, status: int, line: str, words: str
) -> None:
    answer = odd.sql(f"SELECT n FROM odd.{function}")
    assert answer.status == status, answer.body
    message = answer.json()["error"]["message"]
    assert f"function odd.{function}" in message
    assert f"odd.py:{line_of(line)}" in message
    assert words in message
    assert odd.rows("SELECT sum(n)::BIGINT AS s FROM odd.good") == [{"s": 6}]


@pytest.mark.parametrize("function", ["sleeps", "spins"])
def test_a_function_that_never_returns_ends_with_its_statement(odd: Server, function: str) -> None:
    answer = odd.sql(f"SELECT * FROM odd.{function}", timeout_ms=3000)
    assert answer.status == 504, answer.body
    message = answer.json()["error"]["message"]
    assert f"function odd.{function} (odd.py:{line_of(f'def {function}')})" in message
    assert "ran out of time, and its process was killed" in message


def test_a_function_that_prints_is_answered(odd: Server) -> None:
    assert odd.rows("SELECT n FROM odd.prints") == [{"n": 7}]


def test_the_child_of_a_function_answers_nothing(odd: Server) -> None:
    for _ in range(3):
        assert odd.rows("SELECT n FROM odd.forks") == [{"n": 8}]
    assert odd.rows("SELECT sum(n)::BIGINT AS s FROM odd.good") == [{"s": 6}]


def test_an_edited_body_is_used_by_the_next_statement(start: Callable[..., Server]) -> None:
    server = start()
    asked = "SELECT sum(fleet)::BIGINT AS n FROM aviation.fleets"
    module = server.project / "lake/aviation.py"
    good = module.read_text()
    broken = good.replace("return pl.DataFrame", "return pl.NoFrame")
    assert server.rows(asked) == [{"n": 15}]
    module.write_text(broken)
    assert "NoFrame" in server.sql(asked).json()["error"]["message"]
    # The description of the tables is the same throughout: nothing but the worker sees the change.
    for last in (2, 3):
        module.write_text(good.replace("3, 2, 1]", f"3, 2, {last}]"))
        assert server.rows(asked) == [{"n": 14 + last}]


def test_a_function_that_failed_at_first_is_mended_by_an_edit(start: Callable[..., Server]) -> None:
    server = start()
    module = server.project / "lake/aviation.py"
    good = module.read_text()
    module.write_text(good.replace("return pl.DataFrame", "return pl.NoFrame"))
    asked = "SELECT count(*) AS n FROM aviation.fleets"
    assert server.sql(asked).status == 400
    module.write_text(good)
    assert server.rows(asked) == [{"n": 5}]


def test_other_statements_go_on_while_functions_hang(start: Callable[..., Server]) -> None:
    server = start()
    module = server.project / "lake/aviation.py"
    hanging = "\nimport time\n@table\ndef sleeps():\n    open('sleeps', 'w').close()\n"
    module.write_text(module.read_text() + hanging + "    time.sleep(1000)\n")
    until(
        lambda: "sleeps" in {t["name"] for t in server.get("/api/v1/tables").json()["tables"]},
        "the function is served",
    )
    with ThreadPoolExecutor() as pool:
        hangs = pool.submit(server.sql, "SELECT * FROM aviation.sleeps")
        until((server.project / "sleeps").exists, "the function runs")
        assert server.rows("SELECT count(*) AS n FROM aviation.airlines") == [{"n": 5}]
        assert server.rows("SELECT count(*) AS n FROM aviation.fleets") == [{"n": 5}]
        running = server.get("/api/v1/queries").json()["running"]
        [query] = [one for one in running if one["sql"] == "SELECT * FROM aviation.sleeps"]
        assert server.ask("DELETE", f"/api/v1/queries/{query['query_id']}").status == 202
        assert hangs.result(30).status == 499
