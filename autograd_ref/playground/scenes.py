"""Scenes of the playground for the lessons: a small picture, and its text twin."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import ArgumentError
from . import on_data, on_formulas
from .live import live
from .picture import Picture, Rows, read_at
from .widget import widget_class

__all__ = ["SCENES", "scene", "twin"]

PLAIN = (
    "No picture here: that takes anywidget. The table above has the same in numbers."
)


def whole(
    expression: str, inputs: Mapping[str, float] | None = None, **traits: Any
) -> Picture:
    """The whole playground at a formula; `describe` prints more than these rows.

    >>> whole("x*x", {"x": 3.0}, mode="forward").rows
    [['name', 'value'], ['x', 3.0], ['v1', 9.0]]
    """
    values = read_at(expression, inputs).values
    rows: Rows = [["name", "value"], *([name, value] for name, value in values.items())]
    return Picture(
        rows, {"expression": expression, "inputs": dict(inputs or {}), **traits}
    )


SCENES: dict[str, Callable[..., Picture]] = {
    "playground": whole,
    "microscope": on_formulas.microscope,
    "arrows": on_formulas.arrows,
    "jacobian": on_formulas.jacobian,
    "stepper": on_formulas.stepper,
    "surrogate": on_formulas.surrogate,
    "folding": on_data.folding,
    "staircase": on_data.staircase,
    "flow": on_data.flow,
    "switches": on_data.switches,
    "live": live,
}
"""Scenes by name; the function says what each takes."""


def twin(name: str, *args: Any, **settings: Any) -> Rows:
    """What a scene shows, as rows with the header first: computed here, in Python.

    It takes what `scene` takes. Raises `ArgumentError` for an unknown scene.

    >>> twin("jacobian", "x*y", {"x": 2.0, "y": 3.0})[1]
    ['v1', 3.0, 2.0, 1]
    """
    return _picture(name)(*args, **settings).rows


def scene(name: str, *args: Any, **settings: Any) -> Any:
    """The widget of a scene; where there is none to be had, None and one printed line.

    Nothing of it is ever graded. Raises `ArgumentError` for an unknown scene.

    >>> shown = scene("microscope", "x*x", {"x": 3.0})
    """
    made = _picture(name)(*args, **settings)
    try:
        widget = widget_class()
    except ImportError:
        print(PLAIN)  # noqa: T201
        return None
    return widget(scene="" if name == "playground" else name, **made.traits)


def _picture(name: str) -> Callable[..., Picture]:
    if name in SCENES:
        return SCENES[name]
    near = difflib.get_close_matches(name, SCENES, 1)
    raise ArgumentError(
        f"there is no scene {name!r}; "
        + (f"did you mean {near[0]!r}?" if near else f"there are {', '.join(SCENES)}.")
    )
