# %% mutant="no-abs" says="keeping the sign of the error"
def error_curve(schemes, f, df, x, hs):
    return np.array([[scheme(f, x, h) - df(x) for h in hs] for scheme in schemes])


# %% mutant="relative" says="the relative error where the absolute one is asked for"
def error_curve(schemes, f, df, x, hs):
    truth = df(x)
    return np.array(
        [[abs(scheme(f, x, h) / truth - 1) for h in hs] for scheme in schemes]
    )


# %% mutant="transposed" says="one row per step instead of one row per scheme"
def error_curve(schemes, f, df, x, hs):
    return np.array([[abs(scheme(f, x, h) - df(x)) for scheme in schemes] for h in hs])


# %% mutant="squared" says="the square of the error"
def error_curve(schemes, f, df, x, hs):
    return np.array([[(scheme(f, x, h) - df(x)) ** 2 for h in hs] for scheme in schemes])


# %% mutant="first-scheme-only" says="measuring the first scheme again and again"
def error_curve(schemes, f, df, x, hs):
    return np.array([[abs(schemes[0](f, x, h) - df(x)) for h in hs] for _ in schemes])


# %% mutant="flat" says="one long row: the rows of the schemes are joined"
def error_curve(schemes, f, df, x, hs):
    return np.array([abs(scheme(f, x, h) - df(x)) for scheme in schemes for h in hs])


# %% mutant="sorted" says="sorting the steps: column j no longer belongs to hs[j]"
def error_curve(schemes, f, df, x, hs):
    ordered = sorted(hs)
    return np.array([[abs(s(f, x, h) - df(x)) for h in ordered] for s in schemes])


# %% mutant="value-not-slope" says="comparing the estimates with f(x) instead of df(x)"
def error_curve(schemes, f, df, x, hs):
    return np.array([[abs(scheme(f, x, h) - f(x)) for h in hs] for scheme in schemes])


# %% mutant="logarithms" says="the logarithm of the error, not the error"
def error_curve(schemes, f, df, x, hs):
    errors = [[abs(scheme(f, x, h) - df(x)) for h in hs] for scheme in schemes]
    return np.log10(np.array(errors) + 1e-300)


# %% mutant="worst-only" says="one number per scheme instead of one per step"
def error_curve(schemes, f, df, x, hs):
    return np.array([max(abs(s(f, x, h) - df(x)) for h in hs) for s in schemes])


# %% mutant="truth-moves" says="comparing with the true slope at x + h instead of at x"
def error_curve(schemes, f, df, x, hs):
    return np.array([[abs(s(f, x, h) - df(x + h)) for h in hs] for s in schemes])
