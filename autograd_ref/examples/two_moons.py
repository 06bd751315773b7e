# ruff: noqa: T201 -- its progress is for a person
"""Two half circles that no line parts, and a small network that learns to.

    python -m autograd_ref.examples.two_moons

makes the points, trains on half of them and says how many of the other half it gets
right. Takes seconds. Everything that is random comes from `--seed`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import ops
from ..errors import ArgumentError
from ..mode import no_grad
from ..nn import MLP, Module, cross_entropy
from ..optim import Adam

__all__ = ["Points", "accuracy", "main", "moons", "train"]


class Points(NamedTuple):
    """Places (n, 2) and which moon each belongs to, (n,) of 0 and 1.

    >>> Points(np.zeros((3, 2)), np.zeros(3, int)).labels
    array([0, 0, 0])
    """

    places: Any
    labels: Any


def moons(n: int, noise: float, rng: np.random.Generator) -> Points:
    """`n` points near two half circles of radius 1, which reach into each other.

    Labels alternate; every place is moved by a normal step of deviation `noise`.

    >>> points = moons(4, 0.0, np.random.default_rng(0))
    >>> points.places.shape, points.labels
    ((4, 2), array([0, 1, 0, 1]))
    """
    labels = np.arange(n) % 2
    angle = rng.uniform(0.0, np.pi, n)
    side = 1.0 - 2.0 * labels  # the second moon is the first one turned around
    x = side * np.cos(angle) + labels
    y = side * np.sin(angle) + 0.5 * labels
    places = np.stack([x, y], axis=1) + noise * rng.normal(size=(n, 2))
    return Points(places, labels)


def accuracy(model: Module, points: Points) -> float:
    """Share of the points whose moon the model names.

    >>> class Left(Module):
    ...     def forward(self, x):
    ...         return np.stack([-x[:, 0], x[:, 0]], axis=1)
    >>> accuracy(Left(), Points(np.array([[-1.0, 0.0], [1.0, 0.0]]), np.array([0, 0])))
    0.5
    """
    with no_grad():
        logits = model(points.places)
    return float(np.mean(np.argmax(logits, axis=1) == points.labels))


def train(
    model: Module,
    points: Points,
    steps: int,
    lr: float,
    tell: Callable[[int, float], None] = lambda step, loss: None,
) -> list[float]:
    """Train with Adam on all points at once; the loss before each step.

    `tell(step, loss)` is called with each.

    >>> rng = np.random.default_rng(0)
    >>> losses = train(MLP([2, 8, 2], rng=rng), moons(20, 0.1, rng), steps=30, lr=0.02)
    >>> losses[-1] < losses[0]
    True
    """
    optimizer = Adam(model.parameters(), lr=lr)
    losses = []
    for step in range(steps):
        loss = cross_entropy(model(points.places), points.labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        tell(step, losses[-1])
    return losses


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd_ref.examples.two_moons",
        description="Train a small network to part two moons.",
        epilog="example:\n  python -m autograd_ref.examples.two_moons --noise 0.2",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--points", type=int, default=400, help="half to train on, half to test (400)")
    add("--noise", type=float, default=0.1, help="how blurred the moons are (0.1)")
    add("--hidden", type=int, default=16, help="width of the two hidden layers (16)")
    add("--steps", type=int, default=300, help="steps of Adam (300)")
    add("--lr", type=float, default=0.02, help="rate of Adam (0.02)")
    add("--seed", type=int, default=0, help="decides points and weights (0)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (the command line's if None).

    >>> main(["--steps", "1", "--points", "8"])  # doctest: +ELLIPSIS
    step    1  loss ...
    right on 4 new points: ...
    0
    """
    parser = _parser()
    try:
        _run(parser.parse_args(arguments))
    except ArgumentError as error:
        parser.error(str(error))
    return 0


def _run(chosen: argparse.Namespace) -> None:
    for_points, for_weights = np.random.default_rng(chosen.seed).spawn(2)
    half = max(1, chosen.points // 2)
    known = moons(half, chosen.noise, for_points)
    new = moons(half, chosen.noise, for_points)
    model = MLP([2, chosen.hidden, chosen.hidden, 2], ops.tanh, rng=for_weights)

    def tell(step: int, loss: float) -> None:
        if (step + 1) % 50 == 0 or step == 0:
            print(f"step {step + 1:4d}  loss {loss:.4f}")

    train(model, known, chosen.steps, chosen.lr, tell)
    print(f"right on {half} new points: {accuracy(model, new):.1%}")


if __name__ == "__main__":
    sys.exit(main())
