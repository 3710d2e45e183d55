"""Definitions that change, break and heal while the server runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from lake import DEFINITIONS, ROOT, Server, until

MORE = '\nextra = CsvTable("data/airlines.csv", description="The same once more.")\n'
BROKEN = """
wrong = CsvTable("data/airlines.csv", columns=[Column("a", "integr")])
worse = DeltaTable("ftp://host/x")
raise RuntimeError("on import")
"""


def names(server: Server) -> set[str]:
    return {table["name"] for table in server.get("/api/v1/tables").json()["tables"]}


def write(server: Server, text: str) -> None:
    (server.project / "lake/aviation.py").write_text(text)


def test_a_change_is_served_without_a_restart(start: Callable[..., Server]) -> None:
    server = start()
    assert "extra" not in names(server)
    write(server, DEFINITIONS + MORE)
    until(lambda: "extra" in names(server), "the new table is listed")
    assert server.rows("SELECT count(*) AS n FROM aviation.extra") == [{"n": 5}]
    assert "/api/v1/tables/aviation/extra/rows" in server.get("/openapi.json").json()["paths"]
    until(
        lambda: server.get("/catalog/tables/aviation/extra.html").status == 200,
        "the new table has a page",
    )
    assert '"extra"' in (server.project / ".neuralake/catalog.json").read_text()
    write(server, DEFINITIONS)
    until(lambda: "extra" not in names(server), "the table is gone")
    assert server.sql("SELECT 1 FROM aviation.extra").status == 404
    assert server.get("/api/v1/tables/aviation/extra/rows").status == 404
    until(
        lambda: server.get("/catalog/tables/aviation/extra.html").status == 404,
        "its page is gone",
    )


def test_a_broken_change_leaves_the_old_catalog_and_says_so(start: Callable[..., Server]) -> None:
    server = start()
    before = names(server)
    write(server, DEFINITIONS + MORE + BROKEN)
    told = until(
        lambda: (ready := server.get("/ready").json()["catalog"])["problems"] and ready,
        "the problems are told",
    )
    assert told["current"] is False
    assert any("integr" in line and "lake/aviation.py:" in line for line in told["problems"])
    assert any("ftp" in line for line in told["problems"])
    assert any("on import" in line for line in told["problems"])
    listed = server.get("/api/v1/tables").json()
    assert listed["current"] is False
    assert listed["problems"] == told["problems"]
    assert names(server) == before
    assert server.rows("SELECT count(*) AS n FROM aviation.airlines") == [{"n": 5}]
    assert server.metric("neuralake_catalog_current") == 0
    assert server.get("/ready").status == 200
    write(server, DEFINITIONS + MORE)
    until(lambda: server.get("/ready").json()["catalog"]["current"], "the catalog is good again")
    assert "extra" in names(server)
    assert server.metric("neuralake_catalog_current") == 1
    log = server.log.read_text()
    assert "the definitions have mistakes" in log


@pytest.mark.parametrize("ending", ["while True: pass", "import time; time.sleep(1000)"])
def test_an_import_that_hangs_is_told_and_given_up_for_the_next_change(
    start: Callable[..., Server], ending: str
) -> None:
    server = start()
    health = lambda: server.get("/health").json()["catalog"]  # noqa: E731
    until(lambda: server.metric("neuralake_catalog_builds_total") >= 1, "the first build is over")
    assert health()["reading_since"] is None
    write(server, f"open('hangs', 'w').close()\n{ending}\n")
    until((server.project / "hangs").exists, "the import hangs")
    since = health()["reading_since"]
    assert since is not None
    assert since == server.get("/ready").json()["catalog"]["reading_since"]
    assert server.rows("SELECT count(*) AS n FROM aviation.airlines") == [{"n": 5}]
    write(server, DEFINITIONS + MORE)
    until(lambda: "extra" in names(server), "the mended definitions are served")
    until(lambda: health()["reading_since"] is None, "they are read to the end")
    assert health()["current"] is True
    assert "they are read anew" in server.log.read_text()


def test_definitions_that_write_a_watched_file_are_read_to_the_end(
    start: Callable[..., Server],
) -> None:
    server = start()
    # Slow enough to be given up for the file that it writes.
    writes = (
        "import pathlib, time\n"
        "pathlib.Path(__file__).with_name('made.py').write_text(f'AT = {time.time_ns()}')\n"
        "time.sleep(2)\n"
    )
    write(server, writes + DEFINITIONS + MORE)
    until(lambda: "extra" in names(server), "the definitions are served")
    assert "they are read anew" in server.log.read_text()


def test_a_module_that_was_missing_is_noticed_when_it_comes(start: Callable[..., Server]) -> None:
    server = start()
    catalog = server.project / "lake/__init__.py"
    catalog.write_text(
        "from neuralake import Catalog, ModuleDatabase\n"
        'catalog = Catalog({"aviation": ModuleDatabase("lake.aviation"),\n'
        '                   "fleet": ModuleDatabase("lake.fleet")})\n'
    )
    until(lambda: not server.get("/ready").json()["catalog"]["current"], "the module is missed")
    (server.project / "lake/fleet.py").write_text(
        'from neuralake import CsvTable\nplanes = CsvTable("data/airlines.csv")\n'
    )
    until(lambda: "planes" in names(server), "the module was noticed")


def test_a_manifest_that_was_built_by_hand_is_served(start: Callable[..., Server]) -> None:
    # The server's own Python cannot build, so that only the manifest brings the change.
    server = start()
    until(lambda: server.metric("neuralake_catalog_builds_total") >= 1, "the first build is over")
    server.stop()
    server = start(environment={"NEURALAKE_CATALOG__PYTHON": "/bin/false"})
    until(lambda: server.metric("neuralake_catalog_builds_total") >= 1, "the build failed")
    assert server.get("/ready").json()["catalog"]["current"] is False
    assert server.rows("SELECT count(*) AS n FROM aviation.airlines") == [{"n": 5}]
    write(server, DEFINITIONS + MORE)
    built = subprocess.run(
        [str(server.binary), "catalog", "build", "--project", str(server.project)],
        env={"PYTHONPATH": str(ROOT / "python"), "NEURALAKE_CATALOG__PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert built.returncode == 0, built.stderr
    until(lambda: "extra" in names(server), "the manifest was picked up")


def test_a_statement_that_runs_keeps_its_catalog(start: Callable[..., Server]) -> None:
    server = start()
    connection = server.connect()
    slow = (
        "SELECT a.id FROM aviation.flights a, aviation.airlines b, aviation.airlines c, "
        "aviation.airlines d ORDER BY a.id"
    )
    connection.request("POST", "/api/v1/sql?limit=3000000&format=csv", body=slow.encode())
    response = connection.getresponse()
    head = response.read(1 << 10)
    write(server, DEFINITIONS.replace("airlines = CsvTable", "carriers = CsvTable"))
    until(lambda: "carriers" in names(server), "the table has its new name")
    rest = response.read()
    assert (head + rest).count(b"\r\n") == 1 + 20_000 * 125
    connection.close()


def test_pages_follow_the_data(start: Callable[..., Server]) -> None:
    server = start()
    until(lambda: server.get("/catalog/").status == 200, "the pages are written")
    inserted = server.sql("INSERT INTO aviation.events SELECT 7, 'seven'")
    assert inserted.status == 200, inserted.body
    until(
        lambda: server.metric("neuralake_table_rows", table="aviation.events") == 3,
        "the new row is in the metrics",
    )
    until(
        lambda: server.metric("neuralake_site_publications_total", outcome="good") >= 2,
        "the pages were written again",
    )


def test_a_table_that_is_not_as_declared_is_told(start: Callable[..., Server]) -> None:
    server = start()
    write(
        server,
        DEFINITIONS.replace(
            '[Column("n", "int64"),', '[Column("n", "string"), Column("x", "int64"),'
        ),
    )
    until(
        lambda: (
            "column n is declared string and is int64; column x is declared and not there"
            in server.log.read_text()
        ),
        "the difference is told",
    )
