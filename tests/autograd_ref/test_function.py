"""Functions of one's own: what they save, how they differentiate, what is refused."""

import gc
import weakref

import numpy as np
import pytest

from autograd_ref import dual, ops
from autograd_ref.errors import ArgumentError, DTypeError, GraphError, ShapeError
from autograd_ref.function import Function, once_differentiable
from autograd_ref.gradcheck import GradcheckError, gradcheck, gradgradcheck
from autograd_ref.mode import enable_grad
from autograd_ref.tensor import Tensor, grad, tensor


class Mul(Function):
    """A product with a number in between, in the style with setup_context."""

    @staticmethod
    def forward(x, scale, y):
        return x * scale * y

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.scale, y = inputs
        ctx.save_for_backward(x, y)
        ctx.save_for_forward(x, y)

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        gx = g * ctx.scale * y if ctx.needs_input_grad[0] else None
        gy = g * ctx.scale * x if ctx.needs_input_grad[2] else None
        return gx, None, gy

    @staticmethod
    def jvp(ctx, dx, _, dy):
        x, y = ctx.saved_tensors
        moved = 0.0 * x
        if dx is not None:
            moved = moved + dx * ctx.scale * y
        return moved if dy is None else moved + x * ctx.scale * dy


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        z = x.exp()
        ctx.save_for_backward(z)
        return z

    @staticmethod
    def backward(ctx, g):
        (z,) = ctx.saved_tensors
        return g * z


class Both(Function):
    """Sine and cosine, two outputs, the first of them saved."""

    @staticmethod
    def forward(ctx, x):
        s, c = x.sin(), x.cos()
        ctx.save_for_backward(s, x)
        return s, c

    @staticmethod
    def backward(ctx, gs, gc):
        s, x = ctx.saved_tensors
        return gs * x.cos() - gc * s


class Split(Function):
    @staticmethod
    def forward(ctx, x):
        at = tensor(np.argsort(x.detach().numpy()))
        ctx.mark_non_differentiable(at)
        ctx.at = at
        return x[at], at

    @staticmethod
    def backward(ctx, g, _):
        return ops.scatter(g, index=ctx.at.numpy(), shape=g.shape)


class Double(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2.0)
        return x

    @staticmethod
    def backward(ctx, g):
        return 2.0 * g


def leaf(*data):
    return Tensor(list(data), requires_grad=True)


def test_first_and_second_derivatives_are_right():
    x, y = leaf(0.5, 1.0), leaf(2.0, -1.0)
    cases: list = [
        (lambda x, y: Mul.apply(x, 3.0, y), (x, y)), (Exp.apply, (x,)),
        (Both.apply, (x,)), (lambda x: Both.apply(x)[1] * 2.0, (x,)),
    ]  # fmt: skip
    for f, args in cases:
        assert gradcheck(f, args)
        assert gradgradcheck(f, args)


def test_what_a_backward_gets_and_may_leave_out():
    x, y = leaf(1.0, 2.0), tensor([3.0, 4.0])
    z = Mul.apply(x, 2.0, y)
    assert repr(z.grad_fn) == "<MulBackward0>"
    z.sum().backward()
    assert x.grad.tolist() == [6.0, 8.0]


def test_a_function_works_in_forward_mode_by_its_jvp():
    out, moved = dual.jvp(lambda x: Mul.apply(x, 2.0, tensor([3.0])), [5.0], [1.0])
    assert (out.tolist(), moved.tolist()) == ([30.0], [6.0])
    with pytest.raises(NotImplementedError, match="no jvp"):
        dual.jvp(Exp.apply, [1.0], [1.0])


def test_an_output_may_have_no_derivative():
    x = leaf(3.0, 1.0, 2.0)
    z, at = Split.apply(x)
    assert not at.requires_grad
    (z * tensor([1.0, 2.0, 3.0])).sum().backward()
    assert x.grad.tolist() == [3.0, 1.0, 2.0]


def test_an_input_may_be_written_to():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    z = Double.apply(y)
    assert z is y
    z.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    with pytest.raises(GraphError, match="leaf that requires grad"):
        Double.apply(leaf(1.0))


def test_saved_tensors_are_freed_and_guarded():
    x = leaf(1.0)
    z = Exp.apply(x)
    z.backward()
    with pytest.raises(GraphError, match="second time"):
        z.backward()
    y = x * 1.0
    z = Mul.apply(y, 1.0, y)
    y.add_(1.0)
    with pytest.raises(GraphError, match="in-place"):
        z.backward()


