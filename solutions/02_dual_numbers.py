# %% [markdown]
# # Lesson 2 · Dual numbers: derivatives that ride along
#
# **Reading: about 23 minutes** (at 200 words a minute, hints included).
# **Exercises: about 85 minutes** for 20 points; the stretch at the end is extra.
#
# In lesson 1 you measured slopes from outside: call a black box twice, subtract,
# divide, and live with the V-shaped error. In this lesson you get inside. You write a
# number type that carries its own slope, call *unchanged* Python functions with it, and
# the derivative comes out with the value: no step `h`, no subtraction of nearly equal
# numbers, one call.
#
# **After this lesson you can**
#
# - derive the arithmetic of dual numbers from one rule, $\varepsilon^2 = 0$;
# - differentiate ordinary Python code, loops and branches included;
# - compute directional derivatives, gradients and Jacobians in forward mode;
# - say what that costs, and when it is the wrong tool;
# - recognise perturbation confusion, a bug that real libraries had.
#
# **You need** lesson 1 and Python classes. If names like `__add__` are new to you, the
# first code below shows how they work.

# %%
import math
import tracemalloc
from itertools import count

import numpy as np

from autograd_ref.finite import central_difference
from graders import Check, Tolerance
from graders.show import figure, subplots, table

# %% [markdown]
# ## 1 · A hook: where does 26 come from?
#
# Here is a plain function, and a small class. When Python meets `a * b`, it asks the
# object `a` how to multiply, by calling `a.__mul__(b)`. So an object that answers to
# `__mul__` and `__sub__` can be handed to `curve`, which was written with ordinary
# numbers in mind.


# %%
def curve(x):
    """An ordinary function; nothing in it knows about derivatives."""
    return x * x * x - x


class Grid:
    """Four numbers in a square that know how to subtract and multiply."""

    def __init__(self, rows):
        self.rows = np.array(rows, dtype=float)

    def __sub__(self, other):
        return Grid(self.rows - other.rows)

    def __mul__(self, other):
        return Grid(self.rows @ other.rows)


print("curve(3.0) =", curve(3.0))
print(curve(Grid([[3.0, 1.0], [0.0, 3.0]])).rows)

# %% [markdown]
# On the diagonal stands 24, which is `curve(3)`. But the corner says 26, and by hand
# $3 \cdot 3^2 - 1 = 26$ is the *slope* of the curve at 3. Nobody subtracted two values
# of `curve`. Nobody chose a step.
#
# What is special about the table $\begin{pmatrix}3&1\\0&3\end{pmatrix}$? Write it as $3
# \cdot I + 1 \cdot N$, where $I$ is the identity and $N$ has a single 1 in its corner.
# What is $N \cdot N$? Work it out; then run the next cell, which also shows what the
# central differences of lesson 1 make of the slope.

# %%
for h in [1e-2, 1e-5, 1e-8, 1e-11]:
    print(f"h = {h:.0e}   slope = {central_difference(curve, 3.0, h):.12f}")

N = np.array([[0.0, 1.0], [0.0, 0.0]])
print("N is zero:", not N.any(), "   N @ N is zero:", not (N @ N).any())

# %% [markdown]
# So there are things that are not zero and whose square is. We give $N$ the name
# $\varepsilon$ (epsilon) and drop the tables, because two numbers are enough:
#
# $$ a + b\,\varepsilon, \qquad \varepsilon \ne 0, \qquad \varepsilon^2 = 0 . $$
#
# That is a **dual number**. We call $a$ its **primal**, the ordinary value, and $b$ its
# **tangent**, the speed at which that value changes. Put it into Taylor's formula, and
# all the higher terms vanish, not because they are small but because each has a factor
# $\varepsilon^2 = 0$:
#
# $$ f(a + b\,\varepsilon) = f(a) + f'(a)\,b\,\varepsilon . $$
#
# There is no remainder, so there is no truncation error and nothing to tune.

# %% [markdown]
# ## 2 · Predict
#
# Three guesses before you know the rules. They earn and cost nothing; a wrong guess is
# the best preparation for the explanation. Replace each `None` by a number.
#
# 1. Call `x * x` with $x = 3 + 0.5\,\varepsilon$. What is the tangent of the result?
# 2. A function has 1000 inputs and one output. How often must it be run on dual numbers
#    (each run is a *pass*) to get its whole gradient?
# 3. `x * x if x != 2 else 4 + 0 * x` has the same values as `x * x` everywhere. Which
#    slope do dual numbers report at $x = 2$?

# %% solution="p2-guesses"
guesses = {
    "tangent of x * x": None,
    "passes for 1000 inputs": None,
    "slope at 2 of the odd square": None,
}
# BEGIN SOLUTION
guesses = {
    "tangent of x * x": 3.0,
    "passes for 1000 inputs": 1000,
    "slope at 2 of the odd square": 0.0,
}
# END SOLUTION

# %% check
check = Check("p2-guesses", visible=0, hidden=0)
dual_grid = Grid([[3.0, 0.5], [0.0, 3.0]])
check.facts(
    "guess",
    guesses,
    truths={
        "tangent of x * x": lambda: (dual_grid * dual_grid).rows[0, 1],
        "passes for 1000 inputs": lambda: len(np.eye(1000)),
        "slope at 2 of the odd square": lambda: np.polyval(np.polyder([0.0, 4.0]), 2),
    },
)
check.score()

# %% [markdown]
# Surprised by one? Each comes back: the first in section 4, the second in section 7,
# the third in section 8.
#
# ## 3 · A picture: every value carries an arrow
#
# Follow `curve` step by step at $x = 1.5$. Each step makes a new value, and each value
# has an arrow: how fast it would move if $x$ moved. We start the arrow of $x$ with
# length 0.37 (the **seed**); any other length would scale all arrows alike.
#
# With two inputs the arrows at the start can point in many *directions*. Below the
# figure, two columns of a table have the arrows of $x^2 y - x$ along $(1, 0)$ and $(0,
# 1)$. Cover the third, and compute its last entry from those two. Then turn the
# direction yourself: in the picture all arrows follow, and a counter counts your
# passes.

# %%
steps = [("x", 1.5, 0.37), ("u = x * x", 2.25, 1.11)]
steps += [("v = u * x", 3.375, 2.4975), ("y = v - x", 1.875, 2.1275)]
fig, ax = subplots(figsize=(7, 3.2))
for row, (name, primal, tangent) in enumerate(steps):
    ax.plot([0, 6.5], [-row, -row], color="0.8", linewidth=1, linestyle="-", marker="")
    ax.plot([primal], [-row], "o", color="#0072B2")
    ax.annotate(
        "",
        xy=(primal + tangent, -row),
        xytext=(primal, -row),
        arrowprops={"arrowstyle": "->", "color": "#D55E00", "lw": 2},
    )
ax.set_yticks([0, -1, -2, -3], [name for name, _, _ in steps])
ax.set_xlabel("value (dot) and tangent (arrow)")
figure(
    fig,
    alt="Four number lines, one under the other, for x, u = x*x, v = u*x and "
    "y = v - x at x = 1.5. On each a dot marks the value: 1.5, 2.25, 3.375, 1.875. "
    "From each dot an arrow points right; its length is the tangent: 0.37, 1.11, "
    "2.4975, 2.1275. The arrows grow with each product and shrink in the difference.",
    table=[["step", "primal", "tangent"], *[list(step) for step in steps]],
)

# %%
from autograd_ref.playground import twin

ways = [{"x": 1.0}, {"y": 1.0}, {"x": 0.6, "y": -0.8}]
table(
    twin("arrows", "u = x*x; v = u*y; v - x", {"x": 1.5, "y": 0.8}, directions=ways),
    caption="Values, and their arrows for three directions at the inputs",
)

# %%
from autograd_ref.playground import scene

scene("arrows", "u = x*x; v = u*y; v - x", {"x": 1.5, "y": 0.8})

# %% [markdown]
# $0.6 \cdot 1.4 - 0.8 \cdot 2.25 = -0.96$: arrows are *linear* in the direction. So two
# passes, one along each input, tell about every direction; with $n$ inputs it takes
# $n$.
#
# Back to the figure: check two arrows with a pencil. The last value is $y = x^3 - x$,
# with slope $3 \cdot 1.5^2 - 1 = 5.75$ at 1.5, and $5.75 \cdot 0.37 = 2.1275$. And
# $u = x^2$ has slope 3, and $3 \cdot 0.37 = 1.11$.
#
# Why 0.37 and not 1? Because 1 hides mistakes: whoever forgets to multiply by the
# tangent gets the right answer with seed 1. All checks in this lesson use other seeds.
#
# ## 4 · Build: arithmetic
#
# What must `+`, `-` and `*` do? Nothing is invented here: multiply out and use
# $\varepsilon^2 = 0$.
#
# $$ (a + b\varepsilon) + (c + d\varepsilon) = (a + c) + (b + d)\,\varepsilon $$
#
# $$ (a + b\varepsilon)(c + d\varepsilon) = ac + (ad + bc)\,\varepsilon
#    + bd\,\varepsilon^2 = ac + (ad + bc)\,\varepsilon $$
#
# The second line is the product rule of calculus. You did not put it in; the vanishing
# square did.
#
# One helper is given. It turns a plain number into a constant: tangent 0. The others
# are what the checks look through: they see only `.primal` and `.tangent`. And
# `attempt` lets the notebook run on while an exercise is still open.


