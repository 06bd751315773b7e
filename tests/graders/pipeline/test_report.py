"""What people read: pages without scripts, tables, CSV that no spreadsheet runs."""

import csv
import html.parser
import io
import re
from types import SimpleNamespace

import pytest

from graders.pipeline import report
from graders.pipeline.report import Class, Line

EVIL = "<script>alert(1)</script>"


def outcome(**changes):
    results = [
        {
            "name": f"close {EVIL}",
            "region": region,
            "passed": passed,
            "finding": "" if passed else f"got {EVIL}",
            "given": "" if passed else "0.5",
            "notes": [f"your code printed: {EVIL}"],
        }
        for region, passed in (("visible", False), ("hidden", True))
    ]
    verdict = {
        "exercise": "e1-x",
        "points": 1.5,
        "worth": 3,
        "diagnosis": f"subtracting {EVIL}",
        "problem": "",
        "notes": [],
        "results": results,
    }
    made = {
        "lesson": "01_slopes",
        "seed": 1,
        "points": 1.5,
        "worth": 3,
        "verdicts": [verdict],
        "errors": {"added-1": f"NameError: {EVIL}"},
        "notes": [{"kind": "flag", "text": EVIL}, {"kind": "repair", "text": "ids"}],
        "refused": "",
    }
    return made | changes


BY_HAND = {
    "cells": {"e1-x": {"answer": f"x = '{EVIL}'", "comment": EVIL, "score": 2.0}},
    "score": 2.0,
    "penalty": 0.5,
}


class Tags(html.parser.HTMLParser):
    """Names and attributes of a page; unclosed elements."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def pages():
    line = Line(EVIL, {"01_slopes": outcome()}, {"01_slopes": 1.5}, [EVIL])
    yield report.page(EVIL, outcome(), BY_HAND)
    yield report.page("ada", outcome(refused=EVIL, verdicts=[]), BY_HAND)
    yield report.index(Class({"01_slopes": 3}, [line], 7, [EVIL]), "grades.csv")


@pytest.mark.parametrize("page", list(pages()), ids=["feedback", "refused", "index"])
def test_pages_run_nothing_and_are_whole(page):
    found = Tags(page)
    assert not found.open
    assert "script" not in found.tags
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert policy in [value for name, value in found.attributes if name == "content"]
    assert ("lang", "en") in found.attributes
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_tables_have_captions_and_headers_with_scope():
    for page in pages():
        found = Tags(page)
        assert found.tags.count("table") == found.tags.count("caption")
        heads = [v for n, v in found.attributes if n == "scope"]
        assert len(heads) == found.tags.count("th")


def test_the_page_says_what_a_person_gave():
    page = report.page("ada", outcome(), BY_HAND)
    assert "Score given by a person: <strong>2</strong>" in page
    assert "late penalty of 0.5" in page
    assert "<strong>2 points</strong>" in page


def test_notes_are_told_the_gravest_first():
    told = report.told(outcome(refused="cut off"))
    assert told[0] == "Not graded: cut off"
    assert told[1].startswith("Please look:")
    assert told[-1].startswith("Cell added-1 did not run")


def test_one_remark_for_the_same_thing_in_two_lessons():
    bad = outcome(refused="empty")
    line = Line("ada", {"01_a": bad, "02_b": bad}, {"01_a": 0.0, "02_b": 0.0})
    assert line.remarks == ["01, 02: not graded: empty"]


def shown(graded, width=100):
    from rich.console import Console

    console = Console(width=width, record=True, file=io.StringIO())
    console.print(report.table(graded))
    return console.export_text()


def test_the_table_shows_markup_as_it_is():
    line = Line("[bold]x[/bold]", {}, {}, ["[red]note[/red]"])
    said = shown(Class({"01_a": 3}, [line]))
    assert "[bold]x[/bold]" in said
    assert "[red]note[/red]" in said


@pytest.mark.parametrize("value", ["=cmd()", "+1", "-1", "@x", "\t=x", "  =x", "\r=1"])
def test_a_cell_is_no_formula(value):
    assert report.harmless(value).startswith("'")


def test_the_export_quotes_and_guards(tmp_path):
    from graders.pipeline.nbgrader_plugin import GradesCsv

    def book_of(**cells):
        return [SimpleNamespace(**cells)]

    marks = [
        SimpleNamespace(name="e1-slope-check", score=2.0),
        SimpleNamespace(name="s1-more-check", score=1.5),
    ]
    worth = [
        SimpleNamespace(name="e1-slope-check", max_score=3.0),
        SimpleNamespace(name="s1-more-check", max_score=2.0),
    ]
    found = SimpleNamespace(
        timestamp=None,
        score=3.5,
        late_submission_penalty=None,
        notebooks=book_of(grades=marks),
    )
    lesson = SimpleNamespace(
        name="01_a", duedate=None, max_score=5.0, notebooks=book_of(grade_cells=worth)
    )
    student = SimpleNamespace(
        id="=cmd()", last_name="Doe, Jr.", first_name=None, email='a"b'
    )
    book = SimpleNamespace(
        assignments=[lesson],
        students=[student],
        find_submission=lambda *names: found,
    )
    GradesCsv(to=str(tmp_path / "g.csv")).export(book)
    with (tmp_path / "g.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["student_id"] == "'=cmd()"
    assert row["last_name"] == "Doe, Jr."
    assert row["email"] == 'a"b'
    assert (row["score"], row["max_score"]) == ("2.0", "3.0")
    assert row["stretch"] == "1.5"


def test_a_stretch_is_shown_apart_and_not_in_the_total():
    verdicts = [
        {"exercise": "e1-slope", "points": 17.5},
        {"exercise": "s1-more", "points": 2.0},
    ]
    outcome = {"verdicts": verdicts, "refused": ""}
    line = Line("ada", {"01_a": outcome}, {"01_a": 19.5})
    assert (line.total, line.extra) == (17.5, 2.0)
    assert report._score(line, "01_a") == "17.5 + 2"


def test_lessons_that_nobody_handed_in_take_no_column():
    lessons = {f"{n:02}_a": 20 for n in range(1, 11)}
    told = shown(Class(lessons, [Line("ada", {}, {"02_a": 7.0}), Line("grace")]))
    heads = re.sub(r"\s+", " ", told)
    assert "2 students; nobody handed in 01, 03, 04, 05, 06, 07, 08, 09, 10" in heads
    assert heads.count("of 20 ") == 2  # lesson 2, and the total


def test_a_class_of_which_nothing_came_in_shows_every_lesson():
    told = shown(Class({"01_a": 3, "02_a": 4}, [Line("ada")]))
    assert told.startswith("1 student ")
    assert "of 3" in told
    assert "of 4" in told
