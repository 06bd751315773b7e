# %% [markdown]
# # Automatic differentiation, learned by building it
#
# Every neural network is trained with derivatives that nobody worked out by hand. A
# program found them: by **automatic differentiation**. In this course you build that
# program, piece by piece, from a difference quotient on a napkin to an engine that does
# what PyTorch's does. You will know what each piece costs, where it fails, and how to
# test it.
#
# Ten lessons, each with about 80 minutes of exercises and half an hour of reading or
# less. You need Python, a little NumPy, and school calculus: what a slope is, and the
# chain rule. PyTorch comes in with lesson 6; until then nothing is hidden in a library.
#
# **Start here:** [Lesson 1: Slopes you can
# measure](01_finite_differences/01_finite_differences.ipynb).

# %% [markdown]
# ## How to work
#
# A lesson is a notebook. Run its cells from top to bottom (Shift+Enter). Then:
#
# 1. **Predict** before you run. A wrong guess costs nothing and is remembered longest.
# 2. **Write.** In an exercise you replace `raise NotImplementedError(...)`, or the line
#    `# write your answer here`, by your code. Names and arguments stay as they are. You
#    may add cells of your own, for helpers and experiments; they are run when your work
#    is graded.
# 3. **Check.** Run the check cell below. It names the properties that hold, and for one
#    that does not, the smallest input that shows it. Run it as often as you like.
# 4. **Hints** are folded away in three layers: a nudge, the property that fails first,
#    an annotated skeleton. Opening them costs nothing.
# 5. **Validate.** When all checks pass, choose *Kernel → Restart and run all*, or press
#    *Validate* in the toolbar where there is one: does it still work from a fresh
#    start?
#
# A notebook whose exercises are still open runs to its end; you can read first and
# write later. Stuck on a lesson? Go on to the next: none needs your answers to an
# earlier one.

# %% [markdown]
# ## How grading works
#
# Each exercise lists what its check looks at, property by property. Some properties are
# **visible**: your notebook runs them. Others are **hidden**: they are run when your
# work is graded. They look at the same properties, with other inputs and fresh random
# numbers, and never ask for anything that the text does not say. So "1 + 3 points"
# means: 1 point for the visible part, 3 for the hidden one, each shared out among its
# properties.
#
# When graded, your answers run in a process of their own; whether a
# result is right is decided outside it, by code that yours does not meet. If one
# exercise went wrong, later ones that build on it are judged on the course's own
# version of it, so one mistake is counted once.
#
# Each lesson has 20 points, and one **stretch** exercise with 2 more that are shown
# apart and never needed for full marks. Predictions and questions to think about are
# free.

