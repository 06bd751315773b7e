"""Lesson sources: the round trip, ids and metadata, and every rule with its message."""

import inspect
import subprocess
import sys

import jupytext
import pytest

from graders.checks.check import Check
from graders.checks.kinds import KINDS
from graders.pipeline import notebook, source
from graders.pipeline.cells import tidy
from graders.pipeline.check_cells import PROBES, parameters
from graders.pipeline.findings import CourseError, SourceError
from graders.pipeline.names import bound, taken
from graders.pipeline.stubs import stub
from tests.graders.pipeline.samples import INDEX, PATH, SOURCE, course


def found(text):
    """The findings of a source, as text."""
    with pytest.raises(SourceError) as error:
        source.loads(text, PATH)
    return str(error.value)


def test_source_to_notebook_to_source_is_byte_identical():
    lesson = source.loads(SOURCE, PATH)
    built = notebook.to_notebook(lesson)
    assert notebook.to_source(built, PATH) == SOURCE
    assert notebook.from_notebook(built, PATH) == lesson.cells


def test_two_builds_give_the_same_bytes():
    first, second = (
        notebook.to_bytes(notebook.to_notebook(source.loads(SOURCE, PATH)))
        for _ in range(2)
    )
    assert first == second
    assert first.endswith(b"}\n")
    assert b"\r" not in first


def test_jupytext_reads_the_same_cells():
    read = jupytext.reads(SOURCE, fmt="py:percent").cells
    ours = source.loads(SOURCE, PATH).cells
    assert [c.source for c in read] == [c.source for c in ours]
    assert [c.cell_type == "code" for c in read] == [c.is_code for c in ours]


def test_the_formatter_leaves_a_source_as_it_is():
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "-"]
    done = subprocess.run(
        command, input=SOURCE, capture_output=True, text=True, check=True
    )
    assert done.stdout == SOURCE


def test_metadata_is_nbgraders_and_nothing_else():
    built = notebook.to_notebook(source.loads(SOURCE, PATH))
    marks = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader
        for cell in built.cells
        if "nbgrader" in cell.metadata
    }
    assert list(marks) == [
        "given-start-1",
        "e1-forward-slope",
        "e1-forward-slope-check",
        "given-e1-forward-slope-1",
        "why-first-order",
        "p1-guesses",
        "p1-guesses-check",
    ]
    check = marks["e1-forward-slope-check"]
    assert (check.grade, check.solution, check.locked) == (True, False, True)
    assert check.points == 5
    answer = marks["e1-forward-slope"]
    assert (answer.grade, answer.solution, answer.locked) == (False, True, False)
    assert marks["given-start-1"].locked
    assert marks["why-first-order"].points == 0
    assert set(built.metadata) == {"kernelspec"}
    assert all(set(cell.metadata) <= {"nbgrader"} for cell in built.cells)


def test_an_edited_answer_keeps_its_cells_id():
    ids = [
        {
            cell.metadata.nbgrader.grade_id: cell.id
            for cell in built.cells
            if cell.metadata
        }
        for built in (
            notebook.to_notebook(source.loads(text, PATH))
            for text in (
                SOURCE,
                SOURCE.replace("rise", "up").replace("import math", "#"),
            )
        )
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0].values())) == len(ids[0])


def test_a_page_has_no_grading_metadata(tmp_path):
    page = source.loads(INDEX, PATH.with_name("index.py"))
    assert all(not cell.metadata for cell in notebook.to_notebook(page).cells)


def test_exercises_are_read_without_running_anything():
    lesson = source.loads(SOURCE, PATH)
    first, guesses = lesson.exercises
    assert (first.id, first.visible, first.hidden, first.points) == (
        "e1-forward-slope",
        2,
        3,
        5,
    )
    assert [p.kind for p in first.read.properties] == [
        "derivative",
        "calls",
        "derivative",
    ]
    assert [p.hidden for p in first.read.properties] == [False, False, True]
    assert guesses.points == 0
    assert lesson.student_names == {"forward", "guesses"}
    assert "What the check looks at" in first.text
    assert lesson.exercise("p1-guesses") is guesses
    with pytest.raises(CourseError, match="there are: e1-forward-slope, p1-guesses"):
        lesson.exercise("e9-nothing")


