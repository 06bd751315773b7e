"""The course's nbgrader: its configuration, and `generate_assignment` on it."""

import importlib.util
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from graders.pipeline.findings import CourseError
from graders.pipeline.generated import (
    generated_files,
    solution_path,
    student_path,
    write,
)

CONFIG = "nbgrader_config.py"
_SUCH = "needed is one such as postgresql://user@host/database"


@dataclass(frozen=True)
class Released:
    """Where the two notebooks and the gradebook of an assignment lie."""

    solution: Path
    student: Path
    gradebook: str


def configured(root: Path) -> Any:
    """The course's traitlets configuration, as `nbgrader` itself would read it."""
    from traitlets.config.loader import PyFileConfigLoader

    if not (root / CONFIG).is_file():
        raise CourseError(f"{root} holds no {CONFIG}; nbgrader knows the course by it.")
    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def url_of(text: str) -> str:
    """A gradebook's address as SQLAlchemy takes it; a word on one that is none.

    >>> url_of("postgresql://me@localhost/grades")
    'postgresql+psycopg://me@localhost/grades'
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except ArgumentError:
        raise CourseError(f"{text!r} is no address of a gradebook; {_SUCH}") from None
    kind = url.get_backend_name()
    if kind in ("postgres", "postgresql"):
        if importlib.util.find_spec("psycopg") is None:
            raise CourseError(
                "a gradebook on PostgreSQL needs the package psycopg: "
                "pip install -c constraints.txt -e '.[postgres]'"
            )
        url = url.set(drivername="postgresql+psycopg")
    elif kind != "sqlite":
        raise CourseError(f"{kind} holds no gradebook; {_SUCH}")
    return url.render_as_string(hide_password=False)


def public(url: str) -> str:
    """An address that may be shown and kept: as one gives it, without its password.

    >>> public("postgresql+psycopg://me:secret@localhost/grades")
    'postgresql://me@localhost/grades'
    """
    from sqlalchemy.engine import URL, make_url

    found = make_url(url)
    bare = URL.create(
        found.get_backend_name(),
        found.username,
        None,
        found.host,
        found.port,
        found.database,
        found.query,
    )
    return bare.render_as_string()


def exists(url: str) -> bool:
    """Whether a gradebook is there; raises `CourseError` where nothing answers."""
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(url)
    try:
        return bool(inspect(engine).has_table("assignment"))
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", error)).strip().splitlines()[0][:200]
        raise CourseError(
            f"no database answers at {public(url)} ({why}). Start the server, make the "
            "database (createdb), and give name and password: in the address, in "
            "PGPASSWORD, or in .pgpass."
        ) from None
    finally:
        engine.dispose()


def course_url(root: Path) -> str:
    """The course's own gradebook, where formgrader keeps due dates; "" for none."""
    url = str(configured(root).CourseDirectory.db_url)
    path = url.removeprefix("sqlite:///").partition("?")[0]
    return url if not url.startswith("sqlite") or Path(path).is_file() else ""


def set_dues(
    url: str, lessons: Sequence[str], given: Mapping[str, str], course: str = ""
) -> dict[str, datetime]:
    """Due dates of lessons that have one, as they stand in the gradebook then.

    What is given holds ("" is for every lesson); else what the gradebook has; else
    what the course's own has.
    """
    from nbgrader.api import Gradebook

    known = dues(course) if course else {}
    with Gradebook(url) as book:
        have = {one.name: one.duedate for one in book.assignments}
        for name in lessons:
            wanted = given.get(name, given.get("", ""))
            if not wanted and have.get(name) is None and name in known:
                wanted = known[name].strftime("%Y-%m-%d %H:%M:%S UTC")
            if wanted and name in have:
                book.update_or_create_assignment(name, duedate=wanted)
    return dues(url)


def dues(url: str) -> dict[str, datetime]:
    """The due dates in a gradebook, in UTC."""
    from nbgrader.api import Gradebook

    with Gradebook(url) as book:
        found = {one.name: one.duedate for one in book.assignments}
    return {name: when for name, when in found.items() if when is not None}


def release(root: Path, stem: str) -> Released:
    """Build one lesson, write its cells and points into the gradebook.

    nbgrader makes its own student notebook meanwhile, in a folder of no importance
    (it deletes what lies there first); it must be the one that was built.
    """
    write(root, generated_files(root, [stem]))
    with tempfile.TemporaryDirectory() as folder, alembic_here():
        api = _api(root)
        api.coursedir.release_directory = folder
        _say_why(stem, api.generate_assignment(stem))
        made = Path(folder, stem, f"{stem}.ipynb").read_bytes()
    if made != (root / student_path(stem)).read_bytes():
        raise CourseError(
            f"nbgrader makes another {student_path(stem)} than `graders build` does; "
            f"{CONFIG} must have the list of graders.pipeline.release.PREPROCESSORS "
            "as c.GenerateAssignment.preprocessors."
        )
    solution = root / solution_path(stem)
    return Released(solution, root / student_path(stem), api.coursedir.db_url)


def _api(root: Path) -> Any:
    from nbgrader.apps import NbGraderAPI

    config = configured(root)
    return NbGraderAPI(config=config)


def _say_why(stem: str, result: dict[str, Any]) -> None:
    if not result["success"]:
        log = str(result.get("log") or result.get("error") or "no log").strip()
        last = "\n".join(log.splitlines()[-12:])
        raise CourseError(f"nbgrader could not release {stem}; its last words:\n{last}")


@contextmanager
def alembic_here() -> Iterator[None]:
    """Inside the block nbgrader asks alembic for its version in this process.

    It would start the program of that name, which takes seconds and must be on PATH.
    """
    from nbgrader import api

    before = api.get_alembic_version
    api.get_alembic_version = _alembic_head
    try:
        yield
    finally:
        api.get_alembic_version = before


def _alembic_head() -> str:
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    config = Config()
    config.set_main_option("script_location", str(ALEMBIC_DIR).replace("%", "%%"))
    return str(ScriptDirectory.from_config(config).get_current_head())
