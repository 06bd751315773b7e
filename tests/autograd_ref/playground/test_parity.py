"""The playground's rules and ours are two copies of one table: they must agree."""

import numpy as np
import pytest

from autograd_ref import tape
from autograd_ref.playground.formula import FUNCTIONS, read
from autograd_ref.playground.table import describe, tangents
from tests.autograd_ref.playground.js import ask, one

NAMES = ("x", "y", "z")
BINARY = ("+", "-", "*", "/")
# Arguments are kept where every function and its slope are of moderate size.
INSIDE = {
    "log": "(1.5 + tanh({}))",
    "log1p": "(0.6 + abs(tanh({})))",
    "sqrt": "(1.5 + sin({}))",
    "tan": "sin({})",
}


def expression(rng, depth):
    """A random formula: every function, every operator, numbers and names."""
    if depth == 0 or rng.random() < 0.1:
        number = f"{rng.uniform(-2, 2):.3f}"
        return str(rng.choice([*NAMES, *NAMES, number.replace("-", "0.5 + ")]))
    kind = rng.integers(0, 10)
    a, b = (expression(rng, depth - 1) for _ in range(2))
    if kind < 4:
        name = str(rng.choice(list(FUNCTIONS)))
        if FUNCTIONS[name] == 2:
            return f"{name}({a}, {b})"
        bounded = name in ("exp", "sinh", "cosh", "expm1")
        inner = f"tanh({a})" if bounded else INSIDE.get(name, "{}").format(a)
        return f"{name}({inner})"
    if kind < 8:
        op = str(rng.choice(BINARY))
        return f"({a}) {op} ({f'1.5 + sin({b})' if op == '/' else b})"
    if kind == 8:
        return f"-({a})"
    power = str(rng.choice(["2", "3", "-1", "0.5"]))
    base = f"1.5 + sin({a})" if power[0] in "-0" else f"tanh({a})"
    return f"({base}){rng.choice(['**', '^'])}{power}"


def formula(rng):
    first, second = expression(rng, 3), expression(rng, 3)
    text = f"p = ({first}) * x; q = sin(p) + ({second}) * p; q; p * q"
    return text if len(text) < 1000 else formula(rng)


def ours(text, x):
    trace = read(text)
    with np.errstate(all="ignore"):
        values = tape.run_trace(trace, [x[name] for name in trace.inputs])
        return {
            "inputs": list(trace.inputs),
            "outputs": list(trace.outputs),
            "values": values,
            "tangents": [tangents(trace, values, {n: 1.0}) for n in trace.inputs],
            "adjoints": [tape.backprop(trace, values, {o: 1.0}) for o in trace.outputs],
        }


def varying(text):
    """Names that depend on an input: a constant step's adjoint is nobody's."""
    trace, found = read(text), set()
    found |= set(trace.inputs)
    for name, _, args in trace.steps:
        if found & {arg for arg in args if isinstance(arg, str)}:
            found.add(name)
    return found


def close(theirs, mine, names=None):
    for name in names or mine:
        found, wanted = float(theirs[name]), mine[name]
        assert found == wanted or abs(found - wanted) <= 1e-12 * max(1, abs(wanted)), (
            name
        )


def test_a_thousand_random_expressions_agree(rng):
    cases = []
    for _ in range(1000):
        x = dict(zip(NAMES, rng.uniform(0.2, 1.5, 3).tolist(), strict=True))
        cases.append((formula(rng), x))
    jobs = [{"job": "numbers", "formula": text, "x": x} for text, x in cases]
    for (text, x), theirs in zip(cases, ask(jobs), strict=True):
        mine = ours(text, x)
        assert np.isfinite(list(mine["values"].values())).all(), text
        assert theirs["inputs"] == mine["inputs"]
        assert theirs["outputs"] == mine["outputs"]
        close(theirs["values"], mine["values"])
        for kind in ("tangents", "adjoints"):
            for found, wanted in zip(theirs[kind], mine[kind], strict=True):
                close(found, wanted, varying(text))


