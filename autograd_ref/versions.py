"""In-place writes, by the memory they went to: what makes stale saves an error.

A backward pass reads arrays that the forward pass saved. If one was overwritten in
between, the gradient would be wrong without a word. So every in-place operation
leaves its time here, by the array that owns the memory: all views share it, and
`detach()` as well. A graph none of whose nodes is older than the last write needs no
look at all, which makes the guard free where nobody writes.

Times are those of `tick`, which also numbers the nodes of graphs: a saved array is
stale if its memory was written after its node was made. Writes that go round the
tensor (`x.data`, `x.numpy()`) leave no trace, as in torch.
"""

from __future__ import annotations

import weakref
from itertools import count
from typing import Any

import numpy as np

__all__ = ["clock", "owner", "tick", "version", "write", "written_after"]

tick = count(1).__next__
"""The next moment; every node and every write has one of its own."""


class _Clock:
    """The moment of the last write to anything."""

    __slots__ = ("last_write",)

    def __init__(self) -> None:
        self.last_write = 0


clock = _Clock()


class _Writes:
    """How often and when last one piece of memory was written."""

    __slots__ = ("alive", "count", "time")

    def __init__(self, array: Any, key: int) -> None:
        self.count = self.time = 0
        # The memory may be freed and its address used again: forget it then.
        self.alive = weakref.ref(array, lambda _: _written.pop(key, None))


_written: dict[int, _Writes] = {}


def owner(array: Any) -> Any:
    """The array that owns the memory which `array` shows.

    >>> x = np.zeros((2, 3))
    >>> owner(x.T[0]) is x
    True
    """
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def write(array: Any) -> None:
    """Note that the memory of `array` was written just now.

    >>> x = np.zeros(3)
    >>> write(x[:2])
    >>> version(x)
    1
    """
    own = owner(array)
    key = id(own)
    if key not in _written:
        _written[key] = _Writes(own, key)
    entry = _written[key]
    entry.count += 1
    entry.time = clock.last_write = tick()


def version(array: Any) -> int:
    """How many in-place operations wrote to the memory of `array` so far.

    >>> version(np.zeros(3))
    0
    """
    entry = _written.get(id(owner(array)))
    return 0 if entry is None else entry.count


def written_after(array: Any, time: int) -> bool:
    """Whether the memory of `array` was written after `time`.

    >>> x, before = np.zeros(3), tick()
    >>> write(x)
    >>> written_after(x, before), written_after(x, tick())
    (True, False)
    """
    entry = _written.get(id(owner(array)))
    return entry is not None and entry.time > time
