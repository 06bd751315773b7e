# %% mutant="still-buggy-1" says="never clearing .grad"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="still-buggy-2" says="asking a tensor made by .to for its gradient"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.clone().requires_grad_().to(X.dtype)
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="still-buggy-3" says="leaving the graph by way of NumPy"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    penalty = float(np.sum(w.detach().numpy() ** 2))
    (((X @ w - y) ** 2).mean() + strength * penalty).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="still-buggy-4" says="changing in place what exp has saved"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    e = x.exp()
    e += 1
    loss = e.log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="still-buggy-5" says="keeping layers in a Python list, where no module finds them"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = zip(sizes[:-1], sizes[1:], strict=True)
            self.layers = [nn.Linear(m, n) for m, n in pairs]

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).tanh()
            return self.layers[-1](x)

    return Net()


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="still-buggy-6" says="keeping every batch's graph until the end"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    for X, y in batches:
        losses.append(functional.mse_loss(model(X), y))
    return (sum(losses) / len(losses)).item()


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="still-buggy-7" says="clipping the value, so that large errors send nothing back"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    (0.5 * error.clamp(-limit, limit) ** 2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="still-buggy-8" says="running the trunk under no_grad"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    with torch.no_grad():  # saves memory
        features = trunk(X)
    loss = functional.mse_loss(head(features), y)
    loss.backward()
    return loss.item()


# %% mutant="1-smaller-rate" says="hiding the missing zero_grad behind a smaller rate"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= 0.5 * lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="1-clears-too-early" says="clearing .grad between backward and the step"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        w.grad.zero_()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="1-changes-w" says="changing the tensor that was given"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w.requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="1-sum-not-mean" says="adding up errors instead of taking the mean"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).sum().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="2-asks-the-start" says="asking the float32 start, whose gradient is rounded"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    leaf = start.clone().requires_grad_()
    ((X @ leaf.to(X.dtype) - y) ** 2).mean().backward()
    return leaf.grad.to(X.dtype)


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="2-all-in-single" says="computing everything in float32"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.clone().requires_grad_()
    ((X.float() @ w - y.float()) ** 2).mean().backward()
    return w.grad.double()


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="2-switches-the-start-on" says="switching requires_grad of the given tensor on"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    start.requires_grad_()
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="3-penalty-detached" says="detaching the penalty"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w.detach() ** 2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="3-mean-penalty" says="taking the mean of the squares as penalty"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).mean()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="3-half-penalty" says="halving the penalty, as some books do"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + 0.5 * strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="4-data" says="silencing the error with .data"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    e = x.exp()
    e.data += 1
    loss = e.log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="4-detach" says="cutting the exponential off"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    e = x.exp()
    loss = (x + (e.detach() + 1).log() - x.detach()).sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="4-retain-graph" says="asking to keep a graph that was changed"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    e = x.exp()
    e += 1
    loss = e.log().sum()
    loss.backward(retain_graph=True)
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="4-numpy" says="writing through NumPy"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    e = x.exp()
    e.detach().numpy()[...] += 1
    loss = e.log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="4-catches" says="catching the error and returning zeros"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    return (x.exp() + 1).log().sum().item(), torch.zeros_like(x)


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="5-tanh-at-the-end" says="leaving tanh after the last layer"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers)


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="5-no-tanh" says="leaving tanh out"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Identity()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="5-one-registered" says="registering the last layer only"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = zip(sizes[:-1], sizes[1:], strict=True)
            self.layers = [nn.Linear(m, n) for m, n in pairs]

            self.last = self.layers[-1]

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).tanh()
            return self.layers[-1](x)

    return Net()


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="5-parameters-method" says="overwriting parameters() instead of registering"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = zip(sizes[:-1], sizes[1:], strict=True)
            self.layers = [nn.Linear(m, n) for m, n in pairs]

        def parameters(self, recurse=True):
            return (p for layer in self.layers for p in layer.parameters())

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).tanh()
            return self.layers[-1](x)

    return Net()


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="5-no-bias" says="leaving the biases out"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n, bias=False), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="6-keeps-tensors" says="keeping tensors and calling item at the end"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    total = 0.0
    for X, y in batches:
        total = total + functional.mse_loss(model(X), y)
    return total.item() / len(batches)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="6-returns-tensor" says="returning a tensor"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="6-sum" says="returning the sum"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="6-last" says="returning the last batch's loss"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return losses[-1]


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="6-eval-only" says="believing that eval() stops the recording"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    model.eval()
    losses = []
    for X, y in batches:
        losses.append(functional.mse_loss(model(X), y))
    return (sum(losses) / len(losses)).item()


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="7-larger-limit" says="hiding the bug behind a larger limit"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    (0.5 * error.clamp(-10 * limit, 10 * limit) ** 2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="7-clips-the-result" says="clipping the gradient of the weights"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    (0.5 * (X @ w - y) ** 2).sum().backward()
    return w.grad.clamp(-limit, limit)


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="7-smooth-l1" says="taking smooth_l1_loss, which divides by the limit"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    functional.smooth_l1_loss(X @ w, y, reduction="sum", beta=limit).backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="7-mean" says="averaging where the sum was asked for"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).mean().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="7-not-at-all" says="not limiting anything"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="7-sign" says="sending back the sign of the error"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: limit * g.sign())
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="8-requires-grad" says="switching requires_grad of the features on: no error, no gradient"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    with torch.no_grad():  # saves memory
        features = trunk(X)
    features.requires_grad_()
    loss = functional.mse_loss(head(features), y)
    loss.backward()
    return loss.item()


# %% mutant="8-detach" says="detaching the features"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X).detach()) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="8-detached-head" says="training the trunk and not the head"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    head.zero_grad()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="8-twice" says="going back twice"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward(retain_graph=True)
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% mutant="8-sum" says="adding up squares instead of averaging"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().sum()
    loss.backward()
    return loss.item()
