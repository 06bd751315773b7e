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
# <a
# href="09_checkpointing/09_checkpointing.ipynb">Checkpointing: memory for
# compute</a><br> large models in small memory, measured</td>
# <td>80 + 27</td><td>20</td></tr>
# <tr><td>10</td><td>
# <a
# href="10_gradient_clinic/10_gradient_clinic.ipynb">Gradient clinic: debugging, common
# mistakes, interview</a><br> a cure for the classic bugs, and words to explain it</td>
# <td>85 + 30</td><td>20</td></tr>
# </tbody></table>
#
# Minutes: exercises + reading (at 200 words a minute). All ten lessons: 825 minutes of
# exercises and 250 of reading, about 18 hours. Stretch exercises come on top.

# %% [markdown]
# ## Your progress
#
# The check of each exercise that you have begun leaves a line in `progress.json`, a
# small file beside this page. It stays on your machine. The next cell reads it; run it
# again whenever you come back.

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
# Pages to come back to. What can be run in the two tables below is run by the tests of
# this course, row by row, on the versions that it pins.

# %% [markdown]
# ## Forward or reverse?
#
# For a function of *n* inputs and *m* outputs with the Jacobian *J*; finite differences
# stand beside them.
#
# <table>
# <thead><tr><th scope="col"></th><th scope="col">differences (lesson 1)</th><th
# scope="col">forward mode (lesson 2)</th><th scope="col">reverse mode (lessons 3 to
# 5)</th></tr></thead>
# <tbody>
# <tr><th scope="row">idea</th> <td>two nearby values, subtract, divide</td> <td>each
# value carries its tangent along</td> <td>keep the steps, then go through them
# backwards</td></tr>
# <tr><th scope="row">one run gives</th> <td>the slope along <var>v</var>, roughly</td>
# <td><var>Jv</var>: a JVP</td> <td><var>u</var>ᵀ<var>J</var>: a VJP</td></tr>
# <tr><th scope="row">gradient, n inputs</th> <td>2<var>n</var> calls, <var>n</var> + 1
# one-sided</td> <td><var>n</var> passes</td> <td>one run, one sweep</td></tr>
# <tr><th scope="row">Jacobian, m outputs</th> <td>the same</td> <td><var>n</var>
# passes, a column each</td> <td>one run, <var>m</var> sweeps, a row each</td></tr>
# <tr><th scope="row">error</th> <td>a half to two thirds of the digits survive</td>
# <td>rounding</td> <td>rounding</td></tr>
# <tr><th scope="row">step to choose</th> <td>a root of ε, times the size of
# <var>x</var></td> <td>none</td> <td>none</td></tr>
# <tr><th scope="row">memory</th> <td>none extra</td> <td>a second number beside each
# live one, however long the program</td> <td>what the rules will read: grows with the
# steps</td></tr>
# <tr><th scope="row">needs</th> <td>a black box</td> <td>code that runs on other number
# types</td> <td>operations that are recorded</td></tr>
# <tr><th scope="row">cheapest for</th> <td>checking the two others</td> <td>few inputs,
# or one direction</td> <td>few outputs: a loss</td></tr>
# <tr><th scope="row">in PyTorch</th> <td><code>gradcheck</code></td>
# <td><code>torch.func.jvp</code>, <code>jacfwd</code>,
# <code>torch.autograd.forward_ad</code></td> <td><code>backward</code>,
# <code>torch.autograd.grad</code>, <code>torch.func.vjp</code>,
# <code>jacrev</code></td></tr>
# </tbody></table>

