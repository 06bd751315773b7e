# %% unusual="counting-users"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    nodes, users, stack = {id(root): root}, {id(root): 0}, [root]
    while stack:
        for parent in stack.pop().parents:
            if id(parent) not in nodes:
                nodes[id(parent)], users[id(parent)] = parent, 0
                stack.append(parent)
            users[id(parent)] += 1
    order, free = [], [root]
    while free:
        node = free.pop()
        order.append(node)
        for parent in node.parents:
            users[id(parent)] -= 1
            if users[id(parent)] == 0:
                free.append(parent)
    return order[::-1]


# %% unusual="iterators-on-the-stack"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, seen = [], {id(root)}
    stack = [(root, iter(root.parents))]
    while stack:
        node, rest = stack[-1]
        for parent in rest:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(node)
            stack.pop()
    return order


# %% unusual="from-the-library"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    nodes, queue = {id(root): root}, [root]
    for node in queue:
        for parent in node.parents:
            if id(parent) not in nodes:
                nodes[id(parent)] = parent
                queue.append(parent)
    links = {key: {id(p) for p in node.parents} for key, node in nodes.items()}
    return [nodes[key] for key in TopologicalSorter(links).static_order()]

# %% added="before"
from graphlib import TopologicalSorter


# %% unusual="longest-way-first"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    found = reachable(root)
    depth = {id(node): 0 for node in found}
    waiting, users = [root], {id(node): 0 for node in found}
    for node in found:
        for parent in node.parents:
            users[id(parent)] += 1
    while waiting:
        node = waiting.pop()
        for parent in node.parents:
            depth[id(parent)] = max(depth[id(parent)], depth[id(node)] + 1)
            users[id(parent)] -= 1
            if not users[id(parent)]:
                waiting.append(parent)
    return sorted(found, key=lambda node: -depth[id(node)])

# %% added="before"
def reachable(root):
    """All nodes below root, in no order that matters."""
    found, seen = [root], {id(root)}
    for node in found:
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                found.append(parent)
    return found


# %% unusual="parents-first-when-ready"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    order, done, stack = [], set(), [root]
    while stack:
        node = stack[-1]
        waiting = [p for p in node.parents if id(p) not in done]
        if waiting:
            stack.append(waiting[0])
            continue
        stack.pop()
        if id(node) not in done:
            done.add(id(node))
            order.append(node)
    return order


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
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
    return order
