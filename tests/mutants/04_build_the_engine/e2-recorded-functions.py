# %% mutant="exp-slope-is-input" says="using the input as the slope of exp"
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
    return Value(result, (self,), "exp", (self.data,))


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


# %% mutant="exp-slope-is-one" says="recording a slope of 1 for exp"
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
    return Value(result, (self,), "exp", (1.0,))


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


# %% mutant="relu-by-gradient" says="letting the gradient, which is still 0, decide whether relu is open"
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
    return Value(result, (self,), "relu", (1.0 if self.grad > 0 else 0.0,))


# %% mutant="relu-always-open" says="recording a slope of 1 for relu everywhere"
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
    return Value(result, (self,), "relu", (1.0,))


# %% mutant="relu-swallows-nan" says="turning nan into 0 in relu"
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
    result = max(0.0, self.data)
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))


# %% mutant="pow-forgets-n" says="forgetting the factor n in the slope of a power"
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
    partial = self.data ** (n - 1) if n != 0 else 0.0
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


# %% mutant="pow-keeps-n" says="lowering the exponent of a power by nothing"
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
    partial = n * self.data**n if n != 0 else 0.0
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


# %% mutant="pow-zero-crashes" says="dividing by zero in the slope of 0 ** 0"
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
    partial = n * self.data ** (n - 1)
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


# %% mutant="pow-by-logarithm" says="computing powers as exp(n log x), which needs a positive base"
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
    return Value(math.exp(n * math.log(self.data)), (self,), "pow", (partial,))


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


# %% mutant="pow-ints-only" says="accepting only exponents that are exactly int or float"
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
    assert type(n) in (int, float)
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


# %% mutant="quotient-no-square" says="forgetting the square below in the slope for the denominator"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, -quotient)
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


# %% mutant="quotient-sign" says="forgetting the minus sign in the slope for the denominator"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1 / other.data, quotient / other.data)
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


# %% mutant="quotient-numerator" says="giving the numerator of a quotient a slope of 1"
@extends(Value)
def __truediv__(self: Value, other: "Value | float") -> Value:
    """self / other."""
    other = lift(other)
    quotient = self.data / other.data
    partials = (1.0, -quotient / other.data)
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


# %% mutant="rtruediv-reversed" says="dividing the wrong way round when the number stands on the left"
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
    return self / other


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


# %% mutant="log-slope" says="using the logarithm as its own slope"
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
    return Value(math.log(self.data), (self,), "log", (math.log(self.data),))


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


# %% mutant="tanh-from-input" says="computing the slope of tanh as 1 - x*x, from the input"
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
    return Value(result, (self,), "tanh", (1 - self.data * self.data,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))


# %% mutant="tanh-no-square" says="computing the slope of tanh as 1 - tanh(x)"
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
    return Value(result, (self,), "tanh", (1 - result,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))


# %% mutant="tanh-overflows" says="computing tanh by exponentials that overflow for large inputs"
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
    e = math.exp(2 * self.data)
    result = (e - 1) / (e + 1)
    return Value(result, (self,), "tanh", (1 - result * result,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))


# %% mutant="exp-is-a-leaf" says="recording no parent for exp"
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
    return Value(result)


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


# %% mutant="wrong-words" says="recording the word exp for log, too"
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
    return Value(math.log(self.data), (self,), "exp", (1 / self.data,))


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


# %% mutant="central-difference" says="measuring the slopes of the functions with a small step"
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
    return Value(result, (self,), "exp", ((math.exp(self.data + 1e-6) - math.exp(self.data - 1e-6)) / 2e-6,))


@extends(Value)
def log(self: Value) -> Value:
    """Natural logarithm of self."""
    return Value(math.log(self.data), (self,), "log", (1 / self.data,))


@extends(Value)
def tanh(self: Value) -> Value:
    """Hyperbolic tangent of self."""
    result = math.tanh(self.data)
    return Value(result, (self,), "tanh", ((math.tanh(self.data + 1e-6) - math.tanh(self.data - 1e-6)) / 2e-6,))


@extends(Value)
def relu(self: Value) -> Value:
    """self where it is positive, else 0; nan stays nan."""
    result = 0.0 if self.data < 0 else self.data
    return Value(result, (self,), "relu", (1.0 if result > 0 else 0.0,))


# %% mutant="complex-step" says="measuring slopes with a tiny imaginary step"
import cmath


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
    partial = ((self.data + 1e-20j) ** n).imag / 1e-20 if n != 0 else 0.0
    return Value(self.data**n, (self,), "pow", (partial,))


@extends(Value)
def exp(self: Value) -> Value:
    """e ** self."""
    result = math.exp(self.data)
    return Value(result, (self,), "exp", ((cmath.exp(self.data + 1e-20j)).imag / 1e-20,))


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


# %% mutant="library" says="using a library that is not there when your work is graded"
import torch


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
    result = float(torch.exp(torch.tensor(self.data)))
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
