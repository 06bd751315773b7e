"""The reader's progress: kept beside the index, shown for every lesson."""

import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from graders import progress, show
from graders.checks import hosts
from graders.checks.check import Check
from graders.pipeline import cli
from graders.pipeline.lesson import is_stretch
from tests.conftest import require

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "lessons"
KERNEL = """
import sys
from types import SimpleNamespace
from graders import progress

for n in range(40):
    name = f"{sys.argv[1]}{n}"
    progress.record(SimpleNamespace(exercise=name, earned=1.0, worth=1, results=[]))
"""


@contextmanager
def quiet():
    """A reader's notebook in which no table is shown."""
    with pytest.MonkeyPatch.context() as patch, hosts.use(hosts.LocalHost()):
        patch.setattr(show, "_display", lambda page, text: None)
        yield


def check(*answers, exercise="e1-slope", worth=4):
    """A check with a property for each answer, recorded where we are."""
    with quiet():
        made = Check(exercise, visible=worth, hidden=0)
        for number, answer in enumerate(answers):
            made.value(f"property {number}", answer, 1)
        made.score()


def right():
    return 1


def wrong():
    return 2


def unwritten():
    raise NotImplementedError("write your answer here")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A reader's folder of two lessons, and the reader in the first of them."""
    folder = tmp_path / "course"
    for name, points in (
        ("01_one", {"p1-guess": 0, "e1-slope": 4, "e2-dots": 16, "s1-more": 2}),
        ("02_two", {"e1-other": 20}),
    ):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.ipynb").write_text(json.dumps(notebook(points)))
    (folder / "index.ipynb").write_text("{}")
    monkeypatch.chdir(folder / "01_one")
    return folder


def notebook(points):
    marks = [
        {"grade": True, "grade_id": f"{name}-check", "points": worth}
        for name, worth in points.items()
    ]
    cells = [{"metadata": {"nbgrader": mark}} for mark in marks]
    return {"cells": [{"metadata": {}}, *cells]}


def kept(folder):
    return json.loads((folder / progress.FILE).read_text())


def test_a_check_is_kept_beside_the_index_with_what_it_earned(course):
    check(right, wrong)
    assert kept(course) == {"e1-slope": {"lesson": "01_one", "points": 2.0, "worth": 4}}


def test_nothing_is_kept_where_no_index_lies(course):
    (course / "index.ipynb").unlink()
    check(right)
    assert list(course.parent.rglob(progress.FILE)) == []


def test_an_answer_that_nobody_has_begun_is_not_tried(course):
    check(unwritten, unwritten)
    assert not (course / progress.FILE).exists()
    check(wrong, unwritten)
    assert kept(course)["e1-slope"]["points"] == 0


def test_a_table_that_is_still_empty_is_not_tried(course):
    entries = {"a": None, "b": None}
    table(entries)
    assert not (course / progress.FILE).exists()
    table(entries | {"a": 2})
    assert kept(course)["e2-dots"]["points"] == 0


def table(entries):
    with quiet():
        made = Check("e2-dots", visible=4, hidden=0)
        made.facts("as run", entries, {"a": 1, "b": 1})
        made.behaviour("every key", lambda: list(entries.values()), complete)
        made.score()


def complete(values):
    return None not in values or "a key has no answer"


# Its check turns open places into words before it looks at them.
SEEN_AS_BEGUN = {"e5-claims"}