def spoil(old, new):
    assert old in SOURCE
    return SOURCE.replace(old, new)


HIDDEN_AT = "at=check.random(4) * 1e4"
SPOILED = {
    "header": (spoil("# %% check", "# %% checks"), "the cell header '# %% checks'"),
    "first line": ("import math\n" + SOURCE, "the file begins with 'import math'"),
    "markdown": (spoil("# # Slopes", "#Slopes"), "'#Slopes' in a markdown cell"),
    "blank lines": (spoil("\n\n\n# %% check", "\n\n# %% check"), "an empty line"),
    "empty cell": (SOURCE + "\n# %%\n", "an empty cell"),
    "magic": (spoil("import math\n", "%matplotlib inline\n"), "plain Python"),
    "id form": (spoil("e1-forward-slope", "forward"), "the id 'forward'"),
    "id twice": (spoil("why-first-order", "p1-guesses"), "the id 'p1-guesses' again"),
    "import": (spoil("    rise =", "    import os\n    rise ="), "'import os'"),
    "no region": (
        spoil("    # BEGIN SOLUTION\n", "").replace("    # END SOLUTION\n", "", 1),
        "no solution region",
    ),
    "unended": (spoil("    # END SOLUTION\n", ""), "BEGIN SOLUTION is never ended"),
    "stray": (spoil("import math\n", "# BEGIN SOLUTION\n"), "of kind 'given'"),
    "class body": (
        spoil(
            "def forward(f, x: float, h: float) -> float:", "class forward:  # noqa"
        ).replace("    return rise / h\n", "    rise = f / h\n"),
        "an indented solution region that is in no function",
    ),
    "no check": (
        SOURCE[: SOURCE.index("# %% check")].rstrip() + "\n",
        "the answer 'e1-forward-slope' has no check",
    ),
    "two checks": (
        spoil("check = Check(", "Check(\n    '', visible=1, hidden=1)\ncheck = Check("),
        "2 Check(...) in one check cell",
    ),
    "other id": (spoil('Check("p1-guesses"', 'Check("p2-guesses"'), "'p2-guesses'"),
    "weights": (spoil("visible=2, hidden=3", "visible=TWO, hidden=3"), "literal"),
    "predictions with points": (
        spoil("visible=0, hidden=0", "visible=1, hidden=0"),
        "0 points for predictions",
    ),
    "last line": (
        spoil('{"calls": 2})\ncheck.score()', '{"calls": 2})\ncheck.score() or 0'),
        "the last line 'check.score() or 0'",
    ),
    "no hidden()": (spoil("check.hidden()\n", ""), "check.hidden() on lines none"),
    "no region for hidden": (
        spoil("# BEGIN HIDDEN TESTS\ncheck.hidden()\n", "").replace(
            "# END HIDDEN TESTS\n", ""
        ),
        "hidden=3 and no hidden region",
    ),
    "unknown kind": (spoil("check.calls(", "check.count("), "one of derivative"),
    "unknown argument": (spoil("exactly=2", "precisely=2"), "with 'precisely'"),
    "computed name": (spoil('"two evaluations"', 'f"{2} evaluations"'), "no string"),
    "new requirement": (spoil('"any size of x"', '"speed"'), "a new requirement"),
    "evidence": (
        spoil("visible=2, hidden=3", "visible=4, hidden=1"),
        "evidence properties carry 2.00 of 5 points",
    ),
    "student called": (
        spoil("close = Tol", "slope = forward(math.sin, 1.0, 0.1)\nclose = Tol"),
        "'forward', a name of an answer cell, outside a lambda or def",
    ),
    "student in a list": (spoil("forward, math.sin", "[forward], math.sin"), "bare"),
    "student as oracle": (
        spoil("lambda x: x**2 + 17.25 * x", "lambda x: forward(math.sin, x, 1.0)"),
        "f= of check.derivative() leans on 'forward'",
    ),
    "oracle by a helper": (
        spoil("close = T", "true = lambda x: forward(abs, x, 1)\nclose = T").replace(
            "    math.sin,\n", "    true,\n"
        ),
        "leans on 'true'",
    ),
    "lost in release": (spoil("math.sin, at=[(0.7", "curve, at=[(0.7").replace(
        "check.hidden()\n", "check.hidden()\ncurve = math.cos\n"
    ), "bound in the hidden region and used outside it"),
    "show cell": (
        spoil('guesses = {"calls": None}', 'guesses = {"calls": slopes}'),
        "'slopes' is bound only in the show cell",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text,words", SPOILED.values(), ids=SPOILED)
def test_a_broken_rule_is_named_with_file_and_line(text, words):
    message = found(text)
    assert words in message
    assert all(line.startswith(f"{PATH}:") for line in message.splitlines())
    assert "needed:" in message


def test_a_finding_points_at_the_line():
    line = SOURCE[: SOURCE.index("check.calls(")].count("\n") + 1
    message = found(spoil("exactly=2", "precisely=2"))
    assert message.startswith(f"{PATH}:{line}: ")


def test_every_finding_is_told_at_once():
    text = spoil("exactly=2", "precisely=2").replace("e1-forward-slope", "forward")
    assert len(found(text).splitlines()) > 1


def test_a_student_name_bound_afresh_is_the_checks_own():
    text = spoil("close = Tol", "step = forward\nclose = Tol")
    assert "outside a lambda or def" in found(text)
    fresh = spoil("slopes = [", "k = [forward]\nslopes = [").replace(
        "check.facts(", "k, j = 2, lambda: forward\ncheck.facts("
    )
    source.loads(fresh.replace('{"calls": 2})\n', '{"calls": k})\n'), PATH)


def test_a_question_needs_no_model_answer_but_keeps_it_marked():
    marked = spoil(
        "# Why first order?",
        "# Why first order?\n#\n# <!-- BEGIN SOLUTION -->\n# Taylor.\n"
        "# <!-- END SOLUTION -->",
    )
    question = next(c for c in source.loads(marked, PATH).cells if c.kind == "question")
    assert "Taylor" not in stub(question.source, markdown=True)
    assert stub("Why?", markdown=True).startswith("Why?\n\n")


def test_ids_are_unique_in_the_whole_course(tmp_path):
    course(tmp_path)
    second = tmp_path / "solutions" / "02_more.py"
    second.write_text(SOURCE, encoding="utf-8")
    with pytest.raises(
        SourceError, match=r"02_more\.py:\d+: the id 'e1-forward-slope'"
    ):
        source.load_course(tmp_path)
    assert [lesson.number for lesson in source.load_course(tmp_path, ["2"])] == [2]


def test_lessons_are_chosen_by_number_or_name(tmp_path):
    course(tmp_path)
    for word in ("1", "01", "01_slopes"):
        assert [p.stem for p in source.chosen(tmp_path, [word])] == ["01_slopes"]
    assert [p.stem for p in source.chosen(tmp_path, [])] == ["01_slopes", "index"]
    with pytest.raises(CourseError, match=r"no lesson '7'.*found: 01_slopes, index"):
        source.chosen(tmp_path, ["7"])


def test_a_draft_builds_and_is_told_what_is_missing():
    said = "\n".join(str(f) for f in source.lint(source.loads(SOURCE, PATH)))
    assert "a lesson of 9 cells; needed: 40 to 70" in said
    assert "a lesson of 5 points; needed: 20" in said
    assert "the property 'guess' is not named" in said
    long = spoil("import math\n", "import math\n" + "x = 1\n" * 30)
    assert "a given cell of 34 lines" in str(source.lint(source.loads(long, PATH)))


def test_tidy_changes_blank_lines_only():
    messy = SOURCE.replace("\n\n# %%", "\n\n\n\n\n# %%").replace("# %%\n", "# %%\n\n")
    assert tidy(messy, PATH) == SOURCE


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_method_of_check_with_a_probe(kind):
    names = parameters(kind)
    assert names[0] == "name"
    assert PROBES & set(names)
    assert callable(getattr(Check, kind))
    assert tuple(inspect.signature(getattr(Check, kind)).parameters)[1:] == names


def test_names_bound_and_taken():
    code = "from a import b\nfor i in r:\n    c = [j for j in i]\n"
    code += "def f(x):\n    return g(x)"
    assert bound(code) == {"b", "i", "c", "f"}
    assert taken(code) == {"r", "g"}
