"""Memory for compute: forget what a function did, and run it again (lesson 9).

A backward pass reads arrays that the forward pass left behind. `checkpoint(fn, *args)`
leaves the arguments only, and runs `fn` again when the gradient comes: one more forward
pass, for as much less memory as `fn` would have kept. Over a chain of n equal steps,
square root of n checkpoints keep about 2 sqrt(n) states (`checkpoint_sequential`),
checkpoints in checkpoints log2(n) + 2 (`checkpoint_recursive`); the best trade there is
between slots and repeats is `chain.checkpoint_chain`.

Gradients are those of the plain run, bit for bit: the same operations pull in the same
order (second derivatives add up in another, and differ by rounding). Semantics are
torch's with `use_reentrant=False`: whatever `fn` closes over gets its gradient too, and
every kind of backward pass works. Differences:

- the first run is not recorded, so a tensor made in `fn` must be returned to be used
  outside, and a part of `fn` that differentiates stands in `enable_grad()`;
- `fn` is run to its end again (torch stops where nothing more is needed);
- overwriting a weight between the two runs raises, as it does without a checkpoint
  (torch silently uses the new one);
- NumPy's generators are restored (torch restores its own).

Side effects of `fn` happen twice: running statistics are updated twice a step, a
counter counts double, a print prints again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from . import randomness, schedules
from .errors import ArgumentError
from .function import _pull_part
from .graph import FREED, Node, Parts
from .mode import state
from .replay import CheckpointError, Recorder, pull_back
from .tensor import Tensor, _bare

__all__ = [
    "CheckpointError",
    "checkpoint",
    "checkpoint_recursive",
    "checkpoint_sequential",
]

Fn = Callable[..., Any]


def checkpoint(
    fn: Fn,
    *args: Any,
    preserve_rng_state: bool = True,
    rngs: Iterable[Any] = (),
    determinism_check: str = "default",
    use_reentrant: bool = False,
    **kwargs: Any,
) -> Any:
    """`fn(*args, **kwargs)`, keeping its arguments only; run again on the way back.

    Arguments and results are anything; gradients flow to and from the tensors among
    them (in tuples, lists and dicts too), and to those that `fn` closes over.

    `preserve_rng_state`: generators draw the same numbers again, and are left as they
    were found. Those are NumPy's global one, those in `rngs`, and those that
    `randomness.sources` finds in `fn` and the arguments. `determinism_check`: "default"
    compares the operations of both runs, the shapes and dtypes of their results;
    "values" compares the entries of what `fn` returns as well, at the price of a look
    at each; "none" trusts.

    Raises `CheckpointError` on the way back if `fn` ran differently, `GraphError` at
    once if it wrote in place to a tensor from outside, `ArgumentError` for options
    that do not exist (reentrant checkpoints, which lose the gradients of weights).

    >>> w, x = Tensor(2.0, requires_grad=True), Tensor(3.0)
    >>> def layer(x):
    ...     print("runs")
    ...     return (w * x).exp()
    >>> y = checkpoint(layer, x)
    runs
    >>> y.backward()
    runs
    >>> w.grad.item() == 3.0 * y.item()
    True
    """
    if use_reentrant or determinism_check not in ("default", "values", "none"):
        raise ArgumentError(
            f"checkpoint() got use_reentrant={use_reentrant}, "
            f"determinism_check={determinism_check!r}; there is use_reentrant=False, "
            "and determinism_check is default, values or none."
        )
    found = randomness.sources((fn, *args, *kwargs.values()), rngs)
    return _checkpoint(
        fn, args, kwargs, found if preserve_rng_state else [], determinism_check
    )


def checkpoint_sequential(
    functions: Iterable[Fn], segments: int | None, x: Any, **options: Any
) -> Any:
    """`x` through `functions`, one after the other, keeping the inputs of segments.

    The last segment is recorded as it runs, so nothing of it is computed again.
    `segments` is from 1 to their number; None takes `schedules.sqrt_segments`. Torch's
    function of that name puts the whole remainder into the last segment; here sizes
    differ by one at most. `options` and errors are those of `checkpoint`.

    >>> x = Tensor([0.1, 0.2], requires_grad=True)
    >>> y = checkpoint_sequential([Tensor.sin, Tensor.exp, Tensor.tanh], 2, x)
    >>> y.grad_fn, y.grad_fn.p
    (<TanhBackward0>, <ExpBackward0>)
    >>> y.grad_fn.p.p
    <CheckpointBackward0>
    """
    steps = list(functions)
    if not steps:
        return x
    if segments is None:
        segments = schedules.sqrt_segments(len(steps))
    *early, (last, _) = schedules.even_segments(len(steps), segments)
    for start, stop in early:
        x = checkpoint(_composed, steps[start:stop], x, **options)
    return _composed(steps[last:], x)


def checkpoint_recursive(
    functions: Iterable[Fn],
    x: Any,
    preserve_rng_state: bool = True,
    rngs: Iterable[Any] = (),
) -> Any:
    """`x` through `functions`, checkpointing the first half of each part of them.

    For n equal steps, log2(n) + 2 states at the most, and n (1 + log2(n) / 2) calls.
    Options and errors are those of `checkpoint`.

    >>> calls = []
    >>> def step(x):
    ...     calls.append(1)
    ...     return x.sin()
    >>> x = Tensor(0.5, requires_grad=True)
    >>> checkpoint_recursive([step] * 16, x).backward()
    >>> len(calls)
    48
    """
    steps = list(functions)
    found = randomness.sources(steps, rngs) if preserve_rng_state else []

    def run(low: int, high: int, x: Any) -> Any:
        while high - low > 1:
            middle = (low + high) // 2
            x = _checkpoint(run, (low, middle, x), {}, found, "default")
            low = middle
        return steps[low](x)

    return run(0, len(steps), x) if steps else x


def _composed(steps: Sequence[Fn], x: Any) -> Any:
    for step in steps:
        x = step(x)
    return x


# -- the first run -----------------------------------------------------------------
class _Call(NamedTuple):
    """What is kept of a call: enough to make it again, and to know it when it comes."""

    fn: Fn
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    rngs: list[Any]  # those that were drawn from
    states: list[Any]
    log: tuple[Any, ...]
    kinds: list[Any]  # shape and dtype of each result that a gradient flows through
    values: list[int] | None
    check: bool


def _checkpoint(
    fn: Fn, args: tuple[Any, ...], kwargs: dict[str, Any], rngs: list[Any], check: str
) -> Any:
    outer = state.recorder
    if not state.grad if outer is None else outer.hollow:
        return fn(*args, **kwargs)
    before = randomness.moment(rngs)
    with Recorder(hollow=True) as seen:
        out = fn(*args, **kwargs)
    outs = seen.made(out)
    for t in outs:
        seen.met(t)
    inputs, arrays = seen.inputs(_tensors_of((*args, *kwargs.values())))
    if outer is not None:
        outer.log += seen.log
    if outs:
        node = Node.make(_run_again, inputs, ("checkpoint",))
        node.a = arrays
        node.y = _Call(
            fn,
            tuple(_as_now(arg) for arg in args),
            {name: _as_now(arg) for name, arg in kwargs.items()},
            *randomness.draws(rngs, before),
            tuple(seen.log),
            [(t.shape, t.dtype) for t in outs],
            _fingerprints(outs) if check == "values" else None,
            check != "none",
        )
        _tie(node, outs)
    return out


def _tensors_of(args: Iterable[Any]) -> list[Tensor]:
    return [arg for arg in args if isinstance(arg, Tensor)]


def _as_now(arg: Any) -> Any:
    """An argument as it is now: a tensor written to later moves on in the graph."""
    return _bare(arg.primal, arg.node) if type(arg) is Tensor else arg


def _tie(node: Node, outs: list[Tensor]) -> None:
    """Make `node` the maker of `outs`; of several, through one small node each."""
    for i, t in enumerate(outs):
        one = len(outs) == 1
        t.node = node if one else Node.make(_pull_part, (node,), ("output", i))


def _fingerprints(outs: list[Tensor]) -> list[int]:
    return [hash(t.primal.tobytes()) for t in outs]


# -- the second run ----------------------------------------------------------------
def _run_again(n: Any, g: Any) -> tuple[None, None]:
    """The rule of a checkpoint: it delivers to its inputs itself."""
    keep = type(n) is not Node  # derivatives of this pass will be wanted
    call: Any = (n.node if keep else n).y
    if call is FREED:
        FREED._gone()
    with randomness.replayed(call.rngs, call.states), Recorder(hollow=False) as again:
        outs = again.made(call.fn(*call.args, **call.kwargs))
    _compare(call, again, outs)
    roots: Any = [t.node for t in outs]
    del outs  # the walk lets go of arrays as it comes past them
    parts = g if isinstance(g, Parts) else {0: g}
    pull_back([(roots[i], part) for i, part in parts.items()], again.start, keep)
    return None, None


def _compare(call: _Call, again: Recorder, outs: list[Tensor]) -> None:
    """Raise `CheckpointError` if the second run was another."""
    if call.check:
        again.same_as(call.log)
    kinds = [(t.shape, t.dtype) for t in outs]
    if len(kinds) != len(call.kinds) or (call.check and kinds != call.kinds):
        raise CheckpointError(
            f"a checkpointed function gave results {call.kinds}, and {kinds} when it "
            "was run again: only what is the same both times has a gradient."
        )
    if call.values is not None and call.values != _fingerprints(outs):
        raise CheckpointError(
            "a checkpointed function gave other numbers when it was run again. Does it "
            "draw random numbers from a generator that is not in rngs=, or read what "
            "it or somebody else has changed?"
        )
