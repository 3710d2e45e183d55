"""The rules of the house, as tests: who may include whom, how long a file may be, what is out."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/neuralake"

# A room may include the rooms before it, never one after it.
ROOMS = [
    "base",
    "observe",
    "settings",
    "supervise",
    "storage",
    "columnar",
    "delta",
    "catalog",
    "access",
    "engine",
    "verify",
    "maintain",
    "ingest",
    "generate",
    "query",
    "serve",
    "site",
]
LINES_MAX = 500
PAIRS_MAX = 15
# The independent checker shares no code with what it checks.
VERIFY_MAY = {"base", "storage", "verify"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def sources() -> list[Path]:
    return tracked("src/*.h", "src/*.cc")


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def rooms_in_use() -> list[str]:
    return sorted({room_of(path) for path in sources()})


def test_every_room_is_on_the_list() -> None:
    assert set(rooms_in_use()) <= set(ROOMS)


def test_no_room_includes_one_below_it() -> None:
    upward = []
    for path in sources():
        room = room_of(path)
        for line in path.read_text().splitlines():
            found = re.match(r'#include "neuralake/(\w+)/', line)
            if not found:
                continue
            other = found.group(1)
            allowed = ROOMS.index(other) <= ROOMS.index(room)
            if room == "verify":
                allowed = other in VERIFY_MAY
            if not allowed:
                upward.append(f"{path.relative_to(ROOT)} includes {other}")
    assert upward == []


def test_only_the_engine_knows_duckdb() -> None:
    outside = [
        str(path.relative_to(ROOT))
        for path in sources()
        if room_of(path) != "engine" and re.search(r'#include [<"]duckdb', path.read_text())
    ]
    assert outside == []


def test_no_file_tells_more_than_one_story() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("src/*", "apps/*", "python/neuralake/*", "web/src/*")
        if path.suffix in {".h", ".cc", ".py", ".ts"} and "_test." not in path.name
        if (lines := len(path.read_text().splitlines())) > LINES_MAX
    }
    assert long == {}


def test_no_folder_is_a_drawer() -> None:
    count: dict[str, int] = {}
    for path in sources():
        if path.suffix == ".cc" and not re.search(r"_(test|benchmark)\.cc$", path.name):
            folder = str(path.parent.relative_to(ROOT))
            count[folder] = count.get(folder, 0) + 1
    assert {folder: n for folder, n in count.items() if n > PAIRS_MAX} == {}


@pytest.mark.parametrize("room", rooms_in_use())
def test_every_room_has_a_readme_of_one_screen(room: str) -> None:
    readme = SOURCE / room / "README.md"
    assert readme.is_file(), f"{room} has no README.md"
    assert len(readme.read_text().splitlines()) <= 100


def test_names_say_what_a_file_is() -> None:
    banned = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager)(_|\.|$)")
    assert [str(path) for path in sources() if banned.search(path.name)] == []


def test_tests_do_not_sleep() -> None:
    sleepers = [
        str(path.relative_to(ROOT))
        for path in tracked("src/*_test.cc")
        if re.search(r"\b(sleep_for|sleep_until|usleep|sleep)\s*\(", path.read_text())
    ]
    assert sleepers == []


def test_nothing_is_left_open() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    paths = tracked("src/*", "apps/*", "python/*", "web/src/*", "scripts/*", "tests/*", "bench/*")
    assert [
        str(path.relative_to(ROOT))
        for path in paths
        if path.suffix in {".h", ".cc", ".py", ".ts"} and marks.search(path.read_text())
    ] == []


def test_the_outside_world_has_four_doors() -> None:
    """Wall time and randomness come from the seams, not from the standard library."""
    direct = re.compile(r"system_clock::now|std::random_device|\brand\(\)|std::time\(")
    seams = {"base/clock.cc", "base/rng.cc"}
    found = [
        str(path.relative_to(SOURCE))
        for path in sources()
        if "_test." not in path.name
        and str(path.relative_to(SOURCE)) not in seams
        and direct.search(path.read_text())
    ]
    assert found == []
