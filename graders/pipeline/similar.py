"""Pairs of submissions that are unusually alike, for a person to look at.

Answers are compared by runs of tokens (shingles; Schleimer, Wilkerson and Aiken 2003).
Not counted is what the course gave: runs of the released stubs and of the reference
solution; and what many of a class write.  Alike is not copied: no mark depends on it.
"""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

LENGTH = 6  # tokens of a run: shorter ones are the language's, longer ones are fragile
ENOUGH = 40  # runs that two must share, about eight lines: small answers are alike
SHARE = 0.6  # of the own runs of the one who has fewer
FEW, PART = 3, 50  # own is a run of at most three in a class, or of each fiftieth
_SPACE = (
    tokenize.NEWLINE,
    tokenize.NL,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)

Runs = dict[str, set[tuple[str, ...]]]
"""Exercise -> runs of tokens of its answer."""


@dataclass(frozen=True)
class Pair:
    """Two students, how alike their answers to a lesson are, and in which exercises."""

    lesson: str
    students: tuple[str, str]
    share: float
    count: int
    exercises: tuple[str, ...]


def pairs(
    lesson: str,
    answers: Mapping[str, Mapping[str, str]],
    given: Iterable[Mapping[str, str]],
) -> list[Pair]:
    """Who is unusually alike, the most alike first.

    `answers` is student -> exercise -> code; `given` holds code by exercise that
    everybody had, or may well find: stubs, the reference solution.
    """
    known: Runs = {}
    for one in given:
        for exercise, code in one.items():
            known.setdefault(exercise, set()).update(runs(code))
    own = {student: _own(mine, known) for student, mine in answers.items()}
    _forget_common(own)
    shared: Counter[tuple[str, str]] = Counter()
    for who in _holders(own).values():
        shared.update(combinations(sorted(who), 2))
    found = [
        _pair(lesson, two, own) for two, count in shared.items() if count >= ENOUGH
    ]
    alike = [pair for pair in found if pair.share >= SHARE]
    return sorted(alike, key=lambda pair: (-pair.share, -pair.count, pair.students))


def runs(code: str) -> set[tuple[str, ...]]:
    """All runs of tokens in some code, comments among them; what is broken counts too.

    >>> sorted(runs("y = x + 1  # so"))
    [('=', 'x', '+', '1', '# so', ''), ('y', '=', 'x', '+', '1', '# so')]
    """
    words = [*_tokens(code), ""]
    return {tuple(words[at : at + LENGTH]) for at in range(len(words) - LENGTH + 1)}


def _tokens(code: str) -> list[str]:
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type not in _SPACE:
                found.append(token.string)  # noqa: PERF401 - kept up to an error
    except (tokenize.TokenError, SyntaxError):
        return code.split()
    return found


def _own(mine: Mapping[str, str], known: Runs) -> Runs:
    return {name: runs(code) - known.get(name, set()) for name, code in mine.items()}


def _holders(own: Mapping[str, Runs]) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    """Run of an exercise -> who has it."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for student, by_exercise in own.items():
        for exercise, mine in by_exercise.items():
            for run in mine:
                found.setdefault((exercise, run), []).append(student)
    return found


def _forget_common(own: dict[str, Runs]) -> None:
    """Take out what many have: it is how one writes this, or a hint in class."""
    most = max(FEW, len(own) // PART)
    for (exercise, run), who in _holders(own).items():
        if len(who) > most:
            for student in who:
                own[student][exercise].discard(run)


def _pair(lesson: str, two: tuple[str, str], own: Mapping[str, Runs]) -> Pair:
    one, other = (own[student] for student in two)
    both = {name: len(one[name] & other.get(name, set())) for name in one}
    count = sum(both.values())
    fewer = min(sum(map(len, mine.values())) for mine in (one, other))
    where = tuple(sorted(name for name, number in both.items() if number))
    return Pair(lesson, two, count / fewer, count, where)
