"""The catalog of a project: its databases by name."""

from __future__ import annotations

from collections.abc import Mapping

from neuralake.database import ModuleDatabase
from neuralake.place import Place, calling_place


class Catalog:
    """All databases of a project.

    Parameters
    ----------
    databases
        By the name they have in SQL and in routes.

    Examples
    --------
    >>> catalog = Catalog({"aviation": ModuleDatabase("lake.aviation")})
    """

    def __init__(self, databases: Mapping[str, ModuleDatabase]) -> None:
        self._databases = dict(databases)
        self.place: Place = calling_place()

    @property
    def databases(self) -> dict[str, ModuleDatabase]:
        """The databases by name, as they were given."""
        return dict(self._databases)
