"""A submission laid into the course's own notebook, with a note on every difference.

Nothing of the student's file runs or is shown but sources: of the answers, and of the
cells that were added.  Everything else is the course's, so that no damage to check
cells, given cells or metadata, meant or not, changes what is graded.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

import nbformat

from graders.pipeline import master as masters
from graders.pipeline.boundaries import Trespass, scan
from graders.pipeline.master import Cell, Master, grading
from graders.pipeline.names import once
from graders.pipeline.release import released
from graders.pipeline.unreadable import Raw, read_cells

_nbformat: Any = nbformat  # typed only in part
ALIKE = 0.6  # a cell without ids is the lesson's where that share of it is the same
MOST = 300  # cells that are compared: a hostile file has thousands
_LONG = 4000  # characters of a cell that are compared
_FIELDS = ("grade", "grade_id", "locked", "schema_version", "solution", "points")

NoteKind = Literal["refusal", "flag", "late", "repair"]


@dataclass(frozen=True)
class Note:
    """One thing that a person should know of a submission, in plain words."""

    kind: NoteKind
    text: str

    def as_json(self) -> dict[str, str]:
        """The note as it stands in results and in a graded notebook."""
        return {"kind": self.kind, "text": self.text}


@dataclass
class Assignment:
    """What a submission of one lesson is laid into, made once per grading run."""

    lesson: str
    master: Master
    student: Any  # the notebook that students were given

    @classmethod
    def read(cls, solution: bytes, lesson: str) -> Assignment:
        """The assignment of a solution notebook's bytes."""
        notebook = _nbformat.reads(solution.decode("utf-8"), as_version=4)
        return cls(lesson, Master.from_notebook(notebook, lesson), released(notebook))

    @property
    def ids(self) -> frozenset[str]:
        """Grade ids that no other lesson has: of answers and of check cells."""
        marked = (grading(cell) for cell in self.student.cells)
        found = (m for m in marked if m.get("solution") or m.get("grade"))
        return frozenset(str(m["grade_id"]) for m in found)


@dataclass
class Rebuilt:
    """The course's notebook with the student's answers, and what was repaired."""

    notebook: Any
    cells: list[Cell]
    notes: list[Note] = field(default_factory=list)
    claims: dict[str, float] = field(default_factory=dict)  # exercise -> points shown


def rebuild(assignment: Assignment, came: dict[str, Any]) -> Rebuilt:
    """Lay a submission, parsed but not trusted, into its assignment's notebook."""
    raws, notes = read_cells(came)
    match = _Match(assignment, raws)
    notebook, added = _fill(assignment, match)
    cells = list(judged(assignment.master, notebook))
    texts = [*notes, *_told(match), *match.told, *_kernel(assignment, came)]
    repairs = [Note("repair", text) for text in texts]
    told = [*_flags(assignment, cells, added), *repairs]
    return Rebuilt(notebook, cells, told, _claims(raws))


def _claims(raws: list[Raw]) -> dict[str, float]:
    """What check cells showed when the notebook was saved; nobody vouches for it."""
    return {
        raw.grade_id.removesuffix("-check"): raw.shown
        for raw in raws
        if raw.grade_id.endswith("-check") and raw.shown is not None
    }


def judged(master: Master, notebook: Any) -> Iterator[Cell]:
    """The cells of a rebuilt notebook as the judge takes them, in order."""
    own = {cell.id: cell for cell in master.cells}
    for raw in notebook["cells"]:
        if raw["cell_type"] != "code":
            continue
        name = str(grading(raw).get("grade_id", ""))
        cell = own.get(name)
        if cell is None:
            yield Cell("added", str(raw["id"]), raw["source"])
        elif cell.kind == "answer":
            yield Cell("answer", name, raw["source"])
        elif cell.kind != "check":
            yield cell


