# %% unusual="cotangent-first"
class Root(Function):
    """The y with g(x, y) = 0, by bisection; slope by the implicit function theorem."""

    @staticmethod
    def forward(ctx, x, g, low, high):
        def h(y):
            return g(x, torch.from_numpy(y)).numpy()

        ends = (np.full(tuple(x.shape), float(end)) for end in (low, high))
        y = torch.from_numpy(np.asarray(bisect(h, *ends)))
        ctx.g = g
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, u):
        with torch.enable_grad():
            x, y = (t.detach().requires_grad_() for t in ctx.saved_tensors)
            g_x, g_y = torch.autograd.grad(ctx.g(x, y), (x, y), torch.ones_like(u))
        return -u * g_x / g_y, None, None, None


# %% unusual="two-steps"
class Root(Function):
    """The y with g(x, y) = 0, by bisection; slope by the implicit function theorem."""

    @staticmethod
    def forward(ctx, x, g, low, high):
        def h(y):
            return g(x, torch.from_numpy(y)).numpy()

        ends = (np.full(tuple(x.shape), float(end)) for end in (low, high))
        y = torch.from_numpy(np.asarray(bisect(h, *ends)))
        ctx.g = g
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, u):
        with torch.enable_grad():
            x, y = (t.detach().requires_grad_() for t in ctx.saved_tensors)
            g = ctx.g(x, y)
            (g_y,) = torch.autograd.grad(g.sum(), y, retain_graph=True)
            (out,) = torch.autograd.grad(g, x, -u / g_y)
        return out, None, None, None


# %% unusual="helper-cell"
class Root(Function):
    """The y with g(x, y) = 0, by bisection; slope by the implicit function theorem."""

    @staticmethod
    def forward(ctx, x, g, low, high):
        def h(y):
            return g(x, torch.from_numpy(y)).numpy()

        ends = (np.full(tuple(x.shape), float(end)) for end in (low, high))
        y = torch.from_numpy(np.asarray(bisect(h, *ends)))
        ctx.g = g
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, u):
        return -u * ratio(ctx.g, *ctx.saved_tensors), None, None, None


# %% added="before"
def ratio(g, x, y):
    with torch.enable_grad():
        x, y = x.detach().requires_grad_(), y.detach().requires_grad_()
        g_x, g_y = torch.autograd.grad(g(x, y).sum(), [x, y])
    return g_x / g_y


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class Root(Function):
    """The y with g(x, y) = 0, by bisection; slope by the implicit function theorem."""

    @staticmethod
    def forward(ctx, x, g, low, high):
        def h(y):
            return g(x, torch.from_numpy(y)).numpy()

        ends = (np.full(tuple(x.shape), float(end)) for end in (low, high))
        y = torch.from_numpy(np.asarray(bisect(h, *ends)))
        ctx.g = g
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, u):
        with torch.enable_grad():
            x, y = (t.detach().requires_grad_() for t in ctx.saved_tensors)
            g_x, g_y = torch.autograd.grad(ctx.g(x, y).sum(), (x, y))
        return -u * g_x / g_y, None, None, None
