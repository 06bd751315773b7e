"""Late penalties: the rules as a function, and nbgrader's plugin that asks it."""

import csv
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.pipeline import classroom, context, gradebook, policy
from graders.pipeline.cli import main
from graders.pipeline.commands.grade import dues
from graders.pipeline.findings import CourseError
from graders.pipeline.policy import DAY, Extension, Policy
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, hand_in, notebook
from tests.graders.pipeline.test_grade import Counting, silent

scores = st.floats(0, 100)
lateness = st.floats(0, 30 * DAY)
extensions = st.builds(
    Extension, st.sampled_from(["ada", "bob"]), st.sampled_from(["", "01", "02"]),
    st.floats(0, 5 * DAY),
)  # fmt: skip
policies = st.builds(
    Policy,
    st.floats(0, 600),
    st.floats(0, 150),
    st.floats(0, 100),
    st.integers(0, 6).map(float),
    st.lists(extensions, max_size=3).map(tuple),
)
earlier = st.dictionaries(st.sampled_from(["00_a", "01_a", "03_a"]), lateness)


@given(policies, scores, lateness, earlier)
def test_a_penalty_is_at_least_nothing_and_at_most_the_cap(rules, score, late, others):
    lost = rules.penalty("ada", "02_b", score, late, others)
    assert 0 <= lost <= score
    assert lost <= score * rules.cap_percent / 100 + 1e-9


@given(policies, scores, lateness, lateness, earlier)
def test_later_is_never_cheaper(rules, score, one, other, others):
    first, last = sorted([one, other])
    lost = [rules.penalty("ada", "02_b", score, t, others) for t in (first, last)]
    assert lost[0] <= lost[1]


@given(policies, scores, earlier)
def test_in_time_costs_nothing(rules, score, others):
    assert rules.penalty("ada", "02_b", score, 0.0, others) == 0
    grace = 60 * rules.grace_minutes
    assert rules.penalty("ada", "02_b", score, grace, others) == 0


@given(policies, scores, lateness, extensions)
def test_an_extension_never_costs(rules, score, late, more):
    longer = Policy(**{**vars(rules), "extension": (*rules.extension, more)})
    for student in ("ada", "bob"):
        with_it = longer.penalty(student, "02_b", score, late)
        assert with_it <= rules.penalty(student, "02_b", score, late)


@given(policies, scores, lateness, earlier)
def test_free_days_never_cost_and_later_lessons_use_none_up(rules, score, late, others):
    more = Policy(**{**vars(rules), "free_days": rules.free_days + 1})
    lost = rules.penalty("ada", "02_b", score, late, others)
    assert more.penalty("ada", "02_b", score, late, others) <= lost
    before = {name: t for name, t in others.items() if name < "02_b"}
    assert rules.penalty("ada", "02_b", score, late, before) == lost


@given(scores, lateness)
def test_no_rules_no_penalty(score, late):
    assert Policy().penalty("ada", "01", score, late) == 0


RULES = Policy(15, 10, 50, 2, (Extension("eve", "02", 3 * DAY),))


@pytest.mark.parametrize(
    "student, lesson, late, others, lost",
    [
        ("ada", "01_a", 15 * 60, {}, 0),  # the grace
        ("ada", "01_a", 16 * 60, {}, 0),  # the first free day
        ("ada", "01_a", 2 * DAY, {}, 0),
        ("ada", "01_a", 2 * DAY + 1, {}, 2),
        ("ada", "02_b", 60 * 60, {"01_a": 2 * DAY}, 2),  # the free days are gone
        ("ada", "02_b", 60 * 60, {"01_a": DAY}, 0),
        ("ada", "01_a", 20 * DAY, {}, 10),  # the cap
        ("eve", "02_b", 3 * DAY, {}, 0),
        ("eve", "02_b", 5 * DAY + 60, {"01_a": 2 * DAY}, 6),  # three, none free
    ],
)
def test_the_rules_by_hand(student, lesson, late, others, lost):
    assert RULES.penalty(student, lesson, 20.0, late, others) == pytest.approx(lost)


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(
        "grace_minutes = 15\npercent_a_day = 10\ncap_percent = 50\nfree_days = 2\n"
        '[[extension]]\nstudent = "eve"\nlesson = "2"\ndays = 3\nwhy = "ill"\n'
    )
    assert policy.load(policy.find([tmp_path / "nowhere", tmp_path])) == RULES
    assert policy.load(policy.find([tmp_path / "nowhere"])) == Policy()


@pytest.mark.parametrize(
    "text, words",
    [
        ("percent = 3", "percent is no rule; there are: .*percent_a_day"),
        ("percent_a_day = -1", "a number from 0"),
        ("percent_a_day = true", "a number from 0"),
        ('free_days = "2"', "a number from 0"),
        ("cap_percent = 120", "above 100"),
        ("free_days =", "cannot be read"),
        ('[extension]\nstudent = "a"', "two brackets"),
        ("[[extension]]\ndays = 2", "needs student"),
        ('[[extension]]\nstudent = "a"', "days = "),
        ('[[extension]]\nstudent = "a"\nweeks = 1', "weeks is no rule"),
    ],
)
def test_a_file_with_a_mistake_says_which_and_what_is_needed(tmp_path, text, words):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    with pytest.raises(CourseError, match=words):
        policy.load(path)


