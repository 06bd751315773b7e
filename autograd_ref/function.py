"""Operations of one's own: forward and backward as written (lesson 7).

A `Function` is to the engine what a row of the table is, for code that has no row: it
says what it saves, and how a cotangent comes back. The interface is torch's. Its
price is generality: a context object and checks at each call, about twice a row's.

What a backward pass may use lies in `ctx.saved_tensors`. Saved inputs and outputs
are tied to the graph again when derivatives are differentiated; anything kept in
other attributes is a constant there, and a wrong second derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from . import versions
from .dual import Dual
from .errors import ArgumentError, DTypeError, GraphError, ShapeError
from .graph import FREED, NAMES, PENDING, Node, Parts, deliver
from .mode import no_grad, state
from .tensor import DataTensor, Tensor, _bare, _may_write

__all__ = ["Context", "Function", "once_differentiable"]


_CLOSED = (PENDING, (), None)  # outside a backward pass


class Context:
    """What `forward` leaves for `backward`: torch's `ctx`.

    `needs_input_grad` has one truth per argument of `apply`.

    >>> ctx = Context((True,))
    >>> ctx.needs_input_grad
    (True,)
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self._to_save: tuple[Any, ...] = ()
        self._dirty: tuple[Tensor, ...] = ()
        self._constant: tuple[Tensor, ...] = ()
        self._materialize = True
        self._name = "Function"
        self._shapes: list[tuple[Any, Any]] = []
        self._wired: Any = None

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep inputs, outputs or others; a write to them afterwards is noticed."""
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                raise DTypeError(
                    f"save_for_backward() takes tensors or None, and got "
                    f"{type(t).__name__}. Keep other things as attributes of ctx."
                )
        self._to_save = tensors

    save_for_forward = save_for_backward

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs `forward` wrote to in place (and returns)."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which outputs have no derivative."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether outputs that got no cotangent have zeros (or None) in `backward`."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` was given; `GraphError` once the graph is freed."""
        if self._wired is None:
            return self._to_save
        saved, inputs, this = self._wired
        if saved is FREED:
            FREED._gone()
        if saved is PENDING:
            raise GraphError("saved_tensors can be read inside backward() only.")
        return tuple(_unpack(item, inputs, this) for item in saved or ())


