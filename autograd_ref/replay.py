"""Running a function twice, unrecorded and then on record, and finding both runs alike.

A checkpoint keeps what goes into a function and forgets what happens inside; the way
back runs it again. For that the first run must tell three things without keeping
arrays: which results need a gradient, which tensors from outside they depend on (what a
function closes over, too), and which operations ran.

A `Recorder` sees every operation of a run, because grad mode is off and the engine
hands it the nodes that it would have made. In the first run it is *hollow*: it drops
them and puts blanks in their place, which say that a gradient would flow. In the
second it lets them stand, tied to the very nodes outside that the first run met. The
walk back through them is an ordinary walk inside another one: what reaches a node
outside is added to what the outer walk has brought there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from . import versions
from .dual import Dual
from .errors import GraphError
from .graph import Node, collect, deliver, drop, pull
from .mode import state
from .tensor import Tensor, _wire

__all__ = ["CheckpointError", "Recorder", "pull_back", "tensors"]

# An operation: the row, or what a Function is called; shape and dtype of the result.
Op = tuple[Any, tuple[int, ...], Any]


class CheckpointError(GraphError):
    """A function that did not run the same way again.

    >>> issubclass(CheckpointError, RuntimeError)
    True
    """


class Recorder:
    """Sees the operations of the block, recorded though grad mode is off.

    `hollow`: nothing is kept; results carry blanks. `log` has an entry an operation
    that a gradient would flow through; `outside` has the nodes from before the block
    that were met, and their arrays.

    >>> x = Tensor([1.0, 2.0], requires_grad=True)
    >>> with Recorder(hollow=True) as seen:
    ...     y = (x * x).sum()
    >>> [op[:2] for op in seen.log], list(seen.outside) == [x.node]
    ([(<row mul>, (2,)), (<row sum>, ())], True)
    """

    __slots__ = ("_before", "_gate", "_same", "hollow", "log", "outside", "start")

    def __init__(self, hollow: bool) -> None:
        self.hollow, self.start = hollow, versions.tick()
        self.log: list[Op] = []
        self.outside: dict[Node, Any] = {}
        self._same: dict[Op, Op] = {}  # equal entries of the log are one object
        # What every blank leads to: no walk may take a blank for a constant.
        self._gate = Node.make(_unrecorded, (), _STATE)

    def __enter__(self) -> Recorder:
        self._before = state.grad, state.inference, state.recorder
        state.grad, state.inference, state.recorder = False, False, self
        return self

    def __exit__(self, *_error: object) -> None:
        state.grad, state.inference, state.recorder = self._before

    def took(self, node: Node, args: Sequence[Any], out: Tensor) -> Node:
        """The node that `out` gets, made by an operation on `args`."""
        if node.seq < self.start:  # an input handed through
            return node
        op = (node.aux[0], out.primal.shape, out.primal.dtype)
        self.log.append(self._same.setdefault(op, op))
        if self.hollow:
            for arg in args:
                if isinstance(arg, Tensor) and arg.node not in self.outside:
                    self.met(arg)
            # Nobody knows this node yet: the cheapest blank there is.
            node.rule, node.aux, node.p = _unrecorded, op, self._gate
            node.q = node.rest = node.a = node.b = node.y = None
        return node

    def blank(self) -> Node:
        """A node that says that a gradient would flow, and no more."""
        return Node.make(_unrecorded, (self._gate,), _STATE)

    def met(self, t: Tensor) -> None:
        """Note what `t`, an operand or a result, depends on outside the block."""
        if t.node is None or t.node.rule is _unrecorded:
            return
        stack: list[Any] = [(t.node, t.primal)]
        seen: set[Node] = set()
        while stack:
            node, array = stack.pop()
            if node is None or node.rule is _unrecorded or node in seen:
                continue
            if node.seq < self.start:
                if node not in self.outside:
                    self.outside[node] = array
                    self._gate.rest = tuple(self.outside)
            else:  # recorded inside, by enable_grad()
                seen.add(node)
                stack += [(n, _array(n)) for n in node.inputs]

    def made(self, out: Any) -> list[Tensor]:
        """The tensors in a result that this block made and a gradient flows through."""
        found = [t for t in tensors(out) if t.node is not None]
        return [t for t in found if t.node is not None and t.node.seq > self.start]

    def inputs(self, given: Sequence[Tensor]) -> tuple[tuple[Node, ...], list[Any]]:
        """Nodes outside, and the arrays that a second run reads: theirs, and `given`.

        Leaves that died with the block were its own. Raises `GraphError` if an array
        was written in the block.
        """
        nodes = {
            n: a for n, a in self.outside.items() if n.seq or n.variable is not None
        }
        arrays = [t.primal for t in given]
        arrays += [a for a in nodes.values() if a is not None]
        for array in arrays:
            if versions.written_after(array, self.start):
                raise GraphError(
                    "a checkpointed function wrote in place to a tensor from outside, "
                    f"of shape {array.shape}: run again, it would start from other "
                    "numbers. Write to a clone() of it."
                )
        return tuple(nodes), arrays

    def same_as(self, before: Sequence[Op], what: str = "a function") -> None:
        """Raise `CheckpointError` unless the operations are those of `before`."""
        for i, (old, new) in enumerate(zip(before, self.log, strict=False)):
            if old != new:
                raise CheckpointError(
                    f"{what} ran differently the second time: operation {i + 1} was "
                    f"{_told(old)}, and is {_told(new)} now. {_ADVICE}"
                )
        if len(before) != len(self.log):
            raise CheckpointError(
                f"{what} ran differently the second time: {len(before)} operations on "
                f"tensors that require grad, and {len(self.log)} now. {_ADVICE}"
            )


_STATE: Op = ("a chain", (), None)
_ADVICE = (
    "It must do the same on the same inputs: keep what it branches on out of global "
    "state, and name the generators that it draws from in rngs=."
)


def tensors(out: Any) -> Iterator[Tensor]:
    """The tensors in a result, each once: in tuples, lists, dicts and dual numbers.

    >>> x = Tensor(1.0)
    >>> [t is x for t in tensors({"a": (x, 2.0), "b": [x]})]
    [True]
    """
    stack, seen = [out], set()
    while stack:
        item = stack.pop()
        if isinstance(item, Tensor):
            if id(item) not in seen:
                seen.add(id(item))
                yield item
        elif isinstance(item, list | tuple):
            stack += reversed(item)
        elif isinstance(item, dict):
            stack += reversed(item.values())
        elif isinstance(item, Dual):
            stack += [item.tangent, item.primal]


def pull_back(pairs: list[tuple[Node, Any]], start: int, keep: bool) -> None:
    """Pull cotangents from nodes to those that the walk under way has marked.

    `pairs` is emptied, so that no cotangent outlives its use. The nodes in between were
    made after `start`; they are freed unless `keep`, which also records the walk.
    Raises `CheckpointError` if there are others.

    >>> x = Tensor(3.0, requires_grad=True)
    >>> with Recorder(hollow=False) as again:
    ...     y = x * x
    >>> collect([x.node])  # the walk under way, which has come to x
    ([], [<AccumulateGrad>])
    >>> pull_back([(y.node, 1.0)], again.start, keep=False)
    >>> float(x.node.g)
    6.0
    """
    found, leaves = collect([root for root, _ in pairs])
    try:
        strange = [n for n in found[-1:] if n.seq < start]
        strange += [n for n in leaves if n.variable is not None]
        if strange:
            raise CheckpointError(
                "a checkpointed function used a tensor the second time that it had not "
                f"used before: its {strange[0]}. {_ADVICE}"
            )
        while pairs:
            deliver(*pairs.pop(0))
        walk = pull if state.watch is None else state.watch.over(pull)
        walk(found, not keep, _wire if keep else None)
    finally:
        drop(found)
        drop(leaves)


def _unrecorded(n: Any, g: Any) -> Any:
    raise GraphError(
        f"a tensor made by {_told(n.aux)} inside a checkpointed function is "
        "differentiated, and has no history: nothing is recorded there. Return it from "
        "the function; to differentiate inside the function, wrap that part in "
        "enable_grad()."
    )


def _array(node: Node | None) -> Any:
    """The array of a leaf, where it can be known."""
    leaf = None if node is None else node.variable
    return None if leaf is None else leaf.primal


def _told(op: Op) -> str:
    row, of, dtype = op
    return f"{getattr(row, 'name', row)} (its result {dtype} of shape {of})"
