# %% mutant="row-sums" says="taking the gradient of the sum of all outputs"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(f(leaf).sum(), leaf)[0]


# %% mutant="no-retain" says="going back twice without keeping the saved tensors"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = [torch.autograd.grad(entry, leaf)[0] for entry in y.reshape(-1)]
    return torch.stack(rows).reshape(y.shape + x.shape)


# %% mutant="transposed" says="putting inputs first and outputs last"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = [torch.autograd.grad(e, leaf, retain_graph=True)[0].reshape(-1) for e in y.reshape(-1)]
    return torch.stack(rows, dim=1).reshape(x.shape + y.shape)


# %% mutant="flat-matrix" says="always giving a matrix, whatever the shapes are"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = [torch.autograd.grad(e, leaf, retain_graph=True)[0].reshape(-1) for e in y.reshape(-1)]
    return torch.stack(rows)


# %% mutant="rows-only" says="stacking the rows and stopping there"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    return torch.stack([torch.autograd.grad(e, leaf, retain_graph=True)[0] for e in y.reshape(-1)])


# %% mutant="first-axis-only" says="going through the first axis of the outputs only"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    entries = y if y.dim() else y.reshape(1)
    rows = [torch.autograd.grad(e.sum(), leaf, retain_graph=True)[0] for e in entries]
    return torch.stack(rows).reshape(y.shape[:1] + x.shape)


# %% mutant="sweep-per-entry" says="one sweep for every entry instead of every output"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = []
    for e in y.reshape(-1):
        row = [torch.autograd.grad(e, leaf, retain_graph=True)[0].reshape(-1)[i] for i in range(x.numel())]
        rows.append(torch.stack(row).reshape(x.shape))
    return torch.stack(rows).reshape(y.shape + x.shape)


# %% mutant="grad-accumulates" says="reading leaf.grad after each backward without clearing it"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y, rows = f(leaf), []
    for e in y.reshape(-1):
        e.backward(retain_graph=True)
        rows.append(leaf.grad.clone())
    return torch.stack(rows).reshape(y.shape + x.shape)


# %% mutant="one-page-for-all" says="putting the same .grad tensor into every row"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y, rows = f(leaf), []
    for e in y.reshape(-1):
        if leaf.grad is not None:
            leaf.grad.zero_()
        e.backward(retain_graph=True)
        rows.append(leaf.grad)
    return torch.stack(rows).reshape(y.shape + x.shape)


# %% mutant="books-on-x" says="using backward on x itself and leaving the amounts there"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    x = x if x.requires_grad and x.is_leaf else x.detach().requires_grad_()
    y, rows = f(x), []
    for e in y.reshape(-1):
        x.grad = None
        e.backward(retain_graph=True)
        rows.append(x.grad)
    return torch.stack(rows).reshape(y.shape + x.shape)


# %% mutant="keeps-the-graph" says="handing back a result that still has a graph"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = [torch.autograd.grad(e, leaf, create_graph=True)[0] for e in y.reshape(-1)]
    return torch.stack(rows).reshape(y.shape + x.shape)


# %% mutant="central-difference" says="measuring the slopes, as in lesson 1"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    flat, h = x.detach().reshape(-1), 6e-6
    steps = h * torch.eye(flat.numel(), dtype=x.dtype)
    columns = [(f((flat + e).reshape(x.shape)) - f((flat - e).reshape(x.shape))) / (2 * h) for e in steps]
    return torch.stack(columns, dim=-1).reshape(columns[0].shape + x.shape)


# %% mutant="diagonal" says="taking each output by its own input only"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    (slopes,) = torch.autograd.grad(y.sum(), leaf)
    J = torch.zeros(y.numel(), x.numel(), dtype=x.dtype)
    for i in range(min(J.shape)):
        J[i, i] = slopes.reshape(-1)[i]
    return J.reshape(y.shape + x.shape)