@pytest.mark.slow
@pytest.mark.parametrize("lesson", sorted(progress.lessons(RELEASED)))
def test_who_runs_a_lesson_only_to_read_it_has_tried_nothing(course, lesson):
    """Each released lesson, run from top to bottom as it is."""
    require("torch")
    (course / lesson).mkdir()
    script = course / lesson / "all_cells.py"
    script.write_text("\n".join(code(RELEASED / lesson / f"{lesson}.ipynb")))
    done = subprocess.run(
        [sys.executable, script.name],
        cwd=script.parent,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert set(progress.load(course)) <= SEEN_AS_BEGUN


def code(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_the_newest_result_counts_also_when_it_is_worse(course):
    check(right, right)
    check(unwritten, unwritten)
    assert kept(course)["e1-slope"]["points"] == 0


def test_notebooks_that_are_checked_side_by_side_lose_nothing(course):
    kernels = [
        subprocess.Popen([sys.executable, "-c", KERNEL, who], cwd=course / "01_one")
        for who in "abc"
    ]
    assert [kernel.wait(timeout=60) for kernel in kernels] == [0, 0, 0]
    assert set(kept(course)) == {f"{who}{n}" for who in "abc" for n in range(40)}


def test_a_notebook_that_is_never_done_writing_holds_no_check_up(course, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.1)
    with FileLock(course / f".{progress.FILE}.lock"):
        check(right)
    assert not (course / progress.FILE).exists()
    check(right)
    assert kept(course)["e1-slope"]["points"] == 4


def test_a_folder_that_takes_no_file_is_no_reason_to_fail(course, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    check(right)
    assert [path.name for path in course.glob(".progress.json.[0-9]*")] == []
    assert not (course / progress.FILE).exists()


def test_every_lesson_has_its_row_before_anything_is_done(course):
    assert progress.rows() == [
        progress.HEADER,
        ["01_one", "0 of 3", "0 of 20", "0 of 2"],
        ["02_two", "0 of 1", "0 of 20", ""],
        ["all", "0 of 4", "0 of 40", "0 of 2"],
    ]


def test_points_of_the_stretch_exercise_stand_apart(course):
    check(right, wrong)
    check(right, exercise="s1-more", worth=2)
    assert progress.rows()[1] == ["01_one", "2 of 3", "2 of 20", "2 of 2"]


def test_an_exercise_is_of_the_lesson_that_holds_it_wherever_it_was_run(course):
    check(right, exercise="e1-other", worth=20)  # in a copy, below 01_one
    assert progress.rows()[2] == ["02_two", "1 of 1", "20 of 20", ""]


def test_an_exercise_whose_check_cell_is_gone_still_counts(course):
    check(right, exercise="e9-gone", worth=3)
    assert progress.rows()[1] == ["01_one", "1 of 4", "3 of 23", "0 of 2"]


@pytest.mark.parametrize("text", ["[not json", "[1]", '{"e1-slope": 3}', "\udcff"])
def test_a_damaged_file_is_no_reason_to_fail(course, text):
    (course / progress.FILE).write_text(text, errors="surrogateescape")
    assert progress.load() == {}
    assert progress.rows()[1][1] == "0 of 3"
    check(right)
    assert list(progress.load()) == ["e1-slope"]


def test_a_damaged_notebook_is_no_reason_to_fail(course):
    (course / "02_two" / "02_two.ipynb").write_text("{")
    assert [row[0] for row in progress.rows()] == ["lesson", "01_one"]


def test_outside_of_a_course_it_is_shown_with_a_word_of_welcome(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    progress.show()
    assert "Nothing done yet" in capsys.readouterr().out


def test_the_released_lessons_give_what_the_course_promises():
    for lesson, points in progress.lessons(RELEASED).items():
        assert sum(p for name, p in points.items() if not is_stretch(name)) == 20, (
            lesson
        )
    ten = [row for row in progress.rows(RELEASED) if re.match(r"\d\d_", row[0])]
    assert len(ten) == 10
    assert all(row[2].endswith(" of 20") and row[3].endswith(" of 2") for row in ten)


# -- the command ---------------------------------------------------------------------
def run(capsys, *words):
    status = cli.main(["progress", *words])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_prints_the_table_of_the_index(course, capsys):
    check(right, wrong)
    status, out, _ = run(capsys)
    assert status == 0
    assert out.startswith(f"Your progress (visible properties only)\n{course}\n")
    assert show.text_table(progress.rows()) in out


def test_the_command_says_where_to_begin(course, capsys):
    assert "open lesson 1" in run(capsys, str(course))[1]


@pytest.mark.parametrize("own", [True, False])
def test_in_a_checkout_a_student_s_own_folder_comes_first(
    course, capsys, monkeypatch, own
):
    root = course.parent
    course.rename(root / "lessons")
    if own:
        (root / "my_course").mkdir()
        (root / "my_course" / "index.ipynb").write_text("{}")
    (root / "solutions").mkdir()
    monkeypatch.chdir(root / "solutions")
    wanted = "my_course" if own else "lessons"
    assert run(capsys)[1].splitlines()[1] == str(root / wanted)


def test_where_no_course_is_the_command_says_what_to_do(tmp_path, capsys):
    status, out, err = run(capsys, str(tmp_path))
    assert (status, out) == (1, "")
    assert str(tmp_path) in err
    assert "graders progress my_course" in err
