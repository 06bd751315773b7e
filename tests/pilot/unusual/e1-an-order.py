# %% unusual="kahn"
def topological_order(root):
    nodes, stack = {}, [root]
    while stack:
        node = stack.pop()
        if id(node) not in nodes:
            nodes[id(node)] = (node, list(node.parents))
            stack.extend(nodes[id(node)][1])
    users = dict.fromkeys(nodes, 0)
    for _, parents in nodes.values():
        for parent in parents:
            users[id(parent)] += 1
    ready, order = [root], []
    while ready:
        node = ready.pop()
        order.append(node)
        for parent in nodes[id(node)][1]:
            users[id(parent)] -= 1
            if users[id(parent)] == 0:
                ready.append(parent)
    return order[::-1]


# %% unusual="generator-in-a-new-cell"
# (untouched)
# %% added="after"
from collections import deque


def topological_order(root):
    order, seen, todo = deque(), set(), [iter([root])]
    path = [None]
    while todo:
        for node in todo[-1]:
            if node not in seen:
                seen.add(node)
                path.append(node)
                todo.append(iter(node.parents))
                break
        else:
            todo.pop()
            node = path.pop()
            if node is not None:
                order.append(node)
    return tuple(order)
