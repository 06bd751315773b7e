# %% mutant="permutation-not-inverted" says="the same permutation once more, not its inverse: for swaps it makes no difference"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, arg).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="all-axes-reversed" says="turning all axes round, whatever the permutation was"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="fortran-order" says="refilling in Fortran order, column by column"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape, order="F")
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="last-share-wins" says="assigning the shares, so that of a repeated index the last one wins"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    total[arg] = g
    return total


# %% mutant="plus-equals" says="adding with +=, which counts a repeated index once"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    total[arg] += g
    return total


# %% mutant="shape-of-arg" says="bringing g into the shape that reshape was asked for, not that of x"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(arg)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="views-of-g" says="handing out views of g, so that whoever adds to the result changes it"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.asarray(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg))
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="reshape-view" says="handing out a view of g from reshape"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.asarray(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="transpose-view" says="handing out a view of g from transpose"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg))
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="picked-only" says="giving back the picked entries instead of an array of the shape of x"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    return np.array(g)


# %% mutant="ones-elsewhere" says="leaving the values of x where nothing was picked"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = x.copy()
    np.add.at(total, arg, g)
    return total


# %% mutant="divided-by-uses" says="averaging over the uses of an entry"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    uses = np.zeros(x.shape)
    np.add.at(uses, arg, 1.0)
    return total / np.maximum(uses, 1.0)


# %% mutant="first-axis-only" says="adding whole rows at places on the first axis only"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.transpose(g, np.argsort(arg)).copy()
    total = np.zeros(x.shape)
    np.add.at(total, arg[0] if isinstance(arg, tuple) else arg, g)
    return total


# %% mutant="reshape-for-permute" says="a reshape where the axes have to be put in order"
def vjp_view(kind: str, x, out, g, arg) -> np.ndarray:
    """Cotangent of `x` for `x.reshape(arg)`, `np.transpose(x, arg)` or `x[arg]`."""
    if kind == "reshape":
        return np.array(g).reshape(x.shape)
    if kind == "permute":
        return np.array(g).reshape(x.shape)
    total = np.zeros(x.shape)
    np.add.at(total, arg, g)
    return total


# %% mutant="central-difference" says="measuring the slopes with a small step, as in lesson 1"
def vjp_view(kind, x, out, g, arg):
    view = {"reshape": np.reshape, "permute": np.transpose}.get(kind, lambda t, i: t[i])
    total, h = np.zeros(x.shape), 6e-6
    at = np.linspace(0.3, 1.7, x.size).reshape(x.shape)
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = h
        total[place] = np.sum(g * (view(at + step, arg) - view(at - step, arg))) / (2 * h)
    return total


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def vjp_view(kind, x, out, g, arg):
    import torch

    x = torch.tensor(x, requires_grad=True)
    y = {"reshape": torch.reshape, "permute": torch.permute}.get(kind, lambda t, i: t[i])(x, arg)
    return torch.autograd.grad(y, x, torch.as_tensor(g))[0].numpy().copy()
