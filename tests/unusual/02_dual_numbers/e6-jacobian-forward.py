# %% unusual="one-call-vector-tangents"
def jacobian_forward(f, x):
    """All seeds at once: every tangent is an array, so one call is enough."""
    n = len(x)
    y = f([Dual(float(a), seed) for a, seed in zip(x, np.eye(n))])
    outputs = y if isinstance(y, list) else [y]
    return np.array([np.zeros(n) + lift(d).tangent for d in outputs])


def gradient_forward(f, x):
    return jacobian_forward(f, x)[0]


# %% unusual="filled-in-place"
def jacobian_forward(f, x):
    n = len(x)
    J = None
    for j in range(n):
        column = np.ravel(jvp(f, x, one_hot(n, j))[1])
        J = np.zeros((column.size, n)) if J is None else J
        J[:, j] = column
    return J


def gradient_forward(f, x):
    return np.array([float(jvp(f, x, one_hot(len(x), j))[1]) for j in range(len(x))])

# %% added="before"
def one_hot(n, j):
    return [1.0 if i == j else 0.0 for i in range(n)]


# %% unusual="lists"
def jacobian_forward(f, x):
    columns = [np.atleast_1d(jvp(f, x, seed)[1]).tolist() for seed in np.eye(len(x))]
    return [list(row) for row in zip(*columns)]


def gradient_forward(f, x):
    return jacobian_forward(f, x)[0]


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1))


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x).ravel()
