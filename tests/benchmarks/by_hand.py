"""Gradients written out in NumPy, as one would without any engine: the floor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.benchmarks.harness import Step

Arrays = Sequence[Any]


# -- T1: two hidden layers and cross-entropy -------------------------------------------
def classifier_step(parameters: Arrays, x: Any, labels: Any) -> Step:
    """Loss and six gradients of the classifier with relu, as one writes them down."""
    w1, b1, w2, b2, w3, b3 = parameters
    rows = np.arange(len(labels))

    def step() -> Arrays:
        h1 = np.maximum(x @ w1.T + b1, 0.0)
        h2 = np.maximum(h1 @ w2.T + b2, 0.0)
        z = h2 @ w3.T + b3
        z = z - z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - z[rows, labels]).mean()
        p = e / total
        p[rows, labels] -= 1.0
        p = p / len(labels)
        g2 = (p @ w3) * (h2 > 0)
        g1 = (g2 @ w2) * (h1 > 0)
        return [
            loss, g1.T @ x, g1.sum(axis=0), g2.T @ h1, g2.sum(axis=0),
            p.T @ h2, p.sum(axis=0),
        ]  # fmt: skip

    return step


def classifier_step_in_place(parameters: Arrays, x: Any, labels: Any) -> Step:
    """The same, nothing allocated twice, no method that wraps a ufunc: the floor."""
    w1, b1, w2, b2, w3, b3 = parameters
    rows = np.arange(len(labels))
    share = np.float32(1.0 / len(labels))

    def step() -> Arrays:
        h1 = x @ w1.T
        h1 += b1
        np.maximum(h1, 0.0, out=h1)
        h2 = h1 @ w2.T
        h2 += b2
        np.maximum(h2, 0.0, out=h2)
        z = h2 @ w3.T
        z += b3
        z -= np.maximum.reduce(z, axis=1, keepdims=True)
        p = np.exp(z)
        total = np.add.reduce(p, axis=1, keepdims=True)
        loss = (np.add.reduce(np.log(total[:, 0]) - z[rows, labels])) * share
        p /= total
        p[rows, labels] -= 1.0
        p *= share
        g2 = p @ w3
        g2 *= h2 > 0
        g1 = g2 @ w2
        g1 *= h1 > 0
        return [
            loss, g1.T @ x, np.add.reduce(g1, 0), g2.T @ h1, np.add.reduce(g2, 0),
            p.T @ h2, np.add.reduce(p, 0),
        ]  # fmt: skip

    return step


# -- T2: the chain ---------------------------------------------------------------------
def chain_step(w: Any, b: Any, start: Any, turns: int) -> Step:
    """Loss and three gradients of the chain of mul, add, tanh, sub."""

    def step() -> Arrays:
        y, kept = start, []
        for _ in range(turns):
            t = np.tanh(y * w + b)
            kept.append((y, t))
            y = t - w
        loss = (y * y).mean()
        g = 2.0 * y / len(y)
        gw, gb = np.zeros_like(w), np.zeros_like(b)
        for before, t in reversed(kept):
            gw -= g
            g = g * (1.0 - t * t)
            gb += g
            gw += g * before
            g = g * w
        return [loss, gw, gb, g]

    return step


def chain_step_in_place(w: Any, b: Any, start: Any, turns: int) -> Step:
    """The same with as few new arrays as there can be: the floor."""
    share = 2.0 / len(w)

    def step() -> Arrays:
        y, kept = start, []
        for _ in range(turns):
            t = y * w
            t += b
            np.tanh(t, out=t)
            kept.append((y, t))
            y = t - w
        loss = np.dot(y, y) / len(y)
        g = y * share
        gw, gb = np.zeros_like(w), np.zeros_like(b)
        for before, t in reversed(kept):
            gw -= g
            t *= t
            np.subtract(1.0, t, out=t)
            g *= t
            gb += g
            gw += g * before
            g *= w
        return [loss, gw, gb, g]

    return step


# -- T4: the R-operator ----------------------------------------------------------------
def tanh_classifier(parameters: Arrays, x: Any, labels: Any) -> tuple[Any, Arrays]:
    """Loss and gradients of the classifier with tanh; takes complex numbers too."""
    w1, b1, w2, b2, w3, b3 = parameters
    h1 = np.tanh(x @ w1.T + b1)
    h2 = np.tanh(h1 @ w2.T + b2)
    z = h2 @ w3.T + b3
    e = np.exp(z - np.max(z.real, axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1.0
    p /= len(labels)
    g2 = (p @ w3) * (1.0 - h2 * h2)
    g1 = (g2 @ w2) * (1.0 - h1 * h1)
    return loss, [g1.T @ x, g1.sum(0), g2.T @ h1, g2.sum(0), p.T @ h2, p.sum(0)]


def r_operator_step(
    parameters: Arrays, directions: Arrays, x: Any, labels: Any
) -> Step:
    """The Hessian's product: every line of `tanh_classifier` and its differential."""
    w1, b1, w2, b2, w3, b3 = parameters
    v1, c1, v2, c2, v3, c3 = directions
    rows = np.arange(len(labels))
    share = x.dtype.type(1.0 / len(labels))

    def step() -> Arrays:
        h1 = np.tanh(x @ w1.T + b1)
        s1 = 1.0 - h1 * h1
        r1 = s1 * (x @ v1.T + c1)
        h2 = np.tanh(h1 @ w2.T + b2)
        s2 = 1.0 - h2 * h2
        r2 = s2 * (r1 @ w2.T + h1 @ v2.T + c2)
        z, rz = h2 @ w3.T + b3, r2 @ w3.T + h2 @ v3.T + c3
        p = np.exp(z - np.maximum.reduce(z, axis=1, keepdims=True))
        p /= np.add.reduce(p, axis=1, keepdims=True)
        rp = p * (rz - np.add.reduce(p * rz, axis=1, keepdims=True)) * share
        p[rows, labels] -= 1.0
        p *= share
        a2 = p @ w3
        g2 = a2 * s2
        ra2 = rp @ w3 + p @ v3
        rg2 = ra2 * s2 - 2.0 * a2 * h2 * r2
        a1 = g2 @ w2
        rg1 = (rg2 @ w2 + g2 @ v2) * s1 - 2.0 * a1 * h1 * r1
        return [
            rg1.T @ x, rg1.sum(0), rg2.T @ h1 + g2.T @ r1, rg2.sum(0),
            rp.T @ h2 + p.T @ r2, rp.sum(0),
        ]  # fmt: skip

    return step


# -- T5: a Jacobian --------------------------------------------------------------------
def jacobian_step(first: Any, second: Any, x: Any) -> Step:
    """All derivatives of `second @ tanh(first @ x)`."""

    def step() -> Arrays:
        t = np.tanh(first @ x)
        return [(second * (1.0 - t * t)) @ first]

    return step
