"""The first bad number: which operation gave NaN or inf, on the way there or back.

A NaN spreads, so the place where it is seen is seldom the place where it was made. The
finder looks at every value in the order of computation and then at every cotangent in
the order of the walk back, and names the first that is bad, with what it was made
from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .core import Primitive, Shape, shape
from .errors import DTypeError
from .flow import flaw
from .graph import NAMES, Hooked, Node, check_saved, collect, deliver, drop, pull
from .mode import no_grad
from .ops import TABLE
from .tensor import Tensor, _seed, _several
from .watch import Place, Watch, origin, places, told

__all__ = ["Bad", "first_bad"]

_NUMBERS = (np.ndarray, np.floating, float)


class Bad(NamedTuple):
    """The first operation that gave NaN or inf.

    `phase` is "forward" or "backward", `op` the row or the Function, `kind` "nan" or
    "inf", `shape` that of its value, or of the bad cotangent that it handed down.
    `inputs_finite` says whether all that it read was finite (backward: also the
    values that it had saved), so whether the fault is its own; None if that is not
    known. `places` are the innermost calls at which it ran, if they are known.

    >>> print(Bad("forward", "log", "nan", (3,), True, ()))
    forward: log gave nan in a value of shape (3,), from finite inputs
    """

    phase: str
    op: str
    kind: str
    shape: Shape
    inputs_finite: bool | None
    places: tuple[Place, ...]

    def __str__(self) -> str:
        what = "value" if self.phase == "forward" else "cotangent"
        read = {True: "finite inputs", False: "inputs that were not finite"}
        source = read.get(bool(self.inputs_finite), "")
        known = source if self.inputs_finite is not None else "inputs not kept"
        return (
            f"{self.phase}: {self.op} gave {self.kind} in a {what} of shape "
            f"{self.shape}, from {known}\n{told(self.places)}"
        ).rstrip()


def first_bad(
    target: Any, *args: Any, gradient: Any = None, check_inf: bool = True
) -> Bad | None:
    """The first NaN or inf, in the forward pass or else in the backward; None if none.

    `first_bad(f, *args)` runs `f`, looking at every operation on tensors in turn,
    recorded or not, and pulls a cotangent back from what it returns (a tensor, or
    several): `gradient`, or ones. `first_bad(loss)` takes a graph that is there
    already. Of the forward pass it can only know what nodes kept for their rules, so
    the operation that it names may be a later one; `inputs_finite` is None then.

    `check_inf=False` lets inf pass, where it is meant: a mask of -inf. No `.grad` is
    touched and nothing is freed. Hooks on gradients run, since they may change them;
    an error that follows the first bad number is not raised. Raises `DTypeError` for
    an `f` that returns no tensor, and as `backward` does.

    >>> from autograd_ref.tensor import tensor
    >>> x = tensor([0.0, 4.0], requires_grad=True)
    >>> bad = first_bad(lambda x: (x.sqrt() * 2.0).sum(), x)
    >>> bad.phase, bad.op, bad.kind, bad.inputs_finite
    ('backward', 'sqrt', 'inf', True)
    >>> first_bad(lambda x: x.log().exp(), x)[:5]
    ('forward', 'log', 'inf', (2,), True)
    """
    if isinstance(target, Tensor):
        outs, bad = [target], _first_kept([target], check_inf)
    else:
        outs, bad = _run(target, args, check_inf)
    if bad is not None or not any(t.node for t in outs):
        return bad
    return _backward(outs, gradient, check_inf)


# -- forward -----------------------------------------------------------------------
class _Values(Watch):
    """Keeps the first operation whose value is bad."""

    def __init__(self, check_inf: bool) -> None:
        super().__init__()
        self.check_inf = check_inf
        self.bad: Bad | None = None

    def before(self, args: Sequence[Any]) -> bool:
        """Whether the arguments are finite."""
        return self.bad is None and not any(
            flaw(x) for x in args if isinstance(x, (Tensor, *_NUMBERS))
        )

    def made(self, op: str, out: Tensor, before: bool) -> None:
        kind = flaw(out, self.check_inf)
        if kind and self.bad is None:
            self.bad = Bad("forward", op, kind, out.shape, before, places())


def _run(
    f: Callable[..., Any], args: Sequence[Any], check_inf: bool
) -> tuple[list[Tensor], Bad | None]:
    """What `f` returns, and the first bad value on the way."""
    watch = _Values(check_inf)
    try:
        with watch, np.errstate(all="ignore"):
            outs = _several(f(*args))
    except Exception:
        if watch.bad is None:
            raise
        return [], watch.bad
    for t in outs:
        if not isinstance(t, Tensor):
            raise DTypeError(
                f"first_bad() ran a function that returned {type(t).__name__}; it "
                "needs a tensor, or several. Return the loss itself, not .item()."
            )
    return outs, watch.bad


def _first_kept(outs: list[Tensor], check_inf: bool) -> Bad | None:
    """The oldest node whose value is bad, of the values that can still be known."""
    found, leaves = collect([t.node for t in outs if t.node is not None])
    drop(found)
    drop(leaves)
    check_saved(found)
    known = _known(found, leaves) | {t.node: t.primal for t in outs}
    for n in reversed(found):
        value = known.get(n)
        kind = flaw(value, check_inf)
        if kind:
            finite = _read_finite(n, known)
            return Bad("forward", n.op, kind, shape(value), finite, _made_at(n))
    return None


def _known(found: list[Node], leaves: list[Node]) -> dict[Node | None, Any]:
    """The values that nodes kept for their rules, by the node that made each."""
    values: dict[Node | None, Any] = {}
    for n in found:
        kept = [*_operands(n), (n.y, n)]
        values |= {m: x for x, m in kept if isinstance(x, _NUMBERS)}
    living = ((n, n.variable) for n in leaves)
    return values | {n: leaf.primal for n, leaf in living if leaf is not None}


def _made_at(n: Node) -> tuple[Place, ...]:
    made = origin(n)
    return () if made is None else made.places


def _operands(n: Node) -> list[tuple[Any, Node | None]]:
    """The arguments of a node's row, each with its value, if kept, and its node."""
    rule = n.rule.rule if type(n.rule) is Hooked else n.rule
    row = TABLE.get(NAMES.get(rule, ""))
    if row is not None and row.pulls:  # a quick rule
        return [(n.a, n.p), (n.b, n.q)][: len(row.pulls)]
    if isinstance(n.aux[0], Primitive):
        args = n.a if isinstance(n.a, list) else n.aux[3]
        return list(zip(args or (), (*n.inputs, None), strict=False))
    return [(None, m) for m in n.inputs if m is not None] + [(None, None)]


