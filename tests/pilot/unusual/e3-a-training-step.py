# %% unusual="count-first"
def accumulate(model, batches, loss_sum):
    batches = list(batches)
    n = sum(len(X) for X, _ in batches)
    for X, y in batches:
        (loss_sum(model(X), y) / n).backward()


# %% unusual="scale-at-the-end"
def accumulate(model, batches, loss_sum):
    before = [p.grad for p in model.parameters()]
    for p in model.parameters():
        p.grad = None
    n = 0
    for X, y in batches:
        loss_sum(model(X), y).backward()
        n += len(X)
    for p, old in zip(model.parameters(), before):
        p.grad = p.grad / n + (0 if old is None else old)