# %% [markdown]
# ## PyTorch in one table
#
# <table>
# <thead><tr><th scope="col"></th><th scope="col">what it does</th><th scope="col">what
# to mind</th><th scope="col">lesson</th></tr></thead>
# <tbody>
# <tr><th scope="row"><code>requires_grad</code></th> <td>asks for gradients: what is
# computed from such a tensor is recorded</td> <td>floating-point (or complex) numbers
# only</td> <td>6</td></tr>
# <tr><th scope="row"><code>grad_fn</code></th> <td>the node that made a tensor;
# <code>None</code> for a leaf</td> <td>there after the forward pass;
# <code>backward</code> builds nothing, and leaves it there</td> <td>6</td></tr>
# <tr><th scope="row"><code>next_functions</code></th> <td>where a node hands amounts on
# to: pairs (node, input of that node)</td> <td>a leaf shows as
# <code>AccumulateGrad</code>, an input without gradient as <code>(None, 0)</code></td>
# <td>6</td></tr>
# <tr><th scope="row"><code>is_leaf</code></th> <td>true where <code>grad_fn</code> is
# <code>None</code></td> <td>so true of <code>torch.ones(3) + 1</code>, and false of
# <code>w.float()</code> for a float64 parameter <code>w</code></td> <td>6</td></tr>
# <tr><th scope="row"><code>.grad</code></th> <td>what <code>backward</code> found, for
# leaves that require grad; calls add up</td> <td><code>None</code> at first; of other
# tensors <code>None</code>, with a warning</td> <td>6</td></tr>
# <tr><th scope="row"><code>retain_grad()</code></th> <td>keeps the gradient of an inner
# tensor as well</td> <td>ask before <code>backward</code>; afterwards there is
# <code>None</code>, without a word</td> <td>6</td></tr>
# <tr><th scope="row"><code>backward()</code></th> <td>adds to <code>.grad</code>; a
# result with several entries needs <code>gradient=</code>, the cotangent</td> <td>lets
# go of saved tensors, not of the graph</td> <td>6</td></tr>
# <tr><th scope="row"><code>torch.autograd.grad</code></th> <td>returns gradients;
# touches no <code>.grad</code></td> <td>an input that was not used is an error, unless
# <code>allow_unused</code> or <code>materialize_grads</code> says otherwise</td>
# <td>6</td></tr>
# <tr><th scope="row"><code>retain_graph=True</code></th> <td>keeps what was saved for
# another call</td> <td>only needed where something was saved: <code>x + 1</code> goes
# twice without</td> <td>6</td></tr>
# <tr><th scope="row"><code>create_graph=True</code></th> <td>records the sweep, so that
# a gradient can be differentiated</td> <td>without it the gradient is a constant</td>
# <td>6</td></tr>
# <tr><th scope="row"><code>zero_grad()</code></th> <td>of a module or an optimiser:
# sets <code>.grad</code> to <code>None</code></td> <td>tensors have no such method;
# zeros instead (<code>set_to_none=False</code>) let AdamW go on moving a weight</td>
# <td>6</td></tr>
# <tr><th scope="row">micro-batches</th> <td>mean gradients of parts, weighted by their
# sizes, add up to that of the whole batch</td> <td>dividing by the number of parts is
# right for equal parts only; BatchNorm sees the parts</td> <td>6</td></tr>
# <tr><th scope="row">saved tensors</th> <td>what a backward formula needs:
# <code>+</code> nothing, <code>exp</code> its result, <code>*</code> both factors</td>
# <td><code>saved_tensors_hooks</code> shows them</td> <td>6</td></tr>
# <tr><th scope="row">in-place changes</th> <td>a leaf that requires grad refuses them
# at once; <code>backward</code> refuses if the tensor had been saved; otherwise they
# are right</td> <td>silent past the version counter: <code>.data</code>, NumPy</td>
# <td>10</td></tr>
# <tr><th scope="row"><code>detach()</code></th> <td>the same memory, without the
# past</td> <td>shares the version counter too, so a change is noticed</td>
# <td>8</td></tr>
# <tr><th scope="row"><code>torch.no_grad()</code></th> <td>stops recording, as a
# context or a decorator</td> <td><code>backward</code> in it still fills
# <code>.grad</code>; Dropout goes on</td> <td>8</td></tr>
# <tr><th scope="row"><code>torch.inference_mode()</code></th> <td>the same, and no
# version counters</td> <td>its tensors may be added to what is recorded, not saved for
# it (<code>w * z</code>); <code>clone()</code> helps</td> <td>8</td></tr>
# <tr><th scope="row"><code>model.eval()</code></th> <td>switches Dropout off, and
# BatchNorm to its statistics</td> <td>still records a graph</td> <td>8</td></tr>
# <tr><th scope="row"><code>requires_grad_(False)</code></th> <td>freezes: no gradient
# to this parameter</td> <td>what lies before it still gets one; statistics of BatchNorm
# still move</td> <td>8</td></tr>
# <tr><th scope="row"><code>autograd.Function</code></th> <td>a forward and a backward
# of your own</td> <td>save inputs and outputs only: an intermediate is a constant for
# second derivatives, silently</td> <td>7</td></tr>
# <tr><th scope="row"><code>gradcheck</code></th> <td>compares a backward with
# differences, at the points given, in float64</td> <td>sees no other points: a wrong
# slope far out passes on normal numbers</td> <td>7</td></tr>
# <tr><th scope="row">straight-through</th> <td><code>x + (x.round() -
# x).detach()</code> rounds, and passes the cotangent on</td> <td>a surrogate:
# <code>gradcheck</code> refuses it, and is right</td> <td>7</td></tr>
# <tr><th scope="row"><code>torch.func</code></th> <td><code>grad</code>,
# <code>vjp</code>, <code>jvp</code>, <code>vmap</code>, <code>jacrev</code>,
# <code>jacfwd</code>, <code>hessian</code>: functions of functions</td> <td>a Function
# needs <code>setup_context</code> for it</td> <td>7</td></tr>
# <tr><th scope="row"><code>forward_ad</code></th> <td>dual tensors: a JVP beside the
# forward pass</td> <td>one level at a time; <code>torch.func.jvp</code> nests</td>
# <td>6</td></tr>
# <tr><th scope="row"><code>checkpoint</code></th> <td>forgets the inside of a segment
# and runs it again: equal gradients for one more forward pass</td> <td>always
# <code>use_reentrant=False</code>; with <code>True</code>, weights behind an input
# without gradient get none; the random state of NumPy is not put back</td>
# <td>9</td></tr>
# <tr><th scope="row">anomaly mode</th> <td>names the operation whose backward made a
# NaN</td> <td>sees neither infinities nor a NaN that the forward pass made</td>
# <td>10</td></tr>
# <tr><th scope="row"><code>clip_grad_norm_</code></th> <td>shrinks all gradients by one
# factor, between <code>backward</code> and the step</td> <td>a value that is clamped
# instead has gradient 0 beyond the limit</td> <td>10</td></tr>
# <tr><th scope="row">kinks and ties</th> <td>slope 0 of <code>relu</code> and
# <code>abs</code> at 0, slope 1 of <code>clamp</code> at its ends</td>
# <td><code>max()</code> shares among equals, <code>max(dim)</code> picks one of
# them</td> <td>5</td></tr>
# </tbody></table>

