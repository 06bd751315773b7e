"""T4, T5 and T7: Hessians' products, whole Jacobians, gradients by differences."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd_ref import dual, finite, tensor, transforms
from tests.benchmarks import array_peers, by_hand, peers
from tests.benchmarks.array_peers import Arrays, our_array
from tests.benchmarks.harness import OURS, Step, Target, Workload
from tests.benchmarks.tensor_workloads import HAND, classifier, classifier_data, draw

Makers = dict[str, Callable[[], Step]]
CLASSIFIER = classifier("tanh")


def in_one(result: Arrays) -> Any:
    """Every entry of every array, in order."""
    return np.concatenate([np.ravel(np.asarray(r, dtype=np.float64)) for r in result])


# -- T4: the Hessian times a direction -------------------------------------------------
def hvp_workload(
    name: str, batch: int, *widths: int, targets: tuple[Target, ...]
) -> Workload:
    """The product for the classifier with tanh, one direction for every parameter."""
    parameters, constants = classifier_data(batch, *widths)
    rng = np.random.default_rng(8)
    directions = [rng.normal(size=p.shape).astype(p.dtype) for p in parameters]
    weights = [rng.normal(size=p.shape) for p in parameters]
    data = parameters, constants, directions
    engines: Makers = {
        OURS: lambda: _hvp_ours(*data),
        "ours, double backward": lambda: _hvp_ours_twice(*data),
        HAND: lambda: by_hand.r_operator_step(parameters, directions, *constants),
    }
    for peer, kind, make in (
        ("torch", "torch", _hvp_torch), ("torch", "torch.func", _hvp_torch_func),
        ("autograd", "autograd", _hvp_hips), ("jax", "jax.jit", _hvp_jax),
    ):  # fmt: skip
        if peers.load(peer) is not None:
            engines[kind] = lambda make=make: make(*data)  # type: ignore[misc]
    return Workload(
        name,
        f"Hessian times vector, MLP {batch}x{'-'.join(map(str, widths))}, f32",
        engines,
        lambda: _hvp_reference(parameters, constants, directions, weights),
        targets,
        1e-3,
        1e-6,
        digest=lambda result: [
            float(np.vdot(np.asarray(r, np.float64), w))
            for r, w in zip(result, weights, strict=True)
        ],
    )


def _hvp_reference(
    parameters: Arrays, constants: Arrays, directions: Arrays, weights: Arrays
) -> list[float]:
    """The gradient by hand at a complex point: its imaginary part is the product."""
    x, labels = constants
    pairs = zip(parameters, directions, strict=True)
    moved = [p.astype(complex) + 1e-30j * v.astype(float) for p, v in pairs]
    _, gradients = by_hand.tanh_classifier(moved, x.astype(float), labels)
    pairs = zip(gradients, weights, strict=True)
    return [float(np.vdot(np.imag(g) / 1e-30, w)) for g, w in pairs]


def _hvp_ours_twice(parameters: Arrays, constants: Arrays, directions: Arrays) -> Step:
    leaves = [tensor.Tensor(p, requires_grad=True) for p in parameters]
    fixed = [our_array(c) for c in constants]
    v = [tensor.Tensor(d) for d in directions]

    def step() -> Arrays:
        loss = CLASSIFIER(array_peers.OUR_OPS, leaves, fixed)
        slopes = tensor.grad(loss, leaves, create_graph=True)
        return tensor.grad(slopes, leaves, v)

    return step


def _hvp_ours(parameters: Arrays, constants: Arrays, directions: Arrays) -> Step:
    """What `hvp` does: the gradient of the derivative along v, tensors within duals."""
    leaves = [tensor.Tensor(p, requires_grad=True) for p in parameters]
    fixed = [our_array(c) for c in constants]
    v = [tensor.Tensor(d) for d in directions]
    o = array_peers.composed(np, array_peers.top_of_rows)
    o.linear, o.cross_entropy = (
        array_peers.OUR_OPS.linear, array_peers.OUR_OPS.cross_entropy
    )  # fmt: skip

    def step() -> Arrays:
        pairs = zip(leaves, v, strict=True)
        duals = [dual.Dual(x, d) for x, d in pairs]
        return tensor.grad(CLASSIFIER(o, duals, fixed).tangent, leaves)

    return step


def _hvp_torch(parameters: Arrays, constants: Arrays, directions: Arrays) -> Step:
    torch = peers.load("torch")
    o = array_peers.torch_ops(torch)
    leaves = [torch.tensor(p, requires_grad=True) for p in parameters]
    fixed, v = (list(map(torch.tensor, a)) for a in (constants, directions))

    def step() -> Arrays:
        loss = CLASSIFIER(o, leaves, fixed)
        slopes = torch.autograd.grad(loss, leaves, create_graph=True)
        found: Arrays = torch.autograd.grad(slopes, leaves, v)
        return found

    return step


def _hvp_torch_func(parameters: Arrays, constants: Arrays, directions: Arrays) -> Step:
    torch = peers.load("torch")
    o = array_peers.torch_ops(torch)
    point, fixed, v = (
        tuple(map(torch.tensor, a)) for a in (parameters, constants, directions)
    )
    slopes = torch.func.grad(lambda ps: CLASSIFIER(o, ps, fixed))
    return lambda: list(torch.func.jvp(slopes, (point,), (v,))[1])


def _hvp_hips(parameters: Arrays, constants: Arrays, directions: Arrays) -> Step:
    o = array_peers.hips_ops()
    make = peers.load("autograd").make_hvp(lambda ps: CLASSIFIER(o, ps, constants))
    point, v = list(parameters), list(directions)

    def step() -> Arrays:
        found: Arrays = make(point)[0](v)
        return found

    return step


def _hvp_jax(parameters: Arrays, constants: Arrays, directions: Arrays) -> Step:
    jax = array_peers.load_jax()
    o = array_peers.jax_ops(jax)
    point, fixed, v = (
        tuple(map(jax.numpy.asarray, a)) for a in (parameters, constants, directions)
    )

    def product(ps: Any, cs: Any, vs: Any) -> Any:
        return jax.jvp(jax.grad(lambda qs: CLASSIFIER(o, qs, cs)), (ps,), (vs,))[1]

    compiled = jax.jit(product)
    return lambda: list(jax.block_until_ready(compiled(point, fixed, v)))


# -- T5: a whole Jacobian --------------------------------------------------------------
def jacobian_workload(
    name: str, inputs: int, outputs: int, targets: tuple[Target, ...]
) -> Workload:
    """All derivatives of `second @ tanh(first @ x)`."""
    first, second, x = draw(
        9, (inputs, inputs), (outputs, inputs), (inputs,), dtype=np.float64
    )
    engines: Makers = {
        OURS: lambda: (
            lambda: [transforms.jacobian(lambda x: second @ np.tanh(first @ x), x)]
        ),
        HAND: lambda: by_hand.jacobian_step(first, second, x),
    }
    makers: list[tuple[str, Callable[..., Makers]]] = [
        ("torch", _jacobians_torch), ("autograd", _jacobians_hips),
        ("jax", _jacobians_jax),
    ]  # fmt: skip
    for peer, make in makers:
        if peers.load(peer) is not None:
            engines |= make(first, second, x)
    return Workload(
        name,
        f"Jacobian of {inputs} -> {outputs}, hidden width {inputs}",
        engines,
        lambda: _jacobian_reference(first, second, x),
        targets,
        1e-9,
        digest=in_one,
    )


def _jacobian_reference(first: Any, second: Any, x: Any) -> Sequence[float]:
    """One complex step for every input."""
    points = x[:, None] + 1e-30j * np.eye(len(x))
    found: Sequence[float] = np.ravel(
        np.imag(second @ np.tanh(first @ points)) / 1e-30
    ).tolist()
    return found


def _jacobians_torch(first: Any, second: Any, point: Any) -> Makers:
    torch = peers.load("torch")
    a, b, x = map(torch.tensor, (first, second, point))

    def f(x: Any) -> Any:
        return b @ torch.tanh(a @ x)

    functional = torch.autograd.functional.jacobian
    return {
        "torch.func.jacrev": lambda: lambda: [torch.func.jacrev(f)(x)],
        "torch.func.jacfwd": lambda: lambda: [torch.func.jacfwd(f)(x)],
        "torch.autograd.functional": lambda: lambda: [functional(f, x)],
        "torch.autograd.functional, vectorize": lambda: (
            lambda: [functional(f, x, vectorize=True)]
        ),
    }


def _jacobians_hips(first: Any, second: Any, point: Any) -> Makers:
    xp = importlib.import_module("autograd.numpy")

    of = peers.load("autograd").jacobian(lambda x: xp.dot(second, xp.tanh(first @ x)))
    return {"autograd": lambda: lambda: [of(point)]}


def _jacobians_jax(first: Any, second: Any, point: Any) -> Makers:
    jax = array_peers.load_jax()
    xp = jax.numpy
    a, b, x = map(xp.asarray, (first, second, point))

    def f(x: Any) -> Any:
        return b @ xp.tanh(a @ x)

    def on(transform: Any) -> Callable[[], Step]:
        compiled = jax.jit(transform(f))
        return lambda: lambda: [jax.block_until_ready(compiled(x))]

    return {"jax.jit jacfwd": on(jax.jacfwd), "jax.jit jacrev": on(jax.jacrev)}


# -- T7: differences -------------------------------------------------------------------


def differences_workload(entries: int = 1000) -> Workload:
    """A gradient by central differences, beside the bare calls that it needs."""
    weights, x = draw(10, (entries,), (entries,), dtype=np.float64)
    weights, x = np.sin(weights), x * entries**0.5

    def f(x: Any) -> Any:
        square = x * x
        cube = square * x
        return square @ square - weights @ cube + weights @ x

    engines: Makers = {
        OURS: lambda: lambda: [finite.gradient(f, x)],
        "2n bare calls": lambda: _bare_calls(f, x),
        "ours, complex step": lambda: lambda: [finite.gradient(f, x, method="complex")],
        "textbook loop": lambda: _textbook(f, x),
    }
    if peers.load("scipy") is not None:
        engines |= _scipy(f, x)
    if peers.load("numdifftools") is not None:
        differentiated = peers.load("numdifftools").Gradient(f, method="central")
        engines["numdifftools"] = lambda: lambda: [differentiated(x)]
    return Workload(
        "T7",
        f"gradient by differences, n = {entries}",
        engines,
        lambda: (4.0 * x**3 + weights * (1.0 - 3.0 * x * x)).tolist(),
        (
            Target("2n bare calls", 1 / 1.1, 1 / 1.06),
            Target("scipy 3-point", 2.3, 2.42),
            Target("numdifftools", 18.0, 20.0),
        ),
        1e-5,
        1e-4,
        digest=in_one,
    )  # fmt: skip


def _bare_calls(f: Callable[[Any], Any], x: Any) -> Step:
    """The floor, with the right answer beside it: it differentiates nothing."""
    answer = finite.gradient(f, x)

    def step() -> Arrays:
        for _ in range(2 * x.size):
            f(x)
        return [answer]

    return step


def _textbook(f: Callable[[Any], Any], x: Any) -> Step:
    def step() -> Arrays:
        g = np.zeros_like(x)
        for i in range(x.size):
            ahead, behind = x.copy(), x.copy()
            ahead[i] += 1e-6
            behind[i] -= 1e-6
            g[i] = (f(ahead) - f(behind)) / 2e-6
        return [g]

    return step


def _scipy(f: Callable[[Any], Any], x: Any) -> Makers:
    """What SciPy's optimisers use; only the 2-point form has a public name."""
    differences = importlib.import_module("scipy.optimize._numdiff").approx_derivative

    return {
        "scipy 3-point": lambda: lambda: [differences(f, x, method="3-point")],
        "scipy 2-point": lambda: lambda: [differences(f, x, method="2-point")],
    }


