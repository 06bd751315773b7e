"""The graph of a computation: its nodes, their order, the walk back, its picture.

A `Node` is one operation that was recorded: the rule that pulls a cotangent back, the
nodes of its inputs, and the arrays that the rule will read. Nodes point from results
to inputs only, so a graph is freed by reference counting alone as soon as its last
result goes.

Nodes carry the moment of their making. An input's node is older than its user's, so
"youngest first" is a topological order: collecting and sorting replaces a search, and
nothing recurses, however deep the graph. One walk pulls along every edge once, which
is all of reverse mode (Linnainmaa 1970; Griewank and Walther, Evaluating Derivatives,
chapter 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NoReturn

import numpy as np

from . import versions
from .errors import GraphError

__all__ = ["Node", "Parts", "outline", "text"]

Rule = Callable[[Any, Any], tuple[Any, Any]]


class Node:
    """One recorded operation, or the place where a leaf's gradient gathers.

    `rule(node, g)` returns the cotangents for `p` and `q`, the nodes of the first
    two inputs (None for an input without a derivative), and hands those for `rest`
    over itself. `a, b, y` are what the rule reads; after a backward pass that did
    not retain the graph they are gone. `g` is the cotangent while a walk is under
    way. `seq` is the moment of making, 0 for a leaf's node, which knows its leaf
    (weakly, or a leaf could not be freed) in `aux`.

    >>> from autograd_ref.tensor import tensor
    >>> x = tensor(3.0, requires_grad=True)
    >>> (x * x).grad_fn
    <MulBackward0>
    """

    __slots__ = (
        "__weakref__", "a", "aux", "b", "g", "p", "q", "rest", "rule", "seq", "y",
    )  # fmt: skip
    a: Any
    aux: Any
    b: Any
    g: Any
    p: Node | None
    q: Node | None
    rest: Sequence[Node | None] | None
    rule: Any
    seq: int
    y: Any

    @classmethod
    def make(cls, rule: Any, inputs: tuple[Node | None, ...], aux: Any = None) -> Node:
        """A node with nothing saved yet: the readable way, not the quick one."""
        self = cls()
        self.rule, self.aux, self.seq = rule, aux, versions.tick()
        self.p, self.q = (*inputs, None, None)[:2]
        self.rest = inputs[2:] or None
        self.a = self.b = self.y = self.g = None
        return self

    @property
    def op(self) -> str:
        """The name of the row or the Function that ran; "leaf" of a leaf's node."""
        if not self.seq:
            return "leaf"
        rule = self.rule.rule if type(self.rule) is Hooked else self.rule
        row = NAMES.get(rule) or self.aux[0]
        return row if isinstance(row, str) else str(row.name)

    def name(self) -> str:
        """What the operation is called, in torch's way."""
        if not self.seq:
            return "AccumulateGrad"
        words = self.op.split("_")
        return "".join(word[:1].upper() + word[1:] for word in words) + "Backward0"

    @property
    def inputs(self) -> tuple[Node | None, ...]:
        """The nodes of the inputs; None for one without a derivative."""
        return (self.p, self.q, *(self.rest or ()))

    @property
    def next_functions(self) -> tuple[tuple[Node, int], ...]:
        """Pairs of an input's node and a 0, as torch has them."""
        return tuple((n, 0) for n in self.inputs if n is not None)

    @property
    def variable(self) -> Any:
        """The leaf whose gradient gathers here, or None where it is gone."""
        return None if self.seq else self.aux()

    def saved(self) -> list[Any]:
        """The arrays that this node keeps for its rule."""
        found, stack = [], [self.a, self.b, self.y]
        while stack:
            item = stack.pop()
            if isinstance(item, np.ndarray):
                found.append(item)
            elif isinstance(item, tuple | list):
                stack += item
        return found

    def __repr__(self) -> str:
        return f"<{self.name()}>"


NAMES: dict[Any, str] = {}
"""The row's name of each compiled rule."""


