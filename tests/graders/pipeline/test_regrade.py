"""`graders regrade`: one check was wrong; every other mark stays as it is."""

import json
import shutil

import pytest

from graders.pipeline import classroom, judge, marks, regrade
from graders.pipeline.cli import main
from graders.pipeline.executors import InThisProcess
from graders.pipeline.findings import CourseError
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import ANSWER, NAME, RIGHT, WRONG, hand_in
from tests.graders.pipeline.samples import PATH, SOURCE
from tests.graders.pipeline.test_grade import Counting, silent

SECOND = '''
# %% [markdown]
# What the check looks at: **twice**.


# %% solution="e2-double"
def double(x: float) -> float:
    """Two times x."""
    # BEGIN SOLUTION
    return 2.0 * x
    # END SOLUTION


# %% check
check = Check("e2-double", visible=1, hidden=1)
check.value("twice", double, lambda x: 2.0 * x, at=[1.0, 2.0])
# BEGIN HIDDEN TESTS
check.hidden()
check.value("twice", double, lambda x: 2.0 * x, at=check.random(2))
# END HIDDEN TESTS
check.score()
'''
FIXED = SOURCE + SECOND
SPOILT = FIXED.replace("exactly=2", "exactly=3")
assert SPOILT != FIXED
DOUBLE = "def double(x):\n    return x + x"
STUDENTS = {
    "ada": (RIGHT, DOUBLE),
    "bob": (WRONG, DOUBLE),
    "cyd": (RIGHT, "def double(x):\n    return x"),
    "eve": (RIGHT, DOUBLE),
    "fay": (None, DOUBLE),
}


def write(root, text):
    (root / PATH).write_text(text, encoding="utf-8", newline="\n")


def room(root, work, **options):
    options = {"sandbox": classes.SANDBOX} | options
    return classroom.Classroom(root, work, [NAME], **options)


def scores(work):
    """Marks by student and exercise."""
    found = marks.read(room(work, work).url)
    return {
        student: {name: mark.score for name, mark in entry.marks.items()}
        for (student, _), entry in found.items()
    }


