"""Where submissions are found, what is refused and why; the class is only read."""

import hashlib
import io
import os
import zipfile

import pytest

from graders.pipeline import intake, verdicts
from graders.pipeline.findings import CourseError
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, data, hand_in, notebook, zipped

FILE = f"{NAME}.ipynb"
GOOD = data(notebook())
ASSIGNMENTS = {NAME: classes.assignment()}


def collect(folder):
    return intake.collect(folder, ASSIGNMENTS)


def only(folder):
    """The one submission of a class of one, which must be gradable."""
    (found,) = collect(folder).submissions
    return found


def put(folder, name, content=GOOD):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "path",
    [
        f"ada/{NAME}/{FILE}",
        f"ada/{FILE}",
        f"submitted/ada/{NAME}/{FILE}",
        f"class 2026/ada/{NAME}/{FILE}",
        f"ada/deep/er/{FILE}",
        f"ada_{FILE}",
        f"{NAME}-ada.ipynb",
        f"ada - {NAME} (1).ipynb",
        f"ada_12345_assignsubmission_file_/{FILE}",
    ],
)
def test_layouts(tmp_path, path):
    put(tmp_path, path)
    found = only(tmp_path)
    assert (found.student, found.assignment) == ("ada", NAME)
    assert found.data == GOOD
    assert not found.refused


@pytest.mark.parametrize("top", ["", "submitted/", "class/"])
def test_a_zip_of_a_class(tmp_path, top):
    entries = {f"{top}{who}/{NAME}/{FILE}": GOOD for who in ("ada", "bob")}
    junk = {f"{top}__MACOSX/ada/{NAME}/._{FILE}": b"x"}
    found = collect(zipped(tmp_path / "c.zip", entries | junk))
    assert [s.student for s in found.submissions] == ["ada", "bob"]
    assert all(s.data == GOOD and not s.refused for s in found.submissions)


@pytest.mark.parametrize("path", ["ada.zip", "ada/work.zip", f"ada/{NAME}/w.zip"])
def test_a_zip_of_a_student(tmp_path, path):
    zipped(tmp_path / path, {FILE: GOOD})
    put(tmp_path, f"bob/{NAME}/{FILE}")
    found = {s.student: s for s in collect(tmp_path).submissions}
    assert found["ada"].data == found["bob"].data == GOOD


@pytest.mark.parametrize("name", ["Homework (2).ipynb", f"{FILE}.txt", "a.json"])
def test_a_renamed_notebook_is_known_by_its_cells(tmp_path, name):
    put(tmp_path, f"ada/{name}")
    found = only(tmp_path)
    assert found.assignment == NAME
    assert "called" in found.notes[0].text


def test_a_missing_notebook_is_a_line_of_its_own(tmp_path):
    (tmp_path / "ada" / NAME).mkdir(parents=True)
    put(tmp_path, f"bob/{NAME}/answers.pdf", b"%PDF")
    put(tmp_path, "cyd/notes.txt", b"hello")
    found = {s.student: s for s in collect(tmp_path).submissions}
    assert "no notebook" in found["ada"].refused
    assert "answers.pdf" in found["bob"].refused
    assert found["cyd"].assignment == ""
    assert "notes.txt" in found["cyd"].refused


def test_the_best_of_several_notebooks_is_taken(tmp_path):
    put(tmp_path, f"ada/{NAME}/{FILE}")
    put(tmp_path, f"ada/{NAME}/Untitled.ipynb", data(notebook(None)))
    put(tmp_path, f"ada/{NAME}/.ipynb_checkpoints/{FILE}", b"old")
    found = only(tmp_path)
    assert found.data == GOOD
    assert "one more notebook" in found.notes[0].text


def test_links_are_not_followed(tmp_path):
    secret = put(tmp_path, "secret.txt", GOOD)
    folder = tmp_path / "class"
    (folder / "ada" / NAME).mkdir(parents=True)
    (folder / "ada" / NAME / FILE).symlink_to(secret)
    (folder / "bob").symlink_to(tmp_path)
    put(folder, f"cyd/{NAME}/{FILE}")
    found = {s.student: s for s in collect(folder).submissions}
    assert "is a link" in found["ada"].refused
    assert found["ada"].data == b""
    assert "is a link" in " ".join([found["bob"].refused, *texts(found["bob"])])
    assert not found["cyd"].refused


def texts(submission):
    return [note.text for note in submission.notes]


