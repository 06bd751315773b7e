"""`graders grade` that kills itself at a chosen step: run by test_killed.py.

    python -m tests.graders.pipeline.killing STEP CLASS --to WORK --root COURSE

The step is that of the third submission, so that two are done by then. Nothing is
cleaned up: it is the kill that a machine's failure, or an impatient person, makes.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from graders.pipeline import classroom, cli, ledger, verdicts

THIRD = 3
STEPS: dict[str, Callable[[], None]] = {}


def step(make):
    """A way to place the kill, by its name in words."""
    STEPS[make.__name__.replace("_", " ")] = make
    return make


def die():
    """SIGKILL: no handler, no `finally`, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def at(owner, name, when=lambda *args: True, *, after=False, half=False):
    """Die at the third call that counts of a function, before or after its work."""
    before, seen = getattr(owner, name), []

    def watched(*args, **options):
        seen.extend([1] * bool(when(*args)))
        mine = bool(when(*args)) and len(seen) == THIRD
        if mine and half:
            path, data = args
            before(path, data[: len(data) // 2])
        if mine and not after:
            die()
        found = before(*args, **options)
        if mine:
            die()
        return found

    setattr(owner, name, watched)


def goes_to(folder, *, ending=""):
    """Whether a file is written there (its first argument is a path)."""
    return lambda path, *rest: f"/{folder}/" in str(path) and ending in Path(path).name


@step
def while_jobs_run():
    at(verdicts, "judge")


@step
def before_the_gradebook():
    at(ledger.Ledger, "enter")


@step
def inside_the_transaction():
    at(ledger._Scores, "preprocess", after=True)


@step
def after_the_commit():
    at(ledger.Ledger, "enter", after=True)


@step
def half_a_graded_notebook():
    at(Path, "write_bytes", goes_to("autograded"), half=True)


@step
def between_notebook_and_page():
    at(classroom, "write_whole", goes_to("autograded"), after=True)


@step
def half_a_feedback_page():
    at(Path, "write_bytes", goes_to("feedback", ending=".html"), half=True)


@step
def before_the_tick():
    at(classroom, "save", lambda path, found: bool(found.get("key")))


@step
def half_a_tick():
    def ticks(path, data):
        return "/done/" in str(path) and bool(json.loads(data).get("key"))

    at(Path, "write_bytes", ticks, half=True)


if __name__ == "__main__":
    STEPS[sys.argv[1]]()
    sys.exit(cli.main(["grade", *sys.argv[2:]]))
