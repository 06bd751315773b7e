"""How long a class takes: ours beside plain nbgrader, on the same submissions.

    python -m tests.benchmarks.grading --lesson 06 --submissions 500 --plain 5

Makes a class of right, mistaken, untouched and (one in twenty) hostile submissions of
one lesson, grades it with `graders grade` behind walls, and a few of the same by
`nbgrader autograde` as it comes. Prints seconds a submission, the memory of workers,
and what the hostile ones got. Wall times: run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import psutil

from graders.pipeline import bank, classroom, executors, source, verdicts
from graders.pipeline.notebook import to_bytes, to_notebook
from graders.pipeline.release import student_bytes
from graders.pipeline.stubs import stub

ROOT = Path(__file__).resolve().parents[2]
ONE_IN = 20  # submissions that are hostile
BOMBS = (  # a cell before the answers
    "while True: pass",
    "import os\nos._exit(0)",
    "import os, time\nfor _ in range(200):\n    if os.fork() == 0: time.sleep(600)",
    "held = []\nwhile True: held.append(b'x' * 2**26)",
    "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=2)",
)


def made(lesson: Any, number: int, known: Sequence[bank.Entry]) -> tuple[str, bytes]:
    """One submission and what it is: right, mistaken, untouched or hostile."""
    notebook = json.loads(student_bytes(lesson))
    answers = {e.id: e.answer for e in assignment_of(lesson).master.exercises.values()}
    kind = ("right", "mistaken", "mistaken", "right", "untouched")[number % 5]
    if number % ONE_IN == ONE_IN - 1:
        kind = "hostile"
    if kind == "mistaken":
        entry = known[number % len(known)]
        answers[entry.exercise] = entry.answer
    if kind == "untouched":
        answers = {name: stub(code) for name, code in answers.items()}
    cells = notebook["cells"]
    for cell in cells:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in answers:
            cell["source"] = answers[name]
    extra = deepcopy(next(c for c in cells if c["cell_type"] == "code"))
    extra |= {"id": "mine", "metadata": {}, "source": f"# student {number}"}
    if kind == "hostile":
        extra["source"] = BOMBS[number // ONE_IN % len(BOMBS)]
    cells.insert(1, extra)
    return kind, json.dumps(notebook).encode()


def assignment_of(lesson: Any) -> Any:
    """What submissions of a lesson are laid into, read once."""
    return verdicts.assignment(to_bytes(to_notebook(lesson)), lesson.stem)


class Memory(threading.Thread):
    """The highest private memory of a worker, and of everything together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.worker = self.all = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Look twice a second."""
        while not self.done.wait(0.5):
            total = psutil.Process().memory_full_info().uss
            for process in psutil.process_iter(["cmdline"]):
                if "graders.pipeline.inside" in (process.info["cmdline"] or []):
                    try:
                        held = process.memory_full_info()
                    except psutil.Error:
                        continue
                    total += held.pss
                    self.worker = max(self.worker, held.uss)
            self.all = max(self.all, total)


def ours(lesson: Any, folder: Path, work: Path, workers: int) -> tuple[float, Any]:
    """Seconds of `graders grade` after its start, and the graded class."""
    room = classroom.Classroom(
        ROOT, work, [lesson.stem], 1, executor=executors.InThisProcess(workers)
    )
    moments: list[float] = []
    graded = room.grade(folder, lambda step, *_: moments.append(time.monotonic()))
    return moments[-1] - moments[0], graded


def plain(lesson: Any, folder: Path, root: Path, students: Sequence[str]) -> float:
    """Seconds of `nbgrader autograde` on a few of the same submissions."""
    where = root / "source" / lesson.stem
    where.mkdir(parents=True)
    (where / f"{lesson.stem}.ipynb").write_bytes(to_bytes(to_notebook(lesson)))
    for student in students:
        target = root / "submitted" / student / lesson.stem
        target.mkdir(parents=True)
        name = f"{lesson.stem}.ipynb"
        data = (folder / student / lesson.stem / name).read_bytes()
        (target / name).write_bytes(data)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    nbgrader(root, "generate_assignment", lesson.stem)
    start = time.monotonic()
    nbgrader(root, "autograde", lesson.stem)
    return time.monotonic() - start


def nbgrader(root: Path, *words: str) -> None:
    """One command, as a person types it."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "HOME": str(root)}
    call = [sys.executable, "-m", "nbgrader", *words]
    subprocess.run(call, cwd=root, env=env, capture_output=True, check=False)


def main() -> None:
    """Make the class, grade it both ways, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--lesson", default="06", help="number or name")
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--plain", type=int, default=5, help="for nbgrader as it comes")
    asked = parser.parse_args()
    lesson = source.load(source.chosen(ROOT, [asked.lesson])[0], ROOT)
    found = bank.load(ROOT / "tests" / "mutants" / lesson.stem)
    known = [one for entries in found.values() for one in entries]
    with tempfile.TemporaryDirectory() as place:
        folder, kinds = Path(place, "class"), {}
        for number in range(asked.submissions):
            student = f"student{number:04d}"
            kinds[student], data = made(lesson, number, known)
            path = folder / student / lesson.stem / f"{lesson.stem}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
        for workers in asked.workers:
            memory = Memory()
            memory.start()
            seconds, graded = ours(lesson, folder, Path(place, f"w{workers}"), workers)
            memory.done.set()
            tell(f"ours, {workers} at once", seconds, asked.submissions)
            say(f"  a worker's own memory {memory.worker / 2**20:.0f} MiB at most")
            say(f"  everything together {memory.all / 2**20:.0f} MiB at most")
        for kind in ("right", "mistaken", "untouched", "hostile"):
            points = [
                line.total for line in graded.lines if kinds[line.student] == kind
            ]
            say(f"  {kind}: {len(points)}, points {min(points):g} to {max(points):g}")
        some = [s for s, kind in kinds.items() if kind in ("right", "mistaken")]
        some = some[: asked.plain]
        seconds = plain(lesson, folder, Path(place, "plain"), some)
        tell("nbgrader autograde as it comes", seconds, len(some))


def tell(what: str, seconds: float, count: int) -> None:
    """One line of the table."""
    each = seconds / count
    say(f"{what}: {seconds:.1f} s for {count}, {each:.3f} s each")


def say(text: str) -> None:
    """One line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
