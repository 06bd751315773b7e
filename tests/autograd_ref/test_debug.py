"""Reports on gradients, the first bad number, anomaly mode."""

import gc
import threading
import warnings
import weakref

import numpy as np
import pytest

from autograd_ref import ops
from autograd_ref.debug import (
    AnomalyError,
    Bad,
    detect_anomaly,
    first_bad,
    gradient_flow,
)
from autograd_ref.errors import ArgumentError, DTypeError, GraphError, ShapeError
from autograd_ref.flow import flaw, norm
from autograd_ref.function import Function
from autograd_ref.mode import enable_grad, no_grad
from autograd_ref.tensor import Tensor, grad, tensor
from autograd_ref.watch import Watch, _operations, _row_of, origin


def leaf(*data, dtype=None):
    return tensor(list(data), requires_grad=True, dtype=dtype)


def with_grad(value, gradient, dtype=np.float64):
    p = Tensor(value, requires_grad=True, dtype=dtype)
    p.grad = Tensor(gradient, dtype=dtype)
    return p


# -- gradient flow -----------------------------------------------------------------
def test_each_status_is_told_from_the_others():
    frozen = tensor([1.0, 2.0])
    cases = {
        "none": leaf(1.0, 2.0),
        "zero": with_grad([1.0, 2.0], [0.0, 0.0]),
        "nan": with_grad([1.0, 2.0], [np.inf, np.nan]),  # NaN goes before inf
        "inf": with_grad([1.0, 2.0], [-np.inf, 1.0]),
        "vanishing": with_grad([3.0, 4.0], [0.0, 4e-7]),
        "exploding": with_grad([3.0, 4.0], [6e3, 0.0]),
        "frozen": frozen,
        "ok": with_grad([3.0, 4.0], [0.0, 10.0]),
    }
    report = gradient_flow(cases.items())
    assert [row.status for row in report] == [row.name for row in report]
    assert [row.name for row in report.faults] == list(cases)[:-2]
    ok = report[-1]
    assert (ok.grad_norm, ok.param_norm, ok.ratio) == (10.0, 5.0, 2.0)
    assert report[0].grad_norm is report[0].ratio is None


def test_a_frozen_parameter_is_frozen_whatever_lies_in_its_grad():
    p = with_grad([1.0], [np.nan])
    p.requires_grad_(False)
    (row,) = gradient_flow([("p", p)])
    assert row.status == "frozen"


def test_a_parameter_that_is_nan_itself_is_reported():
    (row,) = gradient_flow([("p", with_grad([np.nan, 1.0], [1.0, 1.0]))])
    assert row.status == "nan"


def test_a_parameter_of_zeros_has_no_ratio_and_is_judged_by_its_gradient():
    rows = gradient_flow(
        (str(g), with_grad([0.0, 0.0], [g, 0.0])) for g in (1.0, 1e-8, 1e4)
    )
    assert [row.status for row in rows] == ["ok", "vanishing", "exploding"]
    assert {row.ratio for row in rows} == {None}


def test_thresholds_are_arguments_and_bounds_are_ok():
    pairs = [("p", with_grad([1.0], [0.5]))]
    for options, status in (
        ({}, "ok"), ({"vanishing": 0.6}, "vanishing"), ({"vanishing": 0.5}, "ok"),
        ({"exploding": 0.4}, "exploding"), ({"exploding": 0.5}, "ok"),
    ):  # fmt: skip
        assert gradient_flow(pairs, **options)[0].status == status
    for low, high in ((1.0, 0.5), (-1.0, 1.0), (np.nan, 1.0)):
        with pytest.raises(ArgumentError, match="vanishing"):
            gradient_flow(pairs, vanishing=low, exploding=high)


