"""Scenes about one formula: microscope, arrows, Jacobian grid, stepper, surrogates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..ops import TABLE
from ..tape import Trace, backprop, local_vjp, run_trace
from .formula import read
from .picture import Picture, Point, Rows, read_at
from .table import ALIASES, tangents

__all__ = ["CASES", "arrows", "jacobian", "microscope", "normals", "stepper"]
__all__ += ["surrogate"]

Inputs = Mapping[str, float] | None

# Rows that take complex numbers as they are: no comparison, no branch.
_ARITHMETIC = frozenset(("add", "sub", "mul", "div", "neg", "pow"))
_ANALYTIC = _ARITHMETIC | frozenset(
    ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")
)
CASES: tuple[dict[str, str], ...] = (
    {
        "name": "clamped sigmoid",
        "value": "sigmoid(x)",
        "slope": "max(sigmoid(x)*(1 - sigmoid(x)), 0.01)",
    },
    {
        "name": "clip at 3, straight through",
        "value": "max(min(x, 3), -3)",
        "slope": "1 + 0*x",
    },
    {"name": "relu, smoothed", "value": "relu(x)", "slope": "sigmoid(10*x)"},
)
"""Functions whose backward is not their derivative: formulas of x."""


def microscope(expression: str, inputs: Inputs = None, *, h: float = 0.1) -> Picture:
    """Errors of the slope of the first output along the first input, step by step.

    >>> microscope("x*x", {"x": 3.0}).rows[1][:2]
    ['1e-01', '1.0e-01']
    """
    point = read_at(expression, inputs)
    trace, x, values = point
    truth = backprop(trace, values, {trace.outputs[0]: 1.0})[trace.inputs[0]]
    analytic = {step.op for step in trace.steps} <= _ANALYTIC
    rows: Rows = [["h", "forward", "central", *(["complex step"] * analytic)]]
    for k in range(1, 17):
        slopes = _slopes(trace, x, 10.0**-k, analytic=analytic)
        rows.append([f"1e-{k:02d}", *(f"{abs(s - truth):.1e}" for s in slopes)])
    return Picture(rows, {**_formula(expression, point), "h": h})


def _slopes(trace: Trace, x: list[float], h: float, *, analytic: bool) -> list[float]:
    first, *rest = x
    here, ahead, behind = (
        _output(trace, [first + step, *rest]) for step in (0.0, h, -h)
    )
    up, down = first + h, first - h
    found = [
        (ahead - here) / (up - first) if up != first else math.nan,
        (ahead - behind) / (up - down) if up != down else math.nan,
    ]
    if analytic:
        found.append(_output(trace, [complex(first, h), *rest]).imag / h)
    return found


def _output(trace: Trace, x: Sequence[complex]) -> Any:
    """The first output, for real or complex numbers."""
    values: dict[str, Any] = dict(zip(trace.inputs, x, strict=True))
    for name, op, args in trace.steps:
        row = TABLE[ALIASES.get(op, op)]
        values[name] = row(*(values[a] if isinstance(a, str) else a for a in args))
    return values[trace.outputs[0]]


def arrows(
    expression: str,
    inputs: Inputs = None,
    *,
    directions: Sequence[Mapping[str, float]] | None = None,
) -> Picture:
    """Tangents of all values, a column a direction among the inputs.

    Without directions there is one along each input.

    >>> arrows("x*y", {"x": 2.0, "y": 3.0}).rows[-1]
    ['v1 = mul(x, y)', 6.0, 3.0, 2.0]
    """
    point = read_at(expression, inputs)
    trace, _, values = point
    given = directions or [{name: 1.0} for name in trace.inputs]
    ways = [{name: float(way.get(name, 0)) for name in trace.inputs} for way in given]
    heads = (", ".join(f"{v:g}" for v in way.values()) for way in ways)
    columns = [tangents(trace, values, way) for way in ways]
    rows: Rows = [["step", "value", *(f"along ({head})" for head in heads)]]
    for name, label in _labels(trace).items():
        rows.append([label, values[name], *(column[name] for column in columns)])
    data = {"start": {"v": ways[0]}}
    return Picture(rows, {**_formula(expression, point), "data": data})


def jacobian(
    expression: str, inputs: Inputs = None, *, mode: str = "forward"
) -> Picture:
    """All slopes, and which forward pass or backward sweep fills each of them.

    >>> jacobian("x*y; x + y", {"x": 2.0, "y": 3.0}).rows[1:]
    [['v1', 3.0, 2.0, 1], ['v2', 1.0, 1.0, 2], ['forward pass', 1, 2, '']]
    """
    point = read_at(expression, inputs)
    trace, _, values = point
    rows: Rows = [
        ["output", *(f"by {name}" for name in trace.inputs), "backward sweep"]
    ]
    for sweep, out in enumerate(trace.outputs, 1):
        adjoints = backprop(trace, values, {out: 1.0})
        rows.append([out, *(adjoints[name] for name in trace.inputs), sweep])
    rows.append(["forward pass", *range(1, len(trace.inputs) + 1), ""])
    return Picture(rows, {**_formula(expression, point), "mode": mode})


def stepper(
    expression: str, inputs: Inputs = None, *, mistakes: Sequence[str] = ()
) -> Picture:
    """Each hand-over of one backward sweep from the first output.

    >>> stepper("x*x", {"x": 3.0}).rows[1]
    ['v1 = mul(x, x)', 1.0, '1 * 3 = 3', 'x', 3.0]
    """
    point = read_at(expression, inputs)
    trace, _, values = point
    adjoints = dict.fromkeys(values, 0.0) | {trace.outputs[0]: 1.0}
    reached, labels = {trace.outputs[0]}, _labels(trace)
    rows: Rows = [["node", "its adjoint", "hands on", "to", "which then has"]]
    for name, op, args in reversed(trace.steps):
        if name not in reached:
            continue
        g = adjoints[name]
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        partials = local_vjp(op, numbers, values[name], 1.0)
        for arg, partial in zip(args, partials, strict=True):
            if isinstance(arg, str):
                adjoints[arg] += float(partial) * g
                reached.add(arg)
                share = f"{g:.6g} * {partial:.6g} = {partial * g:.6g}"
                rows.append([labels[name], g, share, arg, adjoints[arg]])
    data = {"switches": ["breadth", "overwrite", "paths"]}
    traits = {"data": data, "locked": ["mode"], "mistakes": list(mistakes)}
    return Picture(rows, {**_formula(expression, point), **traits})


def surrogate(
    cases: Sequence[Mapping[str, str]] = CASES, *, draws: int = 20, seeds: int = 8
) -> Picture:
    """How many points of a random test tell the first case's surrogate from the slope.

    A row a spread of the points, a column a seed; a test objects from one point on.

    >>> surrogate(seeds=3).rows[-1]
    [6, 9, 10, 10]
    """
    rows: Rows = [["spread", *(f"seed {k}" for k in range(1, seeds + 1))]]
    for spread in (1, 2, 3, 4, 6):
        places = ([spread * x for x in normals(k + 1, draws)] for k in range(seeds))
        rows.append([spread, *(sum(_told_apart(cases[0], xs)) for xs in places)])
    data = {"cases": [dict(case) for case in cases], "draws": draws}
    return Picture(rows, {"data": data})


def normals(seed: int, n: int) -> list[float]:
    """Normal random numbers, the same in Python and in the widget.

    Park and Miller's generator ("Random number generators: good ones are hard to
    find", CACM 31, 1988) with the later multiplier 48271, mapped by Box and Muller.

    >>> [round(x, 3) for x in normals(1, 2)]
    [0.947, 0.952]
    """
    state, uniform = 7919, []
    for _ in range(100 * seed + 2 * n):  # a seed is a place in one long row
        state = state * 48271 % 2147483647
        uniform.append(state / 2147483647)
    pairs = zip(uniform[-2 * n :: 2], uniform[1 - 2 * n :: 2], strict=True)
    return [math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v) for u, v in pairs]


def _told_apart(case: Mapping[str, str], places: Sequence[float]) -> list[bool]:
    """Where gradcheck's tolerances tell the surrogate from the slope."""
    value, stated = read(case["value"]), read(case["slope"])
    found = []
    for x in places:
        seeds = {value.outputs[0]: 1.0}
        truth = backprop(value, run_trace(value, [x]), seeds)["x"]
        claim = run_trace(stated, [x])[stated.outputs[0]]
        found.append(not abs(claim - truth) <= 1e-5 + 1e-3 * abs(truth))
    return found


def _formula(expression: str, point: Point) -> dict[str, Any]:
    named = dict(zip(point.trace.inputs, point.x, strict=True))
    return {"expression": expression, "inputs": named}


def _labels(trace: Trace) -> dict[str, str]:
    """A name with its step, as in `a = mul(x, y)`; an input's name alone."""
    made = {
        s.name: f"{s.name} = {s.op}({', '.join(map(str, s.args))})" for s in trace.steps
    }
    return {name: name for name in trace.inputs} | made
