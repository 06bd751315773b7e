"""Scenes of the lessons: what the widget computes and what Python prints are one."""

import functools
import itertools
import sys

import numpy as np
import pytest

from autograd_ref import Tensor, playground
from autograd_ref.errors import ArgumentError
from autograd_ref.playground import on_data, on_formulas, scenes, twin
from autograd_ref.playground.formula import read
from autograd_ref.schedules import binomial_cost
from tests.autograd_ref.playground.js import ask, one

FORMULA, AT = "a = x*y; b = sin(a); c = exp(a)/4; b*c - x", {"x": 0.5, "y": 1.2}
FIFTH = "a = x*x; b = a*x; a*b"
PANEL = {"eval()": {"records?": True}, "no_grad()": {"records?": False}}
DATA = {
    "surrogate": (),
    "folding": ([[1.0], [2.0]], [10.0, 20.0]),
    "staircase": (9,),
    "flow": ({"first": [[3.0, 4.0], [0.0, 1.0]]},),
}
EXAMPLES = [
    *((name, (FORMULA, AT), {}) for name in ("playground", "microscope", "arrows")),
    *((name, (FORMULA, AT), {}) for name in ("jacobian", "stepper")),
    *((name, settings, {}) for name, settings in DATA.items()),
    (
        "switches",
        (PANEL,),
        {"ways": dict.fromkeys(PANEL, "y"), "proofs": {"records?": ""}},
    ),
]


# -- about one formula -----------------------------------------------------------------
@pytest.mark.parametrize("formula,x", [("x**3*sin(x)", {"x": 1.5}), (FORMULA, AT)])
def test_the_microscope_measures_the_same_slopes(formula, x):
    trace = read(formula)
    point = [x[name] for name in trace.inputs]
    kinds = ("forward", "central", "complex")
    jobs = [{"job": "curve", "scheme": k, "options": {}} for k in kinds]
    curves = ask([{**job, "formula": formula, "x": x} for job in jobs])
    for k in range(1, 15):
        h = 10.0**-k
        mine = on_formulas._slopes(trace, point, h, analytic=True)
        for slope, curve in zip(mine, curves, strict=True):
            theirs = next(p for p in curve["points"] if abs(p["h"] / h - 1) < 1e-9)
            assert theirs["slope"] == pytest.approx(slope, abs=2e-15 / h, rel=1e-13)


def test_the_microscope_leaves_complex_steps_to_analytic_formulas():
    assert "complex step" in twin("microscope", "x*x")[0]
    assert "complex step" not in twin("microscope", "relu(x)")[0]


def test_arrows_turn_alike_in_every_direction(rng):
    ways = [dict(zip("xy", v, strict=True)) for v in rng.normal(size=(5, 2)).tolist()]
    rows = twin("arrows", FORMULA, AT, directions=ways)
    jobs = [{"job": "tangents", "formula": FORMULA, "x": AT, "v": v} for v in ways]
    for column, theirs in enumerate(ask(jobs), 2):
        for row in rows[1:]:
            name = row[0].split(" = ")[0]
            assert theirs[name] == pytest.approx(row[column], rel=1e-12)


def test_the_grid_has_the_same_slopes_and_says_which_pass_fills_them():
    formula, x = "a = x*y; sin(a); a + z; exp(z)*x", {"x": 0.4, "y": 1.1, "z": -0.3}
    rows = twin("jacobian", formula, x)
    found = one("jacobian", formula=formula, x=x, way="reverse", options={})
    for k, (row, theirs) in enumerate(zip(rows[1:-1], found["matrix"], strict=True), 1):
        assert row[1:-1] == pytest.approx(theirs, rel=1e-12)
        assert row[-1] == k
    assert rows[-1] == ["forward pass", 1, 2, 3, ""]


@pytest.mark.parametrize("formula,x", [(FIFTH, {"x": 2.0}), (FORMULA, AT)])
def test_the_stepper_hands_on_the_same_numbers_in_the_same_order(formula, x):
    rows = twin("stepper", formula, x)[1:]
    theirs = one("steps", formula=formula, x=x)
    mine = [[node.split(" = ")[0], g, to, has] for node, g, _, to, has in rows]
    assert [[a, c] for a, _, c, _ in mine] == [[a, c] for a, _, c, _ in theirs]
    for (_, g, _, has), (_, other, _, after) in zip(mine, theirs, strict=True):
        assert (other, after) == pytest.approx((g, has), rel=1e-12)


def test_one_path_at_a_time_is_right_and_costs_a_visit_for_every_way():
    job = {"formula": FIFTH, "x": {"x": 2.0}}
    found = one("broken", mistakes=["paths"], **job)
    assert found["adjoints"] == one("honest", **job)
    assert found["first"]["mistake"] == "paths"
    # one visit for each way down: to y, a (2), b, x (5)
    assert (found["first"]["wrong"], found["first"]["right"]) == (9, 4)


