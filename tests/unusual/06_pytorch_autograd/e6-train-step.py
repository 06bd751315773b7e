# %% unusual="zero-before-and-after"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    opt.zero_grad(set_to_none=False)
    loss = functional.mse_loss(model(batch[0]), batch[1])
    loss.backward()
    opt.step()
    opt.zero_grad()
    return float(loss)


# %% unusual="model-clears"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    error = model(X) - y
    loss = (error * error).mean()
    model.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach().item()


# %% unusual="assigns-gradients"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    params = list(model.parameters())
    loss = nn.MSELoss()(model(X), y)
    for p, g in zip(params, torch.autograd.grad(loss, params)):
        p.grad = g
    opt.step()
    return loss.tolist()


# %% unusual="closure"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch

    def closure():
        opt.zero_grad()
        loss = functional.mse_loss(model(X), y)
        loss.backward()
        return loss

    return float(opt.step(closure))


# %% unusual="numpy-float"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y, reduction="sum") / y.numel()
    loss.backward()
    opt.step()
    return np.float64(loss.detach().numpy())


# %% unusual="clears-one-by-one"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    for group in opt.param_groups:
        for p in group["params"]:
            p.grad = None
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    return loss.item()


# %% unusual="helper-cell"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    opt.zero_grad()
    loss = squared_error(model, *batch)
    loss.backward()
    opt.step()
    return loss.item()


# %% added="before"
def squared_error(model, X, y):
    return functional.mse_loss(model(X), y)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    return loss.item()
