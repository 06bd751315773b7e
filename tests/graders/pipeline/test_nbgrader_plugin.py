"""Plain nbgrader commands, in a course with our settings, take our road."""

import contextlib
import csv
import json
import os
import sqlite3
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from graders.pipeline import classroom, source
from graders.pipeline.release import student_bytes
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import CHECK, NAME, WRONG, hand_in, notebook
from tests.graders.pipeline.samples import PATH, SOURCE

HOSTILE = {
    "author": notebook(),
    "wrong": notebook(WRONG),
    "untouched": notebook(None),
    "copied": classes.changed(classes.copied),
    "deleted": classes.changed(classes.deleted),
    "edited": classes.changed(classes.edited),
    "schema": classes.changed(classes.schema),
    "no-metadata": classes.changed(classes.without_metadata),
    "cut-off": classes.data(notebook())[:700],
    "forges": classes.with_added(
        "import sys", "sys.displayhook(5.0)", "from graders import Check", at=1
    ),
    "script": notebook("# <script>alert(1)</script>\n" + WRONG),
}


def nbgrader(root, *words):
    """One nbgrader command as a person types it."""
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join([scripts, os.environ["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PATH": path, "HOME": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    root = classes.tiny_course(tmp_path_factory.mktemp("course"))
    folder = root / "solutions" / NAME
    folder.mkdir()
    (folder / f"{NAME}.ipynb").write_bytes(classes.solution())
    for student, made in HOSTILE.items():
        hand_in(root / "submitted", student, made)
    nbgrader(root, "generate_assignment", NAME)
    nbgrader(root, "autograde", NAME, f"--JudgedExecute.sandbox={classes.SANDBOX}")
    nbgrader(root, "generate_feedback", NAME)
    nbgrader(root, "export")
    return root


def scores(root):
    with (root / "grades.csv").open(newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


def outcome(root, student):
    path = root / "autograded" / student / NAME / f"{NAME}.ipynb"
    return json.loads(path.read_text())["metadata"]["graders"]


def test_release_is_that_of_graders_build(graded):
    made = (graded / "lessons" / NAME / f"{NAME}.ipynb").read_bytes()
    assert made == student_bytes(source.loads(SOURCE, PATH))


def test_no_submission_stops_another_and_each_gets_its_own_points(graded):
    found = scores(graded)
    assert set(found) == set(HOSTILE)
    right = {"author", "copied", "deleted", "edited", "schema", "no-metadata", "forges"}
    assert {name for name, score in found.items() if score == 5.0} == right
    assert found["untouched"] == found["cut-off"] == 0.0
    assert 0 <= found["wrong"] < 5


def test_the_reason_of_a_refusal_is_kept(graded):
    assert "cut off" in outcome(graded, "cut-off")["refused"]
    assert "2 times" in str(outcome(graded, "copied")["notes"])


def test_hidden_properties_show_by_name_only(graded):
    path = graded / "autograded" / "wrong" / NAME / f"{NAME}.ipynb"
    cells = json.loads(path.read_text())["cells"]
    check = next(
        c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == CHECK
    )
    shown, points = check["outputs"]
    assert float("".join(points["data"]["text/plain"])) == scores(graded)["wrong"]
    assert "any size of x" in "".join(shown["data"]["text/html"])
    assert "17.25" not in path.read_text()  # a number of the hidden check
    assert (
        "17.25"
        not in (graded / "feedback" / "wrong" / NAME / f"{NAME}.html").read_text()
    )
    hidden = [r for v in outcome(graded, "wrong")["verdicts"] for r in v["results"]]
    assert all(not r["given"] for r in hidden if r["region"] == "hidden")


ROWS = {
    "grade": "select s.student_id, g.name, d.auto_score, d.manual_score, "
    "d.needs_manual_grade from grade d join base_cell g on d.cell_id = g.id "
    "join submitted_notebook n on d.notebook_id = n.id "
    "join submitted_assignment s on n.assignment_id = s.id",
    "comment": "select s.student_id, g.name, c.auto_comment, c.manual_comment "
    "from comment c join base_cell g on c.cell_id = g.id "
    "join submitted_notebook n on c.notebook_id = n.id "
    "join submitted_assignment s on n.assignment_id = s.id",
    "penalty": "select s.student_id, s.timestamp, n.late_submission_penalty "
    "from submitted_notebook n join submitted_assignment s on n.assignment_id = s.id",
}


def rows(database, query):
    with contextlib.closing(sqlite3.connect(database)) as book:
        return sorted(map(repr, book.execute(query)))


@pytest.fixture(scope="module")
def ours(graded, tmp_path_factory):
    """The same class by `graders grade`, in a folder of its own."""
    work = tmp_path_factory.mktemp("ours")
    room = classroom.Classroom(graded, work, [NAME], 7, sandbox=classes.SANDBOX)
    room.grade(graded / "submitted", lambda *_: None)
    return work


@pytest.mark.parametrize("kind", ROWS)
def test_one_open_gradebook_holds_what_nbgrader_writes(graded, ours, kind):
    theirs = rows(graded / "gradebook.db", ROWS[kind])
    assert theirs
    assert rows(ours / "gradebook.db", ROWS[kind]) == theirs


@pytest.mark.parametrize("student", HOSTILE)
def test_graded_notebooks_are_those_of_nbgrader(graded, ours, student):
    path = Path("autograded", student, NAME, f"{NAME}.ipynb")
    found = [json.loads((root / path).read_text()) for root in (graded, ours)]
    for made in found:
        kept = made["metadata"]["graders"]
        kept["seed"] = 0
        kept["notes"].sort(key=str)
        for cell in made["cells"]:
            cell.pop("id")
        made["cells"] = [c for c in made["cells"] if "Notes of" not in str(c)]
    assert found[0] == found[1]


def test_feedback_is_our_page(graded):
    page = (graded / "feedback" / "script" / NAME / f"{NAME}.html").read_text()
    assert "Content-Security-Policy" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    data = json.loads(
        (graded / "feedback" / "script" / NAME / "results.json").read_text()
    )
    assert data["lesson"] == NAME
