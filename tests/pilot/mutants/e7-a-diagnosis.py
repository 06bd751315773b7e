# %% mutant="nan-only" says="looking for NaN and letting Inf pass"
def first_bad(model, loss_fn, batch):
    found, hooks, state = [], [], {}
    for name, module in model.named_modules():
        if list(module.children()):
            continue

        def after(m, a, out, name=name):
            if out.isnan().any():
                found.append((name, "forward"))

        def back(m, into, out, name=name):
            if any(g is not None and g.isnan().any() for g in into):
                found.append((name, "backward"))

        hooks.append(module.register_forward_hook(after))
        hooks.append(module.register_full_backward_hook(back))
    leaf = batch.clone().requires_grad_()
    loss = loss_fn(model(leaf))
    if not found:
        torch.autograd.grad(loss, leaf)
    for hook in hooks:
        hook.remove()
    return found[0] if found else None


# %% mutant="reports-last" says="reporting the last bad place instead of the first"
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
    return found[-1] if found else None


# %% mutant="leaves-hooks" says="leaving its hooks on the model"
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
    pass
    return found[0] if found else None
