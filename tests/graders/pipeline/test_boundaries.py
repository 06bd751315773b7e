"""What each lesson may not touch, in submissions and in our own notebooks."""

import json
from pathlib import Path

import pytest

from graders.pipeline import boundaries, source
from graders.pipeline.boundaries import forbidden_imports, scan
from graders.pipeline.lesson import is_lesson, is_show

ROOT = Path(__file__).resolve().parents[3]
LESSONS = [path for path in source.sources(ROOT) if is_lesson(path.stem)]


def names(lesson, code, asker="student"):
    return {found.name for found in scan(lesson, code, asker)}


@pytest.mark.parametrize(
    "code,name",
    [
        ("import torch", "torch"),
        ("import torch.func as tf", "torch.func"),
        ("from torch import func", "torch.func"),
        ("def f():\n    import jax", "jax"),
        ("from autograd_ref.finite import central_diff", "autograd_ref.finite"),
        ("import autograd_ref", "autograd_ref"),
        ("import importlib\nimportlib.import_module('torch')", "torch"),
        ("__import__('scipy.optimize')", "scipy.optimize"),
        ("import sys\nsys.modules['torch']", "torch"),
        ("exec('import torch')", "torch"),
        ("import graders.checks.numeric as n", "graders.checks.numeric"),
        ("import graders\ngraders.checks.numeric.derivative", "graders.checks.numeric"),
        ("from graders.checks import numeric", "graders.checks.numeric"),
        ("import sympy as sp\nsp.diff", "sympy.diff"),
    ],
)
def test_lesson_1_sees_a_forbidden_name_however_it_is_reached(code, name):
    assert any(found.startswith(name) for found in names(1, code))


@pytest.mark.parametrize(
    "lesson,code",
    [
        (1, "import numpy as np\nfrom graders import Check\nimport math"),
        (2, "from autograd_ref.finite import central_diff"),
        (2, "torch = 3\ntorch.real"),
        (5, "import autograd_ref.scalar as s\ns.Value"),
        (6, "import torch\ntorch.func.jacrev"),
        (9, "from autograd_ref.scalar import Value"),
        (10, "from torch.utils import checkpoint"),
        (1, "this is no Python"),
    ],
)
def test_what_a_lesson_may_use_is_not_flagged(lesson, code):
    assert names(lesson, code) == set()


def test_an_import_of_a_name_made_up_at_run_time_is_flagged():
    code = "from importlib import import_module\nimport_module('to' + 'rch')"
    assert names(3, code) == {"import_module"}


def test_a_lessons_own_answer_is_closed_and_earlier_ones_are_open():
    for lesson in boundaries.LESSONS:
        closed = forbidden_imports(lesson)
        for module, first in boundaries.FIRST_LESSON.items():
            assert (module in closed) == (lesson < first)
        assert ("torch" in closed) == (lesson <= 5)
        assert "graders.checks.numeric" in closed


def test_sympy_is_lent_to_lesson_1s_given_cells_only():
    assert "sympy" not in forbidden_imports(1)
    assert names(1, "import sympy", "given") == set()
    assert names(1, "import sympy") == {"sympy"}
    assert "sympy" in forbidden_imports(2)


def test_a_name_of_the_package_is_to_come_from_its_module():
    assert names(4, "from autograd_ref import Dual") == {"autograd_ref.Dual"}


def test_the_switches_of_lesson_8_are_its_answer():
    code = "from autograd_ref.mode import no_grad"
    assert names(8, code)
    assert names(9, code) == set()


def test_every_module_of_the_reference_is_in_the_table():
    there = {
        f"autograd_ref.{path.stem}"
        for path in (ROOT / "autograd_ref").glob("*.py")
        if path.stem != "__init__"
    }
    assert there <= {*boundaries.FIRST_LESSON, *boundaries.OPEN}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_released_notebook_touches_what_its_lesson_may_not(path):
    lesson = source.load(path, ROOT)
    released = ROOT / "lessons" / path.stem / f"{path.stem}.ipynb"
    shown = {cell.source for cell in lesson.cells if is_show(cell)}
    for cell in json.loads(released.read_bytes())["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        text = "".join(cell["source"])
        if cell["cell_type"] != "code" or marks.get("grade") or text in shown:
            continue  # check cells run in the judge, show cells are not graded
        asker: boundaries.Asker = "student" if marks.get("solution") else "given"
        assert scan(path.stem, text, asker) == [], marks.get("grade_id")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_answer_touches_what_its_lesson_may_not(path):
    for exercise in source.load(path, ROOT).exercises:
        assert scan(path.stem, exercise.answer.source) == [], exercise.id
