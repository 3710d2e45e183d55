"""Print the definitions of a catalog as JSON: ``python -m neuralake.export MODULE:ATTR``.

The output is an object of the format ``neuralake.definitions``, version 1: what the code says,
as it says it, together with the problems that only Python can see. Checking the values is the
engine's work (``neuralake catalog check``).
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from neuralake import crash, identity, recovery
from neuralake.catalog import Catalog
from neuralake.database import ModuleDatabase
from neuralake.definitions import TableDefinition, recording
from neuralake.encode import Json, ShortPath, encode_place, encode_table
from neuralake.function_table import FunctionTable
from neuralake.identity import LoadedDatabase
from neuralake.place import Place
from neuralake.recovery import Problem, described

FORMAT = "neuralake.definitions"
VERSION = 1


def export_module(target: str, project: Path) -> Json:
    """Import ``MODULE:ATTR`` and export the catalog it names.

    Definitions of the project are imported statement by statement, so that every mistake is told.
    """
    finder = recovery.install(project)
    try:
        with recording() as made:
            catalog = _find_catalog(target, project, finder.problems)
            if catalog is None:
                exported = _document(None, [], finder.problems, _shorten(project))
            else:
                exported = _export(catalog, made, finder.problems, project)
    finally:
        sys.meta_path.remove(finder)
    return {**exported, "sources": sorted(map(_shorten(project), finder.sources))}


def export_catalog(catalog: Catalog, project: Path) -> Json:
    """Export a catalog that is imported already."""
    return _export(catalog, [], [], project)


def _find_catalog(target: str, project: Path, problems: list[Problem]) -> Catalog | None:
    module_name, _, attribute = target.partition(":")
    attribute = attribute or "catalog"
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        message = f"cannot import {module_name}: {described(error)}"
        problems.append(Problem("neuralake.toml", _setting_line(project, target), target, message))
        return None
    catalog = getattr(module, attribute, None)
    if isinstance(catalog, Catalog):
        return catalog
    if catalog is not None:
        found = type(catalog).__name__
        message = f"{attribute} is a {found}; it must be a neuralake.Catalog"
        file = getattr(module, "__file__", None) or ""
        line = identity.last_binding(_source(file), attribute)
        problems.append(Problem(file, line, target, message))
    elif not problems:
        message = f"module {module_name} has no {attribute}; add {attribute} = Catalog({{…}})"
        problems.append(Problem(getattr(module, "__file__", None) or "", 1, target, message))
    return None


def _setting_line(project: Path, target: str) -> int:
    """Find the line of ``neuralake.toml`` that names ``target``; 0 when it comes from elsewhere."""
    lines = _source(str(project / "neuralake.toml")).splitlines()
    setting = re.compile(rf"\s*module\s*=\s*['\"]{re.escape(target)}['\"]")
    return next((at for at, line in enumerate(lines, 1) if setting.match(line)), 0)


def _export(
    catalog: Catalog, made: Sequence[TableDefinition], problems: list[Problem], project: Path
) -> Json:
    loaded = []
    for name, database in catalog.databases.items():
        one = _load(name, database, catalog.place, problems)
        if one is not None:
            loaded.append(one)
    problems.extend(identity.repeated_databases(_source(catalog.place.file), catalog.place))
    owned = identity.own_tables(loaded)
    problems.extend(identity.shared_definitions(owned))
    problems.extend(identity.hidden_definitions(owned, made))
    problems.extend(_uncallable(owned))
    short = _shorten(project)
    databases = [
        _database(one, catalog.databases[one.name].description, short, problems)
        for one in sorted(owned, key=lambda one: one.name)
    ]
    return _document(catalog.place, databases, problems, short)


def _load(
    name: Any, database: Any, catalog: Place, problems: list[Problem]
) -> LoadedDatabase | None:
    place, message = catalog, ""
    if not isinstance(name, str):
        message = f"the name of a database must be a text, not {name!r}"
    elif not isinstance(database, ModuleDatabase):
        message = f"a database must be a ModuleDatabase, not a {type(database).__name__}"
    else:
        place = database.place
        message = database.why_no_module()
    if not message:
        try:
            return LoadedDatabase(name, place, database.load(), database.definitions())
        except (Exception, SystemExit) as error:
            message = f"cannot import {database.module_name}: {described(error)}"
    problems.append(Problem(place.file, place.line, str(name), message))
    return None


def _uncallable(databases: Sequence[LoadedDatabase]) -> Iterator[Problem]:
    """Report functions that cannot be called without arguments."""
    for database in databases:
        for name, definition in database.tables.items():
            if not isinstance(definition, FunctionTable):
                continue
            message = _why_uncallable(definition)
            if message:
                place = definition.place
                yield Problem(place.file, place.line, f"{database.name}.{name}", message)


def _why_uncallable(definition: FunctionTable) -> str:
    function = definition.function
    if inspect.iscoroutinefunction(function):
        return "a table's function must be a plain one, not async"
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ""
    needed = [
        p.name
        for p in parameters
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    if not needed:
        return ""
    return f"give {', '.join(needed)} a default: a table's function is called without arguments"


def _database(
    database: LoadedDatabase, description: str, short: ShortPath, problems: list[Problem]
) -> Json:
    tables = []
    for name, table in database.tables.items():
        try:
            tables.append(encode_table(name, table, short))
        except Exception as error:  # of a value's own code
            message = f"cannot be read: {described(error)}"
            subject = f"{database.name}.{name}"
            problems.append(Problem(table.place.file, table.place.line, subject, message))
    return {
        "name": database.name,
        "description": description,
        "place": encode_place(database.place, short),
        "tables": tables,
    }


def _document(
    place: Place | None, databases: list[Json], problems: Sequence[Problem], short: ShortPath
) -> Json:
    return {
        "format": FORMAT,
        "version": VERSION,
        "place": encode_place(place, short) if place else None,
        "databases": databases,
        "problems": [{**asdict(problem), "file": short(problem.file)} for problem in problems],
    }


def _shorten(project: Path) -> ShortPath:
    """Make paths relative to the project, else to the import path they come from."""
    roots = [str(project.resolve())]
    others = {str(Path(entry or ".").resolve()) for entry in sys.path}
    roots += sorted(others, key=len, reverse=True)

    def short(file: str) -> str:
        if not file or file.startswith("<"):
            return file
        path = Path(file).resolve() if Path(file).is_absolute() else Path(file)
        for root in roots:
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return path.as_posix()

    return short


def _source(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; prints of the definitions go to standard error."""
    parser = argparse.ArgumentParser(prog="python -m neuralake.export", description=__doc__)
    parser.add_argument("target", metavar="MODULE:ATTR")
    parser.add_argument("--project", type=Path, default=Path(), help="default: working folder")
    options = parser.parse_args(arguments)
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    crash.tell_where_it_ends()
    project = options.project.resolve()
    document = export_module(options.target, project)
    with answer:
        json.dump(document, answer, sort_keys=True, separators=(",", ":"), allow_nan=False)
        answer.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
