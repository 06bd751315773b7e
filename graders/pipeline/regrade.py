"""One exercise judged again for a whole class, because its check was wrong.

Every other mark stays, and every mark given by hand.  What is done is written down as
it gets done, so that a run that was ended goes on; a finished one has nothing to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graders.pipeline import marks as book
from graders.pipeline import obstacles, unreadable, verdicts
from graders.pipeline.classroom import (
    Classroom,
    Watch,
    alone,
    digest,
    graders_version,
    load,
    quiet,
    save,
    worth_of,
    write_whole,
)
from graders.pipeline.executors import Done
from graders.pipeline.findings import CourseError
from graders.pipeline.marks import Mark
from graders.pipeline.master import Exercise, Master
from graders.pipeline.rebuild import rebuild


@dataclass(frozen=True)
class Task:
    """One submission of which one exercise is judged again."""

    student: str
    job: verdicts.Job


@dataclass
class Regraded:
    """What became of the marks: before and after by student, and what to know."""

    exercise: str
    lesson: str
    before: dict[str, Mark]
    after: dict[str, Mark] = field(default_factory=dict)
    judged: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)

    @property
    def changed(self) -> dict[str, tuple[Mark, Mark]]:
        """Students whose mark is another one now, with both."""
        both = {n: (self.before[n], new) for n, new in self.after.items()}
        return {n: m for n, m in both.items() if _differs(m[0].score, m[1].score)}

    @property
    def by_hand(self) -> list[str]:
        """Students whose mark a person gave, though the judge finds another one now."""
        found = []
        for name, new in self.after.items():
            old = self.before[name]
            if new.by_hand is not None and _differs(old.auto, new.auto):
                found.append(name)
        return found


def _differs(one: float | None, other: float | None) -> bool:
    return abs((one or 0.0) - (other or 0.0)) > 1e-9


def find(room: Classroom, wanted: str) -> tuple[str, str]:
    """The lesson and the id of an exercise, given by its id or by how that begins."""
    graded = room.kept()["class"]["lessons"]
    every = {
        (lesson, name)
        for lesson, one in room.assignments().items()
        if lesson in graded
        for name in one.master.exercises
    }
    exact = [pair for pair in every if pair[1] == wanted]
    found = exact or sorted(p for p in every if p[1].startswith(f"{wanted}-"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{lesson[:2]} {name}" for lesson, name in found or sorted(every))
    why = "is several exercises" if found else "is no exercise that was graded here"
    raise CourseError(f"{wanted!r} {why}; there are: {names}")


class Regrade:
    """One exercise of a class that was graded before."""

    def __init__(self, room: Classroom, wanted: str, seed: int | None = None) -> None:
        self.room, self.state = room, room.kept()
        self.lesson, self.exercise = find(room, wanted)
        room.lessons = [self.lesson]
        room.seed = int(self.state["seed"])
        self.seed = room.seed if seed is None else seed
        self.solution = room.solutions[self.lesson]
        self.assignment = room.assignments()[self.lesson]
        self.path = room.work / "regraded" / f"{self.exercise}.jsonl"

    def run(self, watch: Watch) -> Regraded:
        """Judge whom it has not judged yet; the marks of all before and after."""
        self.room.must_be_walled()
        with alone(self.room.work), obstacles.named():
            pending = self._pending()
            self._keep(pending=pending)
            self.room.release(watch)
            before, done = self._begin()
            found = Regraded(self.exercise, self.lesson, before)
            tasks = [t for name in before for t in self._task(name)]
            due = [t for t in tasks if done.get(t.student) != _content(t)]
            self._judge(due, found, watch, len(tasks))
            self._finish(found, pending, [t.student for t in tasks])
            found.after = {n: m for n, m in self._marks().items() if n in before}
            self.room.again()
        return found

    # -- what the course says now ------------------------------------------------------
    def _pending(self) -> list[str]:
        """Exercises whose checks have changed since their marks were made."""
        path = self.room.file("source", "", self.lesson)
        known = set(self.state.get("pending", {}).get(self.lesson, []))
        if path.is_file():
            old = verdicts.assignment(path.read_bytes(), self.lesson).master
            known |= _changed(old, self.assignment.master)
        return sorted(known)

    def _keep(self, pending: list[str]) -> None:
        path = self.room.work / "run.json"
        state = load(path)
        state["pending"] = state.get("pending", {}) | {self.lesson: pending}
        state["class"]["lessons"][self.lesson] = worth_of(self.assignment)
        save(path, state)

    # -- what is done ------------------------------------------------------------------
    def _marks(self) -> dict[str, Mark]:
        """The marks of the exercise by student, as the gradebook has them."""
        with quiet():
            every = book.read(self.room.url)
        return {
            student: entry.marks[self.exercise]
            for (student, lesson), entry in every.items()
            if lesson == self.lesson and self.exercise in entry.marks
        }

    def _begin(self) -> tuple[dict[str, Mark], dict[str, str]]:
        """Marks before this run began, even if that was in a run that was ended."""
        parts = (self.solution, str(self.seed).encode(), graders_version())
        key = digest(*parts)
        lines = list(_lines(self.path))
        if lines and lines[0].get("key") == key:
            self._write(lines)  # without a line that was cut off
            before = {n: Mark(**mark) for n, mark in lines[0]["before"].items()}
            told = {str(line["student"]): str(line["of"]) for line in lines[1:]}
            new = {n: m for n, m in self._marks().items() if n not in before}
            return before | new, told
        before = self._marks()
        head = {"key": key, "before": {n: vars(mark) for n, mark in before.items()}}
        self._write([head])
        return before, {}

    def _write(self, lines: list[dict[str, Any]]) -> None:
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        write_whole(self.path, text.encode("utf-8"))

    def _tick(self, task: Task) -> None:
        with self.path.open("a", encoding="utf-8") as record:
            line = {"student": task.student, "of": _content(task)}
            record.write(json.dumps(line) + "\n")

    # -- judging -----------------------------------------------------------------------
    def _task(self, student: str) -> Iterator[Task]:
        """A submission that was read and graded; no other has anything to judge."""
        outcome = self._outcome(student)
        path = self.room.file("submitted", student, self.lesson)
        if not outcome or outcome.get("refused") or not path.is_file():
            return
        lost = [v["exercise"] for v in outcome["verdicts"] if v["points"] < v["worth"]]
        job = self.room.job(self.lesson, path.read_bytes(), self.seed)
        others = tuple(name for name in lost if name != self.exercise)
        yield Task(student, replace(job, only=(self.exercise,), lost=others))

    def _outcome(self, student: str) -> dict[str, Any]:
        path = self.room.file("autograded", student, self.lesson)
        outcome = load(path).get("metadata", {}).get("graders")
        return outcome if isinstance(outcome, dict) else {}

    def _judge(
        self, due: list[Task], found: Regraded, watch: Watch, every: int
    ) -> None:
        from graders.pipeline.ledger import Ledger

        skipped = every - len(due)
        watch("regrade", skipped, every)
        if not due:
            return
        verdicts.judge_of(due[0].job)  # before any thread runs: its cells print
        with quiet(), Ledger(self.room.url, self.room.config()) as ledger:
            for at, done in enumerate(self.room.executor.map(judge, due), 1):
                self._record(ledger, done, found)
                watch("regrade", skipped + at, every)

    def _record(self, ledger: Any, done: Done, found: Regraded) -> None:
        student = done.item.student
        try:
            if done.error is not None or done.outcome is None:
                raise done.error or RuntimeError("the job gave no outcome")
            self._enter(ledger, done.item, done.outcome)
        except Exception as error:  # the others are judged all the same
            if obstacles.told(error):
                raise
            found.errors[student] = f"{type(error).__name__}: {error}"[:300]
        else:
            found.judged += 1
            self._tick(done.item)

    def _enter(self, ledger: Any, task: Task, outcome: verdicts.Outcome) -> None:
        """The old outcome with the new verdict in it, into gradebook and pages."""
        from graders.pipeline import nbgrader_plugin as plugin

        verdict = outcome["verdicts"][0]
        if self.seed != self.room.seed:
            verdict["seed"] = self.seed
        order = list(self.assignment.master.exercises)
        merged = merge(self._outcome(task.student), verdict, order)
        came, _ = unreadable.parse(task.job.notebook)
        graded = rebuild(self.assignment, came).notebook
        plugin.write(graded, merged)
        cells = (self.exercise, f"{self.exercise}-check")
        self.room.keep(ledger, graded, task.student, self.lesson, only=cells)

    def _finish(self, found: Regraded, pending: list[str], students: list[str]) -> None:
        """Once all are judged: what is left to do, and that `grade` has nothing to."""
        found.pending = [name for name in pending if name != self.exercise]
        if found.errors:
            return
        self._keep(pending=found.pending)
        if found.pending:  # `graders grade` grades them anew, then
            return
        new = digest(self.solution)
        for student in students:
            path = self.room.done(student, self.lesson)
            state = load(path)
            parts = str(state.get("key", "")).split(":")
            if len(parts) == 3:
                save(path, state | {"key": f"{parts[0]}:{new}:{parts[2]}"})


def judge(task: Task) -> verdicts.Outcome:
    """The outcome of one task: a job for an executor."""
    return verdicts.judge(task.job)


def merge(
    old: verdicts.Outcome, verdict: verdicts.Outcome, order: list[str]
) -> verdicts.Outcome:
    """An outcome with one verdict put in the place of the one before."""
    name = verdict["exercise"]
    every = {v["exercise"]: v for v in old["verdicts"]} | {name: verdict}
    found = [every[one] for one in order if one in every]
    wrong = {note.text for note in verdicts.stale([verdict | {"problem": "some"}])}
    notes = [note for note in old["notes"] if note["text"] not in wrong]
    notes += [note.as_json() for note in verdicts.stale([verdict])]
    return old | {
        "verdicts": found,
        "notes": notes,
        "points": round(sum(v["points"] for v in found), 4),
        "worth": verdicts.worth(found),
    }


def _changed(old: Master, new: Master) -> set[str]:
    """Exercises that another verdict may come of: other checks, or other given cells.

    Of a course whose given cells have changed that is any of them.
    """
    given = [[c.source for c in m.cells if c.kind == "given"] for m in (old, new)]
    every = new.exercises.values()
    if given[0] != given[1]:
        return {one.id for one in every}
    return {one.id for one in every if _facts(old.exercises, one) != _fact(one)}


def _facts(known: Mapping[str, Exercise], one: Exercise) -> tuple[Any, ...] | None:
    return _fact(known[one.id]) if one.id in known else None


def _fact(one: Exercise) -> tuple[Any, ...]:
    return one.check, one.points, one.names, one.needs


def _content(task: Task) -> str:
    return digest(task.job.notebook)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Lines of a record; the last one may have been cut off."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return
