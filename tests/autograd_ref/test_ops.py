"""Every row of the table, by the same claims: a new row needs a sample here only."""

import math
import operator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograd_ref import ops
from autograd_ref.core import ARGUMENTS, Primitive, shape
from autograd_ref.dual import Dual, derivative, jvp
from autograd_ref.errors import DTypeError, ShapeError
from autograd_ref.finite import richardson
from autograd_ref.ops import TABLE
from autograd_ref.rules import Blank, plan

# Richardson's differences are good to about 1e-11 of the values' scale.
BY_DIFFERENCES = 1e-8
# Two ways to sum the same few hundred float64 products.
BY_ROUNDING = 1e-12


@dataclass(frozen=True)
class Case:
    """A row with arguments: entries of each drawn from (low, high), sign included."""

    name: str
    shapes: tuple[tuple[int, ...], ...]
    low: float = 0.5
    high: float = 1.4
    signed: bool = True
    params: dict[str, Any] = field(default_factory=dict)
    zero: bool = False

    @property
    def row(self) -> Primitive:
        return TABLE[self.name]

    def args(self, rng):
        drawn = [rng.uniform(self.low, self.high, s) for s in self.shapes]
        if self.signed:
            drawn = [x * rng.choice([-1.0, 1.0], x.shape) for x in drawn]
        if self.name == "where":
            drawn[0] = drawn[0] > 0
        if self.name == "clip":
            drawn[1:] = -np.abs(drawn[1]), np.abs(drawn[2])
        if self.zero:
            drawn[0].flat[0] = 0.0
        return drawn

    def directions(self, rng):
        """A tangent for each argument that has a derivative."""
        without = {"where": (0,), "clip": (1, 2)}.get(self.name, ())
        return [
            None if i in without else rng.normal(size=s)
            for i, s in enumerate(self.shapes)
        ]

    def __call__(self, *args):
        return self.row(*args, **self.params)

    def __str__(self):
        shapes = "-".join("x".join(map(str, s)) or "0d" for s in self.shapes)
        options = "".join(f"-{k}={v}" for k, v in self.params.items())
        return f"{self.name}-{shapes}{options}"


UNARY = [((),), ((3,),), ((2, 3),)]
BINARY = [((), ()), ((3,), (2, 3)), ((2, 1), (1, 3)), ((2, 3), ()), ((2, 2), (2, 2))]
POSITIVE = {"log", "sqrt", "pow", "log1p"}


def _elementwise():
    for row in TABLE.values():
        if row.kind == "elementwise" and row.name not in {"where", "clip"}:
            arity = len(row.keeps)
            for shapes in UNARY if arity == 1 else BINARY:
                yield Case(row.name, shapes, signed=row.name not in POSITIVE)


def _matmul():
    pairs = [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
        ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)),
        ((5, 2, 3), (3,)), ((3,), (5, 3, 2)), ((1, 3), (3, 1)),
    ]  # fmt: skip
    turned = [
        Case("crossprod", pair) for pair in [((3, 2), (3, 4)), ((5, 3, 2), (5, 3, 4)),
                                             ((5, 3, 2), (3, 4)), ((3, 2), (5, 3, 4))]
    ] + [
        Case("tcrossprod", pair) for pair in [((2, 3), (4, 3)), ((5, 2, 3), (5, 4, 3)),
                                              ((5, 2, 3), (4, 3)), ((2, 3), (5, 4, 3))]
    ]  # fmt: skip
    return [Case("matmul", pair) for pair in pairs] + turned


def _params(name, of, *options):
    return [Case(name, (of,), params=option) for option in options]


