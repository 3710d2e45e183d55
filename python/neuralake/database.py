"""A database is a module: its variables that hold table definitions are the tables."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType

from neuralake.definitions import TableDefinition
from neuralake.place import Place, calling_place


class ModuleDatabase:
    """The tables that a module defines, under the names of its variables.

    Names with a leading underscore, and definitions that another module of the catalog made and
    this one only imports, are not tables of this database.

    Parameters
    ----------
    module
        Its name, imported when it is first needed (so that a mistake in one module leaves the
        others usable), or the module itself.
    description
        By default the docstring of the module.
    """

    def __init__(self, module: str | ModuleType, *, description: str = "") -> None:
        self._module = module
        self._description = description
        self.place: Place = calling_place()

    @property
    def module_name(self) -> str:
        """The full name of the module, without importing it."""
        return self._module if isinstance(self._module, str) else self._module.__name__

    def why_no_module(self) -> str:
        """Say what is wrong with the module as given; empty when nothing is."""
        if isinstance(self._module, str | ModuleType):
            return ""
        return (
            "ModuleDatabase takes the name of a module or a module, "
            f"not a {type(self._module).__name__}"
        )

    def load(self) -> ModuleType:
        """Import the module, which touches no data.

        Raises
        ------
        Exception
            Whatever the module raises on import.
        """
        if isinstance(self._module, str):
            self._module = importlib.import_module(self._module)
        return self._module

    @property
    def description(self) -> str:
        """As given, else the docstring of the module (imports it)."""
        return self._description or inspect.getdoc(self.load()) or ""

    def definitions(self) -> dict[str, TableDefinition]:
        """All public table definitions that the module's variables hold, by name, in order."""
        return {
            name: value
            for name, value in sorted(vars(self.load()).items())
            if isinstance(value, TableDefinition) and not name.startswith("_")
        }
