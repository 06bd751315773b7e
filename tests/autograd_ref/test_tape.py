"""Traces: values, local rules from the table, adjoints, Jacobians, recording."""

import math
from itertools import pairwise

import numpy as np
import pytest

from autograd_ref import dual, tape
from autograd_ref.errors import ArgumentError, DTypeError, ShapeError, UnsupportedError
from autograd_ref.ops import TABLE, exp, maximum, relu, sin, where
from autograd_ref.tape import (
    Step,
    Trace,
    backprop,
    jacobian_reverse,
    local_vjp,
    record,
    run_trace,
    show,
    vjp,
)

# A handful of float64 operations, each rounded once.
EXACT = 1e-13
# y = sin(x1) * x2 + exp(x1*x2); x1*x2 is used twice, "unused" is not used at all.
SHARED = Trace(
    ("x1", "x2"),
    (
        Step("p", "mul", ("x1", "x2")),
        Step("unused", "exp", ("x2",)),
        Step("s", "sin", ("x1",)),
        Step("a", "mul", ("s", "x2")),
        Step("e", "exp", ("p",)),
        Step("y", "add", ("a", "e")),
        Step("q", "sub", ("p", 1.0)),
    ),
    ("y", "q"),
)


def shared(x):
    return [sin(x[0]) * x[1] + exp(x[0] * x[1]), x[0] * x[1] - 1.0]


def test_a_trace_runs_in_order_and_names_every_number():
    values = run_trace(SHARED, [0.5, 2.0])
    assert list(values) == ["x1", "x2", "p", "unused", "s", "a", "e", "y", "q"]
    assert values["y"] == math.sin(0.5) * 2.0 + math.e
    assert values["q"] == 0.0
    assert run_trace(SHARED, {"x2": 2, "x1": np.float64(0.5)}) == values
    assert all(type(v) is float for v in values.values())


OPS = [
    ("add", 2), ("mul", 2), ("sub", 2), ("div", 2), ("exp", 1), ("log", 1),
    ("sin", 1), ("max", 2), ("min", 2), ("relu", 1), ("pow", 2),
]  # fmt: skip


@pytest.mark.parametrize("op,arity", OPS)
def test_local_rules_are_the_tables(op, arity, rng):
    args, g = rng.uniform(0.5, 2.0, arity).tolist(), rng.normal()
    row = TABLE[{"max": "maximum", "min": "minimum"}.get(op, op)]
    out = row(*args)
    pulled = local_vjp(op, args, out, g)
    assert len(pulled) == arity
    for i, term in enumerate(pulled):
        moved = [dual.Dual(x, float(i == j)) for j, x in enumerate(args)]
        assert term == pytest.approx(g * row(*moved).tangent, rel=EXACT)


def test_local_rules_work_on_arrays(rng):
    x, y, g = rng.normal(size=(3, 4))
    pulled = local_vjp("mul", (x, y), x * y, g)
    np.testing.assert_array_equal(pulled, [g * y, g * x])


def test_a_condition_has_cotangent_zero():
    assert local_vjp("where", (1.0, 2.0, 3.0), 2.0, 0.5) == (0.0, 0.5, 0.0)


def test_adjoints_add_up_over_all_uses_and_are_zero_where_unused():
    values = run_trace(SHARED, [0.5, 2.0])
    adjoints = backprop(SHARED, values, {"y": 1.5, "q": -2.0})
    assert set(adjoints) == set(values)
    assert adjoints["unused"] == 0.0
    assert adjoints["p"] == 1.5 * math.e - 2.0
    expected = 1.5 * (math.cos(0.5) * 2.0) + adjoints["p"] * 2.0
    assert adjoints["x1"] == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("op,expected", [
    ("mul", 6.0), ("add", 2.0), ("sub", 0.0), ("div", 0.0), ("max", 1.0),
])  # fmt: skip
def test_one_name_as_both_arguments_gets_both_shares(op, expected):
    trace = Trace(("a",), (Step("z", op, ("a", "a")),), ("z",))
    assert vjp(trace, [3.0], [1.0]).tolist() == [expected]


def test_seeds_add_up_on_any_name_and_are_not_changed():
    values = run_trace(SHARED, [0.5, 2.0])
    seeds = {"p": 3.0, "x1": 0.5}
    before = dict(values), dict(seeds)
    adjoints = backprop(SHARED, values, seeds)
    assert (adjoints["x1"], adjoints["x2"]) == (3.0 * 2.0 + 0.5, 3.0 * 0.5)
    assert (values, seeds) == before
    assert backprop(SHARED, values, seeds) == adjoints


def test_reverse_agrees_with_forward(rng):
    x, u, v = rng.normal(size=2), rng.normal(size=2), rng.normal(size=2)
    J = jacobian_reverse(SHARED, x)
    np.testing.assert_allclose(J, dual.jacobian(shared, x), rtol=EXACT)
    np.testing.assert_allclose(vjp(SHARED, x, u), u @ J, rtol=EXACT)
    pushed = dual.jvp(shared, x, v)[1]
    assert vjp(SHARED, x, u) @ v == pytest.approx(u @ pushed, rel=EXACT)


