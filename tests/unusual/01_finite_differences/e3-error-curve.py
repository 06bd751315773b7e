# %% unusual="lists"
def error_curve(schemes, f, df, x, hs):
    rows = []
    for scheme in schemes:
        rows.append([])
        for h in hs:
            rows[-1].append(abs(scheme(f, x, h) - df(x)))
    return rows


# %% unusual="vectorised"
def error_curve(schemes, f, df, x, hs):
    hs = np.asarray(hs, dtype=float)
    rows = [np.vectorize(lambda h, s=s: s(f, x, h), otypes=[float])(hs) for s in schemes]
    return np.abs(np.stack(rows) - df(x))


# %% unusual="filled-in"
def error_curve(schemes, f, df, x, hs):
    out = np.empty((len(schemes), len(hs)))
    for (i, j), _ in np.ndenumerate(out):
        out[i, j] = df(x) - schemes[i](f, x, hs[j])
    return np.abs(out)


# %% unusual="columns-first"
def error_curve(schemes, f, df, x, hs):
    columns = [[math.fabs(s(f, x, h) - df(x)) for s in schemes] for h in hs]
    return np.array(columns).T


# %% unusual="tuples-of-scalars"
def error_curve(schemes, f, df, x, hs):
    truth = np.float64(df(x))
    return tuple(tuple(np.abs(s(f, x, h) - truth) for h in hs) for s in schemes)
