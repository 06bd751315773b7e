"""The audit's figures are of today's course, and a part of it is tried again.

Each day another tenth of the exercises is audited in full; of the rest the reference
is judged under three seeds, with every named mistake and every unusual answer.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graders.pipeline import audit, audit_figures, audit_record, source
from graders.pipeline.findings import CourseError

ROOT = Path(__file__).resolve().parents[2]


def load() -> tuple[audit.Course, list[str]]:
    """The course, and why lessons that are not in it cannot be read."""
    course, unreadable = audit.Course(ROOT), []
    for path in source.sources(ROOT):
        try:
            one = audit.Course.load(ROOT, [path.stem])
        except CourseError as error:
            unreadable.append(str(error))
            continue
        course.masters |= one.masters
        course.entries |= one.entries
        course.equivalents = one.equivalents
    return course, unreadable


COURSE, UNREADABLE = load()
EXERCISES = {exercise.id: (lesson, exercise) for lesson, exercise in COURSE.exercises()}
DAY = datetime.now(UTC).timetuple().tm_yday
TODAY = audit_record.tenth(sorted(EXERCISES), DAY)

Run = Callable[[list[audit.Task]], list[audit.Outcome]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Performs tasks in one process that keeps its judges from test to test."""
    with audit.one_thread_each(), audit.pool(1) as pool:
        yield lambda tasks: pool.submit(audit.perform, ROOT, tasks).result()


def test_every_lesson_can_be_read() -> None:
    assert UNREADABLE == []


def test_figures_are_of_the_course_as_it_is() -> None:
    old = audit_record.stale(COURSE, audit_record.read(ROOT / audit_record.RECORD))
    assert not old, f"figures are stale, run `make audit`: {', '.join(old)}"


def test_nothing_that_an_audit_needs_is_missing() -> None:
    assert audit_figures.gaps(COURSE) == []


def test_figures_are_good() -> None:
    record = audit_record.read(ROOT / audit_record.RECORD)
    for name, found in record["exercises"].items():
        assert found["mutants"]["survived"] == 0, name
        assert found["unusual"]["rejected"] == 0, name
        assert found["false_rejections"] == 0, name
        assert found["seeds"] >= audit.SEEDS, name


def test_the_readme_shows_the_figures() -> None:
    record = audit_record.read(ROOT / audit_record.RECORD)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    words = "README.md does not show tests/audit.json, run `make audit`"
    assert audit_record.updated(readme, record) == readme, words


@pytest.mark.parametrize("name", EXERCISES)
def test_the_check_holds(name: str, run: Run) -> None:
    lesson, exercise = EXERCISES[name]
    full = name in TODAY
    seeds = audit.SEEDS if full else audit.SEVERAL
    print(f"{name}: {'in full, it is its turn' if full else 'listed answers'}")
    outcomes = run(list(audit.tasks(COURSE, lesson, exercise, seeds, generic=full)))
    wrong = audit_figures.problems(COURSE, outcomes)
    wrong += audit_figures.stale_reviews(COURSE, outcomes)
    assert not wrong, "\n\n".join(wrong)
