"""Which states of a chain to keep, and which steps to run again: plans without tensors.

To reverse a chain of n steps, each step must be run once on record, with its input at
hand. Inputs that were not kept are computed again from one that was. With s slots and
at most r repeats of any step, C(s + r, s) steps can be reversed and no more; `binomial`
plans reach that bound with the fewest repeated steps possible: Griewank and Walther,
"Algorithm 799: Revolve", ACM Transactions on Mathematical Software 26 (2000).

Nothing here runs a step: a schedule is a list of actions, for any chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from math import comb, isqrt
from typing import NamedTuple

from .errors import ArgumentError

__all__ = [
    "Action",
    "binomial_cost",
    "binomial_reach",
    "binomial_schedule",
    "binomial_split",
    "even_segments",
    "sqrt_segments",
]


class Action(NamedTuple):
    """One action of a schedule; state k is the input of step k.

    - `store k`: keep the current state, k, in a free slot;
    - `advance k, to`: run steps k to `to` - 1 unrecorded; state `to` is current then;
    - `reverse k`: run step k, whose input is current, on record, and pull back through
      it; no state is current then;
    - `load k`: make the stored state k current; `drop k`: free its slot.

    >>> Action("advance", 0, 3)
    Action(kind='advance', step=0, to=3)
    """

    kind: str
    step: int
    to: int | None = None


def binomial_reach(slots: int, repeats: int) -> int:
    """The longest chain that `slots` can reverse running no step unrecorded more often.

    C(slots + repeats, slots). Raises `ArgumentError` for less than one slot.

    >>> binomial_reach(10, 6)
    8008
    """
    _positive("slots", slots)
    return comb(slots + repeats, slots)


def binomial_cost(n: int, slots: int) -> int:
    """The fewest unrecorded steps that reverse a chain of `n` with so many slots.

    r n - C(s + r, s + 1), r the least with C(s + r, s) >= n. The first sweep counts,
    the `n` steps on record do not; the chain's input takes one of the slots. Raises
    `ArgumentError` for less than one step or slot.

    >>> binomial_cost(1000, 10), binomial_cost(1000, 1), binomial_cost(1000, 1000)
    (3636, 499500, 999)
    """
    r = _repeats(n, slots)
    return r * n - comb(slots + r, slots + 1)


def binomial_split(n: int, slots: int) -> int:
    """How far to advance before the next state is stored, for `binomial_cost`.

    The part behind the stored state has a slot less, and is reversed first. Raises
    `ArgumentError` for less than two steps.

    >>> binomial_split(10, 3)
    4
    """
    _positive("n - 1", n - 1)
    r = _repeats(n, slots)
    return min(comb(slots + r - 1, slots), n - comb(slots + r - 2, slots - 1))


def binomial_schedule(n: int, slots: int) -> Iterator[Action]:
    """The actions that reverse `n` steps with `binomial_cost` unrecorded ones.

    They start at state 0 and reverse every step once, the last one first; never more
    than `slots` states are stored. They come one at a time: the list for a long chain
    would take more room than the states. Raises `ArgumentError` for less than one
    step or slot.

    >>> for action in binomial_schedule(3, 2):
    ...     print(*action)
    store 0 None
    advance 0 1
    store 1 None
    advance 1 2
    reverse 2 None
    load 1 None
    drop 1 None
    reverse 1 None
    load 0 None
    drop 0 None
    reverse 0 None
    """
    _positive("n", n)
    _positive("slots", slots)
    return _binomial(n, slots)


def _binomial(n: int, slots: int) -> Iterator[Action]:
    if n > 1:
        yield Action("store", 0)
    at = 0  # the current state
    parts = [(0, n, slots)]  # still to reverse, the last one first: start, stop, slots
    while parts:
        start, stop, free = parts.pop()
        if at != start:
            yield Action("load", start)
        if stop - start == 1:
            if at != start:
                yield Action("drop", start)
            yield Action("reverse", start)
            at = -1
            continue
        middle = start + binomial_split(stop - start, free)
        yield Action("advance", start, middle)
        if stop - middle > 1:
            yield Action("store", middle)
        at = middle
        parts += [(start, middle, free), (middle, stop, free - 1)]


def sqrt_segments(n: int) -> int:
    """The number of equal segments that makes a chain of `n` equal steps smallest.

    s segments keep s inputs and, one segment at a time, n/s states: least at the square
    root of n, rounded up here. (Chen, Xu, Zhang and Guestrin, "Training deep nets with
    sublinear memory cost", 2016.) Raises `ArgumentError` for less than one step.

    >>> sqrt_segments(16), sqrt_segments(1000)
    (4, 32)
    """
    _positive("n", n)
    return isqrt(n - 1) + 1


def even_segments(n: int, segments: int) -> list[tuple[int, int]]:
    """Start and stop of each of `segments` parts of `n` steps, as even as can be.

    Longer ones stand last, where nothing is computed again. Raises `ArgumentError`
    unless there are 1 to `n` of them.

    >>> even_segments(10, 3)
    [(0, 3), (3, 6), (6, 10)]
    """
    _positive("n", n)
    if not 1 <= segments <= n:
        raise ArgumentError(
            f"{segments} segments were asked for; a chain of {n} steps has 1 to {n}."
        )
    size, longer = divmod(n, segments)
    sizes = [size] * (segments - longer) + [size + 1] * longer
    return list(pairwise(accumulate(sizes, initial=0)))


def _repeats(n: int, slots: int) -> int:
    """The least r with C(slots + r, slots) >= n."""
    _positive("n", n)
    _positive("slots", slots)
    r, reach = 0, 1
    while reach < n:
        r += 1
        reach = reach * (slots + r) // r
    return r


def _positive(name: str, value: int) -> None:
    if value < 1:
        raise ArgumentError(f"{name} is {value}, and must be at least 1.")
