"""What else a submission's penalty depends on: due dates, rules, other lessons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from graders.pipeline.intake import Submission
from graders.pipeline.policy import Policy
from graders.pipeline.rebuild import Note


@dataclass(frozen=True)
class Context:
    """All that was handed in, the due dates by lesson, the rules."""

    submissions: Sequence[Submission]
    dues: Mapping[str, datetime]
    rules: Policy

    def words(self, one: Submission) -> bytes:
        """What, when it changes, makes a submission be entered anew."""
        due = self.dues.get(one.assignment)
        told: list[object] = [str(due), asdict(self.rules) if due else {}]
        if self.rules.free_days:  # lessons before this one use them up
            mine = (s for s in self.submissions if s.student == one.student)
            told += sorted(
                (s.assignment, s.timestamp, str(self.dues.get(s.assignment)))
                for s in mine
                if s.assignment < one.assignment
            )
        return json.dumps(told, sort_keys=True).encode()


def late(one: Submission, due: datetime | None) -> list[Note]:
    """A note on a submission that came after its due date."""
    from nbgrader.utils import parse_utc

    if due is None or not one.timestamp:
        return []
    by = (parse_utc(one.timestamp).replace(tzinfo=None) - due).total_seconds()
    if by <= 0:
        return []
    return [Note("late", f"{span(by)} after {due:%Y-%m-%d %H:%M} UTC.")]


def span(seconds: float) -> str:
    """A length of time in words, no finer than a minute.

    >>> span(90_000), span(60), span(10)
    ('1 day 1 h', '1 min', 'less than a minute')
    """
    whole = timedelta(seconds=int(seconds))
    hours, rest = divmod(whole.seconds, 3600)
    days = f"{whole.days} day{'s' * (whole.days != 1)}" if whole.days else ""
    parts = [days, f"{hours} h" if hours else "", f"{rest // 60} min"]
    shown = [part for part in parts if part and part != "0 min"]
    return " ".join(shown) or "less than a minute"
