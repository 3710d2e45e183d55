"""Bytes that are no protocol: the connection is closed, the server lives."""

from __future__ import annotations

import random
import socket
import struct

import psycopg
import pytest
from raw import SSL_REQUEST, VERSION_3, connected, message, read_until_ready, startup
from surfaces import Server


def send_all(opened: socket.socket, data: bytes) -> None:
    """Send and end the own side; the server may have closed before."""
    try:
        opened.sendall(data)
        opened.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def read_to_end(opened: socket.socket) -> bytes:
    """All bytes until the server closes; a server that does not fails by the timeout."""
    read = b""
    try:
        while part := opened.recv(65536):
            read += part
    except ConnectionResetError:
        pass
    return read


def is_alive(address: str) -> bool:
    with psycopg.connect(address) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


GARBAGE = {
    "nothing": b"",
    "half a length": b"\0\0",
    "a length of nothing": struct.pack(">I", 0) + b"more",
    "an oversized startup": struct.pack(">II", 1 << 30, VERSION_3) + b"x" * 20_000,
    "a negative length": b"\xff\xff\xff\xff" + b"y" * 100,
    "an http request": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an old protocol": struct.pack(">II", 8, 2 << 16),
    "a startup without user": startup(b"\0"),
    "a startup without end": startup(b"user\0tester"),
    "an unknown database": startup(b"user\0tester\0database\0other\0\0"),
    "a cancel of nobody": struct.pack(">IIII", 16, 80877102, 1, 2),
    "bytes behind an SSLRequest": SSL_REQUEST + startup(),
    "random bytes": random.Random(1).randbytes(5000),
}


@pytest.mark.parametrize("what", GARBAGE)
def test_a_wrong_beginning_ends_the_connection(server: Server, address: str, what: str) -> None:
    with connected(server) as opened:
        send_all(opened, GARBAGE[what])
        answer = read_to_end(opened)
        assert b"R\0\0\0\x08\0\0\0\0" not in answer, "it was let in"
    assert is_alive(address)


BROKEN = {
    "an oversized message": b"Q" + struct.pack(">I", 1 << 30),
    "a length below its own": b"Q" + struct.pack(">I", 3),
    "an unknown message": message(b"?", b""),
    "a query without end": message(b"Q", b"SELECT 1"),
    "a query with more behind its end": message(b"Q", b"SELECT 1\0more"),
    "a bind cut short": message(b"B", b"\0\0\0\1"),
    "a negative count": message(b"B", b"\0\0\0\0\xff\xff\0\0"),
    "a second startup": startup() + b"\0" * 20_000,
    "a password nobody asked for": message(b"p", b"secret\0"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_message_ends_the_connection_with_a_reason(
    server: Server, address: str, what: str
) -> None:
    with connected(server) as opened:
        opened.sendall(startup())
        read_until_ready(opened)
        send_all(opened, BROKEN[what])
        answer = read_to_end(opened)
        assert answer.startswith(b"E"), answer
        assert b"08P01" in answer, answer
    assert is_alive(address)


def test_messages_out_of_order_are_refused_and_the_session_goes_on(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(startup())
        read_until_ready(opened)
        sync = message(b"S", b"")
        # Execute and Describe of what was never bound, Bind of what was never parsed.
        for wrong in (
            message(b"E", b"nope\0\0\0\0\0"),
            message(b"D", b"Pnope\0"),
            message(b"B", b"\0nope\0\0\0\0\0\0\0"),
        ):
            opened.sendall(wrong + message(b"E", b"\0\0\0\0\0") + sync)
            answer = read_until_ready(opened)
            assert answer.count(b"does not exist") == 1, answer
        # Data for a COPY that failed may still be on its way: it is passed over.
        opened.sendall(message(b"d", b"data") + message(b"c", b""))
        opened.sendall(message(b"Q", b"SELECT 42\0"))
        assert b"42" in read_until_ready(opened)


def test_an_ssl_request_is_answered_and_a_plain_startup_follows(server: Server) -> None:
    with connected(server) as opened:
        opened.sendall(SSL_REQUEST)
        assert opened.recv(1) == b"N"
        opened.sendall(startup())
        assert b"server_version" in read_until_ready(opened)


def test_a_message_in_single_bytes_is_understood(server: Server) -> None:
    with connected(server) as opened:
        for whole in (startup(), message(b"Q", b"SELECT 1234567\0")):
            for byte in whole:
                opened.sendall(bytes([byte]))
            answer = read_until_ready(opened)
        assert b"1234567" in answer


def test_many_seeds_of_noise_leave_the_server_alive(server: Server, address: str) -> None:
    for seed in range(100):
        noise = random.Random(seed)
        with connected(server) as opened:
            opened.sendall(startup())
            read_until_ready(opened)
            kind = noise.choice(b"QPBEDCSHXFdcfp")
            send_all(opened, message(bytes([kind]), noise.randbytes(noise.randrange(200))))
            read_to_end(opened)
    assert is_alive(address)
