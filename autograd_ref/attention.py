"""Self-attention with several heads, and the block of a transformer around it.

Vaswani et al., "Attention is all you need" (2017). Parameters have the names and the
layout of `torch.nn.MultiheadAttention` and `torch.nn.TransformerEncoderLayer`, whose
`state_dict()` loads into these; the batch comes first, always.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import ops
from .core import shape
from .errors import ArgumentError, ShapeError
from .layers import Dropout, LayerNorm, Linear, constant, generator, uniform
from .module import Module

__all__ = ["SelfAttention", "TransformerBlock"]

Generator = np.random.Generator


class SelfAttention(Module):
    """Each place of a sequence gathers from the others: (..., T, E) to (..., T, E).

    `num_heads` heads of width E / num_heads each average the values of all places,
    weighted by softmax(query . key / sqrt(width)). With `causal=True` a place gathers
    from itself and from what stands before it only. In training `dropout` falls on
    the weights. The three projections start by Glorot's rule, as in torch.

    Time and memory grow with T * T. Raises `ArgumentError` if the heads do not divide
    E, `ShapeError` for an input that is not (..., T, E).

    >>> attend = SelfAttention(8, 2, causal=True, rng=np.random.default_rng(0))
    >>> attend(np.ones((4, 5, 8))).shape
    (4, 5, 8)
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        *,
        causal: bool = False,
        rng: Generator,
        dtype: Any = None,
    ) -> None:
        rng = generator(rng, "SelfAttention")
        if num_heads < 1 or embed_dim % num_heads:
            raise ArgumentError(
                f"SelfAttention got embed_dim={embed_dim} and num_heads={num_heads}; "
                "the heads must divide the width. Change one of them."
            )
        self.num_heads, self.causal = num_heads, causal
        bound = math.sqrt(6.0 / (4 * embed_dim))
        self.in_proj_weight = uniform(rng, bound, (3 * embed_dim, embed_dim), dtype)
        self.in_proj_bias = constant(0.0, (3 * embed_dim,), dtype)
        self.out_proj = Linear(embed_dim, embed_dim, rng=rng, dtype=dtype)
        self.out_proj.bias = constant(0.0, (embed_dim,), dtype)
        self.dropout = Dropout(dropout, rng=rng.spawn(1)[0])

    def forward(self, x: Any) -> Any:
        """What each place has gathered, projected once more."""
        width = self.in_proj_weight.shape[1]
        of = shape(x)
        if len(of) < 2 or of[-1] != width:
            raise ShapeError(
                f"SelfAttention got an input of shape {of}; (..., length, {width}) is "
                "needed: batches first, the features last."
            )
        n, split = len(of) - 2, (*of[:-1], self.num_heads, width // self.num_heads)
        heads_first = (*range(n), n + 1, n, n + 2)  # (..., T, H, D) to (..., H, T, D)
        q, k, v = (ops.reshape(part, shape=split) for part in self._project(x))
        q = ops.transpose(q * (split[-1] ** -0.5), axes=heads_first)
        k = ops.transpose(k, axes=(*range(n), n + 1, n + 2, n))
        v = ops.transpose(v, axes=heads_first)
        scores = q @ k
        if self.causal:
            scores = scores + _future(of[-2], scores.dtype)
        gathered = self.dropout(ops.softmax(scores)) @ v
        back = ops.transpose(gathered, axes=heads_first)  # its own inverse
        return self.out_proj(ops.reshape(back, shape=of))

    def _project(self, x: Any) -> list[Any]:
        """Queries, keys and values."""
        width = self.in_proj_weight.shape[1]
        weights = self.in_proj_weight.reshape(3, width, width)
        biases = self.in_proj_bias.reshape(3, width)
        return [ops.linear_(x, weights[i], biases[i]) for i in range(3)]


def _future(length: int, dtype: Any) -> Any:
    """What is added to scores: -inf where the key stands after the query, else 0.

    Adding costs the backward pass nothing, and softmax makes an exact 0 of -inf.
    """
    return np.triu(np.full((length, length), -np.inf, dtype), 1)


class TransformerBlock(Module):
    """Attention, then two linear layers, each beside a way past them: (..., T, E).

    `x + attention(norm(x))`, then `x + linear(gelu(linear(norm(x))))`: normalised
    first (Xiong et al., "On layer normalization in the transformer architecture",
    2020), which is torch's `norm_first=True`; gelu is the form with tanh. `dropout`
    falls on the attention's weights, inside and after the linear layers, as in torch.

    >>> block = TransformerBlock(8, 2, 32, rng=np.random.default_rng(0))
    >>> block(np.ones((4, 5, 8))).shape
    (4, 5, 8)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        dropout: float = 0.0,
        *,
        causal: bool = False,
        rng: Generator,
        dtype: Any = None,
    ) -> None:
        rng = generator(rng, "TransformerBlock")
        self.self_attn = SelfAttention(
            d_model, nhead, dropout, causal=causal, rng=rng, dtype=dtype
        )
        self.linear1 = Linear(d_model, dim_feedforward, rng=rng, dtype=dtype)
        self.linear2 = Linear(dim_feedforward, d_model, rng=rng, dtype=dtype)
        self.norm1 = LayerNorm(d_model, dtype=dtype)
        self.norm2 = LayerNorm(d_model, dtype=dtype)
        self.dropouts = [Dropout(dropout, rng=own) for own in rng.spawn(3)]

    def forward(self, x: Any) -> Any:
        """The sequence after both steps."""
        after_attention, inside, after = self.dropouts
        x = x + after_attention(self.self_attn(self.norm1(x)))
        hidden = inside(ops.gelu(self.linear1(self.norm2(x))))
        return x + after(self.linear2(hidden))
