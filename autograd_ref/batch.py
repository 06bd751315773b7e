"""Many directions at once: values with an axis in front that no program sees.

A `Batch` stands for one tangent or one cotangent in a rule of the table, and holds
any number of them. The rules are not changed: rows run on all of them in one NumPy
call, one after the other only where there is no rule for that here. A whole Jacobian
is then one pass, a matrix product where there were a hundred products with vectors.

This is what JAX calls vmap, for the rows that rules are made of (Bradbury et al., JAX:
composable transformations of Python+NumPy programs, 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from .core import Primitive, Shape, Traced, shape
from .errors import UnsupportedError
from .ops import Operators

__all__ = ["Basis", "Batch"]

Rule = Callable[..., Any]


class Batch(Operators, Traced):
    """Values of one shape, joined along an axis in front: `shape` is that of one.

    >>> x = Batch(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    >>> x.shape, (x * np.array([1.0, 10.0])).sum().primal
    ((2,), array([21., 43., 65.]))
    """

    __slots__ = ("primal",)
    level = 0

    def __init__(self, primal: Any) -> None:
        self.primal = primal

    @property
    def shape(self) -> Shape:
        """Shape of one of the values."""
        return self.primal.shape[1:]  # type: ignore[no-any-return]

    @property
    def dtype(self) -> Any:
        """Type of the entries."""
        return self.primal.dtype

    def apply(self, row: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run `row` on all values at once where a rule says how, else on each."""
        rule: Rule | None = _RULES.get(
            row.name, _entries if row.kind == "elementwise" else None
        )
        found = None if rule is None else rule(row, args, **params)
        if found is None:
            found = np.stack([row(*one, **params) for one in _each(args)])
        return Batch(found)

    def __array__(self, *_args: Any, **_options: Any) -> NoReturn:
        raise UnsupportedError(
            "a Batch of cotangents met code that is written for one at a time."
        )


class Basis(Batch):
    """Every direction of a vector of `n` entries: the rows of the identity.

    What a Jacobian starts from. A matrix times each of them is the matrix, so that
    product is never computed; what comes out is a view of the matrix, and the identity
    is not written down until something else asks for it.

    >>> (np.array([[1.0, 2.0], [3.0, 4.0]]) @ Basis(2)).primal
    array([[1., 3.],
           [2., 4.]])
    """

    __slots__ = ("_dtype", "_n")

    def __init__(self, n: int, dtype: Any = None) -> None:
        self._n, self._dtype = n, np.dtype(dtype)

    def __getattr__(self, name: str) -> Any:
        if name != "primal":
            raise AttributeError(name)
        self.primal = np.eye(self._n, dtype=self._dtype)
        return self.primal

    @property
    def shape(self) -> Shape:
        """Shape of one of the directions."""
        return (self._n,)

    @property
    def dtype(self) -> Any:
        """Type of the entries."""
        return self._dtype


def _each(args: Sequence[Any]) -> Iterator[list[Any]]:
    """The arguments of one value after the other."""
    count = next(len(x.primal) for x in args if isinstance(x, Batch))
    for i in range(count):
        yield [x.primal[i] if isinstance(x, Batch) else x for x in args]


# -- rows on all values at once --------------------------------------------------
# A rule gets the row, its arguments and its options, and returns the joined results,
# or None where it does not know how.
def _entries(row: Primitive, args: Sequence[Any], **params: Any) -> Any:
    most = max(len(shape(x)) for x in args)
    return row.value(*[_aligned(x, most) for x in args], **params)


def _aligned(x: Any, ndim: int) -> Any:
    """A batch with axes of length 1 behind the first, up to `ndim` for one value."""
    if not isinstance(x, Batch):
        return x
    missing = ndim - len(x.shape)
    array = x.primal
    return array.reshape(len(array), *(1,) * missing, *x.shape) if missing else array


def _over_axes(row: Primitive, args: Sequence[Any], **params: Any) -> Any:
    (x,) = args
    axis, ndim = params.pop("axis", None), len(x.shape)
    several = range(ndim) if axis is None else np.atleast_1d(axis)
    axes = tuple(int(a) % ndim + 1 for a in several)
    return row.value(x.primal, axis=axes, **params)


def _along_axis(row: Primitive, args: Sequence[Any], *, axis: int) -> Any:
    (x,) = args
    return row.value(x.primal, axis=axis % len(x.shape) + 1)


def _reshape(row: Primitive, args: Sequence[Any], *, shape: Any) -> Any:
    (x,) = args
    return x.primal.reshape(len(x.primal), *np.atleast_1d(shape).astype(int).tolist())


def _transpose(row: Primitive, args: Sequence[Any], *, axes: Any = None) -> Any:
    (x,), ndim = args, len(args[0].shape)
    order = range(ndim)[::-1] if axes is None else [a % ndim for a in axes]
    return x.primal.transpose(0, *[a + 1 for a in order])


def _broadcast_to(row: Primitive, args: Sequence[Any], *, shape: Any) -> Any:
    (x,) = args
    return np.broadcast_to(_aligned(x, len(shape)), (len(x.primal), *shape))


def _getitem(row: Primitive, args: Sequence[Any], *, index: Any) -> Any:
    (x,), inner = args, _inner(index)
    return None if inner is None else x.primal[inner]


def _scatter(row: Primitive, args: Sequence[Any], *, index: Any, shape: Shape) -> Any:
    (x,), inner = args, _inner(index)
    if inner is None:
        return None
    out = np.zeros((len(x.primal), *shape), x.primal.dtype)
    out[inner] = x.primal
    return out


def _inner(index: Any) -> Any:
    """`index` behind the first axis, if it is made of numbers and slices."""
    parts = index if isinstance(index, tuple) else (index,)
    basic = all(p is None or p is ... or isinstance(p, int | slice) for p in parts)
    return (slice(None), *parts) if basic else None


def _matmul(row: Primitive, args: Sequence[Any]) -> Any:
    (x, y), (m, n) = args, [len(shape(a)) for a in args]
    if not isinstance(x, Batch):
        if n == 1 and m <= 2:
            same = m == 2 and type(y) is Basis and x.dtype == y.dtype
            return x.T if same else y.primal.dot(x.T)
        return np.matmul(x, y.primal) if m <= n else None
    if not isinstance(y, Batch):
        if m == 1 and n <= 2:
            same = n == 2 and type(x) is Basis and x.dtype == y.dtype
            return y.view() if same else x.primal.dot(y)
        return np.matmul(x.primal, y) if n <= m else None
    if m == n == 1:
        return np.einsum("bi,bi->b", x.primal, y.primal)
    return np.matmul(x.primal, y.primal) if m == n else None


def _joined(row: Primitive, args: Sequence[Any], *, axis: int = 0) -> Any:
    count = next(len(x.primal) for x in args if isinstance(x, Batch))
    parts = [
        x.primal if isinstance(x, Batch) else np.broadcast_to(x, (count, *shape(x)))
        for x in args
    ]
    ndim = len(shape(args[0])) + (row.name == "stack")
    return row.value(*parts, axis=axis % ndim + 1)


def _same(row: Primitive, args: Sequence[Any], **params: Any) -> Any:
    return row.value(args[0].primal, **params)


_RULES: dict[str, Rule] = {
    "sum": _over_axes,
    "mean": _over_axes,
    "cumsum": _along_axis,
    "reshape": _reshape,
    "transpose": _transpose,
    "broadcast_to": _broadcast_to,
    "getitem": _getitem,
    "scatter": _scatter,
    "matmul": _matmul,
    "crossprod": _entries,  # the last two axes turn, and those are the values' own
    "tcrossprod": _entries,
    "stack": _joined,
    "concatenate": _joined,
    "cast": _same,
    "clone": _same,
}
