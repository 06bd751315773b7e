"""The quick reference on the index page: what can be run is run here, row by row."""

import re
import tomllib
import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_ref import dual, finite, tape
from graders.pipeline import source
from tests.conftest import require
from tests.course.test_lessons import ROOT, STEMS, stated

torch: Any = require("torch", why="most rows are about it")
# torch's forward mode compiles its own rules, by a way that torch itself calls old.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*torch.jit.script.*:DeprecationWarning"
)

Fact = Callable[[], None]
MODES: dict[str, Fact] = {}
CONCEPTS: dict[str, Fact] = {}
# Rows of the first table that say what something is, not what it does.
IN_WORDS = {"idea", "step to choose", "needs", "cheapest for"}
TERMS = (
    "adjoint", "checkpoint", "cotangent", "dual number", "graph", "Hessian", "Jacobian",
    "JVP", "leaf", "primal", "surrogate", "tangent", "tape", "VJP",
)  # fmt: skip


# -- the page --------------------------------------------------------------------------
@lru_cache
def page() -> str:
    cells = source.load(ROOT / "solutions" / "index.py", ROOT).cells
    return "\n\n".join(cell.source for cell in cells if cell.kind == "prose")


def part(title: str) -> str:
    """What stands below a heading of the page, to the next one."""
    _, found, rest = page().partition(f"\n## {title}\n")
    assert found, f"the index has no section {title!r}"
    return rest.partition("\n## ")[0]


