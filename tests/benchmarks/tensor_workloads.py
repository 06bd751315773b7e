"""The tensor engine's workloads T1 to T3: gradients of networks and of long chains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks import array_peers, by_hand
from tests.benchmarks.array_peers import Arrays, Program
from tests.benchmarks.harness import Step, Target, Workload

HAND, IN_PLACE = "hand NumPy", "hand NumPy in place"


def draw(seed: int, *shapes: tuple[int, ...], dtype: Any = np.float32) -> list[Any]:
    """Normal arrays whose scale keeps a network's layers alike."""
    rng = np.random.default_rng(seed)
    return [
        (rng.normal(size=of) / max(1.0, of[-1]) ** 0.5).astype(dtype) for of in shapes
    ]


def gradient_workload(
    name: str,
    title: str,
    program: Program,
    parameters: Arrays,
    constants: Arrays,
    targets: tuple[Target, ...],
    tolerances: tuple[float, float],
    hand: dict[str, Callable[[], Step]] | None = None,
) -> Workload:
    """Loss and gradients of `program` on every kit, and written out by hand."""
    rng = np.random.default_rng(7)
    directions = [rng.normal(size=p.shape) for p in parameters]
    engines: dict[str, Callable[[], Step]] = {
        kit.name: lambda kit=kit: kit.step(program, parameters, constants)  # type: ignore[misc]
        for kit in array_peers.kits()
    }
    engines |= hand or {}
    return Workload(
        name,
        title,
        engines,
        lambda: array_peers.by_complex_step(program, parameters, constants, directions),
        targets,
        *tolerances,
        digest=array_peers.along(directions),
    )


# -- T1: a classifier ------------------------------------------------------------------
def classifier(act: str) -> Program:
    """Two hidden layers, mean cross-entropy; `act` names the activation."""

    def program(o: Any, parameters: Arrays, constants: Arrays) -> Any:
        (w1, b1, w2, b2, w3, b3), (x, labels) = parameters, constants
        activation = getattr(o, act)
        h = activation(o.linear(x, w1, b1))
        h = activation(o.linear(h, w2, b2))
        return o.cross_entropy(o.linear(h, w3, b3), labels)

    return program


def classifier_data(batch: int, *widths: int) -> tuple[list[Any], list[Any]]:
    """Parameters (weight, bias of each layer) and constants (inputs, labels), f32."""
    shapes: list[tuple[int, ...]] = []
    for before, after in zip(widths, widths[1:], strict=False):  # noqa: RUF007
        shapes += [(after, before), (after,)]
    (x,) = draw(1, (batch, widths[0]))
    x *= np.float32(widths[0] ** 0.5)
    labels = np.random.default_rng(2).integers(0, widths[-1], batch)
    return draw(3, *shapes), [x, labels]


def _classifier_workload(
    name: str, batch: int, *widths: int, targets: tuple[Target, ...]
) -> Workload:
    parameters, constants = classifier_data(batch, *widths)
    return gradient_workload(
        name,
        f"MLP {batch}x{'-'.join(map(str, widths))}, f32",
        classifier("relu"),
        parameters,
        constants,
        targets,
        (1e-4, 1e-7),
        {
            HAND: lambda: by_hand.classifier_step(parameters, *constants),
            IN_PLACE: lambda: by_hand.classifier_step_in_place(parameters, *constants),
        },
    )


# -- T2: a chain of elementwise operations ---------------------------------------------
OPERATIONS = 1000


def chain(o: Any, parameters: Arrays, constants: Arrays) -> Any:
    """A thousand operations, four in turn, on vectors."""
    (w, b, y), tanh = parameters, o.tanh
    for _ in range(OPERATIONS // 4):
        y = y * w
        y = y + b
        y = tanh(y)
        y = y - w
    return o.mean_square(y)


def chain_workload(d: int = 100) -> Workload:
    """T2: what an operation costs beside its arithmetic."""
    parameters = w, b, y = draw(4, (d,), (d,), (d,), dtype=np.float64)
    return gradient_workload(
        "T2",
        f"{OPERATIONS} elementwise operations, d = {d}",
        chain,
        parameters,
        [],
        (
            Target(HAND, 1 / 2.4, 1 / 2.35), Target("torch", 2.2, 2.37),
            Target("autograd", 5.8, 6.2),
            Target("mygrad", 3.8, 4.0),
        ),
        (1e-8, 1e-12),
        {
            HAND: lambda: by_hand.chain_step(w, b, y, OPERATIONS // 4),
            IN_PLACE: lambda: by_hand.chain_step_in_place(w, b, y, OPERATIONS // 4),
        },
    )  # fmt: skip


# -- T3: a transformer block -----------------------------------------------------------
HEADS = 4


def block(o: Any, parameters: Arrays, constants: Arrays) -> Any:
    """Attention and a two-layer net, each after a layer norm and beside a bypass."""
    (x,) = constants
    (s1, t1, wq, bq, wk, bk, wv, bv, wo, bo, s2, t2, w1, b1, w2, b2) = parameters
    h = o.layer_norm(x, s1, t1)
    q, k, v = (
        o.heads(o.linear(h, w, b), HEADS) for w, b in ((wq, bq), (wk, bk), (wv, bv))
    )
    scale = (q.shape[-1]) ** -0.5
    shares = o.softmax((q @ o.swapped(k)) * scale)
    x = x + o.linear(o.merged(shares @ v), wo, bo)
    h = o.gelu(o.linear(o.layer_norm(x, s2, t2), w1, b1))
    return o.mean_square(x + o.linear(h, w2, b2))


def block_workload(
    name: str, batch: int, time: int, width: int, targets: tuple[Target, ...]
) -> Workload:
    """T3 on an input of shape (batch, time, width), f32, hidden width 4 times."""
    square, bias, wide = (width, width), (width,), (4 * width,)
    shapes = [bias, bias, *[square, bias] * 4, bias, bias, (4 * width, width), wide,
              (width, 4 * width), bias]  # fmt: skip
    parameters = draw(5, *shapes)
    parameters[0] += 1.0
    parameters[10] += 1.0
    (x,) = draw(6, (batch, time, width))
    return gradient_workload(
        name,
        f"transformer block B{batch} T{time} D{width}, f32",
        block,
        parameters,
        [x * np.float32(width**0.5)],
        targets,
        (1e-3, 1e-6),  # a key's bias moves nothing: only rounding is left of its slope
    )


def workloads() -> list[Workload]:
    """T1 to T3 with the targets of the plan; a ratio is peer's time / our time."""
    return [
        _classifier_workload(
            "T1", 128, 784, 256, 256, 10,
            targets=(
                Target(HAND, 0.95, 1.0), Target("torch", 1.1, 1.22),
                Target("autograd", 2.4, 2.6),
            ),
        ),
        _classifier_workload(
            "T1 small", 8, 32, 32, 32, 10,
            targets=(
                Target(HAND, 1 / 1.25, 1 / 1.19), Target("torch", 2.8, 3.1),
                Target("autograd", 10.0, 10.9),
            ),
        ),
        chain_workload(),
        block_workload(
            "T3", 4, 32, 64,
            (
                Target("torch", 1.15, 1.27), Target("autograd", 4.0, 4.6),
                Target("jax.jit", 1.05, 1.17),
            ),
        ),
        block_workload(
            "T3 large", 8, 128, 256,
            (
                Target("torch", 0.98, 0.98), Target("autograd", 2.5, 2.5),
                Target("jax.jit", 1.3, 1.3),
            ),
        ),
    ]  # fmt: skip
