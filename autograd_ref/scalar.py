"""Reverse mode on single numbers: a graph that records itself (lesson 4).

A `Value` remembers which Values it was computed from and the slope of that one step;
`backward` walks the graph once, from the result to the leaves, and adds up slope
times cotangent. The interface is that of A. Karpathy's micrograd, and more; the walk
is that of Speelpenning, "Compiling fast partial derivatives of functions given by
algorithms", University of Illinois (1980), with its order found by an iterative
depth-first search (Tarjan, "Depth-first search and linear graph algorithms", SIAM J.
Comput. 1, 1972), so depth costs no recursion.

What makes it fast, in order of worth:

- No reference cycle: a graph is freed by reference counting alone, the moment its
  last result goes, and the cycle collector finds nothing to chase.
- No closure and no tuple in a node: parents and slopes lie in flat slots, and a node
  is one tracked object. Slopes are floats, computed when the step is.
- One class for all operations: CPython's attribute caches are kept for each type.
- `object.__new__` and eight stores in place of a Python-level `__init__`.

The hot operations write their slopes out below as float arithmetic. They are fused
forms of the rows of `ops.TABLE`; the test that walks the table compares every slope
with its row, bit for bit or to the last digit. All others, and every derivative of a
derivative, are computed by the rows themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from operator import mul as _times
from typing import Any

import numpy as np

from .core import Primitive, Traced, as_real, shape
from .errors import GraphError, ShapeError, UnsupportedError
from .ops import TABLE, Operators
from .ops import abs_ as _abs_row
from .ops import add as _add_row
from .ops import cos as _cos_row
from .ops import div as _div_row
from .ops import exp as _exp_row
from .ops import log as _log_row
from .ops import mul as _mul_row
from .ops import pow_ as _pow_row
from .ops import sin as _sin_row
from .ops import sqrt as _sqrt_row
from .ops import sub as _sub_row

__all__ = ["Value", "dot", "gradient", "mode", "zero_grad"]

_new = object.__new__
# A slope of 0 that stops even an infinite cotangent: a closed gate (relu, where).
# Known by identity; a product with a factor of 0 is another 0, and gives nan there.
_SHUT = float("0.0")


class _Many:
    """Stands in `_y` of a node with parents, slopes and arguments in tuples."""

    _x = _mark = ()  # no leaf, and never visited


_MANY: Any = _Many()


class _Mode:
    """Whether operations on Values are recorded, as one flag for all threads."""

    __slots__ = ("recording",)

    def __init__(self) -> None:
        self.recording = True


mode = _Mode()
"""With `mode.recording = False`, results are leaves: no parents, nothing kept."""


class Value(Operators, Traced):
    """A number that remembers how it was computed, and can be differentiated.

    `data` is the number, `grad` the derivative that the last `backward` left here,
    `op` the name of the table's row that made it ("" for a leaf) and `parents` the
    Values that it was computed from (plain numbers are not among them).

    Every operator works from both sides with numbers; the table's rows and NumPy's
    functions of the same name take Values (`ops.sin`, `np.sin`). Results outside a
    function's range are inf or nan, with NumPy's warning, never an exception.
    `==` and `<` compare numbers, as torch does; a Value hashes by identity. Raises
    `DTypeError` for what is no real number, `ShapeError` for an array.

    >>> a, b = Value(2.0), Value(-3.0)
    >>> loss = (a * b + 10.0).tanh() - a**2
    >>> loss.backward()
    >>> a.grad, b.grad
    (-4.004022, 0.002682)
    """

    __slots__ = ("_dx", "_dy", "_mark", "_x", "_y", "data", "grad", "op")
    # In a row's words: `_x` and `_y` are the inputs that are Values, `_dx` and `_dy`
    # the slopes towards them. With a plain number as the other input `_y` is None and
    # `_dy` is that number, in a tuple if it came first.
    data: float
    grad: Any
    op: str
    level = 0  # below every dual number

    def __init__(self, data: Any) -> None:
        self.data = _number(data)
        self.grad = 0.0
        self.op = ""
        self._x: Any = None
        self._y: Any = None
        self._dx: Any = None
        self._dy: Any = None
        self._mark: Any = None

    @property
    def primal(self) -> float:
        """The number alone."""
        return self.data

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values that this one was computed from; one used twice stands twice."""
        if self._x is None:
            return ()
        if self._y is _MANY:
            return tuple(self._x)
        return (self._x,) if self._y is None else (self._x, self._y)

    # -- recording -----------------------------------------------------------
    def apply(self, row: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run any row of the table on numbers, its slopes taken from the row itself.

        Raises `UnsupportedError` for a row with options: those are about axes.
        """
        if params:
            raise UnsupportedError(
                f"{row.name}() was called on a Value with options {sorted(params)}; a "
                "Value is one number and has no axes. Use a Tensor for arrays."
            )
        args = [x if isinstance(x, Value) else _number(x) for x in args]
        plain = [x.data if isinstance(x, Value) else x for x in args]
        wanted = [isinstance(x, Value) for x in args]
        z = row(*plain)
        out = _new(Value)
        out.data, out.grad, out.op, out._mark = float(z), 0.0, row.name, None
        slopes = _slopes(row, z, plain, wanted)
        if len(args) == 1:
            out._x, out._y, out._dx, out._dy = args[0], None, slopes[0], None
            return out if mode.recording else Value(out.data)
        pairs = zip(args, slopes, strict=True)
        inner = [(x, d) for x, d in pairs if isinstance(x, Value)]
        out._x, out._dx = (tuple(part) for part in zip(*inner, strict=True))
        out._y, out._dy = _MANY, tuple(args)
        return out if mode.recording else Value(out.data)

    def __add__(self, other: Any) -> Value:
        out = _new(Value)
        if type(other) is Value:
            out.data = self.data + other.data
            out._y = other
            out._dy = 1.0
        elif type(other) is float or type(other) is int:
            out.data = self.data + other
            out._y = None
            out._dy = other
        else:
            return _add_row(self, other)  # type: ignore[no-any-return]
        out._x = self
        out._dx = 1.0
        out.grad = 0.0
        out.op = "add"
        out._mark = None
        return out if mode.recording else Value(out.data)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Value:
        out = _new(Value)
        if type(other) is Value:
            out.data = self.data - other.data
            out._y = other
            out._dy = -1.0
        elif type(other) is float or type(other) is int:
            out.data = self.data - other
            out._y = None
            out._dy = other
        else:
            return _sub_row(self, other)  # type: ignore[no-any-return]
        out._x = self
        out._dx = 1.0
        out.grad = 0.0
        out.op = "sub"
        out._mark = None
        return out if mode.recording else Value(out.data)

    def __rsub__(self, other: Any) -> Value:
        if type(other) is not float and type(other) is not int:
            return _sub_row(other, self)  # type: ignore[no-any-return]
        out = _new(Value)
        out.data = other - self.data
        out._x = self
        out._y = None
        out._dx = -1.0
        out._dy = (other,)
        out.grad = 0.0
        out.op = "sub"
        out._mark = None
        return out if mode.recording else Value(out.data)

    def __mul__(self, other: Any) -> Value:
        out = _new(Value)
        x = self.data
        if type(other) is Value:
            out._dx = y = other.data
            out.data = x * y
            out._y = other
            out._dy = x
        elif type(other) is float or type(other) is int:
            out._dx = out._dy = other
            out.data = x * other
            out._y = None
        else:
            return _mul_row(self, other)  # type: ignore[no-any-return]
        out._x = self
        out.grad = 0.0
        out.op = "mul"
        out._mark = None
        return out if mode.recording else Value(out.data)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Value:
        y = other.data if type(other) is Value else other
        if (type(y) is not float and type(y) is not int) or not y:
            return _div_row(self, other)  # type: ignore[no-any-return]
        if y is other:
            return _unary(self, "div", self.data / y, 1.0 / y, other)
        out = _new(Value)
        out.data = z = self.data / y
        out._x = self
        out._y = other
        out._dx = 1.0 / y
        out._dy = -z / y
        out.grad = 0.0
        out.op = "div"
        out._mark = None
        return out if mode.recording else Value(out.data)

    def __rtruediv__(self, other: Any) -> Value:
        x = self.data
        if (type(other) is not float and type(other) is not int) or not x:
            return _div_row(other, self)  # type: ignore[no-any-return]
        z = other / x
        return _unary(self, "div", z, -z / x, (other,))

    def __pow__(self, other: Any) -> Value:
        out = _new(Value)
        x = self.data
        if type(other) is int and other == 2:
            out.data = x * x
            out._dx = x + x
        elif (type(other) is float or type(other) is int) and other:
            try:
                out.data = math.pow(x, other)
                out._dx = other * math.pow(x, other - 1)
            except (ArithmeticError, ValueError):  # 0**-1, or too large
                return _pow_row(self, other)  # type: ignore[no-any-return]
        else:
            return _pow_row(self, other)  # type: ignore[no-any-return]
        out._x = self
        out._y = None
        out._dy = other
        out.grad = 0.0
        out.op = "pow"
        out._mark = None
        return out if mode.recording else Value(out.data)

    def __neg__(self) -> Value:
        out = _new(Value)
        out.data = -self.data
        out._x = self
        out._y = None
        out._dx = -1.0
        out._dy = None
        out.grad = 0.0
        out.op = "neg"
        out._mark = None
        return out if mode.recording else Value(out.data)

    def relu(self) -> Value:
        """The number where it is positive, else 0; nan stays nan. Slope 0 at 0."""
        x = self.data
        if x > 0.0 or x != x:
            return _unary(self, "relu", x, 1.0)
        return _unary(self, "relu", 0.0, _SHUT)

    def exp(self) -> Value:
        """The exponential; inf with NumPy's warning where it is too large."""
        try:
            z = math.exp(self.data)
        except OverflowError:
            return _exp_row(self)  # type: ignore[no-any-return]
        return _unary(self, "exp", z, z)

    def log(self) -> Value:
        """The natural logarithm; -inf at 0 and nan below, with NumPy's warning."""
        x = self.data
        if not x > 0.0:
            return _log_row(self)  # type: ignore[no-any-return]
        return _unary(self, "log", math.log(x), 1.0 / x)

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        z = math.tanh(self.data)
        return _unary(self, "tanh", z, 1.0 - z * z)

    def sin(self) -> Value:
        """The sine, of radians."""
        return _sin_row(self)  # type: ignore[no-any-return]

    def cos(self) -> Value:
        """The cosine, of radians."""
        return _cos_row(self)  # type: ignore[no-any-return]

    def sqrt(self) -> Value:
        """The square root; its slope at 0 is inf, and nan below."""
        return _sqrt_row(self)  # type: ignore[no-any-return]

    def __abs__(self) -> Value:
        return _abs_row(self)  # type: ignore[no-any-return]

    # -- differentiating -----------------------------------------------------
    def backward(self, seed: Any = 1.0, create_graph: bool = False) -> None:
        """Add d self / d leaf, times `seed`, to the `grad` of every leaf below.

        Leaves accumulate over calls; every other node holds the last call's value.
        The graph stays, and may be walked again. Slopes are those of the values at
        the time of the forward computation, whatever was assigned to `.data` since.

        With `create_graph` the leaves' gradients are Values, to be differentiated
        again; as in torch, a leaf and its gradient then hold each other (`gradient`
        makes no such cycle). Raises `DTypeError` for a seed that is no number, and
        with `create_graph` `GraphError` if a `.data` below was changed since.

        >>> x = Value(3.0)
        >>> y = x**3
        >>> y.backward(), y.backward()
        (None, None)
        >>> x.grad
        54.0
        """
        if create_graph:
            _backward_as_values(self, _seed(seed))
            return
        seed = seed if type(seed) is float else _number(seed)
        order = _order(self)
        for node in order:
            node.grad = 0.0
        self.grad += seed
        for node in reversed(order):
            g = node.grad
            y = node._y
            if y is None:
                slope = node._dx
                if slope is not _SHUT:
                    node._x.grad += g * slope
            elif y is not _MANY:
                node._x.grad += g * node._dx
                y.grad += g * node._dy
            else:
                edges: Iterable[Any] = zip(node._x, node._dx, strict=True)
                if node.op != "dot":  # which has no gates
                    edges = [edge for edge in edges if edge[1] is not _SHUT]
                for x, slope in edges:
                    x.grad += g * slope

    def zero_grad(self) -> None:
        """Set `grad` to 0; see also the function of that name."""
        self.grad = 0.0

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __repr__(self) -> str:
        grad = self.grad.data if isinstance(self.grad, Value) else self.grad
        return f"Value(data={self.data}, grad={grad})"


def _unary(x: Value, op: str, z: float, slope: float, other: Any = None) -> Value:
    """A node with one Value below it; `other` is a plain number, if there is one."""
    out = _new(Value)
    out.data = z
    out.grad = 0.0
    out.op = op
    out._x = x
    out._y = None
    out._dx = slope
    out._dy = other
    out._mark = None
    return out if mode.recording else Value(z)


def dot(ws: Iterable[Any], xs: Iterable[Any], bias: Any = 0.0) -> Value:
    """`bias + w0*x0 + w1*x1 + ...` as one node: a neuron at a fraction of the cost.

    Summed from the left, like the loop it replaces. Each entry is a Value or a
    number. Raises `ShapeError` if the lengths differ.

    >>> w = [Value(1.0), Value(2.0)]
    >>> dot(w, [3.0, 4.0], bias=0.5).backward()
    >>> [v.grad for v in w]
    [3.0, 4.0]
    """
    ws, xs = tuple(ws), tuple(xs)
    if len(ws) != len(xs):
        raise ShapeError(
            f"dot() got {len(ws)} weights for {len(xs)} inputs; they must be as many. "
            "Cut or fill the shorter list."
        )
    plain = bool(xs) and type(xs[0]) is float
    try:  # all of them Values, or all inputs numbers: what else there is fails here
        w = [v.data for v in ws]
        x = xs if plain else [v.data for v in xs]
        z = sum(map(_times, w, x), bias.data)
    except (AttributeError, TypeError):
        z = None
    if type(z) is not float:
        return _mixed_dot(ws, xs, bias)
    out = _new(Value)
    out.data = z
    if plain:
        out._x, out._dx, out._dy = (*ws, bias), (*xs, 1.0), xs
    else:
        out._x, out._dx, out._dy = (*ws, *xs, bias), (*x, *w, 1.0), None
    out._y, out.grad, out.op, out._mark = _MANY, 0.0, "dot", None
    return out if mode.recording else Value(z)


def _mixed_dot(ws: tuple[Any, ...], xs: tuple[Any, ...], bias: Any) -> Value:
    """`dot` of Values and numbers in any mixture."""
    args = [v if isinstance(v, Value) else _number(v) for v in (*ws, *xs, bias)]
    plain = [v.data if isinstance(v, Value) else v for v in args]
    half = len(ws)
    w, x = plain[:half], plain[half:-1]
    out = Value(sum(map(_times, w, x), plain[-1]))
    pairs = zip(args, (*x, *w, 1.0), strict=True)
    inner = [(v, d) for v, d in pairs if isinstance(v, Value)]
    if inner and mode.recording:
        out._x, out._dx = (tuple(part) for part in zip(*inner, strict=True))
        out._y, out._dy, out.op = _MANY, tuple(args), "dot"
    return out


def gradient(
    output: Value, inputs: Sequence[Value], seed: Any = 1.0, create_graph: bool = False
) -> list[Any]:
    """The derivatives of `output` by each of `inputs`, without touching any leaf.

    `inputs` may be inner nodes; one that `output` does not depend on has derivative
    0. They come as floats, or with `create_graph` as Values to be differentiated
    again, made by the rows' own rules. Like torch.autograd.grad. Raises as
    `Value.backward` does.

    >>> x = Value(2.0)
    >>> (slope,) = gradient(x**3, [x], create_graph=True)
    >>> (curvature,) = gradient(slope, [x])
    >>> slope.data, curvature
    (12.0, 12.0)
    """
    if create_graph:
        pulled = _pull(output, _seed(seed))
        return [pulled[id(x)][1] if id(x) in pulled else Value(0.0) for x in inputs]
    found = {id(output): _number(seed)}
    for node in reversed(_order(output)):
        g = found[id(node)]
        for x, slope in _edges(node):
            found[id(x)] = found.get(id(x), 0.0) + (
                0.0 if slope is _SHUT else g * slope
            )
    return [found.get(id(x), 0.0) for x in inputs]


def zero_grad(values: Iterable[Value]) -> None:
    """Set the gradients of all these Values to 0, before the next `backward`.

    >>> x = Value(1.0)
    >>> (2 * x).backward(); zero_grad([x]); x.grad
    0.0
    """
    for value in values:
        value.grad = 0.0


# -- the walk ------------------------------------------------------------------
_Left = dict[int, Iterator[Value]]


def _order(root: Value) -> list[Value]:
    """The nodes below `root` that have parents, parents first, `root` last."""
    if root._x is None:
        return []
    root._mark = mark = object()
    return _visited(root, mark, {})


def _visited(node: Value, mark: object, left: _Left) -> list[Value]:
    """A depth-first search without recursion, from a node that has parents.

    `node` is where it stands, `path` what it came through, `left` the unvisited
    parents of a node that has many. Leaves are left out, and a second parent that
    waits for nobody (a product of leaves, say) is taken without going there: in sums
    of products every other node is one. What is marked and not on the path has been
    taken. `while True` with `continue` is on purpose: CPython 3.11 would run a bare
    `while path:` unoptimised in its first calls.
    """
    order: list[Value] = []
    path: list[Value] = []
    while True:
        x, y = node._x, node._y
        if y is _MANY:
            below = _next(node, left, mark)
            if below is not None:
                path.append(node)
                node = below
                continue
        elif x._mark is not mark and x._x is not None:
            x._mark = mark
            path.append(node)
            node = x
            continue
        elif y is not None and y._mark is not mark and y._x is not None:
            y._mark = mark
            a, b = y._x, y._y
            if (b is not None and b._mark is not mark and b._x is not None) or (
                a._mark is not mark and a._x is not None
            ):
                path.append(node)
                node = y
                continue
            order.append(y)
        order.append(node)
        if not path:
            return order
        node = path.pop()


def _next(node: Value, left: _Left, mark: object) -> Value | None:
    """The next unvisited parent of a node that has many, marked as visited."""
    if id(node) not in left:
        left[id(node)] = iter(node._x)
    for x in left[id(node)]:
        if x._mark is not mark:
            x._mark = mark
            if x._x is not None:
                return x
    return None


def _edges(node: Value) -> Iterator[tuple[Value, float]]:
    """The Values below `node`, each with the slope towards it."""
    if node._y is _MANY:
        return zip(node._x, node._dx, strict=True)
    pairs = ((node._x, node._dx), (node._y, node._dy))
    return iter(pairs[:1] if node._y is None else pairs)


# -- derivatives that are Values ------------------------------------------------
def _backward_as_values(root: Value, seed: Value) -> None:
    """`root.backward(create_graph=True)`; inner nodes get plain numbers, no cycle."""
    for node, g in _pull(root, seed).values():
        if node._x is not None:
            node.grad = g.data
        elif isinstance(node.grad, Value) or node.grad:
            node.grad = node.grad + g
        else:
            node.grad = g


def _pull(root: Value, seed: Value) -> dict[int, tuple[Value, Value]]:
    """Every Value below `root` with its cotangent, which is a Value, by id."""
    found = {id(root): (root, seed)}
    for node in reversed(_order(root)):
        if id(node) not in found:  # all that was computed from it has no derivative
            continue
        for x, pulled in _rule(node, found[id(node)][1]):
            term = pulled if isinstance(pulled, Value) else Value(pulled)
            if id(x) in found:
                term = found[id(x)][1] + term
            found[id(x)] = (x, term)
    return found


def _rule(node: Value, g: Value) -> list[tuple[Value, Any]]:
    """What the row of `node` pulls `g` back to, for each input that is a Value."""
    args = _arguments(node)
    _unchanged(node, args)
    wanted = [isinstance(x, Value) for x in args]
    if node.op == "dot":
        half = len(args) // 2
        partners = (*args[half:-1], *args[:half], 1.0)
        pulled: Sequence[Any] = [g * partner for partner in partners]
    else:
        pulled = TABLE[node.op].vjp(g, node, args, wanted)
    triples = zip(args, pulled, wanted, strict=True)
    return [(x, p) for x, p, want in triples if want and p is not None]


def _arguments(node: Value) -> tuple[Any, ...]:
    """The row's arguments, Values and numbers, in order; of dot: weights first."""
    x, y, other = node._x, node._y, node._dy
    if y is _MANY and other is None:  # dot of Values alone
        return tuple(x)
    if y is _MANY and node.op == "dot" and len(other) < len(x):  # of plain inputs
        return (*x[:-1], *other, x[-1])
    if y is _MANY:
        return tuple(other)
    if y is not None:
        return (x, y)
    if other is None:
        return (x,)
    return (other[0], x) if type(other) is tuple else (x, other)


def _unchanged(node: Value, args: Sequence[Any]) -> None:
    """Refuse numbers that were assigned since `node` was computed from them."""
    plain = [x.data if isinstance(x, Value) else x for x in args]
    wanted = [isinstance(x, Value) for x in args]
    if node.op == "dot":
        half = len(args) // 2
        z = sum(map(_times, plain[:half], plain[half:-1]), plain[-1])
        slopes = [*plain[half:-1], *plain[:half], 1.0]
    else:
        z = float(TABLE[node.op](*plain))
        slopes = _slopes(TABLE[node.op], z, plain, wanted)
    now = [d for d, want in zip(slopes, wanted, strict=True) if want]
    then = [slope for _, slope in _edges(node)]
    if not np.allclose([z, *now], [node.data, *then], 1e-9, 0.0, equal_nan=True):
        raise GraphError(
            f"a number that {node.op!r} was computed from has been changed since "
            f"(from then {node.data}, now {z}), so its second derivative would be "
            "wrong. Compute the function again after assigning to .data."
        )


# -- numbers ----------------------------------------------------------------------
def _number(x: Any) -> float:
    """`x` as a Python float."""
    if type(x) is float:
        return x
    x = as_real(x)
    if shape(x) != ():
        raise ShapeError(
            f"a Value holds one number, but an array of shape {shape(x)} came. Make a "
            "Value of each entry, or use a Tensor."
        )
    return float(x)


def _seed(seed: Any) -> Value:
    return seed if isinstance(seed, Value) else Value(seed)


def _slopes(
    row: Primitive, z: float, plain: Sequence[float], wanted: Sequence[bool]
) -> list[float]:
    """The row's slope towards each wanted number; `_SHUT` where its gate is closed.

    A gate is told from a slope of 0 by an infinite cotangent: it stops that too.
    """
    slopes = _pulled(row, 1.0, z, plain, wanted)
    if 0.0 in slopes:
        with np.errstate(all="ignore"):
            flood = _pulled(row, math.inf, z, plain, wanted)
        slopes = [_SHUT if f == 0.0 else d for f, d in zip(flood, slopes, strict=True)]
    return slopes


def _pulled(
    row: Primitive, g: float, z: float, plain: Sequence[float], wanted: Sequence[bool]
) -> list[float]:
    """The row's own rule on floats; `_SHUT` where it has none or none is wanted."""
    found: Iterable[Any]
    if row.pulls:  # entry by entry: there is no broadcasting to undo
        pairs = zip(row.pulls, wanted, strict=True)
        found = (pull(g, z, *plain) if pull and want else None for pull, want in pairs)
    else:
        found = row.vjp(g, z, plain, wanted)
    return [_SHUT if d is None else float(d) for d in found]
