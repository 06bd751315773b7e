"""Derivatives of functions as functions: grad, vjp, jvp, Jacobians, Hessians.

Each takes a function of arrays (or tensors, or lists, which become arrays) and
differentiates in its first argument; the function is written with NumPy's functions,
the operators, or the rows of the table. Results are NumPy arrays, or tensors where
an input was one that requires grad: so transforms nest.

Forward mode moves one direction per input entry, reverse mode pulls one per output
entry; `jacobian` picks by shape, and moves or pulls all of them in one pass.
(Griewank and Walther, Evaluating Derivatives, chapters 3 and 4; Hessian times vector:
Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6, 1994.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dual, ops, tensor
from .batch import Basis, Batch
from .core import Shape, Traced, as_real, fresh_level, shape
from .errors import ArgumentError, GraphError, ShapeError, UnsupportedError
from .mode import enable_grad, state
from .tensor import Tensor, _bare, _leaf_node

__all__ = [
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "linearize",
    "value_and_grad",
    "vjp",
]

Fn = Callable[..., Any]


def grad(f: Fn) -> Fn:
    """The gradient of `f`, which returns one number, in its first argument.

    `grad(f)(x, *rest)` has the shape of `x`. Raises `ShapeError` if `f` returns
    more than one number. Calls nest:

    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    """
    both = value_and_grad(f)
    return lambda x, *rest: both(x, *rest)[1]


def value_and_grad(f: Fn) -> Fn:
    """`f` together with its gradient, by one forward and one backward pass.

    >>> value_and_grad(lambda x: np.sum(x * x))([1.0, 2.0])
    (5.0, array([2., 4.]))
    """

    def both(x: Any, *rest: Any) -> tuple[Any, Any]:
        out, pull = vjp(lambda x: f(x, *rest), x)
        if shape(out) not in ((), (1,)):
            raise ShapeError(
                f"grad() needs an f that returns one number, but it returned shape "
                f"{shape(out)}. Use jacobian(), or sum the result first."
            )
        return out, pull(np.ones(shape(out)))

    return both


def vjp(f: Fn, x: Any) -> tuple[Any, Fn]:
    """Value of `f` at `x`, and the map that pulls a cotangent of it back to `x`.

    The map may be called again and again; its result has the shape of `x`, zeros
    where `f` does not depend on it. Raises `ShapeError` for a cotangent that does
    not fit.

    >>> out, pull = vjp(lambda x: np.sin(x) * x, [0.0, 1.0])
    >>> pull([1.0, 0.0])
    array([0., 0.])
    """
    outer, start = _start(x)
    with enable_grad():
        out = _joined(f(start))

    def pull(g: Any) -> Any:
        if shape(g) != shape(out):
            raise ShapeError(
                f"vjp: got a cotangent of shape {shape(g)} for an output of shape "
                f"{shape(out)}; they must be equal."
            )
        if not isinstance(out, Tensor) or out.node is None:
            return _result(_bare(np.zeros(shape(start))), False)
        again = outer or (isinstance(g, Tensor) and g.requires_grad)
        (pulled,) = tensor.grad(
            [out], [start], [g], retain_graph=True, create_graph=again,
            allow_unused=True,
        )  # fmt: skip
        if pulled is None:
            pulled = _bare(np.zeros(shape(start)))
        return _result(pulled, again)

    return _result(out, outer), pull


def jvp(f: Fn, x: Any, v: Any) -> tuple[Any, Any]:
    """Value of `f` at `x` and its derivative along `v`, by one forward pass.

    Shapes: `v` as `x`, the result as `f(x)`. Errors are those of `dual.jvp`.

    >>> jvp(lambda x: x[0] * x[1], [3.0, 4.0], [1.0, 0.0])
    (12.0, 4.0)
    """
    return dual.jvp(f, x, v)


def linearize(f: Fn, x: Any) -> tuple[Any, Fn]:
    """Value of `f` at `x`, and the linear map that is its derivative there.

    For many directions at one point: `f` runs once, the map replays its graph. It
    is the transpose of a transpose: the pullback is linear in its cotangent, and
    pulling `v` back through it pushes `v` forward.

    >>> out, push = linearize(lambda x: x[0] * x[1], [3.0, 4.0])
    >>> push([1.0, 0.0]), push([0.0, 1.0])
    (4.0, 3.0)
    """
    _, start = _start(x)
    with enable_grad():
        out = _joined(f(start))
    if not isinstance(out, Tensor) or out.node is None:
        return _result(out, False), lambda v: np.zeros(shape(out))
    w = Tensor(np.zeros(out.shape), requires_grad=True)
    (pulled,) = tensor.grad([out], [start], [w], create_graph=True, allow_unused=True)

    def push(v: Any) -> Any:
        if shape(v) != shape(start):
            raise ShapeError(
                f"linearize: got a direction of shape {shape(v)} at a point of shape "
                f"{shape(start)}; they must be equal."
            )
        if pulled is None or pulled.node is None:
            return _result(_bare(np.zeros(out.shape)), False)
        (pushed,) = tensor.grad([pulled], [w], [_real(v)], retain_graph=True)
        return _result(pushed, False)

    return _result(out, False), push


def hvp(f: Fn, x: Any, v: Any) -> Any:
    """The Hessian of `f` at `x` times `v`, without forming the Hessian.

    Reverse over forward: the gradient of the derivative along `v`, for a few times
    the cost of `f`. `f` returns one number; the result has the shape of `x`.

    >>> hvp(lambda x: np.sum(x * x * x), [1.0, 2.0], [1.0, 0.0])
    array([6., 0.])
    """
    direction = v if isinstance(v, Traced) else _real(v)
    return grad(lambda x: dual.jvp(f, x, direction)[1])(x)


def jacobian(f: Fn, x: Any, mode: str = "auto") -> Any:
    """All derivatives of `f` at `x`, of shape `(*f(x).shape, *x.shape)`.

    `mode` is "forward" (a direction for every entry of `x`), "reverse" (one for every
    entry of `f(x)`) or "auto", the cheaper of the two. All directions go in one pass,
    which takes as many times the memory of one; where an outer derivative is under
    way, or a `Function` in the way, they go one by one. Raises `ArgumentError` for
    another mode.

    >>> jacobian(lambda x: np.stack([x[0] * x[1], x[0]]), [3.0, 4.0])
    array([[4., 3.],
           [1., 0.]])
    """
    if mode not in ("auto", "forward", "reverse"):
        raise ArgumentError(
            f"jacobian() got mode={mode!r}; the modes are auto, forward, reverse."
        )
    if mode == "forward":
        return _columns(f, x)
    outer, start = _start(x)
    with enable_grad():
        out = _joined(f(start))
    entries = math.prod(shape(out))
    if mode == "auto" and entries > start.primal.size:
        return _columns(f, x)
    return _rows(out, start, outer)


def _columns(f: Fn, x: Any) -> Any:
    """The Jacobian by forward mode, all tangents in one pass where x is plain."""
    if isinstance(x, Traced) or np.size(x) == 0:
        return dual.jacobian(f, x)
    point, level = np.asarray(_real(x)), fresh_level()
    tangents = _directions(point.shape, point.dtype)
    out = _joined(f(dual.Dual._at(level, point, tangents)))
    if not isinstance(out, dual.Dual) or out.level != level:
        return dual.jacobian(f, x)  # it does not depend on x
    if not isinstance(out.tangent, Batch):
        return np.zeros((*out.shape, *point.shape))
    columns = np.moveaxis(_owned(out.tangent), 0, -1)
    return columns.reshape((*out.shape, *point.shape))


def _directions(of: Shape, dtype: Any) -> Batch:
    """Every direction among values of one shape, as a `Batch`."""
    n = math.prod(of)
    whole = Basis(n, dtype)
    return whole if of == (n,) else Batch(whole.primal.reshape(n, *of))


def _owned(batch: Batch) -> Any:
    """The values, copied where they show the memory of an array of the function's."""
    values = batch.primal
    return values if values.base is None else values.copy()


