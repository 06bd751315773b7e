"""The layers of a network and what it is to make small: values on top of the table.

Layers have torch's names, argument orders, parameter names and initialisation, so a
torch layer's `state_dict()` loads into one of these. Random numbers come from a
generator that is passed (`rng=`); there is no global seed. Parameters are float64
unless `dtype` says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from . import ops
from .core import shape, strip
from .errors import ArgumentError, DTypeError, ShapeError
from .module import Module
from .tensor import Tensor

__all__ = [
    "MLP",
    "Dropout",
    "Embedding",
    "LayerNorm",
    "Linear",
    "Sequential",
    "cross_entropy",
    "mse_loss",
]

Generator = np.random.Generator


def generator(rng: Any, who: str) -> Generator:
    """`rng`, if it is a generator; `ArgumentError` if not."""
    if not isinstance(rng, Generator):
        raise ArgumentError(
            f"{who} got rng={rng!r}; a NumPy generator is needed, so that a run can be "
            "repeated. Pass rng=np.random.default_rng(0)."
        )
    return rng


def uniform(rng: Generator, bound: float, of: tuple[int, ...], dtype: Any) -> Tensor:
    """A parameter with entries drawn evenly between `-bound` and `bound`."""
    return Tensor(rng.uniform(-bound, bound, of), requires_grad=True, dtype=dtype)


def constant(value: float, of: tuple[int, ...], dtype: Any) -> Tensor:
    """A parameter with equal entries."""
    return Tensor(np.full(of, value), requires_grad=True, dtype=dtype)


class Linear(Module):
    """`x @ weight.T + bias` over the last axis of `x`: (..., in) to (..., out).

    Weight and bias start evenly in +-1/sqrt(in), as in torch (its Kaiming rule with
    a = sqrt(5); He et al., "Delving deep into rectifiers", 2015, has the rule).
    Raises `ShapeError` for another last axis.

    >>> layer = Linear(3, 2, rng=np.random.default_rng(0))
    >>> layer(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: Generator,
        dtype: Any = None,
    ) -> None:
        rng = generator(rng, "Linear")
        bound = 1.0 / np.sqrt(max(1, in_features))
        self.weight = uniform(rng, bound, (out_features, in_features), dtype)
        self.bias = uniform(rng, bound, (out_features,), dtype) if bias else None

    def forward(self, x: Any) -> Any:
        """The layer's value, one row of the table."""
        if self.bias is None:
            return ops.matmul(x, self.weight.T)
        return ops.linear_(x, self.weight, self.bias)


class Embedding(Module):
    """Rows of a table picked by whole numbers: shape (...) to (..., embedding_dim).

    Rows start normal with mean 0 and deviation 1. Raises `DTypeError` for what are no
    whole numbers, `ArgumentError` for one outside the table (NumPy would count a
    negative one from the end).

    >>> Embedding(10, 4, rng=np.random.default_rng(0))([[1, 2, 1]]).shape
    (1, 3, 4)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        rng: Generator,
        dtype: Any = None,
    ) -> None:
        drawn = generator(rng, "Embedding").normal(size=(num_embeddings, embedding_dim))
        self.weight = Tensor(drawn, requires_grad=True, dtype=dtype)

    def forward(self, index: Any) -> Any:
        """The rows that `index` picks; gradients of one picked twice add up."""
        plain = _labels(index, self.weight.shape[0], "Embedding")
        return self.weight[plain]


class LayerNorm(Module):
    """The last axis of `x` with mean 0 and variance 1, then scaled and shifted.

    Ba, Kiros and Hinton, "Layer normalization" (2016); weight starts at 1, bias at 0.
    Torch's takes several axes, this one the last only. Raises `ShapeError` if that has
    another length.

    >>> LayerNorm(3)(np.array([1.0, 2.0, 3.0])).tolist()
    [-1.2247, 0.0, 1.2247]
    """

    def __init__(
        self, normalized_shape: int, eps: float = 1e-5, *, dtype: Any = None
    ) -> None:
        self.eps = eps
        self.weight = constant(1.0, (normalized_shape,), dtype)
        self.bias = constant(0.0, (normalized_shape,), dtype)

    def forward(self, x: Any) -> Any:
        """The layer's value, one row of the table."""
        if shape(x)[-1:] != self.weight.shape:
            raise ShapeError(
                f"LayerNorm got an input of shape {shape(x)}; its last axis must have "
                f"length {self.weight.shape[0]}. Make the layer with that axis' length."
            )
        return ops.layer_norm(x, self.weight, self.bias, eps=self.eps)


