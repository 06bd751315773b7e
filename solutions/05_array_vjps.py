# %% [markdown]
# # Lesson 5 · From numbers to arrays: VJPs that respect shape
#
# **Reading: about 25 minutes** (at 200 words a minute, hints included).
# **Exercises: about 85 minutes** for 20 points; the stretch at the end is extra.
#
# An engine that makes one node per number drowns in nodes: a small layer of a network
# has 20,000 products in it. So every engine that is used in earnest works on
# **arrays**, one node per array operation. The rules of calculus stay what they were.
# What is new is *shape*: arrays get stretched, summed, turned and indexed on the way
# forward, and each of these has to be undone on the way back. A wrong gradient in
# hand-written array code is often wrong in this, not in calculus.
#
# **After this lesson you can**
#
# - find the backward rule of an array operation in two ways: index by index, and by
#   shapes plus a dot test;
# - undo broadcasting, reductions, reshapes, permutations and indexing;
# - write the gradients of a matrix product, stacks and vectors included;
# - fuse softmax and cross-entropy so that logits of ±1000 do no harm.
#
# **You need** NumPy, and one idea of lesson 3: the **VJP** (vector-Jacobian product). A
# *cotangent* `g` has the shape of an array `out` and says how much the final number
# changes per unit of change of each entry of `out`. The VJP of an operation turns the
# cotangent of its result into cotangents of its inputs. NumPy is all that is needed
# here; there is no PyTorch before lesson 6.

# %%
import numpy as np

from autograd_ref import finite
from graders import Check
from graders.show import figure, subplots, table


def attempt(probe):
    """`probe()`, or the name and message of the error that it raised."""
    try:
        return probe()
    except Exception as error:
        return f"({type(error).__name__}: {error})"


# %% [markdown]
# ## 1 · A hook: the wrong gradient wins
#
# A linear model `x @ w + b` predicts three numbers from two, with 40 examples. The
# predictions have shape (40, 3), the bias `b` has shape (3,), and the cotangent `g` of
# the predictions has shape (40, 3). What is the gradient of `b`? Three students
# disagree. One takes `g` as it is. One adds up all of it. One adds up each column. All
# three programs run without an error or a warning. Which one ends with the smallest
# loss on the 40 examples? Guess, then run.

# %%
rng = np.random.default_rng(5)
true_w, true_b = rng.normal(size=(2, 3)), np.array([1.0, -2.0, 4.0])
x_train, x_fresh = rng.normal(size=(2, 40, 2))
y_train = x_train @ true_w + true_b + rng.normal(size=(40, 3))
y_fresh = x_fresh @ true_w + true_b + rng.normal(size=(40, 3))

opinions = {
    "g as it is": lambda g: g,
    "all of g added up": lambda g: g.sum(),
    "each column added up": lambda g: g.sum(axis=0),
}
rows = [
    ["gradient of b", "shape of b at the end", "loss, training", "loss, fresh data"]
]
for opinion, reduce in opinions.items():
    w, b = np.zeros((2, 3)), np.zeros(3)
    for _ in range(3000):
        g = 2 * (x_train @ w + b - y_train) / y_train.size  # the loss is a mean square
        w, b = w - 0.3 * (x_train.T @ g), b - 0.3 * reduce(g)
    losses = [
        np.mean((x @ w + b - y) ** 2)
        for x, y in ((x_train, y_train), (x_fresh, y_fresh))
    ]
    rows.append([opinion, str(np.shape(b)), *[f"{loss:.3f}" for loss in losses]])
table(rows, caption="Three opinions about one gradient")

# %% [markdown]
# The first opinion wins on the training data, by far; on fresh data its loss is more
# than three times that of the third. `b - g` *broadcasts*: after a single step `b` has
# the shape (40, 3), every example owns a bias, and the model has learnt the noise by
# heart. The second moves the three biases in step, so it cannot learn what it should.
# Only the third is a gradient. (Had they written `b -= 0.3 * g`, NumPy would have
# refused: writing in place cannot change a shape. A small habit that catches a large
# mistake.)
#
# > **The gradient of an array has the shape of the array.** Always.
#
# It is a rule you can check in one line of code, and it is not enough: `g[0]` has the
# right shape, too, and so has the mean of the columns. Which numbers belong there?
#
# ## 2 · Predict
#
# Three guesses before you know the rules. They earn and cost nothing. Replace each
# `None`, or add a line below the dictionary, such as `guesses["bias gradient"] = 3`.
#
# 1. `"bias gradient"`: `b` of shape (3,) is added to an array of shape (40, 3), and the
#    cotangent of the sum is 1 everywhere. What is each entry of the gradient of `b`?
# 2. `"shares of a tie"`: `x = [2, 5, 5]`, `out = max(x)`, and the cotangent of `out` is
#    6. Libraries differ in what each 5 gets. What do the three entries of the gradient
#    add up to?
# 3. `"loss of a sure mistake"`: the cross-entropy of a classifier is minus the
#    logarithm of the probability that it gives to the right class. Its logits are
#    (1000, −1000), and the second class is right. What is the loss, in exact arithmetic
#    and rounded to a whole number?
#
# *What the check looks at:* "guess" (one line for each).

# %% solution="p5-guesses"
guesses = {
    "bias gradient": None,
    "shares of a tie": None,
    "loss of a sure mistake": None,
}
# BEGIN SOLUTION
guesses["bias gradient"] = 40
guesses["shares of a tie"] = 6
guesses["loss of a sure mistake"] = 2000
# END SOLUTION

# %% check
check = Check("p5-guesses", visible=0, hidden=0)


def lifted(step):
    return 6 * np.max(np.array([2.0, 5.0, 5.0]) + step)


truths = {
    "bias gradient": lambda: np.ones((40, 3)).sum(axis=0)[0],
    "shares of a tie": lambda: (lifted(0.5) - lifted(-0.5)) / (0.5 - -0.5),
    "loss of a sure mistake": lambda: np.logaddexp(1000.0, -1000.0) - -1000.0,
}
check.facts("guess", guesses, truths)
check.score()

# %% [markdown]
# Each comes back: the first at once, the second in section 5, the third in section 9.
#
# ## 3 · A picture: copied forward, summed backward
#
# To add a row to a table, NumPy behaves *as if* it copied the row down the table. So
# each entry of the row is used once per row of the table. You know from lessons 3 and 4
# what happens to a value that is used several times: each use sends back its share, and
# **the shares add up**. Broadcasting is fan-out in disguise.
#
# The figure shows a row. In the table and the picture below it the row meets a real
# table `a`, with the same cotangents. Which entries does 20 meet, and what comes back
# to it? And to an entry of `a`? (In the picture, point at an entry, or walk with Tab.)

# %%
row, shares = [[10, 20, 30]], [[1, 0, 2], [3, 1, 0], [0, 5, 1], [2, 2, 2]]
sums = [[sum(column) for column in zip(*shares, strict=True)]]


def tiles(axes, top, numbers, colour):
    """Numbers in boxes, row by row, from height `top` downwards."""
    for i, line in enumerate(numbers):
        for j, number in enumerate(line):
            box = {"boxstyle": "square,pad=0.55", "facecolor": colour}
            axes.text(
                j, top - i, f"{number:2d}", bbox=box, ha="center", family="monospace"
            )


# %%
fig, (left, right) = subplots(1, 2, figsize=(8, 3.6))
tiles(left, 5.2, row, "#cfe8f7")
tiles(left, 3, row * 4, "#eef6fb")
tiles(right, 5.2, sums, "#ffe0c2")
tiles(right, 3, shares, "#fff3e6")
for axes, ends in [(left, (3.6, 4.9)), (right, (4.9, 3.6))]:
    axes.set(xlim=(-0.4, 2.6), ylim=(-0.8, 6))
    axes.axis("off")
    for x in range(3):
        arrow = {"arrowstyle": "->", "lw": 1.5}
        axes.annotate("", xy=(x, ends[0]), xytext=(x, ends[1]), arrowprops=arrow)
left.set_title("forward: one row, used four times")
right.set_title("backward: four rows, added up")
figure(
    fig,
    alt="Left: the row b = 10, 20, 30 stands above a table; arrows lead down to its "
    "four copies. Right: a table of four rows of cotangents; arrows lead up from each "
    "column to its sum, in the single row 6, 8, 5: the gradient of b.",
    table=[["", "column 0", "column 1", "column 2"], ["b", *row[0]]]
    + [[f"cotangent, row {i}", *line] for i, line in enumerate(shares)]
    + [["gradient of b", *sums[0]]],
)

# %%
from autograd_ref.playground import twin

table(
    twin("folding", np.arange(1.0, 13).reshape(4, 3), row[0], shares),
    caption="a + b: how often each entry is used, and what comes back to it",
)

# %%
from autograd_ref.playground import scene

scene("folding", np.arange(1.0, 13).reshape(4, 3), row[0], shares)

# %% [markdown]
# Four entries, and $0 + 1 + 5 + 2 = 8$; to an entry of `a`, which is used once, one
# cotangent as it is. (Choose `a * b`: now each share is a cotangent *times the other
# factor*, and still the shares add up.)
#
# Now the same with symbols, once. This is the **index way**, and it never fails. With
# $\text{out}_{ij} = x_{ij} + b_j$, a change of $b_j$ changes every entry of column $j$
# by as much, so
#
# $$ \bar b_j = \sum_i g_{ij} \cdot 1, $$
#
# where the bar marks a cotangent. Write the operation with indices; the index that the
# input does not have is the one that you sum over.
#
# ## 4 · Undo broadcasting
#
# NumPy lines shapes up **on the right**. An axis that is missing on the left, or has
# size 1, is stretched to what the other array needs. Before you run the cell: which of
# the four pairs gives an error?

# %%
for one, other in [((4, 3), (3,)), ((4, 3), (4,)), ((3, 1), (2, 3, 4)), ((), (5,))]:
    result = attempt(lambda one=one, other=other: np.broadcast_shapes(one, other))
    print(f"{one!s:7s} with {other!s:10s} gives {result}")

