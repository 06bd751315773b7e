"""Value: slopes held to the table, the edge cases of tutorials, depth and memory."""

import gc
import math
import operator
import sys
import tracemalloc
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from autograd_ref import finite, ops
from autograd_ref.dual import Dual, derivative
from autograd_ref.errors import (
    DTypeError,
    GraphError,
    ShapeError,
    UnsupportedError,
)
from autograd_ref.ops import TABLE
from autograd_ref.scalar import Value, _edges, _order, dot, gradient, mode, zero_grad

# A handful of float64 operations, each rounded once.
EXACT = 1e-14


def slopes(f, *points, seed=1.0):
    """d f / d each point, by one backward."""
    leaves = [Value(x) for x in points]
    f(*leaves).backward(seed)
    return [leaf.grad for leaf in leaves]


# -- the table, walked -------------------------------------------------------------
# The fused forms: how a row is spelled with Values alone, or with a number in place.
SPELLED = {
    "add": [operator.add], "sub": [operator.sub], "mul": [operator.mul],
    "div": [operator.truediv], "pow": [operator.pow], "neg": [operator.neg],
    "exp": [Value.exp], "log": [Value.log], "tanh": [Value.tanh],
    "relu": [Value.relu], "sin": [Value.sin, np.sin], "cos": [Value.cos, np.cos],
    "sqrt": [Value.sqrt, np.sqrt], "abs": [abs, np.absolute],
}  # fmt: skip
SPECIAL = [0.0, -0.0, 1.0, -1.5, 2.0, 3, 1e-300, 800.0, -1e300, math.inf, math.nan]
ROWS = [row for row in TABLE.values() if row.kind == "elementwise"]


def patterns(arity):
    """Which arguments are Values: every choice but none."""
    return [p for p in product([True, False], repeat=arity) if any(p)]


def assert_as_row(form, row, points, which):
    """The form on Values where `which` says so has the value and slopes of its row."""
    args = [Value(x) if v else x for x, v in zip(points, which, strict=True)]
    out = form(*args)
    out.backward()
    plain = [float(x) for x in points]
    z = row(*plain)
    np.testing.assert_allclose(out.data, float(z), rtol=4e-16)
    assert out.op == row.name
    pulled = row.vjp(1.0, z, plain, which)
    for x, v, slope in zip(args, which, pulled, strict=True):
        if v:
            np.testing.assert_allclose(x.grad, slope or 0.0, rtol=1e-15)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("first", SPECIAL)
def test_every_form_of_an_operation_has_the_slopes_of_its_row(row, first):
    arity = len(row.keeps)
    with np.errstate(all="ignore"):
        for second in SPECIAL if arity > 1 else [0.0]:
            points = [first, second, 0.25][:arity]
            for form in [row, *SPELLED.get(row.name, [])]:
                for which in patterns(arity):
                    assert_as_row(form, row, points, which)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_differentiates_again_through_values(row, rng):
    points = rng.uniform(0.5, 1.4, len(row.keeps))
    leaves = [Value(x) for x in points]
    first = gradient(row(*leaves), leaves, create_graph=True)
    for i, slope in enumerate(first):
        only = [j == i for j in range(len(points))]
        for j, second in enumerate(gradient(slope, leaves)):
            moved = [Dual(x, float(k == j)) for k, x in enumerate(points)]
            expected = row.vjp(1.0, row(*moved), moved, only)[i]
            tangent = expected.tangent if isinstance(expected, Dual) else 0.0
            assert second == pytest.approx(tangent, rel=1e-12, abs=1e-13)


def test_a_new_row_works_on_values_at_once():
    cube = ops.elementwise("cube", lambda x: x * x * x, lambda z, x: 3.0 * x * x)
    try:
        assert slopes(cube, 2.0) == [12.0]
        x = Value(2.0)
        (slope,) = gradient(cube(x), [x], create_graph=True)
        assert gradient(slope, [x]) == [12.0]
    finally:
        del TABLE["cube"]


def test_where_chooses_a_side_and_its_condition_has_no_slope():
    for condition, expected in [(True, [2.0, 0.0]), (False, [0.0, 2.0])]:
        assert slopes(lambda x, y, c=condition: ops.where(c, x, y), 3.0, 5.0, seed=2.0)\
            == expected  # fmt: skip


