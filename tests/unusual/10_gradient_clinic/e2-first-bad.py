# %% unusual="backward-hooks"
def first_bad(model, loss_fn, batch):
    X, y = batch
    names = {m: n for n, m in model.named_modules()}
    parents = {}
    for m in names:
        for child in m.children():
            parents[child] = m
    found, hooks = [], []

    def bad(ts):
        return any(t is not None and not torch.isfinite(t).all() for t in ts)

    def ahead(m, args, out):
        if not bad(args) and bad([out]):
            found.append((names[m], "forward"))

    def before(m, gouts):
        if bad(gouts) and not found:
            found.append((names[parents[m]], "backward") if m in parents else ("loss", "backward"))

    def back(m, gins, gouts):
        if bad(gins) and not bad(gouts) and not found:
            found.append((names[m], "backward"))

    def on_parameter(name):
        return lambda g: found.append((name, "backward")) if bad([g]) and not found else None

    for m in names:
        hooks.append(m.register_forward_hook(ahead))
        hooks.append(m.register_full_backward_pre_hook(before))
        hooks.append(m.register_full_backward_hook(back))
        for p in m.parameters(recurse=False):
            if p.requires_grad:
                hooks.append(p.register_hook(on_parameter(names[m])))
    try:
        loss = loss_fn(model(X), y)
        if found:
            return found[0]
        if bad([loss]):
            return "loss", "forward"
        trained = [p for p in model.parameters() if p.requires_grad]
        if trained:
            torch.autograd.grad(loss, trained, allow_unused=True)
    finally:
        for h in hooks:
            h.remove()
    return found[0] if found else None


# %% unusual="innermost-by-depth"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(t.isfinite().all()) for t in tensors)

    def gradients(out, of, seed):
        asked = [t for t in of if t.requires_grad]
        if not asked or not out.requires_grad:
            return []
        return torch.autograd.grad(
            out, asked, seed, retain_graph=True, materialize_grads=True
        )

    hooks = [module.register_forward_hook(note) for module in names]
    try:
        loss = loss_fn(model(X), y)
    finally:
        for hook in hooks:
            hook.remove()
    for name, _, args, out in calls:
        if fine(args) and not fine([out]):
            return name, "forward"
    if not fine([loss]):
        return "loss", "forward"
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    suspects = []
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            suspects.append(name)
    if suspects:
        return max(suspects, key=lambda n: len(n.split(".")) if n else 0), "backward"
    return None


# %% unusual="as-lists"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(t.isfinite().all()) for t in tensors)

    def gradients(out, of, seed):
        asked = [t for t in of if t.requires_grad]
        if not asked or not out.requires_grad:
            return []
        return torch.autograd.grad(
            out, asked, seed, retain_graph=True, materialize_grads=True
        )

    hooks = [module.register_forward_hook(note) for module in names]
    try:
        loss = loss_fn(model(X), y)
    finally:
        for hook in hooks:
            hook.remove()
    for name, _, args, out in calls:
        if fine(args) and not fine([out]):
            return [name, "forward"]
    if not fine([loss]):
        return ["loss", "forward"]
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return ["loss", "backward"]
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return [name, "backward"]
    return None


# %% unusual="wrapped-forward"
def first_bad(model, loss_fn, batch):
    (X, y), calls, kept = batch, [], {}
    ok = lambda ts: all(torch.isfinite(t).all().item() for t in ts if t is not None)

    def wrap(name, module):
        inner = module.forward

        def forward(*args):
            out = inner(*args)
            calls.append((name, module, args, out))
            return out

        module.forward = forward

    for name, module in model.named_modules():
        wrap(name, module)
    try:
        loss = loss_fn(model(X), y)
    finally:
        for module in model.modules():
            del module.forward
    guilty = [n for n, _, a, o in calls if ok(a) and not ok([o])]
    if guilty:
        return guilty[0], "forward"
    if not ok([loss]):
        return "loss", "forward"
    if not loss.requires_grad:
        return None
    outs = [o for *_, o in calls]
    asked = [o for o in outs if o.requires_grad]
    grads = dict(zip(map(id, asked), torch.autograd.grad(loss, asked, retain_graph=True, allow_unused=True)))
    if not ok([grads[id(outs[-1])]]):
        return "loss", "backward"
    for name, module, args, out in calls:
        g = grads.get(id(out))
        if g is None or not ok([g]):
            continue
        of = [t for t in (*args, *module.parameters()) if t.requires_grad]
        if of and not ok(torch.autograd.grad(out, of, g, retain_graph=True, allow_unused=True)):
            return name, "backward"
    return None


# %% unusual="on-a-copy"
def first_bad(model, loss_fn, batch):
    return examine(copy.deepcopy(model), loss_fn, batch)


# %% added="before"
import copy

def examine(model, loss_fn, batch):
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(t.isfinite().all()) for t in tensors)

    def gradients(out, of, seed):
        asked = [t for t in of if t.requires_grad]
        if not asked or not out.requires_grad:
            return []
        return torch.autograd.grad(
            out, asked, seed, retain_graph=True, materialize_grads=True
        )

    hooks = [module.register_forward_hook(note) for module in names]
    try:
        loss = loss_fn(model(X), y)
    finally:
        for hook in hooks:
            hook.remove()
    for name, _, args, out in calls:
        if fine(args) and not fine([out]):
            return name, "forward"
    if not fine([loss]):
        return "loss", "forward"
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% unusual="global-hook"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(t.isfinite().all()) for t in tensors)

    def gradients(out, of, seed):
        asked = [t for t in of if t.requires_grad]
        if not asked or not out.requires_grad:
            return []
        return torch.autograd.grad(
            out, asked, seed, retain_graph=True, materialize_grads=True
        )

    hooks = [nn.modules.module.register_module_forward_hook(note)]
    try:
        loss = loss_fn(model(X), y)
    finally:
        for hook in hooks:
            hook.remove()
    for name, _, args, out in calls:
        if fine(args) and not fine([out]):
            return name, "forward"
    if not fine([loss]):
        return "loss", "forward"
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(t.isfinite().all()) for t in tensors)

    def gradients(out, of, seed):
        asked = [t for t in of if t.requires_grad]
        if not asked or not out.requires_grad:
            return []
        return torch.autograd.grad(
            out, asked, seed, retain_graph=True, materialize_grads=True
        )

    hooks = [module.register_forward_hook(note) for module in names]
    try:
        loss = loss_fn(model(X), y)
    finally:
        for hook in hooks:
            hook.remove()
    for name, _, args, out in calls:
        if fine(args) and not fine([out]):
            return name, "forward"
    if not fine([loss]):
        return "loss", "forward"
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None
