"""Differences: how fast the error falls, on which inputs, and at what price."""

import math

import numpy as np
import pytest

from autograd_ref import finite
from autograd_ref.dual import Dual
from autograd_ref.errors import ArgumentError, DTypeError, ShapeError
from autograd_ref.finite import (
    central_difference,
    complex_step,
    default_step,
    derivative,
    forward_difference,
    gradient,
    jacobian,
    richardson,
)

EPS = np.finfo(np.float64).eps
# The best relative accuracy of each method at its default step, times 100 for the
# constants in front (third derivatives, the rounding of f itself).
ACCURACY = {
    "forward": 100 * EPS ** (1 / 2),
    "central": 100 * EPS ** (2 / 3),
    "richardson": 100 * EPS ** (4 / 5),
    "complex": 10 * EPS,
}
METHODS = list(ACCURACY)
every_method = pytest.mark.parametrize("method", METHODS)
FUNCTIONS = [
    (np.sin, np.cos),
    (np.exp, np.exp),
    (lambda x: x * x * x, lambda x: 3 * x * x),
    (lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
]


class Counted:
    """A function that counts its calls and looks at what it is given."""

    def __init__(self, f):
        self.f, self.inputs = f, []

    def __call__(self, x):
        self.inputs.append(np.array(x))
        return self.f(x)

    @property
    def calls(self):
        return len(self.inputs)


def square_sum(x):
    return np.sum(x * x)


def log_log_slope(error, hs):
    return np.polyfit(np.log(hs), np.log([error(h) for h in hs]), 1)[0]


@pytest.mark.parametrize("measure,order", [
    (forward_difference, 1), (central_difference, 2),
    (lambda f, x, h: richardson(f, x, h)[0], 4),
    (lambda f, x, h: richardson(f, x, h, rows=3)[0], 6),
])  # fmt: skip
def test_the_error_falls_with_the_order_of_the_formula(measure, order):
    # Steps from where truncation rules: rounding is below 1e-3 of it throughout.
    hs = np.geomspace(0.3, 0.05, 6)
    error = lambda h: abs(measure(np.exp, 1.0, h) - math.e)  # noqa: E731
    assert log_log_slope(error, hs) == pytest.approx(order, abs=0.15)


def test_rounding_grows_as_the_step_shrinks():
    hs = np.geomspace(1e-9, 1e-13, 40)  # noisy: the slope is a mean over forty
    error = lambda h: abs(central_difference(np.exp, 1.0, h) - math.e)  # noqa: E731
    assert log_log_slope(error, hs) == pytest.approx(-1.0, abs=0.35)


def test_the_complex_step_has_no_rounding_wall():
    for h in (1e-8, 1e-50, 1e-200):
        assert complex_step(np.exp, 1.0, h) == pytest.approx(math.e, rel=4 * EPS)


@every_method
@pytest.mark.parametrize("x", [-2.0, -0.3, 0.0, 1e-8, 0.7, 3.0])
@pytest.mark.parametrize("f,df", FUNCTIONS)
def test_the_default_step_is_as_good_as_theory_says(method, f, df, x):
    scale = max(1.0, abs(f(x)), abs(df(x)))
    assert abs(derivative(f, x, method=method) - df(x)) <= ACCURACY[method] * scale


@every_method
@pytest.mark.parametrize("x", [1e8, -1e8])
def test_the_default_step_grows_with_x(method, x):
    got = derivative(lambda x: x * x * x, x, method=method)
    assert got == pytest.approx(3 * x * x, rel=ACCURACY[method])


def test_a_step_of_ones_own_reaches_a_smaller_scale():
    # x**3 at 1e-8 lives on the scale 1e-8, which no default can know.
    got = derivative(lambda x: x**3, 1e-8, h=1e-8 * EPS ** (1 / 3))
    assert got == pytest.approx(3e-16, rel=ACCURACY["central"])


@pytest.mark.parametrize("f,df", FUNCTIONS)
@pytest.mark.parametrize("x", [-2.0, 0.0, 0.7, 30.0])
@pytest.mark.parametrize("rows", [2, 3, 4])
def test_richardsons_estimate_covers_its_error(f, df, x, rows):
    value, error = richardson(f, x, rows=rows)
    assert abs(value - df(x)) <= error
    # 1e-4: the estimate is cautious (it is that of the row before), not useless.
    assert error <= 1e-4 * max(1.0, abs(f(x)), abs(df(x)))


def test_the_step_is_the_distance_really_walked():
    # f(x) = x: any error would be that of dividing by h instead of (x+h)-(x-h).
    for x in (0.1, 1e5 / 3, 1e8 / 7):
        assert forward_difference(lambda t: t, x, h=1e-7) == 1.0
        assert central_difference(lambda t: t, x, h=1e-7) == 1.0


def test_default_step_follows_order_scale_and_dtype():
    for order in (1, 2, 4):
        assert default_step(0.0, order) == EPS ** (1 / (order + 1))
        assert default_step(-1e8, order) == EPS ** (1 / (order + 1)) * 1e8
    for single in (default_step(1.0, 1, np.float32), default_step(np.float32(1), 1)):
        assert single == pytest.approx(2.0**-11.5, rel=EPS)
    assert default_step(7) == default_step(7.0)
    steps = default_step(np.array([[0.0, 10.0]]))
    np.testing.assert_allclose(steps, EPS ** (1 / 3) * np.array([[1, 10]]))


CALLS = {"forward": (2, 4), "central": (2, 6), "richardson": (4, 12), "complex": (1, 3)}


@every_method
def test_a_method_calls_the_function_as_often_as_it_says(method):
    at_a_number, at_three = CALLS[method]
    f = Counted(lambda x: x * x)
    derivative(f, 3.0, method=method)
    assert f.calls == at_a_number
    f = Counted(square_sum)
    gradient(f, np.ones(3), method=method)
    assert f.calls == at_three
    f = Counted(lambda x: x)
    jacobian(f, np.ones(3), method=method)
    assert f.calls == at_three


ODD_INPUTS = [
    [1, 2, 3],
    (1, -2),
    np.array([[1, 2], [3, 4]]),
    np.array([1, 2, 3], dtype=np.int8),
    np.array([250, 3], dtype=np.uint8),
    np.array([True, False]),
    np.arange(24.0).reshape(4, 6)[::2, ::-3],
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.array(3.0),
    np.array(3),
    5,
    2.5,
    np.zeros((0, 2)),
    np.array([1e8, 1e-8, 0.0]),
]


@every_method
@pytest.mark.parametrize("x", ODD_INPUTS, ids=repr)
def test_gradient_takes_every_shape_and_real_type(method, x):
    f = Counted(square_sum)
    got = gradient(f, x, method=method)
    expected = 2 * np.asarray(x, dtype=np.float64)
    assert got.dtype == np.float64
    assert got.shape == expected.shape
    # The sum of squares is what rounding is relative to.
    scale = max(1.0, np.max(np.abs(expected), initial=0.0))
    np.testing.assert_allclose(got, expected, rtol=0, atol=ACCURACY[method] * scale)
    assert {seen.shape for seen in f.inputs} <= {expected.shape}


@every_method
def test_the_input_is_never_changed(method):
    x = np.arange(6.0).reshape(2, 3)[:, ::2]
    before = x.copy()
    for run in (gradient, jacobian):
        run(square_sum, x, method=method)
        np.testing.assert_array_equal(x, before)


@every_method
def test_the_input_is_whole_after_a_failure(method):
    x, seen = np.ones(3), []

    def fails(x):
        seen.append(x)
        raise RuntimeError("the user's")

    with pytest.raises(RuntimeError, match="the user's"):
        gradient(fails, x, method=method)
    assert x.tolist() == [1.0, 1.0, 1.0]


def test_a_function_that_writes_into_its_input_is_told_so():
    def writes(x):
        x *= 2
        return x.sum()

    with pytest.raises(ValueError, match="read-only"):
        gradient(writes, np.ones(3))


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble])
@every_method
def test_other_floats_keep_their_type_and_get_their_own_step(method, dtype):
    if method == "complex" and dtype == np.float16:
        dtype = np.float32  # NumPy has no complex type of half precision
    x = np.array([0.5, -1.5, 2.0], dtype=dtype)
    got = gradient(square_sum, x, method=method)
    assert got.dtype == dtype
    eps = max(np.finfo(dtype).eps, EPS)
    # A square has no third derivative: what is left is rounding, eps / h.
    limit = 50 * float(eps) ** (1 / 2 if method == "forward" else 2 / 3)
    np.testing.assert_allclose(got.astype(float), 2 * x.astype(float), atol=limit)


