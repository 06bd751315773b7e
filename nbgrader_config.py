"""nbgrader's settings: the repository's root is the course.

Read by every `nbgrader` command and by formgrader when they start here. Two
lists of preprocessors differ from nbgrader's own, so that its buttons take the same
road as `graders grade`: a submission is laid into the instructor's notebook, and its
verdict is computed where no student's code runs. `make formgrader` opens them; with
GRADED_CLASS=grading/NAME in the environment they are about that class.
"""

import os
from pathlib import Path

from graders.pipeline.release import PREPROCESSORS

ROOT = Path(__file__).resolve().parent
# The course's own class, or one that `make grade` has graded in a folder of its own.
WORK = Path(os.environ.get("GRADED_CLASS") or ROOT).resolve()
c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "autograd-course"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.submitted_directory = os.path.relpath(WORK / "submitted", ROOT)
c.CourseDirectory.autograded_directory = os.path.relpath(WORK / "autograded", ROOT)
c.CourseDirectory.feedback_directory = os.path.relpath(WORK / "feedback", ROOT)
# Sources lie beside the assignment folders, and nothing but notebooks goes out.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "*.py",
    "*_solution*",
]
# SQLite's own five seconds abort a class when another process holds the gradebook.
c.CourseDirectory.db_url = f"sqlite:///{WORK / 'gradebook.db'}?timeout=60"

# With our stubs; the bytes are those of `graders build`.
c.GenerateAssignment.preprocessors = list(PREPROCESSORS)

# Reads any file, so that one broken notebook does not end a class.
c.Autograde.exporter_class = "graders.pipeline.nbgrader_plugin.TolerantExporter"
c.Autograde.sanitize_preprocessors = [
    "graders.pipeline.nbgrader_plugin.RebuildFromMaster",
]
# No LimitOutput, no CheckCellMetadata: outputs and metadata are ours by now.
c.Autograde.autograde_preprocessors = [
    "graders.pipeline.nbgrader_plugin.JudgedExecute",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
# Without a policy.toml there, or in the grading folder, nothing is taken off.
c.AssignLatePenalties.plugin_class = "graders.pipeline.late.LatePolicy"
c.LatePolicy.folders = list(dict.fromkeys([str(WORK), str(ROOT)]))

# Validate starts a kernel of its own; without this each says that it is not encrypted.
c.KernelManager.transport_encryption = "auto"

# Our page: nbgrader's own shows hidden lines in tracebacks and runs students' scripts.
c.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
c.GenerateFeedback.exporter_class = "graders.pipeline.nbgrader_plugin.FeedbackExporter"
# Its panel shows these settings as JSON, and preprocessors are classes.
c.FormgradeExtension.debug = False
c.ExportApp.plugin_class = "graders.pipeline.nbgrader_plugin.GradesCsv"
