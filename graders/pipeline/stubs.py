"""What stands in a student's answer cell where the solution was."""

import ast
from collections.abc import Iterator

from graders.pipeline.parsing import syntax_tree
from graders.pipeline.regions import SOLUTION, Region, regions

RAISE = 'raise NotImplementedError("write your answer here")'
COMMENT = "# write your answer here"
TEXT = "*Write your answer here.*"


def stub(source: str, markdown: bool = False) -> str:
    r"""An answer cell as a student gets it.

    An indented region raises when it is called; one at column 0 becomes a comment, so
    that a notebook nobody has worked in runs from top to bottom.

    >>> stub("x = 1\n# BEGIN SOLUTION\nx = 2\n# END SOLUTION")
    'x = 1\n# write your answer here'
    """
    found = regions(source, SOLUTION)
    if markdown and not found:  # a question and no model answer
        return f"{source}\n\n{TEXT}"
    heads = {region.first: _head(region, markdown) for region in found}
    inner = {n for region in found for n in range(region.first, region.last + 1)}
    lines = enumerate(source.split("\n"), 1)
    return "\n".join(heads.get(n, t) for n, t in lines if n in heads or n not in inner)


def _head(region: Region, markdown: bool) -> str:
    if markdown:
        return region.indent + TEXT
    return region.indent + RAISE if region.indent else COMMENT


def raised_too_early(source: str) -> tuple[Region, ...]:
    """Indented regions outside every function: their stubs raise as the cell runs."""
    indented = [region for region in regions(source, SOLUTION) if region.indent]
    tree = syntax_tree(stub(source))
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Raise))
    raises = [node for node in nodes if ast.unparse(node) == _UNPARSED]
    raises.sort(key=lambda node: node.lineno)
    early = {id(node) for node in outside_functions(tree)}
    pairs = zip(indented, raises, strict=False)
    return tuple(region for region, node in pairs if id(node) in early)


_UNPARSED = ast.unparse(syntax_tree(RAISE))


def outside_functions(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a tree that run as it runs; bodies of functions and lambdas do not."""
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(ast.iter_child_nodes(node))
