# %% [markdown]
# # Lesson 3 · Reverse mode by hand: tapes, JVPs and VJPs
#
# **Reading: about 23 minutes** (at 200 words a minute, hints included).
# **Exercises: about 85 minutes** for 20 points; the stretch at the end is extra.
#
# Dual numbers need one pass for each *input*. A network has millions of inputs (its
# weights) and one output (its loss). In this lesson you walk through a program
# backwards, by hand, with a dictionary and a loop, and get all those slopes in a single
# sweep. Every deep learning library is built round that loop.
#
# **After this lesson you can**
#
# - write a computation as an evaluation trace, and run it;
# - push adjoints back through it, and say why they add up where a value is used twice;
# - compute VJPs and Jacobians row by row;
# - choose a mode from the numbers of inputs and outputs, and say what it costs;
# - test any pair of derivative rules with two random vectors.
#
# **You need** lessons 1 and 2; your own answers to them are not needed.

# %%
import math
import tracemalloc
from functools import cache

import numpy as np

from autograd_ref import dual, finite
from graders import Check, Tolerance
from graders.show import figure, subplots, table

# %% [markdown]
# ## 1 · A hook: a thousand slopes for the price of three values
#
# The product of $n$ numbers is a function of $n$ inputs. Its slope with respect to
# $x_i$ is the product of all the *others*. With lesson 1 you would call the function
# 2000 times for 1000 inputs; with lesson 2, 1000 times.
#
# Here is another way. Count multiplications before you run it: how many for the value
# alone? How many for the value and all 1000 slopes?


# %%
def product_and_slopes(x):
    """x[0] * x[1] * ... and all its slopes; and how many multiplications it took."""
    kept, work = [x[0]], 0
    for factor in x[1:]:  # forwards; every product so far is kept
        kept.append(kept[-1] * factor)
        work += 1
    slopes, arriving = [0.0] * len(x), 1.0
    for i in reversed(range(1, len(x))):  # backwards; `arriving` comes from the end
        slopes[i] = kept[i - 1] * arriving
        arriving = x[i] * arriving
        work += 2
    slopes[0] = arriving
    return kept[-1], slopes, work


thousand = np.random.default_rng(3).uniform(0.9, 1.1, size=1000)
value, slopes, work = product_and_slopes(thousand)
print("multiplications for the value alone:        ", len(thousand) - 1)
print("multiplications for value and 1000 slopes:  ", work)
for i in (0, 500, 999):
    one_pass = dual.jvp(lambda x: math.prod(x), thousand, np.eye(1000)[i])[1]
    print(f"slope {i}: {slopes[i]:.12f}, by a pass of lesson 2: {one_pass:.12f}")

# %% [markdown]
# 2997, for everything: three times the value alone, whatever $n$ is. (For 1000 inputs,
# central differences would have spent 1,998,000.) And it is exact to rounding.
#
# Two things made it work. On the way forwards, intermediate values were **kept**. On
# the way back, one number, `arriving`, was handed from step to step: how strongly the
# final result reacts to the value at this point. Nothing in that is special to
# products. This lesson turns it into a method for any program.
#
# ## 2 · Predict
#
# Three guesses; they earn and cost nothing. Replace each `None`.
#
# 1. A function has 1000 inputs and one output. Its whole gradient by reverse mode: how
#    many sweeps backwards?
# 2. In $z = x \cdot x + x$ the value $x = 3$ is used three times. Which slope arrives
#    at $x$ when all that flows back is added up?
# 3. Twenty times in a row a value is added to itself: `a = x + x`, `b = a + a`, and so
#    on. How many different paths lead from the end back to `x`?

# %% solution="p3-guesses"
guesses = {
    "backward sweeps for 1000 inputs": None,
    "slope that arrives at x": None,
    "paths through twenty doublings": None,
}
# BEGIN SOLUTION
guesses = {
    "backward sweeps for 1000 inputs": 1,
    "slope that arrives at x": 7.0,
    "paths through twenty doublings": 1048576,
}
# END SOLUTION

# %% check
check = Check("p3-guesses", visible=0, hidden=0)
check.facts(
    "guess",
    guesses,
    truths={
        "backward sweeps for 1000 inputs": lambda: len(np.zeros((1, 1000))),
        "slope that arrives at x": lambda: dual.derivative(lambda x: x * x + x, 3.0),
        "paths through twenty doublings": lambda: int(np.prod([2] * 20)),
    },
)
check.score()

# %% [markdown]
# ## 3 · A program, written down: the trace
#
# While a program runs on numbers, branches are taken and loops are unrolled. What
# remains is a plain list of steps, each one small operation on values that are there
# already. That list is the **evaluation trace** (also *tape*, or *Wengert list*, after
# an article of 1964). Here is the trace of $z = xy\,(xy - x)$, in the format of this
# lesson: a dictionary with the names of the inputs, the steps in order, and the names
# of the outputs. A step is `(name, op, args)`; an argument is the name of an earlier
# value, or a number, which is a constant.

# %%
KITE = {
    "inputs": ["x", "y"],
    "steps": [
        ("p", "mul", ("x", "y")),
        ("q", "sub", ("p", "x")),
        ("z", "mul", ("p", "q")),
    ],
    "outputs": ["z"],
}
OPS = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "max": np.maximum,  # of two numbers
}

# %% [markdown]
# The picture shows the trace as a graph, at $x = 2$, $y = 3$. Each arrow carries its
# **local slope**: how the value at its head reacts to the value at its tail, all else
# held still. For `p = x * y` these are $y = 3$ and $x = 2$. Look for two things: which
# values are used more than once, and along how many paths $x$ reaches $z$.

# %%
places = {"x": (0, 1), "y": (0, 0), "p": (1.3, 0.2), "q": (2.6, 1.1), "z": (4, 0.4)}
values = {"x": 2, "y": 3, "p": 6, "q": 4, "z": 24}
arrows = [("x", "p", 3), ("y", "p", 2), ("p", "q", 1)]
arrows += [("x", "q", -1), ("p", "z", 4), ("q", "z", 6)]
fig, ax = subplots(figsize=(7, 3.1))
for tail, head, slope in arrows:
    (x0, y0), (x1, y1) = places[tail], places[head]
    look = {"arrowstyle": "->", "color": "#0072B2", "shrinkA": 17, "shrinkB": 17}
    ax.annotate("", xy=(x1, y1), xytext=(x0, y0), arrowprops=look)
    middle = (0.5 * (x0 + x1), 0.5 * (y0 + y1))
    ax.text(*middle, str(slope), ha="center", backgroundcolor="white", color="#A04000")
for name, (a, b) in places.items():
    ring = {"boxstyle": "round", "facecolor": "#EEF4FA", "edgecolor": "black"}
    ax.text(a, b, f"{name} = {values[name]}", ha="center", va="center", bbox=ring)
ax.set(xlim=(-0.5, 4.5), ylim=(-0.3, 1.4))
ax.axis("off")
figure(
    fig,
    alt="A graph of five boxes: inputs x = 2 and y = 3, then p = x*y = 6, q = p-x = 4 "
    "and z = p*q = 24. Arrows go from x and y to p, from x and p to q, from p and q to "
    "z. Each has its local slope: x to p 3, y to p 2, p to q 1, x to q minus 1, p to z "
    "4, q to z 6. Both x and p have two arrows going out.",
    table=[["from", "to", "local slope"], *[list(arrow) for arrow in arrows]],
)

# %% [markdown]
# ### Exercise 1 · Run a trace
#
# **Goal.** Compute every value of a trace, in order.
#
# **Signature.** `run_trace(trace, inputs) -> dict`: the numbers for `trace["inputs"]`
# come as a list (or array) in the same order; what comes back has the value of every
# name, inputs included. `OPS[op]` is the function for an operation.
#
# **Worked example.** `run_trace(KITE, [2.0, 3.0])` is `{"x": 2.0, "y": 3.0, "p": 6.0,
# "q": 4.0, "z": 24.0}`.
#
# *2 points (1 + 1 hidden) · about 8 minutes · difficulty 1 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **worked example**: the values above;
# - **every name has its value**: inputs, steps and unused ones, to 12 digits;
# - **numbers are constants**: as in `("a", "sub", (3, "x"))`, on either side;
# - **any names**: a value may be called `"mul"` or `"steps"`; steps run in the order of
#   the list, not of the alphabet;
# - **long traces**: 3000 steps;
# - **nothing is changed**: trace and inputs are the same afterwards.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Start with a dictionary of the inputs. Each step adds one entry to it. What do you
# look up, and what do you take as it is?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *numbers are constants* fails with `KeyError: 3`: the argument 3 is no name. Names
#   are strings; `isinstance(arg, str)` tells.
# - *worked example* with `q = -4`: the arguments were taken in the wrong order.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# values = ...                             # name -> number, for the inputs
# for name, op, args in trace["steps"]:
#     numbers = ...                        # look names up, leave numbers alone
#     values[name] = OPS[op](...)          # one * spreads a list over arguments
# return values
# ```
#
# </details>
# <details><summary>Did an error stop you? The usual ones, by message</summary>
#
# | message | what it says |
# |---|---|
# | `KeyError: 3` | a constant was looked up as a name |
# | `missing 1 required positional argument` | `OPS[op](numbers)` without `*` |
# | `'NoneType' object is not subscriptable` | the function does not `return` |
# | `unsupported operand type(s) ... 'str'` | a name was not looked up |
# | `KeyError: 'idle'` (exercise 3) | an unused value has no adjoint; it needs a 0 |
#
# </details>


# %% solution="e1-run-trace"
def run_trace(trace: dict, inputs) -> dict:
    """The value of every name of `trace`, run on the numbers `inputs`."""
    # BEGIN SOLUTION
    values = {name: inputs[i] for i, name in enumerate(trace["inputs"])}
    for name, op, args in trace["steps"]:
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        values[name] = OPS[op](*numbers)
    return values
    # END SOLUTION


