"""What the export says about definitions, and how it takes mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from neuralake.errors import NeuralakeError
from project import CATALOG, export, problems, tables, write_project

from neuralake import Catalog, ModuleDatabase


def test_a_table_is_named_by_its_variable_and_knows_its_line(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        aviation='''
            """Flights and who flies them."""
            import functools
            from neuralake import Column, DeltaTable, table

            flights = DeltaTable(
                "data/flights",
                description="""One row a flight.

                    More.""",
                owner="ops",
                tags=["core"],
                columns=[
                    Column("id", "int64", nullable=False),
                    Column("dep_delay", "int32", "negative is early", unit="minutes"),
                ],
                key=["id"],
                partition_by=["month"],
                properties={"delta.appendOnly": "true"},
                deprecated="use flights_v2",
            )

            def logged(function):
                @functools.wraps(function)
                def inner():
                    return function()
                return inner

            @table(
                description="Carriers",
            )
            @logged
            def carriers():
                raise AssertionError("never called at import")

            @table
            def planes():
                """Every plane."""
            ''',
    )
    document = export(tmp_path)
    assert document["problems"] == []
    assert document["format"] == "neuralake.definitions"
    assert document["version"] == 1
    found = tables(document)
    assert list(found) == ["carriers", "flights", "planes"]
    flights = found["flights"]
    assert flights["kind"] == "delta"
    assert flights["description"] == "One row a flight.\n\nMore."
    assert flights["place"] == {"file": "lake/aviation.py", "line": 5}
    assert flights["columns"][1]["place"]["line"] == 14
    assert flights["columns"][1]["unit"] == "minutes"
    assert flights["deprecation"] == "use flights_v2"
    assert found["carriers"]["place"]["line"] == 32
    assert found["carriers"]["function"] == {"module": "lake.aviation", "name": "carriers"}
    assert found["planes"]["description"] == "Every plane."
    assert document["databases"][0]["description"] == "Flights and who flies them."


def test_a_definition_made_by_a_helper_stands_where_the_helper_is_called(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        conventions="""
            from neuralake import DeltaTable
            def lake_table(name):
                return DeltaTable(f"s3://lake/{name}", owner="ops")
            """,
        aviation="""
            from lake.conventions import lake_table

            flights = lake_table("flights")
            """,
    )
    assert tables(export(tmp_path))["flights"]["place"] == {"file": "lake/aviation.py", "line": 3}


def test_every_statement_that_fails_is_told_and_the_rest_is_exported(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog="""
            from neuralake import Catalog, ModuleDatabase
            catalog = Catalog({
                "aviation": ModuleDatabase("lake.aviation"),
                "broken": ModuleDatabase("lake.broken"),
                "missing": ModuleDatabase("lake.missing"),
            })
            """,
        aviation="""
            from neuralake import DeltaTable
            def limit():
                raise RuntimeError("no limit")
            LIMIT = limit()
            small = DeltaTable("data/small", properties={"limit": LIMIT})
            flights = DeltaTable("data/flights")
            bad = DeltaTable("data/bad", colour="red")
            """,
        broken="""
            x = = 1
            """,
    )
    document = export(tmp_path)
    assert problems(document) == [
        ("lake/aviation.py", 3, "lake.aviation.LIMIT"),
        ("lake/aviation.py", 7, "lake.aviation.bad"),
        ("lake/broken.py", 1, "lake.broken"),
        ("lake/__init__.py", 5, "missing"),
    ]
    messages = [p["message"] for p in document["problems"]]
    assert messages[0] == "RuntimeError: no limit (reached from lake/aviation.py:4)"
    assert "colour" in messages[1]
    assert list(tables(document)) == ["flights"]


def test_a_name_assigned_twice_is_told_at_the_second_place(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        aviation="""
            from dataclasses import replace
            import os
            from neuralake import DeltaTable, table
            flights = DeltaTable("data/a")
            if os.environ.get("NO_SUCH_VARIABLE"):
                weather = DeltaTable("data/w1")
            else:
                weather = DeltaTable("data/w2")
            planes = DeltaTable("data/p")
            @table
            def flights():
                return None
            """,
    )
    document = export(tmp_path)
    assert problems(document) == [("lake/aviation.py", 11, "aviation.flights")]
    assert "hides the table of line 4" in document["problems"][0]["message"]


def test_one_object_has_one_name(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog="""
            from neuralake import Catalog, ModuleDatabase
            catalog = Catalog({
                "aviation": ModuleDatabase("lake.aviation"),
                "reports": ModuleDatabase("lake.reports"),
                "again": ModuleDatabase("lake.aviation"),
                "aviation": ModuleDatabase("lake.aviation"),
            })
            """,
        aviation="""
            from neuralake import DeltaTable
            flights = DeltaTable("data/a")
            journeys = flights
            """,
        reports="""
            from neuralake import table
            from lake.aviation import flights
            @table
            def delays():
                return flights
            """,
    )
    document = export(tmp_path)
    assert problems(document) == [
        ("lake/__init__.py", 6, "aviation"),
        ("lake/aviation.py", 2, "aviation.journeys"),
        ("lake/__init__.py", 5, "again"),
    ]
    assert list(tables(document, "reports")) == ["delays"]


def test_values_of_the_wrong_type_are_kept_for_the_checks(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        aviation="""
            from neuralake import DeltaTable
            flights = DeltaTable(7, tags={"a"}, columns="id", description=float("nan"))
            """,
    )
    flights = tables(export(tmp_path))["flights"]
    assert flights["uri"] == 7
    assert flights["tags"] == {"$python": "set"}
    assert flights["columns"] == "id"


def test_a_function_that_needs_arguments_is_no_table(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        aviation="""
            from neuralake import table
            @table
            def flights(month, year=2013):
                pass
            @table
            async def planes():
                pass
            """,
    )
    document = export(tmp_path)
    assert [p["message"] for p in document["problems"]] == [
        "give month a default: a table's function is called without arguments",
        "a table's function must be a plain one, not async",
    ]


def test_prints_of_the_definitions_do_not_disturb_the_export(tmp_path: Path) -> None:
    write_project(
        tmp_path, catalog=CATALOG, aviation='print("hello")\nimport os\nos.write(1, b"x")'
    )
    assert export(tmp_path)["problems"] == []


def test_a_missing_catalog_is_told(tmp_path: Path) -> None:
    write_project(tmp_path, catalog="other = 1\n")
    assert export(tmp_path)["problems"][0]["message"].startswith("module lake has no catalog")
    assert export(tmp_path, "lake:other")["problems"][0]["message"].startswith("other is a int")
    assert export(tmp_path, "nolake:x")["problems"][0]["message"].startswith("cannot import nolake")


def test_two_exports_give_the_same_bytes(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        aviation="""
            from neuralake import DeltaTable
            b = DeltaTable("data/b", properties={"z": "1", "a": "2"})
            a = DeltaTable("data/a")
            """,
    )
    assert export(tmp_path) == export(tmp_path)


CATALOG_LINE = "lake/__init__.py"


@pytest.mark.parametrize(
    ("catalog", "found"),
    [
        ('catalog = Catalog({"a": "lake.a"})', (CATALOG_LINE, 2, "a")),
        ('catalog = Catalog({"a": ModuleDatabase(7)})', (CATALOG_LINE, 2, "a")),
        ('catalog = Catalog({5: ModuleDatabase("lake.a")})', (CATALOG_LINE, 2, "5")),
        ("catalog = 4\ncatalog = 5", (CATALOG_LINE, 3, "lake:catalog")),
        ("other = 5", (CATALOG_LINE, 1, "lake:catalog")),
    ],
)
def test_a_mistake_in_the_catalog_itself_has_a_line(
    tmp_path: Path, catalog: str, found: tuple[str, int, str]
) -> None:
    head = "from neuralake import Catalog, ModuleDatabase\n"
    write_project(tmp_path, catalog=head + catalog, a="")
    assert problems(export(tmp_path)) == [found]


def test_a_module_that_is_not_there_has_the_line_of_the_setting(tmp_path: Path) -> None:
    write_project(tmp_path)
    document = export(tmp_path, "lack:catalog")
    assert problems(document) == [("neuralake.toml", 0, "lack:catalog")]
    (tmp_path / "neuralake.toml").write_text('# project\n[catalog]\nmodule = "lack:catalog"\n')
    assert problems(export(tmp_path, "lack:catalog")) == [("neuralake.toml", 3, "lack:catalog")]


def test_whatever_a_definition_raises_has_a_line_and_is_one(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        catalog=CATALOG,
        aviation="""
            from neuralake import DeltaTable

            class Odd(BaseException):
                pass

            class Mute(Exception):
                def __str__(self):
                    raise ValueError("no text")

            class Rows(list):
                def __iter__(self):
                    raise ValueError("no rows")

            def fail(error):
                raise error

            a = fail(Odd("odd"))
            b = fail(Mute())
            c = fail(ValueError("first\\n\\nsecond"))
            flights = DeltaTable("data/flights", tags=Rows())
            """,
    )
    document = export(tmp_path)
    assert problems(document) == [
        ("lake/aviation.py", 15, "lake.aviation.a"),
        ("lake/aviation.py", 15, "lake.aviation.b"),
        ("lake/aviation.py", 15, "lake.aviation.c"),
        ("lake/aviation.py", 20, "aviation.flights"),
    ]
    said = [problem["message"] for problem in document["problems"]]
    assert said[0].startswith("Odd: odd (reached from lake/aviation.py:17)")
    assert said[1].startswith("Mute: its text cannot be had (ValueError)")
    assert said[2].startswith("ValueError: first; second")
    assert said[3] == "cannot be read: ValueError: no rows"


def test_a_function_that_returns_no_frame_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "placed.py").write_text(
        "from neuralake import table\n\n\n@table\ndef number():\n    return 5\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    catalog = Catalog({"a": ModuleDatabase("placed")})
    with pytest.raises(
        NeuralakeError, match=r"^invalid: a\.number \(.*placed\.py:5\) returned a int"
    ):
        catalog.table("a.number")