@pytest.fixture(scope="module")
def late_class(tmp_path_factory):
    """A course, and three who handed in: in time, 30 h late, unknown when."""
    root = tmp_path_factory.mktemp("late")
    (root / "course").mkdir()
    classes.tiny_course(root / "course")
    stamps = {"ada": "2026-03-01 10:00:00 UTC", "bob": "2026-03-03 06:00:00 UTC"}
    for student in ("ada", "bob", "cyd"):
        path = hand_in(root / "class", student, notebook())
        os.utime(path, (1_770_000_000, 1_770_000_000))  # February
        if student in stamps:
            (path.parent / "timestamp.txt").write_text(stamps[student])
    return root


DUE = {"": "2026-03-02 00:00:00 UTC"}


def room(root, work, **options):
    chosen: dict[str, Any] = {"sandbox": classes.SANDBOX, "seed": 3} | options
    return classroom.Classroom(root / "course", work, [NAME], **chosen)


def test_a_class_with_rules_a_due_date_and_a_late_submission(late_class, tmp_path):
    (tmp_path / "policy.toml").write_text("percent_a_day = 10\n")
    graded = room(late_class, tmp_path, due=DUE).grade(late_class / "class", silent)
    lines = {line.student: line for line in graded.lines}
    assert {name: line.total for name, line in lines.items()} == {
        "ada": 5.0, "bob": 4.0, "cyd": 5.0,
    }  # fmt: skip
    assert "1 day 6 h after 2026-03-02 00:00 UTC" in " ".join(lines["bob"].remarks)
    assert "1 taken off" in " ".join(lines["bob"].remarks)
    page = (tmp_path / "feedback" / "bob" / NAME / f"{NAME}.html").read_text()
    assert "late penalty of 1" in page
    with (tmp_path / "grades.csv").open(newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert rows["bob"]["late_submission_penalty"] == "1.0"
    assert rows["bob"]["score"] == "4.0"

    counted = Counting()  # other rules: entered anew; the due date is remembered
    (tmp_path / "policy.toml").write_text("percent_a_day = 20\n")
    again = room(late_class, tmp_path, executor=counted)
    graded = again.grade(late_class / "class", silent)
    assert {line.student: line.total for line in graded.lines}["bob"] == 3.0
    (tmp_path / "policy.toml").unlink()
    graded = room(late_class, tmp_path).grade(late_class / "class", silent)
    assert {line.student: line.total for line in graded.lines}["bob"] == 5.0


def test_rules_with_a_mistake_stop_before_anything_is_graded(late_class, tmp_path):
    (tmp_path / "policy.toml").write_text("percent = 10\n")
    with pytest.raises(CourseError, match="is no rule"):
        room(late_class, tmp_path).grade(late_class / "class", silent)
    assert not (tmp_path / "autograded").exists()


def test_formgraders_due_date_holds_for_a_class_that_has_none(late_class, tmp_path):
    from nbgrader.api import Gradebook

    course = late_class / "course"
    url = gradebook.course_url(course)
    assert url == ""
    room(late_class, tmp_path).release(silent)
    book = f"sqlite:///{tmp_path / 'formgrader.db'}"
    with gradebook.alembic_here(), classroom.quiet(), Gradebook(book) as opened:
        opened.add_assignment(NAME, duedate="2026-03-02 00:00:00 UTC")
    with classroom.quiet():
        made = room(late_class, tmp_path).url
        found = gradebook.set_dues(made, [NAME], {}, book)
    assert f"{found[NAME]}" == "2026-03-02 00:00:00"


def test_nbgrader_itself_asks_the_plugin():
    config = gradebook.configured(classes.ROOT)
    from nbgrader.preprocessors import AssignLatePenalties

    from graders.pipeline.late import LatePolicy

    step = AssignLatePenalties(config=config)
    step.init_plugin()
    assert isinstance(step.plugin_inst, LatePolicy)
    assert step.plugin_inst.folders == [str(classes.ROOT)]
    assert step.plugin_inst.late_submission_penalty("ada", 5.0, 1e6) is None


def test_due_dates_as_a_person_types_them(monkeypatch):
    found = dues(["2026-03-01T23:59+00:00", "2=2026-04-01T12:00+02:00"], ["02_b"])
    assert found == {
        "": "2026-03-01 23:59:00 UTC",
        "02_b": "2026-04-01 10:00:00 UTC",
    }
    for wrong in ("tomorrow", "09=2026-03-01", "02="):
        with pytest.raises(CourseError, match="--due"):
            dues([wrong], ["02_b"])


def test_the_roster_on_the_command_line(late_class, tmp_path, capsys):
    path = tmp_path / "students.csv"
    path.write_text("student_id,name\nada,Ada Lovelace\nzed,Zed Quiet\n")
    words = ["grade", str(late_class / "class"), "--to", str(tmp_path / "work")]
    words += ["--roster", str(path), "--from", "nbgrader", "--assignment", "1"]
    words += ["--root", str(late_class / "course"), "--sandbox", classes.SANDBOX]
    assert main(words) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "handed in nothing" in said
    assert "bob is not on the roster" in said


def test_lateness_is_told_in_words():
    assert context.span(2 * DAY + 7200) == "2 days 2 h"
