"""Dual numbers: arithmetic, ordinary code, nesting, and what must not be silent."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd_ref import finite
from autograd_ref.dual import Dual, DualNumber, derivative, gradient, jacobian, jvp
from autograd_ref.errors import DTypeError, ShapeError, UnsupportedError
from autograd_ref.ops import cos, exp, log, maximum, relu, sin, stack, tanh

# A handful of float64 operations, each rounded once.
EXACT = 1e-14


def parts(x):
    return x.primal, x.tangent


POLYNOMIALS = [
    (lambda x: 3 * x * x - 2 * x + 1, lambda x: 6 * x - 2),
    (lambda x: (x - 1) * (1 - x), lambda x: -2 * (x - 1)),
    (lambda x: -x + 4 - x, lambda x: -2),
    (lambda x: x / 2 + 3 / x, lambda x: 0.5 - 3 / x**2),
    (lambda x: x**3 / (x**2 + 1), lambda x: (x**4 + 3 * x**2) / (x**2 + 1) ** 2),
    (lambda x: 2**x * x, lambda x: 2**x * (1 + x * math.log(2))),
    (lambda x: x**-2, lambda x: -2 * x**-3),
    (lambda x: x**x if x > 0 else x, lambda x: x**x * (math.log(x) + 1)),
    (lambda x: sum([x, 2 * x, 3]), lambda x: 3),
    (lambda x: +x - (-x), lambda x: 2),
    (lambda x: abs(x) * x, lambda x: 2 * abs(x)),
]


@pytest.mark.parametrize("f,df", POLYNOMIALS)
@pytest.mark.parametrize("seed", [1.0, 0.37, -2.0])
def test_arithmetic_follows_the_rules_from_both_sides(f, df, seed):
    x = 1.7
    value, tangent = parts(f(Dual(x, seed)))
    assert value == f(x)
    assert tangent == pytest.approx(seed * df(x), rel=EXACT)


def test_a_negative_base_takes_a_whole_power():
    assert parts(Dual(-3.0, 1.0) ** 3) == (-27.0, 27.0)
    assert parts(Dual(-3.0, 1.0) ** -1) == (-1 / 3, pytest.approx(-1 / 9, rel=EXACT))


def test_a_dual_without_tangent_is_a_constant_even_as_an_exponent():
    assert parts(Dual(-3.0, 1.0) ** Dual(2)) == (9.0, -6.0)
    assert parts(Dual(-3.0, 1.0) ** Dual(2, 0)) == (9.0, -6.0)


def test_the_zeroth_power_is_flat_even_at_zero():
    assert parts(Dual(0.0, 1.0) ** 0) == (1.0, 0.0)
    assert parts(Dual(0.0) ** 0) == (1.0, 0.0)


def test_base_and_exponent_both_have_a_derivative():
    base, exponent = 1.3, 0.7
    got = (Dual(base, 2.0) ** Dual(exponent, 3.0)).tangent
    power = base**exponent
    expected = 2.0 * exponent * power / base + 3.0 * power * math.log(base)
    assert got == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("f", [
    lambda x: sin(x * x), lambda x: exp(sin(log(x))), lambda x: tanh(cos(x) / x),
    lambda x: np.exp(np.sqrt(x)) - np.sinh(x) * np.cosh(x), lambda x: np.tan(x / 3),
    lambda x: relu(x - 1) ** 2, lambda x: maximum(x, 2 * x - 1) * x,
    lambda x: np.square(x) + np.reciprocal(x) + np.power(x, 1.5) - np.positive(x),
])  # fmt: skip
def test_functions_compose_by_the_chain_rule(f):
    value, tangent = parts(f(Dual(1.7, 0.37)))
    measured, error = finite.richardson(f, 1.7)
    assert value == f(1.7)
    # 1e-13: the estimate can be 0 for a straight line.
    assert abs(tangent - 0.37 * measured) <= 0.37 * error + 1e-13


def test_functions_of_plain_numbers_give_plain_numbers():
    assert type(sin(2.0)) is float
    assert sin(2.0) == math.sin(2.0)


@pytest.mark.parametrize("x", [-1.5, 0.0, 2.0])
def test_branches_and_loops_run_on_primals(x):
    def leaky(x):
        return x if x > 0 else 0.1 * x

    def newton_sqrt(a):
        r = a
        while abs(r * r - a) > 1e-14:
            r = (r + a / r) / 2
        return r

    assert derivative(leaky, x) == (1.0 if x > 0 else 0.1)
    # One step behind the value: the last correction halves the derivative's error.
    assert derivative(newton_sqrt, 2.0) == pytest.approx(0.5 / 2**0.5, rel=1e-12)


def test_max_min_and_sorted_choose_by_primal():
    a, b = Dual(2.0, 5.0), Dual(3.0, -1.0)
    assert max(a, b) is b
    assert min(a, b) is a
    assert sorted([b, a]) == [2.0, 3.0]


def test_equality_and_truth_are_those_of_the_primal():
    x = Dual(1.5, 1.0)
    assert x == Dual(1.5, 7.0)
    assert x == 1.5
    assert x != 2
    assert x is not None
    assert x != "a"
    assert not Dual(0.0, 1.0)
    assert (Dual([1.0, 2.0]) == 2).tolist() == [False, True]
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Dual([1.0, 2.0]))


def test_a_dual_cannot_be_hashed_for_a_cache_would_lose_derivatives():
    with pytest.raises(TypeError, match=r"unhashable.*\.primal"):
        {Dual(1.0): 1}


@pytest.mark.parametrize("lose", [float, int, math.sin, math.floor])
def test_becoming_a_plain_number_is_refused_with_a_way_out(lose):
    with pytest.raises(DTypeError, match=r"\.primal"):
        lose(Dual(1.0, 1.0))


@pytest.mark.parametrize("x,text", [
    (Dual(1, -2), "Dual(1.0, -2.0)"),
    (Dual(1e-9, 3), "Dual(1e-09, 3.0)"),
    (Dual(np.float64(0.1)), "Dual(0.1, 0.0)"),
    (Dual(Dual(1.0, 2.0), 3.0), "Dual(Dual(1.0, 2.0), 3.0)"),
    (Dual([1.0, 2.0], 1.0), "Dual(array([1., 2.]), array([1., 1.]))"),
    (Dual(np.float32(0.5)), "Dual(0.5, 0.0)"),
])  # fmt: skip
def test_repr_shows_primal_and_tangent_in_full(x, text):
    assert repr(x) == text
    assert f"{x}" == text


def test_format_shows_both_parts():
    assert f"{Dual(1.0, -2.0):.2f}" == "Dual(1.00, -2.00)"


def test_results_outside_a_functions_range_are_numpys():
    with np.errstate(all="ignore"):
        assert parts(exp(Dual(1000.0, 1.0))) == (math.inf, math.inf)
        assert parts(1 / Dual(0.0, 1.0)) == (math.inf, -math.inf)
        assert math.isnan(log(Dual(-1.0, 1.0)).primal)
        assert math.isnan((Dual(-2.0, 1.0) ** 0.5).primal)
    with pytest.warns(RuntimeWarning, match="overflow"):
        exp(Dual(1000.0, 1.0))


def test_operands_are_never_changed():
    x, y = Dual(2.0, 3.0), Dual(np.ones(2), np.ones(2))
    before = repr(x), repr(y)
    z = x
    z += y
    _ = x * y, x - y, x**2, y.sum()
    assert (repr(x), repr(y)) == before


def test_whole_numbers_become_floats_and_other_floats_stay():
    for whole in (3, True, np.int8(3), Fraction(3)):
        assert type(Dual(whole).primal) is float
    assert Dual(np.array([1, 2])).primal.dtype == np.float64
    single = Dual(np.ones(2, np.float32), 1.0) * 2.0
    assert single.primal.dtype == single.tangent.dtype == np.float32


def test_arrays_mix_with_duals_in_either_order(rng):
    a = rng.normal(size=3)
    x = Dual(2.0, 0.5)
    for product in (a * x, x * a):
        np.testing.assert_array_equal(product.primal, 2.0 * a)
        np.testing.assert_array_equal(product.tangent, 0.5 * a)
    assert (a < x).tolist() == (a < 2.0).tolist()
    assert parts(np.float64(2.0) * x) == (4.0, 1.0)


def test_an_array_dual_has_what_an_array_has(rng):
    A, V = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    x: Any = Dual(A, V)
    assert (x.shape, x.ndim, x.size, len(x), x.dtype) == ((2, 3), 2, 6, 2, A.dtype)
    for got, expected in [
        (x.T, V.T), (x.sum(axis=0), V.sum(axis=0)), (x.mean(), V.mean()),
        (x.reshape(3, 2), V.reshape(3, 2)), (x.reshape((-1,)), V.ravel()),
        (x.transpose(1, 0), V.T), (x[1], V[1]), (x[:, ::-1], V[:, ::-1]),
        (list(x)[1], V[1]), (x @ np.ones(3), V @ np.ones(3)),
        (np.sum(x, axis=1, keepdims=True), V.sum(axis=1, keepdims=True)),
        (np.mean(x, 0), V.mean(0)), (np.reshape(x, (6,)), V.ravel()),
        (np.transpose(x), V.T), (np.broadcast_to(x, (2, 2, 3))[1], V),
        (np.where(A > 0, x, 0.0), np.where(A > 0, V, 0.0)), (np.stack([x, x])[0], V),
    ]:  # fmt: skip
        np.testing.assert_array_equal(got.tangent, expected)


def test_numpys_questions_are_answered_by_the_primal():
    x: Any = Dual([1.0, np.nan], [5.0, 5.0])
    y: Any = Dual([1.0, 3.0], 2.0)
    assert np.isnan(x).tolist() == [False, True]
    assert np.shape(x) == (2,)
    assert np.zeros_like(x).tolist() == [0.0, 0.0]
    assert np.allclose(y, [1.0, 3.0])
    assert np.argmax(y) == 1


def test_an_array_of_duals_is_a_result_but_no_operand():
    got = jacobian(lambda x: np.array([x[0] * x[1], 2 * x[1]]), [3.0, 4.0])
    np.testing.assert_array_equal(got, [[4.0, 3.0], [0.0, 2.0]])
    x = Dual(3.0, 10.0)
    pair = np.array([Dual(1.0, 1.0), Dual(2.0, 0.0)])
    for use in (lambda: x * pair, lambda: pair * x, lambda: sin(pair)):
        with pytest.raises(DTypeError, match=r"ops\.stack"):
            use()
    np.testing.assert_array_equal((stack(pair) * x).tangent, [13.0, 20.0])


@pytest.mark.parametrize("call,words", [
    (lambda x: np.cbrt(x), "cbrt .*TABLE"), (lambda x: np.median(x), "median .*TABLE"),
    (lambda x: np.add.reduce(x), "reduce"),
    (lambda x: np.dot(x, x), "numpy.dot .* as x @ y"),
    (lambda x: np.linalg.norm(x), r"numpy\.linalg\.norm .* as ops\.sqrt"),
    (lambda x: np.sin(x, out=np.zeros(2)), "out="),
    (lambda x: np.zeros(2).__iadd__(x), "plain array"),
])  # fmt: skip
def test_numpy_functions_without_a_row_say_so(call, words):
    with pytest.raises(UnsupportedError, match=words):
        call(Dual([1.0, 2.0], 1.0))


@pytest.mark.parametrize("bad", ["a", None, 1j, object(), ["a", 1.0]])
def test_what_is_no_real_number_is_no_dual(bad):
    with pytest.raises(DTypeError):
        Dual(bad)


def test_a_tangent_must_fit_its_primal():
    assert Dual([1.0, 2.0], 3).tangent.tolist() == [3.0, 3.0]
    with pytest.raises(ShapeError, match=r"\(3,\).*\(2,\)"):
        Dual([1.0, 2.0], [1.0, 2.0, 3.0])


def test_dual_number_is_another_name_of_dual():
    assert DualNumber is Dual


# -- derivatives -----------------------------------------------------------------
def test_derivative_gives_a_float_also_for_a_constant():
    for got, expected in [
        (derivative(lambda x: 7, 2), 0.0),
        (derivative(lambda x: x, 2), 1.0),
        (derivative(np.sin, 2), math.cos(2)),
    ]:
        assert type(got) is float
        assert got == expected


def test_jvp_calls_the_function_once_and_is_linear_in_the_direction(rng):
    calls = []

    def f(x):
        calls.append(1)
        return stack([x[0] * x[1], sin(x[1])])

    x, u, v = rng.normal(size=(3, 2))
    mixed = jvp(f, x, 2 * u - 3 * v)[1]
    assert len(calls) == 1
    apart = 2 * jvp(f, x, u)[1] - 3 * jvp(f, x, v)[1]
    np.testing.assert_allclose(mixed, apart, rtol=1e-13)


def test_jvp_follows_the_direction_not_its_length():
    assert jvp(lambda x: x * x, 3.0, 0.37) == (9.0, 6.0 * 0.37)


@pytest.mark.parametrize("returned", [
    lambda x: [x[0], 1.0], lambda x: (x[0], 1.0), lambda x: np.array([x[0], 1.0]),
    lambda x: stack([x[0], 1.0]), lambda x: x * np.array([1.0, 0.0]) + [0.0, 1.0],
])  # fmt: skip
def test_a_function_may_return_a_list_a_tuple_or_an_array(returned):
    value, tangent = jvp(returned, [5.0, 1.0], [2.0, 9.0])
    np.testing.assert_array_equal(value, [5.0, 1.0])
    np.testing.assert_array_equal(tangent, [2.0, 0.0])


@pytest.mark.parametrize("shape_in", [(), (2,), (2, 3), (0,)])
@pytest.mark.parametrize("shape_out", [(), (4,), (3, 2)])
def test_a_jacobian_has_the_outputs_axes_first(shape_in, shape_out, rng):
    n, m = math.prod(shape_in), math.prod(shape_out)
    A, x = rng.normal(size=(m, n)), rng.normal(size=shape_in)

    def f(x):
        return sin(A @ x.reshape(n)).reshape(shape_out)

    got = jacobian(f, x)
    assert got.shape == (*shape_out, *shape_in)
    np.testing.assert_allclose(got, finite.jacobian(f, x, method="richardson"), 1e-9)


@pytest.mark.parametrize("x", [[1, 2], np.array(3), 2.5, np.ones((2, 2))[:, :1]])
def test_a_gradient_has_the_inputs_shape_and_costs_one_call_an_entry(x):
    calls = []

    def f(x):
        calls.append(1)
        return (x * x).sum()

    before = np.array(x, dtype=float)
    np.testing.assert_array_equal(gradient(f, x), 2 * before)
    assert len(calls) == before.size
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("call,error,words", [
    (lambda: derivative(sin, [1.0, 2.0]), ShapeError, "gradient"),
    (lambda: jvp(sin, [1.0, 2.0], 1.0), ShapeError, "direction"),
    (lambda: gradient(sin, [1.0, 2.0]), ShapeError, "jacobian"),
    (lambda: derivative(lambda x: None, 1.0), DTypeError, "return"),
    (lambda: derivative(lambda x: lambda y: x, 1.0), DTypeError, "return"),
    (lambda: derivative(sin, 1j), DTypeError, "complex"),
])  # fmt: skip
def test_mistakes_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


# -- nesting -----------------------------------------------------------------------
def test_nested_derivatives_do_not_mix_their_infinitesimals():
    # Siskind and Pearlmutter's example: without levels the answer is 2.
    assert derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0) == 1.0


def test_an_inner_derivative_may_be_taken_at_the_outer_variable():
    assert derivative(lambda x: x * derivative(lambda y: x * y * y, x), 3.0) == 54.0


def test_higher_derivatives_are_exact():
    def nth(n, x):
        return x**5 if n == 0 else derivative(lambda y: nth(n - 1, y), x)

    expected = [32.0, 80.0, 160.0, 240.0, 240.0, 120.0, 0.0]
    assert [nth(n, 2.0) for n in range(7)] == expected


def test_nesting_by_hand_gives_the_second_derivative():
    for tangent in (1.0, Dual(1.0, 0.0)):
        x = Dual(Dual(0.7, 1.0), tangent)
        assert sin(x).tangent.tangent == -math.sin(0.7)
        assert (x * x).tangent.tangent == 2.0


def test_nesting_by_hand_inside_a_derivative_keeps_apart():
    def f(x):
        by_hand = (x * Dual(x, 1.0)).tangent  # d/dy (x*y) = x
        return by_hand * derivative(lambda y: x * y, 5.0)

    assert derivative(f, 3.0) == 6.0


def test_a_derivative_inside_stays_above_what_was_nested_by_hand():
    def f(x):
        by_hand = Dual(x, 1.0)
        return derivative(lambda t: by_hand * t, 5.0)

    assert derivative(lambda x: f(x).primal, 3.0) == 1.0
    assert f(3.0).tangent == 1.0


def test_duals_made_by_hand_share_one_infinitesimal():
    assert parts(Dual(2.0, 1.0) * Dual(3.0, 10.0)) == (6.0, 23.0)


def test_a_hand_made_dual_is_an_outer_variable_of_a_derivative():
    x = Dual(2.0, 1.0)
    assert parts(derivative(lambda y: x * x * y, 5.0)) == (4.0, 4.0)


def test_a_hessian_is_the_jacobian_of_the_gradient(rng):
    x = rng.normal(size=3)

    def f(x):
        return sin(x[0] * x[1]) * exp(x[2]) + (x * x).sum() ** 2

    H = jacobian(lambda x: gradient(f, x), x)
    np.testing.assert_allclose(H, H.T, rtol=0, atol=1e-13 * np.abs(H).max())
    measured = finite.jacobian(lambda x: gradient(f, x), x, method="richardson")
    np.testing.assert_allclose(H, measured, rtol=0, atol=1e-10 * np.abs(H).max())


def test_directional_second_derivatives_nest_through_jvp(rng):
    x, u, v = rng.normal(size=(3, 4))

    def cube_sum(x):
        return (x**3).sum()

    got = jvp(lambda x: jvp(cube_sum, x, v)[1], x, u)[1]
    assert got == pytest.approx(np.sum(6 * x * u * v), rel=1e-12)


def test_forward_mode_agrees_with_torch(torch, rng):
    A, x, v = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=4)
    value, tangent = jvp(lambda x: tanh(A @ x) * exp(-(x * x).sum()), x, v)
    A, x, v = map(torch.tensor, (A, x, v))
    found = torch.autograd.functional.jvp(
        lambda x: torch.tanh(A @ x) * torch.exp(-(x * x).sum()), x, v
    )
    np.testing.assert_allclose(value, found[0].numpy(), rtol=1e-13)
    np.testing.assert_allclose(tangent, found[1].numpy(), rtol=1e-12)
