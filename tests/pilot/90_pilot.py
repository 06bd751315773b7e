# %% [markdown]
# # Pilot
#
# Seven exercises of seven kinds, to prove that one list of properties and one protocol
# carry them all through two processes. Not a lesson: it is released to nobody.

# %%
import math

import numpy as np
import torch

from graders import Check, Tolerance

# %% [markdown]
# ## An order
#
# The check looks at: each node once, parents before users, the root last;
# long chains; a ladder with 2^20 paths.


# %%
class Node:
    """A node whose parents are looked up through a property, so that it counts."""

    def __init__(self, name, parents, visit):
        self.name, self._parents, self._visit = name, parents, visit

    @property
    def parents(self):
        self._visit()
        return self._parents


def build(spec, visit=lambda: None):
    """The last node of [(name, parents' names), ...]."""
    nodes = {}
    for name, parents in spec:
        nodes[name] = Node(name, tuple(nodes[p] for p in parents), visit)
    return nodes[spec[-1][0]]


# %%
def chain(n):
    return [(i, [i - 1] if i else []) for i in range(n)]


def ladder(n):
    return [(i, [i - 1, i - 1] if i else []) for i in range(n + 1)]


def diamond():
    return [("x", []), ("a", ["x"]), ("b", ["a", "x"]), ("y", ["x", "b", "a"])]


def is_order(names, spec):
    """True, or what is wrong with an order of the nodes of `spec`."""
    parents = dict(spec)
    if len(names) != len(set(names)):
        return "a node comes twice"
    if set(names) != set(parents):
        return f"{len(names)} nodes came where {len(parents)} were needed"
    place = {name: i for i, name in enumerate(names)}
    for name, above in spec:
        if any(place[p] > place[name] for p in above):
            return f"node {name} comes before one of its parents"
    return True if names[-1] == spec[-1][0] else "the root is not last"


# %% solution="e1-an-order"
def topological_order(root):
    """Nodes that `root` depends on, parents before users, the root last."""
    # BEGIN SOLUTION
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((p, False) for p in node.parents)
    return order
    # END SOLUTION


# %% check
check = Check("e1-an-order", visible=1, hidden=3)
check.behaviour(
    "each node once, parents before users, the root last",
    lambda spec: [n.name for n in topological_order(build(spec))],
    is_order,
    at=[diamond(), chain(4)],
)
# BEGIN HIDDEN TESTS
check.hidden()
check.behaviour(
    "long chains",
    lambda spec: [n.name for n in topological_order(build(spec))],
    is_order,
    at=[chain(5000)],
)
check.behaviour(
    "each node once, parents before users, the root last",
    lambda spec: [n.name for n in topological_order(build(spec))],
    is_order,
    at=[diamond(), ladder(3), chain(1)],
)
check.calls(
    "a ladder with 2^20 paths",
    lambda visit, spec: topological_order(build(spec, visit)),
    counted=lambda: None,
    at=[ladder(20)],
    at_most=50_000,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## A class
#
# The check looks at: gradient of a chain of products; a diamond with arms of unequal
# length; a seed; two calls on one graph; two graphs that share a leaf.


# %%
class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, parents=(), partials=()):
        self.data, self.grad = data, 0.0
        self.parents, self.partials = parents, partials

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))