# -- arithmetic ------------------------------------------------------------------
BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
NUMBERS = [2, 2.5, True, np.float64(2.5), np.float32(2.5), np.int64(2), Fraction(5, 2)]


@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.__name__)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: type(n).__name__)
def test_operators_work_from_both_sides_with_any_number(op, number):
    plain = float(number)
    for f, same in [
        (lambda x: op(x, number), derivative(lambda x: op(x, plain), 1.7)),
        (lambda x: op(number, x), derivative(lambda x: op(plain, x), 1.7)),
    ]:
        x = Value(1.7)
        out = f(x)
        out.backward(0.37)
        assert type(out) is Value
        assert type(out.data) is type(out.grad) is float
        assert x.grad == pytest.approx(0.37 * same, rel=EXACT)
        assert out.parents == (x,)


@pytest.mark.parametrize("f", [
    lambda x: 3 * x * x - 2 * x + 1, lambda x: (x - 1) * (1 - x) / (2 + x),
    lambda x: x**3 / (x**2 + 1), lambda x: 2**x * x, lambda x: x**x - x**-2,
    lambda x: sum([x, 2 * x, 3]), lambda x: +x - (-x), lambda x: abs(x) * x,
    lambda x: (x * x).sin() if isinstance(x, Value) else np.sin(x * x),
    lambda x: np.exp(np.sin(np.log(x))) * np.tanh(np.cos(x) / x) + np.sqrt(x),
    lambda x: ops.maximum(x, 2 * x - 1) * ops.minimum(x, 0.5) + ops.relu(x - 1),
    lambda x: np.cosh(x) - np.sinh(x) * np.tan(x / 3),
])  # fmt: skip
def test_functions_compose_by_the_chain_rule(f):
    measured, error = finite.richardson(f, 1.7)
    (slope,) = slopes(f, 1.7, seed=0.37)
    assert abs(slope - 0.37 * measured) <= 0.37 * error + 1e-13


@pytest.mark.parametrize("f,expected", [
    (lambda a: a + a, [2.0]), (lambda a: a * a, [6.0]), (lambda a: a - a, [0.0]),
    (lambda a: a / a, [0.0]), (lambda a: a + a + a, [3.0]),
    (lambda a: (a + 1) * (a * 2 + (a + 1)), [22.0]),  # arms of unequal length
])  # fmt: skip
def test_what_is_used_twice_gets_both_cotangents(f, expected):
    assert slopes(f, 3.0) == expected


def test_operands_are_never_changed_and_assigning_operators_make_new_nodes():
    x, y = Value(2.0), Value(3.0)
    z = x
    z += y
    assert (z.data, x.data, y.data) == (5.0, 2.0, 3.0)
    assert z.parents == (x, y)


# -- what tutorials get wrong -----------------------------------------------------
def test_leaves_accumulate_and_inner_nodes_hold_the_last_call():
    x = Value(3.0)
    square = x * x
    cube = square * x
    for times in (1, 2, 3):
        cube.backward()
        assert (x.grad, square.grad, cube.grad) == (27.0 * times, 3.0, 1.0)


def test_two_losses_that_share_a_node_add_up_as_in_torch():
    a, b = Value(2.0), Value(3.0)
    shared = a * b
    (shared * 4.0).backward()
    (shared * shared).backward()
    assert (a.grad, b.grad) == (4 * 3 + 12 * 3, 4 * 2 + 12 * 2)


def test_a_seed_scales_and_adds_to_what_a_leaf_root_held():
    x = Value(3.0)
    (x * x).backward(seed=2.5)
    assert x.grad == 15.0
    x.backward()
    x.backward(0.5)
    assert x.grad == 16.5
    zero_grad([x])
    assert x.grad == 0.0
    x.grad = 4.0
    x.zero_grad()
    assert x.grad == 0.0


def test_backward_from_an_inner_node_leaves_the_rest_alone():
    x = Value(3.0)
    inner = x * x
    outer = inner * 5.0
    outer.backward()
    inner.backward()
    assert (x.grad, inner.grad, outer.grad) == (36.0, 1.0, 1.0)


