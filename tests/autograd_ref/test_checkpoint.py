"""Checkpoints: the plain run's gradients, the second run, what may not differ in it."""

import gc
import itertools
import math
import weakref
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd_ref import ops, transforms
from autograd_ref.chain import checkpoint_chain
from autograd_ref.checkpoint import (
    CheckpointError,
    checkpoint,
    checkpoint_recursive,
    checkpoint_sequential,
)
from autograd_ref.errors import ArgumentError, DTypeError, GraphError
from autograd_ref.function import Function
from autograd_ref.gradcheck import gradcheck, gradgradcheck
from autograd_ref.layers import Dropout, Linear, Sequential
from autograd_ref.meter import saved_arrays
from autograd_ref.mode import enable_grad, inference_mode, is_grad_enabled, no_grad
from autograd_ref.tensor import Tensor, grad, tensor
from autograd_ref.watch import Watch
from tests.autograd_ref.test_ops import CASES

# Ways to run one function of one tensor that all keep less than the plain run.
WAYS: dict[str, Any] = {
    "checkpoint": checkpoint,
    "nested": lambda f, x: checkpoint(lambda x: checkpoint(f, checkpoint(f, x)), x),
    "chain": lambda f, x: checkpoint_chain([f, f, f], x, 2),
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


def name_of(way):
    return next(name for name, w in WAYS.items() if w is way)


def leaf(array):
    return Tensor(array, requires_grad=True)


def counted(f):
    """`f`, and a list that grows by one at each call."""
    calls = []

    def run(*args, **options):
        calls.append(is_grad_enabled())
        return f(*args, **options)

    return run, calls


def same(got, expected):
    """Equal bit for bit, shapes and types too."""
    for a, b in itertools.zip_longest(got, expected):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.shape == b.shape
            assert a.dtype == b.dtype
            assert a.primal.tobytes() == b.primal.tobytes()


def network(rng):
    """Three layers with shared weights, in and out of place, and their leaves."""
    w, b = leaf(rng.normal(size=(4, 4))), leaf(rng.normal(size=4))

    def run(x):
        h = (x @ w + b).tanh()
        h = h * 2.0
        h.mul_(b)
        return (h @ w.T).sigmoid() + x * h

    return run, [w, b]


# -- gradients -------------------------------------------------------------------
def test_gradients_are_those_of_the_plain_run_bit_for_bit(rng):
    f, weights = network(rng)
    x, v = leaf(rng.normal(size=(5, 4))), rng.normal(size=(5, 4))
    plain = grad(f(f(x)), [x, *weights], v)
    same(grad(checkpoint(f, checkpoint(f, x)), [x, *weights], v), plain)
    same(grad(checkpoint(lambda x: f(f(x)), x), [x, *weights], v), plain)


def test_a_backward_pass_adds_to_what_is_there(rng):
    f, weights = network(rng)
    x = leaf(rng.normal(size=(5, 4)))
    f(x).sum().backward()
    before = [t.grad.primal.copy() for t in (x, *weights)]
    checkpoint(f, x).sum().backward()
    for t, g in zip((x, *weights), before, strict=True):
        assert t.grad.tolist() == (2.0 * g).tolist()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_row_is_pulled_back_as_on_the_quick_road(case, rng):
    args = case.args(rng)
    wants = [x.dtype != bool and v is not None
             for x, v in zip(args, case.directions(rng), strict=True)]  # fmt: skip
    given = [Tensor(x, want) for x, want in zip(args, wants, strict=True)]
    leaves = [t for t in given if t.requires_grad]
    plain = case(*given)
    again = checkpoint(case, *given)
    same([again.detach()], [plain.detach()])
    w = rng.normal(size=plain.shape)
    same(grad(again, leaves, w), grad(plain, leaves, w))


def test_values_gradients_and_calls_are_torchs(torch, rng):
    w, x, v = rng.normal(size=(4, 4)), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))

    def run(checkpoint, enabled, w, x, v):
        calls = []

        def f(x):
            calls.append(enabled())
            return (x @ w).tanh() @ w

        out = checkpoint(f, x)
        before = len(calls)
        out.backward(v)
        return out, (before, calls)

    p, q = leaf(w), torch.tensor(w, requires_grad=True)
    z, seen = run(checkpoint, is_grad_enabled, p, tensor(x), v)
    t, expected = run(
        partial(torch.utils.checkpoint.checkpoint, use_reentrant=False),
        torch.is_grad_enabled, q, torch.tensor(x), torch.tensor(v),
    )  # fmt: skip
    assert seen == expected == (1, [True, True])
    np.testing.assert_allclose(z.detach().numpy(), t.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-12, atol=1e-12)


