"""A graded class as other programs take it: spreadsheets, Canvas, Moodle, statistics.

Cells are quoted by the csv module, and none begins like a formula.  Who handed in
nothing has empty cells: a platform then leaves what it has.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.pipeline.lesson import is_stretch
from graders.pipeline.report import Class, Line, harmless
from graders.pipeline.roster import Roster, Student

FORMS = ("csv", "canvas", "moodle", "long")
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("First name", "Last name", "ID number", "Email address")
WIDE = ("student_id", "last_name", "first_name", "email")
LONG = (
    *WIDE,
    "lesson",
    "exercise",
    "stretch",
    "score",
    "auto_score",
    "manual_score",
    "max_score",
    "untouched",
    "mistake",
    "lesson_penalty",
)
_DATE = (1980, 1, 1, 0, 0, 0)  # the same class gives the same zip
Row = list[Any]


@dataclass(frozen=True)
class Export:
    """What is exported, and how a platform calls things.

    `columns` are the platform's names of lessons; `labels` Moodle's names of places,
    by student and lesson; with `stretch` those points are added to a lesson's.
    """

    graded: Class
    roster: Roster = field(default_factory=Roster)
    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stretch: bool = False

    def student(self, line: Line) -> Student:
        """The roster's line of a student; of one who is not on it, the id alone."""
        return self.roster.students.get(line.student) or Student(line.student)

    def score(self, line: Line, lesson: str) -> float | None:
        """Points of a lesson, penalty taken off; None where nothing was graded."""
        if lesson not in line.scores:
            return None
        extra = 0.0 if self.stretch else line.stretch(lesson)
        return round(line.scores[lesson] - extra, 4)

    def scores(self, line: Line) -> list[float | None]:
        """Points by lesson."""
        return [self.score(line, lesson) for lesson in self.graded.lessons]

    def heads(self) -> list[str]:
        """Lessons as the platform calls them."""
        return [self.columns.get(lesson, lesson) for lesson in self.graded.lessons]


def text(form: str, export: Export) -> str:
    """The file of one form."""
    rows: dict[str, Callable[[Export], Iterator[Row]]] = {
        "csv": wide,
        "canvas": canvas,
        "moodle": moodle,
        "long": by_exercise,
    }
    return written(rows[form](export))


def written(rows: Iterator[Row]) -> str:
    """Rows as CSV."""
    made = io.StringIO()
    writer = csv.writer(made)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return made.getvalue()


def _person(one: Student) -> Row:
    return [one.id, one.last, one.first, one.email]


def wide(export: Export) -> Iterator[Row]:
    """One row a student, one column a lesson."""
    yield [*WIDE, *export.heads(), "total", "stretch"]
    for line in export.graded.lines:
        person, scores = _person(export.student(line)), export.scores(line)
        yield [*person, *scores, round(line.total, 4), round(line.extra, 4)]


def canvas(export: Export) -> Iterator[Row]:
    """Canvas's gradebook: it knows students by any of its three ids."""
    yield [*CANVAS, *export.heads()]
    yield ["    Points Possible", "", "", "", "", *export.graded.lessons.values()]
    for line in export.graded.lines:
        one = export.student(line)
        name = ", ".join(filter(None, [one.last, one.first])) or one.id
        ids = [one.canvas, one.sis, one.login or one.id, one.section]
        yield [name, *ids, *export.scores(line)]


def moodle(export: Export) -> Iterator[Row]:
    """Moodle's import of grades, which knows users by address or by ID number."""
    yield [*MOODLE, *export.heads()]
    for line in export.graded.lines:
        one = export.student(line)
        ids = [one.first, one.last, one.number or one.id, one.email]
        yield [*ids, *export.scores(line)]


def by_exercise(export: Export) -> Iterator[Row]:
    """One row for each student and exercise: for statistics of one's own."""
    yield list(LONG)
    for line in export.graded.lines:
        person = _person(export.student(line))
        for lesson in export.graded.lessons:
            for verdict in line.outcomes.get(lesson, {}).get("verdicts", []):
                yield [*person, lesson, *_exercise(line, lesson, verdict)]


def _exercise(line: Line, lesson: str, verdict: Mapping[str, Any]) -> Row:
    name = verdict["exercise"]
    mark = line.marks.get(lesson, {}).get(name)
    score = mark.score if mark else verdict["points"]
    auto, by_hand = (mark.auto, mark.by_hand) if mark else (verdict["points"], None)
    blank = bool(verdict.get("untouched")) and not verdict["points"]
    penalty = line.penalties.get(lesson, 0.0)
    points = [score, auto, by_hand, verdict["worth"]]
    told = [int(blank), verdict["diagnosis"], penalty]
    return [name, int(is_stretch(name)), *points, *told]


# -- feedback ------------------------------------------------------------------------
def feedback(export: Export, work: Path, lesson: str) -> tuple[bytes, list[str]]:
    """Moodle's "upload feedback files in a zip" for one lesson; whom it leaves out.

    Moodle knows a student by the number in the name that its own download gave, or by
    the number in its grading worksheet.
    """
    made, lost = io.BytesIO(), []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for line in export.graded.lines:
            path = work / "feedback" / line.student / lesson / f"{lesson}.html"
            if lesson not in line.scores or not path.is_file():
                continue
            label = _label(export, line, lesson)
            if not label:
                lost.append(line.student)
                continue
            entry = zipfile.ZipInfo(f"{label}feedback-{lesson}.html", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return made.getvalue(), lost


def _label(export: Export, line: Line, lesson: str) -> str:
    known = export.labels.get(line.student, {}).get(lesson, "")
    one = export.student(line)
    if known or not one.participant:
        return known
    name = f"{one.first} {one.last}".strip().replace("_", " ").replace("/", " ")
    return f"{name}_{one.participant}_assignsubmission_file_"


def unknown(form: str, export: Export) -> list[str]:
    """Students whom the platform will not know: nothing of theirs stands there."""
    if form == "canvas":
        return _without(export, ("canvas", "sis", "login"))
    return _without(export, ("email", "number")) if form == "moodle" else []


def _without(export: Export, names: Sequence[str]) -> list[str]:
    return [
        line.student
        for line in export.graded.lines
        if not any(getattr(export.student(line), name) for name in names)
    ]
