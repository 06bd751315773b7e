"""Reverse mode by hand: an evaluation trace, and adjoints pushed back through it.

A trace is a program with the branches taken and the loops unrolled: one line a step,
each a row of the table (Wengert, "A simple automatic derivative evaluation program",
CACM 7, 1964). One sweep from the last line to the first gives the derivatives of one
output by every input (Linnainmaa, "Taylor expansion of the accumulated rounding
error", BIT 16, 1976), so a Jacobian costs one sweep an output, where forward mode
costs one pass an input. Here everything is in the open (lesson 3); `scalar` does the
same while the program runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .core import Primitive, Traced, as_real, fresh_level, shape
from .errors import ArgumentError, ShapeError, UnsupportedError
from .ops import TABLE, Operators

__all__ = [
    "Step",
    "Trace",
    "backprop",
    "jacobian_reverse",
    "local_vjp",
    "record",
    "run_trace",
    "show",
    "vjp",
]

Array = np.ndarray[Any, np.dtype[np.float64]]

# What the lesson calls them; every other name is the row's own.
_ALIASES = {"max": "maximum", "min": "minimum"}


class Step(NamedTuple):
    """One line of a trace: `name = op(*args)`, each argument a name or a number.

    >>> Step("v1", "mul", ("x1", 2.0)).op
    'mul'
    """

    name: str
    op: str
    args: tuple[Any, ...]


class Trace(NamedTuple):
    """A straight-line program: names of inputs, steps in order, names of outputs.

    A plain `(name, op, args)` does for a step.

    >>> print(Trace(("x",), (Step("y", "mul", ("x", "x")),), ("y",)))
    inputs   x
    y        mul(x, x)
    outputs  y
    """

    inputs: tuple[str, ...]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]

    def __str__(self) -> str:
        return show(self)


def run_trace(trace: Trace, inputs: Any) -> dict[str, float]:
    """The number of every name, inputs included, in the order of computation.

    `inputs` are as many numbers as the trace has inputs, or a dict of them by name.
    Raises `ShapeError` for another number of inputs, `ArgumentError` for a name that
    is not yet computed or is computed twice, `UnsupportedError` for an unknown op.

    >>> y = Trace(("x",), (Step("y", "mul", ("x", 3.0)),), ("y",))
    >>> run_trace(y, [2.0])
    {'x': 2.0, 'y': 6.0}
    """
    values = dict(zip(trace.inputs, _inputs(trace, inputs), strict=True))
    for name, op, args in trace.steps:
        if name in values:
            raise ArgumentError(
                f"step {name!r} = {op}(...) gives {name!r} a second value; a trace has "
                "one line a name. Use a new name."
            )
        values[name] = float(_row(op)(*_numbers(args, values)))
    missing = [name for name in trace.outputs if name not in values]
    if missing:
        raise ArgumentError(
            f"output {missing[0]!r} is neither an input nor computed by a step; there "
            f"are {sorted(values)}."
        )
    return values


def local_vjp(op: str, args: Sequence[Any], out: Any, g: Any) -> tuple[Any, ...]:
    """The cotangent of each argument of one step, `g` being that of its output.

    `args` and `out` are numbers (or arrays). The rule is the table's row.
    Raises `UnsupportedError` for an unknown op.

    >>> local_vjp("mul", (2.0, 5.0), 10.0, 0.5)
    (2.5, 1.0)
    >>> local_vjp("max", (2.0, 5.0), 5.0, 0.5)
    (0.0, 0.5)
    """
    pulled = _row(op).vjp(g, out, args, [True] * len(args))
    return tuple(0.0 if p is None else p for p in pulled)


def backprop(
    trace: Trace, values: Mapping[str, float], seeds: Mapping[str, float]
) -> dict[str, float]:
    """The adjoint of every name: the derivative by it of the seeded names' sum.

    `values` come from `run_trace`. `seeds` give the cotangents to start from, on any
    names, outputs or not; a name that nothing seeded depends on has adjoint 0. Raises
    `ArgumentError` for a seed on an unknown name.

    >>> steps = (Step("y", "mul", ("x", "x")), Step("z", "mul", ("x", "y")))
    >>> cube = Trace(("x",), steps, ("z",))
    >>> backprop(cube, run_trace(cube, [3.0]), {"z": 1.0})
    {'x': 27.0, 'y': 3.0, 'z': 1.0}
    """
    adjoints = dict.fromkeys(values, 0.0)
    for name, seed in seeds.items():
        if name not in adjoints:
            raise ArgumentError(
                f"there is a seed for {name!r}, but the trace has {sorted(adjoints)}."
            )
        adjoints[name] += seed
    for name, op, args in reversed(trace.steps):
        g = adjoints[name]
        pulled = local_vjp(op, _numbers(args, values), values[name], g)
        for arg, term in zip(args, pulled, strict=True):
            if isinstance(arg, str):  # every use of a name adds its share
                adjoints[arg] += float(term)
    return adjoints


def vjp(trace: Trace, x: Any, u: Any) -> Array:
    """The row `u @ J` of shape (n,), by one sweep; `u` has one entry an output.

    Raises `ShapeError` if there are not as many, and as `run_trace` does.

    >>> product = Trace(("x", "y"), (Step("z", "mul", ("x", "y")),), ("z", "x"))
    >>> vjp(product, [3.0, 4.0], [1.0, 0.5])
    array([4.5, 3. ])
    """
    return _pull(trace, run_trace(trace, x), np.asarray(u, dtype=np.float64))


def jacobian_reverse(trace: Trace, x: Any) -> Array:
    """The Jacobian at `x`, of shape (outputs, inputs): one sweep an output.

    Raises as `run_trace` does.

    >>> product = Trace(("x", "y"), (Step("z", "mul", ("x", "y")),), ("z", "x"))
    >>> jacobian_reverse(product, [3.0, 4.0])
    array([[4., 3.],
           [1., 0.]])
    """
    values = run_trace(trace, x)
    rows = [_pull(trace, values, u) for u in np.eye(len(trace.outputs))]
    return np.array(rows).reshape(len(trace.outputs), len(trace.inputs))


def record(f: Callable[..., Any], x: Sequence[Any] | Array) -> Trace:
    """The trace of `f` at the numbers `x`: what it computes there, line by line.

    `f` takes one argument a number and returns a number or a list of them; branches
    and loops leave only the steps that were taken. Inputs are called x1, x2, ...,
    steps v1, v2, ... Raises `UnsupportedError` for what a row cannot do on numbers.

    >>> print(record(lambda x, y: x * y + np.sin(x), [2.0, 5.0]))
    inputs   x1, x2
    v1       mul(x1, x2)
    v2       sin(x1)
    v3       add(v1, v2)
    outputs  v3
    """
    steps: list[Step] = []
    level = fresh_level()
    names = tuple(f"x{i}" for i in range(1, len(x) + 1))
    pairs = zip(names, x, strict=True)
    result = f(*(_Line(steps, level, name, _number(v)) for name, v in pairs))
    outputs = list(result) if isinstance(result, list | tuple) else [result]
    for i, out in enumerate(outputs):
        if not isinstance(out, _Line):  # a constant needs a line to have a name
            outputs[i] = _Line.after(steps, level, TABLE["add"], [_number(out), 0.0])
    return Trace(names, tuple(steps), tuple(out.name for out in outputs))


def show(
    trace: Trace,
    values: Mapping[str, float] | None = None,
    adjoints: Mapping[str, float] | None = None,
) -> str:
    """The trace as text, a line a step, with values and adjoints where given.

    >>> cube = record(lambda x: x * x * x, [3.0])
    >>> values = run_trace(cube, [3.0])
    >>> print(show(cube, values, backprop(cube, values, {"v2": 1.0})))
    inputs   x1            value  adjoint
    x1                     3      27
    v1       mul(x1, x1)   9      3
    v2       mul(v1, x1)   27     1
    outputs  v2
    """
    titled = [("value", values), ("adjoint", adjoints)]
    columns = [c for _, c in titled if c is not None]
    rows = [["inputs", ", ".join(trace.inputs)]]
    if columns:
        rows[0] += [title for title, c in titled if c is not None]
        rows += [[name, "", *_cells(name, columns)] for name in trace.inputs]
    for name, op, args in trace.steps:
        text = ", ".join(a if isinstance(a, str) else f"{a:g}" for a in args)
        rows.append([name, f"{op}({text})", *_cells(name, columns)])
    rows.append(["outputs", ", ".join(trace.outputs)])
    depth = max(len(row) for row in rows)
    widths = [max(len(r[k]) for r in rows if len(r) > k) + 2 for k in range(depth)]
    lines = (map(str.ljust, row, widths) for row in rows)
    return "\n".join("".join(line).rstrip() for line in lines)


def _cells(name: str, columns: Sequence[Mapping[str, float]]) -> list[str]:
    return [f"{column[name]:.6g}" if name in column else "" for column in columns]


class _Line(Operators, Traced):
    """A number under the name that it has in the trace being recorded."""

    __slots__ = ("level", "name", "primal", "steps")

    def __init__(self, steps: list[Step], level: int, name: str, primal: Any) -> None:
        self.steps, self.level, self.name, self.primal = steps, level, name, primal

    @classmethod
    def after(
        cls, steps: list[Step], level: int, row: Primitive, args: Sequence[Any]
    ) -> _Line:
        """The line that `row` adds to the trace."""
        named = [a.name if isinstance(a, cls) else _number(a) for a in args]
        primals = [a.primal if isinstance(a, cls) else a for a in args]
        steps.append(Step(f"v{len(steps) + 1}", row.name, tuple(named)))
        return cls(steps, level, steps[-1].name, float(row(*primals)))

    def apply(self, row: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Write down one line."""
        if params:
            raise UnsupportedError(
                f"{row.name}() with options {sorted(params)} cannot stand in a trace "
                "of numbers. Use operations on single numbers."
            )
        return _Line.after(self.steps, self.level, row, args)


