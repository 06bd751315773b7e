# %% unusual="forward-over-reverse"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    Hv = torch.func.jvp(torch.func.grad(f), (x.detach(),), (v,))[1]
    return Hv.detach() + torch.zeros_like(x.detach())


# %% unusual="reverse-over-forward"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    def along(p):
        return torch.func.jvp(f, (p,), (v,))[1]

    return torch.func.grad(along)(x.detach()).detach() + torch.zeros_like(v)


# %% unusual="product-then-grad"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.clone().detach().requires_grad_()
    g = torch.autograd.grad(f(leaf), leaf, create_graph=True)[0]
    product = (g * v).sum() + 0.0 * leaf.sum()
    return torch.autograd.grad(product, leaf)[0]


# %% unusual="vjp-of-grad"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    _, pull = torch.func.vjp(torch.func.grad(f), x.detach())
    return pull(v)[0].detach().clone()


# %% unusual="functional-vhp"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    return torch.autograd.functional.vhp(f, x.detach(), v)[1].detach()


# %% unusual="forward-ad-level"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    def slope(p):
        return torch.autograd.grad(f(p), p, create_graph=True)[0]

    with forward_ad.dual_level():
        p = forward_ad.make_dual(x.detach().clone().requires_grad_(), v)
        tangent = forward_ad.unpack_dual(slope(p)).tangent
    return torch.zeros_like(x).detach() if tangent is None else tangent.detach().clone()


# %% unusual="own-import-cell"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    slope = grad(lambda p: f(p))
    return jvp(slope, (x.detach(),), (v.detach(),))[1].detach().clone()


# %% added="before"
from torch.func import grad, jvp


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)

    return torch.autograd.grad(gradient, leaf, v, materialize_grads=True)[0]
