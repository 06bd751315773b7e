"""Pictures of graphs: what is drawn, in which order, and that it can be read."""

import gc
import re
import sys
import weakref
import xml.etree.ElementTree as ET  # of our own pictures
from itertools import pairwise

import numpy as np
import pytest

from autograd_ref import ops, tape
from autograd_ref.draw import to_svg, to_text
from autograd_ref.errors import ArgumentError, DTypeError
from autograd_ref.function import Function
from autograd_ref.graph import text
from autograd_ref.layout import layered
from autograd_ref.scalar import Value, dot
from autograd_ref.svg import Box, picture
from autograd_ref.tensor import tensor

SVG = "{http://www.w3.org/2000/svg}"


def leaf(*data):
    return tensor(list(data), requires_grad=True)


def nodes(svg):
    """The groups of the nodes, each as (layer, kind, label, middle of its text)."""
    found = []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class") == "node":
            line = group.find(f"{SVG}text")
            assert line is not None
            where = float(line.get("x", "")), float(line.get("y", ""))
            layer = int(group.get("data-layer", ""))
            found.append((layer, group.get("data-kind"), line.text, where))
    return found


def labels(svg):
    return [label for _, _, label, _ in nodes(svg)]


def value():
    a, b = Value(2.0), Value(-3.0)
    loss = (a * b + 10.0).tanh() - a**2
    loss.backward()
    return loss


def random_graph(rng, n):
    """A graph of tensors in which every node uses two of the older ones."""
    made = [leaf(1.0), leaf(1.0)]
    for _ in range(n):
        i, j = rng.integers(len(made), size=2)
        made.append(made[i] + made[j])
    return made


# -- what is drawn --------------------------------------------------------------
def test_the_graph_of_a_value_shows_numbers_and_constants():
    svg = to_svg(value())
    assert sorted(labels(svg)) == [
        "add(., 10)", "input", "input", "mul", "pow(., 2)", "sub", "tanh",
    ]  # fmt: skip
    assert "data -6, grad 0.001341" in svg
    assert [kind for _, kind, _, _ in nodes(svg)].count("input") == 2
    assert labels(to_svg(2.0 / Value(4.0)))[-1] == "div(2, .)"
    assert labels(to_svg(dot([Value(1.0)], [2.0])))[-1] == "dot"


def test_the_graph_of_a_tensor_has_torchs_names_and_what_nodes_keep():
    x = leaf(1.0, 2.0)
    y = ops.softmax(x.reshape(1, 2)).sum()
    svg = to_svg(y)
    assert labels(svg) == [
        "AccumulateGrad", "ReshapeBackward0", "SoftmaxBackward0", "SumBackward0",
    ]  # fmt: skip
    assert "keeps (1, 2)" in svg
    assert "leaf (2,)" in svg
    assert to_svg(y.grad_fn) == svg
    assert labels(to_svg(tensor([1.0]))) == ["constant"]
    lonely = leaf(1.0) * 2.0
    assert "leaf, gone" in to_svg(lonely)


def test_the_graph_of_a_trace_shows_its_steps_even_unused_ones():
    trace = tape.record(lambda x, y: [x * y, np.sin(x) * 2.0], [1.0, 2.0])
    trace = trace._replace(outputs=trace.outputs[1:])
    found = nodes(to_svg(trace))
    assert [label for _, _, label, _ in found] == ["x1", "x2", "v1", "v2", "v3"]
    assert [kind for _, kind, _, _ in found] == [
        "input", "input", "operation", "operation", "result",
    ]  # fmt: skip
    assert "mul(v2, 2)" in to_svg(trace)


def test_each_node_is_drawn_once_and_each_operand_has_an_arrow():
    x = leaf(2.0)
    y = x * x
    z = y + y * x
    svg = to_svg(z)
    assert sorted(labels(svg)) == [
        "AccumulateGrad", "AddBackward0", "MulBackward0", "MulBackward0",
    ]  # fmt: skip
    assert svg.count("marker-end=") == 6


def test_every_edge_leads_down_in_random_graphs(rng):
    for n in (1, 5, 40):
        made = random_graph(rng, n)
        nearest = [m.node for m in made]
        svg = to_svg(made[-1], limit=1000)
        found = nodes(svg)
        assert len(found) <= len(nearest)
        by_layer: dict[int, list[float]] = {}
        for layer, _, _, (_, y) in found:
            by_layer.setdefault(layer, []).append(y)
        heights = [by_layer[k] for k in sorted(by_layer)]
        assert all(max(a) < min(b) for a, b in pairwise(heights))
        for path in ET.fromstring(svg).iter(f"{SVG}path"):
            if path.get("marker-end"):
                ys = [float(y) for y in re.findall(r",([\d.]+)", path.get("d", ""))]
                assert ys == sorted(ys)  # down, and never up again


