# %% [markdown]
# # Lesson 7 · Your own autograd Functions
#
# **Reading: about 23 minutes** (at 200 words a minute, hints included).
# **Exercises: about 80 minutes** for 20 points; the stretch and the section "Further"
# are extra.
#
# PyTorch knows the derivatives of a few hundred operations. When yours is not among
# them, or is but should be computed in another way, you write a node of the graph
# yourself. That takes ten lines. To know that they are *right* takes more, and this
# lesson is mostly about that: what a test of a derivative sees, and what it cannot see.
#
# **After this lesson you can**
#
# - write `forward`, `backward` and `setup_context`, and return the right number of
#   `None`s;
# - say what may be saved for the way back, and what makes second derivatives silently
#   wrong;
# - use `gradcheck` and `gradgradcheck`, and find the mistakes that they miss;
# - write a surrogate gradient, and call it by its name;
# - make a Function that works under `grad`, `vmap`, `jacrev` and forward mode.
#
# **You need** lesson 6 (graphs, leaves, `torch.autograd.grad`) and PyTorch; the next
# cell says so if it is missing.

# %%
from importlib.util import find_spec

if find_spec("torch") is None:
    raise ModuleNotFoundError(
        "Lesson 7 needs PyTorch: 'pip install torch' (the CPU build is enough), then "
        "restart the kernel and run this cell again. Lessons 1 to 5 work without it."
    )

import gc
import weakref

import numpy as np
import torch
from torch.autograd import Function, gradcheck, gradgradcheck
from torch.autograd.function import once_differentiable
from torch.func import grad, jacfwd, jacrev, jvp, vmap

from autograd_ref.finite import gradient as measured_gradient
from graders import Check, Tolerance
from graders.show import figure, subplots, table


def tensor(values, requires_grad=False):
    """A float64 tensor; in single precision no check could be strict."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


# %% [markdown]
# ## 1 · A hook: wrong, and it passes the test
#
# A sigmoid is flat far from zero, so its gradient vanishes there. The class below is a
# popular cure: a **`ClampedSigmoid`**, whose derivative never falls below 0.01. It is
# not the derivative of its forward pass, on purpose.
#
# PyTorch has a referee for such cases: `gradcheck` compares a backward with central
# differences (lesson 1) and says whether they agree. Let it look at twenty ordinary
# random numbers. Will it object?


# %%
class ClampedSigmoid(Function):
    """sigmoid(x), with a SURROGATE derivative that is never below 0.01."""

    @staticmethod
    def forward(ctx, x):
        s = torch.sigmoid(x)
        ctx.save_for_backward(s)
        return s

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * (s * (1 - s)).clamp(min=0.01)


def agrees(fn, x):
    """What gradcheck says about `fn` at `x`: True or False, no exception."""
    leaf = torch.as_tensor(x).double().requires_grad_()
    return gradcheck(fn, leaf, raise_exception=False)


draw = np.random.default_rng(7)
print("twenty normal numbers:", agrees(ClampedSigmoid.apply, draw.normal(size=20)))

# %% [markdown]
# No objection: `True`. The mistake lies where nobody looked. The true derivative
# $\sigma(x)(1 - \sigma(x))$ is below the floor of 0.01 only for large $|x|$. How large,
# and how often does a normal random number get there? Then look on purpose:

# %%
edge = np.log((1 + np.sqrt(0.96)) / (1 - np.sqrt(0.96)))  # where s (1 - s) = 0.01
odds = torch.erfc(torch.tensor(edge / np.sqrt(2))).item()
print(f"the floor acts for |x| > {edge:.3f}: once in {1 / odds:,.0f} draws")
black_box = lambda v: torch.sigmoid(torch.tensor(v)).sum().item()  # noqa: E731
rows = [["x", "measured (lesson 1)", "its backward", "gradcheck"]]
for place in [0.0, 2.0, 4.0, 4.586, 4.6, 5.0, 6.0, -6.0, 20.0]:
    leaf = tensor([place], requires_grad=True)
    (slope,) = torch.autograd.grad(ClampedSigmoid.apply(leaf), leaf)
    (true,) = measured_gradient(black_box, np.array([place]))
    said = "agrees" if agrees(ClampedSigmoid.apply, [place]) else "refuses"
    rows.append([str(place), f"{true:.5f}", f"{slope.item():.5f}", said])
table(rows, caption="ClampedSigmoid under gradcheck, point by point")

# %% [markdown]
# `gradcheck` refuses it beyond the edge, and for one reason: difference quotients
# measure the true slope there (0.00247 at 6), the backward says 0.01. (At 4.586 the two
# differ already, but by less than its tolerance: 0.001 of the slope, plus 0.00001.)
#
# Two lessons at once. A test of a derivative says something about *the points that it
# looked at*. And a backward may be wrong on purpose: then it is called a **surrogate
# gradient**, and the name belongs into its docstring.
#
# ## 2 · Predict
#
# Three guesses; they earn and cost nothing.
#
# 1. A backward that clips the incoming cotangent to $[-1, 1]$ is not linear, so it is
#    nobody's derivative. Does `gradcheck` refuse it on twenty normal numbers? `True` or
#    `False`.
# 2. What is `torch.round(torch.tensor(2.5))`?
# 3. $\log(e^{x_1} + e^{x_2} + e^{x_3})$: what is the sum of all nine entries of its
#    Hessian? (Add the same number to all three $x$. What happens to the gradient?)

# %% solution="p7-guesses"
guesses = {
    "gradcheck refuses the clipped cotangent": None,
    "round of 2.5": None,
    "sum of the Hessian": None,
}
# BEGIN SOLUTION
guesses = {
    "gradcheck refuses the clipped cotangent": False,
    "round of 2.5": 2,
    "sum of the Hessian": 0,
}
# END SOLUTION


# %%
class ClippedCotangent(Function):
    """The identity, with a backward that is not linear: for the prediction only."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        return g.clamp(-1, 1)


# %% check
def hessian_sum():
    smooth = lambda v: v.logsumexp(0)  # noqa: E731
    entries = torch.autograd.functional.hessian(smooth, tensor([0.0, 1.0, 2.0]))
    return abs(entries.sum().item())


check = Check("p7-guesses", visible=0, hidden=0)
check.facts(
    "guess",
    guesses,
    truths={
        "gradcheck refuses the clipped cotangent": lambda: (
            not gradcheck(
                ClippedCotangent.apply,
                torch.linspace(-2, 2, 20).double().requires_grad_(),
            )
        ),
        "round of 2.5": lambda: torch.round(torch.tensor(2.5)).item(),
        "sum of the Hessian": lambda: round(hessian_sum(), 9),
    },
)
check.score()

# %% [markdown]
# The first surprises most people: `gradcheck` builds the Jacobian row by row, with
# cotangents that are unit vectors, $(1, 0, 0)$ and so on. Clipped to $[-1, 1]$ they
# are what they were. **A backward must be linear in its cotangent, and gradcheck does
# not test that.** That is why the checks of this course draw random cotangents. The
# other two guesses come back in sections 5 and 4.
#
# ## 3 · Anatomy of a Function
#
# A Function has two static methods. `apply` runs the first and leaves a node for the
# second in the graph.


# %%
class ScaledCube(Function):
    """scale * x ** 3, for a number `scale`."""

    @staticmethod
    def forward(ctx, x, scale):  # what apply is given, after the context
        ctx.save_for_backward(x)  # tensors: inputs and outputs
        ctx.scale = scale  # anything that is no tensor
        return scale * x**3

    @staticmethod
    def backward(ctx, g):  # one cotangent for each output
        (x,) = ctx.saved_tensors
        return g * 3 * ctx.scale * x**2, None  # one answer for each input


x = tensor([1.0, -2.0], requires_grad=True)
y = ScaledCube.apply(x, 0.5)
print("value:", y.detach().numpy(), " node:", y.grad_fn.name())
(pulled,) = torch.autograd.grad(y, x, tensor([1.0, 10.0]))
print(
    "pulled back:",
    pulled.numpy(),
    " gradcheck:",
    agrees(lambda v: ScaledCube.apply(v, 0.5), [1.0, -2.0]),
)

# %% [markdown]
# By hand: the slope is $1.5 x^2$, so $1.5$ and $6$; times the cotangents 1 and 10.
#
# Five rules, and each is a mistake that somebody made:
#
# - **`g` is not 1.** Somebody downstream computed it. Multiply by it, and do not change
#   it in place: others may hold the same tensor.
# - **One answer for each input of `forward`**, in order; `None` for what is no tensor.
# - **`save_for_backward` for tensors**, so that memory is freed and in-place changes
#   are noticed (lesson 6); plain attributes of `ctx` for the rest.
# - **`forward` runs without a graph.** Nothing in it is recorded. `backward` *is*
#   recorded when somebody asks for `create_graph=True`, if it is made of differentiable
#   operations.
# - **`ctx.needs_input_grad`** is a tuple of True and False. Expensive answers that
#   nobody wants may be `None`.


# %%
class Product(Function):
    """a @ b; prints which of its two answers are wanted."""

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        print("wanted:", ctx.needs_input_grad)
        return (
            g @ b.T if ctx.needs_input_grad[0] else None,
            a.T @ g if ctx.needs_input_grad[1] else None,
        )


frozen, trained = tensor(np.ones((2, 3))), tensor(np.ones((3, 2)), requires_grad=True)
Product.apply(frozen, trained).sum().backward()
print(trained.grad.tolist())