def _read_finite(n: Node, known: dict[Node | None, Any]) -> bool | None:
    values = [x if m is None else known.get(m) for x, m in _operands(n)]
    if any(flaw(x) for x in values if isinstance(x, _NUMBERS)):
        return False
    return True if all(isinstance(x, (*_NUMBERS, int)) for x in values) else None


# -- backward ----------------------------------------------------------------------
class _Cotangents(Watch):
    """Keeps the first node that handed a bad cotangent down."""

    def __init__(self, check_inf: bool) -> None:
        super().__init__()
        self.check_inf = check_inf
        self.bad: Bad | None = None
        self.reached: set[Node | None] = set()  # by cotangents that are not finite

    def pulled(self, node: Node, i: int, g: Any) -> None:
        kind = flaw(g, self.check_inf)
        if kind and self.bad is None:
            finite = node not in self.reached and not any(map(flaw, node.saved()))
            at = _made_at(node)
            self.bad = Bad("backward", node.op, kind, size(g, kind), finite, at)
        elif flaw(g):
            self.reached.add(node.inputs[i])


def _backward(outs: list[Tensor], gradient: Any, check_inf: bool) -> Bad | None:
    """The first bad cotangent on the way back from `outs`."""
    watch, roots = _Cotangents(check_inf), [t for t in outs if t.node is not None]
    given = [np.ones(t.shape) for t in roots] if gradient is None else gradient
    seeds = [_seed(t, g, False) for t, g in zip(roots, _several(given), strict=True)]
    watch.reached = {t.node for t, g in zip(roots, seeds, strict=True) if flaw(g)}
    try:
        _walk(roots, seeds, watch)
    except Exception:
        if watch.bad is None:
            raise
    return watch.bad


def _walk(roots: list[Tensor], seeds: list[Any], watch: Watch) -> None:
    """A backward pass that ends before the leaves, and fills no `.grad` on the way."""
    found, leaves = collect([t.node for t in roots if t.node is not None])
    retaining = [(n.rule, n.rule.retain) for n in found if type(n.rule) is Hooked]
    try:
        for t, seed in zip(roots, seeds, strict=True):
            deliver(t.node, seed)
        for rule, _ in retaining:
            rule.retain = None
        with watch, no_grad():  # on, for the sake of walks within rules: checkpoints
            watch.over(pull)(found, False, None)
    finally:
        for rule, retain in retaining:
            rule.retain = retain
        drop(found)
        drop(leaves)


def size(g: Any, kind: str) -> Shape:
    """Shape of a cotangent with that flaw; of several in one, of the first that has it.

    >>> size({0: np.ones(2), 1: np.full(3, np.nan)}, "nan")
    (3,)
    """
    parts = g.values() if isinstance(g, dict) else (g,)
    return next(shape(part) for part in parts if flaw(part) == kind)
