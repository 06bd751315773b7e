"""The array engines: one vocabulary of operations, one way to take a gradient step.

A program is written once, on the operations of a `Kit`, and runs on every engine. A
kit uses what its engine has in one piece (torch's `linear`, `layer_norm`,
`cross_entropy`) and composes the rest from NumPy's functions, as its users do.
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograd_ref import ops, tensor
from tests.benchmarks import peers
from tests.benchmarks.harness import OURS, Step

Arrays = Sequence[Any]
# `program(o, parameters, constants)` gives the loss, in the operations `o`.
Program = Callable[[Any, Arrays, Arrays], Any]
_GELU = math.sqrt(2.0 / math.pi)


@dataclass(frozen=True)
class Kit:
    """An engine: its operations, how an array becomes its own, how it differentiates.

    `step(program, parameters, constants)` gives the step, whose result is the loss
    and the gradient in every parameter, in the engine's own arrays.
    """

    name: str
    ops: Any
    array: Callable[[Any], Any]
    step: Callable[[Program, Arrays, Arrays], Step]


def kits(*names: str) -> list[Kit]:
    """Those of the named kits that can run here; all of them if none is named."""
    made = [KITS[name]() for name in names or KITS]
    return [kit for kit in made if kit is not None]


# -- operations made of NumPy's functions ----------------------------------------------
def composed(xp: Any, top: Callable[[Any], Any]) -> SimpleNamespace:
    """The vocabulary on any module with NumPy's names.

    `top(x)` is the largest entry of each row, which has no derivative here.
    """

    def normal(x: Any, w: Any, b: Any) -> Any:
        centred = x - xp.mean(x, axis=-1, keepdims=True)
        variance = xp.mean(centred * centred, axis=-1, keepdims=True)
        return centred / xp.sqrt(variance + 1e-5) * w + b

    def softmax(x: Any) -> Any:
        e = xp.exp(x - top(x))
        return e / xp.sum(e, axis=-1, keepdims=True)

    def cross_entropy(x: Any, labels: Any) -> Any:
        shifted = x - top(x)
        total = xp.log(xp.sum(xp.exp(shifted), axis=1))
        picked = shifted[np.arange(len(labels)), labels]
        return xp.mean(total - picked)

    def heads(x: Any, count: int) -> Any:
        batch, time, width = x.shape
        parts = xp.reshape(x, (batch, time, count, width // count))
        return xp.transpose(parts, (0, 2, 1, 3))

    def merged(x: Any) -> Any:
        batch, count, time, width = x.shape
        return xp.reshape(xp.transpose(x, (0, 2, 1, 3)), (batch, time, count * width))

    return SimpleNamespace(
        linear=lambda x, w, b: xp.matmul(x, w.T) + b,
        relu=lambda x: xp.maximum(x, 0.0),
        tanh=xp.tanh,
        gelu=lambda x: 0.5 * x * (1.0 + xp.tanh(_GELU * (x + 0.044715 * x * x * x))),
        softmax=softmax,
        layer_norm=normal,
        cross_entropy=cross_entropy,
        heads=heads,
        merged=merged,
        swapped=lambda x: xp.transpose(x, (0, 1, 3, 2)),
        mean_square=lambda x: xp.mean(x * x),
    )


def top_of_rows(x: Any) -> Any:
    return np.max(np.real(x), axis=-1, keepdims=True)


def plain() -> SimpleNamespace:
    """The vocabulary in NumPy, for complex numbers as well: what references use."""
    found = composed(np, top_of_rows)
    found.relu = lambda x: np.where(np.real(x) > 0, x, 0.0)
    return found


def by_complex_step(
    program: Program, parameters: Arrays, constants: Arrays, directions: Arrays
) -> list[float]:
    """Loss, and its slope along one direction in each parameter, to the last digits.

    `Im f(x + ih v) / h`: no difference is taken, so nothing is lost (Squire and
    Trapp, SIAM Review 40, 1998), and no rule of any engine is used.
    """
    o, h = plain(), 1e-30
    wide = [np.asarray(p, dtype=np.complex128) for p in parameters]
    fixed = [np.asarray(c, np.float64) if c.dtype.kind == "f" else c for c in constants]
    found = [float(np.real(program(o, wide, fixed)))]
    for i, v in enumerate(directions):
        moved = [*wide[:i], wide[i] + 1j * h * v, *wide[i + 1 :]]
        found.append(float(np.imag(program(o, moved, fixed))) / h)
    return found


def along(directions: Arrays) -> Callable[[Arrays], list[float]]:
    """A step's loss and gradients as the numbers that `by_complex_step` gives."""

    def digest(result: Arrays) -> list[float]:
        loss, *gradients = (np.asarray(r, dtype=np.float64) for r in result)
        pairs = zip(gradients, directions, strict=True)
        return [float(loss), *(float(np.vdot(g, v)) for g, v in pairs)]

    return digest


# -- the engines -----------------------------------------------------------------------
def _ours() -> Kit:
    def step(program: Program, parameters: Arrays, constants: Arrays) -> Step:
        leaves = [tensor.Tensor(p, requires_grad=True) for p in parameters]
        fixed = [our_array(c) for c in constants]

        def run() -> Arrays:
            for x in leaves:
                x.grad = None
            loss = program(OUR_OPS, leaves, fixed)
            loss.backward()
            return [loss.detach(), *(x.grad for x in leaves)]

        return run

    return Kit(OURS, OUR_OPS, our_array, step)


def our_array(array: Any) -> Any:
    """A tensor of floats; whole numbers, which only pick entries, stay an array."""
    return tensor.Tensor(array) if array.dtype.kind == "f" else array


