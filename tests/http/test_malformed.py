"""Requests that no good client sends: each gets an answer or a closed connection, never more."""

from __future__ import annotations

import socket

import pytest
from lake import Server
from wire import connect, parse, talk

GET = b"GET /health HTTP/1.1\r\n"
POST = b"POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (GET + b"\r\n", 400),
        (GET + b"Host: localhost\r\nHost: localhost\r\n\r\n", 400),
        (GET + b"Host: localhost\r\nBad Header\r\n\r\n", 400),
        (GET + b"Host: localhost\r\nBad Name: x\r\n\r\n", 400),
        (GET + b"Host: localhost\r\n: x\r\n\r\n", 400),
        (GET + b"Host: localhost\r\nA: b\r\n folded\r\n\r\n", 400),
        (GET + b"Host: localhost\r\nA: b\x00c\r\n\r\n", 400),
        (GET + b"Host: localhost\nA: b\n\r\n\r\n", 400),
        (b"GET /health\r\n\r\n", 400),
        (b"GET  /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /health HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
        (b"TRACE /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
        (b"BREW /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
        (b"GET health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (GET + b"Host: localhost\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (GET + b"Host: localhost\r\nA: " + b"b" * 20_000 + b"\r\n\r\n", 431),
        (POST + b"Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\nSELECT 1", 400),
        (POST + b"Content-Length: 8\r\nContent-Length: 8\r\n\r\nSELECT 1", 400),
        (POST + b"Content-Length: 8\r\nContent-Length: 9\r\n\r\nSELECT 1", 400),
        (POST + b"Content-Length: -1\r\n\r\nSELECT 1", 400),
        (POST + b"Content-Length: 8x\r\n\r\nSELECT 1", 400),
        (POST + b"Content-Length: 99999999999999999999\r\n\r\nSELECT 1", 400),
        (POST + b"Transfer-Encoding: gzip\r\n\r\nSELECT 1", 501),
        (POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\n\r\n", 501),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nSELECT 1\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n0\r\n\r\n", 400),
        (
            POST + b"Content-Length: 8\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\nSELECT 1",
            400,
        ),
        (POST + b"Content-Length: 17000000\r\n\r\nSELECT 1", 413),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_is_refused_and_the_connection_closed(
    server: Server, request_bytes: bytes, status: int
) -> None:
    received = talk(server, request_bytes)
    answer = parse(received)
    assert answer.status == status, received[:200]
    assert answer.headers["connection"] == "close"
    assert b'"error"' in answer.body


@pytest.mark.parametrize("target", ["/%zz", "/%", "/%00", "/%ff", "/catalog/%c0%ae"])
def test_a_target_that_is_no_text_is_refused(server: Server, target: str) -> None:
    answer = server.get(target)
    assert answer.status == 400
    assert answer.json()["error"]["kind"] == "invalid"


def test_a_chunked_body_is_read(server: Server) -> None:
    request = POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = parse(talk(server, request + b"3\r\nSEL\r\n9\r\nECT 1 AS \r\n1\r\nn\r\n0\r\n\r\n"))
    assert answer.status == 200
    assert b'"rows":[{"n":1}]' in answer.body


def test_a_body_above_the_limit_is_refused_while_it_comes(server: Server) -> None:
    chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    with connect(server) as sock:
        sock.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
        received = b""
        try:
            for _ in range(40):
                sock.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            received = sock.recv(1 << 16)
        except ConnectionResetError:
            return  # the answer was lost behind what was still being sent
    assert received == b"" or parse(received).status == 413


def test_a_push_has_the_same_limit_and_a_clear_answer(server: Server) -> None:
    head = b"POST /api/v1/ingest/aviation/events HTTP/1.1\r\nHost: localhost\r\n"
    answer = parse(talk(server, head + b"Content-Length: 16777217\r\n\r\n"))
    assert answer.status == 413
    assert b"16777216 bytes" in answer.body


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    one = POST + b"Content-Length: 13\r\n\r\nSELECT 1 AS n"
    two = POST + b"Connection: close\r\nContent-Length: 13\r\n\r\nSELECT 2 AS n"
    received = talk(server, one + two)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b'"rows":[{"n":1}]') < received.index(b'"rows":[{"n":2}]')


def test_what_follows_a_refused_request_is_not_served(server: Server) -> None:
    smuggled = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = POST + b"Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n"
    received = talk(server, head + b"0\r\n\r\n" + smuggled)
    assert received.count(b"HTTP/1.1 ") == 1


def test_a_page_of_another_origin_may_not_ask(server: Server) -> None:
    head = POST + b"Origin: http://evil.example\r\nConnection: close\r\n"
    received = talk(server, head + b"Content-Length: 8\r\n\r\nSELECT 1")
    assert parse(received).status == 403
    rebound = POST.replace(b"localhost", b"evil.example") + b"Connection: close\r\n"
    received = talk(server, rebound + b"Content-Length: 8\r\n\r\nSELECT 1")
    assert parse(received).status == 403


def test_half_a_request_and_silence_harm_nobody(server: Server) -> None:
    idle = [connect(server) for _ in range(50)]
    for sock in idle:
        sock.sendall(b"GET /health HT")
    assert server.get("/health").status == 200
    for sock in idle:
        sock.close()
    assert server.get("/health").status == 200


def test_a_request_that_does_not_come_in_time_is_told(server: Server) -> None:
    # Both at once: a head has 5 s, a body 10 s.
    with connect(server) as head, connect(server) as body:
        head.sendall(b"GET /health HTTP/1.1\r\nHost: local")
        body.sendall(POST + b"Content-Length: 8\r\n\r\nSEL")
        for sock, word in ((head, b"the head of the request"), (body, b"the body came too slowly")):
            received = b""
            while part := sock.recv(1 << 16):
                received += part
            assert parse(received).status == 408
            assert word in received
    assert server.get("/health").status == 200


def test_a_statement_that_is_no_text_is_told(server: Server) -> None:
    head = POST + b"Connection: close\r\n"
    for statement, byte in (
        (b"SELECT 1 AS n\x00, 2", b"0x00 at byte 13"),
        (b"SELECT '\xff'", b"0xff at byte 8"),
    ):
        request = head + b"Content-Length: %d\r\n\r\n" % len(statement) + statement
        answer = parse(talk(server, request))
        assert answer.status == 400
        assert byte in answer.body
        answer.body.decode()
    server.get("/api/v1/queries").json()


def test_a_client_that_hangs_up_in_the_middle_of_an_answer(server: Server) -> None:
    with connect(server) as sock:
        body = b"SELECT * FROM aviation.flights"
        sock.sendall(
            POST.replace(b"/sql", b"/sql?limit=20000&format=csv")
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        assert sock.recv(100)
        linger = socket.SO_LINGER
        sock.setsockopt(socket.SOL_SOCKET, linger, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    assert server.rows("SELECT 1 AS n") == [{"n": 1}]
