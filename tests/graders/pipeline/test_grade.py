"""`graders grade`: a class with every bad input, resumed and regraded; one notebook."""

import csv
import json
import time

import pytest

from graders.pipeline import classroom, sample
from graders.pipeline.cli import main
from graders.pipeline.executors import Done, InThisProcess
from graders.pipeline.findings import CourseError
from graders.pipeline.sandbox import Limits
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, RIGHT, WRONG, hand_in, notebook
from tests.graders.pipeline.test_intake import tree

QUICK = Limits(cell_seconds=2.0, cpu_seconds=20)
LOOP = RIGHT.replace("    return", "    while abs(x) > 100:\n        pass\n    return")
BAD = {
    "megabyte": classes.with_added('print("x" * 1_000_000)', at=2),
    "chatty": notebook(
        RIGHT.replace("    return", '    print("x" * 10**6)\n    return')
    ),
    "raises": classes.with_added("import nowhere_at_all", "1 / 0", at=2),
    "warns": notebook(
        RIGHT.replace(
            "    return", "    import warnings\n    warnings.warn('oh')\n    return"
        )
    ),
    "cell-loops": classes.with_added("while True: pass", at=2),
    "answer-loops": notebook(LOOP),
    "exits": classes.with_added("import os\nos._exit(1)", at=2),
    "crashes": notebook(RIGHT + "\nimport ctypes\nctypes.string_at(0)"),
    "cut-off": classes.data(notebook())[:800],
    "empty": b"",
    "deleted": classes.changed(classes.deleted),
    "copied": classes.changed(classes.copied),
    "retyped": classes.changed(classes.retyped),
    "edited": classes.changed(classes.edited),
    "moved": classes.changed(classes.moved),
    "wrong": notebook(WRONG),
    "untouched": notebook(None),
}
FULL = {
    "ada", "megabyte", "chatty", "raises", "warns", "cell-loops", "exits", "deleted",
    "copied", "retyped", "edited", "moved", "renamed", "zed",
}  # fmt: skip


def silent(step, done, total):
    """Nobody watches."""