def extends(cls):
    """Attach the decorated function to `cls` under its own name."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


# %% solution="e2-a-class"
@extends(Value)
def backward(self, seed=1.0):
    """Add d(self)/d(leaf) * seed to every leaf's grad."""
    # BEGIN SOLUTION
    order, seen, stack = [], set(), [(self, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((p, False) for p in node.parents)
    flow = {id(node): 0.0 for node in order}
    flow[id(self)] = seed
    for node in reversed(order):
        node.grad = flow[id(node)] + (0.0 if node.parents else node.grad)
        for parent, partial in zip(node.parents, node.partials):
            flow[id(parent)] += partial * flow[id(node)]
    # END SOLUTION


# %% check
def cube(x):
    return x * x * x


def unequal(x):
    a = x * x
    return a * x + a * a * x


check = Check("e2-a-class", visible=1, hidden=4)


def grad_of(f, x, seed=1.0, times=1):
    leaf = Value(x)
    out = f(leaf)
    for _ in range(times):
        out.backward(seed)
    return leaf.grad


check.derivative("a chain of products", grad_of, cube, at=[3.0, -0.5])
check.value(
    "two calls on one graph",
    lambda x: grad_of(cube, x, times=2),
    lambda x: 6 * x * x,
    at=[3.0],
)
# BEGIN HIDDEN TESTS
check.hidden()
check.derivative(
    "a diamond with arms of unequal length", grad_of, unequal, at=check.random(4)
)
check.value(
    "a seed",
    lambda x, s: grad_of(unequal, x, s),
    lambda x, s: s * (3 * x**2 + 5 * x**4),
    at=[(float(x), 2.5) for x in check.random(3)],
)
check.value(
    "two calls on one graph",
    lambda x: grad_of(unequal, x, times=2),
    lambda x: 2 * (3 * x**2 + 5 * x**4),
    at=check.random(3),
)


def shared(x):
    leaf = Value(x)
    (leaf * leaf).backward()
    (leaf + leaf).backward()
    return leaf.grad


check.value("two graphs that share a leaf", shared, lambda x: 2 * x + 2, at=[1.7])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## A training step
#
# The check looks at: mean gradient over all examples; gradients already there are kept;
# one micro-batch at a time.


# %%
def make_data(seed, sizes):
    rng = np.random.default_rng(seed)
    return [(rng.normal(size=(n, 3)), rng.normal(size=(n, 1))) for n in sizes]


def make_model(width=1):
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 8 * width), torch.nn.Tanh(), torch.nn.Linear(8 * width, 1)
    ).double()
    for i, p in enumerate(model.parameters()):
        torch.nn.init.uniform_(p, -0.5, 0.5, torch.Generator().manual_seed(i))
    return model


def tensors(batches):
    return [(torch.tensor(a), torch.tensor(b)) for a, b in batches]


def loss_sum(pred, y):
    return ((pred - y) ** 2).sum()


def full_gradient(seed, sizes, before=0.0):
    batches = tensors(make_data(seed, sizes))
    X, y = (torch.cat(part) for part in zip(*batches))
    model = make_model()
    (loss_sum(model(X), y) / len(X)).backward()
    return [p.grad.numpy() + before for p in model.parameters()]


# %% solution="e3-a-training-step"
def accumulate(model, batches, loss_sum):
    """Add the mean gradient over all examples to every parameter's grad."""
    # BEGIN SOLUTION
    params = list(model.parameters())
    total, count = [torch.zeros_like(p) for p in params], 0
    for X, y in batches:
        grads = torch.autograd.grad(loss_sum(model(X), y), params)
        for t, g in zip(total, grads):
            t += g
        count += len(X)
    for p, t in zip(params, total):
        p.grad = t / count if p.grad is None else p.grad + t / count
    # END SOLUTION


# %% check
check = Check("e3-a-training-step", visible=1, hidden=4)


def accumulated(seed, sizes, before=0.0):
    model = make_model()
    if before:
        for p in model.parameters():
            p.grad = torch.full_like(p, before)
    accumulate(model, iter(tensors(make_data(seed, sizes))), loss_sum)
    return [p.grad for p in model.parameters()]


def run_wide(sizes):
    return accumulate(make_model(60), tensors(make_data(0, sizes)), loss_sum)


def wide_peak(sizes):
    from graders.checks.meter import peak_bytes

    def one():
        X, y = tensors(make_data(0, [max(sizes)]))[0]
        model = make_model(60)
        loss_sum(model(X), y).backward()

    return 1.7 * peak_bytes(one)[0]


