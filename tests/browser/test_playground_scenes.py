"""Each scene of the lessons in a browser: nothing cut off, all of it by keyboard."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_ref import playground
from autograd_ref.playground.scenes import SCENES
from tests.browser import axe, sight
from tests.browser.playground_page import FOCUS, SIZES
from tests.browser.watch import Watch
from tests.conftest import require

SHELL = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body style="margin:0"><main><h1>{title}</h1><div id="scene"></div></main>
<script type="module">{script}
mount(document.getElementById("scene"), {settings});
</script></body></html>
"""


def tensors():
    """A result of PyTorch, with a tensor that was written to in place."""
    torch: Any = require("torch")
    knob = torch.tensor(2.0, requires_grad=True)
    grown = knob * 3
    return (grown * knob).sin() + grown


def gradients(rng) -> dict[str, list[np.ndarray]]:
    layers = enumerate(("embedding", "first layer", "second layer", "output"))
    return {
        name: [10.0 ** (-2 * k) * rng.normal(size=(5, 4)) for _ in range(30)]
        for k, name in layers
    }


ASKED = ("does it record?", "does Dropout drop?", "may it be saved for backward?")
WAYS = {
    "torch.no_grad()": "with torch.no_grad():\n    y = f(x)",
    "torch.inference_mode()": "with torch.inference_mode():\n    y = f(x)",
    "model.eval()": "model.eval()\ny = model(x)",
}


def settings(name: str, rng) -> dict:
    """What a lesson gives to that scene, or something of its size."""
    samples: dict[str, tuple] = {
        "playground": ("x*y + sin(x)", {"x": 1.0}),
        "microscope": ("sin(x)", {"x": 1.0}),
        "arrows": ("u = x*x; v = u*y; v - x", {"x": 1.5, "y": 0.8}),
        "jacobian": ("x*y; x + z; sin(z)*y", {"x": 1.5, "y": 0.8, "z": -2.0}),
        "stepper": ("a = x*x; b = a*x; a*b", {"x": 2.0}),
        "surrogate": (),
        "folding": (np.arange(1.0, 13).reshape(4, 3), np.array([1.0, -2.0, 0.5])),
        "staircase": (16,),
        "flow": (gradients(rng),),
        "switches": ({way: dict.fromkeys(ASKED, True) for way in WAYS},),
    }
    if name == "live":
        samples[name] = (tensors(),)
    more = {"ways": WAYS, "proofs": dict.fromkeys(ASKED, "print(y.requires_grad)")}
    made = SCENES[name](*samples[name], **(more if name == "switches" else {}))
    return {"scene": "" if name == "playground" else name, **made.traits}


@pytest.fixture
def visit(browser, tmp_path: Path, rng) -> Iterator:
    """`visit("arrows", "phone")`: a page of that scene alone; its troubles fail."""
    watched: list[Watch] = []

    def show(name: str, size: str = "desktop", **context):
        strings = json.loads(playground.STRINGS.read_text(encoding="utf-8"))
        given = {"strings": strings, "state": settings(name, rng)}
        script = playground.SCRIPT.read_text(encoding="utf-8")
        text = json.dumps(given).replace("</", "<\\/")
        html = SHELL.format(title=name, script=script, settings=text)
        file = tmp_path / f"{name}-{len(watched)}.html"
        file.write_text(html, encoding="utf-8")
        width, height, pixels = SIZES[size]
        shape = {"viewport": {"width": width, "height": height}}
        context |= {**shape, "device_scale_factor": pixels}
        watched.append(Watch(browser.new_context(**context)))
        watched[-1].page.goto(file.as_uri())
        return watched[-1].page

    yield show
    for watch in watched:
        watch.context.close()
    assert [line for watch in watched for line in watch.console] == []
    assert [url for watch in watched for url in watch.foreign] == []


every_scene = pytest.mark.parametrize("name", SCENES)


@every_scene
def test_a_scene_has_nothing_serious_for_axe(visit, shot, name):
    for scheme in ("light", "dark"):
        page = visit(name, color_scheme=scheme)
        shot(page, f"scene-{name}-{scheme}", full_page=True)
        for summary in page.locator("summary").all():
            summary.click()
        assert axe.violations(page) == [], scheme


@every_scene
def test_a_scene_fits_every_size(visit, shot, name):
    found = {}
    for size in SIZES:
        page = visit(name, size)
        shot(page, f"scene-{name}-{size}", full_page=size != "zoom-400")
        found[size] = sight.trouble(page, SIZES[size][0])
        if size in ("phone", "zoom-400"):
            found[size] += axe.violations(page)
    assert {size: seen for size, seen in found.items() if seen} == {}


@every_scene
def test_a_scene_is_worked_by_keyboard(visit, name):
    """Each control is reached, shows it, keeps the focus, and bears every key."""
    page, order = visit(name), []
    for _ in range(150):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if not here:
            break
        order.append(here)
        width = page.evaluate(
            "parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
        )
        assert width >= 2, here
        for key in ("ArrowRight", "ArrowLeft", "End", "Home"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement !== document.body"), here
    assert order, "nothing in it can be reached"
    assert len(order) < 150, "the focus never leaves it"


@every_scene
def test_a_scene_says_something_and_no_number_of_it_is_broken(visit, name):
    text = visit(name).locator("main").inner_text()
    assert len(text.split()) > 15
    assert not re.search(r"undefined|\bNaN\b|\[object|[{}]|\bfalse\b|\bnull\b", text)