class Dropout(Module):
    """In training each entry is 0 with probability `p`, or divided by 1 - p.

    So the expected value stays; in `eval()` nothing happens. Srivastava et al.,
    "Dropout" (2014). It draws from its own generator `rng`: a second forward pass
    drops other entries.

    >>> drop = Dropout(0.5, rng=np.random.default_rng(0))
    >>> np.unique(drop(np.ones(100))), drop.eval()(1.5)
    (array([0., 2.]), 1.5)
    """

    def __init__(self, p: float = 0.5, *, rng: Generator) -> None:
        if not 0.0 <= p <= 1.0:
            raise ArgumentError(f"Dropout got p={p}; a probability is from 0 to 1.")
        self.p, self.rng = p, generator(rng, "Dropout")

    def forward(self, x: Any) -> Any:
        """`x` with entries dropped, or `x` itself outside training."""
        if not self.training or self.p == 0.0:
            return x
        kept = self.rng.random(shape(x)) >= self.p
        scale = 0.0 if self.p == 1.0 else 1.0 / (1.0 - self.p)
        return ops.mul(x, np.asarray(kept * scale, np.asarray(strip(x)).dtype))


class Sequential(Module):
    """Modules and functions, one after the other; parameters are named 0.weight, ...

    A part is anything that is called with one value: a row of the table (`ops.relu`)
    stands where torch needs a module for it.

    >>> rng = np.random.default_rng(0)
    >>> model = Sequential(Linear(2, 8, rng=rng), ops.tanh, Linear(8, 1, rng=rng))
    >>> [name for name, _ in model.named_parameters()]
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *parts: Callable[[Any], Any]) -> None:
        for i, part in enumerate(parts):
            if not callable(part):
                raise DTypeError(
                    f"Sequential got {type(part).__name__} as part {i}; modules or "
                    "functions of one value are needed, not a list of them."
                )
            setattr(self, str(i), part)

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return (part for name, part in vars(self).items() if name.isdigit())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, i: int) -> Any:
        return list(self)[i]

    def forward(self, x: Any) -> Any:
        """The last part's value."""
        for part in self:
            x = part(x)
        return x


class MLP(Module):
    """Linear layers of the given widths, with `activation` between them.

    The output has no activation: it is what a loss takes.

    >>> model = MLP([2, 16, 16, 2], rng=np.random.default_rng(0))
    >>> model(np.zeros((5, 2))).shape
    (5, 2)
    """

    def __init__(
        self,
        widths: Sequence[int],
        activation: Callable[[Any], Any] = ops.relu,
        *,
        rng: Generator,
        dtype: Any = None,
    ) -> None:
        if len(widths) < 2:
            raise ArgumentError(
                f"MLP got widths {list(widths)}; those of the input and the output are "
                "needed at least, as in MLP([2, 16, 1], rng=rng)."
            )
        self.activation = activation
        self.layers = [Linear(a, b, rng=rng, dtype=dtype) for a, b in pairwise(widths)]

    def forward(self, x: Any) -> Any:
        """The last layer's value: (..., widths[0]) to (..., widths[-1])."""
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


# -- losses --------------------------------------------------------------------------
def mse_loss(input: Any, target: Any) -> Any:  # noqa: A002 -- torch's name
    """Mean of the squared differences, over all entries.

    Raises `ShapeError` unless the shapes are equal. (Torch warns, and broadcasts (n,)
    against (n, 1) to n * n differences.)

    >>> mse_loss(Tensor([1.0, 2.0]), [0.0, 0.0])
    tensor(2.5)
    """
    if shape(input) != shape(target):
        raise ShapeError(
            f"mse_loss() got shapes {shape(input)} and {shape(target)}; they must be "
            "equal. Reshape one of them."
        )
    gap = ops.sub(input, target if hasattr(target, "shape") else np.asarray(target))
    return ops.mean(gap * gap)


def cross_entropy(input: Any, target: Any) -> Any:  # noqa: A002 -- torch's name
    """Mean of -log softmax(input) at the target's place, in nats.

    `input` has shape (..., classes) with the classes last, also where torch has them
    on axis 1; `target` has shape (...) and holds whole numbers below `classes`.
    Raises `ShapeError`, `DTypeError` or `ArgumentError` where that is not so.

    >>> cross_entropy(Tensor([[0.0, 0.0]]), [1])
    tensor(0.6931)
    """
    classes = shape(input)[-1:]
    if not classes or shape(target) != shape(input)[:-1]:
        raise ShapeError(
            f"cross_entropy() got logits of shape {shape(input)} and a target of shape "
            f"{shape(target)}; (..., classes) and (...) are needed. Move the classes "
            "to the last axis."
        )
    plain = _labels(target, classes[0], "cross_entropy()")
    return ops.cross_entropy(input, target=plain)


def _labels(index: Any, below: int, who: str) -> Any:
    """`index` as an array of whole numbers from 0 to `below` - 1."""
    plain = np.asarray(strip(index))
    if plain.dtype.kind not in "iu":
        raise DTypeError(
            f"{who} got numbers of dtype {plain.dtype}; whole numbers are needed. Use "
            ".astype(int)."
        )
    if plain.size and not 0 <= plain.min() <= plain.max() < below:
        raise ArgumentError(
            f"{who} got numbers from {plain.min()} to {plain.max()}; they must be from "
            f"0 to {below - 1}. Make the table or the layer larger, or count from 0."
        )
    return plain
