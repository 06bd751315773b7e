"""The engine against torch in float64: rows, orders, refusals, random programs."""

import contextlib
import functools
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from autograd_ref.mode import inference_mode, no_grad
from autograd_ref.tensor import Tensor, grad, tensor
from tests.autograd_ref.programs import Ours, Theirs, entries, programs, writes
from tests.autograd_ref.test_ops import KNOWN_TO_TORCH, TORCH, assert_close
from tests.conftest import require

torch: Any = require("torch")

# Sums of a few hundred float64 products, in another order on each side.
BY_ROUNDING = 1e-11
# The same, through programs of a dozen float32 operations.
TOLERANCE = {"float64": 1e-9, "float32": 2e-4}


def both(case, rng):
    args = case.args(rng)
    wants = [x.dtype != bool and v is not None
             for x, v in zip(args, case.directions(rng), strict=True)]  # fmt: skip
    ours = [Tensor(x, w) for x, w in zip(args, wants, strict=True)]
    theirs = [
        torch.tensor(x, requires_grad=w) for x, w in zip(args, wants, strict=True)
    ]
    return ours, theirs, wants


@pytest.mark.parametrize("case", KNOWN_TO_TORCH, ids=str)
def test_first_and_second_gradients_of_every_row(case, rng):
    ours, theirs, wants = both(case, rng)
    z, t = case(*ours), TORCH[case.name](torch, *theirs, **case.params)
    w = rng.normal(size=z.shape)
    assert_close(z.detach().numpy(), t.detach().numpy(), BY_ROUNDING)
    mine = [x for x, want in zip(ours, wants, strict=True) if want]
    its = [x for x, want in zip(theirs, wants, strict=True) if want]
    g = grad([z], mine, [w], create_graph=True)
    h = torch.autograd.grad([t], its, [torch.tensor(w)], create_graph=True)
    for a, b in zip(g, h, strict=True):
        assert_close(a.primal, b.detach().numpy(), BY_ROUNDING)
    us = [rng.normal(size=x.shape) for x in mine]
    again = [(a, u) for a, u in zip(g, us, strict=True) if a.requires_grad]
    theirs_again = [(b, u) for b, u in zip(h, us, strict=True) if b.requires_grad]
    second = second_of(again, mine)
    expected = second_of_torch(theirs_again, its)
    for a, b in zip(second, expected, strict=True):
        assert_close(a, b, 10 * BY_ROUNDING)


def second_of(pairs, leaves):
    if not pairs:
        return [np.zeros(x.shape) for x in leaves]
    found = grad([a for a, _ in pairs], leaves, [u for _, u in pairs],
                 allow_unused=True)  # fmt: skip
    return [np.zeros(x.shape) if g is None else g.primal
            for g, x in zip(found, leaves, strict=True)]  # fmt: skip


def second_of_torch(pairs, leaves):
    if not pairs:
        return [np.zeros(tuple(x.shape)) for x in leaves]
    found = torch.autograd.grad(
        [a for a, _ in pairs], leaves, [torch.tensor(u) for _, u in pairs],
        allow_unused=True,
    )  # fmt: skip
    return [np.zeros(tuple(x.shape)) if g is None else g.numpy(force=True)
            for g, x in zip(found, leaves, strict=True)]  # fmt: skip


REFUSALS = ("second time", "in-place", "does not require grad")


# -- random programs ---------------------------------------------------------------
def run(side, program, unrecorded, refusals):
    """Values, outcomes of the passes, leaves; the first refused step ends it."""
    leaves, steps, passes, retain = program
    values = [
        side.leaf(entries(shape, number).astype(kind), wants)
        for shape, kind, wants, number in leaves
    ]
    first, outcomes = list(values), []
    for name, args, option, quiet in steps:
        with unrecorded() if quiet else contextlib.nullcontext():
            try:
                out = side.step(name, [values[i] for i in args], option)
            except refusals:
                outcomes.append("step refused")
                break
        if not writes(name):
            values.append(out)
    for i in passes:
        if i < len(values):
            outcomes.append(one_pass(values[i], retain, refusals))
        if outcomes and outcomes[-1] in REFUSALS:
            break  # torch has freed and accumulated half by then, we have done nothing
    return values, first, outcomes


def one_pass(value, retain, refusals):
    try:
        value.sum().backward(retain_graph=retain)
    except refusals as error:
        words = str(error).replace("inplace", "in-place")
        return next(kind for kind in REFUSALS if kind in words)
    return "done"


def agree(a, b, tolerance):
    assert tuple(a.shape) == tuple(b.shape)
    assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
    got, expected = a.detach().numpy(), b.detach().numpy()
    size = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * size)