# %%
def lift(value):
    """`value` as a Dual; a plain number becomes a constant, with tangent 0."""
    return value if isinstance(value, Dual) else Dual(value)


def parts(numbers):
    """[primal, tangent] of each dual number of a list."""
    return [[d.primal, d.tangent] for d in numbers]


def scaled(numbers, seed):
    """[primal, tangent / seed] of each dual number of a list."""
    return [[d.primal, d.tangent / seed] for d in numbers]


def attempt(probe):
    """`probe()`, or the name and message of the error that it raised."""
    try:
        return probe()
    except Exception as error:
        return f"({type(error).__name__}: {error})"


# %% [markdown]
# ### Exercise 1 · A number that carries its slope
#
# **Goal.** Complete `class Dual` so that duals and plain numbers (`int`, `float`) mix
# freely in `+`, `-`, `*`, on either side, and compare like ordinary numbers.
#
# **Signature.** `Dual(primal, tangent=0.0)` with attributes `primal` and `tangent`.
# `__init__` and `__repr__` are there already; keep the two attribute names.
#
# **Worked example.** $(3 + 1\varepsilon)(4 + 2\varepsilon) = 12 + (3 \cdot 2 + 1 \cdot
# 4)\,\varepsilon$, so `Dual(3.0, 1.0) * Dual(4.0, 2.0)` is `Dual(12.0, 10.0)`.
#
# *4 points (1 + 3 hidden) · about 18 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **two duals**: sum, difference in both orders, product;
# - **plain numbers on either side**: `x + 2`, `2 + x`, `x - 2`, `2 - x`, `x * 2`, `2 *
#   x`;
# - **minus sign**: `-x`;
# - **sum of a list**: Python's `sum` starts from the plain number 0;
# - **comparisons**: `<`, `<=`, `>`, `>=`, `==`, `!=` look at primals only, with duals
#   and with numbers: branches must go the way they go for plain numbers;
# - **operands stay as they were**: an operation makes a new number;
# - **tangents of any size**: from $10^{-150}$ to $10^{150}$, for no step is hidden
#   inside;
# - **slopes of polynomials**: seed 0.37, compared with a closed form to 12 digits and
#   with measured slopes, as in lesson 1.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write `__add__`, `__neg__` and `__mul__` with care; most others can be said in terms
# of these three, and `!=` comes free with `==`. When does Python call `__radd__`? For
# `2 + x`, because the number 2 does not know what a `Dual` is.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *plain numbers on either side* fails at `2 - Dual(3.0, 0.37)`: it must be
#   `Dual(-1.0, -0.37)`. Both signs turn.
# - *two duals* fails at `Dual(3.0, 1.0) * Dual(4.0, 0.0)`: the tangent is 4, not 0.
# - *sum of a list* fails with `unsupported operand` if `__radd__` is missing.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def __mul__(self, other):
#     other = lift(other)          # now both sides have .primal and .tangent
#     tangent = ...                # two cross terms: mine times theirs, twice
#     return Dual(..., tangent)    # a new number; self and other stay as they were
#
# def __rsub__(self, other):       # other - self
#     return (-self) + other
#
# def __lt__(self, other):
#     return self.primal < lift(other).primal
# ```
#
# </details>
#
# <details><summary>Did an error stop you? The usual ones, by message</summary>
#
# | message | what it says |
# |---|---|
# | `unsupported operand type(s) for +: 'int' and 'Dual'` | no `__radd__` |
# | `'float' object has no attribute 'primal'` | a plain number came: `lift` it first |
# | `maximum recursion depth exceeded` | `__radd__` calls `other + self`: itself |
# | `'NoneType' object has no attribute ...` | a method computes but does not `return` |
# | `math domain error` | a logarithm of a number that is not positive |
#
# </details>


# %% solution="e1-dual-arithmetic"
class Dual:
    """A number `primal + tangent * eps`, where `eps * eps` is 0 and `eps` is not.

    `tangent` says how fast `primal` changes. A plain number is a constant: tangent 0.
    """

    def __init__(self, primal: float, tangent: float = 0.0) -> None:
        self.primal = primal
        self.tangent = tangent

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r})"

    def __add__(self, other: "Dual | float") -> "Dual":
        # BEGIN SOLUTION
        other = lift(other)
        return Dual(self.primal + other.primal, self.tangent + other.tangent)
        # END SOLUTION

    def __radd__(self, other: float) -> "Dual":
        # BEGIN SOLUTION
        return self + other
        # END SOLUTION

    def __neg__(self) -> "Dual":
        # BEGIN SOLUTION
        return Dual(-self.primal, -self.tangent)
        # END SOLUTION

    def __sub__(self, other: "Dual | float") -> "Dual":
        # BEGIN SOLUTION
        return self + (-lift(other))
        # END SOLUTION

    def __rsub__(self, other: float) -> "Dual":
        # BEGIN SOLUTION
        return (-self) + other
        # END SOLUTION

    def __mul__(self, other: "Dual | float") -> "Dual":
        # BEGIN SOLUTION
        other = lift(other)
        tangent = self.primal * other.tangent + self.tangent * other.primal
        return Dual(self.primal * other.primal, tangent)
        # END SOLUTION

    def __rmul__(self, other: float) -> "Dual":
        # BEGIN SOLUTION
        return self * other
        # END SOLUTION

    def __eq__(self, other: object) -> bool:
        # BEGIN SOLUTION
        return self.primal == lift(other).primal
        # END SOLUTION

    def __lt__(self, other: "Dual | float") -> bool:
        # BEGIN SOLUTION
        return self.primal < lift(other).primal
        # END SOLUTION

    def __le__(self, other: "Dual | float") -> bool:
        # BEGIN SOLUTION
        return self.primal <= lift(other).primal
        # END SOLUTION

    def __gt__(self, other: "Dual | float") -> bool:
        # BEGIN SOLUTION
        return self.primal > lift(other).primal
        # END SOLUTION

    def __ge__(self, other: "Dual | float") -> bool:
        # BEGIN SOLUTION
        return self.primal >= lift(other).primal
        # END SOLUTION


# %%
# Functions that the check below calls, with numbers of several types.
def combine(a, b):
    """Sum, both differences and product of two numbers of any type."""
    return [a + b, b + a, a - b, b - a, a * b, b * a]


def untouched(a, b):
    """The parts of two duals after they have been used."""
    combine(a, b)
    return parts([a, b])


def compare(a, b):
    """All six comparisons."""
    return [a < b, a <= b, a > b, a >= b, a == b, a != b]


def horner(coefficients, x):
    """Value of a polynomial, highest power first; `x` may be any type of number."""
    result = 0.0
    for c in coefficients:
        result = result * x + c
    return result


# %% check
check = Check("e1-dual-arithmetic", visible=1, hidden=3)


def two(a, b):
    return parts(combine(Dual(*a), Dual(*b)))


def mixed(a, c):
    return parts(combine(Dual(*a), c))


def total(*duals):
    return parts([sum([Dual(*d) for d in duals])])


def slope(f, x):
    return f(Dual(x, 0.37)).tangent / 0.37


cases = [((3.0, 1.0), (4.0, 2.0))]
by_hand = [[(7, 3), (7, 3), (-1, -1), (1, 1), (12, 10), (12, 10)]]
check.value("two duals", two, by_hand, at=cases)
by_hand = [[(5, 0.5), (5, 0.5), (1, 0.5), (-1, -0.5), (6, 1), (6, 1)]]
check.value("plain numbers on either side", mixed, by_hand, at=[((3.0, 0.5), 2)])
check.value("sum of a list", total, [[(7.0, 3.0)]], at=cases)
check.derivative("slopes of polynomials", slope, curve, at=[-1.5, 0.2, 3.0])
# BEGIN HIDDEN TESTS
check.hidden()


def by_rule(a, b):
    (p, s), (q, t) = a, b
    plus, minus, back = (p + q, s + t), (p - q, s - t), (q - p, t - s)
    return [plus, plus, minus, back, *2 * [(p * q, p * t + s * q)]]


def against_numbers(a, c):
    return compare(Dual(*a), c) + compare(c, Dual(*a))


def polynomial(c, x):
    return slope(lambda z: horner(c, z), x)


