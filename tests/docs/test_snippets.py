"""Every tutorial, how-to and the README, done step by step as a reader does it.

A block with `file=PATH` is written. A block of `console` is run line by line and must print what
stands below each `$ ` line (`...` stands for anything); with `eventually` it is run until it
does; with `background` the command stays while the page is followed, and the page goes on once it
serves. One of `python` without a file is run. `cwd=DIR` says where. A comment `server: NAME` begins
a page that needs a server of `scripts/service`. Ports of the page become free ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("NEURALAKE_BINARY") or ROOT / "build/dev/bin/neuralake").resolve()
PACKAGE = BINARY.parents[1] / "python"
SERVICE = str(ROOT / "scripts/service")
PAGES = sorted([*ROOT.glob("docs/tutorials/*.md"), *ROOT.glob("docs/how-to/*.md")])
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVER = re.compile(r"^<!-- server: (\w+) -->$", re.MULTILINE)
READY_S = 60.0
EVENTUALLY_S = 30.0


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
            {word.partition("=")[0]: word.partition("=")[2] for word in found[2].split()},
            found[3],
            page.count("\n", 0, found.start()) + 1,
        )
        for found in FENCE.finditer(page)
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def matches(pattern: str, text: str) -> bool:
    parts = [re.escape(part) for part in pattern.strip().split("...")]
    return re.fullmatch(".*".join(parts), text.strip(), re.DOTALL) is not None


class Reader:
    """Follows one page in a folder of its own."""

    def __init__(self, folder: Path, variables: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.http, self.postgres = free_port(), free_port()
        self.background: list[subprocess.Popen[str]] = []
        env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        env["PATH"] = f"{BINARY.parent}:{Path(sys.executable).parent}:{env['PATH']}"
        env["PYTHONPATH"] = f".:{PACKAGE}"
        env["NEURALAKE_CATALOG__PYTHON"] = sys.executable
        env["NEURALAKE_SERVE__PORT"] = str(self.http)
        env["NEURALAKE_SERVE__PG_PORT"] = str(self.postgres)
        self.env = {**env, **(variables or {})}

    def ports(self, text: str) -> str:
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.http}")
        return re.sub(r"\b5433\b", str(self.postgres), text)

    def run(self, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )

    def start(self, command: str, folder: Path) -> None:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=folder,
            env=self.env,
            text=True,
            stdout=(self.folder / ".background").open("a"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.background.append(process)
        limit = time.monotonic() + READY_S
        while not self.serves():
            told = (self.folder / ".background").read_text()
            assert process.poll() is None, f"$ {command} ended: {told}"
            assert time.monotonic() < limit, f"$ {command} does not serve: {told}"
            time.sleep(0.1)

    def serves(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/ready", timeout=2):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        for process in self.background:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def follow(self, block: Block) -> None:
        folder = self.folder / block.attributes.get("cwd", ".")
        text = self.ports(block.text)
        if name := block.attributes.get("file"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif block.language == "python":
            (folder / ".snippet.py").write_text(text)
            done = self.run("python .snippet.py", folder)
            assert done.returncode == 0, f"line {block.line}: {done.stdout}"
        elif block.language == "console":
            for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, expected = step.partition("\n")
                if "background" in block.attributes:
                    self.start(command, folder)
                else:
                    self.step(block, command, expected, folder)

    def step(self, block: Block, command: str, expected: str, folder: Path) -> None:
        limit = time.monotonic() + (EVENTUALLY_S if "eventually" in block.attributes else 0)
        wanted = int(block.attributes.get("exit", "0"))
        while True:
            done = self.run(command, folder)
            if done.returncode == wanted and matches(expected, done.stdout):
                return
            if time.monotonic() > limit:
                break
            time.sleep(0.1)
        told = f"line {block.line}: $ {command}\n{done.stdout}"
        assert done.returncode == wanted, told
        assert matches(expected, done.stdout), told


@contextlib.contextmanager
def servers_of(page: str, folder: Path) -> Iterator[dict[str, str]]:
    """The variables of the servers that a page asks for, while they run."""
    variables: dict[str, str] = {}
    names = SERVER.findall(page)
    try:
        for name in names:
            start = [SERVICE, "start", name, "--folder", str(folder / name)]
            done = subprocess.run(start, check=True, capture_output=True, text=True)
            variables |= json.loads(done.stdout)["env"]
        yield variables
    finally:
        for name in names:
            subprocess.run([SERVICE, "stop", name, "--folder", str(folder / name)], check=False)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda path: path.stem)
def test_a_page_does_what_it_says(
    page: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = page.read_text()
    blocks = blocks_of(text)
    assert page.parent.name != "tutorials" or any(block.language == "console" for block in blocks)
    with servers_of(text, tmp_path_factory.mktemp("servers")) as variables:
        reader = Reader(tmp_path, variables)
        try:
            for block in blocks:
                reader.follow(block)
        finally:
            reader.stop()


def test_a_wrong_page_is_noticed(tmp_path: Path) -> None:
    [block] = blocks_of("```console\n$ echo two\none\n```\n")
    with pytest.raises(AssertionError):
        Reader(tmp_path).follow(block)