# %%
# More traces, and two helpers that the checks use.
WAVE = {
    "inputs": ["x"],
    "steps": [
        ("t", "sin", ("x",)),
        ("s", "mul", ("t", "t")),
        ("u", "mul", ("s", "t")),
        ("w", "add", ("u", "t")),
        ("idle", "exp", ("s",)),  # nobody uses it
        ("z", "sub", ("w", 0.5)),
    ],
    "outputs": ["z"],
}


def names_of(trace):
    """All names of a trace: the inputs, then the steps in order."""
    return [*trace["inputs"], *(step[0] for step in trace["steps"])]


def listed(result, trace):
    """What the dict `result` has for each name of a trace, in order."""
    return [result[name] for name in names_of(trace)]


# %% check
check = Check("e1-run-trace", visible=1, hidden=1)
BORDER = {
    "inputs": ["x"],
    "steps": [("b", "sub", (3, "x")), ("a", "div", ("b", 4)), ("c", "div", (2, "a"))],
    "outputs": ["c"],
}


def run(trace, x):
    return listed(run_trace(trace, x), trace)


def wave_values(trace, x):
    t = math.sin(x[0])
    return [x[0], t, t * t, t**3, t**3 + t, math.exp(t * t), t**3 + t - 0.5]


near = Tolerance(rel=1e-12, abs=1e-12)
expected = [[2.0, 3.0, 6.0, 4.0, 24.0]]
check.value("worked example", run, expected, at=[(KITE, [2.0, 3.0])])
check.value("every name has its value", run, wave_values, at=[(WAVE, [0.7])])
check.value("numbers are constants", run, [[1.0, 2.0, 0.5, 4.0]], at=[(BORDER, [1.0])])
# BEGIN HIDDEN TESTS
check.hidden()
ODD = {
    "inputs": ["steps", "mul"],
    "steps": [
        ("z", "max", ("steps", "mul")),
        ("m", "log", ("z",)),
        ("a", "mul", ("m", "z")),
        ("inputs", "sub", ("mul", "a")),
    ],
    "outputs": ["inputs", "m"],
}


def odd_values(trace, x):
    top = max(x)
    return [*x, top, math.log(top), top * math.log(top), x[1] - top * math.log(top)]


def chain(n):
    steps = [(f"a{k}", "sub", (k, f"a{k - 1}" if k else "x")) for k in range(n)]
    return {"inputs": ["x"], "steps": steps, "outputs": [f"a{n - 1}"]}


def chain_values(trace, x):
    values = list(x)
    for k in range(len(trace["steps"])):
        values.append(k - values[-1])
    return values


def kite_values(trace, x):
    x, y = x
    return [x, y, x * y, x * y - x, x * y * (x * y - x)]


def left(trace, x):
    run_trace(trace, x)
    return [trace["inputs"], trace["steps"], trace["outputs"], list(x)]


