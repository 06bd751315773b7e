"""Tensors by themselves: leaves, graphs and their end, hooks, writes, dtypes, text."""

import gc
import threading
import warnings
import weakref

import numpy as np
import pytest

from autograd_ref import graph, ops, versions
from autograd_ref.dual import Dual, jvp
from autograd_ref.errors import DTypeError, GraphError, ShapeError
from autograd_ref.mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from autograd_ref.tensor import Tensor, backward, grad, tensor


def leaf(*data):
    return tensor(list(data), requires_grad=True)


# -- leaves and accumulation -----------------------------------------------------
def test_a_leaf_is_what_no_recorded_operation_made():
    x = leaf(1.0, 2.0)
    with no_grad():
        inside = x * 2
    for t in (x, inside, x.detach(), tensor([1.0]) + 1):
        assert t.is_leaf
        assert t.grad_fn is None
    assert not (x * 2).is_leaf
    assert repr((x * 2).grad_fn) == "<MulBackward0>"


def test_gradients_add_up_over_passes_and_over_losses_that_share_a_node():
    x = leaf(1.0, 2.0)
    shared = x * x
    shared.sum().backward(retain_graph=True)
    (3.0 * shared).sum().backward()
    assert x.grad.tolist() == [8.0, 16.0]


def test_grad_is_one_object_and_is_added_to_in_place():
    x = leaf(1.0)
    (2 * x).sum().backward()
    before = x.grad
    (2 * x).sum().backward()
    assert x.grad is before
    assert before.tolist() == [4.0]


def test_two_leaves_never_share_their_gradients_memory():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    seed = np.ones(2)
    (x + y).backward(seed)
    x.grad.zero_()
    assert y.grad.tolist() == seed.tolist() == [1.0, 1.0]


def test_a_leaf_that_is_gone_stops_nothing():
    y = (leaf(1.0, 2.0) * leaf(3.0, 4.0)).sum()
    y.backward()


def test_the_same_operand_twice_counts_twice():
    x = leaf(3.0)
    (x * x + x + x).sum().backward()
    assert x.grad.tolist() == [8.0]


def test_gradients_of_what_is_no_leaf_are_kept_on_request_only():
    x = leaf(1.0, 2.0)
    y, z = x * 2, x * 3
    y.retain_grad()
    (y * y + z).sum().backward()
    assert y.grad.tolist() == [4.0, 8.0]
    with pytest.warns(UserWarning, match="not a leaf"):
        assert z.grad is None
    with pytest.raises(GraphError, match="requires_grad=False"):
        tensor(1.0).retain_grad()


# -- the life of a graph ---------------------------------------------------------
def test_a_second_pass_needs_retain_graph_where_something_was_saved():
    x = leaf(2.0)
    for f in (lambda: x * x, lambda: x.exp(), lambda: 2 * x, lambda: x.relu(),
              lambda: ops.softmax(x), lambda: x / 2.0, lambda: x**2):  # fmt: skip
        y = f().sum()
        y.backward(retain_graph=True)
        y.backward()
        with pytest.raises(GraphError, match="second time"):
            y.backward()
    for f in (lambda: x.sum(), lambda: x + 1, lambda: -x, lambda: x.reshape(1, 1)):
        y = f()
        y.backward(np.ones(y.shape))
        y.backward(np.ones(y.shape))


def test_a_failed_pass_leaves_the_graph_usable():
    x = leaf(2.0)
    y = x * x
    boom = y.register_hook(lambda g: 1 / 0)
    z = y.sum()
    with pytest.raises(ZeroDivisionError):
        z.backward()
    boom.remove()
    z.backward()
    assert x.grad.tolist() == [4.0]


def test_graphs_are_freed_by_reference_counting_alone():
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            x = leaf(1.0, 2.0)
            y = (x * x).exp()
            y.retain_grad()
            v = y[0] + y.sum()
            a = x * 1
            a.mul_(x)
            (g,) = grad((v * a).sum(), x, create_graph=True)
            (g * g).sum().backward(create_graph=True)
            ends = [weakref.ref(t) for t in (x, y, v, a, g, y.node, g.node)]
            del x, y, v, a, g
            assert [end() for end in ends] == [None] * len(ends)
    finally:
        gc.enable()


def test_a_million_nodes_need_no_recursion():
    x = tensor(1.0, requires_grad=True)
    gc.disable()  # the collector would take most of the time, and has nothing to do
    try:
        y = x
        for _ in range(1_000_000):
            y = y + 1.0
        y.backward()
        end = weakref.ref(y.node)
        del y
    finally:
        gc.enable()
    assert end() is None
    assert x.grad.item() == 1.0


def test_peers_stumble_over_a_diamond_chain():
    x = tensor(1.0, requires_grad=True)
    y = x
    for _ in range(60):  # 2**60 paths
        y = y + y
    y.backward()
    assert x.grad.item() == 2.0**60


