"""Solution notebook -> what a student gets, by nbgrader's own preprocessors.

`nbgrader generate_assignment` with the list below gives the same bytes.
"""

from copy import deepcopy
from typing import Any

from nbgrader import preprocessors as nbgrader
from nbgrader.utils import is_solution
from traitlets.utils.importstring import import_item

from graders.pipeline.lesson import Lesson, is_lesson
from graders.pipeline.notebook import to_bytes, to_notebook
from graders.pipeline.regions import SOLUTION, regions
from graders.pipeline.stubs import stub


class ClearSolutions(nbgrader.ClearSolutions):  # type: ignore[misc]
    """nbgrader's, with the course's stubs: one at column 0 does not raise."""

    def _replace_solution_region(self, cell: Any, language: str) -> bool:
        markdown = cell.cell_type == "markdown"
        found = bool(regions(cell.source, SOLUTION)) or (markdown and is_solution(cell))
        if found:
            cell.source = stub(cell.source, markdown)
        return found


# c.GenerateAssignment.preprocessors in nbgrader_config.py: nbgrader's own list, with
# our ClearSolutions in the place of its own.
PREPROCESSORS = (
    "nbgrader.preprocessors.LockCells",
    "graders.pipeline.release.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
)
_GRADEBOOK = "nbgrader.preprocessors.SaveCells"  # the only step that needs a gradebook


def released(solution: Any) -> Any:
    """The student's notebook made of a solution notebook, which is left as it is."""
    notebook: Any = deepcopy(solution)
    resources: dict[str, Any] = {}
    for name in PREPROCESSORS:
        if name != _GRADEBOOK:
            step = import_item(name)()
            notebook, resources = step.preprocess(notebook, resources)
    return notebook


def student_bytes(lesson: Lesson) -> bytes:
    """The file that stands in `lessons/` for a lesson or a page."""
    notebook = to_notebook(lesson)
    return to_bytes(released(notebook) if is_lesson(lesson.stem) else notebook)
