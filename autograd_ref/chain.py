"""A chain of functions, reversed by a schedule: few states kept, steps run again.

`checkpoint_chain` carries out a schedule of `schedules` in the engine, by default the
binomial one: of all ways to reverse n steps with s stored states, the one that runs
the fewest steps again (Griewank and Walther 2000). With 10 slots a chain of 1000 steps
takes the memory of 15 states, and 3.6 unrecorded runs of it.

The schedule is lazy, and stands still between the passes: the forward pass takes it as
far as its first `reverse`, which is the last function, recorded like anything else; the
backward pass goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import randomness, versions
from .errors import ArgumentError, DTypeError, GraphError
from .graph import FREED, PENDING, Node
from .mode import state
from .replay import CheckpointError, Recorder, pull_back
from .schedules import Action, binomial_schedule
from .tensor import Tensor, _bare, _leaf_node

__all__ = ["checkpoint_chain"]

Fn = Callable[[Any], Any]


def checkpoint_chain(
    functions: Iterable[Fn],
    x: Tensor,
    slots: int | None = None,
    *,
    schedule: Iterable[Action] | None = None,
    preserve_rng_state: bool = True,
    rngs: Iterable[Any] = (),
) -> Tensor:
    """`x` through `functions`, one after the other, with at most `slots` states kept.

    Each function takes one tensor and returns one; `x` takes a slot. Over the forward
    and the backward pass functions run `n + binomial_cost(n, slots)` times. Instead of
    slots a `schedule` of one's own can be given. Gradients, their order, weights that
    functions close over, random numbers and errors are as for `checkpoint`; a second
    pass over a retained graph starts again from `x`. A pass with `create_graph` records
    the whole chain, and takes the memory that this was to save.

    Raises `ArgumentError` unless exactly one of the two is given, and for a schedule
    that does not reverse the chain; `DTypeError` for an `x` that is no tensor, or a
    function that does not return one.

    >>> calls = []
    >>> def step(x):
    ...     calls.append(1)
    ...     return x.sin()
    >>> x = Tensor(0.5, requires_grad=True)
    >>> checkpoint_chain([step] * 100, x, slots=4).backward()
    >>> len(calls)  # 100 + schedules.binomial_cost(100, 4)
    474
    """
    steps = list(functions)
    if (slots is None) == (schedule is None):
        raise ArgumentError(
            "checkpoint_chain() takes slots= or schedule=, one of them."
        )
    outer = state.recorder
    if len(steps) < 2 or (not state.grad if outer is None else outer.hollow):
        for step in steps:
            x = step(x)
        return x
    found = randomness.sources(steps, rngs) if preserve_rng_state else []
    run = _Run(steps, x, _plan(len(steps), slots, schedule), found)
    with run.seen as seen:
        run.sweep(seen)
    if outer is not None:
        for log in run.logs:
            outer.log += log
    return _tensor(steps[-1](run.last()), len(steps) - 1)


def _plan(
    n: int, slots: int | None, schedule: Iterable[Action] | None
) -> Callable[[], Iterator[Action]]:
    """What starts the schedule, any number of times."""
    if slots is not None:
        return lambda: binomial_schedule(n, slots)
    actions = tuple(schedule or ())
    return lambda: iter(actions)


def _tensor(out: Any, k: int) -> Tensor:
    if not isinstance(out, Tensor):
        raise DTypeError(
            f"function {k} of a chain returned {type(out).__name__}; each must take "
            "one tensor and return one. For several, join them, or use checkpoint()."
        )
    return out


class _Run:
    """A chain under way: the schedule, what is stored, the state that is current."""

    def __init__(
        self,
        steps: list[Fn],
        x: Tensor,
        plan: Callable[[], Iterator[Action]],
        rngs: list[Any],
    ) -> None:
        if not isinstance(x, Tensor):
            raise DTypeError(
                f"checkpoint_chain() needs a Tensor as x, not {type(x).__name__}. "
                "Forward mode keeps nothing: call the functions one by one there."
            )
        self.steps, self.plan, self.rngs = steps, plan, rngs
        self.x = _bare(x.primal, x.node)
        self.seen: Any = Recorder(hollow=True)
        self.seen.met(x)
        self.start = self.moment = randomness.moment(rngs)
        self.slots: list[tuple[int, Any, Any]] = []  # state, its array, the generators
        self.logs: list[tuple[Any, ...]] = []  # of each function but the last
        self.same: dict[Any, Any] = {}  # equal logs are one object
        self.tracked = bytearray(len(steps))  # whether a gradient flows to that state
        self.begin()

    def begin(self) -> None:
        """Stand before the first action, at the chain's input."""
        self.actions = self.plan()
        self.slots.clear()
        self.current: Any = self.x
        self.at = 0
        self.left = len(self.steps) - 1  # the function to reverse next
        self.fresh = True

    # -- forward -----------------------------------------------------------------
    def sweep(self, seen: Recorder) -> None:
        """Up to the first `reverse`, that of the last function, which is not done."""
        for action in self.actions:
            if action.kind == "reverse":
                self.check(action, self.at == self.left == action.step)
                self.left -= 1
                return
            self.act(action, seen)
        raise self.unfinished()

    def last(self) -> Tensor:
        """The input of the last function, tied to a node that reverses the others."""
        inputs, arrays = self.seen.inputs([self.x])
        tracked = self.current.node is not None
        out = _bare(self.current.primal)
        self.current = self.seen = None
        if not randomness.draws(self.rngs, self.start)[0]:  # nothing to draw again
            self.rngs, self.start, self.moment = [], [], []
            self.slots[:] = [(k, array, []) for k, array, _ in self.slots]
        if tracked:
            out.node = node = Node.make(_reverse, inputs, ("checkpoint_chain",))
            node.a, node.b, node.y = arrays, self.slots, self
        return out

    # -- backward ----------------------------------------------------------------
    def reverse(self, g: Any) -> None:
        """Pull `g` from the last function's input to the chain's, by the schedule."""
        idle = Recorder(hollow=True)
        if not self.fresh:
            self.begin()
            with idle:
                self.sweep(idle)
        self.fresh = False
        for action in self.actions:
            if action.kind == "reverse":
                self.check(action, self.at == self.left == action.step)
                g = self.pull(action.step, [g])
                self.at, self.left = -1, self.left - 1
                if g is None or self.left < 0:
                    return
            else:
                with idle:
                    self.act(action, idle)
        raise self.unfinished()

    def pull(self, k: int, g: list[Any]) -> Any:
        """The cotangent of state k, given that of the next one, which `g` gives up."""
        x = self.x if k == 0 else _bare(self.current.primal)
        self.current = end = None
        if k and self.tracked[k]:
            x.node = end = _leaf_node(x)
            end.g = PENDING  # so that the walk stops here
        with Recorder(hollow=False) as again:
            root = _tensor(self.steps[k](x), k).node
        again.same_as(self.logs[k], f"function {k} of a chain")
        if root is None:
            raise CheckpointError(
                f"function {k} of a chain gave a result without a gradient when it was "
                "run again. It must do the same on the same inputs."
            )
        del x  # the walk lets go of arrays as it comes past them
        pull_back([(root, g.pop())], again.start, False)
        return None if end is None or end.g is PENDING else end.g

    def record(self, g: Any) -> None:
        """As `reverse`, on record: every function but the last at once."""
        with Recorder(hollow=False) as again:
            y = self.x
            for k, step in enumerate(self.steps[:-1]):
                y = _tensor(step(y), k)
        again.same_as([op for log in self.logs for op in log], "a chain")
        if y.node is not None:
            pull_back([(y.node, g)], again.start, True)

    # -- actions -----------------------------------------------------------------
    def act(self, action: Action, seen: Recorder) -> None:
        """Carry out one action that is no `reverse`."""
        kind, k, to = action
        if kind == "advance":
            self.check(action, self.at == k and to is not None and to <= self.left)
            self.advance(to or 0, seen)
        elif kind == "store":
            self.check(action, self.at == k)
            self.moment = randomness.moment(self.rngs, self.moment)
            self.slots.append((k, self.current.primal, self.moment))
        elif kind == "load":
            _, array, self.moment = self.slots[self.found(action)]
            blank = seen.blank() if self.tracked[k] else None
            self.at, self.current = k, _bare(array, blank) if k else self.x
            randomness.rewind(self.rngs, self.moment)
        else:
            self.check(action, kind == "drop")
            del self.slots[self.found(action)]

    def found(self, action: Action) -> int:
        """Where the state of an action is stored."""
        steps = [slot[0] for slot in self.slots]
        self.check(action, action.step in steps)
        return steps.index(action.step)

    def advance(self, to: int, seen: Recorder) -> None:
        """Run functions unrecorded, up to state `to`."""
        while self.at < to:
            k, before, now = self.at, self.current, versions.tick()
            self.current = None
            out = _tensor(self.steps[k](before), k)
            if versions.written_after(before.primal, now):
                raise GraphError(
                    f"function {k} of a chain wrote in place to its input: run again, "
                    "it would start from other numbers. Write to a clone() of it."
                )
            seen.met(out)
            log = tuple(seen.log)
            seen.log.clear()
            if k == len(self.logs):
                self.logs.append(self.same.setdefault(log, log))
                self.tracked[k + 1] = out.node is not None
            self.at, self.current = k + 1, out

    def check(self, action: Action, good: bool) -> None:
        """Raise `ArgumentError` for an action that cannot be carried out now."""
        if not good:
            raise ArgumentError(
                f"the schedule says {' '.join(map(str, action))} where state {self.at} "
                f"is current, states {[slot[0] for slot in self.slots]} are stored and "
                f"function {self.left} is to be reversed next. See schedules.Action."
            )

    def unfinished(self) -> ArgumentError:
        """What is wrong with a schedule that ends too early."""
        return ArgumentError(
            f"the schedule ended before it reversed function {self.left}. It must "
            "reverse every one, from the last to the first."
        )


def _reverse(n: Any, g: Any) -> tuple[None, None]:
    """The rule of a chain: it delivers to its inputs itself."""
    keep = type(n) is not Node  # derivatives of this pass will be wanted
    run: Any = (n.node if keep else n).y
    if run is FREED:
        FREED._gone()
    with randomness.replayed(run.rngs, run.start):
        if keep:
            run.record(g)
        else:
            run.reverse(g)
    return None, None
