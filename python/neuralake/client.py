"""A catalog that a server holds, asked over HTTP."""

from __future__ import annotations

import datetime as dt
import http.client
import io
import json
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from neuralake.errors import NeuralakeError
from neuralake.filters import Filters, filtered
from neuralake.frames import select
from neuralake.result import SqlResult
from neuralake.scan import lazy_scan, relation
from neuralake.session import Params, ScanMetrics

_ARROW = "application/vnd.apache.arrow.stream"
# The server cuts an answer at its own limit unless a statement asks for more.
_ROWS_MAX = 2**63 - 1
_TIMEOUT_S = 330  # Past the longest statement, 300 s by default.


class RemoteSession:
    """Runs statements on a server.

    Parameters
    ----------
    url
        ``http://127.0.0.1:8080`` or ``https://…``, without user information.
    """

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NeuralakeError("invalid", "a server's URL begins with http:// or https://")
        if parts.username is not None or parts.password is not None:
            raise NeuralakeError("invalid", "credentials do not belong into a URL")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._prefix = parts.path.rstrip("/")

    def query(self, sql: str, params: Params = None) -> RemoteAnswer:
        """Run a statement; its answer has arrived whole when this returns."""
        body = {"sql": sql, "limit": _ROWS_MAX, "format": "arrow"}
        if params is not None:
            body["params"] = _plain(params)
        data = self.request("POST", "/api/v1/sql", json.dumps(body), _ARROW)
        return RemoteAnswer(data)

    def request(self, method: str, path: str, body: str | None, accept: str) -> bytes:
        """Send one request.

        Raises
        ------
        NeuralakeError
            The error that the server answered; ``unavailable`` when it cannot be reached.
        """
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=_TIMEOUT_S)
        headers = {"Accept": accept, "Content-Type": "application/json"}
        try:
            connection.request(method, self._prefix + path, body, headers)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise NeuralakeError(
                "unavailable", f"no answer from {self._host}:{connection.port}: {error}"
            ) from error
        finally:
            connection.close()
        if response.status >= http.client.BAD_REQUEST:
            raise _refusal(response.status, data)
        return data


class RemoteAnswer:
    """An answer that has arrived."""

    def __init__(self, data: bytes) -> None:
        self._frame = pl.read_ipc_stream(io.BytesIO(data))

    @property
    def schema(self) -> pl.Schema:
        """Of the rows."""
        return self._frame.schema

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield all rows at once."""
        yield self._frame

    def metrics(self) -> ScanMetrics | None:
        """The server does not tell what it read."""
        return None


class RemoteCatalog:
    """The catalog of a server."""

    def __init__(self, url: str) -> None:
        self._session = RemoteSession(url)

    def tables(self) -> list[str]:
        """List the tables as ``database.table``."""
        answer = json.loads(
            self._session.request("GET", "/api/v1/tables", None, "application/json")
        )
        return sorted(f"{table['database']}.{table['name']}" for table in answer["tables"])

    def sql(self, statement: str, params: Params = None) -> SqlResult:
        """Run a statement; see ``Catalog.sql``."""
        return SqlResult(self._session.query(statement, params))

    def table(
        self,
        name: str,
        filters: Filters | None = None,
        columns: Sequence[str] | None = None,
        *,
        version: int | None = None,
        timestamp: dt.datetime | str | None = None,
    ) -> pl.LazyFrame:
        """Read ``database.table`` lazily; columns, filters and limits are applied by the server."""
        frame = lazy_scan(self._session, relation(name, version, timestamp), lambda _: None)
        return select(filtered(frame, filters, name), columns, name)


def _plain(value: Any) -> Any:
    """Write parameters as the server's JSON takes them."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview):
        return [_plain(item) for item in value]
    match value:
        case Decimal():
            return str(value)
        case dt.date() | dt.datetime() | dt.time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            # JSON has no bytes, and as a text they would compare with no BLOB.
            raise NeuralakeError(
                "unsupported",
                "a server takes no bytes as a parameter: "
                "give base64 text and write from_base64($1) in the statement",
            )
    return value


def _refusal(status: int, data: bytes) -> NeuralakeError:
    try:
        error = json.loads(data)["error"]
        return NeuralakeError(error["kind"], error["message"], position=error.get("position"))
    except (ValueError, KeyError, TypeError):
        return NeuralakeError("internal", f"the server answered {status} without a reason")
