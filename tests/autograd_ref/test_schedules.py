"""Schedules: the binomial one against a search over all others, and what may not be."""

import functools
import itertools
import math

import pytest

from autograd_ref.errors import ArgumentError
from autograd_ref.schedules import (
    Action,
    binomial_cost,
    binomial_reach,
    binomial_schedule,
    binomial_split,
    even_segments,
    sqrt_segments,
)


@functools.cache
def fewest(n, slots):
    """The fewest unrecorded steps over every place for the next stored state."""
    if n == 1:
        return 0
    if slots == 1:
        return n * (n - 1) // 2
    return min(m + fewest(n - m, slots - 1) + fewest(m, slots) for m in range(1, n))


def carried_out(n, slots):
    """Unrecorded steps and most states stored, every action checked on the way."""
    stored, at, left, steps, most = set(), 0, n - 1, 0, 0
    for kind, k, to in binomial_schedule(n, slots):
        if kind == "advance":
            assert to is not None
            assert at == k < to <= left
            steps, at = steps + to - k, to
        elif kind == "store":
            assert at == k not in stored
            stored.add(k)
            most = max(most, len(stored))
        elif kind == "load":
            assert k in stored
            at = k
        elif kind == "drop":
            stored.remove(k)
        else:
            assert kind == "reverse"
            assert at == k == left
            at, left = None, left - 1
    assert left == -1
    assert not stored
    return steps, most


@pytest.mark.parametrize("slots", range(1, 9))
def test_no_schedule_runs_fewer_steps(slots):
    for n in range(1, 61):
        steps, most = carried_out(n, slots)
        assert steps == binomial_cost(n, slots) == fewest(n, slots)
        assert most <= slots


@pytest.mark.parametrize(
    "slots, steps", [(3, 12155), (5, 6284), (10, 3636), (20, 2747), (43, 1965)]
)
def test_a_thousand_steps_cost_what_griewank_and_walther_say(slots, steps):
    assert binomial_cost(1000, slots) == steps
    assert carried_out(1000, slots) == (steps, slots)


def test_reach_is_the_longest_chain_with_so_many_repeats():
    for slots in range(1, 8):
        for repeats in range(1, 8):
            n = binomial_reach(slots, repeats)
            # In the longest chain each step more would be one repeat more.
            more = binomial_cost(n + 1, slots) - binomial_cost(n, slots)
            assert more == repeats + 1
            assert n == math.comb(slots + repeats, slots)


def test_a_slot_for_every_state_repeats_nothing():
    for n in range(1, 20):
        assert binomial_cost(n, n) == binomial_cost(n, n + 5) == n - 1


def test_the_schedule_is_lazy():
    actions = binomial_schedule(10**9, 50)
    assert next(actions) == Action("store", 0)
    kind, start, stop = next(actions)
    assert (kind, start, stop) == ("advance", 0, binomial_split(10**9, 50))


def test_segments_are_even_and_the_longer_ones_stand_last():
    for n in range(1, 30):
        for segments in range(1, n + 1):
            bounds = even_segments(n, segments)
            sizes = [stop - start for start, stop in bounds]
            assert bounds[0][0] == 0
            assert bounds[-1][1] == n
            assert all(a[1] == b[0] for a, b in itertools.pairwise(bounds))
            assert sizes == sorted(sizes)
            assert sizes[-1] - sizes[0] <= 1


def test_the_square_root_makes_a_chain_smallest():
    for n in range(1, 200):
        kept = {s: s + math.ceil(n / s) for s in range(1, n + 1)}
        assert kept[sqrt_segments(n)] == min(kept.values())


@pytest.mark.parametrize(
    "call",
    [
        lambda: binomial_cost(0, 1),
        lambda: binomial_cost(1, 0),
        lambda: binomial_schedule(0, 1),
        lambda: binomial_schedule(3, 0),
        lambda: binomial_split(1, 1),
        lambda: binomial_reach(0, 1),
        lambda: sqrt_segments(0),
        lambda: even_segments(0, 1),
    ],
)
def test_numbers_below_one_are_named(call):
    with pytest.raises(ArgumentError, match="at least 1"):
        call()
