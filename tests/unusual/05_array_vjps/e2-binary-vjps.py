# %% unusual="table-of-rules"
def vjp_binary(op, a, b, out, g):
    rules = {
        "add": lambda: (1.0, 1.0),
        "sub": lambda: (1.0, -1.0),
        "mul": lambda: (b, a),
        "div": lambda: (1.0 / b, -np.divide(a, np.multiply(b, b))),
        "maximum": lambda: (np.greater_equal(a, b), np.less(a, b)),
    }
    left, right = rules[op]()
    return unbroadcast(g * left, np.shape(a)), unbroadcast(g * right, np.shape(b))


# %% unusual="tie-to-the-right"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a > b, 1.0, 0.0)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% unusual="uneven-tie"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.25, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% unusual="by-sign"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = 0.5 * (1.0 + np.sign(a - b))
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% unusual="from-out"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = 1.0 * (a == out)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% unusual="sub-from-add"
import numpy as xp


def vjp_binary(op, a, b, out, g):
    if op == "sub":
        ga, gb = vjp_binary("add", a, b, out, g)
        return ga, -1.0 * gb
    if op == "div":
        ga, gb = vjp_binary("mul", a, 1.0 / xp.asarray(b), out, g)
        return ga, fold(-g * a / xp.square(b), b)
    slopes = {"add": [1.0, 1.0], "mul": [b, a]}.get(op)
    slopes = slopes or [xp.heaviside(a - xp.asarray(b), 0.5), xp.heaviside(b - xp.asarray(a), 0.5)]
    return tuple(fold(g * s, v) for s, v in zip(slopes, (a, b)))


# %% added="after"
def fold(g, like):
    return unbroadcast(g, np.shape(like))


# %% unusual="lists-of-two"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return [unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)]
