"""How much memory a computation holds: what a graph keeps, and the peak while it runs.

Two meters, because they tell different things. `saved_bytes` reads a graph: what the
forward pass left for the backward pass. `LiveBytes` sees every allocation of a block,
so also what a checkpoint computes again and what a sum of cotangents needs: one big
checkpoint saves almost nothing, and its peak is that of the plain run.
"""

from __future__ import annotations

import tracemalloc
from typing import Any

from . import versions
from .errors import ArgumentError
from .graph import Node
from .tensor import Tensor

__all__ = ["LiveBytes", "saved_arrays", "saved_bytes"]


def saved_arrays(*roots: Tensor) -> list[Any]:
    """The arrays that the graph below `roots` keeps for the way back.

    Each piece of memory once, as the array that owns it: a view keeps all of it. The
    arrays of leaves that require grad (parameters) are left out: they would be kept
    anyway. What a `Function` holds in attributes of its ctx is not seen.

    >>> w, x = Tensor([2.0], requires_grad=True), Tensor([3.0])
    >>> saved_arrays((w * x).exp().sum())
    [array([403.42879349]), array([3.])]
    """
    found: dict[int, Any] = {}
    leaves: set[int] = set()
    stack: list[Node | None] = [t.node for t in roots]
    seen: set[Node | None] = {None}
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if node.variable is not None:
            leaves.add(id(versions.owner(node.variable.primal)))
        for array in node.saved():
            own = versions.owner(array)
            found[id(own)] = own
        stack += node.inputs
    return [array for key, array in found.items() if key not in leaves]


def saved_bytes(*roots: Tensor) -> int:
    """How many bytes the graph below `roots` keeps: those of `saved_arrays`.

    >>> w, x = Tensor([2.0], requires_grad=True), Tensor([3.0])
    >>> saved_bytes((w * x).exp().sum())
    16
    """
    return sum(array.nbytes for array in saved_arrays(*roots))


class LiveBytes:
    """Bytes that the block has allocated and not freed: `now`, and `peak` so far.

    Python objects and NumPy's arrays, by `tracemalloc`: the same on every machine, and
    slow. What lived before the block is not counted. Raises `ArgumentError` in a block
    of its own kind, whose peak it would reset.

    >>> import numpy as np
    >>> with LiveBytes() as live:
    ...     for _ in range(10):
    ...         x = np.zeros(1000)
    >>> live.now // 8000, live.peak // 8000
    (1, 2)
    """

    _open = False

    def __enter__(self) -> LiveBytes:
        if LiveBytes._open:
            raise ArgumentError(
                "LiveBytes is measuring already, and one peak would hide the other. "
                "Measure one thing after the other, or read .now inside."
            )
        LiveBytes._open = True
        self._mine = not tracemalloc.is_tracing()
        if self._mine:
            tracemalloc.start()
        tracemalloc.reset_peak()
        self._base = tracemalloc.get_traced_memory()[0]
        self._final: tuple[int, int] | None = None
        return self

    def __exit__(self, *_error: object) -> None:
        self._final = self._read()
        LiveBytes._open = False
        if self._mine:
            tracemalloc.stop()

    def _read(self) -> tuple[int, int]:
        if self._final is not None:
            return self._final
        now, peak = tracemalloc.get_traced_memory()
        return now - self._base, peak - self._base

    @property
    def now(self) -> int:
        """Bytes that are live now, or were at the end of the block."""
        return self._read()[0]

    @property
    def peak(self) -> int:
        """The most bytes that were live at one time."""
        return self._read()[1]
