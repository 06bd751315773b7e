"""`Check`: the properties of one exercise, their score, and what to tell the reader.

A property is a probe (the student's code, run on cases by the host), an oracle (what
was to come, from code the student cannot reach) and a tolerance.  It never raises:
whatever goes wrong in the student's code is a finding.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from . import diagnose, messages, modes, numeric
from .compare import mismatch, short
from .hosts import SECONDS, Job, Outcome, current
from .kinds import KINDS
from .plain import Other, decode, encode
from .tolerance import EXACT, NUMERIC, Tolerance

Judge = Callable[[tuple[Any, ...], Any, Any], "str | None"]


@dataclass
class Result:
    """What became of one property; `finding` is empty when it passed."""

    name: str
    kind: str
    region: str
    passed: bool
    finding: str = ""
    given: str = ""
    notes: list[str] = field(default_factory=list)
    signature: list[Any] = field(default_factory=list)


class Check:
    """The properties of one exercise.

    `visible` and `hidden` are the weights, in points, of the two groups of
    properties.  End the cell with `check.score()`.
    """

    def __init__(self, exercise: str, *, visible: int, hidden: int) -> None:
        self.exercise, self.visible, self.hidden_weight = exercise, visible, hidden
        self.region = "visible"
        self.results: list[Result] = []
        self.host = current()
        self.problem, self.diagnosis = "", ""
        self._seed(0)

    def _seed(self, seed: int) -> None:
        words = [seed, zlib.crc32(self.exercise.encode())]
        self.rng = np.random.default_rng(words)

    # -- inputs -----------------------------------------------------------------
    def random(self, shape: int | tuple[int, ...]) -> Any:
        """Floats of magnitude 0.3 to 2 and random sign, away from zero (R3, R4)."""
        size = self.rng.uniform(0.3, 2.0, size=shape)
        return size * self.rng.choice([-1.0, 1.0], size=shape)

    def points(
        self, f: Callable[[float], Any], n: int, low: float = -2.0, high: float = 2.0
    ) -> list[float]:
        """`n` points in [low, high] where f is smooth and 0.1 <= |f'| <= 10 (R3)."""
        found: list[float] = []
        for _ in range(200 * n):
            x = float(self.rng.uniform(low, high))
            try:
                d = numeric.derivative(f, x)
            except numeric.OracleError:
                continue
            if 0.1 <= abs(float(d.value)) <= 10 and float(d.error) < 1e-7:
                found.append(x)
            if len(found) == n:
                return found
        raise numeric.OracleError(
            f"found only {len(found)} of {n} points in [{low}, {high}] with a "
            "derivative between 0.1 and 10; widen the interval or scale the function."
        )

    def hidden(self) -> None:
        """From here on: hidden properties, on fresh seeds of the grading run."""
        self.region = "hidden"
        self._seed(self.host.seed + 1)

    # -- derivatives ------------------------------------------------------------
    def derivative(
        self,
        name: str,
        student: Any,
        f: Callable[[float], Any],
        at: Any,
        *,
        exact: Callable[..., Any] | None = None,
        tol: Tolerance | None = None,
    ) -> None:
        """`student(f, x)` is f'(x)."""
        self._derived("derivative", name, student, f, at, exact, tol)

    def gradient(
        self,
        name: str,
        student: Any,
        f: Callable[[Any], Any],
        at: Any,
        *,
        exact: Callable[..., Any] | None = None,
        tol: Tolerance | None = None,
    ) -> None:
        """`student(f, x)` is the gradient of f at x, in the shape of x."""
        self._derived("gradient", name, student, f, at, exact, tol)

    def jacobian(
        self,
        name: str,
        student: Any,
        f: Callable[[Any], Any],
        at: Any,
        *,
        exact: Callable[..., Any] | None = None,
        tol: Tolerance | None = None,
        matrix: bool = True,
    ) -> None:
        """`student(f, x)` is J(x): (m, n), or (*f(x).shape, *x.shape) if not matrix."""
        kind = "jacobian" if matrix else "jacobian-natural"
        self._derived(kind, name, student, f, at, exact, tol)

    def _derived(
        self,
        kind: str,
        name: str,
        student: Any,
        f: Callable[..., Any],
        at: Any,
        exact: Callable[..., Any] | None,
        tol: Tolerance | None,
    ) -> None:
        make = exact or partial(_ORACLES[kind], f)
        self._add(
            kind.split("-")[0],
            name,
            partial(modes.with_function, student, f),
            _cases(at),
            make,
            _equal(tol or (EXACT if exact else NUMERIC)),
        )

    def jvp(
        self,
        name: str,
        student: Any,
        f: Callable[[Any], Any],
        at: Any,
        *,
        along: Sequence[Any] | None = None,
        exact: Callable[..., Any] | None = None,
        tol: Tolerance | None = None,
    ) -> None:
        """`student(f, x, v)` is (f(x), J(x) v); the value is looked at first."""
        points = [case[0] for case in _cases(at)]
        vs = along if along is not None else [self._like(x) for x in points]
        cases = list(zip(points, vs, strict=True))

        def make(x: Any, v: Any) -> Any:
            tangent = exact(x, v) if exact else numeric.directional(f, x, v)
            return [f(_array_like(x)), tangent]

        probe = partial(modes.with_function, student, f)
        judge = _value_then("tangent", tol or (EXACT if exact else NUMERIC))
        self._add("jvp", name, probe, cases, make, judge)

    def vjp(
        self,
        name: str,
        student: Any,
        f: Callable[[Any], Any],
        at: Any,
        *,
        back: Sequence[Any] | None = None,
        exact: Callable[..., Any] | None = None,
        tol: Tolerance | None = None,
    ) -> None:
        """`student(f, x, u)` is u^T J(x), in the shape of x."""
        points = [case[0] for case in _cases(at)]
        us = back
        if us is None:
            us = [self._like(f(_array_like(x))) for x in points]
        cases = list(zip(points, us, strict=True))
        make = exact or partial(numeric.pulled_back, f)
        probe = partial(modes.with_function, student, f)
        self._add("vjp", name, probe, cases, make, _equal(tol or NUMERIC))

    def adjoint(
        self, name: str, push: Any, pull: Any, at: Any, *, tol: Tolerance | None = None
    ) -> None:
        """<u, push(x, v)> = <pull(x, u), v> for random u, v; at: (x, shape of f(x))."""
        cases = []
        for x, out_shape in at:
            v, u = self._like(x), self.random(tuple(out_shape) or ())
            cases.append((x, v, u))
        probe = partial(modes.adjoint, push, pull)
        close = tol or Tolerance(rel=1e-10, abs=1e-12)
        self._add("adjoint", name, probe, cases, None, _adjoint(close))

    def _like(self, x: Any) -> Any:
        random = self.random(np.shape(x))
        return random.tolist() if isinstance(x, (list, float, int)) else random

    # -- everything else ----------------------------------------------------------
    def value(
        self,
        name: str,
        probe: Any,
        expected: Any,
        at: Any = None,
        *,
        tol: Tolerance = EXACT,
        seconds: float = SECONDS,
    ) -> None:
        """`probe(*case)` equals what is expected, a closed form or stated values."""
        cases = _cases(at)
        make = expected if callable(expected) else _stated(expected, cases, at)
        run = partial(modes.value, probe)
        self._add("value", name, run, cases, make, _equal(tol), seconds)

    def raises(self, name: str, probe: Any, error: Any, at: Any = None) -> None:
        """`probe(*case)` raises `error`, an exception class or a tuple of them."""
        classes = error if isinstance(error, tuple) else (error,)
        names = [cls.__name__ for cls in classes]
        run = partial(modes.raises, probe)
        self._add("raises", name, run, _cases(at), lambda *case: names, _raised)

    def unchanged(self, name: str, probe: Any, at: Any) -> None:
        """The arguments are bitwise the same after `probe(*case)`."""
        run = partial(modes.unchanged, probe)
        self._add("unchanged", name, run, _cases(at), lambda *c: list(c), _same)

    def calls(
        self,
        name: str,
        probe: Any,
        counted: Callable[..., Any],
        at: Any,
        *,
        exactly: Any = None,
        at_most: Any = None,
    ) -> None:
        """How often `counted` is evaluated by `probe(counted, *case)`."""
        if (exactly is None) == (at_most is None):
            raise TypeError("calls() needs exactly= or at_most=, one of the two.")
        limit, words = (exactly, "exactly") if at_most is None else (at_most, "at most")
        make = limit if callable(limit) else (lambda *case: limit)
        run = partial(modes.calls, probe, counted)
        self._add("calls", name, run, _cases(at), make, _bounded(words, "evaluations"))

    def peak(
        self, name: str, probe: Any, at: Any, at_most: Any, seconds: float = SECONDS
    ) -> None:
        """Live torch-storage bytes while `probe(*case)` runs stay below a bound."""
        make = at_most if callable(at_most) else (lambda *case: at_most)
        run = partial(modes.peak, probe)
        judge = _bounded("at most", "live bytes")
        self._add("peak", name, run, _cases(at), make, judge, seconds)

    def facts(self, name: str, answers: Any, truths: dict[str, Any]) -> None:
        """Each entry of the student's dictionary equals the executed fact."""
        for key, truth in truths.items():
            make = truth if callable(truth) else partial(_constant, truth)
            run = partial(modes.fact, answers, key)
            self._add("facts", f"{name}: {key}", run, [()], make, _answered)

    def behaviour(
        self,
        name: str,
        probe: Any,
        holds: Callable[..., Any],
        at: Any = None,
        *,
        needs: str = "",
        seconds: float = SECONDS,
    ) -> None:
        """`holds(result, *case)`, run where the verdict is made, is True.

        It may give back a sentence that says what is wrong instead of False.
        """
        run = partial(modes.value, probe)
        judge = _holds(holds, needs)
        self._add("behaviour", name, run, _cases(at), None, judge, seconds)

    # -- running ------------------------------------------------------------------
    def _add(
        self,
        kind: str,
        name: str,
        probe: Any,
        cases: list[tuple[Any, ...]],
        make: Callable[..., Any] | None,
        judge: Judge,
        seconds: float = SECONDS,
    ) -> None:
        index = len(self.results)
        result = Result(name, KINDS[kind].name, self.region, passed=False)
        self.results.append(result)
        try:
            key = (self.exercise, index)
            expected = self.host.expected(key, lambda: _key(make, cases, self.host))
        except Exception as error:
            if self.host.strict:
                raise
            result.finding = messages.broken_check(error)
            return
        outcome = self.host.run(Job(probe, cases, seconds))
        result.notes = messages.notes(outcome.warnings, outcome.printed)
        result.signature = diagnose.signature(outcome)
        _decide(result, cases, expected, outcome, judge)

    # -- the score ------------------------------------------------------------------
    @property
    def worth(self) -> int:
        """Points of the whole exercise."""
        return self.visible + self.hidden_weight

    @property
    def earned(self) -> float:
        """Points earned: a float in [0, worth], exactly `worth` when all pass."""
        if self.problem or not self.results:
            return 0.0
        if all(r.passed for r in self.results):
            return float(self.worth)
        seen = self._share("visible")
        if self.region == "visible":
            return round(min(self.worth * seen, float(self.worth)), 4)
        both = self.visible * seen + self.hidden_weight * self._share("hidden")
        return round(max(0.0, min(both, float(self.worth))), 4)

    def _share(self, region: str) -> float:
        group = [self._counts(r) for r in self.results if r.region == region]
        return sum(group) / len(group) if group else 0.0

    def _counts(self, result: Result) -> bool:
        """Whether a result earns points.

        A count, a peak or an unchanged input says nothing of an answer that is wrong
        everywhere: one that returns 0.0 has them all.
        """
        judged = [r.passed for r in self.results if not KINDS[r.kind].evidence]
        return result.passed and (not KINDS[result.kind].evidence or any(judged))

    def score(self) -> float:
        """The points earned, as a plain float; shows the table of properties."""
        self.problem = "" if self.host.strict else self._shortfall()
        for result in self.results:
            if result.passed and not self._counts(result):
                result.notes.append(messages.WAITS)
        self.diagnosis = diagnose.diagnose(self)
        self.host.finish(self)
        return self.earned

    def _shortfall(self) -> str:
        counts = diagnose.counts(self.exercise)
        if not self.results:
            return messages.nothing_ran(self.exercise)
        for region in ("visible", "hidden"):
            if region == "hidden" and self.region == "visible":
                continue
            ran = sum(r.region == region for r in self.results)
            if counts is not None and ran != counts[region]:
                return messages.miscounted(region, ran, counts[region])
        return ""


