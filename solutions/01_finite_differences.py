# %% [markdown]
# # Lesson 1 · Slopes you can measure
#
# You have a function. You can call it, but you cannot look inside. How steep is it
# here?
#
# This lesson answers with nothing but subtraction and division: **finite differences**.
# They are the oldest way to a derivative, they work on every black box, and they lie in
# ways that you can learn to predict. In every later lesson, what you build will be
# checked with what you write today.
#
# **Afterwards you can**
# - estimate the derivative of any function that you can call;
# - say where the error comes from, and predict the best step before you measure it;
# - write a gradient checker that can be trusted, and say when it cannot.
#
# **You need** Python, NumPy and the chain rule. **Time:** reading about 24 minutes,
# exercises about 80 minutes. The stretch exercise at the end is extra, in time and in
# points.
#
# **How it works.** Run the cells from top to bottom. In an exercise you replace one
# line, `raise NotImplementedError(...)`, and run the check below it as often as you
# like. Hints are folded away, in three layers; opening them costs nothing. More inputs
# are tried when your work is graded, but never a new requirement: each property checked
# is listed in the exercise.

# %%
import math
from fractions import Fraction

import numpy as np
import sympy

from graders import Check, Tolerance
from graders.show import figure, subplots, table

EPS = float(np.finfo(float).eps)  # the gap between 1.0 and the next double


def try_mine(run, otherwise=None):
    """What `run()` returns, or `otherwise` while an exercise is still unfinished."""
    try:
        return run()
    except Exception as problem:
        print(f"This cell needs an exercise above: {type(problem).__name__}: {problem}")
        return otherwise


# %% [markdown]
# ## 1 · A smaller step, a worse answer
#
# The derivative is a limit: the slope between two points as they move together,
#
# $$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}.$$
#
# So take a small $h$. And if the result is not good enough, a smaller one. What could
# go wrong? The slope of $\sin$ at 1 is $\cos 1$. Guess what the last column will do,
# then run the cell.

# %%
print("     h      estimate             error")
for k in range(1, 17):
    h = 10.0**-k
    estimate = (math.sin(1.0 + h) - math.sin(1.0)) / h
    print(f"1e-{k:02d}  {estimate:.15f}  {abs(estimate - math.cos(1.0)):.1e}")

# %% [markdown]
# For a while each smaller step buys one more digit, as the formula promises. Near
# `1e-08` it stops. From there on every smaller step *costs* a digit or so, and at
# `1e-16` nothing is left: the computer says that the sine is flat.
#
# No bug is hidden here, and no other language would do better. Why does it happen, why
# just there, and how small an error can be had at all? By the end of this lesson you
# can answer all three before running anything.
#
# ## 2 · Predict
#
# First, three guesses. They are marked at once and **never count**: a wrong guess that
# surprises you is worth more than a right one that does not. Replace each `None` by
# adding a line below the dictionary, such as `guesses["abs at 0"] = 0.5`.
#
# 1. `"best step in single precision"`: single precision keeps about 7 digits instead of
#    16. For the loop above, which of `1e-1`, `1e-3`, `1e-6`, `1e-8` would give the
#        smallest error?
# 2. `"calls for 1000 inputs"`: a function takes 1000 numbers and returns one. Its slope
#    with respect to each is wanted, from one point on each side. How many calls?
# 3. `"abs at 0"`: you estimate the slope of `abs` at 0 from one point on each side,
#    equally far away. What number comes out?
#
# *What the check looks at:* "guess" (one line for each).

# %% solution="p1-guesses"
guesses = {
    "best step in single precision": None,
    "calls for 1000 inputs": None,
    "abs at 0": None,
}
# BEGIN SOLUTION
guesses["best step in single precision"] = 1e-3
guesses["calls for 1000 inputs"] = 2000
guesses["abs at 0"] = 0.0
# END SOLUTION


# %% check
def single_error(h):
    one, step = np.float32(1.0), np.float32(h)
    return abs(float((np.sin(one + step) - np.sin(one)) / step) - math.cos(1.0))


def calls_made(n):
    return len([(entry, side) for entry in range(n) for side in ("left", "right")])


check = Check("p1-guesses", visible=0, hidden=0)
truths = {
    "best step in single precision": lambda: min(
        (1e-1, 1e-3, 1e-6, 1e-8), key=single_error
    ),
    "calls for 1000 inputs": lambda: calls_made(1000),
    "abs at 0": lambda: (abs(0.25) - abs(-0.25)) / (0.25 - -0.25),
}
check.facts("guess", guesses, truths)
check.score()

# %% [markdown]
# ## 3 · The picture
#
# A difference quotient is the slope of a **secant**, the straight line through two
# points of the curve. The tangent touches at one point. Which of the secants below
# would you trust most, and why?
#
# Below the figure, `sin` at 1 lies under a **microscope**: first as a table of errors,
# then as a picture that you can work, without code (nothing of it is graded). At which
# `h` will the error of the forward difference stop falling, and at which that of the
# central one, $(f(x + h) - f(x - h)) / 2h$? Guess both powers of ten.

# %%
fig, axes = subplots(figsize=(7, 4))
t = np.linspace(-0.2, 2.6, 200)
axes.plot(t, np.sin(t), "k-", linewidth=2, label="sin")
rows = [["line", "slope"]]
for h, style in [(1.5, "--"), (0.75, "-."), (0.25, ":")]:
    slope = (math.sin(1 + h) - math.sin(1)) / h
    axes.plot(t, math.sin(1) + slope * (t - 1), style, label=f"secant, h = {h}")
    axes.plot(1 + h, math.sin(1 + h), "o", color="black", markersize=4)
    rows.append([f"secant, h = {h}", f"{slope:+.3f}"])
rows.append(["tangent", f"{math.cos(1):+.3f}"])
axes.plot(t, math.sin(1) + math.cos(1) * (t - 1), "-", linewidth=1, label="tangent")
axes.plot(1, math.sin(1), "ks")
axes.set(xlabel="x", ylabel="y", ylim=(-0.3, 1.9))
axes.legend(loc="upper left")
figure(
    fig,
    alt="The sine curve from -0.2 to 2.6 with four straight lines through its point at "
    "x = 1. Three are secants to the points 1.5, 0.75 and 0.25 further on; the nearer "
    "the second point, the nearer the secant lies to the fourth, the tangent.",
    table=rows,
)

# %%
from autograd_ref.playground import twin

table(
    twin("microscope", "sin(x)", {"x": 1.0}),
    caption="Errors of the slope of sin at 1",
)

# %%
from autograd_ref.playground import scene

scene("microscope", "sin(x)", {"x": 1.0})

# %% [markdown]
# Near `1e-08` and near `1e-05`. Drag `h` further down, and the curve under the lens
# turns into a staircase: the doubles that `sin` returns lie no closer. Sections 5 to 7
# say why it is these powers of ten. (And the column that only falls? It is the
# stretch.)
#
# ## 4 · One step forward
#
# ### Exercise 1: forward difference
# *2 points · about 8 minutes · difficulty 1 of 5 · importance 5 of 5*
#
# **Goal:** turn the quotient above into a function that works for any `f`.
#
# `forward_diff(f, x, h) -> float` takes a function of one number, the place, and the
# step.
#
# **Example.** For $f(x) = x^2$ at 3 with $h = 0.5$: the curve rises from 9 to 12.25, so
# the estimate is $3.25 / 0.5 = 6.5$. The true slope is 6: we are off by 0.5, which is
# $h$ itself. Do you see why?
#
# *What the check looks at*
# - "close to the slope": with `h = 1e-7` the estimate agrees with the true slope to 5
#   digits;
# - "half the step, half the error": at `h` and `h / 2` the errors differ by a factor
#   near 2 (1.7 to 2.3), because a one-sided difference has an error proportional to
#   `h`; whether your second point lies to the right or to the left does not matter;
# - "exactly two evaluations": calls of `f` are counted. A call may take an hour.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Slope is rise over run. What is the rise between the two points, and how far apart are
# they?
# </details>
# <details><summary>Hint 2: which property fails?</summary>
#
# Take $f(x) = x^2$, $x = 3$, $h = 0.5$ and compare with the 6.5 above. If you get −6.5,
# the two values are subtracted in the wrong order ("close to the slope" fails). 3.25:
# the two points are not $2h$ apart. Exactly 6: your points lie on both sides of 3. That
# is a better idea, and the next exercise, but here it fails "half the step, half the
# error".
# </details>
# <details><summary>Hint 3: skeleton</summary>
#
# ```python
# rise = ...        # the change of f from x to the second point
# return ...        # rise over run
# ```
# </details>


