"""Rows of the table, compiled once into the rules that graphs run.

A rule is `rule(node, g) -> (cotangent of p, cotangent of q)`. The same rule runs on
bare arrays, where nobody differentiates the derivative, and on traced values, where
somebody does (`create_graph=True`).

The quick rules serve elementwise rows whose operands have one shape and one float
type (or are Python numbers): nothing is broadcast, so the row's own `pulls` are all
there is to do. Every other call of a row runs `general` or `general_bare`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import versions
from .core import ARGUMENTS, Primitive, Shape
from .graph import NAMES, Node, deliver
from .ops import cast

__all__ = ["Blank", "fuse", "plan", "quick", "record"]

Rule = Callable[[Any, Any], tuple[Any, Any]]
_ndarray, _new, _tick = np.ndarray, object.__new__, versions.tick


class Blank:
    """An argument that was not kept: its shape and type are all that is known.

    >>> Blank(np.ones((2, 3))).shape
    (2, 3)
    """

    __slots__ = ("dtype", "shape")
    __array_ufunc__ = None
    dtype: Any
    shape: Shape

    def __init__(self, array: Any) -> None:
        self.shape, self.dtype = array.shape, array.dtype


class Quick(NamedTuple):
    """A compiled rule, and which of `x, y, z` the node must save for it."""

    rule: Rule
    x: bool
    y: bool
    z: bool


def quick(row: Primitive) -> tuple[Quick, ...]:
    """The quick rules of an elementwise row of one or two arguments.

    One for a unary row; for a binary one those for `x` alone, `y` alone and both.

    >>> from autograd_ref.ops import TABLE
    >>> [tuple(rule[1:]) for rule in quick(TABLE["mul"])]
    [(False, True, False), (True, False, False), (True, True, False)]
    """
    if len(row.pulls) == 1:
        return (_unary(row),)
    return (
        _binary(row, True, False),
        _binary(row, False, True),
        _binary(row, True, True),
    )


def _unary(row: Primitive) -> Quick:
    (px,), bare = row.pulls, row.bare
    assert px is not None

    def pull_x(n: Any, g: Any) -> tuple[Any, Any]:
        return px(g, n.y, n.a), None

    def pull_bare(n: Any, g: Any) -> tuple[Any, Any]:
        pull = bare if type(n) is Node and type(g) is _ndarray else px
        return pull(g, n.y, n.a), None

    return _named(row, pull_x if bare is None else pull_bare, (True,))


def _binary(row: Primitive, x: bool, y: bool) -> Quick:
    px, py = row.pulls
    assert px is not None
    assert py is not None

    def pull_x(n: Any, g: Any) -> tuple[Any, Any]:
        return px(g, n.y, n.a, n.b), None

    def pull_y(n: Any, g: Any) -> tuple[Any, Any]:
        return None, py(g, n.y, n.a, n.b)

    def pull_both(n: Any, g: Any) -> tuple[Any, Any]:
        z, a, b = n.y, n.a, n.b
        return px(g, z, a, b), py(g, z, a, b)

    return _named(row, pull_both if x and y else pull_x if x else pull_y, (x, y))


def _named(row: Primitive, rule: Rule, wanted: tuple[bool, ...]) -> Quick:
    NAMES[rule] = row.name
    kept = row.kept(wanted)
    return Quick(rule, "x" in kept, "y" in kept, "z" in kept)


# -- rows with a fused form, on arrays of one type -----------------------------
def fuse(row: Primitive) -> Callable[..., Node]:
    """What makes the nodes of a row with a fused form: `make(values, z, inputs, ...)`.

    All values are arrays of one float type, so no cotangent has to change its own.
    """
    assert row.fused is not None
    pull_back = row.fused.vjp
    plans: dict[tuple[bool, ...], tuple[list[int], bool]] = {}

    def rule(n: Any, g: Any) -> tuple[Any, Any]:
        if type(n) is not Node:
            return _general(n, g)
        _, params, wanted, _ = n.aux
        parts = pull_back(g, n.y, n.a, wanted, n.b, **params)
        if n.rest is not None:
            for node, part in zip(n.rest, parts[2:], strict=True):
                deliver(node, part)
        return parts[0], parts[1] if len(parts) > 1 else None

    def make(values: list[Any], z: Any, inputs: Any, params: Any, found: Any) -> Node:
        wanted = tuple([n is not None for n in inputs])
        if wanted not in plans:
            keep, keep_z, _ = plan(row, wanted)
            plans[wanted] = [i for i, k in enumerate(keep) if not k], keep_z
        dropped, keep_z = plans[wanted]
        for i in dropped:
            values[i] = Blank(values[i])
        node: Node = _new(Node)
        node.rule, node.seq, node.aux = rule, _tick(), (row, params, wanted, None)
        node.p = inputs[0]
        node.q = inputs[1] if len(inputs) > 1 else None
        node.rest = inputs[2:] if len(inputs) > 2 else None
        node.a, node.b, node.g = values, found, None
        node.y = z if keep_z else None
        return node

    NAMES[rule] = row.name
    return make


# -- any row, any arguments --------------------------------------------------
class Plan(NamedTuple):
    """What a row keeps for some wanted arguments: which of them, and the output."""

    args: tuple[bool, ...]
    z: bool
    any: bool


_plans: dict[tuple[Primitive, tuple[bool, ...]], Plan] = {}


def plan(row: Primitive, wanted: tuple[bool, ...]) -> Plan:
    """What must be saved, worked out once for each pattern of wanted arguments.

    >>> from autograd_ref.ops import TABLE
    >>> plan(TABLE["mul"], (True, False))
    Plan(args=(False, True), z=False, any=True)
    """
    found = _plans.get((row, wanted))
    if found is None:
        kept = row.kept(wanted)
        flags = tuple(name in kept for name in ARGUMENTS[: len(wanted)])
        flags += (False,) * (len(wanted) - len(flags))
        found = _plans[row, wanted] = Plan(flags, "z" in kept, bool(kept))
    return found


def record(
    row: Primitive,
    args: list[Any],
    z: Any,
    inputs: list[Node | None],
    params: dict[str, Any],
    found: Any = None,
) -> Node:
    """A node for `z = row(*args)`, with what the row keeps and nothing more.

    `found` is what the row's fused form hands to its way back.
    """
    wanted = tuple([n is not None for n in inputs])
    keep, keep_z, saved = plan(row, wanted)
    kept = [
        x if k or type(x) is not _ndarray else Blank(x)
        for x, k in zip(args, keep, strict=True)
    ]
    node: Node = object.__new__(Node)
    node.seq, node.p = versions.tick(), inputs[0]
    node.q = inputs[1] if len(inputs) > 1 else None
    node.rest = inputs[2:] if len(inputs) > 2 else None
    node.b, node.a = found, None
    node.y = node.g = None
    if saved or ("index" in params and _saves_index(params["index"])):
        node.rule, node.aux = _general, (row, params, wanted, None)
        node.a, node.y = kept, z if keep_z else None
    else:
        node.rule, node.aux = _general_bare, (row, params, wanted, kept)
    return node


def _saves_index(index: Any) -> bool:
    """Whether an index holds numbers that the rule reads, as torch saves them."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, list | np.ndarray) for part in parts)