# -- expected values -----------------------------------------------------------------
def _gradient(f: Any, x: Any) -> Any:
    return numeric.jacobian(f, x)


def _matrix(f: Any, x: Any) -> Any:
    found = numeric.jacobian(f, x)
    n = np.asarray(x, dtype=float).size
    m = found.value.size // n if n else np.size(f(_array_like(x)))
    return numeric.Bounded(found.value.reshape(m, n), found.error.reshape(m, n))


_ORACLES: dict[str, Callable[..., Any]] = {
    "derivative": numeric.derivative,
    "gradient": _gradient,
    "jacobian": _matrix,
    "jacobian-natural": numeric.jacobian,
}


def _array_like(x: Any) -> Any:
    return np.asarray(x, dtype=float) if isinstance(x, (list, tuple)) else x


def _cases(at: Any) -> list[tuple[Any, ...]]:
    """`at` as a list of cases, each a tuple of arguments."""
    if at is None:
        return [()]
    if isinstance(at, np.ndarray) and at.ndim:
        at = at.tolist() if at.ndim == 1 else list(at)
    if not isinstance(at, list):
        at = [at] if not isinstance(at, (range, map, zip)) else list(at)
    return [case if isinstance(case, tuple) else (case,) for case in at]


def _constant(value: Any, *case: Any) -> Any:
    return value


