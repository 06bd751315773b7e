"""A class along nbgrader's road: release, intake, autograde, feedback, export.

Everything is kept in one folder: gradebook.db, submitted/, autograded/, feedback/ and
the pages of the class.  Jobs run anywhere; this process alone writes.  What was graded
already with the same content is skipped, so that a run that was ended goes on.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import logging
import re
import secrets
import shutil
import warnings
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from graders.pipeline import (
    context,
    gradebook,
    intake,
    marks,
    obstacles,
    overview,
    policy,
    report,
    similar,
    source,
    unreadable,
    verdicts,
    walls,
)
from graders.pipeline.executors import Done, Executor, InThisProcess
from graders.pipeline.findings import CourseError
from graders.pipeline.lesson import is_lesson
from graders.pipeline.notebook import to_bytes, to_notebook
from graders.pipeline.rebuild import Assignment
from graders.pipeline.roster import Roster
from graders.pipeline.sandbox import Limits
from graders.pipeline.stubs import stub

CSV = "grades.csv"
PATIENCE = 60  # seconds to wait for a gradebook that another process holds
# Modules of this package that a verdict or a feedback page depends on.
GRADERS = (
    "boundaries",
    "inside",
    "judge",
    "late",
    "ledger",
    "master",
    "names",
    "nbgrader_plugin",
    "policy",
    "rebuild",
    "report",
    "sandbox",
    "seccomp",
    "shut_in",
    "tree",
    "unreadable",
    "verdicts",
    "walls",
    "wire",
    "worker",
)
Watch = Callable[[str, int, int], None]
"""Told of each step: words, how many are done, how many there are."""


@dataclass(frozen=True)
class Task:
    """One submission that is to be graded."""

    submission: intake.Submission
    job: verdicts.Job
    key: str


@dataclass
class Classroom:
    """One class: where the course lies, where the grading folder lies, the seed."""

    root: Path
    work: Path
    lessons: Sequence[str]
    seed: int | None = None
    force: bool = False
    limits: Limits = field(default_factory=Limits)
    executor: Executor = field(default_factory=InThisProcess)
    sandbox: str = verdicts.BUBBLEWRAP
    dues: dict[str, datetime] = field(init=False, default_factory=dict)
    roster: Roster = field(default_factory=Roster)
    layout: str = ""
    due: Mapping[str, str] = field(default_factory=dict)  # "" is every lesson's
    db: str = ""  # address of a gradebook on PostgreSQL; without one it is a file

    @property
    def database(self) -> Path:
        """The gradebook's file, where it is one (`db` names none)."""
        return self.work / "gradebook.db"

    @property
    def has_gradebook(self) -> bool:
        """Whether there is one already."""
        if self.url.startswith("sqlite"):
            return self.database.is_file()
        return gradebook.exists(self.url)

    def grade(self, folder: Path, watch: Watch) -> report.Class:
        """Grade the submissions in a folder or zip, which is only read."""
        self._check(folder)
        self.must_be_walled()
        self.work.mkdir(parents=True, exist_ok=True)
        with alone(self.work), obstacles.named():
            return self._grade(folder, watch)

    def must_be_walled(self) -> None:
        """Raise `WallsError` where jobs would run on this machine, and it has no walls.

        Where they run on a cluster its workers are asked for theirs. So a notebook
        server without user namespaces can hold the class and let others run it.
        """
        if self.sandbox == verdicts.BUBBLEWRAP and self.executor.here:
            walls.required()

    def _grade(self, folder: Path, watch: Watch) -> report.Class:
        self._draw_seed()
        rules = policy.load(policy.find(self._rules()))
        watch("release", 0, len(self.lessons))
        solutions = self.release(watch)
        watch("intake", 0, 1)
        found = self._collect(folder)
        watch("intake", 1, 1)
        self._enrol(found, rules)
        made = context.Context(found.submissions, self.dues, rules)
        tasks = [t for s in found.submissions for t in self._task(s, solutions, made)]
        due = [task for task in tasks if self.force or not self._is_done(task)]
        self._record_all(due, found, watch, len(tasks))
        self._remember(found)
        watch("export", 0, 1)
        graded = self.again()
        watch("export", 1, 1)
        return graded

    def _collect(self, folder: Path) -> intake.Intake:
        """What was handed in, each that is late with a note that says so."""
        kept = load(self.work / "run.json").get("class", {}).get("roster", [])
        self.roster = self.roster or Roster.from_json(kept)
        with quiet():
            self.dues = gradebook.set_dues(
                self.url, self.lessons, self.due, gradebook.course_url(self.root)
            )
        found = intake.collect(
            folder.resolve(),
            self.assignments(),
            self.roster,
            self.layout,
            clock=bool(self.due),
        )
        for one in found.submissions:
            one.notes += context.late(one, self.dues.get(one.assignment))
        return found

    def _rules(self) -> list[Path]:
        """Where the rules for late submissions may stand."""
        return [self.work, self.root]

    def config(self) -> Any:
        """The course's nbgrader settings, with this class's rules for late work."""
        config = gradebook.configured(self.root)
        config.LatePolicy.folders = [str(folder) for folder in self._rules()]
        return config

    @cached_property
    def solutions(self) -> dict[str, bytes]:
        """The instructor's notebooks, made of the sources as they are now."""
        folder = self.root / source.SOURCES
        lessons = {n: source.load(folder / f"{n}.py", self.root) for n in self.lessons}
        return {name: to_bytes(to_notebook(one)) for name, one in lessons.items()}

    @cached_property
    def _mistakes(self) -> dict[str, verdicts.Mistakes]:
        """Known mistakes by lesson: their words tell what hidden failures are like."""
        return {n: verdicts.mistakes_of(self.root, n) for n in self.lessons}

    @cached_property
    def _version(self) -> bytes:
        """Read once a class: it is all our code and the numbers of known mistakes."""
        return graders_version()

    def job(self, lesson: str, data: bytes, seed: int) -> verdicts.Job:
        """A notebook to judge, as all of this class are."""
        return verdicts.Job(
            lesson,
            self.solutions[lesson],
            data,
            seed,
            self.limits,
            sandbox=self.sandbox,
            mistakes=self._mistakes[lesson],
        )

    def assignments(self) -> dict[str, Assignment]:
        """What submissions are laid into, by lesson."""
        return {n: verdicts.assignment(b, n) for n, b in self.solutions.items()}

    # -- before ----------------------------------------------------------------------
    def _check(self, folder: Path) -> None:
        """No file of the class may lie where results are written."""
        work, given = self.work.resolve(), folder.resolve()
        mixed = given.is_relative_to(work) and given != work / "sample"
        if mixed or work.is_relative_to(given):
            raise CourseError(
                f"{folder} and {self.work}, where results are written, lie in one "
                "another; give the class's own folder, or another one with --to."
            )

    def _draw_seed(self) -> None:
        state = load(self.work / "run.json")
        if self.seed is None:
            kept = None if self.force else state.get("seed")
            self.seed = secrets.randbelow(2**31) if kept is None else int(kept)
        if self.db:
            gradebook.exists(self.url)  # before anything is changed: does it answer?
            kept = gradebook.public(self.db)
            if kept != state.get("db", ""):  # another one: it holds nothing of this
                shutil.rmtree(self.work / "done", ignore_errors=True)
                state["released"] = {}
            state["db"] = kept
        save(self.work / "run.json", state | {"seed": self.seed})

    def release(self, watch: Watch) -> dict[str, bytes]:
        """Each lesson into the gradebook, unless it is there with the same bytes.

        In a folder of our own: a class is graded without a build, and nothing in the
        checkout changes.
        """
        known = load(self.work / "run.json").get("released", {})
        if not self.has_gradebook:
            known = {}
            shutil.rmtree(self.work / "done", ignore_errors=True)
        found = self.solutions
        for at, name in enumerate(self.lessons):
            if known.get(name) != digest(found[name]):
                self._release_one(name, found[name])
            watch("release", at + 1, len(self.lessons))
        released = {name: digest(data) for name, data in found.items()}
        state = load(self.work / "run.json")
        save(self.work / "run.json", state | {"released": known | released})
        return found

    def _release_one(self, name: str, data: bytes) -> None:
        path = self.file("source", "", name)
        write_whole(path, data)
        with gradebook.alembic_here(), quiet():
            failed = _words(self._api().generate_assignment(name))
        if failed:
            raise CourseError(f"nbgrader could not release {name}: {failed}")

    @property
    def url(self) -> str:
        """The gradebook as nbgrader names it; waits a minute for a busy file.

        Where none is given it is the one that this folder was graded with.
        """
        given = self.db or load(self.work / "run.json").get("db", "")
        if given:
            return gradebook.url_of(str(given))
        return f"sqlite:///{self.database.resolve()}?timeout={PATIENCE}"

    def _enrol(self, found: intake.Intake, rules: policy.Policy) -> None:
        from nbgrader.api import Gradebook

        with quiet(), Gradebook(self.url) as book:
            for name in found.students:
                known = self.roster.students.get(name)
                facts = known.for_gradebook() if known else {}
                book.update_or_create_student(name, **facts)
            if rules.free_days:  # of one lesson they depend on all others' times
                for one in found.submissions:
                    if one.timestamp and one.assignment in self.lessons:
                        book.update_or_create_submission(
                            one.assignment, one.student, timestamp=one.timestamp
                        )

    def _task(
        self,
        submission: intake.Submission,
        solutions: dict[str, bytes],
        made: context.Context,
    ) -> Iterator[Task]:
        name = submission.assignment
        if name not in solutions:
            return
        assert self.seed is not None
        job = self.job(name, submission.data, self.seed)
        told = json.dumps([n.as_json() for n in submission.notes])
        words = (submission.refused, told, submission.timestamp)
        mine = digest(job.notebook, *(word.encode() for word in words))
        ours = digest(str(self.seed).encode(), self._version, made.words(submission))
        yield Task(submission, job, f"{mine}:{digest(job.solution)}:{ours}")

    def _is_done(self, task: Task) -> bool:
        who = task.submission
        graded = self.file("autograded", who.student, who.assignment)
        kept = load(self.done(who.student, who.assignment))
        return graded.is_file() and kept.get("key") == task.key

    def done(self, student: str, lesson: str) -> Path:
        """Where it is ticked off what was graded, and of which content."""
        return self.work / "done" / student / f"{lesson}.json"

    def file(self, step: str, student: str, name: str, ending: str = ".ipynb") -> Path:
        """Where a file of nbgrader's layout lies."""
        return self.work / step / student / name / f"{name}{ending}"

    # -- grading ---------------------------------------------------------------------
    def _record_all(
        self, due: list[Task], found: intake.Intake, watch: Watch, every: int
    ) -> None:
        from graders.pipeline.ledger import Ledger

        skipped = every - len(due)
        with spared() as settle:
            for job in {task.job.lesson: task.job for task in due}.values():
                # before any thread runs: the given cells of a lesson print
                if self.executor.here:
                    verdicts.begin(job)
                verdicts.judge_of(job)
            settle()
            watch("grade", skipped, every)
            with quiet(), Ledger(self.url, self.config()) as ledger:
                done = self.executor.map(_judge, due)
                for count, one in enumerate(done, 1):
                    self._record(ledger, one)
                    watch("grade", skipped + count, every)

    def _record(self, ledger: Any, done: Done) -> None:
        """One outcome into gradebook, notebook and feedback page, then ticked off."""
        who = done.item.submission
        tick = self.done(who.student, who.assignment)
        tick.unlink(missing_ok=True)
        failed = _error(done)
        if not failed:
            try:
                self._enter(ledger, who, done.outcome)
            except Exception as error:  # the others are graded all the same
                if obstacles.told(error):  # ... unless they would fail alike
                    raise
                failed = f"{type(error).__name__}: {error}"[:300]
        key = "" if failed else done.item.key  # an error is tried again next time
        save(tick, {"key": key, "error": failed})

    def _enter(self, ledger: Any, who: intake.Submission, outcome: Any) -> None:
        """As nbgrader's autograde and feedback do, with one gradebook for all."""
        from graders.pipeline import nbgrader_plugin as plugin

        self._submit(who)
        lesson = self.assignments()[who.assignment]
        came = {"cells": []} if who.refused else unreadable.parse(who.data)[0]
        graded = plugin.laid(lesson, came, who.notes, who.refused)
        early = [note.as_json() for note in who.notes]
        plugin.write(graded, outcome | {"notes": [*early, *outcome["notes"]]})
        self.keep(ledger, graded, who.student, who.assignment, who.timestamp)

    def keep(
        self,
        ledger: Any,
        graded: Any,
        student: str,
        lesson: str,
        stamp: str = "",
        only: Sequence[str] = (),
    ) -> None:
        """A graded notebook into the gradebook, and its files.

        Of the cells named in `only`, where there are any, and of no others.
        """
        from graders.pipeline import nbgrader_plugin as plugin

        data = plugin.to_bytes(graded)
        told = ledger.enter(graded, student, lesson, stamp, only)
        page, results = plugin.feedback(student, graded, told)
        path = self.file("autograded", student, lesson)
        if stamp:
            write_whole(path.with_name("timestamp.txt"), stamp.encode("utf-8"))
        write_whole(path, data)
        path = self.file("feedback", student, lesson, ".html")
        write_whole(path.with_name("results.json"), results)
        write_whole(path, page.encode("utf-8"))

    def _submit(self, who: intake.Submission) -> None:
        """A copy for nbgrader, alone in its folder; the student's file stays as is."""
        from graders.pipeline import nbgrader_plugin as plugin

        path = self.file("submitted", who.student, who.assignment)
        shutil.rmtree(path.parent, ignore_errors=True)
        data = who.data
        if who.refused:
            data = plugin.to_bytes(plugin.unread(who.refused))
        write_whole(path, data)
        if who.timestamp:
            stamp = path.with_name("timestamp.txt")
            write_whole(stamp, who.timestamp.encode("utf-8"))

    def _api(self) -> Any:
        """nbgrader on this class: the course's settings, our folder."""
        from nbgrader.apps import NbGraderAPI

        config = gradebook.configured(self.root)
        config.CourseDirectory.root = str(self.work.resolve())
        config.CourseDirectory.source_directory = "source"
        config.CourseDirectory.release_directory = "release"
        config.CourseDirectory.db_url = self.url
        (self.work / "exchange").mkdir(exist_ok=True)
        config.Exchange.root = str(self.work / "exchange")
        api = NbGraderAPI(config=config)
        api.log.propagate = False
        api.log.handlers.clear()  # its log is read from each result
        return api

    # -- after -----------------------------------------------------------------------
    def again(self, *, statistics: bool = False, publish: bool = True) -> report.Class:
        """The class as it was graded, scores and comments by hand included.

        Its pages are made anew, unless one only wants to know.
        """
        kept = self.kept()
        worth = dict(kept["class"]["lessons"])
        graded = report.Class(worth, [], kept["seed"], kept["class"]["notes"])
        students: dict[str, list[str]] = kept["class"]["students"]
        lines = {
            name: report.Line(name, notes=notes) for name, notes in students.items()
        }
        with quiet():
            entries = marks.read(self.url)
        for (student, lesson), entry in entries.items():
            path = self.file("autograded", student, lesson)
            if student in lines and lesson in worth and path.is_file():
                found = json.loads(path.read_text("utf-8"))["metadata"]["graders"]
                lines[student].outcomes[lesson] = found
                lines[student].enter(lesson, entry)
        graded.lines += lines.values()
        if statistics:
            graded.pairs = [p for lesson in worth for p in self._alike(graded, lesson)]
        if publish:
            self._publish(graded, statistics)
        return graded

    def _alike(self, graded: report.Class, lesson: str) -> list[similar.Pair]:
        """Pairs of submissions of a lesson that a person may want to look at."""
        if lesson not in self.lessons:
            return []
        master = self.assignments()[lesson].master
        reference = {e.id: e.answer for e in master.exercises.values()}
        given = [reference, {name: stub(code) for name, code in reference.items()}]
        given += [{name: code} for name, _, _, code in self._mistakes[lesson]]
        names = [line.student for line in graded.lines if lesson in line.outcomes]
        answers = {n: self._answers(n, lesson, reference) for n in names}
        return similar.pairs(lesson, answers, given)

    def _answers(self, student: str, lesson: str, of: Container[str]) -> dict[str, str]:
        """Code of a student's answers by exercise, as it was graded."""
        cells = load(self.file("autograded", student, lesson)).get("cells", [])
        found = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in cells}
        return {n: "".join(c["source"]) for n, c in found.items() if n in of}

    def kept(self) -> dict[str, Any]:
        """What is known of the class that was graded here: `run.json`."""
        kept = load(self.work / "run.json")
        if not kept.get("class") or not self.has_gradebook:
            raise CourseError(
                f"{self.work} holds no graded class; make one: graders grade CLASS "
                f"--to {self.work}"
            )
        return kept

    def _remember(self, found: intake.Intake) -> None:
        """What no graded notebook says: who is there, what was not found or broke."""
        notes: dict[str, list[str]] = {name: [] for name in found.students}
        handed_in = {one.student for one in found.submissions}
        for name in set(notes) - handed_in:
            notes[name].append("handed in nothing")
        labels: dict[str, dict[str, str]] = {}
        for one in found.submissions:
            if one.label:
                labels.setdefault(one.student, {})[one.assignment] = one.label
            failed = load(self.done(one.student, one.assignment)).get("error")
            if not one.assignment:
                notes[one.student] += [*(note.text for note in one.notes), one.refused]
            elif failed:
                words = f"{one.assignment[:2]}: not graded, an error of ours: {failed}"
                notes[one.student].append(words)
        worth = {name: worth_of(one) for name, one in self.assignments().items()}
        told = [note.text for note in found.notes]
        kept = {"students": notes, "lessons": worth, "notes": told}
        kept |= {"labels": labels, "roster": self.roster.as_json()}
        state = load(self.work / "run.json")
        pending = state.get("pending", {})  # all checks are those of now
        state["pending"] = {n: v for n, v in pending.items() if n not in self.lessons}
        save(self.work / "run.json", state | {"class": kept})

    def _publish(self, graded: report.Class, statistics: bool) -> None:
        """The pages and files of the class; the CSV is nbgrader's export."""
        from nbgrader.api import Gradebook

        from graders.pipeline.nbgrader_plugin import GradesCsv

        with Gradebook(self.url) as book:
            GradesCsv(to=str(self.work / CSV)).export(book)
        overview.remove(self.work)  # that of an earlier run says other figures
        if statistics:
            overview.write(self.work, graded)
        page = report.index(graded, CSV, overview.PAGE if statistics else "")
        write_whole(self.work / "index.html", page.encode("utf-8"))
        found = report.results(graded).encode("utf-8")
        write_whole(self.work / "results.json", found)


