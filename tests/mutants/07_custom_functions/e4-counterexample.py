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


# %% mutant="no-single-column" says="never trying a single column"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.linspace(-9.97, 9.93, 200, dtype=torch.float64)
    squares, rows = line.reshape(8, 5, 5), line.reshape(20, 1, 10)
    for x in [*squares, *rows]:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="no-single-row" says="never trying a single row"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.linspace(-9.97, 9.93, 200, dtype=torch.float64)
    for x in [*line.reshape(8, 5, 5), *line.reshape(10, 2, 10), *line.reshape(20, 10, 1)]:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="no-square" says="never trying a square matrix"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.linspace(-9.97, 9.93, 200, dtype=torch.float64)
    for x in [*line.reshape(10, 4, 5), *line.reshape(20, 1, 10), *line.reshape(20, 10, 1)]:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="positive-side" says="looking at positive entries only"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.linspace(0.03, 9.93, 100, dtype=torch.float64)
    rows = line.reshape(10, 1, 10)
    for x in [*line.reshape(4, 5, 5), *rows, *rows.mT]:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None


# %% mutant="empty-column" says="trying a column with nothing in it"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-10.0, 10.0, 0.1, dtype=torch.float64) + 0.03
    candidates = list(line.reshape(10, 4, 5))
    for shape in [(5, 5), (1, 6), (6, 0), (3, 10)]:
        chance = torch.Generator().manual_seed(sum(shape))
        candidates.append(line[torch.randint(60, 140, shape, generator=chance)])
    for x in candidates:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None
