"""`graders bundle`: one zip for students, with nothing in it that they must not see."""

import argparse
from pathlib import Path

from graders.pipeline.commands import Subparsers, add, add_root, say

EXAMPLE = "graders bundle\n  graders bundle 01 02 03 --output week1.zip"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "bundle", EXAMPLE)
    words = "lessons by number or name, index among them (default: everything)"
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help=words)
    words = "the zip (default: dist/student-bundle.zip in the course)"
    parser.add_argument("--output", type=Path, metavar="FILE", help=words)
    add_root(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the zip."""
    from graders.pipeline import bundle, source

    root = (args.root or source.find_root()).resolve()
    path = args.output or root / "dist" / "student-bundle.zip"
    data = bundle.make(root, args.lessons)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    say(f"for students  {path} ({len(data) / 2**20:.1f} MB)")
    say("no solution, hidden test or known mistake is in it; its README says how on")
    return 0
