# %% unusual="richardson"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 5) * max(1.0, abs(x))
    coarse = (f(x + h) - f(x - h)) / (2 * h)
    fine = (f(x + h / 2) - f(x - h / 2)) / h
    return (4 * fine - coarse) / 3


# %% unusual="fourth-order"
def central_diff(f, x, h=None):
    h = EPS ** (1 / 5) * max(1.0, abs(x)) if h is None else h
    inner, outer = f(x + h) - f(x - h), f(x + 2 * h) - f(x - 2 * h)
    return (8 * inner - outer) / (12 * h)


# %% unusual="power-of-two"
def central_diff(f, x, h=None):
    if h is None:
        h = 2.0 ** round(math.log2(EPS ** (1 / 3) * max(1.0, abs(x))))
    return (f(x + h) - f(x - h)) / (2 * h)


# %% unusual="step-that-can-be-held"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3) * max(1.0, abs(x))
    h = (x + h) - x
    return (f(x + h) - f(x - h)) / (2 * h)


# %% unusual="one-plus-abs"
def central_diff(f, x, h=None):
    if h is None:
        h = 6e-6 * (1 + abs(x))
    right, left = x + h, x - h
    return np.float64(f(right) - f(left)) / (right - left)


# %% unusual="half-steps"
def central_diff(f, x, h=None):
    if h is None:
        h = 1e-5 * math.hypot(1.0, x)
    return (f(x + h / 2) - f(x - h / 2)) / h


# %% unusual="three-points-one-side"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3) * max(1.0, abs(x))
    return (-3 * f(x) + 4 * f(x + h) - f(x + 2 * h)) / (2 * h)


# %% unusual="own-import"
def central_diff(f, x, h=None):
    h = DEFAULT * max(1.0, abs(x)) if h is None else h
    return (f(x + h) - f(x - h)) / (2 * h)


# %% added="before"
from sys import float_info

DEFAULT = float_info.epsilon ** (1 / 3)