class Function:
    """A differentiable operation written by hand; call `.apply(*args)`.

    Write static methods `forward(ctx, *args)`, or `forward(*args)` together with
    `setup_context(ctx, inputs, output)`; `backward(ctx, *cotangents)`, which returns
    one cotangent per argument, None where there is none; and for dual numbers
    `jvp(ctx, *tangents)`. Raises `GraphError` for a wrong number of cotangents,
    `ShapeError` for one of another shape.

    >>> class Cube(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3.0 * x * x
    >>> x = Tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    setup_context: Callable[..., None] | None = None

    @staticmethod
    def forward(*_args: Any) -> Any:
        """The value; to be written."""
        raise NotImplementedError("a Function needs a static method forward().")

    @staticmethod
    def backward(_ctx: Context, *_cotangents: Any) -> Any:
        """The cotangents of the arguments; to be written."""
        raise NotImplementedError(
            "this Function has no backward(); write it as a static method to "
            "differentiate in reverse mode."
        )

    @staticmethod
    def jvp(_ctx: Context, *_tangents: Any) -> Any:
        """The tangents of the outputs; to be written for forward mode."""
        raise NotImplementedError(
            "this Function has no jvp(); write it as a static method to "
            "differentiate in forward mode."
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run `forward` unrecorded, and record the whole as one node."""
        if any(isinstance(a, Dual) for a in args):
            return _apply_forward(cls, args)
        inputs = tuple([a.node if isinstance(a, Tensor) else None for a in args])
        tracked = (state.grad or state.recorder is not None) and any(inputs)
        ctx = Context(tuple([n is not None for n in inputs]))
        ctx._name = cls.__name__
        out = _run_forward(cls, ctx, args)
        several = isinstance(out, tuple)
        outs = list(out) if several else [out]
        for t in outs:
            if not isinstance(t, Tensor):
                raise DTypeError(
                    f"{cls.__name__}.forward() returned {type(t).__name__}; tensors, "
                    "or a tuple of them, are needed. Wrap the result in Tensor()."
                )
        _touch_dirty(ctx, args, outs, tracked)
        if tracked:
            outs = _record(cls, ctx, args, inputs, outs)
            _show(args, outs)
        return tuple(outs) if several else outs[0]


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a `backward` whose result cannot be differentiated again.

    A second derivative then raises `GraphError` instead of being wrong.

    >>> @once_differentiable
    ... def backward(ctx, g):
    ...     return g
    """

    @wraps(backward)
    def once(ctx: Context, *cotangents: Any) -> Any:
        recording = state.grad
        with no_grad():
            out = backward(ctx, *cotangents)
        if not recording:
            return out
        parts = out if isinstance(out, tuple) else (out,)
        inputs = ctx._wired[1]
        sealed = [
            _bare(p.primal, Node.make(_refuse_second, inputs, (ctx._name,)))
            if isinstance(p, Tensor)
            else p
            for p in parts
        ]
        return tuple(sealed)

    return once


def _refuse_second(n: Any, g: Any) -> Any:
    raise GraphError(
        f"trying to differentiate twice a Function ({n.aux[0]}) whose backward is "
        "marked once_differentiable. Write its backward with differentiable "
        "operations and drop the mark."
    )


NAMES[_refuse_second] = "error"


# -- forward -------------------------------------------------------------------
def _run_forward(cls: type[Function], ctx: Context, args: Sequence[Any]) -> Any:
    with no_grad():
        if cls.setup_context is None:
            return cls.forward(ctx, *args)
        out = cls.forward(*args)
        cls.setup_context(ctx, args, out)
        return out


def _touch_dirty(
    ctx: Context, args: Sequence[Any], outs: list[Any], tracked: bool
) -> None:
    for t in ctx._dirty:
        if not any(t is a for a in args):
            raise ArgumentError("mark_dirty() got a tensor that is no input.")
        if tracked:
            _may_write(t, tracked)
        if not any(t is out for out in outs):
            raise ArgumentError("an input marked dirty must be returned by forward().")
        if type(t) is not DataTensor:
            versions.write(t.primal)


def _record(
    cls: type[Function],
    ctx: Context,
    args: Sequence[Any],
    inputs: tuple[Node | None, ...],
    outs: list[Tensor],
) -> list[Tensor]:
    """Tie the outputs to a new node; with several, through one small node each."""
    node = Node.make(_pull_back, inputs, (cls.__name__, cls, ctx, args_kinds(args)))
    given = list(outs)
    for i, t in enumerate(outs):
        if any(t is c for c in ctx._constant) or t.dtype.kind != "f":
            continue
        if any(t is a for a in args) and not any(t is d for d in ctx._dirty):
            outs[i] = t = _bare(t.primal.view())  # an input handed through
        end = node if len(outs) == 1 else Node.make(_pull_part, (node,), ("part", i))
        if end is not node:
            NAMES.setdefault(_pull_part, "output")
        t.node = end
    ctx._shapes = [(t.shape, t.dtype) for t in outs]
    saved = [_pack(t, args, given, outs) for t in ctx._to_save]
    node.a = saved or None
    ctx._to_save = ()
    return outs


def _show(args: Sequence[Any], outs: list[Tensor]) -> None:
    """Hand the new nodes to who looks after them (`replay`), if anybody does."""
    recorder = None if state.grad else state.recorder
    if recorder is not None:
        for t in outs:
            if t.node is not None:
                t.node = recorder.took(t.node, args, t)


def args_kinds(args: Sequence[Any]) -> tuple[Any, ...]:
    """Shape and dtype of each tensor among `args`, None for the rest."""
    return tuple((a.shape, a.dtype) if isinstance(a, Tensor) else None for a in args)


def _pack(t: Any, args: Sequence[Any], given: list[Any], outs: list[Any]) -> Any:
    """A saved tensor as (array, "input" or "output" or "other", number, tensor)."""
    if t is None:
        return None
    for i, out in enumerate(outs):
        if t is given[i] or t is out:
            return (t.primal, "output", i)
    for i, arg in enumerate(args):
        if t is arg:
            return (t.primal, "input", i)
    return (t.primal, "other", t.node)


def _unpack(item: Any, inputs: tuple[Node | None, ...], this: Node) -> Any:
    if item is None:
        return None
    array, kind, key = item
    if kind == "input":
        return _bare(array, inputs[key])
    if kind == "output":
        single = len(this.aux[2]._shapes) == 1
        # A node for this output alone, or the one that all outputs share.
        return _bare(array, this if single else _part_of(this, key))
    return _bare(array, key)


def _part_of(this: Node, i: int) -> Node:
    return Node.make(_pull_part, (this,), ("part", i))


def _pull_part(n: Any, g: Any) -> tuple[Any, Any]:
    """From one of several outputs to the node they share."""
    return Parts({n.aux[1]: g}), None


# -- backward ------------------------------------------------------------------
def _pull_back(n: Any, g: Any) -> tuple[Any, Any]:
    name, cls, ctx, kinds = n.aux
    node = getattr(n, "node", n)
    recorded = node is not n
    ctx._wired = (node.a, node.inputs, node)
    cotangents = _arriving(ctx, g)
    try:
        out = cls.backward(ctx, *cotangents)
    finally:
        ctx._wired = _CLOSED  # a node that ctx pointed to would be a cycle
    parts = list(out) if isinstance(out, tuple) else [out]
    while len(parts) > len(kinds) and parts[-1] is None:
        parts.pop()
    if len(parts) != len(kinds):
        raise GraphError(
            f"{name}.backward() returned {len(parts)} cotangents for {len(kinds)} "
            "arguments of forward(); return one for each, None where there is none."
        )
    found = [
        _leaving(name, part, kind, recorded) if want else None
        for part, kind, want in zip(parts, kinds, ctx.needs_input_grad, strict=True)
    ]
    for m, part in zip(node.rest or (), found[2:], strict=False):
        deliver(m, part)
    return found[0], found[1] if len(found) > 1 else None


def _arriving(ctx: Context, g: Any) -> list[Any]:
    """One cotangent per output, as tensors."""
    parts = g if isinstance(g, Parts) else Parts({0: g})
    found: list[Any] = []
    for i, (of, dtype) in enumerate(ctx._shapes):
        part = parts.get(i)
        if part is None and ctx._materialize:
            part = np.zeros(of, dtype)
        tracked = part is None or isinstance(part, Tensor)
        found.append(part if tracked else _bare(np.asarray(part)))
    return found


def _leaving(name: str, part: Any, kind: Any, recorded: bool) -> Any:
    if part is None:
        return None
    if not isinstance(part, Tensor):
        part = _bare(np.asarray(part))
    if part.shape != kind[0]:
        raise ShapeError(
            f"{name}.backward() returned a cotangent of shape {part.shape} for an "
            f"argument of shape {kind[0]}; they must be equal."
        )
    if recorded:
        return part.to(kind[1])
    return part.primal.view().astype(kind[1], copy=False)


# -- forward mode ----------------------------------------------------------------
def _apply_forward(cls: type[Function], args: Sequence[Any]) -> Any:
    """Push the tangents of the innermost level through `jvp`."""
    level = max(a.level for a in args if isinstance(a, Dual))
    mine = [isinstance(a, Dual) and a.level == level for a in args]
    primals = [a.primal if own else a for a, own in zip(args, mine, strict=True)]
    tangents = [a.tangent if own else None for a, own in zip(args, mine, strict=True)]
    if any(isinstance(p, Dual) for p in primals):
        raise GraphError(
            f"{cls.__name__} was met by nested forward derivatives, which a "
            "Function does not support. Write it with rows of the table instead."
        )
    ctx = Context(tuple(mine))
    tensors = [
        _as_tensor(p) if own else p for p, own in zip(primals, mine, strict=True)
    ]
    out = _run_forward(cls, ctx, tensors)
    moved = cls.jvp(ctx, *[t if t is None else _as_tensor(t) for t in tangents])
    pairs = zip(
        *(x if isinstance(x, tuple) else (x,) for x in (out, moved)), strict=True
    )
    back = isinstance(primals[mine.index(True)], Tensor)
    duals = [
        Dual._at(level, z if back else z.primal, t if back else t.primal)
        for z, t in pairs
    ]
    return tuple(duals) if isinstance(out, tuple) else duals[0]


def _as_tensor(x: Any) -> Tensor:
    return x if isinstance(x, Tensor) else _bare(np.asarray(x))
