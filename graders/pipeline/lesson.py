"""A lesson: its cells, and its exercises made of answer and check cells."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graders.pipeline import names
from graders.pipeline.cells import Cell
from graders.pipeline.check_cells import CheckCell, read_check
from graders.pipeline.findings import CourseError, Finding
from graders.pipeline.parsing import syntax_tree


@dataclass(frozen=True)
class Exercise:
    """One exercise: the answer cell, its check cell, the prose between checks.

    `text` is the markdown from the check cell before up to this one: what a reader
    is told. `given` are the code cells in the same stretch.
    """

    answer: Cell
    check: Cell
    text: str
    given: tuple[Cell, ...]

    @property
    def id(self) -> str:
        """The id: `e...` graded, `s...` a stretch, `p...` predictions."""
        return self.answer.id

    @cached_property
    def read(self) -> CheckCell:
        """The check cell's weights and properties (not run)."""
        return read_check(self.check.source)

    @property
    def visible(self) -> int:
        """Points of the visible properties."""
        return self.read.visible

    @property
    def hidden(self) -> int:
        """Points of the hidden properties."""
        return self.read.hidden

    @property
    def points(self) -> int:
        """All points of the exercise."""
        return self.visible + self.hidden


@dataclass(frozen=True)
class Lesson:
    """One lesson source, read and found right."""

    path: Path
    cells: tuple[Cell, ...]
    exercises: tuple[Exercise, ...]

    @property
    def stem(self) -> str:
        """The lesson's name, such as `01_finite_differences`."""
        return self.path.stem

    @property
    def number(self) -> int:
        """The lesson's number, 0 for a page such as the index."""
        return lesson_number(self.stem) if is_lesson(self.stem) else 0

    @cached_property
    def student_names(self) -> frozenset[str]:
        """Every name that some answer cell binds."""
        return student_names(self.cells)

    @property
    def points(self) -> int:
        """Points of the lesson, stretch exercises left out."""
        return sum(e.points for e in self.exercises if not e.id.startswith("s"))

    def exercise(self, name: str) -> Exercise:
        """The exercise of that id, or `CourseError` naming those there are."""
        for exercise in self.exercises:
            if exercise.id == name:
                return exercise
        known = ", ".join(e.id for e in self.exercises)
        raise CourseError(f"{self.path}: no exercise {name!r}; there are: {known}")


def is_lesson(stem: str) -> bool:
    """Whether a source of that name is a lesson (`NN_words`) rather than a page.

    >>> is_lesson("01_finite_differences"), is_lesson("index")
    (True, False)
    """
    return re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", stem) is not None


def lesson_number(lesson: str | int) -> int:
    """The number of a lesson given by number or name.

    >>> lesson_number("02_dual_numbers"), lesson_number("7"), lesson_number(3)
    (2, 7, 3)
    """
    match = re.match(r"\d+", str(lesson))
    if match is None:
        raise CourseError(
            f"{lesson!r} is no lesson; needed: a number or a name NN_words"
        )
    return int(match[0])


def is_stretch(exercise: str) -> bool:
    """Whether an exercise, or its check cell, is a stretch: counted apart.

    >>> is_stretch("s1-complex-step-check"), is_stretch("say-why")
    (True, False)
    """
    return re.match(r"s\d+-", exercise) is not None


def is_show(cell: Cell) -> bool:
    """Whether a given cell only shows something: its last statement draws.

    Such cells are for readers and are skipped when grading.
    """
    if cell.kind != "given":
        return False
    match syntax_tree(cell.source).body[-1:]:
        case [ast.Expr(value=ast.Call(func=ast.Name(id=name)))]:
            return name in names.SHOWS
    return False


def student_names(cells: Sequence[Cell]) -> frozenset[str]:
    """Every name that some answer cell binds."""
    answers = (cell for cell in cells if cell.kind == "answer")
    return frozenset(name for cell in answers for name in names.bound(cell.source))


def pair(
    cells: Sequence[Cell], path: Path, found: list[Finding]
) -> tuple[Exercise, ...]:
    """Exercises of a lesson; answers and checks that are no pairs go to `found`."""
    exercises: list[Exercise] = []
    answer: Cell | None = None
    start = 0
    for i, cell in enumerate(cells):
        if cell.kind == "answer":
            if answer is not None:
                found.append(_unchecked(path, answer))
            answer = cell
        elif cell.kind == "check":
            if answer is None:
                needed = "an answer cell before each check cell, one for one"
                found.append(Finding(path, cell.line, "a check of no answer", needed))
            else:
                exercises.append(_exercise(answer, cell, cells[start:i]))
            answer, start = None, i + 1
    if answer is not None:
        found.append(_unchecked(path, answer))
    return tuple(exercises)


def _exercise(answer: Cell, check: Cell, stretch: Sequence[Cell]) -> Exercise:
    text = "\n\n".join(cell.source for cell in stretch if cell.kind == "prose")
    given = tuple(cell for cell in stretch if cell.kind == "given")
    return Exercise(answer, check, text, given)


def _unchecked(path: Path, answer: Cell) -> Finding:
    needed = "its check cell before the next answer cell (prose may stand between)"
    return Finding(path, answer.line, f"the answer {answer.id!r} has no check", needed)
