"""A picture of what a browser shows, asked for again where the browser refuses it."""

import time

# Chromium now and then refuses one capture of a page that it shows well and takes the
# same one a moment later: a fault of the browser, seen on a busy machine, not of the
# page. Facts: github.com/MarketSquare/robotframework-browser/issues/5237.
REFUSED = "Unable to capture screenshot"
TRIES = 4
PAUSE = 0.25  # seconds, doubled each time


def take(seen, **how) -> bytes:
    """Picture of a page or a part of one, as `screenshot` of Playwright gives it.

    Raises what Playwright raises: at once, unless the browser refused the capture
    itself; then after the last of `TRIES`.
    """
    from playwright.sync_api import Error

    for attempt in range(TRIES - 1):
        try:
            return bytes(seen.screenshot(**how))
        except Error as error:
            if REFUSED not in error.message:
                raise
        time.sleep(PAUSE * 2**attempt)
    return bytes(seen.screenshot(**how))
