# %% mutant="normalises" says="making the direction a unit vector first"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    v = np.asarray(v, float) / max(np.linalg.norm(v), 1e-300)
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)


# %% mutant="ignores-v" says="seeding every input with 1, whatever the direction is"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), 1.0) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)


# %% mutant="n-calls" says="running f once for every input and adding up"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    n, total = len(x), 0.0
    for i in range(n):
        seeds = [float(b) if j == i else 0.0 for j, b in enumerate(v)]
        y = f([Dual(float(a), s) for a, s in zip(x, seeds)])
        entries = y if isinstance(y, list) else [y]
        total = total + np.array([lift(d).tangent for d in entries])
    if not isinstance(y, list):
        return np.array(lift(y).primal), total[0]
    return np.array([lift(d).primal for d in y]), total
    y = []
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)


# %% mutant="value-by-second-call" says="calling f once more for the value"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    plain = f([float(a) for a in x])
    return np.array(plain, dtype=float), np.array(tangent)


# %% mutant="number-as-list" says="giving back an array of one entry where f returns a number"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.atleast_1d(value), np.atleast_1d(tangent)


# %% mutant="constants-crash" says="not expecting plain numbers among the outputs"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = list(y)
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)


# %% mutant="only-first-output" says="looking at the first output only"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y[:1]]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)


# %% mutant="swapped" says="giving back the tangent before the value"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(tangent), np.array(value)


# %% mutant="changes-input" says="writing into the x that was handed over"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    if isinstance(x, np.ndarray):
        x *= 1.0 + 1e-3
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)


# %% mutant="sums-outputs" says="adding up the tangents of all outputs"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.full(np.shape(value), np.sum(tangent))


# %% mutant="central-difference" says="measuring along v with a small step, as in lesson 1"
def jvp(f, x, v):
    x, v = np.asarray(x, float), np.asarray(v, float)
    h = 6e-6
    up, down = np.asarray(f(x + h * v), float), np.asarray(f(x - h * v), float)
    return np.asarray(f(x), float), (up - down) / (2 * h)


# %% mutant="complex-step" says="taking a tiny imaginary step along v"
def jvp(f, x, v):
    y = np.array(f([complex(a, 1e-30 * b) for a, b in zip(x, v)]))
    return y.real, y.imag / 1e-30


# %% mutant="library-ours" says="calling the course package's own jvp, which is not there when your work is graded"
from autograd_ref.dual import jvp as ready


def jvp(f, x, v):
    return ready(f, list(map(float, x)), list(map(float, v)))


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def jvp(f, x, v):
    import torch

    def g(z):
        y = f(list(z))
        if isinstance(y, list):
            return torch.stack([torch.as_tensor(d, dtype=z.dtype) + 0 * z[0] for d in y])
        return torch.as_tensor(y) + 0 * z[0]

    x, v = (torch.tensor(np.asarray(a, float)) for a in (x, v))
    value, tangent = torch.func.jvp(g, (x,), (v,))
    return value.numpy(), tangent.numpy()
