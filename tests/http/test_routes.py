"""Every route that is no statement: tables, rows with filters and pages, pages, documents."""

from __future__ import annotations

import json

import polars as pl
import pytest
from lake import ROWS, Server, flights, until
from wire import parse, talk

TABLE = "/api/v1/tables/aviation/flights"


@pytest.fixture(scope="module")
def wanted() -> pl.DataFrame:
    return flights()


def ids(server: Server, query: str) -> list[int]:
    answer = server.get(f"{TABLE}/rows?select=id&limit={ROWS}&{query}")
    assert answer.status == 200, answer.body
    return [row["id"] for row in answer.json()["rows"]]


def test_tables_are_listed(server: Server) -> None:
    listed = server.get("/api/v1/tables").json()
    assert listed["current"] is True
    assert listed["problems"] == []
    names = {f"{table['database']}.{table['name']}": table["kind"] for table in listed["tables"]}
    assert names == {
        "aviation.airlines": "csv",
        "aviation.events": "delta",
        "aviation.fleets": "function",
        "aviation.flights": "delta",
        "aviation.weather": "parquet",
    }


def test_a_table_tells_its_columns(server: Server) -> None:
    table = server.get(TABLE).json()
    columns = {column["name"]: column for column in table["columns"]}
    assert columns["price"]["type"] == "DECIMAL(20,4)"
    assert columns["delay"]["unit"] == "min"
    assert table["key"] == ["id"]
    assert columns["id"]["nullable"] is False
    assert columns["delay"]["nullable"] is True
    assert server.get(table["links"]["rows"] + "?limit=1").status == 200


@pytest.mark.parametrize("target", [TABLE + "x", "/api/v1/tables/nope/flights", TABLE + "x/rows"])
def test_an_unknown_table_is_not_found(server: Server, target: str) -> None:
    answer = server.get(target)
    assert answer.status == 404
    assert answer.json()["error"]["kind"] == "not_found"


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("id=eq.7", pl.col("id") == 7),
        ("delay=neq.5", pl.col("delay") != 5),
        ("delay=gt.98", pl.col("delay") > 98),
        ("delay=gte.98", pl.col("delay") >= 98),
        ("delay=lt.-98", pl.col("delay") < -98),
        ("delay=lte.-98", pl.col("delay") <= -98),
        ("carrier=like.*A", pl.col("carrier").str.ends_with("A")),
        ("carrier=in.(AA,DL)", pl.col("carrier").is_in(["AA", "DL"])),
        ("carrier=is.null", pl.col("carrier").is_null()),
        ("carrier=not.is.null", pl.col("carrier").is_not_null()),
        ("carrier=not.in.(AA,DL)", ~pl.col("carrier").is_in(["AA", "DL"])),
        ("late=is.true", pl.col("late")),
        ("price=eq.1.5", pl.col("price") == pl.lit("1.5").cast(pl.Decimal(20, 4))),
        ("day=eq.2013-03-01", pl.col("day") == pl.date(2013, 3, 1)),
        (
            "id=gte.10&id=lt.20&carrier=eq.AA",
            pl.col("id").is_between(10, 19) & (pl.col("carrier") == "AA"),
        ),
    ],
)
def test_filters_choose_the_rows_that_polars_does(
    server: Server, wanted: pl.DataFrame, query: str, condition: pl.Expr
) -> None:
    assert sorted(ids(server, query)) == wanted.filter(condition)["id"].to_list()


def test_order_and_limit(server: Server, wanted: pl.DataFrame) -> None:
    rows = server.get(f"{TABLE}/rows?select=id,delay&order=delay.desc,id.desc&limit=5").json()[
        "rows"
    ]
    top = wanted.sort(["delay", "id"], descending=True).head(5)
    assert rows == top.select("id", "delay").to_dicts()


