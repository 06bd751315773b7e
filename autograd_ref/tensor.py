"""Reverse mode on arrays: a tensor that remembers how it was made (lesson 5).

`Tensor` has torch's semantics under torch's names: leaves and accumulation,
`retain_grad`, `retain_graph` and freed buffers, hooks, in-place operations guarded by
version counters, `detach`, `no_grad`, double backward, and dtypes that Python numbers
do not promote. Axes are called `axis` and `keepdims`, as in NumPy. It differs from
torch on purpose in three places:

- floats are float64 unless the data say otherwise, as everywhere in NumPy;
- comparisons give NumPy's booleans, which have no derivative to lose;
- an in-place write through a view, or to a tensor that has views, raises where a
  gradient would have to follow it. (Torch rewrites the graph there.)

How it is fast: a tensor is four slots, a node of the graph is one slotted object, a
row of the table is compiled once (`rules`), and nothing is wrapped on the way back
unless `create_graph=True` asks for derivatives of the derivative. Whoever looks on
(`watch`: anomaly mode) is asked for once a backward pass, so nobody costs nothing.
"""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Callable, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from . import ops, versions
from .core import Primitive, Shape, Traced, shape
from .errors import DTypeError, GraphError, ShapeError
from .graph import (
    FREED,
    PENDING,
    Hooked,
    Node,
    collect,
    deliver,
    drop,
    pull,
    pull_to,
    put_back,
    set_aside,
)
from .mode import state
from .ops import Operators
from .rules import Blank, plan, quick, record

__all__ = ["Tensor", "backward", "grad", "tensor"]

_ndarray, _asarray, _new, _tick = np.ndarray, np.asarray, object.__new__, versions.tick
_VIEWS = frozenset(
    (ops.getitem, ops.reshape, ops.transpose, ops.broadcast_to)
)  # rows whose result may show the memory of their argument


