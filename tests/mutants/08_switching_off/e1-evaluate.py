# %% mutant="no-eval" says="switching the graph off and leaving the modules in training mode"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    total, right, count = 0.0, 0, 0
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="no-no-grad" says="switching the modules to evaluation and still writing a graph"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    try:
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="detaches" says="cutting the result off when the receipts have been written already"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    try:
        for X, y in loader:
            logits = model(X).detach()
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="leaves-eval" says="leaving the model in eval()"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    total, right, count = 0.0, 0, 0
    model.eval()
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="trains-afterwards" says="calling model.train() at the end, whatever was before"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
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
        model.train()
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="one-flag-for-all" says="remembering the model's own flag and giving it to every module"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    total, right, count = 0.0, 0, 0
    was = model.training
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X)
                total += functional.cross_entropy(logits, y, reduction="sum").item()
                right += (logits.argmax(dim=1) == y).sum().item()
                count += len(y)
    finally:
        model.train(was)
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="no-finally" says="putting the flags back only if nothing goes wrong"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    with torch.no_grad():
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    for m, flag in found:
        m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="swallows" says="swallowing the exception and reporting on the part that came"
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
    except OSError:
        pass
    for m, flag in found:
        m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="mean-of-means" says="averaging the averages of the batches"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    losses, rights = [], []
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X)
                losses.append(functional.cross_entropy(logits, y).item())
                rights.append((logits.argmax(dim=1) == y).double().mean().item())
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": sum(losses) / len(losses), "accuracy": sum(rights) / len(rights)}


# %% mutant="accuracy-of-means" says="weighting the loss by examples, but averaging the accuracies of batches"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, count, rights = 0.0, 0, []
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X)
                total += functional.cross_entropy(logits, y, reduction="sum").item()
                rights.append((logits.argmax(dim=1) == y).double().mean().item())
                count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": sum(rights) / len(rights)}


# %% mutant="global-switch-off" says="switching gradients off for good with set_grad_enabled(False)"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    torch.set_grad_enabled(False)
    try:
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="global-switch-on" says="switching gradients on at the end, whatever was before"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    torch.set_grad_enabled(False)
    try:
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        torch.set_grad_enabled(True)
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="switch-stays-off-after-failure" says="switching gradients on again only if nothing goes wrong"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count, was = 0.0, 0, 0, torch.is_grad_enabled()
    model.eval()
    torch.set_grad_enabled(False)
    try:
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
        torch.set_grad_enabled(was)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="freezes" says="freezing the parameters and leaving them frozen"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval().requires_grad_(False)
    try:
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="thaws" says="freezing the parameters, then making all of them trainable"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval().requires_grad_(False)
    try:
        for X, y in loader:
            logits = model(X)
            total += functional.cross_entropy(logits, y, reduction="sum").item()
            right += (logits.argmax(dim=1) == y).sum().item()
            count += len(y)
    finally:
        model.requires_grad_(True)
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="wipes-pages" says="clearing the gradients that waited for a step"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    model.zero_grad()
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


# %% mutant="tensors" says="giving back tensors"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X)
                total += functional.cross_entropy(logits, y, reduction="sum")
                right += (logits.argmax(dim=1) == y).sum()
                count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="softmax-twice" says="applying softmax before a loss that does so itself"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X).softmax(dim=1)
                total += functional.cross_entropy(logits, y, reduction="sum").item()
                right += (logits.argmax(dim=1) == y).sum().item()
                count += len(y)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}


# %% mutant="last-batch-only" says="reporting on the last batch only"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X)
                loss = functional.cross_entropy(logits, y).item()
                right = (logits.argmax(dim=1) == y).double().mean().item()
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": loss, "accuracy": right}


# %% mutant="walks-twice" says="walking through the loader twice, although it can be walked through once"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    found = [(m, m.training) for m in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            count = sum(len(y) for X, y in loader)
            total = sum(
                functional.cross_entropy(model(X), y, reduction="sum").item()
                for X, y in loader
            )
            right = sum((model(X).argmax(1) == y).sum().item() for X, y in loader)
    finally:
        for m, flag in found:
            m.training = flag
    return {"loss": total / count, "accuracy": right / count}