EDGES = [
    ("x**y", {"x": 0, "y": 2}),
    ("x**y", {"x": 2, "y": 0}),
    ("x**y", {"x": 0, "y": 0}),
    ("(x)**2 + x**3 + x**0", {"x": -2}),
    ("abs(x) + relu(x)", {"x": 0}),
    ("max(x, y) + min(x, y)", {"x": 1, "y": 1}),
    ("-x**2 + 2**-x", {"x": 3}),
    ("x - y - 1 + x/y/2", {"x": 3, "y": 2}),
    ("2**3**x", {"x": 0.5}),
    ("softplus(x) + sigmoid(x)", {"x": 700}),
    ("softplus(x) + sigmoid(x)", {"x": -700}),
    ("a = x; a*a", {"x": 3}),
    ("pi*x; 2*3*x", {"x": 3}),
]


@pytest.mark.parametrize("text,x", EDGES, ids=[f"{t} at {x}" for t, x in EDGES])
def test_edges_agree(text, x):
    theirs, mine = one("numbers", formula=text, x=x), ours(text, x)
    close(theirs["values"], mine["values"])
    for kind in ("tangents", "adjoints"):
        for found, wanted in zip(theirs[kind], mine[kind], strict=True):
            close(found, wanted, varying(text))


def test_both_know_the_same_functions():
    rules = one("facts")["rules"]
    assert {*rules} - {"add", "sub", "mul", "div", "neg", "pow"} == {*FUNCTIONS}


def test_describe_agrees_with_the_engine():
    for text, x in one("facts")["presets"].values():
        theirs = one("numbers", formula=text, x=x)
        for mode, kind, wanted in (
            ("reverse", "adjoints", theirs["adjoints"]),
            ("forward", "tangents", theirs["tangents"]),
        ):
            head, _, *rows = describe(text, x, mode).split("\n")
            assert head.startswith(f"{mode} mode: {len(wanted)} pass"), kind
            for row in rows:
                name, *cells = row.split()
                printed = list(map(float, cells[-1 - len(wanted) :]))
                full = [theirs["values"][name], *(column[name] for column in wanted)]
                assert printed == [float(f"{number:.6g}") for number in full], row


def test_every_way_fills_the_same_jacobian(rng):
    text, x = "a = x*y; sin(a); a + z; exp(z)*x", {"x": 0.4, "y": 1.1, "z": -0.3}
    ways: list[tuple[str, dict]] = [("forward", {}), ("reverse", {})]
    ways += [("difference", {"scheme": s}) for s in ("forward", "central", "complex")]
    found = [one("jacobian", formula=text, x=x, way=w, options=o) for w, o in ways]
    for answer, atol in zip(found, (0, 0, 1e-6, 1e-8, 1e-14), strict=True):
        np.testing.assert_allclose(
            answer["matrix"], found[0]["matrix"], rtol=1e-15, atol=atol
        )
    assert [answer["passes"] for answer in found] == [3, 3, 4, 6, 3]


def test_complex_step_is_good_to_the_last_digits_for_every_analytic_function():
    for name in FUNCTIONS:
        if FUNCTIONS[name] == 1 and name not in ("abs", "relu"):
            for at in (0.3, 0.9, 2.5):
                text, x = f"{name}(x) + {name}(x*x)/x", {"x": at}
                job = {"formula": text, "x": x, "h": 1e-100, "options": {}}
                found = one("difference", scheme="complex", **job)
                wanted = ours(text, x)["adjoints"][0]["x"]
                assert found == pytest.approx(wanted, rel=1e-13), name


def test_float32_costs_digits_and_the_curve_shows_where():
    base = {"formula": "sin(x)*x", "x": {"x": 0.9}, "scheme": "central"}
    single = one("curve", **base, options={"f32": True})
    double = one("curve", **base, options={})
    typical = [
        np.median([float(p["error"]) for p in c["points"] if 1e-4 < p["h"] < 1e-2])
        for c in (single, double)
    ]
    assert typical[0] > 1e-5 > typical[1]
    assert single["own"] < 1e-6 > double["own"] > 0
