# %% [markdown]
# # Lesson 6 · PyTorch autograd, read like a ledger
#
# **Reading: about 23 minutes** (at 200 words a minute, hints included).
# **Exercises: about 80 minutes** for 20 points; the stretch at the end is extra.
#
# You have built all of it once: numbers that remember their parents, an order, a walk
# backwards, gradients that add up. PyTorch does the same, in C++, for arrays. So this
# lesson does not start with rules. It opens the books: what PyTorch wrote down while
# your code ran, where it will post each amount, and which receipts it threw away.
#
# **After this lesson you can**
#
# - predict `is_leaf`, `grad_fn` and `.grad` of every tensor in a snippet, `None`s
#   included;
# - ask for a gradient without leaving a trace;
# - accumulate over micro-batches so that they equal the big batch, and say when they
#   cannot;
# - say what a graph keeps alive, and what the second `backward` finds;
# - compute Jacobians and Hessian-vector products at the right price.
#
# **You need** lessons 3 and 4 (adjoints, the backward walk) and a little of 5. And, for
# the first time, **PyTorch**. If it is not installed, the next cell says so in plain
# words: install it with `pip install torch` (a build without a graphics card is enough,
# everything here runs on the CPU) and restart the notebook. Lessons 1 to 5 and the
# index need NumPy only, so nothing else is lost in the meantime.

# %%
from importlib.util import find_spec

if find_spec("torch") is None:
    raise ModuleNotFoundError(
        "Lesson 6 needs PyTorch, which is not installed here. Install it with "
        "'pip install torch' (the CPU build is enough), restart the kernel and run "
        "this cell again. Lessons 1 to 5 work without it."
    )

import warnings

import numpy as np
import torch
import torch.autograd.forward_ad as forward_ad
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from autograd_ref.finite import gradient as measured_gradient
from graders import Check, Tolerance
from graders.show import figure, subplots, table

# %% [markdown]
# ## 1 · A hook: eight lines, four pages
#
# Think of each tensor's `.grad` as a page in a book of accounts. Before you go on,
# write down what stands on the pages of `w`, `x`, `b` and `z` when these eight lines
# have run. All four answers are surprising to somebody.

# %%
w = torch.tensor(3.0, requires_grad=True)
x = torch.tensor(2.0)
b = torch.tensor(1.0, requires_grad=True)
u = w * x
z = u + b
L = z**2
L.backward()
(5 * b).backward()

# %% [markdown]
# By hand: $z = 7$, so $\partial L/\partial z = 14$, $\partial L/\partial w = 14 \cdot 2
# = 28$ and $\partial L/\partial b = 14$. Does the machine agree?


# %%
def read(t):
    """`t.grad`, and the first words of a warning if reading it gives one."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        grad = t.grad
    return grad, [str(one.message)[:72] + "..." for one in said]


def attempt(probe):
    """`probe()`, or the name and first words of the error that it raised."""
    try:
        return probe()
    except Exception as error:
        words = " ".join(str(error).split())
        words = words if len(words) < 99 else words[:96] + "..."
        return f"({type(error).__name__}: {words})"


for name, t in [("w", w), ("x", x), ("b", b), ("z", z)]:
    print(name, *read(t))

# %% [markdown]
# - `w` has its 28.
# - `b` has **19**, not 5: the second `backward` added 5 to the 14. Pages are never
#   wiped; amounts are only added.
# - `x` has `None`. Nobody asked for an account to be opened.
# - `z` has `None`, with a warning, although the 14 must have passed through it: how
#   else did 28 come about? It went through and was not booked.
#
# Four pages, three rules. The rest of the lesson makes them precise.
#
# ## 2 · Predict
#
# Three guesses; they earn and cost nothing.
#
# 1. `y = (x + 1).sum()` for a leaf `x` of ones, then `y.backward()` **twice**. What
#    stands in `x.grad[0]`? Write 0 if you think the second call is refused.
# 2. Two micro-batches, of 3 examples and of 1. Each loss is a mean, each is divided by
#    2 (the number of micro-batches), the gradients add up. Compared with the mean over
#    all four, how many times too heavy is the lonely example?
# 3. A chain of 10 functions `sin`, forwards and then backwards. How many tensors were
#    kept for the way back?

# %% solution="p6-guesses"
guesses = {
    "x.grad[0] after two calls": None,
    "weight of the lonely example": None,
    "tensors kept by ten sines": None,
}
# BEGIN SOLUTION
guesses = {
    "x.grad[0] after two calls": 2,
    "weight of the lonely example": 2,
    "tensors kept by ten sines": 10,
}
# END SOLUTION


# %% check
def two_calls():
    spot = torch.ones(2, requires_grad=True)
    total = (spot + 1).sum()
    total.backward()
    total.backward()
    return spot.grad[0].item()


def ten_sines():
    kept, spot = [], torch.ones(2, requires_grad=True)
    with saved_tensors_hooks(lambda t: (kept.append(t), t)[1], lambda t: t):
        for _ in range(10):
            spot = spot.sin()
    return len(kept)


check = Check("p6-guesses", visible=0, hidden=0)
check.facts(
    "guess",
    guesses,
    truths={
        "x.grad[0] after two calls": two_calls,
        "weight of the lonely example": lambda: (1 / 2) / (1 / 4),
        "tensors kept by ten sines": ten_sines,
    },
)
check.score()

# %% [markdown]
# They come back in sections 7, 6 and 7.
#
# ## 3 · The ledger itself: `grad_fn` and `next_functions`
#
# While the hook ran forwards, PyTorch wrote one **node** for each operation. A result
# points to its node with `grad_fn`. A node points on with `next_functions`, to the
# nodes of what it was computed *from*: those to whom it will pass amounts on the way
# back. (In lesson 4 these pointers were called `parents`.) The next cells walk the
# books of `L`, print them, and draw them. Before you look: to how many nodes does the
# addition point?
#
# Under the figure stands a snippet that you may replace by your own, and its books with
# two columns more: which tensors a node *keeps* for the way back, and how often each
# was written to in place, its *version*. What does `exp` keep: what went in, or what
# came out?


# %%
def walk(root):
    """The nodes below the tensor `root`, its own first; each of them once."""
    found, seen, waiting = [], set(), [root.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            found.append(node)
            waiting += [child for child, _ in reversed(node.next_functions)]
    return found


def ledger(root):
    """One row for each node: number, name, who comes next, and a leaf's shape."""
    nodes = walk(root)
    number = {node: i for i, node in enumerate(nodes)}
    rows = [["no.", "node", "passes on to", "posts to a leaf of shape"]]
    for i, node in enumerate(nodes):
        following = [number.get(child, "nobody") for child, _ in node.next_functions]
        leaf = tuple(node.variable.shape) if hasattr(node, "variable") else ""
        rows.append([i, node.name().split("::")[-1], str(following), leaf])
    return rows


# %%
table(ledger(L), caption="The books of L = (w * x + b) ** 2, read from the end")


# %%
def places(root):
    """Node -> place in a small picture: longest distance from `root`, then a row."""
    depth, queue = {root.grad_fn: 0}, [root.grad_fn]
    for node in queue:
        for child, _ in node.next_functions:
            if child is not None and depth.get(child, 0) <= depth[node]:
                depth[child] = depth[node] + 1
                queue.append(child)
    levels = list(depth.values())
    return {n: (d, -levels[:i].count(d)) for i, (n, d) in enumerate(depth.items())}


def draw(ax, root, words):
    """Boxes from left to right, each with its name and a word of explanation."""
    ends = {"arrowstyle": "->", "shrinkA": 42, "shrinkB": 42}
    found = places(root)
    for node, (column, row) in found.items():
        for child, _ in node.next_functions:
            to = found.get(child, (column + 1, row - 1))
            ax.annotate("", to, (column, row), arrowprops=ends)
            ax.text(*to, "" if child else "nobody", ha="center", va="center")
        text = node.name().split("::")[-1] + "\n" + words[node]
        box = {"boxstyle": "round", "facecolor": "white"}
        ax.text(column, row, text, ha="center", va="center", bbox=box)


# %%
fig, ax = subplots(figsize=(8, 3.4))
mul, add = u.grad_fn, z.grad_fn
words = {L.grad_fn: "made L", add: "made z", mul: "made u"}
words |= {mul.next_functions[0][0]: "page of w", add.next_functions[1][0]: "page of b"}
draw(ax, L, words)
ax.set(xlim=(-0.5, 3.5), ylim=(-1.4, 0.4))
ax.axis("off")
for name, t in [("L", L), ("z", z), ("u", u), ("w", w)]:
    print(name, "->", getattr(t.grad_fn, "next_functions", "no grad_fn: a leaf"))
print("the page of b is b:", add.next_functions[1][0].variable is b)
figure(
    fig,
    alt="The graph of L from left to right: PowBackward0, which made L, points to "
    "AddBackward0, which made z. That points to two boxes: MulBackward0, which made u, "
    "and AccumulateGrad, the page of b. MulBackward0 points to AccumulateGrad, the "
    "page of w, and to nobody, for x needs no gradient.",
    table=ledger(L),
)

# %%
from autograd_ref.playground import twin

knob = torch.tensor([1.0, 2.0], requires_grad=True)  # your snippet: these three lines
grown = (knob * knob).exp()
ending = (grown * knob).sum()
table(
    twin("live", ending, knob=knob, grown=grown),
    caption="The books of the snippet, with what is kept",
)

# %%
from autograd_ref.playground import scene

scene("live", ending, knob=knob, grown=grown)