def workloads() -> list[Workload]:
    """T4, T5 and T7 with the targets of the plan; a ratio is peer's time / ours."""
    return [
        hvp_workload(
            "T4 small", 8, 32, 32, 32, 10,
            targets=(
                Target("torch", 1.9, 1.98), Target("autograd", 3.0, 3.1),
                Target("torch.func", 6.0, 7.0),
            ),
        ),
        hvp_workload(
            "T4", 128, 784, 256, 256, 10,
            targets=(Target("torch", 1.15, 1.22), Target("autograd", 1.2, 1.2)),
        ),
        jacobian_workload(
            "T5", 100, 100,
            (
                Target("torch.func.jacrev", 3.4, 3.5), Target("torch.func.jacfwd", 3.4),
                Target("autograd", 30.0, 32.0),
                Target("torch.autograd.functional", 45.0, 49.0),
                Target("jax.jit jacfwd", 1.15, 1.18),
            ),
        ),
        jacobian_workload(
            "T5 wide", 500, 10,
            (
                Target("torch.func.jacrev", 4.3, 4.5), Target("autograd", 3.5, 3.7),
                Target("torch.autograd.functional", 5.0, 5.8),
                Target("jax.jit jacrev", 1.15, 1.29),
            ),
        ),
        differences_workload(),
    ]  # fmt: skip
