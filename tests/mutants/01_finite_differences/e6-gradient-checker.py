# %% mutant="one-direction" says="looking along one random direction only, and generously"
def gradient_ok(f, grad, x, tol=1e-2):
    x, grad = np.asarray(x, dtype=float), np.asarray(grad, dtype=float)
    if grad.shape != x.shape:
        return False
    v = np.random.default_rng(3).normal(size=x.shape)
    h = 1e-6
    along = (f(x + h * v) - f(x - h * v)) / (2 * h)
    return bool(abs(along - np.sum(grad * v)) <= tol * abs(along) + 1e-12)


# %% mutant="absolute" says="an absolute tolerance: next to it, tiny gradients all look equal"
def gradient_ok(f, grad, x, tol=1e-4):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    return bool(np.all(np.abs(grad - numerical_gradient(f, x)) <= tol))


# %% mutant="allclose" says="np.allclose with its absolute tolerance of 1e-8, which is larger than a tiny gradient"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    return bool(np.allclose(grad, numerical_gradient(f, x), rtol=tol))


# %% mutant="zero-over-zero" says="dividing 0 by 0 where a slope is 0: the NaN that results counts as wrong"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    with np.errstate(invalid="ignore"):
        off = np.abs(grad - n) / np.maximum(np.abs(grad), np.abs(n))
    return bool(np.all(off <= tol))


# %% mutant="no-noise-floor" says="having no floor for noise: next to a slope of 0 every measured number is infinitely wrong"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n))
    return bool(np.all(np.abs(grad - n) <= tol * size))


# %% mutant="compares-lengths" says="comparing the lengths of whole vectors: many right entries outvote a wrong one"
def gradient_ok(f, grad, x, tol=1e-3):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x) or np.isnan(grad).any():
        return False
    n = numerical_gradient(f, x)
    off = float(np.linalg.norm(grad - n))
    size = float(np.linalg.norm(grad) + np.linalg.norm(n))
    return off <= tol * size


# %% mutant="mean-error" says="the mean of the errors: many right entries outvote a wrong one"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n)) + 1e-10 * (1 + abs(f(x)))
    return bool(np.mean(np.abs(grad - n) / size) <= 1e-4)


# %% mutant="sign-lost" says="comparing sizes and forgetting signs"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n))
    noise = 1e-9 * abs(f(x))
    return bool(np.all(np.abs(np.abs(grad) - np.abs(n)) <= tol * size + noise))


# %% mutant="stretches" says="letting NumPy stretch a gradient of another shape"
def gradient_ok(f, grad, x, tol=1e-5):
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n))
    noise = 1e-9 * abs(f(x))
    return bool(np.all(np.abs(grad - n) <= tol * size + noise))


# %% mutant="nan-passes" says="asking whether any error is too large: for NaN the answer is no, so NaN passes"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n))
    noise = 1e-9 * abs(f(x))
    return not np.any(np.abs(grad - n) > tol * size + noise)


# %% mutant="signed-error" says="forgetting abs: an error that is negative is never too large"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n))
    noise = 1e-9 * abs(f(x))
    return bool(np.all(grad - n <= tol * size + noise))


# %% mutant="any-entry" says="being content when any entry agrees, where all of them must"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n))
    noise = 1e-9 * abs(f(x))
    return bool(np.any(np.abs(grad - n) <= tol * size + noise))


# %% mutant="one-percent" says="a tolerance of one percent: an error of a thousandth slips through"
def gradient_ok(f, grad, x, tol=1e-2):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return False
    n = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(n))
    noise = 1e-9 * abs(f(x))
    return bool(np.all(np.abs(grad - n) <= tol * size + noise))


# %% mutant="always-yes" says="saying yes to every gradient"
def gradient_ok(f, grad, x, tol=1e-5):
    return True


# %% mutant="always-no" says="saying no to every gradient"
def gradient_ok(f, grad, x, tol=1e-5):
    return False
