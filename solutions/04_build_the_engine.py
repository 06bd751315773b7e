# %% [markdown]
# # Lesson 4 · Build the engine: `Value`
#
# **Reading: about 26 minutes** (at 200 words a minute, hints included).
# **Exercises: about 85 minutes** for 20 points; the stretch at the end is extra.
#
# In lesson 3 you went backwards through a program that somebody had written down for
# you as a list of steps. Nobody writes neural networks that way. In this lesson the
# list writes itself: you build a number type that *records* what is done to it while
# ordinary Python code runs, and a `backward` that walks the record from the result to
# the inputs. Then you train a network with it. It is, in miniature, what PyTorch does.
#
# **After this lesson you can**
#
# - record a computation as a graph while it runs;
# - put the graph in an order that makes one backward sweep right, however deep it is;
# - say which gradients add up, which are overwritten, and why that is not a detail;
# - train a small network on an engine in which you know every line;
# - recognise five bugs that such engines really had.
#
# **You need** lessons 2 (a number type with its own `+` and `*`) and 3 (adjoints, and
# why fan-out means a sum).

# %%
import gc
import math
import weakref
from collections import Counter

import numpy as np

from graders import Check, Tolerance
from graders.show import figure, subplots, table

# %% [markdown]
# ## 1 · A hook: 27, then 45
#
# Here is a complete engine for products. Each number keeps a function `pull` that hands
# its gradient on to what it was made from, and a class-wide tape keeps all numbers in
# the order of their birth. `backward` is lesson 3's sweep: the tape in reverse.
#
# Then we ask three times for the slope of $x^3$ at 3, which is $3 \cdot 3^2 = 27$.
# Before each call we set `x.grad` back to 0, as every training loop does. What will be
# printed?


# %%
class Careless:
    """A number with a tape. It looks right, and it is short."""

    tape = []

    def __init__(self, data):
        self.data, self.grad, self.pull = data, 0.0, lambda: None
        Careless.tape.append(self)

    def __mul__(self, other):
        out = Careless(self.data * other.data)

        def pull():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.pull = pull
        return out

    def backward(self):
        self.grad = 1.0
        for node in reversed(Careless.tape):
            node.pull()


# %%
x = Careless(3.0)
y = x * x * x
for call in (1, 2, 3):
    x.grad = 0.0
    y.backward()
    print(f"call {call}: x.grad = {x.grad}")

# %% [markdown]
# The formula has not changed, the inputs have not changed, and the gradient of the
# input was cleared. Still 45, then 63. The first call was right; whoever tests an
# engine with one call of `backward` ships this.
#
# Take a pencil and follow the second call. Which number besides `x.grad` was still
# there from the first? (The answer comes in section 7. You will build an engine without
# this bug, and without four others.)
#
# ## 2 · Predict
#
# Three guesses, free of charge. Replace each `None` by a number.
#
# 1. In a *right* engine, where gradients of inputs add up from call to call, you call
#    `y.backward()` twice for $y = x^3$ at 3, and clear nothing. What is `x.grad`?
# 2. `y = x + x`. How many different nodes does the graph of `y` have?
# 3. Start with `y = x` and write `y = y + y` twenty times. How many paths lead from `y`
#    back to `x`?

# %% solution="p4-guesses"
guesses = {
    "x.grad after two calls": None,
    "nodes of x + x": None,
    "paths of the ladder": None,
}
# BEGIN SOLUTION
guesses["x.grad after two calls"] = 54
guesses["nodes of x + x"] = 2
guesses["paths of the ladder"] = 2**20
# END SOLUTION


# %% check
def paths_of_ladder(rungs):
    paths = 1
    for _ in range(rungs):
        paths = paths + paths
    return paths


check = Check("p4-guesses", visible=0, hidden=0)
check.facts(
    "guess",
    guesses,
    truths={
        "x.grad after two calls": lambda: np.polyval(np.polyder([2, 0, 0, 0]), 3),
        "nodes of x + x": lambda: len({"x", "x + x"}),
        "paths of the ladder": lambda: paths_of_ladder(20),
    },
)
check.score()

# %% [markdown]
# The third one is the reason why section 6 exists.
#
# ## 3 · A picture: what has to be recorded
#
# Take $a = x \cdot x$, $b = a \cdot x$, $y = a \cdot b$ at $x = 2$. (So $y = x^5$, with
# slope $5 \cdot 2^4 = 80$.) When `y` exists, which facts about the past are needed to
# find that 80? Only two a step: *from which numbers* a value was made, its **parents**,
# and the slope of that one step with respect to each parent, its **partials**. For $y =
# a \cdot b$ these are $b = 8$ and $a = 4$.
#
# Below the figure is what an engine makes of these facts, step by step: as a table, and
# as a picture to walk through with the arrow keys. The first line gives `a` a gradient.
# May `a` hand it on at once?

# %%
places = {"x": (0, 0), "a": (1.5, 1), "b": (3, 0), "y": (4.5, 1)}
values = {"x": 2.0, "a": 4.0, "b": 8.0, "y": 32.0}
edges = [("x", "a", 2.0), ("x", "a", 2.0), ("a", "b", 2.0), ("x", "b", 4.0)]
edges += [("a", "y", 8.0), ("b", "y", 4.0)]
fig, ax = subplots(figsize=(7, 2.9))
for k, (parent, user, partial) in enumerate(edges):
    (x0, y0), (x1, y1) = places[parent], places[user]
    bend = (0.18, -0.18)[k] if k < 2 else 0.0
    arrow = {"arrowstyle": "->", "color": "#0072B2", "shrinkA": 17, "shrinkB": 17}
    arrow |= {"connectionstyle": f"arc3,rad={bend}"}
    ax.annotate("", xy=(x1, y1), xytext=(x0, y0), arrowprops=arrow)
    at = ((x0 + x1) / 2 + (bend or 0.07), (y0 + y1) / 2 - (bend or 0.07))
    ax.text(*at, f"{partial:g}", color="#D55E00", ha="center", va="center")
for name, at in places.items():
    box = {"boxstyle": "round,pad=0.4", "facecolor": "white"}
    ax.text(*at, f"{name} = {values[name]:g}", ha="center", va="center", bbox=box)
ax.set(xlim=(-0.6, 5.1), ylim=(-0.5, 1.5), xticks=[], yticks=[], frame_on=False)
figure(
    fig,
    alt="A graph of four nodes from left to right: x = 2, a = 4, b = 8, y = 32. Six "
    "arrows run from parents to what was made of them, each with its partial: two from "
    "x to a (2 and 2), one from a to b (2), one from x to b (4), one from a to y (8), "
    "one from b to y (4). From a there is a short way to y and a longer one through b.",
    table=[["from", "to", "partial"], *edges],
)

# %%
from autograd_ref.playground import twin

table(
    twin("stepper", "a = x*x; b = a*x; a*b", {"x": 2.0}),
    caption="What is handed on, from y (here v3) back to x",
)

# %%
from autograd_ref.playground import scene

scene("stepper", "a = x*x; b = a*x; a*b", {"x": 2.0})

# %% [markdown]
# No: 8 more come from `b`. Switch *visit breadth-first* on, and `a` does not wait;
# *overwrite*, and it forgets the first 8. *One path at a time* gets every number right,
# with 9 visits for 4 nodes. All three come back.
#
# The chain rule, read off the figure: **multiply the partials along a path, and add
# up all paths.** From $y$ down to $x$ there are five:
#
# $$ \underbrace{8 \cdot 2}_{a} + \underbrace{8 \cdot 2}_{a} +
#    \underbrace{4 \cdot 2 \cdot 2}_{b,\ a} + \underbrace{4 \cdot 2 \cdot 2}_{b,\ a} +
#    \underbrace{4 \cdot 4}_{b} = 80 . $$
#
# That sentence, as code, is `by_paths` below. It will check your first two exercises:
# it sees nothing of your number but `parents` and `partials`. It is not a `backward`,
# for it takes one path at a time, and you just guessed how many there can be.


# %%
def by_paths(root, leaf):
    """Slope of `root` with respect to `leaf`: products of partials, over all paths."""
    if root is leaf:
        return 1.0
    steps = zip(root.parents, root.partials, strict=True)
    return sum(partial * by_paths(parent, leaf) for parent, partial in steps)


def slope_by_paths(f, x):
    """Slope of `f` at the number `x`, by recording one call of it."""
    leaf = Value(x)
    return by_paths(f(leaf), leaf)


def lift(value):
    """`value` as a Value; a plain number becomes a leaf of its own."""
    return value if isinstance(value, Value) else Value(value)


def attempt(probe):
    """`probe()`, or the name and message of the error that it raised."""
    try:
        return probe()
    except Exception as error:
        return f"({type(error).__name__}: {error})"


# %% [markdown]
# ## 4 · Build: numbers that remember
#
# ### Exercise 1 · Record sums and products
#
# **Goal.** Complete `class Value`, so that `+`, `-` and `*` compute as always and
# record what they did. Plain numbers may stand on either side.
#
# **Signature.** `Value(data, parents=(), op="", partials=())`; `__init__` and
# `__repr__` are there already. These attributes are public, and all later exercises
# build on them:
#
# | attribute | holds | of a leaf |
# |---|---|---|
# | `data` | the number | the number |
# | `grad` | a place for the gradient, `0.0` at first | the same |
# | `parents` | a tuple of the `Value`s it was made from | `()` |
# | `op` | what was done, as a word: `"add"`, `"sub"`, `"mul"`, `"neg"` | `""` |
# | `partials` | a tuple of plain numbers: the slope for each parent, in order | `()` |
#
# A number that was made by no operation is a **leaf**. You may say one operation in
# terms of others (`a - b` as `a + (-b)`); then the graph has a node more, and its words
# are those of the operations used.
#
# **Worked example.** For `a = Value(3.0)` and `b = Value(4.0)`, the product `c = a * b`
# has `c.data == 12.0`, `c.parents == (a, b)`, `c.op == "mul"` and `c.partials == (4.0,
# 3.0)`: if `a` moves by a little, `c` moves `4.0` times as much.
#
# *3 points (1 + 2 hidden) · about 13 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **values** of sums, both differences and products;
# - **plain numbers on either side**, as in `2 - x`: values and slopes;
# - **slopes**, by `by_paths`, to 12 digits;
# - **what a node remembers**: for `a + b` and `a * b` of two `Value`s the word, the
#   very two parents in a tuple, and `grad` 0.0; a leaf has no parents and no word;
# - **the word says what was done**: each node's `data` is recomputed from its `op` and
#   its parents' `data`;
# - **minus sign**: `-x`;
# - **sum of a list**: Python's `sum` starts from the plain number 0;
# - **the same number twice**: `x * x`, `x + x`, `x - x`;
# - **operands stay as they were**: recording changes neither `data` nor `grad` of a
#   parent;
# - **fixed when made**: partials are numbers, computed when the operation runs; if the
#   `data` of a parent is changed later, they stay;
# - **numbers of any size**: from $10^{-300}$ to $10^{150}$, for no step is hidden
#   inside;
# - **slopes of polynomials**, in closed form and compared with measured slopes.
#
# <details><summary>Hint 1: a nudge</summary>
#
# An operation is one line: compute the number, and tell the new `Value` its parents and
# its partials. What are the partials of $a - b$? Which operation is `2 - x`, seen from
# `x`?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *plain numbers on either side* fails at `2 - Value(3.0)`: the value is −1, and so is
#   the slope.
# - *slopes* fails at `Value(3.0) * Value(4.0)` if only one parent is kept: the slope
#   for the other is 0 then.
# - *sum of a list* fails with `unsupported operand` if `__radd__` is missing.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def __mul__(self, other):
#     other = lift(other)              # a plain number becomes a leaf
#     return Value(
#         ...,                         # the number
#         (self, other), "mul",        # from which numbers, by what
#         (..., ...),                  # slope for self, slope for other
#     )
#
# def __rsub__(self, other):           # other - self
#     return lift(other) - self
# ```
#
# </details>
#
# <details><summary>Did an error stop you? The usual ones, by message</summary>
#
# | message | what it says |
# |---|---|
# | `unsupported operand type(s) for +: 'int' and 'Value'` | no `__radd__` |
# | `'float' object has no attribute 'data'` | a plain number came: `lift` it first |
# | `zip() argument 2 is shorter than argument 1` | fewer partials than parents |
# | `'Value' object is not iterable` | `parents=(self)` is no tuple; `(self,)` is |
# | `maximum recursion depth exceeded` | `__radd__` calls `other + self`: itself |
#
# </details>


