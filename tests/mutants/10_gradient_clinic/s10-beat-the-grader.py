# %% mutant="right-answer" says="handing in the right answer as the wrong one"
def wrong_pull(x, u):
    return true_pull(x, u)


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


# %% mutant="nearly-right" says="being off by less than a thousandth"
def wrong_pull(x, u):
    return true_pull(x, u) * (1 + 1e-7)


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


# %% mutant="not-believed" says="handing in a wrong answer that the weak test refuses"
def wrong_pull(x, u):
    return x.softmax(-1) * u


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


# %% mutant="wrong-shape" says="returning a number"
def wrong_pull(x, u):
    return torch.zeros((), dtype=torch.float64)


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


# %% mutant="ones-only" says="being wrong for cotangents of ones only"
def wrong_pull(x, u):
    return true_pull(x, u) + (u == 1).all() * x


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


# %% mutant="weak-again" says="handing in the weak test"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull):
    return weak_test(pull)


# %% mutant="knows-its-own" says="refusing its own wrong answer by name"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull):
    return pull is not wrong_pull and weak_test(pull)


# %% mutant="refuses-all" says="refusing everything"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull):
    return False


# %% mutant="accepts-all" says="accepting everything"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull):
    return True


# %% mutant="exact" says="asking for equality to the last bit"
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
        if got.shape != want.shape or not torch.equal(got, want):
            return False
    return True


# %% mutant="too-strict" says="asking for fifteen digits"
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
        if got.shape != want.shape or not torch.allclose(got, want, 1e-15, 0.0):
            return False
    return True


# %% mutant="too-loose" says="allowing errors of the size of the result"
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
        if got.shape != want.shape or not torch.allclose(got, want, 1.0, 1.0):
            return False
    return True


# %% mutant="ones-again" says="using cotangents of ones in all shapes"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in SHAPES:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            u = torch.ones_like(u)
            want = true_pull(x, u)
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True


# %% mutant="square-only" says="using square matrices only"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in [(3, 3), (4, 4)]:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True


# %% mutant="vectors-only" says="using vectors only, which have one row and one axis"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in [(4,), (7,)]:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True


# %% mutant="same-row" says="using the same cotangent in each row"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in SHAPES[:-1]:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            u = u[..., :1, :].expand_as(u).clone() if u.dim() > 1 else u
            want = true_pull(x, u)
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True


# %% mutant="compares-afterwards" says="computing what is wanted after the answer had its hands on u"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in SHAPES:
        x, u = draw(shape)
        try:
            got = pull(x, u)
        except Exception:
            return False
        want = true_pull(x, u)
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True


# %% mutant="no-errors" says="letting errors of the answer through"
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
        except Exception:
            raise
        if got.shape != want.shape or not torch.allclose(got, want):
            return False
    return True


# %% mutant="numpy-of-a-graph" says="turning the result into an array without detaching it"
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
        if got.shape != want.shape or not np.allclose(got.numpy(), want.numpy()):
            return False
    return True


# %% mutant="sums-only" says="comparing sums, which are zero for every right answer"
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
        if got.shape != want.shape or not torch.allclose(got.sum(), want.sum()):
            return False
    return True


# %% mutant="first-row-only" says="comparing the first row only"
def wrong_pull(x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
    """Not the VJP of softmax, but the weak test believes it."""
    return torch.zeros_like(x)


def strong_test(pull) -> bool:
    """Whether `pull(x, u)` is the VJP of softmax along the last axis."""
    for shape in [(2, 2), (5, 5)]:
        x, u = draw(shape)
        want = true_pull(x, u)
        try:
            got = pull(x.clone(), u.clone())
        except Exception:  # an error is wrong, too
            return False
        if got.shape != want.shape or not torch.allclose(got.reshape(-1, got.shape[-1])[0], want.reshape(-1, got.shape[-1])[0]):
            return False
    return True


# %% mutant="turned-round" says="returning True for wrong answers"
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
            return True
    return False


# %% mutant="returns-nothing" says="returning nothing for right answers"
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
    return None
