# %% [markdown]
# # Lesson 9 · Checkpointing: memory for compute
#
# **Reading: about 27 minutes** (at 200 words a minute, hints included). **Exercises:
# about 80 minutes** for 20 points; the stretch at the end is extra.
#
# Reverse mode remembers. What the forward pass computed is kept until the way back has
# used it, and for a deep network that is most of the memory. Checkpointing is a deal:
# throw most of it away, and compute it *again* when the way back asks. The deal is
# good, and nearly everything that is commonly said about its price is a little wrong.
# So in this lesson nothing is quoted. Everything is weighed, byte by byte.
#
# **After this lesson you can**
#
# - measure peak memory exactly, without a graphics card;
# - use `torch.utils.checkpoint` so that gradients do not change by a single bit;
# - choose the number of segments, and say when $\sqrt n$ is the wrong answer;
# - build a checkpoint yourself, for PyTorch and for the engine of lesson 4;
# - tell four classic failures from their symptoms.
#
# **You need** lessons 4 and 6 (what a graph keeps), and from lesson 7 how an
# `autograd.Function` looks. And **PyTorch**: the next cell says in plain words if it is
# missing.

# %%
from importlib.util import find_spec

if find_spec("torch") is None:
    needed = "Lesson 9 needs PyTorch, which is not installed here. Install it with "
    needed += "'pip install torch' (the CPU build is enough) and restart the kernel. "
    raise ModuleNotFoundError(needed + "Lessons 1 to 5 work without it.")

import contextlib
import functools
import gc
import math
import sys
import time
import warnings
import weakref

# %%
import numpy as np
import torch
import torch.utils.checkpoint as checkpointing
from torch import nn
from torch.autograd.graph import save_on_cpu, saved_tensors_hooks
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.checkpoint import checkpoint, checkpoint_sequential
from torch.utils.flop_counter import FlopCounterMode

import autograd_ref.scalar as engine
from autograd_ref.scalar import _MANY, Value, gradient, mode
from graders import Check, Tolerance
from graders.checks.meter import peak_bytes
from graders.show import figure, subplots, table

torch.set_num_threads(1)  # so that CPU times can be compared; bytes do not care


