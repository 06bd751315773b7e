"""Who looks on: every operation on tensors as it runs, every cotangent as it comes.

The engine's quick paths ask nobody, because asking would cost a tenth of an operation.
So while a `Watch` is on, in any thread, the operations of `Tensor` and `Function` are
replaced by ones that tell it; when the last one goes they are put back. A backward
pass asks once who watches. Off, a watch costs nothing; on, it costs a look at the stack
an operation, and what its `made` and `pulled` do.

Where a node was made is known as long as the node lives, and keeps nothing alive but
names of files and functions: no frame, no array.
"""

from __future__ import annotations

import linecache
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from .core import Shape
from .function import Function
from .graph import PENDING, Node, check_saved, pull
from .mode import state
from .ops import TABLE
from .tensor import Tensor, run_quickly

__all__ = ["Origin", "Place", "Watch", "origin", "places", "told"]

DEPTH = 3  # lines of a stack summary: the call, its caller, and that one's
# Modules whose lines are not the user's.
_ENGINE = frozenset(
    f"{__package__}.{name}"
    for name in (
        *("core", "debug", "dual", "faults", "function", "graph", "ops", "rules"),
        *("chain", "checkpoint", "gradcheck", "replay", "tensor", "transforms"),
        *("watch",),
    )
)


class Place(NamedTuple):
    """A line of a program, and the function that it stands in.

    >>> Place("net.py", 12, "forward").function
    'forward'
    """

    file: str
    line: int
    function: str


class Origin(NamedTuple):
    """Where an operation ran: the row, the shape of its result, the innermost calls.

    >>> Origin("sqrt", (3,), (Place("net.py", 12, "forward"),)).places[0].line
    12
    """

    op: str
    shape: Shape
    places: tuple[Place, ...]


def told(places: Sequence[Place]) -> str:
    """Calls as a traceback shows them, the innermost last.

    >>> print(told([Place("net.py", 12, "forward"), Place("main.py", 3, "main")]))
      File "main.py", line 3, in main
      File "net.py", line 12, in forward
    """
    lines = []
    for file, line, function in reversed(places):
        lines.append(f'  File "{file}", line {line}, in {function}')
        source = linecache.getline(file, line).strip()
        lines += [f"    {source}"] if source else []
    return "\n".join(lines)


_origins: WeakKeyDictionary[Node, Origin] = WeakKeyDictionary()


def origin(node: Node | None) -> Origin | None:
    """Where `node` was made; None if nobody was watching then.

    >>> from autograd_ref.tensor import tensor
    >>> x = tensor(4.0, requires_grad=True)
    >>> with Watch():
    ...     y = x.sqrt()
    >>> origin(y.grad_fn).op, origin(x.sqrt().grad_fn)
    ('sqrt', None)
    """
    return None if node is None else _origins.get(node)


class Watch:
    """A `with` block in which `made` and `pulled` are told what happens here.

    Of this thread's operations, that is; blocks nest, and the innermost watches. A
    subclass overrides what it wants to know.

    >>> from autograd_ref.tensor import tensor
    >>> class Names(Watch):
    ...     def made(self, op, out, before):
    ...         print(op, out.shape)
    >>> with Names():
    ...     _ = (tensor([1.0, 2.0]) * 3.0).sum()
    mul (2,)
    sum ()
    """

    def __init__(self) -> None:
        self._outer: list[Any] = []
        self._told: tuple[int, str] | None = None  # the result told of last, its row

    def __enter__(self) -> Any:
        _install(+1)
        self._outer.append(state.watch)
        state.watch = self
        return self

    def __exit__(self, *_error: object) -> None:
        state.watch = self._outer.pop()
        _install(-1)

    # -- what a subclass may want to know ----------------------------------------
    def before(self, _args: Sequence[Any]) -> Any:
        """Called with the arguments of an operation; its result is given to `made`."""

    def made(self, op: str, out: Tensor, before: Any) -> None:
        """Called after the operation `op` gave `out`, recorded or not."""

    def pulled(self, node: Node, i: int, g: Any) -> None:
        """Called after `node` was pulled back, for each input that has a cotangent.

        `g` is all that has arrived there so far, from this node and younger ones.
        """

    # -- how it gets to know -----------------------------------------------------
    def over(self, walk: Callable[..., Any]) -> Callable[..., Any]:
        """`graph.pull` or `graph.pull_to`, telling `pulled` after every node.

        NumPy's warnings are silenced: to tell of what went wrong is for `pulled`.
        """
        steps = self._step if walk is pull else self._wired

        def watched(found: list[Node], how: Any, wire: Any) -> Any:
            with np.errstate(all="ignore"):
                return steps(walk, found, how, wire)

        return watched

    def _step(self, walk: Any, found: list[Node], free: Any, wire: Any) -> None:
        """One node a walk, which is the walk itself where nobody is watching."""
        check_saved(found)
        for node in found:
            walk([node], free, wire)
            self._look(node)

    def _wired(self, walk: Any, found: list[Node], catch: Any, wire: Any) -> Any:
        """A walk along chosen paths, seen through `wire`, which precedes each rule."""
        last: list[Node] = []

        def look(node: Node) -> Any:
            for before in last:
                self._look(before)
            last[:] = [node]
            return node if wire is None else wire(node)

        ran = walk(found, catch, look)
        for node in last:
            self._look(node)
        return ran

    def _look(self, node: Node) -> None:
        for i, below in enumerate(node.inputs):
            if below is not None and below.g is not None and below.g is not PENDING:
                self.pulled(node, i, below.g)

    def _tell(self, op: str, out: Any, before: Any) -> None:
        for t in out if isinstance(out, tuple) else (out,):
            if isinstance(t, Tensor):
                node = t.grad_fn
                if node is not None and node not in _origins:
                    _origins[node] = Origin(op, t.shape, places())
                self.made(op, t, before)


