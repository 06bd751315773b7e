# %% unusual="catches-exceptions"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        try:
            gradcheck(fn, x.clone().requires_grad_())
        except RuntimeError:
            return x
    return None


# %% unusual="helper-cell"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    return next((x for x in candidates if refused(fn, x)), None)


# %% added="before"
def refused(fn, x):
    return not gradcheck(fn, x.detach().requires_grad_(), raise_exception=False)


# %% unusual="leaf-returned"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        x = x.clone().requires_grad_()
        if not gradcheck(fn, x, raise_exception=False):
            return x
    return None


# %% unusual="single-row-walk"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.2, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 1, 10)) + list(line.reshape(20, 5, 1)) + [line[40:56].reshape(4, 4), line[30:50].reshape(2, 10)]
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None
