"""Transforms: derivatives of functions as functions, nested and mixed."""

import numpy as np
import pytest

from autograd_ref import dual, ops
from autograd_ref.errors import ArgumentError, GraphError, ShapeError
from autograd_ref.tensor import Tensor
from autograd_ref.transforms import (
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    linearize,
    value_and_grad,
    vjp,
)

A = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 2.0]])


def f(x):
    return np.tanh(A @ x) * x[0]


def loss(x):
    return np.sum(f(x) ** 2) + np.prod(x)


POINT = np.array([0.4, -0.7, 0.9])


def test_the_jacobian_is_one_by_every_road(rng):
    forward, reverse = jacobian(f, POINT, "forward"), jacobian(f, POINT, "reverse")
    np.testing.assert_allclose(forward, reverse, rtol=1e-12)
    np.testing.assert_array_equal(jacobian(f, POINT), reverse)
    v, w = rng.normal(size=3), rng.normal(size=2)
    out, pushed = jvp(f, POINT, v)
    again, pull = vjp(f, POINT)
    _, push = linearize(f, POINT)
    np.testing.assert_array_equal(out, again)
    np.testing.assert_allclose(pushed, forward @ v, rtol=1e-12)
    np.testing.assert_allclose(push(v), forward @ v, rtol=1e-12)
    np.testing.assert_allclose(pull(w), w @ forward, rtol=1e-12)
    np.testing.assert_allclose(pull(2 * w), 2 * w @ forward, rtol=1e-12)


def test_the_hessian_is_symmetric_and_hvp_is_its_product(rng):
    H, v = hessian(loss, POINT), rng.normal(size=3)
    np.testing.assert_allclose(H, H.T, rtol=1e-12)
    np.testing.assert_allclose(hvp(loss, POINT, v), H @ v, rtol=1e-12)
    np.testing.assert_allclose(dual.jacobian(grad_by_hand, POINT), H, rtol=1e-9)


def grad_by_hand(x):
    return dual.gradient(loss, x)


@pytest.mark.parametrize("of", [(), (2, 3), (1,)])
def test_results_have_the_inputs_shape(of, rng):
    x = rng.normal(size=of)
    value, slope = value_and_grad(lambda x: ops.sum_(x * x))(x)
    np.testing.assert_allclose(slope, 2 * x, rtol=1e-15)
    assert np.shape(slope) == of
    assert isinstance(value, float)
    assert np.shape(hessian(lambda x: ops.sum_(x * x * x), x)) == (*of, *of)


def test_derivatives_nest_without_confusion():
    def outer(x):
        return x * grad(lambda y: x + y)(1.0)

    assert grad(outer)(1.0) == 1.0
    assert grad(grad(grad(lambda x: x**4)))(2.0) == 48.0
    assert dual.derivative(lambda x: x**3, 2.0) == grad(lambda x: x**3)(2.0)
    assert grad(lambda x: dual.derivative(lambda y: x * y * y, 3.0))(2.0) == 6.0


def test_other_arguments_are_passed_on_and_have_no_derivative():
    assert grad(lambda x, c, d: c * x * d)(2.0, 3.0, 4.0) == 12.0


def test_what_does_not_depend_on_the_input_has_zeros():
    assert grad(lambda x: 1.0)([1.0, 2.0]).tolist() == [0.0, 0.0]
    assert vjp(lambda x: np.ones(2), [1.0])[1]([1.0, 1.0]).tolist() == [0.0]
    assert linearize(lambda x: np.ones(2), [1.0])[1]([1.0]).tolist() == [0.0, 0.0]
    assert linearize(lambda x: 2.0 * x, [1.0])[1]([3.0]).tolist() == [6.0]
    assert hessian(lambda x: np.sum(x), [1.0, 2.0]).tolist() == [[0.0, 0.0]] * 2


def test_tensors_come_out_where_a_gradient_is_under_way():
    x = Tensor([1.0, 2.0], requires_grad=True)
    slope = grad(lambda x: (x**3).sum())(x)
    assert isinstance(slope, Tensor)
    slope.sum().backward()
    assert x.grad.tolist() == [6.0, 12.0]
    plain = grad(lambda x: (x**3).sum())(x.detach())
    assert isinstance(plain, np.ndarray)


def test_inputs_are_left_alone():
    x = np.array([1.0, 2.0])
    seen = grad(lambda x: (x.mul_(1.0) * 1.0).sum() if False else (x * 3.0).sum())(x)
    assert seen.tolist() == [3.0, 3.0]
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("call, error, words", [
    (lambda: grad(lambda x: x)([1.0, 2.0]), ShapeError, "one number"),
    (lambda: vjp(f, POINT)[1](np.ones(3)), ShapeError, "must be equal"),
    (lambda: linearize(f, POINT)[1](np.ones(2)), ShapeError, "must be equal"),
    (lambda: jacobian(f, POINT, "sideways"), ArgumentError, "sideways"),
    (lambda: dual.derivative(lambda x: grad(np.sin)(x), 1.0), GraphError, "jvp"),
])  # fmt: skip
def test_mistakes_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_against_torch(torch, rng):
    x = rng.normal(size=3)
    a = torch.tensor(A)

    def theirs(x):
        return torch.tanh(a @ x) * x[0]

    t = torch.tensor(x)
    np.testing.assert_allclose(
        jacobian(f, x), torch.autograd.functional.jacobian(theirs, t), rtol=1e-12
    )
    H = torch.autograd.functional.hessian(lambda x: (theirs(x) ** 2).sum(), t)
    np.testing.assert_allclose(
        hessian(lambda x: np.sum(f(x) ** 2), x), H, rtol=1e-10, atol=1e-12
    )
