"""A worker behind walls, and what watches it: its time, and the memory of its tree."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

from graders.pipeline import sandbox, tree
from graders.pipeline.findings import CourseError

# Why a worker was ended by us.
MEMORY = "its processes took more memory than allowed"
WALL_TIME = "time is up"


class TemplateEndedError(CourseError):
    """The sandbox of all workers ended, which is no submission's doing."""


class Template:
    """A handle of the process in the sandbox that workers are copies of."""

    def __init__(self, handle: int) -> None:
        self._handle, self._lock = handle, threading.Lock()

    def ended(self, within: float = 0.0) -> bool:
        """Whether it has ended, or does so within some seconds."""
        with self._lock:
            if self._handle < 0:
                return True
            look = select.poll()
            look.register(self._handle, select.POLLIN)
            return bool(look.poll(1000 * within))

    def close(self) -> None:
        """Let go; nobody can be a copy of it any more."""
        with self._lock:
            if self._handle >= 0:
                os.close(self._handle)
            self._handle = -1


class ShutIn(sandbox.Worker):
    """A worker behind walls, held by a handle that cannot mean another process.

    A thread ends it when its time is up, or when its processes take too much memory.
    """

    def __init__(
        self,
        handle: int,
        template: Template,
        stream: sandbox.Stream,
        ours: socket.socket,
        limits: sandbox.Limits,
    ) -> None:
        super().__init__(_pid_of(handle), stream, stream, ours.close)
        self._handle, self._template = handle, template
        self._ending, self._over = threading.Lock(), threading.Event()
        self.used, self.why = sandbox.Used(0.0, 0), ""
        threading.Thread(target=self._watch, args=(limits,), daemon=True).start()

    def ask(
        self, header: dict[str, Any], blob: bytes = b"", *, seconds: float
    ) -> dict[str, Any]:
        """As any worker; what ended it is told, where it was ended by us."""
        try:
            return super().ask(header, blob, seconds=seconds)
        except sandbox.WorkerDiedError:
            if self._template.ended(within=0.05):  # the kernel ends all at once
                raise TemplateEndedError(
                    "the sandbox of all submissions ended in the middle (was it "
                    "killed, or did the machine's memory run out?)"
                ) from None
            if self.why:
                raise sandbox.WorkerDiedError(self.why) from None
            raise

    def _watch(self, limits: sandbox.Limits) -> None:
        until, pause = time.monotonic() + limits.wall_seconds, tree.PAUSE
        while not self._over.wait(pause):
            start = time.monotonic()
            if start > until:
                self.why = WALL_TIME
            elif tree.memory(self.pid, limits.memory_bytes) > limits.memory_bytes:
                self.why = MEMORY
            if self.why:
                self._end()
                return
            pause = tree.pause_after(start)

    def _end(self) -> None:
        """End the first process of the worker's namespace, and so all of them."""
        with self._ending:
            if self._handle < 0:
                return
            self.used = sandbox.used(self.pid)
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def kill(self) -> None:
        """End the worker and all that it started; safe to call twice."""
        super().kill()
        self._over.set()
        with self._ending:
            if self._handle >= 0:
                os.close(self._handle)
            self._handle = -1


def _pid_of(handle: int) -> int:
    """The process behind a handle, as we see it; -1 where it is gone."""
    text = Path(f"/proc/self/fdinfo/{handle}").read_text("ascii")
    found = re.search(r"^Pid:\s+(-?\d+)", text, re.MULTILINE)
    return int(found[1]) if found else -1
