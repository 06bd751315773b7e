"""Named wrong answers and unusual right ones, read from the tests' folder.

One py:percent file an exercise.  Headers: `# %% mutant="name" says="..."`,
`# %% unusual="name"`, and under an unusual answer `# %% added="before"` or "after"
for cells that a student added.  This code ships to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_HEADER = re.compile(r"^# %%(.*)$", re.MULTILINE)
_WORD = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
UNTOUCHED = "# (untouched)"


@dataclass
class Entry:
    """One wrong or unusual answer: the code of the answer cell, and cells beside it."""

    exercise: str
    kind: str
    name: str
    says: str
    answer: str
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def untouched(self) -> bool:
        """Whether the answer cell keeps its stub (the answer stands in a new cell)."""
        return self.answer.strip() == UNTOUCHED


def load(folder: Path) -> dict[str, list[Entry]]:
    """Exercise -> its entries, from `folder/<exercise>.py`; empty if there is none."""
    if not folder.is_dir():
        return {}
    return {path.stem: list(read(path)) for path in sorted(folder.glob("*.py"))}


def read(path: Path) -> Iterator[Entry]:
    """The entries of one file; ValueError names the line of a header it cannot read."""
    text = path.read_text(encoding="utf-8")
    heads = list(_HEADER.finditer(text))
    entry: Entry | None = None
    for head, nxt in zip(heads, [*heads[1:], None], strict=True):
        words = dict(_WORD.findall(head.group(1)))
        body = text[head.end() : nxt.start() if nxt else len(text)].strip("\n")
        kind = next((k for k in ("mutant", "unusual") if k in words), "")
        if kind:
            if entry:
                yield entry
            says = words.get("says", "").replace('\\"', '"')
            entry = Entry(path.stem, kind, words[kind], says, body)
        elif entry and words.get("added") in ("before", "after"):
            (entry.before if words["added"] == "before" else entry.after).append(body)
        else:
            raise _unreadable(path, text, head)
    if entry:
        yield entry


def _unreadable(path: Path, text: str, head: re.Match[str]) -> ValueError:
    line = text.count("\n", 0, head.start()) + 1
    return ValueError(
        f'{path}:{line}: header {head.group(0)!r}; needed: mutant="name" says="...", '
        'unusual="name", or added="before"|"after" below an unusual answer.'
    )
