"""A class to try the road on: right, odd, wrong, half-done and broken submissions.

Made of the released notebooks and the tests' banks of wrong and unusual answers; the
same class on every call.  All students are invented.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.pipeline import bank
from graders.pipeline.findings import CourseError
from graders.pipeline.master import grading
from graders.pipeline.rebuild import Assignment

Notebook = dict[str, Any]
BANKS = ("tests/mutants", "tests/unusual")
_MARK = re.compile(r"^ *# (BEGIN|END) SOLUTION *\n?", re.MULTILINE)
WRONG, ODD = 8, 4  # students of mistakes, of unusual answers


@dataclass(frozen=True)
class Lesson:
    """One lesson to make submissions of: its notebook, its answers, its bank."""

    name: str
    assignment: Assignment
    mutants: dict[str, list[bank.Entry]]
    unusual: dict[str, list[bank.Entry]]

    def notebook(self, answers: Mapping[str, str] | None = None) -> Notebook:
        """The student's notebook with answers filled in: the reference's by default."""
        made: Notebook = json.loads(json.dumps(self.assignment.student))
        known = self.solved if answers is None else answers
        for cell in made["cells"]:
            name = grading(cell).get("grade_id")
            cell["source"] = known.get(str(name), cell["source"])
        return made

    @property
    def solved(self) -> dict[str, str]:
        """The reference's answers, as a student would have typed them."""
        exercises = self.assignment.master.exercises.values()
        return {e.id: _MARK.sub("", e.answer) for e in exercises}


Part = Callable[[Lesson], Notebook | bytes | None]


def make(
    folder: Path, root: Path, assignments: Mapping[str, Assignment]
) -> dict[str, str]:
    """Write the class into a folder, made anew; student -> what is particular."""
    if not all((root / name).is_dir() for name in BANKS):
        raise CourseError(
            f"the sample class is made of {' and '.join(BANKS)}, which are not in "
            f"{root}; run this in a checkout, or give a class: graders grade FOLDER"
        )
    shutil.rmtree(folder, ignore_errors=True)
    lessons = [_lesson(root, name, one) for name, one in assignments.items()]
    told = {}
    for student, (says, part) in _students().items():
        told[student] = says
        for lesson in lessons:
            _write(folder, student, lesson, part(lesson))
    for student, (says, place) in _PLACES.items():
        told[student] = says
        for at, lesson in enumerate(lessons):
            if at == 0:
                place(folder / student, lesson)
            else:
                _write(folder, student, lesson, lesson.notebook())
    return told


def _lesson(root: Path, name: str, assignment: Assignment) -> Lesson:
    wrong, odd = (bank.load(root / folder / name) for folder in BANKS)
    return Lesson(name, assignment, wrong, odd)


def _write(folder: Path, student: str, lesson: Lesson, came: Any) -> None:
    place = folder / student / lesson.name
    place.mkdir(parents=True, exist_ok=True)
    if came is not None:
        data = came if isinstance(came, bytes) else _bytes(came)
        (place / f"{lesson.name}.ipynb").write_bytes(data)


def _bytes(notebook: Notebook) -> bytes:
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _students() -> dict[str, tuple[str, Part]]:
    """Student -> what is particular, and how the notebook of a lesson is made."""
    made: dict[str, tuple[str, Part]] = {"ada": ("all right", Lesson.notebook)}
    for i in range(WRONG):
        made[f"mistaken-{i + 1:02}"] = ("known mistakes", _Wrong(i))
    for i in range(ODD):
        made[f"unusual-{i + 1}"] = ("right, in an unusual way", _Unusual(i))
    for i in (1, 3, 5):
        made[f"half-done-{i}"] = (f"the first {i} exercises only", _Half(i))
    return made | _ODD_FILES


@dataclass(frozen=True)
class _Wrong:
    """Some exercises with their n-th known mistake, the others right."""

    number: int

    def __call__(self, lesson: Lesson) -> Notebook:
        answers = lesson.solved
        for at, (name, entries) in enumerate(sorted(lesson.mutants.items())):
            if entries and (at + self.number) % 3 == 0:
                answers[name] = entries[self.number % len(entries)].answer
        return lesson.notebook(answers)