def _rows(out: Any, start: Tensor, outer: bool) -> Any:
    """The Jacobian by reverse mode; one row a pass where it is differentiated again."""
    of, entries = shape(out), math.prod(shape(out))
    if not isinstance(out, Tensor) or out.node is None or not entries:
        return np.zeros((*of, *start.shape))
    basis = _directions(of, out.dtype)
    if not outer and state.watch is None:
        try:
            (found,) = tensor.pulled([out], [basis], [start])
        except UnsupportedError:
            pass  # a Function or a hook, which takes one cotangent at a time
        else:
            rows = np.zeros((entries, *start.shape)) if found is None else _owned(found)
            return rows.reshape((*of, *start.shape))
    rows = [
        tensor.grad([out], [start], [g], True, outer, allow_unused=True)[0]
        for g in basis.primal
    ]
    joined = ops.stack([np.zeros(start.shape) if g is None else g for g in rows])
    return _result(ops.reshape(joined, shape=(*of, *start.shape)), outer)


def hessian(f: Fn, x: Any) -> Any:
    """All second derivatives of `f`, of shape `(*x.shape, *x.shape)`.

    Reverse over reverse: the gradient is recorded once, and every entry of it is
    pulled back, one pass each.

    >>> hessian(lambda x: x[0] * x[0] * x[1], [3.0, 4.0])
    array([[8., 6.],
           [6., 0.]])
    """
    return jacobian(grad(f), x, "reverse")


def _start(x: Any) -> tuple[bool, Tensor]:
    """Whether a derivative is under way outside, and a fresh input to start from."""
    if isinstance(x, Tensor):
        if x.node is not None:
            return True, ops.reshape(x, shape=x.shape)
        point = _bare(x.primal)
    elif isinstance(x, Traced):
        raise GraphError(
            f"a reverse derivative was asked for at a {type(x).__name__}. Take the "
            "forward derivative inside and the reverse one outside: grad of a jvp."
        )
    else:
        point = _bare(np.array(_real(x)))
    point.node = _leaf_node(point)
    return False, point


def _real(x: Any) -> Any:
    return as_real(x.primal if isinstance(x, Tensor) else x)


def _joined(out: Any) -> Any:
    return ops.stack(out) if isinstance(out, list | tuple) else out


def _result(out: Any, tracked: bool) -> Any:
    """A tensor of an outer derivative as it is, any other as floats or an array."""
    if not isinstance(out, Tensor):
        return as_real(out) if not isinstance(out, Traced) else out
    if tracked or type(out.primal) is not np.ndarray:
        return out
    return float(out.primal) if out.primal.ndim == 0 else out.primal
