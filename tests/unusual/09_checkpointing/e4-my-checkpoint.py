# %% unusual="backward-on-copies"
class Twice(torch.autograd.Function):
    """Runs `backward` on copies, and reads their pages."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.again = functools.partial(fn, **kwargs)
        ctx.dice = torch.random.get_rng_state()
        ctx.save_for_backward(*tensors)
        return ctx.again(*tensors)

    @staticmethod
    def backward(ctx, g):
        now = torch.random.get_rng_state()
        torch.random.set_rng_state(ctx.dice)
        copies = []
        for t, needed in zip(ctx.saved_tensors, ctx.needs_input_grad[2:]):
            copy = t.detach()
            copy.requires_grad = needed
            copies.append(copy)
        try:
            with torch.set_grad_enabled(True):
                y = ctx.again(*copies)
        finally:
            torch.random.set_rng_state(now)
        torch.autograd.backward(y, g)
        return (None, None) + tuple(copy.grad for copy in copies)


def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Twice.apply(fn, kwargs, x, *params)


# %% unusual="saved-tensor-hooks"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    state = torch.get_rng_state()
    inputs = [t.detach().requires_grad_(t.requires_grad) for t in (x, *params)]
    counter, cache = [0], {}

    def pack(t):
        counter[0] += 1
        return counter[0] - 1

    def unpack(i):
        if i not in cache:
            cache.clear()
            kept = []
            with torch.random.fork_rng(devices=[]), torch.enable_grad():
                torch.set_rng_state(state)
                inner = saved_tensors_hooks(lambda t: (kept.append(t.detach()), 0)[1], lambda t: t)
                with inner:
                    fn(*inputs, **kwargs)
            cache.update(enumerate(kept))
        return cache.pop(i)

    with saved_tensors_hooks(pack, unpack):
        return fn(x, *params, **kwargs)


# %% unusual="functorch-vjp"
class Pulled(torch.autograd.Function):
    """Pulls back with torch.func.vjp."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs, ctx.chance = fn, kwargs, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        tensors = [t.detach() for t in ctx.saved_tensors]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            _, pull = torch.func.vjp(functools.partial(ctx.fn, **ctx.kwargs), *tensors)
        return None, None, *(t if n else None for t, n in zip(pull(g), needed))


def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Pulled.apply(fn, kwargs, x, *params)


# %% unusual="two-classes-of-inputs"
class Again(torch.autograd.Function):
    """A dictionary of everything; copies that all require grad; unused ones dropped."""

    @staticmethod
    def forward(ctx, call, x, *params):
        ctx.call = call
        ctx.generator = torch.default_generator.get_state()
        ctx.save_for_backward(x, *params)
        return call(x, *params)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g):
        copies = [t.clone().detach().requires_grad_() for t in ctx.saved_tensors]
        before = torch.default_generator.get_state()
        torch.default_generator.set_state(ctx.generator)
        with torch.enable_grad():
            y = ctx.call(*copies)
        torch.default_generator.set_state(before)
        grads = torch.autograd.grad(y, copies, g, allow_unused=True)
        return (None, *grads)


def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""

    def call(*tensors):
        return fn(*tensors, **kwargs)

    return Again.apply(call, x, *params)


# %% unusual="setup-context"
class Separate(torch.autograd.Function):
    """forward and setup_context apart; the state travels as an argument."""

    @staticmethod
    def forward(fn, state, *tensors):
        return fn(*tensors)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.fn, ctx.state, *tensors = inputs
        ctx.save_for_backward(*tensors)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        pairs = zip(ctx.saved_tensors, needed)
        copies = [t.detach().requires_grad_(n) for t, n in pairs]
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.state)
            y = ctx.fn(*copies)
        wanted = [c for c in copies if c.requires_grad]
        book = dict(zip(map(id, wanted), torch.autograd.grad(y, wanted, g)))
        return None, None, *(book.get(id(c)) for c in copies)


def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    state = torch.get_rng_state()
    return Separate.apply(functools.partial(fn, **kwargs), state, x, *params)


# %% unusual="class-in-an-added-cell"
def my_checkpoint(fn, x, *params, **kwargs):
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    return Own.apply(lambda *t: fn(*t, **kwargs), x, *params)


# %% added="before"
from torch.autograd import Function


class Own(Function):
    @staticmethod
    def forward(ctx, fn, *tensors):
        ctx.fn, ctx.state = fn, torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors)

    @staticmethod
    def backward(ctx, g):
        leaves = [
            t.detach().requires_grad_(n)
            for t, n in zip(ctx.saved_tensors, ctx.needs_input_grad[1:])
        ]
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(ctx.state)
            with torch.enable_grad():
                y = ctx.fn(*leaves)
        y.backward(g)
        return (None, *[leaf.grad for leaf in leaves])
