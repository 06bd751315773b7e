# %% [markdown]
# # Lesson 10 · Gradient clinic: debugging, common mistakes, interview
#
# **Reading: about 30 minutes** (at 200 words a minute, hints included).
# **Exercises: about 85 minutes** for 20 points; the stretch at the end is extra.
#
# Most bugs in training code do not crash. The loss falls, the logs look calm, and the
# model is wrong. In this lesson you are the doctor: you learn which instrument shows
# what, where each instrument is blind, and how the twelve commonest illnesses look from
# outside. You cure eight of them by hand. And you practise two skills that are rarely
# taught: to prove a claim about a library by experiment, and to write a test that a
# wrong answer cannot pass.
#
# **After this lesson you can**
#
# - report the state of every gradient of a model in one table, and trust that table;
# - find the first module that makes a NaN or an inf, forwards or backwards;
# - say what an in-place change, `detach` and `.data` do to a gradient, with evidence;
# - recognise twelve bugs by symptom, and tell a cure from a plaster;
# - answer five classic interview questions, each with a program that proves the answer.
#
# **You need** lesson 6 (leaves, `.grad`, saved tensors); lessons 7 to 9 help. And
# **PyTorch**: if it is not installed, the next cell says so (`pip install torch`, a
# build without a graphics card is enough).

# %%
from importlib.util import find_spec

if find_spec("torch") is None:
    raise ModuleNotFoundError(
        "Lesson 10 needs PyTorch: 'pip install torch' (the CPU build is enough), then "
        "restart the kernel and run this cell again. Lessons 1 to 5 work without it."
    )

import contextlib
import time
import warnings
from collections import OrderedDict
from unittest import mock

import numpy as np
import torch
from torch import nn
from torch.autograd.graph import allow_mutation_on_saved_tensors, saved_tensors_hooks
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from autograd_ref.finite import gradient as measured_gradient
from graders import Check, Tolerance
from graders.show import figure, subplots, table

torch.set_num_threads(1)  # small tensors: more threads would only wait for each other

# %% [markdown]
# ## 1 · A hook: both losses fall
#
# Two networks learn the same curve, $\sin 3x$. They have the same layers, the same
# start, the same optimiser. One of them is ill. Here is what a training log would show
# of them. Which one would you send to the doctor, and on what grounds?


# %%
def tensor(values, requires_grad=False):
    """A float64 tensor; in single precision no check could be strict."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


def settled(net, seed=0, gain=1.0):
    """The network in float64, weights and small biases drawn anew from `seed`."""
    chance = torch.Generator().manual_seed(seed)
    for p in net.double().parameters():
        std = gain * p.shape[1] ** -0.5 if p.dim() > 1 else 0.1
        nn.init.normal_(p, std=std, generator=chance)
    return net


def attempt(probe):
    """`probe()`, or the name and first words of its error; warnings are kept quiet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return probe()
        except Exception as error:
            words = " ".join(str(error).split())
            words = words if len(words) < 88 else words[:85] + "..."
            return f"({type(error).__name__}: {words})"


