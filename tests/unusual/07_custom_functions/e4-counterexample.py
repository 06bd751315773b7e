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


# %% unusual="by-vector-products"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-9.97, 10.0, 0.1, dtype=torch.float64)
    shapes = [(3, 3), (1, 1), (1, 9), (9, 1), (2, 10), (5, 4)]
    dice = torch.Generator().manual_seed(1)
    for shape in shapes:
        size = shape[0] * shape[1]
        for start in range(0, len(line), size):
            x = line[start : start + size].clone()
            if len(x) < size:
                x = line[-size:].clone()
            x = x.reshape(shape)
            leaf = x.clone().requires_grad_()
            y = fn(leaf)
            for _ in range(2):
                u = torch.randn(y.shape, dtype=y.dtype, generator=dice)
                v = torch.randn(x.shape, dtype=x.dtype, generator=dice)
                (pulled,) = torch.autograd.grad(y, leaf, u, retain_graph=True)
                h = 1e-6
                pushed = (fn(x + h * v) - fn(x - h * v)).detach() / (2 * h)
                left, right = (u * pushed).sum(), (pulled * v).sum()
                if (left - right).abs() > 1e-4 * (1 + left.abs() + right.abs()):
                    return x
    return None


# %% unusual="whole-line-every-shape"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    line = torch.arange(-9.97, 10.0, 0.2, dtype=torch.float64)
    for rows, columns in [(4, 4), (1, 8), (6, 1), (2, 9)]:
        for part in line.split(rows * columns):
            if part.numel() < rows * columns:
                part = line[-rows * columns :]
            x = part.reshape(rows, columns).clone()
            if not gradcheck(fn, x.requires_grad_(), raise_exception=False):
                return x.detach()
    return None
