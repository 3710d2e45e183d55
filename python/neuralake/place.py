"""Where a definition stands, so that a message can name file and line."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import FrameType


@dataclass(frozen=True, slots=True)
class Place:
    """A line of source.

    Attributes
    ----------
    file
        The path as Python knows it; ``<stdin>`` and its like outside files.
    line
        From 1; 0 when unknown.
    module
        The name of the module that was running.
    """

    file: str
    line: int
    module: str


def calling_place() -> Place:
    """Find the line that makes a definition.

    Inside a helper or a decorator the line of the module under import that called it counts, since
    that is the line a person would change; outside an import it is the nearest line that is not
    of this package.
    """
    nearest: FrameType | None = None
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not _is_ours(frame):
            nearest = nearest or frame
            if frame.f_code.co_name == "<module>" and _is_importing(frame):
                return _place(frame)
        frame = frame.f_back
    return _place(nearest) if nearest is not None else Place("", 0, "")


def _is_ours(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    machinery = frame.f_code.co_filename.startswith("<frozen ")
    return machinery or name == "neuralake" or name.startswith("neuralake.")


def _is_importing(frame: FrameType) -> bool:
    return bool(getattr(frame.f_globals.get("__spec__"), "_initializing", False))


def _place(frame: FrameType) -> Place:
    return Place(frame.f_code.co_filename, frame.f_lineno, str(frame.f_globals.get("__name__", "")))
