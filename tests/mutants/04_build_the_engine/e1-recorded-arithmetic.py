# %% mutant="rsub-reversed" says="subtracting in the wrong order when the number stands on the left: 2 - x as x - 2"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return self - other

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="one-parent" says="recording only the first of the two parents of a product"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self,), "mul", partials[:1])

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="one-parent-of-sums" says="recording only the first of the two parents of a sum"
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
        other = lift(other)
        return Value(self.data + other.data, (self,), "add", (1.0,))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="partials-swapped" says="giving each factor of a product its own value as the slope"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (self.data, other.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="sub-both-plus" says="giving the number that is subtracted a slope of plus one"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, 1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="neg-no-sign" says="keeping a slope of plus one for -x"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="sum-counts-twice" says="giving both terms of a sum half of the slope"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (0.5, 0.5))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="no-radd" says="having no answer when a plain number stands on the left of a plus"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return NotImplemented

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="numbers-refused" says="accepting only Values, no plain numbers"
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
        other = other
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = other
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return other - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = other
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="in-place" says="changing the first operand instead of making a new number"
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
        other = lift(other)
        self.data = self.data + other.data
        return self

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="late-partials" says="reading the slopes of a product only when they are asked for, not when it is made"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Late(self.data * other.data, (self, other), "mul")

    def __rmul__(self, other: float) -> "Value":
        return self * other


class Late(Value):
    def __init__(self, data, parents, op):
        self.data, self.grad, self.parents, self.op = data, 0.0, parents, op

    @property
    def partials(self):
        return (self.parents[1].data, self.parents[0].data)


# %% mutant="parents-in-a-set" says="keeping each parent only once, as a set would, also where a number is used twice"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        parents = tuple(dict.fromkeys((self, other)))
        return Value(self.data * other.data, parents, "mul", partials[: len(parents)])

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="parents-in-a-list" says="keeping the parents in a list, not in a tuple"
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
        other = lift(other)
        return Value(self.data + other.data, [self, other], "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, [self, other], "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, [self, other], "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="wrong-words" says="recording the signs + and * instead of the words"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "+", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "*", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="copies-as-parents" says="recording copies of the operands, so that the way to the leaves is cut"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (Value(self.data), Value(other.data)), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="no-record" says="computing the values and recording nothing"
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
        other = lift(other)
        return Value(self.data + other.data)

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data)

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data)

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="grad-starts-at-one" says="giving every new number a gradient of 1"
class Value:
    """A number that remembers how it was made.

    `parents` are the Values it was made from, `op` says by what, and `partials` are the
    slopes of that one step, one for each parent. A leaf was made by nothing.
    """

    def __init__(self, data, parents=(), op: str = "", partials=()) -> None:
        self.data, self.grad = data, 1.0
        self.parents, self.op, self.partials = parents, op, partials

    def __repr__(self) -> str:
        return f"Value({self.data!r}, grad={self.grad!r})"

    def __add__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="central-difference" says="measuring the slopes of a product with a small step"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        a, b, h = self.data, other.data, 1e-6
        partials = (((a + h) * b - (a - h) * b) / (2 * h), (a * (b + h) - a * (b - h)) / (2 * h))
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="complex-step" says="measuring the slopes of a product with a tiny imaginary step"
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
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __neg__(self) -> "Value":
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __sub__(self, other: "Value | float") -> "Value":
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __rsub__(self, other: float) -> "Value":
        return lift(other) - self

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        a, b, h = self.data, other.data, 1e-20
        partials = (((a + 1j * h) * b).imag / h, (a * (b + 1j * h)).imag / h)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% mutant="library" says="handing in the course package's own engine, which is not there when your work is graded"
from autograd_ref.scalar import Value
