"""The graph behind a PyTorch result, read from its `grad_fn` without importing torch.

Nodes are followed through `next_functions`; what an operation keeps is found under
`_saved_...`, and a tensor's version says how often it was written to in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ArgumentError
from .picture import Picture, Rows

__all__ = ["live"]

MOST = 40  # nodes: more is no picture


def live(result: Any, **names: Any) -> Picture:
    """The nodes below a tensor, its own first: who passes on to whom, and what is kept.

    `names` are tensors by the name that they are to have in the picture. Raises
    `ArgumentError` for what has no `grad_fn`, and for graphs of more than 40 nodes.
    """
    nodes = _nodes(result)
    number = {node: k for k, node in enumerate(nodes)}
    rows: Rows = [["no.", "node", "passes on to", "keeps", "versions"]]
    boxes: list[dict[str, Any]] = []
    for k, node in enumerate(nodes):
        next_ = [number.get(child) for child, _ in node.next_functions]
        kept = list(_kept(node, names))
        versions = ", ".join(str(version) for _, version in kept if version is not None)
        told = ", ".join(text for text, _ in kept) or "nothing"
        to = ", ".join("nobody" if child is None else str(child) for child in next_)
        rows.append([k, _title(node), to or "nobody", told, versions or "-"])
        boxes.append(_box(rows[-1], [c for c in next_ if c is not None], len(nodes)))
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


def _kept(node: Any, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a node holds, in words, with the version of each tensor."""
    if hasattr(node, "variable"):
        leaf = node.variable
        yield f"the leaf {_named(leaf, names)}", leaf._version
        return
    for key in dir(node):
        if not key.startswith("_saved_"):
            continue
        try:
            value = getattr(node, key)
        except RuntimeError as error:  # a backward freed it, or it was written to
            yield _lost(key.removeprefix("_saved_"), str(error))
            continue
        if hasattr(value, "_version"):  # the others are plain numbers
            name = f"{key.removeprefix('_saved_')} = {_named(value, names)}"
            yield name, value._version


def _lost(name: str, why: str) -> tuple[str, str | None]:
    """What is said of a saved tensor that PyTorch does not hand out any more."""
    if found := re.search(r"is at version (\d+); expected version (\d+)", why):
        return f"{name} (changed since)", f"{found[2]}, now {found[1]}"
    return f"{name} (freed)", None


def _named(tensor: Any, names: Mapping[str, Any]) -> str:
    """A tensor's name if one was given for its memory, and its shape."""
    mine = (tensor.data_ptr(), tuple(tensor.shape))
    for name, other in names.items():
        if (other.data_ptr(), tuple(other.shape)) == mine:
            return f"{name} {mine[1]}"
    return str(mine[1])


def _title(node: Any) -> str:
    return str(node.name()).rsplit("::", maxsplit=1)[-1]


def _box(row: list[Any], next_: list[int], total: int) -> dict[str, Any]:
    """A node of the drawing, numbered from the inputs on."""
    number, title, to, told, versions = row
    version = "" if versions == "-" else f"version {versions}"
    return {
        "args": [total - 1 - child for child in next_],
        "lines": [f"{number}: {title}", told, version],
        "says": f"Node {number}, {title}: keeps {told}; passes on to {to}.",
        "row": [str(cell) for cell in row],
    }
