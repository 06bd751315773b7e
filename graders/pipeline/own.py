"""A learner's own notebook judged as a whole, hidden properties included."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from graders.pipeline import intake, source, unreadable, verdicts
from graders.pipeline.findings import CourseError
from graders.pipeline.lesson import is_lesson
from graders.pipeline.notebook import to_bytes, to_notebook


def grade(
    root: Path, path: Path, seed: int | None = None, wanted: Sequence[str] = ()
) -> verdicts.Outcome:
    """The whole verdict on one notebook, which is only read."""
    if not path.is_file():
        raise CourseError(f"{path} is not there; give the notebook that you work in.")
    with path.open("rb") as stream:
        data = stream.read(unreadable.MAX_FILE + 1)
    solutions = _solutions(root, wanted)
    name = _lesson_of(path, data, solutions)
    seed = secrets.randbelow(2**31) if seed is None else seed
    job = verdicts.Job(
        name,
        solutions[name],
        data,
        seed,
        full=True,
        sandbox=verdicts.NONE,  # one's own file, run as one runs it oneself
        mistakes=verdicts.mistakes_of(root, name),
    )
    return verdicts.judge(job)


def _solutions(root: Path, wanted: Sequence[str]) -> dict[str, bytes]:
    paths = [p for p in source.chosen(root, wanted) if is_lesson(p.stem)]
    if not paths:
        raise CourseError(
            f"{root / source.SOURCES} holds no lesson's solution, where the hidden "
            "properties stand; grade in a full checkout, or ask your teacher."
        )
    return {p.stem: to_bytes(to_notebook(source.load(p, root))) for p in paths}


def _lesson_of(path: Path, data: bytes, solutions: dict[str, bytes]) -> str:
    known = {n: verdicts.assignment(data, n) for n, data in solutions.items()}
    name = intake.lesson_of(path, data, known)
    if not name:
        raise CourseError(
            f"{path} is of no lesson here ({', '.join(known)}): none of its cells is "
            "known. Say which it is: --assignment 01"
        )
    return name