# %% [markdown]
# ## Key takeaways
#
# - **Lesson 1.** A smaller step is not a better step: truncation falls while rounding
#   grows, and the best step lies where they meet. Differences are slow, rough and
#   independent of everything else, which makes them the referee for all that follows.
# - **Lesson 2.** A number can carry its slope: forward mode has no step and no
#   truncation error, and takes one pass for each direction. It differentiates the
#   program that ran, not the function that you had in mind. Test it with seeds other
#   than 1.
# - **Lesson 3.** Backwards, one sweep gives the slopes of one output with respect to
#   all inputs; what comes back along several paths adds up. Whether a JVP and a VJP
#   belong together, two random vectors tell.
# - **Lesson 4.** An engine is a graph that records itself, a topological order, and
#   `+=`. Leaves accumulate from call to call and inner nodes must not, which only a
#   second call can show.
# - **Lesson 5.** What was copied on the way forwards is summed on the way back, and the
#   other way round. The right shape proves little; random cotangents, unequal sizes and
#   repeated indices prove more.
# - **Lesson 6.** The graph is made by the forward pass; `backward` adds to `.grad` and
#   lets go of what was saved. Micro-batches equal the big batch only if they are
#   weighted by size.
# - **Lesson 7.** Make the forward stable and the backward follows; save inputs and
#   outputs, nothing in between. `gradcheck` sees the points that it is given; a
#   surrogate is a decision, to be labelled as one.
# - **Lesson 8.** What is recorded and how modules behave are two questions, so an
#   evaluation needs two answers: `no_grad` or `inference_mode`, and `eval()`. Put back
#   each flag as you found it.
# - **Lesson 9.** Count the peak over forward *and* backward: one big checkpoint saves
#   nothing. What is run twice must do the same twice, and mostly nobody tells you if it
#   does not.
# - **Lesson 10.** Look for the first bad number, forwards and then backwards, before
#   you change anything. A fix that you cannot explain hides the fault; see the test
#   fail on the old code.

