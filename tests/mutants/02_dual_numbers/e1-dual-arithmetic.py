# %% mutant="rsub-order" says="subtracting in the wrong order when the plain number stands on the left: x - 2 where 2 - x was asked"
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
        return self + (-other)

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


# %% mutant="no-radd" says="not knowing what to do when a plain number stands on the left of a plus sign"
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


# %% mutant="no-cross-terms" says="multiplying the tangents with each other, without the cross terms"
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
        tangent = self.tangent * other.tangent
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


# %% mutant="one-cross-term" says="keeping only one of the two cross terms of the product"
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
        tangent = self.tangent * other.primal
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


# %% mutant="changes-operand" says="changing the left operand instead of making a new number"
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
        self.primal += other.primal
        self.tangent += other.tangent
        return self

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


# %% mutant="neg-forgets-tangent" says="turning the sign of the value but not of the tangent"
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
        return Dual(-self.primal, self.tangent)

    def __sub__(self, other: "Dual | float") -> "Dual":
        other = lift(other)
        return Dual(self.primal - other.primal, self.tangent - other.tangent)

    def __rsub__(self, other: float) -> "Dual":
        return lift(other) - self

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


# %% mutant="sub-adds-tangents" says="adding the tangents in a difference, as rounding errors would add up"
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
        other = lift(other)
        return Dual(self.primal - other.primal, self.tangent + other.tangent)

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


# %% mutant="compares-tangents" says="letting the tangents decide in comparisons"
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
        other = lift(other)
        return (self.primal, self.tangent) == (other.primal, other.tangent)

    def __lt__(self, other: "Dual | float") -> bool:
        other = lift(other)
        return (self.primal, self.tangent) < (other.primal, other.tangent)

    def __le__(self, other: "Dual | float") -> bool:
        return self.primal <= lift(other).primal

    def __gt__(self, other: "Dual | float") -> bool:
        return self.primal > lift(other).primal

    def __ge__(self, other: "Dual | float") -> bool:
        return not self < other


# %% mutant="equal-by-identity" says="asking whether two numbers are the same object, not whether they are equal"
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
        return self is other

    def __lt__(self, other: "Dual | float") -> bool:
        return self.primal < lift(other).primal

    def __le__(self, other: "Dual | float") -> bool:
        return self.primal <= lift(other).primal

    def __gt__(self, other: "Dual | float") -> bool:
        return self.primal > lift(other).primal

    def __ge__(self, other: "Dual | float") -> bool:
        return self.primal >= lift(other).primal


# %% mutant="numbers-move" says="treating a plain number as a variable, with tangent 1, instead of a constant"
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
        other = (other if isinstance(other, Dual) else Dual(other, 1.0))
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    def __radd__(self, other: float) -> "Dual":
        return self + other

    def __neg__(self) -> "Dual":
        return Dual(-self.primal, -self.tangent)

    def __sub__(self, other: "Dual | float") -> "Dual":
        return self + (-(other if isinstance(other, Dual) else Dual(other, 1.0)))

    def __rsub__(self, other: float) -> "Dual":
        return (-self) + other

    def __mul__(self, other: "Dual | float") -> "Dual":
        other = (other if isinstance(other, Dual) else Dual(other, 1.0))
        tangent = self.primal * other.tangent + self.tangent * other.primal
        return Dual(self.primal * other.primal, tangent)

    def __rmul__(self, other: float) -> "Dual":
        return self * other

    def __eq__(self, other: object) -> bool:
        return self.primal == (other if isinstance(other, Dual) else Dual(other, 1.0)).primal

    def __lt__(self, other: "Dual | float") -> bool:
        return self.primal < (other if isinstance(other, Dual) else Dual(other, 1.0)).primal

    def __le__(self, other: "Dual | float") -> bool:
        return self.primal <= (other if isinstance(other, Dual) else Dual(other, 1.0)).primal

    def __gt__(self, other: "Dual | float") -> bool:
        return self.primal > (other if isinstance(other, Dual) else Dual(other, 1.0)).primal

    def __ge__(self, other: "Dual | float") -> bool:
        return self.primal >= (other if isinstance(other, Dual) else Dual(other, 1.0)).primal


# %% mutant="numbers-refused" says="accepting duals only, no plain numbers"
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
        other = other
        return Dual(self.primal + other.primal, self.tangent + other.tangent)

    def __radd__(self, other: float) -> "Dual":
        return self + other

    def __neg__(self) -> "Dual":
        return Dual(-self.primal, -self.tangent)

    def __sub__(self, other: "Dual | float") -> "Dual":
        return self + (-other)

    def __rsub__(self, other: float) -> "Dual":
        return (-self) + other

    def __mul__(self, other: "Dual | float") -> "Dual":
        other = other
        tangent = self.primal * other.tangent + self.tangent * other.primal
        return Dual(self.primal * other.primal, tangent)

    def __rmul__(self, other: float) -> "Dual":
        return self * other

    def __eq__(self, other: object) -> bool:
        return self.primal == other.primal

    def __lt__(self, other: "Dual | float") -> bool:
        return self.primal < other.primal

    def __le__(self, other: "Dual | float") -> bool:
        return self.primal <= other.primal

    def __gt__(self, other: "Dual | float") -> bool:
        return self.primal > other.primal

    def __ge__(self, other: "Dual | float") -> bool:
        return self.primal >= other.primal


# %% mutant="central-difference" says="carrying two shifted values and dividing their difference by a step at the end"
class Dual:
    def __init__(self, primal, tangent=0.0):
        self.state = (primal, primal + 1e-6 * tangent, primal - 1e-6 * tangent)

    @classmethod
    def of(cls, *state):
        new = object.__new__(cls)
        new.state = state
        return new

    @property
    def primal(self):
        return self.state[0]

    @property
    def tangent(self):
        return (self.state[1] - self.state[2]) / 2e-6

    def __repr__(self):
        return f"Dual({self.primal!r}, {self.tangent!r})"

    def combined(self, other, rule):
        return Dual.of(*map(rule, self.state, lift(other).state))

    def __add__(self, other):
        return self.combined(other, lambda a, b: a + b)

    __radd__ = __add__

    def __neg__(self):
        return Dual.of(*[-a for a in self.state])

    def __sub__(self, other):
        return self.combined(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return lift(other) - self

    def __mul__(self, other):
        return self.combined(other, lambda a, b: a * b)

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


# %% mutant="complex-step" says="carrying the tangent in an imaginary part, scaled by a tiny step"
class Dual:
    def __init__(self, primal, tangent=0.0):
        self.state = (primal + 1e-20j * tangent,)

    @classmethod
    def of(cls, *state):
        new = object.__new__(cls)
        new.state = state
        return new

    @property
    def primal(self):
        return self.state[0].real

    @property
    def tangent(self):
        return self.state[0].imag / 1e-20

    def __repr__(self):
        return f"Dual({self.primal!r}, {self.tangent!r})"

    def combined(self, other, rule):
        return Dual.of(*map(rule, self.state, lift(other).state))

    def __add__(self, other):
        return self.combined(other, lambda a, b: a + b)

    __radd__ = __add__

    def __neg__(self):
        return Dual.of(*[-a for a in self.state])

    def __sub__(self, other):
        return self.combined(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return lift(other) - self

    def __mul__(self, other):
        return self.combined(other, lambda a, b: a * b)

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


# %% mutant="library" says="handing in the course package's own dual numbers, which are not there when your work is graded"
from autograd_ref.dual import Dual
