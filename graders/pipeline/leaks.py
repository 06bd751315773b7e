"""No answer, hidden test or trace of the build in what students get.

Lines are compared with all spaces taken out, as parts of lines: an answer quoted in
prose is found too. What is exempt is decided here, by rule and by list.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.pipeline.cells import Cell
from graders.pipeline.findings import CourseError
from graders.pipeline.lesson import Lesson
from graders.pipeline.notebook import CELL_METADATA
from graders.pipeline.regions import HIDDEN, MARKERS, SOLUTION, inside, outside

SHORTEST = 12  # characters, spaces not counted; below it, a line gives nothing away
# Lines that stand in half of all answers, whatever is asked.
TRIVIAL = tuple(
    re.compile(pattern)
    for pattern in (
        r"#.*",  # a comment computes nothing
        r"(return|yield|raise|del|global|nonlocal)[\w.,]*",
        r"(if|elif|while)(not)?[\w.]+(isNone|isnotNone)?:",
        r"for[\w,()]+in[\w.]+(\([\w.,]*\))?:",
        r"[\w.,]+=[\w.\[\]{}]*(\([\w.]*\))?",  # x = y, x = [], x = y.copy()
        r"(@[\w.]+|def.*:|class.*:)",  # headers stand in the exercise's text
        r"[\[\](){},:\"'.]*",
        r"check\.\w+\(\)?",
        r"\w+=Tolerance\([^()]*\)",  # how close is close: any lesson may say the same
        r"\"[^\"]*\",?",  # a property's name: it stands in the text by rule
    )
)
# (notebook, line without spaces, why it may stand there): reviewed by a person.
_LATER = "a later lesson; the line is what anybody writes, and gives no idea away"
ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("08_switching_off", "from_inside,", _LATER),
    ("08_switching_off", "returnloss.item()", _LATER),
    ("10_gradient_clinic", "leaf=x.detach().requires_grad_()", _LATER),
    ("10_gradient_clinic", "returnloss.item()", _LATER),
)
# What may lie below lessons/: everything there is handed to students.
SUFFIXES = (".ipynb",)
_HINT3 = re.compile(
    r"<details>\s*<summary>\W*(?:<\w+>)*Hint 3.*?</details>", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True, order=True)
class Leak:
    """Something in a student's file that must not be there."""

    path: Path
    cell: str
    what: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.path}: cell {self.cell}: {self.what}"


class LeakError(CourseError):
    """Student files would give something away: nothing is written."""

    def __init__(self, leaks: Iterable[Leak]) -> None:
        self.leaks = tuple(sorted(leaks))
        todo = "\nNothing was written. Mend the source, or exempt the line in leaks.py."
        super().__init__("\n".join(str(leak) for leak in self.leaks) + todo)


@dataclass(frozen=True)
class Secret:
    """A line that students must not get: without spaces, and where it stands."""

    line: str
    kind: str
    where: str


def squeeze(line: str) -> str:
    """The line without any space.

    >>> squeeze("  return (a +  b)")
    'return(a+b)'
    """
    return re.sub(r"\s+", "", line)


def trivial(line: str) -> bool:
    """Whether a line (without spaces) gives nothing away.

    >>> trivial("returnresult"), trivial("return(f(x+h)-f(x))/h")
    (True, False)
    """
    short = len(line) < SHORTEST
    return short or any(pattern.fullmatch(line) for pattern in TRIVIAL)


def secrets(lesson: Lesson) -> tuple[Secret, ...]:
    """Solution and hidden-test lines, less those that the lesson gives away itself."""
    # joined: the formatter may break a statement in one place and not in another
    shown = "\0".join(squeeze(_given(cell)) for cell in lesson.cells)
    return tuple(
        secret
        for cell in lesson.cells
        for secret in _secrets(cell, lesson)
        if secret.line not in shown and not trivial(secret.line)
    )


def _given(cell: Cell) -> str:
    if cell.kind == "check":
        return outside(cell.source, HIDDEN)
    if cell.kind == "answer":
        return outside(cell.source, SOLUTION)
    return cell.source if cell.kind == "given" else ""


def _secrets(cell: Cell, lesson: Lesson) -> Iterator[Secret]:
    words = {"answer": SOLUTION, "question": SOLUTION, "check": HIDDEN}
    if cell.kind not in words:
        return
    kind = "solution" if words[cell.kind] == SOLUTION else "hidden test"
    for number, line in inside(cell.source, words[cell.kind]):
        where = f"{lesson.path}:{cell.line + number}"
        yield Secret(squeeze(line), kind, where)


def scan(files: Mapping[Path, bytes], kept: Iterable[Secret]) -> tuple[Leak, ...]:
    """Leaks in student files (relative paths and contents)."""
    kept = tuple(kept)
    found: list[Leak] = []
    for path, content in files.items():
        if path.suffix not in SUFFIXES:
            what = f"a file that is no {' or '.join(SUFFIXES)} is handed to students"
            found.append(Leak(path, "-", what))
        else:
            found += _scan_notebook(path, content, kept)
    return tuple(sorted(set(found)))


def _scan_notebook(path: Path, content: bytes, kept: tuple[Secret, ...]) -> list[Leak]:
    try:
        notebook = json.loads(content)
        cells = [(str(c.get("id")), c) for c in notebook["cells"]]
    except (ValueError, KeyError, AttributeError) as error:
        return [Leak(path, "-", f"no readable notebook ({error})")]
    words = set(notebook.get("metadata", {})) - {"kernelspec"}
    found = [Leak(path, "-", f"notebook metadata {word!r}") for word in sorted(words)]
    for name, cell in cells:
        found += [Leak(path, name, what) for what in _scan_cell(cell, path, kept)]
    return found


def _scan_cell(
    cell: dict[str, Any], path: Path, kept: tuple[Secret, ...]
) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell.get("outputs") or cell.get("execution_count"):
        yield "an output"
    for word in sorted(set(cell.get("metadata", {})) - CELL_METADATA):
        yield f"cell metadata {word!r}"
    for marker in (*MARKERS, "BEGIN MARK SCHEME", "END MARK SCHEME"):
        if marker in source:
            yield f"the marker {marker!r}"
    text = _squeezed(source)
    unhinted = _squeezed(_HINT3.sub("", source))
    for secret in kept:
        place = text if secret.kind == "hidden test" else unhinted
        if secret.line in place and not _allowed(path, secret):
            yield f"a {secret.kind} line, of {secret.where}"


def _squeezed(source: str) -> str:
    return "\n".join(squeeze(line) for line in source.split("\n"))


def _allowed(path: Path, secret: Secret) -> bool:
    return any((path.stem, secret.line) == (stem, line) for stem, line, _ in ALLOWED)
