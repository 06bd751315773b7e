"""A small checkout whose `.venv` is a stand-in: its programs only note their calls."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import setup_env

ROOT = Path(__file__).parents[2]
PROGRAMS = ("python", "ruff", "mypy", "graders", "alembic")
# Notes its own name and arguments; acts as pip where a test has left a report.
STAND_IN = """#!{python}
import pathlib, shutil, sys
venv = pathlib.Path(__file__).parent.parent
with open(venv / "calls.txt", "a") as log:
    print(pathlib.Path(__file__).name, *sys.argv[1:], file=log)
if "--report" in sys.argv:
    shutil.copy(venv / "report.json", sys.argv[sys.argv.index("--report") + 1])
if "-c" in sys.argv[1:2]:
    print((venv / "torch.txt").read_text() if (venv / "torch.txt").exists() else "")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the set-up reads, two lessons, and a finished stand-in `.venv`."""
    root = tmp_path / "a checkout"  # with a space: people have them
    (root / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "tools", root / "tools")
    for name in ("index.ipynb", "01_one/01_one.ipynb", "02_two/02_two.ipynb"):
        path = root / "lessons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"released": "{name}"}}\n')
    for name in PROGRAMS:
        program = root / ".venv" / "bin" / name
        program.write_text(STAND_IN.format(python=sys.executable))
        program.chmod(0o755)
    setup_env.write_stamp(root, "test", cuda=False)
    return root


@pytest.fixture
def calls(checkout: Path) -> Callable[[], list[str]]:
    """The calls that the stand-ins have noted since the last question."""
    log = checkout / ".venv" / "calls.txt"

    def read() -> list[str]:
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    return read
