"""Guesses, checkpoints, and the formula as Python."""

import contextlib
import io
import itertools
import sys
from functools import partial
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from tests.autograd_ref.playground.js import ask, one


@pytest.mark.parametrize(
    "guess,truth,right",
    [
        ("3/4", 0.75, True),
        ("0.333", 1 / 3, True),
        ("1/3", 1 / 3, True),
        ("0.33", 1 / 3, False),
        ("-1.41", -(2**0.5), True),
        ("1.41", -(2**0.5), False),
        ("2.5e-3", 0.0025, True),
        ("0", 0.0, True),
        ("0.0001", 0.0, False),
        ("", 0.0, False),
        ("1/0", 1.0, False),
        ("two", 2.0, False),
        ("1/2/3", 1 / 6, False),
    ],
)
def test_a_guess_counts_to_three_digits(guess, truth, right):
    assert one("judge", guess=guess, truth=truth) is right


def test_checkpoints_count_what_is_alive_and_run_again():
    for n in (1, 2, 5, 8):
        for size in range(n):
            for marks in itertools.combinations(range(1, n), size):
                found = one_plan(n, marks)
                backs = [e["step"] for e in found["events"] if e["phase"] == "back"]
                assert backs == list(range(n))[::-1]
                kept = [0, *marks]
                ends = [*kept[1:], n]
                again = sum(e - m - 1 for m, e in zip(kept, ends, strict=True))
                assert found["again"] == again - (n - kept[-1] - 1)
                lengths = [e - m for m, e in zip(kept, ends, strict=True)]
                peaks = [k + length for k, length in enumerate(lengths)]
                assert found["peak"] == max(peaks)
                assert found["events"][-1]["live"] == 0


PLANS: dict[tuple[int, tuple[int, ...]], dict] = {}


def one_plan(n, marks):
    if not PLANS:
        keys = [
            (n, marks)
            for n in (1, 2, 5, 8)
            for size in range(n)
            for marks in itertools.combinations(range(1, n), size)
        ]
        jobs = [{"job": "checkpoints", "n": n, "marks": m} for n, m in keys]
        PLANS.update(zip(keys, ask(jobs), strict=True))
    return PLANS[n, marks]


def test_only_chains_have_checkpoints():
    assert one("chain", formula="a = sin(x); b = a*a; exp(b)/2") is not None
    assert one("chain", formula="a = sin(x); a*x") is None
    assert one("chain", formula="x*y") is None


FORMULAS = [
    ("a = x*y; a + sin(a); a*a", {"x": 0.5, "y": 2.0}),
    ("-x**2 - (y - (x - 3))/(x*y)/2; 2**-x; 7", {"x": 0.5, "y": 2.0}),
    ("abs(x) + relu(y)*max(x, 0.25) + min(2, y)", {"x": -0.5, "y": 2.0}),
    ("f = lambda*print; ops = sin(f); ops*ops", {"lambda": 0.5, "print": 2.0}),
    ("sigmoid(x)*softplus(x) + log1p(x)*expm1(x) + arctan(sqrt(x))", {"x": 0.7}),
    ("x + " * 200 + "x", {"x": 1.0}),
    ("-(x + y)*-1e-9 + cosh(2)*x - (1e20*y)", {"x": 1.0, "y": -2.0}),
]


def of_two(sign, a, b):
    """The larger (or smaller) of two numbers; half of each where they tie."""
    above = sign * (np.real(a) - np.real(b))
    return (a + b) / 2 if above == 0 else a if above > 0 else b


def complex_jax():
    """The part of jax that an export uses, by complex steps: jax itself is large."""
    jax, numbers = ModuleType("jax"), ModuleType("jax.numpy")
    vars(numbers).update({n: getattr(np, n) for n in dir(np) if n[0] != "_"})
    vars(numbers)["abs"] = lambda z: z if np.real(z) >= 0 else -z
    for name, sign in (("maximum", 1), ("minimum", -1)):
        vars(numbers)[name] = partial(of_two, sign)

    def jacrev(f, argnums):
        def rows(*at):
            steps = [[a + 1e-30j * (i == k) for i, a in enumerate(at)] for k in argnums]
            columns = [[np.imag(out) / 1e-30 for out in f(*step)] for step in steps]
            return list(zip(*columns, strict=True))

        return rows

    nn = SimpleNamespace(
        relu=lambda z: z if np.real(z) > 0 else 0.0 * z,
        sigmoid=lambda z: 1 / (1 + np.exp(-z)),
        softplus=lambda z: np.log(1 + np.exp(z)),
    )
    config = SimpleNamespace(update=lambda name, value: None)
    vars(jax).update(jacrev=jacrev, nn=nn, config=config, numpy=numbers)
    return {"jax": jax, "jax.numpy": numbers}


@pytest.mark.parametrize("target", ["dual", "value", "torch", "jax"])
def test_the_exported_python_runs_and_agrees(target, needs, monkeypatch):
    if target == "torch":
        needs(target)
    if target == "jax" and find_spec("jax") is None:
        for name, module in complex_jax().items():
            monkeypatch.setitem(sys.modules, name, module)
    jobs = [{"formula": f, "x": x, "target": target} for f, x in FORMULAS]
    texts = ask([{"job": "python", **job} for job in jobs])
    wanted = ask(
        [{"job": "jacobian", "way": "reverse", "options": {}, **j} for j in jobs]
    )
    for text, truth in zip(texts, wanted, strict=True):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, "exported", "exec"), {"__name__": "exported"})
        rows = [line.split()[1:] for line in printed.getvalue().splitlines()]
        found = np.array(rows, dtype=float)
        matrix = np.array(truth["matrix"], dtype=float)
        np.testing.assert_allclose(
            found, matrix.T if target == "dual" else matrix, rtol=1e-9, err_msg=text
        )
