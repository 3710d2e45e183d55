"""What a statement may be, what it is answered, and how an answer tells that it was cut."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import deltalake
import polars as pl
import pyarrow as pa
import pytest
from lake import ROWS, Server, flights, until
from wire import post_sql


def error(server: Server, sql: str, status: int = 400, **members: object) -> dict[str, object]:
    answer = server.sql(sql, **members)
    assert answer.status == status, answer.body
    return answer.json()["error"]


def test_the_default_limit_cuts_and_says_so(server: Server) -> None:
    answer = server.sql("SELECT id FROM aviation.flights").json()
    assert len(answer["rows"]) == 10_000
    assert answer["truncated"] is True


def test_a_limit_of_the_request_is_kept(server: Server) -> None:
    answer = server.sql("SELECT id FROM aviation.flights", limit=7).json()
    assert len(answer["rows"]) == 7
    assert answer["truncated"] is True
    whole = server.sql("SELECT id FROM aviation.flights", limit=ROWS).json()
    assert len(whole["rows"]) == ROWS
    assert whole["truncated"] is False


@pytest.mark.parametrize("kind", ["ndjson", "csv", "arrow", "parquet"])
@pytest.mark.parametrize("limit", [5, 15_000])
def test_other_formats_tell_it_in_a_field_or_a_trailer(
    server: Server, kind: str, limit: int
) -> None:
    ask = json.dumps({"sql": "SELECT * FROM aviation.flights", "limit": limit, "format": kind})
    answer = post_sql(server, ask)
    told = {**answer.headers, **answer.trailers}
    assert answer.whole
    assert told["neuralake-truncated"] == "true"
    assert json.loads(told["neuralake-versions"]) == {"aviation.flights": 3}
    if kind == "arrow":
        assert pa.ipc.open_stream(answer.body).read_all().num_rows == limit


def test_an_answer_names_its_versions_and_its_query(server: Server) -> None:
    answer = server.sql("SELECT count(*) AS n FROM aviation.flights")
    assert answer.json()["versions"] == {"aviation.flights": 3}
    assert answer.json()["rows"] == [{"n": ROWS}]
    assert answer.json()["query_id"] == answer.headers["Neuralake-Query-Id"]
    recent = server.get("/api/v1/queries").json()["recent"]
    assert answer.json()["query_id"] in {query["query_id"] for query in recent}


def test_a_body_may_be_the_statement_itself(server: Server) -> None:
    answer = server.ask("POST", "/api/v1/sql?limit=2", "SELECT id FROM aviation.flights")
    assert len(answer.json()["rows"]) == 2


def test_parameters_by_number_and_by_name(server: Server) -> None:
    by_number = "SELECT id FROM aviation.flights WHERE id = $1 OR id = $2 ORDER BY id"
    assert server.rows(by_number, params=[5, 3]) == [{"id": 3}, {"id": 5}]
    by_name = "SELECT id FROM aviation.flights WHERE carrier = $c AND id < $n"
    assert server.rows(by_name, params={"c": "B6", "n": 10}) == [{"id": 1}, {"id": 6}]
    assert server.rows("SELECT ? AS a, ? AS b", params=["x", None]) == [{"a": "x", "b": None}]


def test_a_missing_parameter_is_told(server: Server) -> None:
    assert error(server, "SELECT $1 + $2", params=[1])["kind"] == "invalid"


def test_time_travel(server: Server) -> None:
    count = "SELECT count(*) AS n FROM aviation.flights {}"
    assert server.rows(count.format("AT (VERSION => 0)")) == [{"n": ROWS // 4}]
    assert server.rows(count.format("VERSION AS OF 1")) == [{"n": ROWS // 2}]
    assert error(server, count.format("AT (VERSION => 99)"), 404)["kind"] == "not_found"
    at = count.format("AT (VERSION => $1)")
    assert server.rows(at, params=[1]) == [{"n": ROWS // 2}]
    for version in (1.5, 2.0, True, "1.5"):
        assert "VERSION => whole number" in str(error(server, at, params=[version])["message"])


def test_an_answer_names_both_versions_of_a_table_that_it_read_twice(server: Server) -> None:
    now = "SELECT count(*) AS n FROM aviation.flights"
    answer = server.sql(f"SELECT ({now}) - ({now} VERSION AS OF 1) AS n")
    assert answer.json()["rows"] == [{"n": ROWS // 2}]
    assert answer.json()["versions"] == {"aviation.flights@1": 1, "aviation.flights@3": 3}


def test_show_tables_lists_the_tables_of_all_databases(server: Server) -> None:
    names = ["airlines", "events", "fleets", "flights", "weather"]
    wanted = [{"name": f"aviation.{name}"} for name in names]
    assert server.rows("SHOW TABLES") == wanted
    assert server.rows("SHOW DATABASES") == [{"database_name": "aviation"}]
    assert server.rows("SHOW SCHEMAS") == [{"schema_name": "aviation"}]
    assert server.rows("SELECT * FROM (SHOW TABLES) WHERE name LIKE '%fl%' LIMIT 1") == [wanted[2]]


def test_describe_says_what_must_have_a_value(start: Callable[..., Server]) -> None:
    server = start()
    strict = pa.schema([pa.field("n", pa.int64(), nullable=False), pa.field("name", pa.string())])
    deltalake.DeltaTable.create(str(server.project / "data/strict"), strict)
    module = server.project / "lake/aviation.py"
    module.write_text(module.read_text() + '\nstrict = DeltaTable("data/strict")\n')
    until(lambda: server.sql("SELECT 1 FROM aviation.strict").status == 200, "the table is served")
    described = server.rows("DESCRIBE aviation.strict")
    assert [(row["column_name"], row["null"]) for row in described] == [
        ("n", "NO"),
        ("name", "YES"),
    ]
    assert server.sql("INSERT INTO aviation.strict VALUES (1, NULL)").status == 200
    refused = error(server, "INSERT INTO aviation.strict VALUES (NULL, 'x')")
    assert "n" in str(refused["message"])


def test_a_join_over_tables_of_four_kinds(server: Server) -> None:
    sql = """
        SELECT a.name, s.fleet, count(*) AS n, count(w.t) AS days
        FROM aviation.flights f JOIN aviation.airlines a USING (carrier)
        JOIN aviation.weather w USING (day) JOIN aviation.fleets s USING (carrier)
        GROUP BY ALL ORDER BY s.fleet DESC"""
    rows = server.rows(sql)
    names = [(row["name"], row["fleet"]) for row in rows]
    assert names == [("AA Air", 5), ("B6 Air", 4), ("DL Air", 3), ("UA Air", 2), ("EV Air", 1)]
    assert sum(row["n"] for row in rows) == flights()["carrier"].count()


@pytest.mark.parametrize(
    ("sql", "position"),
    [
        ("SELEC 1", 0),
        ("SELECT id FROM aviation.flights WHER id = 1", 37),
        ("SELECT nope FROM aviation.flights", 7),
        ("SELECT 'é', nope FROM aviation.flights", 12),
        ("SELECT 1; SELECT 2", 10),
    ],
)
def test_a_mistake_is_told_with_its_position(server: Server, sql: str, position: int) -> None:
    told = error(server, sql)
    assert told["kind"] == "invalid"
    assert told["position"] == position
    assert told["message"]
    assert told["request_id"]


def test_an_unknown_table_is_told(server: Server) -> None:
    told = error(server, "SELECT * FROM aviation.nope", 404)
    assert told["message"] == "no table aviation.nope"
    told = error(server, "SELECT * FROM aviation.flihgts", 404)
    assert told["message"] == "no table aviation.flihgts; did you mean aviation.flights?"
    assert told["position"] == 14


def test_an_unknown_column_is_told_with_those_it_may_have_meant(server: Server) -> None:
    told = error(server, "SELECT carier FROM aviation.flights")
    assert str(told["message"]).endswith('"carier" not found in FROM clause; did you mean carrier?')
    assert told["position"] == 7
    told = error(server, "SELECT f.carier FROM aviation.flights f")
    assert str(told["message"]).endswith('column named "carier"; did you mean carrier?')
    told = error(server, "INSERT INTO aviation.events (nam) VALUES ('x')")
    assert str(told["message"]).endswith('column with name "nam"; did you mean name?')
    told = error(server, "SELECT nothing_like_it FROM aviation.events")
    assert "; the most like it are " in str(told["message"])


def test_a_file_that_is_gone_is_told_by_its_table(start: Callable[..., Server]) -> None:
    server = start()
    for part in (server.project / "data/flights").glob("*.parquet"):
        part.unlink()
    (server.project / "data/airlines.csv").unlink()
    for sql in (
        "SELECT sum(id) FROM aviation.flights",
        "SELECT * FROM aviation.airlines",
        "INSERT INTO aviation.events SELECT id, carrier FROM aviation.flights",
    ):
        answer = server.sql(sql)
        assert answer.status >= 400
        assert "aviation." in answer.json()["error"]["message"]
        assert str(server.project) not in answer.body.decode()
    shutil.rmtree(server.project / "data/events")
    answer = server.get("/api/v1/tables/aviation/events/rows")
    assert answer.status >= 400
    assert str(server.project) not in answer.body.decode()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM read_parquet('http://127.0.0.1/x')",
        "COPY aviation.flights TO '/tmp/out.csv'",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/x.db'",
        "DETACH neuralake",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "RESET threads",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "EXPORT DATABASE '/tmp/x'",
        "VACUUM",
        "CREATE TABLE memory.main.t AS SELECT 1",
        "CREATE MACRO m() AS 1",
        "DROP TABLE aviation.flights",
        "USE memory",
        "BEGIN",
        "SELECT * FROM duckdb_settings()",
        "SELECT current_setting('threads')",
        "SELECT getenv('HOME')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT nextval('s')",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        "KILL 1",
    ],
)
def test_what_reaches_out_of_the_tables_is_refused(server: Server, sql: str) -> None:
    answer = server.sql(sql)
    assert answer.status in (400, 403, 404), answer.body
    assert answer.json()["error"]["message"]
    if not sql.startswith("SELECT"):
        assert sql.split(maxsplit=1)[0] in answer.json()["error"]["message"]
        assert answer.json()["error"]["position"] == 0


@pytest.mark.parametrize(
    "call",
    [
        "repeat('x', 1000000000)",
        "range(1000000000)",
        "generate_series(1, 1000000000)",
        "lpad('x', 1000000000, 'y')",
        "list_sort([1, 2])",
        "regexp_replace('aaa', 'a', 'b', 'g')",
        "list_transform([1], x -> x)",
        "translate('abc', 'a', 'b')",
    ],
)
def test_what_no_interrupt_stops_is_refused(server: Server, call: str) -> None:
    told = error(server, f"SELECT {call}", 403)
    assert told["kind"] == "permission_denied"
    assert call.split("(", maxsplit=1)[0] in str(told["message"])


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ('{"sql": "SELECT 1", "sqll": 1}', "sqll"),
        ('{"sql": 7}', "sql"),
        ('{"sql": "SELECT 1", "limit": 0}', "limit"),
        ('{"sql": "SELECT 1", "limit": -5}', "limit"),
        ('{"sql": "SELECT 1", "format": "xml"}', "xml"),
        ('{"sql": "SELECT $1", "params": [[1]]}', "param"),
        ('{"sql": "SELECT 1"', "JSON"),
        ("", "statement"),
        ("  ;  ", "statement"),
        ("[1, 2]", "the body is a JSON list, not an object"),
        ('{"sql": "SELECT 1", "limit": 1, "limit": 2}', "limit is given twice"),
    ],
)
def test_a_wrong_body_is_told(server: Server, body: str, word: str) -> None:
    answer = server.ask("POST", "/api/v1/sql", body)
    assert answer.status == 400
    assert word in answer.json()["error"]["message"]


def test_a_statement_that_is_too_long_is_told(server: Server) -> None:
    answer = server.sql("SELECT '" + "x" * (1 << 20) + "'")
    assert answer.status == 400
    assert "bytes" in answer.json()["error"]["message"]


def test_an_accept_that_nothing_fits_is_told(server: Server) -> None:
    answer = server.ask("POST", "/api/v1/sql", "SELECT 1", {"Accept": "image/png"})
    assert answer.status in (400, 406)
    assert "image/png" in answer.json()["error"]["message"]


def test_a_division_in_the_middle_of_an_answer_does_not_look_whole(server: Server) -> None:
    # The cast fails on a late row, when a part of the answer is on its way.
    sql = (
        "SELECT id, repeat_column, CAST(CASE WHEN id = 19999 THEN 'x' ELSE '1' END AS INT) AS n "
        "FROM (SELECT id, carrier || price::VARCHAR || at::VARCHAR AS repeat_column "
        "FROM aviation.flights a ORDER BY id)"
    )
    for kind in ("json", "ndjson", "csv", "arrow"):
        answer = post_sql(server, json.dumps({"sql": sql, "limit": ROWS, "format": kind}))
        if answer.status != 200:
            assert answer.status == 400  # found before the first part left
            continue
        if kind == "json":
            assert json.loads(answer.body)["error"]["kind"] == "invalid"
        else:
            assert not answer.whole


def test_insert_into_a_delta_table(start: Callable[..., Server]) -> None:
    server = start()
    answer = server.sql("INSERT INTO aviation.events VALUES (3, 'three'), (4, $1)", params=["four"])
    assert answer.status == 200, answer.body
    assert answer.json()["rows_changed"] == 2
    assert answer.json()["versions"] == {"aviation.events": 1}
    assert server.rows("SELECT count(*) AS n, max(n) AS m FROM aviation.events") == [
        {"n": 4, "m": 4}
    ]
    read = pl.read_delta(str(server.project / "data/events"))
    assert sorted(read["name"].to_list()) == ["four", "one", "three", "two"]
    nothing = server.sql("INSERT INTO aviation.events SELECT * FROM aviation.events WHERE n < 0")
    assert nothing.json()["rows_changed"] == 0
    assert nothing.json()["versions"] == {"aviation.events": 1}
    assert "rows_changed" not in server.sql("SELECT 1").json()
    told = server.sql("INSERT INTO aviation.airlines VALUES ('XX', 'None')")
    assert told.status == 501
    assert "only Delta tables" in told.json()["error"]["message"]


def test_a_statement_past_its_time_is_told(server: Server) -> None:
    slow = "SELECT count(*) FROM aviation.flights a, aviation.flights b WHERE a.id % 7 = b.id % 5"
    answer = server.sql(slow, timeout_ms=50)
    assert answer.status == 504, answer.body
    assert answer.json()["error"]["kind"] == "deadline_exceeded"
    assert "50 ms" in answer.json()["error"]["message"]


def test_the_longest_time_is_a_setting(start: Callable[..., Server]) -> None:
    server = start(environment={"NEURALAKE_SERVE__STATEMENT_TIMEOUT": "50ms"})
    slow = "SELECT count(*) FROM aviation.flights a, aviation.flights b WHERE a.id % 7 = b.id % 5"
    assert server.sql(slow, timeout_ms=100_000).status == 504