# %% solution="e1-forward-difference"
def forward_diff(f, x: float, h: float) -> float:
    """Slope of `f` at `x`, estimated from two points that lie `h` apart."""
    # BEGIN SOLUTION
    return (f(x + h) - f(x)) / h
    # END SOLUTION


# %% check
def half_the_error(got, x):
    coarse, fine = (abs(slope - math.exp(x)) for slope in got)
    if fine == 0.0 or not 1.7 <= coarse / fine <= 2.3:
        return f"the errors at h and h/2 are {coarse:.1e} and {fine:.1e}"
    return True


def closely(f, x):
    return forward_diff(f, x, 1e-7)


def twice(x):
    return [forward_diff(math.exp, x, h) for h in (1e-3, 5e-4)]


check = Check("e1-forward-difference", visible=1, hidden=1)
near = Tolerance(rel=1e-5, abs=1e-5, reason="one-sided: off by h/2 times f''")
check.derivative("close to the slope", closely, math.sin, at=[0.3, 2.0], tol=near)
check.behaviour("half the step, half the error", twice, half_the_error, at=[0.5])
check.calls("exactly two evaluations", closely, math.sin, at=[0.7], exactly=2)
# BEGIN HIDDEN TESTS
check.hidden()
spots = check.random(6)
check.derivative("close to the slope", closely, lambda t: t**3 - 2 * t, spots, tol=near)
check.behaviour("half the step, half the error", twice, half_the_error, at=spots[:3])
check.calls("exactly two evaluations", closely, math.exp, at=[-1.3, 0.0], exactly=2)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 5 · Two errors that pull in opposite directions
#
# Two things went wrong in the first table, one on each side of the valley.
#
# **Truncation.** Taylor's formula says
# $f(x + h) = f(x) + h f'(x) + \tfrac{h^2}{2} f''(x) + \dots$ Subtract $f(x)$, divide by
# $h$: what remains besides $f'(x)$ is about $\tfrac{h}{2} f''(x)$. The secant cuts a
# corner; a smaller step cuts less.
#
# **Round-off.** A double keeps about 16 digits. Two numbers that agree in the first 12
# leave 4 when you subtract them. Count the digits that survive:

# %%
for h in (1e-4, 1e-8, 1e-12):
    near_one, at_one = math.sin(1.0 + h), math.sin(1.0)
    print(f"sin(1 + {h:.0e}) = {near_one:.17f}")
    print(f"sin(1)         = {at_one:.17f}")
    print(f"difference     = {near_one - at_one:.17f}")
    print(f"exact would be   {math.cos(1) * h - math.sin(1) * h * h / 2:.17f}\n")

# %% [markdown]
# Every value above is right to its last digit or so. The subtraction takes away the
# digits that agree, and what moves to the front is the part that had been rounded. Each
# value carries an error of about $\varepsilon |f|$, with $\varepsilon \approx$ `EPS`,
# and division by a tiny $h$ blows it up to $\varepsilon |f| / h$. So, for a formula
# with truncation error $C h^p$,
#
# $$\text{error} \approx C\,h^p + \frac{\varepsilon\,|f|}{h}.$$
#
# The first term wants a small $h$, the second a large one. The number $p$ is called the
# **order**; forward differences have $p = 1$.
#
# ### Exercise 2: a symmetric step
# *4 points · about 16 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **Goal:** an estimate of order 2 or better, with a step that suits the size of `x`
# when none is given.
#
# `central_diff(f, x, h=None) -> float`. A point on each side of `x` makes the $f''$
# terms of the two Taylor formulas cancel.
#
# **Example.** $x^2$ at 3 with $h = 0.5$: from $2.5^2 = 6.25$ to $3.5^2 = 12.25$ is a
# rise of 6 over a run of 1. The estimate is 6. Not close to 6: exactly 6, whatever the
# step. Which term of Taylor's formula has gone?
#
# **The default step.** Without `h`, choose one yourself. `EPS ** (1/3)` suits an `x`
# near 1 (you will see why in exercise 4), but at `x = 1e8` neighbouring doubles are
# already further apart than some steps, and at `x = 0` a step proportional to `x` would
# be 0. Something like `max(1, abs(x))` copes with both.
#
# *What the check looks at*
# - "close to the slope": without `h`, right to 6 digits; `f` is a black box on floats;
# - "half the step, a quarter of the error": with `h = 0.1` and `0.05` on `exp`, the
#   error shrinks at least 3.4-fold (or is already below 1e-10); a better formula than
#   the simplest one is welcome;
# - "the step given is the step used": with an explicit `h`, the furthest point at which
#   `f` is called lies between `h / 10` and `10 * h` from `x`;
# - "x of every size": without `h`, at 1e8, at 1e-8, at 0 and in between, on a function
#   that is smooth at all these scales.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Same idea as before, other points: one at `x + h`, one at `x - h`. How far apart are
# they now?
# </details>
# <details><summary>Hint 2: which property fails?</summary>
#
# $x^2$ at 3 with `h = 0.5` must give 6. If you get 12, look at the run. If
# `central_diff(math.exp, 0.0)` raises `ZeroDivisionError`, "x of every size" fails:
# your default step is 0 at 0. If it fails at `1e8` only, the default does not grow with
# `x`. If "the step given" fails, an `h` that is passed gets overwritten: test it with
# `is None`.
# </details>
# <details><summary>Hint 3: skeleton</summary>
#
# ```python
# if h is None:
#     h = ...           # EPS to some power, times a scale that is never below 1
# rise = ...            # f on the right minus f on the left
# return ...            # over the distance between the two points
# ```
# </details>


# %% solution="e2-central-difference"
def central_diff(f, x: float, h: float | None = None) -> float:
    """Slope of `f` at `x` to second order; `h` sets the scale of the step.

    Without `h`, a step that suits the size of `x` and double precision.
    """
    # BEGIN SOLUTION
    if h is None:
        h = EPS ** (1 / 3) * max(1.0, abs(x))
    return (f(x + h) - f(x - h)) / (2 * h)
    # END SOLUTION


# %% check
def reach(x, h):
    seen = []
    central_diff(lambda t: seen.append(float(t)) or math.sin(t), x, h)
    return max(abs(t - x) for t in seen)


def scale_kept(got, x, h):
    return h / 10 <= got <= 10 * h or f"the furthest point was {got:.1e} away, h is {h}"


def both(x):
    return [central_diff(math.exp, x, h) for h in (0.1, 0.05)]


def quarter(got, x):
    coarse, fine = (abs(slope - math.exp(x)) for slope in got)
    if fine > 1e-10 and coarse < 3.4 * fine:
        return f"the errors at 0.1 and 0.05 are {coarse:.1e} and {fine:.1e}"
    return True


def smooth(t):
    return 2.0 * t + math.hypot(1.0, t)


def rising(x):  # the slope of smooth
    return 2.0 + x / math.hypot(1.0, x)


