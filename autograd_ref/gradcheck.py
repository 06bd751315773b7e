"""Is a derivative right? Compared with differences, in every direction.

`gradcheck` compares the Jacobian that backward gives with central differences of the
forward, entry by entry; `gradgradcheck` does the same for the gradient itself. Both
want float64: in float32 a difference has three good digits. What they cannot see: a
wrong derivative at points that were not given, and at kinks there is no right one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .errors import ArgumentError, AutogradError, DTypeError
from .mode import enable_grad
from .tensor import Tensor, grad

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Fn = Callable[..., Any]


class GradcheckError(AutogradError, RuntimeError):
    """A derivative that differs from what differences measure.

    >>> issubclass(GradcheckError, RuntimeError)
    True
    """


def gradcheck(
    f: Fn,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-4,
    raise_exception: bool = True,
) -> bool:
    """Whether backward through `f` agrees with central differences of `f`.

    `inputs` is a tensor or a sequence of arguments; those tensors that require grad
    are checked, in float64. `|analytic - measured| <= atol + rtol * |measured|` has
    to hold for every entry of the Jacobian. Raises `GradcheckError` (or returns
    False) if it does not, `DTypeError` for float32, `ArgumentError` if nothing
    requires grad.

    >>> x = Tensor([0.5, 2.0], requires_grad=True)
    >>> gradcheck(lambda x: x.exp(), x)
    True
    >>> gradcheck(lambda x: x * x.detach(), x, raise_exception=False)
    False
    """
    args = _listed(inputs)
    wanted = _wanted(args)
    for k, out in enumerate(_outputs(f, args)):
        analytic = _analytic(f, args, wanted, k, out)
        for which, (i, found) in enumerate(zip(wanted, analytic, strict=True)):
            measured = _measured(f, args, i, k, eps)
            if not np.allclose(found, measured, rtol=rtol, atol=atol, equal_nan=True):
                if not raise_exception:
                    return False
                raise GradcheckError(_report(k, i, which, found, measured))
    return True


def gradgradcheck(
    f: Fn,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-6,
    rtol: float = 1e-4,
    raise_exception: bool = True,
) -> bool:
    """Whether backward through the gradient of `f` agrees with its differences.

    The cotangents of `f` take part: they are drawn at random, or given. Options and
    errors are those of `gradcheck`.

    >>> x = Tensor([0.5, 2.0], requires_grad=True)
    >>> gradgradcheck(lambda x: x.exp(), x)
    True
    """
    args = _listed(inputs)
    wanted = _wanted(args)
    seeds = _seeds(f, args) if grad_outputs is None else _listed(grad_outputs)

    def gradient(*both: Any) -> tuple[Any, ...]:
        given, cotangents = both[: len(args)], both[len(args) :]
        outs = _outputs(f, given)
        pairs = [(o, g) for o, g in zip(outs, cotangents, strict=True) if o.node]
        ends, gs = [o for o, _ in pairs], [g for _, g in pairs]
        options = {"create_graph": True, "allow_unused": True}
        found = grad(ends, [given[i] for i in wanted], gs, **options)
        return tuple(g for g in found if g is not None)

    options: dict[str, Any] = {"eps": eps, "atol": atol, "rtol": rtol}
    return gradcheck(
        gradient, [*args, *seeds], raise_exception=raise_exception, **options
    )


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _seeds(f: Fn, args: Sequence[Any]) -> list[Tensor]:
    """Random cotangents, the same each time, that take part in the check."""
    rng = np.random.default_rng(0)
    return [Tensor(rng.normal(size=o.shape), True) for o in _outputs(f, args)]


def _wanted(args: Sequence[Any]) -> list[int]:
    wanted = [
        i for i, a in enumerate(args) if isinstance(a, Tensor) and a.requires_grad
    ]
    if not wanted:
        raise ArgumentError(
            "gradcheck() got no tensor that requires grad: there is nothing to check."
        )
    for i in wanted:
        if args[i].dtype != np.float64:
            raise DTypeError(
                f"gradcheck() got input {i} of type {args[i].dtype}; differences need "
                "float64. Use .double()."
            )
    return wanted


def _outputs(f: Fn, args: Sequence[Any]) -> list[Tensor]:
    with enable_grad():
        out = f(*args)
    outs = out if isinstance(out, list | tuple) else [out]
    return [o for o in outs if isinstance(o, Tensor) and o.dtype.kind == "f"]


def _analytic(
    f: Fn, args: Sequence[Any], wanted: list[int], k: int, out: Tensor
) -> list[Any]:
    """The Jacobian of output `k` in each wanted input, row by row."""
    size = out.numel()
    found = [np.zeros((size, args[i].numel())) for i in wanted]
    if out.node is None:
        return found
    for row, basis in enumerate(np.eye(size)):
        gs = grad(
            [out], [args[i] for i in wanted], [basis.reshape(out.shape)],
            retain_graph=True, allow_unused=True,
        )  # fmt: skip
        for matrix, g in zip(found, gs, strict=True):
            if g is not None:
                matrix[row] = g.primal.reshape(-1)
    return found


def _measured(f: Fn, args: Sequence[Any], i: int, k: int, eps: float) -> Any:
    """The Jacobian of output `k` in input `i`, column by column, by differences."""
    point = args[i].primal
    columns = []
    for j in range(point.size):
        ends = []
        for step in (eps, -eps):
            moved = point.copy()
            moved.reshape(-1)[j] += step
            given = [*args[:i], Tensor(moved, requires_grad=True), *args[i + 1 :]]
            ends.append(_outputs(f, given)[k].primal.reshape(-1).copy())
        columns.append((ends[0] - ends[1]) / (2 * eps))
    outs = _outputs(f, args)
    return np.stack(columns, 1) if columns else np.zeros((outs[k].numel(), 0))


def _report(k: int, i: int, which: int, found: Any, measured: Any) -> str:
    gap = np.abs(found - measured)
    row, column = np.unravel_index(int(np.nanargmax(gap)), gap.shape)
    return (
        f"the Jacobian of output {k} in input {i} is wrong: entry ({row}, {column}) "
        f"is {found[row, column]:.6g} by backward and {measured[row, column]:.6g} by "
        "differences. Away from kinks the differences are right; check backward()."
    )
