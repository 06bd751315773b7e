"""The verdict on one submission as a job: bytes in, JSON out, nothing else touched."""

from __future__ import annotations

import ast
import contextlib
import io
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from graders.checks.check import Result
from graders.pipeline import bank, shut_in, unreadable, walls
from graders.pipeline import judge as judges
from graders.pipeline.boundaries import open_modules
from graders.pipeline.findings import CourseError
from graders.pipeline.judge import Bank, Judge, Verdict
from graders.pipeline.lesson import is_stretch
from graders.pipeline.master import Cell, Master, bound_names, untouched
from graders.pipeline.parsing import syntax_tree
from graders.pipeline.rebuild import Assignment, Note, rebuild
from graders.pipeline.sandbox import Launcher, Limits, spawn

Outcome = dict[str, Any]
HIDDEN = "a hidden input; the property's name says what it looks at"
LIMITS = Limits()
# `none` is a process of its own and no more: for files that one trusts.
BUBBLEWRAP, NONE = "bubblewrap", "none"
SANDBOXES = (BUBBLEWRAP, NONE)
ENDED = "the process ended"
ENDS = (
    "no answer within",
    "no answer: time is up",
    f"no answer: {ENDED}",
    f"no answer: {shut_in.MEMORY}",
)
TWICE = (
    "its process ended without a word in one run, and not in the next (did the memory "
    "of the machine run out?); the better of the two counts."
)
_making = threading.Lock()


Mistakes = tuple[tuple[str, str, str, str], ...]
"""Exercise, name, words and code of known mistakes, for a diagnosis of what failed."""


@dataclass(frozen=True)
class Job:
    """One notebook to judge; `full` tells of hidden properties what is found too.

    `only` names the exercises that are judged, where it is not all of them; `lost`
    those among the others that are known not to have held.
    """

    lesson: str
    solution: bytes = field(repr=False)
    notebook: bytes = field(repr=False)
    seed: int
    limits: Limits = LIMITS
    full: bool = False
    sandbox: str = BUBBLEWRAP
    mistakes: Mistakes = ()
    only: tuple[str, ...] | None = None
    lost: tuple[str, ...] = ()


@lru_cache(maxsize=32)
def assignment(solution: bytes, lesson: str) -> Assignment:
    """The assignment of a solution notebook, read once."""
    return Assignment.read(solution, lesson)


@lru_cache(maxsize=8)
def _kept(job: Job) -> Judge:
    # the given cells of a lesson print, and run in the judge
    with contextlib.redirect_stdout(io.StringIO()):
        master = assignment(job.solution, job.lesson).master
        known: Bank = {}
        for exercise, *mistake in job.mistakes:
            known.setdefault(exercise, []).append((mistake[0], mistake[1], mistake[2]))
        return Judge(
            master,
            seed=job.seed,
            limits=job.limits,
            launcher=_launcher(job.solution, job.lesson, job.sandbox),
            bank=known,
        )


def judge_of(job: Job) -> Judge:
    """The judge of an assignment, made once for a whole class."""
    with _making:
        return _kept(replace(job, notebook=b"", full=False, only=None, lost=()))


def mistakes_of(root: Path, lesson: str) -> Mistakes:
    """Known mistakes of a lesson; none where the course's tests are not at hand."""
    found = bank.load(root / "tests" / "mutants" / lesson)
    entries = [entry for entries in found.values() for entry in entries]
    return tuple((e.exercise, e.name, e.says, e.answer) for e in entries)


def begin(job: Job) -> None:
    """Start the sandbox of a job's lesson, while its judge is made beside."""
    launcher = _launcher(job.solution, job.lesson, job.sandbox)
    if isinstance(launcher, walls.Walls):
        launcher.begin()


@lru_cache(maxsize=32)
def _launcher(solution: bytes, lesson: str, sandbox: str) -> Launcher:
    return launcher_of(assignment(solution, lesson).master, sandbox)


def launcher_of(master: Master, sandbox: str) -> Launcher:
    """How workers of an assignment start: behind walls, with its imports done."""
    if sandbox == NONE:
        return spawn
    if sandbox != BUBBLEWRAP:
        raise CourseError(f"no sandbox {sandbox!r}; there are: {', '.join(SANDBOXES)}")
    given = [cell.source for cell in master.cells if cell.kind == "given"]
    wanted = dict.fromkeys([*open_modules(master.lesson), *_imports(given)])
    ours = [cell.source for cell, ours in judges.given_cells(master) if ours]
    return walls.shared(list(wanted), ours)


def _imports(sources: Iterable[str]) -> Iterator[str]:
    """Modules that cells import, our own checks aside."""
    for text in sources:
        for node in ast.walk(syntax_tree(text)):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            yield from (n for n in names if not n.startswith("graders"))


def judge(job: Job) -> Outcome:
    """The outcome of a submission that intake took; never raises for what it holds."""
    lesson = assignment(job.solution, job.lesson)
    try:
        came, repairs = unreadable.parse(job.notebook)
    except unreadable.RefusedError as error:
        return refused(lesson, job.seed, str(error))
    rebuilt = rebuild(lesson, came)
    notes = [*(Note("repair", text) for text in repairs), *rebuilt.notes]
    outcome = judge_cells(job, rebuilt.cells, notes)
    told = _disagreements(outcome["verdicts"], rebuilt.claims)
    outcome["notes"] += [note.as_json() for note in told]
    return outcome


