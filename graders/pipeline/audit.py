"""Proves the checks: right answers pass, wrong ones lose points, on every seed tried.

The reference gets full marks under each seed; the empty stub gets nothing; each named
mistake and each generic mutant of the solution loses points under all of
`MUTANT_SEEDS`; each unusual answer gets full marks, and so do the exercises that
stand on it.  The course's own code is judged here, so workers are forks.
"""

from __future__ import annotations

import contextlib
import copy
import io
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from graders.pipeline import bank, mutate, source
from graders.pipeline.boundaries import forbidden_imports
from graders.pipeline.equivalents import Equivalent
from graders.pipeline.equivalents import load as load_equivalents
from graders.pipeline.findings import CourseError
from graders.pipeline.judge import Judge, Verdict
from graders.pipeline.judge import _runnable as runnable
from graders.pipeline.master import Cell, Exercise, Master
from graders.pipeline.notebook import check_id, to_notebook
from graders.pipeline.sandbox import WorkerDiedError
from graders.pipeline.stubs import stub
from graders.pipeline.warm import Mother

SEEDS = 50
SEVERAL = 3  # seeds for what is wrong, or unusual, and for a quick look at the rest
PATIENCE = 2.0  # seconds a generic mutant has for one property: many never end
CHUNK = 10  # seeds of the reference in one task