# %% [markdown]
# ### Exercise 1 · Softplus
#
# **Goal.** Write $\operatorname{softplus}(x) = \log(1 + e^x)$ as a Function that is
# accurate from $-800$ to $800$, and can be differentiated twice.
#
# **Signature.** `Softplus.apply(x)` for a float tensor of any shape and strides; result
# of the same shape and dtype. Only its own formulas: the check does not mind which
# operations of torch you use inside.
#
# **Worked example.** At 0 the value is $\log 2 = 0.693$, the slope $\sigma(0) = 0.5$,
# the second derivative 0.25.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **value**, to 12 digits, also where $e^x$ overflows and where it is tiny;
# - **gradient for any cotangent**, at the same places;
# - **second derivative**;
# - **single precision**: float32 in, float32 out, with the digits that it has;
# - **strides**: a transposed tensor works too.
#
# <details><summary>Hint 1: a nudge</summary>
#
# $\log(e^0 + e^x)$ has a name: `torch.logaddexp`. Or take the larger of $x$ and $0$ out
# of the logarithm by hand. What is the derivative? It has a name too.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *value* fails at 800 (`inf`) for `log(1 + exp(x))`, and at -50 (0 instead of 2e-22),
#   because $1 + 10^{-22}$ is 1.
# - *gradient for any cotangent* fails at 800 for `exp(x) / (1 + exp(x))`: `inf / inf`.
# - *second derivative* fails if you save the slope itself: section 4 says why.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def forward(ctx, x):
#     ctx.save_for_backward(...)   # an input
#     return torch.logaddexp(...)
#
# def backward(ctx, g):
#     (x,) = ctx.saved_tensors
#     return g * ...               # recorded, if it is made of torch operations
# ```
#
# </details>


# %% solution="e1-softplus"
class Softplus(Function):
    """log(1 + exp(x)), accurate on both sides, differentiable twice."""

    @staticmethod
    def forward(ctx, x):
        # BEGIN SOLUTION
        ctx.save_for_backward(x)
        return torch.logaddexp(x, torch.zeros_like(x))
        # END SOLUTION

    @staticmethod
    def backward(ctx, g):
        # BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)
        # END SOLUTION