def _stated(expected: Any, cases: list[Any], at: Any) -> Callable[..., Any]:
    """Stated values, in the order of the cases."""
    values = [expected] if at is None else list(expected)
    if len(values) != len(cases):
        raise ValueError(
            f"value() got {len(values)} expected values for {len(cases)} cases; "
            "give one for each."
        )
    queue = iter(values)
    return lambda *case: next(queue)


def _key(make: Callable[..., Any] | None, cases: list[Any], host: Any) -> list[Any]:
    """The expected value of every case; in strict mode with a bound that is small."""
    if make is None:
        return [None] * len(cases)
    key = [_plain(make(*modes._copy(case))) for case in cases]
    if host.strict:
        for case, value in zip(cases, key, strict=True):
            _small_bound(case, value)
    return key


def _plain(value: Any) -> Any:
    if isinstance(value, numeric.Bounded):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return decode(encode(value))


def _small_bound(case: Any, value: Any) -> None:
    for v in value if isinstance(value, list) else [value]:
        if isinstance(v, numeric.Bounded):
            size = 1.0 + float(np.max(np.abs(v.value), initial=0.0))
            worst = float(np.max(v.error, initial=0.0))
            if worst > 1e-6 * size:
                raise numeric.OracleError(
                    f"at {short(case)} the oracle's own error may be {worst:.1e}; "
                    "choose a point where the function is smooth and well scaled."
                )


