# %% mutant="intermediate-kept" says="keeping the result before its axis is dropped: a constant in the second sweep"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        ctx.save_for_backward(x, out)
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        x, out = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * (x - out).exp(), None, None


# %% mutant="softmax-kept" says="keeping the softmax, a constant in the second sweep"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(torch.softmax(x, dim))
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (p,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * p, None, None


# %% mutant="naive" says="not subtracting the largest entry"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        return x.exp().sum(dim, keepdim=keepdim).log()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None


# %% mutant="one-top-for-all" says="subtracting the largest entry of the whole tensor"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.max()
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None


# %% mutant="last-axis-back" says="putting the lost axis back at the end, wherever it was"
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
        g = g if ctx.keepdim else g.unsqueeze(-1)
        return g * torch.softmax(x, ctx.dim), None, None


# %% mutant="always-last" says="ignoring dim"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        dim = -1
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


# %% mutant="keepdim-ignored" says="never keeping the axis"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, False
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None


# %% mutant="too-few-answers" says="returning one answer for three inputs"
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
        return g * torch.softmax(x, ctx.dim)


# %% mutant="g-ignored" says="forgetting the cotangent g"
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
        return torch.softmax(x, ctx.dim), None, None


# %% mutant="nan-for-nothing" says="subtracting minus infinity from itself"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None


# %% mutant="once-only" says="forbidding the second derivative"
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
    @once_differentiable
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None


# %% mutant="cut-past" says="detaching x in backward"
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
        return g * torch.softmax(x.detach(), ctx.dim), None, None


# %% mutant="softmax-elsewhere" says="taking the softmax along the first axis"
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
        return g * torch.softmax(x, 0), None, None


# %% mutant="mean" says="averaging instead of adding"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
        out = top + (x - top).exp().mean(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None
