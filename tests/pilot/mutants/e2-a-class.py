# %% mutant="overwrite" says="overwriting a grad instead of adding to it"
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
    self.grad = seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad = partial * node.grad


# %% mutant="inner-kept" says="keeping the inner nodes' grads from the call before"
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
    self.grad = seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="seed-ignored" says="ignoring the seed"
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
    flow = {id(node): 0.0 for node in order}
    flow[id(self)] = 1.0
    for node in reversed(order):
        node.grad = flow[id(node)] + (0.0 if node.parents else node.grad)
        for parent, partial in zip(node.parents, node.partials):
            flow[id(parent)] += partial * flow[id(node)]