def test_relu_stays_float_and_lets_nan_through():
    out = Value(-2.0).relu()
    assert type(out.data) is float
    assert math.copysign(1.0, Value(-0.0).relu().data) == 1.0
    assert math.isnan(Value(math.nan).relu().data)


@pytest.mark.parametrize("gate,points,expected", [
    (lambda x: x.relu(), [-1.0], [0.0]), (ops.relu, [-1.0], [0.0]),
    (ops.maximum, [1.0, 2.0], [0.0, math.inf]),
    (lambda x: ops.maximum(x, 2.0), [1.0], [0.0]),
    (lambda x, y: ops.where(True, x, y), [1.0, 2.0], [math.inf, 0.0]),
    (lambda x, y: x * y, [0.0, 1.0], [math.inf, math.nan]),  # a factor is no gate
    (lambda x: dot([x], [0.0]), [1.0], [math.nan]),
])  # fmt: skip
def test_a_closed_gate_stops_an_infinite_cotangent_as_in_torch(gate, points, expected):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(
            slopes(gate, *points, seed=math.inf), expected
        )  # equal_nan
        leaves = [Value(x) for x in points]
        pulled = gradient(gate(*leaves), leaves, math.inf)
        np.testing.assert_array_equal(pulled, expected)
        pulled = gradient(gate(*leaves), leaves, math.inf, create_graph=True)
        np.testing.assert_array_equal([p.data for p in pulled], expected)


def test_powers_at_zero_have_torchs_slopes():
    assert slopes(lambda x: x**0, 0.0) == [0.0]
    assert slopes(lambda x: x**0.0, 0.0) == [0.0]
    assert slopes(lambda x: x**1, 0.0) == [1.0]
    with np.errstate(all="ignore"):
        assert slopes(lambda x: x**0.5, 0.0) == [math.inf]


def test_results_outside_a_functions_range_are_never_complex_nor_an_exception():
    with np.errstate(all="ignore"):
        root = Value(-2.0) ** 0.5
        assert math.isnan(root.data)
        assert (Value(1e200) ** 2).data == math.inf
        assert Value(1000.0).exp().data == math.inf
        assert (1 / Value(0.0)).data == math.inf
        assert (Value(1.0) / 0).data == math.inf
        assert Value(0.0).log().data == -math.inf
        assert math.isnan(Value(-1.0).log().data)
        assert math.isnan(Value(-1.0).sqrt().data)
    assert (Value(1e200) * 1e200).data == math.inf
    with pytest.warns(RuntimeWarning, match="overflow"):
        Value(1000.0).exp()


def test_assigning_data_between_forward_and_backward_does_not_change_the_slopes():
    a, b = Value(2.0), Value(3.0)
    product = a * b
    b.data = 100.0
    product.backward()
    assert a.grad == 3.0


def test_a_second_derivative_after_assigning_data_is_refused():
    for f in (lambda x: x * x, lambda x: x.sin(), lambda x: dot([x, x], [x, 1.0])):
        x = Value(2.0)
        out = f(x)
        x.data = 100.0
        with pytest.raises(GraphError, match="changed since"):
            out.backward(create_graph=True)


def test_the_order_of_summation_is_the_same_on_every_run():
    def cancelling():
        x = Value(1.0)
        y = (x * 1e16 + x) - x * 1e16
        (y + x * 3.0).backward()
        return x.grad

    assert len({cancelling() for _ in range(400)}) == 1


def grown(rng):
    """Nodes of a random graph, oldest first, of every number of parents there is."""
    nodes = [Value(1.0), Value(2.0), Value(3.0)]
    for _ in range(40):
        a, b, c = (nodes[i] for i in rng.integers(0, len(nodes), 3))
        makers = (
            lambda a, b, c: a + b,
            lambda a, b, c: a - b,
            lambda a, b, c: a + a,
            lambda a, b, c: -a,
            lambda a, b, c: 2.0 * a,
            lambda a, b, c: dot([a, b, a], [1.0, 2.0, -1.0], c),
        )
        nodes.append(makers[rng.integers(len(makers))](a, b, c))
    return nodes


