"""What leaves for Canvas, Moodle and spreadsheets: right columns, no formula."""

import csv
import io
import zipfile

import pytest

from graders.pipeline import exports, platforms, roster
from graders.pipeline.cli import main
from graders.pipeline.commands.export import columns
from graders.pipeline.exports import Export
from graders.pipeline.findings import CourseError
from graders.pipeline.marks import Entry, Mark
from graders.pipeline.report import Class, Line
from graders.pipeline.roster import Roster, Student
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, data, notebook, zipped
from tests.graders.pipeline.test_intake import FILE

LESSON = "01_slopes"


def verdict(name, points, worth, **more):
    known = {"exercise": name, "points": points, "worth": worth, "untouched": False}
    return {**known, "diagnosis": "", **more}


def line(student, **more):
    verdicts = [
        verdict("e1-a", 3.0, 4, diagnosis="adding, not\nsubtracting"),
        verdict("e2-b", 0.0, 6, untouched=True),
        verdict("s1-more", 1.5, 2),
    ]
    made = Line(student, {LESSON: {"verdicts": verdicts, "refused": "", "notes": []}})
    marks = {
        "e1-a": Mark(4.0, 4.0, 3.0, 4.0),
        "e2-b": Mark(0.0, 6.0, 0.0),
        "s1-more": Mark(1.5, 2.0, 1.5),
    }
    made.enter(LESSON, Entry(marks, penalty=more.get("penalty", 0.0)))
    return made


STUDENTS = {
    "ada": Student(
        "ada", "Ada", "Lovelace, Countess", "ada@uni.example", "4711", "S1", "ada7",
        "A", "778", "31",
    ),
    "=cmd()": Student("=cmd()", '@evil"', "=1+1", "+e@uni.example"),
    "zed": Student("zed", "Zed", "Quiet", "zed@uni.example", "4712"),
}  # fmt: skip


@pytest.fixture
def export():
    lines = [line("=cmd()", penalty=2.0), line("ada"), Line("zed")]
    return Export(Class({LESSON: 10}, lines, 1), Roster(STUDENTS))


def rows(form, export):
    return list(csv.reader(io.StringIO(exports.text(form, export))))


def test_canvas_gets_its_columns_its_points_row_and_no_stretch(export):
    head, possible, evil, ada, zed = rows("canvas", export)
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON]
    assert possible == ["    Points Possible", "", "", "", "", "10"]
    assert ada == ["Lovelace, Countess, Ada", "4711", "S1", "ada7", "A", "4.0"]
    assert evil[-1] == "2.0"  # the penalty is taken off
    assert zed[-1] == ""  # nothing handed in: Canvas leaves what it has


