"""Rows of the table, compiled once into the rules that graphs run.

A rule is `rule(node, g) -> (cotangent of p, cotangent of q)`. The same rule runs on
bare arrays, where nobody differentiates the derivative, and on traced values, where
somebody does (`create_graph=True`).

The quick rules serve elementwise rows whose operands have one shape and one float
type (or are Python numbers): nothing is broadcast, so the row's own `pulls` are all
there is to do. Every other call of a row runs its fused form, or its own vjp.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import versions
from .core import ARGUMENTS, Primitive, Shape, Traced
from .graph import NAMES, Node, deliver
from .ops import cast

__all__ = ["Blank", "plan", "quick"]

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
    quick = bare or px

    def pull_x(n: Any, g: Any) -> tuple[Any, Any]:
        return px(g, n.y, n.a), None

    def pull_bare(n: Any, g: Any) -> tuple[Any, Any]:
        pull = quick if type(g) is _ndarray else px
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


# -- any row, any arguments ----------------------------------------------------
class Plan(NamedTuple):
    """What a row keeps for some wanted arguments: which of them, and the output."""

    args: tuple[bool, ...]
    z: bool
    any: bool
    dropped: tuple[int, ...]
    rule: Rule


_plans: dict[tuple[Primitive, tuple[bool, ...]], Plan] = {}


def plan(row: Primitive, wanted: tuple[bool, ...]) -> Plan:
    """What must be saved, worked out once for each pattern of wanted arguments.

    >>> from autograd_ref.ops import TABLE
    >>> plan(TABLE["mul"], (True, False))[:4]
    ((False, True), False, True, (0,))
    """
    found = _plans.get((row, wanted))
    if found is None:
        kept = row.kept(wanted)
        flags = tuple(name in kept for name in ARGUMENTS[: len(wanted)])
        flags += (False,) * (len(wanted) - len(flags))
        dropped = tuple(i for i, flag in enumerate(flags) if not flag)
        rule = _general if row.bare is None else _bared(row)
        rule = rule if row.fused is None else _fused(row, wanted)
        found = Plan(flags, "z" in kept, bool(kept), dropped, rule)
        _plans[row, wanted] = found
    return found


def record(
    row: Primitive,
    values: list[Any],
    z: Any,
    inputs: list[Node | None],
    params: dict[str, Any],
    found: Any = None,
    alike: bool = False,
) -> Node:
    """A node for `z = row(*values)`, with what the row keeps and nothing more.

    `found` is what the row's fused form hands to its way back; `alike` says that all
    values are arrays of one float type. `values` becomes the node's own, and what is
    not kept in it is blanked out.
    """
    wanted = tuple([n is not None for n in inputs])
    known = _plans.get((row, wanted)) or plan(row, wanted)
    for i in known.dropped:
        if type(values[i]) is _ndarray:
            values[i] = Blank(values[i])
    node: Node = _new(Node)
    node.seq, node.p = _tick(), inputs[0]
    node.q = inputs[1] if len(inputs) > 1 else None
    node.rest = inputs[2:] if len(inputs) > 2 else None
    node.b, node.g = found, None
    node.y = z if known.z else None
    if known.any or ("index" in params and _saves_index(params["index"])):
        node.rule, node.aux, node.a = known.rule, (row, params, wanted, alike), values
    else:  # there is nothing to free: it may be walked again
        node.rule, node.aux = _general_free, (row, params, wanted, values)
        node.a = None
    return node


def _saves_index(index: Any) -> bool:
    """Whether an index holds numbers that the rule reads, as torch saves them."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, list | np.ndarray) for part in parts)


def _fused(row: Primitive, wanted: tuple[bool, ...]) -> Rule:
    """The rule of a row with a fused form, for some wanted arguments."""
    assert row.fused is not None
    vjp = row.fused.vjp

    def rule(n: Any, g: Any) -> tuple[Any, Any]:
        if isinstance(g, Traced):
            return _general(n, g)
        _, params, _, alike = n.aux
        parts = vjp(g, n.y, n.a, wanted, n.b, **params)
        if not alike:
            return _shared_out(n, parts, n.a)
        if n.rest is not None:
            for i, node in enumerate(n.rest, 2):
                deliver(node, parts[i])
        return parts[0], parts[1] if len(parts) > 1 else None

    NAMES[rule] = row.name
    return rule


def _bared(row: Primitive) -> Rule:
    """The rule of a row with a form for bare arrays: its figures, on either road."""
    bare = row.bare
    assert bare is not None

    def rule(n: Any, g: Any) -> tuple[Any, Any]:
        if type(n) is not Node or type(g) is not _ndarray:
            return _general(n, g)
        return _shared_out(n, (bare(g, n.y, n.a[0]),), n.a)

    NAMES[rule] = row.name
    return rule


def _general(n: Any, g: Any) -> tuple[Any, Any]:
    row, params, wanted, _ = n.aux
    return _shared_out(n, row.vjp(g, n.y, n.a, wanted, **params), n.a)


def _general_free(n: Any, g: Any) -> tuple[Any, Any]:
    row, params, wanted, args = n.aux
    if row.bare is not None and not isinstance(g, Traced):  # a linear row
        g = row.bare(g, args[0].shape, **params)
        return g if g.dtype is args[0].dtype else _fit(g, args[0]), None
    return _shared_out(n, row.vjp(g, None, args, wanted, **params), args)


def _shared_out(n: Any, pulled: Any, args: Any) -> tuple[Any, Any]:
    """The cotangents of the first two arguments; those of the rest are delivered."""
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
