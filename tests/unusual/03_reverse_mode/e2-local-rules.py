# %% unusual="if-chain"
def local_vjp(op, args, out, g):
    if op in ("exp", "log", "sin"):
        (x,) = args
        if op == "exp":
            return [math.exp(x) * g]
        return [g / x] if op == "log" else [math.cos(x) * g]
    x, y = args
    if op == "add":
        return [g, g]
    if op == "sub":
        return [g, 0.0 - g]
    if op == "mul":
        return [y * g, x * g]
    if op == "div":
        return [g / y, -(x / y) * (g / y)]
    return [0.0, g] if y > x else [g, 0.0]


# %% unusual="arrays"
def local_vjp(op, args, out, g):
    slopes = np.array(SLOPES[op](*args))
    return g * slopes

# %% added="before"
SLOPES = {
    "add": lambda x, y: (1.0, 1.0),
    "sub": lambda x, y: (1.0, -1.0),
    "mul": lambda x, y: (y, x),
    "div": lambda x, y: (1 / y, -x / y / y),
    "exp": lambda x: (np.exp(x),),
    "log": lambda x: (1 / x,),
    "sin": lambda x: (np.cos(x),),
    "max": lambda x, y: (float(x > y), float(x <= y)),
}


# %% unusual="ties-shared"
def local_vjp(op, args, out, g):
    match op:
        case "max":
            winners = [float(a == out) for a in args]
            return tuple(g * w / sum(winners) for w in winners)
        case "add" | "sub":
            return g, g if op == "add" else -g
        case "mul":
            return tuple(g * a for a in reversed(args))
        case "div":
            share = g / args[1]
            return share, -share * out
    slope = {"exp": out, "log": None, "sin": np.cos(args[0])}[op]
    return (g / args[0] if slope is None else g * slope,)


# %% unusual="by-dual-numbers"
def local_vjp(op, args, out, g):
    """One forward pass of lesson 2 for each argument."""
    if op == "max":
        return (g, 0) if args[0] > args[1] else (0, g)
    shares = []
    for i, x in enumerate(args):
        slope = dual.derivative(lambda t: OPS[op](*args[:i], t, *args[i + 1 :]), float(x))
        shares.append(g * slope)
    return tuple(shares)


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def local_vjp(op, args, out, g):
    x, *rest = args
    y = rest[0] if rest else 1.0
    both = {"add": (g, g), "sub": (g, -g), "mul": (g * y, g * x)}
    if op == "max":
        return (g, 0.0) if x == out else (0.0, g)
    if op == "div":
        return g / y, -g * out / y
    if op in both:
        return both[op]
    return (g * {"exp": out, "sin": math.cos(x)}[op],) if op != "log" else (g / x,)


# %% unusual="own-import"
def local_vjp(op, args, out, g):
    if op in ("add", "sub"):
        return g, copysign(1.0, {"add": 1, "sub": -1}[op]) * g
    if op == "mul":
        return g * args[1], g * args[0]
    if op == "div":
        return g / args[1], -g * args[0] / args[1] ** 2
    if op == "max":
        return (g, 0.0) if args[0] >= args[1] else (0.0, g)
    return (g * exp(args[0]) if op == "exp" else g / args[0] if op == "log" else g * cos(args[0]),)

# %% added="before"
from math import copysign, cos, exp
