"""`graders build`: sources -> solution notebooks and students' notebooks."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from graders.pipeline.commands import Subparsers, add, add_root, say

EXAMPLE = "graders build --check 01_finite_differences"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "build", EXAMPLE)
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="number or name")
    add_root(parser)
    words = "write nothing; exit 1 and list what differs"
    parser.add_argument("--check", action="store_true", help=words)
    words = "run every known mistake again, also where nothing changed"
    parser.add_argument("--anew", action="store_true", help=words)
    words = "first put the empty lines between cells of the sources right"
    parser.add_argument("--tidy", action="store_true", help=words)
    words = "also list what a finished lesson must have and a draft may lack"
    parser.add_argument("--lint", action="store_true", help=words)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Build, or compare; 1 where something differs or is left to do."""
    from graders.pipeline import generated, source

    root = (args.root or source.find_root()).resolve()
    if args.tidy and not args.check:
        tidy(root, args.lessons)
    with _progress() as watch:
        files = generated.generated_files(
            root, args.lessons, anew=args.anew, watch=watch
        )
    left = lint(root, args.lessons) if args.lint else 0
    if args.check:
        return max(left, compare(root, files, every=not args.lessons))
    for path in generated.write(root, files):
        say(f"wrote {path}")
    say(f"{len(files)} generated files are up to date")
    return left


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line that names the exercise whose known mistakes are being run.

    Where nobody watches a terminal, as in a log, a line for each.
    """
    from rich.console import Console

    console, words = Console(stderr=True), "running the known mistakes of"
    if not console.is_terminal:
        yield lambda name: console.print(f"{words} {name}")
        return
    # stderr: what the build says is read by scripts
    with console.status("reading the sources") as status:
        yield lambda name: status.update(f"{words} {name}")


def compare(root: Path, files: dict[Path, bytes], *, every: bool) -> int:
    """List generated files that differ from what a build makes; 1 if there are any."""
    from graders.pipeline import generated

    differing = generated.differing(root, files)
    orphans = generated.orphans(root, files) if every else ()
    for path in differing:
        say(f"{path}: {'differs' if (root / path).exists() else 'missing'}")
    for path in orphans:
        say(f"{path}: no source makes it")
    if differing:
        say("Generated files are out of date; run `graders build` and commit them.")
    if orphans:
        say("Delete files that no source makes, or give them a source.")
    return 1 if differing or orphans else 0


def tidy(root: Path, wanted: list[str]) -> None:
    """Rewrite sources whose empty lines between cells are not those of a rebuild."""
    from graders.pipeline import cells, generated, source

    files = {}
    for path in source.chosen(root, wanted):
        text = path.read_bytes().decode("utf-8")
        shown = path.relative_to(root)
        files[shown] = cells.tidy(text, shown).encode("utf-8")
    for path in generated.write(root, files):
        say(f"tidied {path}")


def lint(root: Path, wanted: list[str]) -> int:
    """List what a finished lesson must have and these lack; 1 if there is anything."""
    from graders.pipeline import source

    found = [
        finding
        for lesson in source.load_course(root, wanted)
        for finding in source.lint(lesson)
    ]
    for finding in found:
        say(str(finding))
    return 1 if found else 0
