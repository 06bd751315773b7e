# %% mutant="overwrite" says="writing = where += belongs, so that the last path wins"
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
            parent.grad = partial * node.grad


# %% mutant="inner-kept" says="keeping the gradients of inner nodes from the call before (27, then 72)"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        pass
    self.grad = seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="seed-added" says="adding the seed to what an inner root held from the call before"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents and node is not self:
            node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="leaves-cleared" says="clearing the leaves as well, so that nothing accumulates"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="root-set" says="setting the gradient of a leaf root to the seed instead of adding it"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad = seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="seed-ignored" says="starting from 1 whatever the seed is"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += 1.0
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="seed-falsy" says="taking a seed of 0 for no seed, and starting from 1"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed or 1.0
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="parents-first" says="letting parents pull before their users"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in order:
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="same-parent-once" says="handing on only once to a number that is used twice"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in dict(zip(node.parents, node.partials)).items():
            parent.grad += partial * node.grad


# %% mutant="pairs-in-a-set" says="keeping equal pairs of parent and slope only once"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in set(zip(node.parents, node.partials)):
            parent.grad += partial * node.grad


# %% mutant="depth-first" says="pulling in the order of a depth-first walk, before gradients are complete"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order, stack = [], [self]
    while stack:
        node = stack.pop()
        if all(node is not one for one in order):
            order.append(node)
            stack.extend(reversed(node.parents))
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in order:
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="breadth-first" says="pulling level by level, before gradients are complete"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order, seen = [self], {id(self)}
    for node in order:
        for parent in node.parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                order.append(parent)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in order:
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="one-path-at-a-time" says="walking every single path, right but endless on ladders"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    for node in topological_order(self):
        if node.parents:
            node.grad = 0.0
    stack = [(self, seed)]
    while stack:
        node, amount = stack.pop()
        node.grad += amount
        for parent, partial in zip(node.parents, node.partials):
            stack.append((parent, partial * amount))


# %% mutant="path-and-add" says="going on along each path with all that a node has gathered so far"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    for node in topological_order(self):
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    stack = [self]
    while stack:
        node = stack.pop()
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad
            stack.append(parent)


# %% mutant="recursion" says="walking by recursion, which ends near 1,000 nodes"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = recursive_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


# %% mutant="leaves-only" says="leaving the gradients of inner nodes at zero in the end"
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
        if node.parents:
            node.grad = 0.0


# %% mutant="graph-freed" says="cutting the graph after the first call"
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
        node.parents, node.partials = (), ()


# %% mutant="times-data" says="multiplying by the value of the node, too"
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
            parent.grad += partial * node.grad * (node.data or 1.0)


# %% mutant="no-partial" says="handing the gradient on without the slope"
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
            parent.grad += node.grad


# %% mutant="local-slopes" says="recording slopes of single steps, not multiplied along the path"
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
            parent.grad += partial


# %% mutant="first-parent" says="handing on to the first parent only"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in list(zip(node.parents, node.partials))[:1]:
            parent.grad += partial * node.grad


# %% mutant="library" says="using the course package's own engine, which is not there when your work is graded"
from autograd_ref.scalar import Value as Theirs

Value.backward = Theirs.backward
