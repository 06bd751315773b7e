# %% mutant="g-ignored" says="forgetting the cotangent g"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return torch.sigmoid(x)


# %% mutant="naive" says="computing log(1 + exp(x)) as it stands, which overflows"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (1 + x.exp()).log()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% mutant="quotient" says="computing the slope as exp(x) / (1 + exp(x)), which is inf / inf far out"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x.exp() / (1 + x.exp())


# %% mutant="slope-kept" says="keeping the slope, a constant in the second sweep"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(torch.sigmoid(x))
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * s


# %% mutant="mirrored" says="taking the slope at -x"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(-x)


# %% mutant="always-double" says="computing in float64 whatever comes in"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        x = x.double()
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% mutant="log1p-only" says="being careful on the small side only"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.log1p(x.exp())

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% mutant="cut-off" says="replacing the value by x beyond 3"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x > 3, x, torch.log1p(x.exp()))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% mutant="once-only" says="forbidding the second derivative"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% mutant="in-single" says="computing in float32 whatever comes in"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        f = x.float()
        return torch.logaddexp(f, torch.zeros_like(f)).to(x.dtype)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% mutant="views-flat" says="flattening with view, which a transposed tensor refuses"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        f = x.view(-1)
        return torch.logaddexp(f, torch.zeros_like(f)).view(x.shape)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)


# %% mutant="summed-cotangent" says="adding the cotangents up"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g.sum() * torch.sigmoid(x)


# %% mutant="differences" says="measuring the slope with central differences"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        f = lambda t: torch.logaddexp(t, torch.zeros_like(t))
        return g * (f(x + 6e-6) - f(x - 6e-6)) / 1.2e-5


# %% mutant="library-softplus" says="taking x itself from 20 on, as torch's softplus does"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.nn.functional.softplus(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)