def tensor(values, requires_grad=False):
    """A float64 tensor; in single precision no check could be strict."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


# %% [markdown]
# ## 1 · A hook: four ways, one saving
#
# A chain of 64 thin layers (a linear map and a tanh), a batch, a loss, a step back. We
# run it four times: as it is; with *every* layer checkpointed; with the *whole chain*
# in one checkpoint; and in 8 segments of 8 layers, each checkpointed. `checkpoint(f,
# x)` gives `f(x)`, keeps only `x`, and computes `f` again on the way back.
#
# Which of the three saves the most memory? Which the least? Decide before you run the
# cells. (The first is the scale; section 3 takes it apart.)


# %%
class Meter(TorchDispatchMode):
    """Live bytes of storages made while it is on; `curve` has them step by step."""

    def __init__(self, knows_inputs=True):
        super().__init__()
        self.live, self.known, self.curve = 0, set(), [0]
        self.knows_inputs = knows_inputs

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.meet((args, kwargs) if self.knows_inputs else (), worth=0)
        out = func(*args, **(kwargs or {}))
        self.meet(out, worth=1)
        self.curve.append(self.live)
        return out

    def meet(self, found, worth):
        for t in (t for t in tree_leaves(found) if isinstance(t, torch.Tensor)):
            store, key = t.untyped_storage(), t.untyped_storage()._cdata
            if key not in self.known:
                self.change(key, worth * store.nbytes())
                weakref.finalize(store, self.change, key, -worth * store.nbytes())

    def change(self, key, size):
        self.known ^= {key}  # in when it is met, out when it is gone
        self.live += size


# %%
def weigh(run, *args, **options):
    """The curve of live bytes while `run(*args)` runs."""
    with Meter(**options) as meter:
        run(*args)
    return meter.curve


def in_a_row(layers, v):
    """The plain chain, without a checkpoint."""
    for layer in layers:
        v = layer(v)
    return v


def drawn(net, seed=0):
    """The module in float64, its weights drawn from `seed`."""
    chance = torch.Generator().manual_seed(seed)
    for p in net.double().parameters():
        nn.init.normal_(p, std=0.3, generator=chance)
    return net


modules, begin = len(sys.modules), time.process_time()
checkpoint(torch.sin, tensor(1.0, requires_grad=True), use_reentrant=False)
modules, spent = len(sys.modules) - modules, time.process_time() - begin  # section 3

# %%
layers = [drawn(nn.Sequential(nn.Linear(16, 16), nn.Tanh()), i) for i in range(64)]
rng = np.random.default_rng(9)
batch, target = (tensor(rng.normal(size=(512, 16))) for _ in range(2))


def train(parts, wrapped=True):
    """One step forwards and backwards through `parts`, each in a checkpoint."""
    y = batch
    for part in parts:
        y = checkpoint(part, y, use_reentrant=False) if wrapped else part(y)
    functional.mse_loss(y, target).backward()
    for p in nn.ModuleList(parts).parameters():
        p.grad = None


ways = {
    "no checkpoint": lambda: train(layers, wrapped=False),
    "every layer": lambda: train(layers),
    "one round all": lambda: train([nn.Sequential(*layers)]),
    "8 segments of 8": lambda: train(
        [nn.Sequential(*layers[i : i + 8]) for i in range(0, 64, 8)]
    ),
}
rows = [[name, max(weigh(run)) / 1e6] for name, run in ways.items()]
table([["checkpoints", "peak, MB"], *rows], caption="64 thin layers, there and back")

# %% [markdown]
# Two of the three save **nothing**. One checkpoint round everything keeps a single
# tensor in the forward pass; then the way back begins by computing the whole chain
# again, with everything kept. *Every* layer keeps the input of every layer, and for
# thin layers that is all there was to keep.
#
# So "wrap it in `checkpoint`" is not an answer, and neither is a measurement of what
# the forward pass left behind: by that measure, one big checkpoint would win. What
# counts is the peak over forward **and** backward.
#
# ## 2 · Predict
#
# Three guesses; they earn and cost nothing.
#
# 1. One training step, one `checkpoint(f, x)` in it. How often is `f` called?
# 2. In `f` there is a BatchNorm layer. How many batches does it say it has seen after
#    that one step?
# 3. Say a backward pass costs twice its forward pass. Everything is checkpointed, once.
#    By how many percent (rounded) does the arithmetic of a training step grow?

# %% solution="p9-guesses"
guesses = {
    "calls of f": None,
    "batches seen": None,
    "percent more arithmetic": None,
}
# BEGIN SOLUTION
guesses = {
    "calls of f": 2,
    "batches seen": 2,
    "percent more arithmetic": 33,
}
# END SOLUTION


# %% check
def calls_of_f():
    said, x = [], torch.ones(3, requires_grad=True)
    y = checkpoint(lambda v: (said.append(1), v.sin())[1], x, use_reentrant=False)
    y.sum().backward()
    return len(said)


def batches_seen():
    norm, x = nn.BatchNorm1d(2), torch.ones(4, 2, requires_grad=True)
    checkpoint(norm, x, use_reentrant=False).sum().backward()
    return norm.num_batches_tracked.item()


check = Check("p9-guesses", visible=0, hidden=0)
check.facts(
    "guess",
    guesses,
    truths={
        "calls of f": calls_of_f,
        "batches seen": batches_seen,
        "percent more arithmetic": lambda: round(100 * 1 / (1 + 2)),
    },
)
check.score()

# %% [markdown]
# They come back in sections 4, 8 and 6.
#
# ## 3 · The scale, and two ways to fool it
#
# On a graphics card one would ask the allocator. Here is something better for learning,
# which gives the same number on every machine: a `TorchDispatchMode`. While it is on,
# every operation of PyTorch, forwards or backwards, passes through
# `__torch_dispatch__`. Our `Meter` looks at what comes out. A *storage* (the memory
# behind a tensor; views share one) that it has not met is new: its bytes are added, and
# a finaliser takes them off when the storage dies. That is all.
#
# Two traps are waiting.
#
# **Parameters that dress up as activations.** A linear layer uses `weight.t()`. Its
# result is a new tensor, and its storage the old weights. A meter that looks only at
# what comes *out* takes the weights for something made on the way. Ours looks at what
# goes in, first.
#
# **The first call.** What does the first `checkpoint` of a session cost? It ran above,
# in the hook, and we looked at what it brought with it: it must know whether it is
# being compiled itself, so it imports a *compiler*, once. Whoever compares "before" and
# "after" by the size of the process or by a stopwatch, and starts with the first call,
# measures that. So: warm up first, and count storages, not processes.
#
# The next cell shows both traps. (The row's result is 8000 bytes; the 8 MB were there
# before.) The two cells after it use the scale for something pleasant.
#
# ### The staircase
#
# With a scale that is read after each operation we can *draw* memory. To have clean
# steps we take the simplest layer there is: `sin` keeps its input and nothing else. The
# unit is one activation. What do you expect on the way back: a fall, a rise, or a saw?
#
# Under the figure is a staircase of 16 steps that you can rebuild: choose which values
# to keep, or drag them. With 4, 8 and 12 kept, at most 7 are alive at a time. Can you
# do with 6, still keeping three?

# %%
wide = drawn(nn.Linear(1000, 1000))
row = tensor(np.ones((1, 1000)))
for knows in (False, True):
    top = max(weigh(wide, row, knows_inputs=knows))
    print(f"looks at inputs: {knows!s:5}  peak of one row through: {top:>9,} bytes")

print(f"the first checkpoint() call: {modules} modules, {spent:.1f} s of CPU time")

# %%
UNIT = 1024  # numbers in one activation


def some(v, m, calls, inside=1):
    """`m` layers of `inside` sines in a row; each call of a layer is noted."""
    for _ in range(m):
        calls.append(1)
        for _ in range(inside):
            v = v.sin()
    return v


def units(n, cuts, inside=1):
    """A step through `n` layers: (the curve in activations, calls beyond n)."""
    calls = []

    def step():
        x = y = torch.ones(UNIT, dtype=torch.float64, requires_grad=True)
        for m in cuts if isinstance(cuts, list) else []:
            y = checkpoint(some, y, m, calls, inside, use_reentrant=False)
        if not isinstance(cuts, list):
            y = (cuts or some)(x, n, calls, inside)  # None: a plain chain
        y.sum().backward()

    return [size / (8 * UNIT) for size in weigh(step)], len(calls) - n


# %%
drawings = {
    "none": units(16, None),
    "every": units(16, [1] * 16),
    "4 segments": units(16, [4] * 4),
    "one": units(16, [16]),
}
fig, ax = subplots(figsize=(8, 3.6))
for (name, (curve, _)), width in zip(drawings.items(), (4, 2.4, 2.4, 1.4), strict=True):
    ax.plot(curve, label=name, markevery=8, linewidth=width, drawstyle="steps-post")
ax.set(xlabel="operations so far", ylabel="live activations", ylim=(0, None))
ax.legend(ncols=4, loc="lower center")
rows = [
    [k, round(max(c), 1), c.index(max(c)), more] for k, (c, more) in drawings.items()
]
figure(
    fig,
    alt="Live activations against operations, for 16 sines. Without checkpoints the "
    "curve climbs to 19 and falls again. With every layer checkpointed it climbs as "
    "high. With one checkpoint it stays at 3 for the whole forward pass, then climbs "
    "to 19 as everything is computed again. With four segments it climbs in four small "
    "steps and then makes four saw teeth, none of them higher than 10.",
    table=[["scheme", "peak", "at operation", "extra calls"], *rows],
)

# %%
from autograd_ref.playground import twin

table(
    twin("staircase", 16, slots=4),
    caption="Plans for a chain of 16 steps: values alive, and steps run again",
)

# %%
from autograd_ref.playground import scene

scene("staircase", 16, slots=4)

# %% [markdown]
# A mountain, or a saw. Each tooth is one segment that is computed again, used, and
# dropped.
#
# (The table counts the values that the way back reads; the scale finds two or three
# more in flight.) The later a segment, the more is held below it, so later ones should
# be shorter: 6, 11 and 15 do with 6, for 12 steps run again. The *binomial* plan moves
# its slots on the way back, and does with 5 for as many. Section 5 has the reason.
#
# ### Exercise 1 · Predict the table
#
# **Goal.** Say, without running anything, what the scale will read for a chain of $n$
# sines, and how many layer calls are added.
#
# **Signature.** `predict_table(n, k) -> dict` with the keys `"none"`, `"every"`,
# `"segments"` ($k$ segments, their lengths as equal as possible, the longer ones last)
# and `"one"`. Each value is a pair: peak in activations, and layer calls beyond the $n$
# of the forward pass. Every segment is recomputed, the last one too; $1 \le k \le n$.
#
# **What is alive at the peak.** Every activation counts: the chain's input, what is
# kept, the chain's result (our variable `y` holds it to the end), and **two** more that
# each step of the way back needs (the slope and the cotangent it makes). A segment of
# length $L$ has its *input* kept anyway; computing it again brings to life the $L - 1$
# activations inside it. Its last result is not needed.
#
# **Worked example.** `predict_table(16, 4)["none"]` is `(19, 0)`: the input, 16
# results, two in flight. And `predict_table(16, 4)["segments"]` is `(10, 16)`; find the
# ten in the picture. Use `units` to test your ideas: `max(units(10, [3, 3, 4])[0])`.
#
# *2 points (1 + 1 hidden) · about 10 minutes · difficulty 2 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **peak**: all four, within 10 % of what the meter reads (for short chains, that
#   leaves no room for an activation more or less);
# - **extra calls**: all four, exactly.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `"every"` and `"one"` are `"segments"` with a certain $k$.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *peak* fails for `"one"` if you count what the forward pass keeps: it is one
# activation, but the way back brings the rest. It fails for $n = 10$, $k = 4$ if you
# round $n/k$ down: the longest segment has 3 layers.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# longest = ...                  # length of the longest segment
# inputs = ...                   # kept inputs, x among them
# inside = ...                   # recomputed, inside the longest segment
# peak = inputs + inside + ...   # + the result, + two in flight
# ```
#
# </details>


# %% solution="e1-predict-table"
def predict_table(n: int, k: int) -> dict[str, tuple[float, int]]:
    """(peak activations, extra layer calls) of none, every, segments and one."""

    # BEGIN SOLUTION
    def cut(count):
        return count + math.ceil(n / count) + 2, n

    return {"none": (n + 3, 0), "every": cut(n), "segments": cut(k), "one": cut(1)}
    # END SOLUTION


# %% check
SCHEMES = ("none", "every", "segments", "one")


def cuts_of(n, k):
    even = sorted(len(part) for part in np.array_split(np.arange(n), k))
    return {"none": None, "every": [1] * n, "segments": even, "one": [n]}


def predicted(which, n, k):
    said = predict_table(n, k)
    return [said[name][which] for name in SCHEMES]


def metered(which, n, k):
    found = [units(n, cuts) for cuts in cuts_of(n, k).values()]
    return [extra if which else max(curve) for curve, extra in found]


tenth = Tolerance(rel=0.1, abs=0.0, reason="the exercise asks for 10 %")
check = Check("e1-predict-table", visible=1, hidden=1)
check.value("peak", predicted, metered, at=[(0, 16, 4), (0, 10, 4)], tol=tenth)
check.value("extra calls", predicted, metered, at=[(1, 16, 4)])
# BEGIN HIDDEN TESTS
check.hidden()
n = int(check.rng.integers(20, 40))
cases = [(4, 2), (5, 5), (7, 3), (1, 1), (n, 1), (n, n), (n, 6)]
check.value("peak", predicted, metered, at=[(0, *case) for case in cases], tol=tenth)
check.value("extra calls", predicted, metered, at=[(1, *case) for case in cases])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 4 · The call, and what it promises
#
# `checkpoint(f, x, use_reentrant=False)` runs `f(x)` and returns its result. Whatever
# operations in `f` want to save for the way back is *not* saved; a note with `f` and
# `x` is kept in its place. When the way back reaches `f`, it is called again, with the
# same `x`, and what it wants to save this time is used.
#
# Is the gradient the same? Not "nearly": the same operations on the same numbers. And
# how often is `f` called, and how far does the second call get?

# %%
eight = drawn(nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.Tanh())] * 8))
four = tensor(np.random.default_rng(9).normal(size=(5, 4)))
found = []
for y in (eight(four), checkpoint(eight, four, use_reentrant=False)):
    found.append(torch.autograd.grad(y.exp().mean(), list(eight.parameters())))
print("bitwise equal:", all(map(torch.equal, *found)))


def two_lines(v, log):
    """`exp` saves its result; `+ 1` saves nothing."""
    for name, line in [("exp", torch.exp), ("+1", lambda v: v + 1)]:
        log.append(name)
        v = line(v)
    return v


for early in (True, False):
    log, leaf = [], tensor([1.0], requires_grad=True)
    with checkpointing.set_checkpoint_early_stop(early):
        checkpoint(two_lines, leaf, log, use_reentrant=False).sum().backward()
    print(f"early stop {early!s:5}: forwards {log[:2]}, again {log[2:]}")
notes = [lambda v: (log.append(1), v.sin())[1]] * 64
log.clear()
checkpoint_sequential(notes, 8, leaf, use_reentrant=False).sum().backward()
print("checkpoint_sequential, 64 layers in 8 segments: extra calls", len(log) - 64)

# %% [markdown]
# Bit for bit equal. And the second call is **stopped early**: as soon as the last
# tensor that somebody needs is there, the rest of `f` is not run (a function's line
# after it never comes). So `f` is called twice, but what it *does* after its last saved
# tensor it does once. Keep that in mind for side effects.
#
# `f` may be any function or module; parameters that it closes over get their gradients;
# `x` needs no gradient itself. For a list of layers there is `checkpoint_sequential(
# layers, segments, x, use_reentrant=False)`, with a detail that few know: it leaves the
# *last* segment as it is, since that one is needed first anyway. So the last line above
# says 56, not 64.
#
# ### Exercise 2 · In segments
#
# **Goal.** Run a list of layers in checkpointed segments.
#
# **Signature.** `checkpointed(layers, x, segments) -> Tensor`, equal to `layers[-1](...
# layers[0](x))`. `layers` is a list of callables (modules or functions), `1 <= segments
# <= len(layers)`. Segments are runs of neighbours, of lengths as equal as you like;
# their number need not divide the number of layers.
#
# **Worked example.** With `layers = [torch.sin, torch.exp, torch.tanh]` and two
# segments, `checkpointed(layers, x, 2)` is `x.sin().exp().tanh()`, and `sin` and `exp`
# may form one segment, `tanh` the other.
#
# *5 points (1 + 4 hidden) · about 20 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **result and gradients**: equal to the plain chain, for parameters and for `x`, also
#   when `x` needs no gradient, and when `x` is itself a result;
# - **any number of segments**: 1, all, and numbers that leave a remainder;
# - **same dropout**: from the same seed, result and gradients are those of the plain
#   chain;
# - **at most n extra calls** of layers, forwards and backwards together;
# - **peak memory**: at 64 thin layers and 8 segments at most 60 % of the plain chain's,
#   and at 16 layers with eight activations inside and 8 segments at most 35 %, measured
#   by the meter.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write a function that runs *one* slice of the list. Checkpoint that function. When,
# exactly, is it called for the second time, and which slice does it see then?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *result and gradients*, with an error about shapes or a wrong gradient, fails if the
#   function that runs a slice reads a loop variable: on the way back the loop is long
#   over and the variable holds the last slice. Make a function that *makes* the
#   function, or pass the slice as an argument.
# - *any number of segments* fails at 10 layers in 4 segments if `len(layers) //
#   segments` steps drop the remainder.
# - With `use_reentrant=True` and an `x` without gradient, parameters get `None`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def run(v, part):                    # one slice
#     ...
# size = ...                           # round up
# for start in range(0, len(layers), size):
#     x = checkpoint(run, x, layers[...], use_reentrant=False)
# return x
# ```
#
# </details>


# %% solution="e2-checkpointed"
def checkpointed(layers: list, x: torch.Tensor, segments: int) -> torch.Tensor:
    """The layers applied to `x` one after the other, in checkpointed segments."""

    # BEGIN SOLUTION
    def run(v, part):
        for layer in part:
            v = layer(v)
        return v

    size = math.ceil(len(layers) / segments)
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        x = checkpoint(run, x, part, use_reentrant=False)
    return x
    # END SOLUTION


# %% check
def in_one_go(layers, v, segments):
    return in_a_row(layers, v)


def mixed(n, seed, drop=0.0):
    """`n` layers, modules and functions by turns, of changing widths."""
    bends = [nn.Tanh(), nn.Sigmoid(), nn.Softplus()]
    found = []
    for i in range(n):
        line = drawn(nn.Linear(3 + i % 3, 3 + (i + 1) % 3), seed + i)
        found.append(nn.Sequential(line, bends[i % 3], nn.Dropout(drop)))
    params = [p for layer in found for p in layer.parameters()]
    return [_wrap(m) if i % 2 else m for i, m in enumerate(found)], params


def _wrap(module):
    return lambda v: module(v)


def stepped(run, n, segments, seed, kind="data", drop=0.0):
    """Result and all gradients of a step through `run(layers, x, segments)`."""
    layers, params = mixed(n, seed, drop)
    values = np.random.default_rng(seed).normal(size=(4, 3))
    leaf = tensor(values, requires_grad=kind != "data")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        y = run(layers, leaf * 2.0 if kind == "result" else leaf, segments)
        (y * torch.arange(1.0, y.numel() + 1).view(y.shape)).sum().backward()
    found = [p.grad for p in [*params, leaf]]
    return [y, *("None" if g is None else g for g in found)]


def in_segments(*case):
    return stepped(checkpointed, *case)


def in_one_piece(*case):
    return stepped(in_one_go, *case)


def called(count, n, segments):
    layers = [lambda v: count(v).sin() for _ in range(n)]
    x = tensor([1.0, 2.0], requires_grad=True)
    checkpointed(layers, x, segments).sum().backward()


def heavy(run, n, segments, bends):
    """A step through layers with `bends` activations inside, on a wide batch."""
    curves = [nn.Tanh(), nn.Sigmoid()] * bends
    layers = [nn.Sequential(nn.Linear(8, 8), *curves[:bends]) for _ in range(n)]
    run(layers, torch.ones(256, 8), segments).square().sum().backward()


def heavy_in_segments(*case):
    heavy(checkpointed, *case)


def part_of_plain(n, segments, bends):
    share = 0.6 if bends == 1 else 0.35
    return share * peak_bytes(lambda: heavy(in_one_go, n, segments, bends))[0]


check = Check("e2-checkpointed", visible=1, hidden=4)
first = [(4, 2, 1), (3, 1, 2, "leaf")]
check.value("result and gradients", in_segments, in_one_piece, at=first)
check.value("any number of segments", in_segments, in_one_piece, at=[(5, 2, 3)])
check.calls(
    "at most n extra calls",
    called,
    lambda v: v,
    at=[(6, 2)],
    at_most=lambda n, k: 2 * n,
)
# BEGIN HIDDEN TESTS
check.hidden()
seeds = [int(seed) for seed in check.rng.integers(1000, size=6)]
kinds = [(6, 3, seeds[0], kind) for kind in ("data", "leaf", "result")]
check.value("result and gradients", in_segments, in_one_piece, at=kinds)
counts = [(10, 4), (7, 7), (7, 1), (1, 1), (7, 5), (11, 3)]
odd = [(*pair, seeds[1], "leaf") for pair in counts]
check.value("any number of segments", in_segments, in_one_piece, at=odd)
dropped = [(6, 2, seeds[2], "data", 0.5), (5, 4, seeds[3], "leaf", 0.4)]
check.value("same dropout", in_segments, in_one_piece, at=dropped)
check.calls(
    "at most n extra calls",
    called,
    lambda v: v,
    at=[(9, 4), (16, 4), (5, 5)],
    at_most=lambda n, k: 2 * n,
)
check.value("result and gradients", in_segments, in_one_piece, at=[(8, 3, seeds[4])])
sizes = [(64, 8, 1), (16, 8, 8)]
check.peak("peak memory", heavy_in_segments, at=sizes, at_most=part_of_plain)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 5 · How many segments? From $n$ to $\sqrt n$ to $\log n$
#
# For $n$ layers of one size in $k$ segments, the scale reads $k + n/k$ and a little.
# The sum is smallest at $k = \sqrt n$, where it is about $2 \sqrt n$. Tutorials stop
# here and call $O(\sqrt n)$ "optimal". Of what is it the optimum?
#
# A segment, when it is computed again, is a chain. Nothing forbids to put checkpoints
# *into* it. Cut the chain in halves, checkpoint the first half, and treat each half the
# same way:
#
# So $\sqrt n$ is the best you can do **with one level of equal segments**. Nesting
# reaches about $\log_2 n$, for $\frac12 \log_2 n$ extra passes. In between lies a whole
# curve of deals. Which are the best possible?
#
# ### The binomial schedule
#
# Let the *inside* of a layer be large, so that only one layer at a time may be
# recorded; all others are only run ahead, keeping nothing. You have $s$ slots for
# activations between layers (the chain's input sits in one of them), and no layer is to
# be run ahead more than $r$ times. How long can the chain be? Run ahead some distance
# and fill a slot. The part behind it may use $s - 1$ slots; the part before it is run
# ahead once more. So the longest length obeys $\beta(s, r) = \beta(s - 1, r) + \beta(s,
# r - 1)$: Pascal's rule, and the answer is a **binomial coefficient**, $\binom{s +
# r}{s}$. (Griewank 1992; Griewank and Walther's *Revolve*, 2000, is the program.) For
# 56 layers there are two such deals: $s = 5$ with $r = 3$, and $s = 3$ with $r = 5$.
# Their price, for layers with eight activations inside:


# %%
def halves(v, m, calls, inside):
    """`m` layers in halves of halves, each first half checkpointed."""
    if m == 1:
        return some(v, 1, calls, inside)
    v = checkpoint(halves, v, m // 2, calls, inside, use_reentrant=False)
    return halves(v, m - m // 2, calls, inside)


def planned(s, r):
    """Where to put the slots in a chain of (s + r choose s) layers."""
    if s == 1 or r == 0:
        return math.comb(s + r, s)
    return (math.comb(s + r - 1, s), planned(s - 1, r), planned(s, r - 1))


def ahead(v, m, layer):
    """Through `m` layers, nothing kept."""
    with torch.no_grad():
        return in_a_row([layer] * m, v)


# %%
def go_back(v, g, n, plan, layer):
    """Turn `g[0]`, the cotangent behind `n` layers from `v` on, into that of `v`.

    A plan (m, right, left): run m layers ahead, fill a slot, go back through the
    right part, empty it, go back through the left. A number: no slot is free.
    """
    if isinstance(plan, tuple):
        m, right, left = plan
        go_back(ahead(v, m, layer), g, n - m, right, layer)
        go_back(v, g, m, left, layer)
        return
    for last in reversed(range(plan)):
        here = ahead(v, last, layer).detach().requires_grad_()
        g[:] = torch.autograd.grad(layer(here), here, g.pop())


# %%
rows = [
    ["n", "none", "every", "one", "sqrt(n) segments", "nested", "and its extra calls"]
]
for n in (16, 64, 256):
    k = math.isqrt(n)
    peaks = [max(units(n, cuts)[0]) for cuts in (None, [1] * n, [n], [k] * k, halves)]
    extra = units(n, halves)[1]
    rows.append([n, *(round(p) for p in peaks), f"{extra / n:.2f} n"])
table(rows, caption="Peak in activations; none adds no calls, the next three add n")

# %%
rows = [["56 layers, 8 activations inside each", "peak", "extra calls"]]
deals = {"none": None, "8 segments": [7] * 8, "28 segments": [2] * 28}
deals |= {"every": [1] * 56, "nested": halves}
for name, cuts in deals.items():
    flat, extra = units(56, cuts, inside=8)
    rows.append([name, round(max(flat)), extra])
ones = torch.ones(UNIT, dtype=torch.float64)
leaf, same = ones.clone().requires_grad_(), []
(right,) = torch.autograd.grad(some(leaf, 56, [], 8).sum(), leaf)
for s, r in ((5, 3), (3, 5)):
    log, g = [], [ones]

    def fat(v, log=log):
        return some(v, 1, log, 8)

    curve = weigh(go_back, ones * 1.0, g, 56, planned(s, r), fat)
    top = round(max(curve) / (8 * UNIT))
    rows.append([f"binomial, {s} slots", top, len(log) - 56])
    same.append(torch.equal(g[0], right))
print("gradients equal:", *same)
table(rows, caption="Seven deals for 56 layers")

# %% [markdown]
# Nesting and the binomial schedule leave the segments far behind, for more calls; and
# of the two the binomial one is cheaper at the same peak. How far does it reach? With
# ten slots, no layer of a chain of $\binom{16}{6} = 8008$ need be run ahead more than
# six times. (The stretch at the end asks for the exact price.)
#
# ### When the inside is larger than the boundary
#
# Look at the segments in the last table: neither 8 (near $\sqrt{56}$) nor 56 is best. A
# chain of sines keeps as much as it passes on. A transformer block keeps fifteen times
# its input. Then "every block" is no longer silly: it drops the fifteen and keeps the
# one. For $n$ blocks with $a$ bytes inside, $c$ bytes at the boundary, and $s$
# segments, the peak is about $s \, c + \lceil n/s \rceil \, a$. Without the rounding it
# is smallest at $\sqrt{n a / c}$, which for $a = c$ is $\sqrt n$, and for $a \ge n c$
# is every block.
#
# ### Exercise 3 · The best number of segments
#
# **Goal.** The number of segments with the smallest cost $s \, c + \lceil n/s \rceil \,
# a$.
#
# **Signature.** `best_segments(n, act, inp) -> int`, from 1 to `n`; `act` is $a$, `inp`
# is $c$, both positive. Where several are best, any of them will do.
#
# **Worked example.** `best_segments(8, 3, 1)`: costs for $s = 1 \ldots 8$ are 25, 14,
# 12, 10, 11, 12, 13, 11, so 4. (The formula $\sqrt{24} \approx 4.9$ suggests 5, for
# 11.)
#
# *2 points (1 + 1 hidden) · about 8 minutes · difficulty 1 of 5 · importance 3 of 5*
#
# **What the check looks at**
#
# - **smallest cost**: no other number of segments is cheaper;
# - **an int from 1 to n**.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The ceiling makes the cost jump. How many candidates are there at most?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *smallest cost* fails at `(8, 3, 1)` for $\lfloor\sqrt n\rfloor = 2$ and for the
# rounded formula, and at `(10, 100, 1)`, where every block is best.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def cost(s):
#     return ...
# return min(range(...), key=...)
# ```
#
# </details>


# %% solution="e3-best-segments"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""

    # BEGIN SOLUTION
    def cost(s):
        return s * inp + math.ceil(n / s) * act

    return min(range(1, n + 1), key=cost)
    # END SOLUTION


# %% check
def costs(n, act, inp):
    return [s * inp + -(-n // s) * act for s in range(1, n + 1)]


def cheapest(s, n, act, inp):
    if isinstance(s, bool) or not isinstance(s, int) or not 1 <= s <= n:
        return f"{s} is no int from 1 to {n}"
    every = costs(n, act, inp)
    best = min(every)
    if every[s - 1] > best * (1 + 1e-12):
        return f"{s} segments cost {every[s - 1]:g}, but {best:g} is possible"
    return True


def form(s, n, act, inp):
    return isinstance(s, int) and 1 <= s <= n


def segments_for(n, act, inp):
    return best_segments(n, act, inp)


check = Check("e3-best-segments", visible=1, hidden=1)
known = [(8, 3, 1), (64, 1, 1), (10, 100, 1)]
check.behaviour("smallest cost", segments_for, cheapest, at=known)
check.behaviour("an int from 1 to n", segments_for, form, at=[(5, 1, 2)])
# BEGIN HIDDEN TESTS
check.hidden()
sizes = check.rng.integers(2, 200, size=12)
prices = check.rng.uniform(0.2, 30.0, size=12)
drawn_cases = [(int(n), float(a), 1.5) for n, a in zip(sizes, prices, strict=True)]
fixed = [(1, 2.0, 3.0), (7, 0.01, 5.0), (30, 1e6, 1.0), (12, 4.0, 1.0), (97, 1.0, 1.0)]
check.behaviour("smallest cost", segments_for, cheapest, at=fixed)
check.behaviour("smallest cost", segments_for, cheapest, at=drawn_cases)
check.behaviour("an int from 1 to n", segments_for, form, at=fixed)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 6 · A small transformer, weighed
#
# Attention, feed-forward, two norms; a few of those; words in, next words out. First:
# **which loss?** Benchmarks like `model(x).sum().backward()`. But look at the last
# layer here, a LayerNorm. Its outputs have mean 0 by construction. What, then, is the
# gradient of their sum? (The cell below the model measures it.)
#
# Then the deal itself: peak bytes on our meter, multiplications counted by PyTorch's
# own counter, and CPU time. Bytes and multiplications will be the same on your machine.
# Times will not; look at them with mercy. Before you run it: $\sqrt{12}$ is about 3.5.
# Will 3 or 4 segments win?


# %%
class Block(nn.Module):
    """Attention and feed-forward, each behind a norm and added to its input."""

    def __init__(self, width, heads=4, need_weights=False):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.feed = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.need_weights = need_weights

    def forward(self, v):
        h = self.norms[0](v)
        v = v + self.attention(h, h, h, need_weights=self.need_weights)[0]
        return v + self.feed(self.norms[1](v))


# %%
class Small(nn.Module):
    """Words in, scores of the next word out."""

    def __init__(self, depth, width=32, words=40, **options):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(9)
            self.embed = nn.Embedding(words, width)
            self.blocks = nn.ModuleList([Block(width, **options) for _ in range(depth)])
            self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, words)

    def features(self, tokens, segments=None):
        v = self.embed(tokens)
        if segments is None:
            return self.norm(in_a_row(self.blocks, v))
        size = len(self.blocks) // segments
        for i in range(0, len(self.blocks), size):
            part = self.blocks[i : i + size]
            v = checkpoint(in_a_row, part, v, use_reentrant=False)
        return self.norm(v)

    def loss(self, tokens, segments=None):
        """Cross-entropy of each next word: a real loss."""
        scores = self.head(self.features(tokens[:, :-1], segments))
        return functional.cross_entropy(scores.flatten(0, 1), tokens[:, 1:].flatten())


# %%
def one_step(net, tokens, segments):
    """A training step without the update."""
    net.zero_grad()
    net.loss(tokens, segments).backward()


def priced(net, tokens, segments):
    """(peak in MB, millions of multiplications, CPU milliseconds) of a step."""
    peak = max(weigh(one_step, net, tokens, segments))
    with FlopCounterMode(display=False) as counter:
        one_step(net, tokens, segments)
    begin = time.process_time()
    one_step(net, tokens, segments)
    spent = time.process_time() - begin
    return peak / 1e6, counter.get_total_flops() / 2e6, 1e3 * spent


model, chance = Small(12), torch.Generator().manual_seed(9)
tokens = torch.randint(40, (4, 65), generator=chance)
silly, real = model.features(tokens[:, :-1]).sum(), model.loss(tokens)
for name, loss in (("sum of a LayerNorm", silly), ("cross-entropy", real)):
    (g,) = torch.autograd.grad(loss, model.blocks[0].feed[0].weight)
    print(f"{name:18} {loss.item():8.1e}, gradient in block 0: {g.norm().item():.1e}")

# %%
deals = {s: priced(model, tokens, s) for s in (None, 1, 2, 3, 4, 6, 12)}
base = deals[None]
rows = [["segments", "peak, MB", "saved", "arithmetic", "CPU ms (yours)"]]
for s, (peak, muls, spent) in deals.items():
    saved = f"{1 - peak / base[0]:.0%}"
    rows.append(
        [s or "none", round(peak, 2), saved, f"x {muls / base[1]:.3f}", round(spent)]
    )
table(rows, caption="The small transformer, 12 blocks")
fig, ax = subplots(figsize=(7, 3.2))
ax.plot([s or 0 for s in deals], [peak for peak, _, _ in deals.values()])
ax.set(xlabel="segments (0: no checkpoint)", ylabel="peak, MB", ylim=(0, None))
figure(
    fig,
    alt="Peak memory of the small transformer's training step against the number of "
    "checkpointed segments: highest without checkpoints and with one segment, then "
    "falling all the way to twelve, one for each block.",
    table=rows,
)

# %% [markdown]
# **The loss.** What came out first was rounding dust. A benchmark with `.sum()` behind
# a LayerNorm runs, prints megabytes and seconds, and trains nothing; a gradient that
# had got lost in a checkpoint would look the same. So: a real loss.
#
# **The segments.** One checkpoint per block wins by far: the first line printed below
# compares inside and boundary.
#
# **"Saves 40 to 60 %."** There is no such number. Two segments save less than half,
# three more than half, one per block four fifths, *here*: it depends on depth, width,
# batch and segments. Give the formula, and measure.
#
# **"A third more compute."** Of the *training step*, yes; of the forward pass it is all
# of it once more. Let $r$ be backward over forward. One forward pass more costs $1/(1 +
# r)$ of the step, a third at $r = 2$. (Here it is less, the more the segments: the last
# product of each segment is behind its last saved tensor, and early stop leaves it
# out.) If weights are frozen and only `x` wants a gradient, $r$ is 1, and the same deal
# costs half a step: see the two lines printed below.
#
# **"Activations are most of the memory."** Weights, their gradients and Adam's two
# moments are four times the weights, whatever the batch; checkpointing does not touch
# them. Activations grow with batch times length. In the first row of the table below,
# checkpoints solve the wrong problem.


# %%
def kept_bytes(run, but=()):
    """Bytes of distinct storages that `run()` keeps for the way back."""
    kept, mine = {}, {t.untyped_storage().data_ptr() for t in but}

    def note(t):
        store = t.untyped_storage()
        if store.data_ptr() not in mine:
            kept[store.data_ptr()] = (store.nbytes(), t)
        return t

    with saved_tensors_hooks(note, lambda t: t):
        run()
    return sum(size for size, _ in kept.values())


def work(run, *args):
    """Millions of multiplications in `run(*args)`."""
    with FlopCounterMode(display=False) as counter:
        run(*args)
    return counter.get_total_flops() / 2e6


def there_and_back(net, v, how=False):
    (checkpoint(net, v, use_reentrant=False) if how else net(v)).sum().backward()


# %%
v, block = torch.ones(4, 64, 32, requires_grad=True), model.blocks[0]
inside = kept_bytes(lambda: block(v), but=[v, *block.parameters()]) / v.nbytes
best = math.sqrt(12 * inside)
print(f"inside of a block: {inside:.0f} times its edge; ", end="")
print(f"sqrt(12) = {math.sqrt(12):.1f}, but sqrt(12 a / c) = {best:.1f}")
for name, trained in (("all weights trained", True), ("all weights frozen ", False)):
    net = nn.Sequential(*[nn.Linear(32, 32) for _ in range(12)])
    net.requires_grad_(trained)
    forwards, plain = work(net, v), work(there_and_back, net, v)
    deal = work(there_and_back, net, v, True)
    r = plain / forwards - 1
    print(f"{name}: r = {r:.2f}, 1/(1+r) = {1 / (1 + r):.2f}, ", end="")
    print(f"measured {deal / plain - 1:.2f}")
weights = sum(p.nbytes for p in model.parameters())
rows = [["batch", "length", "weights, gradients, Adam", "activations", "checkpoints"]]
for count, length in ((1, 8), (1, 64), (8, 64)):
    words = torch.randint(40, (count, length + 1), generator=chance)
    kept = [
        kept_bytes(lambda w=words, s=s: model.loss(w, s), but=model.parameters()) / 1e6
        for s in (None, 12)
    ]
    rows.append([count, length, 4 * weights / 1e6, *kept])
table(rows, caption="Who needs the memory, after the forward pass? Megabytes")

# %% [markdown]
# ### Attention: look before you checkpoint
#
# "Attention needs memory quadratic in the length." It depends on who is asking.
# `nn.MultiheadAttention` returns, unless told otherwise, the matrix of attention
# weights, and to return it, it must make it. With `need_weights=False` PyTorch may use
# fused attention, which never writes the matrix down. What is kept, per position?
#
# In the right column of the table it is constant: *linear* in the length, at no extra
# compute, with the same result. Mend attention first, checkpoint second.
#
# **On a graphics card** ask the allocator instead of the meter (the cell after the
# table). The order matters: warm up, reset, run, wait, read.

# %%
rows = [["length", "need_weights=True: kB each position", "False: kB each position"]]
for length in (64, 128, 256, 512):
    v = torch.ones(1, length, 32)
    kept = []
    for need in (True, False):
        layer = Block(32, need_weights=need)
        kept.append(kept_bytes(lambda: layer(v), but=[v, *layer.parameters()]))
    rows.append([length, *(size / length / 1e3 for size in kept)])
a, b = Block(32, need_weights=True), Block(32)
b.load_state_dict(a.state_dict())
v = torch.randn(2, 64, 32, generator=chance)
print(f"largest difference of the results: {(a(v) - b(v)).abs().max().item():.0e}")
table(rows, caption="One block, bytes kept for the way back, divided by the length")

# %%
if torch.cuda.is_available():
    there, words = Small(12).cuda(), tokens.cuda()
    for segments in (None, 12):
        one_step(there, words, segments)  # warm
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before, begin = torch.cuda.memory_allocated(), time.perf_counter()
        one_step(there, words, segments)
        torch.cuda.synchronize()
        spent = time.perf_counter() - begin
        grown = torch.cuda.max_memory_allocated() - before
        print(f"segments {segments}: peak + {grown / 1e6:.2f} MB, {1e3 * spent:.1f} ms")
else:
    print("No CUDA device here, and none is needed: the meter above counts the same")
    print("storages. With one, this cell reads torch.cuda.max_memory_allocated().")

# %% [markdown]
# ## 7 · Reentrant or not
#
# PyTorch has two implementations. The old one, *reentrant*, is a Function that calls
# `backward` inside `backward`. The new one, `use_reentrant=False`, hooks into saved
# tensors. Same name, same call, and this table. Which cells would you have guessed?


# %%
def said_by(probe, *args, **how):
    """`probe(*args, **how)`, or its error; and the first words of warnings."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            came = probe(*args, **how)
        except Exception as error:
            came = f"{type(error).__name__}: {' '.join(str(error).split())[:48]}..."
    return came, [str(one.message).split(". ")[0][:80] for one in said]


