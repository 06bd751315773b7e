"""T6: a chain of a thousand steps, its states kept, forgotten, or in between."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_ref.chain import checkpoint_chain
from autograd_ref.checkpoint import checkpoint_sequential
from autograd_ref.meter import LiveBytes
from autograd_ref.schedules import binomial_cost, sqrt_segments
from autograd_ref.tensor import Tensor
from tests.benchmarks import peers
from tests.benchmarks.array_peers import Arrays
from tests.benchmarks.harness import OURS, Step, Target, Workload

STEPS, STATE = 1000, (256, 32)
SLOTS = (3, 5, 10, 20, 43)


def start(shape: tuple[int, ...]) -> Any:
    """Where the chain begins; every step is a tanh."""
    return np.random.default_rng(11).uniform(0.5, 1.5, shape)


def reference(n: int, shape: tuple[int, ...]) -> Arrays:
    """The chain rule in one forward sweep: a product of 1 / cosh(x)**2."""
    x = start(shape)
    slope = np.ones(shape)
    for _ in range(n):
        slope /= np.cosh(x) ** 2
        x = np.tanh(x)
    return [float(x.sum()), *slope.ravel().tolist()]


def digest(result: Arrays) -> Any:
    """The sum of the last state, and the gradient entry by entry."""
    value, gradient = result
    return np.concatenate([[float(value)], np.ravel(np.asarray(gradient))])


def our_step(run: Callable[[list[Any], Tensor], Tensor], n: int, shape: Any) -> Step:
    """Forward by `run(functions, x)`, and backward."""
    x, functions = Tensor(start(shape), requires_grad=True), [_tanh] * n

    def step() -> Arrays:
        x.grad = None
        y = run(functions, x).sum()
        y.backward()
        return [y.item(), x.grad]

    return step


def _tanh(x: Any) -> Any:
    return x.tanh()


def _full(functions: list[Any], x: Any) -> Any:
    for f in functions:
        x = f(x)
    return x


def _root(functions: list[Any], x: Tensor) -> Tensor:
    found: Tensor = checkpoint_sequential(functions, sqrt_segments(len(functions)), x)
    return found


def _torch_step(reentrant: bool | None, n: int, shape: Any) -> Step:
    """Torch's chain; `reentrant` says which kind of checkpoint, None is no one."""
    torch = peers.load("torch")
    point = importlib.import_module("torch.utils.checkpoint")
    x, functions = torch.tensor(start(shape), requires_grad=True), [torch.tanh] * n

    def run(x: Any) -> Any:
        if reentrant is None:
            return _full(functions, x)
        segments = sqrt_segments(n)
        return point.checkpoint_sequential(
            functions, segments, x, use_reentrant=reentrant
        )

    def step() -> Arrays:
        x.grad = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            y = run(x).sum()
        y.backward()
        return [y.item(), x.grad]

    return step


def _hips_step(n: int, shape: Any) -> Step:
    tanh = importlib.import_module("autograd.numpy").tanh
    both = peers.load("autograd").value_and_grad(lambda x: _full([tanh] * n, x).sum())
    x = start(shape)
    return lambda: both(x)  # type: ignore[no-any-return]


def chain_workloads(n: int = STEPS, shape: tuple[int, ...] = STATE) -> list[Workload]:
    """All states kept, and about two square roots of n of them."""
    full: dict[str, Callable[[], Step]] = {
        OURS: lambda: our_step(_full, n, shape),
        "ours, binomial, 10 slots": lambda: our_step(
            lambda f, x: checkpoint_chain(f, x, 10), n, shape
        ),
    }
    root: dict[str, Callable[[], Step]] = {OURS: lambda: our_step(_root, n, shape)}
    if peers.load("torch") is not None:
        full["torch"] = lambda: _torch_step(None, n, shape)
        root["torch"] = lambda: _torch_step(False, n, shape)
        root["torch, reentrant"] = lambda: _torch_step(True, n, shape)
    if peers.load("autograd") is not None:
        full["autograd"] = lambda: _hips_step(n, shape)
    size = "x".join(map(str, shape))
    rows = [
        ("T6", f"chain of {n} steps on {size}, all kept", full, [("torch", 1.6, 1.75)]),
        ("T6 root", f"the same, {sqrt_segments(n)} checkpoints", root,
         [("torch", 2.0, 2.66), ("torch, reentrant", 2.0, 2.17)]),
    ]  # fmt: skip
    return [
        Workload(
            name,
            title,
            engines,
            lambda: reference(n, shape),
            tuple(Target(*aim) for aim in aims),
            1e-9,
            digest=digest,
        )
        for name, title, engines, aims in rows
    ]


def peaks(n: int = STEPS, shape: tuple[int, ...] = STATE) -> dict[str, dict[str, Any]]:
    """Peak memory in states, and forward steps run again, of each way to go."""
    roads: dict[str, Any] = {"all kept": _full, "square root": _root}
    for slots in SLOTS:
        roads[f"binomial, {slots} slots"] = lambda f, x, s=slots: checkpoint_chain(
            f, x, s
        )
    found = {}
    for name, run in roads.items():
        calls: list[int] = []
        peak = _peak(run, n, shape, calls)
        found[name] = {"states": peak, "again": len(calls) - n}
    for slots in SLOTS:
        found[f"binomial, {slots} slots"]["theory"] = binomial_cost(n, slots)
    return found


def _peak(run: Any, n: int, shape: tuple[int, ...], calls: list[int]) -> float:
    x = Tensor(start(shape), requires_grad=True)

    def tanh(x: Tensor) -> Any:
        calls.append(1)
        return x.tanh()

    functions = [tanh] * n
    with LiveBytes() as live:
        run(functions, x).sum().backward()
    return live.peak / x.primal.nbytes


def workloads() -> list[Workload]:
    """T6 with the targets of the plan; a ratio is peer's time / our time."""
    return chain_workloads()
