"""The reference pages say what the binary says; links inside the documentation lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("NEURALAKE_BINARY", str(ROOT / "build/dev/bin/neuralake"))


@pytest.mark.parametrize("page", ["settings", "cli", "verify"])
def test_generated_pages_are_current(page: str) -> None:
    made = subprocess.run([BINARY, "reference", page], check=True, capture_output=True, text=True)
    kept = (ROOT / f"docs/reference/{page}.md").read_text()
    assert kept == made.stdout, "run make docs"


def test_the_help_is_written_in_one_style() -> None:
    """A description begins with a capital, but where its first word is one to type."""
    page = (ROOT / "docs/reference/cli.md").read_text()
    described = re.findall(r"^\| `[^`]*` \| (.+?) \|$", page, re.MULTILINE)
    typed = r"(\w+(, \w+)* (or|and) \w+|[\w.]+: |\w+=\w+|database\.table)"
    small = [text for text in described if text[0].islower() and not re.match(typed, text)]
    assert len(described) > 100
    assert small == []


def test_the_sql_page_names_every_function_that_no_interrupt_stops() -> None:
    policy = (ROOT / "src/neuralake/engine/sql/function_policy.inc").read_text()
    page = (ROOT / "docs/reference/sql.md").read_text()
    page = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    refused = set(re.findall(r'NL_FUNCTION\("([^"]+)", kUnbounded\)', policy))
    assert refused
    assert refused - set(re.findall(r"`([^`]+)`", page)) == set()


def pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).is_file()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        target
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
