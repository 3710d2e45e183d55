"""Ask statements on each surface, and bring what they answer into one form.

A letter says how the values of a column are written: ``I`` integer, ``R`` real (nine digits),
``N`` decimal, ``B`` boolean, ``T`` text, ``D`` date, ``S`` timestamp without a zone, ``Z`` instant
(in UTC), ``X`` bytes (hexadecimal), ``J`` nested (JSON).
"""

from __future__ import annotations

import base64
import datetime as dt
import http.client
import json
import os
import re
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import psycopg

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))
ENVIRONMENT = {
    **os.environ,
    "NEURALAKE_CATALOG__PYTHON": sys.executable,
    "NEURALAKE_SERVE__SITE": "false",
}
SQLSTATES = {
    "invalid": {
        *("22003", "22007", "22008", "22012", "22023", "22P02"),
        *("21000", "42601", "42702", "42703", "42803", "42804", "42883"),
    },
    "not_found": {"3F000", "42704", "42883", "42P01"},
    "permission_denied": {"42501"},
    "unsupported": {"0A000"},
    "unavailable": {"57P03"},
    "conflict": {"40001"},
    "resource_exhausted": {"53000"},
}


class StatementError(Exception):
    """A statement that was refused or failed."""

    def __init__(self, kinds: set[str], message: str, position: int | None) -> None:
        super().__init__(message)
        self.kinds = kinds
        self.message = message
        self.position = position


class Surface(Protocol):
    """Where statements can be asked."""

    def ask(self, sql: str, params: list[Any]) -> list[list[Any]]:
        """Answer with rows of raw values."""

    def close(self) -> None:
        """Let go of what it holds."""


class Embedded:
    """The engine in a process of its own: ``neuralake sql``."""

    def __init__(self, project: Path) -> None:
        self._project = project

    def ask(self, sql: str, params: list[Any]) -> list[list[Any]]:
        command = [BINARY, "sql", "--project", str(self._project), "--format", "json", "--json"]
        for number, value in enumerate(params, 1):
            command += ["--param", f"{number}={value}"]
        done = subprocess.run(
            [*command, "-c", sql], capture_output=True, text=True, timeout=120, env=ENVIRONMENT
        )
        if done.returncode != 0:
            raise _error(json.loads(done.stderr.splitlines()[-1]))
        return _rows(json.loads(done.stdout))

    def close(self) -> None:
        pass


class Server:
    """``neuralake serve`` on a project."""

    def __init__(self, project: Path) -> None:
        command = [BINARY, "serve", "--project", str(project), "--port", "0", "--pg-port", "0"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
        )
        self.log: list[str] = []
        assert self.process.stderr is not None
        self._reader = threading.Thread(target=self._keep, args=(self.process.stderr,))
        self._reader.start()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+?:(\d+)\S* and \S*?:(\d+)", line)
        assert found, f"the server said {line!r} and {self.log}"
        self.port, self.pg_port = int(found.group(1)), int(found.group(2))

    def _keep(self, stream: Any) -> None:
        for line in stream:
            self.log.append(line)

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0, self.log
        self._reader.join()


class Http:
    """``POST /api/v1/sql``."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)

    def ask(self, sql: str, params: list[Any]) -> list[list[Any]]:
        body = json.dumps({"sql": sql, "params": params} if params else {"sql": sql})
        self._connection.request(
            "POST", "/api/v1/sql", body.encode(), {"Content-Type": "application/json"}
        )
        answer = self._connection.getresponse()
        document = json.loads(answer.read())
        if "error" in document:
            raise _error(document)
        return _rows(document)

    def close(self) -> None:
        self._connection.close()


class Postgres:
    """The Postgres protocol: the extended one with parameters, else the simple one."""

    def __init__(self, server: Server) -> None:
        self._connection = psycopg.connect(
            f"host=127.0.0.1 port={server.pg_port} user=tester dbname=neuralake", autocommit=True
        )

    def ask(self, sql: str, params: list[Any]) -> list[list[Any]]:
        with psycopg.RawCursor(self._connection) as cursor:
            try:
                # Without parameters, psycopg speaks the simple protocol.
                cursor.execute(sql.encode(), params or None)
                rows = cursor.fetchall() if cursor.description else []
            except psycopg.Error as error:
                kinds = {kind for kind, states in SQLSTATES.items() if error.sqlstate in states}
                at = error.diag.statement_position
                message = error.diag.message_primary or str(error)
                raise StatementError(kinds, message, None if at is None else int(at) - 1) from error
        return [list(row) for row in rows]

    def close(self) -> None:
        self._connection.close()


def _error(document: dict[str, Any]) -> StatementError:
    error = document["error"]
    return StatementError({error["kind"]}, error["message"], error.get("position"))


def _rows(document: dict[str, Any]) -> list[list[Any]]:
    names = [column["name"] for column in document["columns"]]
    return [list(row.values()) if len(row) == len(names) else [] for row in document["rows"]]


def canonical(letter: str, value: Any) -> str:  # noqa: PLR0911
    """Write a value as scripts do."""
    if value is None:
        return "NULL"
    match letter:
        case "I":
            return str(int(value))
        case "R":
            return f"{float(value):.9g}"
        case "N":
            return str(Decimal(value))
        case "B":
            assert isinstance(value, bool), value
            return "true" if value else "false"
        case "D":
            return value.isoformat() if isinstance(value, dt.date) else str(value)
        case "S" | "Z":
            return _moment(letter, value)
        case "X":
            raw = value if isinstance(value, bytes) else base64.b64decode(value)
            return bytes(raw).hex() if raw else ""
        case "J":
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert isinstance(value, str), value
    return value


def _moment(letter: str, value: Any) -> str:
    zone = "Z" if letter == "Z" else ""
    if isinstance(value, dt.datetime):
        assert (value.tzinfo is None) == (zone == ""), value
        utc = value.astimezone(dt.UTC) if zone else value
        return utc.replace(tzinfo=None).isoformat(sep=" ") + zone
    assert str(value).endswith("Z") == bool(zone), value
    return str(value).replace("T", " ")
