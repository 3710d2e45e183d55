"""The ingest process's local socket, spoken by tests: the frames of `ingest/push_protocol.h`."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from pathlib import Path

# The order of `ErrorKind`.
KINDS = [
    *("invalid", "not_found", "already_exists", "conflict", "unknown_outcome", "unavailable"),
    *("deadline_exceeded", "resource_exhausted", "unauthenticated", "permission_denied"),
    *("corruption", "unsupported", "cancelled", "internal"),
]
PUSH, METRICS, ERROR = 1, 2, 0


class LostError(Exception):
    """No answer came: what was sent may have been taken in or not."""


class RefusedError(Exception):
    """The process answered with an error."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


@dataclass
class Answer:
    accepted: int
    rejected: int
    lsn: int
    replayed: bool
    received_ms: int


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<I", len(data)) + data


class Connection:
    """One connection; `path` may be as deep as it likes, since it is opened from its folder."""

    def __init__(self, path: Path, timeout_s: float = 20.0) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout_s)
        self.patience_ms = int(timeout_s * 1000)
        try:
            self.socket.connect(str(path))
        except OSError as error:
            self.socket.close()
            raise LostError(str(error)) from error

    def close(self) -> None:
        self.socket.close()

    def push(self, table: str, body: bytes, key: str = "", kind: str = "ndjson") -> Answer:
        database, _, name = table.partition(".")
        content = {"ndjson": "application/x-ndjson", "json": "application/json"}[kind]
        head = struct.pack("<Bq", PUSH, self.patience_ms)
        reply = self.exchange(head + text(database) + text(name) + text(content) + text(key) + body)
        accepted, rejected, lsn, replayed, received_ms, _ = struct.unpack_from("<qqqBqB", reply)
        return Answer(accepted, rejected, lsn, replayed != 0, received_ms)

    def metrics(self) -> str:
        return self.exchange(bytes([METRICS])).decode()

    def exchange(self, frame: bytes) -> bytes:
        """The reply's bytes behind its tag."""
        try:
            self.socket.sendall(struct.pack("<I", len(frame)) + frame)
            size = struct.unpack("<I", self.receive(4))[0]
            reply = self.receive(size)
        except OSError as error:
            raise LostError(str(error)) from error
        if reply[0] == ERROR:
            kind, _, length = struct.unpack_from("<BqI", reply, 1)
            raise RefusedError(KINDS[kind], reply[14 : 14 + length].decode())
        return reply[1:]

    def receive(self, size: int) -> bytes:
        parts = []
        while size > 0:
            part = self.socket.recv(size)
            if not part:
                raise LostError("the connection was closed")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
