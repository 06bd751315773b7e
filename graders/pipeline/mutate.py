"""Generic mistakes: one small change at one place of a solution, by syntax tree.

Most operators are mutmut's own table (`mutmut.mutation.mutators`): functions from a
node of libcst's tree to changed nodes, usable without its runner and as light as
libcst. (cosmic-ray's operators work on text as well, but eleven for each sign of
arithmetic, nearly all a TypeError on floats.) `OWN` adds in the same form what that
table lacks and a learner does: swap arguments, forget a term or a line, turn a test
round, count one too few, return nothing.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from graders.pipeline.regions import SOLUTION, inside

Operator = tuple[type, Callable[[Any], Iterable[cst.CSTNode]]]


@dataclass(frozen=True)
class Mutant:
    """The changed answer, and the change: in which function, which line, to what."""

    code: str
    where: str
    was: str
    becomes: str

    @property
    def diff(self) -> str:
        """The change as a person reads it."""
        lines = [f"  in {self.where}"] if self.where else []
        lines += [f"- {line}" for line in self.was.split("\n")]
        return "\n".join(lines + [f"+ {line}" for line in self.becomes.split("\n")])


def mutants(answer: str) -> tuple[Mutant, ...]:
    r"""All changed answers that compile, each once, changed in the solution only.

    >>> [m.becomes for m in mutants("# BEGIN SOLUTION\nx = a - b\n# END SOLUTION")]
    ['pass', 'x = None', 'x = a + b', 'x = a', 'x = b']
    """
    seen = {_shape(compile(answer, "answer", "exec"))}
    found = []
    for where, code in _changed(answer):
        try:
            shape = _shape(compile(code, "answer", "exec"))
        except (SyntaxError, ValueError):
            continue
        if shape not in seen:
            seen.add(shape)
            found.append(_mutant(answer, code, where))
    return tuple(found)


def _changed(answer: str) -> Iterator[tuple[str, str]]:
    """Where, and the whole text, of every change to a node in a solution's lines."""
    wrapper = MetadataWrapper(cst.parse_module(answer))
    places = wrapper.resolve(PositionProvider)
    lines = {number for number, _ in inside(answer, SOLUTION)}
    for where, node in _nodes(wrapper.module, ""):
        if node not in places or places[node].start.line not in lines:
            continue
        for kind, operator in OPERATORS:
            for new in operator(node) if isinstance(node, kind) else ():
                changed = wrapper.module.deep_replace(node, new)
                if isinstance(changed, cst.Module):
                    yield where, changed.code


def _nodes(node: cst.CSTNode, where: str) -> Iterator[tuple[str, cst.CSTNode]]:
    """A node and all below with the name of their function; annotations left out."""
    yield where, node
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        where = f"{where}.{node.name.value}".strip(".")
    for child in node.children:
        if not isinstance(child, cst.Annotation | cst.Decorator):
            yield from _nodes(child, where)


def _mutant(answer: str, code: str, where: str) -> Mutant:
    changes = list(difflib.ndiff(answer.split("\n"), code.split("\n")))

    def side(mark: str) -> str:
        return "\n".join(c[2:].strip() for c in changes if c.startswith(mark))

    return Mutant(code, where, side("- "), side("+ "))


def _shape(code: types.CodeType) -> Any:
    """What a code object does, without line numbers: equal for equal behaviour."""
    constants = tuple(
        _shape(c) if isinstance(c, types.CodeType) else (type(c).__name__, repr(c))
        for c in code.co_consts
    )
    names = code.co_names, code.co_varnames, code.co_freevars
    return code.co_code, constants, names, code.co_exceptiontable


# -- what mutmut's table lacks ---------------------------------------------------------
_SYMMETRIC = ("max", "min", "maximum", "minimum")


def swap_arguments(node: cst.Call) -> Iterator[cst.CSTNode]:
    """f(a, b) -> f(b, a), for neighbours given by position, where order matters."""
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if isinstance(name, cst.Name) and name.value in _SYMMETRIC:
        return
    for i, (one, two) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if not (one.keyword or two.keyword or one.star or two.star):
            swapped = [one.with_changes(value=two.value)]
            swapped.append(two.with_changes(value=one.value))
            yield node.with_changes(
                args=[*node.args[:i], *swapped, *node.args[i + 2 :]]
            )


def one_less(node: cst.Integer | cst.Float) -> Iterator[cst.CSTNode]:
    """3 -> 2, 0 -> (-1): off by one, downwards."""
    text = repr(node.evaluated_value - 1)
    yield cst.parse_expression(f"({text})" if text.startswith("-") else text)


def forget_term(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    """a + b -> a, and -> b."""
    for side in (node.left, node.right):
        yield side.with_changes(
            lpar=[*node.lpar, *side.lpar], rpar=[*side.rpar, *node.rpar]
        )


_TURNED: dict[type, type[cst.BaseCompOp]] = {
    cst.LessThan: cst.GreaterThanEqual,
    cst.LessThanEqual: cst.GreaterThan,
    cst.GreaterThan: cst.LessThanEqual,
    cst.GreaterThanEqual: cst.LessThan,
}


def turn_comparison(node: cst.ComparisonTarget) -> Iterator[cst.CSTNode]:
    """a < b -> a >= b."""
    if type(node.operator) in _TURNED:
        yield node.with_changes(operator=_TURNED[type(node.operator)]())


def turn_condition(node: cst.If | cst.While) -> Iterator[cst.CSTNode]:
    """Take the other branch: if a -> if not (a)."""
    test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test))


def forget_line(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    """An assignment or a call left out; a docstring and a return are other matters."""
    statement = node.body[0]
    if isinstance(statement, cst.Assign | cst.AugAssign) or (
        isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call)
    ):
        yield node.with_changes(body=[cst.Pass()])


def return_nothing(node: cst.Return) -> Iterator[cst.CSTNode]:
    """The value is made and not handed back."""
    if node.value is not None:
        yield node.with_changes(value=cst.Name("None"))


OWN: tuple[Operator, ...] = (
    (cst.Call, swap_arguments),
    (cst.Integer, one_less),
    (cst.Float, one_less),
    (cst.BinaryOperation, forget_term),
    (cst.ComparisonTarget, turn_comparison),
    (cst.If, turn_condition),
    (cst.While, turn_condition),
    (cst.SimpleStatementLine, forget_line),
    (cst.Return, return_nothing),
)
OPERATORS: tuple[Operator, ...] = (*mutation_operators, *OWN)
