"""Import definitions so that one mistake does not hide the others.

The modules of the project run statement by statement. A statement that raises becomes a problem
with file and line, and the next one runs. What fails only because a name from a failed statement
is missing is not reported again.
"""

from __future__ import annotations
import __future__

import ast
import importlib.abc
import importlib.machinery
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where, of what, and what it is."""

    file: str
    line: int
    subject: str
    message: str


class RecoveringFinder(importlib.abc.MetaPathFinder):
    """Loads source modules below ``project`` statement by statement; leaves others alone.

    Attributes
    ----------
    problems
        What went wrong so far, in order of import.
    lost
        Names that failed statements would have bound.
    sources
        The files of the project that were imported, well or not.
    """

    def __init__(self, project: Path) -> None:
        self.project = project.resolve()
        self.problems: list[Problem] = []
        self.lost: set[str] = set()
        self.sources: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the module as Python would, and replace its loader when it is ours to load."""
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader:
            return spec
        if not self.owns(spec.loader.path):
            return spec
        self.sources.add(spec.loader.path)
        spec.loader = _RecoveringLoader(fullname, spec.loader.path, self)
        return spec

    def owns(self, file: str) -> bool:
        """Whether ``file`` is source of the project (packages installed below it are not)."""
        path = Path(file).resolve()
        if not path.is_relative_to(self.project):
            return False
        return "site-packages" not in path.relative_to(self.project).parts

    def report(self, error: BaseException, file: str, line: int, subject: str) -> None:
        """Turn ``error`` into a problem at the deepest line of the project that it passed."""
        if isinstance(error, SyntaxError):
            same = error.filename == file or not error.filename
            where = (file if same else str(error.filename), error.lineno or line)
            message = f"syntax error: {error.msg}"
        else:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if self.owns(f.filename)]
            where = (frames[-1].filename, frames[-1].lineno or 0) if frames else (file, line)
            message = described(error)
            if frames and not (frames[-1].filename == file and frames[-1].lineno == line):
                caller = Path(file).resolve().relative_to(self.project)
                message += f" (reached from {caller}:{line})"
        self.problems.append(Problem(where[0], where[1], subject, message))

    def follows_from_another(self, error: BaseException) -> bool:
        """Whether ``error`` is only about a name that a failed statement did not bind."""
        if isinstance(error, NameError | AttributeError):
            return error.name in self.lost
        if isinstance(error, ImportError):
            return any(f"cannot import name {name!r}" in described(error) for name in self.lost)
        return False


class _RecoveringLoader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, finder: RecoveringFinder) -> None:
        super().__init__(name, path)
        self._finder = finder

    def exec_module(self, module: ModuleType) -> None:
        """Run every statement that can be run; raises nothing but an interruption."""
        try:
            tree = ast.parse(self.get_data(self.path), self.path)
        except (SyntaxError, ValueError) as error:
            self._finder.report(error, self.path, 1, module.__name__)
            return
        module.__doc__ = ast.get_docstring(tree, clean=False)
        flags = _future_flags(tree)
        for statement in tree.body:
            self._run(statement, module, flags)

    def _run(self, statement: ast.stmt, module: ModuleType, flags: int) -> None:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return
        try:
            body = ast.Module([statement], type_ignores=[])
            exec(compile(body, self.path, "exec", flags, dont_inherit=True), module.__dict__)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            names = list(bound_names(statement))
            if not self._finder.follows_from_another(error):
                subject = ".".join([module.__name__, *names[:1]])
                self._finder.report(error, self.path, statement.lineno, subject)
            self._finder.lost.update(name for name in names if name not in vars(module))


def _future_flags(tree: ast.Module) -> int:
    flags = 0
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(__future__, alias.name).compiler_flag
    return flags


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at the top of a module binds, in order."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign():
            for target in statement.targets:
                yield from _target_names(target)
        case ast.AnnAssign():
            yield from _target_names(statement.target)
        case ast.Import() | ast.ImportFrom():
            for alias in statement.names:
                yield alias.asname or alias.name.partition(".")[0]
        case _:
            for inner in inner_statements(statement):
                yield from bound_names(inner)


def inner_statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield the statements in the branches of ``if``, ``try``, ``with``, ``for`` and the like."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for part in ("body", "orelse", "finalbody"):
        yield from getattr(statement, part, ())
    for handler in getattr(statement, "handlers", ()):
        yield from handler.body
    for case in getattr(statement, "cases", ()):
        yield from case.body


def _target_names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _target_names(element)


def described(error: BaseException) -> str:
    """Give the type of ``error`` and what it says, in one line, whatever its ``__str__`` does."""
    try:
        text = str(error)
    except Exception as failure:
        text = f"its text cannot be had ({type(failure).__name__})"
    name = type(error).__name__
    return f"{name}: {'; '.join(filter(None, text.splitlines()))}" if text else name


def install(project: Path) -> RecoveringFinder:
    """Put a finder for ``project`` before all others of this process."""
    finder = RecoveringFinder(project)
    sys.meta_path.insert(0, finder)
    return finder
