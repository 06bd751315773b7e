"""Every file that a build makes, as data: paths and bytes, nothing written yet."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from graders import progress
from graders.pipeline import leaks
from graders.pipeline.findings import CourseError
from graders.pipeline.fingerprints import fingerprints
from graders.pipeline.lesson import Lesson, is_lesson
from graders.pipeline.notebook import to_bytes, to_notebook
from graders.pipeline.release import student_bytes
from graders.pipeline.source import SOURCES, load_course

RELEASED = "lessons"
# The only folders a build writes to; a student's `my_course/` is none of them.
OURS = (SOURCES, RELEASED, "graders/checks/fingerprints", "tests/fingerprints.json")

Producer = Callable[[Path, Sequence[Lesson]], dict[Path, bytes]]


def solution_notebooks(root: Path, lessons: Sequence[Lesson]) -> dict[Path, bytes]:
    """The source folder of nbgrader: `solutions/NN_name/NN_name.ipynb` of a lesson."""
    graded = [lesson for lesson in lessons if is_lesson(lesson.stem)]
    return {solution_path(one.stem): to_bytes(to_notebook(one)) for one in graded}


def student_notebooks(root: Path, lessons: Sequence[Lesson]) -> dict[Path, bytes]:
    """What students get: lessons in folders of their own, pages beside them."""
    return {student_path(lesson.stem): student_bytes(lesson) for lesson in lessons}


def solution_path(stem: str) -> Path:
    """Where the solution notebook of a lesson lies, as seen from the course's root."""
    return Path(SOURCES, stem, f"{stem}.ipynb")


def student_path(stem: str) -> Path:
    """Where the student's notebook of a source lies, as seen from the course's root.

    >>> student_path("01_slopes").as_posix(), student_path("index").as_posix()
    ('lessons/01_slopes/01_slopes.ipynb', 'lessons/index.ipynb')
    """
    folder = Path(RELEASED, stem) if is_lesson(stem) else Path(RELEASED)
    return folder / f"{stem}.ipynb"


# THE call site: a new kind of generated file is one more function in this list. Each
# gets the root and the lessons to build, and gives back relative paths and contents.
PRODUCERS: list[Producer] = [solution_notebooks, student_notebooks]


def generated_files(
    root: Path,
    wanted: Sequence[str] = (),
    *,
    anew: bool = False,
    watch: Callable[[str], None] = lambda exercise: None,
) -> dict[Path, bytes]:
    """Relative path -> content of everything the build would write.

    `wanted` names lessons by number or name; none means all. `anew` runs each known
    mistake again, also where its stamp says that nothing changed; `watch` is told the
    exercises whose mistakes are run. Raises `SourceError`
    where a source breaks a rule and `LeakError` where students would get an answer.
    """
    lessons = load_course(root, wanted)
    files: dict[Path, bytes] = {}
    for produce in PRODUCERS:
        files |= produce(root, lessons)
    files |= fingerprints(root, lessons, anew=anew, watch=watch)
    for path in files:
        _must_be_ours(root, path)
    _must_not_leak(root, files, lessons)
    return files


def _must_be_ours(root: Path, path: Path) -> None:
    inside = any(path.is_relative_to(folder) for folder in OURS)
    links = [p for p in (root / path).parents if p != root and p.is_symlink()]
    links = [p for p in links if p.is_relative_to(root)]
    if not inside or path.is_absolute() or ".." in path.parts or links:
        raise CourseError(
            f"the build would write {path}; it writes below {', '.join(OURS)} only, "
            "and through no link."
        )


def _must_not_leak(
    root: Path, files: Mapping[Path, bytes], lessons: Sequence[Lesson]
) -> None:
    kept = [secret for lesson in lessons for secret in leaks.secrets(lesson)]
    student = {p: b for p, b in files.items() if p.is_relative_to(RELEASED)}
    lying = {p: (root / p).read_bytes() for p in released_files(root) if p not in files}
    if found := leaks.scan(lying | student, kept):
        raise leaks.LeakError(found)


def released_files(root: Path) -> tuple[Path, ...]:
    """Files that lie below `lessons/` now, editors' own droppings left out."""
    skipped = {".ipynb_checkpoints", "__pycache__", ".DS_Store", progress.FILE}
    below = (path.relative_to(root) for path in (root / RELEASED).rglob("*"))
    return tuple(
        sorted(
            path
            for path in below
            if (root / path).is_file() and not skipped & set(path.parts)
        )
    )


def differing(root: Path, files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Those of the files that are missing or differ on disk."""
    return tuple(
        sorted(p for p, content in files.items() if _lies(root / p) != content)
    )


def orphans(root: Path, files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Notebooks below `lessons/` that no source makes any more."""
    return tuple(path for path in released_files(root) if path not in files)


def _lies(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def write(root: Path, files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Put in place what differs, whole files at a time; nothing is ever deleted.

    All of them are written to a temporary folder first, so that a full disk or a
    stopped build leaves every old file as it was.
    """
    changed = differing(root, files)
    with tempfile.TemporaryDirectory(dir=root, prefix=".graders-build-") as folder:
        for number, path in enumerate(changed):
            Path(folder, str(number)).write_bytes(files[path])
        for number, path in enumerate(changed):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, str(number)).replace(root / path)
    return changed
