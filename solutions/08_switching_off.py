# %% [markdown]
# # Lesson 8 · Switching it off: `no_grad`, `inference_mode`, `detach`, `eval`, freezing
#
# **Reading: about 26 minutes** (at 200 words a minute, hints included).
# **Exercises: about 80 minutes** for 20 points; the stretch at the end is extra.
#
# Seven lessons were about getting gradients. This one is about *not* getting them:
# while a model is measured, while weights are moved, on one branch of a loss, in one
# half of a network. PyTorch has half a dozen switches for that, and they are confused
# with each other every day, because each of them makes *something* quiet. The
# question is always the same: what exactly does this switch change, and what goes on
# as before?
#
# **After this lesson you can**
#
# - say of each switch what it changes and what it does not, with a proof of two lines;
# - evaluate a model without leaving a trace in it;
# - stop the gradient on one branch, and freeze one half of a network;
# - move weights by hand safely;
# - measure how much memory a switch saves, and where it saves time;
# - build `no_grad` for the engine of lesson 4.
#
# **You need** lesson 6 (leaves, pages, receipts) and, for exercise 6, lesson 4. And
# **PyTorch**: `pip install torch`; a build without a graphics card is enough.

# %%
from importlib.util import find_spec

if find_spec("torch") is None:
    raise ModuleNotFoundError(
        "Lesson 8 needs PyTorch: 'pip install torch' (the CPU build is enough), then "
        "restart the kernel and run this cell again. Lessons 1 to 5 work without it."
    )

import contextlib
import copy
import functools
import threading
import time

import numpy as np
import torch
from torch import nn
from torch.autograd import forward_ad
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from graders import Check
from graders.checks.meter import peak_bytes
from graders.show import figure, subplots, table

# %% [markdown]
# ## 1 · A hook: the model is in `eval()`, and the books are still open
#
# A colleague evaluates a network after each epoch. "I call `model.eval()`, so no
# gradients are computed", she says, "and still the memory is full." Another one wraps
# the evaluation in `torch.no_grad()`. His memory is fine, but calling it twice on the
# same data gives two different losses. Each has switched off something. What?


