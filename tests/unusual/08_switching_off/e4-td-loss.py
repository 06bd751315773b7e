# %% unusual="detach"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    wanted = (r + gamma * (1 - done) * target_net(s2).amax(1)).detach()
    chosen = net(s)[torch.arange(len(a)), a]
    return functional.mse_loss(chosen, wanted)


# %% unusual="inference-mode-and-terms"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.inference_mode():
        wanted = r + gamma * (1 - done) * target_net(s2).max(1)[0]
    error = net(s)[range(len(a)), a] - wanted
    return (error * error).mean()


# %% unusual="one-hot"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    best = torch.no_grad()(target_net)(s2).max(dim=-1).values
    wanted = torch.where(done == 1, r, r + gamma * best)
    mask = functional.one_hot(a, 4).double()
    return torch.mean(((net(s) * mask).sum(1) - wanted) ** 2)


# %% unusual="row-by-row"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    total = 0.0
    for i in range(len(a)):
        with torch.no_grad():
            wanted = r[i]
            if done[i] == 0:
                wanted = wanted + gamma * max(target_net(s2[i]))
        total = total + (net(s[i])[a[i]] - wanted) ** 2
    return total / len(a)


# %% unusual="columns"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best, _ = torch.max(target_net(s2), 1, keepdim=True)
        target = r.view(-1, 1) + gamma * best * (1.0 - done.view(-1, 1))
    chosen = torch.gather(net(s), 1, a.view(-1, 1))
    return nn.MSELoss()(chosen, target)


# %% unusual="numpy-target"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    best = target_net(s2).detach().numpy().max(axis=1)
    wanted = torch.from_numpy(r.numpy() + gamma * (1 - done.numpy()) * best)
    error = wanted - net(s).take_along_dim(a[:, None], 1).flatten()
    return error.pow(2).sum() / error.numel()


# %% unusual="functional-call"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    cut = {k: p.detach() for k, p in target_net.named_parameters()}
    best = torch.func.functional_call(target_net, cut, (s2,)).topk(1).values[:, 0]
    error = net(s).gather(1, a[:, None])[:, 0] - r - gamma * (1 - done) * best
    return error.square().mean()


# %% unusual="huge-error-norm"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return torch.linalg.vector_norm(chosen - wanted).square() / len(r)


# %% unusual="helper-cell"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    error = picked(net(s), a) - wanted_from(target_net, r, s2, done, gamma)
    return error.square().mean()


# %% added="before"
def picked(values, actions):
    return values.gather(1, actions[:, None])[:, 0]


@torch.no_grad()
def wanted_from(network, r, s2, done, gamma):
    return r + gamma * (1 - done) * network(s2).max(dim=1).values


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()
