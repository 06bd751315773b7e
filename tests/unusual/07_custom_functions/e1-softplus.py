# %% unusual="from-the-output"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        y = torch.logaddexp(x, torch.zeros_like(x))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * -torch.expm1(-y)


# %% unusual="larger-part-out"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0) + torch.log1p((-x.abs()).exp())

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% unusual="minus-logsigmoid"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return -torch.nn.functional.logsigmoid(-x)

    @staticmethod
    def backward(ctx, g):
        x = ctx.saved_tensors[0]
        return torch.mul(x.sigmoid(), g)


# %% unusual="own-import"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * expit(x)


# %% added="before"
from torch.special import expit


# %% unusual="helper-cell"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        return keep(ctx, x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% added="before"
def keep(ctx, x):
    ctx.save_for_backward(x)
    return torch.logaddexp(torch.zeros_like(x), x)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)
