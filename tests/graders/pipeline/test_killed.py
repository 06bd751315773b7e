"""A run that is killed, runs out of disk or finds the gradebook held goes on after.

The table of what was seen stands in docs; `STEPS` in killing.py are its rows.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from graders.pipeline import (
    classroom,
    judge,
    marks,
    obstacles,
    statistics,
    tree,
    verdicts,
    walls,
)
from graders.pipeline.executors import InThisProcess
from tests.conftest import require
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, RIGHT, WRONG, hand_in, notebook
from tests.graders.pipeline.killing import STEPS
from tests.graders.pipeline.test_grade import Counting, room, silent

STUDENTS = ("ada", "bob", "cyd", "dan", "eve", "fay")
SLEEPS = RIGHT + "\nimport time\ntime.sleep(SECONDS)"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return classes.tiny_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """A class whose marks differ, so that one in another's place is seen."""
    folder = tmp_path_factory.mktemp("given") / "class"
    for number, student in enumerate(STUDENTS):
        answer = (RIGHT, WRONG, None)[number % 3]
        hand_in(folder, student, notebook(answer and f"{answer}\n# {student}"))
    return folder


@pytest.fixture(scope="module")
def undisturbed(course, given, tmp_path_factory):
    """Marks and rows of a run that nothing happened to."""
    work = tmp_path_factory.mktemp("undisturbed")
    room(course, work).grade(given, silent)
    return contents(work)


def contents(work):
    """All marks, and how many rows each table of the gradebook has."""
    with sqlite3.connect(work / "gradebook.db") as book:
        assert book.execute("pragma integrity_check").fetchall() == [("ok",)]
        names = ("student", "submitted_assignment", "submitted_notebook", "grade")
        rows = {n: book.execute(f"select count(*) from {n}").fetchone() for n in names}
    book.close()
    with classroom.quiet():
        return marks.read(f"sqlite:///{work / 'gradebook.db'}"), rows


def whole(work):
    """Every notebook, page and record below a folder is complete."""
    found = list(work.rglob("*.ipynb")) + list((work / "done").rglob("*.json"))
    for path in found:
        json.loads(path.read_text())
    for path in work.rglob("*.html"):
        assert path.read_text().rstrip().endswith("</html>"), path
    return True


def ticked(work):
    """Students whose submission is recorded as done."""
    paths = (work / "done").glob(f"*/{NAME}.json")
    return {p.parent.name for p in paths if json.loads(p.read_text()).get("key")}


def command(course, given, work, *first):
    words = [str(given), "--to", str(work), "--root", str(course), "--seed", "7"]
    options = ["--sandbox", classes.SANDBOX, "--workers", "1"]
    return [sys.executable, "-m", *first, *words, *options]


def goes_on(course, given, work, undisturbed, **options):
    """The same command again: the rest is graded, once; nothing is lost or doubled."""
    done = ticked(work)
    counted = Counting()
    room(course, work, executor=counted, **options).grade(given, silent)
    assert sorted(counted.ran) == sorted(set(STUDENTS) - done)
    assert contents(work) == undisturbed
    assert whole(work)
    assert list(work.rglob(".*.draft")) == []
    for student in STUDENTS:
        assert (work / "feedback" / student / NAME / f"{NAME}.html").is_file()
    return done


