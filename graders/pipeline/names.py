"""Which names a cell binds, and which it takes from elsewhere (by `symtable`)."""

import symtable
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")

# A cell that ends in one is a show cell: of graders.show, and of the playground.
SHOWS = ("figure", "table", "scene")
KEPT = 20_000  # characters of a cell of which it is kept what was found


def once(find: Callable[Given, Found]) -> Callable[Given, Found]:
    """A function whose last argument is a cell's source, which looks at each one once.

    Most cells of a class are the lesson's own, in each submission the same.

    >>> lines = once(lambda source: source.splitlines())
    >>> lines("a") is lines("a"), lines("a" * KEPT) is lines("a" * KEPT)
    (True, False)
    """
    kept = lru_cache(maxsize=4096)(find)

    @wraps(find)
    def look(*given: Given.args, **named: Given.kwargs) -> Found:
        short = len(str(given[-1])) < KEPT
        return (kept if short else find)(*given, **named)  # type: ignore[arg-type]

    return look


def bound(source: str) -> frozenset[str]:
    r"""Names that a cell's code binds at its top level.

    >>> sorted(bound("import os.path as p\nx, y = 1, [z for z in p]"))
    ['p', 'x', 'y']
    """
    table = symtable.symtable(source, "cell", "exec")
    top = {s.get_name() for s in table.get_symbols() if _binds(s)}
    stated = (s for inner in _inner(table) for s in inner.get_symbols())
    return frozenset(
        top | {s.get_name() for s in stated if s.is_declared_global() and _binds(s)}
    )


def taken(source: str) -> frozenset[str]:
    r"""Names that a cell's code uses and does not bind itself (builtins included).

    >>> sorted(taken("def f(x):\n    return x + h\ny = f(1)"))
    ['h']
    """
    table = symtable.symtable(source, "cell", "exec")
    top = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    inner = (s for t in _inner(table) for s in t.get_symbols())
    used = top | {s.get_name() for s in inner if s.is_global() and s.is_referenced()}
    return frozenset(used - bound(source))


def _binds(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _inner(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    waiting = list(table.get_children())
    while waiting:
        child = waiting.pop()
        waiting.extend(child.get_children())
        yield child
