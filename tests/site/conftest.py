"""The site of a project with real data, and a browser that may not reach any network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import project
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def binary() -> Path:
    default = project.ROOT / "build/dev/bin/neuralake"
    path = Path(os.environ.get("NEURALAKE_BINARY", default))
    assert path.exists(), f"{path} is missing: build first"
    return path


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory, binary: Path) -> Path:
    """A project folder with its manifest."""
    folder = tmp_path_factory.mktemp("project")
    project.make_project(folder, binary)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, lake: Path, binary: Path) -> Path:
    """The folder that `catalog site` wrote."""
    out = tmp_path_factory.mktemp("site") / "out"
    done = project.run(binary, "catalog", "site", "--output", str(out), cwd=lake)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Watched:
    """A page with what it complained about and what it asked for outside its folder."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _dialog(self, dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def outside(self, folder: Path) -> list[str]:
        inside = (folder.as_uri() + "/", "data:")
        return [url for url in self.requests if not url.startswith(inside)]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    made.grant_permissions(["clipboard-read", "clipboard-write"])
    yield made
    made.close()


@pytest.fixture
def watched(context: BrowserContext, site: Path) -> Iterator[Watched]:
    """A page that fails its test if it complained or reached outside the site."""
    made = Watched(context)
    yield made
    assert made.complaints == []
    assert made.outside(site) == []
