"""Tables that a Python function computes."""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, overload

from neuralake.definitions import Column, TableDefinition
from neuralake.place import Place, calling_place

# How far below the decorator its function may begin; other decorators stand between.
_DECORATOR_LINES_MAX = 500
_DEF = re.compile(r"\s*(async\s+)?def\s+\w+")

Function = Callable[[], Any]


@dataclass(frozen=True, eq=False)
class FunctionTable(TableDefinition):
    """A function without parameters that returns a frame: Polars (lazy or eager), pandas, Arrow.

    Calling the definition calls the function.
    """

    function: Function

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("__name__", "__qualname__", "__doc__"):
            object.__setattr__(self, name, getattr(self.function, name, None))
        object.__setattr__(self, "__wrapped__", self.function)

    def __call__(self) -> Any:
        """Compute the table: whatever the function returns, as it is."""
        return self.function()

    def _find_place(self) -> Place:
        return _definition_line(calling_place())


@overload
def table(function: Function, /) -> FunctionTable: ...


@overload
def table(
    *,
    description: str = "",
    owner: str = "",
    tags: Sequence[str] = (),
    columns: Sequence[Column] = (),
    key: Sequence[str] = (),
    deprecated: str | None = None,
) -> Callable[[Function], FunctionTable]: ...


def table(
    function: Function | None = None,
    /,
    *,
    description: str = "",
    owner: str = "",
    tags: Sequence[str] = (),
    columns: Sequence[Column] = (),
    key: Sequence[str] = (),
    deprecated: str | None = None,
) -> FunctionTable | Callable[[Function], FunctionTable]:
    """Make a function a table of its module; also without parentheses.

    The function runs when the table is read, never at import. Without ``description`` its
    docstring is taken. The parameters are those of ``TableDefinition``.
    """

    def wrap(inner: Function) -> FunctionTable:
        return FunctionTable(
            inner,
            description=description or inner.__doc__ or "",
            owner=owner,
            tags=tags,
            columns=columns,
            key=key,
            deprecated=deprecated,
        )

    return wrap if function is None else wrap(function)


def _definition_line(place: Place) -> Place:
    """Go from the line of the decorator to that of the ``def`` below it."""
    if not linecache.getline(place.file, place.line).lstrip().startswith("@"):
        return place
    for line in range(place.line, place.line + _DECORATOR_LINES_MAX):
        text = linecache.getline(place.file, line)
        if _DEF.match(text):
            return Place(place.file, line, place.module)
        if not text:
            break
    return place
