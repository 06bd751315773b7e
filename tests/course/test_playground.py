"""The playground's notebook: each scene has its text twin, and what is said is so."""

import contextlib
import io
import runpy
import sys
from pathlib import Path

from graders.pipeline import source
from tests.autograd_ref.playground.js import one

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "solutions" / "playground.py"


def cells():
    return source.load(SOURCE, ROOT).cells


def test_every_scene_has_its_numbers_as_text_above_it():
    texts = [cell.source for cell in cells()]
    scenes = [k for k, text in enumerate(texts) if text.startswith("scene(")]
    assert len(scenes) == 7
    for k in scenes:
        assert "print(describe(" in texts[k - 1], texts[k]
        assert "## " in texts[k - 2], texts[k]


def test_it_runs_where_there_is_no_widget(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    from autograd_ref.playground import widget

    widget.widget_class.cache_clear()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(SOURCE))
    text = printed.getvalue()
    assert text.count("No picture") == 7
    assert text.count(" mode: ") + text.count("central differences: ") == 10


def test_its_numbers_are_right():
    text = SOURCE.read_text("utf-8")
    diamond = "a = x*y; b = sin(a); c = exp(a)/4; b*c"
    data = {"formula": diamond, "x": {"x": 0.5, "y": 1.2}, "mistakes": ["overwrite"]}
    first = one("broken", **data)["first"]
    for number in (first["right"], first["wrong"]):
        assert f"{number:.6g}" in text
    plan = one("checkpoints", n=7, marks=[3])
    assert (plan["peak"], plan["again"]) == (5, 2)
    assert one("checkpoints", n=7, marks=[4])["peak"] == 4
