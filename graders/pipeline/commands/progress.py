"""`graders progress`: what a reader has done so far, lesson by lesson."""

from __future__ import annotations

import argparse
from pathlib import Path

from graders.pipeline.commands import Subparsers, add, say

EXAMPLE = "graders progress my_course"
MINE, LESSONS = "my_course", "lessons"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "progress", EXAMPLE)
    words = (
        "the folder that holds index.ipynb (default: the nearest one upwards; "
        f"in a checkout {MINE}/, or {LESSONS}/ where that is missing)"
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=words)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table that the index shows."""
    from graders import progress
    from graders.show import text_table

    folder = reader(args.folder or Path.cwd(), upwards=args.folder is None)
    say(f"{progress.caption(folder)}\n{folder}\n")
    say(text_table(progress.rows(folder)))
    return 0


def reader(start: Path, *, upwards: bool) -> Path:
    """The reader's folder at `start` or, if wanted, around it; `CourseError` without.

    A checkout's own folders are looked into on the way: its students work in the first
    of them, and on Binder in the second.
    """
    from graders.pipeline.findings import CourseError

    here = start.resolve()
    for folder in (here, *here.parents) if upwards else (here,):
        for place in (folder, folder / MINE, folder / LESSONS):
            if (place / "index.ipynb").is_file():
                return place
    around = " and the folders above it hold" if upwards else " holds"
    raise CourseError(
        f"{here}{around} no index.ipynb, so no course. Run this in the folder that "
        "`make lab` opens, or name that: graders progress my_course"
    )
