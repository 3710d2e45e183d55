"""The protocol as bytes on a socket."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from surfaces import Server

VERSION_3 = 3 << 16
SSL_REQUEST = struct.pack(">II", 8, 80877103)


@contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.pg_port), timeout=30) as opened:
        yield opened


def startup(parameters: bytes = b"user\0tester\0database\0neuralake\0\0") -> bytes:
    return struct.pack(">II", 8 + len(parameters), VERSION_3) + parameters


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", 4 + len(body)) + body


def read_until_ready(opened: socket.socket) -> bytes:
    """Whole messages up to ReadyForQuery."""
    read = b""
    while not (read.endswith((b"Z\0\0\0\5I", b"Z\0\0\0\5T", b"Z\0\0\0\5E"))):
        part = opened.recv(65536)
        assert part, read
        read += part
    return read


def messages(answer: bytes) -> list[tuple[bytes, bytes]]:
    """Type and body of each message."""
    taken = []
    while answer:
        size = 1 + struct.unpack(">I", answer[1:5])[0]
        taken.append((answer[:1], answer[5:size]))
        answer = answer[size:]
    return taken


def parse(name: bytes, sql: str, *types: int) -> bytes:
    numbers = b"".join(struct.pack(">I", oid) for oid in types)
    return message(
        b"P", name + b"\0" + sql.encode() + b"\0" + struct.pack(">H", len(types)) + numbers
    )


def bind(
    name: bytes, *parameters: bytes | None, binary: bool = False, portal: bytes = b""
) -> bytes:
    """Parameters as text into a portal, whose answer is `binary` or text."""
    values = b"".join(
        b"\xff" * 4 if value is None else struct.pack(">I", len(value)) + value
        for value in parameters
    )
    counts = struct.pack(">HH", 0, len(parameters))
    return message(
        b"B", portal + b"\0" + name + b"\0" + counts + values + struct.pack(">HH", 1, binary)
    )


def describe(name: bytes) -> bytes:
    return message(b"D", b"S" + name + b"\0")


def describe_portal(portal: bytes) -> bytes:
    return message(b"D", b"P" + portal + b"\0")


def execute(portal: bytes, rows: int = 0) -> bytes:
    return message(b"E", portal + b"\0" + struct.pack(">I", rows))


DESCRIBE_PORTAL = describe_portal(b"")
EXECUTE = execute(b"")
SYNC = message(b"S", b"")


def columns(body: bytes) -> list[tuple[bytes, int]]:
    """Name and type of each column of a RowDescription."""
    count, rest = struct.unpack(">H", body[:2])[0], body[2:]
    told = []
    for _ in range(count):
        name, _, rest = rest.partition(b"\0")
        told.append((name, struct.unpack(">I", rest[6:10])[0]))
        rest = rest[18:]
    return told


def values(body: bytes) -> list[bytes | None]:
    """The values of a DataRow."""
    count, rest = struct.unpack(">H", body[:2])[0], body[2:]
    row: list[bytes | None] = []
    for _ in range(count):
        size = struct.unpack(">i", rest[:4])[0]
        row.append(None if size < 0 else rest[4 : 4 + size])
        rest = rest[4 + max(size, 0) :]
    return row


def sqlstate(body: bytes) -> bytes:
    """Of an ErrorResponse."""
    [state] = [part[1:] for part in body.split(b"\0") if part.startswith(b"C")]
    return state


class Session:
    """A session whose messages are sent one by one."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened
        opened.sendall(startup())
        read_until_ready(opened)

    def ask(self, *sent: bytes) -> list[tuple[bytes, bytes]]:
        """Send, with a Sync behind; what was answered before ReadyForQuery."""
        self._socket.sendall(b"".join(sent) + SYNC)
        return messages(read_until_ready(self._socket))[:-1]

    def query(self, sql: str) -> list[tuple[bytes, bytes]]:
        """Send a simple query; what was answered before ReadyForQuery."""
        self._socket.sendall(message(b"Q", sql.encode() + b"\0"))
        return messages(read_until_ready(self._socket))[:-1]


@contextmanager
def session(server: Server) -> Iterator[Session]:
    with connected(server) as opened:
        yield Session(opened)
