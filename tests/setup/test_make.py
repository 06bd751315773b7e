"""The Makefile, run for real in a checkout whose programs only note their calls."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.setup.test_copy_lessons import snapshot

ROOT = Path(__file__).parents[2]
Calls = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def _make(needs: Callable[..., object]) -> None:
    needs(program="make")


def make(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`make WORDS` in `root`, with nothing inherited from a make round this test."""
    ours = (
        "MAKEFLAGS",
        "MAKELEVEL",
        "MFLAGS",
        "PYTEST_ARGS",
        "CUDA",
        "PORT",
        "BROWSER",
    )
    env = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", *words],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_make_alone_prints_every_target(checkout: Path, calls: Calls) -> None:
    done = make(checkout)
    assert done.returncode == 0
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    for target in phony[1].split():
        assert re.search(rf"^  make {target} +\S", done.stdout, re.MULTILINE), target
    assert calls() == []


def test_lab_copies_and_opens_and_builds_nothing(checkout: Path, calls: Calls) -> None:
    port = free_port()
    done = make(checkout, "lab", f"PORT={port}", "BROWSER=no")
    assert done.returncode == 0, done.stderr
    assert (checkout / "my_course" / "02_two" / "02_two.ipynb").is_file()
    (call,) = calls()
    assert call.startswith(f"python -m jupyterlab --port {port} ")
    assert "--no-browser" in call


def test_taken_port_ends_lab_with_one_line(checkout: Path, calls: Calls) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        done = make(checkout, "lab", f"PORT={server.getsockname()[1]}")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1
    assert "is taken" in said[0]
    assert calls() == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["test"], ["python -m pytest -n auto --dist=worksteal"]),
        (
            ["test", "PYTEST_ARGS=-k dual -x"],
            ["python -m pytest -n auto --dist=worksteal -k dual -x"],
        ),
        (
            ["check"],
            ["ruff check .", "ruff format --check .", "mypy", "graders build --check"],
        ),
        (["build"], ["graders build"]),
        (["grade"], ["graders grade"]),
        (["grade", "CLASS=my class"], ["graders grade my class"]),
        (["audit"], ["graders audit --write tests/audit.json"]),
    ],
    ids=" ".join,
)
def test_targets_run_the_environments_programs(
    checkout: Path, calls: Calls, words: list[str], wanted: list[str]
) -> None:
    done = make(checkout, *words)
    assert done.returncode == 0, done.stderr
    assert calls() == wanted


def test_failing_program_fails_make(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "mypy").write_text("#!/bin/sh\nexit 3\n")
    assert make(checkout, "check").returncode != 0


def test_students_bytes_survive_lab_test_check_build(
    checkout: Path, calls: Calls
) -> None:
    make(checkout, "lab", f"PORT={free_port()}", "BROWSER=no")
    solved = checkout / "my_course" / "01_one" / "01_one.ipynb"
    solved.write_bytes(solved.read_bytes().replace(b"released", b"solved") + b"\r\n")
    before = snapshot(checkout / "my_course")
    for words in (["lab", f"PORT={free_port()}"], ["test"], ["check"], ["build"]):
        done = make(checkout, *words)
        assert done.returncode == 0, done.stderr
    assert len(calls()) == 8
    assert snapshot(checkout / "my_course") == before


def test_students_bytes_survive_a_real_build(tmp_path: Path) -> None:
    """The real `graders build`, both ways, in a copy of the course."""
    sources = sorted((ROOT / "solutions").glob("[0-9]*.py"))
    if not sources:
        pytest.skip("no lessons yet")
    (tmp_path / "solutions").mkdir()
    # The build reads a lesson's bank too.
    for name in ("tests/mutants", "tests/unusual"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(sources[0], tmp_path / "solutions")
    mine = tmp_path / "my_course" / sources[0].stem / f"{sources[0].stem}.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b'{"solved": true}\r\n')
    before = snapshot(tmp_path / "my_course")
    command = [sys.executable, "-m", "graders.pipeline.cli", "build"]
    for words in ([], ["--check"]):
        subprocess.run(
            [*command, *words, "--root", str(tmp_path)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=120,
        )
    assert snapshot(tmp_path / "my_course") == before
    assert (tmp_path / "lessons" / sources[0].stem).is_dir()
