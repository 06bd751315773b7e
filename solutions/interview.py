# %% [markdown]
# # The interview bank
#
# Forty questions about derivatives and autograd, in eight themes of five. They are
# asked in interviews, and they are good questions to ask oneself: whoever can answer
# them aloud, briefly, and show the evidence, has understood the course.
#
# Each question has five parts:
#
# 1. **the question**;
# 2. an answer **in 30 seconds**, folded: say yours aloud first;
# 3. an answer **in 2 minutes**, for when they ask you to go on;
# 4. **evidence**: a short cell that shows what the answer claims, here and now. Run it,
#    change it, try to refute it;
# 5. **the trap**: a sentence that sounds right and is often said. When is it false? The
#    answer is folded, and has evidence of its own.
#
# The numbers in the answers are no authority: those that your machine prints below them
# are. Nothing on this page is graded.

# %% [markdown]
# ## The themes and their questions
#
# **Theme 1 · Three ways to differentiate** ([lesson
# 1](01_finite_differences/01_finite_differences.ipynb) and [lesson
# 2](02_dual_numbers/02_dual_numbers.ipynb))
#
# - [Q1 The three ways](#Q1-The-three-ways)
# - [Q2 What exact means](#Q2-What-exact-means)
# - [Q3 A smaller step](#Q3-A-smaller-step)
# - [Q4 Expression swell](#Q4-Expression-swell)
# - [Q5 Testing a gradient](#Q5-Testing-a-gradient)
#
# **Theme 2 · Modes and cost** ([lesson 2](02_dual_numbers/02_dual_numbers.ipynb) and
# [lesson 3](03_reverse_mode/03_reverse_mode.ipynb))
#
# - [Q6 JVP and VJP](#Q6-JVP-and-VJP)
# - [Q7 Which mode](#Q7-Which-mode)
# - [Q8 Price of a gradient](#Q8-Price-of-a-gradient)
# - [Q9 Memory of the modes](#Q9-Memory-of-the-modes)
# - [Q10 Curvature](#Q10-Curvature)
#
# **Theme 3 · Graphs** ([lesson 4](04_build_the_engine/04_build_the_engine.ipynb) and
# [lesson 5](05_array_vjps/05_array_vjps.ipynb))
#
# - [Q11 What is recorded](#Q11-What-is-recorded)
# - [Q12 The order of the walk](#Q12-The-order-of-the-walk)
# - [Q13 Broadcasting backwards](#Q13-Broadcasting-backwards)
# - [Q14 Record once](#Q14-Record-once)
# - [Q15 Gradients of gradients](#Q15-Gradients-of-gradients)
#
# **Theme 4 · Accumulation** ([lesson 4](04_build_the_engine/04_build_the_engine.ipynb)
# and [lesson 6](06_pytorch_autograd/06_pytorch_autograd.ipynb))
#
# - [Q16 Why plus equals](#Q16-Why-plus-equals)
# - [Q17 Clearing gradients](#Q17-Clearing-gradients)
# - [Q18 Micro batches](#Q18-Micro-batches)
# - [Q19 Two losses](#Q19-Two-losses)
# - [Q20 Clipping](#Q20-Clipping)
#
# **Theme 5 · Leaf and lifetime** ([lesson
# 6](06_pytorch_autograd/06_pytorch_autograd.ipynb) and [lesson
# 8](08_switching_off/08_switching_off.ipynb))
#
# - [Q21 What a leaf is](#Q21-What-a-leaf-is)
# - [Q22 Grad is None](#Q22-Grad-is-None)
# - [Q23 The second backward](#Q23-The-second-backward)
# - [Q24 In place](#Q24-In-place)
# - [Q25 The switches](#Q25-The-switches)
#
# **Theme 6 · Functions of your own** ([lesson
# 7](07_custom_functions/07_custom_functions.ipynb))
#
# - [Q26 When to write one](#Q26-When-to-write-one)
# - [Q27 What gradcheck proves](#Q27-What-gradcheck-proves)
# - [Q28 What to save](#Q28-What-to-save)
# - [Q29 Differentiating twice](#Q29-Differentiating-twice)
# - [Q30 Straight through](#Q30-Straight-through)
#
# **Theme 7 · Memory** ([lesson 9](09_checkpointing/09_checkpointing.ipynb) and [lesson
# 8](08_switching_off/08_switching_off.ipynb))
#
# - [Q31 The bill](#Q31-The-bill)
# - [Q32 Checkpointing](#Q32-Checkpointing)
# - [Q33 Where to cut](#Q33-Where-to-cut)
# - [Q34 When checkpoints lie](#Q34-When-checkpoints-lie)
# - [Q35 Leaks](#Q35-Leaks)
#
# **Theme 8 · Debugging** ([lesson 10](10_gradient_clinic/10_gradient_clinic.ipynb) and
# [lesson 8](08_switching_off/08_switching_off.ipynb))
#
# - [Q36 The first NaN](#Q36-The-first-NaN)
# - [Q37 The where trap](#Q37-The-where-trap)
# - [Q38 Nothing is learned](#Q38-Nothing-is-learned)
# - [Q39 Vanishing gradients](#Q39-Vanishing-gradients)
# - [Q40 A falling loss](#Q40-A-falling-loss)

# %% [markdown]
# ## Practise
#
# Run the cells of this section first. The evidence of every question needs them and,
# from theme 4 on, those at the head of the PyTorch part. Apart from these, each
# question stands by itself. NumPy is enough for themes 1 to 3.

# %%
import json
import math
import random
import re
import tracemalloc
from pathlib import Path

import numpy as np

from autograd_ref import dual, finite, tape, transforms
from autograd_ref.meter import saved_bytes
from autograd_ref.scalar import Value
from autograd_ref.tensor import Tensor, grad


# %%
def attempt(probe):
    """`probe()`, or the name and first words of the error that it raised."""
    try:
        return probe()
    except Exception as error:
        words = " ".join(str(error).split())
        words = words if len(words) < 75 else words[:72] + "..."
        return f"({type(error).__name__}: {words})"


def peak(run):
    """Most bytes in use while `run()` was running."""
    tracemalloc.start()
    run()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


# %% [markdown]
# `draw()` asks you one of the forty, `draw(4)` one of theme 4. Answer aloud, with a
# clock, before you look. Draw again as often as you like.


# %%
def questions():
    """{number: question}, read from this page's own file."""
    places = (Path("interview.ipynb"), Path("lessons/interview.ipynb"))
    file = next((place for place in places if place.is_file()), None)
    cells = json.loads(file.read_text("utf-8"))["cells"] if file else []
    prose = [
        "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
    ]
    found = re.findall(r"^### Q(\d+) .*\n\n\*\*([^*]+)\*\*", "\n".join(prose), re.M)
    return {int(number): " ".join(question.split()) for number, question in found}