def test_a_constant_overwritten_between_the_passes_is_noticed():
    w, c = leaf(3.0), tensor([2.0])
    y = (w * c).sum()
    c.mul_(50.0)
    with pytest.raises(GraphError, match="modified by an in-place operation"):
        y.backward()


# -- hooks -----------------------------------------------------------------------
def test_hooks_see_and_may_replace_gradients():
    x = leaf(1.0, 2.0)
    y = x * 3
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.register_hook(lambda g: g * 10)
    handle = x.register_hook(lambda g: g + 1)
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.tolist()))
    y.sum().backward(retain_graph=True)
    assert seen == [[1.0, 1.0], [31.0, 31.0]]
    handle.remove()
    assert grad(y.sum(), x)[0].tolist() == [30.0, 30.0]
    with pytest.raises(GraphError, match="doesn't require"):
        tensor(1.0).register_hook(print)
    with pytest.raises(GraphError, match="leaves"):
        y.register_post_accumulate_grad_hook(print)


def test_a_hook_of_another_shape_is_refused():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g[0])
    with pytest.raises(ShapeError, match="hook returned"):
        x.sum().backward()


# -- grad() ----------------------------------------------------------------------
def test_grad_touches_no_leaf_and_reaches_inner_tensors():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = x * w
    z = (y * y).sum()
    gy, gx = grad(z, [y, x], retain_graph=True)
    assert gy.tolist() == [6.0, 16.0]
    assert gx.tolist() == [18.0, 64.0]
    assert x.grad is None
    assert w.grad is None
    with pytest.raises(GraphError, match="not to have been used"):
        grad(z, leaf(1.0), retain_graph=True)
    assert grad(z, leaf(1.0), allow_unused=True, retain_graph=True) == (None,)
    with pytest.raises(GraphError, match="does not require grad"):
        grad(z, tensor(1.0))


def test_grad_frees_only_what_it_ran():
    x, w = leaf(1.0), leaf(2.0)
    a, b = x * x, w * w
    (a + b).sum().backward(retain_graph=True)
    z = (a + b).sum()
    grad(z, x)
    b.sum().backward()
    with pytest.raises(GraphError, match="second time"):
        a.sum().backward()


def test_derivatives_nest_to_any_order():
    x = tensor(2.0, requires_grad=True)
    y = x**5
    for factor in (80.0, 160.0, 240.0, 240.0, 120.0):
        (y,) = grad(y, x, create_graph=True)
        assert y.item() == factor


def test_backward_with_create_graph_gives_gradients_with_a_history():
    x = leaf(2.0)
    (x**3).sum().backward(create_graph=True)
    g = x.grad
    assert g.requires_grad
    x.grad = None
    g.sum().backward()
    assert x.grad.tolist() == [12.0]


# -- modes -----------------------------------------------------------------------
def test_no_grad_stops_recording_but_not_accumulation():
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    with no_grad():
        assert not (x * 2).requires_grad
        y.backward()
        with enable_grad():
            assert (x * 2).requires_grad
    assert x.grad.tolist() == [2.0, 4.0]


def test_switches_decorate_functions_and_generators():
    x = leaf(1.0)

    @no_grad()
    def f():
        return x * 2

    @no_grad
    def steps():
        yield x * 2
        yield x * 3

    assert not f().requires_grad
    for y in steps():
        assert not y.requires_grad
        assert is_grad_enabled()


def test_switches_come_back_after_an_error():
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0  # noqa: B018
    assert is_grad_enabled()
    switch = no_grad()
    with switch, switch:
        pass
    assert is_grad_enabled()


def test_set_grad_enabled_works_as_a_statement_too():
    try:
        set_grad_enabled(False)
        assert not is_grad_enabled()
        with set_grad_enabled(True):
            assert is_grad_enabled()
        assert not is_grad_enabled()
    finally:
        set_grad_enabled(True)


def test_a_new_thread_records():
    found = []
    with no_grad():
        thread = threading.Thread(target=lambda: found.append(is_grad_enabled()))
        thread.start()
        thread.join()
    assert found == [True]


def test_an_inference_tensor_may_be_added_but_not_saved():
    w = leaf(2.0)
    with inference_mode():
        r = tensor([3.0]) * 1
        assert r.is_inference()
        r.add_(1.0)
    assert (w + r).requires_grad
    assert (w * r.clone()).tolist() == [8.0]
    for f in (lambda: w * r, lambda: r * w, lambda: ops.where(True, w, r) * r):
        with pytest.raises(GraphError, match="inference"):
            f()
    with pytest.raises(GraphError, match="inference"):
        r.add_(1.0)
    with pytest.raises(GraphError, match="inference"):
        r.requires_grad_()


