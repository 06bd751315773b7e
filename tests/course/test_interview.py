"""The interview bank: forty questions, complete, runnable, each by itself."""

import contextlib
import io
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from graders.pipeline import source
from graders.pipeline.cells import Cell
from tests.course.test_lessons import errors, executed

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "solutions" / "interview.py"
RELEASED = ROOT / "lessons" / "interview.ipynb"
QUESTIONS = range(1, 41)
LESSONS = (
    "01_finite_differences",
    "02_dual_numbers",
    "03_reverse_mode",
    "04_build_the_engine",
    "05_array_vjps",
    "06_pytorch_autograd",
    "07_custom_functions",
    "08_switching_off",
    "09_checkpointing",
    "10_gradient_clinic",
)
THEMES = (
    "Three ways to differentiate",
    "Modes and cost",
    "Graphs",
    "Accumulation",
    "Leaf and lifetime",
    "Functions of your own",
    "Memory",
    "Debugging",
)
WORDS_A_MINUTE = 150  # of a person who speaks


@lru_cache
def parts() -> dict[str, list[Cell]]:
    """Cells by the heading that they stand under, in order; level 2 and 3."""
    found: dict[str, list[Cell]] = {}
    heading = ""
    for cell in source.load(SOURCE, ROOT).cells:
        if match := re.match(r"##+ (.+)", "" if cell.is_code else cell.source):
            heading = match[1]
        found.setdefault(heading, []).append(cell)
    return found


def question(number: int) -> list[Cell]:
    """The cells of one question."""
    (name,) = (name for name in parts() if name.startswith(f"Q{number} "))
    return parts()[name]


def setup() -> str:
    """The code that every question may rely on."""
    shared = (cells for name, cells in parts().items() if not name.startswith("Q"))
    return "\n\n".join(c.source for cells in shared for c in cells if c.is_code)


def prose() -> str:
    """All text of the page."""
    cells = (cell for found in parts().values() for cell in found)
    return "\n\n".join(cell.source for cell in cells if not cell.is_code)


def folded(text: str, summary: str) -> str:
    """What stands under a summary."""
    pattern = rf"<details><summary>{summary}</summary>\n\n(.+?)\n\n</details>"
    (found,) = re.findall(pattern, text, re.DOTALL)
    return str(found)


def test_there_are_eight_themes_of_five_questions() -> None:
    wanted = []
    for number, theme in enumerate(THEMES, 1):
        wanted.append(f"Theme {number} · {theme}")
        wanted += [f"Q{5 * (number - 1) + k}" for k in range(1, 6)]
    headings = [h for h in parts() if h.startswith(("Theme", "Q"))]
    assert [h.split()[0] if h[0] == "Q" else h for h in headings] == wanted


@pytest.mark.parametrize("number", QUESTIONS)
def test_a_question_has_its_five_parts(number: int) -> None:
    asked, *rest = question(number)
    assert re.match(r"### Q\d+ [\w ]+\n\n\*\*[^*]+\?\*\*\n\n<details>", asked.source)
    short = len(folded(asked.source, "In 30 seconds").split())
    long = len(folded(asked.source, "In 2 minutes").split())
    assert WORDS_A_MINUTE / 4 <= short <= WORDS_A_MINUTE / 2
    assert WORDS_A_MINUTE * 0.7 <= long <= WORDS_A_MINUTE * 2
    assert "\n\n*Evidence.* " in asked.source
    (trap,) = (cell for cell in rest if not cell.is_code)
    assert rest.index(trap) >= 1, "no evidence between the question and the trap"
    claim, _ = trap.source.split("\n\n", 1)
    said = r'\*The trap\.\* "[^"]+" When is this false\?'
    assert re.fullmatch(said, " ".join(claim.split()))
    assert folded(trap.source, "Answer to the trap")
    assert rest[-1].is_code, "no evidence for the trap"


