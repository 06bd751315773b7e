# %% mutant="integers-swallow-h" says="adding h to an array of whole numbers, where it is cut off"
def numerical_gradient(f, x):
    moved = x.copy()
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        h = EPS ** (1 / 3) * max(1.0, abs(x[i]))
        here = moved[i]
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% mutant="moves-all" says="moving all entries at once: that is the slope along (1, 1, ..., 1)"
def numerical_gradient(f, x):
    x = np.array(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        h = EPS ** (1 / 3) * max(1.0, abs(x[i]))
        gradient[i] = (f(x + h) - f(x - h)) / (2 * h)
    return gradient


# %% mutant="forgets-to-restore" says="not putting an entry back before the next one is moved"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    gradient = np.zeros(moved.shape)
    for i in np.ndindex(moved.shape):
        h = EPS ** (1 / 3) * max(1.0, abs(moved[i]))
        moved[i] += h
        above = f(moved)
        moved[i] -= 2 * h
        gradient[i] = (above - f(moved)) / (2 * h)
    return gradient


# %% mutant="flattened" says="giving back one long vector instead of the shape of x"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    slopes = []
    for i in np.ndindex(moved.shape):
        here = moved[i]
        h = EPS ** (1 / 3) * max(1.0, abs(here))
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        slopes.append((above - below) / (2 * h))
    return np.array(slopes)


# %% mutant="single-precision" says="working on a copy in single precision"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=np.float32)
    gradient = np.zeros(moved.shape)
    for i in np.ndindex(moved.shape):
        here = moved[i]
        h = EPS ** (1 / 3) * max(1.0, abs(here))
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% mutant="moves-x-itself" says="working on x itself: afterwards its entries are not what they were"
def numerical_gradient(f, x):
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        h = EPS ** (1 / 3) * max(1.0, abs(x[i]))
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


# %% mutant="rounding-left-behind" says="working on x itself: adding and subtracting h leaves rounding errors behind in it"
def numerical_gradient(f, x):
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        h = EPS ** (1 / 3) * max(1.0, abs(x[i]))
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        below = f(x)
        x[i] += h
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% mutant="reshape-copies" says="changing a flat copy: for a view, reshape(-1) does not reach the array that f sees"
def numerical_gradient(f, x):
    moved = x.astype(float)
    flat = moved.reshape(-1)
    gradient = np.zeros(flat.size)
    for i in range(flat.size):
        here = flat[i]
        h = EPS ** (1 / 3) * max(1.0, abs(here))
        flat[i] = here + h
        above = f(moved)
        flat[i] = here - h
        below = f(moved)
        flat[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient.reshape(x.shape)


# %% mutant="one-sided" says="one-sided differences: n + 1 calls and half the digits"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    start = f(moved)
    gradient = np.zeros(moved.shape)
    for i in np.ndindex(moved.shape):
        here = moved[i]
        h = EPS**0.5 * max(1.0, abs(here))
        moved[i] = here + h
        gradient[i] = (f(moved) - start) / h
        moved[i] = here
    return gradient


# %% mutant="fixed-step" says="one fixed step for entries of every size"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    gradient = np.zeros(moved.shape)
    h = 1e-6
    for i in np.ndindex(moved.shape):
        here = moved[i]
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% mutant="step-of-the-largest" says="one step for all, scaled to the largest entry: too long for the small ones"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    gradient = np.zeros(moved.shape)
    h = EPS ** (1 / 3) * max(1.0, float(np.max(np.abs(moved))))
    for i in np.ndindex(moved.shape):
        here = moved[i]
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% mutant="first-axis-only" says="moving whole rows: only the first axis is visited"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    gradient = np.zeros(moved.shape)
    h = EPS ** (1 / 3)
    for i in range(len(moved)):
        here = moved[i].copy()
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient


# %% mutant="flat-to-f" says="handing f a flat vector instead of an array of x's shape"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float).ravel()
    gradient = np.zeros(moved.shape)
    for i in range(moved.size):
        here = moved[i]
        h = EPS ** (1 / 3) * max(1.0, abs(here))
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient.reshape(np.shape(x))


# %% mutant="float-array-needed" says="a result array made like x: for whole numbers it cuts the slopes off"
def numerical_gradient(f, x):
    moved = np.array(x, dtype=float)
    gradient = np.zeros_like(x)
    for i in np.ndindex(moved.shape):
        here = moved[i]
        h = EPS ** (1 / 3) * max(1.0, abs(here))
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient
