# %% unusual="generated-rule"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)

    @staticmethod
    def jvp(ctx, v):
        (x,) = ctx.saved_tensors
        return v * torch.sigmoid(x)


# %% unusual="axis-to-front"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)

    @staticmethod
    def jvp(ctx, v):
        (x,) = ctx.saved_tensors
        return v * torch.sigmoid(x)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x.movedim(in_dims[0], 0)), 0


# %% unusual="from-the-output"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
        ctx.save_for_forward(output)

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return g * -torch.expm1(-y)

    @staticmethod
    def jvp(ctx, v):
        (y,) = ctx.saved_tensors
        return v * -torch.expm1(-y)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]


# %% unusual="helper-cell"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        return g * kept_slope(ctx)

    @staticmethod
    def jvp(ctx, v):
        return v * kept_slope(ctx)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]


# %% added="before"
def kept_slope(ctx):
    return torch.sigmoid(ctx.saved_tensors[0])


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)

    @staticmethod
    def jvp(ctx, v):
        (x,) = ctx.saved_tensors
        return v * torch.sigmoid(x)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]
