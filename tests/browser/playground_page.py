"""The playground's page as its reader meets it: by sight, by keyboard, as text."""

import re
from pathlib import Path

from tests.browser.watch import Watch

# Widths in CSS pixels, and device pixels for each: 200 % zoom on a 1280 pixel screen
# is a page 640 wide, 400 % one 320 wide (WCAG 2.2, 1.4.10).
SIZES = {
    "phone": (360, 740, 3),
    "tablet": (768, 1024, 2),
    "desktop": (1280, 900, 1),
    "zoom-200": (640, 450, 2),
    "zoom-400": (320, 225, 4),
}
NODE = re.compile(r"(?P<head>.*): value (?P<value>\S+?)\. ?(?:\w+ (?P<slope>\S+))?$")
FOCUS = """() => {
  const e = document.activeElement;
  return e === document.body ? "" : e.getAttribute("data-key") || e.textContent;
}"""


class Playground:
    """The page in a context of its own; `watch` has what went wrong on it."""

    def __init__(self, browser, file: Path, size: str = "desktop", **context) -> None:
        width, height, pixels = SIZES[size]
        self.watch = Watch(
            browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=pixels,
                **context,
            )
        )
        self.page = self.watch.page
        self.page.goto(file.as_uri())
        self.graph = self.page.get_by_role("region", name="Graph")

    # -- by keyboard ----------------------------------------------------------------
    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def focus(self) -> str:
        """What the reader stands on: the page's own name of it, or what it says."""
        return str(self.page.evaluate(FOCUS))

    def tab_to(self, name: str, most: int = 60) -> None:
        """Press Tab until that control has the focus."""
        for _ in range(most):
            self.press("Tab")
            if self.focus() == name:
                return
        raise AssertionError(f"{name!r} was not reached with {most} times Tab")

    def example(self, name: str) -> None:
        """Choose an example by its name in the list, by keyboard."""
        self.page.get_by_role("combobox", name="Example").focus()
        self.press(*name[:6])

    # -- what is shown --------------------------------------------------------------
    def sentence(self) -> str:
        """What is read out for the step."""
        return str(self.graph.locator("[aria-live=polite]").inner_text())

    def position(self) -> tuple[int, int]:
        """Number of the step that is shown, and how many there are."""
        found = re.search(r"step (\d+) of (\d+)", self.graph.inner_text())
        assert found, self.graph.inner_text()
        return int(found[1]), int(found[2])

    def table(self) -> list[list[str]]:
        """The table of steps, that stands in the picture's place."""
        rows = self.graph.locator("tbody tr").all()
        return [row.locator("th, td").all_inner_texts() for row in rows]

    def nodes(self) -> dict[str, tuple[str, str]]:
        """Name of each node of the picture -> value and derivative, as read out."""
        found = {}
        for node in self.graph.locator("svg [role=img]").all():
            label = node.get_attribute("aria-label") or ""
            told = NODE.match(label)
            assert told, label
            found[told["head"].split(" = ")[0]] = (told["value"], told["slope"] or "")
        return found

    def close(self) -> None:
        """End it; what went wrong on the page is an error here."""
        self.watch.context.close()
        assert self.watch.console == []
        assert self.watch.foreign == []
