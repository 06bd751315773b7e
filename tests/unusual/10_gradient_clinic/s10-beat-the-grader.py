# %% unusual="other-wrong-answers"
def wrong_pull(x, u):
    p = x.softmax(-1)
    return p * (u - u.mean(-1, keepdim=True)) * 3


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in SHAPES:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True


# %% unusual="dot-product-test"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull):
    chance = torch.Generator().manual_seed(5)
    for shape in [(3,), (1, 4), (6, 2), (2, 2, 3)]:
        x, u, v = (torch.randn(shape, generator=chance, dtype=torch.float64) for _ in range(3))
        y, pushed = torch.func.jvp(lambda t: t.softmax(-1), (x,), (v,))
        try:
            pulled = pull(x.clone(), u.clone())
            if pulled.shape != x.shape:
                return False
            for _ in range(5):
                v = torch.randn(shape, generator=chance, dtype=torch.float64)
                pushed = torch.func.jvp(lambda t: t.softmax(-1), (x,), (v,))[1]
                if abs(float((pulled * v).sum() - (u * pushed).sum())) > 1e-8:
                    return False
        except Exception:
            return False
    return True


# %% unusual="by-differences"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull):
    rng = np.random.default_rng(3)
    for shape in [(3,), (2, 4), (4, 2), (2, 3, 2)]:
        x, u = rng.normal(size=shape), rng.normal(size=shape)
        f = lambda a: float((torch.from_numpy(np.array(a)).softmax(-1).numpy() * u).sum())
        want = measured_gradient(f, x)
        try:
            got = pull(torch.from_numpy(x.copy()), torch.from_numpy(u.copy())).detach().numpy()
        except Exception:
            return False
        if got.shape != x.shape or np.abs(got - want).max() > 1e-6:
            return False
    return True


# %% unusual="unit-cotangents"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull):
    x = torch.linspace(-1, 2, 12, dtype=torch.float64).reshape(3, 4)
    cases = []
    for i in range(12):
        u = torch.zeros(12, dtype=torch.float64)
        u[i] = 1.0
        cases.append((x, u.reshape(3, 4)))
    cases += [(x[0], x[1]), (x.reshape(2, 3, 2), (x * x).reshape(2, 3, 2)), (x.T.contiguous(), x.T.sin())]
    return all(agrees(pull, *case) for case in cases)


# %% added="before"
def agrees(pull, x, u):
    p = torch.softmax(x, dim=-1)
    want = p * u - p * (p * u).sum(dim=-1, keepdim=True)
    try:
        got = pull(x.clone(), u.clone()).detach()
        return got.shape == x.shape and float((got - want).abs().max()) < 1e-8
    except Exception:
        return False


# %% unusual="numpy-booleans"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in SHAPES:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return np.bool_(False)
    return np.bool_(True)


# %% unusual="moved-to-a-new-cell"
# (untouched)


# %% added="after"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in SHAPES:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True
