"""Grading on a real Dask cluster: a scheduler and workers in processes of their own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from graders.pipeline import classroom, cli, cluster, verdicts, walls
from graders.pipeline.findings import CourseError
from tests.conftest import require
from tests.graders.pipeline import classes
from tests.graders.pipeline.classes import NAME, hand_in, notebook

distributed = require("distributed", why="it is the extra [cluster]")
VERSION = classroom.graders_version()


def start(folder, name, *words):
    """One program of dask, its log in a file; the address that it says."""
    log = folder / f"{name}.log"
    command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=file, start_new_session=True
        )
    return process, log


def said(log, pattern, seconds=60):
    for _ in range(int(seconds / 0.05)):
        if found := re.search(pattern, log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.05)
    pytest.fail(f"{log.name}: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    require(program="openssl", why="it makes the test's certificates")
    folder = tmp_path_factory.mktemp("tls")
    what = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    call = ["openssl", *what, "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(call, cwd=folder, check=True, capture_output=True)
    shutil.copy(folder / "cert.pem", folder / "ca.pem")
    return folder


@pytest.fixture(scope="module")
def dask(certificates, tmp_path_factory):
    """Address and workers' processes of a cluster with certificates."""
    folder = tmp_path_factory.mktemp("dask")
    tls = [
        f"--tls-{n}-file" if n == "ca" else f"--tls-{n}" for n in ("ca", "cert", "key")
    ]
    files = [str(certificates / f"{n}.pem") for n in ("ca", "cert", "key")]
    secured = [word for pair in zip(tls, files, strict=True) for word in pair]
    head = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
    scheduler, log = start(
        folder, "scheduler", "scheduler", "--protocol", "tls", *head, *secured
    )
    address = said(log, r"Scheduler at:\s+(tls://\S+)")
    small = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    workers = [
        start(folder, name, "worker", address, *small, "--name", name, *secured)
        for name in ("one", "two")
    ]
    for _, log in workers:
        said(log, r"(Registered to)")
    yield address, [process for process, _ in workers]
    for process in (scheduler, *(process for process, _ in workers)):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def address_of(dask, certificates, **other):
    files = {n: certificates / f"{n}.pem" for n in ("ca", "cert", "key")}
    return cluster.Address(dask[0].replace("tls://", "tcp://"), **{**files, **other})


def connect(address, version, sandbox):
    with cluster.connected(address, version, sandbox):
        pass


def class_of(folder, count):
    for number in range(count):
        answer = classes.RIGHT if number % 2 else classes.WRONG
        made = notebook(f"{answer}\n# student {number}")
        hand_in(folder, f"student{number:02d}", made)
    return folder


def test_a_class_is_graded_once_though_a_worker_is_killed(dask, certificates, tmp_path):
    (tmp_path / "course").mkdir()
    course = classes.tiny_course(tmp_path / "course")
    given = class_of(tmp_path / "class", 16)
    rooms = [
        classroom.Classroom(course, tmp_path / name, [NAME], 7, sandbox=classes.SANDBOX)
        for name in ("here", "there")
    ]
    expected = {
        line.student: line.scores for line in rooms[0].grade(given, silent).lines
    }
    recorded = []

    def watch(step, done, total):
        recorded.append((step, done, total))
        if (step, done) == ("grade", 4):
            os.killpg(dask[1][0].pid, signal.SIGKILL)

    address = address_of(dask, certificates)
    with cluster.connected(address, VERSION, classes.SANDBOX) as rooms[1].executor:
        found = rooms[1].grade(given, watch)
    assert {line.student: line.scores for line in found.lines} == expected
    assert recorded.count(("grade", 16, 16)) == 1
    assert len([r for r in recorded if r[0] == "grade"]) == 17  # 0 to 16, each once
    assert dask[1][0].wait(timeout=30) == -signal.SIGKILL


def test_a_pod_without_walls_sends_its_class_to_machines_that_have_them(
    dask, certificates, tmp_path, monkeypatch, capsys
):
    """Graded and regraded where no user namespace may be made, as on a JupyterHub."""
    monkeypatch.setattr(walls, "missing", lambda: "no user namespaces in this pod")
    (tmp_path / "course").mkdir()
    course = classes.tiny_course(tmp_path / "course")
    given, work = class_of(tmp_path / "class", 2), tmp_path / "work"
    where = ["--root", str(course), "--sandbox", classes.SANDBOX]
    line = ["--scheduler", dask[0].replace("tls://", "tcp://")]
    for name in ("ca", "cert", "key"):
        line += [f"--tls-{name}", str(certificates / f"{name}.pem")]
    grade = ["grade", str(given), "--to", str(work), *where]
    regrade = ["regrade", "--exercise", "e1", "--seed", "3", str(work), *where]
    if classes.WALLED:
        assert cli.main(grade) == 1
        assert "--scheduler" in capsys.readouterr().err
    assert cli.main([*grade, *line]) == 0
    if classes.WALLED:
        assert cli.main(regrade) == 1
    assert cli.main([*regrade, *line]) == 0
    said = capsys.readouterr().out
    assert "2 submissions were judged in this run" in said
    found = json.loads((work / "results.json").read_text())
    points = {s["student"]: s["scores"][NAME] for s in found["students"]}
    assert points["student01"] == 5.0
    assert points["student00"] < 5.0


def silent(step, done, total):
    """Nobody watches."""


def test_what_comes_back_is_bytes_that_hold_json():
    assert cluster.as_bytes(lambda item: {"points": item}, 2.5) == b'{"points": 2.5}'


@pytest.mark.parametrize("sent", [b"\x80\x04.", "text", None, b"{"])
def test_what_is_no_json_is_an_error_of_that_job(sent):
    class Future:
        def exception(self):
            return None

        def result(self):
            return sent

    done = cluster._done("item", Future())
    assert done.outcome is None
    assert isinstance(done.error, (TypeError, ValueError))


def test_the_line_needs_certificates(dask):
    bare = cluster.Address(dask[0].replace("tls://", "tcp://"))
    with pytest.raises(CourseError, match="--tls-ca, --tls-cert, --tls-key is missing"):
        connect(bare, VERSION, verdicts.NONE)


def test_a_file_that_is_not_there_is_named(dask, certificates):
    wrong = address_of(dask, certificates, key=certificates / "lost.pem")
    with pytest.raises(CourseError, match=r"lost\.pem: no such file"):
        connect(wrong, VERSION, verdicts.NONE)


def test_workers_of_another_version_are_refused(dask, certificates):
    address = address_of(dask, certificates)
    with pytest.raises(CourseError, match="another version"):
        connect(address, b"0" * 64, verdicts.NONE)


def test_a_scheduler_that_is_not_there_is_a_sentence(certificates, monkeypatch):
    monkeypatch.setattr(cluster, "WAIT", 1)
    address = address_of(("tls://127.0.0.1:9", []), certificates)
    with pytest.raises(CourseError, match="no scheduler answers at tls://127"):
        connect(address, VERSION, verdicts.NONE)