# %% [markdown]
# ### Exercise 1: fold it back
# *4 points (1 + 3 hidden) · about 17 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **Goal.** An array of shape `shape` was stretched to the shape of `g`. Give back its
# cotangent: `g`, summed over every axis along which it was copied.
#
# **Signature.** `unbroadcast(g, shape) -> ndarray` of shape `shape`, which NumPy can
# broadcast to the shape of `g`. A plain number counts as an array of shape `()`; `g`
# may be one.
#
# **Worked example.** Take `g = [[1, 2, 3], [4, 5, 6]]`. For shape (3,) the two rows are
# added: `[5, 7, 9]`. For (2, 1) each row: `[[6], [15]]`. For `()` everything: 21.
#
# **What the check looks at**
#
# - "missing axes": (3,) from (4, 3), from (2, 4, 3), ...;
# - "stretched axes": (3, 1) from (3, 4), from (2, 3, 4), ...: what had size 1 gets size
#   1 back, and where the sizes stand decides, not their values;
# - "a single number": shapes `()` and (1,);
# - "same shape": nothing was stretched, nothing changes;
# - "memory of its own": who writes into the result must not change `g`;
# - "dot test": $\langle u, \text{stretch}(v)\rangle = \langle
#   \text{unbroadcast}(u), v\rangle$ for random $u$, $v$ (the dot-product
#   test of lesson 3; more on it below).
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two kinds of axes were stretched: those that `g` has more than `shape`, all on the
# left, and those where `shape` has a 1. Sum over both. The second kind has to come
# back with size 1.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *stretched axes* fails at (3, 1) from (2, 3, 4) if you sum over the left axis only,
#   or over the right one without keeping it: then the shape is (3,).
# - *missing axes* fails with a third of each number if you take a mean.
# - *a single number* fails with an error if you index into an empty shape.
# - *memory of its own* fails for equal shapes: `return g` hands out your input.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# g = np.asarray(g)
# missing = ...                     # how many axes g has more than shape
# stretched = ...                   # positions IN g of the axes where shape has a 1
# total = g.sum(axis=...)
# return ...                        # axes of size 1 are back in the shape wanted
# ```
#
# </details>


# %% solution="e1-unbroadcast"
def unbroadcast(g, shape: tuple[int, ...]) -> np.ndarray:
    """Cotangent of an array of shape `shape` that was stretched to the shape of `g`."""
    # BEGIN SOLUTION
    g = np.asarray(g)
    missing = g.ndim - len(shape)
    stretched = [missing + i for i, size in enumerate(shape) if size == 1]
    axes = (*range(missing), *stretched)
    return g.sum(axis=axes).reshape(shape)
    # END SOLUTION


# %% check
def after_writing(g, shape):
    result = unbroadcast(g, shape)
    if isinstance(result, np.ndarray):
        result[...] = 7.0
    return g


check = Check("e1-unbroadcast", visible=1, hidden=3)
six = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
cube = np.arange(24.0).reshape(2, 3, 4)
check.value(
    "missing axes",
    unbroadcast,
    [[5, 7, 9], [60, 66, 72, 78]],
    at=[(six, (3,)), (cube, (4,))],
)
check.value(
    "stretched axes",
    unbroadcast,
    [[[6], [15]], [[60], [92], [124]]],
    at=[(six, (2, 1)), (cube, (3, 1))],
)
check.value(
    "a single number",
    unbroadcast,
    [21.0, [21.0], 2.5],
    at=[(six, ()), (six, (1,)), (2.5, ())],
)
check.value("same shape", unbroadcast, [six], at=[(six, (2, 3))])
check.value("memory of its own", after_writing, [six], at=[(six, (2, 3))])
# BEGIN HIDDEN TESTS
check.hidden()


def unit_sums(f, shape, g):
    """J^T g of a linear f, one unit array after the other."""
    total = np.zeros(shape)
    for place in np.ndindex(total.shape):
        unit = np.zeros(shape)
        unit[place] = 1.0
        total[place] = np.sum(g * f(unit))
    return total


def stretched_back(g, shape):
    return unit_sums(lambda v: np.broadcast_to(v, np.shape(g)), shape, g)


u, w, v = check.random((2, 3, 4)), check.random((3, 3)), check.random((2, 1, 3))
check.value(
    "missing axes",
    unbroadcast,
    stretched_back,
    at=[(u, (4,)), (u, (3, 4)), (w, (3,)), (v, (3,))],
)
check.value(
    "stretched axes",
    unbroadcast,
    stretched_back,
    at=[
        (u, (3, 1)),
        (u, (1, 4)),
        (u, (2, 1, 1)),
        (u, (1, 3, 1)),
        (w, (3, 1)),
        (w, (1, 3)),
        (v, (1, 3)),
        (v, (1, 1, 1)),
    ],
)
check.value(
    "a single number",
    unbroadcast,
    stretched_back,
    at=[(u, ()), (u, (1,)), (w, (1, 1)), (-1.75, ()), (np.float64(0.5), ())],
)
check.value(
    "same shape",
    unbroadcast,
    lambda g, shape: g,
    at=[(u, (2, 3, 4)), (w, (3, 3)), (v, (2, 1, 3))],
)
check.value(
    "memory of its own",
    after_writing,
    lambda g, shape: g,
    at=[(w, (3, 3)), (v, (2, 1, 3)), (v, (1, 3)), (v[0], (3,))],
)
check.adjoint(
    "dot test",
    lambda x, t: np.broadcast_to(t, (2, 3, 4)),
    lambda x, t: unbroadcast(t, x.shape),
    at=[(np.zeros(s), (2, 3, 4)) for s in ((4,), (3, 1), (2, 1, 4), (1,), (2, 3, 4))],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# The last property of the list is the second way to a backward rule. A linear operation
# $J$ (and stretching is linear) and its way back belong together like this:
#
# $$ \langle u, J v \rangle = \langle J^\top u, v \rangle \quad\text{for all } u, v. $$
#
# So you may *guess* the way back, from shapes alone, and let random numbers decide. Two
# guesses of the right shape are wrong here. Does a cotangent of ones notice?


# %%
def dot_gap(push, pull, v, u):
    """How far <u, push(v)> and <pull(u), v> are apart."""
    return abs(np.sum(u * push(v)) - np.sum(pull(u) * v))


rng = np.random.default_rng(6)
candidates = {
    "yours": lambda u: unbroadcast(u, (3, 1)),
    "u.reshape(4, 3, 1).sum(axis=0)": lambda u: u.reshape(4, 3, 1).sum(axis=0),
    "u.mean(axis=1, keepdims=True)": lambda u: u.mean(axis=1, keepdims=True),
}
v, random_u = rng.normal(size=(3, 1)), rng.normal(size=(3, 4))
print("the gap of the dot test for (3, 1) stretched to (3, 4)")
for name, pull in candidates.items():
    for kind, u in [("ones", np.ones((3, 4))), ("random", random_u)]:
        gap = attempt(
            lambda pull=pull, u=u: dot_gap(
                lambda t: np.broadcast_to(t, (3, 4)), pull, v, u
            )
        )
        print(f"{name:32s} u {kind:7s}", gap if isinstance(gap, str) else f"{gap:.1e}")

# %% [markdown]
# The reshape has the right shape and adds up the wrong entries, and ones cannot see it:
# four ones are four ones, whichever they are. **Never test a backward rule with a
# cotangent of ones.** It is a very common test, for `loss = out.sum()` amounts to just
# that.
#
# ## 5 · Two arrays meet
#
# For `out = a * b` with equal shapes each entry of `out` knows one entry of `a` and one
# of `b`; so the rule is that of numbers, entry by entry: $\bar a = g \cdot b$. If the
# shapes differ, think of three steps forward: stretch `a`, stretch `b`, multiply. Three
# steps back: the rule for equal shapes, then fold each result to its own shape. One
# line per operation, one `unbroadcast` per input, for all operations ever.
#
# `maximum` has a corner. Where `a > b` the whole of `g` goes to `a`, where `a < b` to
# `b`. And at a **tie**? Lift both by a little: the maximum rises by as much. So the two
# shares must add up to `g`; any split with no negative part will do. Libraries choose:
# half and half, or all to one side. What none may do is give all to both:

# %%
place = np.array([5.0, 5.0])
lift = finite.jacobian(lambda t: np.maximum(place[0] + t, place[1] + t), 0.0)
print("both lifted: the maximum rises at rate", float(lift))
for name, shares in [
    ("half and half", (0.5, 0.5)),
    ("all to a", (1, 0)),
    ("all to both", (1, 1)),
]:
    print(f"{name:14s} promises a rate of {sum(shares)}")

FORWARD = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "maximum": np.maximum,
}

# %% [markdown]
# ### Exercise 2: five operations, two inputs
# *4 points (1 + 3 hidden) · about 17 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **Goal.** The cotangents of both inputs of `a + b`, `a - b`, `a * b`, `a / b` and
# `np.maximum(a, b)`.
#
# **Signature.** `vjp_binary(op, a, b, out, g) -> (ga, gb)`. `op` is `"add"`, `"sub"`,
# `"mul"`, `"div"` or `"maximum"`. `a` and `b` are float arrays or plain numbers, `out`
# is the result of the operation, `g` its cotangent. `ga` has the shape of `a`, `gb`
# that of `b`; a plain number has shape `()`.
#
# **Worked example.** `a = [1, 2]`, `b = 10`, `"mul"`: `out = [10, 20]`. With
# `g = [3, 4]` we get `ga = g * b = [30, 40]`, and `gb = 3 * 1 + 4 * 2 = 11`.
#
# **What the check looks at**
#
# - "each operation": equal shapes, a cotangent that is not ones;
# - "broadcast operands": shapes such as (2, 3) with (3,), (2, 1) or `()`;
# - "plain numbers": for `a`, for `b`, for both;
# - "ties": at a tie no share is negative (against the sign of `g`), and the shares add
#   up to `g`;
# - "ties with a number": the same for `np.maximum(x, 0)`, the ReLU, where x is 0;
# - "the same array twice": for `a * a` the two cotangents add up to $2 a g$, for
#   `a - a` to 0;
# - "memory of its own": writing into `ga` changes neither `g` nor `gb` nor the inputs;
# - "as measured": against numerical slopes, as in lesson 1.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Forget shapes at first and write the rule for numbers. Then fold both results.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *each operation* fails at `"div"`, `a = 6`, `b = 3`, `g = -1`: `gb` is $-g a / b^2 =
#   2/3$.
# - *broadcast operands* fails with a wrong shape if you fold to `out.shape`.
# - *ties* fails at `a = b = [1.0]` if you use `>=` for both sides (shares add up to
#   $2g$) or `>` for both (0).
# - *memory of its own* fails at `"add"` if `ga` and `gb` are one array.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# a, b = np.asarray(a), np.asarray(b)
# if op == "add":
#     ga, gb = g, g
# elif op == "sub":
#     ...
# elif op == "maximum":
#     share = ...        # of a: 1 where a is larger, 0 where b is, between at a tie
#     ga, gb = g * share, g * (...)
# return unbroadcast(ga, ...), unbroadcast(gb, ...)
# ```
#
# </details>


