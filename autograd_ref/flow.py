"""Where gradients arrive, and how large: a report on parameters after `backward()`.

A gradient that is missing, one that is exactly zero and one that is too small to matter
are three faults with three causes, so each has a status of its own. Sizes are told by
the ratio of the gradient's norm to the parameter's, which does not change when a layer
is scaled or gets more entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from .core import strip
from .errors import ArgumentError, DTypeError

__all__ = ["Flow", "FlowRow", "flaw", "gradient_flow", "norm"]


class FlowRow(NamedTuple):
    """What became of one parameter's gradient.

    `status` is one of none, zero, nan, inf, vanishing, exploding, frozen, ok. Norms
    are Euclidean; `grad_norm` is None without a gradient, `ratio` (gradient to
    parameter) also for a parameter that is all zeros.

    >>> FlowRow("bias", "ok", 0.5, 2.0, 0.25).ratio
    0.25
    """

    name: str
    status: str
    grad_norm: float | None
    param_norm: float
    ratio: float | None


class Flow(tuple[FlowRow, ...]):
    """The rows of a report in the order of the parameters; prints as a table.

    >>> Flow([FlowRow("bias", "zero", 0.0, 2.0, 0.0)]).faults[0].name
    'bias'
    """

    __slots__ = ()

    @property
    def faults(self) -> tuple[FlowRow, ...]:
        """The rows that want a look: neither ok nor frozen on purpose."""
        return tuple(row for row in self if row.status not in ("ok", "frozen"))

    def __repr__(self) -> str:
        head = ("name", "status", "grad norm", "param norm", "ratio")
        rows = [head, *(_cells(row) for row in self)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join(lines)


def gradient_flow(
    named_parameters: Any, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> Flow:
    """One row a parameter: its gradient's status, norms and their ratio.

    Takes pairs of a name and a Tensor, or an object with `named_parameters()`, after
    `backward()`; dense tensors of torch do as well. The first that holds decides:

    - frozen: it does not require grad;
    - none: nothing has arrived, so no path leads from the loss to it;
    - nan, then inf: an entry of the gradient, or of the parameter itself, is one;
    - zero: every entry of the gradient is 0 (dead units, a mask);
    - vanishing: the ratio is below `vanishing`. At 1e-7 a step of the gradient's size
      is lost in float32's rounding of the parameter;
    - exploding: the ratio is above `exploding`. At 1e3 a learning rate of 0.001 moves
      the parameter by its own size;
    - ok.

    A parameter that is all zeros has no ratio; its gradient's norm is judged instead.
    Norms are computed so that squares neither overflow nor underflow. Raises
    `DTypeError` for what is no pair of a name and a tensor, `ArgumentError` for
    thresholds out of order.

    >>> from autograd_ref.tensor import tensor
    >>> w, b = (tensor([3.0, 4.0], requires_grad=True) for _ in range(2))
    >>> (w * 2.0).sum().backward()
    >>> gradient_flow([("w", w), ("b", b)])
    name  status  grad norm  param norm  ratio
    w     ok      2.83       5           0.566
    b     none    -          5           -
    """
    if not 0.0 <= vanishing < exploding:
        raise ArgumentError(
            f"gradient_flow() got vanishing={vanishing} and exploding={exploding}; "
            "0 <= vanishing < exploding is needed."
        )
    return Flow(
        _row(name, p, vanishing, exploding) for name, p in _pairs(named_parameters)
    )


def norm(x: Any) -> float:
    """The Euclidean norm of all entries, free of overflow in between; 0 for none.

    >>> norm(np.full(4, 1e30, np.float32)), norm([3e200, 4e200])
    (2e+30, 5e+200)
    """
    x = np.asarray(x, dtype=np.float64)
    top = float(np.max(np.abs(x), initial=0.0))
    if top == 0.0 or not np.isfinite(top):
        return top
    with np.errstate(over="ignore"):  # the norm itself may be too large: inf
        return float(top * np.sqrt(np.sum(np.square(x / top))))


def flaw(x: Any, inf: bool = True) -> str:
    """What is wrong with the entries: "nan" if one is, else "inf" if one is, else "".

    Takes a number, an array, a traced value, or a dict of them; None and what is no
    float have no flaw. `inf=False` lets inf pass.

    >>> flaw(np.array([np.inf, np.nan])), flaw(-np.inf), flaw(-np.inf, False), flaw(2)
    ('nan', 'inf', '', '')
    """
    if isinstance(x, dict):  # "nan" > "inf" > "", as words
        return max((flaw(part, inf) for part in x.values()), default="")
    array = np.asarray(strip(x))
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return ""
    return "nan" if np.isnan(array).any() else "inf" if inf else ""


def _pairs(named_parameters: Any) -> Iterable[tuple[str, Any]]:
    listed = getattr(named_parameters, "named_parameters", None)
    for pair in named_parameters if listed is None else listed():
        if not (isinstance(pair, tuple | list) and len(pair) == 2) or not hasattr(
            pair[1], "requires_grad"
        ):
            raise DTypeError(
                f"gradient_flow() got {type(pair).__name__} {pair!r:.60} where a pair "
                "of a name and a tensor is needed. Pass model, or "
                "model.named_parameters(), or [(name, tensor), ...]."
            )
        yield pair[0], pair[1]


def _row(name: str, p: Any, vanishing: float, exploding: float) -> FlowRow:
    value = _array(p)
    size = norm(value)
    if p.grad is None:
        status = "none" if p.requires_grad else "frozen"
        return FlowRow(name, status, None, size, None)
    grad = _array(p.grad)
    length = norm(grad)
    ratio = None if size == 0.0 else length / size
    judged = length if ratio is None else ratio
    if not p.requires_grad:
        status = "frozen"
    elif found := max(flaw(grad), flaw(value)):
        status = found
    elif length == 0.0:
        status = "zero"
    else:
        status = "vanishing" if judged < vanishing else "ok"
        status = "exploding" if judged > exploding else status
    return FlowRow(name, status, length, size, ratio)


def _array(t: Any) -> Any:
    return t.detach().numpy()


def _cells(row: FlowRow) -> tuple[str, ...]:
    numbers = (row.grad_norm, row.param_norm, row.ratio)
    shown = ("-" if x is None else f"{x:.3g}" for x in numbers)
    return (row.name, row.status, *shown)
