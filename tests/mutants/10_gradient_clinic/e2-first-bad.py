# %% mutant="anomaly-only" says="relying on anomaly mode, which sees only NaN born in backward"
def first_bad(model, loss_fn, batch):
    X, y = batch
    try:
        with torch.autograd.detect_anomaly():
            loss = loss_fn(model(X), y)
            torch.autograd.grad(loss, [p for p in model.parameters() if p.requires_grad])
    except RuntimeError:
        return "loss", "backward"
    return None


# %% mutant="reports-last" says="reporting the last module with a bad output instead of the first"
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
    for name, _, args, out in calls[::-1]:
        if not fine([out]):
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


# %% mutant="outputs-only" says="looking at outputs only, so that a child is blamed for its parent's own code"
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
        if not fine([out]):
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


# %% mutant="nan-only" says="looking for NaN and not for inf"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(not t.isnan().any()) for t in tensors)

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


# %% mutant="inf-only" says="looking for inf and not for NaN"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(not t.isinf().any()) for t in tensors)

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


# %% mutant="forward-only" says="never looking at the backward pass"
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
    return None
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="backward-only" says="never looking at the forward pass"
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
        if False:
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


# %% mutant="inputs-only" says="looking only at gradients of inputs, not of parameters"
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
        sent = gradients(out, [*args], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="parameters-only" says="looking only at gradients of parameters, not of inputs"
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
        sent = gradients(out, [*module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="own-parameters-only" says="leaving out parameters of modules inside"
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
        sent = gradients(out, [*args, *module.parameters(recurse=False)], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="who-receives" says="blaming the module that receives the bad gradient"
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
        if not fine(came):
            return name, "backward"
    return None


# %% mutant="who-receives-last" says="blaming the last module that receives a bad gradient"
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
    for name, module, args, out in calls[::-1]:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if not fine(came):
            return name, "backward"
    return None


# %% mutant="outermost" says="naming the outermost module"
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
    for name, module, args, out in calls[::-1]:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="no-loss" says="never looking at the loss"
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
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="loss-backward-missed" says="never looking at the gradient of the model's output"
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
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="loss-first" says="looking at the loss before the modules"
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
    if not fine([loss]):
        return "loss", "forward"
    for name, _, args, out in calls:
        if fine(args) and not fine([out]):
            return name, "forward"
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="fills-grad" says="calling backward, which books into .grad"
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
    if loss.requires_grad:
        loss.backward(retain_graph=True)
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="wipes-grad" says="wiping .grad at the end"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    model.zero_grad()
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


# %% mutant="hooks-stay" says="leaving its hooks on the modules"
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
            pass
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


# %% mutant="hooks-stay-after-error" says="leaving its hooks if the loss raises"
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
    loss = loss_fn(model(X), y)
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


# %% mutant="swallows-errors" says="swallowing the error of the loss"
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
    except Exception:
        return None
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


# %% mutant="asks-frozen" says="asking for gradients of frozen parameters"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(t.isfinite().all()) for t in tensors)

    def gradients(out, of, seed):
        asked = list(of)
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


# %% mutant="thaws" says="switching frozen parameters on"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    for p in model.parameters():
        p.requires_grad_()
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


# %% mutant="children-only" says="hooking direct children only"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_children()} | {model: ""}

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


# %% mutant="class-names" says="naming modules by their class"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((type(module).__name__, module, args, out))

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


# %% mutant="total-gradient" says="taking gradients of the loss for those that the module passes on"
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
        sent = gradients(loss, [*args, *module.parameters()], None)
        if not fine(sent):
            return name, "backward"
    return None


# %% mutant="first-parameter" says="reporting the first parameter with a bad gradient"
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
    for name, p in model.named_parameters():
        if not fine(gradients(loss, [p], None)):
            return name.rpartition(".")[0], "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None


# %% mutant="sums-first" says="testing the sum, in which inf and -inf become NaN, for inf"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(not t.sum().isinf()) for t in tensors)

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
