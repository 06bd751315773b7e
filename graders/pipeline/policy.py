"""How much a late submission loses: `policy.toml`, as a pure function.

    grace_minutes = 15      # not late yet
    percent_a_day = 10      # of the points earned, for each day that has begun
    cap_percent = 50        # never more
    free_days = 2           # days a student may be late in the whole course

    [[extension]]
    student = "ada"
    lesson = "02"           # by number or name; without one: every lesson
    days = 3                # or hours
    why = "ill"

No file, no penalty.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from graders.pipeline.findings import CourseError

FILE = "policy.toml"
DAY = 86_400.0
_EXTENSION = {"student", "lesson", "days", "hours", "why"}


@dataclass(frozen=True)
class Extension:
    """More time for one student, for one lesson or ("") for all."""

    student: str
    lesson: str = ""
    seconds: float = 0.0

    def covers(self, student: str, lesson: str) -> bool:
        """Whether it holds for a student's submission."""
        mine = student == self.student
        return mine and (not self.lesson or lesson.startswith(self.lesson))


@dataclass(frozen=True)
class Policy:
    """The rules; those of an empty file take nothing."""

    grace_minutes: float = 0.0
    percent_a_day: float = 0.0
    cap_percent: float = 100.0
    free_days: float = 0.0
    extension: tuple[Extension, ...] = ()

    def late_days(self, student: str, lesson: str, seconds: float) -> int:
        """Days begun after due date, extensions and grace; 0 in time."""
        more = (e.seconds for e in self.extension if e.covers(student, lesson))
        late = seconds - max(more, default=0.0)
        # the grace decides whether a submission is late, not how late it is
        return math.ceil(late / DAY) if late > 60 * self.grace_minutes else 0

    def penalty(
        self,
        student: str,
        lesson: str,
        score: float,
        seconds: float,
        earlier: Mapping[str, float] | Sequence[tuple[str, float]] = (),
    ) -> float:
        """Points that a submission loses, between 0 and its score.

        `earlier` are the seconds that the student's other lessons were late: those
        that come before this one use up free days first.

        >>> Policy(percent_a_day=10, cap_percent=50).penalty("ada", "01", 20.0, 90_000)
        4.0
        """
        others = sorted(dict(earlier).items())
        used = sum(self.late_days(student, n, s) for n, s in others if n < lesson)
        free = max(0, math.floor(self.free_days) - used)
        days = max(0, self.late_days(student, lesson, seconds) - free)
        percent = min(self.cap_percent, self.percent_a_day * days)
        return min(max(score, 0.0), max(score, 0.0) * percent / 100.0)


def find(folders: Sequence[Path]) -> Path | None:
    """The file that holds: the first of the folders that has one."""
    files = (folder / FILE for folder in folders)
    return next((path for path in files if path.is_file()), None)


def load(path: Path | None) -> Policy:
    """The policy in a file; none without one."""
    if path is None:
        return Policy()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from None
    known = {one.name for one in fields(Policy)}
    _only(path, found, known)
    numbers = {
        name: _number(path, name, value)
        for name, value in found.items()
        if name != "extension"
    }
    if numbers.get("cap_percent", 0.0) > 100:
        raise CourseError(f"{path}: cap_percent is above 100; at most all is lost.")
    given = found.get("extension", [])
    if not isinstance(given, list):
        raise CourseError(f"{path}: write [[extension]], with two brackets, for each.")
    return Policy(**numbers, extension=tuple(_extension(path, one) for one in given))


def _extension(path: Path, found: Any) -> Extension:
    if not isinstance(found, dict) or not found.get("student"):
        raise CourseError(f'{path}: an [[extension]] needs student = "...".')
    _only(path, found, _EXTENSION)
    days, hours = (_number(path, n, found.get(n, 0)) for n in ("days", "hours"))
    if not days and not hours:
        raise CourseError(f"{path}: an [[extension]] needs days = ... or hours = ...")
    lesson = str(found.get("lesson", ""))
    lesson = lesson.zfill(2) if lesson.isdigit() else lesson
    return Extension(str(found["student"]), lesson, days * DAY + hours * 3600)


def _only(path: Path, found: Mapping[str, Any], known: set[str]) -> None:
    wrong = sorted(set(found) - known)
    if wrong:
        raise CourseError(
            f"{path}: {', '.join(wrong)} is no rule; there are: "
            f"{', '.join(sorted(known))}"
        )


def _number(path: Path, name: str, value: Any) -> float:
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not good or not 0 <= value < 1e6:
        raise CourseError(f"{path}: {name} = {value!r}; needed: a number from 0 on.")
    return float(value)