@pytest.mark.parametrize("seed", range(60))
def test_every_node_waits_for_all_that_was_computed_from_it(seed):
    """Whole numbers add up exactly: youngest first is an order, ours is another."""
    nodes = grown(np.random.default_rng(seed))
    expected = {id(node): 0.0 for node in nodes}
    expected[id(nodes[-1])] = 1.0
    for node in reversed(nodes):
        for x, slope in _edges(node) if node.parents else ():
            expected[id(x)] += expected[id(node)] * slope
    nodes[-1].backward()
    assert [node.grad for node in nodes] == [expected[id(node)] for node in nodes]
    order = _order(nodes[-1])
    assert len(set(map(id, order))) == len(order)


def test_two_calls_never_share_their_gradients():
    a, b = Value(2.0), Value(2.0)
    (a + b).backward()
    a.grad += 1.0
    assert b.grad == 1.0


def test_an_unused_leaf_has_gradient_zero():
    a, b = Value(2.0), Value(3.0)
    (a * 2.0).backward()
    assert b.grad == 0.0
    assert gradient(a * 2.0, [a, b]) == [2.0, 0.0]


# -- ordinary Python ----------------------------------------------------------------
def test_comparisons_act_on_numbers_and_branches_run():
    x = Value(1.5)
    assert x == Value(1.5)
    assert x == 1.5
    assert x != 2
    assert x < 2
    assert x <= 2.0
    assert not Value(0.0)
    assert max(x, Value(3.0)).data == 3.0
    assert x is not None
    assert x != "a"


def test_values_hash_by_identity_as_torchs_tensors_do():
    a, b = Value(1.0), Value(1.0)
    assert len({a, b}) == 2
    assert {a: "first"}[a] == "first"


def test_parents_and_op_tell_how_a_value_was_made():
    a, b = Value(2.0), Value(3.0)
    assert (a.parents, a.op) == ((), "")
    out = ops.maximum(a * b, 1.0) - a
    assert out.op == "sub"
    assert [p.op for p in out.parents] == ["maximum", ""]
    assert out.parents[1] is a
    assert dot([a], [b], b).parents == (a, b, b)
    assert repr(a) == "Value(data=2.0, grad=0.0)"


@pytest.mark.parametrize("lose", [float, int, math.sin])
def test_becoming_a_plain_number_is_refused_with_a_way_out(lose):
    with pytest.raises(DTypeError, match=r"\.primal"):
        lose(Value(1.0))


@pytest.mark.parametrize("call,error,words", [
    (lambda: Value("a"), DTypeError, "number"),
    (lambda: Value(1j), DTypeError, "complex"),
    (lambda: Value([1.0, 2.0]), ShapeError, "one number"),
    (lambda: Value(1.0) + "a", DTypeError, "str"),
    (lambda: Value(1.0) * np.ones(2), ShapeError, "Tensor"),
    (lambda: np.ones(2) * Value(1.0), ShapeError, "Tensor"),
    (lambda: Value(1.0) ** np.ones(2), ShapeError, "Tensor"),
    (lambda: Value(1.0) / np.ones(2), ShapeError, "Tensor"),
    (lambda: ops.sum_(Value(1.0), axis=0), UnsupportedError, "axis"),
    (lambda: np.rint(Value(1.0)), UnsupportedError, "TABLE"),
    (lambda: dot([Value(1.0)], []), ShapeError, "1 weights for 0"),
    (lambda: Value(1.0).backward("a"), DTypeError, "str"),
])  # fmt: skip
def test_mistakes_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_without_recording_results_are_leaves():
    x = Value(2.0)
    mode.recording = False
    try:
        forms = [
            x + x, x * 2, x - x, x / x, -x, x**2, x.exp(), np.sin(x), dot([x], [x]),
            ops.maximum(x, 1.0), 1 - x, 1 / x,
        ]  # fmt: skip
    finally:
        mode.recording = True
    assert all(out.parents == () and out.op == "" for out in forms)
    assert [out.data for out in forms[:4]] == [4.0, 4.0, 0.0, 1.0]
    assert (x * x).parents == (x, x)


