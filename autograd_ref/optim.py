"""How parameters move: gradient descent with momentum, and Adam.

Names, arguments and arithmetic are torch's. A step writes in place, outside the graph,
and leaves a version behind: a backward pass through what was computed before it raises
instead of giving the gradient of a model that is gone. Torch's silences are refused: a
step without any gradient, and a parameter that is given twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from .errors import ArgumentError, DTypeError, GraphError
from .mode import no_grad
from .tensor import Tensor

__all__ = ["SGD", "Adam", "Optimizer"]


class Optimizer:
    """What moves parameters by their gradients; `lr` may be set between steps.

    A subclass gives `displacement`. Raises `ArgumentError` for an empty list of
    parameters, one that stands in it twice, or a rate below 0; `DTypeError` for what
    are no tensors, `GraphError` for a tensor that is no leaf.

    >>> class Descent(Optimizer):
    ...     def displacement(self, i, parameter, gradient):
    ...         return self.lr * gradient
    >>> w = Tensor([3.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> Descent([w], lr=0.1).step()
    >>> w
    tensor([2.4], requires_grad=True)
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        self.parameters = _leaves(parameters)
        self.lr = _at_least_0("lr", lr)

    def displacement(self, i: int, parameter: Any, gradient: Any) -> Any:
        """What is subtracted from parameter number `i`; all of them are arrays."""
        raise NotImplementedError(f"{type(self).__name__} does not say how it moves")

    def step(self) -> None:
        """Move every parameter that has a gradient; the others stay.

        Raises `GraphError` if none has one.
        """
        moving = [(i, p) for i, p in enumerate(self.parameters) if p.grad is not None]
        if not moving:
            raise GraphError(
                f"step() of {type(self).__name__} found a gradient in none of "
                f"{len(self.parameters)} parameters. Call backward() on the loss "
                "first, after zero_grad(); if you did, the loss does not depend on "
                "these parameters."
            )
        with no_grad():
            for i, p in moving:
                p.sub_(self.displacement(i, p.primal, p.grad.primal))

    def zero_grad(self) -> None:
        """Forget the gradients: `.grad` is None again, as after torch's."""
        for p in self.parameters:
            p.grad = None


class SGD(Optimizer):
    """Gradient descent: v = momentum * v + g, then p = p - lr * v.

    The first v is g itself, and `weight_decay * p` is added to g before (torch's
    form; Polyak 1964 and Sutskever et al. 2013 put lr into v).

    >>> w = Tensor([3.0], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(60):
    ...     optimizer.zero_grad()
    ...     (w * w).sum().backward()
    ...     optimizer.step()
    >>> abs(w.item()) < 0.2
    True
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = _at_least_0("momentum", momentum)
        self.weight_decay = _at_least_0("weight_decay", weight_decay)
        self._velocity: dict[int, Any] = {}

    def displacement(self, i: int, parameter: Any, gradient: Any) -> Any:
        """`lr` times the velocity."""
        g = _decayed(gradient, parameter, self.weight_decay)
        if self.momentum:
            if i in self._velocity:
                self._velocity[i] *= self.momentum
                self._velocity[i] += g
            else:
                self._velocity[i] = np.array(g)
            g = self._velocity[i]
        return self.lr * g


class Adam(Optimizer):
    """Steps of about `lr`, whatever the gradient's size: Kingma and Ba (2015).

    m and v are running means of g and of g * g, both divided by 1 - beta**t because
    they start at 0; then p = p - lr * m / (sqrt(v) + eps). `weight_decay * p` is
    added to g before, as in torch's `Adam` (not its `AdamW`).

    >>> w = Tensor([3.0, -300.0], requires_grad=True)
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.tolist()
    [2.9, -299.9]
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        if not all(0.0 <= beta < 1.0 for beta in betas):
            raise ArgumentError(
                f"Adam got betas={betas}; each must be at least 0 and below 1."
            )
        self.betas, self.eps = betas, _at_least_0("eps", eps)
        self.weight_decay = _at_least_0("weight_decay", weight_decay)
        self._moments: dict[int, tuple[int, Any, Any]] = {}

    def displacement(self, i: int, parameter: Any, gradient: Any) -> Any:
        """`lr` times the corrected mean over the corrected deviation."""
        g = _decayed(gradient, parameter, self.weight_decay)
        empty = np.zeros_like
        t, m, v = self._moments.get(i) or (0, empty(parameter), empty(parameter))
        t += 1
        (beta1, beta2), self._moments[i] = self.betas, (t, m, v)
        m *= beta1
        m += (1.0 - beta1) * g
        v *= beta2
        v += (1.0 - beta2) * (g * g)
        deviation = np.sqrt(v)
        deviation /= math.sqrt(1.0 - beta2**t)
        deviation += self.eps
        return (self.lr / (1.0 - beta1**t)) * m / deviation


def _decayed(gradient: Any, parameter: Any, weight_decay: float) -> Any:
    return gradient + weight_decay * parameter if weight_decay else gradient


def _at_least_0(name: str, value: float) -> float:
    if not value >= 0.0:
        raise ArgumentError(f"got {name}={value}; a number from 0 on is needed.")
    return float(value)


def _leaves(parameters: Any) -> list[Tensor]:
    if isinstance(parameters, Tensor) or not isinstance(parameters, Iterable):
        raise DTypeError(
            f"an optimiser got a {type(parameters).__name__}; the tensors that it "
            "shall move are needed, as a list or as model.parameters()."
        )
    found = list(parameters)
    for p in found:
        if not isinstance(p, Tensor):
            raise DTypeError(
                f"an optimiser got a {type(p).__name__} among its parameters; tensors "
                "are needed. Pass model.parameters(), not named_parameters()."
            )
        if not p.is_leaf:
            raise GraphError(
                f"an optimiser got a tensor that was made by {p.grad_fn}: no gradient "
                "gathers there. Pass leaves."
            )
    if not found:
        raise ArgumentError("an optimiser got no parameters; it needs one at least.")
    if len({id(p) for p in found}) < len(found):
        raise ArgumentError(
            "an optimiser got a parameter twice, and would move it twice a step. "
            "model.parameters() names each once."
        )
    return found