@dataclass(frozen=True)
class Task:
    """One answer to one exercise, and the seeds to judge it under."""

    lesson: str
    exercise: str
    kind: str  # reference, stub, mutant, generic, control, unusual
    name: str
    answer: str
    seeds: tuple[int, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    mutant: mutate.Mutant | None = None


@dataclass(frozen=True)
class Outcome:
    """What was wrong with the verdicts (nothing, where all is well), and the time."""

    task: Task
    findings: tuple[str, ...]
    seconds: float


@dataclass
class Course:
    """Lessons, their wrong and unusual answers, and what was found to be no mistake."""

    root: Path
    masters: dict[str, Master] = field(default_factory=dict)
    entries: dict[str, list[bank.Entry]] = field(default_factory=dict)
    equivalents: tuple[Equivalent, ...] = ()

    @classmethod
    def load(cls, root: Path, wanted: Sequence[str] = ()) -> Course:
        """The lessons named by number or name, or all."""
        course = cls(root)
        course.equivalents = load_equivalents(root / "tests" / "equivalent.toml")
        for path in source.chosen(root, wanted):
            if path.stem not in source.PAGES:
                course.masters[path.stem] = master(path)
                for kind in ("mutants", "unusual"):
                    found = bank.load(root / "tests" / kind / path.stem)
                    for exercise, entries in found.items():
                        course.entries.setdefault(exercise, []).extend(entries)
        return course

    def exercises(self) -> Iterator[tuple[str, Exercise]]:
        """Lesson and exercise, in the course's order."""
        for lesson, master in self.masters.items():
            yield from ((lesson, exercise) for exercise in master.exercises.values())


def master(path: Path) -> Master:
    """A lesson as the judge sees it, from its source."""
    return Master.from_notebook(to_notebook(source.load(path)), path.stem)


# -- what to try -----------------------------------------------------------------------
def tasks(
    course: Course, lesson: str, exercise: Exercise, seeds: int, *, generic: bool
) -> Iterator[Task]:
    """Everything that an audit tries on one exercise; the slow mutants are optional."""

    def task(kind: str, name: str, answer: str, tried: Sequence[int]) -> Task:
        return Task(lesson, exercise.id, kind, name, answer, tuple(tried))

    for first in range(1, seeds + 1, CHUNK):
        some = range(first, min(first + CHUNK, seeds + 1))
        yield task("reference", "reference", exercise.answer, some)
    if exercise.points == 0:
        return
    several = range(1, SEVERAL + 1)
    empty = stub(exercise.answer)
    yield task("stub", "empty stub", empty, several)
    for entry in course.entries.get(exercise.id, []):
        answer = empty if entry.untouched else entry.answer
        plain = task(entry.kind, entry.name, answer, several)
        beside = {"before": tuple(entry.before), "after": tuple(entry.after)}
        yield Task(**{**vars(plain), **beside})
    if generic:  # the mutants' short time must be enough for what is right
        yield task("control", "reference in a hurry", exercise.answer, [1])
    for mutant in mutate.mutants(exercise.answer) if generic else ():
        plain = task("generic", mutant.becomes, mutant.code, several)
        yield Task(**{**vars(plain), "mutant": mutant})


# -- trying it -------------------------------------------------------------------------
class Bench:
    """One process's judges: given cells run once a lesson, oracles once a seed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.judges: dict[str, Judge] = {}
        self.seeded: dict[tuple[str, int], Judge] = {}
        self.mothers: dict[bool, Mother] = {}

    def perform(self, task: Task) -> Outcome:
        """Judge the task's answer; whatever goes wrong is a finding."""
        start = time.perf_counter()
        try:
            findings = _PROOFS[task.kind](self, task)
        except (Exception, WorkerDiedError) as error:
            findings = (f"the audit stopped here: {type(error).__name__}: {error}",)
        return Outcome(task, findings, time.perf_counter() - start)

    def verdicts(self, task: Task, seed: int, *also: str) -> dict[str, Verdict]:
        """The verdict on the task's exercise, and on others that stand on it."""
        judge = copy.copy(self._judge(task.lesson, seed))
        master, near = judge.master, task.exercise
        cells = master.submission(
            {near: task.answer}, {near: list(task.before)}, {near: list(task.after)}
        )
        cells = _until(master, cells, also[-1] if also else near)
        judge.launcher = self._mother(task, _above(cells, near))
        return judge.grade(cells, [near, *also]).verdicts

    def _judge(self, lesson: str, seed: int) -> Judge:
        if lesson not in self.judges:
            path = self.root / source.SOURCES / f"{lesson}.py"
            with contextlib.redirect_stdout(io.StringIO()):  # given cells print
                self.judges[lesson] = Judge(master(path), seed=0, strict=True)
        if (lesson, seed) not in self.seeded:
            self.seeded[lesson, seed] = self.judges[lesson].under(seed)
        return self.seeded[lesson, seed]

    def _mother(self, task: Task, above: list[Cell]) -> Mother:
        """The process in which the cells above the answer have run; one is kept."""
        hurried = task.kind in ("generic", "control")
        mother = self.mothers.get(hurried)
        if mother is None or mother.cells != above:
            if mother is not None:
                mother.close()
            patience = PATIENCE if hurried else None
            forbid = forbidden_imports(task.lesson)
            mother = Mother(list(forbid), above, patience=patience)
            self.mothers[hurried] = mother
        return mother


def _above(cells: list[Cell], exercise: str) -> list[Cell]:
    """The cells that run before an exercise's answer, or a cell added beside it."""
    run = runnable(cells)
    mine = (i for i, c in enumerate(run) if c.kind == "added" or c.id == exercise)
    return run[: next(mine)]


def _until(master: Master, cells: list[Cell], exercise: str) -> list[Cell]:
    """The cells down to an exercise's check; what comes later cannot matter to it."""
    ids = [cell.id for cell in master.cells]
    kept = set(ids[: ids.index(check_id(exercise))])
    return [cell for cell in cells if cell.kind == "added" or cell.id in kept]


# -- what is to hold -------------------------------------------------------------------
def _full_marks(bench: Bench, task: Task, *also: str) -> tuple[str, ...]:
    """One finding for each seed under which something failed."""
    found = []
    for seed in task.seeds:
        lost = [
            f"{v.exercise}: {r.name} ({r.region}): {r.finding or 'failed'}"
            + (f" [at {r.given}]" if r.given else "")
            for v in bench.verdicts(task, seed, *also).values()
            for r in v.results
            if not r.passed
        ]
        if lost:
            found.append(f"seed {seed}: " + "; ".join(lost))
    return tuple(found)


def _unusual(bench: Bench, task: Task) -> tuple[str, ...]:
    """Full marks, here and in the exercises that stand on this one."""
    bench._judge(task.lesson, 0)
    every = bench.judges[task.lesson].master.exercises.values()
    users = [e.id for e in every if task.exercise in e.needs]
    return _full_marks(bench, task, *users)


def _nothing(bench: Bench, task: Task) -> tuple[str, ...]:
    """No points at all."""
    for seed in task.seeds:
        verdict = bench.verdicts(task, seed)[task.exercise]
        if verdict.points:
            passed = ", ".join(r.name for r in verdict.results if r.passed)
            return (f"seed {seed}: {verdict.points} points, for: {passed}",)
    return ()


def _killed(bench: Bench, task: Task) -> tuple[str, ...]:
    """Points lost under every seed; visible inputs are the same under all of them."""
    for seed in task.seeds:
        verdict = bench.verdicts(task, seed)[task.exercise]
        if verdict.points >= verdict.worth:
            return (f"full marks under seed {seed}",)
        if any(r.region == "visible" and not r.passed for r in verdict.results):
            break
    return ()


_PROOFS: dict[str, Callable[[Bench, Task], tuple[str, ...]]] = {
    "reference": _full_marks,
    "stub": _nothing,
    "mutant": _killed,
    "generic": _killed,
    "control": _full_marks,
    "unusual": _unusual,
}


# -- many at a time --------------------------------------------------------------------
BATCH = 20  # tasks that a process takes at once, so that it keeps its mother


def run(
    root: Path, todo: Sequence[Task], jobs: int, done: Callable[[int], None]
) -> list[Outcome]:
    """Perform all tasks in `jobs` fresh processes; `done` hears how many are ready.

    The processes start fresh, because each forks and a fork wants a single thread.
    """
    batches = [todo[i : i + BATCH] for i in range(0, len(todo), BATCH)]
    found: dict[int, list[Outcome]] = {}
    with one_thread_each(), pool(min(jobs, len(batches)) or 1) as workers:
        waiting = {workers.submit(perform, root, b): i for i, b in enumerate(batches)}
        try:
            for future in as_completed(waiting):
                found[waiting[future]] = future.result()
                done(len(future.result()))
        except BrokenProcessPool:
            raise CourseError(
                "a process of the audit was ended from outside (is memory short?); "
                "run it again with --jobs 1."
            ) from None
        finally:
            workers.shutdown(cancel_futures=True)
    return [outcome for i in sorted(found) for outcome in found[i]]


def pool(jobs: int) -> ProcessPoolExecutor:
    """Fresh processes that perform tasks."""
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))


@contextlib.contextmanager
def one_thread_each() -> Iterator[None]:
    """What NumPy reads when a process of ours starts; ours alone."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in (*names, "MPLBACKEND")}
    os.environ.update({**dict.fromkeys(names, "1"), "MPLBACKEND": "Agg"})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@lru_cache(maxsize=1)
def _bench(root: Path) -> Bench:
    return Bench(root)


def perform(root: Path, batch: Sequence[Task]) -> list[Outcome]:
    """What came of the tasks, in this process."""
    return [_bench(root).perform(task) for task in batch]
