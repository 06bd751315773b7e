# %% mutant="overwrites" says="replacing what has arrived at a value instead of adding to it"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] = shares[i]
    return adjoint


# %% mutant="forward-order" says="going through the steps from the first to the last"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="seed-ignored" says="starting from 1 at every output, whatever the seeds are"
def backprop(trace, values, seeds):
    adjoint = {name: float(name in trace["outputs"]) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="seeds-are-ones" says="starting from 1 wherever there is a seed"
def backprop(trace, values, seeds):
    adjoint = {name: float(name in seeds) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="seeds-at-outputs-only" says="taking seeds of outputs only"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) if name in trace["outputs"] else 0.0 for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="seeds-doubled" says="adding the seeds a second time at the end"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    for name in seeds:
        adjoint[name] += seeds[name]
    return adjoint


# %% mutant="one-share-for-each-name" says="sending once to an argument that is used twice in one step"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for arg, share in dict(zip(args, shares)).items():
            if isinstance(arg, str):
                adjoint[arg] += share
    return adjoint


# %% mutant="both-shares-the-first" says="sending the first contribution to every argument"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[0]
    return adjoint


# %% mutant="local-slopes-only" says="sending on the local slopes without what has arrived"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], 1.0)
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="arguments-for-output" says="handing over the adjoint where the step's result was needed"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, adjoint[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="unused-left-out" says="leaving out the values that nothing has arrived at"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return {name: a for name, a in adjoint.items() if a != 0.0}


# %% mutant="inputs-only" says="returning the adjoints of the inputs only"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return {name: adjoint[name] for name in trace["inputs"]}


# %% mutant="consumes" says="setting an adjoint back to 0 after it has been sent on"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        adjoint[name] = 0.0
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="stops-at-zero" says="stopping at the first step that nothing has arrived at"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        if adjoint[name] == 0.0:
            break
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="trace-reversed-in-place" says="turning the trace itself round: the next run goes the wrong way"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    trace["steps"].reverse()
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="into-the-seeds" says="collecting the adjoints in the dictionary of the seeds"
def backprop(trace, values, seeds):
    adjoint = seeds
    for name in values:
        adjoint.setdefault(name, 0.0)
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="into-the-values" says="writing the adjoints into the dictionary of the values"
def backprop(trace, values, seeds):
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    values.update(adjoint)
    return values


# %% mutant="never-forgets" says="keeping the adjoints of the last call"
KEPT = {}


def backprop(trace, values, seeds):
    adjoint = KEPT
    for name in values:
        adjoint[name] = adjoint.get(name, 0.0) + seeds.get(name, 0.0)
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint


# %% mutant="unseen-names" says="giving no adjoint to values that nobody has used"
def backprop(trace, values, seeds):
    adjoint = dict(seeds)
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] = adjoint.get(arg, 0.0) + shares[i]
    return adjoint


# %% mutant="sent-on-at-once" says="sending on all that has arrived each time something arrives"
def backprop(trace, values, seeds):
    rules = {name: (op, args) for name, op, args in trace["steps"]}
    adjoint = dict.fromkeys(values, 0.0)

    def send(name, share):
        adjoint[name] += share
        if name in rules:
            op, args = rules[name]
            numbers = [values[a] if isinstance(a, str) else a for a in args]
            shares = local_vjp(op, numbers, values[name], adjoint[name])
            for i, arg in enumerate(args):
                if isinstance(arg, str):
                    send(arg, shares[i])

    for name, seed in seeds.items():
        send(name, seed)
    return adjoint


# %% mutant="path-by-path" says="walking every path on its own: right, and far too long where there are many"
def backprop(trace, values, seeds):
    rules = {name: (op, args) for name, op, args in trace["steps"]}
    adjoint = dict.fromkeys(values, 0.0)
    waiting = list(seeds.items())
    while waiting:
        name, share = waiting.pop()
        adjoint[name] += share
        if name in rules:
            op, args = rules[name]
            numbers = [values[a] if isinstance(a, str) else a for a in args]
            shares = local_vjp(op, numbers, values[name], share)
            waiting += [(a, shares[i]) for i, a in enumerate(args) if isinstance(a, str)]
    return adjoint


# %% mutant="breadth-first" says="visiting each value once, nearest to the outputs first: too early where paths differ in length"
def backprop(trace, values, seeds):
    rules = {name: (op, args) for name, op, args in trace["steps"]}
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    waiting, seen = list(seeds), set(seeds)
    while waiting:
        name = waiting.pop(0)
        if name not in rules:
            continue
        op, args = rules[name]
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
                if arg not in seen:
                    seen.add(arg)
                    waiting.append(arg)
    return adjoint


# %% mutant="central-difference" says="nudging every value and running on, with differences as in lesson 1"
def backprop(trace, values, seeds):
    def total(nudged, h):
        known = {name: values[name] for name in trace["inputs"]}
        if nudged in known:
            known[nudged] = known[nudged] + h
        for name, op, args in trace["steps"]:
            known[name] = OPS[op](*(known.get(a, a) for a in args)) + h * (name == nudged)
        return sum(seed * known[name] for name, seed in seeds.items())

    return {k: (total(k, 1e-5) - total(k, -1e-5)) / 2e-5 for k in values}


# %% mutant="forward-in-disguise" says="one forward pass for each value: right, and far too long for a long trace"
def backprop(trace, values, seeds):
    def total(nudged, h):
        known = {name: values[name] for name in trace["inputs"]}
        if nudged in known:
            known[nudged] = known[nudged] + h
        for name, op, args in trace["steps"]:
            known[name] = OPS[op](*(known.get(a, a) for a in args))
            if name == nudged:
                known[name] = known[name] + h
        return sum(seed * known[name] for name, seed in seeds.items()) + 0 * h

    return {k: dual.derivative(lambda h: total(k, h), 0.0) for k in values}


# %% mutant="library-ours" says="calling the course's own tape, which is not there when your work is graded"
def backprop(trace, values, seeds):
    from autograd_ref.tape import backprop as ready

    return ready(trace, values, seeds)


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def backprop(trace, values, seeds):
    import torch

    known = {k: torch.tensor(float(values[k]), requires_grad=True) for k in trace["inputs"]}
    ops = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}
    ops |= {"exp": torch.exp, "log": torch.log, "sin": torch.sin, "max": torch.maximum}
    for name, op, args in trace["steps"]:
        known[name] = ops[op](*(known.get(a, a) for a in args))
        known[name].retain_grad()
    sum(seed * known[name] for name, seed in seeds.items()).backward()
    return {name: float(z.grad or 0.0) for name, z in known.items()}
