"""nbgrader's own road over ours: what `nbgrader autograde` and formgrader call.

`RebuildFromMaster` stands where nbgrader sanitises, `JudgedExecute` where it runs the
notebook.  Gradebook, manual grading, late policy and release stay nbgrader's.
"""

from __future__ import annotations

import csv
import functools
import html
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbgrader import api
from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum, Integer

from graders import show
from graders.pipeline import report, unreadable, verdicts
from graders.pipeline.ahead import Ahead, Look
from graders.pipeline.lesson import is_stretch
from graders.pipeline.master import Cell, grading
from graders.pipeline.rebuild import Assignment, Note, judged, rebuild

_nbformat: Any = nbformat  # typed only in part
# nbgrader opens its gradebook seven times for each submission; an engine of its own
# each time would have to make every statement anew.
_api: Any = api
_api.create_engine = functools.cache(_api.create_engine)
CAME = "graders_came"  # what a student handed in, until it is rebuilt
REFUSED = "graders_refused"  # metadata of a notebook made of one that cannot be read
_seeds: dict[str, int] = {}
_ahead = Ahead()


def unread(why: str) -> Any:
    """What stands for a notebook that cannot be read: it is graded with no points."""
    notebook = _nbformat.v4.new_notebook()
    notebook.metadata[REFUSED] = why
    return notebook


def to_bytes(notebook: Any) -> bytes:
    """A notebook's file, for programs: a line apiece would take most of the time."""
    _nbformat.validate(notebook)
    return json.dumps(notebook, sort_keys=True, ensure_ascii=False).encode("utf-8")


class TolerantExporter(NotebookExporter):
    """Reads any bytes: one broken file must not end a class."""

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> Any:
        """The notebook; a student's is set aside, so that nothing else touches it."""
        data = getattr(file_stream, "buffer", file_stream).read()
        if getattr(self.parent, "_sanitizing", True):
            notebook = _reduced(data)
        else:  # our own file, written in the step before
            notebook = _nbformat.reads(data.decode("utf-8"), as_version=4)
        convert: Any = self.from_notebook_node  # untyped
        return convert(notebook, resources=resources, **kw)

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
        """The notebook's file, as `to_bytes` writes it."""
        made, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        return to_bytes(made).decode("utf-8"), resources


def _reduced(data: bytes) -> Any:
    try:
        found, _ = unreadable.parse(data)
    except unreadable.RefusedError as error:
        return unread(str(error))
    made = _nbformat.v4.new_notebook()
    made.metadata[CAME] = unreadable.reduced(found)
    metadata = found.get("metadata")
    why = metadata.get(REFUSED) if isinstance(metadata, dict) else None
    if isinstance(why, str):  # put there by our intake; a student only harms himself
        made.metadata[REFUSED] = why
    return made


def laid(assignment: Assignment, came: Any, early: Sequence[Note], refused: str) -> Any:
    """The notebook that is graded, with what was noted of the one that came."""
    rebuilt = rebuild(assignment, came)
    notes = [*early] if refused else [*early, *rebuilt.notes]
    kept = {"notes": [note.as_json() for note in notes], "refused": refused}
    rebuilt.notebook.metadata["graders"] = kept
    return rebuilt.notebook


class RebuildFromMaster(NbGraderPreprocessor):  # type: ignore[misc]
    """The course's notebook with the student's sources in it, and notes on repairs."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Rebuild; a notebook that cannot be read becomes an empty one, refused."""
        where = resources["nbgrader"]
        came = nb.metadata.get(CAME, nb)
        why = str(nb.metadata.get(REFUSED, ""))
        return laid(_assignment(self, where), came, [], why), resources


