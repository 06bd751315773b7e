"""Workers that start with the first cells already run, for trusted code only.

An audit judges one exercise hundreds of times, and the cells above it are the same
each time.  A mother process runs them once; each worker is a fork of it, made in
milliseconds, and knows nothing of the workers before it.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any, cast

from graders.pipeline import sandbox, worker
from graders.pipeline.master import Cell

_PID = 8  # bytes of a process's number on the control line
START = 60.0  # seconds until the first cells must have run


class Mother:
    """A launcher (`mother(limits)`) of workers in which `cells` have run.

    `patience` is the time, in seconds, that a worker has for one property; once it is
    late the rest is not waited for.  None leaves the limits as they are.
    """

    def __init__(
        self,
        forbid: Sequence[str],
        cells: Sequence[Cell],
        *,
        patience: float | None = None,
    ) -> None:
        self.cells, self.patience = list(cells), patience
        sandbox._one_thread()
        self.line, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self.line.close()
            _bear(theirs, forbid, self.cells)
        theirs.close()
        self.line.settimeout(START)

    def __call__(self, limits: sandbox.Limits) -> sandbox.Worker:
        """A worker of its own, in a session of its own."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.line, [b"x"], [theirs.fileno()])
            said = self.line.recv(_PID)
        except OSError:  # it was late, or is gone
            said = b""
        if len(said) < _PID:
            ours.close()
            raise sandbox.WorkerDiedError("the process with the first cells ended")
        stream = cast("sandbox.Stream", ours.makefile("rwb", buffering=0))
        return Child(int.from_bytes(said, "big"), stream, ours, self)

    def close(self) -> None:
        """End the mother; her workers live on."""
        self.line.close()  # not enough: another mother's copy may hold the line open
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


class Child(sandbox.Worker):
    """A worker that answers for the cells that its mother has run."""

    def __init__(
        self, pid: int, stream: sandbox.Stream, ours: socket.socket, mother: Mother
    ) -> None:
        super().__init__(pid, stream, stream, ours.close)
        self.left, self.patience, self.late = list(mother.cells), mother.patience, False

    def ask(
        self, header: dict[str, Any], blob: bytes = b"", *, seconds: float
    ) -> dict[str, Any]:
        """As any worker; what has been run is not run again."""
        if header["op"] == "setup":
            return {"ok": True}
        if header["op"] == "run" and self.left:
            cell = self.left.pop(0)
            assert (cell.id, cell.source) == (header["name"], header["source"])
            return {"ok": True}
        if header["op"] == "probe" and self.patience is not None:
            header = {**header, "seconds": min(header["seconds"], self.patience)}
            seconds = min(seconds, self.patience + 1.0)
        if self.late:
            return {"cases": [{"error": "Late", "text": "an earlier one was late"}]}
        said = super().ask(header, blob, seconds=seconds)
        if self.patience is not None and header["op"] == "probe":
            self.late = any("late" in case for case in said.get("cases", ()))
        return said


def _bear(line: socket.socket, forbid: Sequence[str], cells: Sequence[Cell]) -> None:
    """The mother's whole life; never returns."""
    try:
        _silence()
        place = worker.Workplace(forbid)
        for cell in cells:
            said = place.run(cell.id, cell.source)
            if "error" in said:  # an audit starts from cells that run
                os._exit(1)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries them
        while True:
            _, given, _, _ = socket.recv_fds(line, 1, 1)
            if not given:
                break
            pid = os.fork()
            if pid == 0:
                line.close()
                _live(given[0], place)
            os.close(given[0])
            line.send(pid.to_bytes(_PID, "big"))
    finally:
        os._exit(0)


def _live(descriptor: int, place: worker.Workplace) -> None:
    """A worker's whole life; never returns."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        theirs = socket.socket(fileno=descriptor)
        stream = cast("sandbox.Stream", theirs.makefile("rwb", buffering=0))
        worker.serve(stream, stream, place)
    finally:
        os._exit(0)


def _silence() -> None:
    """Standard streams lead nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    sys.stdout = sys.stderr = io.StringIO()
