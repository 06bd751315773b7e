# %% mutant="recursion" says="walking by recursion, which ends near 1,000 nodes"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen = [], set()

    def walk(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                walk(parent)
            order.append(node)

    walk(root)
    return order


# %% mutant="reversed-depth-first" says="listing nodes as a depth-first walk meets them, in reverse"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            stack.extend(node.parents)
    return order[::-1]


# %% mutant="reversed-breadth-first" says="listing nodes level by level, in reverse"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, queue = [], {id(root)}, [root]
    for node in queue:
        order.append(node)
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                queue.append(parent)
    return order[::-1]


# %% mutant="users-first" says="listing users before parents, the root first"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order[::-1]


# %% mutant="seen-when-pushed" says="marking a node as seen when it is put on the stack, not when it is taken off"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, stack = [], {id(root)}, [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
            continue
        stack.append((node, True))
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, False))
    return order


# %% mutant="seen-by-equality" says="telling nodes apart by whether they are equal, in a set"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


# %% mutant="seen-in-a-list" says="looking a node up in a list, which asks whether it equals another one"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, stack = [], [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if node in order:
            continue
        if parents_done:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


# %% mutant="no-memory" says="forgetting which nodes were met, so that each path is walked"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, stack = [], [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


# %% mutant="repeats-removed-late" says="walking every path and removing the repeats at the end"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, stack = [], [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return list({id(node): node for node in order}.values())


# %% mutant="leaves-left-out" says="leaving out the leaves"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.extend([node] if node.parents else [])
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


# %% mutant="root-left-out" says="leaving out the root"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order[:-1]


# %% mutant="by-depth" says="sorting by the shortest way to the root instead of the longest"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    depth, queue = {id(root): 0}, [root]
    for node in queue:
        for parent in node.parents:
            if id(parent) not in depth:
                depth[id(parent)] = depth[id(node)] + 1
                queue.append(parent)
    return sorted(queue, key=lambda node: -depth[id(node)])


# %% mutant="marks-on-nodes" says="leaving a mark on each node, and so changing the graph"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif not hasattr(node, "met"):
            node.met = True
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


# %% mutant="direct-parents" says="listing only the direct parents and the root"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    return [*{id(p): p for p in root.parents}.values(), root]


# %% mutant="limit-raised" says="walking by recursion with a raised limit that does not reach 5,000 nodes"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    sys.setrecursionlimit(4000)
    order, seen = [], set()

    def walk(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                walk(parent)
            order.append(node)

    try:
        walk(root)
    finally:
        sys.setrecursionlimit(1000)
    return order


import sys