def test_canvas_can_read_back_what_it_is_given(export, tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_bytes(exports.text("canvas", export).encode())
    found = roster.read(path).students
    assert found["ada7"].canvas == "4711"


def test_moodle_gets_its_columns(export):
    head, _, ada, zed = rows("moodle", export)
    assert head == ["First name", "Last name", "ID number", "Email address", LESSON]
    assert ada == ["Ada", "Lovelace, Countess", "778", "ada@uni.example", "4.0"]
    assert zed[-1] == ""


def test_the_wide_table_has_the_stretch_apart(export):
    head, _, ada, _ = rows("csv", export)
    found = dict(zip(head, ada, strict=True))
    assert (found[LESSON], found["total"], found["stretch"]) == ("4.0", "4.0", "1.5")


def test_the_stretch_is_added_where_it_is_asked_for(export):
    with_it = Export(export.graded, export.roster, stretch=True)
    assert rows("canvas", with_it)[3][-1] == "5.5"


def test_the_long_form_has_a_row_for_each_exercise(export):
    head, *found = rows("long", export)
    mine = [dict(zip(head, row, strict=True)) for row in found if row[0] == "ada"]
    assert [row["exercise"] for row in mine] == ["e1-a", "e2-b", "s1-more"]
    first, second, third = mine
    assert [first[n] for n in ("score", "auto_score", "manual_score", "max_score")] == [
        "4.0", "3.0", "4.0", "4",
    ]  # fmt: skip
    assert first["mistake"] == "adding, not\nsubtracting"
    assert (second["untouched"], second["manual_score"]) == ("1", "")
    assert (first["stretch"], third["stretch"]) == ("0", "1")
    assert len(found) == 6


@pytest.mark.parametrize("form", exports.FORMS)
def test_no_cell_is_a_formula_and_each_row_is_whole(export, form):
    found = rows(form, export)
    assert {len(row) for row in found} == {len(found[0])}
    cells = [cell for row in found for cell in row]
    assert not [c for c in cells if c.lstrip().startswith(("=", "+", "@", "\t"))]
    assert any("=1+1" in cell for cell in cells)


def test_whom_a_platform_will_not_know_is_named(export):
    assert exports.unknown("canvas", export) == ["=cmd()"]
    assert exports.unknown("moodle", export) == []
    assert exports.unknown("csv", Export(export.graded)) == []


def test_columns_as_a_person_types_them(export):
    assert columns(["1=Homework 1 (4711)"], [LESSON]) == {LESSON: "Homework 1 (4711)"}
    named = Export(export.graded, columns={LESSON: "Homework 1"})
    assert rows("canvas", named)[0][-1] == "Homework 1"
    for wrong in ("1", "9=x", "1="):
        with pytest.raises(CourseError, match="LESSON=NAME"):
            columns([wrong], [LESSON])


def test_feedback_is_named_as_moodle_wants_it(export, tmp_path):
    for student in ("ada", "=cmd()"):
        page = tmp_path / "feedback" / student / LESSON / f"{LESSON}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<p>{student}</p>")
    data, lost = exports.feedback(export, tmp_path, LESSON)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = archive.namelist()
    # Moodle: five parts, the second the number, then plugin type and plugin
    assert name.split("_", 4)[1:4] == ["31", "assignsubmission", "file"]
    delivery = platforms.read(name)
    assert delivery is not None
    assert delivery.number == "31"
    assert lost == ["=cmd()"]
    assert exports.feedback(export, tmp_path, LESSON) == (data, lost)


def test_a_class_from_moodle_and_back(tmp_path, capsys):
    """Its download graded, its CSV and its zip of feedback made, by the commands."""
    root = tmp_path / "course"
    root.mkdir()
    classes.tiny_course(root)
    label = "Ada Lovelace_31_assignsubmission_file_"
    download = zipped(tmp_path / "moodle.zip", {f"{label}/{FILE}": data(notebook())})
    people = tmp_path / "people.csv"
    people.write_text(
        "First name,Surname,ID number,Email address\nAda,Lovelace,778,ada@uni.example\n"
    )
    work = tmp_path / "work"
    words = ["grade", str(download), "--from", "zip", "--roster", str(people)]
    words += ["--to", str(work), "--sandbox", classes.SANDBOX, "--root", str(root)]
    assert main(words) == 0
    words = ["export", str(work), "--root", str(root), "--to"]
    assert main([*words, "moodle"]) == 0
    said = capsys.readouterr().out
    table = (work / "exports" / "moodle.csv").read_text()
    (_, row) = csv.reader(io.StringIO(table))
    assert row == ["Ada", "Lovelace", "778", "ada@uni.example", "5.0"]
    path = work / "exports" / f"moodle-feedback-{NAME}.zip"
    assert str(path) in said
    with zipfile.ZipFile(path) as archive:
        (name,) = archive.namelist()
        assert name == f"{label}feedback-{NAME}.html"
        assert b"Content-Security-Policy" in archive.read(name)
    assert main([*words, "canvas", "--output", str(tmp_path / "up")]) == 0
    assert "no id of canvas" in capsys.readouterr().out
