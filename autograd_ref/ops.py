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

import functools
import math
import operator
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np

from .core import ARGUMENTS, Fused, Primitive, Shape, Traced, shape, strip
from .errors import UnsupportedError

__all__ = [
    "TABLE",
    "Operators",
    "Scale",
    "abs_",
    "add",
    "amax",
    "amin",
    "arctan",
    "bilinear",
    "broadcast_to",
    "cast",
    "clip",
    "clone",
    "concatenate",
    "cos",
    "cosh",
    "cross_entropy",
    "crossprod",
    "cumsum",
    "div",
    "einsum",
    "elementwise",
    "exp",
    "expm1",
    "gelu",
    "general",
    "getitem",
    "layer_norm",
    "linear",
    "linear_",
    "log",
    "log1p",
    "log_softmax",
    "logsumexp",
    "matmul",
    "maximum",
    "mean",
    "minimum",
    "mul",
    "neg",
    "pow_",
    "prod",
    "put",
    "put_along",
    "relu",
    "reshape",
    "scatter",
    "sigmoid",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sort",
    "sqrt",
    "squeeze",
    "stack",
    "sub",
    "sum_",
    "sum_to",
    "take_along",
    "tan",
    "tanh",
    "tcrossprod",
    "top1",
    "transpose",
    "unsqueeze",
    "var",
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


def _scaler(partial: Any, arity: int) -> Rule | None:
    """One function `(g, z, x, ...) -> partial * g`, made once, when the row is."""
    if partial is None:
        return None
    if isinstance(partial, Scale):
        return partial.rule
    if callable(partial) and arity == 1:
        return lambda g, z, x: g * partial(z, x)
    if callable(partial) and arity == 2:
        return lambda g, z, x, y: g * partial(z, x, y)
    if callable(partial):
        return lambda g, z, *args: g * partial(z, *args)
    if partial == 1.0:
        return lambda g, z, *args: g
    if partial == -1.0:
        return lambda g, z, *args: -g
    return lambda g, z, *args: g * partial


def _diagonal_jvp(pulls: Sequence[Rule | None]) -> Rule:
    def jvp(tangents: Sequence[Any], z: Any, args: Sequence[Any]) -> Any:
        total = None
        for scale, t in zip(pulls, tangents, strict=True):
            if t is not None and scale is not None:
                term = scale(t, z, *args)
                total = term if total is None else total + term
        if total is None or type(z) is float or shape(total) == shape(z):
            return total
        return broadcast_to(total, shape=shape(z))

    return jvp


def _diagonal_vjp(pulls: Sequence[Rule | None]) -> Rule:
    def vjp(
        g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool]
    ) -> tuple[Any, ...]:
        return tuple(
            sum_to(scale(g, z, *args), shape(x)) if want and scale else None
            for scale, x, want in zip(pulls, args, wanted, strict=True)
        )

    return vjp


def elementwise(
    name: str,
    value: Rule,
    *partials: Any,
    keeps: tuple[str, ...] | None = None,
    scalar: Rule | None = None,
    note: str = "",
    bare: Rule | None = None,
) -> Primitive:
    """Row for `z = f(x, y, ...)`, entry by entry, with broadcasting.

    Each partial is a number, a function of `(z, x, y, ...)`, a `Scale`, or `None`
    for an argument without a derivative; `bare(g, z, x)` is a faster form of the pull
    of a single argument, for arrays. Broadcasting is repeated on tangents and
    undone on cotangents here and nowhere else. The new row joins `TABLE`; raises
    `ValueError` if its name is taken.

    >>> mul.vjp(1.0, 6.0, [2.0, 3.0], [True, True])
    (3.0, 2.0)
    """
    pulls = tuple(_scaler(partial, len(partials)) for partial in partials)
    row = Primitive(
        name,
        value,
        _diagonal_jvp(pulls),
        _diagonal_vjp(pulls),
        keeps if keeps is not None else ("",) * len(partials),
        "elementwise",
        scalar,
        note,
        pulls,
        bare,
    )
    return _add_row(row)


def linear(
    name: str, value: Rule, transposed: Rule, bare: Rule | None = None
) -> Primitive:
    """Row for a map that is linear in its one argument; the row keeps nothing.

    `transposed(g, of, **params)` pulls `g` back to an input of shape `of`; `bare` is
    a faster form of it for arrays.

    >>> sum_.vjp(5.0, None, [np.ones(3)], [True])
    (array([5., 5., 5.]),)
    """

    def jvp(tangents: Sequence[Any], z: Any, args: Sequence[Any], **params: Any) -> Any:
        return None if tangents[0] is None else row(tangents[0], **params)

    def vjp(
        g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], **params: Any
    ) -> tuple[Any, ...]:
        return (transposed(g, shape(args[0]), **params) if wanted[0] else None,)

    row = _add_row(Primitive(name, value, jvp, vjp, ("",), "linear", bare=bare))
    return row


