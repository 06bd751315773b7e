"""The walls round submissions: what a sandbox shows, and how workers start in it.

One bubblewrap sandbox a lesson: no network, a read-only system, the two packages and
nothing else of the course.  In it waits a template process with the lesson's imports
done (`graders.pipeline.inside`); each submission runs in a copy of it, behind a second
wall of its own.  The kernel ends all of a submission's processes with its first one.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, cast

import graders
from graders.pipeline import sandbox
from graders.pipeline.findings import CourseError
from graders.pipeline.shut_in import ShutIn, Template

# What every worker needs, and can only get before the packages are hidden from it.
OURS = (
    "numpy",
    "graders.checks.hosts",
    "graders.checks.meter",
    "graders.checks.modes",
    "graders.checks.plain",
    "graders.checks.torch_probes",
    "graders.show",
)
UID = 61_700  # whom a submission runs as where we are root; nobody's account
WRITABLE = ("/tmp", "/dev/shm")  # noqa: S108 - the sandbox's own, empty
START = 120.0  # seconds until the template must have done its imports
_ETC = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "fonts",
    "alternatives",
)
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")


class WallsError(CourseError):
    """The walls cannot be put up here; the message names the ways out."""


@dataclass(frozen=True)
class Policy:
    """What a submission sees and may use: printed and tested by `graders doctor`."""

    limits: sandbox.Limits = field(default_factory=sandbox.Limits)
    network: bool = False
    system: str = "read only: /usr, the interpreter and its packages"
    course: str = "nothing: no lesson, solution, gradebook, other submission"
    writable: str = f"{' and '.join(WRITABLE)}, empty at the start, gone at the end"
    memory: str = (
        "as below: one process by the kernel, all of them together by a look ten times "
        "a second"
    )
    processes_seen: str = "its own"
    rights: str = "none, and no way to new ones"


def missing() -> str:
    """Why bubblewrap cannot be used here; empty where it can."""
    if sys.platform != "linux":
        return f"bubblewrap is a program of Linux, and this is {sys.platform}"
    if not shutil.which("bwrap"):
        return "the program bwrap is not installed (Debian, Ubuntu: bubblewrap)"
    if os.getuid() == 0 and not shutil.which("setpriv"):
        return "the program setpriv is not installed (Debian, Ubuntu: util-linux)"
    tried = subprocess.run(
        [*_bwrap(), "--", "/bin/true"], capture_output=True, text=True, timeout=60
    )
    if tried.returncode:
        return f"bwrap does not work here: {tried.stderr.strip()[:300]}"
    return ""


def required() -> None:
    """Raise `WallsError`, with the ways out, where walls cannot be put up."""
    if why := missing():
        raise WallsError(
            f"No sandbox: {why}. Submissions are not run without one. Ways out: "
            "install bubblewrap; grade on another host, or in a container that allows "
            "user namespaces (docker run --security-opt seccomp=unconfined "
            "--security-opt systempaths=unconfined, or a Kubernetes pod with "
            "hostUsers: false); from a JupyterHub pod that must stay without them, "
            "send the jobs to machines that have walls: graders grade --scheduler; or, "
            "for files that you trust as much as your own, graders grade --sandbox "
            "none. `graders doctor` tests each wall."
        )


# -- the first wall -------------------------------------------------------------------
def command(inside: Sequence[str], *, variables: dict[str, str]) -> list[str]:
    """The call of bubblewrap that runs `inside` with nothing but what it needs."""
    shown = [part for path in _read_only() for part in ("--ro-bind", path, path)]
    known = [w for k, v in sorted(variables.items()) for w in ("--setenv", k, v)]
    # bubblewrap's own folders belong to whom it runs as, who could leave files there
    shut = ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*_bwrap(), *_ways(), *shown, *shut, *known, "--", *_nobody(), *inside]


def _bwrap() -> list[str]:
    found = shutil.which("bwrap") or "bwrap"
    own = [] if os.getuid() == 0 else ["--unshare-user"]
    spaces = ["--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    system = ["--ro-bind", "/usr", "/usr", *_links()]
    return [
        *(found, *own, *spaces, "--die-with-parent", "--new-session", "--clearenv"),
        *(*system, "--proc", "/proc", "--dev", "/dev", "--perms", "1777"),
        *("--tmpfs", WRITABLE[0], "--chdir", "/"),
    ]


def _links() -> Iterator[str]:
    """/bin and the like as they are here: links into /usr, or folders."""
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))


def _ways() -> Iterator[str]:
    """Folders above what is shown, which everybody may pass through."""
    above = {p for path in _read_only() for p in Path(path).parents}
    for folder in sorted(above - {Path("/"), Path("/usr"), *Path("/usr").parents}):
        if not folder.is_relative_to("/usr"):
            yield from ("--perms", "0755", "--dir", str(folder))


def _read_only() -> list[str]:
    """The interpreter, its packages, ours, and the few settings that they read."""
    places = [Path(p) for p in (sys.prefix, sys.base_prefix, *packages())]
    places += [Path("/etc") / name for name in _ETC]
    outside = [p for p in places if p.exists() and not p.is_relative_to("/usr")]
    return sorted({str(p) for p in outside if not _covered(p, outside)})


def _covered(path: Path, places: Sequence[Path]) -> bool:
    return any(path != p and path.is_relative_to(p) for p in places)


def packages() -> list[str]:
    """The folders of our two packages: all of the course that is shown."""
    ours = Path(graders.__file__).parent
    return [str(ours), str(ours.parent / "autograd_ref")]


def _nobody() -> list[str]:
    """As root: become nobody in particular, without rights."""
    if os.getuid() != 0:
        return []
    who = [f"--reuid={UID}", f"--regid={UID}", "--clear-groups"]
    return ["setpriv", *who, "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]


def environment() -> dict[str, str]:
    """All variables that a submission finds."""
    kept = {k: os.environ[k] for k in ("LANG", "LC_ALL") if k in os.environ}
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    path = str(Path(graders.__file__).parent.parent)
    return {
        **kept,
        **dict.fromkeys(threads, "1"),
        "HOME": WRITABLE[0],
        "TMPDIR": WRITABLE[0],
        "PATH": "/usr/bin:/bin",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": path,
    }


# -- a template, and workers ----------------------------------------------------------
class Walls:
    """A launcher of workers behind walls; `modules` are imported beforehand.

    `cells`, which are the course's own, are run once then, for what libraries load
    when they are first used; nothing that they bind is kept. One template process
    serves all; it is started on first use, and again if it ends.
    Call `close` (or use `with`) to end it and every worker in it.
    """

    def __init__(self, modules: Sequence[str] = (), cells: Sequence[str] = ()) -> None:
        self.modules, self.cells = [*OURS, *modules], list(cells)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._template, self._ready = Template(-1), False
        self._line: socket.socket | None = None
        self._said: IO[bytes] | None = None

    def __enter__(self) -> Walls:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __call__(self, limits: sandbox.Limits) -> sandbox.Worker:
        """A worker behind both walls."""
        with self._lock:
            said, handle, ours = self._worker(limits)
            if handle is None and self._template.ended(within=0.5):  # while we asked
                ours.close()
                said, handle, ours = self._worker(limits)
            template = self._template
        if handle is None:
            ours.close()
            raise WallsError(
                f"a worker could not be shut in: {said}. `graders doctor` tests each "
                "wall and says what this machine does not allow."
            )
        stream = cast("sandbox.Stream", ours.makefile("rwb", buffering=0))
        return ShutIn(handle, template, stream, ours, limits)

    def _worker(self, limits: sandbox.Limits) -> tuple[str, int | None, socket.socket]:
        """What the template says, a handle of its new copy, and our end of the line."""
        if self._is_over():
            self._start()
        if not self._ready:
            self._await()
        ours, theirs = socket.socketpair()
        with theirs:
            said, handle = self._ask(theirs, limits)
        return said, handle, ours

    def _is_over(self) -> bool:
        """Whether there is no template (any more)."""
        process = self._process
        gone = process is None or process.poll() is not None
        return gone or (self._ready and self._template.ended())

    def _ask(
        self, theirs: socket.socket, limits: sandbox.Limits
    ) -> tuple[str, int | None]:
        assert self._line is not None
        try:
            told = json.dumps(asdict(limits)).encode()
            socket.send_fds(self._line, [told], [theirs.fileno()])
            said, handles, _, _ = socket.recv_fds(self._line, 1000, 1)
        except OSError as error:
            said, handles = str(error).encode(), []
        return said.decode(errors="replace"), handles[0] if handles else None

    def begin(self) -> None:
        """Start the template, if there is none, and do not wait until it is ready."""
        with self._lock:
            if self._is_over():
                self._start()

    def _start(self) -> None:
        required()
        self.close()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(START)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        with theirs:
            self._process = _kept(self._call(theirs.fileno()), theirs, self._said)
        with contextlib.suppress(OSError):  # where it ended, its last words say why
            for source in self.cells:
                self._line.send(source.encode())

    def _await(self) -> None:
        assert self._line is not None
        try:
            ready, handles, _, _ = socket.recv_fds(self._line, 100, 1)
        except OSError:
            ready, handles = b"", []
        self._template = Template(handles[0] if handles else -1)
        if ready != b"ready" or not handles:
            why = self._last_words()
            self.close()
            raise WallsError(f"the template process did not start: {why}")
        self._ready = True

    def _call(self, line: int) -> list[str]:
        told = {
            "line": line,
            "modules": self.modules,
            "cells": len(self.cells),
            "shown": _read_only(),
            "hidden": packages(),
        }
        program = [sys.executable, "-m", "graders.pipeline.inside", json.dumps(told)]
        return command(program, variables=environment())

    def _last_words(self) -> str:
        assert self._said is not None
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"

    def close(self) -> None:
        """End the template and every worker in its sandbox."""
        if self._line is not None:
            self._line.close()
        if self._said is not None:
            self._said.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._template.close()
        self._process = self._line = self._said = None
        self._ready = False


_shared: dict[tuple[tuple[str, ...], ...], Walls] = {}
_sharing = threading.Lock()


def shared(modules: Sequence[str], cells: Sequence[str] = ()) -> Walls:
    """The walls with these modules imported and cells run, put up once here."""
    with _sharing:
        if not _shared:
            atexit.register(take_down)
        key = (tuple(modules), tuple(cells))
        return _shared.setdefault(key, Walls(modules, cells))


def take_down() -> None:
    """End all shared walls, with every worker behind them.

    They stay known: a judge that is kept puts its own up again when it is asked.
    """
    with _sharing:
        for one in _shared.values():
            one.close()


def _kept(
    call: Sequence[str], line: socket.socket, said: IO[bytes]
) -> subprocess.Popen[bytes]:
    """The process of a call, started by a thread that lives as long as it does.

    bubblewrap ends with its parent, and to the kernel the parent is the thread: one of
    a pool would take the template with it when the pool shuts down.
    """
    started: queue.Queue[subprocess.Popen[bytes] | OSError] = queue.Queue()

    def keep() -> None:
        try:
            process = subprocess.Popen(
                call,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                pass_fds=[line.fileno()],
            )
        except OSError as error:
            started.put(error)
            return
        started.put(process)
        process.wait()

    threading.Thread(target=keep, name="walls", daemon=True).start()
    found = started.get()
    if isinstance(found, OSError):
        raise WallsError(f"bubblewrap could not be started: {found}")
    return found
