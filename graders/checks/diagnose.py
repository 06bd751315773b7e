"""Tell which known mistake a student's numbers look like.

The build runs every mutant of an exercise on its visible properties and keeps only
the numbers that came out.  A student's numbers are compared with them; no mistake's
code ships.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .compare import as_numbers
from .plain import Other

if TYPE_CHECKING:
    from .check import Check, Result
    from .hosts import Outcome

FINGERPRINTS = Path(__file__).parent / "fingerprints"
KEEP = 24
_CLOSE = 1e-4


def signature(outcome: Outcome) -> list[Any]:
    """The outcome of a property as a short list of numbers and words, case by case."""
    return [_reduce(case) for case in outcome.cases[:8]]


def _reduce(case: dict[str, Any]) -> Any:
    if "late" in case:
        return "late"
    if "error" in case:
        return f"raised {case['error']}"
    return _numbers(case["value"])


def _numbers(value: Any) -> Any:
    if isinstance(value, Other):
        return f"a {value.type}"
    array = as_numbers(value)
    if array is not None and array.dtype.kind != "c":
        flat = np.asarray(array, dtype=float).ravel()[:KEEP]
        return [list(array.shape), [_rounded(x) for x in flat]]
    if isinstance(value, (list, tuple)):
        return [_numbers(v) for v in value[:KEEP]]
    if isinstance(value, dict):
        return [_numbers(v) for v in list(value.values())[:KEEP]]
    return str(value)[:40]


def _rounded(x: float) -> Any:
    return float(f"{x:.6g}") if np.isfinite(x) else str(x)


@lru_cache(maxsize=256)
def record(exercise: str) -> dict[str, Any] | None:
    """What the build recorded of an exercise, or None for one it does not know."""
    path = FINGERPRINTS / f"{exercise}.json"
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def counts(exercise: str) -> dict[str, int] | None:
    """How many properties the exercise has, by region."""
    found = record(exercise)
    return None if found is None else found["properties"]


def fingerprint(results: list[Result]) -> list[Any]:
    """Per property: true where it passed, else its signature."""
    return [True if r.passed else r.signature for r in results]


def diagnose(check: Check) -> str:
    """The mistake that gives the same numbers, in words; empty if none is known."""
    found = record(check.exercise)
    visible = [r for r in check.results if r.region == "visible"]
    if found is None or all(r.passed for r in visible):
        return ""
    return closest(fingerprint(visible), found["mutants"])


def closest(mine: list[Any], mutants: list[dict[str, Any]]) -> str:
    """The `says` of the mutant whose fingerprint is `mine`, the most telling first."""
    same = [m for m in mutants if _alike(mine, m["shows"]) and _telling(m["shows"])]
    same.sort(key=lambda m: -_telling(m["shows"]))
    return str(same[0]["says"]) if same else ""


def _telling(shows: list[Any]) -> int:
    """How many numbers or words of failed properties a fingerprint holds."""
    return sum(_weight(s) for s in shows if s is not True)


def _weight(part: Any) -> int:
    if isinstance(part, list):
        return sum(_weight(p) for p in part)
    if isinstance(part, str):
        return 0 if part in ("late", "raised NotImplementedError") else 1
    return 1


def _alike(a: Any, b: Any) -> bool:
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_alike, a, b))
    if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, str):
        return bool(a == b and type(a) is type(b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= _CLOSE * max(abs(a), abs(b)) + 1e-300
    return bool(a == b)