def bilinear(
    name: str, value: Rule, *transposes: Rule, fused: Fused | None = None
) -> Primitive:
    """Row for a map that is linear in each of its two arguments.

    `transposes[i](g, x, y)` pulls `g` back to argument `i`; it reads the other
    argument's entries and, of its own, only the shape. `fused` as in `Primitive`.

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
        return tuple([pull(g, *args) if want else None for pull, want in pairs])

    row = _add_row(
        Primitive(name, value, jvp, vjp, ("y", "x"), "bilinear", fused=fused)
    )
    return row


def general(
    name: str,
    value: Rule,
    jvp: Rule,
    vjp: Rule,
    *,
    keeps: tuple[str, ...] = (),
    note: str = "",
    fused: Fused | None = None,
) -> Primitive:
    """Row whose two directions are both written out; see `Primitive` for them.

    >>> TABLE["stack"].vjp(np.array([[5.0], [6.0]]), None, [1.0, 2.0], [False, True])
    (None, array([6.]))
    """
    return _add_row(
        Primitive(name, value, jvp, vjp, keeps, "general", None, note, fused=fused)
    )


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


def _sum_bare(g: Any, of: Shape, *, axis: Any = None, keepdims: bool = False) -> Any:
    g = np.asarray(g)
    if not keepdims:
        summed = _axes(axis, len(of))
        g = g.reshape([1 if i in summed else n for i, n in enumerate(of)])
    if not g.flags.c_contiguous:
        return np.broadcast_to(g, of)
    strides = [0 if n == 1 else s for n, s in zip(g.shape, g.strides, strict=True)]
    view: Any = np.ndarray(
        of, g.dtype, g, 0, strides
    )  # broadcast_to, five times faster
    view.flags.writeable = False
    return view


def _mean_value(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    if type(x) is not np.ndarray or x.dtype.itemsize < 4 or not x.size:
        return np.mean(x, axis=axis, keepdims=keepdims)
    total: Any = _over_axis(np.add.reduce)(x, axis=axis, keepdims=keepdims)
    return total / (x.size // np.size(total))


def _mean_bare(g: Any, of: Shape, *, axis: Any = None, keepdims: bool = False) -> Any:
    entries = math.prod(of[i] for i in _axes(axis, len(of)))
    return _sum_bare(np.divide(g, entries), of, axis=axis, keepdims=keepdims)


def _mean_transposed(
    g: Any, of: Shape, *, axis: Any = None, keepdims: bool = False
) -> Any:
    entries = math.prod(of[i] for i in _axes(axis, len(of)))
    return _sum_transposed(div(g, float(entries)), of, axis=axis)


def _transpose_transposed(g: Any, of: Shape, *, axes: Any = None) -> Any:
    return transpose(g, axes=None if axes is None else _back(tuple(axes), len(of)))


def _transpose_bare(g: Any, of: Shape, *, axes: Any = None) -> Any:
    return g.transpose(None if axes is None else _back(tuple(axes), len(of)))


@functools.lru_cache(256)
def _back(axes: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    """The order of axes that undoes an order of axes."""
    return tuple(map(int, np.argsort(_axes(axes, ndim))))


def _basic(index: Any) -> bool:
    """Whether an index takes no entry twice because it is made of slices alone."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        part is None or part is Ellipsis or isinstance(part, slice | int)
        for part in parts
    )


def _scatter(g: Any, *, index: Any, shape: Shape) -> Any:
    out = np.zeros(shape, dtype=np.asarray(g).dtype)
    if _basic(index):
        out[index] = g
    else:
        np.add.at(out, index, g)  # an entry taken twice gets both cotangents
    return out


def _place(index: Any, axis: int, ndim: int) -> tuple[Any, ...]:
    """What `take_along_axis` takes along `axis`, as an index of the whole array."""
    grids = list(np.ogrid[tuple(slice(n) for n in np.shape(index))])
    grids[axis % ndim] = index
    return tuple(grids)


def _put_along(g: Any, *, index: Any, axis: int, shape: Shape) -> Any:
    out = np.zeros(shape, dtype=np.asarray(g).dtype)
    np.add.at(out, _place(index, axis, len(shape)), g)
    return out


def _replace(x: Any, y: Any, *, index: Any) -> Any:
    z = np.array(x, dtype=np.result_type(x, y) if np.ndim(y) else None)
    z[index] = y
    return z


def _put_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, index: Any
) -> Any:
    pairs = zip(tangents, args, strict=True)
    dx, dy = (np.zeros_like(strip(x)) if t is None else t for t, x in pairs)
    return put(dx, dy, index=index)


def _put_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, index: Any
) -> tuple[Any, ...]:
    gx = put(g, 0.0, index=index) if wanted[0] else None
    gy = sum_to(getitem(g, index=index), shape(args[1])) if wanted[1] else None
    return gx, gy


def _swap_last(x: Any) -> Any:
    n = len(shape(x))
    return transpose(x, axes=(*range(n - 2), n - 1, n - 2))


def _flat(x: Any) -> Any:
    """`x` as a matrix: every axis but the last in one."""
    of = shape(x)
    return x if len(of) == 2 else reshape(x, shape=(math.prod(of[:-1]), of[-1]))


def _matrix_cotangent(g: Any, x: Any, y: Any) -> Any:
    """`g` with the axes back that matmul drops for a vector on either side."""
    if len(shape(y)) == 1:
        g = reshape(g, shape=(*shape(g), 1))
    if len(shape(x)) == 1:
        g = reshape(g, shape=(*shape(g)[:-1], 1, shape(g)[-1]))
    return g


def _matmul_pull_x(g: Any, x: Any, y: Any) -> Any:
    of = shape(x)
    if len(of) > 1 and len(shape(y)) > 1:
        return sum_to(tcrossprod(g, y), of)
    if len(of) == 1 and len(shape(y)) == 2:
        return matmul(y, g)
    g = _matrix_cotangent(g, x, y)
    column = reshape(y, shape=(*shape(y), 1)) if len(shape(y)) == 1 else y
    pulled = matmul(g, _swap_last(column))
    return reshape(sum_to(pulled, of if len(of) > 1 else (1, *of)), shape=of)


def _matmul_pull_y(g: Any, x: Any, y: Any) -> Any:
    of = shape(y)
    if len(of) == 2 and len(shape(x)) > 1:  # one flat product, not a batch of them
        return crossprod(_flat(x), _flat(g))
    if len(of) > 1 and len(shape(x)) > 1:
        return sum_to(crossprod(x, g), of)
    if len(of) == 1 and len(shape(x)) == 2:
        return matmul(g, x)
    g = _matrix_cotangent(g, x, y)
    row = reshape(x, shape=(1, *shape(x))) if len(shape(x)) == 1 else x
    pulled = matmul(_swap_last(row), g)
    return reshape(sum_to(pulled, of if len(of) > 1 else (*of, 1)), shape=of)


def _product(x: Any, y: Any) -> Any:
    """The matrix product of arrays; `dot` starts sooner, and knows no batches."""
    return x.dot(y) if x.ndim == 2 == y.ndim else np.matmul(x, y)