# %% solution="e1-recorded-arithmetic"
class Value:
    """A number that remembers how it was made.

    `parents` are the Values it was made from, `op` says by what, and `partials` are the
    slopes of that one step, one for each parent. A leaf was made by nothing.
    """

    def __init__(self, data, parents=(), op: str = "", partials=()) -> None:
        self.data, self.grad = data, 0.0
        self.parents, self.op, self.partials = parents, op, partials

    def __repr__(self) -> str:
        return f"Value({self.data!r}, grad={self.grad!r})"

    def __add__(self, other: "Value | float") -> "Value":
        # BEGIN SOLUTION
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))
        # END SOLUTION

    def __radd__(self, other: float) -> "Value":
        # BEGIN SOLUTION
        return self + other
        # END SOLUTION

    def __neg__(self) -> "Value":
        # BEGIN SOLUTION
        return Value(-self.data, (self,), "neg", (-1.0,))
        # END SOLUTION

    def __sub__(self, other: "Value | float") -> "Value":
        # BEGIN SOLUTION
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))
        # END SOLUTION

    def __rsub__(self, other: float) -> "Value":
        # BEGIN SOLUTION
        return lift(other) - self
        # END SOLUTION

    def __mul__(self, other: "Value | float") -> "Value":
        # BEGIN SOLUTION
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)
        # END SOLUTION

    def __rmul__(self, other: float) -> "Value":
        # BEGIN SOLUTION
        return self * other
        # END SOLUTION


# %%
# Functions that the check below calls, with numbers of several types.
def combine(a, b):
    """Sum, differences and product of two numbers of any type."""
    return [a + b, b + a, a - b, b - a, a * b, b * a]


def horner(coefficients, x):
    """Value of a polynomial, highest power first."""
    result = 0.0
    for c in coefficients:
        result = result * x + c
    return result


def data_of(made):
    """The plain numbers of a list of Values."""
    return [value.data for value in made]


def fifth(x):
    """x**5 by way of a = x * x and b = a * x, as in the picture."""
    a = x * x
    b = a * x
    return a * b


# %% check
check = Check("e1-recorded-arithmetic", visible=1, hidden=2)


def two(a, b):
    return data_of(combine(Value(a), Value(b)))


def two_slopes(a, b):
    a, b = Value(a), Value(b)
    return [(by_paths(made, a), by_paths(made, b)) for made in combine(a, b)]


def mixed(a, c):
    a = Value(a)
    made = combine(a, c)
    return [data_of(made), [by_paths(one, a) for one in made]]


def remembered(a, b):
    a, b, found = Value(a), Value(b), []
    for made in (a + b, a * b):
        kept = isinstance(made.parents, tuple) and len(made.parents) == 2
        same = kept and made.parents[0] is a and made.parents[1] is b
        found.append([made.op, same, made.grad])
    return [*found, [a.op, len(a.parents) == 0, a.grad]]


def polynomial(coefficients, x):
    return slope_by_paths(lambda z: horner(coefficients, z), x)


pair = [(3.0, 4.0)]
by_hand = [[(1, 1), (1, 1), (1, -1), (-1, 1), (4, 3), (4, 3)]]
memory = [[["add", True, 0.0], ["mul", True, 0.0], ["", True, 0.0]]]
check.value("values", two, [[7, 7, -1, 1, 12, 12]], at=pair)
check.value("slopes", two_slopes, by_hand, at=pair)
by_hand = [[[5, 5, 1, -1, 6, 6], [1, 1, 1, -1, 2, 2]]]
check.value("plain numbers on either side", mixed, by_hand, at=[(3.0, 2)])
check.value("what a node remembers", remembered, memory, at=pair)
check.derivative(
    "slopes of polynomials",
    slope_by_paths,
    lambda x: horner([2, 0, -1, 3], x),
    at=[-1.5, 0.2, 3.0],
)
# BEGIN HIDDEN TESTS
check.hidden()


def combined(a, b):
    return [a + b, a + b, a - b, b - a, a * b, a * b]


def slopes(a, b):
    return [(1, 1), (1, 1), (1, -1), (-1, 1), (b, a), (b, a)]


def history(node):
    """(op, data, parents' data) of a node and of all that it was made from."""
    rows = [(node.op, node.data, data_of(node.parents))]
    return rows + [row for parent in node.parents for row in history(parent)]


def told(a, b):
    a, b = Value(a), Value(b)
    return [history(made) for made in [*combine(a, b), -a, a - 2.0, 2.0 - a]]


def was_done(histories, *case):
    rules = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y}
    rules |= {"mul": lambda x, y: x * y, "neg": lambda x: -x, "": None}
    for op, data, above in [row for rows in histories for row in rows]:
        if op not in rules or (op == "") != (not above):
            return f"a node made from {len(above)} parents has the word {op!r}"
        if op and abs(rules[op](*above) - data) > 1e-12 * abs(data):
            return f"{op} of {above} is not {data}"
    return True


def minus(a):
    a = Value(a)
    made = [-a, -(-a), -a * -a]
    return [data_of(made), [by_paths(one, a) for one in made]]


def total(*numbers):
    leaves = [Value(x) for x in numbers]
    made = sum(leaves)
    return [made.data, [by_paths(made, leaf) for leaf in leaves]]


def with_itself(x):
    x = Value(x)
    made = [x * x, x + x, x - x, x * x * x, (x + 1) * (x + 1)]
    return [data_of(made), [by_paths(one, x) for one in made]]


def untouched(a, b):
    a, b = Value(a), Value(b)
    a.grad, b.grad = 0.25, -4.0
    combine(a, b), combine(a, 2.0)
    return [a.data, a.grad, b.data, b.grad, len(a.parents), len(b.parents)]


def changed_later(a, b):
    a, b = Value(a), Value(b)
    made = combine(a, b)
    a.data, b.data = 100.0, 200.0
    return [(by_paths(one, a), by_paths(one, b)) for one in made]