def _general(n: Any, g: Any) -> tuple[Any, Any]:
    row, params, wanted, _ = n.aux
    return _pull(n, g, row, n.y, n.a, wanted, params)


def _general_bare(n: Any, g: Any) -> tuple[Any, Any]:
    row, params, wanted, args = n.aux
    return _pull(n, g, row, None, args, wanted, params)


def _pull(
    n: Any, g: Any, row: Primitive, z: Any, args: Any, wanted: Any, params: Any
) -> tuple[Any, Any]:
    if row.fused is not None and type(n) is Node:
        pulled = row.fused.vjp(g, z, args, wanted, n.b, **params)
    else:
        pulled = row.vjp(g, z, args, wanted, **params)
    parts = [
        p if p is None or (type(p) is _ndarray and p.dtype is x.dtype) else _fit(p, x)
        for p, x in zip(pulled, args, strict=True)
    ]
    if n.rest is not None:
        for node, part in zip(n.rest, parts[2:], strict=True):
            deliver(node, part)
    return parts[0], parts[1] if len(parts) > 1 else None


def _fit(g: Any, x: Any) -> Any:
    """The cotangent in the float type of its argument."""
    if type(g) is float:
        return np.asarray(g, x.dtype)
    same = g.dtype is x.dtype or g.dtype == x.dtype
    return g if same else cast(g, dtype=x.dtype)
