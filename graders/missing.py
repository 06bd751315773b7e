"""A sentence for the reader whose cell asks for a name that is not there.

After a restart, out of order, or when a function has another name than its check
expects, Python says "name 'jvp' is not defined".  As an IPython extension this module
adds what the notebook knows: which cell makes the name, and how to run it.
"""

from __future__ import annotations

import ast
import difflib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

ABOVE = "In the menu: Run, Run All Above Selected Cell. Then run this cell again."


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython when a kernel of this environment starts."""
    shell.set_custom_exc((NameError,), _explain)


def _explain(shell: Any, kind: Any, error: Any, trace: Any, tb_offset: Any = 0) -> None:
    """Show the traceback as ever, with a sentence below it."""
    with suppress(Exception):  # a sentence less is better than another traceback
        said = sentence(error.name, cells_here(), shell.user_ns)
        if said:
            error.add_note(said)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def cells_here() -> list[dict[str, Any]]:
    """Cells of this kernel's notebook as it was saved last; none outside a lesson."""
    named = [Path(os.environ.get("JPY_SESSION_NAME", ""))]
    files = [path for path in named if path.is_file()] or [*Path().glob("*.ipynb")]
    if len(files) != 1:
        return []
    cells: list[dict[str, Any]] = json.loads(files[0].read_text("utf-8"))["cells"]
    ours = any("nbgrader" in cell["metadata"] for cell in cells)
    return [cell for cell in cells if cell["cell_type"] == "code"] if ours else []


def sentence(
    name: str, cells: Iterable[Mapping[str, Any]], known: Mapping[str, Any]
) -> str:
    """What to do about a missing name; "" where nothing is known of it.

    >>> given = {"metadata": {"nbgrader": {}}, "source": "from graders import Check"}
    >>> print(sentence("Check", [given], {}))
    `Check` is made by a cell above that has not run since the kernel started.
    In the menu: Run, Run All Above Selected Cell. Then run this cell again.
    """
    made = {found: cell for cell in cells for found in names(text(cell))}
    if not made:
        return ""
    other = _renamed(name, made, known)
    if other:
        return (
            f"There is a `{other}`. If that is your `{name}`, give it back the name "
            f"`{name}`:\nchecks and later cells ask for it. Run its cell, then this."
        )
    if name not in made:
        return ""
    if made[name]["metadata"].get("nbgrader", {}).get("solution"):
        first = text(made[name]).partition("\n")[0]
        return (
            f"`{name}` is your answer's: its cell (`{first}`)\nhas not run since the "
            f"kernel started, or it ended in an error.\n{ABOVE}"
        )
    return (
        f"`{name}` is made by a cell above that has not run since the kernel started."
        f"\n{ABOVE}"
    )


def _renamed(
    name: str, made: Mapping[str, Any], known: Mapping[str, Any]
) -> str | None:
    """A function or class of the reader's with nearly that name, if there is one."""
    theirs = [
        one
        for one, value in known.items()
        if getattr(value, "__module__", "") == "__main__"
        and (one not in made or made[one]["metadata"]["nbgrader"].get("solution"))
        and one not in ("In", "Out")
    ]
    return next(iter(difflib.get_close_matches(name, theirs, n=1, cutoff=0.7)), None)


def text(cell: Mapping[str, Any]) -> str:
    """Source of a cell: files have it as lines or as one string."""
    return "".join(cell["source"])


def names(source: str) -> set[str]:
    """Names that the top level of a cell binds; none where it is no Python.

    >>> sorted(names("import numpy as np; x, y = 1, 2"))
    ['np', 'x', 'y']
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return set()
    return {found for statement in body for found in _bound(statement)}


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {a.asname or a.name.partition(".")[0] for a in statement.names}
    inner = ast.walk(statement)
    return {
        node.id
        for node in inner
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
