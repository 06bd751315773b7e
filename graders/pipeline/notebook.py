"""A lesson as a solution notebook, and back: bytes that never differ by chance.

Ids come from the content, metadata from the cell's kind, and from nothing else.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from graders.pipeline.cells import Cell, Kind, parse, to_text
from graders.pipeline.findings import CourseError
from graders.pipeline.lesson import Lesson, is_lesson

_nbformat: Any = nbformat  # typed only in part
SCHEMA = 3  # of nbgrader's cell metadata
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
# Everything that may stand in a cell's metadata: by nbgrader, for JupyterLab.
CELL_METADATA = frozenset({"nbgrader", "deletable", "editable"})


def check_id(exercise: str) -> str:
    """The grade id of an exercise's check cell.

    >>> check_id("e1-slope")
    'e1-slope-check'
    """
    return f"{exercise}-check"


def to_notebook(lesson: Lesson) -> Any:
    """The solution notebook of a lesson: solutions and hidden tests included."""
    ids = grade_ids(lesson.cells)
    graded = is_lesson(lesson.stem)
    points = {exercise.id: exercise.points for exercise in lesson.exercises}
    seen: Counter[str] = Counter()
    make_code, make_text = _nbformat.v4.new_code_cell, _nbformat.v4.new_markdown_cell
    cells = []
    for cell, grade_id in zip(lesson.cells, ids, strict=True):
        metadata = _nbgrader(cell.kind, grade_id, points) if graded else {}
        key = grade_id if graded and grade_id else f"{cell.kind}\0{cell.source}"
        seen[key] += 1
        name = _digest(lesson.stem, key, str(seen[key]))
        make = make_code if cell.is_code else make_text
        cells.append(make(cell.source, id=name, metadata=metadata))
    metadata = {"kernelspec": dict(KERNELSPEC)}
    return _nbformat.v4.new_notebook(cells=cells, metadata=metadata, nbformat_minor=5)


def grade_ids(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Grade ids in the cells' order; prose has none.

    A given cell is named after the exercise above it and counted from there, so that
    it keeps its name when its text is mended or another lesson part grows.
    """
    return tuple(_grade_ids(cells))


def _grade_ids(cells: Sequence[Cell]) -> Iterator[str]:
    above, count = "start", 0
    for cell in cells:
        if cell.kind in ("answer", "check"):
            above, count = (cell.id, 0) if cell.kind == "answer" else (above, count)
            yield above if cell.kind == "answer" else check_id(above)
        elif cell.kind == "given":
            count += 1
            yield f"given-{above}-{count}"
        else:
            yield cell.id


def _nbgrader(kind: Kind, grade_id: str, points: dict[str, int]) -> dict[str, Any]:
    if kind == "prose":
        return {}
    fields: dict[str, Any] = {
        "grade": kind in ("check", "question"),
        "grade_id": grade_id,
        "locked": kind in ("check", "given"),
        "schema_version": SCHEMA,
        "solution": kind in ("answer", "question"),
        "task": False,
    }
    if kind == "check":
        fields["points"] = points[grade_id.removesuffix("-check")]
    elif kind == "question":
        fields["points"] = 0
    return {"nbgrader": fields}


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]


def to_bytes(notebook: Any) -> bytes:
    """A notebook's file as nbconvert writes it too: sorted keys, LF, one last LF."""
    text: str = _nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def from_notebook(notebook: Any, path: Path) -> tuple[Cell, ...]:
    """Cells of a solution notebook: `to_notebook` undone.

    Line numbers are those of the source that they are written as.
    """
    cells = []
    for node in notebook.cells:
        marks = node.metadata.get("nbgrader", {})
        kind = _kind(node, marks, path)
        name = marks["grade_id"] if kind in ("answer", "question") else ""
        cells.append(Cell(kind, node.source, 0, name))
    return parse(to_text(cells), path)


def _kind(node: Any, marks: dict[str, Any], path: Path) -> Kind:
    grade, solution = bool(marks.get("grade")), bool(marks.get("solution"))
    kinds: dict[tuple[str, bool, bool], Kind] = {
        ("code", False, False): "given",
        ("code", False, True): "answer",
        ("code", True, False): "check",
        ("markdown", False, False): "prose",
        ("markdown", True, True): "question",
    }
    try:
        return kinds[node.cell_type, grade, solution]
    except KeyError:
        raise CourseError(
            f"{path}: cell {node.get('id')!r} is a {node.cell_type} cell with grade="
            f"{grade} and solution={solution}; a lesson has no such cell."
        ) from None


def to_source(notebook: Any, path: Path) -> str:
    """The source text that a solution notebook was made of, byte for byte."""
    return to_text(from_notebook(notebook, path))