OVER_AXES = [
    {}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, -1)},
    {"axis": None, "keepdims": True}, {"axis": (1,), "keepdims": False},
]  # fmt: skip
EINSUMS = [
    ("ij->ji", ((2, 3),)), ("ij->", ((2, 3),)), ("ii->i", ((3, 3),)),
    ("ii", ((3, 3),)), ("ij,jk->ik", ((2, 3), (3, 4))), ("ij,jk", ((2, 3), (3, 2))),
    ("bij,bkj->bik", ((2, 3, 4), (2, 5, 4))), ("i,j->ij", ((2,), (3,))),
    ("ij,k->i", ((2, 3), (4,))), ("...ij,...jk->...ik", ((2, 3, 4), (2, 4, 5))),
    ("...i,i->...", ((2, 3), (3,))), ("ij,jk,kl->il", ((2, 3), (3, 2), (2, 2))),
    ("iij,j->i", ((2, 2, 3), (3,))), ("a,a,a,a->a", ((2,),) * 4),
]  # fmt: skip
CASES = [
    *_elementwise(),
    *_matmul(),
    *[Case("where", s) for s in [((), (), ()), ((3,), (2, 3), (2, 1)), ((2, 3),) * 3]],
    *[Case("stack", ((2, 3),) * 3, params={"axis": a}) for a in (0, 1, -1)],
    Case("stack", ((), ())),
    *_params("sum", (2, 3, 2), *OVER_AXES),
    *_params("sum", (), {}),
    *_params("mean", (2, 3, 2), *OVER_AXES),
    *_params("reshape", (2, 6), {"shape": (3, 4)}, {"shape": -1}, {"shape": (12, 1)}),
    *_params("transpose", (2, 3, 4), {}, {"axes": (2, 0, 1)}, {"axes": (-1, 0, 1)}),
    *_params("broadcast_to", (3, 1), {"shape": (3, 2)}, {"shape": (2, 3, 1)}),
    *_params("broadcast_to", (), {"shape": (2, 2)}),
    *_params(
        "getitem",
        (3, 4),
        {"index": 1},
        {"index": (slice(None, None, -2), 3)},
        {"index": (Ellipsis, None)},
        {"index": [0, 2, 0]},
        {"index": ([0, 0], [1, 1])},
    ),
    *_params("getitem", (3,), {"index": np.array([True, False, True])}),
    *[Case("clip", s) for s in [((), (), ()), ((2, 3), (3,), ()), ((4,), (4,), (4,))]],
    *[Case("concatenate", ((2, 3), (1, 3), (2, 3)), params={"axis": a}) for a in (0,)],
    Case("concatenate", ((2, 3), (2, 1)), params={"axis": -1}),
    *[
        case
        for name in ("amax", "amin", "prod", "var")
        for case in [*_params(name, (2, 3, 2), *OVER_AXES), *_params(name, (4,), {})]
    ],
    *[Case("prod", ((3, 2),), params=p, zero=True) for p in ({}, {"axis": 0})],
    Case("var", ((2, 3),), params={"axis": 1, "correction": 0}),
    *[
        Case(n, ((2, 3),), params={"axis": a})
        for a in (0, 1, -1)
        for n in ("softmax", "log_softmax", "logsumexp", "cumsum")
    ],
    Case("logsumexp", ((2, 3, 2),), params={"axis": (0, -1), "keepdims": True}),
    *_params("take_along", (2, 3), {"index": np.array([[2, 0, 2]] * 2), "axis": 1}),
    *_params("take_along", (3, 2), {"index": np.array([[2, 0]]), "axis": -2}),
    *_params(
        "put_along",
        (2, 2),
        {"index": np.array([[2, 2], [0, 1]]), "axis": -1, "shape": (2, 3)},
    ),
    *_params("cast", (3,), {"dtype": np.float64}),
    *_params("clone", (3,), {}),
    Case("put", ((3, 4), (4,)), params={"index": 1}),
    Case("put", ((3, 4), (3, 1)), params={"index": (slice(None), slice(0, 2))}),
    Case("put", ((4,), ()), params={"index": np.array([True, False, False, True])}),
    *[
        Case("einsum", shapes, params={"subscripts": subscripts})
        for subscripts, shapes in EINSUMS
    ],
    Case("linear", ((5, 3), (4, 3), (4,))),
    Case("linear", ((2, 5, 3), (4, 3), (4,))),
    Case("linear", ((3,), (4, 3), (4,))),
    Case("layer_norm", ((5, 3), (3,), (3,)), params={"eps": 1e-3}),
    Case("layer_norm", ((2, 5, 4), (4,), ())),
    Case("cross_entropy", ((4, 3),), params={"target": np.array([0, 2, 1, 2])}),
    Case("cross_entropy", ((3,),), params={"target": np.array(1)}),
    *_params("scatter", (3,), {"index": [0, 2, 0], "shape": (4,)}),
    *_params("scatter", (), {"index": (1, 2), "shape": (2, 3)}),
]
every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_row = pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)


