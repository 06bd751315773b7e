"""`graders regrade`: one exercise again for all, when its check was wrong."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from graders.pipeline.commands import (
    Subparsers,
    add,
    add_graded,
    bars,
    graded_room,
    machines,
    say,
)

if TYPE_CHECKING:
    from graders.pipeline.regrade import Regraded

EXAMPLE = (
    "graders regrade --exercise e2-central-difference grading/class\n"
    "  graders regrade --exercise e2 --assignment 02 --seed 11 grading/class\n"
    "  graders regrade --exercise e2 --scheduler tcp://host:8786 --tls-ca ca.pem "
    "--tls-cert me.pem --tls-key me.key grading/class"
)


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "regrade", EXAMPLE)
    add_graded(parser)
    words = "the exercise's id, or how it begins: e2-central-difference, e2"
    parser.add_argument("--exercise", required=True, metavar="ID", help=words)
    words = "its lesson by number or name, where the id alone does not say"
    parser.add_argument("--assignment", action="append", default=[], help=words)
    words = "of other hidden inputs than the class had (default: the same)"
    parser.add_argument("--seed", type=int, metavar="N", help=words)
    words = "walls round each submission (default: bubblewrap)"
    choices = ("bubblewrap", "none")
    parser.add_argument("--sandbox", choices=choices, default="bubblewrap", help=words)
    machines.add(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Judge the exercise again; 1 where a submission could not be judged."""
    from rich.console import Console

    from graders.pipeline.regrade import Regrade

    room = graded_room(args, args.assignment)
    room.sandbox = args.sandbox
    again = Regrade(room, args.exercise, args.seed)
    with machines.executor(args, room), bars() as watch:
        found = again.run(watch)
    if found.changed or found.by_hand:
        Console().print(table(found))
    for line in told(found):
        say(line)
    say(f"feedback   {room.work / 'index.html'}")
    return 1 if found.errors else 0


def table(found: Regraded) -> Any:
    """The marks that are others now, and those that a person's hand kept."""
    from rich.table import Table
    from rich.text import Text

    from graders.pipeline.report import points

    title = f"{found.lesson[:2]} {found.exercise}"
    made = Table(title=title, title_justify="left")
    made.add_column("student")
    for head in ("before", "after", "change"):
        made.add_column(head, justify="right")
    made.add_column("")
    for name, (old, new) in sorted(found.changed.items()):
        shown = [points(old.score), points(new.score)]
        made.add_row(Text(name), *shown, f"{new.score - old.score:+.2f}", "")
    for name in found.by_hand:
        new = found.after[name]
        words = f"given by hand, kept; the judge finds {points(new.auto or 0.0)}"
        made.add_row(Text(name), *2 * [points(new.score)], "0", words)
    return made


def told(found: Regraded) -> list[str]:
    """How many marks are others, what went wrong, what is left to do."""
    up = sum(new.score > old.score for old, new in found.changed.values())
    down = len(found.changed) - up
    marks = f"{len(found.changed)} of {len(found.after)} marks changed"
    judged = f"{found.judged} submissions were judged"
    said = [f"{marks} ({up} up, {down} down); {judged} in this run."]
    for name, why in sorted(found.errors.items()):
        said.append(f"{name} was not judged, an error of ours: {why}")
    if found.errors:
        said.append("Run the same command again: it goes on where it stopped.")
    if found.pending:
        said.append(
            "Other checks have changed too, and their marks are the old ones: "
            f"{', '.join(found.pending)}. Regrade each, or run graders grade again."
        )
    return said
