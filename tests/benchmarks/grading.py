"""How long a class takes: ours beside plain nbgrader and otter, on the same files.

    python -m tests.benchmarks.grading --lessons 01 06 --submissions 500 --peers 20

Makes a class of right, mistaken, untouched and (one in twenty) hostile submissions of a
lesson and grades it by `graders grade` behind walls; some of the honest ones again by
`nbgrader autograde`, as it comes and with this course's settings, and one by
`otter run` (`--otter VENV/bin/otter`). Figures go to `grading.json` and the README
with `--keep`.
CPU seconds decide where a machine is shared; wall seconds want a quiet one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import grading_exercises, grading_readme, grading_roads
from tests.benchmarks.grading_class import ROOT, class_of, every_lesson, lesson_of
from tests.benchmarks.grading_roads import Took
from tests.benchmarks.harness import rounded

RESULTS = Path(__file__).with_name("grading.json")
README = ROOT / "README.md"
HONEST = ("right", "mistaken")


def measured(name: str, asked: argparse.Namespace, place: Path) -> dict[str, Any]:
    """All figures of one lesson."""
    stem = lesson_of(name).stem
    folder = place / "class"
    kinds = class_of(folder, stem, asked.submissions)
    found: dict[str, Any] = {"submissions": len(kinds), "ours": {}}
    for at_once in asked.workers:
        say(f"{stem}: graders grade, {at_once} at once")
        took = grading_roads.ours(stem, folder, place / f"at{at_once}", at_once)
        found["ours"][str(at_once)] = split(took, len(kinds))
        found["points"] = points(took, kinds)
    few = [student for student, kind in kinds.items() if kind in HONEST]
    few = few[: asked.peers]
    say(f"{stem}: {len(few)} of them by each road")
    for student in few:
        shutil.copytree(folder / student, place / "few" / student)
    took = grading_roads.ours(stem, place / "few", place / "ours", 1)
    found["peers"] = {"submissions": len(few), "ours": split(took, len(few))}
    found["peers"] |= nbgrader(stem, folder, place, few)
    if asked.otter:
        say(f"{stem}: one of them by otter")
        notebook = folder / few[0] / stem / f"{stem}.ipynb"
        took = grading_roads.otter(asked.otter.resolve(), notebook, place / "otter")
        found["peers"]["otter"] = figures(took, 1)
    return found


def split(took: Took, count: int) -> dict[str, float]:
    """What `graders grade` used: by the submissions and checks, and beyond them."""
    told = took.told
    return {
        **figures(took, count),
        "own": told["own"],
        "beyond": took.cpu - told["own"],
        "known": told["known"],
        "feedback": told["feedback"] / count,
        "private": told["private"],
        "middle": told["middle"],
        "all": told["all"],
    }


def points(took: Took, kinds: dict[str, str]) -> dict[str, list[float]]:
    """How many there are of each kind, with the lowest and the highest total."""
    every = took.told["points"]
    found = {}
    for kind in dict.fromkeys(kinds.values()):
        mine = [total for student, total in every.items() if kinds[student] == kind]
        found[kind] = [len(mine), min(mine), max(mine)]
    return found


def nbgrader(
    stem: str, folder: Path, place: Path, few: Sequence[str]
) -> dict[str, dict[str, float]]:
    """`nbgrader autograde` and feedback, as it comes and with our settings."""
    found = {}
    for name, settings in (("nbgrader", False), ("settings", True)):
        root = place / name
        grading_roads.course(stem, folder, root, few, settings=settings)
        run = grading_roads.walled if settings else grading_roads.nbgrader
        words = ("nbgrader", "autograde") if settings else ("autograde",)
        took = run(root, *words, stem)
        if (done := grading_roads.graded(root, stem)) != len(few):
            raise SystemExit(f"{name} graded {done} of {len(few)}: {took.said[-2000:]}")
        pages = grading_roads.nbgrader(root, "generate_feedback", stem)
        found[name] = figures(took, len(few))
        found[name]["feedback"] = pages.cpu / len(few)
    return found


def figures(took: Took, count: int) -> dict[str, float]:
    """Seconds of a command, and for each submission."""
    return {"wall": took.wall, "cpu": took.cpu, "each": took.cpu / count}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and keep what was measured if one says so."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--lessons", nargs="+", default=["01", "06"])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument(
        "--peers", type=int, default=20, help="submissions for nbgrader"
    )
    parser.add_argument(
        "--exercises", action="store_true", help="each exercise of all lessons, warm"
    )
    parser.add_argument("--otter", type=Path, metavar="VENV/bin/otter")
    parser.add_argument("--keep", action="store_true", help="grading.json and README")
    asked = parser.parse_args(arguments)
    kept: dict[str, Any] = {"processors": os.cpu_count(), "lessons": {}}
    if asked.exercises:
        kept["exercises"] = rounded(grading_exercises.seconds(every_lesson()), 3)
    for name in asked.lessons:
        with tempfile.TemporaryDirectory() as place:
            found = measured(name, asked, Path(place))
        kept["lessons"][lesson_of(name).stem] = rounded(found, 3)
    sys.stdout.write(grading_readme.table(kept) + "\n")
    if asked.keep:
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        text = README.read_text(encoding="utf-8")
        README.write_text(grading_readme.updated(text, kept), encoding="utf-8")


def say(text: str) -> None:
    """What is being measured, beside the figures."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