near = Tolerance(rel=1e-12, abs=1e-12)
duals = [tuple(map(tuple, check.random((2, 2)).tolist())) for _ in range(4)]
plain = [(d, c) for (d, _), c in zip(duals, [3, -0.7, 2.5, 0], strict=True)]
many = [(check.random(5).tolist(), float(x)) for x in check.random(8)]
check.value("two duals", two, by_rule, at=duals)
check.value(
    "plain numbers on either side",
    mixed,
    lambda a, c: by_rule(a, (c, 0.0)),
    at=plain,
)
check.value(
    "minus sign",
    lambda a, b: parts([-Dual(*a), -(-Dual(*b))]),
    lambda a, b: [(-a[0], -a[1]), b],
    at=duals,
)
check.value("sum of a list", total, lambda *d: np.sum(d, axis=0)[None], at=duals)
check.value(
    "comparisons",
    lambda a, b: compare(Dual(*a), Dual(*b)),
    lambda a, b: compare(a[0], b[0]),
    at=[*duals, ((2.0, 1.0), (2.0, -1.0)), ((1.0, 5.0), (2.0, 3.0))],
)
check.value(
    "comparisons",
    against_numbers,
    lambda a, c: compare(a[0], c) + compare(c, a[0]),
    at=[((1.5, -9.0), 2), ((2.0, 0.37), 2.0), ((2.5, 0.37), 2)],
)
check.value(
    "operands stay as they were",
    lambda a, b: untouched(Dual(*a), Dual(*b)),
    lambda a, b: [a, b],
    at=duals,
)
check.value(
    "tangents of any size",
    lambda s: scaled([(2 * Dual(3.0, s) - 1) * Dual(-1.5, s)], s),
    lambda s: [(-7.5, 2.0)],
    at=[1e-150, 0.37, 1e150],
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
# ## 5 · Build: division and powers
#
# First, the hook again, with your class: the same `curve`, not one character changed.
# Then something new. A class that grows over several exercises needs a way to get new
# methods. Here is one: `@extends(Dual)` above a function attaches it to `Dual` under
# its own name. (A method *is* a function that a class has as an attribute; nothing else
# happens.)

# %%
print("curve(Dual(3, 1)) =", attempt(lambda: curve(Dual(3.0, 1.0))))
print("curve(Dual(3, 0.37)) =", attempt(lambda: curve(Dual(3.0, 0.37))))


def extends(cls):
    """A decorator that attaches a function to `cls` as a method of the same name."""

    def attach(function):
        setattr(cls, function.__name__, function)
        return function

    return attach


# %% [markdown]
# What is $\frac{a + b\varepsilon}{c + d\varepsilon}$? Use the trick known from complex
# numbers: multiply above and below by $c - d\varepsilon$. Below, $\varepsilon^2 = 0$
# leaves $c^2$:
#
# $$ \frac{(a + b\varepsilon)(c - d\varepsilon)}{c^2}
#    = \frac{a}{c} + \frac{bc - ad}{c^2}\,\varepsilon . $$
#
# The quotient rule, again for free. It also shows where division must fail: at $c = 0$,
# whatever $d$ is. So $\varepsilon$ itself has no inverse, although it is not zero.
# (Dual numbers are a *ring*, not a field.)
#
# For powers, Taylor's formula does the work: the tangent of $f$ is $f'(a)\,b$. Three
# cases differ in who carries the tangent:
#
# | written | method called | derivative used |
# |---|---|---|
# | `x ** n` | `x.__pow__(n)`, n a number | $n\,a^{n-1}$ |
# | `n ** x` | `x.__rpow__(n)` | $n^a \ln n$ |
# | `x ** y` | `x.__pow__(y)`, both dual | the sum of both |
#
# ### Exercise 2 · Quotients and powers
#
# **Goal.** Give `Dual` the operators `/` and `**`.
#
# **Signature.** `__truediv__(self, other)`, `__rtruediv__(self, other)`,
# `__pow__(self, other)`, `__rpow__(self, other)`; each returns a `Dual`.
#
# **Worked example.** $(6 + 1\varepsilon) / (2 + 0.5\varepsilon)$: primal $6/2 = 3$,
# tangent $(1 \cdot 2 - 6 \cdot 0.5)/2^2 = -0.25$.
#
# *4 points (1 + 3 hidden) · about 18 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **quotients**: dual by dual, dual by number, number by dual;
# - **whole powers of any base**: `Dual(-3.0, 0.37) ** 3`, negative exponents too;
# - **powers at zero**: `Dual(0.0, 0.37)` to the power 0, 1, 2. $x^0$ is the constant 1,
#   so its tangent is 0, at zero too;
# - **fractional powers** of a positive base, as `x ** 0.5`;
# - **number to a dual power**, as `2 ** x`, for a positive number;
# - **dual to a dual power**, as `x ** x`, for a positive base;
# - **tangents of any size**, as in exercise 1;
# - **slopes of formulas**: quotients and powers mixed, seed 0.37.
#
# Not looked at: division by zero, 0 to a negative power, negative bases with fractional
# powers. Whatever Python does with plain numbers there is fine.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `x ** n` is tempting to write as $e^{n \ln x}$. For which base does that break,
# although `x * x * x` works?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *whole powers of any base* fails at `Dual(-3.0, 0.37) ** 3` if you take a logarithm.
#   (Real libraries had that: an issue of CppAD reports
#   [NaN for the slope of x^1.875 at 0](https://github.com/coin-or/CppAD/issues/92).)
# - *powers at zero* fails at `Dual(0.0, 0.37) ** 0` with `ZeroDivisionError`, because
#   $n\,a^{n-1}$ asks for $0^{-1}$, although it is multiplied by $n = 0$.
# - *quotients* fails at `2 / Dual(4.0, 0.37)` if the square below is forgotten: the
#   tangent is $-2 \cdot 0.37 / 16$.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def __pow__(self, other):
#     a, n = self.primal, lift(other).primal
#     tangent = ... if n != 0 else 0.0     # the power rule, times self.tangent
#     if isinstance(other, Dual):          # the exponent moves too:
#         tangent = tangent + ...          # a**n * log(a), times other.tangent
#     return Dual(a ** n, tangent)
# ```
#
# </details>


# %% solution="e2-quotients-powers"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    # BEGIN SOLUTION
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)
    # END SOLUTION


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    # BEGIN SOLUTION
    return Dual(other) / self
    # END SOLUTION


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    # BEGIN SOLUTION
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)
    # END SOLUTION


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    # BEGIN SOLUTION
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)
    # END SOLUTION


# %%
# Functions that the check below calls, with numbers of several types.
def quotients(a, b):
    """Both quotients of two numbers of any type."""
    return [a / b, b / a]


def powers(a, exponents):
    """Several powers of one number of any type."""
    return [a**n for n in exponents]


def formula(x):
    """Quotients and whole powers, mixed."""
    return (x**3 - 2 * x) / (1 + x * x) + 3 / x


def formula_slope(x):
    """The derivative of `formula`, worked out by hand."""
    top, below = x**3 - 2 * x, 1 + x * x
    return ((3 * x * x - 2) * below - top * 2 * x) / below**2 - 3 / x**2


# %% check
check = Check("e2-quotients-powers", visible=1, hidden=3)


def divided(a, b):
    return parts(quotients(Dual(*a), Dual(*b)))


def divided_by_number(a, c):
    return parts(quotients(Dual(*a), c))


def raised(a, exponents):
    return parts(powers(Dual(*a), exponents))


expected = [[(3.0, -0.25), (1 / 3, 1 / 36)]]
check.value("quotients", divided, expected, at=[((6.0, 1.0), (2.0, 0.5))])
expected = [[(-27.0, 27.0), (9.0, -6.0), (-1 / 3, -1 / 9)]]
check.value("whole powers of any base", raised, expected, at=[((-3, 1), [3, 2, -1])])
expected = [[(1.0, 0.0), (0.0, 0.37), (0.0, 0.0)]]
check.value("powers at zero", raised, expected, at=[((0.0, 0.37), [0, 1, 2])])
check.derivative(
    "slopes of formulas",
    lambda f, x: f(Dual(x, 0.37)).tangent / 0.37,
    formula,
    at=[-1.2, 0.6, 2.0],
)
# BEGIN HIDDEN TESTS
check.hidden()


def by_quotient_rule(a, b):
    (p, s), (q, t) = a, b
    cross = s * q - p * t
    return [(p / q, cross / q**2), (q / p, -cross / p**2)]


def by_power_rule(a, exponents):
    return [(a[0] ** n, n * a[0] ** (n - 1) * a[1]) for n in exponents]


