"""Where the jobs of a class run: one interface, `map(job, items)`.

A job is bytes in, JSON out; it touches no gradebook and no shared disk, so a pool of
processes or a cluster may take the place of this process without a change elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Protocol

Outcome = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """One item and what became of it: an outcome, or the error of the job itself."""

    item: Any
    outcome: Outcome | None
    error: BaseException | None = None


class Executor(Protocol):
    """What grading needs to know of the place where its jobs run."""

    here: bool
    """Whether that is this machine, which then needs walls."""

    def map(
        self, job: Callable[[Any], Outcome], items: Iterable[Any]
    ) -> Iterator[Done]:
        """Each item with its outcome, in the order in which they get done."""


class InThisProcess:
    """Jobs in threads of this process: each waits for a worker process of its own.

    Two more are begun than are running, so that no core waits for the one who takes
    the results; none is begun that nobody asks for.
    """

    here = True

    def __init__(self, at_once: int = 0) -> None:
        self.at_once = at_once or max(1, os.cpu_count() or 1)

    def map(
        self, job: Callable[[Any], Outcome], items: Iterable[Any]
    ) -> Iterator[Done]:
        """Each item with its outcome; stopping early abandons what has not begun."""
        waiting = iter(items)
        running: dict[Future[Outcome], Any] = {}
        pool = ThreadPoolExecutor(self.at_once)
        try:
            while True:
                while len(running) < self.at_once + 2:
                    try:
                        item = next(waiting)
                    except StopIteration:
                        break
                    running[pool.submit(job, item)] = item
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield _done(running.pop(future), future)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _done(item: Any, future: Future[Outcome]) -> Done:
    error = future.exception()
    return Done(item, None, error) if error else Done(item, future.result())
