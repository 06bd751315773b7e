"""Who handed in what: submissions found in a class's folder or zip, read only.

Layouts: nbgrader's `STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb` and its exchange, the bulk
downloads of Moodle and Canvas, a folder or a zip a student, and files beside one
another that are named after student and assignment.  A notebook under another name is
known by the ids of its cells.  Of several the last one counts; the others are named.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graders.pipeline import archive, platforms, unreadable
from graders.pipeline.archive import Item
from graders.pipeline.findings import CourseError
from graders.pipeline.platforms import Delivery
from graders.pipeline.rebuild import Assignment, Note
from graders.pipeline.roster import Roster

ENOUGH = 2  # ids of a lesson by which a notebook is known to be of it
LARGE = 2**20  # bytes of a file that are worth a note
WRAPPERS = frozenset({"submitted", "submissions", "inbound"})
LAYOUTS = ("zip", "folder", "nbgrader")
_UNSAFE = re.compile(r"[^\w .,@=()'-]|^[.\s]+|[\s.]+$")


@dataclass
class Submission:
    """What one student handed in for one assignment ("" where that is not known)."""

    student: str
    assignment: str
    data: bytes = b""
    notes: list[Note] = field(default_factory=list)
    refused: str = ""
    timestamp: str = ""
    label: str = ""  # how Moodle names the place where the feedback goes


@dataclass
class Intake:
    """Everything found: submissions in order of student, and notes on the rest.

    `students` are all, those too who stand on the roster and handed in nothing.
    """

    submissions: list[Submission]
    students: list[str]
    notes: list[Note] = field(default_factory=list)
    roster: Roster = field(default_factory=Roster)


@dataclass
class _Found:
    """A notebook, or what claims to be one: parsed, or refused."""

    item: Item
    data: bytes = b""
    cells: dict[str, Any] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)
    refused: str = ""


def collect(
    source: Path,
    assignments: Mapping[str, Assignment],
    roster: Roster | None = None,
    layout: str = "",
    *,
    clock: bool = False,
) -> Intake:
    """The submissions in a folder or zip, which are only read.

    `layout` is one of `LAYOUTS`, or "" for whatever is there.  With `clock` the time
    of a file is taken for the time of its submission where nothing better is known.
    """
    _check(source, layout)
    intake = Intake([], [], roster=roster or Roster())
    every = _unwrapped(archive.items(source), set(assignments))
    people = _People(intake.roster, every, assignments)
    for item in every:
        if not people.take(item) and item.refused:
            intake.notes.append(Note("refusal", f"{item.shown} {item.refused}."))
    if layout == "nbgrader" and not people.of_nbgrader:
        raise CourseError(
            f"{source} holds nothing of nbgrader's: needed is its exchange's inbound "
            "folder (user+assignment+timestamp) or submitted/ (user/assignment)."
        )
    intake.notes += people.notes
    for student, own in sorted(people.items.items()):
        intake.students.append(student)
        intake.submissions += _of_student(student, own, assignments, clock)
    silent = sorted(set(intake.roster.students) - set(people.items))
    intake.students += silent
    return intake


def _check(source: Path, layout: str) -> None:
    if not source.exists():
        raise CourseError(f"{source} is not there; give a folder or zip of submissions")
    is_zip = source.is_file() and zipfile.is_zipfile(source)
    if not source.is_dir() and not is_zip:
        raise CourseError(
            f"{source} is neither a folder nor a zip of submissions. For one notebook: "
            f"graders grade --self {source}"
        )
    if layout == "zip" and not is_zip:
        raise CourseError(f"{source} is a folder and no zip; give --from folder")
    if layout == "folder" and is_zip:
        raise CourseError(f"{source} is a zip and no folder; give --from zip")


# -- layouts -------------------------------------------------------------------------
def _unwrapped(items: list[Item], names: set[str]) -> list[Item]:
    """Without the folder that holds the whole class, where there is one."""
    tops = {item.parts[0] for item in items if item.parts}
    if len(tops) != 1:
        return items
    deep = any(set(item.parts[2:3]) & names for item in items)
    plain = not any(set(item.parts[1:2]) & names for item in items)
    if not (tops <= WRAPPERS or (deep and plain)):
        return items
    return [
        replace(item, parts=item.parts[1:]) for item in items if len(item.parts) > 1
    ]


def _student_of(item: Item, assignments: Iterable[str], every: list[Item]) -> str:
    """The student's id; from the file's name where files lie beside one another."""
    top = item.parts[0]
    is_folder = len(item.parts) > 1 or (item.read is None and not item.refused)
    if is_folder or any(len(i.parts) > 1 and i.parts[0] == top for i in every):
        return student_id(top)
    stem = top.split(".ipynb")[0].removesuffix(".zip").removesuffix(".json")
    if not (_is_notebook(item) or item.refused):
        return ""
    for name in assignments:
        at = stem.lower().find(name.lower())
        if at >= 0:
            rest = stem[:at].rstrip("_- .") + " " + stem[at + len(name) :].lstrip("_- ")
            return student_id(re.sub(r"\(\d+\)", "", rest).strip("_- ."))
    return student_id(stem)


class _People:
    """Whose each item is: by the platform's number, by the roster, else by the name."""

    def __init__(
        self, roster: Roster, every: list[Item], assignments: Mapping[str, Assignment]
    ) -> None:
        self.roster, self.every, self.assignments = roster, every, assignments
        self.items: dict[str, list[Item]] = {}
        self.notes: list[Note] = []
        self.of_nbgrader = False
        self.tops = {i.parts[0]: platforms.read(i.parts[0]) for i in every if i.parts}
        self.many = self._many()

    def take(self, item: Item) -> str:
        """The student whose item it is, "" for nobody's."""
        delivery = self.tops.get(item.parts[0]) if item.parts else None
        if delivery is not None:
            self.of_nbgrader |= delivery.platform == platforms.EXCHANGE
            student = self._of_delivery(delivery)
        else:
            student = _student_of(item, self.assignments, self.every)
            self.of_nbgrader |= bool(set(item.parts[1:2]) & set(self.assignments))
            if student and self.roster:
                student = self.roster.by_word(student) or self._unknown(student)
        if student:
            self.items.setdefault(student, []).append(item)
        return student

    def _of_delivery(self, one: Delivery) -> str:
        roster, found = self.roster, ""
        if one.platform == platforms.CANVAS:
            found = roster.by_canvas(one.number)
        elif one.platform == platforms.MOODLE:
            found = roster.by_participant(one.number)
        if one.who not in self.many:
            found = found or roster.by_word(one.who)
        if found:
            return found
        name = f"{one.who} ({one.number})" if self._doubtful(one) else one.who
        return self._unknown(student_id(name)) if roster else student_id(name)

    def _doubtful(self, one: Delivery) -> bool:
        """Whether a name may be that of several people."""
        several = one.who in self.many or len(self.roster.called(one.who)) > 1
        if several:
            text = f"{one.who} is the name of several people; they are told apart by "
            text += "number. A roster with their ids names them (--roster)."
            self._tell(text)
        return bool(several and one.number)

    def _unknown(self, student: str) -> str:
        self._tell(f"{student} is not on the roster.")
        return student

    def _tell(self, text: str) -> None:
        note = Note("flag", text)
        if note not in self.notes:
            self.notes.append(note)

    def _many(self) -> frozenset[str]:
        """Names with several numbers: in Moodle numbers are those of one lesson."""
        numbers: dict[tuple[str, str], set[str]] = {}
        for item in self.every:
            one = self.tops.get(item.parts[0]) if item.parts else None
            if one is None or not one.number:
                continue
            of_canvas = one.platform == platforms.CANVAS
            lesson = "" if of_canvas else _named(item, self.assignments)
            if of_canvas or item.read:
                numbers.setdefault((one.who, lesson), set()).add(one.number)
        return frozenset(who for (who, _), found in numbers.items() if len(found) > 1)


