"""What an operation is, and who watches it run.

A `Primitive` is one row of the derivative table: its value, how it pushes a
tangent forward, how it pulls a cotangent back. A `Traced` value (a dual number,
a node of a graph) watches rows run. Neither knows the other's insides: a new
operation touches no mode, and a new mode touches no operation.

Splitting a value from the thing that traces it, with one level for each nested
derivative, follows Siskind and Pearlmutter, "Nesting forward-mode AD in a
functional framework", Higher-Order and Symbolic Computation 21 (2008).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from numbers import Real
from typing import Any, NamedTuple, NoReturn

import numpy as np

from .errors import DTypeError, ShapeError

__all__ = [
    "ARGUMENTS",
    "Fused",
    "Primitive",
    "Shape",
    "Traced",
    "as_real",
    "fresh_level",
    "shape",
    "strip",
]

Shape = tuple[int, ...]

# One derivative inside another gets a higher level. The stride leaves room for
# values nested by hand (content's level + 1) between two derivatives.
_LEVEL_STRIDE = 1 << 20
_levels = count(_LEVEL_STRIDE, _LEVEL_STRIDE)

# Types on which a row may run as plain Python; everything else goes to NumPy.
_SCALARS = frozenset({float, int, bool, np.float64, np.bool_})
_ndarray = np.ndarray

ARGUMENTS = "xywabcdefgh"
"""What the inputs of a row are called, in order; `z` is its output."""


def fresh_level() -> int:
    """A level above that of every derivative that is already under way.

    >>> fresh_level() < fresh_level()
    True
    """
    return next(_levels)


class Traced:
    """A value that watches the rows applied to it.

    A subclass gives `primal` (the value one level down), `level` and `apply`.
    Of several traced arguments, the one with the highest level watches.

    >>> Traced().apply(None, (), {})
    Traceback (most recent call last):
    NotImplementedError: Traced does not say how it watches a row
    """

    __slots__ = ()
    level: int
    primal: Any

    def apply(self, row: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run `row` on `args`, of which `self` is the one with the highest level."""
        raise NotImplementedError(
            f"{type(self).__name__} does not say how it watches a row"
        )

    @property
    def shape(self) -> Shape:
        """Shape of the value; `()` for a number."""
        return shape(self.primal)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the entries; float64 for a Python number."""
        return np.asarray(strip(self)).dtype

    def __float__(self) -> float:
        self._refuse("float")

    def __int__(self) -> int:
        self._refuse("int")

    def _refuse(self, kind: str) -> NoReturn:
        name = type(self).__name__
        raise DTypeError(
            f"a {name} cannot become a plain {kind}: its derivative would be lost. "
            "Use .primal for the value alone; inside a function to differentiate, "
            "call NumPy's functions or the rows of autograd_ref.ops (sin), not math's."
        )


class Fused(NamedTuple):
    """A row in plain NumPy, for bare arrays: the same figures in fewer steps.

    `value(*args, **params)` returns the output and what it found on the way, which
    `vjp(g, z, args, wanted, found, **params)` need not compute again.

    >>> Fused(lambda x: (2 * x, None), lambda g, *rest: (2 * g,)).value(4.0)
    (8.0, None)
    """

    value: Callable[..., tuple[Any, Any]]
    vjp: Callable[..., tuple[Any, ...]]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Primitive:
    """One row of the derivative table; calling it runs the operation.

    `value(*args, **params)` works on plain numbers and arrays.
    `jvp(tangents, z, args, **params)` pushes one tangent per argument forward;
    `None` is an exact zero, in and out.
    `vjp(g, z, args, wanted, **params)` pulls the cotangent `g` of the output `z`
    back to every argument that is `wanted`; the others get `None`.
    `keeps` has one string per argument: which of the output `z` and the inputs
    `x, y, w, ...` (`ARGUMENTS`) its vjp reads. A pass that needs that argument's
    cotangent must keep them, and may drop the rest (of an input not kept, only the
    shape is read).
    `scalar` is a faster `value` for plain numbers. `note` says which subgradient
    is taken where there is no derivative. Three forms serve speed alone: `pulls` has
    one rule `(g, z, x, ...)` per argument of an elementwise row, before broadcasting
    is undone; `bare` is the pull of an elementwise or linear row of one argument, for
    bare arrays, and `fused` has both directions for them, in plain NumPy. Whoever
    traces may put a faster way into `runs`, by the type of the first argument.

    Errors: `ShapeError` for shapes that do not fit, `DTypeError` for arguments
    that are no numbers.

    >>> double = Primitive(
    ...     "double",
    ...     lambda x: 2 * x,
    ...     lambda tangents, z, args: 2 * tangents[0],
    ...     lambda g, z, args, wanted: (2 * g,),
    ... )
    >>> double(4.0), double.jvp([1.0], 8.0, [4.0])
    (8.0, 2.0)
    """

    name: str
    value: Callable[..., Any]
    jvp: Callable[..., Any]
    vjp: Callable[..., tuple[Any, ...]]
    keeps: tuple[str, ...] = ()
    kind: str = "general"
    scalar: Callable[..., Any] | None = None
    note: str = ""
    pulls: tuple[Callable[..., Any] | None, ...] = ()
    bare: Callable[..., Any] | None = None
    fused: Fused | None = None
    runs: dict[type, Callable[..., Any]] = field(default_factory=dict)

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Run the operation, watched by the traced argument of the highest level."""
        run = self.runs.get(type(args[0])) if args else None
        return self.watched(args, params) if run is None else run(*args, **params)

    def watched(self, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """The call by the way that takes all arguments."""
        watcher: Traced | None = None
        for arg in args:
            if type(arg) is _ndarray:
                if arg.dtype.hasobject:
                    raise self._objects()
            elif isinstance(arg, Traced) and (
                watcher is None or arg.level > watcher.level
            ):
                watcher = arg
        if watcher is not None:
            return watcher.apply(self, args, params)
        if self.scalar is not None and _SCALARS.issuperset(map(type, args)):
            try:
                return self.scalar(*args)
            except (ArithmeticError, ValueError):
                pass  # outside math's domain: NumPy's inf or nan, as for arrays
        try:
            return self.value(*args, **params)
        except (TypeError, ValueError) as error:
            raise self.explain(args, params, error) from error

    def __repr__(self) -> str:
        return f"<row {self.name}>"

    def kept(self, wanted: Sequence[bool]) -> frozenset[str]:
        """Names of what a pass keeps when only the `wanted` arguments need it.

        >>> from autograd_ref.ops import mul
        >>> sorted(mul.kept([True, False]))
        ['y']
        """
        pairs = zip(self.keeps, wanted, strict=False)
        names = {name for names, want in pairs if want for name in names}
        return frozenset(names & {"z", *ARGUMENTS[: len(wanted)]})

    def _objects(self) -> DTypeError:
        return DTypeError(
            f"{self.name}() got an array of objects, perhaps of traced values; "
            "an array of numbers is needed. Join them with ops.stack instead."
        )

    def explain(self, args: Any, params: Any, error: Exception) -> Exception:
        """What NumPy's `error` means for this row: `DTypeError` or `ShapeError`."""
        options = "".join(f", {key}={value!r}" for key, value in params.items())
        if isinstance(error, TypeError):
            kinds = ", ".join(type(arg).__name__ for arg in args)
            return DTypeError(
                f"{self.name}({kinds}{options}) cannot be computed: {error}. Every "
                "argument must be a number or an array of real numbers."
            )
        shapes = ", ".join(str(shape(arg)) for arg in args)
        return ShapeError(
            f"{self.name}() got shapes {shapes}{options}, which do not fit: {error}. "
            "Change the shapes first, for example with reshape or broadcast_to."
        )


def shape(x: Any) -> Shape:
    """Shape of an array, a traced value or a number.

    >>> shape(np.ones((2, 3))), shape(1.5), shape([1, 2])
    ((2, 3), (), (2,))
    """
    if type(x) is _ndarray:
        return x.shape  # type: ignore[no-any-return]
    if type(x) is float:
        return ()
    known = getattr(x, "shape", None)
    return tuple(np.shape(x) if known is None else known)


def strip(x: Any) -> Any:
    """The plain number or array under every level of tracing.

    What is decided from it (a comparison, a mask) has no derivative.

    >>> strip(1.5)
    1.5
    """
    while isinstance(x, Traced):
        x = x.primal
    return x


def as_real(x: Any) -> Any:
    """`x` as a float, a NumPy float or an array of floats: what derivatives need.

    Whole numbers and booleans become float64, so that nothing is cut off when
    they move; other float types stay as they are. Raises `DTypeError` for
    complex numbers, objects and text, `ShapeError` for ragged lists.

    >>> as_real(3), as_real([1, 2])
    (3.0, array([1., 2.]))
    """
    if type(x) is float:
        return x
    if isinstance(x, Real) and not isinstance(x, np.floating):
        return float(x)
    try:
        array = x if isinstance(x, np.ndarray | np.floating) else np.asarray(x)
    except ValueError as error:
        raise ShapeError(
            f"got a {type(x).__name__} whose rows differ in length ({error}); an array "
            "needs rows of one length. Pad them, or pass one row at a time."
        ) from error
    if array.dtype.kind in "iub":
        array = np.asarray(array, dtype=np.float64)
    if array.dtype.kind != "f":
        raise DTypeError(
            f"got {type(x).__name__} of dtype {array.dtype}; a real number or an "
            "array of real numbers is needed. Split complex numbers into real and "
            "imaginary parts; join traced values with autograd_ref.ops.stack."
        )
    return float(array) if type(array) is np.float64 else array
