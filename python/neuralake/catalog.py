"""The catalog of a project: its databases by name, and the ways to read them."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neuralake.database import ModuleDatabase
from neuralake.definitions import DeltaTable, TableDefinition
from neuralake.errors import NeuralakeError
from neuralake.function_table import FunctionTable
from neuralake.place import Place, calling_place

if TYPE_CHECKING:
    import polars as pl

    from neuralake.client import RemoteCatalog
    from neuralake.delta import Table
    from neuralake.filters import Filters
    from neuralake.result import SqlResult
    from neuralake.session import Params, ScanMetrics, Session


class Catalog:
    """All databases of a project.

    Parameters
    ----------
    databases
        By the name they have in SQL and in routes.

    Examples
    --------
    >>> catalog = Catalog({"aviation": ModuleDatabase("lake.aviation")})
    >>> catalog.table("aviation.flights", filters=[("month", "=", 1)])  # a Polars lazy frame
    >>> catalog.sql("SELECT count(*) FROM aviation.flights").pl()
    """

    def __init__(self, databases: Mapping[str, ModuleDatabase]) -> None:
        self._databases = dict(databases)
        self._session: Session | None = None
        self._last_scan: ScanMetrics | None = None
        self.place: Place = calling_place()

    @property
    def databases(self) -> dict[str, ModuleDatabase]:
        """The databases by name, as they were given."""
        return dict(self._databases)

    def dbs(self) -> list[str]:
        """List the names of the databases."""
        return sorted(self._databases)

    def db(self, name: str) -> Database:
        """Find a database.

        Raises
        ------
        NeuralakeError
            ``not_found``: there is none of this name.
        """
        definition = self._databases.get(name)
        if definition is None:
            raise _not_found("database", name, self._databases)
        return Database(self, name, definition)

    def table(
        self,
        name: str,
        filters: Filters | None = None,
        columns: Sequence[str] | None = None,
        *,
        version: int | None = None,
        timestamp: dt.datetime | str | None = None,
    ) -> pl.LazyFrame:
        """Read ``database.table`` lazily; see ``Database.table``."""
        database, table = _split(name)
        return self.db(database).table(
            table, filters, columns, version=version, timestamp=timestamp
        )

    def sql(self, statement: str, params: Params = None) -> SqlResult:
        """Run a statement on the tables of this catalog, in this process.

        Parameters
        ----------
        statement
            One statement of DuckDB's dialect; ``$1`` or ``$name`` stand for parameters.
        params
            A list or a dictionary.

        Raises
        ------
        NeuralakeError
            Refused or failed; with the position in the statement where there is one.
        """
        from neuralake.result import SqlResult

        return SqlResult(self._open().query(statement, params))

    def delta(self, name: str) -> Table:
        """Open the Delta table ``database.table``, to change it or to look at its versions.

        Raises
        ------
        NeuralakeError
            ``not_found``, or ``invalid`` for a table that is not a Delta table.
        """
        from neuralake.delta import Table

        database, table = _split(name)
        definition = self.db(database).definition(table)
        if not isinstance(definition, DeltaTable):
            raise NeuralakeError("invalid", f"{name} is not a Delta table")
        return Table(_absolute(definition.uri, self.project), definition)

    @property
    def project(self) -> Path:
        """The folder of the project: relative locations count from it."""
        from neuralake.project import project_folder

        return project_folder(self.place.file)

    @property
    def last_scan(self) -> ScanMetrics | None:
        """What the last collected frame of this catalog read and skipped."""
        return self._last_scan

    @staticmethod
    def connect(url: str) -> RemoteCatalog:
        """Ask a server in place of reading in this process.

        Parameters
        ----------
        url
            ``http://127.0.0.1:8080``
        """
        from neuralake.client import RemoteCatalog

        return RemoteCatalog(url)

    def _open(self) -> Session:
        if self._session is None:
            from neuralake.export import export_catalog
            from neuralake.native_session import NativeSession

            definitions = json.dumps(export_catalog(self, self.project))
            self._session = NativeSession.of_definitions(definitions, self.project)
        return self._session

    def _report(self, metrics: ScanMetrics) -> None:
        self._last_scan = metrics


class Database:
    """The tables of one database of a catalog."""

    def __init__(self, catalog: Catalog, name: str, definition: ModuleDatabase) -> None:
        self._catalog = catalog
        self._definition = definition
        self.name = name

    @property
    def description(self) -> str:
        """What the database holds."""
        return self._definition.description

    def tables(self, *, show_deprecated: bool = False) -> list[str]:
        """List the names of the tables; deprecated ones only when asked for."""
        return [
            name
            for name, definition in self._definition.definitions().items()
            if show_deprecated or definition.deprecated is None
        ]

    def definition(self, name: str) -> TableDefinition:
        """Find the definition of a table.

        Raises
        ------
        NeuralakeError
            ``not_found``: there is none of this name.
        """
        definitions = self._definition.definitions()
        if name not in definitions:
            raise _not_found("table", name, definitions, f" in {self.name}")
        return definitions[name]

    def table(
        self,
        name: str,
        filters: Filters | None = None,
        columns: Sequence[str] | None = None,
        *,
        version: int | None = None,
        timestamp: dt.datetime | str | None = None,
    ) -> pl.LazyFrame:
        """Read a table lazily: nothing but its schema is read before ``collect``.

        Columns, filters (these and later ones) and limits are applied by our scan, which skips
        files that cannot hold a row.

        Parameters
        ----------
        name
            Of the table.
        filters
            ``[("month", "=", 1)]``; see ``neuralake.filters.to_expression``.
        columns
            A list of names; all of them by default. An empty list is refused: a Polars frame
            without columns has no rows either.
        version
            Of a Delta table.
        timestamp
            The version of that time; ISO 8601, UTC unless it says otherwise.

        Raises
        ------
        NeuralakeError
            ``not_found`` for a table or column that is not there; ``invalid`` for a wrong filter
            or an empty list of columns.
        TypeError
            ``columns`` is one text, not a list.
        """
        from neuralake.filters import filtered
        from neuralake.frames import select

        definition = self.definition(name)
        full_name = f"{self.name}.{name}"
        if definition.deprecated is not None:
            warnings.warn(
                f"{full_name} is deprecated: {definition.deprecated}",
                DeprecationWarning,
                stacklevel=2,
            )
        if not isinstance(definition, DeltaTable) and (version, timestamp) != (None, None):
            raise NeuralakeError("invalid", f"{full_name} has no versions: it is no Delta table")
        frame = self._frame(definition, full_name, version, timestamp)
        return select(filtered(frame, filters, full_name), columns, full_name)

    def _frame(
        self,
        definition: TableDefinition,
        full_name: str,
        version: int | None,
        timestamp: dt.datetime | str | None,
    ) -> pl.LazyFrame:
        from neuralake.frames import lazy_frame
        from neuralake.scan import lazy_scan, relation

        if isinstance(definition, FunctionTable):
            place = f"{definition.place.file}:{definition.place.line}"
            return lazy_frame(definition(), f"{full_name} ({place})")
        source = relation(full_name, version, timestamp)
        return lazy_scan(self._catalog._open(), source, self._catalog._report)

    def __getattr__(self, name: str) -> pl.LazyFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.table(name)
        except NeuralakeError as error:
            if error.kind != "not_found":
                raise
            raise AttributeError(error.message) from error

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.tables()]


def _split(name: str) -> tuple[str, str]:
    database, dot, table = name.partition(".")
    if not dot or not table:
        raise NeuralakeError("invalid", f"{name!r} is not of the form database.table")
    return database, table


def _absolute(uri: Any, project: Path) -> str:
    return str(uri) if "://" in str(uri) else str(project / str(uri))


def _not_found(what: str, name: str, there: Mapping[str, Any], where: str = "") -> NeuralakeError:
    near = difflib.get_close_matches(name, there, n=1)
    rest = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(there)) or 'none'}"
    return NeuralakeError("not_found", f"no {what} {name}{where}; {rest}")