def worth_of(assignment: Assignment) -> int:
    """Points of a lesson, without its stretch exercise."""
    exercises = assignment.master.exercises.values()
    return sum(e.points for e in exercises if not e.id.startswith("s"))


def last_graded(folder: Path) -> Path:
    """The class in a folder of grading folders that was graded last."""
    found = [*folder.glob("run.json"), *folder.glob("*/run.json")]
    if not found:
        raise CourseError(f"{folder} holds no graded class; make one: graders grade")
    return max(found, key=lambda path: path.stat().st_mtime).parent


@contextmanager
def alone(work: Path) -> Iterator[None]:
    """One run at a time writes a gradebook."""
    with (work / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CourseError(
                f"another run is grading in {work}; wait for it, or give another "
                "folder with --to."
            ) from None
        yield


@contextmanager
def quiet() -> Iterator[None]:
    """Without the notes that nbgrader's use of its database makes SQLAlchemy give.

    And without the page of traceback that nbgrader logs before it raises an error.
    """
    from sqlalchemy.exc import SAWarning

    told = logging.getLogger("tornado.application")
    before, told.disabled = told.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        told.disabled = before


@contextmanager
def spared() -> Iterator[Callable[[], None]]:
    """Keep the collector from libraries, lessons and answer keys: millions of objects.

    It rests until the function that is given is called, and looks from then on at
    what is made later; else it looks at all of it again and again.
    """
    gc.disable()

    def settle() -> None:
        gc.freeze()
        gc.enable()

    try:
        yield settle
    finally:
        gc.unfreeze()
        gc.enable()


def lessons_of(root: Path, wanted: Sequence[str]) -> list[str]:
    """Names of the lessons that are graded: those asked for, or all there are."""
    found = [p.stem for p in source.chosen(root, wanted) if is_lesson(p.stem)]
    if not found:
        raise CourseError(f"{root} has no lesson that can be graded.")
    return found


def graders_version() -> bytes:
    """A digest of the code that grades: a change of it grades a class anew."""
    package = Path(__file__).resolve().parent.parent
    parts = [package / "pipeline" / f"{name}.py" for name in GRADERS]
    parts += (package / "checks").rglob("*.py")
    parts += (package / "checks").rglob("*.json")
    parts += (package / "pipeline" / "templates").glob("*.html")
    return digest(*(path.read_bytes() for path in sorted(parts))).encode()


def _judge(task: Task) -> verdicts.Outcome:
    if task.submission.refused:
        lesson = verdicts.assignment(task.job.solution, task.job.lesson)
        return verdicts.refused(lesson, task.job.seed, task.submission.refused)
    return verdicts.judge(task.job)


def _error(done: Done) -> str:
    return f"{type(done.error).__name__}: {done.error}" if done.error else ""


def _words(result: dict[str, Any]) -> str:
    """Why nbgrader did not do it: its last error; empty when it did."""
    if result.get("success"):
        return ""
    log = str(result.get("log") or result.get("error") or "no reason given")
    errors = re.findall(
        r"^\s*((?:\w+\.)*\w+(?:Error|Exception)\b.*)$", log, re.MULTILINE
    )
    return str(errors[0] if errors else log.strip().splitlines()[-1])[:300]


def digest(*parts: bytes) -> str:
    """One word for some bytes; other bytes, and other parts, have another."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


def load(path: Path) -> dict[str, Any]:
    """A file of ours; empty where there is none that can be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save(path: Path, found: dict[str, Any]) -> None:
    """Write a file of ours, whole or not at all."""
    write_whole(path, json.dumps(found, indent=1, sort_keys=True).encode("utf-8"))


def write_whole(path: Path, data: bytes) -> None:
    """A whole file or none: a run that is killed leaves no half of one.

    The draft's name is the same in every run: the next one writes over what is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