check = Check("e2-central-difference", visible=1, hidden=3)
six = Tolerance(rel=1e-6, abs=1e-7, reason="order 2 at its best step")
some = [1e8, 0.0, 1e-8]
check.derivative("close to the slope", central_diff, math.exp, at=[-1.0, 0.5, 1.0])
check.behaviour("half the step, a quarter of the error", both, quarter, at=[0.5])
check.behaviour("the step given is the step used", reach, scale_kept, at=[(1.0, 0.25)])
check.derivative("x of every size", central_diff, smooth, some, exact=rising, tol=six)
# BEGIN HIDDEN TESTS
check.hidden()
check.derivative("close to the slope", central_diff, math.sin, at=check.random(6))
check.derivative("close to the slope", central_diff, math.exp, at=check.random(6))
check.derivative("close to the slope", central_diff, lambda t: t**3, at=check.random(6))
spots, pairs = check.random(4), [(-2.0, 1e-3), (0.0, 0.5), (1e3, 1.0)]
check.behaviour("half the step, a quarter of the error", both, quarter, at=spots)
check.behaviour("the step given is the step used", reach, scale_kept, at=pairs)
most = [-1e8, 3e5, -2e3, 0.0, -1e-8, 5e-4, 1e10]
check.derivative("x of every size", central_diff, smooth, most, exact=rising, tol=six)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Does the size of `x` matter in practice? Many tutorials use `h = 1e-5` everywhere. For
# $x^2$ the central formula has no truncation error at all, so anything you see in the
# middle column is round-off. Where is everything lost?

# %%
print("     x     relative error, h = 1e-5    relative error, your default")
for place in (1.1, 1.1e3, 1.1e6, 7.7e8, 1.1e10, 1.1e12):
    steps = ({"h": 1e-5}, {})
    pair = try_mine(lambda: [central_diff(lambda t: t * t, place, **h) for h in steps])
    if pair is None:
        break
    fixed, scaled = (abs(slope / place / 2 - 1) for slope in pair)
    print(f"{place:8.1e}   {fixed:20.1e}   {scaled:26.1e}")

# %% [markdown]
# ## 6 · The V-shaped curve
#
# One number shows an error; a curve explains it.
#
# ### Exercise 3: the error curve
# *3 points · about 12 minutes · difficulty 2 of 5 · importance 3 of 5*
#
# **Goal:** for several schemes and many steps, measure how wrong each estimate is.
#
# `error_curve(schemes, f, df, x, hs) -> array` of shape `(len(schemes), len(hs))`. A
# scheme is any function `scheme(f, x, h) -> float`, such as your two; it takes **one**
# step at a time. `df` is the true derivative. `hs` comes in any order, and column `j`
# belongs to `hs[j]`. Nested lists are as good as an array.
#
# **Example.** $x^2$ at 3, steps 0.5 and 0.25: the rows for `forward_diff` and
# `central_diff` are `[0.5, 0.25]` and `[0, 0]`.
#
# *What the check looks at*
# - "one row per scheme, one column per step": the shape;
# - "absolute errors": the entries, in the right place, for schemes made up by the
#   check;
# - "never negative": an estimate may be too low, an error is a size;
# - "lowest where theory says": on real schemes the smallest entry lies within a factor
#   of ten of $\sqrt{\varepsilon}$ (forward) and $\varepsilon^{1/3}$ (central).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two loops, one inside the other. Which of them makes a row?
# </details>
# <details><summary>Hint 2: which property fails?</summary>
#
# One scheme that returns 5.5 where the truth is 6: the entry must be 0.5. Got −0.5:
# "never negative". Got 0.083: that is a relative error. With three schemes and two
# steps, a `(2, 3)` result has rows and columns swapped.
# </details>
# <details><summary>Hint 3: skeleton</summary>
#
# ```python
# truth = ...                      # needed once
# rows = []
# for scheme in schemes:
#     rows.append([... for h in hs])   # the size of (estimate - truth)
# return np.array(rows)
# ```
# </details>


# %% solution="e3-error-curve"
def error_curve(schemes, f, df, x: float, hs) -> np.ndarray:
    """Absolute error of each scheme (rows) at each step (columns)."""
    # BEGIN SOLUTION
    truth = df(x)
    return np.array([[abs(scheme(f, x, h) - truth) for h in hs] for scheme in schemes])
    # END SOLUTION


# %% check
made_up = [
    lambda f, x, h: 2 * x + h,
    lambda f, x, h: 2 * x - h,
    lambda f, x, h: f(x) + f(h),
]


def errors(x, *hs):
    return error_curve(made_up, lambda t: t * t, lambda t: 2 * t, x, hs)


def by_hand(x, *hs):
    return [hs, hs, [abs(x * x + h * h - 2 * x) for h in hs]]


def in_shape(got, x, *hs):
    needed = (3, len(hs))
    return np.shape(got) == needed or f"shape {np.shape(got)} where {needed} was needed"


def not_negative(got, x, *hs):
    return bool(np.min(got) >= 0) or "an entry is negative"


def one_sided(f, x, h):
    return (f(x + h) - f(x)) / h


def curve(*hs):
    return error_curve([one_sided], math.exp, math.exp, 1.0, list(hs))


def deep(got, *hs):
    return 1e-9 < hs[int(np.argmin(got[0]))] < 1e-7 or "the smallest entry is elsewhere"


check = Check("e3-error-curve", visible=1, hidden=2)
few, tens = [(3.0, 0.5, 0.25)], [10.0**-k for k in range(1, 15)]
check.behaviour("one row per scheme, one column per step", errors, in_shape, at=few)
check.value("absolute errors", errors, by_hand, at=few)
check.behaviour("never negative", errors, not_negative, at=few)
check.behaviour("lowest where theory says", curve, deep, at=[tuple(tens)])
# BEGIN HIDDEN TESTS
check.hidden()
more = [(5.0, 0.125, 1.0, 0.5, 2.0), (-3.0, 0.25, 4.0), (-0.5, 0.75)]
check.behaviour("one row per scheme, one column per step", errors, in_shape, at=more)
check.value("absolute errors", errors, by_hand, at=more)
check.behaviour("never negative", errors, not_negative, at=more)


