"""The measuring of grading: what is handed in, what is told, what the README shows.

Nothing here looks at a clock; `make bench-grading` does.
"""

import json
from collections import Counter

import pytest

from graders.pipeline import walls
from graders.pipeline.findings import CourseError
from tests.benchmarks import grading, grading_class, grading_readme, grading_roads
from tests.conftest import require

STEM = "01_finite_differences"
KEPT = json.loads(grading.RESULTS.read_text(encoding="utf-8"))


def test_one_in_twenty_is_hostile_and_no_two_submissions_are_the_same(tmp_path):
    kinds = grading_class.class_of(tmp_path, STEM, 40)
    assert Counter(kinds.values()) == {
        "right": 16,
        "mistaken": 16,
        "untouched": 6,
        "hostile": 2,
    }
    files = {path.read_bytes() for path in tmp_path.rglob("*.ipynb")}
    assert len(files) == 40


def test_grading_tells_what_it_used(tmp_path):
    require(program="bwrap", why="what is measured is grading behind walls")
    if why := walls.missing():
        pytest.skip(why)
    grading_class.class_of(tmp_path / "class", STEM, 2)
    took = grading_roads.ours(STEM, tmp_path / "class", tmp_path / "work", 1)
    told = took.told
    assert told["points"]["student0000"] == 20.0  # without the stretch
    assert took.cpu == told["cpu"] > told["own"] + told["templates"] > 0
    parts = ("itself", "own", "known", "templates")
    assert told["cpu"] == pytest.approx(sum(told[part] for part in parts))
    assert told["measuring"] > 0  # part of none of them
    assert told["starts"] >= 2
    assert 2**20 < told["middle"] <= told["private"] < told["all"]


def test_what_is_beyond_the_submissions_is_the_rest():
    told = {"own": 3.0, "known": 1.0, "feedback": 4.0, "private": 1}
    told |= {"middle": 1, "all": 2}
    found = grading.split(grading_roads.Took(9.0, 8.0, told=told), 4)
    assert (found["own"], found["beyond"], found["each"]) == (3.0, 5.0, 2.0)
    assert found["feedback"] == 1.0


def test_the_tables_in_the_readme_are_those_of_the_figures():
    text = grading.README.read_text(encoding="utf-8")
    assert grading_readme.updated(text, KEPT) == text


def test_a_readme_without_the_marks_is_refused():
    with pytest.raises(CourseError, match="grading:begin"):
        grading_readme.updated("no marks", KEPT)
