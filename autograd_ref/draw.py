"""Pictures of graphs, with nothing but this package: SVG, and text.

`to_svg` draws what a tensor, a `Value` or a trace was computed from, inputs on top.
The kinds of nodes differ in shape and in colour (Okabe and Ito's palette, which
colour-blind readers tell apart), and a title and a description say all of it in words.
`to_text` gives an outline. Both are the same on every run, recurse nowhere, and say in
a sentence where a graph is too large to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from . import tape
from .errors import ArgumentError, DTypeError
from .graph import Node, _below, _label, outline
from .scalar import Value, _arguments
from .svg import Box, picture
from .tape import Trace
from .tensor import Tensor

__all__ = ["to_svg", "to_text"]


def to_text(root: Any, *, limit: int = 200) -> str:
    """The graph below a Tensor, a node of one, or a `Value`; or a `Trace`; as text.

    From the result down, each node indented below its user and told of once; of a
    trace, its steps. At most `limit` lines or steps are shown; a last sentence says so
    where there are more. Raises `DTypeError` for another root, `ArgumentError` for a
    limit below 1.

    >>> x = Value(3.0)
    >>> print(to_text(x * x + 1.0))
    add(., 1): data 10, grad 0
      mul: data 9, grad 0
        input: data 3, grad 0
        input: data 3, grad 0 (above)
    """
    root = _checked(root, limit)
    if isinstance(root, Trace):
        cut = Trace(root.inputs, root.steps[:limit], root.outputs)
        total, lines = len(root.steps), tape.show(cut).split("\n")
        rest = f"the first {limit} of {total} steps" if total > limit else ""
    elif isinstance(root, Tensor):
        rest, lines = "", [": ".join(_words(root))]
    else:
        label = _label if isinstance(root, Node) else _line
        lines = list(islice(outline(root, label, _inputs), limit + 1))
        total = len(_ordered(root)) if len(lines) > limit else 0
        rest = f"the first {limit} lines of {total} nodes" if total else ""
        lines = lines[:limit]
    return "\n".join([*lines, _limited(rest)] if rest else lines)


def to_svg(root: Any, *, limit: int = 80, title: str = "") -> str:
    """The same graph as an SVG picture, a complete document in a string.

    Arrows lead from an input to what was computed from it; a backward pass goes
    against them. Of more than `limit` nodes, those nearest to the result are drawn,
    dashed stubs stand for inputs left out, and a sentence below says so. `title` takes
    the place of "Graph of a Tensor". Errors are those of `to_text`.

    In a notebook: `IPython.display.SVG(to_svg(loss))`.

    >>> x = Value(3.0)
    >>> svg = to_svg(x * x)
    >>> svg.startswith("<svg "), svg.count('class="node"')
    (True, 2)
    """
    root = _checked(root, limit)
    every = _boxes(root)
    boxes = _nearest(every, limit)
    kind = "Tensor" if isinstance(root, Node) else type(root).__name__
    rest = ""
    if len(boxes) < len(every):
        rest = _limited(f"the {limit} nodes nearest to the result, of {len(every)},")
    return picture(boxes, title or f"Graph of a {kind}", rest)


def _checked(root: Any, limit: int) -> Any:
    """The root; of a tensor that was computed, its node."""
    if limit < 1:
        raise ArgumentError(f"got limit={limit}; at least 1 node has to be shown.")
    if isinstance(root, Tensor):
        return root if root.node is None else root.node
    if not isinstance(root, Node | Value | Trace):
        raise DTypeError(
            f"got a {type(root).__name__}, which has no graph to draw; a Tensor, its "
            "grad_fn, a Value or a Trace is needed."
        )
    return root


def _limited(what: str) -> str:
    return f"Only {what} are shown. Give a larger limit for more."


# -- reading graphs ----------------------------------------------------------------
def _inputs(node: Any) -> Sequence[Any]:
    if isinstance(node, Value):
        return node.parents
    return _below(node) if isinstance(node, Node) else ()


def _line(value: Value) -> str:
    return ": ".join(_words(value))


def _words(node: Any) -> tuple[str, str]:
    """What stands in a box: the operation, and what is known of it."""
    if isinstance(node, Tensor):
        return "constant", str(node.shape)
    if isinstance(node, Node):
        if not node.seq:
            leaf = node.variable
            return node.name(), "leaf, gone" if leaf is None else f"leaf {leaf.shape}"
        kept = ", ".join(str(array.shape) for array in node.saved())
        return node.name(), f"keeps {kept}" if kept else ""
    grad = node.grad.data if isinstance(node.grad, Value) else node.grad
    return _operation(node), f"data {node.data:.4g}, grad {grad:.4g}"


def _operation(value: Value) -> str:
    """The row of a Value, with the plain numbers among its arguments."""
    args = _arguments(value) if value.parents and value.op != "dot" else ()
    if all(isinstance(x, Value) for x in args):
        return value.op or "input"
    shown = ("." if isinstance(x, Value) else f"{x:g}" for x in args)
    return f"{value.op}({', '.join(shown)})"


def _ordered(root: Any) -> list[Any]:
    """Every node once, inputs first: a depth-first search with a stack of its own."""
    order: list[Any] = []
    seen, path = {id(root)}, [(root, iter(_inputs(root)))]
    while path:
        node, rest = path[-1]
        below = next((m for m in rest if id(m) not in seen), None)
        if below is None:
            order.append(node)
            path.pop()
        else:
            seen.add(id(below))
            path.append((below, iter(_inputs(below))))
    return order


def _boxes(root: Any) -> list[Box]:
    """The boxes of the whole graph, inputs first."""
    if isinstance(root, Trace):
        return _boxes_of_trace(root)
    order = _ordered(root)
    number = {id(node): i for i, node in enumerate(order)}
    return [
        Box(*_words(n), tuple(number[id(m)] for m in _inputs(n)), n is root)
        for n in order
    ]


def _boxes_of_trace(trace: Trace) -> list[Box]:
    boxes = [Box(x, "input", (), x in trace.outputs) for x in trace.inputs]
    number = {name: i for i, name in enumerate(trace.inputs)}
    for name, op, args in trace.steps:
        text = ", ".join(a if isinstance(a, str) else f"{a:g}" for a in args)
        into = tuple(number[a] for a in args if isinstance(a, str))
        number[name] = len(boxes)
        boxes.append(Box(name, f"{op}({text})", into, name in trace.outputs))
    return boxes


def _nearest(boxes: list[Box], limit: int) -> list[Box]:
    """The `limit` boxes nearest to a result, with numbers of their own."""
    near = [i for i, box in enumerate(boxes) if box.result]
    seen = set(near)
    for i in near:  # grows while it is read: breadth first
        fresh = [j for j in dict.fromkeys(boxes[i].inputs) if j not in seen]
        seen.update(fresh)
        near += fresh
    near += (i for i in range(len(boxes)) if i not in seen)
    number = {old: new for new, old in enumerate(sorted(near[:limit]))}
    kept = []
    for old in number:
        into = tuple(number[j] for j in boxes[old].inputs if j in number)
        hidden = len(boxes[old].inputs) - len(into)
        kept.append(boxes[old]._replace(inputs=into, hidden=hidden))
    return kept
