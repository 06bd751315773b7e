"""The probes: how each kind of property runs the student's code on one case.

A probe takes a case and gives back plain data.  It knows no expected value: it is
what travels to the process that holds the student's code.  References to the few
names used here are taken when the module loads, before any student's code runs.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from .meter import peak_bytes

_deepcopy, _type, _isinstance = deepcopy, type, isinstance

Probe = Callable[..., Any]


def with_function(student: Probe, f: Any, *case: Any) -> Any:
    """`student(f, x, ...)`: derivative, gradient, jacobian, jvp and vjp."""
    return student(f, *case)


def adjoint(push: Probe, pull: Probe, x: Any, v: Any, u: Any) -> Any:
    """J v and J^T u, whose products <u, Jv> and <J^T u, v> the oracle compares."""
    return [push(_copy(x), v), pull(_copy(x), u)]


def value(probe: Probe, *case: Any) -> Any:
    """The result as it is."""
    return probe(*case)


def raises(probe: Probe, *case: Any) -> Any:
    """["raised", class names from the most special on, message], or ["returned"]."""
    try:
        probe(*case)
    except Exception as error:
        names = [cls.__name__ for cls in _type(error).__mro__]
        return ["raised", names, str(error)[:500]]
    return ["returned"]


def unchanged(probe: Probe, *case: Any) -> Any:
    """The arguments as they are after the call."""
    mine = _copy(case)
    probe(*mine)
    return list(mine)


class Counted:
    """A function that counts its evaluations."""

    def __init__(self, function: Probe) -> None:
        self.function, self.count = function, 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Evaluate and count."""
        self.count += 1
        return self.function(*args, **kwargs)


def calls(probe: Probe, function: Probe, *case: Any) -> int:
    """How often `function` was evaluated while `probe(function, *case)` ran."""
    counted = Counted(function)
    probe(counted, *case)
    return counted.count


def peak(probe: Probe, *case: Any) -> int:
    """Highest number of live torch-storage bytes made while the probe ran."""
    return peak_bytes(lambda: probe(*case))[0]


def fact(answers: Any, key: str) -> Any:
    """One entry of the student's dictionary of answers."""
    if not _isinstance(answers, dict):
        raise TypeError(f"a dictionary was needed, a {_type(answers).__name__} came")
    if key not in answers:
        raise KeyError(f"{key!r} is missing; keep the keys that the exercise gives")
    return answers[key]


def _copy(x: Any) -> Any:
    try:
        return _deepcopy(x)
    except Exception:
        return x
