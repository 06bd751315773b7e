"""Automatic differentiation, one idea a module, with NumPy only.

Every operation and its derivative stand once, in `autograd_ref.ops.TABLE`. The
modes read it: `autograd_ref.dual` pushes tangents forward, `autograd_ref.scalar`
records a graph of numbers and walks it back, `autograd_ref.tape` does so in the open,
`autograd_ref.tensor` does what torch does. `autograd_ref.checkpoint` trades memory for
time, `autograd_ref.debug` finds what went wrong, `autograd_ref.nn` trains networks.
`autograd_ref.finite` needs no table: it measures the slopes of any black box. Names
load on first use (PEP 562), so what is not used costs no start-up time.

>>> from autograd_ref import Dual
>>> Dual(3.0, 1.0) ** 2
Dual(9.0, 6.0)
"""

from importlib import import_module
from typing import Any

# Module -> the public names that the package lends it; the types stand in __init__.pyi.
_NAMES = {
    "chain": ("checkpoint_chain",),
    "checkpoint": ("checkpoint_recursive", "checkpoint_sequential"),
    "debug": ("detect_anomaly", "first_bad", "gradient_flow"),
    "draw": ("to_svg", "to_text"),
    "dual": ("Dual", "DualNumber"),
    "errors": (
        "ArgumentError", "AutogradError", "DTypeError", "GraphError", "ShapeError",
        "UnsupportedError",
    ),
    "function": ("Function", "once_differentiable"),
    "meter": ("LiveBytes", "saved_bytes"),
    "mode": ("enable_grad", "inference_mode", "no_grad", "set_grad_enabled"),
    "module": ("Module",),
    "optim": ("SGD", "Adam"),
    "scalar": ("Value",),
    "tensor": ("Tensor",),
    "transforms": (
        "grad", "hessian", "hvp", "jacobian", "jvp", "linearize", "value_and_grad",
        "vjp",
    ),
}  # fmt: skip
_MODULES = (
    *_NAMES, "attention", "batch", "core", "faults", "finite", "flow", "gradcheck",
    "graph", "layers", "layout", "nn", "ops", "randomness", "replay", "rules",
    "schedules", "svg", "tape", "versions", "watch",
)  # fmt: skip
_HOME = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(
        f"autograd_ref has no {name!r}; it has {', '.join(sorted(_HOME))} and the "
        f"modules {', '.join(sorted(_MODULES))}."
    )


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES, *_HOME])
