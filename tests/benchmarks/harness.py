"""Measures engines side by side: checked first, interleaved, CPU time, ratios.

A machine that is shared moves wall times by half and more, CPU times by a few per
cent, and ratios of the same round least of all. So every engine of a workload runs
once a round, in an order that rotates, and what is reported is the median over the
rounds of (peer's CPU time / our CPU time).
"""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# One run of a workload: the value and every gradient, in the engine's own arrays.
Step = Callable[[], Sequence[Any]]
OURS = "ours"
ROUNDS = 7
# Every engine is called this often before it is timed (CPython 3.11 specialises
# within a few calls), unless that takes longer than WARM_FOR seconds.
WARM_CALLS, WARM_FOR = 10, 0.5
# A round is as many steps as fill this many seconds, so that the clock's grain of
# a microsecond and the one collection of the round do not count.
ROUND_FOR = 0.03
# How far one run may fall behind another on another day.
MARGIN = 0.15
# What an engine may raise on a workload that is too deep or too new for it.
REFUSALS = (RecursionError, NotImplementedError, AttributeError, TypeError)


@dataclass(frozen=True)
class Target:
    """Peer's time / our time must reach `must`, with the collector on or off.

    `prototype` is what a throw-away engine reached when the target was set, in another
    run; a ratio less than `MARGIN` below it is no miss, and the tables say so.
    """

    peer: str
    must: float
    prototype: float = math.inf
    gc_on: bool = True

    def verdict(self, ratio: float) -> str:
        """Met, met within the margin or missed; a peer that is not there says so."""
        if math.isnan(ratio):
            return "not measured"
        if ratio >= self.must:
            return "met"
        return "in margin" if ratio >= (1 - MARGIN) * self.prototype else "MISSED"


@dataclass(frozen=True)
class Workload:
    """A program in several engines, its true result, and what we mean to reach.

    `engines` gives for each name a function that sets up (not timed) and returns the
    step (timed). `reference` is the result by other means than any of the engines;
    `digest` makes of a step's result the numbers that are compared with it.
    """

    id: str
    title: str
    engines: dict[str, Callable[[], Step]]
    reference: Callable[[], Sequence[float]]
    targets: tuple[Target, ...] = ()
    rtol: float = 1e-9
    atol: float = 1e-12
    note: str = ""
    digest: Callable[[Sequence[Any]], Sequence[float]] = list


@dataclass
class Measured:
    """Seconds a step of every engine, one entry a round; or why there are none."""

    on: dict[str, list[float]] = field(default_factory=dict)
    off: dict[str, list[float]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def ratio(self, peer: str, gc_on: bool = True) -> float:
        """Median over the rounds of the peer's time by ours."""
        times = self.on if gc_on else self.off
        pairs = zip(times[peer], times[OURS], strict=True)
        return statistics.median(theirs / ours for theirs, ours in pairs)

    def seconds(self, engine: str, gc_on: bool = True) -> float:
        """Median seconds a step."""
        return statistics.median((self.on if gc_on else self.off)[engine])


class WrongResultError(Exception):
    """Our own engine disagrees with the reference: nothing is worth timing."""


@contextmanager
def collector(on: bool) -> Iterator[None]:
    """Cyclic collector on or off; what lived before is left out of its work.

    A collection then looks only at what the steps made, as in a process that had
    loaded nothing but the engine, and no engine pays for the imports of another.
    """
    gc.collect()
    gc.freeze()
    before = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if before else gc.disable)()
        gc.unfreeze()


def measure(workload: Workload, rounds: int = ROUNDS) -> Measured:
    """Check every engine against the reference, then time those that passed."""
    found = Measured()
    expected = np.asarray(workload.reference(), dtype=float)
    steps: dict[str, Step] = {}
    for name, make in workload.engines.items():
        try:
            step = make()
            _check(step, expected, workload)
            steps[name] = step
        except REFUSALS as error:
            found.refused[name] = type(error).__name__
        except AssertionError as error:
            found.refused[name] = "wrong result"
            if name == OURS:
                raise WrongResultError(f"{workload.id}: {error}") from error
    if OURS not in steps:
        raise WrongResultError(f"{workload.id}: ours: {found.refused[OURS]}")
    for on, times in ((True, found.on), (False, found.off)):
        with collector(on):
            counts = {name: _warm_up(step) for name, step in steps.items()}
            for turn in range(rounds):
                for name in _rotated(list(steps), turn):
                    seconds = _round(steps[name], counts[name], on)
                    times.setdefault(name, []).append(seconds)
    return found


def _check(step: Step, expected: np.ndarray, workload: Workload) -> None:
    np.testing.assert_allclose(
        np.asarray(workload.digest(step()), dtype=float),
        expected,
        rtol=workload.rtol,
        atol=workload.atol,
    )


def _rotated(names: list[str], turn: int) -> list[str]:
    start = turn % len(names)
    return names[start:] + names[:start]


def _warm_up(step: Step) -> int:
    """Call the step until it is warm; the number of steps that make a round."""
    started = time.process_time()
    fastest = math.inf
    for _ in range(WARM_CALLS):
        before = time.process_time()
        step()
        now = time.process_time()
        fastest = min(fastest, now - before)
        if now - started > WARM_FOR:
            break
    gc.collect()
    return max(1, math.ceil(ROUND_FOR / max(fastest, 1e-6)))


def _round(step: Step, count: int, collect: bool) -> float:
    """CPU seconds a step: forward, backward, dropping the graph, and its garbage.

    With the collector on, the cycles that the steps left are collected within the
    time: they belong to the engine that made them. With it off, outside.
    """
    before = time.process_time()
    for _ in range(count):
        step()
    if collect:
        gc.collect()
    seconds = time.process_time() - before
    if not collect:
        gc.collect()
    return seconds / count


def rounded(found: Any, digits: int) -> Any:
    """Figures, nested as they are, to so many digits: the rest is noise."""
    if isinstance(found, float):
        return float(f"{found:.{digits}g}")
    if isinstance(found, dict):
        return {key: rounded(value, digits) for key, value in found.items()}
    return [rounded(x, digits) for x in found] if isinstance(found, list) else found
