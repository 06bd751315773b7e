# %% mutant="recursion" says="a recursion: it ends where Python's call stack ends"
def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order


# %% mutant="preorder" says="visiting a node before its parents (preorder), then reversing"
def topological_order(root):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            stack.extend(node.parents)
    return order[::-1]


# %% mutant="every-path" says="walking every path instead of every node once"
def topological_order(root):
    order, level = [], [root]
    while level:
        order = level + order
        level = [p for node in level for p in node.parents]
    unique = []
    for node in order:
        if all(node is not u for u in unique):
            unique.append(node)
    return unique
