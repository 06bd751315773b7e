# %% mutant="b-not-transposed" says="a missing transpose of b"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ b2, a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="a-not-transposed" says="a missing transpose of a"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(a2 @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="wrong-order-a" says="the factors of the first product in the wrong order"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(np.swapaxes(b2, -1, -2) @ g, a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="wrong-order-b" says="the factors of the second product in the wrong order"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(g @ np.swapaxes(a2, -1, -2), b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="all-axes-turned" says=".T, which turns all axes round, not only the last two"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ b2.T, a2.shape)
    gb = unbroadcast(a2.T @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="stacks-not-folded" says="not adding up the shares of a matrix that was used for a whole stack"
def vjp_matmul(a, b, g):
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga, gb = g @ np.swapaxes(b2, -1, -2), np.swapaxes(a2, -1, -2) @ g
    if a.ndim <= 2 and b.ndim <= 2:
        return ga.reshape(a.shape), gb.reshape(b.shape)
    return ga, gb


# %% mutant="stacks-averaged" says="averaging over the stack where shares have to be added up"
def vjp_matmul(a, b, g):
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga, gb = g @ np.swapaxes(b2, -1, -2), np.swapaxes(a2, -1, -2) @ g
    ga = unbroadcast(ga, a2.shape) * a2.size / ga.size
    gb = unbroadcast(gb, b2.shape) * b2.size / gb.size
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="two-axes-only" says="matrices only: stacks fail"
def vjp_matmul(a, b, g):
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    g = np.reshape(g, (a2.shape[0], b2.shape[1]))
    return (g @ b2.T).reshape(a.shape), (a2.T @ g).reshape(b.shape)


# %% mutant="matrices-only" says="matrices and stacks only: vectors fail"
def vjp_matmul(a, b, g):
    ga = unbroadcast(g @ np.swapaxes(b, -1, -2), a.shape)
    return ga, unbroadcast(np.swapaxes(a, -1, -2) @ g, b.shape)


# %% mutant="vector-as-row-on-the-right" says="taking a vector on the right for a row"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[None, :] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="vectors-keep-their-axis" says="vectors that come back as rows and columns"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga, gb


# %% mutant="vector-axis-in-front" says="putting the axis of a vector on the right back in front, where a stack has it elsewhere"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.reshape(g, (*np.shape(g)[1:], np.shape(g)[0], 1) if np.ndim(g) > 1 else (*np.shape(g), 1))
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="swapped-results" says="handing back the two cotangents in the wrong order"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return gb.reshape(b.shape), ga.reshape(a.shape)


# %% mutant="forgets-g" says="leaving out the cotangent of the product"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    g = np.ones(np.shape(g))
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="reshape-for-transpose" says="a reshape where a transpose is needed"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ b2.reshape(*b2.shape[:-2], b2.shape[-1], b2.shape[-2]), a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)


# %% mutant="central-difference" says="measuring the slopes with a small step, as in lesson 1"
def vjp_matmul(a, b, g):
    found, h = [np.zeros(a.shape), np.zeros(b.shape)], 6e-6
    for k, total in enumerate(found):
        for place in np.ndindex(total.shape):
            up, down = [a.copy(), b.copy()], [a.copy(), b.copy()]
            up[k][place] += h
            down[k][place] -= h
            total[place] = np.sum(g * (up[0] @ up[1] - down[0] @ down[1])) / (2 * h)
    return found[0], found[1]


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def vjp_matmul(a, b, g):
    import torch

    a, b = (torch.tensor(v, requires_grad=True) for v in (a, b))
    found = torch.autograd.grad(a @ b, (a, b), torch.as_tensor(g))
    return tuple(v.numpy() for v in found)