# -- writing in place ------------------------------------------------------------
def test_a_leaf_that_needs_its_gradient_is_not_written_to():
    x = leaf(1.0, 2.0)
    with pytest.raises(GraphError, match="leaf that requires grad"):
        x += 1
    with no_grad():
        x += 1
    assert x.tolist() == [2.0, 3.0]
    assert x.version == 1


def test_writes_are_recorded():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    y = x * 2
    y *= w
    y[0] = w[1] * 5
    y.sum().backward()
    assert y.tolist() == [20.0, 16.0]
    assert x.grad.tolist() == [0.0, 8.0]
    assert w.grad.tolist() == [0.0, 9.0]


def test_a_saved_value_that_was_overwritten_is_an_error_and_an_unsaved_one_is_not():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    z = y * y
    y.add_(1.0)
    with pytest.raises(GraphError, match="modified by an in-place operation"):
        z.sum().backward()
    y = x.sin()
    y.add_(1.0)  # sin saved its input
    y.sum().backward()
    y = x.exp()
    y.add_(1.0)  # exp saved its output
    with pytest.raises(GraphError, match="ExpBackward0"):
        y.sum().backward()


def test_views_and_detach_share_versions_data_does_not():
    x = leaf(1.0, 2.0)
    for write in (lambda y: y.detach().add_(1), lambda y: y[0:1].detach().zero_()):
        y = x * 1.0
        z = (y * y).sum()
        write(y)
        with pytest.raises(GraphError, match="in-place"):
            z.backward()
    y = x * 1.0
    z = (y * y).sum()
    y.data.add_(1.0)
    z.backward()  # silent and wrong, as in torch
    assert x.grad.tolist() == [4.0, 6.0]


def test_a_step_between_two_passes_over_one_graph_is_noticed():
    w = leaf(2.0)
    y = (w * w).sum()
    y.backward(retain_graph=True)
    with no_grad():
        w -= 0.1 * w.grad
    with pytest.raises(GraphError, match="in-place"):
        y.backward()


def test_writing_through_a_view_that_needs_a_gradient_is_our_own_error():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    with pytest.raises(GraphError, match="view of a tensor"):
        y[0:1].mul_(2.0)
    with pytest.raises(GraphError, match="view of a leaf"):
        x[0:1].mul_(2.0)
    view = y[0:1]
    with pytest.raises(GraphError, match="of which there are views"):
        y.mul_(2.0)
    del view
    y.mul_(2.0)
    plain = tensor([1.0, 2.0])
    plain[0:1].mul_(5.0)  # nobody asks for a gradient
    assert plain.tolist() == [5.0, 2.0]


@pytest.mark.parametrize("write, error, words", [
    (lambda: tensor([1.0]).expand(3).add_(1.0), GraphError, "expanded"),
    (lambda: tensor([1.0]).add_(tensor([1.0, 2.0])), ShapeError, "in place"),
    (lambda: tensor([1, 2]).mul_(1.5), DTypeError, "in place"),
])  # fmt: skip
def test_writes_that_cannot_be_are_refused(write, error, words):
    with pytest.raises(error, match=words):
        write()


def test_many_views_of_one_parameter_leave_nothing_behind():
    w = leaf(1.0, 2.0)
    for _ in range(100):
        w.reshape(2, 1)
    assert len(w._views) < 20


def test_versions_forget_memory_that_is_gone():
    before = len(versions._written)
    for _ in range(10):
        tensor([1.0]).add_(1.0)
    assert len(versions._written) == before


# -- dtypes ----------------------------------------------------------------------
def test_python_numbers_do_not_promote():
    x = Tensor([1.0, 2.0], requires_grad=True, dtype=np.float32)
    for y in (x * 2.5, 1 - x, x**2, x / 3, x + np.float64(1.0), x.sum() * 2.0):
        assert y.dtype == np.float32
        y.sum().backward()
    assert x.grad.dtype == np.float32


def test_a_gradient_has_its_leafs_type():
    x = Tensor([1.0, 2.0], requires_grad=True, dtype=np.float32)
    w = leaf(1.0, 2.0)
    y = x * w
    assert y.dtype == np.float64
    y.sum().backward()
    assert (x.grad.dtype, w.grad.dtype) == (np.float32, np.float64)
    (x.double() * w).sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]
    s = tensor(2.0, requires_grad=True)
    assert (x * s).dtype == np.float32  # a tensor without axes does not promote
    assert (x * tensor([1, 2])).dtype == np.float32
    (x * s).sum().backward()
    assert s.grad.dtype == np.float64


