"""What a check cell imports: `Check`, its tolerances, and the reader's progress.

>>> from graders import Check
>>> check = Check("e0-example", visible=1, hidden=0)
>>> check.value("doubles", lambda x: 2 * x, lambda x: x + x, at=[1.0, 2.5])
>>> check.score()  # doctest: +ELLIPSIS
e0-example...
1.0
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Check": "graders.checks.check",
    "Tolerance": "graders.checks.tolerance",
    "EXACT": "graders.checks.tolerance",
    "NUMERIC": "graders.checks.tolerance",
}
_MODULES = {"progress", "show"}
__all__ = ["EXACT", "NUMERIC", "Check", "Tolerance", "progress", "show"]


def __getattr__(name: str) -> Any:
    """Load on first use, so that `import graders` costs nothing (PEP 562)."""
    if name in _MODULES:
        return import_module(f"graders.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"graders has no attribute {name!r}; it has {__all__}")


def __dir__() -> list[str]:
    return __all__
