"""Makes the modules of this folder importable, and the native module of the build tree."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import neuralake

sys.path.insert(0, str(Path(__file__).parent))

BINARY = os.environ.get("NEURALAKE_BINARY")
ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(BINARY).resolve().parents[1] if BINARY else ROOT / "build/dev"
neuralake.__path__.append(str(BUILD / "python/neuralake"))
