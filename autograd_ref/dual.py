"""Forward mode: every value carries its tangent along (lesson 2).

A dual number is `primal + tangent*eps` with `eps**2 == 0` (Clifford, "Preliminary
sketch of biquaternions", 1873); running a program on dual numbers differentiates
it (Wengert, "A simple automatic derivative evaluation program", CACM 7, 1964).

`Dual` knows no operation: the table's rows push tangents. One pass gives one
directional derivative, so a gradient of n inputs costs n passes, and each keeps
only a constant factor more memory than the plain function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .core import Primitive, Traced, as_real, fresh_level, shape, strip
from .errors import DTypeError, ShapeError
from .ops import Operators, broadcast_to, reshape, stack

__all__ = ["Dual", "DualNumber", "derivative", "gradient", "jacobian", "jvp"]

Fn = Callable[..., Any]


class Dual(Operators, Traced):
    """A number or array together with its tangent, `primal + tangent*eps`.

    A tangent that is left out is 0: `Dual(c)` is a constant. Whole numbers become
    floats; a tangent of another shape is broadcast to the primal's. Primal and
    tangent may be duals themselves, for higher derivatives: each nesting is an
    infinitesimal of its own. Raises `DTypeError` for what is no real number and
    `ShapeError` for a tangent that does not fit.

    >>> x = Dual(3.0, 1.0)
    >>> x * x + 2 * x
    Dual(15.0, 8.0)
    >>> np.exp(Dual(0.0, 0.37))
    Dual(1.0, 0.37)
    """

    __slots__ = ("level", "primal", "tangent")

    def __init__(self, primal: Any, tangent: Any = 0.0) -> None:
        self.primal = _point(primal)
        self.tangent = _tangent(tangent, self.primal)
        self.level = 1 + max(_level(self.primal), _level(self.tangent))
        if shape(self.tangent) != shape(self.primal):
            try:
                self.tangent = broadcast_to(self.tangent, shape=shape(self.primal))
            except ShapeError as error:
                raise ShapeError(
                    f"Dual() got a tangent of shape {shape(self.tangent)} for a primal "
                    f"of shape {shape(self.primal)}; give one of that shape, or a "
                    "number."
                ) from error

    @classmethod
    def _at(cls, level: int, primal: Any, tangent: Any) -> Dual:
        """A dual of this level, made without the checks: the hot path."""
        self: Dual = object.__new__(cls)
        self.primal, self.tangent, self.level = primal, tangent, level
        return self

    def apply(self, row: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run `row` one level down, and let it push the tangents of this level."""
        level = self.level
        primals: list[Any] = []
        tangents: list[Any] = []
        for arg in args:
            if isinstance(arg, Dual) and arg.level == level:
                t = arg.tangent
                primals.append(arg.primal)
                # A tangent of 0 is a constant's: Dual(-2, 1)**Dual(3) has a slope.
                tangents.append(None if isinstance(t, float) and t == 0.0 else t)
            else:
                primals.append(arg)
                tangents.append(None)
        z = row(*primals, **params)
        tangent = row.jvp(tangents, z, primals, **params)
        return Dual._at(level, z, _zero(z) if tangent is None else tangent)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({_text(self.primal)}, {_text(self.tangent)})"

    def __format__(self, spec: str) -> str:
        if not spec:
            return repr(self)
        parts = f"{format(self.primal, spec)}, {format(self.tangent, spec)}"
        return f"{type(self).__name__}({parts})"


DualNumber = Dual


def jvp(f: Fn, x: Any, v: Any) -> tuple[Any, Any]:
    """Value of `f` at `x` and its directional derivative along `v`: one call of `f`.

    `x` is a number or an array (a list becomes one) and `v` has its shape; `f` may
    return a number, an array or a list of them, and both results have that shape.
    A result that does not depend on `x` has tangent 0. Raises `ShapeError` if the
    shapes differ, `DTypeError` if `f` returns something that is no number.

    >>> jvp(lambda x: x[0] * x[1], [3.0, 4.0], [1.0, 0.0])
    (12.0, 4.0)
    """
    x = _point(x)
    v = _tangent(v, x)
    if shape(x) != shape(v):
        raise ShapeError(
            f"jvp() got a direction of shape {shape(v)} at a point of shape "
            f"{shape(x)}; they must be equal. Reshape the direction."
        )
    level = fresh_level()
    return _split(f(Dual._at(level, x, v)), level)


