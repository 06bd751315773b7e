# %% unusual="rows-of-the-identity"
def numerical_gradient(f, x):
    x = np.asarray(x, dtype=float)
    h = EPS ** (1 / 3) * np.maximum(1.0, np.abs(x)).ravel()
    moves = np.eye(x.size) * h
    slopes = [
        (f(x + m.reshape(x.shape)) - f(x - m.reshape(x.shape))) / (2 * step)
        for m, step in zip(moves, h)
    ]
    return np.array(slopes).reshape(x.shape)


# %% unusual="nditer"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    gradient = np.zeros(moved.shape)
    with np.nditer(moved, flags=["multi_index"], op_flags=["readwrite"]) as places:
        for place in places:
            here = float(place)
            h = 1e-5 * max(1.0, abs(here))
            place[...] = here + h
            above = f(moved)
            place[...] = here - h
            below = f(moved)
            place[...] = here
            gradient[places.multi_index] = (above - below) / (2 * h)
    return gradient


# %% unusual="copy-per-entry"
def numerical_gradient(f, x):
    x = np.asarray(x, dtype=np.float64)
    out = np.empty_like(x)
    for i, here in np.ndenumerate(x):
        h = 6e-6 * (1 + abs(here))
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        out[i] = (f(up) - f(down)) / (up[i] - down[i])
    return out


# %% unusual="through-central-diff"
def numerical_gradient(f, x):
    x = np.asarray(x, dtype=float)
    out = np.zeros(x.shape)
    for i in np.ndindex(x.shape):

        def along(t, i=i):
            moved = x.copy()
            moved[i] = t
            return f(moved)

        h = EPS ** (1 / 3) * max(1.0, abs(x[i]))
        out[i] = (along(x[i] + h) - along(x[i] - h)) / (2 * h)
    return out


# %% unusual="flat-copy"
def numerical_gradient(f, x):
    shape = np.shape(x)
    flat = [float(v) for v in np.ravel(x)]
    slopes = []
    for k, here in enumerate(flat):
        h = 2.0**-17 * max(1.0, abs(here))
        ends = [flat[:k] + [here + s * h] + flat[k + 1 :] for s in (1, -1)]
        above, below = (f(np.array(end).reshape(shape)) for end in ends)
        slopes.append((above - below) / (2 * h))
    return np.array(slopes).reshape(shape)


# %% unusual="all-calls-first"
def numerical_gradient(f, x):
    x = np.array(x, dtype=float)
    h = EPS ** (1 / 3) * np.maximum(1.0, np.abs(x))
    places = list(np.ndindex(x.shape))
    ends = np.array([[f(moved_by(x, i, s * h[i])) for s in (1, -1)] for i in places])
    return ((ends[:, 0] - ends[:, 1]) / (2 * h.ravel())).reshape(x.shape)


# %% added="before"
def moved_by(x, i, step):
    other = x.copy()
    other[i] += step
    return other
