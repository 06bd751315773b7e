"""What people read of a graded class: pages, a table, results as data, CSV cells.

Everything comes from outcomes (JSON of `graders.pipeline.verdicts`); no student's HTML
or script reaches a page, and of hidden properties only the names do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from graders.checks.check import Result
from graders.pipeline.lesson import is_stretch
from graders.pipeline.marks import Entry, Mark
from graders.pipeline.similar import Pair

Outcome = dict[str, Any]
COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "stretch",
)
_WORDS = {
    "refusal": "not read: ",
    "flag": "please look: ",
    "late": "handed in late: ",
    "repair": "",
}


@dataclass
class Line:
    """One student of the class: outcomes by lesson, scores of the gradebook, notes."""

    student: str
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    marks: dict[str, dict[str, Mark]] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)

    def stretch(self, lesson: str) -> float:
        """Points of the lesson's stretch exercise, which are counted apart."""
        marks = self.marks.get(lesson, {}).items()
        if marks:
            return sum(mark.score for name, mark in marks if is_stretch(name))
        return stretch(self.outcomes[lesson]) if lesson in self.outcomes else 0.0

    def enter(self, lesson: str, entry: Entry) -> None:
        """Take marks and penalty of the gradebook; a stretch is never taken from."""
        self.marks[lesson] = entry.marks
        extra = self.stretch(lesson)
        if entry.penalty:
            self.penalties[lesson] = entry.penalty
        self.scores[lesson] = max(0.0, entry.score - extra - entry.penalty) + extra

    @property
    def total(self) -> float:
        """Points over all lessons, stretch exercises left out."""
        return sum(s - self.stretch(lesson) for lesson, s in self.scores.items())

    @property
    def extra(self) -> float:
        """Points of all stretch exercises."""
        return sum(map(self.stretch, self.scores))

    @property
    def remarks(self) -> list[str]:
        """What is to be said of this student, shortest form, lesson by lesson."""
        where: dict[str, list[str]] = {}
        for lesson, outcome in sorted(self.outcomes.items()):
            for text in remarks(outcome):
                where.setdefault(text, []).append(lesson[:2])
        for lesson, penalty in sorted(self.penalties.items()):
            text = f"handed in late: {points(penalty)} taken off"
            where.setdefault(text, []).append(lesson[:2])
        return [*self.notes, *(f"{', '.join(at)}: {t}" for t, at in where.items())]


@dataclass
class Class:
    """A graded class: its lessons with their worth, its students, its seed."""

    lessons: dict[str, int]
    lines: list[Line]
    seed: int = 0
    notes: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)  # filled for the page of figures


# -- one outcome in words --------------------------------------------------------------
def stretch(outcome: Outcome) -> float:
    """Points of the stretch exercise: shown apart, never needed for full marks."""
    found = (v for v in outcome["verdicts"] if is_stretch(v["exercise"]))
    return float(sum(v["points"] for v in found))


def apart(score: float, extra: float) -> str:
    """A score with the stretch beside it.

    >>> apart(18.5, 2.0), apart(18.5, 0.0)
    ('18.5 + 2', '18.5')
    """
    return f"{points(score)} + {points(extra)}" if extra else points(score)


def told(outcome: Outcome) -> list[str]:
    """Every note on a submission as one sentence each, the gravest first."""
    refused = outcome.get("refused", "")
    said = [f"Not graded: {refused}"] if refused else []
    order = sorted(outcome["notes"], key=lambda note: list(_WORDS).index(note["kind"]))
    said += [_sentence(f"{_WORDS[n['kind']]}{n['text']}") for n in order]
    return said + [f"Cell {c} did not run: {e}" for c, e in outcome["errors"].items()]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def remarks(outcome: Outcome) -> list[str]:
    """The same for a table: a few words a thing."""
    if outcome["refused"]:
        return [f"not graded: {outcome['refused']}"]
    said = []
    for kind, words in _WORDS.items():
        texts = [n["text"].rstrip(".") for n in outcome["notes"] if n["kind"] == kind]
        if texts:
            more = f" (+{len(texts) - 1})" if len(texts) > 1 else ""
            said.append(_cut(f"{words or 'repaired: '}{texts[0]}") + more)
    said += [_cut(f"{c}: {e}") for c, e in list(outcome["errors"].items())[:1]]
    for word, signs in _SIGNS.items():
        where = [
            v["exercise"].split("-")[0] for v in outcome["verdicts"] if _says(v, signs)
        ]
        if where:
            said.append(f"{word} in {', '.join(where)}")
    return said


