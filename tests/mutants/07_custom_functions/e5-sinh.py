# %% mutant="kept-not-returned" says="keeping the exponentials without returning them: constants in the second sweep"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b

    @staticmethod
    def backward(ctx, *cotangents):
        a, b = ctx.saved_tensors
        return cotangents[0] * (a + b)


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


# %% mutant="cotangents-ignored" says="returning the exponentials and ignoring their cotangents"
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
        return cotangents[0] * (a + b)


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


# %% mutant="one-sign" says="adding the cotangent of the falling exponential instead of subtracting it"
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
        return g * (a + b) + g_a * a + g_b * b


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


# %% mutant="overflows" says="halving after the exponential, which overflows early"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = x.exp() / 2, (-x).exp() / 2
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


# %% mutant="cosine-sign" says="taking the difference for the slope, too"
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
        return g * (a - b) + g_a * a - g_b * b


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


# %% mutant="value-is-cosh" says="adding the exponentials in the value"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a + b, a, b

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


# %% mutant="half-lost" says="forgetting the halves"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x).exp(), (-x).exp()
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


# %% mutant="all-three" says="handing out all three outputs"
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


# %% mutant="g-ignored" says="forgetting the cotangent of the value"
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
        return (a + b) + g_a * a - g_b * b


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


# %% mutant="once-forgotten" says="letting the honest variant differentiate twice, by halves"
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
        a, b = ctx.saved_tensors
        return g * (a + b)


# %% mutant="once-everywhere" says="forbidding second derivatives of both"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b, a, b

    @staticmethod
    @once_differentiable
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


# %% mutant="once-wrong-slope" says="giving the honest variant the slope of cosh"
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
        return g * (a - b)