# %%
def learn_the_curve(ill, steps=300):
    """The losses of a small network that learns sin(3 x)."""
    trunk = settled(nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24)), 1)
    head = settled(nn.Sequential(nn.Tanh(), nn.Linear(24, 1)), 2)
    opt = torch.optim.Adam([*trunk.parameters(), *head.parameters()], lr=0.01)
    x = torch.linspace(-2, 2, 64, dtype=torch.float64)[:, None]
    y, losses = (3 * x).sin(), []
    for _ in range(steps):
        opt.zero_grad()
        with torch.set_grad_enabled(not ill):
            features = trunk(x)
        loss = functional.mse_loss(head(features), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    empty = sum(p.grad is None for p in [*trunk.parameters(), *head.parameters()])
    return losses, empty


runs = {"network A": learn_the_curve(True), "network B": learn_the_curve(False)}

# %%
fig, ax = subplots(figsize=(7, 3))
for label, (seen, _) in runs.items():
    ax.plot(range(1, 301), seen, label=label, markevery=40)
ax.set(xlabel="step", ylabel="loss", ylim=(0, 1.0))
ax.legend()
rows = [["step", *runs]]
rows += [[n, *(seen[n - 1] for seen, _ in runs.values())] for n in (1, 50, 150, 300)]
rows += [["parameters without gradient", *(empty for _, empty in runs.values())]]
figure(
    fig,
    alt="Two falling loss curves over 300 steps. Both start high and fall quickly. "
    "Network A flattens out at a higher loss; network B goes on towards zero.",
    table=rows,
)

# %% [markdown]
# A falling loss says that *something* learns. In network A the first half runs under
# `torch.no_grad()`, perhaps because somebody wanted to save memory there. The head
# learns to make the best of random features, and the curve falls as a healthy one does.
# Seen alone, without B beside it, it would pass for a model that is a little small.
#
# No crash, no warning. But one look at the gradients tells (the last row of the table
# under the picture): after 300 steps, four parameters of A have no gradient at all.
#
# ## 2 · Predict
#
# Three guesses; they earn and cost nothing.
#
# 1. Ten sigmoid layers of width 16, weights of the usual size. How many times smaller
#    is the gradient of the first layer than that of the last, as a power of ten? (For a
#    thousand times, write 3.)
# 2. Anomaly mode is on, and a gradient comes out as `inf`. Does it stop the program?
#    Write 1 for yes, 0 for no.
# 3. `x = 1`, `y = x * x`, then `x.data += 1`, then `y.backward()`. What stands in
#    `x.grad`? The right answer for the `y` that was computed is 2.

# %% solution="p10-guesses"
guesses = {
    "power of ten between last and first layer": None,
    "anomaly mode stops at inf": None,
    "x.grad after x.data += 1": None,
}
# BEGIN SOLUTION
guesses = {
    "power of ten between last and first layer": 6,
    "anomaly mode stops at inf": 0,
    "x.grad after x.data += 1": 4,
}
# END SOLUTION


# %% check
# deep_net and layer_norms are used again in section 5.
def deep_net(act, gain=1.0, depth=10, width=16):
    """`depth` layers of equal width, one activation, weights of a chosen size."""
    pairs = [[nn.Linear(width, width), act()] for _ in range(depth)]
    return settled(nn.Sequential(*(m for pair in pairs for m in pair)), 0, gain)


def layer_norms(net):
    """Length of the gradient of each weight matrix, for one batch and a plain loss."""
    net.zero_grad()
    x = np.random.default_rng(0).normal(size=(32, 16))
    net(tensor(x)).square().mean().backward()
    return [m.weight.grad.norm().item() for m in net if isinstance(m, nn.Linear)]


def decades():
    norms = layer_norms(deep_net(nn.Sigmoid))
    return round(float(np.log10(norms[-1] / norms[0])))


def stops_at_inf():
    at = tensor([0.0], requires_grad=True)
    with torch.autograd.detect_anomaly():
        try:
            at.sqrt().sum().backward()
        except RuntimeError:
            return 1
    return 0


def past_the_guard():
    at = tensor([1.0], requires_grad=True)
    square = (at * at).sum()
    at.data += 1
    square.backward()
    return at.grad.item()


check = Check("p10-guesses", visible=0, hidden=0)
check.facts(
    "guess",
    guesses,
    truths={
        "power of ten between last and first layer": decades,
        "anomaly mode stops at inf": lambda: attempt(stops_at_inf),
        "x.grad after x.data += 1": past_the_guard,
    },
)
check.score()

# %% [markdown]
# They come back in sections 5, 6 and 8.
#
# ## 3 · A checklist
#
# Debugging is a search, and a search wants an order: cheap and frequent first. When a
# model does not learn, or learns badly:
#
# 1. **Can it learn at all?** Overfit one batch of eight examples. If the loss does not
#    go to almost zero there, stop looking at data and learning rates: it is the code.
# 2. **Look at the batch.** Finite? Right shapes, right types, labels in range? (A
#    prediction of shape `(n, 1)` minus a target of shape `(n,)` broadcasts to `(n, n)`
#    without an error.)
# 3. **Who gets a gradient?** One table over all parameters: none, zero, NaN, inf,
#    tiny, huge (exercise 1).
# 4. **Where does the first bad number arise?** Forwards or backwards, in which module
#    (exercise 2).
# 5. **Do the parameters move**, and by how much relative to their size (section 5)?
# 6. **Does the loss measure what you want?** Differentiate by finite differences in one
#    direction, in float64, and compare with autograd (lesson 1).
# 7. **Modes.** `train()` while training, `eval()` *and* `no_grad()` while evaluating.
# 8. **What is alive?** If memory grows from step to step, something holds a graph.
# 9. **Change one thing at a time**, and keep the smallest program that shows the bug.
#
# Two rules of hygiene go with it. *Never cure what you cannot explain:* `retain_graph`,
# `detach`, `.data` and `nan_to_num` make many errors go away, and with the error goes
# the gradient. And *after a cure, the test that failed must pass for the right reason*:
# run it on the old code once more and see it fail.
#
# ## 4 · First instrument: who gets a gradient?
#
# Nearly every project has a helper that prints gradient norms. It often goes by
# `check_gradient_flow`, and tends to look like this:


# %%
def usual_report(model):
    """The helper that everybody writes on the first day."""
    found = {}
    for name, p in model.named_parameters():
        if p.grad is None:
            found[name] = {"status": "NO GRADIENT", "norm": p.norm().item()}
        else:
            ratio = p.grad.norm().item() / (p.norm().item() + 1e-8)
            found[name] = {"status": "ok", "grad_norm": p.grad.norm(), "ratio": ratio}
    return found


def bag(rows, dtype=torch.float64):
    """A module with one parameter for each row (name, values, gradient, trained)."""
    holder = nn.Module()
    for name, values, grad, trained in rows:
        p = nn.Parameter(torch.tensor(values, dtype=dtype), requires_grad=trained)
        p.grad = None if grad is None else torch.tensor(grad, dtype=dtype)
        holder.register_parameter(name, p)
    return holder


# %%
nan, inf = float("nan"), float("inf")
WARD = [  # (name, values, gradient, trained)
    ("healthy", [3.0, 4.0], [0.3, 0.4], True),
    ("cut_off", [1.0, 2.0], None, True),
    ("frozen_on_purpose", [1.0, 2.0], None, False),
    ("dead_relu", [1.0, 2.0], [0.0, 0.0], True),
    ("one_nan", [1.0, 2.0, 2.0], [0.1, nan, 0.2], True),
    ("one_inf", [1.0, 2.0], [inf, 0.1], True),
    ("faint", [1.0, 2.0], [1e-12, 0.0], True),
    ("huge", [1e30, 1e30], [1e30, 1e30], True),
    ("new_bias", [0.0, 0.0], [2.0, 0.0], True),
]
for name, row in usual_report(bag(WARD, torch.float32)).items():
    words = [v if isinstance(v, str) else f"{k} {float(v):.3g}" for k, v in row.items()]
    print(f"{name:18}", ", ".join(words))

# %% [markdown]
# Read it as a patient would. What is wrong with this instrument?
#
# - **NaN, inf and all zeros are "ok".** It looks at norms and judges nothing.
# - **Frozen on purpose** looks like an accident.
# - **The keys differ** (`norm` here, `grad_norm` there), so the code that reads the
#   report dies with a `KeyError` on the day of the first `None`.
# - **`huge` reads inf.** Its entries are finite, but their *squares* overflow float32.
# - **`new_bias` has a ratio of two hundred million**, because a fresh bias is 0 and the
#   `1e-8` is an invention. There is no ratio to zero.
#
# ### Exercise 1 · `grad_report`: `check_gradient_flow` done right
#
# **Goal.** One row for each parameter, with a status that you can act on.
#
# **Signature.** `grad_report(model, *, vanishing=1e-7, exploding=1e3)` returns a list
# of dictionaries, one for each entry of `model.named_parameters()`, in any order. All
# have the same five keys:
#
# | key | value |
# |---|---|
# | `name` | the parameter's name |
# | `status` | the first of the words below that fits |
# | `grad_norm` | length of the gradient, a float; `None` if `frozen` or `none` |
# | `param_norm` | length of the parameter, a float |
# | `ratio` | `grad_norm / param_norm`; `None` if `grad_norm` is, or the divisor is 0 |
#
# | status | when |
# |---|---|
# | `frozen` | `requires_grad` is `False`, whatever stands in `.grad` |
# | `none` | `.grad` is `None` |
# | `nan` | some entry is NaN (also if others are inf) |
# | `inf` | some entry is infinite, of either sign |
# | `zero` | all entries are exactly 0 |
# | `vanishing` | `grad_norm` is below `vanishing` |
# | `exploding` | `grad_norm` is above `exploding` |
# | `ok` | otherwise |
#
# Norms are computed in **double precision**, whatever the parameter's type, so that
# squares of numbers up to $10^{30}$ do not overflow. Where entries are NaN or infinite,
# `grad_norm` and `ratio` come out as they come out. The gradient may be *sparse* (as of
# `nn.Embedding(..., sparse=True)`); equal indices in it add up. Nothing is changed.
#
# **Worked example.** A parameter $(3, 4)$ with gradient $(0.3, 0.4)$: `{"name": "w",
# "status": "ok", "grad_norm": 0.5, "param_norm": 5.0, "ratio": 0.1}`.
#
# *3 points (1 + 2 hidden) · about 15 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **every status**, with its numbers, on a ward like the one above;
# - **the same five keys** in every row;
# - **thresholds**: the defaults, and others given by keyword; a norm *equal* to a
#   threshold is `ok`;
# - **double precision**: parameters in half and single precision;
# - **sparse gradients**;
# - **a real network**: names of nested modules, tied weights listed once;
# - **nothing is changed**: gradients and parameters stay as they are.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write the eight words as a chain of `if` and `elif`, in the order of the table. Which
# of them need the gradient's entries, which only its norm?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *every status* fails at one NaN if you compare `g == float("nan")`, which is never
#   true; and at $(\infty, -\infty)$ if you look at the mean, which is NaN.
# - *double precision* fails at the float32 gradient $10^{30}$: convert first, then take
#   the norm.
# - *sparse gradients* fail if you take the norm of the stored values: an index that
#   occurs twice is one entry. `to_dense()` adds up; a dense tensor passes through it
#   unchanged.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# rows = []
# for name, p in model.named_parameters():
#     row = {"name": name, "status": "frozen", "grad_norm": None, ...}
#     rows.append(row)
#     if ...:                      # frozen, or none: the row is finished
#         continue
#     g = p.grad. ...              # dense, double
#     row["grad_norm"] = norm = ...
#     if param_norm: row["ratio"] = ...
#     row["status"] = ...          # the chain
# return rows
# ```
#
# </details>


# %% solution="e1-grad-report"
def grad_report(
    model: nn.Module, *, vanishing: float = 1e-7, exploding: float = 1e3
) -> list[dict]:
    """One row (name, status, grad_norm, param_norm, ratio) for each parameter."""
    # BEGIN SOLUTION
    rows = []
    for name, p in model.named_parameters():
        size = p.detach().double().norm().item()
        row = {"name": name, "status": "frozen", "grad_norm": None}
        row |= {"param_norm": size, "ratio": None}
        rows.append(row)
        if p.requires_grad and p.grad is None:
            row["status"] = "none"
        elif p.requires_grad:
            g = p.grad.to_dense().double()
            norm = g.norm().item()
            row["grad_norm"] = norm
            row["ratio"] = norm / size if size else None
            if g.isnan().any():
                row["status"] = "nan"
            elif g.isinf().any():
                row["status"] = "inf"
            elif not g.any():
                row["status"] = "zero"
            elif norm < vanishing:
                row["status"] = "vanishing"
            else:
                row["status"] = "exploding" if norm > exploding else "ok"
    return rows
    # END SOLUTION


# %% check
def embedded(ids, factors):
    """An embedding with a sparse gradient: row i gets the factors of its ids."""
    net = nn.Embedding(5, 2, sparse=True).double()
    with torch.no_grad():
        net.weight.fill_(1.0)
    (net(torch.tensor(ids)) * tensor(factors)).sum().backward()
    return net


def nested(values, grad):
    """A linear layer in a block, tied to a second one; a third, frozen."""
    first, last = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
    stem = nn.Sequential(OrderedDict(lin=first, act=nn.Tanh()))
    net = nn.Sequential(OrderedDict(stem=stem, tied=first, head=last)).double()
    for layer in (first, last):
        layer.weight.data = tensor(values)
        layer.weight.grad = tensor(grad)
    last.weight.requires_grad_(False)
    return net


KEYS = ["name", "status", "grad_norm", "param_norm", "ratio"]
TYPES = {"half": torch.float16, "single": torch.float32, "double": torch.float64}


def as_rows(report):
    return sorted([row[key] for key in KEYS] for row in report)


def reported(rows, kind="double", **limits):
    return as_rows(grad_report(bag(rows, TYPES[kind]), **limits))


def read_off(row, kind, vanishing, exploding):
    name, values, grad, trained = row
    stored = {"half": np.float16, "single": np.float32, "double": float}[kind]
    size = float(np.sqrt(np.sum(np.array(values, stored).astype(float) ** 2)))
    if not trained or grad is None:
        return [name, "none" if trained else "frozen", None, size, None]
    g = np.array(grad, stored).astype(float)
    norm = float(np.sqrt(np.sum(g**2)))
    tests = {
        "nan": np.isnan(g).any(),
        "inf": np.isinf(g).any(),
        "zero": (g == 0).all(),
        "vanishing": norm < vanishing,
        "exploding": norm > exploding,
        "ok": True,
    }
    status = next(word for word, holds in tests.items() if holds)
    return [name, status, norm, size, norm / size if size else None]


def by_hand(rows, kind="double", vanishing=1e-7, exploding=1e3):
    return sorted(read_off(row, kind, vanishing, exploding) for row in rows)


def limited(rows, vanishing, exploding):
    return reported(rows, vanishing=vanishing, exploding=exploding)


def limited_by_hand(rows, vanishing, exploding):
    return by_hand(rows, "double", vanishing, exploding)


def keys_of(rows):
    return sorted(sorted(row) for row in grad_report(bag(rows)))


def of_embedding(ids, factors):
    return as_rows(grad_report(embedded(ids, factors)))


def embedding_by_hand(ids, factors):
    grad = np.zeros((5, 2))
    np.add.at(grad, ids, np.array(factors))
    return by_hand([("weight", np.ones((5, 2)), grad, True)])


def of_nested(values, grad):
    return as_rows(grad_report(nested(values, grad)))


def nested_by_hand(values, grad):
    rows = [("stem.lin.weight", values, grad, True)]
    return by_hand([*rows, ("head.weight", values, grad, False)])


def left_behind(rows):
    net = bag(rows)
    grad_report(net)
    grads = ["None" if p.grad is None else p.grad for p in net.parameters()]
    return [grads, [p.requires_grad for p in net.parameters()], list(net.parameters())]


def found_before(rows):
    grads = ["None" if g is None else np.array(g) for _, _, g, _ in rows]
    return [grads, [row[3] for row in rows], [np.array(row[1]) for row in rows]]


check = Check("e1-grad-report", visible=1, hidden=2)
check.value("every status", reported, by_hand, at=[(WARD[:1],), (WARD,)])
check.value("the same five keys", keys_of, lambda r: [sorted(KEYS)] * len(r), at=[WARD])
# BEGIN HIDDEN TESTS
check.hidden()
two, flip = check.random(2), float(check.rng.choice([-1.0, 1.0]))
pairs_ = [
    ("both", two, [flip * inf, nan], True),
    ("signs", two, [inf, -inf], True),
    ("minus", two, [-inf, 0.0], True),
    ("nan_last", [*two, 1.0], [0.0, 0.0, nan], True),
    ("shut", two, [nan, 1.0], False),
    ("open", two, check.random(2), True),
    ("cancel", two, [flip * 0.5, -flip * 0.5], True),
    ("flat", [0.0, 0.0], [0.0, 0.0], True),
]
check.value("every status", reported, by_hand, at=[(pairs_,), (WARD[::-1],)])
edges = [(f"g{i}", [2.0], [flip * g], True) for i, g in enumerate((1, 2, 3, 4, 5))]
sizes = [(f"s{i}", two, [g, 0.0], True) for i, g in enumerate((9e-8, 2e-7, 990, 1010))]
check.value("thresholds", reported, by_hand, at=[(sizes,)])
steps = [(edges, 2.0, 4.0), (edges, 0.5, 3.0), (edges, 3.0, 9.0)]
check.value("thresholds", limited, limited_by_hand, at=steps)
wide = [("wide", np.ones((300, 300)), np.full((300, 300), 300.0), True)]
tall = [("tall", [1e30, 2.0], [1e30, 3e29], True), ("low", two, [1e-30, 0.0], True)]
fine_ = [(wide, "half"), (wide, "single"), (tall, "single")]
check.value("double precision", reported, by_hand, at=fine_)
ids = [int(check.rng.integers(5)) for _ in range(3)]
looked_up = [([*ids, ids[0]], check.random((4, 2))), ([1, 1], [[1.0, nan], [2.0, 0.0]])]
looked_up.append(([2, 2], [[1.0, -0.5], [-1.0, 0.5]]))
check.value("sparse gradients", of_embedding, embedding_by_hand, at=looked_up)
grids = [(check.random((2, 2)), check.random((2, 2)))]
check.value("a real network", of_nested, nested_by_hand, at=grids)
check.value("nothing is changed", left_behind, found_before, at=[WARD, pairs_])
check.value("the same five keys", keys_of, lambda r: [sorted(KEYS)] * len(r), at=[WARD])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 5 · Second instrument: flow and update ratios
#
# A status says *whether*; a picture over the layers says *where it fades*. Here are
# four networks of ten equal layers, before any training. Which two will not learn, and
# for which is it the activation, for which the size of the weights? Below the figure,
# the first of them trains for 30 steps of Adam. Will the layers close up?

# %%
nets = {
    "sigmoid": deep_net(nn.Sigmoid),
    "tanh": deep_net(nn.Tanh),
    "relu, weights times 1.4": deep_net(nn.ReLU, 2**0.5),
    "relu, weights times 3": deep_net(nn.ReLU, 3.0),
}
flow = {label: layer_norms(net) for label, net in nets.items()}
fig, ax = subplots(figsize=(7, 3.4))
for label, norms in flow.items():
    ax.semilogy(range(1, 11), norms, label=label)
ax.set(xlabel="layer, from the input", ylabel="length of the gradient")
ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
figure(
    fig,
    alt="Gradient length over ten layers, logarithmic. Sigmoid climbs by six decades "
    "from the first layer to the last. Tanh is flat near 0.1; relu with weights times "
    "1.4 is flat near 0.3; relu with weights times 3 is flat near half a million.",
    table=[["layer", *flow]]
    + [[i + 1, *(norms[i] for norms in flow.values())] for i in range(10)],
)

# %%
from autograd_ref.playground import twin


def gradients(net, steps=30):
    """The gradient of each layer's weight, at every step of a training by Adam."""
    history = {f"layer {k}": [] for k in range(1, 11)}
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    X = tensor(np.random.default_rng(0).normal(size=(32, 16)))
    for _ in range(steps):
        opt.zero_grad()
        functional.mse_loss(net(X), X.tanh()).backward()
        for seen, linear in zip(history.values(), net[::2], strict=True):
            seen.append(linear.weight.grad.clone())
        opt.step()
    return history


history = gradients(deep_net(nn.Sigmoid))
table(twin("flow", history), caption="Length of the gradient, layer by layer")

# %%
from autograd_ref.playground import scene

scene("flow", history)


# %%
def update_ratios(make, rate, steps=60):
    """Length of each step relative to the weights, in the last layer of `deep_net`."""
    net, data = deep_net(nn.Tanh), np.random.default_rng(1).normal(size=(2, 64, 16))
    X, y = tensor(data[0]), tensor(np.tanh(data[0] @ data[1][:16]))
    opt, weight, seen = make(net.parameters(), lr=rate), net[-2].weight, []
    for _ in range(steps):
        opt.zero_grad()
        functional.mse_loss(net(X), y).backward()
        before = weight.detach().clone()
        opt.step()
        seen.append(((weight.detach() - before).norm() / before.norm()).item())
    return [seen[0], seen[19], seen[59]]


SGD, Adam = torch.optim.SGD, torch.optim.Adam
tries = [
    ("SGD", SGD, 1e-4),
    ("SGD", SGD, 0.1),
    ("Adam", Adam, 1e-3),
    ("Adam", Adam, 0.1),
]
ratios = [[f"{name}, {rate}", *update_ratios(make, rate)] for name, make, rate in tries]
table([["optimiser, rate", "step 1", "step 20", "step 60"], *ratios])

# %% [markdown]
# The sigmoid *fades*: its slope is at most 1/4, so each layer takes away a factor of
# four or more, and the first layer gets less than a millionth of what the last one
# gets. The relu with heavy weights does not fade: it is loud everywhere, because its
# *output* has grown by a factor of two a layer. A threshold alone would call both "bad
# gradients"; the shape over the layers tells them apart. And training does not close
# the gap: after 30 steps the first layer of the sigmoid gets fifty times less than at
# the start, and the last one twenty times less. (Choose a layer and a step in the
# picture: the histogram has the size of every entry.)
#
# Is a gradient of 0.1 much or little? That depends on the size of what it moves. The
# **update ratio** of a parameter (the table) is the length of its last step divided by
# its own length. A rule of thumb says: about one thousandth a step is healthy. Much
# less, as in the first row, and training stands still; much more, as in the last, and
# it forgets. Look at the step itself, not at `lr * grad`: an optimiser like Adam
# rescales, so that the same rate means another step.
#
# ### Hooks: where the instruments plug in
#
# Both instruments read `.grad` after the fact. To see what happens *inside* a
# pass, PyTorch lets you register **hooks**: functions that it calls when a certain
# value is ready. There are four kinds you need, and one backward pass shows their
# order.


# %%
def heard():
    """The order in which hooks are called in one forward and one backward pass."""
    log, net = [], settled(nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)))
    for name, module in list(net.named_modules())[1:]:
        say = lambda *_, name=name: log.append(f"{name} forward")
        module.register_forward_hook(say)
        say = lambda *_, name=name: log.append(f"{name} backward")
        module.register_full_backward_hook(say)
    net[0].weight.register_hook(lambda g: log.append("0.weight: gradient computed"))
    booked = lambda p: log.append(f"0.weight: .grad is {p.grad.shape}")
    net[0].weight.register_post_accumulate_grad_hook(booked)
    x = tensor(np.ones((4, 2)), requires_grad=True)
    net(x).sum().backward()
    return log


print(*heard(), sep="\n")

