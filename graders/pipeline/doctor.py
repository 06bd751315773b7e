"""Whether each wall stands on this machine: found out by running at it.

Each test is code that a worker behind the walls runs, as a submission would, or a look
at what is left of a worker that was ended. A wall that cannot be tested has not held.
"""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from graders.pipeline import sandbox, shut_in, walls
from graders.pipeline.findings import CourseError

SECONDS = 20.0


@dataclass(frozen=True)
class Finding:
    """One wall: whether it held, and what came through or stopped the attempt."""

    wall: str
    held: bool
    words: str


# Wall -> code that raises AssertionError with what it got past the wall. Names in
# capitals are filled in: what lies on this machine and must not be reached.
ATTEMPTS = {
    "no network": """
import socket
for where in ((HOST, PORT), ("192.0.2.1", 80)):
    try:
        socket.create_connection(where, timeout=2).close()
    except OSError:
        continue
    raise AssertionError(f"a connection to {where}")
""",
    "no abstract socket of the host": """
import socket
with socket.socket(socket.AF_UNIX) as line:
    try:
        line.connect(ABSTRACT)
    except OSError:
        pass
    else:
        raise AssertionError("a connection to a process outside")
""",
    "read-only system": """
import os, sys
for folder in ("/", "/usr", "/etc", "/dev", sys.prefix, os.path.dirname(os.__file__)):
    try:
        open(os.path.join(folder, "graders-was-here"), "w").close()
    except OSError:
        continue
    raise AssertionError(f"a file in {folder}")
""",
    "nothing of the course": """
import os
for path in SECRETS:
    if os.path.exists(path):
        raise AssertionError(f"sight of {path}")
for folder in PACKAGES:
    seen = os.listdir(folder) if os.path.isdir(folder) else []
    if seen:
        raise AssertionError(f"the files in {folder}: {seen[:3]}")
""",
    "no variable of the host": """
import os
if "GRADERS_DOCTOR" in os.environ:
    raise AssertionError("a variable of the grading process")
""",
    "no other process": """
import os, signal
if os.getpid() > 2:
    raise AssertionError(f"process number {os.getpid()}: not a namespace of its own")
for pid in HOST_PIDS:
    try:
        os.kill(pid, 0)
    except OSError:
        continue
    if pid != os.getpid():
        raise AssertionError(f"sight of process {pid}")
""",
    "no rights": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
data = (ctypes.c_uint32 * 6)()
libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), data)
if any(data):
    raise AssertionError("a capability")
for name, call in (
    ("a new user namespace", lambda: libc.unshare(0x10000000)),
    ("a mount", lambda: libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None)),
    ("another process's memory", lambda: libc.ptrace(16, 1, 0, 0)),
    ("another user", lambda: libc.setuid(0 if os.getuid() else 1)),
):
    if call() == 0:
        raise AssertionError(name)
""",
    "memory is limited": """
held = []
try:
    for _ in range(ENOUGH_GIBIBYTES):
        held.append(bytearray(2**30))
except MemoryError:
    held.clear()
else:
    raise AssertionError(f"{len(held)} GiB")
""",
    "processes are limited": """
import os, signal
born = []
try:
    while len(born) <= PROCESSES:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        born.append(pid)
except OSError:
    pass
for pid in born:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
if len(born) > PROCESSES:
    raise AssertionError(f"{len(born)} processes")
""",
    "files are limited": """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
written = 0
try:
    for number in range(64):
        with open(f"/tmp/large{number}", "wb") as file:
            for _ in range(64):
                written += file.write(bytes(2**20))
except OSError:
    pass
if written > FOLDER_BYTES:
    raise AssertionError(f"{written} bytes in files")
""",
}


def examine(root: Path, limits: sandbox.Limits) -> Iterator[Finding]:
    """Test every wall; findings come as they are made. `root` is the course."""
    if why := walls.missing():
        yield Finding("bubblewrap", False, why)
        return
    os.environ["GRADERS_DOCTOR"] = "a secret"
    try:
        with walls.Walls() as launcher, _Outside(root, limits) as outside:
            for wall, code in ATTEMPTS.items():
                yield _attempt(launcher, limits, wall, outside.fill(code))
            for wall, test in AFTERWARDS.items():
                words = _safely(test, launcher, limits)
                yield Finding(wall, not words, words or "held")
    finally:
        del os.environ["GRADERS_DOCTOR"]


def _attempt(
    launcher: sandbox.Launcher, limits: sandbox.Limits, wall: str, code: str
) -> Finding:
    try:
        worker = _ready(launcher, limits)
        said = worker.ask({"op": "run", "name": wall, "source": code}, seconds=SECONDS)
        worker.kill()
    except (sandbox.WorkerDiedError, CourseError) as error:
        return Finding(wall, False, f"not tested: {error}")
    if "ok" in said:
        return Finding(wall, True, "held")
    words = f"{said.get('error')}: {said.get('text')}"
    return Finding(wall, False, words[:300])


def _ready(launcher: sandbox.Launcher, limits: sandbox.Limits) -> sandbox.Worker:
    worker = launcher(limits)
    worker.ask({"op": "setup", "forbid": []}, seconds=SECONDS)
    return worker


class _Outside:
    """Things on this machine for a worker to reach for."""

    def __init__(self, root: Path, limits: sandbox.Limits) -> None:
        self.root, self.limits = root, limits
        self.server = socket.create_server(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.name = f"\0graders-doctor-{os.getpid()}"
        made = tempfile.NamedTemporaryFile  # closed below
        self.file = made(prefix="graders-secret-")

    def __enter__(self) -> _Outside:
        self.abstract.bind(self.name)
        self.abstract.listen()
        return self

    def __exit__(self, *_error: object) -> None:
        for thing in (self.server, self.abstract, self.file):
            thing.close()

    def fill(self, code: str) -> str:
        """The code with this machine's things in the place of capitals."""
        host, port = self.server.getsockname()
        inside = ("solutions", "tests", "lessons", "gradebook.db", "pyproject.toml")
        secrets = [str(self.root / name) for name in inside]
        secrets += [self.file.name, "/etc/passwd", "/etc/shadow", *_at_home()]
        pids = [os.getpid(), os.getppid()]
        known = {
            "HOST_PIDS": pids,
            "HOST": host,
            "PORT": port,
            "ABSTRACT": self.name,
            "PACKAGES": walls.packages(),
            "SECRETS": [path for path in secrets if Path(path).exists()],
            "ENOUGH_GIBIBYTES": self.limits.memory_bytes // 2**30 + 1,
            "PROCESSES": self.limits.processes,
            "FOLDER_BYTES": self.limits.folder_bytes,
        }
        for name, value in known.items():
            code = code.replace(name, repr(value))
        return code


