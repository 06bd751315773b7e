"""The README's tables of grading, made from `grading.json` and from nothing else."""

from __future__ import annotations

import statistics
from typing import Any

from graders.pipeline.marked import between

BEGIN, END = "<!-- grading:begin -->", "<!-- grading:end -->"
_ROADS = (
    "lesson", "submissions", "wall s each", "CPU s each", "times ours",
    "feedback, CPU s",
)  # fmt: skip
_CLASS = (
    "lesson", "submissions", "at once", "wall s", "CPU s", "of code and checks",
    "ours beyond", "a worker's own MiB", "at most", "all together MiB",
    "hostile, points",
)  # fmt: skip
Took = dict[str, float]
_NAMES = {
    "nbgrader": "`nbgrader autograde` as it comes",
    "settings": "`nbgrader autograde`, this course's settings",
    "otter": "`otter run`",
}


def table(kept: dict[str, Any]) -> str:
    """Two tables: classes by `graders grade`, and the same files by others."""
    lessons = kept["lessons"]
    classes = [row for stem, one in lessons.items() for row in _class(stem, one)]
    roads = [row for stem, one in lessons.items() for row in _roads(stem, one)]
    heads = ("by", *_ROADS)
    words = (
        "One in twenty submissions of a class is hostile (a loop is given 20 s), "
        'none of those in the second table. "Of code and checks" is the CPU time of '
        "the workers: the submissions' own code, the lesson's given cells, the checks' "
        "probes; the rest is ours, start included, without what looking at memory for "
        "these figures costs. Otter runs one notebook, with its "
        "visible checks in it and one test of `1 + 1`; nbgrader as it comes runs "
        "visible and hidden checks in the submission's own process, without walls."
    )
    tables = f"{_marked(_CLASS, classes)}\n\n{_marked(heads, roads)}"
    honest = [one["peers"]["ours"] for one in lessons.values()]
    middle, most = (
        max(one[key] for one in honest) / 2**20 for key in ("middle", "private")
    )
    memory = (
        f"Without hostile ones a worker has {middle:.0f} MiB of its own; the one that "
        "lives while its template's memory moves to large pages keeps the small ones, "
        f"and has {most:.0f}."
    )
    return f"{tables}\n\n{words} {memory}{_exercises(kept.get('exercises', {}))}"


def _exercises(seconds: dict[str, float]) -> str:
    if not seconds:
        return ""
    slow = max(seconds, key=lambda name: seconds[name])
    return (
        f"\n\nOne exercise, once its sandbox, judge and answer key are there, takes "
        f"{statistics.median(seconds.values()):.3f} CPU s in the middle of all "
        f"{len(seconds)}, and {seconds[slow]:.2f} at most ({slow})."
    )


def _marked(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, (":--", *["--:"] * (len(heads) - 1)), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _class(stem: str, one: dict[str, Any]) -> list[tuple[str, ...]]:
    count, low, high = one["points"].get("hostile", (0, 0, 0))
    hostile = f"{count}: {low:g} to {high:g}" if count else "none"
    return [
        (
            stem,
            str(one["submissions"]),
            at_once,
            *(f"{mine[key]:.0f}" for key in ("wall", "cpu", "own", "beyond")),
            *(f"{mine[key] / 2**20:.0f}" for key in ("middle", "private", "all")),
            hostile,
        )
        for at_once, mine in one["ours"].items()
    ]


def _roads(stem: str, one: dict[str, Any]) -> list[tuple[str, ...]]:
    peers = one["peers"]
    mine, count = peers["ours"], peers["submissions"]
    rows = [
        _road("`graders grade`", stem, count, mine, mine, f"{mine['feedback']:.3f}")
    ]
    for key, name in _NAMES.items():
        if key in peers:
            theirs, many = peers[key], 1 if key == "otter" else count
            page = f"{theirs['feedback']:.2f}" if "feedback" in theirs else "-"
            rows.append(_road(name, stem, many, theirs, mine, page))
    return rows


def _road(
    name: str, stem: str, count: int, its: Took, ours: Took, page: str
) -> tuple[str, ...]:
    each = (its["wall"] / count, its["each"], its["each"] / ours["each"])
    wall, cpu, times = (f"{figure:.2f}" for figure in each)
    return name, stem, str(count), wall, cpu, f"{float(times):.1f}", page


def updated(text: str, kept: dict[str, Any]) -> str:
    """The README with the tables of these figures between its two marks."""
    return between(text, BEGIN, END, table(kept))
