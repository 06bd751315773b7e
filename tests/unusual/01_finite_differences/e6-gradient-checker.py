# %% unusual="norm-and-entries"
def gradient_ok(f, grad, x, tol=1e-5):
    x, grad = np.asarray(x, dtype=float), np.asarray(grad, dtype=float)
    if grad.shape != x.shape:
        return False
    n = numerical_gradient(f, x)
    noise = 10 * EPS * abs(f(x)) / (EPS ** (1 / 3) * np.maximum(1, np.abs(x)))
    off = np.abs(grad - n)
    whole = np.linalg.norm(off) <= tol * np.linalg.norm(n) + np.linalg.norm(noise)
    return bool(whole and np.all(off <= tol * (np.abs(grad) + np.abs(n)) + noise))


# %% unusual="numpy-bool"
def gradient_ok(f, grad, x, tol=1e-6):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x):
        return np.False_
    n = numerical_gradient(f, x)
    noise = 1e-9 * abs(f(x))
    return np.all(np.abs(grad - n) <= tol * np.maximum(np.abs(grad), np.abs(n)) + noise)


# %% unusual="entry-by-entry"
def gradient_ok(f, grad, x, tol=1e-4):
    if np.shape(grad) != np.shape(x):
        return False
    n, level = numerical_gradient(f, x), 1e-9 * abs(f(x))
    for i in np.ndindex(np.shape(x)):
        off, size = abs(grad[i] - n[i]), max(abs(grad[i]), abs(n[i]))
        if math.isnan(off):
            return False
        if off > level and off / size > tol:
            return False
    return True


# %% unusual="divides-safely"
def gradient_ok(f, grad, x, tol=1e-5):
    grad = np.asarray(grad, dtype=float)
    if grad.shape != np.shape(x) or not np.isfinite(grad).all():
        return False
    n = numerical_gradient(f, x)
    off, size = np.abs(grad - n), np.abs(grad) + np.abs(n)
    off = np.where(off <= 1e-9 * abs(f(x)), 0.0, off)
    return bool((np.divide(off, size, out=np.zeros(n.shape), where=size > 0) < tol).all())


# %% unusual="isclose-with-a-floor"
def gradient_ok(f, grad, x, tol=1e-5):
    if np.shape(grad) != np.shape(x):
        return False
    floor = 1e-9 * abs(float(f(x)))
    return bool(np.isclose(numerical_gradient(f, x), grad, rtol=tol, atol=floor).all())


# %% unusual="own-differences"
def gradient_ok(f, grad, x, tol=1e-5):
    x = np.array(x, dtype=float)
    if np.shape(grad) != x.shape:
        return False
    level = abs(f(x))
    for i in np.ndindex(x.shape):
        here, h = x[i], 1e-5 * max(1.0, abs(x[i]))
        x[i] = here + h
        above = f(x)
        x[i] = here - h
        n = (above - f(x)) / (2 * h)
        x[i] = here
        if not abs(grad[i] - n) <= tol * max(abs(grad[i]), abs(n)) + 1e-9 * level:
            return False
    return True
