"""Chains reversed by a schedule: calls, peaks, gradients, what a schedule must do."""

import itertools
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograd_ref import ops
from autograd_ref.chain import checkpoint_chain
from autograd_ref.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_recursive,
    checkpoint_sequential,
)
from autograd_ref.errors import ArgumentError, DTypeError, GraphError
from autograd_ref.meter import LiveBytes, saved_bytes
from autograd_ref.mode import no_grad
from autograd_ref.schedules import Action, binomial_cost
from autograd_ref.tensor import Tensor, grad, tensor

STATE = 256 * 32 * 8  # bytes of one state in the tests of peaks


def leaf(array):
    return Tensor(array, requires_grad=True)


def layers(n, rng):
    """n layers with weights of their own, and the list that their calls go to."""
    weights = [leaf(rng.normal(size=(3, 3))) for _ in range(n)]
    calls = []

    def layer(i, x):
        calls.append(i)
        return (x @ weights[i]).tanh()

    return [partial(layer, i) for i in range(n)], weights, calls


def plain(functions, x):
    for f in functions:
        x = f(x)
    return x


def same(got, expected):
    for a, b in zip(got, expected, strict=True):
        assert a.shape == b.shape
        assert a.primal.tobytes() == b.primal.tobytes()


# -- calls and gradients -----------------------------------------------------------
@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 12])
@pytest.mark.parametrize("slots", [1, 2, 3, 5, 20])
def test_gradients_are_the_plain_ones_for_the_least_number_of_calls(n, slots, rng):
    functions, weights, calls = layers(n, rng)
    x, v = leaf(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    expected = grad(plain(functions, x), [x, *weights], v)
    calls.clear()
    out = checkpoint_chain(functions, x, slots)
    assert calls == list(range(n))
    same(grad(out, [x, *weights], v), expected)
    assert len(calls) == n + binomial_cost(n, slots)
    assert [calls.count(n - 1), sorted(set(calls))] == [1, list(range(n))]


@pytest.mark.parametrize(
    "slots, repeated", [(3, 12155), (5, 6284), (10, 3636), (20, 2747), (43, 1965)]
)
def test_a_thousand_steps_are_called_as_often_as_the_theory_says(slots, repeated):
    calls = []

    def step(x):
        calls.append(1)
        return x * 1.001

    x = leaf([1.0])
    checkpoint_chain([step] * 1000, x, slots).sum().backward()
    assert len(calls) == 1000 + repeated
    same([x.grad], grad(plain([step] * 1000, x).sum(), x))


def test_gradients_are_torchs(torch, rng):
    w, x = rng.normal(size=(10, 3, 3)), rng.normal(size=(2, 3))
    ours = [leaf(a) for a in w]
    theirs = [torch.tensor(a, requires_grad=True) for a in w]
    start, begin = leaf(x), torch.tensor(x, requires_grad=True)
    run = checkpoint_chain(
        [partial(lambda w, x: (x @ w).tanh(), a) for a in ours], start, 3
    )
    run.sum().backward()
    out = begin
    for a in theirs:
        out = torch.utils.checkpoint.checkpoint(
            lambda x, a=a: (x @ a).tanh(), out, use_reentrant=False
        )
    out.sum().backward()
    for a, b in zip([start, *ours], [begin, *theirs], strict=True):
        np.testing.assert_allclose(
            a.grad.numpy(), b.grad.numpy(), rtol=1e-11, atol=1e-13
        )


def test_a_retained_graph_is_reversed_again_from_its_input(rng):
    functions, weights, calls = layers(8, rng)
    x, v = leaf(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    out = checkpoint_chain(functions, x, 3)
    first = grad(out, [x, *weights], v, retain_graph=True)
    calls.clear()
    second = grad(out, [x, *weights], v, create_graph=True)
    assert calls == list(range(7))  # on record, at once
    calls.clear()
    third = grad(out, [x, *weights], v)
    assert len(calls) == 7 + binomial_cost(8, 3)
    same(second, first)
    same(third, first)


def test_a_pass_that_failed_can_be_made_again(rng):
    functions, weights, _ = layers(8, rng)
    x, v = leaf(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    expected = grad(plain(functions, x), [x, *weights], v)
    broken = [False]

    def fragile(x):
        if broken[0]:
            raise OSError
        return functions[2](x)

    out = checkpoint_chain([*functions[:2], fragile, *functions[3:]], x, 2)
    broken[0] = True
    with pytest.raises(OSError):
        grad(out, x, v, retain_graph=True)
    broken[0] = False
    same(grad(out, [x, *weights], v), expected)


def test_a_chain_inside_a_checkpoint_and_a_checkpoint_inside_a_chain(rng):
    functions, weights, _ = layers(8, rng)
    x, v = leaf(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    expected = grad(plain(functions, x), [x, *weights], v)
    out = checkpoint(lambda x: checkpoint_chain(functions, x, 2), x)
    same(grad(out, [x, *weights], v), expected)
    pairs = [
        partial(checkpoint, partial(plain, functions[i : i + 2])) for i in (0, 2, 4)
    ]
    pairs.append(partial(plain, functions[6:]))
    same(grad(checkpoint_chain(pairs, x, 2), [x, *weights], v), expected)


def test_weights_get_gradients_where_the_input_does_not_require_grad(rng):
    functions, weights, _ = layers(8, rng)
    x, v = tensor(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    mixed = [ops.sin, ops.sin, *functions[:3], ops.sin, *functions[3:]]
    expected = grad(plain(mixed, x), weights, v)
    for slots in (1, 2, 4):
        same(grad(checkpoint_chain(mixed, x, slots), weights, v), expected)
    assert x.grad is None


def test_where_no_gradient_flows_nothing_is_run_again(rng):
    functions, weights, calls = layers(6, rng)
    x = leaf(rng.normal(size=(2, 3)))
    cut = [*functions[:4], lambda x: x.detach(), *functions[4:]]
    checkpoint_chain(cut, x, 2).sum().backward()
    assert weights[4].grad is not None
    assert x.grad is None
    assert calls[6:] == [4]  # the last is never run again, nor what is cut off
    assert checkpoint_chain(functions, x, 2).requires_grad
    with no_grad():
        assert not checkpoint_chain(functions, x, 2).requires_grad
    assert not checkpoint_chain([ops.sin] * 5, tensor(1.0), 2).requires_grad


def test_a_function_may_hand_its_input_through_or_ignore_it(rng):
    w, x = leaf(rng.normal(size=3)), leaf(rng.normal(size=3))
    chains: list[list[Any]] = [
        [lambda x: x] * 5,
        [lambda x: x, ops.sin, lambda x: x, lambda x: x],
        [ops.sin, lambda _: w, ops.sin, ops.sin],
        [ops.sin, lambda x: x.reshape(3, 1), lambda x: x.reshape(3), ops.sin],
    ]
    for functions in chains:
        leaves = [w, x]
        expected = grad(plain(functions, x).sum(), leaves, allow_unused=True)
        for slots in (1, 2):
            out = checkpoint_chain(functions, x, slots)
            got = grad(out.sum(), leaves, allow_unused=True)
            for a, b in zip(got, expected, strict=True):
                assert (a is None) == (b is None)
                assert a is None or a.tolist() == b.tolist()


# -- schedules of one's own ----------------------------------------------------------
def everything(n):
    """The schedule that stores every state."""
    for k in range(n):
        yield Action("store", k)
        if k < n - 1:
            yield Action("advance", k, k + 1)
    for k in reversed(range(n)):
        yield Action("load", k)
        yield Action("reverse", k)


def test_a_schedule_of_ones_own_is_carried_out_any_number_of_times(rng):
    functions, weights, calls = layers(6, rng)
    x, v = leaf(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    expected = grad(plain(functions, x), [x, *weights], v)
    calls.clear()
    out = checkpoint_chain(functions, x, schedule=everything(6))
    same(grad(out, [x, *weights], v, retain_graph=True), expected)
    assert len(calls) == 6 + 5
    same(grad(out, [x, *weights], v), expected)


@pytest.mark.parametrize(
    "schedule",
    [
        [],
        [("advance", 0, 2), ("reverse", 1)],
        [("advance", 0, 4)],
        [("advance", 1, 2), ("reverse", 2)],
        [("store", 1), ("advance", 0, 2), ("reverse", 2)],
        [("load", 1), ("advance", 0, 2), ("reverse", 2)],
        [("drop", 0), ("advance", 0, 2), ("reverse", 2)],
        [("jump", 0), ("advance", 0, 2), ("reverse", 2)],
        [("advance", 0, None), ("reverse", 2)],
    ],
)
def test_a_schedule_that_cannot_be_carried_out_is_refused_at_once(schedule):
    actions = [Action(*action) for action in schedule]
    with pytest.raises(ArgumentError, match="the schedule"):
        checkpoint_chain([ops.sin] * 3, leaf(1.0), schedule=actions)


@pytest.mark.parametrize("rest", [[], [("load", 0), ("reverse", 0)], [("reverse", 1)]])
def test_a_schedule_that_stops_short_is_refused_on_the_way_back(rest):
    first = [("store", 0), ("advance", 0, 2), ("reverse", 2)]
    actions = [Action(*action) for action in first + rest]
    out = checkpoint_chain([ops.sin] * 3, leaf(1.0), schedule=actions)
    with pytest.raises(ArgumentError, match="the schedule"):
        out.backward()


def test_slots_or_a_schedule_and_not_both():
    both: dict[str, Any] = {"slots": 2, "schedule": []}
    for options in ({}, both):
        with pytest.raises(ArgumentError, match="one of them"):
            checkpoint_chain([ops.sin] * 3, leaf(1.0), **options)
    with pytest.raises(ArgumentError, match="slots is 0"):
        checkpoint_chain([ops.sin] * 3, leaf(1.0), 0)


# -- what a function may not do --------------------------------------------------------
def test_a_function_that_returns_no_tensor_is_named():
    for broken in range(4):
        functions: list[Any] = [ops.sin] * 4
        functions[broken] = lambda x: (x, x)
        with pytest.raises(DTypeError, match=f"function {broken} of a chain"):
            checkpoint_chain(functions, leaf(1.0), 2)
    with pytest.raises(DTypeError, match="as x"):
        checkpoint_chain([ops.sin] * 3, np.ones(3), 2)  # type: ignore[arg-type]


def test_a_write_to_the_input_is_refused_at_once(rng):
    x = leaf(rng.normal(size=3))
    functions: list[Any] = [ops.sin, ops.sin, lambda x: x.mul_(2.0), ops.sin]
    with pytest.raises(GraphError, match="function 2 of a chain wrote"):
        checkpoint_chain(functions, x, 2)
    with pytest.raises(GraphError, match="leaf"):
        checkpoint_chain(functions[2:], x, 2)
    w = leaf(rng.normal(size=3))
    with pytest.raises(GraphError, match="from outside"):
        checkpoint_chain([lambda x: x * w + w.detach().add_(1.0), ops.sin], x, 2)


def test_a_weight_overwritten_before_the_way_back_is_noticed(rng):
    functions, weights, _ = layers(5, rng)
    out = checkpoint_chain(functions, tensor(rng.normal(size=(2, 3))), 2)
    with no_grad():
        weights[1].mul_(2.0)
    with pytest.raises(GraphError, match="modified by an in-place"):
        out.sum().backward()


def test_a_function_that_runs_differently_is_named(rng):
    calls = itertools.count()
    second = [lambda x: x.sin() if next(calls) < 1 else x.cos()]
    functions: list[Any] = [ops.sin, *second, ops.sin]
    with pytest.raises(CheckpointError, match=r"function 1 of a chain .* sin .* cos"):
        checkpoint_chain(functions, leaf(rng.normal(size=3)), 3).sum().backward()


def test_a_function_that_cuts_the_gradient_the_second_time_is_named(rng):
    calls = itertools.count()
    cut: list[Any] = [lambda x: x if next(calls) < 1 else x.detach()]
    with pytest.raises(CheckpointError, match="function 1 of a chain"):
        checkpoint_chain([ops.sin, *cut, ops.sin], leaf(1.0), 3).backward()


def test_a_freed_chain_says_so_itself(rng):
    out = checkpoint_chain(
        [ops.sin, ops.sin, ops.neg], leaf(1.0), 2
    )  # neg saves nothing
    out.backward()
    with pytest.raises(GraphError, match="second time"):
        out.backward()


# -- peaks -----------------------------------------------------------------------------
def states_at_the_peak(run, n):
    """The peak of a forward and a backward pass over n steps, in states."""
    x = leaf(np.full((256, 32), 0.5))
    with LiveBytes() as live:
        loss = run([lambda x: x.sin()] * n, x).sum()
        kept = saved_bytes(loss)
        loss.backward()
    return live.peak / STATE, kept / STATE


@pytest.mark.parametrize(
    "run, peak, kept",
    [
        (plain, 1010, 999),
        (lambda fs, x: checkpoint_sequential(fs, None, x), 2 * 1000**0.5 + 5, 62),
        (checkpoint_recursive, 16.5, 10),
        *((partial(checkpoint_chain, slots=s), s + 5, s) for s in (3, 5, 10, 20, 43)),
    ],
    ids=["full", "sqrt", "recursive", *(f"revolve-{s}" for s in (3, 5, 10, 20, 43))],
)
def test_the_peak_over_a_thousand_steps(run, peak, kept):
    most, saved = states_at_the_peak(run, 1000)
    assert most <= peak
    assert kept - 1 <= saved <= kept + 1


def test_one_big_checkpoint_saves_nothing_at_the_peak():
    whole = states_at_the_peak(lambda fs, x: checkpoint(plain, fs, x), 100)
    full = states_at_the_peak(plain, 100)
    assert whole[1] == 0.0
    assert full[1] >= 99
    assert whole[0] >= 0.95 * full[0]


def test_recursion_keeps_two_states_more_than_its_depth():
    def most(n):
        return states_at_the_peak(checkpoint_recursive, n)[0]

    assert most(256) <= most(16) + 4 + 1  # four levels deeper
