# %% mutant="mean-of-means" says="dividing by the number of micro-batches, whatever their sizes"
def accumulate(model, batches, loss_sum):
    batches = list(batches)
    for X, y in batches:
        (loss_sum(model(X), y) / len(X) / len(batches)).backward()


# %% mutant="zero-inside" says="clearing the gradients inside the loop"
def accumulate(model, batches, loss_sum):
    batches = list(batches)
    n = sum(len(X) for X, _ in batches)
    for X, y in batches:
        model.zero_grad()
        (loss_sum(model(X), y) / n).backward()


# %% mutant="keeps-graphs" says="keeping every micro-batch's graph until the end"
def accumulate(model, batches, loss_sum):
    total, n = 0.0, 0
    for X, y in batches:
        total = total + loss_sum(model(X), y)
        n += len(X)
    (total / n).backward()
