"""Figures of a class: right by other means, on a page that runs nothing."""

import base64
import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.pipeline import overview, statistics
from graders.pipeline.marks import Mark
from graders.pipeline.report import Class, Line
from graders.show import COLOURS
from tests.graders.pipeline.test_report import EVIL, Tags

LESSON = "01_slopes"
NAMES = ("e1-a", "e2-b", "e3-c", "p1-guess", "s1-more")
WORTHS = {"e1-a": 4, "e2-b": 6, "e3-c": 10, "p1-guess": 0, "s1-more": 2}


def outcome(points, says="", flag="", blank=(), refused=""):
    """One submission's outcome, points by exercise."""
    verdicts: list[dict[str, Any]] = [
        {
            "exercise": name,
            "points": float(points.get(name, 0.0)),
            "worth": WORTHS[name],
            "diagnosis": says if name == "e2-b" else "",
            "problem": "",
            "notes": [],
            "untouched": name in blank,
            "results": [],
        }
        for name in NAMES
    ]
    notes = [{"kind": "flag", "text": flag}] if flag else []
    notes.append({"kind": "repair", "text": "ids restored"})
    return {
        "lesson": LESSON, "seed": 1, "points": 0.0, "worth": 20, "verdicts": verdicts,
        "errors": {}, "notes": notes, "refused": refused,
    }  # fmt: skip


def class_of(*outcomes):
    lines = [Line(f"s{n}", {LESSON: one}) for n, one in enumerate(outcomes)]
    return Class({LESSON: 20}, lines, 1)


def test_difficulty_full_marks_and_untouched_are_shares():
    graded = class_of(
        outcome({"e1-a": 4}),
        outcome({"e1-a": 2}, blank=("e2-b",)),
        outcome({}, blank=("e1-a", "e2-b")),
        outcome({"e1-a": 4}, refused="cut off"),
    )
    first, second, *rest = statistics.items(graded)
    assert [item.exercise for item in (first, second, *rest)] == [
        "e1-a", "e2-b", "e3-c", "s1-more",
    ]  # fmt: skip
    assert first.count == 3  # the refused one says nothing of the exercise
    assert first.difficulty == pytest.approx(6 / 12)
    assert first.full == pytest.approx(1 / 3)
    assert first.untouched == pytest.approx(1 / 3)
    assert second.untouched == pytest.approx(2 / 3)


def test_points_by_hand_count_in_place_of_the_judges():
    graded = class_of(outcome({"e1-a": 1}))
    graded.lines[0].marks[LESSON] = {"e1-a": Mark(4.0, 4.0, 1.0, 4.0)}
    assert statistics.items(graded)[0].difficulty == 1.0


def test_an_answer_that_earned_points_was_begun():
    graded = class_of(outcome({"e1-a": 4}, blank=("e1-a",)))
    assert statistics.items(graded)[0].untouched == 0.0


def test_discrimination_is_the_correlation_with_the_rest(rng):
    points = [
        {n: rng.uniform(0, WORTHS[n]) for n in NAMES if WORTHS[n]} for _ in range(30)
    ]
    for item in statistics.items(class_of(*map(outcome, points))):
        mine = [row[item.exercise] for row in points]
        others = [n for n in ("e1-a", "e2-b", "e3-c") if n != item.exercise]
        rest = [sum(row[n] for n in others) for row in points]
        expected = np.corrcoef(mine, rest)[0, 1]
        assert item.discrimination == pytest.approx(expected, abs=1e-9)


values = st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=40)


@given(values, st.floats(0.1, 10), st.floats(-5, 5))
def test_a_correlation_is_bounded_and_knows_no_scale(x, scale, shift):
    y = list(range(len(x)))
    found = statistics.correlation(x, y)
    if found is None:
        return
    assert -1 <= found <= 1
    assert statistics.correlation(y, x) == pytest.approx(found, abs=1e-9)
    spread = max(x) - min(x)
    if spread > 1e-3:
        moved = statistics.correlation([scale * v + shift for v in x], y)
        assert moved == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("x", [[1.0] * 8, [1.0, 2.0]])