def test_pipes_are_not_opened(tmp_path):
    (tmp_path / "ada" / NAME).mkdir(parents=True)
    os.mkfifo(tmp_path / "ada" / NAME / FILE)
    assert "no plain file" in only(tmp_path).refused


@pytest.mark.parametrize(
    "name",
    [
        f"../../{FILE}",
        f"/etc/{FILE}",
        f"..\\..\\{FILE}",
        f"C:\\{FILE}",
        f"a/../../{FILE}",
    ],
)
def test_a_zip_may_not_leave_its_folder(tmp_path, name):
    zipped(tmp_path / "class" / "ada" / "w.zip", {name: GOOD})
    put(tmp_path / "class", f"bob/{NAME}/{FILE}")
    before = tree(tmp_path)
    found = {s.student: s for s in collect(tmp_path / "class").submissions}
    assert "outside its folder" in found["ada"].refused
    assert not found["bob"].refused
    assert tree(tmp_path) == before


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    zipped(tmp_path / "ada" / "w.zip", {FILE: bytes(15 * 2**20)})
    zipped(tmp_path / "bob" / "w.zip", {FILE: bytes(30 * 2**20)})
    zipped(tmp_path / "cyd" / "w.zip", {f"{i}.txt": b"" for i in range(3000)})
    found = {s.student: s.refused for s in collect(tmp_path).submissions}
    assert "times" in found["ada"]
    assert "at most 20" in found["bob"]
    assert "3000 files" in found["cyd"]


def test_a_zip_that_lies_of_its_sizes_is_not_believed(tmp_path):
    path = zipped(tmp_path / "ada" / "w.zip", {FILE: bytes(2**20)})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((2**20).to_bytes(4, "little"), b"\x10\0\0\0"))
    assert only(tmp_path).refused


def test_links_in_a_zip_are_not_followed(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo(FILE)
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    put(tmp_path, "ada/w.zip", buffer.getvalue())
    assert "is a link" in only(tmp_path).refused


def test_a_broken_zip_is_a_line_of_its_own(tmp_path):
    put(tmp_path, "ada/w.zip", b"PK\x03\x04 no zip")
    put(tmp_path, f"bob/{NAME}/{FILE}")
    found = {s.student: s.refused for s in collect(tmp_path).submissions}
    assert "no zip that can be read" in found["ada"]
    assert not found["bob"]


def test_a_file_too_large_is_not_read(tmp_path):
    put(tmp_path, f"ada/{NAME}/{FILE}", b" " * (20 * 2**20 + 1))
    assert "at most 20" in only(tmp_path).refused


def test_a_notebook_of_no_lesson_is_told(tmp_path):
    put(tmp_path, "ada/other.ipynb", b'{"cells": [], "metadata": {}}')
    found = only(tmp_path)
    assert found.assignment == ""
    assert "of no lesson" in " ".join(texts(found))


def test_names_that_nbgrader_could_not_hold_are_changed(tmp_path):
    put(tmp_path, f"a[b]*+{{x}}/{NAME}/{FILE}")
    assert only(tmp_path).student == "a_b____x_"


@pytest.mark.parametrize(
    "text, kept",
    [("2026-03-01 10:00:00 UTC", True), ("not a date", False), ("9999-99-99", False)],
)
def test_a_timestamp_is_kept_where_it_is_one(tmp_path, text, kept):
    put(tmp_path, f"ada/{NAME}/{FILE}")
    put(tmp_path, f"ada/{NAME}/timestamp.txt", text.encode())
    assert only(tmp_path).timestamp == (text if kept else "")


def test_what_is_no_class_is_refused_in_one_line(tmp_path):
    with pytest.raises(CourseError, match="not there"):
        collect(tmp_path / "nowhere")
    with pytest.raises(CourseError, match="--self"):
        collect(put(tmp_path, FILE))


def test_the_class_is_only_read(tmp_path):
    hand_in(tmp_path, "ada", GOOD)
    hand_in(tmp_path, "bob", b"{")
    zipped(tmp_path / "cyd.zip", {f"../{FILE}": GOOD})
    before = tree(tmp_path)
    for submission in collect(tmp_path).submissions:
        verdicts.assignment(classes.solution(), NAME)
        assert submission.student
    assert tree(tmp_path) == before


def tree(folder):
    return {
        path.relative_to(folder): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.lstat().st_mtime_ns,
        )
        for path in folder.rglob("*")
    }
