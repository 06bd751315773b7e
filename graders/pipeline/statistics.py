"""What a graded class says of the course: hard and weak exercises, mistakes, flags.

Pure functions of a `report.Class`.  An item is one exercise; of those without points
and of submissions that could not be read nothing is counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graders.pipeline.lesson import is_stretch
from graders.pipeline.report import Class, Line

FEW = 5  # submissions below which a correlation says nothing


@dataclass(frozen=True)
class Item:
    """One exercise in figures; shares are of the submissions, between 0 and 1.

    `difficulty` is the mean share of its points that was earned, so that a high one
    means easy: the word is that of test theory.  `discrimination` is the correlation
    of its points with those of the lesson's other exercises (the corrected
    point-biserial); None where there is no spread, or too few.
    """

    lesson: str
    exercise: str
    worth: float
    count: int
    difficulty: float
    full: float
    untouched: float
    discrimination: float | None

    @property
    def remark(self) -> str:
        """What an instructor may want to look at; empty for most."""
        if self.discrimination is not None and self.discrimination < 0:
            return "those who do well elsewhere do worse here: look at its check"
        if self.count >= FEW and self.full == 0:
            return "nobody has full marks"
        if self.count >= FEW and self.untouched > 0.5:
            return "most did not begin it"
        return ""


@dataclass(frozen=True)
class Mistake:
    """A known mistake, and who made it."""

    lesson: str
    exercise: str
    says: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """One thing that a person should look at, in one submission."""

    student: str
    lesson: str
    evidence: str


def read_lines(graded: Class, lesson: str) -> list[Line]:
    """Students whose submission of a lesson could be read."""
    having = (line for line in graded.lines if lesson in line.outcomes)
    return [line for line in having if not line.outcomes[lesson]["refused"]]


def items(graded: Class) -> list[Item]:
    """Every exercise that has points, in the order of the course."""
    return [item for lesson in graded.lessons for item in _of(graded, lesson)]


def _of(graded: Class, lesson: str) -> Iterator[Item]:
    lines = read_lines(graded, lesson)
    if not lines:
        return
    rows = [_points(line, lesson) for line in lines]
    blank = [_untouched(line, lesson) for line in lines]
    first = lines[0].outcomes[lesson]["verdicts"]
    for name, worth in [(v["exercise"], float(v["worth"])) for v in first]:
        if worth <= 0:
            continue
        mine = [row.get(name, 0.0) for row in rows]
        rest = [_total(row) - (0 if is_stretch(name) else row[name]) for row in rows]
        count = len(mine)
        yield Item(
            lesson,
            name,
            worth,
            count,
            sum(mine) / worth / count,
            sum(points >= worth for points in mine) / count,
            sum(name in names for names in blank) / count,
            correlation(mine, rest),
        )


def _points(line: Line, lesson: str) -> dict[str, float]:
    """Points by exercise, those given by hand in place of the judge's."""
    verdicts = line.outcomes[lesson]["verdicts"]
    found = {v["exercise"]: float(v["points"]) for v in verdicts}
    marks = line.marks.get(lesson, {})
    return found | {n: m.score for n, m in marks.items() if n in found}


def _total(row: dict[str, float]) -> float:
    return sum(points for name, points in row.items() if not is_stretch(name))


def _untouched(line: Line, lesson: str) -> frozenset[str]:
    """Exercises left as they were; one that earned points was not."""
    verdicts = line.outcomes[lesson]["verdicts"]
    left = (v for v in verdicts if v.get("untouched") and not v["points"])
    return frozenset(v["exercise"] for v in left)


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's correlation; None for few values, or where one side has no spread.

    >>> correlation([0, 0, 1, 1, 1], [1, 2, 3, 4, 3])
    0.8
    """
    if len(x) < FEW:
        return None
    dx, dy = _centred(x), _centred(y)
    spread = math.sqrt(math.fsum(a * a for a in dx) * math.fsum(b * b for b in dy))
    if spread <= 1e-12 * len(x):
        return None
    found = math.fsum(a * b for a, b in zip(dx, dy, strict=True)) / spread
    return round(min(1.0, max(-1.0, found)), 12)


def _centred(values: Sequence[float]) -> list[float]:
    mean = math.fsum(values) / len(values)
    return [value - mean for value in values]


def mistakes(graded: Class) -> list[Mistake]:
    """Known mistakes that were recognised, the most frequent of a lesson first."""
    who: dict[tuple[str, str, str], list[str]] = {}
    for lesson in graded.lessons:
        for line in read_lines(graded, lesson):
            for verdict in line.outcomes[lesson]["verdicts"]:
                if verdict["diagnosis"]:
                    key = (lesson, verdict["exercise"], verdict["diagnosis"])
                    who.setdefault(key, []).append(line.student)
    found = [Mistake(*key, tuple(students)) for key, students in who.items()]
    return sorted(found, key=lambda m: (m.lesson, -len(m.students), m.exercise, m.says))


def flags(graded: Class) -> list[Flag]:
    """Submissions for a person to look at, with what was seen."""
    return [
        Flag(line.student, lesson, note["text"])
        for line in graded.lines
        for lesson, outcome in sorted(line.outcomes.items())
        for note in outcome["notes"]
        if note["kind"] == "flag"
    ]


def distribution(
    graded: Class, lesson: str, steps: int = 10
) -> list[tuple[float, float, int]]:
    """How many submissions have points from, up to; the last step holds its end.

    Stretch points are left out, so that no score is above what the lesson is worth.
    """
    worth = float(graded.lessons[lesson]) or 1.0
    counts = [0] * steps
    for line in read_lines(graded, lesson):
        share = _total(_points(line, lesson)) / worth
        counts[min(steps - 1, max(0, int(share * steps + 1e-9)))] += 1
    size = worth / steps
    return [(at * size, (at + 1) * size, n) for at, n in enumerate(counts)]
