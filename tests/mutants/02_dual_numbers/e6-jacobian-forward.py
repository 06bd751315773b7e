# %% mutant="transposed" says="stacking the columns as rows"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    J = np.atleast_2d(np.stack(columns, axis=-1))
    return np.ascontiguousarray(J.T)


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x)[:, 0]


# %% mutant="all-seeds-one" says="seeding all inputs with 1 at once: that gives the sums of the rows"
def jacobian_forward(f, x):
    sums = np.atleast_1d(jvp(f, x, np.ones(len(x)))[1])
    return np.stack([sums] * len(x), axis=-1)


def gradient_forward(f, x):
    return jacobian_forward(f, x)[0]


# %% mutant="one-call-more" says="calling f once more than there are inputs"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    jvp(f, x, np.zeros(len(x)))
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1))


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x).ravel()


# %% mutant="number-without-row" says="giving back n numbers, not one row, where f returns a number"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.stack(columns, axis=-1)


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x)


# %% mutant="gradient-as-row" says="giving back the gradient as a matrix of one row"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1))


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x)


# %% mutant="last-input-missing" says="leaving out the last input"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))[:-1]] + [0 * jvp(f, x, np.ones(len(x)))[1]]
    return np.atleast_2d(np.stack(columns, axis=-1))


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x).ravel()


# %% mutant="values-for-tangents" says="collecting values where tangents are needed"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[0] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1))


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x).ravel()


# %% mutant="first-output-only" says="keeping the first output only"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1))[:1]


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x).ravel()


# %% mutant="whole-numbers" says="writing the result into an array of whole numbers"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1)).astype(int)


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return jacobian_forward(f, x).ravel()


# %% mutant="gradient-entry-by-entry" says="running all columns again for each entry of the gradient"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1))


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    return np.array([jacobian_forward(f, x)[0, i] for i in range(len(x))])


# %% mutant="central-difference" says="measuring the columns with a small step, as in lesson 1"
def jacobian_forward(f, x):
    x = np.asarray(x, dtype=float)
    h = 6e-6
    columns = []
    for i in range(len(x)):
        step = np.eye(len(x))[i] * h
        columns.append((np.array(f(x + step)) - np.array(f(x - step))) / (2 * h))
    return np.atleast_2d(np.stack(columns, axis=-1))


def gradient_forward(f, x):
    return jacobian_forward(f, x)[0]


# %% mutant="complex-step" says="taking a tiny imaginary step along each input"
def jacobian_forward(f, x):
    rows = []
    for seed in np.eye(len(x)):
        z = np.array(f([complex(a, 1e-30 * s) for a, s in zip(x, seed)]))
        rows.append(z.imag / 1e-30)
    return np.atleast_2d(np.stack(rows, axis=-1))


def gradient_forward(f, x):
    return jacobian_forward(f, x)[0]


# %% mutant="library-ours" says="calling the course package's own derivatives, which are not there when your work is graded"
from autograd_ref.dual import gradient as gradient_forward
from autograd_ref.dual import jacobian as jacobian_forward


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def jacobian_forward(f, x):
    import torch

    def g(z):
        y = f(list(z))
        y = y if isinstance(y, list) else [y]
        return torch.stack([torch.as_tensor(d, dtype=z.dtype) + 0 * z[0] for d in y])

    x = torch.tensor(np.asarray(x, float))
    eye = torch.eye(len(x), dtype=x.dtype)
    columns = [torch.func.jvp(g, (x,), (seed,))[1].numpy() for seed in eye]
    return np.stack(columns, axis=-1)


def gradient_forward(f, x):
    return jacobian_forward(f, x)[0]