# -- which cell of the submission is which of the lesson's ---------------------------
class _Match:
    """Pairs of cells: by grade id, then by cell id, then by names and likeness."""

    def __init__(self, assignment: Assignment, raws: list[Raw]) -> None:
        self.base = assignment.student.cells
        self.names = {e.id: e.names for e in assignment.master.exercises.values()}
        self.answers = {e.id: e.answer for e in assignment.master.exercises.values()}
        self.raws = raws
        self.found: dict[int, Raw] = {}  # place in the lesson -> cell that came
        self.taken: set[int] = set()
        self.told: list[str] = []
        self._by_grade_id()
        self._by_cell_id()
        self._by_content()

    def kind(self, place: int) -> str:
        """answer, check, question, given or prose."""
        marks = grading(self.base[place])
        if marks.get("solution"):
            return "question" if marks.get("grade") else "answer"
        return "check" if marks.get("grade") else "given" if marks else "prose"

    def name(self, place: int) -> str:
        """The grade id at a place."""
        return str(grading(self.base[place]).get("grade_id", ""))

    def _take(self, place: int, raw: Raw) -> None:
        self.found[place] = raw
        self.taken.add(raw.index)

    def _free(self) -> list[Raw]:
        return [raw for raw in self.raws if raw.index not in self.taken]

    def _open(self) -> list[int]:
        return [place for place in range(len(self.base)) if place not in self.found]

    def _by_grade_id(self) -> None:
        for place in range(len(self.base)):
            name = self.name(place)
            same = [raw for raw in self.raws if name and raw.grade_id == name]
            if same:
                self._take(place, self._best(place, same))
            if len(same) > 1:
                self._tell_copies(place, len(same))

    def _tell_copies(self, place: int, count: int) -> None:
        kind, name = self.kind(place), self.name(place)
        what = "the last one that holds an answer" if kind == "answer" else "one"
        self.told.append(
            f"The {kind} cell {name} is there {count} times; {what} was used."
        )

    def _best(self, place: int, same: list[Raw]) -> Raw:
        """Of several copies: an answer's last written one, else the unedited one."""
        if self.kind(place) == "answer":
            written = [raw for raw in same if not masters.untouched(raw.source)]
            names = self.names[self.name(place)]
            full = [r for r in written if names <= masters.bound_names(r.source)]
            return [*same[:1], *written, *full][-1]
        source = _plain(self.base[place].source)
        return next((raw for raw in same if _plain(raw.source) == source), same[0])

    def _by_cell_id(self) -> None:
        free = {raw.id: raw for raw in reversed(self._free()) if raw.id}
        for place in self._open():
            raw = free.get(str(self.base[place].get("id", "")))
            text = self.kind(place) == "prose"  # code in its place is the student's
            if raw is not None and not (text and raw.type == "code"):
                self._take(place, raw)
        texts = {_plain(raw.source): raw for raw in reversed(self._free())}
        for place in self._open():
            raw = texts.get(_plain(self.base[place].source))
            if raw is not None and raw.index not in self.taken:
                self._take(place, raw)

    def _by_content(self) -> None:
        free = self._free()[:MOST]
        words = {raw.index: _words(raw.source) for raw in free}
        found = []
        for place in self._open():
            kind = self.kind(place)
            if kind == "prose" or kind == "question":
                continue
            mine = [raw for raw in free if raw.index not in self.taken]
            likes = [(self._likeness(place, kind, r, words[r.index]), r) for r in mine]
            best = max(likes, key=lambda pair: pair[0], default=None)
            if best is not None and best[0] >= ALIKE:
                self._take(place, best[1])
                found.append(self.name(place))
        if found:
            self.told.append(f"Cells known by what stands in them: {_list(found)}.")

    def _likeness(self, place: int, kind: str, raw: Raw, words: Counter[str]) -> float:
        name = self.name(place)
        if kind == "check":  # it names its exercise; a copy of it does no harm
            quoted = re.escape(name.removesuffix("-check"))
            return float(bool(re.search(f"Check\\(\\s*['\"]{quoted}['\"]", raw.source)))
        if kind == "answer":
            mine = masters.bound_names(raw.source)
            if raw.type == "code" and self.names[name] and self.names[name] <= mine:
                return 1.0
        if raw.type == "markdown" and kind != "answer":
            return 0.0
        models = [self.base[place].source, self.answers.get(name, "")]
        return max(_alike(_words(model), words) for model in models)


def _words(source: str) -> Counter[str]:
    return Counter(re.findall(r"\w+|[^\w\s]", source[:_LONG]))


def _alike(a: Counter[str], b: Counter[str]) -> float:
    """Share of words that two cells have in common; of large ones the beginnings."""
    both = a.total() + b.total()
    return 2 * (a & b).total() / both if both else 0.0


