# %% unusual="no-helper"
def vjp_sum(x, out, g, axis=None, keepdims=False):
    kept = np.sum(x, axis=axis, keepdims=True)
    return np.ones(x.shape) * np.reshape(g, kept.shape)


def vjp_mean(x, out, g, axis=None, keepdims=False):
    kept = np.sum(x, axis=axis, keepdims=True)
    return np.ones(x.shape) * np.reshape(g, kept.shape) * kept.size / x.size


def vjp_max(x, out, g, axis=None, keepdims=False):
    top = np.max(x, axis=axis, keepdims=True)
    hits = (x == top).astype(float)
    return np.reshape(g, top.shape) * hits / np.sum(hits, axis=axis, keepdims=True)


# %% unusual="first-maximum-only"
def vjp_sum(x, out, g, axis=None, keepdims=False):
    axes = tuple(range(x.ndim)) if axis is None else tuple(np.atleast_1d(axis) % x.ndim)
    shape = [1 if i in axes else n for i, n in enumerate(x.shape)]
    return np.tile(np.reshape(g, shape), [n if i in axes else 1 for i, n in enumerate(x.shape)])


def vjp_mean(x, out, g, axis=None, keepdims=False):
    count = np.mean(np.sum(np.ones(x.shape), axis=axis))
    return vjp_sum(x, out, np.asarray(g) / count, axis, keepdims)


def vjp_max(x, out, g, axis=None, keepdims=False):
    axes = tuple(range(x.ndim)) if axis is None else tuple(np.atleast_1d(axis) % x.ndim)
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    turned = np.transpose(x, rest + axes)
    flat = turned.reshape(int(np.prod([x.shape[i] for i in rest])), -1)
    total = np.zeros(flat.shape)
    total[np.arange(len(flat)), flat.argmax(axis=1)] = np.ravel(g)
    return np.transpose(total.reshape(turned.shape), np.argsort(rest + axes))


# %% unusual="mean-through-count"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.expand_dims(g, tuple(range(x.ndim)) if axis is None else axis)


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, np.divide(g, x.size // np.size(out)), axis, keepdims)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% unusual="zeros-plus"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.expand_dims(g, tuple(range(x.ndim)) if axis is None else axis)


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.zeros(x.shape) + grow_back(g, x, axis, keepdims)


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% unusual="helper-elsewhere"
def vjp_sum(x, out, g, axis=None, keepdims=False):
    return np.array(np.broadcast_to(regrown(g, x, axis), x.shape))


def vjp_mean(x, out, g, axis=None, keepdims=False):
    return vjp_sum(x, out, g, axis) * np.size(g) / np.size(x)


def vjp_max(x, out, g, axis=None, keepdims=False):
    hit = np.equal(x, regrown(out, x, axis))
    return np.where(hit, regrown(g, x, axis), 0.0) / hit.sum(axis=axis, keepdims=True)


# %% added="before"
def regrown(g, x, axis):
    """Works with and without keepdims: the shape tells."""
    return np.reshape(g, np.sum(x, axis=axis, keepdims=True).shape)


# %% unusual="last-maximum-takes-all"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.expand_dims(g, tuple(range(x.ndim)) if axis is None else axis)


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    rank = hit * np.arange(1, x.size + 1).reshape(x.shape)
    share = 1.0 * (hit & (rank == rank.max(axis=axis, keepdims=True)))
    return share * grow_back(g, x, axis, keepdims)