# %%
def tensor(values, requires_grad=False):
    """A float64 tensor; in single precision no check could be strict."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


def small_net(*layers, seed=0):
    """The layers as one float64 network, with weights drawn from `seed`."""
    net, chance = nn.Sequential(*layers).double(), torch.Generator()
    chance.manual_seed(seed)
    for parameter in net.parameters():
        nn.init.normal_(parameter, generator=chance)
    return net


def flags(net):
    """`training` of every module, the whole first."""
    return [m.training for m in net.modules()]


def receipts(run):
    """How many tensors `run()` keeps for the way back."""
    kept = []
    with saved_tensors_hooks(lambda t: (kept.append(t), t)[1], lambda t: t):
        run()
    return len(kept)


# %%
def hook_net():
    """Linear, BatchNorm, Dropout: a network that behaves differently in training."""
    return small_net(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))


batch = tensor(np.arange(24.0).reshape(8, 3) % 5)

hers = hook_net().eval()
print("eval():    records a graph:", hers(batch).requires_grad, end=", ")
print("keeps", receipts(lambda: hers(batch)), "tensors for the way back")

his = hook_net()
with torch.no_grad():
    first, second = his(batch), his(batch)
print("no_grad(): records a graph:", first.requires_grad, end=", ")
print("two calls agree:", torch.equal(first, second), end=", ")
print("BatchNorm has counted", his[1].num_batches_tracked.item(), "batches")

# %% [markdown]
# Two questions, two switches, and neither answers the other's:
#
# - **Is a graph recorded?** `eval()` has nothing to do with it.
# - **How do the modules behave?** `no_grad()` has nothing to do with that. In training
#   mode, Dropout goes on drawing masks and BatchNorm goes on moving its statistics,
#   gradients or not. An evaluation that changes the model is not an evaluation.
#
# ## 2 · Predict
#
# Three guesses; they earn and cost nothing.
#
# 1. `nn.Dropout(0.5)` in training mode gets a thousand ones under `torch.no_grad()`.
#    Does it still set some of them to zero? (`True` or `False`)
# 2. `loss = w * w` is computed for a leaf $w = 3$. Then, *inside* a `no_grad` block,
#    somebody calls `loss.backward()`. What stands in `w.grad`? (0 if nothing)
# 3. A layer $y = 5 x$ is frozen: its weight 5 has `requires_grad=False`. $x$ is the
#    result of an earlier, trainable layer. What is the slope of $y$ that comes back to
#    $x$? (0 if none)

# %% solution="p8-guesses"
guesses = {
    "Dropout still drops": None,
    "w.grad": None,
    "slope that comes back": None,
}
# BEGIN SOLUTION
guesses = {
    "Dropout still drops": True,
    "w.grad": 6,
    "slope that comes back": 5,
}
# END SOLUTION


# %% check
def still_drops():
    with torch.no_grad():
        return bool((nn.Dropout(0.5)(torch.ones(1000)) == 0).any())


def page_from_inside():
    spot = tensor(3.0, requires_grad=True)
    loss = spot * spot
    with torch.no_grad():
        loss.backward()
    return spot.grad.item()


def through_the_ice():
    spot, frozen = tensor(2.0, requires_grad=True), tensor(5.0)
    (frozen * spot).backward()
    return spot.grad.item()


check = Check("p8-guesses", visible=0, hidden=0)
check.facts(
    "guess",
    guesses,
    truths={
        "Dropout still drops": still_drops,
        "w.grad": page_from_inside,
        "slope that comes back": through_the_ice,
    },
)
check.score()

# %% [markdown]
# ## 3 · `no_grad`: stops recording, and nothing else
#
# It comes in three forms: a block, a decorator, and, where the decision is a value,
# `set_grad_enabled(flag)`. Tutorials say that under `no_grad`, tensors that require
# grad "do not accumulate gradients". Is that so? Guess each line of the second cell
# below before you run it.


# %%
def attempt(probe):
    """`probe()`, or the name and first words of the error that it raised."""
    try:
        return probe()
    except Exception as error:
        words = " ".join(str(error).split())
        words = words if len(words) < 99 else words[:96] + "..."
        return f"({type(error).__name__}: {words})"


@torch.no_grad()
def score(net, X):
    """Decorated: the switch is off in every call, however it ends."""
    return net(X)


@torch.no_grad()
def scores(net, parts):
    """A generator: the switch is off while it runs, not while it waits."""
    for X in parts:
        yield net(X)


# %%
layer = nn.Linear(3, 2).double()
with torch.no_grad():
    print("block:     ", layer(batch).grad_fn)
print("decorator: ", score(layer, batch).grad_fn)
for training in (True, False):
    with torch.set_grad_enabled(training):
        print(f"set_grad_enabled({training}):", layer(batch).requires_grad)
for result in scores(layer, [batch]):
    print(
        "generator: ", result.grad_fn, "- outside, recording:", torch.is_grad_enabled()
    )
with torch.no_grad(), torch.enable_grad():
    print("enable_grad inside no_grad:", layer(batch).requires_grad)

forms = {
    "2-D": layer(batch),
    "1-D": layer(batch[0]),
    "3-D": layer(batch[None]),
    "no bias": nn.Linear(3, 2, bias=False).double()(batch),
}
print({name: t.grad_fn.name() for name, t in forms.items()})

# %%
w = tensor([3.0], requires_grad=True)
loss = (w * w).sum()
with torch.no_grad():
    loss.backward()
    print("backward inside no_grad:          w.grad =", w.grad.item())
    print("a layer made inside requires grad:", nn.Linear(2, 2).weight.requires_grad)
    inside: list[bool] = []
    other = threading.Thread(target=lambda: inside.append(torch.is_grad_enabled()))
    other.start()
    other.join()
    print("a new thread records:            ", inside[0])


def tangent(switch):
    """Slope of v ** 3 at 2 by forward mode (lesson 6), with `switch` on."""
    with switch, forward_ad.dual_level():
        dual = forward_ad.make_dual(tensor(2.0), tensor(1.0))
        return forward_ad.unpack_dual(dual**3).tangent


print("forward mode under no_grad:       ", tangent(torch.no_grad()))

# %% [markdown]
# - It stops *recording*, not accumulation. A graph that exists may be walked at any
#   time; pages fill as ever.
# - What *you* declare to be a leaf that requires grad is one: the switch looks at
#   results of operations only.
# - It is set **for each thread**: a data loader's thread that you start inside a block
#   records happily. (The stretch of this lesson builds that.)
# - Forward mode keeps no books, so there is nothing to switch off.
# - `set_grad_enabled(False)` may also be called as a plain statement. Then it lasts
#   until somebody turns it on again: after an exception, for ever. The block cleans up
#   after itself; prefer it.
# - The last line of the first cell is for those who search their graphs for
#   "LinearBackward". There is no such node: a linear layer is an `addmm`, a `mm`, or a
#   view of one.
#
# ## 4 · `eval()`: how modules behave
#
# `model.eval()` walks through all submodules and sets one attribute: `training =
# False`. Two families of modules look at it: Dropout and its relatives, and
# normalisation layers with running statistics. Here is an evaluation as one often sees
# it. Call it twice on the same data:


# %%
def careless(net, X, y):
    """An evaluation as one often sees it: no_grad, and that is all."""
    with torch.no_grad():
        logits = net(X)
    right = (logits.argmax(1) == y).double()
    return functional.cross_entropy(logits, y).item(), right.mean().item()


def classifier(seed=0):
    """Three inputs, three classes; BatchNorm that has seen data, and Dropout."""
    layers = [nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Dropout(0.5)]
    net = small_net(*layers, nn.Linear(4, 3), seed=seed)
    net[1].running_mean.copy_(tensor([0.5, -1.0, 0.2, 0.8]))
    net[1].running_var.copy_(tensor([0.6, 2.0, 1.3, 0.9]))
    return net


def labelled(seed, sizes):
    """Batches (X, y) of the given sizes: three inputs, labels 0 to 2."""
    chance = np.random.default_rng(seed)
    inputs = [tensor(chance.normal(size=(n, 3))) for n in sizes]
    return [(X, torch.tensor(chance.integers(0, 3, size=len(X)))) for X in inputs]


# %%
((X, y),) = labelled(0, [40])
net = classifier()
for call in ("first", "second"):
    loss_, accuracy = careless(net, X, y)
    print(f"{call:7} loss {loss_:.4f}, accuracy {accuracy:.3f}", end=", ")
    print("running mean", [round(v, 2) for v in net[1].running_mean.tolist()])
net.eval()
print("eval(): both", careless(net, X, y) == careless(net, X, y), careless(net, X, y))
one = attempt(lambda: careless(net.train(), X[:1], y[:1]))
print("one example, training mode:", one)

parts = [(1, 1), (0, 3)]  # (right, examples) of two batches
mean_of_means = sum(r / n for r, n in parts) / len(parts)
print("accuracy: mean of means", mean_of_means, "all examples", 1 / 4)
logits = tensor(np.arange(24.0).reshape(2, 3, 4) % 7)  # batch, positions, classes
for dim in (1, -1):
    print(f"softmax(dim={dim}): sums", logits.softmax(dim).sum(-1)[0].tolist())
print("softmax(dim=1) of one example:", attempt(lambda: logits[0, 0].softmax(dim=1)))

tuned = classifier().train()
tuned[1].eval()  # fine-tuning: BatchNorm keeps the statistics of the big data set
before = flags(tuned)
print("flags before:", before, "after eval(), train():", flags(tuned.eval().train()))

# %% [markdown]
# Mistakes of a few lines each, nearly all of them silent:
#
# - Without `eval()`, evaluation is random *and changes the weights' companions*, the
#   buffers. (With a last batch of one example, BatchNorm refuses: the loud one.)
# - A mean over batches is not a mean over examples unless all batches are equal. The
#   last one seldom is.
# - `softmax(dim=1)` is right for `(batch, classes)`; with one more axis it normalises
#   over *positions*, and nothing sums to 1. Say `dim=-1`.
# - The usual repair, `model.eval(); ...; model.train()`, has its own trap (last line):
#   it switches *every* submodule to training, those that somebody had put into `eval()`
#   on purpose too.
#
# `training` is one flag **for each module**. Whoever changes it for a while has to put
# back each flag as it was, and to do so even if something fails in between.
#
# ### Exercise 1 · An evaluation that leaves no trace
#
# **Goal.** Write `evaluate(model, loader)`: loss and accuracy over all examples, and
# afterwards nothing is different from before.
#
# **Signature.** `evaluate(model, loader) -> dict` with the keys `"loss"` and
# `"accuracy"`, two floats. `loader` yields pairs `(X, y)`, at least one, and can be
# walked through only once; `y` holds class numbers, `model(X)` the logits, of shape
# `(len(X), classes)`. The loss is `functional.cross_entropy`. Both are means over
# *examples*; batches may differ in size.
#
# **Worked example.** Two batches of 1 and 3 examples. The first is all right with loss
# 0.2, the second all wrong with mean loss 1.0: `{"loss": 0.8, "accuracy": 0.25}`.
#
# *4 points (1 + 3 hidden) · about 16 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **loss and accuracy**, to 12 digits, in evaluation mode, for equal and unequal
#   batches;
# - **two floats**: not tensors;
# - **every flag is as before**: `training` of each module, in any mixture;
# - **flags after an exception**: the loader breaks down half-way; the exception reaches
#   the caller, and the flags are put back all the same;
# - **the model stays as it was**: parameters, buffers, `.grad`, `requires_grad`;
# - **no tensor is saved** for a way back;
# - **the global switch is as before**: `torch.is_grad_enabled()`, on or off, after an
#   exception too.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two switches, one for each question of section 1. One of them cleans up by itself if
# you use it as a block. For the other: what does Python offer for "do this at the end,
# whatever happens"?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *loss and accuracy* fails at batches of 3 and 1 if you average the averages;
#   `reduction="sum"` helps.
# - *every flag is as before* fails if the model came in `eval()`, or with BatchNorm
#   alone in `eval()`, and you call `model.train()` at the end.
# - *no tensor is saved* fails if you call `.detach()` on the result: by then the
#   receipts have been written.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# flags = ...                          # each module with its flag
# total, right, count = 0.0, 0, 0
# ...                                  # evaluation mode
# try:
#     with ...:                        # nothing is recorded
#         for X, y in loader:
#             ...                      # sums, not means
# finally:
#     ...                              # each flag as it was
# return {"loss": ..., "accuracy": ...}
# ```
#
# </details>


# %% solution="e1-evaluate"
def evaluate(model, loader) -> dict[str, float]:
    """Mean cross-entropy and accuracy over all examples; the model stays as it was."""
    # BEGIN SOLUTION
    found = [(module, module.training) for module in model.modules()]
    total, right, count = 0.0, 0, 0
    model.eval()
    try:
        with torch.no_grad():
            for X, y in loader:
                logits = model(X)
                total += functional.cross_entropy(logits, y, reduction="sum").item()
                right += (logits.argmax(dim=1) == y).sum().item()
                count += len(y)
    finally:
        for module, flag in found:
            module.training = flag
    return {"loss": total / count, "accuracy": right / count}
    # END SOLUTION


# %% check
def with_flags(net, mixture):
    """`net`, with the `training` flags of its modules as named."""
    net.train(mixture != "all off")
    if mixture == "BatchNorm off":
        net[1].eval()
    if mixture == "only Dropout on":
        net.eval()
        net[3].train()
    return net


def breaks_down(batches):
    """Yields the batches, then fails as a disk does."""
    yield from batches
    raise OSError("the disk is gone")


def measured(seed, sizes):
    """What `evaluate` says; with masks that repeat, should it leave Dropout on."""
    with torch.enable_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(8)
        return evaluate(classifier(seed), iter(labelled(seed, sizes)))


def by_hand(seed, sizes):
    """The same network in NumPy, as it behaves in evaluation mode."""
    part = {k: v.numpy() for k, v in classifier(seed).state_dict().items()}
    X = np.concatenate([X.numpy() for X, _ in labelled(seed, sizes)])
    y = np.concatenate([y.numpy() for _, y in labelled(seed, sizes)])
    z = X @ part["0.weight"].T + part["0.bias"] - part["1.running_mean"]
    z = z / np.sqrt(part["1.running_var"] + 1e-5) * part["1.weight"] + part["1.bias"]
    z = np.tanh(z) @ part["4.weight"].T + part["4.bias"]
    losses = np.log(np.exp(z).sum(1)) - z[np.arange(len(y)), y]
    return {"loss": losses.mean(), "accuracy": (z.argmax(1) == y).mean()}


def kinds(sizes):
    with torch.enable_grad():
        came = evaluate(classifier(), labelled(0, sizes))
    return [sorted(came), [isinstance(value, float) for value in came.values()]]


def run_through(net, broken):
    """Evaluate, with a loader that may break down; the name of what came out of it."""
    batches = labelled(0, (4, 4))
    try:
        evaluate(net, breaks_down(batches) if broken else batches)
    except OSError as error:
        return type(error).__name__
    return "no error"


def flags_after(mixture, broken):
    net = with_flags(classifier(), mixture)
    with torch.enable_grad():
        said = run_through(net, broken)
    return [said, flags(net)]


def flags_before(mixture, broken):
    said = "OSError" if broken else "no error"
    return [said, flags(with_flags(classifier(), mixture))]


def state(net):
    grads = ["None" if p.grad is None else p.grad for p in net.parameters()]
    asked = [p.requires_grad for p in net.parameters()]
    return [[v.numpy() for v in net.state_dict().values()], grads, asked]


def booked_net(booked):
    net = classifier()
    net[0].requires_grad_(False)
    for p in net[4].parameters():
        p.grad = None if booked is None else torch.full_like(p, booked)
    return net


def state_after(booked):
    net = booked_net(booked)
    with torch.enable_grad():
        evaluate(net, labelled(0, (4, 2)))
    return state(net)


def state_before(booked):
    return state(booked_net(booked))


def kept(mixture):
    net = with_flags(classifier(), mixture)
    with torch.enable_grad():
        return receipts(lambda: evaluate(net, labelled(0, (4, 2))))


def switch_after(on, broken):
    with torch.set_grad_enabled(on):
        said = run_through(classifier(), broken)
        return [said, torch.is_grad_enabled(), torch.is_inference_mode_enabled()]


def switch_before(on, broken):
    return ["OSError" if broken else "no error", on, False]


check = Check("e1-evaluate", visible=1, hidden=3)
check.value("loss and accuracy", measured, by_hand, at=[(0, (4, 4)), (1, (3, 1))])
form = [["accuracy", "loss"], [True, True]]
check.value("two floats", kinds, [form], at=[((2, 2),)])
check.value(
    "every flag is as before", flags_after, flags_before, at=[("all on", False)]
)
# BEGIN HIDDEN TESTS
check.hidden()
fresh = [int(check.rng.integers(2, 10_000)) for _ in range(4)]
sizes_ = [(7, 3), (5, 5, 1), (1,), (2, 9, 4)]
check.value(
    "loss and accuracy", measured, by_hand, at=list(zip(fresh, sizes_, strict=True))
)
mixtures = ["all on", "all off", "BatchNorm off", "only Dropout on"]
check.value(
    "every flag is as before",
    flags_after,
    flags_before,
    at=[(mixture, False) for mixture in mixtures],
)
check.value(
    "flags after an exception",
    flags_after,
    flags_before,
    at=[(mixture, True) for mixture in mixtures],
)
check.value("the model stays as it was", state_after, state_before, at=[None, 0.5])
check.value("no tensor is saved", kept, lambda mixture: 0, at=mixtures)
both_ways = [(on, broken) for on in (True, False) for broken in (False, True)]
check.value("the global switch is as before", switch_after, switch_before, at=both_ways)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 5 · `inference_mode`: tensors that will never be trained on
#
# `no_grad` leaves the results ordinary: they count how often they are changed in place
# (lesson 6: a receipt that was changed is refused), and a view knows whose view it is.
# `inference_mode` gives that up as well. Its results are **inference tensors**, a class
# of their own. What may be done with one afterwards? Often heard: "it cannot be used to
# compute gradients". Which of these lines fail?

# %%
w = tensor([1.0, 2.0], requires_grad=True)
with torch.inference_mode():
    z, built = tensor([3.0, 4.0]), nn.Linear(2, 1).double()
within = lambda switch: torch.inference_mode()(switch(lambda: (w * 2).requires_grad))
lines = {
    "w + z": lambda: (w + z).requires_grad,
    "w * z": lambda: w * z,
    "w * z.clone()": lambda: (w * z.clone()).requires_grad,
    "mse_loss(w, z)": lambda: functional.mse_loss(w, z),
    "(w - z).square()": lambda: (w - z).square().sum().backward() or w.grad.tolist(),
    "z._version": lambda: z._version,
    "z.requires_grad_()": lambda: z.requires_grad_(),
    "z.add_(1)": lambda: z.add_(1),
    "step of a model built inside": lambda: (
        built(tensor([[1.0, 1.0]])).sum().backward(),
        torch.optim.SGD(built.parameters(), lr=0.1).step(),
    ),
    "enable_grad inside": within(torch.enable_grad()),
    "inference_mode(False) inside": within(torch.inference_mode(False)),
}
for name, line in lines.items():
    print(f"{name:30}", attempt(line))
print("tangent in forward mode inside", tangent(torch.inference_mode()))

# %% [markdown]
# The rule is in the error's words: an inference tensor cannot be **saved for
# backward**, because nobody could tell whether it was changed in the meantime. As a
# *term* it needs no receipt; as a *factor* it does. Compare the fourth line with the
# fifth: the same mathematics, but `mse_loss` saves its target. And an inference
# tensor cannot be changed in place outside, which is why a model that was *built* in
# inference mode fails at its first optimiser step, hours later perhaps. `clone()`
# gives an ordinary copy. Forward mode is off, too: the tangent is gone without a
# word.
#
# So: `inference_mode` for results that leave PyTorch (numbers, images, a file);
# `no_grad` for results that come back into a loss.
#
# Two details. `enable_grad` inside `inference_mode` has no effect;
# `inference_mode(False)` has (last lines). And the saving over `no_grad` is small:
# version counters and views. Section 9 measures it.
#
# ## 6 · The switch panel
#
# All switches, all questions. Each entry of the table below is run when you run the
# cell: a row is a way to compute `y` from a network and an input `x` (itself the result
# of something trainable); a column is a proof of two lines. Which rows will be alike?
# Guess first. In the picture under the table, an entry shows the lines that decided it.


# %%
def begin():
    """The network of the hook, in training mode, and an input that wants a gradient."""
    return hook_net(), batch.clone().requires_grad_()


SWITCHES = {
    "nothing": lambda net, x: net(x),
    "no_grad()": torch.no_grad()(lambda net, x: net(x)),
    "set_grad_enabled(False)": torch.set_grad_enabled(False)(lambda net, x: net(x)),
    "inference_mode()": torch.inference_mode()(lambda net, x: net(x)),
    "net.eval()": lambda net, x: net.eval()(x),
    "net.requires_grad_(False)": lambda net, x: net.requires_grad_(False)(x),
    "net(x.detach())": lambda net, x: net(x.detach()),
    "net(x).detach()": lambda net, x: net(x).detach(),
}


# %%
def records(run):
    y = run(*begin())
    return y.grad_fn is not None


def saves(run):
    net, x = begin()
    return receipts(lambda: run(net, x)) > 0


def counts(run):
    y = run(*begin())
    return isinstance(y._version, int)


def trains(run):
    net, x = begin()
    return run(net, x) is not None and net[1].num_batches_tracked.item() == 1


def usable(combine, run):
    w, y = torch.ones(8, 4, requires_grad=True), run(*begin())
    return combine(w, y).sum().backward() is None and w.grad is not None


# %%
def reaches(leaf, run):
    net, x = begin()
    return run(net, x).sum().backward() is None and leaf(net, x).grad is not None


proofs = {
    "records a graph?": records,
    "saves tensors?": saves,
    "counts versions?": counts,
    "BatchNorm and Dropout train?": trains,
    "usable as w * y?": functools.partial(usable, torch.mul),
    "usable as w + y?": functools.partial(usable, torch.add),
    "gradient to the weights?": functools.partial(
        reaches, lambda net, x: net[0].weight
    ),
    "gradient to x?": functools.partial(reaches, lambda net, x: x),
}

# %%
from autograd_ref.playground import twin

panel = {
    name: {ask: attempt(lambda: proof(run)) is True for ask, proof in proofs.items()}
    for name, run in SWITCHES.items()
}
table(twin("switches", panel, ways=SWITCHES, proofs=proofs), caption="The switch panel")

# %%
from autograd_ref.playground import scene

scene("switches", panel, ways=SWITCHES, proofs=proofs)

# %% [markdown]
# Read it by columns. *Records a graph*: four rows do, `eval()` and freezing among them.
# *BatchNorm and Dropout train*: only `eval()` says no; **freezing does not** stop the
# statistics. *As a factor*: only `inference_mode` says no. The last two columns tell
# freezing from cutting: a frozen network passes the gradient on to `x`; `x.detach()`
# lets the weights learn and nothing before them. And look at the last row: the result
# is cut off, yet tensors were saved. They go when the result's graph goes, at once if
# nobody holds it. It is a cut, not a saving.
#
# ### Exercise 2 · Ten modes
#
# **Goal.** Predict ten facts; then run them in a cell of your own and compare.
#
# Each line starts afresh from this:
#
# ```python
# w = torch.tensor([1.0, 2.0], requires_grad=True)
# net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))     # in training mode
# x = torch.tensor([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]])
# with torch.inference_mode():
#     z = torch.tensor([3.0, 4.0])
# ```
#
# **Answers.** `True`, `False`, a number, or the word `"error"` in quotes, if the line
# raises one. The words before the colon say which switch is on; "afterwards" means that
# all are off again.
#
# **Worked example.** `"no_grad: net(x).requires_grad"` would be `False`.
#
# *4 points (0 + 4 hidden) · about 16 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **every key has an answer** of one of the four forms (visible; this much you see at
#   once);
# - **fact**: each of the ten, compared with what happens (hidden, so that guessing
#   again and again does not help).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Ask two questions of each line: does the switch stop *recording*, or change how
# *modules behave*? And who looks at it: results of operations, or leaves?
#
# </details>
# <details><summary>Hint 2: the facts that go wrong most often</summary>
#
# - A backward walk needs a graph, not permission.
# - `detach` gives another tensor on the same memory.
# - Freezing the *later* layer leaves the earlier one in business.
#
# </details>
# <details><summary>Hint 3: how to run each</summary>
#
# ```python
# with torch.no_grad():
#     ...                    # the line
# print(...)                 # what it asks for
# ```
#
# For the threads, copy the lines of section 3.
#
# </details>

# %% solution="e2-modes"
MODES = {
    "eval: net.eval()(x).requires_grad": None,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": None,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": None,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": None,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": None,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": None,
    "afterwards: w.grad[1] after (w + z).sum().backward()": None,
    "afterwards: w.grad[1] after (w * z).sum().backward()": None,
    "detach: w[1] after w.detach().mul_(10)": None,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) "
    "and net(x).prod().backward()": None,
}
# BEGIN SOLUTION
MODES = {
    "eval: net.eval()(x).requires_grad": True,
    "no_grad: net[1].num_batches_tracked after two calls of net(x)": 2,
    "no_grad: nn.Linear(2, 2).weight.requires_grad": True,
    "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": 4.0,
    "no_grad: torch.is_grad_enabled() in a thread that is started now": True,
    "inference_mode: (w * 2).requires_grad inside a block of enable_grad": False,
    "afterwards: w.grad[1] after (w + z).sum().backward()": 1.0,
    "afterwards: w.grad[1] after (w * z).sum().backward()": "error",
    "detach: w[1] after w.detach().mul_(10)": 20.0,
    "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) "
    "and net(x).prod().backward()": False,
}
# END SOLUTION


# %% check
def start():
    leaf = torch.tensor([1.0, 2.0], requires_grad=True)
    two = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    points = torch.tensor([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]])
    with torch.inference_mode():
        made = torch.tensor([3.0, 4.0])
    return leaf, two, points, made


def counted_twice():
    _, two, points, _ = start()
    with torch.no_grad():
        two(points), two(points)
    return two[1].num_batches_tracked.item()


def born_inside():
    with torch.no_grad():
        return nn.Linear(2, 2).weight.requires_grad


def walked_inside():
    leaf = start()[0]
    total = (leaf * leaf).sum()
    with torch.no_grad():
        total.backward()
    return leaf.grad[1].item()


def next_door():
    said = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: said.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    return said[0]


def insisting():
    leaf = start()[0]
    with torch.inference_mode(), torch.enable_grad():
        return (leaf * 2).requires_grad


def joined(how):
    leaf, _, _, made = start()
    try:
        how(leaf, made).sum().backward()
    except RuntimeError:
        return "error"
    return leaf.grad[1].item()


def through_detach():
    leaf = start()[0]
    leaf.detach().mul_(10)
    return leaf[1].item()


def below_the_ice():
    _, two, points, _ = start()
    two[1].requires_grad_(False)
    two(points).prod().backward()
    return two[0].weight.grad is None


def all_answered(came):
    if not isinstance(came, dict) or len(came) != 10:
        return "keep the ten keys of the dictionary, and add none"
    unanswered = [key for key, answer in came.items() if answer is None]
    if unanswered:
        return f"{len(unanswered)} keys have no answer yet: {unanswered[0]!r} first"
    odd = [k for k, a in came.items() if isinstance(a, str) and a != "error"]
    return not odd or f"under {odd[0]!r} stands another word than 'error'"


check = Check("e2-modes", visible=0, hidden=4)
check.behaviour("every key has an answer", lambda: MODES, all_answered)
# BEGIN HIDDEN TESTS
check.hidden()
check.facts(
    "fact",
    MODES,
    truths={
        "eval: net.eval()(x).requires_grad": lambda: (
            start()[1].eval()(start()[2]).requires_grad
        ),
        "no_grad: net[1].num_batches_tracked after two calls of net(x)": counted_twice,
        "no_grad: nn.Linear(2, 2).weight.requires_grad": born_inside,
        "no_grad: w.grad[1] after loss.backward(), loss = (w * w).sum() from before": (
            walked_inside
        ),
        "no_grad: torch.is_grad_enabled() in a thread that is started now": next_door,
        "inference_mode: (w * 2).requires_grad inside a block of enable_grad": (
            insisting
        ),
        "afterwards: w.grad[1] after (w + z).sum().backward()": lambda: joined(
            torch.add
        ),
        "afterwards: w.grad[1] after (w * z).sum().backward()": lambda: joined(
            torch.mul
        ),
        "detach: w[1] after w.detach().mul_(10)": through_detach,
        "frozen: net[0].weight.grad is None after net[1].requires_grad_(False) "
        "and net(x).prod().backward()": below_the_ice,
    },
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 7 · Moving weights by hand
#
# A weight is a leaf that requires grad; to move it is to change it *without* writing
# that into the books. Optimisers do it, weight averages do it, and one day you will.
# The next cell does a step of descent on $w^2$ from 1 to 0.8 in five ways. Is `w`
# still the leaf that the optimiser knows? Is its *next* gradient right ($2 \cdot 0.8
# = 1.6$)? And what if a graph from *before* the step is run backwards after it? (Its
# gradient is 2.)


# %%
def outcome(step):
    """After a step: is it the same, is it a leaf, the next gradient, an old one."""
    w = tensor(1.0, requires_grad=True)
    (w * w).backward()
    alive = w * w
    moved, w.grad = step(w), None
    (moved * moved).backward()
    following, w.grad = w.grad.item(), None
    refused = attempt(alive.backward)
    return [moved is w, moved.is_leaf, following, refused or w.grad.item()]


ways = {
    "w -= 0.1 * w.grad": lambda w: w.sub_(0.1 * w.grad),
    "w = w - 0.1 * w.grad": lambda w: w - 0.1 * w.grad,
    "the first, under no_grad": torch.no_grad()(lambda w: w.sub_(0.1 * w.grad)),
    "the first, on w.detach()": lambda w: (w.detach().sub_(0.1 * w.grad), w)[1],
    "the first, on w.data": lambda w: (w.data.sub_(0.1 * w.grad), w)[1],
}
rows = [["step", "the same tensor", "a leaf", "next", "from before"]]
for name, step in ways.items():
    found = attempt(functools.partial(outcome, step))
    rows.append([name, *([found, "", "", ""] if isinstance(found, str) else found)])
table(rows, caption="Five ways to move a weight from 1 to 0.8")

# %% [markdown]
# The first is refused on the spot. The second makes a *new* tensor with a graph. The
# leaf that the optimiser knows stays at 1, and the gradient, though it is the right
# number, lands on *its* page, through the step; after a thousand steps it would travel
# through a thousand. (Meta-learning wants precisely that. Training does not.)
#
# The last three seem to be the same until you look at the last column. Under
# `no_grad`, and through `detach()`, a change is *counted*, and the stale receipt is
# refused. Through `.data` it is not counted, and the gradient is wrong without a
# word. So: `no_grad`, in place.
#
# ### Exercise 3 · An average that follows the model
#
# Many recipes keep a second, smoother copy of the model: after each step its weights
# move a little towards the model's. (An *exponential moving average*, EMA.)
#
# **Goal.** Write `ema_update(avg, model, decay)`: every number $a$ of `avg` becomes
# $d\,a + (1 - d)\,m$, where $m$ is the model's number in the same place and $d$ is
# `decay`.
#
# **Signature.** `ema_update(avg, model, decay) -> None`. Two modules of the same
# structure. Parameters and buffers with floating-point numbers are averaged; buffers of
# whole numbers (such as `num_batches_tracked`) are copied. The parameters of `avg` may
# require grad or not.
#
# **Worked example.** Average 1.0, model 2.0, decay 0.9: the average becomes 1.1. A
# counter goes from 3 to the model's 7.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 2 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **weights**: after one update and after several, decay 0 and 1 included;
# - **buffers too**: averaged or copied;
# - **in place**: the tensors of `avg` keep their memory, so that whoever holds one
#   (or a view of one) sees the new numbers;
# - **no graph**: the parameters of `avg` stay leaves and keep their `requires_grad`;
# - **the model stays as it was**, and `.grad` on both sides; recording is on afterwards
#   if it was on before;
# - **inside a training loop**: called between the model's forward pass and its
#   `backward`, the gradients are still right.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Walk through the parameters of both in step; then through the buffers. Which of the
# five ways of the table above?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *no graph* fails where `avg` does not require grad and the model does: `a.mul_(d)`
#   and `a.add_(m)` are operations on something that requires grad.
# - *weights* raises "a leaf Variable that requires grad is being used in an in-place
#   operation" where `avg` does require grad.
# - *in place* fails for `a.data = ...`: that is other memory under the same name.
# - *buffers too*: an average of 3 and 7 batches is no number of batches.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# with ...:
#     for a, m in zip(...):            # parameters
#         a....                        # in place
#     for a, m in zip(...):            # buffers
#         if a.is_floating_point(): ...
#         else: ...
# ```
#
# </details>


# %% solution="e3-ema-update"
def ema_update(avg, model, decay: float) -> None:
    """Move every number of `avg` to decay * itself + (1 - decay) * the model's."""
    # BEGIN SOLUTION
    mine = [*avg.parameters(), *avg.buffers()]
    theirs = [*model.parameters(), *model.buffers()]
    with torch.no_grad():
        for a, m in zip(mine, theirs):
            if a.is_floating_point():
                a.mul_(decay).add_(m, alpha=1 - decay)
            else:
                a.copy_(m)
    # END SOLUTION


