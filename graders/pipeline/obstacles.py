"""What stops a run as a whole: a full disk, a gradebook that somebody else holds.

An error in one submission is told in its line, and the others are graded.  Here every
other one would fail alike, so the run ends with a sentence; given again, the same
command goes on where it was.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from graders.pipeline.findings import CourseError

_FULL = (errno.ENOSPC, errno.EDQUOT)
GO_ON = "What is graded is kept; the same command goes on from there."


class StoppedError(CourseError):
    """Nothing more can be written; the message says why, and what to do."""


def told(error: BaseException) -> str:
    """What stands in the way, and what to do; empty where the error is of one thing.

    >>> told(OSError(errno.ENOSPC, "No space left on device"))[:30]
    'no space is left on the disk o'
    >>> told(ValueError("no number"))
    ''
    """
    found: BaseException | None = error
    while found is not None:  # nbgrader wraps what its database said
        if words := _told(found):
            return words
        found = found.__cause__ or found.__context__
    return ""


def _told(error: BaseException) -> str:
    from sqlalchemy.exc import OperationalError

    if isinstance(error, OSError) and error.errno in _FULL:
        return f"no space is left on the disk of the results. Free some. {GO_ON}"
    if not isinstance(error, OperationalError):
        return ""
    why = str(error.orig).strip().partition("\n")[0][:200]
    if "disk is full" in why or "disk I/O" in why:
        return f"the gradebook cannot be written ({why}). Free some space. {GO_ON}"
    if "locked" in why:
        return (
            "another process has held the gradebook for longer than a minute "
            f"({why}). Close formgrader, or whatever it is. {GO_ON}"
        )
    if error.connection_invalidated:
        return f"the line to the gradebook broke ({why}). {GO_ON}"
    return ""


@contextmanager
def named() -> Iterator[None]:
    """Inside the block such an error becomes a `StoppedError`, in words."""
    try:
        yield
    except CourseError:
        raise
    except Exception as error:
        if words := told(error):
            raise StoppedError(words) from error
        raise
