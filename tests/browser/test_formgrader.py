"""An instructor in formgrader: its own buttons grade a class of two by our road."""

import shutil
from pathlib import Path

import pytest

from tests.browser.lab import ROOT, Server, checkout, make_formgrader
from tests.browser.notebook import answers, filled
from tests.graders.pipeline.classes import SANDBOX

LESSON = "02_dual_numbers"
FILE = f"{LESSON}/{LESSON}.ipynb"
POINTS = {"ada": "22 / 22", "grace": "0 / 22"}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A checkout with one lesson that two have handed in: solved, and untouched."""
    root = checkout(tmp_path / "a checkout")
    (root / "solutions").mkdir()
    shutil.copy(ROOT / "solutions" / f"{LESSON}.py", root / "solutions")
    shutil.copytree(ROOT / "solutions" / LESSON, root / "solutions" / LESSON)
    with (root / "nbgrader_config.py").open("a") as settings:
        settings.write(f"c.JudgedExecute.sandbox = {SANDBOX!r}\n")
    solved = answers(root / "solutions" / FILE)
    for student, written in (("ada", solved), ("grace", {})):
        handed_in = root / "submitted" / student / FILE
        handed_in.parent.mkdir(parents=True)
        handed_in.write_text(filled(root / "lessons" / FILE, written))
    shutil.rmtree(root / "lessons" / LESSON)
    return root


@pytest.fixture
def server(course: Path, tmp_path: Path):
    """Formgrader in that checkout."""
    started = make_formgrader(course, tmp_path / "home")
    yield started
    started.stop()


@pytest.mark.slow
def test_formgraders_buttons_generate_autograde_and_give_feedback(
    watch, shot, course: Path, server: Server
) -> None:
    page = watch.page
    page.goto(server.at())
    press(page, "td.assign a")
    shot(page, "formgrader")
    released = (course / "lessons" / FILE).read_bytes()
    assert released == (ROOT / "lessons" / FILE).read_bytes()

    page.locator("td.num-submissions a").click()
    for student in POINTS:
        press(page, f"tr:has-text('{student}') td.autograde a")
    shot(page, "formgrader-submissions")
    for student, points in POINTS.items():
        assert points in page.locator("tr", has_text=student).inner_text()

    page.goto(server.at("/formgrader/manage_assignments"))
    press(page, "td.generate-feedback a")
    for student in POINTS:
        assert (course / "feedback" / student / FILE).with_suffix(".html").is_file()
    assert (watch.console, watch.foreign) == ([], [])

    look_at_the_gradebook(page, shot, server)
    give_a_mark_by_hand(page, server)
    # The page of one submission is nbgrader's own, and asks a CDN for MathJax.
    assert all("/mathjax/" in url for url in watch.foreign)


def press(page, button: str) -> None:
    """Press a button of a table and wait until its work is done, and was right."""
    page.locator(button).click()
    said = page.locator(".modal.in, .modal.show")
    said.locator(".modal-body").wait_for(timeout=90_000)
    assert said.locator(".modal-title").inner_text() == "Success"
    said.get_by_role("button", name="OK").click()
    said.wait_for(state="detached")


def look_at_the_gradebook(page, shot, server: Server) -> None:
    """The class's mean, then one submission with the table of its first exercise."""
    page.goto(server.at("/formgrader/gradebook"))
    row = page.locator("tr", has_text=LESSON)
    row.wait_for()
    assert "11 / 22" in row.inner_text()
    page.goto(server.at(f"/formgrader/gradebook/{FILE.removesuffix('.ipynb')}"))
    page.locator("td.name a").first.click()
    table = page.locator("table", has_text="e1-dual-arithmetic").first
    table.wait_for()
    shot(table, "formgrader-submission")


def give_a_mark_by_hand(page, server: Server) -> None:
    """A person's score for an exercise of the submission in front counts at once."""
    scores = page.locator("input.score")
    before = float(scores.nth(1).get_attribute("placeholder") or 0)
    with page.expect_response(lambda answer: "/api/grade/" in answer.url):
        scores.nth(1).fill("3")
        scores.nth(1).press("Tab")
    page.goto(server.at("/formgrader/gradebook"))
    row = page.locator("tr", has_text=LESSON)
    row.wait_for()
    mean = 11 + (3 - before) / 2
    assert f"{mean:g} / 22" in row.inner_text()
