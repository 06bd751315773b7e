"""Scenes about data: folding, staircase, gradient flow, switch panel."""

from __future__ import annotations

import functools
import inspect
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..schedules import binomial_schedule
from .picture import Picture, Rows

__all__ = ["flow", "folding", "staircase", "switches"]

Array = np.ndarray[Any, np.dtype[np.float64]]
MOST = 60  # entries of a broadcast result: more is no picture


# -- broadcasting --------------------------------------------------------------------
def folding(a: Any, b: Any, g: Any = None) -> Picture:
    """What each entry of two arrays meets under broadcasting, and what comes back.

    `g` is the cotangent of the result; without it, its entries are 1, 2, 3, ... The
    rows speak of `a + b`; the widget knows `a * b` too. Raises `ArgumentError` for
    shapes that do not broadcast, and for results of more than two axes or 60 entries.

    >>> folding([[1.0], [2.0]], [10.0, 20.0]).rows[1]
    ['a[0, 0]', 1.0, 2, '1 + 2', 3.0]
    """
    pair = [np.asarray(array, dtype=float) for array in (a, b)]
    shape = _broadcast(pair)
    size = math.prod(shape)
    cotangent = np.arange(1.0, size + 1) if g is None else np.asarray(g, dtype=float)
    if cotangent.size != size:
        raise ArgumentError(
            f"the cotangent has {cotangent.size} entries; the result, of shape "
            f"{shape}, has {size}."
        )
    places = [np.arange(x.size).reshape(x.shape) for x in pair]
    meets = [np.broadcast_to(place, shape).ravel() for place in places]
    ops = {op: _shares(op, pair, meets, cotangent.ravel()) for op in ("add", "mul")}
    sides = {name: _side(name, x) for name, x in zip("ab", pair, strict=True)}
    rows: Rows = [["entry", "value", "used", "what comes back", "sum"]]
    for k, side in enumerate(sides.values()):
        rows += _folded(side, meets[k], ops["add"]["shares"][k])
    met = np.stack(meets, axis=1).tolist()
    return Picture(
        rows, {"data": {**sides, "shape": list(shape), "meets": met, "ops": ops}}
    )


def _broadcast(pair: list[Array]) -> tuple[int, ...]:
    try:
        shape = np.broadcast_shapes(*(x.shape for x in pair))
    except ValueError:
        shape = ()
        size = 0
    else:
        size = math.prod(shape)
    if len(shape) > 2 or not 1 <= size <= MOST:
        raise ArgumentError(
            f"shapes {pair[0].shape} and {pair[1].shape} give no picture: they must "
            f"broadcast to at most two axes and {MOST} entries."
        )
    return shape


def _shares(
    op: str, pair: list[Array], meets: list[Any], g: Array
) -> dict[str, list[Any]]:
    """Result, cotangent, what each use hands back, and the sums, all flat."""
    x, y = (array.ravel()[at] for array, at in zip(pair, meets, strict=True))
    shares = [g, g] if op == "add" else [g * y, g * x]
    sums = [
        np.bincount(at, weights=share, minlength=array.size).tolist()
        for at, share, array in zip(meets, shares, pair, strict=True)
    ]
    out = x + y if op == "add" else x * y
    flat = [share.tolist() for share in shares]
    return {"out": out.tolist(), "g": g.tolist(), "shares": flat, "sums": sums}


def _side(name: str, x: Array) -> dict[str, Any]:
    names = [f"{name}[{', '.join(map(str, at))}]" for at in np.ndindex(x.shape)]
    return {"shape": list(x.shape), "values": x.ravel().tolist(), "names": names}


def _folded(side: dict[str, Any], met: Any, shares: list[float]) -> Iterator[list[Any]]:
    for k, (name, value) in enumerate(zip(side["names"], side["values"], strict=True)):
        back = [share for at, share in zip(met, shares, strict=True) if at == k]
        parts = " + ".join(f"{share:g}" for share in back)
        yield [name, value, len(back), parts, sum(back)]


# -- checkpoints ---------------------------------------------------------------------
def staircase(n: int = 16, *, slots: int = 3) -> Picture:
    """Most values alive, and steps run again, for four plans on a chain of n steps.

    Step k reads value k. A plan keeps the values at some places and runs the others
    again, one stretch at a time; the binomial plan moves its places on the way back.

    >>> staircase(16).rows[3]
    ['root of n', '0, 4, 8, 12', 7, 9]
    """
    root = math.isqrt(n - 1) + 1
    plans = {"none": [0], "all": list(range(n)), "root of n": list(range(0, n, root))}
    rows: Rows = [["plan", "values kept on the way", "most alive", "run again"]]
    for name, kept in plans.items():
        said = ", ".join(map(str, kept)) if len(kept) < 9 else "all of them"
        rows.append([name, said, *_stretches(n, kept)])
    rows.append(["binomial", f"{slots} at a time", *_binomial(n, slots)])
    data = {"steps": n, "start": {"slots": slots, "plan": "root"}}
    data["start"] |= {"marks": plans["root of n"][1:]}  # type: ignore[operator]
    return Picture(rows, {"data": data})


