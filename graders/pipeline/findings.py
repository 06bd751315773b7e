"""What is wrong with a source, in one form: where, what came, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong at one line of one file."""

    path: Path
    line: int
    came: str
    needed: str
    do: str = ""

    def __str__(self) -> str:
        """One line: `file:line: what came; needed: ...; do: ...`.

        >>> print(Finding(Path("a.py"), 3, "no id", "an id", "add one"))
        a.py:3: no id; needed: an id; to do: add one
        """
        todo = f"; to do: {self.do}" if self.do else ""
        return f"{self.path}:{self.line}: {self.came}; needed: {self.needed}{todo}"


class CourseError(Exception):
    """A mistake in the course's files or in a command: its text is for a person."""


class SourceError(CourseError):
    """A source breaks rules; `findings` lists every one of them, in order."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))
