# %% mutant="no-enable-grad" says="recomputing with recording off, as it is inside backward"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="not-detached" says="recomputing from the inputs themselves, so that the way back runs on into the graph before"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        tensors = ctx.saved_tensors
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*tensors, **ctx.kwargs)
        y.backward(g)
        return None, None, *(t.grad if n else None for t, n in zip(tensors, needed))


# %% mutant="random-state-not-restored" says="recomputing with whatever random numbers come next"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs = fn, kwargs
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="state-read-too-late" says="reading the random state after the function has run, not before"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs = fn, kwargs
        ctx.save_for_backward(*tensors)
        y = fn(*tensors, **kwargs)
        ctx.chance = torch.get_rng_state()
        return y

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="state-left-behind" says="leaving the old random state behind after the way back"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        torch.set_rng_state(ctx.chance)
        with torch.enable_grad():
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="forward-rewinds" says="putting the random state back after the forward call, so that the next call draws the same"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        with torch.random.fork_rng(devices=[]):
            return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="params-get-none" says="giving the parameters nothing"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        x, *params = ctx.saved_tensors
        copy = x.detach().requires_grad_()
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(copy, *(p.detach() for p in params), **ctx.kwargs)
        return None, None, torch.autograd.grad(y, copy, g)[0], *(None for _ in params)


# %% mutant="params-captured" says="closing over the parameters, so that only x is an input"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(lambda v: fn(v, *params, **kwargs), x)


class Recompute(torch.autograd.Function):
    """Keeps x and the random state."""

    @staticmethod
    def forward(ctx, fn, x):
        ctx.fn, ctx.chance = fn, torch.get_rng_state()
        ctx.save_for_backward(x)
        return fn(x)

    @staticmethod
    def backward(ctx, g):
        copy = ctx.saved_tensors[0].detach().requires_grad_()
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(copy)
        return None, torch.autograd.grad(y, copy, g)[0]


# %% mutant="cotangent-forgotten" says="forgetting the cotangent that arrives"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs).sum()
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad]))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="options-lost" says="forgetting the options when it computes again"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.chance = fn, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="kept-as-attributes" says="keeping the inputs as attributes: a second backward goes through in silence"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.tensors = tensors
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="keeps-the-graph" says="keeping the inner graph from the forward pass: right, and no memory saved"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps everything."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.save_for_backward(*tensors)
        needed = ctx.needs_input_grad[2:]
        ctx.copies = [t.detach().requires_grad_(n) for t, n in zip(tensors, needed)]
        with torch.enable_grad():
            ctx.y = fn(*ctx.copies, **kwargs)
        return ctx.y.detach()

    @staticmethod
    def backward(ctx, g):
        ctx.saved_tensors
        wanted = [c for c in ctx.copies if c.requires_grad]
        found = iter(torch.autograd.grad(ctx.y, wanted, g, retain_graph=True))
        return None, None, *(next(found) if n else None for n in ctx.needs_input_grad[2:])


# %% mutant="plain" says="calling the function and leaving it at that"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return fn(x, *params, **kwargs)


# %% mutant="library-call" says="handing the work to PyTorch's own checkpoint"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return checkpoint(fn, x, *params, use_reentrant=False, **kwargs)


# %% mutant="library-call-reentrant" says="handing the work to PyTorch's older checkpoint"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    run = functools.partial(fn, **kwargs)
    return checkpoint(run, x, *params, use_reentrant=True)


# %% mutant="grad-mode-left-on" says="switching recording on and leaving it on"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    torch.set_grad_enabled(True)
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="grad-mode-left-off" says="switching recording off for the call and leaving it off"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    y = Recompute.apply(fn, kwargs, x, *params)
    torch.set_grad_enabled(False)
    return y


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if n else None for n in needed)


# %% mutant="frozen-crash" says="asking for gradients of frozen tensors too"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach().requires_grad_(n) for t, n in zip(ctx.saved_tensors, needed)]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        return None, None, *torch.autograd.grad(y, copies, g)
