# %% unusual="constant-of-its-own"
def best_step(order, x, eps):
    return (order * eps) ** (1 / (order + 1)) * max(1.0, abs(x))


# %% unusual="three-times"
def best_step(order, x, eps):
    return 3 * math.pow(eps, 1 / (1 + order)) * max(1.0, abs(x))


# %% unusual="a-third"
def best_step(order, x, eps):
    return eps ** (1 / (order + 1)) * (1 + abs(x)) / 3


# %% unusual="power-of-two"
def best_step(order, x, eps):
    return 2.0 ** math.floor(math.log2(eps) / (order + 1) + math.log2(max(1.0, abs(x))))


# %% unusual="exponentials"
def best_step(order, x, eps):
    return np.exp(np.log(eps) / (order + 1)) * np.hypot(1.0, x)


# %% unusual="ten-times"
def best_step(order, x, eps):
    return 10 * eps ** (1 / (order + 1)) * max(1.0, abs(x))


# %% unusual="searched"
def best_step(order, x, eps):
    steps = np.logspace(-17, 0, 171)
    return steps[np.argmin(steps**order + eps / steps)] * max(1.0, abs(x))
