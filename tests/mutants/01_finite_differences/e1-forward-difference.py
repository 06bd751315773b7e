# %% mutant="wrong-sign" says="subtracting in the wrong order: f(x) - f(x + h)"
def forward_diff(f, x, h):
    return (f(x) - f(x + h)) / h


# %% mutant="run-of-two-steps" says="dividing by 2h although the two points lie only h apart"
def forward_diff(f, x, h):
    return (f(x + h) - f(x)) / (2 * h)


# %% mutant="undivided" says="returning the rise without dividing by the run"
def forward_diff(f, x, h):
    return f(x + h) - f(x)


# %% mutant="central" says="points on both sides of x: a good idea, but its error does not halve with h"
def forward_diff(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="run-of-one-step" says="points on both sides of x, 2h apart, divided by h"
def forward_diff(f, x, h):
    return (f(x + h) - f(x - h)) / h


# %% mutant="own-step" says="ignoring the step that is given"
def forward_diff(f, x, h):
    h = 1e-7
    return (f(x + h) - f(x)) / h


# %% mutant="called-twice" says="evaluating f at x more than once"
def forward_diff(f, x, h):
    if f(x) == f(x + h):
        return 0.0
    return (f(x + h) - f(x)) / h


# %% mutant="complex-step" says="handing a complex number to a function that knows only floats"
def forward_diff(f, x, h):
    return f(x + 1j * h).imag / h


# %% mutant="nothing-returned" says="computing the slope without returning it"
def forward_diff(f, x, h):
    slope = (f(x + h) - f(x)) / h
