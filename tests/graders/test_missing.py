"""A name that is not there: the reader is told where it is made, and how to run it."""

import json
from pathlib import Path

import pytest

from graders import missing

LESSONS = Path(__file__).parents[2] / "lessons"


def cell(source, solution=False):
    own = {"grade_id": "e1", "solution": solution}
    return {"cell_type": "code", "metadata": {"nbgrader": own}, "source": source}


GIVEN = cell("import numpy as np\nfrom graders import Check\nh = 1e-3")
ANSWER = cell("def slope(f, x):\n    raise NotImplementedError", solution=True)
CELLS = [GIVEN, ANSWER]


def own(name):
    """A function as a reader's cell makes it."""
    made = type(name, (), {})
    made.__module__ = "__main__"
    return made


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A lesson that a kernel knows by its name; the folder holds a second notebook."""
    path = tmp_path / "lesson.ipynb"
    text = {"cell_type": "markdown", "metadata": {}, "source": "words"}
    path.write_text(json.dumps({"cells": [text, *CELLS]}))
    (tmp_path / "copy.ipynb").write_text(json.dumps({"cells": [GIVEN]}))
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    monkeypatch.chdir(tmp_path)
    return path


@pytest.mark.parametrize("name", ["Check", "np", "h"])
def test_a_given_name_is_made_by_a_cell_above(name):
    said = missing.sentence(name, CELLS, {})
    assert said.startswith(f"`{name}` is made by a cell above")
    assert "Run All Above Selected Cell" in said


def test_an_answers_name_is_told_with_the_first_line_of_its_cell():
    said = missing.sentence("slope", CELLS, {})
    assert "`def slope(f, x):`" in said
    assert "Run All Above Selected Cell" in said


@pytest.mark.parametrize("other", ["slopes", "my_slope", "Slope"])
def test_a_renamed_function_is_found(other):
    renamed = cell(f"def {other}(f, x):\n    return 1", solution=True)
    for cells in ([GIVEN, renamed], CELLS):  # saved since, or not yet
        said = missing.sentence("slope", cells, {other: own(other)})
        assert f"There is a `{other}`" in said
        assert "give it back the name `slope`" in said


def test_a_given_function_is_never_taken_for_a_renamed_one():
    cells = [*CELLS, cell("def slope_of(f):\n    return f")]
    assert "There is" not in missing.sentence("slope", cells, {"slope_of": own("x")})


def test_nothing_is_said_of_a_name_that_nobody_makes():
    assert missing.sentence("sloop_doop", CELLS, {"slope": own("slope")}) == ""


def test_nothing_is_said_outside_a_lesson(tmp_path, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "")
    monkeypatch.chdir(tmp_path)
    assert missing.cells_here() == []
    (tmp_path / "mine.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": "x"}]})
    )
    assert missing.cells_here() == []


def test_the_notebook_is_the_kernels_own_or_the_only_one(notebook, monkeypatch):
    assert missing.cells_here() == CELLS
    monkeypatch.setenv("JPY_SESSION_NAME", "moved/away.ipynb")
    assert missing.cells_here() == []
    (notebook.parent / "copy.ipynb").unlink()
    assert missing.cells_here() == CELLS


class Shell:
    """As much of IPython's shell as the extension asks for."""

    def __init__(self):
        self.user_ns, self.shown = {}, []

    def set_custom_exc(self, kinds, handler):
        self.kinds, self.handler = kinds, handler

    def showtraceback(self, error, tb_offset=None):
        self.shown.append(error)


@pytest.mark.parametrize("broken", [False, True])
def test_the_traceback_is_shown_whatever_the_notebook_is_like(notebook, broken):
    if broken:
        notebook.write_text("{")
    shell = Shell()
    missing.load_ipython_extension(shell)
    assert shell.kinds == (NameError,)
    error = NameError("name 'slope' is not defined", name="slope")
    shell.handler(shell, NameError, error, None)
    ((_, shown, _),) = shell.shown
    assert bool(getattr(shown, "__notes__", [])) is not broken


@pytest.mark.parametrize(
    "path", sorted(LESSONS.glob("*/*.ipynb")), ids=lambda p: p.stem
)
def test_each_answer_of_a_lesson_is_found_by_its_name(path):
    cells = [
        c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"
    ]
    answers = [c for c in cells if c["metadata"].get("nbgrader", {}).get("solution")]
    assert answers
    for answer in answers:
        for name in missing.names(missing.text(answer)):
            assert missing.sentence(name, cells, {}).startswith(f"`{name}` is ")
