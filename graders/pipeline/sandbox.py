"""How the process that holds a submission is started, limited and ended.

`Limits` is the policy; a launcher starts a worker under it.  `spawn` starts a fresh
interpreter; `fork` copies this one, for trusted code only (audits, tests).
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

from graders.pipeline import wire

# Seconds of CPU time and bytes above which evidence is compared with the reference's.
MUCH_TIME, MUCH_MEMORY, TIMES = 0.5, 512 * 2**20, 20
# At a line's start: a process may give itself a name that looks like one.
_PEAK = re.compile(rb"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_TICKS = os.sysconf("SC_CLK_TCK")
PIPE = 60_000  # bytes that a pipe takes though nobody reads


@dataclass(frozen=True)
class Limits:
    """What one submission may use: seconds, bytes, processes."""

    cell_seconds: float = 20.0
    wall_seconds: float = 180.0
    cpu_seconds: int = 120
    memory_bytes: int = 3 * 2**30
    file_bytes: int = 32 * 2**20
    folder_bytes: int = 64 * 2**20
    processes: int = 64

    def apply(self) -> None:
        """Set the limits of this process (called in the child, before exec)."""
        for what, amount in (
            (resource.RLIMIT_CPU, self.cpu_seconds),
            (resource.RLIMIT_AS, self.memory_bytes),
            (resource.RLIMIT_FSIZE, self.file_bytes),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some
                hard = resource.getrlimit(what)[1]
                top = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
                resource.setrlimit(what, (top, top))


class WorkerDiedError(ConnectionError):
    """The worker ended, was killed, or did not answer in time."""


class Stream(wire.Source, wire.Sink, Protocol):
    """One end of a pipe or socket, unbuffered."""

    def fileno(self) -> int:
        """The descriptor, to wait on."""

    def close(self) -> None:
        """Hang up."""


class Worker:
    """A started worker process: ask, and kill."""

    def __init__(
        self, pid: int, to: Stream, back: Stream, close: Callable[[], None]
    ) -> None:
        self.pid, self.to, self.back, self._close = pid, to, back, close
        self.alive = True

    def ask(
        self, header: dict[str, Any], blob: bytes = b"", *, seconds: float
    ) -> dict[str, Any]:
        """Give the worker's answer, or kill it and raise `WorkerDiedError`."""
        # A worker that does not read would let a large message wait for ever.
        watch = threading.Timer(seconds, self._end) if len(blob) > PIPE else None
        try:
            if watch:
                watch.start()
            wire.send(self.to, header, blob)
            answer, _ = wire.receive(_Deadline(self.back, seconds), max_blob=0)
        except (OSError, TimeoutError) as error:
            self.kill()
            late = isinstance(error, TimeoutError)
            raise WorkerDiedError(
                "time is up" if late else "the process ended"
            ) from None
        finally:
            if watch:
                watch.cancel()
        return answer

    def _end(self) -> None:
        """Signal the whole session, and the process if it has no session yet."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the process and everything in its session; safe to call twice."""
        if not self.alive:
            return
        self.alive = False
        self._end()
        for stream in (self.to, self.back):
            with contextlib.suppress(OSError):
                stream.close()
        self._close()


@dataclass(frozen=True)
class Used:
    """What a worker's first process used, seen from outside."""

    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        """In words.

        >>> str(Used(1.25, 3 * 2**20))
        '1.2 s of CPU time and 3 MiB of memory'
        """
        seconds, memory = self.cpu_seconds, self.peak_bytes / 2**20
        return f"{seconds:.1f} s of CPU time and {memory:.0f} MiB of memory"

    def since(self, before: Used) -> Used:
        """The time after a moment; of memory, what was highest until now."""
        seconds = max(0.0, self.cpu_seconds - before.cpu_seconds)
        return Used(seconds, self.peak_bytes)

    def much(self) -> bool:
        """Whether it is enough to look at closely."""
        return self.cpu_seconds > MUCH_TIME or self.peak_bytes > MUCH_MEMORY

    def beyond(self, own: Used) -> bool:
        """Whether it is far more than what the course's own answer used."""
        return (
            self.cpu_seconds > MUCH_TIME + TIMES * own.cpu_seconds
            or self.peak_bytes > own.peak_bytes + MUCH_MEMORY / 2
        )


def used(pid: int) -> Used:
    """CPU time and highest memory of a process; zeros where it is gone.

    >>> used(os.getpid()).peak_bytes > 2**20
    True
    """
    try:
        fields, status = _at_once(f"/proc/{pid}/stat"), _at_once(f"/proc/{pid}/status")
    except OSError:
        return Used(0.0, 0)
    ticks = [int(word) for word in fields.rpartition(b")")[2].split()[11:15]]
    peak = _PEAK.search(status)
    return Used(sum(ticks) / _TICKS, int(peak[1]) * 1024 if peak else 0)


def _at_once(path: str) -> bytes:
    """A small file of the kernel's; each probe of each submission reads four."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(handle, 1 << 14)
    finally:
        os.close(handle)


class _Deadline:
    """A stream whose reads end at a moment, however slowly bytes drip in."""

    def __init__(self, stream: Stream, seconds: float) -> None:
        self.stream, self.until = stream, time.monotonic() + seconds

    def read(self, size: int) -> bytes:
        left = self.until - time.monotonic()
        if left <= 0 or not select.select([self.stream.fileno()], [], [], left)[0]:
            raise TimeoutError
        return os.read(self.stream.fileno(), size)


Launcher = Callable[[Limits], Worker]

_ENV_KEPT = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT", "LD_LIBRARY_PATH")


def _environment(home: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENV_KEPT if name in os.environ}
    fixed = {"HOME": home, "TMPDIR": home, "MPLBACKEND": "Agg", "PYTHONSAFEPATH": "1"}
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**kept, **fixed, **threads, "PYTHONDONTWRITEBYTECODE": "1"}


def spawn(limits: Limits) -> Worker:
    """A worker in a fresh interpreter, its own session and an empty folder."""
    home = tempfile.mkdtemp(prefix="graders-")
    process = subprocess.Popen(
        [sys.executable, "-m", "graders.pipeline.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=home,
        env=_environment(home),
        start_new_session=True,
        preexec_fn=limits.apply,
        bufsize=0,
    )

    def close() -> None:
        process.wait()
        shutil.rmtree(home, ignore_errors=True)

    to, back = cast("Stream", process.stdin), cast("Stream", process.stdout)
    return Worker(process.pid, to, back, close)


def fork(limits: Limits) -> Worker:
    """A worker that is a copy of this process: quick, for trusted code only."""
    _one_thread()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _serve_forever(theirs, ours)
    theirs.close()
    stream = cast("Stream", ours.makefile("rwb", buffering=0))

    def close() -> None:
        ours.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)

    return Worker(pid, stream, stream, close)


def _one_thread() -> None:
    """A forked copy would wait for the threads of an OpenMP pool it does not have."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def _serve_forever(theirs: socket.socket, ours: socket.socket) -> None:
    """The forked child's whole life; never returns."""
    from graders.pipeline import worker

    try:
        ours.close()
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        sys.stdout = sys.stderr = io.StringIO()
        stream = cast("Stream", theirs.makefile("rwb", buffering=0))
        worker.serve(stream, stream)
    finally:
        os._exit(0)
