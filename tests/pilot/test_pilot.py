"""The pilot: one list of properties and one protocol carry seven kinds of exercise."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from tests.conftest import require

require("torch", why="the pilot's exercises use it")

from graders.pipeline import bank, sandbox  # noqa: E402
from graders.pipeline.judge import Judge, Verdict  # noqa: E402
from graders.pipeline.master import Master  # noqa: E402
from graders.pipeline.notebook import to_notebook  # noqa: E402
from graders.pipeline.source import loads  # noqa: E402
from graders.pipeline.stubs import stub  # noqa: E402

HERE = Path(__file__).parent
SOURCE = HERE / "90_pilot.py"
WRONG = [e for found in bank.load(HERE / "mutants").values() for e in found]
RIGHT = [e for found in bank.load(HERE / "unusual").values() for e in found]


@lru_cache
def judge() -> Judge:
    lesson = loads(SOURCE.read_text("utf-8"), SOURCE)
    master = Master.from_notebook(to_notebook(lesson), SOURCE.stem)
    return Judge(master, seed=7, strict=True, launcher=sandbox.fork)


def verdict(entry: bank.Entry) -> Verdict:
    master = judge().master
    reference = master.exercises[entry.exercise].answer
    answer = stub(reference) if entry.untouched else entry.answer
    cells = master.submission(
        {entry.exercise: answer},
        {entry.exercise: entry.before},
        {entry.exercise: entry.after},
    )
    return judge().grade(cells, only=[entry.exercise]).verdicts[entry.exercise]


def test_there_are_three_mutants_and_two_unusual_answers_of_each_exercise() -> None:
    for exercise in judge().master.exercises:
        assert sum(e.exercise == exercise for e in WRONG) >= 3
        assert sum(e.exercise == exercise for e in RIGHT) >= 2


def test_the_reference_gets_full_marks_in_a_process_of_its_own() -> None:
    fresh = Judge(judge().master, seed=3, launcher=sandbox.spawn)
    report = fresh.grade(fresh.master.submission())
    worth = sum(e.points for e in fresh.master.exercises.values())
    findings = [r.finding for v in report.verdicts.values() for r in v.results]
    assert (report.points, report.cell_errors) == (worth, {}), findings


@pytest.mark.parametrize("entry", WRONG, ids=lambda e: f"{e.exercise}:{e.name}")
def test_a_known_mistake_loses_points(entry: bank.Entry) -> None:
    found = verdict(entry)
    assert found.points < found.worth


@pytest.mark.parametrize("entry", RIGHT, ids=lambda e: f"{e.exercise}:{e.name}")
def test_an_unusual_right_answer_gets_full_marks(entry: bank.Entry) -> None:
    found = verdict(entry)
    assert found.points == found.worth, [r.finding for r in found.results]


def test_untouched_stubs_get_nothing() -> None:
    master = judge().master
    answers = {e.id: stub(e.answer) for e in master.exercises.values()}
    assert judge().grade(master.submission(answers)).points == 0.0
