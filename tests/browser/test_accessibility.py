"""axe-core finds nothing serious in what we make: page, lessons, outputs, feedback."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from graders import progress, show
from graders.checks import hosts
from graders.checks.check import Check
from graders.pipeline import overview, report
from graders.pipeline.report import Class, Line
from tests.browser import axe, rendered
from tests.browser.playground_page import Playground
from tests.browser.watch import Watch
from tests.graders.pipeline import test_report, test_statistics
from tools import playground as tool

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "lessons").glob("*.ipynb")) + sorted(
    path
    for path in (ROOT / "lessons").glob("*/*.ipynb")
    if path.stem == path.parent.name
)
SCHEMES = ("light", "dark")
# Jupyter's theme, and no lesson, decides on the looks of links and of highlighted code.
THEME = {"but": (".highlight",), "rules": ("link-in-text-block",)}


@pytest.fixture
def visit(browser, tmp_path: Path) -> Iterator[Callable]:
    """`visit(html, "dark")`: a browser's page that shows it; nothing else is loaded."""
    contexts: list = []

    def show_it(html: str, scheme: str = "light", **how):
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        contexts.append(browser.new_context(color_scheme=scheme, **how))
        page = Watch(contexts[-1]).page
        page.goto(file.as_uri(), wait_until="domcontentloaded")
        return page

    yield show_it
    for context in contexts:
        context.close()


# -- the playground's page -------------------------------------------------------------
def in_mode(mode: str):
    return lambda shown: shown.graph.get_by_role("button", name=mode).click()


def as_table(shown: Playground) -> None:
    shown.page.get_by_label("table instead of picture").check()


def predicting(shown: Playground) -> None:
    shown.page.get_by_label("predict the next number").check()


def broken(shown: Playground) -> None:
    shown.page.get_by_label("overwrite instead of add").check()
    shown.graph.get_by_role("button", name="Last").click()


def opened_up(shown: Playground) -> None:
    for summary in shown.page.locator("summary").all():
        summary.click()
    shown.page.get_by_role("button", name="Next pass").click()


def a_chain(shown: Playground) -> None:
    shown.page.get_by_label("Example").select_option("chain")
    shown.page.get_by_role("group", name="Values to keep").get_by_text("c").click()


def misspelt(shown: Playground) -> None:
    shown.page.get_by_role("textbox", name="Formula").first.fill("x +")


