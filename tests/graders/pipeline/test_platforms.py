"""Downloads as Moodle, Canvas and nbgrader name them, and the roster that names all."""

import os
import zipfile

import pytest

from graders.pipeline import intake, platforms, roster
from graders.pipeline.findings import CourseError
from graders.pipeline.roster import Roster, Student
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, WRONG, data, notebook, zipped
from tests.graders.pipeline.test_intake import FILE, GOOD, put, texts

ASSIGNMENTS = {NAME: classes.assignment()}
OLD = data(notebook(WRONG))
JANE = Student("jd1", "Jane", "Doe", "jane@uni.example", canvas="4711", sis="S1")
ZOE = Student("zl2", "Zoë", "Le Guin", "zoe@uni.example", canvas="4712", number="778")
CLASS = Roster({one.id: one for one in (JANE, ZOE)})


def collect(folder, known=None, layout="", **options):
    return intake.collect(folder, ASSIGNMENTS, known, layout, **options)


def students(found):
    return {one.student: one for one in found.submissions}


@pytest.mark.parametrize(
    "entry",
    [
        f"Jane Doe_12345_assignsubmission_file_/{FILE}",
        f"Jane Doe_12345_assignsubmission_file/{FILE}",
        f"Jane Doe_12345_assignsubmission_file_{FILE}",
        "Jane Doe_12345_assignsubmission_file_my work.ipynb",
        f"doejane_4711_99001_{FILE}",
        f"doejane_LATE_4711_99001_{FILE}",
        f"doejane_4711_99001_{NAME}-2.ipynb",
        f"jd1+{NAME}+2026-03-01 10:00:00.123456 UTC/{FILE}",
        f"inbound/jd1+{NAME}+2026-03-01 10:00:00 UTC+aGVsbG8/{FILE}",
        f"submitted/jd1/{NAME}/{FILE}",
        f"jane@uni.example/{FILE}",
        f"Doe, Jane/{FILE}",
        f"jane doe_{FILE}",
    ],
)
def test_the_roster_names_a_student_whatever_the_platform_says(tmp_path, entry):
    found = collect(zipped(tmp_path / "class.zip", {entry: GOOD}), CLASS)
    (one,) = found.submissions
    assert (one.student, one.assignment, one.refused) == ("jd1", NAME, "")
    assert one.data == GOOD
    assert found.students == ["jd1", "zl2"]  # who handed in nothing is there too
    assert not found.notes


def test_names_of_platforms_are_no_repairs(tmp_path):
    put(tmp_path, f"Jane Doe_12345_assignsubmission_file_{FILE}")
    put(tmp_path, f"leguinzoe_4712_99001_{FILE}")
    found = students(collect(tmp_path, CLASS))
    assert texts(found["jd1"]) == texts(found["zl2"]) == []
    assert found["jd1"].label == "Jane Doe_12345_assignsubmission_file_"


def test_without_a_roster_the_platforms_names_stand(tmp_path):
    put(tmp_path, f"Jane Doe_12345_assignsubmission_file_/{FILE}")
    put(tmp_path, f"leguinzoe_4712_99001_{FILE}")
    assert set(students(collect(tmp_path))) == {"Jane Doe", "leguinzoe"}


@pytest.mark.parametrize(
    "name", ["doejane_{}_99001_" + FILE, "Jane Doe_{}_assignsubmission_file_" + FILE]
)
def test_two_people_of_one_name_are_two(tmp_path, name):
    put(tmp_path, name.format("4711"))
    put(tmp_path, name.format("4999"), OLD)
    found = collect(tmp_path)
    who = name.split("_")[0]
    assert set(students(found)) == {f"{who} (4711)", f"{who} (4999)"}
    assert "several people" in found.notes[0].text
    assert "--roster" in found.notes[0].text


def test_a_name_that_two_of_the_roster_have_is_told_apart_by_number(tmp_path):
    other = Student("jd9", "Jane", "Doe", canvas="4999")
    known = Roster({"jd1": JANE, "jd9": other})
    put(tmp_path, f"doejane_4999_99001_{FILE}")
    put(tmp_path, f"Jane Doe_77_assignsubmission_file_/{FILE}")
    found = collect(tmp_path, known)
    assert {"jd9", "Jane Doe (77)"} == set(students(found))
    assert "not on the roster" in " ".join(note.text for note in found.notes)
    worksheet = Roster({"jd1": Student("jd1", "Jane", "Doe", participant="77")})
    assert "jd1" in students(collect(tmp_path, worksheet))


