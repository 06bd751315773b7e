# %% unusual="view-of-x"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return g


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-ctx.limit, ctx.limit), None


# %% unusual="min-and-max"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return g


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        top = torch.full_like(g, ctx.limit)
        return torch.minimum(torch.maximum(g, -top), top), None


# %% unusual="limit-as-tensor"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return g


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.save_for_backward(torch.tensor(float(limit), dtype=x.dtype))
        return x * 1

    @staticmethod
    def backward(ctx, g):
        (limit,) = ctx.saved_tensors
        return g.clip(-limit, limit), None


# %% unusual="new-form"
class RoundSTE:
    """By way of detach, without a Function."""

    @staticmethod
    def apply(x):
        return x + (torch.round(x) - x).detach()


class ClipGrad(Function):
    """In the form with setup_context."""

    @staticmethod
    def forward(x, limit):
        return x.clone()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.limit = inputs[1]

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-ctx.limit, ctx.limit), None


# %% unusual="helper-cell"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return g


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return bounded(g, ctx.limit), None


# %% added="before"
def bounded(t, limit):
    return torch.where(t.abs() > limit, limit * t.sign(), t)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return g


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-ctx.limit, ctx.limit), None