def test_norms_neither_overflow_nor_underflow():
    g = np.full((300, 300), 1e30, np.float32)
    (row,) = gradient_flow([("w", with_grad(np.ones((300, 300)), g, np.float32))])
    assert row.status == "exploding"
    assert row.grad_norm == pytest.approx(3e32, rel=1e-6)  # float32's own rounding
    half = with_grad(np.ones((300, 300)), np.full((300, 300), 300.0), np.float16)
    assert gradient_flow([("w", half)])[0].grad_norm == 9e4  # no float16 holds it
    assert norm([3e200, 4e200]) == pytest.approx(5e200, rel=1e-15)
    assert norm([3e-200, 4e-200]) == pytest.approx(5e-200, rel=1e-15)
    assert norm(np.full(4, 1.7e308)) == np.inf  # the norm itself is no float64
    assert norm([]) == 0.0
    assert norm([5e-324]) == 5e-324


def test_norms_are_those_of_numpy(rng):
    x = rng.normal(size=(7, 5)) * 10.0 ** rng.integers(-5, 5, size=(7, 5))
    assert norm(x) == pytest.approx(np.linalg.norm(x), rel=1e-14)


def test_one_nan_among_many_entries_is_seen(rng):
    g = rng.normal(size=1000)
    g[rng.integers(1000)] = np.nan
    assert gradient_flow([("p", with_grad(np.ones(1000), g))])[0].status == "nan"


def test_the_report_takes_a_model_and_prints_a_table():
    class Model:
        def named_parameters(self):
            yield "weight", with_grad([3.0, 4.0], [1e-12, 0.0])
            yield "b", leaf(0.0)

    text = str(gradient_flow(Model()))
    assert text.split("\n") == [
        "name    status     grad norm  param norm  ratio",
        "weight  vanishing  1e-12      5           2e-13",
        "b       none       -          0           -",
    ]
    assert len(gradient_flow([])) == 0


@pytest.mark.parametrize("wrong", [[leaf(1.0)], ["weight"], [("w", 1.0)]])
def test_what_is_no_pair_of_a_name_and_a_tensor_is_refused(wrong):
    with pytest.raises(DTypeError, match="named_parameters"):
        gradient_flow(wrong)


def test_a_torch_module_is_reported_alike(torch, rng):
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1))
    model[0].bias.requires_grad_(False)
    model(torch.tensor(rng.normal(size=(5, 3)), dtype=torch.float32)).sum().backward()
    report = gradient_flow(model)
    assert [row.status for row in report] == ["ok", "frozen", "ok", "ok"]
    for row, (name, p) in zip(report, model.named_parameters(), strict=True):
        assert row.name == name
        if p.grad is not None:
            assert row.grad_norm == pytest.approx(p.grad.norm().item(), rel=1e-6)


# -- the first bad number ------------------------------------------------------------
def blame(*args, **options):
    """What `first_bad` found; it found something."""
    bad = first_bad(*args, **options)
    assert bad is not None
    return bad


def network(x):
    """Finite in both passes; the cases below spoil one operation of it."""
    return ((x * 2.0).tanh() + x.exp()).mean()


def test_nothing_is_found_where_everything_is_finite():
    x = leaf(0.5, 2.0)
    assert first_bad(network, x) is None
    assert first_bad(network(x)) is None


FORWARD = [  # function, at, the operation to blame, what it gives, inputs finite
    (lambda x: (x * 2.0).log().exp().sum(), [-1.0, 1.0], "log", "nan", True),
    (lambda x: (x - x).log().exp().sum(), [2.0, 1.0], "log", "inf", True),
    (lambda x: 1.0 / (x * 0.0), [1.0, 2.0], "div", "inf", True),
    (lambda x: (x.exp() * 0.0).sum(), [1000.0, 1.0], "exp", "inf", True),
    (lambda x: (x + 1.0).sqrt().sum(), [-3.0, 1.0], "sqrt", "nan", True),
    (lambda x: ops.matmul(x, x.detach() * np.inf), [1.0, 2.0], "mul", "inf", False),
    (lambda x: x * 2.0, [np.nan, 1.0], "mul", "nan", False),
    (lambda x: ops.softmax(x.clone().sub_(np.inf)).sum(), [1.0], "sub", "inf", False),
]


@pytest.mark.parametrize("case", FORWARD, ids=lambda case: case[2])
def test_the_first_bad_value_is_found_in_forward_order(case):
    f, at, op, kind, finite = case
    bad = blame(f, leaf(*at))
    assert (bad.phase, bad.op, bad.kind) == ("forward", op, kind)
    assert bad.inputs_finite is finite
    assert bad.shape == (len(at),)
    assert bad.places[0].file == __file__