def by_hand(work, student, exercise, points):
    """What formgrader does when a person types a score."""
    from nbgrader.api import Gradebook

    with classroom.quiet(), Gradebook(room(work, work).url) as book:
        grade = book.find_grade(f"{exercise}-check", NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """A class graded by a check that asks for three calls where two are right."""
    tmp_path = tmp_path_factory.mktemp("first")
    root = tmp_path / "course"
    root.mkdir()
    classes.tiny_course(root)
    write(root, SPOILT)
    started = room(root, root).assignments()[NAME].student
    for student, (first, second) in STUDENTS.items():
        made = json.loads(json.dumps(started))
        for name, answer in ((ANSWER, first), ("e2-double", second)):
            if answer is not None:
                classes.cell_of(made, name)["source"] = answer
        hand_in(tmp_path / "class", student, made)
    hand_in(tmp_path / "class", "zed", b"{")
    work = tmp_path / "work"
    room(root, work, seed=7).grade(tmp_path / "class", silent)
    return tmp_path


@pytest.fixture
def graded(first_run, tmp_path):
    """A copy of it."""
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    return tmp_path / "course", tmp_path / "work"


def test_only_that_exercise_is_judged_and_all_other_marks_stay(graded, monkeypatch):
    root, work = graded
    before = scores(work)
    assert 0 < before["ada"][ANSWER] < 5
    by_hand(work, "eve", ANSWER, 4.5)
    by_hand(work, "cyd", "e2-double", 1.25)
    write(root, FIXED)
    asked = []
    verdict = judge.Judge._verdict

    def spy(self, exercise, session):
        asked.append(exercise.id)
        return verdict(self, exercise, session)

    monkeypatch.setattr(judge.Judge, "_verdict", spy)
    found = regrade.Regrade(room(root, work), ANSWER).run(silent)
    assert asked == [ANSWER] * 5
    after = scores(work)
    assert after["ada"][ANSWER] == after["cyd"][ANSWER] == 5.0
    assert after["bob"][ANSWER] > before["bob"][ANSWER] or "bob" not in found.changed
    assert after["fay"] == before["fay"]
    assert after["eve"][ANSWER] == 4.5
    assert found.by_hand == ["eve"]
    assert after["cyd"]["e2-double"] == 1.25
    for student in ("ada", "bob", "eve", "fay", "zed"):
        assert after[student]["e2-double"] == before[student]["e2-double"]
    assert {"ada", "cyd"} <= set(found.changed)
    assert not found.errors
    page = (work / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert f"{ANSWER}: 5 of 5" in page


def test_marks_by_hand_that_were_reviewed_are_not_called_for_again(graded):
    from nbgrader.api import Gradebook

    root, work = graded
    by_hand(work, "cyd", "e2-double", 1.25)
    write(root, FIXED)
    regrade.Regrade(room(root, work), ANSWER).run(silent)
    with classroom.quiet(), Gradebook(room(root, work).url) as book:
        grade = book.find_grade("e2-double-check", NAME, NAME, "cyd")
        assert (grade.manual_score, grade.needs_manual_grade) == (1.25, False)


def test_a_regrade_that_was_killed_goes_on_and_tells_of_all(graded):
    root, work = graded
    write(root, FIXED)

    class Stopped(Counting):
        def map(self, job, items):
            for done in InThisProcess.map(self, job, items):
                yield done
                self.ran.append(done.item.student)
                if len(self.ran) >= self.stop_after:
                    raise KeyboardInterrupt

    first, second, third = Stopped(2), Stopped(), Stopped()
    with pytest.raises(KeyboardInterrupt):
        regrade.Regrade(room(root, work, executor=first), ANSWER).run(silent)
    record = work / "regraded" / f"{ANSWER}.jsonl"
    record.write_text(record.read_text() + '{"student": "a')  # as a kill leaves it
    found = regrade.Regrade(room(root, work, executor=second), ANSWER).run(silent)
    assert sorted(first.ran + second.ran) == ["ada", "bob", "cyd", "eve", "fay"]
    assert {"ada", "cyd", "eve"} <= set(found.changed)
    again = regrade.Regrade(room(root, work, executor=third), ANSWER).run(silent)
    assert third.ran == []
    assert set(again.changed) == set(found.changed)


def test_grading_again_finds_nothing_to_do_and_keeps_the_marks(graded, tmp_path):
    root, work = graded
    write(root, FIXED)
    regrade.Regrade(room(root, work), ANSWER, seed=11).run(silent)
    path = work / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    outcome = json.loads(path.read_text())["metadata"]["graders"]
    assert [v.get("seed") for v in outcome["verdicts"]] == [11, None, None]
    page = (work / "feedback" / "ada" / NAME / f"{NAME}.html").read_text()
    assert "Judged again with seed 11" in page
    counted = Counting()
    before = scores(work)
    room(root, work, executor=counted).grade(tmp_path / "class", silent)
    assert counted.ran == ["zed"] or counted.ran == []
    assert scores(work) == before


def test_other_checks_that_changed_are_named_and_their_marks_kept(graded, tmp_path):
    root, work = graded
    write(root, FIXED.replace("2.0 * x, at=[1.0", "3.0 * x, at=[1.0"))
    found = regrade.Regrade(room(root, work), ANSWER).run(silent)
    assert found.pending == ["e2-double"]
    assert scores(work)["ada"]["e2-double"] == 2.0
    again = regrade.Regrade(room(root, work), "e2").run(silent)
    assert again.pending == []
    assert again.changed["ada"][1].score < 2.0


def test_the_command_prints_the_marks_that_changed(graded, capsys):
    root, work = graded
    write(root, FIXED)
    by_hand(work, "eve", ANSWER, 4.5)
    words = ["regrade", "--exercise", "e1", "--root", str(root)]
    assert main([*words, "--sandbox", classes.SANDBOX, str(work)]) == 0
    said = capsys.readouterr().out
    assert "ada" in said
    assert "given by hand, kept" in " ".join(said.split())
    assert "marks changed" in said


@pytest.mark.parametrize("name", ["e9", "e", "why-first-order"])
def test_an_exercise_that_is_none_is_answered_with_those_there_are(graded, name):
    root, work = graded
    with pytest.raises(CourseError, match=f"{ANSWER}.*e2-double"):
        regrade.Regrade(room(root, work), name)


def test_a_folder_that_was_not_graded_is_refused(tmp_path, capsys):
    words = ["regrade", "--exercise", "e1", "--root", str(classes.ROOT)]
    words += ["--sandbox", "none", str(tmp_path)]
    assert main(words) == 1
    assert "graders grade" in capsys.readouterr().err


def test_an_exercise_on_a_lost_one_is_judged_on_the_courses_own(graded):
    """The judge is told what did not hold, as the outcome of the class has it."""
    root, work = graded
    write(root, FIXED)
    (task,) = regrade.Regrade(room(root, work), "e2")._task("bob")
    assert task.job.lost == (ANSWER,)
    assert task.job.only == ("e2-double",)