class _Pending:
    """Stands in `Node.g` for "found by the walk, no cotangent yet"."""


class _Freed:
    """Stands where a saved array was; reading it is an error that says so."""

    def _gone(self, *_args: Any, **_options: Any) -> NoReturn:
        raise GraphError(
            "Trying to backward through the graph a second time: the arrays that it "
            "saved were freed by the first pass. Pass retain_graph=True to the first "
            "backward() or grad() call, or compute the forward pass again."
        )

    __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __neg__ = _gone
    __truediv__ = __rtruediv__ = __matmul__ = __rmatmul__ = __pow__ = __rpow__ = _gone
    __lt__ = __le__ = __gt__ = __ge__ = __iter__ = __bool__ = __array__ = _gone
    __eq__ = __ne__ = __getitem__ = __len__ = __hash__ = _gone
    __array_ufunc__ = __array_function__ = _gone
    shape = dtype = property(_gone)


PENDING, FREED = _Pending(), _Freed()
_by_seq = attrgetter("seq")


class Hooked:
    """A rule with hooks on the cotangent that arrives; the last one only listens."""

    __slots__ = ("hooks", "retain", "rule")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.hooks: dict[int, Callable[[Any], Any]] = {}
        self.retain: Callable[[Any], Any] | None = None

    def arrive(self, g: Any) -> Any:
        """The cotangent after every hook has seen it."""
        for hook in list(self.hooks.values()):
            g = hook(g)
        if self.retain is not None:
            self.retain(g)
        return g

    def __call__(self, node: Any, g: Any) -> tuple[Any, Any]:
        """The rule, on the cotangent after every hook has seen it."""
        return self.rule(node, self.arrive(g))


class Parts(dict[int, Any]):
    """Cotangents of the outputs of one node with several, by number; they add up.

    >>> Parts({0: 1.0}) + Parts({0: 2.0, 1: 5.0})
    {0: 3.0, 1: 5.0}
    """

    def __add__(self, other: Parts) -> Parts:
        both = Parts(self)
        for i, g in other.items():
            both[i] = both[i] + g if i in both else g
        return both


def deliver(node: Node | None, g: Any) -> None:
    """Add the cotangent `g` to what has arrived at `node` in this walk."""
    if node is not None and g is not None:
        have = node.g
        node.g = g if have is PENDING else have + g


def collect(roots: list[Node]) -> tuple[list[Node], list[Node]]:
    """Every node below `roots`, youngest first, and the leaves' nodes.

    Each is marked as pending; `pull` or `drop` takes the marks off again.
    """
    found: list[Node] = []
    leaves: list[Node] = []
    for root in roots:
        if root.g is None:
            root.g = PENDING
            (found if root.seq else leaves).append(root)
    for n in found:  # grows while it is read
        p = n.p
        if p is not None and p.g is None:
            p.g = PENDING
            (found if p.seq else leaves).append(p)
        p = n.q
        if p is not None and p.g is None:
            p.g = PENDING
            (found if p.seq else leaves).append(p)
        if n.rest is not None:
            for p in n.rest:
                if p is not None and p.g is None:
                    p.g = PENDING
                    (found if p.seq else leaves).append(p)
    found.sort(key=_by_seq, reverse=True)
    return found, leaves


def drop(nodes: list[Node]) -> None:
    """Take the marks of a walk off."""
    for n in nodes:
        n.g = None


def set_aside(roots: list[Node]) -> list[tuple[Node, Any]]:
    """Take the marks of a walk that is under way off everything below `roots`.

    For a walk inside it, which a hook may start, a Function's backward, or a function
    that is run again. Returns what `put_back` needs.
    """
    marks: list[tuple[Node, Any]] = []
    seen, stack = set(roots), list(roots)
    while stack:
        n = stack.pop()
        if n.g is not None:
            marks.append((n, n.g))
            n.g = None
        below = [p for p in n.inputs if p is not None and p not in seen]
        seen.update(below)
        stack += below
    return marks