def draw(theme=None):
    """Ask a random question: of one theme, 1 to 8, or of any."""
    pool = {n: q for n, q in questions().items() if theme in (None, (n + 4) // 5)}
    if not pool:
        print("No question found. Themes are 1 to 8; the file must be interview.ipynb.")
        return
    number = random.SystemRandom().choice(list(pool))
    print(f"Q{number} (theme {(number + 4) // 5}): {pool[number]}")


draw()

# %% [markdown]
# ## Theme 1 · Three ways to differentiate
#
# Numbers from a formula, from two nearby values, or from the program itself. Taught in
# [lesson 1](01_finite_differences/01_finite_differences.ipynb) and [lesson
# 2](02_dual_numbers/02_dual_numbers.ipynb).

# %% [markdown]
# ### Q1 The three ways
#
# **Which ways are there to get a derivative out of a computer, and what does each
# cost?**
#
# <details><summary>In 30 seconds</summary>
#
# Three. Symbolic: rewrite a formula by the rules; exact, but there must be a formula.
# Numeric: compare two nearby values; any black box will do, at two calls for each input
# and a third to a half of the digits. Automatic: carry the derivative through the
# program as it runs, one elementary operation at a time; no formula, no step, rounding
# only.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# The question behind all three is what you hold in your hands. With a formula on paper,
# the rules of calculus give another formula. It can be read and simplified, but it
# grows, and a loop with a condition is not a formula.
#
# With a black box, you can only call it. The difference quotient has two errors that
# pull in opposite directions, truncation and rounding, so some digits are always lost.
# And each input needs calls of its own.
#
# With a program, you have more than a black box: you see which elementary operations
# run. Each has a known derivative, and the chain rule joins them, with numbers instead
# of formulas. That works through loops and branches, costs a small multiple of the
# program, and has no step to choose.
#
# So automatic differentiation is neither of the other two, but it borrows from both:
# the rule of each operation is symbolic, what travels is numeric.
#
# </details>
#
# *Evidence.* A square root computed by a loop. Its derivative is known by hand; how far
# off are the others?


# %%
def heron(x):
    """The square root of x by averaging: a loop, and no formula to hand in."""
    root = x
    while abs(root * root - x) > 1e-12 * x:
        root = (root + x / root) / 2
    return root


by_hand = 0.5 / math.sqrt(2.0)  # symbolic, for the function that heron computes
for name in ("forward", "central"):
    off = finite.derivative(heron, 2.0, method=name) / by_hand - 1
    print(f"numeric, {name}: off by {abs(off):.0e}")
print(f"automatic: off by {abs(dual.derivative(heron, 2.0) / by_hand - 1):.0e}")

# %% [markdown]
# *The trap.* "Automatic differentiation makes numerical differences obsolete." When is
# this false?
#
# <details><summary>Answer to the trap</summary>
#
# Where the program cannot be followed: a compiled binary, a measurement, a value that
# passes through text or another process. And where you need a second witness: a
# gradient check compares the rules with something that knows no rules.
#
# </details>


# %%
def through_text(x):
    """x cubed; on its way the number becomes a string, as it would in a file."""
    return float(f"{x:.17g}") ** 3


print("automatic:", attempt(lambda: dual.derivative(through_text, 2.0)))
print("numeric:  ", finite.derivative(through_text, 2.0), "(12 is right)")

# %% [markdown]
# ### Q2 What exact means
#
# **Automatic differentiation is called exact. Is it?**
#
# <details><summary>In 30 seconds</summary>
#
# It has no truncation error: there is no step. So it is exact for the operations that
# the program executed, up to rounding. It is not exact for the function you had in
# mind: it inherits the program's cancellation, its early stops and its branches. Near a
# point where the value cancels, the derivative can be wrong in every digit.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Three statements are mixed up in that word.
#
# First, method: a difference quotient has an error even with infinitely many digits.
# Automatic differentiation has none, because the rules are the true derivatives of the
# elementary operations.
#
# Second, arithmetic: every operation rounds, also on the way of the derivative. Usually
# that costs a digit or so. But where the program subtracts nearly equal numbers, the
# derivative suffers more than the value does: one divides by $x^2$, the other by $x^3$.
#
# Third, meaning: what is differentiated is the sequence of operations that ran. A
# branch that returns a constant has slope 0, whatever the neighbours do. A solver that
# stops after two iterations gives the derivative of two iterations.
#
# So I say: exact for the program, up to rounding; and I ask whether the program is a
# good stand-in for the function.
#
# </details>
#
# *Evidence.* A harmless product, and then a formula that cancels.

# %%
x = 1.5
auto = dual.derivative(lambda t: np.exp(np.sin(t)) * t**3, x)
by_hand = np.exp(np.sin(x)) * (x**3 * np.cos(x) + 3 * x**2)
print(f"smooth product: off by {abs(auto / by_hand - 1):.0e} (relative)")
for x in (1e-2, 1e-4, 1e-9):
    slope = dual.derivative(lambda t: (1 - np.cos(t)) / t**2, x)
    print(f"(1 - cos x) / x^2 at {x:.0e}: slope {slope:.1e}, true {-x / 12:.1e}")

# %% [markdown]
# *The trap.* "Two programs with the same values have the same derivative." When is this
# false?
#
# <details><summary>Answer to the trap</summary>
#
# Where they take different branches. The two functions below agree at every number, and
# one of them has slope 0 at 2. Nothing warns you: the branch was taken, and its
# operations were differentiated correctly.
#
# </details>

# %%
square = lambda x: x * x
patched = lambda x: x * x if x != 2 else 4.0
points = np.linspace(0.0, 4.0, 9)
assert all(square(x) == patched(x) for x in points)
for name, f in [("square", square), ("patched", patched)]:
    by_rule, measured = dual.derivative(f, 2.0), finite.derivative(f, 2.0)
    print(f"{name}: slope by the rules {by_rule}, measured {measured:.6f}")

# %% [markdown]
# ### Q3 A smaller step
#
# **Why is a smaller step not always a better step?**
#
# <details><summary>In 30 seconds</summary>
#
# Two errors. Truncation shrinks with the step: like h for a forward difference, like h
# squared for a central one. Rounding grows: two nearly equal values are subtracted, and
# their error, about eps times the value, is divided by h. The sum has a minimum, near
# the square root of eps for forward and the cube root for central, times the scale of
# x.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Write the quotient as truth plus truncation plus rounding. By Taylor, truncation is
# $C h^p$, with $p = 1$ forward and $p = 2$ central. Rounding is about
# $\epsilon |f| / h$: the values have a relative error of $\epsilon$, the difference
# inherits it, and dividing by a small h blows it up. On log-log paper that is a V:
# slope $p$ on the right, slope $-1$ on the left.
#
# The bottom is where both are equal: $h \approx \epsilon^{1/(p+1)}$. In double
# precision that is about $10^{-8}$ for forward, with eight digits left, and about
# $10^{-5}$ for central, with ten or eleven.
#
# Two things follow. A fixed step is wrong for inputs of another scale: at $10^{9}$ a
# step of $10^{-8}$ does not even change x. And single precision leaves so few digits
# that a gradient check in it proves little. I check in double precision.
#
# </details>
#
# *Evidence.* Errors for steps of 0.1, 0.01, ...; look for the bottom of each V.

# %%
f, x = lambda t: t**3 * np.sin(t), 1.5
true = 3 * x**2 * np.sin(x) + x**3 * np.cos(x)
for name in ("forward", "central"):
    errors = [
        abs(finite.derivative(f, x, method=name, h=10.0**-k) / true - 1)
        for k in range(1, 14)
    ]
    print(f"{name}: best step 1e-{np.argmin(errors) + 1}, error {min(errors):.0e};")
    print("   ", " ".join(f"{e:.0e}" for e in errors))
print("1e9 + 1e-8 is 1e9:", 1e9 + 1e-8 == 1e9)

# %% [markdown]
# *The trap.* "Every numerical derivative has this wall." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# Not where nothing is subtracted. The complex step, $\mathrm{Im} f(x + ih) / h$, is one
# evaluation and no difference; h may be $10^{-200}$. It is false again for functions
# that look at the real part alone: `abs` gives a wrong slope without a word.
#
# </details>

# %%
for h in (1e-1, 1e-8, 1e-200):
    print(f"h = {h:.0e}: off by {abs(finite.complex_step(f, x, h=h) / true - 1):.0e}")
print("x |x| at 2:", finite.complex_step(lambda t: t * abs(t), 2.0), "(4 is right)")

# %% [markdown]
# ### Q4 Expression swell
#
# **What is expression swell, and why does automatic differentiation not suffer from
# it?**
#
# <details><summary>In 30 seconds</summary>
#
# If a derivative is written as one formula, the product rule copies both factors into
# it, and the copies are copied again. Iterate a small function a few times and the
# formula of its derivative grows exponentially. Automatic differentiation keeps a name
# for every intermediate result, so each is computed once and its slope once: the work
# grows with the program, not with the formula.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Take $4x(1-x)$ and feed it back into itself eight times. As a program that is eight
# lines. As a formula, each iteration contains the one before it twice, so the text
# doubles each time; and the derivative, by the product rule, contains both factors and
# both derivatives, so it grows faster still.
#
# Nothing in calculus demands this. It is a matter of notation: a formula is a tree, and
# in a tree a shared part must be written out wherever it is used. A program is a graph
# with names, where a shared part is a node with several users.
#
# Automatic differentiation works on the graph. Each elementary step contributes one
# rule, and the slopes of shared parts are computed once. So the cost is a small
# constant times the number of steps.
#
# That also answers what the difference to symbolic differentiation is: less in the
# rules, which are the same, than in sharing.
#
# </details>
#
# *Evidence.* The derivative written out as text, beside the steps of the program.

# %%
value, slope = "x", "1"
for k in range(1, 9):
    slope = f"(4*{slope}*(1-{value})-4*{value}*{slope})"  # the product rule
    value = f"(4*{value}*(1-{value}))"

    def iterate(x, k=k):
        for _ in range(k):
            x = 4 * x * (1 - x)
        return x

    steps = len(tape.record(iterate, [0.3]).steps)
    print(f"{k} times: formula {len(slope):5d} characters, program {steps} steps")
assert math.isclose(eval(slope, {"x": 0.3}), dual.derivative(iterate, 0.3))

# %% [markdown]
# *The trap.* "Symbolic differentiation grows exponentially." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# Not if shared parts get names. With two lines for each iteration, one for the value
# and one for the slope, the text grows by the same amount each time. Computer algebra
# calls this common subexpression elimination; the result is the program that forward
# mode would run.
#
# </details>

# %%
lines = ["v1 = 4*x*(1-x)", "d1 = 4-8*x"]
for k in range(1, 8):
    lines += [f"v{k + 1} = 4*v{k}*(1-v{k})", f"d{k + 1} = (4-8*v{k})*d{k}"]
names = {"x": 0.3}
exec("\n".join(lines), names)
print(len("\n".join(lines)), "characters for eight iterations")
assert math.isclose(names["d8"], dual.derivative(iterate, 0.3))

# %% [markdown]
# ### Q5 Testing a gradient
#
# **How do you test a gradient that you wrote by hand?**
#
# <details><summary>In 30 seconds</summary>
#
# Against central differences, in double precision, at random points away from kinks,
# entry by entry, with a relative tolerance and a floor for the noise of the difference
# itself. The smallest entries deserve as much attention as the largest. And I break the
# gradient on purpose once: a test that has never failed has not shown that it can.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# The measured gradient costs two calls for each input, so I test on a small instance.
# Double precision, because in single precision the difference has only three or four
# digits.
#
# Then the comparison. One number for the whole gradient, such as the relative length of
# the difference, is dominated by the large entries: a wrong small entry disappears. So
# I compare entry by entry, relative to the size of the entry, with an absolute floor,
# since zero against $10^{-12}$ is noise.
#
# Then the inputs. Random and not symmetric; shapes that differ, so that a transposed
# result cannot fit by accident; a cotangent that is not all ones, for a sum hides
# mistakes.
#
# If forward and reverse mode both exist, the dot-product test is sharper and needs no
# step. And for an operation that will be differentiated twice, the same test for the
# gradient of the gradient.
#
# </details>
#
# *Evidence.* One entry of 200 is twice too large. Which of the two comparisons notices?

# %%
x = np.random.default_rng(5).normal(size=200)
right, wrong = np.cos(x), np.cos(x)
wrong[np.argmin(abs(right))] *= 2  # the smallest entry
measured = finite.gradient(lambda v: np.sin(v).sum(), x)
for name, g in [("right", right), ("wrong", wrong)]:
    length = np.linalg.norm(g - measured) / np.linalg.norm(measured)
    entry = np.max(abs(g - measured) / (abs(g) + abs(measured)))
    print(f"{name}: off by {length:.0e} in length, by {entry:.0e} in the worst entry")

# %% [markdown]
# *The trap.* "The check fails, so the gradient is wrong." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# The measurement may be at fault. Within one step of a kink it averages two slopes. In
# single precision it has three or four digits. Move the point, change the precision,
# and see which side moves.
#
# </details>

# %%
relu = lambda t: np.maximum(t, 0.0)
near = 1e-7  # closer to the kink than the step
print("near the kink: measured", finite.derivative(relu, near), end=", ")
print("by rule", dual.derivative(relu, near))
single = finite.gradient(lambda v: np.sin(v).sum(), x.astype(np.float32))
print(f"right gradient, measured in float32: off by {np.max(abs(single - right)):.0e}")

# %% [markdown]
# ## Theme 2 · Modes and cost
#
# Forward, reverse, how many runs each needs, and what they hold in memory. Taught in
# [lesson 2](02_dual_numbers/02_dual_numbers.ipynb) and [lesson
# 3](03_reverse_mode/03_reverse_mode.ipynb).

# %% [markdown]
# ### Q6 JVP and VJP
#
# **What are a JVP and a VJP, and how do they belong together?**
#
# <details><summary>In 30 seconds</summary>
#
# Both multiply by the Jacobian J without forming it. A JVP takes a direction v of the
# inputs and gives J v, how the outputs move: forward mode. A VJP takes a weight u for
# each output and gives the row u J, how the weighted output depends on each input:
# reverse mode. They are adjoint: u times (J v) equals (u J) times v.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# A function of n numbers with m results has an m by n Jacobian. It is rarely formed;
# with a million inputs it could not be. What one needs are products with it.
#
# The JVP pushes a tangent forward, along with the value, through every operation. One
# pass gives one column, or any combination of columns. It needs no memory of the past.
#
# The VJP pulls a cotangent back, from the results to the inputs, so the values of the
# forward run must be there, or be computed again. One sweep gives one row, or any
# combination of rows. A gradient is the case m = 1 with u = 1.
#
# Since both are built from the same local derivatives, they must satisfy
# $\langle u, Jv \rangle = \langle u J, v \rangle$ for all u and v. That is a test of
# one mode against the other: no step size, agreement to rounding, cost of two runs.
#
# </details>
#
# *Evidence.* Three inputs, two outputs, random directions; no Jacobian anywhere.

# %%
f = lambda x: np.stack([x[0] * x[1], np.sin(x[2]) * x[1]])
rng = np.random.default_rng(6)
x, v, u = rng.normal(size=3), rng.normal(size=3), rng.normal(size=2)
pushed = dual.jvp(f, x, v)[1]
pulled = transforms.vjp(f, x)[1](u)
print("J v:", pushed, " u J:", pulled)
print("<u, J v> - <u J, v> =", u @ pushed - pulled @ v)
assert abs(u @ pushed - pulled @ v) < 1e-14

# %% [markdown]
# *The trap.* "If the dot-product test passes, both derivatives are right." When is this
# false?
#
# <details><summary>Answer to the trap</summary>
#
# It says that they are derivatives of the same thing. If one wrong rule feeds both
# modes, they agree with each other and disagree with the function. Here a slope is ten
# per cent too large in both. So one comparison with differences is still needed.
#
# </details>

# %%
rng = np.random.default_rng(6)
x, v, u = rng.normal(size=(3, 4))
slope = lambda t: 1.1 * np.cos(t)  # should be cos, for f = sin
print("dot-product test:", u @ (slope(x) * v) - (u * slope(x)) @ v)
measured = finite.gradient(lambda t: u @ np.sin(t), x)
print("ratio to the measured gradient:", (u * slope(x) / measured).round(6))

# %% [markdown]
# ### Q7 Which mode
#
# **When would you use forward mode, and when reverse mode?**
#
# <details><summary>In 30 seconds</summary>
#
# Count inputs and outputs. Forward mode needs one pass for each input, reverse mode one
# sweep for each output. So few inputs and many outputs: forward. Many inputs and one
# output, as in training: reverse. Forward also when one direction is enough, or when
# memory is short, for it keeps no history. Near a tie, take the simpler one.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# For a full Jacobian of n inputs and m outputs: n forward passes, or one recorded run
# and m backward sweeps. Training has m = 1, so reverse wins by a factor of the number
# of parameters. Sensitivity of a long simulation to three parameters is the opposite
# case: three forward passes, and nothing to store.
#
# Often no full Jacobian is wanted. For one directional derivative, one forward pass is
# enough, however many inputs there are. For a weighted sum of outputs, one sweep. A
# Hessian times a vector combines both: forward through the gradient.
#
# Then memory. Forward mode carries one tangent beside each live value: a constant
# factor. Reverse mode keeps what its rules need until the sweep comes by, so it grows
# with the length of the run.
#
# And a practical point: passes in different directions are independent, so they can be
# batched into one call with wider arrays. The count of arithmetic stays the same.
#
# </details>
#
# *Evidence.* 5 inputs and 500 outputs, then the other way round: count the runs.

# %%
rng = np.random.default_rng(7)
for n, m in [(5, 500), (500, 5)]:
    A, x, passes = rng.normal(size=(m, n)) / n, rng.normal(size=n), []

    def f(x, A=A, passes=passes):
        passes.append(1)
        return np.tanh(A @ x)

    columns = dual.jacobian(f, x)
    forward = len(passes)
    _, pull = transforms.vjp(f, x)
    sweeps = [pull(u) for u in np.eye(m)]
    print(f"{n} to {m}: {forward} forward passes, or 1 run and {len(sweeps)} sweeps")
    assert np.allclose(columns, sweeps)

# %% [markdown]
# *The trap.* "The best choice is always one of the two." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# Not for a product of Jacobians with a narrow waist. Forward and reverse multiply from
# one end or the other; meeting in the middle can be much cheaper. Finding the best
# order is easy for a chain and hard for a general graph.
#
# </details>

# %%
sizes = [50, 1000, 2, 1000, 50]  # numbers between the stages of a chain
first, last = sizes[0], sizes[-1]
forward = sum(first * a * b for a, b in zip(sizes[1:], sizes[2:]))
reverse = sum(last * a * b for a, b in zip(sizes[:-1], sizes[1:-1]))
middle = 50 * 1000 * 2 + 2 * 1000 * 50 + 50 * 2 * 50
print(f"multiplications: forward {forward}, reverse {reverse}, middle {middle}")

# %% [markdown]
# ### Q8 Price of a gradient
#
# **Why does a gradient with a million entries not cost a million times as much as the
# function?**
#
# <details><summary>In 30 seconds</summary>
#
# Because the chain rule, applied from the output backwards, shares the work. Each
# operation is visited once: it takes the derivative by its result, multiplies by its
# local slopes and passes the shares on. So the gradient costs a small constant times
# the function, whatever the number of inputs. Differences cannot share, and need calls
# for every input.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Think of the recorded program as a list of steps. Forward, each step is executed once.
# Backward, each is visited once: read one cotangent, multiply it by one slope for each
# argument, add the products to the arguments' cotangents. No step knows how many inputs
# the program has, so the number of inputs does not appear in the cost.
#
# How small is the constant? For elementary scalar operations the theory gives a bound
# of four or five times the arithmetic of the function; this is the cheap gradient
# principle. For matrix products it is concrete: one product forward, two backward, so a
# training step is about three forward passes.
#
# What is paid instead is memory: the values that the rules need must be kept until the
# sweep comes by.
#
# And there is a condition: one output. With m outputs there are m sweeps.
#
# </details>
#
# *Evidence.* Calls of the function for a measured gradient; steps of the program, each
# visited once each way.

# %%
calls = []
energy = lambda x: calls.append(1) or np.sum(np.sin(x[1:] * x[:-1]))
by_steps = lambda *x: sum(np.sin(a * b) for a, b in zip(x, x[1:]))
for n in (10, 100, 1000):
    x = np.linspace(0.0, 1.0, n)
    measured, program = finite.gradient(energy, x), tape.record(by_steps, x)
    assert np.allclose(measured, tape.vjp(program, x, [1.0]), atol=1e-6)
    print(f"{n} inputs: {len(calls)} calls, or two walks of {len(program.steps)} steps")
    calls.clear()

# %% [markdown]
# *The trap.* "With n outputs I need n sweeps." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# For a full Jacobian, yes. Not if you know its pattern. Elementwise functions have a
# diagonal Jacobian: one sweep with a cotangent of ones reads off all n entries. Rows
# that touch different inputs can share a sweep in general.
#
# </details>

# %%
x = np.linspace(0.0, 1.0, 500)
_, pull = transforms.vjp(np.sin, x)  # 500 outputs
diagonal = pull(np.ones(500))  # one sweep
print("largest error of the 500 slopes:", np.max(abs(diagonal - np.cos(x))))

# %% [markdown]
# ### Q9 Memory of the modes
#
# **How does the memory of forward and reverse mode grow with the length of a
# computation?**
#
# <details><summary>In 30 seconds</summary>
#
# Forward mode: not at all. Each live value has a tangent beside it, and when the value
# goes, so does the tangent. A constant factor. Reverse mode: in proportion to the
# length, since the values that the rules need are kept until the backward sweep uses
# them. That is why long computations run out of memory in training, and not in
# evaluation.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Take a chain of n operations on a large array. Run plainly, two arrays are alive at a
# time: the old and the new. Forward mode doubles that, plus a temporary or two. The
# depth does not matter.
#
# Reverse mode starts at the end. To multiply by the slope of the first sine, it needs
# the first argument, and that was long ago. So each operation leaves something behind
# on the way there, and the pile is highest at the turning point.
#
# Three ways out. Operations whose slope needs nothing leave nothing. Values can be
# dropped and computed again: checkpointing, which trades time for memory. And some
# programs can be run backwards exactly.
#
# For an interview on training I add the other side: forward mode has constant memory,
# but one pass for each parameter. That is the worse deal for a network, by orders of
# magnitude.
#
# </details>
#
# *Evidence.* Peak memory of a chain of sines on one array, in units of that array.


# %%
def chain(x, n):
    for _ in range(n):
        x = np.sin(x)
    return x


big = np.ones(10_000)
for n in (10, 100):
    runs = {
        "plain": lambda: chain(big, n),
        "forward": lambda: dual.jvp(lambda x: chain(x, n), big, big),
        "reverse": lambda: transforms.vjp(lambda x: chain(x, n), big),
    }
    print(n, {name: round(peak(run) / big.nbytes, 1) for name, run in runs.items()})

# %% [markdown]
# *The trap.* "Reverse mode stores every intermediate value." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# It stores what the rules ask for. A sine asks for its argument, an addition for
# nothing, a sum for nothing. The same number of steps can leave 100 arrays behind or
# none.
#
# </details>

# %%
start = Tensor(np.ones(10_000), requires_grad=True)
sines = sums = start
for _ in range(100):
    sines, sums = np.sin(sines), sums + 1.0
print("kept by 100 sines:", saved_bytes(sines), " by 100 additions:", saved_bytes(sums))

# %% [markdown]
# ### Q10 Curvature
#
# **How do you get a Hessian times a vector without the Hessian?**
#
# <details><summary>In 30 seconds</summary>
#
# Differentiate the gradient along the vector. The gradient is a function like any
# other, so one directional derivative of it is one forward pass through the gradient,
# or one backward sweep through a recorded one. Either costs a few evaluations of the
# function and the memory of a few vectors. The n by n matrix never exists.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# $Hv$ is the derivative of $\nabla f(x + tv)$ at $t = 0$. So three ways. Difference of
# two gradients: easy, but it loses digits, and there is a step to choose. Forward over
# reverse: push the tangent v through the gradient computation. Reverse over reverse:
# record the gradient, take its product with v, which is a scalar, and differentiate
# that. The last two are exact up to rounding.
#
# The price of the full matrix is n such products, and $n^2$ numbers to hold. With a
# million parameters that is a terabyte several times over. But conjugate gradients,
# power iteration for the largest eigenvalue, and many second-order methods ask for
# products only.
#
# Two conditions. The first derivative must itself be differentiable by the system:
# every rule must be written in operations that are recorded. And for piecewise linear
# networks the Hessian by the inputs is zero almost everywhere, so there is nothing to
# find.
#
# </details>
#
# *Evidence.* A function whose Hessian is known: error and peak memory of the product,
# and of the matrix.

# %%
f = lambda x: np.sum(x * x) ** 2
rng = np.random.default_rng(10)
x, v = rng.normal(size=(2, 300))
true = 4 * (x @ x) * v + 8 * x * (x @ v)
off = lambda found: f"off by {np.max(abs(found - true)) / np.max(abs(true)):.0e}"
slope, h = transforms.grad(f), 1e-5
print("product:    ", off(transforms.hvp(f, x, v)))
print("matrix:     ", off(transforms.hessian(f, x) @ v))
print("differences:", off((slope(x + h * v) - slope(x - h * v)) / (2 * h)))
for name in ("hvp", "hessian"):
    given = (f, x, v)[: 3 if name == "hvp" else 2]
    print(f"{name}: {peak(lambda: getattr(transforms, name)(*given))} bytes at most")

# %% [markdown]
# *The trap.* "Derivatives nest: to get a second one, differentiate twice." When is this
# false?
#
# <details><summary>Answer to the trap</summary>
#
# Only if the system keeps the two derivatives apart. With plain dual numbers, the inner
# derivative picks up the outer tangent: perturbation confusion. The derivative of
# $x \cdot \frac{d}{dy}(x + y)$ by x is 1; naive duals say 2. Tags or levels, as in
# `Dual`, cure it.
#
# </details>


# %%
class Naive:
    def __init__(self, primal, tangent=0.0):
        self.a, self.b = primal, tangent

    def __add__(self, other):
        return Naive(self.a + other.a, self.b + other.b)


naive = lambda f, x: f(Naive(x, 1.0)).b
times = lambda x, c: Naive(x.a * c, x.b * c)  # a dual times a number
print("naive:", naive(lambda x: times(x, naive(lambda y: x + y, 1.0)), 1.0), end="  ")
levels = dual.derivative(lambda x: x * dual.derivative(lambda y: x + y, 1.0), 1.0)
print("with levels:", levels)

# %% [markdown]
# ## Theme 3 · Graphs
#
# What is recorded, in which order it is walked, and what a recording cannot know.
# Taught in [lesson 4](04_build_the_engine/04_build_the_engine.ipynb) and [lesson
# 5](05_array_vjps/05_array_vjps.ipynb).

# %% [markdown]
# ### Q11 What is recorded
#
# **What is a computational graph, and when does it come into being?**
#
# <details><summary>In 30 seconds</summary>
#
# A record of what was computed from what: a node for each operation, edges to its
# inputs, and with each node what its backward rule needs. In define-by-run systems it
# is written while the forward pass runs, one node at a time. Backward does not build
# it; backward walks it. So loops and branches appear as the steps that they took.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Every value that matters carries a reference to the operation that made it, and that
# operation refers to its inputs. Follow the references from the result and you have the
# graph; nobody holds a list of it.
#
# Since it grows while ordinary code runs, it needs no language of its own. A loop
# leaves as many nodes as it had turns. A branch leaves the side that was taken. The
# graph of the next call may look different, and that is fine: it is written anew each
# time, and dropped when nobody refers to it any more.
#
# The direction of the references matters. They point from results to inputs, the way
# back. That is what backward needs, and it is also why a graph is alive as long as
# somebody holds its end: keep a loss in a list, and you keep everything it was computed
# from.
#
# What a node keeps differs: a product keeps its factors, an addition nothing.
#
# </details>
#
# *Evidence.* One loop, two starting points: how many nodes are there before anyone says
# backward?

# %%
for start in (2.0, 5.0):
    x = y = Value(start)
    while y < 1000:
        y = y * x
    node, recorded = y, 0
    while node.parents:
        node, recorded = node.parents[0], recorded + 1
    print(
        f"from {start}: {recorded} products recorded, gradient so far {x.grad}", end=""
    )
    y.backward()
    print(", after backward", x.grad)

# %% [markdown]
# *The trap.* "The graph describes my function." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# It describes one run of it. What was not executed is not there, and cannot contribute.
# Below, a branch returns the right value as a constant, and the gradient is 0 where 4
# is right. A derivative of a program is that of the path taken.
#
# </details>


# %%
def square(x):
    return x * x if x != 2 else 4 + 0 * x


x = Value(2.0)
square(x).backward()
print("recorded:", x.grad, "  measured:", round(finite.derivative(square, 2.0), 6))

# %% [markdown]
# ### Q12 The order of the walk
#
# **Why does backward walk the graph in topological order?**
#
# <details><summary>In 30 seconds</summary>
#
# A node may pass its gradient on only when it is complete, that is, when all its users
# have contributed. A topological order, every user before its inputs on the way back,
# guarantees this, so each node is visited once. Without it you either visit nodes again
# for every path, which is exponential, or pass on a part and lose the rest.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# A value that is used twice gets two contributions. If it passes its gradient on after
# the first one, the second is lost, or must be sent after it, all the way down. Two
# wrong designs follow.
#
# Walk every path separately: correct, since the chain rule is a sum over paths, but a
# ladder of n doublings has $2^n$ paths.
#
# Walk level by level, breadth first: fast, and wrong as soon as a node is reached by a
# short and a long path, because it is visited before the long one arrives.
#
# So sort. Depth-first search and reversing the finishing order will do; so will
# counting users and releasing a node when the count reaches zero; and if every
# operation gets a number as it is recorded, counting down is a topological order for
# free.
#
# There are many such orders, and any of them is right. What must not be used is
# recursion in a language with a small stack: chains of thousands of operations are
# common.
#
# </details>
#
# *Evidence.* A ladder of 16 doublings by paths and in order; then a chain of 5000 by
# recursion.

# %%
x = y = Value(1.0)
for _ in range(16):
    y = y + y
pulls, waiting = 0, [y]
while waiting:  # one path at a time
    pulls, node = pulls + 1, waiting.pop()
    waiting += node.parents
y.backward()
print(f"by paths: {pulls} pulls; in order: 16 nodes, gradient {x.grad}")


# %%
def depth(node):
    return 1 + max(map(depth, node.parents), default=0)


for _ in range(5000):
    y = y + 1.0
print("by recursion:", attempt(lambda: depth(y)))

# %% [markdown]
# *The trap.* "Starting from the result and going outwards, level by level, is good
# enough." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# On a diamond with arms of equal length, yes; and that is the example in which people
# test it. With arms of unequal length, a node near the result is visited before its far
# user has paid in.
#
# </details>

# %%
uses = {"y": [("a", 1.0), ("b", 1.0)], "b": [("a", 3.0)], "a": [("x", 2.0)], "x": []}


def sweep(order):  # y = a + b, b = 3 a, a = 2 x
    gradient = dict.fromkeys(uses, 0.0) | {"y": 1.0}
    for node in order:
        for source, slope in uses[node]:
            gradient[source] += slope * gradient[node]
    return gradient["x"]


print("level by level:", sweep("yabx"), "  users first:", sweep("ybax"))

# %% [markdown]
# ### Q13 Broadcasting backwards
#
# **An array is broadcast in the forward pass. What happens to its gradient?**
#
# <details><summary>In 30 seconds</summary>
#
# It is summed over the broadcast axes, until it has the array's own shape again.
# Broadcasting uses one number in many places, and the contributions of all uses add up.
# So the gradient of a bias is a sum over the batch. A mean is wrong: if the loss
# averages, the factor is already in the incoming gradient.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Broadcasting is copying without the copies. If b of shape (3,) is added to a (5, 3)
# matrix, each entry of b is used five times, once a row. By the chain rule its
# derivative is the sum over the five uses. The backward rule is therefore: sum over the
# axes that were added in front, and over those that had length one, keeping the latter.
#
# This is one function, used by every binary operation, and it is where home-made
# engines go wrong most often: they forget the axes of length one, or return a gradient
# of the broadcast shape. Then the update broadcasts the parameter itself to a new
# shape, and training goes on with a different model.
#
# I test it with shapes such as (), (3,), (1, 3), (5, 1) against (5, 3), and with a
# random cotangent: under all ones every row looks alike, and a wrong axis can look
# right.
#
# The mirror image holds as well: the backward of a sum is a broadcast.
#
# </details>
#
# *Evidence.* A bias added to five rows, under a random cotangent.

# %%
rng = np.random.default_rng(13)
rows, u = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
b = Tensor(np.zeros(3), requires_grad=True)
((Tensor(rows) + b) * u).sum().backward()
measured = finite.gradient(lambda b: np.sum((rows + b) * u), np.zeros(3))
print("engine:  ", b.grad.numpy())
print("measured:", measured.round(8))
print("sum of u:", u.sum(axis=0), "  mean would be:", u.mean(axis=0))
assert np.allclose(b.grad.numpy(), u.sum(axis=0))

# %% [markdown]
# *The trap.* "If shapes fit and the gradient passes its check, the training is right."
# When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# The gradient may be right for a function that you did not mean. Predictions of shape
# (6, 1) minus targets of shape (6,) is a (6, 6) table of all differences. Its gradient
# is correct, and its best fit is the mean of the targets, for every input.
#
# </details>

# %%
X = np.linspace(0.0, 1.0, 6)[:, None]
y, w = 2 * X[:, 0], np.zeros(2)
for name, target in [("(6, 1) - (6, 1)", y[:, None]), ("(6, 1) - (6,)", y)]:
    loss = lambda w, t=target: np.mean((X * w[0] + w[1] - t) ** 2)
    w = np.zeros(2)
    for _ in range(500):
        w = w - 0.3 * transforms.grad(loss)(w)
    print(f"{name}: slope {w[0]:.3f}, offset {w[1]:.3f}, loss {loss(w):.3f}")

# %% [markdown]
# ### Q14 Record once
#
# **What is lost if a program is traced once, and the trace is replayed for other
# inputs?**
#
# <details><summary>In 30 seconds</summary>
#
# Every decision that depended on the values. A trace holds the operations that ran: of
# a branch the side taken, of a loop the turns made. Replayed for an input that would
# have gone the other way, it computes the wrong thing, without an error. Systems that
# trace either forbid such decisions, or guard them and trace again when a guard fails.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# A define-by-run system writes a new graph on each call, so it is always the graph of
# this run. That costs bookkeeping on every operation, and the system never sees the
# whole program before it runs: there is little to optimise.
#
# A traced or compiled system records once, optimises the whole, and replays. It is
# faster, and can plan memory. The price is that the record is only valid for inputs
# that take the same path. Whatever was a Python `if` on a number has become a fact.
#
# There are three answers to it. Express the choice as data: `where`, `maximum` and
# masks compute under replay too. Use special operations for control flow, which record
# both sides. Or guard: remember which conditions were assumed, check them at each call,
# and trace again if one fails.
#
# Shapes are a frequent case of such an assumption, and so is the training flag.
#
# </details>
#
# *Evidence.* A branch traced at 1 and replayed at -3.

# %%
f = lambda x: x * x if x > 0 else -x
trace = tape.record(f, [1.0])
print(trace)
replayed = tape.run_trace(trace, [-3.0])[trace.outputs[0]]
print(f"at -3: replayed {replayed}, true {f(-3.0)}")
print("slope:", tape.jacobian_reverse(trace, [-3.0])[0, 0], " true:", -1.0)

# %% [markdown]
# *The trap.* "A trace of a function with two cases is wrong for one of them." When is
# this false?
#
# <details><summary>Answer to the trap</summary>
#
# Not if the cases are chosen by an operation on data and not by the program's flow.
# `maximum` is one recorded operation with both cases inside, and a loop with a fixed
# number of turns replays well too.
#
# </details>

# %%
trace = tape.record(lambda x: np.maximum(x, 0.0), [1.0])
print(trace)
for x in (1.0, -3.0):
    value = tape.run_trace(trace, [x])[trace.outputs[0]]
    slope = tape.jacobian_reverse(trace, [x])[0, 0]
    print(f"at {x}: value {value}, slope {slope}")

# %% [markdown]
# ### Q15 Gradients of gradients
#
# **What does `create_graph=True` do, and when do you need it?**
#
# <details><summary>In 30 seconds</summary>
#
# It records the backward pass itself, so that the gradients have a graph and can be
# differentiated again. You need it when a gradient is part of the loss: a gradient
# penalty, meta-learning, a Hessian times a vector. Without it the gradient is a
# constant, and the term that contains it contributes its value to the loss and nothing
# to the update.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# By default the backward pass computes numbers and leaves no trace; that is cheaper and
# nearly always what you want. With `create_graph=True` each backward rule is executed
# with recording on. The result is a tensor with a history, connected to the inputs and
# to the forward graph, which therefore has to stay alive.
#
# The cost is memory: both graphs are held. And the rules must be written in recorded
# operations: a hand-written rule that calls NumPy inside ends the graph there.
#
# The dangerous case is forgetting it. The code runs, the loss contains the penalty, the
# reported number is right; but its derivative is missing. I test it by comparing the
# gradient of the whole loss with differences.
#
# </details>
#
# *Evidence.* A loss plus the squared length of its gradient, with and without; and the
# measured truth.


# %%
def slopes(create_graph):
    w = Tensor([1.0, 2.0], requires_grad=True)
    loss = (w**3).sum()
    (g,) = grad(loss, w, retain_graph=True, create_graph=create_graph)
    (loss + (g * g).sum()).backward()
    return w.grad.numpy()


print("without:", slopes(False), " with:", slopes(True), end="  measured: ")
whole = lambda w: np.sum(w**3) + np.sum((3 * w**2) ** 2)
print(finite.gradient(whole, [1.0, 2.0]).round(6))

# %% [markdown]
# *The trap.* "With `create_graph=True` I can always differentiate once more." When is
# this false?
#
# <details><summary>Answer to the trap</summary>
#
# Not where the gradient does not depend on the input. For a linear function it is a
# constant with no history: asking again is an error, not a zero. The same holds for a
# sum of `maximum(w, 0)`: piecewise linear, so there is no curvature to find.
#
# </details>

# %%
for name, f in [("3 w", lambda w: 3 * w), ("relu(w)", lambda w: np.maximum(w, 0.0))]:
    w = Tensor([1.0, 2.0], requires_grad=True)
    (g,) = grad(f(w).sum(), w, create_graph=True)
    print(name, g.numpy(), "has a history:", g.requires_grad)
    print("   asked again:", attempt(lambda: grad(g.sum(), w)))

# %% [markdown]
# ## The PyTorch part
#
# Themes 4 to 8 are about PyTorch. If it is missing, the next cell says how to get it.

# %%
from importlib.util import find_spec

if find_spec("torch") is None:
    raise ModuleNotFoundError(
        "Themes 4 to 8 need PyTorch, which is not installed here. Install it with "
        "'pip install torch' (the CPU build is enough), restart the kernel and run "
        "this page again. Themes 1 to 3 work without it."
    )

# %%
import gc
import warnings
import weakref
from copy import deepcopy

import torch
from torch import nn
from torch.autograd import Function, gradcheck, gradgradcheck
from torch.autograd.function import once_differentiable
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

from graders.checks.meter import peak_bytes

torch.set_num_threads(1)  # all tensors here are small: more threads would only wait


# %%
def tensor(values, requires_grad=False):
    """A float64 tensor; in single precision no comparison could be strict."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


def leaf(values):
    """A float64 leaf that requires grad."""
    return tensor(values, requires_grad=True)


def small_net(*layers, std=0.5):
    """The layers as one float64 network; weights drawn from a generator of its own."""
    net, chance = nn.Sequential(*layers).double(), torch.Generator().manual_seed(0)
    for p in net.parameters():
        nn.init.normal_(p, std=std, generator=chance)
    return net


# %%
def gradient(net, loss):
    """All parameter gradients of `loss` in one vector; nothing is booked."""
    grads = torch.autograd.grad(loss, list(net.parameters()))
    return torch.cat([g.flatten() for g in grads])


def receipts(run):
    """The tensors that `run()` keeps for the way back."""
    kept = []
    with saved_tensors_hooks(lambda t: (kept.append(t), t)[1], lambda t: t):
        run()
    return kept


def nodes(root):
    """The nodes of the graph below the tensor `root`, each once."""
    found, waiting = set(), [root.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found.add(node)
            waiting += [below for below, _ in node.next_functions]
    return found


# %% [markdown]
# ## Theme 4 · Accumulation
#
# Why gradients add up, within one backward pass and from one to the next. Taught in
# [lesson 4](04_build_the_engine/04_build_the_engine.ipynb) and [lesson
# 6](06_pytorch_autograd/06_pytorch_autograd.ipynb).

# %% [markdown]
# ### Q16 Why plus equals
#
# **Why does an engine write `grad += ...` and not `grad = ...`?**
#
# <details><summary>In 30 seconds</summary>
#
# Because a value that is used several times influences the result along several paths,
# and the chain rule adds up the paths. Every use pays its share into the same account.
# With `=`, the last use would overwrite the others: `x + x` would have slope 1. It goes
# unnoticed in chains, where every value is used once.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Take $y = x^2 + 5x + e^x$. There are three ways from x to y, and the derivative is the
# sum of three slopes. In the graph, x has three users, and each sends its contribution
# when its turn comes. Adding is the only rule that needs no knowledge of how many will
# come.
#
# The same thing in other clothes: a weight used in every step of a recurrent network;
# tied embeddings; a bias broadcast over the batch. All of these are fan-out, and all of
# them add.
#
# A test that would find `=`: any expression in which one value is used twice, `x * x`
# included, and a diamond with arms of different lengths. Chains prove nothing.
#
# One consequence: gradients of different losses by the same parameter add up too. That
# is what makes several losses, and micro-batches, work without special machinery.
#
# </details>
#
# *Evidence.* Three arms, one by one and together.

# %%
x = leaf(2.0)
arms = {"x * x": x * x, "5 x": 5 * x, "exp(x)": x.exp()}
shares = {}
for name, arm in arms.items():
    (share,) = torch.autograd.grad(arm, x, retain_graph=True)
    shares[name] = share.item()
(whole,) = torch.autograd.grad(sum(arms.values()), x)
print(shares, " sum:", sum(shares.values()), " whole:", whole.item())
assert math.isclose(sum(shares.values()), whole.item())

# %% [markdown]
# *The trap.* "So `.grad` must keep adding up from one backward call to the next: it is
# the same theorem." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# Within one pass it is a theorem. From call to call it is a convention, chosen because
# it makes several losses and micro-batches convenient. `torch.autograd.grad` follows
# another: it returns the gradient and adds it to nothing.
#
# </details>

# %%
x = leaf(2.0)
y = x + 1
y.backward()
y.backward()
again = [torch.autograd.grad(y, x)[0].item() for _ in range(2)]
print("backward twice, .grad:", x.grad.item(), "  autograd.grad twice:", again)

# %% [markdown]
# ### Q17 Clearing gradients
#
# **Why do we call `zero_grad`, and what happens if we forget?**
#
# <details><summary>In 30 seconds</summary>
#
# Because `backward` adds to `.grad`. Without clearing, each step goes along the sum of
# all gradients so far, like a momentum that never fades. The loss may fall at first and
# then swings. It belongs anywhere between one `step` and the next `backward`; not
# between `backward` and `step`. And it is a method of the optimiser or module, not of
# the loss.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# A training step is four lines: clear, forward, backward, step. The order is a circle,
# so clearing may stand at the end as well. What counts is that nothing is wiped between
# filling and reading.
#
# Forgetting does not crash. On an easy problem it may even train for some time, since
# old gradients point in roughly the same direction. Then the sum overshoots. The
# symptom is a loss that oscillates instead of settling, and it is worse with a larger
# learning rate.
#
# Clearing in the wrong place gives the opposite symptom: the loss does not move at all,
# because the step reads empty pages.
#
# There are cases where not clearing is the point. Micro-batches: add up several, step
# once. Several losses with separate backward calls. Then I clear once for each step,
# not for each backward.
#
# Since version 2.0, `zero_grad` sets `.grad` to `None` by default. So code that reads
# norms must expect `None`.
#
# </details>
#
# *Evidence.* A line through eight points: cleared, never cleared, cleared too late.


# %%
def losses(when):
    net, seen = small_net(nn.Linear(1, 1)), []
    opt = torch.optim.SGD(net.parameters(), lr=0.3)
    for _ in range(40):
        loss = functional.mse_loss(net(X), 3 * X + 1)
        if when == "before backward":
            opt.zero_grad()
        loss.backward()
        if when == "after backward":
            opt.zero_grad()
        opt.step()
        seen.append(round(loss.item(), 3))
    return seen[::6]


# %%
X = tensor(np.linspace(-1, 1, 8))[:, None]
for when in ("before backward", "never", "after backward"):
    print(f"{when:16}", losses(when))

# %% [markdown]
# *The trap.* "Clearing means setting gradients to zero." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# It sets them to `None`, and an optimiser treats the two differently. A gradient of
# zero is a request: decay, and keep rolling with your momentum. `None` means that
# nobody asked, and the parameter is skipped. And a loss has no `zero_grad`.
#
# </details>

# %%
for to_none in (True, False):
    p = nn.Parameter(tensor([1.0]))
    adam = torch.optim.AdamW([p], lr=0.1)
    (3 * p).sum().backward()
    adam.step()
    before = p.item()
    adam.zero_grad(set_to_none=to_none)
    adam.step()  # no backward in between
    print(f"set_to_none={to_none}: .grad {p.grad}, p moves by {p.item() - before:.3f}")
print(attempt(lambda: p.sum().zero_grad()))

# %% [markdown]
# ### Q18 Micro batches
#
# **Are accumulated micro-batches the same as one big batch?**
#
# <details><summary>In 30 seconds</summary>
#
# If the loss is a mean over examples, all parts have the same size, each loss is
# divided by the number of parts, and the model treats examples one by one: yes, up to
# rounding. Unequal parts: the mean of means is not the mean, so weight each part by its
# share, or add up sums and divide once. BatchNorm: no.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# The gradient of a mean over N examples is the sum of N gradients, divided by N. So the
# safe recipe is: sum the losses of each part, call backward on each, divide by the
# number of examples at the end, then step once. Then the sizes of the parts do not
# matter.
#
# The usual recipe divides each mean by the number of parts. It gives every part the
# same weight, and so an example in a small part more weight than one in a large part.
# The last batch of an epoch is such a part. Token losses with an ignored padding label
# are the same trap: the mean is over the labels that count, and their number varies.
#
# Where the model mixes examples, no weighting helps. BatchNorm normalises each part by
# its own statistics: another function. Dropout draws other masks: a different sample of
# the same thing. (Lesson 6 measures all of these.)
#
# And operations that are not linear in the gradient, such as clipping, must come once,
# after the last part.
#
# </details>
#
# *Evidence.* How far the accumulated gradient is from that of the whole batch, relative
# to its length.

# %%
rng = np.random.default_rng(18)
X, y = tensor(rng.normal(size=(10, 5))), tensor(rng.normal(size=(10, 1)))
mse = functional.mse_loss


def off(net, sizes, weight):
    whole = gradient(net, mse(net(X), y))
    parts = zip(X.split(sizes), y.split(sizes))
    added = sum(weight(a) * gradient(net, mse(net(a), b)) for a, b in parts)
    return f"{((added - whole).norm() / whole.norm()).item():.0e}"


# %%
line = small_net(nn.Linear(5, 1))
print("5 + 5, each loss / 2:    ", off(line, [5, 5], lambda a: 1 / 2))
print("7 + 3, each loss / 2:    ", off(line, [7, 3], lambda a: 1 / 2))
print("7 + 3, times their share:", off(line, [7, 3], lambda a: len(a) / 10))

# %% [markdown]
# *The trap.* "With equal parts and the right weights it is always equal." When is this
# false?
#
# <details><summary>Answer to the trap</summary>
#
# BatchNorm in training mode breaks it: each part is normalised by its own mean and
# variance. In evaluation mode it uses stored numbers, and the parts add up again.
#
# </details>

# %%
layers = nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1)
net = small_net(*layers)
print("training:  ", off(net, [5, 5], lambda a: 1 / 2))
print("evaluation:", off(net.eval(), [5, 5], lambda a: 1 / 2))

# %% [markdown]
# ### Q19 Two losses
#
# **Two losses share part of a network. One backward on their sum, or one on each?**
#
# <details><summary>In 30 seconds</summary>
#
# The gradients are the same, because gradients add. One backward on the sum walks the
# shared part once and frees it as it goes; that is cheaper. Two calls walk it twice,
# and the first must be told to keep what it would free: `retain_graph=True`. Two calls
# are useful if the gradients are wanted apart, to weigh or to compare them.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Differentiation is linear, so the gradient of $a + b$ is the sum of the gradients.
# With one call, the cotangents of both losses meet at the end of the shared trunk, are
# added there, and go down together. With two calls each goes down alone, and they meet
# in `.grad`. Same sum, up to rounding.
#
# The difference is in what is kept. `backward` releases what the rules had saved as
# soon as a node is done. The second loss then finds the trunk's memory gone, and
# raises, provided that something had been saved there. `retain_graph=True` on the first
# call prevents that, at the price of holding the memory longer.
#
# If I see `retain_graph=True` in training code I ask why. Two losses with a sum need
# none. A hidden state carried over from the last step should be detached. It is right
# for several vector-Jacobian products of one graph.
#
# And both gradients must be taken at the same weights: no step in between.
#
# </details>
#
# *Evidence.* Both ways, and what happens without `retain_graph`.

# %%
w = leaf([1.0, 2.0])


def two_losses():
    trunk = w * w
    return trunk.sum(), (trunk * trunk).sum()


# %%
a, b = two_losses()
joint = torch.autograd.grad(a + b, w)[0].tolist()
a, b = two_losses()
a.backward(retain_graph=True)
b.backward()
print("sum:", joint, " one by one:", w.grad.tolist())
a, b = two_losses()
a.backward()
print("without retain_graph:", attempt(b.backward))

# %% [markdown]
# *The trap.* "`retain_graph=True` makes the second backward safe." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# It keeps the memory; it does not keep the weights. If an optimiser steps in between,
# saved weights have been changed in place, and the version check refuses. Compute the
# forward pass again after the step.
#
# </details>

# %%
a, b = two_losses()
a.backward(retain_graph=True)
torch.optim.SGD([w], lr=0.1).step()
print(attempt(b.backward))

# %% [markdown]
# ### Q20 Clipping
#
# **Where does gradient clipping belong, and what does it change?**
#
# <details><summary>In 30 seconds</summary>
#
# Between the last `backward` and `step`, once. By norm: the whole gradient, over all
# parameters, is scaled down if it is longer than the limit; its direction stays. By
# value: each entry is cut off, and the direction changes. With micro-batches clip the
# sum, not the parts, since clipping is not linear. And clipping does not repair NaN.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# The purpose is to survive a rare, very steep batch: one long gradient can throw the
# weights far away. Clipping by norm bounds the length of a step and keeps where it
# points. `clip_grad_norm_` returns the length before clipping, which is worth logging:
# if it is above the limit in most steps, the limit has become the learning rate.
#
# Order matters. Before `backward` there is nothing to clip, or there are old gradients.
# After `step` it is too late. With mixed precision and a loss scale, gradients must be
# unscaled first, or the limit means something else.
#
# With micro-batches, clipping each part gives every part at most the same weight: an
# outlier loses its weight, and the sum points elsewhere. That is a different method,
# with its own uses, in private training for example. As an accident it is a bug.
#
# With an adaptive optimiser, clipping has less effect, for the scale of a gradient
# cancels there in the long run.
#
# </details>
#
# *Evidence.* Two micro-batches with different lengths: clip each, or their sum.


# %%
def clipped(entries):
    p = leaf([0.0, 0.0])
    p.grad = tensor(entries)
    nn.utils.clip_grad_norm_([p], 1.0)
    return p.grad.numpy().round(4)


steep, flat = [30.0, 0.0], [0.0, 0.4]
print("sum, then clip:", clipped([30.0, 0.4]))
print("clip, then sum:", clipped(steep) + clipped(flat))
p = leaf([0.0, 0.0])
p.grad = tensor([0.5, 50.0])
nn.utils.clip_grad_value_([p], 1.0)
print("[0.5, 50] by norm:", clipped([0.5, 50.0]), " by value:", p.grad.numpy())

# %% [markdown]
# *The trap.* "Clipping protects the weights from NaN and infinity." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# It spreads them. One NaN makes the norm NaN, and every entry is multiplied by it. One
# infinity makes the factor zero: the finite entries become 0, and infinity times zero
# is NaN. Ask for an error instead.
#
# </details>

# %%
print(
    "[nan, 1] ->", clipped([math.nan, 1.0]), "  [inf, 1] ->", clipped([math.inf, 1.0])
)
p = leaf([0.0, 0.0])
p.grad = tensor([math.nan, 1.0])
clip = nn.utils.clip_grad_norm_
print(attempt(lambda: clip([p], 1.0, error_if_nonfinite=True)))

# %% [markdown]
# ## Theme 5 · Leaf and lifetime
#
# Who gets a gradient, what is kept for it, and which switch changes what. Taught in
# [lesson 6](06_pytorch_autograd/06_pytorch_autograd.ipynb) and [lesson
# 8](08_switching_off/08_switching_off.ipynb).

# %% [markdown]
# ### Q21 What a leaf is
#
# **What is a leaf tensor, and why does it matter?**
#
# <details><summary>In 30 seconds</summary>
#
# A tensor without `grad_fn`: no recorded operation made it. `backward` fills `.grad`
# for leaves that require grad, and for nobody else unless you ask with `retain_grad`.
# Optimisers accept only leaves, because only they have a `.grad` to read. It matters
# when a parameter stops being one by accident: after `.double()`, `.to(device)` or
# `* 0.1`.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Gradients flow from the result towards the leaves, where the walk ends and amounts are
# booked. Everything between is passed through: its gradient exists for a moment and is
# let go, to save memory.
#
# What makes a leaf is not who made it but whether the making was recorded. The sum of
# two plain tensors is a leaf. So is a result computed under `no_grad`, and what
# `detach` returns. The usual definition, "created by the user and not by an operation",
# gets these three wrong.
#
# The frequent accident: `w = torch.randn(3, requires_grad=True).to(device) * 0.1`. The
# name `w` now belongs to a result. Its `.grad` stays `None`; the gradient goes to a
# leaf nobody holds. Create it in its final form, or call `requires_grad_()` last.
#
# An optimiser's update must not be recorded, so it works in place under `no_grad`, and
# the leaf stays a leaf.
#
# </details>
#
# *Evidence.* Seven tensors. Which are leaves? The last column is the definition.

# %%
r = torch.ones(3, requires_grad=True)
with torch.no_grad():
    quiet = r * 2
made = {"torch.ones(3) + 1": torch.ones(3) + 1, "r": r, "r * 2 under no_grad": quiet}
made |= {"r.detach()": r.detach(), "r.double()": r.double()}
made |= {"r.float(), already float": r.float(), "r * 1": r * 1}
for name, t in made.items():
    assert t.is_leaf == (t.grad_fn is None)
    print(f"{name:25} leaf {t.is_leaf!s:5}  requires grad {t.requires_grad}")
print(attempt(lambda: torch.optim.SGD([r.double()], lr=0.1)))

# %% [markdown]
# *The trap.* "Moving or converting a parameter makes it a non-leaf." When is this
# false?
#
# <details><summary>Answer to the trap</summary>
#
# For a tensor, if anything changes. For a module, no: `module.double()` and
# `module.to(...)` put new data into the same parameters, which stay leaves.
#
# </details>

# %%
layer = nn.Linear(2, 2)
before = layer.weight
layer.double()
print(layer.weight.dtype, "same object:", layer.weight is before, end=", ")
print("leaf:", layer.weight.is_leaf)

# %% [markdown]
# ### Q22 Grad is None
#
# **After `backward`, `x.grad` is `None`. What are the possible reasons?**
#
# <details><summary>In 30 seconds</summary>
#
# Five. It does not require grad. It is not a leaf: a result, whose gradient passed
# through. It is not the tensor that was used: converted or moved, the name points to
# another one. The path from it to the loss is cut, by `detach`, `no_grad`, `.item()` or
# NumPy. Or the loss does not depend on it at all.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# I ask three questions of the tensor and one of the loss. `x.requires_grad`?
# `x.is_leaf`? Is `x` the very object that entered the computation? And does the loss
# have a `grad_fn` from which `x` can be reached?
#
# `None` and zero are different findings. `None` means that nothing arrived: no path.
# Zero means that something arrived and was multiplied by zero: a dead ReLU, a rounding,
# a mask.
#
# For a result, PyTorch warns when `.grad` is read. For the other reasons it says
# nothing; an optimiser skips the parameter and training goes on without it. So a check
# after the first backward, that every trainable parameter has a gradient, is cheap
# insurance.
#
# If all of them are `None`, the graph is cut near the loss. If the first layers are, it
# is cut in between. If single ones are, they are not used.
#
# Frozen parameters are `None` on purpose, and a report should know them.
#
# </details>
#
# *Evidence.* Four of the reasons in one small graph; the fifth, a cut, gives an error
# if it cuts everything.

# %%
a, plain, unused = leaf(2.0), tensor(4.0), leaf(1.0)
moved = a.float()  # a result, not the leaf a
middle = a * plain
(middle * moved).backward()
found = {"a": a, "plain": plain, "unused": unused, "moved": moved, "middle": middle}
for name, t in found.items():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        g = None if t.grad is None else t.grad.item()
    print(f"{name:7} .grad {g}, leaf {t.is_leaf}, warnings {len(said)}")
print("everything cut:", attempt(lambda: (a.detach() * 2).backward()))

# %% [markdown]
# *The trap.* "For a result, `retain_grad()` shows the gradient." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# If it is asked in time, before `backward`. Asked afterwards it gives `None`, and now
# even the warning is gone, since the tensor claims to keep its gradient.
#
# </details>

# %%
a = leaf(2.0)
early, late = a * 3, a * 5
early.retain_grad()
(early * late).backward()
late.retain_grad()
print("asked before:", early.grad.item(), "  asked after:", late.grad)

# %% [markdown]
# ### Q23 The second backward
#
# **What does `backward` free, and why does a second call sometimes fail?**
#
# <details><summary>In 30 seconds</summary>
#
# It frees the saved tensors: what each node kept for its rule, a factor or a result.
# Nodes and values live on as long as somebody refers to them. A second call fails where
# a rule needs something that was freed: products, exponentials. Where nothing had been
# saved, as for sums, it works and adds the same gradient again.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Memory is the reason. The pile of saved tensors is highest when backward starts, and
# releasing each as soon as its node is done lets it melt during the pass. Keeping it
# would serve only those who call twice.
#
# So the error message about going through the graph a second time is about saved
# tensors. `retain_graph=True` keeps them. It is right when one graph is really used
# several times: rows of a Jacobian, two losses with separate calls.
#
# It is often a cure for a symptom. The typical case is a recurrent loop in which the
# hidden state is carried from step to step: the loss of step 4 reaches back into step
# 1, whose tensors are gone. Retaining makes the error disappear, and every step then
# walks a longer graph. The right cure is to detach the state: truncate the history
# where you mean to.
#
# "Backward frees the graph" is therefore imprecise in both directions: the nodes stay,
# and not every second call fails.
#
# </details>
#
# *Evidence.* Which second calls are refused? And what is left of the graph?

# %%
curves = {"v + 1": lambda v: v + 1, "-v": lambda v: -v, "v.mean()": lambda v: v.mean()}
curves |= {"v * v": lambda v: v * v, "exp(v)": torch.exp}
for name, f in curves.items():
    v = leaf([0.5, 2.0])
    total = f(v).sum()
    total.backward()
    refused = attempt(total.backward) is not None
    print(f"{name:8} refused: {refused!s:5} v.grad[0] = {v.grad[0].item():.3f}")
below = total.grad_fn.next_functions[0][0]
print("still there:", total.grad_fn.name(), "->", below.name())
print("freed:", attempt(lambda: below._saved_result))

# %% [markdown]
# *The trap.* "The error asks for `retain_graph=True`, so I add it." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# In a loop with a carried state it turns an error into a leak: the graph grows with
# every step, and so do time and memory. Count the nodes.
#
# </details>


# %%
def nodes_by_step(cut):
    w, h, counts = leaf(0.5), tensor(0.0), []
    for _ in range(5):
        h = (w * (h.detach() if cut else h) + 1).tanh()
        (h * h).backward(retain_graph=not cut)
        counts.append(len(nodes(h)))
    return counts


print("retain_graph=True:", nodes_by_step(False), " detach:", nodes_by_step(True))

# %% [markdown]
# ### Q24 In place
#
# **Are in-place operations allowed under autograd?**
#
# <details><summary>In 30 seconds</summary>
#
# Yes, if they do not change a value that a rule has saved. Every tensor counts its
# in-place changes; a node notes the count when it saves, and backward compares. If it
# differs, backward raises. Changing a leaf that requires grad raises at once. Only ways
# around the counter, `.data` or a NumPy view, give a wrong gradient without a word.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# There are three outcomes. If the changed value was not saved, all is well: after
# `y = 2 * v` nobody needs y, so adding to it in place is fine. If it was saved, as the
# result of an exponential is, backward refuses. If it is a leaf that requires grad, the
# operation itself is refused, because a leaf cannot have a history.
#
# Whether a value is saved depends on the rule, not on how it looks: a square saves its
# input, an exponential its output. That is why the same line works behind one function
# and fails behind another.
#
# The check is always on; it needs no debugging mode. It compares version counters, and
# a detached tensor shares the counter of its source, so writing through `detach()` is
# noticed too. What `.data` gives does not share it.
#
# When do I use in-place operations? For parameter updates under `no_grad`, and for
# buffers. For activations rarely: the saving is small, and gradients often need them.
#
# </details>
#
# *Evidence.* The same `add_` behind three functions, and on a leaf.


# %%
def then_add(f):
    v = leaf([1.0, 2.0])
    y = f(v)
    y.add_(1.0)
    return attempt(lambda: torch.autograd.grad(y.sum(), v)[0].tolist())


for name, f in {"2 v": lambda v: 2 * v, "v^2": torch.square, "exp": torch.exp}.items():
    print(f"{name:4}", then_add(f))
print("leaf", attempt(lambda: leaf([1.0, 2.0]).add_(1.0)))

# %% [markdown]
# *The trap.* "Autograd notices every in-place change." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# Not through `.data`, and not through memory shared with NumPy. The gradient of the sum
# of squares at 1, 2, 3 is 2, 4, 6; after such a change it is that of other numbers.
# Through `detach()` it is noticed.
#
# </details>

# %%
writes = {
    "v.data": lambda v: v.data.add_(1.0),
    "v.detach().numpy()": lambda v: np.add(
        v.detach().numpy(), 1.0, out=v.detach().numpy()
    ),
    "v.detach()": lambda v: v.detach().add_(1.0),
}
for name, write in writes.items():
    v = leaf([1.0, 2.0, 3.0])
    total = (v * v).sum()
    write(v)
    print(name, attempt(lambda: torch.autograd.grad(total, v)[0].tolist()))

# %% [markdown]
# ### Q25 The switches
#
# **`no_grad`, `inference_mode`, `detach`, `eval`, `requires_grad_(False)`: which does
# what?**
#
# <details><summary>In 30 seconds</summary>
#
# `no_grad`: what happens inside is not recorded. `inference_mode`: the same, and the
# results can never be saved for a backward pass. `detach`: this one tensor starts
# afresh, without history. `eval()`: dropout and BatchNorm compute differently;
# recording goes on. `requires_grad_(False)`: this parameter gets no gradient, but
# gradients still flow through the layer. To evaluate: `eval()` and `no_grad`.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# They answer different questions, and it helps to ask them one by one.
#
# What is computed? Only `eval()` changes that. Without it, dropout stays on and
# BatchNorm uses, and updates, statistics of your test data.
#
# What is recorded? `no_grad` and `inference_mode` switch recording off for a region of
# code, in this thread. The gain is memory above all; how much time it saves depends on
# the model (lesson 8 measures it).
#
# Where is the graph cut? `detach` cuts one edge: targets in reinforcement learning,
# carried states, a teacher's output.
#
# Who learns? `requires_grad_(False)` freezes a parameter. A frozen layer in the middle
# still passes gradients to the layers below, which `no_grad` would not. To freeze
# BatchNorm, `eval()` is needed as well.
#
# `inference_mode` is stricter than `no_grad`: its results may be added in a later
# graph, but not multiplied, since a product would save them.
#
# </details>
#
# *Evidence.* Tensors kept and batches counted, for all four combinations; then frozen
# versus unrecorded.

# %%
batch = tensor(np.random.default_rng(25).normal(size=(8, 3)))
for training, recording in [(True, True), (True, False), (False, True), (False, False)]:
    net = small_net(nn.Linear(3, 4), nn.BatchNorm1d(4)).train(training)
    with torch.set_grad_enabled(recording):
        kept = len(receipts(lambda: net(batch)))
    counted = net[1].num_batches_tracked.item()
    print(f"train {training!s:5} record {recording!s:5} keeps {kept}, counts {counted}")
below, top = nn.Linear(3, 4).double(), nn.Linear(4, 1).double().requires_grad_(False)
top(below(batch)).sum().backward()
print("below a frozen layer:", below.weight.grad is not None, end="; ")
with torch.no_grad():
    print("under no_grad:", top(below(batch)).requires_grad)

# %% [markdown]
# *The trap.* "Inside `no_grad`, no gradients are accumulated; and what `inference_mode`
# made can never be used in training." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# `no_grad` stops recording, not backward: a graph made outside can be run backwards
# inside, and fills `.grad`. An inference tensor may be an operand outside, as long as
# no rule has to save it.
#
# </details>

# %%
w = leaf([1.0, 1.0])
total = (2 * w).sum()
with torch.no_grad():
    total.backward()
with torch.inference_mode():
    z = tensor([1.0, 2.0])
print("filled inside no_grad:", w.grad.tolist())
print("w + z requires grad:", (w + z).requires_grad, "  w * z:", attempt(lambda: w * z))

# %% [markdown]
# ## Theme 6 · Functions of your own
#
# When to write a backward by hand, what to keep for it, and what tests cannot see.
# Taught in [lesson 7](07_custom_functions/07_custom_functions.ipynb).

# %% [markdown]
# ### Q26 When to write one
#
# **When would you write a custom `autograd.Function`?**
#
# <details><summary>In 30 seconds</summary>
#
# When autograd cannot see inside: NumPy, a solver, a kernel of my own. When I know a
# formula for the backward that needs less memory or keeps more digits. Or when I want
# another derivative on purpose, a surrogate. Not for stability alone: shifting the
# forward by its maximum is enough, and autograd then differentiates the shifted formula
# correctly.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# The first case is a must. The second is an engineering decision, and I measure before
# and after. The third is a modelling decision and should be labelled as such: the
# gradient is then not that of the forward.
#
# The popular example for a hand-written backward is log-sum-exp, because the naive
# forward overflows. It does: the value is infinite and the gradient NaN, silently. But
# the cure is in the forward. Subtract the maximum, and plain autograd gives the right
# gradient. A hand-written backward can even be worse: written as
# $\exp(x - \mathrm{lse})$, it subtracts a value that has already been rounded. At two
# equal inputs of $10^8$ in single precision it gives 1 and 1, where one half each is
# right.
#
# A Function also brings duties: return one gradient for each input, `None` for options;
# save through the context; be linear in the incoming gradient; work under second
# derivatives or refuse them.
#
# </details>
#
# *Evidence.* Naive, shifted, and a backward written as exp(x - lse).

# %%
naive = lambda v: v.exp().sum().log()
shifted = lambda v: v.max().detach() + (v - v.max().detach()).exp().sum().log()
for at in ([0.0, 1.0], [1000.0, 1001.0]):
    for name, f in [("naive", naive), ("shifted", shifted)]:
        v = leaf(at)
        (g,) = torch.autograd.grad(f(v), v)
        print(f"{at} {name:8} value {f(v).item():.4f}, gradient {g.numpy()}")
v = torch.tensor([1e8, 1e8], requires_grad=True)
for name, f in [("shifted", shifted), ("torch.logsumexp", lambda v: v.logsumexp(0))]:
    print(f"1e8 twice, float32, {name}:", torch.autograd.grad(f(v), v)[0].numpy())
print("exp(x - lse) by hand:", (v - v.logsumexp(0)).exp().detach().numpy())

# %% [markdown]
# *The trap.* "If forward and backward are right, the Function is finished." When is
# this false?
#
# <details><summary>Answer to the trap</summary>
#
# Not for `torch.func`: `grad`, `vmap` and `jacrev` ask for a separate `setup_context`,
# and `vmap` for a rule or `generate_vmap_rule = True`. A Function in the old form is
# refused.
#
# </details>


# %%
class Square(Function):
    generate_vmap_rule = True
    forward = staticmethod(lambda x: x * x)
    setup_context = staticmethod(lambda ctx, given, out: ctx.save_for_backward(*given))
    backward = staticmethod(lambda ctx, g: 2 * ctx.saved_tensors[0] * g)


# %%
class OldSquare(Square):
    forward = staticmethod(lambda ctx, x: (ctx.save_for_backward(x), x * x)[1])
    setup_context = Function.setup_context


for one in (OldSquare, Square):
    slopes = torch.func.vmap(torch.func.grad(one.apply))
    print(one.__name__, attempt(lambda: slopes(tensor([1.0, 2.0])).tolist()))

# %% [markdown]
# ### Q27 What gradcheck proves
#
# **`gradcheck` passes. What do you know?**
#
# <details><summary>In 30 seconds</summary>
#
# That at these points, in double precision, the backward agrees with central
# differences of the forward, to first order. Not at other points: saturation, ties and
# large values need inputs of their own. Not the second derivative: that is
# `gradgradcheck`. Not that the forward is what you meant. And a deliberate surrogate
# fails it, as it should.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# `gradcheck` moves each input by a small step, measures the Jacobian by differences,
# and compares with the one that backward gives. So it is as good as its inputs.
#
# The usual inputs are standard normal. A sigmoid whose slope is clamped from below at
# 0.01 passes there, because the clamp acts only beyond about 4.6. One point at 6 is
# enough to refuse it. So I choose inputs by reading the code: each branch, each clamp,
# each side of each kink, some large, some with ties; but not on a kink, where
# differences average.
#
# Shapes too. A square input hides a transposition, a batch of one hides a missing sum.
#
# Then the order. If anybody will differentiate twice, for a penalty or a Hessian, the
# gradient itself must pass. And single precision does not work: the step is made for
# double.
#
# Finally I plant a mistake, to see the check fail.
#
# </details>
#
# *Evidence.* A sigmoid with a clamped slope, a wrong derivative on purpose.


# %%
class ClampedSigmoid(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x.sigmoid())
        return x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * (s * (1 - s)).clamp(min=0.01)


# %%
normal = np.random.default_rng(27).normal(size=20)
for name, at in [("20 normal points", normal), ("one point, 6", [6.0])]:
    passed = gradcheck(ClampedSigmoid.apply, leaf(at), raise_exception=False)
    print(f"{name}: gradcheck {passed}")
edge = math.log((1 + math.sqrt(0.96)) / (1 - math.sqrt(0.96)))
print(f"the clamp acts beyond {edge:.3f}")

# %% [markdown]
# *The trap.* "`gradgradcheck` is the stricter test: if it passes, the first derivative
# is right as well." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# It compares the second derivative with differences of the first one, as given.
# Rounding with a pass-through gradient has a backward that is wrong for the forward but
# consistent with itself: it is linear. So `gradgradcheck` passes and `gradcheck` fails.
# Run both.
#
# </details>


# %%
class PassThrough(Function):
    forward = staticmethod(lambda ctx, x: x.round())
    backward = staticmethod(lambda ctx, g: g)


at = leaf([0.3, 1.2])
print("gradcheck:", gradcheck(PassThrough.apply, at, raise_exception=False), end=", ")
print("gradgradcheck:", gradgradcheck(PassThrough.apply, at))

# %% [markdown]
# ### Q28 What to save
#
# **Why `save_for_backward`, and not an attribute of `ctx`?**
#
# <details><summary>In 30 seconds</summary>
#
# Because it is watched. What is saved that way carries its version, so an in-place
# change before backward raises instead of giving a wrong gradient. It is freed after
# backward, and hooks can see it, to count it or move it elsewhere. A result saved as an
# attribute makes a reference cycle as well, and memory grows until the garbage
# collector runs.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# `save_for_backward` is for inputs and outputs of the Function. Numbers, shapes and
# flags may be attributes of `ctx`.
#
# Three things go wrong with tensors as attributes. First, versions: nobody compares
# them, so an in-place change between forward and backward is used silently. Second,
# lifetime: the attribute lives as long as the node; for a result, the node refers to
# the tensor and the tensor to the node, and reference counting cannot free either.
# Third, tools: saved-tensor hooks, which count memory or offload it, do not see
# attributes.
#
# An intermediate, neither input nor output, is a special case. It may be saved, but in
# a second derivative it counts as a constant, so the result can be wrong. Recompute it
# in backward, or return it as an additional output.
#
# And save only what is asked for: `ctx.needs_input_grad` says whose gradient will be
# wanted.
#
# </details>
#
# *Evidence.* One Function, saved both ways; the input is changed in place before
# backward.


# %%
def square_with(save):
    class Square(Function):
        forward = staticmethod(lambda ctx, x: (save(ctx, x), x * x)[1])
        backward = staticmethod(
            lambda ctx, g: 2 * g * (ctx.saved_tensors or [ctx.x])[0]
        )

    x = leaf([1.0, 2.0, 3.0])
    total = Square.apply(x).sum()
    x.detach().add_(1.0)
    return attempt(lambda: torch.autograd.grad(total, x)[0].tolist())


# %%
ways = {
    "saved": lambda ctx, x: ctx.save_for_backward(x),
    "attribute": lambda ctx, x: setattr(ctx, "x", x),
}
for name, save in ways.items():
    print(f"{name}: {square_with(save)} where 2, 4, 6 is right; ", end="")
    print("seen by a hook:", len(receipts(lambda save=save: square_with(save))))

# %% [markdown]
# *The trap.* "An attribute is fine if nobody changes tensors in place." When is this
# false?
#
# <details><summary>Answer to the trap</summary>
#
# Not for a result: `ctx.y = y` makes a cycle. Results that nobody holds any more stay
# alive until the collector comes, and on a busy GPU that may be too late.
#
# </details>


# %%
def left_alive(save):
    class Exp(Function):
        forward = staticmethod(lambda ctx, x: save(ctx, x.exp()))
        backward = staticmethod(lambda ctx, g: g)

    gc.disable()
    results = [weakref.ref(Exp.apply(leaf(1.0))) for _ in range(100)]
    alive = sum(ref() is not None for ref in results)
    gc.enable()
    return alive


# %%
print("saved:    ", left_alive(lambda ctx, y: (ctx.save_for_backward(y), y)[1]))
print("attribute:", left_alive(lambda ctx, y: (setattr(ctx, "y", y), y)[1]))

# %% [markdown]
# ### Q29 Differentiating twice
#
# **A Function has a right first derivative. How can its second one be wrong?**
#
# <details><summary>In 30 seconds</summary>
#
# Backward is differentiated in its turn, so everything it uses must be connected to the
# inputs. A saved input or output is. An intermediate computed inside forward is not: it
# counts as a constant. Then the Hessian lacks a term, and nobody warns. So save inputs
# and outputs only, recompute the rest in backward, and run `gradgradcheck`.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Inside `forward` nothing is recorded. If backward is differentiated, it is run with
# recording on, and PyTorch knows where the saved inputs and outputs belong in the
# graph. For a tensor that was made inside forward it knows nothing; such a tensor has
# no history.
#
# The classic case is log-sum-exp. Its gradient is $\exp(x - \mathrm{lse})$. If the lse
# that is saved is the one with the kept dimension, before it was squeezed, it is an
# intermediate. The second derivative then treats lse as constant and gives the diagonal
# matrix of probabilities. The true Hessian is $\mathrm{diag}(p) - p p^\top$, whose rows
# sum to zero. `gradcheck` passes, since the first order is right.
#
# With `softmax(x)` computed from the saved input in backward, everything is connected.
#
# If a second derivative is not intended, say so: `once_differentiable` makes backward a
# dead end, so that asking further is an error.
#
# </details>
#
# *Evidence.* The same first derivative, from a saved intermediate and from the saved
# input.


# %%
class Intermediate(Function):
    @staticmethod
    def forward(ctx, x):
        lse = x.logsumexp(0, keepdim=True)  # neither the input nor the output
        ctx.save_for_backward(x, lse)
        return lse.squeeze(0)

    @staticmethod
    def backward(ctx, g):
        x, lse = ctx.saved_tensors
        return g * (x - lse).exp()


# %%
class FromInput(Intermediate):
    backward = staticmethod(lambda ctx, g: g * ctx.saved_tensors[0].softmax(0))


x = tensor([0.0, 1.0, 2.0])
for one in (Intermediate, FromInput):
    first = gradcheck(one.apply, leaf(x.tolist()), raise_exception=False)
    second = gradgradcheck(one.apply, leaf(x.tolist()), raise_exception=False)
    print(f"{one.__name__}: gradcheck {first}, gradgradcheck {second}, Hessian")
    print(torch.autograd.functional.hessian(one.apply, x).numpy().round(2))

# %% [markdown]
# *The trap.* "With `once_differentiable`, a second derivative cannot be wrong
# silently." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# It cuts the graph behind the first one. `autograd.grad` then raises. But a helper that
# fills in zeros for what is not connected, as `functional.hessian` does by default,
# gives a Hessian of zeros. With `strict=True` it raises.
#
# </details>


# %%
class Once(FromInput):
    backward = staticmethod(once_differentiable(FromInput.backward))


x = leaf([0.0, 1.0, 2.0])
(g,) = torch.autograd.grad(Once.apply(x), x, create_graph=True)
print("grad of grad:", attempt(lambda: torch.autograd.grad(g.sum(), x)))
hessian = torch.autograd.functional.hessian
print("hessian:", hessian(Once.apply, x.detach()).tolist())
print("strict: ", attempt(lambda: hessian(Once.apply, x.detach(), strict=True)))

# %% [markdown]
# ### Q30 Straight through
#
# **What is a straight-through estimator, and is it a gradient?**
#
# <details><summary>In 30 seconds</summary>
#
# A rule for functions that are flat almost everywhere, such as rounding: forward
# rounds, backward pretends that it was the identity. It is not the gradient, which is
# zero. It is a surrogate: a useful direction for a parameter that has to get past the
# rounding, as in quantisation-aware training. It fails `gradcheck`, and should be
# labelled as what it is.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Rounding has slope 0 wherever it has one, so an honest gradient says that nothing can
# be learned. The straight-through rule says: to raise the rounded value, raise the
# unrounded one. On average over a step that is true.
#
# No Function is needed: `x + (round(x) - x).detach()` has the value of the rounded x,
# and the derivative of the first term, which is one.
#
# What can one expect? Not convergence to a stationary point in the usual sense. If the
# best value lies between two grid points, the surrogate pulls up from the lower and
# down from the upper one, and the weight swings around the border for ever, with an
# amplitude that the learning rate sets. A falling learning rate or averaging settles
# it.
#
# So it is a device for training, not a derivative: any check by differences refuses it.
# Lesson 7 trains quantised weights with it, and compares with rounding afterwards.
#
# </details>
#
# *Evidence.* The value and both gradients; then a weight whose target lies between grid
# points.

# %%
w = leaf([0.3, 1.2, 2.7])
through = lambda w: w + (w.round() - w).detach()
print("value:", through(w).tolist(), end="  ")
print("surrogate:", torch.autograd.grad(through(w).sum(), w)[0].tolist(), end="  ")
print("honest:", torch.autograd.grad(w.round().sum(), w)[0].tolist())
w, path = leaf(0.1), []
for _ in range(60):
    (g,) = torch.autograd.grad((through(w) - 0.4) ** 2, w)
    w = (w - 0.1 * g).detach().requires_grad_()
    path.append(round(w.item(), 2))
print("start:", path[:5], " end:", path[-5:])

# %% [markdown]
# *The trap.* "The surrogate's direction is always downhill." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# Rounding turns a smooth loss into a staircase, and the surrogate is the slope of the
# smooth loss at the rounded value. Within a step the true loss does not change at all;
# across one it can rise. Above, the target is 0.4, so the loss is best at a rounded
# value of 0; the walk visits 1 again and again.
#
# </details>

# %%
loss = lambda w: ((through(w) - 0.4) ** 2).item()
for at in (0.42, 0.49, 0.5001, 0.58):
    w = leaf(at)
    (g,) = torch.autograd.grad((through(w) - 0.4) ** 2, w)
    after = at - 0.1 * g.item()
    print(f"w {at}: loss {loss(w):.2f}, after the step {loss(leaf(after)):.2f}")

# %% [markdown]
# ## Theme 7 · Memory
#
# What training holds, what can be computed again instead, and what leaks. Taught in
# [lesson 9](09_checkpointing/09_checkpointing.ipynb) and [lesson
# 8](08_switching_off/08_switching_off.ipynb).

# %% [markdown]
# ### Q31 The bill
#
# **What fills the memory in training?**
#
# <details><summary>In 30 seconds</summary>
#
# Four things. Parameters. Gradients, as large again. The optimiser's state: Adam keeps
# two numbers for each parameter. And activations: the tensors kept for the way back, in
# proportion to batch size, sequence length and depth. The first three are fixed by the
# model, the last by the data. Which dominates decides which cure helps.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# With Adam the fixed part is about four times the parameters. It does not depend on the
# batch. The cures are other optimisers, lower precision, or sharing the state between
# devices.
#
# Activations are what rules have saved: the input of a linear layer, for the gradient
# of its weights; the result of a tanh; the mask of a dropout; the probabilities of
# attention. They grow with the number of examples, with the length of a sequence, for
# plain attention with its square, and with depth. In evaluation they are not there,
# which is why a model that evaluates well runs out of memory in training.
#
# The peak is at the turning point, when the forward pass is done and nothing is freed.
#
# So before choosing a cure I measure both parts. With a small batch and a large model,
# checkpointing saves nothing worth having. With long sequences, it can be the only way;
# but first I would look at how attention is computed.
#
# </details>
#
# *Evidence.* Megabytes of parameters, gradients, Adam's state and saved tensors, for
# two batch sizes.

# %%
layers = [m for _ in range(4) for m in (nn.Linear(256, 256), nn.Tanh())]


def megabytes(tensors):
    return round(
        sum(t.nbytes for t in {t.data_ptr(): t for t in tensors}.values()) / 1e6, 2
    )


# %%
for batch in (8, 2048):
    net, loss = small_net(*layers), []
    weights, adam = list(net.parameters()), torch.optim.Adam(net.parameters())
    x = tensor(np.ones((batch, 256)))
    kept = receipts(lambda: loss.append(net(x).square().mean()))
    kept = [t for t in kept if t.data_ptr() not in {p.data_ptr() for p in weights}]
    net.zero_grad()
    loss[0].backward()
    adam.step()
    state = [t for of in adam.state.values() for t in of.values()]
    fixed = [megabytes(part) for part in (weights, [p.grad for p in weights], state)]
    print(f"batch {batch}: weights, gradients, Adam {fixed}, kept {megabytes(kept)}")

# %% [markdown]
# *The trap.* "Activations are what fills the memory." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# At batch 8 above they are a small fraction of the whole; the optimiser's state is the
# largest part. The statement needs a batch, a sequence length and a model. And under
# `no_grad` there are none.
#
# </details>

# %%
for recording in (True, False):
    with torch.set_grad_enabled(recording):
        kept = receipts(lambda: net(x))
    print(f"recording {recording!s:5}: {len(kept)} tensors kept")

# %% [markdown]
# ### Q32 Checkpointing
#
# **What does gradient checkpointing do, and what does it cost?**
#
# <details><summary>In 30 seconds</summary>
#
# It keeps the input of a segment instead of all that happens inside, and runs the
# segment again when backward arrives. Memory falls to the segment inputs plus the
# inside of one segment. The price is one more forward pass. If backward costs twice the
# forward, that is a third more arithmetic. The gradients are the same, to the bit, if
# the segment is deterministic.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# A segment runs forward without recording. Its input is kept. On the way back it is run
# a second time, now recorded, and backward goes through it and frees it at once. So at
# any moment there are the inputs of all segments and the inside of one.
#
# The price follows from counting. Plain: forward 1, backward r. With checkpoints:
# forward 1, again 1, backward r. The ratio is $1 + 1/(1 + r)$. For matrix products r is
# about 2, so a third more in total. It is not "a third of the forward": the forward
# work doubles.
#
# In practice I checkpoint blocks, the natural unit of a transformer, with
# `use_reentrant=False`. The older variant needs an input that requires grad and breaks
# silently without one.
#
# Before that I ask what fills the memory. If it is attention's probabilities, a fused
# attention comes first: it recomputes nothing (lesson 9 measures it). If it is the
# optimiser's state, checkpoints do not help.
#
# </details>
#
# *Evidence.* Multiplications forward, backward, and the gradients of both.

# %%
net = small_net(*[m for _ in range(8) for m in (nn.Linear(32, 32), nn.Tanh())])
rows = tensor(np.ones((16, 32)))


def in_pieces(x):
    for i in range(0, 16, 4):
        x = checkpoint(net[i : i + 4], x, use_reentrant=False)
    return x


# %%
counts, grads = {}, []
for name, f in [("plain", net), ("checkpointed", in_pieces)]:
    with FlopCounterMode(display=False) as count:
        loss = f(rows).square().mean()
        there = count.get_total_flops()
        grads.append(gradient(net, loss))
    counts[name] = count.get_total_flops()
    print(f"{name}: forward {there}, afterwards {counts[name] - there}")
print(f"checkpointed / plain: {counts['checkpointed'] / counts['plain']:.3f}")
print("gradients equal to the bit:", torch.equal(*grads))

# %% [markdown]
# *The trap.* "It costs a third more." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# That is the case r = 2. If the weights are frozen and only the input needs a gradient,
# backward is one product for each layer, r is 1, and the extra forward is half of the
# whole.
#
# </details>

# %%
net.requires_grad_(False)
start = rows.clone().requires_grad_()
totals = []
for f in (net, in_pieces):
    with FlopCounterMode(display=False) as count:
        f(start).square().mean().backward()
    totals.append(count.get_total_flops())
print(f"frozen weights: checkpointed / plain {totals[1] / totals[0]:.3f}")

# %% [markdown]
# ### Q33 Where to cut
#
# **How many checkpoints, and where?**
#
# <details><summary>In 30 seconds</summary>
#
# For a chain of n equal layers: about root n segments. Then there are root n inputs
# kept and root n layers inside the segment at work, so memory grows like twice root n
# instead of n. One big segment saves nothing, because its inside must be rebuilt in
# full. One for each thin layer saves nothing either: its input is as large as what it
# hides.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# The peak has two terms: the inputs of k segments, and the inside of one, n / k layers.
# One falls with k and the other grows, so the best is where they balance: $k = \sqrt n$
# if a layer's inside is as large as its input.
#
# For blocks it is different. The inside of a transformer block is many times its input.
# Then the weights of the two terms differ, the optimum moves towards more segments, and
# one checkpoint for each block is good.
#
# Root n is the best of a simple kind: cut once, evenly. Cutting segments again,
# recursively, brings memory down to about log n, for more recomputation; with a fixed
# number of slots there is an exact optimum, the binomial schedule. Lesson 9 has both.
#
# What to measure matters. The bytes saved by the forward pass look wonderful for one
# big checkpoint: nearly nothing. The peak, measured over forward and backward together,
# shows that nothing was gained.
#
# </details>
#
# *Evidence.* Peak memory of 36 thin layers, in units of one activation, for several
# numbers of segments.


# %%
def run(net, segments):
    x = tensor(np.ones((64, 32)))
    size = len(net) // max(segments, 1)
    for i in range(0, len(net), size):
        part = net[i : i + size]
        x = checkpoint(part, x, use_reentrant=False) if segments else part(x)
    x.square().mean().backward()


# %%
def peaks(block):
    net = small_net(*[block() for _ in range(36)])
    for p in net.parameters():
        p.grad = torch.zeros_like(p)  # made beforehand: not to be counted
    for segments in (0, 1, 6, 36):
        used = peak_bytes(lambda: run(net, segments))[0] / (64 * 32 * 8)
        print(f"{segments or 'no'} segments: peak {used:.1f}", end="   ")


peaks(lambda: nn.Sequential(nn.Linear(32, 32), nn.Tanh()))

# %% [markdown]
# *The trap.* "Checkpointing every layer saves the most." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# For thin layers it saves nothing, as above. For fat blocks, whose inside is much
# larger than their input, it is right. So the answer depends on that ratio: here a
# block widens eightfold inside.
#
# </details>

# %%
wide = [nn.Linear(32, 256), nn.Tanh(), nn.Linear(256, 32), nn.Tanh()]
peaks(lambda: nn.Sequential(*deepcopy(wide)))

# %% [markdown]
# ### Q34 When checkpoints lie
#
# **When does a checkpoint give a wrong gradient?**
#
# <details><summary>In 30 seconds</summary>
#
# When the second run is not the first. Random numbers: PyTorch's are restored by
# default, NumPy's are not. State that changes: BatchNorm counts each batch twice.
# Weights changed in between: the second run uses the new ones. And the reentrant
# variant gives no gradient at all to the weights if no input of the segment requires
# grad.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# The contract is that the segment is a function: same inputs, same result, no side
# effects. Whatever breaks it breaks the gradient, and mostly without a word, because
# shapes and counts still agree.
#
# Dropout is covered: the generator's state is stored before the first run and put back
# for the second. It costs a little, and can be switched off, with
# `preserve_rng_state=False`; then the masks differ and the gradient belongs to another
# sample.
#
# Random numbers from elsewhere, NumPy, Python's `random`, a generator of your own, are
# not known to PyTorch. Draw them outside and pass them in.
#
# BatchNorm updates its running statistics in each forward pass, so twice. The gradient
# is right, evaluation afterwards is not quite. Counters, caches and logging run twice
# as well.
#
# If the second run saves fewer tensors than the first, PyTorch does notice, and raises.
# That is the friendly case.
#
# </details>
#
# *Evidence.* NumPy's noise and BatchNorm's count; dropout with and without its restored
# state; a weight that changes, and a function that does.

# %%
rng, x = np.random.default_rng(34), leaf([1.0] * 4)
noisy = lambda v: v * tensor(rng.random(4))
y = checkpoint(noisy, x, use_reentrant=False)
(g,) = torch.autograd.grad(y.sum(), x)  # y is the noise, and so is its true gradient
print("noise in the result:  ", y.detach().numpy().round(3))
print("noise in the gradient:", g.numpy().round(3))
norm = nn.BatchNorm1d(4)
batch = torch.ones(3, 4, requires_grad=True)
checkpoint(norm, batch, use_reentrant=False).sum().backward()
print("batches counted in one step:", norm.num_batches_tracked.item())

# %%
x = torch.ones(1000, requires_grad=True)
for keep in (True, False):
    options = {"use_reentrant": False, "preserve_rng_state": keep}
    y = checkpoint(functional.dropout, x, **options)
    (g,) = torch.autograd.grad(y.sum(), x)
    same = (y == g).double().mean().item()
    print(f"dropout, state restored {keep!s:5}: {same:.0%} of the mask agrees")

# %%
x, turns = leaf(1.0), iter("ab")
for name in ("plain", "checkpoint"):
    w = leaf(2.0)
    wave = lambda v, w=w: (w * v).sin()
    y = wave(x) if name == "plain" else checkpoint(wave, x, use_reentrant=False)
    w.detach().add_(1.0)  # between forward and backward
    told = attempt(lambda: round(torch.autograd.grad(y, x)[0].item(), 3))
    print(f"weight changed, {name}: {told}")
print(f"slope at w = 2: {2 * math.cos(2):.3f}, at w = 3: {3 * math.cos(3):.3f}")
fickle = lambda v: v.sin().exp() if next(turns) == "a" else v.sin()
y = checkpoint(fickle, x, use_reentrant=False)
print("other operations:", attempt(lambda: torch.autograd.grad(y, x)))

# %% [markdown]
# *The trap.* "`use_reentrant` is a matter of taste." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# The reentrant variant runs the segment under `no_grad` and hooks in by its inputs. If
# none of them requires grad, as for the first block, which gets data, nothing is
# recorded: the block's weights get no gradient while the rest trains.
#
# </details>

# %%
for reentrant in (True, False):
    first, head = nn.Linear(3, 2), nn.Linear(2, 1)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        out = checkpoint(first, torch.ones(4, 3), use_reentrant=reentrant)
        head(out).sum().backward()
    got = [layer.weight.grad is not None for layer in (first, head)]
    print(f"reentrant {reentrant!s:5}: first, head have gradients {got}", len(said))

# %% [markdown]
# ### Q35 Leaks
#
# **Memory grows from step to step. What do you look for?**
#
# <details><summary>In 30 seconds</summary>
#
# For something that outlives its step and has a history. First suspect:
# `total += loss`, which holds the graph of every step; add `loss.item()` instead. Then
# lists of outputs kept for logging, a hidden state carried on without `detach`,
# `retain_graph=True`, and Functions that keep a result as an attribute. A graph lives
# as long as anybody holds its end.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# References point from results to inputs, so one number that requires grad holds
# everything it was computed from, and each node's saved tensors. After `backward` the
# saved tensors are gone, which makes the leak smaller and slower; without backward, as
# in evaluation without `no_grad`, the whole pile stays.
#
# How to find it: memory after each step should be flat. If it grows, I look at what is
# stored outside the step. `requires_grad` on anything in a log, a list or an attribute
# of the model is a finding. Then I bisect: which line, left out, makes it flat?
#
# The cure is to cut where the step ends. `.item()` for numbers; it also waits for the
# device, so not in every step on a GPU. `.detach()` for tensors that are needed as
# tensors, such as carried states and running means.
#
# Growth that stops after a while is no leak: caches, allocators, the optimiser's state
# made in the first step.
#
# </details>
#
# *Evidence.* Bytes of saved tensors alive after fifty losses, by what was added up.


# %%
class Receipt:
    alive = 0

    def __init__(self, t):
        self.t = t.detach()
        Receipt.alive += t.nbytes

    def __del__(self):
        Receipt.alive -= self.t.nbytes


# %%
layer, data = nn.Linear(100, 100), torch.ones(10, 100)
ways = {"loss": lambda t: t, "loss.detach()": lambda t: t.detach()}
for name, keep in (ways | {"loss.item()": lambda t: t.item()}).items():
    total = 0.0
    with saved_tensors_hooks(Receipt, lambda receipt: receipt.t):
        for _ in range(50):
            loss = layer(data).tanh().square().mean()
            total = total + keep(loss)
        del loss
    print(f"total += {name}: {Receipt.alive} bytes alive")

# %% [markdown]
# *The trap.* "Python frees what is not needed; at worst `gc.collect()` helps." When is
# this false?
#
# <details><summary>Answer to the trap</summary>
#
# The collector frees what nobody refers to. A list that holds losses does refer to
# them, so collecting changes nothing. It helps with cycles only.
#
# </details>

# %%
layer, data, log = nn.Linear(100, 100), torch.ones(10, 100), []
for _ in range(20):
    log.append(layer(data).tanh().square().mean())
gc.collect()
print("nodes held by a log of losses, after gc.collect():", len(nodes(sum(log))))
log[:] = [loss.item() for loss in log]
print("a log of numbers holds none:", log[0])

# %% [markdown]
# ## Theme 8 · Debugging
#
# From a symptom to the line that causes it, and how to be sure of the cure. Taught in
# [lesson 10](10_gradient_clinic/10_gradient_clinic.ipynb) and [lesson
# 8](08_switching_off/08_switching_off.ipynb).

# %% [markdown]
# ### Q36 The first NaN
#
# **The loss is NaN. How do you find where it began?**
#
# <details><summary>In 30 seconds</summary>
#
# Look for the first value that is not finite, in the forward pass first: hooks on the
# modules, in the order in which they run. If the forward is clean, it is born in
# backward: anomaly mode names the operation whose backward returned NaN. But anomaly
# mode looks for NaN only, and in backward only. An infinity passes, and so does a NaN
# that forward made.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# NaN spreads: everything computed from it is NaN, and after one step so are all
# weights. So I look at the first step at which anything is not finite, with a fixed
# batch, and at the first place in it.
#
# Forward is easy: a hook on each module that looks at its output. The first that is not
# finite is the culprit, or its input is, such as a bad row of data.
#
# Backward is less visible. The usual source is a slope that is infinite where the value
# is fine, a square root at zero, multiplied by a zero from further up. Infinity times
# zero is NaN. Anomaly mode stops there, and shows the line of the forward pass that
# made the node.
#
# Its blind spots matter. An infinite gradient is not reported, though the next step
# turns it into NaN weights. And a NaN that was made in forward can have finite slopes,
# so backward has nothing to report.
#
# I check `isfinite`, never only `isnan`.
#
# </details>
#
# *Evidence.* What anomaly mode reports, for three functions with something bad in them.


# %%
def under_anomaly_mode(f, at):
    with warnings.catch_warnings(), torch.autograd.set_detect_anomaly(True):
        warnings.simplefilter("ignore")
        v = leaf(at)
        return attempt(lambda: [f(v).item(), torch.autograd.grad(f(v), v)[0].tolist()])


print("0 * sqrt at 0:", under_anomaly_mode(lambda v: (0 * v.sqrt()).sum(), [0.0, 4.0]))
print("sqrt at 0:    ", under_anomaly_mode(lambda v: v.sqrt().sum(), [0.0, 4.0]))
print("log at -1:    ", under_anomaly_mode(lambda v: v.log().sum(), [-1.0, 4.0]))

# %% [markdown]
# *The trap.* "No NaN in the loss, so the numbers are in order." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# An infinity may be hidden by what comes after it: `tanh` makes 1 of it, a minimum
# skips it. Hooks that look at every output with `isfinite` find it where it is made.
#
# </details>


# %%
class Log(nn.Module):
    forward = staticmethod(torch.log)


net, found = nn.Sequential(nn.ReLU(), Log(), nn.Tanh()), []
for name, module in net.named_children():

    def look(module, given, out, name=name):
        if not out.isfinite().all():
            found.append(f"{name} {type(module).__name__}")

    module.register_forward_hook(look)
print("result:", net(tensor([0.0, 2.0])).tolist(), " first bad:", found[:1])

# %% [markdown]
# ### Q37 The where trap
#
# **`torch.where(x > 0, x.sqrt(), 0)` has a NaN gradient at zero, though its value is
# right. Why?**
#
# <details><summary>In 30 seconds</summary>
#
# Both branches are computed, and both are differentiated. At zero the square root has
# infinite slope. `where` sends a cotangent of 0 into the branch that was not chosen,
# and zero times infinity is NaN. The cure is to make the input of the dangerous branch
# harmless first: choose the input with one `where`, and the result with another.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# `where` is an operation on data, not a branch of the program. Its backward passes the
# cotangent to the chosen side and zeros to the other. For finite slopes zeros are
# harmless. For an infinite one, the product is NaN, and it is added to the gradient
# from the good side.
#
# The double `where`: replace the inputs that will be masked out by a safe constant, 1
# for instance; compute; then mask the result. Now no infinite slope is ever formed.
#
# The same trap is in other clothes: dividing and masking afterwards, a norm at zero, a
# logarithm of a masked probability, a softmax over a row that is masked completely.
#
# Other cures have side effects. A small epsilon inside the root changes the value
# everywhere and leaves a huge slope near zero. Clamping at 0 keeps the infinite slope
# at exactly 0. Clamping at a small positive number works for the root, and sends a
# gradient of zero below it.
#
# </details>
#
# *Evidence.* The gradient at 0 and 4, by five ways of writing it.


# %%
def safe(v):
    positive = v > 0
    return torch.where(positive, torch.where(positive, v, 1.0).sqrt(), 0.0)


ways = {"where": lambda v: torch.where(v > 0, v.sqrt(), 0.0), "double where": safe}
ways |= {"clamp(min=0)": lambda v: v.clamp(min=0).sqrt()}
ways |= {"clamp(min=1e-12)": lambda v: v.clamp(min=1e-12).sqrt()}
ways |= {"+ 1e-12": lambda v: (v + 1e-12).sqrt()}
for name, f in ways.items():
    v = leaf([0.0, 4.0])
    print(f"{name:17}", torch.autograd.grad(f(v).sum(), v)[0].tolist())

# %% [markdown]
# *The trap.* "The branch that is not chosen has no influence on the gradient." When is
# this false?
#
# <details><summary>Answer to the trap</summary>
#
# True for a Python `if`, for then it is not executed. For `where`, and for multiplying
# by a mask, it is executed, and its slope enters as zero times something. If that
# something is infinite or NaN, the influence is total.
#
# </details>

# %%
by_if = lambda v: v.sqrt() if v > 0 else 0.0 * v
masked = lambda v: (v > 0) * v.sqrt()
for name, f in [("if", by_if), ("mask", masked)]:
    v = leaf(0.0)
    print(f"{name}: gradient", torch.autograd.grad(f(v), v)[0].item())

# %% [markdown]
# ### Q38 Nothing is learned
#
# **The loss does not go down. What do you check first?**
#
# <details><summary>In 30 seconds</summary>
#
# Whether every parameter gets a gradient, and which kind: none, zero, not finite, or
# ordinary. None: not registered, frozen, or cut off. Zero: dead units or a flat
# function. Then whether the optimiser holds the same parameters, and whether they move
# after a step. Then one small batch: a network that cannot learn eight examples by
# heart has a bug.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# I go through the chain in order, with one batch and one step.
#
# Are the parameters there? A plain list of layers hides them from the module:
# `parameters()` is too short, and the optimiser never hears of them. `ModuleList`
# registers them.
#
# Does each have a gradient after `backward`? `None` points to a cut or to a parameter
# that is not used. A gradient that is exactly zero points to something flat: ReLUs
# whose inputs are all negative, rounding, a saturated clamp, a mask that hides
# everything. So a report needs both words, and it is wrong to count "not None" as
# healthy.
#
# Do they move? Compare before and after `step`. If not: learning rate, clearing in the
# wrong place, an optimiser with other parameters than the model has now.
#
# Only then the scale: learning rate, normalisation of the data, initialisation. And the
# loss itself: right sign, right targets, right axis.
#
# </details>
#
# *Evidence.* A module that lost its layers; and a report for a network with a dead
# layer.


# %%
class Stack(nn.Module):
    def __init__(self, box):
        super().__init__()
        self.layers = box([nn.Linear(4, 4) for _ in range(3)])


for box in (list, nn.ModuleList):
    print(
        f"layers in a {box.__name__}: {len(list(Stack(box).parameters()))} parameters"
    )

# %%
net = small_net(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
net[0].bias.data.fill_(-100.0)  # far below zero: no unit ever opens
net(tensor(np.ones((8, 3)))).square().mean().backward()
for name, p in net.named_parameters():
    print(name, "zero" if not p.grad.any() else "ordinary")

# %% [markdown]
# *The trap.* "If it learns one batch by heart, the training code is right." When is
# this false?
#
# <details><summary>Answer to the trap</summary>
#
# It shows that steps go downhill, and for that the gradient need not be right. Below,
# the backward of a tanh says $1 - y$ where $1 - y^2$ is right. Both are positive, so
# the batch is learned all the same; `gradcheck` refuses it at once.
#
# </details>


# %%
class WrongTanh(Function):
    forward = staticmethod(lambda ctx, x: (ctx.save_for_backward(x), x.tanh())[1])
    backward = staticmethod(lambda ctx, g: g * (1 - ctx.saved_tensors[0].tanh()))


first, last = small_net(nn.Linear(3, 32)), small_net(nn.Linear(32, 1))
rng = np.random.default_rng(38)
X, y = tensor(rng.normal(size=(8, 3))), tensor(rng.normal(size=(8, 1)))
opt = torch.optim.Adam([*first.parameters(), *last.parameters()], lr=0.02)

# %%
for step in range(301):
    opt.zero_grad()
    loss = functional.mse_loss(last(WrongTanh.apply(first(X))), y)
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print(f"step {step}: loss {loss.item():.0e}")
checked = gradcheck(WrongTanh.apply, leaf([0.3, 1.0]), raise_exception=False)
print("gradcheck:", checked)

# %% [markdown]
# ### Q39 Vanishing gradients
#
# **How do you recognise vanishing or exploding gradients, and what do you do about
# them?**
#
# <details><summary>In 30 seconds</summary>
#
# Look at the cotangents, the gradients by each layer's output, after one backward. If
# they shrink or grow by a factor from layer to layer, the early layers hear nothing, or
# too much. The factor is the activation's slope times the scale of the weights. Cures:
# an initialisation that keeps it near one, activations with slopes near one, residual
# connections, normalisation; clipping for rare spikes.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# On the way back each layer multiplies the cotangent by its weights and by the slope of
# its activation. If that product is typically smaller than one, it shrinks
# exponentially with depth. A sigmoid's slope is at most a quarter, so ten of them lose
# many powers of ten, whatever the loss.
#
# With ReLU half of the units pass, so weights need a variance twice as large to keep
# the scale: the factor root two of He's initialisation. With it, cotangents are level
# over the layers. A somewhat larger factor explodes as surely as a smaller one
# vanishes.
#
# A report on weights alone can miss it. The gradient of a weight is cotangent times
# activation, and with ReLU at a wrong scale both go wrong in opposite directions: the
# norms look level, and all of them are far too small or too large.
#
# Residual connections add a path with slope one. Normalisation resets the scale.
# Clipping bounds a step, and does nothing for vanishing.
#
# </details>
#
# *Evidence.* Norms at layers 1, 5 and 10 of a deep network: of the cotangents, and of
# the weights' gradients.


# %%
def norms(activation, scale):
    layers = [nn.Linear(64, 64, bias=False) for _ in range(10)]
    small_net(*layers, std=scale / 8)  # 8 is the root of 64
    h, outputs = tensor(np.random.default_rng(39).normal(size=(32, 64))), []
    for layer in layers:
        h = activation(layer(h))
        h.retain_grad()
        outputs.append(h)
    h.square().mean().backward()
    cotangents = [outputs[i].grad.norm().item() for i in (0, 4, 9)]
    weights = [layers[i].weight.grad.norm().item() for i in (0, 4, 9)]
    return " ".join(f"{n:.0e}" for n in [*cotangents, *weights])


# %%
tries = [(torch.sigmoid, 1.0), (torch.tanh, 1.0)]
tries += [(torch.relu, scale) for scale in (1.0, 2**0.5, 3.0)]
print("                    cotangents        weights' gradients")
for activation, scale in tries:
    print(f"{activation.__name__:7} scale {scale:.2f}:", norms(activation, scale))

# %% [markdown]
# *The trap.* "Small gradients mean slow learning." When is this false?
#
# <details><summary>Answer to the trap</summary>
#
# The size alone says little: multiply the loss by a millionth and all gradients shrink
# by that, while Adam, which divides by the size of recent gradients, takes the same
# steps. What counts is the ratio between layers, and the change of a weight relative to
# its size.
#
# </details>


# %%
def after_five_steps(factor):
    p = nn.Parameter(tensor([1.0]))
    adam = torch.optim.Adam([p], lr=0.1, eps=1e-15)
    for _ in range(5):
        adam.zero_grad()
        (factor * p.square().sum()).backward()
        adam.step()
    return f"gradient {p.grad.item():.0e}, weight {p.item():.6f}"


print("loss:            ", after_five_steps(1.0))
print("loss / 1,000,000:", after_five_steps(1e-6))

# %% [markdown]
# ### Q40 A falling loss
#
# **The loss falls. How do you convince yourself that training is right?**
#
# <details><summary>In 30 seconds</summary>
#
# A falling loss says that steps go downhill on something. I test what that something
# is. The gradient against differences, on a tiny model in double precision. Shapes,
# with different sizes everywhere. Independence: output i must have no gradient by
# example j. The loss at the start against its expected value. And a planted mistake, to
# see that the tests can fail.
#
# </details>
# <details><summary>In 2 minutes</summary>
#
# Wrong training code rarely crashes. Broadcasting gives a loss for all pairs and fits
# the mean; a `view` in the place of a transpose mixes examples; softmax over the wrong
# axis normalises over the batch. The loss falls in each case, since the gradient is
# right for the wrong function.
#
# So I use tests that know the intention. Gradients can test structure: take the output
# of one example, differentiate by the whole batch, and look at whose gradient is not
# zero. It should be one row. The same trick shows whether a sequence model looks at the
# future.
#
# Then the value at the start: a classifier with k classes and small weights should
# begin near log k.
#
# Then perturb: shuffled labels should not be learnable beyond memorising, a batch of
# one should work in evaluation, two evaluations of the same data should agree.
#
# Last: plant one of these mistakes on purpose. If no test fails, the tests are too
# weak. This is how the checks of this course are tested.
#
# </details>
#
# *Evidence.* Whose gradient is not zero, if only the output of the first example is
# asked for? Then the loss of an untrained classifier.


# %%
class ViewForTranspose(nn.Module):
    forward = staticmethod(lambda x: x.view(x.shape[1], x.shape[0]).t())


def touched(net):
    x = tensor(np.random.default_rng(40).normal(size=(5, 4))).requires_grad_()
    (g,) = torch.autograd.grad(net(x)[0].square().sum(), x)
    return [i for i, row in enumerate(g) if row.any()]


layer = nn.Linear(4, 4).double()
print("linear, tanh:   ", touched(nn.Sequential(layer, nn.Tanh())))
print("view:           ", touched(nn.Sequential(layer, ViewForTranspose())))
print("softmax(dim=0): ", touched(nn.Sequential(layer, nn.Softmax(dim=0))))

# %%
classes = small_net(nn.Linear(4, 10), std=0.01)
x, labels = tensor(np.ones((5, 4))), torch.arange(5)
start = functional.cross_entropy(classes(x), labels).item()
print(f"loss at the start, 10 classes: {start:.3f}; log 10 is {math.log(10):.3f}")

# %% [markdown]
# *The trap.* "If an output depends on another example, there is a bug." When is this
# false?
#
# <details><summary>Answer to the trap</summary>
#
# BatchNorm in training mode mixes examples by design: its mean and variance are those
# of the batch. In evaluation mode it must not. So run this test in `eval()`, and know
# which layers mix.
#
# </details>

# %%
net = nn.Sequential(nn.Linear(4, 4).double(), nn.BatchNorm1d(4).double())
print("training:  ", touched(net))
print("evaluation:", touched(net.eval()))

# %% [markdown]
# ## Where to go on
#
# A question that you could not answer belongs to the lesson named at the head of its
# theme. One that you could answer, but whose trap you fell into, is worth coming back
# to next week: `draw()` will not tell you which it is.
#
# Back to the [map of the course](index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