# %% check
def sigma(x):
    """The logistic function, without overflow."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(x)))


def soft(x):
    return Softplus.apply(tensor(x))


def soft_pulled(x, u, turned=False):
    leaf = tensor(x, requires_grad=True)
    out = Softplus.apply(leaf.T).T if turned else Softplus.apply(leaf)
    return torch.autograd.grad(out, leaf, tensor(u))[0]


def soft_twice(x, u, w):
    leaf = tensor(x, requires_grad=True)
    slopes = torch.autograd.grad(
        Softplus.apply(leaf), leaf, tensor(u), create_graph=True
    )
    return torch.autograd.grad(slopes, leaf, tensor(w))[0]


def soft_single(x):
    leaf = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    out = Softplus.apply(leaf)
    (slope,) = torch.autograd.grad(out, leaf)
    return [str(out.dtype), str(slope.dtype), out.item(), slope.item()]


def single_wanted(x):
    return ["torch.float32"] * 2 + [np.logaddexp(0, x), sigma(x)]


def soft_turned(x, u):
    return [Softplus.apply(tensor(x).T), soft_pulled(x, u, turned=True)]


def turned_wanted(x, u):
    return [np.logaddexp(0, x).T, u * sigma(x)]


FINE = Tolerance(rel=2e-12, abs=0.0)  # relative, however small
ROUGH = Tolerance(rel=5e-6, abs=0.0, reason="float32 has seven digits")
# 20.5: a library may change over to x just before
spots = [-800.0, -50.0, -5.0, -0.0, 0.0, 5.0, 20.5, 50.0, 800.0]
check = Check("e1-softplus", visible=1, hidden=2)
check.value("value", soft, lambda x: np.logaddexp(0, x), at=spots, tol=FINE)
check.value(
    "gradient for any cotangent",
    soft_pulled,
    lambda x, u: u * sigma(x),
    at=[(s, 2.0) for s in spots],
    tol=FINE,
)
# BEGIN HIDDEN TESTS
check.hidden()
wide = [check.random(shape) * 4 for shape in [(3,), (2, 1, 3)]]
check.value("value", soft, lambda x: np.logaddexp(0, x), at=[*spots, *wide], tol=FINE)
pairs = [(v, check.random(v.shape)) for v in wide] + [(s, -1.7) for s in spots]
check.value(
    "gradient for any cotangent",
    soft_pulled,
    lambda x, u: u * sigma(x),
    at=pairs,
    tol=FINE,
)
check.value(
    "second derivative",
    soft_twice,
    lambda x, u, w: u * w * sigma(x) * sigma(-x),
    at=[(x, u, 0.5 * u + 1) for x, u in pairs if np.max(np.abs(x)) < 60],
)
check.value(
    "single precision",
    soft_single,
    single_wanted,
    at=[-60.0, -20.0, -3.0, 0.0, 2.0, 40.0, 120.0],
    tol=ROUGH,
)
grid = check.random((2, 3))
check.value("strides", soft_turned, turned_wanted, at=[(grid, check.random((2, 3)))])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 4 · Stability, and what may be saved
#
# `LogSumExp`, $\operatorname{lse}(x) = \log \sum_i e^{x_i}$, is the model example of a
# custom Function. Two reasons are given in tutorials: the naive formula "overflows to
# NaN", and "its gradient needs a backward of its own". Check both. First the naive one:


# %%
def naive(x):
    return x.exp().sum().log()


def shifted(x):
    top = x.detach().max()
    return top + (x - top).exp().sum().log()


def slopes(f, values):
    leaf = tensor(values, requires_grad=True)
    out = f(leaf)
    (found,) = torch.autograd.grad(out, leaf)
    return [round(out.item(), 4), found.numpy().round(4).tolist()]


library = lambda x: torch.logsumexp(x, 0)  # noqa: E731
ways = {"naive": naive, "shifted": shifted, "library": library}
for name, f in ways.items():
    for values in ([0.0, 1.0], [1000.0, 1001.0], [-1000.0, -1001.0]):
        print(name.ljust(8), values, "->", *slopes(f, values))
for name in ("shifted", "library"):
    leaf = torch.tensor([1e8, 1e8], requires_grad=True)  # float32, as in most models
    print(name.ljust(8), "float32:", *torch.autograd.grad(ways[name](leaf), leaf))

# %% [markdown]
# Read slowly; three popular sentences fall.
#
# - *"It overflows to NaN", or raises.* No: the value is `inf` (or `-inf` on the other
#   side), **without a word**. The NaN stands in the *gradient*.
# - *"A custom backward is needed."* No: subtract the largest entry, and plain autograd
#   gives the right gradient. Stability comes from the **forward shift**.
# - *"The custom backward is the accurate one."* Look at the last line, in single
#   precision at $10^8$: two equal entries get the gradients $(1, 1)$ and not
#   $(\tfrac12, \tfrac12)$. The usual backward, and the library's, is
#   $e^{x - \operatorname{lse}}$, and in seven digits $10^8 + \log 2$ is $10^8$.
#   `softmax(x)` shifts by an entry of $x$ instead, which loses nothing.
#
# So why write it? To learn what may be saved. Here is the usual first version: it keeps
# the result before `squeeze`, because that has the shape that broadcasting needs.


# %%
class FirstLogSumExp(Function):
    """log(sum(exp(x))) along `dim`; its second derivative is WRONG: see below."""

    @staticmethod
    def forward(ctx, x, dim):
        top = x.max(dim, keepdim=True).values
        log_sum = top + (x - top).exp().sum(dim, keepdim=True).log()
        ctx.save_for_backward(x, log_sum)
        return log_sum.squeeze(dim)

    @staticmethod
    def backward(ctx, g):
        x, log_sum = ctx.saved_tensors
        return g.unsqueeze(-1) * (x - log_sum).exp(), None


first = lambda v: FirstLogSumExp.apply(v, -1)  # noqa: E731
spot = tensor([0.0, 1.0, 2.0], requires_grad=True)
print("gradcheck:    ", gradcheck(first, spot))
print("gradgradcheck:", gradgradcheck(first, spot, raise_exception=False))
print(torch.autograd.functional.hessian(first, spot).numpy().round(3))
print(torch.autograd.functional.hessian(library, spot).numpy().round(3))
nothing = tensor([-np.inf, -np.inf])
print("log of 0 + 0:", first(nothing).item(), "or", library(nothing).item())

# %% [markdown]
# The first derivative is right. The Hessian is **diagonal**, and no error is raised.
# The true one is $\operatorname{diag}(p) - p p^\top$ with $p = \operatorname{softmax}
# (x)$; its rows add up to 0.
#
# Why? In a second sweep the *backward* is differentiated: `exp(x - log_sum)`. PyTorch
# knows how `x` depends on `x`: it is an input. And `log_sum`? It was made inside
# `forward`, where nothing is recorded, and handed to nobody: a tensor without a past,
# that is, a constant. Half of the derivative is missing.
#
# **Save inputs and outputs. Compute everything else again in `backward`, or hand it out
# as an additional output.** And whoever promises second derivatives runs
# `gradgradcheck`.
#
# (The last line is a smaller bug: where all weights are zero, subtracting the largest
# entry is $-\infty + \infty$. Exercise 2 wants both repaired.)
#
# ### Exercise 2 · LogSumExp, the right one
#
# **Goal.** Write `LogSumExp` with a choice of axis, stable, and with right second
# derivatives.
#
# **Signature.** `LogSumExp.apply(x, dim, keepdim)` returns one tensor: the axis `dim`
# (negative ones count from the end) is gone, or has length 1 if `keepdim` is true.
#
# **Worked example.** `LogSumExp.apply(tensor([[0.0, 0.0], [1e3, 1e3]]), 1, False)`
# is `[0.6931, 1000.6931]`; the gradient of its sum is 0.5 everywhere.
#
# **Decided.** Entries may be $-\infty$: they weigh nothing, and their gradient is 0. If
# *all* entries along `dim` are $-\infty$ the value is $-\infty$ (not NaN); the gradient
# is then not looked at.
#
# *5 points (1 + 4 hidden) · about 20 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **value**, to 12 digits, around 0 and around $\pm 1000$, rows of very different size
#   included;
# - **gradient for any cotangent**, at the same places;
# - **axes**: first, middle, last, negative; `keepdim` true and false;
# - **entries of minus infinity**;
# - **second derivative**: the Hessian, and that of the pulled-back gradient with
#   respect to `x` *and* to the cotangent.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The gradient is $g \cdot \operatorname{softmax}(x)$. What do you need to keep for it?
# And in which shape does `g` arrive when `keepdim` is false?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *value* fails for rows near 1000 and near -1000 at the same time if you subtract the
#   largest entry of the *whole* tensor.
# - *axes* fails for `dim=0` if you write `g.unsqueeze(-1)`, as the first version does.
# - *entries of minus infinity* fails with NaN for a row of them: `-inf - (-inf)`.
# - *second derivative* fails with a diagonal if you keep anything but `x` or the value.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def forward(ctx, x, dim, keepdim):
#     ctx.save_for_backward(...)
#     ctx.dim, ctx.keepdim = ...
#     top = ...                     # finite, one for each row
#     ...
#
# def backward(ctx, g):
#     (x,) = ctx.saved_tensors
#     g = ...                       # back to the shape with the axis in it
#     return g * ..., ..., ...      # three inputs, three answers
# ```
#
# </details>


# %% solution="e2-logsumexp"
class LogSumExp(Function):
    """log(sum(exp(x))) along `dim`, stable, differentiable twice."""

    @staticmethod
    def forward(ctx, x, dim, keepdim):
        # BEGIN SOLUTION
        ctx.save_for_backward(x)
        ctx.dim, ctx.keepdim = dim, keepdim
        top = x.amax(dim, keepdim=True)
        top = torch.where(top.isinf(), torch.zeros_like(top), top)
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
def lse(x, dim=-1, keepdim=False):
    return LogSumExp.apply(tensor(x), dim, keepdim)


def lse_pulled(x, u, dim=-1, keepdim=False):
    leaf = tensor(x, requires_grad=True)
    out = LogSumExp.apply(leaf, dim, keepdim)
    return torch.autograd.grad(out, leaf, tensor(u).reshape(out.shape))[0]


def lse_twice(x, u, w, dim=-1, keepdim=False):
    leaf, back = tensor(x, requires_grad=True), tensor(u, requires_grad=True)
    out = LogSumExp.apply(leaf, dim, keepdim)
    shaped = back.unsqueeze(dim) if keepdim else back
    pulled_ = torch.autograd.grad(out, leaf, shaped, create_graph=True)
    return list(torch.autograd.grad(pulled_, [leaf, back], tensor(w)))


def lse_hessian(x):
    f = lambda v: LogSumExp.apply(v, 0, False)  # noqa: E731
    return torch.autograd.functional.hessian(f, tensor(x))


def weights_of(x, dim):
    """The softmax along `dim`, in NumPy."""
    e = np.exp(x - x.max(dim, keepdims=True))
    return e / e.sum(dim, keepdims=True)


def lse_wanted(x, dim=-1, keepdim=False):
    return np.logaddexp.reduce(x, dim, keepdims=keepdim)


def pulled_wanted(x, u, dim=-1, keepdim=False):
    return np.expand_dims(u, dim) * weights_of(x, dim)


def twice_wanted(x, u, w, dim=-1, keepdim=False):
    p = weights_of(x, dim)
    mean = (p * w).sum(dim, keepdims=True)
    return [np.expand_dims(u, dim) * p * (w - mean), mean.squeeze(dim)]


def hessian_wanted(x):
    p = weights_of(x, 0)
    return np.diag(p) - np.outer(p, p)


check = Check("e2-logsumexp", visible=1, hidden=4)
small = np.array([[0.0, 1.0, 2.0], [-1.0, 0.5, 0.25]])
far = np.array([[1000.0, 1001.0, 999.5], [-1000.0, -1001.0, -1000.5]])
u2 = np.array([0.5, -2.0])
check.value("value", lse, lse_wanted, at=[small, far])
check.value(
    "gradient for any cotangent", lse_pulled, pulled_wanted, at=[(small, u2), (far, u2)]
)
check.value("second derivative", lse_hessian, hessian_wanted, at=[small[0]])
# BEGIN HIDDEN TESTS
check.hidden()
any2 = check.random((2, 3))
check.value("value", lse, lse_wanted, at=[any2, far + any2, any2[:, :1]])
check.value(
    "gradient for any cotangent",
    lse_pulled,
    pulled_wanted,
    at=[(any2, check.random(2)), (np.round(2 * any2) + far, check.random(2))],
)
cube = check.random((2, 3, 4))
lost = {0: (3, 4), 1: (2, 4), 2: (2, 3), -1: (2, 3), -2: (2, 4), -3: (3, 4)}
turns = [(dim, keep) for dim in lost for keep in (True, False)]
check.value("axes", lse, lse_wanted, at=[(cube, *turn) for turn in turns])
check.value(
    "axes",
    lse_pulled,
    pulled_wanted,
    at=[(cube, check.random(lost[turn[0]]), *turn) for turn in turns],
)
holes, empty = check.random((2, 3)), check.random((2, 3))
holes[0, 1] = holes[1, 0] = -np.inf
empty[1] = -np.inf
check.value("entries of minus infinity", lse, lse_wanted, at=[holes, empty])
check.value("entries of minus infinity", lse_pulled, pulled_wanted, at=[(holes, u2)])
check.value("second derivative", lse_hessian, hessian_wanted, at=[check.random(4)])
check.value(
    "second derivative",
    lse_twice,
    twice_wanted,
    at=[(cube, check.random(lost[t[0]]), check.random((2, 3, 4)), *t) for t in turns],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 5 · Surrogates: wrong on purpose, with a name
#
# `round` is flat almost everywhere. Its true gradient is 0, and nothing can be learned
# through it. The **straight-through estimator** (STE) pretends on the way back that it
# was the identity. It does *not* "make rounding differentiable": it replaces the
# derivative of one function by that of another.
#
# In plain operations it is one line: the value of the second term, the slope of the
# first. Will `gradcheck` accept it? Will `gradgradcheck`?

# %%
one_line = lambda v: v + (torch.round(v) - v).detach()  # noqa: E731
off_grid = tensor([0.3, -1.2, 2.6], requires_grad=True)
print("values:", one_line(off_grid).tolist())
print("gradcheck:    ", gradcheck(one_line, off_grid, raise_exception=False))
print("gradgradcheck:", gradgradcheck(one_line, off_grid, raise_exception=False))

# %% [markdown]
# The first refuses it at every point, and it should: slope 1 where differences measure
# 0. The second is content, and that means nothing: it asks whether the derivative *of
# the backward* is right, whatever the backward is. A pass of `gradgradcheck` is worth
# something only after a pass of `gradcheck`.
#
# What do surrogates look like under their curves? And, below the figure: where must the
# points of a test land to notice one? The table counts, for twenty normal numbers times
# a *spread*, how many land where `gradcheck` would tell the `ClampedSigmoid` from the
# truth. Guess the first spread at which most seeds notice.

# %%
line = np.linspace(-8, 8, 161)
s = 1 / (1 + np.exp(-line))
true, floored = s * (1 - s), np.maximum(s * (1 - s), 0.01)
fig, (left, right) = subplots(1, 2, figsize=(8.5, 3.2))
left.semilogy(line, floored, label="ClampedSigmoid", markevery=(10, 20))
left.semilogy(line, true, label="true", markevery=20)
left.set(title="derivative of the sigmoid", xlabel="x")
left.legend()
right.step(line / 4, np.round(line / 4), where="mid", label="round", markevery=20)
right.plot(line / 4, line / 4, label="what the STE differentiates", markevery=(10, 20))
right.set(title="round, and its stand-in", xlabel="x")
right.legend()
figure(
    fig,
    alt="Left, on a logarithmic axis: the true derivative of the sigmoid is a hill, "
    "top 0.25 at 0, that falls exponentially on both sides; that of ClampedSigmoid is "
    "the same hill up to 4.6 on each side and then stays at 0.01. Right: the staircase "
    "of round(x), and the straight line y = x that the straight-through estimator "
    "differentiates in its place.",
    table=[["x", "true derivative", "ClampedSigmoid"]]
    + [[float(line[i]), float(true[i]), float(floored[i])] for i in range(0, 161, 20)],
)

# %%
from autograd_ref.playground import twin

table(twin("surrogate"), caption="Points of twenty that notice the ClampedSigmoid")

# %%
from autograd_ref.playground import scene

scene("surrogate")

# %% [markdown]
# Three. With spread 1, which is what `randn` gives, no seed notices anything. The
# picture has two more functions, wrong in other places: beyond 3, and near 0. No one
# spread is good for all; section 6 makes an exercise of that.
#
# What does the floor buy? It clamps the *local* derivative, from below. (A clamp at 1
# from above, which is sometimes added, never acts: the top is 0.25.) The incoming
# cotangent is not clamped. And what does it cost? Three measurements:


# %%
def deep(f, layers, at=5.0):
    """Gradient through `layers` applications of f, from `at`."""
    leaf = tensor(at, requires_grad=True)
    y = leaf
    for _ in range(layers):
        y = f(y)
    return torch.autograd.grad(y, leaf)[0].item()


def descend(f, steps=2000):
    """Where 2000 gradient steps of size 1 lead, minimising f from 0."""
    leaf = tensor(0.0, requires_grad=True)
    for _ in range(steps):
        (slope_,) = torch.autograd.grad(f(leaf), leaf)
        leaf = (leaf - slope_).detach().requires_grad_()
    return leaf.item()


for name, f in [("plain", torch.sigmoid), ("clamped", ClampedSigmoid.apply)]:
    print(
        name, "slope at 5:", round(deep(f, 1), 4), " ten layers:", f"{deep(f, 10):.1e}"
    )
    print("   2000 steps down the sigmoid end at x =", round(descend(f), 1))

# %% [markdown]
# One layer: 0.0066 becomes 0.01. Ten layers: the gradient still vanishes, for the floor
# acts in the first layer only; the others get numbers between 0 and 1, where the true
# slopes, at most 0.25 each, do the vanishing. And an optimiser that believes
# in a slope where the function is flat walks on forever. A surrogate is a decision with
# a price; say so where you use it.
#
# ### Exercise 3 · Two surrogates
#
# **Goal.** Write two Functions whose backward is not the derivative of their forward.
#
# **Signatures.**
#
# - `RoundSTE.apply(x)`: `torch.round` (halves go to the even neighbour). The cotangent
#   passes as it is.
# - `ClipGrad.apply(x, limit)`: the values of `x`. The *cotangent* is clamped entry by
#   entry to $[-\text{limit}, \text{limit}]$; `limit` is a positive number.
#
# **Worked example.** `RoundSTE.apply` at $(0.5, 2.5, -1.7)$ gives $(0, 2, -2)$; the
# cotangent $(0.3, -7, 2)$ comes out as $(0.3, -7, 2)$. From `ClipGrad` with limit 1 it
# comes out as $(0.3, -1, 1)$.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 2 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **values of RoundSTE**, **values of ClipGrad**;
# - **cotangents of RoundSTE**, **cotangents of ClipGrad**: random ones, any shape;
# - **the cotangent stays as it was**: the tensor that comes in is not changed in place,
#   and neither is `x`;
# - **in a chain**: both inside a longer computation, `x` used twice.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The limit is needed on the way back only. Where do you keep it?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *values of ClipGrad* fails if you clamp `x`: the famous slip, because a clamped
#   *error* has gradient zero beyond the limit instead of a bounded one.
# - *cotangents of ClipGrad*: "returned an incorrect number of gradients" means that the
#   `None` for `limit` is missing.
# - *the cotangent stays as it was* fails for `g.clamp_(...)`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# class ClipGrad(Function):
#     def forward(ctx, x, limit):
#         ctx.limit = ...
#         return ...               # the values of x
#
#     def backward(ctx, g):
#         return ..., ...          # two inputs, two answers
# ```
#
# </details>


# %% solution="e3-surrogates"
class RoundSTE(Function):
    """round(x), with the SURROGATE derivative 1 (straight-through)."""

    @staticmethod
    def forward(ctx, x):
        # BEGIN SOLUTION
        return torch.round(x)
        # END SOLUTION

    @staticmethod
    def backward(ctx, g):
        # BEGIN SOLUTION
        return g
        # END SOLUTION


class ClipGrad(Function):
    """x, with a SURROGATE backward: the cotangent, clamped to [-limit, limit]."""

    @staticmethod
    def forward(ctx, x, limit):
        # BEGIN SOLUTION
        ctx.limit = limit
        return x.clone()
        # END SOLUTION

    @staticmethod
    def backward(ctx, g):
        # BEGIN SOLUTION
        return g.clamp(-ctx.limit, ctx.limit), None
        # END SOLUTION


# %% check
def rounded(x):
    return RoundSTE.apply(tensor(x))


def unclipped(x, limit):
    return ClipGrad.apply(tensor(x), limit)


def through_round(x, u):
    leaf = tensor(x, requires_grad=True)
    return torch.autograd.grad(RoundSTE.apply(leaf), leaf, tensor(u))[0]


def through_clip(x, u, limit):
    leaf = tensor(x, requires_grad=True)
    return torch.autograd.grad(ClipGrad.apply(leaf, limit), leaf, tensor(u))[0]


def left_alone(x, u, limit):
    leaf, one, two = tensor(x, requires_grad=True), tensor(u), tensor(u)
    torch.autograd.grad(ClipGrad.apply(leaf, limit), leaf, one)
    torch.autograd.grad(RoundSTE.apply(leaf), leaf, two)
    return [leaf, one, two]


def chained(x, limit):
    leaf = tensor(x, requires_grad=True)
    y = (3.0 * RoundSTE.apply(2.0 * leaf) + leaf**2) * leaf
    y = ClipGrad.apply(y, limit)
    return [y, torch.autograd.grad((y**2).sum(), leaf)[0]]


def chain_wanted(x, limit):
    y = (3.0 * np.round(2.0 * x) + x**2) * x
    u = np.clip(2 * y, -limit, limit)
    return [y, u * (3.0 * np.round(2.0 * x) + 3 * x**2 + 6.0 * x)]


check = Check("e3-surrogates", visible=1, hidden=2)
halves = np.array([0.5, 1.5, 2.5, -0.5, -1.7, 3.2])
mixed = np.array([0.3, -7.0, 2.0, 0.0, -0.4, 30.0])
check.value("values of RoundSTE", rounded, np.round, at=[halves])
check.value("values of ClipGrad", unclipped, lambda x, limit: x, at=[(mixed, 1.0)])
check.value("cotangents of RoundSTE", through_round, [mixed], at=[(halves, mixed)])
check.value(
    "cotangents of ClipGrad",
    through_clip,
    lambda x, u, limit: np.clip(u, -limit, limit),
    at=[(halves, mixed, 1.0)],
)
# BEGIN HIDDEN TESTS
check.hidden()
shapes = [(4,), (2, 1, 3), (3, 2)]
cases = [(3 * check.random(s), 3 * check.random(s)) for s in shapes]
check.value("values of RoundSTE", rounded, np.round, at=[x for x, _ in cases])
check.value(
    "values of ClipGrad",
    unclipped,
    lambda x, limit: x,
    at=[(x, 0.25) for x, _ in cases],
)
check.value("cotangents of RoundSTE", through_round, lambda x, u: u, at=cases)
check.value(
    "cotangents of ClipGrad",
    through_clip,
    lambda x, u, limit: np.clip(u, -limit, limit),
    at=[(x, u, limit) for x, u in cases for limit in (0.5, 2.0)],
)
check.value(
    "the cotangent stays as it was",
    left_alone,
    lambda x, u, limit: [x, u, u],
    at=[(x, u, 0.5) for x, u in cases],
)
check.value(
    "in a chain",
    chained,
    chain_wanted,
    at=[(x, limit) for x, _ in cases for limit in (0.7, 3)],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 6 · Write the test
#
# You have seen `gradcheck` fooled by its points (section 1), by its cotangents
# (section 2) and by asking about first derivatives only (section 4). One more, the most
# common in practice: fooled by the *shape*. Here is a row sum whose backward guesses
# the axis from the shape. On which inputs is it wrong?


# %%
class GuessingSum(Function):
    """x.sum(1), with a backward that guesses which axis was summed."""

    @staticmethod
    def forward(ctx, x):
        ctx.shape = x.shape
        return x.sum(1)

    @staticmethod
    def backward(ctx, g):
        rows, columns = ctx.shape
        return (g if len(g) == columns else g.unsqueeze(1)).expand(rows, columns)


for shape in [(3, 4), (5, 2), (3, 3)]:
    print(shape, agrees(GuessingSum.apply, draw.normal(size=shape)))
square = tensor(np.ones((3, 3)), requires_grad=True)
print("with .sum():", *torch.autograd.grad(GuessingSum.apply(square).sum(), square))

# %% [markdown]
# On square ones, where the guess is a coin that always lands on the same side. And a
# test that calls `.sum()` first, so that the cotangent is all ones, does not see it
# even there.
#
# ### Exercise 4 · Find the counterexample
#
# **Goal.** Write a search that convicts wrong Functions, and no innocent ones.
#
# **Signature.** `find_counterexample(fn)` returns a 2-D float64 tensor at which `fn`'s
# backward is wrong, or `None` if it finds nothing wrong. `fn` takes a 2-D float64
# tensor of any size from $1 \times 1$ and returns a tensor.
#
# **Where mistakes hide.** All Functions here pass `gradcheck` on `torch.randn(3, 4)`
# nearly always. What is wrong with the wrong ones shows for entries between $-10$ and
# $10$, with at most 6 rows and 10 columns: far out; or on a stretch of the axis, at
# least 0.5 long; or for certain shapes (square, a single row, a single column, many
# columns). True kinks lie at multiples of 0.25 only; a point *at a kink* convicts
# nobody.
#
# **Worked example.** For `ClampedSigmoid.apply`, `tensor([[6.0]])` is an answer;
# `tensor([[0.5]])` is not. For `torch.tanh`, the answer is `None`.
#
# *3 points (0 + 3 hidden) · about 14 minutes · difficulty 4 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **a matrix or None**: the form of the answer (visible, worth no point by itself);
# - **wrong Functions are caught**: at the tensor that you return, differences and
#   backward disagree, and differences with two steps agree (so it is no kink). Six
#   Functions are hidden; `ClampedSigmoid` and `GuessingSum` stand for them here;
# - **right ones are left alone**.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Make a list: which shapes, which sizes of entries? `gradcheck(..., raise_exception=
# False)` is a fine judge for one tensor, if the tensor is chosen well.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *wrong Functions are caught* fails for a slope that is wrong between 3 and 3.5 if
#   your entries are random and few. Walk along the axis instead.
# - *right ones are left alone* fails for `relu` if one of your entries is exactly 0.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# line = ...                        # -10 to 10 in small steps, off the kinks
# squares = ...                     # the line in pieces, as square matrices
# ...                               # other shapes: one row, one column, ...
# for x in ...:
#     if not gradcheck(fn, ..., raise_exception=False):
#         return ...
# return None
# ```
#
# </details>


# %% solution="e4-counterexample"
def find_counterexample(fn):
    """A 2-D float64 tensor where fn's backward is wrong, or None if none is found."""
    # BEGIN SOLUTION
    line = torch.linspace(-9.97, 9.93, 200, dtype=torch.float64)  # off the kinks
    squares, rows = line.reshape(8, 5, 5), line.reshape(20, 1, 10)
    for x in [*squares, *rows, *rows.mT]:
        if not gradcheck(fn, x.clone().requires_grad_(), raise_exception=False):
            return x
    return None
    # END SOLUTION


