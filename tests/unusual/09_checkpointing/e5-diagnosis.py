# %% unusual="other-cures"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    dummy = torch.zeros(1, requires_grad=True)
    return checkpoint(lambda v, _: block(v), x, dummy, use_reentrant=True)


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    tosses = [bool(coin()) for _ in range(len(layers))]

    def run(v, tosses):
        for used, layer in zip(tosses, layers):
            v = layer(v) if used else v
        return v

    return checkpoint(run, x, tosses, use_reentrant=False)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.as_tensor(rng.random(tuple(x.shape)) < 0.5)
    return checkpoint(lambda v, m: block(torch.where(m, v, 0.0)), x, mask, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = checkpoint(before, x, use_reentrant=False)
    return after(norm(v))


# %% unusual="states-brought-back"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    if not x.requires_grad:
        x = x.detach().requires_grad_()
    return checkpoint(block, x, use_reentrant=True)


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    remembered = []

    def run(v):
        if not remembered:
            remembered.extend(coin() for _ in layers)
        for said, layer in zip(remembered, layers):
            if said:
                v = layer(v)
        return v

    return checkpoint(run, x, use_reentrant=False)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    state = rng.bit_generator.state

    def run(v):
        mine = np.random.Generator(type(rng.bit_generator)())
        mine.bit_generator.state = state
        return block(v * torch.from_numpy(mine.random(v.shape) < 0.5))

    y = checkpoint(run, x, use_reentrant=False)
    rng.random(x.shape)
    return y


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    first = [True]

    def run(v):
        v = before(v)
        if first.pop() if first else False:
            v = norm(v)
        else:
            spare = [b.clone() for b in (norm.running_mean, norm.running_var)]
            v = functional.batch_norm(v, *spare, norm.weight, norm.bias, True)
        return after(v)

    return checkpoint(run, x, use_reentrant=False)


# %% unusual="statistics-put-back"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return checkpoint(block, x, use_reentrant=False)


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    plan = [layer for layer in layers if coin()] or [nn.Identity()]
    for layer in plan:
        x = checkpoint(layer, x, use_reentrant=False)
    return x


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    calls = []

    def run(v):
        calls.append(1)
        kept = [b.clone() for b in norm.buffers()] if len(calls) > 1 else None
        v = norm(before(v))
        if kept:
            for b, old in zip(norm.buffers(), kept):
                b.data = old
        return after(v)

    return checkpoint(run, x, use_reentrant=False)


# %% unusual="square-root-of-momentum"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return checkpoint(block, x, use_reentrant=False)


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    chosen = [layer for layer in layers if coin()]
    return checkpoint(in_a_row, chosen, x, use_reentrant=False)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    return after(norm(checkpoint(before, x, use_reentrant=False)))


# %% unusual="helpers-in-an-added-cell"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return safe(block, x)


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    return safe(in_a_row, [f for f in layers if coin()], x)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    return safe(lambda v, m: block(v * m), x, torch.from_numpy(rng.random(x.shape) < 0.5))


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    return safe(after, norm(safe(before, x)))


# %% added="before"
from torch.utils import checkpoint as module


def safe(f, *tensors):
    return module.checkpoint(f, *tensors, use_reentrant=False)
