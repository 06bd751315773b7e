"""`my_course/` belongs to the student: missing lessons come in, nothing is touched."""

import os
from pathlib import Path

import pytest

from tools.setup_env import SetupError, copy_lessons, place


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Bytes and time of change of every file under `folder`."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_first_copy_brings_every_lesson_byte_for_byte(checkout: Path) -> None:
    copied = copy_lessons(checkout)
    assert len(copied) == 3
    lessons, mine = checkout / "lessons", checkout / "my_course"
    for path in copied:
        assert path.read_bytes() == (lessons / path.relative_to(mine)).read_bytes()
        assert os.access(path, os.W_OK)


def test_second_copy_changes_nothing(checkout: Path) -> None:
    copy_lessons(checkout)
    before = snapshot(checkout / "my_course")
    assert copy_lessons(checkout) == []
    assert snapshot(checkout / "my_course") == before


def test_own_work_stays_and_a_new_lesson_comes(checkout: Path) -> None:
    copy_lessons(checkout)
    mine = checkout / "my_course"
    (mine / "01_one" / "01_one.ipynb").write_bytes(b"\r\nmine, \xff not even JSON")
    (mine / "02_two" / "02_two.ipynb").write_bytes(b"")  # an empty file is a file
    (mine / "notes.txt").write_text("my own file")
    before = snapshot(mine)
    new = checkout / "lessons" / "03_three" / "03_three.ipynb"
    new.parent.mkdir()
    new.write_text("new")
    (checkout / "lessons" / "01_one" / "01_one.ipynb").write_text("a newer release")
    assert copy_lessons(checkout) == [mine / "03_three" / "03_three.ipynb"]
    after = snapshot(mine)
    assert {name: after[name] for name in before} == before


def test_checkpoints_are_not_copied(checkout: Path) -> None:
    folder = checkout / "lessons" / "01_one" / ".ipynb_checkpoints"
    folder.mkdir()
    (folder / "01_one-checkpoint.ipynb").write_text("")
    copy_lessons(checkout)
    assert not (checkout / "my_course" / "01_one" / ".ipynb_checkpoints").exists()


def test_progress_of_whoever_ran_a_lesson_in_place_is_not_copied(
    checkout: Path,
) -> None:
    (checkout / "lessons" / "progress.json").write_text("{}")
    copy_lessons(checkout)
    assert not (checkout / "my_course" / "progress.json").exists()


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_links_are_the_students_too(tmp_path: Path, target: str) -> None:
    source, link = tmp_path / "source", tmp_path / "link"
    source.write_text("released")
    (tmp_path / "elsewhere").write_text("mine")
    link.symlink_to(tmp_path / target)
    assert not place(source, link)
    assert link.is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_interrupted_copy_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: Path) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "read_bytes", interrupt)
    with pytest.raises(KeyboardInterrupt):
        place(tmp_path / "source", tmp_path / "mine" / "target")
    assert list((tmp_path / "mine").iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"released")
    real_link = os.link

    def link(a: str, b: str) -> None:
        target.write_bytes(b"mine")
        if not links:
            raise PermissionError("no hard links here")
        real_link(a, b)

    monkeypatch.setattr(os, "link", link)
    assert not place(source, target)
    assert target.read_bytes() == b"mine"
    assert {path.name for path in tmp_path.iterdir()} == {"source", "target"}


def test_file_system_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: str) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "source").write_bytes(b"released")
    assert place(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"released"


def test_incomplete_checkout_is_one_line(checkout: Path) -> None:
    (checkout / "lessons" / "index.ipynb").unlink()
    with pytest.raises(SetupError, match=r"index\.ipynb is missing"):
        copy_lessons(checkout)


def test_unwritable_place_is_one_line(checkout: Path) -> None:
    (checkout / "my_course").write_text("a file where the folder should be")
    with pytest.raises(SetupError, match="could not be written") as error:
        copy_lessons(checkout)
    assert "\n" not in str(error.value)