def test_the_words_of_a_picture_say_the_whole_graph():
    desc = ET.fromstring(to_svg(value())).find(f"{SVG}desc")
    assert desc is not None
    assert desc.text is not None
    lines = desc.text.split("\n")
    assert lines[0].startswith("7 nodes in 5 layers, inputs on top")
    assert lines[1] == "1: input: data 2, grad -4.004, input."
    assert lines[3] == "3: mul: data -6, grad 0.001341, operation, from 1 and 2."
    assert lines[-1] == "7: sub: data -3.001, grad 1, result, from 5 and 6."


# -- that it can be read --------------------------------------------------------
def test_a_picture_has_a_role_a_title_and_a_description_of_its_own():
    one, two = (ET.fromstring(to_svg(f)) for f in (value(), Value(1.0)))
    for root in (one, two):
        assert root.get("role") == "img"
        title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert title.text == "Graph of a Value"
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    ids = [{e.get("id") for e in root.iter() if e.get("id")} for root in (one, two)]
    assert not ids[0] & ids[1]  # two on one page do not mix
    named = ET.fromstring(to_svg(value(), title="The loss")).find(f"{SVG}title")
    assert named is not None
    assert named.text == "The loss"


def test_kinds_differ_in_shape_as_well_as_in_colour():
    looks: dict[str | None, set] = {}
    for group in ET.fromstring(to_svg(value())).iter(f"{SVG}g"):
        if group.get("class") == "node":
            shape = group[1]
            look = (shape.tag, shape.get("rx"), shape.get("stroke"))
            looks.setdefault(group.get("data-kind"), set()).add(look)
    assert set(looks) == {"input", "operation", "result"}
    assert all(len(found) == 1 for found in looks.values())
    shapes = {next(iter(found))[:2] for found in looks.values()}
    colours = {next(iter(found))[2] for found in looks.values()}
    assert len(shapes) == len(colours) == 3
    assert colours == {"#0072B2", "#D55E00", "#009E73"}


def test_text_fits_its_box_and_boxes_do_not_overlap(rng):
    made = random_graph(rng, 40)
    for root in (made[-1], value()):
        rows: dict[str, list[tuple[float, float]]] = {}
        for group in ET.fromstring(to_svg(root)).iter(f"{SVG}g"):
            if group.get("class") != "node":
                continue
            left, right = _extent(group[1])
            letters = max(len(t.text or "") for t in group.iter(f"{SVG}text"))
            assert letters * 6.5 <= right - left
            rows.setdefault(group.get("data-layer", ""), []).append((left, right))
        for row in rows.values():
            assert all(a[1] < b[0] for a, b in pairwise(sorted(row)))


def _extent(shape):
    if shape.tag == f"{SVG}rect":
        left = float(shape.get("x"))
        return left, left + float(shape.get("width"))
    xs = [float(point.split(",")[0]) for point in shape.get("points").split()]
    return min(xs), max(xs)


