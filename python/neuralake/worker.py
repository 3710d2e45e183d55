"""Serve function tables to the engine: ``python -m neuralake.worker``.

One line of JSON asks for one table::

    {"module": "lake.aviation", "function": "carriers",
     "columns": ["code", "name"], "filters": [["code", "=", "AA"]], "limit": 10}

``columns``, ``filters`` (see ``neuralake.filters``) and ``limit`` may be ``null`` or absent;
``limit`` 0 asks for the schema alone. The answer is a line ``{"ok": true}`` and an Arrow IPC
stream, or a line ``{"ok": false, "error": "…", "kind": "…", "file": "…", "line": 7}``. A table is
computed whole before the first byte of an answer, so that a failure never cuts one short. What the
functions print goes to standard error. The process ends with its input.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import polars as pl

from neuralake.errors import NeuralakeError
from neuralake.filters import filtered
from neuralake.frames import lazy_frame, select, sendable
from neuralake.function_table import FunctionTable


class Sources(MetaPathFinder):
    """Sees when a module of the project has changed on disk, and forgets all of them then.

    As a finder of ``sys.meta_path`` it finds nothing, but notes what a file looks like just before
    its module is loaded: code is never taken for newer than it is.

    Parameters
    ----------
    project
        The folder whose modules are watched.
    """

    def __init__(self, project: Path) -> None:
        self._project = project.resolve()
        self._loaded: dict[str, tuple[int, int]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Note the file of a module that is about to be loaded."""
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.has_location and spec.origin:
            self._loaded[fullname] = _stamp(Path(spec.origin))
        return None

    def refresh(self) -> None:
        """Forget the project's modules if the file of one has changed since it was loaded."""
        now = {name: _stamp(file) for name, file in self._files().items()}
        if any(self._loaded.setdefault(name, stamp) != stamp for name, stamp in now.items()):
            for name in now:
                del sys.modules[name]
            self._loaded.clear()
            importlib.invalidate_caches()

    def _files(self) -> dict[str, Path]:
        files = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if not file or name == "__main__":
                continue
            path = Path(file)
            inside = path.is_relative_to(self._project)
            if inside and "site-packages" not in path.parts and name.split(".")[0] != "neuralake":
                files[name] = path
        return files


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def compute(request: Mapping[str, Any]) -> pl.DataFrame:
    """Call the function that ``request`` names and cut its frame to what was asked for."""
    name = f"{request['module']}.{request['function']}"
    module = importlib.import_module(request["module"])
    function = getattr(module, request["function"], None)
    if function is None:
        raise NeuralakeError(
            "not_found", f"module {request['module']} has no {request['function']}"
        )
    if not isinstance(function, FunctionTable):
        raise NeuralakeError("invalid", f"{name} is not a function with @table")
    frame = filtered(lazy_frame(function(), name), request.get("filters"), name)
    frame = select(frame, request.get("columns"), name)
    limit = request.get("limit")
    return sendable((frame if limit is None else frame.head(limit)).collect(), name)


def compute_stream(request: Mapping[str, Any]) -> bytes:
    """Compute a table as an Arrow IPC stream without types that older readers do not know."""
    stream = io.BytesIO()
    compute(request).write_ipc_stream(stream, compat_level=pl.CompatLevel.oldest())
    return stream.getvalue()


def refusal(error: BaseException) -> dict[str, Any]:
    """Describe ``error`` with the deepest line that is not of a library."""
    if isinstance(error, NeuralakeError):
        return {"ok": False, "kind": error.kind, "error": error.message, "file": None, "line": None}
    package = str(Path(__file__).parent)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename and not frame.filename.startswith((package, "<"))
    ]
    return {
        "ok": False,
        "kind": "invalid",
        "error": f"{type(error).__name__}: {error}",
        "file": frames[-1].filename if frames else None,
        "line": frames[-1].lineno if frames else None,
    }


def answer(line: bytes, out: IO[bytes], sources: Sources) -> None:
    """Answer one request on ``out``."""
    try:
        sources.refresh()
        frame = compute(json.loads(line))
    except BaseException as error:  # of native code too, and SystemExit
        traceback.print_exc()
        out.write(json.dumps(refusal(error)).encode() + b"\n")
    else:
        out.write(b'{"ok":true}\n')
        frame.write_ipc_stream(out, compat_level=pl.CompatLevel.oldest())
    out.flush()


def _let_go(answers: int) -> None:
    """Keep a child that a function forks from reading requests and from answering them."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (sys.stdin.fileno(), answers):
        os.dup2(nothing, number)
    os.close(nothing)


def main() -> int:
    """Answer requests until the input ends."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path.cwd()))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.register_at_fork(after_in_child=lambda: _let_go(out.fileno()))
    sources = Sources(Path.cwd())
    sys.meta_path.insert(0, sources)
    try:
        for line in sys.stdin.buffer:
            if line.strip():
                answer(line, out, sources)
    except (BrokenPipeError, KeyboardInterrupt):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