# %% [markdown]
# ## Glossary
#
# - **accumulation** (lesson 6): Gradients of several `backward` calls add up in `.grad`
#   until somebody clears it.
# - **adjoint** (lesson 3): How the final result reacts to a nudge of a value. It is
#   what a sweep collects for that value.
# - **anomaly mode** (lesson 10): A mode of PyTorch that stops at the first NaN which a
#   backward formula makes, and names the operation.
# - **broadcasting** (lesson 5): Stretching an array to a larger shape by reading
#   entries several times. On the way back their cotangents are summed.
# - **checkpoint** (lesson 9): A kept input of a segment whose inside is forgotten, and
#   computed again when the sweep arrives there.
# - **complex step** (lesson 1): A slope read off the imaginary part of f(x + ih). No
#   subtraction, so no rounding wall, for smooth formulas only.
# - **cotangent** (lesson 5): A weight for each entry of a result, given at the start of
#   the way back. A backward rule turns the cotangent of its output into those of its
#   inputs.
# - **dot-product test** (lesson 3): The comparison of u·(Jv) with (uᵀJ)·v for random u
#   and v. It tells whether a JVP and a VJP belong together, without J.
# - **dual number** (lesson 2): A pair of primal and tangent, with arithmetic in which
#   ε² is 0. Running a program on dual numbers gives a directional derivative.
# - **fan-out** (lesson 3): A value that is used several times. Its adjoint is the sum
#   of what comes back from each use.
# - **forward mode** (lesson 2): Derivatives that ride along with the values, from
#   inputs to outputs: one direction for each pass.
# - **Function** (lesson 7): In PyTorch an operation with a forward and a backward of
#   your own.
# - **gradcheck** (lesson 7): PyTorch's comparison of a backward with finite differences
#   at given points. Its sister gradgradcheck does the same for second derivatives.
# - **gradient** (lesson 1): The slopes of one output with respect to all inputs, in the
#   shape of the inputs.
# - **graph** (lesson 4): The record of a computation: nodes for values or operations,
#   edges to what they were made from.
# - **Hessian** (lesson 6): The matrix of second derivatives of one output. Its product
#   with a vector costs two sweeps and never needs the matrix.
# - **in place** (lesson 6): Changing a tensor's memory instead of making a new tensor.
#   Dangerous where a backward formula has saved it.
# - **Jacobian** (lesson 2): The matrix of all slopes: a row for each output, a column
#   for each input.
# - **JVP** (lesson 2): Jacobian times vector, Jv: how the outputs move if the inputs
#   move along v. One pass of forward mode.
# - **kink** (lesson 1): A point where a function bends without a slope of its own, as
#   relu does at 0. Programs answer there by convention.
# - **leaf** (lesson 4): A value that no recorded operation made: an input or a
#   parameter. Gradients are kept for leaves.
# - **micro-batch** (lesson 6): A part of a batch that fits into memory, whose gradients
#   are accumulated with those of the other parts.
# - **no_grad** (lesson 8): A switch that stops recording. Neither Dropout nor BatchNorm
#   takes notice.
# - **partial** (lesson 4): The slope of one step with respect to one of its parents,
#   all else being fixed.
# - **perturbation confusion** (lesson 2): A wrong derivative from nested forward modes
#   whose tangents were not kept apart. Tags cure it.
# - **primal** (lesson 2): The ordinary value, as opposed to what rides along with it.
# - **pull** (lesson 4): A node's handing on of its gradient to its parents, each times
#   its partial.
# - **reverse mode** (lesson 3): Adjoints handed back from outputs to inputs through the
#   kept steps: one output for each sweep.
# - **round-off** (lesson 1): The error of working with finitely many digits. In a
#   difference quotient it grows as the step shrinks.
# - **saved tensor** (lesson 6): What an operation keeps for its backward formula, until
#   a sweep lets go of it.
# - **seed** (lesson 2): What a derivative pass starts with: the direction of the inputs
#   in forward mode, the weights of the outputs in reverse.
# - **segment** (lesson 9): A stretch of a network between two checkpoints, run again as
#   one piece.
# - **straight-through** (lesson 7): The surrogate that treats rounding as the identity
#   on the way back.
# - **surrogate** (lesson 7): A backward that is deliberately not the derivative of the
#   forward. Useful, biased, to be labelled.
# - **sweep** (lesson 3): One walk through the recorded steps from the last to the
#   first.
# - **tangent** (lesson 2): The rate at which a value changes when the inputs move along
#   the chosen direction.
# - **tape** (lesson 3): The list of the steps that ran, in order; also called a trace.
# - **topological order** (lesson 4): An order of a graph's nodes in which parents stand
#   before users. Its reverse lets each node pull once, with its gradient complete.
# - **truncation** (lesson 1): The error of a formula that stops too early, here of a
#   finite step in place of a limit. It shrinks with the step.
# - **unbroadcast** (lesson 5): Summing a cotangent over the axes along which its array
#   had been stretched.
# - **version** (lesson 6): A counter that each in-place change of a tensor moves on. A
#   sweep compares it with the one it remembers.
# - **VJP** (lesson 3): Vector times Jacobian, uᵀJ: how the weighted outputs depend on
#   each input. One sweep of reverse mode.
# - **vmap** (lesson 7): A transform of `torch.func` that runs a function written for
#   one example on a whole batch.