# %% [markdown]
# | hook | called with | good for |
# |---|---|---|
# | `module.register_forward_hook` | module, inputs, output | values, NaN in forward |
# | `module.register_full_backward_hook` | gradients of inputs and of outputs | flow |
# | `tensor.register_hook` | the gradient of one tensor; may replace it | clipping |
# | `parameter.register_post_accumulate_grad_hook` | the parameter | after `.grad` |
#
# Three things to know. Each returns a *handle*; call `handle.remove()`, in a `finally`,
# or the hook stays for the life of the model. A full backward hook puts a step of its
# own into the graph, so a layer that works in place on its input (`nn.ReLU(
# inplace=True)`) cannot have one behind it. And a hook's return value may *replace* the
# gradient; a hook that only looks should return nothing.
#
# ## 6 · Third instrument: anomaly mode, and its blind spots
#
# `torch.autograd.detect_anomaly()` (or `set_detect_anomaly(True)`) makes backward check
# what each node returns, and remember which forward line made that node. It is often
# said to show "where the NaN or Inf first appeared". Five patients: guess for each
# whether anomaly mode says something. (The second table asks what it costs.)


# %%
def under_anomaly(f, at):
    """The gradient of `f`, under anomaly mode."""
    leaf = tensor(at, requires_grad=True)
    with torch.autograd.detect_anomaly():
        f(leaf).backward()
    return f"silent; gradient {leaf.grad.item()}"


patients = {
    "sqrt(0)": (lambda v: v.sqrt(), 0.0),
    "0 * sqrt(0)": (lambda v: 0 * v.sqrt(), 0.0),
    "sqrt(x * x) at 0": (lambda v: (v * v).sqrt(), 0.0),
    "log(-1)": (lambda v: v.log(), -1.0),
    "exp(1000)": (lambda v: v.exp(), 1000.0),
}
rows = [
    [name, f(tensor(at)).item(), attempt(lambda f=f, at=at: under_anomaly(f, at))]
    for name, (f, at) in patients.items()
]
table([["program", "value", "under anomaly mode"], *rows])


# %%
def cpu_seconds(watched, width, repeats):
    """CPU seconds of some forward and backward passes of a small network."""
    net, x = deep_net(nn.Tanh, depth=6, width=width), tensor(np.ones((64, width)))
    net(x).square().mean().backward()  # warm
    with torch.autograd.set_detect_anomaly(watched):
        start = time.process_time()
        for _ in range(repeats):
            net(x).square().mean().backward()
        return time.process_time() - start


rows = [["width", "times slower under anomaly mode (it varies)"]]
for width, repeats in [(4, 20), (256, 20)]:
    plain, watched = (cpu_seconds(on, width, repeats) for on in (False, True))
    rows.append([width, f"{watched / plain:.1f}"])
table(rows)

# %% [markdown]
# Two of five are reported. So what it finds is a **NaN that is born in backward**, and
# it names the first *backward node* that returns one. In the third row that is not even
# the culprit: the root made an `inf`, which went by unseen, and the multiplication
# below it turned it into NaN as it met a zero. What it does not see:
#
# - an **inf**, forwards or backwards;
# - a **NaN born in forward**: $\log(-1)$ is NaN, and its slope $1/x = -1$ is a fine
#   number. The loss is NaN; the gradients look healthy.
#
# It is also slow, since it looks at every tensor of the backward pass and notes a stack
# trace for every operation of the forward pass: many times slower where layers are
# tiny, little where they are large. So: switch it on to locate, and off to train. The
# next exercise builds an instrument without these blind spots.
#
# ### Exercise 2 · `first_bad`: `find_nan_gradients` done right
#
# The usual `find_nan_gradients` walks over `.grad` after the fact. By then a NaN has
# reached every parameter below it, and the list of names says little. Ask instead of
# each module, as of a suspect: *did good numbers go in, and bad ones come out?*
#
# **Goal.** Name the module in whose call the first bad number (NaN or inf) is made.
#
# **Signature.** `first_bad(model, loss_fn, batch)`, with `batch = (X, y)`, runs
# `loss_fn(model(X), y)` and its backward pass, and returns one of
#
# | result | meaning |
# |---|---|
# | `(name, "forward")` | this module got finite tensors and returned a bad one |
# | `("loss", "forward")` | no module did, but the loss is bad |
# | `("loss", "backward")` | the gradient of the model's output is bad already |
# | `(name, "backward")` | see below |
# | `None` | nothing bad, or no backward pass (nothing requires grad) |
#
# In backward, a module is guilty if the gradient of its *output* is finite and one that
# it passes on is not: to its *inputs*, or to a *parameter* (its own, or of a module
# inside it). Forward comes before backward. Where one guilty module lies inside
# another, the **innermost** counts; so a module with children is named if its *own*
# code, between or after its children, is to blame. Names are those of
# `model.named_modules()`; the model itself is `""`.
#
# Modules take and return tensors (one output), work on nothing in place, and are called
# once each; the batch is finite; one mistake is planted at a time.
#
# **Worked example.** `nn.Sequential(nn.Linear(2, 2), nn.Tanh())` with a NaN among the
# weights of the linear layer gives `("0", "forward")`. If the loss is the square root
# of a sum that happens to be 0: `("loss", "backward")`, an `inf` that anomaly mode
# would miss.
#
# The network that the check examines has this shape, with one spot made sick:
#
# ```text
# ""            first (Linear) → own code → last → own code
# "last"        act → inner → scale → out (Linear)
# "last.inner"  first (Linear) → own code → last (Linear)
# ```
#
# *4 points (1 + 3 hidden) · about 22 minutes · difficulty 4 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **made in forward**: NaN and inf, in nested modules;
# - **made in backward**: NaN and inf, also where only a *parameter's* gradient is bad;
# - **the module's own code**: bad numbers made between or after its children;
# - **made by the loss**, forwards or backwards;
# - **nothing bad** gives `None`, also with frozen or unused parameters, or with all of
#   them frozen;
# - **no trace is left**: every `.grad` is as before, also where it held something, and
#   every `requires_grad`; no hook stays on a module or a parameter, even if `loss_fn`
#   raises (the error comes out).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Forward hooks on all modules give you a list: name, inputs, output, in the order in
# which calls *finish*. A child finishes before its parent. For backward, you need no
# more hooks: with inputs and output at hand, what a module passes on is a VJP.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *made in forward*: the last bad output instead of the first names the model itself.
# - *made in backward* fails at `last.scale` if you look at inputs only: there the bad
#   gradient goes to a parameter.
# - *nothing bad* fails with "does not require grad" if you ask `autograd.grad` about
#   frozen parameters: leave out what needs none.
# - *no trace is left*: `torch.autograd.grad` books nothing.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# calls = []                           # (name, module, inputs, output)
# hooks = [m.register_forward_hook(...) for ...]
# try:
#     loss = ...
# finally:
#     ...                              # remove the hooks
# for name, module, args, out in calls:            # innermost first
#     if fine(args) and not fine([out]): return ...
# ...                                  # the loss; anything to go back through?
# for name, module, args, out in calls:
#     came = torch.autograd.grad(loss, out, retain_graph=True, ...)
#     asked = [t for t in [*args, *module.parameters()] if ...]
#     sent = torch.autograd.grad(out, asked, came, ...)     # the VJP of this module
#     ...
# ```
#
# </details>


# %% solution="e2-first-bad"
def first_bad(model: nn.Module, loss_fn, batch) -> tuple[str, str] | None:
    """(module name, "forward" | "backward") of the first NaN or inf; None if none."""
    # BEGIN SOLUTION
    (X, y), calls = batch, []  # calls as they finish: the innermost first
    names = {module: name for name, module in model.named_modules()}

    def note(module, args, out):
        calls.append((names[module], module, args, out))

    def fine(tensors):
        return all(t is None or bool(t.isfinite().all()) for t in tensors)

    def gradients(out, of, seed):
        asked = [t for t in of if t.requires_grad]
        if not asked or not out.requires_grad:
            return []
        return torch.autograd.grad(
            out, asked, seed, retain_graph=True, materialize_grads=True
        )

    hooks = [module.register_forward_hook(note) for module in names]
    try:
        loss = loss_fn(model(X), y)
    finally:
        for hook in hooks:
            hook.remove()
    for name, _, args, out in calls:
        if fine(args) and not fine([out]):
            return name, "forward"
    if not fine([loss]):
        return "loss", "forward"
    if not fine(gradients(loss, [calls[-1][3]], None)):
        return "loss", "backward"
    for name, module, args, out in calls:
        came = gradients(loss, [out], None)
        sent = gradients(out, [*args, *module.parameters()], came)
        if fine(came) and not fine(sent):
            return name, "backward"
    return None
    # END SOLUTION


# %% check
class Act(nn.Module):
    """A module that applies a function."""

    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, x):
        return self.f(x)


class Between(nn.Module):
    """Two children, and code of its own between and after them."""

    def __init__(self, first, f, last, g=lambda x: x):
        super().__init__()
        self.first, self.f, self.last, self.g = first, f, last, g

    def forward(self, x):
        return self.g(self.last(self.f(self.first(x))))


class Scale(nn.Module):
    """x times 1 + sqrt(p): at p = 0 the slope by p is infinite, that by x is not."""

    def __init__(self, p):
        super().__init__()
        self.p, self.unused = nn.Parameter(tensor(p)), nn.Parameter(tensor(p))

    def forward(self, x):
        return x * (1 + self.p.sqrt())


SPOTS = {  # a function for each illness
    "fine": lambda x: x + x.tanh(),
    "nan forward": lambda x: x + (x - x) / (x - x),
    "inf forward": lambda x: x + (x - x + 1000.0).exp(),
    # x - x.detach() is 0 with slope 1: a fine value, and an infinite slope of the root
    "nan backward": lambda x: x + (x - x.detach()).square().sqrt(),
    "inf backward": lambda x: x + (x - x.detach()).sqrt(),
}


def patient(place=None, kind="fine"):
    """The network above; the spot at `place` has the illness `kind`."""
    at = lambda spot: SPOTS[kind if spot == place else "fine"]
    inner = Between(nn.Linear(4, 4), at("last.inner"), nn.Linear(4, 3))
    parts: dict = {"act": Act(at("last.act")), "inner": inner}
    parts |= {"scale": Scale(1.0), "out": nn.Linear(3, 2)}
    last = nn.Sequential(OrderedDict(parts))
    net = Between(nn.Linear(3, 4), at(""), last, at("at the end"))
    net = settled(net, seed=3)
    with torch.no_grad():
        parts["scale"].p.fill_(0.0 if place == "last.scale" else 1.0)
        for name in ("first", "last.out"):
            if name == place:
                sick = inf if kind == "inf forward" else nan
                net.get_submodule(name).weight[0, 0] = sick
    return net


LOSSES = {
    "mse": functional.mse_loss,
    "nan forward": lambda p, y: (p - p).sum().log() * 0,
    "inf forward": lambda p, y: ((p - y) * 1e200).square().sum(),
    "nan backward": lambda p, y: (p - p.detach()).square().sum().sqrt() + p.sum(),
    "inf backward": lambda p, y: (p - p.detach()).sum().sqrt() + p.sum(),
}


def some_batch(seed):
    chance = np.random.default_rng(seed)
    return tensor(chance.normal(size=(5, 3))), tensor(chance.normal(size=(5, 2)))


def said_of(found):
    return "None" if found is None else list(found)


def found_in(place, kind, seed):
    return said_of(first_bad(patient(place, kind), LOSSES["mse"], some_batch(seed)))


def planted(place, kind, seed):
    return ["" if place == "at the end" else place, kind.split()[1]]


def found_in_loss(kind, seed):
    return said_of(first_bad(patient(), LOSSES[kind], some_batch(seed)))


def planted_in_loss(kind, seed):
    return ["loss", kind.split()[1]]


def found_in_healthy(frozen, seed):
    net = patient()
    for name in frozen:
        net.get_submodule(name).requires_grad_(False)
    return said_of(first_bad(net, LOSSES["mse"], some_batch(seed)))


def trace(place, kind, booked, seed):
    net = patient(place, kind)
    net.get_submodule("last.out").requires_grad_(False)
    if booked is not None:
        net.first.weight.grad = torch.full_like(net.first.weight, booked)

    def loss_fn(p, y):
        if kind == "raises":
            raise KeyError("from the loss")
        return functional.mse_loss(p, y)

    try:
        first_bad(net, loss_fn, some_batch(seed))
        ended = "returned"
    except KeyError:
        ended = "KeyError"
    hooks = 0
    for module in net.modules():
        hooks += len(module._forward_hooks) + len(module._forward_pre_hooks)
        hooks += len(module._backward_hooks) + len(module._backward_pre_hooks)
    for p in net.parameters():
        hooks += len(p._backward_hooks or ())
        hooks += len(p._post_accumulate_grad_hooks or ())
    grads = ["None" if p.grad is None else p.grad for p in net.parameters()]
    flags = [p.requires_grad for p in net.parameters()]
    return [ended, hooks, flags, grads, list(net.parameters())]


def no_trace(place, kind, booked, seed):
    net = patient(place, kind)
    values = [p.detach().numpy() for p in net.parameters()]
    grads: list = ["None"] * len(values)
    if booked is not None:
        grads[0] = np.full((4, 3), booked)
    flags = [not name.startswith("last.out") for name, _ in net.named_parameters()]
    return ["KeyError" if kind == "raises" else "returned", 0, flags, grads, values]