# -- judging ---------------------------------------------------------------------------
def _decide(
    result: Result,
    cases: list[Any],
    expected: list[Any],
    outcome: Outcome,
    judge: Judge,
) -> None:
    """Fill in the result: passed, or the smallest case that failed and why."""
    failures = []
    for case, want, came in zip(cases, expected, outcome.cases, strict=False):
        said = messages.error(came) if "value" not in came else None
        if said is None:
            said = _judged(judge, case, want, came["value"])
        if said:
            failures.append((case, said))
    missing = len(cases) - len(outcome.cases)
    if not failures and missing:
        failures.append((cases[-missing], messages.silent(missing)))
    if not failures:
        result.passed = True
        return
    case, result.finding = min(failures, key=lambda pair: _size(pair[0]))
    if result.finding not in (messages.UNWRITTEN, messages.UNANSWERED):
        result.given = ", ".join(short(x, 60) for x in case if not callable(x))


def _judged(judge: Judge, case: tuple[Any, ...], want: Any, got: Any) -> str | None:
    try:
        return judge(case, want, got)
    except Exception as error:
        return messages.unreadable(got, error)


def _size(case: tuple[Any, ...]) -> tuple[int, float]:
    """Order of inputs from small to large: number of entries, then magnitude."""
    entries, magnitude = 0, 0.0
    for part in case:
        try:
            array = np.abs(np.asarray(part, dtype=float))
        except (TypeError, ValueError, RuntimeError):
            continue
        entries += array.size
        magnitude += float(np.nansum(np.where(np.isfinite(array), array, 1e300)))
    return entries, magnitude


