"""The graph behind a PyTorch result, read from its `grad_fn` without importing torch.

Nodes are followed through `next_functions`; what an operation keeps is found under
`_saved_...`, and a tensor's version says how often it was written to in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..errors import ArgumentError
from .picture import Picture, Rows

__all__ = ["live"]

MOST = 40  # nodes: more is no picture


class Kept(NamedTuple):
    """Something that a node keeps: in words, in short, and its version in words.

    >>> Kept("self = w (2,)", "w", "0").short
    'w'
    """

    words: str
    short: str
    version: str = ""


def live(result: Any, **names: Any) -> Picture:
    """The nodes below a tensor, its own first: who passes on to whom, and what is kept.

    `names` are tensors by the name that they are to have in the picture. Raises
    `ArgumentError` for what has no `grad_fn`, and for graphs of more than 40 nodes.

    >>> live(3.0)
    Traceback (most recent call last):
    ArgumentError: live() got float without a grad_fn; it needs a result of torch
    """
    nodes = _nodes(result)
    number = {node: k for k, node in enumerate(nodes)}
    rows: Rows = [["no.", "node", "passes on to", "keeps", "versions"]]
    boxes: list[dict[str, Any]] = []
    for k, node in enumerate(nodes):
        kept = list(_kept(node, names))
        after = [number.get(child) for child, _ in node.next_functions]
        to = ", ".join("nobody" if child is None else str(child) for child in after)
        told = ", ".join(one.words for one in kept) or "nothing"
        versions = ", ".join(one.version for one in kept if one.version)
        rows.append([k, _title(node), to or "nobody", told, versions or "-"])
        args = [len(nodes) - 1 - child for child in after if child is not None]
        boxes.append({"args": args, **_box(rows[-1], kept)})
    data = {"head": rows[0], "nodes": boxes[::-1]}  # drawn from the inputs on
    return Picture(rows, {"data": data})


def _nodes(result: Any) -> list[Any]:
    root = getattr(result, "grad_fn", None)
    if root is None:
        raise ArgumentError(
            f"live() got {type(result).__name__} without a grad_fn; it needs a "
            "tensor that was computed from one that requires grad."
        )
    found: dict[Any, None] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found[node] = None
            waiting += [child for child, _ in reversed(node.next_functions)]
    if len(found) > MOST:
        raise ArgumentError(
            f"this graph has {len(found)} nodes; {MOST} are the most for a picture. "
            "Look at a smaller part of it."
        )
    return _users_first(list(found))


def _users_first(nodes: list[Any]) -> list[Any]:
    """The nodes so that each stands before those that it passes on to (Kahn)."""
    users = dict.fromkeys(nodes, 0)
    for node in nodes:
        for child, _ in node.next_functions:
            if child is not None:
                users[child] += 1
    ready = [node for node in nodes if users[node] == 0]
    order = []
    while ready:
        order.append(node := ready.pop())
        for child, _ in reversed(node.next_functions):
            if child is not None:
                users[child] -= 1
                if users[child] == 0:
                    ready.append(child)
    return order


def _kept(node: Any, names: Mapping[str, Any]) -> Iterator[Kept]:
    """The tensors that a node holds; plain numbers are left out."""
    if hasattr(node, "variable"):
        name, size = _named(node.variable, names)
        words = f"the leaf {name} {size}".replace("  ", " ")
        yield Kept(words, name or size, str(node.variable._version))
        return
    for key in dir(node):
        if not key.startswith("_saved_"):
            continue
        role = key.removeprefix("_saved_")
        try:
            value = getattr(node, key)
        except RuntimeError as error:  # a backward freed it, or it was written to
            yield _lost(role, str(error))
            continue
        if hasattr(value, "_version"):
            name, size = _named(value, names)
            words = f"{role} = {name} {size}".replace("  ", " ")
            yield Kept(words, name or size, str(value._version))


def _lost(role: str, why: str) -> Kept:
    """What is said of a saved tensor that PyTorch does not hand out any more."""
    if found := re.search(r"is at version (\d+); expected version (\d+)", why):
        return Kept(f"{role} (changed since)", role, f"{found[2]}, now {found[1]}")
    return Kept(f"{role} (freed)", "freed")


def _named(tensor: Any, names: Mapping[str, Any]) -> tuple[str, str]:
    """The name that was given for a tensor's memory, or "", and its shape."""
    mine = (tensor.data_ptr(), tuple(tensor.shape))
    for name, other in names.items():
        if (other.data_ptr(), tuple(other.shape)) == mine:
            return name, str(mine[1])
    return "", str(mine[1])


def _title(node: Any) -> str:
    return str(node.name()).rsplit("::", maxsplit=1)[-1]


def _box(row: list[Any], kept: list[Kept]) -> dict[str, Any]:
    """A node of the drawing: three short lines, a sentence, and its row."""
    number, title, to, told, versions = row
    short = ", ".join(one.short for one in kept)
    version = "" if versions == "-" else f"version {versions}"
    return {
        "lines": [f"{number}: {title}", f"keeps {short or 'nothing'}", version],
        "says": f"Node {number}, {title}: keeps {told}; passes on to {to}.",
        "row": [str(cell) for cell in row],
    }
