"""Where the nodes of a graph go on the page, layer by layer.

The method is that of Sugiyama, Tagawa and Toda, "Methods for visual understanding of
hierarchical system structures", IEEE Trans. SMC 11 (1981), in four steps: layers by the
longest path, so that every edge leads down; stand-ins where an edge passes a layer;
an order within each layer by the mean place of the neighbours; and places on the page
as close to the neighbours' mean as widths allow. No chance and no recursion: the same
graph has the same picture every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

__all__ = ["Layout", "layered"]

ROUNDS = 6  # sweeps down and up; more of them change little
PASSING = 8.0  # width of a stand-in: an edge that passes a layer

Slot = tuple[int, int]  # a node, and a layer: its own, or one that its edges pass
# The neighbours on one side, each with where an edge ends at it, from left (-0.5) to
# right (0.5): the first operand comes in left of the second.
Links = dict[Slot, list[tuple[Slot, float]]]


class Layout(NamedTuple):
    """The layer of each node, 0 on top, and the middle of each node and stand-in.

    `x[i, k]` is where node `i` stands, if its layer is `k`, or where the edges that
    lead down from it pass layer `k`. Everything lies between 0 and `width`.

    >>> layered([[], [0]], [10.0, 30.0], gap=5.0).width
    30.0
    """

    layers: list[int]
    x: dict[Slot, float]
    width: float


def layered(
    inputs: Sequence[Sequence[int]], widths: Sequence[float], gap: float
) -> Layout:
    """Places for nodes that are `widths` wide, at least `gap` apart.

    `inputs[i]` are the numbers of the nodes that lead to node `i`, each below `i`.

    >>> place = layered([[], [], [0, 1]], [10.0, 10.0, 10.0], gap=6.0)
    >>> place.layers, [place.x[i, k] for i, k in enumerate(place.layers)]
    ([0, 0, 1], [5.0, 21.0, 13.0])
    """
    layers = _layers(inputs)
    rows, above, below = _slots(inputs, layers)
    for _ in range(ROUNDS):
        for row in rows:
            _sort(row, rows, above)
        for row in reversed(rows):
            _sort(row, rows, below)
    wide = {
        slot: widths[slot[0]] if layers[slot[0]] == slot[1] else PASSING
        for row in rows
        for slot in row
    }
    x = _place(rows, above, below, wide, gap)
    left = min((x[slot] - wide[slot] / 2 for slot in x), default=0.0)
    right = max((x[slot] + wide[slot] / 2 for slot in x), default=0.0)
    return Layout(layers, {slot: x[slot] - left for slot in x}, right - left)


def _layers(inputs: Sequence[Sequence[int]]) -> list[int]:
    """The longest path from an input; inputs themselves just above their first user."""
    layers: list[int] = []
    for into in inputs:
        layers.append(1 + max((layers[j] for j in into), default=-1))
    first: dict[int, int] = {}
    for i, into in enumerate(inputs):
        for j in into:
            first[j] = min(first.get(j, layers[i]), layers[i])
    return [
        layer if into else first.get(i, 1) - 1
        for i, (layer, into) in enumerate(zip(layers, inputs, strict=True))
    ]


def _slots(
    inputs: Sequence[Sequence[int]], layers: list[int]
) -> tuple[list[list[Slot]], Links, Links]:
    """The slots of every layer, and the neighbours of each above and below it.

    Edges from one node share their stand-ins, like a stem that branches.
    """
    rows: list[list[Slot]] = [[] for _ in range(max(layers, default=-1) + 1)]
    reach = list(layers)  # the last layer in which a node has a slot
    for i, into in enumerate(inputs):
        for j in into:
            reach[j] = max(reach[j], layers[i] - 1)
    above: Links = {}
    below: Links = {}
    for i, top in enumerate(layers):
        stem = [(i, k) for k in range(top, reach[i] + 1)]
        for slot in stem:
            rows[slot[1]].append(slot)
        ends = [((j, top - 1), (i, top)) for j in inputs[i]]
        ports = [(k + 1) / (len(ends) + 1) - 0.5 for k in range(len(ends))]
        passing = list(pairwise(stem))
        edges = [*passing, *ends]
        for (upper, lower), port in zip(
            edges, [0.0] * len(passing) + ports, strict=True
        ):
            below.setdefault(upper, []).append((lower, port))
            above.setdefault(lower, []).append((upper, 0.0))
    return rows, above, below


def _sort(row: list[Slot], rows: list[list[Slot]], links: Links) -> None:
    """Order a layer by the mean rank of each slot's neighbours on one side."""
    ranks = {
        slot: rank
        for k in (row[0][1] - 1, row[0][1] + 1)
        if 0 <= k < len(rows)
        for rank, slot in enumerate(rows[k])
    }
    own = {slot: float(rank) for rank, slot in enumerate(row)}
    for slot in row:
        near = [ranks[other] + port for other, port in links.get(slot, ())]
        own[slot] = _mean(near, own[slot])
    row.sort(key=own.__getitem__)


def _place(
    rows: list[list[Slot]],
    above: Links,
    below: Links,
    wide: dict[Slot, float],
    gap: float,
) -> dict[Slot, float]:
    x: dict[Slot, float] = {}
    apart: list[list[float]] = []
    for row in rows:
        steps = [(wide[a] + wide[b]) / 2 + gap for a, b in pairwise(row)]
        apart.append(list(accumulate(steps, initial=0.0)))
        middle = apart[-1][-1] / 2
        x.update(zip(row, (o - middle for o in apart[-1]), strict=True))
    for turn in range(2 * ROUNDS):
        links = below if turn % 2 else above
        order = range(len(rows))
        for k in reversed(order) if turn % 2 else order:
            wish = [_mean([x[s] for s, _ in links.get(t, ())], x[t]) for t in rows[k]]
            x.update(zip(rows[k], _spread(wish, apart[k]), strict=True))
    return x


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _spread(wish: list[float], apart: list[float]) -> list[float]:
    """The places nearest to `wish` that keep the order and the distances `apart`.

    Less the distances, places must not decrease: least squares under that condition
    is isotonic regression, by pooling neighbours that are out of order.
    """
    pools: list[tuple[float, int]] = []  # sum and number
    for want, offset in zip(wish, apart, strict=True):
        total, n = want - offset, 1
        while pools and pools[-1][0] * n >= total * pools[-1][1]:
            before = pools.pop()
            total, n = total + before[0], n + before[1]
        pools.append((total, n))
    means = [total / n for total, n in pools for _ in range(n)]
    return [mean + offset for mean, offset in zip(means, apart, strict=True)]
