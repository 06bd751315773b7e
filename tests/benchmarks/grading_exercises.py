"""CPU seconds that grading one exercise takes, once sandbox, judge and key are there.

Of each exercise, answered as the course does: what the worker used, seen from outside,
and what the judge used.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from graders.pipeline import tree, verdicts
from graders.pipeline.judge import Judge, Session
from graders.pipeline.master import Exercise
from tests.benchmarks.grading_class import lesson_of, solution_of

ROUNDS = 5


def seconds(names: Sequence[str]) -> dict[str, float]:
    """By exercise, the median over some rounds; the first one makes the answer key."""
    found = {}
    for stem in (lesson_of(name).stem for name in names):
        judge = verdicts.judge_of(verdicts.Job(stem, solution_of(stem), b"", 1))
        rounds = [_round(judge) for _ in range(ROUNDS + 1)][1:]
        for name in rounds[0]:
            took = statistics.median(one[name] for one in rounds)
            found[f"{stem[:2]} {name}"] = took
    return found


def _round(judge: Judge) -> dict[str, float]:
    session = Session(judge, judge.master.submission())
    try:
        return {e.id: _took(judge, e, session) for e in judge.master.exercises.values()}
    finally:
        session.close()


def _took(judge: Judge, exercise: Exercise, session: Session) -> float:
    worker = session.worker
    assert worker is not None
    theirs, ours = _running(worker.pid), time.thread_time()
    judge._verdict(exercise, session)
    return _running(worker.pid) - theirs + time.thread_time() - ours


def _running(pid: int) -> float:
    """Seconds that a process of one thread has run, finer than the clock's ticks."""
    return int(tree._read(f"/proc/{pid}/schedstat").split()[0]) / 1e9
