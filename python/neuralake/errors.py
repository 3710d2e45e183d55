"""The one exception of the package."""

from __future__ import annotations


class NeuralakeError(Exception):
    """A failure that says by its kind what the caller should do.

    Parameters
    ----------
    kind
        Lower snake case, the same word as on every other surface: ``invalid``, ``not_found``,
        ``already_exists``, ``conflict`` (plan again), ``unknown_outcome`` (look before retrying),
        ``unavailable`` (retry later), ``deadline_exceeded``, ``resource_exhausted``,
        ``unauthenticated``, ``permission_denied``, ``corruption``, ``unsupported``,
        ``cancelled``, ``internal``.
    message
        Names the thing and the number.
    position
        Character offset in the statement that was refused, from 0.
    """

    def __init__(self, kind: str, message: str, *, position: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"
