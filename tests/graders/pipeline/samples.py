"""A small lesson source, right in every way, and ways to spoil it."""

from pathlib import Path

PATH = Path("solutions/01_slopes.py")
SOURCE = '''\
# %% [markdown]
# # Slopes
#
# Text with `code`.

# %%
import math

from graders import Check, Tolerance
from graders.show import table

# %% [markdown]
# ## Exercise 1
#
# What the check looks at: **close to the true slope**, **two evaluations**,
# **any size of x**.


# %% solution="e1-forward-slope"
def forward(f, x: float, h: float) -> float:
    """Slope of f at x."""
    # BEGIN SOLUTION
    rise = f(x + h) - f(x)
    return rise / h
    # END SOLUTION


# %% check
check = Check("e1-forward-slope", visible=2, hidden=3)
close = Tolerance(rel=1e-4, abs=1e-6, reason="first order")
check.derivative(
    "close to the true slope",
    lambda f, x: forward(f, x, 1e-6),
    math.sin,
    at=[0.3, 2.0],
    tol=close,
)
check.calls("two evaluations", forward, math.sin, at=[(0.7, 1e-3)], exactly=2)
# BEGIN HIDDEN TESTS
check.hidden()
check.derivative(
    "any size of x",
    lambda f, x: forward(f, x, 1e-6 * x),
    lambda x: x**2 + 17.25 * x,
    at=check.random(4) * 1e4,
    tol=close,
)
# END HIDDEN TESTS
check.score()

# %%
slopes = [["h", "slope"], [0.1, 0.99]]
table(slopes, caption="Slopes")

# %% [markdown] answer="why-first-order"
# Why first order?

# %% solution="p1-guesses"
guesses = {"calls": None}
# BEGIN SOLUTION
guesses = {"calls": 2, "order": 1}
# END SOLUTION

# %% check
check = Check("p1-guesses", visible=0, hidden=0)
check.facts("guess", guesses, {"calls": 2})
check.score()
'''
INDEX = """\
# %% [markdown]
# # Index

# %%
print("welcome")
"""


def course(root: Path, source: str = SOURCE) -> Path:
    """A course of one lesson and an index in a folder."""
    (root / "solutions").mkdir()
    (root / PATH).write_text(source, encoding="utf-8", newline="\n")
    index = root / "solutions" / "index.py"
    index.write_text(INDEX, encoding="utf-8", newline="\n")
    return root