@dataclass(frozen=True)
class _Unusual:
    """Every exercise with its n-th unusual answer, cells beside it included."""

    number: int

    def __call__(self, lesson: Lesson) -> Notebook:
        answers, stubs = lesson.solved, lesson.notebook({})
        given = {str(grading(c).get("grade_id")): c["source"] for c in stubs["cells"]}
        picked = {
            name: entries[self.number % len(entries)]
            for name, entries in lesson.unusual.items()
            if entries and name in answers
        }
        for name, entry in picked.items():
            answers[name] = given[name] if entry.untouched else entry.answer
        made = lesson.notebook(answers)
        cells = []
        for cell in made["cells"]:
            found = picked.get(str(grading(cell).get("grade_id")))
            around = (found.before, found.after) if found else ([], [])
            cells += [*map(_code, around[0]), cell, *map(_code, around[1])]
        made["cells"] = cells
        return made


@dataclass(frozen=True)
class _Half:
    """The first n exercises done, the others untouched."""

    count: int

    def __call__(self, lesson: Lesson) -> Notebook:
        solved = lesson.solved
        first = [name for name in solved if name.startswith("e")][: self.count]
        return lesson.notebook({name: solved[name] for name in first})


def _code(source: str) -> Notebook:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }


# -- damaged notebooks ---------------------------------------------------------------
def _first(made: Notebook, kind: str) -> int:
    """The place of the first check or answer cell that earns points."""
    for at, cell in enumerate(made["cells"]):
        marks = grading(cell)
        name = str(marks.get("grade_id", ""))
        fits = marks.get("grade") if kind == "check" else marks.get("solution")
        if fits and cell["cell_type"] == "code" and name.startswith("e"):
            return at
    raise LookupError(f"the notebook has no {kind} cell")


def _edited(change: Callable[[Notebook], None]) -> Part:
    """The reference's notebook after a change."""

    def part(lesson: Lesson) -> Notebook:
        made = lesson.notebook()
        change(made)
        return made

    return part


def _answer(code: str) -> Part:
    """The reference's notebook with a line of code before its first answer's own."""

    def change(made: Notebook) -> None:
        cell = made["cells"][_first(made, "answer")]
        cell["source"] = code + "\n\n" + cell["source"]

    return _edited(change)


def _never_ends(lesson: Lesson) -> Notebook:
    """One answer of lesson 1 that loops: each property of it takes its five seconds."""
    made = lesson.notebook()
    if not lesson.name.startswith("01"):
        return made
    names = list(lesson.assignment.master.exercises)
    name = next(n for n in names if n.startswith("s"))
    for cell in made["cells"]:
        if grading(cell).get("grade_id") == name:
            answer = lesson.assignment.master.exercises[name].answer
            loop = r"\1while True:\n\1    pass\n"
            cell["source"] = re.sub(r"( *)# BEGIN SOLUTION\n", loop, answer)
    return made


def _deleted(made: Notebook) -> None:
    del made["cells"][_first(made, "check")]


def _duplicated(made: Notebook) -> None:
    for kind in ("check", "answer"):
        at = _first(made, kind)
        made["cells"].insert(at, deepcopy(made["cells"][at]))


def _retyped(made: Notebook) -> None:
    for kind in ("check", "answer"):
        cell = made["cells"][_first(made, kind)]
        cell["cell_type"] = "markdown"


def _changed_check(made: Notebook) -> None:
    cell = made["cells"][_first(made, "check")]
    cell["source"] = "1000.0"
    cell["metadata"]["nbgrader"]["points"] = 1000


def _reordered(made: Notebook) -> None:
    at = _first(made, "check")
    made["cells"].insert(0, made["cells"].pop(at))


def _no_metadata(made: Notebook) -> None:
    for cell in made["cells"]:
        cell["metadata"] = {}


def _new_schema(made: Notebook) -> None:
    for cell in made["cells"]:
        if grading(cell):
            cell["metadata"]["nbgrader"]["schema_version"] = 99
    made["metadata"]["kernelspec"] = {"name": "my-conda", "display_name": "mine"}


def _aside(line: str) -> Part:
    """The first answer that is one function, with a line run at each call of it."""

    def part(lesson: Lesson) -> Notebook:
        made = lesson.notebook()
        for cell in made["cells"]:
            name = re.fullmatch(r"def (\w+)\(.*", cell["source"], re.DOTALL)
            if grading(cell).get("solution") and name:
                cell["source"] += _ASIDE.format(name=name[1], line=line)
                text = {"output_type": "stream", "name": "stdout", "text": _X}
                cell["outputs"] = [text] if "print" in line else []
                break
        return made

    return part


