"""`graders audit`: right answers pass, wrong ones lose points, on every seed tried."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graders.pipeline.commands import Subparsers, add, add_root

EXAMPLE = "graders audit --lessons 01,02 --json audit.json"


def register(subparsers: Subparsers) -> None:
    """Say the command's options."""
    parser = add(subparsers, "audit", EXAMPLE)
    words = "lessons by number or name, with commas (default: all)"
    parser.add_argument("--lessons", default="", metavar="01,02", help=words)
    words = "only this exercise; may be given again"
    parser.add_argument(
        "--exercise", action="append", default=[], metavar="ID", help=words
    )
    words = "only exercises that changed since the figures in tests/audit.json"
    parser.add_argument("--stale", action="store_true", help=words)
    words = "seeds that the reference is judged under (default: 50)"
    parser.add_argument("--seeds", type=int, default=50, metavar="N", help=words)
    words = "processes (default: one for each core)"
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help=words)
    words = "write the figures of this run as JSON; - for standard output"
    parser.add_argument("--json", default="", metavar="PATH", help=words)
    words = "keep the figures in this file, and in the README's table"
    parser.add_argument("--write", type=Path, metavar="PATH", help=words)
    add_root(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Audit; 0 if all mistakes are caught and nothing right is refused, else 1."""
    need_tools()
    from graders.pipeline import audit, audit_figures, audit_record, source

    root = (args.root or source.find_root()).resolve()
    wanted = [word for word in args.lessons.split(",") if word]
    course = audit.Course.load(root, wanted)
    chosen = _chosen(course, args, root)
    todo = [
        task
        for lesson, exercise in chosen
        for task in audit.tasks(course, lesson, exercise, args.seeds, generic=True)
    ]
    with progress(len(todo)) as done:
        outcomes = audit.run(root, todo, args.jobs or os.cpu_count() or 1, done)
    parts = {
        exercise.id: audit_figures.figures(
            course, exercise, [o for o in outcomes if o.task.exercise == exercise.id]
        )
        for _, exercise in chosen
    }
    named = {e.id: {"lesson": n, **parts[e.id]} for n, e in chosen}
    found = audit_record.lessons(named)
    wrong = audit_figures.problems(course, outcomes)
    wrong += audit_figures.stale_reviews(course, outcomes)
    wrong += audit_figures.gaps(course)
    show(found, wrong, sys.stderr if args.json == "-" else sys.stdout)
    _keep(args, root, course, parts, found)
    return 1 if wrong else 0


def need_tools() -> None:
    """Say what to install where mutmut's operators are missing."""
    from importlib.util import find_spec

    from graders.pipeline.findings import CourseError

    if missing := [name for name in ("mutmut", "libcst") if find_spec(name) is None]:
        raise CourseError(
            f"`graders audit` needs {' and '.join(missing)}, a developer's tool: "
            "run `make audit`, or pip install -e '.[dev]'."
        )


def _chosen(course: Any, args: argparse.Namespace, root: Path) -> list[Any]:
    """Lesson and exercise, of those asked for."""
    from graders.pipeline import audit_record
    from graders.pipeline.findings import CourseError

    pairs = list(course.exercises())
    known = [exercise.id for _, exercise in pairs]
    if unknown := [name for name in args.exercise if name not in known]:
        raise CourseError(f"no exercise {unknown[0]!r}; found: {', '.join(known)}")
    if args.stale:
        old = audit_record.stale(course, audit_record.read(root / audit_record.RECORD))
        pairs = [pair for pair in pairs if pair[1].id in old]
    return [p for p in pairs if not args.exercise or p[1].id in args.exercise]


def _keep(
    args: argparse.Namespace, root: Path, course: Any, parts: Any, found: Any
) -> None:
    """Write what was asked for: this run's figures, the record, the README."""
    from graders.pipeline import audit_record

    if args.json:
        text = json.dumps({"lessons": found}, indent=1) + "\n"
        if args.json == "-":
            sys.stdout.write(text)
        else:
            Path(args.json).write_text(text, encoding="utf-8")
    if args.write:
        record = audit_record.merged(course, audit_record.read(args.write), parts)
        args.write.write_text(audit_record.to_text(record), encoding="utf-8")
        readme = root / "README.md"
        text = audit_record.updated(readme.read_text(encoding="utf-8"), record)
        readme.write_text(text, encoding="utf-8")


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while the block runs."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("auditing", total=total)
        yield lambda steps: bar.advance(task, steps)


def show(found: dict[str, Any], wrong: Sequence[str], stream: Any) -> None:
    """The table of lessons, then everything that is wrong, one after the other."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Audit", caption="seconds: of one core")
    for head in (
        "lesson", "exercises", "points", "killed/\nmutants", "no\nmistake",
        "survived", "accepted/\nunusual", "seeds", "falsely\nrefused", "seconds",
    ):  # fmt: skip
        table.add_column(head, justify="left" if head == "lesson" else "right")
    for name, one in found.items():
        mutants, unusual = one["mutants"], one["unusual"]
        cells = (
            one["exercises"], one["points"], f"{mutants['killed']}/{mutants['tried']}",
            mutants["equivalent"], mutants["survived"],
            f"{unusual['accepted']}/{unusual['tried']}", one["seeds"],
            one["false_rejections"], one["seconds"],
        )  # fmt: skip
        table.add_row(name, *map(str, cells))
    Console(file=stream, width=None if stream.isatty() else 120).print(table)
    stream.write("".join(f"\n{text}\n" for text in wrong))
    words = f"{len(wrong)} to look at" if wrong else "all mistakes caught, none refused"
    stream.write(f"\n{words}\n")
    stream.flush()