@pytest.mark.parametrize("order", ["id.asc", "delay.desc,id", "carrier.nullsfirst,id.desc", ""])
def test_pages_give_every_row_once(server: Server, order: str) -> None:
    seen: list[int] = []
    cursor = ""
    while True:
        target = f"{TABLE}/rows?select=id,delay,carrier&limit=3000&order={order}{cursor}"
        page = server.get(target).json()
        seen += [row["id"] for row in page["rows"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        assert len(seen) <= ROWS
    assert sorted(seen) == list(range(ROWS))


def test_a_cursor_of_another_request_is_refused(server: Server) -> None:
    page = server.get(f"{TABLE}/rows?order=id&limit=10").json()
    answer = server.get(f"{TABLE}/rows?order=delay&limit=10&cursor={page['next']}")
    assert answer.status == 400
    assert "cursor" in answer.json()["error"]["message"]


def test_a_cursor_that_was_changed_is_refused(server: Server) -> None:
    cursor = server.get(f"{TABLE}/rows?order=id&limit=10").json()["next"]
    for at in range(0, len(cursor), 7):
        other = cursor[:at] + ("B" if cursor[at] == "A" else "A") + cursor[at + 1 :]
        answer = server.get(f"{TABLE}/rows?order=id&limit=10&cursor={other}")
        assert answer.status == 400, other
        assert "cursor is not one" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("nope=eq.1", "nope"),
        ("id=7", "id"),
        ("id=eq.x", "id"),
        ("id=like.1", "like"),
        ("order=nope", "nope"),
        ("order=delay.up", "no direction up; there are asc, desc, nullsfirst, nullslast"),
        ("limit=1&limit=2", "limit is given twice"),
        ("select=nope", "nope"),
        ("limit=0", "limit"),
        ("limit=1000001", "from 1 to 1000000"),
        ("limit=x", "limit"),
        ("cursor=garbage", "cursor"),
        ("id=in.1", "in"),
        ("format=xml", "xml"),
    ],
)
def test_a_wrong_query_is_told(server: Server, query: str, word: str) -> None:
    answer = server.get(f"{TABLE}/rows?{query}")
    assert answer.status == 400
    assert word in answer.json()["error"]["message"]


def test_rows_in_another_format(server: Server) -> None:
    assert (
        server.get(f"{TABLE}/rows?select=id&limit=2&order=id&format=csv").body
        == b"id\r\n0\r\n1\r\n"
    )


def test_the_document_describes_every_table(server: Server) -> None:
    document = server.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path in ("flights", "events", "weather", "airlines"):
        assert f"/api/v1/tables/aviation/{path}/rows" in document["paths"]
    assert "/api/v1/ingest/aviation/flights" in document["paths"]
    assert "/api/v1/ingest/aviation/airlines" not in document["paths"]
    assert "rows_changed" in document["components"]["schemas"]["Answer"]["properties"]


def test_the_pages_are_served(server: Server) -> None:
    page = until(
        lambda: (a := server.get("/catalog/")).status == 200 and a, "the pages are written"
    )
    assert "text/html" in page.headers["Content-Type"]
    assert b"flights" in page.body
    table = server.get("/catalog/tables/aviation/flights.html")
    assert table.status == 200
    assert f"{ROWS:,}".encode() in table.body
    again = server.get("/catalog/", If_None_Match=page.headers["ETag"])
    assert again.status == 304
    assert server.get("/").status == 308
    assert server.get("/catalog/nope.html").status == 404
    assert server.get("/catalog/../catalog.json").status == 404
    assert server.get("/catalog/%2e%2e/catalog.json").status == 404


def test_snippets_name_the_address_that_is_served(server: Server) -> None:
    until(lambda: server.get("/catalog/").status == 200, "the pages are written")
    page = server.get("/catalog/tables/aviation/flights.html").body.decode()
    assert f":{server.port}" in page
    assert f"{server.pg_port}" in page


