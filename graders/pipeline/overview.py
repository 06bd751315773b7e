"""The page on a class as a whole: statistics, mistakes, flags, each picture told."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graders.pipeline import plots, report
from graders.pipeline.report import Class
from graders.pipeline.similar import Pair
from graders.pipeline.statistics import Flag, Item, Mistake, flags, items, mistakes

PAGE = "statistics.html"
DATA = "statistics.json"
FOLDER = "plots"


def write(work: Path, graded: Class) -> Path:
    """Page, pictures and data of a class into its grading folder."""
    pictures = pictures_of(graded)
    remove(work)
    folder = work / FOLDER
    folder.mkdir(parents=True)
    for one in pictures:
        (folder / f"{one.name}.png").write_bytes(one.png)
    (work / DATA).write_text(data(graded), encoding="utf-8")
    (work / PAGE).write_text(page(graded, pictures), encoding="utf-8")
    return work / PAGE


def remove(work: Path) -> None:
    """Take away what an earlier run wrote."""
    shutil.rmtree(work / FOLDER, ignore_errors=True)
    for name in (PAGE, DATA):
        (work / name).unlink(missing_ok=True)


def pictures_of(graded: Class) -> list[plots.Plot]:
    """Every picture: two for each lesson that was handed in, one of the mistakes."""
    made = []
    every = items(graded)
    for lesson in graded.lessons:
        mine = [item for item in every if item.lesson == lesson]
        if mine:
            made += [plots.scores(graded, lesson), plots.difficulty(lesson, mine)]
    found = mistakes(graded)
    return [*made, plots.frequent(found)] if found else made


def page(graded: Class, pictures: list[plots.Plot]) -> str:
    """The page; it needs no other file and loads none."""
    every, found = items(graded), mistakes(graded)
    lessons = [n for n in graded.lessons if any(i.lesson == n for i in every)]
    by_lesson = {
        name: {
            "items": [item for item in every if item.lesson == name],
            "plots": [p for p in pictures if p.name.startswith(f"{name}-")],
            "mistakes": [one for one in found if one.lesson == name],
        }
        for name in lessons
    }
    general = [p for p in pictures if p.name == "mistakes"]
    return report.render(
        "statistics.html",
        graded=graded,
        lessons=by_lesson,
        general=general,
        flags=flags(graded),
    )


def data(graded: Class) -> str:
    """The same as JSON."""

    def rows(
        found: list[Item] | list[Mistake] | list[Flag] | list[Pair],
    ) -> list[dict[str, Any]]:
        return [asdict(one) for one in found]

    made = {
        "exercises": rows(items(graded)),
        "mistakes": rows(mistakes(graded)),
        "flags": rows(flags(graded)),
        "alike": rows(graded.pairs),
    }
    return json.dumps(made, indent=1, sort_keys=True) + "\n"
