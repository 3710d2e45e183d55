"""What a session may keep: statements and portals."""

from __future__ import annotations

import raw
from surfaces import Server

MIB = 1 << 20


def refusal(answer: list[tuple[bytes, bytes]]) -> bytes:
    [body] = [body for kind, body in answer if kind == b"E"]
    assert raw.sqlstate(body) == b"53400", body
    assert b"a session keeps at most 64 MiB of prepared statements" in body
    return body


def test_prepared_statements_have_a_limit_of_bytes(server: Server) -> None:
    long = "SELECT '" + "x" * (MIB - 100) + "'"
    with raw.session(server) as session:
        kept = 0
        while (answer := session.ask(raw.parse(b"s%d" % kept, long)))[0][0] == b"1":
            kept += 1
            assert kept <= 64
        refusal(answer)
        assert kept > 16
        assert session.query("SELECT 1")[-1][0] == b"C", "the session goes on"
        assert session.query("DEALLOCATE ALL")[-1][0] == b"C"
        assert session.ask(raw.parse(b"again", long))[0][0] == b"1"


def test_parameters_of_portals_have_a_limit_of_bytes(server: Server) -> None:
    with raw.session(server) as session:
        session.query("BEGIN")
        session.ask(raw.parse(b"s", "SELECT $1", 25))
        kept = 0
        value = b"x" * (4 * MIB)
        while (answer := session.ask(raw.bind(b"s", value, portal=b"p%d" % kept)))[0][0] == b"2":
            kept += 1
            assert kept <= 16
        refusal(answer)
        assert kept > 4
