"""Finds the native module, and says what to do where it is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from neuralake.errors import NeuralakeError


def native() -> Any:
    """Import the native module.

    Raises
    ------
    NeuralakeError
        ``unsupported``: this copy of the package has none.
    """
    try:
        from neuralake import _native
    except ImportError as error:
        folder = Path(__file__).parent
        # Built for another Python, or without a library that it needs: only that says what to do.
        why = f", or none that loads here ({error})" if list(folder.glob("_native*")) else ""
        raise NeuralakeError(
            "unsupported",
            f"the package at {folder} has no native module{why}: definitions can be imported, "
            "data cannot be asked for; install the wheel, or put build/<preset>/python of a built "
            "checkout on PYTHONPATH",
        ) from error
    return _native
