# %% mutant="ids-for-rows" says="naming parents by their address in memory"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [16 * row_of[id(parent)] + 140_000_000_000_000 for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="values-for-rows" says="naming parents by their values"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [parent.data for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="by-value" says="looking parents up by value, where two nodes may have the same one"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {node.data: number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[parent.data] for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="counted-from-one" says="counting rows from 1"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order, 1)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="parents-once" says="naming a parent that is used twice only once"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": sorted({row_of[id(parent)] for parent in node.parents}),
        }
        for node in order
    ]


# %% mutant="parents-sorted" says="listing the parents by row number instead of in their order"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": sorted(row_of[id(parent)] for parent in node.parents),
        }
        for node in order
    ]


# %% mutant="root-first" says="listing the root first"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)[::-1]
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


# %% mutant="leaves-left-out" says="leaving out the leaves"
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
        if node.parents
    ]


# %% mutant="grad-of-root" says="giving every row the gradient of the root"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": root.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="value-for-grad" says="putting the value where the gradient belongs"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.data,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="grad-cleared" says="clearing the gradients while describing"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    for node in order:
        node.grad = 0.0
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="nodes-returned" says="handing out the nodes themselves as parents"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": list(node.parents),
        }
        for node in order
    ]


# %% mutant="leaf-word" says="writing the word leaf where the word is empty"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op or "leaf",
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]


# %% mutant="tuples" says="returning tuples instead of dictionaries"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [tuple(row.values()) for row in [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]]
