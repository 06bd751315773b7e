"""Automatic differentiation, one idea a module, with NumPy only.

Every operation and its derivative stand once, in `autograd_ref.ops.TABLE`. The
modes read it: `autograd_ref.dual` pushes tangents forward, `autograd_ref.scalar`
records a graph of numbers and walks it back, `autograd_ref.tape` does so in the open.
`autograd_ref.finite` needs no table: it measures the slopes of any black box. Names
load on first use (PEP 562), so what is not used costs no start-up time.

>>> from autograd_ref import Dual
>>> Dual(3.0, 1.0) ** 2
Dual(9.0, 6.0)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import core as core
    from . import dual as dual
    from . import errors as errors
    from . import finite as finite
    from . import function as function
    from . import gradcheck as gradcheck
    from . import graph as graph
    from . import mode as mode
    from . import ops as ops
    from . import rules as rules
    from . import scalar as scalar
    from . import tape as tape
    from . import tensor as tensor
    from . import transforms as transforms
    from . import versions as versions
    from .dual import Dual as Dual
    from .dual import DualNumber as DualNumber
    from .errors import ArgumentError as ArgumentError
    from .errors import AutogradError as AutogradError
    from .errors import DTypeError as DTypeError
    from .errors import GraphError as GraphError
    from .errors import ShapeError as ShapeError
    from .errors import UnsupportedError as UnsupportedError
    from .function import Function as Function
    from .function import once_differentiable as once_differentiable
    from .mode import enable_grad as enable_grad
    from .mode import inference_mode as inference_mode
    from .mode import no_grad as no_grad
    from .mode import set_grad_enabled as set_grad_enabled
    from .scalar import Value as Value
    from .tensor import Tensor as Tensor
    from .transforms import grad as grad
    from .transforms import hessian as hessian
    from .transforms import hvp as hvp
    from .transforms import jacobian as jacobian
    from .transforms import jvp as jvp
    from .transforms import linearize as linearize
    from .transforms import value_and_grad as value_and_grad
    from .transforms import vjp as vjp

_MODULES = (
    "core", "dual", "errors", "finite", "function", "gradcheck", "graph", "mode",
    "ops", "rules", "scalar", "tape", "tensor", "transforms", "versions",
)  # fmt: skip
# Where each name lives; a test holds this to the imports above.
_HOME = {
    "ArgumentError": "errors",
    "AutogradError": "errors",
    "DTypeError": "errors",
    "Dual": "dual",
    "DualNumber": "dual",
    "Function": "function",
    "GraphError": "errors",
    "ShapeError": "errors",
    "Tensor": "tensor",
    "UnsupportedError": "errors",
    "Value": "scalar",
    "enable_grad": "mode",
    "grad": "transforms",
    "hessian": "transforms",
    "hvp": "transforms",
    "inference_mode": "mode",
    "jacobian": "transforms",
    "jvp": "transforms",
    "linearize": "transforms",
    "no_grad": "mode",
    "once_differentiable": "function",
    "set_grad_enabled": "mode",
    "value_and_grad": "transforms",
    "vjp": "transforms",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _HOME:
        return getattr(import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES, *_HOME])