@pytest.mark.parametrize("step", STEPS)
def test_a_run_that_is_killed_goes_on(course, given, undisturbed, tmp_path, step):
    work = tmp_path / "work"
    call = command(course, given, work, "tests.graders.pipeline.killing", step)
    killed = subprocess.run(call, cwd=classes.ROOT, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert whole(work)
    # a kill after the commit, or in the middle of a file, costs that submission again
    assert len(goes_on(course, given, work, undisturbed)) <= 2


def test_no_process_outlives_a_run_that_is_killed(course, tmp_path):
    hand_in(tmp_path / "class", "ada", notebook(SLEEPS.replace("SECONDS", "60")))
    call = command(
        course, tmp_path / "class", tmp_path / "work", "graders.pipeline.cli"
    )
    run = subprocess.Popen(
        [*call[:3], "grade", *call[3:]],
        cwd=classes.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wanted = 4 if classes.WALLED else 2  # bwrap twice, the template, the worker
    family = until(lambda: found if len(found := family_of(run)) >= wanted else None)
    run.kill()
    run.wait()
    until(lambda: not [pid for pid in family if alive(pid)])


def family_of(run):
    return [pid for pid in tree.processes(run.pid) if pid != run.pid]


def alive(pid):
    """Whether it runs; what waits to be buried by a lazy first process does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def until(test, seconds=60):
    """What a test gives as soon as it is true."""
    for _ in range(int(seconds / 0.05)):
        if found := test():
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s")


# -- workers -------------------------------------------------------------------------
def test_a_sandbox_that_is_killed_in_the_middle_costs_nobody_a_mark(
    course, given, undisturbed, tmp_path
):
    require(program="bwrap", why="no sandbox without it")
    killed: list[walls.Walls] = []

    def watch(step, done, total):
        if step == "grade" and done and not killed:
            for one in walls._shared.values():
                if one._process is not None:
                    one._process.kill()
                    killed.append(one)

    made = room(course, tmp_path, executor=InThisProcess(2))
    found = made.grade(given, watch)
    assert killed
    assert contents(tmp_path) == undisturbed
    assert not [line.notes for line in found.lines if line.notes]


def test_a_worker_that_is_killed_costs_no_mark_and_a_person_is_told(
    course, given, undisturbed, tmp_path, monkeypatch
):
    """What a machine does whose memory runs out, whoever took it."""
    ask, killed = judge.Session.probe, list[int]()

    def probe(session, *job):
        worker = session._ensure()
        if not killed and worker is not None:
            os.kill(worker.pid, signal.SIGKILL)
            killed.append(worker.pid)
        return ask(session, *job)

    monkeypatch.setattr(judge.Session, "probe", probe)
    made = room(course, tmp_path, executor=InThisProcess(1))
    found = made.grade(given, silent)
    assert killed
    assert contents(tmp_path) == undisturbed
    told = [(f.student, f.evidence) for f in statistics.flags(found)]
    assert told == [("ada", verdicts.TWICE)]


# -- the disk ------------------------------------------------------------------------
FULL = """
set -e
mount -t tmpfs -o size=300k none "$WORK"
rc=0; "$@" || rc=$?
test $rc = 1
if find "$WORK" -name '.*.draft' | grep .; then exit 9; fi
df "$WORK" | tail -1 >&2
mount -o remount,size=64m "$WORK"
"$@"
cp -r "$WORK" "$KEPT"
"""


def test_a_full_disk_ends_the_run_in_words_and_the_next_goes_on(
    course, given, undisturbed, tmp_path
):
    """A real one, too small for six, where anybody may mount it."""
    require(program="unshare", why="it makes the small disk")
    spaces = ["unshare", "--mount", *(["-Ur"] if os.getuid() else [])]
    if subprocess.run([*spaces, "true"], capture_output=True).returncode:
        reason = "no namespace may be made here"
        pytest.fail(reason) if os.environ.get("REQUIRE_ALL") else pytest.skip(reason)
    work, kept = tmp_path / "work", tmp_path / "kept"
    work.mkdir()
    call = command(course, given, work, "graders.pipeline.cli")
    call = [*call[:3], "grade", *call[3:], "--sandbox", "none"]
    env = {**os.environ, "WORK": str(work), "KEPT": str(kept)}
    script = [*spaces, "sh", "-c", FULL, "sh", *call]
    done = subprocess.run(
        script, cwd=classes.ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same command goes on" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(kept) == undisturbed
    assert whole(kept)


@pytest.mark.parametrize("nth", [4, 9, 15])
def test_a_write_that_fails_leaves_no_draft(
    course, given, undisturbed, tmp_path, monkeypatch, nth
):
    """Wherever the disk is full: what the run was at is graded again."""
    write, seen = Path.write_bytes, []

    def full(path, data):
        seen.append(path)
        if len(seen) >= nth and path.name.endswith(".draft"):
            write(path, data[:10])
            raise OSError(28, "No space left on device", str(path))
        return write(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(obstacles.StoppedError, match="no space is left"):
            room(course, tmp_path).grade(given, silent)
    assert list(tmp_path.rglob(".*.draft")) == []
    assert whole(tmp_path)
    goes_on(course, given, tmp_path, undisturbed)


# -- a gradebook that another process holds ------------------------------------------
class Held:
    """Holds a gradebook from the second submission on, as formgrader does for long."""

    def __init__(self, path, seconds=None):
        self.path, self.seconds = path, seconds
        self.link: sqlite3.Connection | None = None

    def watch(self, step, done, total):
        if (step, done) == ("grade", 2) and self.link is None:
            self.link = sqlite3.connect(
                self.path, isolation_level=None, check_same_thread=False
            )
            self.link.execute("begin immediate")
            if self.seconds is not None:
                threading.Timer(self.seconds, self.free).start()

    def free(self):
        assert self.link is not None
        self.link.close()


def test_a_gradebook_that_is_held_for_a_while_is_waited_for(
    course, given, undisturbed, tmp_path
):
    held = Held(tmp_path / "gradebook.db", seconds=6.0)  # SQLite itself gives up at 5
    room(course, tmp_path).grade(given, held.watch)
    assert held.link is not None
    assert contents(tmp_path) == undisturbed


def test_a_gradebook_that_is_never_given_back_ends_the_run_in_words(
    course, given, undisturbed, tmp_path, monkeypatch
):
    monkeypatch.setattr(classroom, "PATIENCE", 1)
    held = Held(tmp_path / "gradebook.db")
    with pytest.raises(obstacles.StoppedError, match="another process has held"):
        room(course, tmp_path).grade(given, held.watch)
    held.free()
    assert len(goes_on(course, given, tmp_path, undisturbed)) == 2
