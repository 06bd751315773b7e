"""Where a probe runs: in this process, or (when graded) in another one.

A host runs a job on its cases, keeps the answer key, and is told the result of a
check.  `use` puts another host in place while trusted code runs a check cell.
"""

from __future__ import annotations

import contextlib
import io
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from .modes import _copy
from .plain import MAX_TEXT, decode, encode

if TYPE_CHECKING:
    from .check import Check

SECONDS = 5.0


@dataclass(frozen=True)
class Job:
    """A probe and its cases; all that a student's process is given of a property."""

    probe: Callable[..., Any]
    cases: list[tuple[Any, ...]]
    seconds: float = SECONDS


@dataclass
class Outcome:
    """What came back: per case a plain value or an error; and what was said aside.

    `cases[i]` is {"value": ...} or {"error": type, "mro": [...], "text": ..., "at":
    line} or {"late": seconds}; cases after a late one are missing.
    """

    cases: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    printed: str = ""


class TimeLimit(BaseException):
    """The property's time is up.  Not an Exception: student code should not see it."""


class Host(Protocol):
    """What `Check` needs to know of the place where it runs."""

    seed: int
    strict: bool

    def run(self, job: Job) -> Outcome:
        """Run the probe on its cases, where the student's code is."""

    def expected(self, key: tuple[str, int], make: Callable[[], Any]) -> Any:
        """The answer key's entry, made on first use."""

    def finish(self, check: Check) -> None:
        """Take the result of a check."""


def run_here(job: Job) -> dict[str, Any]:
    """Run a job in this process; the result is JSON-able, as `decode` reads it."""
    out, err = io.StringIO(), io.StringIO()
    cases: list[dict[str, Any]] = []
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        warnings.simplefilter("always")
        try:
            with _alarm(job.seconds):
                for case in job.cases:  # kept one by one: a late one ends the loop
                    cases.append(_run_case(job.probe, case))  # noqa: PERF401
        except TimeLimit:
            cases.append({"late": job.seconds})
    said = [f"{w.category.__name__}: {str(w.message)[:300]}" for w in caught[:20]]
    printed = (out.getvalue() + err.getvalue())[:MAX_TEXT]
    return {"cases": cases, "warnings": sorted(set(said)), "printed": printed}


def _run_case(probe: Callable[..., Any], case: tuple[Any, ...]) -> dict[str, Any]:
    try:
        return {"value": encode(probe(*_copy(case)))}
    except (TimeLimit, KeyboardInterrupt):
        raise
    except BaseException as error:
        names = [cls.__name__ for cls in type(error).__mro__]
        return {
            "error": names[0],
            "mro": names,
            "text": _message(error),
            "at": _where(error),
        }


def _message(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:
        return "(an error whose message cannot be read)"


def _where(error: BaseException) -> str:
    """The reader's own line that failed: the innermost frame outside this package."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)[-40:]):
        if "graders/" not in frame.filename.replace("\\", "/"):
            line = (frame.line or "").strip()[:120]
            return f"line {frame.lineno} of {frame.name}: {line}" if line else ""
    return ""


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise TimeLimit in the main thread after `seconds`; no limit elsewhere."""
    main = threading.current_thread() is threading.main_thread()
    if not (main and hasattr(signal, "setitimer")):
        yield
        return

    def late(number: int, frame: Any) -> None:
        raise TimeLimit

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.25)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def read_outcome(message: dict[str, Any]) -> Outcome:
    """An `Outcome` from what `run_here` gave, values decoded and types checked."""
    cases = [_read_case(case) for case in list(message["cases"])]
    said = [str(w)[:400] for w in list(message.get("warnings", []))[:20]]
    return Outcome(cases, said, str(message.get("printed", ""))[:MAX_TEXT])


def _read_case(case: dict[str, Any]) -> dict[str, Any]:
    if "value" in case:
        return {"value": decode(case["value"])}
    if "late" in case:
        return {"late": float(case["late"])}
    return {
        "error": str(case["error"])[:100],
        "mro": [str(name)[:100] for name in list(case.get("mro", []))[:30]],
        "text": str(case.get("text", ""))[:500],
        "at": str(case.get("at", ""))[:300],
    }


class LocalHost:
    """The student's own notebook: probe, oracle and comparison in one process."""

    def __init__(self, seed: int = 0, *, strict: bool = False, show: bool = True):
        self.seed, self.strict, self.show = seed, strict, show
        self.finished: list[Check] = []

    def run(self, job: Job) -> Outcome:
        """Run the probe here and now."""
        return read_outcome(run_here(job))

    def expected(self, key: tuple[str, int], make: Callable[[], Any]) -> Any:
        """Made anew each time: nothing is kept in a student's process."""
        return make()

    def finish(self, check: Check) -> None:
        """Show the table and note the reader's progress."""
        self.finished = [*self.finished[-20:], check]
        if self.show:
            from graders import progress, show

            show.result(check)
            progress.record(check)


_current: ContextVar[Host | None] = ContextVar("graders_host", default=None)
_default = LocalHost()


def current() -> Host:
    """The host of the check cell that runs now."""
    return _current.get() or _default


@contextlib.contextmanager
def use(host: Host) -> Iterator[None]:
    """Run check cells on `host` inside the block."""
    token = _current.set(host)
    try:
        yield
    finally:
        _current.reset(token)
