# %% mutant="leading-only" says="summing over the axes on the left only, and not over those of size 1"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [missing + i for i, size in enumerate(shape) if size == 1]
    axes = tuple(range(missing))
    return g.sum(axis=axes)


# %% mutant="stretched-only" says="summing over the axes of size 1 only, and not over the missing ones"
def unbroadcast(g, shape):
    g = np.asarray(g)
    for i, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=i, keepdims=True)
    return np.array(g)


# %% mutant="mean" says="a mean where every copy sends back its full share"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [missing + i for i, size in enumerate(shape) if size == 1]
    axes = (*range(missing), *stretched)
    return g.mean(axis=axes, keepdims=True).reshape(shape)


# %% mutant="size-as-axis" says="using the sizes in shape as if they were numbers of axes"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [missing + size - 1 for size in shape if size == 1]
    axes = (*range(missing), *stretched)
    return g.sum(axis=axes, keepdims=True).reshape(shape)


# %% mutant="no-offset" says="counting the axes of size 1 from the left of g, although shapes are lined up on the right"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [i for i, size in enumerate(shape) if size == 1]
    axes = (*range(missing), *stretched)
    return g.sum(axis=axes, keepdims=True).reshape(shape)


# %% mutant="keepdims-lost" says="summing without keeping the axes that have size 1"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [missing + i for i, size in enumerate(shape) if size == 1]
    axes = (*range(missing), *stretched)
    return g.sum(axis=axes)


# %% mutant="missing-kept" says="keeping the missing axes with size 1"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [missing + i for i, size in enumerate(shape) if size == 1]
    axes = (*range(missing), *stretched)
    return g.sum(axis=axes, keepdims=True).copy()


# %% mutant="reshape-mixes" says="bringing g into groups of the right shape by reshape, which adds up entries that do not belong together"
def unbroadcast(g, shape):
    g = np.asarray(g)
    return g.reshape(-1, *shape).sum(axis=0)


# %% mutant="hands-out-g" says="handing out g itself where nothing was stretched"
def unbroadcast(g, shape):
    g = np.asarray(g)
    if g.shape == tuple(shape):
        return g
    missing = g.ndim - len(shape)
    stretched = [missing + i for i, size in enumerate(shape) if size == 1]
    return g.sum(axis=(*range(missing), *stretched), keepdims=True).reshape(shape)


# %% mutant="first-copy-only" says="keeping the share of the first copy and dropping the others"
def unbroadcast(g, shape):
    g = np.asarray(g)
    for _ in range(g.ndim - len(shape)):
        g = g[0]
    for i, size in enumerate(shape):
        if size == 1:
            g = g.take([0], axis=i)
    return np.array(g)


# %% mutant="by-size" says="summing over the axes whose sizes do not occur in shape"
def unbroadcast(g, shape):
    g = np.asarray(g)
    axes = tuple(i for i, size in enumerate(g.shape) if size not in shape)
    return g.sum(axis=axes, keepdims=True).reshape(shape)


# %% mutant="trailing" says="summing missing axes on the right instead of the left"
def unbroadcast(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=-1)
    stretched = tuple(i for i, size in enumerate(shape) if size == 1)
    return g.sum(axis=stretched, keepdims=True).reshape(shape)


# %% mutant="product" says="multiplying the shares where they have to be added"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [missing + i for i, size in enumerate(shape) if size == 1]
    axes = (*range(missing), *stretched)
    return g.prod(axis=axes, keepdims=True).reshape(shape)


# %% mutant="writes-into-g" says="adding up inside g itself"
def unbroadcast(g, shape):
    result = np.asarray(g)
    while result.ndim > len(shape):
        for row in result[1:]:
            result[0] += row
        result = result[0]
    for i, size in enumerate(shape):
        if size == 1:
            result = result.sum(axis=i, keepdims=True)
    return np.asarray(result)


# %% mutant="central-difference" says="measuring the slope of the stretched array with a small step, entry by entry"
def unbroadcast(g, shape):
    total, h = np.zeros(shape), 6e-6
    at = np.linspace(0.3, 1.7, total.size).reshape(shape)
    for place in np.ndindex(total.shape):
        step = np.zeros(shape)
        step[place] = h
        up = np.sum(g * np.broadcast_to(at + step, np.shape(g)))
        down = np.sum(g * np.broadcast_to(at - step, np.shape(g)))
        total[place] = (up - down) / (2 * h)
    return total


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def unbroadcast(g, shape):
    import torch

    return torch.as_tensor(np.asarray(g, dtype=float)).sum_to_size(shape).numpy().copy()


# %% mutant="library-ours" says="calling the course package's own rules, which are not there when your work is graded"
from autograd_ref.ops import unbroadcast
