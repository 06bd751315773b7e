"""Submissions to measure grading with: right, mistaken, untouched and hostile ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from graders.pipeline import bank, source, verdicts
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


def class_of(folder: Path, stem: str, count: int) -> dict[str, str]:
    """Hand in so many submissions; what each student's is."""
    lesson = lesson_of(stem)
    found = bank.load(ROOT / "tests" / "mutants" / lesson.stem)
    known = [one for entries in found.values() for one in entries]
    kinds = {}
    for number in range(count):
        student = f"student{number:04d}"
        kinds[student], data = made(lesson, number, known)
        path = folder / student / stem / f"{stem}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    return kinds


def every_lesson() -> list[str]:
    """Names of all lessons."""
    return [p.stem for p in source.chosen(ROOT, []) if p.stem not in source.PAGES]


def lesson_of(name: str) -> Any:
    """A lesson by number or name."""
    return source.load(source.chosen(ROOT, [name])[0], ROOT)


def solution_of(stem: str) -> bytes:
    """The instructor's notebook of a lesson."""
    return to_bytes(to_notebook(lesson_of(stem)))


def assignment_of(lesson: Any) -> Any:
    """What submissions of a lesson are laid into, read once."""
    return verdicts.assignment(to_bytes(to_notebook(lesson)), lesson.stem)
