"""What a check says of right, wrong, broken and unfinished answers."""

from __future__ import annotations

import math
import sys
import warnings

import numpy as np
import pytest

from graders.checks import diagnose, hosts, messages
from graders.checks.check import Check
from graders.checks.kinds import KINDS
from graders.checks.numeric import OracleError
from graders.checks.tolerance import Tolerance


@pytest.fixture
def quiet():
    host = hosts.LocalHost(show=False)
    with hosts.use(host):
        yield host


def make(visible=1, hidden=3):
    return Check("e0-unknown", visible=visible, hidden=hidden)


def only(check):
    (result,) = check.results
    return result


def slope(f, x):
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)


def good_gradient(f, x):
    return 2.0 * np.asarray(x)


def squares(x):
    return float(np.sum(np.asarray(x) ** 2))


def bend(x):
    return [x[0] * x[1], x[1] ** 2, 3.0 * x[0]]


def bend_jacobian(f, x):
    return [[x[1], x[0]], [0.0, 2 * x[1]], [3.0, 0.0]]


def bend_jvp(f, x, v):
    return f(x), np.array(bend_jacobian(f, x)) @ v


def bend_vjp(f, x, u):
    return u @ np.array(bend_jacobian(f, x))


POINT = np.array([0.7, -1.3])

RIGHT = {
    "derivative": lambda c: c.derivative("p", slope, math.sin, at=[0.3, 2.0]),
    "gradient": lambda c: c.gradient("p", good_gradient, squares, at=[POINT]),
    "jacobian": lambda c: c.jacobian("p", bend_jacobian, bend, at=[POINT]),
    "jvp": lambda c: c.jvp("p", bend_jvp, bend, at=[POINT]),
    "vjp": lambda c: c.vjp("p", bend_vjp, bend, at=[POINT]),
    "adjoint": lambda c: c.adjoint(
        "p",
        lambda x, v: bend_jvp(bend, x, v)[1],
        lambda x, u: bend_vjp(bend, x, u),
        at=[(POINT, (3,))],
    ),
    "value": lambda c: c.value(
        "p", lambda x: (x, [2 * x]), lambda x: [x, [2 * x]], [1.5]
    ),
    "raises": lambda c: c.raises("p", lambda x: 1 / x, ArithmeticError, at=[0]),
    "unchanged": lambda c: c.unchanged("p", np.sum, at=[POINT]),
    "calls": lambda c: c.calls("p", slope, math.sin, at=[1.0], exactly=2),
    "facts": lambda c: c.facts("p", {"a": 2, "b": "x"}, {"a": lambda: 2, "b": "x"}),
    "behaviour": lambda c: c.behaviour(
        "p", sorted, lambda r, x: r[0] == min(x), [[3, 1]]
    ),
}
WRONG = {
    "derivative": lambda c: c.derivative(
        "p", lambda f, x: -slope(f, x), math.sin, [0.3]
    ),
    "gradient": lambda c: c.gradient(
        "p", lambda f, x: good_gradient(f, x).sum(), squares, [POINT]
    ),
    "jacobian": lambda c: c.jacobian(
        "p", lambda f, x: np.array(bend_jacobian(f, x)).T, bend, [POINT]
    ),
    "jvp": lambda c: c.jvp(
        "p", lambda f, x, v: (f(x), bend_jvp(f, x, v)[1] * 2), bend, [POINT]
    ),
    "vjp": lambda c: c.vjp(
        "p", lambda f, x, u: bend_vjp(f, x, np.ones(3)), bend, [POINT]
    ),
    "adjoint": lambda c: c.adjoint(
        "p",
        lambda x, v: bend_jvp(bend, x, v)[1],
        lambda x, u: -bend_vjp(bend, x, u),
        at=[(POINT, (3,))],
    ),
    "value": lambda c: c.value("p", lambda x: x + 1e-9, lambda x: x, [1.5]),
    "raises": lambda c: c.raises("p", lambda x: None, ArithmeticError, at=[0]),
    "unchanged": lambda c: c.unchanged("p", lambda x: x.sort(), at=[-np.sort(POINT)]),
    "calls": lambda c: c.calls(
        "p", lambda f, x: slope(f, x) + f(x), math.sin, [1.0], exactly=2
    ),
    "facts": lambda c: c.facts("p", {"a": 3, "b": None}, {"a": lambda: 2, "b": "x"}),
    "behaviour": lambda c: c.behaviour(
        "p", list, lambda r, x: r[0] == min(x), [[3, 1]]
    ),
}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"peak"}))
def test_a_right_answer_passes_each_kind(kind, quiet):
    check = make()
    RIGHT[kind](check)
    assert all(r.passed for r in check.results), [r.finding for r in check.results]
    assert {r.kind for r in check.results} == {kind}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"peak"}))
