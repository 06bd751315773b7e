"""Inside the walls: the template process, and what it does to each copy of itself.

bubblewrap starts this module in a sandbox without network, on a read-only system.  It
imports what the lesson's given cells import, once.  For each submission it forks a copy
that goes behind a second wall: namespaces of its own, empty /tmp, nothing to see of
other submissions, limits, no rights, fewer system calls.  No copy can write anything
that another one reads.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
import itertools
import json
import os
import random
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from graders.pipeline import sandbox, seccomp, worker

WRITABLE = ("/tmp", "/dev/shm")  # noqa: S108 - the sandbox's own, empty
_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
_CLONE_NEWUSER, _CLONE_NEWPID = 0x10000000, 0x20000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MADV_COLLAPSE, LARGE = 25, 2 * 2**20
MANY = 32  # copies after which more are likely, and worth some time beforehand
_PR_CAPBSET_DROP, _PR_SET_DUMPABLE = 24, 4
# What libraries import when they are first used, as an optimizer's first step does:
# seconds that each copy would spend, and memory of its own, where it is loaded late.
LATE = (
    "numpy.random",
    "torch._dynamo",
)
MOST = 1 << 20  # bytes of a cell
_LAST_CAPABILITY = 63  # more than any kernel has: unknown ones give an error


def main() -> None:
    """Serve the control line: a descriptor in, a worker behind it."""
    asked = json.loads(sys.argv[1])
    line = socket.socket(fileno=asked["line"])
    cells = [line.recv(MOST).decode() for _ in range(asked["cells"])]
    preload(asked["modules"])
    rehearse(cells)
    _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    gc.freeze()  # pages that a collection does not touch stay shared
    itself = os.pidfd_open(os.getpid())
    socket.send_fds(line, [b"ready"], [itself])  # the launcher sees by it that we live
    os.close(itself)
    for copies in itertools.count():
        said, given, _, _ = socket.recv_fds(line, 1 << 16, 1)
        if not given:
            return
        if copies == MANY:
            gather()
        pid = os.fork()
        if pid == 0:
            _go_behind(line, given[0], json.loads(said), asked)
        os.close(given[0])
        os.waitpid(pid, 0)


def preload(modules: Sequence[str]) -> None:
    """Import what workers will need; what cannot be had is their affair."""
    for name in (*modules, *LATE):
        if name in LATE and name.partition(".")[0] not in sys.modules:
            continue
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    torch = sys.modules.get("torch")
    if torch is not None:  # a copy would wait for threads that it does not have
        torch.set_num_threads(1)


def rehearse(cells: Sequence[str]) -> None:
    """Run the lesson's own cells once; what libraries loaded for them stays.

    Each copy runs them again in a namespace of its own, with the same random numbers.
    """
    restore = _chance()
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        space: dict[str, Any] = {"__name__": "__main__"}
        for source in cells:
            with contextlib.suppress(Exception):  # the copies tell of it
                exec(compile(source, "<given>", "exec"), space)  # noqa: S102 - ours
    restore()


def gather() -> None:
    """Move this process's memory to large pages, where the kernel can (Linux 6.1).

    Each copy gets a table of the pages, and drops it when it ends: most of its start.
    What a copy then writes to is still a small page of its own. It takes as long as
    what it saves on some thirty copies.
    """
    for line in Path("/proc/self/maps").read_text("ascii", "replace").splitlines():
        place, rights, _, _, _, *name = line.split()
        start, end = (int(word, 16) for word in place.split("-"))
        if rights == "rw-p" and name in ([], ["[heap]"]) and end - start >= LARGE:
            _libc().madvise(
                ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE
            )


def _chance() -> Callable[[], None]:
    """Puts the generators that need no seed back to where they are now."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    plain = random.getstate()
    legacy = numpy.random.get_state() if numpy else None
    tensors = torch.get_rng_state() if torch else None

    def restore() -> None:
        random.setstate(plain)
        if numpy:
            numpy.random.set_state(legacy)
        if torch:
            torch.set_rng_state(tensors)

    return restore


