"""Late penalties by nbgrader's own plugin: `graders grade` and formgrader alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import List, Unicode

from graders.pipeline import policy


class LatePolicy(LateSubmissionPlugin):  # type: ignore[misc]
    """Reads `policy.toml`; without one nothing is taken off."""

    folders = List(
        Unicode(), help="where policy.toml is looked for; the first that has one holds"
    ).tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points taken off; None without a policy."""
        path = policy.find([Path(folder) for folder in self.folders])
        if path is None:
            return None
        rules = policy.load(path)
        lesson = str(getattr(self.parent, "assignment_id", ""))
        earlier = self._earlier(student_id, lesson) if rules.free_days else {}
        return rules.penalty(student_id, lesson, score, total_seconds_late, earlier)

    def _earlier(self, student: str, lesson: str) -> dict[str, float]:
        """Seconds by which the student's other lessons were late."""
        book: Any = getattr(self.parent, "gradebook", None)
        if book is None:
            return {}
        submitted = book.student_submissions(student)
        return {
            one.assignment.name: float(one.total_seconds_late)
            for one in submitted
            if one.assignment.name != lesson
        }
