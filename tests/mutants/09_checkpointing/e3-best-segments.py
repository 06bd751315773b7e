# %% mutant="floor-sqrt" says="taking the square root of n, whatever the layers weigh"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return math.isqrt(n)


# %% mutant="rounded-formula" says="trusting the formula without the ceiling"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(n, max(1, round(math.sqrt(n * act / inp))))


# %% mutant="inverted-ratio" says="dividing boundary by inside instead of inside by boundary"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(n, max(1, round(math.sqrt(n * inp / act))))


# %% mutant="forgets-the-ceiling" says="searching with n / s, without rounding up"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(range(1, n + 1), key=lambda s: s * inp + n / s * act)


# %% mutant="rounds-down" says="rounding n / s down"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(range(1, n + 1), key=lambda s: s * inp + n // s * act)


# %% mutant="prices-swapped" says="exchanging the two prices"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(range(1, n + 1), key=lambda s: s * act + math.ceil(n / s) * inp)


# %% mutant="stops-before-n" says="never trying as many segments as layers"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(range(1, max(n, 2)), key=lambda s: s * inp + math.ceil(n / s) * act)


# %% mutant="starts-at-two" says="never trying a single segment"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(range(2, n + 1), key=lambda s: s * inp + math.ceil(n / s) * act, default=1)


# %% mutant="worst" says="taking the dearest number of segments"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return max(range(1, n + 1), key=lambda s: s * inp + math.ceil(n / s) * act)


# %% mutant="first-rise" says="stopping at the first number that is not cheaper than the one before"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    cost = [s * inp + math.ceil(n / s) * act for s in range(1, n + 1)]
    s = 1
    while s < n and cost[s] < cost[s - 1]:
        s += 1
    return s


# %% mutant="returns-the-cost" says="giving back the cost instead of the number of segments"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min(s * inp + math.ceil(n / s) * act for s in range(1, n + 1))


# %% mutant="index-from-zero" says="counting from 0: one segment too few"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    cost = [s * inp + math.ceil(n / s) * act for s in range(1, n + 1)]
    return cost.index(min(cost))


# %% mutant="divisors-only" says="trying only numbers that divide n"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    return min((s for s in range(1, n + 1) if n % s == 0), key=lambda s: s * inp + n // s * act)


# %% mutant="a-float" says="giving back a float"
def best_segments(n: int, act: float, inp: float) -> int:
    """The s in 1..n with the smallest s * inp + ceil(n / s) * act."""
    cost = [s * inp + math.ceil(n / s) * act for s in range(1, n + 1)]
    return float(cost.index(min(cost)) + 1)
