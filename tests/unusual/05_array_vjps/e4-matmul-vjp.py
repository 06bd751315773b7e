# %% unusual="einsum"
def vjp_matmul(a, b, g):
    a2, b2 = np.atleast_2d(a), b.reshape(-1, 1) if b.ndim == 1 else b
    stack = np.broadcast_shapes(a2.shape[:-2], b2.shape[:-2])
    g = np.reshape(g, (*stack, a2.shape[-2], b2.shape[-1]))
    ga = np.einsum("...ik,...jk->...ij", g, b2)
    gb = np.einsum("...ij,...ik->...jk", a2, g)
    return unbroadcast(ga, a2.shape).reshape(a.shape), unbroadcast(gb, b2.shape).reshape(b.shape)


# %% unusual="products-summed"
def vjp_matmul(a, b, g):
    a2 = a.reshape(1, -1) if a.ndim == 1 else a
    b2 = b.reshape(-1, 1) if b.ndim == 1 else b
    stack = np.broadcast_shapes(a2.shape[:-2], b2.shape[:-2])
    g = np.reshape(g, (*stack, a2.shape[-2], 1, b2.shape[-1]))
    ga = (g * b2[..., None, :, :]).sum(axis=-1)
    gb = (g * a2[..., :, :, None]).sum(axis=-3)
    return unbroadcast(ga, a2.shape).reshape(a.shape), unbroadcast(gb, b2.shape).reshape(b.shape)


# %% unusual="case-by-case"
def vjp_matmul(a, b, g):
    if a.ndim == b.ndim == 1:
        return g * b, g * a
    if a.ndim == 1:
        ga, gb = vjp_matmul(a[None, :], b, np.expand_dims(g, -2))
        return ga[0], gb
    if b.ndim == 1:
        ga = unbroadcast(np.expand_dims(g, -1) * b, a.shape)
        return ga, np.tensordot(g, a, axes=np.ndim(g))
    ga = np.matmul(g, np.moveaxis(b, -1, -2))
    gb = np.matmul(np.moveaxis(a, -1, -2), g)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% unusual="by-the-transposed-problem"
def vjp_matmul(a, b, g):
    a2 = a[np.newaxis] if a.ndim == 1 else a
    b2 = b[:, np.newaxis] if b.ndim == 1 else b
    g2 = np.reshape(g, np.shape(a2 @ b2))
    gb_turned = flip(g2) @ a2
    return (
        unbroadcast(flip(b2 @ flip(g2)), a2.shape).reshape(a.shape),
        unbroadcast(flip(gb_turned), b2.shape).reshape(b.shape),
    )


# %% added="before"
def flip(m):
    return m.swapaxes(-1, -2)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def vjp_matmul(a, b, g):
    row, column = a.ndim == 1, b.ndim == 1
    a2, b2 = (a[None] if row else a), (b[..., None] if column else b)
    g2 = np.asarray(g).reshape((a2 @ b2).shape)
    ga = unbroadcast(np.matmul(g2, b2.swapaxes(-2, -1)), a2.shape)
    gb = unbroadcast(np.matmul(a2.swapaxes(-2, -1), g2), b2.shape)
    return (ga[0] if row else ga), (gb[:, 0] if column else gb)


# %% unusual="unit-by-unit"
def vjp_matmul(a, b, g):
    ga, gb = np.zeros(a.shape), np.zeros(b.shape)
    for i in np.ndindex(a.shape):
        e = np.zeros(a.shape)
        e[i] = 1
        ga[i] = np.vdot(g, e @ b)
    for i in np.ndindex(b.shape):
        e = np.zeros(b.shape)
        e[i] = 1
        gb[i] = np.vdot(g, a @ e)
    return ga, gb