def test_a_wrong_answer_fails_each_kind_with_a_sentence(kind, quiet):
    check = make()
    WRONG[kind](check)
    assert not any(r.passed for r in check.results)
    assert all(len(r.finding) > 10 for r in check.results)


def test_peak_counts_live_bytes_of_new_storages_only(quiet, needs):
    torch = needs("torch")
    old = torch.zeros(1000, dtype=torch.float64)

    def run(n):
        a = old + 1
        del a
        return (old.view(10, 100) * 1.0).reshape(-1)[:n].clone()

    check = make()
    check.peak("enough", run, at=[5], at_most=8100)
    check.peak("too little", run, at=[5], at_most=7900)
    assert [r.passed for r in check.results] == [True, False]
    assert "8040 live bytes" in check.results[1].finding


def test_the_score_is_the_share_of_each_region(quiet):
    check = make(visible=1, hidden=3)
    check.value("a", lambda: 1, 1)
    check.value("b", lambda: 1, 2)
    check.hidden()
    check.value("c", lambda: 1, 1)
    check.value("d", lambda: 1, 2)
    check.value("e", lambda: 1, 2)
    score = check.score()
    assert type(score) is float
    assert score == 1 / 2 + 3 / 3


@pytest.mark.parametrize("right,points", [(False, 0.0), (True, 2.25)])
def test_evidence_counts_as_soon_as_a_result_is_right(quiet, right, points):
    check = Check("e0-evidence", visible=3, hidden=0)
    answer = (lambda x: 2.0 * x) if right else (lambda x: 0.0)
    check.value("doubled", answer, lambda x: 2.0 * x, at=[1.0])
    check.value("tripled", answer, lambda x: 3.0 * x, at=[1.0])
    check.unchanged("left alone", answer, at=[np.ones(3)])
    check.calls("no call", lambda f, x: answer(x), math.sin, at=[0.3], exactly=0)
    assert [r.passed for r in check.results] == [right, False, True, True]
    assert check.score() == points
    waiting = [messages.WAITS in r.notes for r in check.results]
    assert waiting == [False, False, not right, not right]


def test_the_visible_share_is_scaled_where_hidden_lines_are_stripped(quiet):
    check = make(visible=1, hidden=3)
    check.value("a", lambda: 1, 1)
    check.value("b", lambda: 1, 2)
    assert check.score() == 2.0


def test_all_passed_is_exactly_the_worth(quiet):
    check = Check("e0-unknown", visible=1, hidden=2)
    for i in range(7):
        check.value(f"v{i}", lambda: 1, 1)
    check.hidden()
    check.value("h", lambda: 1, 1)
    assert check.score() == 3.0


def test_no_property_is_no_points(quiet):
    check = make()
    assert check.score() == 0.0
    assert "no property" in check.problem


def test_fewer_properties_than_recorded_is_a_failure(quiet, monkeypatch):
    counts = {"visible": 2, "hidden": 1}
    monkeypatch.setattr(diagnose, "counts", lambda exercise: counts)
    check = make()
    check.value("a", lambda: 1, 1)
    assert check.score() == 0.0
    assert "2 were expected" in check.problem


def explode(x):
    raise KeyError("a missing name")