# %%
# Used by the check below, and handy for suspects of your own.
def as_function(forward, pull):
    """A Function with `forward(x)` and the backward `pull(x, g)`, right or wrong."""

    class Made(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, g):
            return pull(ctx.saved_tensors[0], g)

    return Made.apply


# %% check
def moved(x, h):
    """x with one entry moved by h, for each entry in turn."""
    return [x + h * e.reshape(x.shape) for e in np.eye(x.size)]


def measured(fn, x, h):
    """The Jacobian of `fn` at x by central differences, one row for each entry of x."""
    run = lambda a: fn(tensor(a)).detach().numpy().ravel()  # noqa: E731
    pairs = zip(moved(x, h), moved(x, -h), strict=True)
    return np.array([(run(up) - run(down)) / (2 * h) for up, down in pairs])


def innocent(name, k=0.0):
    """Right Functions: nothing to find."""
    return {
        "tanh": as_function(torch.tanh, lambda x, g: g * (1 - torch.tanh(x) ** 2)),
        "relu": as_function(lambda x: (x - k).relu(), lambda x, g: g * (x > k)),
        "cube": as_function(lambda x: x**3, lambda x, g: g * 3 * x**2),
        "rows": as_function(lambda x: x.sum(1), lambda x, g: g[:, None].expand_as(x)),
    }[name]


