# %% unusual="slots"
class Value:
    """A number that remembers how it was made.

    `parents` are the Values it was made from, `op` says by what, and `partials` are the
    slopes of that one step, one for each parent. A leaf was made by nothing.
    """

    __slots__ = ("data", "grad", "parents", "op", "partials", "__weakref__", "__dict__")

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
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% unusual="sub-from-neg"
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
        return self * -1.0

    def __sub__(self, other: "Value | float") -> "Value":
        return self + (-lift(other))

    def __rsub__(self, other: float) -> "Value":
        return (-self) + other

    def __mul__(self, other: "Value | float") -> "Value":
        other = lift(other)
        partials = (other.data, self.data)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other


# %% unusual="op-objects"
class Value:
    def __init__(self, data, parents=(), op="", partials=()):
        self.data, self.grad = data, 0.0
        self.parents, self.op, self.partials = tuple(parents), op, tuple(partials)

    def __add__(self, other):
        return ADD(self, other)

    def __radd__(self, other):
        return ADD(self, other)

    def __neg__(self):
        return NEG(self)

    def __sub__(self, other):
        return SUB(self, other)

    def __rsub__(self, other):
        return SUB(other, self)

    def __mul__(self, other):
        return MUL(self, other)

    def __rmul__(self, other):
        return MUL(self, other)

# %% added="before"
class Operation:
    """One object for each operation: its word, its rule and its slopes."""

    def __init__(self, word, rule, slopes):
        self.word, self.rule, self.slopes = word, rule, slopes

    def __call__(self, *operands):
        parents = tuple(map(lift, operands))
        numbers = [p.data for p in parents]
        return Value(self.rule(*numbers), parents, self.word, self.slopes(*numbers))


ADD = Operation("add", lambda a, b: a + b, lambda a, b: (1, 1))
SUB = Operation("sub", lambda a, b: a - b, lambda a, b: (1, -1))
MUL = Operation("mul", lambda a, b: a * b, lambda a, b: (b, a))
NEG = Operation("neg", lambda a: -a, lambda a: (-1,))


# %% unusual="dataclass"
@dataclass(eq=False)
class Value:
    data: float
    parents: tuple = ()
    op: str = ""
    partials: tuple = ()
    grad: float = field(default=0.0, init=False)

    def made(self, other, op, data, *partials):
        return Value(data, (self, other), op, partials)

    def __add__(self, other):
        other = lift(other)
        return self.made(other, "add", self.data + other.data, 1.0, 1.0)

    __radd__ = __add__

    def __neg__(self):
        return 0.0 - self

    def __sub__(self, other):
        other = lift(other)
        return self.made(other, "sub", self.data - other.data, 1.0, -1.0)

    def __rsub__(self, other):
        return lift(other).__sub__(self)

    def __mul__(self, other):
        other = lift(other)
        return self.made(other, "mul", self.data * other.data, other.data, self.data)

    __rmul__ = __mul__

# %% added="before"
from dataclasses import dataclass, field


# %% unusual="tape-list"
class Value:
    tape = []

    def __init__(self, data, parents=(), op="", partials=()):
        self.data, self.grad, self.place = data, 0.0, len(Value.tape)
        Value.tape.append((parents, op, partials))

    parents = property(lambda self: Value.tape[self.place][0])
    op = property(lambda self: Value.tape[self.place][1])
    partials = property(lambda self: Value.tape[self.place][2])

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, (self, other), "add", (1.0, 1.0))

    def __sub__(self, other):
        other = lift(other)
        return Value(self.data - other.data, (self, other), "sub", (1.0, -1.0))

    def __mul__(self, other):
        other = lift(other)
        return Value(
            self.data * other.data, (self, other), "mul", (other.data, self.data)
        )

    def __neg__(self):
        return Value(-self.data, (self,), "neg", (-1.0,))

    def __rsub__(self, other):
        return lift(other) - self

    __radd__ = lambda self, other: self + other
    __rmul__ = lambda self, other: self * other


# %% unusual="slopes-by-dual-numbers"
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
        one = (Dual(self.data, 1.0) * other.data).tangent
        partials = (one, (Dual(other.data, 1.0) * self.data).tangent)
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other

# %% added="before"
from autograd_ref.dual import Dual


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
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
        return Value(self.data * other.data, (self, other), "mul", partials)

    def __rmul__(self, other: float) -> "Value":
        return self * other