def _at_home() -> list[str]:
    """Files at home (a folder there may hold the interpreter, which is shown)."""
    try:
        return [str(p) for p in sorted(Path.home().iterdir()) if p.is_file()][:20]
    except OSError:
        return []


# -- what is left of a worker ----------------------------------------------------------
def _private(launcher: sandbox.Launcher, limits: sandbox.Limits) -> str:
    """What one worker leaves is not there for the next."""
    name = f"/tmp/graders-doctor-{os.getpid()}"  # noqa: S108 - in the sandbox
    first, second = _ready(launcher, limits), _ready(launcher, limits)
    write = {"op": "run", "name": "write", "source": f"open({name!r}, 'w').close()"}
    read = {"op": "run", "name": "read", "source": f"open({name!r})"}
    wrote = first.ask(write, seconds=SECONDS)
    found = "ok" in second.ask(read, seconds=SECONDS) or Path(name).exists()
    first.kill()
    second.kill()
    if "ok" not in wrote:
        return f"not tested: {wrote}"
    return "a file of one submission, seen by another" if found else ""


def _in_time(launcher: sandbox.Launcher, limits: sandbox.Limits) -> str:
    """A worker that never answers is ended, at the latest with its wall time."""
    worker = launcher(replace(limits, wall_seconds=1.0))
    endless = {"op": "run", "name": "endless", "source": "while True: pass"}
    start = time.monotonic()
    try:
        worker.ask({"op": "setup", "forbid": []}, seconds=SECONDS)
        worker.ask(endless, seconds=SECONDS)
    except sandbox.WorkerDiedError:
        late = time.monotonic() - start > SECONDS / 2
        return "an endless loop ran on" if late else ""
    finally:
        worker.kill()
    return "an endless loop came to an end"


HOARD = """
import os, signal
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(CHUNK)
        held[::4096] = bytes(b"x" * len(held[::4096]))
        signal.pause()
signal.pause()
"""


def _together(launcher: sandbox.Launcher, limits: sandbox.Limits) -> str:
    """Processes that stay below the limit one by one are ended when all are above."""
    small = replace(limits, memory_bytes=768 * 2**20)
    worker = _ready(launcher, small)
    code = HOARD.replace("CHUNK", str(small.memory_bytes // 3))
    try:
        worker.ask({"op": "run", "name": "hoard", "source": code}, seconds=SECONDS)
    except sandbox.WorkerDiedError as death:
        held = str(death) == shut_in.MEMORY
        return "" if held else f"not tested: {death}"
    finally:
        worker.kill()
    return "four processes with a third of the limit each"


DAEMON = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        while True:
            time.sleep(0.01)
"""


def _gone(launcher: sandbox.Launcher, limits: sandbox.Limits) -> str:
    """Every process of a submission ends with it, wherever it hid."""
    before = _behind()
    worker = _ready(launcher, limits)
    worker.ask({"op": "run", "name": "daemon", "source": DAEMON}, seconds=SECONDS)
    for _ in range(100):
        grown = _behind() - before
        if len(grown) >= 4:  # the worker and three that hide
            break
        time.sleep(0.02)
    worker.kill()
    for _ in range(100):
        left = _behind() - before
        if not left:
            break
        time.sleep(0.02)
    if len(grown) < 4:
        return f"not tested: {len(grown)} processes were started"
    return f"{len(left)} processes survive" if left else ""


def _behind() -> set[int]:
    """Processes of our templates, by command line and descent (others grade too)."""
    found, parents = set(), {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text("ascii", "replace").rpartition(")")[2]
            parents[int(path.name)] = int(fields.split()[1])
            if b"graders.pipeline.inside" in (path / "cmdline").read_bytes():
                found.add(int(path.name))
        except OSError:
            continue
    return {pid for pid in found if _descends(pid, parents)}


def _descends(pid: int, parents: dict[int, int]) -> bool:
    while pid > 1 and pid != os.getpid():
        pid = parents.get(pid, 0)
    return pid == os.getpid()


AFTERWARDS: dict[str, Callable[[sandbox.Launcher, sandbox.Limits], str]] = {
    "submissions do not meet": _private,
    "memory of all together": _together,
    "time is limited": _in_time,
    "nothing survives": _gone,
}


def _safely(
    test: Callable[[sandbox.Launcher, sandbox.Limits], str],
    launcher: sandbox.Launcher,
    limits: sandbox.Limits,
) -> str:
    try:
        return test(launcher, limits)
    except (sandbox.WorkerDiedError, CourseError, OSError) as error:
        return f"not tested: {error}"
