# %% unusual="zip-and-get"
def run_trace(trace, inputs):
    values = dict(zip(trace["inputs"], map(float, inputs), strict=True))
    for name, op, args in trace["steps"]:
        values |= {name: OPS[op](*[values.get(arg, arg) for arg in args])}
    return values


# %% unusual="a-dict-of-its-own"
def run_trace(trace, inputs):
    values = Values(zip(trace["inputs"], inputs))
    for name, op, args in trace["steps"]:
        values[name] = OPS[op](*(values[a] for a in args))
    return values

# %% added="before"
class Values(dict):
    """Numbers stand for themselves."""

    def __missing__(self, arg):
        return arg


# %% unusual="match-with-math"
def run_trace(trace, inputs):
    values = {}
    for name, number in zip(trace["inputs"], inputs):
        values[name] = np.float64(number)
    for name, op, args in trace["steps"]:
        match op, [values[a] if type(a) is str else a for a in args]:
            case "add", [x, y]:
                out = x + y
            case "sub", [x, y]:
                out = x - y
            case "mul", [x, y]:
                out = x * y
            case "div", [x, y]:
                out = x / y
            case "max", [x, y]:
                out = np.maximum(x, y)
            case _, [x]:
                out = getattr(np, op)(x)
        values[name] = out
    return values


# %% unusual="own-import"
def run_trace(trace, inputs):
    values = OrderedDict(zip(trace["inputs"], inputs))
    for name, op, args in trace["steps"]:
        values[name] = OPS[op](*(values[a] if isinstance(a, str) else a for a in args))
    return values

# %% added="before"
from collections import OrderedDict


# %% unusual="zero-dimensional-arrays"
def run_trace(trace, inputs):
    values = {name: np.array(inputs[i]) for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else np.array(a) for a in args]
        values[name] = np.asarray(OPS[op](*numbers))
    return values


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def run_trace(trace, inputs):
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        values[name] = OPS[op](*[values[a] if isinstance(a, str) else a for a in args])
    return values