def two_sided(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def curves(*hs):
    return error_curve([one_sided, two_sided], math.exp, math.exp, 1.0, hs)


def deeper(got, *hs):
    return 1e-6 < hs[int(np.argmin(got[1]))] < 1e-4 or "the smallest entry is elsewhere"


check.behaviour("lowest where theory says", curves, deeper, at=[tuple(tens[::-1])])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Now your three functions together, on $f(x) = x^3 \sin x$ at 1.5. Grey lines: what the
# formula of section 5 predicts, drawn before anything is measured. A third curve
# repeats the forward difference in single precision.


# %%
def cube_sine(t):
    return t**3 * np.sin(t)


def cube_sine_slope(t):
    return 3 * t**2 * np.sin(t) + t**3 * np.cos(t)


second = 6 * 1.5 * math.sin(1.5) + 6 * 1.5**2 * math.cos(1.5) - 1.5**3 * math.sin(1.5)
third = (6 - 9 * 1.5**2) * math.sin(1.5) + (18 * 1.5 - 1.5**3) * math.cos(1.5)
hs = np.logspace(0, -15, 61)
round_off = EPS * abs(cube_sine(1.5)) / hs
predicted = [hs / 2 * abs(second) + round_off, hs**2 / 6 * abs(third) + round_off]


def measure(schemes):
    curves = error_curve(schemes, cube_sine, cube_sine_slope, 1.5, hs)
    return np.reshape(np.array(curves, dtype=float), (len(schemes), len(hs)))


blank = np.full((2, len(hs)), np.nan)
measured = try_mine(lambda: measure([forward_diff, central_diff]), blank)
x32, h32 = np.float32(1.5), hs[hs > 1e-7].astype(np.float32)
single = (cube_sine(x32 + h32) - cube_sine(x32)) / h32
single_errors = abs(single.astype(float) - cube_sine_slope(1.5))

# %%
fig, axes = subplots(figsize=(7, 4.5))
for line in predicted:
    axes.loglog(hs, line, color="0.7", linestyle="-", marker="", linewidth=4)
axes.loglog(hs, measured[0] + 1e-18, "o-", markersize=3, label="forward")
axes.loglog(hs, measured[1] + 1e-18, "s--", markersize=3, label="central")
axes.loglog(h32, single_errors + 1e-18, "^:", markersize=3, label="forward, single")
axes.set(xlabel="step h", ylabel="absolute error", ylim=(1e-13, 1e2))
axes.legend(loc="lower left")
rows = [["h", "forward", "central", "forward, single precision"]]
for i in range(4, len(hs), 8):
    one = f"{single_errors[i]:.1e}" if i < len(single_errors) else "-"
    rows.append([f"{hs[i]:.0e}", f"{measured[0, i]:.1e}", f"{measured[1, i]:.1e}", one])
figure(
    fig,
    alt="Error against step, both axes logarithmic, read from the right. Each curve is "
    "a V. Forward differences fall with slope 1 until h is near 1e-8, then rise with "
    "slope -1. Central ones fall with slope 2, to far less error near h = 1e-5, "
    "then join that rising line. In single precision the V is lowest near h = 1e-3.",
    table=rows,
)

# %% [markdown]
# Read it from right to left. On the right the lines are straight: on logarithmic axes a
# power $h^p$ is a line of slope $p$. On the left all of them rise with slope −1,
# ragged, because round-off is luck. Your curves should lie on the grey ones. **Slopes
# can be measured**: let us fit a line to each straight part. And a question: can two
# second-order estimates be mixed so that their errors cancel? *Richardson* takes
# $\tfrac43$ of the one at $h/2$ minus $\tfrac13$ of the one at $h$. Guess its slope.


# %%
def richardson(f, x, h):
    return (4 * central_diff(f, x, h / 2) - central_diff(f, x, h)) / 3


third_curve = try_mine(lambda: measure([richardson]), blank[:1])
right, left = (hs > 1e-4) & (hs < 1e-1), (hs > 1e-13) & (hs < 1e-9)
far_right = (hs > 5e-3) & (hs < 2e-1)
for name, errors_, part in [
    ("forward, right of the valley", measured[0], right),
    ("forward, left of it", measured[0], left),
    ("central, right of the valley", measured[1], right),
    ("central, left of it", measured[1], left),
    ("Richardson, right", third_curve[0], far_right),
]:
    if np.isnan(errors_).any():
        continue  # not measured yet
    slope, _ = np.polyfit(np.log10(hs[part]), np.log10(errors_[part] + 1e-18), 1)
    print(f"{name:30s} slope {slope:+.2f}")

# %% [markdown]
# ## 7 · The best step, before measuring
#
# At the bottom of the V both errors are about equal: $h^p \approx \varepsilon / h$ if
# we know nothing better than that $f$ and its derivatives are of moderate size. Solve
# for $h$, then let the step grow with `x`.
#
# ### Exercise 4: the best step
# *2 points · about 8 minutes · difficulty 2 of 5 · importance 4 of 5*
#
# **Goal:** the step near the bottom of the V, for any order, place and precision.
#
# `best_step(order, x, eps) -> float`: `order` is the $p$ of the truncation error, `eps`
# the machine epsilon of the number type.
#
# **Example.** By hand, with a machine that keeps 6 digits (`eps = 1e-6`), at `x = 1`:
# for order 1, $h^2 = 10^{-6}$, so $h = 10^{-3}$; for order 2, $h^3 = 10^{-6}$, so
# $h = 10^{-2}$. The better formula takes the *larger* step.
#
# *What the check looks at:* your step is within a factor of ten of
# $\varepsilon^{1/(p+1)} \cdot \max(1, |x|)$, both ends included. Nobody knows it better
# than that without knowing $f$.
# - "double precision": orders 1, 2, 4 and others;
# - "single precision": the same with its larger `eps`;
# - "x of every size": large, tiny, zero and negative `x`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Multiply both sides of $h^p = \varepsilon / h$ by $h$. Which root do you take?
# </details>
# <details><summary>Hint 2: which property fails?</summary>
#
# `best_step(1, 1.0, 1e-6)` must be near `1e-3` and `best_step(2, 1.0, 1e-6)` near
# `1e-2`. If the two are equal, `order` is not used. If only "x of every size" fails,
# compare `x = 0` (not 0!) and `x = 1e8` (a hundred million times the step at 1).
# </details>
# <details><summary>Hint 3: skeleton</summary>
#
# ```python
# unit = ...           # the root of eps, for an x of size 1
# scale = ...          # how large x is, but never below 1
# return unit * scale
# ```
# </details>


# %% solution="e4-best-step"
def best_step(order: int, x: float, eps: float) -> float:
    """Step that balances truncation `h**order` against round-off `eps / h` at `x`."""
    # BEGIN SOLUTION
    return eps ** (1 / (order + 1)) * max(1.0, abs(x))
    # END SOLUTION


# %% check
def near(got, order, x, eps):
    # Solved with logarithms; the last factor forgives rounding at the ends.
    wanted = math.exp(math.log(eps) / (order + 1)) * max(1.0, abs(x))
    fine = wanted / 10.0000001 <= got <= wanted * 10.0000001
    return fine or f"{got:.1e} is more than ten times off"


check = Check("e4-best-step", visible=1, hidden=1)
eps32 = 2.0**-23
double = [(1, 1.0, EPS), (2, 1.0, EPS), (4, 1.0, EPS)]
single = [(1, 1.0, eps32), (4, 1.0, eps32)]
sizes = [(1, 1e8, EPS), (2, -1e6, EPS), (2, 0.0, EPS)]
check.behaviour("double precision", best_step, near, at=double)
check.behaviour("single precision", best_step, near, at=single)
check.behaviour("x of every size", best_step, near, at=sizes)
# BEGIN HIDDEN TESTS
check.hidden()
p, there = int(check.rng.integers(3, 7)), float(check.random(1)[0])
double = [(1, there, EPS), (2, there, EPS), (p, there, EPS)]
single = [(1, there, eps32), (2, there, eps32), (6, there, eps32)]
sizes = [(1, -3e5, EPS), (4, 1e10, eps32), (2, 1e-8, EPS), (1, 0.0, eps32)]
check.behaviour("double precision", best_step, near, at=double)
check.behaviour("single precision", best_step, near, at=single)
check.behaviour("x of every size", best_step, near, at=sizes)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Theory against measurement, on the function from the picture. The theory knows nothing
# of $f$; how far off is it?

# %%
for name, p, curve_ in zip(("forward", "central"), (1, 2), measured, strict=True):
    bottom = int(np.nanargmin(np.append(curve_, 1e9)))
    if bottom < len(hs):
        theory = try_mine(lambda: f"{best_step(p, 1.5, EPS):.1e}")
        lowest = f"{curve_[bottom]:.1e} at h = {hs[bottom]:.1e}"
        print(f"{name}: lowest error measured {lowest}; best_step says h = {theory}")

# %% [markdown]
# ## 8 · Many inputs
#
# So far one number in, one out. A loss has a million numbers in. What happens if you
# hand your `central_diff` an array? Take $f(v) = \sum v_i^2$ at $(1, 2, 3)$; the
# gradient is $(2, 4, 6)$. Say what you expect, then run.

# %%
v = np.array([1.0, 2.0, 3.0])
print(try_mine(lambda: central_diff(lambda u: float(np.sum(u**2)), v, 1e-5)))

# %% [markdown]
# One number, and it looks like a success: 12 is $2 + 4 + 6$. Adding `h` to an array
# moves **all** entries at once, so this is the slope along $(1, 1, 1)$. A gradient
# needs one slope per entry, each with the others held still.
#
# ### Exercise 5: the numerical gradient
# *5 points · about 20 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **Goal:** the gradient of any function of one array, by central differences with a
# step that suits each entry.
#
# `numerical_gradient(f, x) -> ndarray` of the shape of `x`. `f` takes an array and
# returns a number.
#
# **Example.** $f(v) = v_0 v_1$ at $(2, 5)$: moving the first entry by $\pm h$ changes
# $f$ by $\pm 5h$; so the gradient is $(5, 2)$. Four calls of `f`.
#
# *What the check looks at*
# - "close to the gradient": 6 digits, where entries interact (so no entry may stay
#   moved);
# - "any shape": vectors, matrices, 3 axes, a single number (shape `()`); the result has
#   the shape of `x`;
# - "whole numbers": an integer `x`; what does `x[i] += h` do to it?
# - "views": an `x` that is a slice or a transpose of another array;
# - "entries of every size": 1e6 next to 1 next to 0;
# - "f sees what x is": every call gets a float64 array of the shape of `x`;
# - "x is left alone": afterwards it is bit for bit the same;
# - "two calls per entry": for $n$ entries exactly $2n$ calls of `f`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Work on a float copy. For one entry: remember it, move it up, call, move it down,
# call, put it back. `np.ndindex(x.shape)` visits the index of each entry, for every
# shape, `()` included.
# </details>
# <details><summary>Hint 2: which property fails?</summary>
#
# All zeros for `np.array([1, 2, 3])`: integers swallow `h` ("whole numbers"). All zeros
# for a transpose: `reshape(-1)` of it is a copy, so `f` never sees the change
# ("views"). Right for $\sum v_i^2$ but a little off for $v_0 v_1$: an entry was not put
# back ("close to the gradient"). Exactly one number: see the cell above.
# </details>
# <details><summary>Hint 3: skeleton</summary>
#
# ```python
# moved = np.array(x, dtype=float)
# gradient = np.zeros(moved.shape)
# for i in np.ndindex(moved.shape):
#     here = moved[i]
#     h = ...                  # as in exercise 2, for this entry
#     ...                      # two calls of f(moved), one on each side
#     moved[i] = here
#     gradient[i] = ...
# return gradient
# ```
# </details>


# %% solution="e5-numerical-gradient"
def numerical_gradient(f, x: np.ndarray) -> np.ndarray:
    """Gradient of the scalar function `f` at `x`, by 2 calls of `f` for each entry."""
    # BEGIN SOLUTION
    moved = np.array(x, dtype=float)  # a copy, and floats: integers would swallow h
    gradient = np.zeros(moved.shape)
    for i in np.ndindex(moved.shape):
        here = moved[i]
        h = EPS ** (1 / 3) * max(1.0, abs(here))
        moved[i] = here + h
        above = f(moved)
        moved[i] = here - h
        below = f(moved)
        moved[i] = here
        gradient[i] = (above - below) / (2 * h)
    return gradient
    # END SOLUTION


# %% check
def product(z):  # entries interact, and each has another weight
    weights = np.arange(1.0, np.size(z) + 1).reshape(np.shape(z))
    return float(np.sum(weights * z) ** 2 / np.size(z) + np.sum(np.sin(z)))


def whole(f, x):
    return numerical_gradient(f, x.astype(int))


def turned(f, x):
    return numerical_gradient(f, np.asfortranarray(x))


def after(x):  # x as it is when its gradient has been taken
    numerical_gradient(product, x)
    return x


check = Check("e5-numerical-gradient", visible=1, hidden=4)
short, three = np.array([2.0, 5.0]), np.array([1.0, 2.0, 3.0])
grid = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
check.gradient("close to the gradient", numerical_gradient, product, at=[short, -three])
check.gradient("any shape", numerical_gradient, product, at=[grid, np.array(0.7)])
check.gradient("whole numbers", whole, product, at=[three])
check.gradient("views", turned, product, at=[grid])
check.unchanged("x is left alone", after, at=[grid])
check.calls("two calls per entry", numerical_gradient, product, at=[grid], exactly=12)
# BEGIN HIDDEN TESTS
check.hidden()
scales = np.array([1.0, 1e6, 0.5, 2e5, 1.0])


def every(z):
    return float(np.sum(np.sin(z / scales)))


def slopes(x):
    return np.cos(x / scales) / scales


def gaps(f, x):
    return numerical_gradient(f, np.repeat(x, 2, axis=-1)[..., ::2])


def seen_by_f(x):
    seen = []
    numerical_gradient(lambda z: seen.append([z.dtype.name, *z.shape]) or z.sum(), x)
    return seen


def as_x(got, x):
    wanted = ["float64", *np.shape(x)]
    return all(list(one) == wanted for one in got) or f"f was given {got[0]}"


shapes = [check.random(shape) for shape in [(1, 4), (3, 1, 2), (4, 3), (1,)]]
longer, wide = [check.random(5), check.random(9)], [check.random((2, 5))]
mixed = [np.array([1.0, 1e6, 0.0, -2e5, 1e-6])]
tight = Tolerance(rel=1e-6, abs=1e-12)  # some slopes are of size 1e-6
counts = np.array([[3.0, -1.0], [0.0, 2.0]])
check.gradient("close to the gradient", numerical_gradient, product, at=longer)
check.gradient("any shape", numerical_gradient, product, at=shapes)
check.gradient("whole numbers", whole, product, at=[counts])
check.gradient("views", gaps, product, at=[check.random((2, 3)), check.random(4)])
check.gradient("views", turned, product, at=[check.random((3, 2))])
check.gradient(
    "entries of every size", numerical_gradient, every, mixed, exact=slopes, tol=tight
)
check.behaviour("f sees what x is", seen_by_f, as_x, at=[longer[0], grid, grid.T])
check.behaviour("x is left alone", after, np.array_equal, at=[check.random((6, 7))])
check.calls("two calls per entry", numerical_gradient, product, at=wide, exactly=20)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 9 · Four ways to one derivative
#
# Finite differences need $2n$ calls for $n$ inputs. What do the others cost? Our test
# piece is the **logistic map**, $x \mapsto 4x(1 - x)$, applied several times over.
#
# - **By hand.** One application has slope $4 - 8x$; the chain rule multiplies the
#   slopes at $x_0, x_1, \dots$ A person sees the pattern. The cost is the person.
# - **Symbolic.** A computer algebra system applies the same rules to the formula. What
#   does it do to its length? Let us count the operations of $f'$, plainly written out,
#   and once more after repeated parts have been given names (**common subexpression
#   elimination**, CSE).

# %%
symbol = sympy.Symbol("x")
formula, swell = symbol, [["times applied", "f", "f' written out", "f' with CSE"]]
for times in range(1, 7):
    formula = 4 * formula * (1 - formula)
    slope_formula = sympy.diff(formula, symbol)
    named, (rest,) = sympy.cse(slope_formula)
    shared = sum(part.count_ops() for _, part in named) + rest.count_ops()
    swell.append([times, formula.count_ops(), slope_formula.count_ops(), shared])

# %%
table(swell, caption="Operations in the formula of the logistic map and of its slope")

# %% [markdown]
# Written out, the formula more than doubles each time: **expression swell**. With
# shared parts each application adds only 10 to 26 operations. So the trouble is not the
# rules but writing the result as one formula. Which suggests the fourth way:
#
# - **Automatic.** Never write the formula. Run the program, and let every number carry
#   its slope with it; each `+`, `-`, `*` knows its own rule.
#
# Here it is for the two operations that we need. A pair is (value, slope):


# %%
def times(a, b):
    return (a[0] * b[0], a[1] * b[0] + a[0] * b[1])  # the product rule


def one_minus(a):
    return (1 - a[0], -a[1])


def logistic(x, n):
    for _ in range(n):
        x = 4 * x * (1 - x)
    return x


def with_slope(x, n):
    pair = (x, 1.0)
    for _ in range(n):
        pair = times((4.0, 0.0), times(pair, one_minus(pair)))
    return pair


print("value and slope after 6 steps from 0.3:", with_slope(0.3, 6))

# %% [markdown]
# Cost and error of all four, side by side. The truth is computed without any rounding,
# with fractions.


# %%
def by_hand(x, n):
    slope = 1
    for _ in range(n):
        slope, x = slope * (4 - 8 * x), 4 * x * (1 - x)
    return slope


truth_ = float(by_hand(Fraction(0.3), 6))
plain = sympy.lambdify(symbol, slope_formula, "math")(0.3)
wobble = 1e-5
numeric = (logistic(0.3 + wobble, 6) - logistic(0.3 - wobble, 6)) / (2 * wobble)
ways = [
    ["by hand", by_hand(0.3, 6), "a person, then 6 steps of 6 operations"],
    ["symbolic", plain, f"{swell[6][2]} operations, {swell[6][3]} with CSE"],
    ["numeric", numeric, "2 runs of 18 operations, for each input"],
    ["automatic", with_slope(0.3, 6)[1], "1 run of 6 steps of 10 operations"],
]
off = [f"{abs(slope / truth_ - 1):.0e}" for _, slope, _ in ways]
comparison = [
    [w, f"{s:.10f}", e, cost] for (w, s, cost), e in zip(ways, off, strict=True)
]

# %%
table([["way", "slope", "relative error", "cost"], *comparison], caption="Four ways")

# %% [markdown]
# By hand, symbolic and automatic make no truncation error; only rounding remains.
# Numeric is far behind in digits, but it asks for nothing: no formula, no rules, just
# calls. **That is why it makes such a good referee.** It shares no code and no idea
# with what it checks.
#
# Automatic differentiation is symbolic rules for single operations, with numbers put in
# at once. The rest of the course is about doing that well. (A fifth way, the complex
# step, waits in the stretch exercise.)
#
# ## 10 · The referee
#
# Two gradients, one from a formula, one measured. Equal? Never to the last digit. So
# what is "close enough"?
#
# Take the **relative** error of each entry, symmetric in the two,
# $\dfrac{|a - n|}{\max(|a|, |n|)}$: it means the same at 1e-9 as at 1e6. It has one
# weak point. Where the true slope is 0, $n$ is pure noise, and noise divided by itself
# is 1. The measured entry is uncertain by about $\varepsilon |f(x)| / h$, so no
# difference of that size should count.
#
# ### Exercise 6: a gradient checker
# *4 points · about 16 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **Goal:** say whether `grad` is the gradient of `f` at `x`.
#
# `gradient_ok(f, grad, x, tol=1e-5) -> bool`. Use your `numerical_gradient`. Right
# gradients given by the check are right to nearly 16 digits; wrong ones have at least
# one entry off by a thousandth of itself, or more. Any tolerance well between is fine.
#
# **Example.** $f(v) = v_0^2 + 3$ at $(2, 7)$: `[4, 0]` is right, and so is
# `[4, 1e-12]`, which is within the noise. `[4.01, 0]` is wrong, and so is `[[4, 0]]`:
# wrong shape.
#
# *What the check looks at* (each line asks about a right and a wrong gradient, so
# always saying "yes" passes none)
# - "right and wrong": ordinary functions;
# - "one wrong entry among 200": the other 199 are right;
# - "tiny gradients": `f` and its slopes are of size 1e-9;
# - "zeros that are right": the function does not depend on an entry, or is flat there
#   while $f$ itself is about 100;
# - "shape": a `grad` of another shape is wrong, even if NumPy could stretch it to fit;
# - "NaN is wrong": a gradient with NaN in it.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Shape first. Then avoid dividing altogether: "$|a - n| \le$ tolerance times size, plus
# noise" has no 0/0 in it.
# </details>
# <details><summary>Hint 2: which property fails?</summary>
#
# `f(v) = v[0]**2 + 3` at `[2.0, 7.0]` with `grad = [4, 0]` must be True. If it is
# False, you divide 0 by 0 ("zeros that are right"). Flip the sign of a gradient of size
# 1e-9: must be False; if it is True, an absolute tolerance is at work ("tiny
# gradients"). If "one wrong entry" fails, you compare lengths or means, where 199 right
# entries outvote one.
# </details>
# <details><summary>Hint 3: skeleton</summary>
#
# ```python
# if ...:                            # shapes differ
#     return False
# measured = numerical_gradient(f, x)
# size = ...                         # the larger of |grad| and |measured|
# noise = 10 * EPS * abs(f(x)) / ... # h as in exercise 5
# return bool(np.all(... <= tol * size + noise))
# ```
# </details>


# %% solution="e6-gradient-checker"
def gradient_ok(f, grad: np.ndarray, x: np.ndarray, tol: float = 1e-5) -> bool:
    """Whether each entry of `grad` agrees with the numerical gradient of `f` at `x`."""
    # BEGIN SOLUTION
    if np.shape(grad) != np.shape(x):
        return False
    measured = numerical_gradient(f, x)
    size = np.maximum(np.abs(grad), np.abs(measured))
    h = EPS ** (1 / 3) * np.maximum(1.0, np.abs(x))
    noise = 10 * EPS * abs(f(x)) / h
    # NaN compares as False, so a NaN entry is never right.
    return bool(np.all(np.abs(grad - measured) <= tol * size + noise))
    # END SOLUTION


# %% check
def wavy(z):
    return float(np.sum(np.sin(z)))


def tiny(z):
    return 1e-9 * float(np.sum(np.sin(z)))


def flat(z):
    return 100.0 + float(np.sum(np.sin(z)[1:]))


def verdicts(f, right, wrong, x):
    return [gradient_ok(f, right, x), gradient_ok(f, wrong, x)]


def one_off(x, i, factor, zero=0.0):
    scale = np.ones(x.shape)
    scale.flat[i] = factor
    shift = np.zeros(x.shape)
    shift.flat[i] = zero
    return scale * np.cos(x) + shift


def yes_no(*case):
    return [True, False]


def usual(x, k):
    return verdicts(wavy, np.cos(x), one_off(x, -1, k), x)


def small(x, k):
    return verdicts(tiny, 1e-9 * np.cos(x), 1e-9 * one_off(x, 0, k), x)


def zeros(x, s):
    return verdicts(flat, one_off(x, 0, 0.0), one_off(x, 0, 0.0, s), x)


# A slope of 0 although f is near 100: what is measured there is noise.
def noisy(x, s):
    return verdicts(lambda z: 100.0 + wavy(z), np.cos(x), one_off(x, 0, 1, s), x)


# Constant, though no computer knows: every difference measured is rounding.
def level(z):
    return 100.0 * float(np.prod(np.cos(z) ** 2 + np.sin(z) ** 2))


def rounded(x, s):
    nothing = np.zeros(x.shape)
    return verdicts(level, nothing, nothing + s, x)


def shapes(x):
    return verdicts(wavy, np.cos(x), np.cos(x).reshape(1, -1), x)


def nan(x):
    return verdicts(wavy, np.cos(x), one_off(x, 0, np.nan), x)


check = Check("e6-gradient-checker", visible=1, hidden=3)
three = np.array([0.4, -0.9, 2.5])
check.value(
    "right and wrong", usual, yes_no, at=[(three, -1.0), (three, 1.5), (three, 0.0)]
)
row = np.linspace(0.3, 1.2, 200)
check.value("one wrong entry among 200", usual, yes_no, at=[(row, 1.001)])
check.value("tiny gradients", small, yes_no, at=[(three, -1.0)])
check.value("zeros that are right", zeros, yes_no, at=[(three, 0.01)])
check.value("shape", shapes, yes_no, at=[three])
# BEGIN HIDDEN TESTS
check.hidden()


def many():
    return np.linspace(0.3, 1.2, 200) * check.rng.permutation([-1.0, 1.0] * 100)


x = check.random((2, 3)) / 2
check.value("right and wrong", usual, yes_no, at=[(x, 1.01), (x, -1.0), (x, 0.9)])
at_zero = np.array([0.6, -1.1, 0.0])
check.value("right and wrong", usual, yes_no, at=[(at_zero, 1.01), (at_zero, 0.0)])
check.value(
    "one wrong entry among 200",
    usual,
    yes_no,
    at=[(many(), 1.001), (many(), 0.0), (many(), 0.99)],
)
check.value("tiny gradients", small, yes_no, at=[(x, 1.01), (x, 0.0)])
check.value(
    "zeros that are right",
    noisy,
    yes_no,
    at=[(np.array([math.pi / 2, 0.5, 1.0]), 0.01)],
)
check.value("zeros that are right", zeros, yes_no, at=[(check.random(4) / 2, -0.1)])
check.value("zeros that are right", rounded, yes_no, at=[(check.random(6), 0.01)])
check.value("shape", shapes, yes_no, at=[np.array([0.5]), np.array([0.7, 0.7])])
check.value("NaN is wrong", nan, yes_no, at=[three, x])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 11 · When the referee lies
#
# Your checker assumes that $f$ is smooth between the two points. At a **kink** it is
# not. `relu(x) = max(x, 0)` has slope 0 on the left and 1 on the right. What does a
# central difference of width $h = 0.1$ say as you walk towards the kink?

# %%
where = np.linspace(-0.2, 0.2, 21).round(2) + 0.0
walk = [(max(x + 0.1, 0.0) - max(x - 0.1, 0.0)) / 0.2 for x in where]
fig, axes = subplots(figsize=(7, 3.2))
axes.plot(where, np.heaviside(where, np.nan), "-", linewidth=3, label="true slope")
axes.plot(where, walk, "o--", markersize=4, label="central difference, h = 0.1")
axes.set(xlabel="x", ylabel="slope of relu")
axes.legend(loc="upper left")
figure(
    fig,
    alt="The slope of relu near its kink at 0. The true slope jumps from 0 to 1. The "
    "central difference is right further than h = 0.1 from the kink and rises along a "
    "straight line in between, through one half at 0.",
    table=[["x", "central difference"]]
    + [[f"{x:+.2f}", f"{s:.2f}"] for x, s in zip(where, walk, strict=True)][::2],
)

# %% [markdown]
# Within $h$ of the kink it reports a mixture of both sides: one half at 0, where any
# number from 0 to 1 can be defended and every library has to pick one (lesson 6 shows
# which). Nothing is broken; two questions are being asked. So a test of a gradient
# keeps its points further from kinks than its step. Other lies: a function with noise
# in it (a random dropout mask, a solver that stops early), one that wiggles faster than
# $h$, one that computes in single precision.
#
# ## 12 · Break it
#
# A check is as good as the wrong answers it rejects. Three rules for comparing two
# gradients follow; each has been somebody's test suite. Every one has a hole.

# %%
rules = {
    "rule_a": lambda a, n: abs(np.sum(a) - np.sum(n)) < 1e-2 * abs(np.sum(n)),
    "rule_b": lambda a, n: np.all(np.abs(a - n) < 1e-4),
    "rule_c": lambda a, n: np.all(np.abs(a - n) / np.maximum(abs(a), abs(n)) < 1e-5),
}
one_bad = np.where(np.arange(200) == 7, 0.5, 1.0)
trials = {
    "one wrong entry among 200": (one_bad, np.ones(200), False),
    "tiny gradients": (np.array([1e-9, -2e-9]), np.array([1e-9, 2e-9]), False),
    "zeros that are right": (np.array([4.0, 0.0]), np.array([4.0, 0.0]), True),
}


def run_trials(rule):
    for name, (a, n, wanted) in trials.items():
        with np.errstate(invalid="ignore"):
            said = bool(rules[rule](a, n))
        print(f"{name:26s} says {said!s:5s}  {'fine' if said == wanted else 'WRONG'}")


run_trials("rule_a")

# %% [markdown]
# Run the trials for `"rule_b"` and `"rule_c"` too, in cells of your own. Before each,
# guess. Then write down for each rule a list of the properties that catch it, by name,
# as in `caught["rule_a"] = ["shape", "NaN is wrong"]`. (Shown, never counted.)
#
# *What the check looks at:* "caught by" (one line for each rule).

# %% solution="p2-caught"
caught = {"rule_a": None, "rule_b": None, "rule_c": None}
# BEGIN SOLUTION
caught["rule_a"] = ["one wrong entry among 200"]
caught["rule_b"] = ["tiny gradients"]
caught["rule_c"] = ["zeros that are right"]
# END SOLUTION


# %% check
def catches(rule):
    with np.errstate(invalid="ignore"):
        said = {name: bool(rules[rule](a, n)) for name, (a, n, _) in trials.items()}
    return [name for name in trials if said[name] != trials[name][2]]


check = Check("p2-caught", visible=0, hidden=0)
truths = {
    "rule_a": lambda: catches("rule_a"),
    "rule_b": lambda: catches("rule_b"),
    "rule_c": lambda: catches("rule_c"),
}
check.facts("caught by", caught, truths)
check.score()

# %% [markdown]
# ## 13 · Check yourself
#
# Answer aloud, then unfold.
#
# <details><summary>1. You halve h and the error of a central difference does not change
# its size at all, only its sign. Where on the V are you?</summary>
#
# Left of the bottom or on it. On the right-hand branch the error would have shrunk
# about four times and kept its sign. Noise changes sign.
# </details>
# <details><summary>2. Why does the formula with the higher order take the larger
# step?</summary>
#
# Its truncation error is small already at a large step, so it can afford to stay away
# from round-off. The bottom of its V lies further right, and lower.
# </details>
# <details><summary>3. A function returns float32, but you hand it float64 inputs. Which
# epsilon belongs in best_step?</summary>
#
# The larger one, that of float32. The noise in $f$ decides, wherever it comes from.
# </details>
# <details><summary>4. A numerical gradient of 10,000 weights takes an hour. You only
# want to know whether a formula is right. What is cheaper?</summary>
#
# Check a random sample of entries, or one slope along a random direction: two calls.
# But remember `rule_a` of section 12: one direction can miss one bad entry, so use a
# tight tolerance and several directions.
# </details>
# <details><summary>5. Formula and numerical gradient differ by 3 percent in one entry.
# Name three explanations, one of which is not a bug in the formula.</summary>
#
# The formula is wrong there; the point lies within a step of a kink; the step is bad
# for that entry (its size, single precision, a noisy function).
# </details>
#
# ## 14 · In the wild
#
# In 2020 a user of SciPy reported that fitting a straight line with `least_squares` did
# not converge on float32 data, with no error raised; with the same data as float64 it
# worked ([scipy/scipy#12991](https://github.com/scipy/scipy/issues/12991)). The
# Jacobian came from finite differences whose step was chosen for double precision. The
# fix takes the epsilon of the number type in use
# ([scipy/scipy#12998](https://github.com/scipy/scipy/pull/12998)).
#
# You have all it takes to see why. Before you run the cell: what is `one + step` in
# single precision?

# %%
one = np.float32(1.0)
for name, eps in [("double", EPS), ("single", float(np.finfo(np.float32).eps))]:
    step = np.float32(math.sqrt(eps))
    moved_at_all = bool(one + step != one)
    slope = float(((one + step) ** 2 - one**2) / step)
    print(f"{name}'s step: moved at all? {moved_at_all}; slope of x² at 1: {slope:.4f}")

# %% [markdown]
# The step disappears when it is added, the difference is exactly 0, and an optimiser
# that sees slope 0 believes that it has arrived. The wrong number looked like success.
#
# ## 15 · Interview corner
#
# Try each question in half a minute, aloud, before you unfold. Then run the evidence.
#
# **Question 1.** Why not train a network with numerical gradients?
# <details><summary>An answer</summary>
#
# Cost: two calls of the loss for each weight and each step, where reverse mode needs
# one run back and forth for all weights together (lesson 3). Accuracy: about half to
# two thirds of the digits, fewer in single precision. For checking a gradient once, on
# a small model in double precision, neither matters. *Trap:* with one input and many
# outputs numerical slopes are cheap.
# </details>

# %%
runs = []


def loss(z):
    runs.append("called")
    return float(np.sum(z**2))


for n in (10, 100, 1000):
    runs.clear()
    if try_mine(lambda: numerical_gradient(loss, np.ones(n))) is None:
        break
    print(f"{n:5d} weights: {len(runs)} calls of the loss for one gradient")

# %% [markdown]
# **Question 2.** Automatic differentiation is "exact". Is it?
# <details><summary>An answer</summary>
#
# It has no truncation error: it is exact for the operations the program executes, up to
# rounding. So it inherits the program's own weakness. $(1 - \cos x)/x^2$ cancels badly
# for small $x$, and the rules, applied correctly to each operation, cancel worse.
# *Trap:* the value may still look fine where the slope is already wrong.
# </details>

# %%
print("   x       value      slope by the rules, step by step    true slope")
for x in (1e-2, 1e-4, 1e-6, 1e-9):
    top, top_slope = 1 - math.cos(x), math.sin(x)
    bottom, bottom_slope = x * x, 2 * x
    ruled = (top_slope * bottom - top * bottom_slope) / bottom**2
    print(f"{x:.0e}   {top / bottom:.6f}   {ruled:20.3e}   {-x / 12:24.3e}")

# %% [markdown]
# **Question 3.** How would you test a hand-written gradient, and what would make you
# distrust the test?
# <details><summary>An answer</summary>
#
# Compare it entry by entry with central differences, in double precision, at random
# points away from kinks, with a relative tolerance and a noise floor. I distrust a test
# that has never failed: break the gradient on purpose and see whether it notices.
# *Trap:* a tolerance that is wide enough for single precision is wide enough for real
# mistakes.
# </details>

# %%
place = np.linspace(0.3, 2.0, 6)
trial = {
    "right": 3 * place**2,
    "off by 1 in 1000": 3.003 * place**2,
    "2 x²": 2 * place**2,
}
for name, grad in trial.items():
    said = try_mine(lambda: gradient_ok(lambda z: float(np.sum(z**3)), grad, place))
    if said is None:
        break
    print(f"{name:17s} gradient_ok says {said}")

# %% [markdown]
# ## 16 · Stretch: a slope without subtraction
#
# *2 points, shown apart and never needed for full marks · about 10 minutes · difficulty
# 3 of 5*
#
# All our trouble came from one subtraction. Take the step sideways instead, into the
# complex plane: $f(x + ih) = f(x) + ih f'(x) - \tfrac{h^2}{2} f''(x) - \dots$ The slope
# stands alone in the imaginary part. Nothing is subtracted, so `h` may be as small as
# you please.
#
# **Goal:** `complex_step(f, x) -> float`, for an `f` that accepts complex numbers and
# is built of smooth operations.
#
# **Example.** $x^2$ at 3 with $h = 1$: $(3 + i)^2 = 8 + 6i$. The slope is 6, and 8
# shows what $h = 1$ does to the value.
#
# *What the check looks at*
# - "right to the last digits": relative error below 1e-12, which no difference formula
#   reaches;
# - "one evaluation": `f` is called once;
# - "a real number": the result is a plain real number.


# %% solution="s1-complex-step"
def complex_step(f, x: float) -> float:
    """Slope of `f` at `x`, read off the imaginary part of one evaluation."""
    # BEGIN SOLUTION
    h = 1e-30
    return float(np.imag(f(x + 1j * h)) / h)
    # END SOLUTION


# %% check
def damped(z):
    return np.exp(-z) * np.sin(3 * z)


def damped_slope(x):
    return math.exp(-x) * (3 * math.cos(3 * x) - math.sin(3 * x))


def real(got, x):
    return (np.ndim(got) == 0 and np.isrealobj(got)) or "it is not one"


check = Check("s1-complex-step", visible=1, hidden=1)
last = Tolerance(rel=1e-12, abs=1e-14)
spots = [0.0, 0.9, -1.0]
check.derivative(
    "right to the last digits",
    complex_step,
    damped,
    spots,
    exact=damped_slope,
    tol=last,
)
check.calls("one evaluation", complex_step, damped, at=[0.9], exactly=1)
check.behaviour("a real number", lambda x: complex_step(damped, x), real, at=[0.9])
# BEGIN HIDDEN TESTS
check.hidden()


def ratio(z):
    return z**3 / (1 + z * z)


def ratio_slope(x):
    return (x**4 + 3 * x * x) / (1 + x * x) ** 2


spots, more = check.random(6), check.random(4)
check.derivative(
    "right to the last digits", complex_step, ratio, spots, exact=ratio_slope, tol=last
)
check.derivative(
    "right to the last digits", complex_step, np.exp, more, exact=math.exp, tol=last
)
check.behaviour("a real number", lambda x: complex_step(np.exp, x), real, at=[0.0])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# <details><summary>Hint 1: a nudge</summary>
#
# `1j` is Python's $i$. What do you read off `f(x + 1j * h)`, and what do you divide it
# by?
# </details>
# <details><summary>Hint 2: which property fails?</summary>
#
# $x^2$ at 3 must give 6 for every `h`. Got 0 or 8 or 9: you took the real part. Right
# to 8 digits only: your `h` is large enough for $h^2$ to matter; try `1e-30`.
# </details>
# <details><summary>Hint 3: skeleton</summary>
#
# ```python
# h = ...                      # tiny: there is no round-off wall
# sideways = f(...)            # one call
# return ...                   # imaginary part over h, as a float
# ```
# </details>
#
# Now try a function with `abs` in it. For $x|x|$ at 2 the slope is 4.

# %%
print("x|x| at 2:", try_mine(lambda: complex_step(lambda z: z * abs(z), 2.0)))

# %% [markdown] answer="why-abs-breaks-it"
# **For you to write** (0 points, read by a person): why does the complex step give the
# wrong slope for `abs`, with no error? What does `abs` do to a complex number? Which
# other operations would you avoid?

# %% [markdown]
# ## 17 · One-page summary
#
# **Formulas.** Forward: $(f(x+h) - f(x))/h$, error about $\tfrac h2 |f''|$. Central:
# $(f(x+h) - f(x-h))/2h$, error about $\tfrac{h^2}{6} |f'''|$. Complex step:
# $\operatorname{Im} f(x+ih)/h$, one call, no subtraction, smooth functions only.
#
# **Error.** Truncation $C h^p$ plus round-off $\varepsilon |f| / h$. On logarithmic
# axes: a V, slope $p$ on the right, −1 on the left.
#
# **Best step.** $\varepsilon^{1/(p+1)} \max(1, |x|)$. Higher order: larger step. Fewer
# digits: larger step.
#
# **Many inputs.** $2n$ calls for $n$ inputs. Copy `x`, make it floating point, move one
# entry at a time, put it back.
#
# **Comparing.** Entry by entry; symmetric relative error; a noise floor of about
# $\varepsilon |f| / h$; shapes equal; NaN is wrong.
#
# **Where it lies.** Within a step of a kink; in single precision; on noisy functions;
# with a step that does not fit the size of `x`.
#
# **Four ways.** By hand: costs a person. Symbolic: formulas swell unless parts are
# shared. Numeric: $2n$ calls and truncation error, but works on any black box.
# Automatic: rules for single operations, applied as the program runs; no truncation
# error.
#
# **Next:** lesson 2 gives numbers a slope to carry. Your `numerical_gradient` and
# `gradient_ok` come along as referees.
#
# Text: CC BY 4.0. Code: MIT.
