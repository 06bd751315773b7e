"""An audit says what the checks miss and what they wrongly refuse; figures are kept."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from graders.pipeline import audit, audit_record, cli
from graders.pipeline.cells import tidy
from graders.pipeline.findings import CourseError

LESSON = '''\
# %% [markdown]
# # Tiny

# %%
from graders import Check

calls = []

# %% [markdown]
# What the check looks at: **twice**.

# %% solution="e1-double"
def double(x: float) -> float:
    """Twice `x`."""
    # BEGIN SOLUTION
    return x + x
    # END SOLUTION

# %% check
check = Check("e1-double", visible=1, hidden=1)
check.value("twice", lambda x: double(x), lambda x: 2.0 * x, at=[3.0, -1.5])
# BEGIN HIDDEN TESTS
check.hidden()
check.value("twice", lambda x: double(x), lambda x: 2.0 * x, at=check.random(3))
# END HIDDEN TESTS
check.score()

# %% solution="e2-quadruple"
def quadruple(x: float) -> float:
    """Four times `x`."""
    # BEGIN SOLUTION
    return double(double(x))
    # END SOLUTION

# %% check
check = Check("e2-quadruple", visible=1, hidden=0)
check.value("twice", lambda x: quadruple(x), lambda x: 4.0 * x, at=[3.0])
check.score()
'''
MUTANT = '# %% mutant="square" says="squaring"\ndef double(x):\n    return x * x\n'
UNUSUAL = """\
# %% unusual="helper"
def double(x):
    return times(2, x)

# %% added="before"
def times(n, x):
    return n * x

# %% unusual="import"
def double(x):
    return operator.add(x, x)

# %% added="before"
import operator

# %% unusual="moved"
# (untouched)

# %% added="after"
def double(x):
    return 2 * x