def test_one_student_in_moodles_downloads_of_two_lessons_is_one(tmp_path):
    lessons = ASSIGNMENTS | {"02_other": classes.assignment()}
    put(tmp_path, f"Jane Doe_11_assignsubmission_file_/{FILE}")
    put(tmp_path, "Jane Doe_22_assignsubmission_file_/02_other.ipynb", b"{")
    found = intake.collect(tmp_path, lessons)
    assert {one.student for one in found.submissions} == {"Jane Doe"}


def test_of_several_the_last_counts_and_the_others_are_named(tmp_path):
    put(tmp_path, f"doejane_4711_99001_{FILE}", OLD)
    put(tmp_path, f"doejane_4711_98000_{NAME}-1.ipynb")
    put(tmp_path, f"doejane_4711_99005_{NAME}-10.ipynb", data(notebook(None)))
    (one,) = collect(tmp_path).submissions
    assert one.data == data(notebook(None))
    said = " ".join(texts(one))
    assert f"99001_{FILE} is one more notebook" in said
    assert f"98000_{NAME}-1.ipynb is one more notebook" in said


def test_of_the_exchange_the_last_counts(tmp_path):
    for day, made in (("02", GOOD), ("01", OLD), ("03", b"{")):
        put(tmp_path, f"ada+{NAME}+2026-03-{day} 10:00:00.5 UTC/{FILE}", made)
    (one,) = collect(tmp_path, layout="nbgrader").submissions
    assert one.data == GOOD  # the third cannot be read
    assert one.timestamp == "2026-03-02 10:00:00.5 UTC"
    assert "of 2026-03-01 10:00" in " ".join(texts(one))


def test_of_files_alike_the_last_by_time_counts(tmp_path):
    for name, when, made in ((f"a/x/{FILE}", 9, OLD), (f"a/y/{FILE}", 10, GOOD)):
        os.utime(put(tmp_path, name, made), (10**9 + when, 10**9 + when))
    put(tmp_path, f"b/{FILE}")
    assert students(collect(tmp_path))["a"].data == GOOD


def test_who_is_not_on_the_roster_is_graded_and_told(tmp_path):
    put(tmp_path, f"eve/{FILE}")
    found = collect(tmp_path, CLASS)
    assert found.students == ["eve", "jd1", "zl2"]
    assert "eve is not on the roster" in found.notes[0].text


def test_lateness_that_canvas_marks_is_told(tmp_path):
    put(tmp_path, f"doejane_LATE_4711_99001_{FILE}")
    (one,) = collect(tmp_path, clock=True).submissions
    assert [note.kind for note in one.notes] == ["late"]
    assert one.timestamp == ""  # files have the time of the download


def test_a_files_time_counts_only_where_it_is_asked_for(tmp_path):
    when = 1_772_362_800  # 2026-03-01 11:00 UTC
    os.utime(put(tmp_path, f"ada/{FILE}"), (when, when))
    assert collect(tmp_path).submissions[0].timestamp == ""
    (one,) = collect(tmp_path, clock=True).submissions
    assert one.timestamp == "2026-03-01 11:00:00 UTC"


def test_a_students_own_zip_has_the_time_it_was_handed_in(tmp_path):
    path = tmp_path / "ada.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(zipfile.ZipInfo(FILE, (1999, 1, 1, 0, 0, 0)), GOOD)
    os.utime(path, (1_772_362_800, 1_772_362_800))
    put(tmp_path, f"bob/{FILE}")
    one = students(collect(tmp_path, clock=True))["ada"]
    assert one.timestamp == "2026-03-01 11:00:00 UTC"


