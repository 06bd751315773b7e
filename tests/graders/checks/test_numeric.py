"""The oracle is right, and knows how right it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graders.checks import numeric

CASES = [(math.sin, math.cos, x) for x in (0.0, 1e-8, 0.7, -3.0, 25.0)] + [
    (math.exp, math.exp, 1.5),
    (lambda x: x**3, lambda x: 3 * x * x, 1e4),
    (lambda x: x**3, lambda x: 3 * x * x, 1e-8),
    (math.log, lambda x: 1 / x, 0.01),
    (lambda x: 1 / x, lambda x: -1 / x**2, 0.05),
    (lambda x: math.sin(1000 * x), lambda x: 1000 * math.cos(1000 * x), 0.3),
    (math.tanh, lambda x: 1 - math.tanh(x) ** 2, 6.0),
]


@pytest.mark.parametrize(("f", "df", "x"), CASES)
def test_the_error_is_within_its_own_bound(f, df, x):
    found = numeric.derivative(f, x)
    # Rounding of f itself may add a few units at the scale of the derivative.
    slack = 1e-13 * (1 + abs(df(x)))
    assert abs(found.value - df(x)) <= found.error + slack
    assert found.error <= 1e-6 * (1 + abs(df(x)))


def test_a_kink_has_a_large_bound_or_none():
    found = numeric.derivative(lambda x: abs(x - 0.3) ** 0.5, 0.3)
    assert found.error > 1e-3 or abs(found.value) < 1e-9


def test_outside_the_domain_is_an_error_that_says_so():
    with pytest.raises(numeric.OracleError, match="inside of its domain"):
        numeric.derivative(lambda x: math.log(x), -1.0)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3)])
def test_jacobian_has_the_shape_of_output_then_input(shape, rng):
    x = rng.normal(size=shape)
    found = numeric.jacobian(lambda z: np.stack([np.sin(z).sum(), (z * z).sum()]), x)
    assert found.value.shape == (2, *shape)
    assert np.allclose(found.value[0], np.cos(x), atol=1e-9)
    assert np.allclose(found.value[1], 2 * x, atol=1e-9)


def test_directional_and_pulled_back_agree_with_the_jacobian(rng):
    a = rng.normal(size=(4, 3))
    x, v, u = rng.normal(size=3), rng.normal(size=3), rng.normal(size=4)
    jacobian = np.cos(a @ x)[:, None] * a

    def f(z):
        return np.sin(a @ z)

    assert np.allclose(numeric.directional(f, x, v).value, jacobian @ v, atol=1e-10)
    assert np.allclose(numeric.pulled_back(f, x, u).value, u @ jacobian, atol=1e-10)
