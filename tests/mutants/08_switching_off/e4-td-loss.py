# %% mutant="no-cut" says="letting the gradient through both branches"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    best = target_net(s2).max(dim=1).values
    wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="cuts-the-wrong-branch" says="cutting the online branch instead of the target"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    best = target_net(s2).max(dim=1).values
    wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1).detach()
    return (chosen - wanted).square().mean()


# %% mutant="cuts-both" says="cutting both branches"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
        chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="clamps-the-error" says="clamping the error to [-1, 1]: where it clamps, nothing is learned"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).clamp(-1, 1).square().mean()


# %% mutant="huber" says="taking the Huber loss, which is linear for large errors"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return functional.smooth_l1_loss(chosen, wanted)


# %% mutant="column-minus-row" says="subtracting shapes (n, 1) and (n,), which makes (n, n)"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1))
    return (chosen - wanted).square().mean()


# %% mutant="ignores-done" says="adding the next state's worth although the game has ended"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="done-the-wrong-way-round" says="adding the next state's worth only where the game has ended"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * done * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="done-drops-the-reward" says="dropping the last reward together with the next state"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = (1 - done) * (r + gamma * best)
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="discounts-the-reward" says="multiplying the reward by gamma, too"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = gamma * (r + (1 - done) * best)
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="forgets-gamma" says="forgetting gamma"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="forgets-the-reward" says="forgetting the reward"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="online-net-for-both" says="asking the online network for the next state's worth"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="chosen-action-next" says="taking the same action in the next state instead of the best"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).gather(1, a.unsqueeze(1)).squeeze(1)
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="best-action-now" says="training the best action instead of the chosen one"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).max(dim=1).values
    return (chosen - wanted).square().mean()


# %% mutant="max-over-states" says="taking the largest over states instead of actions"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=0).values[a]
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="mean-over-actions" says="averaging the next state's worth over actions"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).mean(dim=1)
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="sum-not-mean" says="adding up the squares"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().sum()


# %% mutant="absolute-error" says="taking the absolute error"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).abs().mean()


# %% mutant="half-the-square" says="taking half of the square"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return 0.5 * (chosen - wanted).square().mean()


# %% mutant="a-float" says="giving back a number that nothing can be learned from"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean().item()


# %% mutant="keeps-a-shape" says="giving back a tensor of shape (1,)"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean().reshape(1)


# %% mutant="freezes-the-target" says="freezing the target network for good"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    target_net.requires_grad_(False)
    best = target_net(s2).max(dim=1).values
    wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="eval-for-good" says="leaving the target network in eval()"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    target_net.eval()
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()


# %% mutant="global-switch-off" says="switching recording on at the end by hand, and off for good before"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    torch.set_grad_enabled(False)
    best = target_net(s2).max(dim=1).values
    wanted = r + gamma * (1 - done) * best
    with torch.enable_grad():
        chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
        return (chosen - wanted).square().mean()


# %% mutant="wipes-the-target" says="clearing the target's gradients"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    target_net.zero_grad()
    return (chosen - wanted).square().mean()