# -- many inputs to one node ------------------------------------------------------
def test_dot_is_the_sum_of_products_in_one_node(rng):
    w, x = ([Value(t) for t in rng.normal(size=5)] for _ in range(2))
    b = Value(0.3)

    def loop():
        return sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)

    fused, spelled = dot(w, x, b), loop()
    assert fused.data == spelled.data
    for tail in (lambda z: z.tanh() * z,):
        got, expected = (gradient(tail(z), [*w, *x, b]) for z in (fused, spelled))
        np.testing.assert_allclose(got, expected, rtol=EXACT)


def test_dot_takes_numbers_and_repeated_values_and_deep_arguments():
    a = Value(2.0)
    inner = [a * float(k) for k in range(4)]
    out = dot(inner, [1.0, a, inner[1], 3], bias=1)
    out.backward()
    # 0*1 + a*a + 2a*a + 3a*3 + 1
    assert out.data == 1 + 3 * 4 + 18
    assert a.grad == 3 * 2 * 2 + 9
    assert dot([], [], 2.0).data == 2.0
    assert dot([1.0], [3.0]).parents == ()


def test_dot_differentiates_again(rng):
    points = rng.normal(size=4)
    leaves = [Value(t) for t in points]

    def f(a, b, c, d):
        return dot([a, b], [c, a], d).tanh()

    first = gradient(f(*leaves), leaves, create_graph=True)
    for i, slope in enumerate(first):
        for j, second in enumerate(gradient(slope, leaves)):

            def ith(t, i=i, j=j):
                moved = [Value(x + t * (k == j)) for k, x in enumerate(points)]
                return gradient(f(*moved), moved)[i]

            assert second == pytest.approx(finite.richardson(ith, 0.0)[0], abs=1e-8)


@pytest.mark.parametrize("xs", [
    (3.0, 4.0), (3.0, 4), (3, 4.0), (np.float64(3.0), 4.0), (Value(3.0), 4.0),
    (3.0, Value(4.0)), (Value(3.0), Value(4.0)),
])  # fmt: skip
@pytest.mark.parametrize("bias", [0.5, Value(0.5)])
def test_dot_of_any_mixture_has_the_same_derivatives(xs, bias):
    w = [Value(1.5), Value(-2.0)]
    z = dot(w, xs, bias) ** 2
    first = gradient(z, w, create_graph=True)
    assert z.data == 9.0
    assert gradient(z, w) == [-18.0, -24.0]
    assert [g.data for g in first] == [-18.0, -24.0]
    assert gradient(first[0], w) == [18.0, 24.0]


# -- derivatives of derivatives -----------------------------------------------------
def test_higher_derivatives_are_exact():
    x = Value(2.0)
    y, found = x**5, []
    for _ in range(6):
        (y,) = gradient(y, [x], create_graph=True)
        found.append(y.data)
    assert found == [80.0, 160.0, 240.0, 240.0, 120.0, 0.0]


def test_backward_with_create_graph_leaves_values_to_differentiate_again():
    x = Value(2.0)
    inner = x * x
    (inner * x).backward(create_graph=True)
    assert isinstance(x.grad, Value)
    assert (x.grad.data, inner.grad) == (12.0, 2.0)
    slope, x.grad = x.grad, 0.0
    slope.backward()
    assert x.grad == 12.0


def test_gradients_that_are_values_accumulate_too():
    x = Value(2.0)
    for times in (1.0, 2.0):
        (x**3).backward(create_graph=True)
        assert x.grad.data == 12.0 * times
    assert gradient(x.grad, [x]) == [24.0]


def test_gradient_touches_no_grad_and_takes_inner_nodes():
    x = Value(3.0)
    inner = x * x
    out = inner * x
    inner.grad = x.grad = 7.0
    assert gradient(out, [inner, x, out], seed=2.0) == [6.0, 54.0, 2.0]
    gradient(out, [x], create_graph=True)
    assert (inner.grad, x.grad, out.grad) == (7.0, 7.0, 0.0)


def test_a_seed_may_be_a_value_of_the_outer_derivative():
    x, u = Value(3.0), Value(0.5)
    (pulled,) = gradient(x * x, [x], seed=u, create_graph=True)
    assert gradient(pulled, [u, x]) == [6.0, 1.0]