NEAR = Tolerance(rel=1e-9, abs=1e-12)
check.value(
    "mean gradient over all examples",
    accumulated,
    full_gradient,
    at=[(0, (4, 4))],
    tol=NEAR,
)
# BEGIN HIDDEN TESTS
check.hidden()
check.value(
    "mean gradient over all examples",
    accumulated,
    full_gradient,
    at=[(int(check.rng.integers(1000)), sizes) for sizes in ((7, 3), (5, 5, 1))],
    tol=NEAR,
)
check.value(
    "gradients already there are kept",
    accumulated,
    full_gradient,
    at=[(3, (7, 3), 0.5)],
    tol=NEAR,
)
check.peak("one micro-batch at a time", run_wide, at=[([64] * 8,)], at_most=wide_peak)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## A Function
#
# The check looks at: value; gradient; second derivative.


# %% solution="e4-a-function"
class LogSumExp(torch.autograd.Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        # BEGIN SOLUTION
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.max(dim, keepdim=True).values
        out = top + (x - top).exp().sum(dim, keepdim=True).log()
        return out if keepdim else out.squeeze(dim)
        # END SOLUTION

    @staticmethod
    def backward(ctx, g):
        # BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        g = g if ctx.keepdim else g.unsqueeze(ctx.dim)
        return g * torch.softmax(x, ctx.dim), None, None
        # END SOLUTION


# %% check
check = Check("e4-a-function", visible=1, hidden=4)


def lse(x, dim, keepdim):
    return LogSumExp.apply(torch.tensor(x), dim, keepdim)


def lse_gradient(f, x):
    leaf = torch.tensor(x, requires_grad=True)
    out = LogSumExp.apply(leaf, -1, False)
    return torch.autograd.grad(out, leaf)[0]


def lse_hessian(x):
    leaf = torch.tensor(x, requires_grad=True)
    return torch.autograd.functional.hessian(
        lambda z: LogSumExp.apply(z, -1, False), leaf
    )


def plain_lse(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def plain_hessian(x):
    p = np.exp(x - plain_lse(x))
    return np.diag(p) - np.outer(p, p)


def pulled(x, g, dim, keepdim):
    leaf = torch.tensor(x, requires_grad=True)
    out = LogSumExp.apply(leaf, dim, keepdim)
    return torch.autograd.grad(out, leaf, torch.tensor(g).reshape(out.shape))[0]


def plain_pulled(x, g, dim, keepdim):
    p = np.exp(x - x.max(dim, keepdims=True))
    return np.expand_dims(g, dim) * p / p.sum(dim, keepdims=True)


check.gradient("gradient", lse_gradient, plain_lse, at=[np.array([0.0, 1.0, 2.0])])
# BEGIN HIDDEN TESTS
check.hidden()
check.value(
    "value",
    lse,
    lambda x, dim, keepdim: np.apply_along_axis(plain_lse, dim, x).reshape(
        x.sum(dim, keepdims=keepdim).shape
    ),
    at=[(check.random((3, 4)), 0, True), (check.random((2, 3)) + 1000.0, -1, False)],
)
check.value(
    "gradient",
    pulled,
    plain_pulled,
    at=[
        (check.random((3, 4)), check.random(4), 0, True),
        (check.random((2, 3)) - 1000.0, check.random(2), 1, False),
    ],
)
check.value("second derivative", lse_hessian, plain_hessian, at=[check.random((3,))])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## A counterexample
#
# The check looks at: wrong Functions are caught; right ones are left alone.


# %%
def as_function(forward, slope):
    """An elementwise Function with a stated derivative, right or wrong."""

    class Made(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, g):
            return g * slope(ctx.saved_tensors[0])

    return Made.apply


def clamped():
    s = torch.sigmoid
    return as_function(s, lambda x: (s(x) * (1 - s(x))).clamp(min=0.01))


def shifted():
    return as_function(lambda x: torch.relu(x - 3.0), lambda x: (x > 3.5).double())


def honest():
    return as_function(torch.tanh, lambda x: 1 - torch.tanh(x) ** 2)


MAKERS = {"clamped": clamped, "shifted": shifted, "honest": honest}


# %% solution="e5-a-counterexample"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    # BEGIN SOLUTION
    for low in np.arange(-8.0, 8.0, 0.21):
        x = torch.full((1, 1), float(low), dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(fn(x).sum(), x)
        with torch.no_grad():
            near = [(fn(x + h) - fn(x - h)) / (2 * h) for h in (1e-4, 1e-5)]
        same = abs(near[0] - near[1]).item() < 1e-6
        if same and abs(near[0] - slope).item() > 1e-3:
            return x.detach()
    return None
    # END SOLUTION


# %% check
check = Check("e5-a-counterexample", visible=1, hidden=2)


def search(name):
    return find_counterexample(MAKERS[name]())


def convicts(found, name):
    from graders.checks.torch_probes import gradcheck_fails

    if found is None:
        return f"no counterexample came for the {name} Function"
    return gradcheck_fails(MAKERS[name](), found) or "there its backward is right"


check.behaviour("wrong Functions are caught", search, convicts, at=["clamped"])
# BEGIN HIDDEN TESTS
check.hidden()
check.behaviour("wrong Functions are caught", search, convicts, at=["shifted"])
check.value("right ones are left alone", search, [None], at=["honest"])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## A memory claim
#
# The check looks at: gradients equal to plain; uneven segments;
# the input is left alone; peak near sqrt(n) segments; extra layer
# calls.

# %%
from torch.utils.checkpoint import checkpoint


def layers_of(n, width=16):
    made = []
    for i in range(n):
        weight = torch.empty(width, width, dtype=torch.float64)
        torch.nn.init.uniform_(weight, -0.3, 0.3, torch.Generator().manual_seed(i))
        made.append(weight.requires_grad_())
    return made, [lambda x, w=w: torch.tanh(x @ w) for w in made]


def run_through(apply, n, segments, rows=4, visit=lambda: None):
    weights, plain = layers_of(n)

    def counted(layer):
        def run(x):
            visit()
            return layer(x)

        return run

    layers = [counted(layer) for layer in plain]
    x = torch.linspace(-1, 1, rows * 16, dtype=torch.float64).reshape(rows, 16)
    apply(layers, x, segments).square().sum().backward()
    return [w.grad for w in weights]


def straight(layers, x, segments):
    for layer in layers:
        x = layer(x)
    return x


# %% solution="e6-a-memory-claim"
def checkpointed(layers, x, segments):
    """The layers one after another, in `segments` checkpointed groups."""
    # BEGIN SOLUTION
    bounds = np.linspace(0, len(layers), segments + 1).round().astype(int)

    def part(low, high):
        def run(z):
            for layer in layers[low:high]:
                z = layer(z)
            return z

        return run

    for low, high in zip(bounds[:-1], bounds[1:]):
        x = checkpoint(part(low, high), x, use_reentrant=False)
    return x
    # END SOLUTION


# %% check
check = Check("e6-a-memory-claim", visible=1, hidden=4)


def gradients(n, segments):
    return run_through(checkpointed, n, segments)


def plain_gradients(n, segments):
    return run_through(straight, n, segments)


def plain_peak(n, segments):
    from graders.checks.meter import peak_bytes

    run = lambda: run_through(straight, n, segments, rows=400)  # noqa: E731
    return 0.6 * peak_bytes(run)[0]


check.value("gradients equal to plain", gradients, plain_gradients, at=[(6, 2)])
# BEGIN HIDDEN TESTS
check.hidden()
check.value(
    "gradients equal to plain",
    gradients,
    plain_gradients,
    at=[(5, 1), (5, 5)],
)
check.value("uneven segments", gradients, plain_gradients, at=[(7, 3)])


def inputs_kept(n, segments):
    x = torch.ones(2, 16, dtype=torch.float64)
    checkpointed(layers_of(n)[1], x, segments)
    return [x, x.requires_grad]


check.value(
    "the input is left alone",
    inputs_kept,
    lambda n, segments: [np.ones((2, 16)), False],
    at=[(3, 2)],
)
check.value(
    "gradients equal to plain",
    gradients,
    plain_gradients,
    at=[(int(check.rng.integers(8, 14)), 4)],
)
check.peak(
    "peak near sqrt(n) segments",
    lambda n, s: run_through(checkpointed, n, s, rows=400),
    at=[(64, 8)],
    at_most=plain_peak,
)
check.calls(
    "extra layer calls",
    lambda visit, n, s: run_through(checkpointed, n, s, visit=visit),
    counted=lambda: None,
    at=[(16, 4)],
    at_most=32,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## A diagnosis
#
# The check looks at: where the first bad number is born; nothing bad; hooks are removed.


# %%
class Planted(torch.nn.Module):
    """Passes on its input; plants a bad number in the forward or the backward."""

    def __init__(self, phase="", bad=math.nan):
        super().__init__()
        self.phase, self.bad = phase, bad

    def forward(self, x):
        if self.phase == "forward":
            return x + self.bad
        if self.phase == "backward":
            x = x.clone()
            x.register_hook(lambda g: g * self.bad)
        return x


def planted(where, phase, bad):
    names = [Planted() for _ in range(4)]
    if where is not None:
        names[where] = Planted(phase, bad)
    layers = [m for i in range(4) for m in (torch.nn.Linear(3, 3), names[i])]
    return torch.nn.Sequential(*layers).double()


def batch():
    return torch.linspace(-1, 1, 6, dtype=torch.float64).reshape(2, 3)


# %% solution="e7-a-diagnosis"
def first_bad(model, loss_fn, batch):
    """(module name, "forward" | "backward") where the first bad number appears."""
    # BEGIN SOLUTION
    found, hooks = [], []

    def watch(name, module):
        def after(module, args, out):
            if not torch.isfinite(out).all():
                found.append((name, "forward"))
            elif out.requires_grad:
                seen = out.register_hook(lambda g: look(name, g, False))
                hooks.append(seen)

        def look(name, g, _):
            if g is not None and not torch.isfinite(g).all():
                found.append((name, "backward"))

        def back(module, into, out):
            if any(g is not None and not torch.isfinite(g).all() for g in into):
                found.append((name, "backward"))

        hooks.append(module.register_forward_hook(after))
        hooks.append(module.register_full_backward_hook(back))

    for name, module in model.named_modules():
        if not list(module.children()):
            watch(name, module)
    try:
        leaf = batch.clone().requires_grad_()
        loss = loss_fn(model(leaf))
        if not found and not torch.isfinite(loss).all():
            return ("loss", "forward")
        if not found:
            torch.autograd.grad(loss, [leaf])
    finally:
        for hook in hooks:
            hook.remove()
    return found[0] if found else None
    # END SOLUTION


# %% check
check = Check("e7-a-diagnosis", visible=1, hidden=3)


def diagnosed(where, phase, bad):
    return first_bad(planted(where, phase, bad), lambda p: p.square().sum(), batch())


def hooks_left(where, phase, bad):
    model = planted(where, phase, bad)
    first_bad(model, lambda p: p.square().sum(), batch())
    left = [len(m._forward_hooks) + len(m._backward_hooks) for m in model.modules()]
    touched = any(p.grad is not None for p in model.parameters())
    return [sum(left), touched]


check.value(
    "where the first bad number is born",
    diagnosed,
    [("3", "forward")],
    at=[(1, "forward", math.nan)],
)
# BEGIN HIDDEN TESTS
check.hidden()
check.value(
    "where the first bad number is born",
    diagnosed,
    [("5", "forward"), ("5", "backward"), ("3", "backward")],
    at=[
        (2, "forward", math.inf),
        (2, "backward", math.nan),
        (1, "backward", math.inf),
    ],
)
check.value("nothing bad", diagnosed, [None], at=[(None, "", 0.0)])
check.value(
    "hooks are removed",
    hooks_left,
    [[0, False], [0, False]],
    at=[(1, "forward", math.nan), (1, "backward", math.nan)],
)
# END HIDDEN TESTS
check.score()