def first_block(needs_grad, head=True, **how):
    """Do a first block's weights get a gradient, if its input needs none?"""
    one, two = drawn(nn.Linear(3, 3)), drawn(nn.Linear(3, 1))
    y = checkpoint(one, tensor(np.ones((2, 3)), needs_grad), **how)
    (two(y) if head else y).sum().backward()
    words = ["None" if net.weight.grad is None else "fine" for net in (one, two)]
    return f"block {words[0]}" + (f", head {words[1]}" if head else "")


print("without the argument:", *said_by(first_block, False), sep="\n   ")


# %%
def asked(twice=False, keep=False, **how):
    """A gradient through a checkpoint, by autograd.grad or (keep) by backward."""
    v = tensor([1.0], requires_grad=True)
    y = checkpoint(lambda v: v * v.sin(), v, **how).sum()
    if keep:
        y.backward(retain_graph=True)
        y.backward()
        return v.grad.item()
    (g,) = torch.autograd.grad(y, v, create_graph=twice)
    return (torch.autograd.grad(g, v)[0] if twice else g).item()


tries = {
    "input without gradient": lambda **how: first_block(False, **how),
    "... and no head behind": lambda **how: first_block(False, head=False, **how),
    "input with gradient": lambda **how: first_block(True, **how),
    "autograd.grad": asked,
    "second derivative": lambda **how: asked(twice=True, **how),
    "backward twice, retain_graph": lambda **how: asked(keep=True, **how),
}
rows = [["tried", "reentrant", "use_reentrant=False"]]
for name, f in tries.items():
    rows.append([name, *(said_by(f, use_reentrant=how)[0] for how in (True, False))])
