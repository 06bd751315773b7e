"""Rules of a check cell, read off its syntax tree.

The judge runs check cells where no student code is: a student's name may be handed
on there, as a bare argument or inside a lambda or def, and never be called; nothing
that decides what is right may lean on it.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from graders.checks.kinds import KINDS
from graders.pipeline import names
from graders.pipeline.cells import Cell
from graders.pipeline.check_cells import (
    PROBES,
    CheckCell,
    CheckCellError,
    Property,
    parameters,
)
from graders.pipeline.findings import Finding
from graders.pipeline.lesson import Exercise, student_names
from graders.pipeline.parsing import syntax_tree
from graders.pipeline.regions import HIDDEN, RegionError, outside
from graders.pipeline.stubs import outside_functions

EVIDENCE_SHARE = 1 / 3
STRETCH_POINTS = 2


def problems(
    exercise: Exercise, cells: Sequence[Cell], path: Path
) -> Iterator[Finding]:
    """What is wrong with the check cell of an exercise."""
    at = exercise.check.line
    try:
        read = exercise.read
    except (CheckCellError, RegionError) as error:
        yield Finding(path, at + error.line, error.came, error.needed)
        return
    rules = [
        *_identity(exercise, read),
        *_form(exercise, read),
        *_hidden_region(exercise, read),
        *_names(exercise, read),
        *_evidence(read),
        *_students(read, student_names(cells)),
        *_oracles(exercise, read, cells),
    ]
    yield from (Finding(path, at + line, came, needed) for line, came, needed in rules)


def unlisted(exercise: Exercise, path: Path) -> Iterator[Finding]:
    """Names of properties that the exercise's text does not list."""
    for prop in exercise.read.properties:
        if prop.name is not None and _words(prop.name) not in _words(exercise.text):
            came = f"the property {prop.name!r} is not named in the exercise's text"
            needed = "every name under what the check looks at, word for word"
            yield Finding(path, exercise.check.line + prop.line, came, needed)


Rule = tuple[int, str, str]


def _identity(exercise: Exercise, read: CheckCell) -> Iterator[Rule]:
    if read.exercise != exercise.id:
        needed = f"{exercise.id!r}, the answer cell's id"
        yield 1, f"Check({read.exercise!r})", needed
    came = f"visible={read.visible}, hidden={read.hidden}"
    if read.visible < 0 or read.hidden < 0:
        yield 1, came, "points of 0 or more"
    total, kind = read.visible + read.hidden, exercise.id[:1]
    needs = {
        "p": (total == 0, "0 points for predictions: they are never penalised"),
        "s": (total == STRETCH_POINTS, f"{STRETCH_POINTS} points for a stretch"),
        "e": (total > 0, "at least one point"),
    }
    fine, needed = needs.get(kind, (True, ""))
    if not fine:
        yield 1, came, needed
    if not any(not prop.hidden for prop in read.properties):
        yield 1, "no visible property", "at least one, of form only if it has no weight"


def _form(exercise: Exercise, read: CheckCell) -> Iterator[Rule]:
    source = exercise.check.source
    lines = source.split("\n")
    if lines[-1] != "check.score()":
        yield len(lines), f"the last line {lines[-1]!r}", "check.score()"
    if source.count("check.score(") > 1:
        yield len(lines), "check.score() twice", "it once, as the last line"
    checks = (n for n in ast.walk(read.tree) if isinstance(n, ast.Name))
    stored = [n.lineno for n in checks if n.id == "check" and _stored(n)]
    used = [p.line for p in read.properties if p.line < stored[0]]
    for line in [*stored[1:], *used]:
        yield line, "`check` is bound again or too late", "one Check, above its uses"
    for prop in read.properties:
        if prop.name is None:
            came = f"check.{prop.kind}() with a name that is no string literal"
            yield prop.line, came, "the property's name, literal, as first argument"
        known = parameters(prop.kind)
        for name, _ in prop.arguments():
            if name not in known:
                came = f"check.{prop.kind}() with {name!r}"
                yield prop.line, came, "one of " + ", ".join(known)


def _hidden_region(exercise: Exercise, read: CheckCell) -> Iterator[Rule]:
    calls = [s.lineno for s in read.tree.body if ast.unparse(s) == "check.hidden()"]
    if not read.regions:
        if calls:
            yield calls[0], "check.hidden() in no hidden region", "it inside one"
        if read.hidden:
            needed = "a region # BEGIN HIDDEN TESTS ... # END HIDDEN TESTS"
            yield 1, f"hidden={read.hidden} and no hidden region", needed
        return
    region = read.regions[0]
    if len(read.regions) > 1:
        yield read.regions[1].first, "a second hidden region", "one"
    if not read.hidden:
        yield region.first, "a hidden region and hidden=0", "points for it"
    if not any(prop.hidden for prop in read.properties):
        yield region.first, "a hidden region with no property", "at least one"
    inner = [s for s in read.tree.body if region.holds(s.lineno)]
    if calls != [s.lineno for s in inner[:1]]:
        needed = "it once, as the first statement of the hidden region"
        yield region.first, f"check.hidden() on lines {calls or 'none'}", needed
    for s in read.tree.body:
        if s.lineno < region.first <= (s.end_lineno or 0) or (
            region.holds(s.lineno) and not region.holds(s.end_lineno or 0)
        ):
            yield (
                s.lineno,
                "a statement across a marker",
                "whole statements in a region",
            )
    yield from _visible_stands_alone(exercise)


