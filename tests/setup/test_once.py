"""What the set-up keeps once a machine, when several checkouts set up at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Each set-up waits in `make` until all three have begun, or until the others are seen to wait.
SET_UP = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import setup
folder = Path(sys.argv[2])

def make(work):
    with (folder / "made").open("a") as file:
        file.write("once ")
    sys.stdin.read()
    (work / "content").write_text("whole")

setup.once(folder / "thing", "making the thing", make)
print((folder / "thing/content").read_text(), flush=True)
"""


def start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SET_UP, str(ROOT / "scripts"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_set_ups_side_by_side_make_a_thing_once(tmp_path: Path) -> None:
    first = start(tmp_path)
    assert first.stdout is not None
    assert first.stdout.readline() == "setup: making the thing …\n"
    others = [start(tmp_path), start(tmp_path)]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == (
            "setup: making the thing: waiting for another set-up …\n"
        )
    assert first.communicate("")[0] == "whole\n"
    for other in others:
        assert other.communicate("")[0] == "whole\n"
    assert (tmp_path / "made").read_text() == "once "


def test_a_set_up_that_fails_leaves_the_next_one_free(tmp_path: Path) -> None:
    failing = start(tmp_path)
    assert failing.stdout is not None
    failing.stdout.readline()
    failing.kill()
    failing.wait()
    assert start(tmp_path).communicate("")[0].endswith("whole\n")