def rows(title: str) -> list[str]:
    """Heads of a table's rows, without marks."""
    heads = re.findall(r'<th\s+scope="row">(.*?)</th>', part(title), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", "", head).split()) for head in heads]


def entries(title: str) -> list[tuple[str, str]]:
    """(head, text) of the points of a list, each with a head in bold."""
    points = re.split(r"^- ", part(title), flags=re.MULTILINE)[1:]
    plain = [" ".join(point.split()) for point in points]
    pairs = [re.match(r"\*\*(.+?)\*\*(.*)", point) for point in plain]
    assert all(pairs), plain
    return [(pair[1], pair[2]) for pair in pairs if pair]


def row(table: dict[str, Fact], name: str) -> Callable[[Fact], Fact]:
    def keep(fact: Fact) -> Fact:
        table[name] = fact
        return fact

    return keep


def test_each_row_on_the_modes_that_can_be_run_is_run() -> None:
    assert set(rows("Forward or reverse?")) == set(MODES) | IN_WORDS


def test_each_row_on_pytorch_is_run() -> None:
    assert rows("PyTorch in one table") == list(CONCEPTS)


# -- forward or reverse ----------------------------------------------------------------
POINT = np.array([0.5, -1.2, 2.0])


def two_of_three(x):
    """R^3 to R^2, for arrays, dual numbers and traces."""
    return [x[0] * x[1] * x[2], x[0] * x[0] - x[2]]


def jacobian() -> np.ndarray:
    x, y, z = POINT
    return np.array([[y * z, x * z, x * y], [2 * x, 0.0, -1.0]])


def as_array(x):
    return np.array(two_of_three(x))


def counted(f):
    """f, and the list that grows by one entry with each call."""
    calls = []

    def counting(x):
        calls.append(1)
        return f(x)

    return counting, calls


@row(MODES, "one run gives")
def one_run():
    v, u = np.array([0.3, 2.0, -0.7]), np.array([1.5, -0.4])
    h = 1e-6
    measured = (as_array(POINT + h * v) - as_array(POINT - h * v)) / (2 * h)
    assert measured == pytest.approx(jacobian() @ v, rel=1e-8)
    counting, calls = counted(two_of_three)
    assert dual.jvp(counting, list(POINT), list(v))[1] == pytest.approx(jacobian() @ v)
    assert len(calls) == 1
    trace = tape.record(lambda *x: two_of_three(x), POINT)
    assert tape.vjp(trace, POINT, u) == pytest.approx(u @ jacobian(), rel=1e-14)


@row(MODES, "gradient, n inputs")
def gradient_calls():
    n = len(POINT)
    for run, needed in [
        (finite.gradient, 2 * n),
        (lambda f, x: finite.gradient(f, x, method="forward"), n + 1),
        (dual.gradient, n),
    ]:
        counting, calls = counted(lambda x: two_of_three(x)[0])
        assert run(counting, POINT) == pytest.approx(jacobian()[0], rel=1e-6)
        assert len(calls) == needed
    trace = tape.record(lambda *x: two_of_three(x)[0], POINT)  # one run
    assert tape.vjp(trace, POINT, [1.0]) == pytest.approx(jacobian()[0])  # one sweep


@row(MODES, "Jacobian, m outputs")
def jacobian_calls():
    counting, calls = counted(as_array)
    assert finite.jacobian(counting, POINT) == pytest.approx(jacobian(), rel=1e-6)
    assert len(calls) == 2 * len(POINT)
    counting, calls = counted(two_of_three)
    assert dual.jacobian(counting, POINT) == pytest.approx(jacobian())
    assert len(calls) == len(POINT)
    trace = tape.record(lambda *x: two_of_three(x), POINT)
    by_rows = [tape.vjp(trace, POINT, u) for u in np.eye(2)]
    assert np.array(by_rows) == pytest.approx(jacobian())


@row(MODES, "error")
def digits():
    x, true = 1.5, 3 * 1.5**2 * np.sin(1.5) + 1.5**3 * np.cos(1.5)

    def off(slope):
        return abs(float(slope) - true) / abs(true)

    def f(x):
        return x * x * x * np.sin(x)

    half = off(finite.derivative(f, x, method="forward"))
    thirds = off(finite.derivative(f, x))
    assert 1e-11 < half < 1e-6
    assert 1e-14 < thirds < 1e-9
    assert off(dual.derivative(f, x)) < 1e-15
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (leaf**3 * leaf.sin()).backward()
    assert off(leaf.grad) < 1e-15


@row(MODES, "memory")
def memory():
    def chain(x, steps):
        for _ in range(steps):
            x = x.sin()
        return x

    def saved(steps):
        kept: list[Any] = []
        hooks = torch.autograd.graph.saved_tensors_hooks(kept.append, lambda t: t)
        with hooks:
            chain(torch.ones(3, requires_grad=True), steps)
        return len(kept)

    assert [saved(n) for n in (5, 50)] == [5, 50]
    kept: list[Any] = []
    hooks = torch.autograd.graph.saved_tensors_hooks(kept.append, lambda t: t)
    with hooks, torch.no_grad():
        torch.func.jvp(lambda x: chain(x, 50), (torch.ones(3),), (torch.ones(3),))
    assert kept == []


@row(MODES, "in PyTorch")
def in_pytorch():
    x = torch.tensor(POINT)
    v, u = torch.tensor([0.3, 2.0, -0.7]).double(), torch.tensor([1.5, -0.4]).double()

    def f(x):
        return torch.stack(two_of_three(x))

    j = torch.tensor(jacobian())
    for found in (torch.func.jacfwd(f)(x), torch.func.jacrev(f)(x)):
        torch.testing.assert_close(found, j)
    torch.testing.assert_close(torch.func.jvp(f, (x,), (v,))[1], j @ v)
    torch.testing.assert_close(torch.func.vjp(f, x)[1](u)[0], u @ j)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.autograd.gradcheck(f, x.clone().requires_grad_())


@pytest.mark.parametrize("name", MODES)
def test_a_row_on_the_modes_holds(name: str) -> None:
    MODES[name]()


# -- PyTorch ---------------------------------------------------------------------------
def leaf(*numbers: float):
    values = numbers[0] if len(numbers) == 1 else numbers
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def quietly(probe):
    """What `probe()` gives, its warnings kept apart."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return probe(), [str(w.message) for w in caught]


@row(CONCEPTS, "requires_grad")
def requires_grad():
    x = leaf(2.0)
    assert (x * 3).requires_grad
    assert not (torch.ones(2) * 3).requires_grad
    with pytest.raises(RuntimeError, match="floating point"):
        torch.tensor([1, 2], requires_grad=True)


@row(CONCEPTS, "grad_fn")
def grad_fn():
    x = leaf(2.0)
    y = x * x
    assert x.grad_fn is None
    assert y.grad_fn.name() == "MulBackward0"
    node = y.grad_fn
    y.backward()
    assert y.grad_fn is node
    assert len(node.next_functions) == 2


@row(CONCEPTS, "next_functions")
def next_functions():
    x, c = leaf(2.0), torch.tensor(3.0)
    (to_x, number), nothing = (x * c).grad_fn.next_functions
    assert to_x.name().endswith("AccumulateGrad")
    assert to_x.variable is x
    assert (number, nothing) == (0, (None, 0))
    _, second = leaf(1.0, 2.0).unbind()
    assert (second * 2).grad_fn.next_functions[0][1] == 1


@row(CONCEPTS, "is_leaf")
def is_leaf():
    x = leaf(2.0, 3.0)
    assert (torch.ones(3) + 1).is_leaf
    assert not x.float().is_leaf
    for t in (x, x * 2, x.float(), torch.ones(3) + 1, x.detach()):
        assert t.is_leaf == (t.grad_fn is None)


@row(CONCEPTS, ".grad")
def grad():
    x = leaf(3.0)
    inner = x * x
    before = x.grad
    assert before is None
    for call in (1, 2):
        inner.backward(retain_graph=True)
        assert x.grad.item() == 6.0 * call
    found, said = quietly(lambda: inner.grad)
    assert found is None
    assert "not a leaf" in said[0]


@row(CONCEPTS, "retain_grad()")
def retain_grad():
    x = leaf(3.0)
    inner, late = x * x, x * x
    inner.retain_grad()
    (inner * 2 + late).backward()
    assert inner.grad.item() == 2.0
    late.retain_grad()
    assert quietly(lambda: late.grad) == (None, [])


@row(CONCEPTS, "backward()")
def backward():
    x = leaf(1.0, 2.0)
    y = x * x
    with pytest.raises(RuntimeError, match="scalar"):
        y.backward()
    y.backward(gradient=torch.tensor([10.0, 1.0]).double())
    assert x.grad.tolist() == [20.0, 4.0]
    with pytest.raises(RuntimeError, match="after they have already been freed"):
        _ = y.grad_fn._saved_self


@row(CONCEPTS, "torch.autograd.grad")
def autograd_grad():
    x, other = leaf(3.0), leaf(1.0)
    (found,) = torch.autograd.grad(x * x, x)
    assert (found.item(), x.grad) == (6.0, None)
    with pytest.raises(RuntimeError, match="allow_unused"):
        torch.autograd.grad(x * x, other)
    kept = torch.autograd.grad(x * x, [other], materialize_grads=True)
    assert kept[0].item() == 0.0


@row(CONCEPTS, "retain_graph=True")
def retain_graph():
    x = leaf(3.0)
    y = x + 1
    y.backward()
    y.backward()
    assert x.grad.item() == 2.0
    z = x * x
    z.backward(retain_graph=True)
    z.backward()
    with pytest.raises(RuntimeError, match="second time"):
        z.backward()


@row(CONCEPTS, "create_graph=True")
def create_graph():
    x = leaf(2.0)
    (slope,) = torch.autograd.grad(x**3, x, create_graph=True)
    assert torch.autograd.grad(slope, x)[0].item() == 12.0
    (flat,) = torch.autograd.grad(x**3, x)
    assert not flat.requires_grad


@row(CONCEPTS, "zero_grad()")
def zero_grad():
    assert not hasattr(torch.Tensor, "zero_grad")
    moved = {}
    for to_none in (True, False):
        p = torch.nn.Parameter(torch.ones(1))
        optimiser = torch.optim.AdamW([p], lr=0.1, weight_decay=0.0)
        (p * 2).sum().backward()
        optimiser.step()
        before = p.item()
        optimiser.zero_grad(set_to_none=to_none)
        assert (p.grad is None) == to_none
        optimiser.step()
        moved[to_none] = p.item() != before
    assert moved == {True: False, False: True}
    net = torch.nn.Linear(1, 1)
    net(torch.ones(1, 1)).sum().backward()
    net.zero_grad()
    assert net.weight.grad is None


@row(CONCEPTS, "micro-batches")
def micro_batches():
    draw = torch.Generator().manual_seed(5)
    x, y = (torch.randn(10, generator=draw).double() for _ in range(2))

    def slope(xs, ys):
        w = leaf(0.5)
        return torch.autograd.grad(((w * xs - ys) ** 2).mean(), w)[0]

    parts = [(x[:7], y[:7]), (x[7:], y[7:])]
    weighted = sum(len(xs) / 10 * slope(xs, ys) for xs, ys in parts)
    divided = sum(slope(xs, ys) / 2 for xs, ys in parts)
    whole = slope(x, y)
    torch.testing.assert_close(weighted, whole)
    assert abs(divided - whole) > 0.01
    halves = [(x[:5], y[:5]), (x[5:], y[5:])]
    torch.testing.assert_close(sum(slope(*half) / 2 for half in halves), whole)
    norm = torch.nn.BatchNorm1d(1, affine=False).double()
    at_once = norm(x[:, None])
    apart = torch.cat([norm(xs[:, None]) for xs, _ in halves])
    assert not torch.allclose(at_once, apart)


@row(CONCEPTS, "saved tensors")
def saved_tensors():
    def saved(f):
        kept: list[Any] = []
        a, b = leaf(2.0), leaf(3.0)
        with torch.autograd.graph.saved_tensors_hooks(kept.append, lambda t: t):
            f(a, b)
        return len(kept)

    assert saved(lambda a, b: a + b) == 0
    assert saved(lambda a, b: a.exp()) == 1
    assert saved(lambda a, b: a * b) == 2


@row(CONCEPTS, "in-place changes")
def in_place():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        x.add_(1)
    y = x.exp()
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
    y = x * 2
    y.add_(1)  # nothing had been saved
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    x = leaf(1.0, 2.0)
    y = x**2
    x.data += 1  # past the counter: wrong, without a word
    y.sum().backward()
    assert x.grad.tolist() == [4.0, 6.0]


@row(CONCEPTS, "detach()")
def detach():
    x = leaf(1.0, 2.0)
    d = x.detach()
    assert d.data_ptr() == x.data_ptr()
    assert (d.requires_grad, d.is_leaf) == (False, True)
    y = x**2
    d.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@row(CONCEPTS, "torch.no_grad()")
def no_grad():
    x = leaf(3.0)
    outer = x * x
    with torch.no_grad():
        assert not (x * x).requires_grad
        outer.backward()
        dropped = torch.nn.Dropout(0.5)(torch.ones(1000))
    assert x.grad.item() == 6.0
    assert (dropped == 0).any()
    assert not torch.no_grad()(lambda: x * x)().requires_grad


@row(CONCEPTS, "torch.inference_mode()")
def inference_mode():
    w = leaf(3.0)
    with torch.inference_mode():
        z = torch.ones(()).double() * 2
    assert (w + z).requires_grad
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved"):
        _ = w * z
    (w * z.clone()).backward()
    assert w.grad.item() == 2.0
    with pytest.raises(RuntimeError, match="version counter"):
        _ = z._version


@row(CONCEPTS, "model.eval()")
def model_eval():
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Dropout(0.5))
    net.eval()
    x = torch.ones(4, 2)
    assert net(x).requires_grad
    assert torch.equal(net(x), net(x))
    norm = torch.nn.BatchNorm1d(2)
    norm.eval()
    norm(x + 1)
    assert norm.running_mean.tolist() == [0.0, 0.0]


@row(CONCEPTS, "requires_grad_(False)")
def frozen():
    first, second = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
    second.requires_grad_(False)
    second(first(torch.ones(1, 2))).sum().backward()
    assert second.weight.grad is None
    assert first.weight.grad is not None
    norm = torch.nn.BatchNorm1d(2).requires_grad_(False)
    norm(torch.arange(6.0).reshape(3, 2))
    assert norm.running_mean.abs().sum() > 0


@row(CONCEPTS, "autograd.Function")
def function():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, keep):
            slope = 3 * x**2
            ctx.save_for_backward(x if keep else slope)
            ctx.keep = keep
            return x**3

        @staticmethod
        def backward(ctx, g):
            (kept,) = ctx.saved_tensors
            return g * (3 * kept**2 if ctx.keep else kept), None

    def second(keep):
        x = leaf(2.0)
        (slope,) = torch.autograd.grad(Cube.apply(x, keep) * x, x, create_graph=True)
        return torch.autograd.grad(slope, x)[0].item()

    assert second(keep=True) == 48.0  # x**4 at 2
    assert second(keep=False) != 48.0  # an intermediate was kept: silently wrong


@row(CONCEPTS, "gradcheck")
def gradcheck():
    class Floor(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            s = x.sigmoid()
            ctx.save_for_backward(s)
            return s

        @staticmethod
        def backward(ctx, g):
            (s,) = ctx.saved_tensors
            return g * (s * (1 - s)).clamp(min=0.01)

    normal = torch.randn(20, generator=torch.Generator().manual_seed(7)).double()
    check = torch.autograd.gradcheck
    assert check(Floor.apply, normal.requires_grad_())
    assert not check(Floor.apply, leaf(6.0), raise_exception=False)
    single = torch.ones(2, requires_grad=True)  # float32 has too few digits
    agrees, _ = quietly(
        lambda: check(lambda x: (100 * x).sin(), single, raise_exception=False)
    )
    assert not agrees


@row(CONCEPTS, "straight-through")
def straight_through():
    def rounds(x):
        return x + (x.round() - x).detach()

    x = leaf(0.3, 2.5, -1.7)
    y = rounds(x)
    assert y.tolist() == pytest.approx([0.0, 2.0, -2.0])
    y.backward(gradient=torch.tensor([0.5, -7.0, 2.0]).double())
    assert x.grad.tolist() == [0.5, -7.0, 2.0]
    check = torch.autograd.gradcheck
    assert not check(rounds, leaf(0.3, -1.7), raise_exception=False)


@row(CONCEPTS, "torch.func")
def func():
    x = torch.tensor(2.0).double()
    f = torch.func.grad(torch.func.grad(lambda v: v**3))
    assert f(x).item() == 12.0
    assert torch.func.vmap(f)(torch.stack([x, x + 1])).tolist() == [12.0, 18.0]
    assert torch.func.hessian(lambda v: v**3)(x).item() == 12.0

    class Old(torch.autograd.Function):
        @staticmethod
        def forward(ctx, v):
            return v * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    with pytest.raises(RuntimeError, match="setup_context"):
        torch.func.grad(Old.apply)(x)


@row(CONCEPTS, "forward_ad")
def forward_ad():
    fw = torch.autograd.forward_ad
    x, v = torch.tensor(2.0).double(), torch.tensor(10.0).double()
    with fw.dual_level():
        value, tangent = fw.unpack_dual(fw.make_dual(x, v) ** 3)
        assert (value.item(), tangent.item()) == (8.0, 120.0)
        with pytest.raises(RuntimeError, match="Nested forward mode"), fw.dual_level():
            pass


@row(CONCEPTS, "checkpoint")
def checkpoint():
    run = torch.utils.checkpoint.checkpoint
    w, x, calls = leaf(0.5, -1.0), torch.tensor([1.0, 2.0]).double(), []

    def f(x):
        calls.append(1)
        return (w * x).tanh().exp()

    plain = torch.autograd.grad(f(x).sum(), w)[0]
    calls.clear()
    again = torch.autograd.grad(run(f, x, use_reentrant=False).sum(), w)[0]
    assert torch.equal(plain, again)
    assert len(calls) == 2
    cut, _ = quietly(lambda: run(f, x, use_reentrant=True))
    assert not cut.requires_grad  # x needs no gradient, so w gets none either
    draw, made = np.random.default_rng(0), []

    def noisy(x):
        made.append(draw.normal())
        return w * x * made[-1]

    run(noisy, x, use_reentrant=False).sum().backward()
    assert made[0] != made[1]


@row(CONCEPTS, "anomaly mode")
def anomaly():
    def tried(f, at):
        x = leaf(at)
        with torch.autograd.detect_anomaly(check_nan=True):
            f(x).backward()
        return x.grad.item()

    with pytest.raises(RuntimeError, match="SqrtBackward0"):
        quietly(lambda: tried(lambda x: torch.where(x > 0, x.sqrt(), x * 0), 0.0))
    assert quietly(lambda: tried(torch.sqrt, 0.0))[0] == np.inf
    found, _ = quietly(lambda: tried(lambda x: x.log() + x, -1.0))
    assert found == 0.0  # the value was NaN


@row(CONCEPTS, "clip_grad_norm_")
def clip():
    p = torch.nn.Parameter(torch.zeros(2))
    p.grad = torch.tensor([3.0, 4.0])
    norm = torch.nn.utils.clip_grad_norm_([p], 1.0)
    assert norm.item() == 5.0
    assert p.grad.tolist() == pytest.approx([0.6, 0.8], rel=1e-5)
    x = leaf(5.0)
    x.clamp(-1, 1).backward()  # the value, not the gradient
    assert x.grad.item() == 0.0


@row(CONCEPTS, "kinks and ties")
def kinks():
    def slope(f, *at):
        x = leaf(*at)
        return torch.autograd.grad(f(x), x)[0].tolist()

    assert slope(torch.relu, 0.0) == slope(torch.abs, 0.0) == 0.0
    assert slope(lambda x: x.clamp(0, 1), 0.0) == 1.0
    assert slope(lambda x: x.max(), 2.0, 2.0) == [0.5, 0.5]
    assert sorted(slope(lambda x: x.max(0).values, 2.0, 2.0)) == [0.0, 1.0]


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_row_on_pytorch_holds(name: str) -> None:
    CONCEPTS[name]()


# -- times, takeaways, words, how to cite ----------------------------------------------
def test_the_sum_of_both_times_is_shown() -> None:
    exercises = sum(stated(stem, "exercises") for stem in STEMS)
    reading = sum(stated(stem, "reading") for stem in STEMS)
    hours = round((exercises + reading) / 60)
    words = " ".join(part("The map").split())
    needed = (
        f"{exercises} minutes of exercises and {reading} of reading, "
        f"about {hours} hours"
    )
    assert needed in words, needed


def test_each_lesson_has_its_takeaway() -> None:
    heads = [head for head, _ in entries("Key takeaways")]
    assert heads == [f"Lesson {n}." for n in range(1, 11)]


def lesson_text(number: int) -> str:
    path = next((ROOT / "solutions").glob(f"{number:02}_*.py"))
    return " ".join(path.read_text("utf-8").replace("\n# ", "\n").split()).lower()


GLOSSARY = entries("Glossary")


def test_the_glossary_is_in_order_and_complete() -> None:
    heads = [head for head, _ in GLOSSARY]
    assert heads == sorted(heads, key=str.lower)
    assert set(TERMS) <= set(heads)


@pytest.mark.parametrize("term, text", GLOSSARY, ids=[head for head, _ in GLOSSARY])
def test_a_term_is_explained_briefly_and_taught_where_it_says(
    term: str, text: str
) -> None:
    found = re.match(r" \(lesson (\d+)\): (.+)", text)
    assert found, f"{term}: no '(lesson N): ...'"
    assert 1 <= len(re.findall(r"[.?!](?=\s|$)", found[2])) <= 2, found[2]
    assert term.lower() in lesson_text(int(found[1]))


def test_the_citation_agrees_with_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    cff = (ROOT / "CITATION.cff").read_text("utf-8")
    lines = dict(re.findall(r'^([\w-]+): ?"?(.*?)"?$', cff, re.MULTILINE))
    assert lines["version"] == project["version"]
    assert {"cff-version", "message", "title", "authors"} <= set(lines)
    cited = " ".join(part("How to cite").split())
    assert lines["title"] in cited
    assert f"version {project['version']}" in cited.lower()
    assert "the autograd-course authors" in cited
    assert "the autograd-course authors" in Path(ROOT / "LICENSE").read_text("utf-8")