def test_graphql_says_what_is_there_instead(server: Server) -> None:
    answer = server.ask("POST", "/api/v1/graphql", "{}")
    assert answer.status == 501
    assert "/api/v1/sql" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("GET", "/api/v1/sql", "POST"),
        ("POST", "/api/v1/tables", "GET"),
        ("DELETE", "/health", "GET"),
        ("GET", "/api/v1/ingest/aviation/events", "POST"),
        ("POST", "/api/v1/queries", "GET"),
        ("PUT", "/api/v1/queries/x", "DELETE"),
    ],
)
def test_a_method_that_a_route_lacks(
    server: Server, method: str, target: str, allowed: str
) -> None:
    answer = server.ask(method, target)
    assert answer.status == 405
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("target", ["/nope", "/api", "/api/v1", "/api/v1/nope", "/api/v2/sql"])
def test_a_route_that_is_not_there(server: Server, target: str) -> None:
    assert server.get(target).status == 404


def test_head_answers_without_a_body(server: Server) -> None:
    whole = server.get("/health")
    request = f"HEAD /health HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n"
    head = parse(talk(server, request.encode()))
    assert head.status == 200
    assert head.body == b""
    assert abs(int(head.headers["content-length"]) - len(whole.body)) < 40


def test_head_of_an_answer_in_parts_has_no_part(server: Server) -> None:
    target = f"{TABLE}/rows?limit={ROWS}"
    head = f"HEAD {target} HTTP/1.1\r\nHost: {server.host}\r\n\r\n"
    next_one = f"GET /health HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n"
    answer, _, rest = talk(server, (head + next_one).encode()).partition(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Transfer-Encoding: chunked" in answer
    assert parse(rest).status == 200
    assert server.get("/api/v1/queries").json()["running"] == []


def test_a_request_names_itself(server: Server) -> None:
    answer = server.get("/health", X_Request_Id="my-request.7")
    assert answer.headers["X-Request-Id"] == "my-request.7"
    told = server.get("/nope", X_Request_Id="bad id\t").json()["error"]["request_id"]
    assert told != "bad id\t"


def test_metrics_count_requests_statements_and_skipped_files(server: Server) -> None:
    before = {
        name: server.metric(name)
        for name in (
            "neuralake_engine_files_skipped_total",
            "neuralake_engine_files_read_total",
            "neuralake_statements_total",
        )
    }
    requests = server.metric("neuralake_http_requests_total", route="/api/v1/sql", status="200")
    assert server.rows("SELECT carrier FROM aviation.flights WHERE id = 6000") == [
        {"carrier": "AA"}
    ]
    skipped = server.metric("neuralake_engine_files_skipped_total")
    assert skipped - before["neuralake_engine_files_skipped_total"] == 3
    read = server.metric("neuralake_engine_files_read_total")
    assert read - before["neuralake_engine_files_read_total"] == 1
    assert server.metric("neuralake_statements_total") > before["neuralake_statements_total"]
    now = server.metric("neuralake_http_requests_total", route="/api/v1/sql", status="200")
    assert now == requests + 1
    assert server.metric("neuralake_http_request_seconds_count", route="/api/v1/sql") >= now
    assert server.metric("neuralake_catalog_current") == 1
    until(
        lambda: server.metric("neuralake_table_rows", table="aviation.flights") == ROWS,
        "the tables are in the metrics",
    )
    assert server.metric("neuralake_table_files_pending", table="aviation.flights") == 4


def test_running_and_recent_statements_are_listed(server: Server) -> None:
    query_id = server.sql("SELECT 42 AS answer").json()["query_id"]
    recent = {q["query_id"]: q for q in server.get("/api/v1/queries").json()["recent"]}
    assert recent[query_id]["sql"] == "SELECT 42 AS answer"
    assert recent[query_id]["state"] == "finished"
    assert recent[query_id]["rows"] == 1
    gone = server.ask("DELETE", f"/api/v1/queries/{query_id}")
    assert gone.status == 404


def test_ingest_without_its_process_says_so(server: Server) -> None:
    typed = {"Content-Type": "application/json"}
    answer = server.ask("POST", "/api/v1/ingest/aviation/events", json.dumps([{"n": 1}]), typed)
    assert answer.status == 503
    assert "Retry-After" in answer.headers
    assert server.ask("POST", "/api/v1/ingest/aviation/airlines", "[]").status in (400, 501)
    assert server.ask("POST", "/api/v1/ingest/aviation/nope", "[]").status == 404