# %% check
def normed_net(seed, batches):
    """Linear and BatchNorm; statistics from `seed`, its counter at `batches`."""
    net = small_net(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2), seed=seed)
    chance = np.random.default_rng(seed)
    net[1].running_mean.copy_(tensor(chance.normal(size=4)))
    net[1].running_var.copy_(tensor(chance.uniform(0.5, 2.0, size=4)))
    net[1].num_batches_tracked.fill_(batches)
    return net


def average_and_model(seed, grad):
    """Two networks; the parameters of the first require grad or not."""
    return normed_net(seed, 3).requires_grad_(grad), normed_net(seed + 1, 7)


def averaged(seed, grad, decays):
    avg, net = average_and_model(seed, grad)
    with torch.enable_grad():
        for decay in decays:
            ema_update(avg, net, decay)
    return list(avg.parameters())


def average(mine, theirs, decays):
    mine, theirs = mine.detach().numpy(), theirs.detach().numpy()
    for decay in decays:
        mine = decay * mine + (1 - decay) * theirs
    return mine


def averaged_by_hand(seed, grad, decays):
    both = average_and_model(seed, grad)
    pairs = zip(*(net.parameters() for net in both), strict=True)
    return [average(a, m, decays) for a, m in pairs]


def buffers_after(seed, grad, decays):
    avg, net = average_and_model(seed, grad)
    with torch.enable_grad():
        for decay in decays:
            ema_update(avg, net, decay)
    return dict(avg.named_buffers())


