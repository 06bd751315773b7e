"""One policy for "equal": relative, absolute, and the oracle's own error bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Tolerance:
    """How far a number may lie from the expected one.

    A difference is accepted up to `abs + rel * max(|expected|, |got|)`, plus the
    error bound that the oracle brings, plus a few units of rounding at the scale of
    the largest entry.  Looser than the default needs a `reason`.

    >>> bool(Tolerance(rel=1e-6, abs=0.0).accepts(1.0, 1.0 + 1e-7))
    True
    """

    rel: float = 1e-6
    abs: float = 1e-7
    reason: str = ""

    def __post_init__(self) -> None:
        if not (self.rel >= 0 and self.abs >= 0):
            raise ValueError(
                f"Tolerance got rel={self.rel}, abs={self.abs}; both must be >= 0."
            )
        if (self.rel > 1e-6 or self.abs > 1e-7) and not self.reason:
            raise ValueError(
                f"Tolerance(rel={self.rel}, abs={self.abs}) is looser than the default "
                "(1e-6, 1e-7); say why in reason='...'."
            )

    def allowed(self, expected: Any, got: Any, bound: Any = 0.0) -> Any:
        """Largest accepted |expected - got|, entry by entry."""
        size = np.maximum(np.abs(expected), np.abs(got))
        finite = np.abs(expected)[np.isfinite(expected)]
        scale = float(finite.max()) if finite.size else 0.0
        return self.abs + self.rel * size + bound + 16 * EPS * scale

    def accepts(self, expected: Any, got: Any, bound: Any = 0.0) -> Any:
        """Entry by entry: close enough, or the same infinity, or both NaN."""
        expected, got = np.asarray(expected), np.asarray(got)
        with np.errstate(invalid="ignore", over="ignore"):
            near = np.abs(expected - got) <= self.allowed(expected, got, bound)
        both_nan = np.isnan(expected) & np.isnan(got)
        finite = np.isfinite(expected) & np.isfinite(got)
        return np.where(finite, near, both_nan | (expected == got))


NUMERIC = Tolerance()
"""For numerical oracles: rule R1."""

EXACT = Tolerance(rel=1e-12, abs=1e-14)
"""For closed forms: no difference quotient in disguise comes this close (R15)."""