def shown(name, k=0.0):
    given = {"clamped": ClampedSigmoid.apply, "guessing": GuessingSum.apply}
    return given[name]


def answer_form(name):
    found = find_counterexample(shown(name))
    return None if found is None else [str(found.dtype), found.dim()]


def good_form(came, name):
    if came is None or came == ["torch.float64", 2]:
        return True
    return f"a float64 tensor with two axes is needed, or None; got {came}"


def judged(fn, found):
    """True if `fn`'s backward is wrong at `found`, else what is the matter."""
    if found is None:
        return "None came, but this Function is wrong somewhere"
    x = np.array(found, dtype=float)
    if x.ndim != 2 or x.size > 600 or not np.all(np.isfinite(x)):
        return "a finite 2-D tensor of moderate size is needed"
    coarse, fine = measured(fn, x, 1e-4), measured(fn, x, 1e-5)
    rows_ = torch.autograd.functional.jacobian(fn, tensor(x)).numpy()
    analytic = rows_.reshape(-1, x.size).T
    scale = 1e-5 * (1 + np.abs(fine).max())
    smooth = np.abs(coarse - fine) <= scale
    wrong = np.abs(analytic - fine) > 10 * scale
    return bool(np.any(smooth & wrong)) or "there, its backward is right, or at a kink"


def accuse_shown(name):
    return find_counterexample(shown(name))


def accuse_innocent(name, k):
    return find_counterexample(innocent(name, k))


check = Check("e4-counterexample", visible=0, hidden=3)
check.behaviour("a matrix or None", answer_form, good_form, at=["clamped", "guessing"])
check.behaviour(
    "wrong Functions are caught",
    accuse_shown,
    lambda found, name: judged(shown(name), found),
    at=["clamped", "guessing"],
)
check.value("right ones are left alone", accuse_innocent, [None], at=[("tanh", 0.0)])
# BEGIN HIDDEN TESTS
check.hidden()


def guilty(name, k):
    """Wrong Functions; k says where."""
    s = torch.sigmoid
    floor = as_function(s, lambda x, g: g * (s(x) * (1 - s(x))).clamp(min=0.02))
    kink = as_function(lambda x: (x - k).relu(), lambda x, g: g * (x > k + 0.5))
    swap = as_function(
        lambda x: x.sum(0),
        lambda x, g: (g[:, None] if len(g) == len(x) else g).expand_as(x),
    )
    wide_ = as_function(
        lambda x: 2 * x,
        lambda x, g: 2 * g * (torch.arange(x.shape[1]) < 7),
    )
    single = as_function(
        lambda x: x - x.mean(0),
        lambda x, g: g - g.mean(0) if len(x) > 1 else g,
    )
    upright = as_function(
        lambda x: x - x.mean(1, keepdim=True),
        lambda x, g: g - g.mean(1, keepdim=True) if x.shape[1] > 1 else g,
    )
    found = {"floor": floor, "kink": kink, "swap": swap, "wide": wide_, "row": single}
    return (found | {"column": upright})[name]


def accuse(name, k):
    return find_counterexample(guilty(name, k))


def convicted(found, name, k):
    return judged(guilty(name, k), found)


