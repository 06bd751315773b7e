# %% mutant="forgets-g" says="leaving out the cotangent of the result in the product"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = 0 * g + b, 0 * g + a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="ones-for-g" says="rules for a cotangent of ones"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b, g = np.asarray(a), np.asarray(b), np.ones(np.shape(out))
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="both-sides-whole" says="giving the whole cotangent to both sides of a tie"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        ga, gb = g * (a >= b), g * (b >= a)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="nobody-at-a-tie" says="giving nothing to either side of a tie"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        ga, gb = g * (a > b), g * (b > a)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="tie-with-negative-share" says="splitting a tie into a negative share and one that is more than the whole"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, -0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="smaller-wins" says="sending the cotangent of a maximum to the smaller side"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a < b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="minus-missing" says="the sign of b in the difference"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="minus-on-a" says="the minus sign on the wrong side of the difference"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = -g, g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="swapped-factors" says="giving each factor its own value instead of the other one"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * a, g * b
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="square-missing" says="the quotient without the square"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="quotient-sign" says="the quotient rule without the minus sign"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="quotient-of-inputs" says="a and b mixed up in the quotient"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / a, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="no-folding" says="results in the shape of out: nothing was folded back"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return ga + np.zeros(np.shape(out)), gb + np.zeros(np.shape(out))


# %% mutant="folds-b-only" says="folding one of the two results only"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return np.array(ga), unbroadcast(gb, b.shape)


# %% mutant="swapped-results" says="handing back the two cotangents in the wrong order"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(gb, b.shape), unbroadcast(ga, a.shape)


# %% mutant="one-array-for-both" says="handing out one and the same array twice"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    if op == "add" and a.shape == b.shape:
        ga = np.array(g)
        return ga, ga
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="hands-out-g" says="handing out g itself, so that whoever adds to the result changes it"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a, b = np.asarray(a), np.asarray(b)
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    if op in ("add", "sub") and a.shape == b.shape:
        return g, np.array(gb)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="arrays-only" says="failing for plain numbers, which have no shape of their own"
def vjp_binary(op: str, a, b, out, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `out = a op b`, each in its own shape."""
    a.shape, b.shape
    if op == "add":
        ga, gb = g, g
    elif op == "sub":
        ga, gb = g, -g
    elif op == "mul":
        ga, gb = g * b, g * a
    elif op == "div":
        ga, gb = g / b, -g * out / b
    else:
        share = np.where(a == b, 0.5, a > b)
        ga, gb = g * share, g * (1 - share)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="central-difference" says="measuring the slopes with a small step, as in lesson 1"
def vjp_binary(op, a, b, out, g):
    f = {"add": np.add, "sub": np.subtract, "mul": np.multiply}
    f = (f | {"div": np.divide, "maximum": np.maximum})[op]
    a, b, h = np.asarray(a, dtype=float), np.asarray(b, dtype=float), 6e-6
    ga = g * (f(a + h, b) - f(a - h, b)) / (2 * h)
    gb = g * (f(a, b + h) - f(a, b - h)) / (2 * h)
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="complex-step" says="taking a tiny imaginary step, which picks both sides of a tie"
def vjp_binary(op, a, b, out, g):
    f = {"add": np.add, "sub": np.subtract, "mul": np.multiply}
    f = (f | {"div": np.divide, "maximum": np.maximum})[op]
    a, b, h = np.asarray(a, dtype=float), np.asarray(b, dtype=float), 1e-30
    ga, gb = g * f(a + 1j * h, b).imag / h, g * f(a, b + 1j * h).imag / h
    return unbroadcast(ga, a.shape), unbroadcast(gb, b.shape)


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def vjp_binary(op, a, b, out, g):
    import torch

    a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (a, b))
    y = getattr(torch, op)(a, b)
    return [v.numpy() for v in torch.autograd.grad(y, (a, b), torch.as_tensor(g))]
