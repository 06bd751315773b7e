# %% unusual="defaultdict"
def backprop(trace, values, seeds):
    adjoint = defaultdict(float)
    for name, seed in seeds.items():
        adjoint[name] += seed
    for name, op, args in trace["steps"][::-1]:
        numbers = [values.get(a, a) for a in args]
        for arg, share in zip(args, local_vjp(op, numbers, values[name], adjoint[name])):
            if arg in values:
                adjoint[arg] += share
    return adjoint

# %% added="before"
from collections import defaultdict


# %% unusual="index-arrays"
def backprop(trace, values, seeds):
    place = {name: i for i, name in enumerate(names_of(trace))}
    adjoint = np.zeros(len(place))
    for name in seeds:
        adjoint[place[name]] = seeds[name]
    for k in range(len(trace["steps"]) - 1, -1, -1):
        name, op, args = trace["steps"][k]
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[place[name]])
        where = [place[a] for a in args if isinstance(a, str)]
        np.add.at(adjoint, where, [s for s, a in zip(shares, args) if isinstance(a, str)])
    return {name: adjoint[i] for name, i in place.items()}


# %% unusual="tape-objects"
def backprop(trace, values, seeds):
    nodes = {name: Node(values[name], seeds.get(name, 0.0)) for name in values}
    for name, op, args in trace["steps"]:
        nodes[name].made_by(op, [nodes.get(a, a) for a in args])
    for name, _, _ in reversed(trace["steps"]):
        nodes[name].send()
    return {name: node.adjoint for name, node in nodes.items()}

# %% added="before"
class Node:
    """One value on the tape, with what has arrived at it so far."""

    def __init__(self, value, adjoint):
        self.value, self.adjoint = value, adjoint

    def made_by(self, op, args):
        self.op, self.args = op, args

    def send(self):
        numbers = [a.value if isinstance(a, Node) else a for a in self.args]
        shares = local_vjp(self.op, numbers, self.value, self.adjoint)
        for arg, share in zip(self.args, shares):
            if isinstance(arg, Node):
                arg.adjoint = arg.adjoint + share


# %% unusual="pull-from-the-users"
def backprop(trace, values, seeds):
    """Each value asks those who used it, the last one first."""
    users = {name: [] for name in values}
    steps = list(trace["steps"])
    for k, (_, _, args) in enumerate(steps):
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                users[arg].append((k, i))
    adjoint, shares = {}, {}
    for name in reversed(names_of(trace)):
        adjoint[name] = seeds.get(name, 0.0) + sum(shares[k][i] for k, i in users[name])
        for k, (made, op, args) in lookup(steps, name):
            numbers = [values[a] if isinstance(a, str) else a for a in args]
            shares[k] = local_vjp(op, numbers, values[name], adjoint[name])
    return adjoint

# %% added="before"
PLACES = {}


def lookup(steps, name):
    """The step that made a value, with its number; nothing for an input."""
    if PLACES.get("of") is not steps:
        PLACES.clear()
        PLACES.update({"of": steps, "where": {s[0]: k for k, s in enumerate(steps)}})
    k = PLACES["where"].get(name)
    return [] if k is None else [(k, steps[k])]


# %% unusual="skips-zeros"
def backprop(trace, values, seeds):
    adjoint = dict.fromkeys(values, 0)
    adjoint.update(seeds)
    for name, op, args in reversed(trace["steps"]):
        g = adjoint[name]
        if g == 0:
            continue
        numbers = tuple(values[a] if isinstance(a, str) else float(a) for a in args)
        for arg, share in zip(args, local_vjp(op, numbers, values[name], g)):
            if isinstance(arg, str):
                adjoint[arg] = adjoint[arg] + share
    return adjoint


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def backprop(trace, values, seeds):
    adjoint = {name: np.float64(seeds.get(name, 0.0)) for name in names_of(trace)}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint
