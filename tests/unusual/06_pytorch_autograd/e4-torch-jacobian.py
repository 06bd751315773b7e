# %% unusual="jacrev"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    return torch.func.jacrev(f)(x.detach())


# %% unusual="jacfwd"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    return torch.func.jacfwd(f)(x.detach())


# %% unusual="batched-cotangents"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    units = torch.eye(y.numel(), dtype=y.dtype).reshape(-1, *y.shape)
    (rows,) = torch.autograd.grad(y, leaf, units, is_grads_batched=True)
    return rows.reshape([*y.shape, *x.shape])


# %% unusual="vmap-of-a-vjp"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    y, pull = torch.func.vjp(f, x.detach())
    units = torch.eye(y.numel(), dtype=y.dtype).reshape(y.numel(), *y.shape)
    return torch.func.vmap(pull)(units)[0].reshape(y.shape + x.shape)


# %% unusual="functional"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    return torch.autograd.functional.jacobian(f, x.detach())


# %% unusual="backward-and-clear"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().clone().requires_grad_()
    y = f(leaf)
    J = torch.empty(y.shape + x.shape, dtype=x.dtype)
    for place in np.ndindex(tuple(y.shape)):
        leaf.grad = None
        y[place].backward(retain_graph=True)
        J[place] = leaf.grad
    return J


# %% unusual="helper-cell"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    picture = [pulled_back(y, leaf, k) for k in range(y.numel())]
    return torch.cat(picture).reshape(y.shape + x.shape)


# %% added="before"
def pulled_back(y, leaf, k):
    """Row k of the Jacobian, by one cotangent."""
    u = torch.zeros(y.numel(), dtype=y.dtype)
    u[k] = 1.0
    return torch.autograd.grad(y, leaf, u.reshape(y.shape), retain_graph=True)[0].reshape(-1)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    return torch.func.jacrev(f)(x.detach())
