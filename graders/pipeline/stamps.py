"""Hashes over what a measured result rests on, to tell whether it is still of today.

A result about an exercise rests on its own cells, on those of the exercises around it,
on our code that judges, and on the modules of the reference that its lesson names.
Comments and empty lines of our code are left out: they change no result.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import graders
from graders.pipeline.master import Exercise, Master
from graders.pipeline.parsing import syntax_tree

READS = ("bank", "equivalents", "notebook", "source")  # change no verdict themselves
_REFERENCE = re.compile(r"\bautograd_ref\.(\w+)")


def stamp(*parts: Any) -> str:
    """Sixteen hex digits of a hash over plain data.

    >>> stamp(["e1", 2]) == stamp(["e1", 2]), stamp("a") == stamp("b")
    (True, False)
    """
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def cells(master: Master, exercise: Exercise) -> list[tuple[str, str, str]]:
    """What runs when an exercise is judged: given cells, its own, its neighbours'."""
    users = [e.id for e in master.exercises.values() if exercise.id in e.needs]
    near = {exercise.id, *exercise.needs, *users}
    return [
        (cell.kind, cell.id, cell.source)
        for cell in master.cells
        if cell.kind in ("given", "show") or cell.id.removesuffix("-check") in near
    ]


def code(root: Path, heads: Iterable[str], sources: Iterable[str]) -> list[str]:
    """Lines of all checks, of pipeline modules below `heads`, of the reference used."""
    ours = Path(graders.__file__).parent
    named = {name for text in sources for name in _REFERENCE.findall(text)}
    paths = [
        *sorted((ours / "checks").glob("*.py")),
        *_closure(ours / "pipeline", "graders.pipeline", heads, READS),
        *_closure(root / "autograd_ref", "autograd_ref", named),
    ]
    lines = (
        line.rstrip()
        for path in paths
        for line in path.read_text(encoding="utf-8").split("\n")
    )
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def _closure(
    folder: Path, package: str, heads: Iterable[str], without: Iterable[str] = ()
) -> list[Path]:
    """Files of the modules named, and of those of the package that they import."""
    found: dict[str, Path] = {}
    waiting, skipped = list(heads), set(without)
    while waiting:
        name = waiting.pop()
        path = folder / f"{name}.py"
        if name not in found and name not in skipped and path.exists():
            found[name] = path
            waiting += _imported(path, package)
    return [found[name] for name in sorted(found)]


def _imported(path: Path, package: str) -> Iterator[str]:
    """Names of the package's modules that a file imports, or names from.

    Both forms are read, `from package.module import name` and `from .module import
    name`, since the two packages write them differently.
    """
    for node in ast.walk(syntax_tree(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom):
            continue
        module = node.module or ""
        if node.level or module == package or module.startswith(f"{package}."):
            inner = module.removeprefix(package).strip(".")
            if inner:
                yield inner.split(".")[0]
            else:  # `from package import module`
                yield from (alias.name for alias in node.names)
