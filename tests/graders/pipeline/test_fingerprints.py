"""What the build records: counts, and numbers that name a mistake; never its code."""

import json
from pathlib import Path
from typing import Any

import pytest

from graders.checks import diagnose, hosts
from graders.checks.check import Check
from graders.pipeline import fingerprints as module
from graders.pipeline import source
from graders.pipeline.findings import CourseError
from graders.pipeline.fingerprints import FOLDER, STAMPS, fingerprints
from tests.graders.pipeline.samples import course

WRONG = """
# %% mutant="wrong-sign" says="subtracting in the wrong order"
def forward(f, x, h):
    secret_mistake = f(x) - f(x + h)
    return secret_mistake / h


# %% mutant="three-calls" says="asking f once more than needed"
def forward(f, x, h):
    f(x)
    return (f(x + h) - f(x)) / h


# %% mutant="invisible" says="something that only hidden inputs show"
def forward(f, x, h):
    return (f(x + h) - f(x)) / h if abs(x) < 100 else 0.0
"""


@pytest.fixture
def made(tmp_path):
    root = course(tmp_path)
    folder = root / "tests" / "mutants" / "01_slopes"
    folder.mkdir(parents=True)
    (folder / "e1-forward-slope.py").write_text(WRONG)
    return root


def records(root):
    return fingerprints(root, source.load_course(root))


def test_counts_and_visible_mutants_are_recorded(made):
    record = json.loads(records(made)[FOLDER / "e1-forward-slope.json"])
    assert record["properties"] == {"visible": 2, "hidden": 1}
    assert [m["name"] for m in record["mutants"]] == ["wrong-sign", "three-calls"]


def test_no_line_of_a_mistake_or_answer_ships(made):
    text = records(made)[FOLDER / "e1-forward-slope.json"].decode()
    assert "secret_mistake" not in text
    assert "rise" not in text


def test_two_builds_are_the_same_bytes(made):
    assert records(made) == records(made)


def test_a_mistake_is_named_in_the_readers_own_notebook(made, monkeypatch):
    written = {p.name: b for p, b in records(made).items()}

    def record(exercise):
        return json.loads(written[f"{exercise}.json"])

    monkeypatch.setattr(diagnose, "record", record)
    with hosts.use(hosts.LocalHost(show=False)):
        check = Check("e1-forward-slope", visible=2, hidden=3)
        cells = source.load_course(made)[0].exercise("e1-forward-slope").check.source
        space: dict[str, Any] = {
            "Check": Check,
            "forward": lambda f, x, h: -(f(x + h) - f(x)) / h,
        }
        import math

        from graders import Tolerance

        space |= {"math": math, "Tolerance": Tolerance}
        exec(cells.split("# BEGIN HIDDEN")[0] + "check.score()", space)
        check = space["check"]
    assert check.diagnosis == "subtracting in the wrong order"


def put(root, files):
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


@pytest.fixture
def judged(made, monkeypatch):
    """The course, built once, and the names of records that are made from now on."""
    put(made, records(made))
    names = []
    make = module._Maker.record

    def counting(self, exercise, entries):
        names.append(exercise.id)
        return make(self, exercise, entries)

    monkeypatch.setattr(module._Maker, "record", counting)
    return made, names


def test_nothing_is_judged_again_where_nothing_changed(judged):
    root, names = judged
    before = (root / STAMPS).read_bytes()
    assert records(root)[STAMPS] == before
    assert names == []


def test_records_are_made_again_on_demand(judged):
    root, names = judged
    fingerprints(root, source.load_course(root), anew=True)
    assert sorted(names) == ["e1-forward-slope", "p1-guesses"]


@pytest.mark.parametrize(
    "path,old,new",
    [
        ("tests/mutants/01_slopes/e1-forward-slope.py", "h if abs", "h if 0 + abs"),
        ("solutions/01_slopes.py", "rise / h", "rise * (1 / h)"),
        (str(FOLDER / "e1-forward-slope.json"), "wrong-sign", "other-name"),
        (str(STAMPS), '"is": "', '"is": "0'),
    ],
)
def test_what_changed_is_judged_again(judged, path, old, new):
    root, names = judged
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))
    made = json.loads(records(root)[FOLDER / "e1-forward-slope.json"])
    assert "e1-forward-slope" in names
    assert [m["name"] for m in made["mutants"]] == ["wrong-sign", "three-calls"]


def test_mutants_of_no_exercise_are_refused(made):
    stray = made / "tests" / "mutants" / "01_slopes" / "e9-nothing.py"
    stray.write_text(WRONG)
    with pytest.raises(CourseError, match="named after no exercise"):
        records(made)


def test_a_reference_that_fails_its_own_check_stops_the_build(made):
    path = made / "solutions" / "01_slopes.py"
    path.write_text(path.read_text().replace("rise / h", "rise / h + 1"))
    with pytest.raises(CourseError, match="own answer to e1-forward-slope fails"):
        records(made)


def test_fingerprints_lie_where_checks_look_for_them():
    root = Path(__file__).resolve().parents[3]
    assert root / FOLDER == diagnose.FINGERPRINTS


@pytest.mark.parametrize(
    "old, new, words",
    [
        ("close = Tol", "near = Tol",
         r"'close' .*in the check cell of e1-forward-slope, line 8: tol=close,"),
        ("import math\n\nfrom", "import maths\n\nfrom",
         "No module named 'maths'.*in the cell given-.*, line 1: import maths"),
    ],
)  # fmt: skip
def test_an_authors_slip_is_told_with_its_cell_and_line(made, old, new, words):
    path = made / "solutions" / "01_slopes.py"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(CourseError, match=f"(?s)^01_slopes: .*{words}"):
        records(made)