def along(args, directions, t):
    """The arguments moved by `t` along their directions."""
    pairs = zip(args, directions, strict=True)
    return [x if v is None else x + t * v for x, v in pairs]


def size_of(x):
    return max(1.0, float(np.max(np.abs(x), initial=0.0)))


def assert_close(got, expected, rel):
    assert shape(got) == shape(expected)
    np.testing.assert_allclose(got, expected, rtol=0, atol=rel * size_of(expected))


@every_row
def test_every_row_has_a_sample(row):
    assert row.name in {case.name for case in CASES}


@every_case
def test_forward_rule_agrees_with_differences(case, rng):
    args, v = case.args(rng), case.directions(rng)
    measured, _ = richardson(lambda t: case(*along(args, v, t)), 0.0)
    pushed = case.row.jvp(v, case(*args), args, **case.params)
    assert_close(pushed, measured, BY_DIFFERENCES)


@every_case
def test_forward_and_reverse_are_adjoint(case, rng):
    args, v, z, w, wanted = situation(case, rng)
    pushed = case.row.jvp(v, z, args, **case.params)
    pulled = case.row.vjp(w, z, args, wanted, **case.params)
    terms = [np.sum(p * t) for p, t in zip(pulled, v, strict=True) if t is not None]
    scale = np.sum(np.abs(w * pushed)) + sum(map(abs, terms))
    assert abs(np.sum(w * pushed) - sum(terms)) <= BY_ROUNDING * scale


@every_case
def test_tangents_and_cotangents_have_their_values_shapes(case, rng):
    args, v, z, w, wanted = situation(case, rng)
    pulled = case.row.vjp(w, z, args, wanted, **case.params)
    assert shape(case.row.jvp(v, z, args, **case.params)) == shape(z)
    for cotangent, x, want in zip(pulled, args, wanted, strict=True):
        assert shape(cotangent) == shape(x) if want else cotangent is None


@every_case
def test_each_argument_can_be_asked_alone(case, rng):
    args, v, z, w, wanted = situation(case, rng)
    together = case.row.vjp(w, z, args, wanted, **case.params)
    pushed = 0.0
    for i in np.flatnonzero(wanted):
        only = [j == i for j in range(len(args))]
        alone = case.row.vjp(w, z, args, only, **case.params)
        assert [a is not None for a in alone] == only
        np.testing.assert_array_equal(alone[i], together[i])
        one = [t if mine else None for t, mine in zip(v, only, strict=True)]
        pushed = pushed + case.row.jvp(one, z, args, **case.params)
    assert_close(pushed, case.row.jvp(v, z, args, **case.params), BY_ROUNDING)


@every_case
def test_the_forward_rule_differentiates_again(case, rng):
    args, v, u = case.args(rng), case.directions(rng), case.directions(rng)

    def slope(t):
        moved = along(args, u, t)
        return derivative(lambda s: case(*along(moved, v, s)), 0.0)

    assert_close(derivative(slope, 0.0), richardson(slope, 0.0)[0], BY_DIFFERENCES)


@every_case
def test_the_reverse_rule_differentiates_again(case, rng):
    args, u, _, w, wanted = situation(case, rng)
    for i in np.flatnonzero(wanted):

        def pulled(t, i=i):
            moved = along(args, u, t)
            return case.row.vjp(w, case(*moved), moved, wanted, **case.params)[i]

        assert_close(
            derivative(pulled, 0.0), richardson(pulled, 0.0)[0], BY_DIFFERENCES
        )


class Gone:
    """A value that was not kept: its shape is known, reading it is an error."""

    __array_ufunc__ = None

    def __init__(self, x):
        self.shape = shape(x)

    def read(self, *_args, **_options):
        raise TypeError("this value was not kept")

    __eq__ = __hash__ = __array__ = __bool__ = read


def situation(case, rng):
    """Arguments, directions, output, a random cotangent, and what is wanted."""
    args, v = case.args(rng), case.directions(rng)
    z = case(*args)
    return args, v, z, rng.normal(size=shape(z)), [t is not None for t in v]


def pull_with(case, i, kept, args, z, w):
    """The cotangent of argument `i` where only the `kept` values are at hand."""
    names = ARGUMENTS
    left = [x if names[j] in kept else Gone(x) for j, x in enumerate(args)]
    only = [j == i for j in range(len(args))]
    z = z if "z" in kept else Gone(z)
    return case.row.vjp(w, z, left, only, **case.params)[i]


@every_case
def test_what_a_row_keeps_is_enough(case, rng):
    args, _, z, w, wanted = situation(case, rng)
    full = case.row.vjp(w, z, args, wanted, **case.params)
    for i in np.flatnonzero(wanted):
        only = [j == i for j in range(len(args))]
        got = pull_with(case, i, case.row.kept(only), args, z, w)
        np.testing.assert_array_equal(got, full[i])


@every_case
def test_what_a_row_keeps_is_needed(case, rng):
    args, _, z, w, wanted = situation(case, rng)
    for i in np.flatnonzero(wanted) if not case.zero else []:  # there, prod reads no z
        kept = case.row.kept([j == i for j in range(len(args))])
        for name in kept:
            with pytest.raises(TypeError):
                pull_with(case, i, kept - {name}, args, z, w)


def test_a_constant_argument_saves_what_its_partner_would_need():
    assert ops.mul.kept([True, False]) == {"y"}
    assert ops.mul.kept([True, True]) == {"x", "y"}
    assert ops.add.kept([True, True]) == ops.sum_.kept([True]) == set()


@pytest.mark.parametrize("case", [c for c in CASES if c.row.fused], ids=str)
def test_a_fused_rule_gives_what_the_row_gives_whatever_is_wanted(case, rng):
    args, _, z, w, wanted = situation(case, rng)
    value, found = case.row.fused.value(*args, **case.params)
    np.testing.assert_array_equal(value, z)
    for asked in product(*[(False, want) if want else (False,) for want in wanted]):
        kept = plan(case.row, asked)
        if not kept.any:  # the row's own rule runs
            continue
        pairs = zip(args, kept.args, strict=True)
        given = [x if keep else Blank(np.asarray(x)) for x, keep in pairs]
        row = case.row.vjp(w, z, args, asked, **case.params)
        fused = case.row.fused.vjp(w, z, given, asked, found, **case.params)
        for a, b, want in zip(row, fused, asked, strict=True):
            assert (b is not None) == want
            if want:
                assert_close(b, a, BY_ROUNDING)


@pytest.mark.parametrize("case", [c for c in CASES if c.row.bare], ids=str)
def test_a_bare_rule_gives_what_the_row_gives(case, rng):
    args, _, z, w, wanted = situation(case, rng)
    (expected,) = case.row.vjp(w, z, args, wanted, **case.params)
    before = np.array(w)
    if case.row.kind == "linear":
        got = case.row.bare(w, shape(args[0]), **case.params)
    else:
        got = case.row.bare(w, z, *args)
    assert_close(got, expected, BY_ROUNDING)
    np.testing.assert_array_equal(w, before)


FLOAT32 = [
    c
    for c in CASES
    if (c.row.kind == "elementwise" and math.prod(map(len, c.shapes)) and c.shapes)
    or c.name in {"softmax", "logsumexp", "layer_norm", "prod", "var", "amax"}
]


