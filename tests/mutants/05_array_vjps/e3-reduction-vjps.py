# %% mutant="no-growing-back" says="stretching the cotangent without growing the axis back: for square arrays the rows end up in the columns"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.asarray(g)


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="mean-forgets-n" says="a mean that forgets to divide"
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
    return vjp_sum(x, out, g, axis, keepdims)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="mean-by-len" says="dividing by the length of the first axis, whatever axis was averaged"
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
    return vjp_sum(x, out, g, axis, keepdims) * (1 / len(x))


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="mean-by-size" says="dividing by the number of all entries, whatever axis was averaged"
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
    return vjp_sum(x, out, g, axis, keepdims) * (1 / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="mean-by-one-axis" says="dividing by the size of one of the axes where several were averaged"
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
    return vjp_sum(x, out, g, axis, keepdims) * (1 / (x.size if axis is None else x.shape[axis if isinstance(axis, int) else axis[0]]))


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="mean-upside-down" says="multiplying by the count where it has to be divided"
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
    return vjp_sum(x, out, g, axis, keepdims) * (x.size / np.size(out))


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="max-all-whole" says="giving the whole cotangent to every one of several equal maxima"
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
    share = hit * 1.0
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="max-everywhere" says="copying the cotangent of a maximum to all entries"
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
    share = hit / hit.sum(axis=axis, keepdims=True)
    return vjp_sum(x, out, g, axis, keepdims)


# %% mutant="max-of-everything" says="counting equal maxima in the whole array, not in each group"
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
    share = hit / hit.sum()
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="max-forgets-g" says="leaving out the cotangent of the maximum"
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
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share + 0.0 * x


# %% mutant="keepdims-ignored" says="growing axes back that keepdims had kept"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
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
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="last-axis-only" says="growing back an axis at the end, whatever axis was summed"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.asarray(g)[..., None]


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="first-axis-only" says="growing back an axis at the front, whatever axis was summed"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.expand_dims(g, 0)


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="one-by-one-from-the-left" says="growing the axes back one after the other, in the order given, where their numbers no longer fit"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
    for a in axes:
        g = np.expand_dims(g, int(a))
    return g


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="reshape-to-ones" says="putting the sizes back by a reshape that counts on positive axes"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
    return np.reshape(g, [1 if i in axes else n for i, n in enumerate(x.shape)])


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="read-only-view" says="handing out a read-only view that np.broadcast_to made"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.expand_dims(g, tuple(range(x.ndim)) if axis is None else axis)


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape)


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="sum-divides" says="dividing a sum by the count as if it were a mean"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    if keepdims:
        return np.asarray(g)
    return np.expand_dims(g, tuple(range(x.ndim)) if axis is None else axis)


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape) * (np.size(out) / x.size)


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    return vjp_sum(x, out, g, axis, keepdims)


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)


# %% mutant="central-difference" says="measuring the slopes with a small step, as in lesson 1"
def slopes(f, x, g, axis, keepdims):
    total, h = np.zeros(x.shape), 6e-6
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += h
        down[place] -= h
        change = f(up, axis=axis, keepdims=keepdims) - f(down, axis=axis, keepdims=keepdims)
        total[place] = np.sum(g * change) / (2 * h)
    return total


def vjp_sum(x, out, g, axis=None, keepdims=False):
    return slopes(np.sum, x, g, axis, keepdims)


def vjp_mean(x, out, g, axis=None, keepdims=False):
    return slopes(np.mean, x, g, axis, keepdims)


def vjp_max(x, out, g, axis=None, keepdims=False):
    return slopes(np.max, x, g, axis, keepdims)


# %% mutant="complex-step" says="taking a tiny imaginary step, which makes each of several equal maxima the only one"
def slopes(f, x, g, axis, keepdims):
    total, h = np.zeros(x.shape), 1e-30
    for place in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[place] += 1j * h
        total[place] = np.sum(g * f(moved, axis=axis, keepdims=keepdims).imag) / h
    return total


def vjp_sum(x, out, g, axis=None, keepdims=False):
    return slopes(np.sum, x, g, axis, keepdims)


def vjp_mean(x, out, g, axis=None, keepdims=False):
    return slopes(np.mean, x, g, axis, keepdims)


def vjp_max(x, out, g, axis=None, keepdims=False):
    return slopes(np.max, x, g, axis, keepdims)


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def pulled_by_torch(f, x, g):
    import torch

    x = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(f(x), x, torch.as_tensor(g))[0].numpy()


def vjp_sum(x, out, g, axis=None, keepdims=False):
    return pulled_by_torch(lambda t: t.sum(axis, keepdim=keepdims), x, g)


def vjp_mean(x, out, g, axis=None, keepdims=False):
    return pulled_by_torch(lambda t: t.mean(axis, keepdim=keepdims), x, g)


def vjp_max(x, out, g, axis=None, keepdims=False):
    return pulled_by_torch(lambda t: t.amax(axis, keepdim=keepdims), x, g)