@pytest.mark.parametrize("n,m", [(1, 1), (3, 1), (1, 4), (2, 3), (2, 0)])
def test_a_jacobian_costs_one_sweep_an_output(n, m, monkeypatch):
    sweeps = []
    true = tape.backprop

    def counted(*args):
        sweeps.append(args)
        return true(*args)

    monkeypatch.setattr(tape, "backprop", counted)
    trace = record(lambda *x: [sum(x) * float(k) for k in range(m)], np.ones(n))
    J = jacobian_reverse(trace, np.ones(n))
    np.testing.assert_array_equal(J, np.arange(m)[:, None] * np.ones(n))
    assert J.shape == (m, n)
    assert len(sweeps) == m


def test_an_output_named_twice_counts_twice():
    trace = Trace(("x",), (), ("x", "x"))
    assert vjp(trace, [1.0], [2.0, 3.0]).tolist() == [5.0]
    assert jacobian_reverse(trace, [1.0]).tolist() == [[1.0], [1.0]]


def test_recording_writes_down_what_was_computed_there():
    def f(x, y):
        z = x
        while z.primal < 4:
            z = z * x
        return [relu(z - y), 7, x] if y > 1 else x

    trace = record(f, [2.0, 3.0])
    assert trace.inputs == ("x1", "x2")
    assert [s.op for s in trace.steps] == ["mul", "sub", "relu", "add"]
    assert trace.steps[3].args == (7.0, 0.0)
    assert trace.outputs == ("v3", "v4", "x1")
    assert record(f, [2.0, 1.0]).outputs == ("x1",)
    values = run_trace(trace, [2.0, 3.0])
    assert [values[name] for name in trace.outputs] == [1.0, 7.0, 2.0]


def test_a_recorded_function_has_the_jacobian_of_forward_mode(rng):
    def f(x):
        a, b, c = x
        s = maximum(a * b, np.tanh(c)) / (1 + exp(-a))
        return [s**2 + abs(b), where(c > 0, s, b), 2**a - a / b]

    for _ in range(5):
        x = rng.uniform(0.3, 1.5, 3)
        J = jacobian_reverse(record(lambda *x: f(x), x), x)
        np.testing.assert_allclose(J, dual.jacobian(f, x), rtol=1e-12)


def test_recording_inside_forward_mode_keeps_apart():
    # The trace is made of numbers: an outer derivative cannot pass through it.
    with pytest.raises(DTypeError):
        dual.derivative(lambda x: record(lambda y: x * y, [2.0]).outputs, 1.0)


def test_the_text_of_a_trace_has_a_line_a_step():
    assert str(SHARED).splitlines() == [
        "inputs   x1, x2",
        "p        mul(x1, x2)",
        "unused   exp(x2)",
        "s        sin(x1)",
        "a        mul(s, x2)",
        "e        exp(p)",
        "y        add(a, e)",
        "q        sub(p, 1)",
        "outputs  y, q",
    ]
    values = run_trace(SHARED, [0.5, 2.0])
    table = show(SHARED, values).splitlines()
    assert table[0].split() == ["inputs", "x1,", "x2", "value"]
    assert table[1].split() == ["x1", "0.5"]
    assert table[3].split() == ["p", "mul(x1,", "x2)", "1"]


def traced(*steps, outputs=("x",)):
    return Trace(("x",), tuple(Step(*s) for s in steps), outputs)


@pytest.mark.parametrize("call,error,words", [
    (lambda: run_trace(traced(("y", "mul", ("x", "z"))), [1.0]), ArgumentError, "'z'"),
    (lambda: run_trace(traced(("x", "neg", ("x",))), [1.0]), ArgumentError, "second"),
    (lambda: run_trace(traced(outputs=("w",)), [1.0]), ArgumentError, "'w'"),
    (lambda: run_trace(traced(("y", "foo", ("x",))), [1]), UnsupportedError, "foo"),
    (lambda: run_trace(traced(("y", "sum", ("x",))), [1]), UnsupportedError, "sum"),
    (lambda: run_trace(traced(), [1.0, 2.0]), ShapeError, "2 numbers"),
    (lambda: run_trace(traced(), {"y": 1.0}), ShapeError, "'y'"),
    (lambda: run_trace(traced(), [[1.0]]), ShapeError, "shape"),
    (lambda: run_trace(traced(), ["a"]), DTypeError, "str"),
    (lambda: vjp(traced(), [1.0], 1.0), ShapeError, "1 outputs"),
    (lambda: vjp(traced(), [1.0], [1.0, 2.0]), ShapeError, "1 outputs"),
    (lambda: backprop(traced(), {"x": 1.0}, {"y": 1.0}), ArgumentError, "'y'"),
    (lambda: record(lambda x: np.sum(x, axis=0), [1.0]), UnsupportedError, "axis"),
])  # fmt: skip
def test_mistakes_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_long_trace_needs_no_recursion():
    names = ["x", *(f"v{k}" for k in range(20_000))]
    steps = [Step(b, "mul", (a, 1.0)) for a, b in pairwise(names)]
    trace = Trace(("x",), tuple(steps), (names[-1],))
    assert vjp(trace, [2.0], [3.0]).tolist() == [3.0]