_SIGNS = {
    "no answer in time": ("no answer within", "time is up"),
    "process ended": ("the process ended",),
    "too much memory": ("more memory than allowed",),
    "warned": ("your code warned",),
    "printed": ("your code printed",),
}


def _says(verdict: Outcome, signs: Sequence[str]) -> bool:
    texts = [t for r in verdict["results"] for t in (r["finding"], *r["notes"])]
    return any(sign in text for text in texts for sign in signs)


def _cut(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def as_check(verdict: Outcome) -> Any:
    """A verdict in the form that `graders.show` renders."""
    results = [
        Result(r["name"], "", r["region"], r["passed"], r["finding"], r["given"])
        for r in verdict["results"]
    ]
    for result, shown in zip(results, verdict["results"], strict=True):
        result.notes = list(shown["notes"])
    problem = " ".join([verdict["problem"], *verdict["notes"]]).strip()
    fields = {"results": results, "problem": problem}
    return SimpleNamespace(
        exercise=verdict["exercise"], diagnosis=verdict["diagnosis"], **fields
    )


def manual(notebook: Any, resources: Any) -> dict[str, Any]:
    """What nbgrader's gradebook adds: scores by hand, comments, penalties."""
    found = resources.get("nbgrader", {})
    cells: dict[str, dict[str, Any]] = {}
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        name = str(marks.get("grade_id", "")).removesuffix("-check")
        entry = cells.setdefault(name, {"answer": "", "comment": "", "score": None})
        if marks.get("solution"):
            entry["answer"] = cell.source
            entry["comment"] = marks.get("comment") or ""
        if marks.get("grade"):
            entry["score"] = marks.get("score")
    return {
        "cells": cells,
        "score": found.get("score"),
        "penalty": found.get("late_penalty") or 0,
    }


# -- pages -----------------------------------------------------------------------------
@lru_cache(maxsize=1)
def _templates() -> Any:
    import jinja2

    loader = jinja2.PackageLoader("graders.pipeline", "templates")
    made = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["points"] = points
    made.globals["apart"] = apart
    made.undefined = jinja2.StrictUndefined
    return made


def points(value: float) -> str:
    """Points as people write them: two decimals at most.

    >>> points(2.0), points(2.6667)
    ('2', '2.67')
    """
    return f"{round(float(value), 2):g}"


def page(student: str, outcome: Outcome, by_hand: dict[str, Any]) -> str:
    """The feedback on one submission."""
    score = by_hand["score"] if by_hand["score"] is not None else outcome["points"]
    return render(
        "feedback.html",
        student=student,
        outcome=outcome,
        told=told(outcome),
        cells=by_hand["cells"],
        score=apart(score - stretch(outcome), stretch(outcome)),
        penalty=by_hand["penalty"],
    )


def index(graded: Class, csv_name: str, statistics: str = "") -> str:
    """The page of the class, with a link to each student's feedback.

    `statistics` is the page of the class in figures, where there is one.
    """
    return render("index.html", graded=graded, csv_name=csv_name, statistics=statistics)


def render(template: str, **values: Any) -> str:
    """A page of one of our templates; whatever is put in is text, never HTML."""
    made: str = _templates().get_template(template).render(**values)
    return made


def results(graded: Class) -> str:
    """The class as JSON."""
    students = [
        {
            "student": line.student,
            "scores": line.scores,
            "notes": line.notes,
            "lessons": line.outcomes,
        }
        for line in graded.lines
    ]
    found = {
        "seed": graded.seed,
        "lessons": graded.lessons,
        "notes": graded.notes,
        "students": students,
    }
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


# -- tables ----------------------------------------------------------------------------
def table(graded: Class) -> Any:
    """The class as a rich table: points by lesson that came in, total, remarks."""
    from rich.table import Table
    from rich.text import Text

    shown = came_in(graded)
    made = Table(title=_heading(graded, shown), title_justify="left")
    made.add_column("student", no_wrap=True, max_width=24)
    for lesson, worth in shown.items():
        made.add_column(f"{lesson[:2]}\nof {worth}", justify="right")
    made.add_column(f"total\nof {sum(shown.values())}", justify="right")
    made.add_column("notes", overflow="fold")
    for line in graded.lines:
        scores = [_score(line, lesson) for lesson in shown]
        # Text: what a student wrote is never read as markup
        said = Text("\n".join(line.remarks[:4]))
        total = apart(line.total, line.extra)
        made.add_row(Text(line.student), *scores, total, said)
    return made


def came_in(graded: Class) -> dict[str, int]:
    """Lessons that somebody handed in, with their points; all where nobody did.

    Ten empty columns leave no room for the notes on the one lesson of a week.
    """
    some = {name for line in graded.lines for name in line.scores}
    return {k: n for k, n in graded.lessons.items() if k in some} or graded.lessons


def _heading(graded: Class, shown: Mapping[str, int]) -> str:
    count = len(graded.lines)
    rest = [name[:2] for name in graded.lessons if name not in shown]
    told = f"; nobody handed in {', '.join(rest)}" if rest else ""
    return f"{count} student{'' if count == 1 else 's'}{told}"


def _score(line: Line, lesson: str) -> str:
    if lesson not in line.scores:
        return "-"
    refused = line.outcomes.get(lesson, {}).get("refused")
    extra = line.stretch(lesson)
    return f"{apart(line.scores[lesson] - extra, extra)}{' !' if refused else ''}"


def verdict_tables(outcome: Outcome) -> Iterable[Any]:
    """A whole verdict for the terminal, hidden properties included."""
    from rich.table import Table
    from rich.text import Text

    for verdict in outcome["verdicts"]:
        name = verdict["exercise"]
        line = f"{name}: {points(verdict['points'])} of {verdict['worth']} points"
        made = Table(title=Text(line), title_justify="left", show_edge=False)
        for head in ("", "", "property", "what was found"):
            made.add_column(head, overflow="fold")
        for result in verdict["results"]:
            mark = Text("✓", "green") if result["passed"] else Text("✗", "bold red")
            given = f"for input {result['given']}: " if result["given"] else ""
            found = [f"{given}{result['finding']}" if result["finding"] else ""]
            said = "\n".join(filter(None, [*found, *result["notes"]]))
            region = "hidden" if result["region"] == "hidden" else ""
            made.add_row(mark, region, Text(result["name"]), Text(said))
        yield made
        yield from (Text(f"  {text}", "bold") for text in _after(verdict))
        yield Text()


def _after(verdict: Outcome) -> list[str]:
    says = verdict["diagnosis"]
    diagnosis = [f"This behaves like {says}."] if says else []
    return [*diagnosis, *filter(None, [verdict["problem"], *verdict["notes"]])]


def harmless(value: Any) -> Any:
    """A CSV cell that no spreadsheet takes for a formula.

    >>> harmless("=cmd()"), harmless(2.5), harmless(None)
    ("'=cmd()", 2.5, '')
    """
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    starts = ("=", "+", "-", "@", "\t", "\r")
    return f"'{text}" if text.lstrip().startswith(starts) else text
