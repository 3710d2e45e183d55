"""Every tutorial and how-to, done step by step as a reader does it.

A block with `file=PATH` is written; a block of `console` is run line by line and must print what
stands below each `$ ` line (`...` stands for anything); one of `python` without a file is run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("NEURALAKE_BINARY") or ROOT / "build/dev/bin/neuralake").resolve()
PACKAGE = BINARY.parents[1] / "python"
PAGES = sorted([*(ROOT / "docs/tutorials").glob("*.md"), *(ROOT / "docs/how-to").glob("*.md")])
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    attributes: dict[str, str]
    text: str
    line: int


def blocks_of(page: str) -> list[Block]:
    return [
        Block(
            found[1],
            dict(pair.split("=", 1) for pair in found[2].split() if "=" in pair),
            found[3],
            page.count("\n", 0, found.start()) + 1,
        )
        for found in FENCE.finditer(page)
    ]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    env["PATH"] = f"{BINARY.parent}:{Path(sys.executable).parent}:{env['PATH']}"
    env["PYTHONPATH"] = f"{folder}:{PACKAGE}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
    )


def matches(pattern: str, text: str) -> bool:
    parts = [re.escape(part) for part in pattern.strip().split("...")]
    return re.fullmatch(".*".join(parts), text.strip(), re.DOTALL) is not None


def follow(block: Block, folder: Path) -> None:
    if name := block.attributes.get("file"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
    elif block.language == "python":
        (folder / ".snippet.py").write_text(block.text)
        done = run("python .snippet.py", folder)
        assert done.returncode == 0, f"line {block.line}: {done.stdout}"
    elif block.language == "console":
        for step in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, expected = step.partition("\n")
            done = run(command, folder)
            told = f"line {block.line}: $ {command}\n{done.stdout}"
            assert done.returncode == int(block.attributes.get("exit", "0")), told
            assert matches(expected, done.stdout), told


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    blocks = blocks_of(page.read_text())
    assert page.parent.name != "tutorials" or any(block.language == "console" for block in blocks)
    for block in blocks:
        follow(block, tmp_path)


def test_a_wrong_page_is_noticed(tmp_path: Path) -> None:
    [block] = blocks_of("```console\n$ echo two\none\n```\n")
    with pytest.raises(AssertionError):
        follow(block, tmp_path)