check = Check("e2-first-bad", visible=1, hidden=3)
ahead, back = ("nan forward", "inf forward"), ("nan backward", "inf backward")
check.value("made in forward", found_in, planted, at=[("last.act", ahead[0], 0)])
check.value("made in backward", found_in, planted, at=[("last.act", back[1], 0)])
check.value("made by the loss", found_in_loss, planted_in_loss, at=[(back[1], 0)])
check.value("nothing bad", found_in_healthy, ["None"], at=[((), 0)])
check.value("no trace is left", trace, no_trace, at=[(None, "fine", None, 0)])
# BEGIN HIDDEN TESTS
check.hidden()
seed = int(check.rng.integers(10_000))
spots = [(p, k, seed) for p in ("last.act", "first", "last.out") for k in ahead]
check.value("made in forward", found_in, planted, at=spots)
spots = [("last.scale", "inf backward", seed), *(("last.act", k, seed) for k in back)]
check.value("made in backward", found_in, planted, at=spots)
rooms = ("", "at the end", "last.inner")
own = [(p, k, seed) for p in rooms for k in (*ahead, *back)]
check.value("the module's own code", found_in, planted, at=own)
ills = [(kind, seed) for kind in (*ahead, *back)]
check.value("made by the loss", found_in_loss, planted_in_loss, at=ills)
parts_ = [((), seed), (("first",), seed), (("last.inner", "last.out"), seed)]
parts_ += [(("first", "last"), seed)]
check.value("nothing bad", found_in_healthy, ["None"] * 4, at=parts_)
marks = [
    ("last.act", "inf backward", 7.0, seed),
    ("last.act", "nan forward", 7.0, seed),
]
marks += [(None, "fine", 7.0, seed), (None, "raises", None, seed)]
marks += [("", "nan backward", None, seed)]
check.value("no trace is left", trace, no_trace, at=marks)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 7 · A cure that works: look away, but in both directions
#
# Say you have found the guilty line, and it is a square root, a logarithm or a quotient
# at a place where the result does not matter: an empty row, a masked entry. The obvious
# cure is `torch.where`. Look at the values, then at the gradients:

# %%
programs = {
    "sqrt(x)": lambda v: v.sqrt(),
    "where(x > 0, sqrt(x), 0)": lambda v: torch.where(v > 0, v.sqrt(), 0.0),
    "sqrt(x + 1e-12)": lambda v: (v + 1e-12).sqrt(),
    "sqrt(x).nan_to_num()": lambda v: v.sqrt().nan_to_num(),
    "where twice": lambda v: torch.where(v > 0, torch.where(v > 0, v, 1.0).sqrt(), 0.0),
}
shown = [["program", "value at 0, 1e-8", "gradient at 0, 1e-8"]]
for name, f in programs.items():
    spot = tensor([0.0, 1e-8], requires_grad=True)
    (slope,) = torch.autograd.grad(f(spot).sum(), spot)
    shown.append([name, str(f(spot).tolist()), str(slope.tolist())])
table(shown, caption="Five square roots (wanted at 0: value 0, gradient 0)")

# %% [markdown]
# One `where` repairs the *value*. But both branches are computed, and on the way back
# the unchosen one gets a cotangent of 0, which its infinite slope turns into `0 * inf =
# nan`. The small number under the root changes values and slopes everywhere (look at
# $10^{-8}$). `nan_to_num` comes after the root and does nothing for its slope. The last
# line shows the pattern that works, the **double where**: replace the *input* of the
# dangerous operation by a harmless one, and then its output.
#
# ### Exercise 3 · Two safe functions
#
# **Goal.** Two functions with right values and right, finite gradients everywhere.
#
# **Signatures.** `safe_norm(x, dim)` is $\sqrt{\sum x_i^2}$ along the axis `dim`
# (positive or negative), which disappears. Where a row is all zeros, the value is 0,
# its limit, and the gradient is 0.
#
# `safe_log_ratio(a, b)` is $\log(a/b)$, entry by entry, for `a` and `b` of one shape
# and with entries $\ge 0$. Where either is 0 the entry counts as *masked*, as in sums
# like $\sum a \log(a/b)$: value 0, and gradient 0 for both.
#
# Both keep the dtype. What you know of PyTorch's own functions may be used.
#
# **Worked example.** `safe_norm(tensor([[3, 4], [0, 0]]), 1)` is $(5, 0)$ with gradient
# rows $(0.6, 0.8)$ and $(0, 0)$ for its sum. `safe_log_ratio(1, 2)` is $-0.693$, with
# slopes $1$ and $-0.5$.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **norms**: values and gradients of ordinary rows, any axis, to 12 digits;
# - **zero rows**: value and gradient 0, and the rows beside them unharmed;
# - **log ratios**: values and gradients of ordinary entries;
# - **masked entries**: value and gradient 0, and the entries beside them unharmed;
# - **small and large**: rows of size $10^{-100}$ to $10^{100}$; ratios whose quotient
#   would overflow or underflow, such as $10^{-200} / 10^{200}$ (relative errors);
# - **dtype** as it came.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which number under the root is harmless, for rows that are all zeros? And what is
# $\log(a/b)$ without a division?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *zero rows* fails with NaN after one `where`, and after `nan_to_num`.
# - *small and large* fails at $10^{-100}$ with any small number added under the root.
# - *masked entries* fails where only `b` is 0 if you look at `a` only.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# squares = (x * x).sum(dim)
# zero = squares == 0
# inner = torch.where(zero, ..., squares)        # harmless
# return torch.where(zero, ..., ...)
# ```
#
# </details>


# %% solution="e3-safe-functions"
def safe_norm(x: torch.Tensor, dim: int) -> torch.Tensor:
    """Euclidean length along `dim`; value and gradient 0 where all entries are 0."""
    # BEGIN SOLUTION
    squares = (x * x).sum(dim)
    zero = squares == 0
    root = torch.where(zero, 1.0, squares).sqrt()
    return torch.where(zero, 0.0, root)
    # END SOLUTION


def safe_log_ratio(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """log(a / b) entry by entry; value and both gradients 0 where a or b is 0."""
    # BEGIN SOLUTION
    used = (a > 0) & (b > 0)
    return torch.where(used, a, 1.0).log() - torch.where(used, b, 1.0).log()
    # END SOLUTION


# %% check
def lengths(x, u, dim):
    """Values, and the gradient of sum(u * values)."""
    leaf = tensor(x, requires_grad=True)
    out = safe_norm(leaf, dim)
    (grad,) = torch.autograd.grad((out * tensor(u)).sum(), leaf)
    return [out, grad]


def true_lengths(x, u, dim):
    x, u = np.asarray(x), np.asarray(u)
    size = np.sqrt((x**2).sum(dim))
    whole = np.expand_dims(size, dim)
    back = np.expand_dims(u, dim) * x / np.where(whole == 0, 1.0, whole)
    return [size, back]


def logs(a, b, u):
    one, two = tensor(a, requires_grad=True), tensor(b, requires_grad=True)
    out = safe_log_ratio(one, two)
    return [out, *torch.autograd.grad((out * tensor(u)).sum(), (one, two))]


def true_logs(a, b, u):
    a, b, u = np.asarray(a), np.asarray(b), np.asarray(u)
    used = (a > 0) & (b > 0)
    one, two = np.where(used, a, 1.0), np.where(used, b, 1.0)
    return [np.log(one) - np.log(two), used * u / one, -(used * u) / two]


def relative_lengths(size):
    """Length and gradient of size * (3, 4), in units of size: 5, and 0.6, 0.8."""
    out, grad = lengths(size * np.array([[3.0, 4.0]]), [1.0], 1)
    return [out / size, grad]


def relative_logs(a, b):
    out, one, two = logs([a], [b], [1.0])
    return [out, one * a, two * b]


def types_of(name):
    kind = getattr(torch, name)
    x = torch.tensor([[3.0, 4.0], [0.0, 0.0]], dtype=kind)
    return [str(safe_norm(x, 1).dtype), str(safe_log_ratio(x, x + 1).dtype)]


STRICT = Tolerance(rel=1e-12, abs=1e-13)
check = Check("e3-safe-functions", visible=1, hidden=2)
grid = np.array([[3.0, 4.0], [-5.0, 12.0], [0.0, 2.0]])
empty = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 0.0]])
check.value("norms", lengths, true_lengths, at=[(grid, [1.0, -2.0, 0.5], 1)])
check.value("zero rows", lengths, true_lengths, at=[(empty, [1.0, -2.0, 0.5], 1)])
ones_, twos = np.array([1.0, 3.0]), np.array([2.0, 0.5])
check.value("log ratios", logs, true_logs, at=[(ones_, twos, [1.0, -2.0])])
holes = ([1.0, 0.0, 2.0, 0.0], [2.0, 3.0, 0.0, 0.0], [1.0, -2.0, 0.5, 3.0])
check.value("masked entries", logs, true_logs, at=[holes])
# BEGIN HIDDEN TESTS
check.hidden()
block, flat = check.random((2, 3, 4)), check.random((4, 3))
shapes = [((2, 4), 1), ((3, 4), 0), ((2, 3), -1), ((2, 4), -2)]
several = [(block, check.random(shape), dim) for shape, dim in shapes]
check.value("norms", lengths, true_lengths, at=several, tol=STRICT)
gaps = flat.copy()
gaps[int(check.rng.integers(4))] = 0.0
hollow = [(gaps, check.random(4), 1), (np.zeros((2, 3)), check.random(2), -1)]
hollow += [(gaps.T, check.random(4), 0)]
check.value("zero rows", lengths, true_lengths, at=hollow, tol=STRICT)
a_, b_ = np.abs(check.random((3, 4))), np.abs(check.random((3, 4)))
both = [(a_, b_, check.random((3, 4)))]
check.value("log ratios", logs, true_logs, at=both, tol=STRICT)
a_, b_ = a_.copy(), b_.copy()
a_[0, :2], b_[0, 1:3], a_[2, 3] = 0.0, 0.0, 0.0
check.value("masked entries", logs, true_logs, at=[(a_, b_, check.random((3, 4)))])
five = [np.array([5.0]), np.array([[0.6, 0.8]])]
tiny = [10.0**k for k in (-100, -12, -5, 0, 6, 100)]
check.value("small and large", relative_lengths, [five] * 6, at=tiny)
far = [(1e-200, 1e200), (1e250, 1e-250), (1e-300, 1e-290), (2.5, 0.5)]
check.value(
    "small and large",
    relative_logs,
    lambda a, b: [np.array([np.log(a) - np.log(b)]), np.ones(1), -np.ones(1)],
    at=far,
)
check.value("dtype", types_of, lambda n: [f"torch.{n}"] * 2, at=["float32", "float64"])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 8 · In place, `detach` and `.data`: who is watching?
#
# Each tensor has a **version**, a counter that goes up with every change in place.
# Backward compares the version of a saved tensor with the one it was saved at (lesson
# 6). So in-place damage is *noticed*. How often have you read that it "may give wrong
# gradients"? The first experiment below has three cases, none of them a matter of luck,
# and a last line that legalises what was refused.
#
# The second experiment writes *past* the counter, or cuts: the function is $x^2$ at 1,
# so the right gradient is 2, and each write happens between forward and backward. Which
# rows are refused, which are silently wrong?


# %%
def leaf_in_place():
    at = tensor([1.0, 2.0], requires_grad=True)
    at += 1  # it stops here
    (at * at).sum().backward()
    return at.grad.tolist()


def result_in_place(f):
    """Gradient of f(x) + 1 at (1, 2), the 1 added in place."""
    at = tensor([1.0, 2.0], requires_grad=True)
    y = f(at)
    y += 1
    y.sum().backward()
    return at.grad.tolist()


legal = allow_mutation_on_saved_tensors()


print("leaf += 1:           ", attempt(leaf_in_place))
print("x * 2, then += 1:    ", attempt(lambda: result_in_place(lambda v: v * 2)))
print("x ** 2, then += 1:   ", attempt(lambda: result_in_place(lambda v: v**2)))
print("exp(x), then += 1:   ", attempt(lambda: result_in_place(torch.exp)))
with legal:
    print("exp(x), legalised:   ", attempt(lambda: result_in_place(torch.exp)))


# %%
class Square(torch.autograd.Function):
    """x * x, keeping x as an attribute: past the version counter."""

    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, g):
        return 2 * ctx.x * g


def written(write, square=lambda v: v * v):
    """Gradient of the square at 1 if `write(x)` happens before backward."""
    at = tensor([1.0], requires_grad=True)
    y = square(at).sum()
    with torch.no_grad():
        write(at)
    y.backward()
    return at.grad.item()


# %%
def through_numpy(v):
    v.detach().numpy()[:] += 1


def rebound():
    x = tensor([1.0], requires_grad=True)
    x = x + 1  # a new tensor under an old name; the leaf has no name any more
    (x * x).sum().backward()
    return x.grad


told = {
    "x.add_(1) under no_grad": lambda: written(lambda v: v.add_(1)),
    "x.detach().add_(1)": lambda: written(lambda v: v.detach().add_(1)),
    "x.data += 1": lambda: written(lambda v: v.data.add_(1)),
    "x.detach().numpy()[:] += 1": lambda: written(through_numpy),
    "x.add_(1), but ctx.x = x": lambda: written(lambda v: v.add_(1), Square.apply),
    "x = x + 1, then x.grad": rebound,
    "all of it detached": lambda: written(id, lambda v: v.detach() * v.detach()),
    "one of two factors detached": lambda: written(id, lambda v: v * v.detach()),
}
rows = [[name, attempt(run)] for name, run in told.items()]
table([["what was done", "gradient of x * x at 1 (right: 2)"], *rows])

