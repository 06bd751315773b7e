"""`graders`: the instructor's command line.

A command is a module of `graders.pipeline.commands` and one row of the table there.
Only the module of the command that was asked for is imported.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from graders.pipeline.commands import COMMANDS
from graders.pipeline.findings import CourseError

EPILOG = "example:\n  graders build --check\n\n`graders COMMAND --help` has more."


def parser_for(asked: str) -> argparse.ArgumentParser:
    """The parser, with the options of the command that was asked for."""
    parser = argparse.ArgumentParser(
        prog="graders",
        description="Build, release, grade and audit the course.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (module, words) in COMMANDS.items():
        if name == asked:
            import_module(f"graders.pipeline.commands.{module}").register(subparsers)
        else:
            subparsers.add_parser(name, help=words)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 or 2 with a line saying why not."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = next((word for word in given if not word.startswith("-")), "")
    args = parser_for(asked).parse_args(given)
    try:
        return int(args.run(args))
    except CourseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:  # as in `graders report | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