def _product_of(x_turned: bool, y_turned: bool, *pulls: Rule) -> Fused:
    """The fused form of a product of matrices, either of them transposed or not."""

    def value(x: Any, y: Any) -> tuple[Any, None]:
        x = np.swapaxes(x, -1, -2) if x_turned else x
        return _product(x, np.swapaxes(y, -1, -2) if y_turned else y), None

    def vjp(
        g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], found: Any
    ) -> tuple[Any, ...]:
        (x, y), (pull_x, pull_y) = args, pulls
        gx = pull_x(g, x, y) if wanted[0] else None
        return gx, pull_y(g, x, y) if wanted[1] else None

    return Fused(value, vjp)


def _power(x: Any, y: Any) -> Any:
    try:
        # The operator knows short ways for squares and roots; np.power does not.
        return x**y if type(x) is np.ndarray else np.power(x, y)
    except ValueError:  # NumPy: no whole number to a negative whole power
        return np.power(np.asarray(x, dtype=np.float64), y)


def _crossprod_pull_x(g: Any, x: Any, y: Any) -> Any:
    return sum_to(tcrossprod(y, g), shape(x))


def _crossprod_pull_y(g: Any, x: Any, y: Any) -> Any:
    return sum_to(matmul(x, g), shape(y))


def _tcrossprod_pull_x(g: Any, x: Any, y: Any) -> Any:
    return sum_to(matmul(g, y), shape(x))


def _tcrossprod_pull_y(g: Any, x: Any, y: Any) -> Any:
    if len(shape(y)) == 2:
        return crossprod(_flat(g), _flat(x))
    return sum_to(crossprod(g, x), shape(y))


def _power_dx(z: Any, x: Any, y: Any) -> Any:
    # y * x**(y-1), but x**0 is flat at 0 as well, where that would be 0 * inf.
    base, exponent = strip(x), strip(y)
    if type(y) in (int, float) and y != 0:
        return 2.0 * x if y == 2 else y * pow_(x, y - 1.0)
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


_BITS: dict[Any, Any] = {
    np.dtype("f4"): np.dtype("i4"),
    np.dtype("f8"): np.dtype("i8"),
}
_ZERO: dict[Any, Any] = {
    kind: kind.type(0.0) for kind in _BITS
}  # quicker than 0.0 beside an array


def _gate(closed: Any, g: Any) -> Any:
    """`g`, and 0 where a gate is closed, even to inf: a choice, not a product."""
    same = type(g) is type(closed) is np.ndarray and closed.shape == g.shape
    if same and g.dtype in _BITS:
        if g.size < 600:  # few entries: what costs is the number of calls
            passed = g.copy()
            passed[closed] = 0.0
            return passed
        bits = _BITS[g.dtype]  # masking bits takes a third of the time of np.where
        return (g.view(bits) & (closed.astype(bits) - 1)).view(g.dtype)
    return where(closed, 0.0, g)


def _relu_bare(g: Any, z: Any, x: Any) -> Any:
    return _gate(z <= _ZERO.get(z.dtype, 0.0), g)


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


def _kept(z: Any, of: Shape, axis: Any) -> Any:
    """`z`, reduced over `axis` from a shape `of`, with the axes of length 1 back."""
    reduced = _axes(axis, len(of))
    return reshape(z, shape=tuple(1 if i in reduced else n for i, n in enumerate(of)))


def _evenly(z: Any, x: Any, axis: Any) -> Any:
    """Share of each entry of `x` in the extreme value `z`: ties have equal parts."""
    x, z = strip(x), _kept(strip(z), shape(x), axis)
    best = (x == z) | (x != x)
    kind = np.asarray(x).dtype
    return best / np.sum(best, axis=axis, keepdims=True, dtype=kind)


def _extreme_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, axis: Any = None,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    return sum_(tangents[0] * _evenly(z, args[0], axis), axis=axis, keepdims=keepdims)


def _extreme_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, axis: Any = None,
    keepdims: bool = False,
) -> tuple[Any, ...]:  # fmt: skip
    share = _evenly(z, args[0], axis)
    return (_kept(g, shape(args[0]), axis) * share,)


def _others(z: Any, x: Any, axis: Any) -> Any:
    """For each entry of `x` the product of the others along `axis`, also beside 0."""
    if np.all(strip(x) != 0):
        return div(_kept(z, shape(x), axis), x)
    axes = _axes(axis, len(shape(x)))
    rest = tuple(i for i in range(len(shape(x))) if i not in axes)
    last = transpose(x, axes=rest + axes)
    n = math.prod(shape(x)[i] for i in axes)
    lines = reshape(last, shape=(*shape(last)[: len(rest)], 1, n))
    others = prod(where(np.eye(n, dtype=bool), 1.0, lines), axis=-1)
    return _transpose_transposed(
        reshape(others, shape=shape(last)), shape(x), axes=rest + axes
    )


def _prod_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, axis: Any = None,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    pushed = tangents[0] * _others(z, args[0], axis)
    return sum_(pushed, axis=axis, keepdims=keepdims)


def _prod_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, axis: Any = None,
    keepdims: bool = False,
) -> tuple[Any, ...]:  # fmt: skip
    (x,) = args
    return (_kept(g, shape(x), axis) * _others(z, x, axis),)


def _var_value(
    x: Any, *, axis: Any = None, keepdims: bool = False, correction: float = 1
) -> Any:
    return np.var(x, axis=axis, keepdims=keepdims, ddof=correction)


def _spread(x: Any, axis: Any, correction: float) -> Any:
    """Slope of the variance in each entry."""
    n = math.prod(shape(x)[i] for i in _axes(axis, len(shape(x))))
    centred = x - mean(x, axis=axis, keepdims=True)
    return centred * float(np.divide(2.0, n - correction))