def test_there_is_no_correlation_without_spread_or_with_few(x):
    assert statistics.correlation(x, list(range(len(x)))) is None


def test_mistakes_are_counted_by_what_they_behave_like():
    graded = class_of(
        outcome({}, "adding"), outcome({}, "subtracting"), outcome({}, "adding"),
        outcome({}),
    )  # fmt: skip
    first, second = statistics.mistakes(graded)
    assert (first.says, first.students) == ("adding", ("s0", "s2"))
    assert (second.says, len(second.students)) == ("subtracting", 1)


def test_flags_come_with_their_evidence_and_repairs_do_not():
    graded = class_of(outcome({}), outcome({}, flag="line 3: torch"))
    (flag,) = statistics.flags(graded)
    assert (flag.student, flag.lesson, flag.evidence) == ("s1", LESSON, "line 3: torch")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_each_submission_stands_in_one_step(shares):
    outcomes = [outcome({n: share * w for n, w in WORTHS.items()}) for share in shares]
    steps = statistics.distribution(class_of(*outcomes), LESSON)
    assert sum(count for _, _, count in steps) == len(shares)
    assert steps[0][0] == 0
    assert steps[-1][1] == pytest.approx(20)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    work = tmp_path_factory.mktemp("work")
    outcomes = [
        outcome({"e1-a": n}, says=f"adding ${EVIL}$" if n < 3 else "", flag=EVIL)
        for n in range(5)
    ]
    graded = class_of(*outcomes)
    graded.lines[0].student = EVIL
    overview.write(work, graded)
    return work, graded


def test_the_page_runs_nothing_and_loads_nothing(written):
    page = (written[0] / overview.PAGE).read_text()
    found = Tags(page)
    assert "script" not in found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert policy in [value for name, value in found.attributes if name == "content"]
    sources = [value for name, value in found.attributes if name == "src"]
    assert sources
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    assert found.tags.count("table") == found.tags.count("caption")
    assert [
        v for n, v in found.attributes if n == "scope"
    ].__len__() == found.tags.count("th")


def test_each_picture_is_told_in_words_and_as_a_table(written):
    work, graded = written
    page = (work / overview.PAGE).read_text()
    pictures = overview.pictures_of(graded)
    assert {p.name for p in pictures} == {
        f"{LESSON}-scores", f"{LESSON}-exercises", "mistakes",
    }  # fmt: skip
    assert page.count("<img") == len(pictures) == page.count("The same as a table")
    for one in pictures:
        assert len(one.alt.split()) > 10
        assert len(one.rows) > 1
        assert (work / "plots" / f"{one.name}.png").read_bytes() == one.png
        assert base64.b64encode(one.png).decode() in page


def test_pictures_are_the_same_each_time_and_of_the_palette(written):
    import io

    import matplotlib.image

    first, second = (overview.pictures_of(written[1]) for _ in range(2))
    assert [p.png for p in first] == [p.png for p in second]
    pixels = matplotlib.image.imread(io.BytesIO(first[1].png))[..., :3]
    shown = {tuple(p) for p in np.round(pixels.reshape(-1, 3) * 255).astype(int)}
    for colour in COLOURS[:2]:
        assert tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5)) in shown


def test_the_data_are_those_of_the_page(written):
    found = json.loads((written[0] / overview.DATA).read_text())
    assert next(one["exercise"] for one in found["exercises"]) == "e1-a"
    assert len(found["flags"]) == 5
    assert found["mistakes"][0]["says"].startswith("adding")


def test_a_class_of_nobody_has_a_page_too(tmp_path):
    overview.write(tmp_path, Class({LESSON: 20}, [Line("ada")], 1))
    page = (tmp_path / overview.PAGE).read_text()
    assert "Nothing was flagged" in page
    assert not re.findall("<img", page)
