# %% mutant="rounds-g" says="rounding the cotangent"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return torch.round(g)


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-ctx.limit, ctx.limit), None


# %% mutant="true-gradient" says="giving round its true gradient, zero"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return torch.zeros_like(g)


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-ctx.limit, ctx.limit), None


# %% mutant="ones" says="returning ones in place of the cotangent"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, g):
        return torch.ones_like(g)


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        ctx.limit = limit
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-ctx.limit, ctx.limit), None


# %% mutant="floors" says="always rounding down"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.floor(x)

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


# %% mutant="halves-up" says="rounding halves up"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        return torch.floor(x + 0.5)

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


# %% mutant="clamps-the-value" says="clamping the value instead of the cotangent"
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
        ctx.save_for_backward(x)
        ctx.limit = limit
        return x.clamp(-limit, limit)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= ctx.limit), None


# %% mutant="clamps-both" says="clamping the value as well"
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
        return x.clamp(-limit, limit)

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-ctx.limit, ctx.limit), None


# %% mutant="one-sided" says="clamping from above only"
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
        return g.clamp(max=ctx.limit), None


# %% mutant="in-place" says="changing the cotangent in place"
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
        return g.clamp_(-ctx.limit, ctx.limit), None


# %% mutant="none-missing" says="forgetting the None for the limit"
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
        return g.clamp(-ctx.limit, ctx.limit)


# %% mutant="limit-one" says="clamping at 1 whatever the limit"
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
        return g.clamp(-1, 1), None


# %% mutant="by-length" says="shortening the whole cotangent to the limit's length"
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
        return g * (ctx.limit / g.norm()).clamp(max=1), None


# %% mutant="drops" says="zeroing entries beyond the limit"
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
        return g * (g.abs() <= ctx.limit), None