# %% [markdown]
# Two. A common drawing shows `z` pointing to `w`, `x` and `b`; in truth `w` and `x`
# stand one level deeper, behind the multiplication. Look at the raw pointers above the
# picture, too. Entries are *pairs* (the number says which output of the next node is
# meant). Inputs that need no gradient appear as `None`. And leaves have no `grad_fn` at
# all: for each there is a node named `AccumulateGrad` that holds on to it, the *page*
# of the leaf.
#
# And `exp` keeps what came *out*, for that is its slope. Write `grown += 1` under the
# three lines and run both cells again: two nodes then hold a tensor that has changed
# since, and would refuse to go back. Section 7 returns to it.
#
# ## 4 · Who is a leaf, and who gets a page
#
# Often heard: "a leaf is a tensor that the user created, not an operation." Test it on
# seven tensors. Which are leaves?

# %%
r = torch.ones(3, requires_grad=True)
with torch.no_grad():
    quiet = r * 2
normed = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
tensors = {
    "torch.ones(3) + 1": torch.ones(3) + 1,
    "r, requires_grad=True": r,
    "r * 2, under no_grad": quiet,
    "r.detach()": r.detach(),
    "r.double()": r.double(),
    "r.float() (it is float already)": r.float(),
    "weight of a weight-normed layer": normed.weight,
}
table(
    [["tensor", "is_leaf", "requires_grad", "grad_fn is None"]]
    + [
        [name, t.is_leaf, t.requires_grad, t.grad_fn is None]
        for name, t in tensors.items()
    ],
    caption="Leaves",
)

# %% [markdown]
# The last column decides: **a leaf is a tensor without a `grad_fn`**. The sum of two
# plain tensors is a leaf, for nothing was written down. `r.double()` is not, although
# it was made in the same breath: its page is that of the `float32` tensor behind it,
# and an optimiser refuses it. And **`.grad` is filled for leaves that require grad**,
# and for nobody else, unless you ask with `retain_grad()`, in time:

# %%
p = torch.ones(2, requires_grad=True)
early, late = p * 3, p * 4
early.retain_grad()
(early * late).sum().backward()
late.retain_grad()
print("asked before backward:", read(early))
print("asked afterwards:     ", read(late), " no warning any more!")
print("on a leaf: nothing happens, retains_grad is", p.retain_grad() or p.retains_grad)
print("without requires_grad:", attempt(torch.ones(2).retain_grad))

# %% [markdown]
# ### Exercise 1 · Ten facts
#
# **Goal.** Predict ten facts about this snippet; then, and only then, run it in a cell
# of your own and compare.
#
# ```python
# a = torch.tensor([1.0, 2.0], requires_grad=True)
# c = torch.tensor([3.0, 4.0])
# d = a * c
# e = d.detach()
# s = (d + e).sum()
# s.backward()
# ```
#
# **Answers.** `True`, `False`, a number, or the word `"None"` in quotes (a bare `None`
# means "not answered yet"). The last two keys go on after the snippet: first a new
# graph is run backwards twice, then `torch.optim.SGD([a], lr=0.1).zero_grad()` is
# called.
#
# **Worked example.** `"a.is_leaf"` would be `True`: it was made by no operation.
#
# *3 points (0 + 3 hidden) · about 12 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **every key has an answer** of one of the three forms (visible; this much you see at
#   once);
# - **fact**: each of the ten, compared with what the snippet does (hidden, so that
#   guessing again and again does not help).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Draw it. Cross out every arrow that `detach` cuts. Then ask of each tensor: has it a
# `grad_fn`? Does it require grad? Only those with no / yes get a page.
#
# </details>
# <details><summary>Hint 2: the facts that go wrong most often</summary>
#
# - `a.grad[0]`: $s = \sum (a c + \text{constant})$, because `e` is a constant with the
#   same *value* as `d`.
# - `next_functions` has one entry for each input of the operation, `None`s included.
# - `s.grad_fn` after `backward`: section 7 has the experiment, or try it.
#
# </details>
# <details><summary>Hint 3: how to run each</summary>
#
# ```python
# print(d.is_leaf, ..., len(d.grad_fn.next_functions), s.grad_fn is None)
# t = (a + 1).sum()      # a new graph; what does it add to a.grad, twice?
# ...
# ```
#
# </details>

# %% solution="e1-ten-facts"
PREDICTIONS = {
    "c.is_leaf": None,
    "d.is_leaf": None,
    "e.is_leaf": None,
    "a.double().is_leaf": None,
    "len(d.grad_fn.next_functions)": None,
    "a.grad[0]": None,
    "d.grad": None,
    "s.grad_fn is None": None,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": None,
    "a.grad after zero_grad()": None,
}
# BEGIN SOLUTION
PREDICTIONS = {
    "c.is_leaf": True,
    "d.is_leaf": False,
    "e.is_leaf": True,
    "a.double().is_leaf": False,
    "len(d.grad_fn.next_functions)": 2,
    "a.grad[0]": 3.0,
    "d.grad": "None",
    "s.grad_fn is None": False,
    "a.grad[0] after t = (a + 1).sum() and two t.backward()": 5.0,
    "a.grad after zero_grad()": "None",
}
# END SOLUTION


# %% check
def snippet():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    c = torch.tensor([3.0, 4.0])
    d = a * c
    e = d.detach()
    s = (d + e).sum()
    s.backward()
    return a, c, d, e, s


def later(zero):
    a = snippet()[0]
    t = (a + 1).sum()
    t.backward()
    t.backward()
    if zero:
        torch.optim.SGD([a], lr=0.1).zero_grad()
    return "None" if a.grad is None else a.grad[0].item()


def all_answered(came):
    if not isinstance(came, dict) or len(came) != 10:
        return "keep the ten keys of the dictionary, and add none"
    unanswered = [key for key, answer in came.items() if answer is None]
    if unanswered:
        return f"{len(unanswered)} keys have no answer yet: {unanswered[0]!r} first"
    odd = [k for k, a in came.items() if isinstance(a, str) and a != "None"]
    return not odd or f"under {odd[0]!r} stands another word than 'None'"


