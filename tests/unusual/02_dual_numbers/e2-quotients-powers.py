# %% unusual="via-reciprocal"
def reciprocal(x):
    return Dual(1 / x.primal, -x.tangent / (x.primal * x.primal))


@extends(Dual)
def __truediv__(self, other):
    return self * reciprocal(lift(other))


@extends(Dual)
def __rtruediv__(self, other):
    return other * reciprocal(self)


@extends(Dual)
def __pow__(self, other):
    if isinstance(other, Dual):
        slope = other.tangent * math.log(self.primal)
        slope += other.primal * self.tangent / self.primal
        value = self.primal**other.primal
        return Dual(value, value * slope)
    if other == 0:
        return Dual(1.0, 0.0)
    return Dual(self.primal**other, other * self.primal ** (other - 1) * self.tangent)


@extends(Dual)
def __rpow__(self, other):
    return Dual(other) ** self


# %% unusual="powers-by-multiplying"
@extends(Dual)
def __truediv__(self, other):
    other = lift(other)
    value = self.primal / other.primal
    return Dual(value, (self.tangent - value * other.tangent) / other.primal)


@extends(Dual)
def __rtruediv__(self, other):
    return lift(other) / self


@extends(Dual)
def __pow__(self, other):
    if isinstance(other, int):
        result = Dual(1.0)
        for _ in range(abs(other)):
            result = result * self
        return result if other >= 0 else 1 / result
    return exp_of(lift(other) * log_of(self))


@extends(Dual)
def __rpow__(self, other):
    return exp_of(self * math.log(other))

# %% added="before"
def exp_of(x):
    value = math.exp(x.primal)
    return Dual(value, value * x.tangent)


def log_of(x):
    return Dual(math.log(x.primal), x.tangent / x.primal)


# %% unusual="attached-by-hand"
def quotient(x, y):
    x, y = lift(x), lift(y)
    below = y.primal * y.primal
    return Dual(x.primal / y.primal, (x.tangent * y.primal - x.primal * y.tangent) / below)


def to_the(x, y):
    x, y = lift(x), lift(y)
    p, n = x.primal, y.primal
    tangent = 0.0
    if x.tangent and n:
        tangent += n * p ** (n - 1) * x.tangent
    if y.tangent:
        tangent += p**n * np.log(p) * y.tangent
    return Dual(p**n, tangent)


Dual.__truediv__ = quotient
Dual.__rtruediv__ = lambda self, other: quotient(other, self)
Dual.__pow__ = to_the
Dual.__rpow__ = lambda self, other: to_the(other, self)


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
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
    return Dual(value, value * math.log(other) * self.tangent)