def test_a_zip_within_moodles_zip_is_opened_and_a_bomb_is_not(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {FILE: GOOD}).read_bytes()
    bomb = zipped(tmp_path / "bomb.zip", {FILE: bytes(15 * 2**20)}).read_bytes()
    out = zipped(tmp_path / "out.zip", {f"../../{FILE}": GOOD}).read_bytes()
    entries = {
        "Jane Doe_11_assignsubmission_file_/work.zip": inner,
        "Bob Low_12_assignsubmission_file_/work.zip": bomb,
        "Cyd Low_13_assignsubmission_file_/work.zip": out,
    }
    found = students(collect(zipped(tmp_path / "all.zip", entries)))
    assert found["Jane Doe"].data == GOOD
    assert "times" in found["Bob Low"].refused
    assert "outside its folder" in found["Cyd Low"].refused


@pytest.mark.parametrize(
    "layout, make, words",
    [
        ("zip", lambda p: put(p / "f", f"a/{FILE}").parents[1], "--from folder"),
        ("folder", lambda p: zipped(p / "c.zip", {f"a/{FILE}": GOOD}), "--from zip"),
        ("nbgrader", lambda p: put(p / "f", f"a/{FILE}").parents[1], "inbound"),
    ],
)
def test_another_layout_than_was_said_is_answered(tmp_path, layout, make, words):
    with pytest.raises(CourseError, match=words):
        collect(make(tmp_path), layout=layout)


OWN = (
    "student_id,first_name,last_name,email,canvas_id,sis_user_id\n"
    "jd1,Jane,Doe,jane@uni.example,4711,S1\n"
)
EXCEL = (
    "\ufeffstudent_id;name;e-mail;canvas id;SIS ID\n"
    "jd1;Doe, Jane;jane@uni.example;4711;S1\n"
)
PLAIN = "id,name,email,canvas_id,sis_id\njd1,Jane Doe,jane@uni.example,4711,S1\n"


@pytest.mark.parametrize("text", [OWN, EXCEL, PLAIN])
def test_a_roster_of_ones_own(tmp_path, text):
    path = put(tmp_path, "r.csv", text.encode())
    assert roster.read(path).students == {"jd1": JANE}


def test_the_roster_that_canvas_exports(tmp_path):
    path = put(
        tmp_path,
        "r.csv",
        b"Student,ID,SIS User ID,SIS Login ID,Section,Homework (12)\n"
        b"    Points Possible,,,,,20\n"
        b'"Doe, Jane",4711,S1,jd1,"A; B",3\n'
        b'"Student, Test",99,,,A,\n',
    )
    (one,) = roster.read(path).students.values()
    assert (one.id, one.canvas, one.sis, one.first) == ("jd1", "4711", "S1", "Jane")
    assert one.section == "A; B"


def test_the_rosters_that_moodle_exports(tmp_path):
    grades = put(
        tmp_path,
        "g.csv",
        "First name,Surname,ID number,Email address\n"
        "Zoë,Le Guin,778,zoe@uni.example\n".encode(),
    )
    (one,) = roster.read(grades).students.values()
    assert (one.id, one.number, one.email) == ("778", "778", "zoe@uni.example")
    worksheet = put(
        tmp_path,
        "w.csv",
        b"Identifier,Full name,Email address,Status\n"
        b"Participant 1234,Jane Doe,jane@uni.example,Submitted\n",
    )
    (one,) = roster.read(worksheet).students.values()
    assert (one.participant, one.last, one.id) == ("1234", "Doe", "jane@uni.example")


@pytest.mark.parametrize(
    "text, words",
    [
        (b"", "names no student"),
        (b"a,b\n1,2\n", "student_id"),
        (b"student_id\nada\nada\n", "r.csv:3: ada .*twice"),
        (b"student_id\n\xff\n", "UTF-8"),
    ],
)
def test_a_roster_that_cannot_be_one_says_what_is_needed(tmp_path, text, words):
    with pytest.raises(CourseError, match=words):
        roster.read(put(tmp_path, "r.csv", text))


def test_a_name_is_known_without_accents_and_in_either_order():
    for text in ("Le Guin, Zoe", "zoë le guin", "leguinzoe", "ZOE LE-GUIN"):
        assert CLASS.by_name(text) == "zl2", text
    assert CLASS.by_name("") == CLASS.by_name("nobody") == ""


@pytest.mark.parametrize(
    "name", [FILE, f"ada_{FILE}", f"{NAME}-ada.ipynb", "ada_01_02_x.ipynb", "a+b"]
)
def test_ordinary_names_are_no_platforms(name):
    assert platforms.read(name) is None