"""
OTHERS = {
    "mutants/01_tiny/e2-quadruple.py": (
        '# %% mutant="once" says="doubling once"\n'
        "def quadruple(x):\n    return double(x)\n"
    ),
    "unusual/01_tiny/e2-quadruple.py": (
        '# %% unusual="times"\ndef quadruple(x):\n    return 4 * x\n'
    ),
}
BOTH = ["e1-double", "e2-quadruple"]
README = f"# Tiny\n\n{audit_record.BEGIN}\n{audit_record.END}\n\nThe end.\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one lesson with two exercises."""
    files = {
        "solutions/01_tiny.py": tidy(LESSON, Path("01_tiny.py")),
        "README.md": README,
        "tests/mutants/01_tiny/e1-double.py": MUTANT,
        "tests/unusual/01_tiny/e1-double.py": UNUSUAL,
        **{f"tests/{name}": text for name, text in OTHERS.items()},
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


Try = Callable[..., list[str]]


@pytest.fixture
def bench(course: Path) -> Try:
    """What an audit finds on answers to the first exercise, judged in a process."""

    def found(kind: str, answer: str, **more: object) -> list[str]:
        task = audit.Task("01_tiny", "e1-double", kind, kind, answer, (1, 2), **more)  # type: ignore[arg-type]
        outcomes = audit.run(course, [task], 1, lambda steps: None)
        return [text for outcome in outcomes for text in outcome.findings]

    return found


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def run(course: Path, *words: str) -> int:
    options = ["--root", str(course), "--seeds", "2", "--jobs", "1"]
    return cli.main(["audit", *options, *words])


def test_figures_have_the_form_that_is_promised(course, capsys) -> None:
    assert run(course, "--json", "-") == 0
    out, err = capsys.readouterr()
    found = json.loads(out)["lessons"]["01_tiny"]
    assert found.pop("seconds") > 0
    mutants = found.pop("mutants")
    assert mutants["tried"] == mutants["killed"] > 8
    assert (mutants["equivalent"], mutants["survived"]) == (0, 0)
    assert found == {
        "exercises": 2,
        "points": 3,
        "unusual": {"tried": 4, "accepted": 4, "rejected": 0},
        "seeds": 2,
        "false_rejections": 0,
    }
    assert "all mistakes caught, none refused" in err


def test_figures_are_kept_with_hashes_and_shown_in_the_readme(course) -> None:
    path = course / "tests" / "audit.json"
    assert run(course, "--write", str(path)) == 0
    record = audit_record.read(path)
    readme = (course / "README.md").read_text()
    assert audit_record.readme_table(record) in readme
    assert readme.startswith("# Tiny")
    assert readme.endswith("The end.\n")
    assert audit_record.stale(audit.Course.load(course), record) == []
    assert run(course, "--stale", "--write", str(path)) == 0  # nothing to do
    assert audit_record.read(path) == record


@pytest.mark.parametrize(
    "file,old,new,stale",
    [
        ("solutions/01_tiny.py", "# # Tiny", "# # Small", []),
        ("solutions/01_tiny.py", "calls = []", "calls = [1]", BOTH),
        ("solutions/01_tiny.py", "at=[3.0])", "at=[2.0])", BOTH),
        ("tests/mutants/01_tiny/e1-double.py", "squaring", "a square", ["e1-double"]),
        ("tests/unusual/01_tiny/e2-quadruple.py", "4 * x", "x * 4", ["e2-quadruple"]),
    ],
)  # fmt: skip
def test_a_change_makes_the_figures_stale(course, file, old, new, stale) -> None:
    before = audit.Course.load(course)
    hashes = {
        exercise.id: {"hash": audit_record.digest(before, lesson, exercise)}
        for lesson, exercise in before.exercises()
    }
    edit(course / file, old, new)
    after = audit.Course.load(course)
    assert audit_record.stale(after, {"exercises": hashes, "lessons": {}}) == stale


def test_a_survivor_is_listed_with_its_diff(course, capsys) -> None:
    edit(course / "tests/mutants/01_tiny/e1-double.py", "x * x", "1.0 * x + x")
    assert run(course, "--exercise", "e1-double") == 1
    out = capsys.readouterr().out
    assert "SURVIVED e1-double, mutant 'square': full marks under seed 1" in out
    assert "+    return 1.0 * x + x" in out


def test_a_reviewed_mutant_is_no_survivor(course, capsys) -> None:
    lesson = course / "solutions" / "01_tiny.py"
    edit(lesson, "    return x + x", "    return (x + x) * 1")
    review = (
        '[[equivalent]]\nexercise = "e1-double"\nwhere = "double"\n'
        'was = "return (x + x) * 1"\nbecomes = "return (x + x) {} 1"\n'
        'reason = "dividing by one is multiplying by one"\n'
    )
    toml = course / "tests" / "equivalent.toml"
    toml.write_text(review.format("/"))
    one = run(course, "--exercise", "e1-double", "--json", str(course / "a.json"))
    found = json.loads((course / "a.json").read_text())["lessons"]["01_tiny"]
    text = capsys.readouterr().out
    assert found["mutants"]["equivalent"] == 1
    assert one == 1, "x + x survives as well, and nobody has looked at it"
    assert "+ return (x + x)\n" in text
    assert "+ return (x + x) / 1\n" not in text
    toml.write_text(review.format("+"))
    assert run(course, "--exercise", "e1-double") == 1
    assert "NO SURVIVOR e1-double" in capsys.readouterr().out


def test_a_review_needs_a_reason(course) -> None:
    toml = course / "tests" / "equivalent.toml"
    toml.write_text(
        '[[equivalent]]\nexercise = "e"\nwhere = ""\nwas = "a"\nbecomes = "b"\n'
        'reason = "because"\n'
    )
    with pytest.raises(CourseError, match="has no reason"):
        audit.Course.load(course)


def test_a_rejection_is_listed_with_its_finding(course, capsys) -> None:
    edit(course / "tests/unusual/01_tiny/e1-double.py", "return 2 * x", "return 3 * x")
    assert run(course, "--exercise", "e1-double") == 1
    out = capsys.readouterr().out
    assert "REJECTED e1-double, unusual 'moved'" in out
    assert "e1-double: twice (visible): got" in out


def test_what_stands_on_an_unusual_answer_is_judged_too(course, capsys) -> None:
    path = course / "tests/unusual/01_tiny/e1-double.py"
    edit(path, "return 2 * x", "return 2 * x if x != 6.0 else 0.0")
    assert run(course, "--exercise", "e1-double") == 1
    out = capsys.readouterr().out
    assert "e2-quadruple: twice (visible): got 0" in out
    assert "e1-double: twice" not in out


def test_each_seed_that_refuses_the_reference_counts(course, capsys) -> None:
    edit(
        course / "solutions" / "01_tiny.py",
        "lambda x: 2.0 * x, at=check.random(3))",
        "lambda x: 2.0 * x + (x > 0), at=check.random(1))",
    )
    options = ["--seeds", "20", "--exercise", "e1-double"]
    assert run(course, *options, "--json", str(course / "a.json")) == 1
    found = json.loads((course / "a.json").read_text())["lessons"]["01_tiny"]
    assert 0 < found["false_rejections"] < 20
    assert "FALSE REJECTION e1-double, " in capsys.readouterr().out


def test_a_stub_that_gets_points_is_found(bench) -> None:
    assert bench("stub", "def double(x):\n    return 2 * x\n") == [
        "seed 1: 2.0 points, for: twice, twice"
    ]


def test_what_never_ends_is_killed_and_not_waited_for(bench) -> None:
    loop = "def double(x):\n    while True: pass\n"
    start = time.monotonic()
    assert bench("generic", loop) == []
    assert time.monotonic() - start < 20


def test_a_reference_too_slow_for_the_mutants_limit_is_found(bench) -> None:
    slow = "import time\ndef double(x):\n    time.sleep(2.5)\n    return 2 * x\n"
    assert bench("control", slow)


def test_what_ends_its_process_is_killed(bench) -> None:
    assert bench("generic", "import os\ndef double(x):\n    os._exit(0)\n") == []


def test_what_does_not_run_is_killed(bench) -> None:
    assert bench("mutant", "def double(x):\n    return undefined\n") == []


def test_what_is_missing_is_listed(course, capsys) -> None:
    (course / "tests/mutants/01_tiny/e2-quadruple.py").rename(
        course / "tests/mutants/01_tiny/e9-other.py"
    )
    edit(course / "tests/unusual/01_tiny/e1-double.py", "# (untouched)", "x = 1")
    assert run(course, "--exercise", "e2-quadruple") == 1
    out = capsys.readouterr().out
    assert "NO MUTANT of e2-quadruple" in out
    assert "NO EXERCISE e9-other" in out
    assert "NO UNUSUAL in 01_tiny: an answer moved to a new cell" in out


def test_an_unknown_exercise_is_refused_with_those_there_are(course, capsys) -> None:
    assert run(course, "--exercise", "e7") == 1
    assert "found: e1-double, e2-quadruple" in capsys.readouterr().err


def test_a_readme_without_marks_is_refused() -> None:
    with pytest.raises(CourseError, match="lacks the lines"):
        audit_record.updated("# Readme\n", {"lessons": {}, "exercises": {}})


def test_every_exercise_has_its_turn_within_ten_days() -> None:
    for count in (1, 3, 10, 18, 99):
        names = [str(n) for n in range(count)]
        days = range(40, 40 + 2 * min(count, 10))
        turns = [audit_record.tenth(names, day) for day in days]
        assert {name for turn in turns for name in turn} == set(names)
        assert all(turn for turn in turns)
