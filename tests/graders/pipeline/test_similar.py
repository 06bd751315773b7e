"""Pairs that are unusually alike: copies are found, and what is common is no copy."""

import json

import pytest

from graders.pipeline import bank, classroom, similar, source, verdicts
from graders.pipeline.cli import main
from graders.pipeline.notebook import to_bytes, to_notebook
from graders.pipeline.stubs import stub
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, hand_in, notebook
from tests.graders.pipeline.test_grade import room, silent

LESSON = "02_dual_numbers"
LONG = "\n".join(
    f"    first_{n} = f(x + {n} * h) - f(x)  # my own step {n}" for n in range(8)
)
MINE = f"def forward(f, x, h):\n{LONG}\n    return (f(x + h) - f(x)) / h"


@pytest.fixture(scope="module")
def lesson():
    """A real lesson: its reference answers and stubs, and answers of other people."""
    made = source.load(source.chosen(classes.ROOT, ["02"])[0], classes.ROOT)
    master = verdicts.assignment(to_bytes(to_notebook(made)), made.stem).master
    reference = {e.id: e.answer for e in master.exercises.values()}
    stubs = {name: stub(code) for name, code in reference.items()}
    others: dict[str, list[str]] = {}
    for folder in ("mutants", "unusual"):
        for name, entries in bank.load(
            classes.ROOT / "tests" / folder / LESSON
        ).items():
            others.setdefault(name, []).extend(entry.answer for entry in entries)
    return reference, stubs, others


def a_class(lesson, count):
    """Students of whom no two have an answer of the same other person."""
    reference, _, others = lesson
    return {
        f"student{n:02d}": {
            name: others[name][n] if n < len(others.get(name, ())) else answer
            for name, answer in reference.items()
        }
        for n in range(count)
    }


def test_the_reference_solution_and_the_stubs_make_nobody_alike(lesson):
    reference, stubs, _ = lesson
    answers = {f"s{n}": dict(reference) for n in range(4)}
    answers |= {f"t{n}": dict(stubs) for n in range(4)}
    assert similar.pairs(LESSON, answers, [reference, stubs]) == []


def test_a_copy_is_found_and_nobody_else(lesson):
    reference, stubs, _ = lesson
    answers = a_class(lesson, 24)
    mine = {n: f"{code}\n{LONG}" for n, code in list(answers["student03"].items())[:2]}
    answers["student03"] |= mine
    answers["zoe"] = dict(answers["student03"])
    found = similar.pairs(LESSON, answers, [reference, stubs])
    assert found[0].students == ("student03", "zoe")
    assert found[0].share == 1.0
    assert set(mine) <= set(found[0].exercises)
    assert len(found) == 1


def test_what_many_write_makes_nobody_alike(lesson):
    """A hint in class, or a way from a book: six of them have the same long answer."""
    name = next(iter(lesson[0]))
    answers = {f"s{n}": {name: LONG} for n in range(6)}
    assert similar.pairs(LESSON, answers, []) == []


def test_short_answers_are_alike_and_not_named(lesson):
    answers = {n: {"e1": "def f(x):\n    return x * x + 1.0 - x"} for n in ("a", "b")}
    assert similar.pairs(LESSON, answers, []) == []


def test_what_is_no_python_is_compared_too():
    broken = "def f(x:\n" + LONG + "\n'''"
    found = similar.pairs(LESSON, {"a": {"e1": broken}, "b": {"e1": broken}}, [])
    assert [pair.students for pair in found] == [("a", "b")]


def test_the_report_names_a_pair_and_takes_no_points(tmp_path, capsys):
    (tmp_path / "course").mkdir()
    course = classes.tiny_course(tmp_path / "course")
    for student, answer in (("ada", MINE), ("bob", classes.RIGHT), ("cyd", MINE)):
        hand_in(tmp_path / "class", student, notebook(answer))
    work = tmp_path / "work"
    found = room(course, work).grade(tmp_path / "class", silent)
    before = {line.student: line.total for line in found.lines}
    assert found.pairs == []  # not looked for while a class is graded
    assert main(["report", str(work), "--root", str(course)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "alike is not copied" in said
    page = (work / "statistics.html").read_text()
    assert "ada" in page[page.index('id="alike"') :]
    data = json.loads((work / "statistics.json").read_text())
    assert [pair["students"] for pair in data["alike"]] == [["ada", "cyd"]]
    with classroom.quiet():
        again = room(course, work).again(publish=False)
    assert {line.student: line.total for line in again.lines} == before
    assert NAME in found.lessons
