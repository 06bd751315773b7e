"""Cells of a lesson source (py:percent), and the text made of them again.

Five headers and no more; the text of a file is a function of its cells, blank lines
between them included, so source -> cells -> source is byte-identical.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graders.pipeline.findings import Finding, SourceError
from graders.pipeline.parsing import syntax_tree

Kind = Literal["prose", "question", "given", "answer", "check"]

# `jupytext` reads these headers too: the words after `# %%` are cell metadata to it.
HEADERS: dict[Kind, str] = {
    "prose": "# %% [markdown]",
    "question": '# %% [markdown] answer="{id}"',
    "given": "# %%",
    "answer": '# %% solution="{id}"',
    "check": "# %% check",
}
MARKDOWN: frozenset[Kind] = frozenset({"prose", "question"})
_PATTERNS = {
    kind: re.compile(re.escape(header).replace(r"\{id\}", '(?P<id>[^"]*)'))
    for kind, header in HEADERS.items()
}


@dataclass(frozen=True)
class Cell:
    """One cell: what it is, what stands in it, where its header stands.

    `id` is the exercise's id for an answer, the question's for a question, else "".
    Line n of `source` (from 1) is line `line + n` of the file.
    """

    kind: Kind
    source: str
    line: int
    id: str = ""

    @property
    def is_code(self) -> bool:
        """Whether the cell holds code."""
        return self.kind not in MARKDOWN


def parse(text: str, path: Path) -> tuple[Cell, ...]:
    r"""Cells of a source text; `path` is only named in messages.

    Raises `SourceError` with every header, line and gap that cannot be read.

    >>> [cell.source for cell in parse("# %% [markdown]\n# Hi\n", Path("a.py"))]
    ['Hi']
    """
    found: list[Finding] = []
    cells = tuple(_cells(text.split("\n"), path, found))
    written = to_text(cells)
    if not found and written != text:
        found.append(_first_difference(text, written, path))
    if found:
        raise SourceError(found)
    return cells


def _cells(lines: list[str], path: Path, found: list[Finding]) -> Iterator[Cell]:
    starts = [i for i, line in enumerate(lines) if re.match(r"#\s*%%", line)]
    if starts[:1] != [0]:
        came = f"the file begins with {lines[0]!r}"
        found.append(Finding(path, 1, came, 'a cell header, such as "# %% [markdown]"'))
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        kind, name = _read_header(lines[start], Finding(path, start + 1, "", ""), found)
        body = "\n".join(lines[start + 1 : end]).rstrip("\n")
        if kind in MARKDOWN:
            body = _uncomment(body, path, start + 2, found)
        if not body.strip():
            came = f"an empty cell, {lines[start]!r}"
            found.append(Finding(path, start + 1, came, "at least one line in it"))
        yield Cell(kind, body, start + 1, name)


def _read_header(line: str, at: Finding, found: list[Finding]) -> tuple[Kind, str]:
    for kind, pattern in _PATTERNS.items():
        if match := pattern.fullmatch(line):
            return kind, match.groupdict().get("id", "")
    needed = "one of " + "  ".join(HEADERS.values())
    found.append(Finding(at.path, at.line, f"the cell header {line!r}", needed))
    return "given", ""


def _uncomment(body: str, path: Path, first: int, found: list[Finding]) -> str:
    plain = []
    for number, line in enumerate(body.split("\n"), first):
        if line != "#" and not line.startswith("# "):
            came = f"{line!r} in a markdown cell"
            needed = 'each line to be "#" or to begin with "# "'
            found.append(Finding(path, number, came, needed))
        plain.append(line[2:])
    return "\n".join(plain)


def _first_difference(came: str, needed: str, path: Path) -> Finding:
    old, new = [*came.split("\n"), "(the end)"], [*needed.split("\n"), "(the end)"]
    pairs = enumerate(zip(old, new, strict=False), 1)
    line, (was, should) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
    words = f"{should!r}, as a rebuild from cells has it" if should else "an empty line"
    todo = "`graders build --tidy` puts the empty lines between cells right"
    return Finding(path, line, repr(was) if was else "an empty line", words, todo)


def tidy(text: str, path: Path) -> str:
    r"""The same cells in the form that a rebuild gives: only blank lines change.

    >>> tidy("# %%\n\n\nx = 1\n", Path("a.py"))
    '# %%\nx = 1\n'
    """
    found: list[Finding] = []
    cells = tuple(_cells(text.split("\n"), path, found))
    if found:
        raise SourceError(found)
    trimmed = (re.sub(r"\A(?:[ \t]*\n)+", "", cell.source) for cell in cells)
    return to_text(
        [
            Cell(cell.kind, source, cell.line, cell.id)
            for cell, source in zip(cells, trimmed, strict=True)
        ]
    )


def to_text(cells: Sequence[Cell]) -> str:
    """Source text of cells; `ruff format` leaves its blank lines as they are."""
    parts: list[str] = []
    for i, cell in enumerate(cells):
        if i:
            parts.append("\n" * (1 + _gap(cells[i - 1], cell)))
        body = cell.source if cell.is_code else _comment(cell.source)
        parts.append(HEADERS[cell.kind].format(id=cell.id) + "\n" + body)
    return "".join(parts) + "\n"


def _comment(source: str) -> str:
    return "\n".join(f"# {line}" if line else "#" for line in source.split("\n"))


def _gap(above: Cell, below: Cell) -> int:
    # the formatter wants two empty lines round a def or class; a header is a comment
    return 2 if _ends_in_definition(above) or _begins_with_definition(below) else 1


def _begins_with_definition(cell: Cell) -> bool:
    lines = (line for line in cell.source.split("\n") if not line.startswith("#"))
    first = next(lines, "")
    return cell.is_code and bool(re.match(r"@|(async )?def |class ", first))


def _ends_in_definition(cell: Cell) -> bool:
    if not cell.is_code or cell.source.rsplit("\n", 1)[-1].startswith("#"):
        return False
    try:
        body: list[ast.stmt] = syntax_tree(cell.source).body
    except SyntaxError:  # reported by the rules, with its line
        return False
    while body:
        last = body[-1]
        if isinstance(last, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return True
        blocks = [getattr(last, part, []) for part in ("finalbody", "orelse", "body")]
        body = next(
            (block for block in blocks if isinstance(block, list) and block), []
        )
    return False