def _pull(trace: Trace, values: Mapping[str, float], u: Array) -> Array:
    if shape(u) != (len(trace.outputs),):
        raise ShapeError(
            f"got a cotangent of shape {shape(u)} for {len(trace.outputs)} outputs; "
            "one number an output is needed."
        )
    seeds = dict.fromkeys(trace.outputs, 0.0)
    for name, entry in zip(trace.outputs, u, strict=True):
        seeds[name] += float(entry)  # a name may be an output twice
    adjoints = backprop(trace, values, seeds)
    return np.array([adjoints[name] for name in trace.inputs], dtype=np.float64)


def _inputs(trace: Trace, inputs: Any) -> list[float]:
    if isinstance(inputs, Mapping):
        if set(inputs) != set(trace.inputs):
            raise ShapeError(
                f"got inputs {sorted(inputs)}; the trace has {sorted(trace.inputs)}."
            )
        return [_number(inputs[name]) for name in trace.inputs]
    numbers = [_number(x) for x in inputs]
    if len(numbers) != len(trace.inputs):
        raise ShapeError(
            f"got {len(numbers)} numbers for the inputs {', '.join(trace.inputs)}; one "
            "number an input is needed."
        )
    return numbers


def _row(op: str) -> Primitive:
    row = TABLE.get(_ALIASES.get(op, op))
    if row is None or row.kind != "elementwise":
        known = sorted(row.name for row in TABLE.values() if row.kind == "elementwise")
        raise UnsupportedError(
            f"there is no operation {op!r} on numbers; there are {', '.join(known)}, "
            "and max and min."
        )
    return row


def _numbers(args: Sequence[Any], values: Mapping[str, float]) -> list[float]:
    """The arguments of a step as numbers."""
    unknown = [a for a in args if isinstance(a, str) and a not in values]
    if unknown:
        raise ArgumentError(
            f"{unknown[0]!r} is used before it is computed; so far there are "
            f"{', '.join(values) or 'no names'}. Reorder the steps."
        )
    return [values[a] if isinstance(a, str) else _number(a) for a in args]


def _number(x: Any) -> float:
    x = as_real(x)
    if shape(x) != ():
        raise ShapeError(f"a trace works on numbers, but got shape {shape(x)}.")
    return float(x)