def test_only_floats_can_require_gradients():
    with pytest.raises(DTypeError, match="only floats"):
        tensor([1, 2], requires_grad=True)
    for bad in ("abc", [None], [leaf(1.0)]):
        with pytest.raises((DTypeError, GraphError)):
            Tensor(bad)
    with pytest.raises(ShapeError, match="differ in length"):
        Tensor([[1.0], [1.0, 2.0]])
    with pytest.raises(DTypeError, match="derivative would be lost"):
        Tensor(leaf(1.0))


# -- errors of a pass ------------------------------------------------------------
@pytest.mark.parametrize("call, error, words", [
    (lambda: tensor(1.0).backward(), GraphError, "does not require grad"),
    (lambda: leaf(1.0, 2.0).backward(), GraphError, "only for scalar outputs"),
    (lambda: leaf(1.0, 2.0).backward(np.ones(3)), ShapeError, "must be equal"),
    (lambda: leaf(1.0).numpy(), GraphError, "detach"),
    (lambda: np.asarray(leaf(1.0)), GraphError, "detach"),
    (lambda: leaf(1.0, 2.0).item(), ShapeError, "one entry"),
    (lambda: (leaf(1.0) * 2).requires_grad_(False), GraphError, "leaves"),
    (lambda: len(tensor(1.0)), ShapeError, "without axes"),
    (lambda: setattr(leaf(1.0), "grad", tensor([1.0, 2.0])), ShapeError, "equal"),
    (lambda: setattr(leaf(1.0), "grad", 1.0), DTypeError, "Tensor or None"),
    (lambda: backward([1.0]), DTypeError, "needs tensors"),
    (lambda: leaf(1.0, 2.0) + leaf(1.0, 2.0, 3.0), ShapeError, "do not fit"),
])  # fmt: skip
def test_mistakes_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


# -- mixing, text ----------------------------------------------------------------
def test_dual_numbers_may_hold_tensors():
    x = leaf(1.0, 2.0)
    _, slope = jvp(lambda t: (t * t * t).sum(), x, tensor([1.0, 1.0]))
    assert isinstance(slope, Tensor)
    (hv,) = grad(slope, x)
    assert hv.tolist() == [6.0, 12.0]
    assert isinstance(x * Dual(1.0, 2.0), Dual)


def test_numpy_functions_and_arrays_meet_tensors():
    x = leaf(1.0, 4.0)
    y = np.sqrt(x) + np.array([1.0, 2.0]) * x
    assert isinstance(y, Tensor)
    np.sum(y).backward()
    assert x.grad.tolist() == [1.5, 2.25]
    assert (x > 2).tolist() == [False, True]
    assert {x: 1}[x] == 1


@pytest.mark.parametrize("t, text", [
    (tensor(2.5), "tensor(2.5)"),
    (leaf(1.0, 2.0), "tensor([1., 2.], requires_grad=True)"),
    (tensor([1, 2]), "tensor([1, 2])"),
    (tensor([1.0], dtype=np.float32), "tensor([1.], dtype=float32)"),
    (leaf(1.0) * 2, "tensor([2.], grad_fn=<MulBackward0>)"),
    (ops.log_softmax(leaf(1.0)), "tensor([0.], grad_fn=<LogSoftmaxBackward0>)"),
])  # fmt: skip
def test_a_tensor_prints_as_torchs(t, text):
    assert repr(t) == text
    assert f"{tensor(2.5):.2f}" == "2.50"


def test_the_graph_can_be_walked_and_printed():
    w, x, b = leaf(2.0), leaf(3.0), leaf(1.0)
    loss = (w * x + b).sum()
    node = loss.grad_fn
    assert repr(node.next_functions) == "((<AddBackward0>, 0),)"
    add = node.next_functions[0][0]
    assert [n.name() for n, _ in add.next_functions] == [
        "MulBackward0",
        "AccumulateGrad",
    ]
    assert add.next_functions[1][0].variable is b
    assert graph.text(node).splitlines()[0] == "SumBackward0"
    assert len(add.inputs[0].saved()) == 2


def test_nothing_warns_in_a_plain_step():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = leaf(1.0, 2.0)
        ops.layer_norm(x, leaf(1.0, 1.0), leaf(0.0, 0.0)).sum().backward()


def test_a_root_under_where_has_no_slope_at_zero_until_its_argument_is_safe():
    # Everybody's pitfall, torch's as well: the branch that was not taken gives 0 * inf.
    def slope(f):
        x = Tensor([0.0, 4.0], requires_grad=True)
        with np.errstate(all="ignore"):
            f(x).sum().backward()
        return x.grad.numpy()

    unsafe = slope(lambda x: ops.where(x.primal > 0, ops.sqrt(x), 0.0))
    safe = slope(
        lambda x: ops.where(
            x.primal > 0, ops.sqrt(ops.where(x.primal > 0, x, 1.0)), 0.0
        )
    )
    np.testing.assert_array_equal(np.isnan(unsafe), [True, False])
    np.testing.assert_array_equal(safe, [0.0, 0.25])