def _visible_stands_alone(exercise: Exercise) -> Iterator[Rule]:
    """Names bound in the hidden region are not there in a student's notebook."""
    source = exercise.check.source
    visible = outside(source, HIDDEN)
    lost = (names.bound(source) - names.bound(visible)) & names.taken(visible)
    for name in sorted(lost):
        came = f"{name!r} is bound in the hidden region and used outside it"
        yield 1, came, "a visible part that runs by itself"


def _names(exercise: Exercise, read: CheckCell) -> Iterator[Rule]:
    shown = {prop.name for prop in read.properties if not prop.hidden}
    text = _words(exercise.text)
    for prop in read.properties:
        told = prop.name is None or prop.name in shown or _words(prop.name) in text
        if prop.hidden and not told:
            came = f"the hidden property {prop.name!r} is a new requirement"
            needed = "a visible property's name, or one in the exercise's text"
            yield prop.line, came, needed


def _evidence(read: CheckCell) -> Iterator[Rule]:
    weights = {False: read.visible, True: read.hidden}
    counts = [(p.hidden, KINDS[p.kind].evidence, p.counted) for p in read.properties]
    if any(n is None and weights[hidden] for hidden, _, n in counts):
        return  # only running tells how many there are; the judge counts
    groups: Counter[bool] = Counter()
    evidence: Counter[bool] = Counter()
    for hidden, is_evidence, n in counts:
        groups[hidden] += n or 1
        evidence[hidden] += (n or 1) * is_evidence
    share = sum(weights[h] * evidence[h] / groups[h] for h in groups)
    total = sum(weights.values())
    if share > total * EVIDENCE_SHARE + 1e-9:
        came = f"evidence properties carry {share:.2f} of {total} points"
        yield 1, came, "at most a third: they are measured beside the student's code"


def _students(read: CheckCell, students: frozenset[str]) -> Iterator[Rule]:
    bare = {
        id(value)
        for prop in read.properties
        for name, value in prop.arguments()
        if name in PROBES
    }
    for node in outside_functions(read.tree):
        if isinstance(node, ast.Name) and node.id in students and id(node) not in bare:
            came = f"{node.id!r}, a name of an answer cell, outside a lambda or def"
            needed = "it inside a lambda or def, or as the bare argument "
            yield node.lineno, came, needed + "that is the student's code"
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in students:
            needed = "a name that no answer cell binds"
            yield node.lineno, f"{node.name!r} defined again in a check cell", needed


def _oracles(
    exercise: Exercise, read: CheckCell, cells: Sequence[Cell]
) -> Iterator[Rule]:
    above = [
        c.source for c in cells if c.kind == "given" and c.line < exercise.check.line
    ]
    trees = [*(syntax_tree(source) for source in above), read.tree]
    leaning = _leaning(trees, student_names(cells))
    for prop in read.properties:
        for name, value in prop.arguments():
            if name not in PROBES:
                yield from _oracle(prop, name, value, leaning)


def _oracle(
    prop: Property, name: str, value: ast.expr, leaning: frozenset[str]
) -> Iterator[Rule]:
    for used in sorted(names.taken(ast.unparse(value)) & leaning):
        came = f"{name}= of check.{prop.kind}() leans on {used!r}, the student's code"
        yield value.lineno, came, "an oracle that uses no name of an answer cell"


def _leaning(trees: Sequence[ast.Module], students: frozenset[str]) -> frozenset[str]:
    """Student names, and names of given and check cells made with them."""
    leaning = set(students)
    for statement in (s for tree in trees for s in tree.body):
        for part in _single(statement):
            source = ast.unparse(part)
            if names.taken(source) & leaning and not isinstance(part, ast.Expr):
                leaning |= names.bound(source)
            elif not isinstance(part, ast.AugAssign):  # bound afresh
                leaning -= names.bound(source) - students
    return frozenset(leaning)


def _single(statement: ast.stmt) -> Iterator[ast.stmt]:
    """`a, b = x, y` as two assignments, so that what b leans on is not a's."""
    match statement:
        case ast.Assign(
            targets=[ast.Tuple(elts=left)], value=ast.Tuple(elts=right)
        ) if len(left) == len(right):
            for one, value in zip(left, right, strict=True):
                single = ast.Assign(targets=[one], value=value)
                yield ast.fix_missing_locations(single)
        case _:
            yield statement


def _stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text)
