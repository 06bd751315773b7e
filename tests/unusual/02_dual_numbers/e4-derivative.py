# %% unusual="recursion"
def derivative(f, x):
    def slope(y):
        return y.tangent if isinstance(y, Dual) else slope(Dual(y))

    return slope(f(Dual(x, 1.0)))


# %% unusual="seed-two"
def derivative(f, x):
    return getattr(f(Dual(x, 2.0)), "tangent", 0.0) / 2.0


# %% unusual="numpy-number"
def derivative(f, x):
    try:
        return np.float64(f(Dual(np.float64(x), np.float64(1.0))).tangent)
    except AttributeError:
        return np.array(0.0)


# %% unusual="whole-number-zero"
def derivative(f, x):
    return (f(Dual(x, 1)) + Dual(0, 0)).tangent


# %% unusual="moved-to-a-new-cell"
# (untouched)

# %% added="after"
def derivative(f, x: float) -> float:
    """Slope of `f` at `x`, by one call of `f` on a dual number."""
    return lift(f(Dual(x, 1.0))).tangent
