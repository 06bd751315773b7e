"""A headless Chromium that sees this machine only, and keeps what it was shown."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.watch import Watch
from tests.conftest import require

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
# No sandbox of its own for root; a small /dev/shm (containers) must not crash a tab.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def chromium() -> str:
    """Path of the machine's Chromium; skips where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        require(program=NAMES[0], why="the tests in a browser need it")
    return str(found)


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Debian's Chromium, driven by Playwright; closed after each file of tests.

    Not kept for the session: while it is open, an event loop runs in this thread, and
    `asyncio.run` of a later test in the same process would fail.
    """
    require("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def watch(browser) -> Iterator[Watch]:
    """A page that may reach this machine only, and what went wrong on it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watch(context)
    context.close()


@pytest.fixture(scope="session")
def shot() -> Callable[..., Path]:
    """`shot(page, "name")` keeps a picture in `build/screenshots` for a person."""

    def keep(page, name: str, **how) -> Path:
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.screenshot(path=path, **how)
        return path

    return keep