def _var_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, axis: Any = None,
    keepdims: bool = False, correction: float = 1,
) -> Any:  # fmt: skip
    pushed = tangents[0] * _spread(args[0], axis, correction)
    return sum_(pushed, axis=axis, keepdims=keepdims)


def _var_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, axis: Any = None,
    keepdims: bool = False, correction: float = 1,
) -> tuple[Any, ...]:  # fmt: skip
    (x,) = args
    return (_kept(g, shape(x), axis) * _spread(x, axis, correction),)


def _cumsum_transposed(g: Any, of: Shape, *, axis: int) -> Any:
    back = (slice(None),) * (axis % len(of)) + (slice(None, None, -1),)
    return getitem(cumsum(getitem(g, index=back), axis=axis), index=back)


def _sigmoid(x: Any) -> Any:
    e = np.exp(-np.abs(x))  # at most 1: it cannot overflow
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def _sigmoid_scalar(x: float) -> float:
    e = math.exp(-abs(x))
    return (1.0 if x >= 0 else e) / (1.0 + e)


_GELU = math.sqrt(2.0 / math.pi), 0.044715


def _into(function: Rule, x: Any) -> Any:
    """`function(x)`, written over `x`, which nobody else holds, if it is an array."""
    return function(x, out=x) if type(x) is np.ndarray else function(x)


def _gelu_inner(x: Any) -> Any:
    """What gelu takes tanh of: c x + c k x^3."""
    c, k = _GELU
    u = x * (c * k)
    u *= x
    u += c
    u *= x
    return u


def _gelu(x: Any) -> Any:
    z = _into(np.tanh, _gelu_inner(x))
    z += 1.0
    z *= x
    z *= 0.5
    return z


def _gelu_bare(g: Any, z: Any, x: Any) -> Any:
    u = _gelu_inner(x)
    t = np.tanh(u)
    u *= 3.0
    u -= x * (2.0 * _GELU[0])  # x times the slope of u
    against = t * t
    against -= 1.0
    against *= u
    t += 1.0
    t -= against
    t *= 0.5
    t *= g
    return t


def _gelu_slope(z: Any, x: Any) -> Any:
    c, k = _GELU
    t = tanh(c * (x + k * x * x * x))
    return 0.5 * (1.0 + t) + 0.5 * c * x * (1.0 - t * t) * (1.0 + 3.0 * k * x * x)


def _clip_gate(g: Any, z: Any, x: Any, y: Any, w: Any) -> Any:
    x, y, w = strip(x), strip(y), strip(w)
    return _gate((x < y) | (x > w), g)


@functools.lru_cache(64)
def _ones(n: int, kind: Any) -> Any:
    ones = np.ones(n, kind)
    ones.flags.writeable = False
    return ones


@functools.lru_cache(64)
def _places(count: int, step: int = 1) -> Any:
    places = np.arange(0, count * step, step)
    places.flags.writeable = False
    return places


def _column_sums(rows: Any) -> Any:
    """Sums over the first axis of a matrix; a product with ones starts sooner."""
    n = len(rows)
    return _ones(n, rows.dtype).dot(rows) if n <= _FEW else np.add.reduce(rows, 0)


def _row_sums(x: Any) -> Any:
    """Sums over the last axis, which stays with length 1; see `_column_sums`."""
    n = x.shape[-1]
    if not 0 < n <= _FEW or x.dtype not in _BITS:
        return np.add.reduce(x, -1, keepdims=True)
    if x.ndim == 2:
        return x.dot(_ones(n, x.dtype))[:, None]
    sums = x.reshape(-1, n).dot(_ones(n, x.dtype))
    return sums.reshape(*x.shape[:-1], 1)


def _row_tops(x: Any) -> Any:
    """Largest entries over the last axis: NumPy finds their places sooner than them."""
    n = x.shape[-1]
    at = x.reshape(-1, n).argmax(1)
    at += _places(len(at), n)
    return x.reshape(-1).take(at).reshape(*x.shape[:-1], 1)


# BLAS adds up in order, NumPy in pairs, which is more exact where there are many.
_FEW = 4096


def _softmax_value(x: Any, *, axis: int = -1) -> Any:
    last = type(x) is np.ndarray and x.size and axis in (-1, x.ndim - 1)
    if last and x.ndim and x.dtype in _BITS:
        e = x - _row_tops(x)
        e = np.exp(e, e)
        e /= _row_sums(e)
        return e
    e = np.exp(x - np.maximum.reduce(x, axis, keepdims=True))
    e /= np.add.reduce(e, axis, keepdims=True)
    return e


def _logsumexp_value(x: Any, *, axis: Any = -1, keepdims: bool = False) -> Any:
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, np.zeros_like(top))
    with np.errstate(divide="ignore"):  # a row of -inf: its logarithm of 0 is right
        z = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return z if keepdims else np.squeeze(z, axis=_axes(axis, np.ndim(x)))


def _log_softmax_value(x: Any, *, axis: int = -1) -> Any:
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def _softmax_push(v: Any, z: Any, axis: int) -> Any:
    """The softmax Jacobian, which is symmetric, times `v`."""
    return z * (v - sum_(v * z, axis=axis, keepdims=True))


def _softmax_pull(
    g: Any, z: Any, args: Any, wanted: Any, found: Any, *, axis: int = -1
) -> tuple[Any, ...]:
    out = g * z
    last = axis in (-1, z.ndim - 1)
    total = _row_sums(out) if last else np.add.reduce(out, axis, keepdims=True)
    np.subtract(g, total, out=out)
    out *= z
    return (out,)


def _logsumexp_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, axis: Any = -1,
    keepdims: bool = False,
) -> Any:  # fmt: skip
    return sum_(tangents[0] * _share(args[0], axis), axis=axis, keepdims=keepdims)


def _logsumexp_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, axis: Any = -1,
    keepdims: bool = False,
) -> tuple[Any, ...]:  # fmt: skip
    return (_kept(g, shape(args[0]), axis) * _share(args[0], axis),)


