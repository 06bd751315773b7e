"""A gradebook on a real PostgreSQL: the marks of one in a file, no password kept."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from graders.pipeline import classroom, gradebook, marks, regrade
from graders.pipeline.cli import main
from graders.pipeline.findings import CourseError
from tests.conftest import require
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, WRONG, hand_in, notebook
from tests.graders.pipeline.test_grade import Counting, silent

psycopg: Any = require("psycopg", why="the driver of a gradebook on PostgreSQL")
SECRET = "not-to-be-kept"


def programs() -> str:
    """PATH, with the places where Debian keeps PostgreSQL's programs."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return os.pathsep.join([*map(str, places), os.environ.get("PATH", "")])


def as_server(command):
    """A command as the user `postgres`: its server refuses to run as root."""
    if os.geteuid() != 0:
        return command
    who = pwd.getpwnam("postgres")
    user = [f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]
    return ["setpriv", *user, *command]


@pytest.fixture(scope="module")
def server():
    """The port of a server of our own, on this machine only, gone afterwards."""
    before = os.environ["PATH"]
    os.environ["PATH"] = programs()
    try:
        for name in ("initdb", "postgres"):
            require(program=name, why="apt install postgresql")
        if os.geteuid() == 0:
            require(program="setpriv", why="PostgreSQL does not run as root")
        found = {name: shutil.which(name) for name in ("initdb", "postgres")}
    finally:
        os.environ["PATH"] = before
    with tempfile.TemporaryDirectory(prefix="graders-pg-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        with running(Path(folder), found) as port:
            yield port


@contextlib.contextmanager
def running(folder, found):
    data, words = folder / "data", folder / "password"
    words.write_text(SECRET)
    words.chmod(0o644)
    made = [found["initdb"], "-D", data, "-U", "grader", "--no-sync", "-E", "UTF8"]
    made += ["--auth=scram-sha-256", f"--pwfile={words}", "--locale=C"]
    subprocess.run(as_server(made), cwd=folder, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [found["postgres"], "-D", data, "-p", str(port), "-k", folder]
    command += ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            as_server(command), cwd=folder, stdout=log, stderr=log
        )
        try:
            wait_for(port, process, folder / "log")
            yield port
        finally:
            process.terminate()
            process.wait(60)


def wait_for(port, process, log):
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url(port, "postgres")).close()
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def url(port, name, password=SECRET):
    return f"postgresql://grader:{password}@127.0.0.1:{port}/{name}"


@pytest.fixture
def database(server, request):
    """A new database for one test."""
    name = f"t{abs(hash(request.node.name))}"
    with psycopg.connect(url(server, "postgres"), autocommit=True) as link:
        link.execute(f"create database {name}")
    return url(server, name)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("pg")
    (root / "course").mkdir()
    classes.tiny_course(root / "course")
    made = {"ada": notebook(), "bob": notebook(WRONG), "cyd": notebook(None)}
    for student, one in made.items():
        hand_in(root / "class", student, one)
    return root


def room(root, work, **options):
    chosen: dict[str, Any] = {"sandbox": classes.SANDBOX, "seed": 3} | options
    return classroom.Classroom(root / "course", work, [NAME], **chosen)


def test_a_class_on_postgresql_has_the_marks_of_one_in_a_file(
    course, database, tmp_path
):
    work = tmp_path / "pg"
    graded = room(course, work, db=database).grade(course / "class", silent)
    in_file = room(course, tmp_path / "file").grade(course / "class", silent)
    assert {x.student: x.scores for x in graded.lines} == {
        x.student: x.scores for x in in_file.lines
    }
    assert not (work / "gradebook.db").exists()
    both = [marks.read(gradebook.url_of(database)), marks.read(f"{file_of(tmp_path)}")]
    assert both[0] == both[1]
    assert (work / "grades.csv").read_text() == (
        tmp_path / "file" / "grades.csv"
    ).read_text()


def file_of(tmp_path):
    return f"sqlite:///{tmp_path / 'file' / 'gradebook.db'}"


def test_the_folder_remembers_the_server_and_not_the_password(
    course, database, tmp_path, monkeypatch, capsys
):
    room(course, tmp_path, db=database).grade(course / "class", silent)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
    monkeypatch.setenv("PGPASSWORD", SECRET)
    counted = Counting()
    room(course, tmp_path, executor=counted).grade(course / "class", silent)
    assert counted.ran == []  # nothing to do, in the same gradebook
    words = ["--root", str(course / "course")]
    assert main(["report", str(tmp_path), *words]) == 0
    again = regrade.Regrade(room(course, tmp_path), "e1", seed=5)
    assert again.run(silent).judged == 3
    assert "ada" in capsys.readouterr().out


def test_another_gradebook_than_before_is_filled_anew(course, database, tmp_path):
    room(course, tmp_path).grade(course / "class", silent)
    counted = Counting()
    moved = room(course, tmp_path, db=database, executor=counted)
    assert moved.grade(course / "class", silent).lines[0].total == 5.0
    assert sorted(counted.ran) == ["ada", "bob", "cyd"]


def test_a_server_that_does_not_let_us_in_is_told_without_the_password(
    course, database, tmp_path
):
    wrong = database.replace(SECRET, "wrong-word")
    with pytest.raises(CourseError, match="PGPASSWORD") as told:
        room(course, tmp_path, db=wrong).grade(course / "class", silent)
    assert "wrong-word" not in str(told.value)


@pytest.mark.parametrize(
    "text, words", [("no address", "postgresql://"), ("mysql://a/b", "mysql holds no")]
)
def test_what_is_no_address_is_told(text, words):
    with pytest.raises(CourseError, match=words):
        gradebook.url_of(text)


@pytest.mark.parametrize("command", ["grade", "report", "regrade", "export"])
def test_the_commands_take_an_address(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "--db" in capsys.readouterr().out
