"""Who is in the class: a CSV of one's own, of Canvas's gradebook, or of Moodle.

The roster names students, whatever a platform calls them, and finds those who handed
in nothing.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from graders.pipeline.findings import CourseError

# Field of a student -> heads of columns that hold it, the first that is there.
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("student_id", "username", "user_name", "login", "id"),
    "first": ("first_name", "firstname", "given_name"),
    "last": ("last_name", "lastname", "surname", "family_name"),
    "name": ("name", "full_name", "student"),
    "email": ("email", "email_address", "e_mail"),
    "canvas": ("canvas_id", "canvas_user_id"),
    "sis": ("sis_user_id", "sis_id"),
    "login": ("sis_login_id", "login_id"),
    "section": ("section", "group"),
    "number": ("id_number", "idnumber"),
    "participant": ("identifier", "participant"),
}
EXAMPLE = "student_id,first_name,last_name,email"


@dataclass(frozen=True)
class Student:
    """One line of the roster; what is not there is empty."""

    id: str
    first: str = ""
    last: str = ""
    email: str = ""
    canvas: str = ""
    sis: str = ""
    login: str = ""
    section: str = ""
    number: str = ""
    participant: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Words by which this student alone is meant."""
        own = (self.id, self.email, self.sis, self.login, self.number)
        return frozenset(word.casefold() for word in own if word)

    def for_gradebook(self) -> dict[str, str]:
        """What nbgrader's gradebook keeps of a student."""
        lms = self.canvas or self.number or self.sis
        found = {"first_name": self.first, "last_name": self.last}
        found |= {"email": self.email, "lms_user_id": lms}
        return {name: value for name, value in found.items() if value}

    @property
    def names(self) -> frozenset[str]:
        """Ways to write the name, without what platforms leave out of it."""
        orders = (self.first + self.last, self.last + self.first)
        return frozenset(name for name in map(plain, orders) if name)


@dataclass
class Roster:
    """The class; an empty one knows nobody."""

    students: dict[str, Student] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.students)

    def by_word(self, text: str) -> str:
        """The id of whom a login, address or number means, or a name; "" for nobody."""
        word = text.strip().casefold()
        found = [s.id for s in self.students.values() if word in s.keys]
        return found[0] if len(found) == 1 else self.by_name(text)

    def by_name(self, text: str) -> str:
        """The id of the one who has that name; "" where nobody has it, or several."""
        found = self.called(text)
        return found[0] if len(found) == 1 else ""

    def called(self, text: str) -> list[str]:
        """Ids of all who have that name, in any order and without accents."""
        name = plain(text)
        return [s.id for s in self.students.values() if name and name in s.names]

    def by_canvas(self, number: str) -> str:
        """The id of the person with that number in Canvas."""
        return self._one("canvas", number)

    def by_participant(self, number: str) -> str:
        """The id of the person with that number in one assignment of Moodle."""
        return self._one("participant", number)

    def _one(self, name: str, value: str) -> str:
        every = self.students.values()
        found = [s.id for s in every if value and getattr(s, name) == value]
        return found[0] if len(found) == 1 else ""

    def as_json(self) -> list[dict[str, str]]:
        """The roster as it is kept in a grading folder."""
        return [asdict(student) for student in self.students.values()]

    @classmethod
    def from_json(cls, found: Iterable[Mapping[str, str]]) -> Roster:
        """What was kept."""
        return cls({one["id"]: Student(**one) for one in found})


def plain(text: str) -> str:
    """A name's letters alone.

    >>> plain("Doe, Zoë"), plain("doezoe")
    ('doezoe', 'doezoe')
    """
    bare = unicodedata.normalize("NFKD", text)
    letters = (c for c in bare if not unicodedata.combining(c))
    return "".join(c for c in letters if c.isalnum()).casefold()


def read(path: Path) -> Roster:
    """The roster in a CSV file; its columns are known by their heads."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CourseError(f"the roster {path} cannot be read: {error}") from None
    except UnicodeDecodeError:
        raise CourseError(
            f"the roster {path} is not UTF-8; save it as CSV UTF-8."
        ) from None
    lines = text.splitlines()
    head = lines[0] if lines else ""
    delimiter = max(",;\t", key=head.count)
    rows = list(csv.DictReader(lines, delimiter=delimiter))
    students: dict[str, Student] = {}
    for number, row in enumerate(rows, 2):
        student = _student({_head(k): (v or "").strip() for k, v in row.items() if k})
        if student is None:
            continue
        if student.id in students:
            raise CourseError(
                f"{path}:{number}: {student.id} stands in the roster twice; each "
                "student needs an id of their own."
            )
        students[student.id] = student
    if not students:
        raise CourseError(
            f"{path} names no student; needed is a CSV with a head such as {EXAMPLE}, "
            "or what Canvas or Moodle export."
        )
    return Roster(students)


def _head(text: str) -> str:
    return re.sub(r"\W+", "_", text.strip().casefold()).strip("_")


def _student(row: dict[str, str]) -> Student | None:
    """One line, in whichever form; None for one that is no student's."""
    found = {
        name: next((row[head] for head in heads if row.get(head)), "")
        for name, heads in COLUMNS.items()
    }
    if "sis_login_id" in row and "student" in row:  # Canvas: `ID` is its own number
        found["canvas"] = row.get("id", "")
        if not found["canvas"] or found["name"] == "Student, Test":
            return None  # the row of points possible, and Canvas's made-up student
        found["id"] = found["login"] or found["sis"] or found["canvas"]
    found["id"] = found["id"] or found["number"] or found["email"]
    found["participant"] = re.sub(r"\D", "", found["participant"])
    name = found.pop("name")
    if name and not (found["first"] or found["last"]):
        last, comma, first = name.partition(",")
        if not comma:
            first, _, last = name.rpartition(" ")
        found["first"], found["last"] = first.strip(), last.strip()
    return Student(**found) if found["id"] else None
