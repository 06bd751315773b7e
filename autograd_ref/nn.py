"""Networks on `Tensor`, under the names of `torch.nn`: all of it from one place.

`module` finds parameters, `layers` and `attention` have them, `optim` moves them.

>>> import numpy as np
>>> from autograd_ref import nn, optim
>>> rng = np.random.default_rng(0)
>>> model = nn.MLP([1, 8, 1], rng=rng)
>>> optimizer = optim.Adam(model.parameters(), lr=0.03)
>>> x = np.linspace(-1.0, 1.0, 20)[:, None]
>>> for _ in range(200):
...     loss = nn.mse_loss(model(x), x * x)
...     optimizer.zero_grad()
...     loss.backward()
...     optimizer.step()
>>> loss.item() < 0.01
True
"""

from .attention import SelfAttention, TransformerBlock
from .layers import (
    MLP,
    Dropout,
    Embedding,
    LayerNorm,
    Linear,
    Sequential,
    cross_entropy,
    mse_loss,
)
from .module import Module

__all__ = [
    "MLP",
    "Dropout",
    "Embedding",
    "LayerNorm",
    "Linear",
    "Module",
    "SelfAttention",
    "Sequential",
    "TransformerBlock",
    "cross_entropy",
    "mse_loss",
]