def derivative(f: Fn, x: Any) -> Any:
    """Derivative of `f` at the number `x`, by one call of `f`.

    `f` may return an array: the derivative has its shape. Raises `ShapeError` if
    `x` is an array. Calls nest, each with an infinitesimal of its own:

    >>> derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0)
    1.0
    >>> derivative(lambda x: derivative(lambda y: y**3, x), 2.0)
    12.0
    """
    x = _point(x)
    if shape(x) != ():
        raise ShapeError(
            f"derivative() got an x of shape {shape(x)}, but needs one number. Use "
            "gradient() for a function with one output, jacobian() for several."
        )
    return jvp(f, x, 1.0)[1]


def gradient(f: Fn, x: Any) -> Any:
    """Gradient of `f`, which returns one number, with the shape of `x`.

    One call of `f` per entry of `x`; reverse mode needs one in all. Raises
    `ShapeError` if `f` returns more than one number.

    >>> gradient(lambda x: np.sum(x * x), np.array([1.0, 2.0, 3.0]))
    array([2., 4., 6.])
    """
    x = _point(x)
    columns = _columns(f, x)
    for column in columns:
        if shape(column) not in ((), (1,)):
            raise ShapeError(
                f"gradient() needs an f that returns one number, but it returned "
                f"shape {shape(column)}. Use jacobian(), or sum the result first."
            )
    return reshape(stack(columns) if columns else np.zeros(0), shape=shape(x))


def jacobian(f: Fn, x: Any) -> Any:
    """All derivatives of `f` at `x`, of shape `(*f(x).shape, *x.shape)`.

    One call of `f` per entry of `x`: forward mode fills the Jacobian column by
    column (for an empty `x`, one call to learn the output's shape).

    >>> jacobian(lambda x: [x[0] * x[1], x[0], 2.0], [3.0, 4.0])
    array([[4., 3.],
           [1., 0.],
           [0., 0.]])
    """
    x = _point(x)
    columns = _columns(f, x)
    if not columns:
        return np.zeros((*shape(jvp(f, x, x)[0]), *shape(x)))
    joined = stack(columns, axis=-1)
    return reshape(joined, shape=(*shape(columns[0]), *shape(x)))


def _columns(f: Fn, x: Any) -> list[Any]:
    """The directional derivative of `f` along each coordinate of `x`."""
    plain = strip(x)
    columns = []
    for i in range(int(np.size(plain))):
        axis = np.zeros_like(plain)
        axis.reshape(-1)[i] = 1.0
        columns.append(jvp(f, x, axis if shape(x) else float(axis))[1])
    return columns


def _point(x: Any) -> Any:
    """`x` as something a derivative can be taken at: floats or traced values."""
    if isinstance(x, Traced):
        return x
    if isinstance(x, list | tuple):
        array = np.asarray(x, dtype=object)
        if any(isinstance(entry, Traced) for entry in array.flat):
            return stack(array)
    return as_real(x)


def _tangent(v: Any, primal: Any) -> Any:
    """`v` as a tangent of `primal`: of its float type, if both are plain."""
    v = _point(v)
    if isinstance(v, Traced) or isinstance(primal, Traced | float):
        return v
    return np.asarray(v, dtype=primal.dtype)[()]  # a scalar, not a 0-d array


def _split(out: Any, level: int) -> tuple[Any, Any]:
    """Primal and tangent of what a function returned."""
    if isinstance(out, list | tuple) or (
        isinstance(out, np.ndarray) and out.dtype == object
    ):
        out = stack(out)
    if isinstance(out, Dual) and out.level == level:
        return _plain(out.primal), _plain(out.tangent)
    try:
        out = _point(out)
    except DTypeError as error:
        raise DTypeError(
            f"the function returned {type(out).__name__}; a number, an array or a "
            f"list of numbers is needed. Check its return statement. ({error})"
        ) from error
    return out, _zero(out)


def _zero(z: Any) -> Any:
    return np.zeros_like(strip(z)) if shape(z) else 0.0


def _plain(x: Any) -> Any:
    return float(x) if type(x) is np.float64 else x


def _level(x: Any) -> int:
    return x.level if isinstance(x, Traced) else 0


def _text(x: Any) -> str:
    return str(x) if isinstance(x, np.generic) else repr(x)
