# %% unusual="built-from-others"
@extends(Value)
def __pow__(self, n):
    if n == 0:
        return self * 0.0 + 1.0
    return Value(self.data**n, (self,), "pow", (n * self.data ** (n - 1),))


@extends(Value)
def __truediv__(self, other):
    return self * lift(other) ** -1


@extends(Value)
def __rtruediv__(self, other):
    return self**-1 * other


@extends(Value)
def exp(self):
    e = math.exp(self.data)
    return Value(e, (self,), "exp", (e,))


@extends(Value)
def log(self):
    return Value(math.log(self.data), (self,), "log", (1 / self.data,))


@extends(Value)
def tanh(self):
    sign = -1.0 if self.data < 0 else 1.0
    small = (self * (-2.0 * sign)).exp()
    return (1.0 - small) / (1.0 + small) * sign


@extends(Value)
def relu(self):
    return self * 0.0 if self.data < 0 else self * 1.0


# %% unusual="attached-by-hand"
def divide(self, other):
    other = lift(other)
    a, b = self.data, other.data
    return Value(a / b, (self, other), "div", (1 / b, -a / b**2))


Value.__truediv__ = divide
Value.__rtruediv__ = lambda self, other: divide(lift(other), self)


def power(self, n):
    slope = 0.0 if n == 0 else n * self.data ** (n - 1)
    return Value(self.data**n, (self,), "pow", (slope,))


Value.__pow__ = power
Value.exp = unary("exp", math.exp, lambda x, y: y)
Value.log = unary("log", math.log, lambda x, y: 1 / x)
Value.tanh = unary("tanh", math.tanh, lambda x, y: 1 - y**2)
Value.relu = unary("relu", lambda x: x if not x < 0 else 0.0, lambda x, y: float(x >= 0))

# %% added="before"
def unary(word, rule, slope):
    """A method that records a function of one number."""

    def method(self):
        y = rule(self.data)
        return Value(y, (self,), word, (slope(self.data, y),))

    return method


# %% unusual="half-at-the-kink"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, -quotient / other.data)
    return Value(quotient, (self, other), "div", partials)


@extends(Value)
def __rtruediv__(self: Value, other: float) -> Value:
    """other / self, where other is a plain number."""
    return lift(other) / self


@extends(Value)
def __pow__(self: Value, n: float) -> Value:
    """self ** n, where n is a plain number."""
    partial = n * self.data ** (n - 1) if n != 0 else 0.0
    return Value(self.data**n, (self,), "pow", (partial,))


@extends(Value)
def exp(self: Value) -> Value:
    """e ** self."""
    result = math.exp(self.data)
    return Value(result, (self,), "exp", (result,))


@extends(Value)
def log(self: Value) -> Value:
    """Natural logarithm of self."""
    return Value(math.log(self.data), (self,), "log", (1 / self.data,))


@extends(Value)
def tanh(self: Value) -> Value:
    """Hyperbolic tangent of self."""
    result = math.tanh(self.data)
    return Value(result, (self,), "tanh", (1 - result * result,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (0.5 * (1 + np.sign(self.data)),))


# %% unusual="tanh-slope-by-cosh"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, -quotient / other.data)
    return Value(quotient, (self, other), "div", partials)


@extends(Value)
def __rtruediv__(self: Value, other: float) -> Value:
    """other / self, where other is a plain number."""
    return lift(other) / self


@extends(Value)
def __pow__(self: Value, n: float) -> Value:
    """self ** n, where n is a plain number."""
    partial = n * self.data ** (n - 1) if n != 0 else 0.0
    return Value(self.data**n, (self,), "pow", (partial,))


@extends(Value)
def exp(self: Value) -> Value:
    """e ** self."""
    result = math.exp(self.data)
    return Value(result, (self,), "exp", (result,))


@extends(Value)
def log(self: Value) -> Value:
    """Natural logarithm of self."""
    return Value(math.log(self.data), (self,), "log", (1 / self.data,))


@extends(Value)
def tanh(self: Value) -> Value:
    """Hyperbolic tangent of self."""
    result = math.tanh(self.data)
    return Value(result, (self,), "tanh", ((1 - result) * (1 + result),))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))


# %% unusual="numpy-functions"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, -quotient / other.data)
    return Value(quotient, (self, other), "div", partials)


@extends(Value)
def __rtruediv__(self: Value, other: float) -> Value:
    """other / self, where other is a plain number."""
    return lift(other) / self


@extends(Value)
def __pow__(self: Value, n: float) -> Value:
    """self ** n, where n is a plain number."""
    partial = n * self.data ** (n - 1) if n != 0 else 0.0
    return Value(self.data**n, (self,), "pow", (partial,))


@extends(Value)
def exp(self: Value) -> Value:
    """e ** self."""
    result = np.exp(self.data)
    return Value(result, (self,), "exp", (result,))


@extends(Value)
def log(self: Value) -> Value:
    """Natural logarithm of self."""
    return Value(np.log(self.data), (self,), "log", (1 / self.data,))


@extends(Value)
def tanh(self: Value) -> Value:
    """Hyperbolic tangent of self."""
    result = np.tanh(self.data)
    return Value(result, (self,), "tanh", (1 - result * result,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))


# %% unusual="own-import-cell"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, -quotient / other.data)
    return Value(quotient, (self, other), "div", partials)


@extends(Value)
def __rtruediv__(self: Value, other: float) -> Value:
    """other / self, where other is a plain number."""
    return lift(other) / self


@extends(Value)
def __pow__(self: Value, n: float) -> Value:
    """self ** n, where n is a plain number."""
    partial = n * self.data ** (n - 1) if n != 0 else 0.0
    return Value(self.data**n, (self,), "pow", (partial,))


@extends(Value)
def exp(self: Value) -> Value:
    """e ** self."""
    result = e**self.data
    return Value(result, (self,), "exp", (result,))


@extends(Value)
def log(self: Value) -> Value:
    """Natural logarithm of self."""
    return Value(math.log(self.data), (self,), "log", (1 / self.data,))


@extends(Value)
def tanh(self: Value) -> Value:
    """Hyperbolic tangent of self."""
    result = math.tanh(self.data)
    return Value(result, (self,), "tanh", (1 - result * result,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))

# %% added="before"
from math import e


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, -quotient / other.data)
    return Value(quotient, (self, other), "div", partials)


@extends(Value)
def __rtruediv__(self: Value, other: float) -> Value:
    """other / self, where other is a plain number."""
    return lift(other) / self


@extends(Value)
def __pow__(self: Value, n: float) -> Value:
    """self ** n, where n is a plain number."""
    partial = n * self.data ** (n - 1) if n != 0 else 0.0
    return Value(self.data**n, (self,), "pow", (partial,))


@extends(Value)
def exp(self: Value) -> Value:
    """e ** self."""
    result = math.exp(self.data)
    return Value(result, (self,), "exp", (result,))


@extends(Value)
def log(self: Value) -> Value:
    """Natural logarithm of self."""
    return Value(math.log(self.data), (self,), "log", (1 / self.data,))


@extends(Value)
def tanh(self: Value) -> Value:
    """Hyperbolic tangent of self."""
    result = math.tanh(self.data)
    return Value(result, (self,), "tanh", (1 - result * result,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))
