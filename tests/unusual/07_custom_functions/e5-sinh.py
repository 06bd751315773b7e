# %% unusual="computed-again"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sinh(x)

    @staticmethod
    def backward(ctx, *cotangents):
        (x,) = ctx.saved_tensors
        return cotangents[0] * torch.cosh(x)


def sinh(x: torch.Tensor) -> torch.Tensor:
    """sinh(x) by way of `Sinh`: one tensor of x's shape."""
    return Sinh.apply(x)


class SinhOnce(Function):
    """sinh(x), differentiable once: a second derivative raises RuntimeError."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * (a + b)


# %% unusual="from-the-library"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b, a, b

    @staticmethod
    def backward(ctx, *cotangents):
        a, b = ctx.saved_tensors
        g, g_a, g_b = cotangents
        return g * (a + b) + g_a * a - g_b * b


def sinh(x: torch.Tensor) -> torch.Tensor:
    """sinh(x) by way of `Sinh`: one tensor of x's shape."""
    y, rising, falling = Sinh.apply(x)
    return y


class SinhOnce(Function):
    """sinh(x), differentiable once: a second derivative raises RuntimeError."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sinh()

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return x.cosh() * g


# %% unusual="value-last"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a, b, a - b

    @staticmethod
    def backward(ctx, *cotangents):
        a, b = ctx.saved_tensors
        g_a, g_b, g = cotangents
        return g * (a + b) + g_a * a - g_b * b


def sinh(x: torch.Tensor) -> torch.Tensor:
    """sinh(x) by way of `Sinh`: one tensor of x's shape."""
    return Sinh.apply(x)[-1]


class SinhOnce(Function):
    """sinh(x), differentiable once: a second derivative raises RuntimeError."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * (a + b)


# %% unusual="no-in-words"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b, a, b

    @staticmethod
    def backward(ctx, *cotangents):
        a, b = ctx.saved_tensors
        g, g_a, g_b = cotangents
        return g * (a + b) + g_a * a - g_b * b


def sinh(x: torch.Tensor) -> torch.Tensor:
    """sinh(x) by way of `Sinh`: one tensor of x's shape."""
    return Sinh.apply(x)[0]


class SinhOnce(Function):
    """sinh(x), differentiable once: a second derivative raises RuntimeError."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b

    @staticmethod
    def backward(ctx, g):
        if torch.is_grad_enabled():
            raise RuntimeError('SinhOnce knows first derivatives only')
        a, b = ctx.saved_tensors
        return g * (a + b)


# %% unusual="helper-cell"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = halves_of(x)
        ctx.save_for_backward(a, b)
        return a - b, a, b

    @staticmethod
    def backward(ctx, *cotangents):
        a, b = ctx.saved_tensors
        g, g_a, g_b = cotangents
        return g * (a + b) + g_a * a - g_b * b


def sinh(x: torch.Tensor) -> torch.Tensor:
    """sinh(x) by way of `Sinh`: one tensor of x's shape."""
    return Sinh.apply(x)[0]


class SinhOnce(Function):
    """sinh(x), differentiable once: a second derivative raises RuntimeError."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * (a + b)


# %% added="before"
def halves_of(x):
    return torch.exp(x - HALF), torch.exp(-x - HALF)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b, a, b

    @staticmethod
    def backward(ctx, *cotangents):
        a, b = ctx.saved_tensors
        g, g_a, g_b = cotangents
        return g * (a + b) + g_a * a - g_b * b


def sinh(x: torch.Tensor) -> torch.Tensor:
    """sinh(x) by way of `Sinh`: one tensor of x's shape."""
    return Sinh.apply(x)[0]


class SinhOnce(Function):
    """sinh(x), differentiable once: a second derivative raises RuntimeError."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        return g * (a + b)
