"""The gradebook, opened once: verdicts entered by nbgrader's own steps, one by one.

nbgrader opens its database for each step of each submission, and commits each cell.
Here the steps (scores, late penalties, what a grader wrote by hand) share one open
gradebook, and a submission is one transaction: it stands there whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import ModuleType
from typing import Any

from nbgrader import api
from nbgrader import preprocessors as steps
from nbgrader.api import Gradebook
from nbgrader.preprocessors import getgrades, latesubmissions, saveautogrades
from nbgrader.utils import parse_utc

_MODULES: tuple[ModuleType, ...] = (saveautogrades, latesubmissions, getgrades)


class Ledger:
    """A gradebook that stays open; use `with`, from one thread.

    `config` is nbgrader's: it names the plugin that assigns late penalties.
    """

    def __init__(self, url: str, config: Any) -> None:
        self.book: Any = _Open(url)
        makers: Any = steps
        self.scores = _Scores(config=config)
        self.late = makers.AssignLatePenalties(config=config)
        self.told = makers.GetGrades(config=config)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_error: object) -> None:
        self.book.shut()

    def enter(
        self,
        notebook: Any,
        student: str,
        lesson: str,
        stamp: str,
        only: Collection[str] = (),
    ) -> Any:
        """Write the points of a graded notebook; what the gradebook says of it now.

        The answer is nbgrader's `resources`, with score and penalty; scores and
        comments by hand stand in the notebook's metadata. `stamp` is when the work
        came in, as nbgrader reads it, or "". Where `only` names cells, marks of all
        others stay what they are.
        """
        self.scores.only = frozenset(only)
        where = {"notebook": lesson, "assignment": lesson, "student": student}
        resources: Any = {"nbgrader": {**where, "db_url": ""}}
        with self._transaction(), _shared(self.book):
            when = {"timestamp": stamp} if _time(stamp) else {}
            self.book.update_or_create_submission(lesson, student, **when)
            for step in (self.scores, self.late, self.told):
                self.book.hold(lesson, student)
                notebook, resources = step.preprocess(notebook, resources)
        return resources

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            yield
            self.book.session.commit()
        except BaseException:
            self.book.session.rollback()
            raise
        finally:
            self.book.session.expunge_all()  # a class of thousands is not kept


class _Scores(saveautogrades.SaveAutoGrades):  # type: ignore[misc]
    """nbgrader's step, which can leave marks alone: it calls those by hand unseen."""

    only: frozenset[str] = frozenset()

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Enter a cell's points, if it is one that was judged."""
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if self.only and name not in self.only:
            return cell, resources
        entered: tuple[Any, Any] = super().preprocess_cell(cell, resources, index)
        return entered


class _Open(Gradebook):  # type: ignore[misc]
    """A gradebook whose steps neither close nor commit it.

    They ask for marks cell by cell; all of a submission are read at once.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.session: Any = self.db
        self.db: Any = _Uncommitted(self.session)
        self.held: dict[tuple[type, str, str, str], Any] = {}

    def hold(self, lesson: str, student: str) -> None:
        """Read the marks of a submission's notebook, as they are now."""
        self.session.flush()
        self.held = {}
        for kind in (api.Grade, api.Comment):
            found = (
                self.session.query(kind, api.BaseCell.name)
                .join(api.BaseCell, api.BaseCell.id == kind.cell_id)
                .join(kind.notebook)
                .join(api.SubmittedNotebook.notebook)
                .join(api.SubmittedNotebook.assignment)
                .join(api.SubmittedAssignment.assignment)
                .filter(
                    api.Notebook.name == lesson,
                    api.Assignment.name == lesson,
                    api.SubmittedAssignment.student_id == student,
                )
                .populate_existing()
            )
            self.held |= {(kind, n, lesson, student): one for one, n in found}

    def find_grade(self, cell: str, notebook: str, lesson: str, student: str) -> Any:
        """Of the marks that are held, else as nbgrader finds it."""
        held = notebook == lesson and self.held.get((api.Grade, cell, lesson, student))
        return held or super().find_grade(cell, notebook, lesson, student)

    def find_comment(self, cell: str, notebook: str, lesson: str, student: str) -> Any:
        """Of those that are held, else as nbgrader finds it."""
        held = notebook == lesson and self.held.get(
            (api.Comment, cell, lesson, student)
        )
        return held or super().find_comment(cell, notebook, lesson, student)

    def close(self) -> None:
        """What a step calls when it is done: nothing is closed yet."""

    def shut(self) -> None:
        """Close it indeed."""
        self.session.remove()
        self.engine.dispose()


class _Uncommitted:
    """A session whose `commit` waits: what has changed is sent before it is read."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def commit(self) -> None:
        """Leave the transaction open."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


@contextmanager
def _shared(book: Any) -> Iterator[None]:
    """Inside the block nbgrader's steps get this gradebook when they open theirs."""
    before = [vars(module)["Gradebook"] for module in _MODULES]
    try:
        for module in _MODULES:
            vars(module)["Gradebook"] = lambda url: book
        yield
    finally:
        for module, own in zip(_MODULES, before, strict=True):
            vars(module)["Gradebook"] = own


def _time(stamp: str) -> datetime | None:
    """The moment of a time stamp; None where it is none."""
    try:
        return parse_utc(stamp) if stamp.strip() else None
    except (ValueError, OverflowError):
        return None
