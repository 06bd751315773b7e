"""Out of order, after a restart, under another name: the reader gets a sentence."""

from tests.browser.lesson import ANSWERS, STUBS


def first_line(exercise: str) -> str:
    """A line by which a reader knows the answer cell."""
    return STUBS[exercise].partition("\n")[0]


def test_a_check_that_runs_first_says_what_to_run_before(lesson, shot) -> None:
    check = lesson.check("e4-derivative")
    said = check.inner_text()
    assert "`Check` is made by a cell above that has not run" in said
    shot(check.locator(".jp-Cell-outputArea"), "check-before-its-cells")
    lesson.run_above('Check("e4-derivative"')
    check = lesson.check("e4-derivative")
    assert "e4-derivative: 0 of 5 visible properties hold" in check.inner_text()
    assert "Written already? Run the answer's cell" in check.inner_text()


def test_a_renamed_function_is_told_by_both_of_its_names(lesson, shot) -> None:
    renamed = ANSWERS["e4-derivative"].replace("def derivative(", "def my_derivative(")
    lesson.write(first_line("e4-derivative"), renamed)
    lesson.run_above('Check("e4-derivative"')
    said = lesson.check("e4-derivative")
    assert "There is a `my_derivative`" in said.inner_text()
    assert "give it back the name `derivative`" in said.inner_text()
    shot(said.locator(".jp-Cell-outputArea"), "check-of-a-renamed-function")


def test_validate_says_of_each_exercise_what_was_found(lesson, server, shot) -> None:
    said = lesson.validate()
    for name in ANSWERS:
        if not name.startswith("p"):  # predictions have no points
            assert f"{name}: 0 of " in said
    assert "[NO] two duals: not written yet" in said
    assert "IPKernelApp" not in server.log.read_text()
