"""A part of a text between two marks, which a command writes anew."""

from graders.pipeline.findings import CourseError


def between(text: str, begin: str, end: str, made: str) -> str:
    """The text with what was made between its two marks.

    >>> between("a (b) old (e) z", "(b)", "(e)", "new").split()
    ['a', '(b)', 'new', '(e)', 'z']
    """
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise CourseError(
            f"README.md lacks the lines {begin} and {end}, between which figures are "
            "written; put them where the figures are to be."
        )
    return f"{before}{begin}\n\n{made}\n\n{end}{after}"
