"""The script, its strings, the page for a browser, and the widget's door."""

import base64
import hashlib
import json
import re
import sys

import pytest

from autograd_ref import playground
from autograd_ref.errors import ArgumentError
from tests.autograd_ref.playground.js import ask, one
from tools import playground as tool

SOURCE = playground.SCRIPT.read_text(encoding="utf-8")
STRINGS = json.loads(playground.STRINGS.read_text(encoding="utf-8"))


def test_the_script_is_small_and_closed():
    assert len(SOURCE.encode("utf-8")) < 80_000
    for word in ("eval(", "new Function", "http", "import(", "fetch("):
        assert word not in SOURCE, word
    assert not re.search(r"^\s*import\b", SOURCE, re.MULTILINE)


def needed():
    """Every key that the script asks for, spelled out or by its family."""
    facts = one("facts")
    families = {
        "preset": [*facts["presets"], "none"],
        "mode": facts["modes"],
        "sign": facts["modes"],
        "grid": facts["modes"],
        "scheme": facts["schemes"],
        "target": facts["targets"],
        "cheap": ["forward", "reverse", "same"],
        "title": {part for parts in facts["scenes"].values() for part in parts},
        "plan": facts["plans"],
        "phase": ["ahead", "again", "back"],
        "folding": ["ahead", "back"],
        "error": re.findall(r"""(?:fail|FormulaError)\("(\w+)",""", SOURCE),
        "expected": re.findall(r"""fail\("\w+", "(\w+)\"""", SOURCE),
    }
    families["error"] += ["ended"]
    families["expected"] += ["close", "comma", "operator"]  # asked for by need()
    for family in ("mistake", "why", "test"):
        families[family] = facts["mistakes"]
    keys = {f"{family}_{word}" for family, words in families.items() for word in words}
    said = re.findall(r"""\bt\("(\w+)\"""", SOURCE)
    lists = re.findall(r'"(\w+(?: \w+)*)"', SOURCE)
    words = {word for text in lists for word in text.split()}
    return keys | set(said) | (words & set(STRINGS))


def test_every_string_is_used_and_none_is_missing():
    assert needed() == set(STRINGS)
    assert all(isinstance(text, str) and text.strip() for text in STRINGS.values())


def test_every_step_of_every_example_is_a_whole_sentence():
    facts = one("facts")
    mistakes = [[], *([m] for m in facts["mistakes"])]
    jobs = [
        {
            "formula": f,
            "x": x,
            "mode": {"mode": mode, "mistakes": m},
            "strings": STRINGS,
        }
        for f, x in facts["presets"].values()
        for mode in facts["modes"]
        for m in mistakes
    ]
    for job, walk in zip(jobs, ask([{"job": "walk", **j} for j in jobs]), strict=True):
        assert walk["steps"], job
        for step in walk["steps"]:
            assert re.search(r" .*\.$", step["text"]), (job, step)
            assert not re.search(r"undefined|[{}]|say_", step["text"]), (job, step)


def test_the_last_steps_leave_the_gradient():
    job = {"formula": "a = x*y; a*sin(a)", "x": {"x": 0.5, "y": 2}, "strings": STRINGS}
    steps = one("walk", mode={"mode": "reverse"}, **job)["steps"]
    matrix = one(
        "jacobian", way="reverse", options={}, formula=job["formula"], x=job["x"]
    )
    assert [steps[-1]["shown"][key] for key in ("0", "1")] == matrix["matrix"][0]
    assert any(" + " in text for text in steps[-1]["sums"].values())


def test_the_page_refers_to_nothing_outside_itself():
    page = tool.page()
    script = re.search(r'<script type="module">(.*)</script>', page, re.DOTALL)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page
    assert not re.search(r"""https?://|\bsrc=|<link|@import|url\(""", page)
    assert page.count("</script") == 1


def test_the_page_is_written_where_it_says(tmp_path, capsys):
    assert tool.main(["--out", str(tmp_path / "a" / "index.html")]) == 0
    path = capsys.readouterr().out.splitlines()[0]
    assert path == str((tmp_path / "a" / "index.html").resolve())


def test_without_anywidget_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    playground.widget.widget_class.cache_clear()
    with pytest.raises(ImportError, match=r"\[playground\]"):
        playground.Playground  # noqa: B018
    with pytest.raises(AttributeError):
        playground.no_such_name  # noqa: B018


def test_a_scene_is_data(needs):
    needs("anywidget")
    playground.widget.widget_class.cache_clear()
    scene = playground.Playground(
        expression="x*y", inputs={"x": 2.0}, locked=["mode"], task="predict"
    )
    assert scene.describe() == playground.describe("x*y", {"x": 2.0})
    assert (scene.mode, scene.step, scene.h) == ("reverse", 0, 1e-5)
    assert scene.strings == STRINGS
    with pytest.raises(Exception, match="mode"):
        scene.mode = "sideways"


@pytest.mark.parametrize(
    "formula,inputs,mode,word",
    [
        ("x +", {}, "reverse", "no formula"),
        ("3", {}, "reverse", "no input"),
        ("x[0]", {}, "reverse", "no place"),
        ("__import__('os')", {}, "reverse", "no place"),
        ("x.real", {}, "reverse", "no place"),
        ("x = x", {}, "reverse", "meaning"),
        ("x" * 1001, {}, "reverse", "1000"),
        ("x", {"y": 1.0}, "reverse", "no input"),
        ("x", {}, "sideways", "no mode"),
    ],
)
def test_describe_refuses_in_words(formula, inputs, mode, word):
    with pytest.raises(ArgumentError, match=word):
        playground.describe(formula, inputs, mode)
