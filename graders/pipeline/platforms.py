"""What names of files say that a learning platform wrote: who, which time, if late.

Moodle's bulk download: `Name_12345_assignsubmission_file_/x.ipynb`, or without folders
`Name_12345_assignsubmission_file_x.ipynb`.  Canvas's:
`lastfirst_LATE_userid_fileid_name-1.ipynb`.  nbgrader's exchange:
`user+assignment+timestamp`, and a random word behind it in newer versions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOODLE, CANVAS, EXCHANGE = "moodle", "canvas", "nbgrader"
_MOODLE = re.compile(
    r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<rest>.*))?"
)
_CANVAS = re.compile(
    r"(?P<who>[^_]+)_(?P<late>LATE_)?(?P<number>\d{2,})_(?P<file>\d{3,})_(?P<rest>.+)"
)
_EXCHANGE = re.compile(
    r"(?P<who>.+)\+(?P<lesson>[^+]+)\+"
    r"(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Za-z]+)?)(?:\+.*)?"
)
_AGAIN = re.compile(r"-(\d+)(?=\.\w+$|$)")  # Canvas: the file of a later attempt


@dataclass(frozen=True)
class Delivery:
    """One file or folder as a platform named it.

    `number` is Canvas's of the person, Moodle's of the person in one assignment;
    `label` is how Moodle knows the person again; a later delivery has a higher `order`.
    """

    platform: str
    who: str
    number: str = ""
    lesson: str = ""
    label: str = ""
    when: str = ""
    late: bool = False
    order: tuple[int, int] = (0, 0)


def read(name: str) -> Delivery | None:
    """What a name says; None where no platform wrote it.

    >>> read("doejane_LATE_4711_99001_01_slopes-2.ipynb").order
    (2, 99001)
    >>> read("Jane Doe_12345_assignsubmission_file_").label
    'Jane Doe_12345_assignsubmission_file_'
    >>> read("jane+01_slopes+2026-03-01 10:00:00.123456 UTC").who
    'jane'
    >>> read("01_slopes.ipynb")
    """
    if found := _EXCHANGE.fullmatch(name):
        who, lesson, when = found["who"], found["lesson"], found["when"]
        return Delivery(EXCHANGE, who, lesson=lesson, when=when)
    if found := _MOODLE.fullmatch(name):
        label = name[: found.start("rest")] if found["rest"] else name.rstrip("_") + "_"
        return Delivery(MOODLE, found["who"].strip(), found["number"], label=label)
    if found := _CANVAS.fullmatch(name):
        again = _AGAIN.search(found["rest"])
        order = (int(again[1]) if again else 0, int(found["file"]))
        late = bool(found["late"])
        return Delivery(CANVAS, found["who"], found["number"], late=late, order=order)
    return None
