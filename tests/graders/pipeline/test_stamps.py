"""What a measured result rests on: modules that are imported, and no others."""

import pytest

from graders.pipeline import stamps


@pytest.mark.parametrize(
    "line,followed",
    [
        ("from graders.pipeline.regions import inside", {"a", "regions"}),
        ("from graders.pipeline import inside", {"a", "inside"}),
        ("from .regions import inside", {"a", "regions"}),
        ("from . import regions, inside as walls", {"a", "regions", "inside"}),
        ("from graders.checks.check import regions", {"a"}),
        ("from os import path", {"a"}),
    ],
)
def test_modules_are_followed_and_names_are_not(tmp_path, line, followed):
    """`inside` is a function of one module and the name of another."""
    (tmp_path / "a.py").write_text(line)
    (tmp_path / "regions.py").write_text("inside = 1")
    (tmp_path / "inside.py").write_text("")
    found = stamps._closure(tmp_path, "graders.pipeline", ["a"])
    assert {path.stem for path in found} == followed


def test_what_is_left_out_is_left_out(tmp_path):
    (tmp_path / "a.py").write_text("from graders.pipeline.b import c")
    (tmp_path / "b.py").write_text("")
    found = stamps._closure(tmp_path, "graders.pipeline", ["a"], ["b"])
    assert [path.stem for path in found] == ["a"]