class JudgedExecute(NbGraderPreprocessor):  # type: ignore[misc]
    """Judges the submission outside its own process, writes what nbgrader reads."""

    seed = Integer(
        None,
        allow_none=True,
        help="of the hidden inputs; drawn once a run if not given",
    ).tag(config=True)

    sandbox = Enum(
        verdicts.SANDBOXES,
        verdicts.BUBBLEWRAP,
        help="where submissions run: behind walls, or (own files only) without",
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill the outputs of the check cells; no cell runs here."""
        where = resources["nbgrader"]
        kept = nb.metadata.get("graders", {})
        outcome = self._judged(nb, kept, where)
        notes = [*kept.get("notes", []), *outcome["notes"]]
        write(nb, outcome | {"notes": notes})
        return nb, resources

    def _judged(self, nb: Any, kept: Any, where: Any) -> verdicts.Outcome:
        assignment = _assignment(self, where)
        seed = _seeds.setdefault(assignment.lesson, secrets.randbelow(2**31))
        seed = seed if self.seed is None else self.seed
        if kept.get("refused"):
            return verdicts.refused(assignment, seed, kept["refused"])
        solution = _solution(self, where).read_bytes()
        job = verdicts.Job(assignment.lesson, solution, b"", seed, sandbox=self.sandbox)
        cells = list(judged(assignment.master, nb))
        verdicts.begin(job)
        coming = _coming(self.parent.parent, assignment, where)
        return _ahead.outcome(job, where["student"], cells, coming)


def _coming(
    converter: Any, assignment: Assignment, where: Any
) -> Iterator[tuple[str, Look]]:
    """Students whose submissions nbgrader converts after this one, and a look at each.

    Those that it graded before are left out, which it passes over.
    """
    course, lesson = converter.coursedir, where["assignment"]

    def place(step: str, student: str, **more: bool) -> str:
        return str(course.format_path(step, student, lesson, **more))

    pattern = place(course.submitted_directory, "(?P<who>.*)", escape=True)
    here = place(course.submitted_directory, where["student"])
    folders = sorted(converter.assignments)
    for folder in folders[folders.index(here) + 1 :] if here in folders else ():
        found = re.fullmatch(pattern, folder)
        student = found["who"] if found else ""
        done = Path(place(course.autograded_directory, student))
        path = Path(folder, f"{where['notebook']}.ipynb")
        if student and (converter.force or not done.exists()):
            yield student, functools.partial(_cells, assignment, path)


def _cells(assignment: Assignment, path: Path) -> list[Cell]:
    """The cells of a submission that will be judged; raises where it is refused."""
    if path.is_symlink():
        raise unreadable.RefusedError("a link")
    came, _ = unreadable.parse(path.read_bytes())
    return rebuild(assignment, unreadable.reduced(came)).cells


def _solution(step: Any, where: Any) -> Path:
    """The instructor's notebook of the submission that is being converted."""
    coursedir = step.parent.parent.coursedir  # preprocessor -> exporter -> converter
    name = where["assignment"]
    folder = coursedir.format_path(coursedir.source_directory, ".", name)
    return Path(folder, f"{where['notebook']}.ipynb")


def _assignment(step: Any, where: Any) -> Assignment:
    solution = _solution(step, where).read_bytes()
    return verdicts.assignment(solution, where["assignment"])


# -- a graded notebook ---------------------------------------------------------------
def write(nb: Any, outcome: verdicts.Outcome) -> None:
    """Tables and points into the outputs of the check cells, notes to the top.

    The whole outcome is kept in the notebook's metadata, where feedback reads it.
    """
    nb.metadata["graders"] = json.loads(json.dumps(outcome))
    by_check = {f"{v['exercise']}-check": v for v in outcome["verdicts"]}
    for number, cell in enumerate(nb.cells, 1):
        verdict = by_check.get(str(grading(cell).get("grade_id", "")))
        if verdict is not None:
            cell.outputs = _outputs(verdict, number)
            cell.execution_count = number
    told = report.told(outcome)
    if told:
        lines = "\n".join(f"- {_markdown(text)}" for text in told)
        text = f"**Notes of the grading run**\n\n{lines}"
        nb.cells.insert(0, _nbformat.v4.new_markdown_cell(text, id="graders-notes"))


def _markdown(text: str) -> str:
    return html.escape(text, quote=False).replace("`", "'").replace("\n", " ")


def _outputs(verdict: verdicts.Outcome, number: int) -> list[Any]:
    """The table, and the points as the plain float that nbgrader takes for a score."""
    shown = report.as_check(verdict)
    table = {
        "text/html": show.result_html(shown),
        "text/plain": show.result_text(shown),
    }
    points = {"text/plain": repr(float(verdict["points"]))}
    made = [
        {"output_type": "display_data", "data": table, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": points,
            "metadata": {},
            "execution_count": number,
        },
    ]
    return [_nbformat.from_dict(output) for output in made]


# -- what leaves the gradebook -------------------------------------------------------
class FeedbackExporter(Exporter):
    """Our page instead of nbgrader's, which shows hidden lines and runs scripts."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
        """The page of one graded notebook; results.json is written beside it."""
        nb, resources = super().from_notebook_node(nb, resources=resources, **kw)
        outcome = nb.metadata.get("graders")
        if outcome is None:
            raise ValueError(
                "this notebook was graded on another road; autograde it again with the "
                "course's nbgrader_config.py, then make the feedback."
            )
        student = resources["nbgrader"]["student"]
        page, data = feedback(student, nb, resources)
        resources["outputs"] = {"results.json": data}
        return page, resources


def feedback(student: str, graded: Any, resources: Any) -> tuple[str, bytes]:
    """The page of a graded notebook, and its outcome as JSON."""
    outcome = graded.metadata["graders"]
    page = report.page(student, outcome, report.manual(graded, resources))
    return page, json.dumps(outcome, indent=1, sort_keys=True).encode("utf-8")


class GradesCsv(ExportPlugin):  # type: ignore[misc]
    """nbgrader's columns, quoted as CSV asks and safe to open in a spreadsheet."""

    def export(self, gradebook: Any) -> None:
        """Write one row for each student and assignment."""
        with Path(self.to or "grades.csv").open("w", encoding="utf-8", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(report.COLUMNS)
            for assignment in gradebook.assignments:
                for student in gradebook.students:
                    row = _row(gradebook, assignment, student)
                    writer.writerow([report.harmless(value) for value in row])


def _row(gradebook: Any, assignment: Any, student: Any) -> list[Any]:
    """Scores without the stretch exercise, which has a column of its own."""
    try:
        found = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        when, raw, penalty, extra = None, 0.0, 0.0, 0.0
    else:
        penalty = found.late_submission_penalty or 0.0
        extra = sum(grade.score for grade in _stretches(found, "grades"))
        when, raw = found.timestamp, found.score - extra
    names = [student.id, student.last_name, student.first_name, student.email]
    most = assignment.max_score
    most -= sum(cell.max_score for cell in _stretches(assignment, "grade_cells"))
    scores = [raw, penalty, max(0.0, raw - penalty), most, extra]
    rounded = [round(score, 4) for score in scores]
    return [assignment.name, assignment.duedate, when, *names, *rounded]


def _stretches(owner: Any, cells: str) -> list[Any]:
    found = [cell for book in owner.notebooks for cell in getattr(book, cells)]
    return [cell for cell in found if is_stretch(cell.name)]
