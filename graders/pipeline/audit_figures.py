"""What an audit found: figures for each exercise and lesson, and what is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

from graders.pipeline.audit import PATIENCE, Course, Outcome, Task
from graders.pipeline.bank import Entry
from graders.pipeline.equivalents import unused
from graders.pipeline.master import Exercise
from graders.pipeline.parsing import syntax_tree

Figures = dict[str, Any]
WRONG = ("stub", "mutant", "generic")


def figures(course: Course, exercise: Exercise, outcomes: Sequence[Outcome]) -> Figures:
    """The figures of one exercise: of its own outcomes, seconds of one core."""
    wrong = [o for o in outcomes if o.task.kind in WRONG]
    odd = [o for o in outcomes if o.task.kind == "unusual"]
    right = [o for o in outcomes if o.task.kind == "reference"]
    alive = [o for o in wrong if o.findings]
    equal = sum(reviewed(course, o.task) for o in alive)
    refused = sum(bool(o.findings) for o in odd)
    return {
        "exercises": int(exercise.points > 0),
        "points": exercise.points,
        "mutants": {
            "tried": len(wrong),
            "killed": len(wrong) - len(alive),
            "equivalent": equal,
            "survived": len(alive) - equal,
        },
        "unusual": {
            "tried": len(odd),
            "accepted": len(odd) - refused,
            "rejected": refused,
        },
        "seeds": sum(len(o.task.seeds) for o in right),
        "false_rejections": sum(len(o.findings) for o in right),
        "seconds": round(sum(o.seconds for o in outcomes), 1),
    }


def added(parts: Sequence[Figures]) -> Figures:
    """The figures of a lesson: sums; seeds are the fewest that any exercise saw."""
    if not parts:
        return {}
    total: Figures = {}
    for key, first in parts[0].items():
        if isinstance(first, dict):
            total[key] = added([part[key] for part in parts])
        elif key == "seeds":
            total[key] = min(part[key] for part in parts)
        else:
            total[key] = round(sum(part[key] for part in parts), 1)
    return total


def reviewed(course: Course, task: Task) -> bool:
    """Whether a person has found this mutant to be no mistake."""
    mutant = task.mutant
    return mutant is not None and any(
        entry.covers(task.exercise, mutant) for entry in course.equivalents
    )


# -- what is wrong ---------------------------------------------------------------------
def problems(course: Course, outcomes: Sequence[Outcome]) -> list[str]:
    """Each survivor with its diff, each rejection with its finding."""
    return [
        text
        for outcome in outcomes
        if outcome.findings and not reviewed(course, outcome.task)
        for text in _words(course, outcome)
    ]


def _words(course: Course, outcome: Outcome) -> Iterator[str]:
    task, found = outcome.task, "\n".join(f"  {f}" for f in outcome.findings[:3])
    if task.kind == "reference":
        words = f"FALSE REJECTION {task.exercise}"
        yield f"{words}, {len(outcome.findings)} of {len(task.seeds)} seeds:\n{found}"
    elif task.kind == "control":
        words = f"TOO SLOW {task.exercise}: in the {PATIENCE:g} s that a generic mutant"
        yield f"{words} has for one property, the reference fails as well:\n{found}"
    elif task.kind == "unusual":
        yield f"REJECTED {task.exercise}, unusual {task.name!r}:\n{found}"
    else:
        words = "generic mutant" if task.mutant else f"{task.kind} {task.name!r}"
        head = f"SURVIVED {task.exercise}, {words}: {outcome.findings[0]}"
        yield f"{head}\n{_diff(course, task)}"


def _diff(course: Course, task: Task) -> str:
    if task.mutant:
        return task.mutant.diff
    answer = course.masters[task.lesson].exercises[task.exercise].answer
    lines = difflib.unified_diff(
        answer.split("\n"), task.answer.split("\n"), n=0, lineterm=""
    )
    return "\n".join(line for line in lines if line[:3] not in ("---", "+++", "@@ "))


def stale_reviews(course: Course, outcomes: Sequence[Outcome]) -> list[str]:
    """Reviewed mutants, of the exercises tried, that are gone or killed by now."""
    tried = {o.task.exercise for o in outcomes if o.task.kind == "generic"}
    alive = [
        (o.task.exercise, o.task.mutant)
        for o in outcomes
        if o.task.mutant and o.findings
    ]
    mine = [entry for entry in course.equivalents if entry.exercise in tried]
    return [
        f"NO SURVIVOR {entry.exercise}: tests/equivalent.toml has {entry.becomes!r} "
        f"(in {entry.where}), which is killed or not made any more; delete the entry."
        for entry in unused(mine, alive)
    ]


def gaps(course: Course) -> list[str]:
    """Exercises and lessons without what each must have to be audited at all."""
    known = {exercise.id: exercise for _, exercise in course.exercises()}
    found = [
        f"NO EXERCISE {name} for the answers in tests/mutants or tests/unusual"
        for name in course.entries
        if name not in known
    ]
    for name, exercise in known.items():
        kinds = {entry.kind for entry in course.entries.get(name, [])}
        missing = {"mutant", "unusual"} - kinds if exercise.points else set()
        found += [f"NO {kind.upper()} of {name}" for kind in sorted(missing)]
    for lesson, master in course.masters.items():
        entries = [e for x in master.exercises for e in course.entries.get(x, [])]
        found += [f"NO UNUSUAL in {lesson}: {words}" for words in _lacking(entries)]
    return found


def _lacking(entries: Sequence[Entry]) -> Iterator[str]:
    cells = [cell for e in entries for cell in (*e.before, *e.after) if not e.untouched]
    if not any(_imports(cell) for cell in cells):
        yield "an own import cell"
    if not any(not _imports(cell) for cell in cells):
        yield "an added helper cell"
    if not any(entry.untouched for entry in entries):
        yield "an answer moved to a new cell"


def _imports(cell: str) -> bool:
    """Whether a cell does nothing but import."""
    lines = syntax_tree(cell).body
    return bool(lines) and all(type(s).__name__.startswith("Import") for s in lines)
