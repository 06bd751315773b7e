"""What a class gets that must not see the solutions: one zip, the same each time.

Lessons, the wheel of both packages without the instructor's side, `binder/`, and a
README.  Notebooks are made of the sources and searched for leaks before they go in.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from graders.pipeline import leaks
from graders.pipeline.findings import CourseError
from graders.pipeline.generated import student_notebooks
from graders.pipeline.source import load_course

TOP = "autograd-course"
PACKAGES = ("autograd_ref", "graders")
INSIDE = "graders/pipeline"  # the instructor's side: it stays at home
EXTRAS = ("lab", "torch")
COPIED = ("LICENSE", "constraints.txt", "binder/runtime.txt")
README = Path(__file__).parent / "templates" / "student_readme.md"
_DATE = (1980, 1, 1, 0, 0, 0)


def make(root: Path, wanted: Iterable[str] = ()) -> bytes:
    """The zip for students, with the lessons that are wanted (all without a name)."""
    return zipped({f"{TOP}/{name}": data for name, data in files(root, wanted).items()})


def files(root: Path, wanted: Iterable[str] = ()) -> dict[str, bytes]:
    """What lies in the bundle, by path."""
    found = {path.as_posix(): data for path, data in notebooks(root, wanted).items()}
    name, data = wheel(root)
    found[f"wheels/{name}"] = data
    found["binder/requirements.txt"] = requirements(root, name)
    found["README.md"] = README.read_bytes()
    for path in COPIED:
        found[path] = _read(root / path)
    return found


def notebooks(root: Path, wanted: Iterable[str] = ()) -> dict[Path, bytes]:
    """The students' notebooks, as the sources are now; raises where one leaks."""
    lessons = load_course(root, list(wanted))
    made = student_notebooks(root, lessons)
    every = load_course(root, [])  # an answer of any lesson is one too many
    if found := leaks.scan(made, [s for one in every for s in leaks.secrets(one)]):
        raise leaks.LeakError(found)
    return made


def requirements(root: Path, wheel_name: str) -> bytes:
    """Binder's list, with the wheel in place of the checkout."""
    lines = _read(root / "binder" / "requirements.txt").decode("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("-e ", "#"))]
    extras = ",".join(EXTRAS)
    # read from the folder above, as pip takes such paths from where it is called
    return "\n".join([*kept, f"./wheels/{wheel_name}[{extras}]", ""]).encode("utf-8")


# -- the wheel -----------------------------------------------------------------------
def wheel(root: Path) -> tuple[str, bytes]:
    """Name and bytes of one wheel of both packages, the instructor's side left out.

    Written here and not by a build backend: it takes no network, and the wheel that
    the backend makes has everything in it.
    """
    table = tomllib.loads(_read(root / "pyproject.toml").decode("utf-8"))
    project = table["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    info = f"{stem}.dist-info"
    entries = dict(_code(root))
    shared = table["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    for path, place in shared.items():
        entries[f"{stem}.data/data/{place}"] = _read(root / path)
    entries[f"{info}/METADATA"] = _metadata(project).encode("utf-8")
    entries[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: graders bundle\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n"
    )
    entries[f"{info}/licenses/LICENSE"] = _read(root / "LICENSE")
    record = "".join(_line(name, entries[name]) for name in sorted(entries))
    entries[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return f"{stem}-py3-none-any.whl", zipped(entries)


def _code(root: Path) -> Iterator[tuple[str, bytes]]:
    """Files of the packages that students run."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            name = path.relative_to(root)
            hidden = any(p.startswith(".") or p == "__pycache__" for p in name.parts)
            ours = name.is_relative_to(INSIDE) or path.suffix == ".pyc"
            if path.is_file() and not hidden and not ours:
                yield name.as_posix(), path.read_bytes()


def _metadata(project: Mapping[str, Any]) -> str:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {need}" for need in project["dependencies"]),
    ]
    for extra in _extras(project):
        lines.append(f"Provides-Extra: {extra}")
        needs = project["optional-dependencies"][extra]
        lines += [f'Requires-Dist: {need}; extra == "{extra}"' for need in needs]
    return "\n".join(lines) + "\n"


def _extras(project: Mapping[str, Any]) -> list[str]:
    """Extras of the wheel, and those of the course's own that they name."""
    own = re.compile(rf"{re.escape(project['name'])}\[([\w,-]+)\]")
    found = list(EXTRAS)
    for extra in found:  # grows as it is read
        for need in project["optional-dependencies"][extra]:
            if named := own.match(need):
                found += [one for one in named[1].split(",") if one not in found]
    return found


def _line(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode("ascii")
    return f"{name},sha256={digest.rstrip('=')},{len(data)}\n"


# -- files ---------------------------------------------------------------------------
def zipped(entries: Mapping[str, bytes]) -> bytes:
    """A zip that is the same for the same content, whenever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, entries[name])
    return made.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise CourseError(
            f"{path} is missing; a bundle is made in a full checkout of the course."
        ) from None