def places() -> tuple[Place, ...]:
    """The innermost lines of the running program outside the engine, at most three.

    >>> len(places())
    3
    """
    frame: FrameType | None = sys._getframe(1)
    found: list[Place] = []
    while frame is not None and len(found) < DEPTH:
        if frame.f_globals.get("__name__") not in _ENGINE:
            code = frame.f_code
            found.append(Place(code.co_filename, frame.f_lineno, code.co_name))
        frame = frame.f_back
    return tuple(found)


# -- operations that tell --------------------------------------------------------
_lock = threading.Lock()
_watches = 0
_quick: list[tuple[Any, str, Any]] = []  # what the telling ones stand for


def _install(step: int) -> None:
    """Count a watch in or out; the first and the last one change the operations."""
    global _watches
    with _lock:
        before, _watches = _watches, _watches + step
        if not before:
            run_quickly(False)
            _quick[:] = list(_operations())
            for owner, name, method in _quick:
                setattr(owner, name, _telling(name, method))
        elif not _watches:
            for owner, name, method in _quick:
                setattr(owner, name, method)
            run_quickly(True)


def _operations() -> Iterator[tuple[Any, str, Any]]:
    """Every attribute through which an operation on tensors is started."""
    yield Tensor, "apply", vars(Tensor)["apply"]
    yield Function, "apply", vars(Function)["apply"]
    for name, method in vars(Tensor).items():
        if _row_of(name) and callable(method):
            yield Tensor, name, method


_WORDS = {"truediv": "div", "clamp": "clip"}
_WRITES = ("__setitem__", "zero_", "fill_", "copy_")


def _row_of(method: str) -> str:
    """The row that a method of that name runs, "" where there is none."""
    if method in _WRITES:
        return "put"
    bare = method.strip("_")
    words = (bare, bare[1:]) if method.startswith("__") else (bare,)  # radd, iadd
    rows = (_WORDS.get(word, word) for word in words)
    return next((row for row in rows if row in TABLE), "")


def _telling(name: str, method: Any) -> Any:
    if isinstance(method, classmethod):
        function = method.__func__
        return classmethod(_told(function, lambda args: (args[0].__name__, args[1:])))
    if name == "apply":
        return _told(method, lambda args: (args[1].name, args[2]))
    row = _row_of(name)
    return _told(method, lambda args: (row, args))


def _told(run: Callable[..., Any], about: Callable[[Any], tuple[str, Any]]) -> Any:
    """`run`, telling who watches; `about(args)` is the row and its arguments."""

    @wraps(run)
    def telling(*args: Any, **options: Any) -> Any:
        watch = state.watch
        if watch is None:
            return run(*args, **options)
        op, operands = about(args)
        before = watch.before(operands)
        watch._told = None
        out = run(*args, **options)
        made = args[0] if out is None else out
        if watch._told != (id(made), op):  # a method runs `apply`, which has told of it
            watch._tell(op, made, before)
        watch._told = (id(made), op)
        return out

    return telling
