"""The oracle: derivatives by differences, each with a bound on its own error.

Romberg's extrapolation of central differences: the even error terms `h**2, h**4, ...`
are removed one by one, and the last change of the tableau, plus the rounding error
at the step used, bounds what is left (Richardson 1911; Ridders 1982).
Nothing here is reachable from a student's process when work is graded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .tolerance import EPS

ROWS = 6
STEPS = (2e-2, 2e-3, 2e-4, 2e-5)


class OracleError(ValueError):
    """The oracle cannot differentiate here: the point or the function is unfit."""


@dataclass(frozen=True)
class Bounded:
    """A number or array, and a bound on its error of the same shape."""

    value: Any
    error: Any


def slope(g: Callable[[float], Any], scale: float = 1.0) -> Bounded:
    """dg/dt at t = 0 of a number- or array-valued g, with an error bound.

    The first step is `scale * 2e-2`; where g cannot be evaluated so far out, or the
    bound is poor, smaller first steps are tried and the best bound is kept.

    >>> s = slope(lambda t: np.exp(t))
    >>> bool(abs(s.value - 1.0) < 1e-11 and s.error < 1e-9)
    True
    """
    best: Bounded | None = None
    for step in STEPS:
        found = _romberg(g, step * scale)
        if found is None:
            continue
        if best is None or np.max(found.error) < np.max(best.error):
            best = found
        if np.all(best.error <= 1e-11 * (1 + np.abs(best.value))):
            break
    if best is None:
        raise OracleError(
            "the function could not be evaluated to finite numbers on both sides of "
            "the point; choose a point in the inside of its domain."
        )
    return best


def _romberg(g: Callable[[float], Any], first: float) -> Bounded | None:
    best: Bounded | None = None
    previous: list[Any] = []
    for row in range(ROWS):
        h = first / 2**row
        pair = _pair(g, h)
        if pair is None:
            return best
        plus, minus = pair
        noise = 4 * EPS * np.maximum(np.abs(plus), np.abs(minus)) / h
        line = [(plus - minus) / (2 * h)]
        for k, old in enumerate(previous, start=1):
            line.append(line[-1] + (line[-1] - old) / (4**k - 1))
        if previous:
            error = np.abs(line[-1] - previous[-1]) + noise
            if best is None or np.max(error) < np.max(best.error):
                best = Bounded(line[-1], error)
        previous = line
    return best


def _pair(g: Callable[[float], Any], h: float) -> tuple[Any, Any] | None:
    try:
        with np.errstate(all="ignore"):
            plus = np.asarray(g(h), dtype=np.float64)
            minus = np.asarray(g(-h), dtype=np.float64)
    except (ValueError, ArithmeticError, TypeError):
        return None
    if not (np.all(np.isfinite(plus)) and np.all(np.isfinite(minus))):
        return None
    return plus, minus


def derivative(f: Callable[[float], Any], x: float) -> Bounded:
    """f'(x) of a function of one number.

    >>> d = derivative(lambda x: x * x, 3.0)
    >>> bool(abs(d.value - 6.0) <= d.error + 1e-12)
    True
    """
    x = float(x)
    return slope(lambda t: f(x + t), max(1.0, abs(x)))


def directional(f: Callable[[Any], Any], x: Any, v: Any) -> Bounded:
    """J(x) v: the derivative of f along v, in the shape of f(x)."""
    x, v = np.asarray(x, dtype=np.float64), np.asarray(v, dtype=np.float64)
    longest = float(np.max(np.abs(v), initial=0.0))
    if longest == 0.0:
        value = np.zeros(np.shape(np.asarray(f(x), dtype=np.float64)))
        return Bounded(value, np.zeros_like(value))
    scale = max(1.0, float(np.max(np.abs(x), initial=0.0))) / longest
    return slope(lambda t: f(x + t * v), scale)


def jacobian(f: Callable[[Any], Any], x: Any) -> Bounded:
    """All first derivatives, shape (*f(x).shape, *x.shape), one column an entry of x.

    For a number-valued f this is its gradient.

    >>> jacobian(lambda x: x @ x, np.array([1.0, 2.0])).value.round(6).tolist()
    [2.0, 4.0]
    """
    x = np.asarray(x, dtype=np.float64)
    columns = [_column(f, x, i) for i in np.ndindex(x.shape)]
    if not columns:
        empty = np.zeros((*np.shape(f(x)), *x.shape))
        return Bounded(empty, empty.copy())
    shape = (*columns[0].value.shape, *x.shape)
    value = np.stack([c.value for c in columns], axis=-1).reshape(shape)
    error = np.stack([c.error for c in columns], axis=-1).reshape(shape)
    return Bounded(value, error)


def _column(f: Callable[[Any], Any], x: Any, index: tuple[int, ...]) -> Bounded:
    def along(t: float) -> Any:
        moved = x.copy()
        moved[index] += t
        return f(moved)

    return slope(along, max(1.0, abs(float(x[index]))))


def pulled_back(f: Callable[[Any], Any], x: Any, u: Any) -> Bounded:
    """u^T J(x), in the shape of x: the gradient of <u, f(x)>."""
    u = np.asarray(u, dtype=np.float64)
    return jacobian(lambda z: np.sum(u * np.asarray(f(z), dtype=np.float64)), x)
