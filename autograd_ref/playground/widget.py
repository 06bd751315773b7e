"""The playground as a notebook widget; anywidget is imported when one is made."""

from __future__ import annotations

import functools
import importlib
import json
from pathlib import Path
from typing import Any

from .table import describe

__all__ = ["SCRIPT", "STRINGS", "widget_class"]

HERE = Path(__file__).parent
SCRIPT = HERE / "three_ways.js"
STRINGS = HERE / "strings.json"


@functools.cache
def widget_class() -> Any:
    """The class `Playground`; an `ImportError` that names the extra without anywidget.

    It is made here, on use, so that the rest of the package needs no Jupyter.

    >>> try:
    ...     name = widget_class().__name__
    ... except ImportError as error:
    ...     name, _ = str(error).split(" needs anywidget")
    >>> name
    'Playground'
    """
    try:
        anywidget = importlib.import_module("anywidget")
        traits = importlib.import_module("traitlets")
    except ImportError as error:
        raise ImportError(
            "Playground needs anywidget. Install the extra: pip install "
            "'autograd-course[playground]'. Without it, describe(expression, inputs) "
            "prints the same numbers, and `make playground` writes a page for any "
            "browser."
        ) from error
    body = {**_traits(traits), "__doc__": _DOC, "__module__": __package__}
    body |= {"describe": _table, "__repr__": _words}
    return type("Playground", (anywidget.AnyWidget,), body)


_DOC = """The playground at a formula: `Playground(expression="x*y + sin(x)")`.

`inputs` are numbers by name; `mode` is forward, reverse or difference; `step` the step
shown; `h` and `dtype` the microscope's; `mistakes` the switches that are on; `locked`
the controls that a reader may not change; `task="predict"` hides the next number;
`scene` shows one part, fed with `data`: `scene(...)` fills both. `results` holds what
the page computed. Nothing of it is graded.
"""


def _table(self: Any) -> str:
    """What the picture shows, as a table to print; needs no JavaScript."""
    return describe(self.expression, self.inputs, self.mode)


def _words(self: Any) -> str:
    """One line, for pages that show no widgets."""
    return f"A picture ({self.scene or 'playground'}); the table above has the same."


def _traits(t: Any) -> dict[str, Any]:
    strings = json.loads(STRINGS.read_text(encoding="utf-8"))
    mistakes = [k.removeprefix("mistake_") for k in strings if k.startswith("mistake_")]
    members = {
        "expression": t.Unicode("a = x*y; b = sin(a); c = exp(a)/4; b*c"),
        "inputs": t.Dict(value_trait=t.Float(), key_trait=t.Unicode()),
        "mode": t.Enum(["forward", "reverse", "difference"], "reverse"),
        "step": t.Int(0),
        "h": t.Float(1e-5),
        "dtype": t.Enum(["float64", "float32"], "float64"),
        "mistakes": t.List(t.Enum(mistakes)),
        "results": t.Dict(),
        "locked": t.List(t.Unicode()),
        "task": t.Unicode(""),
        "scene": t.Unicode(""),
        "data": t.Dict(),
        "strings": t.Dict(strings),
    }
    tagged = {name: trait.tag(sync=True) for name, trait in members.items()}
    return {**tagged, "_esm": SCRIPT}
