"""Outside the walls: runs the check cells, holds the answer key, makes the verdict.

A name that an answer cell binds is here only a `StudentName`; it means something in
the worker and is an error anywhere else, which keeps every oracle independent of the
answer.  What comes back from the worker is plain data, compared here.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import cloudpickle

from graders.checks import diagnose, hosts
from graders.checks.check import Check, Result
from graders.checks.kinds import KINDS
from graders.checks.plain import CodecError
from graders.pipeline import master as masters
from graders.pipeline.boundaries import forbidden_imports
from graders.pipeline.master import Cell, Exercise, Master
from graders.pipeline.parsing import syntax_tree
from graders.pipeline.sandbox import (
    Launcher,
    Limits,
    Used,
    Worker,
    WorkerDiedError,
    spawn,
    used,
)

GRACE = 2.0  # seconds a worker may take beyond the limit it sets itself
MAX_STARTS = 8


class StudentName:
    """Stands, in the judge, for a name of the submission."""

    def __init__(self, name: str) -> None:
        self.__dict__["name"] = name

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise StudentNameError(
            f"`{self.__dict__['name']}` is the student's; an oracle, or a given cell "
            "that runs in the judge, must not use it."
        )

    __call__ = __iter__ = __len__ = __add__ = __mul__ = __getitem__ = _refuse
    __radd__ = __rmul__ = __sub__ = __float__ = __bool__ = __array__ = _refuse
    __setattr__ = _refuse

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._refuse()


class StudentNameError(RuntimeError):
    """Trusted code tried to use the student's answer."""


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Ships probes; student names and given classes go by name, not by value."""

    def __init__(self, file: io.BytesIO, classes: dict[int, str]) -> None:
        super().__init__(file)
        self.classes = classes

    def persistent_id(self, obj: Any) -> Any:
        if type(obj) is StudentName:
            return obj.__dict__["name"]
        return self.classes.get(id(obj)) if isinstance(obj, type) else None


@dataclass
class Verdict:
    """Points and findings of one exercise, as JSON-able data."""

    exercise: str
    points: float
    worth: int
    results: list[Result] = field(default_factory=list)
    diagnosis: str = ""
    notes: list[str] = field(default_factory=list)
    problem: str = ""  # why the check itself gives no points, whatever the answer


@dataclass
class Report:
    """Everything a grading run says about one submission."""

    lesson: str
    seed: int
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    cell_errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def points(self) -> float:
        """Sum over all exercises."""
        return sum(v.points for v in self.verdicts.values())


Bank = dict[str, list[tuple[str, str, str]]]
"""Exercise -> (name, says, code) of its known mistakes, where they are at hand."""


class Judge:
    """Grades submissions of one assignment; keeps its answer key per seed."""

    def __init__(
        self,
        master: Master,
        *,
        seed: int | None = None,
        launcher: Launcher = spawn,
        limits: Limits | None = None,
        strict: bool = False,
        bank: Bank | None = None,
    ) -> None:
        self.master, self.strict, self.launcher = master, strict, launcher
        self.seed = secrets.randbelow(2**31) if seed is None else seed
        self.limits = limits or Limits()
        self.bank = bank or {}
        self.key: dict[tuple[str, int], Any] = {}
        self.sent: dict[tuple[str, int], bytes] = {}
        self.lock = threading.Lock()
        self.namespace, self.classes = _given(master)
        self.code = {
            e.id: compile(e.check, f"<check {e.id}>", "exec")
            for e in master.exercises.values()
        }

    def under(self, seed: int) -> Judge:
        """This judge with another seed: its own key, the given cells it has run."""
        twin = copy.copy(self)
        twin.seed, twin.key, twin.sent = seed, {}, {}
        return twin

    def grade(
        self,
        cells: list[Cell],
        only: Sequence[str] | None = None,
        lost: Collection[str] = (),
    ) -> Report:
        """The report on a submission's cells; never raises for what they do.

        Of the exercises that are not judged now, `lost` names those that are known
        not to have held.
        """
        report = Report(self.master.lesson, self.seed)
        session = Session(self, cells)
        try:
            report.cell_errors = session.cell_errors
            for exercise in self._chosen(only):
                report.verdicts[exercise.id] = self._verdict(exercise, session)
        finally:
            session.close()
        for exercise in self._chosen(only):
            verdict = report.verdicts[exercise.id]
            report.notes += self._doubts(verdict, session.used[exercise.id])
        for exercise in self._chosen(only):
            self._spare(exercise, cells, report, lost)
        return report

    def _chosen(self, only: Sequence[str] | None) -> list[Exercise]:
        found = self.master.exercises.values()
        return [e for e in found if only is None or e.id in only]

    def _verdict(
        self, exercise: Exercise, session: Session, *, diagnosed: bool = True
    ) -> Verdict:
        host = JudgeHost(self, session)
        # Trusted code: the check cell of our own lesson, never the submission's.
        with hosts.use(host):
            exec(self.code[exercise.id], dict(self.namespace))  # noqa: S102 - our cell
        check = host.check
        if check is None:
            raise RuntimeError(f"the check cell of {exercise.id} has no check.score()")
        session.used[exercise.id] = host.used
        if diagnosed and not check.diagnosis and self.bank:
            check.diagnosis = self._hidden_diagnosis(exercise, check)
        return Verdict(
            exercise.id,
            check.earned,
            check.worth,
            check.results,
            check.diagnosis,
            problem=check.problem,
        )

    def _doubts(self, verdict: Verdict, taken: dict[int, Used]) -> list[str]:
        """Evidence that does not fit what was seen from outside, for a person to see.

        A count or a peak is measured beside the submission, which may have patched the
        measure. What it took in truth is compared with the course's own answer.
        """
        doubtful = [
            (index, result)
            for index, result in enumerate(verdict.results)
            if result.passed and KINDS[result.kind].evidence
            if taken.get(index, Used(0.0, 0)).much()
        ]
        own = self._own_use(verdict.exercise) if doubtful else {}
        return [
            f"{verdict.exercise}, {result.name!r}: measured as right beside the code, "
            f"but seen from outside it took {taken[index]}; the course's own answer "
            f"takes {own[index]}."
            for index, result in doubtful
            if index in own and taken[index].beyond(own[index])
        ]

    def _own_use(self, name: str) -> dict[int, Used]:
        """What the probes of an exercise take with the course's own answer."""
        key = (f"{name}/used", -1)
        if key not in self.key:
            session = Session(self, self.master.submission())
            try:
                self._verdict(self.master.exercises[name], session)
            finally:
                session.close()
            self.key[key] = session.used[name]
        found: dict[int, Used] = self.key[key]
        return found

    def _spare(
        self,
        exercise: Exercise,
        cells: list[Cell],
        report: Report,
        known: Collection[str],
    ) -> None:
        """No chained failures: judge again on the reference's earlier parts."""
        mine, found = report.verdicts[exercise.id], report.verdicts
        lost = [n for n in exercise.needs if n in known or _lost(found.get(n))]
        if not lost or not _lost(mine) or mine.worth == 0:
            return
        session = Session(self, self._on_reference(exercise, cells))
        try:
            again = self._verdict(exercise, session)
        finally:
            session.close()
        if again.points > mine.points:
            again.notes.append(
                f"judged on the course's own answers to {', '.join(exercise.needs)}, "
                f"because {', '.join(lost)} did not hold."
            )
            report.verdicts[exercise.id] = again

    def _on_reference(self, exercise: Exercise, cells: list[Cell]) -> list[Cell]:
        """The submission with the earlier parts made anew just before the answer."""
        parts = [self.master.exercises[name] for name in exercise.needs]
        reference = [Cell("added", f"reference-{p.id}", p.answer) for p in parts]
        place = next(
            (i for i, c in enumerate(cells) if c.id == exercise.id), len(cells)
        )
        return [*cells[:place], *reference, *cells[place:]]

    def _hidden_diagnosis(self, exercise: Exercise, check: Check) -> str:
        """The known mistake whose numbers these are, where only hidden inputs tell.

        Where visible ones do, the build's numbers were compared already.
        """
        visible = [r.passed for r in check.results if r.region == "visible"]
        if not all(visible) or all(r.passed for r in check.results):
            return ""
        shows, told = diagnose.fingerprint(check.results), _told_apart(exercise.id)
        known = [
            {"says": says, "shows": shown}
            for name, says, code in self.bank.get(exercise.id, [])
            if name not in told
            if (shown := self._shown(exercise, name, code)) is not None
        ]
        return diagnose.closest(shows, known)

    def ship(self, key: tuple[str, int], job: hosts.Job) -> bytes:
        """A probe with its cases, as every worker of this seed gets it."""
        if key not in self.sent:
            buffer = io.BytesIO()
            _Pickler(buffer, self.classes).dump((job.probe, job.cases))
            self.sent[key] = buffer.getvalue()
        return self.sent[key]

    def _shown(self, exercise: Exercise, name: str, code: str) -> list[Any] | None:
        """The fingerprint of a known mistake under this run's seed, made once."""
        key = (f"{exercise.id}/{name}", -1)
        with self.lock:  # one thread finds it out, the others wait
            if key not in self.key:
                self.key[key] = self._look(exercise, code)
        shown: list[Any] | None = self.key[key]
        return shown

    def _look(self, exercise: Exercise, code: str) -> list[Any] | None:
        session = Session(self, self.master.submission({exercise.id: code}))
        try:
            found = self._verdict(exercise, session, diagnosed=False)
        except WorkerDiedError:
            return None
        finally:
            session.close()
        return diagnose.fingerprint(found.results)


