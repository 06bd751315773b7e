# ruff: noqa: E501 - answers stand on one line each
"""Judge and worker: right marks, whatever the submission does to its own process."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from graders.checks import hosts
from graders.pipeline import judge as judges
from graders.pipeline import master as master_module
from graders.pipeline import sandbox
from graders.pipeline.judge import Judge, Report
from graders.pipeline.master import Cell, Master

GIVEN = """
import math
from graders import Check
from graders.show import figure

class Box:
    def __init__(self, x):
        self.x = x

def twice(f):
    return lambda x: f(f(x))
"""
SQUARE = 'def square(x):\n    """x times x."""\n    return x * x\n'
SQUARE_CHECK = """
check = Check("e1-square", visible=1, hidden=3)
check.value("values", square, lambda x: x * x, at=[3.0])
check.hidden()
check.value("values", square, lambda x: x * x, at=check.random(4))
check.value("twice over", lambda x: twice(square)(x), lambda x: x**4, at=check.random(3))
check.calls("one call", lambda f, x: square(f(x)), counted=math.sin, at=[1.0], exactly=1)
check.score()
"""
CUBE = "def cube(box):\n    assert isinstance(box, Box)\n    return square(box.x) * box.x\n"
CUBE_CHECK = """
check = Check("e2-cube", visible=1, hidden=1)
check.value("values", lambda x: cube(Box(x)), lambda x: x**3, at=[2.0])
check.hidden()
check.value("values", lambda x: cube(Box(x)), lambda x: x**3, at=check.random(3))
check.score()
"""


def made() -> Master:
    def cell(kind: str, source: str, name: str, points: int = 0) -> dict:
        rights = {
            "grade": kind == "check",
            "solution": kind == "answer",
            "grade_id": name,
            "points": points,
        }
        return {"cell_type": "code", "source": source, "metadata": {"nbgrader": rights}}

    cells = [
        cell("given", GIVEN, "given-1"),
        cell("answer", SQUARE, "e1-square"),
        cell("given", "picture = square(2)", "given-2"),
        cell("given", "figure(picture)", "given-3"),
        cell("check", SQUARE_CHECK, "e1-square-check", 4),
        cell("answer", CUBE, "e2-cube"),
        cell("check", CUBE_CHECK, "e2-cube-check", 2),
    ]
    return Master.from_notebook({"cells": cells}, "09_made_up")


LIMITS = sandbox.Limits(cell_seconds=1.5)


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Properties in these tests may take half a second, not five."""
    real = hosts.Job

    def job(probe, cases, seconds=0.5):
        return real(probe, cases, min(seconds, 0.5))

    monkeypatch.setattr("graders.checks.check.Job", job)
    monkeypatch.setattr(judges, "GRACE", 1.0)


def grade(answers=None, before=None, after=None, **options) -> Report:
    judge = Judge(
        made(), seed=5, limits=LIMITS, **({"launcher": sandbox.fork} | options)
    )
    return judge.grade(judge.master.submission(answers, before, after))


def points(report: Report) -> list[float]:
    return [v.points for v in report.verdicts.values()]


def test_the_reference_has_full_marks_in_a_fresh_interpreter():
    assert points(grade(launcher=sandbox.spawn)) == [4.0, 2.0]


def test_needs_are_read_off_the_names():
    needs = {e.id: e.needs for e in made().exercises.values()}
    assert needs == {"e1-square": (), "e2-cube": ("e1-square",)}


WRONG = "def square(x):\n    return x + x\n"
STUB = 'def square(x):\n    raise NotImplementedError("write your answer here")\n'


def test_a_failed_part_does_not_fail_the_next():
    report = grade({"e1-square": WRONG})
    assert points(report)[1] == 2.0
    assert "course's own answers to e1-square" in report.verdicts["e2-cube"].notes[0]


@pytest.mark.parametrize(
    "answer",
    [
        "import sys; sys.exit(1)",
        "raise ValueError('at import')",
        "import os; os._exit(0)",
        "while True: pass",
        "def square(x) return x",
        "print('x' * 2_000_000)",
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",
        "quadrat = lambda x: x * x",
        "def square(x):\n    import os\n    os._exit(1)",
        "def square(x):\n    while True:\n        pass",
        "def square(x):\n    raise SystemExit",
        "def square(x):\n    raise KeyboardInterrupt",
        "def square(x):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
        "def square(x):\n    return square(x)",
        "def square(x):\n    return object()",
        "def square(x):\n    return [0.0] * 10_000_000",
        "class square:\n    def __init__(self, x): pass\n    def __eq__(self, o): return True\n    def __float__(self): return 9.0",
        "import os, signal\ndef square(x):\n    os.kill(os.getpid(), signal.SIGKILL)",
    ],
)  # fmt: skip
def test_a_broken_answer_loses_its_own_points_only(answer):
    report = grade({"e1-square": answer})
    results = report.verdicts["e1-square"].results
    assert not any(r.passed for r in results if r.kind != "calls")
    assert points(report)[1] == 2.0


def test_a_question_that_kills_the_process_does_not_cost_the_next_property():
    moody = "calls = []\ndef square(x):\n    if x == 3.0:\n        import os\n        os._exit(1)\n    return x * x\n"
    report = grade({"e1-square": moody})
    passed = [r.passed for r in report.verdicts["e1-square"].results]
    assert passed == [False, True, True, True]