def buffers_by_hand(seed, grad, decays):
    avg, net = average_and_model(seed, grad)
    pairs = zip(avg.named_buffers(), net.buffers(), strict=True)
    found = {name: average(a, m, decays) for (name, a), m in pairs}
    return found | {"1.num_batches_tracked": np.array(7)}


def seen_by_holders(seed, grad, decays):
    avg, net = average_and_model(seed, grad)
    views = [t.detach().view(-1) for t in (*avg.parameters(), *avg.buffers())]
    with torch.enable_grad():
        for decay in decays:
            ema_update(avg, net, decay)
    return views


def all_by_hand(seed, grad, decays):
    buffers = buffers_by_hand(seed, grad, decays).values()
    both = [*averaged_by_hand(seed, grad, decays), *buffers]
    return [np.reshape(a, -1) for a in both]


def graph_after(seed, grad, decays):
    avg, net = average_and_model(seed, grad)
    with torch.enable_grad():
        for decay in decays:
            ema_update(avg, net, decay)
    return [[p.is_leaf, p.requires_grad] for p in avg.parameters()]


def no_graph(seed, grad, decays):
    return [[True, grad]] * 6


def rest_after(seed, booked):
    avg, net = average_and_model(seed, True)
    for p in (*avg.parameters(), *net.parameters()):
        p.grad = None if booked is None else torch.full_like(p, booked)
    with torch.enable_grad():
        ema_update(avg, net, 0.7)
    both = (*avg.parameters(), *net.parameters())
    grads = ["None" if p.grad is None else p.grad for p in both]
    return [list(net.state_dict().values()), grads, torch.is_grad_enabled()]


def rest_before(seed, booked):
    avg, net = average_and_model(seed, True)
    both = (*avg.parameters(), *net.parameters())
    grads = ["None" if booked is None else np.full(p.shape, booked) for p in both]
    return [[v.numpy() for v in net.state_dict().values()], grads, True]


def in_a_loop(seed, grad, decay):
    avg, net = (small_net(nn.Linear(3, 2), seed=seed + i) for i in (0, 1))
    avg.requires_grad_(grad)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    with torch.enable_grad():
        for X, _ in labelled(seed, (4, 4, 2)):
            opt.zero_grad()
            loss = net(X).tanh().square().mean()
            ema_update(avg, net, decay)
            loss.backward()
            opt.step()
    return [net[0].weight, avg[0].weight]


def loop_by_hand(seed, grad, decay):
    avg, net = (small_net(nn.Linear(3, 2), seed=seed + i)[0] for i in (0, 1))
    (W, b), mean = (t.detach().numpy().copy() for t in net.parameters()), avg.weight
    mean = mean.detach().numpy()
    for X, _ in labelled(seed, (4, 4, 2)):
        mean = decay * mean + (1 - decay) * W
        t = np.tanh(X.numpy() @ W.T + b)
        slope = 2 * t * (1 - t**2) / t.size
        W, b = W - 0.1 * slope.T @ X.numpy(), b - 0.1 * slope.sum(0)
    return [W, mean]


check = Check("e3-ema-update", visible=1, hidden=2)
plain = [(0, False, (0.9,)), (1, True, (0.9,))]
check.value("weights", averaged, averaged_by_hand, at=plain)
check.value("buffers too", buffers_after, buffers_by_hand, at=plain[:1])
check.value("in place", seen_by_holders, all_by_hand, at=plain[:1])
check.value("no graph", graph_after, no_graph, at=plain)
# BEGIN HIDDEN TESTS
check.hidden()
seeds = [int(check.rng.integers(2, 10_000)) for _ in range(4)]
several = [(seeds[0], True, (0.9, 0.5, 0.99)), (seeds[1], False, (0.7, 0.2))]
ends = [(seeds[2], False, (0.0,)), (seeds[3], True, (1.0,))]
check.value("weights", averaged, averaged_by_hand, at=[*several, *ends])
check.value("buffers too", buffers_after, buffers_by_hand, at=[*several, *ends])
check.value("in place", seen_by_holders, all_by_hand, at=[*several, *ends])
check.value("no graph", graph_after, no_graph, at=[*several, *ends])
check.value(
    "the model stays as it was",
    rest_after,
    rest_before,
    at=[(seeds[0], None), (seeds[1], 0.5)],
)
loops = [(seeds[2], False, 0.9), (seeds[3], True, 0.6)]
check.value("inside a training loop", in_a_loop, loop_by_hand, at=loops)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 8 · Stopping the gradient: one branch, or one half of a network
#
# `t.detach()` is the same numbers on the same memory, with no graph behind them. It is
# the tool where one *branch* of a loss shall count as a constant. Lesson 6 used it on a
# snippet; here is why one wants it. Suppose a network predicts `p`, and a second
# expression `q`, made of the same weights, serves as its target. Both branches lead
# back to the weights. What does the gradient of $(p - q)^2$ do if nobody cuts?


# %%
def added_up(run):
    """Bytes of all tensors that `run()` keeps for the way back, one by one."""
    sizes = []
    with saved_tensors_hooks(lambda t: (sizes.append(t.nbytes), t)[1], lambda t: t):
        run()
    return sum(sizes)


def tower(depth, width, seed=0):
    """`depth` times Linear and Tanh."""
    layers = [m for _ in range(depth) for m in (nn.Linear(width, width), nn.Tanh())]
    return small_net(*layers, seed=seed)


a = tensor(2.0, requires_grad=True)
for name, target in {
    "no cut": lambda: 3 * a,
    "target cut": lambda: (3 * a).detach(),
    "target under no_grad": torch.no_grad()(lambda: 3 * a),
}.items():
    loss = (a - target()).square()
    print(f"{name:22}", "gradient", torch.autograd.grad(loss, a)[0].item())
prediction = a.detach()
print("prediction cut:       ", attempt((prediction - (3 * a).detach()).backward))

# %% [markdown]
# By hand, at $a = 2$: with both branches, the loss is $(a - 3a)^2 = 4a^2$ with slope
# 16, so descent makes $a$ *smaller*, towards 0, where the two agree because
# both say nothing. With the target cut, $2(a - 6) = -8$: the prediction moves *up*, to
# the target. The cut changed the sign. Nothing crashed in either case.
#
# **Freezing** is `requires_grad_(False)` on the weights of a part. Two questions for
# the next cell. Half of a network frozen: does it matter *which* half? (The bytes are
# those of all saved tensors, added up, weights included.) And: does a frozen weight
# stand still when an optimiser with momentum takes one more step?

# %%
deep, wide = tower(8, 16), tensor(np.ones((32, 16)))
rows = [["frozen", "bytes kept", "weights that get a gradient"]]
for name, part in {
    "nothing": [],
    "first half": deep[:8],
    "second half": deep[8:],
}.items():
    for p in deep.parameters():
        p.requires_grad_(all(p is not q for m in part for q in m.parameters()))
        p.grad = None
    size = added_up(lambda: deep(wide).sum())
    deep(wide).sum().backward()
    found = sum(p.grad is not None for p in deep.parameters())
    rows.append([name, size, f"{found} of {len(list(deep.parameters()))}"])
for how in ("zero_grad()", "zero_grad(set_to_none=False)", "no zero_grad at all"):
    weight = nn.Parameter(tensor([1.0]))
    opt = torch.optim.SGD([weight], lr=0.1, momentum=0.9)
    weight.square().sum().backward()
    opt.step()
    weight.requires_grad_(False)  # frozen, from here on
    if how.startswith("zero"):
        opt.zero_grad(set_to_none="False" not in how)
    opt.step()
    print(f"{how:29} the frozen weight moves by {weight.item() - 0.8:+.3f}")
table(rows, caption="Freezing half of a network")

# %% [markdown]
# Frozen *first* layers need no way back at all, and keep nothing. Frozen *last* layers
# still have to pass the gradient on. (They keep less, too: no inputs for the gradients
# of their weights. And `with torch.no_grad():` round the *second* half would be no
# freezing but a wall.)
#
# And freezing does not stop everything. BatchNorm's statistics you have seen in the
# panel. The other thing is the optimiser: it looks at `.grad`, not at `requires_grad`.
# Only where `.grad` is `None` does the frozen weight stand still. With a page of zeros
# the momentum carries on, and with the old page so does the old gradient. Freeze, then
# `zero_grad()`, or leave the parameter out of the optimiser.
#
# ### Exercise 4 · A target that must not move
#
# In Q-learning, a network estimates how much each *action* is worth in a state. It is
# trained towards "the reward, plus what the next state is worth", and the second part
# is estimated by a network as well: a slowly changing copy, the *target network*. The
# difference between the two sides is the *temporal-difference error*.
#
# **Goal.** Write `td_loss(net, target_net, batch, gamma)`:
#
# $$ \frac1n \sum_i \bigl( Q(s_i)[a_i] - r_i - \gamma\,(1 - \text{done}_i)
# \max_{a'} Q_{\text{target}}(s'_i)[a'] \bigr)^2, $$
#
# with the gradient through $Q(s_i)[a_i]$ only.
#
# **Signature.** `td_loss(net, target_net, batch, gamma) -> Tensor` of one entry,
# shape `()`. `batch` is `(s, a, r, s2, done)`: states of shape `(n, k)`; chosen
# actions, whole numbers of shape `(n,)`; rewards `(n,)`; next states `(n, k)`; and
# `done`, shape `(n,)`, floats, 1.0 where the game ended. Both networks map `(n, k)`
# to `(n, actions)`.
#
# **Worked example.** One state with $Q = (1, 5)$, action 0, reward 2, not done, $\gamma
# = 0.5$, target values $(4, 6)$ in the next state: wanted $2 + 0.5 \cdot 6 = 5$, loss
# $(1 - 5)^2 = 16$, and the slope by the first $Q$ is $-8$. The second $Q$ gets none.
#
# *4 points (1 + 3 hidden) · about 16 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **value**, to 12 digits, and the shape `()`;
# - **gradient through the online branch only**, against the formula;
# - **the target network stays as it was**: numbers, `.grad`, `requires_grad`,
#   `training`; and recording is on afterwards if it was on before;
# - **one network as both**: `td_loss(net, net, ...)` has a gradient through the first
#   branch only as well;
# - **large errors count in full**: an error of 50 has the slope of an error of 50. (A
#   famous program clamped the error itself to $[-1, 1]$: where it clamps, the slope is
#   0, and the worst mistakes teach nothing.)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Compute what is wanted first, under a switch of your choice. To pick one entry from
# each row: `gather`, or an index with two lists.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *value*: if it is too large and you see no reason, look at shapes: `(n, 1)` minus
#   `(n,)` is `(n, n)`.
# - *value* again: `done` belongs to the next state's part only; the reward of the last
#   move counts.
# - *one network as both* fails if you freeze the target by `requires_grad_(False)`:
#   these are the same weights.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# s, a, r, s2, done = batch
# with ...:
#     best = ...                     # (n,): the largest of each row
#     wanted = r + ...
# chosen = ...                       # (n,): the entry a of each row of net(s)
# return ...                         # mean of the squares
# ```
#
# </details>


