# %% mutant="sign-lost" says="losing the minus of the theorem"
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
        return u * g_x / g_y, None, None, None


# %% mutant="upside-down" says="dividing the wrong way round"
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
        return -u * g_y / g_x, None, None, None


# %% mutant="g-y-lost" says="forgetting to divide by the slope in y"
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
        return -u * g_x, None, None, None


# %% mutant="cotangent-ignored" says="forgetting the cotangent"
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
        return -g_x / g_y, None, None, None


# %% mutant="no-graph" says="asking for partial derivatives where nothing is recorded"
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
        with torch.no_grad():
            x, y = (t.detach().requires_grad_() for t in ctx.saved_tensors)
            g_x, g_y = torch.autograd.grad(ctx.g(x, y).sum(), (x, y))
        return -u * g_x / g_y, None, None, None


# %% mutant="few-answers" says="returning one answer for four inputs"
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
        return -u * g_x / g_y


# %% mutant="zero" says="giving no gradient"
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
        return torch.zeros_like(u), None, None, None


# %% mutant="summed" says="adding the cotangents up"
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
        return -u.sum() * g_x / g_y, None, None, None