@pytest.mark.parametrize("case", FLOAT32, ids=str)
def test_single_precision_stays_single(case, rng):
    def single(xs):
        return [x if x is None or x.dtype == bool else x.astype("f4") for x in xs]

    args, v = single(case.args(rng)), single(case.directions(rng))
    z = case(*args)
    wanted = [t is not None for t in v]
    pulled = case.row.vjp(np.ones_like(z), z, args, wanted, **case.params)
    pushed = case.row.jvp(v, z, args, **case.params)
    found = [z, pushed, *(p for p in pulled if p is not None)]
    assert {x.dtype for x in found} == {np.dtype("f4")}


SPECIAL = [0.0, -0.0, 1.0, -1.5, 2.0, 1e-300, 800.0, -1e300, math.inf, math.nan]
SCALAR_ROWS = [row for row in TABLE.values() if row.scalar]


@pytest.mark.parametrize("row", SCALAR_ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("first", SPECIAL)
def test_plain_floats_give_what_arrays_give(row, first):
    n = len(row.keeps)
    with np.errstate(all="ignore"):
        for second in SPECIAL if n > 1 else [0.0]:
            args = [first, second, 0.25][:n]
            got = row(*args)
            assert isinstance(got, float)
            # rtol: two libraries' sine may differ in the last digits.
            expected = row.value(*(np.array([x]) for x in args))[0]
            np.testing.assert_allclose(got, expected, rtol=4 * np.finfo(float).eps)


def slopes(row, *points):
    """The row's slope in each argument, by both directions, which must agree."""
    z = row(*points)
    found = []
    for i in range(len(points)):
        only = [j == i for j in range(len(points))]
        pushed = row.jvp([1.0 if mine else None for mine in only], z, points)
        pulled = row.vjp(1.0, z, points, only)[i]
        np.testing.assert_array_equal(pushed, pulled)
        found.append(float(pulled))
    return found


KINKS = [
    ("relu", (0.0,), [0.0]), ("relu", (-0.0,), [0.0]), ("relu", (math.nan,), [1.0]),
    ("abs", (0.0,), [0.0]), ("abs", (-2.0,), [-1.0]),
    ("maximum", (2.0, 2.0), [0.5, 0.5]), ("maximum", (3.0, 2.0), [1.0, 0.0]),
    ("minimum", (2.0, 2.0), [0.5, 0.5]), ("minimum", (3.0, 2.0), [0.0, 1.0]),
    ("pow", (0.0, 0.0), [0.0, 0.0]), ("pow", (0.0, 1.0), [1.0, 0.0]),
    ("pow", (0.0, 2.0), [0.0, 0.0]), ("pow", (2.0, 0.0), [0.0, math.log(2.0)]),
    ("pow", (-3.0, 2.0), [-6.0, math.nan]), ("pow", (-2.0, 3.0), [12.0, math.nan]),
    ("pow", (0.0, 0.5), [math.inf, 0.0]), ("pow", (-2.0, 0.5), [math.nan, math.nan]),
    ("sqrt", (0.0,), [math.inf]), ("log", (0.0,), [math.inf]),
]  # fmt: skip


@pytest.mark.parametrize("name,points,expected", KINKS)
def test_where_there_is_no_derivative_the_row_says_what_it_takes(
    name, points, expected
):
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(slopes(TABLE[name], *points), expected)


@pytest.mark.parametrize("name,points,expected", KINKS)
def test_at_kinks_and_ties_the_slope_is_torchs(torch, name, points, expected):
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in points]
    getattr(torch, name)(*leaves).backward()
    np.testing.assert_array_equal([float(leaf.grad) for leaf in leaves], expected)


def _same(name):
    return lambda torch, *args, **params: getattr(torch, name)(*args, **params)


def _torch_transpose(torch, x, axes=None):
    return x.permute(*(axes or reversed(range(x.ndim))))


def _torch_prod(torch, x, axis=None, keepdims=False):
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis) % x.ndim
    for a in sorted((int(a) for a in axes), reverse=True):
        x = x.prod(a, keepdim=keepdims)
    return x


def _torch_put(torch, x, y, index):
    z = x.clone()
    z[index if not isinstance(index, np.ndarray) else torch.tensor(index)] = y
    return z


