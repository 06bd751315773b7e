# %% mutant="backward-on-x" says="calling backward and leaving the amounts in the books"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    x.requires_grad_()
    f(x).backward()
    return x.grad


# %% mutant="backward-on-a-leaf" says="using backward, which also books on the weights that f uses"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.zeros_like(leaf)
    y.backward()
    return torch.zeros_like(leaf) if leaf.grad is None else leaf.grad


# %% mutant="switches-x-on" says="switching requires_grad of the caller's tensor on"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    x.requires_grad_()
    y = f(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, materialize_grads=True)[0]


# %% mutant="asks-x-itself" says="differentiating with respect to x itself, which may not require grad"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    y = f(x)
    if not y.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(y, x, materialize_grads=True)[0]


# %% mutant="keeps-the-graph" says="handing back a gradient that still has a graph"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.zeros_like(leaf)
    return torch.autograd.grad(y, leaf, create_graph=True, materialize_grads=True)[0]


# %% mutant="unused-is-an-error" says="not expecting that f may do without x"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf)[0]


# %% mutant="unused-is-none" says="giving None where f does without x"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return None
    return torch.autograd.grad(y, leaf, allow_unused=True)[0]


# %% mutant="constant-crashes" says="covering unused inputs, but not functions that are constant"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf, materialize_grads=True)[0]


# %% mutant="zeros-of-another-dtype" says="giving float64 zeros for a float32 x"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.zeros(x.shape, dtype=torch.float64)
    found = torch.autograd.grad(y, leaf, allow_unused=True)[0]
    return torch.zeros(x.shape, dtype=torch.float64) if found is None else found


# %% mutant="zero-without-shape" says="giving the number 0 where zeros of the shape of x were needed"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.tensor(0.0, dtype=x.dtype)
    found = torch.autograd.grad(y, leaf, allow_unused=True)[0]
    return torch.tensor(0.0, dtype=x.dtype) if found is None else found


# %% mutant="clears-the-page" says="using x.grad and clearing it afterwards, with what stood there before"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    was = x.requires_grad
    leaf = x if x.is_leaf else x.detach()
    leaf.requires_grad_()
    leaf.grad = None
    y = f(leaf)
    if y.requires_grad:
        y.backward(inputs=[leaf])
    found, leaf.grad = leaf.grad, None
    leaf.requires_grad_(was)
    return torch.zeros_like(x.detach()) if found is None else found


# %% mutant="always-double" says="computing in float64 whatever the dtype of x is"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().double().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.zeros_like(leaf)
    return torch.autograd.grad(y, leaf, materialize_grads=True)[0]


# %% mutant="central-difference" says="measuring the slopes, as in lesson 1"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    flat, h = x.detach().reshape(-1), 6e-6
    steps = h * torch.eye(flat.numel(), dtype=x.dtype)
    rows = [(f((flat + e).reshape(x.shape)) - f((flat - e).reshape(x.shape))) / (2 * h) for e in steps]
    return torch.stack([r.detach() for r in rows]).reshape(x.shape).to(x.dtype)


# %% mutant="complex-step" says="taking tiny imaginary steps"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    flat = x.detach().reshape(-1).to(torch.complex128)
    steps = 1e-30j * torch.eye(flat.numel(), dtype=torch.complex128)
    rows = [torch.as_tensor(f((flat + e).reshape(x.shape))).detach().imag / 1e-30 for e in steps]
    return torch.stack(rows).reshape(x.shape)


# %% mutant="functional-on-weights" says="using torch.func.grad without cutting the result off"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    return torch.func.grad(f)(x)
