# %% unusual="lerp"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.no_grad():
        for a, m in zip(avg.parameters(), model.parameters()):
            a.lerp_(m, 1 - decay)
        for a, m in zip(avg.buffers(), model.buffers()):
            a.lerp_(m, 1 - decay) if a.is_floating_point() else a.copy_(m)


# %% unusual="foreach"
@torch.no_grad()
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    torch._foreach_mul_(list(avg.parameters()), decay)
    torch._foreach_add_(list(avg.parameters()), list(model.parameters()), alpha=1 - decay)
    for a, m in zip(avg.buffers(), model.buffers()):
        a.copy_(decay * a + (1 - decay) * m if a.dtype.is_floating_point else m)


# %% unusual="through-data"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    for a, m in zip(avg.parameters(), model.parameters()):
        a.data.mul_(decay).add_(m.data * (1 - decay))
    for a, m in zip(avg.buffers(), model.buffers()):
        if torch.is_floating_point(a):
            a.data.mul_(decay).add_(m.data * (1 - decay))
        else:
            a.data.copy_(m.data)


# %% unusual="state-dict"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    new = model.state_dict()
    state = {}
    for key, old in avg.state_dict().items():
        if old.dtype == torch.int64:
            state[key] = new[key]
        else:
            state[key] = old + (1 - decay) * (new[key] - old)
    avg.load_state_dict(state)


# %% unusual="through-detach"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    for name, a in [*avg.named_parameters(), *avg.named_buffers()]:
        m = dict([*model.named_parameters(), *model.named_buffers()])[name].detach()
        if a.is_floating_point():
            a.detach()[...] = decay * a.detach() + (1 - decay) * m
        else:
            a[...] = m


# %% unusual="inference-mode"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    with torch.inference_mode():
        for a, m in zip(
            [*avg.parameters(), *avg.buffers()], [*model.parameters(), *model.buffers()]
        ):
            if a.is_floating_point():
                a.sub_((1 - decay) * (a - m))
            else:
                a.copy_(m)


# %% unusual="state-dict-in-place"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    theirs = model.state_dict()
    for key, a in avg.state_dict().items():
        if a.is_floating_point():
            a.mul_(decay)
            a += theirs[key] * (1 - decay)
        else:
            a.copy_(theirs[key])


# %% unusual="helper-cell"
@torch.no_grad()
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    for a, m in pairs(avg, model):
        towards(a, m, decay)


# %% added="before"
def pairs(one, other):
    yield from zip(one.parameters(), other.parameters(), strict=True)
    yield from zip(one.buffers(), other.buffers(), strict=True)


def towards(a, m, decay):
    a.copy_(torch.lerp(m, a, decay) if a.is_floating_point() else m)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(decay).add_(m, alpha=1 - decay)
            else:
                a.copy_(m)
