"""Generators of random numbers, and where they stood: drawing the same numbers again.

A function that is run a second time must drop the same entries. What it draws from is
found, not declared, where that can be: among its arguments, in what it closes over, in
the global variables that it names, in the attributes of a module. NumPy's own global
generator (`np.random.rand` and the like) is always among the sources, Python's `random`
never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from .errors import DTypeError

__all__ = ["draws", "moment", "replayed", "rewind", "sources"]

GLOBAL = "np.random"
"""Stands for NumPy's global generator among the sources."""
_KINDS = (np.random.Generator, np.random.RandomState, np.random.BitGenerator)


def sources(items: Iterable[Any], declared: Iterable[Any] = ()) -> list[Any]:
    """NumPy's global generator, and every generator `declared` or found in `items`.

    Searched are lists, tuples, dicts, and of what can be called: what a function closes
    over, the globals that it names and the functions of its file that it calls, the
    arguments of a partial, the attributes of an object (a module). Raises `DTypeError`
    if something declared is no generator.

    >>> rng = np.random.default_rng(0)
    >>> sources([lambda x: x * rng.normal()]) == [GLOBAL, rng]
    True
    """
    found: dict[int, Any] = {}
    for rng in declared:
        if not isinstance(rng, _KINDS):
            raise DTypeError(
                f"rngs= has a {type(rng).__name__}; NumPy's generators are needed, as "
                "from np.random.default_rng(0)."
            )
        found[id(rng)] = rng
    stack, seen = list(items), set[int]()
    while stack:
        item = stack.pop()
        if isinstance(item, _KINDS):
            found[id(item)] = item
        elif id(item) not in seen:
            seen.add(id(item))
            stack += _inside(item)
    return [GLOBAL, *found.values()]


def _inside(item: Any) -> Iterable[Any]:
    """What an item holds that may be, or lead to, a generator."""
    if isinstance(item, list | tuple):
        return item
    if isinstance(item, dict):
        return item.values()
    if isinstance(item, partial):
        return (item.func, item.args, item.keywords)
    if isinstance(item, MethodType):
        return (item.__self__, item.__func__, _vars(item.__self__))
    if isinstance(item, FunctionType):
        defaults = (item.__defaults__, item.__kwdefaults__)
        return (*_closed_over(item), *_globals(item), *defaults)
    return _vars(item).values() if callable(item) else ()


def _closed_over(function: FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not bound yet
            continue


def _globals(function: FunctionType) -> Iterator[Any]:
    """Global variables that the function names; of functions, those of its own file."""
    codes = [function.__code__]
    for code in codes:  # grows while it is read: inner functions have their own
        codes += [part for part in code.co_consts if isinstance(part, CodeType)]
        for name in code.co_names:
            found = function.__globals__.get(name)
            foreign = getattr(found, "__globals__", function.__globals__)
            if foreign is function.__globals__:
                yield found


def _vars(item: Any) -> dict[str, Any]:
    """The attributes of an object; none of a class, or where there is no dict."""
    return {} if isinstance(item, type) else getattr(item, "__dict__", {})


def moment(rngs: Iterable[Any], last: Iterable[Any] = ()) -> list[Any]:
    """Where each generator stands; what is as in `last` is the same object, kept once.

    >>> rng = np.random.default_rng(0)
    >>> before = moment([rng])
    >>> first = rng.normal()
    >>> rewind([rng], before)
    >>> rng.normal() == first
    True
    """
    now = [_state(rng) for rng in rngs]
    old = list(last) or now
    return [a if _same(a, b) else b for a, b in zip(old, now, strict=True)]


def rewind(rngs: Iterable[Any], states: Iterable[Any]) -> None:
    """Put each generator back to where it stood.

    >>> rewind([], [])
    """
    for rng, state in zip(rngs, states, strict=True):
        if isinstance(rng, np.random.Generator):
            rng.bit_generator.state = state
        elif isinstance(rng, np.random.BitGenerator):
            rng.state = state
        else:
            _legacy(rng).set_state(state)


def draws(rngs: list[Any], before: list[Any]) -> tuple[list[Any], list[Any]]:
    """The generators that were drawn from since they stood so, and where they stood.

    >>> rng, idle = np.random.default_rng(0), np.random.default_rng(1)
    >>> before = moment([rng, idle])
    >>> _ = rng.normal()
    >>> draws([rng, idle], before)[0] == [rng]
    True
    """
    after = moment(rngs)
    moved = [not _same(a, b) for a, b in zip(before, after, strict=True)]
    return (
        [rng for rng, went in zip(rngs, moved, strict=True) if went],
        [state for state, went in zip(before, moved, strict=True) if went],
    )


@contextmanager
def replayed(rngs: list[Any], states: list[Any]) -> Iterator[None]:
    """The generators stand as they stood; afterwards they are left as they were found.

    >>> rng = np.random.default_rng(0)
    >>> start = moment([rng])
    >>> first, second = rng.normal(), rng.normal()
    >>> with replayed([rng], start):
    ...     rng.normal() == first
    True
    """
    found = moment(rngs)
    rewind(rngs, states)
    try:
        yield
    finally:
        rewind(rngs, found)


def _state(rng: Any) -> Any:
    if isinstance(rng, np.random.Generator):
        return rng.bit_generator.state
    if isinstance(rng, np.random.BitGenerator):
        return rng.state
    return _legacy(rng).get_state(legacy=False)


def _legacy(rng: Any) -> Any:
    return np.random if rng is GLOBAL else rng


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict):
        return all(_same(a[key], b[key]) for key in a)
    return bool(np.array_equal(a, b)) if isinstance(a, np.ndarray) else bool(a == b)