@pytest.mark.parametrize("number", QUESTIONS)
def test_evidence_is_short_and_shows_no_figure(number: int) -> None:
    cells = [cell for cell in question(number) if cell.is_code]
    assert max(cell.source.count("\n") + 1 for cell in cells) < 15
    code = "\n".join(cell.source for cell in cells)
    assert "print(" in code or "assert " in code
    assert not re.search(r"figure|matplotlib|manual_seed|random\.seed", code)


def test_the_table_of_contents_leads_to_every_question() -> None:
    (contents,) = parts()["The themes and their questions"]
    links = re.findall(r"^- \[(.+)\]\(#(.+)\)$", contents.source, re.MULTILINE)
    headings = [name for name in parts() if name.startswith("Q")]
    assert [name for name, _ in links] == headings
    # Jupyter makes a heading's anchor of its words with hyphens for spaces
    assert [anchor for _, anchor in links] == [h.replace(" ", "-") for h in headings]


def test_each_theme_says_where_it_is_taught() -> None:
    for name, (cell, *_) in parts().items():
        if name.startswith("Theme"):
            assert re.search(r"Taught in\s\[lesson\s\d+\]", cell.source)


def test_links_lead_to_files_or_to_lessons() -> None:
    targets = set(re.findall(r"\]\((?!#)([^)]+)\)", prose()))
    lessons = {f"{stem}/{stem}.ipynb" for stem in LESSONS}
    assert lessons <= targets
    others = {target for target in targets - lessons if not target.startswith("http")}
    assert [t for t in others if not (RELEASED.parent / t).is_file()] == []


def test_themes_1_to_3_do_without_torch() -> None:
    early = [cell for n in range(1, 16) for cell in question(n)] + parts()["Practise"]
    assert not any("torch" in cell.source for cell in early if cell.is_code)


def test_where_torch_is_missing_the_page_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, *_ = (cell for cell in parts()["The PyTorch part"] if cell.is_code)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install torch"):
        exec(first.source, {})


def test_the_page_runs_in_silence_within_forty_cpu_seconds(tmp_path: Path) -> None:
    notebook, spent = executed(RELEASED, tmp_path)
    assert errors(notebook) == []
    assert spent < 40


def alone(number: int) -> str:
    """Code that runs the evidence of one question in names of its own."""
    code = "\n\n".join(cell.source for cell in question(number) if cell.is_code)
    return f"exec(compile({code!r}, 'Q{number}', 'exec'), dict(shared))"


def test_the_evidence_of_each_question_needs_the_setup_only(tmp_path: Path) -> None:
    cells = [setup(), "shared = dict(globals())", *map(alone, QUESTIONS)]
    page = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(page, timeout=120, resources=resources).execute()
    assert errors(page) == []


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`draw` of the page, as it prints; run beside the page."""
    monkeypatch.chdir(RELEASED.parent)
    names: dict[str, Any] = {}
    code = [cell.source for cell in parts()["Practise"] if cell.is_code]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec("\n\n".join(code), names)
    assert re.match(r"Q\d+ \(theme \d\): ", said.getvalue())
    return names["draw"]


def test_draw_asks_questions_of_the_theme(draw: Any, capsys: Any) -> None:
    for theme in range(1, 9):
        draw(theme)
        said = capsys.readouterr().out.strip()
        match = re.fullmatch(r"Q(\d+) \(theme (\d)\): (.+)", said)
        assert match
        number = int(match[1])
        assert (int(match[2]), (number + 4) // 5) == (theme, theme)
        assert f"**{match[3]}**" in re.sub(r"\s+", " ", question(number)[0].source)


def test_draw_comes_to_every_question(draw: Any) -> None:
    assert list(draw.__globals__["questions"]()) == list(QUESTIONS)


def test_draw_says_what_it_lacks(
    draw: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    draw(9)
    assert "Themes are 1 to 8" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path)
    draw()
    assert "interview.ipynb" in capsys.readouterr().out
