# ruff: noqa: E501 -- a row of the table stands on one line; ruff format minds the rest
"""The derivative table: every operation with its derivative, once.

To add an operation, add one row. Forward mode, reverse mode, nested derivatives
and the tests all read `TABLE`; a row is tested from the moment it stands there.

A builder derives both directions from one statement:

- `elementwise`: one partial derivative per argument; a diagonal Jacobian scales a
  tangent and a cotangent alike;
- `linear`: the transpose; a linear map is its own forward derivative;
- `bilinear`: one transpose per argument;
- `general`: both directions as written.

Rows are written with rows and with `+ - *`, never with NumPy, so a derivative is
differentiated again like anything else. Division, powers and functions are called
by their rows: on Python floats these return inf or nan where `/` would raise.

A derivative that is infinite at a point (`sqrt` at 0) comes out as inf, with
NumPy's own warning; `np.errstate` silences it. Where there is no derivative (a
kink, a tie) a row takes the subgradient that torch takes; its `note` says which.

The rules are those of any table of derivatives; for the transposes see Giles, "An
extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation", Oxford University NA-08-01 (2008).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np

from .core import Primitive, Shape, Traced, shape, strip
from .errors import UnsupportedError

__all__ = [
    "TABLE",
    "Operators",
    "Scale",
    "abs_",
    "add",
    "bilinear",
    "broadcast_to",
    "cos",
    "cosh",
    "div",
    "elementwise",
    "exp",
    "general",
    "getitem",
    "linear",
    "log",
    "matmul",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "neg",
    "pow_",
    "relu",
    "reshape",
    "scatter",
    "sin",
    "sinh",
    "sqrt",
    "stack",
    "sub",
    "sum_",
    "sum_to",
    "tan",
    "tanh",
    "transpose",
    "where",
]

Rule = Callable[..., Any]

TABLE: dict[str, Primitive] = {}
"""Every row, by name."""


# -- builders ----------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Scale:
    """A partial derivative that is applied to `g` in its own way.

    `rule(g, z, x, ...)` returns partial times `g`, for a tangent and for a
    cotangent alike. A gate, for instance, selects instead of multiplying by 0, so
    that a closed gate stops even an infinite cotangent.

    >>> Scale(lambda g, z, x: where(x > 0, g, 0.0)).rule(math.inf, 0.0, -1.0)
    0.0
    """

    rule: Rule


def _add_row(row: Primitive) -> Primitive:
    if row.name in TABLE:
        raise ValueError(
            f"the table already has a row {row.name!r}; a row needs a name of its own"
        )
    TABLE[row.name] = row
    return row


def _scaler(partial: Any) -> Rule | None:
    """One function `(g, z, *args) -> partial * g`, made once, when the row is."""
    if partial is None:
        return None
    if isinstance(partial, Scale):
        return partial.rule
    if callable(partial):
        return lambda g, z, *args: g * partial(z, *args)
    if partial == 1.0:
        return lambda g, z, *args: g
    if partial == -1.0:
        return lambda g, z, *args: -g
    return lambda g, z, *args: g * partial


def elementwise(
    name: str,
    value: Rule,
    *partials: Any,
    keeps: tuple[str, ...] | None = None,
    scalar: Rule | None = None,
    note: str = "",
) -> Primitive:
    """Row for `z = f(x, y, ...)`, entry by entry, with broadcasting.

    Each partial is a number, a function of `(z, x, y, ...)`, a `Scale`, or `None`
    for an argument without a derivative. Broadcasting is repeated on tangents and
    undone on cotangents here and nowhere else. The new row joins `TABLE`; raises
    `ValueError` if its name is taken.

    >>> mul.vjp(1.0, 6.0, [2.0, 3.0], [True, True])
    (3.0, 2.0)
    """
    scalers = [_scaler(partial) for partial in partials]

    def jvp(tangents: Sequence[Any], z: Any, args: Sequence[Any]) -> Any:
        total = None
        for scale, t in zip(scalers, tangents, strict=True):
            if t is not None and scale is not None:
                term = scale(t, z, *args)
                total = term if total is None else total + term
        if total is None or type(z) is float or shape(total) == shape(z):
            return total
        return broadcast_to(total, shape=shape(z))

    def vjp(
        g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool]
    ) -> tuple[Any, ...]:
        return tuple(
            sum_to(scale(g, z, *args), shape(x)) if want and scale else None
            for scale, x, want in zip(scalers, args, wanted, strict=True)
        )

    keeps = keeps if keeps is not None else ("",) * len(partials)
    return _add_row(
        Primitive(name, value, jvp, vjp, keeps, "elementwise", scalar, note)
    )


def linear(name: str, value: Rule, transposed: Rule) -> Primitive:
    """Row for a map that is linear in its one argument; the row keeps nothing.

    `transposed(g, of, **params)` pulls `g` back to an input of shape `of`.

    >>> sum_.vjp(5.0, None, [np.ones(3)], [True])
    (array([5., 5., 5.]),)
    """

    def jvp(tangents: Sequence[Any], z: Any, args: Sequence[Any], **params: Any) -> Any:
        return None if tangents[0] is None else row(tangents[0], **params)

    def vjp(
        g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], **params: Any
    ) -> tuple[Any, ...]:
        return (transposed(g, shape(args[0]), **params) if wanted[0] else None,)

    row = _add_row(Primitive(name, value, jvp, vjp, ("",), "linear"))
    return row


def bilinear(name: str, value: Rule, *transposes: Rule) -> Primitive:
    """Row for a map that is linear in each of its two arguments.

    `transposes[i](g, x, y)` pulls `g` back to argument `i`; it reads the other
    argument's entries and, of its own, only the shape.

    >>> matmul.vjp(1.0, 11.0, [np.array([1.0, 2.0]), np.array([3.0, 4.0])], [True, False])
    (array([3., 4.]), None)
    """

    def jvp(tangents: Sequence[Any], z: Any, args: Sequence[Any]) -> Any:
        (x, y), (dx, dy) = args, tangents
        if dx is None or dy is None:
            return row(x, dy) if dx is None else row(dx, y)
        return row(dx, y) + row(x, dy)

    def vjp(
        g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool]
    ) -> tuple[Any, ...]:
        pairs = zip(transposes, wanted, strict=True)
        return tuple(pull(g, *args) if want else None for pull, want in pairs)

    row = _add_row(Primitive(name, value, jvp, vjp, ("y", "x"), "bilinear"))
    return row


def general(
    name: str,
    value: Rule,
    jvp: Rule,
    vjp: Rule,
    *,
    keeps: tuple[str, ...] = (),
    note: str = "",
) -> Primitive:
    """Row whose two directions are both written out; see `Primitive` for them.

    >>> TABLE["stack"].vjp(np.array([[5.0], [6.0]]), None, [1.0, 2.0], [False, True])
    (None, array([6.]))
    """
    return _add_row(Primitive(name, value, jvp, vjp, keeps, "general", None, note))


# -- helpers of the rows -----------------------------------------------------
def sum_to(g: Any, target: Shape) -> Any:
    """`g` summed down to the shape it was broadcast from: broadcasting transposed.

    >>> sum_to(np.ones((4, 2, 3)), (2, 1))
    array([[12.],
           [12.]])
    """
    given = shape(g)
    if given == target:
        return g
    extra = len(given) - len(target)
    if extra:
        g = sum_(g, axis=tuple(range(extra)))
    stretched = tuple(
        i for i, n in enumerate(target) if n == 1 and given[i + extra] != 1
    )
    return sum_(g, axis=stretched, keepdims=True) if stretched else g


def _axes(axis: Any, ndim: int) -> Shape:
    """`axis` (None, one, several, negative) as a tuple of axes from 0 on."""
    if axis is None:
        return tuple(range(ndim))
    several = axis if isinstance(axis, tuple) else (axis,)
    return tuple(operator.index(a) % ndim for a in several)


def _sum_transposed(
    g: Any, of: Shape, *, axis: Any = None, keepdims: bool = False
) -> Any:
    summed = _axes(axis, len(of))
    kept = tuple(1 if i in summed else n for i, n in enumerate(of))
    return broadcast_to(reshape(g, shape=kept), shape=of)


def _mean_transposed(
    g: Any, of: Shape, *, axis: Any = None, keepdims: bool = False
) -> Any:
    entries = math.prod(of[i] for i in _axes(axis, len(of)))
    return _sum_transposed(div(g, float(entries)), of, axis=axis)


def _transpose_transposed(g: Any, of: Shape, *, axes: Any = None) -> Any:
    if axes is None:
        return transpose(g)
    back = np.argsort(_axes(tuple(axes), len(of)))
    return transpose(g, axes=tuple(int(i) for i in back))


def _scatter(g: Any, *, index: Any, shape: Shape) -> Any:
    out = np.zeros(shape, dtype=np.asarray(g).dtype)
    np.add.at(out, index, g)  # an entry taken twice gets both cotangents
    return out


def _swap_last(x: Any) -> Any:
    n = len(shape(x))
    return transpose(x, axes=(*range(n - 2), n - 1, n - 2))


def _matrix_cotangent(g: Any, x: Any, y: Any) -> Any:
    """`g` with the axes back that matmul drops for a vector on either side."""
    if len(shape(y)) == 1:
        g = reshape(g, shape=(*shape(g), 1))
    if len(shape(x)) == 1:
        g = reshape(g, shape=(*shape(g)[:-1], 1, shape(g)[-1]))
    return g


def _matmul_pull_x(g: Any, x: Any, y: Any) -> Any:
    of = shape(x)
    g = _matrix_cotangent(g, x, y)
    column = reshape(y, shape=(*shape(y), 1)) if len(shape(y)) == 1 else y
    pulled = matmul(g, _swap_last(column))
    return reshape(sum_to(pulled, of if len(of) > 1 else (1, *of)), shape=of)


def _matmul_pull_y(g: Any, x: Any, y: Any) -> Any:
    of = shape(y)
    g = _matrix_cotangent(g, x, y)
    row = reshape(x, shape=(1, *shape(x))) if len(shape(x)) == 1 else x
    pulled = matmul(_swap_last(row), g)
    return reshape(sum_to(pulled, of if len(of) > 1 else (*of, 1)), shape=of)


def _power(x: Any, y: Any) -> Any:
    try:
        return np.power(x, y)
    except ValueError:  # NumPy: no whole number to a negative whole power
        return np.power(np.asarray(x, dtype=np.float64), y)


def _power_dx(z: Any, x: Any, y: Any) -> Any:
    # y * x**(y-1), but x**0 is flat at 0 as well, where that would be 0 * inf.
    base, exponent = strip(x), strip(y)
    flat = (exponent == 0) & ((base == 0) | (base != base))
    if flat is False or not np.any(flat):
        return y * pow_(x, y - 1.0)
    return where(flat, 0.0, y * pow_(x, where(flat, 1.0, y - 1.0)))


def _power_dy(z: Any, x: Any, y: Any) -> Any:
    # z * log(x), but 0**y is flat for y >= 0, where that would be 0 * -inf.
    flat = (strip(x) == 0) & (strip(y) >= 0)
    return where(flat, 0.0, z * log(where(flat, 1.0, x)))


def _sign(x: Any) -> Any:
    plain = strip(x)
    sign = np.sign(plain)
    return float(sign) if type(plain) is float else sign


def _shared(g: Any, x: Any, y: Any) -> Any:
    """What of `g` goes to `x` when the larger of `x` and `y` takes it; ties halve."""
    x, y = strip(x), strip(y)
    return where(x < y, 0.0, where(x == y, 0.5 * g, g))


_X_LARGER = Scale(lambda g, z, x, y: _shared(g, x, y))
_Y_LARGER = Scale(lambda g, z, x, y: _shared(g, y, x))


def _larger(x: Any, y: Any) -> Any:
    return x if x > y or x != x else y  # max(), but nan wins


def _relu(x: Any) -> Any:
    return np.maximum(x, 0.0)


def _over_axis(reduce: Rule) -> Rule:
    return lambda x, *, axis=None, keepdims=False: reduce(
        x, axis=axis, keepdims=keepdims
    )


def _stack_value(*xs: Any, axis: int = 0) -> Any:
    z = np.stack(xs, axis=axis)
    if z.dtype.kind not in "biufc":
        raise TypeError(f"they join to an array of dtype {z.dtype}")
    return z


def _stack_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, axis: int = 0
) -> Any:
    pairs = zip(tangents, args, strict=True)
    parts = (np.zeros_like(strip(x)) if t is None else t for t, x in pairs)
    return TABLE["stack"](*parts, axis=axis)


def _stack_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, axis: int = 0
) -> tuple[Any, ...]:
    before = (slice(None),) * (axis % len(shape(g)))
    return tuple(
        getitem(g, index=(*before, i)) if want else None
        for i, want in enumerate(wanted)
    )


# -- the table ---------------------------------------------------------------
# In a row: z is the output, x, y, w the inputs, g a tangent or cotangent.
# fmt: off
add:  Primitive = elementwise("add",  np.add,      1.0, 1.0, scalar=operator.add)
sub:  Primitive = elementwise("sub",  np.subtract, 1.0, -1.0, scalar=operator.sub)
mul:  Primitive = elementwise("mul",  np.multiply, lambda z, x, y: y, lambda z, x, y: x, scalar=operator.mul, keeps=("y", "x"))
div:  Primitive = elementwise("div",  np.divide,   Scale(lambda g, z, x, y: div(g, y)), Scale(lambda g, z, x, y: -div(g * z, y)), scalar=operator.truediv, keeps=("y", "yz"))
pow_: Primitive = elementwise("pow",  _power,      _power_dx, _power_dy, scalar=math.pow, keeps=("xy", "xyz"),
                              note="x**0 is flat in x, at 0 too; 0**y is flat in y for y >= 0; below x = 0 the slope in y is nan; as torch")
neg:  Primitive = elementwise("neg",  np.negative, -1.0, scalar=operator.neg)
exp:  Primitive = elementwise("exp",  np.exp,      lambda z, x: z, scalar=math.exp, keeps=("z",))
log:  Primitive = elementwise("log",  np.log,      Scale(lambda g, z, x: div(g, x)), scalar=math.log, keeps=("x",))
sqrt: Primitive = elementwise("sqrt", np.sqrt,     Scale(lambda g, z, x: div(g, 2.0 * z)), scalar=math.sqrt, keeps=("z",), note="inf at 0; as torch")
sin:  Primitive = elementwise("sin",  np.sin,      lambda z, x: cos(x), scalar=math.sin, keeps=("x",))
cos:  Primitive = elementwise("cos",  np.cos,      lambda z, x: -sin(x), scalar=math.cos, keeps=("x",))
tan:  Primitive = elementwise("tan",  np.tan,      lambda z, x: 1.0 + z * z, scalar=math.tan, keeps=("z",))
sinh: Primitive = elementwise("sinh", np.sinh,     lambda z, x: cosh(x), scalar=math.sinh, keeps=("x",))
cosh: Primitive = elementwise("cosh", np.cosh,     lambda z, x: sinh(x), scalar=math.cosh, keeps=("x",))
tanh: Primitive = elementwise("tanh", np.tanh,     lambda z, x: 1.0 - z * z, scalar=math.tanh, keeps=("z",))

# Kinks and ties. A gate selects: it lets nan through and stops inf.
abs_: Primitive = elementwise("abs",  np.absolute, lambda z, x: _sign(x), scalar=abs, keeps=("x",), note="0 at 0; as torch")
relu: Primitive = elementwise("relu", _relu,       Scale(lambda g, z, x: where(strip(z) <= 0, 0.0, g)), scalar=lambda x: _larger(x, 0.0), keeps=("z",), note="0 at 0; as torch")
maximum: Primitive = elementwise("maximum", np.maximum, _X_LARGER, _Y_LARGER, scalar=_larger, keeps=("xy", "xy"), note="a tie gives half to each side; as torch")
minimum: Primitive = elementwise("minimum", np.minimum, _Y_LARGER, _X_LARGER, scalar=lambda x, y: -_larger(-x, -y), keeps=("xy", "xy"), note="a tie gives half to each side; as torch")
where: Primitive = elementwise("where", np.where, None, Scale(lambda g, z, x, y, w: where(x, g, 0.0)), Scale(lambda g, z, x, y, w: where(x, 0.0, g)),
                               scalar=lambda x, y, w: y if x else w, keeps=("", "x", "x"), note="the condition has no derivative")

# Linear maps: forward mode applies the map itself, reverse mode its transpose.
sum_:         Primitive = linear("sum",          _over_axis(np.sum), _sum_transposed)
mean:         Primitive = linear("mean",         _over_axis(np.mean), _mean_transposed)
reshape:      Primitive = linear("reshape",      lambda x, *, shape: np.reshape(x, shape), lambda g, of, *, shape: reshape(g, shape=of))
transpose:    Primitive = linear("transpose",    lambda x, *, axes=None: np.transpose(x, axes), _transpose_transposed)
broadcast_to: Primitive = linear("broadcast_to", lambda x, *, shape: np.broadcast_to(x, shape), lambda g, of, *, shape: sum_to(g, of))
getitem:      Primitive = linear("getitem",      lambda x, *, index: x[index], lambda g, of, *, index: scatter(g, index=index, shape=of))
scatter:      Primitive = linear("scatter",      _scatter, lambda g, of, *, index, shape: getitem(g, index=index))

# Linear in each of two arguments: one transpose per argument.
matmul:       Primitive = bilinear("matmul", np.matmul, _matmul_pull_x, _matmul_pull_y)

# Both directions written out.
_stack:       Primitive = general("stack", _stack_value, _stack_jvp, _stack_vjp)
# fmt: on


def stack(parts: Any, axis: int = 0) -> Any:
    """Values of one shape joined along a new axis; nested lists are joined inside out.

    For a function that returns a list. An array of objects, which NumPy makes of
    traced values, is joined likewise. Raises `ShapeError` where shapes differ.

    >>> stack([1.0, 2.0])
    array([1., 2.])
    """
    if isinstance(parts, np.ndarray):
        parts = parts.tolist()
    if not isinstance(parts, list | tuple):
        return parts
    joined = [stack(p) if isinstance(p, list | tuple) else p for p in parts]
    return _stack(*joined, axis=axis)


# -- operators and NumPy's functions, spelled as rows ------------------------
_UFUNCS: dict[Any, Rule] = {
    row.value: row for row in TABLE.values() if isinstance(row.value, np.ufunc)
}
_UFUNCS |= {
    np.power: pow_,
    np.square: lambda x: x * x,
    np.positive: lambda x: x,
    np.reciprocal: lambda x: div(1.0, x),
}
# Answers that are booleans, shapes or indices: there is no derivative to lose.
_ON_PRIMALS: frozenset[Any] = frozenset(
    {
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
        np.isnan, np.isfinite, np.isinf, np.signbit,
        np.logical_and, np.logical_or, np.logical_not,
        np.shape, np.ndim, np.size, np.zeros_like, np.ones_like,
        np.isclose, np.allclose, np.array_equal, np.argmax, np.argmin, np.argsort,
    }
)  # fmt: skip


def _no_row(function: Any, why: str = "has no row in the table") -> UnsupportedError:
    name = getattr(function, "__name__", repr(function))
    return UnsupportedError(
        f"numpy.{name} was called with a traced value, but {why}. Write it with the "
        "rows of autograd_ref.ops.TABLE, or take .primal if no derivative is wanted."
    )


class Operators:
    """Python's operators and NumPy's functions for a traced value, as rows.

    Comparisons and `bool` look at primals, so branches and loops run as they would
    on plain numbers; their outcome has no derivative. Traced values cannot be
    hashed: a cache that took them for plain numbers would lose derivatives. Raises
    `UnsupportedError` for a NumPy function that has no row.

    >>> from autograd_ref.dual import Dual
    >>> 1 - Dual(2.0, 1.0), Dual(2.0, 1.0) < 3
    (Dual(-1.0, -1.0), True)
    """

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return add(self, other)

    def __radd__(self, other: Any) -> Any:
        return add(other, self)

    def __sub__(self, other: Any) -> Any:
        return sub(self, other)

    def __rsub__(self, other: Any) -> Any:
        return sub(other, self)

    def __mul__(self, other: Any) -> Any:
        return mul(self, other)

    def __rmul__(self, other: Any) -> Any:
        return mul(other, self)

    def __truediv__(self, other: Any) -> Any:
        return div(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return div(other, self)

    def __pow__(self, other: Any) -> Any:
        return pow_(self, other)

    def __rpow__(self, other: Any) -> Any:
        return pow_(other, self)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return matmul(other, self)

    def __neg__(self) -> Any:
        return neg(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return abs_(self)

    def __lt__(self, other: Any) -> Any:
        return strip(self) < strip(other)

    def __le__(self, other: Any) -> Any:
        return strip(self) <= strip(other)

    def __gt__(self, other: Any) -> Any:
        return strip(self) > strip(other)

    def __ge__(self, other: Any) -> Any:
        return strip(self) >= strip(other)

    def __eq__(self, other: object) -> Any:
        if isinstance(other, Traced | Number | np.ndarray | np.generic):
            return strip(self) == strip(other)
        return NotImplemented

    def __ne__(self, other: object) -> Any:
        if isinstance(other, Traced | Number | np.ndarray | np.generic):
            return strip(self) != strip(other)
        return NotImplemented

    def __hash__(self) -> int:
        raise TypeError(
            f"unhashable type: {type(self).__name__!r}. It equals its primal, so a "
            "dict or cache would mix up values with different derivatives. Use "
            "id(x) or x.primal as the key."
        )

    def __bool__(self) -> bool:
        return bool(strip(self))

    def __getitem__(self, index: Any) -> Any:
        return getitem(self, index=index)

    def __len__(self) -> int:
        return len(strip(self))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    @property
    def T(self) -> Any:  # noqa: N802 -- NumPy's and torch's name
        """The axes in reverse order."""
        return transpose(self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Sum over `axis` (all of them if None)."""
        return sum_(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Mean over `axis` (all of them if None)."""
        return mean(self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> Any:
        """The same entries in another shape; one length may be -1."""
        return reshape(self, shape=shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Any:
        """The axes in the order given, reversed if none is."""
        order = axes[0] if len(axes) == 1 else axes
        return transpose(self, axes=order or None)

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **options: Any
    ) -> Any:
        """NumPy's entry for `np.sin(x)` and `array * x`."""
        if "out" in options:
            raise _no_row(ufunc, "a plain array cannot hold its result (out=, or +=)")
        if method != "__call__" or options:
            raise _no_row(ufunc, f"not as .{method} with options {sorted(options)}")
        if ufunc in _ON_PRIMALS:
            return ufunc(*map(strip, inputs))
        if ufunc not in _UFUNCS:
            raise _no_row(ufunc)
        return _UFUNCS[ufunc](*inputs)

    def __array_function__(
        self, function: Any, types: Any, args: Any, options: Any
    ) -> Any:
        """NumPy's entry for `np.sum(x)` and its like."""
        if function in _ON_PRIMALS:
            plain = {name: strip(option) for name, option in options.items()}
            return function(*map(strip, args), **plain)
        if function not in _FUNCTIONS:
            raise _no_row(function)
        return _FUNCTIONS[function](*args, **options)


_FUNCTIONS: dict[Any, Rule] = {
    np.sum: Operators.sum,
    np.mean: Operators.mean,
    np.reshape: Operators.reshape,
    np.transpose: Operators.transpose,
    np.broadcast_to: lambda x, shape: broadcast_to(x, shape=shape),
    np.where: where,
    np.stack: stack,
}
