"""The gradebook during a run: nbgrader's own steps, few statements, no program."""

import gc
import subprocess

import pytest
from sqlalchemy import event

from graders.pipeline import classroom, gradebook
from graders.pipeline.classroom import Classroom
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME


def silent(*_):
    pass


@pytest.fixture
def room(tmp_path):
    (tmp_path / "course").mkdir()
    course = classes.tiny_course(tmp_path / "course")
    for student, answer in (("ada", classes.RIGHT), ("bob", classes.WRONG)):
        classes.hand_in(tmp_path / "class", student, classes.notebook(answer))
    return Classroom(course, tmp_path / "work", [NAME], 1, sandbox="none")


def test_a_submission_takes_few_statements(room, tmp_path, monkeypatch):
    counts: list[int] = []

    def counted(ledger, *given):
        said = []
        listen = (
            ledger.book.engine,
            "before_cursor_execute",
            lambda *a: said.append(a),
        )
        event.listen(*listen)
        try:
            return enter(ledger, *given)
        finally:
            event.remove(*listen)
            counts.append(len(said))

    from graders.pipeline.ledger import Ledger

    enter = Ledger.enter
    monkeypatch.setattr(Ledger, "enter", counted)
    room.grade(tmp_path / "class", silent)
    again = Classroom(room.root, room.work, [NAME], 2, sandbox="none", force=True)
    again.grade(tmp_path / "class", silent)
    # with a question for each cell and step it was 34, and 21 the second time
    assert len(counts) == 4
    assert max(counts) < 30
    assert max(counts[2:]) < 18


def test_what_is_held_is_what_nbgrader_finds(room, tmp_path):
    room.grade(tmp_path / "class", silent)
    from nbgrader.api import Gradebook, MissingEntry

    from graders.pipeline.ledger import Ledger

    with classroom.quiet(), Ledger(room.url, room.config()) as ledger:
        book = ledger.book
        book.hold(NAME, "ada")
        assert {kind.__name__ for kind, *_ in book.held} == {"Grade", "Comment"}
        for kind, cell, lesson, student in book.held:
            find = {"Grade": "find_grade", "Comment": "find_comment"}[kind.__name__]
            held = getattr(book, find)(cell, lesson, lesson, student)
            assert held is getattr(Gradebook, find)(book, cell, lesson, lesson, student)
        # of another student nothing is held: nbgrader looks
        assert book.find_grade(classes.CHECK, NAME, NAME, "bob").auto_score == 0
        with pytest.raises(MissingEntry):
            book.find_grade("no-such-cell", NAME, NAME, "ada")


def test_alembics_version_is_asked_here(monkeypatch):
    from nbgrader import api

    asked = api.get_alembic_version()
    monkeypatch.setattr(subprocess, "check_output", pytest.fail)
    own = api.get_alembic_version
    with gradebook.alembic_here():
        assert api.get_alembic_version() == asked
    assert api.get_alembic_version is own


def test_the_collector_is_as_before_after_a_run():
    def fails():
        with classroom.spared() as settle:
            assert not gc.isenabled()
            settle()
            assert gc.isenabled()
            assert gc.get_freeze_count()
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert gc.isenabled()
    assert not gc.get_freeze_count()
