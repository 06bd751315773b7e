"""A student in JupyterLab: from the index to full marks, and back the next day."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.lab import Server, checkout, make
from tests.browser.lesson import ANSWERS, LESSON, STUBS
from tests.browser.notebook import Notebook, sources

PRODUCT = "self.primal * other.tangent + self.tangent * other.primal"
# A mistake that the course knows, and its words for it.
MISTAKE = "self.tangent * other.tangent"
SAYS = "This behaves like multiplying the tangents with each other"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout without `my_course/`, in a path with a space."""
    return checkout(tmp_path / "a checkout")


@pytest.fixture
def labs(root: Path, tmp_path: Path) -> Iterator:
    """`labs()` starts JupyterLab there; all that were started are ended."""
    started: list[Server] = []

    def start() -> Server:
        started.append(make("lab", root, tmp_path / "home"))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.mark.slow
def test_a_student_solves_a_lesson_and_finds_it_again(watch, shot, root, labs) -> None:
    """One story, since each step stands on the one before."""
    server, page = labs(), watch.page
    lesson = walk_to_the_lesson(page, server)
    lesson.run_all()
    assert lesson.errors() == []
    assert "0 of 4 visible properties hold" in lesson.outputs()
    shot(make_a_mistake(lesson), "check-with-a-mistake")
    solve(lesson)
    assert lesson.errors() == []
    assert_all_hold(lesson)
    assert lesson.validate() == "Success! Your notebook passes all the tests."
    shot(page, "lesson-2-validated")
    page.goto("about:blank")  # an open page would go on asking the server
    server.stop()

    kept = sources(root / "my_course" / LESSON)
    assert kept == STUBS | ANSWERS
    find_it_again(page, labs())
    shot(page, "lesson-2-again")
    assert (watch.console, watch.foreign) == ([], [])


def walk_to_the_lesson(page, server: Server) -> Notebook:
    """From the address that `make lab` prints, by the index's link."""
    page.goto(server.at())
    index = Notebook(page).ready()
    index.panel.get_by_role("link", name="Dual numbers: derivatives").click()
    index.panel.get_by_role("heading", name="Dual numbers: derivatives").wait_for()
    return Notebook(page).ready()


def make_a_mistake(lesson: Notebook):
    """A known wrong answer is told from an unwritten one, in the reader's words."""
    name = "e1-dual-arithmetic"
    lesson.write(first_line(name), ANSWERS[name].replace(PRODUCT, MISTAKE))
    lesson.run(first_line(name))
    check = lesson.check(name)
    assert check.get_by_role("cell", name="fails").count() > 0
    assert SAYS in check.inner_text()
    return check.locator(".jp-Cell-outputArea")


def solve(lesson: Notebook) -> None:
    """Paste the right answers and run everything."""
    for name, code in ANSWERS.items():
        lesson.write(first_line(name), code)
    lesson.run_all()
    lesson.save()


def find_it_again(page, server: Server) -> None:
    """Another day: the index knows the points, the lesson has the answers."""
    index = Notebook.open(page, server, "index.ipynb")
    progress = index.run("progress.show()")
    row = progress.get_by_role("row", name="02_dual_numbers")
    assert "20 of 20" in row.inner_text()
    lesson = Notebook.open(page, server, LESSON)
    assert_all_hold(lesson)
    scene = lesson.cell('scene("arrows"')
    scene.scroll_into_view_if_needed()
    scene.get_by_text("the arrow of v3 is").first.wait_for()  # nothing has run yet


def assert_all_hold(lesson: Notebook) -> None:
    """Each check shows as many properties that hold as it has, once it is drawn."""
    for name in ANSWERS:
        line = re.compile(rf"{name}: (\d+) of \1 visible properties hold")
        lesson.panel.locator("caption", has_text=line).wait_for(state="attached")


def first_line(name: str) -> str:
    """A line by which a reader knows the answer cell."""
    return STUBS[name].partition("\n")[0]
