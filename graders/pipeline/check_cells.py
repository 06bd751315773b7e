"""What stands in a check cell, read by its syntax tree: nothing is run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any

from graders.checks.kinds import KINDS
from graders.pipeline.parsing import syntax_tree
from graders.pipeline.regions import HIDDEN, Region, regions

# The only parameters of a property that the student's code may be handed to.
PROBES = frozenset({"student", "probe", "push", "pull", "answers"})
# What else a check cell calls on its check.
SERVICES = frozenset({"hidden", "score", "random", "points", "rng"})


class CheckCellError(ValueError):
    """A check cell that cannot be read: `line` (from 1) of the cell, and why."""

    def __init__(self, line: int, came: str, needed: str) -> None:
        super().__init__(f"line {line}: {came}; needed: {needed}")
        self.line, self.came, self.needed = line, came, needed


@dataclass(frozen=True)
class Property:
    """One `check.KIND(name, ...)`.

    `name` is None where it is no string literal, `counted` None where the number of
    properties it stands for is only known by running (a loop, unknown facts).
    """

    kind: str
    name: str | None
    line: int
    hidden: bool
    counted: int | None
    call: ast.Call

    def arguments(self) -> Iterator[tuple[str, ast.expr]]:
        """Parameter names with the expressions given for them, the name left out."""
        positions = parameters(self.kind)
        for i, value in enumerate(self.call.args[1:], 1):
            yield positions[i] if i < len(positions) else f"argument {i}", value
        others = (k for k in self.call.keywords if k.arg != "name")
        yield from ((k.arg or "**", k.value) for k in others)


@dataclass(frozen=True)
class CheckCell:
    """A check cell: the exercise's id and weights, its properties, its tree."""

    exercise: str
    visible: int
    hidden: int
    properties: tuple[Property, ...]
    tree: ast.Module
    regions: tuple[Region, ...]


@cache
def parameters(kind: str) -> tuple[str, ...]:
    """Parameter names of a kind of property, in order, read off `Check` itself.

    >>> parameters("value")[:3]
    ('name', 'probe', 'expected')
    """
    from graders.checks.check import Check

    return tuple(signature(getattr(Check, kind)).parameters)[1:]


def read_check(source: str) -> CheckCell:
    """The check cell, or `CheckCellError`, `RegionError`, `SyntaxError`."""
    tree, hidden = syntax_tree(source), regions(source, HIDDEN)
    call = _constructor(tree)
    name, weights = _identity(call)
    found = tuple(_properties(tree, hidden))
    return CheckCell(name, weights["visible"], weights["hidden"], found, tree, hidden)


def _constructor(tree: ast.Module) -> ast.Call:
    made = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_name(node.func, "Check")
    ]
    needed = 'exactly one, alone: check = Check("e1-word", visible=1, hidden=1)'
    if len(made) != 1:
        raise CheckCellError(1, f"{len(made)} Check(...) in one check cell", needed)
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="check")], value=v) if v is made[0]:
                return made[0]
    raise CheckCellError(made[0].lineno, ast.unparse(made[0]), needed)


def _identity(call: ast.Call) -> tuple[str, dict[str, int]]:
    names = [a.value for a in call.args if isinstance(a, ast.Constant)]
    weights: dict[str, Any] = {
        k.arg: k.value.value
        for k in call.keywords
        if k.arg and isinstance(k.value, ast.Constant) and type(k.value.value) is int
    }
    right = len(names) == len(call.args) == 1 and isinstance(names[0], str)
    if not right or len(call.keywords) != 2 or set(weights) != {"visible", "hidden"}:
        needed = 'Check("id", visible=INTEGER, hidden=INTEGER), all of it literal'
        raise CheckCellError(call.lineno, ast.unparse(call), needed)
    return str(names[0]), weights


def _properties(tree: ast.Module, hidden: tuple[Region, ...]) -> Iterator[Property]:
    for node, counted in _calls(tree):
        kind = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if kind in SERVICES:
            continue
        if kind not in KINDS:
            needed = "one of " + ", ".join(KINDS)
            raise CheckCellError(node.lineno, f"check.{kind}(...)", needed)
        if kind == "facts":
            counted = _facts(node) if counted else None
        name = _literal_name(node)
        concealed = any(region.holds(node.lineno) for region in hidden)
        yield Property(kind, name, node.lineno, concealed, counted, node)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, int | None]]:
    """Calls `check.x(...)` with 1 for a statement of the cell, None inside another."""
    once = {id(s.value) for s in tree.body if isinstance(s, ast.Expr)}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    ours = (
        call
        for call in calls
        if isinstance(call.func, ast.Attribute) and _is_name(call.func.value, "check")
    )
    for call in sorted(ours, key=lambda c: (c.lineno, c.col_offset)):
        yield call, 1 if id(call) in once else None


def _facts(call: ast.Call) -> int | None:
    given = dict(Property("facts", None, 0, False, None, call).arguments())
    truths = given.get("truths")
    if isinstance(truths, ast.Dict) and None not in truths.keys:
        return len(truths.keys)
    return None


def _literal_name(call: ast.Call) -> str | None:
    first = next(
        (k.value for k in call.keywords if k.arg == "name"),
        call.args[0] if call.args else None,
    )
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return None


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
