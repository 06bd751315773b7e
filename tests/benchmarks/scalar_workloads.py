"""The scalar engine's workloads, S1 to S4: one program each, run by every engine."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_ref import dual, scalar
from tests.benchmarks import peers
from tests.benchmarks.harness import OURS, Step, Target, Workload
from tests.benchmarks.peers import Engine

Program = Callable[[Callable[[float], Any]], tuple[Any, list[Any]]]


def stepper(engine: Engine, program: Program) -> Callable[[], Step]:
    """The program on one engine: build, walk back, read, drop."""

    def step() -> Sequence[float]:
        out, leaves = program(engine.number)
        engine.backward(out)
        return [engine.data(out), *(engine.gradient(x) for x in leaves)]

    return lambda: step


def on_engines(program: Program, *names: str) -> dict[str, Callable[[], Step]]:
    """A step for each of the named engines that is installed."""
    return {e.name: stepper(e, program) for e in peers.engines(*names)}


# -- S1: micrograd's demo: two moons, a 2-16-16-1 net, margin loss ------------------
def moons(n: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaved half circles with noise, labels -1 and 1."""
    rng = np.random.default_rng(0)
    t = rng.uniform(0, np.pi, n)
    y = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    lower = np.stack([1 - np.cos(t), 0.5 - np.sin(t)], axis=1)
    points = np.where(y[:, None] > 0, upper, lower)
    return points + rng.normal(scale=0.1, size=points.shape), y


def moons_step(engine: Engine, nn: Any) -> Step:
    """One training step's gradient, in the words of micrograd's demo."""
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    points, labels = (a.tolist() for a in moons())

    def step() -> Sequence[float]:
        inputs = [list(map(engine.number, row)) for row in points]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * s).relu() for yi, s in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        total = data_loss + penalty
        model.zero_grad()
        engine.backward(total)
        return [total.data, *(p.grad for p in model.parameters())]

    return step


def moons_fused_step() -> Step:
    """The same loss with `dot`: one node a neuron, inputs as plain numbers."""
    random.seed(1337)
    model = peers.micrograd_nn(scalar.Value).MLP(2, [16, 16, 1])
    points, labels = (a.tolist() for a in moons())
    params = model.parameters()
    hidden = [[(n.w, n.b) for n in layer.neurons] for layer in model.layers[:-1]]
    (last,) = model.layers[-1].neurons
    w_out, b_out = last.w, last.b
    dot = scalar.dot

    def score(x: Any) -> Any:
        for layer in hidden:
            x = [dot(w, x, b).relu() for w, b in layer]
        return dot(w_out, x, b_out)

    def step() -> Sequence[float]:
        pairs = zip(labels, points, strict=True)
        losses = [(1 - y * score(x)).relu() for y, x in pairs]
        shares = [1.0 / len(losses)] * len(losses)
        total = dot(losses, shares) + 1e-4 * dot(params, params)
        scalar.zero_grad(params)
        total.backward()
        return [total.data, *(p.grad for p in params)]

    return step


def moons_reference() -> Sequence[float]:
    """Value and gradient by hand, in NumPy, in the order of micrograd's parameters."""
    random.seed(1337)
    draw = random.uniform
    sizes = [(2, 16), (16, 16), (16, 1)]
    weights = [np.array([[draw(-1, 1) for _ in range(a)] for _ in range(b)])
               for a, b in sizes]  # fmt: skip
    x, y = moons()
    kept = [x]
    for k, w in enumerate(weights):
        x = x @ w.T
        x = np.maximum(x, 0.0) if k < 2 else x
        kept.append(x)
    margin = np.maximum(1 - y * x[:, 0], 0.0)
    value = margin.mean() + 1e-4 * sum((w * w).sum() for w in weights)
    g = (np.where(margin > 0, -y, 0.0) / len(y))[:, None]
    gradients: list[float] = []
    for k in (2, 1, 0):
        per_weight = g.T @ kept[k] + 2e-4 * weights[k]
        rows = np.concatenate([per_weight, g.sum(axis=0)[:, None]], axis=1)
        gradients = [*rows.ravel(), *gradients]
        g = (g @ weights[k]) * (kept[k] > 0)
    return [value, *gradients]


