# %% mutant="arguments-swapped" says="handing the arguments to an operation in the wrong order"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers[::-1])
    return values


# %% mutant="constants-looked-up" says="looking up every argument as a name, numbers too"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        values[name] = OPS[op](*(values[a] for a in args))
    return values


# %% mutant="constants-are-zero" says="taking 0 for every argument that is a number"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        values[name] = OPS[op](*(values.get(a, 0.0) for a in args))
    return values


# %% mutant="by-the-alphabet" says="running the steps in the order of their names"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in sorted(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return values


# %% mutant="last-step-first" says="running the steps from the last to the first"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values.get(a, 0.0) if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return values


# %% mutant="inputs-by-the-alphabet" says="giving the numbers to the inputs in the order of their names"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(sorted(trace["inputs"]))}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return values


# %% mutant="inputs-left-out" says="returning the steps' values without the inputs"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return {step[0]: values[step[0]] for step in trace["steps"]}


# %% mutant="outputs-only" says="returning the values of the outputs only"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return {name: values[name] for name in trace["outputs"]}


# %% mutant="the-last-value" says="returning one number, the last value"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return values[name]


# %% mutant="uses-up-the-trace" says="taking the steps out of the trace while running it"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    while trace["steps"]:
        name, op, args = trace["steps"].pop(0)
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return values


# %% mutant="stored-in-the-trace" says="keeping the values in the trace's own dictionary"
def run_trace(trace, inputs):
    for i, name in enumerate(trace["inputs"]):
        trace[name] = inputs[i]
    for name, op, args in trace["steps"]:
        numbers = [trace[a] if isinstance(a, str) else a for a in args]
        trace[name] = OPS[op](*numbers)
    return trace


# %% mutant="by-recursion" says="calling itself once for each step: long traces are too deep"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    rules = {name: (op, args) for name, op, args in trace["steps"]}

    def find(name):
        if not isinstance(name, str):
            return name
        if name not in values:
            op, args = rules[name]
            values[name] = OPS[op](*map(find, args))
        return values[name]

    for name in reversed(list(rules)):
        find(name)
    return values


# %% mutant="single-precision" says="computing in single precision"
def run_trace(trace, inputs):
    values = {name: np.float32(inputs[i]) for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else np.float32(a) for a in args]
        values[name] = np.float32(OPS[op](*numbers))
    return values