TORCH = {
    **{row.name: _same(row.name) for row in TABLE.values() if row.kind != "linear"},
    "stack": lambda torch, *xs, axis=0: torch.stack(xs, dim=axis),
    "sum": lambda torch, x, axis=None, keepdims=False: x.sum(axis, keepdim=keepdims),
    "mean": lambda torch, x, axis=None, keepdims=False: x.mean(axis, keepdim=keepdims),
    "reshape": lambda torch, x, shape: x.reshape(shape),
    "transpose": _torch_transpose,
    "broadcast_to": lambda torch, x, shape: x.broadcast_to(shape),
    "gelu": lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
    "softplus": lambda torch, x: torch.nn.functional.softplus(x),
    "clip": lambda torch, x, y, w: torch.clamp(x, y.detach(), w.detach()),
    "amax": lambda torch, x, axis=None, keepdims=False: x.amax(
        () if axis is None else axis, keepdims
    ),
    "amin": lambda torch, x, axis=None, keepdims=False: x.amin(
        () if axis is None else axis, keepdims
    ),
    "var": lambda torch, x, axis=None, keepdims=False, correction=1: x.var(
        axis, keepdim=keepdims, correction=correction
    ),
    "prod": _torch_prod,
    "concatenate": lambda torch, *xs, axis: torch.cat(xs, dim=axis),
    "cumsum": lambda torch, x, axis: x.cumsum(axis),
    "softmax": lambda torch, x, axis: x.softmax(axis),
    "log_softmax": lambda torch, x, axis: x.log_softmax(axis),
    "logsumexp": lambda torch, x, axis, keepdims=False: x.logsumexp(axis, keepdims),
    "einsum": lambda torch, *xs, subscripts: torch.einsum(subscripts, *xs),
    "linear": lambda torch, *xs: torch.nn.functional.linear(*xs),
    "crossprod": lambda torch, x, y: x.mT @ y,
    "tcrossprod": lambda torch, x, y: x @ y.mT,
    "layer_norm": lambda torch, x, y, w, eps=1e-5: torch.nn.functional.layer_norm(
        x, x.shape[-1:], y, w.expand(y.shape), eps
    ),
    "cross_entropy": lambda torch, x, target: torch.nn.functional.cross_entropy(
        x, torch.tensor(target)
    ),
    "put": _torch_put,
    "take_along": lambda torch, x, index, axis: torch.take_along_dim(
        x, torch.tensor(index), axis
    ),
}
KNOWN_TO_TORCH = [case for case in CASES if case.name in TORCH]


@pytest.mark.parametrize("case", KNOWN_TO_TORCH, ids=str)
def test_values_and_gradients_are_torchs(torch, case, rng):
    args, _, z, w, wanted = situation(case, rng)
    leaves = [torch.tensor(x, requires_grad=bool(x.dtype != bool)) for x in args]
    out = TORCH[case.name](torch, *leaves, **case.params)
    out.backward(torch.tensor(w))
    assert_close(z, out.detach().numpy(), BY_ROUNDING)
    pulled = case.row.vjp(w, z, args, wanted, **case.params)
    for leaf, cotangent in zip(leaves, pulled, strict=True):
        if cotangent is not None:
            assert_close(cotangent, leaf.grad.numpy(), BY_ROUNDING)


def test_a_closed_gate_stops_an_infinite_cotangent():
    for row, points in [
        (ops.relu, (-1.0,)), (ops.maximum, (1.0, 2.0)), (ops.where, (False, 1.0, 2.0)),
    ]:  # fmt: skip
        at = 1 if row is ops.where else 0
        wanted = [j == at for j in range(len(points))]
        assert row.vjp(math.inf, row(*points), points, wanted)[at] == 0.0


def test_a_power_of_zero_does_not_warn():
    # Under filterwarnings=error, 0 * 0**-1 inside the rule would raise.
    assert jvp(lambda x: x**0, 0.0, 1.0) == (1.0, 0.0)
    assert jvp(lambda x: x**2, [0.0, 3.0], [1.0, 1.0])[1].tolist() == [0.0, 6.0]


