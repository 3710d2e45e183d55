"""The command ``neuralake`` of an installed package: hands over to the binary inside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "bin/neuralake"


def main() -> int:
    """Become the binary; returns only when there is none."""
    try:
        os.execv(PROGRAM, ["neuralake", *sys.argv[1:]])
    except OSError as error:
        print(f"neuralake: cannot run {PROGRAM}: {error.strerror}", file=sys.stderr)
    return 1
