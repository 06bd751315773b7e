"""What a lesson looks like in JupyterLab: formulas, pictures, hints, tables, themes."""

import re

from tests.browser.lab import Server
from tests.browser.lesson import ANSWERS, STUBS
from tests.browser.notebook import Notebook

WRONG = ANSWERS["e1-dual-arithmetic"].replace("self.tangent * other.primal", "0.0")
# Ratio of the luminances of an element's text and of what lies behind it (WCAG 2).
CONTRAST = """element => {
  const rgba = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const front = light(rgba(getComputedStyle(element).color));
  let behind = element;
  const clear = node => (rgba(getComputedStyle(node).backgroundColor)[3] ?? 1) < 1;
  while (clear(behind) && behind.parentElement) behind = behind.parentElement;
  const back = light(rgba(getComputedStyle(behind).backgroundColor));
  return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
}"""


def test_a_student_sees_validate_and_nothing_of_the_instructors(
    lesson, server: Server
) -> None:
    assert lesson.panel.get_by_role("button", name="Validate").count() == 1
    menus = lesson.page.locator(".lm-MenuBar-item").all_inner_texts()
    assert "Run" in menus
    assert "Nbgrader" not in menus
    assert "WARNING" not in server.log.read_text()
    assert lesson.page.request.get(server.at("/formgrader")).status == 404


def test_a_lesson_needs_nothing_from_the_network(lesson, watch, shot) -> None:
    lesson.run_all()
    assert_formulas_are_set(lesson)
    assert_pictures_are_drawn(lesson, shot)
    assert_hints_unfold_one_by_one(lesson, shot)
    assert (watch.console, watch.foreign) == ([], [])


def assert_formulas_are_set(lesson: Notebook) -> None:
    """No dollar sign is left over, and MathJax has set many formulas."""
    words = lesson.panel.locator(".jp-MarkdownOutput")
    assert lesson.panel.locator("mjx-container").count() > 50
    assert "$" not in "".join(words.locator("p, li, td").all_text_contents())
    assert lesson.panel.locator("mjx-merror").count() == 0


def assert_pictures_are_drawn(lesson: Notebook, shot) -> None:
    """Each picture has its pixels, its words, and its numbers folded below."""
    figures = lesson.panel.locator("figure")
    for index in range(figures.count()):
        figure = figures.nth(index)
        figure.scroll_into_view_if_needed()
        image = figure.locator("img")
        assert image.evaluate("image => image.naturalWidth") > 200
        assert len(image.get_attribute("alt").split()) > 4
        figure.locator("summary").click()
        assert figure.locator("details p").is_visible()
        shot(figure, f"figure-{index + 1}")
    assert figures.count() >= 2


def assert_hints_unfold_one_by_one(lesson: Notebook, shot) -> None:
    """Three layers, all folded; opening one gives away nothing of the next."""
    cell = lesson.panel.locator(".jp-MarkdownCell", has_text="Exercise 1").first
    layers = cell.locator("details", has_text=re.compile("^Hint"))
    cell.scroll_into_view_if_needed()
    for opened in range(4):
        states = [layer.evaluate("layer => layer.open") for layer in layers.all()]
        assert states == [True] * opened + [False] * (3 - opened)
        if opened < 3:
            layers.nth(opened).locator("summary").click()
    shot(cell, "hints")


def test_a_checks_table_can_be_read_in_light_and_dark(lesson, shot) -> None:
    lesson.write(STUBS["e1-dual-arithmetic"].partition("\n")[0], WRONG)
    lesson.run_above('Check("e1-dual-arithmetic"')
    check = lesson.check("e1-dual-arithmetic")
    output = check.locator(".jp-Cell-outputArea")
    output.scroll_into_view_if_needed()
    heads = output.locator("thead th[scope=col]").all_inner_texts()
    assert heads == ["result", "property", "what was found"]
    marks = output.locator("tbody td:first-child").all_inner_texts()
    assert set(marks) == {"✗ fails", "✓ holds"}
    for theme in ("Light", "Dark"):
        choose_theme(lesson, theme)
        output.scroll_into_view_if_needed()
        shot(output, f"check-{theme.lower()}")
        for element in output.locator("caption, th, td, strong").all():
            assert element.evaluate(CONTRAST) >= 4.5, element.inner_text()


def choose_theme(lesson: Notebook, theme: str) -> None:
    """By the menu, and until the page has it."""
    labels = lesson.page.locator(".lm-Menu-itemLabel")
    lesson.page.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
    labels.filter(has_text="Theme").first.hover()
    labels.filter(has_text=f"JupyterLab {theme}").first.click()
    lesson.page.wait_for_function(
        "name => document.body.dataset.jpThemeName === name", arg=f"JupyterLab {theme}"
    )
