# %% unusual="what-torch-has"
def safe_norm(x, dim):
    return torch.linalg.vector_norm(x, dim=dim)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% unusual="old-norm"
def safe_norm(x, dim):
    return x.norm(p=2, dim=dim)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% unusual="masked-fill"
def safe_norm(x, dim):
    s = x.square().sum(dim=dim)
    bad = s == 0
    return s.masked_fill(bad, 1).sqrt().masked_fill(bad, 0)


def safe_log_ratio(a, b):
    out = torch.zeros_like(a)
    good = (a != 0).logical_and(b != 0)
    out[good] = torch.log(a[good]) - torch.log(b[good])
    return out


# %% unusual="scaled-by-the-largest"
def safe_norm(x, dim):
    top = x.detach().abs().amax(dim, keepdim=True)
    top = torch.where(top == 0, torch.ones_like(top), top)
    s = (x / top).pow(2).sum(dim)
    zero = s == 0
    return torch.where(zero, torch.zeros_like(s), torch.where(zero, torch.ones_like(s), s).sqrt() * top.squeeze(dim))


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% unusual="own-functions"
def safe_norm(x, dim):
    return Length.apply(x, dim)


def safe_log_ratio(a, b):
    return LogRatio.apply(a, b)


# %% added="before"
from torch.autograd import Function


class Length(Function):
    @staticmethod
    def forward(ctx, x, dim):
        out = (x * x).sum(dim).sqrt()
        ctx.save_for_backward(x, out)
        ctx.dim = dim
        return out

    @staticmethod
    def backward(ctx, g):
        x, out = ctx.saved_tensors
        unit = (x / out.unsqueeze(ctx.dim)).nan_to_num()
        return unit * g.unsqueeze(ctx.dim), None


class LogRatio(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        used = (a > 0) & (b > 0)
        return torch.where(used, a.log() - b.log(), torch.zeros_like(a))

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        used = (a > 0) & (b > 0)
        zero = torch.zeros_like(a)
        return torch.where(used, g / a, zero), torch.where(used, -g / b, zero)


# %% unusual="hooks-clean-up"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a, b):
    used = (a > 0) & (b > 0)
    one, two = a.clone(), b.clone()
    for t in (one, two):
        if t.requires_grad:
            t.register_hook(lambda g: torch.where(used, g, torch.zeros_like(g)))
    return torch.where(used, one.log() - two.log(), torch.zeros_like(one))


# %% unusual="an-own-import-cell"
def safe_norm(x, dim):
    s = op.matmul(1, 1) if False else x.pow(2).sum(dim)
    ok = op.gt(s, 0)
    return torch.where(ok, torch.where(ok, s, op.add(0, 1.0)).pow(0.5), 0.0)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()


# %% added="before"
import operator as op


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()