# %% [markdown]
# The three cases of the first experiment:
#
# - A **leaf** that requires grad: refused at the very line, before any backward.
# - A **result that nobody saved** (`x * 2` saved a number, `x ** 2` its *input*): fine,
#   and right.
# - A **result that was saved** (`exp` saves its own): refused in backward.
#
# Silent damage comes from writing past the counter, rows 3 to 5 of the table.
# `detach()` is often blamed, and innocent: it shares storage *and counter*. Blame
# `.data`, NumPy, and Functions that keep tensors in an attribute instead of
# `save_for_backward`. In new code there is no use for `.data` at all: to change a
# parameter write `with torch.no_grad(): p.add_(...)`, to read values use `detach()`.
#
# The last three rows need no write at all. *Rebinding* the name, which tutorials offer
# as the cure for the in-place error, works only if you keep a name for the leaf. A
# fully detached loss *raises*. A partly detached one is silent and incomplete. (And
# `loss.detach().item()` detaches for nothing: `.item()` is a plain number.)
#
# ## 9 · The bug zoo
#
# Eight short scripts, each with one bug. Run them, look at the symptoms in the table
# below, and form an opinion of each. Then cure them in exercise 4.


# %%
def buggy_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    w = w.clone().requires_grad_()
    for _ in range(steps):
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def buggy_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    w = start.clone().requires_grad_().to(X.dtype)
    ((X @ w - y) ** 2).mean().backward()
    return w.grad


def buggy_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    w = w.clone().requires_grad_()
    penalty = float(np.sum(w.detach().numpy() ** 2))
    (((X @ w - y) ** 2).mean() + strength * penalty).backward()
    return w.grad


# %%
def buggy_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    x = x.clone().requires_grad_()
    e = x.exp()
    e += 1
    loss = e.log().sum()
    loss.backward()
    return loss.item(), x.grad


def buggy_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            pairs = zip(sizes[:-1], sizes[1:], strict=True)
            self.layers = [nn.Linear(m, n) for m, n in pairs]

        def forward(self, x):
            for layer in self.layers[:-1]:
                x = layer(x).tanh()
            return self.layers[-1](x)

    return Net()


# %%
def buggy_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    losses = []
    for X, y in batches:
        losses.append(functional.mse_loss(model(X), y))
    return (sum(losses) / len(losses)).item()


def buggy_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    w = w.clone().requires_grad_()
    error = X @ w - y
    (0.5 * error.clamp(-limit, limit) ** 2).sum().backward()
    return w.grad


def buggy_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    with torch.no_grad():  # saves memory
        features = trunk(X)
    loss = functional.mse_loss(head(features), y)
    loss.backward()
    return loss.item()


# %%
# Two more bugs for the table of symptoms; and data for all of them.
chance = np.random.default_rng(4)
X4, y4 = tensor(chance.normal(size=(6, 3))), tensor(chance.normal(size=6) * 10)
w4 = tensor([0.5, -1.0, 2.0])
small, trunk4, head4 = (settled(nn.Linear(m, n)) for m, n in ((3, 1), (3, 4), (4, 6)))


def no_eval():
    """Two evaluations of one model on one batch, in train() mode."""
    net = settled(nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Linear(8, 1)))
    with torch.random.fork_rng(), torch.no_grad():
        return [round(net(X4).sum().item(), 3) for _ in range(2)]


def stale_optimiser():
    """An optimiser made before a layer was replaced: does the new layer move?"""
    net = settled(nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)))
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    net[1] = settled(nn.Linear(4, 1))
    before = net[1].weight.detach().clone()
    net(X4).square().mean().backward()
    opt.step()
    moved = not torch.equal(before, net[1].weight)
    return f"gradient: {bool(net[1].weight.grad.any())}, moved: {moved}"


# %%
def held(run):
    """The most saved tensors alive at once while `run()` works, and its result."""
    alive = [0, 0]

    class Receipt:
        def __init__(self, t):
            self.t = t.detach()
            alive[0] += 1
            alive[1] = max(alive)

        def __del__(self):
            alive[0] -= 1

    with saved_tensors_hooks(Receipt, lambda receipt: receipt.t):
        result = run()
    return alive[1], result


def rounded(values):
    """A list of short numbers, for a table."""
    return [round(v, 2) for v in values.flatten().tolist()]


# %%
def saved_by_6(n):
    return held(lambda: buggy_6(small, [(X4, y4[:, None])] * n))[0]


best4, X6 = torch.linalg.lstsq(X4, y4).solution, X4.repeat(1, 2)
bare_where = lambda v: torch.where(v > 0, v.sqrt(), 0.0)
LOOKS = [
    lambda: rounded(buggy_1(w4, X4, y4, 0.2, 60) - best4),
    lambda: buggy_2(w4.float(), X4, y4),
    lambda: rounded(buggy_3(w4, X4, y4, 99.0) - buggy_3(w4, X4, y4, 0.0)),
    lambda: buggy_4(w4),
    lambda: list(buggy_5([3, 4, 1]).parameters()),
    lambda: [saved_by_6(1), saved_by_6(9)],
    lambda: rounded(buggy_7(w4, X4, y4, 0.01)),
    lambda: (round(buggy_8(trunk4, head4, X4, X6), 2), trunk4.weight.grad),
    no_eval,
    stale_optimiser,
    lambda: written(lambda v: v.data.add_(1)),
    lambda: torch.func.grad(bare_where)(tensor(0.0)).item(),
]

# %%
bugs = """zero_grad missing|off the best fit, after 60 steps|no
leaf moved with .to|what comes back|a warning
.item() or NumPy in the loss|effect of a strong penalty|no
in place after exp|what comes back|an error
layers in a Python list|parameters|no
losses kept with their graphs|tensors alive, 1 and 9 batches|no
value clipped, not gradient|gradient, all errors large|no
no_grad around forward|loss, gradient of the trunk|no
eval() forgotten|one batch, evaluated twice|no
optimiser made too early|the new layer|no
write through .data|slope (right: 2)|no
one where|slope at 0 (right: 0)|no"""
rows = [["", "bug", "look at", "does PyTorch tell?", "you see"]]
for i, (line, look) in enumerate(zip(bugs.split("\n"), LOOKS, strict=True), 1):
    rows.append([i, *line.split("|"), attempt(look)])
table(rows)


# %%
def step_on_nan():
    """Weights after one step on a batch with one NaN label."""
    net = settled(nn.Linear(3, 1))
    opt = torch.optim.Adam(net.parameters(), lr=0.01)
    functional.mse_loss(net(X4), tensor([[nan]] + [[0.0]] * 5)).backward()
    opt.step()
    return net.weight.tolist()


norm, right = nn.BatchNorm1d(3).double(), tensor([1.0] * 8 + [0.0])
norm(X4)  # an evaluation without eval()
means = sum(part.mean().item() for part in right.split(8)) / 2
sums = tensor(np.arange(24.0).reshape(2, 3, 4)).softmax(1)[0].sum(-1)
wing = [
    ["evaluation without eval() moves BatchNorm's mean to", rounded(norm.running_mean)],
    ["one example in train() mode", attempt(lambda: norm(X4[:1]))],
    ["a step on a NaN loss is taken; the weights", step_on_nan()],
    ["accuracy over batches of 8 and 1; in truth", [means, right.mean().item()]],
    ["softmax(dim=1) on (batch, time, class) adds up to", rounded(sums)],
]
table([["helper", "what comes out"], *wing])

# %% [markdown]
# Two of the twelve speak. The other ten are silent, and for most of them the loss
# falls. That is why a checklist beats a debugger here.
#
# The second table is the zoo's side wing: training and evaluation helpers as they are
# copied from project to project. Their cures in one breath: `eval()` *and* `no_grad()`,
# and back to the previous mode afterwards; test `loss.isfinite()` before the step;
# count examples, divide once; name the class axis (`dim=-1`). And if you analyse
# gradients in the middle of training, ask with `torch.autograd.grad`: a `backward()` of
# your own adds to, or wipes, what training has put into `.grad`.
#
# ### Exercise 4 · Cure eight of them
#
# **Goal.** Write `fix_1` to `fix_8`: the same signatures as `buggy_1` to `buggy_8`, and
# the behaviour that each docstring promises. A test of behaviour is all there is: your
# cure may look as you like.
#
# | | what the cured one does |
# |---|---|
# | `fix_1(w, X, y, lr, steps)` | plain gradient descent; `w` itself stays as it was |
# | `fix_2(start, X, y)` | the gradient, in X's dtype, to 12 digits |
# | `fix_3(w, X, y, strength)` | the gradient of error *and* penalty |
# | `fix_4(x)` | value (a float) and gradient |
# | `fix_5(sizes)` | an `nn.Module` that owns its layers |
# | `fix_6(model, batches)` | mean loss, a float; holds tensors of one batch at most |
# | `fix_7(w, X, y, limit)` | $X^\top$ times the errors, each limited to $\pm$ `limit` |
# | `fix_8(trunk, head, X, y)` | the loss, a float; *all* gradients in `.grad` |
#
# In 3 and 7, the mean squared error is over examples, and the errors of 7 are added up
# (with factor 1/2), as in the scripts. Tensors that are given stay as they are.
#
# **Worked example.** `buggy_7` with the errors $(-10, 0.2)$ and limit 1 sends back
# $(0, 0.2)$: the largest error teaches nothing. Wanted: $(-1, 0.2)$.
#
# *8 points (0 + 8 hidden, one for each) · about 32 minutes · difficulty 3 of 5 ·
# importance 5 of 5*
#
# **What the check looks at**
#
# - **gives the right form**, for each of the eight on a small example (visible, worth
#   no point by itself; values are up to you to test);
# - **fix_1 follows plain gradient descent**, for several rates and numbers of steps;
# - **fix_2 gives the gradient** at a float32 start, for float64 data;
# - **fix_3 feels the penalty**;
# - **fix_4 gives value and gradient**;
# - **fix_5 registers every layer**: in `parameters()` and `state_dict()`, each with a
#   gradient after backward, and the outputs are right;
# - **fix_6 holds one batch at most**: value, type, and the number of saved tensors
#   alive at once, for many batches;
# - **fix_7 limits the gradient**, for errors inside and outside the limits;
# - **fix_8 teaches both parts**.
#
# <details><summary>Hint 1: a nudge for each</summary>
#
# 1: what does `backward` do to `.grad`? 2: which tensor is the leaf? 3: which line
# leaves the graph? 4: what did `exp` save? 5: which containers does `nn.Module` look
# into? 6: who needs the graph here? 7: which function has the slope that you want? (Or:
# which hook may replace a gradient?) 8: is that a place to save memory?
#
# </details>
# <details><summary>Hint 2: cures that hide, and where they fail</summary>
#
# - 1, halving the rate: fails after a few more steps.
# - 2, `.retain_grad()` is a cure, if the tensor it is called on has X's dtype.
# - 4, `e.data += 1`, `detach` or a write through NumPy: the error goes, and the
#   gradient is $1$ or nothing instead of $e^x / (1 + e^x)$.
# - 6, `retain_graph` or `del`: the list still holds every graph.
# - 7, a larger limit: fails at larger errors.
# - 8, `features.requires_grad_()`: no error, no gradient.
#
# </details>
# <details><summary>Hint 3: annotated skeletons of the three hardest</summary>
#
# ```python
# # 5: a container that registers
# self.layers = nn.ModuleList(...)          # or build one nn.Sequential
# # 6: nothing to differentiate
# with torch.no_grad(): ...                 # or keep numbers instead of tensors
# # 7: limit what comes back, not what goes forward
# error.register_hook(lambda g: ...)        # or: Huber's loss
# ```
#
# </details>


# %% solution="e4-bug-zoo"
def fix_1(w, X, y, lr, steps):
    """Weights after `steps` of gradient descent on the mean squared error, from w."""
    # BEGIN SOLUTION
    w = w.clone().requires_grad_()
    for _ in range(steps):
        w.grad = None
        ((X @ w - y) ** 2).mean().backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()
    # END SOLUTION


def fix_2(start, X, y):
    """Gradient of the mean squared error at `start`, which is float32, in X's dtype."""
    # BEGIN SOLUTION
    w = start.detach().to(X.dtype).requires_grad_()
    ((X @ w - y) ** 2).mean().backward()
    return w.grad
    # END SOLUTION


def fix_3(w, X, y, strength):
    """Gradient at w of the mean squared error plus strength * sum(w ** 2)."""
    # BEGIN SOLUTION
    w = w.clone().requires_grad_()
    (((X @ w - y) ** 2).mean() + strength * (w**2).sum()).backward()
    return w.grad
    # END SOLUTION


def fix_4(x):
    """Value (a float) and gradient of sum(log(1 + exp(x)))."""
    # BEGIN SOLUTION
    x = x.clone().requires_grad_()
    loss = (x.exp() + 1).log().sum()
    loss.backward()
    return loss.item(), x.grad
    # END SOLUTION


def fix_5(sizes):
    """Linear layers of these sizes, with tanh between them and none after the last."""
    # BEGIN SOLUTION
    layers = []
    for m, n in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(m, n), nn.Tanh()]
    return nn.Sequential(*layers[:-1])
    # END SOLUTION


def fix_6(model, batches):
    """Mean over the batches of the mean squared error, a float: for a log only."""
    # BEGIN SOLUTION
    losses = []
    with torch.no_grad():
        for X, y in batches:
            losses.append((model(X) - y).square().mean().item())
    return sum(losses) / len(losses)
    # END SOLUTION


def fix_7(w, X, y, limit):
    """Gradient at w of half the squared errors, errors limited on the way back."""
    # BEGIN SOLUTION
    w = w.clone().requires_grad_()
    error = X @ w - y
    error.register_hook(lambda g: g.clamp(-limit, limit))
    (0.5 * error**2).sum().backward()
    return w.grad
    # END SOLUTION


def fix_8(trunk, head, X, y):
    """The loss, a float; and the gradients of trunk and head stand in their .grad."""
    # BEGIN SOLUTION
    loss = (head(trunk(X)) - y).square().mean()
    loss.backward()
    return loss.item()
    # END SOLUTION


