"""What nbgrader will come to is judged beforehand, and used where it is the same."""

import threading
from functools import partial

import pytest

from graders.pipeline import ahead, classroom, gradebook, nbgrader_plugin, verdicts
from graders.pipeline.ahead import Ahead
from graders.pipeline.master import Cell
from graders.pipeline.verdicts import Job
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, hand_in, notebook

JOB = Job(NAME, b"", b"", 1)


@pytest.fixture
def judged(monkeypatch):
    """(who was judged, whether beforehand), as it happens."""
    found: list[tuple[str, bool]] = []
    main = threading.get_ident()

    def judge(job, cells, notes):
        found.append((cells[0].source, threading.get_ident() != main))
        return {"source": cells[0].source}

    monkeypatch.setattr(ahead, "judge_cells", judge)
    return found


def cells(source):
    return [Cell("answer", "e1", source)]


def looks(*names):
    return [(name, partial(cells, name)) for name in names]


def test_each_is_judged_once_and_the_later_ones_beforehand(judged):
    mine = Ahead(2)
    names = ["ada", "bob", "cyd", "dan", "eve"]
    for i, name in enumerate(names):
        later = looks(*names[i + 1 :])
        assert mine.outcome(JOB, name, cells(name), later) == {"source": name}
        assert len(mine.begun) <= 2
    assert sorted(judged) == [("ada", False)] + [(name, True) for name in names[1:]]


def test_another_answer_than_the_one_that_was_seen_is_judged_again(judged):
    mine = Ahead(2)
    mine.outcome(JOB, "ada", cells("ada"), looks("bob"))
    assert mine.outcome(JOB, "bob", cells("new"), []) == {"source": "new"}
    assert judged[-1] == ("new", False)


def test_what_could_not_be_looked_at_is_judged_when_it_is_asked_for(judged):
    def fails():
        raise OSError("gone")

    mine = Ahead(2)
    mine.outcome(JOB, "ada", cells("ada"), [("bob", fails)])
    assert mine.outcome(JOB, "bob", cells("bob"), []) == {"source": "bob"}
    assert judged == [("ada", False), ("bob", False)]


def test_what_nobody_asked_for_is_let_go_when_it_was_passed_over(judged):
    mine = Ahead(2)
    mine.outcome(JOB, "ada", cells("ada"), looks("bob", "cyd", "dan", "eve"))
    assert set(mine.begun) == {(JOB, "bob"), (JOB, "cyd")}
    # both are refused before they come here
    mine.outcome(JOB, "dan", cells("dan"), looks("eve"))
    assert set(mine.begun) == {(JOB, "eve")}
    assert mine.outcome(JOB, "eve", cells("eve"), []) == {"source": "eve"}
    assert mine.begun == {}


def test_one_core_has_nothing_left_for_others(judged):
    mine = Ahead(1)
    mine.outcome(JOB, "ada", cells("ada"), looks("bob"))
    assert mine.begun == {}


def test_a_run_that_was_given_up_leaves_nothing(judged):
    mine = Ahead(2)
    mine.outcome(JOB, "ada", cells("ada"), looks("bob"))
    other = Job(NAME, b"", b"", 2)
    mine.outcome(other, "cyd", cells("cyd"), looks("bob"))
    assert list(mine.begun) == [(other, "bob")]


@pytest.fixture
def course(tmp_path):
    root = classes.tiny_course(tmp_path)
    folder = root / "solutions" / NAME
    folder.mkdir()
    (folder / f"{NAME}.ipynb").write_bytes(classes.solution())
    made = {"ada": notebook(), "bob": notebook(classes.WRONG), "eve": notebook(None)}
    for student, one in made.items():
        hand_in(root / "submitted", student, one)
    hand_in(root / "submitted", "cut", classes.data(notebook())[:700])
    return root


def test_nbgraders_own_run_judges_each_submission_once(course, monkeypatch):
    from nbgrader.apps import NbGraderAPI
    from nbgrader.converters import Autograde

    calls, judge = [], verdicts.judge_cells

    def counted(job, cells, notes):
        calls.append(threading.get_ident())
        return judge(job, cells, notes)

    monkeypatch.chdir(course)
    monkeypatch.setattr(ahead, "judge_cells", counted)
    monkeypatch.setattr(nbgrader_plugin, "_ahead", Ahead(2))
    config = gradebook.configured(course)
    config.JudgedExecute.sandbox = classes.SANDBOX
    config.CourseDirectory.assignment_id = NAME
    with gradebook.alembic_here(), classroom.quiet():
        api = NbGraderAPI(config=config)
        assert api.generate_assignment(NAME)["success"]
        Autograde(coursedir=api.coursedir, config=config).start()
        graded = sorted(
            p.parent.name for p in (course / "autograded").glob(f"*/{NAME}")
        )
        assert graded == ["ada", "bob", "cut", "eve"]
        assert len(calls) == 3  # the one that is cut off is refused
        assert sum(one != threading.get_ident() for one in calls) == 2
        # what was graded is passed over, and not judged beforehand either
        hand_in(course / "submitted", "fay", notebook())
        Autograde(coursedir=api.coursedir, config=config).start()
    assert len(calls) == 4
