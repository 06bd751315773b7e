# %% [markdown]
# # Three Ways Down: the playground
#
# One formula, three ways to its derivative: a tangent pushed forward, an adjoint pulled
# back, a difference measured. No code is needed here and nothing is graded: run the
# cells, then type, drag, step and break things.
#
# Each scene below comes twice. First **as text**: a table that Python prints, with the
# same numbers. Then **as a picture that you can work**, where this notebook can show
# one: that takes the package anywidget and JavaScript. Everything works by keyboard:
# with the graph in focus, the arrow keys step, Home and End jump, Tab walks through the
# nodes; "table instead of picture" gives every step as a sentence.
#
# There is also a page that needs no notebook: `make playground` writes it and says
# where.

# %%
from autograd_ref.playground import describe, scene

# %% [markdown]
# ## 1. The diamond
#
# `a` is used twice, so two paths lead back to it. In reverse mode each hands its share
# to `a`, and the shares are **added**. Before you step on: which two numbers meet at
# `a`, and where do they come from?

# %%
diamond = "a = x*y; b = sin(a); c = exp(a)/4; b*c"
at = {"x": 0.5, "y": 1.2}
print(describe(diamond, at))

# %%
scene("playground", diamond, inputs=at)

# %% [markdown]
# ## 2. The other way round
#
# Forward mode starts at an input and pushes its tangent through every step: one pass an
# input. The last row of each column is the same derivative that reverse mode left at
# that input. Predict each number before it is shown; fractions and three digits will
# do. It counts only for you.

# %%
print(describe(diamond, at, mode="forward"))

# %%
scene("playground", diamond, inputs=at, mode="forward", task="predict")

# %% [markdown]
# ## 3. Break it
#
# The switch "overwrite instead of add" is on: the second share replaces the first at
# `a`. In the table above, the adjoint of `a` in scene 1 is the right one, 0.633176; the
# picture shows 0.375965 there, and so both inputs are wrong too. The other switches are
# yours. Which of them does `exp(sin(x))` not show, and why?

# %%
print(describe(diamond, at))

# %%
scene("playground", diamond, inputs=at, mistakes=["overwrite"], step=5, locked=["mode"])

# %% [markdown]
# ## 4. Under the microscope
#
# `(1 - cos(x))/(x*x)` loses nearly all its digits where x is small: 1 and cos(x) agree
# in most of them. The table prints central differences. In the picture, drag h in both
# directions: with a large h the formula of the difference is wrong, with a small one
# its numbers are. Then choose the complex step: it subtracts nothing of its own. Is it
# exact here?

# %%
near_zero = "(1 - cos(x))/(x*x)"
print(describe(near_zero, {"x": 1e-4}, mode="difference"))
print(describe(near_zero, {"x": 1e-4}))

# %%
scene("playground", near_zero, inputs={"x": 1e-4}, mode="difference", h=1e-7)

# %% [markdown]
# ## 5. Wide in, wide out
#
# Eight inputs and one output: reverse mode needs one sweep, forward mode eight passes.
# One input and six outputs: the other way round. Fill the Jacobian pass by pass in each
# mode. What does reverse mode pay for its one sweep? (The costs are below the grid.)

# %%
wide_in = "tanh(p*q + r*s + t*u + v*w)"
eight = dict(zip("pqrstuvw", (0.5, 1, -0.4, 0.3, 0.8, 0.2, -0.6, 0.9), strict=True))
print(describe(wide_in, eight))
wide_out = "sin(x); cos(x); exp(x); x*x; x**3; tanh(x)"
print(describe(wide_out, {"x": 0.8}, mode="forward"))

# %%
scene("playground", wide_out, inputs={"x": 0.8}, mode="forward")

# %% [markdown]
# ## 6. A chain, and what it keeps
#
# Each step reads the one before, and reverse mode reads them all again on the way back.
# Under "Checkpoints", choose which values to keep; the staircase shows how many are
# alive after each step. With seven steps, keeping the input and the value of `c` leaves
# 5 alive at most, and 2 steps are run again. Can you do with 4?

# %%
chain = "a = sin(x); b = exp(a); c = tanh(b); d = c*c; e = exp(d); g = log(e); sqrt(g)"
print(describe(chain, {"x": 0.7}))

# %%
scene("playground", chain, inputs={"x": 0.7})

# %% [markdown]
# ## 7. A kink
#
# At 0, `relu` and `abs` have no derivative; like PyTorch, this course takes 0 there.
# What do a forward and a central difference say for `y` at 0, and which of them is
# right?

# %%
kink = "relu(x) + abs(y)*x"
print(describe(kink, {"x": 0.3, "y": 0.0}))
print(describe(kink, {"x": 0.3, "y": 0.0}, mode="difference"))

# %%
scene("playground", kink, inputs={"x": 0.3, "y": 0.0}, mode="difference")

# %% [markdown]
# ## Where this goes on
#
# - Each lesson has one scene of its own: the microscope is in [lesson
#   1](01_finite_differences/01_finite_differences.ipynb), arrows in [lesson
#   2](02_dual_numbers/02_dual_numbers.ipynb), the Jacobian in [lesson
#   3](03_reverse_mode/03_reverse_mode.ipynb), this graph in [lesson
#   4](04_build_the_engine/04_build_the_engine.ipynb), broadcasting in [lesson
#   5](05_array_vjps/05_array_vjps.ipynb), a graph of PyTorch's in [lesson
#   6](06_pytorch_autograd/06_pytorch_autograd.ipynb), surrogates in [lesson
#   7](07_custom_functions/07_custom_functions.ipynb), switches in [lesson
#   8](08_switching_off/08_switching_off.ipynb), the staircase in [lesson
#   9](09_checkpointing/09_checkpointing.ipynb), gradients over time in [lesson
#   10](10_gradient_clinic/10_gradient_clinic.ipynb).
# - `scene("microscope", "sin(x)", {"x": 1.0})` shows one such part, and
#   `twin("microscope", ...)` is the same as rows; `SCENES` lists them.
# - "As Python" turns your formula into a program for the course's `Dual` and `Value`,
#   for PyTorch and for JAX.
#
# Text: CC BY 4.0. Code: MIT.
