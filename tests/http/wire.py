"""HTTP as bytes on a socket: for requests that no client library would send, and for trailers."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from lake import Server


@dataclass
class Raw:
    """One answer, taken apart: `whole` says that its body ended as HTTP wants."""

    status: int
    headers: dict[str, str]
    body: bytes
    trailers: dict[str, str] = field(default_factory=dict)
    whole: bool = True


def connect(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=60)


def talk(server: Server, request: bytes) -> bytes:
    """Send `request` and read until the server closes the connection."""
    with connect(server) as sock:
        sock.sendall(request)
        received = b""
        while True:
            try:
                part = sock.recv(1 << 16)
            except ConnectionResetError:
                return received
            if not part:
                return received
            received += part


def fields(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode("latin-1").split(":", 1) for line in lines if line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def parse(received: bytes) -> Raw:
    head, _, rest = received.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    headers = fields(lines[1:])
    raw = Raw(int(lines[0].split()[1]), headers, rest)
    if headers.get("transfer-encoding") != "chunked":
        raw.whole = len(rest) == int(headers.get("content-length", "0"))
        return raw
    raw.body = b""
    while True:
        size_line, found, rest = rest.partition(b"\r\n")
        if not found:
            raw.whole = False
            return raw
        size = int(size_line, 16)
        if size == 0:
            trailers, raw.whole = rest.split(b"\r\n"), rest.endswith(b"\r\n")
            raw.trailers = fields(trailers)
            return raw
        raw.body += rest[:size]
        rest = rest[size + 2 :]


def post_sql(server: Server, body: str, *headers: str) -> Raw:
    """`POST /api/v1/sql` on a connection of its own."""
    data = body.encode()
    lines = [
        "POST /api/v1/sql HTTP/1.1",
        f"Host: {server.host}:{server.port}",
        f"Content-Length: {len(data)}",
        "Connection: close",
        *headers,
    ]
    return parse(talk(server, "\r\n".join(lines).encode() + b"\r\n\r\n" + data))
