# %% unusual="frozen-dataclass"
@dataclass(frozen=True, eq=False)
class Dual:
    primal: float
    tangent: float = 0.0

    def __add__(self, other):
        other = lift(other)
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    __radd__ = __add__

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * lift(other)

    def __rsub__(self, other):
        return -1 * self + other

    def __mul__(self, other):
        other = lift(other)
        tangent = self.tangent * other.primal + other.tangent * self.primal
        return Dual(self.primal * other.primal, tangent)

    __rmul__ = __mul__

    def __eq__(self, other):
        return self.primal == lift(other).primal

    def __lt__(self, other):
        return self.primal < lift(other).primal

    def __le__(self, other):
        return self.primal <= lift(other).primal

    def __gt__(self, other):
        return self.primal > lift(other).primal

    def __ge__(self, other):
        return self.primal >= lift(other).primal

# %% added="before"
from dataclasses import dataclass


# %% unusual="named-tuple"
class Dual(NamedTuple):
    primal: float
    tangent: float = 0.0

    def __add__(self, other):
        other = lift(other)
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    __radd__ = __add__

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * lift(other)

    def __rsub__(self, other):
        return -1 * self + other

    def __mul__(self, other):
        other = lift(other)
        tangent = self.tangent * other.primal + other.tangent * self.primal
        return Dual(self.primal * other.primal, tangent)

    __rmul__ = __mul__

    def __eq__(self, other):
        return self.primal == lift(other).primal

    def __lt__(self, other):
        return self.primal < lift(other).primal

    def __le__(self, other):
        return self.primal <= lift(other).primal

    def __gt__(self, other):
        return self.primal > lift(other).primal

    def __ge__(self, other):
        return self.primal >= lift(other).primal

    def __ne__(self, other):
        return not self == other

# %% added="before"
from typing import NamedTuple


# %% unusual="array-backed"
class Dual:
    def __init__(self, primal, tangent=0.0):
        self.pair = np.array([primal, tangent], dtype=float)

    @property
    def primal(self):
        return self.pair[0]

    @property
    def tangent(self):
        return self.pair[1]

    def __repr__(self):
        return f"Dual{tuple(self.pair.tolist())}"

    def __add__(self, other):
        return Dual(*(self.pair + lift(other).pair))

    __radd__ = __add__

    def __neg__(self):
        return Dual(*-self.pair)

    def __sub__(self, other):
        return Dual(*(self.pair - lift(other).pair))

    def __rsub__(self, other):
        return Dual(*(lift(other).pair - self.pair))

    def __mul__(self, other):
        a, b = self.pair
        return Dual(*(np.array([[a, 0.0], [b, a]]) @ lift(other).pair))

    __rmul__ = __mul__

    def __eq__(self, other):
        return self.primal == lift(other).primal

    def __lt__(self, other):
        return self.primal < lift(other).primal

    def __le__(self, other):
        return self.primal <= lift(other).primal

    def __gt__(self, other):
        return self.primal > lift(other).primal

    def __ge__(self, other):
        return self.primal >= lift(other).primal


# %% unusual="total-ordering"
@total_ordering
class Dual:
    __slots__ = ("primal", "tangent")

    def __init__(self, primal, tangent=0.0):
        self.primal, self.tangent = primal, tangent

    def __add__(self, other):
        other = lift(other)
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    __radd__ = __add__

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * lift(other)

    def __rsub__(self, other):
        return -1 * self + other

    def __mul__(self, other):
        other = lift(other)
        tangent = self.tangent * other.primal + other.tangent * self.primal
        return Dual(self.primal * other.primal, tangent)

    __rmul__ = __mul__

    def __eq__(self, other):
        return self.primal == value_of(other)

    def __lt__(self, other):
        return self.primal < value_of(other)

# %% added="before"
from functools import total_ordering

# %% added="before"
def value_of(number):
    """The primal of a Dual, or the number itself."""
    return getattr(number, "primal", number)


# %% unusual="tuple-with-methods"
class Dual(tuple):
    def __new__(cls, primal, tangent=0.0):
        return tuple.__new__(cls, (primal, tangent))

    primal = property(lambda self: self[0])
    tangent = property(lambda self: self[1])

    def __add__(self, other):
        other = lift(other)
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    __radd__ = __add__

    def __neg__(self):
        return -1 * self

    def __sub__(self, other):
        return self + -1 * lift(other)

    def __rsub__(self, other):
        return -1 * self + other

    def __mul__(self, other):
        other = lift(other)
        tangent = self.tangent * other.primal + other.tangent * self.primal
        return Dual(self.primal * other.primal, tangent)

    __rmul__ = __mul__

    def __eq__(self, other):
        return self.primal == lift(other).primal

    def __lt__(self, other):
        return self.primal < lift(other).primal

    def __le__(self, other):
        return self.primal <= lift(other).primal

    def __gt__(self, other):
        return self.primal > lift(other).primal

    def __ge__(self, other):
        return self.primal >= lift(other).primal

    def __ne__(self, other):
        return not self == other


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
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
        other = lift(other)
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    def __radd__(self, other: float) -> "Dual":
        return self + other

    def __neg__(self) -> "Dual":
        return Dual(-self.primal, -self.tangent)

    def __sub__(self, other: "Dual | float") -> "Dual":
        return self + (-lift(other))

    def __rsub__(self, other: float) -> "Dual":
        return (-self) + other

    def __mul__(self, other: "Dual | float") -> "Dual":
        other = lift(other)
        tangent = self.primal * other.tangent + self.tangent * other.primal
        return Dual(self.primal * other.primal, tangent)

    def __rmul__(self, other: float) -> "Dual":
        return self * other

    def __eq__(self, other: object) -> bool:
        return self.primal == lift(other).primal

    def __lt__(self, other: "Dual | float") -> bool:
        return self.primal < lift(other).primal

    def __le__(self, other: "Dual | float") -> bool:
        return self.primal <= lift(other).primal

    def __gt__(self, other: "Dual | float") -> bool:
        return self.primal > lift(other).primal

    def __ge__(self, other: "Dual | float") -> bool:
        return self.primal >= lift(other).primal