near = Tolerance(rel=1e-12, abs=1e-12)
duals = [tuple(map(tuple, check.random((2, 2)).tolist())) for _ in range(4)]
plain = [(d, c) for (d, _), c in zip(duals, [3, -0.7, 2.5, 1], strict=True)]
positive = [(abs(p), s) for (p, s), _ in duals]
sizes = [1e-150, 0.37, 1e150]
check.value("quotients", divided, by_quotient_rule, at=duals, tol=near)
check.value(
    "quotients",
    divided_by_number,
    lambda a, c: by_quotient_rule(a, (c, 0.0)),
    at=plain,
    tol=near,
)
check.value(
    "whole powers of any base",
    raised,
    by_power_rule,
    at=[(d, [3, 4, 1, -1, -2]) for d, _ in duals],
    tol=near,
)
check.value(
    "powers at zero",
    raised,
    [[(1.0, 0.0), (0.0, 1.3), (0.0, 0.0), (0.0, 0.0)]],
    at=[((0.0, 1.3), [0, 1, 2, 3])],
)
check.value(
    "fractional powers",
    raised,
    by_power_rule,
    at=[(d, [0.5, 1.5, -0.5, 2.0]) for d in positive],
    tol=near,
)
check.value(
    "number to a dual power",
    lambda c, a: parts([c ** Dual(*a)]),
    lambda c, a: [(c ** a[0], c ** a[0] * math.log(c) * a[1])],
    at=[(2, (3.0, 0.37)), (0.4, duals[0][0]), (2.5, duals[1][0]), (1, duals[2][0])],
    tol=near,
)
check.value(
    "dual to a dual power",
    lambda x, s: (Dual(x, s) ** Dual(x, s)).tangent / s,
    lambda x, s: x**x * (1 + math.log(x)),
    at=positive,
    tol=near,
)
check.value(
    "dual to a dual power",
    lambda x, s, t: parts([Dual(x, s) ** Dual(-1.7, t)]),
    lambda x, s, t: [(x**-1.7, -1.7 * x**-2.7 * s + x**-1.7 * math.log(x) * t)],
    at=[(x, s, t) for (x, s), t in zip(positive, [0.0, 0.9, -2.0, 0.37], strict=True)],
    tol=near,
)
check.value(
    "tangents of any size",
    lambda s: scaled(
        [*quotients(Dual(3.0, s), -2.0), Dual(-1.5, s) ** 3, 2 ** Dual(2.0, s)], s
    ),
    lambda s: [(-1.5, -0.5), (-2 / 3, 2 / 9), (-3.375, 6.75), (4, 4 * math.log(2))],
    at=sizes,
)
check.derivative(
    "slopes of formulas",
    lambda f, x: f(Dual(x, 0.37)).tangent / 0.37,
    formula,
    at=check.points(formula, 5, 0.4, 3.0),
    exact=formula_slope,
    tol=near,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Most tutorials call this class `DualNumber`. If you came looking for that name, here
# it is. What changed since lesson 1? One call instead of two, and an error of at most a
# few units in the last digit. And what becomes of $1/\varepsilon$?

# %%
DualNumber = Dual

print("true slope        ", formula_slope(1.3))
print("dual number       ", attempt(lambda: formula(DualNumber(1.3, 1.0)).tangent))
print("central difference", central_difference(formula, 1.3))
print("eps * eps         ", attempt(lambda: Dual(0.0, 1.0) * Dual(0.0, 1.0)))
print("1 / eps           ", attempt(lambda: 1 / Dual(0.0, 1.0)))

# %% [markdown]
# ## 6 · Build: functions
#
# What does `math.sin` make of a dual number? Guess, then run.

# %%
print(attempt(lambda: math.sin(Dual(0.5, 1.0))))

# %% [markdown]
# It refuses: `math.sin` is compiled code that wants a machine number. So each
# elementary function needs a lifted version, and Taylor's formula says which:
#
# $$ \sin(a + b\varepsilon) = \sin a + \cos(a)\, b\,\varepsilon . $$
#
# You often read that with dual numbers "the chain rule comes out of the
# multiplication". It does not. Multiplication yields the *product* rule. The chain rule
# is the factor $b$ in the line above: whoever writes a lifted function types it in,
# once, and composing lifted functions does the rest. Forget that factor, and with seed
# 1 nobody notices, until two functions are composed.
#
# ### Exercise 3 · Six functions that pass the arrow on
#
# **Goal.** Write lifted versions of six functions.
#
# **Signature.** `dsin(x)`, `dcos(x)`, `dexp(x)`, `dlog(x)`, `dtanh(x)`, `drelu(x)`. A
# `Dual` comes back for a `Dual`, a plain number for a plain number. `drelu(x)` is $x$
# where $x > 0$, else 0.
#
# **Worked example.** `dexp(Dual(0.0, 0.37))` is `Dual(1.0, 0.37)`; `dexp(0.0)` is
# `1.0`.
#
# *3 points (1 + 2 hidden) · about 12 minutes · difficulty 2 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **plain numbers**: a number in, a number out;
# - **each function**: value and tangent, with other seeds than 1, to 12 digits;
# - **three functions deep**: compositions, so that a lost factor shows;
# - **the kink of relu**: at 0 any slope from 0 to 1 is accepted, times the seed;
# - **tangents of any size**, as before.
#
# `math` and `np` are imported; either will do.
#
# <details><summary>Hint 1: a nudge</summary>
#
# All six have one shape: compute $f(a)$, compute $f'(a)$, give back
# `Dual(f(a), f'(a) * x.tangent)`. A helper with that shape, in a cell of your own above
# the answer, saves typing; added cells are run when you are graded.
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *each function* fails at `dsin(Dual(0.5, 0.37))` if the factor `x.tangent` is
#   missing.
# - *each function* fails at `dtanh(Dual(0.5, 0.37))` if you write $1 - x^2$: the 1
#   minus square is of the *output*, $1 - \tanh^2 x$.
# - *plain numbers* fails at `dsin(0.5)` with `'float' object has no attribute
#   'primal'`.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def dtanh(x):
#     if not isinstance(x, Dual):      # a plain number in, a plain number out
#         return math.tanh(x)
#     value = math.tanh(x.primal)
#     slope = ...                      # in terms of value
#     return Dual(value, ...)          # slope times the arrow that came in
# ```
#
# </details>


# %% solution="e3-lifted-functions"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    # BEGIN SOLUTION
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)
    # END SOLUTION


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    # BEGIN SOLUTION
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)
    # END SOLUTION


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    # BEGIN SOLUTION
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)
    # END SOLUTION


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    # BEGIN SOLUTION
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)
    # END SOLUTION


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    # BEGIN SOLUTION
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)
    # END SOLUTION


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    # BEGIN SOLUTION
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)
    # END SOLUTION


# %%
# Functions that the check below calls, with numbers of several types.
def wave(x, sin, exp, tanh):
    """Three functions deep; the functions come as arguments."""
    return tanh(exp(sin(x * x)) - 1)


def wave_slope(x):
    """The derivative of `wave`, worked out by hand."""
    inner = math.exp(math.sin(x * x))
    return (1 - math.tanh(inner - 1) ** 2) * inner * math.cos(x * x) * 2 * x


def valley(x, cos, log, relu):
    """Another one, for the other three."""
    return log(2 + cos(relu(x) * x)) * cos(x)


# %% check
check = Check("e3-lifted-functions", visible=1, hidden=2)


def lifted(x, s):
    x = Dual(x, s)
    return parts([dsin(x), dcos(x), dexp(x), dlog(x), dtanh(x), drelu(x)])


def on_plain(x):
    return [dsin(x), dcos(x), dexp(x), dlog(x), dtanh(x), drelu(x), drelu(-x)]


def plain_truth(x):
    sin, cos, exp, log = math.sin(x), math.cos(x), math.exp(x), math.log(x)
    return [sin, cos, exp, log, math.tanh(x), x, 0.0]


check.value("plain numbers", on_plain, plain_truth, at=[0.5, 2])
check.derivative(
    "three functions deep",
    lambda f, x: wave(Dual(x, 0.37), dsin, dexp, dtanh).tangent / 0.37,
    lambda x: wave(x, math.sin, math.exp, math.tanh),
    at=[0.4, -0.9],
)
# BEGIN HIDDEN TESTS
check.hidden()


def by_table(x, s):
    slopes = [math.cos(x), -math.sin(x), math.exp(x), 1 / x, 1 / math.cosh(x) ** 2, 1]
    return list(zip(plain_truth(x)[:6], [f * s for f in slopes], strict=True))


def at_the_kink(result, s):
    primal, tangent = result
    if primal != 0:
        return f"relu(0) is 0, the primal that came is {primal}"
    if not 0 <= tangent / s <= 1:
        return f"the slope at 0 must be from 0 to 1, {tangent / s} came"
    return True


