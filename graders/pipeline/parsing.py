"""The tree of a piece of Python, made by one thread at a time.

Some releases of Python, 3.11.7 among them, count the depth of nesting for all threads
together: one that makes a tree beside another may be told `SystemError: AST constructor
recursion depth mismatch` (https://github.com/python/cpython/issues/106905).
"""

import ast
import threading

_one_at_a_time = threading.RLock()


def syntax_tree(source: str) -> ast.Module:
    """The tree of `source`, or the error that `ast.parse` raises.

    >>> ast.unparse(syntax_tree("x = (1)"))
    'x = 1'
    """
    with _one_at_a_time:
        return ast.parse(source)
