"""What the build records of each exercise: counts, and how known mistakes look.

Only numbers leave this module: a mutant's code is run on the visible properties, here,
and what came out is kept for the reader's own notebook to compare with. Running all of
them takes minutes, so each record is stamped in `tests/fingerprints.json`, with a hash
of what it was made from and one of what it holds: where both still fit, it is kept.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from graders.checks import diagnose
from graders.pipeline import bank, sandbox, stamps
from graders.pipeline.findings import CourseError
from graders.pipeline.judge import Judge, Verdict
from graders.pipeline.lesson import Lesson, is_lesson
from graders.pipeline.master import Exercise, Master
from graders.pipeline.notebook import to_notebook

FOLDER = Path("graders", "checks", "fingerprints")
MUTANTS = Path("tests", "mutants")
STAMPS = Path("tests", "fingerprints.json")
Watch = Callable[[str], None]
HEADS = ("judge", "sandbox", "worker")
SEED = 0
# A mutant that never ends must not hold up the build; its look is "late" all the same.
LIMITS = sandbox.Limits(cell_seconds=10.0)


def fingerprints(
    root: Path,
    lessons: Sequence[Lesson],
    *,
    anew: bool = False,
    watch: Watch = lambda exercise: None,
) -> dict[Path, bytes]:
    """`graders/checks/fingerprints/<exercise>.json` of every exercise built.

    With them come the stamps of all exercises of the course; `anew` trusts no stamp.
    `watch` is told the name of each exercise whose mistakes are run.
    """
    files: dict[Path, bytes] = {}
    kept = stamped(root)
    for lesson in lessons:
        if is_lesson(lesson.stem):
            made, stamps_made = _of_lesson(root, lesson, {} if anew else kept, watch)
            files |= made
            kept |= stamps_made
    if files:
        files[STAMPS] = _to_bytes({name: kept[name] for name in sorted(kept)})
    return files


def stamped(root: Path) -> dict[str, dict[str, str]]:
    """Exercise -> the hashes of what its record was made from, and of the record."""
    try:
        found: dict[str, dict[str, str]] = json.loads((root / STAMPS).read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: row for name, row in found.items() if (root / _path(name)).is_file()}


def _path(exercise: str) -> Path:
    return FOLDER / f"{exercise}.json"


def _to_bytes(data: Any) -> bytes:
    return (json.dumps(data, indent=1, sort_keys=True) + "\n").encode("utf-8")


def _of_lesson(
    root: Path, lesson: Lesson, kept: dict[str, dict[str, str]], watch: Watch
) -> tuple[dict[Path, bytes], dict[str, dict[str, str]]]:
    """Records and stamps of a lesson; the judge works only where one is stale."""
    master = Master.from_notebook(to_notebook(lesson), lesson.stem)
    found = bank.load(root / MUTANTS / lesson.stem)
    _must_be_known(lesson.stem, found, master)
    files, made = {}, {}
    maker: _Maker | None = None
    for exercise in master.exercises.values():
        entries = found.get(exercise.id, [])
        row = {"from": _origin(root, master, exercise, entries)}
        path = _path(exercise.id)
        content = (root / path).read_bytes() if (root / path).is_file() else b""
        row["is"] = stamps.stamp(content.decode("utf-8"))
        if kept.get(exercise.id) != row:
            watch(exercise.id)
            maker = maker or _Maker(master)
            content = maker.record(exercise, entries)
            row["is"] = stamps.stamp(content.decode("utf-8"))
        files[path], made[exercise.id] = content, row
    return files, made


def _origin(
    root: Path, master: Master, exercise: Exercise, entries: Sequence[bank.Entry]
) -> str:
    """A hash of all that a record rests on."""
    cells = stamps.cells(master, exercise)
    code = stamps.code(root, HEADS, [source for _, _, source in cells])
    mutants = [vars(entry) for entry in entries]
    return stamps.stamp(master.lesson, cells, exercise.points, mutants, code)


class _Maker:
    """Runs the reference and the mutants of one lesson."""

    def __init__(self, master: Master) -> None:
        self.master = master
        try:
            self.judge = Judge(
                master, seed=SEED, launcher=sandbox.fork, limits=LIMITS, strict=True
            )
            self.reference = self.judge.grade(master.submission())
        except CourseError:
            raise
        except Exception as error:
            raise CourseError(_stopped(master, error)) from error

    def record(self, exercise: Exercise, entries: Sequence[bank.Entry]) -> bytes:
        """The file of one exercise."""
        looks = (_look(self.judge, exercise, entry) for entry in entries)
        return _to_bytes(
            {
                "lesson": self.master.lesson,
                "properties": _counts(self.reference.verdicts[exercise.id], exercise),
                "mutants": [look for look in looks if look is not None],
            }
        )


def _stopped(master: Master, error: Exception) -> str:
    """Where a cell of our own raised an error: a judge runs them as they are."""
    words = f"{master.lesson}: {type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    inside = [f for f in frames if f.filename.startswith(("<given ", "<check "))]
    if not inside:
        return f"{words} (while the course's own answers were judged)"
    kind, _, name = inside[-1].filename.strip("<>").partition(" ")
    cells = {"check": {e.id: e.check for e in master.exercises.values()}}
    cells["given"] = {cell.id: cell.source for cell in master.cells}
    number = inside[-1].lineno or 1
    line = cells[kind][name].splitlines()[number - 1].strip()
    which = "the check cell of" if kind == "check" else "the cell"
    return f"{words}\n  in {which} {name}, line {number}: {line}"


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
