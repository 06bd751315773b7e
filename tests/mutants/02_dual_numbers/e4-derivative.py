# %% mutant="returns-dual" says="giving back the whole dual number instead of its tangent"
def derivative(f, x):
    return f(Dual(x, 1.0))


# %% mutant="constants-crash" says="not expecting a plain number from a constant function"
def derivative(f, x):
    return f(Dual(x, 1.0)).tangent


# %% mutant="returns-value" says="giving back the value instead of the slope"
def derivative(f, x):
    return lift(f(Dual(x, 1.0))).primal


# %% mutant="no-seed" says="starting without an arrow: tangent 0 in, tangent 0 out"
def derivative(f, x):
    return lift(f(Dual(x))).tangent


# %% mutant="seed-is-x" says="seeding with x itself instead of 1"
def derivative(f, x):
    return lift(f(Dual(x, x))).tangent


# %% mutant="two-calls" says="calling f a second time, where one call is enough"
def derivative(f, x):
    f(x)
    return lift(f(Dual(x, 1.0))).tangent


# %% mutant="rounded" says="rounding the slope to eight digits"
def derivative(f, x):
    return round(lift(f(Dual(x, 1.0))).tangent, 8)


# %% mutant="constant-is-one" says="reporting slope 1 for a constant"
def derivative(f, x):
    y = f(Dual(x, 1.0))
    return y.tangent if isinstance(y, Dual) else 1.0


# %% mutant="central-difference" says="measuring the slope with a small step, as in lesson 1"
def derivative(f, x):
    h = 6e-6 * max(1.0, abs(x))
    return (f(x + h) - f(x - h)) / (2 * h)


# %% mutant="extrapolated-difference" says="measuring the slope with several small steps and extrapolating"
def derivative(f, x):
    def slope(h):
        return (f(x + h) - f(x - h)) / (2 * h)

    h = 1e-3
    return (64 * slope(h / 4) - 20 * slope(h / 2) + slope(h)) / 45


# %% mutant="complex-step" says="taking a tiny imaginary step"
def derivative(f, x):
    return complex(f(complex(x, 1e-200))).imag / 1e-200


# %% mutant="library-ours" says="calling the course package's own derivative, which is not there when your work is graded"
from autograd_ref.dual import derivative


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def derivative(f, x):
    import torch

    z = torch.tensor(float(x), dtype=torch.float64)
    one = torch.ones((), dtype=torch.float64)
    return torch.func.jvp(lambda t: torch.as_tensor(f(t)) + 0 * t, (z,), (one,))[1].item()
