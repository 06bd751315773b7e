"""A batch of tangents or cotangents: one pass gives what one at a time would."""

import numpy as np
import pytest

from autograd_ref import Function, Tensor, ops, transforms
from autograd_ref.batch import Basis, Batch
from autograd_ref.errors import UnsupportedError
from autograd_ref.transforms import hessian, jacobian
from tests.autograd_ref.test_ops import every_case, situation

COUNT = 3


def in_a_row(case, rng):
    args, _, z, _, wanted = situation(case, rng)
    return args, z, wanted


@every_case
def test_a_batch_of_cotangents_is_pulled_as_each_of_them(case, rng):
    args, z, wanted = in_a_row(case, rng)
    g = rng.normal(size=(COUNT, *np.shape(z)))
    at_once = case.row.vjp(Batch(g), z, args, wanted, **case.params)
    each = [case.row.vjp(one, z, args, wanted, **case.params) for one in g]
    for i, found in enumerate(at_once):
        expected = [one[i] for one in each]
        if found is None:
            assert expected == [None] * COUNT
        elif isinstance(found, Batch):
            np.testing.assert_allclose(found.primal, np.stack(expected), 1e-12, 1e-12)
        else:
            for one in expected:
                np.testing.assert_array_equal(found, one)


@every_case
def test_a_batch_of_tangents_is_pushed_as_each_of_them(case, rng):
    args, z, wanted = in_a_row(case, rng)
    pairs = list(zip(args, wanted, strict=True))
    v = [rng.normal(size=(COUNT, *np.shape(x))) if w else None for x, w in pairs]
    together = [None if t is None else Batch(t) for t in v]
    at_once = case.row.jvp(together, z, args, **case.params)
    each = [
        case.row.jvp([None if t is None else t[i] for t in v], z, args, **case.params)
        for i in range(COUNT)
    ]
    np.testing.assert_allclose(at_once.primal, np.stack(each), 1e-12, 1e-12)


def test_a_batch_has_the_shape_of_one():
    x = Batch(np.ones((5, 2, 3)))
    assert (x.shape, x.ndim, x.size, x.dtype) == ((2, 3), 2, 6, np.float64)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_the_jacobian_of_a_linear_map_is_its_matrix_and_not_its_memory(mode, rng):
    matrix = rng.normal(size=(4, 3))
    found = jacobian(lambda x: matrix @ x, rng.normal(size=3), mode)
    np.testing.assert_array_equal(found, matrix)
    assert not np.shares_memory(found, matrix)


def test_a_matrix_times_every_direction_is_the_matrix_from_either_side(rng):
    left, right = rng.normal(size=(4, 3)), rng.normal(size=(3, 5))
    np.testing.assert_array_equal((left @ Basis(3)).primal, left.T)
    np.testing.assert_array_equal((Basis(3) @ right).primal, right)


def test_a_basis_of_another_type_gives_products_of_that_type(rng):
    left = rng.normal(size=(4, 3)).astype(np.float32)
    assert (left @ Basis(3)).dtype == np.float64
    assert (left @ Basis(3, np.float32)).dtype == np.float32


def test_the_identity_is_written_down_only_where_it_is_needed(rng):
    basis, left = Basis(3), rng.normal(size=(4, 3))
    assert (left @ basis).shape == (4,)
    assert (basis.shape, basis.dtype) == ((3,), np.float64)
    with pytest.raises(AttributeError):
        Batch.primal.__get__(basis)  # the slot, past what fills it
    np.testing.assert_array_equal((2.0 * basis).primal, 2.0 * np.eye(3))
    with pytest.raises(AttributeError, match="nothing"):
        _ = basis.nothing


def test_code_for_one_cotangent_refuses_a_batch():
    with pytest.raises(UnsupportedError, match="one at a time"):
        np.asarray(Batch(np.ones((2, 3))))


A = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 2.0]])


def f(x):
    return np.tanh(A @ x) * x[0]


def one_by_one(f, x):
    _, pull = transforms.vjp(f, x)
    return np.stack([pull(g) for g in np.eye(2)])


class Double(Function):
    @staticmethod
    def forward(ctx, x):
        return 2.0 * x

    @staticmethod
    def backward(ctx, g):
        return 2.0 * g


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_one_pass_gives_the_rows_of_many(mode, rng):
    x = rng.normal(size=3)
    np.testing.assert_allclose(jacobian(f, x, mode), one_by_one(f, x), 1e-12)


def test_a_function_takes_its_cotangents_one_at_a_time(rng):
    x = rng.normal(size=3)
    found = jacobian(lambda x: Double.apply(f(x)), x)
    np.testing.assert_allclose(found, 2 * one_by_one(f, x), 1e-12)


def test_hooks_see_one_cotangent_at_a_time(rng):
    seen = []

    def hooked(x):
        y = x * 3.0
        y.register_hook(lambda g: seen.append(g.shape))
        return y[:2]

    np.testing.assert_array_equal(
        jacobian(hooked, rng.normal(size=3)), 3 * np.eye(2, 3)
    )
    assert seen == [(3,)] * 2


def test_results_of_no_or_one_number_keep_their_shapes(rng):
    x = rng.normal(size=(2, 3))
    assert jacobian(lambda x: x.sum(), x).shape == (2, 3)
    assert jacobian(lambda x: x[:0], x).shape == (0, 3, 2, 3)
    assert np.shape(jacobian(lambda x: x * x, 3.0, "forward")) == ()
    for mode in ("forward", "reverse"):
        np.testing.assert_array_equal(
            jacobian(lambda x: ops.stack([2.0]), x, mode), 0.0
        )


def test_what_starts_no_path_has_zeros(rng):
    def partly(x):
        return ops.stack([x[0], Tensor(1.0)])

    np.testing.assert_array_equal(
        jacobian(partly, rng.normal(size=2)), [[1, 0], [0, 0]]
    )


def test_the_hessian_goes_in_one_pass_too(rng):
    x = rng.normal(size=4)
    np.testing.assert_allclose(
        hessian(lambda x: np.sum(x * x * x) + x[0] * x[1], x),
        np.diag(6 * x) + np.eye(4)[[1, 0, 3, 2]] * [[1], [1], [0], [0]],
        1e-12,
    )


def test_an_outer_derivative_passes_through(rng):
    x = Tensor(rng.normal(size=3), requires_grad=True)
    J = jacobian(lambda x: x * x, x)
    J.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.full(3, 2.0))
