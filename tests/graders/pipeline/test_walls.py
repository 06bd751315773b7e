"""The walls round submissions: that each holds, and that a fallen one would be seen."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from graders.pipeline import cli, doctor, sandbox, seccomp, shut_in, tree, walls
from tests.conftest import require
from tests.graders.pipeline import classes

ROOT = Path(__file__).resolve().parents[3]
LIMITS = sandbox.Limits()
SETUP = {"op": "setup", "forbid": []}


@pytest.fixture(scope="module")
def launcher():
    require(program="bwrap", why="no sandbox without it")
    if why := walls.missing():
        pytest.fail(why) if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip(why)
    with walls.Walls() as found:
        yield found


def run(worker, source):
    return worker.ask({"op": "run", "name": "cell", "source": source}, seconds=20.0)


@pytest.fixture
def worker(launcher):
    made = launcher(LIMITS)
    made.ask(SETUP, seconds=20.0)
    yield made
    made.kill()


def test_every_wall_holds(launcher):
    found = list(doctor.examine(ROOT, LIMITS))
    assert [f"{one.wall}: {one.words}" for one in found if not one.held] == []
    assert len(found) == len(doctor.ATTEMPTS) + len(doctor.AFTERWARDS)


@pytest.mark.parametrize(
    "wall",
    [
        "no network",
        "no abstract socket of the host",
        "nothing of the course",
        "no other process",
    ],
)
def test_a_fallen_wall_is_seen(wall):
    with doctor._Outside(ROOT, LIMITS) as outside:
        finding = doctor._attempt(
            sandbox.spawn, LIMITS, wall, outside.fill(doctor.ATTEMPTS[wall])
        )
    assert not finding.held
    assert finding.words.startswith("AssertionError")


def test_a_wall_that_could_not_be_tried_has_not_held():
    def dead(limits):
        raise sandbox.WorkerDiedError("the process ended")

    finding = doctor._attempt(dead, LIMITS, "no network", "pass")
    assert (finding.held, finding.words) == (False, "not tested: the process ended")


def test_a_missing_wall_names_the_ways_out(monkeypatch):
    monkeypatch.setattr(walls, "missing", lambda: "bwrap is not there")
    with pytest.raises(walls.WallsError, match="bwrap is not there") as refusal:
        walls.required()
    ways = ("another host", "container", "pod", "--scheduler", "--sandbox none")
    for way in (*ways, "graders doctor"):
        assert way in str(refusal.value)


def test_doctor_says_what_does_not_hold(monkeypatch, capsys):
    monkeypatch.setattr(walls, "missing", lambda: "bwrap is not there")
    assert cli.main(["doctor", "--root", str(ROOT)]) == 1
    assert "--sandbox none" in capsys.readouterr().out


POD = """
import sys
from graders.pipeline import cli, seccomp
seccomp.load()  # as a pod's own filter: no namespace, no mount
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("words", [["doctor"], ["grade", "."]])
def test_a_pod_without_user_namespaces_is_told_its_ways(launcher, words, tmp_path):
    """What a JupyterHub's pod sees: bwrap is there, and may not do its work."""
    root = classes.tiny_course(tmp_path)
    call = [sys.executable, "-c", POD, *words, "--root", str(root)]
    done = subprocess.run(call, cwd=ROOT / "lessons", capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    said = " ".join((done.stdout + done.stderr).replace("│", " ").split())
    assert "bwrap does not work here: bwrap:" in said
    assert "graders grade --scheduler" in said
    assert "Traceback" not in said


def test_imports_are_done_before_a_worker_starts(launcher):
    with walls.Walls(["decimal"]) as other:
        for start, expected in ((launcher, False), (other, True)):
            worker = start(LIMITS)
            said = run_after_setup(
                worker, "import sys; assert 'decimal' in sys.modules"
            )
            worker.kill()
            assert ("ok" in said) == expected


def run_after_setup(worker, source):
    try:
        worker.ask(SETUP, seconds=20.0)
        return run(worker, source)
    finally:
        worker.kill()


def test_what_the_courses_cells_load_is_there_before_a_worker_starts(launcher):
    cells = ["raise ValueError('by the way')", "import decimal\nmine = 1"]
    look = "import sys; assert 'decimal' in sys.modules and 'mine' not in globals()"
    with walls.Walls([], cells) as other:
        assert "ok" in run_after_setup(other(LIMITS), look)
    assert "ok" not in run_after_setup(launcher(LIMITS), look)


def test_a_template_is_begun_once_and_waited_for_later(launcher):
    with walls.Walls() as mine:
        mine.begin()
        begun = mine._process
        assert begun is not None
        assert not mine._ready
        mine.begin()
        assert "ok" in run_after_setup(mine(LIMITS), "x = 1")
        assert mine._process is begun
        assert mine._ready


def test_a_template_that_fails_at_the_start_says_why(launcher, monkeypatch):
    with walls.Walls([], ["x = 1"]) as mine:
        monkeypatch.setattr(
            mine, "_call", lambda line: ["/bin/sh", "-c", "echo no; exit 3"]
        )
        mine.begin()
        with pytest.raises(walls.WallsError, match=r"did not start: no$"):
            mine(LIMITS)
        monkeypatch.undo()
        assert "ok" in run_after_setup(mine(LIMITS), "x = 1")


def test_a_template_that_ended_is_started_again(launcher):
    with walls.Walls() as mine:
        mine(LIMITS).kill()
        template = mine._process
        assert template is not None
        template.kill()
        template.wait()
        assert "ok" in run_after_setup(mine(LIMITS), "x = 1")


def test_a_template_outlives_the_thread_that_asked_for_it(launcher):
    with walls.Walls() as mine:
        asking = threading.Thread(target=lambda: mine(LIMITS).kill())
        asking.start()
        asking.join()
        first = mine._process
        time.sleep(0.2)
        assert "ok" in run_after_setup(mine(LIMITS), "x = 1")
        assert mine._process is first


def test_closing_ends_every_worker(launcher):
    others = doctor._behind()
    mine = walls.Walls()
    worker = mine(LIMITS)
    worker.ask(SETUP, seconds=20.0)
    started = doctor._behind() - others
    assert started
    mine.close()
    worker.kill()
    for _ in range(200):
        if not started & doctor._behind():
            return
        time.sleep(0.02)
    pytest.fail("processes survive their template")


def test_what_is_shown_stays_where_a_folder_above_it_is_emptied(
    launcher, tmp_path, monkeypatch
):
    """A checkout, and its environment, may lie in /tmp."""
    (tmp_path / "helper.py").write_text("found = True")
    (tmp_path / "secret").mkdir()
    tmp_path.chmod(0o755)  # where root grades, a submission is nobody
    hidden = tmp_path.parent / "not-shown"
    hidden.mkdir()
    known = walls._read_only()
    monkeypatch.setattr(walls, "_read_only", lambda: [*known, str(tmp_path)])
    monkeypatch.setattr(walls, "packages", lambda: [str(tmp_path / "secret")])
    look = f"""
import os, sys
sys.path.insert(0, {str(tmp_path)!r})
import helper
assert helper.found
assert os.listdir({str(tmp_path / "secret")!r}) == []
assert {tmp_path.parts[2]!r} in os.listdir("/tmp")
assert not os.path.exists({str(hidden)!r})
open("/tmp/mine", "w").close()
try:
    open({str(tmp_path / "mine")!r}, "w")
except OSError:
    pass
else:
    raise AssertionError("what is shown can be written")
"""
    with walls.Walls() as mine:
        assert run_after_setup(mine(LIMITS), look) == {"ok": True}


def test_what_a_worker_used_is_seen_from_outside(worker):
    burn = """
from time import process_time
block = bytearray(200 * 2**20)
end = process_time() + 0.5
while process_time() < end:
    pass
"""
    run(worker, burn)
    worker.kill()
    assert worker.used.cpu_seconds >= 0.4
    assert worker.used.peak_bytes > 200 * 2**20


def test_a_name_that_looks_like_a_peak_deceives_nobody(worker):
    boast = """
import ctypes
ctypes.CDLL(None).prctl(15, b"VmHWM: 1 kB", 0, 0, 0)
"""
    assert run(worker, boast) == {"ok": True}
    assert sandbox.used(worker.pid).peak_bytes > 2**20


HOLD = """
import os, signal
for _ in range(3):
    if os.fork() == 0:
        held = bytearray(CHUNK)
        held[::4096] = b"x" * len(held[::4096])
        signal.pause()
"""


@pytest.mark.parametrize("share, lives", [(8, True), (2, False)])
def test_the_memory_of_all_processes_together_is_limited(launcher, share, lives):
    """Three with a part of the limit each; each alone is below it."""
    limits = replace(LIMITS, memory_bytes=768 * 2**20)
    worker = launcher(limits)
    worker.ask(SETUP, seconds=20.0)
    run(worker, HOLD.replace("CHUNK", str(limits.memory_bytes // share)))
    wait = "import time; time.sleep(2.0)"
    if lives:
        assert "ok" in run(worker, wait)
    else:
        with pytest.raises(sandbox.WorkerDiedError, match="more memory than allowed"):
            run(worker, wait)
    worker.kill()


def test_pages_that_processes_share_are_counted_once(worker):
    """Ten copies of a worker with 200 MiB are no two GiB."""
    code = """
import os, signal
held = bytearray(200 * 2**20)
held[::4096] = b"x" * len(held[::4096])
for _ in range(10):
    if os.fork() == 0:
        signal.pause()
"""
    assert run(worker, code) == {"ok": True}
    assert len(list(tree.processes(worker.pid))) == 11
    assert tree.memory(worker.pid, enough=2**40) > 11 * 200 * 2**20
    assert 200 * 2**20 < tree.memory(worker.pid, enough=0) < 400 * 2**20


def test_a_worker_whose_time_is_up_is_told_so(launcher):
    worker = launcher(replace(LIMITS, wall_seconds=0.5))
    worker.ask(SETUP, seconds=20.0)
    with pytest.raises(sandbox.WorkerDiedError, match="time is up"):
        run(worker, "import time; time.sleep(60)")


def test_a_sandbox_that_ends_is_not_the_submissions_doing(launcher):
    with walls.Walls() as mine:
        worker = mine(LIMITS)
        worker.ask(SETUP, seconds=20.0)
        assert mine._process is not None
        mine._process.kill()
        with pytest.raises(shut_in.TemplateEndedError, match="ended in the middle"):
            run(worker, "import time; time.sleep(60)")


def test_a_worker_that_is_killed_twice_is_killed_once(launcher):
    worker = launcher(LIMITS)
    worker.kill()
    worker.kill()
    assert not worker.alive


def test_a_submission_cannot_reach_the_control_line(worker):
    look = """
import os, stat
for number in range(3, 64):
    try:
        kind = os.fstat(number).st_mode
    except OSError:
        continue
    assert number == 3 and stat.S_ISSOCK(kind), number
"""
    assert run(worker, look) == {"ok": True}


@pytest.mark.parametrize("machine", seccomp.REFUSED)
def test_the_filter_refuses_what_it_names(machine):
    """Run the instructions by hand, as the kernel does."""
    arch, clone, clone3 = seccomp._MACHINES[machine]
    code = seccomp.program(machine)

    def answer(number, argument=0, arch=arch):
        return execute(code, {0: number, 4: arch, 16: argument})

    assert {answer(n) for n in seccomp.REFUSED[machine].values()} == {0x00050001}
    assert answer(clone3) == 0x00050026
    assert answer(clone, 0x10000000 | 17) == 0x00050001
    assert answer(clone, 17) == 0x7FFF0000
    assert answer(0) == 0x7FFF0000
    assert answer(0, arch=arch + 1) == 0x80000000
    assert answer(0x40000000 | 101) == 0x00050001


def execute(code, data):
    import struct

    lines = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
    at = register = 0
    while True:
        kind, yes, no, value = lines[at]
        at += 1
        if kind == 0x20:
            register = data[value]
        elif kind == 0x06:
            return value
        else:
            holds = {
                0x15: register == value,
                0x35: register >= value,
                0x45: bool(register & value),
            }[kind]
            at += yes if holds else no


def test_limits_travel_as_plain_data():
    told = json.loads(json.dumps(asdict(LIMITS)))
    assert sandbox.Limits(**told) == LIMITS
