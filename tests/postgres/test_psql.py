"""psql, as people use it."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from big_table import FOUR_KINDS
from surfaces import Server


def psql(server: Server, *commands: str, stdin: str = "", fails: bool = False) -> str:
    """Run commands in one session; give what psql printed."""
    arguments = ["psql", "-X", "-w", "-h", "127.0.0.1", "-p", str(server.pg_port), "-U", "tester"]
    for command in commands:
        arguments += ["-c", command]
    done = subprocess.run(
        [*arguments, "-v", "ON_ERROR_STOP=1", "neuralake"],
        input=stdin or None,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PAGER": ""},
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if "|" in line]


def test_tables_are_listed(server: Server) -> None:
    listed = psql(server, r"\dt")
    assert ["shop", "orders", "table", "neuralake"] in cells(listed)
    assert ["store", "stock", "table", "neuralake"] in cells(listed)
    assert "pg_class" not in listed
    only = psql(server, r"\dt shop.o*")
    assert [row[1] for row in cells(only)] == ["Name", "orders"]
    assert "orders" in psql(server, r"\d")
    assert "What was ordered." in psql(server, r"\dt+ shop.orders")
    assert "Did not find any relation" in psql(server, r"\d shop.nowhere", fails=True)


def test_a_table_is_described(server: Server) -> None:
    described = psql(server, r"\d shop.orders")
    assert 'Table "shop.orders"' in described
    rows = {row[0]: row[1] for row in cells(described)}
    assert rows["id"] == "bigint"
    assert rows["amount"] == "numeric(10,2)"
    assert rows["placed"] == "timestamp with time zone"
    assert rows["region"] == "text"
    assert "integer[]" in psql(server, r"\d shop.types")
    assert "numeric(8,2)" in psql(server, r"\d+ shop.prices")
    assert "manager" in psql(server, r"\d shop.regions")


@pytest.mark.parametrize(
    ("command", "shows"),
    [
        (r"\l", "neuralake"),
        (r"\dn", "shop"),
        (r"\dn+", "store"),
        (r"\du", "neuralake"),
        (r"\dT", ""),
        (r"\df", "0 rows"),
        (r"\di", "Did not find any relation"),
        (r"\dv", "Did not find any relation"),
        (r"\dm", "Did not find any relation"),
        (r"\ds", "Did not find any relation"),
        (r"\dp", "orders"),
        (r"\dx", "0 rows"),
        (r"\db", "pg_default"),
        (r"\dd", ""),
        (r"\conninfo", "connected"),
        (r"\encoding", "UTF8"),
    ],
)
def test_commands_about_the_catalog_work(server: Server, command: str, shows: str) -> None:
    assert shows in psql(server, command, fails=False)


# What psql 15 asks when one presses Tab behind these.
COMPLETIONS = [
    """SELECT pg_catalog.quote_ident(c.relname), NULL::pg_catalog.text
       FROM pg_catalog.pg_class c
       WHERE c.relkind IN ('r', 'S', 'v', 'm', 'f', 'p')
         AND (pg_catalog.quote_ident(c.relname)) LIKE 'ord%'
         AND pg_catalog.pg_table_is_visible(c.oid)
         AND c.relnamespace <>
             (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_catalog')
       UNION ALL
       SELECT NULL::pg_catalog.text, n.nspname
       FROM pg_catalog.pg_namespace n
       WHERE n.nspname LIKE 'ord%' AND n.nspname NOT LIKE E'pg\\\\_%'
       LIMIT 1000""",
    """SELECT pg_catalog.quote_ident(attname)
       FROM pg_catalog.pg_attribute a, pg_catalog.pg_class c, pg_catalog.pg_namespace n
       WHERE c.oid = a.attrelid AND n.oid = c.relnamespace AND a.attnum > 0
         AND NOT a.attisdropped
         AND substring(pg_catalog.quote_ident(attname), 1, 2) = 'cu'
         AND (pg_catalog.quote_ident(relname) = 'orders' OR '"' || relname || '"' = 'orders')
         AND (pg_catalog.quote_ident(nspname) = 'shop' OR '"' || nspname || '"' = 'shop')
       LIMIT 1000""",
]


@pytest.mark.parametrize(
    ("query", "found"), list(zip(COMPLETIONS, ["orders", "customer"], strict=True))
)
def test_tab_completion_finds_names(server: Server, query: str, found: str) -> None:
    assert found in psql(server, query)


def test_four_kinds_of_table_are_joined(server: Server) -> None:
    answer = cells(psql(server, FOUR_KINDS.format(parameter=10)))
    assert answer[1:] == [
        ["1", "north", "bolt", "0.25", "Acme"],
        ["1", "north", "nut", "0.10", "Acme"],
        ["4", "west", "bolt", "0.25", "Acme"],
    ]


def test_a_statement_takes_parameters(server: Server) -> None:
    script = "SELECT id, customer FROM shop.orders WHERE id = $1 \\bind 3 \\g\n"
    version = subprocess.run(["psql", "--version"], capture_output=True, text=True).stdout
    found = re.search(r" (\d+)", version)
    assert found
    if int(found.group(1)) >= 16:
        assert ["3", "Bo"] in cells(psql(server, stdin=script))
    # Before 16, psql binds variables into the text.
    script = "\\set number 3\nSELECT id, customer FROM shop.orders WHERE id = :number;\n"
    assert ["3", "Bo"] in cells(psql(server, stdin=script))


def test_an_error_points_at_its_place(server: Server) -> None:
    printed = psql(server, "SELECT id, nope FROM shop.orders", fails=True)
    assert "nope" in printed
    assert "LINE 1: SELECT id, nope FROM shop.orders" in printed
    assert "\n                   ^" in printed


def test_the_session_keeps_its_words(server: Server) -> None:
    printed = psql(
        server,
        "SET application_name = 'mine'",
        "SHOW application_name",
        "BEGIN",
        "SELECT 1",
        "COMMIT",
        "DISCARD ALL",
        "SHOW server_version_num",
    )
    assert "mine" in printed
    assert "150000" in printed
    assert "COMMIT" in printed


def test_several_statements_of_a_file_run_in_order(server: Server) -> None:
    printed = psql(server, stdin="SELECT 1 AS one;\nSELECT ';' AS two; SELECT 3 AS three;\n")
    assert [word for word in ("one", "two", "three") if word in printed] == ["one", "two", "three"]
