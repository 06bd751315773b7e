"""`graders report`: the table and the pages of a class that was graded before."""

import argparse
from pathlib import Path

from graders.pipeline.commands import Subparsers, add, add_root, say

EXAMPLE = "graders report grading/class"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "report", EXAMPLE)
    words = "a grading folder (default: the one in grading/ that was written last)"
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help=words)
    add_root(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read the gradebook and the graded notebooks again; grade nothing."""
    from rich.console import Console

    from graders.pipeline import report, source
    from graders.pipeline.classroom import Classroom, last_graded, lessons_of

    root = (args.root or source.find_root()).resolve()
    work = (args.folder or last_graded(root / "grading")).resolve()
    graded = Classroom(root, work, lessons_of(root, [])).again()
    Console().print(report.table(graded))
    say(f"feedback   {work / 'index.html'}")
    say(f"scores     {work / 'grades.csv'}")
    return 0
