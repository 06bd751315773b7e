"""The engines that ours is compared with: loaded if installed, else named with why."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from autograd_ref import scalar

# Distribution: module. Versions go into the table.
PEERS = {"micrograd": "micrograd.engine", "autograd": "autograd", "ad": "ad",
         "torch": "torch", "jax": "jax", "mygrad": "mygrad", "scipy": "scipy.optimize",
         "numdifftools": "numdifftools"}  # fmt: skip
# Peers of the plan that no package registry has under their own name.
UNAVAILABLE = {
    "microgpt": "a gist, not a package; the registry's microgpt is another project",
    "minitorch": "course material, not a package; the registry's is another project",
}


@dataclass(frozen=True)
class Engine:
    """Scalar reverse mode in one vocabulary: a leaf, a walk back, a gradient."""

    name: str
    number: Callable[[float], Any]
    backward: Callable[[Any], None]
    gradient: Callable[[Any], float]
    data: Callable[[Any], float]


def load(peer: str) -> Any:
    """The peer's module, or None where it is not installed."""
    try:
        with warnings.catch_warnings():  # what others warn of on import is theirs
            warnings.simplefilter("ignore")
            return importlib.import_module(PEERS[peer])
    except ImportError:
        return None


def versions() -> dict[str, str]:
    """Version of each peer that is installed."""
    found = {}
    for peer in PEERS:
        if load(peer) is not None:
            try:
                found[peer] = version(peer)
            except PackageNotFoundError:
                found[peer] = "unknown"
    return found


def left_out() -> dict[str, str]:
    """Peers that are not measured, each with the reason."""
    missing = {peer: "not installed" for peer in PEERS if load(peer) is None}
    return missing | UNAVAILABLE


def engines(*names: str) -> list[Engine]:
    """Those of the named engines that can run here; all of them if none is named."""
    made = [ENGINES[name]() for name in names or ENGINES]
    return [engine for engine in made if engine is not None]


def _ours() -> Engine:
    return Engine(
        "ours", scalar.Value, lambda z: z.backward(), lambda x: x.grad, lambda z: z.data
    )


def _micrograd() -> Engine | None:
    module = load("micrograd")
    return module and Engine(
        "micrograd",
        module.Value,
        lambda z: z.backward(),
        lambda x: x.grad,
        lambda z: z.data,
    )


def _micrograd_iterative() -> Engine | None:
    """Micrograd's Values, ordered without recursion: what it would be, mended."""
    module = load("micrograd")
    return module and Engine(
        "micrograd-iterative",
        module.Value,
        _iterative_backward,
        lambda x: x.grad,
        lambda z: z.data,
    )


def _iterative_backward(root: Any) -> None:
    """The order that micrograd's recursion gives, with a stack of its own."""
    order, visited, stack = [], {root}, [(root, iter(root._prev))]
    while stack:
        node, following = stack[-1]
        below = next((x for x in following if x not in visited), None)
        if below is None:
            order.append(node)
            stack.pop()
        else:
            visited.add(below)
            stack.append((below, iter(below._prev)))
    root.grad = 1
    for node in reversed(order):
        node._backward()


def _torch() -> Engine | None:
    torch = load("torch")
    return torch and Engine(
        "torch 0-d",
        lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True),
        lambda z: z.backward(),
        lambda x: 0.0 if x.grad is None else x.grad.item(),
        lambda z: z.item(),
    )


ENGINES: dict[str, Callable[[], Engine | None]] = {
    "ours": _ours,
    "micrograd": _micrograd,
    "micrograd-iterative": _micrograd_iterative,
    "torch 0-d": _torch,
}


def micrograd_nn(number: Any) -> Any:
    """A fresh copy of micrograd's own `nn` module, its `Value` being `number`.

    So its user code, down to the `sum` over a generator, runs on any engine. None
    where micrograd is not installed.
    """
    if load("micrograd") is None:
        return None
    spec = importlib.util.find_spec("micrograd.nn")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Value = number  # type: ignore[attr-defined]
    return module
