"""A capture that Chromium refuses is asked for again; a real trouble is not hidden."""

from typing import Any

import pytest

from tests.browser import picture
from tests.conftest import require

api: Any = require("playwright.sync_api")

REFUSED = "Page.screenshot: Protocol error (Page.captureScreenshot): "
REFUSED += "Unable to capture screenshot\nCall log:\n  - fonts loaded\n"


class Page:
    """Refuses its first captures with one message, then gives a picture."""

    def __init__(self, times: int, message: str) -> None:
        self.left, self.message, self.asked = times, message, 0

    def screenshot(self, **how) -> bytes:
        self.asked += 1
        if self.asked <= self.left:
            raise api.Error(self.message)
        return repr(how).encode()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(picture, "PAUSE", 0.0)


def test_a_refused_capture_is_asked_for_again():
    page = Page(picture.TRIES - 1, REFUSED)
    assert picture.take(page, full_page=True) == b"{'full_page': True}"
    assert page.asked == picture.TRIES


def test_a_browser_that_always_refuses_fails():
    page = Page(10, REFUSED)
    with pytest.raises(Exception, match="Unable to capture"):
        picture.take(page)
    assert page.asked == picture.TRIES


def test_any_other_trouble_is_told_at_once():
    page = Page(1, "Page.screenshot: Timeout 30000ms exceeded.")
    with pytest.raises(Exception, match="Timeout"):
        picture.take(page)
    assert page.asked == 1