# %% solution="e4-td-loss"
def td_loss(net, target_net, batch, gamma: float) -> torch.Tensor:
    """Mean squared temporal-difference error; the target branch is a constant."""
    # BEGIN SOLUTION
    s, a, r, s2, done = batch
    with torch.no_grad():
        best = target_net(s2).max(dim=1).values
        wanted = r + gamma * (1 - done) * best
    chosen = net(s).gather(1, a.unsqueeze(1)).squeeze(1)
    return (chosen - wanted).square().mean()
    # END SOLUTION


# %% check
def players(seed, together=False):
    """A network with four actions and its target; or one network as both."""
    net = small_net(nn.Linear(3, 4), seed=seed)
    return net, net if together else small_net(nn.Linear(3, 4), seed=seed + 1)


def moves(seed, n, scale=1.0):
    """`n` moves as (s, a, r, s2, done); rewards of size `scale`."""
    chance = np.random.default_rng(seed)
    s, s2 = tensor(chance.normal(size=(n, 3))), tensor(chance.normal(size=(n, 3)))
    a = torch.tensor(chance.integers(0, 4, size=n))
    r = tensor(scale * chance.normal(size=n))
    done = tensor((np.arange(n) % 3 == 1) * 1.0)
    return s, a, r, s2, done


def td_value(seed, n, gamma, scale, together):
    with torch.enable_grad():
        loss = td_loss(*players(seed, together), moves(seed, n, scale), gamma)
    return [loss, list(loss.shape)]


def td_slopes(seed, n, gamma, scale, together):
    net, target = players(seed, together)
    with torch.enable_grad():
        td_loss(net, target, moves(seed, n, scale), gamma).backward()
    return [net[0].weight.grad, net[0].bias.grad]


def errors_by_hand(seed, n, gamma, scale, together):
    net, target = players(seed, together)
    (W, b), (V, c) = (
        [p.detach().numpy() for p in q.parameters()] for q in (net, target)
    )
    s, a, r, s2, done = (t.numpy() for t in moves(seed, n, scale))
    best = np.array([max(row) for row in s2 @ V.T + c])
    chosen = (s @ W.T + b)[np.arange(n), a]
    return chosen - r - gamma * (1 - done) * best, s, a


def value_by_hand(*case):
    error, _, _ = errors_by_hand(*case)
    return [np.mean(error**2), []]


def slopes_by_hand(*case):
    error, s, a = errors_by_hand(*case)
    each = 2 * error[:, None] * np.eye(4)[a] / len(error)
    return [each.T @ s, each.sum(0)]


def target_after(seed, booked):
    net, target = players(seed)
    for p in target.parameters():
        p.grad = None if booked is None else torch.full_like(p, booked)
    with torch.enable_grad():
        td_loss(net, target, moves(seed, 5), 0.9).backward()
        switch = torch.is_grad_enabled()
    found = list(target.parameters())
    grads = ["None" if p.grad is None else p.grad for p in found]
    return [found, grads, [p.requires_grad for p in found], target.training, switch]


def target_before(seed, booked):
    found = [p.detach().numpy() for p in players(seed)[1].parameters()]
    grads = ["None" if booked is None else np.full(p.shape, booked) for p in found]
    return [found, grads, [True, True], True, True]


check = Check("e4-td-loss", visible=1, hidden=3)
first = [(0, 5, 0.9, 1.0, False)]
check.value("value", td_value, value_by_hand, at=first)
check.value(
    "gradient through the online branch only", td_slopes, slopes_by_hand, at=first
)
check.value(
    "the target network stays as it was", target_after, target_before, at=[(0, None)]
)
# BEGIN HIDDEN TESTS
check.hidden()
dice = [int(check.rng.integers(2, 10_000)) for _ in range(6)]
usual = [(dice[0], 7, 0.9, 1.0, False), (dice[1], 1, 0.5, 1.0, False)]
usual += [(dice[2], 12, 1.0, 2.0, False), (dice[3], 4, 0.0, 1.0, False)]
check.value("value", td_value, value_by_hand, at=usual)
check.value(
    "gradient through the online branch only", td_slopes, slopes_by_hand, at=usual
)
check.value(
    "the target network stays as it was",
    target_after,
    target_before,
    at=[(dice[4], None), (dice[5], 0.5)],
)
twins = [(dice[4], 6, 0.9, 1.0, True), (dice[5], 9, 0.7, 1.0, True)]
check.value("one network as both", td_slopes, slopes_by_hand, at=twins)
check.value("one network as both", td_value, value_by_hand, at=twins)
far = [(dice[0], 6, 0.9, 50.0, False), (dice[1], 5, 0.9, 500.0, False)]
check.value("large errors count in full", td_slopes, slopes_by_hand, at=far)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 9 · What does each switch cost, and what does it save?
#
# "Speeds up inference by 30 to 50 %" is often written about `no_grad`. What is saved is
# the *bookkeeping*: one node for each operation, a fixed price, whatever the size of
# the tensors. So on which of these should the share be large? Times are the best of
# several rounds, in CPU seconds of one thread; yours will differ a little each time.


# %%
def fastest(runs, rounds):
    """Least CPU seconds of each run, on one thread; the runs take turns."""
    best, threads = dict.fromkeys(runs, float("inf")), torch.get_num_threads()
    torch.set_num_threads(1)
    for _ in range(rounds):
        for name, run in runs.items():
            began = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - began)
    torch.set_num_threads(threads)
    return best


def additions(x):
    """Two hundred operations on a single number."""
    for _ in range(200):
        x = x + 1.0
    return x


def views(x):
    """Two hundred views of it: no arithmetic at all."""
    for _ in range(100):
        x = x.view(1, 1).view(1)
    return x


# %%
number = torch.ones(1, requires_grad=True)
works = {  # name -> (what is called, its input, rounds)
    "200 additions": (additions, number, 60),
    "200 views": (views, number, 60),
    "small net, 1 example": (tower(4, 16).float(), torch.ones(1, 16), 150),
    "larger net, 128 examples": (tower(6, 256).float(), torch.ones(128, 256), 40),
}


def under_each(work, x):
    """Switch -> one run of `work`; eval and freezing only where there is a network."""
    blocks = ("nothing", "no_grad()", "inference_mode()", "net(x).detach()")
    runs = {name: functools.partial(SWITCHES[name], work, x) for name in blocks}
    if isinstance(work, nn.Module):
        twins = {"net.eval()": copy.deepcopy(work).eval()}
        twins["all frozen"] = copy.deepcopy(work).requires_grad_(False)
        runs |= {name: functools.partial(twin, x) for name, twin in twins.items()}
    return runs


# %%
rows = [["work", "switch", "time / time with nothing", "bytes kept"]]
fig, ax = subplots(figsize=(8, 3.6))
shares: dict[str, list] = {}
for place, (name, (work, x, rounds)) in enumerate(works.items()):
    runs = under_each(work, x)
    best = fastest(runs, rounds)
    for switch, run in runs.items():
        share = best[switch] / best["nothing"]
        rows.append([name, switch, share, added_up(run)])
        shares.setdefault(switch, []).append((place, share))
for switch, points in shares.items():
    ax.plot(
        *zip(*points, strict=True), ls="-" if switch == "nothing" else "", label=switch
    )
ax.set(xlim=(-0.4, 5.4), ylim=(0, 1.5), ylabel="time / time with nothing")
ax.set_xticks(range(4), [name.replace(", ", ",\n") for name in works])
ax.legend(loc="right")
figure(
    fig,
    alt="Time of four pieces of work under each switch, as a share of the time with "
    "no switch. For additions and views of a single number, no_grad and inference_mode "
    "lie clearly below 1; for the small network a little below; for the larger network "
    "everything lies about 1. Detaching the result, and eval, lie about 1 everywhere.",
    table=rows,
)

# %% [markdown]
# Open the table under the picture for the bytes. What you should see, whatever your
# machine: the gain shrinks from tiny operations to large ones, where products of
# matrices dominate and some per cent are left. `inference_mode` gains over `no_grad`
# on views and tiny operations, hardly on networks. `detach` and `eval()` save nothing
# here. The **memory** is another matter: what is kept goes to 0, at any size. That is
# the reason to switch off.
#
# Two more looks. For a transformer, `eval()` *with* gradients off is faster by far more
# than any bookkeeping; why? The next cell counts the operations that are run. The one
# after it measures memory as it grows with depth: live bytes at the worst moment of the
# forward pass. How much of it will `no_grad` save at 24 layers? And `eval()`?


# %%
class Listed(TorchDispatchMode):
    """Notes the name of each operation that is run inside."""

    def __init__(self):
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))


part = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
encoder, words = nn.TransformerEncoder(part, 2), torch.ones(2, 5, 32)
for training in (True, False):
    for grad in (True, False):
        with torch.set_grad_enabled(grad), Listed() as listed:
            encoder.train(training)(words)
        print(f"training={training!s:5} recording={grad!s:5}", end=" ")
        print(len(listed.names), "operations", set(listed.names[:3]))

# %%
depths, X = [2, 4, 8, 16, 24], tensor(np.ones((64, 32)))
towers = [tower(depth, 32) for depth in depths]
live = {
    name: [peak_bytes(functools.partial(SWITCHES[name], net, X))[0] for net in towers]
    for name in ("nothing", "net.eval()", "no_grad()", "inference_mode()")
}
fig, ax = subplots(figsize=(7, 3.4))
for name, values in live.items():
    ax.plot(depths, [value / 1000 for value in values], label=name, alpha=0.8)
ax.set(xlabel="layers (Linear and Tanh)", ylabel="live kB at the worst moment")
ax.legend()
figure(
    fig,
    alt="Live memory of a forward pass against depth. With no switch, and with eval, "
    "it grows in proportion to the number of layers; under no_grad and inference_mode "
    "it stays at the size of two layers, whatever the depth.",
    table=[["switch", *(f"{d} layers" for d in depths)]]
    + [[name, *values] for name, values in live.items()],
)

# %% [markdown]
# Without a graph, two activations are alive at a time: the one that goes in and the one
# that comes out. With a graph, all of them. (That growth is the subject of lesson 9.)
#
# And the transformer takes *another road* in `eval()` without a graph: one fused
# operation for a whole layer, written for inference. It is not the switch that is fast,
# it is the other kernel that the switch allows. In training mode, `no_grad` runs nearly
# the same operations as before.
#
# ### Exercise 5 · An honest meter
#
# `added_up` above is quick and not honest. Tanh keeps its result, and the next layer
# keeps the same tensor as its input: one piece of memory, counted twice. It counts a
# weight, too, which is there with or without a graph.
#
# **Goal.** Write `saved_bytes(fn, params=())`: how much memory is held *because* of the
# graph.
#
# **Signature.** `saved_bytes(fn, params=()) -> int`. It calls `fn()` once and returns
# the bytes of all distinct **storages** of tensors that are saved for the way back in
# the meantime, except those in which one of `params` lies. A storage
# (`t.untyped_storage()`, with `.nbytes()` and `.data_ptr()`) is the piece of memory
# under a tensor; views share it. `params` is any iterable, such as `net.parameters()`.
#
# **Worked example.** For `x` of 4 float64 numbers that requires grad,
# `saved_bytes(lambda: x * x)` is 32: both factors are saved, and they are one
# storage.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 3 of 5 · importance 3 of 5*
#
# **What the check looks at**
#
# - **bytes of three networks**, against a count by hand;
# - **0 under no_grad**: inside `fn`, around `saved_bytes`, under `inference_mode`, or
#   where nothing requires grad;
# - **each storage once**, however often and in whatever shape it is saved;
# - **storages, not shapes**: a slice keeps all of its storage alive; an expanded tensor
#   is larger than its storage;
# - **parameters left out**: only those in `params`, and views of them too;
# - **fn runs once** (counted);
# - **fn may go backwards**: gradients that `fn` computes are right.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `added_up` is nearly it. Let the hook collect the tensors, and think afterwards. What
# identifies a storage?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *each storage once* fails at `x * x` with twice the number. A view has another
#   `id`, and `t.data_ptr()` is where the *view* begins; ask the storage.
# - *parameters left out* fails for a linear layer if you compare tensors with `is`:
#   what is saved is the transposed view of the weight.
# - `params` may be a generator, which can be walked once.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# known = {... for p in params}
# kept = []                                  # holds them, so that no address is reused
# with saved_tensors_hooks(..., ...):        # the second one gives the tensor back
#     fn()
# sizes = {...: ... for t in kept}           # one entry for each storage
# return sum(...)                            # those not known
# ```
#
# </details>


