"""Marked regions of a cell: solutions and hidden tests, by nbgrader's own words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """Lines `first` to `last` of a cell (from 1), the two marker lines included."""

    first: int
    last: int
    indent: str

    def holds(self, line: int) -> bool:
        """Whether the line stands in the region."""
        return self.first <= line <= self.last


class RegionError(ValueError):
    """Markers that do not match: `line` (from 1) of the cell, and what was needed."""

    def __init__(self, line: int, came: str, needed: str) -> None:
        super().__init__(f"line {line}: {came}; needed: {needed}")
        self.line, self.came, self.needed = line, came, needed


SOLUTION = "SOLUTION"
HIDDEN = "HIDDEN TESTS"
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
_EDGE = re.compile(
    r"(?P<indent>\s*)(?:# (?P<code>[A-Z ]+)|<!-- (?P<text>[A-Z ]+) -->)\s*"
)


def regions(source: str, word: str) -> tuple[Region, ...]:
    r"""Regions between `# BEGIN word` and `# END word` (`<!-- ... -->` in markdown).

    Raises `RegionError` where a marker is nested, alone or not a line of its own.

    >>> regions("a\n# BEGIN SOLUTION\nb\n# END SOLUTION", "SOLUTION")
    (Region(first=2, last=4, indent=''),)
    """
    found: list[Region] = []
    begin: Region | None = None
    for line, edge, indent in _edges(source, word):
        if edge == "BEGIN" and begin is None:
            begin = Region(line, line, indent)
        elif edge == "END" and begin is not None:
            if indent != begin.indent:
                came = f"END {word} is indented unlike BEGIN {word}"
                raise RegionError(line, came, "the same indentation for both")
            found.append(Region(begin.first, line, indent))
            begin = None
        else:
            raise RegionError(
                line, f"{edge} {word} with no partner", "pairs, not nested"
            )
    if begin is not None:
        came = f"BEGIN {word} is never ended"
        raise RegionError(begin.first, came, f"a line # END {word}")
    return tuple(found)


def _edges(source: str, word: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(source.split("\n"), 1):
        edge = next((e for e in ("BEGIN", "END") if f"{e} {word}" in line), None)
        if edge is None:
            continue
        match = _EDGE.fullmatch(line)
        if match is None or (match["code"] or match["text"]) != f"{edge} {word}":
            came = f"{line.strip()!r}"
            needed = f'"# {edge} {word}" alone on its line ("<!-- ... -->" in markdown)'
            raise RegionError(number, came, needed)
        yield number, edge, match["indent"]


def inside(source: str, word: str) -> tuple[tuple[int, str], ...]:
    """Numbered lines inside the regions, without the markers."""
    found = regions(source, word)
    lines = enumerate(source.split("\n"), 1)
    edges = {n for region in found for n in (region.first, region.last)}
    return tuple(
        (n, line)
        for n, line in lines
        if n not in edges and any(region.holds(n) for region in found)
    )


def outside(source: str, word: str) -> str:
    r"""The cell without its regions.

    >>> outside("a\n# BEGIN HIDDEN TESTS\nb\n# END HIDDEN TESTS\nc", "HIDDEN TESTS")
    'a\nc'
    """
    found = regions(source, word)
    lines = enumerate(source.split("\n"), 1)
    return "\n".join(
        t for n, t in lines if not any(region.holds(n) for region in found)
    )
