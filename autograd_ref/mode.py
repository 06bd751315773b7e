"""Who records: switches for gradient recording, one set for each thread (lesson 8).

`no_grad` stops recording, not accumulation: a `backward()` inside it still fills
`.grad`. `inference_mode` also marks what it makes as never to be saved for a
backward pass. Semantics and names are torch's.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from typing import Any

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
    "state",
]


class _State(threading.local):
    """What holds in this thread; a new thread starts with gradients on."""

    grad = True
    inference = False
    recorder: Any = None  # who takes the nodes of a checkpointed function; see `replay`
    walking = False  # whether a backward pass is under way
    watch: Any = None  # who looks on while a graph is built and walked; see `watch`


state = _State()
"""The switches of the current thread, read by every operation."""


def is_grad_enabled() -> bool:
    """Whether operations are recorded now, in this thread.

    >>> with no_grad():
    ...     is_grad_enabled()
    False
    """
    return state.grad or state.recorder is not None


def is_inference_mode_enabled() -> bool:
    """Whether results are inference tensors now, in this thread.

    >>> is_inference_mode_enabled()
    False
    """
    return state.inference


class _Switch:
    """A setting of the switches that lasts for a `with` block or a function's call."""

    def __init__(self, grad: bool, inference: bool | None = None) -> None:
        self._grad, self._inference = grad, inference
        self._before: list[tuple[bool, bool, Any]] = []

    def __enter__(self) -> None:
        self._before.append((state.grad, state.inference, state.recorder))
        state.grad, state.recorder = self._grad, None
        if self._inference is not None:
            state.inference = self._inference

    def __exit__(self, *_error: object) -> None:
        state.grad, state.inference, state.recorder = self._before.pop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, run with this setting; a generator has it while it runs."""
        fresh = functools.partial(_Switch, self._grad, self._inference)
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def steps(*args: Any, **options: Any) -> Iterator[Any]:
                inner = function(*args, **options)
                while True:
                    try:
                        with fresh():
                            out = next(inner)
                    except StopIteration:
                        return
                    yield out

            return steps

        @functools.wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            with fresh():
                return function(*args, **options)

        return call


def no_grad(function: Callable[..., Any] | None = None) -> Any:
    """Nothing inside is recorded. As a `with` block or a decorator, `()` or not.

    >>> from autograd_ref.tensor import tensor
    >>> x = tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad():
    ...     (x * 2).requires_grad
    False
    """
    switch = _Switch(False)
    return switch if function is None else switch(function)


def enable_grad(function: Callable[..., Any] | None = None) -> Any:
    """Recording is on inside, also within `no_grad`; not within `inference_mode`.

    >>> with no_grad(), enable_grad():
    ...     is_grad_enabled()
    True
    """
    switch = _Switch(True)
    return switch if function is None else switch(function)


class set_grad_enabled(_Switch):  # noqa: N801 -- torch's name
    """Recording on or off from now on, or for a `with` block.

    >>> with set_grad_enabled(False):
    ...     is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        super().__enter__()

    def __enter__(self) -> None:
        state.grad, state.recorder = self._grad, None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, run with this setting; the setting around it is put back."""
        self.__exit__()
        return super().__call__(function)


def inference_mode(mode: Any = True) -> Any:
    """Nothing is recorded, and results can never be saved for a backward pass.

    Used as `no_grad`; `inference_mode(False)` is the ordinary state again. A
    result may be an operand outside (`w + r`), but a product (`w * r`) would save
    it, and raises. `r.clone()` outside gives an ordinary tensor.

    >>> from autograd_ref.tensor import tensor
    >>> with inference_mode():
    ...     (tensor(1.0) + 1.0).is_inference()
    True
    """
    if callable(mode):
        return _Switch(False, True)(mode)
    return _Switch(False, True) if mode else _Switch(True, False)