# %% [markdown]
# ## The map
#
# <table>
# <thead><tr><th scope="col">No.</th><th scope="col">Lesson</th>
# <th scope="col">Minutes</th><th scope="col">Points</th></tr></thead>
# <tbody>
# <tr><td>1</td><td>
# <a
# href="01_finite_differences/01_finite_differences.ipynb">Slopes you can measure:
# finite differences</a><br> derivatives of any black box, and a gradient checker to
# trust</td>
# <td>80 + 24</td><td>20</td></tr>
# <tr><td>2</td><td>
# <a
# href="02_dual_numbers/02_dual_numbers.ipynb">Dual numbers: derivatives that ride
# along</a><br> a number type that carries its own slope: forward mode</td>
# <td>85 + 23</td><td>20</td></tr>
# <tr><td>3</td><td>
# <a
# href="03_reverse_mode/03_reverse_mode.ipynb">Reverse mode by hand: tapes, JVPs and
# VJPs</a><br> the way back through a program: one sweep for any number of inputs</td>
# <td>85 + 23</td><td>20</td></tr>
# <tr><td>4</td><td>
# <a
# href="04_build_the_engine/04_build_the_engine.ipynb">Build the engine:
# <code>Value</code></a><br> a graph that records itself while code runs, and trains a
# network</td>
# <td>85 + 26</td><td>20</td></tr>
# <tr><td>5</td><td>
# <a
# href="05_array_vjps/05_array_vjps.ipynb">From numbers to arrays: VJPs that respect
# shape</a><br> broadcasting, sums and matrix products, undone on the way back</td>
# <td>85 + 25</td><td>20</td></tr>
# <tr><td>6</td><td>
# <a
# href="06_pytorch_autograd/06_pytorch_autograd.ipynb">PyTorch autograd, read like a
# ledger</a><br> leaves, accumulation, lifetimes: predict every gradient</td>
# <td>80 + 23</td><td>20</td></tr>
# <tr><td>7</td><td>
# <a
# href="07_custom_functions/07_custom_functions.ipynb">Your own autograd
# Functions</a><br> forward and backward of your own, and tests that catch them out</td>
# <td>80 + 23</td><td>20</td></tr>
# <tr><td>8</td><td>
# <a
# href="08_switching_off/08_switching_off.ipynb">Switching it off: no_grad,
# inference_mode, detach, eval, freezing</a><br> evaluation without side effects, one
# switch at a time</td>
# <td>80 + 26</td><td>20</td></tr>
# <tr><td>9</td><td>
# Checkpointing: memory for compute (in preparation)<br>
# large models in small memory, measured</td>
# <td>80</td><td>20</td></tr>
# <tr><td>10</td><td>
# Gradient clinic: debugging, common mistakes, interview (in preparation)<br>
# a cure for the classic bugs, and words to explain it</td>
# <td>80</td><td>20</td></tr>
# </tbody></table>
#
# Minutes: exercises + reading (at 200 words a minute). For lessons in preparation only
# the exercises are estimated, at four minutes a point. Stretch exercises come on top.

# %% [markdown]
# ## Your progress
#
# Each check cell that you run leaves a line in `progress.json`, a small file beside
# this page. It stays on your machine. The next cell reads it; run it again whenever you
# come back.

# %%
from graders import progress

progress.show()

# %% [markdown]
# These are the visible properties only. The hidden ones are added when your work is
# graded, so the final score may differ.

# %% [markdown]
# ## Keeping your work
#
# - **On your own machine:** `make lab` copies missing lessons into the folder
#   `my_course/` and never overwrites one that is there. Work in it; save with Ctrl+S.
#   To start a lesson afresh, rename your copy and run `make lab` again.
# - **In a browser session on a free server** (Binder): the server forgets everything
#   when you leave. Download each notebook before (*File → Download*), and
#   `progress.json` too. Next time, drag them back into the file list.
# - **For a class:** hand in the notebook file as it is. Do not rename it, and leave the
#   check cells alone: if one was changed or lost by accident, it is put back before
#   grading.

# %% [markdown]
# ## Quick reference
#
# One page to come back to; it grows with the course.
#
# | | finite differences (lesson 1) | dual numbers (lesson 2) |
# |---|---|---|
# | idea | two nearby values, subtract, divide | each value carries its slope |
# | gradient with $n$ inputs | $n + 1$ or $2n$ calls | $n$ passes |
# | with $m$ outputs | the same number | the same number |
# | step to choose | root or cube root of $\epsilon$, times the scale of $x$ | none |
# | error | a half to two thirds of the digits survive | rounding only |
# | needs | a black box | code that runs on other number types |
# | good for | checking everything else | few inputs, or one direction |
#
# Three things to remember so far:
#
# - A smaller step is not a better step: truncation falls, rounding grows.
# - Automatic differentiation differentiates the program that ran, not the function that
#   you had in mind.
# - Test derivatives with seeds and directions other than 1.

# %% [markdown]
# ## Where to go next
#
# - New here? [Lesson 1](01_finite_differences/01_finite_differences.ipynb), from the
#   top.
# - Comfortable with finite differences? [Lesson
#   2](02_dual_numbers/02_dual_numbers.ipynb) starts with a number type that should not
#   work, and does.
# - An interview ahead, or a lesson to repeat? The [interview bank](interview.ipynb) has
#   forty questions, each with a short answer, a long one, evidence that runs, and a
#   trap.
# - The lessons that are still in preparation will appear in the map above.
#
# Text: CC BY 4.0. Code: MIT.
