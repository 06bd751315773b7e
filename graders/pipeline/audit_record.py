"""`tests/audit.json`: the figures last measured, each with a hash of what they judge.

The README's table is made from it, and a test fails when a hash is stale.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import graders
from graders.pipeline.audit import Course
from graders.pipeline.audit_figures import Figures, added
from graders.pipeline.findings import CourseError
from graders.pipeline.master import Exercise, Master

RECORD = Path("tests") / "audit.json"
BEGIN, END = "<!-- audit:begin -->", "<!-- audit:end -->"
# What a verdict rests on besides the lesson: all checks, these, and what they import.
HEADS = ("audit", "judge", "mutate", "warm")
READS = ("bank", "equivalents", "notebook", "source")  # change no verdict themselves

Record = dict[str, Any]


def digest(course: Course, lesson: str, exercise: Exercise) -> str:
    """A hash over all that the audit of one exercise depends on."""
    master = course.masters[lesson]
    near = {exercise.id, *exercise.needs, *_users(master, exercise.id)}
    kept = [
        (cell.kind, cell.id, cell.source)
        for cell in master.cells
        if cell.kind in ("given", "show") or cell.id.removesuffix("-check") in near
    ]
    entries = [vars(entry) for entry in course.entries.get(exercise.id, [])]
    reviews = [vars(e) for e in course.equivalents if e.exercise == exercise.id]
    code = _code(course.root, reference=any("autograd_ref" in s for _, _, s in kept))
    text = json.dumps([kept, exercise.points, entries, reviews, code])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _users(master: Master, name: str) -> list[str]:
    return [e.id for e in master.exercises.values() if name in e.needs]


def _code(root: Path, *, reference: bool) -> list[str]:
    """Our own code that judges, without comments and empty lines."""
    ours = Path(graders.__file__).parent
    paths = [*sorted((ours / "checks").glob("*.py")), *_closure(ours / "pipeline")]
    if reference:
        paths += sorted((root / "autograd_ref").glob("*.py"))
    lines = (
        line.rstrip()
        for path in paths
        for line in path.read_text(encoding="utf-8").split("\n")
    )
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def _closure(folder: Path) -> list[Path]:
    """Modules of the pipeline that judge, and those that they import."""
    found: dict[str, Path] = {}
    waiting = list(HEADS)
    while waiting:
        name = waiting.pop()
        path = folder / f"{name}.py"
        if name not in found and name not in READS and path.exists():
            found[name] = path
            waiting += _imported(path)
    return [found[name] for name in sorted(found)]


def _imported(path: Path) -> Iterator[str]:
    """Names of pipeline modules (and what else stands in such imports)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            package, _, module = (node.module or "").partition("graders.pipeline")
            if not package:
                yield module.strip(".")
                yield from (alias.name for alias in node.names)


# -- the file --------------------------------------------------------------------------
def read(path: Path) -> Record:
    """The record, empty where there is none."""
    if not path.is_file():
        return {"lessons": {}, "exercises": {}}
    try:
        found: Record = json.loads(path.read_text(encoding="utf-8"))
        return {"lessons": found["lessons"], "exercises": found["exercises"]}
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{path}: no record of an audit ({error}); delete it and run `make audit`"
        ) from None


def merged(course: Course, old: Record, new: dict[str, Figures]) -> Record:
    """The old record with the exercises audited now in it, hashes made anew."""
    kept = dict(old["exercises"])
    for lesson, master in course.masters.items():
        gone = [n for n, e in kept.items() if e["lesson"] == lesson]
        kept = {n: e for n, e in kept.items() if n not in gone or n in master.exercises}
    for lesson, exercise in course.exercises():
        if exercise.id in new:
            head = {"lesson": lesson, "hash": digest(course, lesson, exercise)}
            kept[exercise.id] = {**head, **new[exercise.id]}
    return {"lessons": lessons(kept), "exercises": dict(sorted(kept.items()))}


def lessons(exercises: dict[str, Figures]) -> dict[str, Figures]:
    """Lesson -> its figures: the sums of its exercises'."""
    names = sorted({entry["lesson"] for entry in exercises.values()})
    return {
        name: added(
            [
                {k: v for k, v in entry.items() if k not in ("lesson", "hash")}
                for entry in exercises.values()
                if entry["lesson"] == name
            ]
        )
        for name in names
    }


def to_text(record: Record) -> str:
    """The record's file."""
    return json.dumps(record, indent=1, sort_keys=True) + "\n"


def stale(course: Course, record: Record) -> list[str]:
    """Exercises whose figures are missing, or measured on something else."""
    kept = record["exercises"]
    return [
        exercise.id
        for lesson, exercise in course.exercises()
        if kept.get(exercise.id, {}).get("hash") != digest(course, lesson, exercise)
    ]


def tenth(names: Sequence[str], day: int) -> list[str]:
    """The exercises whose turn it is on a day: a tenth, at least one, going round.

    >>> tenth(["a", "b", "c"], 1), tenth(["a", "b", "c"], 365)
    (['b'], ['c'])
    """
    count = -(-len(names) // 10)
    return [names[(day * count + i) % len(names)] for i in range(count)]


# -- the README ------------------------------------------------------------------------
_HEADS = (
    "lesson", "exercises", "points",
    "mutants tried", "killed", "no mistake", "survived",
    "unusual answers", "accepted", "seeds", "false rejections", "seconds",
)  # fmt: skip


def readme_table(audit: Record) -> str:
    """The figures of all lessons as a table in Markdown."""
    found = audit["lessons"]
    rows = [_row(name, figures) for name, figures in found.items()]
    if len(rows) > 1:
        rows.append(_row("all", added(list(found.values()))))
    lines = [_HEADS, [":--", *["--:"] * (len(_HEADS) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _row(name: str, figures: Figures) -> list[str]:
    mutants, unusual = figures["mutants"], figures["unusual"]
    cells: Iterable[Any] = (
        figures["exercises"],
        figures["points"],
        *(mutants[key] for key in ("tried", "killed", "equivalent", "survived")),
        *(unusual[key] for key in ("tried", "accepted")),
        figures["seeds"],
        figures["false_rejections"],
        round(figures["seconds"]),
    )
    return [name, *map(str, cells)]


def updated(readme: str, audit: Record) -> str:
    """The README with the table of these figures between its two marks."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise CourseError(
            f"README.md lacks the lines {BEGIN} and {END}, between which the audit's "
            "figures stand; put them where the table is to be."
        )
    return f"{before}{BEGIN}\n\n{readme_table(audit)}\n\n{END}{after}"
