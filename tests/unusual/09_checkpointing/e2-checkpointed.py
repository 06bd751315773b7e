# %% unusual="checkpoint-sequential"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    return checkpoint_sequential(layers, segments, x, use_reentrant=False)


# %% unusual="default-argument"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    ends = [len(layers) * (i + 1) // segments for i in range(segments)]
    start = 0
    for end in ends:

        def run(v, part=tuple(layers[start:end])):
            for layer in part:
                v = layer(v)
            return v

        x, start = checkpoint(run, x, use_reentrant=False), end
    return x


# %% unusual="factory-of-functions"
def segment(part):
    def run(v):
        return functools.reduce(lambda value, layer: layer(value), part, v)

    return run


def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    for part in np.array_split(np.arange(len(layers)), segments):
        x = checkpoint(segment([layers[i] for i in part]), x, use_reentrant=False)
    return x


# %% unusual="last-one-plain"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = len(layers) // segments
    rest = len(layers) - size * segments
    lengths = [size + (i < rest) for i in range(segments)]
    done = 0
    for length in lengths[:-1]:
        part = layers[done : done + length]
        x = checkpoint(in_a_row, part, x, use_reentrant=False)
        done += length
    return in_a_row(layers[done:], x)


# %% unusual="reentrant-with-a-dummy"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    dummy = torch.zeros(1, requires_grad=True)

    def run(v, _, part):
        return in_a_row(part, v)

    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(run, x, dummy, part, use_reentrant=True)
    return x


# %% unusual="recursion"
def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = math.ceil(len(layers) / segments)
    if segments == 1:
        return checkpoint(in_a_row, layers, x, use_reentrant=False)
    x = checkpoint(in_a_row, layers[:size], x, use_reentrant=False)
    rest = layers[size:]
    return checkpointed(rest, x, min(segments - 1, len(rest))) if rest else x


# %% unusual="function-of-its-own"
class Again(torch.autograd.Function):
    """A segment that is run again, with its parameters found by a dry run."""

    @staticmethod
    def forward(ctx, run, x, *captured):
        ctx.run, ctx.state = run, torch.get_rng_state()
        ctx.captured = captured
        ctx.save_for_backward(x)
        return run(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        copy = x.detach().requires_grad_()
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.state)
            y = ctx.run(copy)
        y.backward(g)
        return None, copy.grad, None


def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    trigger = torch.zeros(1, requires_grad=True)
    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = Again.apply(functools.partial(in_a_row, part), x, trigger)
    return x


# %% unusual="answer-in-a-new-cell"
# (untouched)

# %% added="after"
from torch.utils.checkpoint import checkpoint as again


def checkpointed(layers, x, segments):
    """The layers applied to `x` one after the other, in checkpointed segments."""
    size = -(-len(layers) // segments)
    starts = range(0, len(layers), size)
    parts = [nn.ModuleList() if False else layers[i : i + size] for i in starts]
    for part in parts:
        x = again(lambda v, p: in_a_row(p, v), x, part, use_reentrant=False)
    return x