def test_weights_get_gradients_where_no_argument_requires_grad(rng):
    f, weights = network(rng)
    x = tensor(rng.normal(size=(5, 4)))
    out = checkpoint(f, x)
    assert out.requires_grad
    v = rng.normal(size=(5, 4))
    same(grad(out, weights, v), grad(f(x), weights, v))
    assert x.grad is None


def test_only_the_arguments_are_kept(rng):
    f, _ = network(rng)
    x = tensor(rng.normal(size=(5, 4)))
    assert len(saved_arrays(f(x))) > 4
    assert [a is x.primal for a in saved_arrays(checkpoint(f, x))] == [True]


def test_nothing_is_recorded_where_nothing_requires_grad(rng):
    f, calls = counted(lambda x: x.sin())
    assert checkpoint(f, tensor(1.0)).grad_fn is None
    with no_grad():
        assert checkpoint(f, leaf(1.0)).grad_fn is None
    with inference_mode():
        assert checkpoint(f, leaf(1.0)).is_inference()
    assert len(calls) == 3


def test_what_no_gradient_reaches_is_not_run_again():
    x, y = leaf(1.0), leaf(2.0)
    f, calls = counted(lambda y: y.sin())
    out = x * 3.0 + checkpoint(f, y)
    grad(out, x, retain_graph=True)
    assert len(calls) == 1
    out.backward()
    assert len(calls) == 2


# -- arguments and results ---------------------------------------------------------
def test_keyword_and_other_arguments_reach_the_function(rng):
    x, y = leaf(rng.normal(size=3)), leaf(rng.normal(size=3))

    def f(x, power, *, y, scale=1.0, names=()):
        assert names == ("a", "b")
        return (x**power) * y * scale

    out = checkpoint(f, x, 3, y=y, scale=0.5, names=("a", "b"))
    v = rng.normal(size=3)
    same(
        grad(out, [x, y], v), grad(f(x, 3, y=y, scale=0.5, names=("a", "b")), [x, y], v)
    )


def test_tensors_inside_lists_and_dicts_get_gradients(rng):
    x, y = leaf(rng.normal(size=3)), leaf(rng.normal(size=3))

    def f(pair, more):
        return {"product": [pair[0] * more["y"]], "sine": (pair[0].sin(), 7, None)}

    out = checkpoint(f, [x], {"y": y})
    assert out["sine"][1:] == (7, None)
    plain = f([x], {"y": y})
    v, w = rng.normal(size=3), rng.normal(size=3)
    for part in ([out["product"][0]], [out["product"][0], out["sine"][0]]):
        reference = [plain["product"][0], plain["sine"][0]][: len(part)]
        got = grad(part, [x, y], [v, w][: len(part)], retain_graph=True)
        same(got, grad(reference, [x, y], [v, w][: len(part)], retain_graph=True))


def test_an_output_that_is_given_twice_counts_twice(rng):
    x = leaf(rng.normal(size=3))

    def f(x):
        y = x.sin()
        return y, y

    a, b = checkpoint(f, x)
    assert a is b
    same(grad(a + b, x, np.ones(3)), grad(sum(f(x)), x, np.ones(3)))


def test_outputs_without_a_gradient_have_none(rng):
    x = leaf(rng.normal(size=3))
    order, positive, cut, through, y = checkpoint(
        lambda x: (np.argsort(x.primal), tensor([1, 2]), x.detach() * 2, x, x * x), x
    )
    assert isinstance(order, np.ndarray)
    assert not positive.requires_grad
    assert not cut.requires_grad
    assert through is x
    y.backward(np.ones(3))
    assert x.grad.tolist() == (2.0 * x.detach()).tolist()


def test_a_result_moves_on_in_place_as_any_other(rng):
    x = leaf(rng.normal(size=3))
    y = checkpoint(lambda x: x.exp(), x)
    y.mul_(x)  # the plain run keeps what exp gave, and would refuse
    same(grad(y.sum(), x), grad((x.exp().clone() * x).sum(), x))