# %% solution="e5-saved-bytes"
def saved_bytes(fn, params=()) -> int:
    """Bytes of distinct storages that `fn()` saves for backward, without `params`."""
    # BEGIN SOLUTION
    known = {p.untyped_storage().data_ptr() for p in params}
    kept: list[torch.Tensor] = []

    def pack(t):
        kept.append(t)
        return t

    with saved_tensors_hooks(pack, lambda t: t):
        fn()
    storages = [t.untyped_storage() for t in kept]
    sizes = {s.data_ptr(): s.nbytes() for s in storages}
    return sum(size for place, size in sizes.items() if place not in known)
    # END SOLUTION


# %% check
def keeper(name):
    """A small network by name."""
    nets = {
        "two layers": [nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)],
        "half frozen": [nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)],
        "three layers": [
            *(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4)),
            *(nn.Sigmoid(), nn.Linear(4, 1)),
        ],
    }
    net = small_net(*nets[name])
    net[0].requires_grad_(name != "half frozen")
    return net


def leaf_of(*shape):
    """A float64 leaf that requires grad, of some numbers."""
    return tensor(np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape), True)


def by_meter(name, n):
    net, X = keeper(name), tensor(np.ones((n, 3)))
    with torch.enable_grad():
        return saved_bytes(lambda: net(X).sum(), net.parameters())


# Inputs, and results of what bends; the first net: (3 + 5) numbers an example.
EACH = {
    "two layers": 8 * (3 + 5),
    "half frozen": 8 * 5,
    "three layers": 8 * (3 + 4 + 4),
}


def under(where, n):
    net, X = keeper("two layers"), tensor(np.ones((n, 3)))
    run = lambda: net(X).sum()
    with torch.enable_grad():
        if where == "around":
            with torch.no_grad():
                return saved_bytes(run, net.parameters())
        if where == "plain":
            return saved_bytes(lambda: (X * X).sin().sum())
        off = torch.no_grad() if where == "inside" else torch.inference_mode()
        return saved_bytes(off(run), net.parameters())


