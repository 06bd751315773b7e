"""Frames between judge and worker: two lengths, a JSON header, an opaque blob.

The judge may send code in the blob (the worker trusts the judge).  What comes back is
a header only, bounded in size before it is read, and decoded by the closed codec.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Protocol

MAX_HEADER = 64 * 2**20
_LENGTHS = struct.Struct(">QQ")


class Source(Protocol):
    """What frames are read from: b"" at the end."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes."""


class Sink(Protocol):
    """What frames are written to."""

    def write(self, data: bytes, /) -> Any:
        """Write all of `data`, or as much as fits."""

    def flush(self) -> None:
        """Nothing is kept back after this."""


class WireError(ConnectionError):
    """The other side is gone, or sent something that is not a frame."""


def send(stream: Sink, header: dict[str, Any], blob: bytes = b"") -> None:
    """Write one frame."""
    text = json.dumps(header).encode("utf-8")
    left = memoryview(_LENGTHS.pack(len(text), len(blob)) + text + blob)
    while left:  # an unbuffered stream may take less than it is given
        left = left[stream.write(bytes(left)) :]
    stream.flush()


def receive(stream: Source, *, max_blob: int) -> tuple[dict[str, Any], bytes]:
    """Read one frame; `WireError` for anything else, before memory is taken."""
    header_size, blob_size = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if header_size > MAX_HEADER or blob_size > max_blob:
        raise WireError(f"a frame of {header_size} + {blob_size} bytes is too large.")
    try:
        header = json.loads(_exactly(stream, header_size))
    except (ValueError, RecursionError) as error:
        raise WireError(f"a frame that is not JSON: {error}") from None
    if not isinstance(header, dict):
        raise WireError("a frame whose header is not an object.")
    return header, _exactly(stream, blob_size)


def _exactly(stream: Source, size: int) -> bytes:
    parts = []
    while size:
        part = stream.read(min(size, 1 << 20))
        if not part:
            raise WireError("the other side closed the connection.")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
