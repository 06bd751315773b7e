"""Boxes and arrows as an SVG document, readable without the picture too.

Every shape is plain SVG with its own attributes: no style sheet that could leak into
the page around it, no script, no font to fetch. Names are made from the content, so
that two pictures on one page do not mix up their titles, and the same graph gives the
same bytes.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .layout import layered

__all__ = ["Box", "picture"]

HEIGHT, BETWEEN, GAP, MARGIN = 44, 46, 22, 24  # of a box, between layers, boxes, around
LETTER, SMALL = 7.8, 6.6  # widths of a letter at 13 and 11 pixels, monospaced
LONGEST = 34  # letters of a line; what is cut stands in the box's own title
NOTE = 24  # height of a line below the picture
INK = "#333333"
FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
# Okabe and Ito's blue, vermilion and bluish green, each with a tint for the inside.
COLOURS = {
    "input": ("#0072B2", "#E6F1F7"),
    "operation": ("#D55E00", "#FBEFE6"),
    "result": ("#009E73", "#E6F5F1"),
}


class Box(NamedTuple):
    """A node of a picture: two lines of text, and the numbers of its inputs.

    >>> Box("mul", "keeps (3,)", (0, 0)).kind
    'operation'
    """

    label: str
    detail: str
    inputs: tuple[int, ...]
    result: bool = False
    hidden: int = 0  # inputs that are left out

    @property
    def kind(self) -> str:
        """What decides its shape and colour."""
        if self.result:
            return "result"
        return "operation" if self.inputs or self.hidden else "input"

    @property
    def width(self) -> float:
        """Its width in pixels, from its text and its shape."""
        lines = (LETTER * len(_short(self.label)), SMALL * len(_short(self.detail)))
        return max(*lines, 40.0) + (24 if self.kind == "operation" else 36)


def picture(boxes: Sequence[Box], title: str, note: str = "") -> str:
    """The boxes, each below its inputs, as a complete SVG document.

    `boxes[i].inputs` are numbers below `i`. `note` is a sentence to stand below.

    >>> picture([Box("x", "", ()), Box("exp", "", (0,), True)], "Chain").count("<path")
    2
    """
    page = _Page(boxes, note)
    words = page.described()
    name = f"graph-{zlib.crc32((title + words).encode('utf-8', 'replace')):08x}"
    width, height = _n(page.width), _n(page.foot + NOTE * (2 if note else 1) + 8)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}"',
        f' height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}"',
        f' aria-labelledby="{name}-title {name}-desc">',
        f'<title id="{name}-title">{_xml(title)}</title>',
        f'<desc id="{name}-desc">{_xml(words)}</desc>',
        f'<defs><marker id="{name}-tip" viewBox="0 0 8 8" refX="7" refY="4"',
        ' markerWidth="8" markerHeight="8" orient="auto">',
        f'<path d="M0,0L8,4L0,8z" fill="{INK}"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#FFFFFF"/>',
        f'<g fill="none" stroke="{INK}" stroke-width="1.3">',
        *page.edges(f"{name}-tip"),
        "</g>",
        *page.nodes(),
        *page.legend(),
        _text(MARGIN, page.foot + NOTE + 17, 13, note, "start") if note else "",
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


class _Page:
    """Boxes with their places, and the parts of the document that show them."""

    def __init__(self, boxes: Sequence[Box], note: str) -> None:
        self.boxes, self.note = boxes, note
        place = layered([box.inputs for box in boxes], [b.width for b in boxes], GAP)
        self.layers = place.layers
        self.depth = max(place.layers, default=-1) + 1
        self.width = max(place.width, LETTER * len(note), 400.0) + 2 * MARGIN
        left = (self.width - place.width) / 2
        self.x = {slot: x + left for slot, x in place.x.items()}
        self.foot = self.top(self.depth) - BETWEEN + MARGIN

    def top(self, layer: int) -> float:
        """Where a layer begins."""
        return MARGIN + layer * (HEIGHT + BETWEEN)

    def described(self) -> str:
        """The picture in words: every box with what it was computed from."""
        counts = f"{len(self.boxes)} nodes in {self.depth} layers"
        head = f"{counts}, inputs on top, the result at the bottom."
        lines = [head, self.note] if self.note else [head]
        for i, box in enumerate(self.boxes, 1):
            parts = [str(j + 1) for j in box.inputs]
            parts += [f"{box.hidden} not shown"] if box.hidden else []
            source = f", from {' and '.join(parts)}" if parts else ""
            lines.append(f"{i}: {_joined(box)}, {box.kind}{source}.")
        return "\n".join(lines)

    def edges(self, tip: str) -> Iterator[str]:
        """An arrow for each input of each box, a dashed stub for those left out."""
        for i, box in enumerate(self.boxes):
            layer, total = self.layers[i], len(box.inputs) + bool(box.hidden)
            reach = box.width * 0.7
            ports = [
                self.x[i, layer] + reach * ((k + 1) / (total + 1) - 0.5)
                for k in range(total)
            ]
            end = self.top(layer)
            for j, port in zip(box.inputs, ports, strict=False):
                stops = [
                    (self.x[j, k], self.top(k)) for k in range(self.layers[j], layer)
                ]
                path = _curve([*stops, (port, end)])
                yield f'<path d="{path}" marker-end="url(#{tip})"/>'
            if box.hidden:
                yield (
                    f'<path d="M{_n(ports[-1])},{_n(end - 20)}V{_n(end)}" '
                    'stroke-dasharray="3 3"/>'
                )

    def nodes(self) -> Iterator[str]:
        """A group for each box: its whole text as a title, its shape, its lines."""
        for i, box in enumerate(self.boxes):
            layer = self.layers[i]
            x, y = self.x[i, layer], self.top(layer)
            yield f'<g class="node" data-layer="{layer}" data-kind="{box.kind}">'
            yield f"<title>{_xml(_joined(box))}</title>"
            yield _shape(box.kind, x - box.width / 2, y, box.width, HEIGHT)
            if box.detail:
                yield _text(x, y + 19, 13, box.label, weight="bold")
                yield _text(x, y + 35, 11, box.detail)
            else:
                yield _text(x, y + 27, 13, box.label, weight="bold")
            yield "</g>"

    def legend(self) -> Iterator[str]:
        """The shapes that are there, with their names."""
        kinds = {box.kind for box in self.boxes}
        x, y = float(MARGIN), self.foot
        for kind in COLOURS:
            if kind in kinds:
                yield _shape(kind, x, y + 4, 26, 16)
                yield _text(x + 34, y + 17, 13, kind, "start")
                x += 34 + LETTER * len(kind) + 22
        if any(box.hidden for box in self.boxes):
            yield (
                f'<path d="M{_n(x)},{_n(y + 12)}h26" stroke="{INK}" '
                'stroke-dasharray="3 3"/>'
            )
            yield _text(x + 34, y + 17, 13, "not shown", "start")


def _curve(points: list[tuple[float, float]]) -> str:
    """From below the first place down to the last, straight past layers between."""
    (x, y), *_ = points
    path = [f"M{_n(x)},{_n(y + HEIGHT)}"]
    for n, ((x, y), (to, end)) in enumerate(pairwise(points), 2):
        start, bend = y + HEIGHT, (end - y - HEIGHT) / 2
        path.append(
            f"C{_n(x)},{_n(start + bend)} {_n(to)},{_n(end - bend)} {_n(to)},{_n(end)}"
        )
        if n < len(points):
            path.append(f"V{_n(end + HEIGHT)}")
    return "".join(path)


def _shape(kind: str, x: float, y: float, wide: float, high: float) -> str:
    line, inside = COLOURS[kind]
    look = f'fill="{inside}" stroke="{line}" stroke-width="2"'
    if kind == "result":
        nip = high / 4
        corners = (
            (x + nip, y), (x + wide - nip, y), (x + wide, y + high / 2),
            (x + wide - nip, y + high), (x + nip, y + high), (x, y + high / 2),
        )  # fmt: skip
        points = " ".join(f"{_n(a)},{_n(b)}" for a, b in corners)
        return f'<polygon points="{points}" {look}/>'
    round_ = high / 2 if kind == "input" else 2
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}" '
        f'rx="{_n(round_)}" {look}/>'
    )


def _text(
    x: float, y: float, size: int, text: str, anchor: str = "middle", weight: str = ""
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    shown = _xml(text if anchor == "start" else _short(text))
    place = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}"{bold} fill="#000000">{shown}</text>'


def _joined(box: Box) -> str:
    return f"{box.label}: {box.detail}" if box.detail else box.label


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\u2026"


def _n(x: float) -> str:
    """A length with one decimal at most."""
    return f"{x:.1f}".removesuffix(".0")


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """Text that may stand anywhere in XML: escaped, without what XML cannot hold."""
    return html.escape(_NOT_XML.sub("\ufffd", text))
