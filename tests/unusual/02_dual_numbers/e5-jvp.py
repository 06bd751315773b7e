# %% unusual="lists"
def jvp(f, x, v):
    out = f(list(map(Dual, map(float, x), map(float, v))))
    if isinstance(out, list):
        return [lift(d).primal for d in out], [lift(d).tangent for d in out]
    out = lift(out)
    return out.primal, out.tangent


# %% unusual="tuples-of-numbers"
def jvp(f, x, v):
    out = f([Dual(a, b) for a, b in zip(np.array(x, float), np.array(v, float))])
    return both(out)

# %% added="before"
def both(out):
    """Values and tangents, in the shape of out."""
    if isinstance(out, list):
        rows = [both(d) for d in out]
        return tuple(r[0] for r in rows), tuple(r[1] for r in rows)
    return (out.primal, out.tangent) if isinstance(out, Dual) else (out, 0)


# %% unusual="array-functions"
def jvp(f, x, v):
    duals = np.empty(len(x), dtype=object)
    duals[:] = [Dual(float(a), float(b)) for a, b in zip(x, v)]
    y = np.array(f(list(duals)), dtype=object)
    primal = np.vectorize(lambda d: float(lift(d).primal), otypes=[float])
    tangent = np.vectorize(lambda d: float(lift(d).tangent), otypes=[float])
    return primal(y), tangent(y)


# %% unusual="halved-seeds"
def jvp(f, x, v):
    """Seeds are twice v, and the tangents are halved: linear in v."""
    y = f([Dual(1.0 * a, 2.0 * b) for a, b in zip(x, v)])
    many = isinstance(y, list)
    duals = list(map(lift, y if many else [y]))
    value = np.array([d.primal for d in duals], dtype=float)
    tangent = np.array([d.tangent for d in duals], dtype=float) / 2
    return (value, tangent) if many else (value[0], tangent[0])


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)
