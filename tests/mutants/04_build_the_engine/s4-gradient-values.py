# %% mutant="stored-partials" says="multiplying by the stored slopes, which are constants for the second sweep"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = node.partials
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="partials-swapped" says="giving each factor itself as the slope"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[0], node.parents[1]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="data-of-parents" says="taking the numbers of the factors instead of the Values"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1].data, node.parents[0].data),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="exp-data" says="taking the number of exp instead of the Value"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node.data,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="overwrite" says="letting the last path win"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="sub-sign" says="forgetting the minus sign of a difference"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, 1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="neg-sign" says="forgetting the minus sign of -x"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="numbers-returned" says="returning plain numbers"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)).data for leaf in leaves]


# %% mutant="unused-crashes" says="having no answer for a leaf that is not used"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [flow[id(leaf)] for leaf in leaves]


# %% mutant="plain-backward" says="calling backward and wrapping the numbers"
def gradient_values(root, leaves):
    before = [leaf.grad for leaf in leaves]
    root.backward()
    found = [Value(leaf.grad - old) for leaf, old in zip(leaves, before)]
    for leaf, old in zip(leaves, before):
        leaf.grad = old
    return found


# %% mutant="grads-written" says="writing the gradients into grad as well"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    for leaf in leaves:
        leaf.grad += lift(flow.get(id(leaf), 0.0)).data
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]


# %% mutant="library" says="using a library that is not there when your work is graded"
import torch


def gradient_values(root, leaves):
    return [Value(float(torch.tensor(leaf.data))) for leaf in leaves]
