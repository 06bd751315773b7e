# %% unusual="row-by-row"
def describe_rows(root):
    rows, number = [], {}
    for node in topological_order(root):
        number[id(node)] = len(rows)
        rows.append(
            dict(
                op=node.op,
                value=node.data,
                grad=node.grad,
                parents=[number[id(p)] for p in node.parents],
            )
        )
    return rows


# %% unusual="another-order"
def describe_rows(root):
    order = sorted(topological_order(root), key=lambda node: depth_of(node))
    rows = {id(node): k for k, node in enumerate(order)}
    return [
        {
            "parents": [rows[id(p)] for p in node.parents],
            "grad": float(node.grad),
            "value": float(node.data),
            "op": str(node.op),
        }
        for node in order
    ]

# %% added="before"
def depth_of(node):
    """Length of the longest way from a leaf to the node."""
    depth = {}
    for one in topological_order(node):
        above = [depth[id(p)] for p in one.parents]
        depth[id(one)] = 1 + max(above, default=-1)
    return depth[id(node)]


# %% unusual="index-by-identity"
def describe_rows(root):
    order = topological_order(root)

    def place(node):
        return next(k for k, other in enumerate(order) if other is node)

    return [
        {"op": n.op, "value": n.data, "grad": n.grad, "parents": list(map(place, n.parents))}
        for n in order
    ]


# %% unusual="own-import-cell"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = dict(zip(map(id, order), count()))
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]

# %% added="before"
from itertools import count


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]