side = float(check.rng.choice([-1, 1])) * 0.25 * int(check.rng.integers(14, 36))
check.behaviour("wrong Functions are caught", accuse, convicted, at=[("floor", side)])
ends = [("kink", k) for k in (-10.0, side, 9.5)]
check.behaviour("wrong Functions are caught", accuse, convicted, at=ends)
check.behaviour("wrong Functions are caught", accuse, convicted, at=[("swap", side)])
check.behaviour("wrong Functions are caught", accuse, convicted, at=[("wide", side)])
check.behaviour("wrong Functions are caught", accuse, convicted, at=[("row", side)])
check.behaviour("wrong Functions are caught", accuse, convicted, at=[("column", side)])
check.value(
    "right ones are left alone",
    accuse_innocent,
    [None] * 5,
    at=[("tanh", 0.0), ("relu", 0.0), ("relu", side), ("cube", 0.0), ("rows", 0.0)],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 7 · Where to keep things, and how to say no
#
# `ctx.y = y` is shorter than `save_for_backward(y)`, and it works: the gradient is
# right. What is lost? Two classes, one question each. How many bytes of fifty results,
# all dropped by the caller, are still there? And what happens if somebody multiplies
# the result by 10 in place before the way back? (The slope of $e^x$ at 0 is 1.)


# %%
class OnAttribute(Function):
    """exp(x); keeps its output as an attribute."""

    @staticmethod
    def forward(ctx, x):
        ctx.y = x.exp()
        return ctx.y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.y


class OnList(Function):
    """exp(x); keeps its output with save_for_backward."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


# %%
def left_over(f):
    """Bytes of fifty results that live on: before and after the collector ran."""
    results, x = [], torch.zeros(1000, dtype=torch.float64, requires_grad=True)
    alive = lambda: sum(t.nbytes for r in results if (t := r()) is not None)  # noqa: E731
    gc.collect()
    gc.disable()  # let reference counts do the work alone
    for _ in range(50):
        y = f(x)
        results.append(weakref.ref(y))
        y.sum().backward()
        del y
    before = alive()
    gc.enable()
    gc.collect()
    return before, alive()


def changed_in_place(f):
    leaf = tensor(0.0, requires_grad=True)
    y = f(leaf)
    y.mul_(10)
    return torch.autograd.grad(y, leaf)[0]


# %%
def tried(run):
    """The result as a list, or the first words of the error."""
    try:
        return run().tolist()
    except RuntimeError as error:
        words = " ".join(str(error).split())
        return "refused: " + (words if len(words) < 150 else words[:147] + "...")


for f in (OnAttribute.apply, OnList.apply):
    print(f.__self__.__name__, "bytes left over:", *left_over(f))
    print("   slope after y.mul_(10):", tried(lambda f=f: changed_in_place(f)))

# %% [markdown]
# All fifty are still there, `backward` or not: `y` holds its node (`grad_fn`), the node
# is the `ctx`, and the `ctx` holds `y`. A **memory cycle**. Reference counts never
# free it; Python's collector does, some time later, and until then a big model may have
# run out of memory. (A report of 2019, [issue
# 25340](https://github.com/pytorch/pytorch/issues/25340), shows it in ten lines.)
# `save_for_backward` keeps an output without its past, so there is no cycle, and lets
# go of it after `backward`.
#
# And the second question: ten times ten is 100, where the slope is 10. A tensor on an
# attribute has no version check. The other class *notices*. (A `forward` that changes
# its *input* in place must say so itself, with `ctx.mark_dirty(x)`.)
#
# Sometimes an *intermediate* is expensive, and you want to keep it. Section 4 named the
# way: make it an **output**. Outputs have a past: they belong to the node. A Function
# may return more than its caller wants, a small wrapper drops the rest, and `backward`
# gets one cotangent for *each* output (zeros for those that nobody used).
#
# The other way is to be honest: `@once_differentiable` on `backward` means "once, not
# twice". A second derivative then raises an error. Without it, a backward that computes
# with constants may give half the truth:


# %%
class Quiet(Function):
    """x ** 3 with a backward that keeps its slope as a constant."""

    @staticmethod
    def forward(ctx, x):
        ctx.slope = 3 * x**2
        return x**3

    @staticmethod
    def backward(ctx, g):
        return g * ctx.slope


class Honest(Quiet):
    """The same, and it says that it knows first derivatives only."""

    backward = staticmethod(once_differentiable(Quiet.backward))


# %%
def second(f, formula, walk):
    """Second derivative at 2 of formula(f, v), by backward() or by autograd.grad()."""
    leaf = tensor(2.0, requires_grad=True)
    (slope,) = torch.autograd.grad(formula(f, leaf), leaf, create_graph=True)
    if walk:
        return tried(lambda: slope.backward() or leaf.grad)
    return tried(lambda: torch.autograd.grad(slope, leaf)[0])


squared, times_v = (lambda f, v: f(v) ** 2), (lambda f, v: f(v) * v)
cube = lambda v: v**3  # noqa: E731
for name, f in {"v**3": cube, "Quiet": Quiet.apply, "Honest": Honest.apply}.items():
    print(name)
    print("   f(v)**2, backward():     ", second(f, squared, walk=True))
    print("   f(v)*v,  backward():     ", second(f, times_v, walk=True))
    print("   f(v)*v,  autograd.grad():", second(f, times_v, walk=False))
spot = tensor(2.0, requires_grad=True)
honest_v = lambda v: times_v(Honest.apply, v)  # noqa: E731
print("gradgradcheck:", gradgradcheck(honest_v, spot, raise_exception=False))
HALF = np.log(2.0)  # for exercise 5: e**x / 2 is e**(x - HALF)

# %% [markdown]
# By hand: $v^6$ at 2 has second derivative $30 \cdot 2^4 = 480$, and $v^4$ has $12
# \cdot 2^2 = 48$. `Quiet` says 288 and 24, and nothing else.
#
# `Honest` refuses, twice. The last line shows that its guard is no wall. `backward`
# visits every branch and meets it; `torch.autograd.grad` visits only what leads to `v`,
# finds the other factor, and returns a quarter of the truth. `gradgradcheck` knows.
#
# ### Exercise 5 · Sinh, with both exponentials kept
#
# **Goal.** $\sinh x = (e^x - e^{-x})/2$ has slope $\cosh x = (e^x + e^{-x})/2$. Compute
# the exponentials once, keep both for the way back, and stay right to any order. Then
# the variant that says no.
#
# **Signatures.** `sinh(x) -> Tensor`: one tensor, of x's shape, by way of the class
# `Sinh`, whose outputs are yours to choose. `SinhOnce.apply(x) -> Tensor`: first
# derivative right, the second raises.
#
# **Decided.** Value and gradient are finite wherever $\cosh x$ is. That is a little
# further than $e^x$ goes: $e^{710}$ overflows, $\cosh 710 = 1.1 \cdot 10^{308}$ does
# not. ($e^x / 2 = e^{x - \log 2}$.) `HALF = np.log(2.0)` stands ready.
#
# **Worked example.** At 0: value 0, slope 1, second derivative 0, third 1.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **value** and **gradient for any cotangent**, to 11 digits;
# - **second derivative**, **third derivative**, inside a longer formula;
# - **large arguments**: up to 710;
# - **the honest variant**: value and first derivative of `SinhOnce` are right;
# - **says no**: for $\text{SinhOnce}(x)^2$ the first derivative is right, asking for
#   the second raises a `RuntimeError`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three outputs: value and two halves. With $a = e^x/2$ and $b = e^{-x}/2$: how does
# each depend on $x$, and how do you write that with $a$ and $b$ alone?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *second derivative* fails if `a` and `b` are kept but not returned: they are
#   constants then. It also fails if they are returned, and their cotangents ignored.
# - *large arguments* fails if you write `x.exp() / 2`.
# - *says no* fails if you forget the decorator. Above `backward`, the order is
#   `@staticmethod`, then `@once_differentiable`. Or do as `Honest` does, on the last
#   line of the answer cell.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def forward(ctx, x):
#     a, b = ...
#     ctx.save_for_backward(a, b)       # outputs, so they may be saved
#     return a - b, a, b
#
# def backward(ctx, *cotangents):
#     a, b = ctx.saved_tensors
#     g, g_a, g_b = cotangents
#     return g * ... + g_a * ... + g_b * ...
# ```
#
# </details>


# %% solution="e5-sinh"
class Sinh(Function):
    """sinh(x), differentiable any number of times; its outputs are yours to choose."""

    @staticmethod
    def forward(ctx, x):
        # BEGIN SOLUTION
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b, a, b
        # END SOLUTION

    @staticmethod
    def backward(ctx, *cotangents):
        # BEGIN SOLUTION
        a, b = ctx.saved_tensors
        g, g_a, g_b = cotangents
        return g * (a + b) + g_a * a - g_b * b
        # END SOLUTION


def sinh(x: torch.Tensor) -> torch.Tensor:
    """sinh(x) by way of `Sinh`: one tensor of x's shape."""
    # BEGIN SOLUTION
    return Sinh.apply(x)[0]
    # END SOLUTION


class SinhOnce(Function):
    """sinh(x), differentiable once: a second derivative raises RuntimeError."""

    @staticmethod
    def forward(ctx, x):
        # BEGIN SOLUTION
        a, b = (x - HALF).exp(), (-x - HALF).exp()
        ctx.save_for_backward(a, b)
        return a - b
        # END SOLUTION

    @staticmethod
    def backward(ctx, g):
        # BEGIN SOLUTION
        a, b = ctx.saved_tensors
        return g * (a + b)
        # END SOLUTION


# BEGIN SOLUTION
SinhOnce.backward = staticmethod(once_differentiable(SinhOnce.backward))
# END SOLUTION


# %% check
def sinh_value(x):
    return sinh(tensor(x))


def sinh_pulled(x, u):
    leaf = tensor(x, requires_grad=True)
    return torch.autograd.grad(sinh(leaf), leaf, tensor(u))[0]


def formula(leaf):
    """x * sinh(x) ** 2, so that cotangents depend on x."""
    return leaf * sinh(leaf) ** 2


def nth(x, order):
    leaf = tensor(x, requires_grad=True)
    out = formula(leaf)
    for _ in range(order):
        (out,) = torch.autograd.grad(out.sum(), leaf, create_graph=True)
    return out


def second_wanted(x, order):
    return 2 * np.sinh(2 * x) + 2 * x * np.cosh(2 * x)


def third_wanted(x, order):
    return 6 * np.cosh(2 * x) + 4 * x * np.sinh(2 * x)


def both_large(x, u):
    return [sinh_value(x), sinh_pulled(x, u)]


def once(x, u):
    leaf = tensor(x, requires_grad=True)
    out = SinhOnce.apply(leaf)
    return [out, torch.autograd.grad(out, leaf, tensor(u))[0]]


def twice_refused(x):
    leaf = tensor(x, requires_grad=True)
    (right,) = torch.autograd.grad(SinhOnce.apply(leaf).square().sum(), leaf)
    try:
        square = SinhOnce.apply(leaf).square().sum()
        (slope_,) = torch.autograd.grad(square, leaf, create_graph=True)
        torch.autograd.grad(slope_.sum(), leaf)
    except RuntimeError:
        return [right, "RuntimeError"]
    return [right, "no error"]


def refusal_wanted(x):
    return [np.sinh(2 * x), "RuntimeError"]


def value_and_slope(x, u):
    return [np.sinh(x), u * np.cosh(x)]


ELEVEN = Tolerance(rel=1e-11, abs=1e-13)
check = Check("e5-sinh", visible=1, hidden=2)
three = np.array([0.0, 0.5, -2.0])
back3 = np.array([2.0, -0.5, 0.3])
check.value("value", sinh_value, np.sinh, at=[three], tol=ELEVEN)
check.value(
    "gradient for any cotangent",
    sinh_pulled,
    lambda x, u: u * np.cosh(x),
    at=[(three, back3)],
    tol=ELEVEN,
)
check.value("second derivative", nth, second_wanted, at=[(three, 2)], tol=ELEVEN)
check.value("says no", twice_refused, refusal_wanted, at=[three], tol=ELEVEN)
# BEGIN HIDDEN TESTS
check.hidden()
some = [3 * check.random(shape) for shape in [(4,), (2, 3)]]
pairs = [(x, check.random(x.shape)) for x in some]
check.value("value", sinh_value, np.sinh, at=some, tol=ELEVEN)
check.value(
    "gradient for any cotangent",
    sinh_pulled,
    lambda x, u: u * np.cosh(x),
    at=pairs,
    tol=ELEVEN,
)
orders = [(x, 2) for x in some]
check.value("second derivative", nth, second_wanted, at=orders, tol=ELEVEN)
orders = [(x, 3) for x in some]
check.value("third derivative", nth, third_wanted, at=orders, tol=ELEVEN)
check.value(
    "large arguments",
    both_large,
    value_and_slope,
    at=[(710.0, 0.5), (-300.0, 0.25), (300.0, -2.0)],
    tol=ELEVEN,
)
check.value("the honest variant", once, value_and_slope, at=pairs, tol=ELEVEN)
check.value("says no", twice_refused, refusal_wanted, at=some, tol=ELEVEN)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 8 · Functions of functions: `setup_context`, `vmap`, forward mode
#
# `torch.func` (lesson 6) wants pure functions. A `forward` that writes on its `ctx` is
# not one, and is refused. Since PyTorch 2.0 there is a form that splits the two: a
# `forward` **without** `ctx`, and `setup_context(ctx, inputs, output)`, which saves.
# Two more pieces make a Function complete:
#
# - `vmap(info, in_dims, *inputs)`: what to do with a batch. It returns the result and
#   the axis along which it is batched. Or, in place of it, `generate_vmap_rule = True`:
#   PyTorch derives it, if all three methods are made of torch operations.
# - `jvp(ctx, *tangents)`: the **forward-mode rule**. It reads what
#   `ctx.save_for_forward` saved.


# %%
class Cube(Function):
    """x ** 3 with everything: both modes, and a rule for batches."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        return 3 * ctx.saved_tensors[0] ** 2 * g

    @staticmethod
    def jvp(ctx, v):
        return 3 * ctx.saved_tensors[0] ** 2 * v


print("slope of x ** 3 at 2:", grad(Cube.apply)(tensor(2.0)).item())

# %%
two = tensor([1.0, 2.0])
old_form = lambda v: ScaledCube.apply(v, 1.0)  # noqa: E731
questions = {
    "grad of the sum": lambda f: grad(lambda v: f(v).sum())(two),
    "vmap": lambda f: vmap(f)(two),
    "jacrev": lambda f: jacrev(f)(two),
    "jvp along (1, 2)": lambda f: jvp(f, (two,), (two,))[1],
    "grad of grad, at 2": lambda f: grad(grad(f))(two[1]),
    "jacfwd of jacrev, at 2": lambda f: jacfwd(jacrev(f))(two[1]),
    "jacfwd of jacfwd, at 2": lambda f: jacfwd(jacfwd(f))(two[1]),
}
answers = {
    name: tried(lambda ask=ask: ask(Cube.apply)) for name, ask in questions.items()
}
print("old form:", *{tried(lambda a=ask: a(old_form)) for ask in questions.values()})
print("if:      ", tried(lambda: vmap(lambda v: v if v > 0 else -v)(-two)))
print("where:   ", tried(lambda: vmap(lambda v: torch.where(v > 0, v, -v))(-two)))
table([["question", "Cube answers"], *answers.items()], caption="x ** 3 at (1, 2)")

# %% [markdown]
# Seven questions, one answer from the old form: a refusal that names what is missing.
#
# The last row of the table is a trap, and an open one: $x^3$ at 2 has second derivative
# 12. Forward mode over the `jvp` rule says **0**, without an error, in the version
# measured here. Forward over reverse is right; use that, and test it.
#
# One more trap: inside these transforms a tensor may stand for a whole batch. What
# could `if v > 0:` mean then? The lines above the table show the refusal, and the way
# out.
#
# ### Exercise 6 · Softplus for functions of functions
#
# **Goal.** Bring exercise 1 into the new form.
#
# **Signature.** `MappedSoftplus.apply(x)`: as `Softplus.apply`, and it runs under
# `torch.func`'s `grad`, `vmap`, `jacrev`, `jvp`, `jacfwd`, alone and nested (not
# `jacfwd` of `jacfwd`). You may delete the method `vmap` and write
# `generate_vmap_rule = True` in its place; having both is an error.
#
# **Worked example.** `grad(grad(MappedSoftplus.apply))(tensor(0.0))` is 0.25.
#
# *3 points (1 + 2 hidden) · about 10 minutes · difficulty 3 of 5 · importance 3 of 5*
#
# **What the check looks at**
#
# - **grad and grad of grad**;
# - **vmap**, over the first axis and over others, alone and around `grad`;
# - **jacrev**;
# - **forward mode**: `jvp` with any tangent, `jacfwd`, and `jacfwd` of `jacrev`;
# - **backward as before**: outside `torch.func`, with any cotangent, accurate from -800
#   to 800.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The formulas are those of exercise 1. Only their places change.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *grad and grad of grad* fails with "must override the setup_context staticmethod" if
#   `forward` still takes `ctx`.
# - *forward mode* fails with "not enough values to unpack" if you saved for backward
#   only.
# - *vmap* fails if the axis that you report is not that of the result. Softplus acts
#   entry by entry: where is the batch axis afterwards?
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def forward(x): ...
# def setup_context(ctx, inputs, output):
#     (x,) = inputs
#     ctx.save_for_backward(...)
#     ctx.save_for_forward(...)
# def backward(ctx, g): ...
# def jvp(ctx, v): ...
# def vmap(info, in_dims, x):
#     return MappedSoftplus.apply(x), ...
# ```
#
# </details>


# %% solution="e6-transforms"
class MappedSoftplus(Function):
    """log(1 + exp(x)) that runs under torch.func's transforms."""

    @staticmethod
    def forward(x):
        # BEGIN SOLUTION
        return torch.logaddexp(x, torch.zeros_like(x))
        # END SOLUTION

    @staticmethod
    def setup_context(ctx, inputs, output):
        # BEGIN SOLUTION
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)
        # END SOLUTION

    @staticmethod
    def backward(ctx, g):
        # BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        return g * torch.sigmoid(x)
        # END SOLUTION

    @staticmethod
    def jvp(ctx, v):
        # BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        return v * torch.sigmoid(x)
        # END SOLUTION

    @staticmethod
    def vmap(info, in_dims, x):
        # BEGIN SOLUTION
        return MappedSoftplus.apply(x), in_dims[0]
        # END SOLUTION