# %% [markdown]
# ## How to cite
#
# *Automatic differentiation, learned by building it*, by the autograd-course authors,
# version 0.1.0. Add the address from which you have it, and the day. `CITATION.cff` in
# the top folder says the same in a form for programs; as BibTeX:
#
# ```bibtex
# @software{autograd_course,
#   title   = {Automatic differentiation, learned by building it},
#   author  = {{the autograd-course authors}},
#   version = {0.1.0},
#   license = {MIT AND CC-BY-4.0},
# }
# ```
#
# You may use and change the course, also for courses of your own: text and pictures
# under CC BY 4.0, code under the MIT licence.

# %% [markdown]
# ## Where to go next
#
# - New here? [Lesson 1](01_finite_differences/01_finite_differences.ipynb), from the
#   top.
# - Comfortable with finite differences? [Lesson
#   2](02_dual_numbers/02_dual_numbers.ipynb) starts with a number type that should not
#   work, and does.
# - Rather look than write? The [playground](playground.ipynb) takes one formula three
#   ways down, step by step, and needs no code.
# - An interview ahead, or a lesson to repeat? The [interview bank](interview.ipynb) has
#   forty questions, each with a short answer, a long one, evidence that runs, and a
#   trap.
#
# Text: CC BY 4.0. Code: MIT.