def _share(x: Any, axis: Any) -> Any:
    """Softmax over one axis or several: of `x` alone, so that no rounded sum enters."""
    if isinstance(axis, int):
        return softmax(x, axis=axis)
    top = np.max(strip(x), axis=axis, keepdims=True)
    e = exp(x - top)
    return div(e, sum_(e, axis=axis, keepdims=True))


def _linear_value(x: Any, y: Any, w: Any) -> Any:
    rows = _rows(x) if x.ndim > 2 else x  # one product, not a batch of them
    z = rows.dot(y.T)
    z += w
    return z if rows is x else z.reshape(*x.shape[:-1], -1)


def _by_rows(x: Any, y: Any) -> Any:
    """`x` times the transpose of the matrix `y`; `x` may be a vector."""
    return tcrossprod(x, y) if len(shape(x)) > 1 else matmul(y, x)


def _linear_jvp(tangents: Sequence[Any], z: Any, args: Sequence[Any]) -> Any:
    (x, y, _), (dx, dy, dw) = args, tangents
    terms = [
        None if dx is None else _by_rows(dx, y),
        None if dy is None else _by_rows(x, dy),
        None if dw is None else broadcast_to(dw, shape=shape(z)),
    ]
    pushed = [term for term in terms if term is not None]
    return functools.reduce(operator.add, pushed)


def _linear_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool]
) -> tuple[Any, ...]:
    x, y, w = args
    gx = matmul(g, y) if wanted[0] else None
    gy = None
    if wanted[1]:
        gy = crossprod(_flat(g), _flat(x))
    return gx, gy, sum_to(g, shape(w)) if wanted[2] else None


def _linear_pull(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], found: Any
) -> tuple[Any, ...]:
    x, y, w = args
    if g.ndim < 2 or len(w.shape) != 1:
        return _linear_vjp(g, z, args, wanted)
    rows, (want_x, want_y, want_w) = _rows(g), wanted
    gx = rows.dot(y) if want_x else None
    return (
        gx if gx is None or rows is g else gx.reshape(x.shape),
        rows.T.dot(_rows(x)) if want_y else None,
        _column_sums(rows) if want_w else None,
    )


def _standard(x: Any, eps: float) -> tuple[Any, Any]:
    """`x` with mean 0 and variance 1 along its last axis, and what it was scaled by."""
    centred = x - mean(x, axis=-1, keepdims=True)
    scale = div(1.0, sqrt(mean(centred * centred, axis=-1, keepdims=True) + eps))
    return centred * scale, scale


def _layer_norm_found(x: Any, y: Any, w: Any, *, eps: float = 1e-5) -> tuple[Any, Any]:
    level = _row_sums(x) / x.shape[-1]
    z = x - level
    scale = 1.0 / np.sqrt(np.einsum("...i,...i->...", z, z) / x.shape[-1] + eps)
    scale = scale[..., None]
    z *= scale
    z = z * y if np.ndim(y) > z.ndim else np.multiply(z, y, out=z)
    return z + w, (level, scale)


def _standard_push(v: Any, unit: Any, scale: Any) -> Any:
    """The Jacobian of `_standard`, which is symmetric, times `v`."""
    level = mean(v, axis=-1, keepdims=True)
    along = mean(v * unit, axis=-1, keepdims=True)
    return (v - level - unit * along) * scale


def _layer_norm_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, eps: float = 1e-5
) -> Any:
    (x, y, _), (dx, dy, dw) = args, tangents
    unit, scale = _standard(x, eps)
    terms = [
        None if dx is None else _standard_push(dx, unit, scale) * y,
        None if dy is None else unit * dy,
        None if dw is None else broadcast_to(dw, shape=shape(z)),
    ]
    return functools.reduce(operator.add, [t for t in terms if t is not None])


def _layer_norm_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, eps: float = 1e-5
) -> tuple[Any, ...]:
    x, y, w = args
    gx = gy = None
    if wanted[0] or wanted[1]:
        unit, scale = _standard(x, eps)
        gx = _standard_push(g * y, unit, scale) if wanted[0] else None
        gy = sum_to(g * unit, shape(y)) if wanted[1] else None
    return gx, gy, sum_to(g, shape(w)) if wanted[2] else None


def _layer_norm_pull(
    g: Any, z: Any, args: Any, wanted: Any, found: Any, *, eps: float = 1e-5
) -> tuple[Any, ...]:
    (x, y, w), (level, scale) = args, found
    unit = x - level
    unit *= scale
    pulled = g * unit
    gy = _down_to(pulled, y.shape) if wanted[1] else None
    gw = _down_to(g, w.shape) if wanted[2] else None
    if not wanted[0]:
        return None, gy, gw
    n, v = x.shape[-1], np.multiply(g, y, out=pulled)
    along = np.einsum("...i,...i->...", v, unit)[..., None] / n
    v -= _row_sums(v) / n
    unit *= along
    v -= unit
    v *= scale
    return v, gy, gw


def _down_to(g: Any, of: Shape) -> Any:
    """`sum_to` for a bare array, in short where only the last axis is left."""
    return _column_sums(_rows(g)) if of == g.shape[-1:] else sum_to(g, of)


def _one_hot(x: Any, target: Any) -> Any:
    hot = np.zeros(shape(x), dtype=strip(x).dtype)
    labels = np.asarray(target).reshape(-1)
    hot.reshape(labels.size, -1)[np.arange(labels.size), labels] = 1.0
    return hot


def _cross_entropy_found(x: Any, *, target: Any) -> tuple[Any, Any]:
    rows, labels = _rows(x), np.asarray(target).reshape(-1)
    top = np.maximum.reduce(rows, 1, keepdims=True)
    shifted = rows - top
    at = _places(labels.size), labels
    picked = shifted[at]
    total = _row_sums(np.exp(shifted, shifted))
    picked -= np.log(total)[:, 0]
    return -_column_sums(picked) / labels.size, (top, total, at)


