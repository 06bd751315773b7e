"""Rules of a lesson source, answers and given cells; check cells: `check_rules`."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from graders.pipeline import check_rules, names
from graders.pipeline.cells import Cell
from graders.pipeline.findings import Finding
from graders.pipeline.lesson import is_lesson, is_show, pair
from graders.pipeline.parsing import syntax_tree
from graders.pipeline.regions import MARKERS, SOLUTION, Region, RegionError, regions
from graders.pipeline.stubs import raised_too_early

EXERCISE_ID = re.compile(r"[esp]\d+(-[a-z0-9]+)+")
QUESTION_ID = re.compile(r"(?!given-)[a-z][a-z0-9]*(-[a-z0-9]+)*")
CELLS = range(40, 71)
PLAYGROUND = "autograd_ref.playground"
GIVEN_LINES = 25
POINTS = 20


def problems(cells: Sequence[Cell], path: Path) -> tuple[Finding, ...]:
    """Everything in one source that must be put right before it can be built."""
    found = [*_not_python(cells, path), *_page(cells, path), *_stray(cells, path)]
    if found:
        return tuple(found)
    exercises = pair(cells, path, found)
    found += repeated_ids([(path, cell) for cell in cells])
    for cell in cells:
        found += _id(cell, path)
        found += _answer(cell, path) if cell.kind == "answer" else ()
        found += _question(cell, path) if cell.kind == "question" else ()
    found += _show(cells, path)
    for exercise in exercises:
        found += check_rules.problems(exercise, cells, path)
    return tuple(sorted(found))


def lint(cells: Sequence[Cell], path: Path) -> tuple[Finding, ...]:
    """What a finished lesson must have and a draft may lack: sizes, points, names."""
    found = []
    if is_lesson(path.stem):
        found += [*_size(cells, path), *_points(cells, path)]
    for cell in cells:
        lines = cell.source.count("\n") + 1
        if cell.kind == "given" and lines > GIVEN_LINES:
            came = f"a given cell of {lines} lines"
            found.append(Finding(path, cell.line, came, f"at most {GIVEN_LINES}"))
    for exercise in pair(cells, path, []):
        found += check_rules.unlisted(exercise, path)
    return tuple(sorted(found))


def repeated_ids(cells: Iterable[tuple[Path, Cell]]) -> list[Finding]:
    """Ids that stand twice; over all lessons of the course they must be unique."""
    first: dict[str, tuple[Path, Cell]] = {}
    found = []
    for path, cell in cells:
        if cell.id and first.setdefault(cell.id, (path, cell)) != (path, cell):
            where = f"{first[cell.id][0]}:{first[cell.id][1].line}"
            came = f"the id {cell.id!r} again, first at {where}"
            found.append(Finding(path, cell.line, came, "an id of its own"))
    return found


def _not_python(cells: Sequence[Cell], path: Path) -> Iterator[Finding]:
    for cell in cells:
        try:
            syntax_tree(cell.source if cell.is_code else "")
        except SyntaxError as error:
            line = cell.line + (error.lineno or 1)
            yield Finding(path, line, str(error.msg), "plain Python (no magics)")


def _page(cells: Sequence[Cell], path: Path) -> Iterator[Finding]:
    for cell in cells:
        if not is_lesson(path.stem) and cell.kind not in ("prose", "given"):
            needed = "prose and given code only: a page is not graded"
            yield Finding(path, cell.line, f"a cell of kind {cell.kind!r}", needed)


def _stray(cells: Sequence[Cell], path: Path) -> Iterator[Finding]:
    homes = {"answer": "SOLUTION", "question": "SOLUTION", "check": "HIDDEN TESTS"}
    for cell in cells:
        for number, line in enumerate(cell.source.split("\n"), cell.line + 1):
            words = [w for w in MARKERS if w in line]
            if words and not words[0].endswith(homes.get(cell.kind, "nowhere")):
                came = f"{words[0]!r} in a cell of kind {cell.kind!r}"
                needed = "solutions in answers and questions, hidden tests in checks"
                yield Finding(path, number, came, needed)


def _id(cell: Cell, path: Path) -> Iterator[Finding]:
    forms = {"answer": EXERCISE_ID, "question": QUESTION_ID}
    form = forms.get(cell.kind)
    if form is None:
        return
    taken = cell.kind == "question" and EXERCISE_ID.fullmatch(cell.id)
    if taken or not form.fullmatch(cell.id) or cell.id.endswith("-check"):
        needed = "e2-two-words for an exercise (s.. stretch, p.. predictions), "
        needed += "or plain-words for a question"
        yield Finding(path, cell.line, f"the id {cell.id!r}", needed)


def _answer(cell: Cell, path: Path) -> Iterator[Finding]:
    for node in ast.walk(syntax_tree(cell.source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            came = f"{ast.unparse(node)!r} in the answer {cell.id!r}"
            needed = "imports in a given cell above"
            yield Finding(path, cell.line + node.lineno, came, needed)
    found, problem = _solution_regions(cell, path)
    yield from problem
    if found:
        yield from _stub(cell, path)


def _question(cell: Cell, path: Path) -> Iterator[Finding]:
    try:
        regions(cell.source, SOLUTION)  # none is fine: a question and no model answer
    except RegionError as error:
        at = cell.line + error.line
        yield Finding(path, at, error.came, error.needed)


def _solution_regions(
    cell: Cell, path: Path
) -> tuple[tuple[Region, ...], list[Finding]]:
    try:
        found = regions(cell.source, SOLUTION)
    except RegionError as error:
        at = cell.line + error.line
        return (), [Finding(path, at, error.came, error.needed)]
    if found:
        return found, []
    came = f"{cell.id!r} has no solution region"
    needed = '"# BEGIN SOLUTION" and "# END SOLUTION" round what students write'
    return (), [Finding(path, cell.line, came, needed)]


def _stub(cell: Cell, path: Path) -> Iterator[Finding]:
    try:
        early = raised_too_early(cell.source)
    except SyntaxError as error:
        came = f"the stub of {cell.id!r} is no Python: {error.msg}"
        needed = "regions of whole statements, so that a body is left"
        yield Finding(path, cell.line, came, needed)
        return
    for region in early:
        came = "an indented solution region that is in no function"
        needed = "a region inside a function, or at column 0: the stub raises"
        yield Finding(path, cell.line + region.first, came, needed)


def _show(cells: Sequence[Cell], path: Path) -> Iterator[Finding]:
    kept = {
        name
        for cell in cells
        if cell.is_code and not is_show(cell)
        for name in names.bound(cell.source)
    }
    shown: dict[str, int] = {}
    for cell in cells:
        if not cell.is_code:
            continue
        missed = set() if is_show(cell) else names.taken(cell.source) & shown.keys()
        for name in sorted(missed):
            came = f"{name!r} is bound only in the show cell of line {shown[name]}"
            needed = "a name bound in a cell that grading runs too"
            todo = "bind it in a given cell before the figure or table"
            yield Finding(path, cell.line, came, needed, todo)
        if is_show(cell):
            fresh = names.bound(cell.source) - kept
            shown |= dict.fromkeys(fresh, cell.line)


def _size(cells: Sequence[Cell], path: Path) -> Iterator[Finding]:
    # A scene of the playground comes on top: its two cells are there to play with.
    counted = [c for c in cells if not (is_show(c) and PLAYGROUND in c.source)]
    if len(counted) not in CELLS:
        needed = f"{CELLS.start} to {CELLS.stop - 1}"
        yield Finding(path, 1, f"a lesson of {len(counted)} cells", needed)


def _points(cells: Sequence[Cell], path: Path) -> Iterator[Finding]:
    graded = [e for e in pair(cells, path, []) if e.id.startswith("e")]
    total = sum(e.points for e in graded)
    if total != POINTS:
        yield Finding(path, 1, f"a lesson of {total} points", f"{POINTS}")
