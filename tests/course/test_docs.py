"""The documents for people: what they name exists, and what they measure is so."""

import argparse
import math
import re
import runpy
import shlex
import textwrap
import tomllib
from pathlib import Path

import numpy as np
import pytest

from autograd_ref import ops
from autograd_ref.dual import derivative
from tests.conftest import require

ROOT = Path(__file__).parents[2]
DOCS = ("README.md", "INSTRUCTORS.md", "CONTRIBUTING.md")
LARGEST = 120_000  # bytes of a picture that everybody downloads


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors(markdown: str) -> set[str]:
    """Headings as a forge links to them: small, no punctuation, dashes."""
    heads = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in heads}


def commands(markdown: str, program: str) -> list[str]:
    """Calls of a program: lines of code blocks, and code in the running text."""
    blocks = re.findall(rf"^ {{4,}}(?:\S*/)?{program} (.*)$", markdown, re.MULTILINE)
    fences = "".join(re.findall(r"^```console\n(.*?)^```", markdown, re.DOTALL | re.M))
    fenced = re.findall(rf"^{program} (.*)$", fences, re.MULTILINE)
    inline = re.findall(rf"`{program} ([^`]*)`", markdown)
    return [words.split("  #")[0].strip() for words in (*blocks, *fenced, *inline)]


@pytest.mark.parametrize("name", DOCS)
def test_every_link_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)]+)\)", text(name)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        assert (ROOT / (path or name)).exists(), target
        if anchor:
            assert anchor in anchors(text(path or name)), target


@pytest.mark.parametrize("name", DOCS)
def test_every_make_target_that_is_named_exists(name):
    known = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = {words.split()[0] for words in commands(text(name), "make")}
    assert named
    assert named <= known


@pytest.mark.parametrize("name", DOCS)
def test_every_call_of_graders_that_is_shown_is_understood(name):
    require("nbgrader")
    from graders.pipeline.cli import parser_for

    for words in commands(text(name), "graders"):
        given = shlex.split(words)
        if given[0].isupper():
            continue  # `graders COMMAND --help`
        if len(given) == 1:
            given.append("--help")  # the name of a command, not a call
        assert understood(parser_for(given[0]), given), f"{name}: graders {words}"


def understood(parser: argparse.ArgumentParser, given: list[str]) -> bool:
    """Whether the command line takes these words; `--help` is one way to."""
    try:
        parser.parse_args(given)
    except SystemExit as left:
        return left.code == 0
    return True


def test_every_command_of_nbgrader_that_is_named_exists():
    require("nbgrader")
    from nbgrader.apps.nbgraderapp import NbGraderApp

    known = set(NbGraderApp.subcommands)
    named = {words.split()[0] for words in commands(text("INSTRUCTORS.md"), "nbgrader")}
    assert {"autograde", "collect"} <= named <= known


def test_pictures_are_small_and_told_in_words():
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text("README.md"))
    assert len(pictures) == 2
    for words, path in pictures:
        assert len(words.split()) > 20, path
        assert (ROOT / path).stat().st_size < LARGEST, path


def test_figures_about_other_libraries_are_those_of_the_crosschecks():
    told = re.findall(r"\b(\d+) of (\d+)\b", text("README.md").split("## Beside")[1])
    made = re.findall(r"^(\d+) of (\d+) properties pass", text_of_crosschecks(), re.M)
    assert sorted(made) == sorted(told[: len(made)])


def text_of_crosschecks() -> str:
    return text("tests/course/crosschecks.md")


def test_the_size_of_micrograd_is_what_is_said():
    found = require("micrograd.engine")
    assert found
    assert found.__file__
    lines = Path(found.__file__).read_text("utf-8").splitlines()
    assert f"a scalar engine of {len(lines)} lines" in text("README.md")


def test_the_policy_that_is_shown_is_read(tmp_path):
    from graders.pipeline import policy

    block = text("INSTRUCTORS.md").split("nothing is\n  taken off.")[1]
    shown = block.split("- **Out**")[0]
    tomllib.loads(shown)
    (tmp_path / policy.FILE).write_text(shown, encoding="utf-8")
    rules = policy.load(tmp_path / policy.FILE)
    assert rules.percent_a_day == 10
    assert rules.extension[0].covers("ada", "02_dual_numbers")


def fenced(language: str, holding: str) -> str:
    """The block of CONTRIBUTING.md with these words in it, without its indent."""
    blocks = re.findall(
        rf"^ *```{language}\n(.*?)^ *```", text("CONTRIBUTING.md"), re.DOTALL | re.M
    )
    return textwrap.dedent(next(block for block in blocks if holding in block))


def test_the_lesson_of_the_recipe_is_a_lesson_and_holds(tmp_path):
    require("nbgrader")
    from graders.pipeline.source import load_course

    path = tmp_path / "solutions" / "11_twice.py"
    path.parent.mkdir()
    path.write_text(fenced("python", "# # Lesson 11"), encoding="utf-8")
    (lesson,) = load_course(tmp_path)
    assert [cell.id for cell in lesson.cells if cell.id] == ["e1-double"]
    found = runpy.run_path(str(path))["check"]
    assert found.earned == found.worth == 4


def test_the_operation_of_the_recipe_has_its_derivative():
    names = vars(ops) | {"math": math, "np": np}
    try:
        exec(fenced("python", "log2:"), names)
        slope = derivative(names["log2"], 3.0)
    finally:
        ops.TABLE.pop("log2", None)
    assert slope == pytest.approx(1 / (3.0 * math.log(2.0)))


def test_the_citation_has_what_its_format_asks_for():
    yaml = require("yaml")
    assert yaml
    found = yaml.safe_load(text("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(found)
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert found["version"] == project["version"]
    assert " AND ".join(found["license"]).upper() == project["license"].upper()


def test_documents_and_every_notebook_name_both_licences():
    notebooks = sorted((ROOT / "lessons").rglob("*.ipynb"))
    assert len(notebooks) > 12
    for path in [ROOT / "LICENSE", ROOT / "README.md", *notebooks]:
        if ".ipynb_checkpoints" in path.parts:
            continue
        said = path.read_text(encoding="utf-8")
        assert "CC BY 4.0" in said, path
        assert "MIT" in said, path