def _stretches(n: int, kept: Sequence[int]) -> tuple[int, int]:
    """Most values alive, steps run again: each stretch from its mark, last first."""
    ends = [*kept[1:], n]
    lengths = [end - start for start, end in zip(kept, ends, strict=True)]
    most = max(k + length for k, length in enumerate(lengths))
    return most, sum(length - 1 for length in lengths[:-1])


def _binomial(n: int, slots: int) -> tuple[int, int]:
    stored: set[int] = set()
    most = runs = 0
    for kind, step, to in binomial_schedule(n, slots):
        if kind == "store":
            stored.add(step)
        elif kind == "drop":
            stored.discard(step)
        elif kind == "advance" and to is not None:
            runs += to - step
            most = max(most, len(stored) + 1)  # the state on its way counts
    return max(most, 1), runs - (n - 1)


# -- gradient flow -------------------------------------------------------------------
def flow(gradients: Mapping[str, Sequence[Any]], *, bins: int = 12) -> Picture:
    """Lengths of gradients: a row a step, a column a layer.

    `gradients` holds for each layer its gradient at every step (arrays, or tensors
    that NumPy can read). Raises `ArgumentError` where layers have different numbers of
    steps, or where all entries are zero.

    >>> flow({"first": [[3.0, 4.0], [0.0, 1.0]]}).rows
    [['step', 'first'], [0, 5.0], [1, 1.0]]
    """
    arrays = {
        name: [np.asarray(step, dtype=float).ravel() for step in steps]
        for name, steps in gradients.items()
    }
    counts = {len(steps) for steps in arrays.values()}
    sizes = [np.abs(step[step != 0]) for steps in arrays.values() for step in steps]
    if len(counts) != 1 or not any(size.size for size in sizes):
        raise ArgumentError(
            f"flow() got layers of {sorted(counts)} steps; it needs as many steps for "
            "each layer, and one entry that is not zero."
        )
    norms = [[float(np.linalg.norm(g)) for g in steps] for steps in arrays.values()]
    (total,) = counts
    shown = sorted({round(k) for k in np.linspace(0, total - 1, min(total, 9))})
    rows: Rows = [["step", *arrays]]
    rows += [[step, *(line[step] for line in norms)] for step in shown]
    powers = np.log10(np.concatenate(sizes))
    data = {"layers": list(arrays), "norms": norms, "limits": _limits(norms)}
    return Picture(rows, {"data": data | _bars(arrays, powers, bins)})


def _limits(norms: list[list[float]]) -> list[int]:
    powers = [math.log10(v) for line in norms for v in line if 0 < v < math.inf]
    low = math.floor(min(powers))
    return [low, max(low + 1, math.ceil(max(powers)))]


def _bars(
    arrays: dict[str, list[Array]], powers: Array, bins: int
) -> dict[str, list[Any]]:
    """Histograms of the sizes of entries, as powers of ten, on common edges."""
    low, high = float(powers.min()), float(powers.max())
    edges = np.linspace(
        math.floor(low), max(math.floor(low) + 1, math.ceil(high)), bins + 1
    )
    counts = [
        [np.histogram(np.log10(np.abs(g[g != 0])), edges)[0].tolist() for g in steps]
        for steps in arrays.values()
    ]
    zeros = [[int(np.sum(g == 0)) for g in steps] for steps in arrays.values()]
    return {"edges": edges.tolist(), "counts": counts, "zeros": zeros}


# -- switches ------------------------------------------------------------------------
def switches(
    answers: Mapping[str, Mapping[str, bool]],
    *,
    ways: Mapping[str, Any],
    proofs: Mapping[str, Any],
) -> Picture:
    """Answers to questions, a row a switch, with the code that each answer was run by.

    `ways` (of the switches) and `proofs` (of the questions) are functions, whose code
    is shown, or the code itself.

    >>> panel = {"no_grad()": {"records?": False}}
    >>> switches(panel, ways={"no_grad()": "y = f(x)"}, proofs={"records?": "y"}).rows
    [['switch', 'records?'], ['no_grad()', 'no']]
    """
    names, questions = list(answers), list(next(iter(answers.values())))
    rows: Rows = [["switch", *questions]]
    for name in names:
        rows.append([name, *("yes" if answers[name][q] else "no" for q in questions)])
    data = {
        "switches": names,
        "questions": questions,
        "answers": [[bool(answers[name][q]) for q in questions] for name in names],
        "ways": [_code(ways[name]) for name in names],
        "proofs": [_code(proofs[q]) for q in questions],
    }
    return Picture(rows, {"data": data})


def _code(item: Any) -> str:
    """The source of a function, the arguments that it was given beforehand below it."""
    if isinstance(item, str):
        return item
    if isinstance(item, functools.partial):
        given = ", ".join(_code(arg) for arg in item.args)
        return f"{_code(item.func)}\n# with {given}"
    try:
        text = inspect.getsource(inspect.unwrap(item))
    except (OSError, TypeError):  # typed where no source is kept, or not in Python
        return str(getattr(item, "__name__", item))
    return textwrap.dedent(text).strip().rstrip(",")
