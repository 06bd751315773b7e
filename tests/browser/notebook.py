"""One notebook in JupyterLab, as a reader handles it: menus, keys, what is shown."""

import json
import re
from pathlib import Path

from tests.browser.lab import Server, until

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
MARK = re.compile(r"(BEGIN|END) SOLUTION")
IDLE = re.compile(r"Python 3 .*\| Idle")
NUMBER = re.compile(r"\[(\d+)\]")


class Notebook:
    """The notebook in front of the reader."""

    def __init__(self, page) -> None:
        self.page = page
        self.panel = page.locator(PANEL)

    @classmethod
    def open(cls, page, server: Server, path: str) -> "Notebook":
        """Open that notebook by its address, and wait for its kernel.

        JupyterLab shows what was open before, and then the one that was asked for.
        """
        page.goto(server.at(f"/lab/tree/{path}"))
        tab = page.locator("#jp-main-dock-panel .lm-TabBar-tab.jp-mod-current")
        tab.filter(has_text=Path(path).name).wait_for()
        return cls(page).ready()

    def ready(self) -> "Notebook":
        """Wait until the notebook is shown and its kernel listens.

        Before the status bar says so, JupyterLab drops what it is told to run.
        """
        self.panel.locator(".jp-KernelName", has_text="Python 3").wait_for()
        self.page.locator("#jp-main-statusbar").get_by_text(IDLE).wait_for()
        return self

    def menu(self, menu: str, item: str) -> None:
        """Choose an item of the menu bar."""
        bar = self.page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{menu}$"))
        bar.click()
        label = self.page.locator(
            ".lm-Menu-itemLabel", has_text=re.compile(f"^{item}$")
        )
        label.click()

    # -- running --------------------------------------------------------------------
    def run_all(self) -> "Notebook":
        """Run all cells; back when the last one has its number."""
        before = self.count()
        self.menu("Run", "Run All Cells")
        until("the end of Run All", lambda: self.stopped(before), 90)
        return self

    def run_above(self, text: str) -> None:
        """Go to the cell that holds that text, and run all above it."""
        before = self.count()
        self.cell(text).locator(".cm-content").click()
        self.menu("Run", "Run All Above Selected Cell")
        until("the end of Run All Above", lambda: self.stopped(before))

    def restart(self) -> "Notebook":
        """Restart the kernel, as the menu does."""
        self.menu("Kernel", "Restart Kernel…")
        self.page.locator(".jp-Dialog button.jp-mod-warn").click()
        return self.ready()

    def prompts(self) -> list[str]:
        """What stands before the code cells: "[ ]:", "[*]:" or "[7]:"."""
        found = self.panel.locator(".jp-CodeCell .jp-InputArea-prompt")
        return list(found.all_text_contents())

    def count(self) -> int:
        """The highest number that a cell has."""
        return max(
            (int(n) for n in NUMBER.findall(" ".join(self.prompts()))), default=0
        )

    def stopped(self, before: int) -> bool:
        """Whether cells have run since then, and none waits."""
        prompts = self.prompts()
        waits = any("*" in prompt for prompt in prompts)
        return self.count() > before and not waits

    def cell(self, text: str):
        """The code cell whose code holds that text."""
        code = self.page.locator(".jp-InputArea-editor", has_text=text)
        return self.panel.locator(".jp-CodeCell", has=code).first

    def run(self, text: str):
        """Run the cell that holds that text; the cell, when it has its number."""
        cell = self.enter(text)
        before = self.count()
        self.page.keyboard.press("Control+Enter")
        until(f"the number of the cell with {text}", lambda: self.stopped(before))
        return cell

    def check(self, exercise: str):
        """Run the check cell of an exercise; the cell."""
        return self.run(f'Check("{exercise}"')

    def enter(self, text: str):
        """Click into the cell that holds that text; the cell, once keys go there."""
        cell = self.cell(text)
        cell.locator(".cm-content").click()
        cell.locator(".cm-focused").wait_for()
        return cell

    # -- writing --------------------------------------------------------------------
    def write(self, text: str, code: str) -> None:
        """Put `code` in the place of all that stands in the cell with that text."""
        cell = self.enter(text)
        old = cell.locator(".cm-content").inner_text()
        new = [line for line in code.splitlines() if line.strip() not in old]
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)
        shown = self.panel.locator(".cm-focused")
        until("the new code", lambda: not new or new[-1].strip() in shown.inner_text())

    def save(self) -> None:
        """Save, and wait until no change is left."""
        self.page.keyboard.press("Escape")
        self.menu("File", "Save Notebook")
        self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty").wait_for(
            state="detached"
        )

    def validate(self) -> str:
        """Press nbgrader's button; what it says."""
        self.panel.get_by_role("button", name="Validate").click()
        said = self.page.locator(".jp-Dialog-body")
        said.wait_for(timeout=60_000)
        text = str(said.inner_text())
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        return text.strip()

    def outputs(self) -> str:
        """All that the cells have given out, as a reader sees it."""
        return "\n".join(self.panel.locator(".jp-OutputArea").all_text_contents())

    def errors(self) -> list[str]:
        """Tracebacks that are shown."""
        shown = self.panel.locator('[data-mime-type="application/vnd.jupyter.error"]')
        return list(shown.all_inner_texts())


def sources(path: Path) -> dict[str, str]:
    """Code and text of a notebook's own cells by their grade id, in order."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in found
        if "nbgrader" in cell["metadata"]
    }


def answers(path: Path) -> dict[str, str]:
    """The answers in an instructor's notebook by exercise, as a student writes them."""
    found = sources(path)
    return {
        name: "\n".join(line for line in code.split("\n") if not MARK.search(line))
        for name, code in found.items()
        if f"{name}-check" in found
    }


def filled(notebook: Path, answers: dict[str, str]) -> str:
    """A student's notebook with these answers in their cells, as a file's text."""
    found = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in found["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
    return json.dumps(found)
