"""Where a gradient went wrong: reports, a finder of the first bad number, anomaly mode.

Three instruments, from the one that costs least. `gradient_flow` reads what a backward
pass left on the parameters. `detect_anomaly` looks on during a backward pass, as
torch's does, and is blind where torch's is: to inf, and to what goes wrong in the
forward pass. `first_bad` looks at both passes and both kinds, at the price of running
them once more.
"""

from __future__ import annotations

from typing import Any

from .errors import AutogradError
from .faults import Bad, first_bad, size
from .flow import Flow, FlowRow, flaw, gradient_flow
from .graph import Node
from .watch import Watch, origin, told

__all__ = [
    "AnomalyError",
    "Bad",
    "Flow",
    "FlowRow",
    "detect_anomaly",
    "first_bad",
    "gradient_flow",
]


class AnomalyError(AutogradError, RuntimeError):
    """A cotangent that is NaN, met in anomaly mode.

    >>> issubclass(AnomalyError, RuntimeError)
    True
    """


class detect_anomaly(Watch):  # noqa: N801 -- torch's name
    """A `with` block in which a backward pass stops where a cotangent turns NaN.

    Put the forward pass inside as well: then the error shows where the operation at
    fault was called. `.grad` is filled only by a pass that ends well. Raises
    `AnomalyError`, which names the node as torch's RuntimeError does.

    Not seen, here as in torch: an infinite cotangent (`sqrt` at 0), until a product
    with 0 makes it NaN elsewhere, and a NaN born in the forward pass whose slopes are
    finite (`log` of a negative number). `check_inf=True`, which torch does not have,
    stops at inf too; `first_bad` sees all of them. `check_nan=False` only notes where
    nodes are made. Unlike torch's, the mode holds for one thread, says nothing on
    stderr, and a hook's own NaN is laid to the node that it hangs on.

    >>> from autograd_ref.tensor import tensor
    >>> x = tensor([0.0, 1.0], requires_grad=True)
    >>> with detect_anomaly():
    ...     (x.sqrt() * 0.0).sum().backward()
    Traceback (most recent call last):
    autograd_ref.debug.AnomalyError: SqrtBackward0 returned nan ...
    """

    def __init__(self, check_nan: bool = True, check_inf: bool = False) -> None:
        super().__init__()
        self.check_nan, self.check_inf = check_nan, check_inf

    def pulled(self, node: Node, i: int, g: Any) -> None:
        """Raise where `g` holds what is looked for."""
        kind = flaw(g, self.check_inf) if self.check_nan else ""
        if not kind:
            return
        made = origin(node)
        where = (
            "It was made outside detect_anomaly(), so where is not known."
            if made is None
            else f"In the forward pass, {made.op} was called here:\n{told(made.places)}"
        )
        raise AnomalyError(
            f"{node.name()} returned {kind} in the cotangent of its input {i}, of "
            f"shape {size(g, kind)}. first_bad() tells whether a value was bad "
            f"before. {where}"
        )
