"""Pictures and results reach a reader with a text twin, and escape what they quote."""

from html.parser import HTMLParser

import pytest

from graders import show
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


def test_each_cell_of_a_result_has_its_column_and_its_property_as_header(checked):
    page = show.result_html(checked)
    assert page.count('<th scope="col"') == 3
    assert page.count('<th scope="row"') == len(checked.results)


@pytest.mark.parametrize("live", [True, False])
def test_who_can_go_on_is_told_to_run_an_answer_that_was_written(monkeypatch, live):
    monkeypatch.setattr(show, "_display", lambda page, text: None)

    def stub():
        raise NotImplementedError("write your answer here")

    with hosts.use(hosts.LocalHost()):
        check = Check("e0-show", visible=1, hidden=0)
        check.value("unwritten", stub, 1)
        check.score()
    assert (show.RUN_IT in show.result_text(check, live=live)) is live
    words = "keep the names that the exercise gives"
    assert (words in show.result_html(check, live=live)) is live


@pytest.mark.parametrize("validating", [True, False])
def test_validate_is_told_on_stderr_what_a_check_found(
    monkeypatch, capsys, checked, validating
):
    monkeypatch.delenv("NBGRADER_VALIDATING", raising=False)
    if validating:
        monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    show.result(checked)
    assert ("[NO] wrong" in capsys.readouterr().err) is validating


def test_validate_is_told_nothing_of_a_check_that_holds(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    with hosts.use(hosts.LocalHost()):
        check = Check("e0-show", visible=1, hidden=0)
        check.value("right", lambda: 1, 1)
        check.score()
    assert capsys.readouterr().err == ""


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


def test_words_start_at_the_left_and_numbers_end_at_the_right(monkeypatch):
    shown = []
    monkeypatch.setattr(show, "_display", lambda *twins: shown.append(twins[0]))
    show.table([["way", "error"], ["forward", "1e-8"], ["central", 1e-11]])
    left, right = '"text-align:left">', '"text-align:right">'
    assert f"{left}way" in shown[0]
    assert f"{left}forward" in shown[0]
    assert f"{right}error" in shown[0]
    assert f"{right}1e-8" in shown[0]


def test_a_figure_without_a_description_is_refused():
    fig, _ = show.subplots()
    with pytest.raises(ValueError, match="describe what the picture shows"):
        show.figure(fig, alt="plot")


def test_lines_differ_in_more_than_colour():
    looks = list(show.style()["axes.prop_cycle"])
    assert len({(str(k["linestyle"]), k["marker"]) for k in looks}) == len(looks)