def test_functions_leave_no_cycle():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0)
        z = Exp.apply(x) * Both.apply(x)[0]
        (g,) = grad(z, x, create_graph=True)
        g.backward()
        ends = [weakref.ref(t) for t in (z, g, z.node, g.node)]
        del z, g
        assert [end() for end in ends] == [None] * 4
    finally:
        gc.enable()


def test_once_differentiable_refuses_the_second():
    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2.0 * g * x

    x = leaf(3.0)
    (g,) = grad(Once.apply(x), x, create_graph=True)
    assert g.tolist() == [6.0]
    with pytest.raises(GraphError, match="once_differentiable"):
        grad(g, x)


def wrong(backward=lambda ctx, g: g, forward=lambda ctx, x: x * 2.0):
    return type(
        "Wrong",
        (Function,),
        {"forward": staticmethod(forward), "backward": staticmethod(backward)},
    )


@pytest.mark.parametrize("make, error, words", [
    (lambda: wrong(lambda ctx, g: (g, g)), GraphError, "2 cotangents for 1"),
    (lambda: wrong(lambda ctx, g: g[0]), ShapeError, "must be equal"),
    (lambda: wrong(forward=lambda ctx, x: 1.0), DTypeError, "returned float"),
    (lambda: wrong(forward=lambda ctx, x: ctx.save_for_backward(1.0)), DTypeError,
     "takes tensors"),
    (lambda: wrong(forward=lambda ctx, x: ctx.mark_dirty(x) or x * 2), ArgumentError,
     "must be returned"),
])  # fmt: skip
def test_mistakes_are_named(make, error, words):
    x = leaf(1.0, 2.0) * 1.0
    with pytest.raises(error, match=words):
        make().apply(x).sum().backward()


def test_trailing_nones_are_tolerated():
    x = leaf(1.0)
    wrong(lambda ctx, g: (g, None)).apply(x).backward()
    assert x.grad.tolist() == [1.0]


def test_an_input_handed_through_gets_the_functions_own_gradient():
    x = leaf(1.0, 2.0)
    z = wrong(lambda ctx, g: 10.0 * g, lambda ctx, x: x).apply(x)
    assert z is not x
    z.sum().backward()
    assert x.grad.tolist() == [10.0, 10.0]


# -- gradcheck -------------------------------------------------------------------
def test_gradcheck_refuses_a_wrong_rule_and_says_where():
    with pytest.raises(GradcheckError, match=r"is 1 by backward and 2 by diff"):
        gradcheck(wrong().apply, leaf(1.0, 2.0))
    assert not gradcheck(wrong().apply, leaf(1.0), raise_exception=False)


def test_gradgradcheck_sees_what_gradcheck_cannot():
    class LogSumExp(Function):
        """A first derivative that is right, from a constant that is none."""

        @staticmethod
        def forward(ctx, x):
            z = ops.logsumexp(x)
            ctx.z = z.detach()
            ctx.save_for_backward(x)
            return z

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x - ctx.z).exp()

    x = leaf(0.0, 1.0, 2.0)
    assert gradcheck(LogSumExp.apply, x)
    assert not gradgradcheck(LogSumExp.apply, x, raise_exception=False)
    assert gradgradcheck(ops.logsumexp, x)


def test_gradcheck_needs_double_precision_and_something_to_check():
    with pytest.raises(DTypeError, match="float64"):
        gradcheck(lambda x: x, Tensor([1.0], True, np.float32))
    with pytest.raises(ArgumentError, match="nothing to check"):
        gradcheck(lambda x: x, tensor([1.0]))


def test_every_row_that_a_tensor_meets_passes_both_checks():
    x = leaf(0.3, 0.6, 1.1)
    for f in (ops.softmax, ops.gelu, ops.prod, ops.var, lambda x: ops.sort(x) * x):
        assert gradcheck(f, x)
        assert gradgradcheck(f, x)


def test_a_pass_inside_a_pass_leaves_the_outer_ones_cotangents_alone(rng):
    w, x = (Tensor(rng.normal(size=3), requires_grad=True) for _ in range(2))
    h = w * x

    class Implicit(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        def backward(ctx, g):
            y = Tensor(ctx.saved_tensors[0].detach().numpy(), requires_grad=True)
            with enable_grad():
                sums = [(w * h * y.sin()).sum(), (g * y.sin()).sum()]
            inner = grad(sums, [y, h], retain_graph=True)
            return inner[0] - (w * h).detach() * y.detach().cos()

    loss = (h * w + Implicit.apply(x)).sum()
    same = (h * w + x.sin()).sum()
    for got, expected in zip(
        grad(loss, [w, x], retain_graph=True), grad(same, [w, x]), strict=True
    ):
        np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-12)