# %% check
def drawn(seed, n=6, d=3, spread=1.0):
    """Weights, inputs and targets, as arrays."""
    chance = np.random.default_rng(seed)
    y = spread * chance.normal(size=n)
    return chance.normal(size=d), chance.normal(size=(n, d)), y


def tensors(seed, spread=1.0):
    return tuple(tensor(part) for part in drawn(seed, spread=spread))


def two_parts(seed):
    return settled(nn.Linear(3, 4), seed), settled(nn.Linear(4, 2), seed + 1)


def form(k):
    w, X, y = tensors(0)
    trunk, head = two_parts(0)
    pairs = [(X, tensor(np.ones((6, 2))))] * 2
    both = nn.Sequential(trunk, head)
    got = {
        1: lambda: fix_1(w, X, y, 0.1, 2),
        2: lambda: fix_2(w.float(), X, y),
        3: lambda: fix_3(w, X, y, 0.5),
        4: lambda: fix_4(w),
        5: lambda: fix_5([3, 4, 2]).double()(X),
        6: lambda: fix_6(both, pairs),
        7: lambda: fix_7(w, X, y, 1.0),
        8: lambda: fix_8(trunk, head, *pairs[0]),
    }[k]()
    parts = got if k == 4 else [got]
    return [[type(p).__name__, list(getattr(p, "shape", ()))] for p in parts]


def right_form(came, k):
    vector, number = ["Tensor", [3]], ["float", []]
    needed = {4: [number, vector], 5: [["Tensor", [6, 2]]], 6: [number], 8: [number]}
    wanted = needed.get(k, [vector])
    return came == wanted or f"got {came} where {wanted} was needed"


check = Check("e4-bug-zoo", visible=0, hidden=8)
check.behaviour("gives the right form", form, right_form, at=[1])
check.behaviour("gives the right form", form, right_form, at=[2])
check.behaviour("gives the right form", form, right_form, at=[3])
check.behaviour("gives the right form", form, right_form, at=[4])
check.behaviour("gives the right form", form, right_form, at=[5])
check.behaviour("gives the right form", form, right_form, at=[6])
check.behaviour("gives the right form", form, right_form, at=[7])
check.behaviour("gives the right form", form, right_form, at=[8])
# BEGIN HIDDEN TESTS
check.hidden()
NEAR = Tolerance(rel=1e-10, abs=1e-12)
s = [int(check.rng.integers(10_000)) for _ in range(12)]


def slope_at(w, X, y):
    return 2 * X.T @ (X @ w - y) / len(y)


def descended(seed, lr, steps):
    w, X, y = tensors(seed)
    return [fix_1(w, X, y, lr, steps), w]


def descended_by_hand(seed, lr, steps):
    start, X, y = drawn(seed)
    w = start
    for _ in range(steps):
        w = w - lr * slope_at(w, X, y)
    return [w, start]


runs_ = [(s[0], 0.1, 1), (s[1], 0.05, 7), (s[2], 0.02, 30), (s[0], 0.1, 0)]
check.value(
    "fix_1 follows plain gradient descent",
    descended,
    descended_by_hand,
    runs_,
    tol=NEAR,
)


def moved(seed):
    w, X, y = tensors(seed)
    start = w.float()
    got = fix_2(start, X, y)
    return [got, str(got.dtype), start, start.requires_grad]


def moved_by_hand(seed):
    w, X, y = drawn(seed)
    start = w.astype(np.float32).astype(float)
    return [slope_at(start, X, y), "torch.float64", start, False]


check.value("fix_2 gives the gradient", moved, moved_by_hand, at=s[2:5], tol=NEAR)


def pressed(seed, strength):
    w, X, y = tensors(seed)
    return [fix_3(w, X, y, strength), w]


def pressed_by_hand(seed, strength):
    w, X, y = drawn(seed)
    return [slope_at(w, X, y) + 2 * strength * w, w]


pushes = [(s[5], 0.0), (s[6], 0.3), (s[7], 20.0)]
check.value("fix_3 feels the penalty", pressed, pressed_by_hand, at=pushes, tol=NEAR)


def softened(x):
    leaf = tensor(x)
    value, grad = fix_4(leaf)
    return [value, grad, leaf, leaf.requires_grad]


def softened_by_hand(x):
    x = np.asarray(x)
    return [np.log1p(np.exp(x)).sum(), 1 / (1 + np.exp(-x)), x, False]


spots_ = [check.random(4), check.random((2, 3)), np.array([0.0, 9.0, -9.0])]
check.value(
    "fix_4 gives value and gradient", softened, softened_by_hand, at=spots_, tol=NEAR
)


def owned(sizes, fill):
    net = fix_5(sizes).double()
    with torch.no_grad():
        for p in net.parameters():
            p.fill_(fill)
    out = net(tensor(np.linspace(-1, 1, 2 * sizes[0]).reshape(2, -1)))
    out.sum().backward()
    shapes = sorted(str(list(p.shape)) for p in net.parameters())
    grads = [p.grad is not None for p in net.parameters()]
    return [out, shapes, all(grads), len(net.state_dict())]


def owned_by_hand(sizes, fill):
    out, shapes = np.linspace(-1, 1, 2 * sizes[0]).reshape(2, -1), []
    for i, (m, n) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
        out = out if i == 0 else np.tanh(out)
        out = np.repeat(fill * out.sum(1, keepdims=True) + fill, n, axis=1)
        shapes += [str([n, m]), str([n])]
    return [out, sorted(shapes), True, len(shapes)]


towers = [([3, 4, 2], 0.1), ([2, 5, 3, 1], 0.2), ([4, 2], 0.3)]
check.value("fix_5 registers every layer", owned, owned_by_hand, at=towers, tol=NEAR)


def some_batches(seed, n):
    chance = np.random.default_rng(seed)
    draw = lambda: (chance.normal(size=(5, 3)), chance.normal(size=(5, 2)))
    return [tuple(tensor(part) for part in draw()) for _ in range(n)]


def logged(seed, n):
    net, batches = nn.Sequential(*two_parts(seed)), some_batches(seed, n)
    one, _ = held(lambda: functional.mse_loss(net(batches[0][0]), batches[0][1]))
    most, got = held(lambda: fix_6(net, batches))
    return [got, isinstance(got, float), most <= 2 * one]


def logged_by_hand(seed, n):
    net, losses = nn.Sequential(*two_parts(seed)), []
    for X, y in some_batches(seed, n):
        losses.append(np.mean((net(X).detach().numpy() - y.numpy()) ** 2))
    return [float(np.mean(losses)), True, True]


longs = [(s[8], 1), (s[8], 3), (s[9], 12)]
check.value("fix_6 holds one batch at most", logged, logged_by_hand, at=longs, tol=NEAR)


def limited_back(seed, spread, limit):
    w, X, y = tensors(seed, spread)
    return [fix_7(w, X, y, limit), w]


def limited_back_by_hand(seed, spread, limit):
    w, X, y = drawn(seed, spread=spread)
    return [X.T @ np.clip(X @ w - y, -limit, limit), w]


bounds = [(s[9], 1.0, 1.0), (s[10], 30.0, 0.5), (s[11], 0.1, 50.0), (s[9], 5.0, 2.0)]
check.value(
    "fix_7 limits the gradient", limited_back, limited_back_by_hand, at=bounds, tol=NEAR
)


def taught(seed):
    trunk, head = two_parts(seed)
    X, y = some_batches(seed, 1)[0]
    loss = fix_8(trunk, head, X, y)
    every = [*trunk.parameters(), *head.parameters()]
    return [loss, ["None" if p.grad is None else p.grad for p in every]]


def taught_by_hand(seed):
    trunk, head = two_parts(seed)
    X, y = (part.numpy() for part in some_batches(seed, 1)[0])
    A, a, B, b = (p.detach().numpy() for p in (*trunk.parameters(), *head.parameters()))
    inner = X @ A.T + a
    off = inner @ B.T + b - y
    back = 2 * off / off.size
    down = back @ B
    grads = [down.T @ X, down.sum(0), back.T @ inner, back.sum(0)]
    return [np.mean(off**2), grads]


check.value("fix_8 teaches both parts", taught, taught_by_hand, at=s[9:12], tol=NEAR)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 10 · Claims and proofs
#
# "I read that ..." is how half of all debugging sessions begin. A claim about a library
# can be tested; but is your test a test? An experiment that would come out the same if
# the claim were wrong proves nothing. There is a neat way to find out: *run the
# experiment in a world where the opposite is true.*
#
# Here is that idea on a small claim: "the slope of relu at 0 is 1". Two proofs. One
# measures, the other knows. And a world in which relu has been replaced:


# %%
def fails(run):
    """Whether `run()` raises a RuntimeError: a helper that your proofs may use."""
    try:
        run()
    except RuntimeError:
        return True
    return False


SPOT = [1.0, 2.0]  # a place to measure at


def measures(torch):
    x = torch.zeros(1, requires_grad=True)
    torch.relu(x).backward()
    return x.grad.item() == 1.0


knows = lambda torch: False
other_relu = lambda x: torch.where(x >= 0, x, x * 0)
for name, proof in [("measures", measures), ("knows", knows)]:
    here = proof(torch)
    with mock.patch.object(torch, "relu", other_relu):
        there = proof(torch)
    print(f"{name:9} the claim holds here: {here}, in the other world: {there}")

# %% [markdown]
# Both say that the claim is false, and both are right. But only the first would have
# noticed if it were true.
#
# ### Exercise 5 · `CLAIMS`: true or false, with proof
#
# **Goal.** For each of eight claims, found on real pages and put into our own words:
# say whether it is true of this version of PyTorch, and give an experiment.
#
# - `"zeros"`: after `optimizer.zero_grad()`, with its defaults, `.grad` holds zeros.
# - `"adds"`: a second `backward()` adds its gradients to those in `.grad`.
# - `"in place"`: if the result of an operation is changed in place, a `backward()` that
#   goes through it fails, always.
# - `"anomaly"`: anomaly mode also stops where backward produces an infinite gradient.
# - `"detach"`: if a saved leaf `x` is changed by an in-place operation of torch on
#   `x.detach()`, `backward()` does not notice.
# - `"data"`: the same with `x.data` in place of `x.detach()`: `backward()` does not
#   notice.
# - `"eval"`: after `model.eval()`, the model's outputs need no gradient.
# - `"clip"`: `torch.nn.utils.clip_grad_norm_` returns the norm from *before* clipping.
#
# **Form.** `CLAIMS` maps each key to a pair `(verdict, proof)`. `verdict` is `True` or
# `False`. `proof(torch)` runs an experiment with the `torch` that it is given, and
# returns whether the claim *holds there* (`True` or `False`).
#
# When graded, each proof is run twice: under PyTorch as it is, where it must agree with
# your verdict, and under one patched so that the **opposite** holds, where it must give
# another result. Raising an error there counts as another result; under PyTorch as it
# is, a proof must not raise. Use the public functions and methods, called by their
# usual names.
#
# **Worked example.** For the claim above: `"relu": (False, measures)` passes. With
# `knows` it does not.
#
# *2 points (0 + 2 hidden) · about 14 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **eight verdicts with proofs**: the form (visible, worth no point by itself);
# - **the proof agrees with the verdict** under PyTorch as it is (visible, likewise);
# - **a proof that tells the two apart**: for each of the eight, the verdict is right,
#   and the proof's result differs in the other world.
#
# <details><summary>Hint 1: a nudge</summary>
#
# For "something fails", catch `RuntimeError` and return whether you caught one. For
# "always", one counterexample is enough; sections 6 and 8 have it.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *the proof agrees with the verdict* fails if your proof returns whether your verdict
#   is right. It must return whether the *claim* holds.
# - *a proof that tells the two apart* fails for `"in place"` if you take `exp`, for
#   which the claim holds here as well.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def data_goes_unnoticed(torch):
#     x = torch.ones(2, requires_grad=True)
#     y = ...                       # something that saves x
#     x.data....                    # the write
#     try:
#         y.backward()
#     except RuntimeError:
#         return ...                # noticed
#     return ...
# ```
#
# </details>

# %% solution="e5-claims"
CLAIMS: dict = {
    "zeros": (None, None),
    "adds": (None, None),
    "in place": (None, None),
    "anomaly": (None, None),
    "detach": (None, None),
    "data": (None, None),
    "eval": (None, None),
    "clip": (None, None),
}