def _equal(tol: Tolerance) -> Judge:
    return lambda case, want, got: mismatch(want, got, tol)


def _answered(case: Any, want: Any, got: Any) -> str | None:
    """A fact is told only to those who have made up their mind."""
    return messages.UNANSWERED if got is None else mismatch(want, got, EXACT)


def _value_then(second: str, tol: Tolerance) -> Judge:
    def judge(case: Any, want: Any, got: Any) -> str | None:
        if not (isinstance(got, list) and len(got) == 2):
            return f"got {short(got)} where a pair (value, {second}) was needed"
        said = mismatch(want[0], got[0], EXACT)
        if said:
            return f"the value: {said}"
        said = mismatch(want[1], got[1], tol)
        return f"the {second}: {said}" if said else None

    return judge


def _adjoint(tol: Tolerance) -> Judge:
    def judge(case: Any, want: Any, got: Any) -> str | None:
        (_, v, u), (pushed, pulled) = case, got
        left, right = _dot(u, pushed), _dot(v, pulled)
        scale = _dot(np.abs(u), np.abs(pushed)) + _dot(np.abs(v), np.abs(pulled))
        if abs(left - right) <= tol.abs + tol.rel * max(scale, 1e-300):
            return None
        return f"<u, Jv> is {short(left)} but <J^T u, v> is {short(right)}"

    return judge


def _dot(a: Any, b: Any) -> float:
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"shape {b.shape} came where {a.shape} was needed")
    return float(np.sum(a * b))


def _raised(case: Any, want: list[str], got: Any) -> str | None:
    words = " or ".join(want)
    if got[0] == "returned":
        return f"nothing was raised where {words} was needed"
    if messages.is_stub(got[1][0], got[2]):
        return messages.UNWRITTEN
    if set(want) & set(got[1]):
        return None
    return f"raised {got[1][0]}: {got[2]} where {words} was needed"


def _same(case: Any, want: Any, got: Any) -> str | None:
    if encode(want) == encode(got):
        return None
    said = mismatch(want, got, Tolerance(rel=0.0, abs=0.0))
    return f"the argument was changed: {said or 'by a few units of rounding'}"


def _bounded(words: str, unit: str) -> Judge:
    def judge(case: Any, want: Any, got: Any) -> str | None:
        if isinstance(got, (Other, bool)):
            return f"got {short(got)} where a count was needed"
        good = got == want if words == "exactly" else got <= want
        return None if good else f"{got} {unit} where {words} {want} were allowed"

    return judge


def _holds(holds: Callable[..., Any], needs: str) -> Judge:
    def judge(case: Any, want: Any, got: Any) -> str | None:
        if isinstance(got, Other):
            return f"got a {got.type}" + (f"; needed: {needs}" if needs else "")
        said = holds(got, *case)
        if said is None or said is True or (said is not False and said == ""):
            return None
        vague = f"got {short(got)}, which is not what was asked for"
        text = said if isinstance(said, str) else vague
        return text + (f"; needed: {needs}" if needs and needs not in text else "")

    return judge