def shared(case, n):
    x = leaf_of(n, 4)
    runs = {
        "square": lambda: x * x,
        "flat": lambda: x.view(-1) * x.view(-1).flip(0).flip(0),
        "chain": lambda: (x.exp() * x.exp().detach(), x.sin())[1],
        "halves": lambda: x[: n // 2] * x[n // 2 :],
        "thrice": lambda: (x.sin(), x.cos(), x * x),
        "views": lambda: (x.view(4, n).sin(), x.t().cos(), x[:, 1:] ** 2),
    }
    with torch.enable_grad():
        return saved_bytes(runs[case])


# In numbers for each of the n rows.
HELD = {"square": 4, "flat": 8, "chain": 12, "halves": 4, "thrice": 4, "views": 4}


def storage_case(case, n):
    big, few = tensor(np.ones((n, 4))), tensor(np.ones(4))
    cut, full = leaf_of(2, 4), leaf_of(n, 4)
    runs = {
        "slice": lambda: cut * big[:2],
        "column": lambda: full[:, 0] * big[:, 1],
        "expanded": lambda: full * few.expand(n, 4),
        "single": lambda: cut.float() * big.float()[:2],
    }
    with torch.enable_grad():
        return saved_bytes(runs[case])


WHOLE = {"slice": (32, 0), "column": (32, 0), "expanded": (0, 32), "single": (16, 0)}


def whole(case, n):
    each, once = WHOLE[case]
    return each * n + once


def left_out(case, n):
    net, X = keeper("two layers"), tensor(np.ones((n, 3)))
    weight = net[2].weight
    lists = {
        "none": ((), lambda: net(X)),
        "all": (net.parameters(), lambda: net(X)),
        "some": ([net[0].weight], lambda: net(X)),
        "a view": ([weight.t()], lambda: net(X)),
        "tied": (iter([weight]), lambda: weight.t() @ weight + (weight * weight).sum()),
        "frozen": (
            [p.requires_grad_(False) for p in net[2].parameters()],
            lambda: net(X),
        ),
    }
    with torch.enable_grad():
        return saved_bytes(lists[case][1], lists[case][0])


REST = {"none": (64, 80), "all": (64, 0), "some": (64, 80)}
REST |= {"a view": (64, 0), "tied": (0, 0), "frozen": (64, 0)}


def rest(case, n):
    each, once = REST[case]
    return each * n + once


def runs_counted(counted, n):
    x = leaf_of(n)
    with torch.enable_grad():
        saved_bytes(lambda: counted(x).sum())


def goes_back(n):
    x = leaf_of(n)
    with torch.enable_grad():
        size = saved_bytes(lambda: (x * x.exp()).sum().backward())
    return [size, x.grad]


def back_by_hand(n):
    x = np.linspace(0.5, 1.5, n)
    return [16 * n, np.exp(x) * (1 + x)]


check = Check("e5-saved-bytes", visible=1, hidden=2)
check.value(
    "bytes of three networks",
    by_meter,
    lambda name, n: EACH[name] * n,
    at=[("two layers", 7), ("half frozen", 7)],
)
check.value(
    "each storage once", shared, lambda case, n: 8 * HELD[case] * n, at=[("square", 1)]
)
check.value("0 under no_grad", under, lambda where, n: 0, at=[("inside", 7)])
check.value("parameters left out", left_out, rest, at=[("none", 7), ("all", 7)])
# BEGIN HIDDEN TESTS
check.hidden()
n = int(check.rng.integers(4, 20)) * 2
check.value(
    "bytes of three networks",
    by_meter,
    lambda name, n: EACH[name] * n,
    at=[(name, m) for name in EACH for m in (n, 3)],
)
places = [(where, n) for where in ("inside", "around", "inference", "plain")]
check.value("0 under no_grad", under, lambda where, n: 0, at=places)
check.value(
    "each storage once",
    shared,
    lambda case, n: 8 * HELD[case] * n,
    at=[(case, n) for case in HELD],
)
check.value(
    "storages, not shapes", storage_case, whole, at=[(case, n) for case in WHOLE]
)
check.value("parameters left out", left_out, rest, at=[(case, n) for case in REST])
check.calls("fn runs once", runs_counted, lambda x: x * x, at=[n], exactly=1)
check.value("fn may go backwards", goes_back, back_by_hand, at=[3, n])
# END HIDDEN TESTS
check.score()

# %%
rows = [["network", "switch", "added up", "saved_bytes"]]
for name, (net, x, _) in list(works.items())[2:]:
    for switch in ("nothing", "no_grad()", "net.requires_grad_(False)"):
        twin = copy.deepcopy(net)
        run = functools.partial(SWITCHES[switch], twin, x)
        yours = attempt(
            functools.partial(lambda *a: saved_bytes(*a), run, [*twin.parameters()])
        )
        rows.append([name, switch, added_up(run), yours])
table(rows, caption="Two meters: the quick one of section 8, and yours")

# %% [markdown]
# ## 10 · Build it: `no_grad` for the engine of lesson 4
#
# The engine is `autograd_ref.scalar`, and its switch is a plain attribute:
# `autograd_ref.scalar.mode.recording`. While it is `True`, each operation on a `Value`
# writes down its `parents`; while it is `False`, the result has none. Try it by hand:

# %%
from autograd_ref import scalar
from autograd_ref.scalar import Value, mode

v = Value(3.0)
kept_product = v * v
mode.recording = False
plain_product = v * v
mode.recording = True
print("recorded:    ", kept_product, kept_product.parents)
print("not recorded:", plain_product, plain_product.parents)

# %% [markdown]
# So little code, and already two ways to go wrong: an exception between the assignments
# would leave the engine switched off for good; and if it had been off *before*, the
# last assignment would have switched it on.
#
# ### Exercise 6 · Your own `no_grad` and `enable_grad`
#
# **Goal.** Write both switches, for use as a block and as a decorator.
#
# **Signature.** `with no_grad():` and `@no_grad()` (with the parentheses): inside,
# `mode.recording` is `False`; afterwards it is **what it was before**. The same for
# `enable_grad`, with `True`. `__call__` takes a function and returns one that does the
# same with the switch set while it runs, takes any arguments, and keeps the name of the
# original (`functools.wraps`).
#
# **With your own engine.** The check uses the course's `Value`. To see your own of
# lesson 4 obey as well, paste your class into a cell under another name, and let its
# operations write down `()` as parents while this same `mode.recording` is `False`.
#
# **Worked example.**
#
# ```python
# with no_grad():
#     with enable_grad():
#         a = v * v           # parents (v, v)
#     b = v * v               # parents ()
# c = v * v                   # parents (v, v)
# ```
#
# *2 points (0 + 2 hidden) · about 12 minutes · difficulty 3 of 5 · importance 3 of 5*
#
# **What the check looks at**
#
# - **a block and a decorator**: both can be used in both ways (visible);
# - **nothing is recorded inside**, values are right, and `backward` of a graph from
#   before still fills `.grad`;
# - **the state before comes back**: nested in any order, and where recording was off to
#   begin with;
# - **after an exception**: it reaches the caller, and the state comes back;
# - **one object entered twice**: `switch = no_grad()`, and then `with switch:` inside
#   `with switch:`; so a decorated function may call itself;
# - **a decorated function**: result, arguments, name; the switch is set while it runs,
#   not when it is decorated.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `__enter__` has to remember something for `__exit__`. How many things, if one object
# can be entered twice?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *the state before comes back* fails if `__exit__` sets `True`: two blocks, one in
#   the other, and the rest of the outer one is recorded.
# - *one object entered twice* fails if the memory is a single attribute: the second
#   entry overwrites what the first one remembered.
# - *after an exception* fails if `__exit__` returns something true: Python takes that
#   for "dealt with".
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def __init__(self): ...                # a stack
# def __enter__(self): ...               # push what is, then set
# def __exit__(self, *error): ...        # pop
# def __call__(self, function):
#     @functools.wraps(function)
#     def inner(*args, **kwargs):
#         with self:
#             ...
#     return inner
# ```
#
# </details>


# %% solution="e6-own-no-grad"
class no_grad:
    """Inside, operations on Values are not recorded; a block or a decorator."""

    recording = False

    def __init__(self) -> None:
        # BEGIN SOLUTION
        self.before: list[bool] = []
        # END SOLUTION

    def __enter__(self) -> None:
        # BEGIN SOLUTION
        self.before.append(mode.recording)
        mode.recording = self.recording
        # END SOLUTION

    def __exit__(self, *error: object) -> None:
        # BEGIN SOLUTION
        mode.recording = self.before.pop()
        # END SOLUTION

    def __call__(self, function):
        # BEGIN SOLUTION
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner
        # END SOLUTION


class enable_grad(no_grad):
    """Inside, operations are recorded, also within `no_grad`."""

    recording = True


# %% check
def guarded(run, on=True):
    """`run()` with recording as said; whatever it leaves behind is put right again."""
    scalar.mode.recording = on
    try:
        return [run(), scalar.mode.recording]
    finally:
        scalar.mode.recording = True


def recorded():
    """How many parents a product has now."""
    spot = Value(3.0)
    return len((spot * spot).parents)


def two_ways():
    with no_grad():
        pass
    with enable_grad():
        pass
    return [no_grad()(lambda: "ran")(), enable_grad()(lambda: "ran")()]


def inside(on):
    def run():
        x = Value(2.0)
        y = x * x * x
        with no_grad():
            z = (x * 3.0 + 1.0).exp()
            y.backward()
            off = [len(z.parents), z.data, recorded()]
        with enable_grad():
            return [off, x.grad, recorded()]

    return guarded(run, on)


def nested(word, on):
    """Enter the switches of `word` one in the other; what holds on the way in."""

    def run():
        switch, found = {"n": no_grad, "e": enable_grad}, [recorded()]
        with contextlib.ExitStack() as stack:
            for letter in word:
                stack.enter_context(switch[letter]())
                found.append(recorded())
        return [*found, recorded()]

    return guarded(run, on)


def way_out(word, on):
    """The same, and what holds after each of them has ended."""

    def run():
        switch, found = {"n": no_grad, "e": enable_grad}, []

        def go(rest):
            if rest:
                with switch[rest[0]]():
                    go(rest[1:])
                found.append(recorded())

        go(word)
        return found

    return guarded(run, on)


def raising(word, on):
    def run():
        switch = {"n": no_grad, "e": enable_grad}
        said = []
        for use in (lambda s, f: s(f)(), within):
            try:
                use(switch[word](), fails)
            except ArithmeticError as error:
                said.append(str(error))
            said.append(recorded())
        return said

    return guarded(run, on)


def within(switch, function):
    with switch:
        return function()


def fails():
    raise ArithmeticError("on purpose")


def entered_twice(word, on):
    def run():
        switch, found = {"n": no_grad, "e": enable_grad}[word](), []
        with switch:
            with switch:
                found.append(recorded())
            found.append(recorded())
        found.append(recorded())

        @switch
        def down(k):
            return [recorded()] + (down(k - 1) if k else [])

        return [found, down(2), recorded()]

    return guarded(run, on)


def decorated(word, on):
    def run():
        def power(base, exponent=2, *more, **options):
            """How it is."""
            return [base**exponent, list(more), sorted(options), recorded()]

        switch = {"n": no_grad, "e": enable_grad}[word]
        wrapped = switch()(power)
        results = [wrapped(3), wrapped(2, 3, 4, odd=5), wrapped(base=2, exponent=5)]
        return [results, wrapped.__name__, power(3), recorded()]

    return guarded(run, on)


INNER = {"n": 0, "e": 2}  # parents of a product inside each switch


def nested_by_hand(word, on):
    before = 2 * on
    return [[before, *(INNER[letter] for letter in word), before], on]


def way_out_by_hand(word, on):
    around = [2 * on, *(INNER[letter] for letter in word)]
    return [around[:-1][::-1], on]


def raising_by_hand(word, on):
    return [["on purpose", 2 * on] * 2, on]


def twice_by_hand(word, on):
    k = INNER[word]
    return [[[k, k, 2 * on], [k] * 3, 2 * on], on]


def decorated_by_hand(word, on):
    k = INNER[word]
    results = [[9, [], [], k], [8, [4], ["odd"], k], [32, [], [], k]]
    return [[results, "power", [9, [], [], 2 * on], 2 * on], on]


check = Check("e6-own-no-grad", visible=0, hidden=2)
ran = [[["ran", "ran"], True]]
check.value("a block and a decorator", lambda: guarded(two_ways), ran[0])
# BEGIN HIDDEN TESTS
check.hidden()
check.value(
    "nothing is recorded inside",
    inside,
    lambda on: [[[0, np.exp(7.0), 0], 12.0 if on else 0.0, 2], on],
    at=[True, False],
)
both = [(letter, on) for letter in "ne" for on in (True, False)]
deep_ = [
    (word, on) for word in ("nn", "ne", "en", "nen", "enne") for on in (True, False)
]
check.value("the state before comes back", nested, nested_by_hand, at=[*both, *deep_])
check.value("the state before comes back", way_out, way_out_by_hand, at=[*both, *deep_])
check.value("after an exception", raising, raising_by_hand, at=both)
check.value("one object entered twice", entered_twice, twice_by_hand, at=both)
check.value("a decorated function", decorated, decorated_by_hand, at=both)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# PyTorch's own switch differs from yours in one respect: its flag is one *for each
# thread*. Yours is one for all. The stretch mends that.
#
# ## 11 · A training loop in which nothing leaks
#
# Put together what the switches are for. A class for training has four duties:
# `train_step`, `evaluate`, `predict`, and often a look at the gradients. Tutorial
# code gets each of them nearly right. This one keeps what section 4 and exercise 1
# found out.


# %%
@contextlib.contextmanager
def as_in_use(model):
    """Evaluation mode and no graph inside; each module's flag is put back."""
    found = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, flag in found.items():
            module.training = flag


# %%
class Watcher:
    """What may be asked of a model in training without a trace."""

    def __init__(self, model, opt):
        self.model, self.opt = model, opt

    def evaluate(self, loader):
        """Loss and accuracy over all examples: exercise 1."""
        return evaluate(self.model, loader)

    def predict(self, X):
        """Probabilities, the classes along the last axis."""
        with as_in_use(self.model):
            return self.model(X).softmax(dim=-1)

    def gradients(self, X, y):
        """Parameter -> length of its gradient in training; nothing is left behind."""
        own = {k: p for k, p in self.model.named_parameters() if p.requires_grad}
        spare = {name: buffer.clone() for name, buffer in self.model.named_buffers()}
        with torch.enable_grad(), torch.random.fork_rng(devices=[]):
            logits = torch.func.functional_call(self.model, spare, (X,))
            loss = functional.cross_entropy(logits, y)
            found = torch.autograd.grad(loss, [*own.values()], materialize_grads=True)
        return {name: g.norm().item() for name, g in zip(own, found, strict=True)}


# %%
class TrainingLoop(Watcher):
    """That, and the one thing that is meant to leave a trace."""

    def train_step(self, X, y):
        """One step; the loss before it. A loss that is no number moves nothing."""
        if not self.model.training:
            raise RuntimeError("the model is in eval(); call model.train() first")
        loss = functional.cross_entropy(self.model(X), y)
        if not torch.isfinite(loss):
            raise FloatingPointError(f"the loss is {loss.item()}: no step was taken")
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()


# %% [markdown]
# Three choices to notice. `train_step` does not call `model.train()`: that would undo
# a BatchNorm frozen on purpose, so it *asks* instead. `predict` uses `no_grad`, not
# `inference_mode`: predictions come back as targets more often than one thinks. And
# `gradients` books nothing (`autograd.grad`), lends the forward pass *copies* of the
# buffers (`functional_call`), and gives the random stream back (`fork_rng`). Does it
# hold? The first cell below compares with the state before. The second is the usual
# code for "gradient analysis" and for a step.

# %%
net, ((X, y),) = classifier(), labelled(1, [12])
trainer = TrainingLoop(net, torch.optim.SGD(net.parameters(), lr=0.1))
net.train()[1].eval()
trainer.train_step(X, y)


def everything(net):
    """Numbers, buffers, pages and flags of a network, as tensors."""
    pages = [p.grad for p in net.parameters()]
    return [*net.state_dict().values(), *pages, torch.tensor(flags(net))]


before, stream = [t.clone() for t in everything(net)], torch.get_rng_state()
twin = copy.deepcopy(net)
rows = [["call", "what came", "model as before", "random stream as before"]]
for name, call in {
    "predict": lambda: round(trainer.predict(X).sum(-1).mean().item(), 12),
    "evaluate": lambda: trainer.evaluate([(X[:7], y[:7]), (X[7:], y[7:])]),
    "gradients": lambda: trainer.gradients(X, y)["0.weight"],
    "step in eval()": lambda: TrainingLoop(twin.eval(), None).train_step(X, y),
    "step on NaN": lambda: trainer.train_step(X * float("nan"), y),
}.items():
    said, same = str(attempt(call)), all(map(torch.equal, everything(net), before))
    rows.append([name, said, same, torch.equal(torch.get_rng_state(), stream)])
table(rows, caption="What a training loop leaves behind")

# %%
net = classifier()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
functional.cross_entropy(net(X), y).backward()
first = net[0].weight.grad.clone()
opt.zero_grad()  # "to get clean gradients for the analysis"
functional.cross_entropy(net(X), y).backward()
print("the gradient that waited for a step is still there:", end=" ")
print(torch.equal(net[0].weight.grad, first))
print("there was one batch, BatchNorm counted", net[1].num_batches_tracked.item())
opt.zero_grad()
functional.cross_entropy(net(X * float("nan")), y).backward()
opt.step()
print("after one step on a bad batch, weights that are NaN:", end=" ")
print(all(p.isnan().all().item() for p in net[0].parameters()))

# %% [markdown]
# In the first table, `evaluate` is yours, and says so as long as it is not written. The
# last line drew masks before it stopped, and the model is as before only because
# BatchNorm is in `eval()` there; in training mode it would have swallowed the bad batch
# in the forward pass already. Check inputs, too.
#
# ## 12 · Break it
#
# Three evaluations with one mistake each. For each: what is the symptom, and which
# property of exercise 1 catches it? Run, then name it, then open the answer.


# %%
def broken(kind, net, loader):
    """An evaluation with mistake A, B or C; loss and accuracy."""
    if kind != "A":
        net.eval()
    found = []
    with torch.no_grad():
        for X, y in loader:
            logits = net(X)
            right = (logits.argmax(1) == y).double().mean().item()
            weight = 1 if kind == "B" else len(y)
            found.append([functional.cross_entropy(logits, y).item(), right, weight])
    if kind == "C":
        net.train()
    losses, rights, weights = np.array(found).T
    return [float(np.average(each, weights=weights)) for each in (losses, rights)]


parts = labelled(3, (9, 2))
for kind in "ABC":
    net = classifier()
    net[1].eval()
    twice = [[round(v, 4) for v in broken(kind, net, parts)] for _ in range(2)]
    print(kind, "two calls:", *twice, " BatchNorm trains now:", net[1].training)

# %% [markdown]
# <details><summary>Which property catches which?</summary>
#
# - **A** never calls `eval()`: two calls, two answers, for Dropout is on. *loss and
#   accuracy*. (Without the frozen BatchNorm, *the model stays as it was*, too.)
# - **B** averages averages: the two examples weigh as much as the nine (C has the right
#   numbers). *loss and accuracy*, on unequal batches only; with equal ones nobody would
#   see it.
# - **C** is right, and afterwards everything trains, the frozen BatchNorm too. *every
#   flag is as before*, on a mixture only.
#
# </details>
#
# ## 13 · Check yourself
#
# <details><summary>1. A model is in <code>eval()</code>. Does
# <code>model(x).sum().backward()</code> fill pages?</summary>
#
# Yes. `eval()` changes Dropout and normalisation, and nothing about recording.
#
# </details>
# <details><summary>2. <code>with torch.no_grad(): y = net(x)</code>, then
# <code>(w * y).sum().backward()</code>. Error?</summary>
#
# No: `y` is an ordinary tensor without a graph. `w` gets its gradient. Under
# `inference_mode` it would be an error.
#
# </details>
# <details><summary>3. You freeze the last layer of a network. Do the layers before it
# still learn?</summary>
#
# Yes. A frozen weight passes the gradient on to its input.
#
# </details>
# <details><summary>4. What does <code>x.detach()</code> share with
# <code>x</code>?</summary>
#
# The memory and the version counter. Not the graph.
#
# </details>
# <details><summary>5. A large network is evaluated under <code>no_grad</code>, and is
# no faster. Is the switch of no use?</summary>
#
# It saves the memory of all activations. Time is saved only where bookkeeping is a
# large share.
#
# </details>
#
# ## 14 · In the wild
#
# In July 2020 a user of PyTorch Lightning reported, in [issue
# 2551](https://github.com/Lightning-AI/pytorch-lightning/issues/2551), that the
# trainer ended each validation with `model.train()`. Whoever had put frozen parts
# into `eval()`, as fine-tuning recipes advise, had them frozen until the first
# validation, and half thawed ever after: BatchNorm's statistics moved again. More
# reports followed ([issue
# 18930](https://github.com/Lightning-AI/pytorch-lightning/issues/18930)); in 2023,
# [pull request 18951](https://github.com/Lightning-AI/pytorch-lightning/pull/18951)
# made the trainer remember the flag of every submodule and put each one back. It is
# mistake C.
#
# A younger one, from August 2025: in [pull request
# 265](https://github.com/snowflakedb/ArcticTraining/pull/265) of ArcticTraining, an
# evaluation under `inference_mode` made *training* fail with "Inference tensors cannot
# be saved for backward"; the repair was to write `no_grad` instead.
#
# ## 15 · Interview corner
#
# **"`model.eval()` or `torch.no_grad()`?"** Both; they answer different questions.
# `eval()` changes what modules compute, `no_grad()` whether it is written down. *The
# trap:* one of them seems to do, because the other's absence shows only in memory, or
# only in the second decimal. *Evidence:* the first four lines below.
#
# **"`no_grad`, `inference_mode` or `detach`?"** `no_grad` for a region whose results
# are constants. `inference_mode` for results that never meet a loss. `detach` for one
# tensor on its way from one graph into another: what lies before it was recorded, and
# is cut. *Evidence:* the rows of the switch panel.
#
# **"How do you freeze a layer, and what still moves?"** `requires_grad_(False)` on
# its parameters, `eval()` on its normalisation, and no page left for the optimiser.
# *The trap:* under `no_grad`, nothing before the layer would learn either.
# *Evidence:* the last two.

# %%
for training in (True, False):
    for recording in (True, False):
        net = hook_net().train(training)
        with torch.set_grad_enabled(recording):
            kept = receipts(lambda: net(batch))  # noqa: B023
        counted = net[1].num_batches_tracked.item()
        print(f"train={training!s:5} grad={recording!s:5}", end=" ")
        print(f"-> tensors kept {kept}, batches counted {counted}")
for how in ("requires_grad_(False)", "no_grad"):
    net, top = small_net(nn.Linear(3, 4), nn.Tanh()), nn.Linear(4, 2).double()
    if how == "no_grad":
        with torch.no_grad():
            out = top(net(batch))
    else:
        out = top.requires_grad_(False)(net(batch))
    attempt(out.sum().backward)
    print(f"{how:22} the layer below learns:", net[0].weight.grad is not None)

# %% [markdown]
# ## 16 · Stretch: a switch for each thread
#
# Your `no_grad` sets one flag for all threads. While one thread evaluates, another
# one that trains stops recording: silently, and only sometimes. Two things have to be
# mended: the flag, and the memory of the switch, for one decorated function may run
# in two threads at once.
#
# **Goal.** Write `LocalMode`, whose attribute `recording` is one flag *for each
# thread*, and `safe_no_grad(mode)`, a block and decorator that may be shared among
# threads.
#
# **Signature.** `LocalMode()` has an attribute `recording` that can be read and set;
# in each thread that has not set it, it is `True`. `safe_no_grad(mode)` is used as
# `no_grad` of exercise 6, and sets the `recording` of the `mode` it was given.
#
# **Worked example.** `switch = safe_no_grad(LocalMode())`. Thread A enters `switch`,
# then thread B does, then A leaves, then B: both record again, and while A was inside
# and B not yet, B recorded.
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks · about 20
# minutes · difficulty 4 of 5*
#
# **What the check looks at**
#
# - **one flag for each thread**: set in one, unchanged in the others; new threads
#   record;
# - **the engine obeys**: with `LocalMode()` put in place of `autograd_ref.scalar.mode`,
#   one thread records and the other does not;
# - **nesting and exceptions** in one thread, as in exercise 6;
# - **one switch, two threads**: entering and leaving interleaved, with the flag on or
#   off before.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `threading.local()` gives an object with other attributes in each thread. Which are
# missing in a thread that is new?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *one switch, two threads* fails with a list in `self`: A pushes its flag, B pushes its
# own, and A, who leaves first, pops B's.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# self.own = threading.local()
# getattr(self.own, ..., True)               # where nothing was set
# self.own.__dict__.setdefault(..., [])      # a stack for each thread
# ```
#
# </details>


# %% solution="s8-threads"
class LocalMode:
    """A switch whose `recording` is one flag for each thread, True to begin with."""

    def __init__(self) -> None:
        # BEGIN SOLUTION
        self.own = threading.local()
        # END SOLUTION

    @property
    def recording(self) -> bool:
        """Whether this thread records."""
        # BEGIN SOLUTION
        return getattr(self.own, "on", True)
        # END SOLUTION

    @recording.setter
    def recording(self, on: bool) -> None:
        # BEGIN SOLUTION
        self.own.on = on
        # END SOLUTION


class safe_no_grad:
    """`no_grad` for the given mode; one object may serve several threads at once."""

    def __init__(self, mode) -> None:
        # BEGIN SOLUTION
        self.mode, self.own = mode, threading.local()
        # END SOLUTION

    def __enter__(self) -> None:
        # BEGIN SOLUTION
        before = self.own.__dict__.setdefault("before", [])
        before.append(self.mode.recording)
        self.mode.recording = False
        # END SOLUTION

    def __exit__(self, *error: object) -> None:
        # BEGIN SOLUTION
        self.mode.recording = self.own.before.pop()
        # END SOLUTION

    def __call__(self, function):
        # BEGIN SOLUTION
        @functools.wraps(function)
        def inner(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return inner
        # END SOLUTION


# %% check
def in_turns(script):
    """Run the steps [(thread, function), ...] in this order, each in its own thread."""
    said: list = [None] * len(script)
    turns = [threading.Event() for _ in range(len(script) + 1)]
    turns[0].set()

    def live(name):
        for i, (owner, step) in enumerate(script):
            if owner == name and turns[i].wait(2.0):
                try:
                    said[i] = step()
                except Exception as error:
                    said[i] = f"{type(error).__name__}: {error}"
                turns[i + 1].set()

    threads = [threading.Thread(target=live, args=(name,)) for name in "AB"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(4.0)
    unwritten = [s for s in said if str(s).startswith("NotImplementedError")]
    if unwritten:
        raise NotImplementedError("write your answer here")
    return said


def setter(mode_, on):
    return lambda: setattr(mode_, "recording", on)


def each_thread(word):
    """Letters set (capital: on) or read (dot) the flag in thread A or B, in turns."""
    mode_ = LocalMode()
    steps = {
        "A": ("A", setter(mode_, True)),
        "a": ("A", setter(mode_, False)),
        "B": ("B", setter(mode_, True)),
        "b": ("B", setter(mode_, False)),
        "x": ("A", lambda: mode_.recording),
        "y": ("B", lambda: mode_.recording),
    }
    said = in_turns([steps[letter] for letter in word])
    return [s for letter, s in zip(word, said, strict=True) if letter in "xy"]


def each_by_hand(word):
    on, found = {"A": True, "B": True}, []
    for letter in word:
        if letter in "xy":
            found.append(on["AB"["xy".index(letter)]])
        else:
            on[letter.upper()] = letter.isupper()
    return found


def engine(off):
    """Parents of a product in A, where the switch is on, and in B, where it is not."""
    before, scalar.mode = scalar.mode, LocalMode()
    try:
        spot, switch = Value(3.0), safe_no_grad(scalar.mode)
        count = lambda: len((spot * spot).parents)
        other = "AB"[off == "A"]
        script = [(off, switch.__enter__), (off, count), (other, count)]
        script += [(off, lambda: switch.__exit__(None, None, None)), (off, count)]
        return [s for s in in_turns(script) if s is not None]
    finally:
        scalar.mode = before


def alone(depth, on):
    mode_ = LocalMode()
    mode_.recording = on
    switch = safe_no_grad(mode_)

    @switch
    def down(k):
        return [mode_.recording, *(down(k - 1) if k else [])]

    @switch
    def failing():
        raise ArithmeticError("on purpose")

    found = [down(k=depth), mode_.recording]
    try:
        failing()
    except ArithmeticError:
        found.append("raised")
    with switch, safe_no_grad(mode_):
        found.append(mode_.recording)
    return [*found, mode_.recording]


def crossed(word, first, second):
    """A and B enter (capital) and leave (small) one switch, in the order of `word`."""
    mode_ = LocalMode()
    switch = safe_no_grad(mode_)
    out = lambda: switch.__exit__(None, None, None)
    read = lambda: mode_.recording
    script = [("A", setter(mode_, first)), ("B", setter(mode_, second))]
    for letter in word:
        owner = letter.upper()
        script.append((owner, switch.__enter__ if letter.isupper() else out))
        script += [("A", read), ("B", read)]
    return [s for s in in_turns(script) if s is not None]


def crossed_by_hand(word, first, second):
    stacks, found = {"A": [first], "B": [second]}, []
    for letter in word:
        if letter.isupper():
            stacks[letter].append(False)
        else:
            stacks[letter.upper()].pop()
        found += [stacks["A"][-1], stacks["B"][-1]]
    return found


check = Check("s8-threads", visible=1, hidden=1)
check.value("one flag for each thread", each_thread, each_by_hand, at=["xyaxy", "bxy"])
check.value(
    "nesting and exceptions",
    alone,
    lambda depth, on: [[False] * (depth + 1), on, "raised", False, on],
    at=[(0, True), (2, True)],
)
check.value(
    "one switch, two threads", crossed, crossed_by_hand, at=[("ABab", True, True)]
)
# BEGIN HIDDEN TESTS
check.hidden()
check.value(
    "one flag for each thread",
    each_thread,
    each_by_hand,
    at=["xyaxybxyAxyBxy", "axbxy"],
)
check.value("the engine obeys", engine, lambda off: [0, 2, 2], at=["A", "B"])
check.value(
    "nesting and exceptions",
    alone,
    lambda depth, on: [[False] * (depth + 1), on, "raised", False, on],
    at=[(3, False), (1, True)],
)
orders = ["ABab", "ABba", "AaBb", "AAaBab", "BABbab"]
check.value(
    "one switch, two threads",
    crossed,
    crossed_by_hand,
    at=[(word, *on) for word in orders for on in ((True, False), (False, True))],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 17 · One page to take away
#
# **Two questions.** Is it *recorded*? How do modules *behave*? `no_grad`,
# `inference_mode`, `set_grad_enabled` answer the first, `eval()` and `train()` the
# second. An evaluation needs both.
#
# | switch | stops | does not stop |
# |---|---|---|
# | `no_grad()` | recording, in this thread | old graphs, new leaves, forward mode |
# | `inference_mode()` | that, and versions | being a term; being a factor fails |
# | `eval()` | Dropout, statistics | recording |
# | `requires_grad_(False)` | the gradient to these | the gradient to what lies before |
# | `detach()` | the gradient, here | sharing memory and version |
#
# Neither of the first two stops Dropout and BatchNorm. Freezing does not stop
# statistics, nor an optimiser that still finds a page.
#
# **Flags** are per module. Put back each one as it was, in a `finally`.
#
# **Means** are over examples, not over batches. `softmax(dim=-1)`.
#
# **Weights by hand:** in place, under `no_grad`. Never `.data` while a graph is alive.
#
# **Costs.** Time: one node for each operation; felt on tiny operations only. Memory:
# all activations; felt always.
#
# **Analysis** with `autograd.grad`, copies of the buffers, and a forked random stream.
#
# **Next.** Here the graph's memory was avoided by having no graph. Lesson 9 keeps the
# graph and pays with time instead: checkpointing. Back to the [map of the
# course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
