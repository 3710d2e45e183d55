"""The folder of a project, from which relative locations count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def project_folder(file: str) -> Path:
    """Find the project that ``file`` belongs to: the folder of ``neuralake.toml``.

    Looked for above the file, then above the working folder; the working folder when there is
    none.
    """
    for start in _starts(file):
        for folder in (start, *start.parents):
            if (folder / "neuralake.toml").is_file():
                return folder
    return Path.cwd()


def _starts(file: str) -> Iterator[Path]:
    path = Path(file)
    if path.is_file():
        yield path.resolve().parent
    yield Path.cwd()
