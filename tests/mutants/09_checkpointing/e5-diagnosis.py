# %% mutant="nothing-fixed" says="keeping the four functions as they were"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return broken_a(block, x)


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    return broken_b(layers, x, coin)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    return broken_c(block, x, rng)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    return broken_d(before, norm, after, x)


# %% mutant="a-and-b-swapped" says="exchanging the causes of A and B"
DIAGNOSIS = {
    "A": "another graph",
    "B": "reentrant",
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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="c-and-b-swapped" says="taking random numbers for another graph, and the other way round"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "foreign randomness",
    "C": "another graph",
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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="d-early-stop" says="blaming early stop for what happened twice"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "early stop",
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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="a-changed-weight" says="blaming a changed weight for gradients that are None"
DIAGNOSIS = {
    "A": "changed weight",
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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="c-changed-weight" says="blaming a changed weight for a wrong mask"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "changed weight",
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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="checkpoint-taken-away" says="curing A by taking the checkpoint away"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return block(x)


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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="all-checkpoints-taken-away" says="curing all four by taking the checkpoints away"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return block(x)


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    return in_a_row([f for f in layers if coin()], x)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    return block(x * torch.from_numpy(rng.random(x.shape) < 0.5))


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    return after(norm(before(x)))


# %% mutant="a-detached" says="cutting A off from its input"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return checkpoint(block, x.detach().requires_grad_(), use_reentrant=True)


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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="a-no-argument" says="leaving out use_reentrant in A"
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    return checkpoint(block, x)


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
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="b-tosses-inside" says="tossing inside still, with a list that grows"
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
    tossed = []

    def run(v):
        for layer in layers:
            tossed.append(coin())
            v = layer(v) if tossed[-1] else v
        return v

    return checkpoint(run, x, use_reentrant=False)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="b-one-toss" says="tossing one coin for all layers"
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
    chosen = layers if coin() else []
    return checkpoint(in_a_row, chosen, x, use_reentrant=False)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="b-no-check" says="switching off the comparison of the two calls"
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
    def run(v):
        for layer in layers:
            v = layer(v) if coin() else v
        return v

    return checkpoint(run, x, use_reentrant=False, determinism_check="none")


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="b-keeps-all" says="using every layer"
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
    for _ in layers:
        coin()
    return checkpoint(in_a_row, layers, x, use_reentrant=False)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="b-inverted" says="using the layers for which the coin says no"
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
    chosen = [layer for layer in layers if not coin()]
    return checkpoint(in_a_row, chosen, x, use_reentrant=False)


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="c-torch-dropout" says="drawing from another generator: another mask"
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
    return checkpoint(lambda v: block(functional.dropout(v) / 2), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="c-preserves-torch" says="bringing back the state of torch only"
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
    def run(v):
        return block(v * torch.from_numpy(rng.random(v.shape) < 0.5))

    return checkpoint(run, x, use_reentrant=False, preserve_rng_state=True)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="c-scaled" says="scaling the kept entries, which the broken one did not do"
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
    mask = 2.0 * torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="c-no-mask" says="leaving the mask out"
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
    return checkpoint(block, x, use_reentrant=False)


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    v = norm(checkpoint(before, x, use_reentrant=False))
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="d-eval" says="putting the norm into eval mode"
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
    norm.eval()
    return checkpoint(lambda v: after(norm(before(v))), x, use_reentrant=False)


# %% mutant="d-momentum" says="halving the momentum: two updates are not one"
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
    norm.momentum /= 2
    return checkpoint(lambda v: after(norm(before(v))), x, use_reentrant=False)


# %% mutant="d-counter-only" says="putting the counter right, and nothing else"
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
    norm.num_batches_tracked -= 1
    return checkpoint(lambda v: after(norm(before(v))), x, use_reentrant=False)


# %% mutant="d-norm-inside" says="putting the norm into one of the two checkpoints"
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
    v = checkpoint(lambda v: norm(before(v)), x, use_reentrant=False)
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="d-norm-left-out" says="leaving the norm out"
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
    v = checkpoint(before, x, use_reentrant=False)
    return checkpoint(after, v, use_reentrant=False)


# %% mutant="d-statistics-off" says="switching the running statistics off for good"
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
    norm.track_running_stats = False
    norm.running_mean = norm.running_var = None
    return checkpoint(lambda v: after(norm(before(v))), x, use_reentrant=False)
