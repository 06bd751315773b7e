"""The playground's page in a browser: by keyboard, as text, at every size."""

import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograd_ref import playground
from tests.autograd_ref.playground.js import one
from tests.browser import picture, sight
from tests.browser.playground_page import SIZES, Playground
from tools import playground as tool

STRINGS = json.loads(playground.STRINGS.read_text(encoding="utf-8"))
MODES = ("forward", "reverse", "difference")
CONTROLS = ("formula", "preset", *MODES, "first", "next", "table", "h", "fill", "copy")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as `make playground` writes it."""
    path = tmp_path_factory.mktemp("playground") / "index.html"
    assert tool.main(["--out", str(path)]) == 0
    return path


@pytest.fixture
def opened(browser, file: Path) -> Iterator[Callable[..., Playground]]:
    """`opened("phone", color_scheme="dark")`: the page; what goes wrong on it fails."""
    pages: list[Playground] = []

    def make(size: str = "desktop", **context) -> Playground:
        pages.append(Playground(browser, file, size, **context))
        return pages[-1]

    yield make
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def facts() -> dict:
    """What the module says of itself, asked in node."""
    return one("facts")


# -- by keyboard -----------------------------------------------------------------------
def test_every_control_is_reached_by_tab_and_shows_that_it_is(opened):
    """Forwards only, no trap: after the last control the focus leaves the page."""
    shown = opened()
    order: list[str] = []
    for _ in range(80):
        shown.press("Tab")
        name = shown.focus()
        if not name and order:
            break
        order.append(name)
        assert name, "the focus is on something that has no name"
        outline = shown.page.evaluate(
            "(s => [s.outlineStyle, parseFloat(s.outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline[0] not in ("none", "hidden"), name
        assert outline[1] >= 2, name
    assert set(CONTROLS) <= set(order)
    assert len(order) == len(set(order)), "a control comes twice"


@pytest.mark.parametrize("mode", MODES)
def test_the_keys_step_and_each_step_says_what_the_module_says(opened, facts, mode):
    formula, x = facts["presets"]["diamond"]
    job = {
        "formula": formula,
        "x": x,
        "mode": {"mode": mode, "h": 1e-5},
        "strings": STRINGS,
    }
    wanted = [step["text"] for step in one("walk", **job)["steps"]]
    shown = opened()
    shown.tab_to(mode)
    shown.press("Enter")
    assert shown.focus() == mode, "the control that was pressed keeps the focus"
    said = [shown.sentence()]
    for number in range(2, len(wanted) + 1):
        shown.press("ArrowRight")
        assert shown.position() == (number, len(wanted))
        said.append(shown.sentence())
    assert said == wanted
    shown.press("ArrowRight")  # there is no further step
    assert shown.sentence() == wanted[-1]
    shown.press("Home")
    assert shown.sentence() == wanted[0]
    shown.press("End")
    assert shown.sentence() == wanted[-1]
    shown.press("ArrowLeft")
    assert shown.sentence() == wanted[-2]


@pytest.mark.parametrize("mode", MODES)
def test_the_table_in_place_of_the_picture_has_the_same_sentences(opened, mode):
    shown = opened()
    shown.tab_to(mode)
    shown.press("Enter")
    shown.tab_to("table")
    shown.press("Space")
    rows = shown.table()
    assert [row[0] for row in rows] == [str(k + 1) for k in range(len(rows))]
    shown.press("Shift+Tab")  # back to a button: there the arrows step
    shown.press("Home")
    for number, row in enumerate(rows, 1):
        assert shown.sentence() == row[3]
        marked = shown.graph.locator("tr[aria-current=step]")
        assert marked.locator("th").inner_text() == str(number)
        shown.press("ArrowRight")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("preset", ["diamond", "chain", "softmax", "kink"])
def test_the_last_step_has_the_numbers_of_the_printed_table(
    opened, facts, preset, mode
):
    formula, x = facts["presets"][preset]
    printed = columns(playground.describe(formula, x, mode=mode))
    shown = opened()
    shown.example(STRINGS[f"preset_{preset}"])
    shown.graph.get_by_role("button", name=STRINGS[f"mode_{mode}"]).press("Enter")
    shown.press("End")
    nodes = shown.nodes()
    assert set(nodes) >= set(printed)
    for name, (value, slope) in printed.items():
        assert float(nodes[name][0]) == pytest.approx(value, rel=2e-5, abs=1e-12), name
        if slope is not None and (mode != "difference" or name in x):
            told = float(nodes[name][1] or 0)  # what has no part in it is left blank
            assert told == pytest.approx(slope, rel=2e-5, abs=1e-9), name


def columns(printed: str) -> dict[str, tuple[float, float | None]]:
    """Name -> value and the first derivative, or None, as `describe` prints them."""
    _, head, *lines = printed.splitlines()
    ends = [found.end() for found in re.finditer(r"\S+(?: \w+)?(?=\s\s|$)", head)]
    found: dict[str, tuple[float, float | None]] = {}
    for line in lines:
        value = float(line[: ends[2]].split()[-1])
        slope = line[ends[2] : ends[3]].strip()
        found[line.split()[0]] = (value, float(slope) if slope else None)
    return found


def test_a_prediction_is_made_and_judged_by_keyboard(opened):
    shown = opened()
    shown.tab_to("predict")
    shown.press("Space")
    shown.tab_to("guess")
    shown.page.keyboard.type("12345")
    shown.press("Enter")
    status = shown.graph.locator("form [role=status]")
    assert status.inner_text() == STRINGS["predict_no"]
    assert shown.position()[0] == 1
    assert shown.focus() == "guess", "a wrong guess leaves the reader where they were"


def test_a_mistake_is_switched_on_by_keyboard_and_named(opened):
    shown = opened()
    shown.tab_to("break overwrite")
    shown.press("Space")
    flag = shown.graph.locator(".flag")
    assert "First wrong number: a has" in flag.inner_text()
    assert flag.get_attribute("role") == "status"
    shown.press("Space")
    assert flag.is_hidden()


def test_a_formula_that_cannot_be_read_is_said_and_the_reader_types_on(opened):
    shown = opened()
    shown.tab_to("formula")
    shown.press("End")
    shown.page.keyboard.type(" +")
    said = shown.page.get_by_role("alert")
    assert said.inner_text().strip()
    assert shown.focus() == "formula"
    shown.page.keyboard.type(" x")
    assert said.inner_text() == ""


# -- by sight --------------------------------------------------------------------------
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_and_the_page_does_not_scroll_sideways(
    opened, shot, size, scheme
):
    shown = opened(size, color_scheme=scheme)
    shown.graph.get_by_role("button", name="Last").click()
    shot(shown.page, f"playground-{size}-{scheme}", full_page=True)
    assert sight.trouble(shown.page, SIZES[size][0]) == []


@pytest.mark.parametrize("preset", ["chain", "softmax", "wide_in", "cancellation"])
def test_every_example_fits_a_phone(opened, shot, preset):
    shown = opened("phone")
    shown.example(STRINGS[f"preset_{preset}"])
    shown.graph.get_by_role("button", name="Last").click()
    shot(shown.page, f"playground-phone-{preset}", full_page=True)
    assert sight.trouble(shown.page, 360) == []


def test_a_number_in_the_picture_is_never_cut(opened, shot):
    """Half a number misleads: without its exponent it is another one."""
    shown = opened()
    formula = shown.page.get_by_role("textbox", name="Formula").first
    formula.fill("c = exp(x)*0.000012345678; 0 - c*y*sin(x)")
    shown.graph.get_by_role("button", name="Last").click()
    shot(shown.graph, "playground-small-numbers")
    nodes = shown.graph.locator("svg [role=img]").all()
    lines = [node.locator("text").all_text_contents() for node in nodes]
    assert any(re.search(r" -\S+e-", line[2]) for line in lines)
    for head, value, derivative, *_ in lines:
        assert "\u2026" not in value + derivative, head


def test_dark_is_dark_to_the_edges_of_the_page(opened):
    """Not a dark island on a white page, nor the other way round."""
    for scheme, wanted in (("light", 1), ("dark", 0)):
        shown = opened("desktop", color_scheme=scheme)
        shown.page.set_viewport_size({"width": 2000, "height": 900})
        corner = {"x": 4, "y": 400, "width": 1, "height": 1}
        shot = picture.take(shown.page, clip=corner)
        inside = shown.page.evaluate(
            "getComputedStyle(document.querySelector('.twd')).backgroundColor"
        )
        levels = [int(number) for number in re.findall(r"\d+", inside)[:3]]
        assert round(sum(levels) / 765) == wanted
        assert pixel(shot) == pytest.approx(levels, abs=12)


def pixel(shot: bytes) -> list[int]:
    """Red, green and blue of a picture of one pixel."""
    import io

    from matplotlib.image import imread

    return [round(255 * float(v)) for v in imread(io.BytesIO(shot))[0, 0, :3]]


def test_nothing_moves_for_who_wants_less_motion(opened):
    shown = opened(reduced_motion="reduce")
    shown.graph.get_by_role("button", name="Next").click()
    assert shown.page.evaluate("document.getAnimations().length") == 0
    moving = shown.page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => {"
        "const s = getComputedStyle(e); return parseFloat(s.transitionDuration) > 0"
        "|| parseFloat(s.animationDuration) > 0 || s.scrollBehavior === 'smooth'"
        "}).length"
    )
    assert moving == 0


# -- closed ----------------------------------------------------------------------------
@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what it was asked for."""
    asked: list[str] = []

    class Notes(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Notes) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}/", asked
        made.shutdown()


WAYS_OUT = {
    "connect-src": "u => fetch(u).catch(() => 0)",
    "img-src": "u => { new Image().src = u }",
    "script-src": "u => document.head.append(Object.assign("
    "document.createElement('script'), { src: u }))",
    "style-src": "u => document.head.append(Object.assign("
    "document.createElement('link'), { rel: 'stylesheet', href: u }))",
    "form-action": "u => { const f = document.createElement('form');"
    " f.action = u; document.body.append(f); f.submit() }",
}


@pytest.mark.parametrize("rule", WAYS_OUT)
def test_the_page_lets_nothing_out_even_if_its_own_script_asked(
    browser, file, server, rule
):
    """Its policy holds in the browser, not only in its text."""
    address, asked = server
    shown = Playground(browser, file)
    try:
        broken = shown.page.evaluate(
            "([way, address]) => new Promise((done) => {"
            "document.addEventListener('securitypolicyviolation',"
            " (e) => done(e.effectiveDirective)); eval(way)(address);"
            "setTimeout(() => done('nothing was refused'), 3000) })",
            [WAYS_OUT[rule], address],
        )
    finally:
        shown.watch.context.close()
    assert broken.startswith(rule)
    assert asked == []
