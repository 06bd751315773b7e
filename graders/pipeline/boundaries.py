"""What each lesson may not touch: its own answer, later lessons' parts, the judges.

One table, read by the worker (which does not offer these modules to a student's code),
by intake (which flags a submission that asks) and by the test of every released
notebook. It speaks of code in a notebook: the reference's own modules import each other
as they like.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graders.pipeline.lesson import lesson_number
from graders.pipeline.parsing import syntax_tree

LESSONS = range(1, 11)
Asker = Literal["student", "given"]

# Reference module -> first lesson that may use it: the one after that whose answer it
# is. A module of `autograd_ref` is here or in OPEN; a test holds this to the package.
FIRST_LESSON = {
    "autograd_ref.finite": 2,
    "autograd_ref.dual": 3,
    "autograd_ref.tape": 4,
    "autograd_ref.graph": 5,  # the order and the picture of lesson 4
    "autograd_ref.scalar": 5,
    "autograd_ref.attention": 6,
    "autograd_ref.batch": 6,
    "autograd_ref.core": 6,
    "autograd_ref.examples": 6,
    "autograd_ref.ops": 6,  # the table of derivatives: lessons 3 to 5 build it
    "autograd_ref.gradcheck": 6,
    "autograd_ref.layers": 6,
    "autograd_ref.module": 6,
    "autograd_ref.nn": 6,
    "autograd_ref.optim": 6,
    "autograd_ref.rules": 6,
    "autograd_ref.tensor": 6,
    "autograd_ref.transforms": 6,
    "autograd_ref.versions": 6,
    "autograd_ref.function": 8,
    "autograd_ref.mode": 8,  # see NAMES[8]
    "autograd_ref.chain": 10,
    "autograd_ref.checkpoint": 10,
    "autograd_ref.meter": 10,
    "autograd_ref.randomness": 10,
    "autograd_ref.replay": 10,
    "autograd_ref.schedules": 10,
    "autograd_ref.debug": 11,
    "autograd_ref.draw": 6,
    "autograd_ref.faults": 11,
    "autograd_ref.flow": 11,
    "autograd_ref.layout": 6,
    "autograd_ref.playground": 11,  # for show cells, which are not run when graded
    "autograd_ref.svg": 6,
    "autograd_ref.watch": 11,
}
OPEN = ("autograd_ref.errors",)
# What decides whether an answer is right, for nobody's answer.
ORACLES = (
    "graders.checks.compare",
    "graders.checks.diagnose",
    "graders.checks.fingerprints",
    "graders.checks.hosts",
    "graders.checks.modes",
    "graders.checks.numeric",
    "graders.checks.torch_probes",
    "graders.pipeline",
)
# Lessons 1 to 5 do without: what differentiates for one.
LIBRARIES = (
    "algopy", "autograd", "casadi", "functorch", "jax", "jaxlib", "mpmath",
    "numdifftools", "pytensor", "scipy", "sympy", "tensorflow", "tinygrad", "torch",
)  # fmt: skip
UNTIL = 5
# Given cells of these lessons use them; a student's code may not ask all the same.
LENT = {1: ("mpmath", "sympy")}
# Single names, where the module as a whole is needed.
_SWITCHES = ("no_grad", "enable_grad", "set_grad_enabled", "inference_mode")
NAMES: dict[int, tuple[str, ...]] = {
    8: tuple(f"autograd_ref.mode.{name}" for name in _SWITCHES),  # exercise 6
}


@dataclass(frozen=True, order=True)
class Trespass:
    """One use of something that a lesson may not touch."""

    line: int
    name: str
    why: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"line {self.line}: {self.name}: {self.why}"


def forbidden_imports(lesson: str | int) -> tuple[str, ...]:
    """Modules, and all below them, that are not offered where the answers run.

    >>> "autograd_ref.finite" in forbidden_imports("01_finite_differences")
    True
    >>> "torch" in forbidden_imports(6)
    False
    """
    number = lesson_number(lesson)
    lent = LENT.get(number, ())
    return tuple(name for name in _closed(number) if name not in lent)


def open_modules(lesson: str | int) -> tuple[str, ...]:
    """Modules of the reference that a lesson may use.

    >>> open_modules(2)
    ('autograd_ref.errors', 'autograd_ref.finite')
    """
    number = lesson_number(lesson)
    own = [name for name, first in FIRST_LESSON.items() if first <= number]
    return tuple(sorted([*own, *OPEN]))


def forbidden_names(lesson: str | int) -> tuple[str, ...]:
    """What a student's code may not name: the modules, those lent, single names."""
    number = lesson_number(lesson)
    return (*_closed(number), *NAMES.get(number, ()))


