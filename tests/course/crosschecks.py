"""Code that is not ours, graded as a submission: what our checks say of each property.

`python -m tests.course.crosschecks` writes the table; a test compares it.  Thin
adapters stand in `tests/crosschecks/`, in the form of unusual answers: they give
foreign code the names and signatures of a lesson, and mend nothing.
"""

from __future__ import annotations

import contextlib
import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from graders.pipeline import audit, bank, judge, sandbox
from graders.pipeline.judge import Judge, Verdict
from graders.pipeline.master import Master

ROOT = Path(__file__).resolve().parents[2]
ADAPTERS = ROOT / "tests" / "crosschecks"
TABLE = Path(__file__).with_suffix(".md")
REASONS = Path(__file__).with_suffix(".toml")
LESSONS = {path.name: path for path in sorted(ADAPTERS.iterdir()) if path.is_dir()}
PEERS = {
    "03_reverse_mode": "autograd",
    "04_build_the_engine": "micrograd",
    "05_array_vjps": "autograd",
    "07_custom_functions": "torch",
}
SEED = 7

HEAD = """\
# Cross-checks with code that is not ours

Three libraries, graded as submissions:
[micrograd](https://github.com/karpathy/micrograd)'s `Value` in lesson 4,
[autograd](https://github.com/HIPS/autograd) (HIPS) in lessons 3 and 5,
[PyTorch](https://pytorch.org)'s built-ins in lesson 7. Where they pass, a right answer
that we did not write is accepted. Where they fail, each failure has its reason: a known
fault, which our checks found, or something that the exercise asks for and the library
does not promise.

Versions: those of `constraints.txt`. Adapters: `tests/crosschecks/`. Reasons:
`crosschecks.toml`, beside this file. Made by `python -m tests.course.crosschecks`; the
test `test_crosschecks.py` compares. An exercise without a counterpart keeps the
course's own answer, for others stand on it, and is not listed.
"""


@dataclass(frozen=True)
class Finding:
    """One property of an exercise, over all its inputs, under one adapter."""

    exercise: str
    adapter: str
    name: str
    failed: tuple[str, ...]  # the regions, visible or hidden, where it did
    said: str  # what the check answered first


@dataclass(frozen=True)
class Graded:
    """An adapter's verdict on one exercise."""

    exercise: str
    adapter: str
    points: float
    worth: int
    findings: tuple[Finding, ...]


def grade(lesson: str) -> list[Graded]:
    """All adapters of a lesson; each stands on the first ones of other exercises."""
    master = audit.master(ROOT / "solutions" / f"{lesson}.py")
    for exercise in master.exercises.values():
        exercise.needs = ()  # nobody lends a foreign answer our earlier parts
    with contextlib.redirect_stdout(io.StringIO()):  # given cells print
        ours = Judge(master, seed=SEED, launcher=sandbox.fork)
    found = bank.load(LESSONS[lesson])
    first = {exercise: entries[0] for exercise, entries in found.items()}
    graded = verdicts(ours, master, list(first.values()))
    for entry in (entry for entries in found.values() for entry in entries[1:]):
        rest = [e for e in first.values() if e.exercise != entry.exercise]
        graded += verdicts(ours, master, [entry, *rest], only=entry.exercise)
    order = list(master.exercises)
    return sorted(graded, key=lambda g: order.index(g.exercise))


def verdicts(
    ours: Judge, master: Master, entries: list[bank.Entry], only: str = ""
) -> list[Graded]:
    """One submission of several adapters, and what it got."""
    asked = [e for e in entries if only in ("", e.exercise)]
    cells = master.submission({e.exercise: e.answer for e in entries})
    # Lessons 1 to 5 do not offer these libraries to a student; here they are the point.
    with mock.patch.object(judge, "forbidden_imports", return_value=()):
        report = ours.grade(cells, only=[e.exercise for e in asked])
    broken = {e.exercise for e in entries} & set(report.cell_errors)
    if broken:
        raise RuntimeError(f"adapters that do not run: {report.cell_errors}")
    return [graded(e, report.verdicts[e.exercise]) for e in asked]


def graded(entry: bank.Entry, verdict: Verdict) -> Graded:
    """The verdict, property by property, in the order of the check."""
    findings = []
    for name in dict.fromkeys(result.name for result in verdict.results):
        lost = [r for r in verdict.results if r.name == name and not r.passed]
        regions = tuple(dict.fromkeys(r.region for r in lost))
        said = lost[0].finding if lost else ""
        findings.append(Finding(entry.exercise, entry.name, name, regions, said))
    points = (verdict.points, verdict.worth)
    return Graded(entry.exercise, entry.name, *points, tuple(findings))


# -- the reasons -----------------------------------------------------------------------
def reasons(lesson: str) -> dict[tuple[str, str, str], str]:
    """(exercise, adapter, property) -> why it fails."""
    written = tomllib.loads(REASONS.read_text("utf-8")).get(lesson, {})
    return {
        (exercise, adapter, name): why
        for exercise, adapters in written.items()
        for adapter, found in adapters.items()
        for name, why in found.items()
    }


def unexplained(lesson: str, found: list[Graded]) -> list[str]:
    """Failures without a reason, and reasons without a failure."""
    failed = {
        (f.exercise, f.adapter, f.name): f.said
        for one in found
        for f in one.findings
        if f.failed
    }
    known = reasons(lesson)
    missing = [f"no reason: {key}: {failed[key]}" for key in failed if key not in known]
    stale = [f"does not fail: {key}" for key in known if key not in failed]
    return missing + stale


# -- the table -------------------------------------------------------------------------
def section(lesson: str, found: list[Graded]) -> str:
    """The lesson's part of the table, in Markdown."""
    known = reasons(lesson)
    every = [f for one in found for f in one.findings]
    good = sum(not f.failed for f in every)
    rows = "".join(row for one in found for row in exercise_rows(one, known))
    return (
        f"## {lesson}: {PEERS[lesson]}\n\n"
        f"{good} of {len(every)} properties pass.\n{rows}"
    )


def exercise_rows(one: Graded, known: dict[tuple[str, str, str], str]) -> Iterator[str]:
    """Heading and rows of one exercise."""
    yield f"\n### {one.exercise}, by `{one.adapter}`: "
    yield f"{one.points:.3g} of {one.worth} points\n\n"
    yield "| property | result | reason |\n|---|---|---|\n"
    for f in one.findings:
        result = f"**fails** ({' and '.join(f.failed)})" if f.failed else "passes"
        why = known.get((f.exercise, f.adapter, f.name), "") if f.failed else ""
        yield f"| {f.name} | {result} | {why} |\n"


def text(sections: list[str]) -> str:
    """The whole file."""
    return "\n".join([HEAD, *sections])


def committed(lesson: str) -> str:
    """The lesson's part of the file as it is in the repository."""
    start = f"## {lesson}: "
    _, _, rest = TABLE.read_text("utf-8").partition(start)
    return (start + rest.partition("\n## ")[0]).rstrip("\n") + "\n"


def main() -> None:
    """Write the table, and say which reasons are missing or stale."""
    sections = []
    for lesson in LESSONS:
        found = grade(lesson)
        sections.append(section(lesson, found))
        for problem in unexplained(lesson, found):
            print(problem)
    TABLE.write_text(text(sections), "utf-8")


if __name__ == "__main__":
    main()
