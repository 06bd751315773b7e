# %% mutant="all-letters-known" says="asking for letters that nobody has"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = mine
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape).copy()

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)


# %% mutant="result-letters-only" says="summing over letters of the other operand that should be kept"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result)
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape).copy()

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)


# %% mutant="not-transposed" says="letters in the order in which they come, not in that of the operand"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in result + others if c in mine and c not in "")
        known = "".join(dict.fromkeys(known))
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape).copy()

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)


# %% mutant="size-one-left" says="leaving the lonely axes at size 1 where the cotangent has to be copied along them"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result + others)
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.expand_dims(part, alone)

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)


# %% mutant="spread-evenly" says="dividing the cotangent among the entries of a letter that was summed alone"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result + others)
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape) * (part.size / np.prod(shape))

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)


# %% mutant="swapped-operands" says="handing each operand its own value"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result + others)
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape).copy()

    return way_back(for_a, a.shape, for_a, a), way_back(for_b, b.shape, for_b, b)


# %% mutant="swapped-results" says="handing back the two cotangents in the wrong order"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result + others)
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape).copy()

    return way_back(for_b, b.shape, for_a, a), way_back(for_a, a.shape, for_b, b)


# %% mutant="forgets-g" says="leaving out the cotangent of the result"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result + others)
        part = np.einsum(f"{result},{others}->{known}", np.ones(np.shape(g)), other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(np.expand_dims(part, alone), shape).copy()

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)


# %% mutant="matrix-product-only" says="the rule of the matrix product, whatever the letters say"
def vjp_einsum(spec, a, b, g):
    return g @ b.T, a.T @ g


# %% mutant="axis-at-the-end" says="growing lonely axes at the end, whatever their place was"
def vjp_einsum(spec: str, a, b, g) -> tuple[np.ndarray, np.ndarray]:
    """Cotangents of `a` and `b` for `np.einsum(spec, a, b)`."""
    operands, result = spec.split("->")
    for_a, for_b = operands.split(",")

    def way_back(mine, shape, others, other):
        known = "".join(c for c in mine if c in result + others)
        part = np.einsum(f"{result},{others}->{known}", g, other)
        alone = tuple(i for i, c in enumerate(mine) if c not in known)
        return np.broadcast_to(part.reshape(part.shape + (1,) * len(alone)), shape).copy()

    return way_back(for_a, a.shape, for_b, b), way_back(for_b, b.shape, for_a, a)


# %% mutant="central-difference" says="measuring the slopes with a small step, as in lesson 1"
def vjp_einsum(spec, a, b, g):
    found, h = [np.zeros(a.shape), np.zeros(b.shape)], 6e-6
    for k, total in enumerate(found):
        for place in np.ndindex(total.shape):
            up, down = [a.copy(), b.copy()], [a.copy(), b.copy()]
            up[k][place] += h
            down[k][place] -= h
            change = np.einsum(spec, *up) - np.einsum(spec, *down)
            total[place] = np.sum(g * change) / (2 * h)
    return found[0], found[1]


# %% mutant="library-torch" says="calling PyTorch, which is not there when your work is graded"
def vjp_einsum(spec, a, b, g):
    import torch

    a, b = (torch.tensor(v, requires_grad=True) for v in (a, b))
    found = torch.autograd.grad(torch.einsum(spec, a, b), (a, b), torch.as_tensor(g))
    return tuple(v.numpy() for v in found)
