"""What the gradebook says: each mark with where it comes from, read in two queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Where = tuple[str, str]
"""A student and a lesson."""


@dataclass(frozen=True)
class Mark:
    """Points of one exercise: what counts, what the judge gave, what a person gave."""

    score: float
    worth: float
    auto: float | None = None
    by_hand: float | None = None


@dataclass
class Entry:
    """One submission in the gradebook: its marks by exercise, when it came, if late."""

    marks: dict[str, Mark] = field(default_factory=dict)
    timestamp: datetime | None = None
    due: datetime | None = None
    penalty: float = 0.0

    @property
    def score(self) -> float:
        """All points, before a penalty."""
        return sum(mark.score for mark in self.marks.values())


def read(url: str) -> dict[Where, Entry]:
    """Every submission in a gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(url) as book:
        entries = dict(_entries(book.db))
        for where, name, mark in _marks(book.db):
            if where in entries:
                entries[where].marks[name] = mark
    return entries


def _entries(session: Any) -> Iterator[tuple[Where, Entry]]:
    from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook

    of: Any = SubmittedAssignment
    found = (
        session.query(
            of.student_id,
            Assignment.name,
            of.timestamp,
            of.extension,
            Assignment.duedate,
            SubmittedNotebook.late_submission_penalty,
        )
        .join(Assignment, of.assignment_id == Assignment.id)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == of.id)
    )
    for student, lesson, when, more, due, penalty in found:
        last = due + more if due is not None and more is not None else due
        yield (student, lesson), Entry({}, when, last, float(penalty or 0.0))


def _marks(session: Any) -> Iterator[tuple[Where, str, Mark]]:
    from nbgrader.api import (
        Assignment,
        Grade,
        GradeCell,
        SubmittedAssignment,
        SubmittedNotebook,
    )

    of: Any = SubmittedAssignment
    found = (
        session.query(
            of.student_id,
            Assignment.name,
            GradeCell.name,
            GradeCell.max_score,
            Grade.score,
            Grade.auto_score,
            Grade.manual_score,
        )
        .join(Grade, Grade.cell_id == GradeCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(of, SubmittedNotebook.assignment_id == of.id)
        .join(Assignment, of.assignment_id == Assignment.id)
        .order_by(of.student_id, Assignment.name, GradeCell.name)
    )
    for student, lesson, cell, worth, score, auto, by_hand in found:
        name = str(cell).removesuffix("-check")
        mark = Mark(float(score or 0.0), float(worth or 0.0), auto, by_hand)
        yield (student, lesson), name, mark
