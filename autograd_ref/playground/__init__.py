"""Three Ways Down: one formula, three ways to its derivative, without code.

Its mathematics is one script for browsers, `three_ways.js`, held to the package by a
parity test; `describe(...)` gives the same numbers as lines to print.

>>> print(describe("x*x", {"x": 3}, mode="forward"))
forward mode: 1 pass for 1 input
name  step       value  along x
x                    3        1
v1    mul(x, x)      9        6
"""

from .table import describe

__all__ = ["describe"]
