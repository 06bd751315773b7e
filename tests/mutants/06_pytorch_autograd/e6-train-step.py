# %% mutant="zero-before-step" says="clearing the pages between backward and step: nothing moves"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.zero_grad()
    opt.step()
    return loss.item()


# %% mutant="never-clears" says="never clearing the pages, so that old amounts push on"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    return loss.item()


# %% mutant="clears-at-the-end-only" says="clearing the pages at the end only"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.item()


# %% mutant="returns-a-tensor" says="giving back the loss as a tensor, with its graph"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    return loss


# %% mutant="returns-a-detached-tensor" says="giving back a tensor, cut off from its graph, but no float"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    return loss.detach()


# %% mutant="no-step" says="filling the pages and not moving"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    return loss.item()


# %% mutant="step-first" says="moving before the pages are filled"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.step()
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    return loss.item()


# %% mutant="loss-afterwards" says="giving back the loss after the step"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    functional.mse_loss(model(X), y).backward()
    opt.step()
    return functional.mse_loss(model(X), y).item()


# %% mutant="sum-not-mean" says="adding up the squares instead of averaging them"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = (model(X) - y).square().sum()
    loss.backward()
    opt.step()
    return loss.item()


# %% mutant="mean-over-examples" says="dividing by the number of examples instead of entries"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = (model(X) - y).square().sum() / len(X)
    loss.backward()
    opt.step()
    return loss.item()


# %% mutant="absolute-error" says="taking the absolute error"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.l1_loss(model(X), y)
    loss.backward()
    opt.step()
    return loss.item()


# %% mutant="own-descent" says="stepping by hand with a rate of 0.1, whatever opt is"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    loss = functional.mse_loss(model(X), y)
    grads = torch.autograd.grad(loss, list(model.parameters()))
    with torch.no_grad():
        for p, g in zip(model.parameters(), grads):
            p -= 0.1 * g
    return loss.item()


# %% mutant="steps-twice" says="moving twice on one gradient"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    opt.step()
    return loss.item()


# %% mutant="clips" says="clamping the gradient, which nobody asked for"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), 0.1)
    opt.step()
    return loss.item()