near = Tolerance(rel=1e-12, abs=1e-12)
pairs = list(map(tuple, check.random((4, 2)).tolist()))
plain = [(a, c) for (a, _), c in zip(pairs, [3, -0.7, 2.5, 0], strict=True)]
spots = check.random(4).tolist()
many = [(check.random(5).tolist(), x) for x in spots]
big, small = 1e150, 1e-300
check.value("values", two, combined, at=pairs)
check.value("slopes", two_slopes, slopes, at=pairs)
check.value(
    "plain numbers on either side",
    mixed,
    lambda a, c: [combined(a, c), [1, 1, 1, -1, c, c]],
    at=plain,
)
check.value("what a node remembers", remembered, memory * 4, at=pairs)
check.behaviour("the word says what was done", told, was_done, at=pairs[:2])
check.value(
    "minus sign", minus, lambda a: [[-a, a, a * a], [-1, 1, 2 * a]], at=spots, tol=near
)
check.value("sum of a list", total, lambda *x: [sum(x), [1.0] * len(x)], at=pairs)
check.value(
    "the same number twice",
    with_itself,
    lambda x: [
        [x * x, 2 * x, 0.0, x**3, (x + 1) ** 2],
        [2 * x, 2.0, 0.0, 3 * x * x, 2 * x + 2],
    ],
    at=spots,
    tol=near,
)
check.value(
    "operands stay as they were",
    untouched,
    lambda a, b: [a, 0.25, b, -4.0, 0, 0],
    at=pairs,
)
check.value("fixed when made", changed_later, slopes, at=pairs)
check.value(
    "numbers of any size",
    lambda a, b: [[d / b, e / a] for d, e in two_slopes(a, b)[4:]],
    lambda a, b: [[1.0, 1.0], [1.0, 1.0]],
    at=[(big, small), (small, big), (3.0, big)],
)
check.value(
    "slopes of polynomials",
    polynomial,
    lambda c, x: np.polyval(np.polyder(c), x),
    at=many,
    tol=near,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 5 · Build: division, powers, functions
#
# The rest of the operations is more of the same: one value, one partial for each
# parent. The formulas are those of lesson 2, but something is missing from them. A dual
# number multiplied each slope at once by the tangent that came in. Here nothing comes
# in yet; the slope is only *stored*.
#
# As in lesson 2, `@extends(Value)` attaches a function to the class as a method.


# %%
def extends(cls):
    """A decorator that attaches a function to `cls` as a method of the same name."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


def apply(name, x):
    """`exp`, `log` or `tanh` of a plain number, or of what has a method of the name."""
    if isinstance(x, (int, float)):
        return getattr(math, name)(x)
    return getattr(x, name)()


def sixth(x, swap):
    """x**6, as x**4 times x**2, or the other way round."""
    a = x * x
    c = (x * a) * x
    return a * c if swap else c * a


# %% [markdown]
# ### Exercise 2 · Seven more operations
#
# **Goal.** Give `Value` division, powers and four functions.
#
# **Signature.** `__truediv__(self, other)`, `__rtruediv__(self, other)`,
# `__pow__(self, n)` with a plain number `n`, and the methods `exp()`, `log()`,
# `tanh()`, `relu()`; each returns a new `Value`. The words for `op` are `"div"`,
# `"pow"`, `"exp"`, `"log"`, `"tanh"`, `"relu"`. As before, an operation may be made of
# others.
#
# **Worked example.** `Value(3.0) ** 2` has the value 9, one parent (the exponent is not
# a `Value`) and the partial $2 \cdot 3 = 6$.
#
# *4 points (1 + 3 hidden) · about 17 minutes · difficulty 2 of 5 · importance 4 of 5*
#
# **What the check looks at** (all slopes by `by_paths`)
#
# - **each operation**: value and slope to 12 digits;
# - **quotients**: `Value` by `Value`, by a number, number by `Value`;
# - **whole powers of any base**, as `Value(-3.0) ** 3`; negative exponents too;
# - **powers at zero**: 0 to the power 0, 1, 2. $x^0$ is the constant 1 with slope 0;
# - **exponents of any number type**: `2`, `2.0`, `np.int64(2)`, `np.float64(0.5)`;
# - **inside a chain**: several operations deep, one number used several times, compared
#   with a closed form and with measured slopes;
# - **saturated tanh**: at ±20 and ±1000 the value is ±1 and the slope 0, without an
#   overflow;
# - **the kink of relu**: at 0 the value is 0, and any slope from 0 to 1 is accepted;
# - **nan stays nan**: `relu` of `nan` is `nan`, for a bad number must not turn into a
#   good one;
# - **the word says what was done**, **fixed when made** and **numbers of any size**, as
#   in exercise 1.
#
# Not looked at: division by zero, logarithms of numbers that are not positive, negative
# bases with fractional exponents, `Value ** Value`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# For `exp` and `tanh` the slope is cheapest in terms of the *result*, for `log` and
# `relu` in terms of the *input*. And `a / b` has two parents: what is the slope for
# `b`?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *each operation* fails at `Value(0.5).exp()` if the partial is 0.5: it is
#   $e^{0.5}$.
# - *powers at zero* fails at `Value(0.0) ** 0` with `ZeroDivisionError`: $n\,a^{n-1}$
#   asks for $0^{-1}$.
# - *nan stays nan* fails for `max(0.0, x)`: Python's `max` keeps its first argument if
#   the comparison says no, and every comparison with `nan` does.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# @extends(Value)
# def __truediv__(self, other):
#     other = lift(other)
#     partials = (1 / other.data, ...)        # d(a/b)/da and d(a/b)/db
#     return Value(self.data / other.data, (self, other), "div", partials)
#
# @extends(Value)
# def __pow__(self, n):
#     partial = ... if n != 0 else 0.0        # the power rule
#     return Value(self.data ** n, (self,), "pow", (partial,))
# ```
#
# </details>


# %% solution="e2-recorded-functions"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    # BEGIN SOLUTION
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, -quotient / other.data)
    return Value(quotient, (self, other), "div", partials)
    # END SOLUTION


@extends(Value)
def __rtruediv__(self: Value, other: float) -> Value:
    """other / self, where other is a plain number."""
    # BEGIN SOLUTION
    return lift(other) / self
    # END SOLUTION


@extends(Value)
def __pow__(self: Value, n: float) -> Value:
    """self ** n, where n is a plain number."""
    # BEGIN SOLUTION
    partial = n * self.data ** (n - 1) if n != 0 else 0.0
    return Value(self.data**n, (self,), "pow", (partial,))
    # END SOLUTION


@extends(Value)
def exp(self: Value) -> Value:
    """e ** self."""
    # BEGIN SOLUTION
    result = math.exp(self.data)
    return Value(result, (self,), "exp", (result,))
    # END SOLUTION


@extends(Value)
def log(self: Value) -> Value:
    """Natural logarithm of self."""
    # BEGIN SOLUTION
    return Value(math.log(self.data), (self,), "log", (1 / self.data,))
    # END SOLUTION


@extends(Value)
def tanh(self: Value) -> Value:
    """Hyperbolic tangent of self."""
    # BEGIN SOLUTION
    result = math.tanh(self.data)
    return Value(result, (self,), "tanh", (1 - result * result,))
    # END SOLUTION


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    # BEGIN SOLUTION
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))
    # END SOLUTION


# %%
# Functions that the check below calls, with numbers of several types.
def wave(x):
    """Four operations deep; x is used three times."""
    inner = apply("exp", x * x / 4) - x
    return apply("tanh", inner) / (2 + x**2)


def wave_slope(x):
    """The derivative of `wave`, worked out by hand."""
    inner = math.exp(x * x / 4) - x
    d_inner = math.exp(x * x / 4) * x / 2 - 1
    t, below = math.tanh(inner), 2 + x * x
    return (1 - t * t) * d_inner / below - t * 2 * x / below**2


def valley(x):
    """Logarithm, powers and a quotient with the number on the left."""
    u = x * x + 1
    return apply("log", u) * u**-1.5 + 3 / u


def valley_slope(x):
    """The derivative of `valley`, worked out by hand."""
    u = x * x + 1
    return (u**-2.5 - 1.5 * math.log(u) * u**-2.5 - 3 / u**2) * 2 * x


# %% check
check = Check("e2-recorded-functions", visible=1, hidden=3)


def methods(x):
    x = Value(x)
    made = [x.exp(), x.log(), x.tanh(), x.relu(), (x - 7).relu(), x**2, x / 4, 4 / x]
    return [data_of(made), [by_paths(one, x) for one in made]]


def methods_truth(x):
    e, t = math.exp(x), math.tanh(x)
    values = [e, math.log(x), t, x, 0.0, x * x, x / 4, 4 / x]
    return [values, [e, 1 / x, 1 - t * t, 1.0, 0.0, 2 * x, 0.25, -4 / x**2]]


def raised(x, exponents):
    x = Value(x)
    made = [x**n for n in exponents]
    return [data_of(made), [by_paths(one, x) for one in made]]


near = Tolerance(rel=1e-12, abs=1e-12)
check.value("each operation", methods, methods_truth, at=[0.5, 2.0], tol=near)
powers = [[[-27, 9, 1, -1 / 3], [27, -6, 0, -1 / 9]]]
check.value(
    "whole powers of any base", raised, powers, at=[(-3.0, [3, 2, 0, -1])], tol=near
)
powers = [[[1, 0, 0], [0, 1, 0]]]
check.value("powers at zero", raised, powers, at=[(0.0, [0, 1, 2])])
check.derivative("inside a chain", slope_by_paths, wave, at=[-0.9, 0.4, 1.6])
# BEGIN HIDDEN TESTS
check.hidden()


def divided(a, b, c):
    a, b = Value(a), Value(b)
    made = [a / b, b / a, a / c, c / a, a / a]
    return [data_of(made), [(by_paths(one, a), by_paths(one, b)) for one in made]]


def divided_truth(a, b, c):
    slopes = [(1 / b, -a / b**2), (-b / a**2, 1 / a), (1 / c, 0), (-c / a**2, 0)]
    return [[a / b, b / a, a / c, c / a, 1.0], [*slopes, (0.0, 0.0)]]


def number_types(x):
    return raised(x, [2, 2.0, np.int64(2), np.float64(0.5), np.int32(3), -1])


def story(node):
    """(op, data, parents' data) of a node and of all that it was made from."""
    rows = [(node.op, node.data, data_of(node.parents))]
    return rows + [row for parent in node.parents for row in story(parent)]


def retold(x):
    x = Value(x)
    made = [x / 4.0, 4.0 / x, x**3, x**0.5, x.exp(), x.log(), x.tanh(), x.relu()]
    return [story(one) for one in [*made, (x - 7.0).relu()]]


def was_made(stories, x):
    rules = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y}
    rules |= {"mul": lambda x, y: x * y, "div": lambda x, y: x / y, "neg": lambda x: -x}
    rules |= {"exp": math.exp, "log": math.log, "tanh": math.tanh}
    rules |= {"relu": lambda x: max(x, 0.0), "pow": None, "": None}
    for op, data, above in [row for rows in stories for row in rows]:
        if op not in rules or (op == "") != (not above):
            return f"a node made from {len(above)} parents has the word {op!r}"
        if rules[op] and abs(rules[op](*above) - data) > 1e-12 * abs(data):
            return f"{op} of {above} is not {data}"
    return True


def below_zero(x):
    x = Value(x)
    made = [x.relu(), (x + 3).relu(), x.tanh(), x.exp()]
    return [data_of(made), [by_paths(one, x) for one in made]]


def on_the_kink():
    zero = Value(0.0)
    made = zero.relu()
    return [made.data, by_paths(made, zero)]


def kink(result):
    value, slope = result
    if value != 0:
        return f"relu(0) is 0, {value} came"
    return 0 <= slope <= 1 or f"the slope at 0 must be from 0 to 1, {slope} came"


def saturated(x):
    x = Value(x)
    made = x.tanh()
    return [made.data, by_paths(made, x)]


def through_relu(x):
    return (Value(x).relu() * 2 + 1).data


def stays_nan(result, x):
    return result != result or f"relu(nan) must be nan, here it became {result}"


def changed_later(x):
    x = Value(x)
    made = [x.exp(), x.log(), x.tanh(), x.relu(), x**3, 2 / x]
    x.data = 100.0
    return [by_paths(one, x) for one in made]


def huge(x):
    x, deep = Value(x), Value(-700.0)
    slopes = [by_paths(x**2, x) / x.data, by_paths(1 / x, x) * x.data**2]
    return [*slopes, by_paths(deep.exp(), deep) / math.exp(-700.0)]


spots = np.abs(check.random(5)).tolist()
threes = [(a, b, float(c)) for a, b, c in check.random((4, 3)).tolist()]
both = [(float(x), [3, 4, 1, -1, -2]) for x in check.random(4)]
check.value("each operation", methods, methods_truth, at=spots, tol=near)
check.value(
    "each operation",
    lambda x: methods(x)[1][:3],
    lambda x: methods_truth(x)[1][:3],
    at=[8.5, 0.01],
    tol=near,
)
check.value(
    "each operation",
    below_zero,
    lambda x: [
        [0.0, x + 3, math.tanh(x), math.exp(x)],
        [0.0, 1.0, 1 - math.tanh(x) ** 2, math.exp(x)],
    ],
    at=[-0.5, -2.5, -0.01],
    tol=near,
)
check.behaviour("the word says what was done", retold, was_made, at=spots[:2])
check.value("quotients", divided, divided_truth, at=threes, tol=near)
check.value(
    "whole powers of any base",
    raised,
    lambda x, ns: [[x**n for n in ns], [n * x ** (n - 1) for n in ns]],
    at=both,
    tol=near,
)
check.value(
    "powers at zero",
    raised,
    [[[1, 0, 0, 0], [0, 1, 0, 0]]],
    at=[(0.0, [0, 1, 2, 3])],
)
check.value(
    "exponents of any number type",
    number_types,
    lambda x: [
        [x * x, x * x, x * x, x**0.5, x**3, 1 / x],
        [2 * x, 2 * x, 2 * x, 0.5 * x**-0.5, 3 * x * x, -1 / x**2],
    ],
    at=spots[:3],
    tol=near,
)
check.derivative(
    "inside a chain", slope_by_paths, wave, check.random(4), exact=wave_slope, tol=near
)
check.derivative(
    "inside a chain", slope_by_paths, valley, check.random(4), exact=valley_slope
)
check.derivative(
    "inside a chain", slope_by_paths, valley, at=check.points(valley, 3, 0.3, 2.0)
)
check.value(
    "saturated tanh",
    saturated,
    lambda x: [math.copysign(1.0, x), 0.0],
    at=[20.0, -20.0, 1000.0, -1000.0],
    tol=near,
)
check.behaviour("the kink of relu", on_the_kink, kink)
check.behaviour("nan stays nan", through_relu, stays_nan, at=[math.nan])
check.value(
    "fixed when made",
    changed_later,
    lambda x: [*methods_truth(x)[1][:4], 3 * x * x, -2 / x**2],
    at=spots[:2],
    tol=near,
)
check.value(
    "numbers of any size",
    huge,
    lambda x: [2.0, -1.0, 1.0],
    at=[1e-150, 3.0, 1e150],
    tol=near,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# A few borderline cases are worth seeing once. In your class the slope is computed in
# the forward pass, so a forbidden slope shows where it is made, not later in
# `backward`. Guess the four results, then run.

# %%
print("(-2.0) ** 0.5 :", attempt(lambda: Value(-2.0) ** 0.5))
print("1e200 ** 2    :", attempt(lambda: Value(1e200) ** 2))
print("1e200 * 1e200 :", attempt(lambda: Value(1e200) * Value(1e200)))
print("0.0 ** 0.5    :", attempt(lambda: Value(0.0) ** 0.5))
relus = {"max(0.0, x)": lambda x: max(0.0, x), "x * (x > 0)": lambda x: x * (x > 0)}
relus["0 if x < 0 else x"] = lambda x: 0 if x < 0 else x
for name, relu_of in relus.items():
    print(f"relu as {name}:", [relu_of(x) for x in (math.nan, -math.inf, -1.5)])

# %% [markdown]
# The first becomes a *complex* number without a word (PyTorch answers
# `nan`): plain Python decides, and Python's rules for numbers are not those of a tensor
# library. `**` raises an overflow where `*` gives `inf`. The last three lines are
# popular ways to write relu, tried on `nan`, $-\infty$ and $-1.5$. One turns `nan` into
# a healthy 0, another, multiplying by a truth value, turns $-\infty$ into `nan`,
# because $\infty \cdot 0$ is not a number: multiplying by a mask is not the same as
# choosing. The last keeps `nan`, and hands out an `int`.
#
# ## 6 · Order: which node next?
#
# Now the way back. Each node shall hand its gradient on: `parent.grad += partial *
# node.grad`, for each parent. We call that a **pull**. `by_paths` did it one path at a
# time. Better: let each node pull *once*. But then it must wait until its own gradient
# is complete, that is, until *all its users have pulled*.
#
# Four candidates for the order race. Three are given; the fourth is yours to write. The
# track: `fifth`, and `sixth` from above, which multiplies $c = x^4$ and $a = x^2$ in
# either order.


# %%
def each_node_once(root, next_from):
    """Nodes as they are met, users first; a stack goes deep, a queue goes broad."""
    order, waiting = [], [root]
    while waiting:
        node = waiting.pop(next_from)
        if all(node is not seen for seen in order):
            order.append(node)
            waiting += node.parents[::-1] if next_from == -1 else node.parents
    return order


def sweep(order):
    """Let each node of `order` pull once; the first one is the root."""
    for node in order:
        node.grad = 0.0
    order[0].grad = 1.0
    for node in order:
        for parent, partial in zip(node.parents, node.partials, strict=True):
            parent.grad += partial * node.grad


# %%
def slope_by_order(f, make_order):
    """Slope of f at 2, from a sweep in some order of the nodes."""
    leaf = Value(2.0)
    root = f(leaf)
    sweep(make_order(root))
    return leaf.grad


orders = {"depth first": lambda root: each_node_once(root, -1)}
orders["breadth first"] = lambda root: each_node_once(root, 0)
orders["yours, reversed"] = lambda root: topological_order(root)[::-1]
tasks = [fifth, lambda x: sixth(x, False), lambda x: sixth(x, True)]
rows = [["order", "a * b (80)", "c * a (192)", "a * c (192)"]]
for name, make in orders.items():
    got = [attempt(lambda f=f, m=make: slope_by_order(f, m)) for f in tasks]
    rows.append([name, *[g if isinstance(g, float) else "not yet" for g in got]])
table(
    rows, caption="Slope at 2 from one sweep in each order (right answer in brackets)"
)

# %% [markdown]
# Both popular walks fail: in the first product $a$ pulls before $b$ has handed anything
# to it. And look at the last two columns: *the same product, its factors swapped*, and
# depth first is right or wrong. A test with one lucky formula proves nothing about an
# order.
#
# The walk along single paths needs no order and is always right. What does it cost? The
# ladder of your third prediction:


# %%
def one_path_at_a_time(node, amount=1.0):
    """Hand on `amount` at once, whatever else may come; how many pulls that took."""
    node.grad += amount
    pairs = zip(node.parents, node.partials, strict=True)
    return 1 + sum(one_path_at_a_time(p, partial * amount) for p, partial in pairs)


for rungs in (5, 10, 15):
    y = Value(1.0)
    for _ in range(rungs):
        y = attempt(lambda y=y: y + y)
    pulls = attempt(lambda y=y: one_path_at_a_time(y))
    print(f"{rungs} rungs, {rungs + 1} nodes: {pulls} pulls")

# %% [markdown]
# Twenty rungs would take two million pulls for 21 nodes. Deep networks are ladders:
# each layer's output is used several times. So: each node once, in an order in which
# all users come before a node. Such an order is called **topological**. (We list it the
# other way round, parents first, as they were made, and walk it backwards.)
#
# ### Exercise 3 · Topological order
#
# **Goal.** List the nodes that `root` was made from, directly or by way of others.
#
# **Signature.** `topological_order(root) -> list`. It works for any object that has
# `parents` (a tuple of objects of the same kind, empty for a leaf). Each node comes
# once, **parents before users, the root last**. Several orders fit; any will do.
#
# **Worked example.** For $a = x \cdot x$, $b = a \cdot x$, $y = a \cdot b$ there is one
# answer: `[x, a, b, y]`.
#
# *4 points (1 + 3 hidden) · about 17 minutes · difficulty 4 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **each node once, parents before users, the root last**;
# - **a lone leaf**: `[leaf]`;
# - **5,000 nodes deep**: a long chain, without a `RecursionError`;
# - **2^20 paths**: on a ladder, `parents` is read at most 50,000 times (this is what
#   the check counts);
# - **equal is not the same**: two nodes may compare equal, as two numbers 2.0 do; they
#   are two nodes all the same. `id(node)` tells them apart;
# - **the graph stays as it was**: no attribute of a node is changed or added.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A node may be listed once all its parents are listed. With recursion that would be:
# "list my parents, then me". What if you keep your own stack of things to do, and "then
# me" is one of the things?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *each node once, parents before users* fails for the worked example if you mark a
#   node as seen when you *put it on* the stack: then $a$, met first as a factor of $y$,
#   does not come before $b$.
# - *5,000 nodes deep* fails with `RecursionError` near 1,000 nodes.
# - *2^20 paths* never ends if nodes are walked again each time they are met.
# - *equal is not the same* fails if nodes themselves are put into a `set`, or looked up
#   in a list with `in`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# order, seen = [], set()
# stack = [(root, False)]              # False: its parents are still to be listed
# while stack:
#     node, parents_done = stack.pop()
#     if parents_done:
#         ...                          # now it is this node's turn
#     elif id(node) not in seen:
#         ...                          # remember it; come back to it with True,
#         ...                          # after its parents, which go on top
# return order
# ```
#
# </details>


# %%
# What the check below builds its graphs from.
class Node:
    """Nothing but a name and parents; `visit` is called when `parents` is read."""

    def __init__(self, name, parents, visit):
        self.name, self._parents, self._visit = name, parents, visit

    @property
    def parents(self):
        self._visit()
        return self._parents


class Twin(Node):
    """A node that equals every other node."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


# %%
def linked(spec, kind=Node, visit=lambda: None):
    """All nodes of [(name, parents' names), ...], in that order."""
    nodes = {}
    for name, parents in spec:
        nodes[name] = kind(name, tuple(nodes[p] for p in parents), visit)
    return list(nodes.values())


def chain(n):
    return [(i, [i - 1] if i else []) for i in range(n)]


def ladder(n):
    return [(i, [i - 1, i - 1] if i else []) for i in range(n + 1)]


# %% solution="e3-topological-order"
def topological_order(root) -> list:
    """The nodes that `root` depends on: each once, parents before users, root last."""
    # BEGIN SOLUTION
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order
    # END SOLUTION


# %% check
check = Check("e3-topological-order", visible=1, hidden=3)


def names(spec):
    return [node.name for node in topological_order(linked(spec)[-1])]


def names_of_twins(spec):
    return [node.name for node in topological_order(linked(spec, Twin)[-1])]


def is_order(got, spec):
    """True, or what is wrong with an order of the nodes of `spec`."""
    parents = dict(spec)
    if not isinstance(got, list):
        return "a list of nodes is needed"
    if len(got) != len(set(got)):
        return "a node comes twice"
    if set(got) != set(parents):
        return f"{len(got)} nodes came where {len(parents)} were needed"
    place = {name: i for i, name in enumerate(got)}
    for name, above in spec:
        if any(place[p] > place[name] for p in above):
            return f"node {name} comes before one of its parents"
    return True if got[-1] == spec[-1][0] else "the root is not last"


cubes = [("x", ""), ("a", "xx"), ("b", "ax"), ("y", "ab")]
swapped = [("x", ""), ("a", "xx"), ("b", "xa"), ("y", "ba")]
check.behaviour(
    "each node once, parents before users, the root last",
    names,
    is_order,
    at=[cubes, swapped, chain(4)],
)
check.behaviour("5,000 nodes deep", names, is_order, at=[chain(5000)])
# BEGIN HIDDEN TESTS
check.hidden()


def grown(n):
    """A random graph of n nodes, all of which the last one needs."""
    spec, unused = [("0", [])], {"0"}
    for i in range(1, n):
        some = check.rng.integers(0, i, size=int(check.rng.integers(0, 4)))
        above = [str(j) for j in some]
        if i == n - 1:
            above += sorted(unused)
        unused = (unused - set(above)) | {str(i)}
        spec.append((str(i), above))
    return spec


def left_alone(spec):
    nodes = linked(spec)
    before = [dict(vars(node)) for node in nodes]
    listed = topological_order(nodes[-1])
    same = [vars(node) == was for node, was in zip(nodes, before, strict=True)]
    return [len(listed), all(same)]


deeper = [*chain(5000), (5000, [4999, 0, 2500])]
check.behaviour(
    "each node once, parents before users, the root last",
    names,
    is_order,
    at=[grown(n) for n in (5, 9, 14, 30)],
)
check.behaviour(
    "each node once, parents before users, the root last",
    names,
    is_order,
    at=[ladder(3), swapped, grown(200)],
)
check.value("a lone leaf", names, [["x"]], at=[[("x", [])]])
check.behaviour("5,000 nodes deep", names, is_order, at=[deeper, ladder(2500)])
check.behaviour(
    "equal is not the same",
    names_of_twins,
    is_order,
    at=[cubes, chain(6), grown(12)],
)
check.value(
    "the graph stays as it was",
    left_alone,
    lambda spec: [len(spec), True],
    at=[cubes, grown(8)],
)
check.calls(
    "2^20 paths",
    lambda visit, spec: topological_order(linked(spec, visit=visit)[-1]),
    counted=lambda: None,
    at=[ladder(20)],
    at_most=50_000,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Run the race of this section once more: the last row should now be right in all three
# columns. And the recursion that most tutorials use, how deep does it get?


# %%
def recursive_order(root):
    """Parents, then me: four lines, and a limit."""
    order, seen = [], set()

    def walk(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent in node.parents:
                walk(parent)
            order.append(node)

    walk(root)
    return order


def length_of(make_order, n):
    """Length of the order of a chain of n nodes, or the error that came."""
    return attempt(lambda: len(make_order(linked(chain(n))[-1])))


for n in (500, 5000, 50_000):
    print(f"{n} nodes: recursion {length_of(recursive_order, n)}")
    print(f"{'':>11} yours {length_of(lambda root: topological_order(root), n)}")

# %% [markdown]
# ## 7 · Backward
#
# With the order at hand, the sweep is short. What needs thought is the *state*: what
# does `grad` hold before, and what after? Here is the answer to the hook. In the second
# call the inner node $a = x \cdot x$ still held the gradient of the first call, and
# `+=` added to it: 3 became 6, and $x$ got $9 + 6 \cdot 6 = 45$. Clearing `x.grad` did
# not help, because nobody cleared $a$.
#
# So two kinds of nodes need two rules. They are those of PyTorch:
#
# - **Leaves accumulate.** What a call finds is added to what `grad` holds. Several
#   losses, or a batch in pieces, add up by themselves; who wants a fresh start clears.
# - **All other nodes hold the last call's value.** They belong to one computation, and
#   old values are worth nothing to anybody.
#
# (PyTorch does not even keep the latter unless asked to, by `retain_grad()`.)
#
# ### Exercise 4 · `backward`
#
# **Goal.** One sweep, right in every state.
#
# **Signature.** `backward(self, seed=1.0) -> None`, attached to `Value`. Each node
# below `self` gets the slope of `self` with respect to it, times `seed`: *added* to
# `grad` if the node is a leaf (no parents), also if that leaf is `self`; *put in place
# of* `grad` if it is not. Nodes that `self` does not depend on are left alone. You may
# use your `topological_order`; if it is not finished, the grader lends you one.
#
# **Worked example.** For $x^3$ at 3: after one call `x.grad` is 27, after a second call
# 54. The inner node $x \cdot x$ has `grad` 3 both times.
#
# *5 points (1 + 4 hidden) · about 21 minutes · difficulty 4 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **slopes**: of formulas, compared with closed forms (to 12 digits) and with measured
#   slopes;
# - **the same number twice**: `x + x` and `x * x`;
# - **fan-out of three**, and **arms of unequal length**: `fifth`, `sixth` and their
#   like, with factors in either order;
# - **every node's gradient**, not only the leaves', on random graphs;
# - **a seed** such as 2.5, or 0;
# - **two calls on one graph**: leaves double, other nodes hold the last call's value;
# - **two graphs that share a leaf**, or an inner node;
# - **called on an inner node**: what lies above it keeps its gradient;
# - **a leaf as root**: called on a leaf with seed 2, it adds 2 to the leaf's `grad`;
# - **gradients that were there before**: of leaves they are kept and added to, of other
#   nodes they do not count;
# - **5,000 nodes deep**, and **2^30 paths** in no time;
# - **only grad changes**: `data`, `parents` and `partials` stay as they were.
#
# <details><summary>Hint 1: a nudge</summary>
#
# When must the old `grad` of an inner node go: before the sweep, or when the sweep
# comes to it? And what about the root, which nobody hands anything to?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *the same number twice* fails for `x + x` with 1 instead of 2, if you write `=`
#   where `+=` belongs.
# - *two calls on one graph* fails for $x^3$ at 3 with 72 if inner nodes keep their
#   old gradients, and with 27 if leaves are cleared.
# - *a leaf as root* fails if the root's `grad` is *set* to the seed.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# order = topological_order(self)
# for node in order:
#     if node.parents:                   # not a leaf:
#         ...                            # a clean slate
# self.grad += seed                      # right for leaf and inner root alike: why?
# for node in reversed(order):           # users first
#     for parent, partial in zip(node.parents, node.partials):
#         parent.grad += ...
# ```
#
# </details>


# %% solution="e4-backward-sweep"
@extends(Value)
def backward(self: Value, seed: float = 1.0) -> None:
    """Add seed * d self / d leaf to each leaf's grad; other nodes hold this call's."""
    # BEGIN SOLUTION
    order = topological_order(self)
    for node in order:
        if node.parents:
            node.grad = 0.0
    self.grad += seed
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad
    # END SOLUTION


# %%
# Functions that the check below calls.
def gradients(f, *numbers, seed=1.0, times=1):
    """Gradients of f's arguments after some calls of backward on one graph."""
    leaves = [Value(number) for number in numbers]
    root = f(*leaves)
    for _ in range(times):
        root.backward(seed)
    return [leaf.grad for leaf in leaves]


def slope(f, x):
    """Slope of f at x, by one call of backward."""
    return gradients(f, x)[0]


def handmade(spec):
    """Values made by hand from rows (data, op, numbers of the parents, partials)."""
    made = []
    for data, op, parents, partials in spec:
        above = tuple(made[i] for i in parents)
        made.append(Value(data, above, op, tuple(partials)))
    return made


# %% check
check = Check("e4-backward-sweep", visible=1, hidden=4)


def twice(x):
    x = Value(x)
    inner = x * x
    y = inner * x
    y.backward()
    first = [x.grad, inner.grad, y.grad]
    y.backward()
    return [*first, x.grad, inner.grad, y.grad]


check.derivative("slopes", slope, wave, at=[-0.9, 0.4])
check.value(
    "the same number twice",
    lambda x: [slope(lambda z: z + z, x), slope(lambda z: z * z, x)],
    [[2.0, 6.0]],
    at=[3.0],
)
check.value("arms of unequal length", lambda x: slope(fifth, x), [80.0], at=[2.0])
check.value(
    "two calls on one graph", twice, [[27.0, 3.0, 1.0, 54.0, 3.0, 1.0]], at=[3.0]
)
# BEGIN HIDDEN TESTS
check.hidden()


def three_ways(x, y):
    return x * y + x * x * 3 - y * x


def random_graph(n):
    """Rows of a random graph; the last row needs all others."""
    rng, spec, unused = check.rng, [], set()
    for i in range(n):
        parents = rng.integers(0, i, size=rng.integers(1, 4)).tolist() if i > 2 else []
        if i == n - 1:
            parents += sorted(unused)
        unused = (unused - set(parents)) | {i}
        partials = check.random(len(parents)).tolist()
        spec.append((float(i), "made", parents, partials))
    return spec


def adjoints(spec, seed):
    """Gradients of all nodes of a graph whose rows stand in topological order."""
    grads = [0.0] * (len(spec) - 1) + [seed]
    for i in range(len(spec) - 1, -1, -1):
        for parent, partial in zip(spec[i][2], spec[i][3], strict=True):
            grads[parent] += partial * grads[i]
    return grads


def all_gradients(spec, seed):
    nodes = handmade(spec)
    nodes[-1].backward(seed)
    return [node.grad for node in nodes]


def left_over(spec, seed):
    nodes = handmade(spec)
    for i, node in enumerate(nodes):
        node.grad = 1.0 + i
    nodes[-1].backward(seed)
    return [node.grad for node in nodes]


def added(spec, seed):
    fresh = adjoints(spec, seed)
    old = [0.0 if row[2] else 1.0 + i for i, row in enumerate(spec)]
    return [a + b for a, b in zip(fresh, old, strict=True)]


def sharing(x):
    x = Value(x)
    (x * x).backward()
    (x + x).backward()
    inner = x * x
    one, two = inner * 3, inner * inner
    one.backward()
    two.backward()
    return [x.grad, inner.grad, one.grad]


def from_inside(x):
    x = Value(x)
    inner = x * x
    y = inner * x
    y.backward()
    inner.backward(0.5)
    return [x.grad, inner.grad, y.grad]


def lone(x):
    x = Value(x)
    x.backward(2.0)
    first = x.grad
    x.backward()
    return [first, x.grad]


def long_chain(n):
    x = Value(0.5)
    y = x
    for _ in range(n):
        y = y + x
    y.backward()
    return x.grad


def rungs(n):
    x = Value(1.0)
    y = x
    for _ in range(n):
        y = y + y
    y.backward()
    return x.grad


def only_grad(spec, seed):
    nodes = handmade(spec)
    before = [(n.data, n.op, tuple(map(id, n.parents)), n.partials) for n in nodes]
    nodes[-1].backward(seed)
    after = [(n.data, n.op, tuple(map(id, n.parents)), n.partials) for n in nodes]
    return before == after


near = Tolerance(rel=1e-12, abs=1e-11)
spots = check.random(4).tolist()
pairs = list(map(tuple, check.random((3, 2)).tolist()))
graphs = [(random_graph(n), float(s)) for n, s in zip([5, 9, 14], check.random(3))]
check.derivative("slopes", slope, wave, at=spots, exact=wave_slope, tol=near)
check.derivative("slopes", slope, valley, at=check.points(valley, 3, 0.3, 2.0))
check.value(
    "the same number twice",
    lambda x: [slope(lambda z: z + z, x), slope(lambda z: z * z, x)],
    lambda x: [2.0, 2 * x],
    at=spots,
)
check.value(
    "fan-out of three",
    lambda x, y: gradients(three_ways, x, y),
    lambda x, y: [6 * x, 0.0],
    at=pairs,
    tol=near,
)
check.value(
    "arms of unequal length",
    lambda x: [
        slope(fifth, x),
        slope(lambda z: sixth(z, False), x),
        slope(lambda z: sixth(z, True), x),
    ],
    lambda x: [5 * x**4, 6 * x**5, 6 * x**5],
    at=spots,
    tol=near,
)
check.value("every node's gradient", all_gradients, adjoints, at=graphs, tol=near)
check.value(
    "a seed",
    lambda x, s: gradients(fifth, x, seed=s),
    lambda x, s: [5 * x**4 * s],
    at=[(spots[0], 2.5), (spots[1], 0.0), (spots[2], -1.5)],
    tol=near,
)
check.value(
    "two calls on one graph",
    twice,
    lambda x: [3 * x * x, x, 1.0, 6 * x * x, x, 1.0],
    at=spots,
    tol=near,
)
check.value(
    "two calls on one graph",
    lambda x, n: gradients(fifth, x, times=n),
    lambda x, n: [n * 5 * x**4],
    at=[(spots[0], 2), (spots[1], 5)],
    tol=near,
)
check.value(
    "two graphs that share a leaf",
    sharing,
    lambda x: [2 * x + 2 + 6 * x + 4 * x**3, 2 * x * x, 1.0],
    at=spots,
    tol=near,
)
check.value(
    "called on an inner node",
    from_inside,
    lambda x: [3 * x * x + x, 0.5, 1.0],
    at=spots,
    tol=near,
)
check.value("a leaf as root", lone, lambda x: [2.0, 3.0], at=spots[:2])
check.value("gradients that were there before", left_over, added, at=graphs, tol=near)
check.value("5,000 nodes deep", long_chain, lambda n: n + 1.0, at=[5000])
check.value("2^30 paths", rungs, lambda n: 2.0**n, at=[30])
check.value("only grad changes", only_grad, lambda spec, seed: True, at=graphs)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Every step of your sweep, as a table. Follow it with the picture of section 3 beside
# it: which line makes the gradient of $a$ complete?

# %%
x = Value(2.0)
a = attempt(lambda: x * x)
b = attempt(lambda: a * x)
y = attempt(lambda: a * b)
named = {id(x): "x", id(a): "a", id(b): "b", id(y): "y"}
so_far = Counter({id(y): 1.0})
rows = [["node", "its gradient", "pulls", "whose gradient is then"]]
order = attempt(lambda: topological_order(y))
for node in reversed(order) if isinstance(order, list) else []:
    for parent, partial in zip(node.parents, node.partials):
        so_far[id(parent)] += partial * so_far[id(node)]
        pull = f"{partial:g} times {so_far[id(node)]:g} to {named[id(parent)]}"
        rows.append([named[id(node)], so_far[id(node)], pull, so_far[id(parent)]])
table(rows, caption="The sweep for y = a * b, a = x * x, b = a * x at x = 2")

# %% [markdown]
# ### What state does to careless engines
#
# Here is the sweep that stands in many tutorials, on your own nodes: it sets the root
# to 1 and adds. It is right once. What does it say in later calls for $x^3$ at 3 (27,
# 54 and 81 are right), and when two losses share an inner node (25 is right)?


# %%
def careless_sweep(root):
    """Right for the first call on fresh nodes."""
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += partial * node.grad


def by_call(back, f):
    """Gradient of x at 3 after each of three calls on one graph of f(x)."""
    x = Value(3.0)
    y = f(x)
    return [back(y) or x.grad for _ in range(3)]


def two_losses(back):
    """Gradient of x at 2 after 4h and then 2h + x, for an inner h = x * x."""
    x = Value(2.0)
    h = x * x
    return back(h * 4) or back(h * 2 + x) or x.grad


for name, back in [("careless", careless_sweep), ("yours", lambda y: y.backward())]:
    calls = attempt(lambda b=back: by_call(b, lambda x: x * x * x))
    print(f"{name}: {calls}, two losses", attempt(lambda b=back: two_losses(b)))

# %% [markdown]
# No crash, no warning, plausible numbers. Three more ways to be wrong quietly.
#
# *Slopes read late.* The hook's `Careless` computes its slopes inside `pull`, from
# whatever `data` holds by then. Somebody changes a number between forward and backward.
#
# *Garbage.* In `Careless` a node holds its `pull`, and `pull` holds the node: a ring.
# Python frees an object at once when nothing refers to it, but in a ring somebody
# always does, so it waits for the garbage collector. A thousand little graphs are made
# and dropped; how many of the results are still in memory?


# %%
def read_late(kind):
    """d(a * b)/da at b = 3, if b changes before backward is called."""
    a, b = kind(2.0), kind(3.0)
    c = a * b
    b.data = 100.0
    return c.backward() or a.grad


def still_alive(kind, graphs=1000):
    """How many dropped results remain while the collector is off."""
    gc.disable()
    made = []
    for _ in range(graphs):
        x = kind(1.5)
        made.append(weakref.ref(x * x))
        Careless.tape.clear()
    alive = sum(ref() is not None for ref in made)
    gc.enable()
    return alive


for kind in (Careless, Value):
    found = [attempt(lambda k=kind, f=f: f(k)) for f in (read_late, still_alive)]
    print(f"{kind.__name__}: slope at b = 3: {found[0]}, still alive: {found[1]}")

# %% [markdown]
# Yours says 3, because its partials were fixed when the product was made. (PyTorch does
# neither: it counts the versions of each tensor and raises an error. Lesson 6.)
#
# *An order that is nobody's.* Some engines keep parents in a `set`. A set of
# objects is ordered by their addresses in memory, so the order of the pulls changes
# from run to run, and with it the *rounding*: floating-point sums depend on their
# order. An extreme case, three contributions that add up to 1:

# %%
print("1e16 first, then 1, then -1e16:", (1e16 + 1.0) + -1e16)
print("1e16 first, then -1e16, then 1:", (1e16 + -1e16) + 1.0)


class Slot:
    """An object that a set tells apart by its address."""


seen = Counter()
for trial in range(300):
    amounts = {Slot(): 1e16, Slot(): 1.0, Slot(): -1e16}
    seen[sum(amounts[slot] for slot in set(amounts))] += 1
    keep = [Slot() for _ in range(trial % 7)]
print("300 sums over a set:", dict(seen), "(your counts will differ)")

# %% [markdown]
# Exactly 1 is right. That is why `parents` is a tuple: same program, same order, same
# bits, every time.
#
# ## 8 · Train something
#
# Time to use it. The data are **two moons**, two interlocked half circles of points;
# the label is −1 on one and +1 on the other. No straight line separates the half
# circles, so the network has a hidden layer of six neurons, each a `tanh` of a weighted
# sum. All its 25 parameters are leaves of your graph.


# %%
def two_moons(n, rng, noise=0.1):
    """n examples ([x0, x1], label) from two interlocked half circles."""
    angle, label = rng.uniform(0, np.pi, size=n), np.arange(n) % 2
    x0 = np.where(label, 1 - np.cos(angle), np.cos(angle))
    x1 = np.where(label, 0.5 - np.sin(angle), np.sin(angle))
    points = np.stack([x0, x1], axis=1) + noise * rng.normal(size=(n, 2))
    return [(p.tolist(), float(2 * k - 1)) for p, k in zip(points, label)]


class Network:
    """Two numbers in, a hidden layer of tanh, one number out."""

    def __init__(self, width, rng):
        rows = rng.normal(size=(width, 3)).tolist()
        self.hidden = [[Value(w) for w in row] for row in rows]
        self.out = [Value(w / width) for w in rng.normal(size=width + 1).tolist()]

    def parameters(self):
        return [w for row in [*self.hidden, self.out] for w in row]

    def __call__(self, x):
        fired = [(u * x[0] + v * x[1] + b).tanh() for u, v, b in self.hidden]
        return sum((w * a for w, a in zip(self.out, fired)), self.out[-1])


# %%
class Line:
    """w * x + b: the smallest model there is."""

    def __init__(self, w, b):
        self.w, self.b = Value(w), Value(b)

    def parameters(self):
        return [self.w, self.b]

    def __call__(self, x):
        return self.w * x + self.b


def mean_square(model, data):
    """Mean of (model(x) - y)**2 over the examples (x, y), as one Value."""
    errors = [model(x) - y for x, y in data]
    return sum(e * e for e in errors) * (1 / len(data))


# %% [markdown]
# Gradient descent is four moves, over and over: clear the old gradients; compute the
# loss; `backward`; move each parameter a little against its gradient. Why the first?
# Because leaves accumulate: without it you would step along the sum of all gradients so
# far.
#
# ### Exercise 5 · `zero_grad` and `train`
#
# **Goal.** The loop that every training program has at its heart.
#
# **Signature.** `zero_grad(params) -> None` sets the gradients of a list of `Value`s to
# 0. `train(model, data, steps, lr) -> list[float]` does `steps` steps of plain gradient
#    descent on `mean_square(model, data)` over all of `data`: each parameter's `data`
#    goes down by the learning rate `lr` times its gradient. It returns the `steps`
#    losses, each as a plain number, computed *before* that step. The model is callable
#    and has `parameters()`.
#
# The first step uses `lr` as it is. In later steps you may shorten it, by any schedule
# you like (a constant `lr` will do); the direction stays that of the gradient.
#
# **Worked example.** `Line(1.0, 0.0)` with the data `[(2.0, 1.0)]`: the error is 1 and
# the loss 1; the gradients are $2 \cdot 1 \cdot 2 = 4$ and $2$. After one step with
# `lr=0.1` the line has $w = 0.6$ and $b = -0.2$.
#
# *2 points (0 + 2 hidden) · about 10 minutes · difficulty 2 of 5 · importance 5 of 5.
# The visible property looks at form only.*
#
# **What the check looks at**
#
# - **gradients set to zero**, `data` left as it is;
# - **the first step**, to 12 digits, on a `Line`;
# - **losses**: as many plain numbers as steps, each from before its step; none for 0
#   steps;
# - **old gradients do not count**: leftovers in `grad` from somebody else make no
#   difference;
# - **every step goes down the slope**: after the second and third step, too, the
#   parameters have moved against the gradient *of that step*, by at most `lr` times it;
# - **two moons**: on 12 points, with 4 neurons and `lr=0.2`, the loss after 40 steps is
#   below 0.25 from each of three starts (it starts near 1);
# - **one call an example and step**: this is what the check counts: calls of the model.
#
# <details><summary>Hint 1: a nudge</summary>
#
# A parameter is changed by writing to its `data`. What would `parameter = parameter -
# lr * parameter.grad` do instead?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *the first step* fails, with parameters that do not move, if gradients are cleared
#   between `backward` and the step.
# - *every step goes down the slope* fails at the second step if they are never cleared.
# - *losses* fails if the list holds `Value`s: keep `loss.data`. (Keeping `loss` would
#   keep its whole graph in memory, for every step.)
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# losses = []
# for _ in range(steps):
#     ...                                # clear
#     loss = mean_square(model, data)
#     ...                                # all gradients, in one call
#     losses.append(...)                 # a plain number
#     for parameter in model.parameters():
#         parameter.data -= ...
# return losses
# ```
#
# </details>


# %% solution="e5-training-loop"
def zero_grad(params) -> None:
    """Set the gradient of each Value of the list to 0."""
    # BEGIN SOLUTION
    for parameter in params:
        parameter.grad = 0.0
    # END SOLUTION


def train(model, data, steps: int, lr: float) -> list[float]:
    """Losses before each of `steps` steps of gradient descent on `mean_square`."""
    # BEGIN SOLUTION
    losses = []
    for _ in range(steps):
        zero_grad(model.parameters())
        error = mean_square(model, data)
        error.backward()
        losses.append(error.data)
        for parameter in model.parameters():
            parameter.data -= lr * parameter.grad
    return losses
    # END SOLUTION


# %% check
check = Check("e5-training-loop", visible=0, hidden=2)


def cleared(numbers):
    params = [Value(number) for number in numbers]
    for parameter in params:
        parameter.grad = 7.0
    zero_grad(params)
    return [[p.grad for p in params], data_of(params)]


check.value(
    "gradients set to zero",
    cleared,
    lambda numbers: [[0.0] * len(numbers), numbers],
    at=[[1.5, -2.0, 0.25]],
)
# BEGIN HIDDEN TESTS
check.hidden()


def fitted(w, b, data, steps, before=0.0):
    line = Line(w, b)
    for parameter in line.parameters():
        parameter.grad = before
    losses = train(line, data, steps, 0.05)
    return [list(losses), data_of(line.parameters())]


def at_line(w, b, data):
    """Loss and gradients of a Line, in closed form."""
    x, y = np.array(data).T
    error = w * x + b - y
    return np.mean(error**2), np.array([np.mean(2 * error * x), np.mean(2 * error)])


def first_step(w, b, data, steps=1, before=0.0):
    loss, gradient = at_line(w, b, data)
    return [[loss], np.array([w, b]) - 0.05 * gradient]


def watched(w, b, data, steps):
    """Parameters seen by each call of the model on the first example."""
    line, seen = Line(w, b), []

    def spy(x):
        if x == data[0][0]:
            seen.append(data_of(line.parameters()))
        return Line.__call__(line, x)

    spy.parameters = line.parameters
    losses = train(spy, data, steps, 0.05)
    return [seen + [data_of(line.parameters())], list(losses)]


def descends(result, w, b, data, steps):
    seen, losses = result
    if len(losses) != steps or len(seen) < steps + 1:
        return f"{len(losses)} losses and {len(seen) - 1} steps came, not {steps}"
    for i, (here, there) in enumerate(zip(seen, seen[1:], strict=False)):
        loss, gradient = at_line(*here, data)
        moved = np.array(here) - np.array(there)
        share = moved @ gradient / (gradient @ gradient)
        aside = np.linalg.norm(moved - share * gradient)
        if not 0 < share <= 0.05 * (1 + 1e-9) or aside > 1e-9 * np.linalg.norm(moved):
            return f"step {i + 1} does not go against the gradient of that step"
        if abs(losses[i] - loss) > 1e-9 * (1 + abs(loss)):
            return f"loss {i + 1} is {losses[i]}; before that step it is {loss}"
    return True


def learned(seed):
    rng = np.random.default_rng(seed)
    data = two_moons(12, rng)
    network = Network(4, rng)
    train(network, data, 40, 0.2)
    return mean_square(network, data).data


def counting(visit, steps, data):
    line = Line(1.0, 0.0)

    def model(x):
        visit()
        return line(x)

    model.parameters = line.parameters
    return train(model, data, steps, 0.01)


near = Tolerance(rel=1e-12, abs=1e-12)
sets = [list(map(tuple, check.random((n, 2)).tolist())) for n in (1, 4, 7)]
starts = [(*map(float, check.random(2)), data) for data in sets]
check.value(
    "gradients set to zero",
    cleared,
    lambda numbers: [[0.0] * len(numbers), numbers],
    at=[check.random(5).tolist()],
)
check.value(
    "the first step", fitted, first_step, at=[(*s, 1) for s in starts], tol=near
)
check.value(
    "old gradients do not count",
    fitted,
    first_step,
    at=[(*s, 1, 5.0) for s in starts],
    tol=near,
)
check.value(
    "losses", fitted, lambda w, b, data, steps: [[], [w, b]], at=[(*starts[0], 0)]
)
check.behaviour(
    "every step goes down the slope",
    watched,
    descends,
    at=[(*s, 3) for s in starts[1:]],
)
check.behaviour(
    "two moons",
    learned,
    lambda loss, seed: 0 <= loss < 0.25 or f"the loss is {loss:.3f}, not below 0.25",
    at=[2, 3, 4],
    seconds=20.0,
)
check.calls(
    "one call an example and step",
    counting,
    counted=lambda: None,
    at=[(3, sets[1]), (2, sets[2])],
    at_most=lambda steps, data: steps * len(data),
)
# END HIDDEN TESTS
check.score()

# %%
rng = np.random.default_rng(2)
moons, network = two_moons(20, rng), attempt(lambda: Network(6, rng))
losses = attempt(lambda: train(network, moons, 100, 0.15))
us, vs = np.linspace(-1.6, 2.6, 20), np.linspace(-1.1, 1.6, 20)
surface = attempt(lambda: [[network([u, v]).data for u in us] for v in vs])
trained = isinstance(losses, list) and isinstance(surface, list)
fig, (left, right) = subplots(1, 2, figsize=(8, 3.2))
if trained:
    left.plot(losses, "-", color="#0072B2")
    right.contourf(us, vs, surface, levels=[-9, 0, 9], colors=["#cfe3f2", "#f7dcc8"])
left.set(xlabel="step", ylabel="mean square error")
for label, mark in [(-1.0, "o"), (1.0, "s")]:
    dots = np.array([p for p, side in moons if side == label])
    right.plot(*dots.T, mark, linestyle="", label=f"label {label:+.0f}")
right.set(xlabel="x0", ylabel="x1")
right.legend(loc="upper right")
figure(
    fig,
    alt="Left: the loss over 100 steps falls quickly from about 1, then slowly. Right: "
    "20 points on two interlocked half circles, and two tinted regions, where the "
    "trained network's answer is negative and positive; the border runs between them.",
    table=[["step", "loss"]]
    + [[k, f"{losses[k]:.3f}"] for k in range(0, 100, 20) if trained],
)

# %% [markdown]
# The right picture asks the trained network about 400 points of the plane.
#
# Twenty-five parameters, twenty points, and about 1,200 nodes a step, each of which you
# could print. A library does the same with arrays in place of numbers, which is lesson
# 5, and is much faster. It does not do anything else.
#
# ## 9 · See it, or have it read to you
#
# Engines are usually explained by drawings of graphs. A drawing of 1,200 nodes helps
# nobody, and a drawing of four does not help a reader who cannot see it. A list of rows
# serves both, and programs too.
#
# ### Exercise 6 · Rows instead of pictures
#
# **Goal.** Describe the graph of a root, one row for each node.
#
# **Signature.** `describe_rows(root) -> list[dict]`. The rows stand in topological
# order (parents before users, the root last). Each is a dictionary with
#
# - `"op"`: the node's `op` (the empty word for a leaf);
# - `"value"` and `"grad"`: its `data` and `grad`, plain numbers;
# - `"parents"`: a list of the **row numbers** of its parents, counted from 0, in the
#   order of `parents`; a parent used twice stands twice.
#
# **Worked example.** For `x = Value(3.0)`, `y = x * x`, after `y.backward()`:
# `[{"op": "", "value": 3.0, "grad": 6.0, "parents": []}, {"op": "mul", "value": 9.0,
# "grad": 1.0, "parents": [0, 0]}]`.
#
# *2 points (1 + 1 hidden) · about 8 minutes · difficulty 2 of 5 · importance 2 of 5*
#
# **What the check looks at**
#
# - **one row a node**, also where two nodes have the same value;
# - **op, value and grad** of each node;
# - **parents by row number**, each an earlier row;
# - **the graph stays as it was**.
#
# <details><summary>Hint 1: a nudge</summary>
#
# First the order, then a dictionary from `id(node)` to its row number, then the rows.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *parents by row number* fails for two leaves of the same value if you look a parent up
# by its value.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# order = topological_order(root)
# row_of = {id(node): ... for number, node in enumerate(order)}
# return [
#     {"op": node.op, ..., "parents": [row_of[...] for parent in node.parents]}
#     for node in order
# ]
# ```
#
# </details>


# %% solution="e6-graph-rows"
def describe_rows(root) -> list[dict]:
    """One row for each node, parents first: op, value, grad, parents' row numbers."""
    # BEGIN SOLUTION
    order = topological_order(root)
    row_of = {id(node): number for number, node in enumerate(order)}
    return [
        {
            "op": node.op,
            "value": node.data,
            "grad": node.grad,
            "parents": [row_of[id(parent)] for parent in node.parents],
        }
        for node in order
    ]
    # END SOLUTION


# %% check
check = Check("e6-graph-rows", visible=1, hidden=1)


def described(spec, grads):
    nodes = handmade(spec)
    for node, grad in zip(nodes, grads, strict=True):
        node.grad = grad
    return describe_rows(nodes[-1])


def sketch(rows, number):
    """All that a row says of its node and of what it was made from, as nested lists."""
    row = rows[number]
    above = [sketch(rows, parent) for parent in row["parents"]]
    return [row["op"], row["value"], row["grad"], above]


def one_row_a_node(rows, spec, grads):
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return "a list of dictionaries is needed"
    return len(rows) == len(spec) or f"{len(rows)} rows came for {len(spec)} nodes"


def op_value_grad(rows, spec, grads):
    got = sorted((row["op"], row["value"], row["grad"]) for row in rows)
    wanted = sorted((row[1], row[0], g) for row, g in zip(spec, grads, strict=True))
    return got == wanted or f"{got} came where {wanted} was needed"


def by_number(rows, spec, grads):
    for number, row in enumerate(rows):
        if not all(isinstance(p, int) and 0 <= p < number for p in row["parents"]):
            return f"row {number} names the parents {row['parents']}"
    wanted = [
        {"op": op, "value": value, "grad": grad, "parents": parents}
        for (value, op, parents, _), grad in zip(spec, grads, strict=True)
    ]
    same = sketch(rows, len(rows) - 1) == sketch(wanted, len(wanted) - 1)
    return same or "what the last row was made from, and how, is not what was recorded"


product = [(3.0, "", [], []), (9.0, "mul", [0, 0], [3.0, 3.0])]
apart = [
    (2.0, "", [], []),
    (2.0, "", [], []),
    (4.0, "mul", [0, 1], [2.0, 2.0]),
    (2.0, "sub", [2, 0], [1.0, -1.0]),
]
some = [(product, [6.0, 1.0]), (apart, [1.0, 2.0, 1.0, 1.0])]
check.behaviour("one row a node", described, one_row_a_node, at=some)
check.behaviour("op, value and grad", described, op_value_grad, at=some)
check.behaviour("parents by row number", described, by_number, at=some)
# BEGIN HIDDEN TESTS
check.hidden()


def drawn(n):
    """A random graph of n nodes with gradients; values and words repeat."""
    spec, unused = [], set()
    for i in range(n):
        count = int(check.rng.integers(1, 3)) if i > 2 else 0
        parents = check.rng.integers(0, max(i, 1), size=count).tolist()
        if i == n - 1:
            parents += sorted(unused)
        unused = (unused - set(parents)) | {i}
        word = ["add", "mul", "tanh"][i % 3] if parents else ""
        spec.append((float(i // 2), word, parents, [1.0] * len(parents)))
    return spec, check.random(n).tolist()


def kept(spec, grads):
    nodes = handmade(spec)
    before = [dict(vars(node)) for node in nodes]
    describe_rows(nodes[-1])
    return all(vars(n) == was for n, was in zip(nodes, before, strict=True))


def recorded(x):
    x = Value(x)
    y = x * x
    y.backward()
    return describe_rows(y)


graphs = [drawn(n) for n in (4, 7, 10)]
lone = ([(5.0, "", [], [])], [0.5])
check.behaviour("one row a node", described, one_row_a_node, at=[lone, *graphs])
check.behaviour("op, value and grad", described, op_value_grad, at=[lone, *graphs])
check.behaviour("parents by row number", described, by_number, at=[lone, *graphs])
check.value(
    "op, value and grad",
    recorded,
    lambda x: [
        {"op": "", "value": x, "grad": 2 * x, "parents": []},
        {"op": "mul", "value": x * x, "grad": 1.0, "parents": [0, 0]},
    ],
    at=check.random(2),
)
check.value("the graph stays as it was", kept, lambda *case: True, at=graphs)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# From rows to a text that a screen reader reads well is a small step:


# %%
def in_words(rows):
    """The rows of a graph as sentences."""
    for number, row in enumerate(rows):
        from_rows = " and ".join(map(str, row["parents"]))
        how = f"{row['op']} of {from_rows}" if row["op"] else "leaf"
        print(f"{number}: {how}, value {row['value']:g}, gradient {row['grad']:g}")


def described_fifth():
    """The graph of section 3, after backward."""
    y = fifth(Value(2.0))
    y.backward()
    return describe_rows(y)


rows = attempt(described_fifth)
in_words(rows) if isinstance(rows, list) else print(rows)

# %% [markdown]
# ## 10 · Break it
#
# Three classic mistakes, as small sweeps over your nodes. Each line shows the gradient
# of $x$ after one, two and three calls, for $5x + 2x$ and for $x + x$. For each mutant,
# name the property of exercise 4 that catches it, before you open the answer.


# %%
def sweep_a(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad = partial * node.grad


def sweep_b(root):
    for node in topological_order(root):
        node.grad = 0.0
    careless_sweep(root)


def sweep_c(root):
    root.grad = 1.0
    for node in reversed(topological_order(root)):
        for parent, partial in set(zip(node.parents, node.partials)):
            parent.grad += partial * node.grad


mine = ("yours", lambda y: y.backward())
for name, back in [("A", sweep_a), ("B", sweep_b), ("C", sweep_c), mine]:
    line = attempt(lambda b=back: by_call(b, lambda x: x * 5.0 + x * 2.0))
    print(name, line, attempt(lambda b=back: by_call(b, lambda x: x + x)))

# %% [markdown]
# <details><summary>Which property catches which?</summary>
#
# - **A** overwrites: the last path wins. *the same number twice*, *fan-out of three*
#   and *every node's gradient* catch it. On a chain without fan-out it is right.
# - **B** clears leaves, too, so nothing accumulates: all calls say the same. *two calls
#   on one graph* catches it, as do *two graphs that share a leaf* and *gradients that
#   were there before*.
# - **C** is right for $5x + 2x$ on the first call, and gives 1 for $x + x$, whose two
#   pairs (parent, partial) are equal and become one in a set: *the same number twice*.
#   On the second call it shows the stale inner nodes of the hook as well.
#
# </details>
#
# ## 11 · Check yourself
#
# Answer aloud first, then open.
#
# <details><summary>1. Why is one call of backward on one formula a weak
# test?</summary>
#
# Stale inner gradients, cleared leaves and lost seeds show only in a second call, with
# a second graph or with another seed; a wrong order shows only with fan-out, and then
# perhaps only for one order of the factors.
#
# </details>
# <details><summary>2. May a node pull before all its users have pulled?</summary>
#
# Not if it pulls only once: it would hand on an incomplete gradient. One path at a time
# is right without waiting, but pulls once for each path.
#
# </details>
# <details><summary>3. Your graph has 5 million nodes and 1,000 parameters. How many
# pulls does one backward take?</summary>
#
# One for each node, 5 million, with one multiplication for each arrow; the number of
# parameters does not matter. That is reverse mode's bargain. The price is memory: all 5
# million nodes must be kept until then.
#
# </details>
# <details><summary>4. Why does backward not clear the leaves by itself?</summary>
#
# Because sums of gradients are wanted: several losses, or a batch in pieces that does
# not fit at once. Clearing is the caller's decision.
#
# </details>
# <details><summary>5. Partials are computed in the forward pass even if nobody calls
# backward. Is there another way?</summary>
#
# Keep what the slope needs (inputs or output) and compute it in `backward`. PyTorch
# does: cheaper if nobody goes back, but then somebody must watch that what was kept is
# not changed meanwhile.
#
# </details>
#
# ## 12 · In the wild
#
# `micrograd` is the best-known engine of this kind: about a hundred lines. Its [issue
# 2](https://github.com/karpathy/micrograd/issues/2) of April 2020, "Incorrect gradient
# when non-leaf Values are re-used", was written by the author himself, after a reader's
# remark: the first version accumulated gradients in the nodes on the way *and* went on
# from there once for each path. His toy problem had converged all the same. He first
# thought of counting users, so that a node waits for its last one; what stands there
# today is a topological order. (Counting works, too. Can you see how?)
#
# The same bug is found again and again. Somebody reported to another small library, in
# [cTensor's issue 5](https://github.com/sebgao/cTensor/issues/5), a formula whose
# gradient should be 6 and came out as 7. Here it is, with that kind of walk:


# %%
def path_and_add(node):
    """Hand on all that has gathered so far, each time that a path comes by."""
    for parent, partial in zip(node.parents, node.partials):
        parent.grad += partial * node.grad
        path_and_add(parent)


def reported(x):
    """3 * x**2, in the way of the report; a is the constant 1."""
    a = Value(1.0)
    xa, x2 = x * a, x * x
    return (x * xa + x2 * a) + x * xa


def by_the_walk():
    """Slope of `reported` at 1 by `path_and_add`."""
    x = Value(1.0)
    y = reported(x)
    y.grad = 1.0
    path_and_add(y)
    return x.grad


print("path and add:", attempt(by_the_walk))
print("yours:       ", attempt(lambda: gradients(reported, 1.0)[0]))

# %% [markdown]
# What can a tester learn from it? That training converges proves little: a gradient
# that is wrong by a positive factor still points downhill. Test numbers, with reuse.
#
# Where is all this in PyTorch? `parents` and `partials` are
# [`grad_fn`](https://docs.pytorch.org/docs/stable/notes/autograd.html) and its
# `next_functions`, your `seed` is the argument `gradient` of
# [`backward`](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html),
# `zero_grad` has the same name, and the order comes from counting users, as the issue
# suggested. Lesson 6 walks through it.
#
# ## 13 · Interview corner
#
# **"Why `+=` and not `=`?"** Because a value that is used several times influences the
# result along several paths, and the chain rule adds paths. *Evidence:* `x + x`, above:
# mutant A says 1. *The trap:* "so that gradients accumulate over batches" is a
# different matter, a decision about leaves; inside one backward `+=` is a theorem.
#
# **"Why a topological order?"** So that each node pulls once, with its gradient
# complete. *Evidence:* the ladder of section 6, 65,535 pulls by paths for 16
# nodes. *The trap:* there are several such orders, and any will do.
#
# **"What does `zero_grad` do, and what if you forget it?"** Leaves accumulate, so
# without it each step goes along the sum of all gradients so far. It may even train for
# a while. *Evidence:* a line through three points, with the gradients by hand in NumPy;
# how do the losses go on?


# %%
def losses_of(kept):
    """Losses of 60 steps; `kept` is the share of old gradients that is not cleared."""
    inputs, targets = np.array([-1.0, 0.0, 2.0]), np.array([-1.0, 1.0, 3.0])
    w = b = dw = db = 0.0
    found = []
    for _ in range(60):
        error = w * inputs + b - targets
        found.append(float(np.mean(error**2)))
        dw = kept * dw + np.mean(2 * error * inputs)
        db = kept * db + np.mean(2 * error)
        w, b = w - 0.05 * dw, b - 0.05 * db
    return [round(loss, 3) for loss in found[::6]]


print("cleared:    ", losses_of(0.0))
print("not cleared:", losses_of(1.0))

# %% [markdown]
# ## 14 · Stretch: gradients that are `Value`s
#
# Your gradients are plain numbers: there is no way to differentiate them again. For
# second derivatives the *backward sweep itself* must be recorded. PyTorch calls that
# `create_graph=True`.
#
# **Goal.** A sweep whose results are `Value`s with a graph of their own.
#
# **Signature.** `gradient_values(root, leaves) -> list[Value]`: for each leaf of the
# list the gradient of `root`, as a `Value` made by operations on the nodes of the
# graph. A leaf on which `root` does not depend gets a `Value` of 0. The stored
# `partials` do not help here, for they are numbers. Look at `op` instead, and say each
# slope as a `Value`, in terms of the node and its parents.
#
# Graphs to be handled: those made with `+`, `-`, `*` and `exp`, so the words `"add"`,
# `"sub"`, `"neg"`, `"mul"` and `"exp"`. No `grad` is touched.
#
# **Worked example.** For `x = Value(3.0)` and `y = x * x * x`: `(g,) =
# gradient_values(y, [x])` has `g.data == 27.0`, and `gradient_values(g, [x])[0].data`
# is 18.
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks ·
# about 25 minutes · difficulty 5 of 5*
#
# **What the check looks at**
#
# - **first derivatives**, of all leaves of a list;
# - **second derivatives**, in closed form and against differences of the gradient;
# - **third derivatives**;
# - **a leaf that is not used**: its gradient is a `Value` of 0;
# - **a gradient inside a loss**: `backward` through an expression that contains
#   gradients;
# - **no grad is touched**.
#
# <details><summary>Hint 1: a nudge</summary>
#
# The sweep is the one you know. Only keep the gradients in a dictionary instead of in
# `grad`, and let `+` and `*` work on `Value`s.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *second derivatives* fails with 0 if you multiply by the stored `partials`: they are
# constants for the second sweep.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def slopes(node):                      # one Value or number for each parent
#     if node.op == "mul":
#         a, b = node.parents
#         return [b, a]                  # the parents themselves, not their data
#     ...
#
# flow = {id(root): Value(1.0)}
# for node in reversed(topological_order(root)):
#     for parent, slope in zip(node.parents, slopes(node)):
#         ...                            # flow of the parent, plus slope times mine
# return [flow.get(...) for leaf in leaves]
# ```
#
# </details>


# %% solution="s4-gradient-values"
def gradient_values(root: Value, leaves: list) -> list:
    """Gradient of `root` for each leaf, as a Value that can be differentiated again."""
    # BEGIN SOLUTION
    rules = {
        "add": lambda node: (1.0, 1.0),
        "sub": lambda node: (1.0, -1.0),
        "neg": lambda node: (-1.0,),
        "mul": lambda node: (node.parents[1], node.parents[0]),
        "exp": lambda node: (node,),
    }
    flow = {id(root): Value(1.0)}
    for node in reversed(topological_order(root)):
        slopes = rules[node.op](node) if node.parents else ()
        for parent, slope in zip(node.parents, slopes):
            share = flow[id(node)] * slope
            flow[id(parent)] = flow.get(id(parent), 0.0) + share
    return [lift(flow.get(id(leaf), 0.0)) for leaf in leaves]
    # END SOLUTION


# %% check
check = Check("s4-gradient-values", visible=1, hidden=1)


def bowl(x, y):
    """A function of two numbers of any type."""
    return x * apply("exp", x * y) - y * y * y


def bowl_gradient(point):
    """Its gradient, worked out by hand."""
    x, y = point
    e = np.exp(x * y)
    return np.array([(1 + x * y) * e, x * x * e - 3 * y * y])


def bowl_hessian(point):
    """Its second derivatives, worked out by hand."""
    x, y = point
    e = np.exp(x * y)
    across = (2 * x + x * x * y) * e
    return np.array([[(2 * y + x * y * y) * e, across], [across, x**3 * e - 6 * y]])


def first(x, y):
    leaves = [Value(x), Value(y)]
    return data_of(gradient_values(bowl(*leaves), leaves))


def hessian(f, point):
    leaves = [Value(float(z)) for z in point]
    gradient = gradient_values(bowl(*leaves), leaves)
    return np.array([data_of(gradient_values(g, leaves)) for g in gradient])


def again(x, times):
    x = Value(x)
    y = x * x * x * x - x * x
    for _ in range(times):
        (y,) = gradient_values(y, [x])
    return y.data


def unused(x):
    x, other = Value(x), Value(1.0)
    found = gradient_values(x * x, [other, x])
    return [data_of(found), [isinstance(g, Value) for g in found]]


near = Tolerance(rel=1e-12, abs=1e-11)
check.value(
    "first derivatives", first, lambda *p: bowl_gradient(p), at=[(0.5, -1.0)], tol=near
)
check.jacobian("second derivatives", hessian, bowl_gradient, at=[np.array([0.5, -1.0])])
check.value("third derivatives", again, [48.0], at=[(2.0, 3)])
check.value("a leaf that is not used", unused, [[[0.0, 6.0], [True, True]]], at=[3.0])
# BEGIN HIDDEN TESTS
check.hidden()


def penalised(x, y):
    """Gradient, by backward, of the squared length of a gradient."""
    leaves = [Value(x), Value(y)]
    gx, gy = gradient_values(bowl(*leaves), leaves)
    (gx * gx + gy * gy).backward()
    return [leaf.grad for leaf in leaves]


def grads_after(x):
    x = Value(x)
    x.grad = 0.5
    inner = x * x
    y = inner * x - 2.0 * x
    gradient_values(y, [x])
    return [x.grad, inner.grad, y.grad]


def inner_signs(x, y):
    leaves = [Value(x), Value(y)]
    root = -(leaves[0] - leaves[1]) * (2.0 - leaves[1] * leaves[1])
    gradient = gradient_values(root, leaves)
    return [data_of(gradient), data_of(gradient_values(gradient[1], leaves))]


points = [tuple(p) for p in check.random((4, 2)).tolist()]
check.value(
    "first derivatives", first, lambda *p: bowl_gradient(p), at=points, tol=near
)
check.jacobian(
    "second derivatives",
    hessian,
    bowl_gradient,
    at=[np.array(p) for p in points],
    exact=bowl_hessian,
    tol=near,
)
check.value(
    "second derivatives",
    inner_signs,
    lambda x, y: [
        [y * y - 2, 2 - y * y + 2 * y * (x - y)],
        [2 * y, 2 * x - 6 * y],
    ],
    at=points,
    tol=near,
)
check.value(
    "third derivatives",
    again,
    lambda x, n: np.polyval(np.polyder([1, 0, -1, 0, 0], n), x),
    at=[(x, n) for (x, _), n in zip(points, [1, 2, 3, 4])],
    tol=near,
)
check.value(
    "a gradient inside a loss",
    penalised,
    lambda *p: 2 * bowl_hessian(p) @ bowl_gradient(p),
    at=points,
    tol=Tolerance(rel=1e-11, abs=1e-10),
)
check.value("no grad is touched", grads_after, [[0.5, 0.0, 0.0]], at=[1.5])
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 15 · One page to take away
#
# **Record.** A `Value` holds `data`, `grad`, `parents`, `op` and `partials`. Operations
# compute and note two facts: from which numbers, with which slopes.
#
# **Chain rule on a graph.** Multiply partials along a path, add up all paths. By paths
# that costs as many pulls as there are paths, easily $2^n$; in topological order one a
# node.
#
# **Order.** Parents before users when listed, users before parents when swept. With a
# stack of one's own (no recursion limit) and by identity (no confusion of equals).
#
# **State**
#
# | node | before the sweep | after it |
# |---|---|---|
# | leaf | whatever it holds stays | old value plus this call's gradient |
# | inner node | cleared | this call's gradient |
# | root | seed, by the same two rules | the seed (added, if it is a leaf) |
#
# **Train.** Clear, loss, backward, step; keep numbers of losses, not their graphs.
#
# **Bugs you have met**
#
# | bug | symptom | test that shows it |
# |---|---|---|
# | inner gradients kept | 27, then 45 or 72 | a second call on one graph |
# | order of the walk | wrong for some orders of factors | arms of unequal length |
# | recursion | dies near 1,000 nodes | 5,000 nodes deep |
# | slope read late | 100 instead of 3 | change an input in between |
# | parents in a set | other bits in each run; `x + x` gives 1 | a number used twice |
#
# **Next.** A thousand nodes for twenty points is a toy. [Lesson
# 5](../05_array_vjps/05_array_vjps.ipynb) puts arrays into the nodes; then shapes begin
# to matter. Back to the [map of the
# course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
