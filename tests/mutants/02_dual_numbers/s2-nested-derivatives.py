# %% mutant="no-tags" says="adding arrows that belong to different derivatives"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, a * d + b * c, tag)

    def __rmul__(self, other):
        return self * other


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    tag = 1
    return split(f(Tagged(x, 1.0, tag)), tag)[1]


# %% mutant="outermost-first" says="looking at the smaller tag first, the one of the outer derivative"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        tag = min(self.tag, getattr(other, "tag", self.tag))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        tag = min(self.tag, getattr(other, "tag", self.tag))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, a * d + b * c, tag)

    def __rmul__(self, other):
        return self * other


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    tag = next(tags)
    return split(f(Tagged(x, 1.0, tag)), tag)[1]


# %% mutant="takes-any-tangent" says="reading the tangent of the result without asking whose it is"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, a * d + b * c, tag)

    def __rmul__(self, other):
        return self * other


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    tag = next(tags)
    y = f(Tagged(x, 1.0, tag))
    return y.tangent if isinstance(y, Tagged) else 0.0


# %% mutant="inner-arrows-dropped" says="dropping the arrow of the outer derivative inside the inner one"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, a * d + b * c, tag)

    def __rmul__(self, other):
        return self * other


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    tag = next(tags)
    y = split(f(Tagged(getattr(x, "primal", x), 1.0, tag)), tag)[1]
    return y


# %% mutant="no-cross-terms" says="multiplying the tangents with each other"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        tag = max(self.tag, tag_of(other))
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, b * d, tag)

    def __rmul__(self, other):
        return self * other


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    tag = next(tags)
    return split(f(Tagged(x, 1.0, tag)), tag)[1]


# %% mutant="left-tag-only" says="taking the tag of the left operand, whatever the right one carries"
class Tagged:
    """`primal + tangent * eps`, where this eps belongs to the derivative `tag`."""

    def __init__(self, primal, tangent, tag: int) -> None:
        self.primal, self.tangent, self.tag = primal, tangent, tag

    def __add__(self, other):
        tag = self.tag
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a + c, b + d, tag)

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        tag = self.tag
        (a, b), (c, d) = split(self, tag), split(other, tag)
        return Tagged(a * c, a * d + b * c, tag)

    def __rmul__(self, other):
        return self * other


def nested_derivative(f, x):
    """Slope of `f` at `x`; may be called inside `f` again."""
    tag = next(tags)
    return split(f(Tagged(x, 1.0, tag)), tag)[1]


# %% mutant="central-difference" says="measuring slopes of slopes with small steps"
class Tagged:
    pass


def nested_derivative(f, x):
    h = 1e-3
    return (f(x + h) - f(x + -1 * h)) * (1 / (2 * h))


# %% mutant="complex-step" says="taking a tiny imaginary step, which does not nest"
class Tagged:
    pass


def nested_derivative(f, x):
    return complex(f(x + 1e-30j)).imag / 1e-30


# %% mutant="library-ours" says="calling the course package's own derivative, which is not there when your work is graded"
from autograd_ref.dual import derivative as nested_derivative


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
class Tagged:
    pass


def nested_derivative(f, x):
    import torch

    x = torch.as_tensor(x, dtype=torch.float64)
    y = torch.func.jvp(lambda z: f(z) + 0 * z, (x,), (torch.ones_like(x),))[1]
    return y