def _rows(x: Any) -> Any:
    """A bare array as a matrix: every axis but the last in one."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


def _cross_entropy_slope(x: Any, target: Any) -> Any:
    """Slope in each logit of the mean: softmax minus 1 at the target, over n."""
    return (softmax(x) - _one_hot(x, target)) * (1.0 / max(1, np.size(target)))


def _cross_entropy_pull(
    g: Any, z: Any, args: Any, wanted: Any, found: Any, *, target: Any
) -> tuple[Any, ...]:
    (x,), (top, total, at) = args, found
    rows = _rows(x)
    share = g / len(rows)
    p = rows - top
    np.exp(p, p)
    p *= share / total
    p[at] -= share
    return (p if rows is x else p.reshape(x.shape),)


def _stack_value(*xs: Any, axis: int = 0) -> Any:
    z = np.stack(xs, axis=axis)
    if z.dtype.kind not in "biufc":
        raise TypeError(f"they join to an array of dtype {z.dtype}")
    return z


def _joined_jvp(join: str) -> Rule:
    def jvp(
        tangents: Sequence[Any], z: Any, args: Sequence[Any], *, axis: int = 0
    ) -> Any:
        pairs = zip(tangents, args, strict=True)
        parts = (np.zeros_like(strip(x)) if t is None else t for t, x in pairs)
        return TABLE[join](*parts, axis=axis)

    return jvp


def _stack_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, axis: int = 0
) -> tuple[Any, ...]:
    before = (slice(None),) * (axis % len(shape(g)))
    return tuple(
        getitem(g, index=(*before, i)) if want else None
        for i, want in enumerate(wanted)
    )


def _concatenate_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, axis: int = 0
) -> tuple[Any, ...]:
    axis %= len(shape(g))
    before, start, parts = (slice(None),) * axis, 0, []
    for x, want in zip(args, wanted, strict=True):
        end = start + shape(x)[axis]
        parts.append(getitem(g, index=(*before, slice(start, end))) if want else None)
        start = end
    return tuple(parts)


def _einsum_value(*xs: Any, subscripts: str) -> Any:
    z = np.einsum(subscripts, *xs, optimize=len(xs) > 2)
    return z if z.base is None else z.copy()  # NumPy gives a view of a mere transpose


def _spell_out(subscripts: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """The letters of each operand and of the output, `...` and `->` made explicit."""
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    parts = left.split(",")
    spare = [c for c in string.ascii_letters if c not in subscripts]
    room = [n - len(p.replace("...", "")) for p, n in zip(parts, ndims, strict=True)]
    most = max((r for p, r in zip(parts, room, strict=True) if "..." in p), default=0)
    dots = "".join(spare[:most])
    parts = [
        p.replace("...", dots[most - r :] if r else "")
        for p, r in zip(parts, room, strict=True)
    ]
    if arrow:
        return parts, right.replace("...", dots)
    used = "".join(parts)
    once = sorted(c for c in set(used) - set(dots) if used.count(c) == 1)
    return parts, dots + "".join(once)


def _einsum_pull(i: int, g: Any, args: Sequence[Any], subscripts: str) -> Any:
    """The cotangent of operand `i`: an einsum of `g` and the other operands."""
    parts, out = _spell_out(subscripts, [len(shape(x)) for x in args])
    mine, of = parts[i], shape(args[i])
    operands = [(out, g)]
    operands += [
        (p, x) for j, (p, x) in enumerate(zip(parts, args, strict=True)) if j != i
    ]
    spare = (c for c in string.ascii_letters if c not in "".join(parts) + out)
    target = ""
    for letter, n in zip(mine, of, strict=True):
        name = next(spare) if letter in target else letter
        if name != letter:  # a diagonal: its transpose puts entries back on it
            operands.append((letter + name, np.eye(n)))
        target += name
    known = "".join(p for p, _ in operands)
    missing = [(c, n) for c, n in zip(target, of, strict=True) if c not in known]
    operands += [(c, np.ones(n)) for c, n in missing]  # summed away alone: spread out
    left = ",".join(p for p, _ in operands)
    pulled = TABLE["einsum"](*(x for _, x in operands), subscripts=f"{left}->{target}")
    return sum_to(pulled, of)


def _einsum_jvp(
    tangents: Sequence[Any], z: Any, args: Sequence[Any], *, subscripts: str
) -> Any:
    total = None
    for i, t in enumerate(tangents):
        if t is not None:
            moved = [*args[:i], t, *args[i + 1 :]]
            term = TABLE["einsum"](*moved, subscripts=subscripts)
            total = term if total is None else total + term
    return total


def _einsum_vjp(
    g: Any, z: Any, args: Sequence[Any], wanted: Sequence[bool], *, subscripts: str
) -> tuple[Any, ...]:
    return tuple(
        _einsum_pull(i, g, args, subscripts) if want else None
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

log1p:    Primitive = elementwise("log1p",    np.log1p,  Scale(lambda g, z, x: div(g, 1.0 + x)), scalar=math.log1p, keeps=("x",))
expm1:    Primitive = elementwise("expm1",    np.expm1,  lambda z, x: 1.0 + z, scalar=math.expm1, keeps=("z",))
arctan:   Primitive = elementwise("arctan",   np.arctan, Scale(lambda g, z, x: div(g, 1.0 + x * x)), scalar=math.atan, keeps=("x",))
sigmoid:  Primitive = elementwise("sigmoid",  _sigmoid,  lambda z, x: z * (1.0 - z), scalar=_sigmoid_scalar, keeps=("z",))
softplus: Primitive = elementwise("softplus", lambda x: np.logaddexp(x, 0.0), lambda z, x: sigmoid(x), keeps=("x",))
gelu:     Primitive = elementwise("gelu",     _gelu,     _gelu_slope, keeps=("x",), bare=_gelu_bare, note="the form with tanh; torch's approximate='tanh'")

# Kinks and ties. A gate selects: it lets nan through and stops inf.
abs_: Primitive = elementwise("abs",  np.absolute, lambda z, x: _sign(x), scalar=abs, keeps=("x",), note="0 at 0; as torch")
relu: Primitive = elementwise("relu", _relu,       Scale(lambda g, z, x: _gate(strip(z) <= 0, g)), scalar=lambda x: _larger(x, 0.0), keeps=("z",), bare=_relu_bare, note="0 at 0; as torch")
maximum: Primitive = elementwise("maximum", np.maximum, _X_LARGER, _Y_LARGER, scalar=_larger, keeps=("xy", "xy"), note="a tie gives half to each side; as torch")
minimum: Primitive = elementwise("minimum", np.minimum, _Y_LARGER, _X_LARGER, scalar=lambda x, y: -_larger(-x, -y), keeps=("xy", "xy"), note="a tie gives half to each side; as torch")
where: Primitive = elementwise("where", np.where, None, Scale(lambda g, z, x, y, w: where(x, g, 0.0)), Scale(lambda g, z, x, y, w: where(x, 0.0, g)),
                               scalar=lambda x, y, w: y if x else w, keeps=("", "x", "x"), note="the condition has no derivative")
_clip: Primitive = elementwise("clip", lambda x, y, w: np.minimum(np.maximum(x, y), w), Scale(_clip_gate), None, None, keeps=("xyw", "", ""), note="1 on both bounds, which have no derivative; as torch's clamp")

# Linear maps: forward mode applies the map itself, reverse mode its transpose.
sum_:         Primitive = linear("sum",          _over_axis(np.add.reduce), _sum_transposed, _sum_bare)
mean:         Primitive = linear("mean",         _mean_value, _mean_transposed, _mean_bare)
reshape:      Primitive = linear("reshape",      lambda x, *, shape: np.reshape(x, shape), lambda g, of, *, shape: reshape(g, shape=of), lambda g, of, *, shape: np.reshape(g, of))
transpose:    Primitive = linear("transpose",    lambda x, *, axes=None: np.transpose(x, axes), _transpose_transposed, _transpose_bare)
broadcast_to: Primitive = linear("broadcast_to", lambda x, *, shape: np.broadcast_to(x, shape), lambda g, of, *, shape: sum_to(g, of))
getitem:      Primitive = linear("getitem",      lambda x, *, index: x[index], lambda g, of, *, index: scatter(g, index=index, shape=of))
scatter:      Primitive = linear("scatter",      _scatter, lambda g, of, *, index, shape: getitem(g, index=index))
cumsum:       Primitive = linear("cumsum",       lambda x, *, axis: np.cumsum(x, axis=axis), _cumsum_transposed)
take_along:   Primitive = linear("take_along",   lambda x, *, index, axis: np.take_along_axis(x, index, axis), lambda g, of, *, index, axis: put_along(g, index=index, axis=axis, shape=of))
put_along:    Primitive = linear("put_along",    _put_along, lambda g, of, *, index, axis, shape: take_along(g, index=index, axis=axis))
clone:        Primitive = linear("clone",        lambda x: np.array(x), lambda g, of: g)
cast:         Primitive = linear("cast",         lambda x, *, dtype: np.asarray(x).astype(dtype), lambda g, of, *, dtype: g)

# Linear in each of two arguments: one transpose per argument. The products with one
# matrix transposed (R's names) are what products of matrices pull back.
matmul:       Primitive = bilinear("matmul", np.matmul, _matmul_pull_x, _matmul_pull_y, fused=_product_of(False, False, _matmul_pull_x, _matmul_pull_y))
crossprod:    Primitive = bilinear("crossprod", lambda x, y: np.matmul(np.swapaxes(x, -1, -2), y), _crossprod_pull_x, _crossprod_pull_y, fused=_product_of(True, False, _crossprod_pull_x, _crossprod_pull_y))
tcrossprod:   Primitive = bilinear("tcrossprod", lambda x, y: np.matmul(x, np.swapaxes(y, -1, -2)), _tcrossprod_pull_x, _tcrossprod_pull_y, fused=_product_of(False, True, _tcrossprod_pull_x, _tcrossprod_pull_y))

# Both directions written out.
_stack:       Primitive = general("stack", _stack_value, _joined_jvp("stack"), _stack_vjp)
_concatenate: Primitive = general("concatenate", lambda *xs, axis=0: np.concatenate(xs, axis=axis), _joined_jvp("concatenate"), _concatenate_vjp)
put:          Primitive = general("put", _replace, _put_jvp, _put_vjp, note="an entry put twice passes its cotangent to both; as torch's index_put")
_einsum:      Primitive = general("einsum", _einsum_value, _einsum_jvp, _einsum_vjp, keeps=tuple(ARGUMENTS.replace(own, "") for own in ARGUMENTS))
amax:         Primitive = general("amax", _over_axis(np.max), _extreme_jvp, _extreme_vjp, keeps=("xz",), note="ties have equal parts; as torch's amax")
amin:         Primitive = general("amin", _over_axis(np.min), _extreme_jvp, _extreme_vjp, keeps=("xz",), note="ties have equal parts; as torch's amin")
prod:         Primitive = general("prod", _over_axis(np.prod), _prod_jvp, _prod_vjp, keeps=("xz",))
var:          Primitive = general("var", _var_value, _var_jvp, _var_vjp, keeps=("x",))
softmax:      Primitive = general("softmax", _softmax_value, lambda tangents, z, args, *, axis=-1: _softmax_push(tangents[0], z, axis),
                                  lambda g, z, args, wanted, *, axis=-1: (_softmax_push(g, z, axis),), keeps=("z",), fused=Fused(lambda x, *, axis=-1: (_softmax_value(x, axis=axis), None), _softmax_pull))
log_softmax:  Primitive = general("log_softmax", _log_softmax_value, lambda tangents, z, args, *, axis=-1: tangents[0] - sum_(tangents[0] * exp(z), axis=axis, keepdims=True),
                                  lambda g, z, args, wanted, *, axis=-1: (g - exp(z) * sum_(g, axis=axis, keepdims=True),), keeps=("z",))
logsumexp:    Primitive = general("logsumexp", _logsumexp_value, _logsumexp_jvp, _logsumexp_vjp, keeps=("x",), note="nan where every entry is -inf; as torch")
linear_:      Primitive = general("linear", _linear_value, _linear_jvp, _linear_vjp, keeps=("y", "x", ""), fused=Fused(lambda x, y, w: (_linear_value(x, y, w), None), _linear_pull))
layer_norm:   Primitive = general("layer_norm", lambda x, y, w, *, eps=1e-5: _layer_norm_found(x, y, w, eps=eps)[0], _layer_norm_jvp, _layer_norm_vjp, keeps=("xy", "x", ""), fused=Fused(_layer_norm_found, _layer_norm_pull))
cross_entropy: Primitive = general("cross_entropy", lambda x, *, target: _cross_entropy_found(x, target=target)[0], lambda tangents, z, args, *, target: sum_(tangents[0] * _cross_entropy_slope(args[0], target)),
                                  lambda g, z, args, wanted, *, target: (g * _cross_entropy_slope(args[0], target),), keeps=("x",), fused=Fused(_cross_entropy_found, _cross_entropy_pull))
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


def concatenate(parts: Sequence[Any], axis: int = 0) -> Any:
    """Values joined along an axis that they have; raises `ShapeError` for others.

    >>> concatenate([np.ones(1), np.zeros(2)])
    array([1., 0., 0.])
    """
    return _concatenate(*parts, axis=axis)


def einsum(subscripts: str, *operands: Any) -> Any:
    """Einstein's sum: products of entries, summed over letters not in the output.

    Notation and errors are those of `numpy.einsum`, with the letters as a string.

    >>> einsum("ij,j->i", np.eye(2), np.array([3.0, 4.0]))
    array([3., 4.])
    """
    return _einsum(*operands, subscripts=subscripts)


def clip(x: Any, low: Any = None, high: Any = None) -> Any:
    """`x` held between two bounds, either of which may be left out.

    >>> clip(np.array([-2.0, 0.5, 2.0]), -1.0, 1.0)
    array([-1. ,  0.5,  1. ])
    """
    return _clip(
        x, -math.inf if low is None else low, math.inf if high is None else high
    )


def sort(x: Any, axis: int = -1, descending: bool = False) -> Any:
    """Entries of `x` in order along `axis`; equal ones keep theirs (torch: stable).

    >>> sort(np.array([3.0, 1.0, 2.0]), descending=True)
    array([3., 2., 1.])
    """
    plain = strip(x)
    order = np.argsort(-plain if descending else plain, axis=axis, kind="stable")
    return take_along(x, index=order, axis=axis)


def top1(x: Any, axis: int = -1, keepdims: bool = False) -> Any:
    """Largest entry along `axis`; of equal ones the first alone has a derivative.

    That is torch's `x.max(dim)`; `amax` shares between equal ones instead.

    >>> top1(np.array([[1.0, 5.0], [7.0, 2.0]]))
    array([5., 7.])
    """
    at = np.expand_dims(np.argmax(strip(x), axis=axis), axis)
    best = take_along(x, index=at, axis=axis)
    return best if keepdims else squeeze(best, axis)


def squeeze(x: Any, axis: Any = None) -> Any:
    """`x` without the given axes of length 1, or without all such; others stay.

    >>> shape(squeeze(np.ones((1, 2, 1)), 0))
    (2, 1)
    """
    of = shape(x)
    gone = {i for i in _axes(axis, len(of)) if of[i] == 1}
    return reshape(x, shape=tuple(n for i, n in enumerate(of) if i not in gone))


def unsqueeze(x: Any, axis: int) -> Any:
    """`x` with an axis of length 1 more, at place `axis` of the result.

    >>> shape(unsqueeze(np.ones(2), -1))
    (2, 1)
    """
    of = list(shape(x))
    of.insert(axis % (len(of) + 1), 1)
    return reshape(x, shape=tuple(of))


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


# What to write for functions that people try first.
_INSTEAD = {
    "numpy.dot": "as x @ y",
    "numpy.linalg.norm": "as ops.sqrt((x * x).sum())",
    "numpy.logaddexp": "as ops.logsumexp(ops.stack([x, y]), axis=0)",
}


def _no_row(function: Any, why: str = "has no row in the table") -> UnsupportedError:
    home = getattr(function, "__module__", None) or "numpy"
    name = f"{home}.{getattr(function, '__name__', repr(function))}"
    how = _INSTEAD.get(name, "with the rows of autograd_ref.ops.TABLE")
    return UnsupportedError(
        f"{name} was called with a traced value, but {why}. Write it {how}, or take "
        ".primal if no derivative is wanted."
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

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Largest entry over `axis` (all of them if None); ties have equal parts."""
        return amax(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Smallest entry over `axis` (all of them if None); ties have equal parts."""
        return amin(self, axis=axis, keepdims=keepdims)

    def prod(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Product over `axis` (all of them if None)."""
        return prod(self, axis=axis, keepdims=keepdims)

    def var(
        self, axis: Any = None, keepdims: bool = False, correction: float = 1
    ) -> Any:
        """Variance over `axis`, divided by n - `correction`, as torch's."""
        return var(self, axis=axis, keepdims=keepdims, correction=correction)

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
    np.max: Operators.max,
    np.min: Operators.min,
    np.prod: Operators.prod,
    np.var: lambda x, axis=None, ddof=0, keepdims=False: var(
        x, axis=axis, keepdims=keepdims, correction=ddof
    ),
    np.clip: clip,
    np.concatenate: concatenate,
    np.cumsum: lambda x, axis=None: (
        cumsum(reshape(x, shape=-1), axis=0) if axis is None else cumsum(x, axis=axis)
    ),
    np.einsum: einsum,
    np.expand_dims: unsqueeze,
    np.sort: sort,
    np.squeeze: squeeze,
    np.take_along_axis: lambda x, index, axis: take_along(x, index=index, axis=axis),
}