pairs = check.random((4, 2)).tolist()
ones = check.random((4, 1)).tolist()
check.value("worked example", run, kite_values, at=[(KITE, x) for x in pairs], tol=near)
check.value(
    "every name has its value",
    run,
    wave_values,
    at=[(WAVE, x) for x in ones],
    tol=near,
)
check.value(
    "numbers are constants",
    run,
    lambda trace, x: [x[0], 3 - x[0], (3 - x[0]) / 4, 8 / (3 - x[0])],
    at=[(BORDER, x) for x in ones],
    tol=near,
)
check.value(
    "any names",
    run,
    odd_values,
    at=[(ODD, np.abs(x)) for x in np.array(pairs)],
    tol=near,
)
check.value("long traces", run, chain_values, at=[(chain(3000), ones[0])], tol=near)
check.value(
    "nothing is changed",
    left,
    lambda trace, x: [trace["inputs"], trace["steps"], trace["outputs"], x],
    at=[(KITE, pairs[0]), (WAVE, ones[0])],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# A trace is a program for any type of number that its operations know. So lesson 2
# works on it at once: hand dual numbers to `run_trace`, and each value carries its
# tangent forwards. (`dual` is the course's own version of lesson 2; `KITE` at (2, 3)
# along (1, 0) has slope 24.)


# %%
def attempt(probe):
    """`probe()`, or the name and message of the error that it raised."""
    try:
        return probe()
    except Exception as error:
        return f"({type(error).__name__}: {error})"


def as_function(trace):
    """The trace as a function from a list of inputs to a list of outputs."""
    return lambda x: [run_trace(trace, x)[name] for name in trace["outputs"]]


print(attempt(lambda: dual.jvp(as_function(KITE), [2.0, 3.0], [1.0, 0.0])))

# %% [markdown]
# ## 4 · Backwards: adjoints
#
# Dual numbers ask: *if this input moves, how does each later value move?* Turn the
# question round: *if this value is nudged, how does the final result move?* The answer
# is the value's **adjoint** (or *cotangent*; PyTorch calls it `grad`). You can measure
# it as in lesson 1: run on from the middle, with one value nudged. What would you guess
# for `q`, before you run the cell?


# %%
def kite_from(x, y, nudge):
    """z of KITE, with a number added to each value as soon as it is computed."""
    p = x * y + nudge.get("p", 0.0)
    q = p - x + nudge.get("q", 0.0)
    return p * q


for name in ("q", "p"):
    measured = finite.derivative(lambda h, name=name: kite_from(2, 3, {name: h}), 0.0)
    print(f"nudge {name}: z moves by {measured:.6f} times the nudge")

# %% [markdown]
# For `q` it is the local slope on the arrow, 6. For `p` it is 10, although neither
# arrow that leaves `p` says 10. Go back along the arrows:
#
# | step | what arrives | what is sent on |
# |---|---|---|
# | z = p · q | adjoint of z: 1 (the **seed**) | to p: 1 · 4 = 4; to q: 1 · 6 = 6 |
# | q = p − x | adjoint of q: 6 | to p: 6 · 1 = 6; to x: 6 · (−1) = −6 |
# | p = x · y | adjoint of p: 4 + 6 = **10** | to x: 10 · 3 = 30; to y: 10 · 2 = 20 |
# | inputs | x: −6 + 30 = **24**, y: **20** | |
#
# That is all of reverse mode. Each step multiplies what arrives by its local slopes and
# hands the products to its arguments. Where a value has been used several times
# (**fan-out**), the contributions **add up**, because a nudge there acts along all of
# these ways at once. And the order matters: `p` may pass on its adjoint only when
# *everything* that used `p` has reported. Going through the steps in reverse order
# makes sure of that.
#
# Check the 24 with a pencil: $z = x^2 y\,(y - 1)$, so $\partial z / \partial x =
# 2xy(y - 1) = 24$.
#
# ### Exercise 2 · What each operation sends back
#
# **Goal.** The local rules: for one step, turn the adjoint of its result into
# contributions to its arguments. Such a rule is a **vector-Jacobian product** in
# miniature, hence the name.
#
# **Signature.** `local_vjp(op, args, out, g) -> tuple`. `args` are the numbers that
# went in, `out` is the number that came out, `g` is the adjoint of `out`. One
# contribution comes back for each argument, in order (a list or an array will do).
# Operations: `add sub mul div exp log sin max`.
#
# **Worked example.** `local_vjp("mul", (3.0, 4.0), 12.0, 0.5)` is `(2.0, 1.5)`: the
# slope in the first factor is 4, in the second 3, each times 0.5.
#
# *4 points (1 + 3 hidden) · about 16 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **each operation**: all eight, to 12 digits, with `g` other than 1;
# - **one entry for each argument**: also where the contribution is 0;
# - **max, and its ties**: the larger argument gets `g`; at a tie any split is accepted
#   whose parts have the sign of `g` and add up to it;
# - **g of every size**: 0, negative, $10^{-150}$, $10^{150}$;
# - **values of every size**: arguments of `div`, `exp`, `log` far from 1;
# - **as measured**: the slopes that lesson 1's differences see.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write the slopes down first, with `g = 1`. Then put `g` in front of each. For two of
# the eight, `out` saves you work: which?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *each operation* fails for `div` at `(6.0, 2.0)`, `g = 0.5`: the second entry is
#   $-0.5 \cdot 6/2^2 = -0.75$. A missing square gives −1.5.
# - *each operation* fails for `exp` at 0 with 0 instead of `g`: it was multiplied by
#   the input. The slope of exp is its *output*.
# - *one entry for each argument* fails for `exp` with "shape ()": a tuple of one entry
#   is written `(a,)`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# rules = {
#     "add": lambda x, y: (..., ...),
#     "mul": lambda x, y: (..., ...),      # the slope in x is y, times g
#     "sin": lambda x: (...,),             # one argument, one entry
#     "max": lambda x, y: (..., ...) if ... else (..., ...),
# }                                        # g and out are known in here
# return rules[op](*args)
# ```
#
# </details>


# %% solution="e2-local-rules"
def local_vjp(op: str, args, out: float, g: float) -> tuple:
    """What a step sends to its arguments when `g` is the adjoint of its result."""
    # BEGIN SOLUTION
    rules = {
        "add": lambda x, y: (g, g),
        "sub": lambda x, y: (g, -g),
        "mul": lambda x, y: (g * y, g * x),
        "div": lambda x, y: (g / y, -g * out / y),
        "exp": lambda x: (g * out,),
        "log": lambda x: (g / x,),
        "sin": lambda x: (g * np.cos(x),),
        "max": lambda x, y: (g, 0.0) if x >= y else (0.0, g),
    }
    return rules[op](*args)
    # END SOLUTION


# %% check
check = Check("e2-local-rules", visible=1, hidden=3)


def step(op, args, g):
    """A case of the check: an operation, its numbers, its result, an adjoint."""
    return op, args, float(OPS[op](*args)), g


def sent(op, args, out, g):
    return np.atleast_1d(local_vjp(op, args, out, g))


def sent_by(op):
    return lambda f, x: sent(op, tuple(map(float, x)), float(f(x)), 1.0)


by_hand = [
    (step("add", (3.0, 4.0), 0.5), (0.5, 0.5)),
    (step("sub", (3.0, 4.0), 0.5), (0.5, -0.5)),
    (step("mul", (3.0, 4.0), 0.5), (2.0, 1.5)),
    (step("div", (6.0, 2.0), 0.5), (0.25, -0.75)),
    (step("exp", (0.0,), 0.5), (0.5,)),
    (step("log", (4.0,), 0.5), (0.125,)),
    (step("sin", (0.0,), 0.5), (0.5,)),
]
cases, answers = [case for case, _ in by_hand], [answer for _, answer in by_hand]
check.value("each operation", sent, answers, at=cases)
check.value(
    "max, and its ties",
    sent,
    [(0.5, 0.0), (0.0, 0.5)],
    at=[step("max", (3.0, 1.0), 0.5), step("max", (-3.0, 1.0), 0.5)],
)
check.gradient(
    "as measured", sent_by("div"), lambda x: x[0] / x[1], at=[np.array([1.5, -0.7])]
)
# BEGIN HIDDEN TESTS
check.hidden()


def by_rule(op, args, out, g):
    x, y = (*args, 0.0)[:2]
    if op == "div":
        return [g / y, -(g * x) / (y * y)]
    if op == "max":
        return [g if x > y else 0.0, g if y > x else 0.0]
    if op in ("add", "sub", "mul"):
        return {"add": [g, g], "sub": [g, -g], "mul": [y * g, x * g]}[op]
    return [{"exp": math.exp, "log": lambda t: 1 / t, "sin": math.cos}[op](x) * g]


def split_fairly(result, op, args, out, g):
    shares = np.atleast_1d(result) / g
    if shares.shape != (2,) or abs(shares.sum() - 1) > 1e-12 or shares.min() < 0:
        return f"at a tie, {list(np.atleast_1d(result))} is no split of {g}"
    return True


def as_long(result, op, args, out, g):
    return np.shape(result) == (len(args),) or f"it has shape {np.shape(result)}"


near = Tolerance(rel=1e-12, abs=1e-300)
two, one = ("add", "sub", "mul", "div", "max"), ("exp", "log", "sin")
drawn = [
    step(op, tuple(check.random(2).tolist()), g) for op in two for g in (0.7, -2.3)
]
drawn += [step(op, (abs(check.random(1)[0]),), g) for op in one for g in (0.7, -2.3)]
check.value("each operation", sent, by_rule, at=drawn, tol=near)
check.value(
    "each operation",
    sent,
    by_rule,
    at=[
        step("exp", (-1.3,), 0.7),
        step("sin", (-2.5,), -0.7),
        step("sin", (2.5,), 3.0),
    ],
    tol=near,
)
check.value(
    "max, and its ties",
    sent,
    by_rule,
    at=[step("max", a, -1.7) for a in ((2.0, 2.5), (-2.0, -2.5), (0.0, -1.0))],
)
check.behaviour(
    "max, and its ties",
    sent,
    split_fairly,
    at=[step("max", (x, x), g) for x, g in ((2.0, 0.7), (0.0, -2.0), (-1.5, 3.0))],
)
check.value(
    "g of every size",
    sent,
    by_rule,
    at=[(op, a, out, g) for op, a, out, _ in drawn[::2] for g in (0.0, 1e-150, 1e150)],
    tol=near,
)
far = [("div", (1e8, 1e-6)), ("div", (-3.0, 1e9)), ("div", (0.0, 2.0))]
far += [("exp", (300.0,)), ("exp", (-300.0,)), ("log", (1e-9,)), ("log", (1e12,))]
check.value(
    "values of every size",
    sent,
    by_rule,
    at=[step(op, a, -0.7) for op, a in far],
    tol=near,
)
check.behaviour(
    "one entry for each argument", lambda *case: local_vjp(*case), as_long, at=drawn
)
check.gradient(
    "as measured", sent_by("mul"), lambda x: x[0] * x[1], at=check.random((2, 2))
)
check.gradient("as measured", sent_by("sin"), lambda x: np.sin(x[0]), at=[np.ones(1)])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ### Exercise 3 · The sweep
#
# **Goal.** Go through a trace backwards and collect the adjoint of every value. This is
# backpropagation; the table above was one run of it.
#
# **Signature.** `backprop(trace, values, seeds) -> dict`. `values` is what `run_trace`
# gave; `seeds` says which adjoints to start from, as `{"z": 1.0}`. The adjoint of every
# name comes back.
#
# **Worked example.** For `KITE` at (2, 3) with `{"z": 1.0}`: `x` 24, `y` 20, `p` 10,
# `q` 6, `z` 1.
#
# *6 points (2 + 4 hidden) · about 25 minutes · difficulty 4 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **worked example**: all five adjoints;
# - **fan-out adds up**: a value used three times and more, ways of different length;
# - **one argument twice**: `("s", "mul", ("t", "t"))` sends to `t` twice;
# - **unused values get 0**: a step that leads nowhere, an input that nobody reads;
# - **seeds**: other than 1, on several outputs at once, on a value in the middle or on
#   an input. A seed is *added* to what flows in; no seed means 0;
# - **random traces**: wired by chance; compared with what a nudge of each value does,
#   in forward mode;
# - **long traces**: 3000 steps, and 60 doublings in a row, which have $2^{60}$ paths;
# - **nothing is changed**: trace, values and seeds stay as they were, and a second call
#   gives the same as the first.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Give every name an adjoint at the start: its seed, or 0. Then each step, last one
# first, reads one adjoint (its own) and adds to others (those of its arguments). What
# happens to arguments that are numbers?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *worked example* fails with `p` 6 if a contribution replaces what was there: it is
#   `+=`.
# - *worked example* fails with `x` 0 if the steps are taken in forward order: `p` hands
#   on its adjoint before it has got any.
# - *one argument twice* fails at $\sin^2$ with half the slope if the two contributions
#   are put into a dictionary `{"t": ..., "t": ...}` first: the second overwrites.
# - *unused values get 0* fails with `KeyError`: nobody has given them an adjoint.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# adjoint = {name: ... for name in values}       # the seed, or 0
# for name, op, args in reversed(trace["steps"]):
#     numbers = ...                              # as in run_trace
#     shares = local_vjp(op, numbers, ..., ...)  # this step's result, its adjoint
#     ...                            # add each share, where the arg is a name
# return adjoint
# ```
#
# </details>


# %% solution="e3-backprop"
def backprop(trace: dict, values: dict, seeds: dict) -> dict:
    """The adjoint of every name of `trace`, by one sweep from the last step back."""
    # BEGIN SOLUTION
    adjoint = {name: seeds.get(name, 0.0) for name in values}
    for name, op, args in reversed(trace["steps"]):
        numbers = [values[a] if isinstance(a, str) else a for a in args]
        shares = local_vjp(op, numbers, values[name], adjoint[name])
        for i, arg in enumerate(args):
            if isinstance(arg, str):
                adjoint[arg] += shares[i]
    return adjoint
    # END SOLUTION


# %%
# Traces for the checks below; play with them.
DUO = {  # two outputs, constants, a maximum
    "inputs": ["a", "b"],
    "steps": [
        ("d", "sub", ("a", "b")),
        ("e", "exp", ("d",)),
        ("q", "div", ("e", "b")),
        ("h", "max", ("a", 0.2)),
        ("p", "mul", ("h", "d")),
    ],
    "outputs": ["q", "p"],
}


def random_trace(rng, inputs, rounds):
    """Sums, differences, products and sines, wired by chance; two outputs."""
    names, steps = [f"x{i}" for i in range(inputs)], []
    for k in range(rounds):
        op = str(rng.choice(["add", "sub", "mul"]))
        args = tuple(str(name) for name in rng.choice(names, size=2))
        steps += [(f"a{k}", op, args), (f"s{k}", "sin", (f"a{k}",))]
        names.append(f"s{k}")
    return {"inputs": names[:inputs], "steps": steps, "outputs": names[-2:]}


# %%
def ladder(rounds):
    """x + x, and the result added to itself, and so on."""
    names = ["x", *(f"a{k}" for k in range(rounds))]
    steps = [(names[k + 1], "add", (names[k], names[k])) for k in range(rounds)]
    return {"inputs": ["x"], "steps": steps, "outputs": names[-1:]}


# %% check
check = Check("e3-backprop", visible=2, hidden=4)


def swept(trace, x, seeds):
    return listed(backprop(trace, run_trace(trace, x), seeds), trace)


def first(trace, x, seeds):
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return [adjoint[name] for name in trace["inputs"]]


def wave_adjoints(trace, x, seeds):
    g, t = seeds["z"], math.sin(x[0])
    slope = (3 * t * t + 1) * g
    return [slope * math.cos(x[0]), slope, t * g, g, g, 0.0, g]


SQUARE = {
    "inputs": ["x", "nobody"],
    "steps": [("t", "sin", ("x",)), ("s", "mul", ("t", "t")), ("idle", "exp", ("t",))],
    "outputs": ["s"],
}


def square_slopes(trace, x, seeds):
    return [2 * math.sin(x[0]) * math.cos(x[0]) * seeds["s"], 0.0]


near = Tolerance(rel=1e-12, abs=1e-12)
by_hand = [[24.0, 20.0, 10.0, 6.0, 1.0]]
check.value("worked example", swept, by_hand, at=[(KITE, [2.0, 3.0], {"z": 1.0})])
check.value("fan-out adds up", swept, wave_adjoints, at=[(WAVE, [0.7], {"z": 1.0})])
point = [0.4, 1.5]
check.value(
    "one argument twice", first, square_slopes, at=[(SQUARE, point, {"s": 1.0})]
)
check.value(
    "unused values get 0",
    lambda *case: swept(*case)[1::3],
    lambda trace, x, seeds: [0.0, 0.0],
    at=[(SQUARE, point, {"s": 1.0})],
)
check.value(
    "seeds",
    swept,
    [[60.0, 50.0, 25.0, 15.0, 2.5], [5.0, 2.0, 1.0, 0.0, 0.0], [2, 0, 0, 0, 0]],
    at=[
        (KITE, [2.0, 3.0], {"z": 2.5}),
        (KITE, [2.0, 3.0], {"p": 1.0, "x": 2.0}),
        (KITE, [2.0, 3.0], {"x": 2.0}),
    ],
)
# BEGIN HIDDEN TESTS
check.hidden()


def nudged(trace, x, seeds):
    """The adjoint of every name by its definition: nudge it, in forward mode."""
    names = names_of(trace)
    place = {name: i for i, name in enumerate(names)}

    def total(nudge):
        known = {}
        for i, name in enumerate(trace["inputs"]):
            known[name] = nudge[place[name]] + x[i]
        for label, op, args in trace["steps"]:
            said = OPS[op](*(known.get(arg, arg) for arg in args))
            known[label] = nudge[place[label]] + said
        return sum(seed * known[name] for name, seed in seeds.items())

    return dual.gradient(total, np.zeros(len(names)))


def chain(n):
    steps = [(f"a{k}", "mul", (f"a{k - 1}" if k else "x", 0.999)) for k in range(n)]
    return {"inputs": ["x"], "steps": steps, "outputs": [f"a{n - 1}"]}


def again(trace, x, seeds):
    values = run_trace(trace, x)
    once = listed(backprop(trace, values, seeds), trace)
    twice = listed(backprop(trace, values, seeds), trace)
    parts = [trace["inputs"], trace["steps"], trace["outputs"], sorted(seeds.items())]
    return [once, twice, listed(values, trace), *parts]


def as_before(trace, x, seeds):
    slopes = list(kite_slopes(*x, seeds["z"]))
    p = x[0] * x[1]
    numbers = [*x, p, p - x[0], p * (p - x[0])]
    parts = [trace["inputs"], trace["steps"], trace["outputs"], sorted(seeds.items())]
    return [slopes, slopes, numbers, *parts]


def kite_slopes(x, y, g):
    p, q = x * y, x * y - x
    return [(2 * x * y * (y - 1)) * g, (x * x * (2 * y - 1)) * g, (p + q) * g, p * g, g]


sums = Tolerance(rel=1e-11, abs=1e-11)
pairs = check.random((3, 2)).tolist()
away = [[0.9 + abs(a), b] for a, b in pairs]
below = [[-abs(a), b] for a, b in pairs]
g, k, m = check.random(3).tolist()
check.value(
    "worked example",
    swept,
    lambda trace, x, seeds: kite_slopes(*x, seeds["z"]),
    at=[(KITE, x, {"z": s}) for x, s in zip(pairs, [1.0, g, k], strict=True)],
    tol=near,
)
check.value(
    "fan-out adds up",
    swept,
    wave_adjoints,
    at=[(WAVE, x[:1], {"z": s}) for x, s in zip(pairs, [1.0, g, k], strict=True)],
    tol=near,
)
check.value(
    "one argument twice",
    first,
    square_slopes,
    at=[(SQUARE, x, {"s": g}) for x in pairs],
    tol=near,
)
check.value(
    "unused values get 0",
    swept,
    nudged,
    at=[(SQUARE, pairs[0], {"s": g}), (WAVE, [0.3], {"idle": k}), (KITE, away[0], {})],
    tol=near,
)
check.value(
    "seeds",
    swept,
    nudged,
    at=[
        (DUO, away[0], {"q": g, "p": k}),
        (DUO, below[1], {"q": g, "p": k}),
        (DUO, away[2], {"p": k, "d": g, "b": m}),
        (WAVE, pairs[0][:1], {"z": g, "s": k, "t": m, "idle": 0.3, "x": -1.0}),
    ],
    tol=near,
)
drawn = [random_trace(check.rng, 3, 9) for _ in range(5)]
check.value(
    "random traces",
    swept,
    nudged,
    at=[
        (t, check.random(3).tolist(), {t["outputs"][0]: g, t["outputs"][1]: k, "s3": m})
        for t in drawn
    ],
    tol=sums,
)
check.value(
    "long traces",
    first,
    lambda trace, x, seeds: [sum(seeds.values()) * 0.999**3000],
    at=[(chain(3000), [1.7], {"a2999": g})],
    tol=Tolerance(rel=1e-11, abs=0.0),
)
check.value(
    "long traces",
    first,
    lambda trace, x, seeds: [2.0**60],
    at=[(ladder(60), [0.3], {"a59": 1.0})],
)
check.value(
    "nothing is changed", again, as_before, at=[(KITE, pairs[2], {"z": g})], tol=near
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Your third prediction: the ladder of twenty doublings. One description of the chain
# rule says "sum over all paths of the product of the slopes". It is true, and as a
# program it is a disaster. Count both.

# %%
steps_taken = {"by paths": 0, "by the sweep": 0}


def by_paths(trace, name):
    """Slope of a sum with respect to x, one path after the other."""
    rules = {step[0]: step[2] for step in trace["steps"]}
    if name not in rules:
        steps_taken["by paths"] += 1
        return 1
    return sum(by_paths(trace, arg) for arg in rules[name])


slope = by_paths(ladder(16), "a15")
steps_taken["by the sweep"] = len(ladder(16)["steps"])
print("16 doublings: slope", slope, "after", steps_taken)
print("20 doublings have", 2**20, "paths; a sweep takes 20 steps")

# %% [markdown] answer="why-backwards"
# **For you to write** (0 points, read by a person): somebody runs your loop over the
# steps in forward order "because the slopes are the same". For which traces does that
# happen to give the right adjoints, and why does it fail for the others?

# %% [markdown]
# ### A kink, and three answers
#
# $\max(x, 0) - \max(-x, 0)$ is just $x$: its slope is 1, at 0 too. What does your
# sweep say at 0, where both maxima are ties? Think of your rule for ties before you
# run it.

# %%
KINK = {
    "inputs": ["x"],
    "steps": [
        ("n", "sub", (0, "x")),
        ("a", "max", ("x", 0)),
        ("b", "max", ("n", 0)),
        ("z", "sub", ("a", "b")),
    ],
    "outputs": ["z"],
}


def slope_at(trace, x):
    """Slope of a trace with one input and one output, by your sweep."""
    return backprop(trace, run_trace(trace, [x]), {trace["outputs"][0]: 1.0})["x"]


for x in (-1.0, 0.0, 1.0):
    print(f"x = {x:+.0f}: slope {attempt(lambda x=x: slope_at(KINK, x))}")

# %% [markdown]
# At 0 you get 2 if the first argument takes all at a tie, 0 if the second does, and 1
# if they share equally. None of the rules is a bug, and two of the three answers are
# wrong. (PyTorch's `relu` has slope 0 at 0, and gives 0 here.) "Exact" is a statement
# about steps with a slope, not about conventions at kinks.
#
# ## 5 · Columns and rows: the Jacobian grid
#
# A function with $n$ inputs and $m$ outputs has $m \times n$ slopes, its **Jacobian**
# $J$. What does one run of each mode tell about it?
#
# - **Forward**, with a tangent $v$ at the inputs: out comes $Jv$, a *Jacobian-vector
#   product*, **JVP**. With $v = (0, .., 1, .., 0)$ that is a **column**: how everything
#   reacts to one input.
# - **Backward**, with a seed $u$ at the outputs: out comes $u^\top J$, a
#   *vector-Jacobian product*, **VJP**. With $u = (0, .., 1, .., 0)$ that is a **row**:
#   how one output reacts to everything.
#
# Neither ever builds $J$. How many runs of each fill a grid of 3 outputs and 6 inputs?
# Below the figure, a grid of that size with real slopes: as a table, and to fill pass
# by pass. What does the way with fewer runs have to keep?

# %%
m, n = 3, 6
fig, axes = subplots(1, 2, figsize=(7, 2.5))
fills = {
    "forward: one column each": np.tile(np.arange(n), (m, 1)),
    "backward: one row each": np.tile(np.arange(m)[:, None], (1, n)),
}
for ax, (title, order) in zip(axes, fills.items(), strict=True):
    ax.imshow(order, cmap="Blues", vmin=-2, vmax=10, aspect="auto")
    for (i, j), run_number in np.ndenumerate(order):
        ax.text(j, i, str(run_number + 1), ha="center", va="center")
    ax.set(title=title, xlabel="input", ylabel="output")
    ax.set_xticks(range(n), range(1, n + 1))
    ax.set_yticks(range(m), range(1, m + 1))
    ax.grid(visible=False)
figure(
    fig,
    alt="Two grids of 3 rows (outputs) and 6 columns (inputs); each entry is numbered "
    "by the run that fills it. Forward mode fills it column by column, in 6 runs. "
    "Backward mode fills it row by row, in 3 runs.",
    table=[["mode", "one run fills", "runs for 3 outputs, 6 inputs"]]
    + [["forward", "a column (3 entries)", n], ["backward", "a row (6 entries)", m]],
)

# %%
from autograd_ref.playground import twin

wide = "a = p*q; sin(a); a + r*s; t*u*p"
here = {"p": 1.0, "q": 0.5, "r": 2.0, "s": 3.0, "t": -1.0, "u": 4.0}
table(
    twin("jacobian", wide, here),
    caption="Slopes, and the run of either mode that fills each of them",
)

# %%
from autograd_ref.playground import scene

scene("jacobian", wide, here)

# %% [markdown]
# Six or three. Under "Show the costs": reverse mode keeps every number of the way
# forward, forward mode only those that it is working on. Delete two of the three
# outputs from the formula, then all inputs but `p`: which mode wins now?
#
# ### Exercise 4 · VJPs and rows
#
# **Goal.** Wrap the sweep: from lists of numbers to arrays.
#
# **Signature.** `vjp(trace, x, u) -> ndarray` gives $u^\top J$, shape $(n,)$;
# `jacobian_reverse(trace, x) -> ndarray` gives $J$, shape $(m, n)$. `x` has a number
# for each input, `u` one for each output.
#
# **Worked example.** `vjp(KITE, [2.0, 3.0], [0.5])` is `[12, 10]`, and
# `jacobian_reverse(KITE, [2.0, 3.0])` is `[[24, 20]]`.
#
# *3 points (1 + 2 hidden) · about 14 minutes · difficulty 2 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **rows, weighted by u**: `vjp`, to 12 digits, with $u$ other than ones;
# - **Jacobian**: shape $(m, n)$ with $m \ne n$, a single output included, to 12 digits;
# - **outputs of every kind**: an output may be an input, or a value that is used
#   further on, or be listed twice: then it has two rows;
# - **agrees with lesson 2**: $u \cdot (Jv) = (u^\top J) \cdot v$, with $Jv$ by dual
#   numbers;
# - **few sweeps**: what the check counts is how often the list of steps is gone
#   through, in either direction: at most four times for each output, however many
#   inputs there are. (A run forwards and a sweep back are two.)
#
# <details><summary>Hint 1: a nudge</summary>
#
# `backprop` wants seeds by name. `np.eye(m)` holds the $m$ vectors $u$ that give the
# rows.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *outputs of every kind* fails for `outputs` `["p", "p"]` if the seeds are
#   `dict(zip(outputs, u))`: the second `p` replaces the first. Seeds add up.
# - *Jacobian* fails with shape `(2, 3)` for three outputs of two inputs if rows were
#   stacked as columns; with shape `(2,)` if a single output loses its row.
# - *few sweeps* fails if the Jacobian is filled column by column.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def vjp(trace, x, u):
#     seeds = ...                    # every output 0.0 at first, then += its u
#     adjoint = backprop(trace, ..., seeds)
#     return np.array([...])         # of the inputs, in order
#
# def jacobian_reverse(trace, x):
#     return np.array([... for u in np.eye(...)])
# ```
#
# </details>


# %% solution="e4-jacobian-reverse"
def vjp(trace: dict, x, u) -> np.ndarray:
    """The row u^T J of the trace at `x`, shape (n,)."""
    # BEGIN SOLUTION
    seeds = dict.fromkeys(trace["outputs"], 0.0)
    for i, name in enumerate(trace["outputs"]):
        seeds[name] += u[i]
    adjoint = backprop(trace, run_trace(trace, x), seeds)
    return np.array([adjoint[name] for name in trace["inputs"]])
    # END SOLUTION


def jacobian_reverse(trace: dict, x) -> np.ndarray:
    """The Jacobian of the trace at `x`, shape (m, n), one sweep for each output."""
    # BEGIN SOLUTION
    return np.array([vjp(trace, x, u) for u in np.eye(len(trace["outputs"]))])
    # END SOLUTION


# %%
# What the checks below count with, and two functions that were traced.
class Watched(list):
    """A list that calls `seen` whenever somebody begins to go through it."""

    seen = staticmethod(lambda: None)

    def __iter__(self):
        self.seen()
        return super().__iter__()

    def __reversed__(self):
        self.seen()
        return super().__reversed__()

    def __getitem__(self, i):
        if isinstance(i, slice) or i == 0:
            self.seen()
        return super().__getitem__(i)


def watched(trace, seen):
    """The trace, with a list of steps that reports to `seen`."""
    steps = Watched(trace["steps"])
    steps.seen = seen
    return {**trace, "steps": steps}


# %% check
check = Check("e4-jacobian-reverse", visible=1, hidden=2)


def duo(x):
    """What DUO computes, as an ordinary function."""
    return np.array([np.exp(x[0] - x[1]) / x[1], max(x[0], 0.2) * (x[0] - x[1])])


def duo_jacobian(x):
    a, b = x
    q, h = math.exp(a - b) / b, max(a, 0.2)
    return np.array([[q, -q - q / b], [h + (a - b) * (a > 0.2), -h]])


def kite_jacobian(x):
    x, y = x
    return np.array([[2 * x * y * (y - 1), x * x * (2 * y - 1)]])


def through(trace, x, us):
    return [vjp(trace, x, u) for u in us]


def sweeps(seen, trace, x):
    jacobian_reverse(watched(trace, seen), x)


def total_of(n):
    """A trace that adds up n inputs."""
    names = [f"x{i}" for i in range(n)]
    steps = [(f"s{i}", "add", (names[i], f"s{i - 1}" if i else 0)) for i in range(n)]
    return {"inputs": names, "steps": steps, "outputs": [f"s{n - 1}"]}


MORE = {**DUO, "outputs": ["q", "d", "p", "a", "p"]}


def more_jacobian(x):
    q, p = duo_jacobian(x)
    return np.array([q, [1, -1], p, [1, 0], p])


def nothing():
    """What is counted when a list of steps is gone through."""


close = Tolerance(rel=1e-12, abs=1e-12)
two = [2.0, 3.0]
check.value("rows, weighted by u", through, [[[12, 10]]], at=[(KITE, two, [[0.5]])])
check.value("Jacobian", lambda x: jacobian_reverse(KITE, x), [[[24, 20]]], at=[two])
check.value(
    "outputs of every kind",
    lambda x: jacobian_reverse(MORE, x),
    more_jacobian,
    at=[[1.5, 0.5]],
    tol=close,
)
check.calls("few sweeps", sweeps, nothing, at=[(total_of(40), [1.0] * 40)], at_most=4)
# BEGIN HIDDEN TESTS
check.hidden()


PAIR = {
    "inputs": ["a", "b"],
    "steps": [*DUO["steps"][:3], ("r", "mul", ("a", "b"))],
    "outputs": ["q", "r"],
}


def pair(x):
    """What PAIR computes, for dual numbers too."""
    return [np.exp(x[0] - x[1]) / x[1], x[0] * x[1]]


def by_columns(trace, x):
    """Forward mode, column by column: lesson 2 on a run of the check's own."""

    def outputs(z):
        known = {name: z[i] for i, name in enumerate(trace["inputs"])}
        for label, op, args in trace["steps"]:
            known[label] = OPS[op](*(known.get(arg, arg) for arg in args))
        return [known[name] for name in trace["outputs"]]

    return dual.jacobian(outputs, np.array(x, dtype=float))


def weighted(trace, x, us):
    return np.array(us) @ by_columns(trace, x)


sums = Tolerance(rel=1e-11, abs=1e-11)
away = [[0.9 + abs(a), b] for a, b in check.random((3, 2)).tolist()]
below = [[-abs(a), b] for a, b in check.random((2, 2)).tolist()]
drawn = [(random_trace(check.rng, n, 8), check.random(n).tolist()) for n in (3, 5, 1)]
check.value(
    "rows, weighted by u",
    through,
    weighted,
    at=[(t, x, check.random((2, 2)).tolist()) for t, x in drawn],
    tol=sums,
)
check.value(
    "Jacobian",
    lambda x: jacobian_reverse(KITE, x),
    kite_jacobian,
    at=[*away, *below],
    tol=close,
)
check.value(
    "Jacobian",
    lambda t, x: jacobian_reverse(t, x),
    by_columns,
    at=drawn,
    tol=sums,
)
check.jacobian(
    "Jacobian",
    lambda f, x: jacobian_reverse(DUO, x),
    duo,
    at=away,
    exact=duo_jacobian,
    tol=close,
)
check.value(
    "outputs of every kind",
    lambda x: jacobian_reverse(MORE, x),
    more_jacobian,
    at=[*away, *below],
    tol=close,
)
check.value(
    "outputs of every kind",
    lambda x: vjp(MORE, x, [1.0, 2.0, 3.0, 4.0, 5.0]),
    lambda x: np.arange(1, 6) @ more_jacobian(x),
    at=away,
    tol=close,
)
check.adjoint(
    "agrees with lesson 2",
    lambda x, v: dual.jvp(pair, x, v)[1],
    lambda x, u: vjp(PAIR, x, u),
    at=[(x, (2,)) for x in away],
)
check.calls(
    "few sweeps",
    sweeps,
    nothing,
    at=[(total_of(60), [1.0] * 60), (random_trace(check.rng, 50, 60), [0.5] * 50)],
    at_most=lambda trace, x: 4 * len(trace["outputs"]),
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# The same Jacobian, column by column with lesson 2 and row by row with your sweep. They
# should agree to the last digits, for they apply the same rules in opposite order.

# %%
at = [0.8, 0.5]
print("by columns\n", attempt(lambda: dual.jacobian(as_function(DUO), at)))
print("by rows\n", attempt(lambda: jacobian_reverse(DUO, at)))

# %% [markdown]
# ## 6 · The bill
#
# **Time.** A whole Jacobian takes $n$ runs forward, or one run to get the values and
# then $m$ sweeps back. Each sweep costs a small multiple of the run: every step sends
# back at most two products and two sums. (A theorem of Baur and Strassen, 1983, makes
# that precise: all slopes of one output cost at most about five times the value.)
#
# Often you read that backward passes are "O(1), whatever the number of parameters".
# That holds for **one** output. With 500 outputs it is 500 sweeps.
#
# ### Exercise 5 · Which way?
#
# **Goal.** Put the bill into two small functions.
#
# **Signature.** `cost(n, m, mode)`: the number of times the trace is gone through for a
# full Jacobian with $n$ inputs and $m$ outputs. For `"forward"` it is $n$; for
# `"reverse"` it is $m + 1$, one run for the values and $m$ sweeps. Any other mode
# raises `ValueError`. `choose_mode(n, m)` gives `"forward"`, `"reverse"` or `"either"`.
#
# **Worked example.** `cost(1000, 1, "reverse")` is 2 and `choose_mode(1000, 1)` is
# `"reverse"`.
#
# *2 points (1 + 1 hidden) · about 8 minutes · difficulty 1 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **counts**: `cost` for both modes;
# - **unknown modes**: `cost(2, 3, "sideways")` raises `ValueError`;
# - **clear cases**: where one mode costs more than twice the other, the cheaper one;
# - **close calls**: up to a factor of 2 (2 included) `"either"` is right, and so is the
#   cheaper mode; at equal costs all three are.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Columns belong to inputs, rows to outputs. Which mode fills which?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *clear cases* fails at (1000, 1) with `"forward"` if $n$ and $m$ are swapped: a
# thousand columns, one row. *close calls* at (4, 3): both cost 4.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def cost(n, m, mode):
#     if mode == "forward":
#         return ...
#     if mode == "reverse":
#         return ...
#     raise ValueError(...)            # say which mode came and which are known
#
# def choose_mode(n, m):
#     forward, reverse = ...           # the two costs
#     if ...:                          # (one at most twice the other: if you like)
#         return "either"
#     return ...                       # the cheaper one
# ```
#
# </details>


# %% solution="e5-choose-mode"
def cost(n: int, m: int, mode: str) -> int:
    """How often the trace is gone through for a Jacobian of m rows and n columns."""
    # BEGIN SOLUTION
    if mode == "forward":
        return n
    if mode == "reverse":
        return m + 1
    raise ValueError(f"the mode {mode!r} is neither 'forward' nor 'reverse'")
    # END SOLUTION


def choose_mode(n: int, m: int) -> str:
    """The mode that costs less; within a factor of 2 "either" will do as well."""
    # BEGIN SOLUTION
    return min(("forward", "reverse"), key=lambda mode: cost(n, m, mode))
    # END SOLUTION


# %% check
check = Check("e5-choose-mode", visible=1, hidden=1)


def both_costs(n, m):
    return [cost(n, m, "forward"), cost(n, m, "reverse")]


def chosen(n, m):
    return choose_mode(n, m)


def fits(said, n, m):
    good = {"either"} if n <= 2 * (m + 1) <= 4 * n else set()
    good |= {"forward"} if n <= m + 1 else set()
    good |= {"reverse"} if n >= m + 1 else set()
    return said in good or f"for n = {n}, m = {m}: {said!r}, not {sorted(good)}"


check.value("counts", both_costs, [[1000, 2], [3, 401]], at=[(1000, 1), (3, 400)])
check.behaviour("clear cases", chosen, fits, at=[(1000, 1), (3, 400), (500, 5)])
check.behaviour("close calls", chosen, fits, at=[(4, 3), (10, 10), (2, 2)])
check.raises(
    "unknown modes", lambda mode: cost(2, 3, mode), ValueError, at=["sideways"]
)
# BEGIN HIDDEN TESTS
check.hidden()
sizes = check.rng.integers(2, 60, size=(8, 2)).tolist()
near_two = [(2 * k + 2, k) for k in (1, 7)] + [(k, 2 * k - 1) for k in (1, 2, 7)]
beyond = [(2 * k + 3, k) for k in (1, 7, 30)] + [(k, 2 * k) for k in (1, 7, 30)]
check.value("counts", both_costs, lambda n, m: [n, m + 1], at=list(map(tuple, sizes)))
check.behaviour("clear cases", chosen, fits, at=[*beyond, (5, 500), (784, 10)])
check.behaviour("clear cases", chosen, fits, at=list(map(tuple, sizes)))
check.behaviour("close calls", chosen, fits, at=[*near_two, (1, 1), (30, 30)])
check.raises(
    "unknown modes", lambda mode: cost(1, 1, mode), ValueError, at=["", "back"]
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# **Memory.** Here reverse mode pays. The way back needs the values of the way forward,
# so they must be kept until the sweep has passed. "All of them", many texts say. Is
# that so? The next cell asks your own `local_vjp`: it changes one number at a time and
# looks whether the result changes. Which operations read nothing at all?


# %%
def reads(op, x, y):
    """Which of its numbers the rule for `op` looks at: those whose change is felt."""
    given = {"x": x} if op in ("exp", "log", "sin") else {"x": x, "y": y}
    given["out"] = float(OPS[op](*given.values()))

    def felt(name, step):
        *args, out = (given | {name: given[name] + step}).values()
        return list(local_vjp(op, args, out, 1.0)) != base

    base = list(local_vjp(op, list(given.values())[:-1], given["out"], 1.0))
    return [name for name in given if felt(name, 5.0) or felt(name, -5.0)]


# %%
rows = [["operation", "its rule reads"]]
for op in OPS:
    found = attempt(lambda op=op: reads(op, 3.0, 4.0))
    rows.append(
        [op, found if isinstance(found, str) else ", ".join(found) or "nothing"]
    )
table(rows, caption="What the way back needs of the way forward (yours)")

# %% [markdown]
# Sums and differences need nothing, `exp` can do with its output alone, `mul` needs
# both factors. So a careful engine keeps not everything, only what some rule will read;
# in lesson 6 you will see PyTorch do just that. Still, the number of kept values grows
# with the number of steps, while forward mode may forget each value after its last use.
# Memory is the price of reverse mode, and the reason for lesson 9.
#
# One more common sentence: "the backward pass builds the graph". You have just seen
# that it does not: the trace is made on the way *forwards*; the sweep only reads it.
#
# ## 7 · A test for any pair of rules: the dot-product test
#
# Someone hands you two functions: `jvp(v)` claims to be $Jv$, `vjp(u)` claims to be
# $u^\top J$. You do not know $J$. Can you tell whether they belong together? Yes:
# multiply both by the missing vector,
#
# $$ u \cdot (J v) \;=\; (u^\top J) \cdot v . $$
#
# Both sides are the same number $u^\top J v$, bracketed in two ways. One run of each
# function, two random vectors, no step $h$, and agreement to the last digits, however
# large $J$ is. It does not prove that the pair is right: both may be wrong in the same
# way. But two functions that do not belong together will hardly agree by chance.
#
# ### Exercise 6 · The dot-product test
#
# **Goal.** Write the test.
#
# **Signature.** `dot_test(jvp, vjp, x, rng) -> float`, the mismatch $|u \cdot (Jv) -
# (u^\top J) \cdot v|$, relative to the size of the two numbers. `jvp(v)` takes an array
# of x's shape and gives the output's shape; `vjp(u)` the other way round. `rng` is a
# NumPy generator: both vectors are drawn from it.
#
# **Worked example.** With $J = \begin{pmatrix}1&2&3\end{pmatrix}$ and the wrong pair
# `jvp = lambda v: J @ v`, `vjp = lambda u: 2 * (u @ J)` one side is twice the other:
# the mismatch is 0.5, relative to the larger one.
#
# *3 points (1 + 2 hidden) · about 14 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **right pairs**: at most 1e-10, for every generator tried, whatever $n$ and $m$;
# - **wrong pairs**: the six of the next cell, each with eight generators: at least one
#   mismatch is above 1e-3 (and none is negative);
# - **fresh directions**: for a wrong pair, different generators give different numbers;
# - **slopes that are zero**: for $J = 0$ the mismatch is 0, not NaN;
# - **two products**: what the check counts is calls of `jvp`: two at most. Building $J$
#   would take $n$.
#
# Relative to the larger side, or to the sum of both, or absolute: all are accepted, for
# the numbers here are of ordinary size.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Draw $v$ first. How long must $u$ be? The result of `jvp(v)` knows.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *wrong pairs* fails for "invisible to ones" if $u$ or $v$ is all ones: its mistakes
#   cancel in sums. This is why no check in this course seeds with ones.
# - *slopes that are zero* fails with NaN at 0/0.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# v = rng.normal(size=...)          # shape of x
# pushed = np.asarray(jvp(v))
# u = rng.normal(size=...)          # shape of the output
# left, right = ..., ...            # u @ Jv, and the other bracketing
# scale = abs(left) + abs(right)
# return ...                        # mind scale == 0
# ```
#
# </details>


# %%
def wrong_pairs(J):
    """Name -> (jvp, vjp) for a square J; in each, something is wrong."""
    n = len(J)
    hole, blind = np.ones_like(J), np.zeros_like(J)
    hole[1, 2] = 0.0
    blind[:2, :2] = [[1.0, -1.0], [-1.0, 1.0]]  # rows and columns add up to 0
    return {
        "not transposed": (lambda v: J @ v, lambda u: J @ u),
        "twice too large": (lambda v: J @ v, lambda u: 2 * (u @ J)),
        "wrong sign": (lambda v: J @ v, lambda u: -(u @ J)),
        "one path lost": (lambda v: J @ v, lambda u: u @ (J * hole)),
        "u ignored": (lambda v: J @ v, lambda u: np.ones(n) @ J),
        "invisible to ones": (lambda v: J @ v, lambda u: u @ (J + blind)),
    }


# %% solution="e6-dot-test"
def dot_test(jvp, vjp, x, rng) -> float:
    """Relative mismatch of u.(Jv) and (u^T J).v for random u and v."""
    # BEGIN SOLUTION
    v = rng.normal(size=np.shape(x))
    pushed = np.asarray(jvp(v))
    u = rng.normal(size=pushed.shape)
    left, right = u @ pushed, np.asarray(vjp(u)) @ v
    scale = abs(left) + abs(right)
    return float(abs(left - right) / scale) if scale else 0.0
    # END SOLUTION


# %% check
check = Check("e6-dot-test", visible=1, hidden=2)


def tried(pair, x, seeds):
    rngs = (np.random.default_rng(seed) for seed in seeds)
    return [dot_test(*pair, x, rng) for rng in rngs]


def on_right(J, seeds):
    return tried((lambda v: J @ v, lambda u: u @ J), np.ones(J.shape[1]), seeds)


def on_wrong(name, J, seeds):
    return tried(wrong_pairs(J)[name], np.ones(len(J)), seeds)


def all_tiny(found, J, seeds):
    found = np.asarray(found, dtype=float)
    return bool(np.all((found >= 0) & (found <= 1e-10))) or f"mismatches {found}"


def noticed(found, name, J, seeds):
    found = np.asarray(found, dtype=float)
    seen = bool(np.all(found >= 0) and found.max() > 1e-3)
    return seen or f"{name!r}: mismatches {found.round(6)}"


def varied(found, name, J, seeds):
    different = len({round(float(a), 9) for a in found})
    return different > 2 or f"only {different} different numbers from {len(seeds)} rngs"


def count_jvp(jvp, J):
    dot_test(jvp, lambda u: u @ J, np.ones(J.shape[1]), np.random.default_rng(5))


KINDS = ["not transposed", "twice too large", "wrong sign"]
KINDS += ["one path lost", "u ignored", "invisible to ones"]
eight = list(range(8))
shapes = [(3, 5), (4, 4), (1, 6)]
check.behaviour(
    "right pairs", on_right, all_tiny, at=[(check.random(s), eight) for s in shapes]
)
square = check.random((4, 4))
check.behaviour(
    "wrong pairs", on_wrong, noticed, at=[(name, square, eight) for name in KINDS]
)
check.behaviour(
    "slopes that are zero", on_right, all_tiny, at=[(np.zeros((2, 3)), [1])]
)
# BEGIN HIDDEN TESTS
check.hidden()
fresh = check.rng.integers(1, 10**6, size=8).tolist()
shapes = [(7, 2), (1, 1), (5, 5), (40, 30)]
check.behaviour(
    "right pairs", on_right, all_tiny, at=[(check.random(s), fresh) for s in shapes]
)
squares = [check.random((n, n)) for n in (3, 6)]
check.behaviour(
    "wrong pairs",
    on_wrong,
    noticed,
    at=[(name, J, fresh) for name in KINDS for J in squares],
)
check.behaviour(
    "fresh directions",
    on_wrong,
    varied,
    at=[(name, squares[1], fresh) for name in ("one path lost", "invisible to ones")],
)
check.behaviour(
    "slopes that are zero", on_right, all_tiny, at=[(np.zeros((1, 1)), [2])]
)
matrix = check.random((6, 8))
check.calls("two products", count_jvp, lambda v: matrix @ v, at=[(matrix,)], at_most=2)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Put it to work: lesson 2's JVP against your VJP, on the trace `DUO`. Two independent
# pieces of work, one in each direction. And what does the test say if the two outputs
# are handed over in the wrong order?

# %%
rng = np.random.default_rng(0)
place = np.array([0.8, 0.5])


def forwards(v):
    """Jv of DUO, by lesson 2."""
    return dual.jvp(as_function(DUO), place, v)[1]


right = attempt(lambda: dot_test(forwards, lambda u: vjp(DUO, place, u), place, rng))
turned = attempt(
    lambda: dot_test(forwards, lambda u: vjp(DUO, place, u[::-1]), place, rng)
)
print("mismatch, right pair:     ", right)
print("mismatch, outputs swapped:", turned)

# %% [markdown]
# ## 8 · Break it
#
# Three sweeps with a classic mistake each. They work on traces with `add` and `mul`
# only, so that they fit a cell. The right answer for $z = (x + x \cdot y) \cdot x$ at
# $(2, 3)$ with seed 1 is `x` 16, `y` 4. For each mutant: which properties of exercise 3
# catch it? Then think of a trace on which it is *right*.

# %%
SMALL = [("a", "mul", "x", "y"), ("b", "add", "x", "a"), ("z", "mul", "b", "x")]
known = {"x": 2.0, "y": 3.0, "a": 6.0, "b": 8.0, "z": 16.0}


def mutant(mistake, seed=1.0):
    """Adjoints of the inputs of SMALL, by a sweep with a mistake."""
    adjoint = dict.fromkeys(known, 0.0)
    adjoint["z"] = 1.0 if mistake == "B" else seed
    for name, op, left, right in SMALL if mistake == "C" else SMALL[::-1]:
        g = adjoint[name]
        shares = (g, g) if op == "add" else (g * known[right], g * known[left])
        for arg, share in zip((left, right), shares, strict=True):
            adjoint[arg] = share if mistake == "A" else adjoint[arg] + share
    return {name: adjoint[name] for name in ("x", "y")}


for mistake in ("none", "A", "B", "C"):
    print(f"{mistake:4s}: seed 1 {mutant(mistake)}   seed 0.5 {mutant(mistake, 0.5)}")

# %% [markdown]
# <details><summary>Which property catches which?</summary>
#
# - **A** overwrites instead of adding: *worked example*, *fan-out adds up*, *one
#   argument twice*, *random traces*. It is right where every value is used once, as in
#   a chain.
# - **B** ignores the seed: *seeds*. It is right with seed 1, which is what most people
#   try.
# - **C** goes forwards: *worked example*, *fan-out adds up*. It is right where one step
#   is all there is.
#
# </details>
#
# ## 9 · Check yourself
#
# Answer aloud first, then open.
#
# <details><summary>1. What is the adjoint of the output itself, and who decides
# it?</summary>
#
# The seed. You do: 1 for a gradient, anything else for a weighted sum of rows.
#
# </details>
# <details><summary>2. A value is used by three later steps. How many numbers arrive at
# it, and what becomes of them?</summary>
#
# Three (or more, if one step uses it twice). They are added.
#
# </details>
# <details><summary>3. Why in reverse order?</summary>
#
# Because a step may send on its adjoint only when it is complete, and everything that
# uses the value stands further down in the trace.
#
# </details>
# <details><summary>4. 3 inputs, 400 outputs, the whole Jacobian. Which mode? And
# 784 inputs, 10 outputs?</summary>
#
# Forward: 3 passes instead of 401. Reverse: 11 instead of 784.
#
# </details>
# <details><summary>5. The dot-product test passes to 16 digits. Are both rules
# right?</summary>
#
# They agree with each other. If both forget the same factor, they still agree. Compare
# one of them with differences as well (lesson 1).
#
# </details>
#
# ## 10 · In the wild
#
# In 2021 a user of cTensor, a small library for learning about automatic
# differentiation, reported [a gradient of 7 where 6 was
# right](https://github.com/sebgao/cTensor/issues/5). The program was $x \cdot xa + x
# \cdot xa + x^2 a$ with $xa = x \cdot a$ and $x = a = 1$. The author's diagnosis: a
# value that is reached along several paths sent its gradient on *each time something
# arrived*, and what had arrived before was sent again. The cure he named is to wait
# until all users have reported.
#
# The next cell rebuilds the mistake in miniature. The same family of bug has been in
# larger systems: Elixir's Nx was [wrong when an expression appeared more than
# once](https://github.com/elixir-nx/nx/pull/564) until it gathered all users of a value
# first, in November 2021.

# %%
REPORT = {  # (first factor or term, second one) of each value; "one" is a constant
    "xa": ("mul", "x", "one"),
    "x2": ("mul", "x", "x"),
    "f1": ("mul", "x", "xa"),
    "f2": ("mul", "x", "xa"),
    "f3": ("mul", "x2", "one"),
    "s": ("add", "f1", "f3"),
    "f": ("add", "s", "f2"),
}


def eager(name, share, adjoint):
    """Add what arrives, and send on at once all that has arrived so far."""
    adjoint[name] = adjoint.get(name, 0.0) + share
    if name in REPORT:
        op, left, right = REPORT[name]
        for arg in (left, right):  # every value is 1, so each local slope is 1
            eager(arg, adjoint[name], adjoint)
    return adjoint


print("sent on at once:", eager("f", 1.0, {})["x"], "  by lesson 2:", end=" ")
print(dual.derivative(lambda x: x * (x * 1) + x * (x * 1) + x * x * 1, 1.0))

# %% [markdown]
# What can a tester learn from it? A value that is used twice is not enough: rename one
# use, and the report's number was right. The value must itself be *computed* from `x`,
# so that sending on twice does damage. That is the diamond in `KITE`.
#
# Where is this in PyTorch? `tensor.backward(gradient=u)` is `backprop` with seeds `u`;
# [`torch.func.vjp`](https://docs.pytorch.org/docs/stable/generated/torch.func.vjp.html)
# is your `vjp`, and `jacrev` and `jacfwd` fill the grid by rows and by columns. Lesson
# 6 opens them up. The trace that you were given here, lesson 4 lets record itself.
#
# ## 11 · Interview corner
#
# **"Why can a network with millions of weights be trained with one backward pass?"**
# Because there is one loss: one row of the Jacobian, one sweep. *Evidence:* a trace
# with 500 inputs; the list of steps is gone through once forwards and once backwards.
# *The trap:* the sweep is one, but it is not free; it costs about twice the run.

# %%
gone = []
wide = random_trace(np.random.default_rng(1), 500, 300)
one_output = {**wide, "outputs": wide["outputs"][-1:]}
seen = watched(one_output, lambda: gone.append("through"))
row = attempt(lambda: jacobian_reverse(seen, np.full(500, 0.5)))
print(
    "Jacobian:", getattr(row, "shape", row), " steps gone through:", len(gone), "times"
)

# %% [markdown]
# **"What does reverse mode cost that forward mode does not?"** Memory that grows with
# the length of the program: values are kept for the way back. *Evidence:* a chain of
# 100 and of 10,000 sines. *The trap:* "it stores everything": sums need nothing (the
# table in section 6), and lesson 9 trades memory for time.


# %%
def sines(n):
    """sin(sin(... sin(x) ...)), as a trace."""
    steps = [(f"a{k}", "sin", (f"a{k - 1}" if k else "x",)) for k in range(n)]
    return {"inputs": ["x"], "steps": steps, "outputs": [f"a{n - 1}"]}


def nested_sine(x, n):
    """The same as an ordinary loop, which forgets."""
    for _ in range(n):
        x = np.sin(x)
    return x


def peak(run):
    """Most bytes in use while `run()` was running."""
    tracemalloc.start()
    attempt(run)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


# %%
for n in (100, 10_000):
    long = sines(n)
    back = peak(lambda long=long: slope_at(long, 0.5))
    forth = peak(lambda n=n: dual.derivative(lambda x: nested_sine(x, n), 0.5))
    print(f"{n:6d} steps: reverse {back:9d} bytes at most, forward {forth:6d}")

# %% [markdown]
# **"Forward or reverse, for 5 inputs and 500 outputs? And the other way round?"** The
# smaller number of runs: forward for 5 to 500, reverse for 500 to 5. *Evidence:* count
# both for both shapes. *The trap:* within a factor of two or so, memory and simplicity
# decide, not the count.

# %%
rows = [["inputs", "outputs", "forward passes", "times through, reverse", "you choose"]]
for n, m in [(5, 500), (500, 5), (20, 20), (1000, 1)]:
    counts = [attempt(lambda k=k: cost(n, m, k)) for k in ("forward", "reverse")]
    rows.append([n, m, *counts, attempt(lambda: choose_mode(n, m))])
table(rows, caption="Runs for a whole Jacobian")

# %% [markdown]
# ## 12 · Stretch: neither forwards nor backwards
#
# A program in stages has a Jacobian that is a product, $J = J_k \cdots J_2 J_1$.
# Forward mode multiplies from the right, $J_k(\cdots(J_2 J_1))$; reverse mode from the
# left. But a product may be bracketed in any way. With stages of sizes 50 → 1000 → 2 →
# 1000 → 50 both pure modes are wasteful:


# %%
def forward_work(sizes):
    """Multiplications for the product of the stages' Jacobians, from the input side."""
    pairs = zip(sizes[1:], sizes[2:], strict=False)
    return sum(sizes[0] * a * b for a, b in pairs)


def reverse_work(sizes):
    """The same, from the output side."""
    return forward_work(sizes[::-1])


stages = [50, 1000, 2, 1000, 50]
meet = 2 * 50 * 1000 * 2 + 50 * 2 * 50  # both halves first; they meet at the 2
print(
    "forward", forward_work(stages), " reverse", reverse_work(stages), " meeting", meet
)

# %% [markdown]
# Thirteen times less, because everything has to pass through two numbers in the middle.
# (In a general graph, finding the best order is NP-complete; for a chain it is a
# classic of dynamic programming.)
#
# **Goal.** Find the best bracketing of a chain, and a case of your own.
#
# **Signature.** `best_work(sizes) -> int`: the fewest multiplications. `sizes` has the
# number of inputs, then the size after each stage; stage $i$ has a Jacobian of
# `sizes[i + 1]` × `sizes[i]`, and multiplying $(a \times b)$ by $(b \times c)$ takes
# $abc$. `neither_wins() -> list`: sizes for which *both* pure modes need at least twice
# the best.
#
# **Worked example.** `best_work([50, 1000, 2, 1000, 50])` is 205000, and
# `best_work([7, 3])` is 0: a single matrix needs no product. (Your own case must differ
# from these.)
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks ·
# about 25 minutes · difficulty 4 of 5*
#
# **What the check looks at**
#
# - **short chains**: one to four stages;
# - **any chain**: random sizes, compared with another method;
# - **long chains**: 60 stages, in 5 seconds: trying all bracketings would take longer
#   than the universe has lasted;
# - **neither mode wins**: your sizes, 3 to 20 whole numbers from 1 to 10,000. (The
#   visible part looks at their form, the hidden one at the work.)
#
# <details><summary>Hint 1: a nudge</summary>
#
# The *last* product splits the chain in two. If you knew the best for every shorter
# piece, what would the best split be?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *short chains* fails at `[2, 3, 4]`: one product, 2 · 3 · 4 = 24. *long chains* fails
# by time if pieces are computed again and again: remember them.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# @cache                           # a result, once found, is remembered
# def piece(i, j):                 # the stages from sizes[i] to sizes[j]
#     ways = ...                   # for each split: left, right, and the product
#     return min(ways, default=0)
# return ...
# ```
#
# </details>


# %% solution="s3-best-bracketing"
def best_work(sizes) -> int:
    """Fewest multiplications for the product of all stages' Jacobians."""

    # BEGIN SOLUTION
    @cache
    def piece(i, j):
        ends, splits = sizes[i] * sizes[j], range(i + 1, j)
        ways = (piece(i, s) + piece(s, j) + ends * sizes[s] for s in splits)
        return min(ways, default=0)

    return piece(0, len(sizes) - 1)
    # END SOLUTION


def neither_wins() -> list:
    """Sizes for which forward and reverse both need at least twice the best."""
    # BEGIN SOLUTION
    return stages + stages
    # END SOLUTION


# %% check
check = Check("s3-best-bracketing", visible=1, hidden=1)


def formed(found):
    sizes = [int(a) for a in np.ravel(found)]
    if sizes in ([50, 1000, 2, 1000, 50], [7, 3]):
        return "these are the sizes of the text; find others"
    fine = 3 <= len(sizes) <= 20 and min(sizes) >= 1 and max(sizes) <= 10_000
    return fine or f"{sizes} is no list of 3 to 20 sizes from 1 to 10,000"


short = [[7, 3], [2, 3, 4], [50, 1000, 2, 1000, 50], [10, 1, 10, 1]]
short = [(sizes,) for sizes in short]
check.value("short chains", lambda s: best_work(s), [0, 24, 205000, 20], at=short)
check.behaviour("neither mode wins", lambda: list(neither_wins()), formed)
# BEGIN HIDDEN TESTS
check.hidden()


def fewest(sizes):
    count = len(sizes)
    table = np.zeros((count, count), dtype=int)
    for i in reversed(range(count - 2)):
        for j in range(i + 2, count):
            inner = np.array(sizes[i + 1 : j])
            ways = (
                table[i, i + 1 : j] + table[i + 1 : j, j] + sizes[i] * inner * sizes[j]
            )
            table[i, j] = ways.min()
    return int(table[0, -1])


def wins(found):
    sizes = [int(a) for a in np.ravel(found)]
    if formed(found) is not True:
        return formed(found)
    pure, best = min(forward_work(sizes), reverse_work(sizes)), fewest(sizes)
    return pure >= 2 * best or f"the better pure mode needs {pure}, the best is {best}"


lengths = [3, 4, 5, 6, 8, 9]
drawn = [(check.rng.integers(1, 40, size=n).tolist(),) for n in lengths]
check.value("any chain", lambda s: best_work(s), fewest, at=drawn)
sixty = [(check.rng.integers(1, 99, size=61).tolist(),)]
check.value("long chains", lambda s: best_work(s), fewest, at=sixty)
check.behaviour("neither mode wins", lambda: list(neither_wins()), wins)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 13 · One page to take away
#
# **Trace** (tape): the list of steps that ran, with names. Made on the way forwards.
#
# **Adjoint** of a value: how the final result reacts to a nudge of it. The adjoint of
# the output is the **seed**.
#
# **Sweep.** Steps in reverse order. Each multiplies its adjoint by its local slopes and
# *adds* the products to the adjoints of its arguments. Unused values keep 0.
#
# **Rules.** With `g` arriving: add $(g, g)$, sub $(g, -g)$; a product sends to each
# factor `g` times the other one; exp uses its output; max sends all to the larger one.
#
# **JVP and VJP.** Forward: $Jv$, columns, one pass for each input. Reverse: $u^\top J$,
# rows, one sweep for each output. Neither builds $J$.
#
# **Cost.** Full Jacobian: $n$ passes forward, or $m + 1$ times through the trace in
# reverse. One sweep: a small multiple of the run. Memory: what the rules will read,
# growing with the program.
#
# **Test.** $u \cdot (Jv) = (u^\top J) \cdot v$ with random $u$ and $v$, to the last
# digits. Never with ones.
#
# | | differences (1) | forward (2) | reverse (3) |
# |---|---|---|---|
# | one run gives | a slope, roughly | $Jv$ | $u^\top J$ |
# | gradient, $n$ inputs | $2n$ calls | $n$ passes | 1 run, 1 sweep |
# | Jacobian, $m$ outputs | $2n$ calls | $n$ passes | 1 run, $m$ sweeps |
# | memory | none extra | a constant factor | grows with the steps |
#
# **Traps.** Overwriting where it should add; the wrong order; a seed that is ignored;
# an argument that is used twice; unused values; ones as test vectors.
#
# **Next.** In lesson 4 the trace writes itself while ordinary code runs, and out comes
# an engine that trains a network. Back to the [map of the course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