def test_an_argument_counts_as_it_was_and_may_take_the_result_in(rng):
    x = leaf(rng.normal(size=3))
    y = x + 0.0
    out = checkpoint(lambda y: y * y, y)
    expected = grad(y * y, x, np.ones(3))
    y.data = np.zeros(3)
    same(grad(out, x, np.ones(3), retain_graph=True), expected)
    gc.disable()
    try:
        y.add_(out)  # its node would lead to itself, were the tensor itself kept
        end = weakref.ref(y.grad_fn)
        del y, out
        assert end() is None
    finally:
        gc.enable()


# -- backward passes of every kind -------------------------------------------------
@every_way
def test_a_second_pass_needs_retain_graph(way, rng):
    x = leaf(rng.normal(size=3))
    out = way(lambda x: x.sin(), x)
    (first,) = grad(out, x, np.ones(3), retain_graph=True)
    (second,) = grad(out, x, np.ones(3))
    same([first], [second])
    with pytest.raises(GraphError, match="second time"):
        out.backward(np.ones(3))


def test_torch_refuses_the_second_pass_too(torch):
    x = torch.tensor([1.0], requires_grad=True)
    out = torch.utils.checkpoint.checkpoint(torch.sin, x, use_reentrant=False)
    out.backward(retain_graph=True)
    out.backward()
    with pytest.raises(RuntimeError):
        out.backward()


@every_way
def test_second_derivatives_are_those_of_the_plain_run(way, rng):
    w, x = leaf(rng.normal(size=(3, 3))), leaf(rng.normal(size=(2, 3)))
    v, u = rng.normal(size=(2, 3)), [rng.normal(size=s) for s in ((2, 3), (3, 3))]

    def f(x):
        return (x @ w).sin() * x

    def second(out):
        first = grad(out, [x, w], v, create_graph=True)
        return [*first, *grad(first, [x, w], u)]

    kinds = {
        "checkpoint": f,
        "nested": lambda x: f(f(x)),
        "chain": lambda x: f(f(f(x))),
    }
    got, expected = second(way(f, x)), second(kinds[name_of(way)](x))
    same([g.detach() for g in got[:2]], [g.detach() for g in expected[:2]])
    for a, b in zip(got[2:], expected[2:], strict=True):  # they add up in another order
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12, atol=1e-12)


@every_way
def test_gradcheck_passes_to_second_order(way, rng):
    w = leaf(rng.normal(size=(2, 2)))
    x = leaf(rng.normal(size=(2, 2)))
    assert gradcheck(lambda x: way(lambda x: (x @ w).tanh(), x), [x])
    assert gradgradcheck(lambda x: way(lambda x: (x @ w).tanh(), x), [x])


@every_way
def test_transforms_go_through(way, rng):
    x, v = rng.normal(size=3), rng.normal(size=3)

    def f(x):
        return ops.sum_(way(lambda x: ops.sin(x) * x, x))

    def total(x):
        for _ in range({"checkpoint": 1, "nested": 2, "chain": 3}[name_of(way)]):
            x = ops.sin(x) * x
        return ops.sum_(x)

    np.testing.assert_array_equal(transforms.grad(f)(x), transforms.grad(total)(x))
    np.testing.assert_allclose(
        transforms.hessian(f, x), transforms.hessian(total, x), rtol=1e-12, atol=1e-12
    )
    if name_of(way) != "chain":  # takes tensors only
        pairs = transforms.jvp(f, x, v), transforms.jvp(total, x, v)
        np.testing.assert_array_equal(*pairs)
        products = transforms.hvp(f, x, v), transforms.hvp(total, x, v)
        np.testing.assert_allclose(*products, rtol=1e-12)


def test_hooks_see_each_gradient_once(rng):
    x = leaf(rng.normal(size=3))
    seen = []

    def f(x):
        y = x.sin()
        y.register_hook(lambda g: seen.append("inside"))
        return y.exp()

    x.register_hook(lambda g: seen.append("input"))
    out = checkpoint(f, x)
    out.register_hook(lambda g: seen.append("output"))
    out.sum().backward()
    assert seen == ["output", "inside", "input"]


def test_a_leaf_that_the_function_made_is_its_own(rng):
    x = leaf(rng.normal(size=3))

    def f(x):
        return x.sin() * leaf(np.full(3, 2.0))

    same(grad(checkpoint(f, x), x, np.ones(3)), grad(f(x), x, np.ones(3)))