check = Check("e1-ten-facts", visible=0, hidden=3)
check.behaviour("every key has an answer", lambda: PREDICTIONS, all_answered)
# BEGIN HIDDEN TESTS
check.hidden()
check.facts(
    "fact",
    PREDICTIONS,
    truths={
        "c.is_leaf": lambda: snippet()[1].is_leaf,
        "d.is_leaf": lambda: snippet()[2].is_leaf,
        "e.is_leaf": lambda: snippet()[3].is_leaf,
        "a.double().is_leaf": lambda: snippet()[0].double().is_leaf,
        "len(d.grad_fn.next_functions)": lambda: len(
            snippet()[2].grad_fn.next_functions
        ),
        "a.grad[0]": lambda: snippet()[0].grad[0].item(),
        "d.grad": lambda: str(read(snippet()[2])[0]),
        "s.grad_fn is None": lambda: snippet()[4].grad_fn is None,
        "a.grad[0] after t = (a + 1).sum() and two t.backward()": lambda: later(False),
        "a.grad after zero_grad()": lambda: later(True),
    },
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 5 · Asking without booking: `torch.autograd.grad`
#
# There are two ways to ask for a gradient.
#
# | | `y.backward()` | `torch.autograd.grad(y, x)` |
# |---|---|---|
# | what comes back | nothing | a tuple, one gradient for each input asked for |
# | what it changes | adds to `.grad` of *every* leaf below `y` | nothing |
# | an input that `y` does not use | is left alone | an error, unless you say how |
#
# To say how: `allow_unused=True` gives `None` for such an input, and
# `materialize_grads=True` gives zeros.
#
# `backward` is made for training, where all parameters want their share. For a question
# about *one* tensor it is a nuisance: it writes into pages that are none of your
# business. Compare: is the answer right, and what is left behind? The referee is
# lesson 1's difference quotient.


# %%
def tensor(values, requires_grad=False):
    """A float64 tensor; in single precision no check could be strict."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


def made(kind, values):
    """A tensor with these values: plain, a leaf that requires grad, or a result."""
    made_ = tensor(values, requires_grad=kind != "plain")
    return made_ * 1.0 if kind == "result" else made_


weight = tensor([2.0, -1.0, 0.5], requires_grad=True)


def bowl(v):
    return (weight * v).sin().sum() + v.square().prod()


spot = tensor([0.3, -0.8, 1.1], requires_grad=True)
(asked,) = torch.autograd.grad(bowl(spot), spot)
print("autograd.grad:", asked.numpy(), " left behind:", spot.grad, weight.grad)
bowl(spot).backward()
print("backward:     ", spot.grad.numpy(), " left behind:", weight.grad.numpy())
black_box = lambda v: bowl(torch.tensor(v)).item()  # noqa: E731
print("measured:     ", measured_gradient(black_box, spot.detach().numpy()))

# %% [markdown]
# Where no gradient exists, each formula had to pick a number. In lesson 1 we asked what
# libraries say *at* a kink. Here is the answer of this one:


# %%
def slope(f, values):
    """Gradient of `f` at `values`, as a list or a number."""
    spot = tensor(values, requires_grad=True)
    return torch.autograd.grad(f(spot).sum(), spot)[0].tolist()


kinks = [
    ["relu at 0", slope(torch.relu, 0.0)],
    ["abs at 0", slope(torch.abs, 0.0)],
    ["clamp(0, 1) at 0", slope(lambda v: v.clamp(0, 1), 0.0)],
    ["max() of two equal entries", slope(lambda v: v.max(), [1.0, 1.0])],
    ["max(dim=0) of two equal entries", slope(lambda v: v.max(0).values, [1.0, 1.0])],
    [
        "relu(x) - relu(-x), which is x, at 0",
        slope(lambda v: v.relu() - (-v).relu(), 0.0),
    ],
    ["norm at 0", slope(lambda v: v.norm(), [0.0, 0.0])],
    ["sqrt(sum(x * x)) at 0", slope(lambda v: (v * v).sum().sqrt(), [0.0, 0.0])],
    ["round at 0.3", slope(torch.round, 0.3)],
]
table([["function and place", "gradient"], *kinks], caption="Conventions at kinks")

# %% [markdown]
# All legal choices but two: the sixth line has slope 1 in mathematics (the program's
# kinks do not cancel), and the eighth is the `inf * 0` of a square root at 0. The last
# line is a *silent zero*: `round` is flat, so nothing can be learned through it.
#
# ### Exercise 2 · A gradient that leaves no trace
#
# **Goal.** Write `grad_of(f, x)`: the gradient of `f` at `x`, and not a trace of the
# question anywhere.
#
# **Signature.** `grad_of(f, x) -> Tensor`. `f` takes a tensor and returns a tensor with
# one entry, which may depend on `x`, on other tensors that require grad, or on neither.
# `x` is a float tensor of any shape and dtype, with or without `requires_grad`, a leaf
# or a result of something.
#
# **Worked example.** `grad_of(lambda v: (v**3).sum(), tensor([1.0, 2.0]))` is
# `tensor([3., 12.])`.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **gradient**, to 12 digits;
# - **any kind of tensor**: `x` plain, a leaf that requires grad, or a result;
# - **x stays as it was**: values, `requires_grad`, `.grad`;
# - **no weight is touched**: `.grad` of tensors that `f` uses stays as it is;
# - **zeros where x is not used**, of x's shape and dtype: `f` may use only its weights,
#   or return a constant;
# - **a plain tensor**: x's dtype, `requires_grad` is `False`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Do not differentiate with respect to `x` itself. What would `x.detach()` give you, and
# what is still missing before you can ask for a gradient with respect to *that*?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *any kind of tensor* fails at a plain `x` with "does not require grad".
# - *x stays as it was* fails if you call `x.requires_grad_()`: the caller's tensor is
#   changed.
# - *zeros where x is not used* fails with "One of the differentiated Tensors appears to
#   not have been used", and for a constant with "does not require grad". Two errors,
#   two cures.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# leaf = ...                       # a leaf of its own with the values of x
# y = f(leaf)
# if not y.requires_grad:          # a constant: nothing was written down
#     return ...
# (gradient,) = torch.autograd.grad(y, leaf, ...)   # see the table above for unused
# return gradient
# ```
#
# </details>


# %% solution="e2-grad-of"
def grad_of(f, x: torch.Tensor) -> torch.Tensor:
    """Gradient of the one-entry result `f(x)`; no `.grad` is touched anywhere.

    Detached, of x's shape and dtype; zeros where `f` does not use `x`.
    """
    # BEGIN SOLUTION
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    if not y.requires_grad:
        return torch.zeros_like(leaf)
    (gradient,) = torch.autograd.grad(y, leaf, materialize_grads=True)
    return gradient
    # END SOLUTION


# %% check
CURVES = {  # name -> (function, its gradient in NumPy)
    "cubes": (lambda v: (v**3).sum(), lambda x: 3 * x**2),
    "wave": (
        lambda v: (v.sin() * v.exp()).sum(),
        lambda x: np.exp(x) * (np.sin(x) + np.cos(x)),
    ),
    "squared sum": (lambda v: v.sum() ** 2, lambda x: np.full(x.shape, 2 * x.sum())),
    "shared": (lambda v: (v * v * v + 2 * v).sum(), lambda x: 3 * x**2 + 2),
}


def gradient_of(name, values, kind="plain"):
    return grad_of(CURVES[name][0], made(kind, values))


def wanted(name, values, kind="plain"):
    return CURVES[name][1](np.asarray(values))


def state_after(values, booked):
    leaf = made("leaf", values)
    leaf.grad = None if booked is None else torch.full_like(leaf, booked)
    plain = made("plain", values)
    grad_of(CURVES["wave"][0], leaf)
    grad_of(CURVES["wave"][0], plain)
    seen = [leaf.requires_grad, plain.requires_grad, plain.grad is None]
    return [seen, leaf, plain, "nothing" if leaf.grad is None else leaf.grad]


def state_before(values, booked):
    page = "nothing" if booked is None else np.full(np.shape(values), booked)
    return [[True, False, True], values, values, page]


def weights_after(values, booked):
    one = tensor([0.5, -2.0], requires_grad=True)
    if booked is not None:
        one.grad = torch.full_like(one, booked)
    got = grad_of(lambda v: (v**2).sum() * one.prod(), made("leaf", values))
    return [got, "nothing" if one.grad is None else one.grad]


def weights_before(values, booked):
    page = "nothing" if booked is None else np.full(2, booked)
    return [-2.0 * np.asarray(values), page]


def unused(case, values, single):
    weight_ = tensor([2.0, 3.0], requires_grad=True)
    x = made("plain", values).to(torch.float32 if single else torch.float64)
    fixed = {"weights": lambda v: weight_.prod(), "constant": lambda v: tensor(4.0)}
    got = grad_of(fixed[case], x)
    return [got, str(got.dtype)]


def nothing_used(case, values, single):
    zeros_ = np.zeros(np.shape(values))
    return [zeros_, "torch.float32" if single else "torch.float64"]


def form(values, single, kind):
    x = made(kind, values).to(torch.float32 if single else torch.float64)
    scale = tensor(1.5, requires_grad=True).to(x.dtype)
    got = grad_of(lambda v: (v * v).sum() * scale, x)
    return [got.requires_grad, str(got.dtype), list(got.shape)]


def right_form(values, single, kind):
    dtype = "torch.float32" if single else "torch.float64"
    return [False, dtype, list(np.shape(values))]


check = Check("e2-grad-of", visible=1, hidden=2)
short = np.array([1.0, 2.0])
check.value("gradient", gradient_of, wanted, at=[("cubes", short), ("wave", -short)])
sorts = [("cubes", short, "leaf"), ("wave", short, "result")]
check.value("any kind of tensor", gradient_of, wanted, at=sorts)
check.value("x stays as it was", state_after, state_before, at=[(short, None)])
check.value("no weight is touched", weights_after, weights_before, at=[(short, None)])
empty = [("weights", short, False)]
check.value("zeros where x is not used", unused, nothing_used, at=empty)
check.value("a plain tensor", form, right_form, at=[(short, False, "leaf")])
# BEGIN HIDDEN TESTS
check.hidden()
shapes = [check.random(shape) for shape in [(1,), (3,), (2, 1, 3)]]
several = [(name, values) for name in CURVES for values in shapes]
check.value("gradient", gradient_of, wanted, at=[*several, ("cubes", np.array(0.7))])
sorts = [(n, v, k) for n, v in several[:4] for k in ("leaf", "result")]
check.value("any kind of tensor", gradient_of, wanted, at=sorts)
booked = [(values, page) for values in shapes for page in (None, 7.0)]
check.value("x stays as it was", state_after, state_before, at=booked)
check.value("no weight is touched", weights_after, weights_before, at=booked)
empty = [(c, v, s) for c in ("weights", "constant") for v in shapes for s in (0, 1)]
check.value("zeros where x is not used", unused, nothing_used, at=empty)
forms = [(v, s, k) for v in shapes for s in (0, 1) for k in ("plain", "leaf", "result")]
check.value("a plain tensor", form, right_form, at=forms)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 6 · Accumulation: right, wrong, and nearly right
#
# `backward` adds. Run it three times without clearing, and the gradient is three times
# too long. `zero_grad()` clears, and since PyTorch 2.0 it does so by setting `.grad` to
# **`None`**, not to zero. Is that the same thing? Ask an optimiser with a memory:


# %%
def small_net(*layers, seed=0):
    """The layers as one float64 network, with weights drawn from `seed`."""
    net, chance = nn.Sequential(*layers).double(), torch.Generator()
    chance.manual_seed(seed)
    for parameter in net.parameters():
        nn.init.normal_(parameter, generator=chance)
    return net


model = small_net(nn.Linear(3, 1))
inputs = tensor(np.arange(6.0).reshape(2, 3))
for _ in range(3):
    model(inputs).square().mean().backward()
    print(f"length of the gradient: {model[0].weight.grad.norm():.6f}")

for to_none in (True, False):
    p = nn.Parameter(tensor([1.0]))
    adam = torch.optim.AdamW([p], lr=0.1)
    (3 * p).sum().backward()
    adam.step()
    before = p.item()
    adam.zero_grad(set_to_none=to_none)
    adam.step()  # no backward in between
    print(f"set_to_none={to_none}: {p.grad}, p moves by {p.item() - before:+.3f}")

# %% [markdown]
# A gradient of zero is an opinion ("stay, but keep rolling, and decay"); `None` is no
# opinion, and the optimiser skips the parameter.
#
# Adding is also useful. If a batch does not fit into memory, cut it into
# **micro-batches**, run `backward` on each, and step once. Tutorials divide each loss
# by the number of micro-batches and call the result equivalent. When is it? Every row
# of the next table compares with the gradient of the whole batch. Cover the last
# column and guess.


# %%
def gradients(net, loss):
    """All parameter gradients of `loss` in one vector; nothing is booked."""
    grads = torch.autograd.grad(loss, list(net.parameters()))
    return torch.cat([g.flatten() for g in grads])


def in_parts(net, X, y, loss, sizes, factor):
    """Gradients of micro-batches, each loss times `factor(X, y)`, added up."""
    pieces = zip(X.split(sizes), y.split(sizes), strict=True)
    return sum(gradients(net, factor(a, b) * loss(net(a), b)) for a, b in pieces)


def off(net, X, y, loss, sizes, factor):
    """How far the parts are from the whole batch, relative to its length."""
    whole = gradients(net, loss(net(X), y))
    return (
        (in_parts(net, X, y, loss, sizes, factor) - whole).norm() / whole.norm()
    ).item()


rng = np.random.default_rng(6)
X, y = tensor(rng.normal(size=(10, 5))), tensor(rng.normal(size=(10, 1)))
labels = torch.tensor([0, 1, 2, 0, 1, -100, -100, -100, -100, 2])  # -100: ignore

# %%
mse, xent = functional.mse_loss, functional.cross_entropy
norm = small_net(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1))
calm = small_net(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1)).eval()
line, three = small_net(nn.Linear(5, 1)), small_net(nn.Linear(5, 3))
drop = small_net(nn.Dropout(0.5), nn.Linear(5, 1))
half, share = (lambda a, b: 1 / 2), (lambda a, b: len(a) / 10)
counted = lambda a, b: (b != -100).sum().item() / 6  # noqa: E731
tries = [
    ["5 + 5, each loss / 2", line, y, mse, [5, 5], half],
    ["5 + 5, no division", line, y, mse, [5, 5], lambda a, b: 1],
    ["7 + 3, each loss / 2", line, y, mse, [7, 3], half],
    ["7 + 3, times share of examples", line, y, mse, [7, 3], share],
    ["BatchNorm, 5 + 5, / 2", norm, y, mse, [5, 5], half],
    ["BatchNorm in eval(), 5 + 5, / 2", calm, y, mse, [5, 5], half],
    ["ignore_index, 5 + 5, / 2", three, labels, xent, [5, 5], half],
    ["ignore_index, times share of labels", three, labels, xent, [5, 5], counted],
    ["Dropout, 5 + 5, / 2", drop, y, mse, [5, 5], half],
]
rows = [[name, off(net, X, *rest)] for name, net, *rest in tries]
table([["micro-batches", "off by (relative)"], *rows], caption="Parts and the whole")

# %% [markdown]
# So "equivalent to the big batch" holds for parts of equal size, a loss that is a mean
# over examples, and a model that treats examples one by one. Otherwise:
#
# - **Unequal sizes.** The mean of means is not the mean. Weight each part by its share,
#   or, simpler: add up *sums* and divide once, by the number of examples, at the end.
# - **`ignore_index`.** The same trap in disguise: the mean is over the labels that
#   count, and their number differs from part to part. Sums again, divided by the number
#   of labels that count.
# - **BatchNorm.** Each part is normalised by its own mean and variance. No weighting
#   repairs that: another function has been differentiated. (In `eval()` mode it uses
#   stored statistics, and parts add up again.)
# - **Dropout.** Other masks, another sample of the same thing. Not wrong, not equal.
#
# ### Exercise 3 · Micro-batches that equal the big batch
#
# **Goal.** Add to every parameter's `.grad` the mean gradient over *all* examples, one
# micro-batch at a time.
#
# **Signature.** `accumulate(model, batches, loss_sum) -> None`. `batches` yields pairs
# `(X, y)` and can be walked through only once; `len(X)` is the number of examples, at
# least 1 and not the same in each. `loss_sum(model(X), y)` is the *sum* of the losses
# of the examples. No optimiser is involved.
#
# **Worked example.** One parameter $w = 0$ with loss $\sum (w x - y)^2$, micro-batches
# $x = (1, 1)$, $y = (1, 1)$ and $x = (1)$, $y = (4)$: gradients $-4$ and $-8$, three
# examples, so $-4$ is added to `w.grad`. (A mean of means would give $-5$.)
#
# *5 points (1 + 4 hidden) · about 20 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **mean gradient over all examples**: equal parts, unequal parts, a last part of one
#   example, several outputs for each example;
# - **gradients already there are kept**: what stands in `.grad` before is added to, not
#   divided and not lost;
# - **frozen parameters stay without**: where `requires_grad` is `False`, `.grad` stays
#   `None`, and nothing crashes;
# - **parameters stay as they were**: values and `requires_grad`;
# - **one micro-batch at a time**: live memory is that of one micro-batch, whatever
#   their number (measured in bytes while your function runs).
#
# <details><summary>Hint 1: a nudge</summary>
#
# You learn the number of examples only when the last part has come. So divide at the
# end. But then, what about the amounts that stood in `.grad` before you came?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *mean gradient over all examples* fails at sizes 7 and 3 if each part is divided by
#   its own length or by the number of parts.
# - *gradients already there are kept* fails at 0.5 everywhere if the final division
#   hits the old amount too: put it aside first, or keep your sums elsewhere.
# - *one micro-batch at a time* fails if you add up losses and call `backward` once: the
#   graph of every part is alive at the same time.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# params = [p for p in model.parameters() if ...]
# before = {p: p.grad for p in params}    # put aside
# for p in params: ...                    # a clean page
# count = 0
# for X, y in batches:
#     ...                                 # backward frees this part's graph
#     count += len(X)
# for p, old in before.items():
#     ...                                 # divide what is new, then add the old
# ```
#
# </details>


# %% solution="e3-accumulate"
def accumulate(model, batches, loss_sum) -> None:
    """Add the mean gradient over all examples to each trainable parameter's `.grad`.

    `batches` yields (X, y) once; `loss_sum` adds up the losses of the examples.
    """
    # BEGIN SOLUTION
    params = [p for p in model.parameters() if p.requires_grad]
    before = {p: p.grad for p in params}  # put aside
    for p in params:
        p.grad = None
    count = 0
    for X, y in batches:
        loss_sum(model(X), y).backward()
        count += len(X)
    for p, old in before.items():
        p.grad = p.grad / count if old is None else old + p.grad / count
    # END SOLUTION


# %%
# Used by the check below: parts of given sizes, a network, a loss that is a sum.
def parts_of(seed, sizes):
    """Micro-batches of 3 inputs and 2 outputs, as pairs of tensors."""
    chance = np.random.default_rng(seed)
    shapes = [((n, 3), (n, 2)) for n in sizes]
    return [tuple(tensor(chance.normal(size=s)) for s in pair) for pair in shapes]


def two_layers(width=5, frozen=False):
    """Linear, tanh, linear; with `frozen`, the first layer is not trained."""
    net = small_net(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, 2))
    net[0].requires_grad_(not frozen)
    return net


def square_sum(prediction, target):
    """Sum of squared differences, less target ** 2, which no gradient sees."""
    return (prediction * (prediction - 2 * target)).sum()


def pages(net):
    """Each parameter's gradient, or the word None."""
    return ["None" if p.grad is None else p.grad for p in net.parameters()]


# %% check
def accumulated(seed, sizes, booked=None, frozen=False):
    net = two_layers(frozen=frozen)
    for p in net.parameters():
        if booked is not None and p.requires_grad:
            p.grad = torch.full_like(p, booked)
    accumulate(net, iter(parts_of(seed, sizes)), square_sum)
    return pages(net)


def whole_batch(seed, sizes, booked=None, frozen=False):
    net, parts = two_layers(frozen=frozen), parts_of(seed, sizes)
    X, y = (torch.cat(columns) for columns in zip(*parts, strict=True))
    (square_sum(net(X), y) / len(X)).backward()
    found = [p.grad for p in net.parameters()]
    return ["None" if g is None else g.numpy() + (booked or 0.0) for g in found]


def values_after(seed, sizes):
    net = two_layers(frozen=True)
    accumulate(net, iter(parts_of(seed, sizes)), square_sum)
    return [[p, p.requires_grad] for p in net.parameters()]


def values_before(seed, sizes):
    return [[p.detach(), p.requires_grad] for p in two_layers(frozen=True).parameters()]


def run_wide(sizes):
    accumulate(two_layers(300), iter(parts_of(0, sizes)), square_sum)


def bytes_of_one(sizes):
    from graders.checks.meter import peak_bytes

    def one():
        (X, y), net = parts_of(0, sizes)[0], two_layers(300)
        square_sum(net(X), y).backward()

    return 1.9 * peak_bytes(one)[0]


NEAR = Tolerance(rel=1e-10, abs=1e-12)  # sums in another order
check = Check("e3-accumulate", visible=1, hidden=4)
check.value(
    "mean gradient over all examples",
    accumulated,
    whole_batch,
    at=[(0, (4, 4)), (1, (3, 1))],
    tol=NEAR,
)
check.value(
    "gradients already there are kept",
    accumulated,
    whole_batch,
    at=[(2, (4, 4), 0.5)],
    tol=NEAR,
)
# BEGIN HIDDEN TESTS
check.hidden()
fresh = [int(check.rng.integers(10_000)) for _ in range(6)]
check.value(
    "mean gradient over all examples",
    accumulated,
    whole_batch,
    at=[(fresh[0], (7, 3)), (fresh[1], (5, 5, 1)), (fresh[2], (1,))],
    tol=NEAR,
)
check.value(
    "gradients already there are kept",
    accumulated,
    whole_batch,
    at=[(fresh[3], (7, 3), 0.5), (fresh[4], (2, 6, 1), -2.0)],
    tol=NEAR,
)
check.value(
    "frozen parameters stay without",
    accumulated,
    whole_batch,
    at=[(fresh[5], (7, 3), None, True), (fresh[0], (2, 3), 1.5, True)],
    tol=NEAR,
)
check.value(
    "parameters stay as they were", values_after, values_before, at=[(3, (2, 1))]
)
check.peak(
    "one micro-batch at a time", run_wide, at=[((64,) * 8,)], at_most=bytes_of_one
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 7 · Receipts and lifetime
#
# To go backwards, a multiplication must remember its factors. An addition has nothing
# to remember. What is kept for the way back are **saved tensors**, the receipts of the
# ledger, and a hook can count them. Which rows surprise you?


# %%
def receipts(run):
    """How many tensors `run()` keeps for the way back."""
    kept = []
    with saved_tensors_hooks(lambda t: (kept.append(t), t)[1], lambda t: t):
        run()
    return len(kept)


A, B = (tensor(np.ones((3, 4)), requires_grad=True) for _ in range(2))
C, W = tensor(np.ones((3, 4))), tensor(np.ones((4, 2)), requires_grad=True)
views = [lambda: A.view(12), lambda: torch.cat([A, B])]
curved = [A.exp, A.sin, A.tanh, A.relu, lambda: A.softmax(1)]
ops = {
    "A + B, A.sum(), A.mean()": [lambda: A + B, A.sum, A.mean],
    "view, cat": views,
    "A * 3.0": [lambda: A * 3.0],
    "A * C, where C needs no gradient": [lambda: A * C],
    "A * B, A / B": [lambda: A * B, lambda: A / B],
    "exp, sin, tanh, relu, softmax": curved,
    "dropout": [lambda: functional.dropout(A)],
    "logsumexp, max()": [lambda: A.logsumexp(1), A.max],
}

# %%
products = {
    "C @ W, the first layer": [lambda: C @ W],
    "A @ W, a later layer": [lambda: A @ W],
    "A @ W, with W frozen": [lambda: A @ W.detach()],
    "C @ W, with W frozen": [lambda: C @ W.detach()],
}
counts = [[k, *{receipts(f) for f in group}] for k, group in (ops | products).items()]
table([["operation", "tensors kept by each"], *counts], caption="Receipts")

# %% [markdown]
# "All intermediate values are stored" is not true. Each operation keeps what *its*
# backward formula needs, and only for inputs that need a gradient. This table is the
# reason for lesson 9, and the stretch at the end of this lesson makes it for any
# function.
#
# `backward` tears up the receipts as it goes. Does that mean that a second `backward`
# on the same graph always fails?


# %%
def twice(f):
    """First entry of the gradient after two backward calls, or the error."""
    spot = tensor([0.5, 2.0], requires_grad=True)
    total = f(spot).sum()
    total.backward()
    said = attempt(total.backward)
    return "refused" if said else f"grad[0] = {spot.grad[0].item():.3g}"


again = [
    [name, twice(f)]
    for name, f in {
        "x * x": lambda v: v * v,
        "exp(x)": torch.exp,
        "relu(x)": torch.relu,
        "2 * x": lambda v: 2 * v,
        "x + 1": lambda v: v + 1,
        "-x": lambda v: -v,
        "x.view(1, 2)": lambda v: v.view(1, 2),
        "x.mean()": lambda v: v.mean(),
    }.items()
]
table([["y", "y.sum().backward() twice"], *again], caption="The second call")

# %% [markdown]
# Refused only where a receipt was torn up (the 2 of `2 * x` is one: a number, so the
# counter above did not see it). Where nothing was saved, the second call adds the same
# amount again, without a word.
#
# "Backward frees the graph" is not quite true either. Look at the hook's `L` again,
# whose `backward` ran long ago. What is still there?

# %%
print(
    "L.grad_fn:       ", L.grad_fn.name(), "->", L.grad_fn.next_functions[0][0].name()
)
print("value of z:      ", z.item())
print("receipt of L:    ", attempt(lambda: L.grad_fn._saved_self))
v = tensor([1.0, 2.0], requires_grad=True)
total = (v * v).sum()
total.backward(retain_graph=True)
print("first backward:  ", v.grad.tolist())
total.backward()
print("second:          ", v.grad.tolist(), "(retain_graph=True kept the receipts)")
v.grad = None
total = (v * v).sum()
total.backward(retain_graph=True)
torch.optim.SGD([v], lr=0.1).step()
print("after a step:    ", attempt(total.backward))

# %% [markdown]
# Nodes and tensors live as long as somebody holds them, like any Python object. Only
# the saved tensors are let go, unless `retain_graph=True`. And the last line: an
# optimiser's step changes a parameter *in place*. Receipts carry a version number, so
# PyTorch notices that the receipt no longer shows what was paid, and refuses.
#
# This is also how memory leaks: `total_loss += loss` holds the graph of every step, and
# with it every receipt; `total_loss += loss.item()` holds a number.
#
# ## 8 · Vectors, Jacobians, and their price
#
# `y.backward()` without arguments wants a single number `y`. For more outputs it needs
# a cotangent $u$, one weight per output: `y.backward(gradient=u)` adds $u^\top J$ to
# the page, a VJP as in lesson 3. `autograd.grad` calls the same thing `grad_outputs`.
# The dot-product test holds here too, with PyTorch's own forward mode on the other
# side. And what does a sweep cost? Count the multiplications of a network:


# %%
def sheet(v):
    """Five numbers in, three out."""
    return torch.stack([v[0] * v[1], v[2].sin() * v[3], v[4] ** 2 + v[0]])


spot, along = tensor(rng.normal(size=5), True), tensor(rng.normal(size=5))
back = tensor(rng.normal(size=3))
_, pushed = torch.func.jvp(sheet, (spot.detach(),), (along,))
(pulled,) = torch.autograd.grad(sheet(spot), spot, grad_outputs=back)
print("<u, Jv> - <J^T u, v> =", (back @ pushed - pulled @ along).item())
sheet(spot).backward(gradient=back)
print("backward books the same:", torch.equal(spot.grad, pulled))

net = small_net(
    nn.Linear(64, 128), nn.Tanh(), nn.Linear(128, 128), nn.Tanh(), nn.Linear(128, 8)
)
with FlopCounterMode(display=False) as forwards:
    loss = net(tensor(np.ones((32, 64)))).square().mean()
with FlopCounterMode(display=False) as backwards:
    loss.backward()
ratio = backwards.get_total_flops() / forwards.get_total_flops()
print(f"backward / forward = {ratio:.2f} times the multiplications")

# %% [markdown]
# Why a little less than 2? Each layer has two products on the way back, one for its
# weights and one for its input; but nobody wants the gradient of the first layer's
# input. So training costs about three forward passes, *whatever the number of
# parameters*, as long as there is one output. With $m$ outputs it is $m$ sweeps:
#
# ### Exercise 4 · A Jacobian, row by row
#
# **Goal.** Write `jacobian(f, x)` for functions from tensors to tensors, any shapes.
#
# **Signature.** `jacobian(f, x) -> Tensor` of shape `(*f(x).shape, *x.shape)`; entry
# `[i..., j...]` is the slope of output `i...` with respect to input `j...`. `f` depends
# on `x`.
#
# **Worked example.** For $f(x) = (x_0 x_1,\ x_0^2,\ 5 x_1)$ at $(2, 3)$ the rows are
# $(3, 2)$, $(4, 0)$, $(0, 5)$.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **entries**, to 12 digits, with more outputs than inputs and fewer;
# - **shape**: a number, a vector of one entry, or a matrix may go in or come out;
# - **at most one sweep per output**: backward sweeps through `f` are counted; fewer are
#   welcome (batched, or forward mode);
# - **a detached result**, and `x` as it was.
#
# <details><summary>Hint 1: a nudge</summary>
#
# One output gives one row. What did the second `backward` on one graph need?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *entries*: if the worked example gives one row $(7, 7)$, you asked for the gradient
#   of the *sum* of the outputs: all rows added up.
# - "Trying to backward through the graph a second time": keep the receipts.
# - *shape* fails for a matrix if you stack the rows and stop there.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# leaf = ...                       # as in exercise 2
# y = f(leaf)
# rows = [... for entry in y.reshape(-1)]      # one VJP each, on one graph
# return torch.stack(rows).reshape(...)
# ```
#
# </details>


# %% solution="e4-torch-jacobian"
def jacobian(f, x: torch.Tensor) -> torch.Tensor:
    """Slopes of all outputs by all inputs, of shape (*f(x).shape, *x.shape)."""
    # BEGIN SOLUTION
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    rows = []
    for entry in y.reshape(-1):
        rows += torch.autograd.grad(entry, leaf, retain_graph=True)
    return torch.stack(rows).reshape(y.shape + x.shape)
    # END SOLUTION


# %%
# Used by the checks below: functions with their Jacobians, and a sweep counter.
MIX = np.array([[1.0, -2.0, 0.5, 3.0], [0.3, 1.0, -1.0, 2.0], [-0.7, 0.2, 1.5, 1.0]])
MAPS = {
    "example": lambda v: torch.stack([v[0] * v[1], v[0] ** 2, 5 * v[1]]),
    "cubes": lambda v: (v**3).sum(),
    "one": lambda v: v.square().sum().reshape(1),
    "outer": lambda v: torch.outer(tensor([2.0, -3.0]), v**2),
    "matrix": lambda v: (v * v) @ tensor(MIX),
}
JACOBIANS = {
    "example": lambda x: [[x[1], x[0]], [2 * x[0], 0.0], [0.0, 5.0]],
    "cubes": lambda x: 3 * x**2,
    "one": lambda x: 2 * x[None],
    "outer": lambda x: np.einsum("i,j,jk->ijk", [2.0, -3.0], 2 * x, np.eye(x.size)),
    "matrix": lambda x: np.einsum("ik,lj->ijkl", np.eye(len(x)), MIX) * 2 * x,
}


def watched(v, visit):
    """`v`; and `visit()` is called whenever a backward sweep comes back to it."""
    copy = v * 1.0
    if copy.requires_grad:
        copy.register_hook(lambda g: visit())
    return copy


# %% check
def rows_of(name, x, kind="plain"):
    return jacobian(MAPS[name], made(kind, x))


def true_rows(name, x, kind="plain"):
    return np.array(JACOBIANS[name](np.asarray(x)))


def shape_of(name, x):
    return list(jacobian(MAPS[name], made("plain", x)).shape)


def true_shape(name, x):
    return list(true_rows(name, x).shape)


def sweeps(visit, name, x):
    jacobian(lambda v: MAPS[name](watched(v, visit)), made("plain", x))


def outputs(name, x):
    return int(MAPS[name](tensor(x)).numel())


def loose(name, x):
    leaf = made("leaf", x)
    found = jacobian(MAPS[name], leaf)
    return [found.requires_grad, leaf.requires_grad, leaf.grad is None, leaf]


check = Check("e4-torch-jacobian", visible=1, hidden=2)
pair, grid = np.array([2.0, 3.0]), np.array([[1.0, 2.0, -0.5], [0.5, -1.5, 0.3]])
check.value("entries", rows_of, true_rows, at=[("example", pair), ("matrix", grid)])
check.value("shape", shape_of, true_shape, at=[("cubes", pair), ("matrix", grid)])
one_each = [("example", pair)]
check.calls(
    "at most one sweep per output", sweeps, lambda: None, at=one_each, at_most=outputs
)
still = [False, True, True]
check.value("a detached result", loose, [[*still, pair]], at=[("example", pair)])
# BEGIN HIDDEN TESTS
check.hidden()
five, few, block = check.random(5), check.random(2), check.random((4, 3))
kinds = [
    ("outer", five, "leaf"),
    ("example", few, "result"),
    ("matrix", block, "plain"),
]
check.value("entries", rows_of, true_rows, at=[*kinds, ("cubes", five), ("one", block)])
forms = [("one", block), ("cubes", np.array(0.7)), ("outer", five), ("matrix", block)]
check.value("shape", shape_of, true_shape, at=forms)
check.value("entries", rows_of, true_rows, at=forms)
check.calls(
    "at most one sweep per output",
    sweeps,
    lambda: None,
    at=[("one", block), ("example", few), ("outer", five)],
    at_most=outputs,
)
check.value(
    "a detached result",
    loose,
    lambda name, x: [*still, x],
    at=[("outer", five), ("cubes", block)],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ### From gradients to curvature
#
# The **Hessian** is the Jacobian of the gradient: $n \times n$ numbers. With a million
# parameters it would fill a terabyte several times over. But mostly one wants it times
# a vector, $H v$: how does the gradient change when I move along $v$? That is a
# *directional derivative of the gradient*, and costs two sweeps. One option of
# `autograd.grad` makes it possible: `create_graph=True` writes the backward pass itself
# into the books, so that it can be differentiated again.
#
# ### Exercise 5 · Hessian times vector
#
# **Goal.** Write `hvp(f, x, v)`, the product $H v$, without ever forming $H$.
#
# **Signature.** `hvp(f, x, v) -> Tensor`, with `x` and `v` of one shape (any), and `f`
# from a tensor to a number; `f` uses `x`.
#
# **Worked example.** $f(x) = x_0^2 x_1$ at $(1, 3)$ has $H = \begin{pmatrix} 6 & 2 \\ 2
# & 0 \end{pmatrix}$. So `v = (1, 10)` gives $(26, 2)$.
#
# *4 points (1 + 3 hidden) · about 16 minutes · difficulty 4 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **Hessian times v**, to 12 digits, for vectors and matrices `x`;
# - **no curvature, no crash**: where the gradient does not depend on `x`, as for a
#   linear function (also one whose slope is a trainable weight), the answer is zeros;
# - **at most two sweeps**: backward sweeps through `f` are counted;
# - **memory of a few vectors**: never $n \times n$ (measured in bytes);
# - **a plain tensor**: `requires_grad` is `False`, and `x` stays as it was. (For a
#   linear `f`, `torch.func.jvp` may return a special zero that NumPy cannot read;
#   adding `torch.zeros_like(x)` makes it an ordinary one.)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two ways, both fine. Reverse over reverse: take the gradient, keep its graph, then ask
# for a VJP of *it*; $H$ is symmetric, so $v^\top H$ is $H v$. Forward over reverse:
# `torch.func.jvp` of `torch.func.grad(f)`.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *Hessian times v* with "does not require grad": the first call lacks
#   `create_graph=True`.
# - *no curvature, no crash*: $f(x) = \sum c_i x_i$ has the constant gradient $c$, and
#   the second question is about something that is not in the books.
# - *memory of a few vectors*: building $H$ and multiplying is right, but only for small
#   $n$; here $n$ is 1000.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# leaf = ...
# (gradient,) = torch.autograd.grad(f(leaf), leaf, ...)   # written into the books
# if not gradient.requires_grad:
#     return ...                                          # a constant gradient
# return torch.autograd.grad(gradient, leaf, ..., ...)[0] # v is the cotangent
# ```
#
# </details>


# %% solution="e5-hvp"
def hvp(f, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Hessian of the scalar function `f` at `x`, times `v`, in at most two sweeps."""
    # BEGIN SOLUTION
    leaf = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    if not gradient.requires_grad:
        return torch.zeros_like(leaf)
    (product,) = torch.autograd.grad(gradient, leaf, v, materialize_grads=True)
    return product
    # END SOLUTION


# %% check
FIELDS = {
    "example": lambda p: p[0] ** 2 * p[1],
    "quartic": lambda p: (p**4).sum(),
    "coupled": lambda p: (p * p).sum() ** 2,
    "wave": lambda p: (p * 0.7).sum().sin() + 3 * p.sum(),
    "linear": lambda p: (p * 3.0).sum(),
    "weighted": lambda p: (p * tensor(2.0, True)).sum(),
}
PRODUCTS = {
    "example": lambda x, v: np.array(
        [2 * x[1] * v[0] + 2 * x[0] * v[1], 2 * x[0] * v[0]]
    ),
    "quartic": lambda x, v: 12 * x**2 * v,
    "coupled": lambda x, v: 4 * (x * x).sum() * v + 8 * x * (x * v).sum(),
    "wave": lambda x, v: np.full(x.shape, -0.49 * np.sin(0.7 * x.sum()) * v.sum()),
    "linear": lambda x, v: np.zeros(x.shape),
    "weighted": lambda x, v: np.zeros(x.shape),
}


def curved(name, x, v, kind="plain"):
    return hvp(FIELDS[name], made(kind, x), tensor(v))


def truly_curved(name, x, v, kind="plain"):
    return PRODUCTS[name](np.asarray(x), np.asarray(v))


def hvp_sweeps(visit, name, x, v):
    hvp(lambda p: FIELDS[name](watched(p, visit)), made("plain", x), tensor(v))


def large(n):
    x = tensor(np.linspace(-1.0, 1.0, n))
    hvp(FIELDS["coupled"], x, x)


def plain_after(name, x, v):
    leaf = made("leaf", x)
    got = hvp(FIELDS[name], leaf, tensor(v))
    return [got.requires_grad, leaf.requires_grad, leaf.grad is None, leaf]


def untouched(name, x, v):
    return [False, True, True, x]


near = Tolerance(rel=1e-12, abs=1e-12)
check = Check("e5-hvp", visible=1, hidden=3)
spot, way = np.array([1.0, 3.0]), np.array([1.0, 10.0])
check.value("Hessian times v", curved, truly_curved, at=[("example", spot, way)])
check.value("no curvature, no crash", curved, truly_curved, at=[("linear", spot, way)])
check.calls(
    "at most two sweeps",
    hvp_sweeps,
    lambda: None,
    at=[("coupled", spot, way)],
    at_most=2,
)
check.value("a plain tensor", plain_after, untouched, at=[("coupled", spot, way)])
# BEGIN HIDDEN TESTS
check.hidden()
vectors = [
    (check.random(4), check.random(4)),
    (check.random((2, 3)), check.random((2, 3))),
]
bent = [(name, *pair) for name in ("quartic", "coupled", "wave") for pair in vectors]
check.value("Hessian times v", curved, truly_curved, at=bent, tol=near)
check.value(
    "Hessian times v",
    curved,
    truly_curved,
    at=[("coupled", *vectors[0], kind) for kind in ("leaf", "result")],
    tol=near,
)
flat = [(name, *pair) for name in ("linear", "weighted") for pair in vectors]
check.value("no curvature, no crash", curved, truly_curved, at=flat)
check.value("a plain tensor", plain_after, untouched, at=[*bent, *flat])
check.peak("memory of a few vectors", large, at=[1000], at_most=lambda n: 60 * 8 * n)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 9 · Functions of functions: `torch.func`, and forward mode
#
# You just wrote by hand what `torch.func` offers ready-made, in another style: no
# leaves, no pages, no flags; functions go in and functions come out. It nests, and
# `vmap` turns a function of one example into one of a batch:


# %%
def example(p):
    """The worked example of exercise 5."""
    return p[0] ** 2 * p[1]


x2, v2 = tensor([1.0, 3.0]), tensor([1.0, 10.0])
print("grad:              ", torch.func.grad(example)(x2).tolist())
print("jacrev, jacfwd:    ", end=" ")
print([J(MAPS["example"])(x2).tolist() for J in (torch.func.jacrev, torch.func.jacfwd)])
print("hessian:           ", torch.func.hessian(example)(x2).tolist())
forward_over_reverse = torch.func.jvp(torch.func.grad(example), (x2,), (v2,))[1]
print("Hv, forward first: ", forward_over_reverse.tolist())

points = tensor([[1.0, 3.0], [2.0, 1.0], [0.5, -1.0]])
each = torch.func.vmap(torch.func.grad(example))(points)
print("a gradient for each of three points:", each.tolist())

# %% [markdown]
# The last line is worth a pause: *per-example gradients*. `backward` can only give
# their sum, because a page holds one amount.
#
# `torch.func.jvp` is **forward mode**, lesson 2 in PyTorch. (Tables that put a dash
# there are out of date.) Below it lies `torch.autograd.forward_ad`, whose **dual
# tensors** you know: a primal, a tangent, and no graph at all. Do they nest? You know
# the test from lesson 2: $\frac{d}{dx}[x \cdot \frac{d}{dy}(x + y)]$ is 1, not 2.


# %%
def nested_levels():
    with forward_ad.dual_level(), forward_ad.dual_level():
        pass


def D(f, at):
    """Slope of `f` by torch's forward mode."""
    return torch.func.jvp(f, (at,), (torch.ones_like(at),))[1]


with forward_ad.dual_level():
    cube = forward_ad.make_dual(tensor(2.0), tensor(0.37)) ** 3
    primal, tangent = forward_ad.unpack_dual(cube)
print(
    "x ** 3 at 2 + 0.37 eps:", primal.item(), tangent.item(), "grad_fn:", cube.grad_fn
)
print("a level in a level:    ", attempt(nested_levels))
one = tensor(1.0)
print("torch.func.jvp nested: ", D(lambda p: p * D(lambda q: p + q, one), one).item())

# %% [markdown]
# `jacfwd` pushes one tangent per *input*, `jacrev` pulls one cotangent per *output*:
# lesson 3's rule decides, as ever.
#
# ## 10 · One honest training step
#
# ### Exercise 6 · `train_step`
#
# **Goal.** One step of training: mean squared error, gradient, step, and the loss as a
# number that holds on to nothing.
#
# **Signature.** `train_step(model, opt, batch) -> float`. `batch` is a pair `(X, y)`;
# the loss is `functional.mse_loss(model(X), y)`; the value returned is the loss
# *before* the step, as a Python `float`. `opt` is any `torch.optim` optimiser over the
# model's parameters.
#
# **Worked example.** Model $w x$ with $w = 1$, batch $x = (2)$, $y = (0)$, SGD with
# rate 0.1: loss 4, gradient $2 \cdot 2 \cdot 2 = 8$, so $w$ becomes 0.2, and 4.0 comes
# back.
#
# *2 points (1 + 1 hidden) · about 8 minutes · difficulty 1 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **three steps**: losses and parameters after three steps, with and without momentum,
#   against the formula;
# - **gradients left by someone else** do not leak into the step;
# - **a float**: not a tensor, so that no graph is kept alive.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Four calls in the right order. Which of the possible places for `zero_grad` are safe
# if somebody else has used the model before?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *three steps*: if nothing moves at all, `zero_grad` stands between `backward` and
#   `step`. If the second step is too long, it is missing.
# - *gradients left by someone else* fails if you clear only at the end.
# - *a float*: what does `loss.item()` give?
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# X, y = batch
# ...                      # a clean page
# loss = ...
# ...                      # fill the pages
# ...                      # move
# return ...               # a number, not a tensor
# ```
#
# </details>


# %% solution="e6-train-step"
def train_step(model, opt, batch) -> float:
    """One step of `opt` on the mean squared error; the loss before it, as a float."""
    # BEGIN SOLUTION
    X, y = batch
    opt.zero_grad()
    loss = functional.mse_loss(model(X), y)
    loss.backward()
    opt.step()
    return loss.item()
    # END SOLUTION


# %% check
START = np.array([[0.5, -1.0, 2.0], [0.3, 0.8, -0.4]])


def by_formula(parts, rate, momentum):
    """Losses and final weights of SGD on |X W^T - y|^2, averaged over entries."""
    weights, speed, losses = START.copy(), np.zeros((2, 3)), []
    for X, y in parts:
        error = X.numpy() @ weights.T - y.numpy()
        losses.append(np.mean(error**2))
        speed = momentum * speed + 2 * error.T @ X.numpy() / error.size
        weights = weights - rate * speed
    return [losses, weights]


def linear_model():
    """Three inputs, two outputs, weights START, no bias."""
    net = nn.Linear(3, 2, bias=False).double()
    with torch.no_grad():
        net.weight.copy_(tensor(START))
    return net


def three_steps(seed, momentum, leftover=None):
    net = linear_model()
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=momentum)
    losses = []
    for part in parts_of(seed, (4, 4, 2)):
        if leftover is not None:
            net.weight.grad = torch.full_like(net.weight, leftover)
        losses.append(train_step(net, opt, part))
    return [losses, net.weight]


def three_by_formula(seed, momentum, leftover=None):
    return by_formula(parts_of(seed, (4, 4, 2)), 0.1, momentum)


def is_float(seed):
    net = linear_model()
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    return isinstance(train_step(net, opt, parts_of(seed, (3,))[0]), float)


NEAR = Tolerance(rel=1e-10, abs=1e-12)
check = Check("e6-train-step", visible=1, hidden=1)
check.value("three steps", three_steps, three_by_formula, at=[(0, 0.0)], tol=NEAR)
check.value("a float", is_float, [True], at=[0])
# BEGIN HIDDEN TESTS
check.hidden()
seeds = [int(check.rng.integers(10_000)) for _ in range(4)]
check.value(
    "three steps",
    three_steps,
    three_by_formula,
    at=[(seeds[0], 0.0), (seeds[1], 0.9)],
    tol=NEAR,
)
check.value(
    "gradients left by someone else",
    three_steps,
    three_by_formula,
    at=[(seeds[2], 0.0, 100.0), (seeds[3], 0.5, -3.0)],
    tol=NEAR,
)
check.value("a float", is_float, [True], at=[seeds[0]])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 11 · Break it
#
# Three mistakes that are made again and again. For each: what is the symptom, and which
# property of exercises 3 to 6 catches it? Run, then name it, then open the answer.


# %%
def losses(clear):
    """36 steps that clear the page before backward ("right"), after (A), never (B)."""
    net, (X, y) = small_net(nn.Linear(3, 2)), parts_of(0, (8,))[0]
    opt, seen = torch.optim.SGD(net.parameters(), lr=0.1), []
    for _ in range(36):
        if clear == "right":
            opt.zero_grad()
        loss = functional.mse_loss(net(X), y)
        loss.backward()
        if clear == "A":
            opt.zero_grad()
        opt.step()
        seen.append(round(loss.item(), 2))
    return seen[::5]


def rows_c(f, at):
    leaf = at.detach().requires_grad_()
    f(leaf).sum().backward()
    return leaf.grad


print({clear: losses(clear) for clear in ("A", "B", "right")})
print("C", rows_c(MAPS["example"], tensor([2.0, 3.0])).tolist())

# %% [markdown]
# <details><summary>Which property catches which?</summary>
#
# - **A** wipes the page before the step reads it: the loss never moves. *three steps*.
# - **B** never wipes. The loss falls at first, then the old amounts push on like a
#   momentum that nobody asked for: it swings up again. *three steps* catches it at the
#   second step; with one step only it would look right.
# - **C** is the gradient of the sum of the outputs: a row of column sums. *entries* and
#   *shape*. With one output it would look right.
#
# </details>
#
# ## 12 · Check yourself
#
# <details><summary>1. For <code>z = w * x + b</code>, has
# <code>z.grad_fn.next_functions</code> two entries or three?</summary>
#
# Two: the node of the product, and the page of `b`.
#
# </details>
# <details><summary>2. A weight is moved with <code>w = w.double()</code>, then
# used. Why does <code>w.grad</code> stay None?</summary>
#
# The new `w` is a result, not a leaf. The amounts go to the page of the old one.
#
# </details>
# <details><summary>3. Which may be run backwards twice,
# <code>x.sum()</code> or <code>(x * x).sum()</code>?</summary>
#
# The first: nothing was saved, so nothing is missing. Both add.
#
# </details>
# <details><summary>4. Four micro-batches of 8 examples, and a fifth of 3. What do you
# divide by?</summary>
#
# By 35, once, after adding up *sums*.
#
# </details>
# <details><summary>5. How many sweeps for the Hessian of a function of 1000 numbers?
# For the Hessian times one vector?</summary>
#
# 1001 backward sweeps (one, and then one for each row); two.
#
# </details>
#
# ## 13 · In the wild
#
# In July 2023 a user of Hugging Face `transformers` asked, in [issue
# 24725](https://github.com/huggingface/transformers/issues/24725), that a language
# model's loss be *summed* rather than averaged when gradients are accumulated:
# sentences differ in length, so the means of micro-batches have different weights. A
# commenter reported clearly worse results than with a big batch. In October 2024 the
# trainers of several libraries were repaired at the same time ([pull request
# 34191](https://github.com/huggingface/transformers/pull/34191) here). The repair had a
# sequel: it counted the labels beforehand, and where a model did not take that count,
# the old division was gone as well; [pull request
# 35207](https://github.com/huggingface/transformers/pull/35207), in December, put it
# back, scaling the loss before `backward`. It is the `ignore_index` row of section 6,
# and the reason why exercise 3 asks for sums.
#
# What made it live so long? Nothing crashes, and the loss still falls. It takes a
# *comparison with the whole batch, on unequal parts*, to see it.
#
# ## 14 · Interview corner
#
# **"What is a leaf, and why does it matter?"** A tensor without `grad_fn`. `.grad` is
# filled for leaves that require grad, so optimisers accept only those. *Evidence:* the
# first line below.
#
# **"Why do we call `zero_grad`, and when is it wrong to?"** Because `backward` adds, so
# that fan-out, several losses and micro-batches work. It is wrong between micro-batches
# and before `step`. *The trap:* it is not `loss.zero_grad()`. *Evidence:* the
# second line.

# %%
scaled = tensor([1.0], requires_grad=True) * 2
print(attempt(lambda: torch.optim.SGD([scaled], lr=0.1)))
print(attempt(lambda: scaled.zero_grad()))

# %% [markdown]
# **"Does backward free the graph?"** It frees saved tensors; nodes and values live as
# long as they are referenced. *Evidence:* bytes held by fifty losses, kept as tensors
# and as numbers.


# %%
def held(keep):
    """Bytes of receipts that are alive after fifty losses, none run backwards."""
    alive, layer, data = [0], small_net(nn.Linear(100, 100)), tensor(np.ones((10, 100)))

    class Receipt:
        def __init__(self, t):
            self.t = t.detach()
            alive[0] += t.nbytes

        def __del__(self):
            alive[0] -= self.t.nbytes

    with saved_tensors_hooks(Receipt, lambda receipt: receipt.t):
        total = 0.0
        for _ in range(50):
            total = total + keep(layer(data).tanh().square().mean())
        return alive[0]


print("total += loss:       ", held(lambda loss: loss), "bytes")
print("total += loss.item():", held(lambda loss: loss.item()), "bytes")

# %% [markdown]
# ## 15 · Stretch: who kept what?
#
# **Goal.** Write the receipts table of section 7 for any function:
# `saved_for_backward_report(fn, x)`.
#
# **Signature.** It returns a list of pairs `(name, bytes)`: one for each node in the
# graph of `fn(x)` that saved at least one tensor, in any order, nodes of the same name
# one by one. `name` is `node.name()`. `bytes` counts each saved tensor of that node in
# full, shared or not. `x` counts as requiring grad, whether or not it does, and stays
# as it was.
#
# **Where to look.** `walk` of section 3 is yours. The attributes of a node that begin
# with `_saved_` hold what it kept: tensors, *tuples* of tensors (indexing keeps one),
# but also shapes, options and `None`. A plain number, as in `3.0 * v`, is not asked
# about.
#
# **Worked example.** `fn = lambda v: (v * v.sin()).sum()` with four numbers:
# `[("MulBackward0", 64), ("SinBackward0", 32)]`.
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks · about 20
# minutes · difficulty 4 of 5*
#
# **What the check looks at**
#
# - **names and bytes**;
# - **nothing saved, no row**;
# - **only what is needed**: factors that need no gradient, integers, index tensors,
#   products with a frozen matrix;
# - **each node once**: a diamond, and a long chain;
# - **x stays as it was**.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `dir(node)` lists attributes. `t.nbytes` is `t.numel() * t.element_size()`.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *only what is needed* fails if you count `_saved_` attributes without asking whether
# they are tensors; *x stays as it was* if you switch its `requires_grad` on.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# y = fn(...)
# rows = []
# for node in walk(y):
#     kept = [getattr(node, name) for name in dir(node) if ...]
#     flat = ...                     # tuples taken apart
#     sizes = [... for t in flat if ...]
#     if sizes:
#         rows.append(...)
# ```
#
# </details>


# %% solution="s6-saved-report"
def saved_for_backward_report(fn, x: torch.Tensor) -> list[tuple[str, int]]:
    """(node name, bytes saved) of each node of `fn(x)` that saved a tensor."""
    # BEGIN SOLUTION
    rows = []
    for node in walk(fn(x.detach().requires_grad_())):
        sizes = []
        for attribute in dir(node):
            kept = getattr(node, attribute) if "_saved_" in attribute else ()
            several = kept if isinstance(kept, tuple) else (kept,)
            sizes += [t.nbytes for t in several if isinstance(t, torch.Tensor)]
        if sizes:
            rows.append((node.name(), sum(sizes)))
    return rows
    # END SOLUTION


# %% check
def diamond(v):
    """One exponential used three times."""
    y = v.exp()
    return (y + y.sin() + y.tanh()).sum()


def chain(v):
    """Two thousand steps, each of which saves one tensor."""
    for _ in range(2000):
        v = v.sin()
    return v.sum()


COOKED = {  # name -> (function of an (n, 3) tensor, rows written by hand)
    "example": (
        lambda v: (v * v.sin()).sum(),
        lambda n: [["MulBackward0", 48 * n], ["SinBackward0", 24 * n]],
    ),
    "sums": (lambda v: (v + 1).reshape(-1).sum(), lambda n: []),
    "factor": (lambda v: v * tensor([[1.0]]), lambda n: [["MulBackward0", 8]]),
    "frozen": (lambda v: v @ tensor(np.ones((3, 5))), lambda n: [["MmBackward0", 120]]),
    "largest": (lambda v: v.max(1).values, lambda n: [["MaxBackward0", 8 * n]]),
    "rows": (lambda v: v[torch.tensor([0, 0])], lambda n: [["IndexBackward0", 16]]),
    "both": (lambda v: v.logsumexp(1), lambda n: [["LogsumexpBackward0", 32 * n]]),
    "diamond": (
        diamond,
        lambda n: [[f"{op}Backward0", 24 * n] for op in ("Exp", "Sin", "Tanh")],
    ),
    "chain": (chain, lambda n: [["SinBackward0", 24 * n]] * 2000),
}


def report(name, x):
    rows = saved_for_backward_report(COOKED[name][0], tensor(x))
    return sorted([name_, size] for name_, size in rows)


def by_hand(name, x):
    return COOKED[name][1](len(x))


def asker(x):
    plain, leaf = tensor(x), tensor(x, requires_grad=True)
    both = [saved_for_backward_report(COOKED["example"][0], t) for t in (plain, leaf)]
    return [len(both[0]), len(both[1]), plain.requires_grad, leaf.requires_grad, plain]


check = Check("s6-saved-report", visible=1, hidden=1)
pair = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
check.value("names and bytes", report, by_hand, at=[("example", pair)])
check.value("nothing saved, no row", report, by_hand, at=[("sums", pair)])
check.value("x stays as it was", asker, [[2, 2, False, True, pair]], at=[pair])
# BEGIN HIDDEN TESTS
check.hidden()
other = check.random((int(check.rng.integers(3, 8)), 3))
check.value(
    "names and bytes", report, by_hand, at=[("example", other), ("both", other)]
)
needed = [(name, other) for name in ("factor", "frozen", "largest", "rows")]
check.value("only what is needed", report, by_hand, at=needed)
check.value("each node once", report, by_hand, at=[("diamond", other)])
check.value("each node once", report, by_hand, at=[("chain", pair)])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 16 · One page to take away
#
# **The books.** Each operation on something that requires grad writes a node
# (`grad_fn`); `next_functions` lists, for each input, the node to pass amounts to, or
# `None`. Leaves have no `grad_fn`; a node named `AccumulateGrad` stands for each.
#
# **Pages.** `.grad` is filled by `backward`, for leaves that require grad, and for
# others only after `retain_grad()`. Amounts are **added**. `zero_grad()` sets `None`.
#
# **Asking.** `torch.autograd.grad(y, x)` returns and books nothing; unused inputs need
# `allow_unused` or `materialize_grads`. `grad_outputs` is the cotangent $u$: the result
# is $u^\top J$.
#
# **Micro-batches.** Add up sums, divide once by the number of examples (or of labels
# that count). Means of unequal parts, BatchNorm and `ignore_index` break the "same as
# the big batch"; dropout draws other masks.
#
# **Lifetime.** Operations save what their formula needs (`+` nothing, `exp` its result,
# `*` both factors). `backward` lets go of saved tensors only; `retain_graph=True` keeps
# them. A second call fails only where something had been saved. In-place changes of
# saved tensors are noticed by version.
#
# | wanted, for $n$ inputs and $m$ outputs | price |
# |---|---|
# | gradient ($m = 1$) | one sweep, about two forward passes |
# | $u^\top J$ (VJP) or $J v$ (JVP) | one sweep, back or forward |
# | Jacobian | $m$ sweeps (`jacrev`) or $n$ (`jacfwd`) |
# | $H v$ | two sweeps |
# | Hessian | one sweep, then $n$ |
#
# **Styles.** `.backward()` for training, `autograd.grad` for questions, `torch.func`
# (`grad`, `vmap`, `jvp`, `jacrev`, `jacfwd`, `hessian`) for functions of functions.
#
# **Next.** All these nodes were PyTorch's own. In lesson 7 you write them yourself, and
# learn what a test of your own derivative can miss. Back to the [map of the
# course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