BACKWARD = [
    (lambda x: x.sqrt().sum(), [0.0, 1.0], "sqrt", "inf"),
    (lambda x: (x.sqrt() * 0.0).sum(), [0.0, 1.0], "sqrt", "nan"),
    (lambda x: ops.where(x > 0, x.sqrt(), 0.0).sum(), [0.0, 1.0], "sqrt", "nan"),
    (lambda x: ((x**0.5).exp() - 1.0).sum(), [0.0, 2.0], "pow", "inf"),
    (lambda x: x * 1e200 * 1e200, [1e-300], "mul", "inf"),
]


@pytest.mark.parametrize("case", BACKWARD, ids=lambda case: case[2])
def test_the_first_bad_cotangent_is_found_in_backward_order(case):
    f, at, op, kind = case
    x = leaf(*at)
    bad = blame(f, x)
    assert (bad.phase, bad.op, bad.kind) == ("backward", op, kind)
    assert bad.inputs_finite
    assert bad.shape == (len(at),)
    assert bad.places[0].file == __file__
    assert blame(f(x))[:5] == bad[:5]  # the graph alone is enough for it


def test_an_operation_that_is_not_recorded_is_found_too():
    x = leaf(1.0, 2.0)
    weights = tensor([-1.0, 1.0])
    for f in (lambda x: x * weights.log(), lambda x: x * _untracked_log(weights)):
        bad = blame(f, x)
        assert (bad.op, bad.kind, bad.inputs_finite) == ("log", "nan", True)


def _untracked_log(t):
    with no_grad():
        return t.log()


def test_what_lies_within_a_function_is_found_before_the_function():
    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            return x.log() * 2.0

        @staticmethod
        def backward(ctx, g):
            return g

    assert blame(Twice.apply, leaf(-1.0)).op == "log"


class Spoiled(Function):
    """Two inputs, two outputs, and a backward that gives inf to the second input."""

    @staticmethod
    def forward(ctx, x, y):
        return x * 1.0, y * 1.0

    @staticmethod
    def backward(ctx, gx, gy):
        return gx, gy * np.inf


def test_a_function_whose_backward_is_at_fault_is_named():
    def f(x):
        a, b = Spoiled.apply(x, x * 2.0)
        return (a * b).sum()

    bad = blame(f, leaf(1.0, 2.0))
    assert (bad.phase, bad.op, bad.kind) == ("backward", "Spoiled", "inf")
    with detect_anomaly(check_inf=True), pytest.raises(AnomalyError, match="Spoiled"):
        f(leaf(1.0, 2.0)).backward()