def test_powers_mix_in_their_second_derivative():
    # d2/dxdy of x**y is x**(y-1) * (1 + y*log(x)), also at y = 0.
    got = derivative(lambda y: derivative(lambda x: x**y, 2.0), 0.0)
    assert got == pytest.approx(0.5, rel=1e-15)


def test_a_float_to_a_fractional_power_is_never_complex():
    with np.errstate(all="ignore"):
        assert math.isnan(ops.pow_(-2.0, 0.5))
    assert ops.pow_(np.array([2, 4]), -1).tolist() == [0.5, 0.25]


def test_a_name_stands_in_the_table_once():
    with pytest.raises(ValueError, match="already has a row 'add'"):
        ops.elementwise("add", np.add, 1.0, 1.0)


def test_a_new_row_works_in_every_mode_at_once(rng):
    cube = ops.elementwise("cube", lambda x: x * x * x, lambda z, x: 3.0 * x * x)
    try:
        assert derivative(cube, 2.0) == 12.0
        assert derivative(lambda x: derivative(cube, x), 2.0) == 12.0
        assert cube.vjp(2.0, 8.0, [2.0], [True]) == (24.0,)
    finally:
        del TABLE["cube"]


@pytest.mark.parametrize("given,target", [
    ((), ()), ((3,), ()), ((3,), (1,)), ((2, 3, 4), (3, 1)), ((2, 3), (1, 3)),
    ((2, 3), (2, 3)), ((2, 1, 4), (1, 1, 1)), ((0, 3), (3,)), ((2, 1), (1,)),
])  # fmt: skip
def test_sum_to_is_the_transpose_of_broadcasting(given, target, rng):
    g, x = rng.normal(size=given), rng.normal(size=target)
    summed = ops.sum_to(g, target)
    assert shape(summed) == target
    assert np.sum(summed * x) == pytest.approx(np.sum(g * x), rel=BY_ROUNDING)


@pytest.mark.parametrize("call", [
    lambda: ops.add(np.ones(2), np.ones(3)),
    lambda: ops.matmul(np.ones((2, 3)), np.ones((2, 3))),
    lambda: ops.matmul(2.0, np.ones(3)),
    lambda: ops.reshape(np.ones(4), shape=(3,)),
    lambda: ops.sum_(np.ones(4), axis=1),
    lambda: ops.broadcast_to(np.ones(4), shape=(3,)),
    lambda: ops.stack([np.ones(2), np.ones(3)]),
])  # fmt: skip
def test_shapes_that_do_not_fit_are_named(call):
    with pytest.raises(ShapeError, match=r"got shapes .*\(\d*,?.*do not fit"):
        call()


@pytest.mark.parametrize("bad", ["a", None, {}])
def test_arguments_that_are_no_numbers_are_named(bad):
    with pytest.raises(DTypeError, match=type(bad).__name__):
        ops.mul(2.0, bad)
    with pytest.raises(DTypeError):
        ops.stack([1.0, bad])


BINARY_OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
]  # fmt: skip


@pytest.mark.parametrize("op", BINARY_OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("other", [3, 2.5, np.float64(2.5), np.array([1.5, 2.0, 0.5])])
def test_operators_work_from_both_sides(op, other, rng):
    x, v = rng.uniform(0.5, 2, 3), rng.normal(size=3)
    for f in (lambda x: op(x, other), lambda x: op(other, x)):
        value, tangent = jvp(f, x, v)
        np.testing.assert_array_equal(value, f(x))
        measured = richardson(lambda t, f=f: f(x + t * v), 0.0)[0]
        assert_close(tangent, measured, BY_DIFFERENCES)


@pytest.mark.parametrize("op", [
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
], ids=lambda op: op.__name__)  # fmt: skip
@pytest.mark.parametrize("other", [1.5, 2, np.float64(1.0)])
def test_comparisons_look_at_primals(op, other):
    nested = Dual(Dual(1.5, 7.0), 8.0)
    for x in (Dual(1.5, 9.0), nested):
        assert op(x, other) == op(1.5, other)
        assert op(other, x) == op(other, 1.5)
        assert op(x, Dual(other, -5.0)) == op(1.5, other)
