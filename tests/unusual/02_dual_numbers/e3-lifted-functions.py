# %% unusual="numpy"
def through(f, slope, x):
    if isinstance(x, Dual):
        return Dual(f(x.primal), slope(x.primal) * x.tangent)
    return f(x)


def dsin(x):
    return through(np.sin, np.cos, x)


def dcos(x):
    return through(np.cos, lambda a: -np.sin(a), x)


def dexp(x):
    return through(np.exp, np.exp, x)


def dlog(x):
    return through(np.log, lambda a: 1 / a, x)


def dtanh(x):
    return through(np.tanh, lambda a: np.cosh(a) ** -2.0, x)


def drelu(x):
    return through(lambda a: np.maximum(a, 0), lambda a: np.heaviside(a, 0.5), x)


# %% unusual="table-of-slopes"
dsin, dcos, dexp, dlog, dtanh, drelu = [make(*row) for row in TABLE]

# %% added="before"
TABLE = [
    (math.sin, math.cos),
    (math.cos, lambda a: math.sin(-a)),
    (math.exp, math.exp),
    (math.log, lambda a: 1.0 / a),
    (math.tanh, lambda a: (1 - math.tanh(a)) * (1 + math.tanh(a))),
    (lambda a: a if a > 0 else 0, lambda a: 1 if a >= 0 else 0),
]


def make(f, slope):
    def function(x):
        if isinstance(x, Dual):
            return Dual(f(x.primal), x.tangent * slope(x.primal))
        return f(x)

    return function


# %% unusual="from-each-other"
def dexp(x):
    if not isinstance(x, Dual):
        return math.exp(x)
    value = math.exp(x.primal)
    return Dual(value, value * x.tangent)


def dlog(x):
    return Dual(math.log(x.primal), x.tangent / x.primal) if isinstance(x, Dual) else math.log(x)


def dsin(x):
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), x.tangent * math.cos(x.primal))


def dcos(x):
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -x.tangent * math.sin(x.primal))


def dtanh(x):
    up, down = dexp(x), dexp(-x)
    return (up - down) / (up + down)


def drelu(x):
    return x if x > 0 else 0 * x


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)
