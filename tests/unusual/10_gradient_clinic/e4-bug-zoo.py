# %% unusual="autograd-grad-everywhere"
def fix_1(w, X, y, lr, steps):
    for _ in range(steps):
        leaf = w.detach().requires_grad_()
        (g,) = torch.autograd.grad(((X @ leaf - y) ** 2).mean(), leaf)
        w = w - lr * g
    return w


def fix_2(start, X, y):
    w = start.double().detach().clone().requires_grad_()
    return torch.autograd.grad((X @ w - y).square().mean(), w)[0]


def fix_3(w, X, y, strength):
    f = lambda v: ((X @ v - y) ** 2).mean() + strength * v @ v
    return torch.func.grad(f)(w)


def fix_4(x):
    leaf = x.detach().clone().requires_grad_()
    loss = functional.softplus(leaf, threshold=1e9).sum()
    return loss.item(), torch.autograd.grad(loss, leaf)[0]


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
    leaf = w.detach().clone().requires_grad_()
    error = X @ leaf - y
    return torch.autograd.grad(error, leaf, error.detach().clamp(-limit, limit))[0]


def fix_8(trunk, head, X, y):
    every = [*trunk.parameters(), *head.parameters()]
    loss = (head(trunk(X)) - y).square().mean()
    for p, g in zip(every, torch.autograd.grad(loss, every)):
        p.grad = g
    return float(loss)


# %% unusual="by-formula"
def fix_1(w, X, y, lr, steps):
    w = w.clone()
    for _ in range(steps):
        w = w - lr * 2 * X.T @ (X @ w - y) / len(y)
    return w


def fix_2(start, X, y):
    return 2 * X.T @ (X @ start.to(X) - y) / len(y)


def fix_3(w, X, y, strength):
    return 2 * X.T @ (X @ w - y) / len(y) + 2 * strength * w


def fix_4(x):
    return torch.log1p(x.exp()).sum().item(), torch.sigmoid(x)


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
    return X.T @ (X @ w - y).clamp(min=-limit, max=limit)


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% unusual="small-changes"
def fix_1(w, X, y, lr, steps):
    w = nn.Parameter(w.clone())
    opt = torch.optim.SGD([w], lr=lr)
    for _ in range(steps):
        opt.zero_grad(set_to_none=False)
        ((X @ w - y) ** 2).mean().backward()
        opt.step()
    return w.detach()


def fix_2(start, X, y):
    w = start.clone().requires_grad_().to(X.dtype)
    w.retain_grad()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def fix_3(w, X, y, strength):
    w = w.clone().requires_grad_()
    penalty = torch.linalg.vector_norm(w).square()
    (((X @ w - y) ** 2).mean() + strength * penalty).backward()
    return w.grad


def fix_4(x):
    x = x.clone().requires_grad_()
    e = x.exp().clone()
    e += 1
    loss = e.log().sum()
    loss.backward()
    return loss.item(), x.grad


def fix_5(sizes):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = zip(sizes[:-1], sizes[1:], strict=True)
            self.layers = nn.ModuleList(nn.Linear(m, n) for m, n in pairs)

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).tanh()
            return self.layers[-1](x)

    return Net()


def fix_6(model, batches):
    losses = []
    for X, y in batches:
        losses.append(functional.mse_loss(model(X), y).item())
    return sum(losses) / len(losses)


def fix_7(w, X, y, limit):
    w = w.clone().requires_grad_()
    functional.huber_loss(X @ w, y, reduction="sum", delta=limit).backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% unusual="other-containers"
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
    net = Tower()
    for i, (m, n) in enumerate(zip(sizes, sizes[1:])):
        net.add_module(f"layer{i}", nn.Linear(m, n))
    return net


@torch.inference_mode()
def fix_6(model, batches):
    return float(np.mean([(model(X) - y).square().mean().item() for X, y in batches]))


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


# %% added="before"
class Tower(nn.Module):
    def forward(self, x):
        *inner, last = self.children()
        for layer in inner:
            x = torch.tanh(layer(x))
        return last(x)


# %% unusual="weights-in-a-parameter-list"
def fix_1(w, X, y, lr, steps):
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad.zero_()
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
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.b = nn.ParameterList([torch.zeros(n) for n in sizes[1:]])
            self.w = nn.ParameterList([torch.randn(n, m) / m**0.5 for m, n in zip(sizes, sizes[1:])])

        def forward(self, x):
            for i, (w, b) in enumerate(zip(self.w, self.b)):
                x = functional.linear(x if i == 0 else torch.tanh(x), w, b)
            return x

    return Net()


def fix_6(model, batches):
    mean = 0.0
    for i, (X, y) in enumerate(batches):
        loss = functional.mse_loss(model(X), y).detach()
        mean += (float(loss) - mean) / (i + 1)
    return mean


def fix_7(w, X, y, limit):
    w = w.clone().requires_grad_()
    e = (X @ w - y).abs()
    q = e.clamp(max=limit)
    (0.5 * q**2 + limit * (e - q)).sum().backward()
    return w.grad


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
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
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()
