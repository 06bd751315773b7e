"""Pictures and results reach a reader with a text twin, and escape what they quote."""

import json
from html.parser import HTMLParser

import pytest

from graders import progress, show
from graders.checks import hosts
from graders.checks.check import Check

NASTY = "<script>alert('x')</script>"


@pytest.fixture
def checked(monkeypatch):
    monkeypatch.setattr(show, "_display", lambda page, text: None)
    with hosts.use(hosts.LocalHost()):
        check = Check("e0-show", visible=1, hidden=1)
        check.value("right", lambda: 1, 1)
        check.value("wrong", lambda: NASTY, "text")
        check.score()
    return check


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_result_is_a_well_formed_table_that_escapes_what_it_quotes(checked):
    page = show.result_html(checked)
    tags = Tags(page)
    assert "script" not in tags.seen
    assert NASTY not in page
    assert tags.seen.count("tr") == 3
    assert "caption" in tags.seen


def test_a_result_says_passed_or_not_in_words_not_in_colour(checked):
    page, text = show.result_html(checked), show.result_text(checked)
    assert "holds" in page
    assert "fails" in page
    assert "[ok] right" in text
    assert "[NO] wrong" in text
    assert "1 of 2 visible properties hold" in text


def test_a_figure_has_alt_text_and_a_table(monkeypatch):
    shown = []
    monkeypatch.setattr(show, "_display", lambda *twins: shown.append(twins))
    fig, axes = show.subplots()
    axes.plot([1, 2], [3, 4])
    alt = 'A line that rises from 3 to 4 & is "straight"'
    show.figure(fig, alt=alt, table=[["x", "y"], [1, 3.0], [2, 4.0]])
    ((page, text),) = shown
    tags = Tags(page)
    assert {"img", "details", "table"} <= set(tags.seen)
    assert "&quot;straight&quot;" in page
    assert text.splitlines() == [alt, "x  y", "1  3", "2  4"]


def test_a_figure_without_a_description_is_refused():
    fig, _ = show.subplots()
    with pytest.raises(ValueError, match="describe what the picture shows"):
        show.figure(fig, alt="plot")


def test_lines_differ_in_more_than_colour():
    looks = list(show.style()["axes.prop_cycle"])
    assert len({(str(k["linestyle"]), k["marker"]) for k in looks}) == len(looks)


def test_progress_is_kept_beside_the_index_and_nowhere_else(
    tmp_path, monkeypatch, checked
):
    lesson = tmp_path / "course" / "01_made_up"
    lesson.mkdir(parents=True)
    monkeypatch.chdir(lesson)
    progress.record(checked)
    assert list(tmp_path.rglob(progress.FILE)) == []
    (tmp_path / "course" / "index.ipynb").write_text("{}")
    progress.record(checked)
    kept = json.loads((tmp_path / "course" / progress.FILE).read_text())
    assert kept == {"e0-show": {"lesson": "01_made_up", "points": 1.0, "worth": 2}}
    assert progress.rows()[1] == ["01_made_up", 1, "1 of 2"]


def test_a_damaged_progress_file_is_no_reason_to_fail(tmp_path, monkeypatch, checked):
    (tmp_path / "index.ipynb").write_text("{}")
    (tmp_path / progress.FILE).write_text("[not json")
    monkeypatch.chdir(tmp_path)
    assert progress.load() == {}
    progress.record(checked)
    assert list(progress.load()) == ["e0-show"]


def test_progress_is_shown_before_anything_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    progress.show()
    assert "Nothing done yet" in capsys.readouterr().out
