"""The README's tables of grading, made from `grading.json` and from nothing else."""

from __future__ import annotations

from typing import Any

BEGIN, END = "<!-- grading:begin -->", "<!-- grading:end -->"
_ROADS = (
    "lesson", "submissions", "CPU s each", "times ours", "feedback, CPU s",
)  # fmt: skip
_CLASS = (
    "lesson", "submissions", "at once", "wall s", "CPU s", "of code and checks",
    "ours beyond", "a worker's own MiB", "all together MiB", "hostile, points",
)  # fmt: skip
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
        "probes; the rest is ours, start included. Otter runs one notebook, with its "
        "visible checks in it and one test of `1 + 1`; nbgrader as it comes runs "
        "visible and hidden checks in the submission's own process, without walls."
    )
    return f"{_marked(_CLASS, classes)}\n\n{_marked(heads, roads)}\n\n{words}"


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
            *(f"{mine[key] / 2**20:.0f}" for key in ("private", "all")),
            hostile,
        )
        for at_once, mine in one["ours"].items()
    ]


def _roads(stem: str, one: dict[str, Any]) -> list[tuple[str, ...]]:
    peers = one["peers"]
    mine, count = peers["ours"], str(peers["submissions"])
    first = ("`graders grade`", stem, count, f"{mine['each']:.2f}", "1")
    rows: list[tuple[str, ...]] = [(*first, f"{mine['feedback']:.3f}")]
    for key, name in _NAMES.items():
        if key in peers:
            theirs, many = peers[key], "1" if key == "otter" else count
            times = f"{theirs['each'] / mine['each']:.1f}"
            page = f"{theirs['feedback']:.2f}" if "feedback" in theirs else "-"
            rows.append((name, stem, many, f"{theirs['each']:.2f}", times, page))
    return rows


def updated(text: str, kept: dict[str, Any]) -> str:
    """The README with the tables of these figures between its two marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(
            f"README.md lacks the lines {BEGIN} and {END}, between which the figures "
            "of grading stand; put them where they are to be."
        )
    return f"{before}{BEGIN}\n\n{table(kept)}\n\n{END}{after}"
