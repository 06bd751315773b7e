"""Plain nbgrader commands, in a course with our settings, take our road."""

import csv
import json
import os
import subprocess
import sys
import sysconfig

import pytest

from graders.pipeline import source
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
    assert 0 < found["wrong"] < 5


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


def test_feedback_is_our_page(graded):
    page = (graded / "feedback" / "script" / NAME / f"{NAME}.html").read_text()
    assert "Content-Security-Policy" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    data = json.loads(
        (graded / "feedback" / "script" / NAME / "results.json").read_text()
    )
    assert data["lesson"] == NAME
