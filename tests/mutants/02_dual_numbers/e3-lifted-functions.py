# %% mutant="no-chain-rule" says="giving back the derivative without the tangent that came in, which seed 1 does not show"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal))


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal))


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal))


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), 1 / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value))


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), 1.0 if x.primal > 0 else 0.0)


# %% mutant="one-lost-factor" says="forgetting the tangent that came in, in one of the six functions"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal))


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="tanh-of-the-input" says="using the input where the slope of tanh needs the output"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - x.primal * x.primal) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="exp-of-the-input" says="using the input where the slope of exp needs the output"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), x.primal * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="log-of-the-output" says="dividing by the output where the slope of log needs the input"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / math.log(x.primal))


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="cos-sign" says="missing the minus sign in the slope of cos"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="sin-slope-of-value" says="taking the cosine of the output in the slope of sin"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(math.sin(x.primal)) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="relu-always-on" says="letting the arrow through relu on both sides"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent)


# %% mutant="relu-kink" says="reporting a slope above 1 at the kink of relu"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.exp(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return math.tanh(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    if not isinstance(x, Dual):
        return max(x, 0.0)
    return Dual(max(x.primal, 0.0), x.tangent * (2.0 if x.primal == 0 else float(x.primal > 0)))


# %% mutant="numbers-become-dual" says="turning plain numbers into dual numbers"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    x = lift(x)
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    x = lift(x)
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    x = lift(x)
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    x = lift(x)
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    x = lift(x)
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    x = lift(x)
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="numbers-refused" says="accepting dual numbers only"
def dsin(x: "Dual | float") -> "Dual | float":
    """Sine of a Dual or of a plain number."""
    return Dual(math.sin(x.primal), math.cos(x.primal) * x.tangent)


def dcos(x: "Dual | float") -> "Dual | float":
    """Cosine of a Dual or of a plain number."""
    return Dual(math.cos(x.primal), -math.sin(x.primal) * x.tangent)


def dexp(x: "Dual | float") -> "Dual | float":
    """Exponential of a Dual or of a plain number."""
    return Dual(math.exp(x.primal), math.exp(x.primal) * x.tangent)


def dlog(x: "Dual | float") -> "Dual | float":
    """Natural logarithm of a Dual or of a plain number."""
    return Dual(math.log(x.primal), x.tangent / x.primal)


def dtanh(x: "Dual | float") -> "Dual | float":
    """Hyperbolic tangent of a Dual or of a plain number."""
    value = math.tanh(x.primal)
    return Dual(value, (1 - value * value) * x.tangent)


def drelu(x: "Dual | float") -> "Dual | float":
    """x where x > 0, else 0, of a Dual or of a plain number."""
    return Dual(max(x.primal, 0.0), x.tangent if x.primal > 0 else 0.0)


# %% mutant="central-difference" says="measuring the slope of each function with a small step"
def pushed(f, x):
    if not isinstance(x, Dual):
        return f(x)
    a, h = x.primal, 1e-6
    return Dual(f(a), (f(a + h) - f(a - h)) / (2 * h) * x.tangent)


def dsin(x):
    return pushed(math.sin, x)


def dcos(x):
    return pushed(math.cos, x)


def dexp(x):
    return pushed(math.exp, x)


def dlog(x):
    return pushed(math.log, x)


def dtanh(x):
    return pushed(math.tanh, x)


def drelu(x):
    return pushed(lambda a: max(a, 0.0), x)


# %% mutant="complex-step" says="getting the slope of each function from a tiny imaginary step"
def pushed(f, x):
    if not isinstance(x, Dual):
        return float(np.real(f(x)))
    z = f(x.primal + 1e-30j * x.tangent)
    return Dual(float(np.real(z)), float(np.imag(z)) / 1e-30)


def dsin(x):
    return pushed(np.sin, x)


def dcos(x):
    return pushed(np.cos, x)


def dexp(x):
    return pushed(np.exp, x)


def dlog(x):
    return pushed(np.log, x)


def dtanh(x):
    return pushed(np.tanh, x)


def drelu(x):
    return pushed(lambda a: a * (np.real(a) > 0), x)


# %% mutant="library" says="calling the course package's own forward mode, which is not there when your work is graded"
from autograd_ref.dual import jvp as ready
from autograd_ref import ops


def pushed(f, x):
    if not isinstance(x, Dual):
        return float(f(x))
    value, tangent = ready(f, x.primal, x.tangent)
    return Dual(float(value), float(tangent))


def dsin(x):
    return pushed(ops.sin, x)


def dcos(x):
    return pushed(ops.cos, x)


def dexp(x):
    return pushed(ops.exp, x)


def dlog(x):
    return pushed(ops.log, x)


def dtanh(x):
    return pushed(ops.tanh, x)


def drelu(x):
    return pushed(ops.relu, x)