# %% solution="e2-binary-vjps"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    # BEGIN SOLUTION
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = (a > b) + 0.5 * (a == b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)
    # END SOLUTION


# %% check
def pulled(op, a, b, g):
    ga, gb = vjp_binary(op, a, b, FORWARD[op](a, b), g)
    return [ga, gb]


def both_uses(op, a, g):
    ga, gb = pulled(op, a, a, g)
    return ga + gb


def others_after_writing(op, a, b, g):
    ga, gb = pulled(op, a, b, g)
    ga[...] = 7.0
    return [a, b, g, gb]


def fair_shares(got, op, a, b, g):
    if [np.shape(part) for part in got] != [np.shape(a), np.shape(b)]:
        return f"shapes {[np.shape(part) for part in got]} came"
    ga, gb = (np.asarray(part, dtype=float) for part in got)
    if np.shape(a) == np.shape(b) and not np.allclose(ga + gb, g, rtol=1e-12):
        return f"the shares add up to {ga + gb} where g is {g}"
    if not np.isclose(ga.sum() + gb.sum(), np.sum(g), rtol=1e-12, atol=1e-12):
        return "the shares of all entries do not add up to the sum of g"
    share = ga / g if np.shape(a) == np.shape(g) else gb / g
    fine = np.all(share >= -1e-12) and np.all(share <= 1 + 1e-12)
    return bool(fine) or "a share has the wrong sign or is more than the whole"


def stacked(op):
    def student(f, x, u):
        return np.stack(vjp_binary(op, x[0], x[1], f(x), u))

    return student


check = Check("e2-binary-vjps", visible=1, hidden=3)
a, b, g = np.array([2.0, 6.0]), np.array([4.0, 3.0]), np.array([10.0, -1.0])
by_hand = [
    [g, g],
    [g, -g],
    [[40, -3], [20, -6]],
    [[2.5, -1 / 3], [-1.25, 2 / 3]],
    [[0, -1], [10, 0]],
]
check.value("each operation", pulled, by_hand, at=[(op, a, b, g) for op in FORWARD])
six, u = (
    np.arange(1.0, 7.0).reshape(2, 3),
    np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 1.0]]),
)
by_hand = [[[[1, 0, 6], [0, -2, 3]], [1, -5, 12]]]
check.value("broadcast operands", pulled, by_hand, at=[("mul", six, six[0], u)])
by_hand = [[9.0, [-10, 1]], [[10.0, -1.0], 9.0]]
at = [("sub", 3.0, b, g), ("add", a, 3.0, g)]
check.value("plain numbers", pulled, by_hand, at=at)
check.behaviour("ties", pulled, fair_shares, at=[("maximum", a, a, g)])
kinks = np.array([0.0, 3.0])
at = [("maximum", kinks, 0.0, g)]
check.behaviour("ties with a number", pulled, fair_shares, at=at)
check.value("the same array twice", both_uses, [[40, -12]], at=[("mul", a, g)])
check.value(
    "memory of its own", others_after_writing, [[a, b, g, g]], at=[("add", a, b, g)]
)
x = np.stack([a, b])
check.vjp("as measured", stacked("div"), lambda x: x[0] / x[1], at=[(x,)], back=[g])
# BEGIN HIDDEN TESTS
check.hidden()


def folded(g, shape):
    total = np.zeros(shape)
    skip = np.ndim(g) - len(shape)
    for place in np.ndindex(np.shape(g)):
        kept = zip(place[skip:], shape, strict=True)
        total[tuple(i if size > 1 else 0 for i, size in kept)] += np.asarray(g)[place]
    return total


def closed_form(op, a, b, g):
    a_full, b_full = np.broadcast_arrays(a, b)
    local = {
        "add": (1.0, 1.0),
        "sub": (1.0, -1.0),
        "mul": (b_full, a_full),
        "div": (1 / b_full, -a_full / b_full**2),
        "maximum": (1.0 * (a_full > b_full), 1.0 * (a_full < b_full)),
    }[op]
    return [
        folded(g * slope, np.shape(v)) for slope, v in zip(local, (a, b), strict=True)
    ]


def every(a, b, g):
    return [(op, a, b, g) for op in FORWARD]


p, q, u = check.random((2, 3)), check.random((2, 3)), check.random((2, 3))
column, line, flat = check.random((2, 1)), check.random(3), check.random((1, 3))
number = float(check.random(1)[0])
check.value("each operation", pulled, closed_form, at=every(p, q, u))
check.value(
    "broadcast operands",
    pulled,
    closed_form,
    at=every(p, line, u) + every(column, q, u) + every(column, flat, u),
)
check.value(
    "plain numbers",
    pulled,
    closed_form,
    at=every(number, q, u) + every(p, number, u) + every(1.5, number, -0.75),
)
zero = np.zeros((2, 3))
check.behaviour(
    "ties",
    pulled,
    fair_shares,
    at=[
        ("maximum", p, p.copy(), u),
        ("maximum", zero, zero.copy(), u),
        ("maximum", p, np.where([True, False, True], p, q), u),
    ],
)
rectified = np.array([[0.0, 1.0, 0.0], [-2.0, 0.0, 0.5]])
at = [("maximum", rectified, 0.0, u), ("maximum", 0.0, rectified, u)]
check.behaviour("ties with a number", pulled, fair_shares, at=at)
check.value(
    "the same array twice", both_uses, lambda op, a, g: 2 * a * g, [("mul", p, u)]
)
check.value("the same array twice", both_uses, lambda op, a, g: 0 * g, [("sub", p, u)])
check.value(
    "memory of its own",
    others_after_writing,
    lambda op, a, b, g: [a, b, g, closed_form(op, a, b, g)[1]],
    at=every(p, q, u) + every(p, line, u),
)
x = np.stack([p, q])
check.vjp("as measured", stacked("mul"), lambda x: x[0] * x[1], at=[(x,)])
check.vjp("as measured", stacked("div"), lambda x: x[0] / x[1], at=[(x,)])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 6 · Fewer entries: sum, mean, max
#
# A sum over an axis is the mirror image of section 4. Forward it adds up, so backward
# it **copies**: every entry of `x` has slope 1, so each gets the cotangent of the sum
# that it went into. *Copy forward, sum backward; sum forward, copy backward.*
#
# The trouble is in the shapes. Summing a (2, 3) array over its last axis gives shape
# (2,). What happens when you stretch a cotangent of that shape back to (2, 3)? And what
# if the array had been (3, 3)? Guess both.

# %%
g2, g3 = np.array([10.0, 20.0]), np.array([10.0, 20.0, 30.0])
print("(2,) to (2, 3):", attempt(lambda: np.broadcast_to(g2, (2, 3))))
print("(3,) to (3, 3):", attempt(lambda: np.broadcast_to(g3, (3, 3)).tolist()))
print("(3, 1) to (3, 3):", np.broadcast_to(g3[:, None], (3, 3)).tolist())
stretched = np.broadcast_to(g3[:, None], (3, 3))
print("writing into it:", attempt(lambda: stretched.__setitem__((0, 0), 1.0)))

# %% [markdown]
# An error is the lucky case. For the square array there is none: NumPy lines up on the
# right, and the cotangents of the *rows* end up in the *columns*. So the axis that the
# sum removed has to come back first, with size 1. `np.expand_dims` does that, and its
# `axis` may be a tuple or negative. The last line shows another trap: a stretched array
# is a read-only view that only pretends to have nine entries.
#
# ### Exercise 3: three reductions
# *3 points (1 + 2 hidden) · about 13 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **Goal.** The cotangent of `x` for `out = np.sum(x, axis=axis, keepdims=keepdims)`,
# and the same for `np.mean` and `np.max`.
#
# **Signature.** `vjp_sum(x, out, g, axis=None, keepdims=False) -> ndarray` of the shape
# of `x`; `vjp_mean` and `vjp_max` alike. `axis` is `None` (all axes), a number or a
# tuple of numbers; negative ones count from the end. `out` is the result, `g` has its
# shape. `grow_back` is a helper for all three: fill it in, or take it out; no check
# looks at it.
#
# **Worked example.** `x = [[1, 5], [7, 3]]`, `axis=1`, `g = [10, 20]`. Sum: `[[10, 10],
# [20, 20]]`. Mean: half of that. Max: `[[0, 10], [20, 0]]`.
#
# **What the check looks at**
#
# - "sum", "mean", "max": one axis, no axis given, with and without `keepdims`, for
#   arrays with one to three axes, square ones among them;
# - "several axes": a tuple of axes, negative ones among them, for all three;
# - "ties": equal maxima share the cotangent; no share is negative (against the sign of
#   `g`), the shares of a group add up to its `g`, and other entries get 0;
# - "ties over several axes": the same for a tuple of axes, and for all of them;
# - "memory of its own": the result can be written into, and `g` stays as it was.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write `grow_back` first: `g` with the axes that are gone put back as axes of size 1.
# With `keepdims` they are still there. How many entries went into one mean? You can
# read it off two sizes.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *sum* fails for a square `x` and `axis=1` if `g` is stretched without growing back:
#   the result is the transpose of the right one.
# - *mean* fails by a factor if you divide by `len(x)`; for `axis=1` of (2, 3) it is 3.
# - *several axes* fails for `(0, 2)` if only one of the sizes is used.
# - *ties* fails at `[4, 4]`, `g = 1`, where `x == out` gives `[1, 1]`: 2 in all.
# - *memory of its own* fails for what `np.broadcast_to` gives back.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def grow_back(g, x, axis, keepdims):
#     if keepdims: return ...
#     every = tuple(range(x.ndim))
#     return np.expand_dims(g, every if axis is None else ...)
#
# def vjp_max(x, out, g, axis=None, keepdims=False):
#     hit = x == grow_back(out, x, axis, keepdims)      # True where the maximum is
#     share = hit / ...                                 # how many hits has the group?
#     return share * ...
# ```
#
# </details>


