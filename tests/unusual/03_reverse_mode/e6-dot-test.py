# %% unusual="absolute"
def dot_test(jvp, vjp, x, rng):
    v = rng.standard_normal(np.shape(x))
    Jv = jvp(v)
    u = rng.standard_normal(np.shape(Jv))
    return abs(np.dot(u, Jv) - np.dot(vjp(u), v))


# %% unusual="relative-to-the-larger"
def dot_test(jvp, vjp, x, rng):
    v = rng.uniform(-1, 1, size=len(x))
    pushed = np.asarray(jvp(v), dtype=float)
    u = rng.uniform(-1, 1, size=pushed.shape)
    sides = np.array([u @ pushed, np.asarray(vjp(u)) @ v])
    return np.ptp(sides) / max(np.abs(sides).max(), 1e-300)


# %% unusual="length-by-a-zero-product"
def dot_test(jvp, vjp, x, rng):
    """Finds the number of outputs with a product of zeros first."""
    m = len(jvp(np.zeros(len(x))))
    u, v = rng.normal(size=m), rng.normal(size=len(x))
    left = sum(a * b for a, b in zip(u, jvp(v)))
    right = sum(a * b for a, b in zip(vjp(u), v))
    top = max(abs(left), abs(right))
    return 0.0 if top == 0 else float(abs(left - right) / top)


# %% unusual="log-normal"
def dot_test(jvp, vjp, x, rng):
    v = rng.choice([-1.0, 1.0], size=np.shape(x)) * np.exp(rng.normal(size=np.shape(x)))
    pushed = np.asarray(jvp(v))
    u = rng.gamma(2.0, size=pushed.shape) * rng.choice([-1.0, 1.0], size=pushed.shape)
    return mismatch(np.vdot(u, pushed), np.vdot(vjp(u), v))

# %% added="before"
def mismatch(left, right):
    """How far two numbers are apart, relative to their size."""
    if left == right:
        return 0.0
    return float(abs(left - right) / math.hypot(left, right))


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def dot_test(jvp, vjp, x, rng):
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    pulled = np.asarray(vjp(u))
    left, right = fsum(u * pushed), fsum(pulled * v)
    return np.array(abs(left - right) / (abs(left) + abs(right) or 1.0))

# %% added="before"
from math import fsum