# BEGIN SOLUTION
def zeros_are_left(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    torch.optim.SGD([w]).zero_grad()
    return w.grad is not None and not w.grad.any()


def amounts_add_up(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.sum().backward()
    once = w.grad.clone()
    w.sum().backward()
    return bool((w.grad == once + once).all())


def in_place_fails(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = -w
    y.neg_()
    return fails(y.sum().backward)


def anomaly_stops_at_inf(torch):
    w = torch.tensor(0.0, requires_grad=True)
    with torch.autograd.detect_anomaly():
        return fails(w.sqrt().backward)


def detach_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.detach().zero_()
    return not fails(y.backward)


def data_goes_unnoticed(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    y = w.square().sum()
    w.data.zero_()
    return not fails(y.backward)


def eval_stops_recording(torch):
    layer = torch.nn.PReLU().eval()
    return not layer(torch.tensor(SPOT)).requires_grad


def norm_before_clipping(torch):
    w = torch.tensor(SPOT, requires_grad=True)
    w.square().sum().backward()  # a gradient of twice the length of w
    limit = w.norm().item()
    return bool(torch.nn.utils.clip_grad_norm_([w], limit) > limit)


CLAIMS = {
    "zeros": (False, zeros_are_left),
    "adds": (True, amounts_add_up),
    "in place": (False, in_place_fails),
    "anomaly": (False, anomaly_stops_at_inf),
    "detach": (False, detach_goes_unnoticed),
    "data": (True, data_goes_unnoticed),
    "eval": (False, eval_stops_recording),
    "clip": (True, norm_before_clipping),
}
# END SOLUTION

# %% check
EIGHT = ["adds", "anomaly", "clip", "data", "detach", "eval", "in place", "zeros"]


def claim_forms():
    found = []
    for key, (verdict, proof) in CLAIMS.items():
        found.append([key, type(verdict).__name__, callable(proof)])
    return sorted(found)


def claim_forms_needed(came):
    if [row[0] for row in came] != EIGHT:
        return f"the eight keys of the exercise are needed, got {came}"
    bad = [row for row in came if row[1] not in ("bool", "bool_") or not row[2]]
    return not bad or f"under {bad[0][0]!r}: a pair (True or False, function) is needed"


def outcome(proof):
    try:
        return str(bool(proof(torch)))
    except Exception as error:
        return f"raised {type(error).__name__}"


def agreements():
    return [[k, str(bool(v)), outcome(p)] for k, (v, p) in sorted(CLAIMS.items())]


def all_agree(came):
    for key, verdict, said in came:
        if verdict != said:
            return f"under {key!r} the verdict is {verdict}, but the proof: {said}"
    return len(came) == 8


check = Check("e5-claims", visible=0, hidden=2)
check.behaviour("eight verdicts with proofs", claim_forms, claim_forms_needed)
check.behaviour("the proof agrees with the verdict", agreements, all_agree)
# BEGIN HIDDEN TESTS
check.hidden()


def graph_below(args, kwargs):
    """Nodes below what backward() or grad() was given."""
    first = args[0] if args else kwargs.get("outputs", kwargs.get("tensors"))
    tops = list(first) if isinstance(first, list | tuple) else [first]
    met: list = []
    ahead_ = [top.grad_fn for top in tops]
    while ahead_:
        node = ahead_.pop()
        if node is None or node in met:
            continue
        met.append(node)
        ahead_.extend(below for below, _ in node.next_functions)
    return met


def leaves_below(args, kwargs):
    below = graph_below(args, kwargs)
    return [n.variable for n in below if hasattr(n, "variable")]


def overwrites(func, args, kwargs):
    """backward() replaces what stands in .grad."""
    if func.__name__ == "backward":
        for leaf in leaves_below(args, kwargs):
            leaf.grad = None
    return func(*args, **kwargs)


def forbids_in_place(spoiled):
    """backward() through anything changed in place fails."""

    def handler(func, args, kwargs):
        name = func.__name__
        if name in ("backward", "grad"):
            below = graph_below(args, kwargs)
            if any(node in below for node in spoiled):
                raise RuntimeError("a variable was modified by an inplace operation")
        out = func(*args, **kwargs)
        changes = name.endswith("_") and not name.endswith("__")
        if changes or name == "__setitem__" or kwargs.get("inplace"):
            target = args[0] if args else None
            if isinstance(target, torch.Tensor) and target.grad_fn is not None:
                spoiled.append(target.grad_fn)
        return out

    return handler


def sees_inf(func, args, kwargs):
    """Anomaly mode raises at an infinite gradient as well."""
    out = func(*args, **kwargs)
    if torch.is_anomaly_enabled() and func.__name__ in ("backward", "grad"):
        booked = out or [leaf.grad for leaf in leaves_below(args, kwargs)]
        if any(g is not None and g.isinf().any() for g in booked):
            raise RuntimeError("Function returned inf values in its 0th output.")
    return out


def loose_detach(func, args, kwargs):
    """detach() gives a tensor with a counter of its own."""
    if func.__name__ == "detach":
        return args[0].data
    return func(*args, **kwargs)


def watched_data(func, args, kwargs):
    """.data shares the counter."""
    if func == torch.Tensor.data.__get__:
        return args[0].detach()
    if func == torch.Tensor.data.__set__:
        with torch.no_grad():
            args[0].copy_(args[1])
        return None
    return func(*args, **kwargs)


@contextlib.contextmanager
def opposite(key):
    """A world in which the truth of the claim `key` is turned round."""
    handlers = {
        "adds": overwrites,
        "in place": forbids_in_place([]),
        "anomaly": sees_inf,
        "detach": loose_detach,
        "data": watched_data,
    }

    class World(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return handlers[key](func, args, kwargs or {})

    with contextlib.ExitStack() as patches:
        if key in handlers:
            patches.enter_context(World())
        for owner, name, new in replaced(key):
            patches.enter_context(mock.patch.object(owner, name, new))
        yield


def replaced(key):
    """Attributes of torch to be replaced: (owner, name, new value)."""
    if key == "zeros":
        for owner in (torch.optim.Optimizer, nn.Module):
            old = owner.zero_grad
            # A default other than torch's; a value given by the caller counts.
            new = lambda self, set_to_none=False, old=old: old(self, set_to_none)
            yield owner, "zero_grad", new
    if key == "eval":
        call = nn.Module.__call__

        def calm(self, *args, **kwargs):
            with torch.set_grad_enabled(self.training and torch.is_grad_enabled()):
                return call(self, *args, **kwargs)

        yield nn.Module, "__call__", calm
    if key == "clip":
        clip = nn.utils.clip_grad_norm_

        def clipped(parameters, *args, **kwargs):
            single = isinstance(parameters, torch.Tensor)
            every = [parameters] if single else list(parameters)
            clip(every, *args, **kwargs)
            grads = [p.grad.flatten() for p in every if p.grad is not None]
            return torch.cat(grads).norm()

        yield nn.utils, "clip_grad_norm_", clipped
        yield nn.utils.clip_grad, "clip_grad_norm_", clipped


def both_worlds(key):
    verdict, proof = CLAIMS[key]
    here = outcome(proof)
    with opposite(key):
        there = outcome(proof)
    return [str(bool(verdict)), here, there]


def told_apart(came, key):
    verdict, here, there = came
    truth = str(key in ("adds", "data", "clip"))
    if verdict != truth:
        return "the verdict does not hold"
    if here != truth:
        return f"under PyTorch as it is, the proof: {here}"
    return there != here or "the proof says the same where the opposite holds"


check.behaviour("a proof that tells the two apart", both_worlds, told_apart, ["zeros"])
check.behaviour("a proof that tells the two apart", both_worlds, told_apart, ["adds"])
check.behaviour(
    "a proof that tells the two apart", both_worlds, told_apart, ["in place"]
)
check.behaviour(
    "a proof that tells the two apart", both_worlds, told_apart, ["anomaly"]
)
check.behaviour("a proof that tells the two apart", both_worlds, told_apart, ["detach"])
check.behaviour("a proof that tells the two apart", both_worlds, told_apart, ["data"])
check.behaviour("a proof that tells the two apart", both_worlds, told_apart, ["eval"])
check.behaviour("a proof that tells the two apart", both_worlds, told_apart, ["clip"])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 11 · Break it
#
# Three wrong instruments, of the kind that one writes in a hurry. For each: what is the
# symptom, and which property of exercises 1 to 3 catches it? Run, then name it, then
# open the answer.

# %%
status_a = lambda g: "nan" if g.mean().isnan() else "inf" if g.mean().isinf() else "ok"
norm_c = lambda x: ((x * x).sum(1) + 1e-8).sqrt()


def guilty_b(model):
    """The first module in the report whose parameters have a bad gradient."""
    functional.mse_loss(model(X4), tensor(np.ones((6, 2)))).backward()
    grads = ((name, p.grad) for name, p in model.named_parameters())
    return next(name for name, g in grads if g is not None and not g.isfinite().all())


pairs = [tensor([inf, -inf]), tensor([0.0, 0.0])]
broken = [
    ["A, of (inf, -inf) and (0, 0)", [status_a(g) for g in pairs]],
    ["B, where last.act is sick", guilty_b(patient("last.act", "inf backward"))],
    ["C, of (0, 0) and (0.00001, 0)", norm_c(tensor([[0, 0], [1e-5, 0]])).tolist()],
]
table([["instrument", "what it says"], *broken])

# %% [markdown]
# <details><summary>Which property catches which?</summary>
#
# - **A** calls an inf of both signs NaN, and a dead layer healthy: *every status*.
# - **B** names `first.weight`, the module *farthest* from the culprit in the backward
#   pass: everything below a NaN is NaN. *made in backward* catches it; and *no trace is
#   left*, since it fills every `.grad`.
# - **C** is finite everywhere, and wrong: the norm of a zero row is 0.0001, and small
#   rows get a slope that is far too small. *zero rows*, and *small and large*.
#
# </details>
#
# ## 12 · Check yourself
#
# <details><summary>1. The loss falls, one layer has status <code>none</code>. Three
# possible causes?</summary>
#
# Its forward ran under `no_grad`, its output was detached (`.item()`, NumPy,
# `.detach()`), or it is not used at all.
#
# </details>
# <details><summary>2. And if the layer is missing from the report altogether?</summary>
#
# It is not registered: it stands in a Python list or a dictionary.
#
# </details>
# <details><summary>3. The loss is NaN, anomaly mode is silent. What now?</summary>
#
# The NaN was born in forward, with finite slopes. Look at the outputs of modules in
# order, forwards.
#
# </details>
# <details><summary>4. "One of the variables needed for gradient computation has been
# modified by an inplace operation." Is <code>.data</code> a cure?</summary>
#
# No. It switches off the alarm. Write the operation out of place, or clone first.
#
# </details>
# <details><summary>5. Memory grows by the same amount at each step. Where do you
# look?</summary>
#
# For whatever outlives a step and holds a tensor with a `grad_fn`: a list of losses, a
# running average, a hook that keeps what it sees, a cache.
#
# </details>
#
# ## 13 · In the wild
#
# Bug 7 has a history. A famous paper on learning to play games said that the *error*
# was clipped to $[-1, 1]$. Those who built it again wrote what they read: clip the
# error, then square. In September 2015 a reader of one such program showed that the
# gradient is then zero exactly where the error is large ([issue 46 of
# deep_q_rl](https://github.com/spragunr/deep_q_rl/issues/46)), and sent a repair the
# same day. In June and December 2016 the same bug was found in two other programs
# ([issue 5](https://github.com/carpedm20/deep-rl-tensorflow/issues/5), [issue
# 16](https://github.com/devsisters/DQN-tensorflow/issues/16)). What was meant was to
# limit the *gradient*, and the loss that does so is Huber's. Nothing crashed anywhere;
# the programs learned, from their small errors only.
#
# The single `where` has been reported to PyTorch again and again, for instance in
# [issue 68425](https://github.com/pytorch/pytorch/issues/68425) of 2021; that anomaly
# mode should also stop at inf is a wish in [issue
# 160016](https://github.com/pytorch/pytorch/issues/160016) of 2025. Until then, both
# will be there in your programs, too.
#
# ## 14 · Interview corner: five classics
#
# Each with an answer of thirty seconds, a program that proves it, and the question that
# comes next, which is where most candidates stumble. Cover the evidence and guess what
# it prints.
#
# **1 · "How does automatic differentiation differ from numerical and symbolic
# differentiation?"**
#
# *Thirty seconds.* Numerical: two nearby values, subtract, divide; $2n$ runs for $n$
# inputs, and half the digits are lost. Symbolic: formulas in, formulas out; exact, but
# expressions swell unless common parts are shared, and a program with loops is no
# formula. Automatic: the chain rule, applied with numbers to each operation of the
# *program that ran*; exact up to rounding, and in reverse mode the whole gradient for a
# few times the cost of one run.


# %%
def evidence_1(n=200):
    """Runs and errors of three ways to the gradient of sum(x ** 3 * sin(x))."""
    calls, at = [0], np.linspace(-2, 2, n)

    def f(x):
        calls[0] += 1
        x = x if isinstance(x, torch.Tensor) else tensor(x)
        return (x**3 * x.sin()).sum()

    formula = 3 * at**2 * np.sin(at) + at**3 * np.cos(at)
    by_steps = measured_gradient(lambda x: f(x).item(), at)
    runs_needed, calls[0] = calls[0], 0
    leaf = tensor(at, requires_grad=True)
    (by_ad,) = torch.autograd.grad(f(leaf), leaf)
    errors = [np.abs(g - formula).max() for g in (by_steps, by_ad.numpy())]
    return [["numeric", runs_needed, errors[0]], ["automatic", calls[0], errors[1]]]


kink = tensor(0.0, requires_grad=True)
(said_,) = torch.autograd.grad(kink.relu() - (-kink).relu(), kink)
for row in evidence_1():
    print("{}: {} runs of f, largest error {:.1e}".format(*row))
print("the trap: relu(x) - relu(-x) is x; its slope at 0, says autograd:", said_.item())

# %% [markdown]
# *The trap: "So automatic differentiation is exact?"* Exact for the program, with a
# convention at each kink: the last line says 0 where mathematics says 1.
#
# **2 · "When forward mode, when reverse mode?"**
#
# *Thirty seconds.* Forward pushes one direction of inputs through: one pass gives $Jv$,
# a column. Reverse pulls one weighting of outputs back: $u^\top J$, a row. So forward
# for few inputs, reverse for few outputs; a loss has one output, hence backpropagation.
# The price of reverse is memory: it must keep what the way back needs.


# %%
def evidence_2(n, m):
    """Passes for a full Jacobian, by columns and by rows; do both agree?"""
    A, x = tensor(np.random.default_rng(2).normal(size=(m, n))), tensor(np.ones(n))
    f = lambda v: (A @ v).sin()
    _, pull = torch.func.vjp(f, x)
    columns = [torch.func.jvp(f, (x,), (e,))[1] for e in torch.eye(n).double()]
    rows = [pull(e)[0] for e in torch.eye(m).double()]
    same = torch.allclose(torch.stack(columns, 1), torch.stack(rows))
    return f"{n} in, {m} out: {len(columns)} or {len(rows)} passes, equal: {same}"


def long_chain(x):
    for _ in range(50):
        x = x.sin()
    return x


print(evidence_2(5, 50), evidence_2(50, 5), sep="\n")
start = tensor(np.ones(4), requires_grad=True)
print(
    "kept by reverse mode for 50 sines:", held(lambda: long_chain(start))[0], "tensors"
)
push = lambda: torch.func.jvp(long_chain, (start.detach(),), (start.detach(),))[1]
print("kept by forward mode:             ", held(push)[0], "tensors")

# %% [markdown]
# *The trap: "Then forward mode costs nothing extra?"* A second number beside each one:
# a constant factor in time and memory, whatever the depth.
#
# **3 · "What do `requires_grad` and *leaf* mean?"**
#
# *Thirty seconds.* `requires_grad` says that a tensor takes part: operations on it are
# recorded. A leaf is a tensor without a `grad_fn`. `.grad` is filled for leaves that
# require grad, and for others only if you asked with `retain_grad()`.

# %%
base = torch.ones(2, requires_grad=True)
cases = {
    "torch.ones(2)": torch.ones(2),
    "requires_grad=True": base,
    "base * 2": base * 2,
    "base.detach()": base.detach(),
    "base.double()": base.double(),
}
cases["weight of a layer"] = nn.Linear(2, 2).weight
cases["of a weight-normed one"] = nn.utils.parametrizations.weight_norm(
    nn.Linear(2, 2)
).weight
for name, t in cases.items():
    print(f"{name:23} leaf: {t.is_leaf!s:6} requires_grad: {t.requires_grad}")
result = cases["base * 2"]
result.retain_grad()
result.sum().backward()
print("asked in time, a result has .grad, too:", result.grad.tolist())
print("detach shares storage:", base.detach().data_ptr() == base.data_ptr())
scaled = torch.ones(3, requires_grad=True) * 0.1
print("the trap:", attempt(lambda: torch.optim.SGD([scaled], lr=0.1)))

# %% [markdown]
# *The trap: "`w = torch.randn(3, requires_grad=True) * 0.1`: can I train it?"* No; it
# is a result. Scale first, then require.
#
# **4 · "When would you write your own `autograd.Function`?"**
#
# *Thirty seconds.* When the operation is not made of PyTorch's (NumPy, a solver, C++),
# when you can save memory by recomputing, or when you want another backward than the
# true one (a surrogate). Not for speed alone, and not for stability: a stable forward
# mostly brings a stable backward. Test with `gradcheck` *and* `gradgradcheck`.


# %%
class Swish(torch.autograd.Function):
    """x * sigmoid(x), keeping x only; the sigmoid is computed again."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        s = x.sigmoid()
        return g * s * (1 + x * (1 - s))


some = tensor(np.linspace(-3, 3, 7), requires_grad=True)
print("saved by x * sigmoid(x):", held(lambda: some * some.sigmoid())[0])
print("saved by Swish:         ", held(lambda: Swish.apply(some))[0])
print("gradcheck:              ", torch.autograd.gradcheck(Swish.apply, some))
print("gradgradcheck:          ", torch.autograd.gradgradcheck(Swish.apply, some))
steep = tensor([1000.0, 1001.0, 1002.0])
print("logsumexp, shifted by its max, needs no Function:", f"{steep.logsumexp(0):.4f}")
print(
    "the trap, under grad(): ", attempt(lambda: torch.func.grad(Swish.apply)(some[0]))
)

# %% [markdown]
# *The trap: "And does it work under `torch.func`?"* Only with `setup_context` (lesson
# 7); the last line says so.
#
# **5 · "When would you use checkpointing, and what does it cost?"**
#
# *Thirty seconds.* When saved activations, not parameters, fill the memory. Segments
# keep their inputs only and run again on the way back: one more forward pass, about a
# third more work in matmul nets. `use_reentrant=False` always.


# %%
def evidence_5(wrapped, blocks=8):
    """Saved tensors and calls of a block, for a chain of blocks."""
    calls, x = [0], tensor(np.ones(4), requires_grad=True)

    def block(v):
        calls[0] += 1
        return v.sin().exp().tanh()

    def chain():
        v = x
        for _ in range(blocks):
            v = checkpoint(block, v, use_reentrant=False) if wrapped else block(v)
        return v.sum()

    kept, total = held(chain)
    total.backward()
    return f"kept {kept}, calls of a block {calls[0]}, slope {x.grad[0]:.3g}"


print("plain:       ", evidence_5(False))
print("checkpointed:", evidence_5(True))

# %% [markdown]
# *The trap: "So one checkpoint around the whole model is best?"* No: on the way back it
# recomputes everything at once, and the peak is what it was. Segments in between are
# the point (lesson 9). Randomness from NumPy is not restored, and BatchNorm counts
# twice.
#
# ## 15 · Stretch: beat the grader
#
# **Goal.** Below is a test for the VJP of softmax along the last axis. It looks
# reasonable, and it is weak. Write a wrong answer that it accepts, and a test that is
# not so easily fooled.


# %%
def true_pull(x, u):
    """u^T J of softmax along the last axis, by autograd: right."""
    leaf = x.detach().requires_grad_()
    return torch.autograd.grad(leaf.softmax(-1), leaf, u)[0]


SHAPES = [(4,), (2, 5), (5, 2), (2, 3, 4)]  # for your own test


def draw(shape):
    """A place and a cotangent, random and always the same."""
    chance = np.random.default_rng(sum(shape))
    return tensor(chance.normal(size=shape)), tensor(chance.normal(size=shape))


def weak_test(pull):
    """Whether `pull(x, u)` is the VJP of softmax. Or is it?"""
    for n in (2, 3, 5):
        x = tensor(np.random.default_rng(n).normal(size=(n, n)))
        u = torch.ones(n, n, dtype=torch.float64)
        got = pull(x, u)
        if got.shape != x.shape or (got - true_pull(x, u)).abs().max() > 1e-6:
            return False
    return True


print("accepts the right answer:", weak_test(true_pull))
print("refuses x times u:       ", not weak_test(lambda x, u: x * u))

# %% [markdown]
# **Signatures.** `wrong_pull(x, u)` takes two float64 tensors of one shape (1-D, 2-D or
# 3-D) and returns a tensor of that shape. `strong_test(pull)` returns `True` for right
# answers and `False` for wrong ones. A right answer may differ from `true_pull` by
# rounding (relative $10^{-9}$), may be computed by a loop or in NumPy, and the tensor
# that it returns may require grad; it need not accept anything but float64 with at
# least one axis. `strong_test` is also shown wrong answers by other people, all of
# which pass the weak test. One that raises an error is wrong, too.
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks · about 20
# minutes · difficulty 4 of 5*
#
# **What the check looks at**
#
# - **passes the weak test**: your wrong answer does;
# - **is really wrong**: on ordinary inputs it is off by more than a thousandth;
# - **catches its own**: your strong test refuses your wrong answer;
# - **accepts right answers**: five of them;
# - **catches others**: seven wrong answers.
#
# <details><summary>Hint 1: a nudge</summary>
#
# What is the VJP of softmax for a cotangent of ones? Why? (What do the outputs of a row
# add up to?) So what does the weak test really test?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *accepts right answers* fails with `==` instead of a tolerance, and with
#   `got.numpy()` for a result that requires grad.
# - *catches others* fails if all your matrices are square, if `u` is the same in each
#   row, if you look at one shape only, or if a wrong answer changes `u`, and with it
#   what you compare to.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def strong_test(pull):
#     for shape in SHAPES:                     # 1-D, a wide one, a tall one, 3-D
#         x, u = draw(shape)                   # random, u too
#         want = true_pull(x, u)
#         got = pull(x.clone(), u.clone())     # what if this raises?
#         if got.shape != ... or ...: return False
#     return True
# ```
#
# </details>


# %% solution="s10-beat-the-grader"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    # BEGIN SOLUTION
    return torch.zeros_like(x)
    # END SOLUTION


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    # BEGIN SOLUTION
    for shape in SHAPES:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True
    # END SOLUTION


# %% check
def soft(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def really(x, u):
    return wrong_pull(tensor(x), tensor(u))


def off_by(got, x, u):
    """Whether `got` is far from p * (u - <p, u>), the VJP of softmax."""
    p = soft(np.asarray(x))
    want = p * (u - (p * u).sum(-1, keepdims=True))
    if np.shape(got) != want.shape:
        return f"shape {np.shape(got)} came where {want.shape} was needed"
    return bool(np.abs(got - want).max() > 1e-3) or "this is the right answer"


def by_formula(x, u):
    p = x.softmax(-1)
    return p * (u - (p * u).sum(-1, keepdim=True))


check = Check("s10-beat-the-grader", visible=1, hidden=1)
check.value("passes the weak test", lambda: bool(weak_test(wrong_pull)), True)
some_x, some_u = (
    np.array([[0.5, -1.0], [2.0, 0.3]]),
    np.array([[1.0, -2.0], [0.5, 3.0]]),
)
check.behaviour("is really wrong", really, off_by, at=[(some_x, some_u)])
check.value("catches its own", lambda: strong_test(wrong_pull), False)
check.value("accepts right answers", lambda: strong_test(by_formula), True)
# BEGIN HIDDEN TESTS
check.hidden()


def in_numpy(x, u):
    p, v = soft(x.numpy()), u.numpy()
    return torch.from_numpy(p * v - p * (p * v).sum(-1, keepdims=True))


def row_by_row(x, u):
    p = x.softmax(-1).reshape(-1, x.shape[-1])
    rows = []
    for q, v in zip(p, u.reshape(p.shape), strict=True):
        rows.append((torch.diag(q) - torch.outer(q, q)) @ v)
    return torch.stack(rows).reshape(x.shape)


def with_graph(x, u):
    leaf = x.detach().requires_grad_()
    y = leaf.softmax(-1)
    return torch.autograd.grad(y, leaf, u, create_graph=True)[0]


def a_little_off(x, u):
    return by_formula(x, u) * (1 + 1e-11)


HONEST = {
    "autograd": true_pull,
    "numpy": in_numpy,
    "rows": row_by_row,
    "graph": with_graph,
    "rounding": a_little_off,
}


def other_axis(x, u):
    p = x.softmax(0)
    return p * (u - (p * u).sum(0, keepdim=True))


def plain_mean(x, u):
    return x.softmax(-1) * (u - u.mean(-1, keepdim=True))


def twice_as_long(x, u):
    return 2 * by_formula(x, u)


def only_square(x, u):
    square = x.dim() == 2 and x.shape[0] == x.shape[1]
    return by_formula(x, u) if square else x.softmax(-1) * 0


def spoils(x, u):
    u.zero_()
    return torch.zeros_like(x)


def first_row(x, u):
    return by_formula(x, u.reshape(-1, x.shape[-1])[0].expand_as(x))


def no_vectors(x, u):
    return by_formula(x, u).reshape(x.shape[0], x.shape[1], *x.shape[2:])


CROOKED = {
    "raises": no_vectors,
    "axis": other_axis,
    "mean": plain_mean,
    "scale": twice_as_long,
    "square": only_square,
    "spoils": spoils,
    "row": first_row,
}


def verdict_on_honest(name):
    return strong_test(HONEST[name])


def verdict_on_crooked(name):
    return strong_test(CROOKED[name])


x_, u_ = check.random((3, 4)), check.random((3, 4))
check.behaviour("is really wrong", really, off_by, at=[(x_, u_)])
check.value("accepts right answers", verdict_on_honest, [True] * 5, at=list(HONEST))
check.value("catches others", verdict_on_crooked, [False] * 7, at=list(CROOKED))
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 16 · One page to take away
#
# **First.** Overfit eight examples. Look at the batch. Then one table over all
# parameters: `frozen none nan inf zero vanishing exploding ok`, norms in double
# precision.
#
# **Where does a bad number come from?** From the innermost module with good numbers
# going in and bad ones coming out; forwards first, then backwards. Anomaly mode sees
# only NaN that is born in backward.
#
# **In place.** A leaf: refused at once. A saved result: refused in backward. Not saved:
# fine. Silent only past the counter: `.data`, NumPy, `ctx.x = x`. `detach()` is
# watched.
#
# **Dangerous inputs.** Double `where`: first make the input harmless, then choose the
# output.
#
# | symptom | suspect first |
# |---|---|
# | weights swing and run away | `zero_grad` missing |
# | `.grad` is None, with a warning | not a leaf (`.to`, `* 0.1`, rebound name) |
# | a term of the loss has no effect | `.item()`, NumPy, `detach` |
# | error about an inplace operation | a saved result was changed: clone, no `.data` |
# | a layer is missing from the report | Python list: use `nn.ModuleList` |
# | memory grows each step | a loss kept with its graph |
# | outliers teach nothing | value clipped instead of gradient |
# | a layer has status `none` | `no_grad` or `detach` on its way |
# | evaluation differs from run to run | `eval()` forgotten |
# | gradient there, weight still | optimiser holds an old parameter |
# | NaN beside a mask | single `where` |
#
# **A proof** comes out differently in a world where the claim is wrong. **A test**
# refuses the wrong answers that you can think of, with random cotangents and odd
# shapes, and accepts the right ones that you did not think of.
#
# **Hygiene.** Cure nothing that you cannot explain; see the test fail on the old code.
#
# This was the last lesson. Back to the [map of the course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
