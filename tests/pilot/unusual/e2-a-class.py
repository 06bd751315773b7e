# %% unusual="one-path-at-a-time"
@extends(Value)
def backward(self, seed=1.0):
    todo = [(self, seed)]
    while todo:
        node, flow = todo.pop()
        if not node.parents:
            node.grad += flow
        todo += [(p, d * flow) for p, d in zip(node.parents, node.partials)]


# %% unusual="zero-inner-first"
@extends(Value)
def backward(self, seed=1.0):
    order, seen, stack = [], set(), [(self, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((p, False) for p in node.parents)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in order[::-1]:
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad
