"""Generic mutants that a person has looked at and found to be no mistake.

`tests/equivalent.toml` holds one `[[equivalent]]` each: exercise, where (function),
was, becomes, and the reason why no check may tell the two apart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from graders.pipeline.findings import CourseError
from graders.pipeline.mutate import Mutant


@dataclass(frozen=True)
class Equivalent:
    """One reviewed change: the exercise, the lines before and after, and why."""

    exercise: str
    where: str
    was: str
    becomes: str
    reason: str

    def covers(self, exercise: str, mutant: Mutant) -> bool:
        """Whether this is the mutant that was reviewed."""
        mine = (self.exercise, self.where, self.was, self.becomes)
        return mine == (exercise, mutant.where, mutant.was, mutant.becomes)


def load(path: Path) -> tuple[Equivalent, ...]:
    """The reviewed mutants; none where there is no file."""
    if not path.is_file():
        return ()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = tuple(Equivalent(**entry) for entry in found.get("equivalent", []))
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise CourseError(
            f"{path}: {error}; needed: [[equivalent]] with exercise, where, was, "
            "becomes and reason, all of them text."
        ) from None
    for entry in entries:
        if len(entry.reason.split()) < 4:
            raise CourseError(
                f"{path}: {entry.exercise}, {entry.becomes!r} has no reason; say why "
                "no check may tell the two apart."
            )
    return entries


def unused(
    entries: Iterable[Equivalent], survived: Iterable[tuple[str, Mutant]]
) -> tuple[Equivalent, ...]:
    """Entries that cover no survivor: the mutant is gone, or is killed by now."""
    alive = list(survived)
    return tuple(
        entry
        for entry in entries
        if not any(entry.covers(name, mutant) for name, mutant in alive)
    )
