"""A headless Chromium that sees this machine only, and keeps what it was shown."""

import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests.browser import picture
from tests.browser.lab import Server, checkout, make
from tests.browser.lesson import LESSON
from tests.browser.notebook import Notebook
from tests.browser.watch import Watch
from tests.conftest import require

SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FAILED = pytest.StashKey[bool]()
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know whether the test itself has failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def watch(browser, shot, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """A page that may reach this machine only, and what went wrong on it.

    Where the test fails, the last that was shown is kept as a picture.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watched = Watch(context)
    yield watched
    if request.node.stash.get(FAILED, False):
        shot(watched.page, f"failed-{request.node.name}")
    context.close()


@pytest.fixture(scope="session")
def shot() -> Callable[..., Path]:
    """`shot(seen, "name")` keeps a picture in `build/screenshots` for a person.

    What is seen is a page, or a part of one (a locator), scrolled to and cut out.
    """

    def keep(seen, name: str, **how) -> Path:
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        path.write_bytes(picture.take(seen, **how))
        return path

    return keep


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One JupyterLab for this file; its tests save nothing."""
    folder = tmp_path_factory.mktemp("lab")
    started = make("lab", checkout(folder / "a checkout"), folder / "home")
    yield started
    started.stop()


@pytest.fixture
def lesson(watch, server: Server) -> Notebook:
    """Lesson 2, of which nothing has run."""
    return Notebook.open(watch.page, server, LESSON).restart()
