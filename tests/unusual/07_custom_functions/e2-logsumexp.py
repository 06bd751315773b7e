# %% unusual="output-kept"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        out = out if keepdim else out.squeeze(dim)
        ctx.save_for_backward(x, out)
        return out

    @staticmethod
    def backward(ctx, g):
        x, out = ctx.saved_tensors
        if not ctx.keepdim:
            g, out = g.unsqueeze(ctx.dim), out.unsqueeze(ctx.dim)
        return g * (x - out).exp(), None, None


# %% unusual="library-forward"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        return torch.logsumexp(x, dim, keepdim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None


# %% unusual="written-out-softmax"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        e = (x - x.amax(ctx.dim, keepdim=True)).exp()
        return g * e / e.sum(ctx.dim, keepdim=True), None, None


# %% unusual="detached-top"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        e = (x - x.detach().max(ctx.dim, keepdim=True)[0]).exp()
        return e / e.sum(ctx.dim, keepdim=True) * g, None, None


# %% unusual="helper-cell"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return grown(g, ctx) * torch.softmax(x, ctx.dim), None, None


# %% added="before"
def grown(g, ctx):
    return g if ctx.keepdim else g.unsqueeze(ctx.dim)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None
