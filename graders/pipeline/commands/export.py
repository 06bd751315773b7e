"""`graders export`: scores for a spreadsheet, Canvas, Moodle, or statistics."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from graders.pipeline.commands import (
    Subparsers,
    add,
    add_graded,
    bars,
    graded_room,
    say,
)

if TYPE_CHECKING:
    from graders.pipeline.exports import Export

EXAMPLE = (
    "graders export --to csv grading/class\n"
    '  graders export --to canvas --column "01=Homework 1 (4711)" grading/class\n'
    "  graders export --to moodle --output upload grading/class"
)


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "export", EXAMPLE)
    add_graded(parser)
    words = (
        "csv: a row a student; canvas, moodle: what they import, for Moodle with a zip "
        "of feedback for each lesson; long: a row an exercise"
    )
    choices = ("csv", "canvas", "moodle", "long")
    parser.add_argument("--to", dest="form", required=True, choices=choices, help=words)
    words = "where the files go (default: exports/ in the grading folder)"
    parser.add_argument("--output", type=Path, metavar="FOLDER", help=words)
    words = "a lesson's name on the platform; again for more"
    parser.add_argument(
        "--column", action="append", default=[], metavar="LESSON=NAME", help=words
    )
    words = "CSV of the class (default: the one that it was graded with)"
    parser.add_argument("--roster", type=Path, metavar="CSV", help=words)
    words = "add the points of stretch exercises to a lesson's"
    parser.add_argument("--stretch", action="store_true", help=words)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files; say whom a platform will not know."""
    from graders.pipeline import exports, roster

    room = graded_room(args)
    graded = room.again(publish=False)
    kept = room.kept()["class"]
    known = roster.Roster.from_json(kept.get("roster", []))
    export = exports.Export(
        graded,
        roster.read(args.roster) if args.roster else known,
        columns(args.column, list(graded.lessons)),
        kept.get("labels", {}),
        args.stretch,
    )
    folder = args.output or room.work / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{args.form}.csv"
    path.write_bytes(exports.text(args.form, export).encode("utf-8"))
    say(f"scores     {path}")
    if args.form == "moodle":
        _feedback(export, room.work, folder)
    if lost := exports.unknown(args.form, export):
        words = f"{len(lost)} students have no id of {args.form} ({_few(lost)})"
        say(f"note: {words}; give a roster that has them: --roster CSV")
    return 0


def _feedback(export: Export, work: Path, folder: Path) -> None:
    """Write a zip for each lesson that somebody handed in."""
    from graders.pipeline import exports

    lessons = list(export.graded.lessons)
    lost: dict[str, None] = {}
    written = []
    with bars() as watch:
        for at, lesson in enumerate(lessons, 1):
            data, without = exports.feedback(export, work, lesson)
            lost |= dict.fromkeys(without)
            if len(data) > len(EMPTY):
                written.append(folder / f"moodle-feedback-{lesson}.zip")
                written[-1].write_bytes(data)
            watch("feedback", at, len(lessons))
    for path in written:
        say(f"feedback   {path}")
    if lost:
        say(
            f"note: the feedback of {len(lost)} students has no place in Moodle "
            f"({_few(list(lost))}): grade Moodle's own download, or give its grading "
            "worksheet as --roster"
        )


EMPTY = b"PK\x05\x06" + bytes(18)  # a zip of nothing


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def columns(given: list[str], lessons: list[str]) -> dict[str, str]:
    """Names of lessons on a platform, by lesson."""
    from graders.pipeline.findings import CourseError

    found = {}
    for text in given:
        which, equals, name = text.partition("=")
        names = [n for n in lessons if n == which or n[:2] == which.zfill(2)]
        if not (equals and name and names):
            raise CourseError(
                f"--column {text}: needed is LESSON=NAME, as in 01=Homework 1; lessons "
                f"are: {', '.join(lessons)}"
            )
        found[names[0]] = name
    return found
