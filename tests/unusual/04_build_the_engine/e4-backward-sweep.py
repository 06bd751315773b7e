# %% unusual="gradients-in-a-dict"
@extends(Value)
def backward(self, seed=1.0):
    flow = {id(self): seed}
    order = topological_order(self)
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            flow[id(parent)] = flow.get(id(parent), 0.0) + partial * flow[id(node)]
    for node in order:
        node.grad = flow[id(node)] + (0.0 if node.parents else node.grad)


# %% unusual="counting-users"
@extends(Value)
def backward(self, seed=1.0):
    waits, found = {id(self): 0}, [self]
    for node in found:
        for parent in node.parents:
            if id(parent) not in waits:
                waits[id(parent)] = 0
                found.append(parent)
            waits[id(parent)] += 1
    for node in found:
        node.grad = 0.0 if node.parents else node.grad
    self.grad += seed
    ready = [self]
    while ready:
        node = ready.pop()
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad
            waits[id(parent)] -= 1
            if waits[id(parent)] == 0:
                ready.append(parent)


# %% unusual="old-leaves-put-back"
@extends(Value)
def backward(self, seed=1.0):
    order = topological_order(self)
    before = [0.0 if node.parents else node.grad for node in order]
    for node in order:
        node.grad = 0.0
    self.grad = seed
    while order_left(order, before):
        node, old = order.pop(), before.pop()
        for parent, partial in zip(node.parents, node.partials):
            parent.grad = parent.grad + node.grad * partial
        node.grad += old

# %% added="before"
def order_left(order, before):
    """Whether anything is left to do."""
    return bool(order and before)


# %% unusual="each-asks-its-users"
@extends(Value)
def backward(self, seed=1.0):
    order = topological_order(self)
    users = defaultdict(list)
    for node in order:
        for parent, partial in zip(node.parents, node.partials):
            users[id(parent)].append((node, partial))
    total = {}
    for node in reversed(order):
        came = fsum(partial * total[id(user)] for user, partial in users[id(node)])
        total[id(node)] = came + (seed if node is self else 0.0)
        node.grad = total[id(node)] if node.parents else node.grad + total[id(node)]

# %% added="before"
from collections import defaultdict
from math import fsum


# %% unusual="numpy-floats"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += np.float64(seed)
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad
