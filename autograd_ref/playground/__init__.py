"""Three Ways Down: one formula, three ways to its derivative, without code.

`Playground(...)` is a widget for notebooks and needs the extra `[playground]`;
`describe(...)` prints the same numbers anywhere. `scene("microscope", ...)` is one part
of it, for a lesson, and `twin("microscope", ...)` the same as rows. `make playground`
writes a page for a browser alone. The only room of the package that knows Jupyter; no
module imports it.

>>> print(describe("x*x", {"x": 3}, mode="forward"))
forward mode: 1 pass for 1 input
name  step       value  along x
x                    3        1
v1    mul(x, x)      9        6
"""

from typing import Any

from .scenes import SCENES, scene, twin
from .table import describe
from .widget import SCRIPT, STRINGS, widget_class

__all__ = ["SCENES", "SCRIPT", "STRINGS", "Playground", "describe", "scene", "twin"]


def __getattr__(name: str) -> Any:
    if name == "Playground":
        return widget_class()
    raise AttributeError(f"autograd_ref.playground has no {name!r}")
