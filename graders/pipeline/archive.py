"""Files of a class folder or zip, as data: what may be read, what is refused and why.

No link is followed, no name may leave its folder, nothing is unpacked to disk, and no
more is read than the limits allow, whatever a zip's own headers claim.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath

from graders.pipeline.unreadable import MAX_FILE

MAX_ITEMS = 50_000  # files and folders of a class
MAX_ZIPPED = 2000  # entries of one student's zip
MAX_TOTAL = 4 * 2**30  # bytes that a zip may unpack to
MAX_DEPTH = 8
RATIO = 200  # a notebook shrinks to a tenth, a page of zeros to a thousandth
SMALL = 4 * 2**20  # bytes below which no ratio is suspicious
SKIPPED = frozenset({"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git"})


@dataclass(frozen=True)
class Item:
    """One file or folder: the parts of its path, and its bytes or why it has none.

    `when` is the time (seconds since 1970) that the file bears where it was handed in,
    0 where none is known; of what lies in a student's zip, that of the zip.
    """

    parts: tuple[str, ...]
    size: int = 0
    read: Callable[[], bytes] | None = None
    refused: str = ""
    when: float = 0.0

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.parts[-1] if self.parts else ""

    @property
    def shown(self) -> str:
        """The path, short and in printable characters, for a note."""
        text = "/".join(self.parts)
        return ascii(text)[1:-1][:120]


def items(source: Path) -> list[Item]:
    """Everything in a folder or zip, sorted by path, student's zips opened too."""
    if source.is_dir():
        found = list(_folder(source))
    else:
        found = list(_zip(source, (), MAX_ITEMS))
    opened = [inner for item in found for inner in _opened(item)]
    return sorted(opened, key=lambda item: item.parts)


def _opened(item: Item) -> Iterator[Item]:
    if item.read is None or not item.name.lower().endswith(".zip"):
        yield item
        return
    data = item.read()
    # `zoe.zip` beside the others is zoe's; `zoe/work.zip` is zoe's as well
    above = item.parts[:-1] or (item.name[:-4],)
    for inner in _zip(io.BytesIO(data), above, MAX_ZIPPED):
        yield replace(inner, when=item.when)  # the student's own clock says nothing


# -- folders ------------------------------------------------------------------------
def _folder(top: Path) -> Iterator[Item]:
    waiting: list[tuple[str, ...]] = [()]
    seen = 0
    while waiting:
        parts = waiting.pop()
        entries = sorted(os.scandir(top.joinpath(*parts)), key=lambda e: e.name)
        for entry in entries:
            seen += 1
            if seen > MAX_ITEMS:
                yield Item(parts, refused=f"more than {MAX_ITEMS} files; the rest is")
                return
            here = (*parts, entry.name)
            if entry.name in SKIPPED:
                continue
            if entry.is_dir(follow_symlinks=False) and len(here) <= MAX_DEPTH:
                waiting.append(here)
                yield Item(here)
            else:
                yield _file(Path(entry.path), here)


def _file(path: Path, parts: tuple[str, ...]) -> Item:
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        return Item(parts, refused="is a link; links are not followed")
    if not stat.S_ISREG(found.st_mode):
        return Item(parts, refused="is no plain file, or lies too deep")
    if found.st_size > MAX_FILE:
        return Item(parts, refused=_too_large(found.st_size))
    return Item(parts, found.st_size, partial(_read, path), when=found.st_mtime)


def _read(path: Path) -> bytes:
    """At most one byte more than is allowed, and no link put there meanwhile."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        return stream.read(MAX_FILE + 1)


def _too_large(size: int) -> str:
    return f"has {size / 2**20:.0f} MB; at most {MAX_FILE // 2**20} are read"


# -- zips ---------------------------------------------------------------------------
def _zip(
    source: Path | io.BytesIO, above: tuple[str, ...], most: int
) -> Iterator[Item]:
    # stays open as long as an item may be read
    try:
        archive = zipfile.ZipFile(source)
        entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        yield Item(above or ("zip",), refused="is no zip that can be read")
        return
    total = sum(entry.file_size for entry in entries)
    if len(entries) > most or total > MAX_TOTAL:
        why = f"unpacks to {len(entries)} files of {total / 2**20:.0f} MB: refused"
        yield Item(above or ("zip",), refused=why)
        return
    for entry in entries:
        item = _entry(archive, entry, above)
        if not SKIPPED & set(item.parts):
            yield item


def _entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, above: tuple[str, ...]
) -> Item:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    # Windows' "C:" is an escape too
    bad = path.is_absolute() or ".." in path.parts or ":" in entry.filename[:3]
    parts = (*above, *(p for p in path.parts if p not in ("/", "..")))
    if bad or not path.parts:
        why = f"stands in the zip as {ascii(entry.filename)[:80]}, outside its folder"
        return Item(parts or ("zip",), refused=why)
    if entry.is_dir():
        return Item(parts)
    if why := _suspicious(entry):
        return Item(parts, refused=why)
    read = partial(_unzip, archive, entry)
    return Item(parts, entry.file_size, read, when=_when(entry))


def _when(entry: zipfile.ZipInfo) -> float:
    """A zip has the time of the clock where it was made; 0 where it has none."""
    try:
        return datetime(*entry.date_time).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _suspicious(entry: zipfile.ZipInfo) -> str:
    mode = entry.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "is a link; links are not followed"
    if entry.flag_bits & 1:
        return "is encrypted; hand it in without a password"
    if entry.file_size > MAX_FILE:
        return _too_large(entry.file_size)
    if entry.file_size > max(SMALL, RATIO * entry.compress_size):
        return f"unpacks to {entry.file_size // max(1, entry.compress_size)} times"
    return ""


def _unzip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        return stream.read(MAX_FILE + 1)