STATES: dict[str, Callable[[Playground], None]] = {
    **{mode: in_mode(mode) for mode in ("forward", "reverse", "difference")},
    **{f.__name__: f for f in (as_table, predicting, broken, opened_up)},
    **{f.__name__: f for f in (a_chain, misspelt)},
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("playground") / "index.html"
    assert tool.main(["--out", str(path)]) == 0
    return path


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_playground_s_page_in_every_state(browser, file, size, scheme):
    found = {}
    for name, reach in STATES.items():
        shown = Playground(browser, file, size, color_scheme=scheme)
        reach(shown)
        found[name] = axe.violations(shown.page)
        shown.close()
    assert {name: seen for name, seen in found.items() if seen} == {}


# -- lessons ---------------------------------------------------------------------------
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_the_text_of_a_notebook(visit, path):
    notebook = rendered.text_of(path)
    for scheme in SCHEMES:
        page = visit(rendered.page(notebook, scheme), scheme)
        assert axe.violations(page, (rendered.TEXT,), **THEME) == [], scheme
    heads = page.locator(f"{rendered.TEXT} :is(h1, h2, h3, h4, h5, h6)")
    levels = heads.evaluate_all("all => all.map((e) => Number(e.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1, "one title"
    assert [step for step in pairwise(levels) if step[1] > step[0] + 1] == []


RUN = {
    "a solved lesson with figures": "solutions/01_finite_differences",
    "a lesson whose checks fail": "lessons/02_dual_numbers",
    "the index": "lessons/index.ipynb",
    "the playground's notebook": "lessons/playground.ipynb",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_a_notebook_that_was_run(visit, tmp_path, shot, name):
    path = ROOT / RUN[name]
    path = path / f"{path.name}.ipynb" if path.is_dir() else path
    notebook = rendered.executed(path, tmp_path)
    for scheme in SCHEMES:
        page = visit(rendered.page(notebook, scheme), scheme)
        shot(page, f"run-{path.stem}-{scheme}", full_page=True)
        parts = (rendered.TEXT, rendered.OUTPUT)
        assert axe.violations(page, parts, **THEME) == [], scheme


# -- every kind of output --------------------------------------------------------------
def every_kind() -> list:
    """A figure, a table, a check that holds, one that does not, and the progress."""
    with rendered.caught() as outputs:
        fig, axes = show.subplots()
        axes.plot([1, 2, 3], [3, 4, 4], label="rising")
        axes.legend()
        rows: list[list] = [["x", "y"], [1, 3.0], [2, 4.0]]
        show.figure(fig, alt="A line that rises from 3 to 4, then is flat", table=rows)
        show.table([["name", "value"], ["h", 1e-5]], caption="Settings")
        with hosts.use(hosts.LocalHost()):
            for answer, problem in ((1, ""), (2, "It is off by one.")):
                check = Check("e0-show", visible=1, hidden=0)
                check.value("right", lambda: 1, 1)
                check.value("as needed", lambda a=answer: a, 1)
                check.diagnosis = "adding one too many." if problem else ""
                check.problem = problem
                show.result(check)
        progress.show(ROOT / "lessons")
    return outputs


def test_every_kind_of_output(visit, shot):
    outputs = every_kind()
    assert len(outputs) == 5
    for scheme in SCHEMES:
        page = visit(rendered.page(rendered.of_outputs(outputs), scheme), scheme)
        page.locator("summary").first.click()
        shot(page, f"outputs-{scheme}", full_page=True)
        assert axe.violations(page, (rendered.OUTPUT,), **THEME) == [], scheme


def test_a_table_names_its_columns_and_a_picture_what_it_shows(visit):
    page = visit(rendered.page(rendered.of_outputs(every_kind())))
    output = page.locator(rendered.OUTPUT)
    for table in output.locator("table").all():
        heads = table.locator("thead th")
        assert (
            heads.count() == table.locator("tbody tr").first.locator("th, td").count()
        )
        assert heads.evaluate_all("all => all.every(e => e.scope === 'col')")
    pictures = output.locator("img").all()
    assert len(pictures) == 1
    for picture in pictures:
        assert len((picture.get_attribute("alt") or "").split()) >= 5


# -- what an instructor and a student get back -----------------------------------------
def graded_class() -> Class:
    made = [
        test_statistics.outcome({"e1-a": 4, "e2-b": 3}, says="overwriting it"),
        test_statistics.outcome({"e1-a": 2}, says="overwriting it", blank=("e3-c",)),
        test_statistics.outcome({"e3-c": 10, "s1-more": 2}, flag="it read a file"),
        test_statistics.outcome({}, refused="it is cut off"),
    ]
    return test_statistics.class_of(*made)


def pages() -> dict[str, str]:
    """The pages that grading writes, by name."""
    outcome, graded = test_report.outcome(), graded_class()
    no_hand = {"cells": {}, "score": 0.0, "penalty": 0.0}
    lessons = {f"{k:02}_a_lesson_by_name": 20 for k in range(1, 11)}
    line = Line("ada", dict.fromkeys(lessons, outcome), dict.fromkeys(lessons, 1.5))
    listed = Class(lessons, [line], 7, ["a note on the class"])
    return {
        "feedback": report.page("ada", outcome, test_report.BY_HAND),
        "refused": report.page("ada", test_report.outcome(refused="cut off"), no_hand),
        "index": report.index(listed, "grades.csv", "statistics.html"),
        "statistics": overview.page(graded, overview.pictures_of(graded)),
    }


@pytest.mark.parametrize("name", ["feedback", "refused", "index", "statistics"])
def test_a_page_that_grading_writes(visit, shot, name):
    html = pages()[name]
    for scheme in SCHEMES:
        for width in (1280, 360):
            size = {"width": width, "height": 800}
            page = visit(html, scheme, viewport=size)
            for summary in page.locator("summary").all():
                summary.click()
            shot(page, f"{name}-{scheme}-{width}", full_page=True)
            assert axe.violations(page) == [], (scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_is_there_and_finds_what_is_wrong(visit):
    """A green run means something: a page with known faults is not green."""
    faults = "<html><body><img src='x.png'><p style='color:#bbb'>pale</p></body></html>"
    found = " ".join(axe.violations(visit(faults)))
    assert re.search(r"\bimage-alt\b", found)
    assert re.search(r"\bcolor-contrast\b", found)
    assert re.search(r"\bhtml-has-lang\b", found)