class Tensor(Operators, Traced):
    """An array that records what is done with it, to be differentiated backwards.

    `Tensor(data, requires_grad=False, dtype=None)` copies `data` (numbers, lists,
    arrays). Raises `DTypeError` where gradients of whole numbers are asked for.

    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> y = (x * x).sum()
    >>> y
    tensor(5., grad_fn=<SumBackward0>)
    >>> y.backward()
    >>> x.grad
    tensor([2., 4.])
    """

    # Slots that few tensors need stay unset: `getattr` with a default reads them.
    __slots__ = ("__weakref__", "_base", "_grad", "_views", "node", "primal")
    level = 0  # below every dual number: a dual may hold tensors
    node: Node | None
    primal: Any
    _base: Any
    _grad: Any
    _views: Any

    def __init__(
        self, data: Any, requires_grad: bool = False, dtype: Any = None
    ) -> None:
        if isinstance(data, Traced):
            raise DTypeError(
                f"Tensor() got a {type(data).__name__}, whose derivative would be "
                "lost. Use .clone() to copy it, .detach().clone() to cut it off, "
                "ops.stack to join several."
            )
        try:
            self.primal = np.array(data, dtype=dtype)
        except ValueError as error:
            raise ShapeError(
                f"Tensor() got rows that differ in length ({error}); an array needs "
                "rows of one length. Pad them, or join tensors with ops.stack."
            ) from error
        if self.primal.dtype.kind not in "biuf":
            raise DTypeError(
                f"Tensor() got data of dtype {self.primal.dtype}; real numbers are "
                "needed. Join tensors with ops.stack."
            )
        self.node = None
        self.requires_grad_(requires_grad)

    def apply(self, row: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run `row` on the arrays, and record it if a gradient may be wanted."""
        values, inputs = [], []
        for arg in args:
            if isinstance(arg, Tensor):
                values.append(arg.primal)
                inputs.append(arg.node)
            else:
                values.append(arg.item() if isinstance(arg, np.generic) else arg)
                inputs.append(None)
        if len(values) > 1:
            values = _promote(values)
        if row is ops.getitem:
            params = {"index": _plain_index(params["index"])}
        try:
            z, found = _finder(row)(*values, **params)
        except (TypeError, ValueError) as error:
            raise row.explain(values, params, error) from error
        out = _plain(z if type(z) is _ndarray else _asarray(z))
        recorder = None if state.grad else state.recorder
        if (state.grad or recorder) and any(inputs) and out.primal.dtype.kind == "f":
            if InferenceTensor in map(type, args):
                _refuse_inference(row, args, inputs)
            out.node = record(row, values, out.primal, inputs, params, found)
            if recorder is not None:
                out.node = recorder.took(out.node, args, out)
        if row in _VIEWS:
            _note_view(args[0], out)
        return out

    # -- what it is ------------------------------------------------------------
    @property
    def requires_grad(self) -> bool:
        """Whether a gradient would flow through; may be set on a leaf."""
        return self.node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Start or stop tracking this leaf; returns it.

        Raises `DTypeError` for whole numbers, `GraphError` where it is not a leaf.
        """
        if requires_grad:
            if self.primal.dtype.kind != "f":
                raise DTypeError(
                    "only floats can require gradients, and this tensor has dtype "
                    f"{self.primal.dtype}. Give it a float dtype first."
                )
            if type(self) is InferenceTensor and not state.inference:
                raise GraphError(_INFERENCE.format(what="requires_grad_() on"))
            if self.node is None:
                self.node = _leaf_node(self)
        elif self.node is not None:
            if self.node.seq:
                raise GraphError(
                    "you can only change requires_grad of leaves, and this tensor "
                    f"was made by {self.node}. Use .detach() for a part of the "
                    "computation that is not to be differentiated."
                )
            self.node = None
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether nothing that is recorded made it: `grad_fn` is None."""
        return self.node is None or not self.node.seq

    @property
    def grad_fn(self) -> Node | None:
        """The node that made it, None for a leaf."""
        return None if self.is_leaf else self.node

    @property
    def shape(self) -> Shape:
        """Number of entries along each axis."""
        return self.primal.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> Any:
        """Type of the entries."""
        return self.primal.dtype

    @property
    def version(self) -> int:
        """In-place operations on its memory so far; views share it."""
        return versions.version(self.primal)

    _version = version

    def is_inference(self) -> bool:
        """Whether it was made in `inference_mode`."""
        return type(self) is InferenceTensor

    def numel(self) -> int:
        """Number of entries."""
        return int(self.primal.size)

    @property
    def data(self) -> Tensor:
        """The same memory, outside the graph; writing through it goes unnoticed."""
        return _bare(self.primal, None, DataTensor)

    @data.setter
    def data(self, value: Any) -> None:
        self.primal = _asarray(value.primal if isinstance(value, Tensor) else value)

    @property
    def grad(self) -> Any:
        """The gradient gathered so far; None before the first backward pass."""
        found = getattr(self, "_grad", None)
        if type(found) is _ndarray:
            found = self._grad = _bare(found)
        elif found is None and not self.is_leaf and not _retains(self.node):
            warnings.warn(
                "The .grad of a tensor that is not a leaf is not filled by backward(). "
                "Call .retain_grad() on it before, or look at the leaf's.",
                UserWarning,
                stacklevel=2,
            )
        return found

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None and not isinstance(value, Tensor):
            raise DTypeError(
                f".grad can be a Tensor or None, not {type(value).__name__}."
            )
        if value is not None and value.shape != self.shape:
            raise ShapeError(
                f".grad of shape {value.shape} was given to a tensor of shape "
                f"{self.shape}; they must be equal."
            )
        self._grad = value

    # -- out of the graph ------------------------------------------------------
    def detach(self) -> Tensor:
        """The same memory, outside the graph; writes through it are noticed."""
        return _bare(self.primal, None, type(self))

    def clone(self) -> Tensor:
        """A copy that the gradient passes through."""
        return ops.clone(self)  # type: ignore[no-any-return]

    def numpy(self) -> Any:
        """The array itself, sharing memory; raises `GraphError` if it is tracked."""
        if self.node is not None:
            raise GraphError(
                "numpy() on a tensor that requires grad would cut the graph without "
                "a word. Use .detach().numpy()."
            )
        return self.primal

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        array = self.numpy()
        return np.array(array, dtype=dtype) if copy else _asarray(array, dtype=dtype)

    def item(self) -> Any:
        """Its one entry as a Python number; raises `ShapeError` if it has more."""
        if self.primal.size != 1:
            raise ShapeError(
                f"item() needs a tensor of one entry, and this one has shape "
                f"{self.shape}. Use .tolist(), or reduce it first."
            )
        return self.primal.item()

    def tolist(self) -> Any:
        """Its entries as Python numbers in nested lists."""
        return self.primal.tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    __hash__ = object.__hash__

    def __len__(self) -> int:
        if not self.primal.ndim:
            raise ShapeError("len() of a tensor without axes; it holds one number.")
        return len(self.primal)

    def __repr__(self) -> str:
        body = np.array2string(self.primal, separator=", ", prefix="tensor(")
        kind = self.primal.dtype
        if kind not in (np.float64, np.int64, np.bool_):
            body += f", dtype={kind}"
        if self.grad_fn is not None:
            body += f", grad_fn={self.grad_fn}"
        elif self.requires_grad:
            body += ", requires_grad=True"
        return f"tensor({body})"

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)

    # -- backwards -------------------------------------------------------------
    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
    ) -> None:
        """Add the gradient of this tensor to the `.grad` of the leaves below it.

        `gradient` is the cotangent, of this tensor's shape; a single number needs
        none. See `backward` for the options and the errors.
        """
        backward([self], [gradient], retain_graph, create_graph)

    def retain_grad(self) -> None:
        """Keep the gradient of this tensor in `.grad`, though it is not a leaf."""
        if self.node is None:
            raise GraphError(
                "can't retain_grad() on a tensor that has requires_grad=False."
            )
        if self.node.seq and not _retains(self.node):
            ref = weakref.ref(self)
            _hooked(self.node).retain = lambda g: _retain(ref(), g)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> Any:
        """Call `hook(gradient)` when it arrives; what it returns replaces it.

        Returns a handle with `remove()`. Raises `GraphError` if nothing can arrive.
        """
        if self.node is None:
            raise GraphError(
                "cannot register a hook on a tensor that doesn't require gradient."
            )
        return _Handle(_hooked(self.node).hooks, _hook_on_values(hook))

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], Any]) -> Any:
        """Call `hook(leaf)` after its `.grad` was added to; for leaves only."""
        if self.node is None or self.node.seq:
            raise GraphError(
                "post accumulate grad hooks are for leaves that require gradient."
            )
        if self.node.b is None:
            self.node.b = {}
        return _Handle(self.node.b, hook)

    if TYPE_CHECKING:  # the rows as methods, which `_equip` adds

        def __getattr__(self, name: str) -> Any: ...

    # -- shapes ----------------------------------------------------------------
    def permute(self, *axes: Any) -> Any:
        """The axes in the order given."""
        return self.transpose(*axes)

    def expand(self, *sizes: Any) -> Any:
        """Axes of length 1 repeated, without a copy; -1 keeps a length."""
        want = sizes[0] if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes
        of = (1,) * (len(want) - len(self.shape)) + self.shape
        full = tuple(o if n == -1 else n for o, n in zip(of, want, strict=True))
        return ops.broadcast_to(self, shape=full)

    def squeeze(self, axis: Any = None) -> Any:
        """Without the given axes of length 1, or without all such."""
        return ops.squeeze(self, axis)

    def unsqueeze(self, axis: int) -> Any:
        """With an axis of length 1 more."""
        return ops.unsqueeze(self, axis)

    def flatten(self) -> Any:
        """All entries along one axis."""
        return self.reshape(-1)

    def to(self, dtype: Any) -> Any:
        """In another float type; the gradient comes back in this one's."""
        return self if self.dtype == dtype else ops.cast(self, dtype=np.dtype(dtype))

    def double(self) -> Any:
        """As float64."""
        return self.to(np.float64)

    def float(self) -> Any:
        """As float32."""
        return self.to(np.float32)

    # -- in place --------------------------------------------------------------
    def __setitem__(self, index: Any, value: Any) -> None:
        _write(self, ops.put, (value,), {"index": _plain_index(index)})

    def zero_(self) -> Tensor:
        """Every entry 0, in place."""
        return _write(self, ops.put, (0.0,), {"index": ...})

    def fill_(self, value: Any) -> Tensor:
        """Every entry `value`, in place."""
        return _write(self, ops.put, (value,), {"index": ...})

    def copy_(self, other: Any) -> Tensor:
        """The entries of `other`, in place; the gradient goes there."""
        return _write(self, ops.put, (other,), {"index": ...})


class InferenceTensor(Tensor):
    """What `inference_mode` makes: never saved for a backward pass."""

    __slots__ = ()


class DataTensor(Tensor):
    """What `.data` gives: writing through it leaves no version behind."""

    __slots__ = ()


_INFERENCE = (
    "{what} an inference tensor outside inference_mode: it was made without what "
    "recording needs. Make an ordinary tensor of it with .clone() first."
)


def tensor(data: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """A new leaf with a copy of `data`; errors are those of `Tensor`.

    >>> tensor([1, 2]).dtype, tensor([1, 2.0]).dtype
    (dtype('int64'), dtype('float64'))
    """
    return Tensor(data, requires_grad, dtype)


def _bare(array: Any, node: Node | None = None, kind: type[Tensor] = Tensor) -> Tensor:
    """A tensor around an array, nothing checked or copied."""
    self = _new(kind)
    self.primal, self.node = array, node
    return self


def _plain(array: Any) -> Tensor:
    """A result that is not (yet) recorded."""
    return _bare(array, None, InferenceTensor if state.inference else Tensor)


def _leaf_node(leaf: Tensor) -> Node:
    node = Node.make(None, (), weakref.ref(leaf))
    node.seq = 0
    return node


# -- arguments -----------------------------------------------------------------
def _promote(values: list[Any]) -> list[Any]:
    """Arguments in one type by torch's rules, where NumPy's differ.

    Whole numbers take the float's type, whatever their width; a float without axes
    takes the type of those with axes.
    """
    first = values[0].dtype if type(values[0]) is _ndarray else None
    for v in values:
        if type(v) is _ndarray and v.dtype is not first:
            break
    else:
        return values
    arrays = [v for v in values if type(v) is _ndarray and v.dtype.kind != "b"]
    floats = [v for v in arrays if v.dtype.kind == "f"]
    if not floats:
        return values
    kind = np.result_type(*([v for v in floats if v.ndim] or floats))
    return [
        v.astype(kind)
        if type(v) is _ndarray
        and v.dtype != kind
        and (v.dtype.kind in "iu" or (v.dtype.kind == "f" and not v.ndim))
        else v
        for v in values
    ]


def _plain_index(index: Any) -> Any:
    """`index` with arrays for tensors; one that picks an entry gives a view of it."""
    if not isinstance(index, tuple):
        if isinstance(index, int):
            return (index, ...)  # NumPy gives a copy for x[0], and a view for x[0, ...]
        return index.primal if isinstance(index, Tensor) else index
    parts = tuple([i.primal if isinstance(i, Tensor) else i for i in index])
    return (*parts, ...) if all(isinstance(i, int) for i in parts) else parts


def _refuse_inference(row: Primitive, args: Any, inputs: list[Node | None]) -> None:
    if any(type(arg) is InferenceTensor for arg in args):
        keep = plan(row, tuple([n is not None for n in inputs])).args
        for arg, kept in zip(args, keep, strict=True):
            if kept and type(arg) is InferenceTensor:
                raise GraphError(_INFERENCE.format(what=f"{row.name}() must save"))


def _note_view(of: Any, view: Tensor) -> None:
    """Remember a view with its base, if the two share memory."""
    base = getattr(of, "_base", of)
    if versions.owner(view.primal) is not versions.owner(of.primal):
        return
    view._base = base
    views = getattr(base, "_views", None)
    if views is None or len(views) > 8:  # drop those that are gone
        base._views = views = [ref for ref in views or () if ref() is not None]
    views.append(weakref.ref(view))
    if view.node is None and base.node is not None and not state.inference:
        view.node = _leaf_node(view)  # as in torch: it requires grad as its base does


# -- in-place operations -------------------------------------------------------
def _write(
    x: Tensor, row: Primitive, others: tuple[Any, ...], params: dict[str, Any]
) -> Tensor:
    """`x[...] = row(x, *others)`, recorded where a gradient has to follow."""
    args = (x, *others)
    inputs = [a.node if isinstance(a, Tensor) else None for a in args]
    tracked = (state.grad or state.recorder is not None) and any(inputs)
    _may_write(x, tracked)
    values = _promote([a.primal if isinstance(a, Tensor) else a for a in args])
    before, old = _tick(), values[0]
    z = _asarray(row(*values, **params))
    keep = plan(row, tuple([n is not None for n in inputs])) if tracked else None
    if keep is not None and keep.args[0]:
        values[0] = old.copy()
    _overwrite(x, z, row.name)
    if keep is not None:
        _refuse_inference(row, args, inputs)
        node = record(row, values, x.primal, inputs, params)
        if not state.grad:
            node = state.recorder.took(node, args, x)
        x.node = node
        pairs = zip(values[1:], keep.args[1:], strict=True)
        if any(kept and _overlap(value, x) for value, kept in pairs):
            node.seq = before  # what it saved has just been overwritten
    return x


def _overwrite(x: Tensor, z: Any, name: str) -> None:
    if z.shape != x.shape:
        raise ShapeError(
            f"{name}_() in place got an output of shape {x.shape} for a result of "
            f"shape {z.shape}; they must be equal. Write the result to a new name."
        )
    try:
        np.copyto(x.primal, z, casting="same_kind")
    except TypeError as error:
        raise DTypeError(
            f"a result of type {z.dtype} can't be written in place into a tensor of "
            f"type {x.dtype}. Give the tensor a float type first."
        ) from error
    if type(x) is not DataTensor:
        versions.write(x.primal)


def _overlap(value: Any, x: Tensor) -> bool:
    return isinstance(value, _ndarray) and (
        versions.owner(value) is versions.owner(x.primal)
    )


def _may_write(x: Tensor, tracked: bool) -> None:
    """Raise `GraphError` if an in-place operation on `x` would spoil a gradient."""
    if type(x) is InferenceTensor and not state.inference:
        raise GraphError(_INFERENCE.format(what="in-place write to"))
    if not x.primal.flags.writeable:
        raise GraphError(
            "in-place write to an expanded tensor, where several entries are one "
            "place in memory. clone() it first."
        )
    if state.grad or state.recorder is not None:
        _may_write_recorded(x, tracked)


def _may_write_recorded(x: Tensor, tracked: bool) -> None:
    if x.node is not None and not x.node.seq:
        raise GraphError(
            "a leaf that requires grad is being used in an in-place operation: its "
            "old value would be lost to the backward pass. Write y = x + 1 under a "
            "new name, or update it inside no_grad()."
        )
    base = getattr(x, "_base", None)
    if base is not None and (tracked or base.node is not None):
        whose = "of a leaf that requires grad" if base.is_leaf else "of a tensor"
        raise GraphError(
            f"in-place write to a view {whose}: the gradient of its base would have "
            "to follow, which this package does not do (torch rewrites the graph "
            "there). Write to the base (x[i] = v), or clone() the view first."
        )
    views = getattr(x, "_views", None)
    if tracked and views and any(ref() is not None for ref in views):
        raise GraphError(
            "in-place write to a tensor of which there are views: their gradients "
            "would have to follow, which this package does not do (torch rewrites "
            "the graph there). Make the view after the write, or write out of place."
        )


# -- hooks -----------------------------------------------------------------------
class _Handle:
    """Takes a hook off again."""

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self._hooks, self._key = hooks, _tick()
        hooks[self._key] = hook

    def remove(self) -> None:
        """The hook is not called any more."""
        self._hooks.pop(self._key, None)


def _hooked(node: Node) -> Hooked:
    if type(node.rule) is not Hooked:
        node.rule = Hooked(node.rule)
    return node.rule


def _retains(node: Node | None) -> bool:
    return node is not None and (
        type(node.rule) is Hooked and node.rule.retain is not None
    )


def _hook_on_values(hook: Callable[[Tensor], Any]) -> Callable[[Any], Any]:
    """A tensors' hook as one on what the walk carries."""

    def arrive(g: Any) -> Any:
        given = g if isinstance(g, Tensor) else _bare(_asarray(g))
        got = hook(given)
        if got is None:
            return g
        if got.shape != given.shape:
            raise ShapeError(
                f"a hook returned a gradient of shape {got.shape} for one of shape "
                f"{given.shape}; they must be equal."
            )
        return got if isinstance(g, Tensor) else got.primal.view()

    return arrive


def _retain(t: Tensor | None, g: Any) -> None:
    if t is None:
        return
    value = g if isinstance(g, Tensor) else _bare(np.array(g))
    old = getattr(t, "_grad", None)
    t._grad = value if old is None else old + value


# -- the backward pass -----------------------------------------------------------
class _Wired:
    """A node whose saved values are tensors of the graph again."""

    __slots__ = ("a", "aux", "b", "node", "rest", "y")
    a: Any
    aux: Any
    b: Any
    node: Node
    rest: Any
    y: Any


def _wire(n: Node) -> _Wired:
    wired = _Wired()
    wired.aux, wired.rest, wired.node = getattr(n, "aux", None), n.rest, n
    if type(n.a) is list and type(n.aux[0]) is Primitive:
        inputs = (*n.inputs, None)
        wired.a = tuple(_on(x, node) for x, node in zip(n.a, inputs, strict=False))
    else:
        wired.a = _on(n.a, n.p)
    wired.b, wired.y = _on(n.b, n.q), _on(n.y, n)
    return wired


def _on(x: Any, node: Node | None) -> Any:
    return _bare(x, node) if type(x) is _ndarray else x


def _seed(t: Tensor, gradient: Any, create_graph: bool) -> Any:
    """The cotangent that a walk starts with."""
    if not isinstance(t, Tensor):
        raise DTypeError(f"backward() needs tensors, and got {type(t).__name__}.")
    if t.node is None:
        raise GraphError(
            "the tensor does not require grad and does not have a grad_fn: nothing "
            "that was recorded leads to it. Set requires_grad on a leaf before the "
            "computation, outside no_grad()."
        )
    if gradient is None:
        if t.primal.size != 1:
            raise GraphError(
                "grad can be implicitly created only for scalar outputs, and this one "
                f"has shape {t.shape}. Call .sum() first, or pass the cotangent."
            )
        seed: Any = np.array(1.0, t.dtype) if not t.shape else np.ones(t.shape, t.dtype)
        return _bare(seed) if create_graph else seed
    if shape(gradient) != t.shape:
        raise ShapeError(
            f"backward() got a cotangent of shape {shape(gradient)} for an output "
            f"of shape {t.shape}; they must be equal. For a loss, call .sum() first."
        )
    if create_graph:
        return gradient if isinstance(gradient, Tensor) else _bare(_asarray(gradient))
    plain = gradient.primal if isinstance(gradient, Tensor) else gradient
    return np.array(plain, dtype=t.dtype)


def backward(
    tensors: Sequence[Any],
    gradients: Sequence[Any] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
) -> None:
    """Add the gradients of `tensors`, summed, to the `.grad` of the leaves below.

    One cotangent per tensor, of its shape; None for a single number. Saved arrays are
    freed on the way unless `retain_graph`; `create_graph` records the pass itself, so
    that gradients can be differentiated again (and retains the graph). Raises
    `GraphError` if nothing was recorded, if saved arrays are gone or were overwritten,
    `ShapeError` for a cotangent that does not fit.

    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> backward([x * x, 3.0 * x], [tensor([1.0, 0.0]), tensor([0.0, 1.0])])
    >>> x.grad
    tensor([2., 3.])
    """
    if gradients is None:
        gradients = [None] * len(tensors)
    pairs = zip(tensors, gradients, strict=True)
    seeds = [_seed(t, g, create_graph) for t, g in pairs]
    roots = [t.node for t in tensors if t.node is not None]
    free = not (create_graph if retain_graph is None else retain_graph)
    aside = set_aside(roots) if state.walking else []
    found, leaves = collect(roots)
    before = state.grad, state.walking
    state.grad, state.walking = create_graph, True
    try:
        for root, seed in zip(roots, seeds, strict=True):
            deliver(root, seed)
        walk = pull if state.watch is None else state.watch.over(pull)
        walk(found, free, _wire if create_graph else None)
        _settle(leaves)
    except BaseException:
        drop(found)
        drop(leaves)
        raise
    finally:
        state.grad, state.walking = before
        put_back(aside)


def _settle(leaves: list[Node]) -> None:
    """Add what arrived at the leaves to their `.grad`."""
    mine: set[int] = set()  # arrays that one leaf holds already: a second needs a copy
    for n in leaves:
        g = n.g
        n.g = None
        if g is PENDING:
            continue
        if n.rule is not None:
            g = n.rule.arrive(g)
        leaf = n.aux()
        if leaf is None:
            continue
        if type(g) is _ndarray and getattr(leaf, "_grad", None) is None:
            leaf._grad = _own(g, leaf.primal.dtype, mine)
        else:
            _accumulate(leaf, g)
        if n.b is not None:
            for hook in list(n.b.values()):
                hook(leaf)


def _accumulate(leaf: Tensor, g: Any) -> None:
    old = getattr(leaf, "_grad", None)
    if isinstance(g, Tensor) or (isinstance(old, Tensor) and old.node is not None):
        g = g if isinstance(g, Tensor) else _bare(_asarray(g))
        g = g.to(leaf.dtype)
        leaf._grad = g if old is None else old + g
        return
    if old is None:  # a NumPy number
        leaf._grad = np.array(g, leaf.primal.dtype)
    elif type(old) is _ndarray:
        np.add(old, g, out=old, casting="same_kind")
    else:
        np.add(old.primal, g, out=old.primal, casting="same_kind")
        versions.write(old.primal)


def _own(g: Any, dtype: Any, mine: set[int]) -> Any:
    """`g` as an array that nobody else can write to: a copy only where needed."""
    if type(g) is not _ndarray or g.dtype is not dtype:
        g = np.array(g, dtype=dtype)
    elif g.base is not None or id(g) in mine:
        g = g.copy()
    mine.add(id(g))
    return g


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Any, ...]:
    """Gradients of the sum of `outputs` in `inputs`, which no `.grad` gets to see.

    Tensors or sequences of them; inputs need not be leaves. Options are those of
    `backward`. Raises `GraphError` also for an input that does not require grad, or
    that nothing depends on (`allow_unused=True` gives None for it).

    >>> x = tensor(3.0, requires_grad=True)
    >>> (slope,) = grad(x * x * x, x, create_graph=True)
    >>> slope, grad(slope, x)
    (tensor(27., grad_fn=<AddBackward0>), (tensor(18.),))
    """
    outs, ins = _several(outputs), _several(inputs)
    seeds = [None] * len(outs) if grad_outputs is None else _several(grad_outputs)
    pairs = zip(outs, seeds, strict=True)
    seeds = [_seed(t, g, create_graph) for t, g in pairs]
    if any(t.node is None for t in ins):
        raise GraphError("one of the differentiated tensors does not require grad.")
    free = not (create_graph if retain_graph is None else retain_graph)
    results = _catch(outs, seeds, ins, free, create_graph)
    return _results(ins, results, allow_unused)


def pulled(outputs: list[Tensor], cotangents: list[Any], inputs: list[Tensor]) -> Any:
    """What cotangents of any kind become at `inputs`; None where nothing arrives.

    For a `Batch` of them, say: nothing is checked, freed or recorded.
    """
    found = _catch(outputs, cotangents, inputs, False, False)
    return [None if g is PENDING else g for g in found]


def _catch(
    outs: list[Tensor], seeds: list[Any], ins: list[Tensor], free: bool, again: bool
) -> list[Any]:
    """What arrives at `ins` from `outs`; `again` records the walk."""
    roots = [t.node for t in outs if t.node is not None]
    aside = set_aside(roots) if state.walking else []
    found, leaves = collect(roots)
    wire = _wire if again else None
    before = state.grad, state.walking
    state.grad, state.walking = again, True
    try:
        for t, seed in zip(outs, seeds, strict=True):
            deliver(t.node, seed)
        catch: dict[Node, Any] = {t.node: PENDING for t in ins if t.node is not None}
        if state.watch is None and catch.keys() == set(leaves):
            pull(found, free, wire)  # all leaves and nothing else: every path leads
            return [_caught(t, catch) for t in ins]
        walk = pull_to if state.watch is None else state.watch.over(pull_to)
        ran = walk(found, catch, wire)
        for n in ran if free else ():
            n.a = n.b = n.y = FREED
        return [_caught(t, catch) for t in ins]
    finally:
        state.grad, state.walking = before
        drop(found)
        drop(leaves)
        put_back(aside)


def _several(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _caught(t: Tensor, catch: dict[Node, Any]) -> Any:
    node = t.node
    assert node is not None
    if node.seq:
        return catch[node]
    g = PENDING if node.g is None else node.g
    return g if g is PENDING or node.rule is None else node.rule.arrive(g)


def _results(
    inputs: list[Tensor], results: list[Any], allow_unused: bool
) -> tuple[Any, ...]:
    mine: set[int] = set()
    found: list[Tensor | None] = []
    for t, g in zip(inputs, results, strict=True):
        if g is PENDING:
            if not allow_unused:
                raise GraphError(
                    "one of the differentiated tensors appears not to have been used "
                    "in the graph. Pass allow_unused=True if that is meant, and get "
                    "None for it."
                )
            found.append(None)
        else:
            tracked = isinstance(g, Tensor)
            found.append(g if tracked else _bare(_own(g, t.dtype, mine)))
    return tuple(found)


# -- the quick paths ---------------------------------------------------------------
# What `apply` does, written out for elementwise rows on operands of one shape and one
# float type: the bookkeeping of one operation costs about as much as its arithmetic.
def _unary(row: Primitive) -> Callable[[Any], Any]:
    value = row.value
    ((rule, keep_a, _, keep_y),) = quick(row)

    def run(x: Any) -> Any:
        p = x.node
        if p is None or not state.grad:
            return row.watched((x,), {})
        a = x.primal
        z = value(a)
        if type(z) is not _ndarray:
            z = _asarray(z)
        out: Tensor = _new(Tensor)
        out.primal = z
        out.node = n = _new(Node)
        n.rule, n.seq, n.p = rule, _tick(), p
        n.q = n.rest = n.b = n.g = None
        n.a = a if keep_a else None
        n.y = z if keep_y else None
        return out

    return run


def _binary(row: Primitive) -> Callable[[Any, Any], Any]:
    value, (for_x, for_y, for_both) = row.value, quick(row)

    def run(x: Any, y: Any) -> Any:
        a, p, kind = x.primal, x.node, type(y)
        b, q = (y.primal, y.node) if kind is Tensor else (y, None)
        if kind is Tensor or kind is _ndarray:
            fits = a.dtype is b.dtype and a.shape == b.shape
        else:
            fits = kind is float or kind is int
        recorded = (p is not None or q is not None) and state.grad
        if not fits or type(x) is not Tensor or not (recorded or not state.recorder):
            return row.watched((x, y), {})
        z = value(a, b)
        z = z if type(z) is _ndarray else _asarray(z)
        if not recorded:
            return _plain(z)
        out: Tensor = _new(Tensor)
        out.primal, out.node = z, _new(Node)
        n, rules = out.node, for_y if p is None else for_x if q is None else for_both
        n.rule, keep_a, keep_b, keep_y = rules
        n.seq, n.p, n.q = _tick(), p, q
        n.rest = n.g = None
        n.a, n.b = a if keep_a else None, b if keep_b else None
        n.y = z if keep_y else None
        return out

    return run


@functools.cache
def _finder(row: Primitive) -> Callable[..., tuple[Any, Any]]:
    """The row's value together with what its fused form found, if it has one."""
    if row.fused is not None:
        return row.fused.value
    value = row.value
    return lambda *args, **params: (value(*args, **params), None)


def _any(row: Primitive) -> Callable[..., Any]:
    value = _finder(row)

    def run(*args: Any, **params: Any) -> Any:
        kind, values, inputs = args[0].primal.dtype, [], []
        for x in args:
            if type(x) is not Tensor or x.primal.dtype is not kind:
                return row.watched(args, params)
            values.append(x.primal)
            inputs.append(x.node)
        if not state.grad or kind.kind != "f" or not any(inputs):
            return row.watched(args, params)
        try:
            z, found = value(*values, **params)
        except (TypeError, ValueError) as error:
            raise row.explain(values, params, error) from error
        out: Tensor = _new(Tensor)
        out.primal = z = z if type(z) is _ndarray else _asarray(z)
        out.node = record(row, values, z, inputs, params, found, True)
        return out

    return run


def _three(row: Primitive) -> Callable[..., Any]:
    """For `linear` and `layer_norm`: a network has many, and often small ones."""
    assert row.fused is not None
    value = row.fused.value
    plans = {kind: plan(row, kind) for kind in product((False, True), repeat=3)}

    def run(x: Any, y: Any, w: Any, **params: Any) -> Any:
        if not (type(x) is type(y) is type(w) is Tensor and state.grad):
            return row.watched((x, y, w), params)
        a, b, c = x.primal, y.primal, w.primal
        p, q, r = x.node, y.node, w.node
        kind, wanted = a.dtype, (p is not None, q is not None, r is not None)
        known = plans[wanted]
        alike = b.dtype is kind and c.dtype is kind and kind.kind == "f"
        if not (alike and known.any):
            return row.watched((x, y, w), params)
        try:
            z, found = value(a, b, c, **params)
        except (TypeError, ValueError) as error:
            raise row.explain((a, b, c), params, error) from error
        out, n, values = _new(Tensor), _new(Node), [a, b, c]
        out.primal, out.node = z, n
        for i in known.dropped:
            values[i] = Blank(values[i])
        n.rule, n.aux, n.a = known.rule, (row, params, wanted, True), values
        n.seq, n.p, n.q, n.rest = _tick(), p, q, (r,)
        n.b, n.g, n.y = found, None, None
        return out

    return run


def _reflected(row: Primitive) -> Callable[[Any, Any], Any]:
    value, (_, (rule, keep_a, keep_b, keep_y), _) = row.value, quick(row)

    def run(y: Any, x: Any) -> Any:
        q, number = y.node, type(x) is float or type(x) is int
        if q is None or not number or not state.grad or type(y) is not Tensor:
            return row.watched((x, y), {})
        b = y.primal
        z = value(x, b)
        out: Tensor = _new(Tensor)
        out.primal, out.node = z if type(z) is _ndarray else _asarray(z), _new(Node)
        n = out.node
        n.rule, n.seq, n.q = rule, _tick(), q
        n.p = n.rest = n.g = None
        n.a, n.b = x if keep_a else None, b if keep_b else None
        n.y = out.primal if keep_y else None
        return out

    return run


def _method(row: Primitive) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **params: Any) -> Any:
        return row(self, *args, **params)

    method.__doc__ = f"The row `{row.name}` of the table."
    return method


def _in_place(row: Primitive) -> Callable[..., Tensor]:
    def method(self: Tensor, *others: Any) -> Tensor:
        return _write(self, row, others, {})

    method.__doc__ = f"The row `{row.name}` of the table, in place."
    return method


def _along(row: Primitive) -> Callable[..., Any]:
    def method(self: Any, axis: Any = -1, **params: Any) -> Any:
        return row(self, axis=axis, **params)

    method.__doc__ = f"The row `{row.name}` of the table, along `axis`."
    return method


_UNARY = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "relu"),
    *("sigmoid", "softplus", "gelu", "log1p", "expm1", "arctan", "neg", "abs"),
)


