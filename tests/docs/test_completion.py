"""The completion script offers every command and every flag that the reference page has."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY") or str(ROOT / "build/dev/bin/neuralake")


def commands() -> dict[str, list[str]]:
    """Flags by command, as the binary itself lists them."""
    page = subprocess.run([BINARY, "reference", "cli"], check=True, capture_output=True, text=True)
    parts = re.split(r"^## `(neuralake[^`]*)`$", page.stdout, flags=re.MULTILINE)
    return {
        path: re.findall(r"^\| `(?:-\w,)?(--[\w-]+)", text, flags=re.MULTILINE)
        for path, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def offered(line: str, shell: str = "bash") -> set[str]:
    script = (
        f'source <("{BINARY}" completion {shell})\n'
        f"COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        "_neuralake\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_there_are_commands_to_complete() -> None:
    assert {"neuralake gen", "neuralake sql", "neuralake table show"} <= commands().keys()
    assert "--bad-rows" in commands()["neuralake gen"]


@pytest.mark.parametrize("path", commands())
def test_every_command_and_its_flags_are_offered(path: str) -> None:
    parent, _, name = path.rpartition(" ")
    assert name in offered(f"{parent} ''")
    assert set(commands()[path]) <= offered(f"{path} --")


def test_what_was_typed_narrows_what_is_offered() -> None:
    assert offered("neuralake gen --bad") == {"--bad-rows"}
    assert "gen" not in offered("neuralake s")


def test_zsh_and_fish_know_the_same_words() -> None:
    for shell in ("zsh", "fish"):
        command = [BINARY, "completion", shell]
        script = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for path, flags in commands().items():
            assert path.rpartition(" ")[2] in script
            assert all(flag.removeprefix("--") in script for flag in flags)
