"""Which names a cell binds, and which it takes from elsewhere (by `symtable`)."""

import symtable
from collections.abc import Iterator

# A cell that ends in one is a show cell: of graders.show, and of the playground.
SHOWS = ("figure", "table", "scene")


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
