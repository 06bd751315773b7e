"""A command that grades, with what it used told as JSON: a process of its own.

    python -m tests.benchmarks.grading_ours grade LESSON CLASS WORK AT_ONCE
    python -m tests.benchmarks.grading_ours nbgrader autograde LESSON

What runs in a sandbox is no child that one waits for, so it is asked before it ends.

Seen from outside of each worker: its CPU time is that of the submission's own code, of
the lesson's given cells and of the checks. Those that were started to learn what known
mistakes look like are ours, and counted apart.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if sys.argv[1:2] == ["nbgrader"]:  # as its own program does, before it reads settings
    import nbgrader.apps.nbgraderapp

from graders.pipeline import (
    classroom,
    executors,
    judge,
    nbgrader_plugin,
    sandbox,
    shut_in,
    tree,
    walls,
)
from tests.benchmarks.grading_class import ROOT

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Seen:
    """CPU seconds by what they were for, starts of workers, the highest memory."""

    own: float = 0.0
    known: float = 0.0
    templates: float = 0.0
    feedback: float = 0.0
    measuring: float = 0.0
    starts: int = 0
    all: int = 0
    private: dict[int, int] = field(default_factory=dict)  # bytes, by process
    lock: Any = field(default_factory=threading.Lock)
    living: set[int] = field(default_factory=set)
    looking: threading.local = field(default_factory=threading.local)


def around(owner: Any, name: str, wrap: Callable[..., Any]) -> None:
    """Put a function in the place of one, which it gets as its first argument."""
    before = getattr(owner, name)
    setattr(owner, name, lambda *args, **more: wrap(before, *args, **more))


def watch(seen: Seen) -> None:
    """Have grading tell what it uses."""

    def look(before: Any, *args: Any) -> Any:
        seen.looking.now = True
        try:
            return before(*args)
        finally:
            seen.looking.now = False

    def born(before: Any, worker: Any, *args: Any) -> None:
        before(worker, *args)
        seen.starts += 1
        seen.living.add(worker.pid)

    def end(before: Any, worker: Any) -> None:
        if worker.alive:
            measure(seen, worker.pid)
            now = sandbox.used(worker.pid).cpu_seconds
            used = max(now, worker.used.cpu_seconds)  # which is of one that we ended
            with seen.lock:
                if getattr(seen.looking, "now", False):
                    seen.known += used
                else:
                    seen.own += used
        seen.living.discard(worker.pid)
        before(worker)

    def page(before: Any, *args: Any) -> Any:
        start = time.thread_time()
        found = before(*args)
        seen.feedback += time.thread_time() - start
        return found

    def close(before: Any, mine: Any) -> None:
        if mine._process is not None:
            seen.templates += template_seconds(mine._process.pid)
        before(mine)

    around(walls.Walls, "close", close)
    around(judge.Judge, "_look", look)
    around(shut_in.ShutIn, "__init__", born)
    around(shut_in.ShutIn, "kill", end)
    around(nbgrader_plugin, "feedback", page)


def memory(seen: Seen, done: threading.Event) -> None:
    """Twice a second (and a worker's also at its end): its own pages, and all."""
    while not done.wait(0.5):
        with apart(seen):
            seen.all = max(seen.all, tree.memory(os.getpid(), enough=0))
        for pid in list(seen.living):
            measure(seen, pid)


def measure(seen: Seen, pid: int) -> None:
    """Look at a worker's own pages."""
    with apart(seen):
        seen.private[pid] = max(seen.private.get(pid, 0), private(pid))


@contextlib.contextmanager
def apart(seen: Seen) -> Iterator[None]:
    """What a look at memory costs is no part of grading."""
    start = time.thread_time()
    yield
    with seen.lock:
        seen.measuring += time.thread_time() - start


def private(pid: int) -> int:
    """Bytes of a process's own pages; 0 where it is gone."""
    text = tree._read(f"/proc/{pid}/smaps_rollup")
    own = [line.split()[1] for line in text.splitlines() if "Private_" in line]
    return 1024 * sum(map(int, own))


def template_seconds(pid: int) -> float:
    """CPU seconds of a sandbox without its workers: bubblewrap twice, the template."""
    outer, *inner = tree.processes(pid)
    found = [_ticks(outer), *map(_ticks, inner)]
    # the last one's children are the short-lived parents of workers
    return (sum(sum(t[:2]) for t in found) + sum(found[-1][2:])) / TICK


def _ticks(pid: int) -> list[int]:
    """User and system time of a process, and of the children that it waited for."""
    fields = tree._read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return [int(word) for word in fields[11:15]] or [0] * 4


def grade(*words: str) -> dict[str, float]:
    """Points by student."""
    stem, folder, work, at_once = words
    executor = executors.InThisProcess(int(at_once))
    room = classroom.Classroom(ROOT, Path(work), [stem], 1, executor=executor)
    graded = room.grade(Path(folder), lambda *_: None)
    return {line.student: line.total for line in graded.lines}


def nbgrader(*words: str) -> dict[str, float]:
    """As the program does."""
    from nbgrader.apps.nbgraderapp import main

    sys.argv = ["nbgrader", *words]
    with contextlib.suppress(SystemExit):
        main()
    return {}


def run(which: str, *words: str) -> None:
    """Grade; figures as the last line of standard output."""
    seen, done = Seen(), threading.Event()
    watch(seen)
    threading.Thread(target=memory, args=(seen, done), daemon=True).start()
    points = grade(*words) if which == "grade" else nbgrader(*words)
    done.set()
    walls.take_down()
    itself = time.process_time() - seen.measuring
    found = {
        "itself": itself,
        "private": max(seen.private.values(), default=0),
        "middle": statistics.median(seen.private.values() or [0]),
        "cpu": itself + seen.own + seen.known + seen.templates,
        "points": points,
        **{k: v for k, v in vars(seen).items() if isinstance(v, (int, float))},
    }
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    run(*sys.argv[1:])
