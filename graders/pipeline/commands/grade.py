"""`graders grade`: a class along nbgrader's road, or a learner's own notebook."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from graders.pipeline.commands import (
    Subparsers,
    add,
    add_db,
    add_root,
    bars,
    machines,
    say,
)

if TYPE_CHECKING:
    from graders.pipeline.classroom import Classroom

EXAMPLE = (
    "graders grade                       # a sample class\n"
    "  graders grade submissions.zip --to grades --assignment 01\n"
    "  graders grade download.zip --from zip --roster students.csv "
    "--due 2026-03-01T23:59\n"
    "  graders grade class.zip --db postgresql://grader@localhost/class\n"
    "  graders grade class.zip --scheduler tcp://host:8786 --tls-ca ca.pem "
    "--tls-cert me.pem --tls-key me.key\n"
    "  graders grade --self my_course/01_finite_differences/01_finite_differences.ipynb"
)


SAMPLE = ["01", "02"]  # lessons of the sample class, unless others are asked for


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "grade", EXAMPLE)
    words = "folder or zip of submissions, only read (default: a sample class)"
    parser.add_argument(
        "submissions", nargs="?", type=Path, metavar="CLASS", help=words
    )
    _add_source(parser)
    words = "one notebook of your own: its whole verdict, hidden properties included"
    parser.add_argument("--self", type=Path, metavar="NOTEBOOK", dest="own", help=words)
    words = (
        "a lesson by number or name; again for more (default: all; 01, 02 of a sample)"
    )
    parser.add_argument("--assignment", action="append", default=[], help=words)
    words = (
        "where gradebook, feedback and table go (default: grading/CLASS in the course)"
    )
    parser.add_argument("--to", type=Path, metavar="FOLDER", help=words)
    words = "of the hidden inputs (default: drawn, and kept for the folder)"
    parser.add_argument("--seed", type=int, metavar="N", help=words)
    add_db(parser)
    _add_walls(parser)
    machines.add(parser)
    words = "grade again what has not changed"
    parser.add_argument("--force", action="store_true", help=words)
    add_root(parser)
    parser.set_defaults(run=run)


def _add_walls(parser: argparse.ArgumentParser) -> None:
    words = (
        "walls round each submission: bubblewrap, or none for files that you trust as "
        "your own (default: bubblewrap; none for the sample class where there is none)"
    )
    parser.add_argument("--sandbox", choices=("bubblewrap", "none"), help=words)


def _add_source(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where submissions come from")
    words = (
        "zip or folder: a bulk download of Moodle or Canvas, or notebooks named after "
        "students; nbgrader: its exchange's inbound, or submitted/ (default: whichever "
        "it is)"
    )
    choices = ("zip", "folder", "nbgrader")
    group.add_argument("--from", dest="layout", choices=choices, default="", help=words)
    words = (
        "CSV of the class (student_id, first_name, last_name, email, ids of the "
        "platform; or Canvas's or Moodle's export): names students, tells who handed "
        "in nothing"
    )
    group.add_argument("--roster", type=Path, metavar="CSV", help=words)
    words = (
        "due date, as 2026-03-01T23:59 in this machine's time, or 02=2026-03-01T23:59 "
        "for one lesson; a file's time then counts where nothing better is known "
        "(default: the gradebook's)"
    )
    group.add_argument(
        "--due", action="append", default=[], metavar="[LESSON=]WHEN", help=words
    )


def dues(given: list[str], lessons: list[str]) -> dict[str, str]:
    """Due dates by lesson, "" for all, as nbgrader reads them."""
    from datetime import UTC, datetime

    from graders.pipeline.findings import CourseError

    found: dict[str, str] = {}
    for text in given:
        which, _, when = text.rpartition("=")
        names = [n for n in lessons if n == which or n[:2] == which.zfill(2)]
        try:
            moment = datetime.fromisoformat(when).astimezone(UTC)
        except ValueError:
            raise CourseError(
                f"--due {text}: needed is a time such as 2026-03-01T23:59, or "
                "02=2026-03-01T23:59 for one lesson."
            ) from None
        if which and not names:
            raise CourseError(
                f"--due {text}: no lesson {which} is graded; there are: "
                f"{', '.join(lessons)}"
            )
        written = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
        found |= dict.fromkeys(names or [""], written)
    return found


def run(args: argparse.Namespace) -> int:
    """Grade; 1 where a notebook of one's own cannot be read."""
    from graders.pipeline import source
    from graders.pipeline.findings import CourseError

    if args.own is not None:
        return _own(args)
    root = (args.root or source.find_root()).resolve()
    if args.to is None:  # a folder a class: a gradebook keeps all whom it has seen
        name = args.submissions.resolve().stem if args.submissions else "sample-class"
        args.to = root / "grading" / name
    if args.submissions is not None and not args.submissions.exists():
        raise CourseError(f"{args.submissions} is not there; give a folder or a zip.")
    _class(root, args)
    return 0


def _class(root: Path, args: argparse.Namespace) -> None:
    from rich.console import Console

    from graders.pipeline import roster
    from graders.pipeline.classroom import Classroom, lessons_of
    from graders.pipeline.report import table

    wanted = args.assignment or ([] if args.submissions else SAMPLE)
    names = lessons_of(root, wanted)
    room = Classroom(
        root,
        args.to.resolve(),
        names,
        args.seed,
        args.force,
        sandbox=args.sandbox or _sandbox(args.submissions is None),
        layout=args.layout,
        due=dues(args.due, names),
        db=args.db,
    )
    if args.roster is not None:
        room.roster = roster.read(args.roster)
    folder = args.submissions or _sample(room)
    with machines.executor(args, room), bars() as watch:
        graded = room.grade(folder, watch)
    Console().print(table(graded))
    _tell(room, graded.notes)


def _tell(room: Classroom, notes: list[str]) -> None:
    """What is to be known of the class, and where everything lies."""
    from graders.pipeline import gradebook

    for text in notes:
        say(f"note: {text}")
    say(f"feedback   {room.work / 'index.html'}")
    say(f"scores     {room.work / 'grades.csv'}")
    say(f"gradebook  {gradebook.public(room.url) if room.db else room.database}")


def _sandbox(sample: bool) -> str:
    """Walls, but for our own sample class on a machine that has none."""
    from graders.pipeline import verdicts, walls

    if sample and (why := walls.missing()):
        say(f"note: no sandbox ({why}); the sample class is our own and does without")
        return verdicts.NONE
    return verdicts.BUBBLEWRAP


def _sample(room: Classroom) -> Path:
    """The sample class, made anew in the folder that it is graded in."""
    from graders.pipeline import sample

    folder = room.work / "sample"
    told = sample.make(folder, room.root, room.assignments())
    say(f"a sample class of {len(told)} students in {folder}")
    return folder


# -- a learner's own notebook ----------------------------------------------------------
def _own(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.text import Text

    from graders.pipeline import own, report, source

    near = (args.own.resolve().parent, Path.cwd())
    root = (args.root or source.find_root(*near)).resolve()
    outcome = own.grade(root, args.own, args.seed, args.assignment)
    console = Console()
    for table in report.verdict_tables(outcome):
        console.print(table)
    for text in report.told(outcome):
        console.print(Text(f"note: {text}"))
    extra = report.stretch(outcome)
    points = report.points(outcome["points"] - extra)
    more = f", and {report.points(extra)} of the stretch exercise" if extra else ""
    say(f"{outcome['lesson']}: {points} of {outcome['worth']} points{more}")
    return 1 if outcome["refused"] else 0