class Again(Function):
    """Computes its inside once more on the way back, as a checkpoint does."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sqrt() * 2.0

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        inside = x.detach().requires_grad_()
        with enable_grad():
            y = inside.sqrt() * 2.0
        return grad(y, inside, g)[0]


def test_what_is_at_fault_within_a_second_computation_is_named():
    x = leaf(0.0, 4.0)
    bad = blame(lambda x: Again.apply(x) * 1.0, x)
    assert (bad.phase, bad.op, bad.kind) == ("backward", "sqrt", "inf")
    assert bad.places[0].function == "backward"
    with detect_anomaly(), pytest.raises(AnomalyError, match="SqrtBackward0"):
        (Again.apply(x) * 0.0).sum().backward()
    assert x.grad is None


def test_inf_may_be_let_pass():
    mask = tensor([0.0, -np.inf])

    def attention(x):
        return (ops.softmax(x + mask) * tensor([1.0, 2.0])).sum()

    x = leaf(0.5, 1.0)
    assert blame(attention, x)[:3] == ("forward", "add", "inf")
    assert first_bad(attention, x, check_inf=False) is None
    assert first_bad(lambda x: x.sqrt().log(), leaf(0.0), check_inf=False) is None
    bad = blame(lambda x: (x.exp() - x.exp()).sum(), leaf(1e3), check_inf=False)
    assert (bad.op, bad.kind, bad.inputs_finite) == ("sub", "nan", False)


def test_a_cotangent_that_was_given_bad_is_no_fault_of_the_operation():
    x = leaf(1.0, 2.0)
    bad = blame(lambda x: x * 3.0, x, gradient=tensor([np.nan, 1.0]))
    assert (bad.phase, bad.op, bad.inputs_finite) == ("backward", "mul", False)


def test_several_results_are_pulled_back_together():
    x = leaf(0.0, 4.0)
    assert blame(lambda x: (x * 2.0, x.sqrt()), x).op == "sqrt"
    ones = (np.ones(2), np.array([0.0, 1.0]))
    assert blame(lambda x: (x * 2.0, x.sqrt()), x, gradient=ones).kind == "nan"
    assert first_bad(lambda x: x.detach() * 2.0, x) is None


def test_a_graph_tells_what_its_nodes_kept():
    x = leaf(-1.0, 4.0)
    with np.errstate(all="ignore"):
        bad = blame((x * 2.0).log().exp().sum())  # exp kept its value, log did not
        assert bad[:4] == ("forward", "exp", "nan", (2,))
        assert bad.inputs_finite is None
        bad = blame((x.log() * x).sum())  # mul kept both
        assert (bad.op, bad.inputs_finite) == ("log", True)
        bad = blame(x.log() + 1.0)  # of a sum, the result is all that is left
        assert (bad.op, bad.inputs_finite) == ("add", None)
        bad = blame(ops.matmul(leaf(np.inf), leaf(0.0)))
        assert (bad.op, bad.inputs_finite) == ("matmul", False)
        bad = blame(Again.apply(x))  # only its own code knows what it read
        assert (bad.phase, bad.op, bad.inputs_finite) == ("forward", "Again", None)
        bad = blame(ops.softmax(x.log() + 1.0))  # kept its value, not what it read
        assert (bad.op, bad.inputs_finite) == ("softmax", None)
        bad = blame(ops.linear_(x.log(), leaf([1.0, 1.0]), leaf(0.0)))
        assert (bad.op, bad.inputs_finite) == ("log", True)
    assert "inputs not kept" in str(blame(_nan_sum(x)))


def _nan_sum(x):
    with np.errstate(all="ignore"):
        return x.log() + 1.0


def test_no_grad_is_touched_and_the_graph_stays():
    x = leaf(0.0, 4.0)
    h = x * 1.0
    h.retain_grad()
    y = (h.sqrt() * h).sum()
    seen = []
    h.register_hook(lambda g: seen.append(g))
    assert blame(y).op == "sqrt"
    assert x.grad is None
    assert h.grad is None
    assert len(seen) == 1
    with np.errstate(all="ignore"):
        y.backward()
    assert h.grad is not None  # retained again, nothing was freed
    assert x.grad is not None


def test_a_freed_or_overwritten_graph_is_refused():
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(GraphError, match="second time"):
        first_bad(y)
    h = x * 1.0
    y = (h * h).sum()
    h.zero_()
    with pytest.raises(GraphError, match="modified by an in-place"):
        first_bad(y)


def test_an_error_after_the_first_bad_number_is_not_raised():
    def f(x):
        z = x.log()
        if np.isnan(z.detach().numpy()).any():
            raise ValueError("nan")
        return z

    assert blame(f, leaf(-1.0)).op == "log"
    with pytest.raises(ZeroDivisionError):
        first_bad(lambda x: 1 / 0, leaf(1.0))

    early = leaf(0.0) * 1.0
    early.register_hook(lambda g: 1 / 0)
    assert blame((early.sqrt() * 0.0).sum()).op == "sqrt"
    with pytest.raises(ZeroDivisionError):
        first_bad(early.sum())


def test_first_bad_wants_a_function_that_returns_tensors():
    with pytest.raises(DTypeError, match=r"not \.item"):
        first_bad(lambda x: x.sum().item(), leaf(1.0))
    with pytest.raises(ShapeError):
        first_bad(lambda x: x * 2.0, leaf(1.0), gradient=np.ones(3))


def test_a_finding_is_told_in_a_sentence():
    bad = blame(lambda x: x.log(), leaf(-1.0, 2.0))
    first, where, *_ = str(bad).split("\n")
    assert first == "forward: log gave nan in a value of shape (2,), from finite inputs"
    assert __file__ in str(bad)
    assert where.startswith("  File ")
    assert "not finite" in str(Bad("backward", "mul", "nan", (), False, ()))


def test_what_is_found_agrees_with_torchs_anomaly_mode(torch):
    pairs = [
        (lambda x: (x.sqrt() * 0.0).sum(), [0.0, 1.0]),
        (lambda x: (x / x.detach() * 0.0).sum(), [1.0, 0.0]),
        (lambda x: ((x**0.5) * 0.0).sum(), [0.0, 1.0]),
        (lambda x: (x * 3.0).exp().sum(), [1.0, 2.0]),
        (lambda x: (x * 2.0).sqrt().sum(), [0.0, 1.0]),
        (lambda x: (x * x).log().sum(), [-1.0, 0.0]),
    ]
    for f, at in pairs:
        theirs = _error(torch.autograd.detect_anomaly, f, torch.tensor(at), torch)
        ours = _error(detect_anomaly, f, leaf(*at), torch)
        assert ours.split(" returned")[0] in theirs or ours == theirs == ""
        assert bool(ours) == bool(theirs)


def _error(mode, f, x, torch):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            with mode():
                f(x.requires_grad_()).backward()
        except RuntimeError as error:
            return str(error).replace("Function '", "").replace("'", "")
    return ""


# -- anomaly mode ----------------------------------------------------------------------
def spoil(x):
    return x.sqrt()  # SPOILED HERE


def test_the_node_and_the_line_of_its_making_are_named():
    x = leaf(0.0, 1.0)
    with detect_anomaly():
        loss = (spoil(x) * 0.0).sum()
        with pytest.raises(AnomalyError) as caught:
            loss.backward()
    text = str(caught.value)
    assert "SqrtBackward0 returned nan in the cotangent of its input 0" in text
    assert "of shape (2,)" in text
    assert "return x.sqrt()  # SPOILED HERE" in text
    assert text.index("test_the_node_and_the_line") < text.index("in spoil")
    assert x.grad is None


def test_grad_is_watched_like_backward():
    x = leaf(0.0, 1.0)
    with detect_anomaly():
        loss = (spoil(x) * 0.0).sum()
        with pytest.raises(AnomalyError, match="SqrtBackward0 returned nan"):
            grad(loss, x, retain_graph=True)
        with pytest.raises(AnomalyError, match="SqrtBackward0 returned nan"):
            grad(loss, x, create_graph=True)


def test_inf_is_missed_unless_asked_for():
    x = leaf(0.0, 1.0)
    with detect_anomaly():
        spoil(x).sum().backward()
    assert x.grad.tolist() == [np.inf, 0.5]
    with detect_anomaly(check_inf=True), pytest.raises(AnomalyError, match="inf in"):
        spoil(x).sum().backward()
    with detect_anomaly(check_nan=False):
        (spoil(x) * 0.0).sum().backward()


def test_a_node_made_outside_is_named_without_a_line():
    x = leaf(0.0, 1.0)
    loss = (spoil(x) * 0.0).sum()
    with detect_anomaly(), pytest.raises(AnomalyError, match="made outside"):
        loss.backward()


def test_a_third_input_is_watched_too():
    x, y, z = leaf(1.0), leaf(1.0), leaf(0.0)
    with detect_anomaly(), pytest.raises(AnomalyError, match="SqrtBackward0"):
        (
            ops.where(tensor([True]), x, ops.stack([x, y, z.sqrt()])[2]) * y
        ).sum().backward()


def test_a_watched_pass_gives_the_same_bits(rng):
    data = rng.normal(size=(4, 3))
    found = []
    for mode in (detect_anomaly, no_mode):
        x = Tensor(data, requires_grad=True)
        with mode(), np.errstate(all="ignore"):
            h = x.sigmoid() * x + x * 3.0 - x / 7.0
            (ops.softmax(h) * h.exp()).sum().backward()
        found.append(x.grad.tolist())
    assert found[0] == found[1]


class no_mode:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


def test_second_derivatives_are_watched():
    x = leaf(0.0, 1.0)
    with detect_anomaly():
        (g,) = grad((x**1.5).sum(), x, create_graph=True)
        made = origin(g.grad_fn)
        assert made is not None
        assert made.places[0].file == __file__
        with pytest.raises(AnomalyError, match="PowBackward0 returned nan"):
            ((g * 0.0) ** 1.0 * 1.0).sum().backward()


def test_the_mode_ends_with_its_block_and_blocks_nest():
    x = leaf(0.0, 1.0)
    with detect_anomaly():
        with detect_anomaly(check_nan=False):
            (spoil(x) * 0.0).sum().backward()
        with pytest.raises(AnomalyError):
            (spoil(x) * 0.0).sum().backward()
    with np.errstate(all="ignore"):
        y = (spoil(x) * 0.0).sum()
        y.backward()
    assert origin(y.grad_fn) is None


def test_when_off_the_operations_are_the_engines_own():
    before = [method for _, _, method in _operations()]
    with detect_anomaly():
        assert [m for _, _, m in _operations()] != before
        with detect_anomaly():
            pass
        assert [m for _, _, m in _operations()] != before
    assert [m for _, _, m in _operations()] == before
    with pytest.raises(ZeroDivisionError), detect_anomaly():
        _ = 1 / 0
    assert [m for _, _, m in _operations()] == before


def test_another_thread_is_not_watched():
    x = leaf(0.0, 1.0)
    made = []

    def work():
        with np.errstate(all="ignore"):
            y = (spoil(x) * 0.0).sum()
            y.backward()
        made.append(origin(y.grad_fn))

    with detect_anomaly():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert made == [None]


def test_every_way_to_start_an_operation_is_watched(rng):
    class Count(Watch):
        def __init__(self):
            super().__init__()
            self.ops = []

        def made(self, op, out, before):
            self.ops.append(op)

    with Count() as count:
        for _, name, method in list(_operations()):
            if name == "apply":
                continue
            x = Tensor(rng.uniform(0.5, 1.0, (2, 2)), requires_grad=True)
            y = Tensor(rng.uniform(0.5, 1.0, (2, 2)), requires_grad=True)
            z = x.clone()  # which may be written to
            count.ops.clear()
            row = _row_of(name)
            args = {"__setitem__": (0, 2.0), "clip": (0.1, 0.9), "clamp": (0.1, 0.9),
                    "zero_": (), "fill_": (1.0,)}.get(name)  # fmt: skip
            if args is None:
                two = method.__name__ in ("copy_",) or len(ops.TABLE[row].pulls) == 2
                args = (y,) if two or row == "matmul" else ()
            getattr(z, name)(*args)
            assert count.ops == [row], name  # once, not once more by `apply`
        x[0], ops.stack([x, x]), np.exp(x), x @ x, ops.einsum("ij->i", x)
        assert count.ops[1:] == ["getitem", "stack", "exp", "matmul", "einsum"]


def test_graphs_are_freed_by_reference_counting_while_watched():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0, 2.0)
        with detect_anomaly():
            y = network(x)
            gone = weakref.ref(y.grad_fn)
            y.backward()
            del y
            assert gone() is None
        first_bad(network, x)
        gradient_flow([("x", x)])
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_deep_chain_is_watched_without_recursion():
    x = leaf(1.0)
    with detect_anomaly():
        y = x
        for _ in range(20_000):
            y = y + 1.0
        y.sum().backward()
    assert x.grad.tolist() == [1.0]
    assert first_bad(y.sum()) is None


def test_flaws_are_found_in_anything_with_numbers():
    assert flaw(np.array(["nan"])) == ""
    assert flaw(None) == flaw([1, 2]) == flaw(True) == ""
    assert flaw({0: [1.0], 1: [np.inf], 2: np.float32(np.nan)}) == "nan"
    assert flaw(Tensor([np.inf]), inf=False) == ""
