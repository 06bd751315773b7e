"""One module a command: `register(subparsers)` says its words, `run(args)` does it.

`COMMANDS` names them. A module imports what is heavy inside `run`, so that a
command's `--help` costs nothing. `run` gives back the exit status.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graders.pipeline.classroom import Classroom

Subparsers = Any  # argparse has no public name for it

# name -> module of this package, words for the list that `graders --help` prints
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("build", "make all generated files from solutions/*.py"),
    "release": (
        "release",
        "put an assignment into the gradebook and its notebook into lessons/",
    ),
    "grade": ("grade", "grade a class (without one: a sample class), or a notebook"),
    "regrade": ("regrade", "judge one exercise again for all: its check was wrong"),
    "report": (
        "report",
        "show a graded class: scores, exercises, mistakes, flags",
    ),
    "export": ("export", "write scores for a spreadsheet, Canvas or Moodle"),
    "bundle": ("bundle", "pack lessons and packages for students, no solution inside"),
    "progress": ("progress", "show what a reader has done so far, lesson by lesson"),
    "doctor": ("doctor", "print the sandbox's policy and test each wall of it here"),
    "audit": (
        "audit",
        "try the checks on right, wrong and unusual answers to every exercise",
    ),
}


def add(subparsers: Subparsers, name: str, example: str) -> Any:
    """A parser for one command; its help ends with an example."""
    words = COMMANDS[name][1]
    return subparsers.add_parser(
        name,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_root(parser: Any) -> None:
    """The option that every command on a course has."""
    words = "the course's folder (default: the nearest one upwards with solutions/)"
    parser.add_argument("--root", type=Path, metavar="FOLDER", help=words)


def add_db(parser: Any) -> None:
    """The option that every command on a gradebook has."""
    words = (
        "gradebook on PostgreSQL, as postgresql://user@host/database; one database a "
        "class (default: gradebook.db in the grading folder, or what it was graded "
        "with; that one's password is kept nowhere: PGPASSWORD, .pgpass)"
    )
    parser.add_argument("--db", default="", metavar="URL", help=words)


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a step, with things a second and the time that is left."""
    from rich import progress

    columns = (
        progress.TextColumn("{task.description:8}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left"),
        progress.TimeRemainingColumn(),
    )
    # refreshed by hand: workers are started from here, and a thread more is a risk
    with progress.Progress(*columns, auto_refresh=False) as bar:
        tasks: dict[str, Any] = {}

        def watch(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total, completed=done, rate="")
            speed = bar.tasks[tasks[step]].speed
            rate = f"{speed:.1f}/s" if speed else ""
            bar.update(tasks[step], completed=done, rate=rate, refresh=True)

        yield watch


def add_graded(parser: Any) -> None:
    """The options of a command on a graded class: its folder, its gradebook."""
    words = "a grading folder (default: the one in grading/ that was written last)"
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=words)
    add_db(parser)
    add_root(parser)


def graded_room(args: Any, lessons: Sequence[str] = ()) -> Classroom:
    """The class that `add_graded` asked for, with these of its lessons or all."""
    from graders.pipeline import source
    from graders.pipeline.classroom import Classroom, last_graded, lessons_of

    root = (args.root or source.find_root()).resolve()
    work = (args.folder or last_graded(root / "grading")).resolve()
    return Classroom(root, work, lessons_of(root, lessons), db=args.db)


def say(text: str = "") -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