def _closed(number: int) -> tuple[str, ...]:
    own = (name for name, first in FIRST_LESSON.items() if number < first)
    libraries = LIBRARIES if number <= UNTIL else ()
    return tuple(sorted([*own, *ORACLES, *libraries]))


def scan(lesson: str | int, source: str, asker: Asker = "student") -> list[Trespass]:
    """Uses of what the lesson may not touch, in the code of one cell.

    Given cells are ours: they are only held to what is not offered where they run.
    Code that is no Python gives an empty list.

    >>> [str(found) for found in scan(1, "import torch as t")]
    ['line 1: torch: not to be had in lesson 1']
    """
    try:
        tree = syntax_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    student = asker == "student"
    closed = forbidden_names(lesson) if student else forbidden_imports(lesson)
    number = lesson_number(lesson)
    found = set(_named(tree, closed, number))
    return sorted(found | (set(_hidden_imports(tree)) if student else set()))


def _named(tree: ast.AST, closed: tuple[str, ...], number: int) -> Iterator[Trespass]:
    modules = (*FIRST_LESSON, *OPEN)
    for line, name in _mentions(tree):
        if any(_within(name, wall) for wall in closed) or (
            number == 1 and _within(name, "autograd_ref")
        ):
            yield Trespass(line, name, f"not to be had in lesson {number}")
        elif name.startswith("autograd_ref.") and not any(
            _within(name, module) for module in modules
        ):
            why = "to be imported from its module, by which its lesson is known"
            yield Trespass(line, name, why)


def _within(name: str, module: str) -> bool:
    return name == module or name.startswith(module + ".")


def _mentions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Dotted names that imports and attributes reach, aliases resolved."""
    aliases = _aliases(tree)
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Import):
            yield from ((line, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((line, f"{node.module}.{a.name}") for a in node.names)
        elif isinstance(node, ast.Attribute):
            root, *rest = _dotted(node)
            if root in aliases:
                yield line, ".".join([aliases[root], *rest])
        elif isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.Subscript) and _dotted(node.value)[-1:] == [
            "modules"
        ]:
            yield from ((line, name) for name in _literal(node.slice))


def _aliases(tree: ast.AST) -> dict[str, str]:
    aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                plain = alias.name.split(".")[0]
                aliases[alias.asname or plain] = alias.name if alias.asname else plain
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return aliases


def _called(node: ast.Call) -> Iterator[tuple[int, str]]:
    """Modules that a call asks for by a literal: importlib, `__import__`, exec."""
    name = _dotted(node.func)[-1:]
    for text in (t for value in node.args[:1] for t in _literal(value)):
        if name in (["import_module"], ["__import__"], ["find_spec"]):
            yield node.lineno, text
        elif name in (["exec"], ["eval"], ["compile"]):
            try:
                inner = syntax_tree(text)
            except (SyntaxError, ValueError):
                continue
            yield from ((node.lineno, found) for _, found in _mentions(inner))


def _hidden_imports(tree: ast.AST) -> Iterator[Trespass]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _dotted(node.func)[-1:]
        plain = any(True for value in node.args[:1] for _ in _literal(value))
        if name in (["import_module"], ["__import__"]) and not plain:
            why = "an import of a name that is made up as the code runs"
            yield Trespass(node.lineno, name[0], why)


def _dotted(node: ast.AST) -> list[str]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else [""]


def _literal(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