def put_back(marks: list[tuple[Node, Any]]) -> None:
    """Undo `set_aside`."""
    for n, g in marks:
        n.g = g


def pull(found: list[Node], free: bool, wire: Callable[[Node], Any] | None) -> None:
    """Pull cotangents from `found`, youngest first, to the leaves' nodes.

    `free` lets go of saved arrays on the way; `wire(node)` gives a stand-in whose
    saved values are traced, so that the walk itself is recorded.
    """
    if found and versions.clock.last_write > found[-1].seq:
        check_saved(found)
    for n in found:
        g = n.g
        n.g = None
        if g is PENDING:
            continue
        ga, gb = n.rule(n if wire is None else wire(n), g)
        p = n.p
        if p is not None and ga is not None:
            have = p.g
            p.g = ga if have is PENDING else have + ga
        p = n.q
        if p is not None and gb is not None:
            have = p.g
            p.g = gb if have is PENDING else have + gb
        if free:
            n.a = n.b = n.y = FREED


def pull_to(
    found: list[Node], catch: dict[Node, Any], wire: Callable[[Node], Any] | None
) -> list[Node]:
    """As `pull`, but only along paths to the nodes of `catch`, which it fills.

    Returns the nodes whose rules ran; nothing is freed.
    """
    needed, through = set(catch), set()
    for n in reversed(found):
        if not needed.isdisjoint(n.inputs):
            needed.add(n)
            through.add(n)
    ran = [n for n in found if n in through]
    check_saved(ran)
    for n in found:
        g, rule = n.g, n.rule
        if n not in needed or g is PENDING:
            continue
        if type(rule) is Hooked:
            g, rule = rule.arrive(g), rule.rule
        if n in catch:
            catch[n] = g
        if n in through:
            ga, gb = rule(n if wire is None else wire(n), g)
            deliver(n.p, ga)
            deliver(n.q, gb)
    return ran


def check_saved(found: list[Node]) -> None:
    """Raise `GraphError` if an array that a node saved was overwritten since."""
    last = versions.clock.last_write
    for n in found:
        if n.seq < last:
            for array in n.saved():
                if versions.written_after(array, n.seq):
                    raise GraphError(
                        "one of the arrays needed for the gradient was modified by an "
                        f"in-place operation: {n} saved an array of shape "
                        f"{array.shape}, which is at version {versions.version(array)} "
                        "now. Write out of place (x = x + 1 instead of x += 1), or "
                        "give the operation a clone()."
                    )


def text(node: Node | None) -> str:
    """The graph below `node` as an indented list; a shared node is drawn once.

    >>> from autograd_ref.tensor import tensor
    >>> x = tensor(3.0, requires_grad=True)
    >>> print(text((x * x + 1.0).grad_fn))
    AddBackward0
      MulBackward0
        AccumulateGrad ()
        AccumulateGrad () (above)
    """
    return "" if node is None else "\n".join(outline(node, _label, _below))


def outline(
    root: Any, label: Callable[[Any], str], inputs: Callable[[Any], Sequence[Any]]
) -> Iterator[str]:
    """The lines of any graph, from the result down; a shared node is drawn once.

    >>> below = {"z": ["y", "y"], "y": ["x"], "x": []}
    >>> list(outline("z", str.upper, below.__getitem__))
    ['Z', '  Y', '    X', '  Y (above)']
    """
    stack, seen = [(root, 0)], set()
    while stack:
        n, depth = stack.pop()
        yield f"{'  ' * depth}{label(n)}{' (above)' if id(n) in seen else ''}"
        if id(n) not in seen:
            seen.add(id(n))
            stack += [(m, depth + 1) for m in reversed(inputs(n))]


def _label(node: Node) -> str:
    leaf = node.variable
    return node.name() if leaf is None else f"{node.name()} {leaf.shape}"


def _below(node: Node) -> list[Node]:
    return [m for m in node.inputs if m is not None]