def student_id(text: str) -> str:
    """A name that nbgrader's paths and patterns can hold.

    >>> student_id("Doe, Jr. [*]"), student_id("../x")
    ('Doe, Jr. ___', '__x')
    """
    return _UNSAFE.sub("_", text.strip())[:100].strip() or "_"


def _is_notebook(item: Item) -> bool:
    """Whether a file may be meant as a notebook, by its name."""
    name = item.name.lower()
    return ".ipynb" in name or name.endswith(".json")


# -- one student ---------------------------------------------------------------------
def _of_student(
    student: str,
    items: list[Item],
    assignments: Mapping[str, Assignment],
    clock: bool,
) -> list[Submission]:
    refused = [Note("refusal", f"{i.shown} {i.refused}.") for i in items if i.refused]
    found = [_load(item) for item in items if item.read and _is_notebook(item)]
    by_name: dict[str, list[_Found]] = {}
    for one in found:
        by_name.setdefault(_assignment_of(one, assignments), []).append(one)
    for item in items:  # handed in, though there is no notebook that can be read
        name = _named(item, assignments)
        if name and name not in by_name and (item.refused or not item.read):
            by_name[name] = []
    stray = by_name.pop("", [])
    lost = [Note("refusal", f"{one.item.shown}: {_why_stray(one)}") for one in stray]
    if not by_name:
        notes = [*refused, *lost]
        missing = "no notebook of the course was found" + _instead(items)
        return [Submission(student, "", notes=notes, refused=missing)]
    mine = [
        _submission(student, name, found, items, clock)
        for name, found in by_name.items()
    ]
    mine.sort(key=lambda submission: submission.assignment)
    mine[0].notes += lost
    _tell_refused(mine, items, assignments)
    return mine


