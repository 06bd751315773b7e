# %% unusual="scales-each-loss"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    parts = list(batches)
    n = sum(len(X) for X, _ in parts)
    for X, y in parts:
        (loss_sum(model(X), y) / n).backward()


# %% unusual="autograd-grad"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    total, count = [torch.zeros_like(p) for p in params], 0
    for X, y in batches:
        for t, g in zip(total, torch.autograd.grad(loss_sum(model(X), y), params)):
            t += g
        count += len(X)
    for p, t in zip(params, total):
        p.grad = t / count if p.grad is None else p.grad + t / count


# %% unusual="running-mean"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    mean, seen = [torch.zeros_like(p) for p in params], 0
    for X, y in batches:
        seen += len(X)
        loss = loss_sum(model(X), y) / len(X)
        grads = torch.autograd.grad(loss, params)
        mean = [m + (g - m) * (len(X) / seen) for m, g in zip(mean, grads)]
    for p, m in zip(params, mean):
        p.grad = m if p.grad is None else p.grad + m


# %% unusual="takes-the-old-off-again"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    old = {p: p.grad.clone() for p in params if p.grad is not None}
    count = 0
    for X, y in batches:
        loss_sum(model(X), y).backward()
        count += y.shape[0]
    with torch.no_grad():
        for p in params:
            if p in old:
                p.grad.sub_(old[p]).div_(count).add_(old[p])
            else:
                p.grad.div_(count)


# %% unusual="example-by-example"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    rows = [(X[i : i + 1], y[i : i + 1]) for X, y in batches for i in range(len(X))]
    for X, y in rows:
        loss = loss_sum(model(X), y) * (1 / len(rows))
        loss.backward()


# %% unusual="in-place-scaling"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    old = [None if p.grad is None else p.grad.detach().clone() for p in params]
    model.zero_grad(set_to_none=False)
    n = 0
    for pair in batches:
        loss_sum(model(pair[0]), pair[1]).backward()
        n = n + pair[0].size(0)
    for p, o in zip(params, old):
        p.grad.mul_(1.0 / n)
        if o is not None:
            p.grad.add_(o)


# %% unusual="helper-cell"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    total, count = None, 0
    for X, y in batches:
        total, count = added(total, part(model, loss_sum(model(X), y))), count + len(X)
    for p, g in zip(trained(model), total):
        p.grad = g / count + (0 if p.grad is None else p.grad)


# %% added="before"
def trained(model):
    return [p for p in model.parameters() if p.requires_grad]


def part(model, loss):
    return torch.autograd.grad(loss, trained(model))


def added(total, grads):
    return grads if total is None else [t + g for t, g in zip(total, grads)]


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    parts = [*batches]
    n = sum(len(X) for X, _ in parts)
    for X, y in parts:
        (loss_sum(model(X), y) / n).backward()
