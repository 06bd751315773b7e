"""What is pinned, what Binder gets, what git and nbgrader are told: they agree."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graders.pipeline import bundle
from tools import setup_env

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINES = (ROOT / "constraints.txt").read_text().splitlines()
PINS = {
    re.sub(r"[-_.]+", "-", name).lower(): version
    for name, _, version in (line.partition("==") for line in LINES)
    if not name.startswith("#")
}
REQUIREMENTS = [
    line
    for line in (ROOT / "binder" / "requirements.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def asked() -> list[str]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    return [*PROJECT["project"]["dependencies"], *(line for e in extras for line in e)]


@pytest.mark.parametrize("requirement", sorted(set(asked())))
def test_everything_asked_for_is_pinned_within_what_is_asked(
    requirement: str, needs: Callable[..., Any]
) -> None:
    needs("packaging")
    from packaging.requirements import Requirement

    wanted = Requirement(requirement)
    if wanted.name == "autograd-course":
        return
    assert wanted.specifier.contains(PINS[wanted.name])


def test_no_pin_is_of_one_machine() -> None:
    for line in LINES:
        assert line.startswith("#") or re.fullmatch(r"[\w.-]+==[\w.]+", line), line


def test_reference_package_alone_needs_numpy_only() -> None:
    (only,) = PROJECT["project"]["dependencies"]
    assert only.startswith("numpy")


def test_oldest_python_is_said_once_and_the_same() -> None:
    oldest = ".".join(map(str, setup_env.OLDEST))
    assert PROJECT["project"]["requires-python"] == f">={oldest}"
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest


# --- Binder -----------------------------------------------------------------------


def test_binder_takes_every_version_from_the_constraints() -> None:
    assert "--constraint ../constraints.txt" in REQUIREMENTS
    assert f"--extra-index-url {setup_env.CPU_INDEX}" in REQUIREMENTS
    assert f"torch=={PINS['torch']}+cpu" in REQUIREMENTS
    assert len([line for line in REQUIREMENTS if "==" in line]) == 1


def test_binder_gets_what_the_notebooks_run_on_and_not_the_instructor_s_side() -> None:
    (own,) = [line for line in REQUIREMENTS if line.startswith("-e ")]
    assert own == f"-e .[{','.join(sorted(bundle.EXTRAS, reverse=True))}]"
    extras = PROJECT["project"]["optional-dependencies"]
    asked_for = {name for extra in bundle.EXTRAS for name in extras[extra]}
    assert not asked_for & set(extras["grading"])


@pytest.mark.parametrize(
    "page, query",
    [
        ("README.md", "?urlpath=lab/tree/"),  # Binder
        ("INSTRUCTORS.md", "&urlpath=lab/tree/REPOSITORY/"),  # nbgitpuller
    ],
)
def test_an_address_opens_a_notebook_that_exists(page: str, query: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert f"{query}lessons/index.ipynb" in text
    assert (ROOT / "lessons" / "index.ipynb").is_file()


def test_students_set_has_no_dev_tools() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    dev = {re.split("[>\\[]", line)[0] for line in extras["dev"]}
    student = {
        re.split("[>\\[]", line)[0]
        for name in ("torch", "lab", "grading")
        for line in extras[name]
    }
    assert dev & student == {"autograd-course"}


def test_no_cuda_is_pinned() -> None:
    assert not [name for name in PINS if name.startswith(setup_env.CUDA_PREFIXES)]


def test_repo2docker_accepts_the_repository(
    needs: Callable[..., Any], tmp_path: Path
) -> None:
    """Its Dockerfile, not built: the right Python, our requirements, and no other."""
    needs("repo2docker")
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-2000:]
    assert 'pip install --no-cache-dir -r "binder/requirements.txt"' in said
    name, version = (ROOT / "binder" / "runtime.txt").read_text().strip().split("-")
    assert f"Building conda environment for {name}={version}" in said


# --- git, licence, changelog ------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["my_course/01/01.ipynb", ".venv/bin/python", "gradebook.db"]
)
def test_what_is_personal_is_ignored(needs: Callable[..., Any], path: str) -> None:
    needs(program="git")
    patterns = (ROOT / ".gitignore").read_text()
    assert re.search(rf"^/{re.escape(path.split('/')[0])}[/*]?", patterns, re.MULTILINE)


def test_licence_says_both() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "MIT License" in text
    assert "CC BY 4.0" in text


def test_nbgrader_reads_our_settings(needs: Callable[..., Any]) -> None:
    needs("traitlets")
    from traitlets.config.loader import PyFileConfigLoader

    loader = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT))
    config = loader.load_config()
    assert config.CourseDirectory.source_directory == "solutions"
    assert config.CourseDirectory.release_directory == "lessons"
    assert config.CourseDirectory.db_url.endswith("gradebook.db?timeout=60")
    assert "*.py" in config.CourseDirectory.ignore