def _tell_refused(
    mine: list[Submission], items: list[Item], assignments: Iterable[str]
) -> None:
    """What was refused, where its submission is not refused as a whole."""
    for item in items:
        about = [s for s in mine if s.assignment == _named(item, assignments)]
        if item.refused and not any(s.refused for s in about):
            note = Note("refusal", f"{item.shown} {item.refused}.")
            (about or mine)[0].notes.append(note)


def _instead(items: list[Item]) -> str:
    """Why there is no notebook: what was refused, or what lies there instead."""
    for item in items:
        if item.refused:
            return f": {item.shown} {item.refused}"
    names = [item.name for item in items if item.read]
    shown = ", ".join(ascii(name)[1:-1][:40] for name in names[:4])
    return f"; there is: {shown}" if names else ""


def _why_stray(one: _Found) -> str:
    return one.refused or "its cells are of no lesson of this course; not graded."


def _load(item: Item) -> _Found:
    assert item.read is not None
    try:
        data = item.read()
        cells, repairs = unreadable.parse(data)
    except unreadable.RefusedError as error:
        return _Found(item, refused=str(error))
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        return _Found(item, refused="the file cannot be read from disk or zip.")
    return _Found(item, data, cells, repairs)


def lesson_of(path: Path, data: bytes, assignments: Mapping[str, Assignment]) -> str:
    """The lesson that one notebook is of, by its cells or its name; "" for none."""
    if len(assignments) == 1:
        return next(iter(assignments))
    return _assignment_of(_load(Item((path.name,), 0, lambda: data)), assignments)


def _named(item: Item, assignments: Iterable[str]) -> str:
    """The assignment that a path names, in a folder or in the file's own name."""
    for part in (item.parts[-1], *item.parts[-2::-1]):
        for name in assignments:
            if name.lower() in part.lower():
                return name
    return ""


def _assignment_of(one: _Found, assignments: Mapping[str, Assignment]) -> str:
    """By the ids of its cells, which nobody types; else by the path."""
    raws, _ = unreadable.read_cells(one.cells)
    ids = {raw.grade_id for raw in raws} | {raw.id for raw in raws}
    counts = {n: len(_known(a) & ids) for n, a in assignments.items()}
    named = _named(one.item, assignments)
    best = max(counts, key=lambda name: (counts[name], name == named), default="")
    return best if counts.get(best, 0) >= ENOUGH else named


