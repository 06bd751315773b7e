# %% mutant="ctx-in-forward" says="writing on ctx in forward, as in the old form"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
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


# %% mutant="not-for-forward" says="saving for backward only"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

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


# %% mutant="tangent-ignored" says="forgetting the tangent"
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
        return torch.sigmoid(x)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]


# %% mutant="g-ignored" says="forgetting the cotangent"
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
        return torch.sigmoid(x)

    @staticmethod
    def jvp(ctx, v):
        (x,) = ctx.saved_tensors
        return v * torch.sigmoid(x)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]


# %% mutant="axis-zero" says="always reporting the first axis"
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
        return MappedSoftplus.apply(x), 0


# %% mutant="not-batched" says="reporting that the result is not batched"
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
        return MappedSoftplus.apply(x), None


# %% mutant="branches" says="asking whether x is positive, which a batch cannot answer"
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
        if (x > 0).all():
            return g / (1 + (-x).exp())
        return g * torch.sigmoid(x)

    @staticmethod
    def jvp(ctx, v):
        (x,) = ctx.saved_tensors
        return v * torch.sigmoid(x)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]


# %% mutant="both-rules" says="having both a vmap method and a generated rule"
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

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]


# %% mutant="no-rule" says="deleting vmap and putting nothing in its place"
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


# %% mutant="naive" says="computing log(1 + exp(x)) as it stands"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        return (1 + x.exp()).log()

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


# %% mutant="slope-kept" says="keeping the slope, a constant in the second sweep"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(torch.sigmoid(inputs[0]).detach())
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * s

    @staticmethod
    def jvp(ctx, v):
        (x,) = ctx.saved_tensors
        return v * torch.sigmoid(x)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]


# %% mutant="mirrored-tangent" says="taking the forward slope at -x"
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
        return v * torch.sigmoid(-x)

    @staticmethod
    def vmap(info, in_dims, x):
        return MappedSoftplus.apply(x), in_dims[0]
