# %% unusual="torch-func"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    return torch.func.grad(lambda v: f(v).reshape(()))(x.detach()).detach().clone()


# %% unusual="backward-inputs-on-a-clone"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    copy = x.detach().clone().requires_grad_()
    (f(copy) + 0 * copy.sum()).backward(inputs=[copy])
    return copy.grad


# %% unusual="adds-nothing-times-x"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.clone().detach().requires_grad_(True)
    y = f(leaf) + 0.0 * leaf.sum()
    return torch.autograd.grad(y, [leaf])[0].detach()


# %% unusual="functional-jacobian"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    return torch.autograd.functional.jacobian(lambda v: f(v).reshape(()), x.detach())


# %% unusual="vjp-of-torch-func"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    y, pull = torch.func.vjp(f, x.detach())
    return pull(torch.ones_like(y))[0].detach()


# %% unusual="own-import-cell"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = fresh(x)
    y = f(leaf)
    found = ask(y, leaf, allow_unused=True)[0] if y.requires_grad else None
    return torch.zeros_like(x).detach() if found is None else found


# %% added="before"
from torch.autograd import grad as ask


def fresh(x):
    """A leaf with the values of x."""
    return x.detach().clone().requires_grad_()


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.zeros_like(leaf)
    return torch.autograd.grad(y, leaf, materialize_grads=True)[0]