def _known(assignment: Assignment) -> frozenset[str]:
    cells = (str(c.get("id", "")) for c in assignment.student.cells)
    return assignment.ids | frozenset(cells)


def _submission(
    student: str, name: str, found: list[_Found], items: list[Item], clock: bool
) -> Submission:
    """The last and best of the notebooks of one assignment."""
    found = sorted(found, key=lambda one: _rank(one, name))
    if not found:
        near = [item for item in items if _named(item, [name])]
        missing = f"no notebook {name}.ipynb was found{_instead(near)}"
        return Submission(student, name, refused=missing)
    first, *others = found
    texts = [*first.repairs, *_read_as(first, name)]
    texts += [
        f"{other.item.shown} is one more notebook of it{_dated(other)}; not graded."
        for other in others[:3]
    ]
    notes = [Note("repair", text) for text in texts]
    one = platforms.read(first.item.parts[0])
    if one and one.late:
        words = "Canvas marks it so; by how much does not stand in the file's name."
        notes.append(Note("late", words))
    stamp = _timestamp(first, items, clock)
    label = one.label if one else ""
    return Submission(student, name, first.data, notes, first.refused, stamp, label)


def _read_as(first: _Found, name: str) -> Iterator[str]:
    """What was odd of the notebook's name, place and size."""
    own = first.item.name
    one = platforms.read(first.item.parts[0])
    if len(first.item.parts) == 1 and one:  # a platform's words round the name
        own = f"{name}.ipynb" if name.lower() in own.lower() else own
    if own != f"{name}.ipynb":
        shown = ascii(first.item.name)[1:-1][:80]
        yield f"The notebook is called {shown}; it was read as {name}."
    if len(first.item.parts) > 2 and _named(first.item, [name]) != name:
        yield f"It lay at {first.item.shown}."
    if len(first.data) > LARGE:
        size = f"{len(first.data) / 2**20:.1f} MB"
        yield f"The file has {size}, most of it outputs; only code was read."


def _dated(one: _Found) -> str:
    """When an earlier notebook came, where that is known."""
    delivery = platforms.read(one.item.parts[0])
    when = _seconds(delivery.when) if delivery else one.item.when
    return f", of {_utc(when)[:16]}" if when else ""


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _seconds(text: str) -> float:
    """A time as nbgrader writes it; 0 where it is none."""
    from nbgrader.utils import parse_utc

    try:
        found = parse_utc(text) if text.strip() else None
        if found is None or not 2000 <= found.year < 2100:
            return 0.0
        return float(found.replace(tzinfo=UTC).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def _rank(one: _Found, name: str) -> tuple[Any, ...]:
    """Lower is better: readable, of a later delivery, well named, of a later time."""
    exact, parts = one.item.name == f"{name}.ipynb", one.item.parts
    delivery = platforms.read(parts[0])
    attempt, number = delivery.order if delivery else (0, 0)
    came = -_seconds(delivery.when) if delivery else 0.0
    late = (came, -attempt, -number)
    named = (not exact, name not in parts, len(parts))
    return (bool(one.refused), *late, *named, -one.item.when, parts)


def _timestamp(one: _Found, items: list[Item], clock: bool) -> str:
    """When it was handed in, as nbgrader reads it; "" where that is not known.

    By nbgrader's own note, by the exchange's name, or (with `clock`) by the file's
    time; not in Canvas, whose files have the time of the download.
    """
    place = (*one.item.parts[:-1], "timestamp.txt")
    item = next((i for i in items if i.parts == place and i.read), None)
    if item is not None and item.read is not None and item.size <= 200:
        text = item.read().decode("utf-8", "replace").strip()
        if _seconds(text):
            return text
    delivery = platforms.read(one.item.parts[0])
    if delivery and _seconds(delivery.when):
        return delivery.when
    of_canvas = delivery is not None and delivery.platform == platforms.CANVAS
    if clock and one.item.when and not of_canvas:
        return _utc(one.item.when)
    return ""