def test_whatever_a_name_holds_the_picture_is_xml():
    nasty = "<b>&\"'\x00\ud800]]> \u00e9"
    trace = tape.Trace((nasty,), (tape.Step("y" * 99, "exp", (nasty,)),), ("y" * 99,))
    svg = to_svg(trace, title=nasty)
    root = ET.fromstring(svg.encode("utf-8"))
    assert labels(svg)[0] == "<b>&\"'\ufffd\ufffd]]> \u00e9"
    assert len(labels(svg)[1]) < 40
    titles = [t.text for t in root.iter(f"{SVG}title")]
    assert f"{'y' * 99}: exp(<b>" in (titles[2] or "")  # where the whole of it stands

    class Odd(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1.0

    Odd.__name__ = "<script>"
    assert "<script>" not in to_svg(Odd.apply(leaf(1.0)))


def test_the_same_graph_gives_the_same_bytes(rng):
    seeds = rng.integers(1 << 30, size=3)
    for seed in seeds:
        a, b = (random_graph(np.random.default_rng(seed), 30) for _ in range(2))
        assert to_svg(a[-1]) == to_svg(b[-1])


# -- large graphs ---------------------------------------------------------------
def chain(n):
    y = x = leaf(1.0)
    for _ in range(n):
        y = y + 1.0
    return x, y


def test_a_deep_chain_needs_no_recursion_and_is_cut_with_a_sentence():
    n = 100_000
    assert n > 10 * sys.getrecursionlimit()
    _, y = chain(n)
    v = Value(1.0)
    for _ in range(n):
        v = v + 1.0
    trace = tape.Trace(
        ("s0",), tuple(tape.Step(f"s{i + 1}", "neg", (f"s{i}",)) for i in range(n)),
        (f"s{n}",),
    )  # fmt: skip
    for root in (y, v, trace):
        svg = to_svg(root, limit=5)
        assert len(nodes(svg)) == 5
        sentence = f"Only the 5 nodes nearest to the result, of {n + 1}, are shown."
        assert svg.count(sentence) == 2  # below the picture and in its description
        assert svg.count("stroke-dasharray") == 2  # the stub, and its legend
        lines = to_text(root, limit=5).split("\n")
        assert len(lines) in (6, 8)
        assert lines[-1].startswith("Only the first 5 ")
        assert re.search(r"of 10000[01] (nodes|steps) are shown", lines[-1])


def test_the_nodes_nearest_to_the_result_are_the_ones_kept():
    x = leaf(1.0)
    y = ((x * 2.0).exp() + x.sin()).tanh()
    found = to_svg(y, limit=3)
    assert sorted(labels(found)) == ["AddBackward0", "ExpBackward0", "TanhBackward0"]
    assert "from 1 and 1 not shown" in found
    assert "Only" not in to_svg(y, limit=6)
    assert len(nodes(to_svg(y, limit=1))) == 1


# -- as text --------------------------------------------------------------------
def test_the_text_of_a_tensor_is_the_outline_of_its_graph():
    x = leaf(1.0, 2.0)
    y = (x * x + x).sum()
    assert to_text(y) == text(y.grad_fn)
    assert to_text(tensor([1.0, 2.0])) == "constant: (2,)"


def test_the_text_of_a_trace_is_its_table():
    trace = tape.record(lambda x, y: x * y + np.sin(x), [1.0, 2.0])
    assert to_text(trace) == tape.show(trace)
    assert to_text(trace, limit=1).split("\n")[1:] == [
        "v1       mul(x1, x2)",
        "outputs  v3",
        "Only the first 1 of 3 steps are shown. Give a larger limit for more.",
    ]


def test_what_has_no_graph_is_refused():
    for draw in (to_svg, to_text):
        with pytest.raises(DTypeError, match="float"):
            draw(1.0)
        with pytest.raises(ArgumentError, match="limit=0"):
            draw(Value(1.0), limit=0)


def test_drawing_leaves_the_graph_as_it_was():
    gc.collect()
    gc.disable()
    try:
        x, y = chain(10)
        to_svg(y), to_text(y)
        gone = weakref.ref(y.node)
        y.sum().backward()
        assert x.grad.tolist() == [1.0]
        del y
        assert gone() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


# -- the layout -----------------------------------------------------------------
def test_layers_are_longest_paths_and_inputs_stand_above_their_first_user(rng):
    inputs = [[], [], [0], [2, 0], [3, 1], []]
    layers = layered(inputs, [10.0] * 6, 5.0).layers
    assert layers == [0, 2, 1, 2, 3, 0]


def test_places_keep_their_distance_and_start_at_zero(rng):
    for _ in range(20):
        n = int(rng.integers(1, 30))
        inputs = [
            rng.integers(i, size=rng.integers(0, 4)).tolist() if i else []
            for i in range(n)
        ]
        wide = rng.uniform(10.0, 90.0, n).tolist()
        place = layered(inputs, wide, 7.0)
        boxes: dict[int, list[tuple[float, float]]] = {}
        for i, k in enumerate(place.layers):
            assert all(place.layers[j] < k for j in inputs[i])
            middle = place.x[i, k]
            boxes.setdefault(k, []).append((middle - wide[i] / 2, middle + wide[i] / 2))
        for row in boxes.values():
            row.sort()
            assert all(b[0] - a[1] >= 7.0 - 1e-9 for a, b in pairwise(row))
        left = min(a for row in boxes.values() for a, _ in row)
        assert left >= -1e-9
        assert max(b for row in boxes.values() for _, b in row) <= place.width + 1e-9


def test_the_first_operand_stands_left_of_the_second():
    place = layered([[], [], [1, 0]], [10.0] * 3, 5.0)
    assert place.x[1, 0] < place.x[0, 0]


def test_a_node_stands_in_the_middle_of_its_inputs():
    place = layered([[], [], [], [0, 1, 2]], [10.0] * 4, 5.0)
    assert place.x[3, 1] == pytest.approx(place.x[1, 0])


def test_an_empty_picture_is_a_picture():
    assert ET.fromstring(picture([], "Nothing")).get("role") == "img"
    assert Box("x", "", (), hidden=2).kind == "operation"
