"""A scene of the playground in JupyterLab: it is drawn, heard, and nobody's mark."""

import json

from autograd_ref.playground import STRINGS
from tests.browser.lab import Server, until
from tests.browser.notebook import Notebook

LESSON = "01_finite_differences/01_finite_differences.ipynb"
TABLE = "from autograd_ref.playground import twin"
SCENE = "from autograd_ref.playground import scene"
WORDS = json.loads(STRINGS.read_text(encoding="utf-8"))


def test_a_scene_stands_below_its_table_and_is_worked_by_keyboard(
    watch, server: Server, shot
) -> None:
    lesson = Notebook.open(watch.page, server, LESSON).restart()
    lesson.run("from graders import Check, Tolerance")
    table = lesson.run(TABLE).locator("table")
    assert "complex step" in table.inner_text()
    shown = lesson.run(SCENE).locator(".twd")
    shown.wait_for()
    assert shown.get_by_role("region", name=WORDS["title_micro"]).is_visible()
    said = shown.locator(".say")
    before = said.inner_text()
    assert before.startswith("At h = 0.1: slope 0.5394")
    shown.locator("[data-key=h]").press("ArrowLeft")
    until("another sentence", lambda: said.inner_text() != before)
    assert shown.locator("[data-key=h]").evaluate("e => e === document.activeElement")
    shot(shown, "jupyterlab-scene")
    assert lesson.errors() == []
    assert (watch.console, watch.foreign) == ([], [])
