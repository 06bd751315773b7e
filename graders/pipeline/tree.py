"""The memory of a process and all that it started, as it is seen from outside.

The kernel's limit is of one process.  A submission may start many, so what they take
together is watched: resident pages first, which is cheap and never too little, and
where they are too many each one's share of its pages, which counts none twice.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

PAUSE = 0.1  # seconds between two looks
REST = 4  # times as long as a look took: watching takes a fifth of a core at most
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SHARE = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_OWN = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)


def processes(pid: int) -> Iterator[int]:
    """A process and its descendants, as far as they are there.

    In a namespace of its own none is lost: the kernel gives orphans to its first.

    >>> next(processes(os.getpid())) == os.getpid()
    True
    """
    waiting = [pid]
    while waiting:
        found = waiting.pop()
        yield found
        try:
            threads = list(Path(f"/proc/{found}/task").iterdir())
        except OSError:
            continue
        for thread in threads:
            waiting += map(int, _read(thread / "children").split())


def resident(pid: int) -> int:
    """Bytes that a process has in memory, all that it shares counted in.

    >>> resident(os.getpid()) > 2**20, resident(-1)
    (True, 0)
    """
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if fields else 0


def share(pid: int) -> int:
    """Bytes that a process has in memory, of shared pages its part.

    >>> 2**20 < share(os.getpid()) <= resident(os.getpid()) + 2**20
    True
    """
    found = _SHARE.search(_read(f"/proc/{pid}/smaps_rollup"))
    if found:
        return int(found[1]) * 1024
    # where that may not be read: all that is in no file
    own = _OWN.findall(_read(f"/proc/{pid}/status"))
    return 1024 * sum(map(int, own))


def memory(pid: int, enough: int) -> int:
    """Bytes of a process and its descendants; exact only where it is above `enough`."""
    found = list(processes(pid))
    rough = sum(map(resident, found))
    return rough if rough <= enough else sum(map(share, found))


def pause_after(start: float) -> float:
    """Seconds until the next look, after one that began at a moment."""
    return max(PAUSE, REST * (time.monotonic() - start))


def _read(path: str | Path) -> str:
    """A file of /proc; empty where the process is gone, or not ours to see."""
    try:
        return Path(path).read_text("ascii", "replace")
    except OSError:
        return ""
