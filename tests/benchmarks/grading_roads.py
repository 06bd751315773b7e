"""Ways to grade the same files, each in processes of its own: wall and CPU seconds.

Ours; `nbgrader autograde` as it comes and with this course's settings; `otter run`.
CPU seconds are those of a command and of all that it waited for; where walls are up,
those that grading_ours.py adds up.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.grading_class import ROOT, solution_of

# One otter test, the smallest there is: what is timed is the notebook's own run.
OTTER_TEST = {
    "name": "q1",
    "points": 1,
    "suites": [
        {
            "cases": [{"code": ">>> 1 + 1\n2", "hidden": False, "locked": False}],
            "scored": True,
            "setup": "",
            "teardown": "",
            "type": "doctest",
        }
    ],
}


@dataclass(frozen=True)
class Took:
    """One command: seconds on the wall and of CPU, what it printed, what it told."""

    wall: float
    cpu: float
    said: str = ""
    told: dict[str, Any] = field(default_factory=dict)


def timed(call: Sequence[str | Path], folder: Path, **variables: str) -> Took:
    """Run a command, as a person would type it."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "HOME": str(folder), **variables}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [str(word) for word in call],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(after[:2]) - sum(before[:2])
    return Took(time.monotonic() - start, cpu, done.stdout)


def ours(stem: str, folder: Path, work: Path, at_once: int) -> Took:
    """`graders grade` behind walls, start and end included."""
    return walled(ROOT, "grade", stem, folder, work, str(at_once))


def walled(root: Path, *words: str | Path) -> Took:
    """A command of grading_ours.py; its CPU seconds are those that it tells."""
    program = [sys.executable, "-m", "tests.benchmarks.grading_ours"]
    took = timed([*program, *words], root, PYTHONPATH=str(ROOT))
    try:
        told = json.loads(took.said.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise SystemExit(f"grading ended in the middle:\n{took.said[-3000:]}") from None
    return Took(took.wall, told["cpu"], took.said, told)


def nbgrader(root: Path, *words: str) -> Took:
    """One nbgrader command in a course."""
    return timed([sys.executable, "-m", "nbgrader", *words], root)


def course(
    stem: str, folder: Path, root: Path, students: Sequence[str], *, settings: bool
) -> Path:
    """An nbgrader course with some of the submissions, with our settings or none."""
    where = root / ("solutions" if settings else "source") / stem
    where.mkdir(parents=True)
    (where / f"{stem}.ipynb").write_bytes(solution_of(stem))
    for student in students:
        shutil.copytree(folder / student, root / "submitted" / student)
    if settings:
        shutil.copy(ROOT / "nbgrader_config.py", root)
    else:
        (root / "nbgrader_config.py").write_text("c = get_config()\n")
    nbgrader(root, "generate_assignment", stem)
    return root


def graded(root: Path, stem: str) -> int:
    """How many submissions were autograded in a course."""
    return len(list((root / "autograded").glob(f"*/{stem}/{stem}.ipynb")))


def otter(program: Path, notebook: Path, root: Path) -> Took:
    """`otter run` on one notebook, whose visible checks run in it, and a small test."""
    tests = root / "tests"
    tests.mkdir(parents=True, exist_ok=True)
    text = f"OK_FORMAT = True\ntest = {json.dumps(OTTER_TEST)}\n"
    text = text.replace("false", "False").replace("true", "True")
    (tests / "q1.py").write_text(text)
    shutil.copy(notebook, root / "work.ipynb")
    here = {"PYTHONPATH": str(ROOT), "PATH": f"{program.parent}:{os.environ['PATH']}"}
    if not (root / "autograder.zip").exists():
        words = ["generate", "-t", "tests", "-o", "autograder.zip"]
        timed([program, *words, "--no-environment"], root, **here)
    return timed([program, "run", "-a", "autograder.zip", "work.ipynb"], root, **here)
