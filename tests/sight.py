# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A real browser, and what goes on in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@dataclass
class Sight:
    """A page, all that its console has said, and all that it has asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: Path) -> None:
        """A file, until nothing more is loaded."""
        self.page.goto(path.as_uri(), wait_until="networkidle")


@contextmanager
def browsing() -> Iterator[Browser]:
    """The browser of this machine; a test fails where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail("there is no Chromium here; on Debian: sudo apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found)
        yield opened
        opened.close()


@contextmanager
def looking(browser: Browser) -> Iterator[Sight]:
    """A page of its own, as wide as on a desk."""
    with browser.new_page(viewport={"width": 1100, "height": 900}) as page:
        yield Sight(page)


def heights(line: Locator) -> list[float]:
    """Where a line of a plot is, from left to right."""
    found: list[float] = line.evaluate(
        "path => Array.from({length: 101}, (_, at) => path.getPointAtLength(path.getTotalLength() * at / 100).y)"
    )
    return found
