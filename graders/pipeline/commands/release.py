"""`graders release`: an assignment into the course's gradebook, by nbgrader itself."""

import argparse

from graders.pipeline.commands import Subparsers, add, add_root, say

EXAMPLE = "graders release 01_finite_differences"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "release", EXAMPLE)
    words = "lessons by number or name"
    parser.add_argument("lessons", nargs="+", metavar="ASSIGNMENT", help=words)
    add_root(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Build, then hand each lesson to nbgrader; say where everything lies."""
    from graders.pipeline import gradebook, source

    root = (args.root or source.find_root()).resolve()
    for path in source.chosen(root, args.lessons):
        done = gradebook.release(root, path.stem)
        say(f"released {path.stem}")
        say(f"  for graders   {done.solution}")
        say(f"  for students  {done.student}")
        say(f"  gradebook     {done.gradebook}")
    return 0