def _told_apart(exercise: str) -> set[str]:
    """Known mistakes that visible inputs tell from a right answer, by the build."""
    found = diagnose.record(exercise) or {"mutants": []}
    return {
        m["name"] for m in found["mutants"] if not all(s is True for s in m["shows"])
    }


def _lost(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.points < verdict.worth


class JudgeHost:
    """Runs probes in the worker, everything else here."""

    def __init__(self, judge: Judge, session: Session) -> None:
        self.judge, self.session = judge, session
        self.seed, self.strict = judge.seed, judge.strict
        self.check: Check | None = None
        self.at = ("", 0)  # the property that is judged: exercise, number
        self.used: dict[int, Used] = {}  # property -> what its probe took, from outside

    def run(self, job: hosts.Job) -> hosts.Outcome:
        """Ship the probe, read the plain answer; see from outside what it took."""
        before = self.session.seen()
        outcome = self.session.probe(self.judge.ship(self.at, job), job.seconds)
        self.used[self.at[1]] = self.session.use().since(before)
        return outcome

    def expected(self, key: tuple[str, int], make: Callable[[], Any]) -> Any:
        """From the answer key: made once per assignment and seed."""
        self.at = key
        if key not in self.judge.key:
            self.judge.key[key] = make()
        return self.judge.key[key]

    def finish(self, check: Check) -> None:
        """Keep the check; what hidden properties made the code say is dropped."""
        for result in check.results:
            if result.region == "hidden":
                result.notes = []
        self.check = check


class Session:
    """One submission in its worker; restarted when a property kills it."""

    def __init__(self, judge: Judge, cells: list[Cell]) -> None:
        self.judge, self.cells = judge, _runnable(cells)
        self.cell_errors: dict[str, str] = {}
        self.deadly: set[str] = set()
        self.starts = 0
        self.used: dict[str, dict[int, Used]] = {}
        self.worker: Worker | None = None
        self.last: tuple[Worker | None, Used] = (None, Used(0.0, 0))
        self._ensure()

    def use(self) -> Used:
        """CPU time and highest memory of the worker until now."""
        worker = self._ensure()
        self.last = (worker, used(worker.pid) if worker else Used(0.0, 0))
        return self.last[1]

    def seen(self) -> Used:
        """What `use` saw when it last looked at this worker; looks at a new one."""
        worker, found = self.last
        return found if worker is not None and worker is self._ensure() else self.use()

    def _ensure(self) -> Worker | None:
        """A worker with the submission's cells run, or None when tries are used up."""
        while (self.worker is None or not self.worker.alive) and (
            self.starts < MAX_STARTS
        ):
            self.starts += 1
            self.worker = self.judge.launcher(self.judge.limits)
            try:
                self._fill(self.worker)
            except WorkerDiedError:
                continue
        return self.worker if self.worker and self.worker.alive else None

    def _fill(self, worker: Worker) -> None:
        seconds = self.judge.limits.cell_seconds
        forbid = list(forbidden_imports(self.judge.master.lesson))
        worker.ask({"op": "setup", "forbid": forbid}, seconds=60.0)
        for cell in self.cells:
            if cell.id in self.deadly:
                continue
            request = {"op": "run", "name": cell.id, "source": cell.source}
            try:
                said = worker.ask(request, seconds=seconds)
            except WorkerDiedError as death:
                self.deadly.add(cell.id)
                self.cell_errors[cell.id] = f"left out: {death} while it ran"
                raise
            if "error" in said:
                self.cell_errors[cell.id] = _cell_error(said)

    def probe(self, sent: bytes, seconds: float) -> hosts.Outcome:
        """The outcome of a shipped job, whatever becomes of the worker."""
        worker = self._ensure()
        if worker is None:
            return _failed("the submission kept ending its process; see its cells")
        request = {"op": "probe", "seconds": seconds}
        try:
            said = worker.ask(request, sent, seconds=seconds + GRACE)
            return hosts.read_outcome(said)
        except WorkerDiedError as death:
            return _failed(f"no answer: {death}")
        except (CodecError, KeyError, TypeError, ValueError, AttributeError) as error:
            worker.kill()
            return _failed(f"the process sent what is not a result ({error})")

    def close(self) -> None:
        """End the worker."""
        if self.worker is not None:
            self.worker.kill()


def _failed(text: str) -> hosts.Outcome:
    case = {"error": "WorkerDied", "mro": ["WorkerDied"], "text": text, "at": ""}
    return hosts.Outcome([case])


def _cell_error(said: dict[str, Any]) -> str:
    at = f" ({str(said.get('at'))[:200]})" if said.get("at") else ""
    return f"{str(said['error'])[:80]}: {str(said.get('text', ''))[:300]}{at}"


def _runnable(cells: list[Cell]) -> list[Cell]:
    """Cells to run, in order.

    Cells that only show are left out, unless the student's own code takes a name from
    one; so is a stub whose answer stands in a new cell.
    """
    own = [cell for cell in cells if cell.kind in ("added", "answer")]
    taken = frozenset().union(*(masters.taken_names(cell.source) for cell in own))
    added = frozenset().union(
        *(masters.bound_names(cell.source) for cell in own if cell.kind == "added")
    )

    def runs(cell: Cell) -> bool:
        if cell.kind == "check":
            return False
        bound = masters.bound_names(cell.source)
        if cell.kind == "show":
            return not bound.isdisjoint(taken)
        moved = masters.untouched(cell.source) and not bound.isdisjoint(added)
        return not (cell.kind == "answer" and moved)

    return [cell for cell in cells if runs(cell)]


# -- the judge's own namespace ---------------------------------------------------------
def _given(master: Master) -> tuple[dict[str, Any], dict[int, str]]:
    """The given cells, run once: a namespace, and its classes by identity.

    A given cell that uses the student's names when it runs (to plot an answer, say)
    is left out, and the names it would bind become student names.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    space.update({name: StudentName(name) for name in master.student_names})
    for cell, ours in given_cells(master):
        if not ours:
            bound = masters.bound_names(cell.source)
            space.update({name: StudentName(name) for name in bound})
            continue
        code = compile(cell.source, f"<given {cell.id}>", "exec")
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, space)  # noqa: S102 - a given cell of our own lesson
    classes = {
        id(value): name
        for name, value in space.items()
        if isinstance(value, type) and value.__module__ == "__main__"
    }
    return space, classes


def given_cells(master: Master) -> Iterator[tuple[Cell, bool]]:
    """The given cells, and of each whether it runs without an answer of a student."""
    theirs = set(master.student_names)
    for cell in master.cells:
        if cell.kind == "given":
            bound = masters.bound_names(cell.source)
            ours = theirs.isdisjoint(_used_at_once(cell.source))
            theirs = theirs - bound if ours else theirs | bound
            yield cell, ours


def _used_at_once(source: str) -> set[str]:
    """Names a cell reads while it runs, not inside the functions it defines."""
    tree = syntax_tree(source)
    found: set[str] = set()
    stack: list[ast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            stack += [*node.decorator_list, *node.args.defaults]
        elif isinstance(node, ast.Lambda):
            stack += node.args.defaults
        else:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
            stack += list(ast.iter_child_nodes(node))
    return found
