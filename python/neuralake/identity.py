"""One table, one name: finds definitions that lost their name or have several.

A table is named by the variable that holds it. These mistakes would otherwise hide a table without
a word, so they are problems.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from neuralake.definitions import TableDefinition
from neuralake.place import Place
from neuralake.recovery import Problem, bound_names, inner_statements


@dataclass(frozen=True, slots=True)
class LoadedDatabase:
    """A database whose module is imported.

    Attributes
    ----------
    tables
        The definitions that the module's variables hold, by name.
    """

    name: str
    place: Place
    module: ModuleType
    tables: dict[str, TableDefinition]


def own_tables(databases: Sequence[LoadedDatabase]) -> list[LoadedDatabase]:
    """Leave out what a module only imports from the module of another database."""
    modules = {database.module.__name__ for database in databases}
    return [
        LoadedDatabase(
            database.name,
            database.place,
            database.module,
            {
                name: definition
                for name, definition in database.tables.items()
                if definition.place.module == database.module.__name__
                or definition.place.module not in modules
            },
        )
        for database in databases
    ]


def shared_definitions(databases: Sequence[LoadedDatabase]) -> Iterator[Problem]:
    """Report one definition under several names, and one module under several databases."""
    modules: dict[str, str] = {}
    names: dict[int, str] = {}
    for database in databases:
        first = modules.setdefault(database.module.__name__, database.name)
        if first != database.name:
            yield _problem(
                database.place,
                database.name,
                f"module {database.module.__name__} is database {first} already; "
                "give each database a module of its own",
            )
            continue
        for name, definition in database.tables.items():
            subject = f"{database.name}.{name}"
            first = names.setdefault(id(definition), subject)
            if first != subject:
                yield _problem(
                    definition.place,
                    subject,
                    f"the same definition is {first} already; a table has one name: "
                    "remove one variable, or make a second definition",
                )


def hidden_definitions(
    databases: Sequence[LoadedDatabase], made: Sequence[TableDefinition]
) -> Iterator[Problem]:
    """Report definitions whose variable was assigned again, at the place that hides them."""
    for database in databases:
        kept = {id(value) for value in vars(database.module).values()}
        lost = [
            definition
            for definition in made
            if definition.place.module == database.module.__name__ and id(definition) not in kept
        ]
        bindings = list(_bindings(_source_tree(database.module).body)) if lost else []
        for definition in lost:
            yield from _hidden_by(definition, bindings, database)


def _hidden_by(
    definition: TableDefinition, bindings: Sequence[_Binding], database: LoadedDatabase
) -> Iterator[Problem]:
    line = definition.place.line
    own = {b.name for b in bindings if b.first <= line <= b.last}
    later = [b for b in bindings if b.name in own and b.first > line]
    if later:
        again = later[-1]
        yield Problem(
            definition.place.file,
            again.line,
            f"{database.name}.{again.name}",
            f"{again.name} is assigned a second time, which hides the table of line {line}; "
            "give one of them another name",
        )


@dataclass(frozen=True, slots=True)
class _Binding:
    name: str
    first: int  # with decorators
    line: int
    last: int


def _bindings(body: Sequence[ast.stmt]) -> Iterator[_Binding]:
    for statement in body:
        inner = list(inner_statements(statement))
        if inner:
            yield from _bindings(inner)
            continue
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(d.lineno for d in decorators)])
        for name in bound_names(statement):
            yield _Binding(name, first, statement.lineno, statement.end_lineno or statement.lineno)


def repeated_databases(source: str, place: Place) -> Iterator[Problem]:
    """Report database names that stand twice in the dictionary given to ``Catalog``.

    Python keeps the last of them without a word.
    """
    for call in ast.walk(_parse(source)):
        if not (isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Dict)):
            continue
        if not call.lineno <= place.line <= (call.end_lineno or call.lineno):
            continue
        if getattr(call.func, "id", getattr(call.func, "attr", "")) != "Catalog":
            continue
        seen: dict[str, int] = {}
        for key in call.args[0].keys:
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                continue
            if key.value in seen:
                message = f"line {seen[key.value]} names a database {key.value} already; rename one"
                yield Problem(place.file, key.lineno, key.value, message)
            seen.setdefault(key.value, key.lineno)


def last_binding(source: str, name: str) -> int:
    """Find the last line of ``source`` that binds ``name`` at its top; 1 when none does."""
    lines = [binding.line for binding in _bindings(_parse(source).body) if binding.name == name]
    return lines[-1] if lines else 1


def _source_tree(module: ModuleType) -> ast.Module:
    try:
        return _parse(inspect.getsource(module))
    except (OSError, TypeError):
        return ast.Module([], type_ignores=[])


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return ast.Module([], type_ignores=[])


def _problem(place: Place, subject: str, message: str) -> Problem:
    return Problem(place.file, place.line, subject, message)
