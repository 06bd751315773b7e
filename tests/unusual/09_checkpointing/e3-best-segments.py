# %% unusual="last-of-ties"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(range(n, 0, -1), key=lambda s: s * inp + -(-n // s) * act)


# %% unusual="numpy-argmin"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    s = np.arange(1, n + 1)
    return int(s[np.argmin(s * inp + np.ceil(n / s) * act)])


# %% unusual="only-useful-lengths"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    lengths = range(1, n + 1)
    counts = {math.ceil(n / length) for length in lengths}
    return min(counts, key=lambda s: s * inp + math.ceil(n / s) * act)


# %% unusual="loop-with-record"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    best, record = 1, inp + n * act
    for s in range(2, n + 1):
        cost = s * inp + (n + s - 1) // s * act
        if cost < record:
            best, record = s, cost
    return best


# %% unusual="by-torch"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    s = torch.arange(1, n + 1, dtype=torch.float64)
    return int(torch.argmin(s * inp + torch.ceil(n / s) * act)) + 1


# %% unusual="own-import-cell"
def best_segments(n, act, inp):
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(range(1, n + 1), key=lambda s: s * inp + ceil(Fraction(n, s)) * act)


# %% added="before"
from fractions import Fraction
from math import ceil
