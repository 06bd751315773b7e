"""`graders report`: a class that was graded before, in tables, pages and pictures."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graders.pipeline.commands import Subparsers, add, add_graded, graded_room, say

if TYPE_CHECKING:
    from graders.pipeline.report import Class

SHOWN = 12  # mistakes and flags at the terminal; the page has all
EXAMPLE = "graders report grading/class"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "report", EXAMPLE)
    add_graded(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read the gradebook and the graded notebooks again; grade nothing."""
    from rich.console import Console

    from graders.pipeline import overview, report

    room = graded_room(args)
    graded = room.again(statistics=True)
    console = Console()
    console.print(report.table(graded))
    for made in (*tables(graded), *alike(graded)):
        console.print(made)
    say(f"feedback   {room.work / 'index.html'}")
    say(f"figures    {room.work / overview.PAGE}")
    say(f"scores     {room.work / 'grades.csv'}")
    return 0


def tables(graded: Class) -> Iterator[Any]:
    """Exercises, mistakes and flags of a class, for the terminal."""
    from rich.table import Table
    from rich.text import Text

    from graders.pipeline import statistics
    from graders.pipeline.report import points

    heads = ("", "of", "difficulty", "not begun", "discrimination", "")
    made = Table(*heads, title="Exercises", title_justify="left")
    for item in statistics.items(graded):
        name = Text(f"{item.lesson[:2]} {item.exercise}")
        found = item.discrimination
        shown = [points(item.worth), f"{item.difficulty:.2f}", f"{item.untouched:.0%}"]
        last = "-" if found is None else f"{found:.2f}"
        made.add_row(name, *shown, last, item.remark)
    yield made
    mistakes = statistics.mistakes(graded)
    many = sorted(mistakes, key=lambda one: -len(one.students))[:SHOWN]
    if many:
        made = Table("", "this behaves like", "how often", title="Mistakes")
        for one in many:
            name = Text(f"{one.lesson[:2]} {one.exercise}")
            made.add_row(name, Text(one.says), str(len(one.students)))
        yield made
    flags = statistics.flags(graded)
    if flags:
        made = Table("student", "lesson", "what was seen", title="To be looked at")
        for flag in flags[:SHOWN]:
            made.add_row(Text(flag.student), flag.lesson[:2], Text(flag.evidence))
        yield made


def alike(graded: Class) -> Iterator[Any]:
    """Pairs that are unusually alike; nothing where there are none."""
    from rich.table import Table
    from rich.text import Text

    if not graded.pairs:
        return
    made = Table("students", "lesson", "share", "exercises", title="Unusually alike")
    made.caption = "alike is not copied: a person looks, and no mark depends on it"
    for pair in graded.pairs[:SHOWN]:
        names = Text(" and ".join(pair.students))
        where = ", ".join(pair.exercises)
        made.add_row(names, pair.lesson[:2], f"{pair.share:.0%}", where)
    yield made
