# %% mutant="saves-an-intermediate" says="saving an intermediate result, which a second derivative takes for a constant"
class LogSumExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dim, keepdim):
        pass
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.max(dim, keepdim=True).values
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        ctx.save_for_backward(x, out)
        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        x, out = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * (x - out).exp(), None, None


# %% mutant="overflow" says="exponentials without a shift, which overflow"
class LogSumExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.max(dim, keepdim=True).values
        out = x.exp().sum(dim, keepdim=True).log()

        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None


# %% mutant="g-forgotten" says="leaving the incoming gradient out of the product"
class LogSumExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dim, keepdim):
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.max(dim, keepdim=True).values
        out = top + (x - top).exp().sum(dim, keepdim=True).log()

        return out if keepdim else out.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return torch.softmax(x, ctx.dim), None, None