class Double(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x, x * 3.0

    @staticmethod
    def backward(ctx, g, h):
        (x,) = ctx.saved_tensors
        return 2.0 * g * x + 3.0 * h


def test_functions_of_ones_own_are_run_again(rng):
    x = leaf(rng.normal(size=3))

    def f(x):
        square, triple = Double.apply(x.sin())
        return square * triple

    same(grad(checkpoint(f, x), x, np.ones(3)), grad(f(x), x, np.ones(3)))


class Through(Function):
    """The sine, and the input as it came, which is declared to have no derivative."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.mark_non_differentiable(x)
        return x.sin(), x

    @staticmethod
    def backward(ctx, g, _):
        return g * ctx.saved_tensors[0].cos()


def test_an_input_that_a_function_of_ones_own_hands_through_keeps_its_history(rng):
    x = leaf(rng.normal(size=3))

    def f(x):
        sine, same = Through.apply(x)
        return sine * same

    same(grad(checkpoint(f, x), x, np.ones(3)), grad(f(x), x, np.ones(3)))
    same(grad(x * 2.0, x, np.ones(3)), [tensor([2.0] * 3)])


def test_a_function_may_name_what_is_not_bound_yet(rng):
    x = leaf(rng.normal(size=3))

    def f(x):
        return x.sin() if x.ndim else later

    out = checkpoint(f, x)
    later = None
    same(grad(out, x, np.ones(3)), grad(x.sin(), x, np.ones(3)))


def test_a_function_may_differentiate_inside_enable_grad(rng):
    x, w = leaf(rng.normal(size=3)), leaf(rng.normal(size=3))

    def force(x):
        with enable_grad():
            y = x * 1.0
            energy = (w * y.sin() * y).sum()
        (g,) = grad(energy, y, create_graph=True)
        return g * 2.0

    v = rng.normal(size=3)
    same(grad(checkpoint(force, x), [x, w], v), grad(force(x), [x, w], v))
    slope = transforms.grad(lambda x: ops.sum_(ops.sin(x) * x))
    same(
        grad(checkpoint(lambda x: slope(x) * w, x), [x, w], v),
        grad(slope(x) * w, [x, w], v),
    )


def test_a_switch_inside_the_function_holds_both_times(rng):
    x = leaf(rng.normal(size=3))

    def f(x):
        with no_grad():
            scale = x.exp()
        assert not scale.requires_grad
        return x * scale

    same(grad(checkpoint(f, x), x, np.ones(3)), grad(f(x), x, np.ones(3)))


@every_way
def test_grad_mode_is_put_back(way, rng):
    seen = []

    def f(x):
        seen.append(is_grad_enabled())
        return x.sin()

    out = way(f, leaf(1.0))
    assert is_grad_enabled()
    with no_grad():
        out.backward()
        assert not is_grad_enabled()
    assert set(seen) == {True}
    with pytest.raises(ZeroDivisionError):
        way(lambda x: x * (1 / 0), leaf(1.0))
    assert is_grad_enabled()


def test_a_pass_that_failed_can_be_made_again(rng):
    x = leaf(rng.normal(size=3))
    broken = [False]

    def f(x):
        if broken[0]:
            raise OSError
        return x.sin()

    out = checkpoint(f, x) * x
    broken[0] = True
    with pytest.raises(OSError):
        out.backward(np.ones(3), retain_graph=True)
    broken[0] = False
    x.grad = None
    out.backward(np.ones(3))
    same([x.grad], grad(x.sin() * x, x, np.ones(3)))


def test_whoever_watches_sees_the_second_run(rng):
    class Names(Watch):
        def __init__(self):
            super().__init__()
            self.names = []

        def pulled(self, node, i, g):
            self.names.append(node.op)

    x = leaf(rng.normal(size=3))
    with Names() as watch:
        checkpoint(lambda x: x.sin().exp(), x).sum().backward()
    assert watch.names[:3] == ["sum", "exp", "sin"]


def test_graphs_are_freed_by_reference_counting_alone():
    gc.collect()
    gc.disable()
    try:
        x = leaf([1.0, 2.0])
        for way in WAYS.values():
            out = way(lambda x: x.sin() * x, x)
            ends = [weakref.ref(out.grad_fn), weakref.ref(out)]
            (g,) = grad(out, x, np.ones(2), create_graph=True)
            ends += [weakref.ref(g), weakref.ref(g.grad_fn)]
            out.sum().backward()
            del out, g
            assert [end() for end in ends] == [None] * 4
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_long_row_of_checkpoints_recurses_nowhere():
    x = leaf(0.5)
    y = x
    for _ in range(20_000):
        y = checkpoint(ops.neg, y, preserve_rng_state=False)
    y.backward()
    assert x.grad.item() == 1.0


# -- what may not differ -------------------------------------------------------------
def flaky(*bodies):
    """A function that runs another body each time."""
    left = iter(bodies)
    return lambda x: next(left)(x)


@pytest.mark.parametrize(
    "first, second, said",
    [
        (lambda x: x.sin(), lambda x: x.cos(), r"operation 1 was sin .* is cos"),
        (lambda x: x.sin() + x, lambda x: x.sin(), "2 operations .* 1 now"),
        (lambda x: x.sin(), lambda x: x.sin() + x, "1 operations .* 2 now"),
        (lambda x: x[:2].sum(), lambda x: x[:1].sum(), r"\(2,\).* now"),
        (lambda x: x.sin().float().sum(), lambda x: x.sin().sum(), "float32"),
        (lambda x: x.sin(), lambda x: (x.sin(), x.sin())[0] + 0 * x, "operations"),
        (lambda x: [x.sin()], lambda x: [x.sin().detach()], "results"),
    ],
    ids=["row", "fewer", "more", "shape", "dtype", "dead-end", "cut"],
)
def test_a_second_run_with_another_graph_is_refused(first, second, said, rng):
    x = leaf(rng.normal(size=4))
    out = checkpoint(flaky(first, second), x)
    out = out[0] if isinstance(out, list) else out
    with pytest.raises(CheckpointError, match=said):
        out.backward(np.ones(out.shape))
    assert x.node.g is None


def test_torch_refuses_another_graph_too(torch):
    x = torch.tensor([0.5, 2.0], requires_grad=True)
    f = flaky(lambda x: x.sin() * x, lambda x: x.sin())
    out = torch.utils.checkpoint.checkpoint(f, x, use_reentrant=False)
    with pytest.raises(torch.utils.checkpoint.CheckpointError):
        out.sum().backward()


def test_a_second_run_with_another_weight_is_refused(rng):
    x, first, second = (leaf(rng.normal(size=3)) for _ in range(3))
    f = flaky(lambda x: x * first, lambda x: x * second)
    with pytest.raises(CheckpointError, match="AccumulateGrad"):
        checkpoint(f, x).sum().backward()
    made = first * second
    f = flaky(lambda x: x * (first * 2.0), lambda x: x * made * 2.0)
    with pytest.raises(CheckpointError, match="MulBackward"):
        checkpoint(f, x).sum().backward()


def test_the_check_of_values_sees_other_numbers(rng):
    x = leaf(rng.normal(size=3))
    f = flaky(*(lambda x, k=k: x * k for k in (1.0, 2.0, 1.0, 2.0, 3.0, 3.0)))
    checkpoint(f, x).sum().backward()
    assert x.grad.tolist() == [2.0] * 3  # the second run's
    with pytest.raises(CheckpointError, match="other numbers"):
        checkpoint(f, x, determinism_check="values").sum().backward()
    checkpoint(f, x, determinism_check="values").sum().backward()


def test_without_a_check_the_second_run_is_trusted(rng):
    x = leaf(rng.normal(size=3))
    f = flaky(lambda x: x * 2.0, lambda x: x + x + x)
    checkpoint(f, x, determinism_check="none").sum().backward()
    assert x.grad.tolist() == [3.0] * 3


def test_writes_to_what_comes_from_outside_are_refused_at_once(rng):
    x = leaf(rng.normal(size=3)) * 1.0
    with pytest.raises(GraphError, match="wrote in place"):
        checkpoint(lambda x: x.mul_(2.0), x)
    constant = tensor([1.0, 2.0, 3.0])
    with pytest.raises(GraphError, match="wrote in place"):
        checkpoint(lambda c: c.add_(1.0) * x, constant)
    with pytest.raises(GraphError, match="leaf"):
        checkpoint(lambda x: x.mul_(2.0), leaf(rng.normal(size=3)))


def test_an_argument_or_a_weight_overwritten_before_the_way_back_is_noticed(rng):
    x, w = tensor(rng.normal(size=3)), leaf(rng.normal(size=3))
    for late in (x, w):
        out = checkpoint(lambda x: x * w, x)
        with no_grad():
            late.mul_(2.0)
        with pytest.raises(GraphError, match="modified by an in-place"):
            out.sum().backward()


def test_side_effects_happen_twice():
    running = np.zeros(())
    x = leaf(2.0)

    def f(x):
        running[...] += x.primal
        return x * x

    checkpoint(f, x).backward()
    assert running == 4.0
    assert x.grad.item() == 4.0


def test_a_tensor_that_was_not_returned_has_no_history(rng):
    x, w = leaf(rng.normal(size=3)), leaf(rng.normal(size=3))
    leaked = []

    def f(x):
        leaked.append(x.sin() * w)
        return x.exp()

    y = checkpoint(f, x)
    assert leaked[0].requires_grad
    for t in (leaked[0], leaked[0] * y):
        with pytest.raises(GraphError, match="Return it"):
            t.sum().backward(retain_graph=True)
        with pytest.raises(GraphError, match="Return it"):
            grad(t.sum(), w, allow_unused=True)
    with pytest.raises(GraphError, match="enable_grad"):
        checkpoint(lambda x: grad((x * x).sum(), x)[0], x)


def test_options_that_do_not_exist_are_named():
    for options in ({"use_reentrant": True}, {"determinism_check": "maybe"}):
        with pytest.raises(ArgumentError, match="there is use_reentrant=False"):
            checkpoint(ops.sin, leaf(1.0), **options)
    with pytest.raises(DTypeError, match="default_rng"):
        checkpoint(ops.sin, leaf(1.0), rngs=[np.random])
    assert checkpoint(ops.sin, leaf(0.0), use_reentrant=False).item() == 0.0


# -- random numbers ------------------------------------------------------------------
GLOBAL = np.random.default_rng(3)


def dropped(x, generator):
    return x * (generator.random(x.shape) < 0.5)


def draws_from_a_global(x):
    return dropped(x, GLOBAL)


class Block:
    """Something with a generator inside."""

    def __init__(self, generator):
        self.parts = [{"drop": generator}]

    def run(self, x):
        return dropped(x, self.parts[0]["drop"])

    __call__ = run


def ways_to_draw(generator):
    yield "argument", generator, lambda x: checkpoint(dropped, x, generator)
    yield "keyword", generator, lambda x: checkpoint(dropped, x, generator=generator)
    yield "closure", generator, lambda x: checkpoint(lambda x: dropped(x, generator), x)
    yield (
        "partial",
        generator,
        partial(checkpoint, partial(dropped, generator=generator)),
    )
    yield "object", generator, lambda x: checkpoint(Block(generator), x)
    yield "method", generator, lambda x: checkpoint(Block(generator).run, x)
    yield "global", GLOBAL, lambda x: checkpoint(draws_from_a_global, x)
    yield "inner", GLOBAL, lambda x: checkpoint(lambda x: draws_from_a_global(x), x)
    hidden = SimpleNamespace(generator=generator)  # no function, so not looked into
    yield (
        "declared",
        generator,
        lambda x: checkpoint(
            lambda x: dropped(x, hidden.generator), x, rngs=(generator,)
        ),
    )
    yield "bits", generator.bit_generator, lambda x: checkpoint(
        lambda x: dropped(x, np.random.Generator(hidden.generator.bit_generator)), x,
        rngs=[generator.bit_generator],
    )  # fmt: skip
    drop = Dropout(0.5, rng=generator)
    yield "module", generator, lambda x: checkpoint(Sequential(drop), x)
    legacy = np.random.RandomState(4)
    yield "legacy", legacy, lambda x: checkpoint(lambda x: x * legacy.rand(*x.shape), x)


@pytest.mark.parametrize("i", range(12))
def test_the_second_run_draws_the_same_and_leaves_no_trace(i, rng):
    generator = np.random.default_rng(i)
    name, source, run = list(ways_to_draw(generator))[i]
    x = leaf(np.ones(64))
    out = run(x)
    between = state_of(source)
    mask = out.detach().numpy()
    assert np.count_nonzero(mask) > 0, name
    assert not np.all(mask == 1.0)
    out.backward(np.ones(64))
    assert x.grad.tolist() == mask.tolist()
    assert state_of(source) == between


def state_of(source):
    if isinstance(source, np.random.RandomState):
        return repr(source.get_state())
    return repr(getattr(source, "bit_generator", source).state)


def test_numpys_global_generator_is_put_back_and_left_as_found():
    x = leaf(np.ones(64))
    saved = np.random.get_state()  # noqa: NPY002 -- the subject
    try:
        out = checkpoint(lambda x: x * np.random.rand(64), x)  # noqa: NPY002
        drawn = np.random.rand()  # noqa: NPY002
        out.backward(np.ones(64))
        assert np.random.rand() != drawn  # noqa: NPY002
        assert x.grad.tolist() == out.detach().tolist()
    finally:
        np.random.set_state(saved)  # noqa: NPY002


def test_without_preserving_the_second_run_draws_on():
    generator, x = np.random.default_rng(0), leaf(np.ones(64))
    out = checkpoint(dropped, x, generator, preserve_rng_state=False)
    out.backward(np.ones(64))
    assert x.grad.tolist() != out.detach().tolist()


def test_random_numbers_are_the_plain_runs_in_every_scheme():
    def steps(seed):
        generator = np.random.default_rng(seed)
        return [lambda x: (x * generator.random(8)).sin() for _ in range(12)]

    def plain(functions, x):
        for f in functions:
            x = f(x)
        return x

    def gradient(run):
        x = leaf(np.ones(8))
        out = run(steps(5), x)
        return [out.detach(), *grad(out, x, np.ones(8))]

    expected = gradient(plain)
    same(gradient(lambda fs, x: checkpoint_sequential(fs, 4, x)), expected)
    same(gradient(checkpoint_recursive), expected)
    for slots in (1, 2, 3, 12):
        same(gradient(lambda fs, x, s=slots: checkpoint_chain(fs, x, s)), expected)


# -- many steps ----------------------------------------------------------------------
def chain(n, rng):
    """n layers with weights of their own, a list of calls, and a plain run of them."""
    weights = [leaf(rng.normal(size=(3, 3))) for _ in range(n)]
    calls = []

    def layer(w, x):
        calls.append(1)
        return (x @ w).tanh()

    layers = [partial(layer, w) for w in weights]

    def plain(x):
        for f in layers:
            x = f(x)
        return x

    return layers, weights, calls, plain


@pytest.mark.parametrize("segments", [1, 2, 3, 7, 10, None])
def test_segments_give_the_plain_gradients_and_repeat_all_but_the_last(segments, rng):
    layers, weights, calls, plain = chain(10, rng)
    x, v = leaf(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    expected = grad(plain(x), [x, *weights], v)
    calls.clear()
    out = checkpoint_sequential(layers, segments, x)
    assert len(calls) == 10
    same(grad(out, [x, *weights], v), expected)
    last = math.ceil(10 / (segments or 4))
    assert len(calls) == 20 - last


def test_segments_of_a_module_and_options(rng):
    model = Sequential(*[Linear(3, 3, rng=rng) for _ in range(4)])
    x, v = tensor(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    weights = list(model.parameters())
    out = checkpoint_sequential(model, 2, x, preserve_rng_state=False)
    same(grad(out, weights, v), grad(model(x), weights, v))


@pytest.mark.parametrize("n", [1, 2, 3, 8, 13, 64])
def test_recursion_gives_the_plain_gradients_for_half_n_log_n_more_calls(n, rng):
    layers, weights, calls, plain = chain(n, rng)
    x, v = leaf(rng.normal(size=(2, 3))), rng.normal(size=(2, 3))
    expected = grad(plain(x), [x, *weights], v)
    calls.clear()
    same(grad(checkpoint_recursive(layers, x), [x, *weights], v), expected)
    if n & (n - 1) == 0:
        assert len(calls) == n * (1 + math.log2(n) / 2)


def test_an_empty_chain_is_what_came():
    x = leaf(1.0)
    assert checkpoint_sequential([], 1, x) is x
    assert checkpoint_recursive([], x) is x
    assert checkpoint_chain([], x, 1) is x


@pytest.mark.parametrize("segments", [0, -1, 4])
def test_segments_that_cannot_be_are_named(segments):
    with pytest.raises(ArgumentError, match="1 to 3"):
        checkpoint_sequential([ops.sin] * 3, segments, leaf(1.0))
