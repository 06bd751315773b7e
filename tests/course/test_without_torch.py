"""Where torch is not installed: lessons 1 to 5 run in full, the others say what to do.

"Not installed" is made in a fresh process: a `sitecustomize` on its path hides torch
from every finder before anything is imported, so that `import torch` and
`find_spec("torch")` answer as they do in an environment without it.
"""

import ast
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from graders.pipeline import source
from tests.course.test_lessons import ROOT, STEMS, errors, marks

HIDE = """\
import sys


class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "torchgen", "functorch"):
            return None
        return self.finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self.finder, name)


sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""
ALONE, WITH_TORCH = STEMS[:5], STEMS[5:]
PAGES = [p for p in source.PAGES if (ROOT / "solutions" / f"{p}.py").is_file()]

Run = Callable[[Path], nbformat.NotebookNode]


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("without-torch")
    (folder / "sitecustomize.py").write_text(HIDE, "utf-8")
    path = [str(folder), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path))}


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Run:
    """Runs a notebook to its end, or to the cell that ends it."""

    def run(path: Path) -> nbformat.NotebookNode:
        notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(tmp_path)}}
        client = NotebookClient(notebook, timeout=120, resources=resources)
        with contextlib.suppress(CellExecutionError):
            client.execute(env=environment)
        return notebook

    return run


def released(stem: str) -> Path:
    return ROOT / "lessons" / stem / f"{stem}.ipynb"


def solution(stem: str) -> Path:
    return ROOT / "solutions" / stem / f"{stem}.ipynb"


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def ending(notebook: nbformat.NotebookNode) -> tuple[int, str, str]:
    """Number of the code cell that raised, name and message of what it raised."""
    for number, cell in enumerate(code(notebook)):
        for output in cell.outputs:
            if output.output_type == "error":
                return number, output.ename, output.evalue
    return len(code(notebook)), "", ""


def sentence(cell: str) -> str:
    """What the head of a cell says where `find_spec` does not find torch."""
    body = ast.parse(cell).body
    guard = next(i for i, part in enumerate(body) if isinstance(part, ast.If))
    head = ast.Module(body[: guard + 1], [])
    with mock.patch("importlib.util.find_spec", return_value=None):
        try:
            exec(compile(head, "<guard>", "exec"), {})
        except ModuleNotFoundError as error:
            return str(error)
    return ""


def test_torch_is_not_to_be_had_there(environment: dict[str, str]) -> None:
    program = """if True:
        import sys, importlib.util, numpy
        assert importlib.util.find_spec("torch") is None
        try:
            import torch
        except ModuleNotFoundError as error:
            print(error, error.name)
    """
    command = [sys.executable, "-c", program]
    said = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (said.stdout, said.stderr) == ("No module named 'torch' torch\n", "")


@pytest.mark.slow
@pytest.mark.parametrize("stem", ALONE)
def test_a_released_lesson_of_the_first_five_runs(stem: str, run: Run) -> None:
    notebook = run(released(stem))
    assert errors(notebook) == []
    assert {score for score, _ in marks(notebook).values()} == {0.0}


@pytest.mark.slow
@pytest.mark.parametrize("stem", ALONE)
def test_a_solution_of_the_first_five_earns_every_point(stem: str, run: Run) -> None:
    notebook = run(solution(stem))
    assert errors(notebook) == []
    found = marks(notebook).values()
    assert [score for score, _ in found] == [worth for _, worth in found]
    assert sum(score for score, _ in found) == 22.0


@pytest.mark.parametrize("stem", WITH_TORCH)
def test_a_later_lesson_says_in_its_first_cell_what_to_install(
    stem: str, run: Run
) -> None:
    notebook = run(released(stem))
    words = sentence(code(notebook)[0].source)
    assert ending(notebook) == (0, "ModuleNotFoundError", words)
    assert words.startswith(f"Lesson {int(stem[:2])} needs PyTorch")
    assert "'pip install torch'" in words
    assert "restart the kernel" in words


@pytest.mark.parametrize("stem", WITH_TORCH)
def test_its_solution_begins_with_the_same_cell(stem: str) -> None:
    first = [code(nbformat.read(of(stem), 4))[0] for of in (released, solution)]
    assert first[0].source == first[1].source


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_or_says_where_it_needs_torch(page: str, run: Run) -> None:
    notebook = run(ROOT / "lessons" / f"{page}.ipynb")
    number, name, words = ending(notebook)
    if page == "index":
        assert errors(notebook) == []
    if name:  # everything before it is the NumPy part
        assert number > 0
        assert name == "ModuleNotFoundError"
        assert words == sentence(code(notebook)[number].source)
        assert "'pip install torch'" in words
        assert len(errors(notebook)) == 1
