"""Who handed in what: submissions found in a class's folder or zip, read only.

Layouts: nbgrader's `STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb`, a folder or a zip a student,
and files beside one another that are named after student and assignment.  A notebook
under another name is known by the ids of its cells.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.pipeline import archive, unreadable
from graders.pipeline.archive import Item
from graders.pipeline.findings import CourseError
from graders.pipeline.rebuild import Assignment, Note

ENOUGH = 2  # ids of a lesson by which a notebook is known to be of it
LARGE = 2**20  # bytes of a file that are worth a note
WRAPPERS = frozenset({"submitted", "submissions"})
_UNSAFE = re.compile(r"[^\w .,@=()'-]|^[.\s]+|[\s.]+$")
_MOODLE = re.compile(r"_\d+_assignsubmission_\w+?_?$")


@dataclass
class Submission:
    """What one student handed in for one assignment ("" where that is not known)."""

    student: str
    assignment: str
    data: bytes = b""
    notes: list[Note] = field(default_factory=list)
    refused: str = ""
    timestamp: str = ""


@dataclass
class Intake:
    """Everything found: submissions in order of student, and notes on the rest."""

    submissions: list[Submission]
    students: list[str]
    notes: list[Note] = field(default_factory=list)


@dataclass
class _Found:
    """A notebook, or what claims to be one: parsed, or refused."""

    item: Item
    data: bytes = b""
    cells: dict[str, Any] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)
    refused: str = ""


def collect(source: Path, assignments: Mapping[str, Assignment]) -> Intake:
    """The submissions in a folder or zip, which are only read."""
    if not source.exists():
        raise CourseError(f"{source} is not there; give a folder or zip of submissions")
    if not source.is_dir() and not zipfile.is_zipfile(source):
        raise CourseError(
            f"{source} is neither a folder nor a zip of submissions. For one notebook: "
            f"graders grade --self {source}"
        )
    intake = Intake([], [])
    by_student: dict[str, list[Item]] = {}
    every = _unwrapped(archive.items(source), set(assignments))
    for item in every:
        student = _student_of(item, assignments, every)
        if student:
            by_student.setdefault(student, []).append(item)
        elif item.refused:
            intake.notes.append(Note("refusal", f"{item.shown} {item.refused}."))
    for student, own in sorted(by_student.items()):
        intake.students.append(student)
        intake.submissions += _of_student(student, own, assignments)
    return intake


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
        Item(item.parts[1:], item.size, item.read, item.refused)
        for item in items
        if len(item.parts) > 1
    ]


def _student_of(item: Item, assignments: Iterable[str], every: list[Item]) -> str:
    """The student's id; from the file's name where files lie beside one another."""
    top = item.parts[0]
    is_folder = len(item.parts) > 1 or (item.read is None and not item.refused)
    if is_folder or any(len(i.parts) > 1 and i.parts[0] == top for i in every):
        return student_id(_MOODLE.sub("", top))
    stem = top.split(".ipynb")[0].removesuffix(".zip").removesuffix(".json")
    if not (_is_notebook(item) or item.refused):
        return ""
    for name in assignments:
        at = stem.lower().find(name.lower())
        if at >= 0:
            rest = stem[:at].rstrip("_- .") + " " + stem[at + len(name) :].lstrip("_- ")
            return student_id(re.sub(r"\(\d+\)", "", rest).strip("_- ."))
    return student_id(stem)


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
    student: str, items: list[Item], assignments: Mapping[str, Assignment]
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
    mine = [_submission(student, name, by_name[name], items) for name in by_name]
    mine.sort(key=lambda submission: submission.assignment)
    mine[0].notes += lost
    for item in items:
        about = [s for s in mine if s.assignment == _named(item, assignments)]
        if item.refused and not any(s.refused for s in about):
            note = Note("refusal", f"{item.shown} {item.refused}.")
            (about or mine)[0].notes.append(note)
    return mine


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
    student: str, name: str, found: list[_Found], items: list[Item]
) -> Submission:
    """The best of the notebooks of one assignment."""
    found = sorted(found, key=lambda one: _rank(one, name))
    if not found:
        near = [item for item in items if _named(item, [name])]
        missing = f"no notebook {name}.ipynb was found{_instead(near)}"
        return Submission(student, name, refused=missing)
    first, *others = found
    texts = list(first.repairs)
    if first.item.name != f"{name}.ipynb":
        shown = ascii(first.item.name)[1:-1][:80]
        texts.append(f"The notebook is called {shown}; it was read as {name}.")
    if len(first.item.parts) > 2 and _named(first.item, [name]) != name:
        texts.append(f"It lay at {first.item.shown}.")
    if len(first.data) > LARGE:
        size = f"{len(first.data) / 2**20:.1f} MB"
        texts.append(f"The file has {size}, most of it outputs; only code was read.")
    texts += [
        f"{other.item.shown} is one more notebook of it; not graded."
        for other in others[:3]
    ]
    notes = [Note("repair", text) for text in texts]
    stamp = _timestamp(first, items)
    return Submission(student, name, first.data, notes, first.refused, stamp)


def _rank(one: _Found, name: str) -> tuple[bool, bool, bool, int, tuple[str, ...]]:
    exact, parts = one.item.name == f"{name}.ipynb", one.item.parts
    return (bool(one.refused), not exact, name not in parts, len(parts), parts)


def _timestamp(one: _Found, items: list[Item]) -> str:
    """nbgrader's own note of when it was handed in, where it can be read as one."""
    from nbgrader.utils import parse_utc

    place = (*one.item.parts[:-1], "timestamp.txt")
    item = next((i for i in items if i.parts == place and i.read), None)
    if item is None or item.read is None or item.size > 200:
        return ""
    text = item.read().decode("utf-8", "replace").strip()
    try:
        return text if 2000 <= parse_utc(text).year < 2100 else ""
    except (ValueError, OverflowError):
        return ""