FORGERIES = [
    "import math, numpy as np\nnp.abs = np.isfinite = lambda *a: True\ndef square(x): return 0.0",
    "import sys\ndef square(x):\n    f = sys._getframe()\n    while f:\n        for n in ('want', 'expected', 'key'):\n            if n in f.f_locals: return f.f_locals[n]\n        f = f.f_back\n    return 0.0",
    "import gc\nfrom graders import Check\nCheck.score = lambda self: 4.0\ndef square(x): return 0.0",
    "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'\\0' * 16)\n    except OSError: pass\ndef square(x): return 0.0",
    "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.all = lambda x: True\ndef square(x): return 0.0",
    "import sys, json\nsys.modules['json'].dumps = lambda *a, **k: '{}'\ndef square(x): return 0.0",
]  # fmt: skip


@pytest.mark.parametrize("answer", FORGERIES, ids=range(len(FORGERIES)))
def test_a_forgery_earns_no_value_point(answer):
    report = grade({"e1-square": answer}, launcher=sandbox.spawn)
    results = report.verdicts["e1-square"].results
    assert not any(r.passed for r in results if r.kind != "calls")


@pytest.mark.parametrize(
    "name", ["torch", "graders.checks.numeric", "graders.pipeline"]
)
@pytest.mark.parametrize(
    "how", ["import {0}", "import importlib; importlib.import_module('{0}')"]
)
def test_modules_that_a_lesson_does_without_are_not_to_be_had(name, how):
    master = replace(made(), lesson="02_made_up")
    judge = Judge(master, seed=1, launcher=sandbox.spawn)
    cells = master.submission({"e1-square": how.format(name) + "\n" + SQUARE})
    assert "not to be had" in judge.grade(cells).cell_errors["e1-square"]


def test_an_added_helper_cell_is_run_in_its_place():
    uses = "def square(x):\n    return times(x, x)\n"
    helper = {"e1-square": ["import operator\ntimes = operator.mul"]}
    assert points(grade({"e1-square": uses}, before=helper)) == [4.0, 2.0]


@pytest.mark.parametrize("where", ["before", "after"])
def test_an_answer_moved_to_a_new_cell_counts(where):
    moved = {where: {"e1-square": [SQUARE]}}
    assert points(grade({"e1-square": STUB}, **moved)) == [4.0, 2.0]


def test_an_untouched_stub_gets_nothing_and_says_so():
    report = grade({"e1-square": STUB})
    findings = {r.finding for r in report.verdicts["e1-square"].results}
    assert points(report)[0] == 0.0
    assert all("not written yet" in f for f in findings)


def test_notebook_magics_do_not_break_a_cell():
    assert points(grade({"e1-square": "%matplotlib inline\n!ls\n" + SQUARE}))[0] == 4.0


def test_what_the_hidden_phase_prints_does_not_come_back():
    spy = "def square(x):\n    print('input', x)\n    return x * x\n"
    results = grade({"e1-square": spy}).verdicts["e1-square"].results
    assert any("input" in n for r in results for n in r.notes if r.region == "visible")
    assert not any(r.notes for r in results if r.region == "hidden")


def test_an_oracle_cannot_use_the_answer():
    master = made()
    bad = SQUARE_CHECK.replace("lambda x: x * x, at=[3.0]", "square, at=[3.0]")
    exercise = master.exercises["e1-square"]
    master.exercises["e1-square"] = replace(exercise, check=bad)
    judge = Judge(master, seed=1, launcher=sandbox.fork, strict=True)
    with pytest.raises(judges.StudentNameError):
        judge.grade(master.submission())


def test_the_answer_key_is_made_once_per_seed(monkeypatch):
    made_keys = []
    real = judges.JudgeHost.expected

    def counting(self, key, make):
        def made_now():
            made_keys.append(key)
            return make()

        return real(self, key, made_now)

    monkeypatch.setattr(judges.JudgeHost, "expected", counting)
    judge = Judge(made(), seed=2, launcher=sandbox.fork)
    for _ in range(3):
        judge.grade(judge.master.submission())
    assert len(made_keys) == len(set(made_keys)) == 6


def test_a_known_mistake_is_named_from_hidden_properties_too():
    linear = "def square(x):\n    return 3 * x\n"
    bank = {"e1-square": [("linear", "a straight line", linear)]}
    judge = Judge(made(), seed=3, launcher=sandbox.fork, bank=bank)
    report = judge.grade(judge.master.submission({"e1-square": linear}))
    assert report.verdicts["e1-square"].diagnosis == "a straight line"


def test_a_worker_that_does_not_read_is_ended(monkeypatch):
    stop = (
        "import os, signal\ndef square(x):\n    os.kill(os.getpid(), signal.SIGSTOP)\n"
    )
    start = time.monotonic()
    assert points(grade({"e1-square": stop}))[0] == 0.0
    assert time.monotonic() - start < 60


def test_cells_are_told_apart():
    kinds = [cell.kind for cell in made().cells]
    assert kinds == ["given", "answer", "given", "show", "check", "answer", "check"]
    assert Cell("given", "x", "") in {Cell("given", "x", "")}


def test_a_class_grown_by_a_decorator_is_a_part_that_later_exercises_need():
    grown = "@extends(Box)\ndef grow(self):\n    return self\n"
    assert master_module.extended_names(grown) == {"Box"}


def test_a_comment_that_asks_is_no_magic():
    asked = "def square(x):\n    y = x * x  # right?\n    return y\n"
    assert points(grade({"e1-square": asked}))[0] == 4.0