def moons_engines(*names: str) -> dict[str, Callable[[], Step]]:
    """Micrograd's demo on each of the named engines; none without micrograd's `nn`."""
    made: dict[str, Callable[[], Step]] = {}
    for engine in peers.engines(*names):
        nn = peers.micrograd_nn(engine.number)
        if nn is not None:
            made[engine.name] = lambda engine=engine, nn=nn: moons_step(engine, nn)
    return made


# -- S2: a chain ----------------------------------------------------------------------
def chain(n: int) -> Program:
    """Depth n, four operations in turn, with Values and with plain numbers."""

    def program(number: Callable[[float], Any]) -> tuple[Any, list[Any]]:
        w, b, y = leaves = [number(0.999), number(0.001), number(1.0)]
        for _ in range(n // 4):
            y = y * w
            y = y + b
            y = y * 0.999
            y = -y
        return y, leaves

    return program


def chain_reference(n: int) -> Sequence[float]:
    """Forward mode in plain floats: value and three tangents."""
    w, b, y, dw, db, dy = 0.999, 0.001, 1.0, 0.0, 0.0, 1.0
    for _ in range(n // 4):
        dw, db, dy = -(dw * w + y) * 0.999, -(db * w + 1.0) * 0.999, -dy * w * 0.999
        y = -(y * w + b) * 0.999
    return [y, dw, db, dy]


# -- S3: diamonds, fan-out, a dense graph --------------------
def diamonds(n: int) -> Program:
    """n diamonds in a row: 2**n paths."""

    def program(number: Callable[[float], Any]) -> tuple[Any, list[Any]]:
        x = y = number(1.0)
        for _ in range(n):
            y = y * 0.5 + y * 0.4999
        return y, [x]

    return program


def fan_out(n: int) -> Program:
    """One leaf used 2n times."""

    def program(number: Callable[[float], Any]) -> tuple[Any, list[Any]]:
        x, y = number(0.5), number(0.0)
        for _ in range(n):
            y = y + x * x
        return y, [x]

    return program


def dense(n: int) -> Program:
    """Node k is the weighted sum of all nodes before it: n*n/2 edges."""

    def program(number: Callable[[float], Any]) -> tuple[Any, list[Any]]:
        nodes = [number(1.0)]
        for _ in range(1, n):
            z = nodes[0] * (1.0 / n)
            for x in nodes[1:]:
                z = z + x * (1.0 / n)
            nodes.append(z)
        return nodes[-1], [nodes[0]]

    return program


# -- S4: Rosenbrock --------------------
POINT = [0.5 + 0.01 * k for k in range(100)]


def rosenbrock(x: Sequence[Any]) -> Any:
    """The sum over i of 100*(x[i+1] - x[i]**2)**2 + (1 - x[i])**2."""
    pairs = zip(x, x[1:], strict=False)  # noqa: RUF007 -- as its users write it
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairs)


def rosenbrock_program(number: Callable[[float], Any]) -> tuple[Any, list[Any]]:
    leaves = [number(x) for x in POINT]
    return rosenbrock(leaves), leaves


def rosenbrock_reference() -> Sequence[float]:
    """The closed form."""
    x = np.array(POINT)
    a, b = x[:-1], x[1:]
    g = np.zeros_like(x)
    g[:-1] += -400 * a * (b - a * a) - 2 * (1 - a)
    g[1:] += 200 * (b - a * a)
    return [float(np.sum(100 * (b - a * a) ** 2 + (1 - a) ** 2)), *g]


def rosenbrock_engines() -> dict[str, Callable[[], Step]]:
    """Reverse mode on numbers, forward mode on numbers, and peers on whole arrays."""
    found = on_engines(rosenbrock_program, OURS, "micrograd", "torch 0-d")
    found["our n-pass dual"] = lambda: _n_passes
    for peer, step in (("ad", _by_ad), ("torch", _by_torch), ("autograd", _by_hips)):
        if peers.load(peer) is not None:
            found["ad" if peer == "ad" else f"{peer} arrays"] = step
    return found


def _n_passes() -> Sequence[float]:
    duals = [dual.Dual(x) for x in POINT]
    seeded = (
        rosenbrock([*duals[:i], dual.Dual(POINT[i], 1.0), *duals[i + 1 :]])
        for i in range(len(POINT))
    )
    results = list(seeded)
    return [results[0].primal, *(z.tangent for z in results)]


def _by_ad() -> Step:
    adnumber = peers.load("ad").adnumber

    def step() -> Sequence[float]:
        leaves = [adnumber(x) for x in POINT]
        z = rosenbrock(leaves)
        return [z.x, *z.gradient(leaves)]

    return step


def _in_arrays(x: Any) -> Any:
    a, b = x[:-1], x[1:]
    return (100 * (b - a**2) ** 2 + (1 - a) ** 2).sum()


def _by_torch() -> Step:
    torch = peers.load("torch")
    x = torch.tensor(POINT, dtype=torch.float64, requires_grad=True)

    def step() -> Sequence[float]:
        z = _in_arrays(x)
        (g,) = torch.autograd.grad(z, x)
        return [z.item(), *g.tolist()]

    return step


def _by_hips() -> Step:
    both = peers.load("autograd").value_and_grad(_in_arrays)
    x = np.array(POINT)

    def step() -> Sequence[float]:
        z, g = both(x)
        return [z, *g.tolist()]

    return step


def workloads() -> list[Workload]:
    """S1 to S4 with the targets of the plan; a ratio is peer's time / our time."""
    mended = "micrograd-iterative"
    spelled = moons_engines("micrograd")
    return [
        Workload(
            "S1",
            "two moons, micrograd's own user code",
            moons_engines(OURS, "micrograd"),
            moons_reference,
            (
                Target("micrograd", 14.0, 17.0),
                Target("micrograd", 1.9, 2.04, gc_on=False),
            ),
        ),
        Workload(
            "S1f",
            "the same loss, our fused dot: another program",
            {OURS: moons_fused_step, **spelled} if spelled else {},
            moons_reference,
            (Target("micrograd", 60.0, 71.0),),
        ),
        Workload(
            "S2",
            "chain of 100 000 operations",
            on_engines(chain(100_000), OURS, "micrograd", mended, "torch 0-d"),
            lambda: chain_reference(100_000),
            (Target(mended, 8.5, 9.8), Target("torch 0-d", 9.0, 10.7)),
        ),
        *_graphs(mended),
        Workload(
            "S4",
            "Rosenbrock, n = 100",
            rosenbrock_engines(),
            rosenbrock_reference,
            (Target("micrograd", 11.0, 12.0), Target("ad", 1500.0, 2170.0)),
        ),
    ]


def _graphs(peer: str) -> list[Workload]:
    z = 1.0 / 250 * (1 + 1.0 / 250) ** 248
    rows = [
        ("S3a", "20 000 diamonds", diamonds(20_000), [0.9999**20_000] * 2, (6.5, 7.2)),
        (
            "S3b",
            "one leaf used 100 000 times",
            fan_out(50_000),
            [12_500.0, 5e4],
            (15.0, 19.3),
        ),
        ("S3c", "dense graph of 250", dense(250), [z, z], (16.0, 18.9)),
    ]
    return [
        Workload(
            name,
            title,
            on_engines(program, OURS, peer, "torch 0-d"),
            lambda expected=expected: expected,
            (Target(peer, *aim),),
        )
        for name, title, program, expected, aim in rows
    ]
