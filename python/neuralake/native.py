"""Finds the native module, and says what to do where it is missing."""

from __future__ import annotations

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
        raise NeuralakeError(
            "unsupported",
            f"this copy of the package has no native module ({error}); install the wheel, or put "
            "build/<preset>/python of a built checkout on PYTHONPATH",
        ) from error
    return _native