table(rows, caption="One call, two machines behind it")

# %% [markdown]
# The first row is the dangerous one. In the old version, if no *argument* of the
# checkpoint requires grad, the whole call is a constant: the first block's weights stay
# without gradient, while the head trains happily. And a call without `use_reentrant`
# does exactly that, with two warnings (both printed above) that scroll past in a log.
# So: **always `use_reentrant=False`**. Nesting, second derivatives, `autograd.grad` and
# `retain_graph` come with it.
#
# ## 8 · Twice the call, twice the effect
#
# `f` is called twice. Everything it does beyond computing its result happens twice, and
# everything it *reads* beyond its arguments may have changed in between. PyTorch takes
# care of one such thing, its own random numbers. Go down the list and predict: right,
# wrong with an error, or **silently wrong**?


# %%
def off_by(noise, **how):
    """(largest gradient error of a checkpoint with noise inside, masks that agree)."""
    masks, v = [], tensor(np.ones(1000), requires_grad=True)

    def f(v):
        masks.append(noise(v.shape) < 0.5)
        return (2.0 * v * masks[-1]).sin()

    checkpoint(f, v, use_reentrant=False, **how).sum().backward()
    first, second = masks
    right = 2.0 * first * (2.0 * v.detach() * first).cos()
    agree = (first == second).double().mean()
    return (v.grad - right).abs().max().item(), f"{agree:.0%}"


