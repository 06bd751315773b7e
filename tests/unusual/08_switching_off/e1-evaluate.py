# %% unusual="inference-mode-decorator"
@torch.inference_mode()
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    flags_ = {module: module.training for module in model.modules()}
    try:
        model.eval()
        sums = np.zeros(3)
        for X, y in loader:
            out = model(X)
            loss = functional.cross_entropy(out, y).item() * len(X)
            sums += [loss, (out.argmax(-1) == y).sum().item(), len(X)]
    finally:
        for module, flag in flags_.items():
            module.train(flag)
    return {"loss": sums[0] / sums[2], "accuracy": sums[1] / sums[2]}


# %% unusual="on-a-copy"
@torch.no_grad()
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    still = copy.deepcopy(model).eval()
    pairs = [(still(X), y) for X, y in loader]
    logits = torch.cat([out for out, _ in pairs])
    labels = torch.cat([y for _, y in pairs])
    right = (logits.argmax(1) == labels).double().mean()
    return {
        "accuracy": float(right),
        "loss": float(functional.cross_entropy(logits, labels)),
    }


# %% unusual="exit-stack"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    with contextlib.ExitStack() as stack:
        for module in model.modules():
            stack.callback(setattr, module, "training", module.training)
        stack.enter_context(torch.inference_mode())
        model.eval()
        losses, hits = [], []
        for X, y in loader:
            logits = model(X)
            losses += functional.cross_entropy(logits, y, reduction="none").tolist()
            hits += (logits.argmax(1) == y).tolist()
        return {"loss": float(np.mean(losses)), "accuracy": float(np.mean(hits))}


# %% unusual="set-grad-enabled"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    grad, modules = torch.is_grad_enabled(), list(model.modules())
    was = [m.training for m in modules]
    torch.set_grad_enabled(False)
    try:
        for m in modules:
            m.training = False
        loss = hits = n = 0
        for X, y in loader:
            logp = model(X).log_softmax(1)
            loss -= logp[range(len(y)), y].sum().item()
            hits += int((logp.max(1).indices == y).sum())
            n += X.shape[0]
        return dict(loss=loss / n, accuracy=hits / n)
    finally:
        torch.set_grad_enabled(grad)
        for m, flag in zip(modules, was):
            m.training = flag


# %% unusual="frozen-for-a-while"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    asked = [(p, p.requires_grad) for p in model.parameters()]
    found = [(m, m.training) for m in model.modules()]
    model.requires_grad_(False)
    model.eval()
    try:
        rows = []
        for X, y in loader:
            out = model(X)
            rows.append([functional.cross_entropy(out, y).item() * len(y),
                         (out.argmax(1) == y).sum().item(), len(y)])
        loss, right, n = np.sum(rows, axis=0)
        return {"loss": loss / n, "accuracy": right / n}
    finally:
        for p, flag in asked:
            p.requires_grad_(flag)
        for m, flag in found:
            m.training = flag


# %% unusual="helper-cell"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    with quiet(model), torch.no_grad():
        sums = [score_of(model(X), y) for X, y in loader]
    loss, right, n = map(sum, zip(*sums))
    return {"loss": loss / n, "accuracy": right / n}


# %% added="before"
@contextlib.contextmanager
def quiet(model):
    found = [(m, m.training) for m in model.modules()]
    try:
        yield model.eval()
    finally:
        for m, flag in found:
            m.training = flag


def score_of(logits, y):
    loss = functional.cross_entropy(logits, y, reduction="sum").item()
    return loss, (logits.argmax(1) == y).sum().item(), len(y)


# %% unusual="own-import-cell"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    old = {name: m.training for name, m in model.named_modules()}
    try:
        with torch.autograd.grad_mode.no_grad():
            sums = Counter()
            for X, y in loader:
                out = model.eval()(X)
                sums["loss"] += functional.cross_entropy(out, y, reduction="sum").item()
                sums["accuracy"] += (out.argmax(1) == y).sum().item()
                sums["n"] += y.numel()
    finally:
        for name, m in model.named_modules():
            m.training = old[name]
    return {key: sums[key] / sums["n"] for key in ("loss", "accuracy")}


# %% added="before"
from collections import Counter


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X)
                total += functional.cross_entropy(logits, y, reduction="sum").item()
                right += (logits.argmax(dim=1) == y).sum().item()
                count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}
