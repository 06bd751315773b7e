# %% mutant="always-square-root" says="the square root of eps for every order: right for order 1 only"
def best_step(order, x, eps):
    return eps**0.5 * max(1.0, abs(x))


# %% mutant="always-cube-root" says="the cube root of eps for every order: right for order 2 only"
def best_step(order, x, eps):
    return eps ** (1 / 3) * max(1.0, abs(x))


# %% mutant="ignores-x" says="a step that does not grow with x"
def best_step(order, x, eps):
    return eps ** (1 / (order + 1))


# %% mutant="eps-itself" says="taking eps itself as the step: all round-off"
def best_step(order, x, eps):
    return eps * max(1.0, abs(x))


# %% mutant="vanishes-at-zero" says="a step proportional to x: at 0 it is 0"
def best_step(order, x, eps):
    return eps ** (1 / (order + 1)) * abs(x)


# %% mutant="signed" says="a scale of max(1, x), which forgets that x may be negative"
def best_step(order, x, eps):
    return eps ** (1 / (order + 1)) * max(1.0, x)


# %% mutant="double-only" says="ignoring the eps that is given"
def best_step(order, x, eps):
    return EPS ** (1 / (order + 1)) * max(1.0, abs(x))


# %% mutant="root-of-order" says="the root of index p, although h**p * h is a power of p + 1"
def best_step(order, x, eps):
    return eps ** (1 / order) * max(1.0, abs(x))


# %% mutant="floor-division" says="1 // (order + 1), which is 0: every step is then 1"
def best_step(order, x, eps):
    return eps ** (1 // (order + 1)) * max(1.0, abs(x))


# %% mutant="lowest-error" says="the error at the bottom of the V instead of the step that leads there"
def best_step(order, x, eps):
    return eps ** (order / (order + 1)) * max(1.0, abs(x))


# %% mutant="scale-inside" says="letting the scale of x go under the root too"
def best_step(order, x, eps):
    return (eps * max(1.0, abs(x))) ** (1 / (order + 1))