def _go_behind(
    line: socket.socket, descriptor: int, limits: dict[str, Any], asked: dict[str, Any]
) -> None:
    """Start the worker in namespaces of its own, tell the launcher, and be gone."""
    try:
        own_namespaces()
        pid = os.fork()
        if pid == 0:
            _live(line, descriptor, limits, asked)
        handle = os.pidfd_open(pid)
        socket.send_fds(line, [b"born"], [handle])
    except BaseException as error:
        line.send(f"{type(error).__name__}: {error}".encode()[:1000])
    finally:
        os._exit(0)


def _live(
    line: socket.socket, descriptor: int, limits: dict[str, Any], asked: dict[str, Any]
) -> None:
    """A worker's whole life; never returns."""
    try:
        os.setsid()
        line.close()
        theirs = socket.socket(fileno=os.dup2(descriptor, 3))
        os.closerange(4, 1 << 16)
        shut_in(sandbox.Limits(**limits), asked["shown"], asked["hidden"])
        sys.stdout = sys.stderr = io.StringIO()
        stream = cast("sandbox.Stream", theirs.makefile("rwb", buffering=0))
        worker.serve(stream, stream)
    finally:
        os._exit(0)


# -- the second wall -------------------------------------------------------------------
def own_namespaces() -> None:
    """New user, mount, process and IPC namespaces, for this process's children."""
    uid, gid = os.getuid(), os.getgid()
    _libc().prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # else its /proc files are root's
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC
    _must(_libc().unshare(flags | _CLONE_NEWUTS), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        Path("/proc/self", name).write_text(text, "ascii")


def shut_in(
    limits: sandbox.Limits, shown: Sequence[str], hidden: Sequence[str]
) -> None:
    """Private empty folders, nothing to see of the course, limits, no rights.

    What is shown stays, also where it lies below a folder that is emptied (somebody's
    checkout in /tmp).
    """
    _must(_libc().mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None), "mount /")
    space = limits.folder_bytes
    for path in WRITABLE:
        below = [p for p in shown if p.startswith(f"{path}/") and p not in hidden]
        handles = [os.open(p, os.O_PATH) for p in below]
        _empty(path, f"size={space},nr_inodes=4096,mode=1777")
        for place, handle in zip(below, handles, strict=True):
            _bind(handle, place)
    for path in filter(os.path.isdir, hidden):
        _empty(path, "size=4096,nr_inodes=2,mode=555")
    _own_proc()
    os.chdir(WRITABLE[0])
    _limit(limits)
    _drop_rights()
    seccomp.load()


def _empty(path: str, options: str) -> None:
    flags = _MS_NOSUID | _MS_NODEV
    done = _libc().mount(b"tmpfs", path.encode(), b"tmpfs", flags, options.encode())
    _must(done, f"an empty {path}")


def _bind(handle: int, place: str) -> None:
    """What a handle is open on, at a place again."""
    Path(place).mkdir(parents=True, exist_ok=True)
    origin = f"/proc/self/fd/{handle}".encode()
    flags = _MS_BIND | _MS_REC
    _must(_libc().mount(origin, place.encode(), None, flags, None), place)
    os.close(handle)


def _own_proc() -> None:
    """/proc with this submission's processes only; empty where that is not allowed."""
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    if _libc().mount(b"proc", b"/proc", b"proc", flags, None):
        _empty("/proc", "size=4096,nr_inodes=2,mode=555")


def _limit(limits: sandbox.Limits) -> None:
    limits.apply()
    for what, amount in (
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(what, (amount, amount))
    with contextlib.suppress(OSError):  # where memory runs out, this goes first
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def _drop_rights() -> None:
    """No capability, in no set, for ever."""
    libc = _libc()
    for capability in range(_LAST_CAPABILITY + 1):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    _must(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _must(done: int, what: str) -> None:
    if done:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the launcher's affair
    main()
