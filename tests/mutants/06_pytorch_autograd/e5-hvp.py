# %% mutant="full-hessian" says="forming the whole Hessian"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    H = torch.autograd.functional.hessian(f, x.detach()).reshape(x.numel(), x.numel())
    return (H @ v.reshape(-1)).reshape(x.shape)


# %% mutant="full-hessian-batched" says="forming the whole Hessian, all rows at once"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    H = torch.func.hessian(f)(x.detach()).reshape(x.numel(), x.numel())
    return (H @ v.reshape(-1)).reshape(x.shape).detach()


# %% mutant="no-create-graph" says="not writing the first pass into the books"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf)
    return torch.autograd.grad(gradient, leaf, v)[0]


# %% mutant="v-ignored" says="taking a vector of ones for v"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    return torch.autograd.grad(gradient.sum(), leaf, materialize_grads=True)[0]


# %% mutant="v-afterwards" says="multiplying row sums with v entry by entry"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    return v * torch.autograd.grad(gradient.sum(), leaf, materialize_grads=True)[0]


# %% mutant="gradient-times-v" says="multiplying the gradient with v"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    return (gradient * v).detach()


# %% mutant="normalises-v" says="making v a unit vector first"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    return torch.autograd.grad(gradient, leaf, v / v.norm(), materialize_grads=True)[0]


# %% mutant="linear-crashes" says="not expecting a gradient that is constant"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    return torch.autograd.grad(gradient, leaf, v)[0]


# %% mutant="weights-crash" says="not expecting a gradient that depends on weights only"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    return torch.autograd.grad(gradient, leaf, v)[0]


# %% mutant="keeps-the-graph" says="handing back a result that still has a graph"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    return torch.autograd.grad(gradient, leaf, v, create_graph=True, materialize_grads=True)[0]


# %% mutant="books-on-x" says="using backward on x itself"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    x = x if x.is_leaf and x.requires_grad else x.detach().requires_grad_()
    f(x).backward(create_graph=True)
    gradient, x.grad = x.grad, None
    if not gradient.requires_grad:
        return torch.zeros_like(x)
    (gradient * v).sum().backward()
    return x.grad.detach()


# %% mutant="difference-of-gradients" says="measuring how the gradient changes along v, with a small step"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    def slope(at):
        at = at.detach().requires_grad_()
        return torch.autograd.grad(f(at), at)[0].detach()

    h = 1e-5
    return (slope(x + h * v) - slope(x - h * v)) / (2 * h)


# %% mutant="gauss-newton" says="taking the square of the gradient for the Hessian"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf)
    return gradient * (gradient * v).sum()


# %% mutant="a-number" says="giving v^T H v, a number"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    (Hv,) = torch.autograd.grad(gradient, leaf, v, materialize_grads=True)
    return (Hv * v).sum()


# %% mutant="third-sweep" says="one sweep more than needed"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    torch.autograd.grad(gradient.sum(), leaf, retain_graph=True, materialize_grads=True)
    return torch.autograd.grad(gradient, leaf, v, materialize_grads=True)[0]
