"""Notebooks in the look of JupyterLab without JupyterLab, by nbconvert."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter

from graders import show

# What a lesson puts there; all around it is Jupyter's own.
TEXT, OUTPUT = ".jp-RenderedMarkdown", ".jp-OutputArea-output"


def page(notebook: Any, theme: str = "light") -> str:
    """The notebook as one HTML page, in the light or the dark look."""
    made, _ = HTMLExporter(template_name="lab", theme=theme).from_notebook_node(
        notebook
    )
    return str(made)


def read(path: Path) -> Any:
    """A notebook of the course."""
    return nbformat.read(path, as_version=4)


def text_of(path: Path) -> Any:
    """A notebook of the course without its code: what a reader reads."""
    notebook = read(path)
    notebook.cells = [c for c in notebook.cells if c.cell_type == "markdown"]
    return notebook


def executed(path: Path, folder: Path) -> Any:
    """A notebook with the outputs of a fresh run in that folder."""
    from nbclient import NotebookClient

    notebook = read(path)
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(
        notebook, kernel_name="python3", timeout=300, resources=where
    ).execute()
    return notebook


@contextlib.contextmanager
def caught() -> Iterator[list[Any]]:
    """What `graders.show` shows inside the block, as outputs of a code cell."""
    outputs: list[Any] = []
    before = show._display

    def keep(page: str, text: str) -> None:
        data = {"text/html": page, "text/plain": text}
        outputs.append(nbformat.v4.new_output("display_data", data))

    show._display = keep
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield outputs
    finally:
        show._display = before


def of_outputs(outputs: list[Any]) -> Any:
    """A notebook of one heading and one cell with these outputs."""
    cells = [
        nbformat.v4.new_markdown_cell("# Every kind of output"),
        nbformat.v4.new_code_cell("show()", outputs=outputs, execution_count=1),
    ]
    return nbformat.v4.new_notebook(cells=cells)