def test_a_float32_number_is_moved_in_float32():
    f = Counted(lambda x: x * x)
    assert derivative(f, np.float32(1.5)) == pytest.approx(3.0, rel=1e-3)
    assert {x.dtype for x in f.inputs} == {np.dtype(np.float32)}


@every_method
@pytest.mark.parametrize("shape_in", [(), (2,), (2, 3)])
@pytest.mark.parametrize("shape_out", [(), (4,), (3, 2)])
def test_a_jacobian_has_the_outputs_axes_first(method, shape_in, shape_out, rng):
    A = rng.normal(size=(*shape_out, *shape_in))
    x = rng.normal(size=shape_in)
    got = jacobian(lambda x: np.tensordot(A, x, x.ndim), x, method=method)
    assert got.shape == A.shape
    np.testing.assert_allclose(got, A, atol=ACCURACY[method] * np.abs(A).max())


def test_a_jacobian_of_no_inputs_still_has_its_outputs_shape():
    assert jacobian(lambda x: np.ones((3, 2)), np.zeros((0, 4))).shape == (3, 2, 0, 4)


def test_a_function_may_return_its_input_or_keep_it():
    np.testing.assert_allclose(jacobian(lambda x: x, np.ones(2)), np.eye(2), rtol=1e-9)
    np.testing.assert_allclose(
        jacobian(lambda x: x[::-1], np.ones(2)), np.eye(2)[::-1], rtol=1e-9
    )


