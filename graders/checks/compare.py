"""Plain results against expected ones: equal, or a sentence that says why not."""

from __future__ import annotations

from typing import Any

import numpy as np

from .numeric import Bounded
from .plain import Other
from .tolerance import Tolerance

# Of these, two of one type that are equal are what was expected: nothing else to see.
_PLAIN = frozenset({int, float, str, bool, type(None)})
_NO_NUMBERS = frozenset({str, bool, type(None), dict, Other})


def mismatch(expected: Any, got: Any, tol: Tolerance) -> str | None:
    """None where `got` is what was expected, else what differs, in words.

    >>> mismatch([1.0, 2.0], (1.0, 2.5), Tolerance())
    'entry [1] is 2.5 where 2.0 was expected'
    """
    if type(expected) is type(got) and type(got) in _PLAIN and expected == got:
        return None
    bound: Any = 0.0
    if isinstance(expected, Bounded):
        expected, bound = expected.value, expected.error
    if isinstance(expected, Other):
        raise TypeError(f"the expected value is a {expected.type}, not plain data.")
    if isinstance(got, Other):
        return f"got a {got.type}, which is not a number, a list or an array"
    want = as_numbers(expected)
    if want is not None:
        return _numbers_differ(want, as_numbers(got), got, tol, bound)
    return _structures_differ(expected, got, tol)


def as_numbers(value: Any) -> Any:
    """`value` as an array if it is a number, an array or nested lists of numbers."""
    if isinstance(value, (bool, np.bool_)):
        return None
    if isinstance(value, np.ndarray) and value.dtype.kind in "iufc":
        return value
    if isinstance(value, (int, float, complex, np.number)):
        return np.asarray(value) if _fits(value) else None
    if isinstance(value, (list, tuple)) and value:
        return _stacked(value)
    return None


def _stacked(values: Any) -> Any:
    """Entries as one array; None where one is no number, or another one's shape."""
    types = set(map(type, values))
    if types == {float}:
        return np.array(values)
    if not types.isdisjoint(_NO_NUMBERS):
        return None
    parts: list[Any] = []
    for value in values:
        part = as_numbers(value)
        if part is None or (parts and part.shape != parts[0].shape):
            return None
        parts.append(part)
    return np.stack(parts)


def _fits(value: Any) -> bool:
    return not isinstance(value, int) or abs(value) < 2**63


def _numbers_differ(
    want: Any, have: Any, got: Any, tol: Tolerance, bound: Any
) -> str | None:
    if have is None:
        return f"got {short(got)} where {_kind(want)} was needed"
    if have.shape != want.shape:
        return (
            f"got {_kind(have)} of shape {have.shape} "
            f"where shape {want.shape} was needed"
        )
    if have.dtype.kind == "c" and want.dtype.kind != "c":
        return f"got complex numbers ({short(got)}) where real ones were needed"
    good = tol.accepts(want, have, bound)
    if np.all(good):
        return None
    return _worst(want, have, ~np.asarray(good))


def _worst(want: Any, have: Any, bad: Any) -> str:
    if want.ndim == 0:
        return f"got {_against(have.item(), want.item())}"
    with np.errstate(invalid="ignore", over="ignore"):
        off = np.where(bad, np.nan_to_num(np.abs(want - have), nan=np.inf), -1.0)
    where = np.unravel_index(int(np.argmax(off)), off.shape)
    index = [int(i) for i in where]
    more = int(bad.sum()) - 1
    tail = f" ({more} more differ)" if more else ""
    return f"entry {index} is {_against(have[where].item(), want[where].item())}{tail}"


def _against(have: Any, want: Any) -> str:
    """Both numbers; and how far apart they are when they look the same."""
    got, needed = short(have), short(want)
    off = f" (off by {abs(have - want):.1e})" if got == needed else ""
    return f"{got} where {needed} was expected{off}"


def _structures_differ(expected: Any, got: Any, tol: Tolerance) -> str | None:
    if isinstance(expected, np.ndarray):
        expected = expected.tolist()
    if isinstance(got, np.ndarray):
        got = got.tolist()
    if isinstance(expected, (list, tuple)):
        return _lists_differ(list(expected), got, tol)
    if isinstance(expected, dict):
        return _dicts_differ(expected, got, tol)
    if type(expected) is type(got) and expected == got:
        return None
    return f"got {short(got)} where {short(expected)} was expected"


def _lists_differ(expected: list[Any], got: Any, tol: Tolerance) -> str | None:
    if not isinstance(got, (list, tuple)):
        return f"got {short(got)} where a list of {len(expected)} was needed"
    if len(got) != len(expected):
        return f"got {len(got)} entries where {len(expected)} were needed"
    for i, (e, g) in enumerate(zip(expected, got, strict=True)):
        said = mismatch(e, g, tol)
        if said:
            return f"in entry {i}: {said}"
    return None


def _dicts_differ(expected: dict[Any, Any], got: Any, tol: Tolerance) -> str | None:
    if not isinstance(got, dict):
        return f"got {short(got)} where a dictionary was needed"
    if set(got) != set(expected):
        missing, extra = set(expected) - set(got), set(got) - set(expected)
        return f"keys differ: missing {short(missing)}, not expected {short(extra)}"
    for key, value in expected.items():
        said = mismatch(value, got[key], tol)
        if said:
            return f"under {key!r}: {said}"
    return None


def _kind(array: Any) -> str:
    return "a number" if array.ndim == 0 else f"numbers of shape {array.shape}"


def short(value: Any, width: int = 90) -> str:
    """A value for a message: six significant digits, one line, never long."""
    if isinstance(value, Bounded):
        value = value.value
    if isinstance(value, float):
        return f"{value:.7g}" if value != int_like(value) else repr(value)
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=6, separator=", ", threshold=20)
    elif isinstance(value, Other):
        text = f"a {value.type}"
    else:
        text = repr(value)
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 3] + "..."


def int_like(value: float) -> float:
    """`value` itself if it is a whole number of moderate size, else NaN."""
    whole = abs(value) < 1e6 and value == int(value)
    return value if whole else float("nan")