# %% solution="e3-reduction-vjps"
def grow_back(g, x, axis, keepdims: bool) -> np.ndarray:
    """`g` with the axes that a reduction of `x` removed, as axes of size 1."""
    # BEGIN SOLUTION
    if keepdims:
        return np.asarray(g)
    return np.expand_dims(g, tuple(range(x.ndim)) if axis is None else axis)
    # END SOLUTION


def vjp_sum(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.sum(x, axis, keepdims=keepdims)`."""
    # BEGIN SOLUTION
    return np.broadcast_to(grow_back(g, x, axis, keepdims), x.shape).copy()
    # END SOLUTION


def vjp_mean(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.mean(x, axis, keepdims=keepdims)`."""
    # BEGIN SOLUTION
    return vjp_sum(x, out, g, axis, keepdims) * (np.size(out) / x.size)
    # END SOLUTION


def vjp_max(x, out, g, axis=None, keepdims: bool = False) -> np.ndarray:
    """Cotangent of `x` for `out = np.max(x, axis, keepdims=keepdims)`."""
    # BEGIN SOLUTION
    hit = x == grow_back(out, x, axis, keepdims)
    share = hit / hit.sum(axis=axis, keepdims=True)
    return share * grow_back(g, x, axis, keepdims)
    # END SOLUTION


# %% check
def reduced_back(name, x, g, axis, keepdims):
    forward, back = {
        "sum": (np.sum, vjp_sum),
        "mean": (np.mean, vjp_mean),
        "max": (np.max, vjp_max),
    }[name]
    return back(x, forward(x, axis=axis, keepdims=keepdims), g, axis, keepdims)


def by_default(x, g):
    return [vjp_sum(x, x.sum(), g), vjp_mean(x, x.mean(), g), vjp_max(x, x.max(), g)]


def written_into(name, x, g, axis, keepdims):
    result = reduced_back(name, x, g, axis, keepdims)
    result += 1.0
    return [g, x]


def shared_fairly(got, x, g, axis, keepdims):
    top = x == np.max(x, axis=axis, keepdims=True)
    whole = np.reshape(g, np.max(x, axis=axis, keepdims=True).shape)
    if np.shape(got) != x.shape:
        return f"shape {np.shape(got)} came where {x.shape} was needed"
    if np.any(np.asarray(got)[~top] != 0):
        return "an entry below the maximum gets something"
    if not np.allclose(np.sum(got, axis=axis, keepdims=True), whole, rtol=1e-12):
        return "the shares do not add up to g"
    return bool(np.all(got / whole >= -1e-12)) or "a share has the wrong sign"


def max_back(x, g, axis, keepdims):
    return reduced_back("max", x, g, axis, keepdims)


check = Check("e3-reduction-vjps", visible=1, hidden=2)
x, g = np.array([[1.0, 5.0, 2.0], [7.0, 3.0, 4.0]]), np.array([10.0, 20.0])
rows, square = [[10, 10, 10], [20, 20, 20]], x[:, :2]
case = (x, g, 1, False)
check.value(
    "sum",
    reduced_back,
    [rows, [[10, 10], [20, 20]]],
    at=[("sum", *case), ("sum", square, g, 1, False)],
)
thirds = np.array(rows) / 3
check.value("mean", reduced_back, [thirds], at=[("mean", *case)])
check.value("max", reduced_back, [[[0, 10, 0], [20, 0, 0]]], at=[("max", *case)])
everywhere = [np.full((2, 3), 6.0), np.ones((2, 3)), [[0, 0, 0], [6, 0, 0]]]
check.value("several axes", by_default, [everywhere], at=[(x, 6.0)])
tied = np.array([[4.0, 4.0, 1.0], [2.0, 3.0, 3.0]])
check.behaviour("ties", max_back, shared_fairly, at=[(tied, g, 1, False)])
at = [(np.array([[4.0, 1.0], [0.0, 4.0]]), 6.0, None, False)]
check.behaviour("ties over several axes", max_back, shared_fairly, at=at)
check.value("memory of its own", written_into, [[g, x]], at=[("sum", *case)])
# BEGIN HIDDEN TESTS
check.hidden()


def reduced_unit_sums(name, x, g, axis, keepdims):
    forward, total = {"sum": np.sum, "mean": np.mean}[name], np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        unit = np.zeros(x.shape)
        unit[place] = 1.0
        total[place] = np.sum(g * forward(unit, axis=axis, keepdims=keepdims))
    return total


def only_the_largest(name, x, g, axis, keepdims):
    top = np.max(x, axis=axis, keepdims=True)
    return np.where(x == top, np.reshape(g, top.shape), 0.0)


def reductions(name, shapes, axes):
    found = []
    for shape in shapes:
        for axis in axes:
            for keepdims in (False, True):
                x = check.random(shape)
                shape_back = np.sum(x, axis=axis, keepdims=keepdims).shape
                found.append((name, x, check.random(shape_back), axis, keepdims))
    return found


single = ([(3, 3), (2, 3, 4)], [0, 1, -1, None])
check.value("sum", reduced_back, reduced_unit_sums, at=reductions("sum", *single))
check.value("mean", reduced_back, reduced_unit_sums, at=reductions("mean", *single))
check.value("max", reduced_back, only_the_largest, at=reductions("max", *single))
check.value(
    "sum",
    reduced_back,
    reduced_unit_sums,
    at=reductions("sum", [(4,)], [0, -1, None]) + reductions("mean", [(4,)], [0, None]),
)
several = ([(2, 3, 4), (3, 3, 3)], [(0, 2), (-1, 0), (1, 2), (0, 1, 2), (-3, -2)])
for_two = reductions("sum", *several) + reductions("mean", *several)
check.value("several axes", reduced_back, reduced_unit_sums, at=for_two)
largest = reductions("max", *several)
check.value("several axes", reduced_back, only_the_largest, at=largest)
few = check.rng.integers(0, 3, size=(3, 4, 2)).astype(float)


def tied_along(*places):
    outs = [np.max(few, axis=axis) for axis in places]
    return [
        (few, check.random(np.shape(out)), axis, False)
        for out, axis in zip(outs, places, strict=True)
    ]


check.behaviour("ties", max_back, shared_fairly, at=tied_along(0, 1, -1))
at = tied_along((0, 2), (-1, 1), None)
check.behaviour("ties over several axes", max_back, shared_fairly, at=at)
check.value(
    "memory of its own",
    written_into,
    lambda name, x, g, axis, keepdims: [g, x],
    at=reductions("sum", [(2, 3)], [0, None])
    + reductions("mean", [(1, 3)], [0])
    + reductions("max", [(1, 3), (2, 3)], [0]),
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Your three rules against the numerical slopes of lesson 1. A cell like this costs a
# minute to write; write one for every rule you ever derive.

# %%
rng = np.random.default_rng(8)
x, u = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 4))
pairs = [(np.sum, lambda *a: vjp_sum(*a)), (np.mean, lambda *a: vjp_mean(*a))]
for forward, back in [*pairs, (np.max, lambda *a: vjp_max(*a))]:
    measured = finite.gradient(lambda t, f=forward: np.sum(u * f(t, axis=1)), x)
    ruled = attempt(lambda b=back, f=forward: b(x, f(x, axis=1), u, 1))
    off = ruled if isinstance(ruled, str) else f"{abs(ruled - measured).max():.1e}"
    print(f"{forward.__name__:5s} largest difference: {off}")

# %% [markdown]
# ## 7 · The matrix product
#
# One operation does nearly all the work in a network. Take `out = a @ b` with `a` of
# shape (2, 3) and `b` of shape (3, 4). The **index way**:
# $\text{out}_{ik} = \sum_j a_{ij} b_{jk}$. The entry $a_{ij}$ enters row $i$ of the
# result, with factor $b_{jk}$ in column $k$. So
#
# $$ \bar a_{ij} = \sum_k g_{ik}\, b_{jk} = (g\, b^\top)_{ij}, \qquad
#    \bar b_{jk} = \sum_i a_{ij}\, g_{ik} = (a^\top g)_{jk}. $$
#
# The **shape way**: $\bar a$ is linear in `g` and in `b`, and must have shape (2, 3).
# From a (2, 4) and a (3, 4) there is one product of that shape: `g @ b.T`. Done, no
# indices. But what if all matrices are square? Then everything fits. Which of eight
# candidates survives the dot test?

# %%
rng = np.random.default_rng(9)
b, v, u = rng.normal(size=(3, 3, 3))
products = {
    "g @ b": u @ b, "g @ b.T": u @ b.T, "g.T @ b": u.T @ b, "g.T @ b.T": u.T @ b.T,
    "b @ g": b @ u, "b.T @ g": b.T @ u, "b @ g.T": b @ u.T, "b.T @ g.T": b.T @ u.T,
}  # fmt: skip
for name, guess in products.items():
    gap = abs(np.sum(u * (v @ b)) - np.sum(guess * v))
    print(f"{name:10s} gap of the dot test {gap:8.1e}")

# %% [markdown]
# So derive with shapes, test with shapes that **differ**, and let the dot test have the
# last word.
#
# NumPy's `@` does more than matrices. With more than two axes it multiplies *stacks* of
# matrices, and stretches the stacks against each other: (5, 2, 3) @ (3, 4) uses one (3,
# 4) matrix five times. Used five times? Then five shares add up: `unbroadcast` again. A
# *vector* on the left is a row for the moment, one on the right a column; the axis of
# size 1 is dropped from the result. Say the shape of each result before you run:

# %%
for one, other in [
    ((5, 2, 3), (3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((3,), (3,)),
]:
    print(f"{one!s:9s} @ {other!s:9s} has shape", (np.ones(one) @ np.ones(other)).shape)

# %% [markdown]
# ### Exercise 4: both sides of a product
# *4 points (1 + 3 hidden) · about 17 minutes · difficulty 4 of 5 · importance 5 of 5*
#
# **Goal.** The cotangents of both inputs of `out = a @ b`, for all shapes that NumPy's
# `@` accepts.
#
# **Signature.** `vjp_matmul(a, b, g) -> (ga, gb)`, in the shapes of `a` and `b`. `g`
# has the shape of `a @ b`, which is `()` for two vectors.
#
# **Worked example.** `a = [[1, 2]]` and `b = [[3], [4]]`: `out = [[11]]`. With
# `g = [[10]]`: `ga = [[30, 40]]`, `gb = [[10], [20]]`.
#
# **What the check looks at**
#
# - "two matrices": none of them square, then square ones;
# - "stacks": as many matrices on the left as on the right;
# - "stretched stacks": (5, 2, 3) @ (3, 4), (1, 2, 3) @ (5, 3, 4), (2, 1, 2, 3) @ (5, 3,
#   4), ...;
# - "vectors": vector times vector, matrix times vector, vector times matrix;
# - "stacks and vectors": (5, 2, 3) @ (3,), (3,) @ (5, 3, 4);
# - "as measured": against numerical slopes.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Make every case the case of two stacks: give a vector its second axis, give `g` the
# axis that was dropped, use one formula, fold the stacks, and put the results into the
# shapes of `a` and `b`. Which transpose swaps the last two axes only?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *two matrices* fails with a shape error if a transpose is missing or the order is
#   wrong; only for square ones do the numbers tell.
# - *stacks* fails if you use `.T`: it turns *all* axes round.
# - *stretched stacks* fails at (5, 2, 3) @ (3, 4): `gb` comes out as (5, 3, 4).
# - *vectors* fails at `[1, 2] @ [3, 4]` with `g = 10`: `ga = [30, 40]`,
#   `gb = [10, 20]`.
# - *stacks and vectors* fails at (5, 2, 3) @ (3,): `g` is (5, 2), and needs an axis at
#   the end.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# a2 = a[None, :] if a.ndim == 1 else a         # a row
# b2 = b[:, None] if b.ndim == 1 else b         # a column
# if b.ndim == 1: g = np.expand_dims(g, -1)     # first the column's axis ...
# if a.ndim == 1: g = np.expand_dims(g, ...)    # ... then the row's, next to last
# ga = g @ ...                                  # np.swapaxes(b2, -1, -2): transposed
# gb = ...
# return unbroadcast(ga, a2.shape).reshape(...), ...
# ```
#
# </details>


# %% solution="e4-matmul-vjp"
def vjp_matmul(a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a @ b`: matrices, stacks and vectors."""
    # BEGIN SOLUTION
    a2 = a[None, :] if a.ndim == 1 else a
    b2 = b[:, None] if b.ndim == 1 else b
    if b.ndim == 1:
        g = np.expand_dims(g, -1)
    if a.ndim == 1:
        g = np.expand_dims(g, -2)
    ga = unbroadcast(g @ np.swapaxes(b2, -1, -2), a2.shape)
    gb = unbroadcast(np.swapaxes(a2, -1, -2) @ g, b2.shape)
    return ga.reshape(a.shape), gb.reshape(b.shape)
    # END SOLUTION


# %% check
def product_back(a, b, g):
    ga, gb = vjp_matmul(a, b, g)
    return [ga, gb]


def left_only(f, x, u):
    return vjp_matmul(x, np.arange(1.0, 13.0).reshape(3, 4), u)[0]


check = Check("e4-matmul-vjp", visible=1, hidden=3)
a, b = np.array([[1.0, 2.0]]), np.array([[3.0, 5.0, 0.0], [4.0, 6.0, 1.0]])
g = np.array([[10.0, -1.0, 2.0]])
by_hand = ([[25, 36]], [[10, -1, 2], [20, -2, 4]])
check.value("two matrices", product_back, [by_hand], at=[(a, b, g)])
two, both = np.stack([a, 2 * a]), np.stack([b, b])
signs = np.stack([g, -g])
answer = [[[[25, 36]], [[-25, -36]]], [by_hand[1], -2 * np.array(by_hand[1])]]
check.value("stacks", product_back, [answer], at=[(two, both, signs)])
answer = [answer[0], -np.array(by_hand[1])]
check.value("stretched stacks", product_back, [answer], at=[(two, b, signs)])
check.value(
    "vectors",
    product_back,
    [[[30, 40], [10, 20]], [by_hand[0][0], by_hand[1]]],
    at=[(a[0], b[:, 0], 10.0), (a[0], b, g[0])],
)
answer = [[[[30, 40]], [[-3, -4]]], [8, 16]]
sided = np.array([[10.0], [-1.0]])
check.value("stacks and vectors", product_back, [answer], at=[(two, b[:, 0], sided)])
check.vjp(
    "as measured",
    left_only,
    lambda x: x @ np.arange(1.0, 13.0).reshape(3, 4),
    at=[two[0] @ b],
)
# BEGIN HIDDEN TESTS
check.hidden()


def product_unit_sums(a, b, g):
    found = [np.zeros(a.shape), np.zeros(b.shape)]
    for total in found:
        for place in np.ndindex(total.shape):
            unit = np.zeros(total.shape)
            unit[place] = 1.0
            total[place] = np.sum(g * (unit @ b if total is found[0] else a @ unit))
    return found


def products_of(*shapes):
    cases = []
    for one, other in shapes:
        a, b = check.random(one), check.random(other)
        cases.append((a, b, check.random(np.shape(a @ b)) * 1.0))
    return cases


def right_only(f, x, u):
    return vjp_matmul(np.arange(1.0, 7.0).reshape(2, 3), x, u)[1]


matrices = products_of(
    ((2, 3), (3, 4)), ((4, 1), (1, 2)), ((1, 5), (5, 1)), ((3, 3), (3, 3))
)
check.value("two matrices", product_back, product_unit_sums, at=matrices)
equal = products_of(((2, 2, 3), (2, 3, 4)), ((2, 3, 1, 2), (2, 3, 2, 3)))
check.value("stacks", product_back, product_unit_sums, at=equal)
check.value(
    "stretched stacks",
    product_back,
    product_unit_sums,
    at=products_of(
        ((5, 2, 3), (3, 4)),
        ((2, 3), (4, 3, 2)),
        ((1, 2, 3), (5, 3, 4)),
        ((2, 1, 2, 3), (5, 3, 4)),
        ((3, 3, 3), (3, 3)),
    ),
)
pairs = products_of(
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((1,), (1,)), ((3, 3), (3,))
)
check.value("vectors", product_back, product_unit_sums, at=pairs)
check.value(
    "stacks and vectors",
    product_back,
    product_unit_sums,
    at=products_of(
        ((5, 2, 3), (3,)), ((3,), (5, 3, 4)), ((2, 1, 2, 3), (3,)), ((3,), (2, 2, 3, 1))
    ),
)
check.vjp(
    "as measured",
    right_only,
    lambda x: np.arange(1.0, 7.0).reshape(2, 3) @ x,
    at=[check.random((3, 4)), check.random(3), check.random((5, 3, 2))],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Note what the rule needs: the cotangent of `a` needs the *value* of `b`, and the other
# way round. So both have to be kept until the way back; this is where the memory of a
# training run goes (lesson 9). And two products go back for one that went forward.
#
# ## 8 · Entries that only move
#
# Reshaping, permuting axes and indexing compute nothing. Each result entry *is* one
# input entry, with slope 1, so the way back only has to find out where each cotangent
# belongs.
#
# - **reshape** keeps the order of the entries: reshape back.
# - **permute** renames axes: `np.transpose(x, (2, 0, 1))` puts axis 2 first. Back goes
#   the *inverse* permutation. For a swap of two axes that is the swap itself, which is
#   why tests with swaps are blind.
# - **indexing** picks entries. What is not picked gets 0. What is picked twice was used
#   twice, and gets both shares. Like this?

# %%
index, g = np.array([0, 2, 0, 0]), np.array([1.0, 10.0, 100.0, 1000.0])
total = np.zeros(3)
total[index] += g
print("total[index] += g gives       ", total)
total = np.zeros(3)
np.add.at(total, index, g)
print("np.add.at(total, index, g) has", total)

# %% [markdown]
# `total[index] += g` *reads* the picked entries, adds, and *writes* them: the last
# write wins, and two shares are lost without a word. The embedding table of a language
# model is indexed just like this, thousands of repeats in each batch.
#
# ### Exercise 5: three views
# *2 points (1 + 1 hidden) · about 9 minutes · difficulty 2 of 5 · importance 4 of 5*
#
# **Goal.** The cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` and
# `x[arg]`.
#
# **Signature.** `vjp_view(kind, x, out, g, arg) -> ndarray` of the shape of `x`. `kind`
# is `"reshape"` (`arg`: a shape, which may hold one -1), `"permute"` (`arg`: a tuple,
# each axis once, counted from 0) or `"getitem"` (`arg`: whatever stands between the
# brackets: a number, a slice, a list or an array of whole numbers or of booleans, or a
# tuple of these). `x` holds floats.
#
# **Worked example.** `x = [5, 6, 7]`, `"getitem"`, `arg = [2, 2]`, `g = [1, 10]`: the
# result is `[0, 0, 11]`.
#
# **What the check looks at**
#
# - "reshape": also to fewer and more axes, and with -1;
# - "permute": swaps and other orders of the axes;
# - "cycles of axes": three axes that change places in a ring;
# - "slices": steps, negative ones too; single entries, masks;
# - "repeated indices": every use counts;
# - "repeats in two axes": pairs of index arrays, arrays of indices with two axes;
# - "memory of its own": writing into the result does not change `g`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# If `arg` sends axis `arg[i]` to place `i`, which function tells you where each place
# came from? Sorting `arg` does.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *cycles of axes* fails at `(1, 2, 0)`: a cycle of three is not its own inverse.
# - *repeated indices* fails at `[0, 2, 0]` if the last share wins.
# - *memory of its own* fails because `reshape` and `transpose` give back views of `g`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# if kind == "reshape":
#     return ...                              # a copy, in the shape of x
# if kind == "permute":
#     return np.transpose(g, ...).copy()      # np.argsort(arg) is the inverse
# total = np.zeros(...)
# ...                                         # add each g at its place, and repeats
# return total
# ```
#
# </details>


# %% solution="e5-view-vjps"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    # BEGIN SOLUTION
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total
    # END SOLUTION


# %% check
VIEWS = {"reshape": np.reshape, "permute": np.transpose, "getitem": lambda x, i: x[i]}


def view_back(kind, x, arg, g):
    return vjp_view(kind, x, VIEWS[kind](x, arg), g, arg)


def g_after_writing(kind, x, arg, g):
    result = view_back(kind, x, arg, g)
    result += 1.0
    return g


check = Check("e5-view-vjps", visible=1, hidden=1)
x, g = np.arange(6.0).reshape(2, 3), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
three = np.arange(1.0, 7.0)
back = [[[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5, 6]]]
at = [("reshape", x, (3, 2), g), ("reshape", x, (-1,), three)]
check.value("reshape", view_back, back, at=at)
long, turned = np.zeros((1, 2, 3)), three.reshape(2, 3, 1)
at = [("permute", x, (1, 0), g)]
check.value("permute", view_back, [[[1, 3, 5], [2, 4, 6]]], at=at)
at = [("permute", long, (1, 2, 0), turned)]
check.value("cycles of axes", view_back, [[[[1, 2, 3], [4, 5, 6]]]], at=at)
back = [[[0, 0, 0], [3, 2, 1]], [[0, 0, 7], [0, 0, 0]]]
at = [
    ("getitem", x, (1, slice(None, None, -1)), three[:3]),
    ("getitem", x, (0, 2), 7.0),
]
check.value("slices", view_back, back, at=at)
twice = np.array([0, 2, 0])
at = [("getitem", np.zeros(3), twice, three[:3])]
check.value("repeated indices", view_back, [[4, 0, 2]], at=at)
at = [("getitem", x, (np.array([1, 0, 1]), twice), three[:3])]
back = [[[0, 0, 2], [4, 0, 0]]]
check.value("repeats in two axes", view_back, back, at=at)
at = [("reshape", x, (3, 2), g)]
check.value("memory of its own", g_after_writing, [g], at=at)
# BEGIN HIDDEN TESTS
check.hidden()


def moved_unit_sums(kind, x, arg, g):
    total = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        unit = np.zeros(x.shape)
        unit[place] = 1.0
        total[place] = np.sum(g * VIEWS[kind](unit, arg))
    return total


def views(kind, shape, *args):
    x = check.random(shape)
    return [(kind, x, arg, check.random(np.shape(VIEWS[kind](x, arg)))) for arg in args]


shapes = [(6, 4), (-1,), (4, 3, 2), (2, -1), (1, 24, 1)]
at = views("reshape", (2, 3, 4), *shapes) + views("reshape", (1,), ())
check.value("reshape", view_back, moved_unit_sums, at=at)
at = views("permute", (2, 3, 4), (0, 2, 1), (2, 1, 0), (0, 1, 2), (1, 0, 2))
check.value("permute", view_back, moved_unit_sums, at=at)
at = views("permute", (2, 3, 4), (1, 2, 0), (2, 0, 1))
at += views("permute", (2, 2, 2), (1, 2, 0)) + views(
    "permute", (2, 3, 2, 4), (3, 0, 1, 2)
)
check.value("cycles of axes", view_back, moved_unit_sums, at=at)
mask = np.array([[True, False, True, False], [False, False, True, True], [True] * 4])
parts = [
    1,
    slice(None, None, -2),
    (slice(None), -1),
    (slice(2, 0, -1), slice(1, 3)),
    mask,
]
at = views("getitem", (3, 4), *parts, np.array([2, 0]), (2, 0))
check.value("slices", view_back, moved_unit_sums, at=at)
rows, columns = np.array([0, 2, 2, 0, 2]), np.array([1, 3, 3, 1, 0])
grid = np.array([[1, 1], [0, 1]])
at = views("getitem", (3, 4), rows, [0, 0, 1], (slice(None), columns))
check.value("repeated indices", view_back, moved_unit_sums, at=at)
at = views("getitem", (3, 4), (rows, columns), grid, (rows, slice(None, None, -1)))
check.value("repeats in two axes", view_back, moved_unit_sums, at=at)
at = views("reshape", (2, 3), (3, 2), (2, 3)) + views("permute", (2, 3), (1, 0), (0, 1))
check.value("memory of its own", g_after_writing, lambda kind, x, arg, g: g, at=at)
at = views("getitem", (2, 3), slice(None), 1)
check.value("memory of its own", g_after_writing, lambda kind, x, arg, g: g, at=at)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 9 · Softmax and cross-entropy, fused
#
# A classifier gives a row of numbers per example, the **logits** $z$. *Softmax* turns
# them into probabilities, $p_j = e^{z_j} / \sum_k e^{z_k}$, and the loss of the example
# is $-\log p_y$, where $y$ is the right class. Straight from the formulas, for some
# ordinary logits, and some from an unlucky first training step:

# %%
for z in [
    np.array([2.0, -1.0]),
    np.array([1000.0, -1000.0]),
    np.array([-1000.0, -1001.0]),
]:
    with np.errstate(all="ignore"):  # NumPy would warn here; that is all it would do
        p = np.exp(z) / np.exp(z).sum()
        print(f"logits {z}: probabilities {p}, losses {-np.log(p)}")

# %% [markdown]
# Nothing crashes; NaN spreads. Two cures, and both are needed.
#
# **Shift.** Adding a number to all logits of a row changes no probability. Subtract the
# largest: now the largest exponential is 1, none overflows, and the sum is at least 1.
#
# **Stay in logarithms.** With $m = \max_k z_k$,
# $\log p_j = (z_j - m) - \log \sum_k e^{z_k - m}$. No logarithm of a probability that
# has been rounded to 0.
#
# And the gradient? Differentiate $-\log p_y = -z_y + \log \sum_k e^{z_k}$ with respect
# to $z_j$. The sum gives $e^{z_j} / \sum_k e^{z_k} = p_j$, the first term −1 at
# $j = y$:
#
# $$ \frac{\partial}{\partial z_j}(-\log p_y) = p_j - [j = y]. $$
#
# Probabilities minus a one in the right place. All quotients have cancelled: nothing
# overflows, and a wrong answer that is *sure* of itself still gets a slope of size 1.
# That is why libraries fuse the two into one operation.
#
# ### Exercise 6: loss and gradient in one go
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **Goal.** The mean cross-entropy over a batch, and its gradient with respect to the
# logits.
#
# **Signature.** `softmax_xent(logits, y) -> (loss, grad)`. `logits` has shape (N, C),
# `y` holds N whole numbers from 0 to C − 1, the right classes. `loss` is one number,
# the mean of the N losses; `grad` has shape (N, C).
#
# **Worked example.** Two examples, two classes, all logits 0, `y = [0, 1]`: every
# probability is 1/2, so the loss is $\log 2$ and the gradient
# `[[-0.25, 0.25], [0.25, -0.25]]`.
#
# **What the check looks at**
#
# - "loss" and "gradient": 12 digits, for several N and C;
# - "rows add up to zero": each row of the gradient;
# - "large logits": ±1000 and the like: no NaN, no infinity, the right numbers;
# - "sure mistakes": as above, where the right class has by far the smallest logit;
# - "as measured": the gradient against numerical slopes;
# - "inputs are left alone": `logits` and `y` are the same afterwards;
# - "batches of ordinary size": 2000 examples and 100 classes, all at once (a run of the
#   whole loss for each of the 200,000 entries would take far too long).
#
# <details><summary>Hint 1: a nudge</summary>
#
# `log_p[np.arange(N), y]` picks one entry per row. The same index helps with the
# gradient.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *sure mistakes* fails at `[[1000, -1000]]`, `y = [1]`: the loss is 2000. `nan`: no
#   shift. `inf`: the logarithm of a rounded probability.
# - *gradient* fails by a factor N without the mean, and *rows add up to zero* if the
#   one is missing.
# - *inputs are left alone* fails for `logits -= ...`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# shifted = logits - ...            # the largest of each row, as a column
# log_p = shifted - ...             # log of the sum of exponentials, as a column
# picked = (np.arange(len(y)), y)
# loss = ...                        # minus the mean of log_p[picked]
# grad = ...                        # probabilities; 1 off at picked; divide by N
# return loss, grad
# ```
#
# </details>


# %% solution="e6-softmax-xent"
def softmax_xent(logits, y) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of (N, C) logits for classes `y`, and its gradient."""
    # BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = (np.arange(len(y)), y)
    grad = np.exp(log_p)
    grad[picked] -= 1.0
    return float(-log_p[picked].mean()), grad / len(y)
    # END SOLUTION


# %% check
def loss_of(logits, y):
    return softmax_xent(logits, y)[0]


def grad_of(logits, y):
    return softmax_xent(logits, y)[1]


def loss_and_grad(logits, y):
    loss, grad = softmax_xent(logits, y)
    return [loss, grad]


def zero_rows(got, logits, y):
    worst = np.abs(np.sum(got, axis=1)).max()
    return bool(worst < 1e-14) or f"a row adds up to {worst:.1e}"


def plain_loss(z):
    terms = [
        np.log(np.exp(row).sum()) - row[j] for row, j in zip(z, [1, 0, 2], strict=True)
    ]
    return sum(terms) / 3


def grad_for_three(f, z):
    return softmax_xent(z, np.array([1, 0, 2]))[1]


def seen_on_a_large_batch(logits, y):
    loss, grad = softmax_xent(logits, y)
    return [loss, np.sum(grad, axis=0)]


check = Check("e6-softmax-xent", visible=1, hidden=2)
even, y = np.zeros((2, 4)), np.array([3, 0])
quarter = np.log(np.array([[1.0, 3.0]]))
check.value(
    "loss", loss_of, [np.log(4.0), np.log(4.0)], at=[(even, y), (quarter, y[1:])]
)
by_hand = [
    [[0.125, 0.125, 0.125, -0.375], [-0.375, 0.125, 0.125, 0.125]],
    [[-0.75, 0.75]],
]
check.value("gradient", grad_of, by_hand, at=[(even, y), (quarter, y[1:])])
slanted = np.arange(8.0).reshape(2, 4) ** 1.5
check.behaviour("rows add up to zero", grad_of, zero_rows, at=[(slanted, y)])
far = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])
answer = [np.log(2.0), [[0.25, -0.25], [-0.25, 0.25]]]
check.value("large logits", loss_and_grad, [answer], at=[(far, np.array([1, 0]))])
sure, wrong = np.array([[1000.0, -1000.0]]), np.array([1])
answer = [2000.0, [[1.0, -1.0]]]
check.value("sure mistakes", loss_and_grad, [answer], at=[(sure, wrong)])
z = np.linspace(-1.0, 1.5, 9).reshape(3, 3) ** 3
check.gradient("as measured", grad_for_three, plain_loss, at=[z])
check.unchanged("inputs are left alone", softmax_xent, at=[(slanted, y)])
# BEGIN HIDDEN TESTS
check.hidden()


def long_log_p(logits):
    z = logits.astype(np.longdouble)
    z = z - np.max(z, axis=1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def true_loss(logits, y):
    log_p = long_log_p(logits)
    return float(-sum(log_p[i, j] for i, j in enumerate(y)) / len(y))


def true_grad(logits, y):
    ones = np.eye(logits.shape[1])[y]
    return np.array((np.exp(long_log_p(logits)) - ones) / len(y), dtype=float)


def true_pair(logits, y):
    return [true_loss(logits, y), true_grad(logits, y)]


def true_summary(logits, y):
    return [true_loss(logits, y), true_grad(logits, y).sum(axis=0)]


def batch(n, classes, scale=1.0):
    return scale * check.random((n, classes)), check.rng.integers(0, classes, size=n)


some = [batch(1, 2), batch(5, 3), batch(4, 7), batch(3, 3), batch(6, 1)]
check.value("loss", loss_of, true_loss, at=some)
check.value("gradient", grad_of, true_grad, at=some)
check.behaviour("rows add up to zero", grad_of, zero_rows, at=some[1:4])
large = [batch(4, 5, 1000.0), batch(3, 2, 700.0), (far - 2000.0, np.array([0, 1]))]
check.value("large logits", loss_and_grad, true_pair, at=large)
at = [(z, z.argmin(axis=1)) for z, _ in (batch(4, 5, 1000.0), batch(2, 3, 600.0))]
check.value("sure mistakes", loss_and_grad, true_pair, at=at)
check.gradient("as measured", grad_for_three, plain_loss, at=[check.random((3, 3)), z])
check.unchanged("inputs are left alone", softmax_xent, at=[batch(3, 4)])
crowd = batch(2000, 100)
check.value("batches of ordinary size", seen_on_a_large_batch, true_summary, at=[crowd])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 10 · A network from six calls
#
# Three arms of a spiral, 50 points each, to be told apart. The network has one hidden
# layer; `maximum(..., 0)` is its ReLU. On the way back every line of the forward pass
# is answered by one call of yours, last line first. An engine does the same, with the
# list of calls written down while the forward pass runs: that is lesson 4, with arrays
# for numbers.


# %%
def loss_and_slopes(p, x, y):
    """Loss of the network with parameters `p`, and the gradient of each of them."""
    pre = x @ p["w1"]
    bent = pre + p["b1"]
    hidden = np.maximum(bent, 0.0)
    raw = hidden @ p["w2"]
    logits = raw + p["b2"]
    loss, g = softmax_xent(logits, y)
    slopes = {}
    g, slopes["b2"] = vjp_binary("add", raw, p["b2"], logits, g)
    g, slopes["w2"] = vjp_matmul(hidden, p["w2"], g)
    g, _ = vjp_binary("maximum", bent, 0.0, hidden, g)
    g, slopes["b1"] = vjp_binary("add", pre, p["b1"], bent, g)
    _, slopes["w1"] = vjp_matmul(x, p["w1"], g)
    return loss, slopes


rng = np.random.default_rng(11)
y_arms = np.repeat([0, 1, 2], 50)
radius = np.tile(np.linspace(0.1, 1.0, 50), 3)
angle = 4 * radius + 2 * np.pi / 3 * y_arms + 0.15 * rng.normal(size=150)
x_arms = 2 * radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
params = {"w1": rng.normal(size=(2, 32)), "b1": 0.1 * rng.normal(size=32)}
params |= {"w2": 0.3 * rng.normal(size=(32, 3)), "b2": np.zeros(3)}

# %% [markdown]
# Before training, the referee of lesson 1. Each parameter has the shape of its
# gradient; do the numbers agree, too?

# %%
outcome = attempt(lambda: loss_and_slopes(params, x_arms, y_arms)[1])
for name in params:
    if isinstance(outcome, str):
        print(outcome)
        break
    measured = finite.gradient(
        lambda v, name=name: loss_and_slopes(params | {name: v}, x_arms, y_arms)[0],
        params[name],
    )
    off = abs(outcome[name] - measured).max() / abs(measured).max()
    print(f"{name}  shape {outcome[name].shape!s:8s} relative difference {off:.1e}")


# %%
def train(p, steps=1500, rate=0.5):
    """Losses on the way; `p` is left alone, the trained parameters come back."""
    losses = []
    for _ in range(steps):
        loss, slopes = loss_and_slopes(p, x_arms, y_arms)
        losses.append(loss)
        p = {name: p[name] - rate * slopes[name] for name in p}
    return losses, p


trained = attempt(lambda: train(params))
if isinstance(trained, str):
    print(trained)
else:
    losses, p = trained
    scores = np.maximum(x_arms @ p["w1"] + p["b1"], 0) @ p["w2"] + p["b2"]
    right = np.mean(scores.argmax(axis=1) == y_arms)
    print(f"loss {losses[0]:.3f} at first, {losses[-1]:.3f} at last; {right:.0%} right")

products = 150 * 32 * 2 + 150 * 3 * 32  # and as many additions, biases included
print("forward, one node per number:", 2 * products + 150 * 32, "nodes before softmax")
print("forward, one node per array operation: 6 nodes, softmax and all")

# %% [markdown]
# ## 11 · Break it
#
# Three ways to fold a cotangent back; each has been somebody's code. And three tests of
# them; each has been somebody's test suite. Run the trials for all three rules. Then
# say for each rule **which of the trials catch it**, by name, as in
# `caught["rule_a"] = ["shape only"]`. (Shown, never counted.)
#
# *What the check looks at:* "caught by" (one line for each rule).

# %%
rules = {
    "rule_a": lambda g, shape: g.sum(axis=tuple(range(g.ndim - len(shape)))),
    "rule_b": lambda g, shape: g.reshape(-1, *shape).sum(axis=0),
    "rule_c": lambda g, shape: g.mean(axis=-1, keepdims=True),
}
steps = np.arange(12.0).reshape(3, 4)
trials = {
    "shape only": lambda rule: rule(steps, (3, 1)).shape == (3, 1),
    "cotangent of ones": lambda rule: np.array_equal(
        rule(np.ones((3, 4)), (3, 1)), np.full((3, 1), 4.0)
    ),
    "uneven cotangent": lambda rule: np.array_equal(
        rule(steps, (3, 1)), [[6.0], [22.0], [38.0]]
    ),
}


def caught_by(rule):
    return [name for name, passes in trials.items() if not passes(rules[rule])]


print("rule_a is caught by", caught_by("rule_a"))

# %% solution="p5-caught"
caught = {"rule_a": None, "rule_b": None, "rule_c": None}
# BEGIN SOLUTION
caught["rule_a"] = ["shape only", "cotangent of ones", "uneven cotangent"]
caught["rule_b"] = ["uneven cotangent"]
caught["rule_c"] = ["cotangent of ones", "uneven cotangent"]
# END SOLUTION

# %% check
check = Check("p5-caught", visible=0, hidden=0)
truths = {
    "rule_a": lambda: caught_by("rule_a"),
    "rule_b": lambda: caught_by("rule_b"),
    "rule_c": lambda: caught_by("rule_c"),
}
check.facts("caught by", caught, truths)
check.score()

# %% [markdown]
# Only uneven numbers catch all three. And mark what *all* trials miss: rules that are
# right for (3, 1) from (3, 4) and wrong elsewhere. Shapes are inputs, too; a test needs
# many of them.
#
# ## 12 · Check yourself
#
# Answer aloud, then unfold.
#
# <details><summary>1. <code>out = x - x.mean(axis=0)</code>, x of shape (40, 3). How
# does the cotangent g of out reach x?</summary>
#
# On two roads. Straight: g. Through the mean: minus the column sums of g (unbroadcast),
# spread evenly over the 40 rows (divided by 40). Together g − mean of g over the rows.
# Both add up.
#
# </details>
# <details><summary>2. A test of matmul's rule uses two 4 × 4 matrices. What can it not
# see?</summary>
#
# Nothing that shapes would have told: it has to be the numbers, and if the cotangent is
# ones, or a matrix is symmetric, a wrong order or a missing transpose can pass.
#
# </details>
# <details><summary>3. Why may <code>vjp_sum</code> not just return
# <code>np.broadcast_to(...)</code>?</summary>
#
# It may, for as long as nobody writes into it. It is a read-only view in which one
# number stands for many entries. An engine that adds up gradients in place would stop
# with an error.
#
# </details>
# <details><summary>4. Inverse of the permutation (2, 0, 1)? Of (0, 2, 1)?</summary>
#
# (1, 2, 0); and (0, 2, 1) itself, a swap.
#
# </details>
# <details><summary>5. Each row of the gradient of softmax and cross-entropy adds up
# to 0. Why?</summary>
#
# Adding one number to a whole row of logits changes no probability, so the slope in
# that direction, which is the sum of the row, is 0.
#
# </details>

# %% [markdown]
# ## 13 · In the wild
#
# HIPS `autograd` was the package that made array autodiff popular in Python. In August
# 2015 a user reported that picking an entry twice halved the gradient: for the sum of
# `x[[0, 0]]` the numerical check said 2, the package 1
# ([HIPS/autograd#39](https://github.com/HIPS/autograd/issues/39)). The cause was a `+=`
# on an indexed array; the reporter named the cure as well, `np.add.at`. A year later
# somebody proposed the faster `+=` again, for indices that cannot repeat
# ([HIPS/autograd#136](https://github.com/HIPS/autograd/pull/136)); tests failed at
# first, and the maintainers remembered why `add.at` was there. In 2017 the same mistake
# was found in PyTorch
# ([pytorch/pytorch#1528](https://github.com/pytorch/pytorch/issues/1528)): of an entry
# that was picked twice, only the last use got a gradient.
#
# Here is the check of 2015, with your rule:

# %%
one, zeros = np.array([1.0]), np.array([0, 0])
measured = finite.gradient(lambda v: np.sum(v[zeros]), one)
ruled = attempt(lambda: vjp_view("getitem", one, one[zeros], np.ones(2), zeros))
print("measured:", measured.round(9), "  your rule:", ruled)

# %% [markdown]
# Two more, for comparison with section 4: in 2017 TensorFlow.js (then *deeplearn.js*)
# took the *mean* where broadcasting needs the sum; the question in the pull request was
# whether a test should say 7 or 42
# ([tfjs-core#398](https://github.com/tensorflow/tfjs-core/pull/398)). And in MXNet all
# entries of a tie got the whole cotangent of a maximum
# ([apache/mxnet#18563](https://github.com/apache/mxnet/issues/18563)).
#
# ## 14 · Interview corner
#
# Half a minute each, aloud, before you unfold. Then run the evidence.
#
# **Question 1.** Why is the gradient of a bias a sum over the batch, and not a mean?
# <details><summary>An answer</summary>
#
# The bias is used once per example, and the shares of all uses add up. If the loss is a
# *mean* over the batch, the factor 1/N sits in the cotangent already; dividing again
# counts it twice. *Trap:* "with a batch of one both are right", so a test with one
# example sees nothing.
#
# </details>

# %%
rng = np.random.default_rng(12)
x, b, u = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=(5, 3))
print("measured", finite.gradient(lambda v: np.sum(u * (x + v)), b).round(6))
print("sum     ", u.sum(axis=0).round(6))
print("mean    ", u.mean(axis=0).round(6))

# %% [markdown]
# **Question 2.** What does the way back through a linear layer cost, compared with the
# way there?
# <details><summary>An answer</summary>
#
# Twice as much: one matrix product forward, two back, with the same three sizes each.
# So a training step is about three forward passes. *Trap:* the first layer. Nobody
# needs the gradient of the data, so there it is one for one.
#
# </details>


# %%
class Counting(np.ndarray):
    """An array that counts the multiplications of its matrix products."""

    done = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        plain = [np.asarray(v) for v in inputs]
        if ufunc is np.matmul:
            stacks = np.broadcast_shapes(plain[0].shape[:-2], plain[1].shape[:-2])
            Counting.done += int(
                np.prod((*stacks, *plain[0].shape[-2:], plain[1].shape[-1]))
            )
        return getattr(ufunc, method)(*plain, **kwargs).view(Counting)


x, w = np.ones((64, 128)).view(Counting), np.ones((128, 32)).view(Counting)
out = x @ w
print("forward :", Counting.done)
attempt(lambda: vjp_matmul(x, w, out))
print("backward:", Counting.done - 64 * 128 * 32)

# %% [markdown]
# **Question 3.** Why is softmax fused with cross-entropy, when the chain rule gives the
# same?
# <details><summary>An answer</summary>
#
# In exact arithmetic it does. In floating point a probability can be rounded to 0; its
# logarithm is then infinite, and the way back divides by it. Fused, the quotient
# cancels on paper: probabilities minus one-hot. *Trap:* the loss may be finite and the
# gradient wrong, or the reverse; look at both.
#
# </details>

# %%
z, y = np.array([[800.0, 0.0]]), np.array([1])
with np.errstate(all="ignore"):
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    apart_loss = -np.log(p[0, 1])
    g = np.array([[0.0, -1.0]]) / p  # the way back through -log(p[y])
    apart = p * (g - (g * p).sum())  # the way back through softmax
print("apart: loss", apart_loss, " gradient", apart)
print("fused:", attempt(lambda: softmax_xent(z, y)))

# %% [markdown]
# ## 15 · Stretch: one rule for all products
#
# *2 points (1 + 1 hidden), shown apart and never needed for full marks · about 20
# minutes · difficulty 4 of 5*
#
# `np.einsum("ij,jk->ik", a, b)` is a matrix product, spelled with the index way of
# section 7: a letter for each axis; letters that the result does not have are summed
# over. Its backward rule is so regular that it can be read off the letters.
#
# **Goal.** The cotangents of `a` and `b` for `np.einsum(spec, a, b)`.
#
# **Signature.** `vjp_einsum(spec, a, b, g) -> (ga, gb)`. `spec` has the form
# `"ij,jk->ik"`: two operands, an arrow, the letters of the result; no spaces, no dots,
# no letter twice in one operand or in the result. A letter has one size everywhere.
#
# **Worked example.** For `"ij,jk->ik"`: `ga = np.einsum("ik,jk->ij", g, b)`. Swap the
# result with the operand that you want.
#
# **What the check looks at**
#
# - "products": matrix, outer and inner products, stacks, transposed results;
# - "letters summed alone": in `"ij,jk->k"` the letter `i` is in `a` only. What does
#   each row of `a` get?
# - "dot test": pushing `v` through `einsum` in place of `a`, then in place of `b`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write the example above for any spec. It fails for a letter that neither `g` nor the
# other operand has. Forward, that axis was summed; so what happens on the way back?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *letters summed alone* fails with an error from `einsum` at `"ij,jk->k"`: the result
# asks for `i`, and nobody has it. Leave `i` out first; then give it an axis of size 1
# and copy along it.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# operands, result = spec.split("->")
# for_a, for_b = operands.split(",")
#
# def way_back(mine, shape, others, other):
#     known = ...                          # letters of mine that g or other has
#     part = np.einsum(..., g, other)      # result,others -> known
#     ...                                  # axes of size 1 for the letters left out
#     return np.broadcast_to(part, shape).copy()
# ```
#
# </details>


# %% solution="s5-einsum-vjp"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    # BEGIN SOLUTION
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result + others)
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape).copy()

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)
    # END SOLUTION


# %% check
def einsum_back(spec, a, b, g):
    ga, gb = vjp_einsum(spec, a, b, g)
    return [ga, gb]


RIGHT = np.arange(1.0, 13.0).reshape(3, 4)


def left_of_chain(x, u):
    return vjp_einsum("ijk,kl->lj", x, RIGHT, u)[0]


check = Check("s5-einsum-vjp", visible=1, hidden=1)
a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0], [6.0]])
g = np.array([[10.0], [-1.0]])
answer = [[[50, 60], [-5, -6]], [[7], [16]]]
check.value("products", einsum_back, [answer], at=[("ij,jk->ik", a, b, g)])
answer = [[[50, 60], [50, 60]], [[40], [60]]]
at = [("ij,jk->k", a, b, g[0])]
check.value("letters summed alone", einsum_back, [answer], at=at)
check.adjoint(
    "dot test",
    lambda x, v: np.einsum("ijk,kl->lj", v, RIGHT),
    left_of_chain,
    at=[(np.zeros((2, 5, 3)), (4, 5))],
)
# BEGIN HIDDEN TESTS
check.hidden()
SIZES = {"i": 2, "j": 3, "k": 4, "l": 5, "b": 2}


def einsum_unit_sums(spec, a, b, g):
    found = [np.zeros(a.shape), np.zeros(b.shape)]
    for total in found:
        for place in np.ndindex(total.shape):
            unit = np.zeros(total.shape)
            unit[place] = 1.0
            pair = (unit, b) if total is found[0] else (a, unit)
            total[place] = np.sum(g * np.einsum(spec, *pair))
    return found


def specs(*names):
    cases = []
    for spec in names:
        parts = spec.replace("->", ",").split(",")
        arrays = [check.random(tuple(SIZES[c] for c in part)) for part in parts]
        cases.append((spec, *arrays))
    return cases


usual = [
    "ij,jk->ik",
    "ij,jk->ki",
    "i,j->ij",
    "i,i->",
    "bij,bjk->bik",
    "ij,ij->ij",
    "ij,->ij",
]
check.value("products", einsum_back, einsum_unit_sums, at=specs(*usual, "bij,jk->kib"))
alone = [
    "ij,jk->k",
    "ij,kl->jl",
    "ij,k->",
    "ijk,k->j",
    "i,jk->ik",
    "bij,jkl->il",
    "i,j->",
]
check.value("letters summed alone", einsum_back, einsum_unit_sums, at=specs(*alone))
check.adjoint(
    "dot test",
    lambda x, v: np.einsum("jl,ijk->ik", RIGHT, v),
    lambda x, u: vjp_einsum("jl,ijk->ik", RIGHT, x, u)[1],
    at=[(np.zeros((2, 3, 5)), (2, 5))],
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 16 · One page to take away
#
# **Shape.** A gradient has the shape of its array. Necessary, never sufficient.
#
# **Copies and sums.** Copied forward, summed backward. Summed forward, copied backward.
#
# | forward | backward, given `g` |
# |---|---|
# | stretch to a larger shape | sum over the stretched axes (`unbroadcast`) |
# | `a + b`, `a - b` | `g` and `g`; `g` and `-g`; then fold |
# | `a * b`, `a / b` | `g * b` and `g * a`; `g / b` and `-g * out / b`; then fold |
# | `maximum`, `max` | `g` to the larger; ties share it |
# | `sum`, `mean` | grow the axis back, copy; divide by the count |
# | `a @ b` | `g @ b.T` and `a.T @ g` (last two axes), fold the stacks |
# | `reshape`, `transpose` | reshape back; inverse permutation |
# | `x[index]` | zeros, then add at `index`, repeats included |
# | softmax + cross-entropy | (probabilities − one-hot) / N, after a shift |
#
# **Deriving.** By index: write the operation with indices, sum over those that the
# input does not have. By shape: guess the product that fits, let the dot test decide.
#
# **Testing.** Cotangents that are random, never ones. Shapes that differ, with an axis
# of size 1 and one missing. Permutations of three axes. Repeated indices. Ties. ±1000.
#
# **Memory.** Results of a backward rule should own their memory: `reshape`, `transpose`
# and `broadcast_to` hand out views.
#
# **Next.** Lesson 6 opens PyTorch (install it first; lessons 1 to 5 do without), whose
# backward rules are these. Back to the [map of the course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