def _raises(made: Notebook) -> None:
    made["cells"].insert(1, _code("import my_own_helpers_at_home"))


def _torch(made: Notebook) -> None:
    made["cells"].insert(1, _code("import torch"))


_X = "x" * 1_000_000
_ASIDE = """


_quiet = {name}


def {name}(*args, **kwargs):
    import warnings

    {line}
    return _quiet(*args, **kwargs)
"""
PATCHED = """\
import numpy as np

np.allclose = lambda *a, **k: True"""
_ODD_FILES: dict[str, tuple[str, Part]] = {
    "untouched": ("handed in as it was given", lambda one: one.notebook({})),
    "warns": ("warns", _aside('warnings.warn("take care")')),
    "prints": ("prints a megabyte", _aside('print("x" * 1_000_000)')),
    "raises": ("a cell raises", _edited(_raises)),
    "loops": ("one answer never ends", _never_ends),
    "exits": ("ends its process", _answer("import os\n\nos._exit(3)")),
    "patches": ("patches a library", _answer(PATCHED)),
    "borrows": ("imports what the lesson does without", _edited(_torch)),
    "cut-off": ("half a file", lambda one: _bytes(one.notebook())[:4000]),
    "empty": ("an empty file", lambda one: b""),
    "web-page": ("a web page", lambda one: b"<!DOCTYPE html><html></html>"),
    "utf-16": ("UTF-16", lambda one: _bytes(one.notebook()).decode().encode("utf-16")),
    "deleted": ("a check cell deleted", _edited(_deleted)),
    "duplicated": ("check and answer cells copied", _edited(_duplicated)),
    "retyped": ("check and answer turned into text", _edited(_retyped)),
    "edited": ("a check cell edited", _edited(_changed_check)),
    "reordered": ("a check cell moved to the top", _edited(_reordered)),
    "no-metadata": ("metadata lost", _edited(_no_metadata)),
    "new-schema": ("another schema and kernel", _edited(_new_schema)),
}


# -- files in odd places: lesson 1 only, the other lessons are right -------------------
def _renamed(place: Path, lesson: Lesson) -> None:
    path = place / "Homework (final) (2).ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(_bytes(lesson.notebook()))


def _missing(place: Path, lesson: Lesson) -> None:
    path = place / lesson.name / "answers.txt"
    path.parent.mkdir(parents=True)
    path.write_text("see my e-mail\n", encoding="utf-8")


def _link(place: Path, lesson: Lesson) -> None:
    path = place / lesson.name / f"{lesson.name}.ipynb"
    path.parent.mkdir(parents=True)
    path.symlink_to(Path(os.pardir, os.pardir, "ada", lesson.name, path.name))


def _zipped(place: Path, lesson: Lesson, entries: dict[str, bytes]) -> None:
    place.mkdir(parents=True)
    with zipfile.ZipFile(place / f"{lesson.name}.zip", "w", zipfile.ZIP_DEFLATED) as f:
        for name, data in entries.items():
            f.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, 8)


def _zip(place: Path, lesson: Lesson) -> None:
    _zipped(place, lesson, {f"{lesson.name}.ipynb": _bytes(lesson.notebook())})


def _escape(place: Path, lesson: Lesson) -> None:
    name = f"../../ada/{lesson.name}/{lesson.name}.ipynb"
    _zipped(place, lesson, {name: _bytes(lesson.notebook({}))})


def _bomb(place: Path, lesson: Lesson) -> None:
    _zipped(place, lesson, {f"{lesson.name}.ipynb": bytes(16 * 2**20)})


_PLACES: dict[str, tuple[str, Callable[[Path, Lesson], None]]] = {
    "renamed": ("a notebook under another name", _renamed),
    "missing": ("a text file instead of a notebook", _missing),
    "linked": ("a link to another student's notebook", _link),
    "zipped": ("a zip", _zip),
    "zip-escape": ("a zip that would write elsewhere", _escape),
    "zip-bomb": ("a zip that unpacks to a thousand times", _bomb),
}
