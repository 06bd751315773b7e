# %% mutant="always-randn" says="trying one ordinary random matrix"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    candidates = [torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))]
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="returns-randn" says="accusing every Function at a random matrix"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    return torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


# %% mutant="never" says="never finding anything"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    return None


# %% mutant="at-the-kinks" says="testing at kinks, where right Functions are refused too"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    candidates = [torch.zeros(2, 3, dtype=torch.float64)]
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates += list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="one-shape" says="walking along the line with one shape only"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="shapes-only" says="trying shapes near zero only"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.linspace(-2.02, 2.03, 200, dtype=torch.float64)
    candidates = []
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="cotangent-of-ones" says="adding the outputs up first, so that the cotangent is all ones"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(lambda t: fn(t).sum(), x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="not-far-enough" says="looking between -3 and 3"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    line = line[70:130]
    candidates = list(line.reshape(3, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(0, 60, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="few-columns" says="never trying many columns"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="word-for-none" says="saying so in words when nothing is found"
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
    return 'nothing found'


# %% mutant="true-or-false" says="answering True or False instead of a tensor"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 1), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return True
    return None
