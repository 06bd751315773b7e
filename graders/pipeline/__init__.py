"""The instructor's side: build, release, intake, grading, reports.

`graders.checks`, which runs beside the student, never imports anything from here.
"""

from graders.pipeline.quick_import import block_rfc3987

block_rfc3987()