def _equip() -> None:
    """Give `Tensor` the rows as methods, in place as well."""
    found: dict[str, Any] = {"__neg__": _unary(ops.neg), "__abs__": _unary(ops.abs_)}
    for name in _UNARY:
        row = ops.TABLE[name]
        found[name] = _RUNS[row] = _unary(row)
        found[f"{name}_"] = _in_place(row)
    for name in ("add", "sub", "mul", "div", "pow"):
        row = ops.TABLE[name]
        python = "truediv" if name == "div" else name
        found[name] = found[f"__{python}__"] = _RUNS[row] = _binary(row)
        found[f"__r{python}__"] = _reflected(row)
        found[f"{name}_"] = found[f"__i{python}__"] = _in_place(row)
    found["__radd__"], found["__rmul__"] = found["__add__"], found["__mul__"]
    found["maximum"], found["minimum"] = _binary(ops.maximum), _binary(ops.minimum)
    for name in ("softmax", "log_softmax", "logsumexp", "cumsum"):
        found[name] = _along(ops.TABLE[name])
    found["matmul"] = _method(ops.matmul)
    found |= {"clip": ops.clip, "clamp": ops.clip, "sort": ops.sort}
    for name, method in found.items():
        setattr(Tensor, name, method)
    for row in ops.TABLE.values():
        if row.kind != "elementwise" and row not in _VIEWS:
            _RUNS[row] = _any(row)
    _RUNS[ops.linear_], _RUNS[ops.layer_norm] = map(
        _three, (ops.linear_, ops.layer_norm)
    )


def run_quickly(on: bool) -> None:
    """Calls of rows take the quick ways; or else they all pass `Tensor.apply`."""
    for row, run in _RUNS.items():
        if on:
            row.runs[Tensor] = run
        else:
            row.runs.pop(Tensor, None)


_RUNS: dict[Primitive, Callable[..., Any]] = {}
_equip()
run_quickly(True)