def _disagreements(verdicts: list[Outcome], claims: dict[str, float]) -> list[Note]:
    """Full marks that a notebook shows and that its own visible properties deny.

    Old outputs look the same, so a person decides; the verdict does not change.
    """
    return [
        Note(
            "flag",
            f"the notebook shows {claims[v['exercise']]:g} of {v['worth']} points "
            f"below {v['exercise']}; graded, {lost[0]!r} does not hold.",
        )
        for v in verdicts
        if v["worth"] and claims.get(v["exercise"], 0.0) >= v["worth"]
        for lost in [[r["name"] for r in v["results"] if _fails_visibly(r)]]
        if lost
    ]


def _fails_visibly(result: Outcome) -> bool:
    return result["region"] == "visible" and not result["passed"]


def judge_cells(job: Job, cells: list[Cell], notes: list[Note]) -> Outcome:
    """The outcome of a submission's cells."""
    report = _report(job, cells)
    verdicts = [_verdict(v, job.full) for v in report.verdicts.values()]
    blank = _blank(cells)
    for verdict in verdicts:
        verdict["untouched"] = verdict["exercise"] in blank
    outcome = _outcome(job.lesson, job.seed, verdicts)
    outcome["errors"] = dict(list(report.cell_errors.items())[:50])
    outcome["notes"] = [note.as_json() for note in notes]
    outcome["notes"] += [Note("flag", str(text)).as_json() for text in report.notes]
    outcome["notes"] += [note.as_json() for note in stale(verdicts)]
    return outcome


def _report(job: Job, cells: list[Cell]) -> judges.Report:
    """What the judge says; once more where a process was ended, perhaps by nobody here.

    The kernel ends submissions first when a machine's memory runs out, whosever it is.
    """
    report = _again_if_the_sandbox_ended(job, cells)
    if not _ended(report):
        return report
    other = _again_if_the_sandbox_ended(job, cells)
    if other.points <= report.points:
        return report
    other.notes.append(TWICE)
    return other


def _again_if_the_sandbox_ended(job: Job, cells: list[Cell]) -> judges.Report:
    try:
        return judge_of(job).grade(cells, job.only, job.lost)
    except shut_in.TemplateEndedError:  # another one is started; twice is no accident
        return judge_of(job).grade(cells, job.only, job.lost)


def _ended(report: judges.Report) -> bool:
    found = (r.finding for v in report.verdicts.values() for r in v.results)
    return any(ENDED in text for text in (*report.cell_errors.values(), *found))


def _blank(cells: list[Cell]) -> frozenset[str]:
    """Exercises that were not begun: the stub is there, and no cell in its place."""
    added = frozenset().union(
        *(bound_names(cell.source) for cell in cells if cell.kind == "added")
    )
    stubs = (c for c in cells if c.kind == "answer" and untouched(c.source))
    return frozenset(c.id for c in stubs if bound_names(c.source).isdisjoint(added))


def stale(verdicts: list[Outcome]) -> list[Note]:
    """Exercises that nobody can have points of, by a fault of the course."""
    names = [v["exercise"] for v in verdicts if v["problem"] and v["worth"]]
    why = "counted other properties than the build; run `graders build`, grade again"
    return [Note("flag", f"the course's check of {n} {why}.") for n in names]


def refused(lesson: Assignment, seed: int, why: str) -> Outcome:
    """The outcome of what cannot be graded: no points, and the reason."""
    verdicts = [
        _verdict(Verdict(e.id, 0.0, e.points), full=False)
        for e in lesson.master.exercises.values()
    ]
    return _outcome(lesson.lesson, seed, verdicts) | {"refused": why}


def _outcome(lesson: str, seed: int, verdicts: list[Outcome]) -> Outcome:
    return {
        "lesson": lesson,
        "seed": seed,
        "points": round(sum(v["points"] for v in verdicts), 4),
        "worth": worth(verdicts),
        "verdicts": verdicts,
        "errors": {},
        "notes": [],
        "refused": "",
    }


def worth(verdicts: list[Outcome]) -> int:
    """Points of a lesson; a stretch exercise comes on top."""
    return sum(v["worth"] for v in verdicts if not is_stretch(v["exercise"]))


def _verdict(found: judges.Verdict, full: bool) -> Outcome:
    points = min(max(float(found.points), 0.0), float(found.worth))
    return {
        "exercise": found.exercise,
        "points": points if points == points else 0.0,
        "worth": found.worth,
        "diagnosis": found.diagnosis,
        "problem": found.problem,
        "notes": list(found.notes),
        "untouched": False,
        "results": [_result(result, full) for result in found.results],
    }


def _unseen(found: Result) -> str:
    """Of a hidden property that failed: nothing but that time ran out, or a process."""
    if found.passed:
        return ""
    ends = (e for e in ENDS if found.finding.startswith(e))
    return next((f"{end}; {HIDDEN}" for end in ends), HIDDEN)


def _result(found: Result, full: bool) -> Outcome:
    told = full or found.region == "visible"
    return {
        "name": found.name,
        "region": found.region,
        "passed": found.passed,
        "finding": found.finding if told else _unseen(found),
        "given": found.given if told else "",
        "notes": list(found.notes) if told else [],
    }