# %% check
def logistic(x):
    """The logistic function, without overflow."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(x)))


def grads(x):
    f = lambda v: MappedSoftplus.apply(v)  # noqa: E731
    spot_ = tensor(x)
    return [grad(f)(spot_), grad(grad(f))(spot_), grad(lambda v: f(v) ** 2)(spot_)]


def grads_wanted(x):
    one = logistic(x)
    return [one, one * logistic(-x), 2 * np.logaddexp(0, x) * one]


def mapped(x, axis):
    f = lambda v: MappedSoftplus.apply(v)  # noqa: E731
    total = lambda v: f(v).square().sum()  # noqa: E731
    t = tensor(x)
    return [vmap(f, axis, axis)(t), vmap(grad(total), axis, axis)(t)]


def mapped_wanted(x, axis):
    value_ = np.logaddexp(0, x)
    return [value_, 2 * value_ * logistic(x)]


def rows_of(x):
    return jacrev(lambda v: MappedSoftplus.apply(v))(tensor(x))


def forward_pushed(x, v):
    f = lambda t: MappedSoftplus.apply(t)  # noqa: E731
    return [*jvp(f, (tensor(x),), (tensor(v),)), jacfwd(f)(tensor(x))]


def forward_wanted(x, v):
    one = logistic(x)
    return [np.logaddexp(0, x), v * one, np.diag(one)]


def hessian_of_sum(x):
    f = lambda t: MappedSoftplus.apply(t).sum()  # noqa: E731
    return jacfwd(jacrev(f))(tensor(x))


def as_before(x, u):
    leaf = tensor(x, requires_grad=True)
    out = MappedSoftplus.apply(leaf)
    return [out, torch.autograd.grad(out, leaf, tensor(u))[0]]


def before_wanted(x, u):
    return [np.logaddexp(0, x), u * logistic(x)]


check = Check("e6-transforms", visible=1, hidden=2)
few = np.array([0.5, -1.0, 2.0])
check.value("grad and grad of grad", grads, grads_wanted, at=[0.7])
check.value("vmap", mapped, mapped_wanted, at=[(few, 0)])
check.value("jacrev", rows_of, lambda x: np.diag(logistic(x)), at=[few])
check.value("forward mode", forward_pushed, forward_wanted, at=[(few, 2 * few)])
check.value("backward as before", as_before, before_wanted, at=[(few, few)])
# BEGIN HIDDEN TESTS
check.hidden()
block, vector = 2 * check.random((2, 3, 4)), 2 * check.random(5)
check.value("grad and grad of grad", grads, grads_wanted, at=[float(v) for v in vector])
check.value(
    "vmap", mapped, mapped_wanted, at=[(block, 0), (block, 1), (block, 2), (vector, 0)]
)
check.value("jacrev", rows_of, lambda x: np.diag(logistic(x)), at=[vector])
check.value(
    "forward mode", forward_pushed, forward_wanted, at=[(vector, check.random(5))]
)
check.value(
    "forward mode",
    hessian_of_sum,
    lambda x: np.diag(logistic(x) * logistic(-x)),
    at=[vector],
)
ends = np.array([-800.0, -40.0, 0.0, 40.0, 800.0])
check.value(
    "backward as before",
    as_before,
    before_wanted,
    at=[(block, check.random(block.shape)), (ends, check.random(5))],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 9 · Break it
#
# Three broken versions of $\tanh$. Which of `gradcheck`, `gradgradcheck` and a random
# cotangent catches each? And which property of exercises 1, 2 and 5? Guess, then run.


# %%
def tanh_with(pull):
    """tanh as a Function with backward pull(x, y, g)."""

    class Tanh(Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.tanh(x)
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx, g):
            return pull(*ctx.saved_tensors, g)

    return Tanh.apply


broken = {
    "A": tanh_with(lambda x, y, g: 1 - y**2),
    "B": tanh_with(lambda x, y, g: g * (1 - y.detach() ** 2)),
    "C": tanh_with(lambda x, y, g: g.sign() * (1 - y**2)),
}

# %%
at = tensor([0.3, -0.8, 1.2], requires_grad=True)
u = tensor([0.5, -2.0, 3.0])
rows = [["Function", "gradcheck", "gradgradcheck", "random cotangent"]]
for name, f in broken.items():
    (pulled,) = torch.autograd.grad(f(at), at, u)
    said = [
        check_(f, at, raise_exception=False) for check_ in (gradcheck, gradgradcheck)
    ]
    said.append(torch.allclose(pulled, u * (1 - at.tanh() ** 2)))
    rows.append([name, *("content" if good else "objects" for good in said)])
table(rows, caption="Three witnesses")

# %% [markdown]
# <details><summary>Which catches which?</summary>
#
# - **A** forgot `g`. `gradcheck` sees it here, since rows that should be zero are not.
#   With *one* entry, a unit cotangent 1 would hide it. *gradient for any cotangent*.
# - **B** cut the output's past: first derivative right, second not. *second
#   derivative*.
# - **C** uses the sign of `g` only. A unit vector has the same sign as itself, so
#   `gradcheck` is content; the random cotangent is not. *gradient for any cotangent*.
#
# No single test catches all. The checks of exercises 1, 2 and 5 use a random cotangent
# and a second derivative for that reason.
#
# </details>
#
# ## 10 · Check yourself
#
# <details><summary>1. <code>forward(ctx, x, scale, mode)</code> with tensor, number,
# string. How many values does <code>backward</code> return?</summary>
#
# Three: the gradient, `None`, `None`.
#
# </details>
# <details><summary>2. What may be saved for a second derivative to be right?</summary>
#
# Inputs and outputs. Anything else counts as a constant in the second sweep.
#
# </details>
# <details><summary>3. <code>gradcheck</code> passes. Name three things that may still
# be wrong.</summary>
#
# Other points (saturation, kinks), other shapes, other cotangents (linearity), second
# derivatives, batches, single precision.
#
# </details>
# <details><summary>4. A Function keeps its output with <code>ctx.y = y</code>. Name two
# things that are lost.</summary>
#
# Memory, until the collector breaks the cycle; and the version check, so that an
# in-place change of `y` gives a wrong gradient without a word.
#
# </details>
# <details><summary>5. When is a custom Function <em>not</em> worth it?</summary>
#
# When plain operations, arranged stably, do it: they bring both modes, all orders and
# `vmap` with them.
#
# </details>
#
# ## 11 · In the wild
#
# In May 2021 a maintainer of PyTorch wrote down, in [issue
# 58509](https://github.com/pytorch/pytorch/issues/58509), what happened in section 4: a
# Function that keeps an intermediate result passes `gradcheck` and is silently wrong in
# its second derivative. The proposal was to attach a node that raises an error to such
# tensors. It came back as [issue
# 76185](https://github.com/pytorch/pytorch/issues/76185) in 2022 and as [issue
# 104040](https://github.com/pytorch/pytorch/issues/104040) in 2023. As section
# 4 shows, nothing warns you in the version used here.
#
# The zero of section 8 is known as well: [issue
# 197867](https://github.com/pytorch/pytorch/issues/197867) reports nested `jacfwd`
# through a Function that does everything by the book.
#
# ## 12 · Interview corner
#
# **"When would you write an `autograd.Function`?"** For code that autograd cannot see
# (NumPy, a solver, a kernel), for a formula that saves memory or digits, or for a
# surrogate. Not for stability alone: shift the forward. *Evidence:* the rows of
# `shifted` in section 4.
#
# **"What does gradcheck guarantee?"** Agreement with differences, at these points, for
# unit cotangents, first order. *Evidence:* the first two lines below. *The trap:* "it
# passed on `randn`" says nothing about 6.
#
# **"Why must a backward be linear in its cotangent?"** Because it is $u \mapsto u^\top
# J$: fan-out adds cotangents up, and the sum must not depend on the order of adding and
# pulling back. *Evidence:* two arms through a clipped cotangent, pulled one by one and
# together.

# %%
for name, place in [("randn", draw.normal(size=20)), ("6", [6.0])]:
    print("gradcheck on", name, "says", agrees(ClampedSigmoid.apply, place))
p = tensor([1.0], requires_grad=True)
q = ClippedCotangent.apply(p)
one_by_one = sum(
    torch.autograd.grad(arm, p, retain_graph=True)[0] for arm in (0.8 * q, 0.7 * q)
)
print("one by one:", one_by_one.item(), " together:", end=" ")
print(torch.autograd.grad(0.8 * q + 0.7 * q, p)[0].item())

# %% [markdown]
# ## 13 · Further: training with quantised weights
#
# A model for a small device has weights on a coarse grid. Two ways to get there: train,
# then round (*post-training*); or round in every forward pass while training and let
# the straight-through estimator carry the gradient past the rounding. That is
# **quantisation-aware training**. The inputs below are correlated, so that one weight
# can make up for the rounding of another, if somebody lets it.


# %%
class StraightThrough(Function):
    """x rounded to multiples of `step`; SURROGATE derivative 1."""

    @staticmethod
    def forward(ctx, x, step):
        return torch.round(x / step) * step

    @staticmethod
    def backward(ctx, g):
        return g, None


def fit(X, y, quantise, steps=400):
    """Weights after gradient descent on the squared error of quantised weights."""
    w = tensor([0.0] * X.shape[1], requires_grad=True)
    for step in range(steps):
        error = (X @ quantise(w) - y).square().mean()
        (slope,) = torch.autograd.grad(error, w, materialize_grads=True)
        rate = 0.03 * (1 - step / steps)  # falls to zero, see below
        w = (w - rate * slope).detach().requires_grad_()
    return w.detach()


# %%
def losses(seed):
    """Loss of float weights, then of three kinds of weights on the grid."""
    noise = np.random.default_rng(seed)
    X = tensor(noise.normal(size=(64, 1)) + 0.3 * noise.normal(size=(64, 8)))
    y = X @ tensor(noise.uniform(-1, 1, size=8))
    ste = lambda w: StraightThrough.apply(w, 0.5)  # noqa: E731
    flat = lambda w: torch.round(w / 0.5) * 0.5  # noqa: E731
    trained = fit(X, y, lambda w: w)
    grids = [ste(trained), flat(fit(X, y, flat)), ste(fit(X, y, ste))]
    return [(X @ w - y).square().mean().item() for w in (trained, *grids)]


table(
    [["data", "float", "rounded afterwards", "true gradient", "straight-through"]]
    + [[seed, *(f"{loss:.3f}" for loss in losses(seed))] for seed in range(41, 47)],
    caption="Loss of eight weights; all but the first kind on a grid of step 0.5",
)

# %% [markdown]
# With the true gradient of `round`, which is zero, nothing moves: that is the loss of
# eight zeros. With the surrogate, training found a better grid point than rounding
# afterwards did in three of these six sets of data, the same one in two, and in the
# last a far worse one. It is a *biased* gradient, and that shows elsewhere, too: where
# the best value lies between two grid points, does it come to rest?

# %%
w, seen = tensor(0.2, requires_grad=True), []
for _ in range(60):
    quantised = StraightThrough.apply(w, 0.05)
    (slope,) = torch.autograd.grad((quantised - 0.53) ** 2, w)
    w = (w - 0.1 * slope).detach().requires_grad_()
    seen.append(round(quantised.item(), 2))
print("target 0.53, the last 24 values:", seen[-24:])

# %% [markdown]
# It does not: it goes back and forth between the neighbours of its target for good. In
# practice one freezes weights, or averages, or lets the learning rate fall, as `fit`
# does.
#
# ## 14 · Stretch: through a solver
#
# **Goal.** $y$ is *defined* by an equation, $g(x, y) = 0$, and found by bisection in
# NumPy. Autograd sees nothing of it. Give it a backward by the **implicit function
# theorem**: along the solution $g_x + g_y \, y' = 0$, so $y' = -g_x / g_y$. No step of
# the solver is differentiated.
#
# **Signature.** `Root.apply(x, g, low, high)`: `x` a float64 tensor of any shape, `g` a
# function of two tensors that acts entry by entry and grows with $y$ from below zero
# (at `low`) to above (at `high`), both numbers. Result: the tensor of roots, to 12
# digits. The given `bisect(h, low, high)` finds roots of `h`, a function of an array.
#
# **Worked example.** $g = y^3 + y - x$ at $x = 10$: root 2, slope $1/(3 \cdot 4 + 1) =
# 1/13$.
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks · about 20
# minutes · difficulty 4 of 5*
#
# **What the check looks at**
#
# - **roots**;
# - **gradient for any cotangent**;
# - **inside a longer computation**: `x` made from something else, the root used twice.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `backward` may ask autograd itself: make leaves of `x` and `y`, run `g` once under
# `torch.enable_grad()`, and ask for both partial derivatives.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *gradient for any cotangent* fails with the wrong sign at the worked example if the
# minus is lost; "does not require grad" means that `enable_grad` is missing.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def forward(ctx, x, g, low, high):
#     h = lambda y: g(x, torch.from_numpy(y)).numpy()
#     y = ...bisect(h, np.full(...), np.full(...))...
#     ...
# def backward(ctx, u):
#     with torch.enable_grad():
#         x, y = (t.detach().requires_grad_() for t in ctx.saved_tensors)
#         g_x, g_y = torch.autograd.grad(...)
#     return ..., None, None, None
# ```
#
# </details>


# %%
def bisect(h, low, high):
    """Roots of h, entry by entry, between the arrays `low` and `high`."""
    for _ in range(200):
        middle = 0.5 * (low + high)
        below = h(middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return 0.5 * (low + high)


# %% solution="s7-implicit-root"
class Root(Function):
    """The y with g(x, y) = 0, by bisection; slope by the implicit function theorem."""

    @staticmethod
    def forward(ctx, x, g, low, high):
        # BEGIN SOLUTION
        def h(y):
            return g(x, torch.from_numpy(y)).numpy()

        ends = (np.full(tuple(x.shape), float(end)) for end in (low, high))
        y = torch.from_numpy(np.asarray(bisect(h, *ends)))
        ctx.g = g
        ctx.save_for_backward(x, y)
        return y
        # END SOLUTION

    @staticmethod
    def backward(ctx, u):
        # BEGIN SOLUTION
        recorded = torch.enable_grad()(ctx.g)
        x, y = (t.detach().requires_grad_() for t in ctx.saved_tensors)
        z = recorded(x, y)
        g_x, g_y = torch.autograd.grad(z, (x, y), torch.ones_like(z))
        return -u * g_x / g_y, None, None, None
        # END SOLUTION


# %% check
EQUATIONS = {  # name -> (g, low, high)
    "cubic": (lambda x, y: y**3 + y - x, -20.0, 20.0),
    "kepler": (lambda x, y: y - 0.5 * torch.sin(y) - x, -20.0, 20.0),
    "mixed": (lambda x, y: y * torch.exp(y) - x * x, 0.0, 10.0),
}
SLOPES = {  # dy/dx in terms of the root y and x
    "cubic": lambda x, y: 1 / (3 * y**2 + 1),
    "kepler": lambda x, y: 1 / (1 - 0.5 * np.cos(y)),
    "mixed": lambda x, y: 2 * x / (np.exp(y) * (1 + y)),
}
INVERSES = {  # x that belongs to a root y
    "cubic": lambda y: y**3 + y,
    "kepler": lambda y: y - 0.5 * np.sin(y),
    "mixed": lambda y: np.sqrt(y * np.exp(y)),
}


def root_of(name, y):
    return Root.apply(tensor(INVERSES[name](y)), *EQUATIONS[name])


def root_pulled(name, y, u):
    leaf = tensor(INVERSES[name](y), requires_grad=True)
    out = Root.apply(leaf, *EQUATIONS[name])
    return torch.autograd.grad(out, leaf, tensor(u))[0]


def root_inside(name, y):
    leaf = tensor(INVERSES[name](y) / 2, requires_grad=True)
    out = Root.apply(2 * leaf, *EQUATIONS[name])
    return torch.autograd.grad((out**2 + out * leaf).sum(), leaf)[0]


def inside_wanted(name, y):
    x = INVERSES[name](y)
    return 2 * SLOPES[name](x, y) * (2 * y + x / 2) + y


CLOSE = Tolerance(rel=1e-10, abs=1e-11)
check = Check("s7-implicit-root", visible=1, hidden=1)
check.value("roots", root_of, lambda name, y: y, at=[("cubic", np.array([2.0, -1.0]))])
check.value(
    "gradient for any cotangent",
    root_pulled,
    lambda name, y, u: u * SLOPES[name](INVERSES[name](y), y),
    at=[("cubic", np.array([2.0, -1.0]), np.array([1.0, 3.0]))],
    tol=CLOSE,
)
# BEGIN HIDDEN TESTS
check.hidden()
ys = [
    (name, np.abs(check.random(shape))) for name in EQUATIONS for shape in (3, (2, 2))
]
check.value("roots", root_of, lambda name, y: y, at=ys, tol=CLOSE)
check.value(
    "gradient for any cotangent",
    root_pulled,
    lambda name, y, u: u * SLOPES[name](INVERSES[name](y), y),
    at=[(name, y, check.random(y.shape)) for name, y in ys],
    tol=CLOSE,
)
check.value("inside a longer computation", root_inside, inside_wanted, at=ys, tol=CLOSE)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 15 · One page to take away
#
# **Form.** `forward(ctx, ...)` computes and saves; `backward(ctx, g)` returns one
# answer for each input, `None` where there is none. New form: `forward(...)`, then
# `setup_context(ctx, inputs, output)`; it is the one that `torch.func` takes.
#
# **Saving.** Inputs and outputs, with `save_for_backward`; an output on an attribute of
# `ctx` is a memory cycle without a version check. Numbers on `ctx`. An intermediate is
# a constant in the second sweep: compute it again, or return it as an output. An input
# changed in place: `ctx.mark_dirty`.
#
# **Orders.** A backward made of differentiable operations is differentiable. If yours
# is not, say `@once_differentiable`.
#
# **Stability.** Shift the forward; the backward follows. Overflow is silent.
#
# **Surrogates.** `ClampedSigmoid`, straight-through, clipped cotangents: not the
# derivative of the forward, biased, useful, and labelled so.
#
# | test | sees | does not see |
# |---|---|---|
# | `gradcheck` on `randn` | a wrong formula | saturation, rare kinks, other shapes |
# | `gradcheck` on chosen points | those as well | a backward not linear in $g$ |
# | random cotangent, closed form | that as well | second derivatives |
# | `gradgradcheck` | intermediates kept | batches, single precision |
# | `torch.func` transforms | what `vmap` and forward mode need | accuracy far out |
#
# **Next.** Nodes cost memory and time. Lesson 8 switches them off, and looks at what
# each switch really does. Back to the [map of the course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
