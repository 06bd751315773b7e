# %% mutant="builds-a-graph" says="forgetting to switch recording off, so that the average becomes a function of the model"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    for a, m in zip(mine, theirs):
        if a.is_floating_point():
            a.mul_(decay).add_(m, alpha=1 - decay)
        else:
            a.copy_(m)


# %% mutant="rebinds-data" says="giving the tensors of the average other memory"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.no_grad():
        for a, m in zip(avg.parameters(), model.parameters()):
            a.data = decay * a + (1 - decay) * m
        for a, m in zip(avg.buffers(), model.buffers()):
            if a.is_floating_point():
                a.data = decay * a + (1 - decay) * m
            else:
                a.data = m.clone()


# %% mutant="new-parameters" says="putting new parameters in the place of the old ones"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.no_grad():
        for (name, a), m in zip(list(avg.named_parameters()), model.parameters()):
            owner, _, leaf = name.rpartition(".")
            new = nn.Parameter(decay * a + (1 - decay) * m, a.requires_grad)
            setattr(avg.get_submodule(owner), leaf, new)
        for a, m in zip(avg.buffers(), model.buffers()):
            if a.is_floating_point():
                a.mul_(decay).add_(m, alpha=1 - decay)
            else:
                a.copy_(m)


# %% mutant="local-names-only" says="computing the average and binding it to a local name"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.no_grad():
        for a, m in zip(avg.parameters(), model.parameters()):
            a = decay * a + (1 - decay) * m
        for a, m in zip(avg.buffers(), model.buffers()):
            a = decay * a + (1 - decay) * m if a.is_floating_point() else m


# %% mutant="forgets-buffers" says="averaging the parameters and forgetting the buffers"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.no_grad():
        for a, m in zip(avg.parameters(), model.parameters()):
            a.mul_(decay).add_(m, alpha=1 - decay)


# %% mutant="copies-buffers" says="copying all buffers, the running statistics too"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.no_grad():
        for a, m in zip(avg.parameters(), model.parameters()):
            a.mul_(decay).add_(m, alpha=1 - decay)
        for a, m in zip(avg.buffers(), model.buffers()):
            a.copy_(m)


# %% mutant="forgets-counters" says="averaging the statistics and leaving the counters alone"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(decay).add_(m, alpha=1 - decay)


# %% mutant="averages-counters" says="averaging the number of batches, too"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            a.copy_(decay * a + (1 - decay) * m)


# %% mutant="swapped-weights" says="giving the model the weight of the average, and the average that of the model"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(1 - decay).add_(m, alpha=decay)
            else:
                a.copy_(m)


# %% mutant="moves-the-model" says="moving the model towards the average"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                m.mul_(decay).add_(a, alpha=1 - decay)
            else:
                m.copy_(a)


# %% mutant="adds-in-full" says="adding the model in full"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(decay).add_(m)
            else:
                a.copy_(m)


# %% mutant="forgets-decay" says="adding a share of the model without taking one from the average"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.add_(m, alpha=1 - decay)
            else:
                a.copy_(m)


# %% mutant="spoils-the-model" says="using the model's own tensors as scratch paper"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(decay).add_(m.mul_(1 - decay))
            else:
                a.copy_(m)


# %% mutant="freezes-the-average" says="switching requires_grad off on the average"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    avg.requires_grad_(False)
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(decay).add_(m, alpha=1 - decay)
            else:
                a.copy_(m)


# %% mutant="wipes-pages" says="clearing the gradients of the model"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    model.zero_grad()
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(decay).add_(m, alpha=1 - decay)
            else:
                a.copy_(m)


# %% mutant="global-switch-off" says="leaving gradients switched off for good"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    torch.set_grad_enabled(False)
    for a, m in zip(mine, theirs):
        if a.is_floating_point():
            a.mul_(decay).add_(m, alpha=1 - decay)
        else:
            a.copy_(m)


# %% mutant="copies-state" says="copying the model outright"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    avg.load_state_dict(model.state_dict())


# %% mutant="one-for-all" says="averaging the first parameter only"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.no_grad():
        a, m = next(avg.parameters()), next(model.parameters())
        a.mul_(decay).add_(m, alpha=1 - decay)
        for a, m in zip(avg.buffers(), model.buffers()):
            if a.is_floating_point():
                a.mul_(decay).add_(m, alpha=1 - decay)
            else:
                a.copy_(m)