def leave(x):
    sys.exit(3)


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        (explode, "raised KeyError"),
        (leave, "must not end the program"),
        (lambda x: None, "got None"),
        (lambda x: "six", "got 'six'"),
        (lambda x: object(), "got a object"),
        (lambda x: float("nan"), "got nan"),
        (lambda x: True, "got True"),
        (lambda x: 6 + 0j, "complex"),
        (lambda x: [6.0], "of shape (1,)"),
    ],
)
def test_nonsense_is_a_finding_not_a_crash(probe, words, quiet):
    check = make()
    check.value("p", probe, [6.0], at=[3.0])
    assert words in only(check).finding


@pytest.mark.parametrize("six", [6, 6.0, np.float64(6), np.array(6.0), np.float32(6)])
def test_any_scalar_type_is_a_number(six, quiet):
    check = make()
    check.value("p", lambda: six, 6.0)
    assert only(check).passed


def test_an_unwritten_answer_is_told_so(quiet):
    def stub(f, x):
        raise NotImplementedError("write your answer here")

    check = make()
    check.derivative("p", stub, math.sin, at=[1.0])
    assert "not written yet" in only(check).finding


def test_an_endless_loop_ends(quiet):
    def spin():
        while True:
            pass

    check = make()
    check.value("p", spin, 1, seconds=0.2)
    assert "no answer within 0.2 s" in only(check).finding


def test_warnings_and_prints_are_noted_and_cost_nothing(quiet, capfd):
    def chatty():
        warnings.warn("beware", stacklevel=1)
        print("hello")
        print("oops", file=sys.stderr)
        return 1

    check = make(visible=2, hidden=0)
    check.value("p", chatty, 1)
    assert check.score() == 2.0
    assert any("beware" in note for note in only(check).notes)
    assert capfd.readouterr().err == ""


def test_the_smallest_failing_input_is_shown(quiet):
    check = make()
    check.value("p", lambda x: 0.0, lambda x: x, at=[50.0, -2.0, 7.0])
    assert only(check).given == "-2.0"


def test_an_input_that_an_answer_changes_does_not_reach_the_oracle(quiet):
    def greedy(x):
        x[:] = 0.0
        return np.zeros(2)

    check = make()
    check.value("p", greedy, lambda x: x, at=[POINT])
    assert not only(check).passed


def test_hidden_inputs_follow_the_seed_and_visible_ones_do_not():
    def drawn(seed):
        with hosts.use(hosts.LocalHost(seed, show=False)):
            check = make()
            first = check.random(3)
            check.hidden()
            return first, check.random(3)

    (a, b), (c, d) = drawn(1), drawn(2)
    assert np.array_equal(a, c)
    assert not np.array_equal(b, d)
    assert np.all((np.abs([a, b, d]) >= 0.3) & (np.abs([a, b, d]) <= 2))


def test_points_have_moderate_slopes(quiet):
    points = make().points(np.tanh, 20, low=-6, high=6)
    slopes = 1 - np.tanh(points) ** 2
    assert np.all((slopes >= 0.1 - 1e-9) & (slopes <= 10))


def test_an_unfit_point_is_the_authors_error_in_strict_mode():
    with (
        hosts.use(hosts.LocalHost(strict=True, show=False)),
        pytest.raises(OracleError),
    ):
        make().derivative("p", slope, lambda x: math.sin(1e12 * x), at=[0.3])


def test_a_broken_oracle_is_not_blamed_on_the_student(quiet):
    check = make()
    check.value("p", lambda: 1, lambda: 1 / 0)
    assert "the check itself failed" in only(check).finding


def test_a_loose_tolerance_needs_a_reason():
    with pytest.raises(ValueError, match="say why"):
        Tolerance(rel=1e-3)
    assert Tolerance(rel=1e-3, reason="first order").rel == 1e-3


def test_the_list_of_kinds_is_the_list_of_methods():
    assert set(RIGHT) | {"peak"} == set(KINDS)
    assert all(callable(getattr(Check, kind)) for kind in KINDS)


def test_an_unwritten_answer_raises_nothing_that_was_asked_for(quiet):
    def stub():
        raise NotImplementedError("write your answer here")

    check = make()
    check.raises("p", stub, RuntimeError)
    assert "not written yet" in only(check).finding
