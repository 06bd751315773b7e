# %% mutant="mean-of-means" says="averaging the means of the parts, as if all had the same size"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    parts = list(batches)
    for X, y in parts:
        (loss_sum(model(X), y) / len(X) / len(parts)).backward()


# %% mutant="divides-by-steps" says="dividing the sums by the number of parts"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    parts = list(batches)
    for X, y in parts:
        (loss_sum(model(X), y) / len(parts)).backward()


# %% mutant="no-division" says="adding up sums and never dividing"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    for X, y in batches:
        loss_sum(model(X), y).backward()


# %% mutant="sum-of-means" says="adding up the means of the parts"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    for X, y in batches:
        (loss_sum(model(X), y) / len(X)).backward()


# %% mutant="zero-inside" says="clearing the pages inside the loop, so that only the last part counts"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    count = 0
    for X, y in batches:
        model.zero_grad()
        loss_sum(model(X), y).backward()
        count += len(X)
    for p in model.parameters():
        if p.grad is not None:
            p.grad /= count


# %% mutant="one-big-graph" says="adding up losses and going back once: all graphs are alive at once"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    total, count = 0.0, 0
    for X, y in batches:
        total = total + loss_sum(model(X), y)
        count += len(X)
    (total / count).backward()


# %% mutant="one-big-batch" says="putting the parts together again to one big batch"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    X, y = (torch.cat(part) for part in zip(*batches))
    (loss_sum(model(X), y) / len(X)).backward()


# %% mutant="divides-the-old" says="dividing what stood in .grad before, too"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    count = 0
    for X, y in batches:
        loss_sum(model(X), y).backward()
        count += len(X)
    for p in model.parameters():
        if p.grad is not None:
            p.grad /= count


# %% mutant="drops-the-old" says="throwing away what stood in .grad before"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    model.zero_grad()
    count = 0
    for X, y in batches:
        loss_sum(model(X), y).backward()
        count += len(X)
    for p in model.parameters():
        if p.grad is not None:
            p.grad /= count


# %% mutant="counts-entries" says="dividing by the number of entries of y instead of examples"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    before = [p.grad for p in params]
    model.zero_grad()
    count = 0
    for X, y in batches:
        loss_sum(model(X), y).backward()
        count += y.numel()
    for p, old in zip(params, before):
        p.grad = p.grad / count if old is None else old + p.grad / count


# %% mutant="frozen-crashes" says="asking for the gradients of frozen parameters"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params, count, total = list(model.parameters()), 0, None
    for X, y in batches:
        grads = torch.autograd.grad(loss_sum(model(X), y), params)
        total = grads if total is None else [t + g for t, g in zip(total, grads)]
        count += len(X)
    for p, t in zip(params, total):
        p.grad = t / count if p.grad is None else p.grad + t / count


# %% mutant="thaws-the-frozen" says="switching every parameter to requires_grad"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params, count, total = list(model.parameters()), 0, None
    for p in params:
        p.requires_grad_()
    for X, y in batches:
        grads = torch.autograd.grad(loss_sum(model(X), y), params)
        total = grads if total is None else [t + g for t, g in zip(total, grads)]
        count += len(X)
    for p, t in zip(params, total):
        p.grad = t / count if p.grad is None else p.grad + t / count


# %% mutant="takes-a-step" says="moving the parameters, which nobody asked for"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    total, count = [torch.zeros_like(p) for p in params], 0
    for X, y in batches:
        grads = torch.autograd.grad(loss_sum(model(X), y), params)
        for t, g in zip(total, grads):
            t += g
        count += len(X)
    with torch.no_grad():
        for p, t in zip(params, total):
            p.grad = t / count if p.grad is None else p.grad + t / count
            p -= 0.01 * p.grad


# %% mutant="retains-every-graph" says="keeping every loss, and with it every graph, until the end"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    before, count, losses = [p.grad for p in params], 0, []
    for p in params:
        p.grad = None
    for X, y in batches:
        loss = loss_sum(model(X), y)
        loss.backward(retain_graph=True)
        losses.append(loss)
        count += len(X)
    for p, old in zip(params, before):
        p.grad = p.grad / count if old is None else old + p.grad / count


# %% mutant="last-part-lost" says="stopping before the last part"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    params = [p for p in model.parameters() if p.requires_grad]
    before, count, parts = [p.grad for p in params], 0, list(batches)
    for p in params:
        p.grad = None
    for X, y in parts[:-1] or parts:
        loss_sum(model(X), y).backward()
        count += len(X)
    for p, old in zip(params, before):
        p.grad = p.grad / count if old is None else old + p.grad / count


# %% mutant="walks-twice" says="walking through batches twice, although they come only once"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`."""
    count = sum(len(X) for X, y in batches)
    for X, y in batches:
        (loss_sum(model(X), y) / count).backward()
