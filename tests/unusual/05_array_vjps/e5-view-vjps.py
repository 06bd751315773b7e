# %% unusual="bincount"
def vjp_view(kind, x, out, g, arg):
    places = np.arange(x.size).reshape(x.shape)
    if kind == "reshape":
        places = places.reshape(arg)
    elif kind == "permute":
        places = places.transpose(arg)
    else:
        places = places[arg]
    flat = np.bincount(np.ravel(places), weights=np.ravel(g), minlength=x.size)
    return flat.reshape(x.shape)


# %% unusual="inverse-by-hand"
def vjp_view(kind, x, out, g, arg):
    result = np.zeros_like(x)
    if kind == "getitem":
        np.add.at(result, arg, g)
    elif kind == "permute":
        inverse = [0] * len(arg)
        for place, axis in enumerate(arg):
            inverse[axis] = place
        result += g.transpose(inverse)
    else:
        result += g.reshape(result.shape)
    return result


# %% unusual="index-method"
def vjp_view(kind, x, out, g, arg):
    if kind == "reshape":
        return g.copy().reshape(np.shape(x))
    if kind == "permute":
        return np.ascontiguousarray(g.transpose([arg.index(i) for i in range(x.ndim)])) * 1.0
    total = 0.0 * x
    np.add.at(total, arg, g)
    return total


# %% unusual="writes-through-a-view"
def vjp_view(kind, x, out, g, arg):
    total = np.zeros(x.shape)
    if kind == "permute":
        np.transpose(total, arg)[...] = g
    elif kind == "reshape":
        total.reshape(arg)[...] = g
    else:
        scatter(total, arg, g)
    return total


# %% added="before"
def scatter(total, index, g):
    np.add.at(total, index, g)


# %% unusual="loop-over-entries"
def vjp_view(kind, x, out, g, arg):
    import itertools

    numbers = np.arange(x.size).reshape(x.shape)
    seen = {"reshape": np.reshape, "permute": np.transpose}.get(kind, lambda t, i: t[i])(numbers, arg)
    flat = [0.0] * x.size
    for where, share in zip(np.ravel(seen).tolist(), np.ravel(g).tolist()):
        flat[where] += share
    return np.array(list(itertools.chain(flat))).reshape(x.shape)
