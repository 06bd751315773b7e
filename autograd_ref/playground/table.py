"""What the playground shows, as a printed table: no JavaScript, no widget.

Numbers come from `autograd_ref` itself: values and adjoints from `tape`, tangents from
the rows, differences from `finite`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from .. import finite, tape
from ..errors import ArgumentError
from ..ops import TABLE
from .formula import read

__all__ = ["ALIASES", "MODES", "describe", "tangents"]

MODES = ("forward", "reverse", "difference")
ALIASES = {"max": "maximum", "min": "minimum"}


def describe(
    expression: str, inputs: Mapping[str, float] | None = None, mode: str = "reverse"
) -> str:
    """The steps of one mode and the Jacobian, as lines to print.

    Inputs that are not given are 1. Raises `ArgumentError` for a formula that cannot
    be read, for an input that it does not have, and for an unknown mode.

    >>> print(describe("a = x*y; a + a*x", {"x": 2, "y": 3}))
    reverse mode: 1 pass for 1 output
    name  step       value  d(v3)
    x                    2     15
    y                    3      6
    a     mul(x, y)      6      3
    v2    mul(a, x)     12      1
    v3    add(a, v2)    18      1
    """
    trace = read(expression)
    unknown = [name for name in inputs or {} if name not in trace.inputs]
    if unknown or mode not in MODES:
        raise ArgumentError(
            f"{mode!r} is no mode: {', '.join(MODES)}."
            if mode not in MODES
            else f"{unknown[0]!r} is no input of {expression!r}; there are "
            f"{', '.join(trace.inputs)}."
        )
    x = [float((inputs or {}).get(name, 1.0)) for name in trace.inputs]
    with np.errstate(all="ignore"):
        return "\n".join(_lines(trace, x, mode))


def tangents(
    trace: tape.Trace, values: Mapping[str, float], along: Mapping[str, float]
) -> dict[str, float]:
    """The tangent of every name for a direction among the inputs: one forward pass.

    >>> trace = read("x*x")
    >>> tangents(trace, {"x": 3.0, "v1": 9.0}, {"x": 1.0})["v1"]
    6.0
    """
    found = {name: along.get(name, 0.0) for name in trace.inputs}
    for name, op, args in trace.steps:
        primals = [values[arg] if isinstance(arg, str) else arg for arg in args]
        # An argument that does not vary has no tangent at all: (-2)**3 has a slope.
        moving = [found[arg] or None if isinstance(arg, str) else None for arg in args]
        row = TABLE[ALIASES.get(op, op)]
        found[name] = float(row.jvp(moving, values[name], primals) or 0.0)
    return found


def _lines(trace: tape.Trace, x: list[float], mode: str) -> Iterable[str]:
    values = tape.run_trace(trace, x)
    columns, head = {}, ""
    if mode == "forward":
        head = _count("forward", len(x), "input")
        for name in trace.inputs:
            columns[f"along {name}"] = tangents(trace, values, {name: 1.0})
    elif mode == "reverse":
        head = _count("reverse", len(trace.outputs), "output")
        for out in trace.outputs:
            columns[f"d({out})"] = tape.backprop(trace, values, {out: 1.0})
    else:
        head = f"central differences: {2 * len(x)} evaluations"
        found = finite.jacobian(_outputs(trace), np.array(x))
        for out, row in zip(trace.outputs, found.tolist(), strict=True):
            columns[f"d({out})"] = dict(zip(trace.inputs, row, strict=True))
    steps = {s.name: f"{s.op}({', '.join(map(str, s.args))})" for s in trace.steps}
    rows = [["name", "step", "value", *columns]]
    for name, value in values.items():
        numbers = [column.get(name) for column in columns.values()]
        cells = ["" if n is None else f"{n:.6g}" for n in (value, *numbers)]
        rows.append([name, steps.get(name, ""), *cells])
    return [head, *_aligned(rows)]


def _outputs(trace: tape.Trace) -> finite.Fn:
    def f(x: np.ndarray) -> np.ndarray:
        values = tape.run_trace(trace, x)
        return np.array([values[name] for name in trace.outputs])

    return f


def _count(mode: str, n: int, what: str) -> str:
    return f"{mode} mode: {n} pass{'es'[: 2 * (n > 1)]} for {n} {what}{'s'[: n - 1]}"


def _aligned(rows: list[list[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if k < 2 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