def test_a_walk_along_too_many_paths_ends():
    ladder = "; ".join(f"a{k} = a{k - 1} + a{k - 1}" for k in range(1, 41))
    formula = ladder.replace("a0", "x")
    assert (
        one("visits", formula=formula, x={"x": 1.0}, mistakes=["paths"])
        == one("facts")["visits"]
    )


def test_a_chain_has_one_path_and_nothing_to_flag():
    found = one("broken", formula="exp(sin(x))", x={"x": 0.5}, mistakes=["paths"])
    assert found["first"] is None


def test_the_surrogate_lab_draws_and_tells_apart_the_same_points():
    rows, case = twin("surrogate"), on_formulas.CASES[0]
    jobs = [{"job": "normals", "seed": seed, "n": 20} for seed in range(1, 9)]
    for column, drawn in enumerate(ask(jobs), 1):
        assert drawn == pytest.approx(on_formulas.normals(column, 20), rel=1e-12)
        for row in rows[1:]:
            places = [row[0] * x for x in drawn]
            data = {"value": case["value"], "slope": case["slope"], "places": places}
            told = [seen for *_, seen in one("compare", **data)]
            assert sum(told) == row[column]


def test_normals_are_normal():
    drawn = np.array([on_formulas.normals(seed, 40) for seed in range(1, 500)])
    assert abs(drawn.mean()) < 0.02
    assert drawn.std() == pytest.approx(1, abs=0.02)
    assert np.mean(abs(drawn) > 2) == pytest.approx(0.0455, abs=0.005)


# -- about data ------------------------------------------------------------------------
SHAPES = [((4, 3), (3,)), ((4, 1), (3,)), ((), (5,)), ((2, 1), (1, 2)), ((3,), (3,))]


@pytest.mark.parametrize("op", ["add", "mul"])
@pytest.mark.parametrize("left,right", SHAPES)
def test_folding_sends_back_what_the_engine_sends_back(op, left, right, rng):
    a, b = rng.normal(size=left), rng.normal(size=right)
    g = rng.normal(size=np.broadcast_shapes(left, right))
    x, y = Tensor(a, requires_grad=True), Tensor(b, requires_grad=True)
    out = x + y if op == "add" else x * y
    out.backward(g)
    found = on_data.folding(a, b, g).traits["data"]["ops"][op]
    assert found["out"] == pytest.approx(out.detach().numpy().ravel())
    for mine, leaf in zip(found["sums"], (x, y), strict=True):
        assert mine == pytest.approx(leaf.grad.numpy().ravel())


def test_folding_says_what_each_entry_gets_back():
    rows = twin("folding", np.zeros((2, 3)), [10.0, 20.0, 30.0])
    assert rows[-1] == ["b[2]", 30.0, 2, "3 + 6", 9.0]


@pytest.mark.parametrize(
    "a,b,g",
    [
        (np.ones(2), np.ones(3), None),
        (np.ones((2, 2, 2)), 1.0, None),
        (np.ones((8, 1)), np.ones(9), None),
        (np.ones(2), 1.0, np.ones(3)),
    ],
)
def test_folding_refuses_what_is_no_picture(a, b, g):
    with pytest.raises(ArgumentError):
        twin("folding", a, b, g)


@pytest.mark.parametrize("n", [1, 2, 5, 9, 16, 20])
def test_the_staircase_has_the_same_steps(n):
    plans = {"none": "none", "all": "all", "root of n": "root"}
    for slots in range(1, n + 1):
        rows = twin("staircase", n, slots=slots)[1:]
        marks = ask([{"job": "marks", "plan": p, "n": n} for p in plans.values()])
        jobs = [{"job": "checkpoints", "n": n, "marks": m} for m in marks]
        theirs = ask([*jobs, {"job": "binomial", "n": n, "slots": slots}])
        found = [[plan["peak"], plan["again"]] for plan in theirs]
        assert found[:3] == [row[2:] for row in rows[:3]]
        assert max(found[3][0], 1) == rows[3][2]
        assert found[3][1] == rows[3][3] == binomial_cost(n, slots) - (n - 1)
        backs = [e["step"] for e in theirs[3]["events"] if e["phase"] == "back"]
        assert backs == list(range(n))[::-1]


def test_flow_measures_lengths_and_counts_every_entry(rng):
    layers = {name: rng.normal(size=(5, 4, 3)) for name in ("first", "last")}
    layers["last"][2, 0] = 0.0
    data = on_data.flow(layers).traits["data"]
    for line, arrays, counts, zeros in zip(
        data["norms"], layers.values(), data["counts"], data["zeros"], strict=True
    ):
        assert line == pytest.approx([np.linalg.norm(array) for array in arrays])
        assert [sum(c) + z for c, z in zip(counts, zeros, strict=True)] == [12] * 5
    low, high = data["limits"]
    assert all(10**low <= v <= 10**high for line in data["norms"] for v in line)


