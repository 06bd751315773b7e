# %% mutant="no-square" says="forgetting the square below in the tangent of a quotient"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="cross-order" says="subtracting the cross terms of a quotient in the wrong order"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.primal * other.tangent - self.tangent * other.primal
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="rtruediv-order" says="dividing the wrong way round when the plain number stands above the line"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return self / Dual(other)


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="exp-of-log" says="writing every power as an exponential of a logarithm, which a negative base does not have"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    other = lift(other)
    if other.primal == 0:
        return Dual(1.0, 0.0)
    value = math.exp(other.primal * math.log(self.primal))
    slope = math.log(self.primal) * other.tangent
    return Dual(value, value * (slope + other.primal * self.tangent / self.primal))


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="exponent-not-lowered" says="using the exponent n where the derivative of a power has n - 1"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** n * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="power-zero-crashes" says="asking for zero to the power -1 when the exponent is 0"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) * self.tangent
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="factor-n-lost" says="losing the factor n in the derivative of a power"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = a ** (n - 1) * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="no-logarithm" says="forgetting the logarithm when the exponent moves"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * self.tangent)


# %% mutant="exponent-held-still" says="treating a dual exponent as a constant"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) * self.tangent if n != 0 else 0.0
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="seed-forgotten" says="leaving the tangent that comes in out of the power rule, which seed 1 does not show"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, lift(other).primal
    tangent = n * a ** (n - 1) if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="whole-numbers-only" says="rounding the exponent to a whole number"
@extends(Dual)
def __truediv__(self: Dual, other: "Dual | float") -> Dual:
    """self / other."""
    other = lift(other)
    cross = self.tangent * other.primal - self.primal * other.tangent
    return Dual(self.primal / other.primal, cross / other.primal**2)


@extends(Dual)
def __rtruediv__(self: Dual, other: float) -> Dual:
    """other / self, where other is a plain number."""
    return Dual(other) / self


@extends(Dual)
def __pow__(self: Dual, other: "Dual | float") -> Dual:
    """self ** other; other is a plain number or a Dual."""
    a, n = self.primal, int(lift(other).primal)
    tangent = n * a ** (n - 1) * self.tangent if n != 0 else 0.0
    if isinstance(other, Dual):
        tangent = tangent + a**n * math.log(a) * other.tangent
    return Dual(a**n, tangent)


@extends(Dual)
def __rpow__(self: Dual, other: float) -> Dual:
    """other ** self, where other is a plain number."""
    value = other**self.primal
    return Dual(value, value * math.log(other) * self.tangent)


# %% mutant="central-difference" says="measuring the tangent of each operation with a small step"
def lifted(rule, x, y):
    x, y = lift(x), lift(y)
    h = 1e-6
    up = rule(x.primal + h * x.tangent, y.primal + h * y.tangent)
    down = rule(x.primal - h * x.tangent, y.primal - h * y.tangent)
    return Dual(rule(x.primal, y.primal), (up - down) / (2 * h))


@extends(Dual)
def __truediv__(self, other):
    return lifted(lambda a, b: a / b, self, other)


@extends(Dual)
def __rtruediv__(self, other):
    return lifted(lambda a, b: a / b, other, self)


@extends(Dual)
def __pow__(self, other):
    return lifted(lambda a, b: a**b, self, other)


@extends(Dual)
def __rpow__(self, other):
    return lifted(lambda a, b: a**b, other, self)


# %% mutant="complex-step" says="getting the tangent of each operation from a tiny imaginary step"
def lifted(rule, x, y):
    x, y = lift(x), lift(y)
    h = 1e-30j
    b = y.primal + h * y.tangent if y.tangent else y.primal
    z = rule(x.primal + h * x.tangent, b)
    return Dual(rule(x.primal, y.primal), z.imag / 1e-30)


@extends(Dual)
def __truediv__(self, other):
    return lifted(lambda a, b: a / b, self, other)


@extends(Dual)
def __rtruediv__(self, other):
    return lifted(lambda a, b: a / b, other, self)


@extends(Dual)
def __pow__(self, other):
    return lifted(lambda a, b: a**b, self, other)


@extends(Dual)
def __rpow__(self, other):
    return lifted(lambda a, b: a**b, other, self)


# %% mutant="library" says="borrowing the operators of the course package, which is not there when your work is graded"
from autograd_ref.dual import Dual as Ready

for name in ("__truediv__", "__rtruediv__", "__pow__", "__rpow__"):
    setattr(Dual, name, getattr(Ready, name))
