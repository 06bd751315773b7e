"""What the build records of each exercise: counts, and how known mistakes look.

Only numbers leave this module: a mutant's code is run on the visible properties, here,
and what came out is kept for the reader's own notebook to compare with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graders.checks import diagnose
from graders.pipeline import bank, sandbox
from graders.pipeline.findings import CourseError
from graders.pipeline.judge import Judge, Verdict
from graders.pipeline.lesson import Lesson, is_lesson
from graders.pipeline.master import Exercise, Master
from graders.pipeline.notebook import to_notebook

FOLDER = Path("graders", "checks", "fingerprints")
MUTANTS = Path("tests", "mutants")
SEED = 0
# A mutant that never ends must not hold up the build; its look is "late" all the same.
LIMITS = sandbox.Limits(cell_seconds=10.0)


def fingerprints(root: Path, lessons: Sequence[Lesson]) -> dict[Path, bytes]:
    """`graders/checks/fingerprints/<exercise>.json` of every exercise built."""
    files: dict[Path, bytes] = {}
    for lesson in lessons:
        if is_lesson(lesson.stem):
            files |= _of_lesson(root, lesson)
    return files


def _of_lesson(root: Path, lesson: Lesson) -> dict[Path, bytes]:
    master = Master.from_notebook(to_notebook(lesson), lesson.stem)
    judge = Judge(master, seed=SEED, launcher=sandbox.fork, limits=LIMITS, strict=True)
    found = bank.load(root / MUTANTS / lesson.stem)
    _must_be_known(lesson.stem, found, master)
    reference = judge.grade(master.submission())
    files = {}
    for exercise in master.exercises.values():
        record = {
            "lesson": lesson.stem,
            "properties": _counts(reference.verdicts[exercise.id], exercise),
            "mutants": [
                row
                for entry in found.get(exercise.id, [])
                if (row := _look(judge, exercise, entry)) is not None
            ],
        }
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        files[FOLDER / f"{exercise.id}.json"] = text.encode("utf-8")
    return files


def _must_be_known(stem: str, found: dict[str, Any], master: Master) -> None:
    for name in found:
        if name not in master.exercises:
            raise CourseError(
                f"{MUTANTS / stem / name}.py is named after no exercise of {stem}; "
                f"its exercises are {', '.join(master.exercises)}."
            )


def _counts(verdict: Verdict, exercise: Exercise) -> dict[str, int]:
    failed = [r for r in verdict.results if not r.passed]
    if failed and exercise.points:
        raise CourseError(
            f"the course's own answer to {exercise.id} fails {failed[0].name!r}: "
            f"{failed[0].finding}"
        )
    regions = ("visible", "hidden")
    return {r: sum(p.region == r for p in verdict.results) for r in regions}


def _look(judge: Judge, exercise: Exercise, entry: bank.Entry) -> dict[str, Any] | None:
    """How a mutant shows in the visible properties; None if it does not."""
    cells = judge.master.submission({exercise.id: entry.answer})
    verdict = judge.grade(cells, only=[exercise.id]).verdicts[exercise.id]
    seen = [r for r in verdict.results if r.region == "visible"]
    if all(r.passed for r in seen):
        return None
    return {
        "name": entry.name,
        "says": entry.says,
        "shows": diagnose.fingerprint(seen),
    }
