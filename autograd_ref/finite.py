"""Slopes of any black box, measured by differences (lesson 1).

A difference quotient has two errors: the formula's truncation, C * h**p, falls
with the step `h`; rounding, about eps * |f| / h, grows as `h` shrinks. They balance
near h = eps**(1/(p+1)) times the scale of `x`, so the best relative accuracy is
about eps**(p/(p+1)): half of the digits for a forward difference, two thirds for a
central one (Press et al., Numerical Recipes, section 5.7; Higham, Accuracy and
Stability of Numerical Algorithms).

Steps are exactly representable: what is divided by is the distance between the two
points that were really used. Whole numbers are promoted to float64, never cut off;
other floats keep their type, and their step fits it. The input is never changed.

A function of several numbers gets a read-only array of the input's shape, the same
one at every call: copy it to keep it or to write into it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .core import as_real, shape
from .errors import ArgumentError, DTypeError, ShapeError

__all__ = [
    "central_difference",
    "complex_step",
    "default_step",
    "derivative",
    "forward_difference",
    "gradient",
    "jacobian",
    "richardson",
]

Fn = Callable[..., Any]


def default_step(x: Any, order: int = 2, dtype: Any = None) -> Any:
    """A good step at `x` for a formula of truncation order `order`.

    That is `eps**(1/(order+1)) * max(1, |x|)`, of the shape of `x`: order 1 for a
    forward difference, 2 for a central one, 4 for Richardson's. `eps` is that of
    `dtype`, by default the float type of `x`. The 1 guards points near 0, where
    |x| says nothing about the scale on which f changes; if f lives on a smaller
    scale, give your own step. Raises `ArgumentError` for an order below 1.

    >>> default_step(1.0, order=1) == 2.0**-26  # the root of eps, 2**-52
    True
    >>> default_step(1e8) / default_step(1.0)
    100000000.0
    """
    if order < 1:
        raise ArgumentError(
            f"default_step() got order={order}, but a formula's truncation order is "
            "at least 1. Use 1 (forward), 2 (central) or 4 (Richardson)."
        )
    x = as_real(x)
    kind = np.result_type(x if dtype is None else dtype)
    eps = float(np.finfo(kind).eps)
    scale = np.maximum(1.0, np.abs(np.asarray(x, dtype=np.float64)))
    steps = eps ** (1 / (order + 1)) * scale
    return float(steps) if shape(x) == () else steps


def forward_difference(f: Fn, x: Any, h: float | None = None) -> Any:
    """`(f(x+h) - f(x)) / h` at the number `x`: two calls, an error of order h.

    `f` may return an array; the result has its shape. A negative `h` looks back.
    Errors: as for `derivative`.

    >>> round(forward_difference(lambda x: x * x, 3.0), 5)
    6.0
    """
    x = _number(x)
    return _forward(f, x, _step(x, h, 1), _real(f(x)))


def central_difference(f: Fn, x: Any, h: float | None = None) -> Any:
    """`(f(x+h) - f(x-h)) / 2h` at the number `x`: two calls, error of order h**2.

    `f` may return an array; the result has its shape. Errors: as for `derivative`.

    >>> round(central_difference(np.sin, 0.0), 9)
    1.0
    """
    x = _number(x)
    return _central(f, x, _step(x, h, 2))


def richardson(
    f: Fn, x: Any, h: float | None = None, *, rows: int = 2
) -> tuple[Any, Any]:
    """Derivative at the number `x` and an estimate of its error: `2 * rows` calls.

    Central differences at h, h/2, h/4, ... are extrapolated to h = 0; each row
    removes one power of h**2, so the error is of order h**(2*rows). The estimate
    is the last correction plus the rounding at the smallest step: it is cautious,
    for the value is better than what it corrected. (Richardson 1911; Ridders,
    Advances in Engineering Software 4, 1982.) Errors: as for `derivative`.

    >>> value, error = richardson(np.exp, 0.0)
    >>> abs(value - 1.0) <= error < 1e-6
    True
    """
    if rows < 2:
        raise ArgumentError(
            f"richardson() got rows={rows}, but needs 2 or more to extrapolate. "
            "Use central_difference() for a single row."
        )
    x = _number(x)
    return _extrapolate(f, x, _step(x, h, 2 * rows), rows)


def complex_step(f: Fn, x: Any, h: float | None = None) -> Any:
    """`Im f(x + ih) / h` at the number `x`: one call, no difference, no rounding wall.

    Nothing is subtracted, so `h` can be tiny and the result is good to the last
    digits (Squire and Trapp, SIAM Review 40, 1998). Only for analytic formulas: a
    function that looks at the real part alone (`abs`, a conjugate, a branch) gives
    a wrong answer without a word. Only where the whole result is real can it be
    seen, and is a `DTypeError`. Other errors: as for `derivative`.

    >>> complex_step(lambda x: x**3, 2.0)
    12.0
    >>> complex_step(lambda x: x * abs(x), 2.0)  # wrong: 4.0 is right
    2.0
    """
    x = _number(x)
    return _complex(f, x, _tiny_step(x) if h is None else _step(x, h, 1))


def derivative(f: Fn, x: Any, *, method: str = "central", h: Any = None) -> Any:
    """Derivative of `f` at the number `x`, by one of four methods.

    "forward" and "central" (two calls), "richardson" (four), "complex" (one call,
    with a complex number). `f` may return an array; the result has its shape.
    Raises `ShapeError` if `x` is an array, `DTypeError` if x or f(x) is not real,
    `ArgumentError` for an unknown method or a step that does not move `x`.

    >>> round(derivative(lambda x: x**3, 2), 8)
    12.0
    """
    scheme, x = _scheme(method), _number(x)
    step = scheme.step(x) if h is None else _step(x, h, 1)
    return scheme.slope(f, x, step, _real(f(x)) if scheme.base else None)


def gradient(f: Fn, x: Any, *, method: str = "central", h: Any = None) -> NDArray[Any]:
    """Gradient of `f`, which returns one number: an array of the shape of `x`.

    `x` may have any shape (also `()`) and any real type. For n entries: 2n calls
    ("central"), n + 1 ("forward"), 4n ("richardson"), n ("complex"). `h` is one
    step or an array of steps. Raises `ShapeError` if `f` returns more than one
    number; other errors as for `derivative`.

    >>> gradient(lambda x: np.sum(x * x), [1, 2, 3]).round(8)
    array([2., 4., 6.])
    """
    point = np.asarray(as_real(x))
    slopes = []
    for slope in _slopes(f, point, method, h):
        if type(slope) is not float and np.size(slope) != 1:
            raise ShapeError(
                f"gradient() needs an f that returns one number, but it returned "
                f"shape {shape(slope)}. Use jacobian(), or sum the result first."
            )
        slopes.append(slope)
    return np.array(slopes, dtype=point.dtype).reshape(point.shape)


def jacobian(f: Fn, x: Any, *, method: str = "central", h: Any = None) -> NDArray[Any]:
    """All derivatives of `f` at `x`, of shape `(*f(x).shape, *x.shape)`.

    Calls and errors are those of `gradient`, for an `f` of any real output; an
    empty `x` costs one call, to learn the output's shape.

    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0], 2.0]), [3.0, 4.0]).round(8)
    array([[4., 3.],
           [1., 0.],
           [0., 0.]])
    """
    point = np.asarray(as_real(x))
    slopes = list(_slopes(f, point, method, h))
    if not slopes:
        return np.zeros((*shape(_real(f(point.copy()))), *point.shape), point.dtype)
    joined = np.stack(slopes, axis=-1)
    return joined.reshape((*shape(slopes[0]), *point.shape))


# -- the formulas, at a checked point with a checked step -----------------------
def _forward(f: Fn, x: Any, h: Any, base: Any) -> Any:
    ahead = x + h
    if ahead == x:
        raise _stuck(x, h)
    return (_real(f(ahead)) - base) / (ahead - x)


def _central(f: Fn, x: Any, h: Any, base: Any = None) -> Any:
    ahead, behind = x + h, x - h
    if ahead == behind:
        raise _stuck(x, h)
    return (_real(f(ahead)) - _real(f(behind))) / (ahead - behind)


def _extrapolate(f: Fn, x: Any, h: Any, rows: int) -> tuple[Any, Any]:
    size: Any = 0.0  # largest |f| seen: what rounding is relative to

    def seen(t: Any) -> Any:
        nonlocal size
        out = _real(f(t))
        size = np.maximum(size, abs(out))
        return out

    above = [_central(seen, x, h)]
    for i in range(1, rows):
        row = [_central(seen, x, h / 2**i)]
        for j in range(1, i + 1):
            row.append(row[-1] + (row[-1] - above[j - 1]) / (4**j - 1))
        above, correction = row, abs(row[-1] - row[-2])
    eps = float(np.finfo(np.result_type(x)).eps)
    error = correction + 2 * eps * size / (abs(h) / 2 ** (rows - 1))
    return above[-1], float(error) if shape(error) == () else error


def _richardson(f: Fn, x: Any, h: Any, base: Any = None) -> Any:
    return _extrapolate(f, x, h, rows=2)[0]


def _complex(f: Fn, x: Any, h: Any, base: Any = None) -> Any:
    out = f(x + 1j * h)
    if not np.iscomplexobj(out):
        raise DTypeError(
            f"complex step: f returned {type(out).__name__}, a real value, for a "
            "complex input. Either f does not depend on x, or it drops the imaginary "
            "part (abs, .real, a comparison). Use method='central'."
        )
    slope = np.imag(out) / h
    return float(slope) if isinstance(slope, float) else slope


class _Scheme(NamedTuple):
    """A formula, the step it takes by default, and whether it needs f(x)."""

    slope: Callable[[Fn, Any, Any, Any], Any]
    step: Callable[[Any], Any]
    base: bool = False


def _tiny_step(x: Any) -> float:
    # Far below every x, far enough above 0 that h times a derivative is no 0.
    # The max: a Python float cannot hold what an extended type calls tiny.
    return math.sqrt(max(np.finfo(np.result_type(x)).tiny, np.finfo(float).tiny))


_SCHEMES = {
    "forward": _Scheme(_forward, lambda x: default_step(x, 1), base=True),
    "central": _Scheme(_central, lambda x: default_step(x, 2)),
    "richardson": _Scheme(_richardson, lambda x: default_step(x, 4)),
    "complex": _Scheme(_complex, _tiny_step),
}


def _slopes(f: Fn, point: NDArray[Any], method: str, h: Any) -> Iterator[Any]:
    """The derivative of `f` along each coordinate, in order of the entries."""
    scheme = _scheme(method)
    kind = np.result_type(point, np.complex64) if method == "complex" else point.dtype
    work = np.array(point, dtype=kind, order="C")
    flat, seen = work.reshape(-1), work.view()
    seen.flags.writeable = False  # writing into it would spoil the next calls
    steps = scheme.step(point) if h is None else _step(point, h, 1)
    steps = np.broadcast_to(steps, point.shape).ravel().tolist()
    base = _real(f(seen)) if scheme.base else None

    def along(t: Any) -> Any:
        flat[i] = t
        return f(seen)

    for i, (t, step) in enumerate(zip(_entries(point), steps, strict=True)):
        yield scheme.slope(along, t, step, base)
        flat[i] = t


def _entries(point: NDArray[Any]) -> list[Any]:
    # Python floats are faster than NumPy's, but only float64 loses nothing.
    return point.ravel().tolist() if point.dtype == np.float64 else list(point.ravel())


# -- what came in, what came out ------------------------------------------------
def _number(x: Any) -> Any:
    x = as_real(x)
    if shape(x) != ():
        raise ShapeError(
            f"got an x of shape {shape(x)}, but a derivative is taken at one number. "
            "Use gradient() for a function with one output, jacobian() for several."
        )
    return as_real(x[()]) if isinstance(x, np.ndarray) else x


def _step(x: Any, h: Any, order: int) -> Any:
    if h is None:
        h = default_step(x, order)
    if not np.all(np.isfinite(h)) or np.any(np.equal(h, 0.0)):
        raise ArgumentError(
            f"got the step h={h}, but a step must be finite and not 0. Leave h out "
            "for a step that fits x."
        )
    return float(h) if shape(h) == () else np.asarray(h)


def _stuck(x: Any, h: Any) -> ArgumentError:
    return ArgumentError(
        f"the step h={h} is lost in rounding at x={x}: x + h equals x. Give a larger "
        "step, or leave h out for one that fits x."
    )


def _scheme(method: str) -> _Scheme:
    if method not in _SCHEMES:
        raise ArgumentError(
            f"got method={method!r}; the methods are {', '.join(_SCHEMES)}."
        )
    return _SCHEMES[method]


def _real(out: Any) -> Any:
    """A function's result as floats of its own: it may return its input, or ints."""
    if isinstance(out, float):
        return out if type(out) is float else float(out)
    try:
        out = as_real(out)
    except DTypeError as error:
        raise DTypeError(
            f"the function returned {type(out).__name__}, but differences need real "
            f"numbers. Check its return statement. ({error})"
        ) from error
    return out.copy() if isinstance(out, np.ndarray) else out
