"""Bridges between torch and the plain-float oracles; torch is imported on use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def as_numpy(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f` of float64 tensors as a function of arrays, for the numerical oracle.

    >>> import pytest; torch = pytest.importorskip("torch")
    >>> as_numpy(torch.sin)(0.0).item()
    0.0
    """

    def on_arrays(*args: Any) -> Any:
        import torch

        with torch.no_grad():
            out = f(*(torch.as_tensor(np.asarray(a, dtype=np.float64)) for a in args))
        return out.numpy() if isinstance(out, torch.Tensor) else out

    return on_arrays


def gradcheck_fails(fn: Callable[..., Any], x: Any) -> bool:
    """Whether `fn`'s own backward disagrees with central differences at the array x.

    Differences with two steps must agree with each other (else the point is at a kink
    and tells nothing), and the analytic VJP of a random cotangent must differ from
    them by more than 1e-4 of the scale.
    """
    import torch

    x = np.asarray(x, dtype=np.float64)
    leaf = torch.tensor(x, requires_grad=True)
    out = fn(leaf)
    u = np.random.default_rng(0).normal(size=tuple(out.shape))
    (found,) = torch.autograd.grad(out, leaf, torch.as_tensor(u))
    analytic = found.detach().numpy()
    coarse, fine = (_differences(fn, x, u, h) for h in (1e-4, 1e-5))
    scale = 1e-4 * (1.0 + np.max(np.abs(coarse), initial=0.0))
    smooth = np.abs(coarse - fine) <= scale
    return bool(np.any(smooth & (np.abs(analytic - fine) > 10 * scale)))


def _differences(fn: Callable[..., Any], x: Any, u: Any, h: float) -> Any:
    smooth = as_numpy(fn)
    out = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h * max(1.0, abs(x[index]))
        change = smooth(x + step) - smooth(x - step)
        out[index] = np.sum(u * change) / (2 * step[index])
    return out
