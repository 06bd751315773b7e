# %% unusual="by-if"
def gradient_values(root, leaves):
    flow = defaultdict(lambda: Value(0.0))
    flow[id(root)] = Value(1.0)
    for node in reversed(topological_order(root)):
        g = flow[id(node)]
        above = node.parents
        if node.op == "mul":
            shares = [g * above[1], g * above[0]]
        elif node.op == "exp":
            shares = [node * g]
        elif node.op == "neg":
            shares = [-g]
        else:
            shares = [g, g if node.op == "add" else -g]
        for parent, share in zip(above, shares):
            flow[id(parent)] = share + flow[id(parent)]
    return [flow[id(leaf)] for leaf in leaves]

# %% added="before"
from collections import defaultdict


# %% unusual="forwards-for-each-leaf"
def gradient_values(root, leaves):
    return [tangent_of(root, leaf) for leaf in leaves]

# %% added="before"
def tangent_of(root, leaf):
    """d root / d leaf, in forward mode, as a Value."""
    tangent = {}
    for node in topological_order(root):
        above = [tangent[id(p)] for p in node.parents]
        if node is leaf:
            made = Value(1.0)
        elif node.op == "mul":
            a, b = node.parents
            made = above[0] * b + a * above[1]
        elif node.op == "exp":
            made = node * above[0]
        elif node.op == "neg":
            made = -above[0]
        elif node.op in ("add", "sub"):
            made = above[0] + above[1] if node.op == "add" else above[0] - above[1]
        else:
            made = Value(0.0)
        tangent[id(node)] = made
    return tangent.get(id(leaf)) and tangent[id(root)] or Value(0.0)


# %% unusual="all-words"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
        "log": lambda node: (1.0 / node.parents[0],),
        "tanh": lambda node: (1.0 - node * node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]