def room(root, work, **options):
    """The tiny class, with limits that end a loop soon."""
    options = {"sandbox": classes.SANDBOX} | options
    return classroom.Classroom(root, work, [NAME], 7, limits=QUICK, **options)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return classes.tiny_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def bad_class(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for student, made in {"ada": notebook(), **BAD, "zed": notebook()}.items():
        hand_in(folder, student, made)
    (folder / "missing" / NAME).mkdir(parents=True)
    (folder / "renamed").mkdir()
    (folder / "renamed" / "My work.ipynb").write_bytes(classes.data(notebook()))
    (folder / "linked" / NAME).mkdir(parents=True)
    (folder / "linked" / NAME / f"{NAME}.ipynb").symlink_to(
        folder / "ada" / NAME / f"{NAME}.ipynb"
    )
    file = f"{NAME}.ipynb"
    good = classes.data(notebook())
    classes.zipped(folder / "escape" / "w.zip", {f"../../ada/{NAME}/{file}": good})
    classes.zipped(folder / "bomb" / "w.zip", {file: bytes(15 * 2**20)})
    return folder


@pytest.fixture(scope="module")
def graded(course, bad_class, tmp_path_factory):
    work = tmp_path_factory.mktemp("work")
    before = tree(bad_class)
    found = room(course, work).grade(bad_class, silent)
    assert tree(bad_class) == before, "the class's own files must stay as they are"
    return work, {line.student: line for line in found.lines}


def test_every_student_has_a_line(graded, bad_class):
    assert set(graded[1]) == {path.name for path in bad_class.iterdir()}


def test_each_is_graded_as_if_the_others_were_not_there(graded):
    scores = {name: line.scores.get(NAME) for name, line in graded[1].items()}
    assert {name for name, score in scores.items() if score == 5.0} == FULL
    for name in ("cut-off", "empty", "missing", "linked", "untouched", "crashes"):
        assert scores[name] in (0.0, None), name
    assert 0 <= scores["wrong"] < 5
    assert 0 < scores["answer-loops"] < 5


@pytest.mark.parametrize(
    "student, words",
    [
        ("megabyte", ""),
        ("chatty", "printed in e1"),
        ("raises", "nowhere_at_all"),
        ("warns", "warned in e1"),
        ("cell-loops", "time is up"),
        ("answer-loops", "no answer in time in e1"),
        ("exits", "process ended"),
        ("crashes", "process ended"),
        ("cut-off", "cut off in the middle"),
        ("empty", "empty"),
        ("deleted", "is missing"),
        ("copied", "2 times"),
        ("retyped", "turned into markdown"),
        ("edited", "Edited check"),
        ("moved", "another order"),
        ("missing", "no notebook"),
        ("renamed", "is called My work.ipynb"),
        ("linked", "is a link"),
        ("escape", "outside its folder"),
        ("bomb", "times"),
        ("ada", ""),
    ],
)
def test_what_was_odd_stands_in_the_line(graded, student, words):
    said = " ".join(graded[1][student].remarks)
    assert words in said
    assert words or not said


def test_pages_table_and_data_are_written(graded):
    work, lines = graded
    index = (work / "index.html").read_text()
    for student, line in lines.items():
        assert student in index
        if NAME in line.scores:
            assert (work / "feedback" / student / NAME / f"{NAME}.html").is_file()
    with (work / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: float(rows[name]["score"]) for name in ("ada", "cut-off")} == {
        "ada": 5.0,
        "cut-off": 0.0,
    }
    found = json.loads((work / "results.json").read_text())
    assert {s["student"] for s in found["students"]} == set(lines)


class Counting(InThisProcess):
    """Counts the jobs; stops after some, as a killed run does."""

    def __init__(self, stop_after=10**9):
        super().__init__(1)
        self.ran, self.stop_after = [], stop_after

    def map(self, job, items):
        for done in super().map(job, items):
            yield done
            self.ran.append(done.item.submission.student)
            if len(self.ran) >= self.stop_after:
                raise KeyboardInterrupt


def test_a_killed_run_goes_on_and_a_rerun_does_nothing(course, tmp_path):
    folder, work = tmp_path / "class", tmp_path / "work"
    for student in ("ada", "bob", "cyd"):
        hand_in(folder, student, notebook())
    first = Counting(stop_after=2)
    with pytest.raises(KeyboardInterrupt):
        room(course, work, executor=first).grade(folder, silent)
    second = Counting()
    found = room(course, work, executor=second).grade(folder, silent)
    assert len(second.ran) == 1
    assert set(first.ran + second.ran) == {"ada", "bob", "cyd"}
    assert [line.total for line in found.lines] == [5.0, 5.0, 5.0]

    path = folder / "bob" / NAME / f"{NAME}.ipynb"
    path.write_bytes(classes.data(notebook(WRONG)))
    third = Counting()
    found = room(course, work, executor=third).grade(folder, silent)
    assert third.ran == ["bob"]
    assert found.lines[1].total < 5.0

    forced = Counting()
    room(course, work, executor=forced, force=True).grade(folder, silent)
    assert len(forced.ran) == 3


def test_an_error_of_ours_is_told_and_stops_nobody(course, tmp_path):
    class Broken(InThisProcess):
        def map(self, job, items):
            for done in super().map(job, items):
                ours = done.item.submission.student == "bob"
                yield Done(done.item, None, OSError("disk full")) if ours else done

    for student in ("ada", "bob", "cyd"):
        hand_in(tmp_path / "class", student, notebook())
    found = room(course, tmp_path / "work", executor=Broken()).grade(
        tmp_path / "class", silent
    )
    assert [line.scores.get(NAME) for line in found.lines] == [5.0, None, 5.0]
    assert "disk full" in found.lines[1].notes[0]


def test_jobs_run_at_once_and_come_back_as_they_get_done():
    def job(seconds):
        time.sleep(seconds)
        if seconds == 0.0:
            raise ValueError("no")
        return {"slept": seconds}

    done = list(InThisProcess(3).map(job, [0.3, 0.0, 0.01]))
    assert [one.item for one in done][-1] == 0.3
    assert {one.item: one.outcome for one in done}[0.3] == {"slept": 0.3}
    assert [type(one.error) for one in done if one.error] == [ValueError]


def test_a_class_inside_the_results_is_refused(course, tmp_path):
    with pytest.raises(CourseError, match="--to"):
        room(course, tmp_path).grade(tmp_path / "submitted", silent)


def test_two_runs_do_not_write_one_gradebook(course, tmp_path):
    folder, work = tmp_path / "class", tmp_path / "work"
    hand_in(folder, "ada", notebook())
    work.mkdir()
    with classroom.alone(work), pytest.raises(CourseError, match="another run"):
        room(course, work).grade(folder, silent)


def test_grade_self_tells_the_whole_verdict(course, tmp_path, capsys):
    path = tmp_path / "any name.ipynb"
    path.write_bytes(classes.data(notebook(WRONG)))
    before = path.read_bytes()
    assert (
        main(["grade", "--self", str(path), "--root", str(course), "--seed", "3"]) == 0
    )
    said = capsys.readouterr().out
    assert "any size of x" in said
    assert "hidden" in said
    assert "for input" in said
    assert path.read_bytes() == before


def test_grade_self_without_solutions_says_so(tmp_path, capsys):
    path = tmp_path / f"{NAME}.ipynb"
    path.write_bytes(classes.data(notebook()))
    (tmp_path / "solutions").mkdir()
    assert main(["grade", "--self", str(path), "--root", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "no lesson's solution" in said
    assert said.count("\n") == 1


def test_the_sample_class_needs_the_banks(course, capsys, tmp_path):
    words = ["grade", "--root", str(course), "--to", str(tmp_path), "--assignment", "1"]
    assert main(words) == 1
    assert "give a class" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["grade", "report"])
def test_help_ends_with_an_example(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert f"graders {command}" in capsys.readouterr().out.split("example:")[1]


def test_the_real_lessons_grade_a_part_of_the_sample_class(tmp_path, capsys):
    """End to end, with the commands that a person types."""
    lessons = classroom.lessons_of(classes.ROOT, ["01", "02"])
    assignments = classroom.Classroom(classes.ROOT, tmp_path, lessons).assignments()
    folder = tmp_path / "class"
    told = sample.make(folder, classes.ROOT, assignments)
    assert len(told) >= 30
    kept = {"ada", "mistaken-01", "unusual-1", "untouched", "cut-off", "zip-escape"}
    keep(folder, kept)
    work = tmp_path / "work"
    words = ["grade", str(folder), "--to", str(work), "--root", str(classes.ROOT)]
    words += ["--sandbox", classes.SANDBOX]
    assert main([*words, "--assignment", "01", "--assignment", "02"]) == 0
    capsys.readouterr()
    assert main(["report", str(work), "--root", str(classes.ROOT)]) == 0
    assert "mistaken-01" in capsys.readouterr().out
    found = json.loads((work / "results.json").read_text())
    total = {s["student"]: sum(s["scores"].values()) for s in found["students"]}
    most = sum(found["lessons"].values())
    assert total["ada"] >= most, found["students"][0]
    assert total["unusual-1"] == total["ada"]
    assert 0 < total["mistaken-01"] < total["ada"]
    assert total["untouched"] == total["cut-off"] == 0
    assert 0 < total["zip-escape"] < total["ada"]


def keep(folder, names):
    """Only these students, so that the test takes seconds."""
    import shutil

    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path)


def test_full_marks_that_the_notebook_shows_and_nobody_finds_are_flagged(
    course, tmp_path
):
    """The verdict stays; a person is told where the two disagree."""
    folder = tmp_path / "class"
    for student, answer in (("claims", WRONG), ("honest", RIGHT)):
        made = notebook(answer)
        classes.cell_of(made, f"{classes.ANSWER}-check")["outputs"] = [
            {
                "output_type": "execute_result",
                "data": {"text/plain": "5.0"},
                "execution_count": 1,
                "metadata": {},
            }
        ]
        hand_in(folder, student, made)
    found = room(course, tmp_path / "work").grade(folder, silent)
    told = {line.student: " ".join(line.remarks) for line in found.lines}
    assert "shows 5 of 5 points below e1-forward-slope" in told["claims"]
    assert "close to t" in told["claims"]
    assert "shows" not in told["honest"]


SMALL = """# %% mutant="small-x-only" says="forgetting large x"
def forward(f, x, h):
    return (f(x + h) - f(x)) / h if abs(x) < 100 else 0.0
"""


def test_a_mistake_that_only_hidden_inputs_show_is_named(tmp_path):
    (tmp_path / "course").mkdir()
    made = classes.tiny_course(tmp_path / "course")
    folder = made / "tests" / "mutants" / NAME
    folder.mkdir(parents=True)
    (folder / f"{classes.ANSWER}.py").write_text(SMALL)
    answer = (
        "def forward(f, x, h):\n"
        "    if x > 100 or x < -100:\n"
        "        return 0.0\n"
        "    return (f(x + h) - f(x)) / h"
    )
    hand_in(tmp_path / "class", "bob", notebook(answer))
    hand_in(tmp_path / "class", "eve", notebook(WRONG))
    found = room(made, tmp_path / "work").grade(tmp_path / "class", silent)
    says = {
        line.student: line.outcomes[NAME]["verdicts"][0]["diagnosis"]
        for line in found.lines
    }
    assert says == {"bob": "forgetting large x", "eve": ""}
