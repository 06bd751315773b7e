# %% mutant="no-shift" says="exponentials without a shift: large logits overflow"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits + 0.0
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="log-of-softmax" says="the logarithm of a probability that may have been rounded to 0"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    p = p / p.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="log-plus-epsilon" says="a small number added inside the logarithm, which changes every loss"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    log_p = np.log(p / p.sum(axis=1, keepdims=True) + 1e-9)
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="clipped" says="logits that are clipped to a range where nothing can overflow"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    logits = np.clip(logits, -500, 500)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="grad-not-divided" says="a gradient of the sum of the losses where that of the mean was asked for"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad


# %% mutant="loss-summed" says="the sum of the losses where their mean was asked for"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].sum()), grad / len(y)


# %% mutant="divided-by-all" says="dividing by the number of all entries, not by that of the examples"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / logits.size


# %% mutant="classes-from-one" says="counting classes from 1: y is off by one"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y - 1)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="no-one-hot" says="probabilities without the one that has to be taken off"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="plus-one" says="adding the one that has to be taken off"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] += 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="sign-turned" says="the gradient with the wrong sign"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), -grad / len(y)


# %% mutant="loss-positive-log" says="the loss with the wrong sign"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(log_p[picked].mean()), grad / len(y)


# %% mutant="wrong-axis" says="probabilities that add up over the batch, not over the classes"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=0, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=0, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="one-off-everywhere" says="taking 1 off in all rows of the picked columns"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[:, y] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="one-shift-for-all" says="one shift for the whole batch, where every row needs its own"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="writes-into-logits" says="shifting the logits in place"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    logits -= logits.max(axis=1, keepdims=True)
    shifted = logits
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="softmax-jacobian-diagonal" says="keeping only the diagonal of the softmax Jacobian"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.zeros(logits.shape)
    grad[picked] = np.exp(log_p[picked]) - 1.0
    return float(-log_p[picked].mean()), grad / len(y)


# %% mutant="central-difference" says="measuring the slopes of the loss with a small step, entry by entry"
def softmax_xent(logits, y):
    def loss(z):
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(y)), y].mean()

    grad, h = np.zeros(logits.shape), 6e-6
    for place in np.ndindex(logits.shape):
        step = np.zeros(logits.shape)
        step[place] = h
        grad[place] = (loss(logits + step) - loss(logits - step)) / (2 * h)
    return loss(logits), grad


# %% mutant="complex-step" says="running the loss once for each logit, with a tiny imaginary step: on a batch of ordinary size it never ends"
def softmax_xent(logits, y):
    def loss(z):
        shifted = z - z.real.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(y)), y].mean()

    grad = np.zeros(logits.shape)
    for place in np.ndindex(logits.shape):
        moved = logits.astype(complex)
        moved[place] += 1e-30j
        grad[place] = loss(moved).imag / 1e-30
    return float(loss(logits + 0j).real), grad


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def softmax_xent(logits, y):
    import torch

    z = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.as_tensor(y))
    return loss.item(), torch.autograd.grad(loss, z)[0].numpy()
