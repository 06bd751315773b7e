# %% unusual="einsum"
def unbroadcast(g, shape):
    g = np.asarray(g)
    letters = "abcdefgh"[: g.ndim]
    tail = letters[g.ndim - len(shape) :]
    kept = "".join(c for c, size in zip(tail, shape) if size != 1)
    return np.array(np.einsum(f"{letters}->{kept}", g)).reshape(shape)


# %% unusual="two-loops"
def unbroadcast(g, shape):
    g = np.array(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return np.array(g)


# %% unusual="add-at-places"
def unbroadcast(g, shape):
    total = np.zeros(shape)
    where = np.arange(total.size).reshape(shape)
    where = np.broadcast_to(where, np.shape(g))
    flat = np.bincount(where.ravel(), weights=np.ravel(g), minlength=total.size)
    return flat.reshape(shape)


# %% unusual="entry-by-entry"
def unbroadcast(g, shape):
    g = np.asarray(g)
    total = np.zeros(shape)
    for place, share in np.ndenumerate(g):
        last = place[len(place) - len(shape):]
        total[tuple(min(i, n - 1) for i, n in zip(last, shape))] += share
    return total


# %% unusual="reshape-tricks"
def unbroadcast(g, shape):
    g = np.asarray(g)
    padded = (1,) * (g.ndim - len(shape)) + tuple(shape)
    for axis in range(g.ndim):
        if padded[axis] == 1:
            ones = np.ones((1, g.shape[axis]))
            g = np.moveaxis(np.tensordot(ones, g, axes=([1], [axis])), 0, axis)
    return g.reshape(shape).copy()


# %% unusual="float-for-a-number"
def unbroadcast(g, shape):
    if shape == ():
        return float(np.sum(g))
    return add_up(np.asarray(g), shape)


# %% added="before"
def add_up(g, shape):
    padded = (1,) * (g.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i in range(g.ndim) if padded[i] == 1)
    return np.add.reduce(g, axis=axes, keepdims=True).reshape(shape)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def unbroadcast(g, shape):
    total = np.zeros(shape)
    extra = np.ndim(g) - len(shape)
    axes = list(range(extra)) + [i + extra for i, n in enumerate(shape) if n == 1]
    total += np.sum(g, axis=tuple(axes), keepdims=True).reshape(shape)
    return total
