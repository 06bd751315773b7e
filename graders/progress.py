"""The reader's own progress: a small file beside the index, never sent anywhere."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graders.checks.check import Check

FILE = "progress.json"
PATIENCE = 2.0  # seconds that a check waits for another notebook's to be kept
HEADER = ["lesson", "exercises tried", "points so far", "stretch"]
_STRETCH = re.compile(r"s\d+-")


def home(start: Path | None = None) -> Path | None:
    """The reader's folder: the nearest one upwards that holds `index.ipynb`."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "index.ipynb").is_file():
            return folder
    return None


# -- what was done -------------------------------------------------------------------
def load(folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """Exercise -> {"lesson", "points", "worth"}; empty when nothing is done yet."""
    folder = folder or home()
    found = _json(folder / FILE) if folder else {}
    return {name: entry for name, entry in found.items() if _whole(entry)}


def _json(path: Path) -> dict[str, Any]:
    """What the file says, or nothing where it is missing or damaged."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _whole(entry: Any) -> bool:
    return isinstance(entry, dict) and all(
        isinstance(entry.get(key), kind)
        for key, kind in (("lesson", str), ("points", (int, float)), ("worth", int))
    )


def record(check: Check) -> None:
    """Keep the newest result of an exercise; never a reason for a check to fail.

    Nothing is kept of an answer that nobody has begun: who runs a whole notebook to
    read it has not tried its exercises. Notebooks that are checked at once take turns.
    """
    folder = home()
    if folder is None or check.worth == 0:
        return
    from filelock import FileLock  # a check that keeps nothing does without

    try:
        with FileLock(folder / f".{FILE}.lock", timeout=PATIENCE):
            _keep(check, folder)
    except (OSError, NotImplementedError):  # read-only, full, a disk without locks
        return


def _keep(check: Check, folder: Path) -> None:
    done = load(folder)
    if check.exercise not in done and _untouched(check):
        return
    done[check.exercise] = {
        "lesson": Path.cwd().name,
        "points": check.earned,
        "worth": check.worth,
    }
    draft = folder / f".{FILE}.{os.getpid()}"
    try:
        draft.write_text(json.dumps(done, indent=1, sort_keys=True), "utf-8")
        draft.replace(folder / FILE)
    finally:
        draft.unlink(missing_ok=True)


def _untouched(check: Check) -> bool:
    """Whether all that came back is what an answer gives that nobody has begun."""
    from graders.checks.messages import UNANSWERED, UNWRITTEN

    return check.earned == 0 and all(
        r.passed or r.finding in (UNWRITTEN, UNANSWERED) or _blank(r.signature)
        for r in check.results
    )


def _blank(signature: list[Any]) -> bool:
    """Whether a property saw a table whose entries are all still None."""
    tables = all(isinstance(case, list) for case in signature)
    entries = [entry for case in signature for entry in case]
    return tables and bool(entries) and all(entry == "None" for entry in entries)


# -- what there is to do -------------------------------------------------------------
def lessons(folder: Path) -> dict[str, dict[str, int]]:
    """Lesson -> exercise -> points, as the notebooks in the reader's folder say.

    A lesson is the notebook `NAME/NAME.ipynb`; copies under other names do not count.
    """
    found = {}
    for place in sorted(folder.iterdir()):
        notebook = _json(place / f"{place.name}.ipynb")
        if exercises := _exercises(notebook):
            found[place.name] = exercises
    return found


def _exercises(notebook: dict[str, Any]) -> dict[str, int]:
    """Exercises with points, read off the check cells of a released notebook."""
    marks = [c["metadata"].get("nbgrader", {}) for c in notebook.get("cells", [])]
    checks = [m for m in marks if m.get("grade") and m.get("points")]
    return {m["grade_id"].removesuffix("-check"): int(m["points"]) for m in checks}


# -- both, as a table ----------------------------------------------------------------
def rows(folder: Path | None = None) -> list[list[Any]]:
    """A table: lesson, exercises tried, points so far, those of the stretch exercise.

    Each lesson that lies in the reader's folder has its row, begun or not; the last row
    adds them up. Only visible properties count; full marks need no stretch exercise.
    """
    folder = folder or home()
    done = load(folder)
    course = lessons(folder) if folder else {}
    places = {name: lesson for lesson, names in course.items() for name in names}
    for name, entry in done.items():  # its check cell may be gone from the notebook
        lesson = places.get(name, entry["lesson"])
        course.setdefault(lesson, {}).setdefault(name, entry["worth"])
    table: list[list[Any]] = [HEADER]
    for lesson, worth in sorted(course.items()):
        table.append([lesson, *_counts(worth, done)])
    if len(course) > 1:
        every = {name: worth[name] for worth in course.values() for name in worth}
        table.append(["all", *_counts(every, done)])
    return table


def _counts(worth: dict[str, int], done: dict[str, dict[str, Any]]) -> list[str]:
    extra = {name for name in worth if _STRETCH.match(name)}
    tried = sum(name in done for name in worth)
    return [
        f"{tried} of {len(worth)}",
        _points(worth.keys() - extra, worth, done),
        _points(extra, worth, done),
    ]


def _points(
    names: Iterable[str], worth: dict[str, int], done: dict[str, dict[str, Any]]
) -> str:
    """Such as "3.5 of 20"; nothing where there is nothing to earn."""
    kept = list(names)
    earned = sum(float(done[name]["points"]) for name in kept if name in done)
    return f"{round(earned, 2):g} of {sum(worth[n] for n in kept)}" if kept else ""


def caption(folder: Path | None = None) -> str:
    """What stands over the table: what it counts, or where to begin."""
    if load(folder):
        return "Your progress (visible properties only)"
    return "Nothing done yet: open lesson 1, solve its first exercise, run its check."


def show(folder: Path | None = None) -> None:
    """The table of the reader's progress, with a word of welcome at the start."""
    from graders.show import table

    table(rows(folder), caption=caption(folder))