def _plain(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


# -- the notebook that is graded -----------------------------------------------------
def _fill(assignment: Assignment, match: _Match) -> tuple[Any, list[Raw]]:
    """A copy of the lesson with answers and added cells in it; what was added."""
    notebook = deepcopy(assignment.student)
    added = list(_added(match))
    follows: dict[int, list[Any]] = {}
    place, places = -1, {raw.index: at for at, raw in match.found.items()}
    waiting = {raw.index for raw in added}
    for raw in match.raws:
        place = places.get(raw.index, place)
        if raw.index in waiting:
            number = sum(len(cells) for cells in follows.values()) + 1
            cell = _nbformat.v4.new_code_cell(raw.source, id=f"added-{number}")
            follows.setdefault(place, []).append(cell)
    for at, raw in match.found.items():
        if match.kind(at) == "answer":
            notebook.cells[at].source = raw.source
        elif match.kind(at) == "question":
            # shown by formgrader: a reader's words, no HTML of theirs
            notebook.cells[at].source = raw.source.replace("<", "&lt;")
    cells = list(follows.get(-1, []))
    for at, cell in enumerate(notebook.cells):
        cells += [cell, *follows.get(at, [])]
    notebook.cells = cells
    return notebook, added


def _added(match: _Match) -> Iterator[Raw]:
    """Cells of code that the student added; copies of the lesson's own are left out."""
    own = {_plain(cell.source) for cell in match.base}
    answers = frozenset().union(*match.names.values())
    for raw in match.raws:
        if raw.index in match.taken or raw.type != "code" or not raw.source.strip():
            continue
        if _plain(raw.source) in own or _is_check(raw.source):
            continue
        stub = masters.untouched(raw.source)
        if not (stub and masters.bound_names(raw.source) & answers):
            yield raw


def _is_check(source: str) -> bool:
    return "Check(" in source and ".score(" in source


# -- what is told --------------------------------------------------------------------
def _told(match: _Match) -> Iterator[str]:
    yield from _lost(match)
    yield from _changed(match)
    yield from _metadata(match)
    order = [match.found[at].index for at in sorted(match.found)]
    if order != sorted(order):
        yield "Cells stand in another order than in the lesson; its order was used."


def _lost(match: _Match) -> Iterator[str]:
    for at in range(len(match.base)):
        kind, name = match.kind(at), match.name(at)
        raw = match.found.get(at)
        if raw is None and kind == "check":
            yield f"The check cell {name} is missing; the course's own was used."
        elif raw is None and kind == "answer":
            yield (
                f"The answer cell {name} is missing; unless an added cell holds the "
                "answer, the exercise counts as not written."
            )
        elif name and raw is not None and raw.type != match.base[at].cell_type:
            yield f"The cell {name} was turned into {raw.type}; it was turned back."


def _changed(match: _Match) -> Iterator[str]:
    edited: dict[str, list[str]] = {"check": [], "given": []}
    for at, raw in sorted(match.found.items()):
        same = _plain(raw.source) == _plain(match.base[at].source)
        if match.kind(at) in edited and not same:
            edited[match.kind(at)].append(match.name(at))
    for kind, names in edited.items():
        if names:
            yield f"Edited {kind} cells: {_list(names)}. The course's own were used."


def _metadata(match: _Match) -> Iterator[str]:
    wrong = []
    for at, raw in sorted(match.found.items()):
        marks = grading(match.base[at])
        if any(raw.marks.get(f) != marks.get(f) for f in _FIELDS):
            wrong.append(match.name(at) or "(text)")
    if wrong:
        yield f"nbgrader's metadata was changed or lost in {_list(wrong)}; restored."


def _kernel(assignment: Assignment, came: dict[str, Any]) -> Iterator[str]:
    metadata = came.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    needed = assignment.student.metadata.kernelspec.name
    if name is not None and name != needed:
        yield f"The kernel {json.dumps(name)[:60]} was replaced by {needed}."


def _flags(assignment: Assignment, cells: list[Cell], added: list[Raw]) -> list[Note]:
    """Uses of what the lesson does without, for a person to look at."""
    found = [
        Note("flag", f"{cell.kind} cell {cell.id}, {trespass}.")
        for cell in cells
        if cell.kind in ("answer", "added")
        for trespass in _trespasses(assignment.lesson, cell.source)
    ]
    return found[:20]


@once
def _trespasses(lesson: str, source: str) -> tuple[Trespass, ...]:
    return tuple(scan(lesson, source))


def _list(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
