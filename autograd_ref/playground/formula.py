"""A formula as a trace, read by Python's own parser and never run as code.

The widget reads formulas in JavaScript; this reads the same language for the tables
and the tests, with the table's own rows.
"""

from __future__ import annotations

import ast
import math
from typing import Any

from ..errors import ArgumentError
from ..tape import Step, Trace

__all__ = ["FUNCTIONS", "read"]

LONGEST = 1000
_OPERATORS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
FUNCTIONS = {
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh"), 1),
    **dict.fromkeys(("tanh", "log1p", "expm1", "arctan", "sigmoid", "softplus"), 1),
    **dict.fromkeys(("abs", "relu"), 1),
    "max": 2,
    "min": 2,
}
"""Functions of the formula language and how many arguments they take."""


def read(formula: str) -> Trace:
    """The trace of a formula such as `a = x*y; a + sin(a); a*a`.

    Statements are divided by `;`; each bare expression is an output, or else the last
    name is. Names that no statement binds are inputs, in order of their first use;
    `pi` is the number. Raises `ArgumentError` for anything else.

    >>> print(read("a = x*y; a + sin(a)"))
    inputs   x, y
    a        mul(x, y)
    v2       sin(a)
    v3       add(a, v2)
    outputs  v3
    """
    reader = _Reader(formula)
    for statement in _parsed(formula).body:
        reader.statement(statement)
    return reader.trace()


def _parsed(formula: str) -> ast.Module:
    if len(formula) > LONGEST:
        raise ArgumentError(
            f"the formula has {len(formula)} characters; {LONGEST} are the most."
        )
    text = " ".join(formula.split()).replace("^", "**")
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ArgumentError(
            f"{formula!r} is no formula ({error}). Write one like 'a = x*y; a + sin(a)'"
        ) from error


class _Reader:
    """Statements in, steps out; `bound` maps a name to what stands for it."""

    def __init__(self, formula: str) -> None:
        self.formula = formula
        self.bound: dict[str, str | float] = {"pi": math.pi}
        self.inputs: list[str] = []
        self.steps: list[list[Any]] = []  # name or "", op, args as places or numbers
        self.outputs: list[Any] = []
        self.last: Any = None

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Expr):
            self.outputs.append(self.value(node.value))
            return
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            raise self.refusal(node)
        name = node.targets[0].id
        self.last = self.value(node.value)
        if name in self.bound or name in FUNCTIONS or len(node.targets) > 1:
            raise ArgumentError(f"{name!r} has a meaning already; use a new name.")
        self.bound[name] = self.last
        if isinstance(self.last, int) and not self.steps[self.last][0]:
            self.steps[self.last][0] = name

    def value(self, node: ast.expr) -> Any:
        """A step's place (int), an input's name, or a number (float)."""
        match node:
            case ast.Constant(value=bool()):
                raise self.refusal(node)
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name) if name not in FUNCTIONS:
                if name not in self.bound:
                    self.bound[name] = name
                    self.inputs.append(name)
                return self.bound[name]
            case ast.UnaryOp(op=ast.UAdd(), operand=inner):
                return self.value(inner)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.step("neg", inner)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self.step(_OPERATORS[type(op)], left, right)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                if FUNCTIONS.get(name) == len(args):
                    return self.step(name, *args)
        raise self.refusal(node)

    def step(self, op: str, *args: ast.expr) -> int:
        places = [self.value(arg) for arg in args]
        self.steps.append(["", op, places])
        return len(self.steps) - 1

    def refusal(self, node: ast.AST) -> ArgumentError:
        return ArgumentError(
            f"{ast.unparse(node)!r} has no place in the formula {self.formula!r}. "
            f"There are + - * / **, numbers, names and {', '.join(FUNCTIONS)}."
        )

    def trace(self) -> Trace:
        outputs = self.outputs or [self.last]
        if not self.inputs:
            raise ArgumentError(
                f"{self.formula!r} has no input; write a name, such as x, where the "
                "formula varies."
            )
        for i, out in enumerate(outputs):
            if isinstance(out, float):  # a constant needs a line to have a name
                self.steps.append(["", "add", [out, 0.0]])
                outputs[i] = len(self.steps) - 1
        names = [
            own or (f"v{k}'" if f"v{k}" in self.bound else f"v{k}")
            for k, (own, _, _) in enumerate(self.steps, 1)
        ]
        known = [names[p] if isinstance(p, int) else p for p in outputs]
        steps = (
            Step(name, op, tuple(names[p] if isinstance(p, int) else p for p in places))
            for name, (_, op, places) in zip(names, self.steps, strict=True)
        )
        return Trace(tuple(self.inputs), tuple(steps), tuple(known))