with torch.random.fork_rng(devices=[]):
    torch.manual_seed(9)
    kept, lost = off_by(torch.rand), off_by(torch.rand, preserve_rng_state=False)
rng = np.random.default_rng(9)
foreign = off_by(lambda shape: torch.from_numpy(rng.random(shape)))
rows = [["torch", *kept], ["torch, preserve_rng_state=False", *lost]]
rows = [["dropout by", "gradient off by", "masks agree"], *rows, ["NumPy", *foreign]]
table(rows, caption="Random numbers, forwards and again")


# %%
def norm_inside(run):
    norm, v = nn.BatchNorm1d(1), torch.tensor([[1.0], [3.0]], requires_grad=True)
    run(norm, v).sum().backward()
    return f"{norm.num_batches_tracked} seen, mean {norm.running_mean.item():.2f}"


def changed_between(run):
    """Slope of sin(3 q) at q = 1; but q becomes 2 before the way back."""
    q = tensor(1.0, requires_grad=True)
    y = run(lambda v: (v * q).sin(), tensor(3.0, requires_grad=True))
    with torch.no_grad():
        q.add_(1.0)
    y.backward()
    return f"{q.grad:.3f} (3cos3 is {3 * math.cos(3):.3f}, 3cos6 {3 * math.cos(6):.3f})"


def another_graph(run):
    lengths, v = iter([4, 3]), tensor(np.ones(5), requires_grad=True)
    run(lambda v: v[: next(lengths)].sin(), v).sum().backward()


again = functools.partial(checkpoint, use_reentrant=False)
for probe in (norm_inside, changed_between, another_graph):
    print(f"{probe.__name__:16} plain:     ", said_by(probe, lambda f, v: f(v))[0])
    print(f"{probe.__name__:16} checkpoint:", said_by(probe, again)[0])

# %% [markdown]
# - **Random numbers.** The state of PyTorch's generator is put aside and brought back
#   (CPU and GPU), so dropout draws the same mask. Switch that off, or draw from NumPy,
#   and half of the entries get the gradient of another function. No error, no warning.
#   In a large model it looks like a slightly worse optimiser.
# - **BatchNorm** moves its running statistics at each call: twice per step. The
#   gradient is right; what `eval()` will use is not. Any other side effect (a counter,
#   a log line, a cache) comes twice too, as far as the early stop lets it.
# - **A weight changed in between.** Plain autograd refuses, as lesson 6 showed. The
#   checkpoint kept no receipt, so there is no version to compare: it computes with the
#   *new* weight and returns $3 \cos 6$, silently. The right answer is $3 \cos 3$.
# - **Another graph.** If the second call saves tensors of another shape or number,
#   there is an error, `CheckpointError`. If it saves *other tensors of the same
#   shapes*, there is none.
#
# ## 9 · Build it
#
# ### Exercise 4 · A checkpoint of your own
#
# **Goal.** Write `my_checkpoint`, without PyTorch's.
#
# **Signature.** `my_checkpoint(fn, x, *params, **kwargs) -> Tensor`, equal to `fn(x,
# *params, **kwargs)`. `x` and `params` are tensors, leaves or results, some of them
# perhaps without `requires_grad`; `kwargs` are plain options. Gradients go to `x` and
# to `params`, nowhere else. An `autograd.Function` of your own (lesson 7) is the
# straight way; write it in the same cell, above. Saved-tensor hooks are another.
#
# **Worked example.** `my_checkpoint(lambda v, w: (v * w).sin(), x, w)` with $x = 2$, $w
# = 3$ gives $\sin 6$; `backward` adds $3 \cos 6$ to `x.grad` and $2 \cos 6$ to
# `w.grad`.
#
# *6 points (1 + 5 hidden) · about 26 minutes · difficulty 4 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **result and gradients**: of `x` and of each parameter, for leaves and results, one
#   checkpoint behind another, frozen tensors left without, options passed on;
# - **same random numbers**: dropout inside `fn` is recomputed with the same mask (CPU);
# - **random state as found**: after the call it is what a plain call would leave; after
#   `backward` it is what it was before;
# - **second backward as PyTorch's**: without `retain_graph` a `RuntimeError` (where
#   `fn` saved something), with it the same amounts again;
# - **gradient mode as found**: after the call and after `backward`; and under `no_grad`
#   the result requires no grad;
# - **peak memory**: eight of them, round eight thin layers each, at most 60 % of the
#   plain chain's peak.
#
# While the check runs, PyTorch's own checkpoint refuses to work: an answer that calls
# it gets nothing.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Forwards: run `fn` unrecorded, and keep the *inputs* and the random state
# (`torch.get_rng_state()`). Backwards: what do you need before you can ask
# `torch.autograd.grad` for the gradients of `fn`? Which switch is off in a Function's
# `backward`?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *result and gradients* with "does not require grad": in `backward` recording is off;
#   switch it on with `torch.enable_grad()`.
# - *result and gradients*, too large, behind another checkpoint: recompute from
#   *detached* copies, or the way back runs on into the graph before.
# - *random state as found* fails after `backward` if you set the old state and leave it
#   there; `torch.random.fork_rng(devices=[])` puts things back.
# - *second backward as PyTorch's* fails if you keep inputs as `ctx.x = x`: use
#   `ctx.save_for_backward`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# class Recompute(torch.autograd.Function):
#     @staticmethod
#     def forward(ctx, fn, kwargs, *tensors):
#         ...                                   # keep, run, return
#     @staticmethod
#     def backward(ctx, g):
#         copies = [...]                        # detached; requires_grad where needed
#         with ..., ...:                        # old random state, recording on
#             y = ctx.fn(*copies, ...)
#         found = torch.autograd.grad(y, [...], g)
#         return None, None, ...                # one for each argument of forward
#
# def my_checkpoint(fn, x, *params, **kwargs):
#     return Recompute.apply(fn, kwargs, x, *params)
# ```
#
# </details>


# %% solution="e4-my-checkpoint"
def my_checkpoint(fn, x: torch.Tensor, *params: torch.Tensor, **kwargs) -> torch.Tensor:
    """`fn(x, *params, **kwargs)`, computed again on the way back."""
    # BEGIN SOLUTION
    return Recompute.apply(fn, kwargs, x, *params)


class Recompute(torch.autograd.Function):
    """Keeps the inputs and the random state; runs `fn` again in `backward`."""

    @staticmethod
    def forward(ctx, fn, kwargs, *tensors):
        ctx.fn, ctx.kwargs = fn, kwargs
        ctx.chance = torch.get_rng_state()
        ctx.save_for_backward(*tensors)
        return fn(*tensors, **kwargs)

    @staticmethod
    def backward(ctx, g):
        needed = ctx.needs_input_grad[2:]
        copies = [t.detach() for t in ctx.saved_tensors]
        for i, copy in enumerate(copies):
            copy.requires_grad_(needed[i])
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.set_rng_state(ctx.chance)
            y = ctx.fn(*copies, **ctx.kwargs)
        found = iter(torch.autograd.grad(y, [c for c in copies if c.requires_grad], g))
        return None, None, *(next(found) if need else None for need in needed)

    # END SOLUTION


# %% check
def affine(v, w, b, scale=1.0):
    """Linear, tanh, scaled."""
    return scale * (v @ w + b).tanh()


def noisy(v, w, b, scale=1.0):
    """The same behind dropout."""
    return scale * functional.dropout(v @ w + b, 0.5).tanh()


def plainly(fn, *tensors, **kwargs):
    """No checkpoint."""
    return fn(*tensors, **kwargs)


@contextlib.contextmanager
def on_your_own():
    """PyTorch's own checkpoint refuses to work."""
    module, kept = sys.modules["torch.utils.checkpoint"], {}

    def asleep(*args, **kwargs):
        raise RuntimeError("PyTorch's own checkpoint is asleep: build yours")

    for name in ("_checkpoint_without_reentrant_generator", "CheckpointFunction"):
        kept[name] = vars(module)[name]
        setattr(module, name, asleep)
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(module, name, value)


def through(run, fn, seed, kinds, depth=1, scale=1.0):
    """Result and gradients of `depth` calls of `run(fn, x, w, b)` in a row.

    `kinds` has a word for each of x, w, b: "leaf", "result" or "frozen".
    """
    rng = np.random.default_rng(seed)
    shapes = [(4, 3), (3, 3), (3,)]
    leaves = [
        tensor(rng.normal(size=s), k != "frozen")
        for s, k in zip(shapes, kinds, strict=True)
    ]
    x, w, b = (
        1.5 * t if k == "result" else t for t, k in zip(leaves, kinds, strict=True)
    )
    with torch.random.fork_rng(devices=[]), on_your_own():
        torch.manual_seed(seed)
        for _ in range(depth):
            x = run(fn, x, w, b, scale=scale)
        (x * tensor(rng.normal(size=x.shape))).sum().backward()
    return [x, *("None" if t.grad is None else t.grad for t in leaves)]


FUNCTIONS = {"affine": affine, "noisy": noisy}


def by_mine(name, *case):
    return through(my_checkpoint, FUNCTIONS[name], *case)


def by_plain(name, *case):
    return through(plainly, FUNCTIONS[name], *case)


def random_states(seed):
    with torch.random.fork_rng(devices=[]), on_your_own():
        torch.manual_seed(seed)
        x, w, b = (torch.ones(s, requires_grad=True) for s in [(4, 3), (3, 3), (3,)])
        y = my_checkpoint(noisy, x, w, b)
        after = torch.rand(3)
        y.sum().backward()
        return [after, torch.rand(3)]


def random_states_plain(seed):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        noisy(torch.ones(4, 3), torch.ones(3, 3), torch.ones(3))
        return [torch.rand(3), torch.rand(3)]


def twice(keep, scale):
    x, w, b = (tensor(np.ones(s), True) for s in [(4, 3), (3, 3), (3,)])
    with on_your_own():
        y = my_checkpoint(affine, x, w, b, scale=scale).sum()
        y.backward(retain_graph=keep)
        y.backward()
    return [x.grad, w.grad, b.grad]


def twice_plain(keep, scale):
    x, w, b = (tensor(np.ones(s), True) for s in [(4, 3), (3, 3), (3,)])
    (2 * affine(x, w, b, scale=scale).sum()).backward()
    return [x.grad, w.grad, b.grad]


def second_call(scale):
    x, w, b = (tensor(np.ones(s), True) for s in [(4, 3), (3, 3), (3,)])
    with on_your_own():
        y = my_checkpoint(affine, x, w, b, scale=scale).sum()
        y.backward()
        try:
            y.backward()
        except RuntimeError:
            return "RuntimeError"
    return "no error"


def modes(outside):
    x, w, b = (tensor(np.ones(s), True) for s in [(4, 3), (3, 3), (3,)])
    with on_your_own(), torch.set_grad_enabled(outside):
        y = my_checkpoint(affine, x, w, b)
        seen = [torch.is_grad_enabled(), y.requires_grad]
        if outside:
            y.sum().backward()
        return [*seen, torch.is_grad_enabled()]