near = Tolerance(rel=1e-12, abs=1e-12)
points = np.abs(check.random(5)).tolist()
seeds = check.random(5).tolist()
check.value("plain numbers", on_plain, plain_truth, at=points)
check.value(
    "each function",
    lifted,
    by_table,
    at=list(zip(points, seeds, strict=True)),
    tol=near,
)
check.value(
    "each function",
    lambda x, s: parts([dsin(Dual(x, s)), dtanh(Dual(x, s)), drelu(Dual(x, s))]),
    lambda x, s: [
        (math.sin(x), math.cos(x) * s),
        (math.tanh(x), s / math.cosh(x) ** 2),
        (0.0, 0.0),
    ],
    at=[(-x, s) for x, s in zip(points, seeds, strict=True)],
    tol=near,
)
check.derivative(
    "three functions deep",
    lambda f, x: wave(Dual(x, 0.37), dsin, dexp, dtanh).tangent / 0.37,
    lambda x: wave(x, math.sin, math.exp, math.tanh),
    at=check.random(4),
    exact=wave_slope,
    tol=near,
)
check.derivative(
    "three functions deep",
    lambda f, x: valley(Dual(x, -1.7), dcos, dlog, drelu).tangent / -1.7,
    lambda x: valley(x, math.cos, math.log, lambda z: max(z, 0.0)),
    at=check.random(4),
)
check.behaviour(
    "the kink of relu",
    lambda s: parts([drelu(Dual(0.0, s))])[0],
    at_the_kink,
    at=[0.37, -2.0],
)
check.value(
    "tangents of any size",
    lambda s: [(primal, tangent / s) for primal, tangent in lifted(0.5, s)],
    lambda s: by_table(0.5, 1.0),
    at=[1e-150, 0.37, 1e150],
    tol=near,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ### Exercise 4 · From arithmetic to `derivative`
#
# **Goal.** Put it to use: one function that differentiates any function of one number.
#
# **Signature.** `derivative(f, x) -> float`.
#
# **Worked example.** `derivative(lambda x: x * x, 3.0)` is `6.0`, and
# `derivative(lambda x: 5.0, 3.0)` is `0.0`: a constant does not move.
#
# *2 points (1 + 1 hidden) · about 8 minutes · difficulty 1 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **formulas**: to 12 digits;
# - **constant functions**: `f` may return a plain number; the slope is then `0.0`;
# - **branches**: `if x < 1` must go the way it goes for plain numbers, right up to the
#   corner;
# - **loops**: a `while` loop that stops when it is close enough, and a recursion;
# - **one call of f**: what the check counts is evaluations of `f`; one is enough.
#
# <details><summary>Hint 1: a nudge</summary>
#
# Which seed turns "slope times seed" into the slope? And what is the tangent of a
# result that never met $x$?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *constant functions* fails at `derivative(lambda x: 5.0, 2.0)`: a `float` comes out of
# `f`, and a `float` has no tangent. *branches* fails with a `TypeError` if `<` is not
# there yet: that is part of exercise 1.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def derivative(f, x):
#     y = f(Dual(x, ...))     # one call, with an arrow of the right length
#     return lift(y)...       # lift: a constant becomes a Dual with tangent 0
# ```
#
# </details>


# %% solution="e4-derivative"
def derivative(f, x: float) -> float:
    """Slope of `f` at `x`, by one call of `f` on a dual number."""
    # BEGIN SOLUTION
    return lift(f(Dual(x, 1.0))).tangent
    # END SOLUTION


# %%
# Functions that the check below calls, with numbers of several types.
def pieces(x):
    """A function with three branches."""
    if x < -1:
        return -3 * x * x
    return x**3 if x > 1 else 5 * x - x * x


def pieces_slope(x):
    """The derivative of `pieces`, off its corners."""
    if x < -1:
        return -6 * x
    return 3 * x * x if x > 1 else 5 - 2 * x


def heron(x):
    """Square root by Heron's rule, and two rounds more; why two more, see below."""
    guess = (x + 1) / 2
    while guess * guess - x > 1e-10:
        guess = (guess + x / guess) / 2
    for _ in range(2):
        guess = (guess + x / guess) / 2
    return guess


# %% check
check = Check("e4-derivative", visible=1, hidden=1)


def slope_of_constant(c, x):
    return derivative(lambda _: c, x)


check.derivative("formulas", derivative, curve, at=[-0.4, 3.0])
check.value("constant functions", slope_of_constant, [0.0], at=[(5.0, 2.0)])
check.derivative("branches", derivative, pieces, at=[-2.0, 0.5, 2.0])
check.derivative("loops", derivative, heron, at=[2.0], exact=lambda x: 0.5 / x**0.5)
check.calls(
    "one call of f",
    lambda f, x: derivative(f, x),
    counted=formula,
    at=[0.7],
    exactly=1,
)
# BEGIN HIDDEN TESTS
check.hidden()


def power(x, n):
    """x to the n by halving n: a function that calls itself."""
    if n <= 1:
        return x if n == 1 else 1.0
    half = power(x, n // 2)
    return half * half * x if n % 2 else half * half


near = Tolerance(rel=1e-12, abs=1e-12)
positive = np.abs(check.random(4)).tolist()
check.derivative(
    "formulas", derivative, formula, at=positive, exact=formula_slope, tol=near
)
check.value(
    "constant functions",
    slope_of_constant,
    lambda c, x: 0.0,
    at=[(7, 0.0), (-0.5, 3), (0, -1.0)],
)
check.derivative(
    "branches",
    derivative,
    pieces,
    at=[-1.5, *(0.45 * check.random(3)), 1.7, 1 + 1e-7, -1 - 1e-7],
    exact=pieces_slope,
    tol=near,
)
check.derivative(
    "loops",
    derivative,
    heron,
    at=[x * k for x, k in zip(positive, [0.2, 1, 7, 40], strict=True)],
    exact=lambda x: 0.5 / x**0.5,
    tol=near,
)
check.value(
    "loops",
    lambda n, x: derivative(lambda z: power(z, n), x),
    lambda n, x: n * x ** (n - 1),
    at=[(n, x) for n, x in zip([7, 10, 13, 0], positive, strict=True)],
    tol=near,
)
check.calls(
    "one call of f",
    lambda f, x: derivative(f, x),
    counted=heron,
    at=positive,
    exactly=1,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# Why the "two rounds more" in `heron`? The loop stops when the *value* is close enough.
# Is the slope then equally close? Guess, and look at both errors for $\sqrt 2$:


# %%
def rounds(x, n):
    """n rounds of Heron's rule, starting from (x + 1) / 2."""
    guess = (x + 1) / 2
    for _ in range(n):
        guess = (guess + x / guess) / 2
    return guess


rows = [["rounds", "error of the value", "error of the slope"]]
for n in range(5):
    value_error = abs(rounds(2.0, n) - 2.0**0.5)
    got = attempt(lambda n=n: abs(derivative(lambda x: rounds(x, n), 2.0) - 8.0**-0.5))
    rows.append(
        [n, f"{value_error:.1e}", f"{got:.1e}" if isinstance(got, float) else got]
    )
table(rows, caption="Square root of 2: errors of value and slope, round by round")

# %% [markdown]
# The slope lags behind: its error is larger in every round, and the loop looks only at
# the value. Dual numbers differentiate *the program that ran*, exactly, and a program
# stopped early has a slope of its own. Keep that in mind; it returns in section 8.
#
# ## 7 · Build: many inputs, and what they cost
#
# With several inputs, each gets its own arrow: the list of seeds $v$ is a *direction*
# in the space of inputs. One pass then gives the value and the slope in that direction,
#
# $$ f(x + v\,\varepsilon) = f(x) + (J v)\,\varepsilon , $$
#
# where $J$ is the Jacobian: its entry in row $i$, column $j$ is the slope of output $i$
# with respect to input $j$. The product $Jv$ comes out without $J$ ever being formed.
# It is called a **Jacobian-vector product**, short **JVP**, and it is all that forward
# mode knows how to do.
#
# ### Exercise 5 · Jacobian-vector products
#
# **Goal.** Push a direction `v` through a function of several numbers.
#
# **Signature.** `jvp(f, x, v) -> (value, tangent)`. `x` and `v` are lists or arrays of
# $n$ numbers. `f` takes **one list** and returns a number or a list of $m$ numbers.
# Value and tangent come back as arrays of $m$ numbers; for a number, as numbers (0-d
# arrays).
#
# **Worked example.** For $f(x) = (x_0 x_1,\ x_0)$ at $(3, 4)$ along $(1, 2)$: value
# $(12, 3)$, tangent $(3 \cdot 2 + 1 \cdot 4,\ 1) = (10, 1)$.
#
# *3 points (1 + 2 hidden) · about 13 minutes · difficulty 3 of 5 · importance 5 of 5*
#
# **What the check looks at**
#
# - **value and tangent** of functions with $m \ne n$, to 12 digits;
# - **a number as output**: the shape is then `()`;
# - **constant outputs**: an entry of the list may be a plain number;
# - **linear in v**: along `2 * v` twice the tangent, along zeros no tangent at all;
# - **branches and loops** inside `f`;
# - **inputs stay as they were**: `x` and `v` are not changed;
# - **one call of f**: what the check counts is evaluations of `f`, whatever $n$ is.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `zip(x, v)` pairs each input with its arrow. How can you tell afterwards whether a
# list or a single number came out of `f`?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *a number as output* fails for `f = lambda x: x[0] * x[1]`: the tangent must have
#   shape `()`, not `(1,)`.
# - *constant outputs* fails for `f = lambda x: [x[0], 3.0]`: lift each entry.
# - *one call of f* counts 2 if you call `f` once more for the value.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def jvp(f, x, v):
#     y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])   # the only call
#     if isinstance(y, list):
#         duals = [lift(d) for d in y]
#         return np.array([...]), np.array([...])
#     return np.array(lift(y).primal), ...
# ```
#
# </details>


# %% solution="e5-jvp"
def jvp(f, x, v) -> tuple[np.ndarray, np.ndarray]:
    """Value of `f` at `x`, and its derivative along `v`, by one call of `f`."""
    # BEGIN SOLUTION
    y = f([Dual(float(a), float(b)) for a, b in zip(x, v)])
    if isinstance(y, list):
        duals = [lift(d) for d in y]
        value, tangent = [d.primal for d in duals], [d.tangent for d in duals]
    else:
        value, tangent = lift(y).primal, lift(y).tangent
    return np.array(value), np.array(tangent)
    # END SOLUTION


# %%
def spiral(x):
    """For the check below. Two numbers in, three out; then its Jacobian, by hand."""
    return [x[0] * x[1], x[0] / x[1], x[1] ** 3 - x[0]]


def spiral_jacobian(x):
    a, b = x
    return np.array([[b, a], [1 / b, -a / b**2], [-1.0, 3 * b * b]])


def energy(x):
    """Any number of numbers in, one out; below, its gradient."""
    return x[0] * sum(a * a for a in x)


def energy_gradient(x):
    return 2 * x[0] * np.array(x) + np.eye(len(x))[0] * np.dot(x, x)


def sorting(x):
    """Three in, two out; a branch, a loop, and an output that is constant."""
    big = x[0] if x[0] > x[1] else x[1] * x[2]
    while big < 10:
        big = 2 * big + 1
    return [big * x[2], 4.0]


# %% check
check = Check("e5-jvp", visible=1, hidden=2)


def pushed(f, x, v):
    return [np.asarray(part) for part in jvp(f, x, v)]


points, ways = [[3.0, 4.0], [-0.5, 2.0]], [[1.0, 2.0], [0.3, -0.7]]
check.jvp("value and tangent", pushed, spiral, points, along=ways)
check.jvp("a number as output", pushed, energy, [[1.0, 2.0, -3.0]], along=[[1, 0.5, 2]])
check.calls(
    "one call of f",
    lambda f, x, v: jvp(f, x, v),
    counted=energy,
    at=[([1.0, 2.0, 3.0], [0.1, 0.2, 0.3])],
    exactly=1,
)
# BEGIN HIDDEN TESTS
check.hidden()


def sorting_truth(x, v):
    big, way = (x[0], v[0])
    if x[0] <= x[1]:
        big, way = x[1] * x[2], v[1] * x[2] + x[1] * v[2]
    while big < 10:
        big, way = 2 * big + 1, 2 * way
    return np.array([way * x[2] + big * v[2], 0.0])


def unharmed(x, v):
    x, v = np.array(x), np.array(v)
    jvp(energy, x, v)
    return [x, v]


near = Tolerance(rel=1e-12, abs=1e-12)
twos, threes = [list(check.random((4, n))) for n in (2, 3)]
loops = [*map(np.abs, threes), np.array([1.2 + 1e-7, 1.2, 1.7])]
check.jvp(
    "value and tangent",
    pushed,
    spiral,
    twos,
    exact=lambda x, v: spiral_jacobian(x) @ v,
    tol=near,
)
check.jvp(
    "a number as output",
    pushed,
    energy,
    [x.tolist() for x in threes],
    exact=lambda x, v: energy_gradient(x) @ v,
    tol=near,
)
check.value(
    "constant outputs",
    lambda x, v: pushed(lambda z: [3.0, z[1], 7], x, v) + pushed(lambda z: 5.0, x, v),
    lambda x, v: [[3.0, x[1], 7], [0.0, v[1], 0.0], 5.0, 0.0],
    at=[([1.0, 2.0], [0.3, 0.7])],
)
check.value(
    "linear in v",
    lambda x, v: [pushed(spiral, x, k * v)[1] for k in (1, 2, -30, 0)],
    lambda x, v: [k * (spiral_jacobian(x) @ v) for k in (1, 2, -30, 0)],
    at=[(x, check.random(2)) for x in twos],
    tol=Tolerance(rel=1e-12, abs=1e-11),
)
check.jvp("branches and loops", pushed, sorting, loops, exact=sorting_truth, tol=near)
check.value(
    "inputs stay as they were",
    unharmed,
    lambda x, v: [x, v],
    at=[(x, x[::-1]) for x in threes],
)
check.calls(
    "one call of f",
    lambda f, x, v: jvp(f, x, v),
    counted=energy,
    at=[(np.ones(n), np.ones(n)) for n in (2, 9)],
    exactly=1,
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# One pass, one direction. How do we get the whole Jacobian? Along $v = (0, \dots, 1,
# \dots, 0)$ the product $Jv$ is one *column* of $J$. So $n$ inputs need $n$ passes.
# What happens if you save passes and seed all inputs with 1 at once?
#
# ### Exercise 6 · Jacobians and gradients, column by column
#
# **Goal.** Collect the columns.
#
# **Signature.** `jacobian_forward(f, x) -> ndarray` of shape $(m, n)$, and
# `gradient_forward(f, x) -> ndarray` of shape $(n,)$ for an `f` that returns a number.
# `f` and `x` are as in exercise 5.
#
# **Worked example.** For $f(x) = (x_0 x_1,\ x_0,\ 7)$ at $(3, 4)$ the Jacobian is
# $\begin{pmatrix}4&3\\1&0\\0&0\end{pmatrix}$: three outputs, so three rows.
#
# *4 points (1 + 3 hidden) · about 16 minutes · difficulty 3 of 5 · importance 4 of 5*
#
# **What the check looks at**
#
# - **Jacobian**: shape $(m, n)$ with $m \ne n$, to 12 digits;
# - **one row for a number**: if `f` returns a number, the Jacobian has shape $(1, n)$;
# - **gradient**: shape $(n,)$, to 12 digits;
# - **constant outputs**: a row of zeros;
# - **branches and loops** inside `f`, compared with differences as in lesson 1;
# - **at most n calls**: what the check counts is evaluations of `f`, for each of the
#   two.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `np.eye(n)` is a list of the $n$ seeds you need. Which axis do the columns go along?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# - *Jacobian* fails for two inputs and three outputs with shape `(2, 3)` if the columns
#   were stacked as rows.
# - *one row for a number* fails for `energy` with shape `(n,)`: see `np.atleast_2d`.
# - *at most n calls* counts $n + 1$ if `f` is called once more to find out $m$.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def jacobian_forward(f, x):
#     columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
#     J = np.stack(columns, axis=...)  # each has shape (m,); they are columns
#     return np.atleast_2d(J)          # () columns give (n,): make it one row
#
# def gradient_forward(f, x):
#     return jacobian_forward(f, x)... # its only row
# ```
#
# </details>


# %% solution="e6-jacobian-forward"
def jacobian_forward(f, x) -> np.ndarray:
    """Jacobian of `f` at `x`, shape (m, n), by n calls of `f`."""
    # BEGIN SOLUTION
    columns = [jvp(f, x, seed)[1] for seed in np.eye(len(x))]
    return np.atleast_2d(np.stack(columns, axis=-1))
    # END SOLUTION


def gradient_forward(f, x) -> np.ndarray:
    """Gradient of a number-valued `f` at `x`, shape (n,), by n calls of `f`."""
    # BEGIN SOLUTION
    return jacobian_forward(f, x).ravel()
    # END SOLUTION


# %% check
check = Check("e6-jacobian-forward", visible=1, hidden=3)


def with_constant(x):
    return [7.0, x[0] * x[1] * x[2], 0]


three = [[1.0, 2.0, -3.0]]
check.jacobian("Jacobian", jacobian_forward, spiral, at=[[3.0, 4.0], [-0.5, 2.0]])
check.jacobian("one row for a number", jacobian_forward, energy, at=three)
check.gradient("gradient", gradient_forward, energy, at=three)
check.calls(
    "at most n calls",
    lambda f, x: jacobian_forward(f, x),
    counted=spiral,
    at=[[3.0, 4.0]],
    at_most=2,
)
# BEGIN HIDDEN TESTS
check.hidden()
near = Tolerance(rel=1e-12, abs=1e-12)
twos, threes, sixes = [list(check.random((3, n))) for n in (2, 3, 6)]
off_corners = 1.3 + 0.1 * np.abs(check.random(2))
check.jacobian(
    "Jacobian", jacobian_forward, spiral, at=twos, exact=spiral_jacobian, tol=near
)
check.value(
    "one row for a number",
    lambda x: jacobian_forward(energy, x),
    lambda x: energy_gradient(x)[None],
    at=[*twos, *sixes],
    tol=near,
)
check.gradient(
    "gradient",
    gradient_forward,
    energy,
    at=[[0.5], *threes, *sixes],
    exact=energy_gradient,
    tol=near,
)
check.value(
    "constant outputs",
    lambda x: [jacobian_forward(with_constant, x), gradient_forward(lambda z: 2.0, x)],
    lambda x: [
        [[0, 0, 0], [x[1] * x[2], x[0] * x[2], x[0] * x[1]], [0, 0, 0]],
        [0.0, 0.0, 0.0],
    ],
    at=threes,
    tol=near,
)
check.jacobian(
    "branches and loops",
    jacobian_forward,
    sorting,
    at=[x for c in off_corners for x in ([1.5, 0.4, c], [0.4, 1.5, c])],
)
check.calls(
    "at most n calls",
    lambda f, x: [jacobian_forward(f, x), gradient_forward(f, x)],
    counted=energy,
    at=[np.ones(4), np.ones(7)],
    at_most=lambda x: 2 * len(x),
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ### The bill: passes
#
# Count the calls of `f` for a whole gradient, with your functions and with lesson 1's
# central differences. How do they grow with $n$? And with $m$?


# %%
def passes(method, f, x):
    """How often `method(f, x)` calls f, or the error that stopped it."""
    tally = count()

    def counted(z):
        next(tally)
        return f(z)

    done = attempt(lambda: method(counted, x))
    return done if isinstance(done, str) else next(tally)


def central_columns(f, x):
    """Lesson 1's way: two calls for each input."""
    steps = 1e-6 * np.eye(len(x))
    return [(np.array(f(x + s)) - np.array(f(x - s))) / 2e-6 for s in steps]


rows = [["inputs n", "outputs m", "dual numbers", "central differences"]]
for n, m in [(1, 1), (10, 1), (100, 1), (1, 50), (100, 50)]:
    f, x = lambda z, m=m: [energy(z)] * m, np.ones(n)
    rows.append([n, m, passes(jacobian_forward, f, x), passes(central_columns, f, x)])
table(rows, caption="Calls of f for a whole Jacobian")

# %% [markdown]
# The number of outputs does not matter; the number of inputs is the bill: **forward
# mode costs n passes**. That was your second prediction: 1000 inputs, 1000 passes. A
# network with a million weights and one loss would need a million. Lesson 3 turns the
# direction round and does that case in one forward and one backward pass.
#
# And what does a single pass cost? Count multiplications, by yet another type of
# number:


# %%
class Meter(float):
    """A float that counts the multiplications in which it takes part."""

    work = 0

    def __mul__(self, other):
        Meter.work += 1
        return Meter(float(self) * float(other))

    def __add__(self, other):
        return Meter(float(self) + float(other))


def fourth(x):
    """Three products."""
    return x * x * x * x


for kind, number in [("plain", Meter), ("dual", lambda x: Dual(Meter(x), Meter(1.0)))]:
    Meter.work = 0
    result = attempt(lambda number=number: fourth(number(1.1)))
    print(f"{kind}: {Meter.work} multiplications give {result}")

# %% [markdown]
# Three multiplications instead of one for each product: a constant factor, however long
# the program is. Memory likewise: each live value has one companion, and nothing has to
# be kept for later. (The interview corner measures it.)
#
# Now the V curve of lesson 1 once more: the error of the central
# difference over the step, and your dual number, which has no step, as a level line.

# %%
at, exact_slope = 1.3, formula_slope(1.3)
hs = [10.0**-k for k in range(1, 13)]
errors = [abs(central_difference(formula, at, h) - exact_slope) for h in hs]
mine = attempt(lambda: abs(derivative(formula, at) - exact_slope))
fig, ax = subplots(figsize=(6.5, 3.4))
ax.loglog(hs, errors, "o-", color="#0072B2", label="central difference")
if isinstance(mine, float):
    floor = max(mine, 1e-17)
    ax.axhline(floor, color="#D55E00", linestyle="--", label="dual number")
ax.set_xlabel("step h")
ax.set_ylabel("error of the slope")
ax.legend()
figure(
    fig,
    alt="Log-log plot of the error of the slope over the step h from 0.1 to 1e-12. "
    "The central difference makes a V: it falls to about 1e-10 near h = 1e-6 and "
    "rises again for smaller h. Far below, a dashed level line is the error of the "
    "dual number, which has no step; an error of zero is drawn at 1e-17.",
    table=[["h", "central difference", "dual number"]]
    + [[f"{h:.0e}", f"{e:.1e}", str(mine)] for h, e in zip(hs, errors)],
)

# %% [markdown]
# ## 8 · Limits: when it is exact, and still not what you want
#
# "Exact" means: no truncation error, for the program that ran. Three programs that are
# not what they seem. First guess the slope of each, then run.


# %%
def odd_square(x):
    """x * x for every x. Also at 2."""
    return x * x if x != 2 else 4 + 0 * x


def fragile(x):
    """(1 - cos x) / x**2, near zero about 1/2 - x**2/24."""
    return (1 - dcos(x)) / (x * x)


puzzles = [
    ("odd_square", odd_square, 2.0, "4"),
    ("fragile", fragile, 1e-4, f"{-1e-4 / 12:.1e}"),
    ("relu", drelu, 0.0, "(none)"),
]
for name, f, x, truth in puzzles:
    got = attempt(lambda f=f, x=x: derivative(f, x))
    print(f"{name} at {x:g}: true slope {truth}, dual numbers say {got}")

# %% [markdown]
# - `odd_square` has the values of $x^2$, but at 2 the program runs the branch `4 + 0 *
#   x`. Its slope is 0, and that is what comes out: your third prediction.
# - `fragile` loses its digits by cancellation when it computes the *value*; the slope
#   inherits that, here with the wrong sign. (By the series in its docstring the slope
#   is $-x/12$.)
# - At a kink there is no slope; the lifted function follows a convention that its
#   author chose.
#
# None of these is a bug in your class. Automatic differentiation differentiates the
# program, with all its warts.
#
# ### Two derivatives at once, and a trap
#
# A dual number whose primal and tangent are dual numbers works at once: seed both
# levels, and the second derivative comes out in the far corner. For $x^4$ at 2 you will
# see the value 16, the slope 32 (twice, once for each level) and the second derivative
# 48.
#
# So far so good. Now nest two *different* derivatives:
#
# $$ \frac{d}{dx}\Bigl[x \cdot \frac{d}{dy}(x + y)\Bigr] \quad \text{at } x = y = 1 $$
#
# By hand: $\frac{d}{dy}(x + y) = 1$, so the bracket is $x$, and its slope is **1**.

# %%
corner = attempt(lambda: fourth(Dual(Dual(2.0, 1.0), Dual(1.0, 0.0))))
print("x**4 at 2, seeded twice:         ", corner)


def inner(x):
    """d/dy (x + y) at y = 1; it must be 1, whatever x is."""
    return derivative(lambda y: x + y, 1.0)


print("inner for the number x = 1:      ", attempt(lambda: inner(1.0)))
print("inner for the dual x = 1 + 1 eps:", attempt(lambda: inner(Dual(1.0, 1.0))))
whole = attempt(lambda: derivative(lambda x: x * inner(x), 1.0))
print("d/dx [x * inner(x)] at 1:        ", whole)

# %% [markdown]
# Two, not one. Inside `inner`, both $x$ and $y$ carry an $\varepsilon$, the outer one
# and the inner one, and `+` adds their arrows although they point in different
# directions. This is **perturbation confusion**. Nothing crashes, nothing warns; the
# number is just wrong. The stretch exercise cures it.
#
# ## 9 · Break it
#
# Three classic mistakes in miniature, on pairs `(primal, tangent)`. Run them. For each,
# name the property of exercises 1 to 3 that catches it, before you open the answer.


# %%
def product_a(x, y):
    """Mutant A: a product."""
    return (x[0] * y[0], x[1] * y[1])


def minus_b(number, x):
    """Mutant B: number - x."""
    return (x[0] - number, x[1])


def sine_c(x):
    """Mutant C: a sine."""
    return (math.sin(x[0]), math.cos(x[0]))


print("A: (3, 1) * (4, 0)  gives", product_a((3, 1), (4, 0)), " should be (12, 4)")
print("B: 5 - (3, 0.37)    gives", minus_b(5, (3, 0.37)), " should be (2, -0.37)")
print("C: sin of (0, 1)    gives", sine_c((0, 1)), " should be (0, 1)")
print("C: sin of (0, 0.37) gives", sine_c((0, 0.37)), " should be (0, 0.37)")

# %% [markdown]
# <details><summary>Which property catches which?</summary>
#
# - **A** multiplies the tangents and has no cross terms: *two duals* catches it, and so
#   do *slopes of polynomials*. (With constants, as `2 * x`, it shows at once: tangent
#   0.)
# - **B** turns the subtraction round: *plain numbers on either side*. Two duals never
#   reach `__rsub__`, so *two duals* stays green.
# - **C** forgets the arrow that comes in. With seed 1 it cannot be seen; *each
#   function* catches it with another seed, *three functions deep* even with seed 1.
#
# </details>
#
# ## 10 · Check yourself
#
# Answer aloud first, then open.
#
# <details><summary>1. Is ε = 0 + 1ε zero? Can you divide by it?</summary>
#
# It is not zero, but its square is, and so is its primal. Division by it fails: the
# denominator is the square of the primal. You saw the error at the end of section 5.
#
# </details>
# <details><summary>2. Multiplication gives the product rule. Where does the chain rule
# come from?</summary>
#
# From the factor `x.tangent` in each lifted function, typed by hand, once per function.
# Composition then multiplies slopes.
#
# </details>
# <details><summary>3. Somebody seeds with 2 instead of 1. What does their derivative
# function give back?</summary>
#
# Twice the slope. Tangents are linear in the seed; nothing else changes.
#
# </details>
# <details><summary>4. How many passes for the Jacobian of a function from 3 numbers to
# 400? From 400 to 3?</summary>
#
# 3 and 400. Only the inputs count.
#
# </details>
# <details><summary>5. A tutorial says dual numbers are exact. Name a program where the
# result is far from the true slope.</summary>
#
# `fragile` at 1e-4, `odd_square` at 2, a loop that stops early: all in this lesson.
# Exact for the program that ran, not for the function you had in mind.
#
# </details>

# %% [markdown]
# ## 11 · In the wild
#
# `ForwardDiff.jl` is Julia's well-known dual number package. In December 2015 one of
# its developers opened [issue 83, "Perturbation Confusion (Nested Differentiation
# Bug)"](https://github.com/JuliaDiff/ForwardDiff.jl/issues/83), with this as an
# example:
#
# ```julia
# D(x -> x * D(y -> x + y, 1), 1)    # gave 2; the comment says it should obviously be 1
# ```
#
# It is the expression you just ran. The author met it while reading the test suite and
# noticing that a test was missing; the issue adds that the inner function must close
# over the outer variable, so simpler nestings came out right. The cure was **tags**:
# each dual number remembers which derivative it belongs to ([pull request
# 213](https://github.com/JuliaDiff/ForwardDiff.jl/pull/213) in 2017 turned the wrong
# answer into an error, [247](https://github.com/JuliaDiff/ForwardDiff.jl/pull/247)
# numbered the tags so that nesting works). A tag there is made from the *type* of the
# function, and in 2018 somebody found a function for which that is not unique enough:
# [issue 313, "The Tag Wars"](https://github.com/JuliaDiff/ForwardDiff.jl/issues/313).
#
# What can a tester learn from it? Test *nested* use, with *shared* variables, and state
# the expected number by hand.
#
# Where is this in PyTorch? In
# [`torch.func.jvp`](https://docs.pytorch.org/docs/stable/generated/torch.func.jvp.html)
# and
# [`torch.autograd.forward_ad`](https://docs.pytorch.org/tutorials/intermediate/forward_ad_usage.html),
# whose "dual tensors" are your `Dual` with arrays inside. PyTorch itself starts in
# lesson 6.
#
# ## 12 · Interview corner
#
# Three questions that are asked, a short answer to each, and evidence you can run.
#
# **"Is forward mode just a precise finite difference, or just symbolic
# differentiation?"** Neither. It has no step and so no truncation error; and it never
# builds a formula: it carries one number beside each value through loops and branches,
# whatever way they go. *Evidence:* `heron`, a `while` loop, for which there is no
# formula to hand in.

# %%
for x in [0.5, 2.0, 300.0]:
    print(
        x, attempt(lambda x=x: derivative(heron, x) * 2 * x**0.5 - 1), "relative error"
    )

# %% [markdown]
# **"When would you choose forward mode over reverse mode?"** When there are few inputs
# and many outputs, when you need one direction only (a JVP), or when memory is short.
# *Evidence:* 2 inputs, 500 outputs, 2 passes.

# %%
seen = []


def many(x):
    """2 numbers in, 500 out; remembers that it was called."""
    seen.append(x)
    return [k * x[0] * x[0] + x[1] / k for k in range(1, 501)]


J = attempt(lambda: jacobian_forward(many, [1.0, 2.0]))
print("passes:", len(seen), "  Jacobian:", getattr(J, "shape", J))

# %% [markdown]
# **"Does its memory grow with the length of the computation?"** No: when a value is no
# longer needed, its tangent goes with it. Reverse mode has to remember the way back.
# *Evidence:* peak memory of a chain of 100 and of 10,000 steps. *The trap in the
# question:* "no overhead" would be wrong, since every live value is carried twice.


# %%
def chain(x, n):
    """n small steps; only the latest value is needed."""
    for _ in range(n):
        x = x * 0.5 + 1.0
    return x


for n in [100, 10_000]:
    tracemalloc.start()
    attempt(lambda n=n: derivative(lambda x: chain(x, n), 1.0))
    print(f"{n:6d} steps: peak {tracemalloc.get_traced_memory()[1]} bytes")
    tracemalloc.stop()

# %% [markdown]
# ## 13 · Stretch: derivatives that nest
#
# **Goal.** Cure the confusion. Write `class Tagged`, a dual number with a **tag** that
# says to which derivative its tangent belongs, and `nested_derivative(f, x)`, which
# draws a new tag for each call.
#
# The rule: when two numbers meet, look at the *larger* tag (the innermost derivative,
# for tags are drawn in order). A number that does not carry that tag is a **constant**
# for this operation, arrow and all. Primal and tangent may themselves be `Tagged`.
#
# **Signature.** `Tagged(primal, tangent, tag)` with `+` and `*`, numbers on either
# side; `nested_derivative(f, x)`, where `f` uses only `+` and `*`, and where `x` may be
# a number or a `Tagged` of an outer call. From the outermost call a plain number comes
# back.
#
# **Worked example.** `nested_derivative(lambda x: x * x * x, 2.0)` is `12.0`, and with
# another `nested_derivative` inside, the second derivative is `12.0`, too.
#
# *Stretch: 2 points (1 + 1 hidden), shown apart, never needed for full marks ·
# about 25 minutes · difficulty 5 of 5*
#
# **What the check looks at**
#
# - **first derivatives**, numbers on either side, and constant functions (slope 0);
# - **second derivatives** by nesting (and third ones), to 12 digits;
# - **no confusion**: $\frac{d}{dx}[x \cdot \frac{d}{dy}(x + y)]$ is 1, and its
#   relatives.
#
# <details><summary>Hint 1: a nudge</summary>
#
# `tag_of` and `split` are given. Which of two tags do you hand to `split`?
#
# </details>
# <details><summary>Hint 2: the property that fails first, and where</summary>
#
# *no confusion* fails at `x + y` with `x` of tag 1 and `y` of tag 2, if the arrows are
# added: seen from tag 2, `x` is a constant, and the sum has tangent 1.
#
# </details>
# <details><summary>Hint 3: an annotated skeleton</summary>
#
# ```python
# def __add__(self, other):
#     tag = max(self.tag, tag_of(other))       # the innermost derivative
#     (a, b), (c, d) = split(self, tag), split(other, tag)
#     return Tagged(...)            # a + c may be a sum of Tagged numbers: recursion
#
# def nested_derivative(f, x):
#     tag = next(tags)
#     y = f(Tagged(x, ..., tag))
#     return split(y, tag)...       # the tangent that belongs to this call
# ```
#
# </details>

# %%
tags = count(1)  # next(tags) is 1, then 2, then 3, ...


def tag_of(number):
    """The tag of a Tagged; for a plain number 0, which is no derivative's tag."""
    return number.tag if isinstance(number, Tagged) else 0


def split(number, tag):
    """Primal and tangent of `number` as seen by the derivative called `tag`."""
    if isinstance(number, Tagged) and number.tag == tag:
        return number.primal, number.tangent
    return number, 0.0  # a number, or a Tagged of another derivative: a constant


# %% solution="s2-nested-derivatives"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        # BEGIN SOLUTION
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)
        # END SOLUTION

    def __radd__(self, other):
        # BEGIN SOLUTION
        return self + other
        # END SOLUTION

    def __mul__(self, other):
        # BEGIN SOLUTION
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, a * d + b * c, tag)
        # END SOLUTION

    def __rmul__(self, other):
        # BEGIN SOLUTION
        return self * other
        # END SOLUTION


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    # BEGIN SOLUTION
    tag = next(tags)
    return split(f(Tagged(x, 1.0, tag)), tag)[1]
    # END SOLUTION


# %% check
check = Check("s2-nested-derivatives", visible=1, hidden=1)


def times(f, n, x):
    if n == 0:
        return f(x)
    return nested_derivative(lambda z: times(f, n - 1, z), x)


def confusion(x):
    return nested_derivative(lambda a: a * nested_derivative(lambda b: a + b, 1.0), x)


check.value(
    "first derivatives",
    lambda x: times(lambda z: 1 + 3 * z * z, 1, x),
    [12.0],
    at=[2.0],
)
check.value(
    "second derivatives", lambda x: times(lambda z: z * z * z, 2, x), [12.0], at=[2.0]
)
check.value("no confusion", confusion, [1.0], at=[1.0])
# BEGIN HIDDEN TESTS
check.hidden()


def relative(x, y):
    return nested_derivative(
        lambda a: a * nested_derivative(lambda b: a * b * b + 2 * a, y), x
    )


def bystander(x):
    return nested_derivative(
        lambda a: a * nested_derivative(lambda b: a * a, 1.0) + a, x
    )


def shared(x):
    return nested_derivative(
        lambda a: nested_derivative(lambda b: a * a * b * b * b, a) + a, x
    )


near = Tolerance(rel=1e-12, abs=1e-11)
many_points = [(check.random(6).tolist(), float(x)) for x in check.random(4)]
check.value(
    "first derivatives",
    lambda c, x: times(lambda z: horner(c, z), 1, x),
    lambda c, x: np.polyval(np.polyder(c), x),
    at=many_points,
    tol=near,
)
check.value(
    "second derivatives",
    lambda c, x: [times(lambda z: horner(c, z), order, x) for order in (2, 3)],
    lambda c, x: [np.polyval(np.polyder(c, order), x) for order in (2, 3)],
    at=many_points,
    tol=near,
)
check.value(
    "first derivatives",
    lambda x: [
        times(lambda z: 4.0, 1, x),
        times(lambda z: (2 + z * 3 + 0.5) * z, 1, x),
    ],
    [[0.0, 8.5]],
    at=[1.0],
)
check.value("no confusion", confusion, lambda x: 1.0, at=check.random(3))
check.value("no confusion", bystander, lambda x: 1.0, at=check.random(3))
check.value(
    "no confusion",
    relative,
    lambda x, y: 4 * x * y,
    at=list(map(tuple, check.random((3, 2)).tolist())),
    tol=near,
)
check.value(
    "no confusion", shared, lambda x: 12 * x**3 + 1, at=check.random(3), tol=near
)
# END HIDDEN TESTS
check.score()

# %% [markdown]
# ## 14 · One page to take away
#
# **Dual number.** $a + b\varepsilon$ with $\varepsilon^2 = 0$: primal $a$ and tangent
# $b$.
#
# **Rules.** Sum: $(a + c,\ b + d)$. Product: $(ac,\ ad + bc)$. Quotient: $(a/c,\ (bc -
# ad)/c^2)$. Function: $(f(a),\ f'(a)\,b)$; the factor $b$ is the chain rule. Plain
# numbers are constants with tangent 0. Comparisons look at primals.
#
# **Use.** Seed, run, read the tangent. Seed 1 gives the slope; a list of seeds $v$
# gives the directional derivative $Jv$ (a JVP), in one pass.
#
# **Cost.** One pass per direction, so $n$ passes for a Jacobian with $n$ columns,
# whatever the number of outputs. A pass costs a small constant factor in time and in
# memory.
#
# **Error.** No truncation, no step. Exact up to rounding *for the program that ran*: it
# inherits cancellation, untaken branches, conventions at kinks and early stopping.
#
# **Compared with lesson 1**
#
# | | central difference | dual numbers |
# |---|---|---|
# | calls for a gradient | $2n$ | $n$ |
# | step to choose | yes | none |
# | best error | about $10^{-10}$ (section 7) | rounding |
# | needs the code of f | no, a black box is enough | yes, it must run on duals |
#
# **Traps.** Test with seeds other than 1. Lift constants. Do not write powers as
# exponentials of logarithms. Nest derivatives only with tags.
#
# **Next.** A million inputs and one output would take a million passes. [Lesson
# 3](../03_reverse_mode/03_reverse_mode.ipynb) goes through the same program backwards
# and needs one. Back to the [map of the course](../index.ipynb).
#
# Text: CC BY 4.0. Code: MIT.
