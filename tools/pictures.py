"""Makes the pictures of the README anew, from what a reader would see.

`make pictures` runs it. One is a cell of lesson 4 with a known mistake in it, and what
its check answers; the other is the playground's page, some steps into a formula. It
needs what the tests of the browser need: Playwright, and a Chromium of the machine.
"""

from __future__ import annotations

import copy
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "tools" / "pictures"
LESSON, EXERCISE, MISTAKE = "04_build_the_engine", "e4-backward-sweep", "overwrite"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STEPS = 5  # of the sweep back: as far as two paths meet
COLOURS = 64  # a screenshot has few: a palette halves the file
WIDTH = 900  # of both pictures, in the README's column; more where a graph needs it


def main() -> int:
    """Write both pictures and print their paths; 1 where no browser is found."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        print(f"no browser found; needed is one of {', '.join(BROWSERS)} on PATH")
        return 1
    with chromium(found) as browser:
        for name, shoot in (("check", check), ("playground", playground)):
            path = HERE / f"{name}.png"
            path.write_bytes(small(shoot(browser)))
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")
    return 0


@contextmanager
def chromium(program: str) -> Iterator[Any]:
    """The machine's browser, headless."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = play.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


def check(browser: Any) -> bytes:
    """The answer cell with the mistake, and what the check below it answers."""
    with opened(browser, as_html(run(mistaken()))) as view:
        data: bytes = view.locator("main").screenshot()
    return data


def mistaken() -> Any:
    """The student's notebook up to that check: all answers right, and one wrong."""
    import nbformat

    from graders.pipeline import bank

    read: Any = nbformat.read  # untyped
    stem = f"{LESSON}/{LESSON}.ipynb"
    notebook = read(ROOT / "lessons" / stem, 4)
    solved = read(ROOT / "solutions" / stem, 4)
    right = {cell.id: cell.source for cell in solved.cells if is_answer(cell)}
    entries = bank.load(ROOT / "tests" / "mutants" / LESSON)[EXERCISE]
    wrong = next(entry.answer for entry in entries if entry.name == MISTAKE)
    for cell in notebook.cells:
        if is_answer(cell):
            cell.source = wrong if grade_id(cell) == EXERCISE else right[cell.id]
    last = next(
        n for n, c in enumerate(notebook.cells) if grade_id(c) == f"{EXERCISE}-check"
    )
    notebook.cells = notebook.cells[: last + 1]
    return notebook


def grade_id(cell: Any) -> str:
    """nbgrader's name of a cell, or ''."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_answer(cell: Any) -> bool:
    """Whether a student writes in that cell, in code."""
    ours = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(ours.get("solution"))


def run(notebook: Any) -> Any:
    """The notebook, executed as JupyterLab would, in a folder that is gone after."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=300, resources=resources).execute()
    return notebook


def as_html(notebook: Any) -> str:
    """A page in JupyterLab's dress: the answer, and the check's output alone."""
    import nbconvert
    import nbconvert.preprocessors

    untyped: Any = nbconvert
    page = copy.deepcopy(notebook)
    answer = next(cell for cell in page.cells if grade_id(cell) == EXERCISE)
    told = page.cells[-1]
    told.metadata["tags"] = ["folded"]
    told.outputs = [o for o in told.outputs if o.output_type == "display_data"]
    page.cells = [answer, told]
    exporter = untyped.HTMLExporter(template_name="lab", exclude_output_prompt=True)
    remove = untyped.preprocessors.TagRemovePreprocessor
    folded = remove(remove_input_tags={"folded"}, enabled=True)
    exporter.register_preprocessor(folded, enabled=True)
    body, _ = exporter.from_notebook_node(page)
    return str(body)


def playground(browser: Any) -> bytes:
    """The playground's page on its way back, where two paths have come together."""
    from tools.playground import page

    with opened(browser, page()) as view:
        graph = view.locator("section", has=view.get_by_role("heading", name="Graph"))
        for _ in range(STEPS):
            graph.get_by_role("button", name="Next").click()
        width = WIDTH + hidden(graph)
        view.set_viewport_size({"width": width, "height": 900})
        view.set_viewport_size({"width": width, "height": bottom(graph)})
        data: bytes = view.screenshot()
    return data


def hidden(part: Any) -> int:
    """Pixels of a drawing that lie beyond its part's right edge."""
    drawn, around = part.locator("svg").first.bounding_box(), part.bounding_box()
    beyond = drawn["x"] + drawn["width"] + 16 - around["x"] - around["width"]
    return max(0, int(beyond))


def bottom(part: Any) -> int:
    """Where an element ends on its page, in pixels, with a little air."""
    box = part.bounding_box()
    return int(box["y"] + box["height"] + 8)


@contextmanager
def opened(browser: Any, html: str) -> Iterator[Any]:
    """A page with that text, at twice the pixels."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        size = {"width": WIDTH, "height": 900}
        view = browser.new_page(viewport=size, device_scale_factor=2)
        view.goto(file.as_uri())
        yield view
        view.close()


def small(data: bytes) -> bytes:
    """The same picture with a palette."""
    from PIL import Image

    picture = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLOURS)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