def test_flow_refuses_layers_of_different_lives():
    with pytest.raises(ArgumentError, match="as many steps"):
        twin("flow", {"a": [[1.0]], "b": [[1.0], [2.0]]})
    with pytest.raises(ArgumentError, match="not zero"):
        twin("flow", {"a": [[0.0]]})


def test_switches_keep_answers_and_their_code_together():
    made = scenes.SCENES["switches"](
        PANEL,
        ways={"eval()": "net.eval()(x)", "no_grad()": "..."},
        proofs={"records?": "y.grad_fn is not None"},
    )
    assert made.rows == [["switch", "records?"], ["eval()", "yes"], ["no_grad()", "no"]]
    assert made.traits["data"]["ways"][0] == "net.eval()(x)"


def halved(by, run):
    return run() / by


def test_switches_show_the_code_of_functions():
    ways = {"eval()": len, "no_grad()": lambda net: net}
    proofs = {"records?": functools.partial(halved, 2)}
    data = scenes.SCENES["switches"](PANEL, ways=ways, proofs=proofs).traits["data"]
    assert data["ways"][0] == "len"  # not in Python: its name has to do
    assert "lambda net: net" in data["ways"][1]
    code = "def halved(by, run):\n    return run() / by\n# with 2"
    assert data["proofs"] == [code]


# -- a graph of PyTorch's --------------------------------------------------------------
@pytest.fixture
def graph(needs):
    torch = needs("torch")
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    x = torch.tensor([3.0, 4.0])
    return w, x, ((w * x).exp() * 2).sum()


def test_the_live_graph_says_what_is_kept_and_at_which_version(graph):
    w, x, out = graph
    rows = twin("live", out, w=w, x=x)
    names = [row[1] for row in rows[1:]]
    assert names[0] == "SumBackward0"
    assert names[-1] == "AccumulateGrad"
    kept = {row[1]: row[3:] for row in rows[1:]}
    assert kept["MulBackward0"] == ["other = x (2,)", "0"]
    assert kept["AccumulateGrad"] == ["the leaf w (2,)", "0"]
    x += 1
    now = {row[1]: row[3:] for row in twin("live", out, w=w, x=x)[1:]}
    assert now["MulBackward0"] == ["other (changed since)", "0, now 1"]


def test_the_live_graph_says_what_a_backward_has_freed(graph):
    w, x, out = graph
    out.backward()
    assert "other (freed)" in str(twin("live", out, w=w, x=x))


def test_every_node_stands_before_those_that_it_passes_on_to(graph):
    data = scenes.SCENES["live"](graph[2]).traits["data"]
    for k, node in enumerate(data["nodes"]):
        assert all(arg < k for arg in node["args"])


def test_the_live_graph_refuses_what_has_none(graph, needs):
    torch = needs("torch")
    with pytest.raises(ArgumentError, match="grad_fn"):
        twin("live", graph[0])
    deep = graph[0]
    for _ in range(50):
        deep = deep + 1
    with pytest.raises(ArgumentError, match="40"):
        twin("live", deep)
    assert torch.is_tensor(deep)


# -- the door --------------------------------------------------------------------------
def test_python_and_the_widget_know_the_same_scenes():
    known = {name or "playground" for name in one("facts")["scenes"]}
    assert known == set(scenes.SCENES)
    assert {name for name, *_ in EXAMPLES} == known - {"live"}


@pytest.mark.parametrize("name,settings,more", EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_a_scene_is_a_widget_and_its_twin_a_table(name, settings, more, needs):
    needs("anywidget")
    playground.widget.widget_class.cache_clear()
    shown = playground.scene(name, *settings, **more)
    assert shown.scene == ("" if name == "playground" else name)
    rows = twin(name, *settings, **more)
    assert len({len(row) for row in rows}) == 1
    assert len(rows) > 1
    assert "\n" not in repr(shown)
    assert len(repr(shown)) < 80


def test_without_anywidget_a_scene_is_one_line(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    playground.widget.widget_class.cache_clear()
    for name, settings, more in EXAMPLES:
        assert playground.scene(name, *settings, **more) is None
    lines = capsys.readouterr().out.splitlines()
    assert lines == [scenes.PLAIN] * len(EXAMPLES)


def test_an_unknown_scene_or_input_is_named():
    with pytest.raises(ArgumentError, match="did you mean 'staircase'"):
        twin("staircases")
    for name, inputs in itertools.product(("microscope", "arrows"), ({"z": 1.0},)):
        with pytest.raises(ArgumentError, match="no input"):
            twin(name, FORMULA, inputs)
