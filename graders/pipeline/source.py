"""Lesson sources: read them, check them, and find all of a course's.

`load(path)` is what the rest of the pipeline starts from: a `Lesson` that keeps every
rule, or a `SourceError` that lists what is wrong. The notebook of a lesson is made by
`graders.pipeline.notebook`.
"""

from collections.abc import Sequence
from pathlib import Path

from graders.pipeline import rules
from graders.pipeline.cells import parse
from graders.pipeline.findings import CourseError, Finding, SourceError
from graders.pipeline.lesson import Lesson, is_lesson, pair

SOURCES = "solutions"
PAGES = ("index", "playground", "interview")


def loads(text: str, path: Path) -> Lesson:
    """The lesson in a source text; `SourceError` lists all that breaks a rule."""
    cells = parse(text, path)
    if found := rules.problems(cells, path):
        raise SourceError(found)
    return Lesson(path, cells, pair(cells, path, []))


def load(path: Path, root: Path | None = None) -> Lesson:
    """The lesson in a file; messages name the file as seen from `root`."""
    shown = path.relative_to(root) if root else path
    try:
        return loads(path.read_bytes().decode("utf-8"), shown)
    except UnicodeDecodeError as error:
        raise CourseError(f"{shown}: not UTF-8 ({error}); save it as UTF-8") from None


def find_root(*starts: Path) -> Path:
    """The course's folder: the nearest one upwards that holds `solutions/`.

    Looked for from each start in turn, by default from the working folder.
    """
    places = [start.resolve() for start in starts or (Path.cwd(),)]
    for here in places:
        for folder in (here, *here.parents):
            if (folder / SOURCES).is_dir():
                return folder
    raise CourseError(
        f"{places[0]} is in no course: neither it nor a folder above holds "
        f"{SOURCES}/. Run this in the checkout, or give --root FOLDER."
    )


def sources(root: Path) -> tuple[Path, ...]:
    """Files of all lessons and pages there are, lessons first, in order."""
    found = sorted((root / SOURCES).glob("*.py"))
    for path in found:
        if not is_lesson(path.stem) and path.stem not in PAGES:
            raise CourseError(
                f"{path} is neither a lesson (NN_words.py) nor one of the pages "
                f"{', '.join(PAGES)}; rename it, or add it to PAGES."
            )
    return tuple(sorted(found, key=lambda p: (not is_lesson(p.stem), p.stem)))


def chosen(root: Path, wanted: Sequence[str]) -> tuple[Path, ...]:
    """Sources named by number or name ("01", "1", "01_finite_differences"); or all."""
    every = sources(root)
    picked = [path for path in every if any(_names(path.stem, w) for w in wanted)]
    for word in wanted:
        if not any(_names(path.stem, word) for path in picked):
            known = ", ".join(path.stem for path in every)
            raise CourseError(f"no lesson {word!r} in {root / SOURCES}; found: {known}")
    return tuple(picked) if wanted else every


def _names(stem: str, word: str) -> bool:
    if word.isdecimal():
        return is_lesson(stem) and int(stem[:2]) == int(word)
    return stem == word


def load_course(root: Path, wanted: Sequence[str] = ()) -> tuple[Lesson, ...]:
    """Lessons and pages, each right by itself, with ids unique over all of them."""
    found: list[Finding] = []
    lessons: list[Lesson] = []
    for path in chosen(root, wanted):
        try:
            lessons.append(load(path, root))
        except SourceError as error:
            found.extend(error.findings)
    found += rules.repeated_ids(
        [(lesson.path, cell) for lesson in lessons for cell in lesson.cells]
    )
    if found:
        raise SourceError(found)
    return tuple(lessons)


def lint(lesson: Lesson) -> tuple[Finding, ...]:
    """What a finished lesson must have and a draft may lack."""
    return rules.lint(lesson.cells, lesson.path)
