"""What a scene is made of: rows to print, and settings for the widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import ArgumentError
from ..tape import Trace, run_trace
from .formula import read

__all__ = ["Picture", "Point", "Rows", "read_at"]

Rows = list[list[Any]]


class Picture(NamedTuple):
    """A scene's text twin, its header first, and the widget's traits.

    >>> Picture([["h", "error"], [0.1, 0.2]], {"mode": "reverse"}).rows[0]
    ['h', 'error']
    """

    rows: Rows
    traits: dict[str, Any]


class Point(NamedTuple):
    """A formula's trace, a place among its inputs, and the values there.

    >>> read_at("x*y", {"x": 2.0}).values
    {'x': 2.0, 'y': 1.0, 'v1': 2.0}
    """

    trace: Trace
    x: list[float]
    values: dict[str, float]


def read_at(expression: str, inputs: Mapping[str, float] | None = None) -> Point:
    """The formula at a place; inputs that are not given are 1.

    Raises `ArgumentError` for an input that the formula does not have.

    >>> read_at("x*y", {"x": 2.0}).x
    [2.0, 1.0]
    """
    trace, given = read(expression), dict(inputs or {})
    if unknown := [name for name in given if name not in trace.inputs]:
        raise ArgumentError(
            f"{unknown[0]!r} is no input of {expression!r}; there are "
            f"{', '.join(trace.inputs)}."
        )
    x = [float(given.get(name, 1.0)) for name in trace.inputs]
    return Point(trace, x, run_trace(trace, x))