def _our_heads(x: Any, count: int) -> Any:
    batch, time, width = x.shape
    parts = x.reshape(batch, time, count, width // count)
    return parts.permute(0, 2, 1, 3)


def _our_merged(x: Any) -> Any:
    batch, count, time, width = x.shape
    return x.permute(0, 2, 1, 3).reshape(batch, time, count * width)


OUR_OPS = SimpleNamespace(
    linear=ops.linear_,
    relu=lambda x: x.relu(),
    tanh=lambda x: x.tanh(),
    gelu=lambda x: x.gelu(),
    softmax=ops.softmax,
    layer_norm=ops.layer_norm,
    cross_entropy=lambda x, labels: ops.cross_entropy(x, target=labels),
    heads=_our_heads,
    merged=_our_merged,
    swapped=lambda x: x.permute(0, 1, 3, 2),
    mean_square=lambda x: (x * x).mean(),
)


def _torch() -> Kit | None:
    torch = peers.load("torch")
    if torch is None:
        return None
    vocabulary = torch_ops(torch)

    def step(program: Program, parameters: Arrays, constants: Arrays) -> Step:
        leaves = [torch.tensor(p, requires_grad=True) for p in parameters]
        fixed = [torch.tensor(c) for c in constants]

        def run() -> Arrays:
            for x in leaves:
                x.grad = None
            loss = program(vocabulary, leaves, fixed)
            loss.backward()
            return [loss.detach(), *(x.grad for x in leaves)]

        return run

    return Kit("torch", vocabulary, torch.tensor, step)


def torch_ops(torch: Any) -> SimpleNamespace:
    """The vocabulary in torch's own fused functions."""
    f = torch.nn.functional
    return SimpleNamespace(
        linear=f.linear,
        relu=torch.relu,
        tanh=torch.tanh,
        gelu=lambda x: f.gelu(x, approximate="tanh"),
        softmax=lambda x: torch.softmax(x, -1),
        layer_norm=lambda x, w, b: f.layer_norm(x, w.shape, w, b),
        cross_entropy=f.cross_entropy,
        heads=_our_heads,
        merged=_our_merged,
        swapped=lambda x: x.transpose(-1, -2),
        mean_square=lambda x: (x * x).mean(),
    )


def _hips() -> Kit | None:
    autograd = peers.load("autograd")
    if autograd is None:
        return None
    vocabulary = hips_ops()

    def step(program: Program, parameters: Arrays, constants: Arrays) -> Step:
        both = autograd.value_and_grad(lambda ps: program(vocabulary, ps, constants))
        start = list(parameters)

        def run() -> Arrays:
            loss, gradients = both(start)
            return [loss, *gradients]

        return run

    return Kit("autograd", vocabulary, np.asarray, step)


def hips_ops() -> SimpleNamespace:
    """The vocabulary on `autograd.numpy`; maxima are taken of bare values."""
    xp = importlib.import_module("autograd.numpy")
    getval = importlib.import_module("autograd.tracer").getval

    return composed(xp, lambda x: np.max(_bare(x, getval), axis=-1, keepdims=True))


def _bare(x: Any, getval: Callable[[Any], Any]) -> Any:
    while getval(x) is not x:  # one box for each derivative under way
        x = getval(x)
    return x


def _jax() -> Kit | None:
    jax = load_jax()
    if jax is None:
        return None
    vocabulary = jax_ops(jax)

    def step(program: Program, parameters: Arrays, constants: Arrays) -> Step:
        fixed = [jax.numpy.asarray(c) for c in constants]
        start = [jax.numpy.asarray(p) for p in parameters]
        value = jax.value_and_grad(lambda ps, cs: program(vocabulary, ps, cs))
        both = jax.jit(value)

        def run() -> Arrays:
            loss, gradients = jax.block_until_ready(both(start, fixed))
            return [loss, *gradients]

        return run

    return Kit("jax.jit", vocabulary, jax.numpy.asarray, step)


def load_jax() -> Any:
    """Jax with 64 bits, on one thread as everybody here; None if it is missing."""
    os.environ.setdefault(
        "XLA_FLAGS",
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    )
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    jax = peers.load("jax")
    if jax is not None:
        jax.config.update("jax_enable_x64", True)
    return jax


def jax_ops(jax: Any) -> SimpleNamespace:
    """The vocabulary on `jax.numpy`; the compiler fuses it."""
    xp = jax.numpy
    stop = jax.lax.stop_gradient
    return composed(xp, lambda x: stop(xp.max(x, axis=-1, keepdims=True)))


def _mygrad() -> Kit | None:
    mg = peers.load("mygrad")
    if mg is None:
        return None
    vocabulary = mygrad_ops(mg)

    def step(program: Program, parameters: Arrays, constants: Arrays) -> Step:
        leaves = [mg.tensor(p) for p in parameters]

        def run() -> Arrays:
            loss = program(vocabulary, leaves, constants)
            loss.backward()
            return [loss.data, *(x.grad for x in leaves)]

        return run

    return Kit("mygrad", vocabulary, np.asarray, step)


def mygrad_ops(mg: Any) -> SimpleNamespace:
    """The vocabulary on `mygrad`, which has fused activations and losses."""
    activations = importlib.import_module("mygrad.nnet.activations")
    losses = importlib.import_module("mygrad.nnet.losses")

    found = composed(mg, lambda x: np.max(x.data, axis=-1, keepdims=True))
    found.relu, found.softmax = activations.relu, activations.softmax
    found.cross_entropy = losses.softmax_crossentropy
    return found


KITS: dict[str, Callable[[], Kit | None]] = {
    OURS: _ours,
    "torch": _torch,
    "autograd": _hips,
    "jax.jit": _jax,
    "mygrad": _mygrad,
}
