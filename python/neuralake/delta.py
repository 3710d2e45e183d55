"""Delta tables by their location: versions, history, reading and writing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import polars as pl

from neuralake.definitions import Column, DeltaTable
from neuralake.errors import NeuralakeError
from neuralake.native import native
from neuralake.scan import lazy_scan, relation
from neuralake.session import ScanMetrics, Session

if TYPE_CHECKING:
    from neuralake.filters import Filters

_HISTORY_MAX = 1000

SchemaMode = Literal["merge", "overwrite"]


@dataclass(frozen=True, slots=True)
class Commit:
    """One entry of a table's history."""

    version: int
    time: dt.datetime
    operation: str
    parameters: Mapping[str, str]
    metrics: Mapping[str, str]
    engine: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a write became.

    Attributes
    ----------
    version
        Of the table that holds the rows.
    rows, files
        Written.
    """

    version: int
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class Detail:
    """A table at one version.

    Attributes
    ----------
    columns
        In order, with their types in short names.
    num_records
        Live rows; ``None`` when the log does not say.
    """

    version: int
    time: dt.datetime
    id: str
    name: str | None
    description: str | None
    columns: Sequence[Column]
    partition_columns: Sequence[str]
    properties: Mapping[str, str]
    min_reader_version: int
    min_writer_version: int
    num_files: int
    size_bytes: int
    num_records: int | None


class Table:
    """A Delta table. Opening reads nothing; each call looks at the newest version.

    Parameters
    ----------
    uri
        A path, ``file://…`` or ``s3://bucket/prefix``.
    definition
        With what to create the table when it is not there yet.
    """

    def __init__(self, uri: str, definition: DeltaTable | None = None) -> None:
        self.uri = uri if "://" in uri else str(Path(uri).absolute())
        self._definition = definition
        self._table: Any = native().Table(self.uri)
        self._session: Session | None = None
        self.last_scan: ScanMetrics | None = None

    def version(self) -> int:
        """Find the newest version."""
        return self.detail().version

    def detail(self, *, version: int | None = None, timestamp: dt.datetime | None = None) -> Detail:
        """Describe the table, by default its newest version.

        Raises
        ------
        NeuralakeError
            ``not_found``: no table there, or no such version.
        """
        time_ms = None if timestamp is None else round(timestamp.timestamp() * 1000)
        found = self._table.snapshot(version, time_ms)
        found["time"] = _time(found.pop("timestamp_ms"))
        found["columns"] = [
            Column(name, type_text, nullable=nullable)
            for name, type_text, nullable in found["columns"]
        ]
        return Detail(**found)

    def history(self, limit: int = _HISTORY_MAX) -> list[Commit]:
        """List the last commits, newest first."""
        return [
            Commit(time=_time(entry.pop("timestamp_ms")), **entry)
            for entry in self._table.history(limit)
        ]

    def scan(
        self,
        filters: Filters | None = None,
        columns: Sequence[str] | None = None,
        *,
        version: int | None = None,
        timestamp: dt.datetime | str | None = None,
    ) -> pl.LazyFrame:
        """Read the table lazily; see ``neuralake.catalog.Database.table``."""
        from neuralake.filters import filtered
        from neuralake.frames import select

        frame = lazy_scan(self._open(), relation("t.t", version, timestamp), self._report)
        return select(filtered(frame, filters, self.uri), columns, self.uri)

    def append(self, rows: Any, *, schema_mode: Literal["merge"] | None = None) -> Written:
        """Add rows, creating the table when it is not there and has a definition.

        Parameters
        ----------
        rows
            A frame (Polars, pandas, Arrow) or anything with the Arrow C stream interface; columns
            are matched by name.
        schema_mode
            ``"merge"`` adds the columns that the table does not have yet.

        Raises
        ------
        NeuralakeError
            ``invalid``: a column or value that does not fit; ``conflict``: plan again;
            ``unknown_outcome``: look before repeating.
        """
        return self._write(rows, "append", schema_mode)

    def overwrite(self, rows: Any, *, schema_mode: SchemaMode | None = None) -> Written:
        """Put ``rows`` in the place of all rows; earlier versions stay readable."""
        return self._write(rows, "overwrite", schema_mode)

    def checkpoint(self) -> int:
        """Write a checkpoint of the newest version, from which readers start; give the version."""
        return int(self._table.checkpoint())

    def _write(self, rows: Any, mode: str, schema_mode: str | None) -> Written:
        from neuralake.frames import lazy_frame

        frame = rows
        if not hasattr(rows, "__arrow_c_stream__"):
            frame = lazy_frame(rows, "the data").collect()
        return Written(**self._table.append(frame, mode, schema_mode or "", self._creation()))

    def _creation(self) -> dict[str, Any] | None:
        """What the table is created with when it is not there; ``None``: from the rows."""
        definition = self._definition
        if definition is None:
            return None
        return {
            "description": definition.description,
            "columns": [
                (column.name, column.type or "", column.nullable, column.description)
                for column in definition.columns
            ],
            "partition_by": list(definition.partition_by),
            "properties": dict(definition.properties),
        }

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: not in this release."""
        _unsupported("delete")

    def update(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: not in this release."""
        _unsupported("update")

    def merge(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: not in this release."""
        _unsupported("merge")

    def optimize(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: not in this release; ``neuralake compact --once`` merges small files."""
        _unsupported("optimize", "; `neuralake compact --once` merges small files")

    def vacuum(
        self,
        retention_hours: float | None = None,
        *,
        dry_run: bool = False,
        full: bool = False,
    ) -> list[str]:
        """Delete files that no version within the retention needs; give their paths.

        Parameters
        ----------
        retention_hours
            How long removed files stay; by default what the table says, or a week. A shorter one
            than the table's is refused.
        dry_run
            Only tell what would be deleted.
        full
            List the table's folder as well, to find files that no commit ever named, and delete
            commits and checkpoints that are past the log's own retention
            (``delta.logRetentionDuration``). Those end the list, as ``_delta_log/…``.
        """
        return [path for path, _ in self._table.vacuum(retention_hours, dry_run, full)]

    def restore(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: not in this release."""
        _unsupported("restore")

    def clone(self, *_: Any, **__: Any) -> NoReturn:
        """Refused: not in this release."""
        _unsupported("clone")

    def __repr__(self) -> str:
        return f"neuralake.delta.Table({self.uri!r})"

    def _open(self) -> Session:
        if self._session is None:
            from neuralake.native_session import NativeSession

            table = {"name": "t", "kind": "delta", "uri": self.uri}
            definitions = {
                "format": "neuralake.definitions",
                "version": 1,
                "databases": [{"name": "t", "tables": [table]}],
            }
            self._session = NativeSession.of_definitions(json.dumps(definitions), Path.cwd())
        return self._session

    def _report(self, metrics: ScanMetrics) -> None:
        self.last_scan = metrics


def open_table(uri: str | Path) -> Table:
    """Open the Delta table at ``uri`` without a catalog; reads nothing yet."""
    return Table(str(uri))


def _time(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def _unsupported(what: str, way_out: str = "") -> NoReturn:
    raise NeuralakeError("unsupported", f"{what} is not in this release{way_out}")
