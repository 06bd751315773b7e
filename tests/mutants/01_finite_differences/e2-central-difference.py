# %% mutant="run-of-one-step" says="dividing by h although the two points lie 2h apart"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3) * max(1.0, abs(x))
    return (f(x + h) - f(x - h)) / h


# %% mutant="forward-in-disguise" says="a one-sided difference: its error only halves when h does"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS**0.5 * max(1.0, abs(x))
    return (f(x + h) - f(x)) / h


# %% mutant="half-step-forward" says="a one-sided difference over two steps: its error only halves when h does"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS**0.5 * max(1.0, abs(x))
    return (f(x + 2 * h) - f(x)) / (2 * h)


# %% mutant="fixed-step" says="one default step for every x: at 1e8 it drowns in round-off"
def central_diff(f, x, h=None):
    if h is None:
        h = 1e-6
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="tiny-step" says="a default step so small that round-off takes over"
def central_diff(f, x, h=None):
    if h is None:
        h = 1e-12
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="step-vanishes-at-zero" says="a default step proportional to x: at 0 it is 0"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3) * abs(x)
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="step-signed" says="a default scale of max(1, x), which forgets that x may be negative"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3) * max(1.0, x)
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="step-ignored" says="overwriting the step that is given"
def central_diff(f, x, h=None):
    h = EPS ** (1 / 3) * max(1.0, abs(x))
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="step-scaled-twice" says="scaling a step that was given with the size of x"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3)
    h = h * max(1.0, abs(x))
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="wrong-sign" says="subtracting in the wrong order: left minus right is divided by a positive run"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3) * max(1.0, abs(x))
    return (f(x - h) - f(x + h)) / (2 * h)


# %% mutant="complex-step" says="handing a complex number to a function that knows only floats"
def central_diff(f, x, h=None):
    if h is None:
        h = 1e-20
    return f(x + 1j * h).imag / h


# %% mutant="mean-of-values" says="adding the two values where their difference was needed"
def central_diff(f, x, h=None):
    if h is None:
        h = EPS ** (1 / 3) * max(1.0, abs(x))
    return (f(x + h) + f(x - h)) / (2 * h)