@pytest.mark.parametrize("out,expected", [
    (lambda x: int(x), 0.0), (lambda x: x > 0, 0.0), (lambda x: np.uint8(3), 0.0),
    (lambda x: [x, 2 * x], [1.0, 2.0]), (lambda x: 7, 0.0),
])  # fmt: skip
def test_results_of_any_real_type_are_subtracted_as_floats(out, expected):
    np.testing.assert_allclose(derivative(out, 2.5), expected, rtol=1e-9)


@every_method
def test_a_number_gives_a_python_float(method):
    for x in (2, 2.0, np.float64(2), np.array(2.0)):
        assert type(derivative(lambda x: x * x, x, method=method)) is float


def test_a_curve_has_a_tangent_vector():
    got = derivative(lambda t: np.array([np.cos(t), np.sin(t)]), 0.0)
    np.testing.assert_allclose(got, [0.0, 1.0], atol=ACCURACY["central"])


def test_steps_may_differ_by_entry():
    f = Counted(square_sum)
    gradient(f, [1.0, 1.0], h=[0.5, 0.25])
    assert [x.tolist() for x in f.inputs] == [[1.5, 1], [0.5, 1], [1, 1.25], [1, 0.75]]


def test_a_negative_step_looks_back():
    f = Counted(lambda x: x)
    forward_difference(f, 1.0, h=-0.5)
    assert sorted(float(x) for x in f.inputs) == [0.5, 1.0]


def test_the_complex_step_is_silently_wrong_for_abs():
    assert complex_step(lambda x: x * abs(x), 2.0) == 2.0  # 4 is right
    assert derivative(lambda x: x * abs(x), 2.0) == pytest.approx(4.0)


def test_the_complex_step_refuses_a_result_that_lost_its_imaginary_part():
    for f in (abs, lambda x: x.real, lambda x: 1.0):
        with pytest.raises(DTypeError, match="imaginary part"):
            complex_step(f, 2.0)


def test_at_a_kink_a_difference_measures_a_mean_of_slopes():
    assert derivative(abs, 0.0) == 0.0
    assert derivative(lambda x: max(x, 0.0), 0.0) == 0.5


@pytest.mark.parametrize("call,error,words", [
    (lambda: derivative(np.sin, [1.0, 2.0]), ShapeError, "gradient"),
    (lambda: gradient(lambda x: x, [1.0, 2.0]), ShapeError, "jacobian"),
    (lambda: derivative(np.sin, 1j), DTypeError, "complex"),
    (lambda: derivative(np.sin, "1"), DTypeError, "str"),
    (lambda: derivative(np.sin, Dual(1.0)), DTypeError, "Dual"),
    (lambda: derivative(lambda x: None, 1.0), DTypeError, "return"),
    (lambda: derivative(lambda x: (x + 0j) ** 0.5, -1.0), DTypeError, "complex"),
    (lambda: gradient(np.sum, [[1.0], [1.0, 2.0]]), ShapeError, "rows"),
    (lambda: derivative(np.sin, 1.0, method="exact"), ArgumentError, "'exact'"),
    (lambda: derivative(np.sin, 1.0, h=0.0), ArgumentError, "h=0.0"),
    (lambda: derivative(np.sin, 1.0, h=math.nan), ArgumentError, "finite"),
    (lambda: derivative(np.sin, 1e8, h=1e-12), ArgumentError, "rounding"),
    (lambda: forward_difference(np.sin, math.inf), ArgumentError, "h="),
    (lambda: richardson(np.sin, 1.0, rows=1), ArgumentError, "rows=1"),
    (lambda: default_step(1.0, order=0), ArgumentError, "order=0"),
])  # fmt: skip
def test_mistakes_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_every_public_name_is_there():
    assert all(callable(getattr(finite, name)) for name in finite.__all__)
