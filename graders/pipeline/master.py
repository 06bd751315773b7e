"""An assignment as the judge sees it: cells, exercises, and what may stand where."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graders.pipeline import cells as parsed
from graders.pipeline import names, stubs
from graders.pipeline.lesson import is_show
from graders.pipeline.parsing import syntax_tree


@dataclass(frozen=True)
class Cell:
    """One code cell: kind is given, show, answer, check or added."""

    kind: str
    id: str
    source: str


@dataclass
class Exercise:
    """An answer cell, its check cell, and which earlier exercises it stands on."""

    id: str
    answer: str
    check: str
    points: int
    names: frozenset[str]
    needs: tuple[str, ...] = ()
    extends: frozenset[str] = frozenset()


@dataclass
class Master:
    """The instructor's notebook, read once per grading run."""

    lesson: str
    cells: list[Cell]
    exercises: dict[str, Exercise] = field(default_factory=dict)

    @classmethod
    def from_notebook(cls, notebook: Any, lesson: str) -> Master:
        """Read a solution notebook (nbformat 4, as a dict or NotebookNode)."""
        cells = [
            _cell(raw, i)
            for i, raw in enumerate(notebook["cells"])
            if raw["cell_type"] == "code"
        ]
        cells = _without_prints(cells)
        master = cls(lesson, cells)
        points = {
            grading(raw).get("grade_id"): grading(raw).get("points", 0)
            for raw in notebook["cells"]
        }
        for cell in cells:
            if cell.kind == "answer":
                check_id = f"{cell.id}-check"
                check = next(c.source for c in cells if c.id == check_id)
                worth = int(points[check_id])
                master._learn(cell, check, worth)
        return master

    def _learn(self, cell: Cell, check: str, points: int) -> None:
        binds = bound_names(cell.source)
        used = taken_names(cell.source) | taken_names(check)
        earlier = self.exercises.values()
        direct = [e.id for e in earlier if (e.names | e.extends) & used]
        needs = {n for d in direct for n in (*self.exercises[d].needs, d)}
        order = tuple(e for e in self.exercises if e in needs)
        grown = extended_names(cell.source)
        new = Exercise(cell.id, cell.source, check, points, binds, order, grown)
        self.exercises[cell.id] = new

    @property
    def student_names(self) -> frozenset[str]:
        """Every name that an answer cell binds."""
        sets = (e.names for e in self.exercises.values())
        return frozenset().union(*sets)

    def submission(
        self,
        answers: dict[str, str] | None = None,
        before: dict[str, list[str]] | None = None,
        after: dict[str, list[str]] | None = None,
    ) -> list[Cell]:
        """Give this notebook's cells, some answers replaced, some cells added."""
        answers, before, after = answers or {}, before or {}, after or {}
        cells: list[Cell] = []
        for cell in self.cells:
            if cell.kind == "check":
                continue
            cells += _added(before, cell.id, "before")
            source = answers.get(cell.id, cell.source)
            cells.append(Cell(cell.kind, cell.id, source))
            cells += _added(after, cell.id, "after")
        return cells


def _added(sources: dict[str, list[str]], near: str, where: str) -> Iterator[Cell]:
    for i, source in enumerate(sources.get(near, [])):
        yield Cell("added", f"{where}-{near}-{i}", source)


def grading(raw: Any) -> dict[str, Any]:
    """A cell's nbgrader metadata, empty where there is none."""
    found = raw.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def _cell(raw: Any, index: int) -> Cell:
    source = raw["source"]
    source = source if isinstance(source, str) else "".join(source)
    rights = grading(raw)
    name = str(rights.get("grade_id") or raw.get("id") or f"cell-{index}")
    if rights.get("solution"):
        return Cell("answer", name, source)
    if rights.get("grade"):
        return Cell("check", name, source)
    shows = is_show(parsed.Cell("given", source, 0))
    return Cell("show" if shows else "given", name, source)


def _without_prints(cells: list[Cell]) -> list[Cell]:
    """Given cells that print, and bind nothing that another cell takes, only show."""
    takers = [(c.id, taken_names(c.source)) for c in cells if c.kind != "show"]

    def only_prints(cell: Cell) -> bool:
        others = (taken for name, taken in takers if name != cell.id)
        return _prints(cell.source) and bound_names(cell.source).isdisjoint(
            frozenset().union(*others)
        )

    return [
        Cell("show", c.id, c.source) if c.kind == "given" and only_prints(c) else c
        for c in cells
    ]


def _prints(source: str) -> bool:
    """Whether a cell prints at its top level, defines and alters nothing lasting."""
    lasting = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    stored = (ast.Attribute, ast.Subscript)
    nodes = list(ast.walk(syntax_tree(source)))
    alters = any(
        isinstance(n, lasting)
        or (isinstance(n, stored) and not isinstance(n.ctx, ast.Load))
        for n in nodes
    )
    calls = (n.func for n in nodes if isinstance(n, ast.Call))
    names_called = {f.id for f in calls if isinstance(f, ast.Name)}
    return "print" in names_called and not alters


@names.once
def bound_names(source: str) -> frozenset[str]:
    """Names that a cell binds at its top level; none for what is not Python."""
    return _names(names.bound, source)


@names.once
def taken_names(source: str) -> frozenset[str]:
    """Names that a cell takes from elsewhere; none for what is not Python."""
    return _names(names.taken, source)


def _names(find: Callable[[str], frozenset[str]], source: str) -> frozenset[str]:
    try:
        return find(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def extended_names(source: str) -> frozenset[str]:
    """Classes that a cell's functions are attached to, by `@extends(Class)`."""
    calls = (n for n in ast.walk(syntax_tree(source)) if isinstance(n, ast.Call))
    return frozenset(
        call.args[0].id
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "extends"
        and call.args
        and isinstance(call.args[0], ast.Name)
    )


def untouched(source: str) -> bool:
    """Whether an answer cell still holds the stub it was released with."""
    return stubs.RAISE in source or stubs.COMMENT in source
