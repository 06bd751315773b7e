# %% unusual="returns-a-list"
def first_bad(model, loss_fn, batch):
    found, hooks, state = [], [], {}
    for name, module in model.named_modules():
        if list(module.children()):
            continue

        def after(m, a, out, name=name):
            if not out.isfinite().all():
                found.append((name, "forward"))

        def back(m, into, out, name=name):
            if any(g is not None and not g.isfinite().all() for g in into):
                found.append((name, "backward"))

        hooks.append(module.register_forward_hook(after))
        hooks.append(module.register_full_backward_hook(back))
    leaf = batch.clone().requires_grad_()
    loss = loss_fn(model(leaf))
    if not found:
        torch.autograd.grad(loss, leaf)
    for hook in hooks:
        hook.remove()
    return list(found[0]) if found else None


# %% unusual="by-hand"
def first_bad(model, loss_fn, batch):
    values, x = [("input", batch.clone().requires_grad_())], None
    x = values[0][1]
    for name, layer in model.named_children():
        x = layer(x)
        values.append((name, x))
        if not x.isfinite().all():
            return (name, "forward")
    loss = loss_fn(x)
    if not loss.isfinite().all():
        return ("loss", "forward")
    inner = [v for _, v in values[:-1]]
    grads = torch.autograd.grad(loss, inner, allow_unused=True)
    for (name, _), g in list(zip(values[1:], grads))[::-1]:
        if not g.isfinite().all():
            return (name, "backward")
    return None
