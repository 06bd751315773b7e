"""Each lesson has its scene of the playground, and the same as a table above it."""

import ast
import contextlib
import io
import json
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from autograd_ref import playground
from autograd_ref.playground import SCENES, on_data, scenes
from graders.pipeline import source
from graders.pipeline.boundaries import LESSONS, forbidden_imports, open_modules
from graders.pipeline.cells import Cell
from graders.pipeline.lesson import is_show

ROOT = Path(__file__).resolve().parents[2]
WANTED = {
    "01_finite_differences": "microscope",
    "02_dual_numbers": "arrows",
    "03_reverse_mode": "jacobian",
    "04_build_the_engine": "stepper",
    "05_array_vjps": "folding",
    "06_pytorch_autograd": "live",
    "07_custom_functions": "surrogate",
    "08_switching_off": "switches",
    "09_checkpointing": "staircase",
    "10_gradient_clinic": "flow",
}
every_lesson = pytest.mark.parametrize("stem,name", WANTED.items(), ids=WANTED)


@lru_cache
def cells(stem: str) -> tuple[Cell, ...]:
    return source.load(ROOT / "solutions" / f"{stem}.py", ROOT).cells


def calls(cell: Cell, name: str) -> list[ast.Call]:
    """Calls of that name in a cell."""
    found = (n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call))
    return [c for c in found if isinstance(c.func, ast.Name) and c.func.id == name]


def place(stem: str) -> int:
    """Where a lesson's scene stands; there is exactly one."""
    code = [k for k, cell in enumerate(cells(stem)) if cell.is_code]
    (found,) = (k for k in code if calls(cells(stem)[k], "scene"))
    return found


def test_every_lesson_has_a_scene_of_its_own():
    assert set(WANTED.values()) == set(SCENES) - {"playground"}
    assert [int(stem[:2]) for stem in WANTED] == list(LESSONS)


@every_lesson
def test_a_lesson_shows_its_scene_below_the_same_as_a_table(stem, name):
    k = place(stem)
    shown, table = cells(stem)[k], cells(stem)[k - 1]
    (scene,), (twin,) = calls(shown, "scene"), calls(table, "twin")
    assert ast.literal_eval(scene.args[0]) == name
    assert ast.literal_eval(twin.args[0]) == name
    # the same settings: directions are columns of the table, and turned in the picture
    left = [
        ast.unparse(arg) for arg in (*scene.args, *(k.value for k in scene.keywords))
    ]
    right = [
        ast.unparse(arg) for arg in (*twin.args, *(k.value for k in twin.keywords))
    ]
    assert right[: len(left)] == left


@every_lesson
def test_nothing_of_a_scene_is_run_when_graded(stem, name):
    k = place(stem)
    for cell in cells(stem)[k - 1 : k + 1]:
        assert is_show(cell)
        assert "from autograd_ref.playground import" in cell.source
    for cell in cells(stem):
        assert "playground" not in cell.source or not cell.is_code or is_show(cell)


def test_the_playground_is_not_offered_where_answers_run():
    for lesson in LESSONS:
        assert "autograd_ref.playground" in forbidden_imports(lesson)
        assert "autograd_ref.playground" not in open_modules(lesson)


@every_lesson
def test_a_question_stands_before_the_scene_and_words_after_it(stem, name):
    k = place(stem)
    above = next(c.source for c in cells(stem)[k::-1] if not c.is_code)
    below = next(c.source for c in cells(stem)[k:] if not c.is_code)
    assert "?" in above
    assert len(below.split()) > 20


@pytest.mark.parametrize("stem", list(WANTED)[:5])
def test_without_anywidget_the_scene_is_one_line(stem, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    playground.widget.widget_class.cache_clear()
    k = place(stem)
    names = {
        "row": [[10, 20, 30]],
        "shares": [[1, 0, 2], [3, 1, 0], [0, 5, 1], [2] * 3],
    }
    program = "import numpy as np\nfrom graders.show import table\n"
    program += "\n".join(cell.source for cell in cells(stem)[k - 1 : k + 1])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, stem, "exec"), names)
    lines = printed.getvalue().splitlines()
    assert lines.count(scenes.PLAIN) == 1
    assert len(lines) > 5


@every_lesson
def test_the_released_notebook_holds_the_scene_and_no_picture_yet(stem, name):
    path = ROOT / "lessons" / stem / f"{stem}.ipynb"
    found = [
        cell
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if "".join(cell["source"]).startswith(
            "from autograd_ref.playground import scene"
        )
    ]
    assert len(found) == 1
    assert found[0]["outputs"] == []


def test_the_numbers_in_the_lessons_words_are_right():
    rows = {row[0]: row for row in playground.twin("microscope", "sin(x)", {"x": 1.0})}
    errors = {
        h: [float(cell) for cell in row[1:3]] for h, row in rows.items() if h != "h"
    }
    best = [min(errors, key=lambda h, k=k: errors[h][k]) for k in (0, 1)]
    assert best == ["1e-08", "1e-05"]
    plans = playground.twin("staircase", 16, slots=4)
    assert [row[2:] for row in plans[3:]] == [[7, 9], [5, 12]]
    assert on_data._stretches(16, [0, 6, 11, 15]) == (6, 12)
    spreads = playground.twin("surrogate")[1:]
    noticing = [sum(count > 0 for count in row[1:]) for row in spreads]
    assert noticing[0] == 0
    assert next(row[0] for row, n in zip(spreads, noticing, strict=True) if n > 4) == 3