def narrow(run):
    layers = [nn.Sequential(nn.Linear(8, 8), nn.Tanh()) for _ in range(64)]
    y = torch.ones(512, 8)
    for i in range(0, 64, 8):
        params = [p for layer in layers[i : i + 8] for p in layer.parameters()]
        y = run(thin_part, y, *params)
    y.square().sum().backward()


def thin_part(v, *params):
    for i in range(0, len(params), 2):
        v = (v @ params[i].t() + params[i + 1]).tanh()
    return v


def narrow_mine():
    with on_your_own():
        narrow(my_checkpoint)


NEAR = Tolerance(rel=1e-12, abs=1e-12)
leafs, mix = ("leaf", "leaf", "leaf"), ("result", "leaf", "frozen")
check = Check("e4-my-checkpoint", visible=1, hidden=5)
one_call = [("affine", 0, leafs), ("affine", 1, leafs, 1, 2.5)]
check.value("result and gradients", by_mine, by_plain, at=one_call, tol=NEAR)
check.value("same random numbers", by_mine, by_plain, at=[("noisy", 2, leafs)])
check.value("gradient mode as found", modes, lambda on: [on] * 3, at=[True, False])
# BEGIN HIDDEN TESTS
check.hidden()
seeds = [int(seed) for seed in check.rng.integers(1000, size=8)]
several = [("affine", seeds[0], mix, 1), ("affine", seeds[1], leafs, 3, 0.7)]
several += [("affine", seeds[2], ("frozen", "leaf", "result"), 2)]
several += [("affine", seeds[3], ("frozen", "frozen", "leaf"), 2, -1.5)]
several += [("affine", seeds[3], ("leaf", "result", "result"), 1)]
check.value("result and gradients", by_mine, by_plain, at=several[:3], tol=NEAR)
check.value("result and gradients", by_mine, by_plain, at=several[3:], tol=NEAR)
masks = [("noisy", seeds[4], leafs, 2), ("noisy", seeds[5], mix, 3, 0.5)]
check.value("same random numbers", by_mine, by_plain, at=masks)
check.value("random state as found", random_states, random_states_plain, at=seeds[6:])
check.value("second backward as PyTorch's", second_call, ["RuntimeError"], at=[0.8])
check.value(
    "second backward as PyTorch's",
    twice,
    twice_plain,
    at=[(True, 1.0), (True, 0.4)],
    tol=NEAR,
)
check.peak(
    "peak memory",
    narrow_mine,
    at=[()],
    at_most=lambda: 0.6 * peak_bytes(lambda: narrow(plainly))[0],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 10 · Four patients
#
# Each of these functions sits in a program that "trains fine". First read them, then
# look at the symptoms below, and only then at the exercise.


# %%
def broken_a(block, x):  # the first block of a network; x is data
    return checkpoint(block, x, use_reentrant=True)


def broken_b(layers, x, coin):  # each layer is used if coin() says so
    def run(v):
        for layer in layers:
            v = layer(v) if coin() else v
        return v

    return checkpoint(run, x, use_reentrant=False)


def broken_c(block, x, rng):  # dropout on the input, by a NumPy generator
    def run(v):
        return block(v * torch.from_numpy(rng.random(v.shape) < 0.5))

    return checkpoint(run, x, use_reentrant=False)


def broken_d(before, norm, after, x):  # norm is a BatchNorm layer
    return checkpoint(lambda v: after(norm(before(v))), x, use_reentrant=False)


# %%
lines = [nn.Sequential(drawn(nn.Linear(3, 3), i), nn.Tanh()) for i in range(4)]
data = tensor(np.random.default_rng(9).normal(size=(5, 3)))
norm, head = nn.BatchNorm1d(3).double(), drawn(nn.Linear(3, 1))
weight, coins = lines[0][0].weight, iter([1, 1, 0, 1, 0, 1, 1, 0])


def symptom(run):
    """Some of the first layer's gradient after a step through `run`, or an error."""
    weight.grad = None
    error = said_by(lambda: (head(run()) - 1).square().sum().backward())[0]
    return error or (weight.grad if weight.grad is None else weight.grad[0].tolist())


dice = [np.random.default_rng(9) for _ in range(2)]
mask = torch.from_numpy(dice[1].random(data.shape) < 0.5)
print("A:", symptom(lambda: broken_a(lines[0], data)))
print("B:", symptom(lambda: broken_b(lines, data, lambda: next(coins))))
print("C:", symptom(lambda: broken_c(lines[0], data, dice[0])))
print("   without checkpoint:", symptom(lambda: lines[0](data * mask)))
symptom(lambda: broken_d(lines[0], norm, lines[1], data))
print("D: batches that the norm has seen:", norm.num_batches_tracked.item())

# %% [markdown]
# ### Exercise 5 · Diagnosis and cure
#
# **Goal.** Name the cause of each, and write the four functions anew: still
# checkpointed, and right.
#
# **Answers.** In `DIAGNOSIS`, for each case one of these words:
#
# | word | meaning |
# |---|---|
# | `"reentrant"` | the old implementation, and no argument that requires grad |
# | `"another graph"` | the second call takes another path than the first |
# | `"foreign randomness"` | random numbers that PyTorch does not bring back |
# | `"updated twice"` | a state moved by the second call as well |
# | `"changed weight"` | a parameter was written to before the way back |
# | `"early stop"` | the end of the function did not run again |
#
# `fixed_a(block, x)`, `fixed_b(layers, x, coin)`, `fixed_c(block, x, rng)` and
# `fixed_d(before, norm, after, x)` give the result that the broken function gives
# forwards, and the gradients (and the norm's statistics) of the same step *without*
# checkpoint. Layers keep the shape of what they get.
#
# **Worked example.** A function that appends to a list in its second call too would be
# `"updated twice"`; the cure is to append outside of it.
#
# *3 points (0 + 3 hidden) · about 14 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **a word for each case** (visible, worth nothing: this much you see at once);
# - **cause** of each of the four;
# - **A is mended**, also where `x` requires grad; **B is mended**, for several rows of
#   coins, each tossed once; **C is mended**, with the mask that a plain run would draw;
#   **D is mended**: one batch seen, mean and variance of one batch;
# - in each of these four also: it is **still checkpointed**: layers run a second time
#   on the way back (in D at least one of `before` and `after`).
#
# <details><summary>Hint 1: a nudge</summary>
#
# In B and C: what is decided *inside* that could be decided before? In D: must the
# checkpoint reach over the norm?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *B is mended* also runs rows of coins with as many heads in the second toss as in
#   the first. Then nothing raises, and the gradients belong to other layers.
# - *still checkpointed* fails if you cure the patient by taking the checkpoint away.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def fixed_b(layers, x, coin):
#     chosen = ...                       # toss before the checkpoint
#     return checkpoint(in_a_row, chosen, x, use_reentrant=False)
#
# def fixed_d(before, norm, after, x):
#     v = checkpoint(before, x, ...)     # and then?
# ```
#
# </details>

# %% solution="e5-diagnosis"
DIAGNOSIS = {
    "A": None,
    "B": None,
    "C": None,
    "D": None,
}
# BEGIN SOLUTION
DIAGNOSIS = {
    "A": "reentrant",
    "B": "another graph",
    "C": "foreign randomness",
    "D": "updated twice",
}
# END SOLUTION


def fixed_a(block, x):
    """The first block of a network; `x` is data."""
    # BEGIN SOLUTION
    return checkpoint(block, x, use_reentrant=False)
    # END SOLUTION


def fixed_b(layers, x, coin):
    """Stochastic depth: each layer is used if `coin()` says so."""
    # BEGIN SOLUTION
    chosen = [layer for layer in layers if coin()]
    return checkpoint(in_a_row, chosen, x, use_reentrant=False)
    # END SOLUTION


def fixed_c(block, x, rng):
    """Dropout on the input; `rng` is a NumPy generator."""
    # BEGIN SOLUTION
    mask = torch.from_numpy(rng.random(x.shape) < 0.5)
    return checkpoint(lambda v: block(v * mask), x, use_reentrant=False)
    # END SOLUTION


def fixed_d(before, norm, after, x):
    """`norm` is a BatchNorm layer."""
    # BEGIN SOLUTION
    return again(after, norm(again(before, x)))
    # END SOLUTION


# %% check
class Watched(nn.Module):
    """A layer that counts its calls; `calls` is a list shared with others."""

    def __init__(self, inner, calls):
        super().__init__()
        self.inner, self.calls = inner, calls

    def forward(self, v):
        self.calls.append(1)
        return self.inner(v)


def ward(seed, calls):
    """Four square layers that count their calls, a norm, and data without gradient."""
    lines = [
        nn.Sequential(drawn(nn.Linear(3, 3), seed + i), nn.Tanh()) for i in range(4)
    ]
    data = tensor(np.random.default_rng(seed).normal(size=(5, 3)))
    return [Watched(line, calls) for line in lines], nn.BatchNorm1d(3).double(), data


def treated(case, run, seed, coins=(1, 1, 0, 1, 0, 1, 1, 1), needs_grad=False):
    """(facts: result, gradients, norm, coins left; calls of layers) of one step."""
    calls, used = [], iter(coins)
    layers, norm, x = ward(seed, calls)
    x.requires_grad_(needs_grad)
    rest = {
        "A": lambda: run(layers[0], x),
        "B": lambda: run(layers, x, lambda: bool(next(used))),
        "C": lambda: run(layers[0], x, np.random.default_rng(seed)),
        "D": lambda: run(layers[0], norm, layers[1], x),
    }
    y = rest[case]()
    head = drawn(nn.Linear(3, 1), seed + 9)
    head(y).square().sum().backward()
    params = [p for layer in [*layers, norm] for p in layer.parameters()]
    grads = ["None" if p.grad is None else p.grad for p in [*params, x]]
    tracked = [norm.num_batches_tracked.item(), norm.running_mean, norm.running_var]
    return [y, grads, tracked, len(list(used))], len(calls)


def plain_c(block, x, rng):
    """Case C without a checkpoint."""
    return block(x * torch.from_numpy(rng.random(x.shape) < 0.5))


WORDS = ("reentrant", "another graph", "foreign randomness", "updated twice")
WORDS += ("changed weight", "early stop")


def in_words(came):
    if not isinstance(came, dict) or sorted(came) != ["A", "B", "C", "D"]:
        return "keep the four keys of the dictionary, and add none"
    odd = [key for key in sorted(came) if came[key] not in WORDS]
    return not odd or f"under {odd[0]!r} stands none of the six words"


def cured(case, *how):
    cures = {
        "A": lambda *given: fixed_a(*given),
        "B": lambda *given: fixed_b(*given),
        "C": lambda *given: fixed_c(*given),
        "D": lambda *given: fixed_d(*given),
    }
    facts, calls = treated(case, cures[case], *how)
    least = {"A": 2, "B": 2 * sum(how[1][:4]) if case == "B" else 0, "C": 2, "D": 3}
    again = "still checkpointed" if calls >= least[case] else "no layer ran again"
    return [*facts, again]


def healthy(case, *how):
    plain = {
        "A": lambda block, x: block(x),
        "B": lambda layers, x, coin: in_a_row([f for f in layers if coin()], x),
        "C": plain_c,
        "D": lambda before, norm, after, x: after(norm(before(x))),
    }
    return [*treated(case, plain[case], *how)[0], "still checkpointed"]


SAME = Tolerance(rel=1e-12, abs=1e-12)
check = Check("e5-diagnosis", visible=0, hidden=3)
check.behaviour("a word for each case", lambda: DIAGNOSIS, in_words)
# BEGIN HIDDEN TESTS
check.hidden()
check.facts(
    "cause",
    DIAGNOSIS,
    truths={
        "A": "reentrant",
        "B": "another graph",
        "C": "foreign randomness",
        "D": "updated twice",
    },
)
seeds = [int(seed) for seed in check.rng.integers(1000, size=4)]
plain_coins = (1, 1, 1, 1, 1, 1, 1, 1)
pair = [("A", seeds[0]), ("A", seeds[1], plain_coins, True)]
check.value("A is mended", cured, healthy, at=pair, tol=SAME)
rows_of_coins = [(1, 1, 0, 1, 0, 1, 1, 1), (0, 1, 1, 0, 1, 1, 0, 0)]
tosses = [("B", seeds[2], row) for row in rows_of_coins]
check.value("B is mended", cured, healthy, at=tosses, tol=SAME)
pair = [("C", seeds[3]), ("C", seeds[1], plain_coins, True)]
check.value("C is mended", cured, healthy, at=pair, tol=SAME)
pair = [("D", seeds[0]), ("D", seeds[2], plain_coins, True)]
check.value("D is mended", cured, healthy, at=pair, tol=SAME)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 11 · The same, in your own engine
#
# The engine of lesson 4 records as well: each `Value` holds its `.parents`. (Here the
# course's own is used, `autograd_ref.scalar`; to try yours, bind its names in a cell of
# your own.) What does a checkpoint need from it? Three things.
#
# - A **switch**: with `mode.recording = False`, operations give leaves, without
#   parents. It is one flag for everybody, so whoever turns it must turn it back, to
#   what it *was*, errors included.
# - A **gradient** that books nothing: `gradient(y, xs)`, as in lesson 6, a list of
#   numbers.
# - A **node whose slopes come late**. A `Value` normally stores the slope towards each
#   parent when it is made. The next cell gives you `late_node(data, parents, slopes)`:
#   a `Value` that asks the function `slopes()` for that list on the way back, each time
#   (and if recording is off when it is made, a plain leaf).
#
# ### Exercise 6 · `engine_checkpoint`
#
# **Goal.** A checkpoint for `Value`s: whatever `f` computes inside, one small node is
# left.
#
# **Signature.** `engine_checkpoint(f, *values) -> Value`, equal to `f(*values)`. `f`
# takes at least one `Value` and returns a `Value`; it uses no other `Value`s than those
# it is given. Second derivatives are not asked for.
#
# **Worked example.** `engine_checkpoint(lambda a, b: (a * b).exp(), a, b)` with $a =
# 0$, $b = 3$ has the data 1; after `backward()`, `a.grad` is 3 and `b.grad` is 0.
#
# *2 points (0 + 2 hidden) · about 12 minutes · difficulty 3 of 5 · importance 3 of 5*
#
# **What the check looks at**
#
# - **value and gradients** (on the worked example visible, worth nothing): also where a
#   value comes in twice, is used outside as well, or not used by `f`; in rows and
#   nests; after two `backward` calls on one graph (leaves add up);
# - **few nodes**: of 300 operations in `f`, at most 12 `Value`s are alive after the
#   call;
# - **the numbers of the call**: if somebody assigns to `.data` before the way back, the
#   slopes are still those of the forward computation, as in the engine;
# - **recording as found**: after the call, after an error in `f`, and after `backward`;
#   with recording off the result has no parents; and `backward` works even if recording
#   is off when it is called;
# - **at most two evaluations** of `f`, forwards and backwards together.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Forwards: the number only. Backwards: fresh leaves, `f` again with recording on,
# `gradient`.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *few nodes* fails if `f` runs with recording on and the result is kept.
# - *the numbers of the call* fails if the fresh leaves read `v.data` on the way back.
# - *recording as found* fails after an error without `try ... finally`; and if you
#   switch to `True` at the end instead of to what it was.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def recorded(on): ...          # f on fresh leaves, the switch at `on`, then put back
#
# numbers = ...                  # now, not later
# data = ...                     # f, nothing recorded
# def slopes():
#     ...                        # f again, recorded; gradient(result, leaves)
# return late_node(data, values, slopes)
# ```
#
# </details>


# %%
class Late:
    """Slopes that are worked out when a backward walk asks, each time it does."""

    def __init__(self, ask):
        self.ask = ask

    def __iter__(self):
        return iter(self.ask())


def late_node(data, parents, slopes):
    """A Value with these parents; `slopes()` gives one number for each."""
    node = Value(data)
    if mode.recording:
        node._x, node._y, node._dx = tuple(parents), _MANY, Late(slopes)
        node.op = "checkpoint"
    return node


a, b = Value(2.0), Value(5.0)
c = late_node(10.0, (a, b), lambda: print("slopes, please!") or [5.0, 2.0])
print("nothing asked yet;", c.parents)
(c * c).backward()
print(a, b)


# %% solution="e6-engine-checkpoint"
def engine_checkpoint(f, *values: Value) -> Value:
    """`f(*values)` as one node; `f` is run again on the way back."""
    # BEGIN SOLUTION
    numbers = [v.data for v in values]

    def run(on):
        before, mode.recording = mode.recording, on
        try:
            fresh = [Value(v) for v in numbers]
            y = f(*fresh)
            return gradient(y, fresh) if on else y.data
        finally:
            mode.recording = before

    return late_node(run(False), values, lambda: run(True))
    # END SOLUTION


# %% check
def just(f, *values):
    """No checkpoint."""
    return f(*values)


def long_road(a, b):
    """300 operations."""
    for _ in range(60):
        a = a + (b - a * a * a) * 0.01
    return a


VALUE_PROGRAMS = {
    "example": lambda ck, a, b: ck(lambda u, v: (u * v).exp(), a, b),
    "long": lambda ck, a, b: ck(long_road, a, b),
    "twice": lambda ck, a, b: ck(lambda u, v, w: u * v.sin() + w, a, a, b),
    "outside": lambda ck, a, b: ck(lambda u: (u * u).tanh(), a) * a + b * a,
    "unused": lambda ck, a, b: ck(lambda u, v: u**3, a, b) + ck(lambda u: u, b),
    "nest": lambda ck, a, b: ck(lambda u, v: ck(long_road, v, u) * u, a, b).sin(),
}


def in_rows(ck, a, b):
    """Six checkpoints, each on the result of the one before."""
    for _ in range(6):
        a = ck(lambda u, v: (u * v + u).tanh(), a, b)
    return a


VALUE_PROGRAMS["rows"] = in_rows


def walked(ck, name, x, y, times=1):
    a, b = Value(x), Value(y)
    z = VALUE_PROGRAMS[name](ck, a, b)
    for _ in range(times):
        z.backward(2.5)
    return [z.data, a.grad, b.grad]


def walked_mine(*case):
    return walked(engine_checkpoint, *case)


def walked_plain(*case):
    return walked(just, *case)


def left_over(x, y):
    a, b = Value(x), Value(y)
    gc.freeze()  # from here on, only what is new is listed
    try:
        z = engine_checkpoint(long_road, a, b)
        gc.collect()
        more = sum(issubclass(type(one), Value) for one in gc.get_objects())
    finally:
        gc.unfreeze()
    z.backward()
    return [more, a.grad]


def few(got, x, y):
    return got[0] <= 12 or f"{got[0]} new Values are alive after the call"


def late_change(ck, x, y):
    a, b = Value(x), Value(y)
    z = VALUE_PROGRAMS["example"](ck, a, b)
    a.data, b.data = 7.0, -7.0
    z.backward()
    return [a.grad, b.grad]


def switch(on):
    a, kept = Value(1.5), engine.mode.recording
    seen = []
    try:
        engine.mode.recording = on
        z = engine_checkpoint(lambda v: v * v, a)
        seen += [engine.mode.recording, len(z.parents) > 0]
        try:
            engine_checkpoint(lambda v: v * v / "no number", a)
        except Exception:
            seen.append(engine.mode.recording)
        engine.mode.recording = True
        z = engine_checkpoint(lambda v: v * v, a)
        engine.mode.recording = on
        z.backward()
        seen.append(engine.mode.recording)
    finally:
        engine.mode.recording = kept
    return [seen, a.grad]


def evaluations(count, x):
    a = Value(x)
    engine_checkpoint(lambda v: v * count(1.0), a).backward()


EXACTLY = Tolerance(rel=1e-12, abs=1e-12)
check = Check("e6-engine-checkpoint", visible=0, hidden=2)
shown = [("example", 0.0, 3.0), ("example", 0.5, -0.8)]
check.value("value and gradients", walked_mine, walked_plain, at=shown, tol=EXACTLY)
# BEGIN HIDDEN TESTS
check.hidden()
x, y = (float(value) for value in check.random(2))
every = [(program, x, y) for program in VALUE_PROGRAMS]
check.value("value and gradients", walked_mine, walked_plain, at=every, tol=EXACTLY)
check.value(
    "value and gradients",
    walked_mine,
    walked_plain,
    at=[(*case, 2) for case in every],
    tol=EXACTLY,
)
check.behaviour("few nodes", left_over, few, at=[(x, y)])
check.value(
    "the numbers of the call",
    lambda *case: late_change(engine_checkpoint, *case),
    lambda *case: late_change(just, *case),
    at=[(x, y)],
    tol=EXACTLY,
)
check.value("recording as found", switch, lambda on: [[on] * 4, 3.0], at=[True, False])
check.calls("at most two evaluations", evaluations, lambda v: v, at=[x], at_most=2)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# One afterthought. A function with *one* number as its result needs no second run: with
# its slopes in hand (a handful of numbers) the graph inside can be dropped at once. For
# arrays that would be a Jacobian, which is why PyTorch recomputes.
#
# ## 12 · Break it
#
# Three mistakes. For each: what is the symptom, and which property of exercises 2 and 4
# catches it? Run, name it, then open the answer.


# %%
def late_binding(layers, v, size=2):
    for start in range(0, len(layers), size):
        part = layers[start : start + size]
        v = checkpoint(lambda v: in_a_row(part, v), v, use_reentrant=False)  # noqa: B023
    return v


def one_big(layers, v, **how):
    return checkpoint(in_a_row, layers, v, use_reentrant=False, **how)


def slopes(run, layers, how):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(9)
        y = run(layers, data, **how).square().sum()
        return [round(g, 3) for g in torch.autograd.grad(y, weight)[0][0].tolist()]


wet = [nn.Sequential(line, nn.Dropout(0.3)) for line in lines]
tries = {"plain": (in_a_row, {}), "A": (late_binding, {}), "B": (one_big, {})}
tries["C"] = (one_big, {"preserve_rng_state": False})
for name, (run, how) in tries.items():
    print(f"{name:5}", slopes(run, lines, how), slopes(run, wet, how), end=" ")
    print(f"32 layers: {max(weigh(slopes, run, lines * 8, how))} bytes")

# %% [markdown]
# <details><summary>Which property catches which?</summary>
#
# - **A** reads a loop variable too late: when the second call comes, the loop is over,
#   and `part` is the last slice for *every* segment. Same shapes, so no error: a wrong
#   gradient. *result and gradients*, as soon as there are two segments.
# - **B** is right in every number, and useless. *peak memory*, and nothing else.
# - **C** does not bring back the random state. It is right without dropout. *same
#   dropout*, *same random numbers*.
#
# </details>
#
# ## 13 · Further: three cousins
#
# *Nothing here is graded.*
#
# **Selective checkpointing.** Why throw *everything* away? Products of matrices are
# dear to compute, the rest (norms, GELU) is cheap to compute and large to keep.
# `create_selective_checkpoint_contexts` takes a list of operations whose results are
# kept. The next cell keeps products only: less memory than plain, and not one
# multiplication more.
#
# **Hooks on saved tensors.** What is saved may be put elsewhere: `save_on_cpu()` moves
# it to main memory and fetches it back (of use on a graphics card only), and
# `saved_tensors_hooks(pack, unpack)` lets you do anything, such as keeping half the
# bits. That one is no longer exact: see by how much.
#
# **What a compiler does.** `torch.compile` sees forward and backward as *one* graph and
# asks: which values, handed across the middle, are the fewest bytes? That is a minimum
# cut in the graph; what is not handed over is computed again, where it is cheap. For a
# chain of five pointwise functions: how many tensors must cross?

# %%
products = [torch.ops.aten.mm.default, torch.ops.aten.addmm.default]
contexts = checkpointing.create_selective_checkpoint_contexts
feeds = [nn.Sequential(block.norms[1], block.feed) for block in model.blocks[:6]]
wide_batch = torch.randn(512, 32, generator=chance)
selective = {"context_fn": lambda: contexts(products)}
rows = [["six feed-forward blocks", "peak, MB", "millions of products"]]
for name, how in (("plain", None), ("full", {}), ("selective", selective)):

    def step(how=how):
        y = wide_batch
        for feed in feeds:
            again = {"use_reentrant": False, **(how or {})}
            y = feed(y) if how is None else checkpoint(feed, y, **again)
        y.square().mean().backward()
        model.zero_grad()

    rows.append([name, max(weigh(step)) / 1e6, work(step)])
table(rows, caption="Selective checkpointing")


# %%
def gradient_with(hooks):
    """All gradients of the small transformer in one vector, saved tensors hooked."""
    with hooks:
        loss = model.loss(tokens)
    return torch.cat(
        [g.flatten() for g in torch.autograd.grad(loss, list(model.parameters()))]
    )


def pack(t):
    return t.bfloat16() if t.dtype == torch.float32 else t


exact = gradient_with(contextlib.nullcontext())
for name, hooks in [
    ("save_on_cpu", save_on_cpu()),
    (
        "half the bits",
        saved_tensors_hooks(
            pack, lambda t: t.float() if t.dtype == torch.bfloat16 else t
        ),
    ),
]:
    error = (gradient_with(hooks) - exact).norm() / exact.norm()
    print(f"{name:14} gradient off by {error.item():.1e} (relative)")

# %%
import functorch.compile as fc  # type: ignore[import-untyped]  # noqa: E402


def five(v):
    return v.sin().cos().sin().cos().square()


def crossing(partition):
    """How many tensors a compiled forward hands to its backward."""
    seen = []

    def compiler(graph, _):
        last = list(graph.graph.nodes)[-1]
        seen.append(len(last.args[0]) - 1)  # less the result
        return fc.make_boxed_func(graph.forward)

    run = fc.aot_function(five, compiler, compiler, partition_fn=partition)
    run(tensor([0.5], requires_grad=True)).sum().backward()
    return seen[0]


print("cut as written:", crossing(fc.default_partition), end="; ")
print("minimum cut:", crossing(fc.min_cut_rematerialization_partition))

# %% [markdown]
# ## 14 · Check yourself
#
# <details><summary>1. Why does one checkpoint round the whole network save
# nothing?</summary>
#
# The way back begins by computing it again, with everything kept. The peak only comes
# later.
#
# </details>
# <details><summary>2. For which networks is one checkpoint per layer the best of the
# simple schemes?</summary>
#
# Where a layer keeps much more inside than it passes on: about $n$ times as much or
# more, as transformer blocks do.
#
# </details>
# <details><summary>3. Your colleague's checkpointed network trains, but its first block
# never changes. What do you look for?</summary>
#
# A missing `use_reentrant=False`, and an input that requires no grad.
#
# </details>
# <details><summary>4. Loss and gradients agree bit for bit with the plain network. In
# `eval()` they do not. What is inside?</summary>
#
# BatchNorm: its statistics moved twice per step.
#
# </details>
# <details><summary>5. Does checkpointing help at inference?</summary>
#
# No. Under `no_grad` nothing is kept, so there is nothing to drop.
#
# </details>
#
# ## 15 · In the wild
#
# In January 2023 somebody froze the embeddings of a language model in Hugging Face
# `transformers`, switched gradient checkpointing on, and found that no gradient was
# computed at all: [issue
# 21381](https://github.com/huggingface/transformers/issues/21381). Its title already
# names the cure, `use_reentrant=False`. With adapters (LoRA), where all the large
# weights are frozen, the same thing came back as ["Gradient checkpointing should have
# no functional impact"](https://github.com/huggingface/transformers/issues/26221): the
# option had been given, and a trainer put the old default back. The title is the best
# test that one can write: run one step with and without, and compare every gradient.
# For BatchNorm the impact is still there by design; that is [PyTorch's issue
# 96136](https://github.com/pytorch/pytorch/issues/96136).
#
# ## 16 · Interview corner
#
# **"When do you checkpoint?"** When activations, not weights and optimiser, fill the
# memory; after cheaper cures (fused attention, smaller batches with accumulation). Per
# block, `use_reentrant=False`. *Evidence:* the table "Who needs the memory?" and the
# attention table of section 6.
#
# **"What does it cost?"** One more forward pass: $1/(1 + r)$ of a step, about a third.
# *The trap:* "a third of the forward pass" (it is all of it), and the $r = 1$ of a
# frozen network. *Evidence:* the two `frozen` lines of section 6.
#
# **"Is the gradient the same?"** To the bit, if `f` is the same function both times.
# *The trap:* name three ways in which it is not. *Evidence:* the outputs of section 8.
#
# ## 17 · Stretch: the exact price
#
# **Goal.** The fewest extra layer calls with which one can go back through a chain.
#
# **The rules.** A chain of $n$ layers. The input stays in memory throughout. Besides it
# there are `slots` places for activations between layers. Run ahead: from an activation
# that is in memory, through a layer, one call, nothing kept; the result is carried on
# or put into a slot. To go back through layer $i$, the activation before it must be
# there (in memory or carried), and the layer is called once more, recorded. Layers go
# back in order, the last one first. Each layer is called once recorded; that makes $n$
# calls. All others are **extra**.
#
# **Signature.** `min_recompute(n, slots) -> int`, for $n \ge 1$, `slots` $\ge 0$; up to
# $n = 60$ within a second.
#
# **Worked example.** `min_recompute(3, 0)`: 2 calls ahead for the third layer, 1 for
# the second, 0 for the first: 3. With one slot: ahead once, fill it; ahead once more;
# back through the third; back through the second from the slot; back through the first:
# 2 extra.
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks · about 20
# minutes · difficulty 4 of 5*
#
# **What the check looks at**
#
# - **fewest extra calls**: short chains, against a search through all schedules;
# - **long chains**: against the closed form.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Where does the *first* slot go? Behind $m$ layers. What is left to do on its right,
# and with how many slots? And on its left?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *fewest extra calls* fails at `(4, 1)` if you always halve: that is 4 there, and 4 is
# right; at `(6, 1)` halving gives 9, and 8 is possible. More slots than layers must not
# make it worse.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# price = {...}                    # (length, no slot) -> extra calls: no choice there
# for free in range(1, ...):
#     for length in range(1, n + 1):
#         splits = [m + ... + ... for m in range(1, length)]
#         price[length, free] = min(splits, default=...)
# return price[n, slots]
# ```
#
# </details>


# %% solution="s9-min-recompute"
def min_recompute(n: int, slots: int) -> int:
    """Fewest layer calls beyond n to go back through n layers with `slots` slots."""

    # BEGIN SOLUTION
    @functools.cache
    def price(length, free):
        if not free:
            return math.comb(length, 2)
        ends = range(1, length)
        splits = (m + price(length - m, free - 1) + price(m, free) for m in ends)
        return min(splits, default=0)

    return price(n, slots)
    # END SOLUTION


# %% check
def searched(n, slots):
    """Dijkstra over (layers left, filled slots, what is carried)."""
    costs, done = {(n, frozenset(), 0): 0}, set()
    while costs:
        state = min(costs, key=costs.get)
        cost = costs.pop(state)
        left, filled, at = state
        if left == 0:
            return cost
        done.add(state)
        near = []
        if at == left - 1:  # back through the last layer that is left
            kept = frozenset(i for i in filled if i < left - 1)
            near += [((left - 1, kept, i), 0) for i in (0, *kept)]
        else:
            near.append(((left, filled, at + 1), 1))
        if at and len(filled) < slots:
            near.append(((left, filled | {at}, at), 0))
        for other, price in near:
            if other not in done and cost + price < costs.get(other, math.inf):
                costs[other] = cost + price
    return None


def by_formula(n, slots):
    """Griewank and Walther's closed form; the input is a slot there."""
    s, r = slots + 1, 0
    while math.comb(s + r, s) < n:
        r += 1
    return r * n - (math.comb(s + r, s + 1) if r else 0)


def asked_price(n, slots):
    return min_recompute(n, slots)


check = Check("s9-min-recompute", visible=1, hidden=1)
check.value(
    "fewest extra calls", asked_price, searched, at=[(3, 0), (3, 1), (4, 1), (6, 1)]
)
check.value("long chains", asked_price, by_formula, at=[(20, 3)])
# BEGIN HIDDEN TESTS
check.hidden()
small = [(n, slots) for n in (1, 2, 5, 7, 8) for slots in (0, 1, 2, 3)]
check.value("fewest extra calls", asked_price, searched, at=[*small, (4, 9)])
sizes = check.rng.integers(25, 60, size=4)
large = [(int(n), slots) for n, slots in zip(sizes, (1, 2, 4, 7), strict=True)]
check.value("long chains", asked_price, by_formula, at=[*large, (60, 5), (30, 0)])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 18 · One page to take away
#
# **The deal.** Keep a segment's input, drop the rest, compute it again on the way back.
# Gradients are equal to the bit. *Checkpoints* are the kept inputs.
#
# **The scale.** Peak over forward *and* backward, of storages; know the inputs, warm
# up. One big checkpoint saves nothing, nor does one per thin layer.
#
# | scheme, $n$ layers of one size | peak | extra calls |
# |---|---|---|
# | none | $n$ | 0 |
# | $k$ segments | $k + n/k$, best $2 \sqrt n$ | $n$ |
# | halves of halves | $\log_2 n$ | $\frac12 n \log_2 n$ |
# | binomial, $n = \binom{s + r}{s}$ | $s$ slots, one inside | below $r n$ |
#
# Inside $a$, boundary $c$: $\sqrt{n a / c}$ segments; for transformer blocks, every
# block.
#
# **The price.** One forward pass: $1/(1 + r)$ of a step, a third at $r = 2$.
#
# **The call.** `checkpoint(f, x, use_reentrant=False)`. Always.
#
# **`f` runs twice.** PyTorch brings back its own random state. It does not bring back
# NumPy's, BatchNorm's statistics, side effects, or a parameter that was changed in
# between, and mostly says nothing.
#
# **First things first.** `need_weights=False`, `no_grad` for evaluation, micro-batches.
# Then checkpoint, and compare one step with and without.
#
# **Next.** Lesson 10: the clinic, where such failures come in without a label. Back to
# the [map of the course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
