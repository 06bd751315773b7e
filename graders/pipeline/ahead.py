"""Submissions that are judged before nbgrader comes to them: it takes one at a time.

Nothing rests on it. What was judged beforehand is taken only where the very same cells
are asked for; where they differ, or something went wrong, they are judged as always.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from graders.pipeline.master import Cell
from graders.pipeline.verdicts import Job, Outcome, judge_cells

Cells = list[Cell]
Look = Callable[[], Cells]
"""Reads a submission that will come, and gives the cells that will be judged."""


class Ahead:
    """Judges what comes next on the cores that nbgrader leaves idle.

    The next `at_once` submissions are under way or wait to be fetched; with one core
    none are.
    """

    def __init__(self, at_once: int = 0) -> None:
        self.at_once = at_once or (os.cpu_count() or 1)
        self.begun: dict[tuple[Job, str], Future[tuple[Cells, Outcome]]] = {}
        self.lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def outcome(
        self, job: Job, student: str, cells: Cells, coming: Iterable[tuple[str, Look]]
    ) -> Outcome:
        """The outcome of `cells`; those of `coming` students are begun meanwhile."""
        with self.lock:
            mine = self.begun.pop((job, student), None)
            if self.at_once > 1:
                self._begin(job, coming)
        if mine is not None and mine.exception() is None:
            found, outcome = mine.result()
            if found == cells:
                return outcome
        return judge_cells(job, cells, [])

    def _begin(self, job: Job, coming: Iterable[tuple[str, Look]]) -> None:
        near = dict(islice(coming, self.at_once))
        for key in list(self.begun):
            if key[0] != job or key[1] not in near:  # refused, or the run was given up
                self.begun.pop(key).cancel()
        pool = self._pool = self._pool or ThreadPoolExecutor(self.at_once)
        for student, look in near.items():
            if (job, student) not in self.begun:
                self.begun[job, student] = pool.submit(_judged, job, look)


def _judged(job: Job, look: Look) -> tuple[Cells, Any]:
    cells = look()
    return cells, judge_cells(job, cells, [])
