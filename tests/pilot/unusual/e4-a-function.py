# %% unusual="library-forward"
class LogSumExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.max(dim, keepdim=True).values
        out = torch.logsumexp(x, dim, keepdim=True)

        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        p = (x - torch.logsumexp(x, ctx.dim, keepdim=True)).exp()
        return p * (g if ctx.keepdim else g.unsqueeze(ctx.dim)), None, None


# %% unusual="setup-context"
class LogSumExp(torch.autograd.Function):
    @staticmethod
    def forward(x, dim, keepdim):
        top = x.amax(dim, keepdim=True)
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.dim, ctx.keepdim = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * x.softmax(ctx.dim), None, None