@settings(
    max_examples=2000,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(programs())
def test_random_programs_agree(program):
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine, leaves, outcomes = run(Ours(), program, no_grad, RuntimeError)
        its, peers, expected = run(Theirs(torch), program, torch.no_grad, RuntimeError)
        assert outcomes == expected
        tolerance = max(TOLERANCE[kind] for _, kind, _, _ in program[0])
        for a, b in zip(mine, its, strict=True):
            assert a.requires_grad == b.requires_grad
            assert a.is_leaf == b.is_leaf
            agree(a, b, tolerance)
        if set(REFUSALS[:2]) & set(outcomes):
            return
        for a, b in zip(leaves, peers, strict=True):
            assert (a.grad is None) == (b.grad is None)
            if a.grad is not None:
                agree(a.grad, b.grad, tolerance)


# -- what torch refuses ------------------------------------------------------------
def leaf(make):
    return make([1.0, 2.0], requires_grad=True)


def saved_then_written(make, off, frozen):
    y = leaf(make) * 1.0
    z = y * y
    y.add_(1.0)
    z.sum().backward()


def twice(make, off, frozen):
    y = (leaf(make) ** 2).sum()
    y.backward()
    y.backward()


def write_under_graph(make, off, frozen):
    w = leaf(make)
    y = (w * w).sum()
    y.backward(retain_graph=True)
    with off():
        w.sub_(w.grad)
    y.backward()


def save_inference(make, off, frozen):
    with frozen():
        r = make([1.0, 2.0]) * 2
    return leaf(make) * r


def write_inference(make, off, frozen):
    with frozen():
        r = make([1.0, 2.0]) * 2
    r.add_(1)


def through_detach(make, off, frozen):
    y = leaf(make) * 1.0
    z = y.exp()
    z.detach().add_(1.0)
    z.sum().backward()


REFUSED = {
    "write to a leaf": lambda make, *_: leaf(make).add_(1.0),
    "write to a view of a leaf": lambda make, *_: leaf(make)[0:1].add_(1.0),
    "no scalar": lambda make, *_: (leaf(make) * 2).backward(),
    "nothing recorded": lambda make, *_: make([1.0]).sum().backward(),
    "second pass": twice,
    "saved input overwritten": saved_then_written,
    "overwritten by itself": lambda make, *_: (
        (y := leaf(make) * 1.0).mul_(y).sum().backward()
    ),
    "step between passes": write_under_graph,
    "write through detach": through_detach,
    "inference tensor saved": save_inference,
    "inference tensor written": write_inference,
    "whole numbers": lambda make, *_: make([1, 2], requires_grad=True),
    "numpy of a tracked one": lambda make, *_: leaf(make).numpy(),
    "requires_grad_ off the leaf": lambda make, *_: (leaf(make) * 2).requires_grad_(
        False
    ),
    "retain_grad without grad": lambda make, *_: make([1.0]).retain_grad(),
    "hook without grad": lambda make, *_: make([1.0]).register_hook(print),
    "expanded write": lambda make, *_: make([1.0]).expand(3).add_(1.0),
    "broadcast in place": lambda make, *_: make([1.0]).add_(make([1.0, 2.0])),
    "float into whole": lambda make, *_: make([1, 2]).mul_(1.5),
    "cotangent's shape": lambda make, *_: leaf(make).backward(make([1.0])),
    "shapes": lambda make, *_: leaf(make) + make([1.0, 2.0, 3.0]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_torch_refuses_is_refused(name):
    double = functools.partial(torch.tensor)
    for make, off, frozen in [
        (double, torch.no_grad, torch.inference_mode),
        (tensor, no_grad, inference_mode),
    ]:
        with pytest.raises((RuntimeError, TypeError, ValueError)):
            REFUSED[name](make, off, frozen)


def allowed_unsaved_write(make, off, frozen):
    y = leaf(make).sin()
    y.add_(1.0)
    y.sum().backward()


def allowed_sum_twice(make, off, frozen):
    y = (leaf(make) + 1.0).sum()
    y.backward()
    y.backward()


def allowed_inference_sum(make, off, frozen):
    with frozen():
        r = make([1.0, 2.0]) * 2
    (leaf(make) + r).sum().backward()


@pytest.mark.parametrize(
    "call", [allowed_unsaved_write, allowed_sum_twice, allowed_inference_sum]
)
def test_what_torch_allows_is_allowed(call):
    call(torch.tensor, torch.no_grad, torch.inference_mode)
    call(tensor, no_grad, inference_mode)


def test_retained_gradients_over_two_passes():
    found = []
    for make in (torch.tensor, tensor):
        y = leaf(make) * 3.0
        y.retain_grad()
        z = (y * y).sum()
        z.backward(retain_graph=True)
        z.backward()
        found.append(y.grad.tolist())
    assert found[0] == found[1]
