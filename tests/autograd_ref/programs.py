"""Random programs, run once on our tensors and once on torch's.

A program is plain data: leaves, and steps of an operation with the numbers of earlier
values. `Ours` and `Theirs` run the same steps; the test compares values, gradients,
`requires_grad`, `is_leaf` and whether a step was refused. In-place writes through a
view, or to a tensor that has views, are left out: there we raise on purpose; so is
logsumexp, which saves its input alone where torch saves its output as well.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd_ref import ops
from autograd_ref.tensor import Tensor

UNARY = ("sin", "tanh", "exp", "relu", "sigmoid", "abs", "neg", "arctan", "softplus")
BINARY = ("add", "sub", "mul", "maximum", "minimum")
IN_PLACE = ("add_", "mul_", "sub_", "sin_", "tanh_", "relu_", "neg_")
SHAPES = ((), (1,), (3,), (2, 3), (2, 1), (3, 3), (1, 3))
NUMBERS = (-1.5, 0.5, 1.0, 2.0, 2, -1)


@dataclass
class Value:
    """What the generator knows of a value: enough to choose steps that fit."""

    shape: tuple[int, ...]
    kind: str
    base: int = -1  # the value that it is a view of
    views: set[int] = field(default_factory=set)


def entries(shape, number):
    """Numbers of magnitude 0.3 to 1.2, without ties or kinks between them."""
    rng = np.random.default_rng(number)
    size = int(np.prod(shape, dtype=int))
    found = rng.permutation(np.linspace(0.3, 1.2, size)) + 0.01 * rng.uniform()
    return (found * rng.choice([-1.0, 1.0], size)).reshape(shape)


@st.composite
def programs(draw):
    """Leaves and up to twelve steps; shapes and types always fit."""
    leaves, values, steps = [], [], []
    for i in range(draw(st.integers(1, 3))):
        shape = draw(st.sampled_from(SHAPES))
        kind = draw(st.sampled_from(["float64", "float64", "float64", "float32"]))
        wants = draw(st.booleans()) if i else True
        leaves.append((shape, kind, wants, draw(st.integers(0, 999))))
        values.append(Value(shape, kind))
    for _ in range(draw(st.integers(1, 12))):
        makers = [unary, binary, binary, scalar, reduce, view, index, matmul, in_place]
        makers += [power, detach, unary, binary, join]
        step = draw(st.sampled_from(makers))(draw, values)
        if step is not None:
            quiet = draw(st.integers(0, 7)) == 0
            steps.append((*step, quiet))
    passes = draw(st.lists(st.integers(0, len(values) - 1), min_size=1, max_size=2))
    retain = draw(st.booleans())
    return leaves, steps, [len(values) - 1, *passes][: draw(st.integers(1, 3))], retain


def pick(draw, values):
    return draw(st.integers(max(0, len(values) - 4), len(values) - 1))


def push(values, shape, kind, base=-1):
    values.append(Value(tuple(shape), kind))
    if base >= 0:
        root = base if values[base].base < 0 else values[base].base
        values[-1].base = root
        values[root].views.add(len(values) - 1)


def unary(draw, values):
    i = pick(draw, values)
    push(values, values[i].shape, values[i].kind)
    return draw(st.sampled_from(UNARY)), (i,), None


def promoted(a, b):
    if a.kind == b.kind:
        return a.kind
    if bool(a.shape) != bool(b.shape):  # a tensor without axes does not promote
        return a.kind if a.shape else b.kind
    return "float64"


def binary(draw, values):
    i, j = pick(draw, values), pick(draw, values)
    a, b = values[i], values[j]
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        return None
    push(values, shape, promoted(a, b))
    return draw(st.sampled_from(BINARY)), (i, j), None


def scalar(draw, values):
    i, c = pick(draw, values), draw(st.sampled_from(NUMBERS))
    push(values, values[i].shape, values[i].kind)
    name = draw(st.sampled_from(["add", "mul", "sub", "rsub", "div"]))
    return f"{name}_number", (i,), c


def power(draw, values):
    i = pick(draw, values)
    push(values, values[i].shape, values[i].kind)
    return "pow_number", (i,), draw(st.sampled_from([2, 3, 2.0, 1, 0]))


def reduce(draw, values):
    i = pick(draw, values)
    a = values[i]
    axis = draw(st.sampled_from([None, *range(len(a.shape))]))
    keep = draw(st.booleans()) if axis is not None else False
    shape = () if axis is None else list(a.shape)
    if axis is not None:
        shape = [1 if k == axis else n for k, n in enumerate(shape)]
        shape = shape if keep else [n for k, n in enumerate(shape) if k != axis]
    push(values, shape, a.kind)
    name = draw(st.sampled_from(["sum", "mean", "amax", "prod"]))
    if name == "prod" and axis is None:
        name = "sum"
    return name, (i,), (axis, keep)


def view(draw, values):
    i = pick(draw, values)
    a = values[i]
    name = draw(st.sampled_from(["flat", "T", "unsqueeze", "expand"]))
    if name == "T" and len(a.shape) != 2:
        return None
    shape = {
        "flat": (int(np.prod(a.shape, dtype=int)),),
        "T": a.shape[::-1],
        "unsqueeze": (1, *a.shape),
        "expand": (2, *a.shape),
    }[name]
    push(values, shape, a.kind, base=i)
    return name, (i,), shape


def index(draw, values):
    i = pick(draw, values)
    a = values[i]
    if not a.shape:
        return None
    n = a.shape[0]
    choices = [0, slice(None, None, 1), slice(0, 1), [0, n - 1, 0]]
    chosen = draw(st.sampled_from(choices))
    out = np.zeros(a.shape)[chosen].shape
    push(values, out, a.kind, base=-1 if isinstance(chosen, list) else i)
    return "getitem", (i,), chosen


def matmul(draw, values):
    i, j = pick(draw, values), pick(draw, values)
    a, b = values[i], values[j]
    if not a.shape or not b.shape or a.kind != b.kind:
        return None
    inner = b.shape[-2] if len(b.shape) > 1 else b.shape[0]
    if a.shape[-1] != inner or len(a.shape) > 2 or len(b.shape) > 2:
        return None
    push(values, np.matmul(np.zeros(a.shape), np.zeros(b.shape)).shape, a.kind)
    return "matmul", (i, j), None


def join(draw, values):
    i, j = pick(draw, values), pick(draw, values)
    if values[i].shape != values[j].shape or values[i].kind != values[j].kind:
        return None
    push(values, (2, *values[i].shape), values[i].kind)
    return "stack", (i, j), None


def detach(draw, values):
    i = pick(draw, values)
    push(values, values[i].shape, values[i].kind)
    values[-1].base = values[i].base if values[i].base >= 0 else i
    return draw(st.sampled_from(["detach", "clone"])), (i,), None


def in_place(draw, values):
    i = pick(draw, values)
    a = values[i]
    if a.base >= 0 or a.views:
        return None
    name = draw(st.sampled_from(IN_PLACE))
    if name not in ("add_", "mul_", "sub_"):
        return name, (i,), None
    j = pick(draw, values)
    if draw(st.booleans()):
        return f"{name}_number", (i,), draw(st.sampled_from(NUMBERS))
    try:
        fits = np.broadcast_shapes(a.shape, values[j].shape) == a.shape
    except ValueError:
        fits = False
    return (name, (i, j), None) if fits else None


def writes(name):
    """Whether a step writes in place, and so makes no new value."""
    return name.endswith(("_", "__number"))


class Ours:
    """The steps, on our tensors."""

    def leaf(self, data, wants):
        return Tensor(data, requires_grad=wants)

    def step(self, name, args, option):
        x = args[0]
        if name in ("sum", "mean"):
            return getattr(x, name)(*option)
        if name in ("amax", "prod"):
            axis, keepdims = option
            return getattr(ops, name)(x, axis=axis, keepdims=keepdims)
        if name == "flat":
            return x.reshape(-1)
        if name == "expand":
            return x.expand(*option)
        if name == "stack":
            return ops.stack(list(args))
        return common(name, args, option)


def common(name, args, option) -> Any:
    """Steps that are spelled alike on both sides."""
    x = args[0]
    if name.endswith("__number"):
        return getattr(x, name.removesuffix("_number"))(option)
    if name.endswith("_number"):
        return {
            "add": lambda: x + option,
            "sub": lambda: x - option,
            "rsub": lambda: option - x,
            "mul": lambda: option * x,
            "div": lambda: x / option,
            "pow": lambda: x**option,
        }[name.removesuffix("_number")]()
    if name == "T":
        return x.T
    if name == "unsqueeze":
        return x.unsqueeze(0)
    if name == "getitem":
        return x[option]
    return getattr(x, name)(*args[1:])


class Theirs:
    """The steps, on torch's tensors."""

    def __init__(self, torch):
        self.torch = torch

    def leaf(self, data, wants):
        return self.torch.tensor(data, requires_grad=wants)

    def step(self, name, args, option):
        x = args[0]
        if name in ("sum", "mean", "amax", "prod"):
            axis, keepdim = option
            if axis is None:
                return getattr(x, name)()
            return getattr(x, name)(axis, keepdim=keepdim)
        if name == "flat":
            return x.reshape(-1)
        if name == "expand":
            return x.expand(*option)
        if name == "stack":
            return self.torch.stack(args)
        if name == "softplus":
            return self.torch.nn.functional.softplus(x)
        return common(name, args, option)
