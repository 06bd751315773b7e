"""`tests/audit.json`: the figures last measured, each with a hash of what they judge.

The README's table is made from it, and a test fails when a hash is stale.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from graders.pipeline import stamps
from graders.pipeline.audit import Course
from graders.pipeline.audit_figures import Figures, added
from graders.pipeline.findings import CourseError
from graders.pipeline.marked import between
from graders.pipeline.master import Exercise

RECORD = Path("tests") / "audit.json"
BEGIN, END = "<!-- audit:begin -->", "<!-- audit:end -->"
# What a verdict rests on besides the lesson: all checks, these, and what they import.
HEADS = ("audit", "judge", "mutate", "warm")

Record = dict[str, Any]


def digest(course: Course, lesson: str, exercise: Exercise) -> str:
    """A hash over all that the audit of one exercise depends on."""
    kept = stamps.cells(course.masters[lesson], exercise)
    entries = [vars(entry) for entry in course.entries.get(exercise.id, [])]
    reviews = [vars(e) for e in course.equivalents if e.exercise == exercise.id]
    code = stamps.code(course.root, HEADS, [source for _, _, source in kept])
    return stamps.stamp(kept, exercise.points, entries, reviews, code)


# -- the file --------------------------------------------------------------------------
def read(path: Path) -> Record:
    """The record, empty where there is none."""
    if not path.is_file():
        return {"lessons": {}, "exercises": {}}
    try:
        found: Record = json.loads(path.read_text(encoding="utf-8"))
        return {"lessons": found["lessons"], "exercises": found["exercises"]}
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{path}: no record of an audit ({error}); delete it and run `make audit`"
        ) from None


def merged(course: Course, old: Record, new: dict[str, Figures]) -> Record:
    """The old record with the exercises audited now in it, hashes made anew."""
    kept = dict(old["exercises"])
    for lesson, master in course.masters.items():
        gone = [n for n, e in kept.items() if e["lesson"] == lesson]
        kept = {n: e for n, e in kept.items() if n not in gone or n in master.exercises}
    for lesson, exercise in course.exercises():
        if exercise.id in new:
            head = {"lesson": lesson, "hash": digest(course, lesson, exercise)}
            kept[exercise.id] = {**head, **new[exercise.id]}
    return {"lessons": lessons(kept), "exercises": dict(sorted(kept.items()))}


def lessons(exercises: dict[str, Figures]) -> dict[str, Figures]:
    """Lesson -> its figures: the sums of its exercises'."""
    names = sorted({entry["lesson"] for entry in exercises.values()})
    return {
        name: added(
            [
                {k: v for k, v in entry.items() if k not in ("lesson", "hash")}
                for entry in exercises.values()
                if entry["lesson"] == name
            ]
        )
        for name in names
    }


def to_text(record: Record) -> str:
    """The record's file."""
    return json.dumps(record, indent=1, sort_keys=True) + "\n"


def stale(course: Course, record: Record) -> list[str]:
    """Exercises whose figures are missing, or measured on something else."""
    kept = record["exercises"]
    return [
        exercise.id
        for lesson, exercise in course.exercises()
        if kept.get(exercise.id, {}).get("hash") != digest(course, lesson, exercise)
    ]


def tenth(names: Sequence[str], day: int) -> list[str]:
    """The exercises whose turn it is on a day: a tenth, at least one, going round.

    >>> tenth(["a", "b", "c"], 1), tenth(["a", "b", "c"], 365)
    (['b'], ['c'])
    """
    count = -(-len(names) // 10)
    return [names[(day * count + i) % len(names)] for i in range(count)]


# -- the README ------------------------------------------------------------------------
_HEADS = (
    "lesson", "exercises", "points",
    "mutants tried", "killed", "no mistake", "survived",
    "unusual answers", "accepted", "seeds", "false rejections", "seconds",
)  # fmt: skip


def readme_table(audit: Record) -> str:
    """The figures of all lessons as a table in Markdown."""
    found = audit["lessons"]
    rows = [_row(name, figures) for name, figures in found.items()]
    if len(rows) > 1:
        rows.append(_row("all", added(list(found.values()))))
    lines = [_HEADS, [":--", *["--:"] * (len(_HEADS) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _row(name: str, figures: Figures) -> list[str]:
    mutants, unusual = figures["mutants"], figures["unusual"]
    cells: Iterable[Any] = (
        figures["exercises"],
        figures["points"],
        *(mutants[key] for key in ("tried", "killed", "equivalent", "survived")),
        *(unusual[key] for key in ("tried", "accepted")),
        figures["seeds"],
        figures["false_rejections"],
        round(figures["seconds"]),
    )
    return [name, *map(str, cells)]


def updated(readme: str, audit: Record) -> str:
    """The README with the table of these figures between its two marks."""
    return between(readme, BEGIN, END, readme_table(audit))
