"""Live torch storage, byte by byte: deterministic, on any device, forward and back.

A dispatch mode sees every new storage and a weak reference sees it go.  Storages that
existed before (parameters, inputs, and views of them) are not counted.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any


def peak_bytes(run: Callable[[], Any]) -> tuple[int, Any]:
    """(highest number of live bytes of new storages, result) while `run()` runs.

    >>> import pytest; torch = pytest.importorskip("torch")
    >>> peak_bytes(lambda: torch.zeros(1000, dtype=torch.float64).sum().item())[0]
    8008
    """
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    live = _Live()

    class Meter(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = kwargs or {}
            for leaf in tree_leaves((args, kwargs)):
                live.ignore(leaf)
            out = func(*args, **kwargs)
            for leaf in tree_leaves(out):
                live.add(leaf)
            return out

    with Meter():  # type: ignore[no-untyped-call]
        result = run()
    return live.peak, result


class _Live:
    """Storages seen so far, by their Python object, and the bytes still alive."""

    def __init__(self) -> None:
        self.now, self.peak = 0, 0
        self.known: dict[int, Any] = {}

    def ignore(self, leaf: Any) -> None:
        """A storage first met as an input is somebody else's: count 0 for it."""
        self._meet(leaf, counted=False)

    def add(self, leaf: Any) -> None:
        """A storage first met as an output is new."""
        self._meet(leaf, counted=True)

    def _meet(self, leaf: Any, *, counted: bool) -> None:
        storage = _storage(leaf)
        if storage is None or storage._cdata in self.known:
            return
        size = storage.nbytes() if counted else 0
        key = storage._cdata
        self.known[key] = weakref.ref(storage, lambda _: self._gone(key, size))
        self.now += size
        self.peak = max(self.peak, self.now)

    def _gone(self, key: int, size: int) -> None:
        self.known.pop(key, None)
        self.now -= size


def _storage(leaf: Any) -> Any:
    import torch

    if not isinstance(leaf, torch.Tensor) or leaf.layout != torch.strided:
        return None
    return leaf.untyped_storage()