def test_forward_over_reverse_is_a_hessian_vector_product():
    x, y = Value(0.7), Value(1.3)
    first = gradient((x * y).sin(), [x, y], create_graph=True)
    hvp = gradient(first[0] * 2.0 + first[1] * -1.0, [x, y])
    s, c = math.sin(0.91), math.cos(0.91)
    expected = [2 * -1.69 * s - (c - 0.91 * s), 2 * (c - 0.91 * s) - -0.49 * s]
    assert hvp == pytest.approx(expected, rel=1e-14)


def test_a_dual_number_may_hold_values():
    x = Value(2.0)
    out = Dual(x, 1.0) ** 3 * x
    assert gradient(out.tangent, [x]) == [36.0]  # d/dx of 3x**2 * x


# -- depth, time, memory ------------------------------------------------------------
def chain(n):
    x = Value(1.0)
    y = x
    for _ in range(n // 2):
        y = y * 0.999999
        y = y + x
    return x, y


def test_a_graph_of_a_million_nodes_needs_no_recursion():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)  # pytest itself needs some of it
    try:
        x, y = chain(1_000_000)
        y.backward()
        # y is linear in x, and x is 1; two ways to sum half a million terms
        assert x.grad == pytest.approx(y.data, rel=1e-11)
        del y
    finally:
        sys.setrecursionlimit(limit)


def test_a_deep_graph_differentiates_twice():
    x = Value(1.0)
    y = x
    for _ in range(5_000):
        y = (y * x).relu()
    (slope,) = gradient(y, [x], create_graph=True)
    assert slope.data == 5001.0
    assert gradient(slope, [x]) == [5001.0 * 5000.0]


def test_a_ladder_of_exponentially_many_paths_is_walked_once():
    x = Value(1.0)
    y = x
    for _ in range(200):
        y = y + y
    y.backward()
    assert x.grad == 2.0**200


def test_graphs_die_by_reference_counting_alone():
    def step():
        w = [Value(0.1 * k) for k in range(4)]
        z = dot(w, [1.0, 2.0, 3.0, w[0]], 0.5).tanh() + ops.maximum(w[0], w[1])
        loss = (1 - z) ** 2 / (w[0].exp() + np.cos(w[1]))
        loss.backward()
        (slope, *_) = gradient(loss, w, create_graph=True)
        gradient(slope, w)
        zero_grad(w)

    step()
    gc.collect()
    gc.disable()  # only what is tracked can form a cycle
    try:
        before = len(gc.get_objects())
        for _ in range(100):
            step()
        assert len(gc.get_objects()) <= before
    finally:
        gc.enable()


def test_a_node_takes_130_bytes_at_most():
    tracemalloc.start()
    try:
        _, y = chain(20_000)
        live = tracemalloc.get_traced_memory()[0] / 20_000
        assert y.op == "add"
    finally:
        tracemalloc.stop()
    assert live <= 130


# -- torch says the same -------------------------------------------------------------
PROGRAMS = [
    lambda m, a, b: (a * b + a).tanh() - a**2 / b,
    lambda m, a, b: (a - b).relu() + (b - a).relu() * 3 + abs(a * b),
    lambda m, a, b: (a.exp() + 1).log() * b.sin() - b.cos().sqrt(),
    lambda m, a, b: a**b + 2.0**a - 1.5 / (a + b),
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_values_gradients_and_curvatures_are_torchs(torch, program, rng):
    points = rng.uniform(0.3, 1.2, 2)
    theirs = [torch.tensor(x, requires_grad=True) for x in points]
    ours = [Value(x) for x in points]
    out, mine = program(torch, *theirs), program(None, *ours)
    assert mine.data == pytest.approx(out.item(), rel=EXACT)
    expected = torch.autograd.grad(out, theirs, create_graph=True)
    got = gradient(mine, ours, create_graph=True)
    for p, q in zip(got, expected, strict=True):
        assert p.data == pytest.approx(q.item(), rel=1e-13)
        second = torch.autograd.grad(q, theirs, retain_graph=True)
        assert gradient(p, ours) == pytest.approx([s.item() for s in second], rel=1e-12)
